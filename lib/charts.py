"""Charts for notebooks: bounded quantities drawn with their bounds, one MIME bundle each.

What is certain is drawn solid, what the hedges leave open in a lighter tone. The alternative text is made from the data, so that
it cannot say anything else than the picture.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from math import inf
from typing import TYPE_CHECKING

from lib import prose
from lib.bundles import CHART, Bundle
from lib.fonts import chart_family
from lib.quantity import Quantity

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CERTAIN, OPEN, INK, FAINT = "#9b1c1c", "#e3b7b1", "#1f2328", "#eceef1"
WIDTH, ROW = 5.6, 0.36  # inches

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


def ranges(caption: str, *quantities: Quantity) -> Bundle:
    """Bounds as lines with their nominal value as a dot: how much the source leaves open."""
    return _chart("区间图", caption, quantities, _ranges)


def _chart(kind: str, caption: str, quantities: Sequence[Quantity], draw: Callable) -> Bundle:
    """Draw what was reported; where nothing was, say so instead of drawing an empty frame."""
    if len(units := {str(quantity.unit) for quantity in quantities}) > 1 and draw is not _funnel:
        raise ValueError(f"“{caption}”里的单位不同（{'、'.join(sorted(units))}），不能画在一条轴上")
    given = [quantity for quantity in quantities if not quantity.missing]
    if not given:
        return prose.absent(quantity.label for quantity in quantities)
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(STYLE | {"font.family": chart_family()}):
        figure = Figure(figsize=(WIDTH, ROW * (len(given) + 0.5)))
        left, right = (max(map(_width, texts)) for texts in zip(*((q.label, q.shown) for q in given), strict=True))
        axes = figure.add_axes((left / WIDTH, 0, 1 - (left + right) / WIDTH, 1))
        draw(axes, given)
        _frame(axes, [quantity.label for quantity in given])
        picture = io.StringIO()
        figure.savefig(picture, format="svg", metadata={"Date": None, "Creator": None})
    alt = f"{kind}，{caption}。{'，'.join(quantity.label + quantity.shown for quantity in given)}。"
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


def _frame(axes: Axes, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.xaxis.set_visible(False)
    axes.spines[:].set_visible(False)


def _say(axes: Axes, quantity: Quantity, at: float, row: int) -> None:
    """What a bar stands for, to the right of it."""
    axes.annotate(quantity.shown, (at, row), (6, 0), textcoords="offset points", va="center")


def _bars(axes: Axes, quantities: Sequence[Quantity]) -> None:
    for row, quantity in enumerate(quantities):
        low, high = _reach(quantity)
        axes.barh(row, low, height=0.6, color=CERTAIN)
        axes.barh(row, high - low, left=low, height=0.6, color=OPEN)
        _say(axes, quantity, max(high, 0), row)
    axes.set_xlim(0, max(_reach(quantity)[1] for quantity in quantities))


def _funnel(axes: Axes, steps: Sequence[Quantity]) -> None:
    widest = max(_reach(step)[1] for step in steps)
    for row, step in enumerate(steps):
        low, high = _reach(step)
        axes.barh(row, high, left=-high / 2, height=0.66, color=OPEN)
        axes.barh(row, low, left=-low / 2, height=0.66, color=CERTAIN)
        _say(axes, step, widest / 2, row)
    axes.set_xlim(-widest / 2, widest / 2)


def _ranges(axes: Axes, quantities: Sequence[Quantity]) -> None:
    for row, quantity in enumerate(quantities):
        low, high = _reach(quantity)
        axes.plot([low, high], [row, row], color=OPEN, linewidth=7, solid_capstyle="butt")
        if quantity.value is not None:
            axes.plot(float(quantity.value), row, "o", color=CERTAIN, markersize=6, clip_on=False)
        _say(axes, quantity, high, row)
    axes.set_xlim(0, max(_reach(quantity)[1] for quantity in quantities))
    axes.grid(axis="y", color=FAINT)
    axes.set_axisbelow(True)
