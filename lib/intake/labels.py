"""Labels: how units call the rows and columns of the official forms, how lines of a site begin, and what the cells of a grid say. A grid
has None where a merged cell covers it. `labels.csv`: the first pattern that a label meets names it; `after` must stand before it."""

import csv
import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from lib.numbers import notation

Row = Sequence[str | None]
Found = dict[str, Any]

MARKS = r"(?:其中|包括|[★*#]|[一二三四五六七八九十]+[、.]|\([一二三四五六七八九十\d]+\)|\d+[、)]|\d+\.(?!\d(?!0\d\d年))|[①-⑳]|[:、—·-])+"
_ABOVE = re.compile(r"单位[为:(]*(?:人民币)?((?:[百千]?[万亿]|[百千])?元)")
_IN_HEAD = re.compile(r"[(:]((?:[百千]?[万亿])?元)[)]")
_AMOUNT = re.compile(
    r"([约近超逾]?[-−]?\d[\d,]*(?:\.\d+)?[余多]?%?)((?:[百千]?[万亿]|千|百)?[余多]?(?:元|人|名|个|㎡|平方米|平米|m2)?)"
)
_ABOUT = re.compile(
    r"\W*(?:填[报表]|编[制报]|金额)?(?:单位|部门|日期|时间)(?:[（(].*?[）)]|名称)?\s*[:：]|\W*(?:[填制][报表]?人|审核人?|负责人|联系(?:人|电话)|年度|报告期)\s*[:：]"
)  # what begins a cell that says of a whole table who filled it in, or in which unit


@lru_cache(2**14)
def tidy(cell: str | None) -> str:
    """A cell without the blanks and breaks that layout puts in."""
    return re.sub(r"(?<![A-Za-z])\s+|\s+(?![A-Za-z])", "", cell or "")


@lru_cache(2**14)
def plain(cell: str | None) -> str:
    """A cell without blanks, in ordinary width."""
    return re.sub(r"\s+", "", cell or "").translate(notation.WIDE)


def parted(cell: str | None) -> tuple[str, str]:
    """A label and what stands behind its colon."""
    label, _, said = tidy(cell).replace("：", ":", 1).partition(":")
    return label, said


@cache
def _patterns(form: str) -> tuple[re.Pattern[str], list[tuple[str, re.Pattern[str], re.Pattern[str]]]]:
    """What any label of a form meets, and the rows of `labels.csv` for it."""
    lines = Path(__file__).with_name("labels.csv").read_text("utf-8").splitlines()
    rows = [row for row in csv.DictReader(lines) if row["form"] == form]
    whole = "|".join(f"(?:{row['pattern']})" for row in rows)
    return re.compile(whole), [(row["field"], re.compile(row["after"]), re.compile(row["pattern"])) for row in rows]


@lru_cache(2**14)
def named(form: str, label: str | None, year: int = 0, before: str = "") -> str:
    """What a label is called in `labels.csv`, nothing where it is not known. `before`: the item that stands before it."""
    core = plain(label)
    if not 0 < len(core) < 40 or not re.search("[\u4e00-\u9fff]|20", core):
        return ""
    core = re.sub(r"N-1年?度?|前一年度?|上一?年度?|去年度?", "上年", re.sub(f"^{MARKS}", "", core))
    core = re.sub(r"N年度?|本年度|当年度?", "本年", core)
    years = {year: "本年", year - 1: "上年"} if year else {}  # as seen from that of the report
    core = re.sub(r"(20\d\d)(?:年[度末底]?|(?!\d))", lambda found: years.get(int(found[1]), "他年"), core)
    core = re.sub(r"\((?!境)[^()]*\)|[:_]+$", "", core)
    core = core.removeprefix("本年") if form == "item" else core
    core = re.sub("^(.+)(上年|本年|他年)", r"\2\1", core) if form == "column" else core  # 预算数 over 2023年
    whole, rows = _patterns(form)
    if not core or len(core) > 24 or not whole.fullmatch(core):
        return ""
    return next((field for field, after, pattern in rows if after.match(before) and pattern.fullmatch(core)), "")


def leading(form: str, text: str) -> tuple[str, str]:
    """What a text begins with, as `labels.csv` calls it, and what stands behind that; nothing and the text where it is not known."""
    found = ((field, pattern.match(text)) for field, _, pattern in _patterns(form)[1])
    return next(((field, text[start.end() :]) for field, start in found if start), ("", text))


@lru_cache(2**14)
def amount(cell: str | None) -> tuple[str, str] | None:
    """A cell as (number as printed, unit behind it), None for words; `——`, `/`, 无 and a blank are numbers that say so."""
    text, found = tidy(cell), _AMOUNT.fullmatch(plain(cell)) if len(cell or "") < 40 else None
    if notation.blank(text):
        return text, ""
    return (text[: len(found[1])], found[2]) if found and notation.tried(plain(cell)) else None


def number(cell: str | None) -> bool:
    return bool(tidy(cell)) and amount(cell) is not None


def money(rows: Sequence[Row], above: str) -> str:
    """The unit of amounts that a form tells: 单位：万元, or the only one in its heads; else 元 where some of this size are told to the 分."""
    cells = [plain(cell) for row in rows for cell in row]
    text = " ".join([plain(above), *cells])
    told, heads = _ABOVE.findall(text), {*_IN_HEAD.findall(text)}
    yuan = any(re.fullmatch(r"[\d,]{7,}\.\d\d", cell) for cell in cells)
    return told[-1] if told else heads.pop() if len(heads) == 1 else "元" * yuan


def words(cell: str | None) -> bool:
    return bool(tidy(cell)) and amount(cell) is None


def in_percent(cell: str) -> str:
    """A rate that a spreadsheet holds as a part of one, as it is told: 97.09% of 0.9709."""
    return f"{Decimal(cell).scaleb(2):f}%"


def _signed() -> str:
    return rf"(?:{_patterns('person')[0].pattern})(?:\([^)]*\)|及电话|签[字章名])*"


def unsigned(text: str) -> str:
    """A text without who filled it in, from there on; a telephone alone stays."""
    for found in re.finditer(rf"(?:^|[\s。；;，,（(]){_signed()}[:：]", text):
        if not re.search("电话|手机|传真|邮箱|日期|时间", found[0]):
            return text[: found.start() + 1].rstrip("（(，,；; ") if found.start() else ""
    return text


def impersonal(rows: Sequence[Row]) -> list[Row]:
    """A grid as a rectangle, without who filled it in: nothing of a row from there on."""
    width, told = max([1, *map(len, rows)]), _signed()
    found: list[Row] = []
    for row in rows:
        cells = [*row, *[""] * (width - len(row))]
        persons = (re.search(rf"^{told}$|{told}:", plain(cell)) for cell in cells)
        if person := next(((c, found.start()) for c, found in enumerate(persons) if found), None):
            c, start = person
            cells[c:] = [plain(cells[c])[:start], *[""] * (width - c - 1)]
        found.append(cells)
    return found


def over(rows: Sequence[Row], r: int, c: int, top: int = 0) -> str:
    """The text over a cell: its own or that of the merged one that covers it, from above before from the left."""
    while rows[r][c] is None and (r > top or c):
        r, c = (r - 1, c) if r > top and (rows[r - 1][c] is not None or not c) else (r, c - 1)
    return tidy(rows[r][c])


def begins(rows: Sequence[Row]) -> int:
    """The row where the heads of a table begin: below its title, where that is one cell, who filled it in and in which unit."""
    titled = len(rows) > 1 and any(rows[0][:1]) and all(not cell or _ABOUT.match(cell) for cell in rows[0][1:])
    titled = titled and not (any(rows[0][1:]) and any(map(number, rows[1])))  # 项目 | 单位：万元 is a head
    above = (any(row) and all(map(_ABOUT.match, filter(None, row))) for row in rows[titled:])
    return next((r for r, one in enumerate(above, titled) if not one), 0)
