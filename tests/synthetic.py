"""Synthetic units, clearly marked 示例, made in a copy of the project from the 2020 figures; never published with real editions.

`years` lays out one unit over several years, `units` several units of one year, `publish` writes the published tables of an
edition without running kernels. The same arguments give the same bytes.
"""

import csv
import json
import os
import re
from collections.abc import Callable, Iterable
from contextlib import redirect_stdout
from dataclasses import asdict
from io import StringIO
from pathlib import Path
from unittest.mock import patch
from zlib import crc32

import nbformat
import yaml

from lib.edition import store
from lib.edition.edition import RAW, Edition
from lib.edition.rows import TABLES, Figure, Metric
from lib.edition.store import write_table

ORIGINAL = Path("data", "raw", "zhengxiang", "2020")
BOUNDED = ["value", "low", "high", "low_closed", "high_closed", "unit"]  # columns that figures and metrics share
BROKEN = "accounts.audited_units"  # its definition begins with the last year
GONE = "rights.consultations"  # missing in the last year
SLIPPED = "hardship.aid"  # 万 forgotten in the last year
SILENT = "student_aid.students"  # not reported by every third unit
STEADY = ("summer.district_goods", "summer.township_goods", "summer.total_goods")  # a sum that must hold
FUNDS = {"春节送温暖慰问": 3000, "职工帮扶专项补助": 1500, "劳模专项补助": 1700}  # 0.01 万元


def years(root: Path, first: int = 2016, last: int = 2020) -> list[Edition]:
    """示例市总工会 (`shili`) over the years, its figures drifting by 4 % a year, some up, some down, hedges kept.

    In the last year one definition is new (`BROKEN`), one figure is missing (`GONE`) and one has lost its 万 (`SLIPPED`).
    """
    _dictionary(root, lambda name: last if name == BROKEN else first)
    made = []
    for year in range(first, last + 1):
        drift = 0.04 * (year - last)
        rows = [_scaled(row, 1 + drift * (1 - 2 * (at % 2))) for at, row in enumerate(_figures(root))]
        if year == last:
            rows = [_slip(row) if row["indicator"] == SLIPPED else row for row in rows if row["indicator"] != GONE]
        made.append(_write(root, "shili", "示例市总工会", year, rows))
    return made


def units(root: Path, count: int, year: int = 2020) -> list[Edition]:
    """`count` units of one year (`shili-0001` …), each with its own size and its own rates, every third without `SILENT`."""
    _dictionary(root, lambda name: year)
    made = []
    for number in range(1, count + 1):
        slug = f"shili-{number:04d}"
        rows = [_scaled(row, 0.7 + _dice(slug, row["indicator"]) * 0.25) for row in _figures(root)]
        rows = [row for row in rows if number % 3 or row["indicator"] != SILENT]
        made.append(_write(root, slug, f"示例{number:04d}总工会", year, rows))
    return made


def publish(edition: Edition) -> Path:
    """The published tables and the card of an edition, from the code of its notebooks run in this process, without pictures."""
    names = {"unit": edition.unit, "year": edition.year, "display": lambda *_: None}
    with (
        patch.dict(os.environ, JIXIAO_ROOT=str(edition.root)),
        patch("lib.chapter.charts._chart"),
        redirect_stdout(StringIO()),
    ):
        for path in sorted((edition.root / "notebooks").glob("0*.ipynb"), key=lambda path: path.stem.split("_", 1)):
            os.environ["JIXIAO_RUN"] = path.stem
            for cell in nbformat.read(path, 4)["cells"]:
                prose = cell["source"].startswith("%%prose")
                if cell["cell_type"] == "code" and not prose and "parameters" not in cell["metadata"].get("tags", []):
                    exec(cell["source"], names)
            names["book"].save()
        for kind, columns in ((Figure, TABLES["figures"]), (Metric, TABLES["metrics"])):
            rows = (row.cells for row in edition.saved(kind))
            write_table(edition.output / f"{kind.TABLE}.csv", columns, rows)
    card = asdict(edition.imprint)
    (edition.output / "manifest.json").write_text(json.dumps({"card": card}, ensure_ascii=False), "utf-8")
    return edition.output


def _dice(*seed: str) -> float:
    """A number from 0 to 1 that depends on nothing but its seed."""
    return crc32("/".join(seed).encode()) / 2**32


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _save(path: Path, columns: list[str], rows: Iterable[dict]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n", restval="")
        writer.writeheader()
        writer.writerows(rows)


def _dictionary(root: Path, since: Callable[[str], int]) -> None:
    path = root / "data" / "indicators.csv"
    rows = _table(path)
    _save(path, list(rows[0]), [row | {"since": since(row["indicator"])} for row in rows])


def _figures(root: Path) -> list[dict[str, str]]:
    """The figures of the original, with its one correction applied."""
    rows = _table(root / ORIGINAL / "figures.csv")
    return [row | {"printed": row["printed"].replace("12.5余元", "12.5万余元")} for row in rows]


def _scaled(row: dict[str, str], factor: float) -> dict[str, str]:
    """A row with its number times `factor`, as rough as it was printed; small counts and `STEADY` stay."""

    def scaled(found: re.Match) -> str:
        number, (whole, _, tail) = float(found[0]), found[0].partition(".")
        if number < 10 and not tail:
            return found[0]
        zeros = min(len(whole) - len(whole.rstrip("0")), len(whole) - 2)
        return f"{number * factor:.{len(tail)}f}" if tail else str(round(number * factor, -zeros)).partition(".")[0]

    if row["indicator"] in STEADY:
        return row
    return row | {name: re.sub(r"\d+(\.\d+)?", scaled, row[name]) for name in ("printed", "reading")}


def _slip(row: dict[str, str]) -> dict[str, str]:
    return row | {"printed": row["printed"].replace("万", "")}


def _write(root: Path, slug: str, name: str, year: int, rows: list[dict[str, str]]) -> Edition:
    """The folder of an edition: figures, card, notes, no corrections, budget and targets."""
    edition = Edition(slug, year, root)
    edition.raw.mkdir(parents=True)
    profile = f"name: {name}\nkind: 工会\nlevel: 市\n"
    (edition.raw.parent / "unit.yml").write_text(profile, "utf-8")
    tables = {
        "figures": rows,
        "corrections": [],
        "notes": _table(root / ORIGINAL / "notes.csv"),
        "budget": _budget(slug, year),
        "targets": [row | {"actual": row["actual"].format(year=year)} for row in TARGETS],
    }
    for table, content in tables.items():
        _save(edition.raw / f"{table}.csv", RAW[table], content)
    card = store.card(root / ORIGINAL / "source.yml")
    card |= {"title": f"{year}年度部门整体支出绩效评价报告", "unit": name, "year": year}
    card |= {"publisher": name, "sha256": "0" * 64, "contact": f"{name}办公室"}
    (edition.raw / "source.yml").write_text(yaml.safe_dump(card, allow_unicode=True, sort_keys=False), "utf-8")
    return edition


def _budget(slug: str, year: int) -> list[dict[str, str]]:
    """附件1 in 万元: every sum holds; the outturn of a year is last_outturn of the next."""

    def amounts(year: int, kind: str) -> dict[str, int]:
        def drawn(name: str, size: int) -> int:
            return round(size * (1 + 0.03 * (year - 2016)) * (0.9 + 0.2 * _dice(slug, str(year), kind, name)))

        found = {"basic": drawn("basic", 6000), "public": drawn("public", 900), "operating": drawn("operating", 500)}
        found |= {fund: drawn(fund, size) for fund, size in FUNDS.items()}
        found |= {"vehicle_purchase": 0, "vehicle_running": drawn("vehicle_running", 60), "abroad": 0}
        found |= {"reception": drawn("reception", 30), "procurement": drawn("procurement", 400)}
        found["special"] = sum(found[fund] for fund in FUNDS)
        found["projects"] = found["operating"] + found["special"]
        found["total"] = found["basic"] + found["projects"]
        found["vehicles"] = found["vehicle_purchase"] + found["vehicle_running"]
        found["three_public"] = found["vehicles"] + found["abroad"] + found["reception"]
        return found

    columns = {
        "last_outturn": amounts(year - 1, "outturn"),
        "budget": amounts(year, "budget"),
        "outturn": amounts(year, "outturn"),
    }
    rows = [
        {"item": f"staff.{item}", "outturn": n, "unit": "人"} for item, n in (("establishment", 52), ("actual", 50))
    ]
    for item in ITEMS:
        cells = {column: f"{amount[item] / 100:.2f}" for column, amount in columns.items()}
        rows.append({"item": item, **cells, "unit": "万元"})
    adjustment = columns["outturn"]["total"] - columns["budget"]["total"]
    rows.append({"item": "adjustment", "outturn": f"{max(adjustment, 0) / 100:.2f}", "unit": "万元"})
    return [row | {"locator": f"附件1第{line}行"} for line, row in enumerate(rows, 1)]


ITEMS = [
    *("total", "basic", "public", "projects", "operating", "special", *FUNDS),
    *("three_public", "vehicles", "vehicle_purchase", "vehicle_running", "abroad", "reception", "procurement"),
]
TARGETS = [
    dict(zip(RAW["targets"], row.split(","), strict=True))
    for row in """\
,产出指标,数量指标,医疗互助参保人数,≥,3500,人,20,mutual_aid.members,,
,产出指标,数量指标,新建非公企业工会,≥,60,个,10,members.new_unions,,新办企业少于预期；来年提前摸底
,产出指标,质量指标,困难职工核查满分,=,100,%,10,,100%,
,产出指标,时效指标,全年任务完成时间,≤,12月前,,10,,{year}-11-20,
,效益指标,社会效益指标,受助率,≥,5,%,15,mutual_aid.benefit_rate,,
,效益指标,可持续影响指标,互助机制健全,,建立长效机制,,15,,达成,
,满意度指标,服务对象满意度指标,职工满意度,≥,90,%,10,,95%,
春节送温暖慰问,产出指标,数量指标,冬送温暖人数,≥,80,人,50,winter_aid.workers,,
春节送温暖慰问,效益指标,社会效益指标,困难职工生活改善,,有所改善,,30,,达成,
春节送温暖慰问,满意度指标,服务对象满意度指标,慰问对象满意度,≥,90,%,10,,96%,""".splitlines()
]
