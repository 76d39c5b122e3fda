"""Passages of workbooks: each sheet is a table, its cells as they are displayed."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from lib.intake.reading import CELLS, LIMIT, Passage, Unreadable

UNCOUNTED = re.compile(rb"<c(?![^>]*\st=)[^>]*>\s*<f[^>]*>[^<]*</f>\s*(<v\s*/>|<v>\s*</v>|</c>)")
"""A formula that no program has worked out."""


def workbook(archive: zipfile.ZipFile) -> Iterator[Passage]:
    """The sheets of a workbook in order, hidden ones too; of formulas the values they were saved with. Raises Unreadable."""
    import openpyxl

    if any(UNCOUNTED.search(archive.read(name)) for name in archive.namelist() if name.startswith("xl/worksheets/")):
        raise Unreadable("公式还没有算出值的表格", "用 Excel 或 WPS 打开，保存后再读")
    for sheet in openpyxl.load_workbook(archive.fp, data_only=True, keep_links=False).worksheets:
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
        section = 1 if negative else 2 if not value and len(sections) > 2 else 0
        return _number(abs(value) if negative else value, sections[section])
    return str(value)


def _number(value: float, form: str) -> str:
    """A number as one section of a format shows it; of a section for exponents, fractions or odd places as it is."""
    bare = re.sub(r'"[^"]*"|[\\!].', lambda found: "\1" * len(found[0]), form)
    exact = Context(prec=15).create_decimal(repr(value))
    places = re.search(r"[#0?][#0?,]*(\.[#0?]*)?", bare)
    if re.search("general|e[+-]|/|@", bare, re.I) or (places and re.search("[#0?]", bare[places.end() :])):
        return f"{exact.normalize():f}"
    before, digits, after = form, "", ""
    if places:
        before, after = form[: places.start()], form[places.end() :]
        digits = _digits(exact * 100 ** bare.count("%"), *places[0].partition(".")[::2])
    literal = r'"([^"]*)"|[\\!](.)'
    return re.sub(literal, lambda found: found[1] or found[2] or "", before + digits + after).strip()


def _digits(number: Decimal, whole: str, part: str) -> str:
    """A number at its places: 0 is always shown, # only where there is something; a comma at the end means thousands."""
    number = number.scaleb(-3 * (len(whole) - len(whole.rstrip(","))))
    grouped = "," if "," in whole.rstrip(",") else ""
    shown = f"{number.quantize(Decimal(1).scaleb(-len(part)), ROUND_HALF_UP):{grouped}f}"
    if spare := len(part) - len(part.rstrip("#?")):
        shown = (shown[:-spare] + shown[-spare:].rstrip("0")).rstrip(".")
    if not number and "0" not in whole + part:
        return ""
    before, point, after = shown.partition(".")
    return before.zfill(whole.count("0") + (number < 0)) + point + after


def _moment(value: date | time, form: str) -> str:
    """A date or a time; of a format that names none of its parts, as ISO 8601."""
    bare = re.sub(r'\[[^\]]*\]|["\\]|;.*', "", "yyyy/m/d" if form == "mm-dd-yy" else form.lower())  # the system's own
    if isinstance(value, time) or not re.search("[ymd]", bare):
        return value.isoformat()
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
    parts = {"y": f"{moment:%Y}", "m": moment.month, "d": moment.day, "h": moment.hour, "s": moment.second}

    def part(found: re.Match[str]) -> str:
        code, long = found[0][0], len(found[0]) > 1
        number = moment.minute if code == "m" and re.search(r"h\W*$", bare[: found.start()]) else parts[code]
        return f"{number:02d}" if long and isinstance(number, int) else str(number)

    return re.sub("y+|m+|d+|h+|s+", part, bare).strip()
