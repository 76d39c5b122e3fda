"""What every form shares: the exporter, dates, lines of a title, widths of columns, sizes of charts."""

import re
from collections.abc import Callable
from math import ceil, inf
from operator import truediv
from typing import Any, ClassVar

from nbconvert.exporters.exporter import Exporter

from lib.cells import plain
from lib.edition.card import Card
from lib.publish.blocks import em
from lib.publish.document import Chart, Document, DocumentError, Table, read

WIDTH, HEIGHT, PITCH = 442.2, 637.8, 28.95  # pt: 156 mm, 225 mm, and one line of the grid
SIZES = (10.5, 9)  # pt: 五号 小五, for tables
LONG = 20  # rows of an official form that is set small, to stay on its page
INSET = (6, 3)  # pt: on either side of a cell's text, and in an official form
WORD = 18  # em: of a longer word a column does not take account, it is broken
TITLE = 20  # characters of 二号 in a line


class Form(Exporter):
    """An nbconvert exporter of ours: as `jixiao-<extension>` it makes `report.<extension>`, as `jixiao-<name>-<extension>` that."""

    label: ClassVar[str]  # of its download
    place: ClassVar[int] = 9  # of it among the others
    make: Callable[[Document], str | bytes]  # the document in this form; raises DocumentError for what it cannot show

    def from_notebook_node(self, nb: Any, resources: Any = None, **kw: Any) -> tuple[Any, dict[str, Any]]:
        """The form and nbconvert's resources, in which forms of one report leave each other the document."""
        resources = {} if resources is None else resources  # no preprocessor copies and validates every cell
        if "document" not in resources:
            resources["document"] = read(nb)
        return self.make(resources["document"]), self._init_resources(resources)


def day(iso: str) -> str:
    """2021-03-31 → 2021年3月31日; what is no such date stays as it is."""
    read = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", iso)
    return "{}年{}月{}日".format(*map(int, read.groups())) if read else iso


def one_line(text: str) -> str:
    """Text without tabs and line breaks. Raises DocumentError for what XML and fonts cannot hold."""
    if found := re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", text):
        raise DocumentError(f"“{text[:40]}”里有控制字符 U+{ord(found[0]):04X}，请从来源中删去")
    return re.sub(r"[\t\n\r]+", " ", text)


def title_lines(title: str) -> list[str]:
    """A title in as few lines as it needs: two of them meet at 年度 where they can, else all are of like length."""
    count = ceil(len(title) / TITLE)
    head, year, tail = title.partition("年度")
    if count == 2 and max(len(head + year), len(tail)) <= TITLE:
        return [head + year, tail]
    length = ceil(len(title) / count)
    return [title[start : start + length] for start in range(0, len(title), length)]


def closing(card: Card) -> list[tuple[str, str]]:
    """The lines of 引用与联系: label and text."""
    where = "，".join(filter(None, (card.cited, day(card.source["published"]), card.source["url"])))
    revisions = [("修订说明：", f"{day(note['date'])}：{note['text']}") for note in card.revision_notes]
    return [("引用：", card.citation), ("来源：", f"{where}。"), *revisions, ("联系：", card.contact)]


def chart_size(chart: Chart, tallest: float = inf) -> tuple[float, float]:
    """Width and height of a chart in pt, made smaller where the page is; DocumentError if its labels need a face."""
    size = re.search(r'<svg[^>]*viewBox="[\d.]+ [\d.]+ ([\d.]+) ([\d.]+)"', chart.svg)
    if size is None or "<text" in chart.svg:
        raise DocumentError(f"{chart.number}：应为有 viewBox、文字已转为路径的 SVG")
    width, height = map(float, size.groups())
    scale = min(1, WIDTH / width, tallest / height)
    return round(width * scale, 2), round(height * scale, 2)


def fit(table: Table, line: float = WIDTH) -> tuple[float, list[float], int]:
    """Type size in pt, widths that the columns need in pt, and lines of text in all, the head among them.

    Every column has room for its longest word, one of numbers for ten em if it needs so much; the head of an official form may
    take two lines. A merged cell counts once. What room is left goes to the columns with much text, but less than in proportion, as
    rows are as tall as their tallest cell. The first size serves where rows take 1.5 lines on average and a form is not `LONG`.
    Where that is too wide for the line, the page is turned: the widths are more than `WIDTH` then.
    """
    cells = zip(table.texts, table.spans, strict=True)
    rows = [[text * bool(n) for text, n in zip(*row, strict=True)] for row in cells]
    columns = list(zip(*rows, strict=True))
    full = [list(map(em, column)) for column in columns]
    wanted = [sum(width**2 for width in column) ** 0.375 for column in full]
    least = []
    for column, texts, widths in zip(table.columns, columns, full, strict=True):
        words = set(re.findall(r"[−!-~]+[万亿]?元?—?|.", "\n".join(texts)))
        head = ceil(widths[0] / 2) if table.official or line > WIDTH else widths[0]
        some = min(10 if column.numeric else 4 * (line > WIDTH), max(widths[line > WIDTH :], default=0))
        least.append(max(some, head, *(min(WORD, em(word)) for word in words)))
    for size, enough in zip(SIZES, (0 if table.official and len(table.rows) > LONG else 1.5, inf), strict=True):
        inset, widths = 2 * INSET[table.official] / size, least.copy()
        room = line / size - inset * len(widths) - 0.1  # so that no column is a hair too narrow
        while narrow := [n for n, width in enumerate(widths) if width < max(full[n])]:
            if sum(widths) + 0.5 > room:
                break
            widths[max(narrow, key=lambda n: wanted[n] / widths[n])] += 0.5
        lines = sum(max(map(ceil, map(truediv, row, widths))) for row in zip(*full, strict=True))
        if sum(widths) <= room and lines <= enough * len(rows):
            break
    if sum(widths) > room and line == WIDTH:
        return fit(table, HEIGHT)
    return size, [(width + inset) * size for width in widths], lines


def caption(block: Table | Chart) -> str:
    """The number and the words above a table, below a chart."""
    return f"{block.number}　{plain(block.caption)}"
