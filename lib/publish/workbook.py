"""An edition as a spreadsheet: a cover, each table of the report, and the tables of metrics, figures and findings with exact values.

Numbers are numbers, in the format that the report prints them in; words are words, never a formula.
"""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from math import inf
from typing import Any

from lib.edition.card import Card
from lib.publish.document import Table, Value, inner_text

HEADS = {
    **{
        "metric": "指标编码",
        "indicator": "指标编码",
        "section": "部分",
        "label": "名称",
        "printed": "原文",
        "shown": "报告所印",
    },
    **{"value": "值", "low": "下限", "high": "上限", "low_closed": "含下限", "high_closed": "含上限", "unit": "单位"},
    **{
        "scope": "口径",
        "status": "状态",
        "locator": "位置",
        "formula": "计算方法",
        "inputs": "所用指标",
        "caveat": "限制",
    },
    **{"check": "核对项", "severity": "程度", "indicators": "所涉指标", "locators": "位置", "message": "发现"},
}
"""Columns of the published tables in Chinese."""
NUMBERS = ("value", "low", "high")
_NUMBER = re.compile(r"([-−]?\d[\d,]*(?:\.(\d+))?)(%|万元|)(\D*)")


class Book:
    """A workbook in the making: its formats, each made once, and its sheets by name, as wide as what stands in them."""

    def __init__(self, book: Any):
        self.book, self.sheets = book, dict[str, Any]()
        self._formats, self._widths = dict[str, Any](), defaultdict[Any, dict[int, float]](dict)

    def style(self, number: str = "", **look: Any) -> Any:
        """A format of cells."""
        key = repr((number, look))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(({"num_format": number} if number else {}) | look)
        return self._formats[key]

    def sheet(self, name: str, rows: int, heads: Sequence[Sequence[str]]) -> Any:
        """A sheet with frozen and filtered heads below its title; the contents on the cover lead to it."""
        plain = re.sub(r"[\[\]:*?/\\']", " ", name)[:31]
        plain = plain if plain not in self.sheets else f"{plain[:28]} {len(self.sheets)}"
        sheet = self.sheets[plain] = self.book.add_worksheet(plain)
        sheet.write_string(0, 0, name, self.style(bold=True, font_size=13))
        for n, row in enumerate(heads, 1):
            look = self.style(bold=True, bottom=1, bg_color="#eceef1") if n == 1 else self.style(font_color="#6b7280")
            for column, head in enumerate(row):
                self.put(sheet, n, column, head, look)
        sheet.freeze_panes(len(heads) + 1, 1)
        if heads[0] and rows:
            sheet.autofilter(len(heads), 0, len(heads) + rows, len(heads[0]) - 1)
        return sheet

    def put(self, sheet: Any, row: int, column: int, text: str, style: Any = None, number: float | None = None) -> None:
        """A word, or a number that is shown as `text`; the column becomes wide enough, up to a limit."""
        if number is None:
            sheet.write_string(row, column, text, style)
        else:
            sheet.write_number(row, column, number, style)
        width = 2 + sum(2 if char > "\u2e80" else 1.1 for char in text)  # a Chinese character is as wide as two figures
        self._widths[sheet][column] = width = min(max(width, self._widths[sheet].get(column, 8)), 60)
        sheet.set_column(column, column, width)


def workbook(card: Card, tables: Mapping[str, Mapping[str, Sequence]], report: Iterable[Table]) -> bytes:
    """The cover, a sheet per table of the report, and `tables` (columns by name); the card's is the only date in the file."""
    import xlsxwriter

    target = io.BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(target, plain) as file:
        file.set_properties({"title": card.title, "created": datetime.fromisoformat(card.date)})
        book, cover = Book(file), file.add_worksheet("说明")
        exact = {name: value for table in tables.values() for name, value in _exact(table)}
        for one in report:
            _printed(book, one, exact)
        for name, table in tables.items():
            _columns(book, name, table)
        _cover(book, cover, card)
        for sheet in file.worksheets():
            sheet.set_landscape()
            sheet.fit_to_pages(1, 0)
    return target.getvalue()


def _cover(book: Book, cover: Any, card: Card) -> None:
    """Who, what, when; how to read the sheets; and what there is."""
    said = [("标题", card.title), ("单位", card.unit_name), ("年度", str(card.year)), ("版次", f"第{card.revision}版")]
    said += [("状态", card.status_label), ("日期", card.date), ("版本标识", card.key)]
    said += [
        (
            "说明",
            "“表”是报告所印的表，格式同报告，格内为确切的值；概数仍是文字。其余各页为全部指标、来源数据和核对发现。",
        )
    ]
    said += [("单位", "“值”“上限”“下限”以“单位”一列计，金额为元，比率为小数；空白为没有。")]
    for row, (head, text) in enumerate(said):
        book.put(cover, row, 0, head, book.style(bold=True))
        book.put(cover, row, 1, text, book.style(text_wrap=True))
    for row, name in enumerate(book.sheets, len(said) + 1):
        cover.write_url(row, 1, f"internal:'{name}'!A1", book.style(font_color="#0b57d0", underline=1), name)
    cover.write_string(len(said) + 1, 0, "目录", book.style(bold=True))


def _exact(table: Mapping[str, Sequence]) -> Iterable[tuple[str, Any]]:
    """What has one value, by the name of the metric or figure."""
    name, *_ = table
    if "low" in table:
        given = zip(table[name], table["value"], table["low"], table["high"], strict=True)
        yield from ((name, value) for name, value, low, high in given if value not in (None, "") and low == high)


def _printed(book: Book, table: Table, exact: Mapping[str, Any]) -> None:
    """A table of the report; of the cells of a form that are merged, the first."""
    heads = [column.label for column in table.columns]
    sheet = book.sheet(f"{table.number} {table.caption}", 0 if table.official else len(table.rows), [heads])
    for n, (row, spans) in enumerate(zip(table.rows, table.spans, strict=True), 2):
        for column, (cell, span) in enumerate(zip(row, spans, strict=True)):
            text, style = inner_text(cell), book.style(border=1) if table.official else None
            name = cell[0].reference if len(cell) == 1 and isinstance(cell[0], Value) else ""
            number = _number(text, exact.get(name)) if table.columns[column].numeric or name else None
            if span > 1:
                sheet.merge_range(n, column, n + span - 1, column, text, book.style(border=1, valign="vcenter"))
            elif number:
                look = book.style(number[1], **({"border": 1} if style else {}))
                book.put(sheet, n, column, text, look, number[0])
            elif span:
                book.put(sheet, n, column, text, style)


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
    form = "#,##0" if "," in digits else "0"
    form += f".{'0' * len(decimals)}" if decimals else ""
    if scale == "%":
        return float(value * factor), f"{form}%"
    return float(value), form + (f'"{scale}{rest}"' if scale or rest else "")


def _columns(book: Book, name: str, table: Mapping[str, Sequence]) -> None:
    """A published table: Chinese heads above the English codes, numbers in the format of their unit."""
    count = len(next(iter(table.values())))
    sheet = book.sheet(name, count, [[HEADS.get(head, head) for head in table], list(table)])
    forms = [_form(unit) for unit in table.get("unit", [""] * count)]
    for column, (head, cells) in enumerate(table.items()):
        for n, (cell, form) in enumerate(zip(cells, forms, strict=True), 3):
            if head in NUMBERS and cell not in (None, "") and abs(cell) < inf:
                book.put(sheet, n, column, f"{float(cell):,.2f}", book.style(form), float(cell))
            elif cell is not None and cell != "":
                book.put(sheet, n, column, {True: "是", False: "否"}.get(cell, str(cell)))


def _form(unit: str) -> str:
    """The format of a unit: ratios in per cent, amounts with separators, all else as it is."""
    return "0.00%" if unit in ("", "%") else "#,##0.00" if unit.startswith("元") else "General"
