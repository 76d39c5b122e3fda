"""Charts for notebooks: bounded quantities drawn with their bounds, one MIME bundle each.

What is certain is drawn solid, what the hedges leave open in a lighter tone. The alternative text is made from the data, so that
it cannot say anything else than the picture.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from functools import cache, partial
from math import ceil, inf
from typing import TYPE_CHECKING, Any

from lib.cells import CHART, WHEEL, Bundle
from lib.chapter import prose
from lib.numbers.quantity import Quantity

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


CERTAIN, OPEN, INK, FAINT = "#9b1c1c", "#e3b7b1", "#1f2328", "#eceef1"
GREY, LIGHT = "#6b7280", "#cfd4da"  # certain and open of what is not the subject
WIDTH, ROW, CLOSE, PANEL = 5.6, 0.36, 0.24, 0.95  # inches
MANY = 12  # rows that are no longer set wide
STYLE = {
    "font.size": 9,
    "text.color": INK,
    "axes.unicode_minus": False,
    "svg.fonttype": "path",
    "svg.hashsalt": "jixiao",
}


def bars(caption: str, *quantities: Quantity) -> Bundle:
    """Horizontal bars in the order given, all in one unit: solid up to the lower bound, light up to the upper one."""
    return _chart("条形图", caption, quantities, _bars)


def funnel(caption: str, *steps: Quantity) -> Bundle:
    """From offer to outcome, centred bars; the steps may be counted in different units."""
    return _chart("漏斗图", caption, steps, _funnel)


def ranges(caption: str, *quantities: Quantity, own: str = "", context: Sequence[Quantity] = ()) -> Bundle:
    """Bounds as lines with their nominal value as a dot: how much the source leaves open.

    With the name of `own`, that row stands out and the others are grey; `context` stands apart below them.
    """
    return _chart("区间图", caption, [*quantities, *context], partial(_ranges, own=own, apart=len(context)))


def years(caption: str, *series: Any) -> Bundle:
    """A small panel per metric: bounds by year as upright lines, with a band from year to year where they may be compared.

    A series has a `label`, `values` by year, oldest first, and `breaks`: year → why it must not be compared with the one before.
    """
    given = [one for one in series if not all(value.missing for value in one.values.values())]
    if not given:
        return prose.hollow()
    rows = ceil(len(given) / 2)

    def draw(figure: Figure) -> None:
        for place, one in enumerate(given, 1):
            _years(figure.add_subplot(rows, 2, place), one)
        room = 0.24 / (PANEL * rows)
        figure.subplots_adjust(0.02, room, 0.98, 1 - room, 0.1, 1)

    alt = f"历年图，{caption}。{'；'.join(map(_told, given))}。"
    return _picture(caption, alt, [one.values[max(one.values)] for one in given], PANEL * rows, draw)


def _told(series: Any) -> str:
    """A series in words."""
    years = (f"{'口径变化，' * (y in series.breaks)}{y}年{value.shown}" for y, value in series.values.items())
    return f"{series.label}{'、'.join(years)}"


@cache
def _family() -> str:
    """The wheel's face, registered without a search of the system: charts look the same everywhere."""
    from matplotlib import font_manager

    font_manager.fontManager.addfont(WHEEL)
    return font_manager.FontProperties(fname=WHEEL).get_name()


def _chart(kind: str, caption: str, quantities: Sequence[Quantity], draw: Callable) -> Bundle:
    """Draw what was reported; hollow where nothing was."""
    given = [quantity for quantity in quantities if not quantity.missing]
    if not given:
        return prose.hollow()
    if len(units := {str(quantity.unit) for quantity in given}) > 1 and draw is not _funnel:
        raise ValueError(f"“{caption}”里的单位不同（{'、'.join(sorted(units))}），不能画在一条轴上")

    def framed(figure: Figure) -> None:
        left, right = (max(map(_width, texts)) for texts in zip(*((q.label, q.shown) for q in given), strict=True))
        axes = figure.add_axes((left / WIDTH, 0, 1 - (left + right) / WIDTH, 1))
        draw(axes, given)
        axes.set_yticks(range(len(given)), [quantity.label for quantity in given])
        axes.set_ylim(len(given) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        axes.xaxis.set_visible(False)
        axes.spines[:].set_visible(False)

    alt = f"{kind}，{caption}。{'，'.join(quantity.label + quantity.shown for quantity in given)}。"
    return _picture(caption, alt, given, (ROW if len(given) <= MANY else CLOSE) * (len(given) + 0.5), framed)


def _picture(caption: str, alt: str, given: Sequence[Quantity], height: float, draw: Callable) -> Bundle:
    """What `draw` puts into a figure of this height, in inches; `given` are its rows."""
    import matplotlib
    from matplotlib.figure import Figure

    picture = io.StringIO()
    with matplotlib.rc_context(STYLE | {"font.family": _family()}):
        figure = Figure(figsize=(WIDTH, height))
        draw(figure)
        figure.savefig(picture, format="svg", metadata={"Date": None, "Creator": None})
    rows = [{"label": quantity.label, "name": quantity.name, "shown": quantity.shown} for quantity in given]
    data = {"caption": caption, "alt": alt, "rows": rows}
    return Bundle({CHART: data, "image/svg+xml": _lean(picture.getvalue()), "text/plain": alt})


def _lean(svg: str) -> str:
    """Glyphs with short names and 400 units to the em instead of 6,400, in relative coordinates: half of the page otherwise."""
    svg = re.sub(r'(id="|href="#)\w+-Regular-', r"\1g", svg)
    return re.sub(
        r' d="([^"]*)"(\s+)transform="scale\(0\.015625\)"',
        lambda found: f' d="{_relative(found[1], 1 / 16)}"{found[2]}transform="scale(.25)"',
        svg,
    )


def _relative(path: str, scale: float) -> str:
    """The path in relative whole coordinates, `scale` times as large."""
    written, here, start = [], (0, 0), (0, 0)
    for command, operands in re.findall(r"([MLQCz])([^MLQCz]*)", path):
        ends = [round(float(end) * scale) for end in operands.split()]
        moved = [end - here[i % 2] for i, end in enumerate(ends)]
        if command == "L" and 0 in moved:
            command, moved = ("V", moved[1:]) if moved[0] == 0 else ("H", moved[:1])
        written.append(command.lower() + " ".join(map(str, moved)).replace(" -", "-"))
        here = (ends[-2], ends[-1]) if ends else start
        start = here if command == "M" else start
    return "".join(written)


def _width(text: str) -> float:
    """The room that a text beside the bars takes, in inches."""
    return (sum(1 if ord(character) > 0x2000 else 0.6 for character in text) + 1.2) * STYLE["font.size"] / 72


def _reach(quantity: Quantity) -> tuple[float, float]:
    """Lower and upper end as far as they can be drawn: no bound reaches a fifth beyond the other end."""
    low, high = quantity.bounds.low, quantity.bounds.high
    low = float(low) if low > -inf else 0.0
    return low, float(high) if high < inf else low * 1.2


def _say(axes: Axes, quantity: Quantity, at: float, row: int) -> None:
    """What a bar stands for, to the right of it."""
    axes.annotate(quantity.shown, (at, row), (6, 0), textcoords="offset points", va="center")


def _bars(axes: Axes, quantities: Sequence[Quantity]) -> None:
    for row, quantity in enumerate(quantities):
        low, high = _reach(quantity)
        axes.barh(row, low, height=0.6, color=CERTAIN)
        axes.barh(row, high - low, left=low, height=0.6, color=OPEN)
        _say(axes, quantity, max(high, 0), row)
    axes.set_xlim(0, max(_reach(quantity)[1] for quantity in quantities) or 1)


def _funnel(axes: Axes, steps: Sequence[Quantity]) -> None:
    widest = max(_reach(step)[1] for step in steps) or 1
    for row, step in enumerate(steps):
        low, high = _reach(step)
        axes.barh(row, high, left=-high / 2, height=0.66, color=OPEN)
        axes.barh(row, low, left=-low / 2, height=0.66, color=CERTAIN)
        _say(axes, step, widest / 2, row)
    axes.set_xlim(-widest / 2, widest / 2)


def _ranges(axes: Axes, quantities: Sequence[Quantity], own: str, apart: int) -> None:
    beside = len(quantities) - apart
    for row, quantity in enumerate(quantities):
        low, high = _reach(quantity)
        certain, open_ = (CERTAIN, OPEN) if own in ("", quantity.name) and row < beside else (GREY, LIGHT)
        axes.plot([low, high], [row, row], color=open_, linewidth=7 if row < beside else 2, solid_capstyle="butt")
        if quantity.value is not None:
            face = certain if row < beside else "white"
            axes.plot(float(quantity.value), row, "o", color=certain, mfc=face, markersize=6, clip_on=False)
        _say(axes, quantity, high, row)
    if 0 < beside < len(quantities):
        axes.axhline(beside - 0.5, color=GREY, linewidth=0.8, linestyle=":")
    axes.set_xlim(0, max(_reach(quantity)[1] for quantity in quantities) or 1)
    axes.grid(axis="y", color=FAINT)
    axes.set_axisbelow(True)


def _years(axes: Axes, series: Any) -> None:
    given = {year: value for year, value in series.values.items() if not value.missing}
    for year, value in given.items():
        low, high = _reach(value)
        axes.plot([year, year], [low, high], color=OPEN, linewidth=7, solid_capstyle="butt")
        if value.value is not None:
            axes.plot(year, float(value.value), "o", color=CERTAIN, markersize=4, clip_on=False)
        if year in series.breaks:
            axes.axvline(year - 0.5, color=GREY, linewidth=0.8, linestyle=":")
        elif year - 1 in given:
            ends = zip(_reach(given[year - 1]), (low, high), strict=True)
            certain = not (value.bounded or given[year - 1].bounded)
            axes.fill_between([year - 1, year], *ends, color=CERTAIN if certain else FAINT, linewidth=1, zorder=0)
    ends = [end for value in given.values() for end in _reach(value)]
    axes.set_ylim(min(0, *ends), max(0, *ends) * 1.05 or 1)
    axes.set_xlim(min(series.values) - 0.4, max(series.values) + 0.4)
    ticks = list(series.values)[:: -ceil(len(series.values) / 6)]
    axes.set_xticks(ticks, [str(year) for year in ticks])
    axes.tick_params(length=0, labelsize=8)
    axes.set_title(f"{series.label}　{series.values[max(series.values)].shown}", fontsize=9, loc="left", pad=5)
    axes.yaxis.set_visible(False)
    axes.spines[["left", "right", "top"]].set_visible(False)
