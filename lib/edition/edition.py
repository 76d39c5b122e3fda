"""An edition is one unit, one year: who, when, and where its files are."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any, Self, TypeVar

from lib.edition import card, dictionary, report, store
from lib.edition.card import Card, Profile
from lib.edition.dictionary import BUDGET, COLUMNS, FUNDS, HEADLINES, PLANS, PRINTED, Check, Indicator, cell
from lib.edition.notebooks import ALONE, HAND, NEEDS, Notebook, notebooks, numbered, promised, unnumbered
from lib.edition.rows import Figure, Finding, Metric, Row
from lib.edition.spelling import Tidy, listed, tidy
from lib.edition.store import InputError, Record, listing, outputs, read_table, rows_in, work, write_table
from lib.numbers import notation

KINDS: dict[str, type[Row]] = {kind.TABLE: kind for kind in (Figure, Metric, Finding)}
R = TypeVar("R", Figure, Metric, Finding)

RAW = {row["table"]: row["columns"].split("|") for row in listed("tables")}
MORE = {row["table"]: tuple(row["more"].split("|")) for row in listed("tables") if row["more"]}
MORE["headlines"] = tuple(HEADLINES[1:])  # columns that tables may have, or not
MADE = (card.FILE, report.FILE, *(f"{name}.csv" for name in RAW))  # the files that an edition is made from
TABLES = RAW | dictionary.OWN  # all that the analyst keeps of an edition, and their columns
OWN = (card.PROFILE, *(f"{name}.csv" for name in dictionary.OWN))  # what a unit may keep beside its years
CONTEXT, REPORT = ("peers.csv",), "report"
NOTE_KINDS = ["overview", "measure", "problem", "cause", "remedy", "use", "other"]


def root(start: Path | None = None, near: Path | None = None) -> Path:
    """The nearest folder above the working directory, or JIXIAO_ROOT, that holds data/indicators.csv and notebooks/; else above `near`."""
    start = Path(start or os.environ.get("JIXIAO_ROOT") or Path.cwd()).resolve()
    for folder in (start, *start.parents, *(near.resolve().parents if near else ())):
        if (folder / "data" / "indicators.csv").is_file() and (folder / "notebooks").is_dir():
            return folder
    raise FileNotFoundError(
        f"{start} 及其上级目录都不是项目根目录（应含 data/indicators.csv 和 notebooks/），请在项目目录里运行，或用 --root 指定"
    )


@dataclass(frozen=True)
class Place:
    """One unit, one year, below a project root, and where its files are; or what the notebook `alone` makes of it, a document of its own.
    `aside`: whose working state it is, if not a run's: HAND, the edition as somebody sees it who runs a notebook by hand, or the desk's;
    `bad`: where the wrong cells of its tables are put, each of which else stops whoever reads them."""

    unit: str
    year: int
    root: Path
    alone: str = ""
    aside: str = ""
    bad: list[InputError] | None = field(default=None, compare=False, repr=False)

    def notebook(self, name: str) -> Path:
        """Where a notebook is kept."""
        return self.root / "notebooks" / f"{unnumbered(name)[0]}.ipynb"

    def parameters(self, name: str) -> dict[str, str | int]:
        """What a notebook is run with."""
        given: dict[str, str | int] = {"unit": self.unit, "year": self.year}
        chapter = unnumbered(name)[1]
        return given | {"chapter": chapter} if chapter else given

    @property
    def raw(self) -> Path:
        """Where the analyst keeps its tables and its card; what is the unit's own, whatever the year, in the folder above."""
        return self.root / "data" / "raw" / self.unit / str(self.year)

    @property
    def processed(self) -> Path:
        """Where its notebooks write."""
        return work(self.root) / self.unit / f"{self.year}.{self.aside}".rstrip(".")

    @property
    def output(self) -> Path:
        """Where it is published."""
        place = outputs(self.root)
        return place / "peers" / f"{self.unit}-{self.year}" if self.alone else place / self.unit / str(self.year)

    def table(self, name: str) -> list[Record]:
        """A table of `TABLES` as the analyst keeps it; an optional one may be absent."""
        path = self.file(name)
        return read_table(path, TABLES[name], name != "figures", self.bad, **self._how(name, path.exists()))

    def file(self, name: str) -> Path:
        """Where a table of `TABLES`, or the report, is kept."""
        folder = self.raw.parent if name in dictionary.OWN else self.raw
        return folder / (report.FILE if name == REPORT else f"{name}.csv")

    def tidied(self, name: str, path: Path, found: bytes) -> Tidy:
        """What is found of a table of `TABLES`, as it should stand; nothing found: its head alone. Raises InputError."""
        return tidy(path, name, found, TABLES[name], **self._how(name, True)) if found else Tidy(TABLES[name], [], [])

    def _how(self, name: str, given: bool) -> dict[str, Any]:
        """Which columns it may have besides, and the names of the indicators that it may call by their label."""
        labels = self._labels if given and name in ("figures", "corrections", BUDGET) else {}
        items = {label: dictionary.columnless(one).removeprefix(f"{BUDGET}.") for label, one in labels.items()}
        return {"more": MORE.get(name, ()), "called": items if name == BUDGET else labels}

    @cached_property
    def _labels(self) -> dict[str, str]:
        """The names of indicators by label, where no other has the same; those of the base table's cells with the column."""
        rows = dictionary.library(self.root, self.unit, "indicators", self.bad)
        count = Counter(row["label"] for row in rows)
        names = {row["label"]: row["indicator"] for row in rows if count[row["label"]] == 1}
        cells = [(label, name) for label, name in names.items() if name.startswith(f"{BUDGET}.")]
        columns = [*COLUMNS.items(), (BUDGET, PLANS["full"])]
        return names | {f"{label}（{word}）": f"{name}.{column}" for column, word in columns for label, name in cells}

    @cached_property
    def headlines(self) -> tuple[Path, list[Record]]:
        """What the summary puts first, the unit's own choice or the shared one, and where it stands; a row of `FUNDS` once for each."""
        items = dict.fromkeys(row["item"] for row in self.table("budget"))
        funds = [item for item in items if dictionary.is_fund(cell(item, "outturn"))]
        shared = self.root / "data" / "headlines.csv"
        rows = self.table("headlines") or read_table(shared, HEADLINES, True, self.bad, more=HEADLINES[1:])
        return rows[0]["path"] if rows else shared, [
            {column: text.replace(FUNDS, fund) if isinstance(text, str) else text for column, text in row.items()}
            for row in rows
            for fund in (funds if FUNDS in row["metric"] else [""])
        ]


@dataclass(frozen=True)
class Edition(Place):
    """What an edition is made from, which notebooks make it, and what they wrote."""

    @classmethod
    def find(cls, unit: str, year: int, start: Path | None = None, near: Path | None = None) -> Self:
        """Raises FileNotFoundError that lists the editions there are, InputError where one may not look."""
        edition = cls(unit, int(year), root(start, near))
        if not os.access(edition.raw, os.R_OK | os.X_OK):
            store.content(edition.raw / card.FILE)  # where one may not look, it says so
        if not edition.raw.is_dir():
            there = "、".join(f"{other.unit} {other.year}" for other in editions(edition.root)) or "无"
            raise FileNotFoundError(f"没有 {unit} {year} 的来源数据（data/raw/{unit}/{year}/）。现有：{there}")
        return edition

    @cached_property
    def earlier(self) -> list["Edition"]:
        """The unit's published editions of earlier years, oldest first."""
        folder = f"outputs/{self.unit}"
        found = listing(self.root, f"{folder}/[0-9][0-9][0-9][0-9]/manifest.json < {folder}/{self.year}")
        return [Edition(self.unit, int(path.parent.name), self.root) for path in found]

    @cached_property
    def rows(self) -> list[tuple[str, ...]]:
        """The notebooks of this edition, row by row; each row needs the rows above it. A trend needs an earlier edition."""
        if self.alone:
            return [(self.alone,)]
        chosen = sorted(self._of(notebooks(self.root).values()), key=lambda one: one.row)
        return [tuple(one.name for one in row) for _, row in groupby(chosen, lambda one: one.row)]

    def _of(self, given: Iterable[Notebook]) -> Iterator[Notebook]:
        """Those notebooks that are part of the report, what is for `each` chapter of the unit's own once for each."""
        mine = (one for one in given if ALONE not in one.needs and one.pack in ("", self.profile.kind))
        for one in (one for one in mine if "earlier" not in one.needs or self.earlier):
            parts = enumerate(report.parts(self.raw), 1) if one.each else ()
            chapters = (replace(one, name=numbered(one.name, n), title=part.heading) for n, part in parts)
            yield from chapters if one.each else [one]

    @property
    def notebooks(self) -> list[str]:
        """Their names, row after row."""
        return [name for row in self.rows for name in row]

    def above(self, notebook: str) -> list[Notebook]:
        """The notebooks of the rows above the one that holds this notebook, by name."""
        known, name = {} if self.alone else notebooks(self.root), unnumbered(notebook)[0]
        place = known[name].row if name in known else len(NEEDS) + 1
        return [*self._of(other for other in known.values() if other.row < place)]

    def save(self, notebook: str, tables: Mapping[str, Sequence[Row]]) -> None:
        """Write tables of a notebook."""
        for name, rows in tables.items():
            write_table(self.processed / notebook / f"{name}.csv", KINDS[name].COLUMNS, (row.cells for row in rows))

    def saved(self, kind: type[R], before: str = "") -> list[R]:
        """What the notebooks (those above the notebook `before`) wrote of figures, metrics or findings, in notebook order."""
        return [kind.of(row) for folder in self.folders(kind.TABLE, before) for row in rows_in(folder, kind.TABLE)]

    def folders(self, name: str, before: str = "") -> list[Path]:
        """Where the notebooks (above `before`) wrote a table, in their order; by hand, where a run did if nowhere else."""
        places = [self.processed, *([replace(self, aside="").processed] if self.aside == HAND else [])]
        tables = ([place / one.name / f"{name}.csv" for place in places] for one in self.above(before))
        found = [there[0].parent for paths in tables if (there := [*filter(Path.is_file, paths)])]
        if not found:
            raise FileNotFoundError(f"{self.unit} {self.year} 还没有 {name}.csv，请先运行 00_clean")
        return found

    @property
    def plan(self) -> str:
        """Which column of budget.csv is the budget that execution is measured against: one of `PLANS`."""
        return next((name for name in PLANS if any(row[name] for row in self.table("budget"))), BUDGET)

    @property
    def budget(self) -> list[Record]:
        """The rows of the base table, with that column as `budget`. Raises InputError where a row has one that says which, and one that does not."""
        rows, plan = self.table("budget"), self.plan
        if odd := [row for row in rows if plan == "full" and row[BUDGET]]:
            raise InputError.of_cell(odd[0], BUDGET, "空白（已有 full；预算数写在 initial、full 或 budget 之一）")
        moved = {BUDGET: plan} | ({"initial": ""} if plan == "initial" else {})
        return [row | {to: row.get(of, "") for to, of in moved.items()} for row in rows]

    @cached_property
    def columns(self) -> dict[str, str]:
        """The columns of its base table, and what they are called there."""
        named, asked = COLUMNS | {BUDGET: PLANS[self.plan]}, {"last_outturn", BUDGET, "outturn"}
        asked |= {column for row in self.budget for column in named if row[column]}
        return {column: word for column, word in named.items() if column in asked}

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        """The indicator dictionary by name, with this edition's special funds, each cell of the base table, and what the source computes."""
        items = [row["item"] for row in self.budget]
        rows = dictionary.library(self.root, self.unit, "indicators", self.bad)
        return _recomputed(self, dictionary.indicators(rows, items, COLUMNS | self.columns, self.bad))

    @cached_property
    def asked(self) -> set[str]:
        """The indicators that the edition's own files name: rows of figures, filled cells of the base table, items left blank."""
        names = {row["indicator"] for row in self.table("figures")}
        for row in self.budget:
            given = [column for column in COLUMNS if notation.blank(row[column]) in ("", "zero")] or self.columns
            cells = (row["item"], *(cell(row["item"], column) for column in given))
            names |= {name for name in cells if "." in name}  # an own indicator may be called as a project is
        return {name for name in names & self.indicators.keys() if self.indicators[name].since <= self.year}

    @cached_property
    def checks(self) -> list[Check]:
        """The relations that must hold in its year, the unit's own among them, and how much each check weighs."""
        rows = dictionary.library(self.root, self.unit, "checks", self.bad)
        return [Check(*row.values()) for row in rows if dictionary.claimed(row["check"]) in ("", str(self.year))]

    def severity(self, check: str) -> str:
        """How much a check weighs; one that is not declared is an error."""
        return next((one.severity for one in self.checks if one.name == check), "error")

    @cached_property
    def source(self) -> dict[str, Any]:
        """The source card. Raises InputError where a field is missing or has no meaning."""
        filled = card.filled_in(self.raw)
        InputError.together(list(card.faults(filled, self.raw)))
        return filled

    @property
    def inputs(self) -> list[Path]:
        """The data files that an edition is made from: what all share, and its own; of a document of its own also what units published."""
        data = self.root / "data"
        given = [*(self.raw.parent / name for name in OWN), *(self.raw / name for name in sorted(MADE))]
        shared = (path for folder in (data, data / "sheets") for path in sorted(folder.glob("[!.~]*.csv")))
        files = [path for path in shared if path.name not in CONTEXT]
        files += (path for path in given if os.path.isfile(path))  # noqa: PTH113  # no fault where one may not look
        if self.alone:
            files += [data / name for name in CONTEXT]
            files += sorted(outputs(self.root).glob(f"*/{self.year}/manifest.json"))
        return files

    @cached_property
    def key(self) -> str:
        """Which data an edition was made from: a short hash over its inputs."""
        parts = (part for path in self.inputs for part in (path.name.encode(), store.content(path) or b""))
        return store.digest_of(b"".join(part + b"\0" for part in parts))[:12]

    @cached_property
    def card(self) -> Card:
        """What every page says of its edition."""
        return Card.filled_in(self.source, self.unit, self.year, self.profile.kind)

    @cached_property
    def profile(self) -> Profile:
        """What the unit says of itself."""
        return Profile.of(self.raw.parent)

    @property
    def imprint(self) -> Card:
        """The card as it is published, with the key of the data."""
        return replace(self.card, key=self.key, citation=f"{self.card.citation[:-1]}，版本标识 {self.key}。")


def _recomputed(edition: Edition, known: dict[str, Indicator]) -> dict[str, Indicator]:
    """A dictionary with the metrics that figures.csv names: what the source prints of one is `<metric>.printed`, to be computed again."""
    given = edition.table("figures") if edition.raw.is_dir() else []  # else it is being laid out
    rows = {row["indicator"]: row["printed"] for row in given if row["indicator"] not in known}
    if not rows:
        return known
    labels = promised((edition.notebook(one.name) for one in edition.above("") if not one.each), known)
    labels |= {row["metric"]: row["label"] for row in edition.table("metrics")}
    found = {}
    for metric, token in ((metric, token) for metric, token in rows.items() if metric in labels):
        name, label, read = f"{metric}{PRINTED}", labels[metric], notation.tried(token)
        found[name] = Indicator(name, "", f"所印{label}", read.unit if read else "", (), "", 0, label)
    return known | found


def editions(base: Path) -> list[Edition]:
    """All editions below a project root that have any input, or may not be read: of a unit whose years nobody knows, year 0."""
    found = []
    for unit in sorted(path for path in (base / "data" / "raw").glob("[!.~]*") if path.is_dir()):
        if not os.access(unit, os.R_OK | os.X_OK):
            found.append(Edition(unit.name, 0, base))
            continue
        for year in sorted(path for path in unit.glob("[0-9][0-9][0-9][0-9]") if path.is_dir()):
            if not os.access(year, os.R_OK) or {*MADE} & {path.name for path in year.glob("*")}:
                found.append(Edition(unit.name, int(year.name), base))
    return found
