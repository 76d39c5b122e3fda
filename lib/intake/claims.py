"""Claims of a document: figures that follow from others by what it says (合计, 其中, 占, 人均, 增长 …), each tested at once.

A claim that holds for figures which it may mean is right; it is wrong only where they are plain and almost give it. All else is no
claim. Of a text it is the place of figures and the words between them that tell which are meant.
"""

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, groupby, islice, pairwise, permutations, product
from typing import NamedTuple

from lib.intake import grids
from lib.intake.items import Item
from lib.intake.reading import Passage
from lib.intake.terms import Guess, Term, agrees, reach, said, slips, terms

_FAR = 16  # figures off a part may be
_MANY = 24  # figures that one thing may have in its tables and texts; a label of more is that of many things
_SPENT = "支出"
Rows = dict[str, list[Term]]


class Claim(NamedTuple):
    """`stated` is the sum (+), difference (-), quotient (/), product (x) or growth (%) of the parts, the growth of the first that the
    second makes (~), or a part within a whole (<=).

    `due`: lowest and highest that the parts come to, as printed; None where they are only compared, or nothing divides them.
    """

    stated: Item
    parts: tuple[Item, ...]
    operator: str
    holds: bool
    due: tuple[float, float] | None


def claims(passages: Sequence[Passage], items: Sequence[Item]) -> list[Claim]:
    """The claims of a document, right and wrong, passage by passage; a cell of words is a text of its own."""
    texts, begins = _texts(passages)
    places: dict[tuple[int, str], list[tuple[Item, int]]] = {}
    for one in (one for one in items if one.figure):
        r, c = one.cell or (0, 0)
        first, begin = begins[one.passage]
        text = passages[first].rows[r][c] or "" if one.cell else texts[first]
        places.setdefault((first, "" if text.strip() == one.found.token else text), []).append((one, begin))
    known = {place: list(terms(place[1], some)) for place, some in places.items()}
    rows = _rows(known.values())
    guesses: dict[tuple[int, bool], list[Guess]] = {}
    for (number, text), figures in known.items():
        some = _of_text(text, figures, rows) if text else grids.guesses(passages[number], figures)
        for guess in some:
            guesses.setdefault((id(guess.stated.item), guess.operator == "<="), []).append(guess)
    right = {guess.parts for about in guesses.values() for guess in about if guess.operator == "+" and agrees(guess)}
    return [claim for about in guesses.values() for claim in _judged(about, right)]


def _texts(passages: Sequence[Passage]) -> tuple[dict[int, str], dict[int, tuple[int, int]]]:
    """Texts by the number of the passage that they begin with; of each passage its text, and where in it it begins. A list goes on with
    itself and with what leads to it, and so does what begins with 其中."""
    texts, begins, first, mark = dict[int, str](), dict[int, tuple[int, int]](), 0, "。。。"
    for number, one in enumerate(passages):
        text = texts.get(first, "")
        listed = one.kind == "item" and (text.endswith("：") or passages[number - 1].kind == "item")
        if not text or one.rows or not (listed or re.match("其中|支出中", one.text)):
            first, text = number, ""
        if text.endswith("："):
            mark = "；" if re.search(r"\d[^。；]*：$", text) else "。。。"
        elif text:
            text = text.rstrip("。；") + (mark if listed else "。")
        begins[number], texts[first] = (first, len(text)), text + one.text
    return texts, begins


def _rows(places: Iterable[Iterable[Term]]) -> Rows:
    """What is said anywhere, rows of tables and figures of texts, by the ends of their labels; a total of a table is spending."""
    rows: Rows = {}
    for one in chain.from_iterable(places):
        label = one.lead.partition("，")[0] if one.item.cell else one.lead
        label = re.sub(r"各[类项种]|[有共约达为]+\W*$|\W", "", label)
        label = _SPENT if said("sum" if one.item.cell else "spending", label) else label[-4:]
        rows.setdefault(label, []).append(one)
    return {label: row for label, row in rows.items() if (len(label) == 4 or label == _SPENT) and len(row) <= _MANY}


def _judged(guesses: list[Guess], right: Container[tuple[Term, ...]]) -> Iterator[Claim]:
    """What the guesses about one figure come to: those that hold, sums of other parts each, or the first plain one; `right`: parts
    that are those of some sum that holds, and of no other. Behind one that holds a second list counts."""
    free = (guess for guess in guesses if guess.parts not in right or agrees(guess))
    plain = [guess for guess in free if guess.plain == 2 or (guess.plain and slips(guess))]
    swaps = (guess for guess in guesses if guess.operator != "<=" and slips(guess) > 1)
    told = list(islice(chain(filter(agrees, guesses), plain, swaps), 1))
    used = {part for guess in told for part in guess.parts}
    many = 2 if any(map(agrees, told)) else _FAR
    sums = (guess for guess in plain if guess.operator == "+")
    anew = (guess for guess in sums if said("breakdown", guess.words) or len(guess.parts) > many)
    for guess in [*told, *[guess for guess in anew if told and not used & {*guess.parts}][:1]]:
        due = None if guess.operator == "<=" else reach(guess, rounded=False)
        yield Claim(guess.stated.item, tuple(part.item for part in guess.parts), guess.operator, agrees(guess), due)


def _of_text(text: str, figures: list[Term], rows: Rows) -> Iterator[Guess]:
    yield from _listed(figures, rows)
    for n, one in enumerate(figures):
        known = figures[max(0, n - _FAR) : n]
        before = [old for old in known[-12:] if one.sentence - old.sentence < 2]
        after = [new for new in figures[n + 1 : n + 1 + _FAR] if new.sentence - one.sentence < 3]
        near = [old for old in before if old.sentence == one.sentence] or before
        yield from _pairs(one, known, near, after, rows)
        yield from _grown(one, near, after[:1])
        if one.unit not in ("%", "百分点", "") or one.cue("total"):
            if one.cue("total") or (before and before[-1].clause == one.clause and before[-1].cue("total")):
                yield from _totals(one, before, near if one.cue("total") else near[:-1] or before)
            yield from _wholes(one, after, text)
        for old in reversed(near) if one.cue("nested") else ():
            if old.unit == one.unit and (old.unit or old is near[-1]) and not said("rating", one.lead):
                yield Guess(one, "<=", (one, old), 0 if one.low > 3 * old.high else 2)


def _listed(figures: list[Term], rows: Rows) -> Iterator[Guess]:
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


def _totals(one: Term, before: list[Term], near: list[Term]) -> Iterator[Guess]:
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


def _wholes(one: Term, after: list[Term], text: str) -> Iterator[Guess]:
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


def _grown(one: Term, near: list[Term], after: list[Term]) -> Iterator[Guess]:
    """A value, what it has changed by and its growth: 126场，比上年增加21场，增长20%."""
    change = next((new for new in [*near[-1:], *after] if new.cue("change") and new.clause == one.clause), None)
    if not change or one.unit != "%" or not said("plainly", one.lead):
        return
    like = [old for old in near if old.unit == change.unit and old is not change and _sharp(old)]
    both = any(agrees(Guess(change, "-", pair)) for pair in permutations(like, 2))  # then it is that of one over the other
    for value in reversed(like) if not both else ():
        alone = value is near[-2 if change is near[-1] else -1] and len(like) == 1
        since = ("/", (change, value)) if value.cue("against") else ("~", (value, change))
        yield Guess(one, *since, 1 + alone)


def _pairs(one: Term, known: list[Term], near: list[Term], after: list[Term], rows: Rows) -> Iterator[Guess]:
    """Rates, shares of each, growth, differences and products: of two figures, those nearest first, or of a row of a table."""
    beside = near and said("points" if one.unit == "百分点" else "beside", one.lead)
    lead = (near[-1] if beside else one).lead
    over = near and one.unit == "%" and re.fullmatch("[）)]?的", lead) and re.search("超[出过]|[多高]出", near[-1].lead)
    spent = one.cue("spent") and any(old.cue("each") for old in near[-2:])
    operator = "%" if over else _operator(one, lead) or "x" * spent
    if not operator:
        return
    known, near, after = ([old for old in some if _sharp(old)] for some in (known, near, after))
    ahead = [new for new in after[:1] if new.depth > one.depth or re.match("即|上年|去年", new.lead)]
    known = [*ahead, *reversed(known), *(after[:2] if said("each", lead) or "/" in one.unit else ())]
    may = [Guess(one, operator, pair) for pair in permutations(known, 2) if _may(operator, one, *pair)]
    pairs = [replace(guess, plain=_plain(guess, lead, [*near, *ahead])) for guess in may]
    held = [guess for guess in pairs if agrees(guess) and (_sharp(one) or guess.plain)]
    if any(guess.plain == 2 for guess in pairs) and not any(guess.plain for guess in held):
        held = []  # by chance
    both = sum(old.number for old in near[-2:]) if one.unit == "%" and operator == "/" and not held else 0
    if any(abs(both - one.number * old.number) < one.place * old.number for old in known if both):
        return  # a share of two together: 满意 and 基本满意
    yield from held or (guess for guess in pairs if not agrees(guess))
    words = re.sub('[“”"]', "", re.split("[。；]", one.item.before[-200:])[-1])
    here = {words[n : n + long] for n in range(len(words)) for long in (len(_SPENT), 4)}
    for label in sorted(rows.keys() & here, key=[*rows].index):
        row = [other for other in rows[label] if other not in (one, *near[-1:])]
        pairs = [*permutations(reversed([cell for cell in row if cell.item.cell]), 2), *product(known, row)]
        may = (pair for pair in pairs if pair[0].number != pair[1].number and _may(operator, one, *pair))
        for part, whole in may:
            alone = "占" in lead and part in near[-1:] and {old for old in row if old.unit == whole.unit} == {whole}
            yield Guess(one, operator, (part, whole), label != _SPENT and ({part, whole} == {row[0], row[-1]} or alone))


def _sharp(one: Term) -> bool:
    """Whether a figure is one to reckon with, and not only a bound of one."""
    return one.high - one.low <= abs(one.high) / 4 < float("inf")


def _operator(one: Term, lead: str) -> str:
    """How two figures may make this one, by its unit and the words before it."""
    if one.unit in ("%", "倍") or (not one.unit and re.search(r"^(?!.*[万千]\w{1,4}率).*率", lead)):
        return "%" if said("grown", lead) else "/" * said("rate", lead[-14:])
    if said("apart", lead) or said("left", lead):
        return "-"
    return "/" if "/" in one.unit or said("each", lead) else "x" * one.cue("total")


def _may(operator: str, one: Term, a: Term, b: Term) -> bool:
    """Whether two figures may so make a third, by their units."""
    unit, over, under = one.unit, a.unit, b.unit
    if operator == "-":
        if said("vacant", one.lead):
            post, held = (b, a) if "超" in one.lead else (a, b)
            over = unit = under if "编" in post.lead and "编制" not in held.lead else "%"
        return over == under == {"百分点": "%"}.get(unit, unit) and a.number >= b.number
    if operator == "x":
        each = under.startswith(unit + "/") or (under == unit and b.cue("each"))
        return bool(each and unit and over != unit and "/" not in over and not said("monthly", b.lead))
    way = one.cue("risen") - one.cue("fallen") if one.number > 0 else -1
    if operator == "%" and (a.number - b.number) * way < 0:
        return False
    if {over, under} & {"%", "百分点"} or (operator == "%" and not (over or under or a.scale or a.item.cell)):
        return False
    if "满意" in one.lead and unit == "%" and "满意" not in a.lead + a.tail:
        return False
    if unit in ("%", "倍", "") and not one.cue("each"):
        bare = (a.scale and not over) or (b.scale and not under)
        return over == under or bare or (not {"元", ""} & {over, under} and a.clause == b.clause)
    amount = unit.partition("/")[0]
    return over in (amount, amount + "次") and under not in (amount, "")


def _plain(guess: Guess, lead: str, near: list[Term]) -> int:
    """Whether nothing but these two can be meant."""
    one, operator, (a, b) = guess.stated, guess.operator, guess.parts
    if operator == "%":
        more, less = sorted((a, b), key=lambda old: -old.number)
        told = {a, b} == {*near[-3:-1]} and said("plainly", lead) and near[-1].cue("change")
        if told and agrees(Guess(near[-1], "-", (more, less))):
            return 2  # the growth of a change that holds
        near = [old for old in near if not old.cue("change")]
    if operator in "%-":
        near = [old for old in near if old.unit == "%" or old.cue("each") <= a.cue("each")]
    like = [old for old in near if {old.unit, old.unit.partition("/")[0]} & {a.unit, b.unit}]
    outer = [old for old in like if old.depth <= one.depth and not old.cue("nested")]
    last = {a, b} == {*like[-2:]} or (like[-1:] == outer[-1:] and {a, b} == {*outer[-2:]})
    last = last and not (operator == "-" and b.cue("change"))
    if one.unit == "倍" and last and b.cue("former") and re.search("[到至为]", a.lead):
        return 1 + said("times", lead)
    if operator in "%-":
        return _moved(guess, lead, near, last)
    if operator == "x" or "/" in one.unit or one.cue("each"):
        per = re.sub(r".*?(?:每(\w)|([^\W平])均|$).*", r"\1\2", lead, count=1)
        other = one.cue("nested") or re.search("收入|含", lead) or per not in b.item.near + b.unit + "人名位日天"
        paid = near[-2:] == [a, b] and said("paid", lead)
        return (1 + bool(paid)) * int(last and not other)
    if re.fullmatch("[）)]?(?:总[数量额])?的", lead):
        return (2 if near[-2:] == [a, b] and a.unit == b.unit else 1) if near[-1:] == [b] else 0
    name = next(iter(re.findall(r"(\w{0,6}?)(?:率|进度|(?<=满意)度|占|比重)", lead)), "")
    told = name and {*name[-2:]} <= {*a.lead[-6:], *a.tail} and (last or b in like[:1])
    named = last and (said("firm", lead) or re.match(r"\W*应", b.lead))
    firm = "编" in b.lead or (named and near[-1] in (a, b))
    beside = "占" in lead and a is near[-1] and a.number <= b.number
    if last and ((beside and said("share", lead)) or (named and near[-1] is a and said("planned", b.lead))):
        return 2
    return int(bool(told or firm or (beside and (not name or "即" in one.tail))))


def _moved(guess: Guess, lead: str, near: list[Term], last: bool) -> int:
    """Whether a difference or growth can be that of these two alone: 由A增至B, 较A多, 结余 of 收入 and 支出."""
    a, b = guess.parts
    if last and (said("left", lead) or ("净" in lead and said("come", a.lead))) and said("gone", b.lead):
        return 2 * (not said("gone", a.lead))
    if said("vacant", lead):
        return 2 * (last and "、" not in a.lead + b.lead)
    if last and (a.cue("former") or b.cue("former") or said("differs", lead)):
        moved = ({a, b} == {*near[-2:]} and re.search("[到至为]", near[-1].lead)) or near[-1].cue("against")
        moved = moved and b.number / 3 < a.number < 3 * b.number and said("plainly", lead)
        direct = moved or re.fullmatch("[多少高低]", lead)
        return 2 if direct and not re.search("其中|[。；]", near[-1].lead + lead) else 1
    if lead == b.lead and b.unit == "%":
        return 1 + last
    if b.cue("former") and near[-1:] == [b]:
        name, words = a.lead[-6:], b.lead[-6:] + lead + "支出"
        return int(any(name[n : n + 2] in words for n in range(len(name) - 1)))
    rest = "结" in lead and said("income", a.lead) and "支出" in b.lead
    return int(rest and not (a.cue("nested") or b.cue("nested")))
