"""Figures: what the source prints, typed. Corrections are applied, readings taken, units compared, nothing dropped."""

from __future__ import annotations

from typing import Any

import pandas as pd

from lib.edition.dictionary import COLUMNS, cell
from lib.edition.edition import Edition
from lib.edition.rows import FIGURES, finding
from lib.edition.store import InputError
from lib.numbers import notation, wording

TYPED = [*FIGURES, "shown", "rounding", "item"]
"""Columns of processed figures: the published ones, the canonical wording, how far rounding may reach (checks only), and the label
without the column of the base table."""

MISSING = dict.fromkeys(("value", "low", "high", "low_closed", "high_closed", "rounding"))


def clean(edition: Edition, bad: list[InputError] | None = None) -> tuple[pd.DataFrame, pd.DataFrame, list[dict]]:
    """The figures of an edition, as printed and as corrected (columns `TYPED`), and what typing them found.

    Both frames have one row per printed figure and one, with status missing, per indicator that was not reported; a row
    without token and reading is not filled in yet, so not reported. Raises InputError for a figure that cannot be read or
    names no indicator, and a correction that corrects nothing; given a list `bad`, puts the errors there and goes on
    without those rows.
    """
    raw, corrections = edition.table("figures").assign(path=edition.raw / "figures.csv"), edition.table("corrections")
    raw = pd.concat([raw, _budget(edition, bad)], ignore_index=True)
    dictionary = edition.indicators.set_index("indicator")
    places = ["locator", "indicator", "printed"]
    fixes = {tuple(row[place] for place in places): row["corrected"] for row in corrections.to_dict("records")}
    printed, corrected, findings = [], [], []
    for row in raw[raw["printed"].ne("") | raw["reading"].ne("")].to_dict("records"):
        name, path = row["indicator"], row["path"]
        fix = fixes.pop(tuple(row[place] for place in places), None)
        try:
            if name not in dictionary.index:
                raise InputError(
                    path, row["line"], f"指标 {name}", "data/indicators.csv 里的指标", "改正指标名，或先登记该指标"
                )
            first, notes = _type(row, row["reading"] or row["printed"], dictionary.loc[name], path)
            second = _type(row, fix, dictionary.loc[name], path)[0] | {"status": "corrected"} if fix else first
        except InputError as error:
            _tell(error, bad)
        else:
            findings += notes
            printed.append(first)
            corrected.append(second)
    for key in fixes:
        line = next(row["line"] for row in corrections.to_dict("records") if tuple(row[p] for p in places) == key)
        expected = "figures.csv 里某一行的 locator、indicator、printed"
        found = "，".join(key)
        _tell(InputError(edition.raw / "corrections.csv", line, found, expected, "照原行填写，或删去这条更正"), bad)
    typed = {row["indicator"] for row in printed}
    absent = [
        MISSING | {"indicator": name, "printed": "", "status": "missing", "locator": "", "shown": ""} | _about(about)
        for name, about in dictionary.iterrows()
        if name not in typed
    ]
    printed, corrected = (pd.DataFrame(rows + absent, columns=TYPED, dtype=object) for rows in (printed, corrected))
    order = {name: place for place, name in enumerate(dictionary.index)}
    return *(
        f.sort_values("indicator", key=lambda names: names.map(order), kind="stable") for f in (printed, corrected)
    ), findings


def _budget(edition: Edition, bad: list[InputError] | None) -> pd.DataFrame:
    """The filled cells of budget.csv as rows of figures.csv: blank is blank, and what has but one value stands in `outturn`."""
    path, rows = edition.raw / "budget.csv", []
    known = set(edition.indicators["indicator"])
    for row in edition.table("budget").to_dict("records"):
        item = row["item"]
        if ";" in item or ("." in item and item not in known) or not item.strip():
            expected = "基础数据表的项目，或一项专项资金的名称"
            _tell(InputError(path, row["line"], f"item {item}", expected, "改正 item"), bad)
            continue
        for column, words in COLUMNS.items():
            if row[column]:
                alone = item in known and column == "outturn"
                name, place = (item, "") if alone else (cell(item, column), f"，{words}")
                about = {"printed": row[column] + row["unit"], "reading": "", "remark": "", "line": row["line"]}
                rows.append({"locator": row["locator"] + place, "indicator": name, "path": path} | about)
    return pd.DataFrame(rows)


def _tell(error: InputError, bad: list[InputError] | None) -> None:
    """Raise an error, or put it on the list that collects them."""
    if bad is None:
        raise error
    bad.append(error)


def _about(indicator: pd.Series) -> dict[str, str]:
    return {name: indicator[name] for name in ("section", "label", "unit", "scope", "item")}


def _type(row: dict[str, Any], token: str, indicator: pd.Series, path) -> tuple[dict[str, Any], list[dict]]:
    """One figure as a row of `TYPED`, and what is odd about its token."""
    try:
        reading = notation.read(token)
    except notation.NotationError as error:
        raise InputError(
            path, row["line"], f"“{token}”（{error}）", "能读出的数字", "改正 printed，或在 reading 写明读法"
        ) from error
    unit = indicator["unit"]
    if (reading.unit or unit) != unit or not (reading.unit or (row["reading"] == "" and unit == "%")):
        todo = f"在 reading 写明，如“{_digits(reading)}{unit}”，或在 corrections.csv 更正"
        if path.name == "budget.csv":
            todo = "改正 unit 一列"
        raise InputError(path, row["line"], f"“{token}”，单位“{reading.unit or '无'}”", f"单位“{unit}”", todo)
    bounds = reading.bounds
    typed = _about(indicator) | {
        "indicator": row["indicator"],
        "printed": row["printed"],
        "value": reading.value,
        "low": bounds.low,
        "high": bounds.high,
        "low_closed": bounds.low_closed,
        "high_closed": bounds.high_closed,
        "status": "reported" if row["printed"] else "implied",
        "locator": row["locator"],
        "shown": reading.text.replace(unit, wording.numerator(unit)),
        "rounding": reading.rounding,
    }
    place, notes = pd.DataFrame([typed]), []
    if row["printed"] and row["reading"]:
        remark = f"（{row['remark']}）" if row["remark"] else ""
        notes.append(
            finding("unit_of_figure", "note", f"原文“{row['printed']}”按“{row['reading']}”读取{remark}", place)
        )
    notes += [
        finding("hedge_of_figure", "note", f"原文“{token}”{slip}，按较宽的范围读取", place) for slip in reading.slips
    ]
    return typed, notes


def _digits(reading: notation.Reading) -> str:
    return reading.text.removesuffix(reading.unit)
