"""Differences, growth and balances in a text: 比上年增加21场，增长20%, 由A增至B, 高于平均水平（A）, 结余, 空编, 剩余.

A word of change asks for two figures. The one that its words mark as former, planned or gone stands last before it, in brackets behind
it, or where the next clause begins with 上年; the other is one of its kind in the same sentence. Where no two fit, the change is wrong.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby, pairwise, permutations

from lib.intake.far import SPENT, Far, core
from lib.intake.reckoning import Guess
from lib.intake.terms import RATES, Term, pieces, said, without

_MANY = 8  # figures of a sentence that a change may lie between
_BALANCE = (SPENT, "收入决算", "收入合计", "收入总计", "预算收入")  # told in other paragraphs
_LEFT = (
    ("送审", "[审核]减", "审定"),
    ("分值|满分|权重", "得分?$|评分?$", "[扣失丢]了?分?$"),
)  # of two what the third is
_INNER = re.compile("(?:其他|补助|事业|经营)收入|拨款|(?:基本|项目)支出|其中")  # no total
_NAMED = re.compile(r"年初|预算|计划|核定|目标|任务|平均|20\d\d(?=年)")  # a change against one of these is from it


def guesses(one: Term, known: list[Term], near: list[Term], after: list[Term], away: Far) -> Iterator[Guess]:
    """What a change may lie between: what holds, or else what is meant; and the growth that a change makes."""
    beside = near and (said("points" if one.unit == "百分点" else "beside", one.lead) or said("over", one.lead))
    listed = "分别" in one.head or not (said("nested", one.head) or len(one.lead) > 4)
    lead = (near[-1].head if beside else one.head if listed else one.lead).replace("增加值", "")
    growth = one.unit in ("%", "倍")
    asked = said("grown", lead) if growth else said("changed", lead.rpartition("，")[2])
    left = re.search(r"(?<![较比])上年\w{0,3}结|结\w*分别", lead)  # what was left is nothing's difference
    left = left or (not growth and re.search(r"(?<!未\w\w)的$", one.lead))  # 低于预算的18万元
    other = re.match("[位名]次", one.tail) or (near and re.search("[合加]起来", near[-1].lead))  # ranks, and of sums
    other = other or one.ratio or re.search(r"为\w+节[约省]", lead)  # others' money
    if asked and not left and not other and not re.search(r"(?<!达)[到至]\w?$", lead):
        totals = (old for label in _BALANCE for old in away.labels.get(label, ()) if said("remains", lead))
        known = [*(old for old in totals if not re.search("，.*(?:增减|差|变[动化])", old.lead)), *known]
        spent = [old for old in near[-2:] if re.search(r"[上去]年\w{0,2}支出", old.lead)]
        known = [*away.spent, *known] if spent and not any(old.unit == spent[0].unit for old in near[:-2]) else known
        of = re.fullmatch(r"\W*(\w{3,}?)[较比](?:上年|去年)(?:同期)?的?", near[-1].lead) if growth and near else None
        yield from (
            Guess(one, "%", (now, near[-1]), 2) for now in (away.alone(of[1], one, near[-1].unit) if of else ())
        )
        if growth and near and near[-1].cue("change"):  # 支出比上年增加28.93万元，增长4.72%
            by = re.fullmatch(r"\W*(\w{2,}?)[较比](?:上年|去年)\w{2,4}", near[-1].lead)
            now = away.alone(by[1], one, near[-1].unit) if by else ()
            yield from (Guess(one, "~", (value, near[-1]), 2) for value in now)
        if "相抵" in lead:  # of this year's income and spending
            near, known = ([old for old in some if not old.told("former")] for some in (near, known))
        yield from _Change(one, "%" if growth else "-", lead, near, after).guesses(known)


def parallel(figures: list[Term]) -> Iterator[Guess]:
    """Growth of what one sentence tells of this year and one beside it, in the same order, of the last: 上年事故189起，死亡41人。事故下降14.3%."""
    sentences = _sentences(figures)
    for n, (first, second) in enumerate(pairwise(sentences)):
        a, b = ([one for one in some if one.unit not in RATES] for some in (first, second))
        old, new = (bool(re.match(r"\W*(?:上年|去年|20\d\d年)", some[0].gap)) for some in (first, second))
        a, b = a[-len(b) :], b[-len(a) :]
        if len(a) < 2 or [one.unit for one in a] != [one.unit for one in b] or old == new:
            continue
        for one in (one for some in (second, *sentences[n + 2 : n + 3]) for one in some):
            words = "".join(without("plainly", one.lead))
            like = [len({*words} & {*two.lead[-6:], *other.lead[-6:]}) for two, other in zip(a, b, strict=True)]
            best = like.index(max(like))
            grown = said("grown", one.lead) or one.item.found.said[:1] in "+-−"
            if one.unit == "%" and grown and like[best]:
                yield Guess(one, "%", (a[best], b[best]) if new else (b[best], a[best]), 2)


def balances(figures: list[Term]) -> Iterator[Guess]:
    """What is there in the end (年末): what was there in the beginning (年初), by all that came and went between them."""
    for sentence in _sentences(figures):
        for unit in dict.fromkeys(one.unit for one in sentence if one.unit):
            run = [one for one in sentence if one.unit == unit]
            yield from _balance(run)
            yield from _deducted(run)


def _balance(run: list[Term]) -> Iterator[Guess]:
    first = next((one for one in run if one.cue("opening")), None)
    for last in (one for one in run if first and one.cue("closing") and one is not first):
        moves: list[tuple[str, Term]] = []
        for one in (one for one in run if one.start < last.start and one is not first and one.depth <= first.depth):
            sign = "+" if one.number < 0 else "-" if one.cue("outflow") else "+" if one.cue("inflow") else ""
            sign = moves[-1][0] if moves and not sign and re.match("[、和及]", one.lead) else sign
            if not any(said("net", one.lead) or (one.cue("total") and sign in ("", known)) for known, _ in moves):
                moves.append((sign, one))
        signs = "".join(sign for sign, _ in moves)
        if len(signs) == len(moves) > 0:
            guess = Guess(last, signs, (first, *(one for _, one in moves)))
            yield replace(guess, plain=2 if len(moves) > 1 else int(guess.lost))


def _deducted(run: list[Term]) -> Iterator[Guess]:
    """What is left when some of the figure before is taken off: 1,500万元，扣除36万元和264万元后，可用1,200万元."""
    since = next((n for n, one in enumerate(run[1:], 1) if re.search("扣除|减去|剔除|扣减|^，除", one.lead)), len(run))
    left = next((n for n, one in enumerate(run) if n > since and re.match("[^，]{0,6}[后外]，", one.gap)), 0)
    if left and run[since - 1].number > run[left].number:
        yield Guess(run[left], "-" * (left - since), tuple(run[since - 1 : left]), 2)
    for some in zip(run, run[1:], run[2:], strict=False):
        for words in _LEFT:
            if all(re.search(word, one.lead) for word, one in zip(words, some, strict=True)):
                yield Guess(some[2], "-", some[:2], 2)


def _sentences(figures: list[Term]) -> list[list[Term]]:
    return [[*some] for _, some in groupby(figures, lambda one: one.sentence)]


@dataclass(frozen=True)
class _Change:
    """A change in its sentence, with the words that lead to it."""

    one: Term
    operator: str
    lead: str
    near: list[Term]
    after: list[Term]

    def guesses(self, known: list[Term]) -> Iterator[Guess]:
        """Those that hold; else those that are meant, the nearest first; `known` stand farther off as well."""
        rest, like, later = said("remains", self.lead), self.like(self.near)[-_MANY:], self.later()
        meant, stair = {*later, *self.marked(like, rest)}, rest and _stair(self.one, self.near)
        some, far = ([*self.pairs([*later, *reversed(old)])] for old in (like, self.like(known)))
        if like and meant and like[-1].cue("former"):
            some = [guess for guess in some if like[-1] in guess.parts]
        firm = [guess for guess in some if not stair and meant & {*guess.parts} and self.bare(guess)]
        last = (like if like[1:] else self.like(known))[-2:]
        loose = rest or any(old.told("former") for old in last if old.clause == last[-1].clause or self.operator == "%")
        weak = [guess for guess in far if self.named(guess, rest) or (loose and {*guess.parts} == {*last})]
        weak = [guess for guess in weak if self.operator == "-" or not self.mixed(guess)]
        firm = firm or self.headed() or [guess for guess in some if "收支" in self.lead and _of_totals(guess)]
        direct = self.operator == "%" and re.fullmatch(r"[，,]?(?:同比|[比较]上年)\w\w", self.one.lead)
        if direct and like[-1:] == self.near[-1:]:
            far = [guess for guess in far if like[-1] in guess.parts]
        held = [guess for guess in some if guess.holds] or [guess for guess in far if not firm and guess.holds]
        against = re.search(r"[低高]于(?:年初)?(?:预算|计划|目标|上年)\w{0,2}$", self.lead)  # by it or than it
        against = against or (said("beside", self.one.lead) and re.search("[和及与].*分别", self.lead))  # A和B分别提高
        others = re.search("全[国省市县区]|同口径|平均", self.lead)
        for guess in held or (() if against or (others and self.operator == "%") else firm or weak * (not stair)):
            yield replace(guess, plain=1 + bool(firm))
        yield from (guess for guess in (*some, *far) if not (held or others) and guess.slip > 1)
        yield from self.ratios(like) if self.operator == "%" and not held else ()

    def headed(self) -> list[Guess]:
        """Growth behind 上年A, 2021年是A or 上年决算A, which is that of what the sentence begins with, as far as it is called so."""
        some, before = self.like(self.near), (self.near or [self.one])[-1]
        told = re.fullmatch(r"\W*[与同比较]?(?:[上去]年度?|20\d\d年)(\w{0,4}?)[为是的]?", before.lead)
        named = [one for one in some[:-1] if told and told[1] and one.lead.endswith(told[1])]
        first = next(iter([*named, *some]), self.one)
        same = first is not before and first.unit == before.unit and not first.told("former", "planned")
        same = same and 0.1 < first.number / (before.number or 1) < 10
        growth = self.one.unit in ("%", "百分点") or re.match(r"\W*20\d\d", before.lead)
        called = told and same and told[1] in first.lead and growth and "同期" not in self.lead
        return [Guess(self.one, self.operator, (first, before), 2)] if called else []

    def ratios(self, like: list[Term]) -> Iterator[Guess]:
        """A value, what it has changed by and its growth: 126场，比上年增加21场，增长20%."""
        cut = [old for old in self.near if re.search("送审|[审核]减$", old.lead)][-2:]
        if [old.cue("change") for old in cut] == [False, True]:
            yield Guess(self.one, "/", (cut[1], cut[0]), 2)
        behind = [new for new in self.after[:1] if re.fullmatch("，(?:同比|[比较][上去]年)?净?(?:增加|减少)", new.lead)]
        beside = [old for old in self.near[-1:] if old.cue("change")] or behind
        beside = [old for old in beside if old.clause == self.one.clause]
        for value in [old for old in reversed(like) if beside and old.unit.partition("/")[0] == beside[0].unit]:
            before = value.told("former") or re.search("预算|计划", value.lead)
            since = ("/", (beside[0], value)) if before else ("~", (value, beside[0]))
            here = value is like[-1] and value.clause == self.one.clause
            bare = re.fullmatch(r"[，,]?(?:同比|较上年|比上年)?[增降减下上]幅?\w?", self.one.lead)
            bare = here and bare and not re.search("[比较](?![上去]年)", beside[0].lead)
            yield Guess(self.one, *since, 1 + bool(bare or beside[0].way * self.one.way < 0))

    def like(self, figures: list[Term]) -> list[Term]:
        """The figures that it may be a change from or to: of its unit, no changes, and in no brackets of their own unless former."""
        unit: str | None = {"百分点": "%"}.get(self.one.unit, self.one.unit)
        if self.operator == "%":
            sizes = (old for old in [*reversed(self.near), *self.after] if old.unit not in ("%", "百分点"))
            some = [old for old in sizes if old in self.near[-1:] or not old.told("change")]
            counted = ((old, re.escape(old.unit.removesuffix("次"))) for old in some if old.unit)
            named = [old for old, unit in counted if re.search(f"{unit}[次数]", self.lead)]  # 事故起数
            unit = next((old.unit for old in (*named, *some)), None)
        free = [old for old in figures if old.sharp and not (old.told("change") or old.ratio)]
        values = [old for old in free if old.unit == unit or (not old.unit and said("vacant", self.lead))]
        if len(values) == 1:  # 人均收入A，全县B，差
            values = [old for old in free if old in values or old.unit.partition("/")[0] == unit]
        values = [old for old in values if not ("金额" in self.one.lead and old.cue("each"))]
        return [old for old in values if old.depth <= self.one.depth or old.told("former") or self.aside(old)]

    def aside(self, new: Term) -> bool:
        """Whether a figure stands in brackets right behind, for a year or under words of the change: 较1月末净增180人（1月末6,060人）."""
        told = re.fullmatch(r"[^，。；\d]*（(\d{4}年|\w{2,8}?)[为是]?\W?", new.gap) if new in self.after[:1] else None
        told = None if any(said("beside", other.lead) for other in self.after[1:2]) else told
        return bool(told and (told[1][:2] in self.lead or told[1].endswith("年")))

    def later(self) -> list[Term]:
        """A former figure behind it: in brackets (（上年9.5万元）), in the next clause (上年分别为5个、52场), of the year before; or what it
        has come to (，达到28.5万人次)."""
        old, new = (next(iter(some), self.one) for some in (self.like(self.near)[::-1], self.like(self.after)))
        mark = "[（(，；。]*(?:上年|去年|上期)|，?[^，]?(?:达到?|[至到])"
        former = re.match(mark, new.head) and not said("remains", self.lead)
        told = former or self.aside(new) or years(new, old)
        both = [one for one in self.like(self.after)[:2] if old is self.one and one.sentence == old.sentence]
        if len({one.told("former") for one in both}) == 2:  # 减少20万元，上年200万元，本年180万元
            return both
        return [new] if told and new is not self.one else []

    def marked(self, like: list[Term], rest: bool) -> list[Term]:
        """The figures before it that are marked as former or planned, or as what is done, if one of the last two is."""
        versus = re.search(r"(\w\w)\w*?比(\w\w)\w*?[多少高低]", self.lead)
        if versus and like[1:] and all(any(name in old.head for old in like[-2:]) for name in versus.groups()):
            return like[-2:]
        asked = _NAMED.findall(self.lead + "年初" * ("净" in self.lead))
        own = [old for old in like if old is like[-1] or not re.search("[较比]", old.lead)]  # no other's former one
        named = [old for old in own if any(word in old.head for word in asked)]
        if not like[1:] or any(old.clause == self.one.clause for old in named):
            return named if like[1:] else []
        old, new = like[-2:]
        between = self.near[self.near.index(new) + 1 :]
        apart = any(mid.depth <= self.one.depth and not mid.cue("change") for mid in between)
        if new.clause != self.one.clause or (apart and not rest) or "另" in new.lead:
            return []
        listed = new.head.startswith(f"{old.head}、") and "分别" in old.head and not said("since", self.lead)
        moved = re.search(r"[到至为今现]|本年|20\d\d", new.lead) if old.told("former") else old.told("planned")
        since = moved or any(years(a, new) or years(new, a) for a in like) or listed
        if old.clause == new.clause and (new.told("former", "planned") or since):
            return like
        return [new] if rest and new.told("gone") > old.told("gone") else []

    def pairs(self, figures: list[Term]) -> list[Guess]:
        """Two of the figures, in the order that its word gives them; what is former or planned is not what is now. First those of which
        one is so, or stands aside, then those that change as its word says."""
        way, rest = self.one.way if self.operator == "-" else 1, said("remains", self.lead)
        found = list[tuple[bool, bool, Guess]]()
        for now, before in permutations(figures, 2):
            told, since = (one.told("former", "planned") or self.aside(one) for one in (now, before))
            apart = (
                (now.number == before.number and now.told("former") >= before.told("former"))
                or now.price != before.price
                or not (0.01 < (ratio := now.number / (before.number or 1)) < 100 or 0.1 < ratio * 10**4 < 10)
                or years(now, before)
                or all(re.search(r"[与同较比]\w{0,6}的$", old.lead) for old in (now, before))
                or (rest and before.told("opening") and "净" not in self.lead)
            )
            if not apart and (told <= since if way else now.number > before.number):
                against = (now.number - before.number) * self.one.way < 0
                parts = (before, now) if way < 0 else (now, before)
                found.append((told == since, against, Guess(self.one, self.operator, parts)))
        return [guess for _, _, guess in sorted(found, key=lambda one: one[:2])]

    def named(self, guess: Guess, rest: bool) -> bool:
        """Whether two of other sentences are named: what stands last and what has its name, or income and spending."""
        now, before = guess.parts
        if rest:
            return "支出" in before.lead and (now.cue("income") or now.told("planned"))
        name = SPENT if now.item.cell and said("sum", now.lead) else now.lead[-6:]
        words = before.lead[-6:] + self.lead + "支出"
        last = self.near[-1:] == [before] and re.search(r"[上去\d]年|同期", before.lead)
        return bool(last and any(pair in words for pair in pieces(name)))

    def mixed(self, guess: Guess) -> bool:
        """Whether one of two is a budget and the other what was spent last year."""
        now, before = guess.parts
        turned = now.told("former") > before.told("former")
        return turned or (now.cue("planned") > before.cue("planned") and not said("planned", self.lead))

    def bare(self, guess: Guess) -> bool:
        """Whether its words say no more than that it is a change, of what, and since when."""
        now, before = guess.parts
        behind = (
            self.after and {*guess.parts} == {*self.after[:2]} and re.match("[，；](?:[由从]|达到)", self.after[0].lead)
        )
        if behind or any(old.depth > self.one.depth for old in guess.parts):
            return True
        former = any(old.told("former") and (old.told("since") or not old.told("planned")) for old in guess.parts)
        former = former or years(now, before) or years(before, now)
        named = [*without("plainly", self.lead), *_NAMED.findall(self.lead)]
        return all(core(one)[-3:] in now.head + before.head for one in named) and (
            former or not said("since", self.lead)
        )


def years(old: Term, new: Term) -> bool:
    """Whether two figures are those of a year and of the next, or stand side by side in a list of years."""
    if new.head.startswith(f"{old.head}、"):
        return len(re.findall(r"\d\d年", old.head)) > 1
    years = [int(year) for one in (old, new) for year in re.findall(r"(\d\d)年", one.head)[-1:]]
    return len(years) == 2 and years[1] == years[0] + 1


def _of_totals(guess: Guess) -> bool:
    """Whether it is of all income and all spending."""
    words = "、".join(part.lead for part in guess.parts)
    return bool(re.search("收入.*支出|支出.*收入", words)) and not _INNER.search(words)


def _stair(one: Term, near: list[Term]) -> bool:
    """Whether more than two figures may give what is left."""
    here = [old for old in near if old.unit == one.unit and old.depth <= one.depth]
    here = [old for old in here if old.clause == here[-1].clause]
    sums = (a.number - b.number + way * c.number for a, b, c in permutations(here, 3) for way in (1, -1))
    return any(abs(abs(some) - abs(one.number)) < one.place for some in sums)
