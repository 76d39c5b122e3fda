"""Trend: the metrics of an edition over the years (历年比较), earlier ones as published: what changed, for certain or perhaps.

A series is broken between two editions where the definition of a figure that it rests on began later than the first (`since`), or
where a scope, the unit or the formula differs: broken values are neither joined nor subtracted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise

from lib.chapter.chapter import Chapter, metric
from lib.check.findings import coverage
from lib.edition.edition import Edition
from lib.edition.rows import Figure, Finding, Metric, by_name
from lib.edition.store import card_in, rows_in
from lib.numbers.quantity import Quantity, Unit
from lib.numbers.wording import DOUBTED, FALLEN, OPEN, RISEN, SAME

IGNORED = re.compile(r"^(trend|score)\.|\.change_rate$")
"""Metrics that are no measure of a year by itself."""
MOST = 3  # years beside each other that leave room for the names of the metrics


@dataclass(frozen=True)
class Series:
    """A metric over the years, oldest first; `breaks`: year → why it is not compared with the one before; `change`: since then."""

    label: str
    values: dict[int, Quantity]
    breaks: dict[int, str]
    change: Quantity | None = None

    @property
    def verdict(self) -> str:
        """What is certain about the change since the last edition: 未变 at the printed precision, nothing where a value is missing."""
        if self.change is None:
            return "口径变化，不比较" if max(self.values) in self.breaks else ""
        if self.change.doubt:
            return DOUBTED
        last, this = list(self.values.values())[-2:]
        if last.shown == this.shown and not self.change.bounded:
            return SAME
        return RISEN if (self.change > 0).certainly else FALLEN if (self.change < 0).certainly else OPEN


@dataclass(frozen=True)
class Trend:
    """All metrics of an edition over the years (`years`: those of the editions, oldest first), the findings, and figures that are
    out of proportion or not as carried over (`jumps`, findings of 00_clean)."""

    years: list[int]
    series: dict[str, Series] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    jumps: list[Finding] = field(default_factory=list)

    @property
    def last(self) -> str:
        """The edition that changes refer to: 上年, or 2017年 where there is a gap."""
        return _than(*self.years[-2:]) if self.series else "上年"

    @property
    def span(self) -> str:
        """The years of the earlier editions."""
        return "、".join(f"{year}年" for year in self.years[:-1])

    def chosen(self, names: Iterable[str]) -> list[Series]:
        """The series of these metrics, as far as there are any."""
        return [self.series[name] for name in names if name in self.series]

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
        rows, columns = self._given(self.years[-2:])
        columns[f"较{self.last}变化"] = [one.change or "—" for one in rows]
        return columns | {"结论": [one.verdict or "—" for one in rows]}

    @property
    def before(self) -> dict[str, list]:
        """A table: the years before those of `compared`, the latest `MOST` of them."""
        return self._given(self.years[:-2][-MOST:])[1]

    def _given(self, years: list[int]) -> tuple[list[Series], dict[str, list]]:
        """The series that have a value in these years, and the columns of a table of them."""
        rows = [one for one in self.series.values() if any(not one.values[year].missing for year in years)]
        return rows, {"指标": [one.label for one in rows]} | {f"{y}年": [one.values[y] for one in rows] for y in years}


@dataclass(frozen=True)
class Tables:
    """What an edition says of its year: metrics and figures by name."""

    year: int
    metrics: dict[str, Metric]
    figures: dict[str, Figure]

    @classmethod
    def of(cls, year: int, metrics: Iterable[Metric], figures: Iterable[Figure]) -> Tables:
        """The rows of its tables."""
        return cls(year, {one.name: one for one in metrics if not IGNORED.search(one.name)}, by_name(figures))

    def scope(self, name: str) -> frozenset[str]:
        """What a figure covers; nothing if the edition does not know it."""
        return frozenset(self.figures[name].scope) if name in self.figures else frozenset()


def read(book: Chapter) -> Trend:
    """The metrics of an edition against those before, known as `y<year>.<metric>`; records the changes as `trend.<metric>`."""
    edition = book.edition
    now = Tables.of(edition.year, edition.saved(Metric, book.notebook), edition.saved(Figure, book.notebook))
    editions = [*(_published(book, one) for one in edition.earlier), now]
    years = [tables.year for tables in editions]
    if len(editions) == 1:
        return Trend(years)
    since = {name: indicator.since for name, indicator in edition.indicators.items()}
    series = {name: _series(book, name, editions, since) for name in now.metrics}
    last = editions[-2]
    jumps = [one for one in edition.saved(Finding, book.notebook) if one.check in ("magnitude", "carried")]
    return Trend(years, series, coverage(last.year, last.figures, now.figures), jumps)


def _published(book: Chapter, edition: Edition) -> Tables:
    """The tables of an earlier edition; its metrics become known, and say where they were published."""
    folder, year = edition.output, edition.year
    tables = Tables.of(year, map(Metric.of, rows_in(folder, "metrics")), map(Figure.of, rows_in(folder, "figures")))
    published = f"{year}年度已发布版本 {card_in(folder)['key']}"
    for name, row in tables.metrics.items():
        book.known[f"y{year}.{name}"] = row.quoted(f"y{year}.{name}", f"{year}年{row.label}", published)
    return tables


def _series(book: Chapter, name: str, editions: list[Tables], since: dict[str, int]) -> Series:
    """A metric over the years; records its change."""
    reasons = {after.year: _break(name, before, after, since) for before, after in pairwise(editions)}
    breaks, change = {year: why for year, why in reasons.items() if why}, None
    *earlier, year = (tables.year for tables in editions)
    this = book.known[name]
    values = {one: book.known.get(f"y{one}.{name}", Quantity(None)) for one in earlier} | {year: this}
    last = values[earlier[-1]]
    if not (this.missing or last.missing or year in breaks):
        label = f"{this.label}较{_than(earlier[-1], year)}变化"
        book.record(f"trend.{name}", metric(label, _difference(this, last)))
        change = book.known[f"trend.{name}"]
    return Series(this.label, values, breaks, change)


def _than(last: int, year: int) -> str:
    return "上年" if year - last == 1 else f"{last}年"


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
    for one in new.inputs:
        if before.year < since.get(one, 0) <= after.year:
            return f"“{after.figures[one].label}”的定义自{since[one]}年起用"
    for one in new.inputs:
        if before.scope(one) != after.scope(one):
            return f"“{after.figures[one].label}”的口径在{after.year}年改变"
    if old.unit != new.unit:
        return f"单位在{after.year}年改变"
    return "" if old.formula == new.formula else f"计算方法在{after.year}年改变"
