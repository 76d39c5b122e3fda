"""Equations that hold narrow what hedges leave open: 3.5万余 + 20万余 = 23.5万余 leaves for the second more than 20万, less than 20.1万."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import reduce

from lib.check.relations import Rule, View, judge, rules
from lib.edition.edition import Edition
from lib.edition.rows import Figure
from lib.numbers import wording
from lib.numbers.bounds import Bounds

PASSES = 3
"""How often each equation is used: what one narrows may narrow another."""


def narrowed(edition: Edition, figures: Sequence[Figure]) -> list[Figure]:
    """The figures, the bounded ones as narrow as the sums allow that they are part of; nothing is left out by it that can be true."""
    given = [rule for rule in rules(edition, figures) if rule.parts]
    found = list(figures)
    for _ in range(PASSES):
        before, found = found, _once(given, found)
        if found == before:
            break
    return found


def _once(given: Iterable[Rule], figures: list[Figure]) -> list[Figure]:
    for rule in given:
        view = View(figures, [rule])
        if any(map(view.blank, rule.named)) or judge(rule, view).message:
            continue
        known = {name: one.bounds for name, one in view.known(rule.named).items() if one.bounds}
        whole, parts = known.pop(rule.whole), known
        limits = {rule.whole: reduce(operator.add, parts.values())}
        for name in parts:
            others = [bounds for other, bounds in parts.items() if other != name]
            limits[name] = reduce(operator.sub, others, whole)
        figures = [_within(one, limits[one.name], rule, view) if one.name in limits else one for one in figures]
    return figures


def _within(figure: Figure, limits: Bounds, rule: Rule, view: View) -> Figure:
    """A bounded figure within limits, if they narrow it."""
    old = figure.bounds
    new = old and old.meet(limits)
    if old is None or old.exact or new is None or (new := wording.whole(new, figure.unit)) == old:
        return figure
    others = "、".join(view.figures[name].label for name in rule.named if name != figure.name)
    value = figure.value if figure.value is not None and figure.value in new else None
    return replace(figure, bounds=new, value=value, narrowed=others)
