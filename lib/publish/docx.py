"""The edition as a Word file, for offices that live in Word and WPS: real styles, faces by name, native tables.

python-docx keeps the package, its styles, pictures and properties; what it lacks, such as fields, bookmarks and links
within the file, is added as XML. The look, after GB/T 9704-2012, stands in `templates/word`: the parts of an empty file.
"""

import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from functools import cache
from html import escape
from itertools import pairwise
from math import ceil
from typing import Any
from urllib.parse import unquote

import typst
from docx import Document as Package
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part as File
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.section import Section
from docx.shared import Pt
from nbconvert.exporters.exporter import FilenameExtension

from lib.edition.card import Card
from lib.publish import layout
from lib.publish.document import Block, Box, Chart, Code, Document, Heading, Inline, Items, Paragraph, Span, Table
from lib.publish.layout import WIDTH, Form, caption, chart_size, closing, day, fit, one_line, title_lines
from lib.publish.paging import SHORT, TALL, TALLEST, Part, count, lay
from lib.publish.web import TEMPLATES

LINE = 28 * 15.8  # 28 characters of 16 pt, each drawn in by 0.2 pt: the 156 mm of the type area
ENTRIES, MOST = 18, 29  # lines of the contents that stand below the title, or on a page of their own
LEVELS = 4  # of lists, in `templates/word`


def _w(tag: str, *inner: str, **values: Any) -> str:
    """An element of WordprocessingML, its attributes from the same namespace: text, as that is fast in long tables."""
    attributes = "".join(f' w:{name}="{escape(str(value))}"' for name, value in values.items())
    return f"<w:{tag}{attributes}>{''.join(inner)}</w:{tag}>"


def _parsed(*xml: str) -> list[Any]:
    return list(parse_xml(f"<w:x {nsdecls('w', 'r')}>{''.join(xml)}</w:x>"))


def _run(text: str, style: str = "") -> str:
    """The hint has quotation marks and dashes set in the Chinese face."""
    look = _w("rPr", _w("rStyle", val=style) if style else "", _w("rFonts", hint="eastAsia"))
    return _w("r", look, f'<w:t xml:space="preserve">{escape(one_line(text))}</w:t>')


def _field(code: str, shown: str) -> str:
    """A field with what it shows until someone updates it."""
    return _w("fldSimple", _run(shown), instr=f" {code} ")


def _numbered(block: Table | Chart) -> str:
    """The caption, its number a field that counts."""
    kind, words = block.number[0], caption(block).removeprefix(block.number)
    return _run(kind) + _field(rf"SEQ {kind} \* ARABIC", block.number[1:]) + _run(words)


def _paragraph(style: str, *content: str, look: str = "") -> str:
    return _w("p", _w("pPr", _w("pStyle", val=style), look), *content)


KEEP, HEAD, RIGHT, CENTER = _w("keepNext"), _w("tblHeader"), _w("jc", val="right"), _w("jc", val="center")
FRESH, TINY = _w("pageBreakBefore"), _w("spacing", line=20, lineRule="exact")


@cache
def _empty() -> bytes:
    """The file that every report begins with: `templates/word`, packed."""
    folder, stream = TEMPLATES / "word", io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for path in folder.rglob("*.*"):
            archive.write(path, path.relative_to(folder))
    return stream.getvalue()


def _package(card: Card) -> Any:
    """The empty file with the properties of an edition, its header and footer."""
    word = Package(io.BytesIO(_empty()))
    section, core = word.sections[0], word.core_properties
    core.title, core.author = one_line(card.title)[:255], one_line(card.unit_name)[:255]  # Word takes no more
    core.last_modified_by, core.language, core.comments = core.author, "zh-CN", ""
    core.created = core.modified = datetime.fromisoformat(card.date or "2000-01-01")
    mark = "" if card.status == "approved" else card.status_label
    for edge, side in ("", WD_ALIGN_PARAGRAPH.RIGHT), ("even_page_", WD_ALIGN_PARAGRAPH.LEFT):
        header, footer = (getattr(section, edge + name).paragraphs[0] for name in ("header", "footer"))
        header._p.extend(_parsed(_run(mark, "Draft")))
        footer._p.extend(_parsed(_run("— "), _field("PAGE", "1"), _run(" —")))
        footer.alignment = side
    return word


def _drawn(charts: list[Chart]) -> dict[str, bytes]:
    """Charts as PNG by their numbers, drawn by Typst in one go: their labels are paths, so no face is needed."""
    if not charts:
        return {}
    files = {"pictures.json": json.dumps([chart.svg for chart in charts]).encode()}
    files["main.typ"] = (TEMPLATES / "pictures.typ").read_bytes()
    drawn = typst.compile(files, format="png", ppi=200, ignore_system_fonts=True)
    return dict(zip((chart.number for chart in charts), [drawn] if len(charts) == 1 else drawn, strict=True))


class _Writer:
    """Writes a document's blocks, each as the elements that stand for it."""

    def __init__(self, doc: Document):
        self.doc, self.word = doc, _package(doc.card)
        anchors = [a for block in doc.blocks for a in (getattr(block, "anchor", ""), *getattr(block, "anchors", ()))]
        self.marks = {anchor: f"_Ref{n:06}" for n, anchor in enumerate(dict.fromkeys(filter(None, anchors)), 1)}
        self.unset = dict(self.marks)
        self.drawn = _drawn([block for block in doc.blocks if isinstance(block, Chart)])

    def mark(self, anchor: str, inner: str) -> str:
        """`inner` as the place where links to `anchor` lead; the first of a name is the place."""
        if name := self.unset.pop(anchor, None):
            number = int(name[4:])
            return _w("bookmarkStart", id=number, name=name) + inner + _w("bookmarkEnd", id=number)
        return inner

    def link(self, anchor: str, inner: str) -> str:
        """`inner` as a link to `anchor`, if the document has it."""
        name = self.marks.get(anchor)
        return _w("hyperlink", inner, anchor=name, history=1) if name else inner

    def runs(self, children: Iterable[Inline], style: str = "", linked: bool = True) -> str:
        """Inline runs; a number is a link if it is `linked` and the annex has its row."""
        found = ""
        for run in children:
            if isinstance(run, Span) and run.kind == "link":
                inner = self.runs(run.children, "Hyperlink", linked=False)
                if run.url.startswith("#"):
                    found += self.link(unquote(run.url[1:]), inner)
                else:
                    key = self.word.part.relate_to(one_line(run.url), RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
                    found += f'<w:hyperlink r:id="{key}">{inner}</w:hyperlink>'
            elif isinstance(run, Span):
                named = {"strong": "Strong", "emphasis": "Emphasis"}.get(run.kind, style)
                found += self.runs(run.children, named, linked)
            elif not (run.reference and linked):
                found += _run(run.text, style)
            else:
                found += self.link(run.reference, _run(run.text, style))
        return found

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
                yield Part(block, style, depth, kept=isinstance(block, Heading) or isinstance(below, Items))

    def block(self, part: Part) -> str:
        """What stands for a part."""
        block, look = part.block, FRESH * part.fresh
        match block:
            case Heading(annex=True):
                text = self.mark(block.anchor, _run(block.text))
                return _paragraph("Annex", _run(block.number)) + _paragraph("AnnexTitle", text)
            case Heading():
                text = self.mark(block.anchor, _run(block.number + block.text))
                return _paragraph(f"Heading{min(block.level, 4)}", text, look=look)
            case Paragraph(children):
                level, note = min(part.depth, LEVELS) - 1, part.style == "Note"
                if part.number:
                    look += _w("numPr", _w("ilvl", val=level), _w("numId", val=part.number))
                if part.depth:
                    look += _w("ind", left=level * 632 + 160 * note, firstLine=632 * (not note))
                return _paragraph(part.style, self.runs(children), look=KEEP * part.kept + look)
            case Chart():
                title = self.mark(block.anchor, _numbered(block))
                return _paragraph("Picture", self.picture(block), look=look) + _paragraph("Caption", title)
        assert isinstance(block, Table)
        title = self.mark(block.anchor, _numbered(block))
        text = _paragraph("Caption", title, look=KEEP + look) + self.table(block, part.rows, part.line)
        return text if part.line == WIDTH else self.section(False) + text + self.section(True)

    def section(self, turned: bool) -> str:
        """What ends pages that stand upright, or are turned: their margins turn with them."""
        made = Section(deepcopy(self.word.sections[0]._sectPr), self.word.part)
        if turned:
            top, right, bottom, left = made.left_margin, made.top_margin, made.right_margin, made.bottom_margin
            made.page_width, made.page_height = made.page_height, made.page_width
            made.orientation = WD_ORIENT.LANDSCAPE
            made.top_margin, made.right_margin, made.bottom_margin, made.left_margin = top, right, bottom, left
        return _paragraph("BodyText", look=TINY + made._sectPr.xml)

    def picture(self, chart: Chart) -> str:
        """A chart as SVG, behind a PNG for suites that do not know it."""
        part, number, size = self.word.part, int(chart.number[1:]), chart_size(chart, TALLEST)
        inline = part.new_pic_inline(io.BytesIO(self.drawn[chart.number]), *map(Pt, size))
        inline.docPr.id, inline.docPr.name = number, chart.number
        inline.docPr.set("descr", one_line(chart.alt))
        file = File(PackURI(f"/word/media/chart{number}.svg"), "image/svg+xml", chart.svg.encode(), part.package)
        drawn = (TEMPLATES / "svg.xml").read_text("utf-8").format(part.relate_to(file, RELATIONSHIP_TYPE.IMAGE))
        inline.graphic.graphicData.pic.blipFill.blip.append(parse_xml(drawn))
        return _w("r", _w("drawing", inline.xml))

    def table(self, table: Table, heights: list[float], line: float) -> str:
        """A table; the last rows of the last one keep to the lines that close the report."""
        size, wide, _ = fit(table)
        widths = [int(width / sum(wide) * (LINE if line == WIDTH else line) * 20) for width in wide]
        sides = [RIGHT if column.numeric else CENTER * (n < table.merged) for n, column in enumerate(table.columns)]

        def row(style: str, cells: Iterable[tuple[str, str, str]], height: float, head: str = "") -> str:
            """A row of cells: content, look of its paragraph, how the cell is merged."""
            inner = ""
            for width, (text, look, merge) in zip(widths, cells, strict=True):
                room = _w("tcPr", _w("tcW", w=width, type="dxa"), merge)
                inner += _w("tc", room, _paragraph(f"{style}{size:g}", text, look=look))
            look = _w("trPr", _w("cantSplit") * (height < TALL), _w("trHeight", val=int(height * 20)), head)
            return _w("tr", look, inner)

        rows = [row("TableHead", ((_run(column.label), "", "") for column in table.columns), heights[0], HEAD)]
        for n, (cells, spans) in enumerate(zip(table.rows, table.spans, strict=True), 1):
            inner = [self.runs(cell, linked=not table.anchors) * bool(s) for cell, s in zip(cells, spans, strict=True)]
            merges = [_w("vMerge", val="restart") if s > 1 else _w("vMerge") * (not s) for s in spans]
            if table.anchors:
                inner[0] = self.mark(table.anchors[n - 1], inner[0])
            # a small table stays whole, a long one leaves three rows at least
            left = len(table.rows) - n
            kept = (sum(heights) <= SHORT or n < 3 or left < 3) and (left or table is self.doc.blocks[-1])
            looks = [KEEP * bool(kept and max(heights) < TALL) + side for side in sides]
            rows.append(row("TableText", zip(inner, looks, merges, strict=True), heights[n]))
        style = "Grid" if table.official else "ThreeLine"
        about = [_w("tblStyle", val=style), _w("tblW", w=sum(widths), type="dxa"), _w("tblLayout", type="fixed")]
        about += [_w("tblLook", val="0620", firstRow=1), _w("tblCaption", val=caption(table))]
        return _w("tbl", _w("tblPr", *about), _w("tblGrid", *(_w("gridCol", w=width) for width in widths)), *rows)

    def contents(self, entries: list[Heading], pages: dict[str, int], cover: bool) -> str:
        """A contents field, its entries filled in with the pages on which the headings stand."""
        begin, separate, end = (_w("r", _w("fldChar", fldCharType=do)) for do in ("begin", "separate", "end"))
        inner = _paragraph("TOCHeading", _run("目　录"), look=(FRESH + _w("spacing", before=0)) * cover)
        opening = begin + _w("r", _w("instrText", r'TOC \o "1-2" \h \z \u')) + separate
        for entry in entries:
            page = _field(rf"PAGEREF {self.marks[entry.anchor]} \h", str(pages[entry.anchor]))
            label = _run(entry.number + "　" * entry.annex + entry.text) + _w("r", _w("tab")) + page
            inner += _paragraph(f"TOC{entry.level}", opening, self.link(entry.anchor, label))
            opening = ""
        gallery = _w("docPartObj", _w("docPartGallery", val="Table of Contents"), _w("docPartUnique"))
        return _w("sdt", _w("sdtPr", gallery), _w("sdtContent", inner, _paragraph("TOC1", opening, end, look=TINY)))

    def body(self) -> Iterator[str]:
        """All that stands in the file, the front page first."""
        card, entries = self.doc.card, [heading for heading in self.doc.headings if heading.level <= 2]
        lines = sum(count(entry.number + entry.text, 26, wide=True) for entry in entries)
        parts, pages = lay(list(self.parts(self.doc.blocks)), 1 + (cover := lines > ENTRIES) * ceil(lines / MOST))
        room = _w("spacing", before=int(100 * layout.PITCH), after=int(160 * layout.PITCH), line=720, lineRule="exact")
        title = _w("r", _w("br")).join(map(_run, title_lines(card.title)))
        yield _paragraph("Title", title, look=room if cover else "")
        for line in filter(None, (card.unit_name, day(card.date or ""))):
            yield _paragraph("Subtitle", _run(line))
        yield self.contents(entries, pages, cover)
        yield _paragraph("Subtitle", _w("r", _w("br", type="page")), look=TINY)
        yield from map(self.block, parts)
        for label, text in [("引用与联系", ""), *closing(card)]:
            yield _paragraph("Note", _run(label, "Strong"), _run(text), look=KEEP)


def _restamped(archive: bytes) -> bytes:
    """A zip archive with its members in order and dated 1980, where zip's calendar begins: same content, same bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in sorted(old.namelist()):
            member = zipfile.ZipInfo(name)
            member.create_system = 0  # else it says which system wrote it
            new.writestr(member, old.read(name), zipfile.ZIP_DEFLATED)
    return stream.getvalue()


class ReportDocx(Form):
    """An executed notebook, or several joined, as a Word file: `jupyter nbconvert --to jixiao-docx`."""

    label, place = "Word", 3
    export_from_notebook = "绩效评价报告 Word"
    output_mimetype = CONTENT_TYPE.WML_DOCUMENT
    file_extension = FilenameExtension(".docx")

    def make(self, doc: Document) -> bytes:
        """The Word file. Raises DocumentError for a character that XML cannot hold."""
        writer, stream = _Writer(doc), io.BytesIO()
        writer.word.element.body[:0] = _parsed(*writer.body())
        writer.word.save(stream)
        return _restamped(stream.getvalue())
