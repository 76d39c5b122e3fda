"""Passages of workbooks: each sheet is a table, its cells as they are displayed, and the text around it."""

import csv
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, time
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import partial
from itertools import groupby
from typing import Any

from lib.intake.lines import broken, passage, raised
from lib.intake.reading import CELLS, LIMIT, Passage, Unreadable
from lib.intake.word import PICTURES, shown

LITERAL = re.compile(r'"([^"]*)"|[\\!](.)')
UNUSUAL = re.compile(r"general|e[+-]|/|@", re.I)  # of a format that shows a number otherwise than in digits
APART = re.compile(
    r"。|^\s*(?:(?:附[表件]|表)\s*[一二三四五六七八九十\d]|(?:填[表报]|制表|审核|注|备注|说明|联系)\S{0,4}[:：])"
)  # what ends a table in the rows of a sheet: a sentence, the caption of the next, the line of its foot
DRAWN = r"xl/(?:drawings/[^/]+|cellimages)\.xml"
NUMBERED = re.compile(r"\s*[一二三四五六七八九十]{1,3}、")
UNKNOWN = "（工作表“{}”里有没有算出值的公式：{}。请用 Excel 或 WPS 打开、保存后重新读入）"
HIDDEN = "（工作表“{}”{}是隐藏的，里面的数字也读了：不该读的，请删去后重新读入）"


def workbook(archive: zipfile.ZipFile) -> Iterator[Passage]:
    """The sheets of a workbook in order, hidden ones too, and its text boxes; of formulas the values they were saved with. Raises Unreadable."""
    for sheet, unknown in _opened(archive):
        if unknown:
            yield Passage("question", UNKNOWN.format(sheet.title, "、".join(unknown)), name=sheet.title)
        for hidden in _hidden(sheet):
            yield Passage("question", HIDDEN.format(sheet.title, hidden), name=sheet.title)
        yield from tables(sheet.title, _rows(sheet))
    for paragraph in shown(archive, DRAWN, "p"):  # of text boxes
        yield passage("".join(run.text or " " for run in paragraph.iter("{*}t", "{*}br")))
    held = [name for name in archive.namelist() if name.startswith("xl/embeddings/")]
    if pictures := len(held) + len([*shown(archive, DRAWN, "pic", "relIds")]):
        yield Passage("question", PICTURES.format(pictures))


def grids(archive: zipfile.ZipFile) -> Iterator[Passage]:
    """The sheets of a workbook in order, hidden ones too, each a full grid. Raises Unreadable for a formula that was saved without a value."""
    for sheet, unknown in _opened(archive):
        if unknown:
            raise Unreadable(f"工作表“{sheet.title}”的 {unknown[0]} 是没有算出值的公式", "把它改写为文字")
        yield Passage("table", "", name=sheet.title, rows=_rows(sheet))


def _opened(archive: zipfile.ZipFile) -> Iterator[tuple[Any, list[str]]]:
    """The sheets of a workbook, and the cells of each whose formulas were saved without a value; an empty text is one."""
    import openpyxl

    load = partial(openpyxl.load_workbook, archive.fp, keep_links=False, rich_text=True)
    computed = any(b"<f" in archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/"))
    formulas = load() if computed else None
    for sheet in load(data_only=True).worksheets:
        cells = formulas[sheet.title]._cells.values() if formulas else ()
        values = ((cell.coordinate, sheet[cell.coordinate]) for cell in cells if cell.data_type == "f")
        yield sheet, [place for place, cell in values if cell.value is None and cell.data_type == "n"]


def _hidden(sheet: Any) -> list[str]:
    """What is filled in of a sheet and not shown: nothing more to say of all of it, else its rows and columns."""
    from openpyxl.utils import get_column_letter

    if sheet.sheet_state != "visible":
        return [""]
    spans = [one for one in sheet.column_dimensions.values() if one.hidden]
    filled = sorted(place for place, cell in sheet._cells.items() if cell.value is not None)
    rows = dict.fromkeys(r for r, _ in filled if sheet.row_dimensions[r].hidden)
    columns = {c for _, c in filled if any(one.min <= c <= one.max for one in spans)}
    told = [*(f"第{r}行" for r in rows), *(f"{get_column_letter(c)}列" for c in sorted(columns))]
    return ["的" + "、".join(told[:9]) + "等" * (len(told) > 9)] if told else []


def values(text: str) -> Iterator[Passage]:
    """The table of a text of values set apart by commas."""
    rows = list(csv.reader(text.splitlines(keepends=True)))
    width = max(map(len, rows), default=0)
    if width * len(rows) > CELLS:
        raise Unreadable(*LIMIT)
    yield from tables("", [(*row, *[""] * (width - len(row))) for row in rows])


def tables(name: str, rows: Sequence[tuple[str | None, ...]]) -> Iterator[Passage]:
    """The tables of a sheet; words alone in their rows are text before a table, behind a blank row, before a head, or by `APART`."""
    table: list[tuple[str | None, ...]] = []
    at = 0
    for alone, run in groupby(rows, lambda row: [bool(re.search(r"[^\W\d_]", cell)) for cell in row if cell] == [True]):
        told = list(run)
        at += len(told)
        after = [cell for row in rows[at : at + 1] for cell in row if cell]  # a head has several words, no number alone
        headed = len(after) > 1 and not any(re.fullmatch(r"[\d.,%\s-]+", cell) for cell in after)
        headed = headed and alone and NUMBERED.match("".join(filter(None, told[-1])))
        said = [text for row in told for text in broken("".join(filter(None, row)))] if alone else []
        if alone and (not table or not any(table[-1]) or headed or any(map(APART.search, said))):
            yield from _table(name, table)
            yield from (replace(passage(text), name=name) for text in said)
            table = []
        else:
            table += told
    yield from _table(name, table)


def _table(name: str, rows: list[tuple[str | None, ...]]) -> Iterator[Passage]:
    """A table without the blank rows at its ends, if it has any other."""
    filled = [at for at, row in enumerate(rows) if any(row)]
    if filled:
        yield Passage("table", "", name=name, rows=tuple(rows[filled[0] : filled[-1] + 1]))


def _rows(sheet: Any) -> tuple[tuple[str | None, ...], ...]:
    """What is filled in, as far as it reaches. Raises Unreadable if that is too large."""
    filled = [place for place, cell in sheet._cells.items() if cell.value is not None]  # the grid may be of any size
    height, width = (max((place[side] for place in filled), default=0) for side in (0, 1))
    if height * width > CELLS:
        raise Unreadable(*LIMIT)
    return tuple(tuple(_shown(sheet._cells.get((r, c))) for c in range(1, width + 1)) for r in range(1, height + 1))


def _shown(cell: Any) -> str | None:
    """What a cell shows, by its number format: 0.98 of 0% as 98%, 622.5 of 0.00 as 622.50; None where a merged one covers it."""
    from openpyxl.cell import MergedCell

    if isinstance(cell, MergedCell):
        return None
    value, text = cell.value if cell else None, ""
    if isinstance(value, date | time):
        return _moment(value, cell.number_format)
    if isinstance(value, int | float):
        return str(value).upper() if isinstance(value, bool) else _number(value, cell.number_format)
    for run in value if isinstance(value, list) else [value or ""]:  # in which the mark of a note may be raised
        high = getattr(getattr(run, "font", None), "vertAlign", "") == "superscript"
        text += raised(str(run), text) if high else str(run)
    return text


def _number(value: float, form: str) -> str:
    """A number in the section of a format that is for its sign; `0!.0,` shows 12,345,678 as 1234.6."""
    sections = [re.sub(r"\[[^\]]*\]|_.|\*.", "", section) for section in form.split(";")]
    at = 1 if value < 0 and sections[1:] else 2 if not value and sections[2:] else 0
    exact = Context(prec=15).create_decimal(repr(abs(value) if at else value))
    before, drawn = re.subn(r"(?<=[#0?])[\\!]\.(?=0)", ".", sections[at])
    bare = LITERAL.sub(lambda found: " " * len(found[0]), before)
    if UNUSUAL.search(bare):
        return f"{exact.normalize():f}"
    after, digits = "", ""
    if places := re.search(r"([#0?](?:[#0?,]*[#0?])?)(?:\.([#0?]*))?(,*)", bare):
        before, after = before[: places.start()], before[places.end() :]
        last = len(places[2] or "")
        shown = exact.scaleb(2 * bare.count("%") - 3 * len(places[3]) - last * drawn)
        rounded = shown.quantize(Decimal(1).scaleb(-last), ROUND_HALF_UP)
        width = places[1].count("0") + last + bool(last)  # 7 of 000 is 007
        digits = f"{rounded:0{width}{',' * (',' in places[1])}f}" if exact or "0" in places[0] else ""
    return LITERAL.sub(lambda found: found[1] or found[2] or "", before + digits + after).strip()


def _moment(value: date | time, form: str) -> str:
    """A date as its format has it; a time, and what has one, by ISO 8601."""
    bare = re.sub(r'\[[^\]]*\]|["\\]|;.*', "", "yyyy/m/d" if form == "mm-dd-yy" else form.lower())  # the system's own
    if isinstance(value, time) or not re.search("[ymd]", bare) or re.search("[hs]", bare):
        return str(value)
    parts = {"y": value.year, "m": value.month, "d": value.day}
    return re.sub("y+|m+|d+", lambda found: f"{parts[found[0][0]]:0{min(len(found[0]), 2)}}", bare).strip()
