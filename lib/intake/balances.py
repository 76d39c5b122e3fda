"""What is left in the end, by all that came and went, or when some is taken off."""

import re
from collections.abc import Iterator
from itertools import groupby

from lib.intake.reckoning import Guess
from lib.intake.terms import Term, said


def balances(figures: list[Term]) -> Iterator[Guess]:
    """What is there in the end (年末): what was there in the beginning (年初), by all that came and went between them."""
    for _, some in groupby(figures, lambda one: one.sentence):
        sentence = list(some)
        for unit in dict.fromkeys(one.unit for one in sentence if one.unit):
            run = [one for one in sentence if one.unit == unit]
            yield from _balance(run)
            yield from _deducted(run)


def _balance(run: list[Term]) -> Iterator[Guess]:
    first = next((one for one in run if one.cue("opening")), None)
    for last in (one for one in run if first and one.cue("closing") and one is not first):
        moves: list[tuple[str, Term]] = []
        for one in (one for one in run if one.start < last.start and one is not first and one.depth <= first.depth):
            sign = "+" if one.number < 0 else "-" if one.cue("outflow") else "+" if one.cue("inflow") else ""
            sign = moves[-1][0] if moves and not sign and re.match("[、和及]", one.lead) else sign
            if not any(said("net", one.lead) or (one.cue("total") and sign in ("", known)) for known, _ in moves):
                moves.append((sign, one))
        signs = "".join(sign for sign, _ in moves)
        if first and len(signs) == len(moves) > 0:
            yield Guess(last, signs, (first, *(one for _, one in moves)), 2 * (len(moves) > 1))


def _deducted(run: list[Term]) -> Iterator[Guess]:
    """What is left when some of the figure before is taken off: 1,500万元，扣除36万元和264万元后，可用1,200万元."""
    since = next((n for n, one in enumerate(run[1:], 1) if re.search("扣除|减去|剔除|扣减|^，除", one.lead)), len(run))
    left = next((n for n, one in enumerate(run) if n > since and re.match("[^，]{0,6}[后外]，", one.gap)), 0)
    if left and run[since - 1].number > run[left].number:
        yield Guess(run[left], "-" * (left - since), tuple(run[since - 1 : left]), 2)
    for some in zip(run, run[1:], run[2:], strict=False):
        if all(re.search(word, one.lead) for word, one in zip(("送审", "[审核]减", "审定"), some, strict=True)):
            yield Guess(some[2], "-", some[:2], 2)
