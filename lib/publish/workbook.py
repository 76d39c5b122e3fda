"""The tables of an edition as a spreadsheet: numbers as numbers, words as words, never a formula."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

NUMBERS = ("value", "low", "high")


def workbook(tables: Mapping[str, Mapping[str, Sequence]], title: str, made: str) -> bytes:
    """One sheet per table (its columns by name), with frozen and filtered heads; `made` is the only date in the file."""
    import xlsxwriter

    target = io.BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, plain) as book:
        day = date.fromisoformat(made)
        book.set_properties({"title": title, "created": datetime(day.year, day.month, day.day)})
        bold = book.add_format({"bold": True, "bottom": 1})
        for name, table in tables.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 1)
            for column, (head, cells) in enumerate(table.items()):
                sheet.write_string(0, column, head, bold)
                for row, cell in enumerate(cells, 1):
                    _write(sheet, row, column, cell, head)
            sheet.autofilter(0, 0, len(cells), len(table) - 1)
            sheet.autofit(max_width=360)
    return target.getvalue()


def _write(sheet: Any, row: int, column: int, cell: Any, head: str) -> None:
    if cell is None or cell == "":
        return
    if head in NUMBERS and abs(cell) < float("inf"):
        sheet.write_number(row, column, float(cell))
    elif isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    else:
        sheet.write_string(row, column, str(cell))
