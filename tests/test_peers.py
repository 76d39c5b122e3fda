"""One year across units: ranks with their bounds, who is left out, what is drawn, and the document itself."""

import json
from dataclasses import replace
from fractions import Fraction
from math import inf
from types import SimpleNamespace

import nbformat
import papermill
import pytest

import synthetic
from conftest import ROOT
from lib.cells import CHART, PROSE
from lib.chapter import charts, prose
from lib.chapter.chapter import Chapter
from lib.compare import units as peers
from lib.edition.edition import Edition
from lib.edition.rows import TABLES, Metric
from lib.edition.store import write_table
from lib.numbers.bounds import Bounds
from lib.numbers.quantity import Quantity
from lib.publish.document import Chart, read

NAME = "mutual_aid.premium_per_member"


def value(low, high=None, low_closed=True, high_closed=False) -> Quantity:
    exact = high in (None, low)
    bounds = Bounds(Fraction(low), high if high == inf else Fraction(high or low), low_closed, exact or high_closed)
    return Quantity.figure("a.b", bounds, Fraction(low) if exact else None, "元/人", inputs={})


@pytest.mark.parametrize(
    ("own", "others", "places"),
    [
        (value(50), [value(60), value(40)], (2, 2)),
        (value(50), [value(50), value(40)], (1, 1)),  # equal values share a place
        (value(50, 60), [value(55), value(70), value(40)], (2, 3)),
        (value(50, 60), [value(60)], (2, 2)),  # 60 is not reached
        (value(50, 60, True, True), [value(60)], (1, 2)),  # 60 is reached: level with it at best
        (value(60), [value(50, 60)], (1, 1)),
        (value(50, 60), [value(50, 60), value(50, 60)], (1, 3)),
        (value(50), [value(40, inf), value(60, inf)], (2, 3)),
    ],
)
def test_rank_is_as_wide_as_the_bounds_leave_it(own, others, places):
    assert peers.rank(own, [own, *others]) == Bounds(*map(Fraction, places))


@pytest.mark.parametrize(("own", "other", "places"), [("", "", (2, 2)), ("", "何以？", (1, 3)), ("何以？", "", (1, 3))])
def test_number_in_doubt_may_stand_anywhere(own, other, places):
    doubt = {"own": (own,) if own else (), "other": (other,) if other else ()}
    mine = replace(value(50), doubt=doubt["own"])
    others = [replace(value(number), doubt=doubt["other"]) for number in (60, 40)]
    assert peers.rank(mine, [mine, *others]) == Bounds(*map(Fraction, places))


def test_unit_that_did_not_report_has_no_rank():
    assert peers.rank(Quantity(None), [value(50)]) is None


@pytest.fixture
def compare(project):
    """The comparison of one metric across units `u00`, `u01` …, seen from `u00`, by their values (None: not reported)."""

    def made(*values: Quantity | None, formulas: dict[int, str] | None = None) -> tuple[Chapter, list]:
        for number, given in enumerate(values):
            folder = project / "outputs" / f"u{number:02d}" / "2020"
            ends = [None] * 5
            if given:
                b = given.bounds
                ends = [given.value, b.low, b.high, b.low_closed, b.high_closed]
            row = {
                "metric": NAME,
                "section": "services",
                "label": "人均缴费",
                "shown": given.shown if given else "未提供",
            }
            row |= {"formula": (formulas or {}).get(number, "甲 ÷ 乙"), "inputs": "", "caveat": "", "unit": "元/人"}
            write_table(
                folder / "metrics.csv", TABLES["metrics"], [row | dict(zip(synthetic.BOUNDED, ends, strict=False))]
            )
            card = {"unit_name": f"示例{number:02d}", "key": "abc"}
            (folder / "manifest.json").write_text(json.dumps({"card": card}))
        book = Chapter("92_peers", Edition("u00", 2020, project))
        return book, peers.read(book)

    return made


def test_units_that_report_alike_are_compared_and_the_others_named(compare):
    book, (one,) = compare(value(50), value(60, 70), None, value(90), value(40), formulas={3: "甲 ÷ 丙"})
    assert book.known["peers.units"].shown == "5家"
    assert (one.given.shown, one.rank.shown, one.own.shown) == ("3家", "2位", "50元")
    assert one.middle.bounds == Bounds(Fraction(50), Fraction(50))
    assert one.others == "示例02未提供；示例03算法不同，不作比较"
    assert [row.label for row in one.drawn] == ["示例01", "示例00", "示例04"]
    assert one.own.formula == "甲 ÷ 乙（据示例002020年度已发布版本 abc）"


def test_a_value_of_nothing_is_a_value(compare):
    _, (one,) = compare(value(0), value(5))
    assert (one.given.shown, one.rank.shown, one.others) == ("2家", "2位", "")


def test_median_is_bounded(compare):
    _, (one,) = compare(value(10, 20), value(30, 50), value(40, 45))
    assert one.middle.bounds == Bounds(Fraction(30), Fraction(45))  # middle of 10 30 40, and of 20 45 50
    assert one.middle.value is None


def test_only_a_handful_of_silent_units_is_named(compare):
    _, (one,) = compare(value(50), *[None] * 7)
    assert one.others == "示例01、示例02、示例03、示例04、示例05等7家未提供"


def test_metric_that_nobody_reports_is_left_out(compare):
    assert compare(None, None)[1] == []


def test_silent_unit_sees_the_others(compare):
    _, (one,) = compare(None, value(50), value(60))
    assert one.own.missing and one.rank.missing and one.given.shown == "2家"


def test_many_units_are_drawn_as_a_distribution(compare):
    _, (one,) = compare(*(value(number) for number in range(50, 91)))
    assert [row.label for row in one.drawn] == ["全部单位", "居中的八成单位", "居中的一半单位", "示例00"]
    # 41 values from 50 to 90, so that the deciles lie 4 apart and the quartiles 10
    assert [row.shown for row in one.drawn] == ["50—90元", "54—86元", "60—80元", "50元"]
    assert one.rank.shown == "41位"


def test_benchmarks_stand_apart_and_never_rank(compare):
    _, (one,) = compare(value(60), value(70))
    labels = [row.label for row in one.context]
    assert labels and all(label.startswith("参考：") for label in labels)
    assert one.given.shown == "2家" and one.rank.shown == "2位"
    assert not set(labels) & {row.label for row in one.drawn}
    data = charts.ranges("人均缴费", *one.drawn, own=one.own.name, context=one.context).data
    assert data[CHART]["alt"].index("示例00") < data[CHART]["alt"].index("参考：")


def test_benchmarks_are_of_metrics_compared_and_in_their_unit(project):
    (edition,) = synthetic.units(project, 1)
    known = {row["metric"]: row for row in synthetic._table(synthetic.publish(edition) / "metrics.csv")}
    names = (ROOT / "data" / "peers.csv").read_text("utf-8").split()[1:]
    assert set(names) <= known.keys()
    for name, one in peers.benchmarks(ROOT).items():
        metric = name.removeprefix("benchmark.").rpartition(".")[0]
        assert metric in names and str(one.unit) == known[metric]["unit"]


def test_kind_without_metrics_to_compare_has_no_charts_and_no_note(project):
    source = nbformat.read(project / "notebooks/92_peers.ipynb", 4)
    (note,) = (cell["source"] for cell in source["cells"] if cell["id"] == "values-caveat")
    some = [SimpleNamespace(others="")]
    told = [prose.cell(note.removeprefix("%%prose\n"), {"compared": given}).data[PROSE] for given in ([], some)]
    assert [one["markdown"] for one in told] == ["", told[1]["markdown"]] != ["", ""]


def test_document_of_several_units(project, monkeypatch, tmp_path):
    monkeypatch.setenv("JIXIAO_ROOT", str(project))
    for edition in synthetic.units(project, 3):
        synthetic.publish(edition)
    monkeypatch.setenv("JPY_SESSION_NAME", "92_peers.ipynb")
    target, parameters = tmp_path / "92_peers.ipynb", {"unit": "shili-0001", "year": 2020}
    source = project / "notebooks" / "92_peers.ipynb"
    papermill.execute_notebook(
        source, target, parameters, engine_name="warm", kernel_name="python3", progress_bar=False
    )
    document = read(nbformat.read(target, 4))
    assert (document.card.title, document.card.unit_name) == ("2020年度绩效同类比较", "示例0001总工会")
    assert "《2020年度绩效同类比较》" in document.card.citation
    assert len([block for block in document.blocks if isinstance(block, Chart)]) == 8
    assert "示例0003总工会未提供" in str(document.blocks)
    metrics = Edition("shili-0001", 2020, project).saved(Metric)
    assert not any(
        metric.name.startswith(("rank.", "peers.")) for metric in metrics
    )  # the edition itself stays as it was
