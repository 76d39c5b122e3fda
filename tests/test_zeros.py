"""A zero is a number: whatever figure is 0, the edition comes out, and only what divides by it is missing, and says why."""

import re
import shutil
import warnings
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

import quick
import synthetic
from conftest import ROOT, axes_of, copy_project
from lib.cells import PROSE, plain
from lib.chapter import charts, prose
from lib.cli import main
from lib.edition.edition import RAW, Edition
from lib.numbers.quantity import Quantity
from oracle import Oracle, judged

UNITS = {row["indicator"]: row["unit"] for row in synthetic._table(ROOT / "data/indicators.csv")}
FIGURES = list(dict.fromkeys(row["indicator"] for row in synthetic._table(ROOT / synthetic.ORIGINAL / "figures.csv")))
CELLS = [
    (row["item"], column)
    for row in synthetic._table(ROOT / "data/raw/yiyang/2022/budget.csv")
    for column in ("last_outturn", "budget", "outturn")
    if column == "outturn" or row["unit"] == "万元"
]
APART = 8
"""Every eighth figure is 0 at once: no metric takes two of them, so that each has what it has alone."""
NOTHING = {
    "no fair held": "spring_fair. september_fair.",
    "no students in need": "student_aid.",
    "no payouts": "mutual_aid.payout mutual_aid.beneficiaries",
    "no honours": "honours. pairs. base.",
    "no new members": "members.new members.migrants_recruited",
    "no vouchers": "vouchers. consumption.",
    "no summer visit": "summer.",
    "no winter visit": "winter_aid.",
    "no training": "training.",
}
"""What a quiet year leaves out: the beginnings of the names of its figures."""


def of(*scenarios: str) -> list[str]:
    """The figures of these scenarios."""
    begin = tuple(word for scenario in scenarios for word in NOTHING[scenario].split())
    return [name for name in FIGURES if name.startswith(begin)]


def zero(edition: Edition, names: Collection[str]) -> None:
    """Let figures of an edition be 0, with nothing to correct in them."""
    original = ROOT / synthetic.ORIGINAL
    figures, corrections = (synthetic._table(original / f"{name}.csv") for name in ("figures", "corrections"))
    for row in (row for row in figures if row["indicator"] in names):
        unit = UNITS[row["indicator"]]
        row |= {"printed": f"0{unit.partition('/')[0]}", "reading": f"0{unit}" if "/" in unit else ""}
    synthetic._save(edition.raw / "figures.csv", RAW["figures"], figures)
    kept = [row for row in corrections if row["indicator"] not in names]
    synthetic._save(edition.raw / "corrections.csv", RAW["corrections"], kept)


def faults(edition: Edition, zeros: Collection[str] = ()) -> list[str]:
    """What is wrong with the tables and the prose of an edition that is computed now; `zeros` go into no metric together."""
    text = quick.publish(edition)
    tables = Oracle.of(edition.output)
    found = [f"{name}: {fault}" for name, said in tables.metrics.items() for fault in judged(tables, said)]
    for name, said in tables.metrics.items():
        found += [f"{name}: two zeros"] * (len({*said["inputs"].split(";")} & {*zeros}) > 1)
        divides = tables.known(said) and all(tables.points[one] for one in said["inputs"].split(";"))
        if divides and not said["low"] and not ("为零" in said["caveat"] and "无从计算" in said["shown"]):
            found.append(f"{name}: {said['shown']}, {said['caveat']}")
    false = re.compile("None|nan|inf|无从计算（[^。]*不能确定")  # what cannot be computed is not compared
    return found + [one for one in text.splitlines() if one.count("（") != one.count("）") or false.search(one)]


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    return copy_project(tmp_path_factory.mktemp("zeros"))


@pytest.mark.parametrize("first", range(APART))
def test_figure_that_is_zero_leaves_out_only_what_divides_by_it(root, first):
    edition = Edition("zhengxiang", 2020, root)
    zero(edition, FIGURES[first::APART])
    assert faults(edition, FIGURES[first::APART]) == []


@pytest.mark.parametrize("scenario", NOTHING)
def test_quiet_year_leaves_out_only_what_divides_by_its_zeros(root, scenario):
    edition = Edition("zhengxiang", 2020, root)
    zero(edition, of(scenario))
    assert faults(edition) == []


@pytest.mark.parametrize("first", range(APART))
def test_cell_of_the_base_table_that_is_zero_leaves_out_only_what_divides_by_it(root, first):
    edition = Edition("yiyang", 2022, root)
    cells = synthetic._table(ROOT / "data/raw/yiyang/2022/budget.csv")
    for item, column in CELLS[first::APART]:
        next(row for row in cells if row["item"] == item)[column] = "0"
    synthetic._save(edition.raw / "budget.csv", RAW["budget"], cells)
    assert faults(edition, [f"budget.{item}.{column}" for item, column in CELLS[first::APART]]) == []


def test_fault_is_found(root):
    """The sweeps can fail: a metric that is given although it divides by 0 is told, and so is half of a bracket."""
    edition = Edition("zhengxiang", 2020, root)
    zero(edition, [])
    assert faults(edition) == []
    figures = edition.output / "figures.csv"
    figures.write_text(figures.read_text("utf-8").replace("117,117,117", "0,0,0"), "utf-8")
    tables = Oracle.of(edition.output)
    assert judged(tables, tables.metrics["mutual_aid.members_per_unit"]) == ["missing: False"]
    assert judged(tables, tables.metrics["mutual_aid.benefit_rate"]) == []


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("甲；乙。丙", ["甲；", "乙。", "丙"]),
        ("甲（乙；丙（丁）。）戊；己。", ["甲（乙；丙（丁）。）戊；", "己。"]),
        ("1）甲；2）乙。", ["1）甲；", "2）乙。"]),
        ("（甲；乙", ["（甲；", "乙"]),
        ("。", ["。"]),
    ],
)
def test_sentence_does_not_end_inside_brackets(text, pieces):
    assert prose.pieces(text) == pieces and "".join(pieces) == text


@pytest.mark.parametrize("draw", [charts.bars, charts.ranges])
@pytest.mark.parametrize(("number", "reach"), [(0, 1), (5, 5)])
def test_chart_of_zeros_alone_has_an_axis(draw, number, reach):
    with warnings.catch_warnings(action="error"):
        axes = axes_of(lambda: draw("数", replace(Quantity.constant(number), label="甲")))
    first, last = axes.get_xlim()
    assert last - first == reach


def said(source: str, **names: Quantity) -> str:
    """What remains of a sentence."""
    return plain(prose.render(source, names).data[PROSE]["markdown"])


def test_missing_value_takes_its_caveat_along_and_one_that_is_given_keeps_it():
    given = replace(Quantity.constant(3), name="given", caveat="丙；丁")
    gone = Quantity(None, name="gone", label="己", caveat="丁为零，无从计算；丙")
    assert (
        said("己{{ gone | caveated }}，戊。庚{{ given | caveated }}。", gone=gone, given=given) == "庚300%（丙；丁）。"
    )
    assert said("庚{{ given | caveated }}，己{{ gone }}。辛{{ given }}。", gone=gone, given=given) == "辛300%。"


@pytest.fixture(scope="module")
def quiet(root) -> dict[str, Edition]:
    """Two years in which nothing happened, one half each, published by the command line."""
    halves = {"yi": list(NOTHING)[::2], "er": list(NOTHING)[1::2]}
    for unit, scenarios in halves.items():
        shutil.copytree(ROOT / "data/raw/zhengxiang/2020", root / f"data/raw/{unit}/2020")
        shutil.copy(ROOT / "data/raw/zhengxiang/unit.yml", root / f"data/raw/{unit}")
        zero(Edition(unit, 2020, root), of(*scenarios))
        done = CliRunner().invoke(main, ["--root", str(root), "report", "--unit", unit, "--year", "2020"])
        assert done.exit_code == 0, done.output
    return {unit: Edition(unit, 2020, root) for unit in halves}


@pytest.mark.parametrize("unit", ["yi", "er"])
def test_quiet_year_is_published_in_every_form(quiet, unit):
    edition = quiet[unit]
    assert {"report.html", "report.pdf", "report.docx"} <= {path.name for path in edition.output.iterdir()}
    tables = Oracle.of(edition.output)
    assert [name for name, said in tables.metrics.items() if judged(tables, said)] == []
    page = re.sub(r"<[^>]+>", "", (edition.output / "report.html").read_text("utf-8"))
    assert "无从计算" in page and "为零" in page
