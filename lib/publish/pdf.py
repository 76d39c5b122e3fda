"""The edition as a PDF in the look of GB/T 9704-2012: PDF/A-2a and PDF/UA-1, set by Typst.

The document goes to `templates/gongwen.typ` as JSON, so that no text of the report can be read as markup. The PDF
depends on the document, the template and the faces that `fonts` chose: on nothing else of the machine.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

from nbconvert.exporters.exporter import Exporter, FilenameExtension

from lib.edition.card import Card
from lib.publish import document, fonts, layout
from lib.publish.document import Block, Box, Chart, Document, DocumentError, Heading, Items, Paragraph, Span, Table
from lib.publish.layout import Form, caption, chart_size, closing, day, fit, one_line, title_lines

TEMPLATE = layout.TEMPLATES / "gongwen.typ"
AGES = 3


class _Writer:
    """A document as what the template reads."""

    def __init__(self, doc: Document, folders: tuple[Path, ...]):
        self.chosen, self.covered = fonts.choose(folders), fonts.covered(folders)
        kai = "楷体" if self.chosen["楷体"] != self.chosen["仿宋"] else "黑体"  # else emphasis would not be seen
        self.roles = {"strong": "黑体", "emphasis": kai}
        self.where = "the edition's card"
        self.rows = {anchor for block in doc.blocks if isinstance(block, Table) for anchor in block.anchors}
        self.free = set(self.rows)

    def text(self, text: str) -> str:
        """The text as one line; a character that the faces lack is an error."""
        text = one_line(text)
        for character in set(text):
            if ord(character) not in self.covered:
                faces = ", ".join(sorted({face.title for face in self.chosen.values()}))
                raise DocumentError(
                    f"{character!r} (U+{ord(character):04X}) in {self.where}, {text[:40]!r}: none of the faces has it "
                    f"({faces}); write it otherwise, or install Noto Serif CJK SC"
                )
        return text

    def runs(self, children: tuple[document.Inline, ...], linked: bool = True) -> list[str | dict[str, Any]]:
        """Inline runs; a number is a link if it is `linked` and the annex has its row."""
        found: list[str | dict[str, Any]] = []
        for run in children:
            if isinstance(run, Span):
                inner = {"children": self.runs(run.children), "role": self.roles.get(run.kind)}
                found.append({"kind": run.kind, "url": run.url} | inner)
            elif isinstance(run, document.Value) and linked and run.reference in self.rows:
                found.append({"kind": "value", "to": run.reference, "text": self.text(run.text)})
            else:
                found.append(self.text(run.text))
        return found

    def blocks(self, blocks: Iterable[Block]) -> list[dict[str, Any]]:
        """Blocks as the template reads them, without code."""
        blocks = [block for block in blocks if not isinstance(block, document.Code)]
        for n in reversed(range(len(blocks) - 1)):  # text goes before its chart, to fill a page that has no room for it
            if isinstance(blocks[n], Chart) and isinstance(blocks[n + 1], Paragraph):
                blocks[n : n + 2] = blocks[n + 1], blocks[n]
        return [{"kind": type(block).__name__.lower()} | self.block(block) for block in blocks]

    def block(self, block: Block) -> dict[str, Any]:
        """What the template reads of a block beside its kind."""
        match block:
            case Heading():
                self.where = block.number + block.text
                return vars(block) | {"text": self.text(block.text)}
            case Paragraph():
                return {"children": self.runs(block.children)}
            case Items():
                return {"ordered": block.ordered, "items": [self.blocks(item) for item in block.items]}
            case Box():
                return {"blocks": self.blocks(block.blocks)}
            case Chart():
                width, height = chart_size(block)
                return vars(block) | {"caption": self.text(caption(block)), "width": width, "height": height}
            case Table():
                return self.table(block)
        raise DocumentError(f"{type(block).__name__} has no form in the PDF")

    def table(self, table: Table) -> dict[str, Any]:
        """No number is a link: links would cost more than all else in a table, and the text says the same numbers."""
        self.where = table.number
        size, widths, lines = fit(table)
        about = {"caption": self.text(caption(table)), "size": size, "together": lines <= layout.TOGETHER}
        about |= {"official": table.official, "merged": table.merged}
        columns = [
            {"label": self.text(column.label), "width": round(width, 4), "numeric": column.numeric}
            for width, column in zip(widths, table.columns, strict=True)
        ]
        rows = []
        for row, anchor, spans in zip(table.rows, table.anchors or [""] * len(table.rows), table.spans, strict=True):
            first = anchor if anchor in self.free else ""  # a name leads to one place only
            self.free.discard(anchor)
            cells = [self.runs(cell, linked=False) for cell in row]
            rows.append({"anchor": first, "cells": cells, "spans": spans[: table.merged]})
        return about | {"columns": columns, "rows": rows}

    def card(self, card: Card) -> dict[str, Any]:
        """What the front page and the end show of the edition's card."""
        return {
            "title": self.text(card.title),
            "lines": title_lines(card.title),
            "unit_name": self.text(card.unit_name),
            "day": day(card.date or ""),
            "mark": self.text(card.status_label) if card.status != "approved" else "",
            "colophon": [self.text(label + text) for label, text in closing(card)],
        }

    def faces(self, known: dict[str, tuple[str, int]]) -> dict[str, dict[str, Any]]:
        """Role → how Typst calls the face and what stands behind it.

        A face without bold that has to play a bold role gets a stroke; Latin letters and digits are a sans face's own,
        else those of the serif face that every Typst carries, as 仿宋 faces differ widely in theirs.
        """
        found = {}
        for role, face in self.chosen.items():
            family, weight = known[role]
            chain = [family, *(() if face.sans else (known["fallback"][0],)), known["wheel"][0]]
            latin = family if face.sans else "Libertinus Serif"
            stroke = role in ("黑体", "小标宋") and face == self.chosen["wheel"]
            found[role] = {"chain": chain, "latin": latin, "weight": weight, "stroke": stroke}
        return found


def pdf(doc: Document, folders: tuple[Path, ...] = fonts.FOLDERS) -> bytes:
    """The document as PDF/A-2a and PDF/UA-1, with the faces found in `folders`.

    Raises DocumentError for a character that no face has, and for a picture that is no drawing.
    """
    import typst

    writer, (loaded, known) = _Writer(doc, folders), fonts.typst_fonts(folders)
    report = {"card": writer.card(doc.card), "blocks": writer.blocks(doc.blocks), "faces": writer.faces(known)}
    files = {"main.typ": TEMPLATE.read_bytes(), "report.json": json.dumps(report | {"inset": layout.INSET}).encode()}
    dated = datetime.fromisoformat(doc.card.date or "1970-01-01").replace(tzinfo=UTC)
    compiler = typst.Compiler(files, font_paths=loaded)
    done: Any = compiler.compile(format="pdf", pdf_standards=["a-2a", "ua-1"], timestamp=int(dated.timestamp()))
    Thread(target=_forget).start()  # nobody waits for it
    return done


def _forget() -> None:
    """Empty compilations: Typst keeps what it laid out for ten of them, 35 MB of an edition."""
    import typst

    for _ in range(AGES):
        typst.compile(b"", format="svg", ignore_system_fonts=True)


class ReportPDF(Form, Exporter):
    """An executed notebook, or several joined, as a PDF: `jupyter nbconvert --to jixiao-pdf`."""

    label, place, slow = "PDF", 2, 0.65
    export_from_notebook = "绩效评价报告 PDF"
    output_mimetype = "application/pdf"
    file_extension = FilenameExtension(".pdf")

    def make(self, doc: Document) -> bytes:
        """The PDF."""
        return pdf(doc)

    def warm(self, nb: dict[str, Any]) -> None:
        """The faces alone: Typst starts threads, which a fork would lose."""
        fonts.typst_fonts()
