"""Which indicator a figure most likely measures, from the dictionary's `cues`: rather none than a wrong one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from lib.edition.store import Record
from lib.intake.items import Item
from lib.numbers.notation import counts

_OTHER = re.compile(
    "任务|目标|指标值|计划|安排|拟|预计|力争|上年(?!度(?:工会)?经费)|上一年|去年|同期|(?<!岁末)年初|(?<!公共)预算(?!调整|投资|完成|拨款)|历年|截至|原有|现有|达标|下一年|明年|同比|其余|缺口|分别|差额|节余|结余|结转|多赔"
)
"""What stands just before a number that is no outcome of the year."""
_SINCE = re.compile(r"\d{4}年以来|自\d{4}年|历年|累计产生|截至")
_LATER = re.compile(r"打算|下一?步|明年|下年度|工作安排|工作计划|工作思路|改进措施|设想")
_ELSEWHERE = re.compile(
    r"(?:该|据|由|[区县市镇])[\u4e00-\u9fff]{0,8}(?:局|委|部|妇联|残联|团委|商会|协会|办|中心|公司|学校)[^，。；]{0,9}(?:通报|自办|举办|主办|承办|单独|另行|组织|开展|发放|牵头)|该局|该部门"
)
_TOGETHER = re.compile("联合|会同|协同|配合|协助|总工会|本会|我会")
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
        if (
            names[-minus].indicator
            or value.setdefault(indicator, item).found.reading.bounds != item.found.reading.bounds
        ):
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
    before = item.near.partition("□")[0]
    if (
        reading is None
        or _OTHER.search(before[-14:])
        or _carried(item.before)
        or any(map(_LATER.search, (*item.headings, item.before[:8])))
    ):
        return
    if _ELSEWHERE.search(_sentence(item.before)) and not _TOGETHER.search(_sentence(item.before)):
        return
    beside = re.split("，", before)[-1] + item.near.partition("□")[2]
    near, about = item.near, "".join(item.headings) + "。" + item.before
    for row, groups in known:
        kept_out = row["cues"].partition("!")[2].split("|")
        if not groups or not _fits(reading.unit, row["unit"]) or any(word and word in beside for word in kept_out):
            continue
        thing = _nearest(groups[-1], near, reading.unit)
        text = about + near.partition("□")[2]
        topics = [
            _last(group, text)
            for group in groups[:-1]
            if not group[0].startswith("?") or _last(group, text) is not None
        ]
        if thing is None or None in topics:
            continue
        exact = 0.5 if counts(reading.unit, row["unit"]) else 0.0
        yield (
            1 + exact + 1 / (1 + thing / 6) + sum(2 / (1 + far / 40) for far in topics) + 0.3 * len(topics),
            row["indicator"],
        )


def _carried(before: str) -> bool:
    """Whether what is told last covers more than the year."""
    since = list(_SINCE.finditer(_sentence(before)))
    return bool(since) and not re.search("其中|今年|本年", _sentence(before)[since[-1].end() :])


def _sentence(before: str) -> str:
    return re.split("[。；;]", before)[-1]


def _nearest(words: list[str], near: str, unit: str) -> int | None:
    """How many characters lie between a number and the nearest of the words beside it; its own unit (@人) is less than any; None for none."""
    before, _, after = f"，{near}".partition("□")
    before = "" if re.search("[和、及与]$", before) else before
    before += "□"
    places = [len(before) - 1 - at - len(word.rstrip("□")) for word in words if (at := before.rfind(word)) >= 0]
    places += [at for word in words if (at := after.find(word)) >= 0]
    return min(places, default=_FAR if any(word[0] == "@" and _fits(unit, word[1:]) for word in words) else None)


_FAR = 12
_LIKE = {"人": "人 人次 个", "家": "家 个", "个": "个 家", "场": "场 次 个", "篇": "篇 条 个"}
"""Measure words that are used for one another."""


def _last(words: list[str], text: str) -> int | None:
    """How far back in a text the last of the words stands."""
    return min((len(text) - at for word in words if (at := text.rfind(word.lstrip("?"))) >= 0), default=None)


def _fits(printed: str, unit: str) -> bool:
    """Whether a printed unit may be that of an indicator: people and things are often counted by another's measure word."""
    return (
        unit not in ("%", "元/人") if not printed else counts(printed, unit) or printed in _LIKE.get(unit, unit).split()
    )
