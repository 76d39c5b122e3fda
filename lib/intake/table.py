"""The workbook of an edition (录入表): each of its tables a sheet of text to fill in, its report one of lines; and what comes back of it.
A table is written back where its sheet was changed and its file was not: the workbook holds the digest of what it was made from, the
working state that of what was last read from it."""

import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from typing import Any

from xlsxwriter.utility import xl_range_abs

from lib.edition.dictionary import BUDGET, cell
from lib.edition.edition import NOTE_KINDS, RAW, REPORT, Edition
from lib.edition.fault import JIXIAO
from lib.edition.spelling import Tidy, columns, label, text
from lib.edition.store import InputError, content, digest_of, noted, put
from lib.intake.check import Remark, check
from lib.intake.new import model, template
from lib.intake.reading import grids
from lib.publish.blocks import em
from lib.publish.workbook import PLAIN, Book
from lib.score.targets import COMPARATORS

LINE = "line"
SHEETS = {
    **{"figures": "数据", "budget": "基础数据表", "targets": "绩效目标", "notes": "文字"},
    **{"corrections": "更正", "statements": "单位说明", REPORT: "正文"},
    **{"indicators": "单位指标", "metrics": "要算的指标", "checks": "核对关系", "ranges": "通常范围"},
    **{"headlines": "摘要"},
}
COVER, LISTS = "怎样填写", "选项"
AID = "（参考）"  # at the end of a head: there to help, never read
ROW = f"行{AID}"
MOST = 32_767  # how many characters a cell of a workbook may have
SPARE = 500  # rows below a table that have drop-downs
STATE = "table.json"  # the digests of tables as they were last read from the workbook
NAMED = {"figures": "indicator", "budget": "item"}  # the tables that are helped with, and where they name an indicator


def place(edition: Edition) -> Path:
    """Where the workbook of an edition is: beside its tables, under a name that no other edition's has."""
    return edition.raw / f"{edition.unit}-{edition.year}.xlsx"


def _tidy(edition: Edition, name: str, path: Path, found: bytes) -> Tidy:
    """What is found of a table as it should stand, the report as a column of lines. Raises InputError."""
    if name == REPORT:
        return Tidy([LINE], [*enumerate(([line] for line in text(path, found).splitlines()), 1)], [])
    return edition.tidied(name, path, found)


def _kept(edition: Edition, name: str) -> Tidy:
    return _tidy(edition, name, edition.file(name), content(edition.file(name)) or b"")


def _text(name: str, table: Tidy) -> bytes:
    lines = "".join(f"{line}\n" for _, (line, *_) in table.lines).rstrip("\n")
    return (f"{lines}\n" * bool(lines) if name == REPORT else table.text).encode()


def fix(edition: Edition) -> list[str]:
    """Writes tables as they should be spelled, no figure otherwise; returns what was done. What cannot be read stays as it is."""
    done = []
    for name in SHEETS:
        with suppress(InputError):
            path = edition.file(name)
            found = content(path) or b""
            table = _tidy(edition, name, path, found)
            if found and _text(name, table) != found:
                put(path, _text(name, table))
                done.append(f"{path.name} 已整理：{'；'.join(table.undone) or '编码、行尾和引号改为通常的写法'}")
    return done


def write(edition: Edition) -> Path:
    """Writes the workbook of an edition. Raises InputError for a table that cannot be read, and where changes in the workbook were not read."""
    import xlsxwriter

    path = place(edition)
    if path.exists() and _changes(edition):
        todo = f"先运行 {JIXIAO} table --unit {edition.unit} --year {edition.year} --read，或把它移走"
        raise InputError(path, None, "还没有读回的改动", "读回以后的录入表", todo)
    tables, told, target = {name: _kept(edition, name) for name in SHEETS}, check(edition), io.BytesIO()
    if long := [row for row in tables[REPORT].lines if len(row[1][0]) > MOST]:
        expected = f"一行不超过 {MOST} 字（表格软件放不下更多）"
        raise InputError(edition.file(REPORT), long[0][0], f"{len(long[0][1][0])} 字的一行", expected, "分成几行")
    with xlsxwriter.Workbook(target, PLAIN) as file:
        book, known = Book(file), edition.indicators.values()
        lists = {  # what may stand in a column
            "indicator": [one.name for one in known if one.section != BUDGET],
            "unit": sorted({one.unit for one in known} | {"万元"}),
            "section": sorted({notebook.section for notebook in edition.above("")} - {""}) or [""],
            "comparator": [*COMPARATORS],
            "kind": NOTE_KINDS,
        }
        _cover(edition, book, tables, [one for one in told if not one.line])
        for name, table in tables.items():
            remarks = [one for one in told if one.line and one.file == edition.file(name).name]
            _sheet(book, name, table, _aids(edition, name, table), remarks, lists)
        sheet = file.add_worksheet(LISTS)
        for at, words in enumerate(lists.values()):
            sheet.write_column(0, at, words, book.style("@"))
        sheet.hide()
    put(path, target.getvalue())
    (edition.processed / STATE).unlink(missing_ok=True)
    return path


def _cover(edition: Edition, book: Book, tables: Mapping[str, Tidy], remarks: Sequence[Remark]) -> None:
    """What to do, what is to be said of whole files, and the digests."""
    sheet, grey = book.book.add_worksheet(COVER), book.style("@", font_color="#6b7280")
    sheet.set_column(0, 0, 120)
    sheet.set_column(1, 1, 20)
    lines = template("table.txt", unit=edition.unit, year=edition.year).split("\n")
    lines += [f"{one.file}　{one.kind}　{one.text}" for one in remarks] + ["", "以下是标识，请勿改动："]
    for row, line in enumerate(lines):
        sheet.write_string(row, 0, line, book.style(text_wrap=True, bold=not row))
    for row, (name, table) in enumerate(tables.items(), len(lines)):
        sheet.write_string(row, 0, SHEETS[name], grey)
        sheet.write_string(row, 1, digest_of(_text(name, table)), grey)


def _aids(edition: Edition, table: str, given: Tidy) -> dict[str, list[str]]:
    """Columns to help: the label of an indicator or an item; of figures also the unit, and what the year before printed."""
    named, known, old = given.column(NAMED.get(table, "")), edition.indicators, model(edition)
    if table == BUDGET:
        cells = (known.get(cell(item, "outturn")) for item in named)
        return {f"名称{AID}": [one.item if one else "" for one in cells]}
    if table != "figures":
        return {}
    before = {row["indicator"]: row["printed"] or row["reading"] for row in (old.table(table) if old else [])[::-1]}
    return {
        f"名称{AID}": [known[name].label if name in known else "" for name in named],
        f"单位{AID}": [known[name].unit if name in known else "" for name in named],
        f"{old.year if old else '上'}年{AID}": [before.get(name, "") for name in named],
    }


def _sheet(
    book: Book, name: str, table: Tidy, aids: Mapping[str, list], remarks: Sequence[Remark], lists: Mapping[str, list]
) -> None:
    """A table as a sheet: row numbers, columns and what helps with them in grey, what `check` says as comments."""
    sheet, end = book.book.add_worksheet(SHEETS[name]), len(table.lines) + SPARE
    numbers = [number for number, _ in table.lines]
    laid: dict[str, Sequence[Any]] = {ROW: numbers}
    for column in table.head:
        laid |= {column: table.column(column)} | (aids if column == NAMED.get(name) else {})
    for at, (column, words) in enumerate(laid.items()):
        grey = {"bg_color": "#eceef1"} if column.endswith(AID) else {}
        look = book.style("@", text_wrap=True, valign="top", **grey)
        sheet.set_column(at, at, min(max([8, *(1 + 2 * em(str(word)) for word in words)]), 60), look)
        sheet.write_string(0, at, label(name, column), book.style("@", bold=True, bottom=1))
        sheet.write_column(1, at, words, look)  # of PLAIN: words as words
        if not grey:
            sheet.write_comment(0, at, f"{column}：{columns(name)[column]['says']}")
        if column in lists and (name in RAW or column == "unit"):  # a unit's own table names what is new
            choice = [*lists].index(column)
            source = f"={LISTS}!{xl_range_abs(0, choice, len(lists[column]) - 1, choice)}"
            sheet.data_validation(1, at, end, at, {"validate": "list", "source": source, "show_error": False})
    for number, told in groupby(remarks, lambda one: one.line):
        if number in numbers:
            said = "\n".join(f"{one.kind}：{one.text}" for one in told)
            sheet.write_comment(1 + numbers.index(number), 1, said, {"x_scale": 3, "y_scale": 1.5})
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, max(len(numbers), 1), len(laid) - 1)
    sheet.ignore_errors({"number_stored_as_text": f"A1:Z{end}"})


def read(edition: Edition) -> list[str]:
    """Writes back what was changed in the workbook, all or nothing; returns what that is, a line each. Raises InputError."""
    changes, seen = _changes(edition), noted(edition.processed / STATE)
    for name, (_, new) in changes.items():
        put(edition.file(name), _text(name, new))
        seen[name] = digest_of(_text(name, new))
    if changes:
        put(edition.processed / STATE, json.dumps(seen).encode())
    return [line for name, (old, new) in changes.items() for line in _told(name, old, new)]


def _changes(edition: Edition) -> dict[str, tuple[Tidy, Tidy]]:
    """The tables that the workbook has otherwise than the files, as these have them and as it has. Raises InputError for all that is wrong."""
    if not place(edition).is_file():
        todo = f"先运行 {JIXIAO} table --unit {edition.unit} --year {edition.year}"
        raise InputError(place(edition), None, "没有这个文件", "写出的录入表", todo)
    sheets, found, bad = grids(place(edition)), {}, list[InputError]()
    made, seen = {row[0]: row[1] for row in sheets.get(COVER, []) if len(row) > 1}, noted(edition.processed / STATE)
    for name, sheet in SHEETS.items():
        base = seen.get(name) or made.get(sheet)
        try:
            old, new = _kept(edition, name), _given(edition, name, sheets.get(sheet))
            before, after = (digest_of(_text(name, one)) for one in (old, new))
            if after not in (base, before):  # else nobody changed the sheet, or the file has it so
                found[name] = old, new
                if before != base:
                    told = "写出录入表以后另有改动的文件", "录入表写出时的样子"
                    todo = "在这个文件里改，或先把录入表移走，重新写出再填"
                    raise InputError(edition.file(name), None, *told, todo)
        except InputError as error:
            bad += error.all
    InputError.together(bad)
    return found


def _given(edition: Edition, name: str, grid: list[list[str]] | None) -> Tidy:
    """What a sheet says. Raises InputError where it is gone or cannot be read."""
    path = place(edition).with_name(f"{place(edition).name}“{SHEETS[name]}”")
    if not grid:
        raise InputError(path, None, "没有这张工作表", "录入表原有的工作表", "找回这张工作表，或把录入表移走，重新写出")
    kept = [at for at, one in enumerate(grid[0]) if not one.endswith(AID)]
    cells = [[row[at] for at in kept] for row in grid]
    if name == REPORT and cells[0] != [label(name, LINE)]:
        raise InputError(path, 1, "、".join(cells[0]) or "空白", "“正文”一列", "改正表头，删去别的列")
    return _tidy(edition, name, path, _text(name, Tidy(cells[0], [*enumerate(cells[1:])], [])))


def _told(table: str, old: Tidy, new: Tidy) -> Iterator[str]:
    """The rows that a table had and has no more, those apart in which only blanks were filled, and those that it has now."""
    head = list(dict.fromkeys([*old.head, *new.head]))
    before, after = (Counter(zip(*(one.column(name) for name in head), strict=True)) for one in (old, new))
    gone, come = before - after, after - before
    filled = {old for old in gone for new in come if all(cell in ("", new[n]) for n, cell in enumerate(old))}
    lost = [row for row in gone.elements() if row not in filled]
    for word, rows in (("删去", lost), ("写入", come)):
        yield from (f"{SHEETS[table]} {word}：{'，'.join(filter(None, row)) or '空白的一行'}" for row in rows)
