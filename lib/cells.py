"""What a cell shows: MIME bundles with something for JupyterLab and a structured part that every exporter reads.

| MIME type                            | structured part                                                         |
|--------------------------------------|-------------------------------------------------------------------------|
| application/vnd.jixiao.edition+json  | the edition's card: unit, year, title, status, revision, citation …     |
| application/vnd.jixiao.prose+json    | `markdown` with marks, `values`: reference → how the number came about; |
|                                      | `hollow` if nothing remains of it                                       |
| application/vnd.jixiao.table+json    | `caption`, `columns`, `rows` of marked text, `anchors`, `values`; for an |
|                                      | official form `look` ("official") and `merged`, see `spans`; `drawn`:    |
|                                      | row → ends of this year's number, last year's and the plan, parts of 1  |
| application/vnd.jixiao.chart+json    | `caption`, `alt`, `rows`; the picture stands beside it as image/svg+xml |

A number in marked text is `\\ue000reference\\ue001shown\\ue002`; `values[reference]` says where it comes from.
"""

import html
import re
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path
from typing import Any

EDITION, PROSE, TABLE, CHART = map("application/vnd.jixiao.{}+json".format, ("edition", "prose", "table", "chart"))
WHEEL = Path(find_spec("pylopdf_fonts_zh_cn").submodule_search_locations[0], "NotoSansSC-Regular.otf").resolve()
"""The face that charts bring; with the serif beside it, it sets the PDF where the system has nothing better."""
MARK = re.compile("\ue000(.*?)\ue001(.*?)\ue002", re.S)


def mark(reference: str, shown: str) -> str:
    """A number as marked text, so that it keeps its lineage through Markdown and tables."""
    return f"\ue000{reference}\ue001{shown}\ue002"


def plain(text: str) -> str:
    """Marked text as a reader sees it."""
    return MARK.sub(r"\2", text)


def _strong(inline: Any, found: re.Match, state: Any) -> int:
    inner = state.copy()
    inner.src = found["strong"]
    state.append_token({"type": "strong", "children": inline.render(inner)})
    return found.end()


@cache
def markdown(renderer: str = "html") -> Any:
    """What reads Markdown, for JupyterLab and for every form alike: markup in it is text, and **中文。**后接 is strong. What no
    form shows is read as well (footnotes, $…$, tables in lists), so that it can be refused instead of getting lost."""
    import mistune

    tables = ["table", "mistune.plugins.table.table_in_quote", "mistune.plugins.table.table_in_list"]
    plugins = [*tables, "strikethrough", "footnotes", "math"]
    made = mistune.create_markdown(escape=True, renderer=renderer, plugins=plugins)
    made.inline.register("cjk_strong", r"\*\*(?=[^\s*])(?P<strong>[^*]*[^\s*\\])\*\*", _strong, before="emphasis")
    return made


def spans(rows: Sequence[Sequence[Any]], merged: int) -> list[list[int]]:
    """How many rows each cell takes where equal neighbours in the first `merged` columns are one cell, a column only within what
    the one before it has merged; 0: it is in the one above."""
    found = [[1] * len(row) for row in rows]
    for column in range(merged):
        for _, (first, *below) in groupby(range(len(rows)), key=lambda n: rows[n][: column + 1]):
            found[first][column] += len(below)
            for n in below:
                found[n][column] = 0
    return found


def hover(page: str, values: dict[str, dict[str, Any]]) -> str:
    """HTML with marks, for JupyterLab: every number answers to the mouse with its formula and its source."""

    def element(found: re.Match) -> str:
        about = values[html.unescape(found.group(1))]
        title = "\n".join(filter(None, (about["formula"], about["bounds"], *about["sources"], about["caveat"])))
        return f'<data value="{found.group(1)}" title="{html.escape(title)}">{found.group(2)}</data>'

    return MARK.sub(element, page)


class Bundle:
    """What a cell's last line shows; `data` maps MIME type to content."""

    def __init__(self, data: dict[str, Any]):
        self.data = data

    def __repr__(self) -> str:  # what IPython adds as text/plain: never an address
        return self.data.get("text/plain") or self.data["text/markdown"]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return self.data
