"""Figures that follow from two others: rates and what is like them, by `rates`, what a price comes to; of tables growth and differences."""

import re
from collections.abc import Iterator
from itertools import chain, combinations, pairwise, permutations, product, takewhile

from lib.intake import named, rates, spelled
from lib.intake.changes import years
from lib.intake.far import SPENT, Far
from lib.intake.reckoning import Guess
from lib.intake.terms import RATES, Term, said

Rows = dict[str, list[Term]]
"""Figures by what they are called."""


def guesses(one: Term, known: list[Term], near: list[Term], after: list[Term], away: Far) -> Iterator[Guess]:
    """Rates, shares of each and products: of two figures, those nearest first, or of a row of a table."""
    yield from spelled.printed(one, known, after)
    yield from spelled.made(one, known, after)
    yield from spelled.doubled(one, known)
    run = _run(one, near, after)
    lead = run[0].lead
    operator = _operator(one, lead) or "x" * _bought(one, known, near)
    if not operator:
        return
    known, near, after = ([old for old in some if _usable(old, one)] for some in (known, near, after))
    place = rates.Place(one, lead, near, known, after, away.spent)
    yield from rates.adjusted(place)
    each = operator == "/" and one.unit != "%"
    ahead = [new for new in after[:1] if new.depth > one.depth or re.match("即|上年|去年", new.lead)]
    known = [*ahead, *reversed(known), *(new for new in after[:2] if each and new.clause == one.clause)]
    if operator in "/x":
        pairs = [Guess(one, operator, pair) for pair in permutations(known, 2) if _may(operator, one, *pair)]
        pairs = [guess for guess in pairs if not each or rates.of_its_kind(one, guess.parts[1], near)]
        held = [guess for guess in pairs if guess.holds and one.sharp]
        if guess := _made(place) if operator == "x" else rates.meant(place, run, held):
            yield guess
            if guess.plain > 1:
                return
        yield from named.guesses(place, away)
        if now := [*rates.outdated(place, held)]:
            yield from now
            return
        own = re.search(r"(\w\w)\w\w+占比\w?$", lead)  # 绿色储粮仓容占比, of what is not told
        pairs = [] if own and not any(own[1] in old.lead for old in known) else pairs
        yield from held or (guess for guess in pairs if not guess.holds)
    if operator == "%" and len(run) > 1 and (of := spelled.listed(run, [*place.known, *place.after], "%")):
        yield from (guess for guess in of if guess.stated is one)
    rows, planned = away.named(one), any(old.cue("planned") for old in known)
    yield from _of_rows(one, operator, known, near, rows)
    yield from _shares(one, rows) if operator == "/" else ()
    if operator == "%":
        yield from (guess for old in near[-1:] if old.sentence == one.sentence for guess in away.moved(one, old))
    elif re.search("(?:执行|完成|支付)(?:率|进度)", lead) and "上年" not in lead:
        yield from _budgeted(one, near, planned, away)


def _budgeted(one: Term, near: list[Term], planned: bool, away: Far) -> Iterator[Guess]:
    """What was spent of a budget that stands elsewhere, or of the budget beside it what was spent in all."""
    if not planned:
        spent = [old for old in near[-1:] if old.clause == one.clause and "支" in old.lead]
        yield from (Guess(one, "/", (*spent, whole), 1) for whole in away.planned if spent)
    elif "预算执行率" in one.lead and [old.cue("planned") for old in near] == [True]:
        yield from (Guess(one, "/", (spent, near[0]), 1) for spent in away.spent[:1])


def _usable(old: Term, one: Term) -> bool:
    """Whether a figure may make another: of how many times (最高的村是最低村的四倍) one of its clause alone."""
    return old.sharp and not old.ratio and (one.unit != "倍" or old.clause == one.clause)


def _bought(one: Term, known: list[Term], near: list[Term]) -> bool:
    """Whether a figure is what the amount for each before it comes to: 每人500元，发放; 每亩栽植210株，用苗."""
    if one.cue("spent") and any(old.cue("each") or "/" in old.unit + old.tail for old in near[-4:]):
        return True
    money, each = one.unit == "元", near[-1] if near else one
    priced = each.cue("each") and each.unit.partition("/")[0] == one.unit and (each.price or not money)
    counts = one.unit and len(known) > 1 and known[-2].unit not in ("元", one.unit) and each.number < one.number
    told = re.fullmatch("，[^，。；]{2,6}" if money else r"算，\w{2,6}|，[用需共计发领配]\w{0,3}", one.gap)
    return bool(priced and counts and told)


def _made(at: rates.Place) -> Guess | None:
    """What a price comes to: times the nearest that it is for, and times their months or days (每人每月1,150元, 62人, 12个月)."""
    one = at.one
    here = [old for old in at.near if old.clause == one.clause]
    amount = [old for old in here if old.unit.partition("/")[0].removesuffix("次") == one.unit.removesuffix("次")]
    price = amount[-1] if amount else one
    mean = re.search("均(?!每)", price.lead) and "标准" not in price.lead + price.tail and not one.cue("total")
    each = price.cue("each") or "/" in price.unit + price.tail
    if mean or not each or "含" in one.lead or re.search(r"[二两三四五六\d]年", one.gap):
        return None
    counts = [old for old in at.known[-8:] if old.unit not in (price.unit, one.unit, "", *RATES)]
    counts = [old for old in counts if not (old.unit == "人次" and "每人每" in price.lead)]
    here = [old for old in counts if old.sentence == one.sentence and old.low == old.high]
    named = re.findall(r"(?:每(?!年|学)|/)([^\W\d每]{1,4})|([^\W平])均", price.lead + price.tail)
    pers = [(a[:1] + b, a) for a, b in named] or [("", per) for per in price.unit.split("/")[1:]] or [("", "")]
    called = ((old,) for old in counts if any(rates.counted(per, old) for per in chain(*pers)))
    some = (*called, *(more for n in (1, 2, 3) for more in combinations(here, n)))
    ways = (Guess(one, "x", (*more, price), 2) for more in some)
    if right := next((one for one in ways if one.holds), None):
        return right
    ordered = [old for akin in (True, False) for old in reversed(counts) if price.akin(old) == akin]
    meant = [next((old for old in ordered if any(rates.counted(per, old) for per in two)), None) for two in pers]
    beside = {old for new, old in pairwise(counts) if old.lead[:1] == "、" and new.unit == old.unit}
    if beside & {*meant}:  # of all of a list, with its whole before it
        whole = next((new for new, old in pairwise(counts) if old.cue("inner")), None)
        meant = [whole if old in beside else old for old in meant]
    if len(amount) > 1 and (amount[-2].cue("each") or amount[-2].start > max((old.start for old in counts), default=0)):
        return None
    clause = re.split("[，,]", price.lead)[-1]
    direct = "/" in price.item.found.token or re.match(r"[（(]?(?:\w{0,4}每|按|均|\w均|\w{0,9}单价|标准)", clause)
    if None not in meant and (direct or all(old.start > price.start for old in meant)):
        return Guess(one, "x", (*meant, price), 2)
    before = [old for old in at.near[: at.near.index(price)][-1:] if old in counts and not any(pers[0])]
    return Guess(one, "x", (*before, price), 2) if before else None


def _of_rows(one: Term, operator: str, known: list[Term], near: list[Term], rows: Rows) -> Iterator[Guess]:
    """What figures of the rows of tables that the sentence names make; growth since a figure that is a cell, of that."""
    last = {old.number for old in near[-1:] if operator == "%" and old.cue("former") and old.clause == one.clause}
    last &= {cell.number for row in rows.values() for cell in row if cell.item.cell}
    for label, some in rows.items():
        row = [other for other in some if other.sharp and other not in (one, *near[-1:])]
        row = [other for other in row if other.item.cell or operator != "%"]
        cells = reversed([cell for cell in row if cell.item.cell])
        pairs = (*permutations(cells, 2), *product(known, row), *(product(row, known) if operator == "%" else ()))
        may = (two for two in pairs if two[0].number != two[1].number)
        may = (two for two in may if not last or last & {two[0].number, two[1].number})
        may = [two for two in may if _may(operator, one, *two)]
        planned = [two for two in may if "控制率" in one.lead and "预算" in two[1].lead]
        may = planned or may
        yearly = [two for two in may if operator in "-%" and _yearly(one, *two)]
        alone = len(yearly) == 1 and label != SPENT
        for part, whole in yearly if alone else may:
            plain = {part, whole} == {row[0], row[-1]} if label != SPENT else (part, whole) in yearly
            plain = plain or bool(planned and part is row[-1])
            plain = plain and bool(operator == "-" or part.item.cell or whole.item.cell)
            plain = plain and not (operator == "/" and re.search(r"\w{4}率", one.lead) and label[:2] not in one.lead)
            yield Guess(one, operator, (part, whole), alone + plain)


def _yearly(one: Term, now: Term, before: Term) -> bool:
    """Whether two cells of a row are those of this year and of the last, which a change names."""
    here, there = now.item.cell, before.item.cell
    same = here and there and (now.item.passage, here[0]) == (before.item.passage, there[0])
    since = years(before, now) or "上年" in before.lead.replace(now.lead, "")
    return bool(same and since and re.search("上年|同比", one.lead) and "预算" not in now.lead)


def _shares(one: Term, rows: Rows) -> Iterator[Guess]:
    """What a row of a table is of another in the same column: 其中道路清扫占项目支出的45.1%."""
    apart = re.search("季度|半年|[1-9]月", one.lead) or not one.cue("rate")
    for some, others in permutations(rows.values(), 2) if not apart else ():
        for part, whole in product(some, others):
            same = part.item.cell and whole.item.cell and part.item.passage == whole.item.passage
            same = same and not re.search(r"[率比占]\W*$|%", part.lead)
            if same and part.item.cell[1] == whole.item.cell[1] and part.unit == whole.unit:
                yield Guess(one, "/", (part, whole), 1)


def _run(one: Term, near: list[Term], after: list[Term]) -> list[Term]:
    """The list of figures in which one stands (69.1%、30.9%)."""
    back = [one, *reversed(near)]
    first = next((n for n, old in enumerate(back) if not said("beside", old.lead)), len(near))
    ahead = takewhile(lambda new: said("beside", new.lead), after)
    return [old for old in (*reversed(back[: first + 1]), *ahead) if old.unit == one.unit]


def _operator(one: Term, lead: str) -> str:
    """How two figures may make this one, by its unit and the words before it."""
    if one.unit in ("%", "倍") or (not one.unit and re.search(r"^(?!.*[万千]\w{1,4}率).*率", lead)):
        grown = said("grown", lead) and not re.search("[提升][高升]?[到至]$", lead)
        return "%" if grown else "/" * said("rate", lead[-14:])
    if said("changed", lead):
        return "-" * (not lead.endswith("的"))
    return "/" if "/" in one.unit or said("each", lead) else "x" * one.cue("total")


def _may(operator: str, one: Term, a: Term, b: Term) -> bool:
    """Whether two figures may so make a third, by their units."""
    unit, over, under = one.unit, a.unit, b.unit
    if operator == "-":
        return over == under == {"百分点": "%"}.get(unit, unit) and a.number >= b.number
    if operator == "x":
        each = under.startswith(unit + "/") or (under == unit and b.cue("each"))
        return bool(each and unit and over != unit and "/" not in over and not said("monthly", b.lead))
    if {over, under} & {"%", "百分点"}:
        return False
    if unit in ("%", "倍", "") and not one.cue("each"):
        bare = (a.scale and not over) or (b.scale and not under)
        return over == under or bare or (not {"元", ""} & {over, under} and a.clause == b.clause)
    amount = unit.partition("/")[0]
    return over in (amount, amount + "次") and under not in (amount, "") and "/" not in under
