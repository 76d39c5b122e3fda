"""Which of the guesses about a figure is meant: each in the light of all others of its document."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from itertools import chain, islice
from math import inf

from lib.intake.reckoning import Guess
from lib.intake.terms import Term, said

_FAR = 16  # parts that a list has hardly


class Judge:
    """`figures` in the order of a document, and the guesses about each that is stated."""

    def __init__(self, figures: Iterable[Term], guesses: Iterable[list[Guess]]):
        self.order = {one: n for n, one in enumerate(figures)}
        self.guesses = [*guesses]
        self.all = [*chain.from_iterable(self.guesses)]

    def told(self) -> Iterator[Guess]:
        """What is claimed, figure by figure: what holds, sums of other parts each, or the first plain guess; one that holds may be
        followed by a second list."""
        for about in self.guesses:
            guesses = [one for one in map(self.firm, about) if one.plain or one.stated.sharp]
            guesses = [one for one in guesses if not self.others(one) and (one.holds or _bounded(one))]
            free = (one for one in guesses if one.holds or one.plain > 2 or not self.apart(one))
            plain = [one for one in free if one.plain > 1 or (one.plain and one.slip)]
            swaps = (one for one in guesses if one.operator != "<=" and one.slip > 1 and not _mixed(one))
            told = [*islice(chain((one for one in guesses if one.holds), plain, swaps), 1)]
            used = {part for one in told for part in one.parts}
            many = 2 if any(one.holds for one in told) else _FAR
            totals = (one for one in plain if one.operator == "+" and told and not used & {*one.parts})
            chance = not any(one.plain for one in told)
            also = (one for one in totals if len(one.parts) > many or _divided(one.words) or (chance and one.plain > 1))
            yield from (one for one in (*told, *islice(also, 1)) if one.plain or not _loose(one))

    def apart(self, guess: Guess) -> bool:
        """Whether the parts of a sum make another whole more nearly, or it goes on behind such as do."""
        ends = (guess.parts[:n] for n in range(2, len(guess.parts)))
        further = any(self.nearest.get(some) == 0 for some in ends)
        return guess.operator == "+" and (further or _gap(guess) > self.nearest[guess.parts])

    def others(self, guess: Guess) -> bool:
        """Whether the parts of a sum that only its rounding lets hold are those of another, to the digit (3.25万亩，任务3.2万亩)."""
        return _loose(guess) and not guess.plain and self.nearest[guess.parts] == 0

    def firm(self, guess: Guess) -> Guess:
        """A guess, plain where another makes it so: a change is what lies between the two figures that the growth beside it is of; what
        is counted twice (18宗624亩) is made of the same parts."""
        one, other = guess.stated, self.changes.get((frozenset(guess.parts), "-%".replace(guess.operator, "")))
        beside = other and (other.sentence, other.depth) == (one.sentence, one.depth)
        beside = beside and not re.search("[较比]", max(one, other, key=lambda two: two.start).gap)
        places = [self.order[term] for term in (one, *guess.parts)]
        units = (self.sums.get(tuple(n + by for n in places), one.unit) for by in (1, -1))
        twice = guess.operator == "+" and any(unit != one.unit for unit in units) and places[0] not in self.added
        return replace(guess, plain=2) if twice or (beside and guess.plain == 1) else guess

    @cached_property
    def changes(self) -> dict[tuple[frozenset[Term], str], Term]:
        """The differences and growth that hold, by the two figures and the operator."""
        held = (one for one in self.all if one.operator in "-%" and one.plain and one.holds)
        return {(frozenset(one.parts), one.operator): one.stated for one in held}

    @cached_property
    def sums(self) -> dict[tuple[int, ...], str]:
        """The units of the sums of three or more that hold, by the places of what is stated and of its parts."""
        held = (one for one in self.all if one.operator == "+" and len(one.parts) > 2 and one.holds)
        return {tuple(self.order[term] for term in (one.stated, *one.parts)): one.stated.unit for one in held}

    @cached_property
    def added(self) -> set[int]:
        """The places of what is part of such a sum."""
        return {*chain.from_iterable(parts for _, *parts in self.sums)}

    @cached_property
    def nearest(self) -> dict[tuple[Term, ...], float]:
        """How near the parts of sums come to a whole: they are those of no other."""
        found = dict.fromkeys((one.parts for one in self.all), inf)
        nested = (one for one in self.all if one.operator == "+" and one.parts[0].cue("nested"))
        nested = (one for one in nested if one.stated.unit == one.parts[0].unit)
        within = {one.parts for one in nested if self.order[one.parts[0]] - self.order[one.stated] == 1}
        for one in self.all:
            inner = one.parts in within and self.order[one.parts[0]] - self.order[one.stated] > 1 and not one.plain
            if one.operator == "+" and not inner and (one.holds or (one.plain and not one.stated.item.cell)):
                found[one.parts] = min(_gap(one), found[one.parts])
        return found


def _gap(guess: Guess) -> float:
    """By how much a sum is not that of its parts; what a total behind them is off counts less."""
    one, last = guess.stated, guess.parts[-1]
    behind = one.cue("total") and one.start > last.start and one.unit == last.unit
    return abs(one.number - sum(part.number for part in guess.parts)) / (10 if behind else 1)


def _loose(guess: Guess) -> bool:
    """Whether it is but its rounding that lets a sum hold."""
    return guess.holds and guess.operator == "+" and _gap(guess) > 1e-9 * guess.stated.number


def _bounded(guess: Guess) -> bool:
    """Whether none of its figures may be as much as one likes (9.8万户以上); of growth by more than that one may know too much."""
    return all(one.high < inf or one.unit == "%" for one in (guess.stated, *guess.parts))


def _mixed(guess: Guess) -> bool:
    """Whether a part of a sum is more than it, or a rate is of things that are counted in other units, in other passages, or of what
    other sentences tell under another name."""
    one, parts, apart = guess.stated, guess.parts, len({part.item.passage for part in (guess.stated, *guess.parts)}) > 1
    over = guess.operator == "+" and max(part.number for part in parts) > one.number
    rate = one.unit == "%" and guess.operator == "/"
    other = all(part.sentence != one.sentence for part in parts) and not one.akin(parts[0])
    return over or (rate and ((apart and parts[0].unit != parts[1].unit) or (other and not one.item.cell)))


def _divided(words: str) -> bool:
    """Whether words say that all is divided once more, or into two that are all there is."""
    return said("anew", words) or said("complete", words)
