"""Passages of a PDF by geometry: where lines stand, how far they reach, how large they are."""

from __future__ import annotations

import io
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, groupby, pairwise
from math import inf
from statistics import median
from typing import Any

from lib.intake.lines import CONTENTS, FINAL, NUMBER, START, Piece, grid, joined, level, passage, raised
from lib.intake.reading import LIMIT, Passage, Unreadable

PAGES = 300  # of a PDF, at most
EDGE = 0.12  # of a page's height, at its top and foot, where heads and numbers stand
GAP = 0.75  # of a character's size: between the cells of a line, when no rules are drawn
PICTURE = "（第{}页只有图片，没有可读的文字：请用 OCR 软件（如 ocrmypdf）识别后重新读入）"
NOTE = re.compile(r"\s*([\[〔［]?\d{1,2}[\]〕］]?(?=\s)|[①-⑳*†]|\[\d+\]|注(?=[:：]))\s*")
SCAN = ("没有文字的 PDF（扫描件，或字体没有文字编码）", "用 OCR 软件（如 ocrmypdf）识别后再读")


@dataclass(frozen=True)
class _Line:
    """A line of a page in points from its left and top, `width` that of the page; `mark` is what is raised at its beginning."""

    page: int
    left: float
    right: float
    top: float
    bottom: float
    size: float
    text: str
    mark: str = ""
    edge: bool = False
    width: float = 0
    pieces: tuple[Piece, ...] = ()
    rows: tuple[tuple[str | None, ...], ...] = ()


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
    lines, pictures, middle = list[_Line](), list[Passage](), inf
    for page in opened.pages:
        found, middle = _lines(_upright(page), middle)
        if page.images and not found:
            pictures.append(Passage("question", PICTURE.format(page.page_number), page=page.page_number))
        lines += found
        page.close()
    text = "".join(line.text for line in lines)
    if not lines or text.count("(cid:") * 10 > len(text):
        raise Unreadable(*SCAN)
    return chain(pictures, _Layout(lines).passages())


# --- a page -------------------------------------------------------------------------------------------------------------


def _upright(page: Any) -> Any:
    """A page turned so that most of its characters stand upright."""
    lying = [b for a, b, *_ in (char["matrix"] for char in page.chars) if abs(b) > abs(a)]
    if 2 * len(lying) <= len(page.chars):
        return page
    page.page_obj.rotate = (page.rotation + (90 if sum(lying) > 0 else 270)) % 360
    page.page_obj.attrs["Rotate"] = page.page_obj.rotate
    return type(page)(page.pdf, page.page_obj, page.page_number)


def _lines(page: Any, middle: float) -> tuple[list[_Line], float]:
    """The lines and tables of a page from its top, in two columns the left one first; and where it is cut, as `middle` the one before."""
    number, tables, boxes = page.page_number, [], []
    for table in page.find_tables():
        rows = tuple(
            tuple(cell if cell is None else joined(cell.split("\n"), apart=True) for cell in row)
            for row in table.extract(x_tolerance_ratio=0.4)
        )
        if len(rows[0]) > 1 and any(cell for row in rows for cell in row):
            boxes.append(table.bbox)
            left, top, right, bottom = table.bbox
            tables.append(_Line(number, left, right, top, bottom, 0, "", rows=rows))
    chars = [char for char in page.chars if not any(_within(char, box) for box in boxes)]
    rows = [row for row in map(_trimmed, _rows(chars)) if row]
    if middle == inf or any(_crosses(row, middle) for row in rows):
        middle = _gutter(rows)
    lines, across = [], []
    for row in rows:
        if _crosses(row, middle):
            lines.append(_line(number, row, page))
            across.append(lines[-1].top)
        else:
            sides = ([char for char in row if (char["x0"] > middle) == right] for right in (False, True))
            lines += [_line(number, side, page) for side in map(_trimmed, sides) if side]
    return _ordered([*lines, *tables], middle, sorted(across)), middle


def _gutter(rows: list[list[dict[str, Any]]]) -> float:
    """Where a page is cut into two columns of text, both of them filled from end to end by most lines; infinite where it is not."""
    gaps = []
    for row in rows:
        left, right = row[0]["x0"], row[-1]["x1"]
        wide = [(b["x0"] - a["x1"], a["x1"], b["x0"]) for a, b in pairwise(row) if b["x0"] - a["x1"] > 0.9 * a["size"]]
        if wide and max(wide)[1] - left > 10 * row[0]["size"] < right - max(wide)[2]:
            gaps.append(max(wide))
    middle = median((end + start) / 2 for _, end, start in gaps) if gaps else inf
    through = [(end, start) for _, end, start in gaps if end < middle < start]
    crossing = sum(_crosses(row, middle) for row in rows)
    return middle if len(through) > max(4, 2 * crossing) else inf


def _crosses(row: list[dict[str, Any]], middle: float) -> bool:
    """Whether a line goes from one column into the other."""
    near = any(char["x0"] - 0.2 * char["size"] < middle < char["x1"] + 0.2 * char["size"] for char in row)
    return near and row[0]["x0"] < middle < row[-1]["x1"]


def _ordered(lines: list[_Line], middle: float, across: list[float]) -> list[_Line]:
    """Lines and tables from the top, column by column between the lines that go across; the right column moved onto the left one."""
    lines = sorted(lines, key=lambda one: (bisect_right(across, one.top), one.left > middle, one.top, one.left))
    right = min((one.left for one in lines if one.left > middle), default=0)
    moved = right - min((one.left for one in lines), default=0)
    if middle == inf:
        return lines
    return [
        replace(one, left=one.left - moved, right=one.right - moved) if one.left > middle else one
        for one in (replace(one, width=one.width / 2) for one in lines)
    ]


def _within(char: dict[str, Any], box: tuple[float, float, float, float]) -> bool:
    across, down = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return box[0] <= across <= box[2] and box[1] <= down <= box[3]


def _rows(chars: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Characters by line: one belongs to the line within whose height its middle stands, the largest first."""
    rows: list[list[dict[str, Any]]] = []
    for char in sorted(chars, key=lambda char: -round(char["size"], 1)):
        middle = (char["top"] + char["bottom"]) / 2
        row = next((row for row in rows if row[0]["top"] <= middle <= row[0]["bottom"]), None)
        if row is None:
            rows.append([char])
        else:
            row.append(char)
    return [sorted(row, key=lambda char: char["x0"]) for row in rows]


def _trimmed(row: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A line without the blanks at its ends."""
    seen = [at for at, char in enumerate(row) if char["text"].strip()]
    return row[seen[0] : seen[-1] + 1] if seen else []


def _line(number: int, row: list[dict[str, Any]], page: Any) -> _Line:
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
    return _Line(
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


# --- the document -------------------------------------------------------------------------------------------------------


def _bare(line: _Line) -> str:
    """A line whatever its numbers, as heads and feet of pages repeat it."""
    return re.sub(r"\d+", "#", line.text)


def _parted(line: _Line) -> bool:
    """Whether a line has a gap that no setting of a paragraph leaves."""
    return any(b[0] - a[1] > 1.5 * line.size for a, b in pairwise(line.pieces))


def _in_cells(line: _Line) -> bool:
    """Whether a line is in pieces, of which the first is not just the number of an item or a heading."""
    first = line.pieces[0][2] if len(line.pieces) > 1 else ""
    return bool(first) and not (len(first) < 6 and START.match(f"{first} ")) and not CONTENTS.fullmatch(line.text)


class _Layout:
    """How a document is set: its usual size, its margins, the gap between its lines."""

    def __init__(self, lines: list[_Line]):
        edges = Counter(text for text, _ in {(_bare(line), line.page) for line in lines if line.edge})
        self.repeated = {text for text, pages in edges.items() if pages > 1}
        self.lines = lines = [*self._tabled(lines)]
        sizes: Counter[float] = Counter()
        for line in lines:
            sizes[line.size] += len(line.text) * (not self._around(line))
        self.size = sizes.most_common(1)[0][0] or 1
        usual = [line for line in lines if not line.rows and not self._around(line)]
        body = [line for line in usual if line.size == self.size] or lines
        lefts = Counter(round(line.left) for line in body)
        self.left = min(
            left for left, count in lefts.items() if count >= 0.1 * len(body)
        )  # the leftmost where many begin
        self.right = max(line.right for line in body)
        gaps = [b.top - a.bottom for a, b in pairwise(usual) if a.page == b.page and a.size == b.size]
        self.gap = median(gaps) if gaps else self.size
        self.notes = self._notes()

    def _around(self, line: _Line) -> bool:
        """Whether a line is a page's head, foot or number."""
        text = line.text.strip()
        number = NUMBER.fullmatch(text) or re.fullmatch(r"\d{1,3}|[ivxIVX]{1,5}", text)
        return line.edge and bool(number or _bare(line) in self.repeated)

    def _notes(self) -> set[int]:
        """Which lines are notes: the small ones at the foot of a page, from the first that begins with a mark."""
        found: set[int] = set()
        for _, page in groupby(range(len(self.lines)), lambda at: self.lines[at].page):
            small: list[int] = []
            for at in reversed([at for at in page if not self._around(self.lines[at])]):
                line = self.lines[at]
                if line.rows or line.size > 0.92 * self.size:
                    break
                small.append(at)
                if line.mark or NOTE.match(line.text):
                    found.update(small)
        return found

    def _tabled(self, lines: list[_Line]) -> Iterator[_Line]:
        """The lines; where several in a row are in pieces, the table that they make, a short line between two of them included."""
        told = [_in_cells(line) and not self._around(line) for line in lines]
        for at, line in enumerate(lines[1:-1], 1):
            short = line.pieces and line.right - line.left < 0.4 * line.width
            told[at] = told[at] or bool(short and told[at - 1] and _in_cells(lines[at + 1]))
        for (_, rowed), run in groupby(zip(lines, told, strict=True), lambda pair: (pair[0].page, pair[1])):
            group = [line for line, _ in run]
            rows = grid([line.pieces for line in group]) if rowed and len(group) > 1 else ()
            if rows:
                yield replace(group[0], bottom=group[-1].bottom, size=0, text="", rows=rows)
            else:
                yield from group

    def passages(self) -> Iterator[Passage]:
        """Paragraphs and tables, those that a page's end cuts as one; notes follow the paragraph they stand below."""
        whole: list[_Line] = []
        notes: list[list[_Line]] = []
        for at, line in enumerate(self.lines):
            if self._around(line):
                yield Passage("furniture", line.text, page=line.page)
            elif at in self.notes:
                begins = not notes or line.mark or NOTE.match(line.text)
                notes = [*notes, [line]] if begins else [*notes[:-1], [*notes[-1], line]]
            elif whole and self._goes_on(whole, line):
                whole.append(line)
            else:
                yield from self._close(whole, notes)
                whole, notes = [line], []
        yield from self._close(whole, notes)

    def _goes_on(self, whole: list[_Line], line: _Line) -> bool:
        """Whether a line, or a table, goes on with what the lines before it began."""
        last, em, turned = whole[-1], self.size, line.page != whole[-1].page
        if last.rows or line.rows:
            return bool(last.rows and line.rows) and turned and len(last.rows[0]) == len(line.rows[0])
        apart = self.gap + 0.4 * em if not self._large(last) else 1.5 * last.size
        if abs(line.size - last.size) > 0.08 * em or (not turned and line.top - last.bottom > apart):
            return False
        if _parted(last) or _parted(line) or CONTENTS.fullmatch(last.text):
            return False
        ended = last.text[-1:] in FINAL
        if ended and turned:
            return False
        if START.match(line.text) and (ended or self._large(last) or level(last.text)):
            return False
        if self._large(last):
            wide = last.right > self.right - 2 * last.size
            return wide or (self._centred(last) and self._centred(line))
        hangs = len(whole) == 1 and START.match(last.text) and line.left > last.left
        if line.left > max(self.left + 0.8 * em, last.left - 2) and (
            ended or not (hangs or abs(line.left - last.left) < 2)
        ):
            return False
        return last.right > max(self.right - 2 * em, 0.6 * last.width)

    def _large(self, line: _Line) -> bool:
        return line.size > 1.12 * self.size

    def _centred(self, line: _Line) -> bool:
        before, after = line.left - self.left, self.right - line.right
        return before > self.size and abs(before - after) < 1.5 * self.size

    def _close(self, whole: list[_Line], notes: list[list[_Line]]) -> Iterator[Passage]:
        """A paragraph or a table as a passage, and the notes that stood below it."""
        if whole and whole[0].rows:
            head = whole[0].rows[0]
            rows = [row for line in whole[1:] for row in line.rows[line.rows[0] == head :]]
            yield Passage("table", "", page=whole[0].page, rows=(*whole[0].rows, *rows))
        elif whole:
            text = joined(line.text for line in whole)
            one = passage(text, whole[0].page)
            large = self._large(whole[0]) and one.kind != "furniture"
            yield Passage("heading", text, level(text) or 1, page=one.page) if large else one
        for lines in notes:
            text = joined(line.text for line in lines)
            written = None if lines[0].mark else NOTE.match(text)
            marker = written[1] if written else lines[0].mark
            yield Passage("note", text[written.end() :] if written else text, marker=marker, page=lines[0].page)
