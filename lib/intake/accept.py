"""A confirmed draft becomes an edition's raw folder: its tables, its card, and its own text with every number in braces."""

import json
import re
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from lib.edition import report
from lib.edition.card import FILE, PROFILE, SOURCES, UNKNOWN
from lib.edition.dictionary import CHECKS, COLUMNS, INDICATORS, TEXT, claimed, columnless, each
from lib.edition.edition import MADE, RAW, Edition
from lib.edition.fault import Bad
from lib.edition.rows import Finding
from lib.edition.spelling import text
from lib.edition.store import InputError, Record
from lib.intake import ledger, retell
from lib.intake.basetable import Base
from lib.intake.claims import Claim
from lib.intake.draft import Draft
from lib.intake.forms import called, forms
from lib.intake.items import Item
from lib.intake.new import added, columns, table_text
from lib.intake.own import scope
from lib.intake.scoresheet import Sheet
from lib.numbers import notation
from lib.numbers.bounds import Bounds
from lib.numbers.quantity import Unit
from lib.numbers.wording import PLAIN
from lib.score.rules import USUAL, fitting


class Entry(NamedTuple):
    """An item with the form that it is in, its row of draft.csv and the name of what it stands for, nothing where it is set aside."""

    item: Item
    form: Base | Sheet | None
    row: Record
    name: str


def accept(edition: Edition, drafts: Sequence[Draft], table: Sequence[Record], kind: str, level: str) -> list[Path]:
    """Write the raw folder of an edition; returns the files. Raises InputError where there is one, or a decision cannot be meant."""
    kept = {f"{name}.csv" for name in ("corrections", "statements") if (edition.raw / f"{name}.csv").exists()}
    if there := [name for name in MADE if name not in kept and (edition.raw / name).exists()]:
        todo = f"在各表里修改；要重新登记，请先移走 {'、'.join(there)}（{SOURCES}/、{'、'.join(sorted(kept)) or '其余'} 留下）"
        raise InputError(edition.raw / there[0], None, "已经有这个年度", "一个还没有登记的年度", todo)
    entries = _entries(drafts, table, ledger.place(edition))
    entries, rounded = _beside_forms(entries, {row["indicator"]: row["label"] for one in drafts for row in one.known})
    free = [one for one in entries if one.name and one.form is None]
    tables = {name: [] for name in RAW if name not in ("budget", "targets")} | forms(drafts, table)
    rows = (one.row | {"locator": one.row["place"], "indicator": one.name} for one in free)
    tables["figures"] = [*{tuple(row[c] for c in RAW["figures"] if c in row): row for row in rows}.values()]
    named = _named(drafts, entries)
    names = {item: name for item, (name, _) in named.items()}
    tables["notes"] = [*retell.measures(drafts, names)]
    files = {f"{name}.csv": table_text(columns(name, tables[name]), tables[name]) for name in RAW if name in tables}
    files[report.FILE] = "\n\n".join(retell.report(drafts, names)) + "\n"
    files[FILE] = _card(edition, drafts)
    introduce(edition, drafts, kind, level)
    folder = edition.raw.parent
    anew = {check.name for check in edition.checks if claimed(check.name) == str(edition.year)}
    left = _left(drafts, folder, anew) - {one.name for one in free}
    files["../indicators.csv"] = added(folder / "indicators.csv", INDICATORS, _own(drafts, free), left)
    seen = {id(one.item) for one in entries if one.row["state"] == ledger.SURE}
    checks = _checks(edition, drafts, named, rounded, seen)
    files["../checks.csv"] = added(folder / "checks.csv", CHECKS, checks, anew)
    for name in files.keys() - kept:
        (edition.raw / name).write_text(files[name], "utf-8")
    return [(edition.raw / name).resolve() for name in files]


def _entries(drafts: Sequence[Draft], table: Sequence[Record], path: Path, bad: Bad = None) -> list[Entry]:
    """An entry for each item, as draft.csv decides; `cues`: its name before it got another, if that is long enough to look for. Raises
    InputError for decisions that cannot be meant; given a list `bad`, puts these there."""
    known = {row["indicator"]: row["path"].parent.name == "data" for one in drafts for row in (*one.kin, *one.known)}
    units = {row["indicator"]: row["unit"] for one in drafts for row in (*one.kin, *one.known)}
    errors, entries = [] if bad is None else bad, list[Entry]()
    found = ((item, one.form(item)) for one in drafts for item in one.items)
    before = (row["label"] or row["indicator"] for row in ledger.rows(drafts, ())[0])
    for line, ((item, form), old, row) in enumerate(zip(found, before, called(drafts, table), strict=True), 2):
        other = old not in (row["label"], row["indicator"]) and old.isidentifier() and len(old) > 3
        row |= {"path": path, "line": line, "cues": old * other}
        form = None if isinstance(form, Base) and row["label"] and not row["indicator"] else form
        unit = "" if form else units.setdefault(columnless(row["indicator"]) or row["label"], row["unit"])
        try:
            name = "" if isinstance(form, Sheet) else ledger.meant(row, known, unit)
            entries.append(Entry(item, form, row, name))
        except InputError as error:
            errors.append(error)
    InputError.together(errors, bad)
    return entries


def refused(drafts: Sequence[Draft], table: Sequence[Record]) -> list[str]:
    """What there is to say of decisions that cannot be meant."""
    _entries(drafts, table, Path(ledger.FILE), bad := list[InputError]())
    return [f"{ledger.FILE} 第{error.row}行：{error.told}" for error in bad]


def _named(drafts: Sequence[Draft], entries: Sequence[Entry]) -> dict[int, tuple[str, Unit]]:
    """Names and units of figures; a cell of a base table is one where the dictionary names it, none of a score sheet."""
    units = {row["indicator"]: row["unit"] for one in drafts for row in one.known}
    return {
        id(one.item): (one.name, Unit.parse(units.get(columnless(one.row["indicator"])) or one.row["unit"]))
        for one in entries
        if one.name and (one.form is None or one.row["indicator"])
    }


def introduce(edition: Edition, drafts: Sequence[Draft], kind: str, level: str) -> None:
    """Write what the unit says of itself, unless it has said so."""
    path = edition.raw.parent / PROFILE
    if not path.exists():
        about = {"name": retell.unit(drafts) or edition.unit, "kind": kind, "level": level, "contact": ""}
        path.write_text(_yaml(about), "utf-8")


def _beside_forms(entries: Sequence[Entry], labels: Mapping[str, str]) -> tuple[list[Entry], list[tuple[str, str]]]:
    """The entries, and of figures of the text (近540万元) the cells that they round: by the column that prints them, else of their own."""
    cells = {one.name: one.item.found.reading for one in entries if one.name and isinstance(one.form, Base)}
    printed = {(columnless(name), reading.bounds): name for name, reading in cells.items() if reading}
    found, rounded, told = list[Entry](), list[tuple[str, str]](), dict[str, dict[Bounds, int]]()
    words: dict[str, str] = {}
    for one in entries:
        reading, item = one.item.found.reading if one.form is None else None, columnless(one.name)
        if reading and one.name not in cells and one.row["indicator"] == item:
            one = one._replace(name=printed.get((item, reading.bounds), one.name))
        elif reading and (cell := cells.get(one.name)) and cell.bounds != reading.bounds:
            column = one.name.rpartition(".")[2]
            about = COLUMNS.get(column, "") if column != "outturn" else ""
            again = told.setdefault(one.name, {}).setdefault(reading.bounds, len(told[one.name]))
            name = f"{TEXT}{f'第{again + 1}处' * bool(again)}{labels.get(item, '')}{about}"
            if "adjustment" not in item:  # of which the form has what there is after it, the text by how much
                rounded.append((name, one.name))
            one = one._replace(name=name, row=one.row | {"indicator": "", "label": name})
        said = re.sub(r"[\d.,\s]", "", one.item.found.said)  # 33人, 33名: printed as it stands; not so 近33人
        named = one.form is None and one.name and f"{one.name} {reading and reading.bounds}"
        if named and words.setdefault(named, said) != said:
            name = f"{TEXT}{labels.get(columnless(one.name), one.name)}{said}"
            one = one._replace(name=name, row=one.row | {"indicator": "", "label": name})
        found.append(one)
    return found, [*dict.fromkeys(rounded)]


def _own(drafts: Sequence[Draft], free: Sequence[Entry]) -> Iterator[Mapping[str, str]]:
    """The unit's own indicators for the figures; whom one is about says its heading, or a unit of its kind that has it already."""
    kin = [row for one in drafts for row in one.kin]
    known = {columnless(row["indicator"]) for one in drafts for row in one.known}
    for one in free:
        like = (row for row in kin if row["indicator"] == one.name and notation.counts(one.row["unit"], row["unit"]))
        if one.row["indicator"] and (same := next(like, None)):
            yield same
        elif not one.row["indicator"] or columnless(one.name) not in known:
            about = {"scope": scope(one.item), "cues": one.row["cues"]}
            yield {"indicator": one.name, "label": one.name, "unit": one.row["unit"] or PLAIN, **about}


def _left(drafts: Sequence[Draft], folder: Path, anew: Container[str]) -> set[str]:
    """The names that documents were read to have, and that no year and no table of the unit has, but for the checks that are claimed `anew`."""
    bare = ("section", "direction", "definition", "since")
    made = (row for one in drafts for row in one.known if row["scope"] and not any(row[name] for name in bare))
    there = (path for path in folder.rglob("*.csv") if path.name != "indicators.csv" and path.parent.name != SOURCES)
    with suppress(InputError):  # what cannot be read may name any
        lines = (line for path in there for line in text(path, path.read_bytes()).splitlines())
        named = {word for line in lines if line.partition(",")[0] not in anew for word in re.findall(r"\w+", line)}
        return {row["indicator"] for row in made if row["label"] == row["indicator"]} - named
    return set()


def _checks(
    edition: Edition, drafts: Sequence[Draft], named: Mapping, rounded: Sequence, seen: Container[int]
) -> Iterator[dict[str, str]]:
    """What the documents claim, as relations: what holds stays a check, what does not is told unless somebody has `seen` that it is none; a
    text has to say what its form does."""
    year = str(edition.year)
    shared = (check for check in edition.checks if claimed(check.name) != year)  # what is accepted anew takes its place
    known = {_sides(relation) for check in shared for relation in each(check.relation)}
    known |= {_sides(" = ".join(pair)) for pair in rounded}
    for number, claim in enumerate(chain.from_iterable(one.claims for one in drafts), 1):
        kind, relation = _relation(claim, named)
        none = not claim.holds and id(claim.stated) in seen
        if relation and not none and _sides(relation) not in known:
            about = f"claim_{year}_{number}", kind, "warning" if kind == "ratio" else "error", relation, _told(claim)
            yield dict(zip(CHECKS, about, strict=True))
    for number, pair in enumerate(rounded, 1):
        about = f"claim_{year}_text{number}", "sum", "error", " = ".join(pair), "正文与基础数据表不符"
        yield dict(zip(CHECKS, about, strict=True))


def unrelated(edition: Edition, drafts: Sequence[Draft]) -> Iterator[Finding]:
    """What does not hold and is no relation of the edition (of a score sheet, or for its units), unless somebody has answered in draft.csv."""
    if not (false := [claim for one in drafts for claim in one.claims if not claim.holds]):
        return
    table: list[Record] = [*ledger.rows(drafts, ledger.decisions(edition))[0]]
    entries = _entries(drafts, table, ledger.place(edition))
    named, rows = _named(drafts, entries), {id(one.item): (one.row, isinstance(one.form, Sheet)) for one in entries}
    for claim in false:
        (row, rated), parts = rows[id(claim.stated)], [rows[id(part)][0] for part in claim.parts]
        answered = row["state"] == ledger.SURE or any(one["kind"] != ledger.FIGURE for one in (row, *parts))
        if not (answered or _relation(claim, named)[1]):
            section, place = "scorecard" * rated, (claim.stated.place,)
            yield Finding("document", "error", f"原文{_told(claim)}", section=section, locators=place)


def _told(claim: Claim) -> str:
    parts = "、".join(part.found.token for part in claim.parts if part is not claim.stated)
    return f"{claim.stated.place}：{claim.stated.found.token}与{parts}不符"


def _sides(relation: str) -> frozenset[frozenset[str]]:
    """A relation without the order of its parts, and without those that count only where listed."""
    sides = (re.split(r" [+/] ", side) for side in re.split(" <?= ", relation))
    return frozenset(frozenset(part for part in parts if not part.endswith("?")) for parts in sides)


def _relation(claim: Claim, figures: Mapping[int, tuple[str, Unit]]) -> tuple[str, str]:
    """(kind, relation) of a claim; nothing of no figure, nor of units that do not go together, unless it is wrong however it counts."""
    given = [figures.get(id(item)) for item in (claim.stated, *claim.parts)]
    if not all(given) or not claim.stated.found.reading:
        return "", ""
    (stated, unit), *others = given
    parts, units = [name for name, _ in others], [of for _, of in others]
    made = units[0].times(units[1], 1 if claim.operator == "x" else -1) if claim.operator in "/%x~" else units[0]
    odd = made != unit or (claim.operator not in "/x" and any(one != units[0] for one in units))
    points = odd and claim.operator == "-" and [str(one) for one in (unit, *units)] == ["个百分点", "", ""]
    if odd and (claim.holds or not (points or claim.operator in ("+", "<="))):
        return "", ""  # what holds however it counts needs no check; of what does not somebody has to be asked
    if len(claim.operator) == len(parts) - 1 > 1:  # a sign for each
        signed = (f" {sign} {part}" for sign, part in zip(claim.operator, parts[1:], strict=True))
        return "ratio", f"{stated} = {parts[0]}{''.join(signed)}"
    kind = {"+": "sum", "<=": "part"}.get("/" if odd else claim.operator, "ratio")
    sign = {"x": " * ", "%": " / "}.get(claim.operator, f" {claim.operator} ")
    if claim.operator == "<=":  # what has fallen is less than nothing: 减少80万元，其中甲减少120万元
        fallen = any(one.found.reading and one.found.reading.number < 0 for one in claim.parts)
        return ("", "") if fallen else (kind, sign.join(parts))
    turned = _turned(claim)
    if claim.operator == "-" and turned:
        parts = parts[::-1]  # 减少0.34万元 is less than nothing, 减少额 more
    if points:
        return kind, f"{stated} = ({sign.join(parts)}) * 100"
    fallen = turned and claim.stated.found.reading.number > 0  # 降幅12% has no sign
    if claim.operator == "~":
        value, change = parts
        return kind, f"{stated} = {change} / ({f'{change} - {value}' if fallen else f'{value} - {change}'})"
    if claim.operator == "%" and fallen:
        return kind, f"{stated} = 1 - {sign.join(parts)}"
    return kind, f"{stated} = {sign.join(parts)}{' - 1' * (claim.operator == '%')}"


def _turned(claim: Claim) -> bool:
    """Whether a change is stated without its sign; one that is wrong and as much as is due has gone the other way."""
    read, due = claim.stated.found.reading, claim.due[1] if claim.due else 0
    return read.number * due < 0 and (claim.holds or abs(abs(read.number) - abs(due)) > read.rounding)


def _card(edition: Edition, drafts: Sequence[Draft]) -> str:
    """The source card: what the documents, which are read as a whole, say of themselves, and the score sheets that fit their forms."""
    forms = [form for one in drafts for form in one.forms.values() if isinstance(form, Sheet)]
    rated = ([row for form in forms if bool(form.head["project"]) == of for row in form.rated] for of in (False, True))
    unit, projects = (rows and (fitting(edition.root, rows) or USUAL) for rows in rated)
    sheets = {"sheet": unit or ""} | ({"project_sheet": projects} if projects and projects != USUAL else {})
    about = {
        "title": retell.title(drafts, edition.year) or UNKNOWN, "unit": retell.unit(drafts) or edition.unit, "year": edition.year, "publisher": UNKNOWN, "published": "", "url": "",
        "archive": "", "read": str(date.today()), "sha256": " ".join(one.document.sha256 for one in drafts), "covers": [], **sheets,
        "status": {"state": "draft", "by": "", "on": ""}, "revision": {"number": 1, "date": retell.dated(drafts) or str(date.today()), "notes": []}, "contact": UNKNOWN,
    } | retell.issued(drafts)  # fmt: skip
    return f"# The card of the source document.\n{_yaml(about)}"


def _yaml(about: Mapping[str, object]) -> str:
    """Keys and values, a line each; nothing stands behind the key of what is blank."""
    told = {key: json.dumps(value, ensure_ascii=False) if value != "" else "" for key, value in about.items()}
    return "".join(f"{key}: {value}\n" for key, value in told.items())
