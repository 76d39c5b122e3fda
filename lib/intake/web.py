"""Passages of web pages, which Markdown and Word files become too: the text, told from what a site puts around it."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from itertools import chain, islice
from typing import Any

from lib.intake.labels import leading
from lib.intake.layout import unwrap
from lib.intake.lines import broken, decode, joined, level, passage, raised
from lib.intake.reading import CELLS, LIMIT, Passage, Unreadable

# what a site puts around its text, what a page does not show or has struck out: elements, classes, styles
AROUND = {"nav", "header", "footer", "aside", "button", "select", "title", "menu"}
BLOCKS = AROUND | set("address article blockquote body center dd div dl dt fieldset form figcaption figure h1 h2 h3 h4 h5 h6 hr html li main ol p pre section table tbody td tfoot th thead tr ul caption details summary".split())  # fmt: skip  # noqa: SIM905
NAMED = re.compile(r"(^|.*[\s_-])(nav|menu|breadcrumbs?|crumbs?|foot|footer|share|copyright|sidebar|toolbar|pagination)($|[\s_-])", re.I)  # fmt: skip
GONE = "script style template noscript iframe object svg textarea select datalist rt rp".split()  # noqa: SIM905
STRUCK = {"del", "s", "strike"}
HIDDEN = re.compile(
    r"(?<![\w-])(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse))|line-through|font-size\s*:\s*0(?![.\d]*[1-9])",
    re.I,
)
UNREAD = "（隐藏、划去或批注的文字没有读：{}。要用的，请在原文里显示出来、接受修订后重新读入）"

Cell = tuple[str | None, int, int]
"""A cell of a table: its text, None if it goes on with the one above, and how many columns and rows it takes."""


def markdown(text: str) -> str:
    """Markdown as a web page; HTML in it is text."""
    import mistune

    return str(mistune.create_markdown(escape=True, hard_wrap=True, plugins=["table", "footnotes"])(text))


def saved(content: bytes) -> str:
    """The page of a file that a browser or Word saved with all that belongs to it."""
    pages = (part for part in message_from_bytes(content).walk() if part.get_content_type() == "text/html")
    return decode(next((page.get_payload(decode=True) for page in pages), b""))


def web(text: str, site: bool = False) -> Iterator[Passage]:
    """The passages of a page, one of a `site` or what a document became; nothing that it refers to is fetched."""
    from lxml import html

    parser = html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=True, remove_comments=True, remove_pis=True)
    root = html.document_fromstring(text.encode("utf-8", "replace"), parser)
    if any("Excessive" in error.message for error in parser.error_log):  # 2,048 deep; what is below was left out
        raise Unreadable(*LIMIT)
    gone = _hide(root)
    for mark in list(root.iter("sup")):
        beside, held = mark.getprevious(), "".join(mark.itertext())
        before = mark.getparent().text if beside is None else beside.tail
        mark.clear(keep_tail=True)
        mark.text = raised(held, before or "")
    for place in {link.getparent() for link in root.iter("a") if site and link.get("href")}:
        if re.sub(r"[\s|｜·>]", "", "".join(place.itertext())) == "".join("".join(place.xpath("a//text()")).split()):
            place.set("class", "nav")  # links alone
    as_written = {one for pre in root.iter("pre") for one in pre.iter()}
    for node in root.iter():
        around, source = "\n" * (node.tag in BLOCKS), str if node in as_written else _source
        node.text = around + source(node.text or "")
        node.tail = ("\n" if node.tag == "br" else around) + source(node.tail or "")
    told = _Page(site).passages(root)
    hidden = UNREAD.format("、".join(f"“{one}”" for one in gone[:9]) + "等" * (len(gone) > 9))
    return chain(_titled([*told]) if site else told, [Passage("question", hidden)] * bool(gone))


def _hide(root: Any) -> list[str]:
    """Take out what is struck, or hidden by attributes, or by rules of the page's own for its classes and name, none of which shows it
    again; what that says in numbers."""
    from lxml import etree

    told, out = list[str](), set[Any]()
    css = re.sub(r"/\*.*?\*/|<!--|-->|@[^{};]*(;|\{([^{}]*\{[^{}]*\})*[^{}]*\})", " ", "".join(root.xpath("//style/text()")), flags=re.S)  # fmt: skip
    rules = re.findall(r"([^{}]+)\{([^{}]*(?:display|visibility|line-through)[^{}]*)\}", css)
    gone = {name.strip(): style for names, style in rules if HIDDEN.search(style) for name in names.split(",")}
    shown = {name for names, style in rules if not HIDDEN.search(style) for name in re.findall(r"[.#][\w-]+", names)}
    etree.strip_elements(root, *GONE, with_tail=False)
    for node in [one for one in root.iter() if one.tag not in ("html", "body")]:
        if node.getparent() is None or node.getparent() in out:
            out.add(node)
            continue
        names = {f"#{node.get('id')}", *(f".{name}" for name in node.get("class", "").split())} - shown
        ruled = next((gone[one] for name in names for one in (name, node.tag + name) if one in gone), "")
        own = "display:none" if node.get("hidden") is not None or node.tag in STRUCK else node.get("style", "")
        found = HIDDEN.search(own if "display" in own else f"{own};{ruled}")
        if found and not ("font" in found[0] and len(node)):  # in which others may be larger
            said = "".join("".join(islice(node.itertext(), 99)).split())
            told += [said[:20]] * bool(re.search(r"\d", said))
            out.add(node)
            node.drop_tree() if "none" in found[0] else node.clear(keep_tail=True)  # a cell keeps its place
    return told


_SAID = re.compile(r"。|\d\s*[万亿]?元|\d[人名家户]")  # what no line of a site's furniture has
_UNIT = re.compile(r"^.{0,40}(?:[局委办厅院会部所站校馆区镇乡街道府中心队]|关于.{0,12}|20\d\d年度?)$")
"""The first line of a title in two: the unit, and the year."""


def _titled(found: list[Passage]) -> Iterator[Passage]:
    """The passages of a site's page: what stands before the report's title, but for the unit, or behind its text is the site's."""
    told = (n for n, one in enumerate(found) if level(one.text) or _SAID.search(one.text) or len(one.rows) > 6)
    short = [(n, one) for n, one in enumerate(found[: next(told, len(found))]) if one.kind in ("heading", "text")]
    heads = [n for n, one in short if one.kind == "heading"]
    named = [n for n, one in short if re.search("(?:报告|自评|绩效).*(?<!表)$", one.text)]
    at = next(iter([n for n in named if n in heads] or named or heads), 0)
    end = next((n for n, one in enumerate(found) if n > at and leading("site", one.text)[0] == "behind"), len(found))
    for n, one in enumerate(found):
        bare = found[at].text.startswith("20") and re.fullmatch(r"[\u4e00-\u9fff]+", one.text)
        unit = n == at - 1 and (bare or _UNIT.search(one.text))
        kept = at <= n < end or unit or re.search(r"(?:单位|部门)(?:名称|[（(].*[）)])?[:：]", one.text)
        yield one if kept else Passage("furniture", "；".join(filter(None, chain([one.text], *one.rows))))


class _Page:
    """A page while it is read: the text of the block at hand, and what surrounds it."""

    def __init__(self, site: bool) -> None:
        self.site = site
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
                self.text.append(node.tail)
            elif node.tag == "table" and not self._told("around") and (rows := _table(node, self.site)):
                yield from (passage(_words(one)) for one in node.iter("caption"))
                yield Passage("table", "", rows=_grid(rows))
                walk.skip_subtree()
            elif node.tag == "pre" and not self._told("around"):
                yield from unwrap("".join(node.itertext()))
                walk.skip_subtree()
            elif node.get("class") == "marker":
                self.marker = _words(node)
                walk.skip_subtree()
            else:
                if kind := self._kind(node):
                    self.around.append((node, kind))
                self.text.append(node.text)
        yield from self._block()

    def _told(self, *kinds: str) -> str:
        """The innermost of these kinds that is open."""
        return next((kind for _, kind in reversed(self.around) if kind in kinds), "")

    def _kind(self, node: Any) -> str:
        """What an element tells of the text in it."""
        named = f"{node.get('class', '')} {node.get('id', '')}"
        if node.tag == "li":
            parent, self.marker = node.getparent(), node.get("value", "•")
            if parent.tag == "ol":
                given = node.get("value") or (parent.get("start", "1") if parent not in self.counts else "")
                self.counts[parent] = int(given) if given.isdecimal() else self.counts.get(parent, 0) + 1
                self.marker = f"{self.counts[parent]}."
        if node.tag in ("html", "body") or (node.tag == "header" and self._told("main")):
            return ""
        if node.tag in ("article", "main"):
            return "main"
        if node.tag in AROUND or NAMED.match(named):
            return "around"
        kind = "item" if node.tag == "li" else node.tag if re.fullmatch("h[1-6]", node.tag) else ""
        return "note" if "footnotes" in named else kind

    def _block(self) -> Iterator[Passage]:
        said, self.text = "".join(self.text), []
        head = self._told("h1", "h2", "h3", "h4", "h5", "h6")
        for line in broken(said):
            if self._told("around") or (self.site and len(line) <= 80 and leading("site", line)[0]):
                yield Passage("furniture", line)
            elif self._told("note"):
                yield Passage("note", line.rstrip("↩ "), marker=self.marker)
            elif head:
                yield Passage("heading", line, level(line) or min(int(head[1]), 3), self.marker)
            elif self._told("item"):
                yield Passage("item" if self.marker else "text", line, marker=self.marker)
            else:
                yield passage(line, marker=self.marker)
            self.marker = ""


def _source(text: str) -> str:
    """Text of the source: where a line ends there, a blank between Latin words, nothing else."""
    text = re.sub(r"(?<=[A-Za-z])[ \t]*\n[ \t\n]*(?=[A-Za-z])", " ", text)
    return re.sub(r"[ \t\f]+", " ", re.sub(r"[ \t\f]*\n[ \t\n\f]*", "", text))


def _table(node: Any, site: bool) -> list[list[Cell]]:
    """The rows of a table; none if it only arranges what it holds: one column, a table of two rows inside, of a site also one row or headings."""
    cells = node.xpath("tr | thead/tr | tbody/tr | tfoot/tr")
    own = ([cell for cell in row if cell.tag in ("td", "th")] for row in cells)
    said = ([(cell, None if cell.get("class") == "covered" else _words(cell)) for cell in row] for row in own)
    rows = [[(text, _span(cell, "colspan"), _span(cell, "rowspan")) for cell, text in row] for row in said]
    inside = next(node.iterdescendants("h1", "h2", "h3", "h4", "h5", "h6", "table"), None)
    framed = max(map(len, rows), default=0) < 2 or (site and (inside is not None or len(rows) < 2))
    framed = framed or bool(node.xpath(".//table[count(tr | tbody/tr) > 1]"))
    return [] if framed else rows


def _span(cell: Any, name: str) -> int:
    given = cell.get(name, "1").strip()
    return max(1, min(int(given), 1000)) if given.isdecimal() else 1


def _grid(rows: list[list[Cell]]) -> tuple[tuple[str | None, ...], ...]:
    """A full grid; None where a merged cell covers. Raises Unreadable if it is too large."""
    placed: dict[tuple[int, int], str | None] = {}
    for down, row in enumerate(rows):
        across = 0
        for text, columns, lines in row:
            while (down, across) in placed:
                across += 1
            lines = min(lines, len(rows) - down)
            if len(placed) + columns * lines > CELLS:
                raise Unreadable(*LIMIT)
            placed |= {(down + line, across + column): None for line in range(lines) for column in range(columns)}
            placed[down, across] = text
    width = 1 + max((across for _, across in placed), default=-1)
    return tuple(tuple(placed.get((down, across), "") for across in range(width)) for down in range(len(rows)))


def _words(node: Any) -> str:
    return joined("".join(node.itertext()).split("\n"), apart=True)
