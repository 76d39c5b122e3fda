"""Official forms as they are in the field: base tables and score sheets of units, entered, each result computed by hand with its source."""

from dataclasses import replace
from fractions import Fraction

import openpyxl
import pytest

from conftest import make
from lib import cells
from lib.chapter import budgets
from lib.chapter.chapter import Chapter, metric
from lib.check import figures
from lib.edition.edition import MORE, RAW, Edition
from lib.edition.store import InputError
from lib.intake import reading
from lib.intake.scoresheet import Sheet
from lib.numbers.bounds import Bounds, exactly
from lib.score import rules, scorecard, sheet, targets

SELF = "财预〔2020〕10号 [S weights, M rules]"
COLUMNS = [*RAW["targets"], *MORE["targets"]]


def book_of(project, budget: str, targets: str, sheet: str = "") -> Chapter:
    """An edition with these tables: `budget` with its head, rows of `targets` as level1,level2,level3,comparator,target,unit,weight,measure,actual,printed."""
    raw = project / "data/raw/zhengxiang/2020"
    (raw / "budget.csv").write_text(budget.strip() + "\n", "utf-8")
    lines = [",".join(COLUMNS)]
    for row in targets.strip().splitlines():
        of, _, rest = row.rpartition("|")
        *most, printed = rest.strip().split(",")
        assert len(most) == 9, row
        lines.append(",".join([of.strip(), *most, "", printed]))
    (raw / "targets.csv").write_text("\n".join(lines) + "\n", "utf-8")
    edition = Edition.find("zhengxiang", 2020, project)
    edition.__dict__["source"] = {**edition.source, "sheet": sheet}
    book = Chapter("07_scorecard", edition)
    book.load(figures.clean(edition)[1])
    return book


def told(card: scorecard.Scorecard, check: str) -> list[str]:
    return [one.message for one in card.findings if one.check == check]


def scores(card: scorecard.Scorecard) -> list[Fraction | None]:
    return [line.score.value for line in card.lines]


TOWN = """
item,initial,full,outturn,unit,locator
子镇项目,0,0,0,万元,附件3
子镇项目·财政拨款,90,89.974,89.974,万元,附件3
"""
TOWN_TARGETS = """
子镇项目|年度总体目标,,年度总体目标,,投入90万元,,,,完成89.97万元,
子镇项目|预算执行率,,预算执行率,,,,10,,,0
子镇项目|预算执行率,,财政拨款,,,,10,子镇项目·财政拨款,,10
子镇项目|产出指标,数量指标,数量,≥,50,个,8,,50,8
子镇项目|产出指标,质量指标,合格率,≥,100,%,8,,100%,8
子镇项目|产出指标,质量指标,合规,,合规,,8,,达成预期指标,8
子镇项目|产出指标,时效指标,及时,,及时,,8,,达成预期指标,8
子镇项目|产出指标,成本指标,单项成本,≤,1.8,万元,10,,达成预期指标,10
子镇项目|产出指标,成本指标,总成本,≤,90,万元,8,,90,8
子镇项目|效益指标,社会效益指标,社会,,提升,,10,,达成预期指标,10
子镇项目|效益指标,生态效益指标,生态,,改善,,10,,达成预期指标,10
子镇项目|效益指标,可持续影响指标,可持续,,持续,,10,,达成预期指标,10
子镇项目|满意度指标,满意度指标,满意度,≥,90,%,10,,90%,10
子镇项目|总分,,总分,,,,100,,,90
"""


def test_case_1_project_with_a_head_of_zeros(project):
    """自评表 [S]: 50 + 30 + 10 of 90 for what could be scored; 0 of 0 is no execution rate, and the parts are more than their whole."""
    book = book_of(project, TOWN, TOWN_TARGETS)
    card = sheet.scorecard(book, "子镇项目")
    assert scores(card) == [None, 8, 8, 8, 8, 10, 8, 10, 10, 10, 10], SELF
    assert (card.reached.value, card.out_of.value, card.total.missing) == (90, 90, True)
    assert (
        card.goals == {"预期目标": ["投入90万元"], "实际完成情况": ["完成89.97万元"]}
        and told(card, "printed_score") == []
    )
    head = [[getattr(one, "shown", one) for one in row] for row in zip(*card.head.values(), strict=True)]
    assert head[0][:5] == ["年度资金总额", "子镇项目", "0万元", "0万元", "0万元"]
    assert head[1] == ["其中", "财政拨款", "90万元", "89.974万元", "89.974万元", "10分", "100%", "10分", "10分"]
    assert list(card.head)[5:] == ["分值", "预算执行率", "得分", "所印得分"]
    assert list(card.head)[2:5] == ["年初预算数", "全年预算数", "全年执行数"]
    wrong = [one.message for one in figures_found(book.edition)]
    assert any("所列各项之和多于其上级项目" in message and "89.974万元" in message for message in wrong)


def test_head_has_no_budget_of_another_form(project):
    """项目支出 has one in the base table; the sheet gives but what was spent, by kind."""
    rows = "total,10,8,9,9,万元,自评表", "projects,,,7,6,万元,基础数据表、自评表（按性质分） 项目支出"
    rows += ("basic,,,,3,万元,自评表（按性质分） 基本支出",)
    text = "\n".join(["item,last_outturn,initial,budget,outturn,unit,locator", *rows])
    head = sheet.scorecard(book_of(project, text, BUREAU_TARGETS.format(9, 95))).head
    told = [[getattr(one, "shown", one) for one in row][1:7] for row in zip(*head.values(), strict=True)]
    none = ["未提供", "未提供"]
    assert told[1:] == [["基本支出", *none, "3万元", "", "未提供"], ["项目支出", *none, "6万元", "", "未提供"]]


def test_head_has_what_its_rows_say_wherever_the_text_says_the_same(project):
    """The text's own sentence is the place of a figure that the sheet prints too."""
    rows = "total,,10,10,9,万元,自评表", "fiscal,,8,8,7,万元,自评表", "government_fund,,2,2,2,万元,自评表"
    text = "\n".join(["item,last_outturn,initial,budget,outturn,unit,locator", *rows])
    with (project / "data/raw/zhengxiang/2020/figures.csv").open("a", encoding="utf-8") as table:
        table.write("1(1),budget.fiscal.outturn,7万元,,\n1(1),budget.government_fund.outturn,2万元,,\n")
    head = sheet.scorecard(book_of(project, text, BUREAU_TARGETS.format(9, 95))).head
    assert [one.shown for one in head["全年执行数"]] == ["9万元", "7万元", "2万元"]


@pytest.mark.parametrize(("goal", "printed"), [("", False), ("办证3000件", True)])
def test_goal_that_is_still_blank_has_no_table(project, goal, printed):
    card = sheet.scorecard(
        book_of(project, BUREAU, f"年度总体目标,,年度总体目标,,{goal},,,,,\n{BUREAU_TARGETS.format(9, 95).strip()}")
    )
    *_, goals = scorecard.opening(card)
    assert (cells.TABLE in goals.data) is printed


@pytest.mark.parametrize(
    ("done", "said"),
    [
        ("89.97=30+30+29.99", "89.97=30+30+29.99，各项之和为89.99，差0.02"),  # as the unit prints it
        ("投入８９．９７ ＝ ３０＋３０＋２９．９９（万元）", "差0.02"),
        ("89.97万元=30万元+30万元+29.974万元", ""),  # 89.974 at two places
        ("90=30+30+29.99", ""),  # 89.99 at the place of the total
        ("90=30+30+30", ""),
        ("89.974=30+30+29.97", "各项之和为89.97，差0.004"),
    ],
)
def test_case_1_sum_in_the_words_of_a_goal(project, done, said):
    """核对以印出的位数为准: the total of a printed sum is as wide as its own rounding, its parts are exact."""
    rows = TOWN_TARGETS.replace("完成89.97万元", done)
    found = told(sheet.scorecard(book_of(project, TOWN, rows), "子镇项目"), "goal_sum")
    assert [said in one for one in found] == [True] * bool(said)


def test_case_1_parts_of_a_project_against_what_is_printed_for_it(project):
    """30 + 30 + 29.99 is 89.99: more than 89.974, and than 89.97 of which three roundings take less than 0.02; 29.974 is not, of 89.974."""
    parts = "子镇项目·甲村,30,,30,万元,附件3\n子镇项目·乙村,30,,30,万元,附件3\n子镇项目·丙村,30,,{},万元,附件3\n"
    cases = ("89.974", "29.99", True), ("89.974", "29.974", False), ("89.97", "29.99", True), ("89.98", "29.99", False)
    for whole, last, wrong in (*cases, ("89.97", "29.974", True)):
        rows = f"item,initial,full,outturn,unit,locator\n子镇项目,90,89.974,{whole},万元,附件3\n{parts.format(last)}"
        edition = book_of(project, rows, TOWN_TARGETS.replace("子镇项目·财政拨款", "")).edition
        messages = [one.message for one in figures_found(edition) if "所列各项之和多于" in one.message]
        assert [f"{last}万元" in one and f"{whole}万元" in one for one in messages] == [True] * wrong


def test_targets_of_one_name_are_told_apart(project):
    """验收及时率 twice, by their number; the form has what was entered."""
    rows = """
产出指标,质量指标,验收及时率,≥,90,%,20,,90%,
产出指标,时效指标,验收及时率,≥,90,%,20,,45%,
产出指标,时效指标,抽查,≥,1,次,5,,1,
产出指标,时效指标,抽查,≥,2,次,5,,1,
效益指标,,环境,,改善,,40,,达成预期指标,
"""
    card = sheet.scorecard(book := book_of(project, BUREAU, rows))
    assert card.record(book).total.value == Fraction("8.9715") + 20 + 10 + 5 + Fraction("2.5") + 40
    assert [line.name for line in card.deductions] == ["验收及时率（2）", "抽查（2）", "预算执行率"]
    assert [line.level3 for line in card.lines][1:5] == ["验收及时率", "验收及时率", "抽查", "抽查"]
    assert book.known["score.验收及时率（1）"].label == "验收及时率（1）得分"


def figures_found(edition: Edition) -> list:
    from lib.check import findings

    printed, corrected, odd = figures.clean(edition)
    return [*odd, *findings.run(edition, printed, corrected)]


VILLAGES = """
item,initial,full,outturn,unit,locator
total,329.77,329.77,338.31,万元,附件2
"""
VILLAGE_TARGETS = """
产出指标,数量指标,示范村,≤,4,个,10,,4,10
产出指标,数量指标,村庄,≥,200,个,10,,202,10
产出指标,数量指标,改厕,≥,2000,座,10,,3061,10
产出指标,数量指标,中心村,≥,10,个,10,,10,10
产出指标,质量指标,示范村验收率,≥,95,%,5,,100%,5
产出指标,质量指标,改厕验收率,≥,95,%,5,,100%,5
产出指标,时效指标,示范村验收,,9月前,,5,,7月,5
产出指标,时效指标,改厕验收,,11月前,,5,,10月,5
效益指标,,环境,,改善,,20,,达成预期指标,20
满意度指标,,群众,≥,90,%,10,,95%,10
"""


def test_case_2_months_a_comparator_and_more_than_the_budget(project):
    """自评表 [S]: 60 of 60; 338.31 ÷ 329.77 is 102.59 % and at most 10 points."""
    card = sheet.scorecard(book_of(project, VILLAGES, VILLAGE_TARGETS))
    assert scores(card)[1:9] == [10, 10, 10, 10, 5, 5, 5, 5] and card.total.value == 100
    assert card.execution.shown == "102.59%" and "102.59%" in told(card, "execution_over")[0]
    assert ["示范村4" in one for one in told(card, "comparator_asked")] == [True]
    assert [one.partition("：")[2][:2] for one in told(card, "target_deviation")] == ["改厕"]  # 153 %
    assert {one.check for one in card.findings} >= {"weights_suggested"} and not told(card, "printed_score")


BUREAU = """
item,initial,full,outturn,unit,locator
total,200,200,179.43,万元,附件2
fiscal,200,200,179.43,万元,附件2
"""
BUREAU_TARGETS = """
预算执行率,,预算执行率,,,,10,,,{0}
预算执行率,,财政拨款,,,,10,fiscal,,8
产出指标,,甲,≥,50,个,50,,50,50
效益指标,,乙,≥,10,个,30,,10,30
满意度指标,,丙,≥,90,%,10,,90%,10
总分,,总分,,,,100,,,{1}
"""


def test_case_3_printed_scores_beside_those_of_the_rule(project):
    """自评表 [S]: 179.43 ÷ 200 × 10 = 8.9715; 9 and 8 are not that, and 9 + 90 is not 95."""
    card = sheet.scorecard(book_of(project, BUREAU, BUREAU_TARGETS.format(9, 95)))
    assert card.lines[0].score.value == Fraction("8.9715") and card.total.value == Fraction("98.9715")
    found = told(card, "printed_score")
    assert len(found) == 3, found
    assert "预算执行率所印9分，按规则得8.97分，多0.03分" in found[0] and "乘以分值，至多满分" in found[0]
    assert "总分所印95分，按规则得99分，少4分（所印各项得分之和）" in found[1]
    assert "财政拨款所印8分，按规则得8.97分，少0.97分" in found[2] and "决算" in found[2]


@pytest.mark.parametrize(
    ("actual", "score", "total", "said"),
    [
        ("达成预期指标", 27, "95.97", ""),
        ("达成预期指标", 23, "91.97", "乙所印23分，按规则得30分"),
        ("达成预期指标", 27, "97.97", "总分所印97.97分，按规则得95.97分，多2分"),
    ],
)
def test_points_within_the_grade_that_is_reached_are_those_of_the_form(project, actual, score, total, said):
    """财预〔2020〕10号 [M]: 达成 is worth 100 to 80 %; one slip is told once, by the row that it is in."""
    rows = BUREAU_TARGETS.format("8.97", total).replace(",8\n", ",\n")
    rows = rows.replace("乙,≥,10,个,30,,10,30", f"乙,,更好,,30,,{actual},{score}")
    found = told(sheet.scorecard(book_of(project, BUREAU, rows)), "printed_score")
    assert len(found) == bool(said) and all(said in one for one in found), found


@pytest.mark.parametrize("printed", ["8.97", "8.97分", "9.0"])
def test_rounding_of_a_printed_score_is_no_difference(project, printed):
    """核对以印出的位数为准: 8.9715 is 8.97, and 9.0 to one place."""
    card = sheet.scorecard(book_of(project, BUREAU, BUREAU_TARGETS.format(printed, "98.97").replace(",8\n", ",\n")))
    assert [one for one in told(card, "printed_score") if "预算执行率" in one] == []


HUNAN = """
item,last_budget,last_outturn,initial,outturn,unit,locator
total,,,980,950,万元,附件1
three_public,10,10,12,9,万元,附件1
carry_over,,,20,,万元,附件1
adjustment,,,,0,万元,附件1
balance,,,,50,万元,附件1
building.approved_area,,,,——,㎡,附件1
building.actual_area,,,,——,㎡,附件1
building.planned_investment,,,,0,万元,附件1
building.actual_investment,,,,0,万元,附件1
"""


SYSTEM = ",,管理制度健全性,,,,,,8分,8"


def hunan(project, name: str, rows: str, budget: str = HUNAN) -> scorecard.Scorecard:
    """A unit of Hunan with the metrics of 06_budget that its sheet takes."""
    book = book_of(project, budget, rows, sheet=name)
    item, building = book.budget.three_public, book.building
    item.budget_change_rate = metric(
        "三公经费预算变动率", (budgets.initial(item) - item.last_budget) / item.last_budget
    )
    item.change_rate = metric("三公经费比上年变动率", (item.outturn - item.last_outturn) / item.last_outturn)
    item.execution_rate = metric("三公经费预算执行率", item.outturn / item.budget)
    amount, before = budgets.adjustment(book)
    book.budget.adjustment_rate = metric("预算调整率", amount / before)
    book.budget.completion_rate = metric("预算完成率", budgets.completion(book))
    building.area_rate = metric("规模控制率", building.actual_area / building.approved_area)
    building.investment_rate = metric("投资概算控制率", building.actual_investment / building.planned_investment)
    return sheet.scorecard(book)


def test_case_4_hunan_without_a_building(project):
    """湖南指标表 [S]: 三公变动率 on budgets, (12 − 10) ÷ 10 = +20 %, though outturns fell by 10 %; 没有项目按满分; 950 of 1000 is 95 %, one step of 5 % short."""
    card = hunan(project, "hunan16", "过程,,管理,,,,42,,40分,40\n产出及效率,,履职,≥,10,项,26,,10,26")
    by_name = {line.level3: line for line in card.lines}
    assert by_name["三公经费变动率"].score.value == 0 and by_name["三公经费变动率"].weight.value == 8
    assert by_name["管理"].score.value == 40 and by_name["履职"].score.value == 26  # its own lines
    assert by_name["预算完成率"].score.value == 6 and by_name["预算控制率"].score.value == 8
    by_name = {line.level3: line for line in hunan(project, "hunan", SYSTEM).lines}
    for name in ("新建楼堂馆所面积控制率", "新建楼堂馆所投资概算控制率"):
        assert (by_name[name].score.value, by_name[name].actual) == (5, "不适用")
    assert by_name["预算完成率"].score.value == 3 and by_name["三公经费变动率"].score.value == 0


def test_building_that_is_only_blank_is_not_taken_for_none(project):
    lines = hunan(project, "hunan", SYSTEM, "\n".join(row for row in HUNAN.splitlines() if "building" not in row)).lines
    assert next(line for line in lines if "面积" in line.level3).score.missing


def of_three_public(cells: str) -> str:
    return HUNAN.replace("three_public,10,10,12,9,", f"three_public,{cells},")


@pytest.mark.parametrize(("name", "lines"), [("hunan", (5, 7)), ("hunan13", (8,)), ("hunan16", (8,))])
@pytest.mark.parametrize("cells", ["0,0,0,0", "0,0,0.00,——"])
def test_nothing_budgeted_and_nothing_spent_is_within_its_limit(project, name, lines, cells):
    rows = {"hunan": SYSTEM, "hunan13": "过程,,管理,,,,60,,60分,60\n产出及效率,,履职,≥,10,项,27,,10,27"}
    rows["hunan16"] = "过程,,管理,,,,42,,40分,40\n产出及效率,,履职,≥,10,项,26,,10,26"
    card = hunan(project, name, rows[name], of_three_public(cells))
    found = [line for line in card.lines if line.level3.startswith("三公经费")]
    assert [(line.score.value, line.actual) for line in found] == [(points, "不适用") for points in lines]
    assert all(line.full and "填报" not in line.score.formula and line.score.inputs for line in found)


@pytest.mark.parametrize(("actual", "score"), [("", None), ("2分", 2), ("扣3分", 4), ("不适用", 7)])
def test_what_was_spent_without_a_budget_is_scored_by_the_evaluator_or_not_at_all(project, actual, score):
    rows = f"{SYSTEM}\n,,三公经费控制率,,,,,,{actual}," if actual else SYSTEM
    card = hunan(project, "hunan", rows, of_three_public("0,0,0,1.2"))
    line = next(line for line in card.lines if line.level3 == "三公经费控制率")
    assert line.score.value == score
    asked = told(card, "unscored")
    assert len(asked) == (score is None) and all("actual 写评价人所评的分（如 5分）" in one for one in asked)
    assert line.reason.startswith("无从计算（三公经费（年初预算）为零），无法评分") == (score is None)


@pytest.mark.parametrize(
    ("row", "sheet", "expected"),
    [
        (",,管理制度健全性,,,,,,不适用,", "hunan", "应为评价人所评的分，如 5分"),
        (",,社会公众或服务对象满意度,,,,,,不适用,", "hunan", "应为评价人所评的分，如 5分"),
        ("产出指标,,甲,≥,10,个,50,,不适用,", "", "应为实际完成值；不评分的，weight 留空"),
    ],
)
def test_what_does_not_apply_where_the_sheet_does_not_say_what_then(project, row, sheet, expected):
    with pytest.raises(InputError, match=expected):
        hunan(project, sheet, f"{row}\n效益指标,,乙,≥,10,个,40,,10," if not sheet else row)


def test_what_does_not_apply_may_be_listed(project):
    card = hunan(
        project, "", "产出指标,,甲,≥,10,个,,,不适用,\n产出指标,,乙,≥,10,个,50,,10,\n效益指标,,丙,≥,10,个,40,,10,"
    )
    assert [line.reason for line in card.lines if line.level3 == "甲"] == ["不适用，不计分值"]


@pytest.mark.parametrize(("printed", "said"), [("32", "少1—"), ("33", ""), ("93", ""), ("94", "多1—"), ("99", "多6—")])
def test_printed_total_that_cannot_be_is_told_while_lines_are_not_scored(project, printed, said):
    """变动率 0 of 5, 完成率 3, 控制率 5, 楼堂馆所 5 + 5, 三公控制率 7, 制度 8: 33 of 40; of the other 60 all or nothing."""
    card = hunan(project, "hunan", f",,管理制度健全性,,,,,,8分,8\n总分,,总分,,,,,,,{printed}")
    found = [one for one in told(card, "printed_score") if "总分" in one]
    assert card.total.missing and len(found) == bool(said) and all(f"，{said}" in one for one in found), card.possible


def test_figure_of_the_unit_is_not_held_against_a_project(project):
    """开班 of the unit is 200; that each of its projects has 9 is no slip."""
    rows = "产出指标,,参保人数,≥,9,人,50,,9,\n效益指标,,乙,≥,10,个,40,,10,"
    whole = sheet.scorecard(book_of(project, BUREAU, rows))
    assert len(told(whole, "actual_elsewhere")) == 1
    new = sheet.scorecard(book_of(project, BUREAU, rows.replace("参保人数", "新增医疗互助参保人数")))
    assert not told(new, "actual_elsewhere")  # how many of them are new
    book = book_of(project, BUREAU, rows)
    (one,) = (one for one in book.figures.values() if one.label == "医疗互助参保人数")
    book.figures[one.name] = replace(one, locator="表1 其中：医疗互助参保人数")  # 急诊 of 门急诊
    assert not told(sheet.scorecard(book), "actual_elsewhere")
    part = "\n".join(f"送温暖|{row}" for row in rows.splitlines())
    assert not told(sheet.scorecard(book_of(project, BUREAU, part), "送温暖"), "actual_elsewhere")


@pytest.mark.parametrize(("sentence", "asked"), [("年初的目标是：参保人数达到", 0), ("实际完成目标任务，参保", 1)])
def test_what_a_text_tells_as_a_goal_is_no_actual(project, sentence, asked):
    rows = "产出指标,,参保人数,≥,9,人,50,,9,\n效益指标,,乙,≥,10,个,40,,10,"
    book = book_of(project, BUREAU, rows)
    text = f"# 一、目标\n{sentence}{{{{ 医疗互助参保人数 }}}}。\n"
    (project / "data/raw/zhengxiang/2020/report.md").write_text(text, "utf-8")
    assert len(told(sheet.scorecard(book), "actual_elsewhere")) == asked


EITHER = [
    ("120,台", "118台（套）"),
    ("120,台（套）", "118台"),
    ("120,台套", "118台"),
    ("120,套", "118台（套）"),
    ("120,个（处）", "118个(处)"),
]


@pytest.mark.parametrize(("due", "done"), EITHER)
def test_a_measure_word_that_may_be_either_of_two_is_the_one_that_is_asked_for(project, due, done):
    rows = f"产出指标,,甲,≥,{due},50,,{done},\n效益指标,,乙,≥,10,个,40,,10,"
    (line,) = (one for one in sheet.scorecard(book_of(project, BUREAU, rows)).lines if one.name == "甲")
    assert line.actual.value == 118


def test_a_person_is_no_visit(project):
    rows = "产出指标,,甲,≥,120,人,50,,118人（次）,\n效益指标,,乙,≥,10,个,40,,10,"
    with pytest.raises(InputError, match="单位“人次”；应为单位“人”"):
        sheet.scorecard(book_of(project, BUREAU, rows))


def test_row_is_measured_by_what_a_figure_is_called(project):
    rows = "产出指标,,甲,≥,9,人,50,{},,\n效益指标,,乙,≥,10,个,40,,10,"
    book = book_of(project, BUREAU, rows.format("医疗互助参保人数"))
    assert sheet.scorecard(book).lines[1].actual.name == "mutual_aid.members"
    assert "target.mutual_aid.members" in targets.promised(book.edition)
    with pytest.raises(InputError, match="一个指标的名称（数据或算出的指标）"):
        sheet.scorecard(book_of(project, BUREAU, rows.format("参保的人")))


def test_case_5_weights_are_the_units_own(project):
    """公开的自评表 [S]: 产出 3 × 22.5, 效益 22.5, 执行 10, no satisfaction."""
    rows = [f"产出指标,,{name},≥,10,个,22.5,,10,22.5" for name in "甲乙丙"] + ["效益指标,,丁,≥,10,个,22.5,,9,20.25"]
    card = sheet.scorecard(book_of(project, BUREAU, "\n".join(rows)))
    assert [line.weight.value for line in card.lines] == [10, *[Fraction("22.5")] * 4]
    assert card.total.value == Fraction("8.9715") + Fraction("67.5") + Fraction("20.25")
    assert len(told(card, "weights_suggested")) == 2
    with pytest.raises(InputError, match="或各项合计100分"):
        sheet.scorecard(book_of(project, BUREAU, "\n".join(rows[1:])))


def test_a_form_without_the_execution_rate_is_scored_by_its_own_weights(project):
    rows = "产出指标,,甲,≥,10,个,60,,10,60\n效益指标,,乙,≥,10,个,40,,9,36"
    card = sheet.scorecard(book_of(project, BUREAU, rows))
    assert [line.weight.value for line in card.lines] == [60, 40] and card.total.value == 96
    with pytest.raises(InputError, match="分值合计"):
        sheet.scorecard(book_of(project, BUREAU, rows.replace("效益指标,,乙,≥,10,个,40", "效益指标,,乙,≥,10,个,35")))


def test_cost_has_a_place(project):
    """财预〔2021〕101号 [M]: 成本 20, 产出 40, 效益 20, 满意度 10, 执行 10."""
    rows = "成本指标,,成本,≤,9,万元,20,,9,\n产出指标,,甲,≥,1,个,40,,1,\n效益指标,,乙,≥,1,个,20,,1,\n满意度指标,,丙,≥,90,%,10,,90%,"
    card = sheet.scorecard(book_of(project, BUREAU, rows, sheet="national2021"))
    assert card.total.value == Fraction("98.9715") and not told(card, "weights_suggested")
    assert sheet.scorecard(book_of(project, BUREAU, rows)).total.value == Fraction("98.9715")


def test_targets_without_weight_are_listed(project):
    rows = "产出指标,,甲,≥,1,个,50,,1,\n产出指标,,戊,≥,9,个,,,3,\n效益指标,,乙,≥,1,个,40,,1,"
    card = sheet.scorecard(book_of(project, BUREAU, rows))
    assert card.total.value == Fraction("98.9715") and card.lines[2].reason == "只列出，不评分"
    card = sheet.scorecard(book_of(project, BUREAU, rows.replace("个,50,,1,", "个,,,1,")))
    assert card.total.missing and card.reached.value == Fraction("48.9715")


REVERSE = [  # rule, target, actual, points of 50
    ("≤", 10, 12, Fraction(500, 12)),  # t ÷ a: 41.67
    ("≤ excess", 10, 12, 40),
    ("≤", 10, 25, 20),
    ("≤ excess", 10, 25, 0),
    ("≤ excess", 10, 10, 50),
    ("≤ excess", 10, 20, 0),
    ("=", 100, 105, Fraction(5000, 105)),  # excess counts: 47.62
    ("= reached", 100, 105, 50),
    ("= reached", 100, 99, Fraction(99, 2)),
]


@pytest.mark.parametrize(("rule", "aim", "actual", "points"), REVERSE)
def test_cases_6_and_7_reverse_and_equal_targets_by_both_rules(project, rule, aim, actual, points):
    """两种反向指标计分 [S, in published sheets]: a sheet chooses by the name of its rule."""
    path = project / "data/sheets/national.csv"
    path.write_text(path.read_text("utf-8").replace(f",,,,{rule[0]},", f",,,,{rule},"), "utf-8")
    rows = f"产出指标,成本指标,甲,{rule[0]},{aim},个,50,,{actual},\n效益指标,,乙,≥,1,个,40,,1,"
    card = sheet.scorecard(book_of(project, BUREAU, rows))
    assert card.lines[1].score.value == points


def test_case_8_yiyang_prints_its_control_rate(project):
    """益阳市总工会2022 [S]: 52 of 52 is the 100 % that it prints; 厉行节约保障措施 in own words."""
    edition = Edition.find("yiyang", 2022, project)
    book = Chapter("06_budget", edition)
    book.load(figures.clean(edition)[1])
    assert book.known["staff.printed_rate"].value == 1
    assert (book.staff.actual / book.staff.establishment).value == 1
    (note,) = [row for row in edition.table("notes") if row["kind"] == "measure"]
    assert note["section"] == "budget" and note["text"]


SCALES = [  # rule, its cells, actual, points of 10; source
    ("proportion", {}, exactly(Fraction(12, 26)), Fraction(120, 26), "完成数占计划数的比例 × 分值"),
    ("proportion", {}, exactly(1), 10, ""),
    ("less", {"base": 5}, exactly(Fraction(1, 10)), 5, "（1 − k × 调剂 ÷ 年初）× 分值"),
    ("less", {"base": 5}, exactly(0), 10, ""),
    ("less", {"base": 5}, exactly(Fraction(1, 5)), 0, ""),
    ("less", {"base": 5}, exactly(Fraction(1, 4)), 0, ""),
]


@pytest.mark.parametrize(("rule", "cells", "actual", "points", "source"), SCALES)
def test_scales_at_their_edges(rule, cells, actual, points, source):
    case = {"weight": Fraction(10), "kind": rule} | {name: Fraction(cell) for name, cell in cells.items()}
    scale = rules.KINDS[rule].judge(**{name: case[name] for name in rules.KINDS[rule].asks})
    assert rules.score(*scale, actual, Fraction(actual.low)) == (exactly(points), points), source


@pytest.mark.parametrize(("actual", "worth"), [("①③", 2), ("①②③", 3), ("无", 0), ("①①", 1)])
def test_criteria_give_a_point_each(actual, worth):
    case = {"points": Fraction(1), "weight": Fraction(3)}
    assert rules.KINDS["criteria"].judge(actual, **case) == (exactly(worth), worth)
    with pytest.raises(rules.Unread):
        rules.KINDS["criteria"].judge("两条", **case)


def test_share_of_targets_is_typed_as_a_fraction(project):
    """12 of 26 done is 2.31 of 5, not the 5 that was printed."""
    text = (project / "data/sheets/hunan.csv").read_text("utf-8")
    text = text.replace("管理制度健全性,8,awarded", "管理制度健全性,8,proportion")
    (project / "data/sheets/share.csv").write_text(text, "utf-8")
    card = sheet.scorecard(book_of(project, HUNAN, ",,管理制度健全性,,,,,,12/26,8", sheet="share"))
    assert next(line for line in card.lines if line.level3 == "管理制度健全性").score.value == Fraction(96, 26)
    assert "多4.31分" in told(card, "printed_score")[0]


@pytest.mark.parametrize(("absent", "score", "weight"), [("full", 8, 8), ("zero", 0, 8), ("out", 0, 0)])
def test_what_does_not_apply_counts_as_the_sheet_says(project, absent, score, weight):
    lines = (project / "data/sheets/national.csv").read_text("utf-8").splitlines()
    lines[2] = lines[2].replace(",50,", ",42,")
    lines.insert(3, f"过程,,楼堂馆所,8,awarded,,,,,,,由评价人评分,自定,,{absent}")
    (project / "data/sheets/absent.csv").write_text("\n".join(lines) + "\n", "utf-8")
    rows = ",,楼堂馆所,,,,,,不适用,\n产出指标,,甲,≥,1,个,42,,1,\n效益指标,,乙,≥,1,个,40,,1,"
    card = sheet.scorecard(book_of(project, BUREAU, rows, sheet="absent"))
    line = next(line for line in card.lines if line.level3 == "楼堂馆所")
    assert (line.score.value, line.weight.value) == (score, weight)
    rest = Fraction("90.9715")
    assert card.total.value == (rest / 92 * 100 if absent == "out" else rest + score)


@pytest.mark.parametrize(("given", "weights"), [("甲法", [10, 8, 0]), ("乙法", [10, 0, 8])])
def test_one_row_or_the_other(project, given, weights):
    lines = (project / "data/sheets/national.csv").read_text("utf-8").splitlines()
    lines[2] = lines[2].replace(",50,", ",42,")
    lines[3:3] = ["过程,,甲法,8,awarded,,,,,,,评分,自定,,", "过程,,乙法,0,awarded,,,,,,甲法,评分,自定,,"]
    (project / "data/sheets/either.csv").write_text(
        "\n".join(lines[:2] + lines[3:5] + lines[2:3] + lines[5:]) + "\n", "utf-8"
    )
    rows = f",,{given},,,,,,7分,\n产出指标,,甲,≥,1,个,42,,1,\n效益指标,,乙,≥,1,个,40,,1,"
    card = sheet.scorecard(book_of(project, BUREAU, rows, sheet="either"))
    assert [line.weight.value for line in card.lines[:3]] == weights
    assert card.total.value == Fraction("8.9715") + 7 + 82


@pytest.mark.parametrize(
    ("aim", "actual", "worth"),
    [("9月前", "7月", "full"), ("9月前", "9月", "full"), ("9月前", "10月", "none"), ("2020-09-15", "9月", "open"), ("2020-09-15", "9月15日", "full"), ("2020-09-15", "9月16日", "none"), ("2020年9月15日前完成", "2020.9.15", "full"), ("年底前", "12月31日", "full"), ("12月底", "2021年1月", "none")],
)  # fmt: skip
def test_months_as_they_are_printed(project, aim, actual, worth):
    rows = f"产出指标,,甲,,{aim},,50,,{actual},\n效益指标,,乙,≥,1,个,40,,1,"
    bounds = sheet.scorecard(book_of(project, BUREAU, rows)).lines[1].score.bounds
    assert bounds == {"full": exactly(50), "none": exactly(0), "open": Bounds(0, 50, True, True)}[worth]


@pytest.mark.parametrize(("actual", "asked"), [("300%", True), ("299%", False)])
def test_target_met_three_times_over_was_perhaps_too_low(project, actual, asked):
    rows = f"产出指标,,甲,≥,100,%,50,,{actual},\n效益指标,,乙,≥,1,个,40,,1,"
    assert bool(told(sheet.scorecard(book_of(project, BUREAU, rows)), "low_target")) == asked


def test_how_sure_a_total_is(project):
    """What rests on the edition's figures (the execution rate), on typed numbers, on typed grades."""
    rows = "产出指标,,甲,≥,10,个,50,,10,\n效益指标,,乙,,更好,,40,,达成预期指标,"
    card = sheet.scorecard(book_of(project, BUREAU, rows))
    points = {words: sum(line.score.value for line in lines) for words, lines in card.evidence.items()}
    assert points == {"本版登记的数据": Fraction("8.9715"), "填报的数字": 50, "填报的等级、日期和评分": 40}
    assert card.possible is None
    rows = scorecard.resting("把握", card).data[cells.TABLE]["rows"]
    assert [[cells.plain(one) for one in row][1:3] for row in rows] == [["1", "10分"], ["1", "50分"], ["1", "40分"]]


COST = """
成本指标,,成本,≤,9,万元,20,,{},
产出指标,,甲,≥,1,个,40,,1,
产出指标,,列,≥,2,个,,,1,
效益指标,,乙,≥,1,个,20,,1,
满意度指标,,丙,≥,90,%,10,,90%,
"""


def test_what_a_cost_changes_and_what_is_open_where_it_is_not_scored(project):
    """9 of 18 is 10 of 20: 88.97, and cost or execution in full make 优. Without its actual the total is 78.97 to 98.97."""
    card = sheet.scorecard(book_of(project, BUREAU, COST.format(18), "national2021"))
    assert (card.rating, [line.level3 for line in card.decisive]) == ("良", ["成本", "预算执行率"])
    assert (card.to_better.shown, card.to_worse.shown, card.possible) == ("1.03分", "8.97分", None)
    card = sheet.scorecard(book_of(project, BUREAU, COST.format(""), "national2021"))
    assert (card.rating, card.decisive, card.possible.shown) == ("无法评定", [], "78—99分")  # outwards
    assert [line.level3 for line in card.evidence["没有实际完成值，未评分"]] == ["成本"]
    rows = scorecard.resting("把握", card).data[cells.TABLE]["rows"]
    assert [cells.plain(one) for one in rows[-1][:3]] == ["没有实际完成值，未评分", "1", "20分"]


FORM = """
,年度总体目标,,年度总体目标,,完成送温暖、帮扶和劳模补助,,,,三项均已完成,
,预算执行率,,预算执行率,,,,10,,,10
,产出指标,数量指标,慰问困难职工,≥,100,人,20,,90人,18
,产出指标,质量指标,发放准确率,≥,100,%,15,,100%,15
,产出指标,时效指标,慰问完成时间,,2月前,,15,,1月,15
,效益指标,社会效益指标,生活困难,,有所缓解,,15,,达成预期指标,15
,成本指标,经济成本指标,人均成本,≤,500,元/人,15,,520元/人,14
,满意度指标,服务对象满意度指标,职工满意度,≥,90,%,10,,95%,10
,总分,,总分,,,,100,,,97
春节送温暖慰问,年度总体目标,,年度总体目标,,慰问一百户,,,,已慰问九十户,
春节送温暖慰问,预算执行率,,预算执行率,,,,10,,,10
春节送温暖慰问,产出指标,数量指标,慰问户数,≥,100,户,50,,90户,45
春节送温暖慰问,效益指标,社会效益指标,职工反映,,更好,,40,,达成预期指标,40
春节送温暖慰问,总分,,总分,,,,100,,,95
"""
NAMES = ("project", "level1", "level3", "comparator", "target", "unit", "weight", "actual", "printed")


def test_form_of_the_workbook_is_filled_in_and_comes_back_the_same(project):
    """附件2 and 附件3 are one sheet each: title, head, goal and indicators on merged cells, in a print area; a total is right of its word."""
    rows = [row.split(",") for row in FORM.strip().splitlines()]
    lines = [",".join(COLUMNS), *(",".join([*row[:-1], "", row[-1]]) for row in rows)]
    raw = project / "data/raw/yiyang/2022"
    (raw / "targets.csv").write_text("\n".join(lines) + "\n", "utf-8")
    edition = Edition.find("yiyang", 2022, project)
    assert make(edition).state == "built"
    path = edition.output / "metrics.xlsx"
    book = openpyxl.load_workbook(path)
    forms = [book[name] for name in book.sheetnames if "自评表" in name]
    for form in forms:
        assert form.print_area.endswith(f"$A$1:$I${form.max_row}") and "A1:I1" in {
            str(one) for one in form.merged_cells.ranges
        }
    done = next(cell for row in forms[0] for cell in row if cell.value == "90人")
    done.value, forms[0].cell(done.row, done.column + 3).value = "95人", 19  # filled in
    book.save(path)
    read = [Sheet(one.rows, "") for one in reading.read(path).passages if one.rows and "自评表" in one.name]
    again = {tuple(row.get(name, "") for name in NAMES) for one in read for row in one.rows}
    given = {tuple(row[name] for name in NAMES) for row in edition.table("targets")}
    old, new = ("", "产出指标", "慰问困难职工", "≥", "100", "人", "20", "90人", "18"), ("95人", "19")
    assert again == given - {old} | {(*old[:-2], *new)}
    assert [row["outturn"] for one in read for row in one.amounts] == ["1342.49", "719.99", "622.50", "300"]


SCORED = """
产出指标,,甲,≥,30,个,{0},,28,4.7
产出指标,,乙,≥,70,个,{1},,69,44.36
效益指标,,丙,≥,98,%,{2},,99%,50
总分,,总分,,,,,,,{3}
"""


@pytest.mark.parametrize(
    ("weights", "total", "said", "wanting"),
    [
        ((5, 45, 50), "99.06", "", ""),  # 28 ÷ 30 × 5 is 4.667: a place that the form rounds to
        ((5, 45, 50), "99.16", "按规则得99.06分", ""),
        (("", "", ""), "108.03", "", "有的指标没有分值"),
        (("", "", ""), "108.13", "按规则得108.03分，多0.1分（所印各项得分之和）", "有的指标没有分值"),
    ],
)
def test_printed_total_against_the_scores_beside_it(project, weights, total, said, wanting):
    """What each score was rounded to is no fault of their sum; a form without weights has a sum as well."""
    rate = "" if weights[0] else "预算执行率,,预算执行率,,,,10,,,8.97"
    card = sheet.scorecard(book_of(project, BUREAU, rate + SCORED.format(*weights, total)))
    found = [one for one in told(card, "printed_score") if "总分" in one]
    assert bool(found) == bool(said) == card.astray and all(said in one for one in found[:1])
    assert not wanting or (card.total.missing and card.wanting == wanting)
