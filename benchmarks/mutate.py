"""How many slips the checks catch: every figure of an edition and every cell of its base table, damaged in twelve ways.

`make mutate` prints a table: kind of damage → caught without and with an earlier year. A damage is caught if it is refused, or asked
about by a finding (error or warning) that the sound edition does not have. The earlier year is invented: its figures differ by up to a
seventh, and its outturns are what the base table gives as last year's.
"""

from __future__ import annotations

import csv
import re
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import inf
from pathlib import Path
from zlib import crc32

from lib.check import figures, findings
from lib.check.findings import carried, magnitude
from lib.edition.dictionary import COLUMNS, library
from lib.edition.edition import RAW, Edition, root
from lib.edition.rows import Figure, Finding, by_name
from lib.edition.store import InputError
from lib.intake import ledger, source
from lib.intake.accept import accept
from lib.intake.draft import Draft
from lib.numbers.bounds import Bounds

sys.path.append(str(Path(__file__).parents[1] / "tests"))  # the gold and its builder are the tests' own
import drafts as gold

NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
NUMERALS = {"一": "1", "七": "7"}
HEDGES = re.compile("余|多|近|约|达|不超过|之内|以内|左右")
DRAFTED = ("d02-luoyan", 2022, "figures")
"""The edition that is made from a document of the tests, which is at hand as its source."""
GIVEN = (("zhengxiang", 2020, "figures"), ("yiyang", 2022, "budget"), DRAFTED)
Row = dict[str, str]


def times(factor: str) -> Callable[[str, str], str | None]:
    """The number of a token, multiplied."""

    def damaged(token: str, other: str) -> str | None:
        found = NUMBER.search(token)
        if found is None or not Decimal(found[0].replace(",", "")):
            return None
        return token.replace(found[0], f"{(Decimal(found[0].replace(',', '')) * Decimal(factor)).normalize():f}", 1)

    return damaged


def swapped(token: str, other: str) -> str | None:
    """The first two neighbouring digits that differ, the other way round."""
    for place in range(len(token) - 1):
        a, b = token[place : place + 2]
        if a.isdigit() and b.isdigit() and a != b:
            return token[:place] + b + a + token[place + 2 :]
    return None


def without_unit(token: str, other: str) -> str | None:
    """The number and its 万 alone."""
    found = re.match(r"(.*\d[余多]?万?[余多]?)\D+$", token)
    return found[1] if found else None


def unhedged(token: str, other: str) -> str | None:
    """The token without the word that makes it a bound."""
    bare = HEDGES.sub("", token)
    return bare if bare != token else None


def negative(token: str, other: str) -> str | None:
    """A minus before the number."""
    found = NUMBER.search(token)
    return token.replace(found[0], f"-{found[0]}", 1) if found else None


def number_of(token: str, other: str) -> str | None:
    """The neighbour's number, with the token's own words."""
    mine, theirs = NUMBER.search(token), NUMBER.search(other)
    return token.replace(mine[0], theirs[0], 1) if mine and theirs and mine[0] != theirs[0] else None


def token_of(token: str, other: str) -> str | None:
    """The neighbour's token."""
    return other if other and other != token else None


TOKENS: dict[str, Callable[[str, str], str | None]] = {
    "×10": times("10"),
    "÷10": times("0.1"),
    "×10⁴": times("10000"),
    "÷10⁴": times("0.0001"),
    "digits swapped": swapped,
    "unit dropped": without_unit,
    "hedge dropped": unhedged,
    "negative": negative,
    "neighbour's number": number_of,
    "neighbour's token": token_of,
}


def damages(rows: list[Row], columns: list[str]) -> Iterator[tuple[str, list[Row]]]:
    """Each kind of damage with the table that it leaves."""
    for n, row in enumerate(rows):
        if any(row[column] for column in columns):
            yield "row lost", rows[:n] + rows[n + 1 :]
            yield "row doubled", [*rows[: n + 1], row, *rows[n + 1 :]]
        if row.get("unit", "").startswith("万") and any(row[column] for column in columns):
            yield "unit dropped", [*rows[:n], row | {"unit": row["unit"].removeprefix("万")}, *rows[n + 1 :]]
        for column in columns:
            if not row[column]:
                continue
            place = columns.index(column) + 1
            beside = [row[other] for other in columns[place:] if row[other]] if "unit" in row else []
            below = [other[column] for other in (*rows[n + 1 :], *rows) if other[column]]
            near = [one for one in (*beside, *below) if one != row[column]]
            for kind, damage in TOKENS.items():
                token = damage(row[column], near[0]) if near else None
                if token is not None:
                    both = {"reading": token} if row.get("reading") and column == "printed" else {}
                    yield kind, [*rows[:n], row | {column: token} | both, *rows[n + 1 :]]


def read(edition: Edition, table: str) -> list[Row]:
    """The rows of a table, numerals in digits, readings in place of what is printed."""
    with (edition.raw / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if table == "figures" and edition.unit != DRAFTED[0]:
            token = row["reading"] or row["printed"]
            row |= {"printed": re.sub("|".join(NUMERALS), lambda m: NUMERALS[m[0]], token), "reading": ""}
    return rows


def write(edition: Edition, table: str, rows: list[Row]) -> None:
    """Put rows into the place of a table."""
    with (edition.raw / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, RAW[table], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def earlier(now: list[Figure]) -> dict[str, Figure]:
    """Figures of a year before: each up to a seventh more or less, outturns as this year's table gives them."""
    found, known = {}, by_name(now)
    for name, one in known.items():
        last = known.get(re.sub("outturn$", "last_outturn", name)) if name.startswith("budget.") else None
        if last and last.name != name and last.bounds:
            found[name] = replace(last, name=name)
        elif one.bounds:
            share = Fraction(86 + crc32(name.encode()) % 29, 100)
            ends = [end if abs(end) == inf else end * share for end, _ in one.bounds.ends()]
            found[name] = replace(one, bounds=Bounds(*ends, one.bounds.low_closed, one.bounds.high_closed))
    return found


def draft(edition: Edition) -> list[Draft]:
    """Lay out an edition from a document of the tests; its document, as read."""
    one = next(one for one in gold.drafts()["dev"] if one.name == edition.unit)
    ledger.keep(edition, [next(path for path in gold.write(one, edition.root / "documents") if path.suffix == ".docx")])
    given = ledger.drafts(edition, ledger.documents(edition), "工会")
    accept(edition, given, ledger.rows(given, [])[0], "工会", "县")
    return given


def told(edition: Edition, before: dict[str, Figure], drafts: list[Draft]) -> set[tuple[str, ...]]:
    """What is refused or asked about, with the source at hand where there are `drafts` of it."""
    now = source.moved(edition, drafts)
    unlike = {(error.told,) for error in source.wrong(edition, drafts, now)} | {
        (one,) for one in source.unregistered(edition, drafts)
    }
    return unlike | asked(edition, before)


def asked(edition: Edition, before: dict[str, Figure]) -> set[tuple[str, ...]]:
    """What is refused or asked about by the checks."""
    try:
        printed, corrected, odd = figures.clean(edition)
        found: list[Finding] = odd + findings.run(edition, printed, corrected)
    except InputError as error:
        return {("refused", str(error))}
    if before:
        now = by_name(corrected)
        found += findings.coverage(edition.year - 1, before, now)
        found += carried(edition.year - 1, before, now)
        found += magnitude(edition.year - 1, before, now, library(edition.root, edition.unit, "ranges"))
    return {(one.check, *one.indicators) for one in found if one.severity != "note" and one.status == "open"}


def main(verbose: bool) -> None:
    """Damage each edition and print what is caught, by kind."""
    here = root()
    for unit, year, table in GIVEN:
        caught: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
        with tempfile.TemporaryDirectory() as folder:
            base = Path(folder)
            shutil.copytree(here / "data", base / "data", ignore=shutil.ignore_patterns("processed"))
            (base / "notebooks").mkdir()
            drafts = draft(Edition(unit, year, base)) if (unit, year, table) == DRAFTED else []
            rows = read(Edition(unit, year, base), table)
            write(Edition(unit, year, base), table, rows)
            before = earlier(figures.clean(Edition(unit, year, base))[1])
            sound = [told(Edition(unit, year, base), given, drafts) for given in ({}, before)]
            columns = [column for column in ("printed", *COLUMNS) if column in rows[0]]
            for kind, damaged in damages(rows, columns):
                write(Edition(unit, year, base), table, damaged)
                new = [
                    told(Edition(unit, year, base), given, drafts) - old
                    for given, old in zip(({}, before), sound, strict=True)
                ]
                caught[kind] = [a + b for a, b in zip(caught[kind], [1, *map(bool, new)], strict=True)]
                if verbose and not new[1]:
                    print(kind, *(set(map(str, damaged)) - set(map(str, rows))))
        total = [sum(column) for column in zip(*caught.values(), strict=True)]
        print(
            f"\n{unit} {year}, {table}.csv: {total[0]} damages\n{'':20}{'n':>5}{'alone':>8}{'with the year before':>22}"
        )
        for kind, (n, alone, both) in {**caught, "all": total}.items():
            print(f"{kind:20}{n:>5}{alone / n:>8.0%}{both / n:>22.0%}")


if __name__ == "__main__":
    main("--missed" in sys.argv)
