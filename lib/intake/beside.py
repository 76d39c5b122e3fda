"""Figures of which one is what the others make, but for two digits that have changed places: no words need tell that it is.

By chance that is rare, if they are neighbours or the one is named beside the other, and no claim has been found that is about them.
"""

import re
from collections.abc import Iterator
from itertools import chain, combinations, groupby, islice, pairwise, permutations, product

from lib.intake.far import FAR, core
from lib.intake.rates import counted, what_for
from lib.intake.reckoning import Guess
from lib.intake.terms import RATES, Term, pieces, said

_MANY = 6  # figures of a sum and its parts
_NEAR = 6  # figures between which a rate or product is looked for


def exchanged(texts: list[tuple[str, list[Term]]], known: list[Guess]) -> Iterator[Guess]:
    """What is wrong in some texts by two digits; nothing of what `known` claims are about."""
    told = {guess.stated for guess in known}
    wrong = [{guess.stated, *guess.parts} for guess in known if not guess.holds]
    figures = [one for _, some in texts for one in some]
    exact = (guess for guess in known if guess.holds and abs(guess.stated.number) >= 100 * guess.stated.place)
    held = {one for guess in exact for one in (guess.stated, *guess.parts)}
    anywhere = (
        *(way(figures, told) for way in (_shares, _means, _grown)),
        _again(figures, held),
        _left(figures, known, told),
    )
    within = (_guesses(some, told, held) for text, some in texts if text)
    for guess in chain.from_iterable((*anywhere, *within)):
        if not any({guess.stated, *guess.parts} <= one for one in wrong):
            yield guess


def _guesses(figures: list[Term], told: set[Term], held: set[Term]) -> Iterator[Guess]:
    """Those of a text, sentence by sentence, of what others have not `held`; what holds is `told` from then on."""
    for _, some in groupby(figures, lambda one: one.sentence):
        sentence = list(some)
        for unit in dict.fromkeys(one.unit for one in sentence):
            run = [one for one in sentence if one.unit == unit]
            windows = (run[n : n + many] for many in range(3, _MANY + 1) for n in range(len(run) - many + 1))
            many = sum(not one.told("former") for one in run)
            sums = [guess for window in windows if unit not in RATES for guess in _sums(window, len(window) == many)]
            told |= {one for guess in sums if guess.holds for one in (guess.stated, *guess.parts)}
            for guess in (guess for guess in sums if guess.exchanged):
                if guess.stated not in held and not told & {guess.stated, *guess.parts[:1]}:
                    told |= {guess.stated, *guess.parts}
                    yield guess
    for _, some in groupby(figures, lambda one: (one.sentence, one.clause)):
        yield from _pairs([*some], told)


def _sums(window: list[Term], alone: bool) -> Iterator[Guess]:
    """The greatest, first or last, and the others; `alone`: whether their sentence has no more such."""
    whole = max(window, key=lambda one: one.number)
    parts = [one for one in window if one is not whole]
    if whole not in (window[0], window[-1]) or len({one.number for one in window}) < len(window):
        return
    if not _reordered(whole, sum(one.number for one in parts), min(one.place for one in window)):
        return
    apart = re.search("编制|累计", whole.lead) or whole.depth > min(one.depth for one in parts)
    apart = apart or said("beside", window[0].lead)
    if apart or any(one.price or one.cue("change") or not one.sharp for one in window):
        return
    total = Guess(whole, "+", (*parts,))
    rests = (Guess(one, "-" * (len(parts) - 1), (whole, *(two for two in parts if two is not one))) for one in parts)
    alone = alone or len(parts) > 2 or parts[-1].lead[:1] == "、"
    long = 3 - alone + any(one.cue("nested") for one in parts)  # whose parts need not all be told
    some = (guess for guess in (total, *rests) if guess.exchanged >= long)
    yield from [total] if total.holds else some


def _pairs(clause: list[Term], told: set[Term]) -> Iterator[Guess]:
    """Two next to a third that they make."""
    for n, one in enumerate(clause):
        first = max(0, n - _NEAR)
        near = [(at, two) for at, two in enumerate(clause[first : n + _NEAR + 1], first) if at != n and two.sharp]
        for (i, a), (j, b) in permutations(near, 2) if one not in told else ():
            operator = _operator(one, a, b)
            due = a.number * (b.number if operator == "x" else 1 / b.number) if operator else 0.0
            if not due or not _reordered(one, due, one.place):
                continue
            guess, others = Guess(one, operator, (a, b)), clause[min(n, i, j) : max(n, i, j) + 1]
            alone = sum(two.unit in (one.unit, a.unit, b.unit) for two in others) == 3
            many = 1 + (operator == "x" or not one.sharp)
            if (alone or one.unit == "%") and guess.exchanged > many and not guess.holds:
                yield guess


def _shares(figures: list[Term], told: set[Term]) -> Iterator[Guess]:
    """What a figure is of another that stands anywhere and that its sentence names: 占律师总数的48.5%, 村均26.7万元."""
    for n, (part, one) in enumerate(pairwise(figures)):
        beside = (part.item.passage, part.clause) == (one.item.passage, one.clause) and part.sharp
        if one in told or not beside or part.unit in (*RATES, ""):
            continue
        around, per = figures[max(0, n - FAR) : n + FAR], what_for(one.lead)
        own = not re.search(r"占|^\W*(?:\w\W*){,4}$", one.lead)  # of what it names itself (农产品抽检合格率)
        if one.unit == "%" and said("rate", one.lead) and not (said("grown", one.lead) or own):
            words = one.item.before[-120:].rpartition("。")[2]
            wholes = [old for old in around if old.unit == part.unit and old.number > part.number and old.sharp]
        elif per and part.unit == one.unit.partition("/")[0]:
            words, wholes = "", [old for old in around if counted(per, old)]
        else:
            continue
        some = [Guess(one, "/", (part, old)) for old in wholes]
        if not any(guess.holds for guess in some):
            named = (guess for guess in some if not words or _kin(words, guess.parts[1]))
            yield from islice((guess for guess in named if guess.exchanged > 2), 1)


def _means(figures: list[Term], told: set[Term]) -> Iterator[Guess]:
    """What there is for each (按常住人口算，人均购书经费2.16元) of an amount that its sentence names and of all that is counted so, anywhere,
    but for a digit that is lost or two that have changed places."""
    now = [one for one in figures if one.sharp and not (one.told("former", "planned") or one.unit in (*RATES, ""))]
    for n, one in enumerate(now):
        per, unit = what_for(one.lead), one.unit.partition("/")[0]
        if not per or one in told or (one.price and not one.scale):
            continue
        around = now[max(0, n - FAR) : n + FAR]
        counts = [old for old in around if counted(per, old)]
        amounts = [old for old in around if old.unit == unit and old.number > one.number and not old.cue("each")]
        near = (two for two in product(amounts, counts) if 0.05 < one.number * two[1].number / two[0].number < 20)
        some = [Guess(one, "/", two) for two in near]
        if not any(guess.holds for guess in some):
            words = one.item.before[-60:].rpartition("。")[2]
            yield from islice((guess for guess in some if guess.lost and _kin(words, guess.parts[0])), 1)


def _grown(figures: list[Term], told: set[Term]) -> Iterator[Guess]:
    """Growth between two cells of a row that its words name: 实际清运量超计划2.35%."""
    rows: dict[str, list[tuple[Term, Term]]] = {}
    for a, b in pairwise(figures):
        if a.item.cell and b.item.cell and (a.item.cell[0], a.unit) == (b.item.cell[0], b.unit) and a.unit not in RATES:
            for piece in pieces(a.lead.partition("，")[0][-4:]):
                rows.setdefault(piece, []).append((a, b))
    for one in (one for one in figures if one.unit == "%" and not one.item.cell and one.way and one not in told):
        named = chain.from_iterable(rows.get(piece, ()) for piece in pieces(one.lead))
        some = (Guess(one, "%", two) for row in named for two in (row, row[::-1]))
        yield from islice((guess for guess in some if guess.exchanged > 2 and not guess.holds), 1)


def _again(figures: list[Term], held: set[Term]) -> Iterator[Guess]:
    """What is told once more under the same name, but for two digits (服务点65个, 56个服务点); of both one at least is `held` by nothing else."""
    like: dict[tuple[str, str, int], list[Term]] = {}
    numbers: dict[str, set[float]] = {}
    for one in figures:
        other = one.told("former", "planned") or one.cue("change") or one.cue("each") or one.ratio
        if one.sharp and one.number > 9 and not other:
            digits = f"{one.number:.9g}".replace(".", "").rstrip("0")
            like.setdefault((one.unit, "".join(sorted(digits)), len(str(int(one.number)))), []).append(one)
            for name in _called(one):
                numbers.setdefault(name, set()).add(one.number)
    for old, new in chain.from_iterable(combinations(some, 2) for some in like.values()):
        near = old.item.passage == new.item.passage and (old.item.cell or old.sentence == new.sentence)
        guess = Guess(new, "+", (old,))
        if near or guess.exchanged < 2 or {old, new} <= held:
            continue
        own = (name for name in _called(old) & _called(new) if len(name) > 2 and len(numbers[name]) == 2)
        ends = product(_called(old), _called(new)) if guess.exchanged > 2 else ()
        if any(own) or any(a.endswith(b) or b.endswith(a) for a, b in ends):
            yield guess


def _left(figures: list[Term], known: list[Guess], told: set[Term]) -> Iterator[Guess]:
    """What is left to do of two figures that a rate holds together, pages away: 仍有46条未整改; posts that are vacant are all that are left."""
    shares = [guess for guess in known if guess.holds and guess.operator == "/" and guess.stated.unit == "%"]
    for one in (one for one in figures if one.sharp and one not in told):
        words, lead = one.item.before[-60:].rpartition("。")[2] + one.tail, re.split("[，：]", one.lead)[-1]
        if not said("remains", lead) or said("grown", lead):
            continue
        pairs = (guess.parts[::-1] for guess in shares if {part.unit for part in guess.parts} == {one.unit})
        some = [Guess(one, "-", two) for two in pairs if one not in two]
        if not any(guess.holds for guess in some):
            posts = [guess for guess in some if "编" in lead and "编制" in guess.parts[0].lead]
            swapped = (guess for guess in some if guess.exchanged and _kin(words, guess.parts[1]))
            yield from islice(chain(posts, swapped), 1)


def _called(one: Term) -> set[str]:
    """What a figure is called, by the words before it and those behind it."""
    lead = one.lead.partition("，")[0] if one.item.cell else re.split("[，、；：（(]", one.lead.rstrip("，、：（("))[-1]
    names = map(core, (lead, one.tail.lstrip("的")))
    return {re.sub(r"^(?:建成|举办|开展|完成|设立?)(?=\w\w)", "", name) for name in names if len(name) > 1}


def _kin(words: str, whole: Term) -> bool:
    """Whether a whole has two signs side by side in common with some words."""
    lead = whole.lead.partition("，")[0] if whole.item.cell else whole.lead
    called = re.sub(r"[^\w]|全[市县区省年]|总[数额]|[人个户]?数?$", "", lead)[-4:] + whole.tail[:2]
    return any(piece in words for piece in pieces(called))


def _reordered(one: Term, due: float, place: float) -> bool:
    """Whether a figure can be another with its digits in another order: they differ by a multiple of nine."""
    return abs(due) < 1e15 and round(due / place) % 9 == round(abs(one.number) / place) % 9


def _operator(one: Term, a: Term, b: Term) -> str:
    """How two figures may make a third, by their units and the words before it."""
    amount = one.unit.partition("/")[0]
    if one.unit == "%":
        return "/" * (a.unit == b.unit and a.unit not in RATES and b.number > 0)
    if {a.unit, b.unit, one.unit} & {*RATES, ""} or a.unit == b.unit or b.number < 2:
        return ""
    if amount == a.unit and (one.cue("each") or "/" in one.unit) and "/" not in b.unit:
        return "/"
    coarse = "均" in a.lead and a.number / 100 < a.place < 1
    of = a.unit.partition("/")[0] in (one.unit, one.unit.removeprefix("人")) and one.unit != b.unit
    return "x" * (of and not coarse)
