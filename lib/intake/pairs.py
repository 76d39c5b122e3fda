"""Figures that follow from two others: rates, shares, amounts for each, products; of tables growth and differences."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations, product

from lib.intake.terms import SPENT, Guess, Rows, Term, agrees, said


def guesses(one: Term, known: list[Term], near: list[Term], after: list[Term], rows: Rows) -> Iterator[Guess]:
    """Rates, shares of each and products: of two figures, those nearest first, or of a row of a table."""
    lead = (near[-1] if near and said("beside", one.lead) else one).lead
    spent = one.cue("spent") and any(old.cue("each") for old in near[-2:])
    operator = _operator(one, lead) or "x" * spent
    if not operator:
        return
    known, near, after = ([old for old in some if old.sharp] for some in (known, near, after))
    ahead = [new for new in after[:1] if new.depth > one.depth or new.lead[:1] == "即"]
    known = [*ahead, *reversed(known), *(after[:2] if said("each", lead) or "/" in one.unit else ())]
    may = [Guess(one, operator, pair) for pair in permutations(known, 2) if _may(operator, one, *pair)]
    pairs = [replace(guess, plain=_plain(guess, lead, [*near, *ahead])) for guess in may if operator not in "%-"]
    held = [guess for guess in pairs if agrees(guess) and (one.sharp or guess.plain)]
    if any(guess.plain == 2 for guess in pairs) and not any(guess.plain for guess in held):
        held = []  # by chance
    both = sum(old.number for old in near[-2:]) if one.unit == "%" and operator == "/" and not held else 0
    if any(abs(both - one.number * old.number) < one.place * old.number for old in known if both):
        return  # a share of two together: 满意 and 基本满意
    yield from held or (guess for guess in pairs if not agrees(guess))
    words = re.sub('[“”"]', "", re.split("[。；]", one.item.before[-200:])[-1])
    here = {words[n : n + long] for n in range(len(words)) for long in (len(SPENT), 4)}
    for label in sorted(rows.keys() & here, key=[*rows].index):
        row = [other for other in rows[label] if other not in (one, *near[-1:])]
        row = [other for other in row if other.item.cell or operator != "%"]
        pairs = [*permutations(reversed([cell for cell in row if cell.item.cell]), 2), *product(known, row)]
        may = (pair for pair in pairs if pair[0].number != pair[1].number and _may(operator, one, *pair))
        for part, whole in may:
            alone = "占" in lead and part in near[-1:] and {old for old in row if old.unit == whole.unit} == {whole}
            yield Guess(one, operator, (part, whole), label != SPENT and ({part, whole} == {row[0], row[-1]} or alone))


def _operator(one: Term, lead: str) -> str:
    """How two figures may make this one, by its unit and the words before it."""
    if one.unit in ("%", "倍") or (not one.unit and re.search(r"^(?!.*[万千]\w{1,4}率).*率", lead)):
        return "%" if said("grown", lead) else "/" * said("rate", lead[-14:])
    if said("changed", lead):
        return "-"
    return "/" if "/" in one.unit or said("each", lead) else "x" * one.cue("total")


def _may(operator: str, one: Term, a: Term, b: Term) -> bool:
    """Whether two figures may so make a third, by their units."""
    unit, over, under = one.unit, a.unit, b.unit
    if operator == "-":
        return over == under == {"百分点": "%"}.get(unit, unit) and a.number >= b.number
    if operator == "x":
        each = under.startswith(unit + "/") or (under == unit and b.cue("each"))
        return bool(each and unit and over != unit and "/" not in over and not said("monthly", b.lead))
    if operator == "%" and (a.number - b.number) * one.way < 0:
        return False
    if {over, under} & {"%", "百分点"} or (operator == "%" and not (over or under or a.scale or a.item.cell)):
        return False
    if "满意" in one.lead and unit == "%" and "满意" not in a.lead + a.tail:
        return False
    if unit in ("%", "倍", "") and not one.cue("each"):
        bare = (a.scale and not over) or (b.scale and not under)
        return over == under or bare or (not {"元", ""} & {over, under} and a.clause == b.clause)
    amount = unit.partition("/")[0]
    return over in (amount, amount + "次") and under not in (amount, "")


def _plain(guess: Guess, lead: str, near: list[Term]) -> int:
    """Whether nothing but these two can be meant."""
    one, operator, (a, b) = guess.stated, guess.operator, guess.parts
    like = [old for old in near if {old.unit, old.unit.partition("/")[0]} & {a.unit, b.unit}]
    outer = [old for old in like if old.depth <= one.depth and not old.cue("nested")]
    last = {a, b} == {*like[-2:]} or (like[-1:] == outer[-1:] and {a, b} == {*outer[-2:]})
    if one.unit == "倍" and last and b.cue("former") and re.search("[到至为]", a.lead):
        return 1 + said("times", lead)
    if operator == "x" or "/" in one.unit or one.cue("each"):
        per = re.sub(r".*?(?:每(\w)|([^\W平])均|$).*", r"\1\2", lead, count=1)
        other = one.cue("nested") or re.search("收入|含", lead) or per not in b.item.near + b.unit + "人名位日天"
        paid = near[-2:] == [a, b] and said("paid", lead)
        return (1 + bool(paid)) * int(last and not other)
    if re.fullmatch("[）)]?(?:总[数量额])?的", lead):
        return (2 if near[-2:] == [a, b] and a.unit == b.unit else 1) if near[-1:] == [b] else 0
    name = next(iter(re.findall(r"(\w{0,6}?)(?:率|进度|(?<=满意)度|占|比重)", lead)), "")
    told = name and {*name[-2:]} <= {*a.lead[-6:], *a.tail} and (last or b in like[:1])
    named = last and (said("firm", lead) or re.match(r"\W*应", b.lead))
    firm = "编" in b.lead or (named and near[-1] in (a, b))
    beside = "占" in lead and a is near[-1] and a.number <= b.number
    if last and ((beside and said("share", lead)) or (named and near[-1] is a and said("planned", b.lead))):
        return 2
    return int(bool(told or firm or (beside and (not name or "即" in one.tail))))
