"""A draft: what documents say in numbers, named as far as that is sure, for the analyst to confirm."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from lib.edition.dictionary import BUDGET, COLUMNS, INDICATORS, PRINTED, library
from lib.edition.store import Record
from lib.intake.basetable import Base, base
from lib.intake.claims import Claim, claims
from lib.intake.forms import recognised
from lib.intake.items import Item, items
from lib.intake.naming import Name, name
from lib.intake.reading import Document, Passage, read
from lib.intake.scoresheet import Sheet
from lib.numbers.finding import in_cell

TABLE = ["doc", "token", "kind", "low", "high", "low_closed", "high_closed", "unit", "indicator", "reason"]
CLAIMS = ["doc", "stated", "parts", "holds"]
UNION = "工会"
"""The kind of unit that has a pack of its own, and indicators with it."""


@dataclass(frozen=True)
class Form:
    """A base table or score sheet of a document: which passage it is and what it says."""

    passage: int
    kind: str
    said: Base | Sheet


@dataclass(frozen=True)
class Draft:
    """A document with its numbers; `known`: the rows of the dictionary that its unit has."""

    document: Document
    known: tuple[Record, ...]
    year: int
    union: bool = False

    @cached_property
    def items(self) -> list[Item]:
        """Its figures and look-alikes, in its order."""
        units = {(form.passage, place): unit for form in self.forms for place, _, unit in _cells(form)}
        return [_measured(one, units.get((one.passage, one.cell), "")) for one in items(self.document.passages)]

    @cached_property
    def names(self) -> list[Name]:
        """What each of them measures; the cells of a base table are called by their place in it."""
        placed = {(form.passage, place): one for form in self.forms for place, one, _ in _cells(form)}
        given = name([one for one in self.items if one.passage not in self._tables], self.known, self.year)
        rest = iter(given)
        return [
            Name(placed.get((one.passage, one.cell), ""), 9.0) if one.passage in self._tables else next(rest)
            for one in self.items
        ]

    @cached_property
    def forms(self) -> list[Form]:
        """Its base tables and score sheets."""
        found, above = [], ""
        for number, passage in enumerate(self.document.passages):
            if passage.rows and (kind := recognised(passage.rows, above, self.year)):
                said = base(passage.rows, above, self.year) if kind == "base" else Sheet(passage.rows, above)
                found.append(Form(number, kind, said))
            above = passage.text if passage.text and passage.kind != "furniture" else above
        return found

    @cached_property
    def claims(self) -> list[Claim]:
        """What it says of its figures, and whether that holds."""
        return claims(self.document.passages, self.items)

    @cached_property
    def _tables(self) -> set[int]:
        return {form.passage for form in self.forms if form.kind == "base"}


def draft(path: Path, root: Path, unit: str = "", year: int = 0, kind: str = "") -> Draft:
    """A document, read. Without a `kind` a unit of which the document speaks as a union is one. Raises InputError."""
    document = read(path)
    union = kind == UNION if kind else _union(document.passages)
    rows = library(root, unit, "indicators", INDICATORS)
    own = [row for row in rows if union or row["section"] in (BUDGET, "")]
    return Draft(document, tuple(own), year or _year(document.passages), union)


def _union(passages: Sequence[Passage]) -> bool:
    """Whether a document is that of a union: it says so in its first lines."""
    return UNION in "".join(one.text for one in passages[:12] if one.kind != "furniture")[:200]


def _year(passages: Sequence[Passage]) -> int:
    """The year that a report is about: the first that its text tells, else the last that its tables do."""
    text = "".join(one.text for one in passages[:40])
    cells = "，".join(cell for one in passages for row in one.rows[:4] for cell in row if cell)
    return int(next(iter(_YEARS.findall(text)), max(_YEARS.findall(cells), default=0)))


_YEARS = re.compile(r"(20\d\d)\s*年")


def _cells(form: Form) -> Iterator[tuple[tuple[int, int], str, str]]:
    """(place, name, unit) of the cells of a base table."""
    for row in [*form.said.budget, *form.said.rates] if isinstance(form.said, Base) else ():
        for column, place in row["place"].items():
            item, column = row.get("item") or row["indicator"], "budget" if column == "full" else column
            yield place, item if "." in item else f"{BUDGET}.{item}.{column}", row.get("unit", "%")


def _measured(item: Item, unit: str) -> Item:
    """A cell in the unit that its form says."""
    found = item.found.reading and unit and in_cell(item.found.token, unit)
    return replace(item, found=found) if found else item


def table(drafts: Iterable[Draft]) -> Iterator[dict[str, Any]]:
    """What was found, an item a row (`TABLE`); indicators by their names in the dictionary, without the column of a base table."""
    for one in drafts:
        known = {row["indicator"] for row in one.known}
        for item, called in zip(one.items, one.names, strict=True):
            found, reading = item.found, item.found.reading
            row = dict.fromkeys(TABLE, "") | {"doc": one.document.path.stem, "token": found.token}
            if reading:
                low, high = reading.bounds.low, reading.bounds.high
                row |= {"kind": "figure", "low": low, "high": high, "unit": unit_of(reading.unit)}
                row |= {"low_closed": reading.bounds.low_closed, "high_closed": reading.bounds.high_closed}
                called = called.indicator.removesuffix(PRINTED)
                plainly = called.rpartition(".")[0] if called.rpartition(".")[2] in COLUMNS else called
                row["indicator"] = plainly if plainly in known else ""
            else:
                row |= {"kind": "not", "reason": found.reason}
            yield row


def unit_of(unit: str) -> str:
    """A unit as the table has it."""
    return unit.removeprefix("个") if unit == "个百分点" else unit


def claimed(drafts: Iterable[Draft]) -> Iterator[dict[str, Any]]:
    """What documents claim of their figures (`CLAIMS`)."""
    for one in drafts:
        for claim in one.claims:
            parts = ";".join(part.found.token for part in claim.parts)
            stated = claim.stated.found.token
            yield {
                "doc": one.document.path.stem,
                "stated": stated,
                "parts": parts,
                "holds": "yes" if claim.holds else "no",
            }
