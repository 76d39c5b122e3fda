"""Targets: what `targets.csv` says was promised and done, cell by cell; InputError for one that cannot be read."""

import re
from dataclasses import replace
from datetime import date
from fractions import Fraction

from lib.edition.edition import Edition
from lib.edition.store import InputError, Record
from lib.numbers import notation, wording
from lib.numbers.quantity import Quantity, Unit
from lib.score.rules import period

COMPARATORS = ("≥", "≤", "=")
GOAL, TOTAL = "年度总体目标", "总分"
"""Level 1 of rows that are no targets: the goal in words with what became of it, and the total as printed."""
SAID = {"target": "预期目标", "actual": "实际完成情况"}
NONE = "不适用"
TYPED = "实际完成值为填报"
"""The caveat of an actual that is no figure of the edition."""


def shown(row: Record) -> str:
    """A target as printed."""
    return row["comparator"] + row["target"] + row["unit"]


def weight(row: Record) -> Fraction:
    """The points that a target is worth; 0 for one that is only listed."""
    if row["weight"] and (not re.fullmatch(r"\d+(\.\d+)?", row["weight"]) or not Fraction(row["weight"])):
        raise InputError.of_cell(row, "weight", "大于零的数")
    return Fraction(row["weight"] or 0)


def sign(row: Record) -> str:
    """How the number of a target is compared; without a sign at least so much, of costs at most. Nothing for words."""
    if row["comparator"] or not row["target"][:1].isdigit():
        return row["comparator"]
    return "≤" if "成本" in row["level1"] + row["level2"] else "≥"


def aim(row: Record, year: int) -> notation.Reading | date | None:
    """A target as a number or a date; None for words."""
    text, comparator = row["target"], row["comparator"]
    try:
        if comparator not in ("", *COMPARATORS):
            raise ValueError(f"不认识的 {comparator}")
        if days := period(text, year):
            if comparator not in ("", "≤"):
                raise ValueError("时限只能用 ≤ 或留空")
            return days[1]
        if not text:
            raise ValueError("空白")
        if not (comparator := sign(row)):
            return None
        number = notation.read(text + row["unit"])
        if not number.bounds.exact or number.value < 0:
            raise ValueError("指标值不是一个确定的、不小于零的数")
        if not number.value and comparator == "≥":
            raise ValueError("不小于零总能达到")
        return number
    except ValueError as error:
        expected = "≥、≤、= 和一个数，或时限（2020-09-30、9月前），或不带符号的文字"
        todo = "改正 comparator、target 或 unit"
        raise InputError.at(row, f"“{shown(row)}”（{error}）", expected, todo) from error


def promised(edition: Edition) -> dict[str, Quantity]:
    """The targets of the unit as a whole that are numbers: `target.` and what measures them."""
    found = {}
    for row in edition.table("targets"):
        read = aim(row, edition.year) if row["measure"] and row["target"] and not row["project"] else None
        if isinstance(read, notation.Reading):
            about = {"label": f"{row['level3']}目标", "formula": f"targets.csv 第{row['line']}行", "inputs": {}}
            name = f"target.{row['measure']}"
            found[name] = Quantity.figure(name, read.bounds, read.value, read.unit, wording=shown(row), **about)
    return found


def number(row: Record, actual: Quantity | str, unit: str, label: str) -> Quantity:
    """An actual in the unit that is asked for (`%` for a ratio); a cell without a unit has that of its row or sheet, but for %, a blank one is missing."""
    if actual == "":
        return Quantity(None)
    printed, alike = "", True
    if isinstance(actual, str) and re.fullmatch(r"\d+/[1-9]\d*", actual):  # 12 of 26
        return replace(Quantity.constant(Fraction(actual)), label=label, caveat=TYPED, wording=actual)
    if isinstance(actual, str):
        try:
            reading = notation.read(actual)
            own = row["unit"] or unit.removesuffix("%")
            reading = reading if reading.unit else notation.read(actual + own)
        except notation.NotationError as error:
            raise InputError.of_cell(row, "actual", f"能读出的数字（{error}）") from error
        printed, of = reading.unit, Unit.parse(reading.unit)
        bounds = wording.whole(reading.bounds, reading.unit)
        actual = Quantity(bounds, reading.value, of, label=label, caveat=TYPED, wording=reading.text)
        alike = bool(printed) == bool(unit)  # 0.98 is not taken for 98%
    if not actual.missing and not (alike and actual.unit == Unit.parse(unit)):
        found = f"实际完成值{actual.shown}，单位“{printed or actual.unit or '无'}”"
        raise InputError.at(row, found, f"单位“{unit or '无'}”", "改正 unit、measure 或 actual")
    return actual
