"""Quantity: a number with its bounds, its unit, its scope and its lineage; the operators build all four.

`premium / members` knows that it is 已交互助金 ÷ 参保人数, in 元/人, from which figures, and between which bounds. A quantity that
was not reported is missing, and so is whatever rests on it.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import inf
from typing import Any

from lib.numbers import wording
from lib.numbers.bounds import Bounds, Form, NotLinear, exactly

OFFERED = "bounded bounds caveat formula label missing over share_of shown unit value within"
"""What a quantity offers where a name is completed."""
SUM, PRODUCT, ATOM = range(3)  # how tightly a formula holds together


class QuantityError(ValueError):
    """What cannot be said of quantities: 元 + 人, a ratio across scopes without a caveat, as certain what the bounds leave open."""


class Unit(dict[str, int]):
    """Base units with their exponents, in the order in which they are written: 元/人 is {元: 1, 人: −1}; a ratio has none."""

    @classmethod
    def parse(cls, text: str) -> Unit:
        """元/人, 家, % or nothing."""
        over, *under = ("" if text in ("%", "‰") else text).split("/")
        return cls({over: 1}).times(cls(Counter(under)), -1)

    def times(self, other: Unit, power: int = 1) -> Unit:
        """The product with another unit to a power."""
        powers = self | {base: self.get(base, 0) + n * power for base, n in other.items()}
        return Unit({base: n for base, n in powers.items() if base and n})

    def __str__(self) -> str:
        over = "·".join(base for base, n in self.items() for _ in range(n))
        under = "/".join(base for base, n in self.items() for _ in range(-n))
        return f"{over}/{under}" if under else over


Plain = int | float | Fraction
"""A number of a formula itself."""
Operator = Callable[["Quantity", "Quantity | Plain"], "Quantity"]


@dataclass(frozen=True)
class Verdict:
    """A comparison of bounds. Its truth can be asked only where both answers agree."""

    certainly: bool
    possibly: bool
    asked: str

    def __bool__(self) -> bool:
        if self.certainly != self.possibly:
            raise QuantityError(f"“{self.asked}”在上下限内无法确定，请用 .certainly（必然）或 .possibly（可能）")
        return self.certainly


def _operator(sign: str) -> tuple[Operator, Operator]:
    """An operator and its reflection, as in `fractions`."""
    return lambda left, right: _combined(left, sign, right), lambda right, left: _combined(left, sign, right)


@dataclass(frozen=True, eq=False)
class Quantity:
    """A bounded number.

    `bounds` is None where the figure is missing; `value` is nominal and inside them, None where there is none; `scope` is what it covers;
    `name` its dotted name, `formula` in words and signs, `inputs` the indicators it rests on, each with what the source prints and
    where; `place` that of a figure; `doubt` the open questions on those figures; `wording` the source's own way of saying it, or why it
    cannot be computed; `form` and `box` the expression in bounded figures that makes repeated ones count once.
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
    doubt: tuple[str, ...] = ()
    wording: str = ""
    form: Form | None = None
    box: Mapping[str, Bounds] = field(default_factory=dict)

    @classmethod
    def constant(cls, number: Plain) -> Quantity:
        """A number of the formula itself, taken as it is written: 0.1 is a tenth."""
        exact = Fraction(str(number))
        formula, rank = " ÷ ".join(wording.amount(Fraction(one), 0) for one in exact.as_integer_ratio()), PRODUCT
        if (places := wording.decimals(exact, most=9)) is not None:
            formula, rank = wording.amount(exact, places), ATOM
        return cls(exactly(exact), exact, formula=formula, rank=rank, form=Form.constant(exact))

    @classmethod
    def figure(cls, name: str, bounds: Bounds | None, value: Fraction | None, unit: str, **about) -> Quantity:
        """A figure of the source, or a metric of another notebook; `about`: label, scope, formula, inputs, caveat, wording."""
        form = None if bounds is None else Form.constant(Fraction(bounds.low)) if bounds.exact else Form.of(name)
        box = {} if bounds is None or bounds.exact else {name: bounds}
        return cls(bounds, value, Unit.parse(unit), name=name, form=form, box=box, **{"inputs": {name: ""}} | about)

    def __dir__(self) -> list[str]:
        return OFFERED.split()

    @property
    def missing(self) -> bool:
        """Whether it was not reported, or rests on what was not."""
        return self.bounds is None

    @property
    def told(self) -> bool:
        """Whether a report can say something of it: a number, or why there can be none."""
        return self.bounds is not None or self.shown != wording.MISSING

    @property
    def bounded(self) -> bool:
        """Whether the hedges leave it open."""
        return self.bounds is not None and not self.bounds.exact

    @property
    def shown(self) -> str:
        """The very text on the page; what is in doubt says so."""
        if self.bounds is None:
            return self.wording or wording.MISSING
        return (self.wording or wording.say(self.bounds, str(self.unit))) + wording.DOUBT * bool(self.doubt)

    def __str__(self) -> str:
        return self.shown

    __repr__ = __str__

    @property
    def changed(self) -> str:
        """A change in the words that stand for its sign, nothing where it is missing: 增长5.34%."""
        if self.bounds is None:
            return ""
        return wording.change(self.bounds, str(self.unit)) + wording.DOUBT * bool(self.doubt)

    @property
    def described(self) -> str:
        """The bounds with their ends named."""
        return self.shown if self.bounds is None else wording.describe(self.bounds, str(self.unit))

    @property
    def sources(self) -> list[str]:
        """What it rests on, as printed and with its place, 参保人数：4025人（1(1)）, and what is asked of that."""
        return [*self.inputs.values(), *(f"存疑：{one}" for one in self.doubt)]

    @property
    def about(self) -> dict[str, Any]:
        """What a reader who asks where a number comes from is told."""
        told = {"label": self.label, "shown": self.shown, "formula": self.formula, "bounds": self.described}
        return told | {"sources": self.sources, "caveat": self.caveat}

    def named(self, name: str, label: str) -> Quantity:
        """The quantity as a metric; formulas that use it call it by its label. One that is but a figure keeps that as formula."""
        formula = self.formula or self.label
        said = self.wording if self.missing else ""
        return replace(self, name=name, label=label, formula=formula, rank=ATOM, wording=said, place="")

    __add__, __radd__ = _operator("+")
    __sub__, __rsub__ = _operator("−")
    __mul__, __rmul__ = _operator("×")
    __truediv__, __rtruediv__ = _operator("÷")

    def over(self, other: Quantity, caveat: str = "") -> Quantity:
        """self ÷ other, missing where other may be 0. Raises QuantityError where they cover different things and no caveat says so."""
        return _combined(self, "÷", other, caveat)

    def share_of(self, other: Quantity, caveat: str) -> Quantity:
        """self as a share of other although they are counted in different units; the caveat says how they correspond."""
        return replace(self.over(other, caveat), unit=Unit())

    def within(self, printed: Quantity) -> Quantity:
        """Narrowed to what the source prints of the same; as it is where that does not narrow it, or contradicts it."""
        new = self.bounds and printed.bounds and self.unit == printed.unit and self.bounds.meet(printed.bounds)
        if not new or new == self.bounds:
            return self
        value = Fraction(new.low) if new.exact else self.value if self.value is not None and self.value in new else None
        caveat = "；".join(filter(None, (self.caveat, f"以所印“{_called(printed)}”为限")))
        inputs = {**self.inputs, **printed.inputs}
        return replace(self, bounds=new, value=value, caveat=caveat, inputs=inputs, form=None, box={})

    def overlaps(self, other: Quantity) -> bool:
        """Whether the two may be one number; not where one is missing."""
        return self.bounds is not None and other.bounds is not None and self.bounds.overlaps(other.bounds)

    def near(self, other: Quantity) -> bool:
        """Whether two amounts differ by no more than rounding to a hundredth of 万元 makes."""
        gap = (self - other).bounds
        return gap is not None and str(self.unit) == "元" and -wording.USUAL <= gap.low <= gap.high <= wording.USUAL

    def __gt__(self, other: Quantity | Plain) -> Verdict:
        gap, asked = (self - other).bounds, f"{_called(self)} > {_called(_quantity(other))}"
        return Verdict(False, True, asked) if gap is None else Verdict(gap.positive, gap.high > 0, asked)

    def __lt__(self, other: Quantity | Plain) -> Verdict:
        return _like(other, self) > self

    def __le__(self, other: Quantity | Plain) -> Verdict:
        above = self > other
        return Verdict(not above.possibly, not above.certainly, above.asked.replace(">", "≤"))

    def __ge__(self, other: Quantity | Plain) -> Verdict:
        return _like(other, self) <= self


_OPERATIONS = {"+": operator.add, "−": operator.sub, "×": operator.mul, "÷": operator.truediv}
"""On bounds, forms and nominal values alike."""


def _combined(left: Quantity | Plain, sign: str, right: Quantity | Plain, caveat: str = "") -> Quantity:
    """What an operator makes of bounds, units, scopes and lineage; 0 + a, with which `sum` starts, is a."""
    if sign == "+" and (_is_zero(left) or _is_zero(right)):
        return _quantity(right if _is_zero(left) else left)
    rank = SUM if sign in "+−" else PRODUCT
    a, b = (_like(left, right), _like(right, left)) if rank == SUM else (_quantity(left), _quantity(right))
    asked = f"{_called(a)} {sign} {_called(b)}"
    if rank == SUM and a.unit != b.unit:
        raise QuantityError(f"{asked}：单位不同（{a.unit or '比率'}、{b.unit or '比率'}）")
    if sign == "÷" and a.scope and b.scope and a.scope != b.scope and not caveat:
        scopes = "；".join("、".join(sorted(scope)) for scope in (a.scope, b.scope))
        raise QuantityError(f"{asked}：口径不同（{scopes}），请在 caveat 写明口径差异")
    about: dict[str, Any] = {
        "unit": a.unit if rank == SUM else a.unit.times(b.unit, power=-1 if sign == "÷" else 1),
        "scope": a.scope | b.scope,
        # what follows − or ÷ needs brackets even where it holds together as tightly
        "formula": f"{_operand(a, rank)} {sign} {_operand(b, rank + (sign in '−÷'))}",
        "rank": rank,
        "inputs": {**a.inputs, **b.inputs},
        "caveat": "；".join(dict.fromkeys(filter(None, (a.caveat, b.caveat, caveat)))),
        "doubt": tuple(dict.fromkeys(a.doubt + b.doubt)),
    }
    if a.bounds is None or b.bounds is None:
        return Quantity(None, wording=(a if a.missing else b).shown if a.told and b.told else "", **about)
    if sign == "÷" and 0 in b.bounds:
        why = f"{_called(b) if b.inputs else '除数'}{'可能' * b.bounded}为零"
        about["caveat"] = "；".join(filter(None, (about["caveat"], f"{why}，无从计算")))
        return Quantity(None, wording=f"无从计算（{why}）", **about)
    compute, box = _OPERATIONS[sign], {**a.box, **b.box}
    bounds, form = compute(a.bounds, b.bounds), None
    try:
        form = compute(a.form, b.form) if a.form and b.form else None
        bounds = form.range(box) if form and a.box.keys() & b.box.keys() else bounds
    except NotLinear:
        pass  # the operands are taken for independent
    nominal = None if None in (a.value, b.value) or not bounds.finite else compute(a.value, b.value)
    return Quantity(bounds, bounds.low if bounds.exact else nominal, form=form, box=box, **about)


def _quantity(number: Quantity | Plain) -> Quantity:
    return number if isinstance(number, Quantity) else Quantity.constant(number)


def _is_zero(number: Quantity | Plain) -> bool:
    return not isinstance(number, Quantity) and number == 0


def _like(number: Quantity | Plain, other: Quantity | Plain) -> Quantity:
    """A plain 0 is 0 of any unit."""
    return replace(_quantity(number), unit=_quantity(other).unit) if _is_zero(number) else _quantity(number)


def _called(quantity: Quantity) -> str:
    return quantity.label or quantity.formula


def _operand(quantity: Quantity, rank: int) -> str:
    """A quantity in a formula of this rank, in brackets where it needs them."""
    return _called(quantity) if quantity.label or quantity.rank >= rank else f"（{quantity.formula}）"


def ranked(*quantities: Quantity) -> list[Quantity]:
    """From the largest to the smallest by the middle of their bounds; what is missing comes last."""
    return sorted(quantities, key=lambda one: -inf if one.bounds is None else one.bounds.middle, reverse=True)
