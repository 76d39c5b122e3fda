"""Rules of score sheets: exact ranges over bounds, with open ends taken from inside."""

from fractions import Fraction
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.numbers.bounds import Bounds
from lib.score import rules


def between(text: str) -> Bounds:
    low, high = (float(end) if "inf" in end else Fraction(end.strip()) for end in text[1:-1].split(","))
    return Bounds(low, high, text[0] == "[", text[-1] == "]")


OVER = rules.steps("over", Fraction(1), Fraction(1, 100), Fraction(1, 2), Fraction(5))
SHORT = rules.steps("short", Fraction(1), Fraction(5, 100), Fraction(2), Fraction(5))
OFF = rules.steps("off", Fraction(1), Fraction(5, 100), Fraction(2), Fraction(6))
FROM_BELOW = rules.bands("0%=5;10%=4;20%=3;30%=2")
FROM_ABOVE = rules.bands("90%=6;80%=4;70%=2")
BELOW, ABOVE = rules.graded("at_most", FROM_BELOW), rules.graded("at_least", FROM_ABOVE)
LEAST, MOST, SAME = ((rules.target(sign, Fraction(100), Fraction(10)), [100]) for sign in "≥≤=")
NO_MORE = rules.target("≤", Fraction(0), Fraction(10)), [0]
DOCKED = rules.overshot(LEAST[0], Fraction(130), Fraction(2), Fraction(10)), [100, 130]

RANGES = [
    # −0.5 per whole point over 100 %
    (OVER, "[1,1]", "[5,5]"),
    (OVER, "[0.5,0.5]", "[5,5]"),
    (OVER, "[1.0099,1.0099]", "[5,5]"),  # not a whole step yet
    (OVER, "[1.01,1.01]", "[4.5,4.5]"),
    (OVER, "[1,1.01]", "[4.5,5]"),
    (OVER, "[1,1.01)", "[5,5]"),  # the step itself is not reached
    (OVER, "(1.01,1.02)", "[4.5,4.5]"),
    (OVER, "[0.9,1.035]", "[3.5,5]"),
    (OVER, "[1.2,1.2]", "[0,0]"),  # never below nothing
    (OVER, "[1,inf)", "[0,5]"),
    # −2 per whole 5 % short of 100 %
    (SHORT, "[0.95,0.95]", "[3,3]"),
    (SHORT, "(0.95,1]", "[5,5]"),
    (SHORT, "[0.9,0.96)", "[1,5]"),
    (SHORT, "[0.5,0.5]", "[0,0]"),
    (SHORT, "[1.2,1.2]", "[5,5]"),
    # −2 per whole 5 % off 100 %: not monotone, full marks inside
    (OFF, "[0.9,1.1]", "[2,6]"),
    (OFF, "(0.9,1.1)", "[4,6]"),
    (OFF, "[1.05,1.05]", "[4,4]"),
    (OFF, "[0.95,0.95]", "[4,4]"),
    (OFF, "[0.8,0.9)", "[0,2]"),
    (OFF, "(1.05,1.1)", "[4,4]"),
    # bands from below and from above
    (BELOW, "[0,0]", "[5,5]"),
    (BELOW, "[-0.1,-0.1]", "[5,5]"),
    (BELOW, "(0,0.1]", "[4,4]"),
    (BELOW, "[0.2,0.2]", "[3,3]"),
    (BELOW, "[0.25,0.31]", "[0,2]"),
    (BELOW, "(0.3,inf)", "[0,0]"),
    (ABOVE, "[0.9,0.9]", "[6,6]"),
    (ABOVE, "[0.8,0.9)", "[4,4]"),
    (ABOVE, "[0.69,0.9]", "[0,6]"),
    (ABOVE, "[0.7,0.7]", "[2,2]"),
    # targets of 100 for 10 points
    (LEAST, "[100,100]", "[10,10]"),
    (LEAST, "[85,85]", "[8.5,8.5]"),
    (LEAST, "[90,100)", "[9,10)"),
    (LEAST, "(90,120)", "(9,10]"),
    (LEAST, "(120,inf)", "[10,10]"),
    (LEAST, "[-5,-5]", "[0,0]"),
    (MOST, "[80,80]", "[10,10]"),
    (MOST, "[125,125]", "[8,8]"),
    (MOST, "(100,125)", "(8,10)"),
    (MOST, "(125,inf)", "(0,8)"),
    (MOST, "[0,0]", "[10,10]"),
    (SAME, "[100,100]", "[10,10]"),
    (SAME, "[80,80]", "[8,8]"),
    (SAME, "[125,125]", "[8,8]"),
    (SAME, "[90,110)", "[9,10]"),
    (SAME, "(80,100)", "(8,10)"),
    (SAME, "(100,125]", "[8,10)"),
    (NO_MORE, "[0,0]", "[10,10]"),
    (NO_MORE, "(0,3)", "[0,0]"),
    (NO_MORE, "[0,3)", "[0,10]"),
    # more than 130 % of the target: −2
    (DOCKED, "[130,130]", "[8,8]"),
    (DOCKED, "[120,130)", "[10,10]"),
    (DOCKED, "[70,140]", "[7,10]"),
    (DOCKED, "(130,inf)", "[8,8]"),
]


@pytest.mark.parametrize(("rule", "actual", "scored"), RANGES)
def test_range_of_a_score(rule, actual, scored):
    assert rules.score(*rule, between(actual), None)[0] == between(scored)


@pytest.mark.parametrize(
    ("rule", "actual", "value", "nominal"),
    [
        (BELOW, "(0.1,inf)", "0.11", "3"),  # more than 10 % is never in the band of 10 %
        (LEAST, "[90,100)", "99", "9.9"),
        (OVER, "[1,1.02]", "1.01", "4.5"),
        (OFF, "[0.9,1)", "0.99", "6"),
    ],
)
def test_nominal_score_lies_in_the_range(rule, actual, value, nominal):
    scored, given = rules.score(*rule, between(actual), Fraction(value))
    assert given == Fraction(nominal) and given in scored


def test_one_sided_actual_has_a_score_where_both_ends_agree():
    assert rules.score(*LEAST, between("[100,inf)"), None) == (between("[10,10]"), 10)
    assert rules.score(*LEAST, between("[99,inf)"), None) == (between("[9.9,10]"), None)


HUNDREDTHS = st.integers(0, 300).map(lambda n: Fraction(n, 200))


@given(
    st.sampled_from([OVER, SHORT, OFF, BELOW, ABOVE]), HUNDREDTHS, HUNDREDTHS, HUNDREDTHS, st.booleans(), st.booleans()
)
def test_no_actual_inside_scores_outside(rule, one, other, inside, low_closed, high_closed):
    low, high = sorted((one, other))
    bounds = Bounds(low, high, low_closed or low == high, high_closed or low == high)
    scored, _ = rules.score(*rule, bounds, None)
    if inside in bounds:
        assert rule[0]((inside, 0))[0] in scored


def test_infinite_ends_stay_exact():
    assert isinstance(rules.score(*MOST, Bounds(Fraction(1), inf), None)[0].low, Fraction)
