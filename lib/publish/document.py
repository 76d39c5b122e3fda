"""The report as exporters see it: an executed notebook, or several joined, as a list of blocks.

All of it is from Markdown cells and the structured parts of outputs. What is silent is left out, as nothing of it was reported, the
rest numbered: headings as GB/T 9704 asks (一、 （一） 1.), the first of them as a chapter; tables and charts through the whole
document (表1, 图1), annexes by themselves. Anchors depend on nothing but the text.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from lib.cells import CHART, EDITION, MARK, PROSE, TABLE, markdown, plain
from lib.edition.card import Card
from lib.numbers.finding import numbers_in
from lib.publish.blocks import Block, Box, Chart, Code, Column, Heading, Items, Paragraph, Span, Table, Text, inner_text
from lib.publish.web import TEMPLATES


class DocumentError(ValueError):
    """The executed notebook cannot be published; the message says which cell and why."""


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


REFUSED: dict[str, str] = json.loads((TEMPLATES / "refused.json").read_text("utf-8"))
"""What no form shows: Markdown's name → what it is and what to do instead."""


def _refused(kind: str) -> DocumentError:
    return DocumentError(f"{REFUSED.get(kind, kind)}不能发布，请改写")


def _marked(text: str) -> tuple[Text, ...]:
    words, *numbers = MARK.split(text)
    runs = [Text(words)]
    for reference, shown, after in zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True):
        runs += Text(shown, reference), Text(after)
    return tuple(run for run in runs if run.text)


def _inlines(tokens: list[dict] | None) -> tuple[Text | Span, ...]:
    """Markdown's inline tokens; a soft line break between Chinese characters is no blank."""
    runs: list[Text | Span] = []
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


class _Reader:
    """Reads cell by cell. A number that is `typed`, into a Markdown cell, is refused: nothing says where it comes from."""

    def __init__(self, card: Card) -> None:
        self.document = Document(card)
        self.annex = self.data = self.typed = False

    def line(self, tokens: list[dict]) -> tuple[Text | Span, ...]:
        """What stands in a paragraph, a heading or a cell."""
        runs = _inlines(tokens)
        words = inner_text(run for run in runs if getattr(run, "kind", "") != "code")
        if self.typed and (numbers := numbers_in(re.sub(r"\w+://[!-~]+", "", words))):
            told = f"Markdown 单元格里直接写了数字“{'、'.join(numbers)}”，没有来历"
            raise DocumentError(f"{told}：请改为 %%prose 单元格，把数字写成 {{{{ 指标 }}}}")
        return runs

    def blocks(self, tokens: list[dict], inside: bool = False) -> list[Block]:
        """Markdown's block tokens; headings and tables do not stand `inside` of a list or a box."""
        found: list[Block] = []
        for token in tokens:
            kind, children = token["type"], token.get("children", [])
            if kind in ("paragraph", "block_text"):
                found.append(Paragraph(self.line(children)))
                if not inside:
                    _sign(found, self.document.card.unit_name)
            elif kind == "list":
                items = tuple(tuple(self.blocks(item["children"], True)) for item in children)
                found.append(Items(token["attrs"]["ordered"], items, token["attrs"].get("start", 1)))
            elif kind == "block_quote":
                found.append(Box(tuple(self.blocks(children, True))))
            elif kind == "heading" and not inside:
                level, text = token["attrs"]["level"], inner_text(self.line(children))
                found.append(Heading(level, "", text, "", self.annex and level == 1, self.data))
            elif kind == "table" and not inside:
                found.append(self.table(*children))
            elif kind != "blank_line":
                raise _refused(kind)
        return found

    def table(self, head: dict, body: dict) -> Table:
        """A table in Markdown; a column set to the right is one of numbers."""
        heads = ((inner_text(self.line(one["children"])), one["attrs"]["align"]) for one in head["children"])
        columns = tuple(Column(label, align == "right") for label, align in heads)
        rows = (tuple(self.line(cell["children"]) for cell in row["children"]) for row in body["children"])
        return Table("", "", columns, tuple(rows), (), "")

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
            table = data[TABLE]
            self.document.values |= table["values"]
            rows = tuple(tuple(map(_marked, row)) for row in table["rows"])
            columns = tuple(Column(**column) for column in table["columns"])
            look = table.get("look") == "official", table.get("merged", 0), tuple(table.get("drawn", ()))
            return [Table("", table["caption"], columns, rows, tuple(table["anchors"]), "", *look)]
        if CHART in data:
            chart, svg = data[CHART], "".join(data["image/svg+xml"])
            drawn = tuple((row["label"], row["shown"]) for row in chart.get("rows", []))
            return [Chart("", plain(chart["caption"]), plain(chart["alt"]), svg, "", drawn)]
        if output["output_type"] == "stream" and output["name"] == "stderr":
            raise DocumentError(f"写到了 stderr：{''.join(output['text'])[:200]}")
        told = "、".join(data) or "print 的文字"
        raise DocumentError(f"所示的内容（{told}）不能发布：表用 tables，图用 charts，文字用 %%prose，或加 remove-cell")

    def cell(self, cell: dict) -> list[Block]:
        """What a cell says and shows, if it is to be published."""
        source, about = "".join(cell["source"]), cell["metadata"]  # a file holds lines
        tags, self.typed = about.get("tags", []), cell["cell_type"] == "markdown"
        self.annex, self.data = self.annex or "annex" in tags, "data" in tags
        if "remove-cell" in tags or not source.strip() or cell["cell_type"] not in ("markdown", "code"):
            return []
        if self.typed:
            return self.blocks(markdown("ast")(source))
        found = [block for output in cell["outputs"] for block in self.output(output)]
        shown = [output.get("data", {}) for output in cell["outputs"]]
        valued = any(TABLE in data or CHART in data or data.get(PROSE, {}).get("values") for data in shown)
        hollow = any(data.get(PROSE, {}).get("hollow") for data in shown)
        return [*found, Code(about.get("jixiao", {}).get("notebook", "") * bool(found), valued, hollow)]


_SIGNED = re.compile(
    r"([\u4e00-\u9fff（）()]{4,30}?)?\s*((?:20\d\d|二[〇○零]..)年[\d一二三四五六七八九十]+月[\d一二三四五六七八九十]+日)?"
)
"""Who signs, and the day below or behind."""


def _signature(block: Block) -> tuple[str, str]:
    """Who signs and the day, as far as a block says that and nothing else."""
    found = _SIGNED.fullmatch(inner_text(block.children).strip()) if isinstance(block, Paragraph) else None
    return (found[1] or "", found[2] or "") if found else ("", "")


def _sign(found: list[Block], unit: str) -> None:
    """Set the last block at the right where it is the `unit` or a day, and who signs above a day alone."""
    who, day = _signature(found[-1])
    above, dated = _signature(found[-2]) if len(found) > 1 else ("", "")
    if day and not who and above and not dated:
        found[-2] = replace(found[-2], signed=True)
    if (who and unit.endswith(who)) or (day and not who):
        found[-1] = replace(found[-1], signed=True)


def _spoken(blocks: list[Block]) -> list[Block]:
    """The blocks without what stands between two headings where a cell of it is hollow and none has a value, and without headings
    below which nothing is left."""
    kept, group = list[Block](), list[Block]()
    for block in (*reversed(blocks), None):  # the last first, what stands below a heading in a group
        if block and not isinstance(block, Heading):
            group.insert(0, block)
            continue
        codes = [one for one in group if isinstance(one, Code)]
        silent = any(code.hollow for code in codes) and not any(code.valued for code in codes)
        rest, below = [] if silent else group, getattr(kept[0], "level", 0) if kept else 0
        if not block or block.level < below or any(not isinstance(one, Code) for one in rest):
            kept = [*filter(None, [block]), *rest, *kept]
        group = []
    return kept


def _numbered(blocks: list[Block]) -> Iterator[Block]:
    """The blocks with their numbers and anchors: the text or the number itself without blanks; a second one of a name gets -2."""
    count, used = Counter[Any](), Counter[str]()
    raised = next((block.level - 1 for block in blocks if isinstance(block, Heading)), 0)  # before the first chapter
    for block in blocks:
        if isinstance(block, Heading):
            raised = 0 if block.level == 1 else raised
            level = max(1, block.level - raised)
            kind: Any = "附件" if block.annex else level
            count -= Counter({deeper: count[deeper] for deeper in range(level + 1, 7)})
            count[kind] += 1
            block = replace(block, level=level, number=_number(kind, count[kind]), anchor="".join(block.text.split()))
        elif isinstance(block, Table | Chart):
            kind = "表" if isinstance(block, Table) else "图"
            count[kind] += 1
            block = replace(block, number=f"{kind}{count[kind]}", anchor=f"{kind}{count[kind]}")
        if anchor := getattr(block, "anchor", ""):
            used[anchor] += 1
            block = replace(block, anchor=anchor + f"-{used[anchor]}" * (used[anchor] > 1))
        yield block


def _number(kind: int | str, n: int) -> str:
    """How the n-th heading of a level is numbered, or annex; up to 99 in Chinese numerals."""
    digits, (tens, ones) = "〇一二三四五六七八九", divmod(n, 10)
    chinese = digits[tens] * (tens > 1) + "十" * (tens > 0) + digits[ones] * (ones > 0)
    return {1: f"{chinese}、", 2: f"（{chinese}）", 3: f"{n}.", "附件": f"附件{n}"}.get(kind, f"（{n}）")


def read(nb: dict) -> Document:
    """An executed notebook as a document, without what is silent. Raises DocumentError for what cannot be published."""
    shown = [output.get("data", {}) for cell in nb["cells"] for output in cell.get("outputs", [])]
    cards = [nb["metadata"].get("jixiao", {}), *(data[EDITION] for data in shown if EDITION in data)]
    found = (card for card in map(Card.of, cards) if card != Card())  # of a joined report; else a cell shows it
    reader, blocks = _Reader(next(found, Card())), list[Block]()
    for index, cell in enumerate(nb["cells"]):
        try:
            blocks += reader.cell(cell)
        except DocumentError as error:
            where = cell["metadata"].get("jixiao", {}).get("notebook", "")
            raise DocumentError(f"笔记本 {where} 的单元格 {cell.get('id', index)}：{error}") from error
    if reader.document.card == Card():
        raise DocumentError("没有一格显示版本的来源卡：开头的设置格运行了吗？")
    reader.document.blocks += _numbered(_spoken(blocks))
    return reader.document
