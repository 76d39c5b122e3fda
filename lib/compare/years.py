"""Trend: the metrics of an edition over the years (历年比较), earlier ones as published: what changed, for certain or perhaps.

A series is broken between two editions where the definition of a figure that it rests on began later than the first (`since`), or
where a scope, the unit or the formula differs: broken values are neither joined nor subtracted.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Self

from lib.cells import Bundle
from lib.chapter import charts
from lib.chapter.chapter import Chapter, metric
from lib.check.findings import coverage
from lib.edition.dictionary import BUDGET, PRINTED, Indicator
from lib.edition.edition import Edition
from lib.edition.rows import Figure, Finding, Metric, by_name
from lib.edition.store import card_in, rows_in
from lib.numbers.quantity import Quantity, Unit
from lib.numbers.wording import DOUBTED, FALLEN, OPEN, RISEN, SAME

IGNORED = re.compile(r"^(trend\.|score\.(?!total$))|\.change_rate$")
"""Metrics that are no measure of a year by itself, points of single lines among them."""
_ASIDE = re.compile(rf"^{BUDGET}\..*\.(?!outturn$)\w+$|{PRINTED}$")
"""Figures that are no measure of a year by itself: what was planned, and what metrics compute anew."""
_OTHER = re.compile("[上去往前]年|[上同]期|(?:增[加长减]|减少|下降|上升|提高|降低|缩短)$")
"""Labels of what is of another year, or a change since then."""
MOST = 4  # years beside each other that leave room for the names of the metrics


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
        if not self.change.bounded and (last.shown == this.shown or "持平" in self.change.changed):
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

    def compared(self, names: Iterable[str]) -> dict[str, list]:
        """A table: the last edition, this one, the change and the verdict, of those of these metrics that one of them gives."""
        rows, columns = self._given(self.years[-2:], names)
        columns[f"较{self.last}变化"] = [one.change or "—" for one in rows]
        return columns | {"结论": [one.verdict or "—" for one in rows]}

    @property
    def all(self) -> dict[str, list]:
        """A table: every metric in the latest `MOST` editions."""
        return self._given(self.years[-MOST:], self.series)[1]

    def _given(self, years: list[int], names: Iterable[str]) -> tuple[list[Series], dict[str, list]]:
        """The series that have a value in these years, and the columns of a table of them."""
        rows = [one for one in self.chosen(names) if any(not one.values[year].missing for year in years)]
        return rows, {"指标": [one.label for one in rows]} | {f"{y}年": [one.values[y] for one in rows] for y in years}


@dataclass(frozen=True)
class Tables:
    """What an edition says of its year: metrics and figures by name."""

    year: int
    metrics: dict[str, Metric]
    figures: dict[str, Figure]

    @classmethod
    def of(cls, year: int, metrics: Iterable[Metric], figures: Iterable[Figure]) -> Self:
        """The rows of its tables."""
        return cls(year, {one.name: one for one in metrics if not IGNORED.search(one.name)}, by_name(figures))


def read(book: Chapter) -> Trend:
    """The metrics of an edition, and the figures that the one before has as well, against those before, known as `y<year>.<metric>`;
    records the changes as `trend.<metric>`."""
    edition, editions = book.edition, _editions(book)
    years = [tables.year for tables in editions]
    if len(editions) == 1:
        return Trend(years)
    last, now = editions[-2:]
    given = {name for name, one in last.figures.items() if one.bounds}
    both = (one for one in now.figures.values() if one.bounds and one.name in given)
    names = [*now.metrics, *(one.name for one in both if not _ASIDE.search(one.name) and not _OTHER.search(one.label))]
    series = {name: _changed(book, name, _series(book, name, editions)) for name in names}
    jumps = [one for one in edition.saved(Finding, book.notebook) if one.check in ("magnitude", "carried")]
    return Trend(years, series, coverage(last.year, last.figures, now.figures), jumps)


def _published(book: Chapter, edition: Edition) -> Tables:
    """The tables of an earlier edition; its metrics become known, and say where they were published."""
    folder, year = edition.output, edition.year
    tables = Tables.of(year, map(Metric.of, rows_in(folder, "metrics")), map(Figure.of, rows_in(folder, "figures")))
    published = f"{year}年度已发布版本 {card_in(folder)['key']}"
    for name, row in tables.metrics.items():
        book.known[f"y{year}.{name}"] = row.quoted(f"y{year}.{name}", f"{year}年{row.label}", published)
    for name, figure in tables.figures.items():
        said = {"label": f"{year}年{figure.label}", "formula": f"据{published}", "inputs": {}, "place": ""}
        book.known[f"y{year}.{name}"] = replace(figure.quantity(name=f"y{year}.{name}"), **said)
    return tables


def year_before(book: Chapter) -> dict[str, Quantity]:
    """What was published the year before of what still means the same, as `last.<metric>`; nothing after a gap."""
    edition = next((one for one in book.edition.earlier if one.year == book.edition.year - 1), None)
    tables = _published(book, edition) if edition else Tables(0, {}, {})
    names = [name for name in (*tables.metrics, *tables.figures) if f"trend.{name}" in book.known]
    return {f"last.{name}": book.known[f"y{book.edition.year - 1}.{name}"] for name in names}


def drawn(book: Chapter, caption: str, *given: Quantity) -> Bundle:
    """A chart of figures or metrics over the years, for a chapter of a unit's own report; hollow without an earlier edition."""
    editions = _editions(book)
    return charts.years(caption, *(_series(book, one.name, editions) for one in given if len(editions) > 1))


def _editions(book: Chapter) -> list[Tables]:
    edition = book.edition
    now = Tables.of(edition.year, edition.saved(Metric, book.notebook), edition.saved(Figure, book.notebook))
    return [*(_published(book, one) for one in edition.earlier), now]


def _series(book: Chapter, name: str, editions: list[Tables]) -> Series:
    known = book.edition.indicators
    reasons = {after.year: _break(name, before, after, known) for before, after in pairwise(editions)}
    values = {one.year: book.known.get(f"y{one.year}.{name}") or Quantity(None) for one in editions[:-1]}
    this = book.known[name]
    return Series(this.label, values | {editions[-1].year: this}, {year: why for year, why in reasons.items() if why})


def _changed(book: Chapter, name: str, series: Series) -> Series:
    """A series with its change since the edition before, of shares in percentage points, which is recorded."""
    last, year = list(series.values)[-2:]
    before, this = series.values[last], series.values[year]
    if this.missing or before.missing or year in series.breaks:
        return series
    label = f"{this.label}较{_than(last, year)}变化"
    gap = this - before if this.unit else replace((this - before) * 100, unit=Unit.parse("个百分点"))
    return replace(series, change=book.record(f"trend.{name}", metric(label, gap)))


def _than(last: int, year: int) -> str:
    return "上年" if year - last == 1 else f"{last}年"


def _break(name: str, before: Tables, after: Tables, known: Mapping[str, Indicator]) -> str:
    """Why a metric must not be compared between two editions; nothing if it may, or if one of them does not have it."""
    old, new = (one.metrics.get(name) or one.figures.get(name) for one in (before, after))
    if not (old and new and old.bounds and new.bounds):
        return ""
    inputs = new.inputs if isinstance(new, Metric) else (name,)
    for one in inputs:
        if one in known and before.year < known[one].since <= after.year:
            return f"“{after.figures[one].label}”的定义自{known[one].since}年起用"
    for one in inputs:
        was, now = (tables.figures.get(one) for tables in (before, after))
        if {*(was.scope if was else ())} != {*(now.scope if now else ())}:
            return f"“{after.figures[one].label}”的口径在{after.year}年改变"
    if old.unit != new.unit:
        return f"单位在{after.year}年改变"
    return "" if getattr(old, "formula", "") == getattr(new, "formula", "") else f"计算方法在{after.year}年改变"
