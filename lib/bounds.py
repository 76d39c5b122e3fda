"""Bounds: intervals with open or closed ends, and exact ranges of expressions in which a figure occurs twice.

Ends are `fractions.Fraction` or ±inf. Interval arithmetic takes its operands for independent; where they share figures,
`Form` keeps the expression as a quotient of two polynomials. One that is at most linear in each figure is monotone in each
of them (the derivative of (αx + β) / (γx + δ) does not change its sign), so that its extremes lie at corners of the box.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from itertools import product
from math import inf

Number = Fraction | float
"""A Fraction, or ±inf."""

MOST_CORNERS = 12
"""More bounded figures than this in one expression are taken for independent (2 ** 12 corners)."""


@dataclass(frozen=True)
class Bounds:
    """The interval from `low` to `high`; infinite ends are open."""

    low: Number
    high: Number
    low_closed: bool = True
    high_closed: bool = True

    def __post_init__(self):
        empty = self.low > self.high or (self.low == self.high and not (self.low_closed and self.high_closed))
        if empty or self.low == inf or self.high == -inf:
            raise ValueError(f"no number lies within {self}")

    def __str__(self) -> str:
        return f"{'[' if self.low_closed else '('}{self.low}, {self.high}{']' if self.high_closed else ')'}"

    @property
    def exact(self) -> bool:
        return self.low == self.high

    @property
    def finite(self) -> bool:
        return -inf < self.low and self.high < inf

    def __contains__(self, number: Number) -> bool:
        above = number > self.low or (self.low_closed and number == self.low)
        return above and (number < self.high or (self.high_closed and number == self.high))

    def closure_contains(self, number: Number) -> bool:
        return self.low <= number <= self.high

    def overlaps(self, other: Bounds) -> bool:
        """Whether one number can be in both."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        return low < high or (low == high and low in self and low in other)

    def hull(self, other: Bounds) -> Bounds:
        return _hull([*self._ends(), *other._ends()])

    def widened(self, by: Fraction) -> Bounds:
        """Both ends moved outwards by `by`, as a rounded number allows."""
        return Bounds(self.low - by, self.high + by, self.low_closed, self.high_closed) if by else self

    def _ends(self) -> tuple[tuple[Number, bool], tuple[Number, bool]]:
        return (self.low, self.low_closed), (self.high, self.high_closed)

    def __neg__(self) -> Bounds:
        return Bounds(-self.high, -self.low, self.high_closed, self.low_closed)

    def __add__(self, other: Bounds) -> Bounds:
        return Bounds(
            _plus(self.low, other.low),
            _plus(self.high, other.high),
            self.low_closed and other.low_closed,
            self.high_closed and other.high_closed,
        )

    def __sub__(self, other: Bounds) -> Bounds:
        return self + -other

    def __mul__(self, other: Bounds) -> Bounds:
        return _hull([_times(x, y) for x in self._ends() for y in other._ends()])

    def inverse(self) -> Bounds:
        """1 / x. Raises ZeroDivisionError if 0 is within; an open end at 0 makes the result one-sided."""
        if 0 in self or self.low < 0 < self.high:
            raise ZeroDivisionError(f"the divisor {self} may be 0")
        low, high = _over(self.high, self.low >= 0), _over(self.low, self.low >= 0)
        return Bounds(low, high, self.high_closed and abs(low) < inf, self.low_closed and abs(high) < inf)

    def __truediv__(self, other: Bounds) -> Bounds:
        return self * other.inverse()


def exactly(number: Fraction | int) -> Bounds:
    return Bounds(Fraction(number), Fraction(number))


def _plus(x: Number, y: Number) -> Number:
    return x + y if abs(x) < inf and abs(y) < inf else x if abs(x) == inf else y


def _over(x: Number, positive: bool) -> Number:
    if x == 0:
        return inf if positive else -inf
    return Fraction(0) if abs(x) == inf else 1 / x


def _times(a: tuple[Number, bool], b: tuple[Number, bool]) -> tuple[Number, bool]:
    """The product of two ends, and whether it is reached."""
    (x, x_closed), (y, y_closed) = a, b
    if x == 0 or y == 0:
        return Fraction(0), (x == 0 and x_closed) or (y == 0 and y_closed) or (x_closed and y_closed)
    if abs(x) == inf or abs(y) == inf:
        return (inf if (x > 0) == (y > 0) else -inf), False
    return x * y, x_closed and y_closed


def _hull(ends: list[tuple[Number, bool]]) -> Bounds:
    low, high = min(x for x, _ in ends), max(x for x, _ in ends)
    return Bounds(low, high, (low, True) in ends, (high, True) in ends)


# --- expressions in which a figure occurs more than once ----------------------------------------------------------------

Polynomial = Mapping[frozenset[str], Fraction]
"""Coefficients by the figures that are multiplied; each occurs at most to the first power."""


class NotLinear(ValueError):
    """A figure would occur to the second power."""


def _add(p: Polynomial, q: Polynomial) -> Polynomial:
    total = {term: p.get(term, Fraction(0)) + q.get(term, Fraction(0)) for term in {**p, **q}}
    return {term: c for term, c in total.items() if c}


def _multiply(p: Polynomial, q: Polynomial) -> Polynomial:
    total: dict[frozenset[str], Fraction] = {}
    for (s, a), (t, b) in product(p.items(), q.items()):
        if s & t:
            raise NotLinear(min(s & t))
        total[s | t] = total.get(s | t, Fraction(0)) + a * b
    return {term: c for term, c in total.items() if c}


def _fix(p: Polynomial, name: str, at: Number) -> tuple[Polynomial, Polynomial]:
    """p as slope · name + rest, in its value at `at`: (p there, slope)."""
    slope = {term - {name}: c for term, c in p.items() if name in term}
    rest = {term: c for term, c in p.items() if name not in term}
    there = rest if abs(at) == inf else _add(rest, {term: c * at for term, c in slope.items()} if at else {})
    return there, slope


@dataclass(frozen=True)
class Form:
    """The quotient of two polynomials in figures, each at most linear in every figure."""

    over: Polynomial
    under: Polynomial

    @classmethod
    def of(cls, name: str) -> Form:
        return cls({frozenset([name]): Fraction(1)}, {frozenset(): Fraction(1)})

    @classmethod
    def constant(cls, number: Fraction) -> Form:
        return cls({frozenset(): number} if number else {}, {frozenset(): Fraction(1)})

    @property
    def names(self) -> list[str]:
        return sorted(reduce(frozenset.union, [*self.over, *self.under], frozenset()))

    def __add__(self, other: Form) -> Form:
        if self.under == other.under:
            return Form(_add(self.over, other.over), self.under)
        crossed = _add(_multiply(self.over, other.under), _multiply(other.over, self.under))
        return Form(crossed, _multiply(self.under, other.under))

    def __neg__(self) -> Form:
        return Form({term: -c for term, c in self.over.items()}, self.under)

    def __mul__(self, other: Form) -> Form:
        if self.under == other.over:
            return Form(self.over, other.under)
        if other.under == self.over:
            return Form(other.over, self.under)
        return Form(_multiply(self.over, other.over), _multiply(self.under, other.under))

    def inverse(self) -> Form:
        return Form(self.under, self.over)

    def range(self, box: Mapping[str, Bounds]) -> Bounds:
        """The exact range over a box of figures. Raises NotLinear if there are too many of them."""
        names = self.names
        if len(names) > MOST_CORNERS:
            raise NotLinear(", ".join(names))
        ends = [box[name]._ends() for name in names]
        reached = {sides: self._at(names, ends, sides) for sides in product((0, 1), repeat=len(names))}
        low, high = min(reached.values()), max(reached.values())
        return Bounds(low, high, self._attained(low, ends, reached), self._attained(high, ends, reached))

    def _at(self, names: list[str], ends: list, sides: tuple[int, ...]) -> Number:
        """The value, or its limit, in one corner; infinite ends last."""
        over, under, sign, unbounded = self.over, self.under, 1, False
        corner = [(name, end[side][0]) for name, end, side in zip(names, ends, sides, strict=True)]
        for name, at in sorted(corner, key=lambda pair: abs(pair[1]) == inf):
            (over, rise), (under, fall) = _fix(over, name, at), _fix(under, name, at)
            if abs(at) == inf and (rise or fall):
                if rise and not fall:
                    sign, unbounded = sign if at > 0 else -sign, True
                over, under = rise, fall or under
        value, divisor = over.get(frozenset(), Fraction(0)), under.get(frozenset(), Fraction(0))
        if divisor == 0:
            if value == 0:
                raise NotLinear("0 / 0 in a corner")
            divisor = max(self._divisor(names, ends)) or Fraction(-1)  # an open end: the sign of its other corners
            unbounded = True
        if unbounded and value:
            return inf if value / divisor * sign > 0 else -inf
        return value / divisor

    def _divisor(self, names: list[str], ends: list) -> list[Number]:
        bottom = Form(self.under, {frozenset(): Fraction(1)})
        return [bottom._at(names, ends, sides) for sides in product((0, 1), repeat=len(names))]

    @staticmethod
    def _attained(extreme: Number, ends: list, reached: Mapping[tuple[int, ...], Number]) -> bool:
        """Whether the extreme is a value: a corner has it whose open ends do not matter."""
        if abs(extreme) == inf:
            return False
        for sides, value in reached.items():
            free = [i for i, side in enumerate(sides) if not ends[i][side][1]]
            flips = (tuple(1 - s if i in flip else s for i, s in enumerate(sides)) for flip in _subsets(free))
            if value == extreme and all(reached[other] == extreme for other in flips):
                return True
        return False


def _subsets(of: list[int]) -> list[frozenset[int]]:
    return [frozenset(i for i, take in zip(of, picks, strict=True) if take) for picks in product((0, 1), repeat=len(of))]
