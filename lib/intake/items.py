"""What a document says in numbers: figures and look-alikes of its passages, in its order, each with its place and the words around it."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain, groupby, zip_longest
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from lib.intake.labels import Row, begins, in_percent, money, named, over, plain
from lib.intake.reading import Passage
from lib.intake.spread import spread
from lib.numbers.finding import CODES, RULED, Found, find, in_cell, is_unit, punctuated
from lib.numbers.lexicon import kinds

_NUMBER = re.compile(r"\s*([(（]?[一二三四五六七八九十\d]+(?:\.\d+)*[)）]?)\s*[、.．，]?")
NUMBERING = re.compile(
    r"\s*(?:[一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾]+、|[Ⅰ-Ⅻ]+[\s、.．]|第[一二三四五六七八九十]+(?:部分|章)[\s:：]*|[(（][一二三四五六七八九十\d]+[)）]|\d+[.、．])\s*"
)  # that a heading begins with
Headings = tuple[str, ...]
_WORDS = kinds(Path(__file__).with_name("items.txt"))
_USUAL = {"分": "points", "人": "people", "%": "rates"}
_CAPTION = 60  # signs that one has at most
_PART = re.compile(r"0\.\d+|1(?:\.0+)?")  # of one
_TARGET = re.compile(r"[≥＞>]?\d+[%％](?:以上)?")
_MARK = re.compile("[，。；：、,:（）＝=＋+]")
_MONEY = re.compile(r"单位[^。；]{0,12}[：为](?:[^\W\d]{1,3}[、，/])*([百千]?[万亿]?元)")
_LISTED = re.compile(r"(?:单位[:：]|(?<=[元人次户个件里亩吨米株头只套辆台处座所名]、))([^\W\d_]+)(?=[、）)\s]|$)")
"""Units that are told side by side (单位：人、万元)."""
_THROUGHOUT = re.compile("下同|均为|本报告|注明")
_AMOUNT = re.compile(r"(?![%％]$)[≥≤<>=]?[\s\d.,%+—-]+[万亿]?(?![年月季])[^\W\d_]{0,2}")


class Item(NamedTuple):
    """A figure or look-alike: where it stands, under which headings, and what is written around it, `punctuated`.

    `text` is that of its paragraph, in which it begins at `begin`; `passage` and the row and column of a `cell` count from 0; `near`: from
    the last figure, or the beginning of the sentence, up to it (□), and on to the next mark or figure (of a cell its row and column).
    """

    found: Found
    passage: int
    place: str
    headings: Headings
    text: str
    begin: int
    near: str
    cell: tuple[int, int] | None = None

    @property
    def before(self) -> str:
        """What is written before it."""
        return self.text[: self.begin]

    @property
    def figure(self) -> bool:
        """Whether it is one."""
        return self.found.reading is not None


def items(passages: tuple[Passage, ...]) -> Iterator[Item]:
    """Figures and look-alikes, in the order of the document."""
    told = [*_outlined(passages)]
    found = spread(lambda some: [[*(_of_table if one[0].rows else _of_text)(*one)] for one in some], told)
    return chain.from_iterable(found)


def _outlined(passages: tuple[Passage, ...]) -> Iterator[tuple[Passage, int, str, Headings, str, str]]:
    """Each passage that may have numbers: its number, place, headings, the text above it, and the unit of amounts that is told for it."""
    headings: dict[int, str] = {}
    tables = 0
    said = usual = ""
    for number, passage in enumerate(passages):
        if passage.kind == "question":
            continue
        if depth := passage.level:
            headings = {other: text for other, text in headings.items() if other < depth}
            headings[depth] = punctuated(passage.marker + passage.text)
        above = tuple(headings.values())
        tables += bool(passage.rows)
        marks = "".join(match[1] for text in above if (match := _NUMBER.match(text)))
        told = next(filter(None, map(_MONEY.search, reversed(above))), None)
        place = f"表{tables}" if passage.rows else f"{marks}第{number + 1}段"
        yield passage, number, place, above, said, told[1] if told else usual
        said = punctuated(passage.text)
        if (told := _MONEY.search(said)) and _THROUGHOUT.search(said) and not passage.level:
            usual = told[1]


def _of_text(passage: Passage, number: int, place: str, headings: Headings, _: str, usual: str) -> Iterator[Item]:
    text, found, last = punctuated(passage.text), find(passage.text, usual), 0
    for one, after in zip(found, [*found[1:], None], strict=False):
        if passage.kind == "furniture":
            one = one._replace(reading=None, reason="页眉页脚")
        begin = max(last, *(text.rfind(mark, last, one.start) + 1 for mark in "。；;"))
        mark = _MARK.search(text, one.end)
        end = min(after.start if after and after.reading else len(text), mark.start() if mark else len(text))
        lead = text[begin : one.start] or titled(text[: one.start])
        near = f"{lead}□{one.token}{text[one.end : end]}"
        yield Item(one, number, place, headings, text, one.start, near)
        last = one.end if one.reading else last


def titled(before: str) -> str:
    """Words before a number with the title of their point as what it is of (3.基本支出：), if that is right before it or has a number of its
    own; nothing of other words."""
    title = re.match("[^。，；]{2,14}。", before)
    told = title and (title[0] == before or NUMBERING.match(before))
    return f"{title[0][:-1]}：{before[title.end() :]}" if title and told else ""


def _of_table(passage: Passage, number: int, place: str, headings: Headings, above: str, usual: str) -> Iterator[Item]:
    """A cell that is a number takes the unit of its column's head, its row's label or unit, or the words above the table."""
    rows, top = _dated(passage.rows), begins(passage.rows)
    lead = above if len(above) < _CAPTION else "".join(re.findall("单位.*", above))
    around = " ".join([passage.text + lead, *filter(None, chain.from_iterable(rows[:top]))])
    heads, usual = list[int](), money(rows, around) or usual or "万元"
    stored, listed = {*_stored(rows)}, _in_order(rows[top:], around)
    for r, row in enumerate(rows):
        columns = [[over(rows, h, c, heads[0]) for h in heads] for c in range(len(row))]
        told = ["".join(dict.fromkeys(filter(None, texts))) for texts in columns]
        if r >= top and heading(rows, r):
            heads = [*heads, r] if heads[-1:] == [r - 1] else [r]
        measured = {c for c, head in enumerate(told) if _WORDS["units"].fullmatch(head)}
        units = {c: over(rows, r, c) for c in measured if is_unit(over(rows, r, c))}
        ruled = {c for c, head in enumerate(told) if RULED.search(head)}
        unnamed = units.keys() | ruled | {c for c, head in enumerate(told) if named("goal", head) == "done"}
        words = ["" if c in unnamed or _plain(cell) else over(rows, r, c) for c, cell in enumerate(row)]
        for c, cell in enumerate(passage.rows[r]):
            if not cell or not cell.strip():
                continue
            label = "".join(dict.fromkeys(words[:c])) or "".join(dict.fromkeys(words))
            head, corner = told[c], "".join(told[n] for n in range(c) if words[n])
            unit = _unit(head, label, [*units.values(), *listed.get(c, ())], (corner, around), usual)
            kept = in_percent(cell) if (r, c) in stored else cell
            one = in_cell(kept, unit)
            one = one._replace(token=cell.strip(), end=len(cell)) if one else None
            coded = CODES.search(head.strip()) or _WORDS["serial"].fullmatch(head.strip())
            if one and (rows[r][c] != cell or coded or CODES.fullmatch(plain(row[0]))):
                one = one._replace(reading=None, reason="序号")
            for found in [one] if one else find(cell):
                found = found._replace(reading=None, reason="评分标准") if c in ruled else found
                lead, behind = f"{label}，{head}", "" if one else cell[found.end :]
                lead = punctuated(lead if one else f"{lead}，{cell[: found.start]}")
                where = "，".join(re.sub(r"\s", "", one)[:24] for one in ([label, head] if head else [label]))
                text, near = above + corner + lead, f"{lead}□{punctuated(behind)}"
                yield Item(found, number, f"{place} {where}", headings, text, len(text), near, (r, c))


def heading(rows: Sequence[Row], r: int) -> bool:
    """Whether a row has heads: several words, no amount, nothing said at length, and no label with what it says all across."""
    told = [re.sub("[（(][^（）()]*[)）]", "", cell) for cell in rows[r] if cell and cell.strip()]
    beside = len(told) == 2 and rows[r][0] and rows[r][-1] is None and rows[r + 1 :] and rows[r + 1][0] is not None
    long = any(_amounts(cell) or re.search(r"[。；]|\d.*，.*\d", cell) for cell in told)
    return sum(not _plain(cell) for cell in told) > 1 and not (beside or long)


def _stored(rows: Sequence[Row]) -> Iterator[tuple[int, int]]:
    """The cells of rates that a spreadsheet shows as parts of one (执行率 0.98): below a head, or beside a target in per cent."""
    targets = {r for r, row in enumerate(rows) if any(_TARGET.fullmatch(cell or "") for cell in row)}
    for c, column in enumerate(zip_longest(*rows)):
        words, said = "", filter(itemgetter(1), enumerate(column))
        for numbers, some in groupby(said, lambda one: bool(re.search(r"\d(?!\d{0,3}年)", one[1]))):
            cells = dict(some)
            parts, text = {r for r, cell in cells.items() if _PART.fullmatch(cell)}, " ".join(cells.values())
            words = words if numbers else text
            rates = _WORDS["parts"].search(words) or ("率" in words and re.search(r"0\.\d{3}", text))
            if numbers and not _WORDS["points"].search(words):
                whole = rates and parts == {*cells} and "." in text and "%" not in words
                yield from ((r, c) for r in parts if whole or (r in targets and cells[r] != "1"))


def _dated(rows: Sequence[Row]) -> list[list[str | None]]:
    """A table in which years say so (2023年) that are all the numbers of a row or a column, one after another: they are heads."""
    told = [[*row] for row in rows]
    across = [[(r, c) for c in range(len(row))] for r, row in enumerate(rows)]
    for line in (*across, *zip(*across, strict=False)):
        numbers = {(r, c): cell for r, c in line if (cell := rows[r][c] or "") and _AMOUNT.fullmatch(cell)}
        years = sorted({int(cell) for cell in numbers.values() if re.fullmatch(r"20\d\d", cell)})
        if 1 < len(numbers) == len(years) == years[-1] - years[0] + 1:
            for r, c in numbers:
                told[r][c] = f"{rows[r][c]}年"
    return told


def _unit(head: str, label: str, units: list[str], around: tuple[str, str], usual: str) -> str:
    """The unit of a column or row, told or usual; what is told `around` it is not that of what counts something else."""
    own = next(filter(None, (_told(head), _usual(head), *units, _told(label), _usual(label))), "")
    money = _WORDS["money"].search(head + label)
    if own or (_WORDS["count"].search(head) and not money):
        return own
    told = [unit for text in around for unit in (*_LISTED.findall(text), _told(text)) if is_unit(unit)]
    fit = (unit for unit in told if ("元" in unit) == bool(money))
    return next(fit, next(iter(told), usual if money else ""))


def _in_order(rows: Sequence[Row], around: str) -> dict[int, list[str]]:
    """The units of columns of amounts that are told in their order (单位：公里、户、万元): as many as there are such."""
    units = list(filter(is_unit, _LISTED.findall(around)))
    amounts = ({cell for cell in column if cell and _AMOUNT.fullmatch(cell)} for column in zip(*rows, strict=False))
    columns = [c for c, some in enumerate(amounts) if some and {f"{n}" for n in range(1, len(some) + 1)} != some]
    return {c: [unit] for c, unit in zip(columns, units, strict=False) if 1 < len(units) == len(columns)}


def _told(text: str) -> str:
    told = (one[one.lastindex or 0] for one in _WORDS["unit"].finditer(text))
    return next(filter(is_unit, told), "")


def _usual(text: str) -> str:
    return next((unit for unit, kind in _USUAL.items() if _WORDS[kind].search(text)), "")


def _plain(cell: str | None) -> bool:
    """Whether a cell is a number, or nothing."""
    return cell is None or not re.search(r"[^\W\d_]{2}|\d年", cell) or _amounts(cell)


def _amounts(cell: str) -> bool:
    """Whether a cell is an amount, or several (≥30场；≥95%), each perhaps behind what it is of (基本支出：321.44)."""
    parts = [re.sub("^[^:：]*[:：]", "", part) for part in re.split("[；;]", cell) if part.strip()]
    told = (re.search(r"\d", one) and not re.search("[年月季]|以[上下内]", one) and in_cell(one, "") for one in parts)
    return bool(_AMOUNT.fullmatch(cell)) or (bool(parts) and all(told))
