"""Figures that follow from others: rates and what is like them, by `rates`, differences and growth, by `changes`."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations, product, takewhile

from lib.intake import changes, rates
from lib.intake.terms import SPENT, Guess, Rows, Term, agrees, said


def guesses(one: Term, known: list[Term], near: list[Term], after: list[Term], rows: Rows) -> Iterator[Guess]:
    """Rates, shares of each, growth, differences and products: of two figures, those nearest first, or of a row of a table."""
    yield from rates.printed(one, known)
    beside = near and said("points" if one.unit == "百分点" else "beside", one.lead)
    run = _run(one, near, after)
    lead = near[-1].lead if beside and one.unit == "百分点" else run[0].lead
    over = near and one.unit == "%" and re.fullmatch("[）)]?的", lead) and re.search("超[出过]|[多高]出", near[-1].lead)
    spent = one.cue("spent") and any(old.cue("each") or "/" in old.unit + old.tail for old in near[-4:])
    operator = "%" if over else _operator(one, lead) or "x" * spent
    if not operator:
        return
    known, near, after = ([old for old in some if old.sharp] for some in (known, near, after))
    place = rates.Place(one, lead, near, known, after)
    ahead = [new for new in after[:1] if new.depth > one.depth or re.match("即|上年|去年", new.lead)]
    each = said("each", lead) or "/" in one.unit
    known = [*ahead, *reversed(known), *(new for new in after[:2] if each and new.clause == one.clause)]
    pairs = [Guess(one, operator, pair) for pair in permutations(known, 2) if _may(operator, one, *pair)]
    if operator in "%-":
        pairs = [replace(guess, plain=_plain(guess, lead, [*near, *ahead])) for guess in pairs]
    held = [guess for guess in pairs if agrees(guess) and (one.sharp or guess.plain)]
    if any(guess.plain == 2 for guess in pairs) and not any(guess.plain for guess in held):
        held = []  # by chance
    if operator in "/x" and (guess := rates.meant(place, operator, run, held)):
        yield guess
        if guess.plain > 1 or agrees(guess):
            return
    yield from held or (guess for guess in pairs if not agrees(guess))
    words = re.sub('[“”"]', "", re.split("[。；]", one.item.before[-200:])[-1])
    here = {words[n : n + long] for n in range(len(words)) for long in (len(SPENT), 4)}
    for label in sorted(rows.keys() & here, key=[*rows].index):
        row = [other for other in rows[label] if other not in (one, *near[-1:])]
        cells = reversed([cell for cell in row if cell.item.cell])
        may = (two for two in (*permutations(cells, 2), *product(known, row)) if two[0].number != two[1].number)
        for part, whole in (two for two in may if _may(operator, one, *two)):
            alone = "占" in lead and part in near[-1:] and {old for old in row if old.unit == whole.unit} == {whole}
            yield Guess(one, operator, (part, whole), label != SPENT and ({part, whole} == {row[0], row[-1]} or alone))


def _run(one: Term, near: list[Term], after: list[Term]) -> list[Term]:
    """The list of figures in which one stands (69.1%、30.9%)."""
    back = [one, *reversed(near)]
    first = next((n for n, old in enumerate(back) if not said("beside", old.lead)), len(near))
    ahead = takewhile(lambda new: said("beside", new.lead), after)
    return [old for old in (*reversed(back[: first + 1]), *ahead) if old.unit == one.unit]


def _operator(one: Term, lead: str) -> str:
    """How two figures may make this one, by its unit and the words before it."""
    if one.unit in ("%", "倍") or (not one.unit and re.search(r"^(?!.*[万千]\w{1,4}率).*率", lead)):
        return "%" if said("grown", lead) else "/" * said("rate", lead[-14:])
    if said("apart", lead) or said("left", lead):
        return "-"
    return "/" if "/" in one.unit or said("each", lead) else "x" * one.cue("total")


def _may(operator: str, one: Term, a: Term, b: Term) -> bool:
    """Whether two figures may so make a third, by their units."""
    unit, over, under = one.unit, a.unit, b.unit
    if operator == "/" and a.number == b.number and abs(one.number) != 1:
        return False
    if operator == "-":
        if said("vacant", one.lead):
            post, held = (b, a) if "超" in one.lead else (a, b)
            over = unit = under if "编" in post.lead and "编制" not in held.lead else "%"
        return over == under == {"百分点": "%"}.get(unit, unit) and a.number >= b.number
    if operator == "x":
        each = under.startswith(unit + "/") or (under == unit and b.cue("each"))
        return bool(each and unit and over != unit and "/" not in over and not said("monthly", b.lead))
    way = one.cue("risen") - one.cue("fallen") if one.number > 0 else -1
    if operator == "%" and (a.number - b.number) * way < 0:
        return False
    if {over, under} & {"%", "百分点"} or (operator == "%" and not (over or under or a.scale or a.item.cell)):
        return False
    if "满意" in one.lead and unit == "%" and "满意" not in a.lead + a.tail:
        return False
    if unit in ("%", "倍", "") and not one.cue("each"):
        bare = (a.scale and not over) or (b.scale and not under)
        return over == under or bare or (not {"元", ""} & {over, under} and a.clause == b.clause)
    amount = unit.partition("/")[0]
    return over in (amount, amount + "次") and under not in (amount, "") and "/" not in under


def _plain(guess: Guess, lead: str, near: list[Term]) -> int:
    """Whether nothing but these two can be meant."""
    one, operator, (a, b) = guess.stated, guess.operator, guess.parts
    if operator == "%":
        more, less = sorted((a, b), key=lambda old: -old.number)
        told = {a, b} == {*near[-3:-1]} and said("plainly", lead) and near[-1].cue("change")
        if told and agrees(Guess(near[-1], "-", (more, less))):
            return 2  # the growth of a change that holds
        near = [old for old in near if not old.cue("change")]
    near = [old for old in near if old.unit == "%" or old.cue("each") <= a.cue("each")]
    like = [old for old in near if {old.unit, old.unit.partition("/")[0]} & {a.unit, b.unit}]
    outer = [old for old in like if old.depth <= one.depth and not old.cue("nested")]
    last = {a, b} == {*like[-2:]} or (like[-1:] == outer[-1:] and {a, b} == {*outer[-2:]})
    last = last and not (operator == "-" and b.cue("change"))
    return changes.moved(guess, lead, near, last)
