"""Figures as printed: what is read, what is refused, and what is written back."""

from __future__ import annotations

import re
from fractions import Fraction
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.numbers.bounds import Bounds
from lib.numbers.notation import NotationError, numbers_in, read

EXACT = {
    "117家": (117, "家"),
    "30.04万元": (300400, "元"),
    "2.8万人次": (28000, "人次"),
    "3亿元": (300000000, "元"),
    "2万亿元": (2 * 10**12, "元"),
    "1,234,567.8元": (Fraction("1234567.8"), "元"),
    "19365360元": (19365360, "元"),
    "２０２０　人": (2020, "人"),
    "300 人": (300, "人"),
    "9名": (9, "人"),
    "6273人/次": (6273, "人次"),
    "12.5元/人": (Fraction("12.5"), "元/人"),
    "3件/万人": (3, "件/万人"),
    "204岗位": (204, "岗位"),
    "130培训": (130, "培训"),
    "73": (73, ""),
    "35%": (Fraction(35, 100), "%"),
    "5‰": (Fraction(5, 1000), "‰"),
    "百分之七点五": (Fraction(75, 1000), "%"),
    "百分之百": (1, "%"),
    "0.7个百分点": (Fraction(7, 10), "个百分点"),
    "-5.2%": (Fraction(-52, 1000), "%"),
    "七个": (7, "个"),
    "八个乡镇": (8, "个乡镇"),
    "一百零五万三千元": (1053000, "元"),
    "两万元": (20000, "元"),
    "达26万元": (260000, "元"),
    "共计3场": (3, "场"),
}
BOUNDED = {  # token: (low, high, ends, nominal)
    "50余家": (50, 60, "[)", 50),
    "600余万元": (600e4, 700e4, "[)", 600e4),
    "达600余万元": (600e4, 700e4, "[)", 600e4),
    "2.8余万元": (2.8e4, 2.9e4, "[)", 2.8e4),
    "26万余元": (26e4, 27e4, "[)", 26e4),
    "2.5万余元": (2.5e4, 2.6e4, "[)", 2.5e4),
    "10万余元": (10e4, 11e4, "[)", 10e4),
    "十万余元": (10e4, 11e4, "[)", 10e4),
    "12.5余元": (12.5, Fraction("12.6"), "[)", 12.5),
    "630多名": (630, 640, "[)", 630),
    "2800余人": (2800, 2900, "[)", 2800),
    "150\n余次": (150, 160, "[)", 150),
    "万余人": (10000, 20000, "[)", 10000),
    "近2000个": (1800, 2000, "[)", 2000),
    "近六万次": (5.4e4, 6e4, "[)", 6e4),
    "近万人": (9000, 10000, "[)", 10000),
    "约82万": (77.9e4, 86.1e4, "[]", 82e4),
    "300人左右": (285, 315, "[]", 300),
    "不超过300元/人": (0, 300, "(]", 300),
    "24小时之内": (0, 24, "(]", 24),
    "≤3次": (0, 3, "(]", 3),
    "不足5人": (0, 5, "()", 5),
    "至少3次": (3, inf, "[)", 3),
    "90分以上": (90, inf, "[)", 90),
    "不低于95家": (95, inf, "[)", 95),
    "逾1万人": (10000, inf, "()", 10000),
    "超过5000人": (5000, inf, "()", 5000),
    "突破3亿元": (3e8, inf, "()", 3e8),
    "3至5": (3, 5, "[]", 4),
    "三到五个": (3, 5, "[]", 4),
    "2-3万元": (2e4, 3e4, "[]", 2.5e4),
    "12.5万—13.6万元": (12.5e4, 13.6e4, "[]", 13.05e4),
    "5000元至1万元": (5000, 10000, "[]", 7500),
}
REFUSED = {  # token: what the message says
    "": "空白",
    " 　": "空白",
    "无": "没有数字",
    "万元": "没有数字",
    "789个岗位3155个用工需求": "第7个字“3”处：含两个以上数字",
    "2.1和2.4个百分点": "第5个字“2”处：含两个以上数字",
    "18.5:36.7:44.8": "第5个字“:”处：不认识的写法",
    "202年1月11日": "第5个字“1”处：含两个以上数字",
    "3万5千元": "第3个字“5”处：含两个以上数字",
    "三分之一": "第4个字“一”处",
    "第七期": "第1个字“第”处",
    "人均74.63元": "第1个字“人”处",
    "约±5": "第2个字“±”处",
    "3+1": "第2个字“+”处",
    "1,00人": "第2个字“,”处",
    "十几人": "第2个字“几”处",
    "一半": "第2个字“半”处",
    "5余多人": "重复",
    "三五家": "“三五”不是一个确定的数",
    "两三百人": "“两三百”不是一个确定的数",
    "十十人": "十十",
    "-近5": "第1个字“-”处",
    "-5余人": "负数不能带概数词",
    "不超过0元": "零不能带“不超过”",
    "近0个": "零不能带“近”",
    "20-10": "由小到大",
    "近3至5人": "不带概数词",
    "50余至60人": "不带概数词",
    "2万-5000元": "由小到大",
    "10‰-20%": "单位不同",
    "10%-20": "单位不同（%、无）",
}


@pytest.mark.parametrize("token", EXACT)
def test_unhedged_figures_are_exact(token):
    reading = read(token)
    assert (reading.value, reading.unit, reading.bounds.exact) == (*EXACT[token], True)


@pytest.mark.parametrize("token", BOUNDED)
def test_hedges_are_bounds(token):
    low, high, ends, nominal = BOUNDED[token]
    reading = read(token)
    low, high = (end if end == inf else Fraction(str(end)) for end in (low, high))
    assert (reading.bounds, reading.value) == (Bounds(low, high, ends[0] == "[", ends[1] == "]"), nominal)
    assert not reading.slips


def test_doubled_hedges_of_one_kind_are_written_once():
    assert read("不超过300元以内").text == "不超过300元"


def test_percentages_of_a_range_share_their_sign():
    assert read("10-20%").bounds == read("10%-20%").bounds == Bounds(Fraction(1, 10), Fraction(1, 5))


@pytest.mark.parametrize(
    ("token", "low", "high"),
    [("近千余人", 900, 2000), ("约1200余人", 1140, 1300), ("不超过300余元", 0, 400)],
)
def test_double_hedges_are_noted_and_read_widely(token, low, high):
    reading = read(token)
    assert (reading.bounds.low, reading.bounds.high, reading.slips) == (low, high, ("概数词重复",))


@pytest.mark.parametrize("token", REFUSED)
def test_what_cannot_be_read_says_where_and_why(token):
    with pytest.raises(NotationError, match=re.escape(REFUSED[token])) as refused:
        read(token)
    assert not token.strip() or token in str(refused.value)


@pytest.mark.parametrize(
    ("token", "rounding"),
    [
        ("4025人", 0),
        ("24小时", 0),
        ("30.04万元", 50),
        ("300元", 0.5),
        ("35%", 0.005),
        ("26万余元", 0),
        ("2.8万人次", 500),
    ],
)
def test_rounding_reaches_half_the_last_place_of_what_is_not_a_plain_count(token, rounding):
    assert read(token).rounding == Fraction(str(rounding))


def test_numbers_of_a_text_leave_out_what_is_no_figure():
    text = "2020年9月18日〔2020〕8号第七期四季送3+1 {{ aid.members }}，参保1,234.5人、八个乡镇。"
    assert numbers_in(text) == ["1,234.5", "八"]


# --- laws -----------------------------------------------------------------------------------------------------------

NUMBERS = st.one_of(
    st.integers(1, 10**7).map(str),
    st.integers(1, 10**7).map(lambda n: f"{n:,}"),
    st.decimals("0.01", 10**5, places=2).map(str),
    st.sampled_from(["七", "十二", "一百零五", "三千零二十", "两万五千"]),
)
UNITS = st.sampled_from(["元", "人", "家", "%", "个百分点", "元/人", ""])
PREFIXES = ["", "近", "约", "不超过", "不足", "至少", "超过", "达"]


@st.composite
def tokens(draw) -> str:
    number, unit = draw(NUMBERS), draw(UNITS)
    times = draw(st.sampled_from(["", "万", "亿"])) if unit in ("元", "人") else ""
    excess = draw(st.sampled_from(["{0}{1}", "{0}余{1}", "{0}{1}余", "{0}多{1}"])) if "点" not in unit else "{0}{1}"
    return draw(st.sampled_from(PREFIXES)) + excess.format(number, times) + unit + draw(st.sampled_from(["", "左右"]))


@given(tokens())
def test_reading_what_was_written_back_gives_the_same_figure(token):
    reading = read(token)
    again = read(reading.text)
    assert (again.value, again.bounds, again.unit, again.text) == (
        reading.value,
        reading.bounds,
        reading.unit,
        reading.text,
    )


@given(tokens())
def test_nominal_value_lies_in_the_closure_of_the_bounds(token):
    reading = read(token)
    assert reading.bounds.closure_contains(reading.value)


@given(st.integers(0, 10**12), st.integers(0, 6), st.sampled_from(["", "千", "万", "亿"]))
def test_exact_stays_exact(number, places, times):
    factor = {"": 1, "千": 1000, "万": 10**4, "亿": 10**8}[times]
    value = Fraction(number, 10**places)
    reading = read(f"{number // 10**places}.{number % 10**places:0{places}d}{times}" if places else f"{number}{times}")
    assert reading.bounds == Bounds(value * factor, value * factor)


@given(st.integers(1, 10**6))
def test_excess_stays_below_last_printed_place(number):
    zeros = len(str(number)) - len(str(number).rstrip("0"))
    assert read(f"{number}余人").bounds == Bounds(Fraction(number), Fraction(number + 10**zeros), True, False)
    assert read(f"{number}万余元").bounds == Bounds(
        Fraction(number * 10**4), Fraction((number + 1) * 10**4), True, False
    )


@given(st.text("0123456789一二十百千万亿余多近约不超过以上内左右至-—.,，%个人元/年 几半", max_size=9))
def test_nothing_but_a_notation_error_comes_of_odd_tokens(token):
    try:
        reading = read(token)
    except NotationError:
        return
    assert reading.bounds.closure_contains(reading.value)
    assert (read(reading.text).bounds, read(reading.text).unit) == (reading.bounds, reading.unit)
