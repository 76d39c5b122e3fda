"""The edition as a PDF in the look of GB/T 9704-2012: PDF/A-2a and PDF/UA-1, set by Typst.

The document goes to `templates/gongwen.typ` as JSON, so that no text of the report can be read as markup. The PDF
depends on the document, the template and the faces that `lib.fonts` chose: on nothing else of the machine.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from math import ceil, inf
from pathlib import Path
from typing import Any

from nbconvert.exporters.exporter import Exporter
from traitlets import default

from lib import document, fonts
from lib.bundles import plain
from lib.document import (
    Block,
    Box,
    Chart,
    Code,
    Document,
    DocumentError,
    Heading,
    Inline,
    Items,
    Paragraph,
    Span,
    Table,
)

TEMPLATE = Path(__file__).parent / "templates/gongwen.typ"
WIDTH, PITCH = 442.2, 28.95  # pt: 156 mm, and one line of the grid
TALLEST = 12 * PITCH  # pt: of a chart
TOGETHER = 5  # lines of text in a table that stays on one page; a longer one may break after its third row
SIZES = (12, 10.5, 9)  # pt: 小四 五号 小五, for tables
INSET = 6  # pt: on either side of a cell's text
TITLE = 20  # characters of 二号 in a line
# a title breaks between words only; these are the words of such titles
WORDS = re.compile(
    r"\d+年度?|关于|部门|单位|整体|支出|绩效|评价|自评|报告|项目|专项(?:资金)?|资金|预算|情况|结果"
    r"|\w{2,4}?[省市县区州](?=\w)|总工会|委员会|办公室|[A-Za-z0-9]+|."
)


def day(iso: str) -> str:
    """2021-03-31 → 2021年3月31日; what is no such date stays as it is."""
    try:
        read = date.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{read.year}年{read.month}月{read.day}日"


def title_lines(title: str) -> list[str]:
    """A title in as few lines as it needs, of like length, broken between words."""
    count = -(-len(title) // TITLE)
    words, lines = WORDS.findall(title), [""]
    for word in words:
        left = count - len(lines)  # lines still to begin
        over = len(lines[-1]) + len(word) / 2 > len(title) / count
        if lines[-1] and ((left and over) or len(lines[-1] + word) > TITLE):
            lines.append("")
        lines[-1] += word
    return lines


def _plain(children: tuple[Inline, ...]) -> str:
    return "".join(_plain(run.children) if isinstance(run, Span) else run.text for run in children)


def _em(text: str) -> float:
    """Width in em: Chinese characters take one, Latin letters, digits and % on average less than this."""
    return sum(1 if ord(character) > 0x2000 else 0.58 for character in text)


def _fit(texts: list[list[str]], numeric: list[bool]) -> tuple[float, list[float], int]:
    """Type size in pt, widths of the columns in em and lines in all, for the rows of a table (the labels first).

    Every column begins at its longest word, one of numbers at eight em if it needs so much; what room is left goes, em
    by em, to the column that makes rows tall, the tallest rows before all. 小四 serves where every row takes one line,
    五号 where they take 1.5 on average.
    """
    rows, least = [list(map(_em, row)) for row in texts], []
    for column, number in zip(zip(*texts, strict=True), numeric, strict=True):
        words = re.findall(r"[!-~]+[万亿]?元?—?|.", "\n".join(column))
        least.append(max(min(8, max(map(_em, column))) if number else 0, _em(column[0]), *map(_em, words)))
    for size, enough in zip(SIZES, (1, 1.5, inf), strict=True):
        inset = 2 * INSET / size
        widths, room = least.copy(), WIDTH / size - inset * len(least)
        while sum(widths) + 1 <= room:
            votes = [0.0] * len(widths)
            for row in rows:
                tall = [full / width for full, width in zip(row, widths, strict=True)]
                votes[tall.index(max(tall))] += max(tall) ** 3 if max(tall) > 1 else 0
            if not any(votes):
                break
            widths[votes.index(max(votes))] += 1
        lines = [max(ceil(full / width) for full, width in zip(row, widths, strict=True)) for row in rows]
        if sum(widths) <= room and sum(lines) <= enough * len(rows):
            break
    return size, [width + inset for width in widths], sum(lines)


class _Writer:
    """A document as what the template reads."""

    def __init__(self, doc: Document, folders: tuple[Path, ...]):
        self.chosen = fonts.choose(folders)
        behind = fonts.characters(self.chosen["fallback"]) | fonts.characters(self.chosen["wheel"])
        self.covered = behind | frozenset.intersection(*map(fonts.characters, self.chosen.values()))
        self.where = "the edition's card"
        self.pictures: dict[str, bytes] = {}
        self.rows = {anchor for block in doc.blocks if isinstance(block, Table) for anchor in block.anchors}
        self.labelled: set[str] = set()

    def text(self, text: str) -> str:
        """The text as one line; a character that the faces lack is an error."""
        for character in set(text) - set("\t\n\r"):
            if ord(character) not in self.covered:
                raise DocumentError(
                    f"{character!r} (U+{ord(character):04X}) in {self.where}, {text[:40]!r}: none of the faces has it "
                    f"({', '.join(sorted({face.title for face in self.chosen.values()}))}); "
                    "write it otherwise, or install Noto Serif CJK SC"
                )
        return re.sub(r"[\t\n\r]+", " ", text)

    def runs(self, children: tuple[Inline, ...], linked: bool = True) -> list[str | dict[str, Any]]:
        """Inline runs; a number is a link if it is `linked` and the annex has its row."""
        found: list[str | dict[str, Any]] = []
        for run in children:
            if isinstance(run, Span):
                role = self.emphasis.get(run.kind)
                found.append({"kind": run.kind, "role": role, "url": run.url, "children": self.runs(run.children)})
            elif isinstance(run, document.Value) and linked and run.reference in self.rows:
                found.append({"kind": "value", "to": run.reference, "text": self.text(run.text)})
            else:
                found.append(self.text(run.text))
        return found

    @property
    def emphasis(self) -> dict[str, str]:
        """Strong is 黑体; emphasis is 楷体 where that differs from the text's own face."""
        return {"strong": "黑体", "emphasis": "黑体" if self.chosen["楷体"] == self.chosen["仿宋"] else "楷体"}

    def blocks(self, blocks: Iterable[Block]) -> list[dict[str, Any]]:
        return [self.block(block) for block in blocks if not isinstance(block, Code)]

    def block(self, block: Block) -> dict[str, Any]:
        match block:
            case Heading():
                self.where = block.number + block.text
                return vars(block) | {"kind": "heading", "text": self.text(block.text)}
            case Paragraph():
                return {"kind": "paragraph", "children": self.runs(block.children)}
            case Items():
                return {"kind": "items", "ordered": block.ordered, "items": [self.blocks(item) for item in block.items]}
            case Box():
                return {"kind": "box", "blocks": self.blocks(block.blocks)}
            case Chart():
                return self.chart(block)
            case Table():
                return self.table(block)
        raise DocumentError(f"{type(block).__name__} has no form in the PDF")

    def chart(self, chart: Chart) -> dict[str, Any]:
        size = re.search(r'<svg[^>]*viewBox="[\d.]+ [\d.]+ ([\d.]+) ([\d.]+)"', chart.svg)
        if size is None or "<text" in chart.svg:
            raise DocumentError(f"{chart.number}: expected an SVG with a viewBox and its labels as paths")
        width, height = map(float, size.groups())
        file, scale = f"{chart.number}.svg", min(1, WIDTH / width, TALLEST / height)
        self.pictures[file] = chart.svg.encode()
        named = {"kind": "chart", "number": chart.number, "caption": self.text(chart.caption), "alt": chart.alt}
        return named | {"file": file, "width": round(width * scale, 2), "height": round(height * scale, 2)}

    def table(self, table: Table) -> dict[str, Any]:
        self.where = table.number
        labels = [self.text(column.label) for column in table.columns]
        texts = [labels, *([_plain(cell) for cell in row] for row in table.rows)]
        size, widths, lines = _fit(texts, [column.numeric for column in table.columns])
        rows = []
        for row, anchor in zip(table.rows, table.anchors or [""] * len(table.rows), strict=True):
            label = "" if anchor in self.labelled else anchor
            self.labelled.add(anchor)
            rows.append({"anchor": label, "cells": [self.runs(cell, linked=not table.anchors) for cell in row]})
        columns = [
            {"label": label, "width": round(width, 2), "numeric": column.numeric}
            for label, width, column in zip(labels, widths, table.columns, strict=True)
        ]
        named = {"kind": "table", "number": table.number, "caption": self.text(plain(table.caption))}
        return named | {"size": size, "together": lines <= TOGETHER, "columns": columns, "rows": rows}

    def card(self, card: dict[str, Any]) -> dict[str, Any]:
        source = card["source"]
        where = "，".join(filter(None, (source["publisher"], day(source["published"]), source["url"])))
        lines = [
            f"引用：{card['citation']}",
            f"来源：《{source['title']}》，{where}。",
            *(f"修订：{note}" for note in card["revision_notes"]),
            f"联系：{card['contact']}",
        ]
        return {
            "title": self.text(card["title"]),
            "lines": title_lines(card["title"]),
            "unit_name": self.text(card["unit_name"]),
            "day": day(card.get("date") or ""),
            "mark": self.text(card["status_label"]) if card["status"] != "approved" else "",
            "colophon": [self.text(line) for line in lines],
        }

    def faces(self, known: dict[str, tuple[str, int]]) -> dict[str, dict[str, Any]]:
        """Role → how Typst calls the face and what stands behind it.

        A face without bold that has to play a bold role gets a stroke; Latin letters and digits are a sans face's own,
        else those of the serif face that every Typst carries, as 仿宋 faces differ widely in theirs.
        """
        found = {}
        for role, face in self.chosen.items():
            family, weight = known[role]
            found[role] = {
                "chain": [family, *(() if face.sans else (known["fallback"][0],)), known["wheel"][0]],
                "latin": family if face.sans else "Libertinus Serif",
                "weight": weight,
                "stroke": role in ("黑体", "小标宋") and face == self.chosen["wheel"],
            }
        return found


def pdf(doc: Document, folders: tuple[Path, ...] = fonts.FOLDERS) -> bytes:
    """The document as PDF/A-2a and PDF/UA-1, with the faces found in `folders`.

    Raises DocumentError for a character that no face has.
    """
    import typst

    writer, (loaded, known) = _Writer(doc, folders), fonts.typst_fonts(folders)
    report = {"card": writer.card(doc.card), "blocks": writer.blocks(doc.blocks), "faces": writer.faces(known)}
    files = {
        "main.typ": TEMPLATE.read_bytes(),
        "report.json": json.dumps(report | {"inset": INSET}).encode(),
        **writer.pictures,
    }
    dated = doc.card.get("date")
    stamp = int(datetime.fromisoformat(dated).replace(tzinfo=UTC).timestamp()) if dated else 0
    return typst.Compiler(files, font_paths=loaded).compile(
        format="pdf", pdf_standards=["a-2a", "ua-1"], timestamp=stamp
    )


class ReportPDF(Exporter):
    """An executed notebook, or several joined, as a PDF: `jupyter nbconvert --to jixiao-pdf`."""

    export_from_notebook = "绩效评价报告 PDF"
    output_mimetype = "application/pdf"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".pdf"

    def from_notebook_node(self, nb: Any, resources: Any = None, **kw: Any) -> tuple[bytes, dict[str, Any]]:
        nb, resources = super().from_notebook_node(nb, resources, **kw)
        return pdf(document.read(nb)), resources
