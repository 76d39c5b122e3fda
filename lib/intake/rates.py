"""Rates, shares and amounts for each: the figures that a reader takes them to be made of.

The words tell which: 占采购总额的 names its whole, 成活率 is of what is called 成活, 执行率 of what was planned, 户均 of households. Where
they tell nothing more, the nearest of the same unit is meant, unless others that hold have one of its parts.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from lib.intake.reckoning import Guess
from lib.intake.spelled import listed, together
from lib.intake.sums import several
from lib.intake.terms import RATES, TIMES, Term, found, said

_AMONG = re.compile(r"\W*(?:其中)?(?!其中)(\w{2,6}?)[中里](?![央心小学期医国层])")  # 在职人员中本科以上51人，占
_FORMER = re.compile(r"(?:上年|去年|同期)(?!经费)\w{0,3}$")
_SPENT = "(?:全年|本年|年度)?(?:总|实际)?支出总?[额数]?"
_TASK = re.compile("，(?:全年|总|年初)?(?:任务|目标|计划)(?:任务)?(?:总?数|总量)?[为是]?")
_TWO = re.compile("基本支出|项目支出")  # of which neither is of the other


class Place(NamedTuple):
    """A figure, the words that lead to it, the figures before it in its sentence, all before it, those behind, and what was spent in all."""

    one: Term
    lead: str
    near: list[Term]
    known: list[Term]
    after: list[Term]
    spent: list[Term]

    def wholes(self, part: Term) -> list[Term]:
        """What a part may be of, nearest first: brackets behind, then all before it."""
        inside = [new for new in self.after[:1] if new.depth > self.one.depth]
        before = (old for old in reversed(self.known) if old.start < part.start)
        return [old for old in (*inside, *before) if old.unit == part.unit or (part.unit, old.unit) in TIMES]

    def current(self, figures: list[Term]) -> list[Term]:
        """Those of this year, if nothing is said of another."""
        return [old for old in figures if said("since", self.lead) or not old.told("former")]


def meant(at: Place, run: list[Term], held: list[Guess]) -> Guess | None:
    """What alone can be meant; `run`: the list that the figure stands in; `held`: others that hold."""
    if at.one.unit == "%" and len(run) > 1:
        of = listed(run, [old for old in at.known if old.start < run[0].start], "/")
        if of or "分别" in at.lead:
            return next((guess for guess in of if guess.stated is at.one), None)
    guess = next(filter(None, (rule(at) for rule in _RULES)), None)
    if guess and at.one.unit == "%" and at.one.number < 1.2 and max(guess.span or (0,)) > 3:
        return guess if guess.misprinted else None  # a part of something else
    if guess and guess.plain < 3:
        others = [other for other in held if guess.plain < 2 or {*other.parts} != {*guess.parts}]
        others = [other for other in others if not (_since(other, guess) or _beside(other))]
        excused = any({*other.parts} & {*guess.parts} for other in others)
        return None if excused or not at.one.sharp or together(at.one, at.near) else guess
    return guess


def outdated(at: Place, held: list[Guess]) -> Iterator[Guess]:
    """What is meant where last year's figure alone gives it (上年17.2万人增加到18.64万人，签约率): this year's, beside it."""
    last = [old for guess in held for old in guess.parts if old.told("former")]
    if not last or any(not {*last} & {*guess.parts} for guess in held):
        return
    old, (part, whole) = last[0], held[0].parts
    if part.cue("change") or "成" in at.one.item.found.said:
        return
    like = [new for new in at.known if (new.unit, new.sentence) == (old.unit, old.sentence)]
    like = [new for new in at.current(like) if not (new.cue("each") or new.cue("change")) and new not in (part, whole)]
    risen = any(new.start > old.start and said("grown", new.lead) for new in at.near)
    now = [new for new in like if re.search("[到至]$", new.lead)][:1] or like[-1:] * risen
    yield from (Guess(at.one, "/", (new, whole) if old is part else (part, new), 2) for new in now)


def adjusted(at: Place) -> Iterator[Guess]:
    """预算调整率: what was added to the budget or taken from it, of that of the year's beginning."""
    moved, first = (
        [old for old in at.near if re.search(word, old.lead)] for word in ("追加|调[增减整]|[压核]减|收回", "年初")
    )
    if "预算调整率" in at.lead and len(moved) == len(first) == 1:
        yield Guess(at.one, "/", (moved[0], first[0]), 2)


def _behind(at: Place) -> Guess | None:
    """占比78.2%，即A中B; 执行率93.1%（预算A，支出B）."""
    done, task = at.near[-1:], [new for new in at.after[:1] if _TASK.fullmatch(new.gap)]
    if task and said("fulfilled", at.lead) and [old.unit for old in done] == [task[0].unit]:
        return Guess(at.one, "/", (*done, *task), 2)  # 完成率100%，任务数2600户
    if len(at.after) < 2 or not re.match("[，,]?[（(即]", at.after[0].gap):
        return None
    whole, part = at.after[:2]
    told = re.match(r"\w{0,4}[中里]", whole.tail) or (whole.cue("planned") and not part.cue("planned"))
    return Guess(at.one, "/", (part, whole), 2) if told and part.unit == whole.unit and not part.cue("change") else None


def _of(at: Place) -> Guess | None:
    """完成任务数45个的, of the last figure of its kind before that is no such whole itself."""
    told = re.fullmatch(r"[）)]?(?:总[数量额]?|目标|任务|计划)?的\D{0,2}", at.lead)
    told = told or (at.near and "占" in at.near[-1].lead and re.fullmatch(r"\w{1,6}的\D{0,2}", at.lead))
    if not told or not at.near or "超额" in at.near[-1].lead or several(at.near[-1], at.near[:-1]):
        return None
    clause = at.near[-1].clause
    inner = next((n for n, old in enumerate(at.near) if old.clause == clause and old.cue("inner")), 0)
    if inner and at.near[inner - 1].unit == at.near[-1].unit:  # what a list is of
        at = at._replace(near=[*at.near[:inner], at.near[-1]])
    now = [old for old in at.near[:-1] if not _FORMER.search(old.lead)]
    now = [old for old in now if not old.cue("each")]
    heads = [old for old in now if old.unit == at.near[-1].unit and old.depth <= at.one.depth]
    if heads and heads[-1].clause < clause:  # 3.15万元：…，…；为预算5.20万元的
        at = at._replace(near=[heads[0], at.near[-1]])
    whole, others = at.near[-1], {old for old, new in pairwise(at.near) if re.match("[）)]?的", new.lead)}
    parts = [old for old in reversed(at.near[:-1]) if old in now and old not in others and old.depth <= whole.depth]
    return next((Guess(at.one, "/", (old, whole), 3) for old in parts if old.unit == whole.unit), None)


def _carried_out(at: Place) -> Guess | None:
    """预算3.6万元，实际为预算的, of what the sentence, or the one before it, begins with."""
    if not at.near or not re.search(r"[，,]\W*(?:全年|本年)?(?:实际|支出)+[是为占]预算\w?的$", at.lead):
        return None
    budget = at.near[-1]
    now = [old for old in at.known if old.unit == budget.unit and old.sentence > at.one.sentence - 3]
    return Guess(at.one, "/", (now[0], budget), 2) if now[0] is not budget else None


def _share(at: Place) -> Guess | None:
    """占在职人数的, of the nearest that is called so; 占, of the nearest that is not itself a part."""
    words = re.split("[，,]", at.lead)[-1]
    named, told = found("share_of", words), found("about", words)
    about = next((match[1] for match in (named, told) if match and match[1]), "")
    here = [old for old in at.near if old.depth <= at.one.depth] or at.near
    if about in ("前者", "后者"):
        pair = [old for old in here if old.unit not in RATES][-2:]
        here, about = pair[: 1 + (about == "后者")], ""
        at = at._replace(known=[old for old in at.known if old not in pair or old in here[-1:]])
    part = next((old for old in reversed(here) if not about or _called(about, old)), at.one)
    ends = [old for old in here if old.lead.endswith(about[-2:]) and not said("general", about[-2:])]
    part = ends[0] if part is at.one and len(ends) == 1 else part
    if part.unit in RATES or not part.sharp or re.match("的(?!人|户|家)\\w{2,}占", at.lead):  # 2家的用量占
        return None
    inside = _AMONG.match(part.lead) if said("share", words) else None
    name, wholes = named[2] if named else inside[1] if inside else "", at.wholes(part)
    if len({old.number for old in at.spent}) == 1 and part not in at.spent and re.fullmatch(_SPENT, name):
        return Guess(at.one, "/", (part, at.spent[0]), 3)
    if name and not re.fullmatch(r"[总全]?\w?数|总[量额]", name):
        here = said("planned", name) or said("former", name)
        name = name if any(_called(name, old) for old in wholes) else name[-3:]
        wholes = [old for old in wholes if _called(name, old) and here <= (old.sentence == at.one.sentence)]
        wholes = [old for old in wholes if not re.search(f"{name}[中里]|[中里]，", old.lead)]
        wholes = [old for old in wholes if here or not old.told("former")]
        wholes.sort(key=lambda old: (old.number < part.number, name not in old.lead))
        if not said("general", name[:3]):
            return Guess(at.one, "/", (part, wholes[0]), 3) if wholes else None
    elif not (name or told or said("share", words)):
        return None
    if _TWO.search(part.lead) and "者" not in at.lead:
        wholes = [old for old in wholes if re.search(r"支出\D{0,2}$", old.lead) and not _TWO.search(old.lead)]
        wholes = at.current(wholes) or at.spent
    wholes = [old for old in wholes if old.told("former")] * part.told("former") or at.current(wholes) or wholes
    shares = {old for old, new in pairwise(at.known) if new.unit == "%" and re.search(r"^\W*\w{,2}占|者占", new.lead)}
    shares |= {old for old, new in pairwise(at.known) if new is part and new.lead[:1] == "、" and "者" not in at.lead}
    wholes = [old for old in wholes if old not in shares and old.number >= part.number]
    return Guess(at.one, "/", (part, wholes[0]), 2) if wholes else None


def _rate(at: Place) -> Guess | None:
    """成活率, of the nearest that is called 成活 in what stands before it; 执行率, 完成率, of what was planned; 审减率, of what the two
    before it differ by."""
    name = found("name", at.lead) if at.one.unit in ("%", "") else None
    called = (name[1] or name[2])[-2:] if name else ""
    like = [old for old in at.near if old.unit not in RATES and not old.cue("shift")]
    like = at.current([old for old in like if not old.cue("vacant") or called in old.lead])
    like = _done(like) if said("fulfilled", called) else like
    if not name or not like or like[-1].sentence < at.one.sentence or _other(at, called, like[-1]):
        return None
    named = (n for n, old in enumerate(like, 1) if old.clause == like[-1].clause and {*called} <= {*old.lead[-6:]})
    both = len(name[1] or "") > 3 and like[-1].cue("total")  # 升学A、就业B，合计C，升学就业率
    like = like if both else like[: max(named, default=len(like))]
    whole = like[-1]
    swapped = len(like) > 1 and whole.unit == like[-2].unit and whole.cue("planned") and not like[-2].cue("planned")
    part, wholes = (like[-2], [whole]) if swapped else (whole, at.wholes(whole))
    wholes = wholes or [old for old in like[-2:-1] if _alike(old.unit, whole.unit)]  # 108人 of 276人次
    wholes = [old for old in wholes if old.clause == part.clause or not old.told("former")]
    summed = {new for old, new in pairwise(at.known) if old.cue("planned") and new.cue("total")}
    planned = [old for old in wholes if old.cue("planned") or old in summed]
    planned = [old for old in at.current(planned) if old.clause == part.clause] or planned
    done = at.near[-1] is like[-1] and re.search("[实已]", part.lead) and {*called} & {*part.lead}
    owed = any(old.lead[-2:-1] == "应" and old.lead[-1] in part.lead[-3:] for old in planned[:1])
    if planned and (said("fulfilled", called) or done or owed):  # what was planned anew is not what was done
        return None if part.lead.endswith("调整为") else Guess(at.one, "/", (part, planned[0]), 2)
    asked = [old for old in reversed(at.near) if old.unit == "份" and re.search("[收返]回|回收|有效", old.lead)]
    wholes = wholes or asked * (called == "满意")
    if said("general", called) or not {*called} <= {*part.lead[-6:]} or (part.lead + name[0]).count(f"不{called}") == 1:
        return None
    taken = [old for old in wholes if re.search("[结办]", called) and re.search("受理|收到|交办", old.lead)][:1]
    wholes = [old for old in wholes if old.sentence == part.sentence]
    alone = len(wholes) == 1 and wholes[0].clause == at.one.clause
    due = [old for old in wholes if old in planned or not {*called} <= {*old.lead[-6:]}]
    due = [old for old in due if alone or old.number >= part.number] or taken
    base = re.search(r"[按在](\w{2,6}?)(?:计算?的?|中，)", part.lead + at.lead)
    others = [part.number / old.number for old in at.near if old.unit not in (part.unit, *RATES) and old.number]
    same = sum(old.number for old in like if called in old.lead[-6:])  # 调解结案A、裁决结案B，结案率
    if not due or any(abs(other - at.one.number) < at.one.place / 2 for other in (*others, same / due[0].number)):
        return None
    asked = called == "满意" and due[:1] == asked[:1] and not together(at.one, at.near)  # not of those sent
    return Guess(at.one, "/", (part, due[0]), 2 + bool(asked or (base and _called(base[1], due[0]))))


def _done(like: list[Term]) -> list[Term]:
    """What may have been done or planned: not what is part of it, nor by how much it was missed."""
    like = [old for old in like if not old.cue("change")]
    end = max((n for n, old in enumerate(like) if old.cue("nested")), default=len(like))
    return [*like[:end], *(old for old in like[end:][-1:] if old.cue("planned"))]


def _each(at: Place) -> Guess | None:
    """户均, of the nearest households; 每公里造价, of the nearest kilometres; and the nearest amount; 每人100元 may be a price."""
    per, amount = what_for(at.lead), at.one.unit.partition("/")[0]
    own = at.one.price and any(new.price for new in at.after[:2])  # each of its own
    fixed = at.one.cue("nested") or re.search("收入|含|增收|每月|[月季][人户]均|标准|合|突破|超过|规定|上限", at.lead)
    if not per or at.one.unit in RATES or own or fixed:
        return None
    near = [old for old in at.near if not old.cue("shift")]
    about = re.search(r"(?!全年|平均)([^\W每]{2})[^\W平年]均", at.lead)
    told = (new.depth > at.one.depth or re.match("[，,](?:涉及|惠及|覆盖|按)", new.lead) for new in at.after[:1])
    behind = at.after[: any(told)]
    counts = [old for old in (*reversed(near), *behind) if counted(per, old)]
    counts = counts or [old for old in reversed(at.known) if per in ("日", "天") and old.unit == "天"][:1]
    counts = counts or [old for old in reversed(near) if (per, amount, old.unit) == ("次", "元", "人次")][:1]
    last = [old for old in at.known if old.sentence == at.one.sentence - 1]
    counts = counts or [old for old in last[:1] if counted(per, old)]
    counts = [old for old in counts if not (old.cue("each") or (about and not _called(about[1], old)))]
    counts = at.current(counts) or counts
    counts = [old for old in counts if old.depth <= at.one.depth] or counts
    amounts = at.current([old for old in near if _alike(old.unit, amount) and not old.cue("each")])
    amounts = [old for old in amounts if not old.cue("planned")] or amounts
    last = [old for old in last if _alike(old.unit, amount)]
    far = not amounts and amount == "元" and "均" in at.lead and near[:1] and near[0].sentence == at.one.sentence
    amounts = last if far and len(last) == 1 else amounts  # 共发放90万元。救助1500人，人均650元
    kin = [old for old in counts if amounts and amounts[-1].akin(old)]
    counts = kin if len(kin) == 1 else counts
    clauses = 9 if far else 1 + (per in ("日", "天"))  # in which it may stand
    if not (amounts and counts) or amounts[-1] is counts[0] or amounts[-1].clause <= at.one.clause - clauses:
        return None
    sums = (sum(old.number for old in amounts[-n:]) / counts[0].number for n in range(2, len(amounts) + 1))
    if any(abs(mean - at.one.number) < min(at.one.place, mean / 50) for mean in sums):  # of several together
        return None
    if per in "人户亩" and len({old.number for old in counts}) > 1 and counts[0].clause < amounts[-1].clause:
        return None
    noun = re.search(r"(?:均|(?<=每)\w+)(?!每)(\w\w+)$", at.lead)
    if noun and len(per) < 3 and not _called(noun[1], amounts[-1]) and {amounts[-1], counts[0]} != {*near[-2:]}:
        return None
    mean = re.search("均|造价|成本|产", at.lead) and (counts[0].unit != "人次" or "次" in at.lead)
    return Guess(at.one, "/", (amounts[-1], counts[0]), 2 if mean and not far else 1)


def _last(at: Place) -> Guess | None:
    """The last two of a kind, if the words fit and they almost give it."""
    like = [old for old in at.near if old.unit not in RATES and not old.cue("each")]
    like = [old for old in like if not old.cue("change")] if said("fulfilled", at.lead[-4:]) else like
    former = re.search("[上去]年", at.lead) and at.one.unit != "倍"
    if former or len(like) < 2 or like[-1].sentence < at.one.sentence:
        return None
    apart = like[-2].told("former") and not at.one.told("former")
    apart = apart or (at.one.unit == "%" and like[-2].unit != like[-1].unit)
    turned = like[-1].cue("former") or re.match("，共", like[-1].lead)
    whole, part = like[:-3:-1] if turned else like[-2:]
    times = at.one.unit == "倍" and whole.cue("former")
    name = re.search(r"(\w\w)(?:率|进度)", at.lead)
    asked = name and any(old.start > like[-1].start and name[0] in old.lead for old in at.near)  # of others, the same
    if asked or (apart and like[-2].clause < like[-1].clause):
        return None
    called = name and {*name[1]} & {*part.lead[-4:], *part.tail} and part.number <= whole.number
    return Guess(at.one, "/", (part, whole), 1 + times) if times or called or said("firm", at.lead) else None


_RULES = (_behind, _of, _carried_out, _share, _rate, _each, _last)


def _alike(a: str, b: str) -> bool:
    """Whether two units may be divided: 人 and 人次, 吨 and 公斤."""
    return a.removesuffix("次") == b.removesuffix("次") or (a, b) in TIMES or {a, b} == {"次", "人次"}


def what_for(lead: str) -> str:
    """Of what there is so much for each, by the words before an amount: 户 of 户均, 公里 of 每公里."""
    match = found("mean", lead)
    return next(filter(None, match.groups()), "") if match else ""


def counted(per: str, old: Term) -> bool:
    """Whether a figure counts what an amount is for: 268户 for 户均, 132名网格员 for 每名网格员."""
    if not per or not old.sharp or "/" in old.unit or old.unit in ("元", "", *RATES):
        return False
    if per.startswith(old.unit.removesuffix("次") or "次") or said("counted", per[0] + old.unit):
        return len(per) < 3 or per[0] not in "个名" or per[1:3] in old.lead[-8:] + old.tail
    return old.unit == "个" and per[0] in old.tail + old.lead[-6:]


def of_its_kind(one: Term, whole: Term, near: list[Term]) -> bool:
    """Whether an amount for each (每座) is of what is counted so, where its sentence has one such."""
    per = what_for(one.lead)
    return per[:1] in "个名" or counted(per, whole) or sum(counted(per, old) for old in near) != 1


def _called(name: str, old: Term) -> bool:
    """Whether a figure is called by the first two signs of a name."""
    name = re.sub("总[数额量]?|[全本](?!年)期?|的", "", name)[:2]
    return len(name) > 1 and bool(re.search("(?<![非不])" + r"\w?".join(name), old.lead[-12:] + "，" + old.tail))


def _other(at: Place, called: str, part: Term) -> bool:
    """Whether a rate is that of others: 其中, 全市平均, where one of its name stands behind the part that it would be of, or of beds,
    which are used by days."""
    rates = [old.lead for old in at.near if old.unit == "%" and old.start > part.start]
    beds = part.unit == "张" and called == "使用"
    return beds or bool(re.search("其中|平均|[上去]年|同期", at.lead)) or any(called in lead for lead in rates)


def _beside(other: Guess) -> bool:
    """Whether a guess takes what stands behind in a list (油茶4.2亿元、旅游6.6亿元，油茶占) for a whole."""
    part, whole = other.parts[:2]
    return "占" in other.stated.lead[-3:] and whole.lead[:1] == "、" and part.start < whole.start


def _since(other: Guess, guess: Guess) -> bool:
    """Whether another guess is the same, but about last year."""
    apart = [two for two in zip(other.parts, guess.parts, strict=False) if two[0] is not two[1]]
    return bool(apart) and all(old.told("former") and not new.told("former") for old, new in apart)
