"""Which indicator a figure most likely measures, from the dictionary's `cues`: rather none than a wrong one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lib.edition.store import Record
from lib.intake.items import Item
from lib.numbers import wording
from lib.numbers.notation import counts

_OTHER = re.compile(
    r"任务|目标|计划数|拟|预计|力争|上年|上一年|去年|同期|年初|预算(?!调整|投资|完成)|历年|截至|原有|现有|达标|力争|下一年|明年|降至|同比|其余|缺口|差额|节余|结余|结转|调解|挽回|贷"
)
"""What stands before a number that is no outcome of the year."""
_LATER = re.compile(r"打算|下一?步|明年|下年度|工作安排|工作计划|工作思路|改进措施|设想")
_ELSEWHERE = re.compile(
    r"(?:该|据|由|[区县市镇])[\u4e00-\u9fff]{0,8}(?:局|委|妇联|残联|团委|商会|协会|办)(?:通报|介绍|统计|自办|举办|主办|承办|单独|另行|组织|开展|发放|牵头)"
)
_TOGETHER = re.compile("联合|会同|协同|配合|协助|总工会")
FLOOR = 2.0
"""A name with less than this is none."""


@dataclass(frozen=True)
class Name:
    """An indicator for a figure, with its score and the runner-up; `indicator` is nothing where none is sure enough."""

    indicator: str = ""
    score: float = 0.0
    second: str = ""


def name(found: Sequence[Item], indicators: Iterable[Record]) -> list[Name]:
    """A name for each item, best evidence first: an indicator has one number, though it may be told twice."""
    known = [(row, [_alternatives(group) for group in _groups(row["cues"])]) for row in indicators if row["cues"]]
    names = [Name()] * len(found)
    scored = [sorted(_scores(item, known), key=lambda one: -one[0]) for item in found]
    value: dict[str, Item] = {}
    order = sorted(
        ((score, -n, indicator) for n, one in enumerate(scored) for score, indicator in one[:3]), reverse=True
    )
    for score, minus, indicator in order:
        item = found[-minus]
        first = value.setdefault(indicator, item)
        same = first.found.reading.bounds == item.found.reading.bounds
        if names[-minus].indicator or not (first is item or same):
            continue
        second = next((other for _, other in scored[-minus] if other != indicator), "")
        names[-minus] = Name(indicator, score, second)
    return names


def _groups(cues: str) -> list[str]:
    return cues.partition("!")[0].split()


def _alternatives(group: str) -> list[str]:
    return group.split("|")


def _scores(item: Item, known: list[tuple[Record, list[list[str]]]]) -> Iterator[tuple[float, str]]:
    """(score, indicator) of those whose cues are all there: the last group beside the number, the others before it."""
    reading = item.found.reading
    if reading is None or _OTHER.search(item.near.partition("□")[0][-14:]) or any(map(_LATER.search, item.headings)):
        return
    if _ELSEWHERE.search(_sentence(item.before)) and not _TOGETHER.search(_sentence(item.before)):
        return
    near, about = item.near, "".join(item.headings) + "。" + item.before
    for row, groups in known:
        kept_out = row["cues"].partition("!")[2].split("|")
        if not groups or not _fits(reading.unit, row["unit"]) or any(word and word in near for word in kept_out):
            continue
        thing = _nearest(groups[-1], near)
        topics = [_last(group, about + near.partition("□")[2]) for group in groups[:-1]]
        if thing is None or None in topics:
            continue
        exact = 0.5 if counts(reading.unit, row["unit"]) else 0.0
        yield (
            1 + exact + 1 / (1 + thing / 6) + sum(1 / (1 + far / 40) for far in topics) + 0.3 * len(topics),
            row["indicator"],
        )


def _sentence(before: str) -> str:
    return re.split("[。；;]", before)[-1]


def _nearest(words: list[str], near: str) -> int | None:
    """How many characters lie between a number and the nearest of the words beside it; None where there is none."""
    before, _, after = near.partition("□")
    places = [len(before) - at - len(word) for word in words if (at := before.rfind(word)) >= 0]
    places += [at for word in words if (at := after.find(word)) >= 0]
    return min(places, default=None)


def _last(words: list[str], text: str) -> int | None:
    """How far back in a text the last of the words stands."""
    return min((len(text) - at for word in words if (at := text.rfind(word)) >= 0), default=None)


def _fits(printed: str, unit: str) -> bool:
    """Whether a printed unit may be that of an indicator: people and things are often counted by another's measure word."""
    if not printed:
        return "/" not in unit and unit != "%"
    return printed == unit or (wording.counted(printed) and wording.counted(unit))
