"""An oracle of metrics: reads a published formula anew and tries out what its figures may be, with nothing but fractions.

It shares no code with `lib`: a grammar of its own, no interval arithmetic. Counted figures are integers, all of them where they are
few; of the others the ends are tried, what lies between, and what lies close to an open end or far out on an endless side.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import ceil, floor, inf
from pathlib import Path
from typing import Any

UNCOUNTED = ("", "元", "倍", "小时", "分钟", "天", "㎡", "亩", "米", "公里", "公斤", "吨", "分", "个百分点", "%", "‰")
FEW = 24
DIGITS = Fraction(1, 10**11)
"""How far a number that is written with 12 digits may lie from what it is, in parts of it."""
INSIDE, LIMIT, FAR = range(3)
"""A number that is possible; an open end itself; a possible one that stands for what comes as close to it as it likes."""
Row = dict[str, str]
Node = Any  # a Fraction, the name of a leaf, or (sign, node, node)


class Unread(ValueError):
    """A formula that is not made of + − × ÷ and brackets over labels."""


@dataclass(frozen=True)
class Range:
    """From where to where values go: an end that is not reached is open; whether there is none at all is for `missing` to say."""

    low: Fraction | float
    high: Fraction | float
    low_closed: bool
    high_closed: bool


def table(path: Path) -> dict[str, Row]:
    """A published table by the first of its columns; of an indicator that is printed several times the first."""
    found: dict[str, Row] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found.setdefault(next(iter(row.values())), row)
    return found


def number(cell: str) -> Fraction | float | None:
    """A number of a table."""
    return None if not cell else float(cell) if cell.endswith("inf") else Fraction(cell)


class Oracle:
    """What the published tables of one edition let us compute; `earlier` ones are known by year."""

    def __init__(
        self, figures: dict[str, Row], metrics: dict[str, Row], earlier: dict[int, dict[str, Row]] | None = None
    ):
        self.figures, self.metrics, self.leaves = figures, metrics, dict(figures)
        for year, others in (earlier or {}).items():
            named = {f"y{year}.{name}": row | {"label": f"{year}年{row['label']}"} for name, row in others.items()}
            self.leaves |= named
        self.points = {name: list(_points(row, name in self.figures)) for name, row in self.leaves.items()}

    @classmethod
    def of(cls, folder: Path, earlier: Mapping[int, Path] | None = None) -> Oracle:
        """That of a published edition; `earlier`: where those before it are published."""
        before = {year: table(other / "metrics.csv") for year, other in (earlier or {}).items()}
        for year, other in (earlier or {}).items():
            figures = {name: row | {"inputs": ""} for name, row in table(other / "figures.csv").items()}
            before[year] = figures | before[year]
        return cls(table(folder / "figures.csv"), table(folder / "metrics.csv"), before)

    def known(self, metric: Row) -> bool:
        """Whether the figures that a metric rests on are among those published; what nobody asked for is not."""
        return set(filter(None, metric["inputs"].split(";"))) <= self.figures.keys()

    def formula(self, metric: Row) -> Node:
        """The formula of a metric down to figures and metrics of earlier years. Raises Unread."""
        return self._down(self._read(metric))

    def _read(self, metric: Row) -> Node:
        given = set(metric["inputs"].split(";"))
        named: dict[str, list[str]] = {}
        for name, row in (self.leaves | self.metrics).items():
            inputs = {name} if name in self.figures else set(filter(None, row["inputs"].split(";")))
            if row is not metric and (name.startswith("y") or inputs <= given):
                named.setdefault(row["label"], []).append(name)
        return _Reader(metric["formula"], named).whole()

    def _down(self, node: Node) -> Node:
        if isinstance(node, tuple):
            return node[0], self._down(node[1]), self._down(node[2])
        if node in self.metrics and self.limit(self.metrics[node]):
            self.leaves[node], self.points[node] = self.metrics[node], list(_points(self.metrics[node], False))
            return node
        return self.formula(self.metrics[node]) if node in self.metrics else node

    def limit(self, metric: Row) -> Row | None:
        """What a metric may not go beyond: a figure that its caveat names, where no metric of its formula brings that caveat along."""
        found = re.search("以所印“(.+?)”为限", metric.get("caveat", ""))
        if not found or any(
            found[0] in self.metrics[n].get("caveat", "") for n in leaves(self._read(metric)) if n in self.metrics
        ):
            return None
        return next(row for row in self.figures.values() if row["label"] == found[1])

    def missing(self, node: Node) -> bool:
        """Whether a figure is missing, or what is divided by can be 0."""
        if isinstance(node, str):
            return not self.points[node]
        if isinstance(node, Fraction):
            return False
        sign, left, right = node
        if self.missing(left) or self.missing(right):
            return True
        values = [value for value, kind in self.tried(right) if kind != LIMIT] if sign == "÷" else [1]
        return min(values) <= 0 <= max(values)

    def tried(self, node: Node) -> Iterator[tuple[Fraction, int]]:
        """Values of a formula, each with the kind of what was tried."""
        names = sorted(leaves(node))
        for combination in product(*(self.points[name] for name in names)):
            kinds = {kind for _, kind in combination}
            if kinds >= {LIMIT, FAR}:
                continue
            try:
                value = worth(node, dict(zip(names, (value for value, _ in combination), strict=True)))
            except ZeroDivisionError:
                if LIMIT not in kinds:
                    raise
            else:
                yield value, max(kinds, default=INSIDE)

    def range(self, node: Node) -> Range:
        """From where to where the values of a formula go."""
        tried = set(self.tried(node))
        high, high_closed = highest(tried)
        low, low_closed = highest({(-value, kind) for value, kind in tried})
        return Range(-low, high, low_closed, high_closed)

    def slack(self, metric: Row) -> Fraction:
        """How far a metric may be off because of digits: its own, and those of metrics that it rests on, which may be multiplied by 100."""
        below = [name for name in leaves(self._read(metric)) if name not in self.figures]
        ends = [self.range(self._down(name)) for name in below]
        sizes = [100 * size(one) for one in ends] + [size(self.range(self.formula(metric)))]
        return DIGITS * max(sizes)

    def nominal(self, node: Node) -> Fraction | None:
        """A formula of nominal values; None where one is missing or divided by 0."""
        given = {name: number(self.leaves[name]["value"]) for name in leaves(node)}
        try:
            return None if None in given.values() else worth(node, given)
        except ZeroDivisionError:
            return None


def size(values: Range) -> Fraction:
    """The largest number at an end."""
    return max((abs(end) for end in (values.low, values.high) if abs(end) < inf), default=Fraction(0))


def leaves(node: Node) -> set[str]:
    """The names in a formula."""
    if isinstance(node, tuple):
        return leaves(node[1]) | leaves(node[2])
    return {node} if isinstance(node, str) else set()


def worth(node: Node, given: dict[str, Fraction]) -> Fraction:
    """What a formula is worth. Raises ZeroDivisionError."""
    if not isinstance(node, tuple):
        return given[node] if isinstance(node, str) else node
    sign, left, right = node[0], worth(node[1], given), worth(node[2], given)
    if sign == "÷":
        return left / right
    return left * right if sign == "×" else left + right if sign == "+" else left - right


def highest(tried: set[tuple[Fraction, int]]) -> tuple[Fraction | float, bool]:
    """The highest of what was tried, and whether it is possible; what grows far beyond all others has no end."""
    near = max(value for value, kind in tried if kind != FAR)
    far = max((value for value, kind in tried if kind == FAR), default=near)
    if far > near:
        return (inf if far > (abs(near) + 1) * 10**15 else far), False
    return near, (near, INSIDE) in tried


def _points(row: Row, figure: bool) -> Iterator[tuple[Fraction, int]]:
    """Numbers to try for a figure or a metric of an earlier year; none for one that is missing."""
    if not row["low"]:
        return
    low, high = number(row["low"]), number(row["high"])
    closed = row["low_closed"] == "true", row["high_closed"] == "true"
    if figure and row["unit"] not in UNCOUNTED and "/" not in row["unit"]:
        first = low if low == -inf else ceil(low) if closed[0] else floor(low) + 1
        last = high if high == inf else floor(high) if closed[1] else ceil(high) - 1
        if first <= last:
            low, high, closed = first, last, (True, True)
            if -inf < first and last - first <= FEW:
                yield from ((Fraction(n), INSIDE) for n in range(first, last + 1))
                return
    middle, step = _inside(low, high)
    yield middle, INSIDE
    for end, reached, inwards in ((low, closed[0], 1), (high, closed[1], -1)):
        if abs(end) == inf:
            yield middle - inwards * step * 10**30, FAR
        elif reached:
            yield Fraction(end), INSIDE
        else:
            yield from ((Fraction(end), LIMIT), (end + inwards * step / 10**30, FAR))


def _inside(low: Fraction | float, high: Fraction | float) -> tuple[Fraction, Fraction]:
    """A number between two ends, and how far it is to them, or as far as they are from 0."""
    if -inf < low and high < inf:
        return Fraction(low + high) / 2, Fraction(high - low)
    end = Fraction(low if -inf < low else high if high < inf else 0)
    step = abs(end) + 1
    return end + step * ((-inf < low) - (high < inf)), step


def objections(said: Row, expected: Range, value: Fraction | None, slack: Fraction) -> list[str]:
    """What is wrong with a row of the published metrics; bounds may be off outwards alone."""
    found, exact = [], said["low"] == said["high"]
    for end, side in (("low", -1), ("high", 1)):
        got, want = number(said[end]), getattr(expected, end)
        finite = abs(want) < inf and abs(got) < inf
        if not (-slack * exact <= (got - want) * side <= slack if finite else got == want):
            found.append(f"{end} {float(got)}, not {float(want)}")
        closed = said[f"{end}_closed"] == "true"
        found += [] if closed == getattr(expected, f"{end}_closed") else [f"{end} end closed: {closed}"]
    sided = expected.low == -inf or expected.high == inf
    want = expected.low if expected.low == expected.high else None if sided else value
    got = number(said["value"])
    if got != want and (None in (got, want) or abs(got - want) > slack):
        found.append(f"value {got and float(got)}, not {want and float(want)}")
    return found


def judged(tables: Oracle, said: Row) -> list[str]:
    """What is wrong with a metric that has a formula."""
    if not tables.known(said):
        return ["given although a figure is not"] if said["low"] else []
    tree = tables.formula(said)
    if tables.missing(tree) or not said["low"]:
        return [] if tables.missing(tree) and not said["low"] else [f"missing: {not said['low']}"]
    expected = tables.range(tree)
    if limit := tables.limit(said):
        expected = _common(expected, limit)
    return objections(said, expected, tables.nominal(tree), tables.slack(said))


def _common(values: Range, limit: Row) -> Range:
    """What lies in a range and in the bounds of a figure too."""
    low, high = number(limit["low"]), number(limit["high"])
    low_closed = (values.low > low or limit["low_closed"] == "true") and (values.low < low or values.low_closed)
    high_closed = (values.high < high or limit["high_closed"] == "true") and (values.high > high or values.high_closed)
    return Range(max(values.low, low), min(values.high, high), low_closed, high_closed)


class _Reader:
    """A formula, read from left to right: the longest label that stands there, else a sign, a bracket or a number."""

    def __init__(self, text: str, named: dict[str, list[str]]):
        self.text, self.named = text, named
        there = sorted((label for label in named if label in text), key=len, reverse=True)
        labels = "|".join(map(re.escape, there)) or "(?!)"
        self.token = re.compile(rf"({labels})|(\d[\d,]*(?:\.\d+)?)|([+−×÷（）])|\s+")
        self.tokens, at = [], 0
        while at < len(text):
            found = self.token.match(text, at)
            if not found or found.end() == at:
                raise Unread(text[at:])
            at = found.end()
            self.tokens += [found] if found[0].strip() else []

    def whole(self) -> Node:
        """The formula as a tree. Raises Unread."""
        tree = self._row("+−", lambda: self._row("×÷", self._one))
        if self.tokens:
            raise Unread(self.tokens[0][0])
        return tree

    def _row(self, signs: str, operand: Any) -> Node:
        tree = operand()
        while self.tokens and self.tokens[0][3] and self.tokens[0][0] in signs:
            tree = self.tokens.pop(0)[0], tree, operand()
        return tree

    def _one(self) -> Node:
        if not self.tokens:
            raise Unread(self.text)
        found = self.tokens.pop(0)
        if found[0] == "（" and not found[1]:
            tree = self._row("+−", lambda: self._row("×÷", self._one))
            if not self.tokens or self.tokens.pop(0)[0] != "）":
                raise Unread(self.text)
            return tree
        if found[2]:
            return Fraction(found[2].replace(",", ""))
        names = self.named.get(found[0], [])
        if len(names) != 1:
            raise Unread(f"{found[0]}: {names}")
        return names[0]
