"""Bounds: intervals with open or closed ends, which are `fractions.Fraction` or ±inf.

Interval arithmetic takes its operands for independent; `form` gives the exact range where they share figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import inf

Number = Fraction | float
"""A Fraction, or ±inf."""
End = tuple[Number, bool]
"""An end, and whether it is reached."""


@dataclass(frozen=True)
class Bounds:
    """The interval from `low` to `high`; infinite ends are open."""

    low: Number
    high: Number
    low_closed: bool = True
    high_closed: bool = True

    def __post_init__(self):
        object.__setattr__(self, "low_closed", self.low_closed and self.low != -inf)
        object.__setattr__(self, "high_closed", self.high_closed and self.high != inf)
        if not (self.low < self.high or (self.exact and self.low_closed and self.high_closed)):
            raise ValueError(f"no number lies within {self}")

    def __str__(self) -> str:
        return f"{'[' if self.low_closed else '('}{self.low}, {self.high}{']' if self.high_closed else ')'}"

    @property
    def exact(self) -> bool:
        """Whether it is one number."""
        return self.low == self.high

    @property
    def finite(self) -> bool:
        """Whether it has two ends."""
        return -inf < self.low and self.high < inf

    @property
    def middle(self) -> Number:
        """Halfway between the ends, or the one end that there is: where it stands in an order, not what is true."""
        return (self.low + self.high) / 2 if self.finite else self.low if self.high == inf else self.high

    @property
    def positive(self) -> bool:
        """Whether every number in it is above 0."""
        return self.low > 0 or (self.low == 0 and not self.low_closed)

    def above(self, other: Bounds) -> bool:
        """Whether every number in it is above every number in the other."""
        return (self - other).positive

    def __contains__(self, number: Number) -> bool:
        above = number > self.low or (self.low_closed and number == self.low)
        return above and (number < self.high or (self.high_closed and number == self.high))

    def overlaps(self, other: Bounds) -> bool:
        """Whether one number can be in both."""
        return not (self.above(other) or other.above(self))

    def meet(self, other: Bounds) -> Bounds | None:
        """What lies in both, None if nothing does."""
        if not self.overlaps(other):
            return None
        low, high = max(self.low, other.low), min(self.high, other.high)
        closed = [low > one.low or one.low_closed for one in (self, other)]
        return Bounds(low, high, all(closed), all(high < one.high or one.high_closed for one in (self, other)))

    def widened(self, by: Fraction) -> Bounds:
        """Both ends moved outwards by `by`, as a rounded number allows."""
        return Bounds(self.low - by, self.high + by, self.low_closed, self.high_closed) if by else self

    def ends(self) -> list[End]:
        """Both ends, each with whether it is reached."""
        return [(self.low, self.low_closed), (self.high, self.high_closed)]

    def __neg__(self) -> Bounds:
        return Bounds(-self.high, -self.low, self.high_closed, self.low_closed)

    def __add__(self, other: Bounds) -> Bounds:
        low_closed, high_closed = self.low_closed and other.low_closed, self.high_closed and other.high_closed
        return Bounds(self.low + other.low, self.high + other.high, low_closed, high_closed)

    def __sub__(self, other: Bounds) -> Bounds:
        return self + -other

    def __mul__(self, other: Bounds) -> Bounds:
        return hull([_times(x, y) for x in self.ends() for y in other.ends()])

    def inverse(self) -> Bounds:
        """1 / x. Raises ZeroDivisionError if 0 is within; an open end at 0 makes the result one-sided."""
        if 0 in self:
            raise ZeroDivisionError(f"the divisor {self} may be 0")
        side = inf if self.low >= 0 else -inf

        def over(x: Number) -> Number:
            return side if x == 0 else Fraction(0) if abs(x) == inf else 1 / x

        return Bounds(over(self.high), over(self.low), self.high_closed, self.low_closed)

    def __truediv__(self, other: Bounds) -> Bounds:
        return self * other.inverse()


def exactly(number: Fraction | int) -> Bounds:
    """The bounds of one number."""
    return Bounds(Fraction(number), Fraction(number))


def _times(a: End, b: End) -> End:
    """The product of two ends, and whether it is reached."""
    (x, x_closed), (y, y_closed) = a, b
    if x == 0 or y == 0:
        return Fraction(0), (x == 0 and x_closed) or (y == 0 and y_closed)
    if abs(x) == inf or abs(y) == inf:
        return (inf if (x > 0) == (y > 0) else -inf), False
    return x * y, x_closed and y_closed


def hull(ends: Sequence[End]) -> Bounds:
    """The least interval that has all these ends."""
    low, high = min(x for x, _ in ends), max(x for x, _ in ends)
    return Bounds(low, high, (low, True) in ends, (high, True) in ends)
