"""Passages of workbooks: each sheet is a table, its cells as they are displayed."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from lib.intake.reading import CELLS, LIMIT, Passage, Unreadable


def workbook(content: bytes) -> Iterator[Passage]:
    """The sheets of a workbook in order, hidden ones too; of formulas the values they were saved with."""
    import openpyxl

    for sheet in openpyxl.load_workbook(io.BytesIO(content), data_only=True, keep_links=False).worksheets:
        if rows := _rows(sheet):
            yield Passage("table", "", name=sheet.title, rows=rows)


def _rows(sheet: Any) -> tuple[tuple[str | None, ...], ...]:
    """What is filled in, as far as it reaches. Raises Unreadable if that is too large."""
    filled = [cell for cell in sheet._cells.values() if cell.value is not None]  # the grid itself may be of any size
    height, width = (max((getattr(cell, side) for cell in filled), default=0) for side in ("row", "column"))
    if height * width > CELLS:
        raise Unreadable(*LIMIT)
    grid: list[list[str | None]] = [[""] * width for _ in range(height)]
    for cell in filled:
        grid[cell.row - 1][cell.column - 1] = display(cell.value, cell.number_format)
    for merged in sheet.merged_cells.ranges:
        for row in range(merged.min_row, min(merged.max_row, height) + 1):
            for column in range(merged.min_col, min(merged.max_col, width) + 1):
                if (row, column) != (merged.min_row, merged.min_col):
                    grid[row - 1][column - 1] = None
    return tuple(map(tuple, grid))


def display(value: Any, form: str) -> str:
    """A value as a cell of this number format shows it: 0.98 of 0% as 98%, 622.5 of 0.00 as 622.50."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, date | time):
        return _moment(value, form)
    if isinstance(value, int | float):
        sections = [re.sub(r"\[[^\]]*\]|_.|\*.", "", section) for section in form.split(";")]
        negative = value < 0 and len(sections) > 1
        return _number(
            abs(value) if negative else value, sections[1 if negative else 2 if not value and len(sections) > 2 else 0]
        )
    return str(value)


def _number(value: float, form: str) -> str:
    bare = re.sub(r'"[^"]*"|\\\\.', "", form)
    places = re.search(r"[#0?][#0?,]*(?:\.([#0?]*))?", bare)
    exact = Context(prec=15).create_decimal(repr(value))
    if places is None or re.search("general|e[+-]|/|@", bare, re.I):
        literal = re.sub(r'"([^"]*)"', r"\1", form) if places is None and '"' in form else ""
        return literal or f"{exact.normalize():f}"
    exact *= 100 ** bare.count("%")
    shown = places[1] or ""
    digits = f"{exact.quantize(Decimal(1).scaleb(-len(shown)), ROUND_HALF_UP):{',' * (',' in places[0])}f}"
    if spare := len(shown) - len(shown.rstrip("#")):
        digits = digits[:-spare] + digits[-spare:].rstrip("0")
        digits = digits.rstrip(".")
    around = re.sub(r'"([^"]*)"|\\\\(.)', lambda found: found[1] or found[2] or "", form.replace(places[0], "\0", 1))
    return around.replace("\0", digits).strip()


def _moment(value: date | time, form: str) -> str:
    """A date or a time; of a format that names none of its parts, as ISO 8601."""
    bare = re.sub(r'\[[^\]]*\]|["\\\\]|;.*', "", form.lower())
    if isinstance(value, time) or not re.search("[ymd]", bare):
        return value.isoformat()
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
    parts = {"y": f"{moment:%Y}", "m": moment.month, "d": moment.day, "h": moment.hour, "s": moment.second}

    def part(found: re.Match[str]) -> str:
        code, long = found[0][0], len(found[0]) > 1
        number = moment.minute if code == "m" and re.search(r"h\W*$", bare[: found.start()]) else parts[code]
        return f"{number:02d}" if long and isinstance(number, int) else str(number)

    return re.sub("y+|m+|d+|h+|s+", part, bare).strip()
