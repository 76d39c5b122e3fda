"""Figures as printed in Chinese reports: what is read, what it bounds, and how it is written back.

The patterns are those of published reports (26万余元, 近2000个, 80余名, 不超过300元, 七个, 10-20%). A hedge is a bound: 余 and 多 leave
the excess below the last printed place, 近 约 左右 follow the house conventions of `HEDGES`. This module knows no files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from math import inf

from lib.bounds import Bounds, exactly

HEDGES = {
    # word: (form, in words, lowest, highest as parts of the printed number, low end closed, high end closed)
    "近": ("近N", "九折以上、不到所印数", Fraction(9, 10), Fraction(1), True, False),
    "约": ("约N", "所印数上下百分之五", Fraction(95, 100), Fraction(105, 100), True, True),
    "左右": ("N左右", "所印数上下百分之五", Fraction(95, 100), Fraction(105, 100), True, True),
    "不超过": ("不超过N、N以内、N以下", "大于零、至多所印数", Fraction(0), Fraction(1), False, True),
    "不足": ("不足N", "大于零、不到所印数", Fraction(0), Fraction(1), False, False),
    "不低于": ("不低于N、至少N、N以上", "至少所印数", Fraction(1), inf, True, False),
    "超": ("超N、超过N、逾N、突破N", "大于所印数", Fraction(1), inf, False, False),
}
"""House conventions: near, about, up to, at least, more than. Printed in the report's method note. 余 and 多 are computed."""

EXCESS = ("N余、N多", "超出部分小于最末一位非零数字的一个单位；“余”在“万”后的，小于所印最末一位的一个单位（万）")

_ALIASES = {
    "超过": "超", "逾": "超", "突破": "超", ">": "超",
    "不高于": "不超过", "至多": "不超过", "≤": "不超过", "以内": "不超过", "之内": "不超过", "以下": "不超过", "内": "不超过",
    "至少": "不低于", "不少于": "不低于", "≥": "不低于", "以上": "不低于",
    "<": "不足", "多": "余", "达": "", "达到": "", "共": "", "共计": "", "累计": "", "=": "",
}  # fmt: skip
_MULTIPLIERS = {"": 1, "十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_SCALES = {"%": Fraction(1, 100), "‰": Fraction(1, 1000)}

_BEFORE = "不超过|不高于|不低于|不少于|不足|至少|至多|超过|突破|达到|共计|累计|近|约|超|逾|达|共|[≥≤<>=]"
_AFTER = "左右|以上|以下|以内|之内|内"
_NUMBER = r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|[〇零一二两三四五六七八九十百千万亿点]*[〇零一二两三四五六七八九十百千]"
_MULTIPLIER = "[十百千]?[万亿]|[百千](?!分)"
_TERM = re.compile(rf"(?P<number>{_NUMBER})(?P<inner>[余多]?)(?P<times>(?:{_MULTIPLIER})?)(?P<outer>[余多]?)")
_TOKEN = re.compile(
    rf"(?P<before>(?:{_BEFORE})*)(?P<sign>[-−]?)(?P<low>{_TERM.pattern.replace('?P<', '?P<a_')})"
    rf"(?:(?P<gap>[%‰]?[至到~～—–-])(?P<high>{_TERM.pattern.replace('?P<', '?P<b_')}))?"
    rf"(?P<unit>(?:(?!{_AFTER})[^\d\s.,:：、，。])*?)(?P<after>(?:{_AFTER})?)"
)
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", ord("﹪"): "%"}

MEASURE_WORDS = {"名": "人", "位": "人", "人/次": "人次", "户次": "户", "元人民币": "元", "个百分点": "百分点", "平方米": "㎡"}
"""Measure words that say the same as a canonical unit."""


class NotationError(ValueError):
    """A token that cannot be read; the message says where and why, in Chinese."""


@dataclass(frozen=True)
class Reading:
    """A printed figure, read.

    `value` is nominal and lies in the closure of `bounds`, both in `unit` (%, ‰ are taken as parts of one); `place` is the
    worth of the last printed digit, `text` the canonical spelling, `slips` what is wrong in the language of the token.
    """

    value: Fraction
    bounds: Bounds
    unit: str
    place: Fraction
    text: str
    slips: tuple[str, ...] = ()

    @property
    def rounding(self) -> Fraction:
        """How far the true number may lie from an unhedged one: half the last place, nothing for a plain count."""
        counted = self.place == 1 and "元" not in self.unit
        return self.place / 2 if self.bounds.exact and not counted else Fraction(0)


def tidy(token: str) -> str:
    """Full-width signs made half-width; blanks and line breaks inside taken out."""
    return re.sub(r"\s+", "", token.translate(_WIDE))


def read(token: str) -> Reading:
    """A printed figure such as `26万余元`, `近2000个`, `３００ 人`, `七个`, `10-20%`.

    Raises NotationError for a token that is empty, holds no figure, more than one, or something that has no meaning here.
    """
    text = tidy(token)
    found = _TOKEN.fullmatch(text)
    if not found:
        raise NotationError(_reason(token, text))
    unit, multiplier = found["unit"], found["b_times"] or found["a_times"]
    unit = MEASURE_WORDS.get(unit, unit)
    scale = next((_SCALES[sign] for sign in _SCALES if unit.startswith(sign)), Fraction(1))
    first = _term(found, "a_", found["a_times"] or (multiplier if found["b_number"] else ""), scale)
    hedges = [_ALIASES.get(word, word) for word in re.findall(_BEFORE, found["before"])] + [
        _ALIASES.get(found["after"], found["after"])
    ]
    hedges = [word for word in hedges if word]
    slips = ()
    if found["b_number"]:
        second = _term(found, "b_", multiplier, scale)
        if hedges or first[3] or second[3] or found["sign"] or first[0] >= second[0]:
            raise NotationError(f"“{token}”：区间应由小到大、两端不带概数词")
        bounds, value = Bounds(first[0], second[0]), (first[0] + second[0]) / 2
        written, place = f"{first[1]}{found['a_times']}—{second[1]}", min(first[2], second[2])
        return Reading(value, bounds, unit, place, f"{written}{multiplier}{unit}")
    value, digits, place, excess = first
    bounds = Bounds(value, value + excess, True, False) if excess else exactly(value)
    if found["sign"]:
        if hedges or excess:
            raise NotationError(f"“{token}”：负数不能带概数词")
        value, bounds, digits = -value, -bounds, f"-{digits}"
    for word in hedges:
        bound = _hedge(word, value)
        slips = slips if bounds.exact else ("概数词重复",)
        bounds = bound if bounds.exact else bounds.hull(bound)
    inner, outer = ("余" if found[name] else "" for name in ("a_inner", "a_outer"))
    before = "".join(word for word in hedges if word != "左右")
    after = "左右" if "左右" in hedges else ""
    written = f"{before}{digits}{inner}{found['a_times']}{outer}{unit}{after}"
    return Reading(value, bounds, unit, place, written, slips)


def _term(found: re.Match, prefix: str, times: str, scale: Fraction) -> tuple[Fraction, str, Fraction, Fraction]:
    """One number: (value, digits as written back, worth of its last place, greatest excess)."""
    number, inner, outer = (found[prefix + name] for name in ("number", "inner", "outer"))
    if inner and outer:
        raise NotationError(f"“{found.group()}”：“余”“多”重复")
    digits = _digits(number)
    factor = scale
    for sign in times:
        factor *= _MULTIPLIERS[sign]
    plain = Fraction(digits.replace(",", ""))
    decimals = len(digits.partition(".")[2])
    place = Fraction(1, 10**decimals)
    significant = place
    while plain and (plain / significant) % 10 == 0:
        significant *= 10
    excess = factor * (significant if inner or (outer and not times) else place if outer else 0)
    return plain * factor, digits, place * factor, excess


def _hedge(word: str, value: Fraction) -> Bounds:
    *_, lowest, highest, low_closed, high_closed = HEDGES[word]
    high = inf if highest == inf else value * highest
    return Bounds(value * lowest, high, low_closed, high_closed)


def _digits(number: str) -> str:
    """Arabic digits, in groups of three from 1,000."""
    if not number[0].isdigit():
        import cn2an  # 0.2 s, and most figures do without

        number = number if number[0] not in "百千万亿" else "一" + number
        number = str(cn2an.cn2an(number, "normal"))
    whole, point, rest = number.replace(",", "").partition(".")
    return f"{int(whole):,}{point}{rest}"


def _reason(token: str, text: str) -> str:
    """Why a token is no figure."""
    if not text:
        return "空白：没有数字可读"
    numbers = list(re.finditer(_NUMBER, text))
    if not numbers:
        return f"“{token}”：没有数字；应为“26万余元”“近2000个”这样的写法"
    match = _TOKEN.match(text)
    end = match.end() if match else numbers[0].start()
    what = "含两个以上数字，请逐个登记" if len(numbers) > 1 else "不认识的写法"
    return f"“{token}”第{end + 1}个字“{text[end : end + 1]}”处：{what}"


_NOT_FIGURES = re.compile(
    r"\{\{.*?\}\}|\d{2,4}年(?:度)?(?:\d+月)?(?:\d+日)?|\d+月(?:\d+日)?|[〔【\[(（]\d{4}[〕】\])）]\d+号|第[\d一二三四五六七八九十]+[届次期批条号]"
    r"|[四三五]送|四大家|四联建|4S|\d\+\d|一[是线]|[统同逐每]一|唯一|一定|一律|一起|一并|十[分足]|万达|五[一四]|[一二三四五六七八九十]、|进一步"
)


def numbers_in(text: str) -> list[str]:
    """The numbers written in a running text, without dates, document numbers, ordinals, brand words and `{{ … }}`."""
    rest = _NOT_FIGURES.sub("　", text.translate(_WIDE))
    arabic = r"\d[\d,.]*\d|\d"
    spelled = r"[一二两三四五六七八九十百千][一二两三四五六七八九十百千万余多]*(?=[个名人家次项场件户条元万亿份期])"
    return re.findall(rf"{arabic}|{spelled}", rest)
