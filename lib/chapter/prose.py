"""Prose: Markdown with `{{ … }}`, filled with quantities that keep their lineage (`%%prose` cells, captions, notes).

Only named quantities and words may be filled in; a bare number is an error, and so is an unknown name. A sentence that rests on a
figure which was not reported is left out; a cell of which nothing remains says what was not provided.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import jinja2
import mistune

from lib.cells import PROSE, Bundle, hover, mark, plain
from lib.edition.edition import SEVERITIES
from lib.numbers.quantity import Quantity

_ABSENT = re.compile("\ue003(.*?)\ue004")
_SENTENCE = re.compile("(?<=[。！？；])")
_ITEM = re.compile(r"(?P<prefix>\s*(?:[-*>#]+|\d+\.)\s+|)(?P<text>.*)", re.S)


class ProseError(ValueError):
    """Something in `{{ … }}` that may not stand in a report."""


class Served:
    """The section whose names prose cells may use; one per kernel."""

    book: Any = None


def serve(book: Any) -> None:
    """Make the cell magic `%%prose` speak of this section."""
    from IPython import get_ipython

    Served.book = book
    if shell := get_ipython():
        shell.register_magic_function(lambda line, cell: render(cell, shell.user_ns), "cell", "prose")


def about(quantities: Iterable[Quantity]) -> dict[str, dict[str, Any]]:
    """What readers are told of these quantities, by name."""
    return {
        quantity.name: Served.book.about(quantity) for quantity in quantities if quantity.name and not quantity.missing
    }


def fill(source: str, names: Mapping[str, Any]) -> tuple[str, dict[str, dict[str, Any]]]:
    """Marked text, and what is known of its values. Raises ProseError or jinja2.UndefinedError."""
    used: dict[str, Quantity] = {}

    def finalize(item: Any) -> Any:
        if isinstance(item, Quantity):
            if not item.name:
                raise ProseError(f"“{item.formula or item}”还没有名称：请先写成 metric(…) 再放进文字")
            used[item.name] = item
            return f"\ue003{item.label}\ue004" if item.missing else mark(item.name, item.shown)
        if isinstance(item, str | jinja2.Undefined):
            return item
        raise ProseError(f"“{item}”（{type(item).__name__}）没有来历，不能放进文字；只能用指标和词语")

    def reported(quantities: Iterable[Quantity]) -> list[Quantity]:
        return [quantity for quantity in quantities if not quantity.missing]

    def listed(quantities: Iterable[Quantity]) -> str:
        """Labels and values in a row, without what is missing, unless all of it is."""
        quantities = list(quantities)
        given = reported(quantities) or quantities
        return "、".join(f"{quantity.label}{finalize(quantity)}" for quantity in given)

    environment = jinja2.Environment(
        undefined=jinja2.StrictUndefined, finalize=finalize, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"listed": listed, "reported": reported}
    text = environment.from_string(source).render({name: names[name] for name in names if not name.startswith("_")})
    return _without_missing(text), about(used.values())


def _without_missing(text: str) -> str:
    """Markdown paragraphs on one line each, without the sentences that rest on what is missing."""
    gone, kept = [], []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        lines: list[str] = []
        for line in paragraph.splitlines():
            new = not lines or _ITEM.fullmatch(line)["prefix"].strip()
            lines = [*lines, line.rstrip()] if new else [*lines[:-1], lines[-1] + line.strip()]
        remaining = []
        for line in lines:
            prefix, body = _ITEM.fullmatch(line).group("prefix", "text")
            sentences = _SENTENCE.split(body)
            stay = [sentence for sentence in sentences if not _ABSENT.search(sentence)]
            gone += _ABSENT.findall(body)
            if len(stay) == len(sentences):
                remaining.append(line)
            elif "".join(stay).strip():
                remaining.append(prefix + re.sub("；$", "。", "".join(stay).strip()))
        kept += ["\n".join(remaining)] if remaining else []
    return "\n\n".join(kept) if kept or not gone else _absence(gone)


def _absence(labels: Iterable[str]) -> str:
    return f"本年度未提供：{'、'.join(dict.fromkeys(labels))}。"


def absent(labels: Iterable[str]) -> Bundle:
    """The sentence that stands where a year has no figures."""
    return _bundle(_absence(labels), {})


def absent_section(figures: Sequence[Quantity]) -> Bundle:
    """The sentence that stands for a whole section of which a year has no figure: the report leaves out what follows."""
    told = _bundle(f"本年度未提供本部分所需的数据（共{len(figures)}项），从略。", {})
    told.data[PROSE]["absent"] = True
    return told


def render(source: str, names: Mapping[str, Any]) -> Bundle:
    """A prose cell as shown in JupyterLab, in the executed notebook and on the page."""
    return _bundle(*fill(source, names))


def _bundle(text: str, values: dict[str, dict[str, Any]]) -> Bundle:
    page = hover(mistune.html(text), values)
    return Bundle({PROSE: {"markdown": text, "values": values}, "text/html": page, "text/markdown": plain(text)})


def notes(*kinds: str, section: str = "") -> Bundle:
    """The analyst's words of these kinds (measure, problem, cause, remedy, use, other), of one section or all, as a list."""
    book = Served.book
    table = book.edition.table("notes")
    chosen = table[table["kind"].isin(kinds) & (table["section"].eq(section) if section else True)]
    groups = {name.partition(".")[0]: getattr(book, name.partition(".")[0]) for name in book.known}
    return render("\n".join(f"- {text}" for text in chosen["text"]) or "本年度未提供。", groups)


def findings() -> Bundle:
    """What the checks left open, as the box 数据质量说明."""
    table = Served.book.edition.saved("findings")
    told = [
        f"{SEVERITIES[row['severity']]}：{row['message']}。"
        for row in table.to_dict("records")
        if row["status"] == "open"
    ]
    settled = ["来源中的差错已更正，见附件的更正记录。"] if (table["status"] == "settled").any() else []
    lines = settled + told or ["各项核对均未发现问题。"]
    return _bundle("> **数据质量说明**\n>\n" + "\n".join(f"> - {line}" for line in lines), {})


def missing() -> Bundle:
    """The list of what the edition does not have: figures of the dictionary, and parts of a full report."""
    book = Served.book
    lacking = [quantity for quantity in book.figures if quantity.missing]
    parts = Counter(book.section_of(quantity.name) for quantity in book.figures)
    gone = Counter(book.section_of(quantity.name) for quantity in lacking)
    whole = [part for part in parts if parts[part] == gone[part]]
    figures = [f"{SECTIONS[part]}的全部数据" for part in whole]
    single = [quantity for quantity in lacking if book.section_of(quantity.name) not in whole]
    figures += dict.fromkeys(  # an item of the base table once, whichever of its columns are blank
        quantity.label.partition("（")[0] if quantity.name.startswith("budget.") else quantity.label
        for quantity in single
    )
    kinds = set(book.edition.table("notes")["kind"])
    parts = [part for kind, part in _PARTS.items() if kind not in kinds]
    lines = [f"- 数据：{'、'.join(figures)}。" if figures else "- 数据：指标字典所列各项均已提供。"]
    lines += [f"- 文字：{'、'.join(parts)}。"] if parts else []
    return _bundle("\n".join(lines), {})


SECTIONS = {
    "services": "服务职工",
    "workforce": "产业工人队伍",
    "organising": "组织建设",
    "assets": "资产与经费",
    "recovery": "服务中心工作",
    "budget": "支出情况",
}
_PARTS = {
    "overview": "部门（单位）基本情况",
    "problem": "存在的问题",
    "cause": "问题的原因",
    "remedy": "改进措施",
    "use": "结果应用和公开",
    "other": "其他需要说明的事项",
}
