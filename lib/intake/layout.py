"""Passages of lines by geometry: where they stand, how far they reach, how large they are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from statistics import median

from lib.intake.lines import CONTENTS, FINAL, NUMBER, START, Piece, grid, joined, level, passage
from lib.intake.reading import Passage

NOTE = re.compile(r"\s*([\[〔［]?\d{1,2}[\]〕］]?(?=\s)|[①-⑳*†]|\[\d+\]|注(?=[:：]))\s*")


@dataclass(frozen=True)
class Line:
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


def _bare(line: Line) -> str:
    """A line whatever its numbers, as heads and feet of pages repeat it."""
    return re.sub(r"\d+", "#", line.text)


def _parted(line: Line) -> bool:
    """Whether a line has a gap that no setting of a paragraph leaves."""
    return any(b[0] - a[1] > 1.5 * line.size for a, b in pairwise(line.pieces))


def _in_cells(line: Line) -> bool:
    """Whether a line is in pieces, of which the first is not just the number of an item or a heading."""
    first = line.pieces[0][2] if len(line.pieces) > 1 else ""
    return bool(first) and not (len(first) < 6 and START.match(f"{first} ")) and not CONTENTS.fullmatch(line.text)


class Layout:
    """How a document is set: its usual size, its margins, the gap between its lines."""

    def __init__(self, lines: list[Line]):
        edges = Counter(text for text, _ in {(_bare(line), line.page) for line in lines if line.edge})
        self.repeated = {text for text, pages in edges.items() if pages > 1}
        self.lines = lines = [*self._tabled(lines)]
        sizes: Counter[float] = Counter()
        for line in lines:
            sizes[line.size] += len(line.text) * (not self._around(line))
        self.size = sizes.most_common(1)[0][0] or 1
        usual = [line for line in lines if not line.rows and not self._around(line)]
        body = [line for line in usual if line.size == self.size] or lines
        self.left = min(line.left for line in body)
        self.right = max(line.right for line in body)
        gaps = [b.top - a.bottom for a, b in pairwise(usual) if a.page == b.page and a.size == b.size]
        self.gap = median(gaps) if gaps else self.size
        self.notes = self._notes()

    def _around(self, line: Line) -> bool:
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

    def _tabled(self, lines: list[Line]) -> Iterator[Line]:
        """The lines; where several in a row are in pieces, the table that they make."""
        told = [_in_cells(line) and not self._around(line) for line in lines]
        for (_, rowed), run in groupby(zip(lines, told, strict=True), lambda pair: (pair[0].page, pair[1])):
            group = [line for line, _ in run]
            rows = grid([line.pieces for line in group]) if rowed and len(group) > 1 else ()
            if rows:
                yield replace(group[0], bottom=group[-1].bottom, size=0, text="", rows=rows)
            else:
                yield from group

    def passages(self) -> Iterator[Passage]:
        """Paragraphs and tables, those that a page's end cuts as one; notes follow the paragraph they stand below."""
        whole: list[Line] = []
        notes: list[list[Line]] = []
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

    def _goes_on(self, whole: list[Line], line: Line) -> bool:
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

    def _large(self, line: Line) -> bool:
        return line.size > 1.12 * self.size

    def _centred(self, line: Line) -> bool:
        before, after = line.left - self.left, self.right - line.right
        return before > self.size and abs(before - after) < 1.5 * self.size

    def _close(self, whole: list[Line], notes: list[list[Line]]) -> Iterator[Passage]:
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
