"""A draft: what documents say in numbers, named as far as that is sure, for the analyst to confirm."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from lib.edition.dictionary import BUDGET, PLANS, PRINTED, TEXT, columnless, kindred, library
from lib.edition.store import Record
from lib.intake.basetable import Base, base
from lib.intake.claims import Claim, claims
from lib.intake.items import Item, items
from lib.intake.labels import Row, impersonal, in_percent, named, parted, plain
from lib.intake.naming import Name, name
from lib.intake.own import around, last_year
from lib.intake.reading import Document, read
from lib.intake.scoresheet import Sheet, fields
from lib.numbers.finding import find, in_cell
from lib.numbers.notation import counts
from lib.score.rules import fitting

TABLE = ["doc", "token", "kind", "low", "high", "low_closed", "high_closed", "unit", "indicator", "reason"]
CLAIMS = ["doc", "stated", "parts", "holds"]
UNION = "工会"  # the kind of unit that has a pack of its own, and indicators with it
_STAFF = {"staff.establishment", "staff.actual", "staff.printed_rate"}
_YEARS = re.compile(r"(20\d\d)\s*年")
# the first unit that a text speaks of, and whether it is a union or its; not whom that reports to (财政局：)
_UNITS = re.compile(r"(工会|工人|职工)|[^\W\d_](?:局|委员会|(?<!纪)委|院|馆|中心|校|政府|站)(?![：:])")
_DIGITS = str.maketrans("〇○零一二三四五六七八九０１２３４５６７８９", "000123456789" + "0123456789")


@dataclass(frozen=True)
class Draft:
    """A document with its numbers; `known`: the rows of the dictionary that its unit has, `kin`: those that others of its kind have, `last`:
    what last year's report calls a number."""

    document: Document
    known: tuple[Record, ...]
    year: int
    root: Path
    union: bool = False
    kin: tuple[Record, ...] = ()
    last: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @cached_property
    def items(self) -> list[Item]:
        """Its figures and look-alikes, in its order; a cell of a base table is in the unit that this says."""
        return [self._measured(one) for one in items(self.document.passages)]

    @cached_property
    def names(self) -> list[Name]:
        """What each of them measures; the cells of a base table are called by their place in it."""
        known = [row for row in self.known if not row["cues"].isidentifier() or row["section"]]  # an old name is no cue
        rest = iter(name([one for one in self.items if one.passage not in self.bases], known, self.year))
        cells = ((one, self._cells.get((one.passage, one.cell), ("", ""))[0]) for one in self.items)
        named = [Name(called, 9.0 * bool(called)) if one.passage in self.bases else next(rest) for one, called in cells]
        told, last = dict[int, str](), ""
        for item in (one for one in self.items if self.last and one.figure and not one.cell):
            last = self._said(item, last)
            told[id(item)] = last * (not last.startswith(TEXT))
        given = [(one, told.get(id(one), ""), new) for one, new in zip(self.items, named, strict=True)]
        other = {*told.values()}  # a table may print again what the text says
        return [
            Name(was, 9.0) if was else new if one.cell or new.indicator not in other else Name()
            for one, was, new in given
        ]

    def _said(self, item: Item, last: str) -> str:
        """What last year's report calls a figure in the same words, behind one that it calls so."""
        name = self.last.get(around(item, last), "")
        units = (row["unit"] for row in self.known if row["indicator"] == name)
        return name * (name.startswith(TEXT) or any(counts(item.found.reading.unit, unit) for unit in units))

    def form(self, item: Item) -> Base | Sheet | None:
        """The form that has an item in its rows; none where it is a figure as any other, though it may stand in a form."""
        form = self.forms.get(item.passage)
        return form if form and item.cell in form.taken else None

    @cached_property
    def forms(self) -> dict[int, Base | Sheet]:
        """Its base tables and score sheets, by the passages that they are."""
        found, above = dict[int, Base | Sheet](), ""
        for number, passage in enumerate(self.document.passages):
            rows = impersonal(passage.rows)
            if kind := rows and recognised(rows, above, self.year):
                form = base(rows, above, self.year) if kind == "base" else Sheet(rows, above)
                # a sheet without targets and funds only adds up the scores of another
                if isinstance(form, Base) or ((form.rated or form.head["funds"]) and fitting(self.root, form.rated)):
                    found[number] = form
            above = passage.text if passage.text and passage.kind != "furniture" else above
        return found

    @cached_property
    def bases(self) -> dict[int, Base]:
        """Its base tables."""
        return {passage: form for passage, form in self.forms.items() if isinstance(form, Base)}

    @cached_property
    def claims(self) -> list[Claim]:
        """What it says of its figures, and whether that holds."""
        return claims(self.document.passages, self.items)

    @cached_property
    def _cells(self) -> dict[tuple[int, tuple[int, int] | None], tuple[str, str]]:
        """(name, unit) of the cells of base tables, by passage and place; of amounts in a score sheet their unit."""
        found = {}
        for passage, form in self.bases.items():
            for row in (*form.budget, *form.rates):
                for column, place in row["place"].items():
                    item, column = row["item"], "budget" if column == "full" else column
                    called = item if "." in item else f"{BUDGET}.{item}.{column}"
                    found[passage, place] = called, "%" if row in form.rates else row["unit"]
        sheets = ((passage, form) for passage, form in self.forms.items() if isinstance(form, Sheet))
        return found | {(passage, place): ("", form.unit or "万元") for passage, form in sheets for place in form.loose}

    def _measured(self, item: Item) -> Item:
        unit = self._cells.get((item.passage, item.cell), ("", ""))[1]
        token = item.found.token
        part = unit == "%" and re.fullmatch(r"0\.\d+", token)  # of one, as a spreadsheet holds a rate
        said = in_percent(token) if part else token
        found = in_cell(said, unit) if item.found.reading and unit else None
        return item._replace(found=found._replace(token=token, end=len(token))) if found else item


def recognised(rows: Sequence[Row], above: str, year: int = 0) -> str:
    """`base` for a base table or one of project spending, `score` or `project` for a score sheet, nothing for another table."""
    cells = [cell for row in rows for cell in row if cell]
    if sum(bool(re.fullmatch(r"20\d\d年(?:度|决算|预算)?", plain(row[0]))) for row in rows if row) > 1:
        return ""  # years, one below the other
    if {"收入", "支出"} <= {plain(cell) for row in rows[:1] for cell in row if cell}:
        return ""  # income beside spending
    top = plain(above) + "".join(map(plain, cells[:3]))
    if any(fields(row) for row in rows):
        about = any(named("goal", parted(cell)[0]) == "project" for cell in cells)
        about = about or bool(re.search("项目支出绩效|项目(?:绩效)?自评", top))
        return "project" if about and "整体支出" not in top else "score"
    if re.search("项目(?:支出)?绩效自评表", top) and any(plain(cell).startswith("项目名称") for cell in cells):
        return ""  # a project's, without indicators
    items = {named("item", cell, year) for cell in cells} - {""}
    three = {"three_public" if re.match("three|vehicle|abroad|recep", one) else one.partition(".")[0] for one in items}
    groups = three & {"staff", "building", "three_public", "public", "total", "projects", "procurement", "adjustment"}
    columns = {named("column", cell, year) for cell in cells}
    spent = re.search("项目|专项", top) or ({"basic", "projects"} <= items and "分值" not in cells)
    works = [one for one in map(plain, cells) if re.fullmatch(r"(?:计划|目标|(?:实际)?完成)[数量值]?(?:\(.*\))?", one)]
    counted = any("(" in one and "元" not in one for one in works)  # 计划数（公里）
    works = works and (counted or any("元" in plain(cell) for cell in rows[0] if cell))  # and what they cost
    two = {"total", "basic", "projects"} <= items and "last_outturn" in columns
    spending = "outturn" in columns and ((columns & {*PLANS} and spent and not works) or two)
    measured = {"establishment", "actual"} <= {re.split("[._]", one)[-1] for one in items}
    divided = items - _STAFF or "sum" in {named("word", cell) for cell in cells}
    staff = groups == three == {"staff"} and measured and divided
    return "base" if len(groups) > 2 or (groups and "基础数据" in top) or spending or staff else ""


def draft(path: Path, root: Path, unit: str = "", year: int = 0, kind: str = "") -> Draft:
    """A document, read. Without a `kind` a unit of which its first lines speak as a union is one. Raises InputError."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(find, "十二人")  # makes the patterns ready while another process reads
        document = read(path)
    first = "".join(one.text for one in document.passages if one.kind != "furniture")[:200]
    unions = UNION in first and (told := _UNITS.search(first)) and told[1]
    union = kind == UNION if kind else bool(unions)
    own = [row for row in library(root, unit, "indicators") if union or row["section"] in (BUDGET, "")]
    own = [row for row in own if not row["indicator"].startswith(TEXT)]  # found each year by what the form says
    kin = kindred(root, unit, kind or UNION * union) if unit else []
    # the year that a report is about is the first that its text tells, else the last that its tables do
    text = "".join(one.text for one in document.passages[:40] if one.kind != "furniture")
    cells = "，".join(cell for one in document.passages for row in one.rows[:4] for cell in row if cell)
    told = _YEARS.findall(text.translate(_DIGITS))
    year = year or int(next(iter(told), max(_YEARS.findall(cells), default=0)))
    last = last_year(root / "data" / "raw" / unit / str(year - 1) / "report.md") if unit else {}
    return Draft(document, tuple(own), year, root, union, tuple(kin), last)


def table(drafts: Iterable[Draft]) -> Iterator[dict[str, Any]]:
    """What was found, an item a row (`TABLE`); indicators by their names in the dictionary, without the column of a base table."""
    for one in drafts:
        known = {row["indicator"] for row in one.known}
        for item, called in zip(one.items, one.names, strict=True):
            row = dict.fromkeys(TABLE, "") | {"doc": one.document.path.stem, "token": item.found.token}
            if reading := item.found.reading:
                name = columnless(called.indicator.removesuffix(PRINTED))
                row |= {"kind": "figure", "indicator": name if name in known else "", **vars(reading.bounds)}
                yield row | {"unit": {"个百分点": "百分点", "‰": "%"}.get(reading.unit, reading.unit)}
            else:
                yield row | {"kind": "not", "reason": item.found.reason}


def claimed(drafts: Iterable[Draft]) -> Iterator[dict[str, Any]]:
    """What documents claim of their figures (`CLAIMS`)."""
    for one in drafts:
        for claim in one.claims:
            parts = ";".join(part.found.token for part in claim.parts)
            told = one.document.path.stem, claim.stated.found.token, parts, "yes" if claim.holds else "no"
            yield dict(zip(CLAIMS, told, strict=True))
