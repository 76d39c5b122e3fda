"""Chapter: what a notebook opens. It hands out figures by dotted name, takes in metrics, and keeps the notebook's tables.

book = open_chapter(unit, year)
aid = book.mutual_aid
aid.premium_per_member = metric("人均缴费", aid.premium / aid.members)

Which notebook it is, the run says, or JupyterLab; its tables are written after each cell that changed them.
"""

import html
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import Any

from lib.cells import EDITION, Bundle
from lib.chapter import prose
from lib.check.expressions import UnknownName
from lib.check.findings import recomputed, stated
from lib.edition import store
from lib.edition.dictionary import HEADLINES, PRINTED, is_fund
from lib.edition.edition import Edition
from lib.edition.notebooks import ALONE, Notebook, chosen, notebooks, numbered, opened, packed, unnumbered
from lib.edition.report import FILLED, braces
from lib.edition.rows import Figure, Finding, Metric, Row, by_name
from lib.edition.store import InputError
from lib.numbers.quantity import Quantity, Unit

AGAIN = 6  # figures told the year before as well that stand in a summary beside what is computed
COMPUTED = re.compile("编制|[空缺超]编|在职|退休|结转|结余|(?:执行|支付|控制)率")
"""What the chapter of the budget tells."""
OFFERED = ("edition", "figures", "findings", "funds", "group", "headlines", "metrics", "whole")
"""What a chapter offers besides its groups."""


def metric(label: str, computed: Quantity, caveat: str = "", unit: str = "") -> Quantity:
    """A computed quantity under its Chinese label, to be assigned to a group; `unit`: 人次 where the same person may count twice."""
    caveats = "；".join(dict.fromkeys(filter(None, f"{computed.caveat}；{caveat}".split("；"))))
    return replace(computed.named("", label), caveat=caveats, unit=Unit.parse(unit) if unit else computed.unit)


class Group:
    """The figures and metrics whose names begin alike: `aid.members` is `mutual_aid.members`."""

    def __init__(self, book: "Chapter", name: str):
        self.__dict__.update(_book=book, name=name)

    def __getattr__(self, leaf: str) -> "Quantity | Group":
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
        return self._book.figures[next(iter(self)).name].item

    def __setattr__(self, leaf: str, computed: Quantity) -> None:
        self._book.record(f"{self.name}.{leaf}", computed)

    def __iter__(self) -> Iterator[Quantity]:
        return (q for name, q in self._book.known.items() if name.startswith(f"{self.name}."))


class Chapter:
    """One notebook's view of an edition. `figures`: name → what the source says, `tables`: in a table, `here`: in the part of the
    source that it is; `known`: name → figure or metric as a quantity; `metrics`: names recorded here, in order → in which cell."""

    def __init__(self, notebook: str, edition: Edition):
        self.notebook, self.edition = notebook, edition
        self.name = notebook.partition("_")[2]
        self.known: dict[str, Quantity] = {}
        self.metrics: dict[str, str | None] = {}
        self._findings: list[Finding] = []
        self.figures: dict[str, Figure] = {}
        self.tables: dict[str, Figure] = {}
        self.here: dict[str, Figure] = {}
        self._more: dict[str, Sequence[Row]] = {}
        self._written: object = None
        self._cell: str | None = None

    @property
    def findings(self) -> list[Finding]:
        """What this notebook found, with what the unit states of it."""
        return self._findings

    @findings.setter
    def findings(self, found: Iterable[Finding]) -> None:
        self._findings = stated(self.edition, given, late=True) if (given := [*found]) else given

    def load(self, figures: Iterable[Figure], metrics: Iterable[Metric] = ()) -> None:
        """Take in typed figures, and the metrics of other notebooks."""
        self.figures = by_name(figures := [*figures])
        self.tables = by_name(one for one in figures if "表" in one.locator)
        part = "一二三四五六七八九十"[(unnumbered(self.notebook)[1] or 11) - 1 :][:1] or "."
        self.here = by_name(one for one in figures if one.locator.startswith(part))
        self.known |= {name: figure.quantity() for name, figure in self.figures.items()}
        for metric in metrics:
            self.known[metric.name] = metric.quantity(self.known)

    def __getattr__(self, group: str) -> Group:
        if group.startswith("_"):
            raise AttributeError(group)
        groups = dict.fromkeys(name.partition(".")[0] for name in self.known)
        if group not in groups:
            raise UnknownName.among(group, groups)
        return Group(self, group)

    def __dir__(self) -> Iterable[str]:
        return sorted({*OFFERED, *(name.partition(".")[0] for name in self.known)})

    def quantity(self, name: str) -> Quantity:
        """A figure or metric by its dotted name. Raises UnknownName that suggests the nearest and lists its siblings."""
        if name not in self.known:
            raise UnknownName.among(name, self.known)
        return self.known[name]

    def record(self, name: str, computed: Quantity) -> Quantity:
        """A metric of this notebook, named. Raises ValueError if it has no label or would replace a figure."""
        if not isinstance(computed, Quantity) or not computed.label or computed.name:
            raise ValueError(f'{name} 不是新算出的指标，请写 metric("名称", 算式)')
        if name in self.figures:
            raise ValueError(f"{name} 是来源数据的指标，不能改写；请另取名称")
        self.known[name] = replace(computed, name=name)
        if printed := self.figures.get(f"{name}{PRINTED}"):
            self.findings = list(dict.fromkeys([*self.findings, *recomputed(printed, computed, self.edition)]))
        self.metrics.pop(name, None)
        self.metrics[name] = self._cell
        return self.known[name]

    def begin(self, info: Any) -> None:
        """Before a cell is run again: what it recorded is gone, and it records anew."""
        self._cell = info.cell_id
        for name in [name for name, cell in self.metrics.items() if cell and cell == self._cell]:
            del self.metrics[name], self.known[name]

    @property
    def funds(self) -> list[Group]:
        """The special funds of the base table, each with budget, outturn and last_outturn."""
        names = (name.rpartition(".")[0] for name in self.figures if is_fund(name))
        return [Group(self, name) for name in dict.fromkeys(names)]

    def group(self, name: str) -> Group:
        """A group of metrics that has no figures of its own."""
        return Group(self, name)

    @property
    def whole(self) -> str:
        """Everybody whom the unit is there for: 全区, 全县."""
        return f"全{self.edition.profile.level or '辖区'}"

    @property
    def headlines(self) -> list[Quantity]:
        """The metrics that the summary puts first, what is in doubt behind the others. A unit of another kind than the
        shared choice takes of it what it has, else its own metrics, and what it told the year before as well. Raises
        InputError."""
        path, rows = self.edition.headlines
        ours = path.parent.name != "data" or self.edition.profile.kind == (packed(self.edition.root) or None)
        for row in rows if ours else ():
            if odd := braces("".join(row[name] for name in HEADLINES)):
                raise InputError.at(row, f"花括号 {odd}", "{{ 指标名 }}", "改正 headlines.csv 的这一行")
            for name in filter(None, (row["metric"], row["plan"], *FILLED.findall(row["sentence"]))):
                if name not in self.known and not name.startswith("score."):
                    near = f"算出的指标（{UnknownName.among(name, self.known)}）"
                    raise InputError.at(row, f"指标 {name}", near, "改正 headlines.csv 的这一行")
        chosen = [row["metric"] for row in rows if row["metric"] in self.known]
        if all(self.known[name].missing for name in chosen):
            chosen = [name for row in self.edition.table("metrics") if (name := row["metric"]) in self.known]
        again = [name for name in self.figures if f"trend.{name}" in self.known and name not in chosen]
        again = [name for name in again if "." not in name and not COMPUTED.search(self.known[name].label)]
        again.sort(key=lambda name: not self.known[f"trend.{name}"].value)
        chosen += again[: 0 if ours else AGAIN]
        return sorted((self.known[name] for name in chosen), key=lambda one: bool(one.doubt))

    def made(self) -> list[Metric]:
        """The metrics recorded here."""
        return [Metric.made(self.known[name], self.name) for name in self.metrics]

    def keep(self, **tables: Sequence[Row]) -> None:
        """Tables of this notebook beside its metrics and findings."""
        self._more |= tables

    def save(self, result: Any = None) -> None:
        """After each cell, write this notebook's tables, as far as they are new, and what it has read so far (`reads.json`)."""
        tables = {"metrics": self.made(), "findings": list(self.findings), **self._more}
        if tables != self._written:
            self.edition.save(self.notebook, tables)
        folder, self._written = self.edition.processed / self.notebook, tables
        reads = json.dumps(store.reads(self.edition.root, folder), ensure_ascii=False, indent=1)
        (folder / "reads.json").write_text(reads, "utf-8")


def open_chapter(unit: str, year: int, chapter: int = 0, title: str = "") -> Chapter:
    """The chapter of an edition that this notebook makes, with what its metadata says that it needs; shows the edition's
    card. In JupyterLab the edition is the one that lies on the desk, if any. `chapter`: which one of the unit's own
    report the notebook makes, from 1; a `title` makes it a document of its own: 2020 and the title."""
    from IPython import get_ipython
    from IPython.display import display

    shell = get_ipython()
    if shell:
        prepare(shell)
    path, aside, edited = opened(shell.user_ns.get("__vsc_ipynb_file__", "") if shell else "")
    if on_desk := chosen(shell.user_ns["In"] if shell and aside else ()):
        unit, year = on_desk
    name, edition = path.stem, replace(Edition.find(unit, year, near=path), aside=aside)
    about = notebooks(edition.root).get(unnumbered(name)[0]) or Notebook(name, name.partition("_")[2], "", ("figures",))
    name = numbered(unnumbered(name)[0], chapter) if chapter else name
    book = Chapter(name, edition)
    book.name = about.section
    card = partial(_card, edition, name, title)
    if not (shell and edited):
        display(card())
    if "figures" in about.needs and ALONE not in about.needs:
        book.load(edition.saved(Figure, name), edition.saved(Metric, name) if "metrics" in about.needs else ())
    if shell:
        shell.events.register("pre_run_cell", book.begin)
        shell.events.register("post_run_cell", book.save)
    if shell and edited:
        from lib.chapter import workbench

        workbench.equip(shell, book, card)
    return book


def _card(edition: Edition, name: str, title: str, news: Sequence[str] = ()) -> Bundle:
    """The line on top of a chapter, with the card for the page; `news`: what an analyst must know who goes on with it."""
    card = replace(edition, alone=name).imprint.titled(f"{edition.year}{title}") if title else edition.card
    lines = [f"{card.unit_name} · {card.year}年度 · 第{card.revision}版 · {card.status_label}", *news]
    page = "".join(f"<p><strong>{html.escape(line)}</strong></p>" for line in lines)
    return Bundle({EDITION: asdict(card), "text/html": page, "text/plain": "\n".join(lines)})


def prepare(shell: Any) -> None:
    """Give a shell `%%prose` and errors that are told plainly, and take away the chapter that was opened before."""
    shell.register_magic_function(lambda line, cell: prose.cell(cell, shell.user_ns), "cell", "prose")
    shell.set_custom_exc((Exception,), _tell)
    for callbacks in shell.events.callbacks.values():
        callbacks[:] = [one for one in callbacks if not one.__module__.startswith(__package__)]


def _tell(shell: Any, kind: type, error: BaseException, trace: Any, tb_offset: int | None = None) -> list[str]:
    """Show an error, with all that led to it."""
    from lib.chapter.workbench import said

    shown, told = said(error, shell.user_ns), shell.InteractiveTB.structured_traceback(kind, error, trace)
    shell._showtraceback(type(shown), shown, told)
    return told
