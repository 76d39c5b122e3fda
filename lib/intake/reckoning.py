"""Guesses at what a claim means, reckoned: whether it holds as printed, and whether it almost does."""

from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil, floor, inf, isnan, prod

from lib.intake.terms import TIMES, Term
from lib.numbers.wording import USUAL


@dataclass(frozen=True)
class Guess:
    """What a claim may mean; `plain`: whether it is wrong if it is not so: 0 no, 1 if it almost is, 2 yes, 3 whatever else holds.
    `signed`: whether what has fallen is printed below nothing, as its column is."""

    stated: Term
    operator: str
    parts: tuple[Term, ...]
    plain: int = 0
    signed: bool = False

    @property
    def words(self) -> str:
        """The words before its parts, and those behind the last."""
        return "".join([*(part.lead for part in self.parts), *(part.tail for part in self.parts[-1:])])

    @cached_property
    def span(self) -> tuple[float, float] | None:
        """What the parts come to, lowest and highest, None where nothing divides them."""
        return _reach(self, rounded=True)

    @cached_property
    def due(self) -> tuple[float, float] | None:
        """What the parts come to as they are printed; None also where they are only compared."""
        return None if self.operator == "<=" else _reach(self, rounded=False)

    @cached_property
    def right(self) -> float:
        """What the numbers of the parts come to without their hedges; 0 where that is nothing to hold against."""
        numbers = [replace(part, low=part.number, high=part.number) for part in self.parts]
        span = _reach(replace(self, parts=(*numbers,)), rounded=False)
        return abs(sum(span)) / 2 if span and abs(sum(span)) < 1e18 else 0

    @cached_property
    def holds(self) -> bool:
        """Whether what is stated can be what its parts come to; 成 are rounded or cut off."""
        one, span = self.stated, (0.0, self.parts[1].high) if self.operator == "<=" else self.span
        turned = one.unit == "%" and self.operator in "/~" and one.way * self.parts[self.operator == "~"].way < 0
        if span is None or turned:
            return False
        by = one.place / 2 if self.operator in "/%~x" and one.low == one.high else one.rounding
        by = 0 if (one.price and not one.scale and self.operator != "/") or one.counted else by
        ends = (abs(end) for end in (one.number, *span) if abs(end) < inf)
        by = (min(by, 0.05) if one.unit == "%" else by) + 1e-9 * max(ends)
        low, high = one.low - by, one.high + (one.place if "成" in one.item.found.said else by)
        spans = ([way * end for end in span] for way in _signs(self))
        fits = any(low <= max(span) and min(span) <= high for span in spans)
        return fits and not (self.operator in "/%~" and _swapped(*_digits(self)))

    @cached_property
    def exchanged(self) -> int:
        """How many digits what is stated has, if it is what its parts come to but for two of them side by side."""
        a, b = _digits(self)
        off = [n for n, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
        if "0" in (a[0], b[0]) or not _swapped(a, b) or off[-1] - off[0] > 1:
            return 0
        return max(len(a.rstrip("0")), len(b.rstrip("0")))

    @cached_property
    def lost(self) -> bool:
        """Whether what is stated is what its parts come to but for a digit that is lost, one too many of five, or of three or more two side
        by side or the point."""
        a, b = (one.lstrip("0") for one in _digits(self))
        said, place = abs(self.stated.number), self.stated.place
        shifted = said >= 100 * place and any(abs(said * by - self.right) < 0.5 * place * by for by in (0.1, 10))
        return shifted or self.exchanged > 2 or _less_one(a, b) or (len(a) > 4 and _less_one(b, a))

    @cached_property
    def misprinted(self) -> bool:
        """Whether a quotient or difference would be what is stated, if one of its parts had not lost a digit, or had it twice."""
        one, (a, b) = abs(self.stated.number), (part.number for part in self.parts[:2])
        by = self.stated.place / 2
        if self.operator == "/" and one > by and b:
            meant = ((0, (one - by) * b, (one + by) * b), (1, a / (one + by), a / (one - by)))
        elif self.operator == "-" and len(self.parts) == 2:
            meant = ((n, want - by, want + by) for n, end in ((0, b), (1, a)) for want in (end - one, end + one))
        else:
            return False
        return any(_respelled(self.parts[n], low, high) for n, low, high in meant)

    @cached_property
    def slip(self) -> int:
        """Whether what is stated is almost what its parts come to: 1 near by, a digit off or lost, digits swapped, a place or 万 lost; 2 but
        for two digits side by side, of three or more, of a sum four, of a difference two."""
        one, adds = self.stated, len(self.parts) > 2 or self.operator == "+"
        said, right = abs(one.number), self.right
        if self.operator in "-%" and self.parts[0].number == self.parts[-1].number:
            return int(said > 0)
        if not right or not said or (one.unit == "%" and said == 1):
            return 0
        if self.exchanged > 2 + adds - (self.operator == "-"):
            return 2
        listed = right < said and one.start < self.parts[0].start  # perhaps not all parts of a whole
        shifts = ((10**4, 20), (10, 1000 if listed else 20 if adds else 100))
        shifted = any(abs(x * by - y) <= y / off for by, off in shifts for x, y in ((right, said), (said, right)))
        sure = len(self.parts) > 2 and said >= 100 * one.place
        mended = adds and any(_mends(part, said - right + part.number, one.place, sure) for part in self.parts)
        mended = (
            mended
            or self.misprinted
            or (one.cue("each") and _mends(self.parts[0], said * self.parts[1].number, one.place))
        )
        if one.unit == "%" == self.operator and self.due and self.due[0] > -1:
            swapped = sum(self.due) / (2 + sum(self.due))  # of this year's figure, not of last year's
            if abs(abs(swapped) - said) < one.place / 2:
                return 1
        share = (50 if listed else 20) if adds else 5 if one.cue("each") else 9
        near = max(max(right, said) / share, min(2 * one.place, right / 5))
        a, b = _digits(self)
        loose = listed and adds and len(self.parts) == 2
        bare = loose and max(len(one.rstrip("0")) for one in (a, b)) < 3
        wrong = _swapped(a, b) if loose and len(b) < 4 else _miswritten(a, b) and not bare
        return int(wrong or shifted or mended or abs(right - said) <= near + 1e-9 * said)


def _reach(guess: Guess, rounded: bool) -> tuple[float, float] | None:
    """What the parts come to, None where nothing divides them. A rounded part is as fine as the finest of its like; sums take what is
    printed in one scale as it is printed, but amounts of a finer one."""
    one, operator, ends = guess.stated, guess.operator, []
    printed = (one.scale, "") if operator[0] in "+-" and one.unit != "%" else ()
    for part in guess.parts:
        by = 0.0
        fine = USUAL if part.unit == "元" else 0
        same = part.scale in printed and not one.place < 2 * fine <= part.place
        if rounded and not same and (part.place != 1 or part.item.cell) and not part.price:
            like = (two.place / 2 for two in guess.parts if (two.unit, two.scale) == (part.unit, part.scale))
            by = min(part.rounding, max(fine, min(like)))
        ends.append((part.low - by, part.high + by))
    if operator[0] in "+-":  # a sign for each part but the first
        signs = "+" + operator * (len(ends) - 1 if operator == "+" else 1)
        sides = [(low, high) if sign == "+" else (-high, -low) for sign, (low, high) in zip(signs, ends, strict=True)]
        times = 100 if one.unit == "百分点" != guess.parts[0].unit and operator == "-" else 1
        return times * sum(low for low, _ in sides), times * sum(high for _, high in sides)
    if operator == "x":
        return _ordered(prod(low for low, _ in ends), prod(high for _, high in ends))
    (a, z), (b, y) = ends
    if operator == "~":  # of a value and its change
        return _ordered(b / (a - b), y / (z - y)) if min(a - b, z - y) > 0 else None
    times, less = 100 if not one.unit and (one.item.cell or one.number > 1.2) else 1, operator == "%"
    times *= TIMES.get((guess.parts[0].unit, guess.parts[1].unit if one.unit == "%" else one.unit.partition("/")[0]), 1)
    return _ordered((a / y - less) * times, (z / b - less) * times) if b > 0 else None


def _ordered(one: float, other: float) -> tuple[float, float]:
    """Two ends, the lower first, whatever is below nothing; nothing times what has no end is nothing."""
    one, other = (0.0 if isnan(end) else end for end in (one, other))
    return min(one, other), max(one, other)


def _signs(guess: Guess) -> tuple[int, ...]:
    """The signs with which what the parts come to may be stated: a fall is printed without one."""
    one, operator = guess.stated, guess.operator
    if guess.signed and one.item.cell:
        return (1,)
    if one.item.cell or operator not in "-%~" or not (operator == "-" or one.way):
        return 1, -1
    return (-1 if (one.number < 0 if operator == "-" else one.way < 0 < one.number) else 1,)


def _digits(guess: Guess) -> tuple[str, str]:
    """What is stated and what its parts come to, as they are printed, in last places."""
    numbers = abs(guess.stated.number), guess.right
    said, right = (str(int(number / guess.stated.place + 0.5 + 1e-9)) for number in numbers)
    return said.zfill(len(right)), right.zfill(len(said))


def _swapped(a: str, b: str) -> bool:
    return a != b and len(a) > 1 and sorted(a) == sorted(b)


def _miswritten(a: str, b: str, lost: bool = True) -> bool:
    """Whether one number is another in another order, or of three digits or more with one of them off, or `lost`."""
    a, b = sorted((a.lstrip("0"), b.lstrip("0")), key=len)
    if len(a) == len(b) > 1:
        return _swapped(a, b) or (len(a) > 2 and sum(x != y for x, y in zip(a, b, strict=True)) == 1)
    return lost and _less_one(a, b)


def _less_one(a: str, b: str) -> bool:
    """Whether the one number is the other without one of its digits."""
    return len(a) == len(b) - 1 > 1 and a in (b[:n] + b[n + 1 :] for n in range(len(b)))


def _respelled(part: Term, low: float, high: float) -> bool:
    """Whether a number lies between two ends but for a digit that it has lost, or that it has twice in a row."""
    a, first, last = (
        str(round(part.number / part.place)),
        ceil(low / part.place - 1e-6),
        floor(high / part.place + 1e-6),
    )
    meant = map(str, range(first, min(last, first + 20) + 1))
    return any(_twice(a, b) or _less_one(a, b) for b in meant)


def _twice(a: str, b: str) -> bool:
    """Whether a number, of four digits or more, is another but for one of them that it has twice in a row."""
    return len(a) > 3 and any(b == a[:n] + a[n + 1 :] for n in range(1, len(a)) if a[n] == a[n - 1])


def _mends(part: Term, meant: float, place: float, sure: bool = False) -> bool:
    """Whether a part that is miswritten, has its digits swapped, or its point or 万 lost, would make the sum right as what is meant."""
    a, b = (str(round(number / part.place)) for number in (part.number, max(0, meant)))
    whole = abs(meant - float(b) * part.place) < place
    fine = place < meant / 20
    shifted = fine and any(
        abs(meant - part.number * by) < place for by in (10**4, 10, 0.1)[: 3 if len(b) > 2 or sure else 1]
    )
    fuller = str(round(max(0, meant) / place)).rstrip("0")  # 1.5 for 1.85, 1.6万 for 12600
    lost = len(fuller) > 2 and any(a == fuller[:n] + fuller[n + 1 :] for n in range(1, len(fuller)))
    return (
        shifted or lost or meant == part.number * 10**4 or (whole and (_miswritten(a, b, lost=False) or _twice(a, b)))
    )
