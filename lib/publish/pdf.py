"""The edition as a PDF in the look of GB/T 9704-2012: PDF/A-2a and PDF/UA-1, set by Typst.

The document goes to `templates/gongwen.typ` as JSON, so that no text of the report can be read as markup. The PDF
depends on the document, the template and the faces that `fonts` chose: on nothing else of the machine.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import typst
from nbconvert.exporters.exporter import FilenameExtension

from lib.edition.card import Card
from lib.publish import document, fonts, layout
from lib.publish.document import (
    Block,
    Chart,
    Document,
    DocumentError,
    Heading,
    Paragraph,
    Span,
    Table,
    Text,
    inner_text,
)
from lib.publish.layout import Form, caption, chart_size, closing, day, fit, one_line, title_lines


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

    def shown(self, it: Block | document.Inline) -> Any:
        """What the template reads of a block or of an inline run: asked for by JSON, in the order of the document."""
        about = {"kind": type(it).__name__.lower()} | vars(it)
        match it:
            case document.Value() if it.reference in self.rows:  # a link to its row of the annex
                return about | {"text": self.text(it.text)}
            case Text() | document.Value():
                return self.text(it.text)
            case Span():
                return about | {"role": self.roles.get(it.kind)}
            case Heading():
                self.where = it.number + it.text
                return about | {"text": self.text(it.text)}
            case Chart():
                width, height = chart_size(it)
                return about | {"caption": self.text(caption(it)), "width": width, "height": height}
            case Table():
                return about | self.table(it)
        return about

    def table(self, table: Table) -> dict[str, Any]:
        """No number is a link: links would cost more than all else in a table, and the text says the same numbers."""
        self.where = table.number
        size, widths, lines = fit(table)
        about = {"caption": self.text(caption(table)), "size": size, "together": lines <= layout.TOGETHER}
        columns = [
            {"label": self.text(column.label), "width": round(width, 4), "numeric": column.numeric}
            for width, column in zip(widths, table.columns, strict=True)
        ]
        rows = []
        for row, anchor, spans in zip(table.rows, table.anchors or [""] * len(table.rows), table.spans, strict=True):
            first = anchor if anchor in self.free else ""  # a name leads to one place only
            self.free.discard(anchor)
            cells = [self.text(inner_text(cell)) for cell in row]
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
        """Role → how Typst calls the face and what stands behind it."""
        found = {}
        for role, face in self.chosen.items():
            family, weight = known[role]
            chain = [family, *(() if face.sans else (known["fallback"][0],)), known["wheel"][0]]
            latin = family if face.sans else "Libertinus Serif"  # in Typst: 仿宋 faces differ widely in theirs
            stroke = role in ("黑体", "小标宋") and face == self.chosen["wheel"]  # has no bold
            found[role] = {"chain": chain, "latin": latin, "weight": weight, "stroke": stroke}
        return found


def pdf(doc: Document, folders: tuple[Path, ...] = fonts.FOLDERS) -> bytes:
    """The document as PDF. Raises DocumentError for a character that no face in `folders` has, a picture that is no drawing."""
    writer, (loaded, known) = _Writer(doc, folders), fonts.typst_fonts(folders)
    report = {"card": writer.card(doc.card), "faces": writer.faces(known), "inset": layout.INSET}
    blocks = [block for block in doc.blocks if not isinstance(block, document.Code)]
    for n in reversed(range(len(blocks) - 1)):  # text goes before its chart, to fill a page that has no room for it
        if isinstance(blocks[n], Chart) and isinstance(blocks[n + 1], Paragraph):
            blocks[n : n + 2] = blocks[n + 1], blocks[n]
    files = {"report.json": json.dumps(report | {"blocks": blocks}, default=writer.shown).encode()}
    files["main.typ"] = (layout.TEMPLATES / "gongwen.typ").read_bytes()
    dated = datetime.fromisoformat(doc.card.date or "1970-01-01").replace(tzinfo=UTC)
    compiler = typst.Compiler(files, font_paths=loaded)
    done: Any = compiler.compile(format="pdf", pdf_standards=["a-2a", "ua-1"], timestamp=int(dated.timestamp()))
    Thread(target=_forget).start()  # nobody waits for it
    return done


def _forget() -> None:
    """Empty compilations: Typst keeps what it laid out for ten of them, 35 MB of an edition."""
    for _ in range(3):
        typst.compile(b"", format="svg", ignore_system_fonts=True)


class ReportPDF(Form):
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
