"""An oracle of scores: sheets and targets read anew, each rule as a plain function of what was done, tried out over its range."""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import floor, inf
from pathlib import Path

from oracle import FAR, INSIDE, Oracle, Range, Row, highest

NEAR = Fraction(1, 10**30)
TYPED = {"近90%": Range(Fraction(81, 100), Fraction(9, 10), True, False)}
"""Hedged actuals of the tests' own targets."""
Score = Callable[[Fraction], Fraction]


@dataclass(frozen=True)
class Worth:
    """What a line is worth: from where to where, and its nominal value."""

    range: Range
    value: Fraction | None


def rows(path: Path) -> list[Row]:
    """A table that people keep."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def share(text: str) -> Fraction:
    """`90%` or `0.9`."""
    return Fraction(text.removesuffix("%")) / (100 if text.endswith("%") else 1)


class Sheet:
    """The sheet of a unit or one of its projects; `tables`: its oracle, `name`: that of the score sheet."""

    def __init__(self, tables: Oracle, raw: Path, sheets: Path, name: str, project: str = ""):
        self.tables, self.project = tables, project
        self.rules = rows(sheets / f"{name}.csv")
        usual = rows(sheets / "national.csv")
        self.general = {row["rule"]: row for row in [*usual, *self.rules] if not row["weight"]}
        self.targets = {row["level3"]: row for row in rows(raw / "targets.csv") if row["project"] == project}
        self.prefix = f"score.{project}." if project else "score."

    @cached_property
    def lines(self) -> dict[str, Worth | None]:
        """What each line is worth by its name; None where the actual is missing."""
        found: dict[str, Worth | None] = {}
        self.weights: dict[str, Fraction] = {}
        for rule in (row for row in self.rules if row["weight"]):
            mine = [row for row in self.targets.values() if row["level1"] == rule["level1"]]
            for row in mine if rule["rule"] == "targets" else [self.targets.get(rule["level3"], {})]:
                name = rule["level3"] or row["level3"]
                found[name], self.weights[name] = self._line(rule, row), Fraction(row.get("weight") or rule["weight"])
        return found

    @cached_property
    def total(self) -> Worth | None:
        """The sum, at most what the execution rate allows; None where a line is."""
        if None in self.lines.values():
            return None
        worths = list(self.lines.values())
        low, high = (sum(getattr(one.range, end) for one in worths) for end in ("low", "high"))
        closed = [all(getattr(one.range, end) for one in worths) for end in ("low_closed", "high_closed")]
        value = None if None in (values := [one.value for one in worths]) else sum(values)
        total = Worth(Range(low, high, *closed), value)
        if "cap" not in self.general or not self._execution:
            return total
        bands = self.general["cap"]["bands"]
        return _least(total, self._tried(_graded(bands, Fraction.__ge__), _thresholds(bands), self._execution))

    @cached_property
    def possible(self) -> Worth | None:
        """The total from nothing to all points for the lines without an actual; None where there are none, or only such."""
        given = [worth for worth in self.lines.values() if worth]
        rest = sum(self.weights[name] for name, worth in self.lines.items() if not worth)
        if not given or not rest:
            return None
        low, high = (sum(getattr(one.range, end) for one in given) for end in ("low", "high"))
        closed = [all(getattr(one.range, end) for one in given) for end in ("low_closed", "high_closed")]
        return Worth(Range(low, high + rest, *closed), None)

    def away(self, better: bool) -> Worth | None:
        """Points to the next rating above all that are possible, or above the line of the lowest that is; None where there is none."""
        lines = sorted(_thresholds(self.general["rating"]["bands"]))
        total = self.total.range
        above = [at for at in lines if at > total.high or (at == total.high and not total.high_closed)]
        below = [at for at in lines[1:] if at <= total.low]
        if better:
            return _less(_exactly(above[0]), self.total) if above else None
        return _less(self.total, _exactly(below[-1])) if below else None

    @property
    def _execution(self) -> tuple[Range, Fraction | None] | None:
        return self._measured(self.tables.metrics[f"{self.prefix}execution"])

    def _measured(self, row: Row | None) -> tuple[Range, Fraction | None] | None:
        if not row or not row["low"]:
            return None
        node = row["indicator"] if "indicator" in row else self.tables.formula(row)
        done = self.tables.range(node)
        return done, self.tables.nominal(node) if abs(done.low) < inf and abs(done.high) < inf else None

    def _line(self, rule: Row, row: Row) -> Worth | None:
        weight = Fraction(row.get("weight") or rule["weight"])
        measure, actual = rule["measure"] or row.get("measure"), row.get("actual", "")
        if rule["rule"] == "targets":
            if dated := re.fullmatch(r"(\d+)月前", row["target"]):
                return _exactly(weight * (int(actual[5:7]) <= int(dated[1])))
            kind = row["comparator"] or "grades"
        else:
            kind = rule["rule"]
        if kind in ("grades", "awarded"):
            return self._awarded(actual, weight)
        if kind == "execution":
            given = self._execution
        elif measure:
            given = self._measured(self.tables.metrics.get(measure) or self.tables.figures.get(measure))
        else:
            given = self._typed(actual)
        return given and self._tried(*self._rule(kind, rule, row, weight), given)

    def _typed(self, actual: str) -> tuple[Range, Fraction | None] | None:
        if not actual:
            return None
        if actual in TYPED:
            return TYPED[actual], None
        return Range(share(actual), share(actual), True, True), share(actual)

    def _awarded(self, actual: str, weight: Fraction) -> Worth | None:
        """Points, or a grade: its share of the weight."""
        if actual.endswith("分"):
            return _exactly(Fraction(actual.removesuffix("分")))
        high, closed = Fraction(1), True
        for band in self.general["grades"]["bands"].split(";"):
            low, name = share(band.split("=")[0]), band.split("=")[1]
            if actual == name:
                return Worth(Range(low * weight, high * weight, True, closed), (low + high) / 2 * weight)
            high, closed = low, closed and low == 1
        return None

    def _rule(self, kind: str, rule: Row, row: Row, weight: Fraction) -> tuple[Score, list[Fraction]]:
        """A rule as a function, and where it bends or jumps."""
        if kind == "execution":
            return lambda done: weight * min(done, 1), [Fraction(1)]
        if kind in ("at_least", "at_most"):
            holds = Fraction.__ge__ if kind == "at_least" else Fraction.__le__
            return _graded(rule["bands"], holds), _thresholds(rule["bands"])
        if kind in ("over", "short", "off"):
            base, step, points = share(rule["base"]), share(rule["step"]), Fraction(rule["points"])

            def deducted(done: Fraction) -> Fraction:
                past = {"over": done - base, "short": base - done, "off": abs(done - base)}[kind]
                return max(weight - points * floor(max(past, 0) / step), Fraction(0))

            return deducted, [base + n * step for n in range(-40, 41)]
        aim = share(row["target"] + row["unit"] * (row["unit"] == "%"))
        limit = share(self.general["overshoot"]["base"]) * aim if "overshoot" in self.general and kind != "≤" else inf

        def compared(done: Fraction) -> Fraction:
            least, most = min(done / aim, 1), min(aim / done, 1) if done else 1
            part = {"≥": least, "≤": most, "=": min(least, most)}[kind]
            docked = Fraction(self.general["overshoot"]["points"]) if done >= limit else 0
            return max(part * weight - docked, Fraction(0))

        return compared, [aim, limit] if limit < inf else [aim]

    def _tried(self, score: Score, corners: list[Fraction], given: tuple[Range, Fraction | None]) -> Worth:
        """A rule over the range of what was done: at its ends, and at and around the corners inside."""
        done, nominal = given
        tried = set(_around(score, done, corners))
        high, high_closed = highest(tried)
        low, low_closed = highest({(-worth, kind) for worth, kind in tried})
        found = Range(-low, high, low_closed, high_closed)
        if found.low == found.high:
            return Worth(found, found.low)
        return Worth(found, None if nominal is None else score(nominal))


def _exactly(points: Fraction) -> Worth:
    return Worth(Range(points, points, True, True), points)


def _less(a: Worth, b: Worth) -> Worth:
    closed = a.range.low_closed and b.range.high_closed, a.range.high_closed and b.range.low_closed
    value = None if None in (a.value, b.value) else a.value - b.value
    return Worth(Range(a.range.low - b.range.high, a.range.high - b.range.low, *closed), value)


def _graded(bands: str, holds: Callable) -> Score:
    pairs = [(share(band.split("=")[0]), Fraction(band.split("=")[1])) for band in bands.split(";")]
    return lambda done: next((worth for at, worth in pairs if holds(done, at)), Fraction(0))


def _thresholds(bands: str) -> list[Fraction]:
    return [share(band.split("=")[0]) for band in bands.split(";")]


def _least(a: Worth, b: Worth) -> Worth:
    """The lesser of two, whichever it is."""
    low = min((one.range.low, not one.range.low_closed) for one in (a, b))
    high = min((one.range.high, one.range.high_closed) for one in (a, b))
    value = None if None in (a.value, b.value) else min(a.value, b.value)
    return Worth(Range(low[0], high[0], not low[1], high[1]), value)


def _around(score: Score, done: Range, corners: list[Fraction]) -> Iterator[tuple[Fraction, int]]:
    """Values of a score; one that a side comes to but not steps on is far."""
    for end, closed, side in ((done.low, done.low_closed, 1), (done.high, done.high_closed, -1)):
        if closed:
            yield score(end), INSIDE
        elif abs(end) == inf:
            yield from _beside(score, -side / NEAR, -side / NEAR * 10)
        else:
            yield from _beside(score, end + side * NEAR, end + side * NEAR / 10)
    for at in corners:
        if done.low < at < done.high:
            yield score(at), INSIDE
            for side in (-1, 1):
                yield from _beside(score, at + side * NEAR, at + side * NEAR / 10)


def _beside(score: Score, near: Fraction, nearer: Fraction) -> Iterator[tuple[Fraction, int]]:
    yield score(near), INSIDE if score(near) == score(nearer) else FAR
