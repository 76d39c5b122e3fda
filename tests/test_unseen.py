"""Score sheets as other provinces' bureaus may print them, in `tests/sheets`: each is data, and each score is computed by hand.

The sheets are made up; what they ask is of the kinds that published sheets ask. None of them needs a line of code.
"""

import shutil
from fractions import Fraction

import pytest
from test_official import book_of, told
from test_scores import figure

from conftest import ROOT
from lib.edition.store import InputError
from lib.score import scorecard, sheet

MONEY = "item,budget,outturn,unit,locator\ntotal,200,184,万元,附件2\n专项,100,80,万元,附件3\n"


def filled(project, name: str, rows: str, known: dict[str, str] | None = None, of: str = "") -> scorecard.Scorecard:
    """The sheet of a unit, or of its project, filled in."""
    for path in (ROOT / "tests/sheets").glob("*.csv"):
        shutil.copy(path, project / "data/sheets")
    rows = "\n".join(of + row for row in rows.strip().splitlines())
    book = book_of(project, MONEY, rows, sheet=name)
    book.edition.source["project_sheet"] = name
    book.known |= {one: figure(one, token) for one, token in (known or {}).items()}
    return sheet.scorecard(book, of.removesuffix("|"))


def points(card: scorecard.Scorecard) -> dict[str, Fraction | None]:
    return {line.level3: line.score.value for line in card.lines}


DECISION = """
,,立项依据,,,,,,①③,
,,绩效目标合理性,,,,,,①②④,
,,资金到位率,,,,,,85%,
,,违规支出,,,,,,{violations},
,,制度执行,,,,,,扣1.5分,
产出,,培训,≥,100,人,6,,{trained},
产出,,单价,≤,50,元/人,4,,60,
效益,,反映,,更好,,10,,基本达到 85%,
"""


@pytest.mark.parametrize(
    ("violations", "trained", "deducted", "output"),
    [("0起", 100, 10, 6), ("1起", 60, 7, Fraction("3.6")), ("2起", 59, 4, 0), ("5", 130, 4, 6)],
)
def test_criteria_of_unequal_points_and_a_deduction_with_a_cap(project, violations, trained, deducted, output):
    """4 + 3; 3 × 2.5; 85 %; 3 points an offence, 6 at most; 20 − 1.5; no procurement: full; 184 of 200 is 92 %: 8; 1 − 10/50 of 4."""
    rows = DECISION.format(violations=violations, trained=trained) + ",,政府采购,,,,,,不适用,\n"
    found = points(filled(project, "decision", rows))
    assert list(found.values())[:3] == [7, Fraction("7.5"), Fraction("8.5")]
    assert (found["违规支出"], found["制度执行"], found["政府采购"], found["预算执行率"]) == (
        deducted,
        Fraction("18.5"),
        10,
        8,
    )
    assert (found["培训"], found["单价"], found["反映"]) == (output, Fraction("3.2"), Fraction("8.5"))


def test_what_a_criterion_or_an_offence_is_not(project):
    for typed, said in ((",,立项依据,,,,,,④,", "评分表所列的3条之内"), (",,违规支出,,,,,,5%,", "单位“起”")):
        with pytest.raises(InputError, match=said):
            filled(project, "decision", f"{typed}\n产出,,甲,≥,1,个,10,,1,\n效益,,乙,≥,1,个,10,,1,")


QUARTERS = """
,,一季度支付进度,,,,,,{0},
,,二季度支付进度,,,,,,{1},
,,三季度支付进度,,,,,,{2},
,,四季度支付进度,,,,,,{3},
,,结转结余率,,,,,,{4},
,,公开时限,,,,,,{5},
,,新增债务,,,,,,{6},
履职,,信访办结,≥,95,%,25,,95%,
履职,,走访,≥,12,次,15,,9次,
"""


@pytest.mark.parametrize(
    ("typed", "rate", "worth"),
    [
        (("25%", "50%", "75%", "90.1%", "4.9%", "20天", "100%"), "95%", "5 5 5 5 10 10 10 10"),
        (("24.1%", "49.9%", "69%", "90%", "5%", "21天", "125%"), "94.9%", "5 4.5 3 3 6 6 8 8"),
        (("24%", "49%", "60%", "80%", "14.9%", "22", "200%"), "110%", "4.5 4.5 0 0 6 3 6 5"),
        (("10%", "48.9%", "59%", "80.1%", "15%", "30天", "1000%"), "120.1%", "0 4 0 3 0 0 0 1"),
    ],
)
def test_quarters_intervals_and_what_lies_on_either_side(project, typed, rate, worth):
    """Steps that are full and that are begun, 按比例得分, open intervals, bands around 100 %, days, inverse proportion."""
    found = points(filled(project, "quarters", QUARTERS.format(*typed), {"budget.total.execution_rate": rate}))
    order = [
        "一季度支付进度",
        "二季度支付进度",
        "三季度支付进度",
        "四季度支付进度",
        "预算编制偏离",
        "结转结余率",
        "公开时限",
        "新增债务",
    ]
    assert [found[name] for name in order] == [Fraction(one) for one in worth.split()]
    assert (found["信访办结"], found["走访"]) == (25, Fraction("11.25"))


BONUS = ",,配置乙法,,,,,,18分,\n,,任务完成比例,,,,,,{0},\n,,满意度得分,,,,,,{1},"


@pytest.mark.parametrize(
    ("done", "satisfied", "more", "total", "rating"),
    [
        ("26/26", "90分", "", 98, "优"),
        ("26/26", "90分", ",,受上级表彰,,,,,,2次,", 100, "优"),  # 102, at most 100
        ("13/26", "89.9分", ",,受上级表彰,,,,,,1次,\n,,审计问题,,,,,,3个,-6", 64, "中"),  # 18 + 20 + 30 + 2 − 6
        ("13/26", "60分", ",,审计问题,,,,,,9个,-10", 38, "差"),  # 10 points off at most
        ("13/26", "60分", ",,审计问题,,,,,,0个,\n,,创新做法,,,,,,3分,3", 51, "差"),
    ],
)
def test_points_beside_the_hundred(project, done, satisfied, more, total, rating):
    card = filled(project, "bonus", f"{BONUS.format(done, satisfied)}\n{more}")
    assert (card.total.value, card.rating) == (total, rating)
    assert card.lines[0].weight.value == 0 and card.lines[1].weight.value == 20 and not told(card, "printed_score")
    docked = [line.lost.value for line in card.deductions if line.level3 == "审计问题"]
    assert docked == [6] * ("3个" in more) + [10] * ("9个" in more)
    assert "受上级表彰" not in [line.level3 for line in card.deductions]


COSTED = """
产出指标,,甲,≥,100,户,40,,{0},
成本指标,,单价,≤,200,元/户,15,,{1},
成本指标,,总价,=,20,万元,15,,21,
效益指标,,乙,,更好,,20,,达成预期指标,
"""


@pytest.mark.parametrize(("made", "price", "worth"), [("100户", 200, "6 40 15 15 20"), ("99户", 220, "6 0 13.5 15 20")])
def test_sheet_of_projects_with_cost(project, made, price, worth):
    """80 of 100 is 80 %: 6 of 10 from 50 % up; all or nothing; 1 − 20/200; more than `=` is no fault; no satisfaction, weights their own."""
    card = filled(project, "costed", COSTED.format(made, price), of="专项|")
    assert [line.score.value for line in card.lines] == [Fraction(one) for one in worth.split()]
    rates = [[getattr(one, "shown", one) for one in column] for column in card.head.values()]
    assert rates[-3:] == [["10分"], ["80%"], ["6分"]]


def test_weights_that_are_only_suggested_and_rows_of_ones_own(project):
    """−0.5 for one whole point over; 5.1 % off are two steps begun; 1 − 2 × 10 %; 92 % lifts no cap."""
    rows = """
,,在职人员控制率,,,,4,,,
过程,,一季度巡查,≥,3,次,8,,2,
过程,,二季度巡查,≥,3,次,23,,3,
产出,,建档,=,100,%,30,,100%,
效果,,群众反映,,,,20,,17分,17
"""
    known = {"staff.control_rate": "101.9%", "budget.public.execution_rate": "94.9%", "budget.adjustment_rate": "10%"}
    card = filled(project, "county2", rows, known)
    assert [line.score.value for line in card.lines] == [Fraction("3.5"), 3, 8, Fraction(16, 3), 23, 30, 17]
    assert card.total.shown == "89.83分" and card.rating == "良"
    assert [one for one in told(card, "weights_suggested") if "过程31分，评分表为30分" in one]
