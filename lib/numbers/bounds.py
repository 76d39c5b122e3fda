"""Bounds: intervals with open or closed ends, which are `fractions.Fraction` or ±inf.

Interval arithmetic takes its operands for independent. Where they share figures, `Form` gives the exact range: it keeps an expression
as a quotient of two polynomials. One that is at most linear in each figure is monotone in each of them (the derivative of
(αx + β) / (γx + δ) does not change its sign), so that its extremes lie at corners of the box.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
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
        low, high = (side if x == 0 else Fraction(0) if abs(x) == inf else 1 / x for x in (self.high, self.low))
        return Bounds(low, high, self.high_closed, self.low_closed)

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


MOST_CORNERS = 10
"""More bounded figures than this in one expression are taken for independent (2 ** 10 corners take 0.15 s)."""

Polynomial = Mapping[frozenset[str], Fraction]
"""Coefficients by the figures that are multiplied; each occurs at most to the first power."""


class NotLinear(ValueError):
    """A figure would occur to the second power."""


def _minus(p: Polynomial) -> Polynomial:
    return {term: -c for term, c in p.items()}


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


def _lead(p: Polynomial, name: str, at: Number, side: int) -> tuple[Polynomial, int]:
    """The part of p that decides as `name` comes to its end `at` from within, and how fast that part vanishes."""
    slope = {term - {name}: c for term, c in p.items() if name in term}
    rest = {term: c for term, c in p.items() if name not in term}
    if slope and abs(at) == inf:
        return (slope if side else _minus(slope)), -1
    there = _add(rest, {term: c * Fraction(at) for term, c in slope.items()}) if slope else rest
    return (there, 0) if there or not slope else (_minus(slope) if side else slope, 1)


ONE: Polynomial = {frozenset(): Fraction(1)}


@dataclass(frozen=True)
class Form:
    """The quotient of two polynomials in figures, each at most linear in every figure."""

    over: Polynomial
    under: Polynomial

    @classmethod
    def of(cls, name: str) -> Form:
        """One figure by itself."""
        return cls({frozenset([name]): Fraction(1)}, ONE)

    @classmethod
    def constant(cls, number: Fraction) -> Form:
        """A number of the formula itself."""
        return cls({frozenset(): number} if number else {}, ONE)

    def __add__(self, other: Form) -> Form:
        if self.under == other.under:
            return Form(_add(self.over, other.over), self.under)
        crossed = _add(_multiply(self.over, other.under), _multiply(other.over, self.under))
        return Form(crossed, _multiply(self.under, other.under))

    def __sub__(self, other: Form) -> Form:
        return self + Form(_minus(other.over), other.under)

    def __mul__(self, other: Form) -> Form:
        a, d = (ONE, ONE) if self.over == other.under else (self.over, other.under)
        b, c = (ONE, ONE) if self.under == other.over else (self.under, other.over)
        return Form(_multiply(a, c), _multiply(b, d))

    def __truediv__(self, other: Form) -> Form:
        return self * Form(other.under, other.over)

    def range(self, box: Mapping[str, Bounds]) -> Bounds:
        """The exact range over a box of bounded figures (exact ones are constants of the form) in which the divisor is never 0. Raises
        NotLinear for too many."""
        names = sorted(frozenset().union(*self.over, *self.under))
        if len(names) > MOST_CORNERS:
            raise NotLinear(", ".join(names))
        ends = {name: box[name].ends() for name in names}
        closed = {name: [side for side in (0, 1) if not ends[name][side][1]] for name in names}
        bounded, free = [name for name in names if closed[name]], [name for name in names if not closed[name]]
        corners = _corners(self.over, self.under, [(name, ends[name]) for name in bounded + free])
        limits = dict(zip(product((0, 1), repeat=len(names)), corners, strict=True))
        # an extreme is reached if closed ends give it wherever within their open ends the other figures lie
        around = list(product((0, 1), repeat=len(free)))
        sides = product(*(closed[name] for name in bounded))
        reached = ({limits[corner + rest] for rest in around} for corner in sides)
        certain = set().union(*(values for values in reached if len(values) == 1))
        low, high = min(limits.values()), max(limits.values())
        return Bounds(low, high, low in certain, high in certain)


def _corners(over: Polynomial, under: Polynomial, ends: list, order: int = 0) -> Iterator[Number]:
    """The limits of over / under as the figures come to their ends one after the other, for each corner of the box."""
    if ends:
        (name, sides), *rest = ends
        for side, (at, _) in enumerate(sides):
            (top, fast), (bottom, slow) = _lead(over, name, at, side), _lead(under, name, at, side)
            yield from _corners(top, bottom, rest, order or fast - slow)
    elif not over or order > 0:
        yield Fraction(0)
    else:
        quotient = over[frozenset()] / under[frozenset()]
        yield quotient if order == 0 else inf if quotient > 0 else -inf
