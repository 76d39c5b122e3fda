"""Terms of a claim: figures with the words that lead to them (`claims.txt` has those that tell), and whether some give another.

Numbers are floats: what is 1e-9 apart is the same, and ends count as closed.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from math import prod
from pathlib import Path

from lib.intake.items import Item
from lib.numbers.lexicon import kinds

_CUES = kinds(Path(__file__).with_name("claims.txt"))
_ALIAS = {"km": "公里", "千米": "公里", "个百分点": "百分点", "kg": "公斤", "名": "人", "位": "人", "‰": "%"}
TIMES = {("公里", "米"): 1000, ("米", "公里"): 0.001, ("吨", "公斤"): 1000, ("公斤", "吨"): 0.001, ("升", "毫升"): 1000}
"""How many of the second make one of the first."""


@dataclass(frozen=True, eq=False)
class Term:
    """A figure in its unit: `place` is the worth of its last digit, `lead` the words before it in its clause, its own verb (下降12.5%)
    among them, `head` those of its list as well (上年分别为5个、52场), `gap` all since the last figure; `start` and `end` its place in
    the text; `sentence` and `clause` count from 0, `depth` the brackets it is in."""

    item: Item
    lead: str
    head: str
    gap: str
    unit: str
    scale: str
    low: float
    high: float
    number: float
    place: float
    rounding: float
    start: int = 0
    end: int = 0
    sentence: int = 0
    clause: int = 0
    depth: int = 0

    @property
    def tail(self) -> str:
        """The words behind it, up to the next mark or figure."""
        return re.split(r"[\d，。；]", self.item.near.partition("□")[2].removeprefix(self.item.found.token))[0]

    @property
    def sharp(self) -> bool:
        """Whether it is one to reckon with, and not only a bound of one."""
        return self.high - self.low <= abs(self.high) / 4 < float("inf")

    @property
    def way(self) -> int:
        """Whether it says that something has risen (1) or fallen (-1)."""
        return -1 if self.number < 0 else said("risen", self.lead[-6:]) - said("fallen", self.lead[-6:])

    @property
    def price(self) -> bool:
        """Whether it is one that is set (每亩12元), no mean."""
        return self.unit[:1] == "元" and self.cue("each") and not re.search("均|约|近|造价|成本", self.lead)

    def cue(self, kind: str) -> bool:
        """Whether its lead has one of the words of a kind."""
        return said(kind, self.lead)

    def told(self, *kinds: str) -> bool:
        """Whether its lead, or that of its list, has one of the words of some kinds."""
        return any(said(kind, self.head) for kind in kinds)


@dataclass(frozen=True)
class Guess:
    """What a claim may mean; `plain`: whether it is wrong if it is not so: 0 no, 1 if it almost is, 2 yes, 3 whatever else holds."""

    stated: Term
    operator: str
    parts: tuple[Term, ...]
    plain: int = 0

    @property
    def words(self) -> str:
        """The words before its parts, and those behind the last."""
        return "".join([*(part.lead for part in self.parts), *(part.tail for part in self.parts[-1:])])


@cache
def found(kind: str, words: str) -> re.Match | None:
    """What words tell of a kind of claim."""
    return _CUES[kind].search(words)


def said(kind: str, words: str) -> bool:
    """Whether words tell of a kind of claim."""
    return found(kind, words) is not None


@cache
def without(kind: str, words: str) -> list[str]:
    """What is left of words without those of a kind."""
    return re.findall(r"\w+", _CUES[kind].sub("，", words))


def terms(text: str, figures: Iterable[tuple[Item, int]]) -> Iterator[Term]:
    """The figures of a text, each with where its passage begins in it, or without a text those of cells; 23年 is none to reckon with."""
    last = sentence = clause = depth = 0
    head = ""
    for one, begin in figures:
        found, read = one.found, one.found.reading
        if not read or (text and read.unit == "年"):
            continue
        start, end = begin + found.start, begin + found.end
        gap, last = text[last:start] if text else one.near.partition("□")[0], end
        if text:
            sentence, clause = sentence + gap.count("。"), clause + len(re.findall("[。；;]", gap))
            depth = max(0, depth + len(re.findall("[（(〔]", gap)) - len(re.findall("[）)〕]", gap)))
        lead = re.split("[。；;]", gap)[-1] + re.split(r"[\d.〇一二三四五六七八九十两半几¥±+−-]", found.token)[0]
        listed = text and re.fullmatch(r"[、和及与][^，。；：（）]*|\w{0,4}(?:分别|依次)为?", gap)
        head = f"{head}、{lead}" if listed else lead
        unit, scale = _ALIAS.get(read.unit, read.unit), "".join(re.findall("[万亿]", found.said))
        place = 0.05 if "分之" in found.token and read.unit == "%" else read.place
        worth = map(float, (read.bounds.low, read.bounds.high, read.number, place, read.rounding))
        yield Term(one, lead, head, gap, unit, scale, *worth, start, end, sentence, clause, depth)


def reach(guess: Guess, rounded: bool = True) -> tuple[float, float] | None:
    """What the parts come to, None where nothing divides them. A rounded part is as fine as the finest of its like; sums take what is
    printed in one scale as it is printed."""
    one, operator, ends = guess.stated, guess.operator, []
    printed = (one.scale, "") if operator[0] in "+-" and one.unit != "%" else ()
    for part in guess.parts:
        by = 0.0
        if rounded and part.scale not in printed and (part.place != 1 or part.item.cell) and not part.price:
            like = (two.place / 2 for two in guess.parts if (two.unit, two.scale) == (part.unit, part.scale))
            by = min(part.rounding, *like)
        ends.append((part.low - by, part.high + by))
    (a, z), (b, y) = ends[:2]
    if operator == "+":
        return sum(low for low, _ in ends), sum(high for _, high in ends)
    if len(operator) > 1:  # a sign for each part but the first
        sides = [
            (low, high) if sign == "+" else (-high, -low)
            for sign, (low, high) in zip("+" + operator, ends, strict=True)
        ]
        return sum(low for low, _ in sides), sum(high for _, high in sides)
    if operator == "-":
        times = 100 if one.unit == "百分点" != guess.parts[0].unit else 1
        return (a - y) * times, (z - b) * times
    if operator == "x":
        return prod(low for low, _ in ends), prod(high for _, high in ends)
    if operator == "~":  # of a value and its change
        return (b / (a - b), y / (z - y)) if min(a - b, z - y) > 0 else None
    times, less = 100 if one.item.cell and not one.unit else 1, operator == "%"
    times *= TIMES.get((guess.parts[0].unit, guess.parts[1].unit if one.unit == "%" else one.unit.partition("/")[0]), 1)
    return ((a / y - less) * times, (z / b - less) * times) if b > 0 else None


def agrees(guess: Guess) -> bool:
    """Whether what is stated can be what its parts come to; 成 are rounded or cut off."""
    one, span = guess.stated, (0.0, guess.parts[1].high) if guess.operator == "<=" else reach(guess)
    turned = one.unit == "%" and guess.operator in "/~" and one.way * guess.parts[guess.operator == "~"].way < 0
    if span is None or turned:
        return False
    by = one.place / 2 if guess.operator in "/%~x" and one.low == one.high else one.rounding
    by = 0 if one.price else by
    by = (min(by, 0.05) if one.unit == "%" else by) + 1e-9 * max(abs(one.high), abs(span[1]))
    low, high = one.low - by, one.high + (one.place if "成" in one.item.found.said else by)
    fits = any(
        low <= max(way * end for end in span) and min(way * end for end in span) <= high for way in _signs(guess)
    )
    return fits and not (guess.operator in "/%~" and _swapped(*_digits(guess)))


def _signs(guess: Guess) -> tuple[int, ...]:
    """The signs with which what the parts come to may be stated: a fall is printed without one."""
    one, operator = guess.stated, guess.operator
    if one.item.cell or operator not in "-%~" or not (operator == "-" or one.way):
        return 1, -1
    return (-1 if (one.number < 0 if operator == "-" else one.way < 0 < one.number) else 1,)


def _digits(guess: Guess) -> tuple[str, str]:
    """What is stated and what its parts come to, as they are printed, in last places."""
    span = reach(guess, rounded=False)
    numbers = abs(guess.stated.number), abs(sum(span)) / 2 if span and abs(sum(span)) < 1e18 else 0
    said, right = (str(int(number / guess.stated.place + 0.5 + 1e-9)) for number in numbers)
    return said.zfill(len(right)), right.zfill(len(said))


def _swapped(a: str, b: str) -> bool:
    return a != b and len(a) > 1 and sorted(a) == sorted(b)


def slips(guess: Guess) -> int:
    """Whether what is stated is almost what its parts come to: 1 near by, a digit off or lost, digits swapped, a place or 万 lost; 2 but
    for two digits side by side, of three or more, of a sum four, of a difference two."""
    one, span, adds = guess.stated, reach(guess), len(guess.parts) > 2 or guess.operator == "+"
    said, right = abs(one.number), abs(sum(span)) / 2 if span and abs(sum(span)) < 1e18 else 0
    if not right or not said or (one.unit == "%" and said == 1):
        return 0
    a, b = _digits(guess)
    off = [n for n, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
    long = max(len(a.rstrip("0")), len(b.rstrip("0"))) > 2 + adds - (guess.operator == "-")
    if long and "0" not in (a[0], b[0]) and _swapped(a, b) and off[-1] - off[0] == 1:
        return 2
    shifts = ((10**4, 20), (10, 20 if adds else 100))
    shifted = any(abs(x * by - y) <= y / off for by, off in shifts for x, y in ((right, said), (said, right)))
    mended = adds and any(_mends(part, said - right + part.number, one.place) for part in guess.parts)
    mended = mended or (one.cue("each") and _mends(guess.parts[0], said * guess.parts[1].number, one.place))
    listed = right < said and one.start < guess.parts[0].start  # perhaps not all parts of a whole
    share = (50 if listed else 20) if adds else 5 if one.cue("each") else 9
    near = max(max(right, said) / share, min(2 * one.place, right / 5))
    return int(_miswritten(a, b) or shifted or mended or abs(right - said) <= near + 1e-9 * said)


def _miswritten(a: str, b: str, lost: bool = True) -> bool:
    """Whether one number is another in another order, or of three digits or more with one of them off, or `lost`."""
    a, b = sorted((a.lstrip("0"), b.lstrip("0")), key=len)
    if len(a) == len(b) > 1:
        return _swapped(a, b) or (len(a) > 2 and sum(x != y for x, y in zip(a, b, strict=True)) == 1)
    return lost and len(a) == len(b) - 1 > 1 and a in (b[:n] + b[n + 1 :] for n in range(len(b)))


def _mends(part: Term, meant: float, place: float) -> bool:
    """Whether a part that is miswritten, has its digits swapped, or its point or 万 lost, would make the sum right as what is meant."""
    a, b = (str(round(number / part.place)) for number in (part.number, max(0, meant)))
    whole = abs(meant - float(b) * part.place) < place
    fine = place < meant / 20
    shifted = fine and any(abs(meant - part.number * by) < place for by in (10**4, 10, 0.1)[: 3 if len(b) > 2 else 1])
    return shifted or meant == part.number * 10**4 or (whole and _miswritten(a, b, lost=False))
