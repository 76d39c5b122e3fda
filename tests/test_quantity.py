"""Quantities: bounds, units, scopes and lineage that go through arithmetic together."""

from __future__ import annotations

import operator
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.numbers.bounds import MOST_CORNERS, Bounds
from lib.numbers.notation import read
from lib.numbers.quantity import Quantity, QuantityError, Unit, ranked


def figure(name: str, printed: str, scope: str = "") -> Quantity:
    """A figure called as printed; nothing printed is missing."""
    about = {"label": name, "scope": frozenset(filter(None, [scope]))}
    if not printed:
        return Quantity.figure(name, None, None, "人", **about)
    reading = read(printed)
    return Quantity.figure(name, reading.bounds, reading.value, reading.unit, wording=reading.text, **about)


premium, payout, members = figure("缴费", "30.04万元"), figure("支付", "26万余元"), figure("参保", "4025人")
units, absent = figure("单位", "117家"), figure("缺项", "")
cap, vouchers = figure("上限", "不超过300元/人"), figure("消费券", "101万元")


def number(name: str, low: int, high: int, value: int | None = None) -> Quantity:
    bounds = Bounds(Fraction(low), Fraction(high))
    return Quantity.figure(name, bounds, Fraction(low if value is None else value), "", label=name)


# --- the metrics of the reports ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("computed", "shown", "formula", "unit"),
    [
        (premium / members, "74.63元", "缴费 ÷ 参保", "元/人"),
        (payout / premium, "86.5%—89.9%", "支付 ÷ 缴费", ""),
        (premium - payout, "3.04万—4.04万元", "缴费 − 支付", "元"),
        (vouchers / cap, "不低于3367人", "消费券 ÷ 上限", "人"),
        (figure("区级", "2.5万余元") + figure("基层", "10万余元"), "12.5万—13.6万元", "区级 + 基层", "元"),
        (sum([premium, payout]), "56.04万—57.04万元", "缴费 + 支付", "元"),
        (payout, "26万余元", "", "元"),
    ],
)
def test_metrics_read_as_the_report_prints_them(computed, shown, formula, unit):
    assert (computed.shown, computed.formula, str(computed.unit)) == (shown, formula, unit)


def test_inputs_are_gathered_once_and_in_order():
    total = premium.named("total", "合计") + payout * members / members
    assert tuple(total.inputs) == ("缴费", "支付", "参保")


def test_a_named_metric_is_called_by_its_label():
    per_member = (premium / members).named("aid.per_member", "人均缴费")
    assert (per_member.formula, (per_member * 2).formula) == ("缴费 ÷ 参保", "人均缴费 × 2")


@pytest.mark.parametrize(
    ("compute", "formula"),
    [
        (lambda a, b, c: a + b - c, "a + b − c"),
        (lambda a, b, c: a - (b + c), "a − （b + c）"),
        (lambda a, b, c: a - (b - c), "a − （b − c）"),
        (lambda a, b, c: a + (b - c), "a + b − c"),
        (lambda a, b, c: a + b / c, "a + b ÷ c"),
        (lambda a, b, c: (a + b) / c, "（a + b） ÷ c"),
        (lambda a, b, c: a / (b / c), "a ÷ （b ÷ c）"),
        (lambda a, b, c: a / b / c, "a ÷ b ÷ c"),
        (lambda a, b, c: a * (b / c), "a × b ÷ c"),
        (lambda a, b, c: a / (b * c), "a ÷ （b × c）"),
        (lambda a, b, c: (1 - a) * 100, "（1 − a） × 100"),
        (lambda a, b, c: 1 / (1 + b / a), "1 ÷ （1 + b ÷ a）"),
        (lambda a, b, c: a * 0.05, "a × 0.05"),
        (lambda a, b, c: a / Fraction(1, 3), "a ÷ （1 ÷ 3）"),
    ],
)
def test_formulas_have_the_brackets_they_need(compute, formula):
    assert compute(number("a", 1, 2), number("b", 3, 4), number("c", 5, 6)).formula == formula


def test_decimals_of_a_formula_are_taken_as_written():
    assert (premium * 0.1).value == 30040


# --- units ------------------------------------------------------------------------------------------------------------


def test_units_go_through_arithmetic():
    assert str((premium / members).unit) == "元/人"
    assert str((premium / members * members).unit) == "元"
    assert (members / members).unit == Unit() == Unit.parse("%")
    assert str((premium / members / units).unit) == "元/人/家"


@pytest.mark.parametrize("compute", [operator.add, operator.sub, operator.gt, operator.le])
def test_different_units_do_not_add_up_or_compare(compute):
    with pytest.raises(QuantityError, match=r"缴费.*参保.*单位不同（元、人）"):
        compute(premium, members)


def test_a_plain_0_has_any_unit():
    assert premium > 0 and not premium < 0
    assert (premium + 0).shown == (0 + premium).shown == premium.shown
    with pytest.raises(QuantityError):
        premium > 100  # noqa: B015


def test_a_share_of_other_units_is_a_ratio_with_its_caveat():
    share = members.share_of(units, "按一家一人计")
    assert (share.unit, share.caveat) == (Unit(), "按一家一人计")


# --- scopes -----------------------------------------------------------------------------------------------------------


def test_a_ratio_across_scopes_needs_a_caveat_which_travels():
    new, recorded = figure("新增", "2480人", "本年"), figure("录入", "10900人", "历年")
    with pytest.raises(QuantityError, match="新增 ÷ 录入：口径不同（本年；历年）"):
        new / recorded
    share = new.over(recorded, "口径不同")
    assert share.caveat == "口径不同"
    assert (1 - share.named("x", "占比") * 2).caveat == "口径不同"
    assert (share - new.over(recorded, "另注")).caveat == "口径不同；另注"
    assert not (new / figure("农民工", "35人", "本年")).caveat
    with pytest.raises(QuantityError, match="历年、本年"):
        new / (new + recorded)


# --- what is missing, what is one-sided -------------------------------------------------------------------------------


def test_what_rests_on_a_missing_figure_is_missing():
    ratio = members / absent
    assert (ratio.missing, ratio.value, ratio.shown, ratio.described) == (True, None, "未提供", "未提供")
    assert tuple(ratio.inputs) == ("参保", "缺项")
    assert ((absent > members).certainly, (absent > members).possibly) == (False, True)
    assert [quantity.label for quantity in ranked(absent, units, members)] == ["参保", "单位", "缺项"]


def test_a_one_sided_result_has_no_nominal_value():
    people = vouchers / cap
    assert (people.value, people.bounds.finite, people.bounds.low_closed) == (None, False, True)
    assert (people * 2).value is None
    assert (1 / people).bounds.finite and (1 / people).value is None


NONE = number("受助人数", 0, 0)


@pytest.mark.parametrize(
    ("divisor", "why"),
    [
        (NONE, "受助人数为零"),
        (number("受助人数", 0, 5), "受助人数可能为零"),
        (number("z", -1, 1), "z可能为零"),
        (number("z", 3, 3) - number("y", 3, 4), "z − y可能为零"),
        (0, "除数为零"),
    ],
)
@pytest.mark.parametrize("part", [number("a", 1, 2), NONE])
def test_dividing_by_what_may_be_0_is_missing_and_says_why(part, divisor, why):
    for computed in (part / divisor, part / divisor * 2, 1 - (part / divisor).named("x", "人均")):
        assert (computed.missing, computed.value, computed.told) == (True, None, True)
        assert (computed.shown, computed.described) == (f"无从计算（{why}）",) * 2
        assert computed.caveat == f"{why}，无从计算"
    assert set((part / divisor).inputs) >= set(part.inputs)


def test_dividing_by_0_in_each_of_its_forms_is_missing():
    students = figure("学生", "0人")
    assert (premium / students).missing and str((premium / students).unit) == "元/人"
    assert (premium / figure("学生", "不足5人")).shown == "无从计算（学生可能为零）"
    assert premium.over(students, "另注").caveat == "另注；学生为零，无从计算"
    assert students.share_of(figure("岗位", "0人"), "按一人一岗计").shown == "无从计算（岗位为零）"
    assert (1 / figure("上限", "不超过300元/人")).bounds.high_closed is False  # of what each gets there is some
    assert (1 / members).told and not (1 / members).missing


def test_what_was_not_reported_is_not_said_to_be_0():
    for computed in (absent / NONE, NONE / absent, premium / NONE * absent):
        assert (computed.told, computed.shown) == (False, "未提供")


def test_an_end_of_the_bounds_is_no_nominal_value():
    assert [figure("x", one).value for one in ("50余家", "近2000个", "不超过300元", "约10人", "5人")] == [None] * 3 + [
        10,
        5,
    ]
    above = Quantity.figure("z", Bounds(Fraction(0), Fraction(5), False), None, "")
    assert (above / above).value == 1 and (above / 2).value is None
    assert (figure("x", "约10人") / figure("y", "5人")).value == 2


def test_order_is_by_the_middle_of_the_bounds():
    given = [figure(one, one) for one in ("近100人", "98人", "90余人", "不超过300人", "至少99人")]
    assert [one.label for one in ranked(*given)] == ["不超过300人", "至少99人", "98人", "近100人", "90余人"]


# --- comparison -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right", "certainly", "possibly"),
    [
        ("100余家", "50余家", True, True),
        ("50余家", "100余家", False, False),
        ("50余家", "55家", False, True),
        ("60家", "50余家", True, True),
        ("50家", "50余家", False, False),
        ("近60家", "60家", False, False),
        ("60家", "近60家", True, True),
    ],
)
def test_comparisons_say_what_is_certain_and_what_is_possible(left, right, certainly, possibly):
    above, below = figure("甲", left), figure("乙", right)
    for verdict in (above > below, below < above):
        assert (verdict.certainly, verdict.possibly) == (certainly, possibly)
    for verdict in (above <= below, below >= above):
        assert (verdict.certainly, verdict.possibly) == (not possibly, not certainly)


def test_an_open_comparison_may_not_be_taken_as_certain():
    with pytest.raises(QuantityError, match=r"甲 > 乙.*certainly.*possibly"):
        bool(figure("甲", "50余家") > figure("乙", "55家"))


def test_comparing_counts_a_shared_figure_once():
    a, b = figure("甲", "50余家"), figure("乙", "100余家")
    assert (a + b > a).certainly and (a + b > b).certainly and not (a > a).possibly


# --- laws -------------------------------------------------------------------------------------------------------------


@st.composite
def quantities(draw, name: str) -> Quantity:
    low = draw(st.integers(1, 50))
    high = low + draw(st.integers(0, 20))
    return number(name, low, high, draw(st.integers(low, high)))


@given(quantities("a"), quantities("b"))
def test_a_share_of_the_whole_counts_its_figures_once(a, b):
    share, other = a / (a + b), 1 / (1 + b / a)
    assert (share.bounds, share.value) == (other.bounds, other.value)
    assert (share + b / (a + b)).bounds == Bounds(Fraction(1), Fraction(1))


@given(quantities("a"), quantities("b"), quantities("c"), st.lists(st.sampled_from("+−×÷"), min_size=4, max_size=4))
def test_nominal_values_and_exact_figures_lie_within_any_arithmetic(a, b, c, signs):
    operations = {"+": operator.add, "−": operator.sub, "×": operator.mul, "÷": operator.truediv}
    result, values = a, [a.value, a.bounds.low, a.bounds.high]
    for sign, other in zip(signs, (b, c, a, b), strict=True):
        compute = operations[sign]
        result = compute(result, other)
        ends = (other.value, other.bounds.low, other.bounds.high)
        values = [compute(value, end) for value, end in zip(values, ends, strict=True)]
    assert all(value in result.bounds for value in values)
    assert result.value == values[0]
    assert not (a.bounds.exact and b.bounds.exact and c.bounds.exact) or result.bounds.exact


def test_more_figures_than_corners_allow_are_taken_for_independent():
    parts = [number(f"x{n}", n, n + 1) for n in range(1, MOST_CORNERS + 2)]
    share = parts[0] / sum(parts)
    assert share.bounds == Bounds(
        parts[0].bounds.low / sum(parts).bounds.high, parts[0].bounds.high / sum(parts).bounds.low
    )
