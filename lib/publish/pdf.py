"""The edition as a PDF in the look of GB/T 9704-2012: PDF/A-2a and PDF/UA-1, set by Typst. The document goes to `templates/gongwen.typ`
as JSON, so that no text of the report can be read as markup; nothing else of the machine counts but the faces that `fonts` chose."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst

from lib.cells import WHEEL
from lib.edition.card import Card
from lib.publish import fonts, html, layout
from lib.publish.blocks import Block, Inline
from lib.publish.document import Box, Chart, Document, DocumentError, Heading, Paragraph, Span, Table, Text, inner_text
from lib.publish.layout import HEIGHT, PITCH, WIDTH, Form, caption, chart_size, closing, day, fit, one_line, title_lines
from lib.publish.web import TEMPLATES

ANNEX = "annex.pdf"
TOGETHER = 6  # lines of text in a table that stays on one page; a longer one may break after its third row
TALLEST = 8 * PITCH  # pt: of a chart


class _Writer:
    """A document as what the template reads."""

    def __init__(self, folders: tuple[Path, ...]):
        self.chosen, self.covered = fonts.choose(folders), fonts.covered(folders)
        self.where = "封面"

    def text(self, text: str) -> str:
        """The text as one line; a character that the faces lack is an error."""
        text = one_line(text)
        for character in set(text):
            if ord(character) not in self.covered:
                faces = "、".join(sorted({face.title for face in self.chosen.values()}))
                raise DocumentError(
                    f"{self.where}“{text[:40]}”里的“{character}”（U+{ord(character):04X}）各字体（{faces}）都没有，"
                    "请换一个写法，或安装 Noto Serif CJK SC"
                )
        return text

    def shown(self, it: Block | Inline | fonts.Face) -> Any:
        """What the template reads of a block, an inline run or a face: asked for by JSON, in the order of the document."""
        about = {"kind": type(it).__name__.lower()} | vars(it)
        match it:
            case Text():
                return self.text(it.text)
            case Heading():
                self.where = it.number + it.text
                return about | {"text": self.text(it.text)}
            case Chart():
                width, height = chart_size(it, TALLEST)
                return about | {"caption": self.text(caption(it)), "width": width, "height": height}
            case Table():
                return about | self.table(it)
            case fonts.Face():
                sans, ours = any(one in it.family for one in ("Sans", "Hei", "黑")), it.path.parent == WHEEL.parent
                return {"family": it.family, "weight": it.weight, "sans": sans, "ours": ours}
        return about

    def table(self, table: Table) -> dict[str, Any]:
        """What a table says, and how wide its columns need to be."""
        self.where = table.number
        size, widths, lines = fit(table)
        about = {"caption": self.text(caption(table)), "size": size, "widths": widths, "together": lines <= TOGETHER}
        columns = [vars(column) | {"label": self.text(column.label)} for column in table.columns]
        rows = [
            {"cells": [self.text(inner_text(cell)) for cell in row], "spans": spans[: table.merged]}
            for row, spans in zip(table.rows, table.spans[1:], strict=True)
        ]
        return about | {"columns": columns, "rows": rows}

    def card(self, card: Card, what: str) -> dict[str, Any]:
        """What the first page and the end show of the edition's card; `what` this is, if not the report."""
        return {
            "title": self.text(card.unit_name + card.title.removeprefix(card.unit_name) + what),
            "lines": title_lines(card.title) + [what] * bool(what),
            "unit_name": self.text(card.unit_name),
            "day": day(card.date or ""),
            "mark": self.text(card.status_label) if card.status != "approved" else "",
            "colophon": [[self.text(label + text)] for label, text in closing(card)],
        }


def pdf(doc: Document, folders: tuple[Path, ...] = fonts.FOLDERS, annex: bool = False) -> bytes:
    """The report or its data annex. Raises DocumentError for a character that no face in `folders` has, a picture that is no drawing."""
    writer = _Writer(folders)
    card, (blocks, data) = writer.card(doc.card, "数据附件" if annex else ""), doc.parted
    if annex:
        blocks = data or [html.unlisted(doc, sorted(doc.values))[1][0]]
    elif data:
        parts = (head.number + head.text for head in data if isinstance(head, Heading) and head.level == 1)
        told = Text(f"数据：{'、'.join(parts)}，见数据附件（"), Span("link", (Text(ANNEX),), ANNEX), Text("）。")
        card["colophon"].insert(0, told)
        card["apart"] = told  # whose numbers the contents pass over
    for n in reversed(range(len(blocks) - 1)):  # text goes before its chart, to fill a page that has no room for it
        if isinstance(blocks[n], Chart) and isinstance(blocks[n + 1], Paragraph | Box):
            blocks[n : n + 2] = blocks[n + 1], blocks[n]
    report = {"card": card, "faces": writer.chosen, "insets": layout.INSET, "blocks": blocks}
    report |= {"width": WIDTH, "height": HEIGHT}
    files = {"report.json": json.dumps(report, default=writer.shown).encode()}
    files["main.typ"] = (TEMPLATES / "gongwen.typ").read_bytes()
    dated = datetime.fromisoformat(doc.card.date or "1970-01-01").replace(tzinfo=UTC)
    compiler = typst.Compiler(files, font_paths=fonts.typst_fonts(folders))
    done: Any = compiler.compile(format="pdf", pdf_standards=["a-2a", "ua-1"], timestamp=int(dated.timestamp()))
    return _row_heads(done)


def _row_heads(made: bytes) -> bytes:
    """With a head to each row, its first cell and those that span several: Typst has heads of columns alone, named by each cell."""
    heads = rb"/S/TD(/P \d+ 0 R/A\[<</O/Table)/Headers\[\(U\d+x(?:0y0\)\]|\d+y0\)\](?=/RowSpan))"
    made = re.sub(heads, lambda found: (b"/S/TH" + found[1] + b"/Scope/Row").ljust(len(found[0])), made)
    return re.sub(rb"/Headers\[\(U\d+x\d+y0\)\]", lambda found: b" " * len(found[0]), made)


class ReportPDF(Form):
    """An executed notebook, or several joined, as a PDF: `jupyter nbconvert --to jixiao-pdf`."""

    label, place, annex = "PDF", 2, False
    file_extension = ".pdf"

    def make(self, doc: Document) -> bytes:
        """The PDF."""
        return pdf(doc, annex=self.annex)


class AnnexPDF(ReportPDF):
    """The data of a report, which its PDF names: `jupyter nbconvert --to jixiao-annex-pdf`."""

    label, place, annex = "数据附件", 4, True
