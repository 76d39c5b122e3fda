"""An edition is one unit, one year: where its files are, and how they are read and written.

This is the one module that knows paths and reads the environment: JIXIAO_ROOT names the project, JIXIAO_WORK a folder that
stands in for `data/processed`. Numbers are written exactly, with at most 12 significant digits, the ends of bounds outwards.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lib.numbers.bounds import Bounds

if TYPE_CHECKING:
    import pandas as pd

BOUNDED = ["value", "low", "high", "low_closed", "high_closed", "unit"]
FIGURES = ["indicator", "section", "label", "printed", *BOUNDED, "scope", "status", "locator"]
METRICS = ["metric", "section", "label", *BOUNDED, "shown", "formula", "inputs", "caveat"]
FINDINGS = ["check", "severity", "status", "section", "indicators", "locators", "message"]

ROWS = (  # the notebooks; each row needs the rows above it
    ("00_clean",),
    ("01_services", "02_workforce", "03_organising", "04_assets", "05_recovery", "06_budget"),
    ("07_scorecard",),
    ("91_trend",),
    ("90_summary",),
)
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
COLUMNS = {"last_outturn": "上年决算", "budget": "预算", "outturn": "决算"}
"""The columns of the base table (附件1)."""
SEVERITIES = {"error": "差错", "warning": "提醒", "note": "说明"}
STATUSES = {"reported": "照录", "corrected": "更正", "implied": "按所列计数", "missing": "未提供"}
"""How pages name what a finding amounts to, and how a figure came into the table."""
CONTEXT = ("peers.csv", "benchmarks.csv")
DICTIONARY = ["indicator", "section", "label", "unit", "scope", "direction", "definition", "cues", "since"]
CHECKS = ["check", "kind", "severity", "relation", "message"]
CARD = ["title", "unit", "year", "publisher", "read", "status.state", "revision.number", "revision.date", "contact"]
NOTE_KINDS = ["overview", "measure", "problem", "cause", "remedy", "use", "other"]


class InputError(ValueError):
    """Bad input; the message names the file, the row, what was found, what was expected and what to do."""

    def __init__(self, path: Path, row: int | None, found: str, expected: str, todo: str):
        place = f"{path.parent.parent.name}/{path.parent.name}/{path.name}" if row is None else f"{path.name} 第{row}行"
        self.path, self.row, self.told = path, row, f"现为{found}；应为{expected}。请{todo}。"
        super().__init__(f"{place}：{self.told}")


def root(start: Path | None = None) -> Path:
    """The nearest folder above the working directory that holds data/indicators.csv and notebooks/, or JIXIAO_ROOT."""
    start = Path(start or os.environ.get("JIXIAO_ROOT") or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / "data" / "indicators.csv").is_file() and (folder / "notebooks").is_dir():
            return folder
    raise FileNotFoundError(
        f"{start} 及其上级目录都不是项目根目录（应含 data/indicators.csv 和 notebooks/），请用 --root 指定"
    )


def read_table(path: Path, columns: list[str]) -> pd.DataFrame:
    """A CSV table as text, empty cells as ''. Raises InputError if it is missing or its columns differ."""
    import pandas as pd

    if not path.is_file():
        raise InputError(path, None, "没有这个文件", f"一张表，列为 {','.join(columns)}", "补上这个文件")
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except (pd.errors.ParserError, UnicodeDecodeError) as error:
        raise InputError(
            path, None, f"读不出的内容（{error}）", "UTF-8 编码、列数一致的 CSV", "改正这个文件"
        ) from error
    if list(table.columns) != columns:
        raise InputError(path, 1, ",".join(table.columns), ",".join(columns), "改正表头")
    return table


def write_table(table: pd.DataFrame, path: Path) -> None:
    """A CSV table, UTF-8 with LF; Fractions as decimal numbers, ends of bounds rounded outwards unless they are one number."""
    import pandas as pd

    path.parent.mkdir(parents=True, exist_ok=True)
    rounding = {"low": ROUND_FLOOR, "high": ROUND_CEILING}
    exact = [row.get("low") == row.get("high") for row in table.to_dict("records")]
    written = {
        name: [
            number(cell, ROUND_HALF_EVEN if one else rounding.get(name, ROUND_HALF_EVEN))
            for cell, one in zip(table[name], exact, strict=True)
        ]
        for name in table
    }
    pd.DataFrame(written, columns=table.columns).to_csv(path, index=False, lineterminator="\n")


def number(cell: Any, rounding: str = ROUND_HALF_EVEN) -> Any:
    """A cell as it is written: at most 12 significant digits, inf for no bound, nothing for missing."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, Fraction):
        quotient = Context(prec=12, rounding=rounding).divide(Decimal(cell.numerator), Decimal(cell.denominator))
        return f"{quotient:f}".rstrip("0").rstrip(".") if "." in f"{quotient:f}" else f"{quotient:f}"
    return "" if cell is None else str(cell)


def parse(cell: str) -> Fraction | float | None:
    """What `number` wrote."""
    return None if cell == "" else float(cell) if cell.endswith("inf") else Fraction(cell)


def bounds(row: Mapping[str, Any] | None) -> Bounds | None:
    """The bounds of a row of figures or metrics; None where it is missing."""
    if not row or row["low"] is None:
        return None
    return Bounds(row["low"], row["high"], row["low_closed"], row["high_closed"])


def card_in(folder: Path) -> dict[str, Any]:
    """The card of a published edition."""
    return json.loads((folder / "manifest.json").read_text("utf-8"))["card"]


def is_fund(name: str) -> bool:
    """Whether a figure is one of a special fund of the base table: `budget.<its Chinese name>.<column>`."""
    return name.startswith("budget.") and not name.isascii()


def finding(check: str, severity: str, message: str, rows: pd.DataFrame | None = None, status: str = "open") -> dict:
    """One row of findings.csv about these rows of figures."""
    joined = {
        plural: "" if rows is None else ";".join(dict.fromkeys(rows[column]))
        for plural, column in (("section", "section"), ("indicators", "indicator"), ("locators", "locator"))
    }
    return {"check": check, "severity": severity, "status": status, **joined, "message": message}


def field(card: dict[str, Any], name: str) -> Any:
    """A field of a card by its dotted name; None if there is none."""
    for key in name.split("."):
        card = card.get(key) if isinstance(card, dict) else None
    return card


@dataclass(frozen=True)
class Edition:
    """One unit, one year, below a project root; or what the notebook `alone` makes of it, a document of its own."""

    unit: str
    year: int
    root: Path
    alone: str = ""

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
        """The unit's published editions of earlier years, the latest first."""
        folders = (self.root / "outputs" / self.unit).glob("[0-9][0-9][0-9][0-9]/manifest.json")
        years = sorted((int(path.parent.name) for path in folders), reverse=True)
        return [Edition(self.unit, year, self.root) for year in years if year < self.year]

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """The notebooks of this edition, row by row: a trend needs an earlier edition."""
        if self.alone:
            return [(self.alone,)]
        return [row for row in ROWS if self.earlier or row != ("91_trend",)]

    @property
    def notebooks(self) -> list[str]:
        return [name for row in self.rows for name in row]

    def above(self, notebook: str) -> list[str]:
        """The notebooks of the rows above the one that holds this notebook."""
        place = next((n for n, row in enumerate(self.rows) if notebook in row), len(self.rows))
        return [name for row in self.rows[:place] for name in row]

    def notebook(self, name: str) -> Path:
        return self.root / "notebooks" / f"{name}.ipynb"

    @property
    def raw(self) -> Path:
        return self.root / "data" / "raw" / self.unit / str(self.year)

    @property
    def processed(self) -> Path:
        work = os.environ.get("JIXIAO_WORK")
        return (Path(work) if work else self.root / "data" / "processed") / self.unit / str(self.year)

    @property
    def output(self) -> Path:
        outputs = self.root / "outputs"
        return outputs / "peers" / f"{self.unit}-{self.year}" if self.alone else outputs / self.unit / str(self.year)

    def table(self, name: str) -> pd.DataFrame:
        """A table of `RAW` as the analyst keeps it, with the line each row stands on; an optional one may be absent."""
        path = self.raw / f"{name}.csv"
        if name in OPTIONAL and not path.is_file():
            import pandas as pd

            return pd.DataFrame(columns=[*RAW[name], "line"])
        table = read_table(path, RAW[name])
        return table.assign(line=range(2, len(table) + 2))

    def save(self, notebook: str, **tables: pd.DataFrame) -> None:
        for name, table in tables.items():
            write_table(table, self.processed / notebook / f"{name}.csv")

    def saved(self, name: str, before: str = "") -> pd.DataFrame:
        """What the notebooks (those above the notebook `before`) wrote of metrics, findings or figures, in notebook order."""
        import pandas as pd

        return pd.concat([read_csv(folder / f"{name}.csv") for folder in self.folders(name, before)], ignore_index=True)

    def folders(self, name: str, before: str = "") -> list[Path]:
        """Where the notebooks (those above the notebook `before`) wrote a table, in notebook order."""
        folders = [self.processed / notebook for notebook in sorted(self.above(before))]
        if not (found := [folder for folder in folders if (folder / f"{name}.csv").is_file()]):
            raise FileNotFoundError(f"{self.unit} {self.year} 还没有 {name}.csv，请先运行 00_clean")
        return found

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """The indicator dictionary; `budget.<item>`, a row of the base table, stands for its three columns.

        A special fund is an item whose name is Chinese; the dictionary need not know it.
        """
        import pandas as pd

        rows = read_table(self.root / "data" / "indicators.csv", DICTIONARY).to_dict("records")
        like = next(row for row in rows if row["indicator"] == "budget.special")
        names = {row["indicator"] for row in rows}
        for item in dict.fromkeys(self.table("budget")["item"]):
            if not item.isascii() and f"budget.{item}" not in names:
                rows.append(
                    like | {"indicator": f"budget.{item}", "label": item, "definition": "专项资金", "cues": item}
                )
        expanded = []
        for row in rows:
            name, label = row["indicator"], row["label"]
            columns = COLUMNS.items() if name.startswith("budget.") else ()
            expanded += [
                row | {"indicator": f"{name}.{c}", "label": f"{label}（{words}）"} for c, words in columns
            ] or [row]
        return pd.DataFrame(expanded, columns=DICTIONARY)

    @cached_property
    def checks(self) -> pd.DataFrame:
        return read_table(self.root / "data" / "checks.csv", CHECKS)

    @cached_property
    def headlines(self) -> list[str]:
        """The metrics that the summary and the catalogue put first."""
        return (self.root / "data" / "headlines.csv").read_text("utf-8").split()[1:]

    @cached_property
    def source(self) -> dict[str, Any]:
        """The source card. Raises InputError where a field is missing or has no meaning."""
        card = self.filled_in()
        for fault in self.faults(card):
            raise fault
        return card

    def filled_in(self) -> dict[str, Any]:
        """The source card as it stands. Raises InputError where there is none, or it is not YAML of keys and values."""
        import yaml

        path = self.raw / "source.yml"
        if not path.is_file():
            raise InputError(path, None, "没有这个文件", "来源卡", "照 data/README.md 补上")
        try:
            card = yaml.safe_load(path.read_text("utf-8"))
        except (yaml.YAMLError, ValueError) as error:  # a date such as 2021-13-01 is a ValueError
            raise InputError(path, None, f"读不出的 YAML（{error}）", "键和值", "改正这个文件") from error
        if not isinstance(card, dict):
            raise InputError(path, None, f"{card}", "键和值", "改正这个文件")
        return card

    def faults(self, card: dict[str, Any]) -> Iterator[InputError]:
        """What is missing or has no meaning on a source card, field by field."""
        path = self.raw / "source.yml"
        for name in CARD:
            if not field(card, name):
                yield InputError(path, None, f"缺 {name}", f"含 {'、'.join(CARD)}", f"补上 {name}")
        state, date = (str(field(card, name) or "") for name in ("status.state", "revision.date"))
        if state and state not in ("draft", "approved"):
            yield InputError(path, None, f"status.state {state}", "draft 或 approved", "改正状态")
        if date and not re.fullmatch(r"\d{4}-\d\d-\d\d", date):
            yield InputError(path, None, f"revision.date {date}", "日期，如 2021-03-31", "改正日期")

    @property
    def inputs(self) -> list[Path]:
        """The data files that an edition is made from; a document of its own compares what all units published."""
        files = [*common(self.root), *sorted(self.raw.iterdir())]
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
    def card(self) -> dict[str, Any]:
        """What every page says of its edition."""
        source = self.source
        status, revision = source["status"], source["revision"]
        label = "定稿" if status["state"] == "approved" else "草稿"
        date = str(revision["date"])
        day = "{}年{}月{}日".format(*(int(part) for part in date.split("-")))
        return {
            "unit": self.unit,
            "unit_name": source["unit"],
            "year": self.year,
            "title": source["title"],
            "status": status["state"],
            "status_label": label,
            "date": date,
            "revision": revision["number"],
            "revision_notes": [
                {name: str(note[name]) for name in ("date", "text")} for note in revision.get("notes") or []
            ],
            "source": {
                name: str(source.get(name) or "")
                for name in ("title", "publisher", "published", "url", "archive", "read")
            },
            "contact": source["contact"],
            "key": "",
            "citation": f"{source['unit']}：《{source['title']}》，第{revision['number']}版（{label}），{day}。",
        }

    @property
    def imprint(self) -> dict[str, Any]:
        """The card as it is published: with the key of the data, also in the citation."""
        return self.card | {"key": self.key, "citation": f"{self.card['citation'][:-1]}，版本标识 {self.key}。"}

    def imprint_of(self, title: str) -> dict[str, Any]:
        """The imprint of a document of its own, made from what the units published: its title, citation and source."""
        own = self.imprint
        source = dict.fromkeys(own["source"], "") | {"title": own["title"], "publisher": "各单位"}
        citation = own["citation"].replace(f"《{own['title']}》", f"《{title}》")
        return own | {"title": title, "citation": citation, "source": source, "revision_notes": []}


def read_csv(path: Path) -> pd.DataFrame:
    """A table that `write_table` wrote: bounds as Fractions, ends as booleans."""
    import pandas as pd

    header, rows = _typed(path)
    return pd.DataFrame(rows, columns=header, dtype=object)


def rows_in(folder: Path, name: str) -> list[dict[str, Any]]:
    """A table that a notebook saved or an edition published, typed as in `read_csv`, without pandas."""
    header, rows = _typed(folder / f"{name}.csv")
    return [dict(zip(header, row, strict=True)) for row in rows]


def _typed(path: Path) -> tuple[list[str], list[list]]:
    """The columns and rows of a table; pandas would take four times as long for a small one."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = (row for row in csv.reader(file) if row)
    kinds = [_KINDS.get(name, _bare) for name in header]
    return header, [[kind(cell) for kind, cell in zip(kinds, row, strict=True)] for row in rows]


def _bare(cell: str) -> str:
    """A published cell without the apostrophe that keeps spreadsheets from taking it for a formula."""
    return cell[1:] if cell.startswith(("'=", "'+", "'-", "'@")) else cell


_KINDS = dict.fromkeys(("value", "low", "high", "rounding"), parse)
_KINDS |= dict.fromkeys(("low_closed", "high_closed"), {"true": True, "false": False, "": None}.__getitem__)


def common(base: Path) -> list[Path]:
    """The data files that all editions have in common: code tables and score sheets, without what only peers read."""
    paths = [path for folder in ("data", "data/sheets") for path in sorted((base / folder).glob("*.csv"))]
    return [path for path in paths if path.name not in CONTEXT]


def editions(base: Path) -> list[Edition]:
    """All editions below a project root."""
    folders = sorted((base / "data" / "raw").glob("*/[0-9][0-9][0-9][0-9]"))
    return [Edition(folder.parent.name, int(folder.name), base) for folder in folders]
