"""Findings: all that the checks say of an edition, and what stops it.

A check is a function that returns findings; what an edition is asked stands in `run`; `coverage` and `magnitude` compare it with an
earlier year. The declared relations are in `relations`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path

import pandas as pd

from lib.check.relations import declared, severities
from lib.edition.edition import Edition
from lib.edition.rows import FINDINGS, finding, quantity
from lib.numbers import notation

FAR, SLIP = 10, 10**4  # times: worth asking, and a 万 too few or too many


def run(edition: Edition, printed: pd.DataFrame, corrected: pd.DataFrame) -> list[dict]:
    """All findings about an edition: relations, repeated figures, the card, the notes."""
    severity = severities(edition)
    found = of_figures(edition, printed, corrected)
    found += year_of_edition(edition.source, edition.year, severity["year_of_edition"])
    found += numbers_of_notes(edition.table("notes"), corrected, severity["numbers_of_notes"], edition.raw)
    return found


def of_figures(edition: Edition, printed: pd.DataFrame, corrected: pd.DataFrame) -> list[dict]:
    """What the declared relations say of the figures, and figures that are repeated."""
    return declared(edition, printed, corrected) + same_measure(printed, corrected, severities(edition)["same_measure"])


def same_measure(printed: pd.DataFrame, corrected: pd.DataFrame, severity: str = "error") -> list[dict]:
    """Figures of one indicator that cannot be the same number."""
    found = []
    for name, rows in printed.groupby("indicator", sort=False):
        if len(rows) > 1 and not _agree(rows):
            settled = _agree(corrected[corrected["indicator"] == name])
            message = f"{rows['label'].iloc[0]}前后不一：" + "、".join(f"{shown}" for shown in rows["shown"])
            found.append(finding("same_measure", severity, message, rows, "settled" if settled else "open"))
    return found


def _agree(rows: pd.DataFrame) -> bool:
    first, *others = (quantity(row, rounded=True) for row in rows.to_dict("records"))
    return all(first.bounds.overlaps(other.bounds) for other in others)


def year_of_edition(source: dict, year: int, severity: str = "error") -> list[dict]:
    """The card's year against the folder's, and against the title."""
    if source["year"] == year and str(year) in source["title"]:
        return []
    message = f"来源卡写 {source['year']} 年、标题“{source['title']}”，所在文件夹为 {year} 年"
    return [finding("year_of_edition", severity, message)]


def numbers_of_notes(notes: pd.DataFrame, figures: pd.DataFrame, severity: str, folder: Path) -> list[dict]:
    """Numbers in the analyst's words that no figure has. A note may take a number by `{{ … }}` instead."""
    known = {_value(token) for shown in figures["shown"] if shown for token in notation.numbers_in(shown)} - {None}
    found = []
    for note in notes.to_dict("records"):
        strange = [token for token in notation.numbers_in(note["text"]) if _value(token) not in known]
        if strange:
            message = f"{folder.name} 年 notes.csv 第{note['line']}行的数字与数据不符：{'、'.join(strange)}"
            row = {"check": "numbers_of_notes", "severity": severity, "status": "open", "section": note["section"]}
            found.append(row | {"indicators": "", "locators": note["locator"], "message": message})
    return found


def _value(token: str) -> Fraction | None:
    """What a number in a text is worth; None if it cannot be told."""
    try:
        return notation.read(token).value
    except notation.NotationError:
        return None


def coverage(year: int, before: Mapping[str, dict], now: Mapping[str, dict]) -> list[dict]:
    """What an earlier year gave and this one does not, in one finding; figures as rows by name."""
    lost = [
        now.get(name, row | {"locator": ""})
        for name, row in before.items()
        if row["low"] is not None and now.get(name, {"low": None})["low"] is None
    ]
    message = f"{year}年有、本年度未提供：{'、'.join(row['label'] for row in lost)}"
    return [finding("coverage", "warning", message, pd.DataFrame(lost))] if lost else []


def magnitude(year: int, before: Mapping[str, dict], now: Mapping[str, dict]) -> list[dict]:
    """Figures that are certainly more than ten times, or less than a tenth of, what they were in an earlier year."""
    found = []
    for name, row in now.items():
        old = before.get(name, {"low": None})
        if None in (row["low"], old["low"]) or (old["unit"], old["scope"]) != (row["unit"], row["scope"]):
            continue
        # named apart, or the two would count as one number
        this, last = quantity(row), quantity({"shown": ""} | old | {"indicator": f"y{year}.{name}"})
        if not ((this > 0).certainly and (last > 0).certainly):
            continue
        ratio, word = (this / last, "多") if (this > last).certainly else (last / this, "漏")
        if (ratio > FAR).certainly:
            slip = (ratio * 3 > SLIP).certainly and (ratio < SLIP * 3).certainly
            hint = f"；相差约一万倍，可能{word}“万”" if slip else ""
            message = f"{row['label']}由{year}年的{last.shown}变为{this.shown}，相差十倍以上{hint}"
            found.append(finding("magnitude", "warning", message, pd.DataFrame([row])))
    return found


def ordered(rows: Iterable[dict]) -> pd.DataFrame:
    """Findings in the order in which an analyst takes them: open errors first."""
    table = pd.DataFrame(list(rows), columns=FINDINGS)
    rank = (
        table["status"].map({"open": 0, "settled": 3}).add(table["severity"].map({"error": 0, "warning": 1, "note": 2}))
    )
    return table.iloc[rank.argsort(kind="stable")].reset_index(drop=True)


class OpenErrors(ValueError):
    """The figures contradict each other and no correction settles it."""


def stop(table: pd.DataFrame) -> None:
    """Raises OpenErrors if an error is open; the message lists each with its place and what to do."""
    errors = table[(table["severity"] == "error") & (table["status"] == "open")]
    if len(errors):
        listed = "\n".join(f"- {row.message}（来源{row.locators}；核对项 {row.check}）" for row in errors.itertuples())
        raise OpenErrors(
            f"来源数据有未更正的差错：\n{listed}\n请核对原文，在 corrections.csv 写明更正和理由，或改正登记的错误。"
        )
