"""Targets: what `targets.csv` says was promised and done, and what each line of a score sheet is worth by it.

InputError for a cell that cannot be read; what is odd about a row is a finding.
"""

import re
from collections import Counter
from dataclasses import replace
from datetime import date
from fractions import Fraction

from lib.chapter.chapter import Chapter
from lib.edition import report
from lib.edition.dictionary import SCORE_SHEET, cell
from lib.edition.edition import Edition
from lib.edition.rows import Finding
from lib.edition.store import InputError, Record
from lib.numbers import notation, wording
from lib.numbers.bounds import Bounds, exactly
from lib.numbers.quantity import Quantity, Unit
from lib.score import rules, scales
from lib.score.rules import EXECUTION, GOAL, KINDS, MANY, TOTAL, Rule, period, points
from lib.score.scorecard import Line

COMPARATORS = ("≥", "≤", "=")
SAID = {"target": "预期目标", "actual": "实际完成情况"}
NONE = "不适用"
_EITHER = re.compile(r"([^\W\d_])[（(](?!次)([^\W\d_])[）)]$")  # 台（套）: the one or the other
_AIMED = re.compile(
    "^(?!.*(?:实际|已|完成)).*(?:目标|任务|要求|计划(?!内|外)|力争|确保|预期|预计)"
)  # of a sentence, before its figure
_SOME = re.compile("[新增减建改撤未应拟均]|其中|上年|累计")
TYPED = "实际完成值为填报"  # the caveat of an actual that is no figure of the edition


def shown(row: Record) -> str:
    """A target as printed."""
    return row["comparator"] + row["target"] + row["unit"]


def weight(row: Record) -> Fraction:
    """The points that a target is worth; 0 for one that is only listed."""
    if row["weight"] and (not re.fullmatch(r"\d+(\.\d+)?", row["weight"]) or not Fraction(row["weight"])):
        raise InputError.of_cell(row, "weight", "大于零的数")
    return Fraction(row["weight"] or 0)


def sign(row: Record) -> str:
    """How the number of a target is compared; without a sign at least so much, of costs and of nothing at most. Nothing for words."""
    if row["comparator"] or not row["target"][:1].isdigit():
        return row["comparator"]
    return "≤" if re.match(r"0(\.0+)?(?![\d.,])", row["target"]) or "成本" in row["level1"] + row["level2"] else "≥"


def aim(row: Record, year: int) -> notation.Reading | date | None:
    """A target as a number or a date; None for words."""
    text, comparator = row["target"], row["comparator"]
    try:
        if comparator not in ("", *COMPARATORS):
            raise ValueError(f"不认识的 {comparator}")
        if days := period(text, year):
            if comparator not in ("", "≤"):
                raise ValueError("时限只能用 ≤ 或留空")
            return days[1]
        if not text:
            raise ValueError("空白")
        if not (comparator := sign(row)):
            return None
        number = notation.read(_EITHER.sub(r"\1", text + row["unit"]))
        if not number.bounds.exact or number.value < 0:
            raise ValueError("指标值不是一个确定的、不小于零的数")
        if not number.value and comparator == "≥":
            raise ValueError("不小于零总能达到")
        return number
    except ValueError as error:
        expected = "≥、≤、= 和一个数，或时限（2020-09-30、9月前），或不带符号的文字"
        todo = "改正 comparator、target 或 unit"
        raise InputError.at(row, f"“{shown(row)}”（{error}）", expected, todo) from error


def promised(edition: Edition) -> dict[str, Quantity]:
    """The targets of the unit as a whole that are numbers: `target.` and what measures them."""
    rows = [row for row in edition.table("targets") if row["measure"] and row["target"] and not row["project"]]
    found, labels = {}, {}
    if not all(row["measure"].isascii() for row in rows):  # else a summary rests on no more than the targets
        labels = {one.label: name for name, one in edition.indicators.items()}
        labels |= {row["label"]: row["metric"] for row in edition.table("metrics")}
    for row in rows:
        if isinstance(read := aim(row, edition.year), notation.Reading):
            about = {"label": f"{row['level3']}目标", "formula": f"{SCORE_SHEET}所列", "inputs": {}}
            name = f"target.{labels.get(row['measure'], row['measure'])}"
            found[name] = Quantity.figure(name, read.bounds, read.value, read.unit, wording=shown(row), **about)
    return found


def number(row: Record, actual: Quantity | str, unit: str, label: str) -> Quantity:
    """An actual in the unit that is asked for (`%` for a ratio); a cell without a unit has that of its row or sheet, but for %, a blank one is missing."""
    if actual == "":
        return Quantity(None)
    printed, alike = "", True
    if isinstance(actual, str) and re.fullmatch(r"\d+/[1-9]\d*", actual):  # 12 of 26
        return replace(Quantity.constant(Fraction(actual)), label=label, caveat=TYPED, wording=actual)
    if isinstance(actual, str):
        try:
            reading = notation.read(actual := _EITHER.sub(lambda two: two[1 + (two[2] == unit)], actual))
            reading = reading if reading.unit else notation.read(actual + (row["unit"] or unit.removesuffix("%")))
        except notation.NotationError as error:
            raise InputError.of_cell(row, "actual", f"能读出的数字（{error}）") from error
        same = notation.counts(reading.unit, unit) or (reading.unit and notation.counts(unit, reading.unit))
        printed = unit if same else reading.unit  # 台套 or 台
        of = Unit.parse(printed)
        bounds = wording.whole(reading.bounds, reading.unit)
        actual = Quantity(bounds, reading.value, of, label=label, caveat=TYPED, wording=reading.text)
        alike = bool(printed) == bool(unit)  # 0.98 is not taken for 98%
    if not actual.missing and not (alike and actual.unit == Unit.parse(unit)):
        found = f"实际完成值{actual.shown}，单位“{printed or actual.unit or '无'}”"
        raise InputError.at(row, found, f"单位“{unit or '无'}”", "改正 unit、measure 或 actual")
    return actual


def _akin(label: str, other: str) -> bool:
    """Whether two labels are of one thing: the same, or one with more before it (农村自来水普及率, 自来水普及率) that is not how many
    of all they are (新建基层工会, 基层工会)."""
    short, long = sorted((label, other), key=len)
    more = long.removesuffix(short)
    return short == long or (len(short) > 3 and more != long and not _SOME.search(more))


def _within(rule: Rule, scored: Quantity, told: Quantity, weight: Fraction) -> bool:
    """Whether printed points are of a grade: 达成预期指标, worth all without points of its own, may have what 达成 has (100%–80% [M])."""
    if scored.bounds != exactly(weight):
        return told.overlaps(scored)
    low = max((at for at, _ in rule.bands if at < 1), default=Fraction(1)) * weight
    return told.overlaps(Quantity(Bounds(low, weight), None, rules.POINTS))


def is_head(row: Record) -> bool:
    """Whether a row is one of the amounts in the head of the form: its measure is an item of the base table."""
    return row["level1"] == EXECUTION and row["level3"] != EXECUTION


def printed(row: Record) -> Quantity:
    """The score that a row prints, as wide as its rounding; a whole number of points is not rounded."""
    if not row["printed"]:
        return Quantity(None)
    try:
        read = notation.read(f"{row['printed'].removesuffix('分')}分")
    except notation.NotationError as error:
        raise InputError.of_cell(row, "printed", "7.5 这样的分数") from error
    half = read.place / 2 if read.place < 1 else Fraction(1, 200)
    return replace(points("", read.number), bounds=read.bounds.widened(half), wording=read.text)


class Reader:
    """Fills the lines of a sheet for the unit or one project; collects what is odd about them."""

    def __init__(self, book: Chapter, project: str, asked: list[Rule], apart: list[Record]):
        self.edition, self.known, self.project, self.figures = book.edition, book.known, project, book.figures
        many = Counter(one.label for one in book.known.values())
        self.labels = {one.label: name for name, one in book.known.items() if many[one.label] == 1}
        self.general = {rule.rule.partition(" ")[0]: rule for rule in asked if not KINDS[rule.rule].weighs}
        self.lines = [rule for rule in asked if KINDS[rule.rule].weighs]
        goals = [row for row in apart if row["level1"] == GOAL and (row["target"] or row["actual"])]
        self.goals = {head: [row[name] for row in goals] for name, head in SAID.items()}
        self.total = next((row for row in apart if row["level1"] == TOTAL), None)
        self.printed = printed(self.total) if self.total else Quantity(None)
        self.heads = [row for row in apart if is_head(row)]
        self.found: list[Finding] = []
        self.whole = project or "total"
        self.run = next((one for one in self.lines if "execution" in (one.rule, one.measure)), None)
        self.execution = self.rate(self.whole).named("", EXECUTION)
        self.near = Quantity.near(*self.spent(self.whole))

    def line(self, asked: Rule, row: Record, weight: Fraction) -> Line:
        """One line of the sheet, scored; a target by the rule of its kind."""
        row = row | {"measure": self.labels.get(row["measure"], row["measure"])}
        level3, actual, told = asked.level3 or row["name"], self._actual(asked, row), printed(row)
        rule, aim = self._rule(asked, row, actual)
        kind = KINDS[rule.rule]
        about = Quantity(None, caveat=TYPED * bool(actual)) if isinstance(actual, str) else replace(actual, caveat="")
        if absent := self._absent(actual) if asked.absent else actual == NONE and not weight:
            actual = NONE
        elif actual == NONE and (told.missing or not kind.printed):
            due = "实际完成值；不评分的，weight 留空" if asked.rule in MANY else "评价人所评的分，如 5分"
            raise InputError.of_cell(row, "actual", f"{due}（评分表没有写这一项不适用时怎样计分）")
        elif not kind.printed:
            actual = about = number(row, actual, aim.unit if aim else asked.unit, level3)
        elif isinstance(actual, Quantity):
            raise InputError.of_cell(row, "measure", "空白（时限、定性指标和评分没有数值，实际完成情况写在 actual）")
        given = bool(weight) and not absent and (actual if kind.printed else not about.missing)
        try:
            worth = rule.worth(actual, weight=weight, aim=aim, sheet=self.general) if given else (None, None)
        except rules.Unread as error:
            if told.missing:
                raise InputError.at(row, *error.args, "改正 actual") from error
            worth = told.bounds, told.value  # of words of its own the source alone has a score
        scored = Quantity(*worth)
        if rule.rule == "grades" and _within(rule, scored, told, weight):
            scored = points("", told.value)  # of those of a grade the one that was given
            rule = replace(rule, words=f"{rule.words}，等级内的得分照自评表")
        if absent:
            scored = Quantity.constant(weight if asked.absent == "full" else 0)
            weight = Fraction(0) if asked.absent == "out" else weight
        if asked.beyond:  # what is taken off a full row, or given on top
            scored, weight = scored - (weight if asked.beyond == "扣分" else 0), Fraction(0)
        said = f"{level3}{actual}，{rule.words}"
        if isinstance(aim, date):
            said = f"实际{actual}，时限为{aim}"
        elif aim:
            more = self._compared(row, about, aim.value) if given else ""
            said = f"实际完成{actual}，年度指标值{shown(row)}{more}"
        score = self._score(level3, rule, about, scored)
        levels = asked.level1, row["level2"] or asked.level2, asked.level3 or row["level3"]
        rated = points(f"{level3}分值", weight), score, asked.source, said
        return Line(level3, *levels, shown(row), actual, *rated, row["explanation"], asked.beyond, told)

    def _rule(self, asked: Rule, row: Record, actual: Quantity | str) -> tuple[Rule, notation.Reading | date | None]:
        """The rule that a line is judged by, and its target; by the evaluator where a unit's own has none, or he gives points."""
        if asked.rule not in MANY:
            typed = isinstance(actual, str) and actual.endswith("分") and asked.unit != "分"
            typed = typed and not KINDS[asked.rule].printed
            return (replace(asked, rule="awarded", words="由评价人评分") if typed else asked), None
        if asked.rule == "own" and not row["target"] and not row["comparator"]:
            return replace(asked, rule="awarded"), None
        promise = aim(row, self.edition.year)
        grades = self.general["grades"]
        met = [name for at, name in grades.bands if at == 1]  # full marks, whatever the target
        if row["actual"] in met and not row["measure"]:
            return replace(grades, bands=grades.bands[: len(met)]) if promise else grades, None
        return self.general["date" if isinstance(promise, date) else sign(row) or "grades"], promise

    def _score(self, label: str, rule: Rule, about: Quantity, scored: Quantity) -> Quantity:
        """Points, with the lineage of the actual."""
        origin = f"；实际完成值填报于{SCORE_SHEET}" * (about.caveat == TYPED)
        rests = {"inputs": about.inputs, "caveat": about.caveat, "doubt": about.doubt}
        score = Quantity(scored.bounds, scored.value, rules.POINTS, about.scope, **rests)
        return replace(score, label=f"{label}得分", formula=rule.words + origin)

    def _absent(self, actual: Quantity | str) -> bool:
        """Whether there is not what a line is about: said so, or its figures are dashes or zeros."""
        if isinstance(actual, str):
            return actual == NONE
        given = [self.figures[name] for name in actual.inputs if name in self.figures]
        nothing = (one.printed and not (one.bounds and one.bounds.high) for one in given)
        return actual.missing and bool(given) and all(nothing)

    def rate(self, item: str) -> Quantity:
        """How much of a budget was used; missing where there was none."""
        outturn, budget = self.spent(item)
        return outturn / budget

    def spent(self, item: str) -> list[Quantity]:
        """The outturn and the budget of an item."""
        return [self.known.get(cell(item, column), Quantity(None)) for column in ("outturn", "budget")]

    def _actual(self, asked: Rule, row: Record) -> Quantity | str:
        """The execution rate, or the figure or metric that the sheet or the row names, else the cell as printed."""
        measure, fixed = row["measure"], asked.measure
        if fixed and measure not in ("", fixed):
            raise InputError.of_cell(row, "measure", f"空白（评分表用 {fixed}）")
        if measure and not fixed and measure not in self.known:
            raise InputError.of_cell(row, "measure", "本年度的一个指标的名称（数据或算出的指标），或留空并填 actual")
        name, measured = fixed or measure, self.known.get(fixed or measure, Quantity(None))
        if "execution" in (asked.rule, fixed):
            name, measured = EXECUTION, self.execution
        if not name or (measured.missing and fixed and row["actual"]):  # typed where the sheet's own cannot be computed
            return row["actual"]
        if row["actual"]:
            told = f"{row['name']}“{row['actual']}”，以 {name} 为准"
            self.find("actual_repeats_measure", told, row["name"] or row["level3"], measure or fixed)
        return measured

    def _compared(self, row: Record, actual: Quantity, aim: Fraction) -> str:
        """Findings about target and actual; what is said of overshooting."""
        first, last = actual.bounds.ends()
        allowed, way = aim * self.general["deviation"].base, sign(row)
        name, measure = row["name"], row["measure"]
        told = f"{name}{actual}，年度指标值{shown(row)}"
        short = last < (aim - allowed, 0) and way != "≤"  # what stays below a ceiling keeps to it
        if not row["explanation"] and (first > (aim + allowed, 0) or short):
            self.find("target_deviation", told, name, measure)
        if way != row["comparator"]:
            self.find("comparator_blank", told, name, measure)
        known = self.edition.indicators.get(measure)
        if known and (known.direction, way) in (("up", "≤"), ("down", "≥")):
            self.find("comparator_direction", told, name, measure)
        elif way == "≤" and aim and wording.counted(row["unit"]) and not re.search("成本|时效", row["level2"]):
            self.find("comparator_asked", told, name, measure)
        if "low" in self.general and way == "≥" and aim and first >= (aim * self.general["low"].base, 0):
            self.find("low_target", told, name, measure)
        same = () if measure or self.project else self.figures.values()  # no figure says that it is of a project
        akin = [one for one in same if one.bounds and _akin(one.label, name)]
        akin = [one for one in akin if one.label == name] or [one for one in akin if "其中" not in one.locator]
        for one in (one for one in akin if one.value != aim):
            said = one.quantity(rounded=True) * (100 if one.unit == "%" and aim > 1 else 1)  # 65.2 beside 率
            if one.quantity().unit == actual.unit and not said.overlaps(actual) and not self._aimed(one.label):
                self.find("actual_elsewhere", f"{name}{actual}，{one.locator}为{one.shown}", name, one.name)
        limit = scales.limit(way, aim, self.general)
        return f"；{self.general['overshoot'].words}" if limit and last >= (limit, 0) else ""

    def _aimed(self, label: str) -> bool:
        """Whether the unit's own text tells a figure as what is aimed at, where it first stands."""
        lines = (line.partition(f"{{{{ {label}") for one in report.blocks(self.edition.raw) for _, line in one.words)
        before = next((before for before, named, _ in lines if named), "")
        return bool(_AIMED.search(before.rpartition("。")[2]))

    def place(self, name: str) -> str:
        """Where a line of this sheet stands, in words of the form; its `name` may be blank."""
        return f"{SCORE_SHEET}{f'（{self.project}）' * bool(self.project)} {name}".rstrip()

    def find(self, check: str, detail: str, name: str = "", *measures: str) -> None:
        rule = next(rule for rule in self.edition.checks if rule.name == check)
        message = f"{self.project}{'：' if self.project else ''}{rule.message}：{detail}"
        names = tuple(filter(None, measures))
        self.found.append(Finding(check, rule.severity, message, "open", "scorecard", names, (self.place(name),)))
