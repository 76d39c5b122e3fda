"""The unit's own report (`report.md`): its chapters, and in them text, names to fill in and directives. Data, not code.

A chapter begins with `# heading`. A directive is fenced as MyST has it, its names one a line, or of a table rows as Markdown has them:

    ```{table} 收入构成
    本年收入
    财政拨款
    ```
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from lib.edition import store
from lib.edition.spelling import text
from lib.edition.store import InputError, content, digest_of, part
from lib.numbers.finding import CODES, RULED

FILE = "report.md"
DIRECTIVES = ("table", "bars", "ranges", "years", "budget")
ROW = re.compile(r"\s*\|(?P<cells>.*?)\|?\s*")  # a row of a table, with all its cells
DRAWN = ("bars", "ranges")  # those that draw their names on one axis
FILLED = re.compile(r"\{\{\s*([^{}%#|]+?)\s*\}\}")  # `{{ label or dotted name }}`
_FENCE = re.compile(r"(`{3,}|:{3,})\s*\{(\w+)\}\s*(.*?)\s*$")
_HEADING = re.compile(
    r"(#{1,3}) +(?:[一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾]+、|[Ⅰ-Ⅻ]+[\s、.．]|[（(][一二三四五六七八九十]+[）)]|\d+(?:[、．]|\.(?!\d)))?\s*(.*)"
)
"""A heading; a number typed before it goes, as headings are numbered when they are published."""
_REFUSED = {
    re.compile(r"<[A-Za-z/!?]"): "HTML",
    re.compile(r"!\["): "图片",
    re.compile(r"\]\((?!https?://|mailto:|#)"): "这样的链接",
}


def braces(text: str, filled: re.Pattern = FILLED) -> str:
    """What is wrong between the braces of a text of data, where only what is `filled` in may stand; nothing if all is well."""
    odd = re.search(r"\{[{%#].{0,20}|[%}#]\}|[｛｝].{0,20}", filled.sub("", text))
    return f"“{odd[0]}”" if odd else ""


@dataclass(frozen=True)
class Block:
    """A run of lines of a chapter: text (`kind` is nothing), or a directive with its caption and names."""

    line: int
    kind: str
    caption: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """Its lines, for text."""
        return "\n".join(self.lines)

    @property
    def words(self) -> list[tuple[int, str]]:
        """Its lines of text, or rows of a table, each with its number."""
        lines = enumerate(self.lines, self.line + bool(self.kind))
        return [(n, line) for n, line in lines if not self.kind or ROW.fullmatch(line)]

    @property
    def typed(self) -> list[tuple[int, str]]:
        """Its words where a number is one of the report: of a table without what numbers its rows, and the rules for points."""
        if not self.kind:
            return self.words
        heads = [*enumerate(self.rows[0])] if self.rows else []
        ruled = {c for c, head in heads if RULED.search(head) or CODES.search(head)}
        told = ((n, re.sub(r"^\s*\|\s*\d+\s*(?=\|)", "", line).strip().strip("|").split("|")) for n, line in self.words)
        kept = ((n, cells) for n, cells in told if not CODES.fullmatch(cells[0].strip()))
        return [(n, "|".join(cell for c, cell in enumerate(cells) if c not in ruled)) for n, cells in kept]

    @property
    def rows(self) -> list[list[str]]:
        """Of a table that is written out the cells, row by row, the head first; its rule goes."""
        found = [row["cells"] for _, line in self.words if self.kind and (row := ROW.fullmatch(line))]
        kept = (cells for cells in found if not re.fullmatch(r"[\s|:]*-{3}[-\s|:]*", cells))
        return [[*map(str.strip, cells.split("|"))] for cells in kept]

    @property
    def level(self) -> int:
        """Of a heading, 0 of anything else."""
        found = re.match(r"(#{2,3}) ", self.text)
        return 0 if self.kind or not found else len(found[1])

    @property
    def names(self) -> list[tuple[int, str]]:
        """What it asks for by label or dotted name, each with its line."""
        told = [(n, name) for n, line in self.words for name in FILLED.findall(line)]
        alone = enumerate(self.lines, self.line + 1) if self.kind else ()
        return told + [(n, name.strip()) for n, name in alone if name.strip() and not ROW.fullmatch(name)]


@dataclass(frozen=True)
class Part:
    """A chapter of the report: its heading and what follows."""

    heading: str
    line: int
    blocks: tuple[Block, ...]


def parts(folder: Path) -> list[Part]:
    """The chapters of an edition's report, none where it has no such file. Raises InputError that names the line."""
    path = folder / FILE
    return _parts(path, content(path) or b"")


def blocks(folder: Path) -> Iterator[Block]:
    """The blocks of all chapters."""
    return (block for part in parts(folder) for block in part.blocks)


def chapter(folder: Path, number: int) -> Part:
    """One chapter, from 1; that it was read is noted, and of the others nothing."""
    path = folder / FILE
    found = _parts(path, path.read_bytes())[number - 1]
    part(path, number, repr(found))
    return found


def now(base: Path, read: str, of: Callable[[Path], str] = store.digest) -> str:
    """The digest as of now of what a notebook read: a file (`of` it), a listing, or what `chapter` noted, as `reads.json`
    names it; nothing where there is no such chapter any more, or none can be told."""
    file, _, number = read.partition("/#")
    if not number:
        return store.listed(base, read) if "*" in read or "[" in read else of(store.resolve(base, read))
    path = store.resolve(base, file)
    try:
        return digest_of(repr(_parts(path, path.read_bytes())[int(number) - 1]).encode())
    except (OSError, ValueError, IndexError):
        return ""


def _parts(path: Path, given: bytes) -> list[Part]:
    found: list[Part] = []
    for block in _blocks(path, text(path, given)):
        heading = block.text.removeprefix("# ").strip()
        if not block.kind and block.text.startswith("# "):
            if any(part.heading == heading for part in found):
                raise InputError(path, block.line, f"又一个“{heading}”", "各章不同的标题", "改正标题")
            found.append(Part(heading, block.line, ()))
        elif found:
            if block.level == 3 and not any(one.level for one in found[-1].blocks):
                raise InputError(path, block.line, block.text[:20], "章（#）下面先有节（##）", "改为 ##")
            found[-1] = replace(found[-1], blocks=(*found[-1].blocks, block))
        elif heading:
            raise InputError(path, block.line, block.text[:20], "以“# 标题”开头的一章", "在它前面写上标题")
    return found


def _blocks(path: Path, given: str) -> Iterator[Block]:
    """Headings, text between them, and directives. Raises InputError for what may not stand in a report."""
    lines: list[str] = []
    numbered = iter(enumerate(given.splitlines(), 1))
    for number, line in numbered:
        fence, head = _FENCE.match(line), _HEADING.match(line)
        if (fence or head) and lines:
            yield Block(number - len(lines), "", "", tuple(lines))
            lines = []
        if fence:
            yield _directive(path, number, fence, numbered)
        elif head:
            yield Block(number, "", "", (_allowed(path, number, f"{head[1]} {head[2]}"),))
        else:
            lines.append("" if line.startswith("[//]:") else _allowed(path, number, line))  # a remark
    if lines:
        yield Block(number - len(lines) + 1, "", "", tuple(lines))


def _directive(path: Path, number: int, fence: re.Match, given: Iterator[tuple[int, str]]) -> Block:
    mark, kind, caption = fence.groups()
    if kind not in DIRECTIVES:
        raise InputError(path, number, f"{{{kind}}}", "、".join(f"{{{one}}}" for one in DIRECTIVES), "改正这一行")
    if not caption:
        raise InputError(path, number, f"{{{kind}}} 没有标题", f"{mark}{{{kind}}} 标题", "写上标题")
    names: list[str] = []
    for n, line in given:
        if line.strip() == mark:
            return Block(number, kind, _allowed(path, number, caption), tuple(names))
        names.append(_allowed(path, n, line) if ROW.fullmatch(line) else line)
    raise InputError(path, number, f"{mark}{{{kind}}} 没有结束", f"单独一行 {mark}", "在表或图的最后一行之后写上")


def _allowed(path: Path, number: int, line: str) -> str:
    """A line of text. Raises InputError for code, HTML, pictures, links that are none of the web."""
    for pattern, what in _REFUSED.items():
        if pattern.search(line):
            raise InputError(path, number, what, "文字、{{ 指标 }}、表和图", "删去或改写")
    if odd := braces(line):
        raise InputError(path, number, odd, "{{ 指标的名称 }}", "改正花括号")
    return line
