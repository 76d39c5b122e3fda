"""Figures: what the source prints, typed. Corrections are applied, readings taken, units compared, nothing dropped.

Equations that hold narrow what hedges leave open: 3.5万余 + 20万余 = 23.5万余 leaves for the second more than 20万, less than 20.1万.
"""

import operator
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches
from fractions import Fraction
from functools import reduce

from lib.check.relations import View, judge, rules
from lib.edition.dictionary import BUDGET, PRINTED, UNDER, Indicator, cell
from lib.edition.edition import Edition
from lib.edition.rows import Figure, Finding
from lib.edition.spelling import label
from lib.edition.store import InputError, Record
from lib.numbers import notation, wording
from lib.numbers.finding import is_unit, numbers_in

_HEDGE = re.compile("[余多近约超逾不至以左上下]")
_FALLEN = re.compile("|".join(notation.FALLEN))  # of a list it may stand before the first alone
_RATE = re.compile(r"(?:staff|building)\.(?!printed)\w*rate|(?:在职)?(?:人员|规模|投资|投资概算)?控制率")
RATES = "staff.printed_rate（人员控制率）、building.printed_area_rate、building.printed_investment_rate，unit 写 %，填在 outturn"
_CHANGED = "增|压缩|收窄|提高|上升|调整|变动|变化|波动|误差|偏差|上年|差额|差异|结余|结转|盈余|盈亏|平衡|利润|净资产|净利|损益|最深|距平|同比|环比"
_SIGNED = re.compile("|".join((*notation.FALLEN, "↓", _CHANGED)).replace("|少|", r"|少(?=[\d一二两三四五六七八九十])|"))
"""In a label: what may be negative; degrees may, and what is printed with ±."""
PLACE = ("locator", "indicator", "printed")  # what a correction names its figure by
_about = operator.itemgetter(*PLACE)
_SCORES = "；自评表的得分印错了的，在 statements.csv 说明（核对项 printed_score）"
PASSES = 3  # how often each equation is used: what one narrows may narrow another


def clean(edition: Edition) -> tuple[list[Figure], list[Figure], list[Finding]]:
    """The figures of an edition, as printed and as corrected, and what typing them found: a row per printed figure, and
    one, with status missing, per indicator that was not reported, in the order of the dictionary. Raises InputError for
    what cannot be read, an unknown indicator, a correction that corrects nothing, as `Place.bad` says."""
    errors: list[InputError] = [] if edition.bad is None else edition.bad
    fixes: dict[tuple[str, ...], Record] = {}
    for row in edition.table("corrections"):
        if _about(row) in fixes:
            errors.append(InputError.at(row, "同一行的又一条更正", "每行数据至多一条更正", "只留一条"))
        fixes[_about(row)] = row
    printed, corrected, findings = [], [], []
    seen: set[tuple[str, ...]] = set()
    for row in _filled_in(edition, errors):
        fix = fixes.pop(_about(row), None)
        try:
            first, notes = _type(edition, row, row["reading"] or row["printed"])
            _refuse(row, seen)
            second = first
            if fix and fix["corrected"]:
                there = row | {name: fix[name] for name in ("path", "line")}
                second = replace(_type(edition, there, fix["corrected"])[0], status="corrected")
                if re.search(r"\d{5}", first.printed):  # it groups no thousands
                    second = replace(second, shown=second.shown.replace(",", ""))
            _possible(second, row)
        except InputError as error:
            errors.append(error)
        else:
            findings += notes
            printed.append(first)
            corrected.append(second)
    for key, row in fixes.items():
        rows = [",".join((one.locator, one.name, one.printed)) for one in printed]
        near = "".join(f"，如“{row}”" for row in get_close_matches(",".join(key), rows, 1, 0.6))
        expected = f"所登记的某一个数的 {'、'.join(PLACE)}{near}"
        errors.append(InputError.at(row, "，".join(key), expected, f"照原行填写，或删去这条更正{_SCORES}"))
    whole = _complete(edition, corrected)
    try:
        whole = narrowed(edition, whole)
    except InputError as error:  # a relation that cannot be read
        errors.append(error)
    InputError.together(errors, edition.bad)
    return _complete(edition, printed), whole, findings


def _refuse(row: Record, seen: set[tuple[str, ...]]) -> None:
    """Raises InputError for a row without a place, one that stands there twice, and as `read_as_printed` says."""
    if not row["locator"].strip() and row["path"].name != "budget.csv":
        raise InputError.of_cell(row, "locator", "在来源中的位置，如 1(3)二")
    same = (*_about(row), row["reading"])
    if same in seen:
        found = f"又一行 {row['indicator']} {row['printed'] or row['reading']}"
        raise InputError.at(row, found, "各行不同", "删去重复的一行")
    seen.add(same)
    read_as_printed(row)


def read_as_printed(row: Record) -> None:
    """Raises InputError for a reading of other numbers or hedges than the printed ones."""
    token, reading = row["printed"], row["reading"]
    more, read = reading.removeprefix(token), notation.tried(token)
    if more and read and read.unit and not (numbers_in(more) or notation.blank(more) or is_unit(more.lstrip("/"))):
        raise InputError.at(row, f"reading {reading}", "读法：数和单位，或一个单位", "改正 reading")
    texts = [_FALLEN.sub("", text) for text in (reading, token)]
    numbers, hedges = ([set(find(text)) for text in texts] for find in (numbers_in, _HEDGE.findall))
    said, printed = ({notation.read(number).bounds.low for number in one} for one in numbers)
    if reading.endswith("%") and "%" not in token:  # a rate as a spreadsheet holds it: 0.9535 is read as 95.35%
        printed |= {100 * number for number in printed}
    units = {read.unit for read in map(notation.tried, (reading, token)) if read}
    printed |= said if len(units) > 1 and units <= wording.CONTINUOUS - {"%", "‰"} else set()  # 1个月 as 30天
    if reading and printed and not (said <= printed and hedges[0] == hedges[1]):
        todo = "改正 reading；原文印错了的，登记以后写在 corrections.csv"
        raise InputError.at(row, f"reading {reading}", f"原文“{token}”里的数字和概数词", todo)


def _possible(figure: Figure, row: Record) -> None:
    """Raises InputError for less than nothing of what is no change or balance, and for a part of a person or thing."""
    bounds, said = figure.bounds, f"{figure.item}{row.get('printed', '')}{row.get('reading', '')}"
    signed = _SIGNED.search(said) or re.search("[±℃]", figure.shown)
    if bounds and bounds.low < 0 and not signed:
        todo = "核对原文；是增减额、差额或结余的，在名称里写明"
        raise InputError.at(row, f"“{figure.label}”为{figure.shown}", "不小于零的数", todo)
    mean = re.search("[均每率比差缺距]|[多少]$|^[万千百]人", figure.item) or signed
    if bounds and bounds.exact and wording.counted(figure.unit) and Fraction(bounds.low).denominator > 1 and not mean:
        todo = f"核对原文，或在 corrections.csv 更正（{figure.unit}只能是整数；是平均数的，在名称里写明“均”或“每”）"
        raise InputError.at(row, f"“{figure.label}”为{figure.shown}", "整数", todo)


def in_full(row: Record) -> Record:
    """A row of figures.csv; a reading without a number (万元) is the unit that the head of a table gives what is printed."""
    token, unit = row["printed"], row["reading"]
    if not unit or numbers_in(unit) or notation.blank(unit) or (token and unit.startswith(token)):  # 零, read as 零元
        return row
    whole = "" if not token or notation.blank(token) or token.endswith(unit) else f"{token}{unit}"
    return row | {"reading": whole}


def _filled_in(edition: Edition, errors: list[InputError]) -> Iterator[Record]:
    """The rows that are filled in, those of the base table after the others."""
    yield from (row for row in map(in_full, edition.table("figures")) if row["printed"] or row["reading"])
    parents = {name.removeprefix(f"{BUDGET}.").rpartition(".")[0] for name in edition.indicators}
    for row in edition.budget:
        item = row["item"]
        known = item in edition.indicators and cell(item, "outturn") not in edition.indicators
        parent, under, _ = item.rpartition(UNDER)
        odd = re.search("[;{}%#|]", item) or ("." in item and not known) or not item.strip() or _RATE.fullmatch(item)
        if odd or (under and parent not in parents):
            expected = "基础数据表的项目、一项专项资金的名称，或它们的“上级项目·名称”，不含 ; { } % # |"
            errors.append(InputError.of_cell(row, "item", RATES if _RATE.fullmatch(item) else expected))
            continue
        for column, words in edition.columns.items():
            if row[column]:  # what has but one value stands in `outturn`
                name, place = (item, "") if known and column == "outturn" else (cell(item, column), f"，{words}")
                printed = row[column] if notation.blank(row[column]) else row[column] + row["unit"]
                about = {"printed": printed, "reading": "", "remark": "", "locator": row["locator"] + place}
                yield row | about | {"indicator": name}


def _complete(edition: Edition, typed: list[Figure]) -> list[Figure]:
    """Figures in the order of the dictionary, and one without bounds for each indicator that is not among them: missing, or silent
    where nobody asked for it."""
    found: dict[str, list[Figure]] = {name: [] for name in edition.indicators}
    for figure in typed:
        found[figure.name].append(figure)
    absent = ("silent", "missing")
    every = (rows or [_missing(edition.indicators[n], absent[n in edition.asked])] for n, rows in found.items())
    return [figure for rows in every for figure in rows]


def _missing(about: Indicator, status: str) -> Figure:
    of = about.section, about.label, "", None, None, about.unit, about.scope
    return Figure(about.name, *of, status, locator="", item=about.item)


def _type(edition: Edition, row: Record, token: str) -> tuple[Figure, list[Finding]]:
    """One figure, and what is odd about its token: silent where it is marked as not applicable, in whole numbers where it counts."""
    about = edition.indicators.get(row["indicator"]) or edition.indicators.get(row["indicator"] + PRINTED)
    if about is None:
        raise InputError.of_cell(row, "indicator", "data/indicators.csv 里的指标，或先登记该指标")
    unit, said, file = about.unit, notation.blank(token), row["path"].name
    budget, column = file == "budget.csv", "corrected" if file == "corrections.csv" else "reading"
    if said == "silent":
        return replace(_missing(about, said), printed=row["printed"], locator=row["locator"]), []
    try:
        reading = notation.read(f"0{unit}" if said == "zero" else token)
    except notation.NotationError as error:
        todo = "改正 printed，或在 reading 写明读法" if column == "reading" else f"改正 {column}"
        todo = "改正这一格：只写数字，单位写在 unit 一列" if budget else todo
        found = f"“{token.removesuffix(row['unit'])}”" if budget else f"“{token}”（{error}）"
        raise InputError.at(row, found, "能读出的数字", todo) from error
    if not (reading.unit or unit == wording.PLAIN) or not notation.counts(reading.unit or unit, unit):
        own = f"在 {column}（{label(file[:-4], column)}）写明{_unit_told(reading, unit)}"
        todo = "改正 unit 一列" if budget else own
        todo += "；单位登记错了的，改正本单位 indicators.csv 里这个指标的 unit" * ("." not in about.name)
        raise InputError.at(row, f"“{token}”，单位“{reading.unit or '无'}”", f"单位“{unit}”", todo)
    bounds = wording.whole(reading.bounds, unit)
    typed = token if token != row["reading"] else row["printed"]
    per = re.search(r"/(?!\d)", typed.translate(notation.WIDE))  # 80元/人·天; else the words around it say per what
    figure = replace(
        _missing(about, ""),
        printed=row["printed"],
        bounds=bounds,
        value=Fraction(bounds.low) if bounds.exact else reading.value,
        status="reported" if row["printed"] else "implied",
        locator=row["locator"],
        shown=re.sub(r"\s", "", typed) if per else reading.text.replace(unit, wording.numerator(unit)),
        rounding=reading.rounding,
    )
    remark = f"（{row['remark']}）" if row["remark"] else ""
    headed = row["locator"].startswith("表") and row["reading"].startswith(row["printed"])  # by the unit of its head
    both = row["printed"] and row["reading"] and not headed
    odd = [("unit_of_figure", f"原文“{row['printed']}”按“{row['reading']}”读取{remark}")] if both else []
    odd += [("hedge_of_figure", f"原文“{token}”{slip}，按较宽的范围读取") for slip in reading.slips]
    return figure, [Finding.about(check, "note", message, [figure]) for check, message in odd]


def _unit_told(reading: notation.Reading, unit: str) -> str:
    """What tells the unit of a figure: of one without any as it is, but 0.98 may be 98% as well; one in another is to be converted."""
    said = f"折合多少{unit * (unit != wording.PLAIN)}" if reading.unit else f"，如“{reading.text}{unit}”"
    if reading.unit and (per := unit.removeprefix(reading.unit)) != unit:  # 16.78万元 of each village
        said = f"，如“{reading.text}{per}”"
    if not reading.unit and unit == "%" and reading.number < 2 and (found := re.search(r"\d+\.\d+", reading.text)):
        said = f"是“{reading.text.replace(found[0], f'{float(found[0]) * 100:.12g}')}%”还是“{reading.text}%”"
    return said


def narrowed(edition: Edition, figures: Sequence[Figure]) -> list[Figure]:
    """The figures, the bounded ones as narrow as the sums allow that they are part of; nothing is left out by it that can be true."""
    found = list(figures)
    for rule in PASSES * [rule for rule in rules(edition, figures) if rule.parts and rule.whole not in rule.parts]:
        view = View(found, [rule])
        if any(map(view.blank, rule.named)) or judge(rule, view).message:
            continue
        known = {name: one.bounds for name, one in view.known(rule.named).items() if one.bounds}
        whole, parts = known.pop(rule.whole), known
        limits = {rule.whole: reduce(operator.add, parts.values())}
        for name in parts:
            limits[name] = reduce(operator.sub, (bounds for other, bounds in parts.items() if other != name), whole)
        for n, one in enumerate(found):
            new = one.bounds and one.name in limits and not one.bounds.exact and one.bounds.meet(limits[one.name])
            if new and (new := wording.whole(new, one.unit)) != one.bounds:
                others = "、".join(view.figures[name].label for name in rule.named if name != one.name)
                value = one.value if one.value is not None and one.value in new else None
                found[n] = replace(one, bounds=new, value=value, narrowed=others)
    return found
