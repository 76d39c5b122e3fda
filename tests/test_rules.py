"""Rules of score sheets: exact ranges over bounds, with open ends taken from inside."""

from datetime import date
from fractions import Fraction
from math import inf
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_official import book_of, told

from conftest import ROOT
from lib.edition.edition import Edition
from lib.edition.store import InputError, read_table
from lib.numbers import notation
from lib.numbers.bounds import Bounds
from lib.numbers.quantity import Quantity
from lib.score import rules, scales, scorecard, sheet


def between(text: str) -> Bounds:
    low, high = (float(end) if "inf" in end else Fraction(end.strip()) for end in text[1:-1].split(","))
    return Bounds(low, high, text[0] == "[", text[-1] == "]")


OVER = scales.steps("over", Fraction(1), Fraction(1, 100), Fraction(1, 2), Fraction(5), Fraction(0))
SHORT = scales.steps("short", Fraction(1), Fraction(5, 100), Fraction(2), Fraction(5), Fraction(0))
OFF = scales.steps("off", Fraction(1), Fraction(5, 100), Fraction(2), Fraction(6), Fraction(0))
FROM_BELOW = rules.bands("0%=5;10%=4;20%=3;30%=2")
FROM_ABOVE = rules.bands("90%=6;80%=4;70%=2")
BELOW, ABOVE = scales.graded("at_most", FROM_BELOW), scales.graded("at_least", FROM_ABOVE)
LEAST, MOST, SAME = ((scales.target(sign, Fraction(100), Fraction(10)), [100]) for sign in "≥≤=")
NO_MORE = scales.target("≤", Fraction(0), Fraction(10)), [0]
ASKED = {"≥": Mock(base=Fraction(0)), "overshoot": Mock(base=Fraction(13, 10), points=Fraction(2))}
DOCKED = scales.compared("≥", notation.read("100"), ASKED, Fraction(10))

RANGES = [
    # −0.5 per whole point over 100 %
    (OVER, "[1,1]", "[5,5]"),
    (OVER, "[0.5,0.5]", "[5,5]"),
    (OVER, "[1.0099,1.0099]", "[5,5]"),  # not a whole step yet
    (OVER, "[1.01,1.01]", "[4.5,4.5]"),
    (OVER, "[1,1.01]", "[4.5,5]"),
    (OVER, "[1,1.01)", "[5,5]"),  # the step itself is not reached
    (OVER, "(1.01,1.02)", "[4.5,4.5]"),
    (OVER, "[0.9,1.035]", "[3.5,5]"),
    (OVER, "[1.2,1.2]", "[0,0]"),  # never below nothing
    (OVER, "[1,inf)", "[0,5]"),
    # −2 per whole 5 % short of 100 %
    (SHORT, "[0.95,0.95]", "[3,3]"),
    (SHORT, "(0.95,1]", "[5,5]"),
    (SHORT, "[0.9,0.96)", "[1,5]"),
    (SHORT, "[0.5,0.5]", "[0,0]"),
    (SHORT, "[1.2,1.2]", "[5,5]"),
    # −2 per whole 5 % off 100 %: not monotone, full marks inside
    (OFF, "[0.9,1.1]", "[2,6]"),
    (OFF, "(0.9,1.1)", "[4,6]"),
    (OFF, "[1.05,1.05]", "[4,4]"),
    (OFF, "[0.95,0.95]", "[4,4]"),
    (OFF, "[0.8,0.9)", "[0,2]"),
    (OFF, "(1.05,1.1)", "[4,4]"),
    # bands from below and from above
    (BELOW, "[0,0]", "[5,5]"),
    (BELOW, "[-0.1,-0.1]", "[5,5]"),
    (BELOW, "(0,0.1]", "[4,4]"),
    (BELOW, "[0.2,0.2]", "[3,3]"),
    (BELOW, "[0.25,0.31]", "[0,2]"),
    (BELOW, "(0.3,inf)", "[0,0]"),
    (ABOVE, "[0.9,0.9]", "[6,6]"),
    (ABOVE, "[0.8,0.9)", "[4,4]"),
    (ABOVE, "[0.69,0.9]", "[0,6]"),
    (ABOVE, "[0.7,0.7]", "[2,2]"),
    # targets of 100 for 10 points
    (LEAST, "[100,100]", "[10,10]"),
    (LEAST, "[85,85]", "[8.5,8.5]"),
    (LEAST, "[90,100)", "[9,10)"),
    (LEAST, "(90,120)", "(9,10]"),
    (LEAST, "(120,inf)", "[10,10]"),
    (LEAST, "[-5,-5]", "[0,0]"),
    (MOST, "[80,80]", "[10,10]"),
    (MOST, "[125,125]", "[8,8]"),
    (MOST, "(100,125)", "(8,10)"),
    (MOST, "(125,inf)", "(0,8)"),
    (MOST, "[0,0]", "[10,10]"),
    (SAME, "[100,100]", "[10,10]"),
    (SAME, "[80,80]", "[8,8]"),
    (SAME, "[125,125]", "[8,8]"),
    (SAME, "[90,110)", "[9,10]"),
    (SAME, "(80,100)", "(8,10)"),
    (SAME, "(100,125]", "[8,10)"),
    (NO_MORE, "[0,0]", "[10,10]"),
    (NO_MORE, "(0,3)", "[0,0]"),
    (NO_MORE, "[0,3)", "[0,10]"),
    # more than 130 % of the target: −2
    (DOCKED, "[130,130]", "[8,8]"),
    (DOCKED, "[120,130)", "[10,10]"),
    (DOCKED, "[70,140]", "[7,10]"),
    (DOCKED, "(130,inf)", "[8,8]"),
]


@pytest.mark.parametrize(("rule", "actual", "scored"), RANGES)
def test_range_of_a_score(rule, actual, scored):
    assert rules.score(*rule, between(actual), None)[0] == between(scored)


@pytest.mark.parametrize(
    ("rule", "actual", "value", "nominal"),
    [
        (BELOW, "(0.1,inf)", "0.11", "3"),  # more than 10 % is never in the band of 10 %
        (LEAST, "[90,100)", "99", "9.9"),
        (OVER, "[1,1.02]", "1.01", "4.5"),
        (OFF, "[0.9,1)", "0.99", "6"),
    ],
)
def test_nominal_score_lies_in_the_range(rule, actual, value, nominal):
    scored, given = rules.score(*rule, between(actual), Fraction(value))
    assert given == Fraction(nominal) and given in scored


def test_one_sided_actual_has_a_score_where_both_ends_agree():
    assert rules.score(*LEAST, between("[100,inf)"), None) == (between("[10,10]"), 10)
    assert rules.score(*LEAST, between("[99,inf)"), None) == (between("[9.9,10]"), None)


HUNDREDTHS = st.integers(0, 300).map(lambda n: Fraction(n, 200))


@given(
    st.sampled_from([OVER, SHORT, OFF, BELOW, ABOVE]), HUNDREDTHS, HUNDREDTHS, HUNDREDTHS, st.booleans(), st.booleans()
)
def test_no_actual_inside_scores_outside(rule, one, other, inside, low_closed, high_closed):
    low, high = sorted((one, other))
    bounds = Bounds(low, high, low_closed or low == high, high_closed or low == high)
    scored, _ = rules.score(*rule, bounds, None)
    if inside in bounds:
        assert rule[0]((inside, 0))[0] in scored


def test_infinite_ends_stay_exact():
    assert isinstance(rules.score(*MOST, Bounds(Fraction(1), inf), None)[0].low, Fraction)


# --- every row of data/sheets, on both sides of its edge ------------------------------------------------------------------

SELF_2020, SELF_2021, MANUAL = "财预〔2020〕10号 [S weights, M rules]", "财预〔2021〕101号 [M]", "某地手册2022 [S]"
REVIEW, RATED = "复核惯例", "公开的自评表 [S]"
HUNAN, HUNAN_2017, HUNAN_2018 = "湖南指标表 [S, 通行部分 M]", "某县2017年评分表 [S]", "某市一个单位2018年指标表 [S]"
REFUSED, TOLD, SILENT = "不可", "有", "无"


def edges(sheet: str, source: str, *rows: str) -> dict[tuple[str, str], tuple[str, dict[str, str]]]:
    """(sheet, row) → its source, and what is given with what that is worth: `name: given=worth, …`."""
    found = {}
    for row in rows:
        name, _, cases = row.partition(": ")
        found[sheet, name] = source, dict(case.rsplit("=", 1) for case in cases.split(", "))
    return found


SELF = (
    "预算执行率: 100%=10, 99%=9.9, 101%=10",
    "产出指标: 50=可, 49=不可",
    "效益指标: 30=可, 29=不可",
    "成本指标: =可, 5=不可",
)
EDGES = (
    edges("national", SELF_2020, *SELF, "满意度指标: 10=可, 9=不可")
    | edges("county", SELF_2020, *SELF, "满意度指标: 10=可, 9=不可")
    | edges("national2021", SELF_2020, SELF[0])
    | edges(
        "national2021", SELF_2021,
        "产出指标: 40=可, 39=不可", "效益指标: 20=可, 19=不可", "成本指标: 20=可, 21=不可", "满意度指标: 10=可, 11=不可",
    )
    | edges(
        "national", SELF_2020,
        "≥: 100=10, 99=9.9", "≤: 100=10, 125=8", "=: 100=10, 99=9.9, 125=8", "date: 2020-09-30=10, 2020-10-01=0",
        "grades: 达成预期指标=10, 达成 80%=8, 达成 79.9%=不可, 部分达成 80%=不可, 部分达成 79.9%=7.99, 部分达成 60%=6, 部分达成 59.9%=不可, 未达成 59.9%=5.99, 未达成 60%=不可",
    )
    | edges("national", REVIEW, "deviation: 120=无, 120.1=有, 80=无, 79.9=有", "low: 300=有, 299.9=无")
    | edges("national", RATED, "rating: 90=优, 89.99=良, 80=良, 79.99=中, 60=中, 59.99=差")
    | edges(
        "county", MANUAL,
        "overshoot: 129.9=10, 130=8", "cap: 80%=100, 79.9%=89, 70%=89, 69.9%=79, 60%=79, 59.9%=69, 50%=69, 49.9%=59",
    )
    | edges(
        "hunan", HUNAN,
        "在职人员控制率: 100%=5, 100.9%=5, 101%=4.5", "三公经费变动率: 0%=5, 0.9%=5, 1%=4.5",
        "预算完成率: 100%=5, 95.1%=5, 95%=3", "预算控制率: 0%=5, 0.1%=4, 10%=4, 10.1%=3, 20%=3, 20.1%=2, 30%=2, 30.1%=0",
        "新建楼堂馆所面积控制率: 104.9%=5, 105%=3, 不适用=5", "新建楼堂馆所投资概算控制率: 104.9%=5, 105%=3, 不适用=5",
        "公用经费控制率: 100.9%=8, 101%=7", "三公经费控制率: 100.9%=7, 101%=6",
        "政府采购执行率: 100%=6, 95.1%=6, 95%=4, 104.9%=6, 105%=4",
        "管理制度健全性: 8分=8, 8.1分=不可", "资金使用合规性: 6分=6, 6.1分=不可", "预决算信息公开性: 5分=5, 5.1分=不可",
        "重点工作实际完成率: 8分=8, 8.1分=不可", "经济效益和社会效益: 10分=10, 10.1分=不可", "行政效能: 6分=6, 6.1分=不可",
        "社会公众或服务对象满意度: 90%=6, 89.9%=4, 80%=4, 79.9%=2, 70%=2, 69.9%=0",
    )
    | edges(
        "hunan13", "公开的指标表 [投入 S]",
        "在职人员控制率: 100.9%=5, 101%=4.5", "三公经费变动率: 0.9%=8, 1%=7.2", "过程: 60=可, 59=不可", "产出及效率: 27=可, 28=不可",
    )
    | edges(
        "hunan15", HUNAN_2017,
        "在职人员控制率: 100%=5, 125%=4, 99%=5", "三公经费变动率: 5分=5, 5.1分=不可", "重点支出安排率: 5分=5, 5.1分=不可",
        "投入: 5=可, 4=不可", "过程: 50=可, 51=不可", "产出及效率: 30=可, 29=不可",
    )
    | edges(
        "hunan16", HUNAN_2018,
        "在职人员控制率: 100.9%=8, 101%=7.5", "三公经费变动率: 0.9%=8, 1%=7.2", "预算完成率: 95.1%=8, 95%=6",
        "预算控制率: 0%=8, 0.1%=6, 10%=6, 10.1%=4, 20%=4, 20.1%=2, 30%=2, 30.1%=0",
        "过程: 42=可, 41=不可", "产出及效率: 26=可, 27=不可",
    )
)  # fmt: skip


def asked(name: str) -> dict[str, rules.Rule]:
    """The rows of a sheet by what they are called here: level 3 or 1, or the rule of the whole sheet."""
    return {one.level3 or one.level1 or one.rule: one for one in sheet.sheet(Edition("zhengxiang", 2020, ROOT), name)}


def fitted(project, name: str, level1: str, weight: str) -> str:
    """Whether a level of the sheet takes targets of this weight, all others having their own."""
    given = {one.level1: one.weight for one in asked(name).values() if one.rule in rules.MANY}
    given = {one: Fraction(weight or 0) if one == level1 else worth for one, worth in given.items()}
    rows = "\n".join(f"{one},,{one}甲,,做好,,{float(worth):g},,达成预期指标," for one, worth in given.items() if worth)
    try:
        sheet.placed(book_of(project, "item,budget,outturn,unit,locator", rows, name))
    except InputError as error:
        assert "分值合计" in str(error)
        return REFUSED
    return "可"


def found(project, name: str, check: str, actual: str) -> str:
    """Whether a target of 100 is asked about."""
    rows = f"产出指标,,甲,≥,100,个,50,,{actual},\n效益指标,,乙,≥,1,个,40,,1,"
    card = sheet.scorecard(book_of(project, "item,budget,outturn,unit,locator", rows, name))
    return TOLD if told(card, check) else SILENT


def summed(name: str, total: Fraction, rate: Fraction) -> scorecard.Scorecard:
    """A card with this total and this execution rate."""
    general = {rule: one for rule, one in asked(name).items() if not rules.KINDS[one.rule].weighs}
    line = scorecard.Line(
        "甲",
        "",
        "",
        "甲",
        "",
        "",
        rules.points("", Fraction(100)),
        rules.points("", total),
        "",
        "",
        "",
        "",
        Quantity(None),
    )
    return scorecard.Scorecard("", (line,), Quantity.constant(rate), general, {}, {}, Quantity(None))


def worth(name: str, rule: rules.Rule, given: str) -> str:
    """What a row gives, as a number of points, for what is typed."""
    kind, weight, target = rules.KINDS[rule.rule], rule.weight or Fraction(10), notation.read("100")
    if given == "不适用":
        return str(rule.weight) if rule.absent == "full" else ""
    general = {one.rule.partition(" ")[0]: one for one in asked(name).values()}
    aim = date(2020, 9, 30) if rule.rule == "date" else target
    case = {"weight": weight, "sheet": general, "aim": aim}
    number = None if kind.printed else notation.read(given)
    actual = given if number is None else Quantity(number.bounds, number.value)
    try:
        bounds, value = rule.worth(actual, **case)
    except rules.Unread:
        return REFUSED
    assert bounds.exact
    return f"{float(value):g}"


@pytest.mark.parametrize(("name", "row"), EDGES)
def test_rule_fires_on_both_sides_of_its_edge(project, name, row):
    source, cases = EDGES[name, row]
    rule, results = asked(name)[row], {}
    for typed in cases:
        if rule.rule in rules.MANY:
            results[typed] = fitted(project, name, rule.level1, typed)
        elif rule.rule in ("deviation", "low"):
            results[typed] = found(project, name, {"deviation": "target_deviation", "low": "low_target"}[row], typed)
        elif rule.rule == "rating":
            results[typed] = summed(name, Fraction(typed), Fraction(1)).rating
        elif rule.rule == "cap":
            results[typed] = f"{float(summed(name, Fraction(100), rules.number(typed)).total.value):g}"
        else:
            results[typed] = worth(name, asked(name)["≥"] if row == "overshoot" else rule, typed)
    assert results == cases, source
    assert len({*results.values()}) > 1, "one side of an edge is none"


def test_every_row_of_every_sheet_has_such_a_case():
    rows = {
        (path.stem, row["level3"] or row["level1"] or row["rule"])
        for path in ROOT.glob("data/sheets/*.csv")
        for row in read_table(path, sheet.SHEET, more=sheet.MORE)
    }
    assert rows == EDGES.keys()
