"""Interval arithmetic with open and closed ends, and exact ranges of expressions in which a figure occurs twice."""

from __future__ import annotations

import operator
from fractions import Fraction
from itertools import permutations, product
from math import inf

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lib.numbers.bounds import MOST_CORNERS, Bounds, Form, NotLinear, exactly


def between(text: str) -> Bounds:
    """(0, 3] as it is written in books."""
    low, high = (float(end) if "inf" in end else Fraction(end.strip()) for end in text[1:-1].split(","))
    return Bounds(low, high, text[0] == "[", text[-1] == "]")


@st.composite
def intervals(draw, lowest: int = -6) -> Bounds:
    low, high = sorted(draw(st.tuples(*[st.integers(lowest, 6).map(Fraction)] * 2)))
    if low == high:
        return exactly(low)
    high = draw(st.sampled_from([high, high, high, inf]))
    return Bounds(low, high, draw(st.booleans()), draw(st.booleans()))


def nearby(bounds: Bounds, by: Fraction) -> list[Fraction]:
    """Numbers inside: closed ends, a middle, and numbers as near to open ends as `by` says."""
    if bounds.exact:
        return [bounds.low]
    high = bounds.high if bounds.high < inf else max(bounds.low, 0) + 1 / by
    ends = bounds.low if bounds.low_closed else bounds.low + by, high if bounds.high_closed else high - by
    return [*ends, (ends[0] + ends[1]) / 2]


# --- intervals ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("computed", "expected"),
    [
        (between("[25000,26000)") + between("[100000,110000)"), "[125000,136000)"),
        (exactly(300400) - between("[260000,270000)"), "(30400,40400]"),
        (between("[2,3)") * between("(0,5]"), "(0,15)"),
        (between("[0,3)") * between("(1,inf)"), "[0,inf)"),
        (between("[-2,3)") * between("[-1,4]"), "[-8,12)"),
        (exactly(1010000) / between("(0,300]"), f"[{Fraction(10100, 3)},inf)"),
        (exactly(-6) / between("[-3,0)"), "[2,inf)"),
        (exactly(1) / between("[2,inf)"), "(0,1/2]"),
        (exactly(0) / between("(0,5]"), "[0,0]"),
    ],
)
def test_ends_are_carried_through_arithmetic(computed, expected):
    assert computed == between(expected)


@pytest.mark.parametrize("divisor", ["[0,0]", "[0,5]", "[-1,0]", "(-1,1)", "(-1,inf)"])
def test_dividing_by_what_may_be_0_is_an_error(divisor):
    with pytest.raises(ZeroDivisionError):
        exactly(1) / between(divisor)


@pytest.mark.parametrize(
    "ends", [(3, 2), (2, 2, True, False), (inf, inf), (-inf, -inf), (float("nan"), 1), (0, float("nan"))]
)
def test_bounds_without_a_number_are_an_error(ends):
    with pytest.raises(ValueError, match="no number"):
        Bounds(*ends)


def test_infinite_ends_are_open():
    assert Bounds(Fraction(1), inf) == between("[1,inf)")
    assert Bounds(Fraction(1), inf).inverse() == between("(0,1]")


@pytest.mark.parametrize(
    ("one", "other", "answer"),
    [("[1,2]", "[2,3]", True), ("[1,2)", "[2,3]", False), ("[1,2)", "(1,2)", True), ("[1,2]", "[3,inf)", False)],
)
def test_overlap_asks_for_a_common_number(one, other, answer):
    assert between(one).overlaps(between(other)) == between(other).overlaps(between(one)) == answer


@given(intervals(), intervals(), st.sampled_from([operator.add, operator.sub, operator.mul, operator.truediv]))
def test_arithmetic_contains_every_result_and_comes_near_its_ends(one, other, operation):
    assume(operation is not operator.truediv or 0 not in other)
    bounds, by = operation(one, other), Fraction(1, 10**6)
    results = [operation(x, y) for x, y in product(nearby(one, by), nearby(other, by))]
    assert all(result in bounds for result in results)
    assert_tight(bounds, results)


def assert_tight(bounds: Bounds, results: list[Fraction]) -> None:
    """Closed ends are reached, open ones not but nearly."""
    assert (bounds.low in results, bounds.high in results) == (bounds.low_closed, bounds.high_closed)
    assert min(results) < (bounds.low + Fraction(1, 1000) if bounds.low > -inf else -1000)
    assert max(results) > (bounds.high - Fraction(1, 1000) if bounds.high < inf else 1000)


# --- expressions ----------------------------------------------------------------------------------------------------

EXPRESSIONS = [
    "a / (a + b)",
    "one / (one + b / a)",
    "(a - b) / a",
    "(a - b) / (a + b)",
    "a / b - c / b",
    "(a + b) / (a + c)",
    "a * b / (a + b)",
    "a * b - a",
    "(a + b) / b * c",
    "a / (a * b + c)",
    "a - a",
    "a / a",
    "a / b * b",
]


def compute(expression: str, a, b, c, one):
    """The expression over forms, bounds or numbers alike."""
    return eval(expression, {"a": a, "b": b, "c": c, "one": one})


def exact_range(expression: str, **box: Bounds) -> Bounds:
    return compute(expression, *map(Form.of, "abc"), Form.constant(Fraction(1))).range(box)


@pytest.mark.parametrize("expression", EXPRESSIONS)
@settings(max_examples=20)
@given(box=st.tuples(*[intervals(lowest=0)] * 3))
def test_range_of_an_expression_is_exact(expression, box):
    assume(not any(bounds.exact or 0 in bounds for bounds in box))
    bounds = exact_range(expression, a=box[0], b=box[1], c=box[2])
    steps = Fraction(1, 10**4), Fraction(1, 10**8), Fraction(1, 10**12)
    results = [
        compute(expression, *numbers, Fraction(1))
        for by in (*permutations(steps), [steps[1]] * 3)  # towards open corners on different ways
        for numbers in product(*map(nearby, box, by))
    ]
    assert all(result in bounds for result in results)
    assert_tight(bounds, results)
    natural = compute(expression, *box, exactly(1))
    assert natural.low <= bounds.low and bounds.high <= natural.high
    assert natural.low_closed or natural.low not in bounds
    assert natural.high_closed or natural.high not in bounds


@pytest.mark.parametrize(
    ("expression", "a", "b", "expected"),
    [
        ("a / (a + b)", "(0,300]", "(0,200]", "(0,1)"),
        ("a / (a + b)", "[1,inf)", "[1,inf)", "(0,1)"),
        ("a / (a + b)", "[2,3)", "[4,5)", "(2/7,3/7)"),
        ("a / (a + b)", "(0,1)", "[0,1]", "(0,1]"),
        ("(a - b) / a", "[4,5)", "[1,2]", "[1/2,4/5)"),
        ("b / (a - b)", "[2,3]", "[1,2)", "[1/2,inf)"),
        ("a * b - a", "(-inf,-1]", "[2,3]", "(-inf,-1]"),
        ("a - a", "(0,inf)", "[1,2]", "[0,0]"),
        ("a / a", "(0,300]", "[1,2]", "[1,1]"),
    ],
)
def test_a_figure_that_occurs_twice_counts_once(expression, a, b, expected):
    assert exact_range(expression, a=between(a), b=between(b)) == between(expected)


def test_squares_and_too_many_figures_are_refused():
    with pytest.raises(NotLinear, match="a"):
        Form.of("a") * Form.of("a")
    names = [f"x{n}" for n in range(MOST_CORNERS + 1)]
    with pytest.raises(NotLinear):
        sum(map(Form.of, names), Form.constant(Fraction(0))).range(dict.fromkeys(names, between("[1,2]")))
