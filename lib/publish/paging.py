"""On which page of the Word file things stand, reckoned without an office suite: its contents are right on opening.

Suites break lines each in its way, and faces that stand in have wider digits. So all is laid out twice, as close and as wide as may
be. Where the two would disagree on a page, a new one begins and they start anew together.
"""

import re
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import zip_longest
from math import ceil

from lib.publish.document import Block, Chart, Heading, Paragraph, Table, inner_text
from lib.publish.layout import HEIGHT, INSET, PITCH, WIDTH, chart_size, fit

SHORT = 210  # pt: a table that stays on one page; a longer one may break after its third row
TALL = HEIGHT / 2  # pt: a row that may break
TALLEST = 12 * PITCH  # pt: of a chart
CAPTION, EDGE = 26, 12  # pt: with its room; above or below a box
SLACK = 10  # pt: by which suites differ around what is no text
CLOSING = "，。、；：？！”’）》】"
LATIN = 0.45, 0.64  # em: the least and the most that digits and letters take on average
ODD = dict.fromkeys(CLOSING, 0.9), dict.fromkeys(".,:;()", 0.4) | {" ": 0.25, "%": 0.96}  # em: what differs from them
AIR = re.compile("(?<=[一-鿿])(?=[!-~])|(?<=[!-~])(?=[一-鿿])")  # where suites may add a quarter of an em
TOKEN = re.compile(rf"[“‘（《【]*(?:[!-~]{{1,20}}|.)[{CLOSING}]*")


def count(text: str, room: float, wide: bool, first: float = 0) -> int:
    """Lines of `room` em that a text takes, the first less its indent; only in a close one a sign hangs over."""
    lines, used, odd, latin = 1, first, ODD[wide], LATIN[wide]
    for token in TOKEN.findall(AIR.sub(" ", text) if wide else text):
        width = sum(odd.get(sign, 1 if sign > "~" else latin) for sign in token)
        if used + width - (not wide and token[-1] in CLOSING) > room:
            lines, used = lines + 1, 0
        used += width
    return lines


@dataclass(frozen=True)
class Part:
    """A block as the Word file has it, lists and boxes taken apart: `style` is that of a paragraph, `depth` counts the lists around it,
    `number` is that of the list of which it opens an item, `edges` are those of a box. What is `kept` stays with the part below,
    what is `fresh` begins a page."""

    block: Block
    style: str = "BodyText"
    depth: int = 0
    number: int = 0
    edges: int = 0
    kept: bool = False
    fresh: bool = False

    @cached_property
    def fitted(self) -> tuple[float, list[float]]:
        """Type size and widths of a table's columns in pt."""
        return fit(self.block)[:2] if isinstance(self.block, Table) else (0, [])

    @property
    def line(self) -> float:
        """Length in pt of a line: that of a turned page for a table which is too wide for an upright one."""
        return HEIGHT if sum(self.fitted[1]) > WIDTH else WIDTH

    @cached_property
    def rows(self) -> list[float]:
        """Heights in pt of a table's head and rows: with room for the widest digits, so that all suites agree. Else none."""
        if not isinstance(self.block, Table):
            return []
        size, wide = self.fitted
        inset = 2 * INSET[self.block.official]
        rooms = [(width / sum(wide) * self.line - inset) / size for width in wide]
        cells = (zip(*row, rooms, strict=True) for row in zip(self.block.texts, self.block.spans, strict=True))
        lines = [[ceil(count(text, room, wide=True) / span) for text, span, room in row if span] for row in cells]
        return [max(row, default=1) * size * 4 / 3 + (5 if n else 7) for n, row in enumerate(lines)]

    def pieces(self, wide: bool) -> list[float]:
        """Heights in pt of what stays whole."""
        match self.block:
            case Heading(annex=True):
                return [3 * PITCH + 36 * count(self.block.text, 20, wide)]
            case Heading():
                return [PITCH * count(self.block.number + self.block.text, 28, wide, 2)]
            case Paragraph(children):
                pitch, room, first = (25, 30.4, 0) if self.style == "Note" else (PITCH, 28, 2)
                first += (2 + wide) * (self.number > 0)
                lines = count(inner_text(children), room - 2 * max(0, self.depth - 1), wide, first)
                return [pitch + self.edges * (EDGE + SLACK * wide)] + [pitch] * (lines - 1)
            case Chart():
                return [CAPTION + EDGE + SLACK * wide + chart_size(self.block, TALLEST)[1]]
        if self.line > WIDTH:  # pages of its own, as high as others are wide
            return [HEIGHT * ceil((CAPTION + sum(self.rows)) / (WIDTH - self.rows[0]))]
        rows = list[float]()
        for row in self.rows:
            lines = ceil(row / PITCH) if row > TALL else 1
            rows += [row / lines] * lines
        first, *rest = map(sum, [rows[:4], *([row] for row in rows[4:-3]), rows[-3:]])
        whole = sum(rows) <= SHORT or len(rows) < 7
        return [CAPTION + SLACK * wide + (sum(self.rows) if whole else first), *([] if whole else rest)]


def _reach(end: float, parts: list[Part], wide: bool) -> tuple[int, int, float]:
    """Pages on which the parts, all but the last of which stay with the one below, begin and end after `end`, and where."""
    first, *rest = parts[-1].pieces(wide)
    begun, head = 0, parts[-1].rows[:1]
    for piece in [sum(sum(part.pieces(wide)) for part in parts[:-1]) + first, *rest]:
        if end % HEIGHT + piece > HEIGHT:
            end = ceil(end / HEIGHT) * HEIGHT + bool(begun) * (sum(head) + SLACK * wide)
        end += piece
        begun = begun or ceil(end / HEIGHT)
    return begun, ceil(end / HEIGHT), end


def lay(parts: list[Part], taken: int) -> tuple[list[Part], dict[str, int]]:
    """The parts with the pages that have to begin, and the pages of headings by anchor; so many are `taken` before."""
    done, pages, ends, lead = list[Part](), dict[str, int](), [taken * HEIGHT] * 2, list[Part]()
    for part, below in zip_longest(parts, parts[1:]):
        lead.append(part)
        if part.kept and below and not getattr(below.block, "annex", False) and below.line == WIDTH:
            continue
        annex, top = getattr(lead[0].block, "annex", False), ceil(max(ends) / HEIGHT) * HEIGHT
        close, wide = _reach(ends[0], lead, False), _reach(ends[1], lead, True)
        if annex or close[1] != wide[1] or (len(lead) > 1 and close[0] != wide[0]):
            lead[0] = replace(lead[0], fresh=not annex and ends[1] < top)
            close, wide = _reach(top, lead, False), _reach(top, lead, True)
        done, ends = done + lead, [close[2], wide[2]]
        pages |= {part.block.anchor: wide[0] for part in lead if isinstance(part.block, Heading)}
        lead = []
    return done, pages
