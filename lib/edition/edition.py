"""An edition is one unit, one year: who, when, and where its files are.

This is the one module that reads the environment (but for the folder of working state, see `store.work`): JIXIAO_ROOT names the
project, JIXIAO_RUN the notebook that a run executes. A notebook that somebody runs by hand keeps its tables in a folder of its own,
so that no experiment reaches a publication.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeVar

from lib.edition import card, dictionary
from lib.edition.card import Card
from lib.edition.dictionary import Check, Indicator
from lib.edition.rows import Figure, Finding, Metric, Row
from lib.edition.store import InputError, Record, content, listing, names, read_table, rows_in, work, write_table

KINDS: dict[str, type[Row]] = {kind.TABLE: kind for kind in (Figure, Metric, Finding)}
R = TypeVar("R", Figure, Metric, Finding)

RAW = {
    "figures": ["locator", "indicator", "printed", "reading", "remark"],
    "corrections": ["locator", "indicator", "printed", "corrected", "reason", "date", "by"],
    "notes": ["section", "kind", "locator", "text"],
    "budget": ["item", "last_outturn", "budget", "outturn", "unit", "locator"],
    "targets": [
        *("project", "level1", "level2", "level3", "comparator", "target", "unit", "weight"),
        *("measure", "actual", "explanation"),
    ],
}
OPTIONAL = ("budget", "targets")
CONTEXT = ("peers.csv", "benchmarks.csv")
NOTE_KINDS = ["overview", "measure", "problem", "cause", "remedy", "use", "other"]
NEEDS = ("figures", "metrics", "earlier", "findings", "published")
"""What a notebook may need of others, in the order in which it comes about; a notebook stands in the row of its last need."""
ALONE = NEEDS[-1]
"""The need of a notebook that is a document of its own: what other units published."""


def root(start: Path | None = None) -> Path:
    """The nearest folder above the working directory that holds data/indicators.csv and notebooks/, or JIXIAO_ROOT."""
    start = Path(start or os.environ.get("JIXIAO_ROOT") or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / "data" / "indicators.csv").is_file() and (folder / "notebooks").is_dir():
            return folder
    raise FileNotFoundError(
        f"{start} 及其上级目录都不是项目根目录（应含 data/indicators.csv 和 notebooks/），请用 --root 指定"
    )


def opened() -> tuple[str, bool]:
    """The notebook that this process runs, and whether somebody runs it by hand.

    A run names it; JupyterLab gives its path; else it is the one notebook on the command line that started the kernel. Raises
    FileNotFoundError where nothing tells.
    """
    if name := os.environ.get("JIXIAO_RUN"):
        return name, False
    path = os.environ.get("JPY_SESSION_NAME")
    given = [path] if path else _started_with()
    if len(given) != 1:
        raise FileNotFoundError(
            "不知道打开的是哪个笔记本：请在 JupyterLab 里打开，或用 jixiao report、papermill 逐个运行；"
            "在程序里调用时，先把环境变量 JPY_SESSION_NAME 设为笔记本的路径"
        )
    return Path(given[0]).stem, True


def _started_with() -> list[str]:
    """The notebooks that the command line above this kernel names; of papermill, which also names its output, the first."""
    import psutil

    above = psutil.Process().parent()
    words = above.cmdline() if above else []
    found = [word for word in words if word.endswith(".ipynb")]
    return found[:1] if any("papermill" in word for word in words if word not in found) else found


@dataclass(frozen=True)
class Notebook:
    """What a notebook, `<place>_<section>`, says of itself: its section, its title, what it needs of other notebooks (`NEEDS`)."""

    name: str
    section: str
    title: str
    needs: tuple[str, ...]

    @property
    def row(self) -> int:
        """Its place in the order of a run."""
        return max((NEEDS.index(need) + 1 for need in self.needs), default=0)


@cache
def _described(path: Path, stamp: int) -> Notebook | None:
    nb = json.loads(path.read_text("utf-8"))
    about = nb["metadata"].get("jixiao")
    if about is None or about["section"] != order(path.stem)[-1]:  # a scratch file, or a copy such as 01_services-Copy1
        return None
    if strange := set(about["needs"]) - set(NEEDS):
        found, todo = f"needs {'、'.join(sorted(strange))}", "改正这个笔记本元数据里的 jixiao.needs"
        raise InputError(path, None, found, "、".join(NEEDS), todo)
    heads = "".join(nb["cells"][0]["source"]).strip().splitlines()
    return Notebook(path.stem, about["section"], heads[-1].lstrip("# "), tuple(about["needs"]))


def order(name: str) -> list[str]:
    """What puts notebooks into the order of the report: place and section."""
    return name.split("_", 1)


def notebooks(base: Path) -> dict[str, Notebook]:
    """The notebooks of a project that say what they are, by name, in the order of the report: 05, 051, 06."""
    paths = sorted((base / "notebooks").glob("*.ipynb"), key=lambda path: order(path.stem))
    found = (_described(path, path.stat().st_mtime_ns) for path in paths)
    return {notebook.name: notebook for notebook in found if notebook}


@dataclass(frozen=True)
class Place:
    """One unit, one year, below a project root, and where its files are; or what the notebook `alone` makes of it, a document of its own.

    `hand` is the edition as somebody sees it who runs a notebook by hand.
    """

    unit: str
    year: int
    root: Path
    alone: str = ""
    hand: bool = False

    def notebook(self, name: str) -> Path:
        """Where a notebook is kept."""
        return self.root / "notebooks" / f"{name}.ipynb"

    @property
    def raw(self) -> Path:
        """Where the analyst keeps its tables and its card."""
        return self.root / "data" / "raw" / self.unit / str(self.year)

    @property
    def processed(self) -> Path:
        """Where its notebooks write."""
        return work(self.root) / self.unit / f"{self.year}{'.hand' if self.hand else ''}"

    @property
    def output(self) -> Path:
        """Where it is published."""
        outputs = self.root / "outputs"
        return outputs / "peers" / f"{self.unit}-{self.year}" if self.alone else outputs / self.unit / str(self.year)


@dataclass(frozen=True)
class Edition(Place):
    """What an edition is made from, which notebooks make it, and what they wrote."""

    @classmethod
    def find(cls, unit: str, year: int, start: Path | None = None) -> Edition:
        """Raises FileNotFoundError that lists the editions there are."""
        edition = cls(unit, int(year), root(start))
        if not edition.raw.is_dir():
            there = "、".join(f"{other.unit} {other.year}" for other in editions(edition.root)) or "无"
            raise FileNotFoundError(f"没有 {unit} {year} 的来源数据（data/raw/{unit}/{year}/）。现有：{there}")
        return edition

    @cached_property
    def earlier(self) -> list[Edition]:
        """The unit's published editions of earlier years, oldest first."""
        folder = f"outputs/{self.unit}"
        found = listing(self.root, f"{folder}/[0-9][0-9][0-9][0-9]/manifest.json < {folder}/{self.year}")
        return [Edition(self.unit, int(path.parent.name), self.root) for path in found]

    @cached_property
    def rows(self) -> list[tuple[str, ...]]:
        """The notebooks of this edition, row by row; each row needs the rows above it. A trend needs an earlier edition."""
        if self.alone:
            return [(self.alone,)]
        chosen = self._of(notebooks(self.root).values())
        rows = sorted({notebook.row for notebook in chosen})
        return [tuple(notebook.name for notebook in chosen if notebook.row == row) for row in rows]

    def _of(self, given: Iterable[Notebook]) -> list[Notebook]:
        """Those notebooks that are part of the report."""
        chosen = [notebook for notebook in given if ALONE not in notebook.needs]
        if any("earlier" in notebook.needs for notebook in chosen) and not self.earlier:
            return [notebook for notebook in chosen if "earlier" not in notebook.needs]
        return chosen

    @property
    def notebooks(self) -> list[str]:
        """Their names, row after row."""
        return [name for row in self.rows for name in row]

    def above(self, notebook: str) -> list[Notebook]:
        """The notebooks of the rows above the one that holds this notebook, by name."""
        known = {} if self.alone else notebooks(self.root)
        place = known[notebook].row if notebook in known else len(NEEDS) + 1
        return self._of(other for other in known.values() if other.row < place)

    def table(self, name: str) -> list[Record]:
        """A table of `RAW` as the analyst keeps it; an optional one may be absent."""
        path = self.raw / f"{name}.csv"
        return [] if name in OPTIONAL and content(path) is None else read_table(path, RAW[name])

    def save(self, notebook: str, tables: Mapping[str, Sequence[Row]]) -> None:
        """Write tables of a notebook."""
        for name, rows in tables.items():
            columns = KINDS[name].COLUMNS
            write_table(self.processed / notebook / f"{name}.csv", columns, (row.cells for row in rows))

    def saved(self, kind: type[R], before: str = "") -> list[R]:
        """What the notebooks (those above the notebook `before`) wrote of figures, metrics or findings, in notebook order."""
        folders = self.folders(kind.TABLE, before)
        return [kind.of(row) for folder in folders for row in rows_in(folder, kind.TABLE)]

    def folders(self, name: str, before: str = "") -> list[Path]:
        """Where the notebooks (those above the notebook `before`) wrote a table, in notebook order.

        By hand, what a run has written serves where nothing was run by hand.
        """
        places = [self.processed, *([replace(self, hand=False).processed] if self.hand else [])]
        found = []
        for notebook in self.above(before):
            found += [p / notebook.name for p in places if (p / notebook.name / f"{name}.csv").is_file()][:1]
        if not found:
            raise FileNotFoundError(f"{self.unit} {self.year} 还没有 {name}.csv，请先运行 00_clean")
        return found

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        """The indicator dictionary by name, with this edition's special funds, an entry for each cell of the base table."""
        return dictionary.indicators(self.root, [row["item"] for row in self.table("budget")])

    @cached_property
    def checks(self) -> list[Check]:
        """The relations that must hold."""
        return dictionary.checks(self.root)

    @cached_property
    def headlines(self) -> list[str]:
        """The metrics that the summary and the catalogue put first."""
        return names(self.root / "data" / "headlines.csv")

    @cached_property
    def source(self) -> dict[str, Any]:
        """The source card. Raises InputError where a field is missing or has no meaning."""
        filled = card.filled_in(self.raw)
        for fault in card.faults(filled, self.raw):
            raise fault
        return filled

    @property
    def inputs(self) -> list[Path]:
        """The data files that an edition is made from; a document of its own compares what all units published."""
        own = sorted([card.FILE, *(f"{name}.csv" for name in RAW)])
        files = [*common(self.root), *(path for name in own if (path := self.raw / name).is_file())]
        if self.alone:
            files += [self.root / "data" / name for name in CONTEXT]
            files += sorted((self.root / "outputs").glob(f"*/{self.year}/manifest.json"))
        return files

    @cached_property
    def key(self) -> str:
        """Which data an edition was made from: a short hash over its inputs."""
        digest = hashlib.sha256()
        for path in self.inputs:
            digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
        return digest.hexdigest()[:12]

    @cached_property
    def card(self) -> Card:
        """What every page says of its edition."""
        return Card.filled_in(self.source, self.unit, self.year)

    @property
    def imprint(self) -> Card:
        """The card as it is published, with the key of the data."""
        return self.card.keyed(self.key)


def common(base: Path) -> list[Path]:
    """The data files that all editions have in common: code tables and score sheets, without what only peers read."""
    paths = [path for folder in ("data", "data/sheets") for path in sorted((base / folder).glob("*.csv"))]
    return [path for path in paths if path.name not in CONTEXT]


def editions(base: Path) -> list[Edition]:
    """All editions below a project root."""
    folders = sorted((base / "data" / "raw").glob("*/[0-9][0-9][0-9][0-9]"))
    return [Edition(folder.parent.name, int(folder.name), base) for folder in folders if folder.is_dir()]
