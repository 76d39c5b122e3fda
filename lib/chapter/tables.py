"""Tables for notebooks: one MIME bundle each, cells with lineage."""

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, zip_longest
from typing import Any

from lib.cells import MARK, TABLE, Bundle, hover, mark, plain, spans
from lib.chapter import prose
from lib.edition import report
from lib.edition.dictionary import BASE_TABLE, BUDGET, PRINTED, SCORE_SHEET, UNDER, cell
from lib.edition.rows import SEVERITIES, STATUSES, TREATED, Figure, Finding, Metric
from lib.edition.store import Record, read_table
from lib.numbers.notation import CONVENTIONS
from lib.numbers.quantity import Quantity
from lib.numbers.wording import DOUBT, amount, decimals

Cell = Quantity | str
Columns = Mapping[str, Sequence[Cell]]
WAN = 10**4
FULL = 6  # decimals of 万元 in the base table: all that are printed
_PLAIN = re.compile(r"[\d.,]*%?|—+")


def table(
    caption: str, columns: Columns, anchors: Sequence[str] = (), most: int = 2, unit: str = "", **more: Any
) -> Bundle:
    """Columns by label, all of one length; a column that holds quantities is numeric. `anchors`: row → value explained there; `more`: see `lib.cells`.

    Where most of the numbers are exact amounts, their unit stands in the caption and they have the same decimals, two, or
    at `most` those that say them exactly, unless it explains them one by one.
    """
    places = None if anchors else _places(list(chain(*columns.values())), unit)
    caption += "（单位：万元）" if places is not None else ""
    rows = [[_marked(cell, places, most, unit) for cell in row] for row in zip(*columns.values(), strict=True)]
    if not any(map(any, rows)):  # none, or forms that are still blank
        return prose.hollow()
    heads = []
    for (label, column), texts in zip(columns.items(), zip(*rows, strict=True), strict=True):
        plainly = "look" in more and any(texts) and all(map(_PLAIN.fullmatch, map(plain, texts)))
        heads.append({"label": label, "numeric": plainly or any(isinstance(cell, Quantity) for cell in column)})
    values = prose.about(cell for cell in chain(*columns.values()) if isinstance(cell, Quantity))
    return _bundle(caption, heads, rows, values, anchors, **more)


def written(caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]], given: Iterable[Quantity]) -> Bundle:
    """A table that is written out, its cells marked text; a column that holds numbers alone is numeric, none that holds sentences."""
    head, *full = map(list, zip(*zip_longest(heads, *rows, fillvalue=""), strict=True))
    said = ["".join(MARK.sub("", row[c]) for row in full) for c in range(len(head))]
    alone = [any(MARK.fullmatch(row[c]) for row in full) and not {*text} & {*"，。；"} for c, text in enumerate(said)]
    columns = [{"label": one, "numeric": number} for one, number in zip(head, alone, strict=True)]
    return _bundle(caption, columns, full, prose.about(given))


def _bundle(caption: str, columns: list, rows: list, values: dict, anchors: Sequence[str] = (), **more: Any) -> Bundle:
    data = {"caption": caption, "columns": columns, "rows": rows, "anchors": [*anchors], "values": values, **more}
    text = "\n".join("\t".join(map(plain, line)) for line in ([one["label"] for one in columns], *rows))
    return Bundle({TABLE: data, "text/html": hover(_html(data), values), "text/plain": f"{caption}\n{text}"})


def official(caption: str, columns: Columns, merged: int = 0, places: int = 2, bare: str = "") -> Bundle:
    """A table as official forms have it: a full grid, equal neighbours in the first `merged` columns drawn as one cell. `bare`: a unit
    that the heads say, so that no cell does. Columns of plain numbers, blanks and dashes are numeric too."""
    return table(caption, columns, most=places, unit=bare, look="official", merged=merged)


def metrics(caption: str, *quantities: Quantity) -> Bundle:
    """Figures and metrics that were reported, with how each comes about; a caveat stands beside its number."""
    given = [quantity for quantity in quantities if quantity.told]
    return table(caption, {"指标": [one.label for one in given], "结果": given, "计算方法": [*map(_how, given)]})


def base_table(book: Any, caption: str) -> Bundle:
    """附件1: the rows of data/base_table.csv and those of the unit's own in the columns that the source has, without what its 自评表 or its
    text alone has; what is blank stays blank.
    Hollow where the source has no such form, but tables of its text or the head of its 自评表 that say all of it."""
    columns, rows = book.edition.columns, list[list[Cell]]()
    listed = [row for row in book.edition.budget if not row["locator"].startswith(SCORE_SHEET)]
    names = {item if "." in (item := row["item"]) else cell(item, c) for row in listed for c in columns}
    apart = {name for name, one in book.figures.items() if one.locator.startswith(SCORE_SHEET)}
    apart |= {name for name in book.figures if name.startswith(f"{BUDGET}.") and name not in names}
    asked = {name for name, figure in book.figures.items() if figure.status != "silent"} - apart
    own = [name.removesuffix(".outturn") for name in book.figures if UNDER in name and name.endswith(".outturn")]
    for line in read_table(book.edition.root / "data" / "base_table.csv", BASE_TABLE):
        funds = [(fund.name, fund.label) for fund in book.funds]
        for item, words in funds if line["item"] == "funds" else [(line["item"], line["words"])]:
            below = [(name, f"其中：{name.rpartition(UNDER)[2]}") for name in own if name.startswith(item + UNDER)]
            for name, said in [(item, words), *below]:
                cells = {c: name if name in book.known and c == "outturn" else f"{name}.{c}" for c in columns}
                entered = ["" if one in apart else _entered(book, one) for one in cells.values()]
                if asked & {*cells.values()} or any(entered):  # as the source has it
                    rows.append([line["group"], said, *entered])
    for name, figure in book.figures.items():
        if name.endswith(PRINTED) and name.startswith(("budget.", "staff.", "building.")) and figure.bounds:
            words = f"{figure.item}（按数据算得{book.known[name.removesuffix(PRINTED)].shown}）"
            rows.append(["来源所印的比率", words, *[""] * (len(columns) - 1), book.known[name]])
    given = {name for name in names if not book.known[name].missing}
    if given <= {name for block in report.blocks(book.edition.raw) if block.rows for _, name in block.names}:
        return prose.hollow()
    heads = "类别", "项目", *columns.values()
    return official(caption, dict(zip(heads, zip(*rows, strict=True), strict=True)), merged=1, places=FULL)


def _entered(book: Any, name: str) -> Cell:
    """A cell of the base table: blank where nothing is printed, a dash where one is."""
    known, figure = book.known.get(name), book.figures.get(name)
    return known if known and not known.missing else figure.printed if figure else ""


def metrics_annex(book: Any, caption: str) -> Bundle:
    """Every metric that could be computed, or why not: result, bounds unless exact, formula with caveat, the figures it rests on."""
    known = [one for made in book.edition.saved(Metric) if (one := book.known[made.name]).told]
    columns = {
        "指标": [quantity.label for quantity in known],
        "结果": known,
        "上下限": [quantity.described if quantity.bounded else "" for quantity in known],
        "计算方法": [_how(quantity) for quantity in known],
        "所用数据": ["；".join(quantity.sources) for quantity in known],
    }
    return table(caption, columns, anchors=[quantity.name for quantity in known])


def figures_annex(book: Any, caption: str) -> Bundle:
    """Every figure that was reported: as printed, as read, what it covers, its place in the source, its status and what is asked of it."""
    figures = [figure for figure in book.edition.saved(Figure) if figure.bounds]
    columns = {
        "指标": [figure.label for figure in figures],
        "原文": [figure.printed for figure in figures],
        "取值": [book.known[figure.name] for figure in figures],
        "口径": [";".join(figure.scope) for figure in figures],
        "位置": [figure.locator for figure in figures],
        "状态": ["；存疑：".join([STATUSES[figure.status], *figure.doubt]) for figure in figures],
    }
    return table(caption, columns, anchors=[figure.name for figure in figures])


def findings(caption: str, found: Sequence[Finding]) -> Bundle:
    """What the checks found, and what became of it."""
    columns = {
        "程度": [SEVERITIES[one.severity] for one in found],
        "发现": [one.message for one in found],
        "位置": ["、".join(one.locators) for one in found],
        "处理": ["—" if (one.severity, one.status) == ("note", "open") else TREATED[one.status] for one in found],
    }
    return table(caption, columns) if found else prose.bundle(f"{caption}：无。", {})


def corrections(caption: str, rows: Sequence[Record]) -> Bundle:
    """What the analyst corrected, and why."""
    names = "locator", "printed", "corrected", "reason", "date", "by"
    heads = "位置", "原文", "更正为", "理由", "日期", "更正人"
    return table(caption, {head: [row[name] for row in rows] for head, name in zip(heads, names, strict=True)})


def hedges(caption: str) -> Bundle:
    """How hedged figures are read: the one table of house conventions."""
    return table(caption, {"写法": [form for form, _ in CONVENTIONS], "读作": [words for _, words in CONVENTIONS]})


def _how(quantity: Quantity) -> str:
    how = quantity.formula or f"来源{quantity.place}"
    return f"{how}（{quantity.caveat}）" if quantity.caveat else how


def _places(cells: Sequence[Cell], said: str) -> int | None:
    """The decimals of the amounts of a table in 万元, as many as one is printed with; None where they are few, bounded, too small, or
    in the unit that its heads have `said`."""
    given = [cell for cell in cells if isinstance(cell, Quantity) and cell.bounds and str(cell.unit) != (said or None)]
    amounts = [one.bounds for one in given if str(one.unit) == "元"]
    if len(amounts) < 2 or 2 * len(amounts) <= len(given) or not all(one.exact for one in amounts):
        return None
    sizes = [abs(one.low) / WAN for one in amounts]
    places = [decimals(size, 2 if size < 1 else 9) for size in sizes]
    places += [len(tail) for one in given for tail in re.findall(r"\.(\d+)万元", one.shown)]
    return None if max(sizes) < 1 or None in places else min(2, max(places))


def _marked(cell: Cell, places: int | None, most: int, unit: str) -> str:
    if not isinstance(cell, Quantity):
        return cell
    if not cell.told:
        return "—"
    shown = cell.shown.partition("（")[0] if cell.missing else cell.shown  # why it is missing, the pop-up says
    if places is not None and cell.bounds and str(cell.unit) == "元":
        own = decimals(cell.bounds.low / WAN, most) or 0
        shown = amount(cell.bounds.low / WAN, max(places, own) if cell.bounds.low else 0) + DOUBT * bool(cell.doubt)
    shown = shown.removesuffix(unit) if unit == str(cell.unit) else shown
    return mark(cell.name, shown) if cell.name else shown


def _html(data: dict) -> str:
    sides = ["right" if column["numeric"] else "left" for column in data["columns"]]
    heads, lines = [column["label"] for column in data["columns"]], ""
    taken = [[1] * len(heads), *spans(data["rows"], data.get("merged", 0))]
    for n, cells in enumerate([heads, *data["rows"]]):
        tag, shown = "td" if n else "th", [one for one in zip(cells, sides, taken[n], strict=True) if one[2]]
        tags = (f'<{tag} rowspan="{k}" style="text-align:{side}">{html.escape(one)}</{tag}>' for one, side, k in shown)
        lines += f"<tr>{''.join(tags)}</tr>"
    return f"<table><caption>{html.escape(data['caption'])}</caption>{lines}</table>".replace(' rowspan="1"', "")
