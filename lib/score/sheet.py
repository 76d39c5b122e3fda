"""Scores: the self-evaluation sheets of an edition (自评表), 附件2 for the unit and 附件3 for each of its projects.

What a sheet asks and how it counts is data (`data/sheets/*.csv`); what was promised and done stands in `targets.csv`.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import chain
from typing import Any

from lib.chapter.chapter import Chapter
from lib.edition.card import FILE
from lib.edition.dictionary import BASE_TABLE, BUDGET, SCORE_SHEET, UNDER, cell
from lib.edition.edition import RAW, Edition
from lib.edition.rows import Finding
from lib.edition.store import InputError, Record, read_table
from lib.numbers import notation
from lib.numbers.bounds import exactly
from lib.numbers.quantity import Quantity
from lib.score import rules, targets
from lib.score.rules import EXECUTION, KINDS, MANY, MORE, NEEDED, SHEET, USUAL, Rule, points, shares
from lib.score.scorecard import PRINTED, Scorecard
from lib.score.targets import Reader, is_head, printed

EQUATION = re.compile(r"(\d+(?:\.\d+)?)=(\d+(?:\.\d+)?(?:\+\d+(?:\.\d+)?)+)(?![\d.+])")
_TOTAL = re.compile("(?<!项目)自评(?:总|得|总得)?分数?$|(?:综合|评价|最终|整体)(?:总?得|总)分$|^总得?分$")
NATURES = ("按收入性质", "按支出性质")


def projects(book: Chapter) -> list[str]:
    """The projects that `targets.csv` sets targets for, in its order."""
    return list(dict.fromkeys(row["project"] for row in book.edition.table("targets") if row["project"]))


def sheet(edition: Edition, name: str) -> list[Rule]:
    """The rows of a score sheet, numbers read and words filled in. Raises InputError for one that is not there or not right."""
    folder, there = edition.root / "data" / "sheets", rules.sheets(edition.root)
    if name not in there:
        raise InputError(edition.raw / FILE, None, f"sheet: {name}", f"{'、'.join(there)} 之一", "改正 sheet")
    asked, usual = ([*map(_rule, read_table(folder / f"{one}.csv", SHEET, more=MORE))] for one in (name, USUAL))
    given = {rule.rule.partition(" ")[0] for rule in asked}
    asked += [rule for rule in usual if not KINDS[rule.rule].weighs and rule.rule.partition(" ")[0] not in given]
    needed = {"grades", "rating", "date", "deviation", *targets.COMPARATORS} - given - {rule.rule for rule in usual}
    if needed:
        found = f"缺规则 {'、'.join(sorted(needed))}"
        raise InputError(folder / f"{USUAL}.csv", None, found, "各项规则齐全", "补上这几行")
    if sum(rule.weight for rule in asked if not rule.beyond) != 100:
        raise InputError(folder / f"{name}.csv", None, "分值合计不是一百分", "一百分", "改正 weight")
    return asked


def _rule(row: Record) -> Rule:
    kind = KINDS.get(row["rule"])
    if not kind or kind.weighs != bool(row["weight"]):
        raise InputError.of_cell(row, "rule", f"{'、'.join(KINDS)}；有 weight 的是评分项")
    needed = ["level3"] * bool(kind.weighs and kind.judge) + [name for name in kind.asks if name in NEEDED]
    if absent := [name for name in needed if not row[name]]:
        raise InputError.at(row, f"{row['rule']} 缺 {'、'.join(absent)}", "填好这几列", "补上")
    try:
        read: dict[str, Any] = {"bands": rules.bands(row["bands"]), "unit": rules.unit(row["base"] or row["bands"])}
        read |= {name: rules.number(row[name] or "0") for name in ("weight", "base", "step", "points", "most")}
    except ValueError as error:
        raise InputError.at(row, str(error), "数、百分数或“界限=结果”", "改正这一行") from error
    listed = "、".join(f"{kind.sign}{band.replace('=', '为')}" for band in row["bands"].split(";"))
    read["words"] = row["words"].format(**row | {"bands": f"（{listed}）"})
    return Rule(**{name: (row | read)[name] for name in (*SHEET, "unit")})


def scorecard(book: Chapter, project: str = "") -> Scorecard | None:
    """The sheet that the source card picks, for the unit or its projects, filled in; None without rows in `targets.csv`."""
    reader, places = placed(book, project)
    if not places:
        return None
    lines = tuple(reader.line(*place) for place in places)
    about = reader.execution, reader.general, _head(reader), reader.goals, reader.printed
    card = Scorecard(project, lines, *about)
    return replace(card, findings=tuple(_odd(reader, card)))


def placed(book: Chapter, project: str = "") -> tuple[Reader, list[tuple[Rule, Record, Fraction]]]:
    """The reader of a sheet, and its lines with their rows and weights, if any; InputError for rows that do not fit the sheet."""
    rows = [row for row in book.edition.table("targets") if row["project"] == project]
    chosen = book.edition.source.get("project_sheet" if project else "sheet") if rows else ""
    asked = sheet(book.edition, chosen or USUAL)
    apart = [row for row in rows if row["level1"] in (rules.GOAL, rules.TOTAL) or is_head(row)]
    rows = [*_told_apart([row for row in rows if row not in apart])]
    reader, places = Reader(book, project, asked, apart), _placed(book.edition, asked, rows) if rows else []
    given = (replace(rule, weight=weight) for rule, _, weight in places if rule is reader.run)
    reader.run = next(given, reader.run)
    return reader, places


def _told_apart(rows: list[Record]) -> Iterator[Record]:
    """Rows with the `name` of each: its level 3, numbered where several have the same."""
    alike, seen = Counter(row["level3"] for row in rows), Counter[str]()
    for row in rows:
        name = row["level3"]
        seen[name] += 1
        yield row | {"name": f"{name}（{seen[name]}）" if alike[name] > 1 else name}


def _placed(edition: Edition, asked: list[Rule], rows: list[Record]) -> list[tuple[Rule, Record, Fraction]]:
    """Each line with its row, a blank one where it has none, and its weight."""
    blank: Record = dict.fromkeys([*RAW["targets"], "printed", "name"], "")
    blank |= {"line": None, "path": edition.raw / "targets.csv"}
    lines = [rule for rule in asked if KINDS[rule.rule].weighs]
    lone = {rule.level3: rule for rule in lines if rule.rule not in MANY}
    weights = {name: rule.weight for name, rule in lone.items()}
    parts: dict[str, list[Record]] = {rule.level1: [] for rule in lines if rule.rule in MANY}
    named: dict[str, Record] = {}
    for row in rows:
        name = re.sub('[“”"]', "", row["level3"])
        if not name or (name in lone and name in named):
            raise InputError.of_cell(row, "level3", "名称，评分表的固定指标各一行")
        named[name] = row
        if name in lone:
            own = targets.weight(row) or weights[name]
            if own != weights[name] and not lone[name].suggested:
                raise InputError.of_cell(row, "weight", f"{weights[name]}，或留空")
            weights[name] = own
            if (other := lone[name].otherwise) in weights:  # one or the other
                weights |= {name: lone[other].weight, other: Fraction(0)}
        elif row["level1"] in parts:
            parts[row["level1"]].append(row)
        else:
            expected = f"一级指标 {'、'.join(parts) or '无'}，或三级指标 {'、'.join(lone)}"
            todo = f"照评分表改正，或在 {FILE} 的 sheet 换一种评分表（{'、'.join(rules.sheets(edition.root))}）"
            raise InputError.at(row, f"{row['level1']}，{name}", expected, todo)
    given = {level1: list(map(targets.weight, rows)) for level1, rows in parts.items()}
    whole = not named.keys() & lone.keys() and sum(map(sum, given.values())) == 100  # without 预算执行率
    hundred = sum(weight for name, weight in weights.items() if not (whole or lone[name].beyond))
    _fit(blank, lines, given, Fraction(hundred))
    return [
        (rule, row, weights[rule.level3] if rule.level3 in lone else targets.weight(row))
        for rule in lines
        if rule.level3 in named or not (rule.beyond or (whole and rule.level3 in lone))
        for row in (parts[rule.level1] if rule.rule in MANY else [named.get(rule.level3, blank)])
    ]


def _fit(blank: Record, lines: list[Rule], parts: dict[str, list[Fraction]], lone: Fraction) -> None:
    """Raises InputError for weights that are not those of the sheet, unless it only suggests them and they add up to 100."""
    given = {level1: sum(weights, Fraction(0)) for level1, weights in parts.items()}
    for level1, (share, loose) in shares(lines, given).items():
        whole = loose and lone + sum(given.values()) == 100
        if given[level1] != share and not whole and (not parts[level1] or 0 not in parts[level1]):
            found = f"{level1}分值合计{points('', given[level1]).shown}"
            expected = points("", share).shown + "，或各项合计100分" * loose
            raise InputError.at(blank, found, expected, "改正 weight")


def _odd(reader: Reader, card: Scorecard) -> list[Finding]:
    """What is odd about rows, and about the sheet as a whole."""
    if all(line.full for line in card.lines if not line.beyond):
        reader.find("all_full_marks", points("总分", sum(line.weight.value for line in card.lines)).shown)
    told = reader.near or any(line.actual is reader.execution and line.explanation for line in card.lines)
    if not told and (reader.execution > 1).certainly and not reader.execution.missing:
        reader.find("execution_over", f"{EXECUTION}{reader.execution}（{reader.execution.formula}）", EXECUTION)
    given = defaultdict[str, Fraction](Fraction)
    lone = {rule.level3 for rule in reader.lines}
    for line in card.lines:
        given[line.level1] += line.weight.value if line.name not in lone else 0
        _differs(reader, line.name, line.printed, line.score, line.said)
        if line.reason.startswith("无从计算") and line.name in lone and line.actual is not reader.execution:
            told = "请在 actual 写评价人所评的分（如 5分），评分表许可的也可写“不适用”"
            reader.find("unscored", f"{line.name}{line.actual}。{told}", line.name)
    for level1, (share, loose) in shares(reader.lines, given).items():
        if loose and given[level1] != share:
            told = f"{level1}{points('', given[level1])}，评分表为{points('', share)}"
            reader.find("weights_suggested", told, level1)
    if reader.total:
        open_ = card.total.missing and sum(line.weight.value for line in card.lines) == 100
        open_ = open_ and not any(one.beyond and one.score.missing for one in card.lines)
        total = (card.rounded.possible if open_ else None) or card.rounded.total
        if card.astray:
            _differs(reader, "总分", reader.printed, card.added, "所印各项得分之和")
        elif not any(one.check == "printed_score" for one in reader.found):  # else it follows from that of a line
            _differs(reader, "总分", reader.printed, total, total.formula)
        same = (one for one in reader.figures.values() if one.bounds and _TOTAL.search(one.label) and one.unit == "分")
        for one in same if not (reader.project or reader.printed.missing) else ():
            if not one.quantity(rounded=True).overlaps(reader.printed):
                told = f"总分{reader.printed}，{one.locator}为{one.shown}"
                reader.find("actual_elsewhere", told, rules.TOTAL, one.name)
    goals = re.sub(r"[^\S\n]|万?元", "", "\n".join(chain(*reader.goals.values())).translate(notation.WIDE))
    for whole, parts in EQUATION.findall(goals):  # true to the place that its total is printed to
        added = sum(map(Fraction, parts.split("+")))
        if (gap := abs(Fraction(whole) - added)) > notation.read(whole).place / 2:
            told = f"{whole}={parts}，各项之和为{float(added):.12g}，差{float(gap):.12g}"
            reader.find("goal_sum", told, rules.GOAL)
    for row in reader.heads:
        rate = reader.rate(row["measure"])
        _differs(reader, row["level3"], printed(row), _worth(reader, rate), f"{rate.formula}为{rate}")
    return reader.found


def _differs(reader: Reader, label: str, said: Quantity, score: Quantity, rule: str) -> None:
    """A finding where a score as printed is not what the rule gives, but for rounding."""
    if not said.missing and not score.missing and not said.overlaps(score):
        gap = replace(said, bounds=exactly(said.value)) - score
        told = f"多{gap}" if (gap > 0).possibly else f"少{gap * -1}"
        reader.find("printed_score", f"{label}所印{said}，按规则得{score}，{told}（{rule}）", label)


def _worth(reader: Reader, rate: Quantity) -> Quantity:
    return Quantity(*reader.run.worth(rate), rules.POINTS) if reader.run and not rate.missing else Quantity(None)


def _head(reader: Reader) -> dict[str, list[Quantity | str]]:
    """The amounts in the head of the form, in its columns: the whole, and its parts by income and by kind, or those of a project."""
    own = [name for name in reader.edition.indicators if name.startswith(f"{BUDGET}.{reader.whole}{UNDER}")]
    parts = [("其中", name.split(".")[1]) for name in own if name.endswith(".outturn")]
    if not reader.project:
        base = read_table(reader.edition.root / "data" / "base_table.csv", BASE_TABLE)
        parts += [(how, row["item"].partition(".")[2]) for how in NATURES for row in base if row["nature"] == how]
    amounts = ("initial", "budget", "outturn")
    items = {item for _, item in parts}
    own = [row for row in reader.edition.budget if row["item"] in items and row["locator"].startswith(SCORE_SHEET)]
    asked = {c for row in own for c in amounts if row[c] and notation.blank(row[c]) in ("", "zero")}
    rows: list[list[Quantity | str]] = []
    for group, item in [("年度资金总额", reader.whole), *parts]:
        given = asked if rows and asked else amounts  # what stands in another form is none of this one's
        cells = [reader.known.get(cell(item, c) if c in given else "", Quantity(None)) for c in amounts]
        if any(not one.missing for one in cells):
            row = next((row for row in reader.heads if row["measure"] == item), None)
            rate = reader.rate(item) if "budget" in given else Quantity(None)
            weight = points("", reader.run.weight if reader.run else 0)
            worth = (weight, rate, _worth(reader, rate)) if row or not rows else ("", rate, "")
            about = reader.edition.indicators.get(cell(item, "outturn"))
            rows.append([group, about.item if about else item, *cells, *worth, printed(row) if row else ""])
    budget, last = f"{reader.edition.columns[BUDGET]}数", [PRINTED] * any(row["printed"] for row in reader.heads)
    names = ["类别", "资金", "年初预算数", budget, "全年执行数", "分值", EXECUTION, "得分", *last]
    return {name: [row[n] for row in rows] for n, name in enumerate(names)}
