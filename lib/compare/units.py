"""Peers: one year across units (同类比较): where a unit stands among those that published, as far as the bounds allow.

Units are compared where their editions compute a metric alike (unit and formula). Public benchmarks never count in a rank.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

from lib.chapter.chapter import Chapter, metric
from lib.check.expressions import few
from lib.edition.rows import Metric
from lib.edition.store import card_in, listing, names, parse, read_table, rows_in
from lib.numbers.bounds import Bounds, exactly
from lib.numbers.quantity import Quantity, Unit, ranked
from lib.numbers.wording import MISSING

BENCHMARKS = ["metric", "place", "year", "low", "high", "unit", "note"]
FEW = 20  # units that are drawn one by one


class Published(NamedTuple):
    """What one unit published of a year: its name, which edition it is, and the metrics that it reports, by name."""

    slug: str
    name: str
    edition: str
    metrics: dict[str, Metric]


@dataclass(frozen=True)
class Comparison:
    """A metric across units: `own` is the highlighted unit's value, `rank` its place from the largest, at best and at
    worst (位), `given` how many units are compared; `others` name those that did not report it or compute it otherwise;
    `drawn` are the rows of a chart."""

    label: str
    own: Quantity
    rank: Quantity
    given: Quantity
    middle: Quantity
    others: str
    drawn: list[Quantity]
    context: list[Quantity]


def read(book: Chapter) -> list[Comparison]:
    """The metrics of data/peers.csv that any unit reports; records `peers.units`, and `rank.…`, `given.…`, `median.…` of each."""
    edition, data = book.edition, book.edition.root / "data"
    asked, units = names(data / "peers.csv"), []
    for folder in (path.parent for path in listing(edition.root, f"outputs/*/{edition.year}/manifest.json")):
        if (card := card_in(folder)).get("kind", "") == edition.profile.kind:
            told = f"{card['unit_name']}{edition.year}年度已发布版本 {card['key']}"
            rows = (Metric.of(row) for row in rows_in(folder, "metrics") if row["metric"] in asked)
            reported = {one.name: one for one in rows if one.bounds}
            units.append(Published(folder.parts[-2], card["unit_name"], told, reported))
    _record(book, "peers.units", "已发布本年度报告的单位", exactly(len(units)), "家", "已发布版本的数目")
    context = benchmarks(edition.root)
    return [_compare(book, name, units, context) for name in asked if any(name in unit.metrics for unit in units)]


def _compare(book: Chapter, name: str, units: list[Published], context: dict[str, Quantity]) -> Comparison:
    own_slug, given = book.edition.unit, [unit for unit in units if name in unit.metrics]
    beside = [one for key, one in context.items() if key.startswith(f"benchmark.{name}.")]
    ways = {unit.slug: (unit.metrics[name].unit, unit.metrics[name].formula) for unit in given}
    way = ways.get(own_slug) or Counter(ways.values()).most_common(1)[0][0]
    alike = [unit for unit in given if ways[unit.slug] == way]
    label = alike[0].metrics[name].label
    values = {unit.slug: unit.metrics[name].quoted(f"{unit.slug}.{name}", unit.name, unit.edition) for unit in alike}
    own = values.get(own_slug, Quantity(None, name=f"{own_slug}.{name}", label=label))
    ends = [(value.bounds.low, value.bounds.high) for value in values.values()]
    middle = Bounds(*map(median, zip(*ends, strict=True)))  # the median grows with each of them
    counted = (
        _record(book, f"rank.{name}", f"{label}位次", rank(own, values.values()), "位", "按上下限由大到小比较"),
        _record(book, f"given.{name}", f"{label}的比较单位", exactly(len(alike)), "家", "提供该指标且算法相同的单位数"),
        _record(book, f"median.{name}", f"{label}中位数", middle, way[0], "各单位上下限各自的中位数"),
    )
    silent = [unit.name for unit in units if unit.slug not in ways]
    apart = {MISSING: silent, "算法不同，不作比较": [unit.name for unit in given if unit.slug not in values]}
    others = "；".join(f"{few(given, '等{}家')}{why}" for why, given in apart.items() if given)
    drawn = ranked(*values.values()) if len(values) <= FEW else [*bands(values.values(), way[0]), own]
    return Comparison(label, own, *counted, others, drawn, beside)


def _record(book: Chapter, name: str, label: str, bounds: Bounds | None, unit: str, formula: str) -> Quantity:
    value = bounds.low if bounds and bounds.exact else None
    return book.record(name, metric(label, Quantity(bounds, value, Unit.parse(unit), formula=formula)))


def rank(own: Quantity, values: Iterable[Quantity]) -> Bounds | None:
    """The places from the largest that the bounds leave open: behind all certainly larger, at worst possibly; one in doubt may be any."""
    if own.missing:
        return None
    rest = [(value.bounds, bool(value.doubt or own.doubt)) for value in values if value is not own]
    certainly = sum(other.above(own.bounds) and not doubted for other, doubted in rest)
    possibly = sum(other.high > own.bounds.low or doubted for other, doubted in rest)
    return Bounds(Fraction(certainly + 1), Fraction(possibly + 1))


def bands(values: Iterable[Quantity], unit: str) -> list[Quantity]:
    """How many units are distributed, by the middle of their bounds: all of them, the middle four fifths and the middle half."""
    middles = sorted(value.bounds.middle for value in values)
    tenths, quarters = (quantiles(middles, n=n, method="inclusive") for n in (10, 4))
    spans = {"全部单位": middles, "居中的八成单位": tenths, "居中的一半单位": quarters}
    about = {"inputs": {}, "formula": "各单位上下限的中点；只有一端的，取这一端"}
    return [
        Quantity.figure(f"band.{label}", Bounds(span[0], span[-1]), None, unit, label=label, **about)
        for label, span in spans.items()
    ]


def benchmarks(root: Path) -> dict[str, Quantity]:
    """Public benchmarks, labelled 参考: `benchmark.<metric>.<number>`."""
    found = {}
    for number, row in enumerate(read_table(root / "data" / "benchmarks.csv", BENCHMARKS), 1):
        bounds = Bounds(parse(row["low"]), parse(row["high"]))
        label = f"参考：{row['place']}{row['year'] and row['year'] + '年'}"
        about = {"inputs": {}, "label": label, "formula": f"公开参考值（{row['note']}）"}
        name = f"benchmark.{row['metric']}.{number}"
        found[name] = Quantity.figure(name, bounds, bounds.low if bounds.exact else None, row["unit"], **about)
    return found
