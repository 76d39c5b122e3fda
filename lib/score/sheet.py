"""Scores: the self-evaluation sheets of an edition (自评表), 附件2 for the unit and 附件3 for each of its projects.

What a sheet asks and how it counts is data (`data/sheets/*.csv`); what was promised and done stands in `targets.csv`.
"""

import re
from dataclasses import fields, replace
from datetime import date
from fractions import Fraction
from typing import Any

from lib.chapter.chapter import Chapter
from lib.edition.dictionary import BUDGET, UNDER, cell
from lib.edition.edition import RAW, Edition
from lib.edition.rows import Finding
from lib.edition.store import InputError, Record, read_table
from lib.numbers import notation, wording
from lib.numbers.bounds import exactly
from lib.numbers.quantity import Quantity
from lib.score import rules, targets
from lib.score.rules import KINDS, Rule, points
from lib.score.scorecard import Line, Scorecard

SHEET = [column.name for column in fields(Rule)]
MANY = "targets", "own"
"""Rules whose lines are the rows of a level 1 in targets.csv."""
EXECUTION = "预算执行率"
HEAD = {
    "按收入性质": [
        *("fiscal", "government_fund", "state_capital", "fiscal_account", "superior_grant", "institution_income"),
        *("business_income", "carry_over", "other_income"),
    ],
    "按支出性质": ["basic", "projects", "business_expenditure"],
}
"""Items of the base table in the head of the form."""


def projects(book: Chapter) -> list[str]:
    """The projects that `targets.csv` sets targets for, in its order."""
    return list(dict.fromkeys(row["project"] for row in book.edition.table("targets") if row["project"]))


def sheet(edition: Edition, name: str) -> list[Rule]:
    """The rows of a score sheet, numbers read and words filled in. Raises InputError for one that is not there or not right."""
    folder = edition.root / "data" / "sheets"
    there = [path.stem for path in sorted(folder.glob("*.csv"))]
    if name not in there:
        todo = "改正 sheet，或在 data/sheets/ 登记这种评分表"
        raise InputError(edition.raw / "source.yml", None, f"sheet: {name}", f"{'、'.join(there)} 之一", todo)
    path = folder / f"{name}.csv"
    asked = [_rule(row) for row in read_table(path, SHEET, more=("suggested", "absent"))]
    given = {rule.rule.partition(" ")[0] for rule in asked}
    needed = {"grades", "rating", *((*targets.COMPARATORS, "date", "deviation") if "targets" in given else ())}
    if needed - given:
        raise InputError(path, None, f"缺规则 {'、'.join(sorted(needed - given))}", "各项规则齐全", "补上这几行")
    if sum(rule.weight for rule in asked) != 100:
        raise InputError(path, None, "分值合计不是一百分", "一百分", "改正 weight")
    return asked


def _rule(row: Record) -> Rule:
    kind = KINDS.get(row["rule"])
    if not kind or kind.weighs != bool(row["weight"]):
        there = sorted(KINDS, key=lambda name: not KINDS[name].weighs)
        raise InputError.at(row, f"规则 {row['rule']}", "、".join(there), "改正 rule 或 weight")
    needed = ["level3"] * bool(kind.weighs and kind.judge) + [name for name in rules.NEEDED if name in kind.asks]
    if absent := [name for name in needed if not row[name]]:
        raise InputError.at(row, f"{row['rule']} 缺 {'、'.join(absent)}", "填好这几列", "补上")
    try:
        read: dict[str, Any] = {"bands": rules.bands(row["bands"])}
        read |= {name: rules.number(row[name] or "0") for name in ("weight", "base", "step", "points")}
    except ValueError as error:
        raise InputError.at(row, str(error), "数、百分数或“界限=结果”", "改正这一行") from error
    listed = "、".join(f"{kind.sign}{band.replace('=', '为')}" for band in row["bands"].split(";"))
    read["words"] = row["words"].format(**row | {"bands": f"（{listed}）"})
    return Rule(**{name: (row | read)[name] for name in SHEET})


def scorecard(book: Chapter, project: str = "") -> Scorecard | None:
    """The sheet that the source card picks, or a project's national one, filled in; None without rows in `targets.csv`."""
    reader, places = placed(book, project)
    if not places:
        return None
    lines = [reader.line(*place) for place in places]
    ratings, caps = (reader.general[kind].bands if kind in reader.general else () for kind in ("rating", "cap"))
    card = Scorecard(project, tuple(lines), reader.budget, reader.outturn, reader.execution, ratings, caps, ())
    return replace(card, findings=tuple(reader.findings(card)), head=reader.head(), goals=reader.goals)


def placed(book: Chapter, project: str = "") -> tuple["_Reader", list[tuple[Rule, Record, Fraction]]]:
    """The reader of a sheet, and its lines with their rows and weights, if any; InputError for rows that do not fit the sheet."""
    rows = [row for row in book.edition.table("targets") if row["project"] == project]
    chosen = book.edition.source.get("sheet") if rows and not project else ""
    asked = sheet(book.edition, chosen or "national")
    apart = [row for row in rows if row["level1"] in (targets.GOAL, targets.TOTAL) or _is_head(row)]
    rows = [row for row in rows if row not in apart]
    return _Reader(book, project, asked, apart), _placed(book.edition, asked, rows) if rows else []


def _is_head(row: Record) -> bool:
    """Whether a row is one of the amounts in the head of the form: its measure is an item of the base table."""
    return row["level1"] == EXECUTION and row["level3"] != EXECUTION


def _placed(edition: Edition, asked: list[Rule], rows: list[Record]) -> list[tuple[Rule, Record, Fraction]]:
    """Each line with its row, a blank one where it has none, and its weight."""
    blank: Record = dict.fromkeys([*RAW["targets"], "printed"], "") | {
        "line": None,
        "path": edition.raw / "targets.csv",
    }
    lines = [rule for rule in asked if KINDS[rule.rule].weighs]
    lone = {rule.level3: rule for rule in lines if rule.rule not in MANY}
    weights = {name: rule.weight for name, rule in lone.items()}
    parts: dict[str, list[Record]] = {rule.level1: [] for rule in lines if rule.rule in MANY}
    named: dict[str, Record] = {}
    for row in rows:
        name = row["level3"]
        if not name or name in named:
            raise InputError.at(row, f"三级指标“{name}”", "各行不同的名称", "改正 level3")
        named[name] = row
        if name in lone:
            if row["weight"] and targets.weight(row) != weights[name] and not lone[name].suggested:
                raise InputError.at(row, f"分值{row['weight']}", f"{weights[name]}，或留空", "改正 weight")
            weights[name] = targets.weight(row) if row["weight"] else weights[name]
            if (other := lone[name].otherwise) in weights:  # one or the other
                weights |= {name: lone[other].weight, other: Fraction(0)}
        elif row["level1"] in parts:
            parts[row["level1"]].append(row)
        else:
            expected = f"一级指标 {'、'.join(parts) or '无'}，或三级指标 {'、'.join(lone)}"
            raise InputError.at(row, f"{row['level1']}，{name}", expected, "照评分表改正，或换一种评分表")
    _fit(blank, lines, {level1: list(map(_weight, given)) for level1, given in parts.items()}, sum(weights.values()))
    return [
        (rule, row, weights[rule.level3] if rule.level3 in lone else _weight(row))
        for rule in lines
        for row in (parts[rule.level1] if rule.rule in MANY else [named.get(rule.level3, blank)])
    ]


def _weight(row: Record) -> Fraction:
    """The points of a target; 0 for one that is only listed."""
    return targets.weight(row) if row["weight"] else Fraction(0)


def _shares(lines: list[Rule], given: dict[str, Fraction]) -> dict[str, tuple[Fraction, bool]]:
    """Level 1 → the points that the sheet has for it, and whether it only suggests them; one without targets gives its own away."""
    found = {rule.level1: (rule.weight, bool(rule.suggested)) for rule in lines if rule.rule in MANY}
    for rule in (rule for rule in lines if rule.otherwise in found and not given.get(rule.level1)):
        more, (share, loose) = found.pop(rule.level1)[0], found[rule.otherwise]
        found[rule.otherwise] = share + more, loose
    return found


def _fit(blank: Record, lines: list[Rule], parts: dict[str, list[Fraction]], lone: Fraction) -> None:
    """Raises InputError for weights that are not those of the sheet, unless it only suggests them and they add up to 100."""
    given = {level1: sum(weights, Fraction(0)) for level1, weights in parts.items()}
    for level1, (share, loose) in _shares(lines, given).items():
        whole = loose and lone + sum(given.values()) == 100
        if given[level1] != share and not whole and (not parts[level1] or 0 not in parts[level1]):
            found = f"{level1}分值合计{points('', given[level1]).shown}"
            expected = points("", share).shown + "，或各项合计100分" * loose
            raise InputError.at(blank, found, expected, "改正 weight")


def _points(row: Record) -> Quantity:
    """The score that a row prints, as wide as its rounding; a whole number of points is not rounded."""
    if not row["printed"]:
        return Quantity(None)
    try:
        read = notation.read(f"{row['printed'].removesuffix('分')}分")
    except notation.NotationError as error:
        raise InputError.at(row, f"所印得分“{row['printed']}”", "7.5 这样的分数", "改正 printed") from error
    half = read.place / 2 if read.place < 1 else Fraction(1, 200)
    return replace(points("", read.number), bounds=read.bounds.widened(half), wording=read.text)


class _Reader:
    """Fills the lines of a sheet for the unit or one project; collects what is odd about them."""

    def __init__(self, book: Chapter, project: str, asked: list[Rule], apart: list[Record]):
        self.edition, self.known, self.project, self.figures = book.edition, book.known, project, book.figures
        self.general = {rule.rule.partition(" ")[0]: rule for rule in asked if not KINDS[rule.rule].weighs}
        self.lines = [rule for rule in asked if KINDS[rule.rule].weighs]
        goals = [row for row in apart if row["level1"] == targets.GOAL]
        self.goals = {head: [row[name] for row in goals] for name, head in targets.SAID.items()}
        self.total = next((row for row in apart if row["level1"] == targets.TOTAL), None)
        self.heads = [row for row in apart if _is_head(row)]
        self.found: list[Finding] = []
        amounts = (book.known.get(cell(project or "total", column), Quantity(None)) for column in ("budget", "outturn"))
        self.budget, self.outturn = amounts
        self.execution = self._rate(project or "total").named("", EXECUTION)

    def line(self, asked: Rule, row: Record, weight: Fraction) -> Line:
        """One line of the sheet, scored; a target by the rule of its kind."""
        level3, (rule, aim) = asked.level3 or row["level3"], self._rule(asked, row)
        kind, actual = KINDS[rule.rule], self._actual(asked, row)
        about = Quantity(None, caveat=targets.TYPED if actual else "")
        if absent := bool(asked.absent) and self._absent(actual):
            actual = targets.NONE
        elif not kind.printed:
            actual = about = targets.number(row, actual, aim.unit if aim else "%", level3)
        elif isinstance(actual, Quantity):
            expected = "空白（时限、定性指标和评分没有数值）"
            raise InputError.at(row, f"measure {row['measure']}", expected, "把实际完成情况写在 actual")
        given = bool(weight) and not absent and (actual if kind.printed else not about.missing)
        case = vars(rule) | {"kind": rule.rule, "weight": weight, "aim": aim, "sheet": self.general}
        try:
            bounds, value = kind.worth(actual, case) if given else (None, None)
        except rules.Unread as error:
            raise InputError.at(row, *error.args, "改正 actual") from error
        if absent:
            value = weight if asked.absent == "full" else Fraction(0)
            bounds, weight = exactly(value), Fraction(0) if asked.absent == "out" else weight
        said = f"{level3}{actual}，{rule.words}"
        if isinstance(aim, date):
            said = f"实际{actual}，时限为{aim}"
        elif aim:
            more = self._compared(row, about, aim.value) if given else ""
            said = f"实际完成{actual}，年度指标值{targets.shown(row)}{more}"
        score = self._score(level3, rule, row, about, bounds, value)
        full, levels = points(f"{level3}分值", weight), (asked.level1, row["level2"] or asked.level2, level3)
        more = {"explanation": row["explanation"], "printed": _points(row)}
        return Line(*levels, targets.shown(row), actual, full, score, asked.source, said, **more)

    def _rule(self, asked: Rule, row: Record) -> tuple[Rule, notation.Reading | date | None]:
        """The rule that a line is judged by, and its target; of lines of a unit's own, by the evaluator where it has none."""
        if asked.rule not in MANY:
            return asked, None
        if asked.rule == "own" and not row["target"] and not row["comparator"]:
            return replace(asked, rule="awarded"), None
        aim = targets.aim(row, self.edition.year)
        met = [name for at, name in self.general["grades"].bands if at == 1]  # full marks, whatever the target
        if row["actual"] in met and not row["measure"]:
            return self.general["grades"], None
        return self.general["date" if isinstance(aim, date) else row["comparator"] or "grades"], aim

    def _score(self, label: str, rule: Rule, row: Record, about: Quantity, *worth: Any) -> Quantity:
        """Points, with the lineage of the actual."""
        origin = f"；实际完成值填报于 targets.csv 第{row['line']}行" if about.caveat == targets.TYPED else ""
        rests = {"inputs": about.inputs, "caveat": about.caveat, "doubt": about.doubt}
        score = Quantity(*worth, rules.POINTS, about.scope, **rests)
        return replace(score, label=f"{label}得分", formula=rule.words + origin)

    def _absent(self, actual: Quantity | str) -> bool:
        """Whether there is not what a line is about: said so, or its figures are dashes or zeros."""
        if isinstance(actual, str):
            return actual == targets.NONE
        given = [self.figures[name] for name in actual.inputs if name in self.figures]
        nothing = (one.printed and not (one.bounds and one.bounds.high) for one in given)
        return actual.missing and bool(given) and all(nothing)

    def findings(self, card: Scorecard) -> list[Finding]:
        """What is odd about rows, and about the sheet as a whole."""
        if all(line.full for line in card.lines):
            self._find("all_full_marks", points("总分", sum(line.weight.value for line in card.lines)).shown)
        told = any(line.actual is self.execution and line.explanation for line in card.lines)
        if not told and (self.execution > 1).certainly and not self.execution.missing:
            self._find("execution_over", f"{EXECUTION}{self.execution}（{self.execution.formula}）")
        given: dict[str, Fraction] = {}
        for line in card.lines:
            given[line.level1] = given.get(line.level1, Fraction(0)) + line.weight.value
            self._differs(line.level3, line.printed, line.score, line.said)
        for level1, (share, loose) in _shares(self.lines, given).items():
            own = given.get(level1, Fraction(0))
            if loose and own != share:
                self._find("weights_suggested", f"{level1}{points('', own)}，评分表为{points('', share)}")
        printed = [line.printed for line in card.lines if line.weight.value]
        if self.total and not any(one.missing for one in printed):
            self._differs(
                "总分", _points(self.total), points("", sum(one.value for one in printed)), "所印各项得分之和"
            )
        if self.total:
            self._differs("总分", _points(self.total), card.total, card.total.formula)
        for row in self.heads:
            rate = self._rate(row["measure"])
            self._differs(row["level3"], _points(row), self._worth(rate), f"{rate.formula}为{rate}")
        return self.found

    def _differs(self, label: str, printed: Quantity, score: Quantity, rule: str) -> None:
        """A finding where a score as printed is not what the rule gives, but for rounding."""
        if not printed.missing and not score.missing and not printed.overlaps(score):
            gap = replace(printed, bounds=exactly(printed.value)) - score
            told = f"多{gap}" if (gap > 0).possibly else f"少{gap * -1}"
            self._find("printed_score", f"{label}所印{printed}，按规则得{score}，{told}（{rule}）")

    def _rate(self, item: str) -> Quantity:
        """How much of a budget was used; missing where there was none."""
        outturn, budget = (self.known.get(cell(item, column), Quantity(None)) for column in ("outturn", "budget"))
        return outturn / budget if budget.bounds and 0 not in budget.bounds else Quantity(None)

    def _worth(self, rate: Quantity) -> Quantity:
        """The points that the sheet has for an execution rate."""
        weight = sum(rule.weight for rule in self.lines if rule.rule == "execution")
        bounds, value = (None, None) if rate.missing else KINDS["execution"].worth(rate, {"weight": weight})
        return Quantity(bounds, value, rules.POINTS)

    def head(self) -> dict[str, list[Quantity | str]]:
        """The amounts in the head of the form, in its columns: the whole, and its parts by income and by kind, or those of a project."""
        own = [name for name in self.edition.indicators if name.startswith(f"{BUDGET}.{self.project}{UNDER}")]
        parts = {"其中": [name.split(".")[1] for name in own if name.endswith(".outturn")]} if self.project else HEAD
        rows = []
        for group, items in ({"年度资金总额": [self.project or "total"]} | parts).items():
            for item in items:
                cells = [
                    self.known.get(cell(item, column), Quantity(None)) for column in ("initial", "budget", "outturn")
                ]
                if any(not one.missing for one in cells):
                    row = next((row for row in self.heads if row["measure"] == item), None)
                    worth = self._worth(self._rate(item)) if row or not rows else ""
                    about = self.edition.indicators.get(cell(item, "outturn"))
                    label = about.item if about else item
                    rows.append([group, label, *cells, self._rate(item), worth, _points(row) if row else ""])
        names = [
            "类别",
            "资金",
            "年初预算数",
            f"{self.edition.columns[BUDGET]}数",
            "全年执行数",
            "分值",
            EXECUTION,
            "所印得分",
        ]
        return {name: [row[n] for row in rows] for n, name in enumerate(names)}

    def _actual(self, asked: Rule, row: Record) -> Quantity | str:
        """The execution rate, or the figure or metric that the sheet or the row names, else the cell as printed."""
        measure, fixed = row["measure"], asked.measure
        if fixed and measure not in ("", fixed):
            raise InputError.at(row, f"measure {measure}", f"空白（评分表用 {fixed}）", "删去 measure")
        if measure and not fixed and measure not in self.known:
            expected = "本年度的一个指标名（数据或算出的指标）"
            raise InputError.at(row, f"measure {measure}", expected, "改正 measure，或留空并填 actual")
        measured = self.execution if asked.rule == "execution" else self.known.get(fixed or measure, Quantity(None))
        name = measured.label if measured is self.execution else fixed or measure
        if not name or (measured.missing and fixed and row["actual"]):  # typed where the sheet's own cannot be computed
            return row["actual"]
        if row["actual"]:
            told = f"{row['level3']}“{row['actual']}”，以 {name} 为准"
            self._find("actual_repeats_measure", told, row, measure or fixed)
        return measured

    def _compared(self, row: Record, actual: Quantity, aim: Fraction) -> str:
        """Findings about target and actual; what is said of overshooting."""
        first, last = actual.bounds.ends()
        allowed = aim * self.general["deviation"].base
        told, measure = f"{row['level3']}{actual}，年度指标值{targets.shown(row)}", row["measure"]
        if first > (aim + allowed, 0) or last < (aim - allowed, 0):
            self._find("target_deviation", told, row, measure)
        known = self.edition.indicators.get(measure)
        if known and (known.direction, row["comparator"]) in (("up", "≤"), ("down", "≥")):
            self._find("comparator_direction", told, row, measure)
        elif row["comparator"] == "≤" and wording.counted(row["unit"]) and not re.search("成本|时效", row["level2"]):
            self._find("comparator_asked", told, row, measure)
        if "low" in self.general and row["comparator"] == "≥" and aim and first >= (aim * self.general["low"].base, 0):
            self._find("low_target", told, row, measure)
        limit = rules.limit(row["comparator"], aim, self.general)
        return f"；{self.general['overshoot'].words}" if limit and last >= (limit, 0) else ""

    def _find(self, check: str, detail: str, row: Record | None = None, *measures: str) -> None:
        rule = next(rule for rule in self.edition.checks if rule.name == check)
        message = f"{self.project}{'：' if self.project else ''}{rule.message}：{detail}"
        place = f"targets.csv 第{row['line']}行" if row else "targets.csv"
        names = tuple(filter(None, measures))
        self.found.append(Finding(check, rule.severity, message, "open", "scorecard", names, (place,)))
