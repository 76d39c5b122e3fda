"""Names of a unit's own, for figures that no indicator of the dictionary fits: the words before a number, or from what it follows.

What only says how a number belongs to the one before it (占, 户均, 同比增长, 合计) takes that one's name: 发放慰问金 → 户均发放慰问金.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from lib.intake.items import NUMBERING, Item
from lib.numbers.lexicon import kinds
from lib.numbers.notation import FALLEN

_WORDS = kinds(Path(__file__).with_name("own.txt"))
_TIMES = ["", *"二三四五六七八九十", *(f"十{n}" for n in "一二三四五六七八九")]


def called(items: Sequence[Item], known: Sequence[str]) -> Iterator[str]:
    """A name for each item, unlike all others; `known`: what an indicator calls it already, nothing where none fits."""
    taken: set[str] = set()
    base, place = "", -1
    for item, label in zip(items, known, strict=True):
        if not item.figure:
            yield ""
            continue
        if item.passage != place or item.cell:
            base, place = "", item.passage
        words = _words(item)
        told = _derived(words, base, item)
        base = base if told else label or _own(item, words)
        yield label or _numbered(told or base, taken)


def _numbered(name: str, taken: set[str]) -> str:
    """A name, with a number where it is taken."""
    numbered = next(one for n in (*_TIMES, *map(chr, range(65, 91))) if (one := f"{name}{n}") not in taken)
    taken.add(numbered)
    return numbered


def _words(item: Item) -> str:
    """The words of the clause before a number, with the verb that its token begins with."""
    before = _WORDS["date"].sub("", item.near.partition("□")[0])
    verb = re.match("|".join((*FALLEN, "")), item.found.token)
    return _letters(re.split(r"[，。；：（）()“”]", before)[-1] + (verb[0] if verb else ""))


def _derived(words: str, base: str, item: Item) -> str:
    """A name made from that of the figure before, where the words say no more than how the two belong together."""
    if not base:
        return ""
    if _WORDS["changed"].fullmatch(words) or _WORDS["share"].fullmatch(words):
        return base + re.sub("^(?:[和及与]|分别)+", "", words) + "比" * (words == "占")
    if _WORDS["each"].fullmatch(words) or _WORDS["before"].fullmatch(words):
        return words + base
    if _WORDS["total"].fullmatch(words):
        return f"{base}等合计"
    reading = item.found.reading
    return f"{base}的比率" if words in ("", "的") and reading and reading.unit in ("%", "倍") else ""


def _own(item: Item, words: str) -> str:
    """The words before a number, or behind it where those before list something, with the topic where they are general."""
    before, _, after = item.near.partition("□")
    tail = re.split("[，。；：、（）()]", after.removeprefix(item.found.token))[0]
    behind = _WORDS["trailing"].sub("", _letters(tail))[:8]
    listed = re.search("、[^，。；：、]*$", before) and len(behind) > 1
    words = behind if listed else _WORDS["trailing"].sub("", _WORDS["leading"].sub("", words))[-14:]
    if _WORDS["general"].fullmatch(words):
        words = _topic(item) + (words or behind)
    return words or "数据"


def _topic(item: Item) -> str:
    """What a paragraph or, without words of its own, its chapter is about."""
    lead = _WORDS["lead"].match(item.before)
    heading = NUMBERING.sub("", item.headings[-1], count=1) if item.headings else ""
    return _letters(lead[1] if lead else heading)[:10]


def _letters(text: str) -> str:
    return re.sub(r"[^\u4e00-\u9fffA-Za-z]", "", text)
