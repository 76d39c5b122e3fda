"""The tables of an edition as a spreadsheet: numbers as numbers, words as words, never a formula."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from math import inf
from typing import Any

NUMBERS = ("value", "low", "high")


def workbook(tables: Mapping[str, Mapping[str, Sequence]], title: str, made: str) -> bytes:
    """One sheet per table (its columns by name), with frozen and filtered heads; `made` is the only date in the file."""
    import xlsxwriter

    target = io.BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, plain) as book:
        book.set_properties({"title": title, "created": datetime.fromisoformat(made)})
        bold = book.add_format({"bold": True, "bottom": 1})
        for name, table in tables.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 1)
            for column, (head, cells) in enumerate(table.items()):
                sheet.write_string(0, column, head, bold)
                sheet.write_column(1, column, [_cell(cell, head) for cell in cells])
            sheet.autofilter(0, 0, len(cells), len(table) - 1)
            sheet.autofit(max_width=360)
    return target.getvalue()


def _cell(cell: Any, head: str) -> float | bool | str | None:
    """A cell as xlsxwriter takes it; a bound at infinity is a word."""
    if cell is None or isinstance(cell, bool):
        return cell
    return float(cell) if head in NUMBERS and cell != "" and abs(cell) < inf else str(cell)
