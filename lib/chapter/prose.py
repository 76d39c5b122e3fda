"""Prose: Markdown with `{{ … }}`, filled with quantities that keep their lineage (`%%prose` cells, captions, notes).

Only named quantities and words may be filled in; a number that is computed without a name or typed is an error, and so is an unknown
name. Cells are trusted and get Jinja in its sandbox; text of data gets a substitution of names and nothing else. A sentence that rests on a
figure which was not reported is left out; a cell of which nothing remains says what was not provided.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import jinja2
import mistune
from jinja2.sandbox import ImmutableSandboxedEnvironment

from lib.cells import PROSE, Bundle, hover, mark, plain
from lib.edition.edition import notebooks
from lib.edition.rows import SEVERITIES, Finding
from lib.numbers import notation
from lib.numbers.quantity import Quantity

_ABSENT = re.compile("\ue003(.*?)\ue004")
_SENTENCE = re.compile("(?<=[。！？；])")
_ITEM = re.compile(r"(?P<prefix>\s*(?:[-*>#]+|\d+\.)\s+|)(?P<text>.*)", re.S)


class ProseError(ValueError):
    """Something in `{{ … }}` that may not stand in a report."""


class UnknownName(LookupError):
    """A name in a cell or a text that no figure and no metric has; not an AttributeError, which Jinja would swallow."""


def nearest(name: str, there: Iterable[str]) -> str:
    """The name that was probably meant; nothing if none is like it."""
    return next(iter(get_close_matches(name, list(there), n=1, cutoff=0.5)), "")


def unknown(name: str, known: Collection[str]) -> UnknownName:
    """What is told of a name that is not known: the nearest, and its siblings, or all there are if it has none."""
    there = [other for other in known if other.startswith(f"{name.rpartition('.')[0]}.")] or known
    guess = f"是不是 {near}？" if (near := nearest(name, there)) else ""
    return UnknownName(f"没有 {name}。{guess}有 {'、'.join(there)}")


def about(quantities: Iterable[Quantity]) -> dict[str, dict[str, Any]]:
    """What readers are told of these quantities, by name."""
    return {quantity.name: quantity.about for quantity in quantities if quantity.name and not quantity.missing}


class _Unknown(jinja2.StrictUndefined):
    """What stands for a name that the notebook does not have: an error in Chinese as soon as it is used."""

    def __init__(self, hint: str | None = None, obj: Any = None, name: str | None = None, exc: type | None = None):
        super().__init__(hint, obj, name, UnknownName)

    @property
    def _undefined_message(self) -> str:
        return f"没有 {self._undefined_name}：{{{{ … }}}} 里只能用这个笔记本里的名称"


_TYPED = "“{}”是直接写上去的{}，没有来历：请写成 {{{{ 指标 }}}}"
_CODE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|\]\([^)]*\)", re.S)


def cell(source: str, names: Mapping[str, Any]) -> Bundle:
    """A `%%prose` cell. Raises ProseError where a number or a dotted name is typed into it instead of being filled in."""
    text = _CODE.sub("　", source)
    if wide := re.search("[｛｝]", text):
        raise ProseError(f"“{wide[0]}”是全角的花括号，应为半角：{{{{ 指标 }}}}")
    if numbers := notation.numbers_in(text):
        raise ProseError(_TYPED.format("、".join(numbers), "数字"))
    if bare := re.search(r"(?<![\w./@])[a-z_]\w*(?:\.[a-z_]\w*)+(?![\w/@])", text, re.ASCII):
        raise ProseError(_TYPED.format(bare[0], "名称"))
    return render(source, names)


_CERTAIN = {
    "above": lambda a, b: (a > b).certainly,
    "below": lambda a, b: (a < b).certainly,
    "at_least": lambda a, b: (a >= b).certainly,
    "at_most": lambda a, b: (a <= b).certainly,
}
_FILLED = re.compile(r"\{\{\s*((?!_)\w+(?:\.(?!_)\w+)*)\s*\}\}")


def substitute(text: str, known: Mapping[str, Quantity]) -> tuple[str, dict[str, Quantity]]:
    """A text of data with its `{{ name }}` as marked text, and the quantities used. Names alone: such text is not trusted.

    Raises UnknownName for one that is not known, ProseError for anything else between braces.
    """
    used = {}

    def found(match: re.Match) -> str:
        if match[1] not in known:
            raise UnknownName(f"“{text[:20]}…”：{unknown(match[1], known)}")
        used[match[1]] = known[match[1]]
        return _marked(known[match[1]])

    if fault := braces(text):
        raise ProseError(fault)
    return _FILLED.sub(found, text), used


def braces(text: str) -> str:
    """What is wrong between the braces of a text of data: anything but a name; nothing if all is well."""
    rest = _FILLED.sub("", text)
    odd = re.search(r"\{[{%#].{0,20}|[%}#]\}|[｛｝]", rest)
    return f"“{odd[0]}”：文字里的花括号只能写一个指标的名称，如 {{{{ mutual_aid.members }}}}" if odd else ""


def _marked(quantity: Quantity) -> str:
    return f"\ue003{quantity.label}\ue004" if quantity.missing else mark(quantity.name, quantity.shown)


def fill(source: str, names: Mapping[str, Any]) -> tuple[str, dict[str, dict[str, Any]]]:
    """Marked text, and what is known of its values. Raises ProseError or UnknownName.

    `a is above b`, `below`, `at_least`, `at_most` hold where the bounds leave no doubt; where none does, it cannot be said.
    """
    used: dict[str, Quantity] = {}

    def finalize(item: Any) -> Any:
        if isinstance(item, Quantity):
            if not item.name:
                raise ProseError(f"“{item.formula or item}”还没有名称：请先写成 metric(…) 再放进文字")
            used[item.name] = item
            return _marked(item)
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

    def caveated(quantity: Quantity) -> str:
        """A value, and in brackets what limits it."""
        return f"{finalize(quantity)}（{quantity.caveat}）" if quantity.caveat else finalize(quantity)

    options: dict[str, Any] = {"undefined": _Unknown, "trim_blocks": True, "lstrip_blocks": True}
    environment = ImmutableSandboxedEnvironment(finalize=finalize, **options)
    environment.filters |= {"listed": listed, "reported": reported, "caveated": caveated}
    environment.tests |= _CERTAIN
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


def absent_section(figures: Sequence[Any]) -> Bundle:
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


def notes(book: Any, *kinds: str, section: str = "", opening: str = "") -> Bundle:
    """The analyst's words of these kinds (measure, problem, cause, remedy, use, other), of one section or all, as a list."""
    chosen = [row for row in book.edition.table("notes") if row["kind"] in kinds and section in ("", row["section"])]
    text, used = substitute("\n".join(f"- {row['text']}" for row in chosen) or "本年度未提供。", book.known)
    return _bundle(opening + _without_missing(text), about(used.values()))


def measures(book: Any) -> Bundle:
    """主要措施: what was done in the section of this chapter, in the analyst's words."""
    heading = (book.edition.source.get("sections") or {}).get(book.name)
    said = f"本章对应来源的“{heading}”部分，" if heading else ""
    return notes(book, "measure", section=book.name, opening=f"{said}主要措施如下。\n\n")


def findings(book: Any) -> Bundle:
    """What the checks left open, as the box 数据质量说明."""
    found = book.edition.saved(Finding)
    told = [f"{SEVERITIES[one.severity]}：{one.message}。" for one in found if one.status == "open"]
    settled = ["来源中的差错已更正，见附件的更正记录。"] if len(told) < len(found) else []
    lines = settled + told or ["各项核对均未发现问题。"]
    return _bundle("> **数据质量说明**\n>\n" + "\n".join(f"> - {line}" for line in lines), {})


def missing(book: Any) -> Bundle:
    """The list of what the edition does not have: figures of the dictionary, and parts of a full report."""
    lacking = [figure for figure in book.figures.values() if not figure.bounds]
    given = {figure.section for figure in book.figures.values() if figure.bounds}
    titles = {notebook.section: notebook.title for notebook in notebooks(book.edition.root).values()}
    whole = [figure.section for figure in lacking if figure.section not in given]
    figures = [f"{titles.get(section, section)}的全部数据" for section in dict.fromkeys(whole)]
    # an item of the base table once, whichever of its columns are blank
    figures += dict.fromkeys(figure.item for figure in lacking if figure.section in given)
    kinds = {row["kind"] for row in book.edition.table("notes")}
    parts = [part for kind, part in _PARTS.items() if kind not in kinds]
    lines = [f"- 数据：{'、'.join(figures)}。" if figures else "- 数据：指标字典所列各项均已提供。"]
    lines += [f"- 文字：{'、'.join(parts)}。"] if parts else []
    return _bundle("\n".join(lines), {})


_PARTS = {
    "overview": "部门（单位）基本情况",
    "problem": "存在的问题",
    "cause": "问题的原因",
    "remedy": "改进措施",
    "use": "结果应用和公开",
    "other": "其他需要说明的事项",
}
