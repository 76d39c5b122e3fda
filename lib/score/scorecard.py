"""Scorecards: a score sheet (自评表) filled in, with its total, its rating and what would change it; and its tables.

A score has the bounds that its actual leaves open; one that is missing makes the total missing. Lines are taken for independent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from lib.cells import Bundle
from lib.chapter import prose
from lib.chapter.chapter import Chapter
from lib.chapter.tables import official, table
from lib.edition.rows import Finding
from lib.numbers.bounds import Bounds, between, exactly
from lib.numbers.quantity import Quantity
from lib.score import rules, scales
from lib.score.rules import NOTHING, points

PRINTED, WHY = "所印得分", "偏差原因分析及改进措施"
HEADS = "一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", PRINTED, WHY


@dataclass(frozen=True)
class Line:
    """One row of a score sheet, told from the others by its `name`; `actual` as a quantity, or as printed where it is a date, a grade or
    points."""

    name: str
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
    beyond: str
    printed: Quantity

    @property
    def lost(self) -> Quantity:
        """The points that it has not."""
        return (self.weight - self.score).named("", f"{self.name}扣分")

    @property
    def full(self) -> bool:
        """Whether it certainly has all its points."""
        return self.score.bounds == self.weight.bounds

    @property
    def reason(self) -> str:
        """Why points are lost, or may be; nothing where none are."""
        if not self.weight.value and not self.beyond:
            return "只列出，不评分" if self.score.missing else "不适用，不计分值"
        if self.score.missing:
            told = isinstance(self.actual, Quantity) and self.actual.told  # why it cannot be computed
            return f"{self.actual if told else '未提供实际完成值'}，无法评分"
        told = f"加{self.score.shown}" if self.beyond == "加分" else f"扣{self.lost.shown}"
        return "" if self.full else f"{self.said}，{told}"


@dataclass(frozen=True)
class Scorecard:
    """A filled-in sheet: of the unit (`project` empty) or of one project, with its head."""

    project: str
    lines: tuple[Line, ...]
    execution: Quantity
    general: Mapping[str, rules.Rule]
    head: Mapping[str, list[Quantity | str]]
    goals: Mapping[str, list[str]]
    printed: Quantity
    findings: tuple[Finding, ...] = ()

    @cached_property
    def total(self) -> Quantity:
        """The sum, at most what the execution rate allows; missing if a score is."""
        caveats = dict.fromkeys(part for line in self.lines for part in line.score.caveat.split("；") if part)
        counted = [line for line in self.lines if line.weight.value or not line.score.missing]
        total, weight = sum(line.score for line in counted), sum(line.weight.value for line in counted)
        out = weight != 100 and any(not line.weight.value for line in counted)
        total = total * (Fraction(100) / weight) if out else total if weight == 100 else Quantity(None)
        formula = f"各项得分之和{f' × 100 ÷ {weight}（不适用的不计）' if out else ''}"
        total = replace(total.named("", "总分"), unit=rules.POINTS, formula=formula, caveat="；".join(caveats))
        if self.general.get("limit"):
            total = _at_most(total, exactly(self.general["limit"].points), self.general["limit"].points, "总分")
        # the line of the execution rate, once full, lifts the cap with it
        lifted = any(line.full and line.actual is self.execution for line in self.lines)
        if "cap" not in self.general or lifted or self.execution.missing:
            return total
        scale = scales.graded("at_least", self.general["cap"].bands)
        return _at_most(total, *rules.score(*scale, self.execution.bounds, self.execution.value), "按预算执行率")

    @cached_property
    def rounded(self) -> "Scorecard":
        """The card with the scores that the form prints, where the rules give those."""
        lines = (
            replace(one, score=points("", one.printed.value)) if one.printed.overlaps(one.score) else one
            for one in self.lines
        )
        return replace(self, lines=tuple(lines))

    @property
    def added(self) -> Quantity:
        """The sum of the scores as printed; missing where a line with a weight has none."""
        each = [one.printed for one in self.lines if one.weight.value or not (one.printed.missing or one.beyond)]
        whole = each and not any(one.missing for one in each)
        return points("", sum(one.value for one in each)) if whole else Quantity(None)

    @property
    def differs(self) -> bool:
        """Whether the form prints a total that its rules do not give."""
        given = (self.total, self.rounded.total)
        return not (self.printed.missing or self.total.missing or any(map(self.printed.overlaps, given)))

    @property
    def astray(self) -> bool:
        """Whether the form prints a total that its own scores do not add up to."""
        return not (self.printed.missing or self.added.missing or self.printed.overlaps(self.added))

    @property
    def wanting(self) -> str:
        """What a total would need that is missing."""
        open_ = [one for one in self.lines if one.score.missing]
        rate, rest = any(one.actual is self.execution for one in open_), [one for one in open_ if one.weight.value]
        needed = {"有的指标没有分值": len(rest) < len(open_), "预算执行率缺预算数或执行数": rate}
        needed["有的目标没有报告实际完成值"] = len(rest) > rate or not open_
        return "，".join(told for told, needs in needed.items() if needs)

    @property
    def reached(self) -> Quantity:
        """The points of those lines that could be scored."""
        return sum(line.score for line in self._scored).named("", "已评得分") if self._scored else Quantity(None)

    @property
    def out_of(self) -> Quantity:
        """The weight of those lines."""
        return points("已评分值", sum(line.weight.value for line in self._scored))

    @property
    def rating(self) -> str:
        """优良中差, or those between which the bounds leave it open: 优或良."""
        return "或".join(self.ratings[place][1] for place in self._places) or "无法评定"

    @property
    def ratings(self) -> rules.Bands:
        """The ratings, each with the points that it begins at, the best first."""
        return self.general["rating"].bands

    @property
    def deductions(self) -> list[Line]:
        """Lines that lose points or may, from the most points by the middle of their bounds."""
        lost = [line for line in self._scored if not line.full and line.beyond != "加分"]
        return sorted(lost, key=lambda line: -line.lost.bounds.middle)

    @cached_property
    def to_better(self) -> Quantity | None:
        """Points to the next rating above all that are possible."""
        best = min(self._places, default=0)
        return (points("等级线", self.ratings[best - 1][0]) - self.total).named("", "距上一等级") if best else None

    @cached_property
    def to_worse(self) -> Quantity | None:
        """Points above the line below which the rating falls under all that are possible."""
        line = self.ratings[max(self._places, default=-1)]
        return None if line == self.ratings[-1] else (self.total - points("等级线", line[0])).named("", "高于等级线")

    @cached_property
    def possible(self) -> Quantity | None:
        """The total from nothing to all points for the lines that are not scored; None where all are, or none is."""
        rest = sum((line.weight.value or NOTHING for line in self.lines if line.score.missing), NOTHING)
        unknown = Quantity(Bounds(NOTHING, rest), None, rules.POINTS, label="未评得分")
        return (self.reached + unknown).named("", "可能的总分") if rest and self._scored else None

    @property
    def evidence(self) -> dict[str, list[Line]]:
        """Lines by what their scores rest on, those that have none last."""
        found: dict[str, list[Line]] = {}
        for line in [*self._scored, *(one for one in self.lines if one.weight.value and one.score.missing)]:
            typed = "填报的等级、日期和评分" if isinstance(line.actual, str) else "填报的数字"
            typed = "没有实际完成值，未评分" if line.score.missing else typed
            found.setdefault("本版登记的数据" if line.score.inputs else typed, []).append(line)
        return found

    @property
    def decisive(self) -> list[Line]:
        """Lines each of which, scored in full, would change the rating by itself."""

        def filled(line: Line) -> Scorecard:
            lines = (replace(one, score=one.weight) if one is line else one for one in self.lines)
            return replace(self, lines=tuple(lines))

        return [line for line in self.deductions if filled(line).rating != self.rating]

    def record(self, book: Chapter) -> "Scorecard":
        """The scorecard with its scores and total as metrics of the section, so that every number answers."""
        group = f"score.{self.project}" if self.project else "score"
        lines = [replace(line, score=book.record(f"{group}.{line.name}", line.score)) for line in self.lines]
        total = book.record(f"{group}.total", self.total)
        rate = book.record(f"{group}.execution", self.execution)
        lines = [replace(line, actual=rate) if line.actual is self.execution else line for line in lines]
        own = self.printed
        if not own.missing:
            own = book.record(f"{group}.printed", replace(own, label="自评表所印总分", formula="自评表所印"))
        card = replace(self, lines=tuple(lines), execution=rate, printed=own)
        card.__dict__["total"] = total  # what is known of it now has a name
        for name in ("to_better", "to_worse", "possible"):
            away = getattr(self, name)
            card.__dict__[name] = away and book.record(f"{group}.{name}", away)
        return card

    @property
    def _scored(self) -> list[Line]:
        return [line for line in self.lines if (line.weight.value or line.beyond) and not line.score.missing]

    @property
    def _places(self) -> range:
        """Those of `ratings` that the bounds of the total leave possible; none where it is missing."""
        if self.total.missing:
            return range(0)
        last, ends = len(self.ratings) - 1, self.total.bounds.ends()
        worst, best = (next((n for n, (at, _) in enumerate(self.ratings) if end >= (at, 0)), last) for end in ends)
        return range(best, worst + 1)


def _at_most(total: Quantity, cap: Bounds, nominal: Fraction | None, why: str) -> Quantity:
    """A total that may not be more than a cap, each with bounds."""
    if total.missing:
        return total
    low, high = (min(ends) for ends in zip(total.bounds.ends(), cap.ends(), strict=True))
    value = None if None in (total.value, nominal) else min(total.value, nominal)
    formula = f"{total.formula}，{why}至多{Quantity(cap, nominal, rules.POINTS).shown}"
    return replace(total, bounds=between(low, high), value=value, formula=formula)


def deductions(caption: str, card: Scorecard | None) -> Bundle:
    """The lines that lose points, or may, from the most points: each with its reason; nothing without a scorecard."""
    heads = {"三级指标": "name", "分值": "weight", "得分": "score", "原因": "reason", "依据": "source"}
    lines = card.deductions if card else []
    return table(caption, {head: [getattr(line, name) for line in lines] for head, name in heads.items()})


def opening(card: Scorecard | None) -> list[Bundle]:
    """What stands above the indicators of a form: budget, outturn and execution by income and by kind, and the goal of the year."""
    if not card:
        return []
    name, head = card.project or "部门整体", {words: [*map(_blank, cells)] for words, cells in card.head.items()}
    whose = {"项目名称": [card.project for _ in next(iter(card.goals.values()))]} if card.project else {}
    goals = official(f"{name}年度总体目标", {**whose, **card.goals})
    return [official(f"{name}预算执行情况", head, merged=1, bare="分"), goals]


def _blank(cell: Quantity | str) -> Quantity | str:
    """A cell of a form, which has no words for what is missing."""
    return "" if isinstance(cell, Quantity) and cell.missing else cell


def resting(caption: str, card: Scorecard | None) -> Bundle:
    """How sure the total is: what rests on figures of the edition, on numbers that were typed, on grades that somebody gave."""
    found = card.evidence if card else {}
    columns = {
        "得分所据": [*found],
        "指标数": [str(len(lines)) for lines in found.values()],
        "分值": [points("分值", sum(line.weight.value for line in lines)) for lines in found.values()],
        "得分": [sum(line.score for line in lines) for lines in found.values()],
    }
    return table(caption, columns)


def scorecard(caption: str, card: Scorecard | None) -> Bundle:
    """附件2 or 附件3: the self-evaluation sheet in its official columns, the amounts in its last rows."""
    if not card:
        return prose.hollow()
    rows: list[list[Quantity | str]] = []
    for one in card.lines:
        weight = one.weight if one.weight.value else one.beyond
        why = one.explanation or one.reason.removeprefix(f"{one.said}，")
        rows.append([one.level1, one.level2, one.level3, one.target, one.actual, weight, one.score, one.printed, why])
    known = f"已评{card.out_of}中得{card.reached}" if card.total.missing else ""
    rows.append(["总分", "", "", "", card.rating, card.out_of, card.total, card.printed, known])
    columns = dict(zip(HEADS, zip(*[map(_blank, row) for row in rows], strict=True), strict=True))
    if all(one.printed.missing for one in card.lines):
        del columns[PRINTED]
    return official(caption, columns, merged=2, bare=str(rules.POINTS))
