"""The proof sheet (`draft.html`): a document beside its figures, for the analyst to look through. What is decided stands in draft.csv."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import groupby, islice
from math import inf
from typing import Any

from markupsafe import Markup, escape

from lib.edition.dictionary import BUDGET, COLUMNS, UNDER, columnless
from lib.intake import ledger
from lib.intake.claims import Claim
from lib.intake.draft import Draft
from lib.intake.items import Item
from lib.intake.labels import Row
from lib.numbers import notation
from lib.numbers.bounds import Bounds
from lib.numbers.wording import describe, say
from lib.publish import web

STATES = dict(zip(ledger.STATES, ("wrong", "unsure", "sure", "aside"), strict=True))  # as the page's style calls them
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Signs that have no shape, some of which turn the order of a line about: they are shown as what they are."""
Items = list[tuple[int, Item]]
Entries = Mapping[int, Mapping[str, str]]
"""Items, each with its line in the table, whose head is line 1, and what stands in the lines."""


def page(title: str, drafts: Sequence[Draft], table: Sequence[Mapping[str, str]]) -> str:
    """A page that needs nothing beside it, of drafts and the rows of draft.csv, one for each item; a reading in a row goes first."""
    told: list[dict[str, Any]] = []
    lines = enumerate(table, 2)
    for draft in drafts:
        labels = {row["indicator"]: row["label"] for row in draft.known}
        rows = zip(draft.items, islice(lines, len(draft.items)), strict=True)
        entries = {number: _entry(item, row, labels) for item, (number, row) in rows}
        items = list(zip(entries, draft.items, strict=True))
        told.append({"draft": draft, "entries": entries, "blocks": _blocks(draft, items, entries)})
        told[-1]["lines"] = {item: number for number, item in items}
        told[-1]["cells"] = {(item.passage, item.cell): number for number, item in items if item.cell and item.figure}
        told[-1]["labels"] = {name.removeprefix(f"{BUDGET}."): label for name, label in labels.items()}
    count = Counter(entry["state"] for one in told for entry in one["entries"].values())
    columns = {one: COLUMNS[one] for one in ("last_outturn", "budget", "outturn")}
    made = web.page("proof", title=title, documents=told, count=count, states=STATES, columns=columns, due=_due)
    return _UNSEEN.sub(lambda sign: f"⟨U+{ord(sign[0]):04X}⟩", made)


def _entry(item: Item, row: Mapping[str, str], labels: Mapping[str, str]) -> dict[str, str]:
    """A row with what its figure is called and read as in words; a state that the table does not know is still to be decided."""
    said = row["reading"] or ("" if item.figure else row["printed"])
    reading = notation.tried(said) if said else item.found.reading
    words = _words(reading.bounds, reading.unit or row["unit"]) if reading else "读不出"
    state = row["state"] if row["state"] in STATES else ledger.UNSURE
    bare = columnless(row["indicator"])
    column = row["indicator"].removeprefix(bare)[1:]
    named = labels.get(bare, bare.rpartition(UNDER)[2] * (UNDER in bare))
    called = row["label"] or named + (column and f"（{COLUMNS[column]}）")
    return {**row, "state": state, "called": called, "read": "" if ledger.ASIDE in (row["kind"], state) else words}


@lru_cache(2**14)
def _words(bounds: Bounds, unit: str, words: Callable[[Bounds, str], str] = describe) -> str:
    """Bounds in words; a number without a unit is no ratio."""
    return words(bounds, "" if unit in ("%", "‰") else unit) if unit else words(bounds, "倍").replace("倍", "")


def _due(claim: Claim) -> str:
    """What follows from the parts of a claim, in words; nothing where that is no number."""
    ends = [Fraction(f"{end:.12g}") if abs(end) < inf else end for end in claim.due or ()]
    return _words(Bounds(*ends), claim.stated.found.reading.unit, say) if ends else ""


def _blocks(draft: Draft, items: Items, entries: Entries) -> list[tuple[str, list[dict[str, Any]]]]:
    """(kind, passages): lists and furniture together, others one by one; levels of headings without gaps, below the page's own."""
    marked = {number: list(group) for number, group in groupby(items, lambda one: one[1].passage)}
    blocks: list[tuple[str, list[dict[str, Any]]]] = []
    level = 2
    for number, passage in enumerate(draft.document.passages):
        level = min(passage.level + 2, level + 1, 6) if passage.kind == "heading" else level
        here = marked.get(number, [])
        told = _cells(passage.rows, here, entries) if passage.rows else _marked(passage.text, here, entries)
        if not (blocks and passage.kind == blocks[-1][0] in ("item", "furniture")):
            blocks.append((passage.kind, []))
        blocks[-1][1].append({"passage": passage, "level": level, "rows" if passage.rows else "text": told})
    return blocks


def _marked(text: str, items: Items, entries: Entries) -> Markup:
    """A text with its items marked; a mark and its row know each other by the line of the table."""
    told, end = [], 0
    for line, item in items:
        before, said = escape(text[end : item.found.start]), escape(text[item.found.start : item.found.end])
        state = STATES[entries[line]["state"]]
        told.append(f'{before}<mark><a class="m {state}" id="m{line}" href="#r{line}">{said}</a></mark>')
        end = item.found.end
    return Markup("".join([*told, escape(text[end:])]))


def _cells(rows: Sequence[Row], items: Items, entries: Entries) -> list[list[dict[str, Any]]]:
    """The cells of a table with their spans; what a merged cell covers belongs to that on its left, else to that above."""
    at = {place: list(group) for place, group in groupby(items, lambda one: one[1].cell)}
    numbers = (item.cell[0] for _, item in items if item.cell and item.figure and re.search(r"\d", item.found.token))
    first = max(1, min(numbers, default=1))
    taken: set[tuple[int, int]] = set()
    told: list[list[dict[str, Any]]] = [[] for _ in rows]
    for r, row in enumerate(rows):
        for c, text in ((c, text) for c, text in enumerate(row) if (r, c) not in taken):
            free = (k for k in range(c + 1, len(row)) if text is None or row[k] is not None or (r, k) in taken)
            end = next(free, len(row))
            foot = next((k for k in range(r + 1, len(rows)) if text is None or {*rows[k][:end]} != {None}), len(rows))
            taken |= {(down, right) for down in range(r, foot) for right in range(c, end)}
            head = "" if not text else "col" if r < first else "row" if not c and (r, c) not in at else ""
            said = _marked(text or "", at.get((r, c), []), entries)
            told[r].append({"text": said, "wide": end - c, "high": foot - r, "head": head})
    return told
