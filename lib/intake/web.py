"""Passages of web pages and Markdown: what a reader would take for the text, told from what the site puts around it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lib.intake.lines import Cell, grid, joined, level, paragraphs, passage, raised
from lib.intake.reading import LIMIT, Passage, Unreadable

AROUND = {"nav", "header", "footer", "aside", "button", "select", "title", "menu"}
NAMED = re.compile(
    r"(^|[\s_-])(nav|menu|breadcrumbs?|crumbs?|foot|footer|share|copyright|sidebar|toolbar|pagination)($|[\s_-])", re.I
)
"""Elements and classes of what a site puts around its text."""
SITE = re.compile(
    r"(分享|打印|关闭|【?字[体号]|【?\s*大\s*中\s*小|上一[篇条页]|下一[篇条页]|版权所有|(主|承)办单位|主办[:：]|承办[:：]|技术支持|ICP备|.{0,4}ICP备|.{0,8}公网安备"
    r"|网站(标识|地图)|联系我们|(您?当前的?|您(现在)?(的|所在))位置|首\s*页|返回(顶部|首页)|扫一扫|(信息)?来源[:：]|(发布|更新)(时间|日期)[:：]|(浏览|点击|访问|阅读)(次|量|数)|责任编辑|友情链接)"
)  # fmt: skip
BLOCKS = AROUND | set("address article blockquote body center dd div dl dt fieldset form figcaption figure h1 h2 h3 h4 h5 h6 hr html li main ol p pre section table tbody td tfoot th thead tr ul caption details summary".split())  # fmt: skip  # noqa: SIM905
GONE = ("script", "style", "template", "noscript", "iframe", "object", "svg")


def markdown(text: str) -> str:
    """Markdown as a web page; HTML in it is text."""
    import mistune

    return str(mistune.create_markdown(escape=True, hard_wrap=True, plugins=["table", "footnotes"])(text))


def web(text: str) -> Iterator[Passage]:
    """The passages of a web page; nothing that it refers to is fetched."""
    from lxml import etree, html

    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True, remove_comments=True, remove_pis=True)
    root = html.document_fromstring(text.encode("utf-8", "replace"), parser)
    if any(
        "Excessive" in error.message for error in parser.error_log
    ):  # elements 2,048 deep; what is below was left out
        raise Unreadable(*LIMIT)
    etree.strip_elements(root, *GONE, with_tail=False)
    for mark in list(root.iter("sup")):
        beside = mark.getprevious()
        before = mark.getparent().text if beside is None else beside.tail
        held = "".join(mark.itertext())
        mark.clear(keep_tail=True)
        mark.text = raised(held, before or "")
    return _Page().passages(root)


class _Page:
    """A page while it is read: the text of the block at hand, and what surrounds it."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.around: list[tuple[Any, str]] = []  # the open elements that tell what a text is, and what they tell
        self.counts: dict[Any, int] = {}  # of the lists that are numbered
        self.marker = ""

    def passages(self, root: Any) -> Iterator[Passage]:
        """The passages in order; without recursion, however deep the page."""
        from lxml import etree

        walk = etree.iterwalk(root, events=("start", "end"))
        for event, node in walk:
            if node.tag in BLOCKS:
                yield from self._block()
            if event == "end":
                if self.around and self.around[-1][0] is node:
                    self.around.pop()
                self.text += ["\n"] * (node.tag == "br") + [_source(node.tail)]
            elif node.tag == "table" and not self._aside() and (rows := _table(node)):
                yield from (passage(_words(one)) for one in node.iter("caption"))
                yield Passage("table", "", rows=grid(rows))
                walk.skip_subtree()
            else:
                self._open(node)
                self.text.append(_source(node.text))
        yield from self._block()

    def _open(self, node: Any) -> None:
        named = f"{node.get('class', '')} {node.get('id', '')}"
        if node.tag == "header" and any(kind == "body" for _, kind in self.around):
            return
        unseen = "display:none" in node.get("style", "").replace(" ", "")
        if (
            node.tag in AROUND
            or unseen
            or (NAMED.search(named) and node.tag not in ("html", "body", "article", "main"))
        ):
            self.around.append((node, "furniture"))
        elif node.tag in ("article", "main"):
            self.around.append((node, "body"))
        elif "footnotes" in named:
            self.around.append((node, "note"))
        elif re.fullmatch("h[1-6]", node.tag):
            self.around.append((node, node.tag))
        elif node.tag == "li":
            self.around.append((node, "item"))
            self.marker = self._number(node)

    def _aside(self) -> bool:
        return any(kind == "furniture" for _, kind in self.around)

    def _number(self, item: Any) -> str:
        parent = item.getparent()
        if parent.tag != "ol":
            return "•"
        given = item.get("value") or (parent.get("start", "1") if parent not in self.counts else "")
        self.counts[parent] = int(given) if given.isdecimal() else self.counts.get(parent, 0) + 1
        return f"{self.counts[parent]}."

    def _block(self) -> Iterator[Passage]:
        lines, self.text = "".join(self.text).split("\n"), []
        told = [kind for _, kind in self.around]
        for line in paragraphs("\n".join(map(_one_line, lines)), soft=True):
            text = line.strip()
            if self._aside() or (len(text) <= 80 and SITE.match(text)):
                yield Passage("furniture", text)
            elif "note" in told:
                yield Passage("note", text.rstrip("↩ "), marker=self.marker)
            elif told and told[-1][0] == "h":
                yield Passage("heading", text, level(text) or min(int(told[-1][1]), 3))
            elif "item" in told:
                yield Passage("item" if self.marker else "text", text, marker=self.marker)
            else:
                yield passage(text)
            self.marker = ""


def _source(text: str | None) -> str:
    """Text of the source: a line's end there, which is no break of the page, as a vertical tab."""
    return re.sub(r"[ \t\f]*[\r\n][ \t\r\n\f]*", "\v", re.sub(r"[ \t\f]+", " ", text or ""))


def _one_line(line: str) -> str:
    """A line of the page out of lines of the source, its indent kept."""
    line = line.strip("\v ")
    return line[: len(line) - len(line.lstrip())] + joined(line.split("\v"))


def _table(node: Any) -> list[list[Cell]]:
    """The rows of a table; none if it only arranges the page: one row or column, headings or tables inside."""
    rows = [row for row in node.iter("tr") if next(row.iterancestors("table")) is node]
    cells = [[cell for cell in row if cell.tag in ("td", "th")] for row in rows]
    if (
        len(rows) < 2
        or max(map(len, cells)) < 2
        or next(node.iter("h1", "h2", "h3", "h4", "h5", "h6"), None) is not None
    ):
        return []
    if sum(1 for _ in node.iter("table")) > 1:
        return []
    return [[(_words(one), _span(one, "colspan"), _span(one, "rowspan")) for one in row] for row in cells]


def _span(cell: Any, name: str) -> int:
    given = cell.get(name, "1").strip()
    return max(1, min(int(given), 1000)) if given.isdecimal() else 1


def _words(node: Any) -> str:
    """What a cell or a caption holds, as one line."""
    from lxml import etree

    parts = []
    for event, one in etree.iterwalk(node, events=("start", "end")):
        parts.append("\n" if one.tag in BLOCKS or (one.tag == "br" and event == "end") else "")
        parts.append(_source(one.text if event == "start" else one.tail if one is not node else ""))
    return joined((joined(line.split("\v")) for line in "".join(parts).split("\n")), apart=True)
