"""Lines and tables of the pages of a PDF, in the order in which they are read."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from itertools import chain, groupby, pairwise
from statistics import median
from typing import Any

from lib.intake.layout import Layout, Line
from lib.intake.lines import joined, raised
from lib.intake.reading import LIMIT, Passage, Unreadable

PAGES = 300  # of a PDF, at most
EDGE = 0.12  # of a page's height, at its top and foot, where heads and numbers stand
GAP = 0.75  # of a character's size: between the cells of a line, when no rules are drawn
RAISED = 3  # points that the middle of a character may stand above that of the next in its line
PICTURE = "（第{}页只有图片，没有可读的文字：请用 OCR 软件（如 ocrmypdf）识别后重新读入）"
SCAN = ("没有文字的 PDF（扫描件，或字体没有文字编码）", "用 OCR 软件（如 ocrmypdf）识别后再读")


def pdf(content: bytes) -> Iterator[Passage]:
    """The passages of a PDF. Raises Unreadable, also for a scan."""
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect
    from pdfplumber.utils.exceptions import PdfminerException

    try:
        opened = pdfplumber.open(io.BytesIO(content))
    except PdfminerException as error:
        if error.args and isinstance(error.args[0], PDFPasswordIncorrect):
            raise Unreadable("有密码的 PDF", "去掉密码另存后再读") from None
        raise
    if len(opened.pages) > PAGES:
        raise Unreadable(*LIMIT)
    lines, pictures = list[Line](), list[Passage]()
    for page in opened.pages:
        found = _lines(_upright(page))
        if page.images and not found:
            pictures.append(Passage("question", PICTURE.format(page.page_number), page=page.page_number))
        lines += found
        page.close()
    text = "".join(line.text for line in lines)
    if not lines or text.count("(cid:") * 10 > len(text):
        raise Unreadable(*SCAN)
    return chain(pictures, Layout(lines).passages())


def _upright(page: Any) -> Any:
    """A page turned so that most of its characters stand upright."""
    lying = [b for a, b, *_ in (char["matrix"] for char in page.chars) if abs(b) > abs(a)]
    if 2 * len(lying) <= len(page.chars):
        return page
    page.page_obj.rotate = (page.rotation + (90 if sum(lying) > 0 else 270)) % 360
    page.page_obj.attrs["Rotate"] = page.page_obj.rotate
    return type(page)(page.pdf, page.page_obj, page.page_number)


def _lines(page: Any) -> list[Line]:
    """The lines and tables of a page from its top."""
    from pdfplumber.utils import cluster_objects

    number, tables, boxes = page.page_number, [], []
    for table in page.find_tables():
        rows = tuple(
            tuple(cell if cell is None else joined(cell.split("\n"), apart=True) for cell in row)
            for row in table.extract(x_tolerance_ratio=0.4)
        )
        if len(rows[0]) > 1 and any(cell for row in rows for cell in row):
            boxes.append(table.bbox)
            left, top, right, bottom = table.bbox
            tables.append(Line(number, left, right, top, bottom, 0, "", rows=rows))
    chars = [char for char in page.chars if not any(_within(char, box) for box in boxes)]
    rows = cluster_objects(chars, lambda char: (char["top"] + char["bottom"]) / 2, RAISED)
    lines = [_line(number, row, page) for row in map(_trimmed, rows) if row]
    return sorted([*lines, *tables], key=lambda one: (one.top, one.left))


def _within(char: dict[str, Any], box: tuple[float, float, float, float]) -> bool:
    across, down = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return box[0] <= across <= box[2] and box[1] <= down <= box[3]


def _trimmed(row: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A line from left to right, without the blanks at its ends."""
    row = sorted(row, key=lambda char: char["x0"])
    seen = [at for at, char in enumerate(row) if char["text"].strip()]
    return row[seen[0] : seen[-1] + 1] if seen else []


def _line(number: int, row: list[dict[str, Any]], page: Any) -> Line:
    """Characters as a line: wide gaps part it into pieces; what is raised at its beginning is its mark."""
    size = Counter(round(char["size"], 1) for char in row).most_common(1)[0][0]
    full = [char for char in row if char["size"] > 0.78 * size]
    foot = median(char["bottom"] for char in full)
    wide = [at for at, (a, b) in enumerate(pairwise(row), 1) if b["x0"] - a["x1"] > GAP * size]
    parts = [row[start:end] for start, end in pairwise([0, *wide, len(row)])]
    told = [_said(part, size, foot) for part in parts]
    pieces = [(part[0]["x0"], part[-1]["x1"], text) for part, (_, text) in zip(parts, told, strict=True)]
    top, bottom = min(char["top"] for char in full), max(char["bottom"] for char in full)
    edge = bottom < EDGE * page.height or top > (1 - EDGE) * page.height
    text = " ".join(text for *_, text in pieces)
    return Line(
        number, row[0]["x0"], row[-1]["x1"], top, bottom, size, text, told[0][0], edge, float(page.width), tuple(pieces)
    )


def _said(part: list[dict[str, Any]], size: float, foot: float) -> tuple[str, str]:
    """(what is raised at the beginning, text) of a piece of a line: gaps are blanks, what is printed twice counts once."""
    text, mark, last = "", "", None
    for high, run in groupby(part, lambda char: char["size"] <= 0.78 * size and char["bottom"] < foot - 0.1 * size):
        held = ""
        for char in run:
            twice = last and char["text"] == last["text"] and char["x0"] - last["x0"] < 0.2 * size
            gap = 0 if last is None else (char["x0"] - last["x1"]) / size
            held += "" if twice else " " * (gap > 0.4) + char["text"]
            last = char
        if high and not text:
            mark = held.strip()
        else:
            text += raised(held, text) if high else held
    return mark, text
