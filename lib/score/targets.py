"""Targets: what `targets.csv` says was promised and done, cell by cell (年度指标值、实际完成值).

A cell that cannot be read raises InputError, which names the row, what was found and what to do.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from fractions import Fraction
from typing import NoReturn

from lib.edition.edition import Edition
from lib.edition.store import InputError
from lib.numbers import notation
from lib.numbers.bounds import Bounds, exactly
from lib.numbers.quantity import Quantity, Unit
from lib.score import rules
from lib.score.scorecard import ABSENT, points

COMPARATORS = ("≥", "≤", "=")
UNDONE = "未达成"
"""What stands for the date of something that was not done."""

TYPED = "实际完成值为填报"
"""The caveat of an actual that is no figure of the edition."""

Worth = tuple[Bounds, Fraction]
"""Points: their bounds and their nominal value."""


def bad(edition: Edition, row: dict | None, found: str, expected: str, todo: str) -> NoReturn:
    raise InputError(edition.raw / "targets.csv", row and row["line"], found, expected, todo)


def deadline(text: str, year: int) -> date | None:
    """`2020-09-30`; `9月前` and `9月底前` are by the last day of that month, of this year unless it says `2021年3月前`.

    None for what is no date; raises ValueError for one that does not exist.
    """
    if month := re.fullmatch(r"(?:(\d{4})年)?(\d{1,2})月底?前", text):
        in_year = int(month[1] or year), int(month[2])
        return date(*in_year, monthrange(*in_year)[1])
    return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None


def weight(edition: Edition, row: dict) -> Fraction:
    if not re.fullmatch(r"\d+(\.\d+)?", row["weight"]) or not Fraction(row["weight"]):
        bad(edition, row, f"分值“{row['weight']}”", "大于零的数", "改正 weight")
    return Fraction(row["weight"])


def aim(edition: Edition, row: dict) -> notation.Reading | date | None:
    """A target as a number or a date; None for words."""
    text, comparator = row["target"], row["comparator"]
    try:
        if comparator not in ("", *COMPARATORS):
            raise ValueError(f"不认识的 {comparator}")
        if due := deadline(text, edition.year):
            if comparator not in ("", "≤"):
                raise ValueError("时限只能用 ≤ 或留空")
            return due
        if not comparator:
            if not text or text[0].isdigit():
                raise ValueError("数量指标没有比较符号")
            return None
        number = notation.read(text + row["unit"])
        if not number.bounds.exact or number.value < 0:
            raise ValueError("指标值不是一个确定的、不小于零的数")
        return number
    except ValueError as error:
        expected = "≥、≤、= 和一个数，或时限（2020-09-30、9月前），或不带符号的文字"
        bad(edition, row, f"“{comparator}{text}{row['unit']}”（{error}）", expected, "改正 comparator、target 或 unit")


def number(edition: Edition, row: dict, actual: Quantity | str, unit: str, label: str) -> Quantity:
    """An actual in the unit that is asked for (`%` for a ratio); a cell without a unit has that of its row."""
    if actual == "":
        return ABSENT
    printed, alike = "", True
    if isinstance(actual, str):
        try:
            reading = notation.read(actual)
            reading = reading if reading.unit else notation.read(actual + row["unit"])
        except notation.NotationError as error:
            bad(edition, row, f"实际完成值“{actual}”（{error}）", "能读出的数字", "改正 actual")
        printed = reading.unit
        about = {"label": label, "caveat": TYPED, "wording": reading.text}
        actual = Quantity(reading.bounds, reading.value, Unit.parse(printed), **about)
        alike = bool(printed) == bool(unit)  # 0.98 is not taken for 98%
    if not actual.missing and not (alike and actual.unit == Unit.parse(unit)):
        found = f"实际完成值{actual.shown}，单位“{printed or actual.unit or '无'}”"
        bad(edition, row, found, f"单位“{unit or '无'}”", "改正 unit、measure 或 actual")
    return actual


def dated(edition: Edition, row: dict, due: date, weight: Fraction) -> Worth:
    """All points by the date, none after it."""
    try:
        done = row["actual"] != UNDONE and date.fromisoformat(row["actual"]) <= due
    except ValueError:
        expected = f"2020-09-18 这样的日期，未完成的写“{UNDONE}”"
        bad(edition, row, f"完成日期“{row['actual']}”", expected, "改正 actual")
    return _exactly(weight if done else Fraction(0))


def graded(edition: Edition, row: dict, grades: rules.Bands, weight: Fraction) -> Worth:
    """A grade is its share of the weight, with the middle as nominal value; one with a percentage is exactly that."""
    found = re.fullmatch(r"(\D+?)\s*(\d+(?:\.\d+)?%)?", row["actual"])
    place = next((place for place, (_, grade) in enumerate(grades) if found and grade == found[1]), None)
    if place is not None:
        low, high = grades[place][0], grades[place - 1][0] if place else Fraction(1)
        if not found[2]:
            return Bounds(low * weight, high * weight, True, not place), (low + high) / 2 * weight
        if rules.number(found[2]) in Bounds(low, high, True, not place):
            return _exactly(rules.number(found[2]) * weight)
    listed = "、".join(grade for _, grade in grades)
    bad(edition, row, f"实际完成情况“{row['actual']}”", f"{listed}，可带该等级以内的百分数", "改正 actual")


def awarded(edition: Edition, row: dict, grades: rules.Bands, weight: Fraction) -> Worth:
    """Points of the evaluator, or a grade."""
    if not row["actual"].endswith("分"):
        return graded(edition, row, grades, weight)
    try:
        reading = notation.read(row["actual"])
    except notation.NotationError as error:
        bad(edition, row, f"评分“{row['actual']}”（{error}）", "7分 这样的分数", "改正 actual")
    if reading.bounds.low < 0 or reading.bounds.high > weight:
        bad(edition, row, f"评分“{row['actual']}”", f"不超过{points('', weight).shown}", "改正 actual")
    return reading.bounds, reading.value


def _exactly(number: Fraction) -> Worth:
    return exactly(number), number
