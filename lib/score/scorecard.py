"""Scorecards: a score sheet (自评表) filled in, with its total, its rating and what would change it.

A score has the bounds that its actual leaves open; one that is missing makes the total missing, never smaller. Lines are taken for
independent in the total.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from lib.chapter.chapter import Chapter
from lib.numbers.quantity import Quantity, Unit
from lib.score import rules

POINTS = Unit.parse("分")
ABSENT = Quantity(None)
UNSCORED = "未提供实际完成值，无法评分"
UNRATED = "无法评定"


def points(label: str, number: Fraction) -> Quantity:
    """A number of points that the sheet gives."""
    return replace(Quantity.constant(number), unit=POINTS, label=label)


@dataclass(frozen=True)
class Line:
    """One row of a score sheet; `actual` as a quantity, or as printed where it is a date, a grade or points."""

    level1: str
    level2: str
    level3: str
    target: str
    actual: Quantity | str
    weight: Quantity
    score: Quantity
    source: str
    said: str
    explanation: str

    @property
    def lost(self) -> Quantity:
        return (self.weight - self.score).named("", f"{self.level3}扣分")

    @property
    def full(self) -> bool:
        """Whether it certainly has all its points."""
        return self.score.bounds == self.weight.bounds

    @property
    def reason(self) -> str:
        """Why points are lost, or may be; nothing where none are."""
        if self.score.missing:
            return UNSCORED
        return "" if self.full else f"{self.said}，扣{self.lost.shown}"


@dataclass(frozen=True)
class Scorecard:
    """A filled-in sheet: of the unit (`project` empty) or of one project; amounts are those of its head."""

    project: str
    lines: tuple[Line, ...]
    budget: Quantity
    outturn: Quantity
    execution: Quantity
    ratings: rules.Bands
    caps: rules.Bands
    findings: tuple[dict, ...]

    @cached_property
    def total(self) -> Quantity:
        """The sum, at most what the execution rate allows; missing if a score is."""
        return self._total(self.lines)

    @property
    def reached(self) -> Quantity:
        """The points of those lines that could be scored."""
        return sum(line.score for line in self._scored).named("", "已评得分") if self._scored else ABSENT

    @property
    def out_of(self) -> Quantity:
        """The weight of those lines."""
        return points("已评分值", sum(line.weight.value for line in self._scored))

    @property
    def rating(self) -> str:
        """优良中差, or those between which the bounds leave it open: 优或良."""
        return self._rating(self.total)

    @property
    def deductions(self) -> list[Line]:
        """Lines that lose points or may, from the most points by nominal value."""
        lost = [line for line in self._scored if not line.full]
        return sorted(lost, key=lambda line: -(line.lost.bounds.high if line.lost.value is None else line.lost.value))

    @cached_property
    def to_better(self) -> Quantity | None:
        """Points to the next rating above all that are possible."""
        best = 0 if self.total.missing else self._ranks(self.total)[0]
        return (points("等级线", self.ratings[best - 1][0]) - self.total).named("", "距上一等级") if best else None

    @cached_property
    def to_worse(self) -> Quantity | None:
        """Points above the line below which the rating falls under all that are possible."""
        worst = -1 if self.total.missing else self._ranks(self.total)[1]
        line = self.ratings[worst]
        return None if line == self.ratings[-1] else (self.total - points("等级线", line[0])).named("", "高于等级线")

    @property
    def decisive(self) -> list[Line]:
        """Lines each of which, scored in full, would change the rating by itself."""
        full = {line: replace(line, score=line.weight) for line in self.deductions}
        totals = {line: self._total([full[line] if other is line else other for other in self.lines]) for line in full}
        return [line for line, total in totals.items() if self._rating(total) != self.rating]

    def record(self, book: Chapter) -> Scorecard:
        """The scorecard with its scores and total as metrics of the section, so that every number answers."""
        group = f"score.{self.project}" if self.project else "score"
        for line in self.lines:
            book.record(f"{group}.{line.level3}", line.score)
        book.record(f"{group}.total", self.total)
        book.record(f"{group}.execution", self.execution)
        rate = book.known[f"{group}.execution"]
        lines = [replace(line, score=book.known[f"{group}.{line.level3}"]) for line in self.lines]
        lines = [replace(line, actual=rate) if line.actual is self.execution else line for line in lines]
        card = replace(self, lines=tuple(lines), execution=rate)
        for name in ("to_better", "to_worse"):
            if points_away := getattr(self, name):
                book.record(f"{group}.{name}", points_away)
        for name in ("total", "to_better", "to_worse"):  # what is known of them now has a name
            card.__dict__[name] = book.known.get(f"{group}.{name}")
        return card

    @property
    def _scored(self) -> list[Line]:
        return [line for line in self.lines if not line.score.missing]

    def _total(self, lines: Sequence[Line]) -> Quantity:
        caveats = dict.fromkeys(part for line in lines for part in line.score.caveat.split("；") if part)
        total = sum(line.score for line in lines).named("", "总分")
        total = replace(total, formula="各项得分之和", caveat="；".join(caveats))
        # the line of the execution rate, once full, lifts the cap with it
        lifted = any(line.full and line.actual is self.execution for line in lines)
        if not self.caps or lifted or total.missing or self.execution.missing:
            return total
        rule = rules.graded("at_least", self.caps)
        cap, nominal = rules.score(rule, [at for at, _ in self.caps], self.execution.bounds, self.execution.value)
        low, high = (min(ends) for ends in zip(rules.ends(total.bounds), rules.ends(cap), strict=True))
        value = None if None in (total.value, nominal) else min(total.value, nominal)
        formula = f"{total.formula}，按预算执行率至多{points('', nominal or cap.high).shown}"
        return replace(total, bounds=rules.between(low, high), value=value, formula=formula)

    def _ranks(self, total: Quantity) -> tuple[int, int]:
        low, high = rules.ends(total.bounds)
        return rules.rank(high, self.ratings), rules.rank(low, self.ratings)

    def _rating(self, total: Quantity) -> str:
        if total.missing:
            return UNRATED
        best, worst = self._ranks(total)
        return "或".join(word for _, word in self.ratings[best : worst + 1])
