"""Trend: the metrics of an edition over the years (历年比较): what changed for certain, what the hedges leave open, what must
not be compared.

Earlier values are taken as those editions published them. A series is broken between two editions where the definition of a
figure that it rests on began later than the first (`since`), or where a scope, the unit or the formula differs: broken values
are neither joined nor subtracted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise

from lib.chapter.chapter import Chapter, metric
from lib.check.findings import coverage, magnitude
from lib.edition.edition import Edition
from lib.edition.rows import Figure, Finding, Metric, by_name
from lib.edition.store import card_in, rows_in
from lib.numbers.quantity import Quantity, Unit
from lib.numbers.wording import FALLEN, OPEN, RISEN, SAME

IGNORED = re.compile(r"^(trend|score)\.|\.change_rate$")
"""Metrics that are no measure of a year by itself."""
MOST = 3  # years beside each other that leave room for the names of the metrics
BROKEN = "口径变化，不比较"


@dataclass(frozen=True)
class Tables:
    """What an edition says of its year: metrics and figures by name; `key` names the published version."""

    year: int
    metrics: dict[str, Metric]
    figures: dict[str, Figure]
    key: str = ""

    @classmethod
    def of(cls, year: int, metrics: Iterable[Metric], figures: Iterable[Figure], key: str = "") -> Tables:
        chosen = {metric.name: metric for metric in metrics if not IGNORED.search(metric.name)}
        return cls(year, chosen, by_name(figures), key)


def earlier(edition: Edition) -> list[Tables]:
    """The published editions of the same unit before this one, oldest first."""
    found = []
    for one in edition.earlier:
        tables = (map(kind.of, rows_in(one.output, kind.TABLE)) for kind in (Metric, Figure))
        found.append(Tables.of(one.year, *tables, card_in(one.output)["key"]))
    return found


@dataclass(frozen=True)
class Series:
    """A metric over the years, oldest first.

    `breaks`: year → why its value must not be compared with the one before; `change`: this year's value less that of the last
    edition, None where there is none.
    """

    label: str
    values: dict[int, Quantity]
    breaks: dict[int, str]
    change: Quantity | None = None

    @property
    def verdict(self) -> str:
        """What is certain about the change since the last edition: 未变 at the printed precision, nothing where a value is missing."""
        if self.change is None:
            return BROKEN if max(self.values) in self.breaks else ""
        last, this = list(self.values.values())[-2:]
        if last.shown == this.shown and not self.change.bounded:
            return SAME
        if (self.change > 0).certainly or (self.change < 0).certainly:
            return RISEN if (self.change > 0).certainly else FALLEN
        return OPEN


@dataclass(frozen=True)
class Trend:
    """All metrics of an edition over the years (`years`: those of the editions, oldest first) and the findings."""

    years: list[int]
    series: dict[str, Series] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def last(self) -> str:
        """The edition that changes refer to: 上年, or 2017年 where there is a gap."""
        return _than(*self.years[-2:]) if self.series else "上年"

    @property
    def span(self) -> str:
        """The years of the earlier editions."""
        return "、".join(f"{year}年" for year in self.years[:-1])

    def changes(self, verdict: str, names: Iterable[str]) -> list[Quantity]:
        """Those of these metrics' changes since the last edition of which this is the verdict."""
        return [one.change for one in self.chosen(names) if one.change and one.verdict == verdict]

    def labels(self, verdict: str, names: Iterable[str]) -> str:
        """Those of these metrics of which this is the verdict, in a row."""
        return "、".join(one.label for one in self.chosen(names) if one.verdict == verdict)

    @property
    def breaks(self) -> list[str]:
        """Which series are broken where, and why."""
        return [f"{one.label}：{why}" for one in self.series.values() for why in dict.fromkeys(one.breaks.values())]

    @property
    def compared(self) -> dict[str, list]:
        """A table: the last edition, this one, the change and the verdict, of every metric that one of them gives."""
        if not self.series:
            return {}
        last, this = self.years[-2:]
        rows = self._given(last, this)
        return {
            "指标": [one.label for one in rows],
            f"{last}年": [one.values[last] for one in rows],
            f"{this}年": [one.values[this] for one in rows],
            f"较{self.last}变化": [one.change or "—" for one in rows],
            "结论": [one.verdict or "—" for one in rows],
        }

    @property
    def before(self) -> dict[str, list]:
        """A table: the years before those of `compared`, the latest `MOST` of them."""
        years = self.years[:-2][-MOST:]
        rows = self._given(*years)
        return {"指标": [one.label for one in rows]} | {f"{y}年": [one.values[y] for one in rows] for y in years}

    def _given(self, *years: int) -> list[Series]:
        return [one for one in self.series.values() if any(not one.values[year].missing for year in years)]

    def chosen(self, names: Iterable[str]) -> list[Series]:
        """The series of these metrics, as far as there are any."""
        return [self.series[name] for name in names if name in self.series]


def read(book: Chapter) -> Trend:
    """The metrics of a section's edition against the editions before; records the changes as `trend.<metric>`.

    The earlier values become known to the section as `y<year>.<metric>`. Without an earlier edition there is no series.
    """
    edition = book.edition
    now = Tables.of(edition.year, edition.saved(Metric, book.notebook), edition.saved(Figure, book.notebook))
    editions = [*earlier(edition), now]
    years = [tables.year for tables in editions]
    if len(editions) == 1:
        return Trend(years)
    since = {name: indicator.since for name, indicator in edition.indicators.items()}
    book.known |= {value.name: value for tables in editions[:-1] for value in _values(tables)}
    series = {}
    for name in now.metrics:
        reasons = {b.year: _break(name, a, b, since) for a, b in pairwise(editions)}
        breaks, change = {year: why for year, why in reasons.items() if why}, None
        values = {year: book.known.get(f"y{year}.{name}", Quantity(None)) for year in years[:-1]}
        values[edition.year] = this = book.known[name]
        last = values[years[-2]]
        if not (this.missing or last.missing or edition.year in breaks):
            label = f"{this.label}较{_than(*years[-2:])}变化"
            book.record(f"trend.{name}", metric(label, _difference(this, last)))
            change = book.known[f"trend.{name}"]
        series[name] = Series(this.label, values, breaks, change)
    last = editions[-2]
    alike = {name: figure for name, figure in now.figures.items() if not last.year < since.get(name, 0) <= now.year}
    found = coverage(last.year, last.figures, now.figures) + magnitude(last.year, last.figures, alike)
    return Trend(years, series, found)


def _than(last: int, year: int) -> str:
    return "上年" if year - last == 1 else f"{last}年"


def _values(tables: Tables) -> Iterable[Quantity]:
    """The metrics of an earlier edition as quantities that say where they were published."""
    for name, row in tables.metrics.items():
        edition = f"{tables.year}年度已发布版本 {tables.key}"
        yield row.quoted(f"y{tables.year}.{name}", f"{tables.year}年{row.label}", edition)


def _difference(this: Quantity, last: Quantity) -> Quantity:
    """this − last; of shares in percentage points, of multiples in 倍."""
    if this.unit:
        return this - last
    if "倍" in this.shown + last.shown:
        return replace(this - last, unit=Unit.parse("倍"))
    return replace((this - last) * 100, unit=Unit.parse("个百分点"))


def _break(name: str, before: Tables, after: Tables, since: dict[str, int]) -> str:
    """Why a metric must not be compared between two editions; nothing if it may, or if one of them does not have it."""
    old, new = before.metrics.get(name), after.metrics.get(name)
    if not (old and new and old.bounds and new.bounds):
        return ""
    inputs = new.inputs
    late = [each for each in inputs if before.year < since.get(each, 0) <= after.year]
    if late:
        return f"“{after.figures[late[0]].label}”的定义自{since[late[0]]}年起用"
    scopes = [{each: _scope(tables, each) for each in inputs} for tables in (before, after)]
    if other := [each for each in inputs if scopes[0][each] != scopes[1][each]]:
        return f"“{after.figures[other[0]].label}”的口径在{after.year}年改变"
    if old.unit != new.unit:
        return f"单位在{after.year}年改变"
    return "" if old.formula == new.formula else f"计算方法在{after.year}年改变"


def _scope(tables: Tables, name: str) -> frozenset[str]:
    """What a figure covers; nothing if the edition does not know it."""
    return frozenset(tables.figures[name].scope) if name in tables.figures else frozenset()
