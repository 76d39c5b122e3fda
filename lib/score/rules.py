"""Rules of score sheets: what an actual is worth, exactly, over its bounds.

An end is (number, side): the number itself (0), what lies just below it (−1) or just above it (+1); ends compare as tuples.
A rule maps an end of the actual to an end of the score and is monotone between its corners, so that the extremes of the score
lie at the ends of the actual and around the corners inside; a step at an open end counts as it does inside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from math import floor, inf

from lib.numbers.bounds import Bounds, Number

End = tuple[Number, int]
Rule = Callable[[End], End]
Bands = tuple[tuple[Fraction, str], ...]
"""Thresholds with what they give, in the order in which they are tried."""

NONE: End = (Fraction(0), 0)
DISTANCES: dict[str, Rule] = {
    "over": lambda end: end,
    "short": lambda end: (-end[0], -end[1]),
    "off": lambda end: max(end, (-end[0], -end[1])),
}
"""How far an actual is from the base, in the direction that costs points."""

BANDS: dict[str, Callable[[End, Fraction], bool]] = {
    "at_most": lambda end, at: end <= (at, 0),
    "at_least": lambda end, at: end >= (at, 0),
}
"""Whether an actual lies in a band, which is tried after those before it."""


def number(text: str) -> Fraction:
    """`0.5` or `130%`. Raises ValueError."""
    return Fraction(text.removesuffix("%")) / (100 if text.endswith("%") else 1)


def bands(text: str) -> Bands:
    """`90%=6;80%=4`. Raises ValueError."""
    pairs = (band.split("=") for band in text.split(";") if band)
    return tuple((number(at), worth) for at, worth in pairs)


def ends(bounds: Bounds) -> tuple[End, End]:
    return (bounds.low, 0 if bounds.low_closed else 1), (bounds.high, 0 if bounds.high_closed else -1)


def between(low: End, high: End) -> Bounds:
    return Bounds(low[0], high[0], low[1] == 0, high[1] == 0)


def score(
    rule: Rule, corners: Iterable[Fraction], bounds: Bounds, value: Fraction | None
) -> tuple[Bounds, Fraction | None]:
    """The range of a score over the bounds of an actual, and the score of its nominal value, moved inside at an open end."""
    first, last = ends(bounds)
    around = [(corner, side) for corner in corners for side in (-1, 0, 1)]
    reached = [rule(end) for end in (first, last, *around) if first <= end <= last]
    scored = between(min(reached), max(reached))
    nominal = None if value is None else rule(min(max((value, 0), first), last))[0]
    return scored, scored.low if scored.exact else nominal


def within(end: End, most: Fraction) -> End:
    """From nothing to the full weight."""
    return min(max(end, NONE), (most, 0))


def target(comparator: str, aim: Fraction, weight: Fraction) -> Rule:
    """Full where the target is met, else in proportion; `aim` ≥ 0. A target of 0 has no proportion: met or nothing."""
    full: End = (weight, 0)

    def at_least(end: End) -> End:
        return within((end[0] / aim * weight, end[1]), weight) if end[0] < inf else full

    def at_most(end: End) -> End:
        if end[0] <= 0:
            return full
        return within((aim / end[0] * weight if end[0] < inf else Fraction(0), -end[1]), weight)

    met = {"≥": lambda end: end >= NONE, "≤": lambda end: end <= NONE, "=": lambda end: end == NONE}[comparator]
    if not aim:
        return lambda end: full if met(end) else NONE
    proportion = {"≥": at_least, "≤": at_most, "=": lambda end: min(at_least(end), at_most(end))}
    return proportion[comparator]


def overshot(rule: Rule, limit: Fraction, points: Fraction, weight: Fraction) -> Rule:
    """A rule with points off from a limit upwards."""

    def docked(end: End) -> End:
        worth, side = rule(end)
        return within((worth - points, side), weight) if end >= (limit, 0) else (worth, side)

    return docked


def steps(kind: str, base: Fraction, step: Fraction, points: Fraction, weight: Fraction) -> Rule:
    """Points off for each whole step (每满) over, short of, or off a base."""
    most = step * (weight / points + 1)  # nothing is left there

    def deducted(end: End) -> End:
        distance, side = DISTANCES[kind]((end[0] - base, end[1]))
        past = min(max(distance, Fraction(0)), most) / step
        whole = floor(past) - (side < 0 and past == floor(past))
        return within((weight - points * max(whole, 0), 0), weight)

    return deducted


def graded(kind: str, table: Bands) -> Rule:
    """Points by band: at most (from below) or at least (from above) each threshold, beyond the last nothing."""

    def given(end: End) -> End:
        return next((number(worth) for at, worth in table if BANDS[kind](end, at)), Fraction(0)), 0

    return given


def rank(end: End, table: Bands) -> int:
    """Which band from above an end is in; the last one if none."""
    return next((place for place, (at, _) in enumerate(table) if end >= (at, 0)), len(table) - 1)
