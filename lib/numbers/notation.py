"""Figures as printed in Chinese reports: what is read, what it bounds, and how it is written back.

The patterns are those of published reports (26万余元, 近2000个, 80余名, 不超过300元, 七个, 10-20%). A hedge is a bound: 余 and 多 leave
the excess below the last printed place, 近 约 左右 follow the house conventions of `HEDGES`. This module knows no files.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from math import inf, prod

from lib.numbers.bounds import Bounds, Number, exactly, hull

HEDGES: dict[str, tuple[str, str, Fraction, Number, bool, bool]] = {
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
    "<": "不足", "达": "", "达到": "", "共": "", "共计": "", "累计": "", "=": "",
}  # fmt: skip
_MULTIPLIERS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_SCALES = {"%": Fraction(1, 100), "‰": Fraction(1, 1000)}

_BEFORE = "不超过|不高于|不低于|不少于|不足|至少|至多|超过|突破|达到|共计|累计|近|约|超|逾|达|共|[≥≤<>=]"
_AFTER = "左右|以上|以下|以内|之内|内"
_NUMERALS = "〇零一二两三四五六七八九十百千万亿"
_ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_NUMBER = (
    rf"{_ARABIC}|[〇零一二两三四五六七八九十百千万点]*[〇零一二两三四五六七八九十百千]"
    "|[万亿](?=[余多])|(?<=[近约超逾过破])[万亿]"
)
_TERM = (
    rf"(?P<number>{_NUMBER})(?P<inner>[余多]?)(?P<times>(?:[十百千]?(?:万亿|[万亿])|[百千](?!分))?)(?P<outer>[余多]?)"
)
_UNIT = rf"(?:(?!{_AFTER})(?:百分点|(?<=/)[百千万亿]|(?![{_NUMERALS}余多几半])[^\W\d_]|[%‰㎡℃/·]))*?"
_TOKEN = re.compile(
    rf"(?P<before>(?:{_BEFORE})*)(?P<sign>[-−]?){_TERM.replace('?P<', '?P<a_')}"
    rf"(?:(?P<between>{_UNIT})[至到~～—–-]{_TERM.replace('?P<', '?P<b_')})?(?P<unit>{_UNIT})(?P<after>(?:{_AFTER})?)"
)
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", ord("﹪"): "%"}

_SYNONYMS = {
    "名": "人",
    "位": "人",
    "人/次": "人次",
    "户次": "户",
    "元人民币": "元",
    "百分点": "个百分点",
    "平方米": "㎡",
}
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


def read(token: str) -> Reading:
    """A printed figure such as `26万余元`, `近2000个`, `３００ 人`, `七个`, `10-20%`.

    Raises NotationError for a token that is empty, holds no figure, more than one, or something that has no meaning here.
    """
    text = re.sub(rf"百分之({_NUMBER})", r"\1%", re.sub(r"\s+", "", token.translate(_WIDE)))
    found = _TOKEN.fullmatch(text)
    if not found:
        raise NotationError(_reason(token, text))
    words = [_ALIASES.get(word, word) for word in (*re.findall(_BEFORE, found["before"]), found["after"])]
    unit = _SYNONYMS.get(found["unit"], found["unit"])
    try:
        return (_range if found["b_number"] else _single)(found, [word for word in words if word], unit)
    except ValueError as error:
        raise NotationError(f"“{token}”：{error}") from error


def unit_of(token: str) -> str:
    """The unit of a token, nothing where it cannot be read."""
    try:
        return read(token).unit
    except NotationError:
        return ""


def _single(found: re.Match, hedges: list[str], unit: str) -> Reading:
    value, digits, place, excess = _term(found, "a_", found["a_times"], unit)
    if found["sign"]:
        if hedges or excess:
            raise ValueError("负数不能带概数词")
        value, digits = -value, f"-{digits}"
    bounds = [Bounds(value, value + excess, True, False)] if excess else []
    bounds += [_hedge(word, value) for word in hedges]
    inner, outer = ("余" if found[name] else "" for name in ("a_inner", "a_outer"))
    before = "".join(word for word in dict.fromkeys(hedges) if word != "左右")
    after = "左右" if "左右" in hedges else ""
    text = f"{before}{digits}{inner}{found['a_times']}{outer}{unit}{after}"
    whole = hull([end for one in bounds or [exactly(value)] for end in one.ends()])
    return Reading(value, whole, unit, place, text, ("概数词重复",) if len(bounds) > 1 else ())


def _range(found: re.Match, hedges: list[str], unit: str) -> Reading:
    between, times = found["between"], found["a_times"]
    low, low_digits, _, low_excess = _term(found, "a_", times if times or between else found["b_times"], unit)
    high, high_digits, place, high_excess = _term(found, "b_", found["b_times"], unit)
    if between not in ("", found["unit"]):
        raise ValueError(f"区间两端的单位不同（{between}、{unit or '无'}）")
    if hedges or low_excess or high_excess or found["sign"] or low >= high:
        raise ValueError("区间应由小到大、两端不带概数词")
    text = f"{low_digits}{times}{unit if between else ''}—{high_digits}{found['b_times']}{unit}"
    return Reading((low + high) / 2, Bounds(low, high), unit, place, text)


def _term(found: re.Match, prefix: str, times: str, unit: str) -> tuple[Fraction, str, Fraction, Fraction]:
    """One number: (value, digits as written back, worth of its last place, greatest excess)."""
    number, inner, outer = (found[prefix + name] for name in ("number", "inner", "outer"))
    if inner and outer:
        raise ValueError("“余”“多”重复")
    digits = _digits(number)
    factor = prod((_MULTIPLIERS[sign] for sign in times), start=_SCALES.get(unit[:1], Fraction(1)))
    plain = Fraction(digits.replace(",", ""))
    place = significant = Fraction(1, 10 ** len(digits.partition(".")[2]))
    while plain and plain % (significant * 10) == 0:
        significant *= 10
    excess = significant if inner else place if outer else Fraction(0)
    return plain * factor, digits, place * factor, excess * factor


def _hedge(word: str, value: Fraction) -> Bounds:
    _, _, lowest, highest, low_closed, high_closed = HEDGES[word]
    if not value and highest < inf:
        raise ValueError(f"零不能带“{word}”")
    return Bounds(value * lowest, inf if highest == inf else value * highest, low_closed, high_closed)


def _digits(number: str) -> str:
    """Arabic digits, in groups of three from 1,000."""
    if not number[0].isdigit():
        import cn2an  # 0.2 s, and most figures do without

        if re.search("[一二两三四五六七八九]{2}", number):
            raise ValueError(f"“{number}”不是一个确定的数，请写明范围")
        number = str(cn2an.cn2an(("一" if number[0] in "百千万亿" else "") + number, "normal"))
    whole, point, rest = number.replace(",", "").partition(".")
    return f"{int(whole):,}{point}{rest}"


def _reason(token: str, text: str) -> str:
    """Why a token is no figure."""
    if not text:
        return "空白：没有数字可读"
    if not re.search(_NUMBER, text):
        return f"“{token}”：没有数字；应为“26万余元”“近2000个”这样的写法"
    read = max((end for end in range(len(text)) if _TOKEN.fullmatch(text, 0, end)), default=0)
    before = re.match(f"(?:{_BEFORE})*", text)
    end = read or (before.end() if before else 0)
    what = "含两个以上数字，请逐个登记" if read and re.match(_NUMBER, text[end:]) else "不认识的写法"
    return f"“{token}”第{end + 1}个字“{text[end : end + 1]}”处：{what}"


_NOT_FIGURES = re.compile(
    r"\{\{.*?\}\}|\d{2,4}年(?:度)?(?:\d+月)?(?:\d+日)?|\d+月(?:\d+日)?|[〔【\[(（]\d{4}[〕】\])）]\d+号|第[\d一二三四五六七八九十]+[届次期批条号]"
    r"|[四三五]送|四大家|四联建|4S|\d\+\d|一[是线]|[统同逐每]一|唯一|一定|一律|一起|一并|十[分足]|万达|五[一四]|[一二三四五六七八九十]、|进一步"
)


def numbers_in(text: str) -> list[str]:
    """The numbers written in a running text, without dates, document numbers, ordinals, brand words and `{{ … }}`."""
    rest = _NOT_FIGURES.sub("　", text.translate(_WIDE))
    spelled = r"[一二两三四五六七八九十百千][一二两三四五六七八九十百千万余多]*(?=[个名人家次项场件户条元万亿份期])"
    return re.findall(rf"{_ARABIC}|{spelled}", rest)
