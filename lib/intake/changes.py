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
        """Those that hold; else those that are meant, the likeliest first."""
        like, later, beside = self.like(self.near)[-_MANY:], self.later(), self.beside()
        some, far = ([*self.pairs([*later, *reversed(old)])] for old in (like, self.like(known)))
        if (
            like
            and like[-1:] == self.near[-1:]
            and re.search(r"[较比]\w*\W?$", like[-1].lead)
            and not without("plainly", self.lead)
        ):
            some = [guess for guess in some if like[-1] in guess.parts]
        told = [guess for guess in some if {*guess.parts} in beside and self.bare(guess)]
        held = [guess for guess in told or some if agrees(guess)]
        meant, stair = {*later, *self.marked(like)}, self.stair(like)
        firm = told or [guess for guess in some if not stair and meant & {*guess.parts} and self.bare(guess)]
        if not (firm or held):
            held = [guess for guess in far if agrees(guess)]
        last = (like if like[1:] else self.like(known))[-2:]
        loose = self.rest or any(said("former", self.leads[old]) for old in last if old.clause == last[-1].clause)
        weak = [guess for guess in far if self.named(guess) or (loose and {*guess.parts} == {*last})]
        for guess in held or sorted(firm or weak * (not stair), key=lambda guess: -slips(guess)):
            yield replace(guess, plain=1 + bool(firm))
        yield from self.ratios(like) if not told else ()

    @property
    def rest(self) -> bool:
        """Whether it is what is left of two, or by what they differ."""
        return said("differs", self.lead) or said("left", self.lead)

    def like(self, figures: list[Term]) -> list[Term]:
        """The figures that it may be a change from or to: of its unit."""
        unit = {"百分点": "%"}.get(self.one.unit, self.one.unit)
        if self.operator == "%":
            units = (old.unit for old in [*reversed(self.near), *self.after] if self.value(old))
            unit = next((unit for unit in units if unit not in ("%", "百分点")), None)
        units = (unit, "") if said("vacant", self.lead) else (unit,)
        return [old for old in figures if old.unit in units and self.value(old)]

    def value(self, old: Term) -> bool:
        """Whether a figure is no change, and in no brackets of its own unless it is former."""
        outer = old.depth <= self.one.depth or said("former", self.leads[old])
        return outer and old.sharp and not said("change", self.leads[old])

    def later(self) -> list[Term]:
        """Former figures behind it: in brackets (（上年9.5万元）), in the next clause (上年分别为5个、52场), of the year before; or what it
        has come to (，达到28.5万人次)."""
        old, new = (next(iter(some), self.one) for some in (self.like(self.near)[::-1], self.like(self.after)))
        if self.rest or new is self.one:
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
        if new.clause != self.one.clause or (apart and not self.rest):
            return []
        listed = last.startswith(f"{words}、") and re.search("分别|年", words) and not said("since", self.lead)
        own = old.depth <= new.depth and (self.since(old) or self.years(old, new) or self.years(new, old) or listed)
        if old.clause == new.clause and (self.since(new) or own):
            return like
        return [new] if self.rest and said("gone", words) + said("gone", last) == 1 else []

    def since(self, old: Term) -> bool:
        """Whether a figure is marked as former or planned."""
        return said("former", self.leads[old]) or said("planned", self.leads[old])

    def pairs(self, figures: list[Term]) -> Iterator[Guess]:
        """Two of the figures, in the order that its word gives them; what is former or planned is not what is now."""
        way = self.one.way if self.operator == "-" else 1
        for now, before in permutations(figures, 2):
            if (way and self.since(now) <= self.since(before)) or (not way and now.number >= before.number):
                yield Guess(self.one, self.operator, (before, now) if way < 0 else (now, before))

    def neighbour(self) -> Term | None:
        """The change beside growth, or the growth beside a change."""
        other = next(iter(self.near[-1:] if self.operator == "%" else self.after[:1]), self.one)
        change, growth = (other, self.one) if self.operator == "%" else (self.one, other)
        same = (change.clause, change.depth, growth.unit) == (growth.clause, growth.depth, "%")
        bare = said("change", self.leads[change]) and not without("plainly", growth.lead)
        return other if same and bare and other is not self.one else None

    def beside(self) -> list[set[Term]]:
        """The pairs between which its neighbour lies, if they are all there are or one is former."""
        other = self.neighbour()
        if not other:
            return []
        near = [old for old in self.near if old is not other]
        change = replace(self, one=other, operator="-%"[self.operator == "-"], lead=self.leads[other], near=near)
        like = [*change.later(), *reversed(change.like(near))]
        found = [{*guess.parts} for guess in change.pairs(like) if agrees(guess)]
        return [pair for pair in found if len(like) == 2 or any(said("former", self.leads[old]) for old in pair)]

    def ratios(self, like: list[Term]) -> Iterator[Guess]:
        """A value, what it has changed by and its growth: 126场，比上年增加21场，增长20%."""
        change = self.neighbour() if self.operator == "%" else None
        for value in (old for old in reversed(like) if change and old.unit == change.unit):
            since = ("/", (change, value)) if value.cue("against") else ("~", (value, change))
            yield Guess(self.one, *since, 1 + (len(like) == 1))

    def named(self, guess: Guess) -> bool:
        """Whether two of other sentences are named: what stands last and what has its name, or income and spending."""
        now, before = guess.parts
        if self.rest:
            return (
                said("income", now.lead) and "支出" in before.lead and not (now.cue("nested") or before.cue("nested"))
            )
        name, words = now.lead[-6:], before.lead[-6:] + self.lead + "支出"
        last = self.near[-1:] == [before] and (said("former", before.lead) or re.search(r"\d\d年", before.lead))
        return bool(last and any(name[n : n + 2] in words for n in range(len(name) - 1)))

    def bare(self, guess: Guess) -> bool:
        """Whether its words say no more than that it is a change, of what, and since when."""
        if said("since", self.lead) and not any(said("former", self.leads[part]) for part in guess.parts):
            return any(self.years(*pair) for pair in permutations(guess.parts))
        words = "".join(self.leads[part] for part in guess.parts)
        return all(one in words for one in [*without("plainly", self.lead), *_NAMED.findall(self.lead)])

    def stair(self, like: list[Term]) -> bool:
        """Whether more than two figures may give what is left: what was there before, or three that do."""
        if not self.rest:
            return False
        before = [old for old in self.near * (len(like) > 2) if "含" not in self.leads[old]]
        opening = any(said("opening", self.leads[old]) for old in [*before, *self.after[:1]])
        here = [old for old in self.near if old.unit == self.one.unit and old.depth <= self.one.depth]
        three = permutations([old for old in here if old.clause == here[-1].clause] if like else [], 3)
        sums = (a.number - b.number + way * c.number for a, b, c in three for way in (1, -1))
        fits = any(abs(abs(some) - abs(self.one.number)) <= self.one.place for some in sums)
        return fits or (opening and not re.search("净|[当本][期年]", self.lead))
