"""Findings: all that the checks say of an edition, and what stops it.

A check is a function of an `Asked` that returns findings and says `@check`; how much it weighs stands in data/checks.csv, what is
usual in data/ranges.csv (wide limits with their source, factors by which neighbours may differ): a question, never an error.
`coverage` compares an edition with an earlier year. What stays open casts `doubts` on figures.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from fractions import Fraction
from functools import cached_property
from itertools import product

from lib.check.expressions import Lexicon, evaluate, few, names
from lib.check.relations import Figures, judged, rules
from lib.check.since import Known, carried, grown
from lib.edition import report
from lib.edition.dictionary import COLUMNS, TEXT, cell, claimed, columnless, library
from lib.edition.edition import Edition
from lib.edition.rows import Figure, Finding, by_name
from lib.edition.store import InputError, Record, rows_in
from lib.numbers import notation
from lib.numbers.bounds import exactly
from lib.numbers.finding import numbers_in
from lib.numbers.quantity import Quantity
from lib.numbers.wording import numerator

DOUBTFUL = ("sum", "part", "cap", "ratio", "same", "jump", "range")
"""Kinds of checks whose findings may be slips in the figures that they name."""
LATER = ("printed_metric", "coverage", "document")
"""Checks of the notebooks behind 00_clean, besides those of targets, and of what `jixiao check` alone reads."""
FAR, SLIP = 10, 10**4  # times: worth asking where no factor is given, and a 万 too few or too many


@dataclass(frozen=True)
class Asked:
    """What a check looks at: an edition, its figures as printed and as corrected."""

    edition: Edition
    printed: Figures
    corrected: Figures

    @cached_property
    def ranges(self) -> list[Record]:
        """What is usual, the unit's own rows among it: limits as printed, of a figure, a ratio or all that a pattern names, and by what
        factor neighbours differ."""
        return library(self.edition.root, self.edition.unit, "ranges", self.edition.bad)


Question = Callable[[Asked], Iterable[Finding]]
CHECKS: list[Question] = []


def check(function: Question) -> Question:
    """A decorator: every edition is asked this, in the order in which checks are written."""
    CHECKS.append(function)
    return function


def run(edition: Edition, printed: Figures, corrected: Figures) -> list[Finding]:
    """All findings about an edition."""
    asked = Asked(edition, printed, corrected)
    return stated(edition, [finding for check in CHECKS for finding in check(asked)])


def stated(edition: Edition, found: Iterable[Finding], late: bool = False) -> list[Finding]:
    """Findings, stated where the unit's statements.csv answers them: then they tell what it says. Raises InputError for a statement
    that says nothing, or answers no open error or warning, as `Place.bad` says; not of a `late` notebook, nor about what is found there."""
    errors: list[InputError] = [] if edition.bad is None else edition.bad
    later = {*LATER, *(one.name for one in edition.checks if one.kind == "target")}
    told = list(found)
    for row in edition.table("statements"):
        said = " ".join(row["statement"].split()).strip(" 。")
        asked = [n for n, one in enumerate(told) if one.check == row["check"] and row["locator"] in ("", *one.locators)]
        met = [n for n in asked if told[n].status == "open" and told[n].severity != "note"]
        if not said or not (met or late or row["check"] in later):
            given = "，".join(filter(None, (row["check"], row["locator"]))) if said else "空白的 statement"
            expected = "一项未解决的差错或提醒的核对项，locator 留空，或是它的一个位置；statement 不空白"
            errors.append(InputError.at(row, given, expected, "照 jixiao check 所列填写，或删去这一行"))
            continue
        by = "，".join(filter(None, ("单位说明", row["date"])))
        for n in met:
            told[n] = replace(told[n], status="stated", message=f"{told[n].message}（{by}：{said}）")
    InputError.together(errors, edition.bad)
    return told


def doubts(edition: Edition, figures: Figures, found: Iterable[Finding]) -> list[Figure]:
    """Figures with the open or stated questions on each that may be a slip in it (`DOUBTFUL`)."""
    kinds = {check.name: check.kind for check in edition.checks}
    asked: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for one in found:
        if one.status != "settled" and one.severity != "note" and kinds.get(one.check) in DOUBTFUL:
            for name in one.indicators:
                asked[name] += (" ".join(one.message.split()).replace(";", "；"),)
    return [replace(figure, doubt=asked[figure.name]) for figure in figures]


@check
def of_relations(asked: Asked) -> Iterator[Finding]:
    """What the declared relations say of the figures."""
    return judged(rules(asked.edition, asked.printed), asked.printed, asked.corrected)


@check
def of_last(asked: Asked) -> Iterator[Finding]:
    """What does not fit the edition published before; a definition that is new is another measure."""
    edition, figures = asked.edition, asked.corrected
    for last in edition.earlier[-1:]:
        before, known = by_name(map(Figure.of, rows_in(last.output, "figures"))), edition.indicators
        alike = by_name(one for one in figures if not last.year < known[one.name].since <= edition.year)
        yield from magnitude(last.year, before, alike, asked.ranges)
        if last.year == edition.year - 1:
            yield from carried(last.year, before, by_name(figures))
            yield from grown(last.year, before, alike)


@check
def same_measure(asked: Asked) -> Iterator[Finding]:
    """Figures of one indicator that cannot be the same number; what does not apply is none."""
    for name in [name for name, times in Counter(one.name for one in asked.printed).items() if times > 1]:
        both = (asked.printed, asked.corrected)
        rows, mended = ([one for one in figures if one.name == name and one.bounds] for figures in both)
        if not _agree(rows):
            message = f"{rows[0].label}前后不一：" + "、".join(row.shown for row in rows)
            status = "settled" if _agree(mended) else "open"
            yield Finding.about("same_measure", asked.edition.severity("same_measure"), message, rows, status)


def _agree(rows: list[Figure]) -> bool:
    given = [row.quantity(rounded=True) for row in rows]
    return all(given[0].overlaps(other) for other in given[1:])


@check
def text_and_table(asked: Asked) -> Iterator[Finding]:
    """Figures that a text and a table call the same, but for a number behind the name or the unit, and that are not the same number."""
    same: dict[tuple[str, str], list[Figure]] = defaultdict(list)
    for one in (one for one in asked.corrected if one.bounds and "." not in one.name):
        bare = one.label.removesuffix("二")
        bare = bare if any(bare == other.label for other in asked.corrected) else one.label
        same[bare.removesuffix(one.unit), one.unit].append(one)
    for (name, _), rows in same.items():
        if [one.locator[:1] == "表" for one in rows] == [False, True] and not _agree(rows):
            both = f"{name}在正文为{rows[0].shown}，在{rows[1].locator}为{rows[1].shown}"
            yield Finding.about("same_measure", "warning", f"{both}：是同一个数的，请核对原文", rows)


@check
def outside(asked: Asked) -> Iterator[Finding]:
    """Figures and ratios that certainly lie outside their usual range. Raises InputError for a row that cannot be read."""
    figures = by_name(asked.corrected)
    lexicon = Lexicon({name: one.label for name, one in asked.edition.indicators.items()})
    for row in (row for row in asked.ranges if row["low"] or row["high"]):
        try:
            for text in _meant(row, figures):
                node = lexicon.expression(text)
                used = [figures[name] for name in names(node)]
                value = evaluate(node, {one.name: one.quantity() for one in used}, row["source"])
                if value.bounds is None:
                    continue
                unit = numerator(str(value.unit))
                low, high = (_limit(end, unit) if end else None for end in (row["low"], row["high"]))
                least = value.bounds.low or value.bounds.high  # of “at most so many” the most
                if (low is not None and 0 < value.bounds.high < low) or (high is not None and least > high):
                    said = "至".join(filter(None, (row["low"] or "零", row["high"]))) + ("" if row["high"] else "以上")
                    told = f"{value.label or value.formula}为{value.shown}，通常为{said}（{row['source']}），请核对原文"
                    yield Finding.about("range", asked.edition.severity("range"), told, used)
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


def _limit(token: str, unit: str) -> Fraction:
    read = notation.read(token)
    if numerator(read.unit).strip("%") != unit:
        raise ValueError(f"“{token}”的单位不是“{unit or '比率'}”")
    return Fraction(read.bounds.low)


@check
def columns_apart(asked: Asked) -> Iterator[Finding]:
    """Items of the base table whose columns are certainly further apart than usual."""
    figures = by_name(asked.corrected)
    items = dict.fromkeys(map(columnless, figures))
    for item, (column, other) in product(items, (("last_outturn", "budget"), ("budget", "outturn"))):
        one, two = (figures.get(f"{item}.{name}") for name in (column, other))
        if one and two and (told := _apart(one, two, asked.ranges)):
            message = f"{one.item}的{COLUMNS[column]}{one.shown}与{COLUMNS[other]}{two.shown}{told}"
            yield Finding.about("jump", asked.edition.severity("jump"), message, [one, two])


def magnitude(year: int, before: Known, now: Known, usual: Sequence[Record]) -> Iterator[Finding]:
    """Figures that are certainly further than usual from what they were in an earlier year."""
    for name, figure in now.items():
        old = before.get(name)
        alike = old and (old.unit, old.scope) == (figure.unit, figure.scope)
        if old and alike and (told := _apart(old, figure, usual)):
            message = f"{figure.label}由{year}年的{old.quantity().shown}变为{figure.quantity().shown}{told}"
            yield Finding.about("magnitude", "warning", message, [figure])


def _apart(old: Figure, new: Figure, usual: Sequence[Record]) -> str:
    """How far apart two figures are, if that is certainly more than usual; nothing where one may be 0."""
    if not (old.bounds and new.bounds and old.bounds.positive and new.bounds.positive):
        return ""
    times = next((int(row["factor"]) for row in usual if row["factor"] and _covers(row, old)), FAR)
    more = new.bounds.low > old.bounds.high
    ratio, word = (new.bounds / old.bounds, "多") if more else (old.bounds / new.bounds, "漏")
    if not ratio.above(exactly(times)):
        return ""
    hint = f"；相差约一万倍，可能{word}“万”" if ratio.low > SLIP / 3 and ratio.high < SLIP * 3 else ""
    return f"，相差{times}倍以上{hint}"


@check
def reset(asked: Asked) -> Iterator[Finding]:
    """A budget that was set to what was spent."""
    figures = by_name(asked.corrected)
    initial, budget, outturn = (figures[cell("total", column)] for column in ("initial", "budget", "outturn"))
    same = budget.bounds if budget.bounds == outturn.bounds != initial.bounds else None
    if same and same.exact and same.positive:
        about = next(check for check in asked.edition.checks if check.name == "rate_reset")
        yield Finding.about(about.name, about.severity, f"{about.message}：均为{budget.shown}", [budget, outturn])


@check
def year_of_edition(asked: Asked) -> Iterator[Finding]:
    """The year of a source card against that of its folder, and against its title."""
    source, year = asked.edition.source, asked.edition.year
    told = re.findall(r"(?<!\d)20\d\d(?!\d)", source["title"])
    if source["year"] != year or (told and str(year) not in told):
        message = f"来源卡写 {source['year']} 年、标题“{source['title']}”，所在文件夹为 {year} 年"
        yield Finding("year_of_edition", asked.edition.severity("year_of_edition"), message)


@check
def numbers_of_notes(asked: Asked) -> Iterator[Finding]:
    """Numbers in notes that no figure has. A note may take a number by `{{ … }}` instead."""
    known = {_value(token) for figure in asked.corrected for token in numbers_in(figure.shown)} - {None}
    for note in asked.edition.table("notes"):
        if strange := [token for token in numbers_in(note["text"]) if _value(token) not in known]:
            message = f"{asked.edition.year} 年 notes.csv 第{note['line']}行的数字与数据不符：{'、'.join(strange)}"
            place = {"section": note["section"], "locators": tuple(filter(None, [note["locator"]]))}
            yield Finding("numbers_of_notes", asked.edition.severity("numbers_of_notes"), message, **place)


@check
def numbers_of_report(asked: Asked) -> Iterator[Finding]:
    """Numbers that are typed into the unit's own report: nothing says where they come from."""
    severity = asked.edition.severity("numbers_of_report")
    for n, line in (line for block in report.blocks(asked.edition.raw) for line in block.typed):
        if typed := numbers_in(line):
            message = f"正文直接写了数字：{'、'.join(typed)}，没有登记，不参与核对"
            yield Finding("numbers_of_report", severity, message, locators=(f"正文第{n}行",))


def _value(token: str) -> Fraction | None:
    read = notation.tried(token)
    return read.number if read else None


def coverage(year: int, before: Known, now: Known) -> list[Finding]:
    """What an earlier year gave and this one does not, the first by name and place; but what a text alone said beside a form."""
    given = {name for name, figure in now.items() if figure.bounds}
    gone = [name for name, old in before.items() if old.bounds and name not in given and not name.startswith(TEXT)]
    own = [name for name in gone if "." not in name]  # in each year's own words: many are no list to go through
    gone = [name for name in gone if "." in name] if len(own) > FAR else gone
    labels, others = ([before[name].label for name in names] for names in (gone, own * (len(own) > FAR)))
    told = filter(None, (few(labels, "等{}个数字"), few(others, "等{}个当年自有的数字", FAR)))
    message = f"{year}年有、本年度未提供：{'；另有'.join(told)}"
    lost = Finding.about("coverage", "warning", message, [now.get(name, before[name]) for name in gone])
    return [replace(lost, locators=(few(lost.locators, "等{}处"),) * bool(lost.locators))] if gone or own else []


def recomputed(printed: Figure, computed: Quantity, edition: Edition) -> list[Finding]:
    """What the source prints of a metric, if it cannot be what follows from the figures."""
    if not (printed.bounds and computed.bounds):
        return []
    figure = printed.quantity(rounded=True)
    if str(figure.unit) == numerator(str(computed.unit)) and figure.overlaps(computed):
        return []
    told = f"{printed.item}所印为{printed.quantity()}，按数据算得{computed}（{computed.formula}）"
    return [Finding.about("printed_metric", edition.severity("printed_metric"), told, [printed])]


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Findings in the order in which an analyst takes them: open errors first."""
    return sorted(findings, key=lambda one: (one.status != "open", ("error", "warning", "note").index(one.severity)))


def remedy(errors: Iterable[Finding]) -> str:
    """What to do about errors; what a document was read to claim it may not have said."""
    claims = any(claimed(one.check) for one in errors)
    return (
        f"请核对原文：登记错了的，改正登记；{'原文没有说这个关系的，删去 checks.csv 里这个核对项的一行；' * claims}"
        "来源错了的，在 corrections.csv 写明更正和理由；"
        "来源如此、无从更正的，在 statements.csv 写明核对项、位置和说明，照原样公布。"
    )


class OpenErrors(ValueError):
    """The figures contradict each other, and neither a correction nor a statement answers it."""


def stop(findings: Iterable[Finding]) -> None:
    """Raises OpenErrors if an error is open; the message lists each with its place and what to do."""
    if errors := [one for one in findings if (one.severity, one.status) == ("error", "open")]:
        listed = "\n".join(f"- {one.message}（来源{'、'.join(one.locators)}；核对项 {one.check}）" for one in errors)
        raise OpenErrors(f"来源数据有未更正的差错：\n{listed}\n{remedy(errors)}")
