"""Rates that are spelled out: as a formula, beside what they come to, in a list in the order of what they are of, or of several."""

import re
from collections.abc import Iterator
from itertools import permutations, takewhile

from lib.intake.reckoning import Guess
from lib.intake.terms import RATES, Term, said

_SIGNS = {"÷": "/", "×": "x", "*": "x", "＋": "+", "－": "-", "−": "-"}


def printed(one: Term, known: list[Term], after: list[Term]) -> Iterator[Guess]:
    """What a formula before it comes to (96万元/1,200万元×100%=8%), or one behind it (106户＝12户＋94户, 106户（12户＋94户）)."""
    if len(known) > 2 and one.gap[-1:] in "=＝" and known[-1].number == known[-2].number:
        now, before, whole = known[-3:]
        if re.fullmatch(r"[-－−]\w*", before.gap) and re.fullmatch(r"\W*[/÷]\w*", whole.gap):
            yield Guess(one, "%", (now, before), 2)
    behind = [*takewhile(_sign, after[1:])]
    ended = re.match(r"\W{0,3}[=＝]", next(iter(after[1 + len(behind) :]), one).gap)
    if behind and not ended and re.fullmatch(r"[^\W\d]{0,2}[=＝（(]\w{0,12}", after[0].gap):
        yield from _formula(one, [after[0], *behind])
    front = [*takewhile(_sign, reversed(known))][::-1]
    if front and len(known) > len(front) and re.search(r"^[^，。；]*[=＝][^\W\d]*$", one.gap):
        yield from _formula(one, known[-len(front) - 1 :])


def _sign(new: Term) -> str:
    """The sign between a figure and the one before it, if there is but one."""
    told = re.findall(r"[÷/×*+＋－−-]", new.gap)
    return (
        _SIGNS.get(told[0], told[0]) if len(told) == 1 and not re.search(r"[，。；=＝]|^/\w{1,3}[）)]", new.gap) else ""
    )


def _formula(one: Term, parts: list[Term]) -> Iterator[Guess]:
    """What figures with signs between them come to."""
    signs = "".join(map(_sign, parts[1:]))
    operator = signs if signs in ("/", "-") or not re.search("[/x]", signs) else signs[:1] * (not signs.strip("x"))
    amounts = {part.unit.partition("/")[0] for part in parts}
    if operator and (one.unit == "%" or amounts == {""} or one.unit.partition("/")[0] in amounts or operator == "/"):
        yield Guess(one, "+" if not operator.strip("+") else operator, (*parts,), 2)


def made(one: Term, known: list[Term], after: list[Term]) -> Iterator[Guess]:
    """预付款30%为80.4万元, 补贴80%即357.12万元: what a rate comes to, of something before it that is as much."""
    part = next(iter(after), one)
    told = one.unit == "%" != part.unit and not said("grown", one.lead)
    alone = not any(said("beside", other.lead) for other in (one, *after[1:2]))
    if told and alone and re.fullmatch(r"(?:的\w{0,4}|预留)?[，,]?[即为计]\w{0,2}", part.gap):
        wholes = (old for old in reversed(known) if old.unit == part.unit and old.number >= part.number)
        yield from (Guess(one, "/", (part, whole), 2) for whole in wholes)


def doubled(one: Term, known: list[Term]) -> Iterator[Guess]:
    """3860万元，比上年1230万元翻了一番; 春季、秋季招聘会各2场，共计4场."""
    two = known[-2:]
    if "番" in one.item.found.said and len({old.unit for old in two}) == 1 < len(two) and two[1].told("former"):
        yield Guess(one, "/", (two[0], two[1]), 2)
    each = re.search(r"([^，。；：\d]+(?:[、和及与][^，。；：\d]+)+)各\w{0,3}$", two[-1].lead) if two else None
    if each and one.unit == two[-1].unit and re.fullmatch(r"，?[共合总]计?\w?", one.gap):
        yield Guess(one, "+", (two[-1],) * len(re.split("[、和及与]", each[1])), 2)


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
