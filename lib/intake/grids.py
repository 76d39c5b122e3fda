"""Claims of a table: sums of its rows and of its columns, rates, growth and shares of the one by the other."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import chain, combinations, permutations, takewhile

from lib.intake.far import WIDE
from lib.intake.reading import Passage
from lib.intake.reckoning import Guess
from lib.intake.terms import Term, said

_USUAL = {"支出总额|总支出|支出合计|^合计|^总计": ("基本支出", "项目支出"), "三公": ("用车", "出国|境", "接待")}


def guesses(passage: Passage, figures: list[Term], scores: list[Term]) -> Iterator[Guess]:
    """Sums of rows and of columns, rates of columns; what holds in most columns or rows is meant in all. `scores`: those of all tables."""
    at = {one.item.cell: one for one in figures if one.item.cell}
    words = [[re.sub(r"\s", "", cell or "") for cell in row[:2]] for row in passage.rows]
    labels = ["".join(cell for cell in row if re.search("[^\\W\\d_]{2}", cell)) for row in words]
    heads = [""] * (1 + max((c for _, c in at), default=0))
    for (_, c), one in at.items():
        heads[c] = heads[c] or one.lead.split("，")[-1]
    turned = {(c, r): one for (r, c), one in at.items()}
    groups: dict[tuple, list[Guess]] = {}
    sums = [r for r, label in enumerate(labels) if said("sum", label)]
    rows, columns = _lines(labels, at, 1, _outline(passage)), _lines(heads, turned, -1, {})
    for plain, key, guess in (*rows, *_columns(sums, at), *_made(at), *columns):
        groups.setdefault((plain, guess.operator, key), []).append(guess)
    for key, group in groups.items():
        risen = re.search("增[幅长速](?!减)", group[0].stated.lead) and any(one.holds and one.right for one in group)
        if key[1] in "-%" and (risen or any(one.stated.number < 0 for one in group)):
            groups[key] = [replace(one, signed=True) for one in group]
    told, firm = list[Guess](), set[tuple[int, str]]()
    ordered = sorted(groups.items(), key=lambda one: (-one[0][0], -sum(guess.holds for guess in one[1])))
    for (plain, *_), group in ordered:
        held = [(one.stated, *one.parts) for one in group if one.holds and one.stated.number]
        agree = [terms[0].number for terms in held]
        usual = len({tuple(one.number for one in terms) for terms in held}) > 1 and 2 * len(agree) > len(group)
        if usual or (plain > 0 and (agree or len(group) < 3 or group[0].operator == "+")):
            first, long = group[0], plain > 0 and len(group[0].parts) > 2
            whole = len(group) == 1 and not any("其中" in label for label in labels)
            meant = plain > 0 or first.parts[0].cue("nested") or (first.operator == "x" and max(agree, default=0) > 100)
            sure = 1 + bool(plain > 1 or (long and (whole or agree)) or (usual and meant))
            told += (replace(one, plain=sure) for one in group if (id(one.stated), one.operator) not in firm)
            firm |= {(id(one.stated), one.operator) for one in group if usual and plain > 0 and one.operator != "+"}
    head = re.search(r"预算执行\w*(?:（\w*）)*（(\d+)分）", "".join(map("".join, words)))  # points that have no cell
    due = int(head[1]) if head else None
    scored = [*_scored(sums, at, [one for one in scores if one not in figures])]
    whole = {one.stated for one in scored}
    told = [one for one in told if one.holds or one.stated not in whole]
    yield from (one for one in told if one.holds or one.stated.unit != "分" or one.stated.number - one.right != due)
    yield from scored


def _scored(sums: list[int], at: dict[tuple[int, int], Term], others: list[Term]) -> Iterator[Guess]:
    """The total of a score sheet whose points are not all in its column: with the one score that stands elsewhere (执行率)."""
    points = {r: one for (r, _), one in at.items() if one.lead.endswith("分值")}
    for name in ("得分", "分值"):
        got = {cell: one for cell, one in at.items() if re.search(rf"{name}(?:[（(].*)?$", one.lead)}
        for r, c in (cell for cell in got if cell[0] in sums):
            rows = [n for n in range(r) if (n, c) in got and n not in sums]
            left = points[r].number - sum(points[n].number for n in rows if n in points) if r in points else 0
            aside = [one for (n, column), one in got.items() if column != c and n not in sums] or others
            some = [Guess(got[r, c], "+", (one, *(got[n, c] for n in rows)), 2) for one in aside]
            held = [guess for guess in some if guess.holds]
            if rows and (held or (len(aside) == 1 and left > 0 and name == "得分")):
                yield (held or some)[0]


def _made(at: dict[tuple[int, int], Term]) -> Iterator[tuple[int, tuple, Guess]]:
    """Of each row: what a column may be made of those close before it, a difference, product or balance; what has been added up."""
    for (r, c), one in at.items():
        left = [column for column in range(max(0, c - 4), c) if (r, column) in at]
        like = [column for column in left if at[r, column].unit == one.unit != "%"]
        if like and (r - 1, c) in at:
            yield -1, (c, "累计"), Guess(one, "+", (at[r - 1, c], at[r, like[-1]]))
        inner = "其中" in one.lead.rpartition("，")[2]  # a part is not made of what is beside its whole
        ways = [
            ("-", permutations(like, 2)),
            ("+-", permutations(like[-3:] * (not inner), 3)),
            ("x", combinations(left, 2)),
        ]
        for operator, columns in ((operator, columns) for operator, some in ways for columns in some):
            parts = tuple(at[r, column] for column in columns)
            bare = not one.number or {0, 1, one.number} & {part.number for part in parts}
            grown = operator != "x" or one.number > max(part.number for part in parts)
            if not bare and (grown or [part.unit for part in parts].count("%") == 1):
                yield -1, (c, *columns), Guess(one, operator, parts)


def _outline(passage: Passage) -> dict[int, list[int]]:
    """The rows of a table of functions (208, below it 20805 or 05), each with those right below it; a 小计 with those that its group has."""
    codes, found = {}, dict[int, list[int]]()
    for r, row in enumerate(passage.rows):
        cells = takewhile(lambda cell: re.fullmatch(r"\d*", cell), (re.sub(r"\s", "", cell or "") for cell in row))
        if re.fullmatch(r"[1-9]\d\d(?:\d\d)*", code := "".join(cells)):
            codes[r] = code
            if above := [n for n, other in codes.items() if code.startswith(other) and other != code]:
                found.setdefault(max(above, key=lambda n: len(codes[n])), []).append(r)
        below = [*takewhile(lambda n: passage.rows[n][0] is None, range(r + 1, len(passage.rows)))]
        parted = row[0] and said("sum", "".join(filter(None, row[1:2]))) and len(below) > 1
        if parted and not any("其中" in (cell or "") for n in below for cell in passage.rows[n]):
            found[r] = below
    return found


def _lines(
    labels: list[str], at: dict[tuple[int, int], Term], way: int, coded: Mapping[int, list[int]]
) -> Iterator[tuple[int, tuple, Guess]]:
    """Of each column: what a row of totals adds up; what a row of a base table is made of, by usual names or by place, or by its code."""
    sums = [r for r, label in enumerate(labels) if said("sum", label)]
    inner = {row for n, label in enumerate(labels) if "其中" in label for row in _inner(n, at)}
    inner |= {*chain.from_iterable(coded.values())}
    for r, label in enumerate(labels):
        above = max(0, r - 2)
        kin = [(0, tuple(range(r + 1, end))) for end in range(r + 3, min(len(labels), r + 8) + 1)]
        if r in sums:
            start, end = (max([0, *(n + 1 for n in sums if n < r)]), min([len(labels), *(n for n in sums if n > r)]))
            above = min(above, start)
            kin = [(1, tuple(n for n in range(*ends) if n not in inner)) for ends in ((start, r), (r + 1, end))]
            kin += [(int(start == r), tuple(n for n in sums if n < r))]
        kin = [(1, (*coded[r],))] if r in coded else kin
        if "其中" in "".join(labels[r + 1 : r + 2]) and len(below := _inner(r + 1, at)) > 1:
            kin = [*kin, (1, (*below,))]
        for names in (parts for whole, parts in _USUAL.items() if re.search(whole, label)):
            places = [*range(r + 1, len(labels)), *range(above, r)]
            found = [next((n for n in places if re.search(name, labels[n])), r) for name in names]
            kin = [(2, tuple(found))] * (r not in found) + kin
        for c in (column for row, column in at if row == r > 1 and re.search("增减|差[额异距]", label) and way > 0):
            if (r - 1, c) in at and (r - 2, c) in at:
                yield 1, (way, r), Guess(at[r, c], "-", (at[r - 1, c], at[r - 2, c]))
        for c in sorted({column for row, column in at if row == r and at[r, column].unit != "%"}):
            for plain, rows in kin:
                parts = tuple(at[n, c] for n in rows if (n, c) in at and at[n, c].unit == at[r, c].unit)
                if len(parts) > 1 and (plain == 1 or len(parts) == len(rows)) and not at[r, c].cue("each"):
                    yield plain, (way, r, rows), Guess(at[r, c], "+", parts)


def _inner(first: int, at: dict[tuple[int, int], Term]) -> range:
    """The rows from one of 其中 on that make the row above it, in any column; without such that one alone."""
    columns = [c for r, c in at if r == first - 1]
    for end in range(first + 2, first + WIDE):
        parts = [(at[first - 1, c], [at[n, c] for n in range(first, end) if (n, c) in at]) for c in columns]
        if any(len(some) == end - first and Guess(one, "+", (*some,)).holds for one, some in parts):
            return range(first, end)
    return range(first, first + 1)


def _columns(sums: list[int], at: dict[tuple[int, int], Term]) -> Iterator[tuple[int, tuple, Guess]]:
    """Of each row: a rate, and the columns that it divides; growth and change; shares of the row of totals."""
    for (r, c), one in at.items():
        head = one.lead.split("，")[-1]
        rate = one.unit == "%" or "率" in head
        operator = "%-"[not rate] if said("grown", head) or "差" in head else "/" * (rate or one.cue("each"))
        points = one.unit == "百分点"
        columns = [column for column in range(c) if (r, column) in at and (at[r, column].unit == "%") == points][-WIDE:]
        columns = [column for column in columns if at[r, column].unit != "分"] if "执行率" in head else columns
        for a, b in permutations(reversed(columns), 2) if operator else ():
            pair = (at[r, a], at[r, b])
            same, own = pair[0].unit == pair[1].unit, points or pair[0].unit == one.unit
            if same == (rate or operator == "-") and (operator != "-" or own):
                yield int({a, b} == {*columns[-2:]}), (c, a, b), Guess(one, operator, pair)
        for a, n in ((a, n) for a in columns for n in sums if "占" in head and (n, a) in at):
            yield 0, (c, a, n), Guess(one, "/", (at[r, a], at[n, a]))
