"""The dictionary: what may be measured, what must agree, what comes first; and the names of the base table's cells.

A cell of the base table (附件1) is `budget.<item>.<column>`; a special fund is an item whose name is Chinese. What has but one value a
year (`staff.*`, `building.*`) has its own name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lib.edition.store import InputError, read_table

INDICATORS = ["indicator", "section", "label", "unit", "scope", "direction", "definition", "cues", "since"]
CHECKS = ["check", "kind", "severity", "relation", "message"]
BASE_TABLE = ["group", "item", "words"]
COLUMNS = {"last_outturn": "上年决算", "budget": "预算", "outturn": "决算"}
"""The columns of the base table."""
BUDGET = "budget"
"""The first word of its cells' names, and the section that they belong to."""
EACH = ".each"
"""In a relation: each column in turn."""


@dataclass(frozen=True)
class Indicator:
    """What may be measured: its section, unit and scope, and which direction is good (`up`, `down` or nothing).

    `since`: the first year of its definition, 0 if it has none; `item`: the label without the column of the base table.
    """

    name: str
    section: str
    label: str
    unit: str
    scope: tuple[str, ...]
    direction: str
    since: int
    item: str


@dataclass(frozen=True)
class Check:
    """What must agree: its kind, how much it weighs, the relation (nothing where code asks) and what a finding says."""

    name: str
    kind: str
    severity: str
    relation: str
    message: str
    line: int


def cell(item: str, column: str) -> str:
    """The name of a cell of the base table."""
    return f"{BUDGET}.{item}.{column}"


def is_fund(name: str) -> bool:
    """Whether a figure is one of a special fund of the base table."""
    return name.startswith(f"{BUDGET}.") and not name.isascii()


def in_column(name: str, column: str) -> bool:
    """Whether a figure stands in this column of the base table."""
    return name.startswith(f"{BUDGET}.") and name.endswith(f".{column}")


def each(relation: str) -> Iterator[str]:
    """A relation for each column that it asks for; none for a check that has no relation."""
    if EACH in relation:
        yield from (relation.replace(EACH, f".{column}") for column in COLUMNS)
    elif relation:
        yield relation


def indicators(root: Path, items: Iterable[str]) -> dict[str, Indicator]:
    """The indicator dictionary by name, with `items` of a base table among them.

    A row `budget.<item>` stands for its three columns; special funds need not be in the file.
    """
    path = root / "data" / "indicators.csv"
    rows = read_table(path, INDICATORS)
    like = next(row for row in rows if row["indicator"] == f"{BUDGET}.special")
    known = {row["indicator"] for row in rows}
    for fund in dict.fromkeys(items):
        if not fund.isascii() and f"{BUDGET}.{fund}" not in known:
            about = {"indicator": f"{BUDGET}.{fund}", "label": fund, "definition": "专项资金", "cues": fund}
            rows.append(like | about)
    found = {}
    for row in rows:
        name, label, scope = row["indicator"], row["label"], tuple(row["scope"].split(";"))
        if row["since"] and not row["since"].isdigit():
            raise InputError(path, row["line"], f"since {row['since']}", "年份，或留空", "改正 since")
        cells = {f"{name}.{column}": f"{label}（{words}）" for column, words in COLUMNS.items()}
        for called, words in cells.items() if name.startswith(f"{BUDGET}.") else [(name, label)]:
            given = row["section"], words, row["unit"], scope, row["direction"], int(row["since"] or 0), label
            found[called] = Indicator(called, *given)
    return found


def checks(root: Path) -> list[Check]:
    """The relations that must hold, and how much each check weighs."""
    rows = read_table(root / "data" / "checks.csv", CHECKS)
    return [Check(row["check"], *(row[column] for column in (*CHECKS[1:], "line"))) for row in rows]
