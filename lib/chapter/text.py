"""The unit's own words: a chapter of `report.md` with its numbers filled in, its tables and charts; and the metrics it defines.

What is missing takes its clause with it, not its sentence, also where it cannot be computed: tables say why. All of it is data: names are looked up, nothing is run.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain, repeat
from typing import Any

from lib.cells import MARK, PROSE, Bundle, mark
from lib.chapter import charts, prose, tables
from lib.chapter.chapter import metric
from lib.check.expressions import Lexicon, UnknownName, evaluate
from lib.edition import report
from lib.edition.dictionary import PRINTED, cell
from lib.edition.notebooks import sections, unnumbered
from lib.edition.report import FILLED, Block, Part
from lib.edition.store import InputError
from lib.numbers import notation
from lib.numbers.quantity import Quantity
from lib.numbers.wording import DOUBT, amount, whole

shortened = partial(prose.shortened, within="，、：")
"""A line of the unit's own words without the clauses that rest on what is missing."""


def lexicon(book: Any) -> Lexicon:
    """What labels and dotted names stand for in a notebook."""
    silent = {name for name, figure in book.figures.items() if figure.status == "silent"}
    return Lexicon({name: one.label for name, one in book.known.items()}, book.known.keys() - silent)


def compute(book: Any) -> None:
    """Record the metrics of the unit's metrics.csv. Raises InputError that names the rows where it cannot, when the others are done."""
    errors: list[InputError] = []
    for row in book.edition.table("metrics"):
        label, formula, caveat = row["label"], row["formula"], row["caveat"]
        try:
            computed = evaluate(lexicon(book).expression(formula), book.known, caveat)
            book.record(row["metric"], metric(label, computed, caveat))
        except (UnknownName, SyntaxError, ValueError) as error:
            expected, todo = "由指标的名称、数和 + − × ÷（ ）组成的算式", "改正 metrics.csv 的这一行"
            errors.append(InputError.at(row, f"{label} = {formula}（{error}）", expected, todo))
    InputError.together(errors)


def chapter(book: Any) -> Part:
    """The chapter that this notebook makes."""
    return report.chapter(book.edition.raw, unnumbered(book.notebook)[1] or 1)


def opens(book: Any, part: Part) -> bool:
    """Whether a chapter is named like a section of the unit's pack: it stands there before the analysis, without a heading of its own."""
    return part.heading in sections(book.edition.root, book.edition.profile.kind)


def heading(book: Any, part: Part) -> Bundle | None:
    """The heading of a chapter, unless it opens a section that has one."""
    return None if opens(book, part) else prose.bundle(f"# {prose.escaped(part.heading)}", {})


def blocks(book: Any, part: Part, years: Callable[..., Bundle]) -> list[Bundle]:
    """The blocks of a chapter as cells show them, without those that are hollow; `years` draws them over the years."""
    deeper = "#" if opens(book, part) else ""
    bundles = (shown(book, block, years, deeper) for block in part.blocks)
    return [one for one in bundles if not one.data.get(PROSE, {}).get("hollow")]


def shown(book: Any, block: Block, years: Callable[..., Bundle], deeper: str = "") -> Bundle:
    """A block of a chapter, in which headings may be `deeper`, as a cell shows it. Raises InputError that names the line of report.md."""
    errors: list[InputError] = []
    found = named(book, block, errors)
    InputError.together(errors)
    if block.level:
        return titled(book, block.text, found, deeper)
    if block.kind == "budget":
        return budget(block.caption, found, list(book.edition.columns.values()))
    if block.rows:
        return grid(book, block, found)
    if block.kind:
        draw = {"table": tables.metrics, "bars": charts.bars, "ranges": charts.ranges, "years": partial(years, book)}
        return draw[block.kind](block.caption, *found.values())
    return filled(book, block.text, found)


def named(book: Any, block: Block, errors: list[InputError]) -> dict[str, Any]:
    """What the names of a block stand for; those that stand for nothing become errors."""
    known, path, found = lexicon(book), book.edition.raw / report.FILE, {}
    for line, words in block.names:
        try:
            found[words] = _items(book, words) if block.kind == "budget" else book.known[known.find(words)]
        except UnknownName as error:
            errors.append(InputError(path, line, f"“{words}”（{error}）", "一个指标的名称", "改正名称，或先登记它"))
    units = {str(one.unit) or "比率" for one in found.values() if block.kind in report.DRAWN and not one.missing}
    if len(units) > 1:
        todo = "分成几张图，或改用 {table}"
        errors.append(InputError(path, block.line, f"单位不同（{'、'.join(sorted(units))}）", "单位相同的指标", todo))
    return found


def grid(book: Any, block: Block, found: dict[str, Quantity]) -> Bundle:
    """A table as it is written out: numbers as the source prints them, a dash where one is missing; hollow where all are."""
    head, *rows = block.rows
    lines = []
    for row in rows:
        said = (f"{block.caption}{head[0]}（{above}）{row[0]}" for above in chain(head, repeat("")))
        alone = (bool(FILLED.fullmatch(cell.strip())) for cell in row)  # in a sentence a number is as it is printed
        cells = ((cell, of * one) for cell, of, one in zip(row, said, alone, strict=False))
        lines.append([FILLED.sub(lambda name, of=of: _of_cell(book, found[name[1]], of), cell) for cell, of in cells])
    given = [one for one in found.values() if not one.missing]
    return prose.hollow() if found and not given else tables.written(block.caption, head, lines, given)


_IN = re.compile(r"[（(：:]\s*(?:人民币)?([百千]?[万亿]?元)(?![^\W\d_])")


def _of_cell(book: Any, one: Quantity, said: str) -> str:
    """A number of a table, without its unit where what is `said` of its cell, its caption, head or row, has it, and in that of money."""
    if one.missing:
        return "—"
    figure = book.figures.get(one.name)
    due = _IN.search(said)
    if due and (table := book.tables.get(one.name)):  # which has 38.20 where the text has 38.2万元
        read = notation.tried(re.sub(r"[^\d.,)）]*$", "", table.printed) + due[1])
        figure = table if read and read.bounds == one.bounds else figure
    shown = figure.printed if figure and figure.status == "reported" else one.shown.removesuffix(DOUBT)
    unit = re.search(r"[^\d.,)）]*$", shown)[0]
    if due and unit.endswith("元") and unit != due[1] and one.bounds.exact:  # the text prints it in 万元
        shown, unit = amount(one.bounds.low / notation.read(f"1{due[1]}").number, 2) + due[1], due[1]
    bare = unit and any(notation.counts(unit, of) for of in re.findall(r"[（(：:]([^\W\d_]+|[^\w\s）)])", said))
    return prose.mark(one.name, shown.removesuffix(unit if bare else "") + DOUBT * bool(one.doubt))


def titled(book: Any, text: str, found: dict[str, Quantity], deeper: str) -> Bundle:
    """A heading with its numbers as the source prints them, a dash where one is missing."""
    told = {name: "—" if one.missing else _as_printed(book, one, "") for name, one in found.items()}
    marks, _, words = text.partition(" ")
    parts = (told[one] if n % 2 else prose.escaped(one) for n, one in enumerate(FILLED.split(words)))
    return prose.bundle(f"{deeper}{marks} {''.join(parts)}", prose.about(found.values()))


def filled(book: Any, text: str, found: dict[str, Quantity]) -> Bundle:
    """Text with its numbers as the source prints them, without the clauses whose number is missing; hollow where none remains."""
    text = FILLED.sub(lambda match: _as_printed(book, found[match[1]], match.string[: match.start()]), text)
    given = [one for one in found.values() if not one.missing]
    if found and not given:
        return prose.hollow()
    return prose.bundle(prose.worded(prose.without_missing(text, shortened)), prose.about(given))


def _as_printed(book: Any, one: Quantity, before: str) -> str:
    """A number in the unit's own words where they alone say it, or 分别下降 `before` it does, and nothing corrects them."""
    figure = book.figures.get(one.name)
    here = book.here.get(one.name, figure)
    figure = here if figure and here.bounds == figure.bounds else figure  # 48.6万元 where a table before has 48.60万元
    read = notation.tried(figure.printed) if figure and figure.status == "reported" else None
    words = bool(read) and not (read.unit or re.search(r"\d", figure.printed))  # 零, of 元
    if one.missing or not (read and (read.unit or words)) or figure.printed[0] in "达共合累":
        return prose.marked(one)
    fallen = notation.FALLEN if re.search("分别[^。；]*$", before) else ()
    alone = whole(read.bounds, figure.unit) == one.bounds or (words and figure.shown[0] == read.text[0])
    alone = alone or figure.shown in {word + read.text for word in ("", *fallen)}
    return prose.mark(one.name, figure.printed + DOUBT * bool(one.doubt)) if alone else prose.marked(one)


def withheld(book: Any) -> Iterator[tuple[int, str]]:
    """The lines of the unit's own text that leave out numbers which are given, and for want of what, were it no run that computes it."""
    asked = book.figures.keys() | book.metrics
    for block in (one for one in report.blocks(book.edition.raw) if not (one.kind or one.level)):
        found = named(book, block, [])
        for n, line in block.words:
            used = {words: found[words] for words in FILLED.findall(line) if words in found}
            blank = dict.fromkeys(one.label for one in used.values() if one.missing and one.name in asked)
            said = {w: prose.marked(one) if one.name in asked else mark(one.name, "") for w, one in used.items()}
            filled = "".join(said.get(one, one) for one in FILLED.split(line))
            kept = {name for name, _ in MARK.findall(prose.without_missing(filled, shortened))}
            lost = dict.fromkeys(book.known[name].label for name, _ in MARK.findall(filled) if name not in kept)
            if blank and lost:
                yield n, f"没有{'、'.join(blank)}，连同写着{'、'.join(lost)}的一句略去"


def budget(caption: str, items: dict[str, list[Quantity]], heads: list[str]) -> Bundle:
    """Items of the base table in its columns, of which the last are budget and outturn, and how much of the budget was used."""
    given = {label: cells for label, cells in items.items() if any(not one.missing for one in cells)}
    columns = {"项目": list(given)} | {head: [cells[n] for cells in given.values()] for n, head in enumerate(heads)}
    return tables.table(caption, columns | {"执行率": [cells[-1] / cells[-2] for cells in given.values()]})


def _items(book: Any, words: str) -> list[Quantity]:
    """The columns of an item of the base table, by its label or name."""
    cells = [one for name, one in book.figures.items() if name.startswith("budget.")]
    labels = {one.item: one.name.removeprefix("budget.").rpartition(".")[0] for one in cells}
    item = labels.get(words, words)
    if cell(item, "outturn") not in book.known:
        raise UnknownName.among(words, labels)
    return [book.known[cell(item, column)] for column in book.edition.columns]


def others(book: Any) -> Bundle:
    """What is `unplaced`."""
    return tables.metrics("其他数据", *unplaced(book))


def unplaced(book: Any) -> list[Quantity]:
    """Figures that were entered and stand nowhere else: in no chapter, no section of the pack and not in the base table."""
    asked = (block for block in report.blocks(book.edition.raw) if block.kind != "budget")
    placed = {one.name for block in asked for one in named(book, block, []).values()}
    placed.update(name for note in book.edition.table("notes") for name in FILLED.findall(note["text"]))
    sections = {notebook.section for notebook in book.edition.above("")} - {""}
    given = (figure for figure in book.figures.values() if figure.bounds and figure.section not in sections)
    return [book.known[one.name] for one in given if not ({one.name, one.label} & placed or one.name.endswith(PRINTED))]
