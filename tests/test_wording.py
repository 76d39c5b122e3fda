"""Numbers in Chinese words and signs: no more is claimed than the bounds allow."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor, inf

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lib.numbers.bounds import Bounds
from lib.numbers.notation import read
from lib.numbers.wording import amount, change, describe, say


def between(text: str) -> Bounds:
    low, high = (float(end) if "inf" in end else Fraction(end.strip()) for end in text[1:-1].split(","))
    return Bounds(low, high, text[0] == "[", text[-1] == "]")


SAID = [
    # exact values: as few decimals as say it, else 2, half up
    ("[300400/4025,300400/4025]", "元/人", "74.63元"),
    ("[249/4025,249/4025]", "", "6.19%"),
    ("[1/2,1/2]", "", "50%"),
    ("[28/9,28/9]", "", "311.11%"),
    ("[1/8,1/8]", "元", "0.13元"),
    ("[-1/8,-1/8]", "元", "−0.13元"),
    ("[40400,40400]", "元", "4.04万元"),
    ("[9999,9999]", "元", "9999元"),
    ("[10000,10000]", "元", "1万元"),
    ("[31250,31250]", "元/人", "31,250元"),
    ("[-31250,-31250]", "人", "−31,250人"),
    ("[4025,4025]", "人", "4025人"),
    ("[7/10,7/10]", "个百分点", "0.7个百分点"),
    # ranges: outwards, as many decimals as the width deserves
    ("[260000/300400,270000/300400)", "", "86.5%—89.9%"),
    ("[125000,136000)", "元", "12.5万—13.6万元"),
    ("(30400,40400]", "元", "3.04万—4.04万元"),
    ("[1/3,2/3]", "元", "0.33—0.67元"),
    ("[1000/9,275/2]", "元/人", "111—138元"),
    ("[600/101,700/101)", "", "594%—694%"),
    ("[3/2,5/2]", "", "150%—250%"),
    ("[3/10,3/2)", "倍", "0.3—1.5倍"),
    ("[9000,12000]", "元", "0.9万—1.2万元"),
    # one-sided
    ("[10100/3,inf)", "人", "不低于3367人"),
    ("(3367,inf)", "人", "不低于3368人"),
    ("[1/3,inf)", "", "不低于33.33%"),
    ("(2,inf)", "", "超过200%"),
    ("(30000,inf)", "元", "超过3万元"),
    ("(0,300]", "元/人", "不超过300元"),
    ("(0,1/3)", "", "不足34%"),
    ("(-inf,-20000]", "元", "不超过−2万元"),
    ("(-inf,inf)", "元", "无法确定"),
    # counts: the integers inside
    ("[1010,1110)", "人", "1010—1109人"),
    ("(10/3,41/10]", "个", "4个"),
    ("(0,20)", "个", "不超过19个"),
    ("(0,1)", "人", "不足1人"),
    ("(1/3,2/3)", "人", "0.33—0.67人"),
    ("(-2,3)", "人", "−1至2人"),
    # around and below nothing
    ("[0,20000)", "元", "0万—2万元"),
    ("[-5000,12000]", "元", "−0.5万至1.2万元"),
    ("[-1/3,1/7]", "", "−34%至15%"),
]


@pytest.mark.parametrize(("bounds", "unit", "said"), SAID)
def test_bounds_are_said_as_a_report_prints_them(bounds, unit, said):
    assert say(between(bounds), unit) == said


@pytest.mark.parametrize(
    ("bounds", "unit", "described"),
    [
        ("[260000,270000)", "元", "26万元（含）至27万元（不含）"),
        ("[260000/300400,270000/300400)", "", "86.55%（含）至89.89%（不含）"),
        ("[10100/3,inf)", "人", "3367人（含）至无上限"),
        ("(-inf,3]", "元", "无下限至3元（含）"),
        ("[300400/4025,300400/4025]", "元/人", "74.63元/人"),
    ],
)
def test_ends_are_named_for_those_who_ask(bounds, unit, described):
    assert describe(between(bounds), unit) == described


CHANGED = [
    ("[3139/10000,3139/10000]", "", "增长31.39%"),
    ("[-1359/20000,-1359/20000]", "", "下降6.80%"),
    ("[0,0]", "", "持平"),
    ("[-1/100000,-1/100000]", "", "基本持平"),
    ("[6/5,6/5]", "个百分点", "提高1.2个百分点"),
    ("[-6/5,-6/5]", "个百分点", "下降1.2个百分点"),
    ("[-30,-30]", "人", "减少30人"),
    ("[20000,20000]", "元", "增加2万元"),
    ("[3/100,1/20]", "", "增长3%—5%"),
    ("[-1/20,-3/100)", "", "下降3%—5%"),
    ("(0,1/20]", "", "增长不超过5%"),
    ("[0,1/20]", "", "变动0%—5%"),
    ("[-1/100,1/50]", "", "变动−1%至2%"),
    ("[1/20,inf)", "", "增长不低于5%"),
]


@pytest.mark.parametrize(("bounds", "unit", "said"), CHANGED)
def test_change_is_told_by_a_word_where_its_sign_is_certain(bounds, unit, said):
    assert change(between(bounds), unit) == said


# --- laws -----------------------------------------------------------------------------------------------------------

SIZES = st.fractions(0, 10**7, max_denominator=10**4)


@st.composite
def ranges(draw, lowest: int = 0) -> Bounds:
    low, high = sorted(draw(st.tuples(*[st.fractions(lowest, 10**6, max_denominator=5000)] * 2)))
    assume(low < high)
    low_closed = draw(st.booleans())
    return Bounds(low, draw(st.sampled_from([high, high, high, inf])), low_closed, draw(st.booleans()))


@given(ranges(), st.sampled_from(["", "元", "元/人", "小时"]))
def test_printed_range_contains_the_bounds(bounds, unit):
    printed = read(say(bounds, unit)).bounds
    assert printed.low <= bounds.low and bounds.high <= printed.high
    assert printed.low < bounds.low or printed.low_closed or not bounds.low_closed
    assert printed.high > bounds.high or printed.high_closed or not bounds.high_closed


@given(ranges(), st.sampled_from(["人", "家"]))
def test_printed_counts_are_the_integers_inside(bounds, unit):
    first, last = ceil(bounds.low), floor(bounds.high) if bounds.high < inf else inf
    first += Fraction(first) not in bounds
    last -= last < inf and Fraction(last) not in bounds
    assume(bounds.low > 0 and first <= last)
    assert read(say(bounds, unit)).bounds == Bounds(Fraction(first), last if last == inf else Fraction(last))


@given(SIZES, st.integers(0, 4))
def test_half_up_is_by_size_and_within_half_a_place(number, places):
    assert abs(read(amount(number, places)).value - number) <= Fraction(1, 2 * 10**places)
    assert amount(-number, places).removeprefix("−") == amount(number, places)


@given(st.fractions(-(10**6), 10**6, max_denominator=5000), st.integers(0, 4))
def test_down_and_up_enclose(number, places):
    down, up = (read(amount(number, places, rounding)).value for rounding in (floor, ceil))
    assert down <= number <= up and up - down <= Fraction(1, 10**places)
