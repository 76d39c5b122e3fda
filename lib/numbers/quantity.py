"""Quantity: a number with its bounds, its unit, its scope and its lineage; the operators build all four.

`premium / members` knows that it is 已交互助金 ÷ 参保人数, in 元/人, from which figures, and between which bounds. A quantity that
was not reported is missing, and so is whatever rests on it.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import inf
from typing import Any

from lib.numbers import wording
from lib.numbers.bounds import Bounds, exactly
from lib.numbers.form import Form, NotLinear

SUM, PRODUCT, ATOM = range(3)
"""How tightly a formula holds together."""


class UnitError(ValueError):
    """Units that do not go together: 元 + 人."""


class ScopeError(ValueError):
    """A ratio of figures that cover different things, without a caveat."""


class Undecided(ValueError):
    """A comparison that the bounds leave open was used as if it were certain."""


@dataclass(frozen=True)
class Unit:
    """Base units with their exponents, in the order in which they are written: 元/人 is (元, 1), (人, −1); a ratio has none."""

    powers: tuple[tuple[str, int], ...] = ()

    @classmethod
    def parse(cls, text: str) -> Unit:
        """元/人, 家, % or nothing."""
        over, _, under = ("" if text in ("%", "‰") else text).partition("/")
        divisor = cls().times(*(cls(((base, 1),)) for base in under.split("/") if base))
        return cls(((over, 1),) if over else ()).times(divisor, power=-1)

    def times(self, *others: Unit, power: int = 1) -> Unit:
        """The product with other units, each to a power."""
        powers = dict(self.powers)
        for base, n in (one for other in others for one in other.powers):
            powers[base] = powers.get(base, 0) + power * n
        return Unit(tuple((base, n) for base, n in powers.items() if n))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unit) and frozenset(self.powers) == frozenset(other.powers)

    def __hash__(self) -> int:
        return hash(frozenset(self.powers))

    def __bool__(self) -> bool:
        return bool(self.powers)

    def __str__(self) -> str:
        over = "·".join(base for base, n in self.powers for _ in range(n))
        under = "/".join(base for base, n in self.powers for _ in range(-n))
        return f"{over}/{under}" if under else over


Plain = int | float | Fraction
"""A number of a formula itself."""


@dataclass(frozen=True)
class Verdict:
    """A comparison of bounds. Its truth can be asked only where both answers agree."""

    certainly: bool
    possibly: bool
    asked: str

    def __bool__(self) -> bool:
        if self.certainly != self.possibly:
            raise Undecided(f"“{self.asked}”在上下限内无法确定，请用 .certainly（必然）或 .possibly（可能）")
        return self.certainly


@dataclass(frozen=True, eq=False)
class Quantity:
    """A bounded number.

    `bounds` is None where the figure is missing; `value` is nominal, None where missing or one-sided; `scope` is what it covers;
    `name` its dotted name, `formula` in words and signs, `inputs` the indicators it rests on, each with what the source prints and
    where; `place` that of a figure; `wording` the source's own way of saying it; `form` and `box` the expression in bounded figures that makes repeated ones count once.
    """

    bounds: Bounds | None
    value: Fraction | None = None
    unit: Unit = field(default_factory=Unit)
    scope: frozenset[str] = frozenset()
    name: str = ""
    label: str = ""
    formula: str = ""
    rank: int = ATOM
    inputs: Mapping[str, str] = field(default_factory=dict)
    place: str = ""
    caveat: str = ""
    wording: str = ""
    form: Form | None = None
    box: Mapping[str, Bounds] = field(default_factory=dict)

    @classmethod
    def constant(cls, number: Plain) -> Quantity:
        """A number of the formula itself, taken as it is written: 0.1 is a tenth."""
        exact = Fraction(str(number))
        places = wording.decimals(exact, most=9)
        formula, rank = f"{exact.numerator:,} ÷ {exact.denominator:,}", PRODUCT
        if places is not None:
            formula, rank = wording.amount(exact, places), ATOM
        return cls(exactly(exact), exact, formula=formula, rank=rank, form=Form.constant(exact))

    @classmethod
    def figure(cls, name: str, bounds: Bounds | None, value: Fraction | None, unit: str, **about) -> Quantity:
        """A figure of the source, or a metric of another notebook; `about`: label, scope, formula, inputs, caveat, wording."""
        form = None if bounds is None else Form.constant(Fraction(bounds.low)) if bounds.exact else Form.of(name)
        box = {} if bounds is None or bounds.exact else {name: bounds}
        return cls(bounds, value, Unit.parse(unit), name=name, form=form, box=box, **{"inputs": {name: ""}} | about)

    @property
    def missing(self) -> bool:
        """Whether it was not reported, or rests on what was not."""
        return self.bounds is None

    @property
    def bounded(self) -> bool:
        """Whether the hedges leave it open."""
        return self.bounds is not None and not self.bounds.exact

    @property
    def shown(self) -> str:
        """The very text on the page."""
        return wording.MISSING if self.bounds is None else self.wording or wording.say(self.bounds, str(self.unit))

    def __str__(self) -> str:
        return self.shown

    __repr__ = __str__

    @property
    def described(self) -> str:
        """The bounds with their ends named."""
        return wording.MISSING if self.bounds is None else wording.describe(self.bounds, str(self.unit))

    @property
    def sources(self) -> list[str]:
        """What it rests on, as printed and with its place: 参保人数：4025人（1(1)）."""
        return list(self.inputs.values())

    @property
    def about(self) -> dict[str, Any]:
        """What a reader who asks where a number comes from is told."""
        told = {"label": self.label, "shown": self.shown, "formula": self.formula, "bounds": self.described}
        return told | {"sources": self.sources, "caveat": self.caveat}

    def named(self, name: str, label: str) -> Quantity:
        """The quantity as a metric; formulas that use it call it by its label. One that is but a figure keeps that as formula."""
        return replace(
            self, name=name, label=label, formula=self.formula or self.label, rank=ATOM, wording="", place=""
        )

    # --- arithmetic ---------------------------------------------------------------------------------------------------

    def __add__(self, other: Quantity | Plain) -> Quantity:
        return self._sum(other, "+") if not _is_zero(other) else self

    def __radd__(self, other: Plain) -> Quantity:
        return self if _is_zero(other) else _quantity(other) + self

    def __sub__(self, other: Quantity | Plain) -> Quantity:
        return self._sum(other, "−")

    def __rsub__(self, other: Plain) -> Quantity:
        return self._like(other) - self

    def __mul__(self, other: Quantity | Plain) -> Quantity:
        return self._product(_quantity(other), "×")

    def __rmul__(self, other: Plain) -> Quantity:
        return _quantity(other) * self

    def __truediv__(self, other: Quantity | Plain) -> Quantity:
        return self.over(_quantity(other))

    def __rtruediv__(self, other: Plain) -> Quantity:
        return _quantity(other) / self

    def over(self, other: Quantity, caveat: str = "") -> Quantity:
        """self ÷ other. Raises ScopeError where they cover different things and no caveat says so."""
        if self.scope and other.scope and self.scope != other.scope and not caveat:
            raise ScopeError(
                f"{self._called} ÷ {other._called}：口径不同（{_list(self.scope)}；{_list(other.scope)}），"
                "请用 .over(…, caveat=…) 写明口径差异"
            )
        return self._product(other, "÷", caveat)

    def share_of(self, other: Quantity, caveat: str) -> Quantity:
        """self as a share of other although they are counted in different units; the caveat says how they correspond."""
        return replace(self.over(other, caveat), unit=Unit())

    def _sum(self, right: Quantity | Plain, sign: str) -> Quantity:
        other = self._like(right)
        if self.unit != other.unit:
            raise UnitError(
                f"{self._called} {sign} {other._called}：单位不同（{self.unit or '比率'}、{other.unit or '比率'}）"
            )
        return self._combine(other, sign, self.unit, SUM)

    def _product(self, other: Quantity, sign: str, caveat: str = "") -> Quantity:
        return self._combine(other, sign, self.unit.times(other.unit, power=-1 if sign == "÷" else 1), PRODUCT, caveat)

    def _combine(self, other: Quantity, sign: str, unit: Unit, rank: int, caveat: str = "") -> Quantity:
        # what follows − or ÷ needs brackets even where it holds together as tightly
        formula = f"{self._operand(rank)} {sign} {other._operand(rank + (sign in '−÷'))}"
        about: dict[str, Any] = {
            "unit": unit,
            "scope": self.scope | other.scope,
            "formula": formula,
            "rank": rank,
            "inputs": {**self.inputs, **other.inputs},
            "caveat": "；".join(dict.fromkeys(filter(None, (self.caveat, other.caveat, caveat)))),
        }
        if self.bounds is None or other.bounds is None:
            return Quantity(None, **about)
        compute, box = _OPERATIONS[sign], {**self.box, **other.box}
        bounds, form = compute(self.bounds, other.bounds), None
        try:
            form = compute(self.form, other.form) if self.form and other.form else None
            bounds = form.range(box) if form and self.box.keys() & other.box.keys() else bounds
        except NotLinear:
            pass  # the operands are taken for independent
        sided = None in (self.value, other.value) or not bounds.finite or (sign == "÷" and other.value == 0)
        value = None if sided else compute(self.value, other.value)
        return Quantity(bounds, value, form=form, box=box, **about)

    def _like(self, other: Quantity | Plain) -> Quantity:
        """A plain 0 is 0 of any unit."""
        return replace(Quantity.constant(0), unit=self.unit) if _is_zero(other) else _quantity(other)

    @property
    def _called(self) -> str:
        return self.label or self.formula

    def _operand(self, rank: int) -> str:
        return self._called if self.label or self.rank >= rank else f"（{self.formula}）"

    # --- comparison ---------------------------------------------------------------------------------------------------

    def overlaps(self, other: Quantity) -> bool:
        """Whether the two may be one number; not where one is missing."""
        return self.bounds is not None and other.bounds is not None and self.bounds.overlaps(other.bounds)

    def __gt__(self, other: Quantity | Plain) -> Verdict:
        other = self._like(other)
        asked, gap = f"{self._called} > {other._called}", (self - other).bounds
        if gap is None:
            return Verdict(False, True, asked)
        return Verdict(gap.positive, gap.high > 0, asked)

    def __lt__(self, other: Quantity | Plain) -> Verdict:
        return self._like(other) > self

    def __le__(self, other: Quantity | Plain) -> Verdict:
        above = self > other
        return Verdict(not above.possibly, not above.certainly, above.asked.replace(">", "≤"))

    def __ge__(self, other: Quantity | Plain) -> Verdict:
        return self._like(other) <= self


def rate(part: Quantity, whole: Quantity) -> Quantity:
    """part ÷ whole; missing, and saying so, where the whole may be 0."""
    if whole.bounds is not None and 0 in whole.bounds:
        blank = replace(whole, bounds=None, value=None, form=None, box={})
        return replace(part / blank, caveat=f"{whole._called}{'可能' if whole.bounded else ''}为零，无从计算")
    return part / whole


def ranked(*quantities: Quantity) -> list[Quantity]:
    """From the largest to the smallest by nominal value, else lower bound; what is missing comes last."""

    def size(quantity: Quantity) -> Fraction | float:
        if quantity.bounds is None:
            return -inf
        return quantity.bounds.low if quantity.value is None else quantity.value

    return sorted(quantities, key=size, reverse=True)


_OPERATIONS = {"+": operator.add, "−": operator.sub, "×": operator.mul, "÷": operator.truediv}
"""On bounds, forms and nominal values alike."""


def _quantity(number: Quantity | Plain) -> Quantity:
    return number if isinstance(number, Quantity) else Quantity.constant(number)


def _is_zero(number: Quantity | Plain) -> bool:
    """A plain 0, such as `sum` starts with."""
    return not isinstance(number, Quantity) and number == 0


def _list(scope: frozenset[str]) -> str:
    return "、".join(sorted(scope))
