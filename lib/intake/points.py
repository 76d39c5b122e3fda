"""Points of a list, and rows of a table without totals, as the parts of a whole before, behind or among them."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain, groupby, takewhile
from operator import attrgetter

from lib.intake.far import WIDE
from lib.intake.items import NUMBERING
from lib.intake.reading import Passage
from lib.intake.reckoning import Guess
from lib.intake.sums import addends
from lib.intake.terms import RATES, Term, said


def listed(passages: Sequence[Passage], figures: list[Term]) -> Iterator[Guess]:
    """A whole before a list, behind it or in its last point, and its points; rows of a table without totals are such."""
    passage = attrgetter("item.passage")
    of = {number: [*some] for number, some in groupby(sorted(figures, key=passage), passage)}
    for _, some in groupby(range(len(passages)), lambda number: _style(passages, number)):
        numbers = list(some)
        before, behind = (of.get(number, []) for number in (numbers[0] - 1, numbers[-1] + 1))
        totals = [one for one in behind if one.cue("total")][:2] + [one for one in before if not one.item.cell]
        if passages[numbers[0]].rows:
            cells = of.get(numbers[0], [])
            lists = [[[one] for one in cells if one.item.cell and one.item.cell[1] == c] for c in range(WIDE)]
        else:
            lists = [[of.get(number, []) for number in numbers]]
            yield from _of_points([one for one in lists[0][-1][:1] if one.cue("total")], lists[0][:-1])
        for points in lists:
            yield from _of_points(totals, points)


def _of_points(wholes: list[Term], points: list[list[Term]]) -> Iterator[Guess]:
    """Wholes and the first figure of each point, or all of them; a whole is a total, or the last before the list."""
    for one in wholes:
        last = not any(new.unit == one.unit and new.start > one.start for new in wholes)
        like = [[new for new in addends(one, point) if one.cue("planned") <= new.cue("planned")] for point in points]
        itself = any(one.number == part.number for part in chain.from_iterable(like))  # told of one of them
        if len(like) > 1 and all(like) and last and not itself and one.unit not in RATES:
            heads = [*takewhile(lambda new: not said("beyond", new.lead), (point[0] for point in like))]
            if len(heads) > 1:
                others = [Guess(one, "+", some, 1) for some in zip(*(point[1:] for point in like), strict=False)]
                others = [guess for guess in others if len({part.lead[-2:] for part in guess.parts}) == 1]
                some = [*others, Guess(one, "+", tuple(heads), 1)]
                yield next((guess for way in ("holds", "slip") for guess in some if getattr(guess, way)), some[-1])
            yield Guess(one, "+", tuple(chain.from_iterable(like)), int(one.cue("total")))


def _style(passages: Sequence[Passage], number: int) -> str:
    """How a point of a list begins, with a bullet, a number or 一是; of no point its own number."""
    one, text = passages[number], passages[number].marker + passages[number].text
    begins = NUMBERING.match(text) or re.match("[一二三四五六七八九十]+是|第[一二三四五六七八九十]+[，、]", text)
    mark = re.sub(r"[一二三四五六七八九十\d]+", "1", begins[0].strip()) if begins else ""
    return mark or (one.kind if one.kind == "item" else f"{number}")
