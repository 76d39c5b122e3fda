"""Headlines: what the summary says first, by rules that are data (`headlines.csv`).

The rows stand by weight. One becomes a sentence where its number is known and in no doubt, and is held against something: a target, a
plan, the year before, else a public benchmark. `least`: how far off it must be for that to be worth one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from lib.cells import MARK, Bundle, mark, plain
from lib.chapter import prose, tables, text
from lib.edition.dictionary import PRINTED, is_fund
from lib.edition.report import FILLED
from lib.edition.store import Record
from lib.numbers import wording
from lib.numbers.quantity import Quantity, ranked

CONTEXT = "所比的地方为公开参考值，时间和统计方法不同，只作对照。"
FEW = 4  # figures that are named beside what rests on them
MOST = 3  # amounts that are named where nothing else can be said


@dataclass(frozen=True)
class Sentence:
    """Marked text, and the quantities that it names."""

    text: str
    quantities: dict[str, Quantity]

    def __repr__(self) -> str:
        return plain(self.text)


@dataclass(frozen=True)
class Yardsticks:
    """What the numbers of a chapter are held against, by name: targets, what was published the year before, public benchmarks."""

    book: Any
    targets: Mapping[str, Quantity]
    before: Mapping[str, Quantity]
    benchmarks: Mapping[str, list[Quantity]]

    def last(self, name: str) -> Quantity | None:
        """The year before: of an outturn the cell beside it, of a metric what was published."""
        found = self.book.known.get(name.removesuffix("outturn") + "last_outturn") or self.before.get(name)
        return None if found is None or found.missing or found.doubt else found

    def change(self, name: str) -> Quantity | None:
        """What became of it since, in words; nothing where that is open."""
        rate = self.book.known.get(name.removesuffix("outturn") + "change_rate")
        found = rate or self.book.known.get(f"trend.{name}")
        if found is None or found.missing or found.doubt or not self.last(name):
            return None
        if not (found.bounds.exact or found.bounds.positive or (-found.bounds).positive):
            return None
        return replace(found, wording=wording.change(found.bounds, str(found.unit)))

    def clauses(self, own: Quantity, named: Mapping[str, Quantity]) -> Iterator[tuple[str, list[Quantity]]]:
        """What is said of a number: the target (its own, or of another that is named beside it), the change, else public benchmarks."""
        about = next((one for one in named.values() if one.name in self.targets), None)
        if change := self.change(own.name):
            yield f"，比上年{_mark(change)}", [change]
        elif not about and (beside := self.benchmarks.get(own.name)):
            yield f"，{_beside(own, beside)}", beside
        if about:
            target = self.targets[about.name]
            yield f"；{about.label}{_reached(about, target)}", [target]


def sentences(yards: Yardsticks) -> list[Sentence]:
    """A sentence for each row of `headlines.csv` that is worth one, by weight; else what there is to say."""
    rows, known = yards.book.edition.headlines[1], yards.book.known
    told = (_sentence(yards, row) for row in rows if row["metric"] in known and not known[row["metric"]].missing)
    return [one for one in told if one] or list(_plain(yards.book))


def said(told: list[Sentence]) -> Bundle:
    """Sentences as a list, and what the public benchmarks are worth."""
    values = {name: one for sentence in told for name, one in sentence.quantities.items()}
    note = f"\n\n{CONTEXT}" * any(name.startswith("benchmark.") for name in values)
    lines = "\n".join(f"- {one.text}" for one in told)
    return prose.bundle(lines + note, prose.about(values.values())) if told else prose.hollow()


def table(yards: Yardsticks, caption: str, told: list[Sentence]) -> Bundle:
    """The numbers of the summary with the year before, the target or plan and the change, as far as there are any; else those that no
    sentence has told."""
    plans = {row["metric"]: yards.book.known.get(row["plan"]) for row in yards.book.edition.headlines[1]}
    rows = [one for one in yards.book.headlines if not one.missing and not is_fund(one.name)]
    columns: dict[str, list[Any]] = {"指标": [one.label for one in rows], "本年": rows}
    columns["上年"] = [yards.last(one.name) for one in rows]
    columns["目标或计划"] = [yards.targets.get(one.name) or _alike(one, plans[one.name]) for one in rows]
    columns["比上年"] = [yards.change(one.name) for one in rows]
    given = {head: cells for head, cells in columns.items() if any(cells)}
    if given.keys() <= {"指标", "本年"}:
        new = [one for one in rows if not any(one.name in sentence.quantities for sentence in told)]
        given = {"指标": [one.label for one in new], "本年": new}
    return tables.table(caption, {head: [one or "—" for one in cells] for head, cells in given.items()})


def _sentence(yards: Yardsticks, row: Record) -> Sentence | None:
    known, own = yards.book.known, yards.book.known[row["metric"]]
    filled = text.shortened(FILLED.sub(lambda match: _given(known.get(match[1])), row["sentence"]))
    named = {own.name: own} | {name: known[name] for name, _ in MARK.findall(filled)}
    plan = known.get(row["plan"])
    held = [one for one in (_alike(own, plan), yards.last(own.name)) if one]
    clauses = list(yards.clauses(own, named))
    if not filled or any(one.doubt for one in named.values()) or not (clauses or (plan and not plan.missing)):
        return None
    if row["least"] and not any(_off(own, one, row["least"]) for one in held):
        return None
    for _, quantities in clauses:
        named |= {one.name: one for one in quantities}
    verdict = _verdict(own, _alike(own, plan))
    so = f"；{row[verdict]}" if verdict and row[verdict] else ""
    return Sentence("".join([filled, *(clause for clause, _ in clauses), so, "。"]), named)


def _plain(book: Any) -> Iterator[Sentence]:
    """What can be said where no row says anything: the unit's own metrics and what they rest on, else its largest amounts."""
    own = dict.fromkeys([*(one.name for one in book.headlines), *(one.name for one in book.edition.formulas)])
    sure = {name: one for name, one in book.known.items() if not (one.missing or one.doubt or name.endswith(PRINTED))}
    rests = {name: [sure[one] for one in sure[name].inputs if one in sure] for name in own if name in sure}
    rests = {name: given for name, given in rests.items() if len(given) <= FEW and name not in book.figures}
    for name, given in rests.items():
        listed = "、".join(one.label + _mark(one) for one in given)
        yield Sentence(
            f"{sure[name].label}{_mark(sure[name])}（{listed}）。", {one.name: one for one in (sure[name], *given)}
        )
    figures = [sure[name] for name in book.figures if name in sure]
    largest = ranked(*([one for one in figures if str(one.unit) == "元"] or figures))[:MOST]
    if largest and not rests:
        listed = "、".join(one.label + _mark(one) for one in largest)
        yield Sentence(f"没有列出目标、预算和上年数，主要数字：{listed}。", {one.name: one for one in largest})


def _mark(one: Quantity) -> str:
    return mark(one.name, one.shown)


def _given(one: Quantity | None) -> str:
    return prose.marked(one or Quantity(None), bool(one) and not one.missing)


def _alike(own: Quantity, plan: Quantity | None) -> Quantity | None:
    """A plan that is counted as what was done."""
    return plan if plan and not plan.missing and plan.unit == own.unit else None


def _verdict(own: Quantity, plan: Quantity | None) -> str:
    """Whether a number is above or below its plan, or even; nothing where that is open."""
    if plan is None:
        return ""
    if not (own - plan).bounded and own.bounds == plan.bounds:
        return "even"
    return "above" if (own > plan).certainly else "below" if (own < plan).certainly else ""


def _off(own: Quantity, base: Quantity, least: str) -> bool:
    """Whether a number is certainly so far from another (`least`: 5%) that it is worth a sentence."""
    gap = (own - base).bounds
    gap = -gap if (-gap).positive else gap
    return gap.positive and gap.low >= base.bounds.high * Fraction(least.rstrip("%")) / 100


def _reached(about: Quantity, target: Quantity) -> str:
    """Whether a target was met, as far as the bounds tell."""
    sides = {"≥": [about >= target], "≤": [about <= target]}.get(target.shown[0], [about >= target, about <= target])
    met, open_ = all(one.certainly for one in sides), all(one.possibly for one in sides)
    return f"{'达到' if met else '不能确定是否达到' if open_ else '没有达到'}目标（{_mark(target)}）"


def _beside(own: Quantity, benchmarks: list[Quantity]) -> str:
    """Above which public benchmarks a number is, below or within which."""
    found: dict[str, list[str]] = {}
    for one in benchmarks:
        within = own.bounds.low in one.bounds and own.bounds.high in one.bounds
        word = "高于" if (own > one).certainly else "低于" if (own < one).certainly else "在" if within else "接近"
        found.setdefault(word, []).append(f"{one.label.removeprefix('参考：')}的{_mark(one)}{'之间' * within}")
    return "，".join(word + "、".join(places) for word, places in found.items())
