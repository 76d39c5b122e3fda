"""An edition as a spreadsheet: a cover, each table of the report, and those of metrics, figures and findings with exact values.
Numbers are numbers, in the format that the report prints them in; words are words, never a formula."""

import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from functools import cache
from itertools import groupby
from math import ceil, inf
from typing import Any

from lib.edition.card import Card
from lib.edition.store import Record
from lib.publish.blocks import chapters, em
from lib.publish.document import Block, Table, inner_text
from lib.publish.web import TEMPLATES

HEADS: dict[str, str] = json.loads((TEMPLATES / "columns.json").read_text("utf-8"))
"""Columns of the published tables in Chinese."""
PLAIN = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""How a workbook is written in which words are words."""
NUMBERS = ("value", "low", "high")
_NUMBER = re.compile(r"([-−]?\d[\d,]*(?:\.(\d+))?)(%|万元|)(\D*)")
Cell = tuple[str, float | None, str]  # what a cell says, the number that it is, and the format that shows it so


class Book:
    """A workbook in the making: its sheets by name, its formats, each made once."""

    def __init__(self, book: Any):
        self.book, self.sheets = book, dict[str, Any]()
        self.style = cache(lambda number="", **look: book.add_format(({"num_format": number} if number else {}) | look))

    def add(self, name: str) -> Any:
        """A sheet of this name."""
        plain = re.sub(r"[\[\]:*?/\\']", " ", name)[:31]
        plain = plain if plain not in self.sheets else f"{plain[:28]} {len(self.sheets)}"
        self.sheets[plain] = self.book.add_worksheet(plain)
        return self.sheets[plain]

    def sheet(self, name: str, heads: list[list[str]], rows: list[list[Cell]]) -> None:
        """A sheet with frozen heads below its title, as wide as what stands in it; its heads filter."""
        sheet = self.add(name)
        looks = self.style(bold=True, bottom=1, bg_color="#eceef1"), self.style(font_color="#6b7280")
        sheet.write_string(0, 0, name, self.style(bold=True, font_size=13))
        for n, row in enumerate(heads, 1):
            sheet.write_row(n, 0, row, looks[n - 1])
        for n, row in enumerate(rows, len(heads) + 1):
            for column, (text, number, form) in enumerate(row):
                sheet.write(n, column, text if number is None else number, self.style(form) if form else None)
        for column, cells in enumerate(zip(*heads, *([text for text, *_ in row] for row in rows), strict=True)):
            sheet.set_column(column, column, min(2 + 2 * max(map(em, cells)), 60))
        sheet.freeze_panes(len(heads) + 1, 1)
        if rows:
            sheet.autofilter(len(heads), 0, len(heads) + len(rows), len(heads[0]) - 1)

    def form(self, name: str, tables: list[Table], exact: Mapping[str, Any]) -> None:
        """An official form: below its title one grid below the other, all as wide as the widest; the heads of one alone on each page."""
        sheet, most, top = self.add(name), max(len(one.columns) for one in tables), 1
        texts = (row for one in tables if len(one.columns) == most for row in one.texts)
        wide = [max(min(2 + 2 * em(text), 24) for text in column) for column in zip(*texts, strict=True)]
        sheet.merge_range(0, 0, 0, most - 1, name, self.style(bold=True, font_size=16, align="center"))
        for one in tables:
            unit = "".join(re.findall("（(单位：.*)）", one.caption))
            words, side = (unit, "right") if len(tables) == 1 else (one.caption, "left")
            sheet.merge_range(top, 0, top, most - 1, words, self.style(align=side))
            top = self._grid(sheet, one, exact, top + 1, wide)
        for column, width in enumerate(wide):
            sheet.set_column(column, column, width)
        sheet.print_area(0, 0, top - 1, most - 1)
        if len(tables) == 1:
            sheet.repeat_rows(2)
        sheet.set_paper(9)  # A4

    def _grid(self, sheet: Any, one: Table, exact: Mapping[str, Any], top: int, wide: list[float]) -> int:
        """A table of a form from the row `top` on; the first row below it."""
        frame, count = {"border": 1, "valign": "vcenter", "text_wrap": True}, len(one.columns)
        first = [len(wide) * c // count for c in range(count + 1)]
        looks = self.style(bold=True, align="center", **frame)
        heads: list[Cell] = [(column.label, None, "") for column in one.columns]
        for n, row in enumerate([heads, *([_printed(cell, exact) for cell in row] for row in one.rows)]):
            lines = [1]
            for c, (text, number, form) in enumerate(row):
                numeric, span = n and one.columns[c].numeric, one.spans[n][c]
                if numeric and number is None and re.fullmatch(r"[−-]?[\d.,]+", text):
                    number, form = _number(text, None) or (None, "")
                look = self.style(form, align="right" if numeric else "left", **frame) if n else looks
                room, last = sum(wide[first[c] : first[c + 1]]), first[c + 1] - 1
                if span == 1:
                    lines.append(ceil((2 + 2 * em(text)) / max(room, 1)))
                if span and (span > 1 or last > first[c]):
                    sheet.merge_range(top + n, first[c], top + n + span - 1, last, text, look)
                elif span:
                    write = sheet.write_string if number is None else sheet.write_number
                    write(top + n, first[c], text if number is None else number, look)
            sheet.set_row(top + n, 18 * max(lines))
        return top + 1 + len(one.rows)


def workbook(card: Card, tables: Mapping[str, tuple[list[str], list[Record]]], report: Iterable[Block]) -> bytes:
    """The cover, a sheet per table or form of the report, and `tables` (columns and rows); the card's is the only date in the file."""
    import xlsxwriter

    target = io.BytesIO()
    with xlsxwriter.Workbook(target, PLAIN) as file:
        file.set_properties({"title": card.title, "created": datetime.fromisoformat(card.date)})
        book, cover = Book(file), file.add_worksheet("说明")
        bounded = [(row[heads[0]], row) for heads, rows in tables.values() if "low" in heads for row in rows]
        exact = {name: row["value"] or None for name, row in bounded if row["low"] == row["high"]}
        for head, below in chapters(report):
            for official, given in groupby((one for one in below if isinstance(one, Table)), lambda one: one.official):
                if official:  # all that stands below a heading
                    book.form(head.text if head else "", list(given), exact)
                    continue
                for one in given:
                    rows = [[_printed(cell, exact) for cell in row] for row in one.rows]
                    book.sheet(f"{one.number} {one.caption}", [[column.label for column in one.columns]], rows)
        for name, (heads, rows) in tables.items():
            words = [HEADS.get(column, column) for column in heads]
            book.sheet(name, [words, heads], [_row(row, heads) for row in rows])
        _cover(book, cover, card)
        for sheet in file.worksheets():
            sheet.set_landscape()
            sheet.fit_to_pages(1, 0)
    return target.getvalue()


def _cover(book: Book, cover: Any, card: Card) -> None:
    """Who, what, when; how to read the sheets; and what there is."""
    said = [("标题", card.title), ("单位", card.unit_name), ("年度", str(card.year)), ("版次", f"第{card.revision}版")]
    said += [("状态", card.status_label), ("日期", card.date), ("版本标识", card.key)]
    tables = "“表”是报告所印的表，格式同报告，格内为确切的值；概数仍是文字。其余各页为全部指标、来源数据和核对发现。"
    values = "“值”“上限”“下限”以“单位”一列计，金额为元，比率为百分数；空白为没有。"
    said += [("说明", tables), ("", values), ("", ""), ("目录", "")]
    cover.set_column(0, 0, 12, book.style(bold=True))
    cover.set_column(1, 1, 100, book.style(text_wrap=True))
    for row, pair in enumerate(said):
        cover.write_row(row, 0, pair)
    for row, name in enumerate(book.sheets, len(said) - 1):
        cover.write_url(row, 1, f"internal:'{name}'!A1", book.style(font_color="#0b57d0", underline=1), name)


def _printed(cell: Sequence[Any], exact: Mapping[str, Any]) -> Cell:
    text, reference = inner_text(cell), getattr(cell[0], "reference", "") if len(cell) == 1 else ""
    number = _number(text, exact.get(reference)) if reference else None
    return (text, *(number or (None, "")))


def _number(text: str, exact: Any) -> tuple[float, str] | None:
    """What a cell is worth, with the format that prints it as the report does; None for what is no single number."""
    found = _NUMBER.fullmatch(text)
    if not found:
        return None
    digits, decimals, scale, rest = found.groups()
    factor = {"%": Fraction(1, 100), "万元": Fraction(10**4)}.get(scale, Fraction(1))
    said = Fraction(digits.replace(",", "").replace("−", "-"))
    value = said if exact is None else Fraction(exact) / factor
    if abs(value - said) > Fraction(1, 10 ** len(decimals or "")):
        value = said  # what is known under the name is another number
    form = ("#,##0" if "," in digits else "0") + (f".{'0' * len(decimals)}" if decimals else "")
    if scale == "%":
        return float(value * factor), f"{form}%"
    return float(value), form + (f'"{scale}{rest}"' if scale or rest else "")


def _row(row: Record, heads: list[str]) -> list[Cell]:
    """A row of a published table, numbers in the format of their unit."""
    unit = row.get("unit") or ""
    form = "0.00%" if unit in ("", "%") else "#,##0.00" if unit.startswith("元") else "General"
    numbers = {head for head in NUMBERS if row.get(head) is not None and abs(row[head]) < inf}  # else a word
    words = {head: {None: "", True: "是", False: "否"}.get(row[head], str(row[head])) for head in heads}
    return [
        (f"{float(row[head]):,.2f}", float(row[head]), form) if head in numbers else (words[head], None, "")
        for head in heads
    ]
