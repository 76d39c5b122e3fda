"""Rules of score sheets: what an actual is worth, exactly, over its bounds. A function under `@rule` is all that a new one needs.

Those that judge what is printed (criteria, points, dates, grades) are here, those that judge a number in `scales`.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from fractions import Fraction
from inspect import signature
from pathlib import Path
from typing import Any
from unicodedata import numeric

from lib.edition.store import read_table
from lib.numbers import notation
from lib.numbers.bounds import Bounds, End, between, exactly
from lib.numbers.quantity import Quantity, Unit

Scale = Callable[[End], End]
Scaled = tuple[Scale, list[Fraction]]
"""A scale and its corners."""
Bands = tuple[tuple[Fraction, str], ...]
"""Thresholds with what they give, in the order in which they are tried."""
Worth = tuple[Bounds, Fraction | None]
"""Points: their bounds and their nominal value."""

NOTHING = Fraction(0)
NEEDED = "base", "step", "points", "bands"  # columns that a rule which asks for them cannot do without
MANY = "targets", "own"  # rules whose lines are the rows of a level 1 in targets.csv
EXECUTION = "预算执行率"
GOAL, TOTAL = "年度总体目标", "总分"
"""Level 1 of rows that are no targets: the goal in words with what became of it, and the total as printed."""
POINTS = Unit.parse("分")


@dataclass(frozen=True)
class Rule:
    """A row of a score sheet, its cells by column: a line with a weight, or a rule of the whole sheet; a blank number is 0.

    `suggested`: 原则上, a weight that the targets may replace; `absent`: what a line without its object is worth (`full`, `zero`, or
    `out`: the others count for all); `beyond`: 加分 or 扣分, points beside the hundred; `most`: the points that a deduction takes at
    most, 0 for all; `unit`: of its thresholds, and so of what it judges.
    """

    level1: str
    level2: str
    level3: str
    weight: Fraction
    rule: str
    measure: str
    base: Fraction
    step: Fraction
    points: Fraction
    bands: Bands
    otherwise: str
    words: str
    source: str
    suggested: str
    absent: str
    beyond: str
    most: Fraction
    unit: str

    def worth(self, actual: Any, **more: Any) -> Worth:
        """What an actual is worth that is not missing; `more`: what else the rule may ask for, or instead. Raises Unread."""
        kind, case = KINDS[self.rule], vars(self) | {"kind": self.rule, "actual": actual} | more
        judged = kind.judge(**{name: case[name] for name in kind.asks})
        return judged if kind.printed else score(*judged, actual.bounds, actual.value)


SHEET = [column.name for column in fields(Rule) if column.name != "unit"]
"""The columns of a score sheet."""
MORE = ("suggested", "absent", "beyond", "most")  # those that it may have, or not
USUAL = "national"
"""The sheet of projects, of units that name none, and of what another sheet does not say of targets, grades and ratings."""


@dataclass(frozen=True)
class Kind:
    """A kind of rule: how it judges what it `asks` for, whether it is one of lines (`weighs`), and how its bands are said."""

    judge: Any
    asks: tuple[str, ...]
    weighs: bool = True
    sign: str = "≥"

    @property
    def printed(self) -> bool:
        """Whether it judges an actual as printed, not a number."""
        return "actual" in self.asks


KINDS = {
    **dict.fromkeys(("targets", "own"), Kind(None, ())),  # each row of targets.csv by the kind of its target
    **dict.fromkeys(("deviation", "low"), Kind(None, ("base",), weighs=False)),
    **dict.fromkeys(("cap", "rating"), Kind(None, ("bands",), weighs=False)),
    "overshoot": Kind(None, ("base", "points"), weighs=False),
    "limit": Kind(None, ("points",), weighs=False),
}
"""What the column `rule` of a score sheet may name; those that judge nothing by themselves, the others register."""


def rule(*kinds: str, **about: Any) -> Callable:
    """A decorator: rows of these kinds are judged so; `about` as in `Kind`. A rule asks by its parameters: for columns of its row (`NEEDED`
    ones must be filled in), `kind`, `aim` (the target), `sheet` (the rules of the whole sheet, by kind). It returns a scale with its
    corners; one that asks for the `actual` as printed returns its worth, or raises Unread."""

    def register(judge: Callable) -> Callable:
        KINDS.update(dict.fromkeys(kinds, Kind(judge, tuple(signature(judge).parameters), **about)))
        return judge

    return register


def sheets(root: Path) -> dict[str, Path]:
    """The project's score sheets, by name."""
    return {path.stem: path for path in sorted((root / "data" / "sheets").glob("[!.~]*.csv"))}


def fitting(root: Path, targets: Iterable[Mapping[str, Any]]) -> str:
    """The project's sheet that has a place for all targets, the national one, or one of which they have half the fixed lines; nothing
    where none has: their table is one of the text, as it stands."""
    levels = {(row["level1"], row["level3"]) for row in targets}
    for name, path in sorted(sheets(root).items(), key=lambda one: one[0] != USUAL):
        lines = [row for row in read_table(path, SHEET, more=MORE) if row["weight"]]
        many = {row["level1"] for row in lines if row["rule"] in MANY}
        lone = {row["level3"] for row in lines if row["rule"] not in MANY}
        own = name == USUAL or 2 * len(lone & {level3 for _, level3 in levels}) >= len(lone)
        if own and all(level1 in many or level3 in lone for level1, level3 in levels):
            return name
    return ""


def shares(lines: list[Rule], given: dict[str, Fraction]) -> dict[str, tuple[Fraction, bool]]:
    """Level 1 → the points that the sheet has for it, and whether it only suggests them; one without targets gives its own away."""
    found = {rule.level1: (rule.weight, bool(rule.suggested)) for rule in lines if rule.rule in MANY}
    for rule in (rule for rule in lines if rule.otherwise in found and not given.get(rule.level1)):
        more, (share, loose) = found.pop(rule.level1)[0], found[rule.otherwise]
        found[rule.otherwise] = share + more, loose
    return found


class Unread(ValueError):
    """An actual that a rule cannot read: what was found, and what was expected."""


def points(label: str, number: Fraction) -> Quantity:
    """A number of points that the sheet gives."""
    return replace(Quantity.constant(number), unit=POINTS, label=label)


def number(text: str) -> Fraction:
    """`0.5`, `130%`, or with another unit `2项`, `5万元` (in 元). Raises ValueError."""
    return notation.read(text).number if re.match(r"-?\d", text) else Fraction(text)


def unit(text: str) -> str:
    """The unit of a threshold, or of the first of several; `%` where none is written."""
    read = notation.tried(text.partition("=")[0])
    return (read and read.unit) or "%"


def bands(text: str) -> Bands:
    """`90%=6;80%=4`. Raises ValueError."""
    return tuple((number(at), worth) for at, worth in (band.split("=") for band in text.split(";") if band))


def score(scale: Scale, corners: Iterable[Fraction], bounds: Bounds, value: Fraction | None) -> Worth:
    """The range of a score over the bounds of an actual, and the score of its nominal value."""
    first, last = bounds.ends()
    around = [(corner, side) for corner in corners for side in (-1, 0, 1)]
    reached = [scale(end) for end in (first, last, *around) if first <= end <= last]
    scored = between(min(reached), max(reached))
    nominal = scored.low if scored.exact else None if value is None else scale((value, 0))[0]
    return scored, None if nominal is None else Fraction(nominal)


@rule("criteria")
def counted(actual: str, points: Fraction, weight: Fraction) -> Worth:
    """Points for each criterion that is met, ①②③; 无 for none."""
    worth = min(points * len(_met(actual)), weight)
    return exactly(worth), worth


@rule("criteria each", sign="第")
def weighed(actual: str, bands: Bands, weight: Fraction) -> Worth:
    """Points of its own for each criterion that is met, by its number."""
    worth, met = {at: number(points) for at, points in bands}, _met(actual)
    if strange := met - worth.keys():
        raise Unread(f"第{max(strange)}条", f"评分表所列的{len(worth)}条之内")
    total = min(sum(worth[one] for one in met), weight)
    return exactly(total), total


def _met(actual: str) -> set[int]:
    if not re.fullmatch("[①-⑳]+|无", actual):
        raise Unread(f"“{actual}”", "做到了的各条 ①②③，或“无”")
    return {int(numeric(one)) for one in actual if one != "无"}


@rule("awarded")
def awarded(actual: str, sheet: Mapping[str, Rule], weight: Fraction) -> Worth:
    """Points of the evaluator, those that he takes off (扣2分), or a grade."""
    if not actual.endswith("分"):
        return grade(actual, sheet["grades"].bands, weight)
    try:
        reading = notation.read(actual.removeprefix("扣"))
    except notation.NotationError as error:
        raise Unread(f"评分“{actual}”（{error}）", "7分、扣2分 这样的分数") from error
    if reading.bounds.low < 0 or reading.bounds.high > weight:
        raise Unread(f"评分“{actual}”", f"不超过{points('', weight).shown}")
    if actual.startswith("扣"):
        return exactly(weight) - reading.bounds, reading.value if reading.value is None else weight - reading.value
    return reading.bounds, reading.value


def period(text: str, year: int) -> tuple[date, date] | None:
    """The first and the last day of a time as printed (2020-09-30, 6月15日前, 9月底, 年底前完成), in `year` where none is said; None
    for what is no time, or a day that there is not."""
    said = re.sub("年底", "年12月", text.translate(notation.WIDE)).removeprefix("年")
    told = re.fullmatch(r"(?:(20\d\d)[年.\-/])?(\d{1,2})(?:月[底末]?|[月.\-/](\d{1,2})日?)(?:之?前)?(?:完成)?", said)
    if not told or not (told[1] or "月" in said):
        return None
    in_year, month, day = int(told[1] or year), int(told[2]), int(told[3] or 1)
    if not (0 < month < 13 and 0 < day <= (last := monthrange(in_year, month)[1])):
        return None
    return date(in_year, month, day), date(in_year, month, day if told[3] else last)


@rule("date", weighs=False)
def dated(actual: str, aim: date, weight: Fraction) -> Worth:
    """All points by the date, none after it; either where the month that is printed leaves it open."""
    days = (date.max, date.max) if actual == "未达成" else period(actual, aim.year)
    if not days:
        raise Unread(f"完成日期“{actual}”", "2020-09-18、9月 这样的日期，未完成的写“未达成”")
    best, worst = (weight if day <= aim else Fraction(0) for day in days)
    return Bounds(worst, best, True, True), worst if worst == best else None


@rule("grades", weighs=False)
def grade(actual: str, bands: Bands, weight: Fraction) -> Worth:
    """A grade is its share of the weight, with the middle as nominal value; one with a percentage is exactly that."""
    found = re.fullmatch(r"(\D+?)\s*(\d+(?:\.\d+)?%)?", actual)
    high, top = Fraction(1), True
    for low, name in bands:
        if found and found[1] == name:
            if not found[2]:
                return Bounds(low * weight, high * weight, True, top), (low + high) / 2 * weight
            if number(found[2]) in Bounds(low, high, True, top):
                return exactly(number(found[2]) * weight), number(found[2]) * weight
        high, top = low, top and low == 1
    raise Unread(f"实际完成情况“{actual}”", f"{'、'.join(name for _, name in bands)}，可带该等级以内的百分数")
