"""Scales: the rules of score sheets that judge a number, each a function with its corners.

A scale maps an end of the actual to an end of the score. It is monotone between its corners, so that the extremes of the score lie at
the ends of the actual and around the corners inside; a step at an open end counts as inside.
"""

import operator
from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from math import floor, inf

from lib.numbers import notation
from lib.numbers.bounds import End
from lib.score.rules import NOTHING, Bands, Rule, Scale, Scaled, number, rule

NONE: End = (NOTHING, 0)


def within(end: End, most: Fraction) -> End:
    """From nothing to the full weight."""
    return min(max(end, NONE), (most, 0))


def target(comparator: str, aim: Fraction, weight: Fraction) -> Scale:
    """Full where the target is met, else in proportion; `aim` ≥ 0, and of 0 there is no proportion: met or nothing. `≤`:
    t/a beyond it; `≤ excess`: 1 − (a − t)/t; `=`: the smaller by the larger; `= reached`: more is no fault."""

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


@rule("over", "short", "off", "over begun", "short begun", "off begun")
def steps(kind: str, base: Fraction, step: Fraction, points: Fraction, weight: Fraction, most: Fraction) -> Scaled:
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
    """Against a number that was promised; nothing for less than the base of the rule, a share of it (未达标不得分: 100%), and points off
    from the limit upwards."""
    met, at, least = target(kind, aim.value, weight), limit(kind, aim.value, sheet), sheet[kind[0]].base
    corners = [aim.value, *([aim.value * least, aim.value / least, aim.value * (2 - least)] if least else ())]

    def scale(end: End) -> End:
        worth, side = met(end)
        if (worth, side) < (least * weight, 0):
            return NONE
        return within((worth - sheet["overshoot"].points, side), weight) if at and end >= (at, 0) else (worth, side)

    return scale, [*corners, at] if at else corners
