"""Score sheets: every rule has a case computed by hand, with its source; bad rows are told with their line."""

from fractions import Fraction
from unittest.mock import patch

import pytest

from conftest import ROOT
from lib.cells import TABLE
from lib.chapter.chapter import Chapter
from lib.edition.edition import RAW, Edition
from lib.edition.store import InputError
from lib.numbers import notation
from lib.numbers.bounds import Bounds, exactly
from lib.numbers.quantity import Quantity
from lib.score import rules, targets
from lib.score import scorecard as sheets
from lib.score import sheet as scores

RATE = "10000万元", "9500万元"
FULL = "产出指标,≥,50,家,50,,50家", "效益指标,≥,10,人,30,,10人", "满意度指标,≥,90,%,10,,90%"
SEEN, KNOWN, MANUAL = "财预〔2020〕10号 [S]", "财预〔2020〕10号 [M]", "某地手册2022 [S]"
HUNAN_SEEN, HUNAN_KNOWN = "湖南指标表 [S]", "湖南指标表 [M]"


def figure(name: str, token: str) -> Quantity:
    reading = notation.read(token)
    about = {"label": name, "wording": token, "scope": frozenset([name.partition(".")[0]])}
    return Quantity.figure(name, reading.bounds, reading.value, reading.unit, **about)


def book_of(project, *rows: str, sheet: str = "", known: dict[str, str] | None = None, of: str = "") -> Chapter:
    """Rows `level1,comparator,target,unit,weight,measure,actual[,explanation]`, each of its own level 3, as targets of 2020."""
    lines = [",".join(RAW["targets"])]
    for place, row in enumerate(rows, 1):
        level1, comparator, target, unit, weight, measure, actual, *why = row.split(",")
        level1, _, level3 = level1.partition("/")
        fields = [
            of,
            level1,
            "",
            level3 or f"指标{place}",
            comparator,
            target,
            unit,
            weight,
            measure,
            actual,
            *(why or [""]),
        ]
        lines.append(",".join(fields))
    (project / "data/raw/zhengxiang/2020/targets.csv").write_text("\n".join(lines) + "\n", "utf-8")
    edition = Edition.find("zhengxiang", 2020, project)
    edition.__dict__["source"] = {**edition.source, "sheet": sheet}
    book = Chapter("07_scorecard", edition)
    book.known = {name: figure(name, token) for name, token in (known or {}).items()}
    return book


def budget(amounts: tuple[str, str] = RATE, of: str = "total") -> dict[str, str]:
    return dict(zip((f"budget.{of}.budget", f"budget.{of}.outturn"), amounts, strict=True))


def card_of(project, *rows: str, amounts: tuple[str, str] = RATE, **about) -> scores.Scorecard:
    known = budget(amounts) | about.pop("known", {})
    return scores.scorecard(book_of(project, *rows, known=known, **about))


def between(text: str) -> Bounds:
    low, high = (Fraction(end.strip()) for end in text[1:-1].split(","))
    return Bounds(low, high, text[0] == "[", text[-1] == "]")


def scored(card: scores.Scorecard, level3: str) -> Bounds | None:
    return next(line for line in card.lines if line.level3 == level3).score.bounds


# (sheet, its row's level 1 or level 3, case: what the row of targets.csv says, score, source)
TARGETS = [
    ("≥,100,家,10,,100家", "[10,10]", KNOWN),
    (",100,家,10,,90家", "[9,9]", KNOWN),
    ("≥,100,家,10,,85家", "[8.5,8.5]", KNOWN),
    ("≥,100,家,10,,85", "[8.5,8.5]", KNOWN),  # the unit of the row
    ("≥,2000,个,10,,近2000个", "[9,9.995]", KNOWN),
    ("≥,30,万元,10,,26万余元", "(26/3,9)", KNOWN),
    ("≥,95,%,10,,76%", "[8,8]", KNOWN),
    ("≤,8,天,10,,10天", "[8,8]", KNOWN),
    ("≤,8,天,10,,7天", "[10,10]", KNOWN),
    ("=,4,次,10,,5次", "[8,8]", KNOWN),
    ("=,4,次,10,,3次", "[7.5,7.5]", KNOWN),
    ("=,4,次,10,,4次", "[10,10]", KNOWN),
    ("=,4,次,10,,3至5次", "[7.5,10]", KNOWN),  # full marks lie inside
    (",2020-09-30,,10,,2020-09-30", "[10,10]", KNOWN),
    ("≤,2020-09-30,,10,,2020-10-01", "[0,0]", KNOWN),
    (",9月前,,10,,2020-09-30", "[10,10]", KNOWN),
    (",9月底前,,10,,2020-10-01", "[0,0]", KNOWN),
    (",2021年2月前,,10,,2021-02-28", "[10,10]", KNOWN),
    (",9月前,,10,,未达成", "[0,0]", KNOWN),
    (",职工更满意,,10,,达成", "[8,10]", KNOWN),
    (",职工更满意,,10,,部分达成", "[6,8)", KNOWN),
    (",职工更满意,,10,,未达成", "[0,6)", KNOWN),
    (",职工更满意,,10,,达成 95%", "[9.5,9.5]", KNOWN),
    (",职工更满意,,10,,部分达成60%", "[6,6]", KNOWN),
]


@pytest.mark.parametrize(("row", "score", "source"), TARGETS)
def test_targets_of_the_national_sheet(project, row, score, source):
    card = card_of(project, f"产出指标,{row}", "产出指标,≥,1,家,40,,1家", *FULL[1:])
    assert scored(card, "指标1") == between(score), source


# level 3 of the Hunan sheet: (measure, actual, score, source)
HUNAN = [
    ("在职人员控制率", "staff.control_rate", "103.9%", "[3.5,3.5]", HUNAN_SEEN),
    ("在职人员控制率", "staff.control_rate", "98%", "[5,5]", HUNAN_SEEN),
    ("三公经费变动率", "budget.three_public.budget_change_rate", "2%", "[4,4]", HUNAN_SEEN),
    ("三公经费变动率", "budget.three_public.budget_change_rate", "−60.9%", "[5,5]", HUNAN_SEEN),
    ("预算完成率", "budget.completion_rate", "89.9%", "[1,1]", HUNAN_SEEN),
    ("预算控制率", "budget.adjustment_rate", "0%", "[5,5]", HUNAN_SEEN),
    ("预算控制率", "budget.adjustment_rate", "10%", "[4,4]", HUNAN_SEEN),
    ("预算控制率", "budget.adjustment_rate", "20%", "[3,3]", HUNAN_SEEN),
    ("预算控制率", "budget.adjustment_rate", "30%", "[2,2]", HUNAN_SEEN),
    ("预算控制率", "budget.adjustment_rate", "30.1%", "[0,0]", HUNAN_SEEN),
    ("新建楼堂馆所面积控制率", "building.area_rate", "110%", "[1,1]", HUNAN_SEEN),
    ("新建楼堂馆所投资概算控制率", "building.investment_rate", "104.9%", "[5,5]", HUNAN_SEEN),
    ("公用经费控制率", "budget.public.execution_rate", "103%", "[5,5]", HUNAN_KNOWN),
    ("公用经费控制率", "budget.public.execution_rate", "约102%", "[1,8]", HUNAN_KNOWN),  # 96.9—107.1 %
    ("三公经费控制率", "budget.three_public.execution_rate", "101.5%", "[6,6]", HUNAN_KNOWN),
    ("政府采购执行率", "procurement.execution_rate", "90%", "[2,2]", HUNAN_KNOWN),
    ("政府采购执行率", "procurement.execution_rate", "105%", "[4,4]", HUNAN_KNOWN),
    ("管理制度健全性", "", "7.5分", "[7.5,7.5]", HUNAN_KNOWN),
    ("资金使用合规性", "", "6分", "[6,6]", HUNAN_KNOWN),
    ("预决算信息公开性", "", "0分", "[0,0]", HUNAN_KNOWN),
    ("重点工作实际完成率", "", "达成", "[6.4,8]", HUNAN_KNOWN),
    ("经济效益和社会效益", "", "9分", "[9,9]", HUNAN_KNOWN),
    ("行政效能", "", "部分达成 70%", "[4.2,4.2]", HUNAN_KNOWN),
    ("社会公众或服务对象满意度", "", "90%", "[6,6]", HUNAN_KNOWN),
    ("社会公众或服务对象满意度", "", "89.9%", "[4,4]", HUNAN_KNOWN),
    ("社会公众或服务对象满意度", "", "70%", "[2,2]", HUNAN_KNOWN),
    ("社会公众或服务对象满意度", "", "69%", "[0,0]", HUNAN_KNOWN),
]


@pytest.mark.parametrize(("level3", "measure", "actual", "score", "source"), HUNAN)
def test_lines_of_the_hunan_sheet(project, level3, measure, actual, score, source):
    row = f"/{level3},,,,,,{'' if measure else actual}"
    known = {measure: actual} if measure else {}
    assert scored(card_of(project, row, sheet="hunan", known=known), level3) == between(score), source


def test_every_line_of_the_hunan_sheet_has_a_case():
    rows = scores.sheet(Edition("zhengxiang", 2020, ROOT), "hunan")
    assert {row.level3 for row in rows if row.weight} == {level3 for level3, *_ in HUNAN}


@pytest.mark.parametrize(
    ("amounts", "score"),
    [
        (("10000万元", "9500万元"), "[9.5,9.5]"),
        (("10000万元", "10500万元"), "[10,10]"),  # at most the weight
        (("100万元", "90万余元"), "(9,9.1)"),
    ],
)
@pytest.mark.parametrize("sheet", ["", "county"])
def test_execution_rate_times_weight(project, sheet, amounts, score):
    """财预〔2020〕10号 [S]: ten points for the execution rate."""
    assert scored(card_of(project, *FULL, sheet=sheet, amounts=amounts), "预算执行率") == between(score)


@pytest.mark.parametrize(
    ("actual", "score"),
    [("13家", "[8,8]"), ("12家", "[10,10]"), ("10余家", "[8,10]"), ("4家", "[4,4]"), ("4至20家", "[4,10]")],
)
def test_county_takes_points_off_what_overshoots(project, actual, score):
    """某地手册2022 [S]: an actual of 130 % of its target and more is a deviation, −2. 10余 is 10 to less than 20."""
    rows = f"产出指标,≥,10,家,10,,{actual}", "产出指标,≥,1,家,40,,1家"
    card = card_of(project, *rows, *FULL[1:], sheet="county")
    assert scored(card, "指标1") == between(score)
    assert ("视为偏差" in card.lines[1].reason) == (actual in ("13家", "10余家", "4至20家"))


def test_what_should_be_little_is_not_docked_twice(project):
    """某地手册2022 [S]: 10 of 13 days already cost points in proportion."""
    card = card_of(project, "产出指标,≤,10,天,10,,13天", "产出指标,≥,1,家,40,,1家", *FULL[1:], sheet="county")
    assert scored(card, "指标1") == exactly(Fraction(100, 13))


def test_overshooting_never_takes_more_than_the_line_has(project):
    """某地手册2022 [S], with a weight of 1."""
    card = card_of(project, "产出指标,≥,10,家,1,,20家", "产出指标,≥,1,家,49,,1家", *FULL[1:], sheet="county")
    assert scored(card, "指标1") == exactly(0)


@pytest.mark.parametrize(
    ("outturn", "total", "rating"),
    [
        ("80万元", "[98,98]", "优"),  # 8 + 90
        ("79万元", "[89,89]", "良"),  # 7.9 + 90, at most 89
        ("70万元", "[89,89]", "良"),
        ("69万元", "[79,79]", "中"),
        ("60万元", "[79,79]", "中"),
        ("59万元", "[69,69]", "中"),
        ("50万元", "[69,69]", "中"),
        ("49万元", "[59,59]", "差"),
        ("约80万元", "[89,98.4]", "优或良"),  # 76 to 84 %
        ("近80万元", "[89,89]", "良"),  # 72 to less than 80 %
    ],
)
def test_county_caps_the_total_by_execution_rate(project, outturn, total, rating):
    """某地手册2022 [S]: 89, 79, 69, 59 for 70—80 %, 60—70 %, below 60 %, below 50 %."""
    card = card_of(project, *FULL, sheet="county", amounts=("100万元", outturn))
    assert (card.total.bounds, card.rating) == (between(total), rating)


def test_cap_bites_only_above_it(project):
    rows = "产出指标,≥,100,家,50,,10家", *FULL[1:]
    card = card_of(project, *rows, sheet="county", amounts=("100万元", "75万元"))
    assert card.total.value == Fraction("7.5") + 5 + 40


def test_execution_in_full_lifts_the_cap(project):
    card = card_of(project, *FULL, sheet="county", amounts=("100万元", "79万元"))
    assert [line.level3 for line in card.decisive] == ["预算执行率"]


@pytest.mark.parametrize("sheet", sorted(path.stem for path in ROOT.glob("data/sheets/*.csv")))
def test_sheets_as_shipped(sheet):
    rows = scores.sheet(Edition("zhengxiang", 2020, ROOT), sheet)
    assert all(row.source and row.words and "{" not in row.words for row in rows)
    (bands,) = (row.bands for row in rows if row.rule == "rating")
    assert bands == ((90, "优"), (80, "良"), (60, "中"), (0, "差"))  # seen in published sheets [S]


def test_points_of_satisfaction_go_to_benefit_where_it_has_no_target(project):
    """财预〔2020〕10号 [S]: 10, 50, 30, 10; without a satisfaction target 10, 50, 40."""
    card = card_of(project, FULL[0], "效益指标,≥,10,人,40,,5人")
    assert [line.weight.value for line in card.lines] == [10, 50, 40]
    assert card.total.value == Fraction("9.5") + 50 + 20
    with pytest.raises(InputError, match=r"效益指标分值合计30分；应为40分"):
        card_of(project, *FULL[:2])


def test_missing_actual_has_no_score_and_no_zero(project):
    card = card_of(project, "产出指标,≥,50,家,50,,", *FULL[1:])
    line = card.lines[1]
    assert line.score.missing and line.reason == "未提供实际完成值，无法评分"
    assert card.total.missing and card.rating == "无法评定" and card.to_better is card.to_worse is None
    assert (card.reached.value, card.out_of.value) == (Fraction("49.5"), 50)
    assert card.decisive == [] and line not in card.deductions


def test_missing_budget_leaves_the_execution_rate_open(project):
    card = scores.scorecard(book_of(project, *FULL))
    assert card.execution.missing and scored(card, "预算执行率") is None and card.reached.value == 90
    assert card_of(project, *FULL, amounts=("0元", "0元")).execution.missing


def test_score_keeps_lineage_of_its_actual(project):
    card = card_of(project, "产出指标,≥,50,家,50,union.units,,说明", *FULL[1:], known={"union.units": "48余家"})
    score = card.lines[1].score
    assert (tuple(score.inputs), score.scope, score.label) == (("union.units",), frozenset(["union"]), "指标1得分")
    assert score.shown == "48—49分" and "指标值" in score.formula and not score.caveat
    assert tuple(card.total.inputs) == ("budget.total.outturn", "budget.total.budget", "union.units")
    assert card.lines[2].score.caveat == card.total.caveat == "实际完成值为填报"
    assert card.lines[2].score.formula.endswith("填报于自评表")
    assert card.lines[1].reason == "实际完成48余家，年度指标值≥50家，扣1—2分" and card.lines[1].explanation == "说明"
    rows = sheets.scorecard("自评表", card).data[TABLE]["rows"]  # whose narrow column has no room for the rule
    assert [row[-1] for row in rows if row[-1]] == ["扣0.5分", "说明"]


@pytest.mark.parametrize(
    ("actual", "rating", "better", "worse"),
    [
        ("50家", "优", None, "[9.5,9.5]"),
        ("40家", "良", "[0.5,0.5]", "[9.5,9.5]"),  # 9.5 + 40 + 40 = 89.5
        ("5家", "差", "[5.5,5.5]", None),  # 54.5
        ("40余家", "优", None, "[0.5,8.5]"),  # 41 to 49: 90.5 to 98.5
        ("约41家", "优或良", None, "[8.5,12.5]"),  # 39 to 43: 88.5 to 92.5
        ("约31家", "良或中", "[8.5,10.5]", "[19.5,21.5]"),  # 30 to 32: 79.5 to 81.5
    ],
)
def test_rating_and_what_is_between_it_and_the_next(project, actual, rating, better, worse):
    card = card_of(project, f"产出指标,≥,50,家,50,,{actual}", *FULL[1:])
    distances = [distance and distance.bounds for distance in (card.to_better, card.to_worse)]
    assert [card.rating, *distances] == [rating, better and between(better), worse and between(worse)]


def test_deductions_from_the_most_and_the_lines_that_decide(project):
    card = card_of(project, "产出指标,≥,50,家,50,,40家", "效益指标,≥,10,人,30,,9人", FULL[2])  # 9.5 + 40 + 27 + 10
    assert [line.level3 for line in card.deductions] == ["指标1", "指标2", "预算执行率"]
    assert [line.lost.value for line in card.deductions] == [10, 3, Fraction("0.5")]
    assert (card.rating, [line.level3 for line in card.decisive]) == ("良", ["指标1"])  # 96.5; 89.5; 87


FINDINGS = [
    ("target_deviation", "≥,50,家,50,,61家", {}),
    ("target_deviation", "≥,50,家,50,,39家", {}),
    ("target_deviation", "≥,50,家,50,,60余家", {}),  # 61 at least
    ("comparator_direction", "≤,4025,人,50,mutual_aid.members,", {"mutual_aid.members": "4025人"}),
    ("comparator_direction", "≥,24,小时,50,vouchers.hours,", {"vouchers.hours": "24小时"}),
    ("actual_repeats_measure", "≥,50,家,50,union.units,50家", {"union.units": "50家"}),
    ("comparator_blank", ",50,家,50,,50家", {}),
]
SILENT = [
    ("comparator_blank", "≥,50,家,50,,50家", {}),
    ("target_deviation", "≥,50,家,50,,60家", {}),
    ("target_deviation", "≥,50,家,50,,40家", {}),
    ("target_deviation", "≥,50,家,50,,约60家", {}),  # may be 60
    ("target_deviation", "≤,4.5,万元,50,,2万元", {}),  # a ceiling that is kept
    ("target_deviation", "≥,50,家,50,,39家,汛期延误", {}),
    ("comparator_direction", "≥,4025,人,50,mutual_aid.members,", {"mutual_aid.members": "4025人"}),
    ("actual_repeats_measure", "≥,50,家,50,union.units,", {"union.units": "50家"}),
]


@pytest.mark.parametrize(("check", "row", "known"), FINDINGS)
def test_finding_fires(project, check, row, known):
    (found,) = card_of(project, f"产出指标,{row}", *FULL[1:], known=known).findings
    assert (found.check, found.section, found.locators) == (check, "scorecard", ("自评表 指标1",))
    assert "指标1" in found.message


def test_execution_rate_is_never_typed(project):
    (found,) = card_of(project, *FULL, "预算执行率/预算执行率,,,,10,,100%").findings
    assert (found.check, found.locators) == ("actual_repeats_measure", ("自评表 预算执行率",))


@pytest.mark.parametrize(("check", "row", "known"), SILENT)
def test_finding_is_silent(project, check, row, known):
    assert not card_of(project, f"产出指标,{row}", *FULL[1:], known=known).findings


@pytest.mark.parametrize(
    ("amounts", "checks"),
    [
        (("1342.49万元", "1342.49万元"), ["all_full_marks"]),
        (("1342.49万元", "1343万元"), ["all_full_marks", "execution_over"]),
        (("2655.87万元", "2655.8734万元"), ["all_full_marks"]),
        (RATE, []),
        (("约100万元", "约100万元"), []),
    ],
)
def test_suspicious_sheets(project, amounts, checks):
    assert [found.check for found in card_of(project, *FULL, amounts=amounts).findings] == checks


def test_projects_have_national_sheets_of_their_own(project):
    rows = "产出指标,≥,50,家,50,,50家", "效益指标,≥,10,人,40,,10人"
    known = budget(("300万元", "240万元"), "送温暖")
    book = book_of(project, *rows, of="送温暖", sheet="hunan", known=known)
    card = scores.scorecard(book, "送温暖")
    assert scores.projects(book) == ["送温暖"] and scores.scorecard(book) is None
    assert (card.total.value, card.execution.shown) == (98, "80%")  # Hunan's sheet has no place for these rows
    assert [card.head[name][0].shown for name in ("预算数", "全年执行数")] == ["300万元", "240万元"]
    recorded = card.record(book)
    assert recorded.lines[1].score.name == "score.送温暖.指标1" and recorded.total is book.known["score.送温暖.total"]


def test_recorded_scores_are_metrics_that_can_be_read_back(project):
    book = book_of(project, *FULL, known=budget())
    card = scores.scorecard(book).record(book)
    rest = ["score.total", "score.execution", "score.to_worse"]
    assert [*book.metrics] == [*(f"score.{line.level3}" for line in card.lines), *rest]
    assert (card.total.value, card.rating) == (Fraction("99.5"), "优")
    again = Chapter("90_summary", book.edition)
    again.known = {name: figure(name, token) for name, token in budget().items()}
    again.load([], book.made())
    assert again.known["score.total"].shown == card.total.shown == "99.5分"
    assert again.known["score.指标1"].inputs == {}


@pytest.mark.parametrize(
    ("level1", "comparator", "target", "sign"),
    [
        ("产出指标", "", "50", "≥"),
        ("成本指标", "", "50", "≤"),
        ("效益指标", "", "0", "≤"),
        ("效益指标", "", "0.5", "≥"),
        ("产出指标", "=", "50", "="),
        ("效益指标", "", "更好", ""),
    ],
)
def test_number_without_a_sign_is_a_least_and_of_costs_a_most(level1, comparator, target, sign):
    row = {"level1": level1, "level2": "", "comparator": comparator, "target": target}
    assert targets.sign(row) == sign


def test_nothing_promised_is_kept_by_nothing_and_asks_nothing(project):
    row = "产出指标,,0,起,50,,{}"
    card, other = (card_of(project, row.format(actual), *FULL[1:]) for actual in ("0起", "1起"))
    assert [line.score.value for one in (card, other) for line in one.lines if line.level3 == "指标1"] == [50, 0]
    assert [found.check for found in card.findings] == ["comparator_blank"]


def test_no_targets_no_score(project):
    book = Chapter("07_scorecard", Edition.find("zhengxiang", 2020, project))
    assert scores.scorecard(book) is None and scores.projects(book) == []


BAD = [
    ("产出指标,>,50,家,50,,50家", "不认识的 >"),
    ("产出指标,,,,50,,达成", "空白"),
    ("产出指标,,50余,家,50,,50家", "不是一个确定的"),
    ("产出指标,≥,许多,家,50,,50家", "“≥许多家”"),
    ("产出指标,≥,约50,家,50,,50家", "不是一个确定的"),
    ("产出指标,≤,-5,%,50,,-3%", "不小于零"),
    ("产出指标,≥,2020-09-30,,50,,2020-09-18", "时限只能用 ≤ 或留空"),
    ("产出指标,,13月前,,50,,2020-09-18", "“13月前”"),
    ("产出指标,,9月前,,50,,九月", "完成日期“九月”"),
    ("产出指标,,更满意,,50,,很好", "达成、部分达成、未达成"),
    ("产出指标,,更满意,,50,,部分达成 80%", "部分达成 80%"),
    ("产出指标,,更满意,,50,,40分", "实际完成情况“40分”"),
    ("产出指标,,更满意,,50,union.units,", "实际完成情况写在 actual"),
    ("产出指标,≥,50,家,50,,若干", "actual 若干"),
    ("产出指标,≥,50,家,50,,50人", "单位“人”；应为单位“家”"),
    ("产出指标,≥,50,,50,,50%", "单位“%”；应为单位“无”"),
    ("产出指标,≥,50,人,50,union.units,", "单位“家”；应为单位“人”"),
    ("产出指标,≥,50,家,50,union.unit,", "measure union.unit"),
    ("产出指标,≥,50,家,零,,50家", "weight 零"),
    ("产出指标,≥,50,家,0,,50家", "weight 0；"),
    ("产出,≥,50,家,50,,50家", "产出，指标1；应为一级指标 产出指标、效益指标、成本指标、满意度指标"),
]


@pytest.mark.parametrize(("row", "told"), BAD)
def test_bad_row_is_told_with_its_line(project, row, told):
    with pytest.raises(InputError, match=r"targets.csv 第\d行") as error:
        card_of(project, row, *FULL[1:], known={"union.units": "50家"})
    assert told in str(error.value)


def test_weights_must_add_up_to_those_of_the_sheet(project):
    with pytest.raises(InputError, match=r"targets.csv：现为产出指标分值合计40分；应为50分"):
        card_of(project, "产出指标,≥,50,家,40,,50家", *FULL[1:])


@pytest.mark.parametrize("actual", ["9分", "-1分", "x分"])
def test_points_awarded_stay_within_the_weight(project, actual):
    with pytest.raises(InputError, match="评分"):
        card_of(project, f"/管理制度健全性,,,,,,{actual}", sheet="hunan")


def test_measure_of_the_sheet_is_not_replaced(project):
    with pytest.raises(InputError, match=r"应为空白（评分表用 staff.control_rate）"):
        card_of(project, "/在职人员控制率,,,,,union.units,", sheet="hunan")


def test_line_without_a_row_says_nothing_of_one(project):
    line = next(
        line for line in card_of(project, "/管理制度健全性,,,,,,8分", sheet="hunan").lines if line.level3 == "行政效能"
    )
    assert line.score.missing and not line.score.caveat and "targets.csv" not in line.score.formula


def test_rate_needs_its_percent_sign(project):
    with pytest.raises(InputError, match="应为单位“%”"):
        card_of(project, "/社会公众或服务对象满意度,,,,,,92", sheet="hunan")


def test_unknown_sheet_lists_those_there_are(project):
    with pytest.raises(
        InputError,
        match=r"source.yml：现为sheet: hubei；应为county、hunan、hunan13、hunan15、hunan16、national、national2021 之一",
    ):
        card_of(project, *FULL, sheet="hubei")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("execution,", "executed,", "第2行：现为rule executed"),
        (",50,targets", ",五十,targets", "第3行"),
        (",50,targets", ",60,targets", "分值合计不是一百分"),
        ("deviation,,20%", "deviation,,", "deviation 缺 base"),
        (",,,,rating", ",,,,cap", "缺规则 rating"),
        ("80%=达成", "80%", "第11行"),
    ],
)
def test_bad_sheet_is_told(project, old, new, told):
    path = project / "data/sheets/national.csv"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(InputError, match=told):
        card_of(project, *FULL)


def test_rule_is_a_function(project):
    """Two rules that no other file knows, of a number and of what is printed, and a sheet that names them."""
    text = (project / "data/sheets/hunan.csv").read_text("utf-8")
    text = text.replace("5,over,staff.control_rate,100%,1%,0.5", "5,halved,staff.control_rate,100%,,")
    text = text.replace("管理制度健全性,8,awarded", "管理制度健全性,8,witnessed")
    path = project / "data/sheets/halved.csv"
    path.write_text(text, "utf-8")

    def scores_of(rate: str, seen: str) -> list[Bounds]:
        known = {"staff.control_rate": rate}
        card = card_of(project, f"/管理制度健全性,,,,,,{seen}", sheet="halved", known=known)
        return [scored(card, "在职人员控制率"), scored(card, "管理制度健全性")]

    with patch.dict(rules.KINDS):

        @rules.rule("halved")
        def halved(base, weight):
            return lambda end: (weight / 2 if end > (base, 0) else weight, 0), [base]

        @rules.rule("witnessed")
        def witnessed(actual, weight):
            if actual != "有":
                raise rules.Unread(f"“{actual}”", "有")
            return exactly(weight), weight

        assert scores_of("99%", "有") == [between("[5,5]"), between("[8,8]")]
        assert scores_of("101%", "") == [between("[2.5,2.5]"), None]
        assert scores_of("约100%", "有")[0] == between("[2.5,5]")
        with pytest.raises(InputError, match=r"targets.csv 第2行：现为“无”；应为有。请改正 actual"):
            scores_of("99%", "无")
        path.write_text(text.replace("halved,staff.control_rate,100%", "halved,staff.control_rate,"), "utf-8")
        with pytest.raises(InputError, match="halved 缺 base"):
            scores_of("99%", "有")
    path.write_text(text, "utf-8")
    with pytest.raises(InputError, match="现为rule halved"):
        scores_of("99%", "有")


def test_editions_depend_on_the_sheets(project):
    before = Edition.find("zhengxiang", 2020, project).key
    path = project / "data/sheets/county.csv"
    path.write_text(path.read_text("utf-8").replace("130%", "150%"), "utf-8")
    assert Edition.find("zhengxiang", 2020, project).key != before
