"""Differences and growth in a text: 比上年增加21场，增长20%, 由A增至B, 结余, 空编."""

import re
from collections.abc import Iterator
from itertools import permutations

from lib.intake.terms import Guess, Term, agrees, said


def grown(one: Term, near: list[Term], after: list[Term]) -> Iterator[Guess]:
    """A value, what it has changed by and its growth: 126场，比上年增加21场，增长20%."""
    change = next((new for new in [*near[-1:], *after] if new.cue("change") and new.clause == one.clause), None)
    if not change or one.unit != "%" or not said("plainly", one.lead):
        return
    like = [old for old in near if old.unit == change.unit and old is not change and old.sharp]
    both = any(
        agrees(Guess(change, "-", pair)) for pair in permutations(like, 2)
    )  # then it is that of one over the other
    for value in reversed(like) if not both else ():
        alone = value is near[-2 if change is near[-1] else -1] and len(like) == 1
        since = ("/", (change, value)) if value.cue("against") else ("~", (value, change))
        yield Guess(one, *since, 1 + alone)


def moved(guess: Guess, lead: str, near: list[Term], last: bool) -> int:
    """Whether a difference or growth can be that of these two alone: 由A增至B, 较A多, 结余 of 收入 and 支出."""
    a, b = guess.parts
    if last and (said("left", lead) or ("净" in lead and said("come", a.lead))) and said("gone", b.lead):
        return 2 * (not said("gone", a.lead))
    if said("vacant", lead):
        return 2 * (last and "、" not in a.lead + b.lead)
    if last and (a.cue("former") or b.cue("former") or said("differs", lead)):
        moved = ({a, b} == {*near[-2:]} and re.search("[到至为]", near[-1].lead)) or near[-1].cue("against")
        moved = moved and b.number / 3 < a.number < 3 * b.number and said("plainly", lead)
        direct = moved or re.fullmatch("[多少高低]", lead)
        return 2 if direct and not re.search("其中|[。；]", near[-1].lead + lead) else 1
    if lead == b.lead and b.unit == "%":
        return 1 + last
    if b.cue("former") and near[-1:] == [b]:
        name, words = a.lead[-6:], b.lead[-6:] + lead + "支出"
        return int(any(name[n : n + 2] in words for n in range(len(name) - 1)))
    rest = "结" in lead and said("income", a.lead) and "支出" in b.lead
    return int(rest and not (a.cue("nested") or b.cue("nested")))
