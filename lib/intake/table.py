"""The workbook of an edition (录入表): each of its tables a sheet to fill in, its report one of lines; and what comes back of it.

All cells are text, none a formula. A table is written back where its sheet was changed and its file was not: the workbook holds
the digest of what it was made from, the working state that of what was last read from it.
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby, zip_longest
from math import inf
from pathlib import Path
from typing import Any

from xlsxwriter.utility import xl_range_abs

from lib.edition import report
from lib.edition.dictionary import BUDGET, CHECKS, FORMULAS, INDICATORS, RANGES, own
from lib.edition.edition import MORE, NAMED, NOTE_KINDS, RAW, Edition
from lib.edition.spelling import Column, columns, worked
from lib.edition.store import InputError, content, digest_of, text, tidied
from lib.intake.check import Remark, check
from lib.intake.new import TEMPLATES, model
from lib.intake.reading import grids
from lib.publish.workbook import PLAIN, Book
from lib.score.targets import COMPARATORS

REPORT, LINE = "report", "line"
SHEETS = {
    **{"figures": "数据", "budget": "基础数据表", "targets": "绩效目标", "notes": "文字"},
    **{"corrections": "更正", "statements": "单位说明", REPORT: "正文"},
}
COVER, LISTS = "怎样填写", "选项"
AID = "（参考）"
"""At the end of a head: there to help, never read."""
ROW = f"行{AID}"
MOST = 32_767
"""How many characters a cell of a workbook may have."""
SPARE = 500
"""Rows below a table that have drop-downs."""
STATE = "table.json"
UNITS_OWN = {"indicators": INDICATORS, "checks": CHECKS, "metrics": FORMULAS, "ranges": RANGES}
"""The tables that a unit keeps beside its years, and their columns."""


@dataclass(frozen=True)
class Table:
    """A table, or the report as a column of lines: its head, its rows, worked lines among them, and their numbers in the file."""

    name: str
    head: list[str]
    lines: list[list[str]]
    numbers: list[int]

    @property
    def text(self) -> str:
        """What its file holds."""
        return "".join(f"{line}\n" for (line,) in self.lines) if self.name == REPORT else _csv([self.head, *self.lines])

    @property
    def digest(self) -> str:
        """16 hex digits over that."""
        return digest_of(self.text.encode())

    def rows(self, head: Iterable[str]) -> list[tuple[str, ...]]:
        """Its rows with these columns, blank where it has none."""
        return [tuple(dict(zip(self.head, line, strict=True)).get(one, "") for one in head) for line in self.lines]


def _csv(rows: Iterable[Sequence[str]]) -> str:
    target = io.StringIO()
    csv.writer(target, lineterminator="\n").writerows(rows)
    return target.getvalue()


def place(edition: Edition) -> Path:
    """Where the workbook of an edition is: beside its tables, under a name that no other edition's has."""
    return edition.raw / f"{edition.unit}-{edition.year}.xlsx"


def _file(edition: Edition, name: str) -> Path:
    return edition.raw / (report.FILE if name == REPORT else f"{name}.csv")


def _tidy(edition: Edition, name: str, path: Path, found: bytes) -> tuple[Table, list[str]]:
    """A table as it should stand, indicators by name, and what was undone for it. Raises InputError."""
    if name == REPORT:
        lines = text(path, found).rstrip("\n").split("\n") if found.strip() else []
        return Table(name, [LINE], [[line] for line in lines], [*range(1, len(lines) + 1)]), []
    made = tidied(path, name, found, UNITS_OWN.get(name) or RAW[name], MORE.get(name, ()))
    lines = [[*line] for _, line in made.lines]
    at = made.head.index(NAMED[name]) if name in NAMED else None
    for line in lines if at is not None else ():
        line[at] = line[at] if worked(line) else edition.called(name, line[at])
    undone = made.undone + ["指标的名称改为指标名"] * (lines != [line for _, line in made.lines])
    return Table(name, made.head, lines, [number for number, _ in made.lines]), undone


def _kept(edition: Edition, name: str) -> Table:
    """A table as its file has it; the head alone where there is none."""
    found = content(_file(edition, name))
    if found is None:
        return Table(name, [LINE] if name == REPORT else RAW[name], [], [])
    return _tidy(edition, name, _file(edition, name), found)[0]


def fix(edition: Edition) -> list[str]:
    """Writes the tables of an edition and its unit as they should be spelled, no figure otherwise; returns what was done, a line a file.

    What cannot be read stays as it is: `check` tells.
    """
    paths = [own(edition.root, edition.unit) / f"{name}.csv" for name in UNITS_OWN]
    done = []
    for path in [*paths, *(_file(edition, name) for name in (*RAW, REPORT))]:
        found = path.read_bytes() if path.is_file() else b""
        try:
            table, undone = _tidy(edition, path.stem, path, found) if found else (None, [])
        except InputError:
            continue
        if table and table.text.encode() != found:
            _put(path, table.text.encode())
            done.append(f"{path.name} 已整理：{'；'.join(undone) or '编码标记、行尾和引号改为通常的写法'}")
    return done


def _put(path: Path, content: bytes) -> None:
    """A file written aside and moved into place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}-{os.getpid()}")
    aside.write_bytes(content)
    aside.replace(path)


# --- out ----------------------------------------------------------------------------------------------------------------


def write(edition: Edition) -> Path:
    """Writes the workbook of an edition. Raises InputError for a table that cannot be read, and where changes in the workbook were not read."""
    import xlsxwriter

    path = place(edition)
    if path.exists() and _changes(edition):
        todo = f"先运行 jixiao table --unit {edition.unit} --year {edition.year} --read，或把它移走"
        raise InputError(path, None, "还没有读回的改动", "读回以后的录入表", todo)
    tables, told, target = [_kept(edition, name) for name in SHEETS], check(edition), io.BytesIO()
    for table, (number, line) in ((one, row) for one in tables for row in zip(one.numbers, one.lines, strict=True)):
        if (longest := max(map(len, line))) > MOST:
            told = f"{longest} 字的一格", f"不超过 {MOST} 字，表格软件放不下更多", "分成几行"
            raise InputError(_file(edition, table.name), number, *told)
    with xlsxwriter.Workbook(target, PLAIN) as file:
        book, lists = Book(file), _lists(edition)
        _cover(edition, book, tables, [one for one in told if not one.line])
        for table in tables:
            remarks = [one for one in told if one.line and one.file == _file(edition, table.name).name]
            _sheet(book, table, _aids(edition, table), remarks, lists)
        sheet = file.add_worksheet(LISTS)
        for at, words in enumerate(lists.values()):
            sheet.write_column(0, at, words, book.style("@"))
        sheet.hide()
    _put(path, target.getvalue())
    (edition.processed / STATE).unlink(missing_ok=True)
    return path


def _cover(edition: Edition, book: Book, tables: Sequence[Table], remarks: Sequence[Remark]) -> None:
    """What to do, what is to be said of whole files, and the digests."""
    sheet, grey = book.book.add_worksheet(COVER), book.style("@", font_color="#6b7280")
    sheet.set_column(0, 0, 120)
    sheet.set_column(1, 1, 20)
    lines = (TEMPLATES / "table.txt").read_text("utf-8").format(unit=edition.unit, year=edition.year).split("\n")
    lines += [f"{one.file}　{one.kind}　{one.text}" for one in remarks] + ["", "以下是标识，请勿改动："]
    for row, line in enumerate(lines):
        sheet.write_string(row, 0, line, book.style(text_wrap=True, bold=not row))
    for row, table in enumerate(tables, len(lines)):
        sheet.write_string(row, 0, SHEETS[table.name], grey)
        sheet.write_string(row, 1, table.digest, grey)


def _lists(edition: Edition) -> dict[str, list[str]]:
    """What may stand in a column, where that is a list."""
    known = edition.indicators.values()
    return {
        "indicator": [one.name for one in known if one.section != BUDGET],
        "unit": sorted({one.unit for one in known} | {"万元"}),
        "section": sorted({notebook.section for notebook in edition.above("")} - {""}) or [""],
        "comparator": [*COMPARATORS],
        "kind": NOTE_KINDS,
    }


def _aids(edition: Edition, table: Table) -> dict[str, list[str]]:
    """Columns to help: the label of an indicator or an item; of figures also the unit, and what the year before printed."""
    if table.name not in ("figures", BUDGET):
        return {}
    named = [name for (name,) in table.rows([NAMED[table.name]])]
    known, old = edition.indicators, model(edition)
    labels = {name: one.label for name, one in known.items() if one.section != BUDGET}
    labels |= {
        name.split(".", 1)[1].rpartition(".")[0]: one.item for name, one in known.items() if one.section == BUDGET
    }
    aids = {f"名称{AID}": [labels.get(name, "") for name in named]}
    if table.name == "figures":
        before = {
            row["indicator"]: row["printed"] or row["reading"] for row in (old.table("figures") if old else [])[::-1]
        }
        aids[f"单位{AID}"] = [known[name].unit if name in known else "" for name in named]
        aids[f"{old.year if old else '上'}年{AID}"] = [before.get(name, "") for name in named]
    return aids


def _sheet(
    book: Book, table: Table, aids: Mapping[str, list], remarks: Sequence[Remark], lists: Mapping[str, list]
) -> None:
    """A table as a sheet: row numbers, columns and what helps with them, what `check` says as comments."""
    sheet, end = book.book.add_worksheet(SHEETS[table.name]), len(table.lines)
    laid: dict[str, Sequence[Any]] = {ROW: table.numbers}
    for column in table.head:
        laid[column] = [word for (word,) in table.rows([column])]
        laid |= aids if column == NAMED.get(table.name) else {}
    for at, (column, words) in enumerate(laid.items()):
        _column(book, sheet, at, columns(table.name).get(column, column), words)
        if column in lists:
            words = [*lists].index(column)
            source = f"='{LISTS}'!{xl_range_abs(0, words, len(lists[column]) - 1, words)}"
            choice = {"validate": "list", "source": source, "show_error": False}
            sheet.data_validation(1, at, end + SPARE, at, choice)
    for number, told in groupby(remarks, lambda one: one.line):
        if number in table.numbers:
            said = "\n".join(f"{one.kind}：{one.text}" for one in told)
            sheet.write_comment(1 + table.numbers.index(number), 1, said, {"x_scale": 3, "y_scale": 1.5})
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(end, 1), len(laid) - 1)
    sheet.ignore_errors({"number_stored_as_text": f"A1:Z{end + SPARE}"})


def _column(book: Book, sheet: Any, at: int, about: Column | str, words: Sequence[Any]) -> None:
    """A column of a sheet: its head with what is to be filled in, its cells as text; grey where it is there to help."""
    look = book.style("@", text_wrap=True, valign="top")
    if isinstance(about, str):
        look = book.style(bg_color="#eceef1", font_color="#6b7280", valign="top")
    else:
        sheet.write_comment(0, at, f"{about.name}：{about.says}")
    width = max([8, *(1 + sum(2 if char > "\u2e80" else 1.1 for char in str(word)) for word in words)])
    sheet.set_column(at, at, min(width, 60), look)
    head = about if isinstance(about, str) else about.labels[0]
    sheet.write_string(0, at, head, book.style("@", bold=True, bottom=1))
    for row, word in enumerate(words, 1):
        (sheet.write_string if isinstance(word, str) else sheet.write_number)(row, at, word, look)


# --- back ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """A table that the workbook has otherwise than its file: what the file is to hold, and a line for each difference."""

    path: Path
    table: Table
    told: list[str]


def read(edition: Edition) -> list[str]:
    """Writes back what was changed in the workbook, all of it or nothing; returns what that is, a line each.

    Raises InputError where there is no workbook, a sheet of it cannot be read or is gone, or a file was changed as well as its sheet.
    """
    changes = _changes(edition)
    for one in changes:
        _put(one.path, one.table.text.encode())
    if changes:
        seen = _seen(edition) | {one.table.name: one.table.digest for one in changes}
        _put(edition.processed / STATE, json.dumps(seen).encode())
    return [line for one in changes for line in one.told]


def _seen(edition: Edition) -> dict[str, str]:
    """The digests of tables as they were last read from the workbook."""
    path = edition.processed / STATE
    return json.loads(path.read_bytes()) if path.is_file() else {}


def _changes(edition: Edition) -> list[Change]:
    """What the workbook has otherwise than the files. Raises InputError for all that is wrong with it."""
    found, bad = list[Change](), list[InputError]()
    sheets = grids(place(edition))
    made = {row[0]: row[1] for row in sheets.get(COVER, []) if len(row) > 1}
    made = {name: made.get(label, "") for name, label in SHEETS.items()} | _seen(edition)
    for name, label in SHEETS.items():
        try:
            found += _change(edition, name, sheets.get(label), made[name])
        except InputError as error:
            bad += error.all
    InputError.together(bad)
    return found


def _change(edition: Edition, name: str, grid: list[list[str]] | None, made: str) -> Iterator[Change]:
    """What a sheet has otherwise than its file, nothing where nobody changed it. `made`: the digest of what it was made from."""
    path = place(edition).with_name(f"{place(edition).name}“{SHEETS[name]}”")
    if grid is None or not made:
        raise InputError(
            path, None, "没有这张工作表，或首页没有它的标识", "录入表原有的工作表", "找回，或重新写出录入表"
        )
    cells = _filled(grid)
    if name == REPORT and cells[0] != [columns(name)[LINE].labels[0]]:
        raise InputError(path, 1, "、".join(cells[0]) or "空白", "一列“正文”", "删去别的列，改正表头")
    given = "".join(f"{line}\n" for (line,) in cells[1:]) if name == REPORT else _csv(cells)
    new, old = _tidy(edition, name, path, given.encode())[0], _kept(edition, name)
    if new.digest in (made, old.digest):
        return
    if old.digest != made:
        todo = "在这个文件里改，或先把录入表移走，重新写出再填"
        raise InputError(_file(edition, name), None, "写出录入表以后另有改动的文件", "录入表写出时的样子", todo)
    yield Change(_file(edition, name), new, [*_told(old, new)])


def _filled(grid: list[list[str]]) -> list[list[str]]:
    """The cells of a sheet less what was there to help; sorted rows in the order that they had, new ones of these last."""
    head, *rows = grid or [[]]
    given = [row[head.index(ROW)] if ROW in head else "" for row in rows]
    numbers = [int(one) if one.isdecimal() and one not in given[:at] else inf for at, one in enumerate(given)]
    known = [one for one in numbers if one < inf]
    if known != sorted(known):
        rows = [rows[at] for at in sorted(range(len(rows)), key=numbers.__getitem__)]
    kept = [at for at, one in enumerate(head) if not one.endswith(AID)]
    return [[row[at] for at in kept] for row in [head, *rows]]


def _told(old: Table, new: Table) -> Iterator[str]:
    """The differences of two tables, a line each."""
    head, label = list(dict.fromkeys([*old.head, *new.head])), SHEETS[new.name]
    before, after, known = old.rows(head), new.rows(head), columns(new.name)
    for how, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        for n, (was, now) in enumerate(
            zip_longest(before[a:b], after[c:d]) if how != "equal" else (), c + 1 + (new.name != REPORT)
        ):
            if was and now:
                cells = zip(head, was, now, strict=True)
                told = "；".join(
                    f"{known[one].labels[0]} {x or '空白'} → {y or '空白'}" for one, x, y in cells if x != y
                )
                yield f"{label} 第{n}行：{told}"
            else:
                yield f"{label} {'增加' if now else '删去'}：{'，'.join(filter(None, now or was)) or '空白的一行'}"
