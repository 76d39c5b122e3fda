"""The edition as a Word file: python-docx keeps the package, its styles, pictures and properties; the text is XML from
`templates/word.xml.j2`, as it lacks fields, bookmarks and links within the file. The look, after GB/T 9704-2012, stands in
`templates/word`: the parts of an empty file."""

import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from math import ceil
from typing import Any
from urllib.parse import unquote

import typst
from docx import Document as Package
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part as File
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.section import Section
from docx.shared import Pt
from markupsafe import Markup

from lib.publish.document import Block, Box, Chart, Code, Document, Heading, Items
from lib.publish.layout import WIDTH, Form, caption, chart_size, closing, day, one_line, title_lines
from lib.publish.paging import SHORT, TALL, TALLEST, Part, count, lay
from lib.publish.web import TEMPLATES, template

LINE = 28 * 15.8  # 28 characters of 16 pt, each drawn in by 0.2 pt: the 156 mm of the type area
ENTRIES, MOST = 18, 29  # lines of the contents that stand below the title, or on a page of their own
LEVELS = 4  # of lists, in `templates/word`


def _drawn(charts: list[Chart]) -> dict[str, bytes]:
    """Charts as PNG by their numbers, drawn by Typst in one go: their labels are paths, so no face is needed."""
    files = {"pictures.json": json.dumps([chart.svg for chart in charts]).encode()}
    files["main.typ"] = (TEMPLATES / "pictures.typ").read_bytes()
    drawn = typst.compile(files, format="png", ppi=200, ignore_system_fonts=True) if charts else []
    return dict(zip((chart.number for chart in charts), [drawn] if len(charts) == 1 else drawn, strict=True))


def _parsed(xml: str) -> list[Any]:
    return list(parse_xml(f"<w:x {nsdecls('w', 'r')}>{xml}</w:x>"))


class _Writer:
    """What the template asks of a document and its file; `xml` is the template, its macros functions that return elements."""

    def __init__(self, doc: Document):
        self.doc, card = doc, doc.card
        self.word = Package(str(TEMPLATES / "word"))  # python-docx reads a folder as it reads a file
        core = self.word.core_properties
        core.title, core.author = one_line(card.title)[:255], one_line(card.unit_name)[:255]  # Word takes no more
        core.last_modified_by, core.language, core.comments = core.author, "zh-CN", ""
        core.created = core.modified = datetime.fromisoformat(card.date or "2000-01-01")
        anchors = [a for block in doc.blocks for a in (getattr(block, "anchor", ""), *getattr(block, "anchors", ()))]
        self.marks = {anchor: f"_Ref{n:06}" for n, anchor in enumerate(dict.fromkeys(filter(None, anchors)), 1)}
        self.unset = dict(self.marks)
        self.drawn = _drawn([block for block in doc.blocks if isinstance(block, Chart)])
        given = {"writer": self, "one_line": one_line, "caption": caption, "type": type, "tall": TALL}
        self.xml = template("", "word.xml.j2").make_module(given | {"levels": LEVELS, "upright": WIDTH})

    def named(self, url: str) -> str:
        """The bookmark that an address within the document means, if there is one."""
        return self.marks.get(unquote(url[1:]), "")

    def related(self, url: str) -> str:
        """How the file calls an address elsewhere."""
        return str(self.word.part.relate_to(one_line(url), RELATIONSHIP_TYPE.HYPERLINK, is_external=True))

    def parts(self, blocks: Iterable[Block], style: str = "BodyText", depth: int = 0) -> Iterator[Part]:
        """Blocks, lists and boxes taken apart; `style` is that of the box around them, `depth` counts their lists."""
        for block, below in pairwise([*blocks, None]):
            if isinstance(block, Items):
                number = self.word.part.numbering_part.element.add_num(int(block.ordered))
                number.add_lvlOverride(min(depth, LEVELS - 1)).add_startOverride(block.start)
                for item in block.items:
                    for n, part in enumerate(self.parts(item, style, depth + 1)):
                        yield part if n else replace(part, number=number.numId)
            elif isinstance(block, Box):  # its first line, often a title, does not stay behind alone
                inner = list(self.parts(block.blocks, "Note"))
                for n, part in enumerate(inner, 1):
                    yield replace(part, edges=(n == 1) + (n == len(inner)), kept=n == 1 < len(inner))
            elif not isinstance(block, Code):
                leads = isinstance(below, Items) or getattr(below, "signed", False)
                yield Part(block, style, depth, kept=isinstance(block, Heading) or leads)

    def section(self, turned: bool) -> Markup:
        """What ends pages that stand upright, or are turned: their margins turn with them."""
        made = Section(deepcopy(self.word.sections[0]._sectPr), self.word.part)
        if turned:
            top, right, bottom, left = made.left_margin, made.top_margin, made.right_margin, made.bottom_margin
            made.page_width, made.page_height = made.page_height, made.page_width
            made.orientation = WD_ORIENT.LANDSCAPE
            made.top_margin, made.right_margin, made.bottom_margin, made.left_margin = top, right, bottom, left
        return Markup(made._sectPr.xml)

    def picture(self, chart: Chart) -> Markup:
        """A chart as SVG, behind a PNG for suites that do not know it."""
        part, number, size = self.word.part, int(chart.number[1:]), chart_size(chart, TALLEST)
        inline = part.new_pic_inline(io.BytesIO(self.drawn[chart.number]), *map(Pt, size))
        inline.docPr.id, inline.docPr.name = number, chart.number
        inline.docPr.set("descr", one_line(chart.alt))
        file = File(PackURI(f"/word/media/chart{number}.svg"), "image/svg+xml", chart.svg.encode(), part.package)
        drawn = self.xml.svg(part.relate_to(file, RELATIONSHIP_TYPE.IMAGE))
        inline.graphic.graphicData.pic.blipFill.blip.append(parse_xml(drawn))
        return Markup(inline.xml)

    def columns(self, part: Part) -> tuple[list[int], float]:
        """Widths of a table's columns in twentieths of a pt, and its type size."""
        size, wide = part.fitted
        line = LINE if part.line == WIDTH else part.line
        return [int(width / sum(wide) * line * 20) for width in wide], size

    def kept(self, part: Part) -> set[int]:
        """The rows of a table that stay with the next: all of a small one, of a long one three at either end, the last of
        the last table with the lines that close the report."""
        count, short = len(part.rows) - 1, sum(part.rows) <= SHORT
        rows = (n for n in range(count) if short or n < 2 or n > count - 4)
        last = part.block is self.doc.blocks[-1]
        return {n for n in rows if n < count - 1 or last} if max(part.rows) < TALL else set()

    def body(self) -> str:
        """All that stands in the file, the front page first."""
        card, entries = self.doc.card, [heading for heading in self.doc.headings if heading.level <= 2]
        lines = sum(count(entry.number + entry.text, 26, wide=True) for entry in entries)
        cover = lines > ENTRIES
        parts, pages = lay(list(self.parts(self.doc.blocks)), 1 + cover * ceil(lines / MOST))
        subtitles = filter(None, (card.unit_name, day(card.date or "")))
        closed = [("引用与联系", ""), *closing(card)]
        return str(self.xml.body(title_lines(card.title), subtitles, entries, pages, parts, closed, cover))

    def written(self) -> bytes:
        """The file, with its head and foot; the members of the archive in order and dated 1980, where zip's calendar begins."""
        card, section = self.doc.card, self.word.sections[0]
        mark = "" if card.status == "approved" else card.status_label
        number = self.xml.run("— ") + self.xml.field("PAGE", "1") + self.xml.run(" —")
        for edge, side in ("", WD_ALIGN_PARAGRAPH.RIGHT), ("even_page_", WD_ALIGN_PARAGRAPH.LEFT):
            header, footer = (getattr(section, edge + name).paragraphs[0] for name in ("header", "footer"))
            header._p.extend(_parsed(self.xml.run(mark, "Draft")))
            footer._p.extend(_parsed(number))
            footer.alignment = side
        self.word.element.body[:0] = _parsed(self.body())
        archive, stream = io.BytesIO(), io.BytesIO()
        self.word.save(archive)
        with zipfile.ZipFile(archive) as old, zipfile.ZipFile(stream, "w") as new:
            for name in sorted(old.namelist()):
                member = zipfile.ZipInfo(name)
                member.create_system = 0  # else it says which system wrote it
                new.writestr(member, old.read(name), zipfile.ZIP_DEFLATED)
        return stream.getvalue()


class ReportDocx(Form):
    """An executed notebook, or several joined, as a Word file: `jupyter nbconvert --to jixiao-docx`."""

    label, place = "Word", 3
    file_extension = ".docx"

    def make(self, doc: Document) -> bytes:
        """The Word file. Raises DocumentError for a character that XML cannot hold."""
        return _Writer(doc).written()
