"""Names of a unit's own, for figures that no indicator of the dictionary fits: the words before a number, or from what it follows. What
only says how a number belongs to the one before it (占, 户均, 同比增长, 合计) takes that one's name: 发放慰问金 → 户均发放慰问金."""

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path
from typing import Any

from lib.intake.items import NUMBERING, Item
from lib.intake.terms import said
from lib.numbers.lexicon import kinds
from lib.numbers.notation import FALLEN, NUMERALS

_WORDS = kinds(Path(__file__).with_name("own.txt"))
_CHANGE = re.compile(f"(?:{_WORDS['changed'].pattern})$")
_DEPENDENT = ("changed", "each", "share", "total", "before", "planned", "part")  # what only goes on from a number
_AND = "[、和及与]"
_AFTER_PARTS = re.compile(r"其中[^，。；]*、[^，。；]*，[^，。；\d]*$")  # 其中A1元、B2元，比上年
_LONG = 30  # signs that a name has at most; a cell's is then that of its row and the last words of its column
_RESPECTIVELY = re.compile(
    r"([^，。；：（）()]*[、和及与][^，。；：（）()]*?)(?:[一二两三四五六七八九十]?[类项个者])?分别([^，。；：]*)$"
)
_TIMES = ["", *"二三四五六七八九十", *(f"十{n}" for n in "一二三四五六七八九")]


def called(items: Sequence[Item], known: Sequence[str], year: int = 0, others: Iterable[str] = ()) -> Iterator[str]:
    """A name for each item, unlike all `others` of indicators; `known`: what an indicator calls it already; `year`: of the report."""
    taken = dict.fromkeys(others, "-")
    said, place = _Said(), -1
    for item, label in zip((one._replace(near=_seen(one.near, year)) for one in items), known, strict=True):
        if item.passage != place or item.cell:
            said, place = _Said(), item.passage
        if item.figure:
            yield said.name(item, label, taken)
        else:
            said.aside.append(item.found.token)
            yield ""


def last_year(report: Path) -> dict[tuple[str, str], str]:
    """What a report, mostly that of the year before, calls its numbers, by the words around each; nothing where two have the same."""
    found: dict[tuple[str, str], str] = {}
    for line in report.read_text("utf-8").splitlines() if report.is_file() else ():
        (text, *rest), last = re.split(r"\{\{\s*(.*?)\s*\}\}", line), ""
        for name, after in zip(rest[::2], rest[1::2], strict=True):
            said = _around(re.split("[。；]", text)[-1], after, last)
            found[said], text, last = name if found.get(said, name) == name else "", after, name
    return found


def around(item: Item, last: str) -> tuple[str, str]:
    """The words before and behind a number, as `last_year` has them; `last`: what the one before it is called."""
    before, _, after = item.near.partition("□")
    return _around(before, after.removeprefix(item.found.token), last)


def _around(before: str, after: str, last: str) -> tuple[str, str]:
    told = (re.sub(f"[{NUMERALS}]", "", one) for one in (before, re.split("[，。；：、（）]", after)[0]))
    words, behind = map(letters, told)
    before = words.replace("年", "")
    return last + before if len(before) < 2 or _goes_on(words) else before, behind.replace("年", "")[:4]


def _goes_on(words: str) -> bool:
    """Whether words before a number only tell how it belongs to the one before it, perhaps with the verb that it begins with (比上年)."""
    told = {words, f"{words}减少", _bare(words)}
    return any(_WORDS[kind].fullmatch(one) for kind in _DEPENDENT for one in told)


@dataclass
class _Said:
    """What has been named in a passage: `base` names the figures before, `whole` those before 其中, `last` is the last name and `stem` is it without its number, `of`
    are bases by their unit, `each` the names that a list of figures is given, `aside` what is no figure, `outer` what was told before a bracket."""

    base: str = ""
    last: str = ""
    stem: str = ""
    whole: str = ""
    of: dict[str, str] = field(default_factory=dict)
    each: list[str] = field(default_factory=list)
    aside: list[str] = field(default_factory=list)
    outer: tuple[Any, ...] = ()

    def name(self, item: Item, label: str, taken: dict[str, str]) -> str:
        """The name of the next figure."""
        words, unit = _words(item, self.aside[-4:]), item.found.reading.unit
        before = item.near.partition("□")[0]
        marks, fresh = re.sub("（[^（）]*）", "", before), item.before.endswith(f"。{before}")
        if "）" in marks and self.outer and not fresh:  # what stood before the bracket goes on
            self.base, self.last, self.stem, self.of, self.outer = *self.outer, ()
        if "（" in marks:
            self.outer = self.base, self.last, self.stem, {**self.of}
        if self.each and re.fullmatch(f"{_AND}?", words):
            self.each = self.each[1:]
        else:  # A、B分别入会 is A入会 and B入会
            listed = _RESPECTIVELY.search(before[-80:]) if "分别" in item.near else None
            self.each = [*_listed(*listed.groups(), _fallen(item))] if listed else []
        words = self.each[0] if self.each else words
        moved = _WORDS["changed"].fullmatch(words) or _WORDS["before"].fullmatch(_bare(words))
        if moved and self.whole and _AFTER_PARTS.search(item.before):
            self.base = self.of[unit] = self.whole
        elif moved and unit != "%":  # a rate is of what was told last
            self.base = self.of.get(unit, self.base)
        if said("inner", before):
            self.whole = self.base
        elif fresh:
            if self.whole and (_WORDS["changed"].fullmatch(words) or _WORDS["planned"].fullmatch(_bare(words))):
                self.base, self.of = self.whole, {}
            self.whole = ""
        if re.fullmatch("[本今]年.*|.*[高加长降少低升][到至]", words):  # of what another year was told of
            self.base = re.sub("^(?:[上往下后]年|今后)(?:年[初末底])?|由(?:[上去]年|年初)的?$", "", self.base)
        told = self.stem if re.fullmatch(_AND, words) else _derived(words, self.base, self.last, item)
        self.stem = told or label or _own(item, words)
        if not told:
            self.base = self.of[unit] = _CHANGE.sub("", self.stem) or self.stem
        self.last = label
        if not label:  # with its topic where that is taken under another one, and with a number where it still is
            topic = _topic(item)
            name = topic * (taken.get(self.stem, topic) != topic and topic not in self.stem) + self.stem
            numbered = (f"{name}{n}" for n in chain(_TIMES, count(len(_TIMES) + 1)))
            self.last = next(one for one in numbered if one not in taken)
            taken[self.last] = topic
        return self.last


def _seen(near: str, year: int) -> str:
    """Words before a number with the last year in them as seen from that of a report, in the clause that it is told of."""
    before, mark, after = near.partition("□")
    if year and (told := re.fullmatch(r"(.*)(20\d\d)(年[度初末底]?|(?=$|，))(，?)(.*)", before)):
        lead, when, rest = told[1], told[3], told[5]
        if lead.endswith("由"):  # 由2022年的A提高到B
            lead, rest = lead[:-1], rest.removeprefix("的")
        this = "本年" * (not letters(lead + rest))
        known = {year: this, year - 1: "上年", year + 1: "下年", year + 2: "后年"}
        seen = known.get(int(told[2]), "往年" if int(told[2]) < year else "今后")
        when = "" if when in ("年", "年度") or (seen == this and when != "年初") else when
        thing = "" if rest else re.split("[，。；：（(]", lead)[-1]
        before = lead.removesuffix(thing) + seen + when + thing + told[4] * ("，" in rest) + rest
    return before + mark + after


def alone(name: str, known: Container[str]) -> bool:
    """Whether it is by its words that a name differs from all that a unit has, not by its number among them; 计划 has none."""
    numbered = f"{name}{_TIMES[1]}" in known or (name[-1:] in _TIMES[1:] and name[:-1] in known)
    return not (numbered or _goes_on(name) or any(_WORDS[kind].fullmatch(name) for kind in ("general", "when")))


def _words(item: Item, aside: Sequence[str]) -> str:
    """The words of the clause before a number without what was set aside in digits (4K, 3个工作日内), with the verb that its token begins with."""
    before = _WORDS["date"].sub("", item.near.partition("□")[0])
    for token in (one for one in aside if re.search(r"\d", one) and one[0] != "每"):  # 三公, 六要素 stay
        before = before.replace(token, "")
    if item.cell and not item.found.start and item.near.endswith("□"):  # a number alone: its row and its column
        told = re.sub("^(.*)，([上往下后]年|今后)$", r"\2\1", _WORDS["cell"].sub("", before))
        parts = re.split("[，。；：]", told)
        return letters(told if len(letters(told)) <= _LONG and "。" not in told else parts[0] + parts[-1])
    before = before if _behind(item) else _WORDS["marked"].sub("", before)  # 临时救助：147人次
    clause = re.split(r"[，。；：（）()]", before)[-1]
    clause = re.sub("“.*”等", "", clause[-200:]) if "”等" in clause else clause.removesuffix("”")
    parts = re.split("[“”]", clause)
    return letters(parts[-1] if len(parts[-1]) > 2 else "".join(parts[-2:])) + _fallen(item)  # “双师型”教师


def _fallen(item: Item) -> str:
    """The verb that its token begins with (下降1.5%)."""
    return "".join(re.findall("^(?:" + "|".join(FALLEN) + ")", item.found.token))


def _listed(things: str, verb: str, fallen: str) -> Iterator[str]:
    """The names of what is told 分别: each thing with the verb, and with the last words of the last (化肥、农药使用量)."""
    names = [_bare(letters(one)) for one in re.split(_AND, things)]
    tail = _WORDS["tail"].search(names[-1])
    for name in names:
        yield name + (tail[0] if tail and not _WORDS["tail"].search(name) else "") + _bare(letters(verb)) + fallen


def _derived(words: str, base: str, last: str, item: Item) -> str:
    """A name made from the `base` that names the figures before, or from the `last`, where the words say no more than how they belong together."""
    if not base or words.endswith(("中", "中有")):
        return ""
    if _WORDS["changed"].fullmatch(words) or _WORDS["share"].fullmatch(words):
        return base + re.sub("^(?:[和及与]|分别)+|的$|分别为?$", "", words) + "比" * (words == "占")
    if words == "本年":
        return base
    bare = _bare(words)
    if _WORDS["each"].fullmatch(bare) or _WORDS["before"].fullmatch(bare):
        return bare + base
    if _WORDS["planned"].fullmatch(bare) or _WORDS["part"].fullmatch(bare):
        whole = _WORDS["whole"].sub("", base)
        return whole + bare if whole else words
    if _WORDS["total"].fullmatch(words):
        return f"{base}等合计"
    unit = item.found.reading.unit
    if base != bare and base.endswith(bare) and _WORDS["done"].fullmatch(bare):  # 护理补贴发放30人，发放5万元
        return counted(base, unit)
    if words in ("", "的") and unit in ("%", "倍"):
        return f"{last}的比率"
    return "" if words or not unit or _behind(item) else counted(base, unit)


def counted(base: str, unit: str) -> str:
    """What is called by a name and counted in a unit."""
    return base + {"元": "金额", "%": "比率"}.get(unit, f"{unit if unit.isidentifier() else '单位'}数")


def _own(item: Item, words: str) -> str:
    """The words before a number, or behind it where those before list something, with the topic where they are general."""
    before, behind = item.near.partition("□")[0], _behind(item)
    listed = re.search("、[^，。；：、]*$", before) and len(behind) > 1
    words = _bare(words)
    words = behind if listed else (re.search(f"(?:^|[的和及与])(.{{2,{_LONG}}})$", words) or ["", words[-_LONG:]])[1]
    words += behind * (before.endswith(("中有", "中")) and not listed)
    words = "" if behind and _WORDS["when"].fullmatch(words) else words
    if _WORDS["general"].fullmatch(words):
        words = behind if behind and not words else _topic(item) + words
    return words or "数据"


def scope(item: Item) -> str:
    """Whom or what its heading says that a number is about."""
    heading = NUMBERING.sub("", "".join(item.headings[-1:]), count=1)
    return re.sub(r"[^\u4e00-\u9fff]", "", heading)[:20] or "本单位"


def _topic(item: Item) -> str:
    """What a paragraph or, without words of its own, its chapter is about."""
    lead = _WORDS["lead"].match(item.before)
    heading = NUMBERING.sub("", item.headings[-1], count=1) if item.headings else ""
    return letters(lead[1] if lead else heading)[:10]


def _behind(item: Item) -> str:
    """The words behind a number, up to the next mark."""
    after = item.near.partition("□")[2].removeprefix(item.found.token)
    clause = re.split("[，。；：、（）()]", after)[0]
    words = _bare(letters(re.split(r"\d", clause.lstrip("0123456789—-～~"))[0]))  # 86名0—14岁儿童
    return (words if len(words) > 1 else _bare(letters(clause)))[:_LONG]


def _bare(words: str) -> str:
    return _WORDS["trailing"].sub("", _WORDS["leading"].sub("", words))


def letters(text: str) -> str:
    """The words of a text, without numbers, marks and blanks."""
    return re.sub(r"[^\u4e00-\u9fffA-Za-z]", "", text)
