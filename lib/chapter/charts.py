"""Charts for notebooks: bounded quantities drawn with their bounds, one MIME bundle each.

What is certain is drawn solid, what the hedges leave open in a lighter tone. The title says what is certainly to be seen, the
alternative text what is drawn: both are made from the data. The pictures are as wide as a telephone, with names above the bars.
"""

import io
import re
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial
from math import inf
from typing import Any

from lib.cells import CHART, WHEEL, Bundle
from lib.chapter import prose
from lib.numbers.quantity import Quantity, ranked

CERTAIN, OPEN, INK = "#9b1c1c", "#c8776d", "#1f2328"  # each 3 : 1 against the page
GREY, LIGHT = "#4b5563", "#8b929b"  # certain and open of what is not the subject
WIDTH, HEAD, ROW, LINE, PANEL, EDGE = 3.4, 0.24, 0.34, 0.16, 0.66, 0.06  # inches
MOST = 12  # rows that can still be read on one page
STYLE = {"font.size": 9, "text.color": INK, "svg.fonttype": "path", "svg.hashsalt": "jixiao"}


def bars(caption: str, *quantities: Quantity) -> Bundle:
    """Horizontal bars in the order given, all in one unit: solid as far as is certain, light up to the other bound."""

    def draw(axes: Any, row: int, one: Quantity) -> None:
        low, high = _reach(one)
        axes.barh(row, high - low, left=low, height=0.28, color=OPEN)
        axes.barh(row, max(low, 0) + min(high, 0), height=0.28, color=CERTAIN)

    return _chart("条形图", caption, quantities, draw, _lead(quantities))


def pairs(caption: str, now: Sequence[Quantity], **before: Sequence[tuple[Quantity, Quantity]]) -> Bundle:
    """Rows of what is now, a dot, and of what it is held against, each with the rate: the first by name a ring, the second
    a stroke, if at least three rows became more or less than it; hollow where that is nothing."""
    moves = {}
    for name, held in before.items():
        moved = _moves([(old, one) for one, (old, _) in zip(now, held, strict=True)], f"多于{name}", f"少于{name}")
        if sum(map(int, re.findall(r"\d+", moved))) >= 3:
            moves[name] = moved
    rows = [(one, [before[name][n] for name in moves]) for n, one in enumerate(now) if not one.missing]
    rows = [(one, olds) for one, olds in rows if not all(old.missing for old, _ in olds)]
    if not rows:
        return prose.hollow()
    if len(rows) > MOST:
        least = sorted(one.bounds.high for one, _ in rows)[-MOST]
        rows, caption = [row for row in rows if row[0].bounds.high >= least][:MOST], f"{caption}最多的{MOST}项"
    told, kind = [], ""
    for one, [(_, rate), *_] in rows:
        label, words = one.label.partition("（")[0], rate.changed if rate.label.endswith("变动率") else rate.shown
        kind, words = kind or rate.label.removeprefix(label), "—" if rate.missing else words
        told.append(replace(one, name=rate.name, label=label, wording=words, doubt=()))
    signs = "　".join(f"{sign}{name}" for sign, name in zip("○｜", moves, strict=False))
    beside = [[old for old, _ in olds] for _, olds in rows]

    def draw(axes: Any, row: int, new: Quantity) -> None:
        ring, *strokes = beside[row]
        axes.axhline(row, color=LIGHT, linewidth=0.4, zorder=0)
        for stroke in (one for one in strokes if not one.missing):
            axes.plot(sum(_reach(stroke)) / 2, row, "|", color=INK, markersize=8, markeredgewidth=1.5)
        if not ring.missing:
            axes.plot([sum(_reach(one)) / 2 for one in (ring, new)], [row, row], color=INK, linewidth=1)
            _mark(axes, ring, row, LIGHT, CERTAIN, "white")
        _mark(axes, new, row, OPEN, CERTAIN, CERTAIN)

    title, held = list(moves.values())[-1], [one for olds in beside for one in olds if not one.missing]
    return _chart("对比图", f"{caption}、{kind}（{signs}　●本年）", told, draw, title, held)


def ranges(caption: str, *quantities: Quantity, own: str = "", context: Sequence[Quantity] = ()) -> Bundle:
    """Bounds as lines, nominal values as dots; the row named `own` stands out from grey ones, `context` stands apart below them."""
    beside = sum(not one.missing for one in quantities)

    def draw(axes: Any, row: int, one: Quantity) -> None:
        dot, line = (CERTAIN, OPEN) if own in ("", one.name) and row < beside else (GREY, LIGHT)
        _mark(axes, one, row, line, dot, *(("white", 2) if row >= beside else (dot,)))
        if row == beside > 0:
            axes.axhline(beside - 0.74, color=GREY, linewidth=0.8, linestyle=":")

    return _chart("区间图", caption, [*quantities, *context], draw, "" if own or context else _lead(quantities))


def years(caption: str, *series: Any) -> Bundle:
    """A small panel per metric: bounds by year as upright lines, with a band where two years may be compared. A series has
    a `label`, `values` by year, oldest first, and `breaks`: year → why it must not be compared with the one before."""
    given = [one for one in series if not all(value.missing for value in one.values.values())]
    if not given:
        return prose.hollow()
    joined = [one for one in given if len(one.values) > 1 and max(one.values) not in one.breaks]
    title = _moves([list(one.values.values())[-2:] for one in joined], "上升", "下降")

    def draw(figure: Any, room: float) -> None:
        for place, one in enumerate(given):
            _years(figure, one, 1 - (room + PANEL * place) / figure.get_figheight())

    told = (
        one.label + "、".join(f"{'口径变化，' * (y in one.breaks)}{y}年{n.shown}" for y, n in one.values.items())
        for one in given
    )
    alt = f"历年图，{caption}。{'；'.join(told)}。"
    return _picture(title, caption, alt, [one.values[max(one.values)] for one in given], PANEL * len(given), draw)


def _lead(quantities: Sequence[Quantity]) -> str:
    """Which is the largest, if that is certain and nothing is in doubt."""
    first, *others = ranked(*(one for one in quantities if not one.missing)) or [Quantity(None)]
    certain = others and all((first > other).certainly for other in others)
    title = f"{first.label}{'最多' if first.unit and '/' not in str(first.unit) else '最高'}"
    return title if certain and len(title) <= 16 and not any(one.doubt for one in quantities) else ""


def _moves(moved: Sequence[Sequence[Quantity]], more: str, less: str) -> str:
    """How many have certainly become more, and how many less."""
    sure = [(old, new) for old, new in moved if not old.doubt + new.doubt]
    counts = {more: sum((b > a).certainly for a, b in sure), less: sum((b < a).certainly for a, b in sure)}
    return "，".join(f"{count}项{word}" for word, count in counts.items() if count)


@cache
def _family() -> str:
    """The wheel's face, registered without a search of the system."""
    from matplotlib import font_manager

    font_manager.fontManager.addfont(WHEEL)
    return font_manager.FontProperties(fname=WHEEL).get_name()


def _chart(
    kind: str, caption: str, quantities: Sequence[Quantity], draw: Callable, title: str, held: Sequence[Quantity] = ()
) -> Bundle:
    """Rows of what was reported, name and value above each, on an axis with 0 and what they are `held` against; hollow where nothing was."""
    given = [quantity for quantity in quantities if not quantity.missing]
    if not given:
        return prose.hollow()
    if len(units := {str(quantity.unit) for quantity in given}) > 1:
        raise ValueError(f"“{caption}”里的单位不同（{'、'.join(sorted(units))}），不能画在一条轴上")
    labels = [textwrap.fill(one.label, max(4, int((WIDTH - _width(one.shown)) * 72 / 9) - 2)) for one in given]
    row = ROW + LINE * max(label.count("\n") for label in labels)
    lift = max(0.08 / row, 0.16)  # of the words above what is drawn

    def framed(figure: Any, room: float) -> None:
        axes = figure.add_axes((EDGE / WIDTH, 0, 1 - 2 * EDGE / WIDTH, 1 - room / figure.get_figheight()))
        for place, (label, one) in enumerate(zip(labels, given, strict=True)):
            draw(axes, place, one)
            above = {"va": "bottom", "transform": axes.get_yaxis_transform()}
            axes.text(0, place - lift, label, **above)
            axes.text(1, place - lift, one.shown, ha="right", **above)
        ends = [0.0, *(end for one in (*held, *given) for end in _reach(one))]
        axes.set_xlim(min(ends), max(ends) if any(ends) else 1)
        if min(ends) < 0:
            axes.axvline(0, color=INK, linewidth=0.8)
        axes.set_ylim(len(given) - 1 + 0.1 / row, 0.1 / row - 1)
        axes.set_axis_off()

    alt = f"{kind}，{caption}。{'，'.join(quantity.label + quantity.shown for quantity in given)}。"
    return _picture(title, caption, alt, given, row * len(given), framed)


def _picture(title: str, caption: str, alt: str, given: Sequence[Quantity], height: float, draw: Callable) -> Bundle:
    """What `draw` puts into a figure of this height, in inches, below what it is about where a `title` says what is to be seen.
    Raises ProseError for a character that the charts' face does not have."""
    import matplotlib
    from matplotlib import font_manager
    from matplotlib.figure import Figure

    if lacking := sorted(set(map(ord, title + alt)) - font_manager.get_font(WHEEL).get_charmap().keys()):
        named = "、".join(f"“{chr(code)}”（U+{code:04X}）" for code in lacking)
        raise prose.ProseError(f"图“{caption}”的字体没有{named}，请在名称里换一个写法")
    picture, room = io.StringIO(), HEAD if title else 0
    with matplotlib.rc_context(matplotlib.rcParamsDefault | STYLE | {"font.family": _family()}):
        figure = Figure(figsize=(WIDTH, height + room), facecolor="none")
        if title:
            figure.text(EDGE / WIDTH, 1 - 0.02 / figure.get_figheight(), caption, va="top", color=GREY)
        draw(figure, room)
        figure.savefig(picture, format="svg", metadata={"Date": None, "Creator": None})
    rows = [{"label": quantity.label, "name": quantity.name, "shown": quantity.shown} for quantity in given]
    data = {"caption": title or caption, "alt": alt, "rows": rows}
    return Bundle({CHART: data, "image/svg+xml": _lean(picture.getvalue()), "text/plain": alt})


def _lean(svg: str) -> str:
    """Glyphs with short names and 400 units to the em instead of 6,400: much of the page otherwise."""
    coarser = partial(re.sub, r"-?\d+(?:\.\d+)?", lambda number: str(round(float(number[0]) / 16)))
    svg = re.sub(r'(id="|href="#)\w+-Regular-', r"\1g", svg)
    svg = re.sub(r'(?<= d=")[^"]*(?="\s+transform="scale\(0\.015625)', lambda path: coarser(path[0]), svg)
    return svg.replace("scale(0.015625)", "scale(.25)")


def _width(text: str) -> float:
    return sum(1 if ord(character) > 0x2000 else 0.6 for character in text) * STYLE["font.size"] / 72


def _reach(quantity: Quantity) -> tuple[float, float]:
    """Lower and upper end as far as they can be drawn: no bound reaches a fifth beyond the other end, nor beyond 0."""
    low, high = float(quantity.bounds.low), float(quantity.bounds.high)
    low = low if low > -inf else min(high * 1.2, 0.0) if high < inf else 0.0
    return low, high if high < inf else max(low * 1.2, 0.0)


def _mark(axes: Any, quantity: Quantity, row: int, line: str, dot: str, face: str, thick: float = 6) -> None:
    """Bounds as a line in one colour, the nominal value as a dot in another."""
    axes.plot(_reach(quantity), [row, row], color=line, linewidth=thick, solid_capstyle="butt")
    if quantity.value is not None:
        axes.plot(float(quantity.value), row, "o", color=dot, mfc=face, markersize=6, clip_on=False)


def _years(figure: Any, series: Any, top: float) -> None:
    """A panel: its name, and between the first and the last value what lies between, on a scale that the change fills."""
    tall, margin = figure.get_figheight(), EDGE / WIDTH
    given = {year: value for year, value in series.values.items() if not value.missing}
    ends = min(given), max(series.values)
    first, last = (f"{year}年\n{series.values[year].shown.partition('（')[0]}" for year in ends)
    left, right = (EDGE * 3 + max(map(_width, text.split("\n"))) for text in (first, last))
    figure.text(margin, top, series.label, va="top")
    figure.text(margin, top - 0.4 / tall, first, va="center")
    figure.text(1 - margin, top - 0.4 / tall, last, va="center", ha="right")
    axes = figure.add_axes((left / WIDTH, top - 0.56 / tall, max(0.1, 1 - (left + right) / WIDTH), 0.34 / tall))
    for year, value in given.items():
        axes.plot([year, year], _reach(value), color=OPEN, linewidth=6, solid_capstyle="butt")
        if value.value is not None:
            axes.plot(year, float(value.value), "o", color=CERTAIN, markersize=4, clip_on=False)
        if year - 1 in given and year not in series.breaks:
            band = zip(_reach(given[year - 1]), _reach(value), strict=True)
            axes.fill_between([year - 1, year], *band, color=OPEN, alpha=0.6, linewidth=1, zorder=0)
    axes.margins(0.2)
    axes.set_xlim(ends[0] - 0.4, ends[1] + 0.4)
    axes.set_axis_off()
