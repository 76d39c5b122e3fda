"""Every metric of every edition against an oracle that computes it anew from its published formula (`oracle`, `oracle_scores`)."""

import shutil
from dataclasses import replace
from fractions import Fraction
from math import inf
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import quick
import synthetic
from conftest import OURS, ROOT, copy_project
from lib.chapter.chapter import metric
from lib.check.expressions import Lexicon, evaluate
from lib.edition.edition import RAW, Edition
from lib.edition.rows import TABLES, Metric
from lib.edition.store import write_table
from lib.numbers.bounds import Bounds
from lib.numbers.quantity import Quantity
from oracle import DIGITS, LIMIT, Oracle, Row, judged, number, objections, size, table
from oracle_scores import Sheet, Worth

SHILI = {2018: "national", 2019: "hunan", 2020: "county"}
"""The years of the synthetic unit, each with a sheet of its own."""
EDITIONS = [*OURS, *((path.parent.name, int(path.name)) for path in sorted(ROOT.glob("tests/editions/*/2*")))]
EDITIONS += [("shili", year) for year in SHILI]

HUNAN = """\
,过程,预算管理,管理制度健全性,,,,,,7.5分,
,过程,预算管理,资金使用合规性,,,,,,部分达成,
,过程,预算管理,预决算信息公开性,,,,,,5分,
,产出及效率,职责履行,重点工作实际完成率,,,,,,8分,
,产出及效率,履职效益,经济效益和社会效益,,,,,,达成,
,产出及效率,履职效益,行政效能,,,,,,未达成,
,产出及效率,履职效益,社会公众或服务对象满意度,,,,,,近90%,"""
COUNTY = """\
,产出指标,数量指标,基层送清凉人数,≥,850,人,20,summer.township_workers,,
,产出指标,数量指标,求职人员,≤,520,人,15,spring_fair.applicants,,
,产出指标,质量指标,赔付率,=,88,%,15,mutual_aid.payout_ratio,,
,效益指标,社会效益指标,岗位意向率,≥,31,%,20,spring_fair.rate_per_post,,
,效益指标,社会效益指标,消费券惠及人数,≥,4000,人,10,vouchers.people,,
,满意度指标,服务对象满意度指标,职工满意度,≥,85,%,10,,近90%,"""
"""Targets that lie within the bounds of what was done, at their ends and beyond."""


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    """All editions, published as far as tables go."""
    root = copy_project(tmp_path_factory.mktemp("oracle"))
    for path in ROOT.glob("tests/editions/*"):
        shutil.copytree(path, root / "data/raw" / path.name)
    for unit, year in EDITIONS:
        if unit != "shili":
            quick.publish(Edition(unit, year, root))
    for edition in synthetic.years(root, min(SHILI), max(SHILI)):
        _judged(edition)
        quick.publish(edition)
    return root


def _judged(edition: Edition) -> None:
    """Give an edition of the synthetic unit the sheet, the targets and the execution rate that bring out its rules."""
    sheet = SHILI[edition.year]
    with (edition.raw / "source.yml").open("a", encoding="utf-8") as file:
        file.write(f"sheet: {sheet}\n")
    if sheet == "national":
        return
    given = {"hunan": HUNAN, "county": COUNTY}[sheet]
    (edition.raw / "targets.csv").write_text(f"{','.join(RAW['targets'])}\n{given}\n", "utf-8")
    if sheet == "hunan":  # 三公变动率 takes budgets
        rows = synthetic._table(edition.raw / "budget.csv")
        total = next(row for row in rows if row["item"] == "three_public")
        total["last_budget"] = f"{float(total['budget']) * 0.975:.2f}"
        synthetic._save(edition.raw / "budget.csv", [*RAW["budget"], "last_budget"], rows)
    if sheet == "county":
        rows = synthetic._table(edition.raw / "budget.csv")
        total = next(row for row in rows if row["item"] == "total")
        total["outturn"] = f"约{float(total['budget']) * 0.7:.2f}"
        synthetic._save(edition.raw / "budget.csv", RAW["budget"], rows)


def oracle(root: Path, unit: str, year: int) -> Oracle:
    """The oracle of an edition, with the tables of those before it."""
    output = root / "outputs" / unit
    years = sorted(int(path.name) for path in output.glob("2*"))
    return Oracle.of(output / str(year), {other: output / str(other) for other in years if other < year})


def sheets(root: Path, unit: str, year: int, tables: Oracle) -> list[Sheet]:
    """The score sheets of an edition."""
    raw = root / f"data/raw/{unit}/{year}"
    if not (raw / "targets.csv").exists():
        return []
    projects = dict.fromkeys(row["project"] for row in synthetic._table(raw / "targets.csv"))
    chosen = {"": SHILI.get(year, "national")}
    return [Sheet(tables, raw, root / "data/sheets", chosen.get(one, "national"), one) for one in projects]


def scored(sheet: Sheet) -> dict[str, Worth | None]:
    """What the metrics of a sheet should be, by name."""
    found = dict(sheet.lines) | {"total": sheet.total} | ({"possible": sheet.possible} if sheet.possible else {})
    if sheet.total:
        away = {"to_better": sheet.away(better=True), "to_worse": sheet.away(better=False)}
        found |= {name: worth for name, worth in away.items() if worth}
    return {sheet.prefix + name: worth for name, worth in found.items()}


def wrong_scores(tables: Oracle, sheet: Sheet) -> dict[str, list[str]]:
    """What is wrong with the scores of a sheet, by the name of the metric."""
    found = {}
    for name, worth in scored(sheet).items():
        said = tables.metrics[name]
        if worth is None or not said["low"]:
            found[name] = [] if worth is None and not said["low"] else [f"missing: {not said['low']}"]
        else:
            found[name] = objections(said, worth.range, worth.value, 100 * DIGITS * size(worth.range))
    return found


@pytest.mark.parametrize(("unit", "year"), EDITIONS)
def test_oracle_agrees_with_every_metric(root, unit, year):
    tables = oracle(root, unit, year)
    found = {}
    for sheet in sheets(root, unit, year, tables):
        found |= wrong_scores(tables, sheet)
    found |= {name: judged(tables, said) for name, said in tables.metrics.items() if name not in found}
    assert {name: wrong for name, wrong in found.items() if wrong} == {} and found.keys() == tables.metrics.keys()


def test_oracle_objects_to_scores_by_another_sheet(root):
    tables = oracle(root, "shili", 2020)
    national = Sheet(tables, root / "data/raw/shili/2020", root / "data/sheets", "national")
    wrong = {name for name, found in wrong_scores(tables, national).items() if found}
    assert wrong == {
        "score.岗位意向率",
        "score.消费券惠及人数",
        "score.total",
        "score.to_worse",
    }  # no overshoot, no cap


def test_cap_that_the_bounds_leave_open_is_told_as_open(root):
    total = oracle(root, "shili", 2020).metrics["score.total"]
    assert total["formula"].endswith("至多79—89分") and total["shown"].rstrip("※") == "79—89分"
    assert "至多" not in oracle(root, "shili", 2018).metrics["score.total"]["formula"]


@pytest.mark.parametrize(("unit", "year"), EDITIONS)
def test_nominal_value_lies_within_its_bounds_or_is_empty(root, unit, year):
    tables = oracle(root, unit, year)
    outside = []
    for name, row in (tables.figures | tables.metrics).items():
        value, low, high = (number(row[cell]) for cell in ("value", "low", "high"))
        above = value is None or value > low or (value == low and row["low_closed"] == "true")
        below = value is None or value < high or (value == high and row["high_closed"] == "true")
        outside += [] if above and below else [name]
    assert outside == []


def test_tables_computed_in_this_process_are_those_of_a_run(edition, root):
    for name in ("figures", "metrics"):
        run, quickly = (table(one / f"{name}.csv") for one in (edition.output, root / "outputs/zhengxiang/2020"))
        assert {
            key: {cell: text.removeprefix("'") for cell, text in row.items()} for key, row in run.items()
        } == quickly


ENDS = {"low_closed": "true", "high_closed": "false"}
GIVEN = {
    "a": {"label": "甲", "unit": "元", "value": "3", "low": "2", "high": "4"} | ENDS,
    "b": {"label": "乙", "unit": "元", "value": "2", "low": "2", "high": "2"} | dict.fromkeys(ENDS, "true"),
}
SAID = {"label": "总", "formula": "甲 ÷ 乙", "inputs": "a;b", "value": "1.5", "low": "1", "high": "2"} | ENDS


@pytest.mark.parametrize(
    ("unit", "changed", "objection"),
    [
        ("元", {}, []),
        ("人", {}, ["high 2.0, not 1.5", "high end closed: False"]),
        ("人", {"high": "1.5", "high_closed": "true"}, []),
        ("元", {"low": "1.01"}, ["low 1.01, not 1.0"]),
        ("元", {"high": "2.1"}, ["high 2.1, not 2.0"]),
        ("元", {"high": "inf"}, ["high inf, not 2.0"]),
        ("元", {"high_closed": "true"}, ["high end closed: True"]),
        ("元", {"low_closed": "false"}, ["low end closed: False"]),
        ("元", {"value": "1.4"}, ["value 1.4, not 1.5"]),
        ("元", {"value": ""}, ["value None, not 1.5"]),
        ("元", dict.fromkeys(("low", "high", "value"), ""), ["missing: True"]),
        ("元", {"formula": "甲 ÷ （甲 − 乙）"}, ["missing: False"]),
        ("元", {"inputs": "a;b;c"}, ["given although a figure is not"]),
    ],
)
def test_oracle_objects_to_what_is_false(unit, changed, objection):
    said = SAID | changed
    assert judged(Oracle(GIVEN | {"a": GIVEN["a"] | {"unit": unit}}, {"m": said}), said) == objection


LABELS = "甲乙丙丁"


@st.composite
def boxes(draw) -> dict[str, Quantity]:
    """Four figures: exact, bounded or endless, ends open or closed."""
    found = {}
    for label in LABELS:
        low, width = Fraction(draw(st.integers(0, 6))), draw(st.sampled_from([0, 1, 2, 3, inf]))
        closed = (True, True) if width == 0 else (draw(st.booleans()), draw(st.booleans()))
        value = None if width == inf else low + width / Fraction(2)
        found[label] = Quantity.figure(label, Bounds(low, low + width, *closed), value, "", label=label)
    return found


SUMS = st.lists(st.sampled_from(LABELS), min_size=1, max_size=3, unique=True).flatmap(
    lambda names: st.sampled_from([f"（{sign.join(names)}）" for sign in "+−"])
)
QUOTIENTS = st.builds("{} ÷ {} × {}".format, SUMS, SUMS, st.integers(1, 100))
TREES = st.recursive(
    st.sampled_from([*LABELS, "2"]), lambda tree: st.builds("（{} {} {}）".format, tree, st.sampled_from("+−×÷"), tree)
)


def published(box: dict[str, Quantity], text: str, folder: Path) -> tuple[Oracle, Row]:
    """A formula as it would be published, and an oracle for it."""
    computed = evaluate(Lexicon({label: label for label in box}).expression(text), box)
    made = Metric.made(replace(metric("总", computed), name="m"), "").cells
    bare = dict.fromkeys(TABLES["figures"], "")
    rows = (bare | Metric.made(one, "").cells | {"indicator": label} for label, one in box.items())
    for name, columns, cells in (("figures", TABLES["figures"], rows), ("metrics", TABLES["metrics"], [made])):
        write_table(folder / f"{name}.csv", columns, ({column: row[column] for column in columns} for row in cells))
    tables = Oracle.of(folder)
    return tables, tables.metrics["m"]


@given(boxes(), QUOTIENTS)
def test_quotient_of_sums_is_exact_whatever_figures_they_share(tmp_path_factory, box, text):
    tables, said = published(box, text, tmp_path_factory.getbasetemp() / "quotient")
    assert judged(tables, said) == []


@given(boxes(), TREES)
def test_nothing_that_is_possible_lies_outside_the_bounds(tmp_path_factory, box, text):
    tables, said = published(box, text, tmp_path_factory.getbasetemp() / "tree")
    if not said["low"]:
        return
    tree = tables.formula(said)
    assert not tables.missing(tree)
    low, high, slack = number(said["low"]), number(said["high"]), tables.slack(said)
    for value, kind in tables.tried(tree):
        if kind != LIMIT:
            above = value > low or (value == low and said["low_closed"] == "true")
            below = value < high or (value == high and said["high_closed"] == "true")
            assert (above and below) or low - slack <= value <= high + slack == low + slack
