"""Lines and tables of the pages of a PDF, in the order in which they are read."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, groupby, pairwise
from math import atan2, pi
from statistics import median, mode
from typing import Any

from lib.intake.layout import Layout, Line, unwrap
from lib.intake.lines import joined, raised
from lib.intake.reading import LIMIT, Passage, Unreadable

PAGES = 300  # of a PDF, at most
EDGE = 0.12  # of a page's height, at its top and foot, where heads and numbers stand
GAP = 0.75  # of a character's size: between the cells of a line, when no rules are drawn
RAISED = 3  # points that the middle of a character may stand above that of the next in its line
FULL = 0.8  # of the width of a column: what most lines have where a page has two
COVERED, STAMP = 0.4, 12  # of a page that is a scan: its picture's part; characters that a stamp on it has fewer than
PICTURE = "（第{}页只有图片，没有可读的文字：请用 OCR 软件（如 ocrmypdf）识别后重新读入）"
TURNED = "（第{}页有的数字与其余文字方向不同，没有读：请把它们转正后重新读入）"


def pdf(content: bytes) -> Iterator[Passage]:
    """The passages of a PDF. Raises Unreadable, also for a scan."""
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect
    from pdfplumber.utils.exceptions import PdfminerException
    from pypdfium2 import PdfDocument

    try:
        opened = pdfplumber.open(io.BytesIO(content))
    except PdfminerException as error:
        if error.args and isinstance(error.args[0], PDFPasswordIncorrect):
            raise Unreadable("有密码的 PDF", "去掉密码另存后再读") from None
        raise
    if len(opened.pages) > PAGES:
        raise Unreadable(*LIMIT)
    lines, pictures, gutter = list[Line](), list[Passage](), 0.0
    for page in opened.pages:
        upright, lying = _upright(page)
        rows = _rows(upright.dedupe_chars(tolerance=2))  # what is printed twice is bold
        gutter = _gutter(rows, gutter) or gutter
        covered = sum(one["width"] * one["height"] for one in upright.images) > COVERED * upright.width * upright.height
        said = sum(len(one.text) or STAMP for row in rows for one in row if not one.edge)  # a table has no text
        scanned = bool(upright.images) and (not rows or (covered and said < STAMP))  # but for a head, a foot or a stamp
        asked = [PICTURE] * scanned + [TURNED] * lying
        pictures += (Passage("question", one.format(page.page_number), page=page.page_number) for one in asked)
        lines += _lines(rows, gutter)
        page.close()
    text = "".join(line.text for line in lines)
    if lines and text.count("(cid:") * 10 <= len(text):
        return chain(pictures, Layout(lines).passages())
    # another reader has the words of fonts that have codes of their own
    text = "\f".join(page.get_textpage().get_text_range() for page in PdfDocument(content))
    if len(re.findall(r"[\u4e00-\u9fff]", text)) <= len(text) / 10:
        raise Unreadable("没有文字的 PDF（扫描件，或字体没有文字编码）", "用 OCR 软件（如 ocrmypdf）识别后再读")
    return unwrap(text.replace("\r\n", "\n"))


def _upright(page: Any) -> tuple[Any, bool]:
    """A page turned so that most of its characters stand upright, without others that are numbers; whether any of these stands inside."""
    if turn := mode([*map(_quarter, filter(_straight, page.chars))] or [0]):
        page.page_obj.rotate = page.page_obj.attrs["Rotate"] = (page.rotation + 90 * turn) % 360
        page = type(page)(page.pdf, page.page_obj, page.page_number)
    lying = [char for char in page.chars if _quarter(char) and _straight(char) and char["text"].isdigit()]
    places = ((char["x0"] / page.width, char["top"] / page.height) for char in lying)
    inside = any(min(place) > EDGE and max(place) < 1 - EDGE for place in places)
    return page.filter(lambda one: _straight(one) and not (lying and _quarter(one))), inside


def _quarter(one: dict[str, Any]) -> int:
    """How many quarters to the right turn what stands on a page upright."""
    return round(2 * atan2(*one.get("matrix", (1, 0))[1::-1]) / pi) % 4


def _rows(page: Any) -> list[list[Line]]:
    """What stands on a page from its top: its tables that are drawn with rules, and its lines, each in pieces between wide gaps."""
    from pdfplumber.utils import cluster_objects

    for line in page.lines:  # level, where the page was turned too
        line |= {side: round(line[side], 3) for side in ("top", "bottom")}
    drawn = (_table(table, page) for table in page.find_tables())
    tables = [one for one in drawn if len(one.rows[0]) > 1 and any(said for row in one.rows for *_, said in row)]
    middles = ((one, (one["x0"] + one["x1"]) / 2, (one["top"] + one["bottom"]) / 2) for one in page.chars)
    boxes = [(one.left, one.top, one.right, one.bottom) for one in tables]
    chars = [one for one, x, y in middles if not any(a <= x <= c and b <= y <= d for a, b, c, d in boxes)]
    rows = cluster_objects(chars, lambda char: (char["top"] + char["bottom"]) / 2, RAISED)
    pieces = [[*_pieces(row, page)] for row in rows]
    return sorted([*pieces, *([table] for table in tables)], key=lambda row: (row[0].top, row[0].left))


def _table(table: Any, page: Any) -> Line:
    left, top, right, bottom = table.bbox
    edges = [*sorted({cell[0] for cell in table.cells}), right]
    lines = zip(table.rows, table.extract(x_tolerance_ratio=0.4), strict=True)
    told = ([cell and _cell(page, box, cell) for box, cell in zip(row.cells, said, strict=True)] for row, said in lines)
    rows = tuple(tuple(zip(edges, edges[1:], row, strict=False)) for row in told)
    return Line(page.page_number, left, right, top, bottom, column=(0, float(page.width)), rows=rows)


def _cell(page: Any, box: tuple[float, ...], text: str) -> str:
    """The lines of a cell as one; a number that fills the first goes on in the next."""
    if not re.search(r"\d\n\d", text):
        return joined(text.split("\n"), apart=True)
    chars = [one for one in page.crop(box).chars if one["text"].strip()]
    first = [one for one in chars if one["top"] < chars[0]["top"] + RAISED]
    free = box[2] - box[0] - max(one["x1"] for one in first) + min(one["x0"] for one in first)
    return joined(text.split("\n"), apart=free > 1.8 * first[0]["size"])


def _gutter(rows: list[list[Line]], before: float) -> float:
    """Where two columns part, or did on the page `before`: most lines fill what lies left or right of it; nothing on other pages."""
    pieces = [one for row in rows for one in row for _ in one.rows or (1,) if not one.edge]  # rows of tables as lines
    start, end = min((one.left for one in pieces), default=0), max((one.right for one in pieces), default=0)
    ends = {round(one.right) + 1 for one in pieces if 0.35 < (one.right - start) / (end - start) < 0.65}
    at = min(ends, key=lambda x: sum(one.left < x < one.right for one in pieces), default=before)
    left = sum(one.right <= at and one.right - one.left > FULL * (at - start) for one in pieces)
    right = sum(one.left >= at and one.right - one.left > FULL * (end - at) for one in pieces)
    return at if left > 4 and right > 2 and left + right > sum(one.left < at < one.right for one in pieces) else 0


def _lines(rows: list[list[Line]], gutter: float) -> Iterator[Line]:
    """The lines of a page as they are read: left columns before right ones, between what crosses the gutter."""
    across = [any(one.left < gutter < one.right for one in row) for row in rows]
    parted = gutter and 2 * sum(across) < len(rows)
    for whole, band in groupby(zip(rows, across, strict=True), lambda pair: pair[1] or not parted):
        told = [row for row, _ in band]
        width = told[0][0].column[1]
        for left, right in [(0.0, width)] if whole else [(0.0, gutter), (gutter, width)]:
            for pieces in filter(None, ([one for one in row if left <= one.left < right] for row in told)):
                top, bottom = min(one.top for one in pieces), max(one.bottom for one in pieces)
                size, text = max(pieces, key=lambda one: len(one.text)).size, "  ".join(one.text for one in pieces)
                place = {"right": pieces[-1].right, "top": top, "bottom": bottom, "column": (left, right)}
                cells = tuple((one.left, one.right, one.text) for one in pieces if not one.rows)
                yield replace(pieces[0], **place, size=size, text=text, pieces=cells)


def _straight(one: dict[str, Any]) -> bool:
    """Whether what stands on a page is no blank, and no character of a watermark, which lies across it."""
    a, b, *_ = one.get("matrix", (1, 0))
    return bool(one.get("text", "-").strip()) and min(abs(a), abs(b)) < 0.1 * max(abs(a), abs(b))


def _pieces(row: list[dict[str, Any]], page: Any) -> Iterator[Line]:
    """The pieces of a line between wide gaps; what is raised at the beginning of one is its mark."""
    row = sorted(row, key=lambda char: char["x0"])
    size = mode(round(char["size"], 1) for char in row)
    near = (GAP * size, (GAP - 0.35) * size)  # closing signs of full width are blank on their right, and may lack that
    wide = [at for at, (a, b) in enumerate(pairwise(row), 1) if b["x0"] - a["x1"] > near[a["text"] in "）】》，。；："]]
    for part in (row[start:end] for start, end in pairwise([0, *wide, len(row)])):
        size = mode(round(char["size"], 1) for char in part)
        full = [char for char in part if char["size"] > 0.78 * size]
        top, bottom = min(char["top"] for char in full), max(char["bottom"] for char in full)
        edge = bottom < EDGE * page.height or top > (1 - EDGE) * page.height
        mark, text = _said(part, size, median(char["bottom"] for char in full))
        place = page.page_number, part[0]["x0"], part[-1]["x1"], top, bottom
        yield Line(*place, size, text, mark, edge, (0, float(page.width)))


def _said(part: list[dict[str, Any]], size: float, foot: float) -> tuple[str, str]:
    """(what is raised at the beginning, text) of a piece of a line: gaps are blanks."""
    text, mark, last = "", "", None
    for high, run in groupby(part, lambda char: char["size"] <= 0.78 * size and char["bottom"] < foot - 0.1 * size):
        held = ""
        for char in run:
            gap = 0 if last is None else (char["x0"] - last["x1"]) / size
            narrow = last is not None and (last["text"] + char["text"]).isascii()
            held += " " * (gap > (0.15 if narrow else 0.4)) + char["text"]
            last = char
        if high and not text:
            mark = held.strip()
        else:
            text += raised(held, text) if high else held
    return mark, text
