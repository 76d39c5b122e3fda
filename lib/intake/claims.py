"""Claims of a document: figures that follow from others by what it says (合计, 其中, 占, 人均, 增长 …), each tested at once.

A claim that holds for figures which it may mean is right; it is wrong only where they are plain and almost give it: near by, a digit
off, digits swapped, 万 lost. All else is no claim.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, permutations

from lib.intake.items import Item
from lib.intake.reading import Passage
from lib.numbers.bounds import Bounds, exactly

_FAR = 12  # figures off a part may be
_ALIAS = {"km": "公里", "千米": "公里", "个百分点": "百分点", "kg": "公斤"}
_TOTAL = re.compile(r"(?:合计|总计|总数|[共计总])\w{0,4}[为达约有：:]?$")
_WITHIN = re.compile("其中|当中|包括|分为|分别|：|:|[（(]|按.{2,4}分")
_FIRST = re.compile("^[，,（(：:]?(?:其中|当中)")
_CHANGE = re.compile("比上?年|较|同比|增[长加]|减少|另|预算|合计|占|新增|结[余转]")
_LOOSE = re.compile("(?<!子)女|党员|农民工|以上|残疾|退休|低保|困难|主要|重点|等")
_RATE = re.compile(r"占|率|比[例重]?\D?$|进度|的$|相当于")
_FIRM = re.compile(r"控制率|执行率|完成率|达成率|入住率|赔付率|进度|团青比|占比|完成\w*的$")
_GROWN = re.compile("增长|下降|增加|减少|上升|提高|压减|[增降]幅|同比|降低|超")
_APART = re.compile("[超多少低高差慢快]|净增|提高|下降|结余|增加|减少|上升|提升|降低|提前")
_CUE = re.compile("|".join(cue.pattern for cue in (_TOTAL, _RATE, _GROWN, _APART)))
_FORMER = re.compile("较|比|上年|去年|由|从|20..年|提高到")
_EACH = re.compile(r"均\D{0,8}$|每(?![年月天日])\D{1,7}$")
_TIMED = re.compile("[每/][年月天日]|[年月天日]均")
_SUM = re.compile("合计|总计|小计|共计|总分")
_USUAL = {"支出总额|总支出|支出合计": ("基本支出", "项目支出"), "三公": ("用车", "出国|境", "接待")}


@dataclass(frozen=True)
class Claim:
    """`stated` is the sum (+), difference (-), quotient (/), product (x) or growth (%) of the parts, or a part within a whole (<=)."""

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
    rows: dict[str, list[Item]] = {}
    for one in (one for one in items if one.cell and one.figure):
        rows.setdefault(one.near.partition("，")[0], []).append(one)
    for number, group in groupby((one for one in items if one.figure), key=lambda one: one.passage):
        passage, figures = passages[number], list(group)
        for guess in _of_table(passage, figures) if passage.rows else _of_text(passage.text, figures, rows):
            guesses.setdefault((id(guess.stated), guess.operator == "<="), []).append(guess)
    return [claim for about in guesses.values() for claim in _judged(about)]


def follows(claim: Claim) -> Bounds | None:
    """What the parts of a claim come to; None where they are only compared, or nothing divides them."""
    return _value(_Guess(claim.stated, claim.operator, claim.parts)) if claim.operator != "<=" else None


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


def _unit(one: Item) -> str:
    return _ALIAS.get(one.found.reading.unit, one.found.reading.unit)


def _scale(one: Item) -> str:
    return "".join(re.findall("[万亿]", one.found.said))


def _known(one: Item, others: Iterable[Item]) -> Bounds:
    """What a part may be: a rounded one is as fine as the finest of its like."""
    read, mine = one.found.reading, (_unit(one), _scale(one))
    if read.place == 1 and not one.cell:
        return read.bounds
    finest = min((other.found.reading.place for other in others if (_unit(other), _scale(other)) == mine), default=0)
    return read.bounds.widened(min(read.rounding, finest / 2))


def _value(guess: _Guess, rounded: bool = True) -> Bounds | None:
    """What the parts come to, None where nothing divides them. Sums take what is printed in one scale as it is printed."""
    unit, linear = _unit(guess.stated), guess.operator in "+-" and _unit(guess.stated) != "%"
    printed = (_scale(guess.stated), "") if linear else ()
    sharp = [one.found.reading.bounds for one in guess.parts]
    wide = [_known(one, guess.parts) for one in guess.parts] if rounded else sharp
    a, *others = (s if _scale(one) in printed else w for one, s, w in zip(guess.parts, sharp, wide, strict=True))
    if guess.operator == "+":
        return sum(others, a)
    if guess.operator == "x":
        return a * others[0]
    if guess.operator == "-":
        return (a - others[0]) * exactly(100 if unit == "百分点" != _unit(guess.parts[0]) else 1)
    ratio = a / others[0] - exactly(guess.operator == "%") if others[0].positive else None
    return ratio and ratio * exactly(100 if guess.stated.cell and not unit else 1)


def _agrees(guess: _Guess) -> bool:
    read = guess.stated.found.reading
    if guess.operator == "<=":
        return not guess.parts[0].found.reading.bounds.above(guess.parts[1].found.reading.bounds)
    rounded = read.place / 2 if guess.operator in "/%x" and read.bounds.exact else read.rounding
    value, stated = _value(guess), read.bounds.widened(rounded)
    fits = value is not None and (stated.overlaps(value) or stated.overlaps(-value))
    return fits and not (guess.operator in "/%" and _digits(guess)[2])


def _digits(guess: _Guess) -> tuple[str, str, bool]:
    """What is stated and what its parts come to as they are printed, in last places; whether that is digits swapped."""
    value, read = _value(guess, rounded=False), guess.stated.found.reading
    numbers = abs(read.number), abs(value.middle) if value and value.finite else 0
    said, right = (str(round(number / read.place)) for number in numbers)
    return said, right, said != right and len(said) > 1 and sorted(said) == sorted(right)


def _slip(guess: _Guess) -> bool:
    """Whether what is stated is almost what its parts come to."""
    value, read = _value(guess), guess.stated.found.reading
    if value is None or not value.finite or not read.bounds.finite or not value.middle or not read.number:
        return False
    right, said = abs(value.middle), abs(read.number)
    a, b, swapped = _digits(guess)
    close, shifts = (20, (10**4, 10)) if guess.operator == "+" else (9, (10**4,))
    shifted = any(abs(x * shift - y) <= y / 20 for shift in shifts for x, y in ((right, said), (said, right)))
    digit = len(a) == len(b) > 2 and sum(x != y for x, y in zip(a, b, strict=True)) == 1
    return swapped or shifted or digit or abs(right - said) <= max(right / close, min(2 * read.place, right / 5))


def _lead(one: Item) -> str:
    return one.near.partition("□")[0]


def _between(a: Item, b: Item) -> str:
    return b.before[a.found.end :]


def _of_text(text: str, figures: list[Item], rows: dict[str, list[Item]]) -> Iterator[_Guess]:
    told = ((one, one.found.reading.bounds) for one in figures)
    sharp = {id(one) for one, bounds in told if bounds.finite and bounds.high - bounds.low <= abs(bounds.high) / 4}
    for n, one in enumerate(figures):
        before = [old for old in figures[max(0, n - _FAR) : n] if _between(old, one).count("。") < 2]
        after = [new for new in figures[n + 1 : n + 1 + _FAR] if _between(one, new).count("。") < 3]
        near = [old for old in before if "。" not in _between(old, one)] or before
        yield from _pairs(one, [[part for part in some if id(part) in sharp] for some in (before, near, after)], rows)
        if _unit(one) not in ("%", "百分点", "") or "合计" in _lead(one):
            yield from _totals(one, before, near) if _TOTAL.search(_lead(one)) else ()
            yield from _wholes(one, after, text)
        if _FIRST.search(_lead(one)):
            like = [old for old in reversed(near) if _unit(old) == _unit(one) and (_unit(old) or old is near[-1])]
            for old in (old for old in like if not _GROWN.search(_lead(old))):
                above = one.found.reading.bounds.above(old.found.reading.bounds * exactly(3))
                yield _Guess(one, "<=", (one, old), 0 if above else 2)


def _runs(one: Item, figures: Iterable[Item]) -> Iterator[tuple[Item, ...]]:
    """The first two, three … of the figures that may be added up to one."""
    like = [part for part in figures if _unit(part) == _unit(one) and not _EACH.search(_lead(part))]
    return (tuple(like[:many]) for many in range(2, len(like) + 1))


def _totals(one: Item, before: list[Item], near: list[Item]) -> Iterator[_Guess]:
    """A、B，合计C: plain are all of the clause or sentence, or those from another total on."""
    clause = [old for old in near if not {"；", ";"} & {*_between(old, one)}]
    full = [len([*_runs(one, part)]) + 1 for part in (clause, near)]
    for run in _runs(one, reversed(before)):
        plain = run[-1] in near and (len(run) in full or _TOTAL.search(_lead(run[-1])))
        if not any(_joined(old, run[-1]) for old in before if _unit(old) == _unit(one) and old not in run):
            yield _Guess(one, "+", run[::-1], int(bool(plain and not _TIMED.search(_lead(one)))))


def _wholes(one: Item, after: list[Item], text: str) -> Iterator[_Guess]:
    """C，其中A、B: the parts behind their whole, which may stand behind changes of it; things counted may be of several kinds."""
    mixed = [new for new in after if not {"元", "%", ""} & {_unit(new), _unit(one)}]
    many = next((n for n in range(1, len(mixed)) if not _joined(mixed[n - 1], mixed[n])), len(mixed))
    if many > 2 and _FIRST.search(_lead(mixed[0])):
        yield _Guess(one, "+", tuple(mixed[:many]), 1)
    parts = [*_runs(one, after)][-1:]
    for skip in range(min(4, len(parts[0]) - 1 if parts else 0)):
        runs = list(_runs(one, parts[0][skip:]))
        (first, second), gap, like = runs[0], _between(one, runs[0][0]), runs[-1]
        cue = _WITHIN.search(_lead(first) if skip else gap) or (not skip and _lead(first)[-1:] == _lead(second)[-1:])
        plain = cue and all(_CHANGE.search(_lead(old)) for old in parts[0][:skip])
        plain = plain and ("。" not in gap or re.search("^(?:其中|按|基本)", gap.rpartition("。")[2]))
        plain = plain and not (_FIRST.search(_lead(one)) or "、" in (_lead(one)[:1], _lead(first)[:1]))
        over = [n for n in range(1, len(like)) if _CHANGE.search(_lead(like[n])) or _FIRST.search(_lead(like[n]))]
        ends = [[n for n in range(1, len(like)) if {"。", end} & {*_between(first, like[n])}] for end in "；。"]
        full = [min([*over, *end, len(like)]) for end in ends]
        for run in sorted(runs[: max(full) - 1], key=lambda run: (len(run) != full[0], -len(run))):
            loose = _LOOSE.search("".join(map(_lead, run)) + run[-1].near) or len(run) not in full
            loose = loose or re.match("[^。]*?(?:其余|余下|剩余|[另还尚]有)", text[run[-1].found.end :])
            if (cue or "元" in _unit(one)) and not any(_joined(run[-1], new) for new in like[len(run) :][:1]):
                yield _Guess(one, "+", run, int(bool(plain and not loose)))


def _joined(a: Item, b: Item) -> bool:
    return bool(re.fullmatch("[^，。；,;]*、[^，。；,;]*", b.before[a.found.end :]))


def _pairs(one: Item, around: list[list[Item]], rows: dict[str, list[Item]]) -> Iterator[_Guess]:
    """Rates, shares of each, growth, differences and products: of two figures, those nearest first, or of a row of a table."""
    before, near, after = around
    lead = _lead(near[-1] if near and re.fullmatch("[、和及与]", _lead(one)) else one)
    ahead = after[:1] if re.match("[（(]?即", one.near.partition("□")[2]) else []
    each = "/" in _unit(one) or _EACH.search(lead)
    known = [*reversed([*before, *ahead]), *(after[:2] if each else ())]
    cue = each or _CUE.search(lead) or _GROWN.search(one.found.token)
    for a, b in permutations(known if cue else (), 2):
        if operator := _operator(one, a, b, lead, one.found.token):
            yield _Guess(one, operator, (a, b), _plain(one, operator, (a, b), lead, [*near, *ahead]))
    said = re.sub('[“”"]', "", re.split("[。；]", one.before)[-1])
    for row in (
        row for label, row in rows.items() if cue and any(label[n : n + 4] in said for n in range(len(label) - 3))
    ):
        for a, b in permutations(reversed(row), 2):
            if operator := _operator(one, a, b, _lead(one), one.found.token):
                ends = row[:: len(row) - 1] if operator in "%-" else row[-2:]
                yield _Guess(one, operator, (a, b), int(a in ends and b in ends))


def _operator(one: Item, a: Item, b: Item, lead: str, token: str) -> str:
    """How two figures may make a third, by their units and the words before it."""
    unit, over, under = _unit(one), _unit(a), _unit(b)
    larger = a.found.reading.bounds.middle >= b.found.reading.bounds.middle
    if unit in ("%", "倍") or (not unit and "率" in lead):
        if {"%", "百分点", "倍"} & {over, under} or ("/" in over + under and over != under):
            return ""
        if _GROWN.search(lead + token) and "占" not in lead:
            signs = re.search("下降|减|降低|缩短", lead + token), re.search("增|上升|提高", lead + token)
            return "%" * (over == under and bool(signs[larger] or not any(signs)))
        return "/" * bool(_RATE.search(lead[-14:]) and (over == under or not {"元", ""} & {over, under}))
    if over == under and (over == unit or (over, unit) == ("%", "百分点")):
        return "-" * bool(larger and _APART.search(lead + token))
    if "/" in unit or _EACH.search(_lead(one)):
        amount = unit.partition("/")[0]
        return "/" * (over in (amount, amount + "次") and "/" not in under and under not in (amount, "%", "百分点", ""))
    each = under.startswith(unit + "/") or (under == unit and _EACH.search(_lead(b)))
    return "x" * bool(each and unit and over != unit and "/" not in over and _TOTAL.search(_lead(one)))


def _plain(one: Item, operator: str, parts: tuple[Item, ...], lead: str, near: list[Item]) -> int:
    """Whether nothing but these two can be meant."""
    (a, b), unit = parts, _unit(one)
    near = [old for old in near if _unit(old) not in ("%", "百分点")] if unit == "%" else near
    like = [old for old in near if _unit(old) in (_unit(a), _unit(b))]
    last = {id(a), id(b)} == {id(old) for old in like[-2:]}
    if operator in "%-":
        former = bool(_FORMER.search(_lead(b)))
        moved = last and {id(a), id(b)} == {id(old) for old in near[-2:]} and re.search("[到至为]", _lead(near[-1]))
        if last and (former or _FORMER.search(_lead(a)) or re.search("净|结余|差", lead)):
            direct = moved or re.fullmatch("[多少高低]", lead)
            return 2 if direct and not re.search("其中|[。；]", _lead(near[-1]) + lead) else 1
        akin = _akin(_lead(a)[-6:], _lead(b)[-6:] + lead + "支出")
        return int(akin and former and operator == "%" and near[-1:] == [b])
    if "/" in unit or _EACH.search(_lead(one)) or operator == "x":
        timed = _TIMED.search(_lead(one) + one.found.said + _lead(b) + b.found.said)
        direct = re.fullmatch(r"[，,]?\w均", lead) and _unit(b) == unit[2:]
        return 0 if not last or timed else 2 if direct and "；" not in _between(like[-2], one) else 1
    if lead == "的":
        return (2 if near[-2:] == [a, b] else 1) if near[-1:] == [b] else 0
    if a not in near or re.search("追加|调[增减剂]", _between(near[0], one)):
        return 0
    name = re.search(r"(\w{0,6}?)(?:率|进度|占|比重)|$", lead)[1] or ""
    told = {*name[-2:]} & {*_lead(a)[-6:]} or _akin(name, a.near.partition("□")[2])
    beside = "占" in lead and (a is near[-1] or (a in near[-2:] and "分别" in lead))
    planned = a is near[-1] and re.search("预算|计划|任务|目标|收入", _lead(b))
    firm = ("控制率" in lead and "编" in _lead(b)) or (_FIRM.search(lead) and (last or planned))
    return int(bool(told or firm or (beside and (not name or "即" in one.near))))


def _akin(name: str, words: str) -> bool:
    return any(name[n : n + 2] in words for n in range(len(name) - 1))


def _of_table(passage: Passage, figures: list[Item]) -> Iterator[_Guess]:
    """Sums of rows and quotients of columns; what holds in most columns or rows is meant in all."""
    at = {one.cell: one for one in figures if one.cell}
    labels = ["".join(cell for cell in row[:2] if cell and re.search("[^\\W\\d_]{2}", cell)) for row in passage.rows]
    groups: dict[tuple, list[_Guess]] = {}
    for plain, key, guess in (*_rows(labels, at), *_columns(at)):
        groups.setdefault((plain, key), []).append(guess)
    for (plain, _), group in groups.items():
        agree = [one.stated.found.reading.number for one in group if _agrees(one) and one.stated.found.reading.number]
        sure = 2 if len({*agree}) > 1 and 2 * len(agree) > len(group) else plain
        if agree or plain:
            yield from (_Guess(one.stated, one.operator, one.parts, sure) for one in group)


def _rows(labels: list[str], at: dict[tuple[int, int], Item]) -> Iterator[tuple[int, tuple, _Guess]]:
    """Of each column: what a row of totals adds up; what a row of a base table is made of, by usual names or by place."""
    for r, label in enumerate(labels):
        kin = [(0, tuple(range(r + 1, end))) for end in range(r + 3, min(len(labels), r + 8) + 1)]
        if _SUM.search(label):
            start = max([0, *(n + 1 for n in range(r) if _SUM.search(labels[n]))])
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
        columns = [column for column in range(max(0, c - _FAR), c) if (r, column) in at and _unit(at[r, column]) != "%"]
        for a, b in permutations(reversed(columns), 2):
            if _unit(at[r, a]) == _unit(at[r, b]):
                yield int({a, b} == {*columns[-2:]}), (c, a, b), _Guess(one, "/", (at[r, a], at[r, b]))
