"""Rules of score sheets: what an actual is worth, exactly, over its bounds. A function under `@rule` is all that a new one needs.

A number is judged by a scale, which maps an end of the actual to an end of the score. A scale is monotone between its corners, so
that the extremes of the score lie at the ends of the actual and around the corners inside; a step at an open end counts as inside.
"""

import operator
import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from inspect import Parameter, signature
from itertools import pairwise
from math import floor, inf
from typing import Any
from unicodedata import numeric

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
NONE: End = (NOTHING, 0)
MANY = "targets", "own"
"""Rules whose lines are the rows of a level 1 in targets.csv."""
EXECUTION = "预算执行率"
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


@dataclass(frozen=True)
class Kind:
    """A kind of rule: how it judges what it `asks` for, columns that it cannot do without (`needs`), whether it is one of lines
    (`weighs`), and how its bands are said."""

    judge: Any
    asks: tuple[str, ...]
    needs: tuple[str, ...] = ()
    weighs: bool = True
    sign: str = "≥"

    @property
    def printed(self) -> bool:
        """Whether it judges an actual as printed, not a number."""
        return "actual" in self.asks

    def worth(self, actual: Any, case: dict[str, Any]) -> Worth:
        """What an actual is worth that is not missing; `case` holds whatever a rule may ask for. Raises Unread."""
        judged = self.judge(**{name: actual if name == "actual" else case[name] for name in self.asks})
        return judged if self.printed else score(*judged, actual.bounds, actual.value)


COLUMNS = ("base", "step", "points", "bands")
KINDS: dict[str, Kind] = {}
"""What the column `rule` of a score sheet may name."""


def rule(*kinds: str, **about: Any) -> Callable:
    """A decorator: rows of these kinds are judged so; `about` as in `Kind`.

    A rule asks by its parameters: for columns of its row (those without a default must be filled in), `kind`, `aim` (the target),
    `sheet` (the rules of the whole sheet, by kind). It returns a scale with its corners. One that asks for the `actual` judges what
    is printed, returns its worth, and raises Unread.
    """

    def register(judge: Callable) -> Callable:
        asked = signature(judge).parameters.values()
        needs = tuple(one.name for one in asked if one.name in COLUMNS and one.default is Parameter.empty)
        KINDS.update(dict.fromkeys(kinds, Kind(judge, tuple(one.name for one in asked), needs, **about)))
        return judge

    return register


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
    pairs = (band.split("=") for band in text.split(";") if band)
    return tuple((number(at), worth) for at, worth in pairs)


def score(scale: Scale, corners: Iterable[Fraction], bounds: Bounds, value: Fraction | None) -> Worth:
    """The range of a score over the bounds of an actual, and the score of its nominal value."""
    first, last = bounds.ends()
    around = [(corner, side) for corner in corners for side in (-1, 0, 1)]
    reached = [scale(end) for end in (first, last, *around) if first <= end <= last]
    scored = between(min(reached), max(reached))
    nominal = scored.low if scored.exact else None if value is None else scale((value, 0))[0]
    return scored, None if nominal is None else Fraction(nominal)


def within(end: End, most: Fraction) -> End:
    """From nothing to the full weight."""
    return min(max(end, NONE), (most, 0))


def target(comparator: str, aim: Fraction, weight: Fraction) -> Scale:
    """Full where the target is met, else in proportion; `aim` ≥ 0. A target of 0 has no proportion: met or nothing.

    `≤`: t/a beyond it; `≤ excess`: 1 − (a − t)/t; `=`: the smaller by the larger; `= reached`: more is no fault.
    """

    def at_least(end: End) -> End:
        if end >= (aim, 0):
            return weight, 0
        return within((end[0] / aim * weight, end[1]), weight) if aim else NONE

    def at_most(end: End) -> End:
        if end <= (aim, 0):
            return weight, 0
        share = aim / end[0] if aim and end[0] < inf else Fraction(0)
        return within((share * weight, -end[1]), weight) if aim else NONE

    def by_excess(end: End) -> End:
        return (weight, 0) if end <= (aim, 0) or not aim else within(((2 - end[0] / aim) * weight, -end[1]), weight)

    both = {"≤ excess": by_excess, "= reached": at_least, "=": lambda end: min(at_least(end), at_most(end))}
    return ({"≥": at_least, "≤": at_most} | both)[comparator]


def enough(scale: Scale, least: Fraction) -> Scale:
    """A scale that gives nothing where it would give less than `least`."""
    return lambda end: worth if (worth := scale(end)) >= (least, 0) else NONE


def overshot(scale: Scale, limit: Fraction, points: Fraction, weight: Fraction) -> Scale:
    """A scale with points off from a limit upwards."""

    def docked(end: End) -> End:
        worth, side = scale(end)
        return within((worth - points, side), weight) if end >= (limit, 0) else (worth, side)

    return docked


def limit(kind: str, aim: Fraction, sheet: Mapping[str, Rule]) -> Fraction | None:
    """From where on more than was promised counts as a deviation; ≤ is beyond its target long before."""
    return (sheet["overshoot"].base * aim or None) if "overshoot" in sheet and kind[0] != "≤" else None


@rule("execution", "proportion")
def in_proportion(weight: Fraction) -> Scaled:
    """In proportion to a rate: of execution, of targets that are met."""
    return target("≥", Fraction(1), weight), []


@rule("less")
def lessened(base: Fraction, weight: Fraction) -> Scaled:
    """(1 − k × rate) × weight, k being the base."""
    return lambda end: within(((1 - base * end[0]) * weight, -end[1]), weight), []


@rule("ratio_limit")
def over_limit(base: Fraction, weight: Fraction) -> Scaled:
    """All points up to a limit, beyond it in inverse proportion."""
    return target("≤", base, weight), []


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
    """The numbers of the criteria that are met."""
    if not re.fullmatch("[①-⑳]+|无", actual):
        raise Unread(f"“{actual}”", "做到了的各条 ①②③，或“无”")
    return {int(numeric(one)) for one in actual if one != "无"}


KINDS["targets"] = KINDS["own"] = Kind(None, ())  # each row of targets.csv by the kind of its target


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


@rule("over", "short", "off", "over begun", "short begun", "off begun")
def steps(
    kind: str, base: Fraction, step: Fraction, points: Fraction, weight: Fraction, most: Fraction = NOTHING
) -> Scaled:
    """Points off, `most` in all, for each whole step (每满) over, short of, or off a base; `begun`: for each that is begun as well."""
    (way, _, begun), far = kind.partition(" "), step * (weight / points + 1)  # nothing is left there

    def deducted(end: End) -> End:
        over, short = (end[0] - base, end[1]), (base - end[0], -end[1])
        distance, side = min(max({"over": over, "short": short, "off": max(over, short)}[way], NONE), (far, 0))
        whole = floor(distance / step)
        if distance != whole * step:
            whole += bool(begun)
        else:
            whole += side if side == (1 if begun else -1) else 0
        return within((weight - min(points * whole, most or weight), 0), weight)

    return deducted, [base]


@rule("at_least")
@rule("above", sign="＞")
@rule("at_most", sign="≤")
@rule("below", sign="＜")
def graded(kind: str, bands: Bands) -> Scaled:
    """Points by the first band whose threshold the actual keeps to; beyond the last nothing."""
    lies = {"at_most": operator.le, "below": operator.lt, "at_least": operator.ge, "above": operator.gt}[kind]
    corners = [at for at, _ in bands]
    return lambda end: (next((number(worth) for at, worth in bands if lies(end, (at, 0))), NOTHING), 0), corners


@rule("near", sign="相差≤")
def beside(base: Fraction, bands: Bands) -> Scaled:
    """Points by how far the actual lies from a base, on either side."""
    scale, widths = graded("at_most", bands)
    corners = [base, *(base + width for width in widths), *(base - width for width in widths)]
    return lambda end: scale(max((end[0] - base, end[1]), (base - end[0], -end[1]))), corners


@rule("ramp", sign="达到")
def ramped(bands: Bands) -> Scaled:
    """Points in proportion between thresholds that rise (按比例得分): nothing before the first, those of the last beyond it."""
    known = [(at, number(worth)) for at, worth in bands]

    def risen(end: End) -> End:
        if end < (known[0][0], 0):
            return NONE
        for (at, worth), (upper, more) in pairwise(known):
            if end < (upper, 0):
                slope = (more - worth) / (upper - at)
                return worth + (end[0] - at) * slope, end[1] * ((slope > 0) - (slope < 0))
        return known[-1][1], 0

    return risen, [at for at, _ in known]


@rule("≥", "≤", "=", "≤ excess", "= reached", weighs=False)
def compared(kind: str, aim: notation.Reading, sheet: Mapping[str, Rule], weight: Fraction) -> Scaled:
    """Against a number that was promised; nothing for less than the base of the rule, a share of it (未达标不得分: 100%)."""
    scale, at, least = target(kind, aim.value, weight), limit(kind, aim.value, sheet), sheet[kind[0]].base
    corners = [aim.value, *([aim.value * least, aim.value / least, aim.value * (2 - least)] if least else ())]
    if least:
        scale = enough(scale, least * weight)
    return (overshot(scale, at, sheet["overshoot"].points, weight), [*corners, at]) if at else (scale, corners)


@rule("date", weighs=False)
def dated(actual: str, aim: date, weight: Fraction) -> Worth:
    """All points by the date, none after it; either where the month that is printed leaves it open."""
    month = re.fullmatch(r"(?:(\d{4})年)?(\d{1,2})月(?:(\d{1,2})日|[底末前]|)", actual)
    try:
        first = last = date.max if actual == "未达成" else date.fromisoformat(actual) if not month else aim
        if month:
            in_year, number = int(month[1] or aim.year), int(month[2])
            first = date(in_year, number, int(month[3] or 1))
            last = first if month[3] else date(in_year, number, monthrange(in_year, number)[1])
    except ValueError as error:
        raise Unread(f"完成日期“{actual}”", "2020-09-18、9月 这样的日期，未完成的写“未达成”") from error
    worst, best = (weight if day <= aim else Fraction(0) for day in (last, first))
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


for name, needs in {
    "deviation": "base",
    "low": "base",
    "overshoot": "base points",
    "cap": "bands",
    "rating": "bands",
    "limit": "points",
}.items():
    KINDS[name] = Kind(None, (), tuple(needs.split()), weighs=False)
