"""Base tables (附件1 基础数据表) and tables of project spending as rows of budget.csv, printed rates as rows of figures.csv. Cells stay as
printed; those that have no place here are figures as any other. A `place` is the (row, column) of a cell, from 0."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from lib.edition.dictionary import UNDER
from lib.edition.edition import RAW
from lib.intake.labels import MARKS, Found, Row, amount, money, named, number, over, plain, tidy, words
from lib.intake.new import BLANK

ANNEX = "基础数据表"  # a form that does not say which annex it is
_UNIT = re.compile(r"(?:[:(]|单位|^)(?:人民币)?((?:[百千]?[万亿]|[百千])?元|人|㎡|平方米|%)(?=\)|$|\W)")
_PARENTS = ("projects", "special", "business_special")  # what may have special funds below it, by names of their own
_STAFF = ("staff.admin", "staff.reference", "staff.institution", "staff.other")
"""Kinds of staff: their establishment or those in office, as another label says."""
_INCOMES = ("fiscal", "government_fund", "state_capital", "fiscal_account", "other_income")
"""Of what income the expenditure is; in the part of a table that is about income, none of that."""
_EARNED = re.compile("(?:[本全]年|年度|部门|单位)*(?:总收入|收入)(?:合计|总计|总额|决算|数)*")
_COLUMNS = BLANK["budget"]
_Heads = dict[int, list[str]]  # by column
_BLANK: Found = dict.fromkeys((*RAW["budget"], *_COLUMNS), "")


def thrifty(row: Row) -> bool:
    """Whether it is the row of 厉行节约保障措施, whose words are a note."""
    return bool(re.search("厉行节约.{0,2}措施", next(filter(None, row), "")))


class _Cell(NamedTuple):
    """A cell of a base table: its column (`other`, or nothing where no head says), its place, what is printed and the head over it."""

    column: str
    place: tuple[int, int]
    printed: str
    head: str


class _Line(NamedTuple):
    """A label of a base table with what stands left of it, its unit and its cells."""

    label: str
    group: str
    unit: str
    cells: list[_Cell]


def _head(row: Row, known: dict[int, str], was: str, year: int) -> str:
    """Whether a row has heads: `columns` (决算, 预算) or `items` (编制数, 在职人数). `was`: what the row above has."""
    texts = [cell for cell in row if tidy(cell)]
    if was and texts and named("column", texts[0]) == "index" and not any(map(words, texts[1:])):
        return was
    plainly = all(named("column", cell) == "label" for cell in texts if words(cell))
    if any(amount(cell) and not (plainly and re.fullmatch(r"20\d\d", plain(cell))) for cell in texts):
        return ""
    items = [bool(named("item", cell, year, "vehicles")) for cell in row]
    told = [c for c, cell in enumerate(row) if cell is not None and known.get(c) not in ("label", "")]
    told = [c for c in told if items[c] or not words(row[c])]
    if any(items[c] and items[after] for c, after in pairwise(told)):
        return "items"
    kinds = [named("column", cell, year) for cell, item in zip(row, items, strict=True) if not item]
    values = sum(kind in _COLUMNS for kind in kinds)
    return "columns" if values > 1 or (values and ("label" in kinds or was == "columns")) else ""


def _lines(rows: Sequence[Row], year: int) -> Iterator[_Line]:
    top, was = 0, ""
    heads: _Heads = {}
    kinds: dict[int, str] = {}
    items: _Heads = {}
    for r, row in enumerate(rows):
        kind = _head(row, kinds, was, year)
        if kind:
            top = top if kind == was else r
            begun = r == top
            while begun and top > 0 and rows[top][0] is None and not any(map(number, rows[top - 1])):
                top -= 1
            texts = {c: [over(rows, k, c, top) for k in range(top, r + 1)] for c in range(len(row))}
            if kind == "columns":
                heads, kinds, items = texts, _kinds(texts, year), {}
            else:
                items = {c: [one for one in texts[c] if one and not named("word", one)] or texts[c][-1:] for c in texts}
        elif items and _goes_on(row, items, year):
            yield from _under_items(r, row, items, year)
        else:
            items = {}
            yield from _across(rows, r, kinds, heads, year)
        was = kind


def _goes_on(row: Row, items: _Heads, year: int) -> bool:
    """Whether a row is still below heads that are items: two numbers of its kind are, or nothing in it begins another block."""
    heads = [named("item", items[c][-1], year) for c in range(len(row))]
    below = [head.partition(".")[0] for cell, head in zip(row, heads, strict=True) if number(cell) and head]
    label = named("item", next((cell for cell in row if words(cell)), ""), year).partition(".")[0]
    begins = any(words(cell) and (head or named("item", cell, year)) for cell, head in zip(row, heads, strict=True))
    return (label in below and len(below) > 1) or not begins


def _under_items(r: int, row: Row, items: _Heads, year: int) -> Iterator[_Line]:
    """A row below heads that are items: each cell is a line of its own; its group is the head above its own, or what begins the row."""
    group = next((tidy(cell) for cell in row if words(cell)), "")
    for c, cell in enumerate(row):
        if cell is not None and tidy(cell) != group and (items[c][-1] or tidy(cell)):
            *over, head = items[c]
            upper = next((text for text in reversed(over) if text != head and named("item", text, year)), group)
            yield _Line(head, upper, "", [_Cell(named("column", group, year), (r, c), tidy(cell), head)])


def _kinds(heads: _Heads, year: int) -> dict[int, str]:
    """What the columns of a head are; one without a head goes with that to its left."""
    texts = {c: "".join(dict.fromkeys(one)) for c, one in heads.items()}
    known = {c: named("column", text, year) for c, text in texts.items()}
    first = min((c for c, kind in known.items() if kind in _COLUMNS), default=len(heads))
    unknown = "other" if "label" in known.values() else "label"
    found: dict[int, str] = {}
    for c, text in texts.items():
        if text:
            told = (
                known[c] if known[c] != "source" or unknown == "other" else ""
            )  # else they are what the rows are about
            found[c] = told or (unknown if c < first else "other")
        else:
            found[c] = "label" if c < first else found[c - 1]
    return found


def _across(rows: Sequence[Row], r: int, kinds: dict[int, str], heads: _Heads, year: int) -> Iterator[_Line]:
    """A row as one label with its cells, or as several."""
    label, group, unit = "", over(rows, r, 0) if rows[r][0] is None else "", ""
    cells: list[_Cell] = []
    for c, cell in enumerate(rows[r]):
        kind = kinds.get(c, "")
        if kind == "unit" and cell:
            unit = tidy(cell)
        elif words(cell) and (kind in ("label", "index", "") or (kind != "source" and named("item", cell, year))):
            if cells or "." in named("item", label, year):
                yield _Line(label, group, unit, cells)
                label, unit, cells = "", "", []
            group, label = label if re.sub(MARKS, "", plain(label)) else group, tidy(cell)
        elif cell is not None and kind != "index" and (kind in _COLUMNS or tidy(cell) or (label and not kinds)):
            label = label or (over(rows, r, c - 1) if c and kind in _COLUMNS else "")
            cells += [_Cell(kind, (r, c), tidy(cell), "".join(dict.fromkeys(heads.get(c, []))))]
    yield _Line(label, group, unit, cells)


def _called(rows: Sequence[Row], year: int) -> Iterator[tuple[str, str, _Line]]:
    """The lines of a base table, each with its item and label; a special fund is called by its own name."""
    lines = [*_lines(rows, year)]
    known = {named("item", label, year) for line in lines for label in (line.label, line.group)}
    earned = _earned([_fund(line.label) for line in lines])
    before, parts = "" if known - {""} else "special", {"basic", "projects"} <= known and "total" not in known
    for n, line in enumerate(lines):
        group = "" if named("column", line.group, year) in _COLUMNS else line.group  # 决算 | 合计 is of all
        label = group if named("word", line.label) == "sum" and group else line.label
        parent = named("item", line.group, year, "staff").removesuffix("_establishment") or before
        item = named("item", label, year, parent) or "total" * (parts and named("word", label) == "sum")
        item = "" if item in _STAFF or (n in earned and item in _INCOMES) else item
        filled = any(cell.printed for cell in line.cells)
        if item or re.match("[一二三四五六七八九十]+[、.]", plain(label)):
            before = item
        elif named("word", label):
            pass
        elif parent in _PARENTS or (parent == "operating" and re.match(r"\d", plain(label))):
            item = _fund(label)
        elif parent == "public" or (parent == "basic" and re.search("人员(?:经费|支出)", plain(label))):
            item = f"{parent}{UNDER}{_fund(label)}"
        heading = item in _PARENTS and not filled and re.search(":$|一行", plain(label))
        yield "" if heading else item, label, line


def _earned(labels: Sequence[str]) -> range:
    """Which lines are about income: those on the side of its total where there is expenditure, too."""
    sums = [n for n, label in enumerate(labels) if _EARNED.fullmatch(label)]
    spent = [n for n, label in enumerate(labels) if "支出" in label]
    if not (sums and spent):
        return range(0)
    return range(spent[0]) if sums[0] < spent[0] else range(sums[0], len(labels))


def _fund(label: str) -> str:
    """The name of a special fund: its label without numbering and notes of the form."""
    return re.sub(rf"^{MARKS}|\((?:[^()]*(?:一行|元|%)|人|㎡|平方米)\)$|[:….]+$", "", plain(label))


class Base(NamedTuple):
    """A base table: rows of budget.csv, each with the `place` of its cells by column, printed rates as figures, and what is `taken`."""

    budget: list[Found]
    rates: list[Found]
    taken: set[tuple[int, int]]


def base(rows: Sequence[Row], above: str, year: int) -> Base:
    """A base table, read. `above`: the text before it; `year`: of the report."""
    text, usual = plain(above) + "".join(plain(cell) for row in rows for cell in row), money(rows, above)
    annex = [*re.findall(r"附[件表][\d一二三四五六七八九十]*", text), ANNEX][0]
    lines = [*_called(rows, year)]
    full = any(cell.column == "full" for *_, line in lines for cell in line.cells)
    alone = _alone(lines)
    found: dict[str, Found] = {}
    for item, label, line in lines:
        row = found.setdefault(item, _BLANK | {"item": item, "locator": f"{annex} {_fund(label)}", "place": {}})
        cells = [cell for cell in line.cells if cell.column != "budget" or not full]  # which that is, is not told
        cells = [c for c in cells if re.match("合计|总计|部门合计", plain(c.head))] or cells  # beside 局机关, 二级单位
        if "." in item:
            cells = [c._replace(column="outturn") for c in line.cells if c.place == alone.get(item, c.place)]
        taken = any(cell.printed and row.get(cell.column) for cell in cells)
        for column, place, printed, head in [] if taken else cells:
            if column in _COLUMNS and not row[column] and (number := amount(printed)):
                unit = _unit(item, usual, number[1], line.unit, label, head)
                if not unit or row["unit"] in ("", unit):
                    row |= {column: number[0], "unit": row["unit"] or unit}
                    row["place"] |= {column: place}
        row["unit"] = row["unit"] or _unit(item, usual, "", line.unit, label)
    kept = [row for item, row in found.items() if item and alone.get(item, ()) is not None]
    rates = [row for row in kept if "printed" in row["item"] and row["outturn"]]
    budget = [row for row in kept if "printed" not in row["item"]]
    return Base(budget, rates, {place for row in budget for place in row["place"].values()})


def _alone(lines: Sequence[tuple[str, str, _Line]]) -> dict[str, tuple[int, int] | None]:
    """Where the value stands of what has but one a year: in the column of the outturn, in the row of the total; None where that is open."""
    given: dict[str, list[tuple[int, tuple[int, int]]]] = {}
    for item, _, line in lines:
        part = bool(line.group) and named("word", line.group) != "sum"
        cells = [cell for cell in line.cells if "." in item and number(cell.printed)]
        for cell in cells:
            given.setdefault(item, []).append(((cell.column != "outturn") + part, cell.place))
    ranked = {item: sorted(cells) for item, cells in given.items()}
    return {item: None if len({rank for rank, _ in c[:2]}) < len(c[:2]) else c[0][1] for item, c in ranked.items()}


def _unit(item: str, usual: str, own: str, *texts: str) -> str:
    """The unit of a cell: its `own`, that of its row or its head, or that of its table, which is `usual`."""
    told = (found[1] for text in texts if (found := _UNIT.search(plain(text))))
    unit = own or next(told, "人" if item.startswith("staff") else "㎡" if item.endswith("_area") else usual)
    return re.sub("平米|平方米|m2", "㎡", unit + "元" * unit.endswith(("百", "千", "万", "亿")))
