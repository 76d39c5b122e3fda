"""Figures as printed in Chinese reports: what is read, what it bounds, and how it is written back.

The patterns are those of published reports (26万余元, 近2000个, 80余名, 不超过300元, 七个, 10-20%, 每人每年60元, 六成以上). A hedge is a
bound; `conventions.txt` says which.
"""

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from importlib.resources import files
from math import inf, prod
from unicodedata import normalize

from lib.numbers import wording
from lib.numbers.bounds import Bounds, between
from lib.numbers.lexicon import grouped, lexicon

_CONVENTIONS = [line.split(" | ") for _, line in lexicon(files("lib.numbers").joinpath("conventions.txt"))]
CONVENTIONS = [(form, words) for form, words, *_ in _CONVENTIONS]
"""The one table of house conventions, printed in the report's method note."""
_HEDGING = [(hedge, said.split()) for _, _, *hedge, said in (row for row in _CONVENTIONS if len(row) > 2)]
HEDGES = {said[0]: (int(low), float(high), ends, int(least)) for (low, high, ends, least), said in _HEDGING}
"""What hedges bound: lowest and highest in hundredths of the printed number, ends, what a count may be off at least."""
_PLAIN = "达 达到 共 共计 合计 累计 = 价值 占 同比 环比 比上年 增加 增长 新增 上升 提高"
_ALIASES = dict.fromkeys(_PLAIN.split(), "") | {word: said[0] for _, said in _HEDGING for word in said}
BESIDE = grouped(files("lib.numbers").joinpath("measures.txt"))
_FALLS = *BESIDE["fallen"], "减", "降", "少", "少花", "少用", "少支"
FALLEN = tuple(said + more for said in _FALLS for more in ("", "了"))
_MULTIPLIERS = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_SCALES = {"成": Fraction(1, 10), "%": Fraction(1, 100), "‰": Fraction(1, 1000)}

_INSIDE = ("以内", "之内", "内")
_AFTER = "|".join(("左右", "上下", "以上", "以下", *_INSIDE))
_WORDS = {*_ALIASES, *FALLEN} - {"来", "上", "数", "几", *_AFTER.split("|")}
_BEFORE = "|".join([*sorted(_WORDS, key=len, reverse=True), "[上数几](?=[十百千万亿])"])
_WORD = re.compile(_BEFORE)
_DIGITS = "一二两三四五六七八九"
NUMERALS = f"〇零{_DIGITS}十廿卅百千万亿"
ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_NUMBER = (
    rf"[{_DIGITS}十百千万\d]+分之[{_DIGITS}十百\d]+|{ARABIC}|[{NUMERALS[:-1]}点]*[{NUMERALS[:-2]}]"
    "|[万亿](?=[余多])|(?<=[近约超逾过破上数几])[万亿]"
)
_TERM = rf"(?P<number>{_NUMBER})(?P<inner>[余多几来]?)(?P<times>(?:[十百千]?(?:万亿|[万亿])|百(?!分)|千(?![克瓦米伏]))?)(?P<outer>[余多…]?)"
_UNIT = rf"(?:(?!{_AFTER})(?:百分点|千[克瓦米伏]|(?<=/)(?:1?0*[十百千]?[万亿]|[百千])|(?![{NUMERALS}余多几半])[^\W\d_]|[%‰℃°/·㎀-㏟]))*?"
_TOKEN = re.compile(
    rf"(?P<before>(?:{_BEFORE})*)\+?(?P<sign>(?:(?<!\+)[-−±])?){_TERM.replace('?P<', '?P<a_')}"
    rf"(?:(?P<between>{_UNIT})[至到~～—–-](?P<b_sign>[-−]?){_TERM.replace('?P<', '?P<b_')})?(?P<unit>{_UNIT})(?P<after>(?:{_AFTER})?)"
)
WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", ord("﹪"): "%", ord("⁄"): "/"}
FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟萬億圆￥", "一二三四五六七八九十百千万亿元¥")
_PER = re.compile(
    rf"(?:每([人户]次|[人名位户家个件场])(?:每?年)?|([人户])均)(?:(?![{NUMERALS}])[^\W\d])*?(?={_BEFORE}|{_NUMBER}|[-−¥])"
)
_LATE = re.compile(rf"([不未][到满]|(?<![个项条处点])不足)$|\(({'|'.join(filter(_ALIASES.get, _WORDS))}|{_AFTER})\)$")
"""A hedge behind the unit that says what it says before the number; 3个不足 may be either."""
_KNOWN = " ".join(BESIDE["counted"] + BESIDE["measured"]).split()
_MEASURE = re.compile(f"^(?:{'|'.join(map(re.escape, sorted(_KNOWN, key=len, reverse=True)))})")
_PAID, _STRAY = (re.compile("|".join(BESIDE[kind])) for kind in ("paid", "stray"))
_DATE = re.compile(rf"[\d{_DIGITS}十]月|(?<!\d)(?:19|20)\d\d年")


_SIGNS = {"«字»": _DIGITS, "«数»": NUMERALS, "«号»": _NUMBER}
_SAID = (line.split("⇒") for _, line in lexicon(files("lib.numbers").joinpath("rewritten.txt"), _SIGNS))
_REWRITTEN = [(re.compile(said.strip()), plainly.strip()) for said, plainly in _SAID]
_ODD = re.compile("|".join(said.pattern for said, _ in _REWRITTEN))
"""How a figure is said otherwise, and how it is put plainly."""

_WITHIN = {"年个月": 12, "天小时": 24, "小时分钟": 60, "分钟秒": 60, "公里米": 1000, "吨公斤": 1000}
LARGER = r"(?:\d{1,4}\s*(?:年|天|个?小时|分钟?|公里|千米|吨)\s*零?\s*(?=\d+\s*(?:个?小时|个月|分|秒|米|公斤)))"
"""The part of a figure of two units (2分30秒) in the larger one; the figure is in the smaller."""
_TWO_UNITS = re.compile(r"(\d+)(年|天|小时|分|公里|吨)(?:钟|零)*(\d+)(个月|小时|分钟|秒|米|公斤)")

_SYNONYMS = {
    "名": "人",
    "位": "人",
    "人/次": "人次",
    "个人": "人",
    "个小时": "小时",
    "百分点": "个百分点",
    "平方米": "㎡",
}
"""Measure words that say the same as a canonical unit."""
_BLANKS = {"": "missing", "无": "zero"} | dict.fromkeys(("-", "—", "——", "--", "/", "不适用"), "silent")


def blank(cell: str) -> str:
    """What a cell without a number says: `missing`, `zero`, or `silent` if it does not apply; nothing for one that may have one."""
    return _BLANKS.get(re.sub(r"\s+", "", cell.translate(WIDE)), "")


def counts(printed: str, unit: str) -> bool:
    """Whether a measure word, perhaps with what it counts (个乡镇, 名职工, 家单位), says a unit; 个单位 are 家 as well."""
    word = {"人": "[人名位]", "家": "(?:家|个(?=单位))", "个": "(?:个|家(?=单位))"}.get(unit, re.escape(unit))
    return printed == unit or bool(re.fullmatch(rf"{word}(?!次|月|小时|百分点|工作日|天|年)[^\W\d_]*", printed))


LONGEST = 100  # how many characters a figure may have


class NotationError(ValueError):
    """A token that cannot be read; the message says where and why, in Chinese."""


@dataclass(frozen=True)
class Reading:
    """A printed figure: `number` is the one printed, `bounds` what it says, both in `unit` (%, ‰ are taken as parts of one); `place` is
    the worth of the last printed digit, `text` the canonical spelling, `slips` what is wrong in the language of the token."""

    number: Fraction
    bounds: Bounds
    unit: str
    place: Fraction
    text: str
    slips: tuple[str, ...] = ()

    @property
    def value(self) -> Fraction | None:
        """The nominal value: the printed number where it lies inside the bounds, not on an end of them."""
        return self.number if self.bounds.exact or self.bounds.low < self.number < self.bounds.high else None

    @property
    def rounding(self) -> Fraction:
        """How far the true number may lie from an unhedged one: half the last place, nothing for a plain count."""
        return self.place / 2 if self.bounds.exact and (self.place != 1 or "元" in self.unit) else Fraction(0)


def read(token: str) -> Reading:
    """A printed figure such as `26万余元`, `近2000个`, `３００ 人`, `七个`, `10-20%`, `人均补助2580.7元`. Raises NotationError for a token
    that is empty, holds no figure, more than one, a date, or something that has no meaning here."""
    if len(token) > LONGEST:
        raise NotationError(f"“{token[:20]}…”：{len(token)}个字，不是一个数字")
    text = re.sub("[¼-¾⅐-⅞]", lambda sign: normalize("NFKC", sign[0]), token).translate(WIDE).translate(FORMAL)
    text, *late = filter(None, _LATE.split(text, maxsplit=1)) if text else [""]
    for said, plainly in _REWRITTEN if _ODD.search(text) else ():
        text = said.sub(plainly, text)
    text = _TWO_UNITS.sub(_in_smaller, _TWO_UNITS.sub(_in_smaller, text))  # twice for 1小时5分30秒
    if _DATE.search(text):
        raise NotationError(f"“{token}”是日期或时段，不是数字；请登记所计的数")
    per = _PER.match(text)
    found = _TOKEN.fullmatch(text, per.end() if per else 0)
    if not found:
        raise NotationError(_reason(token, text))
    words = [*_WORD.findall(found["before"] + found["a_number"][0]), found["after"], *late]
    try:
        unit = _unit(found["unit"], per[1] or per[2] if per else "")
        reading = (_range if found["b_number"] else _single)(found, words, unit)
    except ValueError as error:
        raise NotationError(f"“{token}”：{error}") from error
    return replace(reading, unit="%") if unit == "成" or "分之" in found["a_number"] else reading


def _in_smaller(two: re.Match) -> str:
    """2分30秒 as 150秒; as it stands where the one unit has no such part."""
    many, larger, more, smaller = two.groups()
    within = _WITHIN.get({"分": "分钟"}.get(larger, larger) + smaller, 0)
    return f"{int(many) * within + int(more)}{smaller}" if within > int(more) else two[0]


@lru_cache(maxsize=1 << 14)
def tried(token: str) -> Reading | None:
    """A token that may be no figure; None where it cannot be read."""
    try:
        return read(token)
    except NotationError:
        return None


def _unit(printed: str, per: str) -> str:
    """The unit that a token says: 元 for 元慰问金 and 元整, 元/人 for 每名…元. Raises ValueError for what is no thing."""
    over, slash, under = printed.partition("/")
    tail = _MEASURE.sub("", over)
    if _STRAY.search(tail) or (tail and over[0] == "元" and not _PAID.fullmatch(tail)):
        raise ValueError(f"“{tail}”处：不认识的写法")
    over, under = _SYNONYMS.get(over, over), _SYNONYMS.get(under, under)
    unit = _SYNONYMS.get(printed, ("元" if over.startswith("元") else over) + slash + under)
    return f"{unit}/{_SYNONYMS.get(per, per)}" if per and "/" not in unit else unit


def _single(found: re.Match, words: list[str], unit: str) -> Reading:
    number, digits, place, excess = _term(found, "a_", found["a_times"], unit)
    fallen, sign = "".join(word for word in words if word in FALLEN), found["sign"].replace("-", "−")
    hedges = [*(_ALIASES.get(word, word) for word in words), found["a_inner"]]
    hedges = [word for word in hedges if word in HEDGES and (sign, word) != ("±", "不超过")]
    if sign and (excess or (fallen and sign != "−") or {*hedges} - ({"约"} if sign == "−" else set())):
        raise ValueError("带正负号的数不能再带概数词")
    bounds = [Bounds(number, number + excess, False, False)] if excess else []
    counted = place == 1 and wording.counted(unit or "个") and "分之" not in found["a_number"]
    bounds += [_hedge(word, number, unit, counted) for word in hedges]
    whole, *more = bounds or [Bounds(-number if sign == "±" else number, number)]
    for (low, high), (lower, higher) in ((whole.ends(), one.ends()) for one in more):
        whole = between(min(low, lower), max(high, higher))
    if fallen or sign == "−":
        number, whole = -number, -whole
    text = fallen + _written(found, hedges, sign + digits, unit)
    return Reading(number, whole, unit, place, text, ("概数词重复",) if more else ())


def _written(found: re.Match, hedges: list[str], digits: str, unit: str) -> str:
    """The canonical spelling; 上百 and 数十 keep their numeral."""
    before = "".join(word for word in dict.fromkeys(hedges) if word != "来")
    digits = found["a_number"] if {"上", "数"} & {*hedges} else digits
    inner, outer = (found[name].replace("多", "余").replace("几", "余") for name in ("a_inner", "a_outer"))
    if outer == "…":
        outer, unit = "", {"小时": "个多小时", "个月": "个多月"}.get(unit, f"{unit}多")
    return f"{before}{digits}{inner}{found['a_times']}{outer}{unit}"


def _range(found: re.Match, words: list[str], unit: str) -> Reading:
    between, times = found["between"], found["a_times"]
    low, low_digits, _, low_excess = _term(found, "a_", times if times or between else found["b_times"], unit)
    high, high_digits, place, high_excess = _term(found, "b_", found["b_times"], unit)
    if between not in ("", found["unit"]):
        raise ValueError(f"区间两端的单位不同（{between}、{found['unit'] or '无'}）")
    fallen = [word for word in words if word in FALLEN]
    hedges = [_ALIASES.get(word, word) for word in words if word not in (*fallen, *_INSIDE)]
    signs = [found[name].replace("-", "−") for name in ("sign", "b_sign")]
    low, high = (-end if sign == "−" else end for sign, end in zip(signs, (low, high), strict=True))
    odd = {*hedges, found["a_inner"], found["b_inner"]} - {"", "约"} or "±" in signs
    if odd or low_excess or high_excess or low >= high or (any(signs) and any((*fallen, *hedges))):
        raise ValueError("区间应由小到大、两端不带概数词")
    bounds = Bounds(low, high)
    if about := "约" * ("约" in hedges):
        counted = place == 1 and wording.counted(unit or "个")
        bounds = Bounds(_hedge(about, low, unit, counted).low, _hedge(about, high, unit, counted).high)
    text = f"{''.join(fallen)}{about}{signs[0]}{low_digits}{times}{unit if between else ''}"
    text += f"—{signs[1]}{high_digits}{found['b_times']}{unit}"
    number = Fraction(bounds.high)
    return Reading(-number if fallen else number, -bounds if fallen else bounds, unit, place, text)


def _term(found: re.Match, prefix: str, times: str, unit: str) -> tuple[Fraction, str, Fraction, Fraction]:
    """One number: (value, digits as written back, worth of its last place, greatest excess)."""
    number, inner, outer = (found[prefix + name] for name in ("number", "inner", "outer"))
    if (inner and outer) or ((inner or outer) and "分之" in number):
        raise ValueError("“余”“多”重复，或不能用在这里")
    under, share, over = number.rpartition("分之")
    read = [_digits(one) for one in ((over, under) if share else (number,))]
    digits = number if share else read[0]
    factor = prod((_MULTIPLIERS[sign] for sign in times), start=_SCALES.get(wording.numerator(unit), 1))
    place = Fraction(factor, 10 ** len(digits.partition(".")[2]))
    value, *below = (int(one.replace(",", "").replace(".", "")) * place for one in read)
    if below == [0]:
        raise ValueError("分母是零")
    if below:
        value *= factor / below[0]
    significant = inner and inner != "来"
    excess = place if outer or significant else Fraction(0)
    while significant and value and value % (excess * 10) == 0:
        excess *= 10
    return value, digits, place, excess


def _hedge(word: str, value: Fraction, unit: str, counted: bool) -> Bounds:
    lowest, highest, ends, least = HEDGES[word]
    if not value and highest < inf:
        raise ValueError(f"零不能带“{word}”")
    low, high = value * lowest / 100, inf if highest == inf else value * Fraction(int(highest), 100)
    if least and counted:
        low, high = max(min(low, value - least), Fraction(0)), max(high, value + least * (highest > 100))
    return Bounds(low, high, ends[0] == "[" and not (low == 0 and "/" in unit), ends[1] == "]")


def _digits(number: str) -> str:
    spelled = not number[0].isdigit()
    if spelled and re.search(f"[{_DIGITS}]{{2}}", number.partition("点")[0]):
        raise ValueError(f"“{number}”不是一个确定的数，请写明范围")
    try:
        if spelled:
            import cn2an  # 0.2 s, and most figures do without

            number = str(cn2an.cn2an(("一" if number[0] in "百千万亿" else "") + number, "normal"))
        whole, point, rest = number.replace(",", "").partition(".")
        return f"{wording.amount(int(whole), 0)}{point}{rest}"
    except (ValueError, LookupError, TypeError) as error:  # 十十两, 7百分之一
        raise ValueError(f"“{number}”不是一个数的写法") from error


def _reason(token: str, text: str) -> str:
    if not text:
        return "空白：没有数字可读"
    if not re.search(_NUMBER, text):
        return f"“{token}”：没有数字；应为“26万余元”“近2000个”这样的写法"
    read = max((end for end in range(len(text)) if _TOKEN.fullmatch(text, 0, end)), default=0)
    before = re.match(f"(?:{_BEFORE})*", text)
    end = read or (before.end() if before else 0)
    several = read and re.match(f"[:/+和、]?(?:{_NUMBER})", text[end:])
    what = "含两个以上数字，请逐个登记，每个一行" if several else "不认识的写法"
    return f"“{token}”第{end + 1}个字“{text[end : end + 1]}”处：{what}"
