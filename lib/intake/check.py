"""What is still to do in an edition's folder, and what is wrong, line by line: all that can be told before a run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from lib.chapter.chapter import Chapter
from lib.chapter.prose import braces
from lib.check import figures, findings
from lib.check.relations import severities
from lib.edition.card import faults, field, filled_in
from lib.edition.dictionary import BUDGET
from lib.edition.edition import NOTE_KINDS, OPTIONAL, RAW, Edition
from lib.edition.store import InputError
from lib.intake.new import BLANK
from lib.score import sheet, targets

ERROR, BLANK_CELL, REMINDER = KINDS = ("错误", "待填", "提醒")


@dataclass(frozen=True)
class Remark:
    """What there is to say of a file, or of one line of it; an error would stop a run."""

    file: str
    line: int | None
    kind: str
    text: str

    @classmethod
    def of(cls, error: InputError) -> Remark:
        return cls(error.path.name, error.row, ERROR, error.told)


def check(edition: Edition) -> list[Remark]:
    """What is wrong and what is still to do, file by file and line by line: all that can be told before a run."""
    found, tables = list(_of_card(edition)), {}
    for name in RAW:
        try:
            tables[name] = edition.table(name)
        except InputError as error:
            found.append(Remark.of(error))
    corrected = None
    if {"figures", "corrections"} <= tables.keys():
        try:
            remarks, corrected = _of_figures(edition, tables["figures"], tables["corrections"])
            found += remarks
        except InputError as error:  # in a table that has no list of errors: the dictionary, the checks, the budget
            found.append(Remark.of(error))
    if "notes" in tables:
        found += _of_notes(edition, tables["notes"], corrected)
    found += [remark for name in OPTIONAL if name in tables for remark in _blanks(name, tables[name])]
    found += _of_targets(edition, tables["targets"]) if "targets" in tables else []
    order = ["source.yml", *(f"{name}.csv" for name in RAW)]
    place = {name: number for number, name in enumerate(order)}
    return sorted(dict.fromkeys(found), key=lambda r: (place.get(r.file, len(place)), r.file, r.line or 0))


def _of_card(edition: Edition) -> Iterator[Remark]:
    try:
        card = filled_in(edition.raw)
    except InputError as error:
        yield Remark.of(error)
        return
    yield from map(Remark.of, faults(card, edition.raw))
    path = edition.raw / "source.yml"
    if card.get("title") and card.get("year"):
        severity = severities(edition)["year_of_edition"]
        for row in findings.year_of_edition(card, edition.year, severity):
            yield Remark(path.name, None, _kind(row), row["message"])
    sheets = {path.stem for path in (edition.root / "data" / "sheets").glob("*.csv")}
    if card.get("sheet") and card["sheet"] not in sheets:
        there = "、".join(sorted(sheets)) or "空白（没有评分表）"
        yield Remark.of(InputError(path, None, f"sheet {card['sheet']}", there, "改正评分表的名称"))
    optional = [
        "published",
        "url",
        "archive",
        "sha256",
        *(f"sections.{name}" for name in _mapping(card.get("sections"))),
    ]
    optional += ["status.by", "status.on"] if field(card, "status.state") == "approved" else []
    blank = [name for name in optional if not field(card, name)]
    if blank:
        yield Remark(path.name, None, BLANK_CELL, "、".join(blank))


def _mapping(value: Any) -> dict:
    return value if isinstance(value, dict) else {}


def _kind(row: dict) -> str:
    return ERROR if row["severity"] == "error" else REMINDER


def _of_figures(edition: Edition, raw: pd.DataFrame, corrections: pd.DataFrame) -> tuple[list[Remark], pd.DataFrame]:
    """Remarks on figures and corrections, and the figures that could be read."""
    bad: list[InputError] = []
    printed, corrected, odd = figures.clean(edition, bad)
    labels = edition.indicators.set_index("indicator")["label"]
    found = [Remark.of(error) for error in bad]
    for row in raw[raw["printed"].eq("") & raw["reading"].eq("")].to_dict("records"):
        name = row["indicator"]
        kind, text = (BLANK_CELL, f"{labels[name]}（{name}）") if name in labels else (ERROR, f"没有指标 {name}")
        found.append(Remark("figures.csv", row["line"], kind, text))
    for row in corrections[corrections["corrected"].eq("") | corrections["reason"].eq("")].to_dict("records"):
        found.append(Remark("corrections.csv", row["line"], BLANK_CELL, "corrected 和 reason 都要填写"))
    rows = findings.of_figures(edition, printed, corrected) + odd
    for row in (row for row in rows if row["status"] == "open" and row["severity"] != "note"):
        lines = raw[raw["indicator"].isin(row["indicators"].split(";"))]["line"].tolist()
        at = f"第{'、'.join(map(str, lines))}行" if lines else row["locators"]
        file = "figures.csv" if lines or row["section"] != BUDGET else f"{BUDGET}.csv"
        told = f"{row['message']}（{at}；核对项 {row['check']}）"
        found.append(Remark(file, min(lines, default=None), _kind(row), told))
    absent = corrected[corrected["status"].eq("missing") & ~corrected["indicator"].isin(raw["indicator"])]
    for section, rows in absent[absent["section"].ne(BUDGET)].groupby("section", sort=False):
        listed = "、".join(f"{row.label}（{row.indicator}）" for row in rows.itertuples())
        found.append(Remark("figures.csv", None, REMINDER, f"{section} 没有登记：{listed}"))
    return found, corrected


def _of_notes(edition: Edition, notes: pd.DataFrame, corrected: pd.DataFrame | None) -> Iterator[Remark]:
    severity = severities(edition)["numbers_of_notes"]
    for position, note in enumerate(notes.to_dict("records")):
        if not note["text"].strip():
            yield Remark("notes.csv", note["line"], BLANK_CELL, "text")
        if note["kind"] not in NOTE_KINDS:
            told = f"kind “{note['kind']}”应为 {'、'.join(NOTE_KINDS)} 之一，否则不会印出"
            yield Remark("notes.csv", note["line"], REMINDER, told)
        if fault := braces(note["text"]):
            yield Remark("notes.csv", note["line"], ERROR, fault)
        if corrected is not None:
            one = notes.iloc[[position]]
            for row in findings.numbers_of_notes(one, corrected, severity, edition.raw):
                yield Remark("notes.csv", note["line"], _kind(row), row["message"])


def _of_targets(edition: Edition, table: pd.DataFrame) -> Iterator[Remark]:
    """Rows that cannot be read or do not fit their sheet; what a target is measured by is known only to a run."""
    for row in table.to_dict("records"):
        for column, read in (("weight", targets.weight), ("target", targets.aim)):
            try:
                _ = row[column] and read(edition, row)
            except InputError as error:
                yield Remark.of(error)
    for project in table["project"].unique():
        try:
            sheet.placed(Chapter("check", edition), project)
        except InputError as error:
            yield Remark.of(error)


def _blanks(name: str, table: pd.DataFrame) -> Iterator[Remark]:
    """Cells of an optional table that nobody filled in; the actual of a target may come from its measure."""
    for row in table.to_dict("records"):
        given = {"explanation"} | ({"actual"} if row.get("measure") else set())
        given |= {"last_outturn", "budget"} if "." in row.get("item", "") else set()  # these have but one value
        blank = [column for column in BLANK[name] if not row[column] and column not in given]
        if blank:
            yield Remark(
                f"{name}.csv", row["line"], BLANK_CELL, f"{row.get('item') or row.get('level3')}：{'、'.join(blank)}"
            )
