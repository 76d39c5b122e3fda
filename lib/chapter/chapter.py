"""Section: what a notebook opens. It hands out figures by dotted name, takes in metrics, and saves them.

book = open_section("01_services", unit, year)
aid = book.mutual_aid
aid.premium_per_member = metric("人均缴费", aid.premium / aid.members)
book.save()
"""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pandas as pd

from lib.cells import EDITION, Bundle
from lib.check.relations import quantity
from lib.edition.edition import FINDINGS, METRICS, Edition, bounds, is_fund
from lib.numbers.quantity import Quantity
from lib.numbers.wording import MISSING

BARE = {"clean", "peers"}
"""Sections that take in no figures of their edition: one types them, the other reads what is published."""
ACROSS = {"scorecard", "summary", "trend"}
"""Sections that also take in the metrics of other notebooks."""


def metric(label: str, computed: Quantity, caveat: str = "") -> Quantity:
    """A computed quantity under its Chinese label; assigned to a group it becomes a metric of the section."""
    caveats = "；".join(filter(None, (computed.caveat, caveat)))
    return replace(computed.named("", label), caveat=caveats)


class Group:
    """The figures and metrics whose names begin alike: `aid.members` is `mutual_aid.members`."""

    def __init__(self, book: Section, name: str):
        self.__dict__.update(_book=book, name=name)

    def __getattr__(self, leaf: str) -> Quantity | Group:
        name = f"{self.name}.{leaf}"
        deeper = any(other.startswith(f"{name}.") for other in self._book.known) and name not in self._book.known
        return Group(self._book, name) if deeper else self._book.quantity(name)

    @property
    def label(self) -> str:
        """What the columns of an item of the base table have in common: 支出总额 of 支出总额（决算）."""
        return next(iter(self)).label.partition("（")[0]

    def __setattr__(self, leaf: str, computed: Quantity) -> None:
        self._book.record(f"{self.name}.{leaf}", computed)

    def __iter__(self) -> Iterator[Quantity]:
        return (q for name, q in self._book.known.items() if name.startswith(f"{self.name}."))


class Section:
    """One notebook's view of an edition. `known`: name → figure or metric; `metrics`: names recorded here, in order."""

    def __init__(self, notebook: str, edition: Edition):
        self.notebook, self.edition = notebook, edition
        self.name = notebook.partition("_")[2]
        self.known: dict[str, Quantity] = {}
        self.metrics: list[str] = []
        self.findings = pd.DataFrame(columns=FINDINGS)
        self._rows: dict[str, list[dict]] = {}

    def load(self, figures: pd.DataFrame, metrics: pd.DataFrame | None = None) -> None:
        """Take in typed figures, and the metrics of other notebooks."""
        for row in figures.to_dict("records"):
            self._rows.setdefault(row["indicator"], []).append(row)
        self.known |= {name: quantity(rows[0]) for name, rows in self._rows.items()}
        for row in [] if metrics is None else metrics.to_dict("records"):
            inputs = tuple(filter(None, row["inputs"].split(";")))
            covers = frozenset().union(*(self.known[name].scope for name in inputs))
            self.known[row["metric"]] = _metric(row, inputs, covers)

    def __getattr__(self, group: str) -> Group:
        if group.startswith("_") or not any(name.startswith(f"{group}.") for name in self.known):
            there = "、".join(dict.fromkeys(name.partition(".")[0] for name in self.known))
            raise AttributeError(f"没有以 {group} 开头的指标；有 {there}")
        return Group(self, group)

    def quantity(self, name: str) -> Quantity:
        """A figure or metric by its dotted name. Raises AttributeError that lists its siblings."""
        if name not in self.known:
            group = name.partition(".")[0]
            there = "、".join(other for other in self.known if other.startswith(f"{group}."))
            raise AttributeError(f"没有 {name}；有 {there}")
        return self.known[name]

    def record(self, name: str, computed: Quantity) -> None:
        """A metric of this notebook. Raises ValueError if it has no label or would replace a figure."""
        if not computed.label or computed.name:
            raise ValueError(f'{name} 不是新算出的指标，请写 metric("名称", 算式)')
        if name in self._rows:
            raise ValueError(f"{name} 是来源数据的指标，不能改写；请另取名称")
        self.known[name] = replace(computed, name=name)
        self.metrics = [other for other in self.metrics if other != name] + [name]

    @property
    def funds(self) -> list[Group]:
        """The special funds of the base table, each with budget, outturn and last_outturn."""
        names = (name.rpartition(".")[0] for name in self._rows if is_fund(name))
        return [Group(self, name) for name in dict.fromkeys(names)]

    def group(self, name: str) -> Group:
        """A group of metrics that has no figures of its own."""
        return Group(self, name)

    @property
    def figures(self) -> list[Quantity]:
        """The figures of the edition, in the order of the dictionary."""
        return [self.known[name] for name in self._rows]

    @property
    def headlines(self) -> list[Quantity]:
        """The metrics that the summary puts first; without targets there is no score."""
        return [self.quantity(n) for n in self.edition.headlines if n in self.known or not n.startswith("score.")]

    @property
    def heading(self) -> str:
        """The heading of this section in the source."""
        return self.edition.source["sections"].get(self.name, "")

    def section_of(self, name: str) -> str:
        """The section that the dictionary assigns a figure to."""
        return self._rows[name][0]["section"]

    def place(self, figure: Quantity) -> str:
        """Where the source prints a figure."""
        return self._rows[figure.name][0]["locator"]

    def sources(self, quantity: Quantity) -> list[str]:
        """What a quantity rests on, as printed and with its place: 参保人数：4025人（1(1)）."""
        return [_source(row) for name in quantity.inputs for row in self._rows[name][:1]]

    def about(self, quantity: Quantity) -> dict[str, Any]:
        """What a reader who asks where a number comes from is told."""
        return {
            "label": quantity.label,
            "shown": quantity.shown,
            "formula": quantity.formula,
            "bounds": quantity.described,
            "sources": self.sources(quantity),
            "caveat": quantity.caveat,
        }

    def table(self) -> pd.DataFrame:
        """The metrics recorded here, in the columns of metrics.csv."""
        return pd.DataFrame([_row(self.known[name], self.name) for name in self.metrics], columns=METRICS, dtype=object)

    def save(self, **tables: pd.DataFrame) -> None:
        """Write this notebook's own tables."""
        self.edition.save(self.notebook, metrics=self.table(), findings=self.findings, **tables)


def _source(row: dict) -> str:
    if row["status"] == "missing":
        return f"{row['label']}：{MISSING}"
    how = {"implied": "，按来源所列计数", "corrected": f"，更正为{row['shown']}"}.get(row["status"], "")
    return f"{row['label']}：{row['printed'] or row['shown']}（来源{row['locator']}{how}）"


def _row(quantity: Quantity, section: str) -> dict[str, Any]:
    bounds = quantity.bounds
    ends = [None] * 4 if bounds is None else [bounds.low, bounds.high, bounds.low_closed, bounds.high_closed]
    return {
        "metric": quantity.name,
        "section": section,
        "label": quantity.label,
        "value": quantity.value,
        **dict(zip(("low", "high", "low_closed", "high_closed"), ends, strict=True)),
        "unit": str(quantity.unit),
        "shown": quantity.shown,
        "formula": quantity.formula,
        "inputs": ";".join(quantity.inputs),
        "caveat": quantity.caveat,
    }


def _metric(row: dict, inputs: tuple[str, ...], scope: frozenset[str]) -> Quantity:
    """A row of metrics.csv as a quantity that other notebooks can use."""
    about = {name: row[name] for name in ("label", "formula", "caveat")} | {"wording": row["shown"]}
    return Quantity.figure(row["metric"], bounds(row), row["value"], row["unit"], inputs=inputs, scope=scope, **about)


def quoted(row: dict, name: str, label: str, edition: str) -> Quantity:
    """A row of another edition's metrics.csv as a quantity that says which edition published it."""
    about = {"label": label, "formula": f"{row['formula']}（据{edition}）", "caveat": row["caveat"]}
    return Quantity.figure(name, bounds(row), row["value"], row["unit"], inputs=(), wording=row["shown"], **about)


def open_section(notebook: str, unit: str, year: int, title: str = "") -> Section:
    """The section of an edition, with the figures that 00_clean typed and, for those of `ACROSS`, the metrics of the others.

    Shows the edition's card and, where the year has no figure for the section, the sentence that stands in its place. A `title`
    makes the notebook a document of its own: 2020 and the title.
    """
    from IPython.display import display

    from lib.chapter import prose

    edition = Edition.find(unit, year)
    book = Section(notebook, edition)
    card = replace(edition, alone=notebook).imprint_of(f"{year}{title}") if title else edition.card
    line = f"{card['unit_name']} · {card['year']}年度 · 第{card['revision']}版 · {card['status_label']}"
    display(Bundle({EDITION: card, "text/html": f"<p><strong>{html.escape(line)}</strong></p>", "text/plain": line}))
    if book.name not in BARE:
        book.load(edition.saved("figures"), edition.saved("metrics", notebook) if book.name in ACROSS else None)
    prose.serve(book)
    asked = [figure for figure in book.figures if book.section_of(figure.name) == book.name]
    if asked and all(figure.missing for figure in asked):
        display(prose.absent_section(asked))
    return book
