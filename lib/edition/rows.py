"""Rows: what stands in the tables figures, metrics and findings, typed, and each as a quantity."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar, Self

from lib.numbers.bounds import Bounds
from lib.numbers.quantity import Quantity
from lib.numbers.wording import DOUBT, MISSING

PACKAGE: dict[str, Any] = json.loads(Path(__file__).with_name("datapackage.json").read_text("utf-8"))
"""The published tables as a Frictionless data package says them, of whichever edition."""
TABLES = {table["name"]: [field["name"] for field in table["schema"]["fields"]] for table in PACKAGE["resources"]}
_ENDS = ["low", "high", "low_closed", "high_closed"]
SEVERITIES = {"error": "差错", "warning": "提醒", "note": "说明"}
STATUSES = {"reported": "照录", "corrected": "更正", "implied": "按所列计数", "missing": "未提供", "silent": "未列入"}
"""How pages name what a finding amounts to, and how a figure came into the table."""
TREATED = {"open": "待说明", "settled": "已更正", "stated": "单位已说明"}  # how pages name what became of a finding


def bounds(row: Mapping[str, Any] | None) -> Bounds | None:
    """The bounds of a row of a table; None where it is missing."""
    return Bounds(*(row[end] for end in _ENDS)) if row and row.get("low") is not None else None


class Row:
    """A row of a table: its fields are columns, `name` the first of them, `bounds` four; a tuple is joined by `;`."""

    TABLE: ClassVar[str]
    COLUMNS: ClassVar[list[str]]

    def __init_subclass__(cls, table: str, more: Sequence[str] = ()) -> None:
        """`more`: columns that the published table does not have."""
        cls.TABLE, cls.COLUMNS = table, [*TABLES[table], *more]

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """A row as it was read; a published table may have fewer columns."""
        told = {**row, "name": row[cls.COLUMNS[0]], "bounds": bounds(row)}
        given = {field.name: told[field.name] for field in fields(cls) if field.name in told}  # type: ignore[arg-type]
        several = [field.name for field in fields(cls) if "tuple" in str(field.type)]  # type: ignore[arg-type]
        return cls(**given | {name: tuple(filter(None, given[name].split(";"))) for name in several if name in given})

    @property
    def cells(self) -> dict[str, Any]:
        """Its columns in the table."""
        found: dict[str, Any] = {}
        for field in fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            if field.name == "bounds":
                found |= {end: value and getattr(value, end) for end in _ENDS}
            else:
                column = self.COLUMNS[0] if field.name == "name" else field.name
                found[column] = ";".join(value) if isinstance(value, tuple) else value
        return found


@dataclass(frozen=True)
class Figure(Row, table="figures", more=("shown", "rounding", "item", "narrowed", "doubt")):
    """What the source prints of an indicator. `bounds` in `unit`, None where it was not reported; `value`: the nominal
    number, None where a hedge gives none; `scope`: what it covers; `shown`: its canonical wording; `rounding`: how far
    rounding may reach, in `unit` (for checks only); `item`: the label without the column of the base table; `narrowed`:
    the figures by whose sum its bounds are narrower than its wording; `doubt`: the open questions on it."""

    name: str
    section: str
    label: str
    printed: str
    bounds: Bounds | None
    value: Fraction | None
    unit: str
    scope: tuple[str, ...]
    status: str
    locator: str
    shown: str = ""
    rounding: Fraction | None = None
    item: str = ""
    narrowed: str = ""
    doubt: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """As printed and with its place: 参保人数：4025人（来源1(1)）."""
        if self.bounds is None:
            return f"{self.label}：{MISSING}"
        how = {"implied": "，按来源所列计数", "corrected": f"，更正为{self.shown}"}.get(self.status, "")
        how += f"，按与{self.narrowed}的合计关系收窄" if self.narrowed else ""
        return f"{self.label}：{self.printed or self.shown}（来源{self.locator}{how}）"

    def quantity(self, rounded: bool = False, name: str = "") -> Quantity:
        """The figure as a quantity; `rounded` widens by half the last printed place, for checks only."""
        limits = self.bounds.widened(self.rounding) if self.bounds and rounded and self.rounding else self.bounds
        name = name or self.name
        about = {"label": self.label, "scope": frozenset(self.scope), "wording": self.shown, "place": self.locator}
        more = {"inputs": {name: self.source}, "doubt": self.doubt}
        return Quantity.figure(name, limits, self.value, self.unit, **about, **more)


@dataclass(frozen=True)
class Metric(Row, table="metrics"):
    """What a notebook computed: `bounds` and `value` in `unit`, both None where a figure is missing; `shown` as on the page; `inputs`:
    the names of the figures that it rests on."""

    name: str
    section: str
    label: str
    bounds: Bounds | None
    value: Fraction | None
    unit: str
    shown: str
    formula: str
    inputs: tuple[str, ...]
    caveat: str

    @classmethod
    def made(cls, q: Quantity, section: str) -> Self:
        """A quantity that a section recorded."""
        about: dict[str, Any] = {"shown": q.shown, "formula": q.formula, "inputs": tuple(q.inputs), "caveat": q.caveat}
        return cls(q.name, section, q.label, q.bounds, q.value, str(q.unit), **about)

    def quantity(self, figures: Mapping[str, Quantity]) -> Quantity:
        """The metric as other notebooks use it; `figures` are those that it may rest on."""
        rests = [figures[name] for name in self.inputs]
        scope = frozenset().union(*(figure.scope for figure in rests))
        inputs = {figure.name: figure.inputs[figure.name] for figure in rests}
        doubt = tuple(dict.fromkeys(one for figure in rests for one in figure.doubt))
        return self._as(self.name, self.label, self.formula, inputs=inputs, scope=scope, doubt=doubt)

    def quoted(self, name: str, label: str, edition: str) -> Quantity:
        """The metric as another edition published it, and saying so."""
        doubt = (f"{edition}注明存疑",) if self.shown.endswith(DOUBT) else ()
        return self._as(name, label, f"{self.formula}（据{edition}）", inputs={}, doubt=doubt)

    def _as(self, name: str, label: str, formula: str, **more: Any) -> Quantity:
        about = {"label": label, "formula": formula, "caveat": self.caveat, "wording": self.shown.removesuffix(DOUBT)}
        return Quantity.figure(name, self.bounds, self.value, self.unit, **about, **more)


@dataclass(frozen=True)
class Finding(Row, table="findings"):
    """What a check says: how much it weighs (`SEVERITIES`), what became of it (`TREATED`), about which sections and indicators, where."""

    check: str
    severity: str
    message: str
    status: str = "open"
    section: str = ""
    indicators: tuple[str, ...] = ()
    locators: tuple[str, ...] = ()

    @classmethod
    def about(cls, check: str, severity: str, message: str, figures: Sequence[Figure], status: str = "open") -> Self:
        """A finding about these figures."""
        told = ([getattr(figure, name) for figure in figures] for name in ("section", "name", "locator"))
        sections, names, places = (tuple(dict.fromkeys(filter(None, one))) for one in told)
        return cls(check, severity, message, status, ";".join(sections), names, places)


def by_name(figures: Iterable[Figure]) -> dict[str, Figure]:
    """The first figure of each indicator."""
    found: dict[str, Figure] = {}
    for figure in figures:
        found.setdefault(figure.name, figure)
    return found


def frame(rows: Iterable[Row]) -> Any:
    """Rows as a notebook shows them, in a data frame of pandas."""
    import pandas as pd

    return pd.DataFrame([row.cells for row in rows], dtype=object)
