"""What a form prints: its head, and the scores that it has beside those that the rules give."""

import re
from collections import defaultdict
from dataclasses import replace
from fractions import Fraction
from itertools import chain

from lib.edition.dictionary import BASE_TABLE, BUDGET, UNDER, cell
from lib.edition.rows import Finding
from lib.edition.store import read_table
from lib.numbers import notation
from lib.numbers.bounds import exactly
from lib.numbers.quantity import Quantity
from lib.score import rules
from lib.score.rules import EXECUTION, points, shares
from lib.score.scorecard import PRINTED, Scorecard
from lib.score.targets import Reader, printed

EQUATION = re.compile(r"(\d+(?:\.\d+)?)=(\d+(?:\.\d+)?(?:\+\d+(?:\.\d+)?)+)(?![\d.+])")
_TOTAL = re.compile("(?<!项目)自评(?:总|得|总得)?分数?$|(?:综合|评价|最终|整体)(?:总?得|总)分$|^总得?分$")
NATURES = ("按收入性质", "按支出性质")


def findings(reader: Reader, card: Scorecard) -> list[Finding]:
    """What is odd about rows, and about the sheet as a whole."""
    if all(line.full for line in card.lines if not line.beyond):
        reader.find("all_full_marks", points("总分", sum(line.weight.value for line in card.lines)).shown)
    told = any(line.actual is reader.execution and line.explanation for line in card.lines)
    if not told and (reader.execution > 1).certainly and not reader.execution.missing:
        reader.find("execution_over", f"{EXECUTION}{reader.execution}（{reader.execution.formula}）")
    given = defaultdict[str, Fraction](Fraction)
    lone = {rule.level3 for rule in reader.lines}
    for line in card.lines:
        given[line.level1] += line.weight.value if line.name not in lone else 0
        _differs(reader, line.name, line.printed, line.score, line.said)
        if line.reason.startswith("无从计算") and line.name in lone and line.actual is not reader.execution:
            told = "请在 actual 写评价人所评的分（如 5分），评分表许可的也可写“不适用”"
            reader.find("unscored", f"{line.name}{line.actual}。{told}")
    for level1, (share, loose) in shares(reader.lines, given).items():
        if loose and given[level1] != share:
            reader.find("weights_suggested", f"{level1}{points('', given[level1])}，评分表为{points('', share)}")
    if reader.total:
        open_ = card.total.missing and sum(line.weight.value for line in card.lines) == 100
        open_ = open_ and not any(one.beyond and one.score.missing for one in card.lines)
        total = (card.rounded.possible if open_ else None) or card.rounded.total
        if card.astray:
            _differs(reader, "总分", reader.printed, card.added, "所印各项得分之和")
        elif not any(
            one.check == "printed_score" for one in reader.found
        ):  # else it follows from what is told of a line
            _differs(reader, "总分", reader.printed, total, total.formula)
        told = (one for one in reader.figures.values() if one.bounds and _TOTAL.search(one.label) and one.unit == "分")
        for one in told if not (reader.project or reader.printed.missing) else ():
            if not one.quantity(rounded=True).overlaps(reader.printed):
                reader.find("actual_elsewhere", f"总分{reader.printed}，{one.locator}为{one.shown}", None, one.name)
    goals = re.sub(r"[^\S\n]|万?元", "", "\n".join(chain(*reader.goals.values())).translate(notation.WIDE))
    for whole, parts in EQUATION.findall(goals):  # true to the place that its total is printed to
        added = sum(map(Fraction, parts.split("+")))
        if (gap := abs(Fraction(whole) - added)) > notation.read(whole).place / 2:
            reader.find("goal_sum", f"{whole}={parts}，各项之和为{float(added):.12g}，差{float(gap):.12g}")
    for row in reader.heads:
        rate = reader.rate(row["measure"])
        _differs(reader, row["level3"], printed(row), _worth(reader, rate), f"{rate.formula}为{rate}")
    return reader.found


def _differs(reader: Reader, label: str, said: Quantity, score: Quantity, rule: str) -> None:
    """A finding where a score as printed is not what the rule gives, but for rounding."""
    if not said.missing and not score.missing and not said.overlaps(score):
        gap = replace(said, bounds=exactly(said.value)) - score
        told = f"多{gap}" if (gap > 0).possibly else f"少{gap * -1}"
        reader.find("printed_score", f"{label}所印{said}，按规则得{score}，{told}（{rule}）")


def _worth(reader: Reader, rate: Quantity) -> Quantity:
    return Quantity(*reader.run.worth(rate), rules.POINTS) if reader.run and not rate.missing else Quantity(None)


def head(reader: Reader) -> dict[str, list[Quantity | str]]:
    """The amounts in the head of the form, in its columns: the whole, and its parts by income and by kind, or those of a project."""
    own = [name for name in reader.edition.indicators if name.startswith(f"{BUDGET}.{reader.whole}{UNDER}")]
    parts = [("其中", name.split(".")[1]) for name in own if name.endswith(".outturn")]
    if not reader.project:
        base = read_table(reader.edition.root / "data" / "base_table.csv", BASE_TABLE)
        parts += [(how, row["item"].partition(".")[2]) for how in NATURES for row in base if row["nature"] == how]
    rows: list[list[Quantity | str]] = []
    for group, item in [("年度资金总额", reader.whole), *parts]:
        cells = [reader.known.get(cell(item, column), Quantity(None)) for column in ("initial", "budget", "outturn")]
        if any(not one.missing for one in cells):
            row = next((row for row in reader.heads if row["measure"] == item), None)
            rate, weight = reader.rate(item), points("", reader.run.weight if reader.run else 0)
            worth = (weight, rate, _worth(reader, rate)) if row or not rows else ("", rate, "")
            about = reader.edition.indicators.get(cell(item, "outturn"))
            rows.append([group, about.item if about else item, *cells, *worth, printed(row) if row else ""])
    budget, last = f"{reader.edition.columns[BUDGET]}数", [PRINTED] * any(row["printed"] for row in reader.heads)
    names = ["类别", "资金", "年初预算数", budget, "全年执行数", "分值", EXECUTION, "得分", *last]
    return {name: [row[n] for row in rows] for n, name in enumerate(names)}
