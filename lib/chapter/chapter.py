"""Chapter: what a notebook opens. It hands out figures by dotted name, takes in metrics, and keeps the notebook's tables.

book = open_chapter(unit, year)
aid = book.mutual_aid
aid.premium_per_member = metric("人均缴费", aid.premium / aid.members)

Which notebook it is, the run says, or JupyterLab; its tables are written after each cell that changed them.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from lib.cells import EDITION, Bundle
from lib.chapter import prose
from lib.chapter.prose import UnknownName
from lib.check.findings import OpenErrors
from lib.edition import store
from lib.edition.dictionary import is_fund
from lib.edition.edition import ALONE, Edition, Notebook, notebooks, opened
from lib.edition.rows import Figure, Finding, Metric, Row, by_name
from lib.edition.store import InputError
from lib.numbers.quantity import Quantity, ScopeError, Undecided, UnitError

TOLD = (InputError, OpenErrors, prose.ProseError, UnknownName, ScopeError, UnitError, Undecided)
"""Errors whose message is all that an analyst needs: they are shown without the frames of our own code."""


def metric(label: str, computed: Quantity, caveat: str = "") -> Quantity:
    """A computed quantity under its Chinese label; assigned to a group it becomes a metric of the chapter."""
    caveats = "；".join(filter(None, (computed.caveat, caveat)))
    return replace(computed.named("", label), caveat=caveats)


class Group:
    """The figures and metrics whose names begin alike: `aid.members` is `mutual_aid.members`."""

    def __init__(self, book: Chapter, name: str):
        self.__dict__.update(_book=book, name=name)

    def __getattr__(self, leaf: str) -> Quantity | Group:
        if leaf.startswith("_"):  # what Python and IPython ask of any object
            raise AttributeError(leaf)
        name = f"{self.name}.{leaf}"
        deeper = any(other.startswith(f"{name}.") for other in self._book.known) and name not in self._book.known
        return Group(self._book, name) if deeper else self._book.quantity(name)

    def __dir__(self) -> Iterable[str]:
        return sorted({quantity.name.removeprefix(f"{self.name}.").partition(".")[0] for quantity in self})

    @property
    def label(self) -> str:
        """What the columns of an item of the base table have in common: 支出总额 of 支出总额（决算）."""
        return self._book.item(next(iter(self)).name)

    def __setattr__(self, leaf: str, computed: Quantity) -> None:
        self._book.record(f"{self.name}.{leaf}", computed)

    def __iter__(self) -> Iterator[Quantity]:
        return (q for name, q in self._book.known.items() if name.startswith(f"{self.name}."))


class Chapter:
    """One notebook's view of an edition. `known`: name → figure or metric; `metrics`: names recorded here, in order."""

    def __init__(self, notebook: str, edition: Edition):
        self.notebook, self.edition = notebook, edition
        self.name = notebook.partition("_")[2]
        self.known: dict[str, Quantity] = {}
        self.metrics: list[str] = []
        self.findings: list[Finding] = []
        self._figures: dict[str, Figure] = {}
        self._more: dict[str, Sequence[Row]] = {}
        self._written: object = None

    def load(self, figures: Iterable[Figure], metrics: Iterable[Metric] = ()) -> None:
        """Take in typed figures, and the metrics of other notebooks."""
        self._figures = by_name(figures)
        self.known |= {name: figure.quantity() for name, figure in self._figures.items()}
        for metric in metrics:
            self.known[metric.name] = metric.quantity(self.known)

    def __getattr__(self, group: str) -> Group:
        if group.startswith("_"):
            raise AttributeError(group)
        if not any(name.startswith(f"{group}.") for name in self.known):
            raise _unknown(group, dict.fromkeys(name.partition(".")[0] for name in self.known))
        return Group(self, group)

    def __dir__(self) -> Iterable[str]:
        return sorted({*object.__dir__(self), *(name.partition(".")[0] for name in self.known)})

    def quantity(self, name: str) -> Quantity:
        """A figure or metric by its dotted name. Raises UnknownName that suggests the nearest and lists its siblings."""
        if name not in self.known:
            group = name.rpartition(".")[0]
            raise _unknown(name, [other for other in self.known if other.startswith(f"{group}.")] or list(self.known))
        return self.known[name]

    def record(self, name: str, computed: Quantity) -> None:
        """A metric of this notebook. Raises ValueError if it has no label or would replace a figure."""
        if not isinstance(computed, Quantity) or not computed.label or computed.name:
            raise ValueError(f'{name} 不是新算出的指标，请写 metric("名称", 算式)')
        if name in self._figures:
            raise ValueError(f"{name} 是来源数据的指标，不能改写；请另取名称")
        self.known[name] = replace(computed, name=name)
        self.metrics = [other for other in self.metrics if other != name] + [name]

    @property
    def funds(self) -> list[Group]:
        """The special funds of the base table, each with budget, outturn and last_outturn."""
        names = (name.rpartition(".")[0] for name in self._figures if is_fund(name))
        return [Group(self, name) for name in dict.fromkeys(names)]

    def group(self, name: str) -> Group:
        """A group of metrics that has no figures of its own."""
        return Group(self, name)

    @property
    def figures(self) -> list[Quantity]:
        """The figures of the edition, in the order of the dictionary."""
        return [self.known[name] for name in self._figures]

    @property
    def headlines(self) -> list[Quantity]:
        """The metrics that the summary puts first; without targets there is no score."""
        return [self.quantity(n) for n in self.edition.headlines if n in self.known or not n.startswith("score.")]

    @property
    def heading(self) -> str:
        """The heading of this chapter in the source."""
        return (self.edition.source.get("sections") or {}).get(self.name) or ""

    def section_of(self, name: str) -> str:
        """The section that the dictionary assigns a figure to."""
        return self._figures[name].section

    def item(self, name: str) -> str:
        """What a figure is called, whatever its column of the base table."""
        return self._figures[name].item

    def made(self) -> list[Metric]:
        """The metrics recorded here."""
        return [Metric.made(self.known[name], self.name) for name in self.metrics]

    def keep(self, **tables: Sequence[Row]) -> None:
        """Tables of this notebook beside its metrics and findings."""
        self._more |= tables

    def save(self) -> None:
        """Write this notebook's tables, and what it has read so far (`reads.json`), as far as they are new."""
        tables = {"metrics": self.made(), "findings": list(self.findings), **self._more}
        if tables != self._written:
            self.edition.save(self.notebook, tables)
        folder, self._written = self.edition.processed / self.notebook, tables
        reads = json.dumps(store.reads(self.edition.root, folder), ensure_ascii=False, indent=1)
        (folder / "reads.json").write_text(reads, "utf-8")

    def after_cell(self, result: Any = None) -> None:
        """What IPython calls after each cell."""
        self.save()


def _unknown(name: str, there: Iterable[str]) -> UnknownName:
    """What an analyst is told of a name that is not there."""
    there = list(there)
    near = get_close_matches(name, there, n=1, cutoff=0.5)
    guess = f"是不是 {near[0]}？" if near else ""
    return UnknownName(f"没有 {name}。{guess}有 {'、'.join(there)}")


def open_chapter(unit: str, year: int, title: str = "") -> Chapter:
    """The chapter of an edition that this notebook makes, with what its metadata says that it needs.

    Shows the edition's card and, where the year has no figure for the section, the sentence that stands in its place. A `title`
    makes the notebook a document of its own: 2020 and the title.
    """
    shell = _prepared()
    name, hand = opened()
    edition = replace(Edition.find(unit, year), hand=hand)
    about = notebooks(edition.root).get(name) or Notebook(name, name.partition("_")[2], "", ("figures",))
    book = Chapter(name, edition)
    book.name = about.section
    _show_card(edition, name, title)
    if "figures" in about.needs and ALONE not in about.needs:
        book.load(edition.saved(Figure), edition.saved(Metric, name) if "metrics" in about.needs else ())
    asked = [figure for figure in book.figures if book.section_of(figure.name) == book.name]
    if asked and all(figure.missing for figure in asked):
        _display(prose.absent_section(asked))
    if shell:
        shell.events.register("post_run_cell", book.after_cell)
    return book


def _show_card(edition: Edition, name: str, title: str) -> None:
    card = replace(edition, alone=name).imprint.titled(f"{edition.year}{title}") if title else edition.card
    line = f"{card.unit_name} · {card.year}年度 · 第{card.revision}版 · {card.status_label}"
    _display(Bundle({EDITION: card.data, "text/html": f"<p><strong>{html.escape(line)}</strong></p>", "text/plain": line}))


def _display(bundle: Bundle) -> None:
    from IPython.display import display

    display(bundle)


def _prepared() -> Any:
    """The shell of this kernel, if there is one: with `%%prose`, with errors told plainly, and without a chapter opened before."""
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None:
        return None
    shell.register_magic_function(lambda line, cell: prose.cell(cell, shell.user_ns), "cell", "prose")
    shell.set_custom_exc(TOLD, _tell)
    for callback in list(shell.events.callbacks["post_run_cell"]):
        if isinstance(getattr(callback, "__self__", None), Chapter):
            shell.events.unregister("post_run_cell", callback)
    return shell


def _tell(shell: Any, kind: type, error: BaseException, trace: Any, tb_offset: int | None = None) -> list[str]:
    """Show an error by its message and the line of the cell that it comes from."""
    import traceback

    lines = [f"  {one.line}" for one in traceback.extract_tb(trace) if "ipykernel" in one.filename and one.line]
    told = [*lines[-1:], f"{kind.__name__}: {error}"]
    shell._showtraceback(kind, error, told)
    return told
