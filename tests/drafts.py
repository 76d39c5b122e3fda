"""The gold drafts: reports of invented units in which every number is marked, and the documents that are made of them.

`tests/drafts/README.md` tells how a draft is marked. `parse` reads one, `build` writes it as the document files of its forms, the same
bytes each time. Nothing here knows how figures are found: an unhedged figure speaks for itself, all others have their bounds by hand.

    python tests/drafts.py FOLDER           writes all documents of all drafts, with their gold tables
"""

from __future__ import annotations

import csv
import re
import sys
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache
from math import inf
from pathlib import Path

FOLDER = Path(__file__).with_name("drafts")
COLUMNS = ["doc", "token", "kind", "low", "high", "low_closed", "high_closed", "unit", "indicator", "reason"]
SCALES = {"万": 10**4, "亿": 10**8, "千": 1000, "百": 100, "十": 10, "": 1}
UNITS = {
    "名": "人",
    "位": "人",
    "个百分点": "百分点",
    "平方米": "㎡",
    "人/次": "人次",
    "个小时": "小时",
    "百分比": "%",
    "‰": "%",
}
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " "}
_MARK = re.compile(r"\{([^{}]*)\}|<([^<>]*)>")
_PLAIN = re.compile(r"[-−]?(\d[\d,]*(?:\.\d+)?)([十百千]?[万亿]|百|千(?![克瓦米伏])|)((?:\D.*)?)")
_CELLS = re.compile(r"\|(?![^{<]*[}>])")
_OPERATORS = re.compile(r" ([-+/%<x]) ")


@dataclass(frozen=True)
class Item:
    """What is marked in a text: a figure with its bounds in the base unit, or what only looks like one, with the reason.

    `units` are the ways in which its unit may be told, the first the one that is meant; `place` is prose or table.
    """

    token: str
    kind: str
    low: Fraction | float | None = None
    high: Fraction | float | None = None
    low_closed: bool = True
    high_closed: bool = True
    units: tuple[str, ...] = ("",)
    indicator: str = ""
    reason: str = ""
    place: str = "prose"
    context: str = field(default="", compare=False)

    @property
    def clean(self) -> str:
        """The token on one line."""
        return self.token.replace("⏎", "")


@dataclass(frozen=True)
class Claim:
    """A figure that follows from others: `stated` = parts, joined by one operator; whether it does."""

    stated: str
    operator: str
    parts: tuple[str, ...]
    holds: bool


@dataclass(frozen=True)
class Block:
    """A piece of the text: `title`, `heading`, `deeper`, `bullet`, `paragraph`, `note` (one row of one cell), or `table`."""

    kind: str
    rows: tuple[tuple[tuple[str | Item, ...], ...], ...]


@dataclass(frozen=True)
class Draft:
    """A gold draft, read."""

    name: str
    head: dict[str, str]
    blocks: tuple[Block, ...]
    claims: tuple[Claim, ...]

    @property
    def forms(self) -> list[str]:
        """The forms that it is built in."""
        return self.head["forms"].split()

    @property
    def items(self) -> list[Item]:
        """All that is marked, in order."""
        return [
            one for block in self.blocks for row in block.rows for cell in row for one in cell if isinstance(one, Item)
        ]

    @property
    def unmarked(self) -> list[str]:
        """The text outside the marks."""
        return [
            one for block in self.blocks for row in block.rows for cell in row for one in cell if isinstance(one, str)
        ]


class GoldError(ValueError):
    """A draft that is not marked as it should be."""


@cache
def drafts() -> dict[str, list[Draft]]:
    """All drafts by name, in two halves: `dev` to look at, `held` to measure with."""
    halves = {"dev": FOLDER, "held": FOLDER / "held"}
    return {half: [parse(path) for path in sorted(folder.glob("*.gold"))] for half, folder in halves.items()}


def parse(path: Path) -> Draft:
    """A draft from its file. Raises GoldError."""
    head, _, body = path.read_text("utf-8").partition("\n\n")
    blocks, claims, units, fresh = [], [], [], True
    for line in filter(None, body.splitlines()):
        try:
            if line.startswith("= "):
                claims.append(_claim(line))
            elif line.startswith(": "):
                units, fresh = line.split()[1:], True
            elif line.startswith("|"):
                row = _row(line, units)
                if blocks[-1].kind == "table" and not fresh:
                    blocks[-1] = replace(blocks[-1], rows=(*blocks[-1].rows, row))
                else:
                    blocks.append(Block("table", (row,)))
                fresh = False
            else:
                blocks.append(_paragraph(line))
        except (ValueError, ZeroDivisionError) as error:
            raise GoldError(f"{path.name}: {line[:60]}: {error}") from error
    return Draft(path.stem, dict(one.split(": ", 1) for one in head.splitlines()), tuple(blocks), tuple(claims))


def _paragraph(line: str) -> Block:
    signs = {"#": "title", "##": "heading", "###": "deeper", "-": "bullet", "^": "note"}
    sign, _, rest = line.partition(" ")
    kind = signs.get(sign, "paragraph")
    return Block(kind, ((_runs(line if kind == "paragraph" else rest, "prose", ""),),))


def _row(line: str, units: list[str]) -> tuple[tuple[str | Item, ...], ...]:
    """The cells of a row; what is marked is told by the row's first cell."""
    cells = [cell.strip() for cell in _CELLS.split(line)[1:-1]]
    told = _MARK.sub(_token, cells[0])
    units = [*units, *["-"] * len(cells)]
    runs = [_runs(cell, "table", unit.strip("-")) for cell, unit in zip(cells, units, strict=False)]
    return tuple(
        tuple(one if isinstance(one, str) else replace(one, context=f"{told}：{one.context}") for one in cell)
        for cell in runs
    )


def _runs(text: str, place: str, unit: str) -> tuple[str | Item, ...]:
    """The text cut at its marks."""
    runs, end = [], 0
    for mark in _MARK.finditer(text):
        runs.append(text[end : mark.start()])
        end = mark.end()
        item = _figure(mark[1].split("|"), unit) if mark[1] else _other(mark[2].split("|"))
        before, after = (_MARK.sub(_token, one) for one in (text[: mark.start()], text[end:]))
        runs.append(replace(item, place=place, context=f"{before[-14:]}【{item.token}】{after[:10]}"))
    if re.search(r"[{}<>]", rest := "".join(one for one in [*runs, text[end:]] if isinstance(one, str))):
        raise GoldError(f"a mark that does not end: {rest}")
    return tuple(one for one in [*runs, text[end:]] if one)


def _token(mark: re.Match[str]) -> str:
    return (mark[1] or mark[2]).partition("|")[0]


def _other(fields: list[str]) -> Item:
    token, reason = fields[0], fields[1] if len(fields) > 1 else ""
    if not reason:
        date = re.search("[月日]", token)
        reason = "日期" if date else "年份" if "年" in token or re.fullmatch(r"20\d\d", token) else "序号"
    return Item(token, "not", reason=reason)


def _figure(fields: list[str], unit: str) -> Item:
    """A figure from its mark: the token, then bounds, unit and indicator in any order, each told by its form."""
    token, bounds, indicator = fields[0], "", ""
    for one in fields[1:]:
        if re.match(r"[\[(]|−?[\d.]+(/\d+)?$", one):
            bounds = one
        elif re.fullmatch(r"[a-z_]+[.][a-z_]+", one):
            indicator = one
        else:
            unit = one
    plain = re.sub(r"[\s⏎]", "", token.translate(_WIDE))
    found = _PLAIN.search(plain) if bounds else _PLAIN.fullmatch(plain)
    if not found and not bounds:
        raise GoldError(f"{token} needs bounds by hand")
    printed = unit or (found[3] if found else "")
    names, scale = _unit(printed)
    if bounds:
        low, high, low_closed, high_closed = _ends(bounds)
    else:
        value = Fraction(found[1].replace(",", "")) * scale * _product(found[2])
        low = high = -value if plain[0] in "-−" else value
        low_closed = high_closed = True
    return Item(token, "figure", low, high, low_closed, high_closed, names, indicator)


def _product(signs: str) -> int:
    worth = 1
    for sign in signs:
        worth *= SCALES[sign]
    return worth


def _unit(printed: str) -> tuple[tuple[str, ...], Fraction]:
    """(ways to tell the unit, what a number printed in it is multiplied by)."""
    many = re.fullmatch(r"([十百千]?[万亿])(元|美元|人|人次|亩|吨)", printed)
    scale = Fraction(_product(many[1])) if many else Fraction(1)
    names = tuple("" if one == "无" else UNITS.get(one, one) for one in (many[2] if many else printed).split(","))
    return names, {"%": Fraction(1, 100 + 900 * printed.startswith("‰"))}.get(names[0], scale)


def _ends(bounds: str) -> tuple[Fraction | float, Fraction | float, bool, bool]:
    """`(26万 27万)` or `0.95`."""
    numbers = [_number(one) for one in bounds.strip("[]()").split()]
    low, high = numbers[0], numbers[-1]
    return low, high, not bounds.startswith("("), not (bounds.endswith(")") or high == inf)


def _number(text: str) -> Fraction | float:
    text = text.replace("−", "-")
    sign = text[-1] if text[-1] in "万亿" else ""
    return inf if text == "inf" else Fraction(text.removesuffix(sign)) * SCALES[sign]


def _claim(line: str) -> Claim:
    stated, parts, holds = line[2:].split(" : ")
    operators = set(_OPERATORS.findall(parts))
    if len(operators) > 1 or holds not in ("yes", "no"):
        raise GoldError("a claim has one operator, and ends with yes or no")
    return Claim(stated, "".join(operators) or "=", tuple(_OPERATORS.split(parts)[::2]), holds == "yes")


def rows(draft: Draft) -> list[dict[str, str]]:
    """The gold table: what `jixiao draft --table` should write."""
    return [
        {
            "doc": draft.name,
            "token": item.clean,
            "kind": item.kind,
            "low": written(item.low),
            "high": written(item.high),
            "low_closed": str(item.low_closed) if item.kind == "figure" else "",
            "high_closed": str(item.high_closed) if item.kind == "figure" else "",
            "unit": item.units[0],
            "indicator": item.indicator,
            "reason": item.reason,
        }
        for item in draft.items
    ]


def written(number: Fraction | float | None) -> str:
    """A number as the tables have it: at most 12 significant digits."""
    return "" if number is None else "inf" if number == inf else format(float(number), ".12g")


def write(draft: Draft, folder: Path) -> list[Path]:
    """The documents of a draft, each in a folder named after its form."""
    from documents import BUILDERS  # the document libraries, which no reader of the gold needs

    made = []
    for form in draft.forms:
        path = folder / form / f"{draft.name}.{form.partition('-')[0]}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(BUILDERS[form](draft))
        made.append(path)
    return made


if __name__ == "__main__":
    for group in drafts().values():
        for one in group:
            print(*write(one, Path(sys.argv[1])))
            with (Path(sys.argv[1]) / f"{one.name}.csv").open("w", encoding="utf-8", newline="") as file:
                table = csv.DictWriter(file, COLUMNS, lineterminator="\n")
                table.writeheader()
                table.writerows(rows(one))
