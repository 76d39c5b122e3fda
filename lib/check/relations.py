"""Relations: what must agree, declared in data/checks.csv and evaluated on bounds at the printed precision.

A relation reads `a = b + c`, `a <= b` or `a ~ b` (covers the same), over dotted indicator names with + - * / and brackets;
`budget.total.each` stands for each column of the base table in turn.
What cannot be excluded passes: an equation fails only if the two sides cannot be equal, a limit only if it is certainly
exceeded. A finding that a correction removes is settled, and stays listed.
"""

from __future__ import annotations

import ast
import operator
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import reduce

from lib.check.expressions import evaluate, names
from lib.edition.dictionary import COLUMNS, Check, cell, each, in_column, is_fund
from lib.edition.edition import Edition
from lib.edition.rows import SEVERITIES, Figure, Finding, by_name
from lib.edition.store import InputError
from lib.numbers.quantity import Quantity

_SIDES = ("<=", ">=", "~", "=")
KINDS = ("sum", "part", "cap", "ratio", "scope", "unit", "same", "year", "note", "target")


Figures = Sequence[Figure]


def quantities(figures: Figures, rounded: bool = False) -> dict[str, Quantity]:
    """The first figure of each indicator; `rounded` widens by half the last printed place, for checks only."""
    return {name: figure.quantity(rounded) for name, figure in by_name(figures).items()}


def severities(edition: Edition) -> dict[str, str]:
    """How much each check weighs; those that are not declared are errors."""
    return defaultdict(lambda: "error", {check.name: check.severity for check in edition.checks})


def declared(edition: Edition, printed: Figures, corrected: Figures) -> list[Finding]:
    """What the declared relations say of the figures, and what the special funds add up to."""
    found = []
    for check in edition.checks:
        if check.kind not in KINDS or check.severity not in SEVERITIES:
            expected = f"kind 为 {'、'.join(KINDS)} 之一，severity 为 {'、'.join(SEVERITIES)} 之一"
            raise InputError(check.path, check.line, f"{check.kind}，{check.severity}", expected, "改正这一行")
    for check in edition.checks:
        for text in each(check.relation):
            try:
                found += relation(replace(check, relation=text), printed, corrected)
            except (KeyError, SyntaxError, ValueError) as error:
                expected = f"由指标名和 + - * / 组成、单位一致的等式或不等式（{error}）"
                raise InputError(check.path, check.line, check.relation, expected, "改正关系式") from error
    return found + funds(printed, corrected, severities(edition)["funds"])


def relation(check: Check, printed: Figures, corrected: Figures) -> list[Finding]:
    """The finding of one declared relation, if it has one: settled where it holds once corrections are applied."""
    before, names = _failure(check.relation, printed)
    if before is None:
        return []
    after, _ = _failure(check.relation, corrected)
    about = [figure for name, figure in by_name(printed).items() if name in names]
    message = check.message + (f"：{after or before}" if after or before else "")
    status = "settled" if after is None else "open"
    return [Finding.about(check.name, check.severity, message, about, status)]


def _failure(text: str, figures: Figures) -> tuple[str | None, list[str]]:
    """What is wrong (None if nothing is certainly wrong) and the indicators that the relation names."""
    sign = next(sign for sign in _SIDES if sign in text)
    sides = [ast.parse(side.strip(), mode="eval").body for side in text.split(sign)]
    named = [name for side in sides for name in names(side)]
    known = quantities(figures, rounded=True)
    if any(known[name].missing for name in named):
        return None, named
    if sign == "~":
        left, right = (known[name] for name in named)
        return (None if left.scope == right.scope else f"{_list(left.scope)}；{_list(right.scope)}"), named
    scopeless = {name: replace(known[name], scope=frozenset()) for name in named}
    left, right = (evaluate(side, scopeless) for side in sides)
    if left.missing or right.missing:  # what divides may be 0
        return None, named
    holds = {
        "=": lambda: left.overlaps(right),
        "<=": lambda: (left <= right).possibly,
        ">=": lambda: (left >= right).possibly,
    }[sign]()
    if holds:
        return None, named
    shown = quantities(figures)
    parts = "、".join(f"{shown[name].label}{shown[name].shown}" for name in named)
    return parts + (_slip(left, right) if sign == "=" else ""), named


def _slip(left: Quantity, right: Quantity) -> str:
    """A hint where the sides differ by 10⁴: the commonest slip is a 万 too few or too many."""
    for times, hint in ((10**4, "；相差一万倍，前者可能漏“万”"), (Fraction(1, 10**4), "；相差一万倍，前者可能多“万”")):
        if (left * times).overlaps(right):
            return hint
    return ""


def funds(printed: Figures, corrected: Figures, severity: str = "error") -> list[Finding]:
    """Special funds that cannot add up to what the base table gives for all of them, or exceed the projects they belong to."""
    found = []
    for column in COLUMNS:
        before, after = (_funds(figures, column) for figures in (printed, corrected))
        if before:
            about = [figure for figure in printed if is_fund(figure.name) and in_column(figure.name, column)]
            message = f"专项资金各项之和与所印不符：{after or before}"
            found.append(Finding.about("funds", severity, message, about, "open" if after else "settled"))
    return found


def _funds(figures: Figures, column: str) -> str:
    """What is wrong with one column of the special funds; nothing where one of them is blank."""
    known, shown = quantities(figures, rounded=True), quantities(figures)
    listed = [name for name in known if is_fund(name) and in_column(name, column)]
    special, projects = cell("special", column), cell("projects", column)
    whole = projects if known[special].missing else special
    if not listed or any(known[name].missing for name in (*listed, whole)):
        return ""
    total, added = (reduce(operator.add, (given[name] for name in listed)) for given in (known, shown))
    holds = total.overlaps(known[whole]) if whole == special else (total <= known[whole]).possibly
    return "" if holds else f"{len(listed)}项之和{added}，{shown[whole].label}{shown[whole]}"


def _list(scope: frozenset[str]) -> str:
    return "、".join(sorted(scope))
