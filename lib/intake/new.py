"""A new edition, laid out after an earlier one; a new section of the report. Of what last year's source said only its place stays."""

import json
import os
import re
from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from lib.edition import card, report
from lib.edition.card import FILE, PROFILE, Profile
from lib.edition.dictionary import BUDGET, CHECKS, PLANS, claimed, once, this_year
from lib.edition.edition import MORE, OWN, RAW, Edition, editions
from lib.edition.notebooks import notebooks, packed
from lib.edition.spelling import Tidy, text, tidy, written
from lib.edition.store import content
from lib.numbers.finding import numbers_in

TEMPLATES = Path(__file__).with_name("templates")
BLANK = {  # what is left to fill in; all else is kept from the earlier edition; other tables begin with their head only
    "figures": ["printed", "reading", "remark"],
    "budget": ["last_budget", "last_outturn", *PLANS, "outturn"],
    "targets": ["target", "actual", "explanation", "printed"],
}
WIDE = ["item", "last_budget", "last_outturn", "initial", "full", "budget", "outturn", "unit", "locator"]  # budget


def model(edition: Edition) -> Edition | None:
    """The edition to lay a new one out after: the unit's latest earlier one."""
    there = (one for one in editions(edition.root) if one.unit == edition.unit and one.year < edition.year)
    return max(there, key=lambda one: one.year, default=None)


def new(edition: Edition, kind: str = "", level: str = "") -> Edition | None:
    """Lay out the folder of an edition, all of it or nothing; returns the edition that it follows, if there is one. Tables keep rows and
    places, what this year's source has to fill is blank, the outturn of the year before becomes `last_outturn`, its report is the text
    to go on from. A first edition gets all that it may fill in, a worked line each. Raises FileExistsError, InputError."""
    if edition.raw.exists():
        raise FileExistsError(f"data/raw/{edition.unit}/{edition.year}/ 已经存在，没有改动；要重新建立，请先移走它")
    old, folder = model(edition), edition.raw.parent
    asked = [] if old else [row["indicator"] for row in edition.table("indicators")]
    if not old and (Profile.of(folder).kind or kind) in ("", packed(edition.root)):  # which the dictionary is for
        asked = [*edition.indicators]
    contents = {FILE: _card(edition, old, asked), report.FILE: _report(edition, old)}
    for name in RAW:
        if not old or name not in ("budget", "targets") or (old.raw / f"{name}.csv").is_file():
            contents[f"{name}.csv"] = _table(name, edition, old, asked)
    claims = []  # of the text that is gone on from, about the figures of the new year
    for row in old.table("checks") if old else ():
        if claimed(row["check"]) == str(old.year):
            name = row["check"].replace(str(old.year), str(edition.year), 1)
            claims.append(row | {"check": name, "message": f"与{old.year}年的说法不符"})
    aside = edition.raw.with_name(f".{edition.year}-{os.getpid()}")
    aside.mkdir(parents=True)
    for name, made in contents.items():
        (aside / name).write_text(made, "utf-8")
    if claims:
        (folder / "checks.csv").write_text(added(folder / "checks.csv", CHECKS, claims), "utf-8")
    for name in () if old else OWN:
        if (TEMPLATES / name).is_file() and not (folder / name).exists():
            about = {"name": "", "kind": kind, "level": level, "contact": ""} if name == PROFILE else {}
            (folder / name).write_text(template(name, **about), "utf-8")
    aside.rename(edition.raw)
    return old


def columns(name: str, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The columns of a table of the edition: those that it must have, and of those that it may have those that its rows fill."""
    given = {column for row in rows for column, text in row.items() if text}
    wide = WIDE if name == BUDGET else [*RAW[name], *MORE.get(name, ())]
    return [one for one in wide if one not in MORE.get(name, ()) or one in given]


def table_text(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """A table that people keep, as CSV; what a row does not say is blank, what it says besides is left out."""
    return written([columns, *([row.get(name, "") for name in columns] for row in rows)])


def added(path: Path, columns: list[str], rows: Iterable[Mapping[str, Any]], gone: Container[str] = ()) -> str:
    """A table of the unit's own with rows that it has not yet; what stands there stays, but for what is `gone`."""
    found = content(path)
    there = tidy(path, path.stem, found, columns) if found else Tidy(columns, [], [])
    kept = [line for _, line in there.lines if line[0] not in gone]
    known = {line[0] for line in kept}
    new = {row[columns[0]]: row for row in rows if row[columns[0]] not in known}
    return written([there.head, *kept, *([row.get(name, "") for name in there.head] for row in new.values())])


def template(name: str, /, **about: Any) -> str:
    """A template, filled in if anything is told `about` it."""
    found = (TEMPLATES / name).read_text("utf-8")
    return found.format(**about) if about else found


def _table(name: str, edition: Edition, old: Edition | None, asked: list[str]) -> str:
    rows, there = [], old.table(name) if old else []
    if name == "figures":
        rows = [{"indicator": one} for one in asked if edition.indicators[one].section != BUDGET]
    since = edition.year - old.year if old else 0
    labels = {one.name: once(one.label) for one in old.indicators.values()} if since == 1 else {}
    fixed = {(row["locator"], row["indicator"]): row["corrected"] for row in old.table("corrections")} if labels else {}
    last = {labels[row["indicator"]]: row for row in there if row.get("indicator") in labels}
    for row in there if name in BLANK else ():
        rows.append(row | dict.fromkeys(BLANK[name], ""))
        if "locator" in row:
            rows[-1]["locator"] = moved(row["locator"], old.year, edition.year)
        token, said = row.get("printed", ""), row.get("reading", "")
        given = said.startswith(token) and (token[-1:].isdigit() or said[len(token) :][:1] == "/")
        if given and not numbers_in(said.removeprefix(token)):
            rows[-1]["reading"] = said.removeprefix(token)  # what a table's head gives, or per what it is
        # of staff and buildings there is one number a year, not three
        if name == "budget" and since == 1 and "." not in row["item"]:
            rows[-1]["last_outturn"] = row["outturn"]
        if before := last.get(this_year(row.get("indicator", ""))):
            right = fixed.get((before["locator"], before["indicator"]), "")
            rows[-1] |= {"printed": right or before["printed"], "reading": "" if right else before["reading"]}
    return table_text(columns(name, there), rows) if old or rows else template(f"{name}.csv")


def _report(edition: Edition, old: Edition | None) -> str:
    """The unit's own text of the year before; else the headings that the source card names."""
    if old and (path := old.raw / report.FILE).is_file():
        told = moved(text(path, path.read_bytes()), old.year, edition.year)
        day = rf"(?m)^(\s*(?:20\d\d|{_SPELLED})年)[\d一二三四五六七八九十]{{1,3}}月(?:[\d一二三四五六七八九十]{{1,3}}(日))?(?=\s*$)"
        return re.sub(day, lambda found: f"{found[1]}　月{'　日' * bool(found[2])}", told)  # nobody knows yet
    headings = filter(None, (card.filled_in(old.raw).get("sections") or {}).values()) if old else ()
    return template(report.FILE).replace("{headings}", "\n".join(f"[//]: # (# {one})" for one in headings))


def moved(text: str, old: int, new: int) -> str:
    """A text of one year for another: that year and its neighbours as far on, but for titles, numbers of documents and names."""

    def later(found: re.Match) -> str:
        said = found[1] or found[2] or ""
        year = int("".join(str(max(0, _DIGITS.find(one)) if found[2] else one) for one in said) or 0)
        told = str(year + new - old)
        told = "".join(_DIGITS[int(one)] for one in told).replace("〇", found[2][1]) if found[2] else told
        return told if abs(year - old) <= 1 else found[0]

    return re.sub(rf"《[^》]*》|〔[^〕]*〕|\{{\{{[^}}]*\}}\}}|(?<!\d)(20\d\d)(?!\d)|({_SPELLED})(?=年)", later, text)


_DIGITS, _SPELLED = "〇一二三四五六七八九", "二[〇○零][〇○零一二三四五六七八九]{2}"  # of a year in words


def _card(edition: Edition, old: Edition | None, asked: list[str]) -> str:
    """The source card to fill in, with the names and the title of the earlier one."""
    given = card.filled_in(old.raw) if old else {}
    title = str(given.get("title") or f"{edition.year}年度部门整体支出绩效评价报告")
    lines = {"title": title.replace(str(old.year), str(edition.year)) if old else title}
    lines |= {name: given.get(name) for name in ("unit", "publisher", "contact")}
    quoted = {name: json.dumps(text, ensure_ascii=False) if text else "" for name, text in lines.items()}
    quoted["sheet"] = given.get("sheet") or ""
    known = [section for one in asked if (section := edition.indicators[one].section)]
    listed = "\n".join(f"  {name}:" for name in given.get("sections") or dict.fromkeys(known))
    return template(FILE, **quoted, year=edition.year, sections=listed)


def new_section(base: Path, title: str, name: str, kind: str) -> Path:
    """Write a notebook that runs behind the last section (056_women), for units of a kind or all. Raises FileExistsError."""
    known = notebooks(base)
    last = [name for name, one in known.items() if one.pack or re.match(r"\d{3}_", name)][-1]
    behind = last.partition("_")[0]
    place = f"{int(behind) + 1:0{len(behind)}d}"
    name = name or f"section{place}"
    if taken := [one.name for one in known.values() if name == one.section or title == one.title]:
        raise FileExistsError(f"已经有这一节：notebooks/{taken[0]}.ipynb，没有改动")
    text, own = template("section.ipynb"), {"GROUP": "mutual_aid", "PART": "beneficiaries", "WHOLE": "members"}
    given = own if kind == packed(base) else {"GROUP": "budget.total", "PART": "outturn", "WHOLE": "budget"}
    for mark, words in (given | {"NAME": name, "PACK": kind, "TITLE": title}).items():
        text = text.replace(mark, json.dumps(words, ensure_ascii=False)[1:-1])
    path = base / "notebooks" / f"{place}_{name}.ipynb"
    path.write_text(text, "utf-8")
    return path
