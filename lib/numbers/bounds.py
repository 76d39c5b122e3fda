"""Bounds: intervals with open or closed ends, which are `fractions.Fraction` or ±inf.

Interval arithmetic takes its operands for independent; `form` gives the exact range where they share figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import inf

Number = Fraction | float
"""A Fraction, or ±inf."""
End = tuple[Number, int]
"""(number, side): the number itself (0), what lies just below it (−1) or just above it (+1); ends compare as tuples."""


@dataclass(frozen=True)
class Bounds:
    """The interval from `low` to `high`; infinite ends are open."""

    low: Number
    high: Number
    low_closed: bool = True
    high_closed: bool = True

    def __post_init__(self):
        object.__setattr__(self, "low_closed", self.low_closed and not isinstance(self.low, float))
        object.__setattr__(self, "high_closed", self.high_closed and not isinstance(self.high, float))
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
        return self.ends()[0] > other.ends()[1]

    def __contains__(self, number: Number) -> bool:
        low, high = self.ends()
        return low <= (number, 0) <= high

    def overlaps(self, other: Bounds) -> bool:
        """Whether one number can be in both."""
        return not (self.above(other) or other.above(self))

    def meet(self, other: Bounds) -> Bounds | None:
        """What lies in both, None if nothing does."""
        lows, highs = zip(self.ends(), other.ends(), strict=True)
        return between(max(lows), min(highs)) if self.overlaps(other) else None

    def widened(self, by: Fraction) -> Bounds:
        """What is printed as a number within: both ends moved outwards by half a place, which is rounded away from zero (GB/T 8170)."""
        if not by:
            return self
        low_closed, high_closed = self.low_closed and self.low > 0, self.high_closed and self.high < 0
        return Bounds(self.low - by, self.high + by, low_closed, high_closed)

    def ends(self) -> tuple[End, End]:
        """The lowest and the highest number within."""
        return (self.low, 0 if self.low_closed else 1), (self.high, 0 if self.high_closed else -1)

    def __neg__(self) -> Bounds:
        return Bounds(-self.high, -self.low, self.high_closed, self.low_closed)

    def __add__(self, other: Bounds) -> Bounds:
        low_closed, high_closed = self.low_closed and other.low_closed, self.high_closed and other.high_closed
        return Bounds(self.low + other.low, self.high + other.high, low_closed, high_closed)

    def __sub__(self, other: Bounds) -> Bounds:
        return self + -other

    def __mul__(self, other: Bounds) -> Bounds:
        products = [_times(x, y) for x in self.ends() for y in other.ends()]
        low, high = min(number for number, _ in products), max(number for number, _ in products)
        return Bounds(low, high, (low, True) in products, (high, True) in products)

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
    return Bounds(one := Fraction(number), one)


def between(low: End, high: End) -> Bounds:
    """The bounds that have these ends."""
    return Bounds(low[0], high[0], low[1] == 0, high[1] == 0)


def _times(a: End, b: End) -> tuple[Number, bool]:
    """The product of two ends, and whether it is reached."""
    (x, beside_x), (y, beside_y) = a, b
    if x == 0 or y == 0:
        return Fraction(0), (x == 0 and not beside_x) or (y == 0 and not beside_y)
    if abs(x) == inf or abs(y) == inf:
        return (inf if (x > 0) == (y > 0) else -inf), False
    return x * y, not (beside_x or beside_y)
