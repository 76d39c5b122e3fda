"""Sums in a text: totals behind their parts, wholes before them, and wholes that stand elsewhere."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby, pairwise

from lib.intake.terms import Guess, Rows, Term, said


def elsewhere(figures: list[Term], rows: Rows) -> Iterator[Guess]:
    """Parts of a whole that stands elsewhere under the words with which their sentence begins: 受理案件中，新收A、旧存B."""
    for _, sentence in groupby(figures, lambda one: one.sentence):
        run = list(sentence)
        head = re.match(r"\W*(\w{4,10}?)(?:[里中]|用于|[，。：])", run[0].gap)
        for whole in rows.get(head[1][-4:], []) if head else ():
            guess = Guess(whole, "+", tuple(_alike(whole, run)), 1)
            if whole not in run and len(guess.parts) > 2 - said("complete", guess.words):
                yield guess


def _alike(one: Term, figures: Iterable[Term]) -> list[Term]:
    """The figures that may be added up to one: 人 and 人次, 4.2万 and 元."""
    unit = one.unit.removesuffix("次")
    kin = [part for part in figures if part.unit.removesuffix("次") == unit or {part.unit, unit} == {"", "元"}]
    positive = (part for part in kin if part.low > 0 or not part.high)
    return [part for part in positive if not (part.cue("each") or part.cue("shift"))]


def totals(one: Term, before: list[Term], near: list[Term]) -> Iterator[Guess]:
    """A、B，合计C: plain are all of the clause or sentence, or those from another total on; plainest a list of all there are."""
    like = _alike(one, before)
    full = [_alike(one, some) for some in ([old for old in near if old.clause == one.clause], near)]
    for run in (kept[-n:] for kept in (like, near) for n in range(2, len(kept) + 1)):
        plain = run in full or (run[0] in near and run[0].cue("total"))
        listed = run[-1] is before[-1] and all(_joined(before, *pair) for pair in pairwise(run))
        if (listed or {*run} <= {*like}) and not any(_joined(before, old, run[0]) for old in like):
            alike = listed or {(part.unit, part.depth) for part in run} == {(one.unit, one.depth)}
            sure = alike and run == like and re.fullmatch("，?[共合总]计?", one.lead)
            yield Guess(one, "+", tuple(run), (plain or (listed and len(run) > 2)) and (2 if sure else 1))


def _joined(figures: list[Term], a: Term, b: Term) -> bool:
    """Whether one figure stands before another in one list (A、B)."""
    return figures[figures.index(b) - 1] is a and bool(re.fullmatch("[^，。；,;]*、[^，。；,;]*", b.gap))


def wholes(one: Term, after: list[Term], text: str) -> Iterator[Guess]:
    """C，其中A、B: the parts behind their whole, which may stand behind changes of it; things counted may be of several kinds."""
    many = next((n for n, pair in enumerate(pairwise(after), 1) if not _joined(after, *pair)), len(after))
    if many > 2 and after[0].cue("nested"):
        yield Guess(one, "+", tuple(after[:many]), 1)
    like = _alike(one, after)
    for skip in range(min(4, len(like) - 1)):
        first, second = like[skip : skip + 2]
        since = text[(like[skip - 1] if skip else one).end : first.start]
        cue = said("within", since) or second.depth >= first.depth > one.depth
        cue = cue or (not skip and first.lead[-1:] == second.lead[-1:] == one.lead[-1:])
        cue = cue or (not skip and _ends(like, after)[2] > 2 and first.unit == one.unit)
        cue = cue or (first.sentence == one.sentence and said("complete", first.lead + second.lead))
        aside = all(old.cue("aside") or old.depth > one.depth for old in like[:skip])
        aside = aside or (first.sentence > one.sentence and said("anew", first.lead))
        plain = cue and aside and one.depth <= first.depth and not (one.cue("nested") or one.cue("measure"))
        plain = plain and "、" not in (one.lead[:1], first.lead[:1])
        outer = [old for old in like[skip:] if old.depth <= first.depth and (old is first or not old.cue("nested"))]
        for parts in (like[skip:], outer) if cue or "元" in one.unit else ():
            full = _ends(parts, after)
            for n in sorted(range(2, max(full) + 1), key=lambda n: (n != full[0], -n)):
                run = tuple(parts[:n])
                guess = Guess(one, "+", run)
                named = said("complete", guess.words)
                some = said("loose" if one.unit == "元" else "overlap", guess.words)
                some = some and not named and not (n > 2 and run[-1].cue("last"))
                some = some or said("rest", text[run[-1].end : run[-1].end + 44])
                some = some or not (n in full or (n == 2 and named))
                over = not skip and n == full[2] and one.high < sum(part.low for part in run) < 2 * one.low
                yield replace(guess, plain=(1 + over) * int(plain and not some))


def _ends(parts: list[Term], after: list[Term]) -> list[int]:
    """How many are parts of one whole, if they end with the clause and if with the sentence: up to a change, a part of a part, the end
    of brackets, or a new clause behind growth."""
    over, first = [len(parts)], parts[0]
    listed = next((n for n, pair in enumerate(pairwise(parts), 1) if not _joined(after, *pair)), len(parts))
    for n, (old, new) in enumerate(pairwise(parts), 1):
        between = after[after.index(old) + 1 : after.index(new)]
        resumed = any(one.unit == "%" and "占" not in one.lead for one in between) or new.clause > old.clause + 1
        if resumed or new.depth < first.depth or new.cue("nested"):
            over.append(n)
    clause = [n for n, new in enumerate(parts) if new.clause > first.clause]
    sentence = [n for n, new in enumerate(parts) if new.sentence > first.sentence]
    return [min(over + (clause if clause[:1] != [1] else sentence)), min(over + sentence), listed]
