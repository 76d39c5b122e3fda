"""Differences and growth in a text: 比上年增加21场，增长20%, 由A增至B, 高于平均水平（A）, 结余, 空编, 剩余.

A word of change asks for two figures. The one that its words mark as former, planned or gone stands last before it, in brackets behind
it, or where the next clause begins with 上年; the other is one of its kind in the same sentence. Where no two fit, the change is wrong.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise, permutations, product

from lib.intake.terms import Guess, Term, agrees, said, slips, without

_MANY = 8  # figures of a sentence that a change may lie between
_NAMED = re.compile(r"年初|预算|计划|核定|目标|任务|平均|20\d\d(?=年)")  # a change against one of these is from it


def guesses(one: Term, known: list[Term], near: list[Term], after: list[Term]) -> Iterator[Guess]:
    """What a change may lie between: what holds, or else what is meant. Those of a list (上年分别为5个、52场) share its words."""
    figures = [*known, one, *after]
    leads = {old: old.lead for old in figures}
    for old, new in pairwise(figures):
        if re.fullmatch(r"[、和及与][^，。；：（）]*|\w{0,4}(?:分别|依次)为?", new.gap):
            leads[new] = f"{leads[old]}、{new.lead}"
    beside = said("points" if one.unit == "百分点" else "beside", one.lead) or said("over", one.lead)
    lead = leads[near[-1]] if near and beside else one.lead if said("changed", one.lead) else leads[one]
    growth = one.unit in ("%", "倍")
    if said("grown" if growth else "changed", lead if growth else lead.rpartition("，")[2]) and (
        beside or not re.search(r"(?<!达)[到至]\w?$", lead)
    ):
        yield from _Change(one, "%" if growth else "-", lead, near, after, leads).guesses(known)


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
        """Those that hold; else those that are meant, the likeliest first; and the growth that a change makes."""
        like, later = self.like(self.near)[-_MANY:], self.later()
        meant, stair = {*later, *self.marked(like)}, said("remains", self.lead) and self.stair()
        some, far = ([*self.pairs([*later, *reversed(old)])] for old in (like, self.like(known)))
        if like and meant and re.search(r"[较比]\w*\W?$", like[-1].lead):
            some = [guess for guess in some if like[-1] in guess.parts]
        held = [guess for guess in some if agrees(guess)]
        firm = [guess for guess in some if not stair and meant & {*guess.parts} and self.bare(guess)]
        last = (like if like[1:] else self.like(known))[-2:]
        loose = said("remains", self.lead) or any(self.former(old) for old in last if old.clause == last[-1].clause)
        weak = [guess for guess in far if self.named(guess) or (loose and {*guess.parts} == {*last})]
        held = held or [guess for guess in far if not firm and agrees(guess)]
        for guess in held or sorted(firm or weak * (not stair), key=lambda guess: -slips(guess)):
            yield replace(guess, plain=1 + bool(firm))
        if self.operator == "%" and not held and not without("plainly", self.one.lead):
            yield from self.ratios(like)

    def ratios(self, like: list[Term]) -> Iterator[Guess]:
        """A value, what it has changed by and its growth: 126场，比上年增加21场，增长20%."""
        beside = [new for new in [*self.near[-1:], *self.after[:1]] if new.cue("change") and new.clause == self.one.clause]
        for change, value in product(beside[:1], reversed(like)):
            if change.unit == value.unit:
                since = ("/", (change, value)) if value.cue("against") else ("~", (value, change))
                yield Guess(self.one, *since, 1 + (len(like) == 1))

    def like(self, figures: list[Term]) -> list[Term]:
        """The figures that it may be a change from or to: of its unit, no changes, and in no brackets of their own unless former."""
        values = [old for old in figures if old.sharp and not said("change", self.leads[old])]
        values = [old for old in values if old.depth <= self.one.depth or self.former(old)]
        unit = {"百分点": "%"}.get(self.one.unit, self.one.unit)
        if self.operator == "%":
            around = [*reversed(self.near), *self.after]
            outer = (old for old in around if old.depth <= self.one.depth and not said("change", self.leads[old]))
            unit = next((old.unit for old in outer if old.unit not in ("%", "百分点")), "%")
        return [old for old in values if old.unit == unit or (not old.unit and said("vacant", self.lead))]

    def former(self, old: Term) -> bool:
        """Whether a figure is marked as former."""
        return said("former", self.leads[old])

    def later(self) -> list[Term]:
        """Former figures behind it: in brackets (（上年9.5万元）), in the next clause (上年分别为5个、52场), of the year before; or what it
        has come to (，达到28.5万人次)."""
        old, new = (next(iter(some), self.one) for some in (self.like(self.near)[::-1], self.like(self.after)))
        if said("remains", self.lead) or new is self.one:
            return []
        between = self.after[: self.after.index(new)]
        inner = new.depth > self.one.depth and all(said("change", self.leads[mid]) for mid in between)
        mark = "[（(，；。]*(?:上年|去年|上期" + r"|20\d\d年" * inner + ")|，[^，]?(?:达到?|[至到])"
        return [new] if re.match(mark, self.leads[new]) or self.years(new, old) else []

    def years(self, old: Term, new: Term) -> bool:
        """Whether two figures are those of a year and of the next."""
        years = [int(year) for one in (old, new) for year in re.findall(r"(\d\d)年", self.leads[one])[-1:]]
        return len(years) == 2 and years[1] == years[0] + 1

    def marked(self, like: list[Term]) -> list[Term]:
        """The figures before it that are marked as former or planned, or as what is done, if one of the last two is."""
        named = [old for old in like if {*_NAMED.findall(self.lead)} & {*_NAMED.findall(self.leads[old])}]
        if not like[1:] or any(old.clause == self.one.clause for old in named):
            return [old for old in named if like[1:]]
        old, new = like[-2:]
        words, last = self.leads[old], self.leads[new]
        between = (mid for mid in self.near[self.near.index(new) + 1 :] if not self.leads[mid].startswith(last))
        apart = any(mid.depth <= self.one.depth and not said("change", mid.lead) for mid in between)
        if new.clause != self.one.clause or (apart and not said("remains", self.lead)):
            return []
        listed = last.startswith(f"{words}、") and re.search("分别|年", words) and not said("since", self.lead)
        own = old.depth <= new.depth and (self.based(old) or self.years(old, new) or self.years(new, old) or listed)
        if old.clause == new.clause and (self.based(new) or own):
            return like
        return [new] if said("remains", self.lead) and said("gone", words) + said("gone", last) == 1 else []

    def based(self, old: Term) -> bool:
        """Whether a figure is marked as former or planned."""
        return self.former(old) or said("planned", self.leads[old])

    def pairs(self, figures: list[Term]) -> Iterator[Guess]:
        """Two of the figures, in the order that its word gives them; what is former or planned is not what is now."""
        way = self.one.way if self.operator == "-" else 1
        for now, before in permutations(figures, 2):
            if (way and self.based(now) <= self.based(before)) or (not way and now.number >= before.number):
                yield Guess(self.one, self.operator, (before, now) if way < 0 else (now, before))

    def named(self, guess: Guess) -> bool:
        """Whether two of other sentences are named: what stands last and what has its name, or income and spending."""
        now, before = guess.parts
        if said("remains", self.lead):
            return (
                said("income", now.lead) and "支出" in before.lead and not (now.cue("nested") or before.cue("nested"))
            )
        name, words = now.lead[-6:], before.lead[-6:] + self.lead + "支出"
        last = self.near[-1:] == [before] and (said("former", before.lead) or re.search(r"\d\d年", before.lead))
        return bool(last and any(name[n : n + 2] in words for n in range(len(name) - 1)))

    def bare(self, guess: Guess) -> bool:
        """Whether its words say no more than that it is a change, of what, and since when."""
        if said("since", self.lead) and not any(self.former(part) for part in guess.parts):
            return any(self.years(*pair) for pair in permutations(guess.parts))
        words = "".join(self.leads[part] for part in guess.parts)
        return all(one in words for one in [*without("plainly", self.lead), *_NAMED.findall(self.lead)])

    def stair(self) -> bool:
        """Whether more than two figures may give what is left: what was there before, or three that do."""
        here = [old for old in self.near if old.unit == self.one.unit and old.depth <= self.one.depth]
        here = [old for old in here if old.clause == here[-1].clause]
        sums = (a.number - b.number + way * c.number for a, b, c in permutations(here, 3) for way in (1, -1))
        if any(abs(abs(some) - abs(self.one.number)) <= self.one.place for some in sums):
            return True
        before = [old for old in self.near if "含" not in self.leads[old]] if len(here) > 2 else []
        opening = any(said("opening", self.leads[old]) for old in [*before, *self.after[:1]])
        return opening and not re.search("净|[当本][期年]", self.lead)
