"""Claims of a document: figures that follow from others by what it says (合计, 其中, 占, 人均, 增长 …), each tested at once.

Cue words make guesses at which figures are meant. A claim that a guess explains holds; it is wrong only where a plain guess almost
explains it: near by, a digit off, digits swapped, 万 lost. All else is no claim.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from itertools import groupby, permutations
from operator import add

from lib.intake.items import Item
from lib.intake.reading import Passage
from lib.numbers.bounds import Bounds, exactly

FAR = 12
"""How many figures off a part may be, within three sentences."""
_ALIAS = {"km": "公里", "千米": "公里", "个百分点": "百分点", "kg": "公斤"}
_TOTAL = re.compile(r"(?:合计|总计|总数|[共计总])\w{0,4}[为达约有：:]?$")
_WITHIN = re.compile("其中|当中|包括|分为|分别|：|:|[（(]|按.{2,4}分")
_FIRST = re.compile("^[，,（(：:]?(?:其中|当中)")
_CHANGE = re.compile("比上?年|较|同比|增[长加]|减少|另|预算|合计|占|新增")
_LOOSE = re.compile("(?<!子)女|党员|农民工|本科|以上|残疾|退休|低保|困难|主要|重点|等")
_RATE = re.compile(r"占|率|比[例重]?\D?$|进度|的$|相当于")
_ROOT = re.compile(r"(\w{1,2})率\D{0,3}$")
_FIRM = re.compile("控制率|执行率|完成率|达成率|入住率|赔付率|进度|团青比|占比")
_GROWN = re.compile("增长|下降|增加|减少|上升|提高|压减|[增降]幅|同比|降低")
_APART = re.compile("[超多少低高差慢快]|净增|提高|下降|结余|增加|减少|上升|提升|降低|提前")
_FORMER = re.compile("较|比|上年|去年|由|从|20..年|提高到")
_EACH = re.compile(r"均\D{0,8}$|每(?![年月天日])\D{1,7}$")
_TIMED = re.compile("[每/][年月天日]|[年月天日]均")
_MARK = re.compile(r"\s*(?:其中[:：]?|[（(]?[一二三四五六七八九十\d]+[)）]?[、.．])?\s*")
_SUM = re.compile("合计|总计|小计|共计|总分")
_USUAL = {"支出总额|总支出|支出合计": ("基本支出", "项目支出"), "三公": ("用车", "出国|境", "接待")}
"""What rows of a base table are always made of."""


@dataclass(frozen=True)
class Claim:
    """`stated` = the parts joined by an operator, and whether it does.

    `+` sum, `-` difference, `/` quotient, `x` product, `%` growth of the first over the second; `<=`: the first part, which is the one
    stated, is within the second.
    """

    stated: Item
    parts: tuple[Item, ...]
    operator: str
    holds: bool


@dataclass(frozen=True)
class _Guess:
    """What a claim may mean; `plain`: whether it is wrong if it is not so: 0 no, 1 if it almost is, 2 yes."""

    stated: Item
    operator: str
    parts: tuple[Item, ...]
    plain: int = 0


def claims(passages: Sequence[Passage], items: Sequence[Item]) -> list[Claim]:
    """The claims of a document, right and wrong, passage by passage."""
    guesses: dict[tuple[int, bool], list[_Guess]] = {}
    for number, group in groupby((one for one in items if one.figure), key=lambda one: one.passage):
        passage, figures = passages[number], list(group)
        for guess in _of_table(passage, figures) if passage.rows else _of_text(passage.text, figures):
            guesses.setdefault((id(guess.stated), guess.operator == "<="), []).append(guess)
    return [claim for about in guesses.values() for claim in _judged(about)]


def _judged(guesses: list[_Guess]) -> Iterator[Claim]:
    """What the guesses about one figure come to: those that hold, sums of other parts each, or the first plain one."""
    used: set[int] = set()
    for guess in filter(_agrees, guesses):
        mine = {id(part) for part in guess.parts}
        if not used or (guess.operator == "+" and not used & mine):
            yield Claim(guess.stated, guess.parts, guess.operator, True)
            used |= mine
    wrong = (guess for guess in guesses if not used and (guess.plain == 2 or (guess.plain and _slip(guess))))
    yield from (Claim(guess.stated, guess.parts, guess.operator, False) for guess in [*wrong][:1])


# --- numbers ------------------------------------------------------------------------------------------------------------


def _unit(one: Item) -> str:
    return _ALIAS.get(one.found.reading.unit, one.found.reading.unit)


def _scale(one: Item) -> str:
    return "".join(re.findall("[万亿]", one.found.said))


def _known(one: Item, others: Iterable[Item]) -> Bounds:
    """What a part may be: a rounded one is as fine as the finest of its like."""
    read, mine = one.found.reading, (_unit(one), _scale(one))
    finest = min((other.found.reading.place for other in others if (_unit(other), _scale(other)) == mine), default=0)
    return read.bounds.widened(min(read.rounding, finest / 2))


def _value(guess: _Guess) -> Bounds | None:
    """What the parts come to, None where nothing divides them. Sums take what is printed in one scale as it is printed."""
    printed = (_scale(guess.stated), "") if guess.operator in "+-" else ()
    known = [one.found.reading.bounds if _scale(one) in printed else _known(one, guess.parts) for one in guess.parts]
    if guess.operator == "+":
        return reduce(add, known)
    a, b = known
    if guess.operator == "-":
        return (a - b) * exactly(100 if _unit(guess.stated) == "百分点" != _unit(guess.parts[0]) else 1)
    if guess.operator == "x":
        return a * b
    if not b.positive:
        return None
    return (a / b - exactly(guess.operator == "%")) * exactly(
        100 if guess.stated.cell and not _unit(guess.stated) else 1
    )


def _agrees(guess: _Guess) -> bool:
    read = guess.stated.found.reading
    if guess.operator == "<=":
        return not guess.parts[0].found.reading.bounds.above(guess.parts[1].found.reading.bounds)
    rounded = read.place / 2 if guess.operator in "/%x" and read.bounds.exact else read.rounding
    value, stated = _value(guess), read.bounds.widened(rounded)
    return value is not None and (stated.overlaps(value) or stated.overlaps(-value))


def _slip(guess: _Guess) -> bool:
    """Whether what is stated is almost what its parts come to."""
    value, read = _value(guess), guess.stated.found.reading
    if value is None or not value.finite or not read.bounds.finite or not value.middle or not read.number:
        return False
    right, said = abs(value.middle), abs(read.number)
    a, b = (str(round(number / read.place)) for number in (right, said))
    shifts = (10**4, Fraction(1, 10**4), 10, Fraction(1, 10))[: 4 if guess.operator == "+" else 2]
    return (
        abs(right - said) <= max(right / 20, min(2 * read.place, right / 5))
        or any(abs(said - right * shift) <= right * shift / 50 for shift in shifts)
        or (len(a) == len(b) > 1 and sorted(a) == sorted(b))
        or (len(a) == len(b) > 2 and sum(x != y for x, y in zip(a, b, strict=True)) == 1)
    )


# --- text ---------------------------------------------------------------------------------------------------------------


def _lead(one: Item) -> str:
    """What is written between the figure before, or the beginning of the sentence, and this one."""
    return one.near.partition("□")[0]


def _between(a: Item, b: Item) -> str:
    return b.before[a.found.end :]


def _of_text(text: str, figures: list[Item]) -> Iterator[_Guess]:
    for n, one in enumerate(figures):
        before = [old for old in figures[max(0, n - FAR) : n] if _between(old, one).count("。") < 2]
        after = [new for new in figures[n + 1 : n + 1 + FAR] if _between(one, new).count("。") < 3]
        near = [old for old in before if "。" not in _between(old, one)] or before
        yield from _pairs(one, before, near, after)
        if _unit(one) not in ("%", "百分点", "") or "合计" in _lead(one):
            yield from _totals(one, before, near)
            yield from _wholes(one, after)
        if _FIRST.search(_lead(one)):
            like = [old for old in reversed(near) if _unit(old) == _unit(one) and (_unit(old) or old is near[-1])]
            yield from (_Guess(one, "<=", (one, old), 2) for old in like)


def _runs(one: Item, figures: Iterable[Item]) -> Iterator[tuple[Item, ...]]:
    """The first two, three … of the figures that may be added up to one."""
    like = [part for part in figures if _unit(part) == _unit(one) and not _EACH.search(_lead(part))]
    return (tuple(like[:many]) for many in range(2, len(like) + 1))


def _totals(one: Item, before: list[Item], near: list[Item]) -> Iterator[_Guess]:
    """A、B，合计C: plain are all of the clause or sentence, or those from another total on."""
    if not _TOTAL.search(_lead(one)):
        return
    clause = [old for old in near if not re.search("[；;]", _between(old, one))]
    full = [max((len(run) for run in _runs(one, part)), default=0) for part in (clause, near)]
    for run in _runs(one, reversed(before)):
        plain = run[-1] in near and (len(run) in full or _TOTAL.search(_lead(run[-1])))
        yield _Guess(one, "+", run[::-1], int(bool(plain and not _TIMED.search(_lead(one)))))


def _wholes(one: Item, after: list[Item]) -> Iterator[_Guess]:
    """C，其中A、B: the parts behind their whole, which may stand behind changes of it."""
    for skip in range(min(4, len(after))):
        runs = list(_runs(one, after[skip:]))
        if not runs or runs[0][0] is not after[skip]:
            continue
        (first, second), gap, like = runs[0], _between(one, after[skip]), runs[-1]
        cue = _WITHIN.search(_lead(first) if skip else gap) or (not skip and _lead(first)[-1:] == _lead(second)[-1:])
        skipped = [old for old in after[:skip] if _unit(old) == _unit(one)]
        plain = cue and all(_CHANGE.search(_lead(old)) for old in skipped)
        plain = plain and ("。" not in gap or _WITHIN.search(gap.rpartition("。")[2][:5]))
        plain = plain and not (_FIRST.search(_lead(one)) or "、" in (_lead(one)[:1], _lead(first)[:1]))
        full = [next((n for n, new in enumerate(like) if n and _over(first, new, end)), len(like)) for end in "；。"]
        for run in sorted(runs, key=lambda run: (len(run) != full[0], -len(run))):
            loose = _LOOSE.search("".join(map(_lead, run)) + run[-1].near) or len(run) not in full
            if cue or "元" in _unit(one):
                yield _Guess(one, "+", run, int(bool(plain and not loose)))


def _over(first: Item, new: Item, end: str) -> bool:
    """Whether a list that began with `first` is over before `new`."""
    return bool({"。", end} & {*_between(first, new)} or _CHANGE.search(_lead(new)) or _FIRST.search(_lead(new)))


def _pairs(one: Item, before: list[Item], near: list[Item], after: list[Item]) -> Iterator[_Guess]:
    """Rates, shares of each, growth, differences and products: of two figures, those nearest first."""
    lead = _lead(near[-1] if near and re.fullmatch("[、和及与]", _lead(one)) else one)
    ahead = (
        after[:2] if re.match("[（(]?即", one.near.partition("□")[2]) or "/" in _unit(one) or _EACH.search(lead) else []
    )
    for a, b in permutations([*reversed(before), *ahead], 2):
        if operator := _operator(one, a, b, lead + one.found.token):
            like = [old for old in near if _unit(old) in (_unit(a), _unit(b))]
            last = {id(a), id(b)} == {id(old) for old in (like + ahead[:1] if "即" in one.near else like)[-2:]}
            yield _Guess(one, operator, (a, b), int(_plain(one, operator, (a, b), lead, near, last)))


def _operator(one: Item, a: Item, b: Item, lead: str) -> str:
    """How two figures may make a third, by their units and the words before it."""
    unit, over, under = _unit(one), _unit(a), _unit(b)
    if unit in ("%", "倍") or (not unit and "率" in lead):
        if {"%", "百分点", "倍"} & {over, under} or ("/" in over + under and over != under):
            return ""
        if _GROWN.search(lead) and "占" not in lead:
            return "%" * (over == under)
        return "/" * bool(_RATE.search(_lead(one)[-14:] or lead) and (over == under or not {"元", ""} & {over, under}))
    if over == under and (over == unit or (over, unit) == ("%", "百分点")):
        larger = a.found.reading.bounds.middle >= b.found.reading.bounds.middle
        return "-" * bool(larger and _APART.search(lead))
    if "/" in unit or _EACH.search(_lead(one)):
        amount = unit.partition("/")[0]
        return "/" * (over in (amount, amount + "次") and "/" not in under and under not in (amount, "%", "百分点", ""))
    each = under.startswith(unit + "/") or (under == unit and _EACH.search(_lead(b)))
    return "x" * bool(each and unit and over != unit and "/" not in over and _TOTAL.search(_lead(one)))


def _plain(one: Item, operator: str, parts: tuple[Item, ...], lead: str, near: list[Item], last: bool) -> bool:
    """Whether nothing but these two can be meant; `last`: they are the last two of their units."""
    (a, b), unit = parts, _unit(one)
    if operator == "%" or operator == "-":
        return last and bool(_FORMER.search(_lead(a) + _lead(b)) or re.search("净|结余|差", lead))
    if "/" in unit or _EACH.search(_lead(one)) or operator == "x":
        return last and not _TIMED.search(_lead(one) + one.found.said + _lead(b) + b.found.said)
    if lead == "的":
        return last and b is near[-1]
    root = _ROOT.search(lead)
    if a not in near or re.search("追加|调整", _between(near[0], one)):
        return False
    return bool(
        (root and set(root[1]) & set(_lead(a)[-6:]))
        or (a is near[-1] and "占" in lead)
        or (_FIRM.search(lead) and last)
    ) and (_unit(a) == _unit(b) or last)


# --- tables -------------------------------------------------------------------------------------------------------------


def _of_table(passage: Passage, figures: list[Item]) -> Iterator[_Guess]:
    """Sums of rows and quotients of columns; what holds in most columns or rows is meant in all."""
    at = {one.cell: one for one in figures if one.cell}
    labels = ["".join(cell for cell in row[:2] if cell and re.search("[^\\W\\d_]{2}", cell)) for row in passage.rows]
    groups: dict[tuple, list[_Guess]] = {}
    for plain, key, guess in (*_rows(labels, at), *_columns(at)):
        groups.setdefault((plain, key), []).append(guess)
    for (plain, _), group in groups.items():
        agree = sum(map(_agrees, group))
        sure = 2 if agree > 1 and 2 * agree > len(group) else plain
        if agree or plain:
            yield from (_Guess(one.stated, one.operator, one.parts, sure) for one in group)


def _rows(labels: list[str], at: dict[tuple[int, int], Item]) -> Iterator[tuple[int, tuple, _Guess]]:
    """Of each column: what a row of totals adds up; what a row of a base table is made of, by usual names or by place."""
    for r, label in enumerate(labels):
        kin = [(0, tuple(range(r + 1, end))) for end in range(r + 3, min(len(labels), r + 8) + 1)]
        if _SUM.search(label):
            start = max((n + 1 for n in range(r) if _SUM.search(labels[n])), default=0)
            kin = [(1, tuple(n for n in range(start, r) if "其中" not in labels[n]))]
        for names in (parts for whole, parts in _USUAL.items() if re.search(whole, label)):
            found = [next((n for n in range(r + 1, len(labels)) if re.search(name, labels[n])), 0) for name in names]
            kin = [(2, tuple(found))] * all(found) + kin
        for c in sorted({column for row, column in at if row == r and _unit(at[r, column]) != "%"}):
            for plain, rows in kin:
                parts = tuple(at[n, c] for n in rows if (n, c) in at and _unit(at[n, c]) == _unit(at[r, c]))
                if len(parts) > 1 and (plain == 1 or len(parts) == len(rows)):
                    yield plain, (r, rows), _Guess(at[r, c], "+", parts)


def _columns(at: dict[tuple[int, int], Item]) -> Iterator[tuple[int, tuple, _Guess]]:
    """Of each row: a rate, and the columns that it divides."""
    rates = [one for one in at.values() if _unit(one) == "%" or "率" in one.near.split("，")[-1]]
    for one in rates:
        r, c = one.cell or (0, 0)
        columns = [column for column in range(max(0, c - FAR), c) if (r, column) in at and _unit(at[r, column]) != "%"]
        for a, b in permutations(reversed(columns), 2):
            if _unit(at[r, a]) == _unit(at[r, b]):
                yield int({a, b} == {*columns[-2:]}), (c, a, b), _Guess(one, "/", (at[r, a], at[r, b]))
