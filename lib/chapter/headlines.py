"""Headlines: what the summary says first, by rules that are data (`headlines.csv`), from the weightiest row on.

A row becomes a sentence where its number is known and in no doubt, and is held against something: a plan, the year before (`last.…`), a
target (`target.…`), else public benchmarks (`benchmark.…`). `least`: how far off it must be for that to be worth one.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from math import inf
from typing import Any

from lib.cells import MARK, Bundle, mark
from lib.chapter import prose, tables, text
from lib.edition.dictionary import PRINTED, column_of, is_fund
from lib.edition.report import FILLED
from lib.edition.store import Record
from lib.numbers import wording
from lib.numbers.quantity import Quantity, ranked

Known = Mapping[str, Quantity]
CONTEXT = "所比的地方为公开参考值，时间和统计方法不同，只作对照。"
FEW, MOST = 4, 3  # figures that are named beside what rests on them, amounts where nothing else can be said


def sentences(book: Any) -> list[str]:
    """Marked text: a sentence for each row that is worth one; else what there is to say."""
    rows = (row for row in book.edition.headlines[1] if not _sure(book.known, row["metric"]).missing)
    return [told for row in rows if (told := _sentence(book.known, row))] or _plain(book)


def said(book: Any, told: list[str]) -> Bundle:
    """Sentences as a list, and what the public benchmarks are worth."""
    lines = "\n".join(f"- {prose.literal(one)}" for one in told)
    names = [name for name, _ in MARK.findall(lines)]
    note = f"\n\n{CONTEXT}" * any(name.startswith("benchmark.") for name in names)
    return prose.bundle(lines + note, prose.about(book.known[name] for name in names)) if told else prose.hollow()


def table(book: Any, caption: str, told: list[str]) -> Bundle:
    """The numbers of the summary beside the year before, the plan and the change, as far as given; else those that no sentence tells."""
    known, plans = book.known, {row["metric"]: row["plan"] for row in book.edition.headlines[1]}
    rows = [one for one in book.headlines if not one.missing and not is_fund(one.name)]
    columns: dict[str, list[Quantity]] = {
        "上年": [_last(known, one) for one in rows],
        "目标或计划": [_plan(known, one, f"target.{one.name}", plans.get(one.name, "")) for one in rows],
        "比上年": [_change(known, one) for one in rows],
    }
    drawn = [_drawn(row) for row in zip(rows, columns["上年"], columns["目标或计划"], strict=True)]
    columns = {head: cells for head, cells in columns.items() if any(cell.told for cell in cells)}
    if not columns:
        rows = [one for one in rows if mark(one.name, one.shown) not in "".join(told)]
    heads = {"指标": [one.label for one in rows], "本年": rows}
    return tables.table(caption, heads | columns, drawn=drawn * any(drawn))


def _drawn(row: tuple[Quantity, ...]) -> list[list[float] | None]:
    """Ends of a number and of what it is held against, as parts of the largest finite one; empty where there is nothing to compare."""
    held = [one.bounds if one.unit == row[0].unit else None for one in row]
    ends = [one and [float(one.low), float(one.high)] for one in held]
    given = [end for pair in ends for end in pair or ()]
    most = max((end for end in given if end < inf), default=0)
    if not any(ends[1:]) or most <= 0 or min(given) < 0:
        return []
    return [pair and [round(min(end / most, 1), 4) for end in pair] for pair in ends]


def _sure(known: Known, *names: str) -> Quantity:
    """The first of these that is given and in no doubt; else one that is missing."""
    given = (known[name] for name in names if name in known)
    return next((one for one in given if not one.missing and not one.doubt), Quantity(None))


def _plan(known: Known, own: Quantity, *names: str) -> Quantity:
    """A plan or a target that is counted as what was done."""
    plan = _sure(known, *names)
    return plan if plan.unit == own.unit else Quantity(None)


def _last(known: Known, own: Quantity) -> Quantity:
    return _sure(known, own.name.removesuffix("outturn") + "last_outturn", f"last.{own.name}")


def _change(known: Known, own: Quantity) -> Quantity:
    """What became of a number since the year before, in words; missing where that is open."""
    change = _sure(known, own.name.removesuffix("outturn") + "change_rate", f"trend.{own.name}")
    words = "" if change.missing else wording.change(change.bounds, str(change.unit))
    open_ = not words or words.startswith("变动") or _last(known, own).missing
    return Quantity(None) if open_ else replace(change, wording=words)


def _sentence(known: Known, row: Record) -> str:
    own, nothing = known[row["metric"]], Quantity(None)
    given = {name: known.get(name, nothing) for name in FILLED.findall(row["sentence"])}
    filled = text.shortened(FILLED.sub(lambda match: prose.marked(given[match[1]]), row["sentence"]))
    named = {own.name: own} | {name: known[name] for name, _ in MARK.findall(filled)}
    against, plan = "".join(_against(known, own, named.values())), _plan(known, own, row["plan"])
    held = against or not _sure(known, row["plan"]).missing
    bases = [one for one in (plan, _last(known, own)) if not one.missing]
    worth = not row["least"] or any(_off(own, one, row["least"]) for one in bases)
    if not filled or not held or not worth or any(one.doubt for one in named.values()):
        return ""
    so = ""
    if not plan.missing:
        even = own.bounds == plan.bounds and not own.bounded
        over, under = (own > plan).certainly, (own < plan).certainly
        verdict = "even" if even else "" if own.near(plan) else "above" if over else "below" if under else ""
        so = row.get(verdict, "")
    so = "" if "率" in so and not own.bounds.high else so  # nothing of nothing is no rate
    return f"{filled}{against}{so and f'；{so}'}。"


def _off(own: Quantity, base: Quantity, least: str) -> bool:
    """Whether a number is certainly so far from another (`least`: 5%) that it is worth a sentence."""
    most = base.bounds.high * Fraction(least.rstrip("%")) / 100
    return any(gap.positive and gap.low >= most for gap in ((own - base).bounds, (base - own).bounds))


def _against(known: Known, own: Quantity, named: Iterable[Quantity]) -> Iterator[str]:
    """What a number is held against: the year before, a target (its own, or of what is named beside it), else public benchmarks."""
    about = next((one for one in named if f"target.{one.name}" in known), None)
    change = _change(known, own)
    beside = [one for name, one in known.items() if name.startswith(f"benchmark.{own.name}.")]
    if not change.missing:
        yield f"，比上年{mark(change.name, change.shown)}"
    elif beside and not about:
        yield f"，{_beside(own, beside)}"
    if about:
        target = known[f"target.{about.name}"]
        least, most = about >= target, about <= target
        sides = {"≥": [least], "≤": [most]}.get(target.shown[0], [least, most])
        met, open_ = all(one.certainly for one in sides), all(one.possibly for one in sides)
        reached = "达到" if met else "不能确定是否达到" if open_ else "没有达到"
        yield f"；{about.label}{reached}目标（{mark(target.name, target.shown)}）"


def _beside(own: Quantity, benchmarks: list[Quantity]) -> str:
    """Above which public benchmarks a number is, below or within which."""
    found: dict[str, list[str]] = {}
    for one in benchmarks:
        within = own.bounds.low in one.bounds and own.bounds.high in one.bounds
        word = "高于" if (own > one).certainly else "低于" if (own < one).certainly else "在" if within else "接近"
        place = f"{one.label.removeprefix('参考：')}的{mark(one.name, one.shown)}"
        found.setdefault(word, []).append(place + "之间" * within)
    return "，".join(word + "、".join(places) for word, places in found.items())


def _plain(book: Any) -> list[str]:
    """What can be said where no row says anything: the unit's own metrics and what they rest on, else its largest amounts."""

    def listed(quantities: Iterable[Quantity]) -> str:
        return "、".join(one.label + mark(one.name, one.shown) for one in quantities)

    def since(own: Quantity) -> str:
        last, told = _last(book.known, own), "".join(_against(book.known, own, [own]))
        return told or ("" if last.missing else f"，上年{mark(last.name, last.shown)}，升降不能确定")

    sure = {name: one for name, one in book.known.items() if not (one.missing or one.doubt or name.endswith(PRINTED))}
    own = [*(one.name for one in book.headlines), *(row["metric"] for row in book.edition.table("metrics"))]
    asked = (sure[name] for name in dict.fromkeys(own) if name in sure and name not in book.figures)
    made = ((one, listed(book.known[name] for name in one.inputs)) for one in asked if len(one.inputs) <= FEW)
    told = [f"{listed([one])}（{beside}）{since(one)}。" for one, beside in made]
    apart = {name for name in book.figures if column_of(name) not in ("", "outturn")}
    own = [name for name in book.figures if name in sure and name not in apart]
    figures = [sure[name] for name in own if not re.search("[上往下后]年|今后", name)]
    none = all(book.known[name].missing for name in apart) and not any(f"last.{name}" in book.known for name in own)
    none = none and not any(row["target"] for row in book.edition.table("targets"))
    some = [one for one in figures if one.bounds.high > 0]
    largest = ranked(*([one for one in some if str(one.unit) == "元"] or some))[:MOST]
    rest = f"主要数字：{listed(largest)}" if largest else "各项数字都是零"
    return told or [f"{'没有列出目标、预算和上年数，' * none}{rest}。"] * bool(figures)
