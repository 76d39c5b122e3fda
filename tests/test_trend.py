"""Several years: verdicts that the bounds carry, series that are broken, what the last year had, and the chapter itself."""

import csv
import json
from dataclasses import replace
from fractions import Fraction
from math import inf

import nbformat
import pandas as pd
import papermill
import pytest

import synthetic
from lib.cells import CHART, PROSE
from lib.chapter import charts
from lib.chapter.chapter import Chapter
from lib.check import findings as checks
from lib.compare import years as trend
from lib.edition.edition import Edition
from lib.edition.rows import TABLES, Figure, Finding, Metric
from lib.edition.store import write_table
from lib.publish.document import Chart, Table, inner_text, read
from synthetic import BOUNDED

YEAR, INPUT, NAME = 2020, "mutual_aid.premium", "mutual_aid.each"
MISSING = dict.fromkeys(BOUNDED[:-1])


def exactly(number) -> dict:
    return bounds(number, number, True, True, number)


def bounds(low, high, low_closed=True, high_closed=False, value=None) -> dict:
    low, high, value = (end if end in (None, inf) else Fraction(str(end)) for end in (low, high, value))
    return dict(zip(BOUNDED, (value, low, high, low_closed, high_closed), strict=False))


def metric(number: dict, shown: str = "示", **more) -> dict:
    row = {"metric": NAME, "section": "services", "label": "人均", "unit": "元", "shown": shown, "formula": "甲 ÷ 乙"}
    return row | {"inputs": INPUT, "caveat": ""} | number | more


def figure(number: dict, **more) -> dict:
    row = {"indicator": INPUT, "section": "services", "label": "互助金", "printed": "", "unit": "元", "scope": "甲"}
    return (
        row
        | {
            "status": "reported",
            "locator": "1(1)",
            "shown": "",
            "rounding": Fraction(0),
            "item": "",
            "narrowed": "",
            "doubt": "",
        }
        | number
        | more
    )


def typed(number: dict, **more) -> Figure:
    return Figure.of(figure(number, **more))


def listed(figures) -> list:
    return figures if isinstance(figures, list) else [figures]


def write(folder, columns, metrics, figures) -> None:
    for name, rows in {"metrics": metrics, "figures": figures}.items():
        write_table(folder / f"{name}.csv", columns[name], rows)


@pytest.fixture
def compare(project):
    """The trend of an edition with one metric that rests on one figure, against one published earlier."""

    def made(before: dict, now: dict, year: int = YEAR - 1, old=None, new=None, since: int = 2000) -> trend.Trend:
        edition = Edition("shili", YEAR, project)
        edition.raw.mkdir(parents=True, exist_ok=True)
        (edition.raw / "figures.csv").write_text("locator,indicator,printed,reading,remark\n", "utf-8")
        synthetic._dictionary(project, lambda name: since if name == INPUT else 2000)
        one = figure(exactly(1))
        then = edition.output.with_name(str(year))
        write(
            then,
            {"metrics": TABLES["metrics"], "figures": TABLES["figures"]},
            [before],
            listed(one if old is None else old),
        )
        (then / "manifest.json").write_text(json.dumps({"card": {"key": "abc"}}))
        now_folder = edition.processed / "00_clean"
        write(
            now_folder,
            {"metrics": TABLES["metrics"], "figures": Figure.COLUMNS},
            [now],
            listed(one if new is None else new),
        )
        write_table(now_folder / "findings.csv", TABLES["findings"], [])
        book = Chapter("91_trend", edition)
        book.load(edition.saved(Figure), edition.saved(Metric))
        found = trend.read(book)
        assert list(book.metrics) == [f"trend.{name}" for name, one in found.series.items() if one.change]
        return found

    return made


@pytest.mark.parametrize(
    ("before", "now", "verdict", "change"),
    [
        (exactly(50), exactly(60), "确定上升", "10元"),
        (exactly(60), exactly(50), "确定下降", "−10元"),
        (bounds(50, 60), bounds(60, 70), "确定上升", "不足20元"),  # 50余 ends before 60余 begins
        (bounds(50, 60, True, True), bounds(60, 70), "不能确定", "0—20元"),  # both may be 60
        (bounds(50, 60), bounds(50, 60), "不能确定", "−10至10元"),  # 50余 twice need not be the same
        (bounds(70, 80), bounds(50, 60), "确定下降", "−30至−10元"),
        (bounds(50, inf), exactly(40), "确定下降", "不超过−10元"),
        (bounds(50, inf), bounds(60, inf), "不能确定", "无法确定"),
    ],
)
def test_only_what_the_bounds_carry_is_a_change(compare, before, now, verdict, change):
    one = compare(metric(before, "一"), metric(now, "二")).series[NAME]
    assert (one.verdict, one.change.shown) == (verdict, change)
    assert one.change.formula == f"人均 − {YEAR - 1}年人均"


@pytest.mark.parametrize(
    ("before", "doubt", "verdict"),
    [("一", "", "确定上升"), ("一※", "", "存疑，不能确定"), ("一", "何以？", "存疑，不能确定")],
)
def test_change_that_rests_on_a_doubt_of_either_year_is_not_certain(compare, before, doubt, verdict):
    found = compare(metric(exactly(50), before), metric(exactly(60), "二"), new=figure(exactly(1), doubt=doubt))
    one = found.series[NAME]
    assert one.verdict == verdict and one.change.shown.removesuffix("※") == "10元"
    assert [one.label for one in found.changes("确定上升", [NAME])] == ["人均较上年变化"] * (verdict == "确定上升")


def test_what_is_printed_alike_is_unchanged(compare):
    found = compare(metric(exactly("6.1886"), "6.19元"), metric(exactly("6.1891"), "6.19元"))
    assert found.labels("未变", [NAME]) == "人均" and found.labels("确定上升", [NAME]) == ""
    again = compare(metric(exactly("60.0016"), "60.00元"), metric(exactly(60), "60元"))
    assert again.series[NAME].verdict == "未变"


@pytest.mark.parametrize(
    ("before", "now", "shown", "change"),
    [
        ("0.1", "0.125", ("10%", "12.5%"), "2.5个百分点"),
        ("2.5", "3.25", ("250%", "325%"), "75个百分点"),
    ],
)
def test_change_of_a_ratio_is_in_percentage_points(compare, before, now, shown, change):
    old, new = (metric(exactly(n), s, unit="") for n, s in zip((before, now), shown, strict=True))
    one = compare(old, new).series[NAME]
    assert one.change.shown == change


@pytest.mark.parametrize(
    ("old", "new", "more", "why"),
    [
        (figure(exactly(1)), figure(exactly(1), scope="乙"), {}, "“互助金”的口径在2020年改变"),
        (figure(exactly(1)), None, {"unit": "元/人"}, "单位在2020年改变"),
        (figure(exactly(1)), None, {"formula": "甲 ÷ 丙"}, "计算方法在2020年改变"),
        (figure(exactly(1), indicator="mutual_aid.units"), None, {}, "“互助金”的口径在2020年改变"),
    ],
)
def test_broken_series_is_neither_subtracted_nor_joined(compare, old, new, more, why):
    found = compare(metric(exactly(1), "一"), metric(exactly(5), "五", **more), old=old, new=new)
    one = found.series[NAME]
    assert (one.verdict, one.change) == ("口径变化，不比较", None)
    assert found.breaks[0] == f"人均：{why}"


@pytest.mark.parametrize(("since", "broken"), [(2019, False), (2020, True), (2021, False)])
def test_definition_breaks_the_series_where_it_begins(compare, since, broken):
    one = compare(metric(exactly(1), "一"), metric(exactly(5), "五"), since=since).series[NAME]
    assert one.breaks == ({2020: "“互助金”的定义自2020年起用"} if broken else {})


def test_gap_in_the_years_is_said(compare):
    found = compare(metric(exactly(1), "一"), metric(exactly(5), "五"), year=2017)
    assert found.changes("确定上升", [NAME])[0].label == "人均较2017年变化"
    assert list(found.compared([NAME])) == ["指标", "2017年", "2020年", "较2017年变化", "结论"]


def test_missing_value_has_no_change(compare):
    one = compare(metric(MISSING), metric(exactly(5), "五")).series[NAME]
    assert (one.change, one.verdict, one.values[2019].missing) == (None, "", True)


def test_changes_and_scores_of_earlier_years_are_no_metrics(compare):
    found = compare(metric(exactly(1), metric="trend.a.b"), metric(exactly(5), metric="score.甲"))
    assert list(found.series) == [INPUT]
    points = (metric(exactly(one), metric="score.total", unit="分") for one in ("98.31", "98.79"))
    assert compare(*points).series["score.total"].change.shown == "0.48分"


def test_a_figure_of_both_years_is_compared_and_one_of_last_year_or_a_plan_is_none(compare):
    def figures(*values):
        names = (INPUT, "budget.total.outturn", "budget.total.budget", "支出比上年")
        return [figure(exactly(n), indicator=name, label=name[:5]) for n, name in zip(values, names, strict=True)]

    found = compare(
        metric(exactly(1), "一"), metric(exactly(1), "一"), old=figures(2, 4, 4, 4), new=figures(3, 3, 3, 3)
    )
    assert {name: one.verdict for name, one in found.series.items() if name != NAME} == {
        INPUT: "确定上升",
        "budget.total.outturn": "确定下降",
    }
    assert found.series[INPUT].values[2019].formula == "据2019年度已发布版本 abc"


def test_without_an_earlier_edition_there_is_nothing_to_compare(compare):
    found = compare(metric(exactly(1), "一"), metric(exactly(5), "五"), year=2021)
    assert (found.series, found.findings) == ({}, [])
    assert not any((*found.compared([NAME]).values(), *found.all.values()))


def test_earlier_value_says_where_it_was_published(project, compare):
    one = compare(metric(exactly(-1), "'-1元"), metric(exactly(5), "五")).series[NAME]
    old = one.values[2019]
    assert (old.name, old.shown, old.inputs) == (f"y2019.{NAME}", "-1元", {})
    assert old.formula == "甲 ÷ 乙（据2019年度已发布版本 abc）"


def test_figure_that_the_last_year_had_is_named():
    before = {INPUT: typed(exactly(1)), "a.b": typed(MISSING, indicator="a.b", label="乙")}
    (found,) = checks.coverage(2019, before, {INPUT: typed(MISSING, locator="")})
    assert (found.check, found.severity, found.indicators) == ("coverage", "warning", (INPUT,))
    assert found.message == "2019年有、本年度未提供：互助金"
    assert checks.coverage(2019, before, {INPUT: typed(exactly(1))}) == []
    assert checks.coverage(2019, {"正文互助金": typed(exactly(1), indicator="正文互助金")}, {}) == []


def test_many_figures_that_the_last_year_had_are_counted(compare):
    old = [figure(exactly(1), indicator=f"a.n{n}", label=f"数{n}", locator=f"{n}" * (n > 1)) for n in range(60)]
    one = metric(exactly(1), inputs="")
    (found,) = compare(one, one, old=old, new=[]).findings
    assert found.message == "2019年有、本年度未提供：数0、数1、数2、数3、数4等60个数字"
    assert found.locators == ("2、3、4、5、6等58处",) and len(found.indicators) == 60
    own = [figure(exactly(1), indicator=f"数{n}", label=f"数{n}") for n in range(60)]
    (found,) = compare(one, one, old=[*own, old[1]], new=[]).findings
    first = "、".join(f"数{n}" for n in range(10))
    assert found.message == f"2019年有、本年度未提供：数1；另有{first}等60个当年自有的数字"
    assert found.indicators == ("a.n1",)


@pytest.mark.parametrize(
    ("before", "now", "told"),
    [
        (exactly(79000), exactly(7), "漏“万”"),
        (exactly(8), exactly(82000), "多“万”"),
        (exactly(100), exactly(1001), "10倍以上"),
        (exactly(100), exactly(1000), None),  # ten times is not more than ten times
        (bounds(90, 100), bounds(900, 1000), None),  # at least 900/100
        (bounds(90, 100), bounds(1000, 1100), "10倍以上"),  # 100 is not reached, so more than ten times
        (exactly(0), exactly(5), None),
    ],
)
def test_magnitude_is_told_where_it_is_certain(before, now, told):
    found = [*checks.magnitude(2019, {INPUT: typed(before)}, {INPUT: typed(now)}, [])]
    assert [told in one.message and "互助金" in one.message for one in found] == ([True] if told else [])
    assert all("万”" not in one.message for one in found) or "万" in told


def test_findings_about_the_last_year_stand_in_the_chapter(compare, monkeypatch):
    given = [Finding(name, "warning", name) for name in ("magnitude", "carried", "range")]
    saved = Edition.saved
    monkeypatch.setattr(
        Edition, "saved", lambda self, kind, *more: given if kind is Finding else saved(self, kind, *more)
    )
    assert [one.check for one in compare(metric(exactly(1)), metric(exactly(1))).jumps] == ["magnitude", "carried"]


def test_chart_tells_years_and_breaks_in_words(compare):
    found = compare(metric(exactly(1), "一"), metric(exactly(5), "五"), since=2020)
    data = charts.years("历年", *found.chosen([NAME, "no.such"])).data
    assert data[CHART]["alt"] == "历年图，历年。人均2019年一、口径变化，2020年五。"
    assert "<text" not in data["image/svg+xml"]
    assert charts.years("历年").data[PROSE]["hollow"]


def test_chapter_of_a_unit_with_three_years(project, monkeypatch, tmp_path):
    monkeypatch.setenv("JIXIAO_ROOT", str(project))
    for edition in synthetic.years(project, 2018, 2020):
        synthetic.publish(edition)
    (project / "data/headlines.csv").write_text("metric\naccounts.audit_share\n", "utf-8")
    monkeypatch.setenv("JPY_SESSION_NAME", "91_trend.ipynb")
    target, parameters = tmp_path / "91_trend.ipynb", {"unit": "shili", "year": 2020}
    source = project / "notebooks" / "91_trend.ipynb"
    papermill.execute_notebook(
        source, target, parameters, engine_name="warm", kernel_name="python3", progress_bar=False
    )
    by_hand = replace(edition, aside="hand").processed / "91_trend"
    with (by_hand / "metrics.csv").open(encoding="utf-8", newline="") as file:
        changes = {row["metric"]: row for row in csv.DictReader(file)}
    # 30.04万元 ÷ 4025人 less 28.84万元 ÷ 4186人
    assert changes["trend.mutual_aid.premium_per_member"]["shown"] == "5.74元"
    assert changes["trend.mutual_aid.premium_per_member"]["inputs"] == "mutual_aid.premium;mutual_aid.members"
    assert "trend.accounts.audit_share" not in changes and "trend.rights.consultation_rate" not in changes
    findings = pd.read_csv(by_hand / "findings.csv")
    assert findings["indicators"].tolist() == [synthetic.GONE]
    document = read(nbformat.read(target, 4))
    # 7.9元 for 7.9万元: a question, and no certain fall of all that rests on it
    tables = [block for block in document.blocks if isinstance(block, Table)]
    (against,) = (table for table in tables if table.caption == "与往年对照的发现")
    assert "可能漏“万”" in inner_text(against.rows[-1][1])
    verdicts = {inner_text(row[0]): inner_text(row[-1]) for row in tables[0].rows}
    slipped = {name for name, row in changes.items() if synthetic.SLIPPED in row["inputs"].split(";")}
    assert slipped and all(changes[name]["shown"].endswith("※") for name in slipped)
    labels = {changes[name]["label"].removesuffix("较上年变化") for name in slipped}
    assert not any(verdict.startswith("确定") for label, verdict in verdicts.items() if label in labels)
    assert not any(label + "较上年" in repr(document.blocks[:4]) for label in labels)
    (chart,) = (block for block in document.blocks if isinstance(block, Chart))
    assert "受审单位相当于平台单位2018年12.20%、2019年13.92%、口径变化，2020年14.47%" in chart.alt
    assert document.values["y2018.mutual_aid.premium_per_member"]["sources"] == []


def test_synthetic_units_stand_apart_from_real_ones(project):
    files = [path for path in (project / "data" / "raw").rglob("*") if path.is_file()]
    assert files and not any(
        "示例" in path.read_text("utf-8") or "shili" in str(path.relative_to(project)) for path in files
    )
    made = synthetic.years(project, 2019, 2020) + synthetic.units(project, 2)
    assert all(edition.source["unit"].startswith("示例") for edition in made)
