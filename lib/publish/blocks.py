"""What a report consists of: inline runs, and the blocks that hold them. Every form writes each in its own way."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lib.cells import spans


@dataclass(frozen=True)
class Text:
    """Words as they are, or a computed number, whose `reference` leads to `Document.values`."""

    text: str
    reference: str = ""


@dataclass(frozen=True)
class Span:
    """`kind` is strong, emphasis, link or code."""

    kind: str
    children: "tuple[Inline, ...]"
    url: str = ""


Inline = Text | Span


@dataclass(frozen=True)
class Heading:
    """`level` 1 is a chapter; `number` is 一、 （一） 1. or, for the head of an annex, 附件1; `data`: paper has it apart."""

    level: int
    number: str
    text: str
    anchor: str
    annex: bool = False
    data: bool = False


@dataclass(frozen=True)
class Paragraph:
    """Inline runs that stand together; `signed`: who reports, and the day, at the right."""

    children: tuple[Inline, ...]
    signed: bool = False


@dataclass(frozen=True)
class Items:
    """A list; every item holds blocks. An ordered one begins with `start`."""

    ordered: bool
    items: "tuple[tuple[Block, ...], ...]"
    start: int = 1


@dataclass(frozen=True)
class Box:
    """A block quote: a note set apart from the text."""

    blocks: "tuple[Block, ...]"


@dataclass(frozen=True)
class Column:
    """A column's head; a numeric one is set to the right."""

    label: str
    numeric: bool = False


@dataclass(frozen=True)
class Table:
    """`rows` hold inline runs; `anchors` has one per row, or is empty; `official`, `merged` and `drawn` as in `lib.cells`."""

    number: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[tuple[Inline, ...], ...], ...]
    anchors: tuple[str, ...]
    anchor: str
    official: bool = False
    merged: int = 0
    drawn: tuple[Any, ...] = ()

    @property
    def spans(self) -> list[list[int]]:
        """How many rows each cell takes, the head first, as `cells.spans` has it."""
        return [[1] * len(self.columns), *spans(self.rows, self.merged)]

    @property
    def texts(self) -> list[list[str]]:
        """What its cells say, row by row, the head first."""
        return [[column.label for column in self.columns], *([*map(inner_text, row)] for row in self.rows)]


@dataclass(frozen=True)
class Chart:
    """`svg` is the picture, `alt` says in words what it shows, `rows` are label and text of what is drawn."""

    number: str
    caption: str
    alt: str
    svg: str
    anchor: str
    rows: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Code:
    """That a code cell made what stands before: no form shows it, each may name the `notebook`, blank where nothing is shown.
    What it shows is `valued` where it has numbers, `hollow` where it would have them, but they were not reported."""

    notebook: str
    valued: bool = False
    hollow: bool = False


Block = Heading | Paragraph | Items | Box | Table | Chart | Code


def chapters(blocks: Iterable[Block]) -> list[tuple[Heading | None, list[Block]]]:
    """What stands below each heading of level 1; first, without a heading, what stands before them all."""
    found = list[tuple[Heading | None, list[Block]]]([(None, [])])
    for block in blocks:
        if isinstance(block, Heading) and block.level == 1:
            found.append((block, []))
        else:
            found[-1][1].append(block)
    return found


def inner_text(children: Iterable[Inline]) -> str:
    """Inline runs as a reader reads them."""
    return "".join(inner_text(run.children) if isinstance(run, Span) else run.text for run in children)


def em(text: str) -> float:
    """Width in em: Chinese characters and % take one, Latin letters and digits this in the widest of the faces that stand in."""
    wide = sum(sign > "\u2000" or sign == "%" for sign in text)
    return wide + 0.64 * (len(text) - wide)
