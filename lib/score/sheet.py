"""Scores: the self-evaluation sheets of an edition (自评表), 附件2 for the unit and 附件3 for each of its projects.

What a sheet asks and how it counts is data (`data/sheets/*.csv`); what was promised and done stands in `targets.csv`.
"""

from dataclasses import fields, replace
from datetime import date
from fractions import Fraction
from typing import Any

from lib.chapter.chapter import Chapter
from lib.edition.dictionary import cell
from lib.edition.edition import RAW, Edition
from lib.edition.rows import Finding
from lib.edition.store import InputError, Record, read_table
from lib.numbers.quantity import Quantity
from lib.score import rules, targets
from lib.score.rules import KINDS, Rule, points
from lib.score.scorecard import Line, Scorecard

SHEET = [column.name for column in fields(Rule)]


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
    asked = [_rule(row) for row in read_table(path, SHEET)]
    given = {rule.rule for rule in asked}
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
    findings = tuple(reader.findings(lines))
    return Scorecard(project, tuple(lines), reader.budget, reader.outturn, reader.execution, ratings, caps, findings)


def placed(book: Chapter, project: str = "") -> tuple["_Reader", list[tuple[Rule, Record, Fraction]]]:
    """The reader of a sheet, and its lines with their rows and weights, if any; InputError for rows that do not fit the sheet."""
    rows = [row for row in book.edition.table("targets") if row["project"] == project]
    chosen = book.edition.source.get("sheet") if rows and not project else ""
    asked = sheet(book.edition, chosen or "national")
    return _Reader(book, project, asked), _placed(book.edition, asked, rows) if rows else []


def _placed(edition: Edition, asked: list[Rule], rows: list[Record]) -> list[tuple[Rule, Record, Fraction]]:
    """Each line with its row, a blank one where it has none, and its weight; a level 1 without targets gives its weight away."""
    blank: Record = dict.fromkeys(RAW["targets"], "") | {"line": None, "path": edition.raw / "targets.csv"}
    lines = [rule for rule in asked if KINDS[rule.rule].weighs]
    lone = {rule.level3: rule.weight for rule in lines if rule.rule != "targets"}
    shares = {rule.level1: rule.weight for rule in lines if rule.rule == "targets"}
    parts: dict[str, list[Record]] = {level1: [] for level1 in shares}
    named: dict[str, Record] = {}
    for row in rows:
        name = row["level3"]
        if not name or name in named:
            raise InputError.at(row, f"三级指标“{name}”", "各行不同的名称", "改正 level3")
        named[name] = row
        if name in lone:
            if row["weight"] and targets.weight(row) != lone[name]:
                raise InputError.at(row, f"分值{row['weight']}", f"{lone[name]}，或留空", "改正 weight")
        elif row["level1"] in parts:
            parts[row["level1"]].append(row)
        else:
            expected = f"一级指标 {'、'.join(parts) or '无'}，或三级指标 {'、'.join(lone)}"
            raise InputError.at(row, f"{row['level1']}，{name}", expected, "照评分表改正，或换一种评分表")
    for rule in lines:
        if rule.otherwise and not parts[rule.level1]:
            shares[rule.otherwise] += shares.pop(rule.level1)
    for level1, share in shares.items():
        if (given := sum(targets.weight(row) for row in parts[level1])) != share:
            found = f"{level1}分值合计{points('', given).shown}"
            raise InputError.at(blank, found, points("", share).shown, "改正 weight")
    return [
        (rule, row, lone.get(rule.level3) or targets.weight(row))
        for rule in lines
        for row in (parts[rule.level1] if rule.rule == "targets" else [named.get(rule.level3, blank)])
    ]


class _Reader:
    """Fills the lines of a sheet for the unit or one project; collects what is odd about them."""

    def __init__(self, book: Chapter, project: str, asked: list[Rule]):
        self.edition, self.known, self.project = book.edition, book.known, project
        self.general = {rule.rule: rule for rule in asked if not KINDS[rule.rule].weighs}
        self.found: list[Finding] = []
        amounts = (book.known.get(cell(project or "total", column), Quantity(None)) for column in ("budget", "outturn"))
        self.budget, self.outturn = amounts
        divides = self.budget.bounds is not None and 0 not in self.budget.bounds
        self.execution = (self.outturn / self.budget if divides else Quantity(None)).named("", "预算执行率")

    def line(self, asked: Rule, row: Record, weight: Fraction) -> Line:
        """One line of the sheet, scored; a target by the rule of its kind."""
        level3, aim, rule = asked.level3 or row["level3"], None, asked
        if asked.rule == "targets":
            aim = targets.aim(row, self.edition.year)
            rule = self.general["date" if isinstance(aim, date) else row["comparator"] or "grades"]
        kind, actual = KINDS[rule.rule], self._actual(asked, row)
        if not kind.printed:
            actual = about = targets.number(row, actual, aim.unit if aim else "%", level3)
        elif isinstance(actual, Quantity):
            expected = "空白（时限、定性指标和评分没有数值）"
            raise InputError.at(row, f"measure {row['measure']}", expected, "把实际完成情况写在 actual")
        else:
            about = Quantity(None, caveat=targets.TYPED if actual else "")
        given = actual if kind.printed else not about.missing
        case = vars(rule) | {"kind": rule.rule, "weight": weight, "aim": aim, "sheet": self.general}
        try:
            bounds, value = kind.worth(actual, case) if given else (None, None)
        except rules.Unread as error:
            raise InputError.at(row, *error.args, "改正 actual") from error
        said = f"{level3}{actual}，{rule.words}"
        if isinstance(aim, date):
            said = f"实际{actual}，时限为{aim}"
        elif aim:
            said = f"实际完成{actual}，年度指标值{targets.shown(row)}{self._compared(row, about, aim.value) if given else ''}"
        origin = f"；实际完成值填报于 targets.csv 第{row['line']}行" if about.caveat == targets.TYPED else ""
        rests = {"inputs": about.inputs, "caveat": about.caveat, "doubt": about.doubt}
        score = Quantity(bounds, value, rules.POINTS, about.scope, **rests)
        score = replace(score, label=f"{level3}得分", formula=rule.words + origin)
        full, levels = points(f"{level3}分值", weight), (asked.level1, row["level2"] or asked.level2, level3)
        return Line(*levels, targets.shown(row), actual, full, score, asked.source, said, row["explanation"])

    def findings(self, lines: list[Line]) -> list[Finding]:
        """What is odd about rows, and about the sheet as a whole."""
        if all(line.full for line in lines):
            self._find("all_full_marks", points("总分", sum(line.weight.value for line in lines)).shown)
        return self.found

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
        if not name:
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
        limit = rules.limit(row["comparator"], aim, self.general)
        return f"；{self.general['overshoot'].words}" if limit and last >= (limit, 0) else ""

    def _find(self, check: str, detail: str, row: Record | None = None, *measures: str) -> None:
        rule = next(rule for rule in self.edition.checks if rule.name == check)
        message = f"{self.project}{'：' if self.project else ''}{rule.message}：{detail}"
        place = f"targets.csv 第{row['line']}行" if row else "targets.csv"
        names = tuple(filter(None, measures))
        self.found.append(Finding(check, rule.severity, message, "open", "scorecard", names, (place,)))
