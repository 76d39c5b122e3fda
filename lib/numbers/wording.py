"""Numbers in Chinese words and signs, without claiming more than the bounds do (GB/T 15835-2011).

Bounds are rounded outwards, exact values half up; a number of people or things is the integer inside its bounds. Amounts from
10,000 元 are written in 万元, ratios in % (in 倍 only what has that for a unit). A rate is written in its numerator's unit:
the words around it say per what (人均缴费74.63元).
"""

import re
from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor, inf
from typing import Any

from lib.numbers.bounds import Bounds, Number, exactly

CONTINUOUS = {
    "%", "‰", "无", "个百分点", "元", "万元", "亿元", "美元", "倍", "分", "秒", "分钟", "小时", "学时", "课时", "天", "日", "工作日", "个工作日", "周", "月", "个月",
    "年", "米", "厘米", "毫米", "千米", "公里", "里", "㎡", "平方公里", "亩", "公顷", "立方米", "升", "毫升", "克", "千克", "公斤", "斤", "吨", "度", "千瓦时", "千瓦", "兆瓦", "万千瓦",
}  # fmt: skip
"""Units of which there are fractions, besides those in letters and signs (km, ℃)."""
MISSING = "未提供"
PLAIN = "无"  # the unit of a number that counts nothing: an index, the sides of 1∶3.6
USUAL = 50  # 元, half the last place of amounts as units tell them: 93.2万元 is 93.20万元, hardly 93.2000万元
RISEN, FALLEN, SAME, OPEN = "确定上升", "确定下降", "未变", "不能确定"
"""What can be said of a change."""
DOUBTED, DOUBT = "存疑，不能确定", "※"
"""What is said of a change that rests on a number in doubt, and the sign behind such a number."""


def amount(number: Number, places: int, rounding: Callable[[Any], int] | None = None) -> str:
    """A number with `places` decimals; `rounding` is half up (by size, GB/T 8170), or floor or ceil."""
    scaled = number * 10**places
    whole = rounding(scaled) if rounding else floor(abs(scaled) + Fraction(1, 2)) * (-1 if number < 0 else 1)
    units, rest = divmod(abs(whole), 10**places)
    digits = f"{units:,}" if units >= 10**4 else str(units)  # groups from five digits: 千分撇
    return "−" * (whole < 0) + digits + (f".{rest:0{places}d}" if places else "")


def numerator(unit: str) -> str:
    """元 of 元/人."""
    return unit.partition("/")[0]


def _finite(bounds: Bounds) -> list[Any]:
    return [end for end, _ in bounds.ends() if -inf < end < inf]


def _scale(bounds: Bounds, unit: str) -> tuple[Fraction, str, str]:
    """Factor, unit and what follows the first number of a range."""
    if not unit:
        return Fraction(100), "%", "%"
    if unit == "元" and max(map(abs, _finite(bounds)), default=0) >= 10**4:
        return Fraction(1, 10**4), "万元", "万"
    return Fraction(1), "" if unit == PLAIN else unit, ""


def decimals(number: Number, most: int = 2) -> int | None:
    """How many decimals say the number exactly, None if `most` do not."""
    parts = Fraction(number).denominator
    return next((places for places in range(most + 1) if 10**places % parts == 0), None)


def _places(bounds: Bounds) -> int:
    """Decimals: as few as say it exactly, else 2, and for a range as many as its width deserves."""
    ends = _finite(bounds)
    exact = [places for end in ends if (places := decimals(end)) is not None]
    if len(exact) == len(ends):
        return max(exact)
    coarser = (0, 1) if bounds.finite and not bounds.exact else ()
    return next((places for places in coarser if (bounds.high - bounds.low) * 10**places >= 10), 2)


def counted(unit: str) -> bool:
    """Whether a unit is one of people or things, of which there are no fractions."""
    return "/" not in unit and unit not in CONTINUOUS and bool(re.search("[\u4e00-\u9fff]", unit))


def whole(bounds: Bounds, unit: str) -> Bounds:
    """The integers inside, where the unit is counted and there are any; what is more than none stays so."""
    if not counted(unit) or bounds.exact:
        return bounds
    low, high = bounds.low, bounds.high
    some = low == 0 and not bounds.low_closed
    if low > -inf and not some:
        low = Fraction(ceil(low) if bounds.low_closed else floor(low) + 1)
    if high < inf:
        high = Fraction(floor(high) if bounds.high_closed else ceil(high) - 1)
    return Bounds(low, high, not some) if low < high or (low == high and not some) else bounds


def say(bounds: Bounds, unit: str) -> str:
    """Bounds as a report prints them: 74.63元, 86.5%—89.9%, 12.5万—13.6万元, 不低于3367人, 不超过300元."""
    if bounds.low == -inf and bounds.high == inf:
        return "无法确定"
    bounds = whole(bounds, unit)
    factor, unit, first = _scale(bounds, unit)
    unit = numerator(unit)
    scaled = bounds * exactly(factor) if factor != 1 else bounds
    places = _places(scaled)
    if scaled.exact:
        return amount(scaled.low, places) + unit
    if scaled.high == inf:
        word = "不低于" if scaled.low_closed or decimals(scaled.low) is None else "超过"
        return word + amount(scaled.low, places, floor) + unit
    high = amount(scaled.high, places, ceil)
    if scaled.low == -inf or (scaled.low == 0 and not scaled.low_closed):
        return ("不超过" if scaled.high_closed else "不足") + high + unit
    low = amount(scaled.low, places, floor)
    return f"{low}{first}{'—' if scaled.low >= 0 else '至'}{high}{unit}"


def change(bounds: Bounds, unit: str) -> str:
    """A change as officials write it: 增长31.39%, 下降6.80%, 提高1.2个百分点, 增长3%—5%, 持平; 变动 where its sign is open."""
    fallen = (-bounds).positive
    said = say(-bounds if fallen else bounds, unit)
    if bounds.exact and not re.search("[1-9]", said):
        return "基本持平" if bounds.low else "持平"
    rising, falling = {"": ("增长", "下降"), "个百分点": ("提高", "下降")}.get(unit, ("增加", "减少"))
    return (rising if bounds.positive else falling if fallen else "变动") + said


def describe(bounds: Bounds, unit: str) -> str:
    """Bounds with their ends named, for those who ask: 26万元（含）至27万元（不含）."""
    bounds = whole(bounds, unit)
    if bounds.exact:
        return say(bounds, unit) + unit.removeprefix(numerator(unit))
    factor, unit, _ = _scale(bounds, unit)
    told = ["无下限", "无上限"]
    for n, (number, beside) in enumerate(bounds.ends()):
        if -inf < number < inf:
            exact = decimals(number * factor)
            printed = amount(number * factor, 2 if exact is None else exact, (floor, ceil)[n])
            told[n] = printed + unit + ("（不含）" if beside else "（含）")
    return "至".join(told)
