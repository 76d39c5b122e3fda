"""Prose: Markdown with `{{ … }}`, filled with quantities that keep their lineage (`%%prose` cells, captions, notes).

Only named quantities and words may be filled in; a number that is computed without a name or typed is an error, and so is an unknown
name. Cells are trusted and get Jinja in its sandbox; text of data gets a substitution of names and nothing else. A sentence that rests on a
figure which was not reported is left out; a cell of which nothing remains is hollow.
"""

import operator
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import jinja2
from jinja2 import meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from lib.cells import MARK, PROSE, Bundle, hover, mark, markdown, plain
from lib.check.expressions import Lexicon, UnknownName, few
from lib.check.relations import evaluated
from lib.edition.report import braces
from lib.edition.rows import SEVERITIES, Finding
from lib.edition.store import rows_in
from lib.numbers.finding import numbers_in
from lib.numbers.quantity import Quantity
from lib.numbers.wording import DOUBT

ABSENT = re.compile("\ue003(.*?)\ue004")
_ITEM = re.compile(r"(?P<prefix>\s*(?:[-+*>#]+|\d+[.)])\s+|)(?P<text>.*)", re.S)
_ROW = re.compile(r"\s*\|")
_APART = re.compile(r"\s*(?:\||(?:[-+*>#]+|\d+[.)])\s|([-=*_])\1\1+\s*$|```|~~~)")
"""What begins a line of its own in Markdown: a row, an item, a rule, a fence."""
_ACTIVE = re.compile(r"\ue000.*?\ue001|[\\`*_\[\]<>#~&|$^]")
"""What Markdown takes for more than text; of a number in marked text, its name is let alone."""
_MEANT = re.compile(
    r"\*\*(?=[^\s*])(?P<strong>[^*]*[^\s*])\*\*|\[(?P<words>[^\[\]]*)\](?P<url>\((?:https?://|mailto:|#)[^()\s]*\))|"
    + _ACTIVE.pattern
)
_LISTED = re.compile(r"^(\d*)([-+=)]|\.(?=\s|$))")
_PREFIX = re.compile(r"(?:\s*(?:[-*+]|\d{1,3}\.|>)\s+(?=\S))*")
_TYPED = "“{}”是直接写上去的{}，没有来历：请写成 {{{{ 指标 }}}}"
_CODE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|\]\([^)]*\)", re.S)
_NAMED = re.compile(r"\{\{\s*((?!_)\w+(?:\.(?!_)\w+)*|[^{}%#|_]*[\u4e00-\u9fff][^{}%#|_]*?)\s*\}\}")
"""`{{ dotted name }}`, or a label."""
_LEANS = re.compile(
    "[据因由为]此|从而|其中|比(?!例|率|赛)|较(?![大好多高少低小])|[同环]比|占(?![地用])|(?:增长|增加|上升|提高|下降|减少|降低|达|为|超过?)[了到至]?"
    + MARK.pattern
)
"""The beginning of a clause that says something of the one before."""
_THUS = re.compile("(?:[据因由为]此|从而)[^\ue000]*$")  # and that of a sentence
_LEADS = re.compile(r"^[^\ue003]*?：(?=一是|其一|第一|首先|[（(]?1[）)、．.](?!\d)|（一）|①)")  # what leads to points
_SIGNS = {"above": operator.gt, "below": operator.lt, "at_least": operator.ge, "at_most": operator.le}


def escaped(text: str) -> str:
    """Text inside a line as Markdown that shows it as it stands."""
    return _ACTIVE.sub(lambda found: found[0] if found[0][0] == "\ue000" else f"\\{found[0]}", text)


def literal(text: str) -> str:
    """A line of data as Markdown that shows it as it stands, also where it begins like a list."""
    return _LISTED.sub(r"\1\\\2", escaped(text.strip()))


def worded(text: str) -> str:
    """Markdown of the unit's own report, in which lists, quotes, tables, **…** and links are meant; all else is text."""
    lines, listed = [], False
    for line in text.split("\n"):
        if _ROW.match(line):
            lines.append("|".join(_MEANT.sub(_meant, cell) for cell in line.split("|")))
            continue
        prefix = _PREFIX.match(line)[0]
        rest = _LISTED.sub(r"\1\\\2", _MEANT.sub(_meant, line[len(prefix) :].strip()))
        prefix = re.sub(r"(?<=\S)\s+", " ", prefix)  # more would be code
        lines.append((prefix if listed else prefix.lstrip()) + rest)
        listed = bool(prefix) or (listed and not rest)
    return "\n".join(lines)


def _meant(found: re.Match) -> str:
    if found["strong"]:
        return f"**{escaped(found['strong'])}**"
    return f"[{escaped(found['words'])}]{found['url']}" if found["url"] else escaped(found[0])


def pieces(text: str, ends: str = "。！？；") -> list[str]:
    """A text cut after these characters, but never inside brackets."""
    return re.findall(rf"(?:（(?:[^（）]|（[^（）]*）)*）|[^{ends}])+[{ends}]?|[{ends}]", text)


class ProseError(ValueError):
    """Something in `{{ … }}` that may not stand in a report."""


def about(quantities: Iterable[Quantity]) -> dict[str, dict[str, Any]]:
    """What readers are told of these quantities, by name."""
    return {quantity.name: quantity.about for quantity in quantities if quantity.name and quantity.told}


class _Unknown(jinja2.StrictUndefined):
    """What stands for an attribute that there is none of: an error as soon as it is used, in Chinese."""

    _undefined_message = property(lambda self: f"没有 {self._undefined_name}")


def cell(source: str, names: Mapping[str, Any]) -> Bundle:
    """A `%%prose` cell. Raises ProseError where a number or a dotted name is typed into it instead of being filled in."""
    text = _CODE.sub("　", source)
    if odd := re.search(r"[｛｝]|\{\{|\}\}|\{%|%\}", text):
        kind = "全角" if odd[0] in "｛｝" else "不成对"
        raise ProseError(f"“{odd[0]}”是{kind}的花括号，应为半角、成对：{{{{ 指标 }}}}")
    if numbers := numbers_in(text):
        raise ProseError(_TYPED.format("、".join(numbers), "数字"))
    if bare := re.search(r"(?<![\w./@])[a-z_]\w*(?:\.[a-z_]\w*)+(?![\w/@])", text, re.ASCII):
        raise ProseError(_TYPED.format(bare[0], "名称"))
    return render(source, names)


def substitute(text: str, known: Mapping[str, Quantity]) -> tuple[str, dict[str, Quantity]]:
    """A text of data, which is not trusted, with its `{{ name or label }}` as marked text, and the quantities used.
    Raises UnknownName for one that is not known, ProseError for anything else between braces."""
    if odd := braces(text, _NAMED):
        raise ProseError(f"{odd}：文字里的花括号只能写一个指标的名称，如 {{{{ mutual_aid.members }}}}")
    there = Lexicon({name: one.label for name, one in known.items()}, (n for n, one in known.items() if one.told))
    try:
        found = {words: there.find(words) for words in _NAMED.findall(text)}
    except UnknownName as error:
        raise UnknownName(f"“{text[:20]}…”：{error}") from error
    return _NAMED.sub(lambda match: marked(known[found[match[1]]]), text), {one: known[one] for one in found.values()}


def marked(quantity: Quantity, why: bool = False) -> str:
    """A value as marked text, or `why` there can be none; the mark of one of which nothing is said."""
    said = quantity.told if why else not quantity.missing
    return mark(quantity.name, quantity.shown) if said else f"\ue003{quantity.label}\ue004"


class _Filler:
    """What may stand between the braces of a cell, as marked text; `used`: the quantities that did, by name."""

    def __init__(self) -> None:
        self.used: dict[str, Quantity] = {}

    def value(self, item: Any, why: bool = False) -> Any:
        if isinstance(item, Quantity):
            if not item.name:
                raise ProseError(f"“{item.formula or item}”还没有名称：请先写成 metric(…) 再放进文字")
            self.used[item.name] = item
            return marked(item, why)
        if isinstance(item, str):
            return escaped(item)
        if isinstance(item, jinja2.Undefined):
            return item
        raise ProseError(f"“{item}”（{type(item).__name__}）没有来历，不能放进文字；只能用指标和词语")

    def listed(self, quantities: Sequence[Quantity]) -> str:
        """Labels and values in a row, or why there can be none; without what is missing, unless all of it is."""
        given = [one for one in quantities if one.told] or quantities
        return "、".join(f"{quantity.label}{self.value(quantity, why=True)}" for quantity in given)

    def caveated(self, quantity: Quantity) -> str:
        """A value, and in brackets what limits it; of a missing one there is nothing to limit."""
        return self.value(quantity) + (f"（{quantity.caveat}）" if quantity.caveat and not quantity.missing else "")

    def change(self, quantity: Quantity) -> str:
        """A change in the words that stand for its sign: 比上年{{ x | change }}."""
        shown = self.value(quantity)
        return mark(quantity.name, quantity.changed) if quantity.changed else shown

    def changes(self, quantities: Iterable[Quantity]) -> str:
        return "、".join(re.sub("(变化|变动率)$", "", one.label) + self.change(one) for one in quantities)


def shortened(body: str, within: str = "") -> str:
    """A line without the sentences that rest on what is missing, or of these without the clauses, which end `within`, and those that lean
    on them; a sentence of which no number remains goes as a whole, and the one before ends where it ended. Points keep what led to them."""
    kept, lead = list[str](), ""
    lost, listed, leans = False, False, _LEANS
    for sentence in pieces(body):
        end = sentence[-1:] if sentence[-1:] in "。！？；" else ""
        bare = sentence.removesuffix(end)
        stay, before = "", len(kept)
        for clause in pieces(bare, within) if within else [bare]:
            leaning = lost and (listed or bool(leans.match(clause)))
            lost, listed = leaning or bool(ABSENT.search(clause)), leaning and clause.endswith(("、", "："))
            stay, leans = stay + clause * (not lost), _LEANS
        near, opening = end == "；", "".join(_LEADS.findall(bare))
        gone = stay != bare and near and not MARK.search(stay.removeprefix(opening))  # what led to it leads to the next
        if stay == bare or (MARK.search(lead + stay) and not (gone and (lead or opening))):
            kept.append((lead + stay).rstrip("，、：" * (stay != bare)) + end)
            lead = ""
        else:
            lead = (lead or opening) * gone
            kept[-1:] = [one if near else re.sub("；$", "。", one) for one in kept[-1:]]
        lost, listed, leans = lost and (near or len(kept) == before), listed and near, _LEANS if near else _THUS
    told = "".join(kept)
    return told if within else re.sub("；$", "。", told.strip())


def without_missing(text: str, shortened: Callable[[str], str] = shortened) -> str:
    """Markdown paragraphs, each line as far as it is not missing: without its sentences, or as `shortened` says. Of a row
    of a table a dash stands for it; a list of which items go begins with the number that it began with."""
    kept = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        lines: list[str] = []
        for line in paragraph.splitlines():
            new = not lines or _APART.match(line) or lines[-1].endswith(("  ", "\\"))
            lines = [*lines, line] if new else [*lines[:-1], lines[-1].rstrip() + line.strip()]
        remaining, first = [], ""
        for line in lines:
            prefix, body = _ITEM.fullmatch(line).group("prefix", "text")
            absent = ABSENT.search(body)
            if _ROW.match(line):
                body = ABSENT.sub("—", body)
            elif absent:
                body = shortened(body)
            if prefix.strip()[:1].isdigit():
                first = first or prefix
                prefix = prefix if remaining else first
            if body or not absent:
                remaining.append(prefix + body)
        kept += ["\n".join(remaining)] * bool(remaining) + [""] * bool(lines and not body and _APART.match(lines[-1]))
    # a gap is where items went: what leads to such alone goes too
    told = re.sub(r"(?<![^\n])[^\n\ue000]*：\n{4,}(?![\n\d（*+-])", "", "\n\n".join([*kept, ""]))
    return re.sub(r"\n{3,}", "\n\n", told).strip("\n")


def hollow() -> Bundle:
    """What a cell shows of which nothing remains, because what it would say was not reported: the report is silent about it."""
    told = bundle("", {})
    told.data[PROSE]["hollow"] = True
    return told


def render(source: str, names: Mapping[str, Any]) -> Bundle:
    """A prose cell as shown everywhere. Raises ProseError or UnknownName. `a is above b`, `below`, `at_least`, `at_most` hold where
    the bounds leave no doubt; where none does, it cannot be said."""
    given = {name: names[name] for name in names if not name.startswith("_")}
    filler = _Filler()
    spaces = {"trim_blocks": True, "lstrip_blocks": True}
    sandbox = ImmutableSandboxedEnvironment(finalize=filler.value, undefined=_Unknown, **spaces)
    sandbox.filters |= {name: getattr(filler, name) for name in ("listed", "caveated", "change", "changes")}
    sandbox.tests |= {name: lambda a, b, holds=holds: holds(a, b).certainly for name, holds in _SIGNS.items()}
    for name in sorted(meta.find_undeclared_variables(sandbox.parse(source)) - given.keys() - sandbox.globals.keys()):
        raise UnknownName.among(name, [*given][::-1])
    text = without_missing(sandbox.from_string(source).render(given))
    silent = filler.used and not any(one.told for one in filler.used.values())
    return hollow() if silent or (not text and "{{" in source) else bundle(text, about(filler.used.values()))


def bundle(text: str, values: dict[str, dict[str, Any]]) -> Bundle:
    """Marked Markdown with what is known of its values; the names in its marks are escaped, as Markdown reads them too."""
    text = re.sub("\ue000(.*?)\ue001", lambda found: f"\ue000{escaped(found[1])}\ue001", text)
    page = hover(markdown()(text), values)
    return Bundle({PROSE: {"markdown": text, "values": values}, "text/html": page, "text/markdown": plain(text)})


def notes(book: Any, *kinds: str, section: str = "", opening: str = "") -> Bundle:
    """The analyst's words of these kinds (measure, problem, cause, remedy, use, other), of one section or all, as a list."""
    chosen = [row for row in book.edition.table("notes") if row["kind"] in kinds and section in ("", row["section"])]
    text, used = substitute("\n".join(row["text"] for row in chosen if row["text"].strip()), book.known)
    listed = "\n".join(f"- {literal(line)}" for line in text.split("\n"))
    return bundle(opening + without_missing(listed), about(used.values())) if text else hollow()


def measures(book: Any) -> Bundle:
    """主要措施: what was done in the section of this chapter, in the analyst's words, under the section's heading of that year."""
    heading = (book.edition.source.get("sections") or {}).get(book.name)
    return notes(book, "measure", section=book.name, opening=f"围绕“{escaped(heading)}”：\n\n" if heading else "")


def quality(book: Any) -> Bundle:
    """数据质量 in one line: what the checks found in all chapters, by weight; two annexes tell it."""
    found = [one for one in book.edition.saved(Finding) if one.status != "settled"]
    counts = {word: sum(one.severity == name for one in found) for name, word in SEVERITIES.items()}
    told = "、".join(f"{word}{count}项" for word, count in counts.items() if count)
    told = f"核对后尚有{told}" if told else "核对没有发现问题"
    told += f"，标{DOUBT}的数字存疑" if any(figure.doubt for figure in book.figures.values()) else ""
    annexes = ["数据质量说明", *(["各章核对的发现"] if later(book) else [])]
    return bundle(f"数据质量：{told}，详见{'、'.join(f'[{name}](#{name})' for name in annexes)}。", {})


def later(book: Any) -> list[Finding]:
    """What the chapters found while they computed; what is told of the years stands there."""
    folders = book.edition.folders("findings", "91_trend")[1:]
    return [Finding.of(row) for folder in folders for row in rows_in(folder, "findings")]


def judged(book: Any) -> Bundle:
    """How many relations could be evaluated, for want of what the others not; all is well only where nearly all could be."""
    clean = all(one.status == "settled" for one in book.findings)
    done, lacking = evaluated(book.edition, book.figures.values())
    if not done:
        return bundle("本版没有可以核对的关系，数字之间是否吻合未经核对。", {})
    labels = list(dict.fromkeys(label for blank in lacking.values() for label in blank))
    rest = f"，其余{len(lacking)}项因缺少{few(labels, '等{}个数字')}而未能核对" if lacking else ""
    well = "各项核对均未发现问题。" if len(lacking) * 10 <= done else "核对了的未发现问题。"
    return bundle(f"适用的核对关系{done + len(lacking)}项，核对了{done}项{escaped(rest)}。{well * clean}", {})


def uncomputed(book: Any) -> Bundle:
    """The metrics of this notebook that the figures given do not suffice for, and what is missing; not what nobody asked for."""
    why: dict[str, list[str]] = {}
    for one in (book.known[name] for name in book.metrics):
        blank = [book.known[name].label for name in one.inputs if book.known[name].missing]
        silent = any(name in book.figures and book.figures[name].status == "silent" for name in one.inputs)
        if one.missing and not silent and len(blank) < len(one.inputs):
            reason = f"没有报告{'、'.join(blank)}" if blank else one.shown.partition("（")[2].removesuffix("）")
            why.setdefault(reason, []).append(one.label)
    said = "；".join(f"{reason}，无从计算{'、'.join(labels)}" for reason, labels in why.items())
    return bundle(escaped(f"{said}。"), {}) if said else hollow()


def missing(book: Any) -> Bundle:
    """What the source was asked for and did not give, an item of the base table once; and what of it was not transcribed."""
    blank = dict.fromkeys(figure.item for figure in book.figures.values() if figure.status == "missing")
    listed = "、".join(f"“{part}”" for part in book.edition.source.get("covers") or [])
    said = [f"未提供（来源列有此项，没有数字）：{'、'.join(blank)}。"] if blank else []
    said += [f"本版登记了来源的{listed}部分，其余部分本版未登记，不在此说明。"] if listed else []
    return bundle("\n\n".join(map(escaped, said)), {}) if said else hollow()
