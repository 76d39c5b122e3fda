"""The dictionary: what may be measured, what must agree, what comes first; and the names of the base table's cells.

A cell of the base table (附件1) is `budget.<item>.<column>`; a special fund is an item whose name is Chinese. What has but one value a
year (`staff.*`, `building.*`) has its own name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from lib.edition.store import read_table

if TYPE_CHECKING:
    import pandas as pd

INDICATORS = ["indicator", "section", "label", "unit", "scope", "direction", "definition", "cues", "since"]
CHECKS = ["check", "kind", "severity", "relation", "message"]
BASE_TABLE = ["group", "item", "words"]
COLUMNS = {"last_outturn": "上年决算", "budget": "预算", "outturn": "决算"}
"""The columns of the base table."""
BUDGET = "budget"
"""The first word of its cells' names, and the section that they belong to."""
EACH = ".each"
"""In a relation: each column in turn."""


def cell(item: str, column: str) -> str:
    """The name of a cell of the base table."""
    return f"{BUDGET}.{item}.{column}"


def item_of(name: str) -> str:
    """The item of a cell: `budget.total` of `budget.total.outturn`; any other name stands for itself."""
    return name.rpartition(".")[0] if name.startswith(f"{BUDGET}.") and name.count(".") > 1 else name


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


def label_of(label: str, column: str) -> str:
    """What a cell of the base table is called: 支出总额（决算）."""
    return f"{label}（{COLUMNS[column]}）"


def indicators(root: Path, items: Iterable[str]) -> pd.DataFrame:
    """The indicator dictionary with `items` of a base table among them; `item` is what a cell's columns have in common.

    A row `budget.<item>` stands for its three columns; special funds need not be in the file.
    """
    import pandas as pd

    rows = read_table(root / "data" / "indicators.csv", INDICATORS).to_dict("records")
    like = next(row for row in rows if row["indicator"] == f"{BUDGET}.special")
    known = {row["indicator"] for row in rows}
    for fund in dict.fromkeys(items):
        if not fund.isascii() and f"{BUDGET}.{fund}" not in known:
            about = {"indicator": f"{BUDGET}.{fund}", "label": fund, "definition": "专项资金", "cues": fund}
            rows.append(like | about)
    expanded = []
    for row in rows:
        name, label = row["indicator"], row["label"]
        if name.startswith(f"{BUDGET}."):
            cells = ({"indicator": f"{name}.{c}", "label": label_of(label, c)} for c in COLUMNS)
            expanded += [row | {"item": label} | about for about in cells]
        else:
            expanded.append(row | {"item": label})
    return pd.DataFrame(expanded, columns=[*INDICATORS, "item"])


def checks(root: Path) -> pd.DataFrame:
    """The relations that must hold, and how much each check weighs."""
    return read_table(root / "data" / "checks.csv", CHECKS)
