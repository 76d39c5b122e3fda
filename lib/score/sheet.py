"""Scores: the self-evaluation sheets of an edition (自评表), 附件2 for the unit and 附件3 for each of its projects.

What a sheet asks and how it counts is data (`data/sheets/*.csv`); what was promised and done stands in `targets.csv`.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from lib.chapter.chapter import Chapter
from lib.edition.dictionary import cell
from lib.edition.edition import RAW, Edition
from lib.edition.rows import Finding
from lib.edition.store import InputError, Record, read_table
from lib.numbers.bounds import exactly
from lib.numbers.quantity import Quantity
from lib.score import rules, targets
from lib.score.scorecard import ABSENT, POINTS, Line, Scorecard, points

SHEET = [
    *("level1", "level2", "level3", "weight", "rule", "measure", "base", "step", "points", "bands", "otherwise"),
    *("words", "source"),
]
LINES = ("execution", "targets", "awarded", *rules.DISTANCES, *rules.BANDS)
GENERAL = (*targets.COMPARATORS, "date", "grades", "deviation", "overshoot", "cap", "rating")
"""Rules of rows with a weight, and of the sheet as a whole."""

NEEDS = {
    **dict.fromkeys(rules.DISTANCES, ("base", "step", "points")),
    **dict.fromkeys((*rules.BANDS, "grades", "cap", "rating"), ("bands",)),
    **{"deviation": ("base",), "overshoot": ("base", "points")},
}
"""Columns that a rule cannot do without."""

NATIONAL = "national"


def projects(book: Chapter) -> list[str]:
    """The projects that `targets.csv` sets targets for, in its order."""
    return list(dict.fromkeys(row["project"] for row in book.edition.table("targets") if row["project"]))


def sheet(edition: Edition, name: str) -> list[dict[str, Any]]:
    """The rows of a score sheet, numbers read and words filled in. Raises InputError for one that is not there or not right."""
    folder = edition.root / "data" / "sheets"
    there = [path.stem for path in sorted(folder.glob("*.csv"))]
    if name not in there:
        todo = "改正 sheet，或在 data/sheets/ 登记这种评分表"
        raise InputError(edition.raw / "source.yml", None, f"sheet: {name}", f"{'、'.join(there)} 之一", todo)
    path = folder / f"{name}.csv"
    rows = read_table(path, SHEET)
    for row in rows:
        line = row["line"]
        if row["rule"] not in (LINES if row["weight"] else GENERAL):
            raise InputError(path, line, f"规则 {row['rule']}", "、".join((*LINES, *GENERAL)), "改正 rule 或 weight")
        if absent := [name for name in NEEDS.get(row["rule"], ()) if not row[name]]:
            raise InputError(path, line, f"{row['rule']} 缺 {'、'.join(absent)}", "填好这几列", "补上")
        try:
            row["table"] = rules.bands(row["bands"])
            row["numbers"] = {key: rules.number(row[key]) for key in ("weight", "base", "step", "points") if row[key]}
        except ValueError as error:
            raise InputError(path, line, str(error), "数、百分数或“界限=结果”", "改正这一行") from error
        sign = "≤" if row["rule"] == "at_most" else "≥"
        listed = "、".join(f"{sign}{band.replace('=', '为')}" for band in row["bands"].split(";"))
        row["words"] = row["words"].format(**{**row, "bands": f"（{listed}）"})
    given = {row["rule"] for row in rows}
    needed = {"grades", "rating", *((*targets.COMPARATORS, "date", "deviation") if "targets" in given else ())}
    if needed - given:
        raise InputError(path, None, f"缺规则 {'、'.join(sorted(needed - given))}", "各项规则齐全", "补上这几行")
    if sum(row["numbers"].get("weight", 0) for row in rows) != 100:
        raise InputError(path, None, "分值合计不是一百分", "一百分", "改正 weight")
    return rows


def scorecard(book: Chapter, project: str = "") -> Scorecard | None:
    """The sheet that the source card picks, or a project's national one, filled in; None without rows in `targets.csv`.

    Raises InputError for a row that cannot be read, that the sheet has no place for, or that is missing from it.
    """
    reader, places = placed(book, project)
    if not places:
        return None
    lines = [reader.line(*place) for place in places]
    return Scorecard(
        project=project,
        lines=tuple(lines),
        budget=reader.budget,
        outturn=reader.outturn,
        execution=reader.execution,
        ratings=reader.general["rating"]["table"],
        caps=reader.general["cap"]["table"] if "cap" in reader.general else (),
        findings=tuple(reader.findings(lines)),
    )


def placed(book: Chapter, project: str = "") -> tuple[_Reader, list]:
    """The reader of a sheet, and its lines with their rows and weights: none without rows in `targets.csv`.

    Raises InputError for rows that do not fit the sheet: their places, their weights and the sums of these.
    """
    rows = [row for row in book.edition.table("targets") if row["project"] == project]
    name = NATIONAL if project or not rows else book.edition.source.get("sheet") or NATIONAL
    reader = _Reader(book, project, name)
    return reader, reader.placed(rows) if rows else []


class _Reader:
    """Fills the lines of a sheet for the unit or one project; collects what is odd about them."""

    def __init__(self, book: Chapter, project: str, name: str):
        self.book, self.edition, self.project = book, book.edition, project
        asked = sheet(book.edition, name)
        self.asked = [rule for rule in asked if rule["weight"]]
        self.general = {rule["rule"]: rule for rule in asked if not rule["weight"]}
        self.found: list[Finding] = []
        amounts = (book.known.get(cell(project or "total", column), ABSENT) for column in ("budget", "outturn"))
        self.budget, self.outturn = amounts
        divides = self.budget.bounds is not None and 0 not in self.budget.bounds
        self.execution = (self.outturn / self.budget if divides else ABSENT).named("", "预算执行率")

    def placed(self, rows: list[Finding]) -> list[tuple[dict, dict | None, Fraction]]:
        """The lines of the sheet, each with its row and its weight; a level 1 without targets gives its weight away."""
        edition = self.edition
        lone = {rule["level3"]: rule["numbers"]["weight"] for rule in self.asked if rule["rule"] != "targets"}
        parts: dict[str, list] = {rule["level1"]: [] for rule in self.asked if rule["rule"] == "targets"}
        named: dict[str, dict] = {}
        for row in rows:
            name = row["level3"]
            if not name or name in named:
                targets.bad(edition, row, f"三级指标“{name}”", "各行不同的名称", "改正 level3")
            named[name] = row
            if name in lone:
                if row["weight"] and targets.weight(edition, row) != lone[name]:
                    targets.bad(edition, row, f"分值{row['weight']}", f"{lone[name]}，或留空", "改正 weight")
            elif row["level1"] in parts:
                parts[row["level1"]].append(row)
            else:
                expected = f"一级指标 {'、'.join(parts) or '无'}，或三级指标 {'、'.join(lone)}"
                targets.bad(edition, row, f"{row['level1']}，{name}", expected, "照评分表改正，或换一种评分表")
        weights = {rule["level1"]: rule["numbers"]["weight"] for rule in self.asked if rule["level1"] in parts}
        for rule in self.asked:
            if rule["otherwise"] and not parts[rule["level1"]]:
                weights[rule["otherwise"]] += weights.pop(rule["level1"])
        for level1, weight in weights.items():
            given = sum((targets.weight(edition, row) for row in parts[level1]), Fraction(0))
            if given != weight:
                found = f"{level1}分值合计{points('', given).shown}"
                targets.bad(edition, None, found, points("", weight).shown, "改正 weight")
        return [
            (rule, row, lone.get(rule["level3"]) or targets.weight(edition, row))
            for rule in self.asked
            for row in (parts[rule["level1"]] if rule["rule"] == "targets" else [named.get(rule["level3"])])
        ]

    def line(self, rule: dict, row: dict | None, weight: Fraction) -> Line:
        """One line of the sheet, scored."""
        level3 = rule["level3"] or row["level3"]
        row = row or dict.fromkeys(RAW["targets"], "") | {"line": None}
        kind, words, aim = rule["rule"], rule["words"], None
        if kind == "targets":
            aim = targets.aim(self.edition, row)
            kind = "date" if isinstance(aim, date) else row["comparator"] or "grades"
            words = self.general[kind]["words"]
        actual = self._actual(rule, row)
        bounds = value = None
        if kind in ("date", "grades", "awarded"):
            if isinstance(actual, Quantity):
                expected = "空白（时限、定性指标和评分没有数值）"
                targets.bad(self.edition, row, f"measure {row['measure']}", expected, "把实际完成情况写在 actual")
            judge = {"date": targets.dated, "grades": targets.graded, "awarded": targets.awarded}[kind]
            if actual:
                bounds, value = judge(self.edition, row, aim or self.general["grades"]["table"], weight)
            about = {"caveat": targets.TYPED if actual else ""}
            said = f"实际{actual}，时限为{aim}" if aim else f"{level3}{actual}，{words}"
        else:
            actual = targets.number(self.edition, row, actual, aim.unit if aim else "%", level3)
            said = f"实际完成{actual.shown}，年度指标值{_target(row)}" if aim else f"{level3}{actual.shown}，{words}"
            if not actual.missing:
                bounds, value = rules.score(*self._rule(rule, row, aim, weight), actual.bounds, actual.value)
                said += self._compared(row, actual, aim.value) if aim else ""
            about = {"scope": actual.scope, "inputs": actual.inputs, "caveat": actual.caveat}
        origin = f"；实际完成值填报于 targets.csv 第{row['line']}行" if about["caveat"] == targets.TYPED else ""
        return Line(
            level1=rule["level1"],
            level2=row["level2"] or rule["level2"],
            level3=level3,
            target=_target(row),
            actual=actual,
            weight=points(f"{level3}分值", weight),
            score=Quantity(bounds, value, POINTS, label=f"{level3}得分", formula=words + origin, **about),
            source=rule["source"],
            said=said,
            explanation=row["explanation"],
        )

    def findings(self, lines: list[Line]) -> list[Finding]:
        """What is odd about rows, and about the sheet as a whole."""
        if all(line.full for line in lines):
            self._find("all_full_marks", points("总分", sum(line.weight.value for line in lines)).shown)
        if self.execution.bounds == exactly(1) and not self.budget.bounded:
            self._find("rate_reset", f"均为{self.budget.shown}", measures=(self.budget.name, self.outturn.name))
        return self.found

    def _actual(self, rule: dict, row: dict) -> Quantity | str:
        """The execution rate, or the figure or metric that the sheet or the row names, else the cell as printed."""
        asked, measure, known = rule["measure"], row["measure"], self.book.known
        if asked and measure not in ("", asked):
            targets.bad(self.edition, row, f"measure {measure}", f"空白（评分表用 {asked}）", "删去 measure")
        if measure and not asked and measure not in known:
            expected = "本年度的一个指标名（数据或算出的指标）"
            targets.bad(self.edition, row, f"measure {measure}", expected, "改正 measure，或留空并填 actual")
        measure = self.execution.label if rule["rule"] == "execution" else asked or measure
        if not measure:
            return row["actual"]
        if row["actual"]:
            self._find(
                "actual_repeats_measure",
                f"{row['level3']}“{row['actual']}”，以 {measure} 为准",
                row,
                (row["measure"] or asked,),
            )
        return self.execution if rule["rule"] == "execution" else known.get(measure, ABSENT)

    def _rule(self, rule: dict, row: dict, aim: Any, weight: Fraction) -> tuple[rules.Rule, list[Fraction]]:
        """What an actual is worth, and where that turns."""
        kind, numbers = rule["rule"], rule["numbers"]
        if kind == "execution":
            return rules.target("≥", Fraction(1), weight), []
        if kind in rules.DISTANCES:
            taken = (numbers[name] for name in ("base", "step", "points"))
            return rules.steps(kind, *taken, weight), [numbers["base"]]
        if kind in rules.BANDS:
            return rules.graded(kind, rule["table"]), [at for at, _ in rule["table"]]
        judge, limit = rules.target(row["comparator"], aim.value, weight), self._limit(row, aim.value)
        if limit:
            judge = rules.overshot(judge, limit, self.general["overshoot"]["numbers"]["points"], weight)
        return judge, [aim.value, limit or aim.value]

    def _limit(self, row: dict, aim: Fraction) -> Fraction | None:
        """From where on more than was promised counts as a deviation; ≤ is beyond its target long before."""
        overshoot = self.general.get("overshoot")
        return overshoot["numbers"]["base"] * aim if overshoot and aim and row["comparator"] != "≤" else None

    def _compared(self, row: dict, actual: Quantity, aim: Fraction) -> str:
        """Findings about target and actual; what is said of overshooting."""
        first, last = rules.ends(actual.bounds)
        allowed = aim * self.general["deviation"]["numbers"]["base"]
        told, measure = f"{row['level3']}{actual.shown}，年度指标值{_target(row)}", row["measure"]
        if first > (aim + allowed, 0) or last < (aim - allowed, 0):
            self._find("target_deviation", told, row, (measure,))
        asked = self.edition.indicators.get(measure)
        if (asked and asked.direction, row["comparator"]) in (("up", "≤"), ("down", "≥")):
            self._find("comparator_direction", told, row, (measure,))
        limit = self._limit(row, aim)
        return f"；{self.general['overshoot']['words']}" if limit and last >= (limit, 0) else ""

    def _find(self, check: str, detail: str, row: Record | None = None, measures: tuple[str, ...] = ()) -> None:
        rule = next(rule for rule in self.edition.checks if rule.name == check)
        message = f"{self.project}{'：' if self.project else ''}{rule.message}：{detail}"
        place = f"targets.csv 第{row['line']}行" if row else "targets.csv"
        names = tuple(filter(None, measures))
        self.found.append(Finding(check, rule.severity, message, "open", "scorecard", names, (place,)))


def _target(row: dict) -> str:
    """A target as printed."""
    return row["comparator"] + row["target"] + row["unit"]
