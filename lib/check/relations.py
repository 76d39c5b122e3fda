"""Checks: what must agree, declared in data/checks.csv and evaluated on bounds at the printed precision.

A relation reads `a = b + c`, `a <= b` or `a ~ b` (covers the same), over dotted indicator names with + - * / and brackets;
`budget.total.each` stands for each column of the base table in turn.
What cannot be excluded passes: an equation fails only if the two sides cannot be equal, a limit only if it is certainly
exceeded. A finding that a correction removes is settled, and stays listed.
"""

from __future__ import annotations

import ast
import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pandas as pd

from lib.numbers import notation
from lib.numbers.bounds import Bounds
from lib.edition.edition import COLUMNS, FINDINGS, SEVERITIES, Edition, InputError, bounds, finding, is_fund
from lib.numbers.quantity import Quantity

_OPERATORS: dict[type, Callable] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_SIDES = ("<=", ">=", "~", "=")
FAR, SLIP = 10, 10**4  # times: worth asking, and a 万 too few or too many
KINDS = ("sum", "part", "cap", "ratio", "scope", "unit", "same", "year", "note", "target")


def quantities(figures: pd.DataFrame, rounded: bool = False) -> dict[str, Quantity]:
    """The first figure of each indicator; `rounded` widens by half the last printed place, for checks only."""
    first = figures.drop_duplicates("indicator").to_dict("records")
    return {row["indicator"]: quantity(row, rounded) for row in first}


def quantity(row: dict, rounded: bool = False) -> Quantity:
    """A row of typed figures as a quantity."""
    limits = bounds(row)
    if limits and rounded:
        limits = limits.widened(Fraction(row["rounding"]))
    scope = frozenset(row["scope"].split(";"))
    about = {"label": row["label"], "scope": scope, "wording": row["shown"]}
    return Quantity.figure(row["indicator"], limits, row["value"], row["unit"], **about)


def run(edition: Edition, printed: pd.DataFrame, corrected: pd.DataFrame) -> list[dict]:
    """All findings about an edition: relations, repeated figures, the card, the notes."""
    severity = severities(edition)
    found = of_figures(edition, printed, corrected)
    found += year_of_edition(edition.source, edition.year, severity["year_of_edition"])
    found += numbers_of_notes(edition.table("notes"), corrected, severity["numbers_of_notes"], edition.raw)
    return found


def severities(edition: Edition) -> dict[str, str]:
    """How much each check weighs; those that are not declared are errors."""
    declared = edition.checks.set_index("check")["severity"]
    return defaultdict(lambda: "error", declared)


def of_figures(edition: Edition, printed: pd.DataFrame, corrected: pd.DataFrame) -> list[dict]:
    """What the declared relations say of the figures, and figures that are repeated."""
    rules = edition.checks.to_dict("records")
    path = edition.root / "data" / "checks.csv"
    for line, rule in enumerate(rules, 2):
        if rule["kind"] not in KINDS or rule["severity"] not in SEVERITIES:
            expected = f"kind 为 {'、'.join(KINDS)} 之一，severity 为 {'、'.join(SEVERITIES)} 之一"
            raise InputError(path, line, f"{rule['kind']}，{rule['severity']}", expected, "改正这一行")
    found = []
    for line, rule in enumerate(rules, 2):
        for column in COLUMNS if ".each" in rule["relation"] else filter(None, [rule["relation"]]):
            try:
                text = rule["relation"].replace(".each", f".{column}")
                found += relation(rule | {"relation": text}, printed, corrected)
            except (KeyError, SyntaxError, ValueError) as error:
                expected = f"由指标名和 + - * / 组成、单位一致的等式或不等式（{error}）"
                raise InputError(path, line, rule["relation"], expected, "改正关系式") from error
    found += funds(printed, corrected, severities(edition)["funds"])
    return found + same_measure(printed, corrected, severities(edition)["same_measure"])


def relation(rule: dict, printed: pd.DataFrame, corrected: pd.DataFrame) -> list[dict]:
    """The finding of one declared relation, if it has one: settled where it holds once corrections are applied."""
    before, names = _failure(rule["relation"], printed)
    if before is None:
        return []
    after, _ = _failure(rule["relation"], corrected)
    rows = printed[printed["indicator"].isin(names)]
    message = rule["message"] + (f"：{after or before}" if after or before else "")
    status = "settled" if after is None else "open"
    return [finding(rule["check"], rule["severity"], message, rows.drop_duplicates("indicator"), status)]


def _failure(text: str, figures: pd.DataFrame) -> tuple[str | None, list[str]]:
    """What is wrong (None if nothing is certainly wrong) and the indicators that the relation names."""
    sign = next(sign for sign in _SIDES if sign in text)
    sides = [ast.parse(side.strip(), mode="eval").body for side in text.split(sign)]
    names = [name for side in sides for name in _names(side)]
    known = quantities(figures, rounded=True)
    if any(known[name].missing for name in names):
        return None, names
    if sign == "~":
        left, right = (known[name] for name in names)
        return (None if left.scope == right.scope else f"{_list(left.scope)}；{_list(right.scope)}"), names
    scopeless = {name: replace(known[name], scope=frozenset()) for name in names}
    left, right = (_evaluate(side, scopeless) for side in sides)
    holds = {
        "=": lambda: left.bounds.overlaps(right.bounds),
        "<=": lambda: (left <= right).possibly,
        ">=": lambda: (left >= right).possibly,
    }[sign]()
    if holds:
        return None, names
    shown = quantities(figures)
    parts = "、".join(f"{shown[name].label}{shown[name].shown}" for name in names)
    return parts + (_slip(left.bounds, right.bounds) if sign == "=" else ""), names


def _slip(left: Bounds, right: Bounds) -> str:
    """A hint where the sides differ by 10⁴: the commonest slip is a 万 too few or too many."""
    for times, hint in ((10**4, "；相差一万倍，前者可能漏“万”"), (Fraction(1, 10**4), "；相差一万倍，前者可能多“万”")):
        if Bounds(left.low * times, left.high * times, left.low_closed, left.high_closed).overlaps(right):
            return hint
    return ""


def _names(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Attribute):
        return [ast.unparse(node)]
    return [name for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr) for name in _names(child)]


def _evaluate(node: ast.expr, known: dict[str, Quantity]) -> Quantity:
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_evaluate(node.left, known), _evaluate(node.right, known))
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return Quantity.constant(node.value)
    return known[ast.unparse(node)]


def funds(printed: pd.DataFrame, corrected: pd.DataFrame, severity: str = "error") -> list[dict]:
    """Special funds that cannot add up to what the base table gives for all of them, or exceed the projects they belong to."""
    found = []
    for column in COLUMNS:
        states = [_funds(figures, column) for figures in (printed, corrected)]
        if states[0]:
            rows = printed[[is_fund(name) and name.endswith(f".{column}") for name in printed["indicator"]]]
            message = f"专项资金各项之和与所印不符：{states[1] or states[0]}"
            found.append(finding("funds", severity, message, rows, "open" if states[1] else "settled"))
    return found


def _funds(figures: pd.DataFrame, column: str) -> str:
    """What is wrong with one column of the special funds; nothing where one of them is blank."""
    known, shown = quantities(figures, rounded=True), quantities(figures)
    listed = [name for name in known if is_fund(name) and name.endswith(f".{column}")]
    special, projects = f"budget.special.{column}", f"budget.projects.{column}"
    whole = projects if known[special].missing else special
    if not listed or any(known[name].missing for name in (*listed, whole)):
        return ""
    total = sum(known[name] for name in listed)
    holds = total.bounds.overlaps(known[whole].bounds) if whole == special else (total <= known[whole]).possibly
    added = sum(shown[name] for name in listed)
    return "" if holds else f"{len(listed)}项之和{added}，{shown[whole].label}{shown[whole]}"


def same_measure(printed: pd.DataFrame, corrected: pd.DataFrame, severity: str = "error") -> list[dict]:
    """Figures of one indicator that cannot be the same number."""
    found = []
    for name, rows in printed.groupby("indicator", sort=False):
        if len(rows) > 1 and not _agree(rows):
            settled = _agree(corrected[corrected["indicator"] == name])
            message = f"{rows['label'].iloc[0]}前后不一：" + "、".join(f"{shown}" for shown in rows["shown"])
            found.append(finding("same_measure", severity, message, rows, "settled" if settled else "open"))
    return found


def _agree(rows: pd.DataFrame) -> bool:
    first, *others = (quantity(row, rounded=True) for row in rows.to_dict("records"))
    return all(first.bounds.overlaps(other.bounds) for other in others)


def year_of_edition(source: dict, year: int, severity: str = "error") -> list[dict]:
    """The card's year against the folder's, and against the title."""
    if source["year"] == year and str(year) in source["title"]:
        return []
    message = f"来源卡写 {source['year']} 年、标题“{source['title']}”，所在文件夹为 {year} 年"
    return [finding("year_of_edition", severity, message)]


def numbers_of_notes(notes: pd.DataFrame, figures: pd.DataFrame, severity: str, folder: Path) -> list[dict]:
    """Numbers in the analyst's words that no figure has. A note may take a number by `{{ … }}` instead."""
    known = {_value(token) for shown in figures["shown"] if shown for token in notation.numbers_in(shown)} - {None}
    found = []
    for note in notes.to_dict("records"):
        strange = [token for token in notation.numbers_in(note["text"]) if _value(token) not in known]
        if strange:
            message = f"{folder.name} 年 notes.csv 第{note['line']}行的数字与数据不符：{'、'.join(strange)}"
            row = {"check": "numbers_of_notes", "severity": severity, "status": "open", "section": note["section"]}
            found.append(row | {"indicators": "", "locators": note["locator"], "message": message})
    return found


def _value(token: str) -> Fraction | None:
    """What a number in a text is worth; None if it cannot be told."""
    try:
        return notation.read(token).value
    except notation.NotationError:
        return None


def coverage(year: int, before: Mapping[str, dict], now: Mapping[str, dict]) -> list[dict]:
    """What an earlier year gave and this one does not, in one finding; figures as rows by name."""
    lost = [
        now.get(name, row | {"locator": ""})
        for name, row in before.items()
        if row["low"] is not None and now.get(name, {"low": None})["low"] is None
    ]
    message = f"{year}年有、本年度未提供：{'、'.join(row['label'] for row in lost)}"
    return [finding("coverage", "warning", message, pd.DataFrame(lost))] if lost else []


def magnitude(year: int, before: Mapping[str, dict], now: Mapping[str, dict]) -> list[dict]:
    """Figures that are certainly more than ten times, or less than a tenth of, what they were in an earlier year."""
    found = []
    for name, row in now.items():
        old = before.get(name, {"low": None})
        if None in (row["low"], old["low"]) or (old["unit"], old["scope"]) != (row["unit"], row["scope"]):
            continue
        # named apart, or the two would count as one number
        this, last = quantity(row), quantity({"shown": ""} | old | {"indicator": f"y{year}.{name}"})
        if not ((this > 0).certainly and (last > 0).certainly):
            continue
        ratio, word = (this / last, "多") if (this > last).certainly else (last / this, "漏")
        if (ratio > FAR).certainly:
            slip = (ratio * 3 > SLIP).certainly and (ratio < SLIP * 3).certainly
            hint = f"；相差约一万倍，可能{word}“万”" if slip else ""
            message = f"{row['label']}由{year}年的{last.shown}变为{this.shown}，相差十倍以上{hint}"
            found.append(finding("magnitude", "warning", message, pd.DataFrame([row])))
    return found


def findings(rows: Iterable[dict]) -> pd.DataFrame:
    """Findings in the order in which an analyst takes them: open errors first."""
    table = pd.DataFrame(list(rows), columns=FINDINGS)
    rank = (
        table["status"].map({"open": 0, "settled": 3}).add(table["severity"].map({"error": 0, "warning": 1, "note": 2}))
    )
    return table.iloc[rank.argsort(kind="stable")].reset_index(drop=True)


class OpenErrors(ValueError):
    """The figures contradict each other and no correction settles it."""


def stop(table: pd.DataFrame) -> None:
    """Raises OpenErrors if an error is open; the message lists each with its place and what to do."""
    errors = table[(table["severity"] == "error") & (table["status"] == "open")]
    if len(errors):
        listed = "\n".join(f"- {row.message}（来源{row.locators}；核对项 {row.check}）" for row in errors.itertuples())
        raise OpenErrors(
            f"来源数据有未更正的差错：\n{listed}\n请核对原文，在 corrections.csv 写明更正和理由，或改正登记的错误。"
        )


def _list(scope: frozenset[str]) -> str:
    return "、".join(sorted(scope))
