"""The dictionary: what may be measured, what must agree, what comes first; and the names of the base table's cells (附件1):
`budget.<item>.<column>`, where an item whose name is Chinese is a special fund; what has one value a year (`staff.*`) has its own."""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from lib.edition.card import Profile
from lib.edition.fault import Bad
from lib.edition.spelling import label
from lib.edition.store import InputError, Record, read_table

INDICATORS = ["indicator", "section", "label", "unit", "scope", "direction", "definition", "cues", "since"]
FORMULAS = ["metric", "label", "formula", "caveat"]
HEADLINES = ["metric", "plan", "least", "sentence", "above", "even", "below"]
FUNDS = "专项资金"  # in a row of headlines.csv: each special fund in turn
CHECKS = ["check", "kind", "severity", "relation", "message"]
RANGES = ["name", "low", "high", "factor", "source"]
OWN = {"indicators": INDICATORS, "checks": CHECKS, "ranges": RANGES, "metrics": FORMULAS, "headlines": HEADLINES}
"""The tables that a unit may keep beside its years, and their columns."""
BASE_TABLE = ["group", "item", "words", "nature"]
COLUMNS = {name: label("budget", name) for name in ("last_budget", "last_outturn", "initial", "budget", "outturn")}
"""The columns of the base table; `budget`: what execution is measured against."""
PLANS = {name: label("budget", name) for name in ("full", "budget", "initial")}
"""What that may be, the first before the others; of `budget` the source does not say which it is."""
UNDER = "·"  # in a row of a unit's own, between the item that it is part of and its name: public·办公费
BUDGET = "budget"  # the first word of its cells' names, and the section that they belong to
SCORE_SHEET = "自评表"  # where an amount of the head of a score sheet stands
TEXT = "正文"  # what a text alone says of a cell of a form begins so
PRINTED = ".printed"  # what the source prints of a metric has the metric's name and this
EACH = ".each"  # in a relation: each column in turn


@dataclass(frozen=True)
class Indicator:
    """What may be measured: its section, unit and scope, which `direction` is good (`up`, `down` or nothing); `since`: the first
    year of its definition, 0 if it has none; `item`: the label without the column of the base table."""

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
    path: Path


def cell(item: str, column: str) -> str:
    """The name of a cell of the base table."""
    return f"{BUDGET}.{item}.{column}"


def column_of(name: str) -> str:
    """The column of a cell of the base table; nothing of any other figure."""
    column = name.rpartition(".")[2]
    return column if name.startswith(f"{BUDGET}.") and column in COLUMNS else ""


def columnless(name: str) -> str:
    """The name of a cell of the base table without its column; any other as it is."""
    return name.removesuffix(f".{column_of(name)}")


def is_fund(name: str) -> bool:
    """Whether a figure is one of a special fund of the base table."""
    return name.startswith(f"{BUDGET}.") and not name.isascii() and UNDER not in name


def claimed(check: str) -> str:
    """The year in which alone it must hold, of a check that is claimed by a document of that year (claim_2023_1); nothing of others."""
    return check.split("_")[1] if re.match(r"claim_\d+_", check) else ""


def each(relation: str, columns: Iterable[str] = tuple(COLUMNS)) -> Iterable[str]:
    """A relation for each of the columns, if it asks for them; none for a check that has no relation."""
    return dict.fromkeys(relation.replace(EACH, f".{column}") for column in columns if relation)


def once(label: str) -> str:
    """What a figure is called that needs no column: of the base table the outturn."""
    return label.removesuffix("（决算）")


def this_year(label: str) -> str:
    """What a figure of last year (上年支出总额, 中学上年培训) is called of its own; nothing for one of another."""
    return label.replace("上年", "", 1) if "上年" in label else ""


def library(root: Path, unit: str, name: str, bad: Bad = None) -> list[Record]:
    """The rows of a shared table of `OWN` with the unit's own, which take the place of those of the same name. Raises
    InputError for a name that is there twice, a cell that cannot be meant; given a list `bad`, puts these there."""
    errors: list[InputError] = [] if bad is None else bad
    found: dict[str, Record] = {}
    columns = OWN[name]
    for path in (root / "data" / f"{name}.csv", root / "data" / "raw" / unit / f"{name}.csv"):
        seen = set()
        for row in read_table(path, columns, True, bad):
            called = row[columns[0]]
            if called in seen or not called.strip():
                errors.append(InputError.of_cell(row, columns[0], "各行不同的名称"))
            seen.add(called)
            found[called] = row
    InputError.together(errors, bad)
    return list(found.values())


def kindred(root: Path, unit: str, kind: str) -> list[Record]:
    """The indicators of their own that other units of a kind have; one whose tables cannot be read is passed over."""
    found = []
    for path in sorted((root / "data" / "raw").glob("*/indicators.csv")) if kind else ():
        with suppress(InputError):
            if path.parent.name != unit and Profile.of(path.parent).kind == kind:
                found += read_table(path, INDICATORS)
    return found


def indicators(library: list[Record], items: list[str], columns: Mapping[str, str], bad: Bad) -> dict[str, Indicator]:
    """The indicators of a unit by name, from the rows of its library and the `items` of a base table. A row
    `budget.<item>` stands for its `columns`, by name what they are called; special funds need not be in the file.
    Raises InputError for a row that names an unknown section; `bad` as in `library`."""
    rows = [*library]
    errors: list[InputError] = [] if bad is None else bad
    like = next((row for row in rows if row["indicator"] == f"{BUDGET}.special"), dict.fromkeys(INDICATORS, ""))
    known = {row["indicator"] for row in rows}
    sections = {row["section"] for row in rows if row["path"].parent.name == "data"} | {""}
    expected = f"{'、'.join(sorted(sections - {''}))}，或留空"
    errors += [InputError.of_cell(row, "section", expected) for row in rows if row["section"] not in sections]
    InputError.together(errors, bad)
    for fund in dict.fromkeys(items):
        if not fund.isascii() and f"{BUDGET}.{fund}" not in known:
            label = fund.rpartition(UNDER)[2]
            about = {"indicator": f"{BUDGET}.{fund}", "label": label, "definition": "专项资金", "cues": label}
            rows.append(like | about)
    found = {}
    for row in rows:
        name, label, scope = row["indicator"], row["label"], tuple(filter(None, row["scope"].split(";")))
        cells = {f"{name}.{column}": f"{label}（{words}）" for column, words in columns.items()}
        for called, words in cells.items() if name.startswith(f"{BUDGET}.") else [(name, label)]:
            given = row["section"], words, row["unit"], scope, row["direction"], int(row["since"] or 0), label
            found[called] = Indicator(called, *given)
    return found
