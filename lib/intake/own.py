"""Names of a unit's own, for figures that no indicator of the dictionary fits: the words before a number, or from what it follows.

What only says how a number belongs to the one before it (占, 户均, 同比增长, 合计) takes that one's name: 发放慰问金 → 户均发放慰问金.
"""

import re
from collections.abc import Container, Iterator, Sequence
from itertools import chain, count
from pathlib import Path

from lib.intake.items import NUMBERING, Item
from lib.numbers.lexicon import kinds
from lib.numbers.notation import FALLEN

_WORDS = kinds(Path(__file__).with_name("own.txt"))
_TIMES = ["", *"二三四五六七八九十", *(f"十{n}" for n in "一二三四五六七八九")]


def called(items: Sequence[Item], known: Sequence[str]) -> Iterator[str]:
    """A name for each item, unlike all others; `known`: what an indicator calls it already, nothing where none fits."""
    taken: set[str] = set()
    base, last, place, of = "", "", -1, dict[str, str]()  # `of`: by its unit, what was named last
    aside: list[str] = []
    for item, label in zip(items, known, strict=True):
        if item.passage != place or item.cell:
            base, last, place, of, aside = "", "", item.passage, {}, []
        if not item.figure:
            aside.append(item.found.token)
            yield ""
            continue
        words, unit = _words(item, aside[-4:]), item.found.reading.unit
        base = of.get(unit, base) if _WORDS["changed"].fullmatch(words) else base
        told = _derived(words, base, last, item)
        base = base if told else label or _own(item, words)
        last, of = label or _numbered(told or base, taken), of if told else of | {unit: base}
        yield last


def alone(name: str, known: Container[str]) -> bool:
    """Whether it is by its words that a name differs from all that a unit has, and not by its number among them."""
    return f"{name}{_TIMES[1]}" not in known and not (name[-1:] in _TIMES[1:] and name[:-1] in known)


def _numbered(name: str, taken: set[str]) -> str:
    """A name, with a number where it is taken."""
    numbers = chain(_TIMES, count(len(_TIMES) + 1))
    numbered = next(one for n in numbers if (one := f"{name}{n}") not in taken)
    taken.add(numbered)
    return numbered


def _words(item: Item, aside: Sequence[str]) -> str:
    """The words of the clause before a number without what was set aside (4K, 3个工作日内), with the verb that its token begins with."""
    before = _WORDS["date"].sub("", item.near.partition("□")[0])
    for token in aside:
        before = before.replace(token, "")
    verb = re.match("|".join((*FALLEN, "")), item.found.token)
    clause = re.split(r"[，。；：（）()]", before)[-1]
    clause = re.sub("“.*”等", "", clause) if "”等" in clause else clause.removesuffix("”")
    return _letters(re.split("[“”]", clause)[-1] + (verb[0] if verb else ""))


def _derived(words: str, base: str, last: str, item: Item) -> str:
    """A name made from the `base` that names the figures before, or from the `last`, where the words say no more than how they belong together."""
    if not base:
        return ""
    if _WORDS["changed"].fullmatch(words) or _WORDS["share"].fullmatch(words):
        return base + re.sub("^(?:[和及与]|分别)+|的$", "", words) + "比" * (words == "占")
    bare = _bare(words)
    if _WORDS["each"].fullmatch(bare) or _WORDS["before"].fullmatch(bare):
        return bare + base
    if _WORDS["planned"].fullmatch(bare) or _WORDS["part"].fullmatch(bare):
        return _WORDS["whole"].sub("", base) + bare
    if _WORDS["total"].fullmatch(words):
        return f"{base}等合计"
    unit = item.found.reading.unit
    if words in ("", "的") and unit in ("%", "倍"):
        return f"{last}的比率"
    return "" if words or not unit or _behind(item) else f"{base}金额" if unit == "元" else f"{base}{unit}数"


def _own(item: Item, words: str) -> str:
    """The words before a number, or behind it where those before list something, with the topic where they are general."""
    before, behind = item.near.partition("□")[0], _behind(item)
    listed = re.search("、[^，。；：、]*$", before) and len(behind) > 1
    words = behind if listed else _bare(words)[-14:]
    if _WORDS["general"].fullmatch(words):
        words = behind if behind and not words else _topic(item) + words
    return words or "数据"


def _topic(item: Item) -> str:
    """What a paragraph or, without words of its own, its chapter is about."""
    lead = _WORDS["lead"].match(item.before)
    heading = NUMBERING.sub("", item.headings[-1], count=1) if item.headings else ""
    return _letters(lead[1] if lead else heading)[:10]


def _behind(item: Item) -> str:
    """The words behind a number, up to the next mark."""
    after = item.near.partition("□")[2].removeprefix(item.found.token)
    return _bare(_letters(re.split("[，。；：、（）()]", after)[0]))[:8]


def _bare(words: str) -> str:
    """Words without those that a clause begins and ends with."""
    return _WORDS["trailing"].sub("", _WORDS["leading"].sub("", words))


def _letters(text: str) -> str:
    return re.sub(r"[^\u4e00-\u9fffA-Za-z]", "", text)
