"""Plausible: figures, and ratios of figures, far outside what is usual, or far from their neighbours in the base table and last year.

What is usual stands in data/ranges.csv: wide limits with their source, and the factor by which a figure may differ from another column
or from the year before. What lies outside is a question, never an error.
"""

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from fractions import Fraction
from itertools import product

from lib.check.expressions import Lexicon, evaluate, names
from lib.edition.dictionary import BUDGET, COLUMNS, columnless, once, this_year
from lib.edition.edition import Edition
from lib.edition.rows import Figure, Finding
from lib.edition.store import InputError, Record
from lib.numbers import notation
from lib.numbers.bounds import exactly
from lib.numbers.wording import numerator

Known = Mapping[str, Figure]
FAR, SLIP = 10, 10**4  # times: worth asking where no factor is given, and a 万 too few or too many


def outside(edition: Edition, figures: Known, usual: Sequence[Record], severity: str) -> Iterator[Finding]:
    """Figures and ratios that certainly lie outside their usual range. Raises InputError for a row that cannot be read."""
    lexicon = Lexicon({name: one.label for name, one in edition.indicators.items()})
    for row in (row for row in usual if row["low"] or row["high"]):
        try:
            for text in _meant(row, figures):
                node = lexicon.expression(text)
                used = [figures[name] for name in names(node)]
                value = evaluate(node, {one.name: one.quantity() for one in used}, row["source"])
                if value.bounds is None:
                    continue
                low, high = (_limit(end, numerator(str(value.unit))) for end in (row["low"], row["high"]))
                least = value.bounds.low or value.bounds.high  # of “at most so many” the most
                if (low is not None and 0 < value.bounds.high < low) or (high is not None and least > high):
                    said = "至".join(filter(None, (row["low"] or "零", row["high"]))) + ("" if row["high"] else "以上")
                    told = f"{value.label or value.formula}为{value.shown}，通常为{said}（{row['source']}），请核对原文"
                    yield Finding.about("range", severity, told, used)
        except (LookupError, ValueError) as error:
            raise InputError.of_cell(row, "name", f"指标或指标的算式，和单位相同的上下限（{error}）") from error


def _meant(row: Record, figures: Known) -> list[str]:
    """The expression of a row, or the figures that its pattern names, as far as they are in the unit of its limits."""
    if "*" not in row["name"] or " * " in row["name"]:
        return [row["name"]]
    unit = notation.read(row["high"] or row["low"]).unit
    return [name for name, one in figures.items() if one.unit == unit and _covers(row, one)]


def _covers(row: Record, figure: Figure) -> bool:
    """Whether a row is about a figure: by its name, a pattern of names, or `*人` for all of a unit."""
    return fnmatchcase(figure.name, row["name"]) or row["name"] == f"*{figure.unit}"


def _limit(token: str, unit: str) -> Fraction | None:
    """An end of a range. Raises ValueError where its unit is another."""
    if not token:
        return None
    read = notation.read(token)
    if numerator(read.unit).strip("%") != unit:
        raise ValueError(f"“{token}”的单位不是“{unit or '比率'}”")
    return Fraction(read.bounds.low)


def factor(usual: Sequence[Record], figure: Figure) -> int:
    """How many times a figure may differ from its neighbours."""
    return next((int(row["factor"]) for row in usual if row["factor"] and _covers(row, figure)), FAR)


def jumps(figures: Known, usual: Sequence[Record], severity: str) -> Iterator[Finding]:
    """Items of the base table whose columns are certainly further apart than usual."""
    items = dict.fromkeys(map(columnless, figures))
    for item, (column, other) in product(items, (("last_outturn", "budget"), ("budget", "outturn"))):
        one, two = (figures.get(f"{item}.{name}") for name in (column, other))
        if one and two and (told := _apart(one, two, factor(usual, one))):
            message = f"{one.item}的{COLUMNS[column]}{one.shown}与{COLUMNS[other]}{two.shown}{told}"
            yield Finding.about("jump", severity, message, [one, two])


def magnitude(year: int, before: Known, now: Known, usual: Sequence[Record]) -> Iterator[Finding]:
    """Figures that are certainly further than usual from what they were in an earlier year."""
    for name, figure in now.items():
        old = before.get(name)
        alike = old and (old.unit, old.scope) == (figure.unit, figure.scope)
        if old and alike and (told := _apart(old, figure, factor(usual, figure))):
            message = f"{figure.label}由{year}年的{old.quantity().shown}变为{figure.quantity().shown}{told}"
            yield Finding.about("magnitude", "warning", message, [figure])


def _apart(old: Figure, new: Figure, times: int) -> str:
    """How far apart two figures are, if it is certainly more than so many times; nothing where one may be 0."""
    if not (old.bounds and new.bounds and old.bounds.positive and new.bounds.positive):
        return ""
    more = new.bounds.low > old.bounds.high
    ratio, word = (new.bounds / old.bounds, "多") if more else (old.bounds / new.bounds, "漏")
    if not ratio.above(exactly(times)):
        return ""
    hint = f"；相差约一万倍，可能{word}“万”" if ratio.low > SLIP / 3 and ratio.high < SLIP * 3 else ""
    return f"，相差{times}倍以上{hint}"


def carried(year: int, before: Known, now: Known) -> Iterator[Finding]:
    """What is said of last year (上年支出总额, the column of last year's outturn) that is not what last year's edition published."""
    cells = ((name, old) for name, old in before.items() if name.startswith(BUDGET))
    columns = {name.removesuffix("outturn") + "last_outturn": old for name, old in cells}
    told = {once(old.label): old for old in before.values()}
    for name, this in now.items():
        old = columns.get(name) or told.get(this_year(this.label))
        alike = old and old.bounds and this.bounds and old.unit == this.unit
        if old and alike and not this.quantity(rounded=True).overlaps(old.quantity(rounded=True)):
            message = f"{this.label}{this.shown}，{year}年度已发布的为{old.quantity().shown}，两者不符"
            yield Finding.about("carried", "warning", message, [this])
