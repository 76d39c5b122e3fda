"""Document files of the gold drafts, the same bytes each time: Word, PDF, web page, workbook, and text in several encodings.

⏎ is a soft break, † the mark of a footnote, ← a cell merged with the one before it, ↑ one merged with the one above it. Page heads, feet, menus and counters stand
around the text as they do in real files; they are no part of the gold.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import datetime
from functools import partial
from html import escape
from typing import Any

from drafts import Block, Draft, Item

NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
LINE = 34  # characters of a hard wrapped line
Row = tuple[tuple[str | Item, ...], ...]
_LEVELS = {"title": 0, "heading": 1, "deeper": 2}


def text_of(cell: tuple[str | Item, ...]) -> str:
    """A paragraph or cell as it is read, with its soft breaks."""
    return "".join(one if isinstance(one, str) else one.token for one in cell)


def spans(block: Block) -> list[tuple[int, int, int, int, tuple[str | Item, ...]]]:
    """The cells of a table: (row, column, rows and columns that it spans, content)."""
    grid = [[text_of(cell) for cell in row] for row in block.rows]
    found = []
    for y, row in enumerate(grid):
        for x, cell in enumerate(row):
            if cell not in ("←", "↑"):
                right = next((n for n in range(x + 1, len(row)) if row[n] != "←"), len(row))
                below = next((n for n in range(y + 1, len(grid)) if grid[n][x : x + 1] != ["↑"]), len(grid))
                found.append((y, x, below - y, right - x, block.rows[y][x]))
    return found


def word(draft: Draft) -> bytes:
    """A Word file with heading and list styles, merged cells, page head and foot."""
    import docx

    document: Any = docx.Document()
    section = document.sections[0]
    section.header.paragraphs[0].text = f"{draft.head['unit']} {draft.head['year']}年度绩效自评"
    section.footer.paragraphs[0].text = f"— {len(draft.blocks) % 9 + 1} —"
    for block in draft.blocks:
        if block.kind == "table":
            _word_table(document, block)
            continue
        text = text_of(block.rows[0][0]).replace("⏎", "\n")
        if block.kind in _LEVELS:
            document.add_heading(text, _LEVELS[block.kind])
        elif block.kind == "note":
            _word_note(document, text)
        else:
            before, mark, after = text.partition("†")
            paragraph = document.add_paragraph(before, "List Bullet" if block.kind == "bullet" else None)
            if mark:
                paragraph.add_run()._r.append(_element('<w:footnoteReference {} w:id="1"/>'))
                paragraph.add_run(after)
    made = io.BytesIO()
    document.save(made)
    return _steady(made.getvalue())


def _element(xml: str) -> Any:
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    return parse_xml(xml.replace("{}", nsdecls("w"), 1))


def _word_note(document: Any, text: str) -> None:
    """The one footnote of a Word file, in a part of its own."""
    from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    note = (
        f'<w:footnote w:id="1"><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t>{escape(text)}</w:t></w:r></w:p></w:footnote>'
    )
    whole = f'<?xml version="1.0" encoding="UTF-8"?><w:footnotes xmlns:w="{NAMESPACE}">{note}</w:footnotes>'
    package = document.part.package
    part = Part(PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES, whole.encode(), package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)


def _word_table(document: Any, block: Block) -> None:
    table = document.add_table(len(block.rows), max(map(len, block.rows)), "Table Grid")
    for y, x, down, right, cell in spans(block):
        whole = table.cell(y, x).merge(table.cell(y + down - 1, x + right - 1))
        whole.text = text_of(cell).replace("⏎", "\n")


def _steady(made: bytes) -> bytes:
    """A zip file with one date in it."""
    steady = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(made)) as old, zipfile.ZipFile(steady, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            new.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), old.read(name), zipfile.ZIP_DEFLATED)
    return steady.getvalue()


TYPST = """
#let data = json("draft.json")
#set document(date: none, title: data.title)
#set page(width: 176mm, height: 250mm, margin: 22mm, header: align(right, text(8pt, data.head)),
  footer: context align(center, [— #counter(page).display() —]))
#set text(font: "Noto Sans SC", size: 11pt, lang: "zh")
#set par(first-line-indent: (amount: 2em, all: true), justify: true)
#let lines(it) = it.split("⏎").map(text).join(linebreak())
#let said(it) = it.split("†").map(lines).join(footnote(text(data.note)))
#for block in data.blocks {
  if block.kind == "table" {
    set par(first-line-indent: 0pt)
    table(columns: block.width, ..block.cells.map(it => table.cell(y: it.y, x: it.x, rowspan: it.down, colspan: it.right, said(it.text))))
  } else if block.kind == "note" { continue
  } else if block.kind == "paragraph" { par(said(block.text)) }
  else if block.kind == "bullet" { list(said(block.text)) }
  else { heading(level: block.level, said(block.text)) }
}
"""


def pdf(draft: Draft, setting: str = "") -> bytes:
    """A PDF of small pages with head, foot and page numbers, set by Typst in the face of the project's own wheel."""
    import typst

    from lib.cells import WHEEL

    head = f"{draft.head['unit']}　{draft.head['year']}年度部门整体支出绩效评价报告"
    note = next((text_of(block.rows[0][0]) for block in draft.blocks if block.kind == "note"), "")
    data = {
        "note": note,
        "title": draft.head["unit"],
        "head": head,
        "blocks": [_typst_block(block) for block in draft.blocks],
    }
    files = {
        "draft.json": json.dumps(data, ensure_ascii=False).encode(),
        "main.typ": TYPST.replace("#let lines", f"{setting}\n#let lines").encode(),
    }
    fonts: Any = typst.Fonts(include_system_fonts=False, font_paths=[str(WHEEL.parent)])
    made: bytes = typst.Compiler(files, font_paths=fonts).compile(format="pdf", timestamp=0)
    return made


def _typst_block(block: Block) -> dict[str, Any]:
    if block.kind == "table":
        cells = [
            {"y": y, "x": x, "down": down, "right": right, "text": text_of(cell)}
            for y, x, down, right, cell in spans(block)
        ]
        return {"kind": "table", "width": max(map(len, block.rows)), "cells": cells}
    return {"kind": block.kind, "level": _LEVELS.get(block.kind, 0) + 1, "text": text_of(block.rows[0][0])}


PAGE = """<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="{charset}"><title>{title}</title>
<style>.n{{width:1200px;margin:8px 0}}</style><script>var visits = 20481, page = "1/3";</script></head>
<body><div class="header"><ul class="nav"><li><a href="/">首页</a></li><li><a href="/col/12/">政务公开</a></li><li>热线 12345</li></ul></div>
<div class="crumbs">当前位置：首页 &gt; 绩效信息 &gt; 正文</div>
<div class="article"><div class="meta">发布时间：{year}-03-15 09:42　浏览次数：1286　字号：[大 中 小]</div>
<div class="TRS_Editor">
{body}
</div></div>
<div class="footer"><p>版权所有：{unit}　ICP备05001234号　网站标识码4301000012</p><p>联系电话：0730-5123456　邮编：412000</p></div>
<script>count(365, "{title}");</script></body></html>
"""


def web(draft: Draft, charset: str = "utf-8") -> bytes:
    """A page of a government site: menu, counters, foot and scripts around the text."""
    body = "\n".join(_web_block(block) for block in draft.blocks)
    year, unit = int(draft.head["year"]) + 1, draft.head["unit"]
    return PAGE.format(charset=charset, title=f"{unit}绩效评价报告", year=year, unit=unit, body=body).encode(charset)


def typed(draft: Draft) -> bytes:
    """A page into which the text was pasted as it is, its lines wrapped."""
    body = f"<pre>{escape(plain(draft, wrapped=True).decode())}</pre>"
    year, unit = int(draft.head["year"]) + 1, draft.head["unit"]
    return PAGE.format(charset="utf-8", title=unit, year=year, unit=unit, body=body).encode()


def _web_block(block: Block) -> str:
    tags = {"title": "h1", "heading": "h2", "deeper": "h3", "bullet": "li"}
    if block.kind != "table":
        tag, text = (
            tags.get(block.kind, "p"),
            escape(text_of(block.rows[0][0])).replace("⏎", "<br>").replace("†", "<sup>1</sup>"),
        )
        if block.kind == "note":
            return f'<p class="note"><sup>1</sup>{text}</p>'
        return f"<{tag}>{text}</{tag}>" if tag != "p" else f"<p>&nbsp;&nbsp;&nbsp;&nbsp;{text}</p>"
    rows: dict[int, str] = {}
    for y, _, down, right, cell in spans(block):
        spanned = f' rowspan="{down}"' * (down > 1) + f' colspan="{right}"' * (right > 1)
        rows[y] = rows.get(y, "") + f"<td{spanned}>{escape(text_of(cell))}</td>"
    return f"<table border=1>{''.join(f'<tr>{row}</tr>' for row in rows.values())}</table>"


def plain(draft: Draft, encoding: str = "utf-8", wrapped: bool = False) -> bytes:
    """Text, a paragraph a line or with lines of one length; table cells are set apart by tabs."""
    lines = []
    for block in draft.blocks:
        if block.kind == "table":
            lines += ["\t".join(text_of(cell).strip("←↑") for cell in row) for row in block.rows]
            continue
        indent = {"paragraph": "　　", "bullet": "• ", "note": "注："}.get(block.kind, "")
        text = indent + text_of(block.rows[0][0]).replace("†", "")
        for piece in text.split("⏎"):
            lines += re.findall(f".{{1,{LINE}}}", piece) if wrapped else [piece]
    return ("\r\n" if encoding == "gb18030" else "\n").join([*lines, ""]).encode(encoding)


def workbook(draft: Draft) -> bytes:
    """A workbook whose numbers are numbers, per cents among them as 0.98; other text stands in the first column."""
    import xlsxwriter

    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    book.set_properties({"created": datetime(2020, 1, 1)})
    sheet, line = book.add_worksheet("附件"), 0
    for block in draft.blocks:
        if block.kind != "table":
            sheet.write_string(line, 0, text_of(block.rows[0][0]).replace("⏎", "\n").replace("†", ""))
        for y, x, down, right, cell in spans(block) if block.kind == "table" else []:
            if down * right > 1:
                sheet.merge_range(line + y, x, line + y + down - 1, x + right - 1, "")
            _write(book, sheet, line + y, x, cell)
        line += len(block.rows)
    book.close()
    return made.getvalue()


def _write(book: Any, sheet: Any, y: int, x: int, cell: tuple[str | Item, ...]) -> None:
    """A number as a number that is shown as printed."""
    text = text_of(cell)
    found = re.fullmatch(r"(-?[\d,]+)(?:\.(\d+))?(%?)", text)
    if not found or not isinstance(cell[0], Item) or cell[0].kind == "not":
        sheet.write_string(y, x, text)
        return
    form = ("#,##0" if "," in text else "0") + ("." + "0" * len(found[2]) if found[2] else "") + found[3]
    number = float(text.replace(",", "").rstrip("%")) / (100 if found[3] else 1)
    sheet.write_number(y, x, number, book.add_format({"num_format": form}))


BUILDERS: dict[str, Callable[[Draft], bytes]] = {
    "docx": word,
    "pdf": pdf,
    "pdf-columns": partial(pdf, setting='#set page(paper: "a4", columns: 2)'),
    "pdf-bare": partial(pdf, setting="#set table(stroke: none)"),
    "html": web,
    "html-pre": typed,
    "html-gbk": partial(web, charset="gb18030"),
    "txt": plain,
    "txt-gbk": partial(plain, encoding="gb18030"),
    "txt-utf16": partial(plain, encoding="utf-16"),
    "txt-wrapped": partial(plain, wrapped=True),
    "xlsx": workbook,
}
"""What makes the file of each form; the ending of the file is the word before the hyphen."""
