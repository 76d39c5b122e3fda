"""The draft of an edition: documents kept beside it in `source/`, and `draft.csv`, where the analyst decides: nothing is overwritten, a
decision stays with its number, and what a later document no longer prints is told."""

import re
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher, get_close_matches
from itertools import combinations
from operator import eq
from pathlib import Path

from lib.check.figures import in_full, read_as_printed
from lib.edition import dictionary
from lib.edition.card import PROOF, SOURCES, kept
from lib.edition.dictionary import BUDGET, columnless
from lib.edition.edition import MADE, Edition
from lib.edition.spelling import trimmed, written
from lib.edition.store import InputError, Record, digest, read_table
from lib.intake.draft import Draft, draft
from lib.intake.naming import FLOOR, Name
from lib.intake.own import alone, around, called, counted, scope
from lib.intake.reading import grids
from lib.intake.scoresheet import Sheet
from lib.numbers import notation
from lib.numbers.bounds import Bounds
from lib.numbers.finding import measured
from lib.numbers.wording import PLAIN

FILE, *BOOKS = TABLES = ("draft.csv", "draft.xlsx", "draft.xls", "draft.et", "draft.ods")  # as spreadsheets save it
COLUMNS = ["no", "doc", "place", "printed", "kind", "reading", "indicator", "label", "unit", "state", "note"]
DECIDED = ("kind", "reading", "indicator", "label", "unit")  # what the analyst may change
OFFICE = (".doc", ".wps", ".rtf", ".xls", ".et", ".odt", ".ods")  # by way of LibreOffice
READABLE = (".docx", ".xlsx", ".pdf", ".html", ".htm", ".mht", ".mhtml", ".txt", ".md", ".csv", *OFFICE)
FIGURE, ASIDE = "数据", "不计"
SURE, UNSURE, CONTRADICTS = "确定", "待定", "矛盾"
STATES = (CONTRADICTS, UNSURE, SURE, ASIDE)
PRINTED = ("doc", "place", "printed")
SAME = 0.5  # of what a document prints, what its later version has in common with it
CLEAR = 2.0  # a name with a score of this needs no second look


def keep(edition: Edition, paths: Iterable[Path]) -> list[str]:
    """Copies documents into the edition's `source/`; returns the names of those that were there in another version."""
    folder, replaced = edition.raw / SOURCES, []
    folder.mkdir(parents=True, exist_ok=True)
    for path in paths:
        there = folder / path.name
        if there.exists() and (old := digest(there)) != digest(path):
            there.rename(folder / f"{path.stem}.{old[:8]}{path.suffix}")
            replaced.append(path.name)
        if path.resolve() != there.resolve():
            shutil.copyfile(path, there)
    return replaced


def waits(edition: Edition) -> str:
    """What is to be done where documents were read and not yet accepted; nothing elsewhere."""
    there = (edition.raw / SOURCES / FILE).is_file() and not any((edition.raw / name).exists() for name in MADE)
    path = f"data/raw/{edition.unit}/{edition.year}/{SOURCES}/{FILE}"
    return f"文件已读，还没有采用：看一遍核对单，要改的用 Excel、WPS 在 {path} 里改，再采用" * there


def documents(edition: Edition) -> list[Path]:
    """The documents of an edition: those that its draft names, in its order; with one of them gone, perhaps renamed, all that are kept."""
    there = {one.name: one for one in kept(edition.raw) if one.suffix.lower() in READABLE and one.name not in TABLES}
    named = dict.fromkeys(row["doc"] for row in decisions(edition))
    return [there[name] for name in named] if named and named.keys() <= there.keys() else [*there.values()]


def drafts(edition: Edition, paths: Iterable[Path], kind: str) -> list[Draft]:
    """The documents of an edition, read. Raises InputError."""
    return [draft(path, edition.root, edition.unit, edition.year, kind or edition.profile.kind) for path in paths]


def together(edition: Edition, files: Sequence[Path], kind: str) -> tuple[list[Draft], list[Record], list[str]]:
    """The documents given and those of the draft, read; what was decided, also of an earlier version; what to say. Raises InputError."""
    decided, told = decisions(edition), []
    given = list[Draft]()
    for one in drafts(edition, _named(files or documents(edition)), kind):
        if same := next((old for old in given if old.document.passages == one.document.passages), None):
            told.append(f"{one.document.path.name} 与 {same.document.path.name} 内容相同：只读一份")
        else:
            given.append(one)
    before = [*dict.fromkeys(row["doc"] for row in decided)]
    names = {one.document.path.name for one in given}
    fresh = [one for one in given if one.document.path.name not in before]
    for name in [name for name in before if name not in names]:
        old = [row for row in decided if row["doc"] == name]
        printed = [alike(row["printed"]) for row in old]
        others = ([alike(item.found.token) for item in one.items] for one in fresh)
        same = [SequenceMatcher(None, printed, other, autojunk=False).ratio() for other in others]
        if max(same, default=0) >= SAME:
            later = fresh.pop(same.index(max(same))).document.path.name
            for row in old:
                row["doc"] = later
            told.append(f"{later} 取代先前的 {name}：作过的决定沿用")
        elif files and (path := edition.raw / SOURCES / name).exists():
            given += drafts(edition, [path], kind)
            told.append(f"先前读过的 {name} 仍然算在内；不要它的，从 {SOURCES}/ 移走再运行")
    _distinct(given)
    given.sort(key=lambda one: [*before, one.document.path.name].index(one.document.path.name))
    return given, decided, told


def _named(paths: Iterable[Path]) -> list[Path]:
    """Documents, one of each name. Raises InputError for two that share theirs, or one that is called as the table of decisions."""
    found: dict[str, Path] = {}
    for path in paths:
        if path.name in TABLES:
            raise InputError(path, None, "核对表的文件名", "报告的文件", "改名再读；它就是核对表的，运行时不写文件")
        if digest(other := found.setdefault(path.name, path)) != digest(path):
            raise InputError(path, None, f"与 {other} 同名的另一份文件", "各不同名的文件", "给其中一份改名")
    return [*found.values()]


def _distinct(given: Sequence[Draft]) -> None:
    """Raises InputError for one report in two files, as Word and as PDF: most sentences with numbers are the same, at least three."""
    for one, other in combinations(given, 2):
        said, again = _sentences(one), _sentences(other)
        if 2 * len(said & again) > max(len(said), len(again), 4):
            told = f"同一份报告的两个文件：{other.document.path.name} 与 {one.document.path.name}"
            todo = f"只给一份；已在 {SOURCES}/ 里的，移走一份再运行"
            raise InputError(other.document.path, None, told, "各不相同的文件", todo)


def _sentences(one: Draft) -> set[str]:
    """The sentences of a text that have numbers, however its lines are broken; a table may be printed again in an annex."""
    texts = (p.text for p in one.document.passages if not p.rows and p.kind != "furniture")
    said = (sentence for text in texts for sentence in re.split("[。；]", re.sub(r"\s", "", text)))
    return {sentence for sentence in said if len(sentence) > 9 and re.search(r"\d", sentence)}


def place(edition: Edition) -> Path:
    """Where the decisions are: `draft.csv`, or the workbook in its place, or of both the workbook that alone was changed since the sheet was
    made. Raises InputError for a workbook beside it that is newer otherwise."""
    path = edition.raw / SOURCES / FILE
    there = [path.with_name(name) for name in TABLES if path.with_name(name).exists()]
    newer = [book for book in there if book.name != FILE and book.stat().st_mtime >= there[0].stat().st_mtime]
    names, made = [book.name for book in there], path.with_name(PROOF)
    since = [book for book in there if made.exists() and book.stat().st_mtime > made.stat().st_mtime]
    if newer and names != BOOKS[:1] and not (newer == since and names == list(TABLES[:2])):
        told = f"{'、'.join(names)}，不知以哪份为准"
        todo = "留下改过的那一份（没有另存为其一的，先另存），移走别的"
        raise InputError(newer[0], None, told, f"{FILE} 或 {BOOKS[0]} 一份", todo)
    return newer[0] if newer else path


def decisions(edition: Edition) -> list[Record]:
    """What stands in `draft.csv`, if anything, in the order of the documents however it was sorted. Raises InputError."""
    path = place(edition)
    sheets = [] if path.name == FILE else [*grids(path).values()]
    given = written(sheets[0]).encode() if sheets else None
    decided = read_table(path, COLUMNS[1:], optional=True, more=COLUMNS[:1], given=given)
    decided = [row | {column: row[column].strip() for column in COLUMNS} for row in decided]
    return sorted(decided, key=lambda row: int(row["no"]) if row["no"].isdecimal() else len(decided))


def untouched(given: Sequence[Draft], decided: Sequence[Record]) -> Iterator[Record]:
    """Decisions on unchanged documents, each where it was printed whatever stands there now. Raises InputError for another number."""
    items = ((one.document.path.name, item.place, item.found.token) for one in given for item in one.items)
    found = {str(n): dict(zip(PRINTED, at, strict=True)) for n, at in enumerate(items, 1)}
    had = {_place(row) for row in decided}
    for row in decided:
        there = found.get(row["no"], {})
        if not there or _place(there) in had or sum(map(eq, _place(there), _place(row))) < 2:
            yield row
            continue
        if row["kind"] != ASIDE and alike(there["printed"]) != alike(row["printed"]):
            todo = "改回 printed；读错了的改 reading，原文印错了的登记以后写在 corrections.csv"
            raise InputError.at(row, f"printed {row['printed']}", f"原文所印的{there['printed']}", todo)
        yield row | there


def _place(row: Mapping[str, str]) -> tuple[str, str, str]:
    return row["doc"], row["place"].strip(), alike(row["printed"])


def unheeded(decided: Sequence[Record], kept: Iterable[Record]) -> Iterator[str]:
    """What was typed in columns that decide nothing: a document, a place, a state that is none or that `kind` contradicts."""
    moved = [old for old, new in zip(decided, kept, strict=True) if _place(old)[:2] != _place(new)[:2]]
    heeded = {FIGURE: ("", *STATES[:-1]), ASIDE: ("", *STATES)}  # what was set aside and is counted now has no unit yet
    odd = [row for row in decided if row["state"] not in heeded[row["kind"] if row["unit"] else ASIDE]]
    about = "doc、place 照原文", f"state 只说看过没有（看过的写 {SURE}）；不是数据的，kind 写 {ASIDE}"
    for these, told in zip((moved, odd), about, strict=True):
        if these:
            lines = "、".join(str(row["line"]) for row in these)
            yield f"{these[0]['path'].name} 第{lines}行的改动不作数：{told}"


def alike(printed: str) -> str:
    """A number however a spreadsheet has saved it: 2.6% as 2.60%, 1,200.00 as 1200, (10.3) as -10.3."""
    return trimmed(re.sub(r"^\((\d[\d,.]*%?)\)$", r"-\1", printed.strip()).replace(",", ""))


def meant(row: Record, known: Mapping[str, bool], unit: str = "") -> str:
    """What a row stands for, without a column the outturn; `known`: the indicators, and whether all units have them; `unit`: of its name,
    where it is in no form. Raises InputError."""
    if row["kind"] != FIGURE:
        return ""
    read_as_printed(row)
    read = notation.tried(in_full(row)["reading"] or row["printed"])
    if unit and not (read and (read.unit or unit == PLAIN) and notation.counts(read.unit or unit, unit)):
        said = f"“{row['printed']}”（reading {row['reading'] or '空白'}），单位“{read.unit if read else '读不出'}”"
        raise InputError.at(row, said, f"它的名称以“{unit}”计的数", "改正 reading、unit、indicator 或 label")
    name, item = row["indicator"] or row["label"], columnless(row["indicator"])
    if not name:
        raise InputError.at(row, "没有名称", "indicator 或 label", "填写其一，或把 kind 改为 不计")
    if not (row["indicator"] or name.isidentifier()):
        todo = "改写 label，如把“65岁以上人数”写作“老年人数”"
        raise InputError.at(row, f"名称“{name}”", "汉字或字母开头，不含标点和空格", todo)
    if "." in item and item.isascii() and item not in known:
        shared = {one for one, of_all in known.items() if of_all}
        shared |= {f"{one}.{column}" for one in shared if one.startswith(BUDGET) for column in dictionary.COLUMNS}
        if near := get_close_matches(name, shared, 1, 0.9):
            todo = "改正 indicator；不是它的，起一个不相近的名称"
            raise InputError.at(row, f"没有的指标 {name}", f"{near[0]}（是不是它？）", todo)
    return f"{name}.outturn" if name.startswith(f"{BUDGET}.") and item == name else name


def rows(given: Sequence[Draft], decided: Sequence[Record]) -> tuple[list[dict[str, str]], list[Record]]:
    """The rows of `draft.csv`, one an item, with what was decided before; and the figures that the documents print no more."""
    gone, units = [], {row["indicator"]: row["unit"] for one in given for row in (*one.kin, *one.known)}
    cells = defaultdict[str, list[Bounds]](list)
    for one in given:
        for item, name in zip(one.items, one.names, strict=True):
            if item.passage in one.bases and item.found.reading:
                reading = item.found.reading
                cells[columnless(name.indicator)].append(reading.bounds.widened(reading.rounding))
    proposed = (row for one in given for row in _proposed(one, cells, units))
    found = [{"no": str(n), **row} for n, row in enumerate(proposed, 1)]
    before, after = ([(row["doc"], alike(row["printed"])) for row in table] for table in (decided, found))
    for change, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        for old, new in zip(decided[a:b], found[c:d], strict=True) if change == "equal" else ():
            was, stays = new["label"], {column: old[column] for column in DECIDED}
            if stays["indicator"] and stays["label"]:  # of both the one that is not as it was proposed
                stays["indicator" if stays["label"] != was else "label"] = ""
            read = notation.tried(old["reading"]) if old["reading"] != new["reading"] else None
            if read and read.unit and old["unit"] == new["unit"] and not stays["indicator"]:
                stays["unit"] = read.unit  # as it was read by somebody who left the unit beside it
            new |= stays
            if old["kind"] == ASIDE or (old["state"] == SURE and new["state"] != ASIDE):  # somebody looked at it
                new["state"] = ASIDE if old["kind"] == ASIDE else SURE
            read = notation.tried(new["reading"] or new["printed"])
            if read and new["kind"] == FIGURE and not new["unit"]:  # set aside until somebody made it one
                new |= {"unit": read.unit or PLAIN, "state": SURE, "note": ""}
        if change != "equal":
            gone += decided[a:b]
            for new in found[c:d] if decided else ():
                new["note"] = "；".join(filter(None, ("新出现", new["note"])))
    there = {one.document.path.name for one in given}
    return found, [row for row in gone if row["kind"] == FIGURE and row["doc"] in {"", *there}]


def none_is(gone: Iterable[Record]) -> None:
    """Raises InputError for rows, added or copied, that documents as they were decided do not print."""
    todo = "删去这一行，或先不加 --accept 运行一次；原文印有而没有读出的数，登记以后写进 figures.csv 和 report.md"
    told = ((row, f"{row['printed'] or '空白'}（{row['place']}）") for row in gone)
    InputError.together([InputError.at(row, said, "原文印有的数字，一处一行", todo) for row, said in told])


def _proposed(one: Draft, cells: Mapping[str, list[Bounds]], units: dict[str, str]) -> Iterator[dict[str, str]]:
    false = (claim for claim in one.claims if not claim.holds)
    wrong = {id(claim.stated): f"与{'、'.join(part.found.token for part in claim.parts)}不符" for claim in false}
    labels = {row["indicator"]: row["label"] for row in one.known}
    names = _names(one, cells)
    shared = [row["label"] for row in one.known if row["section"]]
    own = [*called(one.items, [labels.get(columnless(name.indicator), "") for name in names], one.year, shared)]
    had = (*one.kin, *(row for row in one.known if not row["section"]))
    old = {row["label"]: row for row in had}
    renamed = {(row["cues"], row["scope"]): row for row in had if row["cues"] and row["label"] not in own}
    for item, name, label in zip(one.items, names, own, strict=True):
        if isinstance(one.form(item), Sheet):  # goes into targets.csv by its place
            name, label = Name("", CLEAR), ""
        found, reading = item.found, item.found.reading
        row = dict.fromkeys(COLUMNS[1:], "")
        row |= {"doc": one.document.path.name, "place": item.place, "printed": found.token}
        if reading is None:
            yield row | {"kind": ASIDE, "state": ASIDE, "note": found.reason}
            continue
        said = found.said if found.said != found.token and notation.tried(found.token) != reading else ""
        of = units.get(name.indicator, reading.unit)
        if not notation.counts(reading.unit, of):  # as its indicator counts: 203人次 as 203人
            words = (reading.unit, "人/次", "名", "位", "平方米")
            spelled = next((word for word in words if word and word in found.said), "")
            said = found.said.replace(spelled, of, 1) if spelled else measured(found.said, of)
        label = "" if name.indicator else label
        same = old.get(label) or renamed.get((label, scope(item)))
        if same and notation.counts(reading.unit, same["unit"]):
            sure = same in one.known and alone(label, old) and (label in old or one.last.get(around(item, ""), "-"))
            name, label = Name(same["indicator"], CLEAR if sure else FLOOR), ""
        state = SURE if name.score >= CLEAR else UNSURE
        second = name.second if state == UNSURE else ""
        told = wrong.get(id(item), "") or (second and f"也可能是{labels.get(columnless(second), '')} {second}")
        rate = reading.number >= 10 and not (reading.unit or name.indicator) and _RATE.search(item.before)
        unit = reading.unit or ("%" if rate else PLAIN)
        said = said or (measured(found.said, unit) if rate else "")
        while label and not notation.counts(unit, units.setdefault(label, unit)):  # it is another thing's
            label = counted(label, unit)
        about = {"reading": said, "unit": unit, "indicator": name.indicator, "label": label}
        yield row | about | {"kind": FIGURE, "state": CONTRADICTS if id(item) in wrong else state, "note": told}


def _names(one: Draft, cells: Mapping[str, list[Bounds]]) -> list[Name]:
    """The names of the figures: of none that contradicts its cell unless its sentence says so; what a rate divides by is the budget."""
    names = dict(zip(map(id, one.items), one.names, strict=True))
    cues = {row["indicator"]: row["cues"] for row in one.known}
    for item in (item for item in one.items if item.figure and item.passage not in one.bases):
        about = names[id(item)].indicator
        words = re.split("[! ]", cues.get(about, ""))[0].split("|")
        said = f"{item.before.rpartition('。')[2]}□{item.near.partition('□')[2]}"
        reading = item.found.reading
        said_of = reading.bounds.widened(reading.rounding)
        given = [said_of.overlaps(bounds) for bounds in cells.get(about, ())]
        if given and not any(given) and not any(word.strip("?") in said for word in words):
            names[id(item)] = Name(second=about)
    for claim in (claim for claim in one.claims if claim.operator in ("/", "-") and claim.holds):
        spent, planned = claim.parts
        if claim.operator == "-" and "预算" in spent.near:
            spent, planned = planned, spent
        item, told = names[id(spent)].indicator, _OF_BUDGET.search(f"{planned.near}，{claim.stated.near}")
        free = claim.operator == "/" or not names[id(planned)].indicator
        if re.fullmatch(r"budget\.(?!adjustment)\w+", item) and told and free:
            names[id(planned)] = Name(f"{item}.{BUDGET}", CLEAR)
    return list(names.values())


_OF_BUDGET = re.compile("执行率|完成率|支出进度|完成(?:年初|全年)?预算|[比较](?:年初|全年)?预算")
"""What says that a figure is one of a budget."""
_RATE = re.compile("(?:率|占比|比重|占)(?:为|达|达到|是|仅)?$")  # before a rate whose sign is missing
