"""What a rate, a share or an amount for each is made of, as a reader takes it: by the words, and else the nearest of its kind."""

import re
from collections.abc import Iterator
from itertools import combinations, pairwise, permutations

from lib.intake.terms import TIMES, Guess, Term, agrees, said

_COUNTED = {"月": ("个月",), "名": ("人",), "位": ("人",), "人": ("人次",), "车": "辆台", "案": "件起", "校": "所", "生": "人", "员": "人", "日": "天", "床": "张", "证": "个本", "班": "期次"}


def meant(
    one: Term, lead: str, near: list[Term], known: list[Term], after: list[Term], held: list[Guess]
) -> Iterator[Guess]:
    """The parts that alone can be meant, if any can: not if others that hold have one of them, unless the whole is named."""
    named = re.match(r"\W*(\w*?)(?:仅|约|只|分别)?(?:占|相当于|[是为达]到?)(\w{2,}?)的(?:比[例重])?[为约达近]*$", lead)
    certain = named is not None and not said("general", named[2][:3])
    if one.unit not in ("%", "", "倍"):
        pair = _each(one, lead, near, known, after)
    elif re.fullmatch(r"[）)]?(?:总[数量额]?)?的\D{0,2}", lead):
        pair, certain = _of(near), True
    elif one.unit == "倍":
        return
    else:
        pair = _behind(one, after) or _share(one, lead, named, near, known)
        pair, certain = (pair, certain) if pair else _rate(one, lead, near, known)
    others = [guess for guess in held if {*guess.parts} != {*(pair or ())}]
    excused = any({*guess.parts} & {*pair} for guess in others) if pair else True
    if pair and (certain or not (excused or _together(one, near))):
        yield Guess(one, "/", pair, 2)


def _behind(one: Term, after: list[Term]) -> tuple[Term, Term] | None:
    """占比78.2%，即A中B."""
    whole, part = after[:2] if len(after) > 1 else (one, one)
    told = re.match("[，,（(]?即", whole.lead) and re.match("[中里]", whole.tail) and "占" in one.lead
    return (part, whole) if told and part.unit == whole.unit else None


def _of(near: list[Term]) -> tuple[Term, Term] | None:
    """完成任务数45个的, of the last figure of its kind before that is no such whole itself."""
    whole, others = near[-1], {old for old, new in pairwise(near) if re.match("[）)]?的", new.lead)}
    parts = (old for old in near[-2::-1] if old not in others and old.depth <= whole.depth and not old.cue("change"))
    return next(((old, whole) for old in parts if old.unit == whole.unit), None)


def _share(
    one: Term, lead: str, named: re.Match | None, near: list[Term], known: list[Term]
) -> tuple[Term, Term] | None:
    """占在职人数的, of the nearest that is called so; 占, of the nearest that is not itself a part."""
    part = next((old for old in reversed(near) if not (old.unit == "%" and "占" in old.lead)), one)
    if part.clause != one.clause or not part.sharp or part.unit in ("%", "百分点", "倍"):
        return None
    earlier = [old for old in reversed(known) if old.start < part.start and old.unit == part.unit]
    if named:
        about, name = named.groups()
        if about and not _called(about, part):
            return None
        plan = said("planned", name) or said("former", name)
        called = [old for old in earlier if _called(name, old) and (not plan or old.sentence == one.sentence)]
        if said("general", name[:3]):
            called = [old for old in called if old.number >= part.number and re.search("[总全]|合计", old.lead)]
        return next(((part, old) for old in called), None)
    if not said("share", lead):
        return None
    shares = {old for old, new in pairwise(known) if new.unit == "%" and "占" in new.lead}
    wholes = (old for old in earlier if old not in shares and old.number >= part.number and not old.cue("nested"))
    return next(((part, old) for old in wholes), None)


def _rate(one: Term, lead: str, near: list[Term], known: list[Term]) -> tuple[tuple[Term, Term] | None, bool]:
    """成活率, of the nearest that is called 成活 in what stands before it; 执行率, 完成率, of what was planned; 审减率, of what the
    two before it differ by: and whether it is certain."""
    name = re.search(r"(\w{2,6}?)(?:率|进度|(?<=完成|支付)比例)(?:[为是仅约至近]|达到?|只有|[分各]别|均)*$|(完成)[了率]?$", lead)
    like = [old for old in near if old.unit not in ("%", "百分点", "倍") and old.sharp and not old.cue("shift")]
    if not name or not like or re.search("平均|上年|去年|同期", lead):
        return None, False
    part, called = like[-1], (name[1] or name[2])[-2:]
    wholes = [old for old in reversed(known) if old.start < part.start and old.unit == part.unit]
    if said("differs", called) and len(like) > 2 and agrees(Guess(part, "-", (like[-3], like[-2]))):
        return (part, like[-3]), True
    if said("fulfilled", called):
        whole = next((old for old in wholes if old.cue("planned") or re.match("项目[中里]", old.tail)), None)
        if whole and not any(old.cue("nested") for old in known if whole.start < old.start <= part.start):
            return (part, whole), False
    wholes = [old for old in wholes if old.sentence == part.sentence]
    alone = len(wholes) == 1 and wholes[0].clause == one.clause
    if _called(called, part) and not said("general", called) and not re.search("各$", part.lead):
        wholes = [old for old in wholes if alone or old.number >= part.number]
        return next(((part, old) for old in wholes), None), False
    return None, False


def _each(one: Term, lead: str, near: list[Term], known: list[Term], after: list[Term]) -> tuple[Term, Term] | None:
    """户均, of the nearest households; 每公里造价, of the nearest kilometres; and the nearest amount."""
    match = re.search(r"每(?![年月季周])(?=.*(?:均|造价|成本))(\w{0,4})|(?:^|\W)平均每(\w{0,4})|([^平])均(?!每)|(亩)产", lead)
    if not match or one.cue("nested") or one.cue("former") or re.search("收入|含|增收|月|标准|合", lead):
        return None
    per, amount = next(filter(None, match.groups())), one.unit.partition("/")[0]
    near = [old for old in near if old.sharp and not old.cue("shift")]
    counts = [old for old in [*reversed(near), *after[:1]] if _counts(per, old)]
    about = re.search(r"(?!全年|平均)(\w{2})[^\W平]均", lead)
    counts = [old for old in counts if not about or _called(about[1], old)]
    behind = counts[:1] == after[:1]
    amounts = [
        old for old in near if _alike(old.unit, amount) and not old.cue("each") and (behind or old.clause == one.clause)
    ]
    if not amounts or not counts or amounts[-1] is counts[0]:
        return None
    some = per in "人户亩"
    return (amounts[-1], counts[0]) if not some or counts[0].clause >= one.clause or len(per) > 2 else None


def _alike(a: str, b: str) -> bool:
    """Whether two units may be divided: 人 and 人次, 吨 and 公斤."""
    return a.removesuffix("次") == b.removesuffix("次") or (a, b) in TIMES


def _counts(per: str, old: Term) -> bool:
    """Whether a figure counts what an amount is for: 268户 for 户均, 132名网格员 for 每名网格员."""
    if not per or not old.sharp or "/" in old.unit or old.unit in ("元", "%", ""):
        return False
    kind = per[:1]
    if old.unit in (*_COUNTED.get(kind, ()), kind):
        return len(per) < 3 or kind not in "个名" or per[1:3] in old.lead[-8:] + old.tail
    return old.unit == "个" and (old.tail + old.lead[-6:]).find(kind) >= 0


def _called(name: str, old: Term) -> bool:
    """Whether a figure is called by two signs of a name."""
    name = re.sub("总[数额量]?|[全本]|的", "", name)[:2]
    return len(name) > 1 and name in old.lead[-12:] + "，" + old.tail


def _together(one: Term, near: list[Term]) -> bool:
    """Whether a rate is that of several figures together, of the last ones or of those before."""
    like = [old.number for old in near[-8:] if old.unit == near[-1].unit and old.sharp]
    parts = [(k, sum(like[-k:])) for k in (1, 2, 3)]
    wholes = [(n, sum(like[a : a + n])) for n in (1, 2, 3, 4) for a in range(len(like) - n + 1)]
    ways = (part / whole for k, part in parts for n, whole in wholes if whole and n + k > 2)
    return any(abs(way - one.number) < one.place / 2 for way in ways)


def printed(one: Term, known: list[Term]) -> Iterator[Guess]:
    """What stands before it as a formula: 96万元/1,200万元×100%=8%, 200元×56人=1.12万元."""
    known = [old for old in known if not (old.number == 1 and old.unit == "%" and "×" in old.gap)]
    sign = re.fullmatch(r"\W*([÷/×*+＋])\W*", known[-1].gap) if len(known) > 1 and re.search("[=＝]$", one.gap) else None
    if sign and not re.search("[÷/×*+＋-]", known[-2].gap):
        operator = {"÷": "/", "×": "x", "*": "x", "＋": "+"}.get(sign[1], sign[1])
        yield Guess(one, operator, tuple(known[-2:]), 2)


def listed(one: Term, run: list[Term], known: list[Term]) -> Iterator[Guess]:
    """A rate of a list (分别为69.1%、30.9%), where those beside it are of figures in the same order, or each of one whole."""
    many, old = len(run), [old for old in known if old.unit not in ("%", "百分点") and old.start < run[0].start][-4 * len(run) :]
    ways = [range(n, n + many) for n in range(len(old) - many + 1)]
    ways += [range(n, n + 2 * many, 2) for n in range(len(old) - 2 * many + 2)]
    ways += [[n] * many for n in range(len(old))]
    best: list[Guess] = []
    for parts, wholes in permutations(ways, 2):
        pairs = [(old[a], old[b]) for a, b in zip(parts, wholes, strict=True)]
        if parts[0] != parts[1] and all(a is not b and a.unit == b.unit for a, b in pairs):
            made = [Guess(rate, "/", pair, 2) for rate, pair in zip(run, pairs, strict=True)]
            right = [guess for guess in made if agrees(guess)]
            if len(right) >= max(1, many - 1) and len(right) > len([g for g in best if agrees(g)]):
                best = made
    yield from (guess for guess in best if guess.stated is one)


def made(one: Term, near: list[Term], known: list[Term]) -> Iterator[Guess]:
    """What a price comes to: times the nearest that it is for, and times their months or days (每人每月1,150元, 62人, 12个月)."""
    amount = [old for old in near if old.unit.partition("/")[0] == one.unit and old.sharp and old.clause == one.clause]
    price = amount[-1] if amount else one
    mean = "均" in price.lead and "标准" not in price.lead + price.tail and not one.cue("total")
    if mean or not (price.cue("each") or "/" in price.unit + price.tail) or one.cue("nested") or "含" in one.lead:
        return
    counts = [old for old in known if old.sharp and old.unit not in (price.unit, one.unit, "%", "百分点", "倍", "")]
    counts = [old for old in counts[-6:] if one.sentence - old.sentence < 2]
    here = [old for old in counts if old.sentence == one.sentence and old.low == old.high]
    ways = (Guess(one, "x", (*some, price), 2) for n in (1, 2, 3) for some in combinations(here, n))
    right = next(filter(agrees, ways), None)
    pers = "".join(map("".join, re.findall(r"每(?!年)(\w)|([^\W平])均|^/(\w)", price.lead + price.tail[:2])))
    pers = pers or price.unit.partition("/")[2]
    meant = [next((old for old in reversed(counts) if _counts(per, old)), None) for per in pers]
    if right:
        yield right
    elif len(amount) > 1 and (amount[-2].cue("each") or amount[-2].start > max(old.start for old in counts)):
        return
    elif meant and None not in meant:
        direct = re.match(r"[，,（(]?(?:每|按|均|\w均|\w{0,4}单价|标准)", price.lead)
        if direct or all(old.start > price.start for old in meant):
            yield Guess(one, "x", (*meant, price), 2)
    elif not meant and near.index(price) and near[near.index(price) - 1] in counts:
        yield Guess(one, "x", (near[near.index(price) - 1], price), 2)
