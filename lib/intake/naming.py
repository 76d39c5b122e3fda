"""Which indicator a figure most likely measures, from the dictionary's `cues`: rather none than a wrong one."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache, lru_cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from lib.edition.store import Record
from lib.intake.items import Item, titled
from lib.intake.labels import named
from lib.intake.spread import spread
from lib.intake.staff import by_kind
from lib.numbers.lexicon import kinds
from lib.numbers.notation import counts

_WORDS = kinds(Path(__file__).with_name("naming.txt"))
FLOOR = 1.4  # a name with less than this is none
_SINCE_THEN = 0.6  # what is left of a topic when another has been announced since
_LIKE = {one[0]: one for one in ("人 人次 个 条 对 枚 份 件 例", "家 个 户", "个 家 块 条", "场 场次 次 期", "篇 条")}


class Name(NamedTuple):
    """An indicator for a figure, with its score and the runner-up; `indicator` is nothing where none is sure enough."""

    indicator: str = ""
    score: float = 0.0
    second: str = ""


class Cue(NamedTuple):
    """How an indicator is announced: by `topics` (one with ? need not be told), by `things` beside the number, not with those `out`."""

    indicator: str
    kind: str
    unit: str
    topics: tuple[tuple[str, ...], ...]
    things: tuple[str, ...]
    out: tuple[str, ...]
    away: tuple[str, ...]


class Place(NamedTuple):
    """The words around a number: all before it (`about`), its `sentence` and `clause` up to it, `after` it, `near`: since the last."""

    about: str
    sentence: str
    clause: str
    after: str
    near: str


def name(found: Sequence[Item], indicators: Iterable[Record], year: int = 0) -> list[Name]:
    """A name for each item, best evidence first: an indicator has one number, though it may be told twice."""
    found = _by_rows(found)
    known = [_cue(row) for row in indicators if row["cues"]]
    heads = {word: cue.kind for cue in known for word in (cue.topics or ((),))[0]}
    words = "|".join(sorted(heads, key=len, reverse=True)) or "$."
    begun = re.compile(f"(?:^|[。；;：:)）])[^。；;：:，]{{0,8}}?({words})")
    last_of = {(item.passage, item.cell): item for item in found}.values()
    texts = (text for item in last_of for text in (*item.headings, item.before))
    # the level of the unit itself (区), from what is first called a union
    level = next((match[1] for text in texts if (match := _WORDS["named"].search(text))), "$.")
    carried = _carried(found, level, year)
    fitting = cache(lambda unit: [cue for cue in known if _fits(unit, cue.unit)])
    firsts = lru_cache(2**12)(lambda said: [(one.start(1), heads[one[1]]) for one in begun.finditer(said)])

    def scored(part: Sequence[Item]) -> list[list[tuple[float, str]]]:
        told: list[list[tuple[float, str]]] = []
        for item in part:
            told.append([])
            unit = item.found.reading.unit if item.figure else ""
            fit = fitting(unit) if item.figure and id(item) not in carried else []
            for place in _places(item, level, year) if fit else ():
                around = f"{place.clause}□{place.after}"
                near = [cue for cue in fit if any(word in around or _counts(word, unit) for word in cue.things)]
                if near and not told[-1]:
                    topics = {word for cue in near for words in cue.topics for word in words} - {"?"}
                    last = {word: at for word in topics if (at := place.about.rfind(word)) >= 0 or word in place.after}
                    ends = (one.span() for one in re.finditer("[^。]*。?", place.about))
                    first = [(a + at, kind) for a, z in ends for at, kind in firsts(place.about[a:z])]
                    some = _scores(item, place, near, last, first)
                    told[-1] += sorted(some, key=itemgetter(0), reverse=True)
        return told

    names, staff = _given(found, _summed(found, spread(scored, found))), dict(by_kind(found))
    return [Name(staff[n], 9.0) if n in staff else one for n, one in enumerate(names)]


def _by_rows(found: Sequence[Item]) -> list[Item]:
    """The items; in a table with a row of totals, heads that name an indicator do so of that row alone, and its total is spent."""
    heads: dict[int, set[str]] = {}
    left = {item.passage for item in found if item.cell and re.search("年末结[转余]", item.near)}
    whole = {item.passage for item in found if item.cell and _WORDS["whole"].search(_parted(item)[0])}
    some = {id(one) for one in found if one.cell and one.passage not in whole and _WORDS["projects"].search(one.before)}
    found = [_of_label(one) if id(one) in some else one for one in found]
    for item in found:
        if item.cell and _WORDS["total"].match(item.near):
            heads.setdefault(item.passage, set()).add(named("item", _parted(item)[1]))
    return [_of_row(item, heads, left) if item.cell and item.passage in heads else item for item in found]


def _summed(found: Sequence[Item], scored: list[list[tuple[float, str]]]) -> list[list[tuple[float, str]]]:
    """The scores; what the row of totals of a table may be called, nothing else in its column is."""
    cells = [(item.passage, item.cell[1]) if item.cell else None for item in found]
    whole = [bool(cell and _WORDS["total"].match(item.near)) for item, cell in zip(found, cells, strict=True)]
    told = {(cell, one) for cell, total, some in zip(cells, whole, scored, strict=True) if total for _, one in some}
    return [
        some if total else [one for one in some if (cell, one[1]) not in told]
        for cell, total, some in zip(cells, whole, scored, strict=True)
    ]


def _of_label(item: Item) -> Item:
    """A cell as the label of its row alone tells."""
    label, head, behind = _parted(item)
    text = item.text.removesuffix(f"，{head}")
    return item._replace(text=text, begin=len(text), near=f"{label}□{behind}")


def _of_row(item: Item, heads: Mapping[int, set[str]], left: set[int]) -> Item:
    label, head, behind = _parted(item)
    if item.passage in left and re.match(r"总\s*计", label):  # with what is left of it
        return item._replace(text=label, begin=len(label), near=f"{label}□{behind}")
    if _WORDS["total"].match(label):
        spent = "basic" in heads[item.passage] and _WORDS["total"].match(head)
        return item._replace(near=f"支出合计□{behind}") if spent else item
    spent = _WORDS["spent"].fullmatch(head) and not named("item", label)
    return _of_label(item) if label and (spent or named("item", head)) else item


def _parted(item: Item) -> tuple[str, str, str]:
    """The label of a cell's row, the head of its column, and the cell."""
    words, _, behind = item.near.partition("□")
    label, _, head = words.rpartition("，")
    return label, head, behind


def _given(found: Sequence[Item], scored: list[list[tuple[float, str]]]) -> list[Name]:
    """The names that go to the items, from the (score, indicator) of each."""
    names = [Name()] * len(found)
    value: dict[str, Item] = {}
    sure = ((score, -n, indicator) for n, one in enumerate(scored) for score, indicator in one[:4] if score >= FLOOR)
    for score, minus, indicator in sorted(sure, reverse=True):
        item = found[-minus]
        same = value.get(indicator, item).found.reading.bounds == item.found.reading.bounds
        if not names[-minus].indicator and same:
            value[indicator] = item
            second = next((other for _, other in scored[-minus] if other != indicator), "")
            names[-minus] = Name(indicator, score, second)
    return names


def _cue(row: Record) -> Cue:
    told, out, away = [*row["cues"].split("!"), "", ""][:3]
    *topics, things = [tuple(group.replace("?", "?|").split("|")) for group in told.split()]
    kept = (tuple(filter(None, one.split("|"))) for one in (out, away))
    return Cue(row["indicator"], row["indicator"].partition(".")[0], row["unit"], tuple(topics), things, *kept)


@lru_cache(2**10)
def _plainly(text: str, level: str, year: int) -> str:
    """A text in which the unit's own level is 本, its year is left out, and other years are 往年."""
    text = _WORDS["year"].sub(lambda one: _year(int(one[1] or f"20{one[2]}"), year), text).replace("头年", "上年")
    text = _WORDS["unit"].sub("", text)
    return re.sub(rf"(?<![园社街景片各]){level}(?=级?(?:劳|先进|总|工会|机关|直|领导|本级))", "本", text)


def _year(told: int, year: int) -> str:
    return "明年" if told > year > 0 else "往年" * (told != year)


def _place(item: Item, level: str, year: int) -> Place | None:
    """Where a number stands; None where its words say that it is no outcome of this unit and year."""
    before = _plainly(item.before[-400:], level, year)
    before = titled(before) or before
    near, _, after = _plainly(item.near, level, year).partition("□")
    if within := _WORDS["within"].search(near):  # of 基本支出中人员经费 it is the latter
        lead = near[: near[0] in "，、"]
        before, near = before.removesuffix(near) + lead + near[within.end() :], lead + near[within.end() :]
    sentence = re.split("[。；;]", before)[-1]
    if dealt := _dealt(sentence):
        before, near, sentence = before.removesuffix(sentence) + dealt, dealt, dealt
    clause = max(near, _WORDS["within"].split(re.split("[，：:]", sentence)[-1])[-1], key=len)
    if _WORDS["summed"].fullmatch(near) or _WORDS["bare"].fullmatch(near):
        clause = re.split("[：:]", sentence)[-1]
    clause = _WORDS["marked"].sub("", clause)
    if _WORDS["came_in"].search(f"{sentence}□{item.text[item.begin :][:40]}"):
        clause = near = near.replace("结转", "上年结转")
    if (
        any(_WORDS["later"].search(one) for one in item.headings)
        or _WORDS["other"].search(near if item.cell else near[-14:])
        or (item.cell and _WORDS["asked"].search(item.text))
        or _WORDS["aim"].search(after.removeprefix(item.found.token))
        or _WORDS["summed_up"].search(f"{near}□{item.text[item.begin :][:80]}")
        or _WORDS["grand"].search(f"{sentence}□{item.text[item.begin :][:80]}")
        or (_WORDS["comes_to"].fullmatch(near) and not _WORDS["price"].search(sentence))
        or _WORDS["ratio"].search(f"{item.before}□{item.text[item.begin + len(item.found.token) :][:9]}")
        or _WORDS["begins"].search(before.rpartition("。")[2])
        or _WORDS["beyond"].search(sentence)
        or (_WORDS["elsewhere"].search(sentence) and not _WORDS["together"].search(sentence))
    ):
        return None
    about = "。".join((*(_plainly(one, level, year) for one in item.headings), before))
    return Place(about, sentence, f"，{clause}", after, near)


def _carried(found: Sequence[Item], level: str, year: int) -> set[int]:
    """The ids of figures that are part of what is no outcome (年初预算A，其中基本支出B), or go on from another year (2025年预算A，B)."""
    carried = set[int]()
    said = (one for one in found if one.figure and not one.cell)
    clauses = groupby(said, lambda one: (one.passage, max(one.text.rfind(mark, 0, one.begin) for mark in "。；;")))
    for _, some in clauses:
        last = head = None  # what none of its parts is an outcome of, and how much of it they leave
        left, was, apart = Fraction(0), "", False
        for item in some:
            near, size = _plainly(item.near, level, year).partition("□")[0], item.found.reading.number
            if _WORDS["inner"].search(near):
                other = last and (id(last) in carried or _own(was.lstrip("）")) or _WORDS["other"].search(was[-14:]))
                head, left = (last, last.found.reading.number) if last and other else (None, Fraction(0))
            part = head and not _own(near) and head.found.reading.unit == item.found.reading.unit
            part = part and 0 < size <= left * Fraction(101, 100)
            head, left = (head, left - size) if part else (None, Fraction(0))
            on = apart and bool(_WORDS["on"].fullmatch(near))
            apart = on or bool(_WORDS["apart"].search(near))
            fallen = size < 0 and re.match("(?!调)[^\\W\\d_]", item.found.token)  # 减少1.3万元 is a change
            if part or fallen or on:
                carried.add(id(item))
            # parts behind a rate are those of what it is of
            last, was = (item, near) if item.found.reading.unit != "%" else (None, "")
    return carried


def _own(near: str) -> bool:
    """Whether a figure is what is moved into or out of the year, or stands behind brackets: no part of what is before it."""
    return near[:1] == "）" or bool(_WORDS["moved"].search(near.rpartition("，")[2]))


def _places(item: Item, level: str, year: int) -> Iterator[Place]:
    """Where a number stands: of a bare verb (实际支出) behind a plan first with the words of that, up to the number there."""
    if not (place := _place(item, level, year)):
        return
    rest, _, verb = place.sentence.rpartition("，")
    if rest and verb and _WORDS["bare"].fullmatch(verb):
        before = re.split("[，、：]", rest)[-1]
        words = re.sub(r"\d[\d.,]*\D{0,5}$", "", before)
        if re.fullmatch("(?:年初|全年)?预算数?", words):  # “三公”经费：预算A，支出
            words = re.split("[，、]", rest)[-1].rpartition("：")[0] or words
        if _WORDS["other"].search(words) or _WORDS["other"].search(before) or words.endswith("预算拨款"):
            yield place._replace(clause=f"，{words}", near=words)
    yield place


def _dealt(sentence: str) -> str:
    """A、B分别为3人、 or 各为3人、: what the last of the numbers is of (B为); nothing where none is dealt out."""
    if not re.search("分别|各[为是]", sentence) or not (dealt := _WORDS["dealt"].search(sentence)):
        return ""
    things, number = re.split("[、和及与]", dealt[1]), len(re.findall("[、和及与，]", dealt[3]))
    return things[number] + dealt[2].rstrip("为是") if 1 < len(things) > number else ""


def _scores(
    item: Item, place: Place, near: list[Cue], last: dict[str, int], first: list[tuple[int, str]]
) -> Iterator[tuple[float, str]]:
    """(score, indicator) of those whose cues are all there: things beside the number, topics before it, the nearer the better;
    `last`: where a topic is told last, `first`: where a sentence begins with one, and its kind."""
    unit, end = item.found.reading.unit, len(place.about)
    nested = bool(_WORDS["nested"].search(place.near))
    token = item.found.token
    behind = token + re.split("[，和及与]", place.after.removeprefix(token)[:10])[0]
    near_by = place.clause if _WORDS["comes_to"].fullmatch(place.near) else place.near
    before = near_by if item.cell and item.near.endswith("□") else re.split("(?=[，：:、])", near_by)[-1]
    about, beside = (*item.headings[-1:], place.about.rpartition("。")[2]), f"{before}□{behind}"
    project = any(map(_WORDS["project"].search, about))
    spent = _WORDS["spent_on"].search(f"{place.sentence}□{place.after}")
    wide = _WORDS["wide"].search(place.sentence)
    for cue in near:
        missing = any(words[0] != "?" and last.keys().isdisjoint(words) for words in cue.topics)
        other = (project and cue.kind == "budget") or (spent and cue.indicator == "budget.total")
        other = other or (wide and cue.kind in ("budget", "staff"))
        away = any(one in (about[-1] if "收入" in one else place.sentence) for one in cue.away)  # 总收入A，其中B；C
        if missing or other or away or any(one in beside for one in cue.out):
            continue
        told = [one for words in cue.topics if (one := _topic(words, cue.kind, end, last, first))]
        if thing := _thing(cue.things, place, unit):
            mean = sum(told) / len(told) if told else 1.2
            yield 0.5 * counts(unit, cue.unit) + thing + mean + 0.2 * len(told) - nested, cue.indicator


def _thing(words: tuple[str, ...], place: Place, unit: str) -> float:
    """2 for a word that touches the number, less the farther it is; its own unit (@人) is little, and nothing is 0."""
    before = "□" if place.clause[-1] in "和及与" else f"{place.clause}□"  # in a list it is told behind
    told = ((word, at) for word in words if (at := before.rfind(word)) >= 0)
    far = [len(before) - 1 - at - len(word.rstrip("□")) + 20 * before.count("，", at + 1) for word, at in told]
    far += [at for word in words if (at := place.after.find(word)) >= 0]
    alone = any(_counts(word, unit) for word in words)
    return max([2 / (1 + max(one, 0) / 6) for one in far] + [0.35 * alone])


def _topic(words: tuple[str, ...], kind: str, end: int, last: dict[str, int], first: list[tuple[int, str]]) -> float:
    """2 for a topic that is told last, less the farther back it is and the more others have been announced since; 0 of none."""
    if last.keys().isdisjoint(words):
        return 0.0
    told = max(last.get(word, -1) for word in words)
    since = sum(at > told and other != kind for at, other in first)
    return 1.6 if told < 0 else 2 / (1 + (end - told) / 60) * _SINCE_THEN**since


@cache
def _fits(printed: str, unit: str) -> bool:
    """Whether a printed unit may be that of an indicator: people and things are often counted by another's measure word."""
    if not printed:
        return unit not in ("元/人", "㎡")
    return counts(printed, unit) or printed in _LIKE.get(unit, unit).split()


def _counts(word: str, unit: str) -> bool:
    """Whether a word among things is a unit (@人) that a printed one may be."""
    return word[0] == "@" and _fits(unit, word[1:])
