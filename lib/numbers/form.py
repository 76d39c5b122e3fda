"""Forms: the exact range of an expression in which a figure occurs more than once.

`Form` keeps an expression as a quotient of two polynomials. One that is at most linear in each figure is monotone in each of them
(the derivative of (αx + β) / (γx + δ) does not change its sign), so that its extremes lie at corners of the box.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import inf

from lib.numbers.bounds import Bounds, Number

MOST_CORNERS = 10
"""More bounded figures than this in one expression are taken for independent (2 ** 10 corners take 0.15 s)."""

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


def _lead(p: Polynomial, name: str, at: Number, side: int) -> tuple[Polynomial, int]:
    """The part of p that decides as `name` comes to its end `at` from within, and how fast that part vanishes."""
    slope = {term - {name}: c for term, c in p.items() if name in term}
    rest = {term: c for term, c in p.items() if name not in term}
    if slope and abs(at) == inf:
        return (slope if side else _minus(slope)), -1
    there = _add(rest, {term: c * Fraction(at) for term, c in slope.items()}) if slope else rest
    return (there, 0) if there or not slope else (_minus(slope) if side else slope, 1)


def _minus(p: Polynomial) -> Polynomial:
    return {term: -c for term, c in p.items()}


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
        """The exact range over a box of bounded figures in which the divisor is never 0. Raises NotLinear for too many.

        Exact figures are constants of the form, not part of the box.
        """
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
