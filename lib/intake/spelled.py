"""Rates that are spelled out: as a formula, beside what they come to, in a list in the order of what they are of, or of several."""

import re
from collections.abc import Iterator
from itertools import permutations

from lib.intake.reckoning import Guess
from lib.intake.terms import RATES, Term, said


def printed(one: Term, known: list[Term]) -> Iterator[Guess]:
    """What stands before it as a formula: 96万元/1,200万元×100%=8%, 200元×56人=1.12万元."""
    if len(known) > 2 and one.gap[-1:] in "=＝" and known[-1].number == known[-2].number:
        now, before, whole = known[-3:]
        if re.fullmatch(r"[-－−]\w*", before.gap) and re.fullmatch(r"\W*[/÷]\w*", whole.gap):
            yield Guess(one, "%", (now, before), 2)
    sign = len(known) > 1 and one.gap[-1:] in "=＝" and re.fullmatch(r"\W*([÷/×*+＋])\W*", known[-1].gap)
    if sign and not re.search("[÷/×*+＋-]", re.split("[=＝，]", known[-2].gap)[-1]):
        yield Guess(one, {"÷": "/", "×": "x", "*": "x", "＋": "+"}.get(sign[1], sign[1]), (known[-2], known[-1]), 2)


def made(one: Term, known: list[Term], after: list[Term]) -> Iterator[Guess]:
    """预付款30%为80.4万元, 补贴80%即357.12万元: what a rate comes to, of something before it that is as much."""
    part = next(iter(after), one)
    told = one.unit == "%" != part.unit and not said("grown", one.lead)
    alone = not any(said("beside", other.lead) for other in (one, *after[1:2]))
    if told and alone and re.fullmatch(r"(?:的\w{0,4}|预留)?[，,]?[即为计]\w{0,2}", part.gap):
        wholes = (old for old in reversed(known) if old.unit == part.unit and old.number >= part.number)
        yield from (Guess(one, "/", (part, whole), 2) for whole in wholes)


def listed(run: list[Term], known: list[Term], operator: str) -> list[Guess]:
    """Rates in a list (分别为69.1%、30.9%): of figures in the same order, or each of one whole, where all but one are so."""
    many = len(run)
    old = [old for old in known if old.unit not in RATES][-4 * many :]
    ways = [range(n, n + many) for n in range(len(old) - many + 1)]
    alone = ((way, [n] * many) for way in ways for n in range(len(old)) if operator == "/")
    best, most = list[Guess](), max(1, many - 1) - 1
    for parts, wholes in (*permutations(ways, 2), *alone):
        pairs = [(old[a], old[b]) for a, b in zip(parts, wholes, strict=True)]
        if all(a is not b and a.unit == b.unit for a, b in pairs):
            some = [Guess(one, operator, pair, 3) for one, pair in zip(run, pairs, strict=True)]
            if (right := sum(guess.holds for guess in some)) > most:
                best, most = some, right
    whole = abs(sum(one.number for one in run) - 1) < run[0].place  # all there is, of what the document has or has not
    parts, of = sum(guess.parts[0].number for guess in best), {guess.parts[1].number for guess in best}
    told = len(of) == 1 and abs(parts - max(of)) < max(of) / 20
    return [guess for guess in best if guess.holds] if whole and not told else best


def together(one: Term, near: list[Term]) -> bool:
    """Whether a rate is that of several figures together: of the last ones, or of those before them."""
    like = [old.number for old in near[-8:] if old.unit == near[-1].unit]
    ends = ((k, a, a + n) for k, n in ((1, 2), (2, 1), (2, 2)) for a in range(len(like) - k - n + 1))
    sums = ((sum(like[-k:]), sum(like[a:z])) for k, a, z in ends)
    lists = ((like[-1], sum(like[-n:])) for n in range(3, len(like) + 1))
    return any(whole and abs(part / whole - one.number) < one.place / 2 for part, whole in (*sums, *lists))
