"""Figures as printed: what is read, what is refused, and what is written back."""

from __future__ import annotations

import re
from fractions import Fraction
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.numbers.bounds import Bounds
from lib.numbers.finding import numbers_in
from lib.numbers.notation import CONVENTIONS, HEDGES, NotationError, blank, counts, read

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
    # with words around, and per what
    "占98.28%": (Fraction("0.9828"), "%"),
    "每名慰问金1000元": (1000, "元/人"),
    "每人每年60元": (60, "元/人"),
    "人均补助2580.7元": (Fraction("2580.7"), "元/人"),
    "户均3000元": (3000, "元/户"),
    "每人次30元": (30, "元/人次"),
    "人均74.63元": (Fraction("74.63"), "元/人"),
    "6户次": (6, "户次"),
    "1,460户次": (1460, "户次"),
    "38个单位": (38, "个单位"),
    "1500元慰问金": (1500, "元"),
    "100元整": (100, "元"),
    "30元每人": (30, "元"),
    "316件（套）": (316, "件套"),
    "5个增长点": (5, "个增长点"),
    "壹万元整": (10000, "元"),
    "¥200": (200, "元"),
    "￥1.5万": (15000, "元"),
    "200(万元)": (2000000, "元"),
    "200（万元）": (2000000, "元"),
    "7.50.": (Fraction("7.5"), ""),
    "9.8/10万": (Fraction("9.8"), "/10万"),
    # changes: what falls is negative
    "减少20.33万元": (-203300, "元"),
    "净减4个": (-4, "个"),
    "百分之六点二五": (0.0625, "%"),
    "负18.2万元": (-182000, "元"),
    "3亿2千万元": (320000000, "元"),
    "3亿零250万元": (302500000, "元"),
    "2万零600元": (20600, "元"),
    "3万5千元": (35000, "元"),
    "1千8百人次": (1800, "人次"),
    "下降4.8%": (Fraction(-48, 1000), "%"),
    "下降-3.2%": (Fraction(-32, 1000), "%"),
    "½": (Fraction(1, 2), "%"),
    "3⁄4": (Fraction(3, 4), "%"),
    "廿三个": (23, "个"),
    "卅个": (30, "个"),
    "20㎏": (20, "㎏"),
    "同比增加189.25万元": (1892500, "元"),
    # shares, multiples, times
    "三分之二": (Fraction(2, 3), "%"),
    "一半": (Fraction(1, 2), "%"),
    "六成": (Fraction(6, 10), "%"),
    "六成九": (Fraction(69, 100), "%"),
    "翻一番": (2, "倍"),
    "翻两番": (4, "倍"),
    "2.1倍": (Fraction("2.1"), "倍"),
    "3个半月": (Fraction("3.5"), "个月"),
    "三个半月": (Fraction("3.5"), "个月"),
    "一年半": (Fraction("1.5"), "年"),
    "半年": (Fraction("0.5"), "年"),
    "24个小时": (24, "小时"),
    "0.00": (0, ""),
}
BOUNDED = {  # token: (low, high, ends, nominal); an end of the bounds is no nominal value
    # 余, 多: more than what is printed
    "50余家": (50, 60, "()", None),
    "30余家单位": (30, 40, "()", None),
    "600余万元": (600e4, 700e4, "()", None),
    "达600余万元": (600e4, 700e4, "()", None),
    "2.8余万元": (2.8e4, 2.9e4, "()", None),
    "26万余元": (26e4, 27e4, "()", None),
    "2.5万余元": (2.5e4, 2.6e4, "()", None),
    "10万余元": (10e4, 11e4, "()", None),
    "十万余元": (10e4, 11e4, "()", None),
    "12.5余元": (12.5, Fraction("12.6"), "()", None),
    "630多名": (630, 640, "()", None),
    "2800余人": (2800, 2900, "()", None),
    "150\n余次": (150, 160, "()", None),
    "万余人": (10000, 20000, "()", None),
    "十几人": (10, 20, "()", None),
    "二十几个": (20, 30, "()", None),
    "十几万元": (10e4, 20e4, "()", None),
    "3个多月": (3, 4, "()", None),
    "10个多月": (10, 11, "()", None),
    "10个多小时": (10, 11, "()", None),
    "2年多": (2, 3, "()", None),
    "六成多": (0.6, 0.7, "()", None),
    "百分之六十多": (0.6, 0.7, "()", None),
    # nearly, about: a count may be off by one at least
    "近2000个": (1800, 2000, "[)", None),
    "近六万次": (5.4e4, 6e4, "[)", None),
    "近万人": (9000, 10000, "[)", None),
    "近百人": (90, 100, "[)", None),
    "近10人": (8, 10, "[)", None),
    "将近5个": (3, 5, "[)", None),
    "近1人": (0, 1, "[)", None),
    "近10元": (9, 10, "[)", None),
    "近10小时": (9, 10, "[)", None),
    "约82万": (77.9e4, 86.1e4, "[]", 82e4),
    "价值约4.61万元": (43795, 48405, "[]", 46100),
    "大约10人": (9, 11, "[]", 10),
    "约10元": (9.5, 10.5, "[]", 10),
    "300人左右": (285, 315, "[]", 300),
    "300人上下": (285, 315, "[]", 300),
    "十来个": (8, 12, "[]", 10),
    "3来个": (1, 5, "[]", 3),
    # at most: none is possible, but not of what each gets
    "不超过300元": (0, 300, "[]", None),
    "80分及以下": (0, 80, "[]", None),
    "5个以上10个以下": (5, 10, "[]", None),
    "不超过300元/人": (0, 300, "(]", None),
    "每人不超过300元": (0, 300, "(]", None),
    "每人300元以内": (0, 300, "(]", None),
    "24小时之内": (0, 24, "[]", None),
    "≤3次": (0, 3, "[]", None),
    "最多5人": (0, 5, "[]", None),
    "不足5人": (0, 5, "[)", None),
    "不满5人": (0, 5, "[)", None),
    "不到5人": (0, 5, "[)", None),
    "低于5%": (0, 0.05, "[)", None),
    "不足5元/人": (0, 5, "()", None),
    "至少3次": (3, inf, "[)", None),
    "90分以上": (90, inf, "[)", None),
    "500+人": (500, inf, "[)", None),
    "95%+": (0.95, inf, "[)", None),
    "六成以上": (0.6, inf, "[)", None),
    "≥100百分比": (1, inf, "[)", None),
    "不低于95家": (95, inf, "[)", None),
    "逾1万人": (10000, inf, "()", None),
    "超过5000人": (5000, inf, "()", None),
    "高于5%": (0.05, inf, "()", None),
    "大于5%": (0.05, inf, "()", None),
    "多于5人": (5, inf, "()", None),
    "突破3亿元": (3e8, inf, "()", None),
    # a hedge behind the unit is one in front
    "30万元不到": (0, 30e4, "[)", None),
    "30万元不足": (0, 30e4, "[)", None),
    "30万元未到": (0, 30e4, "[)", None),
    "三十万元不到": (0, 30e4, "[)", None),
    "30人不到": (0, 30, "[)", None),
    "5天不到": (0, 5, "[)", None),
    "每人30元不到": (0, 30, "()", None),
    "60%（不到）": (0, 0.6, "[)", None),
    "30万元（约）": (28.5e4, 31.5e4, "[]", 30e4),
    "30万元（近）": (27e4, 30e4, "[)", None),
    "30万元出头": (30e4, 40e4, "()", None),
    "30人出头": (30, 40, "()", None),
    "26出头": (26, 27, "()", None),
    # vague ones
    "上百人": (100, 200, "[)", None),
    "上千元": (1000, 2000, "[)", None),
    "上万人": (10000, 20000, "[)", None),
    "数十家": (20, 100, "[)", None),
    "几十家": (20, 100, "[)", None),
    "数百人": (200, 1000, "[)", None),
    "几万元": (2e4, 10e4, "[)", None),
    # ranges
    "3至5": (3, 5, "[]", None),
    "三到五个": (3, 5, "[]", None),
    "2-3万元": (2e4, 3e4, "[]", None),
    "压减15%至20%": (-0.2, -0.15, "[]", None),
    "7至10个工作日内": (7, 10, "[]", None),
    "八成七八": (0.87, 0.88, "[]", None),
    "两倍有余": (2, 3, "()", None),
    "翻了一番多": (2, 3, "()", None),
    "11米多": (11, 12, "()", None),
    "12.5万—13.6万元": (12.5e4, 13.6e4, "[]", None),
    "5000元至1万元": (5000, 10000, "[]", None),
    "三五家": (3, 5, "[]", None),
    "两三百人": (200, 300, "[]", None),
    "四五十人": (40, 50, "[]", None),
    "二、三十户": (20, 30, "[]", None),
    "十二、三万元": (12e4, 13e4, "[]", None),
    "十七八个": (17, 18, "[]", None),
    "七八万元": (7e4, 8e4, "[]", None),
    "三四成": (0.3, 0.4, "[]", None),
    "约3至5人": (2, 6, "[]", None),
    "下降3%至5%左右": (-0.0525, -0.0285, "[]", None),
    "-3至5℃": (-3, 5, "[]", None),
    "-5℃至-3℃": (-5, -3, "[]", None),
    "±5%": (-0.05, 0.05, "[]", None),
    "±5%以内": (-0.05, 0.05, "[]", None),
    # about what is below nothing
    "负3万元左右": (-3.15e4, -2.85e4, "[]", -3e4),
    "约-4℃": (-4.2, -3.8, "[]", -4),
    # falling turns the bounds round
    "减少20余万元": (-30e4, -20e4, "()", None),
    "减少约20万元": (-21e4, -19e4, "[]", -20e4),
    "下降不足5%": (-0.05, 0, "(]", None),
}
REFUSED = {  # token: what the message says
    # what stands behind a unit and is no thing
    "30万元强": "“强”处：不认识的写法",
    "30万元弱": "“弱”处：不认识的写法",
    "30万元减少": "“减少”处：不认识的写法",
    "30万元每年": "“每年”处：不认识的写法",
    "30万元开外": "“开外”处：不认识的写法",
    "30万元（估）": "第5个字“(”处：不认识的写法",
    "30人强": "“强”处：不认识的写法",
    "5天减少": "“减少”处：不认识的写法",
    "30名职工增加": "“职工增加”处：不认识的写法",
    "3个不足": "“不足”处：不认识的写法",
    "": "空白",
    " 　": "空白",
    "无": "没有数字",
    "——": "没有数字",
    "万元": "没有数字",
    "789个岗位3155个用工需求": "第7个字“3”处：含两个以上数字",
    "2.1和2.4个百分点": "第5个字“2”处：含两个以上数字",
    "18.5:36.7:44.8": "第5个字“:”处：含两个以上数字，请逐个登记",
    "102名112人次": "第5个字“1”处：含两个以上数字",
    "202年1月11日": "日期或时段",
    "1-12月": "日期或时段",
    "9月前": "日期或时段",
    "三月": "日期或时段",
    "2020年": "日期或时段",
    "第七期": "第1个字“第”处",
    "约±5": "带正负号的数不能再带概数词",
    "减少±5": "带正负号的数不能再带概数词",
    "降至5%": "第2个字“至”处",
    "3+1": "第2个字“+”处",
    "1,00人": "第2个字“,”处",
    "几人": "没有数字",
    "大半": "没有数字",
    "三分之二多": "不能用在这里",
    "5余多人": "重复",
    "五三家": "由小到大",
    "一二三家": "“一二三”不是一个确定的数",
    "十十人": "十十",
    "-近5": "第1个字“-”处",
    "-5余人": "带正负号的数不能再带概数词",
    "不超过0元": "零不能带“不超过”",
    "近0个": "零不能带“近”",
    "20-10": "由小到大",
    "近3至5人": "不带概数词",
    "约-3至5℃": "不带概数词",
    "±3至5": "不带概数词",
    "50余至60人": "不带概数词",
    "10来至20人": "不带概数词",
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


def test_about_and_nearly_never_give_one_number_of_people():
    assert read("约10人").bounds + read("5人").bounds == Bounds(Fraction(14), Fraction(16))
    assert read("近5个").bounds.overlaps(read("4个").bounds) and not read("近5个").bounds.overlaps(read("5个").bounds)


def test_every_hedge_stands_in_the_table_of_conventions():
    assert all(any(word in form for form, _ in CONVENTIONS) for word in HEDGES)
    assert len({form for form, _ in CONVENTIONS}) == len(CONVENTIONS)


@pytest.mark.parametrize(
    ("printed", "unit", "said"),
    [
        ("家", "家", True),
        ("个单位", "家", True),
        ("个单位", "个", True),
        ("家单位", "家", True),
        ("家单位", "个", True),
        ("个乡镇", "个", True),
        ("名职工", "人", True),
        ("个", "家", False),
        ("个企业", "家", False),
        ("个月", "个", False),
        ("个百分点", "个", False),
        ("个", "人", False),
        ("人次", "人", False),
        ("户次", "户", False),
        ("元/人", "元", False),
        ("人", "人次", False),
    ],
)
def test_a_measure_word_says_a_unit_with_what_it_counts_but_no_other_unit(printed, unit, said):
    assert counts(printed, unit) == said


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("", "missing"),
        (" 　", "missing"),
        ("无", "zero"),
        ("——", "silent"),
        ("—", "silent"),
        ("－", "silent"),
        ("-", "silent"),
        ("/", "silent"),
        ("不适用", "silent"),
        ("0.00", ""),
        ("0", ""),
        ("-5", ""),
        ("无线", ""),
    ],
)
def test_cells_without_a_number_are_told_apart(cell, said):
    assert blank(cell) == said


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
        ("六成", 0.05),
        ("三分之二", 0),
    ],
)
def test_rounding_reaches_half_the_last_place_of_what_is_not_a_plain_count(token, rounding):
    assert read(token).rounding == Fraction(str(rounding))


def test_numbers_of_a_text_leave_out_what_is_no_figure():
    text = "2020年9月18日〔2020〕8号第七期四季送3+1 {{ aid.members }}，参保1,234.5人、八个乡镇。"
    assert numbers_in(text) == ["1,234.5", "八"]
    assert numbers_in("投入十二点五亿元") == ["十二点五亿"]
    assert numbers_in("惠及二、三十户") == ["二", "三十"]


# --- laws -----------------------------------------------------------------------------------------------------------

NUMBERS = st.one_of(
    st.integers(1, 10**7).map(str),
    st.integers(1, 10**7).map(lambda n: f"{n:,}"),
    st.decimals("0.01", 10**5, places=2).map(str),
    st.sampled_from(["七", "十二", "一百零五", "三千零二十", "两万五千"]),
)
UNITS = st.sampled_from(["元", "人", "家", "%", "成", "个百分点", "元/人", "户次", "个月", "/10万", ""])
PREFIXES = [
    "",
    "近",
    "约",
    "不超过",
    "不足",
    "至少",
    "超过",
    "达",
    "不满",
    "最多",
    "价值约",
    "同比增加",
    "减少",
    "下降不到",
    "人均",
]


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
    assert (again.number, again.bounds, again.unit, again.text) == (
        reading.number,
        reading.bounds,
        reading.unit,
        reading.text,
    )


@pytest.mark.parametrize("token", [*EXACT, *BOUNDED])
def test_every_spelling_is_written_back_as_one_that_reads_the_same(token):
    reading, again = read(token), read(read(token).text)
    assert (again.number, again.bounds, again.unit) == (reading.number, reading.bounds, reading.unit)


def inside(reading) -> bool:
    """Whether the nominal value is in the bounds, and not an end of an interval; none is well."""
    bounds, value = reading.bounds, reading.value
    return value is None or (value in bounds and (bounds.exact or value not in (bounds.low, bounds.high)))


@given(tokens())
def test_nominal_value_lies_inside_the_bounds_or_is_none(token):
    reading = read(token)
    assert inside(reading)
    assert (reading.value is not None) or not reading.bounds.exact


@given(st.integers(1, 10**5), st.sampled_from(["近{}人", "约{}人", "{}来人", "{}人左右"]))
def test_what_is_nearly_a_count_leaves_more_than_one_number_open(number, hedge):
    bounds = read(hedge.format(number)).bounds
    assert bounds.high - bounds.low >= min(number, 2) and bounds.low >= 0


@given(st.integers(0, 10**12), st.integers(0, 6), st.sampled_from(["", "千", "万", "亿"]))
def test_exact_stays_exact(number, places, times):
    factor = {"": 1, "千": 1000, "万": 10**4, "亿": 10**8}[times]
    value = Fraction(number, 10**places)
    reading = read(f"{number // 10**places}.{number % 10**places:0{places}d}{times}" if places else f"{number}{times}")
    assert reading.bounds == Bounds(value * factor, value * factor)


@given(st.integers(1, 10**6))
def test_excess_stays_below_last_printed_place(number):
    zeros = len(str(number)) - len(str(number).rstrip("0"))
    assert read(f"{number}余人").bounds == Bounds(Fraction(number), Fraction(number + 10**zeros), False, False)
    assert read(f"{number}万余元").bounds == Bounds(
        Fraction(number * 10**4), Fraction((number + 1) * 10**4), False, False
    )


@given(
    st.text(
        "0123456789一二十百千万亿余多近约不超过以上内左右至-—.,，%个人元/年 几半来数每均成分之减少月±¥(翻番", max_size=9
    )
)
def test_nothing_but_a_notation_error_comes_of_odd_tokens(token):
    try:
        reading = read(token)
    except NotationError:
        return
    assert inside(reading)
    assert (read(reading.text).bounds, read(reading.text).unit) == (reading.bounds, reading.unit)
