"""Passages of lines by geometry: where they stand, how far they reach, how large they are."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile
from math import inf
from statistics import median
from typing import Self

from lib.intake.lines import BARE, CONTENTS, FINAL, NUMBER, START, Grid, Piece, grid, joined, level, passage
from lib.intake.reading import Passage

NEAR = 0.75  # of a width: the lines of a text are wrapped by characters or by cells, and a sign may not begin one
FIGURE = re.compile(r"[\d\s]*[^\d\s].*\d[.,]?[百千万亿余多]*$")  # with its measure, which a line may part from it
MEASURE = re.compile(r"[\d余多万亿元人个名家场次%％]")
TOGETHER = re.compile("[!-~]*.[、，。；：！？）》”’]*")
NOTE = re.compile(r"\s*([\[〔［]?\d{1,2}[\]〕］]?(?=\s)|[①-⑳*†]|\[\d+\]|注(?=[:：]))\s*")


@dataclass(frozen=True)
class Line:
    """A line of a page, or a table with `rows`, in points (of a text: cells) from left and top, in a `column`; `mark`: raised before it."""

    page: int
    left: float
    right: float
    top: float
    bottom: float
    size: float = 0
    text: str = ""
    mark: str = ""
    edge: bool = False
    column: tuple[float, float] = (0, 0)
    pieces: tuple[Piece, ...] = ()
    rows: tuple[tuple[Piece, ...], ...] = ()

    def turned(self, before: Self) -> bool:
        """Whether a page or a column begins with it, or after it."""
        return self.page != before.page or self.top < before.top


def _alike(line: Line) -> set[str]:
    """A line as heads and feet of pages repeat it: as it stands, or but for a number that goes on as the pages do."""
    numbers = re.finditer(r"(?<!\d)\d{1,4}(?!\d)", line.text)
    spans = ((one.start(), one.end(), int(one[0]) - line.page) for one in numbers)
    return {line.text, *(f"{line.text[:start]}#{beyond}{line.text[end:]}" for start, end, beyond in spans)}


def _parted(line: Line) -> bool:
    """Whether a line has a gap that no setting of a paragraph leaves."""
    return any(b[0] - a[1] > 1.5 * line.size for a, b in pairwise(line.pieces))


def _in_cells(line: Line) -> bool:
    """Whether a line is in pieces, of which the first is not just the number of an item or a heading."""
    first = line.pieces[0][2] if len(line.pieces) > 1 else ""
    return bool(first) and not (len(first) < 6 and START.match(f"{first} ")) and not CONTENTS.fullmatch(line.text)


class Layout:
    """How a document is set: its usual size, the margins of its columns, the gap between its lines."""

    def __init__(self, lines: list[Line]):
        edges = Counter(text for text, _ in {(text, one.page) for one in lines if one.edge for text in _alike(one)})
        self.repeated = {text for text, pages in edges.items() if pages > 1}
        self.lines = lines = [*self._tabled(lines)]
        sizes: Counter[float] = Counter()
        for line in lines:
            sizes[line.size] += len(line.text) * (not self._around(line))
        self.size = sizes.most_common(1)[0][0] or 1
        usual = [line for line in lines if not line.rows and not self._around(line)]
        self.margins: dict[tuple[float, float], tuple[float, float]] = {}
        for line in (line for line in usual if line.size == self.size):
            left, right = self.margins.get(line.column, (line.left, line.right))
            self.margins[line.column] = min(left, line.left), max(right, line.right)
        gaps = [b.top - a.bottom for a, b in pairwise(usual) if not b.turned(a) and a.size == b.size]
        self.gap = median(gaps) if gaps else self.size

    def _indent(self, line: Line) -> float:
        return line.left - self.margins.get(line.column, (line.left, 0))[0]

    def _short(self, line: Line) -> float:
        """How far before the right margin a line ends."""
        return self.margins.get(line.column, (0, line.right))[1] - line.right

    def _around(self, line: Line) -> bool:
        """Whether a line is a page's head, foot or number."""
        text = line.text.strip()
        number = NUMBER.fullmatch(text) or re.fullmatch(r"\d{1,3}|[ivxIVX]{1,5}", text)
        return line.edge and bool(number or _alike(line) & self.repeated)

    def _tabled(self, lines: list[Line]) -> Iterator[Line]:
        """The lines; where several in a row are in pieces, with shorter ones between them, the table that they make."""
        run, around = list[Line](), list[Line]()
        for line in lines:
            if self._around(line):
                around.append(line)
            elif run and _adjoins(run[-1], line):
                run.append(line)
            else:
                yield from (*_drawn(run), *around)
                run, around = [line], []
        yield from (*_drawn(run), *around)

    def passages(self) -> Iterator[Passage]:
        """Paragraphs and tables, whole across pages; notes follow their paragraph, heads and feet stand before it, but behind a table."""
        whole, around = list[Line](), list[Passage]()
        notes: list[list[Line]] = []
        for line in self.lines:
            small, begins = line.size < 0.92 * self.size and not line.rows, line.mark or NOTE.match(line.text)
            if self._around(line):
                around.append(Passage("furniture", line.text, page=line.page))
            elif small and (begins or (notes and notes[-1][-1].page == line.page)):
                notes = [*notes, [line]] if begins else [*notes[:-1], [*notes[-1], line]]
            elif whole and self._goes_on(whole, line):
                whole.append(line)
            else:
                yield from self._close(whole, notes, around)
                whole, notes, around = [line], [], []
        yield from self._close(whole, notes, around)

    def _goes_on(self, whole: list[Line], line: Line) -> bool:
        """Whether a line, or a table, goes on with what the lines before it began."""
        last, em, turned = whole[-1], self.size, line.turned(whole[-1])
        if last.rows or line.rows:
            return bool(last.rows and line.rows) and turned
        apart = self.gap + 0.4 * em if not self._large(last) else 1.5 * last.size
        other = abs(line.size - last.size) > 0.08 * em or (not turned and line.top - last.bottom > apart)
        if other or _parted(last) or _parted(line) or CONTENTS.fullmatch(last.text):
            return False
        if MEASURE.match(line.text) and FIGURE.match("".join(one.text for one in whole[-2:])):
            return True
        ended = last.text[-1:] in FINAL
        above = ended or self._large(last) or level(last.text) or level(line.text) == 1
        if (ended and turned) or (above and START.match(line.text)):
            return False
        if self._large(last):
            return self._short(last) < 2 * last.size or (self._centred(last) and self._centred(line))
        indent, before = self._indent(line), self._indent(last)
        hangs = len(whole) == 1 and START.match(last.text) and indent > before
        if indent > max(0.8 * em, before - 2) and (ended or not (hangs or abs(indent - before) < 2)):
            return False
        left, right = last.column
        if before > 4 * em and (indent < before - 2 or before > 0.4 * (right - left)):  # set to the right: who signed
            return False
        held = len(TOGETHER.match(line.text)[0].encode("gb18030")) / 2  # signs that no line may part
        full = last.right > min(left + 0.6 * (right - left), last.left - before + 18 * em)
        return full and self._short(last) < (1 + held) * em

    def _large(self, line: Line) -> bool:
        return line.size > 1.12 * self.size

    def _centred(self, line: Line) -> bool:
        before = self._indent(line)
        return before > self.size and abs(before - self._short(line)) < 1.5 * self.size

    def _close(self, whole: list[Line], notes: list[list[Line]], around: list[Passage]) -> Iterator[Passage]:
        """A paragraph or a table as a passage, what stood around it on its pages, and the notes that stood below it."""
        drawn = bool(whole and whole[0].rows)
        if drawn:
            yield Passage("table", "", page=whole[0].page, rows=_united(whole))
        yield from around
        if whole and not drawn:
            text = joined(line.text for line in whole)
            one = passage(text, whole[0].page)
            large = self._large(whole[0]) and one.kind != "furniture"
            yield Passage("heading", text, level(text) or 1, page=one.page) if large else one
        for lines in notes:
            text = joined(line.text for line in lines)
            written = None if lines[0].mark else NOTE.match(text)
            marker = written[1] if written else lines[0].mark
            yield Passage("note", text[written.end() :] if written else text, marker=marker, page=lines[0].page)


def _united(parts: list[Line]) -> Grid:
    """The rows of a table that pages cut, its head but once."""
    rows: list[tuple[Piece, ...]] = []
    for part in parts:
        pairs = zip(part.rows, rows, strict=False)
        same = ([said for *_, said in one] == [said for *_, said in other] for one, other in pairs)
        more = part.rows[sum(takewhile(bool, same)) :]
        if rows and more and _cut(rows[-1], more[0]):
            pairs = zip(rows[-1], more[0], strict=True)
            rows[-1] = tuple((*a[:2], joined((a[2] or "", b[2] or "")) if b[2] else a[2]) for a, b in pairs)
            more = more[1:]
        rows += more
    return grid(rows)


_AMOUNT = re.compile(r"[≥≤<>]?\d[\d,.]*([^\d\s]*)")
_REST = re.compile(r"[\d,.]*(?:[^\W\d_]{1,3}|%)")  # 0人 of 1200, 0人


def _cut(above: Sequence[Piece], row: Sequence[Piece]) -> bool:
    """Whether the end of a page has cut a row: what goes on has no label, or the rest of a number, and only in some of its cells."""
    pairs = [(a or "", b or "") for (*_, a), (*_, b) in zip(above, row, strict=False)]
    more = [(_AMOUNT.fullmatch(a), _AMOUNT.fullmatch(b), _REST.fullmatch(b)) for a, b in pairs if b]
    over = any(x and y and x[1] == y[1] for x, y, _ in more)  # two numbers one over the other
    rest = any(x and not x[1] and on for x, _, on in more)
    known = {a for a, b in pairs if a and not b} and all(a for a, b in pairs if b)
    return len(above) == len(row) and bool(more and known) and (rest or not pairs[0][1]) and not over


def _adjoins(last: Line, line: Line) -> bool:
    """Whether lines may stand in one table: in cells or at least short, and near to each other."""
    if line.rows or last.rows or line.column != last.column:
        return False
    rest, (left, right) = [one for one in (last, line) if not _in_cells(one)], line.column
    near = line.turned(last) or line.top - last.bottom < (3, 1.5, 1)[len(rest)] * line.size
    short = (one.right - one.left < 0.4 * (right - left) and one.text[-1:] not in FINAL for one in rest)
    return near and all(short)


def _drawn(run: list[Line]) -> Iterator[Line]:
    """The table that lines make, and those before and after it that are none of its rows."""
    cells = [at for at, line in enumerate(run) if _in_cells(line)] or [0]
    start, end = cells[0], cells[-1] + 1
    while start and run[start].top - run[start - 1].bottom < 0.1 * run[start].size:
        start -= 1
    while run[end:] and run[end].top - run[end - 1].bottom < 0.1 * run[end].size:
        end += 1
    rows = _rows(run[start:end]) if len(cells) > 1 else []
    if len(rows) < 2:
        return (yield from run)
    drawn = tuple(tuple((at, at + 1.0, cell) for at, cell in enumerate(row)) for row in rows)
    yield from run[:start]
    yield replace(run[start], bottom=run[end - 1].bottom, size=0, text="", rows=drawn)
    yield from run[end:]


def _rows(run: list[Line]) -> list[list[str | None]]:
    """The rows of a table: lines nearer to each other than numbers that stand one over the other are one."""
    told = grid([line.pieces for line in run])
    gaps = [inf if b.turned(a) else b.top - a.bottom for a, b in pairwise(run)]
    below = [any(_clash(one, row) for one in told[max(0, at - 4) : at]) for at, row in enumerate(told)]
    apart = min((0.85 * gap for gap, begins in zip(gaps, below[1:], strict=False) if begins and gap > 0.1), default=0.1)
    rows: list[list[str | None]] = []
    for row, gap in zip(told, [inf, *gaps], strict=False):
        if gap < max(apart, 0.1) and not _clash(rows[-1], row):
            rows[-1] = [joined((a or "", b), apart=True) if b else a for a, b in zip(rows[-1], row, strict=True)]
        else:
            rows.append([*row])
    return rows


def _clash(above: Sequence[str | None], row: Sequence[str | None]) -> bool:
    return any(BARE.fullmatch(a or "") and BARE.fullmatch(b or "") for a, b in zip(above, row, strict=True))


def unwrap(text: str) -> Iterator[Passage]:
    """The passages of a plain text, in which a character of Chinese is two cells wide and a line three high, one of them blank."""
    told, page, lines = text.replace("\f", "\n\f\n").split("\n"), 0, list[Line]()
    parts = [_pieces(line) for line in told]
    whole = [line.rstrip() for line, pieces in zip(told, parts, strict=True) if len(pieces) == 1]
    going = [line for line in whole if line[-1:] not in FINAL]
    # lines are wrapped at the width where many end that are going on and hardly any is wider
    widths, ends = (sorted(map(_width, some)) for some in (whole, going))
    widest = [one for one in {0, *widths} if bisect_right(widths, one) >= 0.95 * len(widths)]
    many, full = max((bisect_right(ends, one) - bisect_left(ends, NEAR * one), one) for one in widest)
    full = full if many > 1 and full >= 32 else inf
    most = max(map(len, going), default=0)  # signs of a line, where lines have so many and not so many cells
    signs = most - 1 if full < inf and 2 * sum(len(one) >= most - 1 for one in going) > len(going) else len(text)
    column = (0, full if full < inf else max(map(_width, told)))
    for at, (line, pieces) in enumerate(zip(told, parts, strict=True)):
        number = NUMBER.fullmatch(line.strip())
        page += line == "\f" or (bool(number) and "\f" not in text)
        if line.strip():
            wrapped = _width(line) >= min(NEAR * full, 72) or len(line.rstrip()) >= signs
            right = full if wrapped else _width(line) if full < inf else 0
            place = page, pieces[0][0], right, 3 * at, 3 * at + 2
            edge = bool(number) or "\f" in told[max(at - 1, 0) : at + 2]
            lines.append(Line(*place, 2, line.strip(), edge=edge, column=column, pieces=pieces))
    return (replace(one, page=0) for one in Layout(lines).passages())


def _pieces(line: str) -> tuple[Piece, ...]:
    """The cells of a line; those that tabs set apart stand where they count."""
    if "\t" in line:
        cells = enumerate(cell.strip() for cell in line.split("\t"))
        return tuple((1000 * at, 1000 * at + _width(cell), cell) for at, cell in cells if cell)
    found = re.finditer(r"[^ \u3000\xa0]+(?:[ \u3000\xa0][^ \u3000\xa0]+)*", line)
    ends = ((_width(line[: cell.end()]), cell[0]) for cell in found)
    return tuple((end - _width(cell), end, cell) for end, cell in ends)


def _width(line: str) -> int:
    """In cells, of which a Chinese character has two."""
    return len(line.rstrip().encode("gb18030", "replace"))
