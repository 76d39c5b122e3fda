"""Figures in a running text, and what only looks like one: each with its place in the text, none lost in silence.

`lookalikes.txt` says what is none (years, ordinals, names …); what is left and has a measure word is a figure, which `notation` reads.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from string import ascii_letters
from typing import NamedTuple

from lib.numbers import notation
from lib.numbers.lexicon import lexicon
from lib.numbers.notation import ARABIC, BESIDE, FALLEN, FORMAL, LARGER, NUMERALS, WIDE, Reading

LOOKALIKES = files("lib.numbers").joinpath("lookalikes.txt")
_PLAIN = {code: sign for code, sign in (WIDE | FORMAL).items() if code != ord("，")} | {ord("∶"): ":"}
_MARKS = str.maketrans(",;:()", "，；：（）")
_TYPED = re.compile(r"[;()]|(?<!\d)[,:]|,(?!\d{3}(?!\d))|:(?!\d)")
RULED = re.compile(
    "(?:评分|评价|考核|计分|扣分|赋分|打分|得分)(?:标准|规则|细则|办法|方法|依据|说明|要点)|指标(?:解释|说明|释义|内涵)|计算公式"
)
"""Heads of columns whose cells say by what rule points are given, or what an indicator means: their numbers are no figures."""
CODES = re.compile(r"(?:^|，)[类款项]$|编\s*[号码]|代码|[行栏]\s*次|序\s*号|^No\.?$")
"""Heads of columns whose numbers only number or name a row."""
UNKNOWN = "前后没有说明是什么数"
UNREAD = "读不出"
"""Why a number is set aside: nothing explains it, or it is in no notation that can be read."""

_COUNTED, _MEASURED, _NOUNS, _PEOPLE = (
    " ".join(BESIDE[kind]).split() for kind in ("counted", "measured", "things", "people")
)
_ALONE = dict.fromkeys(_NOUNS, "个") | dict.fromkeys(_PEOPLE, "人")
_HEDGE, _AFTER, _OF, _THING = ("|".join(BESIDE[kind]) for kind in ("hedge", "after", "per", "each"))
_HEDGE = f"(?:{_HEDGE}|(?:{'|'.join(BESIDE['fallen'])})了?)"
_AFTER = rf"(?:(?:\(含\)|及)?(?:{_AFTER}))"
_MONEY, _CROWD = (re.compile("|".join(BESIDE[kind])) for kind in ("money", "crowd"))
_COUNTED_BY = str.maketrans("名位生车", "人人人辆")
_PER = re.compile(
    rf"(?:每({_OF})(?!年|季|周)|([人户亩生村起件笔场例家册项份座车])均)(?!.*(?:\d元(?:[\u4e00-\u9fff]{{2}}|\()|(?:提高|增加)(?![到至])|追加))"
)
_EACH = re.compile(
    rf"(不[低少高]于|不超过|至少|超过|近|约)?(?:每({_THING})(?:每[年月季周天日次])?|(人)均[\u4e00-\u9fff]{{0,8}}|([户亩生])均)$"
)
_FALLEN = re.compile(
    rf"({'|'.join(FALLEN)})了?(?:{ARABIC})[^\d，,。；;]*[、和及与](?:(?:{ARABIC})[^\d，,。；;]*[、和及与])*$"
)
_QUOTED = re.compile(r"“[^”。;，]{1,16}”|《[^》]{1,60}》|\"[^\"。;,]{1,16}\"|‘[^’。;]{1,16}’|「[^」]{1,16}」")
_SENTENCE = re.compile("(?:《[^》]{1,60}》|[^。])+。*")
"""No look-alike reaches over the end of one, but a title may have several."""


def _any(words: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


_OVER = r"(?:\s*(?:[/／]|每(?=秒))(?:人次|秒|分钟|小时|立方米|毫?升|平方公里|公顷|千克|人|户|家|个|件|场|年|月|天|日|亩|次|㎡|平方米|吨|公里|学期|千瓦时|度|公斤|百小时|百公里|1?0?[百千]?万(?![元亩])人?|[百千]人)(?:[·/](?:年|月|天))?)?"
_WORD = rf"(?:(?:个[半多](?:小时|月)|[年天吨亩]半|个人(?=[，。;、)要管干]|$)|{_any(_COUNTED)})(?:\s?次(?![数日序品级]))?{_OVER})"
_UNIT = rf"(?:{_WORD}|/1?0?[百千]?万人?|(?:{_any(_MEASURED)}){_OVER}|(?:{_any(_ALONE)}))"
_UNITS = re.compile(rf"(?!本[^/])[百千万亿]*(?:{_UNIT}/?){{1,2}}")
_SLASHED = r"(?<![\d/.])[1-9]/[2-9](?![\d/.])"
_MIXED = r"\d+(?:亿(?:\d千|零?\d{3}|\d{4})万|万(?:\d千(?:\d百)?|零\d{3})|千\d百)(?!\d)"
_DIGITS = rf"{LARGER}*(?!{_SLASHED})(?:{_MIXED}|\d+秒\d\d(?!\d)|{ARABIC})\s*[余多几来]?\s*(?:[十百千]?(?:万亿|[万亿])|[百千](?!分))?\s*[余多]?"
_PAIR = rf"(?<![第、])(?<!分别)(?<!分别.)(?:[{NUMERALS[2:12]}]?十)?(?:一、(?=二[十百千万])|[二两]、(?=三)|三、(?=[四五])|四、(?=五)|五、(?=六)|六、(?=七)|七、(?=八)|八、(?=九))(?!.[类期批组届队集节])"
"""二、三十户, no list (其中一、二类)."""
_POINT = f"(?:点[{NUMERALS[:12]}]+)?"
_SPELLED = rf"(?:[上数几](?=[十百千万亿])|[{NUMERALS[2:13]}]{{1,3}}{_POINT}[至到]|{_PAIR})?(?:[{NUMERALS}]*[{NUMERALS[2:]}]|零(?=点)){_POINT}(?:[余多几]|(?<=[十百千万亿])来)?[万亿千百]*[余多]?"
_SHARES = (
    rf"{_SLASHED}|[½¼¾⅓⅔]|[百千]分之(?:{ARABIC}|[{NUMERALS}点]+)[余多]?|[{NUMERALS}\d]+分之[{NUMERALS}\d]+|翻了?[一两二]?番|一半|半数(?=以上|的|[，。;、])|(?<=[近超过])半数|过半数?(?![年月天])|(?<=[近超过])半(?=[，。;、]|$)|半(?:个?小时|个月(?!时))|(?<=[破过超近逾])[百千万]*[万亿](?=[，。;、)]|$)|"
    rf"[{NUMERALS[2:12]}\d]成(?:[半{NUMERALS[2:12]}]{{1,2}}(?![人名户家个年月级]))?(?:[多余]|出头)?|(?<=[得打评计了为是:])[{NUMERALS[2:12]}]?十[{NUMERALS[2:12]}]?{_POINT}分半?(?=[，。;()]|$)(?<!十分)|[{NUMERALS[2:]}]*[万亿](?:[余多]|出头)(?=[，。;、)])|(?<=分)[{NUMERALS[2:12]}]路(?!口)|(?<=[为是性:)])零(?=支出|[，。;、]|$)|(?<=事故|死亡|投诉|伤亡|接待|购置|经费|费用|出国|\)费)零(?=支出|[，。;、]|$)|零(?=报告)"
)
_ODD = r"(?![的了是和为与及等至到多余起时内外后前中上下左右均共计占比达较增减约近超不未已又再年月日号第])[\u4e00-\u9fff](?=[，。;、)]|$)"
"""A measure word that nobody listed: one sign, and the clause ends."""
_BEGINS = re.escape("".join(sorted({*_HEDGE, *_SHARES, *NUMERALS, *"上几¥-−+±负"})))
"""Signs one of which any figure begins with: elsewhere none is looked for."""
_FIGURE = re.compile(
    rf"(?=[\d{_BEGINS}])(?P<hedge>(?:{_HEDGE}\s*)*)(?:(?P<arabic>(?:(?<![\w.%)])[-−]|(?<=[\u4e00-\u9fff])(?<![年月日号期次类级层路楼室栋组项第章款条镇村区街道桥站型排])[-−](?=\d)|(?<![承担抱辜欺减降增轻税肩背身胜自])负(?=\d)|(?<=[\u4e00-\u9fff，→])[-−+](?=[\d.]+\s*(?:[%％]|个百分点))|(?<=[\u4e00-\u9fff])\+(?=[\d,.]+[万亿]?元)|±)?¥?{_DIGITS}(?:(?<=[\d万]{{2}})\+(?=\s*(?!个人|项目|人员){_UNIT}))?(?P<more>(?:\s*(?P<own>{_UNIT}))?\s*(?:[至到~～](?=[-−])|[至到~～—–-]+|以上[，、]?(?=\d[\d.]*(?P=own)以下))\s*(?P<second>(?:(?<=[至到~～])[-−])?{_DIGITS}))?)"
    rf"(?:\s*(?P<unit>(?!分[配别类布摊]){_UNIT}|{_ODD}))?|{_SHARES}|{_SPELLED}\s*{_WORD}|(?:(?<=用了|已用|够用|拖了)[{NUMERALS[2:13]}]+年|[{NUMERALS[2:13]}]+年(?=[没未]))|十[{NUMERALS[2:12]}][扇车桌盆杯]|[{NUMERALS[2:]}]+[余多几来][万亿](?!{_WORD})|{_SPELLED}(?<=[余多])(?:{_UNIT}|{_ODD}))(?P<after>\s*{_AFTER})?"
)
_SPACED = r"[1-9]\d{0,2}(?:[ \u00a0\u2009]\d{3})+"
_GROUPED = re.compile(
    r"(?<![\d.,，])(?:[１-９][０-９]{0,2}(?:，[０-９]{3})+|[1-9]\d{0,2}(?:，(?=0|\d{3}\.\d)\d{3})+)(?![\d，])"
    rf"|(?<![\d.,，分绩率度比第])(?<!^)(?:[1-9](?:，\d{{3}})+|{_SPACED})(?=\.\d|\s*[万亿]?{_UNIT})"
    rf"|(?<![\d.,，第])(?<!^){_SPACED}(?:[/～~—–-]{_SPACED})+(?![\d.,])"
)
"""1，234.5 and 12，000, typed with the mark of Chinese, 1 234.5, 5 230条, 10 000/10 800 and 1，846个; 31，120人 may be two numbers."""
_ADDED = re.compile(
    rf"(?<![\d.])(?:\d[\d.,]*[万亿]?{_UNIT}(?:\+\d[\d.,]*[万亿]?{_UNIT})+|\d[\d.]+(?:\+\d[\d.]+)+)(?=[=)])"
)
"""The parts of a sum that is written out (2场+2场=4场)."""
_WITHIN = re.compile(rf"\d({_UNIT})\([\d.,、]*$")
_BEHIND = re.compile(rf"(?:\([{NUMERALS}]+)?\)\s*([百千]?[万亿]?元|%)")
"""The unit behind a number in brackets, or behind the same number in words: （－1.2）万元, 5000（伍仟）元."""
_LABELLED = re.compile(r"\(([^()\d]{1,5})\)[:为]?\s*$")
"""What a label says that is counted: 编制（名）：41."""
_OWED = re.compile(r"\((¥?(?:[\d,]+\.\d+|[\d.]+%))\)")
"""A number below nothing, as accounts print it in a cell: (102.30)."""
_LISTED = re.compile(r"\s*[、和与及/:](?:全?[国省市州区县]|[银铜金]牌|[国省市区县乡镇]级\w{0,2})?\s*")
_WORDED = re.compile(r"、\w{1,3}")
_MANY = re.compile(rf"[百千万亿]+{_WORD}")


class Found(NamedTuple):
    """What stands at `start` to `end` of a text: a figure, read from `said`, or what only looks like one, and why."""

    start: int
    end: int
    token: str
    said: str = ""
    reading: Reading | None = None
    reason: str = ""


def find(text: str, usual: str = "") -> list[Found]:
    """Figures and look-alikes of a text, in its order; they do not overlap, and every Arabic digit is in one of them. `usual` is the unit
    of amounts that have none of their own, as a heading says it (单位：万元)."""
    plain = _GROUPED.sub(lambda one: re.sub(r"[\s，]", ",", one[0]), punctuated(text)).translate(_PLAIN)
    plain = re.sub(r"(?<=[^\s。;])[△▲](?=\d)|↓(?=\d)", "−", plain)  # as accounts print what is below nothing
    plain = _ADDED.sub(lambda one: one[0].replace("+", "、"), plain)
    rest, aside = _set_aside(plain)
    found = [one._replace(token=text[one.start : one.end]) for one in aside]
    for start, end, unit in _units([one for match in _FIGURE.finditer(rest) for one in _split(rest, match)], plain):
        token = text[start:end].strip()
        start += text[start:end].index(token)
        found.append(_figure(Found(start, start + len(token), token), plain, unit, usual))
    return sorted((one for one in found if one.reading or one.reason), key=lambda one: one.start)


def punctuated(text: str) -> str:
    """A text, as long as it was, with the marks of Chinese between its words, however it was typed; 1,234 and 9:30 stay."""
    return _TYPED.sub(lambda mark: mark[0].translate(_MARKS), text)


def numbers_in(text: str) -> list[str]:
    """The numbers written in a running text, without what only looks like one and `{{ … }}`, in whose place U+E011 stands."""
    rest = re.sub(r"\{\{.*?\}\}", "\ue011", text)
    alone = notation.tried(rest) if re.match(r"\d", rest) else None  # 0.92册 is no heading
    found = [Found(0, len(rest), rest, reading=alone)] if alone and alone.unit else find(rest)
    told = [one.token.translate(WIDE) for one in found if one.reading or one.reason in (UNKNOWN, UNREAD)]
    number = rf"{ARABIC}|(?![万亿])[{NUMERALS}]+{_POINT}[百千万亿]*[余多]?"
    return [one for token in told for one in re.findall(number, token)[: 1 + bool(re.search("[至、]", token))]]


def is_unit(word: str) -> bool:
    """Whether a word is one that figures are counted or measured in, or two of them (头只): not A, 决算 or 本馆."""
    return bool(_UNITS.fullmatch(word.translate(_PLAIN)))


def in_cell(text: str, unit: str) -> Found | None:
    """The figure that a cell of a table is, under a head that may say its unit; None for one that is blank, words or none."""
    token = text.strip()
    owed = _OWED.fullmatch(token.translate(_PLAIN))
    token = f"−{owed[1]}" if owed else re.sub(r"^[△▲](?=\d)", "−", token)
    figure = rf"[≥≤<>=]?(?:{_HEDGE})?[-−+±]?¥?(?:{_DIGITS})\s*(?:{_UNIT})?(?:{_AFTER})?"
    if notation.blank(token) or not re.fullmatch(figure, token.translate(_PLAIN)):
        return None
    tried = [said for said in (token, f"{token}{unit}") if (read := notation.tried(said)) and (read.unit or not unit)]
    return Found(0, len(text), text.strip(), tried[0], notation.read(tried[0])) if tried else None


def _set_aside(text: str) -> tuple[str, list[Found]]:
    """The text with what only looks like a figure blotted out, and what that was."""
    found, sentences = [], [(*one.span(), {*one[0]}) for one in _SENTENCE.finditer(text)]
    for reason, signs, pattern in _lookalikes():
        for start, end, held in sentences:
            if signs and held.isdisjoint(signs):
                continue
            for one in pattern.finditer(text, start, end):
                if pattern is not _QUOTED or _named(one[0]):
                    told = one[0].strip(": ") or one[0]
                    at = one.start() + one[0].index(told)
                    found.append(Found(at, at + len(told), told, reason=reason))
                    text = text[: one.start()] + "\ue010" * len(one[0]) + text[one.end() :]
    return text, found


def _named(quoted: str) -> bool:
    """Whether what stands in quotation marks is a name with a number in it, not a number in digits."""
    told = quoted[1:-1].strip()
    figure = re.search(r"\d[^+]*$", told) and _FIGURE.fullmatch(told)
    return bool(re.search(rf"\d|[{NUMERALS[2:]}]", told)) and not figure


@cache
def _lookalikes() -> list[tuple[str, frozenset[str], re.Pattern]]:
    """(reason, signs that a sentence must have one of, pattern): names in quotation marks, then as in the file."""
    signs = {"«数»": f"[{NUMERALS}]", "«量»": _UNIT, "«词»": _WORD, "«母»": ascii_letters}
    found = [("名称", frozenset('“《"‘「'), _QUOTED)]
    for kind, line in lexicon(LOOKALIKES, signs):
        needed = line[3 : line.index(")")] if line.startswith("(?#") else ""
        found.append((kind, frozenset(needed), re.compile(line)))
    return found


def _split(text: str, match: re.Match) -> Iterator[tuple[int, int, str]]:
    """(start, end, unit): a match is one figure, or two where no range reads from the one to the other (从3家到5家)."""
    start, end = match.span()
    unit = match["unit"] or ""
    if match["more"] and (_from_to(text, start, end) or not notation.tried(re.sub(r"\s", "", match[0]))):
        if match["hedge"].startswith(FALLEN) and notation.tried(re.sub(r"\s", "", text[match.start("arabic") : end])):
            yield match.start("arabic"), end, unit
        else:
            yield start, max(match.end("own"), match.start("more")), match["own"] or unit
            yield match.start("second"), end, unit
    else:
        yield start, end, unit if match["arabic"] or re.search("(?:[零万亿]|[万亿](?:[余多]|出头))$", match[0]) else "…"


def _from_to(text: str, start: int, end: int) -> bool:
    """Whether two numbers are where something began and what it came to (从3家到5家), and not a range that went to something else."""
    return bool(
        re.search(r"[从由自]\s*$", text[:start])
        and not re.match(r"[^，。;\d]{0,3}[升降增减缩压提]\w{0,2}[至到]", text[end:])
    )


def _units(spans: list[tuple[int, int, str]], text: str) -> Iterator[tuple[int, int, str]]:
    """What has no unit of its own takes that of the next one in a list (2.1和2.4个百分点; 红色3、橙色12、黄色49次)."""
    for after, (start, end, unit) in enumerate(spans):
        sign = text[start - 1 : start] or "、"
        while not unit and after + 1 < len(spans):
            between = text[spans[after][1] : spans[after + 1][0]]
            if not (_LISTED.fullmatch(between) or (between.endswith(sign) and _WORDED.fullmatch(between[:-1]))):
                break
            after += 1
            unit = spans[after][2]
            given = text[slice(*spans[after][:2])]
            if unit and (many := re.search(rf"\d\s*([百千]?[万亿])(?={re.escape(unit)})", given)):
                unit = unit if re.search("[万亿]", text[start:end]) else many[1] + unit
        if not unit and text[spans[after][1] : spans[after][1] + 1] == ")":
            within = _WITHIN.search(text, 0, start)
            unit = within[1] if within else ""
        if not unit and (behind := _BEHIND.match(text, end)) and (behind[0][0] == "(" or sign == "("):
            unit = behind[1]
        yield start, end, unit


def _figure(found: Found, text: str, unit: str, usual: str) -> Found:
    """A figure with what it says; without a reading, and with the reason, where nothing explains it."""
    said = re.sub(r"\s+", "", text[found.start : found.end])
    ends = "[。!?]" if said.endswith(("万", "亿")) else "[。;!?]"
    sentence = re.split(ends, text[max(0, found.start - 400) : found.start])[-1]
    clause = re.split("[，,:]", sentence)[-1]
    if _MANY.fullmatch(said):
        return found._replace(reason="" if said.endswith("元") else "名称")
    if not unit:
        unit, reason = _implied(said, sentence, text[found.end : found.end + 20], usual)
        if reason:
            return found._replace(reason=reason)
        said = measured(said, unit)
    elif unit in _ALONE:
        said = said.replace(unit, _ALONE[unit])
    elif unit != "…" and unit not in said:
        said += unit
    said = re.sub("^约[为有占]", "约", said).replace("成半", "成五")
    said = fallen[1] + said if (fallen := _FALLEN.search(sentence)) else said
    each = _EACH.search(text, max(0, found.start - 16), found.start)
    said = (each[1] or "") + said if each else said
    reading = notation.tried(said)
    money = reading is not None and reading.unit == "元"
    per = next(reversed([*_PER.finditer(clause)]), each) if money else each
    if reading and reading.unit and per and not re.search("[%‰/点倍年]", reading.unit):
        unit = reading.unit if unit == "…" else unit
        said = said.replace(unit, f"{unit}/{per[per.lastindex or 0].translate(_COUNTED_BY)}")
        reading = notation.tried(said) or reading
    return found._replace(said=said, reading=reading, reason="" if reading else UNREAD)


def measured(said: str, unit: str) -> str:
    """A figure with its unit, which stands before 以内 and the like."""
    return re.sub(f"(?={_AFTER}|$)", unit, said.replace("出头", "多"), count=1)


_RATED = re.compile("[得评计]分|分[值数]|(?:率|占比|比[例值重率]|[指系]数|增[长幅速]|下降|降幅)[^，:]*$")
_ANNOUNCED = re.compile(r"[为达是共计到至有约近超比了出成各名数额:=过÷](?:\s*)$|=[\d.,]+/$")


def _implied(said: str, before: str, after: str, usual: str) -> tuple[str, str]:
    """The unit that a number without one has, and why it is no figure where nothing says so."""
    first = re.sub(r"(?<=\D)(?:[\d.,]+[/、])+$", "", before)  # of a list (自评得分：9.8+48.2)
    if (labelled := _LABELLED.search(first)) and is_unit(labelled[1]):
        return labelled[1], ""
    ratio = re.match(r"\s*:\s*\d", after) or re.search(r"\d\s*:\s*$", before)
    if usual and not (ratio or _RATED.search(before)) and re.fullmatch(r"[\d,]+\.\d+", said):
        return usual, ""
    hedged = not re.fullmatch(ARABIC, said)
    crowd = _CROWD.search(before + re.split("[，,。;、]", after)[0][:8])
    crowd = crowd or re.search(rf"\d[余多]?(?![万亿]*元){_UNIT}、$", before)
    price = said.endswith("万") and (_EACH.search(before[-16:]) or re.search(rf"每({_THING})[\d.]+万，共$", before))
    if hedged and (price or _MONEY.search(re.split("[，;]", before)[-1] if crowd else before)):
        return next(iter(re.findall("[美欧港日]元$", before)), "元"), ""
    coded = re.fullmatch(r"(?:19|20)\d\d|\d{7,}|[1-9]1[08]", said)
    told = _ANNOUNCED.search(before) or re.search("[得评]分:$", first)
    word = re.search(r"[\u4e00-\u9fff]$", before) and not coded
    return "", "" if hedged or ratio or told or word else UNKNOWN
