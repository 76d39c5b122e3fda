"""Passages of workbooks: each sheet is a table, its cells as they are displayed, and the text around it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import date, time
from decimal import ROUND_HALF_UP, Context, Decimal
from itertools import groupby
from typing import Any

from lib.intake.reading import CELLS, LIMIT, Passage, Unreadable

LITERAL = re.compile(r'"([^"]*)"|\\(.)')
UNUSUAL = re.compile(r"general|e[+-]|/|@|,(?![#0?])", re.I)
"""Of a format that shows a number otherwise than in digits at their places."""


def workbook(archive: zipfile.ZipFile) -> Iterator[Passage]:
    """The sheets of a workbook in order, hidden ones too; of formulas the values they were saved with. Raises Unreadable."""
    import openpyxl

    for sheet in openpyxl.load_workbook(archive.fp, data_only=True, keep_links=False).worksheets:
        yield from _parts(sheet.title, _rows(sheet))


def grids(archive: zipfile.ZipFile) -> Iterator[Passage]:
    """The sheets of a workbook in order, hidden ones too, each a full grid. Raises Unreadable for a formula that was saved without a value."""
    import openpyxl

    shown, written = (openpyxl.load_workbook(archive.fp, data_only=only, keep_links=False) for only in (True, False))
    for sheet in shown.worksheets:
        for place, cell in written[sheet.title]._cells.items():
            if cell.data_type == "f" and sheet._cells[place].value is None:
                raise Unreadable(f"工作表“{sheet.title}”的 {cell.coordinate} 是没有算出值的公式", "把它改写为文字")
        yield Passage("table", "", name=sheet.title, rows=_rows(sheet))


def _parts(name: str, rows: tuple[tuple[str | None, ...], ...]) -> Iterator[Passage]:
    """The table of a sheet; words that stand alone in their rows are text, before the table or where one is a sentence."""
    table: tuple[tuple[str | None, ...], ...] = ()
    for text, run in groupby(rows, lambda row: bool(row[0] and row[1:] and not any(row[1:]))):
        told = tuple(run)
        if text and (not table or any("。" in (row[0] or "") for row in told)):
            yield from [Passage("table", "", name=name, rows=table)] if table else []
            yield from (Passage("text", row[0] or "", name=name) for row in told)
            table = ()
        else:
            table += told
    if table:
        yield Passage("table", "", name=name, rows=table)


def _rows(sheet: Any) -> tuple[tuple[str | None, ...], ...]:
    """What is filled in, as far as it reaches. Raises Unreadable if that is too large."""
    filled = [place for place, cell in sheet._cells.items() if cell.value is not None]  # the grid may be of any size
    height, width = (max((place[side] for place in filled), default=0) for side in (0, 1))
    if height * width > CELLS:
        raise Unreadable(*LIMIT)
    return tuple(tuple(_shown(sheet, r, c) for c in range(1, width + 1)) for r in range(1, height + 1))


def _shown(sheet: Any, row: int, column: int) -> str | None:
    """What a cell shows; None where a merged one covers it."""
    from openpyxl.cell import MergedCell

    cell = sheet._cells.get((row, column))
    if cell is None or isinstance(cell, MergedCell):
        return "" if cell is None else None
    return "" if cell.value is None else display(cell.value, cell.number_format)


def display(value: Any, form: str) -> str:
    """A value as a cell of this number format shows it: 0.98 of 0% as 98%, 622.5 of 0.00 as 622.50."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, date | time):
        return _moment(value, form)
    return _number(value, form) if isinstance(value, int | float) else str(value)


def _number(value: float, form: str) -> str:
    """A number in the section of a format that is for its sign."""
    sections = [re.sub(r"\[[^\]]*\]|_.|\*.", "", section) for section in form.split(";")]
    at = 1 if value < 0 and sections[1:] else 2 if not value and sections[2:] else 0
    exact = Context(prec=15).create_decimal(repr(abs(value) if at else value))
    bare = LITERAL.sub(lambda found: " " * len(found[0]), sections[at])
    if UNUSUAL.search(bare):
        return f"{exact.normalize():f}"
    before, after, digits = sections[at], "", ""
    if places := re.search(r"[#0?][#0?,]*(?:\.([#0?]*))?", bare):
        before, after = before[: places.start()], before[places.end() :]
        last = Decimal(1).scaleb(-len(places[1] or ""))
        rounded = (exact * 100 ** bare.count("%")).quantize(last, ROUND_HALF_UP)
        digits = f"{rounded:{',' * (',' in places[0])}f}" if exact or "0" in places[0] else ""
        whole, point, rest = digits.partition(".")
        digits = whole.zfill(places[0].partition(".")[0].count("0")) + point + rest  # 7 of 000 as 007
    return LITERAL.sub(lambda found: found[1] or found[2] or "", before + digits + after).strip()


def _moment(value: date | time, form: str) -> str:
    """A date as its format has it; a time, and what has one, by ISO 8601."""
    bare = re.sub(r'\[[^\]]*\]|["\\]|;.*', "", "yyyy/m/d" if form == "mm-dd-yy" else form.lower())  # the system's own
    if isinstance(value, time) or not re.search("[ymd]", bare) or re.search("[hs]", bare):
        return str(value)
    parts = {"y": value.year, "m": value.month, "d": value.day}
    return re.sub("y+|m+|d+", lambda found: f"{parts[found[0][0]]:0{min(len(found[0]), 2)}}", bare).strip()
