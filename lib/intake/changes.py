"""Differences and growth in a text: 比上年增加21场，增长20%, 由A增至B, 高于平均水平（A）, 结余, 空编, 剩余.

A word of change asks for two figures. The one that its words mark as former, planned or gone stands last before it, in brackets behind
it, or where the next clause begins with 上年; the other is one of its kind in the same sentence. Where no two fit, the change is wrong.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise, permutations

from lib.intake.terms import Guess, Term, agrees, said, slips, without

_MANY = 8  # figures of a sentence that a change may lie between
_FAR = 16  # and of the sentences before it
_SINCE = re.compile(r"年初|预算|计划|核定|目标|任务|平均|20\d\d(?=年)")  # named: it must be that of one of the two


def grown(one: Term, near: list[Term], after: list[Term]) -> Iterator[Guess]:
    """A value, what it has changed by and its growth: 126场，比上年增加21场，增长20%."""
    change = next((new for new in [*near[-1:], *after] if new.cue("change") and new.clause == one.clause), None)
    if not change or one.unit != "%" or without("plainly", one.lead):
        return
    like = [old for old in near if old.unit == change.unit and old is not change and old.sharp]
    both = any(
        agrees(Guess(change, "-", pair)) for pair in permutations(like, 2)
    )  # then it is that of one over the other
    for value in reversed(like) if not both else ():
        alone = value is near[-2 if change is near[-1] else -1] and len(like) == 1
        since = ("/", (change, value)) if value.cue("against") else ("~", (value, change))
        yield Guess(one, *since, 1 + alone)


def guesses(one: Term, known: list[Term], near: list[Term], after: list[Term]) -> Iterator[Guess]:
    """What a change may lie between: what holds, or where two are marked as meant what does not."""
    leads = _leads([*known, one, *after])
    beside = near and said("points" if one.unit == "百分点" else "beside", one.lead)
    over = near and re.fullmatch("[）)]?的", one.lead) and re.search("超[出过]|[多高]出", near[-1].lead)
    asked = [said(kind, one.lead) for kind in ("grown", "apart", "left")]
    lead = leads[near[-1]] if beside or over else one.lead if any(asked) else leads[one]
    if re.search(r"(?<!达)[到至]\w?$", lead) and not beside:
        return
    growth = one.unit in ("%", "倍")
    if said("grown", lead) if growth else said("apart", lead) or said("left", lead):
        yield from _Change(one, "%" if growth else "-", lead, near, after, leads).guesses(known)


def _leads(figures: list[Term]) -> dict[Term, str]:
    """The words that lead to each figure; those of a list (上年分别为5个、52场) have the words of its first."""
    found = {one: one.lead for one in figures[:1]}
    for old, new in pairwise(figures):
        listed = re.fullmatch("[、和及与][^，。；：（）]*", new.gap)
        found[new] = f"{found[old]}，{new.lead}" if listed else new.lead
    return found


def _years(leads: dict[Term, str], *figures: Term) -> bool:
    """Whether two figures are those of a year and of the next, or the other way round."""
    years = [int(year) for one in figures for year in re.findall(r"(\d\d)年", leads[one])[-1:]]
    return len(years) == len(figures) == 2 and abs(years[1] - years[0]) == 1


@dataclass(frozen=True)
class _Change:
    """A change in its sentence, with the words that lead to it and to each figure around it."""

    one: Term
    operator: str
    lead: str
    near: list[Term]
    after: list[Term]
    leads: dict[Term, str]

    def guesses(self, known: list[Term]) -> Iterator[Guess]:
        """Those that hold; else those that are meant, the likeliest first."""
        like = self.like(self.near)[-_MANY:]
        some, beside = list(self.pairs([*self.later(), *reversed(like)])), self.beside()
        if self.tight:
            some = [guess for guess in some if like[-1] in guess.parts]
        told = [guess for guess in some if frozenset(guess.parts) in beside]
        meant = {*self.later(), *self.marked(like)}
        held = [guess for guess in told or some if agrees(guess)]
        firm = told or [guess for guess in some if meant & {*guess.parts} and self.bare(guess)]
        stair = not told and not held and self.stair(like)
        far = list(self.pairs(self.like(known)[: -_FAR - 1 : -1])) if not held and (stair or not firm) else []
        held, firm = held or [guess for guess in far if agrees(guess)], [] if stair else firm
        last = like[-2:] if like[1:] else self.like(known)[-2:]
        loose = self.rest or any(said("former", self.leads[old]) for old in last)
        weak = [guess for guess in some or far if loose and {*guess.parts} == {*last}]
        weak = [] if stair else [*weak, *(guess for guess in far if self.named(guess))]
        for guess in held or sorted(firm or weak, key=lambda guess: -slips(guess)):
            yield replace(guess, plain=1 + bool(firm))

    @property
    def tight(self) -> bool:
        """Whether the figure before it is what it is more or less than (比年度目标95%高1.5个百分点)."""
        last = self.near[-1] if self.near else self.one
        against = re.search(r"[较比](?![重例率])\w*\W?$", last.lead) and not without("plainly", self.one.lead)
        return bool(against and not said("since", self.one.lead) and last in self.like(self.near))

    def named(self, guess: Guess) -> bool:
        """Whether a pair farther off is named: what stands last and what has its name, or income and spending."""
        now, before = guess.parts
        if self.rest:
            nested = now.cue("nested") or before.cue("nested")
            return said("income", now.lead) and "支出" in before.lead and not nested
        name, words = now.lead[-6:], before.lead[-6:] + self.lead + "支出"
        last = self.near[-1:] == [before] and (said("former", before.lead) or re.search(r"\d\d年", before.lead))
        return bool(last and any(name[n : n + 2] in words for n in range(len(name) - 1)))

    @property
    def rest(self) -> bool:
        """Whether it is what is left of two, or by what they differ."""
        return said("differs", self.lead) or said("left", self.lead)

    def like(self, figures: list[Term]) -> list[Term]:
        """The figures that it may be a change from or to: of its unit, and no changes themselves."""
        unit = {"百分点": "%"}.get(self.one.unit, self.one.unit)
        if self.operator == "%":
            values = (old.unit for old in [*reversed(self.near), *self.after] if old.unit not in ("%", "百分点") and self.value(old))
            unit = next(values, None)
        units = {unit, ""} if said("vacant", self.lead) else {unit}
        return [old for old in figures if old.unit in units and self.value(old)]

    def value(self, old: Term) -> bool:
        """Whether a figure is no change, and in no brackets that the change is not in, but for one that is former."""
        outer = old.depth <= self.one.depth or said("former", self.leads[old])
        return outer and old.sharp and not said("change", self.leads[old])

    def later(self) -> list[Term]:
        """Former figures behind it: in brackets (（上年9.5万元）), in the next clause (上年分别为5个、52场), or in a sentence of the year before;
        or what it has come to (，达到28.5万人次)."""
        if self.rest:
            return []
        ahead = self.like(self.after)[:2]
        if not self.like(self.near) and _years(self.leads, *ahead):
            return ahead
        old, new = next(iter(self.like(self.near)[-1:]), self.one), next(iter(ahead), self.one)
        inner = new.depth > self.one.depth and new is self.after[0]
        mark = "[（(，；。]*(?:上年|去年|上期" + "|20" * inner + ")|，[^，]?(?:达到?|[至到])"
        return [new] if re.match(mark, self.leads[new]) or _years(self.leads, new, old) else []

    def since(self, old: Term) -> bool:
        """Whether a figure is marked as former or planned."""
        return said("former", self.leads[old]) or said("planned", self.leads[old])

    def marked(self, like: list[Term]) -> list[Term]:
        """The figures before it that are marked as former or planned, or as what is done, if one of the last two is."""
        named = [old for old in like if {*_SINCE.findall(self.lead)} & {*_SINCE.findall(self.leads[old])}]
        if not like[1:] or not self.chained(like[-1]):
            return [old for old in named if like[1:] and old.clause == self.one.clause]
        old, new = like[-2:]
        words, last = self.leads[old], self.leads[new]
        listed = words == last.rpartition("，")[0] and re.search("分别|年", words) and not said("since", self.lead)
        own = old.depth <= new.depth and old.clause == new.clause
        if self.since(new) or (own and (self.since(old) or _years(self.leads, old, new) or listed)):
            return [*like]
        return [new] if self.rest and said("gone", words) + said("gone", last) == 1 else []

    def chained(self, last: Term) -> bool:
        """Whether nothing but what the figure was listed with, and other changes of it, stands between it and the change."""
        if last not in self.near or last.clause != self.one.clause:
            return False
        between = self.near[self.near.index(last) + 1 :]
        mates = (new for new in between if not (self.leads[new].startswith(self.leads[last]) or new.depth > self.one.depth))
        return self.rest or all(said("change", new.lead) and not without("plainly", new.lead) for new in mates)

    def pairs(self, figures: list[Term]) -> Iterator[Guess]:
        """Two of the figures, in the order that its word gives them; what is former or planned is not what is now."""
        way = self.one.way
        for now, before in permutations(figures, 2):
            either = not way and self.operator == "-"
            if (now.number < before.number) if either else (self.since(now) and not self.since(before)):
                continue
            fallen = way < 0 and self.operator == "-"
            yield Guess(self.one, self.operator, (before, now) if fallen else (now, before))

    def beside(self) -> set[frozenset[Term]]:
        """The pairs between which the growth that stands beside a change lies, or the change that stands beside growth."""
        growth = self.operator == "%"
        other = next(iter(self.near[-1:] if growth else self.after[:1]), None)
        first, second = (other, self.one) if growth else (self.one, other)
        if not other or (first.clause, first.depth) != (second.clause, second.depth) or second.unit != "%" or without("plainly", second.lead):
            return set()
        if growth and not said("change", self.leads[other]):
            return set()
        near = [old for old in self.near if old is not other]
        change = _Change(other, "-" if growth else "%", self.leads[other], near, self.after, self.leads)
        like = change.like(near)
        found = [guess for guess in change.pairs([*change.later(), *reversed(like)]) if agrees(guess)]
        sure = len(like) == 2 or any(said("former", self.leads[old]) for guess in found for old in guess.parts)
        return {frozenset(guess.parts) for guess in found if sure}

    def bare(self, guess: Guess) -> bool:
        """Whether its words say no more than that it is a change, and of what."""
        words = "".join(self.leads[part] for part in guess.parts)
        named = without("plainly", self.lead)
        if said("since", self.lead) and not any(said("former", self.leads[part]) for part in guess.parts):
            return _years(self.leads, *guess.parts)
        return all(one in words for one in [*re.findall(r"\w+", named), *_SINCE.findall(self.lead)])

    def stair(self, like: list[Term]) -> bool:
        """Whether more than two figures may give what is left: what was there before, or three that do."""
        if not self.rest:
            return False
        before = [old for old in self.near if "含" not in self.leads[old]]
        if not re.search("净|[当本][期年]", self.lead):
            if any(said("opening", self.leads[old]) for old in [*before, *self.after[:1]]):
                return True
        here = [old for old in like if old.clause == like[-1].clause]
        here = here if here[1:] else like[-5:]
        sums = (a.number - b.number + way * c.number for a, b, c in permutations(here, 3) for way in (1, -1))
        return any(abs(abs(some) - abs(self.one.number)) <= self.one.place for some in sums)
