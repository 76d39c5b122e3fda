"""The report as exporters see it: an executed notebook, or several joined, as a list of blocks.

Everything is taken from Markdown cells and from the structured parts of outputs; nothing scrapes HTML. Headings are
numbered as GB/T 9704 asks (一、 （一） 1.), the first of them as a chapter, so that a section that stands alone has no
gap above it; tables and charts run through the whole document (表1, 图1), annexes have a number of their own, and anchors
depend on nothing but the text. Where a section has no figures, its statement stands for the rest of its chapter.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from lib.cells import CHART, EDITION, PROSE, REFUSED, TABLE, markdown, plain, spans, split
from lib.edition.card import Card
from lib.numbers.finding import numbers_in
from lib.publish.silence import spoken


class DocumentError(ValueError):
    """The executed notebook cannot be published; the message says which cell and why."""


@dataclass(frozen=True)
class Text:
    """Words as they are."""

    text: str


@dataclass(frozen=True)
class Value:
    """A computed number: `reference` leads to `Document.values`."""

    reference: str
    text: str


@dataclass(frozen=True)
class Span:
    """`kind` is strong, emphasis, link or code."""

    kind: str
    children: tuple[Inline, ...]
    url: str = ""


Inline = Text | Value | Span


@dataclass(frozen=True)
class Heading:
    """`level` 1 is a chapter; `number` is 一、 （一） 1. or, for the head of an annex, 附件1; `data`: paper has it apart."""

    level: int
    number: str
    text: str
    anchor: str
    annex: bool = False
    data: bool = False


@dataclass(frozen=True)
class Paragraph:
    """Inline runs that stand together."""

    children: tuple[Inline, ...]


@dataclass(frozen=True)
class Items:
    """A list; every item holds blocks."""

    ordered: bool
    items: tuple[tuple[Block, ...], ...]


@dataclass(frozen=True)
class Box:
    """A block quote: a note set apart from the text."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Column:
    """A column's head; a numeric one is set to the right."""

    label: str
    numeric: bool = False


@dataclass(frozen=True)
class Table:
    """`rows` hold inline runs; `anchors` has one per row, or is empty; `official`, `merged` and `drawn` as in `lib.cells`."""

    number: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[tuple[Inline, ...], ...], ...]
    anchors: tuple[str, ...]
    anchor: str
    official: bool = False
    merged: int = 0
    drawn: tuple[Any, ...] = ()

    @property
    def spans(self) -> list[list[int]]:
        """How many rows each cell takes, as `cells.spans` has it."""
        return spans(self.rows, self.merged)


@dataclass(frozen=True)
class Chart:
    """`svg` is the picture, `alt` says in words what it shows, `rows` are label and text of what is drawn."""

    number: str
    caption: str
    alt: str
    svg: str
    anchor: str
    rows: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Code:
    """That a notebook's code made what stands before: no form shows it, each may name the notebook that does."""

    notebook: str


Block = Heading | Paragraph | Items | Box | Table | Chart | Code


@dataclass
class Document:
    """`card`: the edition's card; `values`: reference → label, shown, formula, bounds, sources, caveat."""

    card: Card
    blocks: list[Block] = field(default_factory=list)
    values: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def headings(self) -> list[Heading]:
        """The headings in order."""
        return [block for block in self.blocks if isinstance(block, Heading)]

    @property
    def parted(self) -> tuple[list[Block], list[Block]]:
        """The blocks of the report on paper, and of its data annex, where what is data begins as a chapter; code is in neither."""
        parts, top = ([], []), 0  # the level of the heading that the data stands below
        for block in (block for block in self.blocks if not isinstance(block, Code)):
            if isinstance(block, Heading):
                top = min(top or 9, block.level) if block.data else top * (block.level > top)
                number = block.number * (block.annex or block.level != top)
                block = replace(block, level=block.level - max(top - 1, 0), number=number)
            parts[top > 0].append(block)
        return parts


def chinese(number: int) -> str:
    """1–99 in Chinese numerals, as headings are numbered."""
    digits, (tens, ones) = "〇一二三四五六七八九", divmod(number, 10)
    return (digits[tens] if tens > 1 else "") + ("十" if tens else "") + (digits[ones] if ones or not tens else "")


def _refused(kind: str) -> DocumentError:
    return DocumentError(f"{REFUSED.get(kind, kind)}不能发布，请改写")


def _marked(text: str) -> tuple[Inline, ...]:
    """Marked text as inline runs."""
    return tuple(Text(run) if reference is None else Value(reference, run) for reference, run in split(text))


def _inlines(tokens: list[dict] | None) -> tuple[Inline, ...]:
    """Markdown's inline tokens; a soft line break between Chinese characters is no blank."""
    runs: list[Inline] = []
    for kind, group in groupby(tokens or [], lambda token: token["type"]):
        if kind == "text":  # mistune cuts text at every _ and *, also inside the marks of a number
            runs += _marked("".join(token["raw"] for token in group))
        elif kind in ("strong", "emphasis", "link"):
            runs += (Span(kind, _inlines(one["children"]), one.get("attrs", {}).get("url", "")) for one in group)
        elif kind == "codespan":
            runs += (Span("code", (Text(token["raw"]),)) for token in group)
        elif kind != "softbreak":
            raise _refused(kind)
    return tuple(runs)


def inner_text(children: Iterable[Inline]) -> str:
    """Inline runs as a reader reads them."""
    return "".join(inner_text(run.children) if isinstance(run, Span) else run.text for run in children)


class _Builder:
    """Reads cell by cell; counts chapters, tables and charts as it goes."""

    def __init__(self, card: Card) -> None:
        self.document = Document(card)
        self.count: Counter[Any] = Counter()
        self.used: Counter[str] = Counter()
        self.annex = self.data = False
        self.raised: int | None = None  # by how much headings are before the first chapter

    def anchor(self, text: str) -> str:
        """The text itself without blanks; a second one of the same name gets -2."""
        stem = "".join(text.split())
        self.used[stem] += 1
        return stem if self.used[stem] == 1 else f"{stem}-{self.used[stem]}"

    def heading(self, level: int, text: str) -> Heading:
        """The next heading; `level` as written."""
        if self.raised is None or level == 1:
            self.raised = level - 1
        level = max(1, level - self.raised)
        for deeper in range(level + 1, 7):
            self.count[deeper] = 0
        if level == 1 and self.annex:
            return Heading(1, self.number("附件"), text, self.anchor(text), True, self.data)
        n = self.count[level] = self.count[level] + 1
        number = {1: f"{chinese(n)}、", 2: f"（{chinese(n)}）", 3: f"{n}."}.get(level, f"（{n}）")
        return Heading(level, number, text, self.anchor(text), data=self.data)

    def number(self, kind: str) -> str:
        """The next number of a kind: 表1."""
        self.count[kind] += 1
        return f"{kind}{self.count[kind]}"

    def blocks(self, tokens: list[dict], typed: bool = False) -> list[Block]:
        """Markdown's block tokens; one that is `typed` has lost no sentence, so its lists begin where they say."""
        found: list[Block] = []
        for token in tokens:
            kind, children = token["type"], token.get("children", [])
            if kind == "heading":
                found.append(self.heading(token["attrs"]["level"], inner_text(_inlines(children))))
            elif kind in ("paragraph", "block_text"):
                found.append(Paragraph(_inlines(children)))
            elif kind == "list":
                items = tuple(tuple(self.blocks(item["children"], typed)) for item in children)
                if typed and (first := token["attrs"].get("start", 1)) != 1:
                    raise DocumentError(f"从 {first} 开始编号的列表不能发布，请从 1 开始，或不用列表")
                found.append(Items(token["attrs"]["ordered"], items))
            elif kind == "block_quote":
                found.append(Box(tuple(self.blocks(children, typed))))
            elif kind != "blank_line":
                raise _refused(kind)
        return found

    def output(self, output: dict) -> list[Block]:
        """What one output of a cell shows."""
        data = output.get("data", {})
        if output["output_type"] == "error":
            raise DocumentError(f"出错：{output['ename']}: {output['evalue']}")
        if EDITION in data:
            return []
        if PROSE in data:
            self.document.values |= data[PROSE]["values"]
            return self.blocks(markdown("ast")(data[PROSE]["markdown"]))
        if TABLE in data:
            table, number = data[TABLE], self.number("表")
            self.document.values |= table["values"]
            rows = tuple(tuple(map(_marked, row)) for row in table["rows"])
            columns = tuple(Column(**column) for column in table["columns"])
            look = table.get("look") == "official", table.get("merged", 0), tuple(table.get("drawn", ()))
            return [Table(number, table["caption"], columns, rows, tuple(table["anchors"]), self.anchor(number), *look)]
        if CHART in data:
            chart, svg, number = data[CHART], "".join(data["image/svg+xml"]), self.number("图")
            drawn = tuple((row["label"], row["shown"]) for row in chart.get("rows", []))
            return [Chart(number, plain(chart["caption"]), plain(chart["alt"]), svg, self.anchor(number), drawn)]
        if output["output_type"] == "stream" and output["name"] == "stderr":
            raise DocumentError(f"写到了 stderr：{''.join(output['text'])[:200]}")
        told = "、".join(data) or "print 的文字"
        raise DocumentError(f"所示的内容（{told}）不能发布：表用 tables，图用 charts，文字用 %%prose，或加 remove-cell")

    def cell(self, cell: dict) -> None:
        """Add what a cell says and shows, if it is to be published."""
        source = "".join(cell["source"])  # a file holds lines
        tags = cell["metadata"].get("tags", [])
        notebook = cell["metadata"].get("jixiao", {}).get("notebook", "")
        self.annex, self.data = self.annex or "annex" in tags, "data" in tags
        if "remove-cell" in tags:
            return
        if cell["cell_type"] == "markdown":
            self.document.blocks += self.blocks(markdown("ast")(source), typed=True)
        elif cell["cell_type"] == "code" and source.strip():
            shown = [block for output in cell["outputs"] for block in self.output(output)]
            self.document.blocks += [*shown, Code(notebook)] if shown else []


def read(nb: dict) -> Document:
    """An executed notebook as a document, without what is silent. Raises DocumentError for what cannot be published."""
    shown = [output.get("data", {}) for cell in nb["cells"] for output in cell.get("outputs", [])]
    cards = [nb["metadata"].get("jixiao", {}), *(data[EDITION] for data in shown if EDITION in data)]
    found = (card for card in map(Card.of, cards) if card != Card())  # of a joined report; else a cell shows it
    builder = _Builder(next(found, Card()))
    document = builder.document
    for index, cell in enumerate(spoken(nb["cells"])):
        try:
            builder.cell(cell)
        except DocumentError as error:
            where = cell["metadata"].get("jixiao", {}).get("notebook", "")
            raise DocumentError(f"笔记本 {where} 的单元格 {cell.get('id', index)}：{error}") from error
    if document.card == Card():
        raise DocumentError("no cell shows the edition's card: has the set-up cell run?")
    return document


def refuse_typed(nb: dict) -> None:
    """Raises DocumentError for a number that is typed into a Markdown cell to be published: nothing says where it comes from."""
    for cell in (cell for cell in nb["cells"] if cell["cell_type"] == "markdown"):
        about, text = cell["metadata"], "".join(map(_running, markdown("ast")("".join(cell["source"]))))
        if "remove-cell" not in about.get("tags", []) and (numbers := numbers_in(text)):
            raise DocumentError(
                f"笔记本 {about.get('jixiao', {}).get('notebook', '')} 的 Markdown 单元格 {cell.get('id', '')} 里直接写了数字"
                f"“{'、'.join(numbers)}”，没有来历：请改为 %%prose 单元格，把数字写成 {{{{ 指标 }}}}"
            )


def _running(token: dict) -> str:
    """The running text of Markdown, a line for each block: without code and addresses."""
    words = token["raw"] if token["type"] == "text" else "".join(map(_running, token.get("children", [])))
    end = "" if token["type"] in ("text", "strong", "emphasis", "link") else "\n"
    return re.sub(r"\w+://[!-~]+", "", words) + end
