"""Passages of Word files, from their XML."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from typing import Any

from lib.intake.lines import Cell, grid, joined, paragraphs, passage, raised
from lib.intake.reading import Passage, Unreadable

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
OUT = {f"{W}{name}" for name in ("del", "moveFrom", "delText", "instrText", "rt", "pPr", "tblPr")}
OUT.add("{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback")
"""Not part of the text: what was deleted, instructions, readings of characters, properties."""


def word(archive: zipfile.ZipFile) -> Iterator[Passage]:
    """The passages of a Word file; insertions that are tracked are in, deletions and hidden text out."""
    return _Word(archive).passages()


class _Word:
    """A Word file while it is read: its styles, its numbering and how far that has counted, its notes."""

    def __init__(self, archive: zipfile.ZipFile):
        names = [
            name
            for name in archive.namelist()
            if re.fullmatch(r"word/(document|styles|numbering|(foot|end)notes|header|footer)\d*\.xml", name)
        ]
        self.parts = {name[5:-4]: _xml(archive.read(name)) for name in names}
        self.styles = {_value(style, "styleId"): style for style in self._all("styles", "style")}
        self.abstract = {_value(one, "abstractNumId"): one for one in self._all("numbering", "abstractNum")}
        self.lists = {_value(one, "numId"): one for one in self._all("numbering", "num")}
        self.notes = {
            (kind, _value(note, "id")): note for kind in ("footnote", "endnote") for note in self._all(f"{kind}s", kind)
        }
        self.counts: dict[str, dict[int, int]] = {}
        self.begun: set[str] = set()  # lists that have counted
        self.fields: list[str] = []  # instructions of the fields that are open, the innermost last
        self.referred: Counter[str] = Counter()  # notes, by kind
        self.waiting: list[Passage] = []  # notes and text boxes of the paragraph or table being read

    def _all(self, part: str, tag: str) -> list[Any]:
        return list(self.parts[part].iter(W + tag)) if part in self.parts else []

    def passages(self) -> Iterator[Passage]:
        """Heads of pages, the body, feet of pages."""
        body = next((part for name, part in self.parts.items() if name.startswith("document")), None)
        if body is None:
            raise Unreadable("没有正文的 Word 文件", "用 Word 或 WPS 打开，另存后再读")
        yield from self._furniture("header")
        yield from self._blocks(body)
        yield from self._furniture("footer")

    def _furniture(self, kind: str) -> Iterator[Passage]:
        parts = [list(self._blocks(part)) for name, part in self.parts.items() if name.startswith(kind)]
        self.fields.clear()
        yield from (Passage("furniture", text) for text in dict.fromkeys(" ".join(map(_flat, part)) for part in parts))

    def _blocks(self, node: Any) -> Iterator[Passage]:
        for one in node:
            if one.tag == f"{W}p":
                yield from self._paragraph(one)
            elif one.tag == f"{W}tbl":
                yield Passage("table", "", rows=grid(self._rows(one)))
            elif one.tag not in OUT and isinstance(one.tag, str):
                yield from self._blocks(one)
            if one.tag in (f"{W}p", f"{W}tbl"):
                yield from self.waiting
                self.waiting = []

    def _rows(self, table: Any) -> Iterator[list[Cell]]:
        for row in _inside(table, "tr"):
            if row.find(f"{W}trPr/{W}del") is None:
                before, after = (int(_of(row, f"trPr/{side}", "0")) for side in ("gridBefore", "gridAfter"))
                cells = [self._cell(cell) for cell in _inside(row, "tc")]
                yield [("", max(before, 0), 1), *cells, ("", max(after, 0), 1)]

    def _cell(self, cell: Any) -> Cell:
        """What a cell holds, tables in it too, as one line; notes are put by."""
        merged, found = cell.find(f"{W}tcPr/{W}vMerge"), list(self._blocks(cell))
        self.waiting += [one for one in found if one.kind == "note"]
        text = joined((_flat(one) for one in found if one.kind != "note"), apart=True)
        goes_on = merged is not None and _value(merged, "val") in ("", "continue")
        return None if goes_on else text, int(_of(cell, "tcPr/gridSpan", "1")), 1

    def _paragraph(self, node: Any) -> Iterator[Passage]:
        before, text = list(self.fields), "".join(self._words(node))
        styles = self._styles(node)
        name = next((_of(one, "name") for one in styles[1:]), "").lower()
        contents = name.startswith("toc") or any(field.split()[:1] == ["TOC"] for field in (*before, *self.fields))
        number, depth = (_first(styles, f"pPr/numPr/{part}") for part in ("numId", "ilvl"))
        marker = self._marker(number, int(depth or 0)) if text.strip() else ""
        outline = _outline(styles) or int(_is_title(node) and len(text) <= 60)
        for line in paragraphs(text, soft=True):
            one = passage(line, marker=marker)
            if contents:
                one = Passage("furniture", marker + line)
            elif outline and one.kind != "furniture":
                one = Passage("heading", line, min(outline, 3), marker)
            yield one
            marker = ""

    def _styles(self, node: Any) -> list[Any]:
        """A paragraph, its style, and the styles that this is based on."""
        chain = [node]
        while len(chain) < 12:
            style = self.styles.get(_of(chain[-1], "basedOn" if chain[1:] else "pPr/pStyle"))
            if style is None:
                break
            chain.append(style)
        return chain

    def _words(self, node: Any) -> Iterator[str]:
        """The text below a paragraph, soft breaks as LF; what is anchored in it is put by."""
        before = ""
        for one in node:
            tag = one.tag.removeprefix(W) if isinstance(one.tag, str) else "comment"
            if tag == "r":
                text = "".join(self._words(one))
                if _of(one, "rPr/vertAlign") == "superscript":
                    text = raised(text, before)
                hidden = one.find(f"{W}rPr/{W}vanish")
                text = text if hidden is None or _value(hidden, "val") in ("0", "false") else ""
                before = text or before
                yield text
            elif tag == "t" or tag.endswith("/math}t"):
                yield one.text or ""
            elif tag in ("br", "cr", "tab", "noBreakHyphen"):
                yield {"tab": "\t", "noBreakHyphen": "-"}.get(tag, "\n")
            elif tag in ("fldChar", "instrText"):
                self._field(one)
            elif tag in ("footnoteReference", "endnoteReference"):
                self._note(tag.removesuffix("Reference"), _value(one, "id"))
            elif tag == "txbxContent":
                waiting, self.waiting = self.waiting, []
                found = list(self._blocks(one))
                self.waiting = waiting + found
            elif one.tag not in OUT and tag != "comment":
                yield from self._words(one)

    def _note(self, kind: str, identity: str) -> None:
        note = self.notes.get((kind, identity))
        if note is not None:
            texts = ["".join(self._words(one)) for one in note.iter(f"{W}p")]
            self.referred[kind] += 1
            self.waiting.append(Passage("note", joined(" ".join(texts).split("\n")), marker=str(self.referred[kind])))

    def _field(self, node: Any) -> None:
        kind = _value(node, "fldCharType")
        if kind == "begin":
            self.fields.append("")
        elif kind == "end" and self.fields:
            self.fields.pop()
        elif not kind and self.fields:
            self.fields[-1] += node.text or ""

    def _marker(self, number: str, depth: int) -> str:
        """The automatic number of the next paragraph of a list."""
        listed = self.lists.get(number)
        abstract = None if listed is None else self.abstract.get(_of(listed, "abstractNumId"))
        if listed is None or abstract is None:
            return ""
        levels = {int(_value(one, "ilvl")): one for one in (*abstract.iter(f"{W}lvl"), *listed.iter(f"{W}lvl"))}
        starts = {at: int(_of(one, "start", "1")) for at, one in levels.items()}
        counts = self.counts.setdefault(_value(abstract, "abstractNumId"), {})
        for one in listed.findall(f"{W}lvlOverride") if number not in self.begun else ():
            if begin := _of(one, "startOverride"):
                counts[int(_value(one, "ilvl"))] = int(begin) - 1
        self.begun.add(number)
        counts[depth] = counts.get(depth, starts.get(depth, 1) - 1) + 1
        for deeper in [at for at in counts if at > depth]:
            del counts[deeper]

        def count(found: re.Match[str]) -> str:
            at = int(found[1]) - 1
            return _numeral(counts.get(at, starts.get(at, 1)), _of(levels.get(at), "numFmt"))

        if _of(levels.get(depth), "numFmt") == "bullet":
            return "•"
        return re.sub(r"%(\d)", count, _of(levels.get(depth), "lvlText")).strip()


def _numeral(number: int, form: str) -> str:
    """A number of a list in the form that Word names."""
    import cn2an

    if re.match("chinese|japanese|taiwanese|ideograph|koreanDigital", form):
        return str(cn2an.an2cn(number))
    if form in ("lowerLetter", "upperLetter"):
        return chr((65 if form[0] == "u" else 97) + (number - 1) % 26)
    if "nclosedCircle" in form and 1 <= number <= 20:
        return chr(0x245F + number)
    return "" if form == "none" else str(number)


def _outline(styles: list[Any]) -> int:
    """The level of a heading by its outline or the name of its style; 0 of other text."""
    outline = _first(styles, "pPr/outlineLvl")
    names = [re.fullmatch(r"(?:heading|标题)\s*(\d)|(title|标题)", _of(one, "name").lower()) for one in styles[1:]]
    named = next((1 if found[2] else int(found[1]) for found in names if found), 0)
    return named if not outline else (int(outline) + 1) % 10


def _is_title(node: Any) -> bool:
    """Whether a paragraph is centred and its letters are those of a title: 小二 (18 pt) or larger."""
    sizes = [int(_value(one, "val") or 0) for one in node.iterfind(f"{W}r/{W}rPr/{W}sz")]
    return _of(node, "pPr/jc") == "center" and min(sizes, default=0) >= 36


def _flat(one: Passage) -> str:
    """A passage as words of a cell or of a page head."""
    return joined((cell for row in one.rows for cell in row if cell), apart=True) if one.rows else one.marker + one.text


def _value(node: Any, name: str) -> str:
    return node.get(W + name, "")


def _of(node: Any, path: str, otherwise: str = "") -> str:
    """The value of an element below, by the names on the way."""
    found = None if node is None else node.find("/".join(W + name for name in path.split("/")))
    return otherwise if found is None else _value(found, "val") or otherwise


def _first(styles: list[Any], path: str) -> str:
    return next(filter(None, (_of(one, path) for one in styles)), "")


def _inside(node: Any, tag: str) -> Iterator[Any]:
    """The children of a name, through what only wraps them."""
    for one in node:
        if one.tag == W + tag:
            yield one
        elif one.tag in {W + name for name in ("sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag")}:
            yield from _inside(one, tag)


def _xml(content: bytes) -> Any:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(content.replace(STRICT, W[1:-1].encode()), parser)
    if root.getroottree().docinfo.doctype:
        raise Unreadable("带有 DTD 声明的文件（Office 不会这样写）", "用 Word 或 WPS 打开，另存后再读")
    return root
