"""Silence: what a report leaves out, heading and all, because nothing of it was reported."""

import re
from collections.abc import Iterator
from typing import Any

from lib.cells import CHART, PROSE, TABLE

Cell = dict[str, Any]


def spoken(cells: list[Cell]) -> list[Cell]:
    """The cells of an executed notebook without what is silent.

    What stands between two headings goes where a cell of it is hollow and none has a value; a heading goes where nothing below it
    is left.
    """
    groups: list[list[Cell]] = [[]]
    for cell in _apart(cells):
        groups += [[cell]] if _level(cell) else []
        if not _level(cell):
            groups[-1].append(cell)
    kept: list[Cell] = []
    alive: set[int] = set()  # levels of the headings that are left, as far as one above would hold them
    for group in reversed(groups):
        level, silent = _level(group[0]) if group else 0, _silent(group)
        says = not silent and any(map(_says, group[1:] if level else group))
        if level and not says and not any(deeper > level for deeper in alive):
            alive = {other for other in alive if other <= level}
            continue
        kept = [*(group[:1] if silent and level else [] if silent else group), *kept]
        alive = {other for other in alive if other <= level} | {level}
    return kept


def _apart(cells: list[Cell]) -> Iterator[Cell]:
    """Each heading of a Markdown cell as a cell of its own, and the text below it as another."""
    for cell in cells:
        parts = ["".join(cell["source"])]
        if cell["cell_type"] == "markdown":
            parts = [part for part in re.split(r"^(#{1,6} .*)$", parts[0], flags=re.M) if part.strip()]
        yield from (cell | {"source": part} for part in parts)


def _level(cell: Cell) -> int:
    """The level of the heading that a cell is or shows, 0 for any other and for what is not published."""
    said = ["".join(cell["source"])] if cell["cell_type"] == "markdown" and not _removed(cell) else []
    said += [data.get(PROSE, {}).get("markdown", "") for data in _shown(cell)]
    found = re.match(r"(#{1,6}) .*$", said[0]) if len(said) == 1 else None
    return len(found[1]) if found else 0


def _removed(cell: Cell) -> bool:
    return "remove-cell" in cell["metadata"].get("tags", [])


def _shown(cell: Cell) -> Iterator[dict[str, Any]]:
    """What the outputs of a cell show, if it is published."""
    if not _removed(cell):
        yield from (output.get("data", {}) for output in cell.get("outputs", []))


def _says(cell: Cell) -> bool:
    """Whether a cell has something for the page."""
    if cell["cell_type"] == "markdown":
        return not _removed(cell) and bool("".join(cell["source"]).strip())
    return any(TABLE in data or CHART in data or data.get(PROSE, {}).get("markdown") for data in _shown(cell))


def _silent(group: list[Cell]) -> bool:
    """Whether something was to be said between two headings, and nothing of it has a value."""
    shown = [data for cell in group for data in _shown(cell)]
    valued = any(TABLE in data or CHART in data or data.get(PROSE, {}).get("values") for data in shown)
    return not valued and any(data.get(PROSE, {}).get("hollow") for data in shown)
