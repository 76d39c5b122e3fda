"""Intake: the folder of a new edition, laid out after an earlier one, and what is still to do in it.

Nothing is invented: what last year's source said is never carried over as this year's, only where it stood.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from lib.check import relations as checks
from lib.check import figures
from lib.score import sheet as scores
from lib.score import targets
from lib.edition.edition import NOTE_KINDS, OPTIONAL, RAW, Edition, InputError, editions, field
from lib.chapter.chapter import Section

TEMPLATE = Path(__file__).parents[1] / "publish/templates/source.yml"
BLANK = {  # what is left to fill in; all else is kept from the earlier edition
    "figures": ["printed", "reading", "remark"],
    "budget": ["last_outturn", "budget", "outturn"],
    "targets": ["target", "actual", "explanation"],
}
TITLE = "{year}年度部门整体支出绩效评价报告"
HEAD_ONLY = ("corrections", "notes")
AMOUNTS = "budget"
"""The section of the dictionary whose figures stand in budget.csv."""


# --- a new edition ------------------------------------------------------------------------------------------------------


def model(edition: Edition, like: str = "") -> Edition | None:
    """The edition to lay a new one out after: the unit's latest earlier one, or the latest of the unit `like`.

    Raises FileNotFoundError if the unit `like` has none.
    """
    there = [one for one in editions(edition.root) if one.unit == (like or edition.unit)]
    if like and not there:
        raise FileNotFoundError(f"data/raw/{like}/ 没有任何年度，不能照它建立")
    return max((one for one in there if like or one.year < edition.year), key=lambda one: one.year, default=None)


def new(edition: Edition, like: str = "") -> Edition | None:
    """Lay out the folder of an edition, all of it or nothing; returns the edition that it follows, if there is one.

    figures, budget and targets keep rows and places; cells that this year's source has to fill are blank. Corrections and
    notes begin with their head only. The outturn of the year before becomes `last_outturn`, if it is the unit's own.
    Raises FileExistsError if the folder is there, InputError if a table of the earlier edition cannot be read.
    """
    if edition.raw.exists():
        raise FileExistsError(f"data/raw/{edition.unit}/{edition.year}/ 已经存在，没有改动；要重新建立，请先移走它")
    old = model(edition, like)
    contents = {"source.yml": _card(edition, old)} | {
        f"{name}.csv": _rows(name, edition, old).to_csv(index=False, lineterminator="\n")
        for name in RAW
        if name not in OPTIONAL or (old and (old.raw / f"{name}.csv").is_file())
    }
    aside = edition.raw.with_name(f".{edition.year}-{os.getpid()}")
    aside.mkdir(parents=True)
    for name, content in contents.items():
        (aside / name).write_text(content, "utf-8")
    aside.rename(edition.raw)
    return old


def _rows(name: str, edition: Edition, old: Edition | None) -> pd.DataFrame:
    """A table of the new folder."""
    columns = RAW[name]
    if name in HEAD_ONLY:
        return pd.DataFrame(columns=columns)
    if not old:
        known = edition.indicators
        return known[known["section"].ne(AMOUNTS)][["indicator"]].reindex(columns=columns)
    table = old.table(name)
    blank = table.assign(**dict.fromkeys(BLANK[name], ""))
    if name == "budget" and (old.unit, old.year) == (edition.unit, edition.year - 1):
        alone = table["item"].str.contains(
            ".", regex=False
        )  # of staff and buildings there is one number a year, not three
        blank["last_outturn"] = table["outturn"].mask(alone, "")
    return blank[columns]


def _card(edition: Edition, old: Edition | None) -> str:
    """The source card to fill in; names and the title are kept only from the unit's own."""
    card = old.filled_in() if old else {}
    mine = card if old and old.unit == edition.unit else {}
    title = str(mine["title"]).replace(str(old.year), str(edition.year)) if mine.get("title") else ""
    given = {"title": title or TITLE.format(year=edition.year)}
    given |= {name: mine.get(name) for name in ("unit", "publisher", "contact")}
    quoted = {name: json.dumps(text, ensure_ascii=False) if text else "" for name, text in given.items()}
    sections = card.get("sections") or dict.fromkeys(edition.indicators["section"])
    listed = "\n".join(f"  {name}:" for name in sections)
    return TEMPLATE.read_text("utf-8").format(
        **quoted, year=edition.year, sections=listed, sheet=mine.get("sheet") or ""
    )


# --- what is still to do ------------------------------------------------------------------------------------------------


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
        card = edition.filled_in()
    except InputError as error:
        yield Remark.of(error)
        return
    yield from map(Remark.of, edition.faults(card))
    path = edition.raw / "source.yml"
    if card.get("title") and card.get("year"):
        severity = checks.severities(edition)["year_of_edition"]
        for row in checks.year_of_edition(card, edition.year, severity):
            yield Remark(path.name, None, _kind(row), row["message"])
    sheets = {sheet.stem for sheet in (edition.root / "data" / "sheets").glob("*.csv")}
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
    rows = checks.of_figures(edition, printed, corrected) + odd
    for row in (row for row in rows if row["status"] == "open" and row["severity"] != "note"):
        lines = raw[raw["indicator"].isin(row["indicators"].split(";"))]["line"].tolist()
        at = f"第{'、'.join(map(str, lines))}行" if lines else row["locators"]
        file = "figures.csv" if lines or row["section"] != AMOUNTS else "budget.csv"
        told = f"{row['message']}（{at}；核对项 {row['check']}）"
        found.append(Remark(file, min(lines, default=None), _kind(row), told))
    absent = corrected[corrected["status"].eq("missing") & ~corrected["indicator"].isin(raw["indicator"])]
    for section, rows in absent[absent["section"].ne(AMOUNTS)].groupby("section", sort=False):
        listed = "、".join(f"{row.label}（{row.indicator}）" for row in rows.itertuples())
        found.append(Remark("figures.csv", None, REMINDER, f"{section} 没有登记：{listed}"))
    return found, corrected


def _of_notes(edition: Edition, notes: pd.DataFrame, corrected: pd.DataFrame | None) -> Iterator[Remark]:
    import jinja2

    severity = checks.severities(edition)["numbers_of_notes"]
    for position, note in enumerate(notes.to_dict("records")):
        if not note["text"].strip():
            yield Remark("notes.csv", note["line"], BLANK_CELL, "text")
        if note["kind"] not in NOTE_KINDS:
            told = f"kind “{note['kind']}”应为 {'、'.join(NOTE_KINDS)} 之一，否则不会印出"
            yield Remark("notes.csv", note["line"], REMINDER, told)
        try:
            jinja2.Environment().parse(note["text"])
        except jinja2.TemplateSyntaxError as error:
            yield Remark("notes.csv", note["line"], ERROR, f"{{{{ }}}} 写得不对（{error.message}）")
        if corrected is not None:
            one = notes.iloc[[position]]
            for row in checks.numbers_of_notes(one, corrected, severity, edition.raw):
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
            scores.placed(Section("check", edition), project)
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
