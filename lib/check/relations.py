"""Relations: what must agree, declared in data/checks.csv and evaluated on bounds at the printed precision.

A relation reads `a = b + c`, `a <= b` or `a ~ b` (covers the same), over dotted names or labels with + - * / and brackets;
`budget.total.each` stands for each column of the base table in turn; `+ b?` is a part only where the source lists it.
What cannot be excluded passes: an equation fails only if the two sides cannot be equal, a limit only if it is certainly
exceeded. A blank part is at least nothing, or what is known of its own parts. A finding that a correction removes is settled, and
stays listed; one that a correction makes is open.
"""

import ast
import operator
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, reduce
from typing import Self, cast

from lib.check.expressions import Lexicon, evaluate, names
from lib.edition.dictionary import COLUMNS, SCORE_SHEET, UNDER, Check, cell, claimed, column_of, each, is_fund
from lib.edition.edition import Edition
from lib.edition.rows import Figure, Finding, by_name
from lib.edition.store import InputError
from lib.numbers.quantity import Quantity
from lib.numbers.wording import USUAL

_SIDES = {"≤": "<=", "≥": ">=", "～": "~", "＝": "="}
Figures = Sequence[Figure]


@dataclass(frozen=True)
class Rule:
    """A relation, read: two sides and the sign between them; `parts`: the names on the right where that is a sum of names alone."""

    check: Check
    sign: str
    left: ast.expr
    right: ast.expr
    named: tuple[str, ...]
    parts: tuple[str, ...] = ()

    @classmethod
    def read(cls, check: Check, text: str, lexicon: Lexicon) -> Self:
        """Raises UnknownName, ValueError for what cannot be meant."""
        sign, left, right = lexicon.sides(text, _SIDES)
        added = all(isinstance(one, ast.BinOp | ast.Add | ast.Name | ast.Load) for one in ast.walk(right))
        parts = tuple(names(right)) if isinstance(left, ast.Name) and added and sign == "=" else ()
        return cls(check, sign, left, right, (*names(left), *names(right)), parts)

    @property
    def whole(self) -> str:
        """The name on the left."""
        return self.named[0]


def rules(edition: Edition, figures: Figures) -> list[Rule]:
    """The declared relations, and that special funds are the parts of what the base table gives for all. Raises InputError."""
    asked = {figure.name for figure in figures if figure.status != "silent"}
    lexicon = Lexicon({name: one.label for name, one in edition.indicators.items()}, asked)
    found = []
    for check in edition.checks:
        for text in each(check.relation, edition.columns):
            listed = re.sub(r" \+ (\S+)\?", lambda part: part[0][:-1] if part[1] in asked else "", text)
            try:
                found.append(Rule.read(check, listed, lexicon))
            except (LookupError, ValueError) as error:
                raise _unread(check, error) from error
    return found + list(_funds(edition, figures))


def _unread(check: Check, error: Exception) -> InputError:
    expected = f"由指标名和 + - * / 组成、单位一致的等式或不等式（{error}）"
    return InputError(check.path, check.line, check.relation, expected, "改正关系式")


def _funds(edition: Edition, figures: Figures) -> Iterator[Rule]:
    about = Check("funds", "sum", edition.severity("funds"), "", "专项资金各项之和与所印不符", 0, edition.raw)
    named = dict.fromkeys(one.name for one in figures if is_fund(one.name))
    funds = {column: [name for name in named if column_of(name) == column] for column in COLUMNS}
    item = _whole_of({one.name: one.quantity(rounded=True) for one in figures if one.bounds}, funds)
    for column, listed in funds.items():
        if listed:
            all_of = cell(item, column)
            yield Rule(about, "=", ast.Name(all_of), _added(listed), (all_of, *listed), tuple(listed))
        below: dict[str, list[str]] = defaultdict(list)
        for name in dict.fromkeys(one.name for one in figures if one.bounds and column_of(one.name) == column):
            if UNDER in name:
                below[f"{name.rpartition(UNDER)[0]}.{column}"].append(name)
        for whole, parts in below.items():
            check = replace(about, message="所列各项之和多于其上级项目")
            yield Rule(check, "<=", _added(parts), ast.Name(whole), (*parts, whole))


def _whole_of(given: Mapping[str, Quantity], funds: Mapping[str, list[str]]) -> str:
    """What special funds are the parts of: 专项资金, or 业务工作专项 or all of 项目支出 where they make that in a column and not 专项资金."""
    kinds = [item for item in ("special", "business_special") if any(cell(item, column) in given for column in funds)]
    for item in [*kinds, *["projects"] * bool(kinds)]:
        for column, listed in funds.items():
            whole, parts = given.get(cell(item, column)), [given[name] for name in listed if name in given]
            if whole is not None and whole.value and parts and reduce(operator.add, parts).overlaps(whole):
                return item
    return "special"


def _added(named: Sequence[str]) -> ast.expr:
    first, *others = (ast.Name(name) for name in named)
    return reduce(lambda total, name: ast.BinOp(total, ast.Add(), name), others, cast(ast.expr, first))


class View:
    """Figures as relations see them: at the precision of their column or sum, and with what is known of a blank."""

    def __init__(self, figures: Figures, given: Sequence[Rule]):
        self.figures, self._given = by_name(figures), given
        self._parts: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for rule in given:
            if rule.parts:
                self._parts[rule.whole].append(rule.parts)
            elif rule.check.kind == "part" and rule.sign == "<=" and len(rule.named) == 2:
                self._parts[rule.named[1]].append(rule.named[:1])
        self._sums = {rule.whole for rule in given if rule.parts}
        in_rows = (one for one in self.figures.values() if one.bounds is not None and "，" in one.locator)
        in_rows = (one for one in in_rows if not one.locator.startswith(SCORE_SHEET))
        self._listed = {one.item for one in in_rows}  # with its column; a text or a sheet's head has no row with blanks
        self._fine: dict[tuple[str, str], Fraction] = {}
        for figure in self.figures.values():
            if figure.rounding:
                key = column_of(figure.name), figure.unit
                self._fine[key] = min(figure.rounding, self._fine.get(key, figure.rounding))

    def alike(self, named: Sequence[str]) -> Self:
        """The same with some figures counted as the first of them is (312场次 of 68场 and 24场)."""
        unit = self.figures[named[0]].unit
        figures = [replace(one, unit=unit) if one.name in named else one for one in self.figures.values()]
        return type(self)(figures, self._given)

    def blank(self, name: str) -> bool:
        """Whether a figure was not reported."""
        return self.figures[name].bounds is None

    def price(self, name: str) -> bool:
        """Whether a text prints a figure in whole 元, which is exact where it is multiplied."""
        one = self.figures[name]
        return one.unit[:1] == "元" and one.rounding == Fraction(1, 2) and not one.locator.startswith("表")

    def summed(self, name: str) -> bool:
        """Whether parts are given of a figure that was not reported, which it is the sum of or has a row for; a project's sheet lists none."""
        listed = (one for one in self.below(name) if SCORE_SHEET not in self.figures[one].locator)
        return (name in self._sums or self.figures[name].item in self._listed) and any(listed)

    def known(self, named: Sequence[str], own: bool = False, tight: bool = False) -> dict[str, Quantity]:
        """Figures by name, widened by half the last place: of their column, outside a table of all that are named, or their `own`, which
        amounts told to a hundredth of 万元 or finer keep beside still finer ones unless `tight`."""
        found, given = {}, [self.figures[name] for name in named]
        for one in given:
            column, place = column_of(one.name), one.rounding
            if place and not own:
                near = (other.rounding for other in given if other.unit == one.unit and other.rounding)
                fine = self._fine[column, one.unit] if column else min(near)
                place = min(place, max(fine, Fraction(USUAL))) if one.unit == "元" and not tight else fine
            found[one.name] = replace(replace(one, rounding=place).quantity(rounded=True), scope=frozenset())
        return found

    def below(self, name: str, seen: frozenset[str] = frozenset()) -> list[str]:
        """The figures that are certainly contained in one: itself, or where it is blank the parts of it that weigh most."""
        if not self.blank(name):
            return [name]
        found: list[list[str]] = [[]]
        for parts in self._parts[name] if name not in seen else ():
            found.append([leaf for part in parts for leaf in self.below(part, seen | {name})])
        return max(found, key=lambda leaves: sum(b.low for leaf in leaves if (b := self.figures[leaf].bounds)))

    @cached_property
    def shown(self) -> dict[str, Quantity]:
        """Figures as they are told."""
        return {name: figure.quantity() for name, figure in self.figures.items()}


@dataclass(frozen=True)
class Judgement:
    """What is wrong with a relation (nothing, if nothing certainly is); `lighter`: a question; `wanting`: why it was not evaluated."""

    message: str = ""
    lighter: bool = False
    named: tuple[str, ...] = ()
    wanting: tuple[str, ...] = ()


def evaluated(edition: Edition, figures: Figures) -> tuple[int, dict[str, list[str]]]:
    """How many relations were evaluated, of those of which a figure is given; and check → the labels of what was asked for and not given,
    for want of which others were not."""
    given, count, lacking = rules(edition, figures), 0, {}
    view = View(figures, given)
    for rule in (rule for rule in given if not all(map(view.blank, rule.named))):
        wanting = judge(rule, view).wanting
        count += not wanting
        if blank := [one.label for one in map(view.figures.get, wanting) if one and one.status != "silent"]:
            lacking[";".join(rule.named)] = blank
    return count, lacking


def judged(given: Sequence[Rule], printed: Figures, corrected: Figures) -> Iterator[Finding]:
    """The findings of rules: settled where one holds once corrections are applied, open where it does not."""
    view, mended = View(printed, given), View(corrected, given)
    for rule in given:
        before, after = judge(rule, view), judge(rule, mended)
        wrong = after if after.message else before
        if wrong.message:
            message = f"{'' if before.message else '更正以后'}{rule.check.message}：{wrong.message}"
            severity = "warning" if wrong.lighter and rule.check.severity == "error" else rule.check.severity
            about, status = [view.figures[name] for name in wrong.named], "open" if after.message else "settled"
            yield Finding.about(rule.check.name, severity, message, about, status)


def judge(rule: Rule, view: View) -> Judgement:
    """What is certainly wrong with a relation. Raises InputError where its units do not go together."""
    try:
        return (_sum if rule.parts else _scope if rule.sign == "~" else _compared)(rule, view)
    except (LookupError, ValueError) as error:
        if claimed(rule.check.name) and len({view.figures[name].unit for name in rule.named}) > 1:
            return judge(rule, view.alike(rule.named))
        raise _unread(rule.check, error) from error


def _scope(rule: Rule, view: View) -> Judgement:
    left, right = ("、".join(sorted({*view.figures[name].scope})) for name in rule.named)
    if wanting := tuple(name for name in rule.named if view.blank(name)):
        return Judgement(wanting=wanting)
    return Judgement(f"{left}；{right}" if left != right else "", named=rule.named)


def _sum(rule: Rule, view: View) -> Judgement:
    """A whole and its parts; of those that are blank, what is known of them. Parts that may be negative say nothing beside a blank."""
    blanks = [part for part in rule.parts if view.blank(part)]
    leaves = [leaf for part in rule.parts for leaf in view.below(part)]
    if view.blank(rule.whole) or not leaves:
        return Judgement(wanting=(rule.whole,) if view.blank(rule.whole) else tuple(blanks))
    named = (rule.whole, *leaves)
    signed = blanks and any(one.bounds and one.bounds.low < 0 for one in map(view.figures.__getitem__, leaves))
    again = len(named) == 2 and not column_of(rule.whole)  # what a cell says, in a text
    if signed or not _off(view.known(named, own=again), leaves, rule.whole):
        return Judgement(wanting=tuple(blanks), named=named)
    shown = {name: view.shown[name] for name in named}
    total = reduce(operator.add, (shown[leaf] for leaf in leaves))
    gap = total - shown[rule.whole]
    over = (gap > 0).possibly
    told = "、".join(f"{one.label}{one.shown}" for one in shown.values()) if len(named) < 6 else ""
    told = told or f"{shown[rule.whole].label}{shown[rule.whole]}，{len(leaves)}项之和{total}"
    told += f"，{'多' if over else '少'}{gap if over else gap * -1}"
    if blanks and not over:
        # where all parts of what was spent are blank, nothing says that what is known of them is all; nor does one alone (其中)
        some = len(blanks) < len(rule.parts) or (len(leaves) > 1 and not rule.whole.startswith("budget.total."))
        asked = [part for part in blanks if view.figures[part].status == "missing" or (some and view.summed(part))]
        empty = "、".join(view.figures[part].label for part in asked)
        return Judgement(f"{told}，{empty}空白" if asked else "", lighter=True, named=named, wanting=tuple(blanks))
    rounded = not _off(view.known(named, own=True), leaves, rule.whole) and not column_of(rule.whole)
    return Judgement(told + _slip(shown[rule.whole], total), lighter=rounded, named=named)


def _off(known: Mapping[str, Quantity], leaves: list[str], whole: str) -> bool:
    return not reduce(operator.add, (known[leaf] for leaf in leaves)).overlaps(known[whole])


def _slip(whole: Quantity, total: Quantity) -> str:
    """A hint where the sides differ by 10⁴: the commonest slip is a 万 too few or too many."""
    for times, hint in ((10**4, "；相差一万倍，前者可能漏“万”"), (Fraction(1, 10**4), "；相差一万倍，前者可能多“万”")):
        if (total > 0).certainly and (whole * times).overlaps(total):
            return hint
    return ""


def _compared(rule: Rule, view: View) -> Judgement:
    """An equation or a limit; on the left of a limit, what is known of a blank."""
    left, named = rule.left, rule.named
    if rule.sign == "<=" and isinstance(left, ast.Name) and view.blank(left.id) and (leaves := view.below(left.id)):
        left = _added(leaves)
        named = (*leaves, *named[1:])
    if wanting := tuple(name for name in named if view.blank(name)):
        return Judgement(wanting=wanting)
    tight = rule.sign != "=" and len({column_of(name) for name in named}) == 1  # parts beside their limit
    known = view.known(named, tight=tight)
    if rule.sign == "=" and isinstance(left, ast.Name) and not column_of(left.id):
        known |= view.known([left.id])  # a text may round what a table makes
    if claimed(rule.check.name) and any(isinstance(one, ast.Mult) for one in ast.walk(rule.right)):
        known |= {name: view.shown[name] for name in named if view.price(name)}
    a, b = (evaluate(side, known) for side in (left, rule.right))
    if a.missing or b.missing:  # what divides may be 0
        return Judgement(named=named)
    # a number of the relation itself is in the unit of the other side
    sides = (a, b, left), (b, a, rule.right)
    a, b = (one if names(side) else replace(one, unit=two.unit) for one, two, side in sides)
    if {"=": lambda: a.overlaps(b), "<=": lambda: (a <= b).possibly, ">=": lambda: (a >= b).possibly}[rule.sign]():
        return Judgement(named=named)
    told = "、".join(f"{view.shown[name].label}{view.shown[name].shown}" for name in dict.fromkeys(named))
    return Judgement(told, named=named)
