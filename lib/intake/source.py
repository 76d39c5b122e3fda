"""The source held against what was registered of it: every printed token at its place, every number of the text in some row."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from difflib import get_close_matches
from itertools import groupby
from math import inf
from typing import Any

from lib.check.expressions import few
from lib.check.figures import in_full
from lib.edition import report
from lib.edition.card import SOURCES
from lib.edition.edition import Edition
from lib.edition.report import FILLED
from lib.edition.spelling import label
from lib.edition.store import InputError, Record, put
from lib.intake import ledger, retell
from lib.intake.draft import Draft
from lib.intake.forms import forms
from lib.intake.new import BLANK, columns, table_text
from lib.intake.own import around, last_year, letters
from lib.numbers import notation
from lib.numbers.bounds import Bounds

_NUMBER = re.compile(r"(第|表)(\d+)")


def wrong(edition: Edition, drafts: Sequence[Draft], now: Mapping[str, str]) -> Iterator[InputError]:
    """Rows of figures.csv and budget.csv that the documents of an edition do not bear out; nothing where there are none."""
    if not drafts:
        return
    at, read = _tokens(drafts, str), _readings(drafts, decided := ledger.decisions(edition))
    everything = [token for tokens in at.values() for token in tokens]
    figures = edition.table("figures")
    given = {(_now(row["locator"], now), _plain(row["printed"])) for row in figures}
    words = _worded(edition, drafts)
    told = {(place, token) for (place, name), token in words.items() if name}
    for row in figures:
        place = _now(row["locator"], now)
        token, there = _plain(row["printed"]), at.get(place, everything)
        if token and token not in there:
            here = (place, row["indicator"]) in words
            free = (other for other in there if (place, other) not in given | told and _unit(other) == _unit(token))
            near = [words[place, row["indicator"]]] if here else get_close_matches(token, free, n=1, cutoff=0.4)
            places = [place for place, tokens in at.items() if token in tokens and (place, token) not in given]
            yield _told(row, f"{row['indicator']} {row['printed']}", near, places)
        elif (said := read.get((place, token))) and (_bounds(in_full(row)["reading"] or token) or said[0]) not in said:
            yield _told(row, f"{row['indicator']} {in_full(row)['reading'] or token}", [said[-1]])
    money = forms(drafts, decided).get("budget", [])
    columns = [column for column in BLANK["budget"] if any(row.get(column) for row in money)]
    for row in edition.table("budget"):
        same = [one for one in money if one["item"] == row["item"]]  # in several forms, perhaps
        same = [one for one in same if one["locator"] == row["locator"]] or same
        for column in columns if same else ():
            source = [one.get(column, "") for one in same]
            if _plain(row[column]) not in map(_plain, source):
                yield _told(row, f"{row['item']} 的 {column} {row[column] or '空白'}", [source[0] or "空白"])
        units = [one["unit"] for one in same if any(map(one.get, columns))]
        if units and _bounds(f"1{row['unit']}") not in [_bounds(f"1{unit}") for unit in units]:
            yield _told(row, f"{row['item']} 的 unit {row['unit'] or '空白'}", units[:1])


def _worded(edition: Edition, drafts: Sequence[Draft]) -> dict[tuple[str, str], str]:
    """What each place prints now in the words that the edition's own text has around a name."""
    names, found, last = last_year(edition.raw / report.FILE), dict[tuple[str, str], str](), ""
    for item in (item for one in drafts for item in one.items if item.figure and not item.cell):
        last = names.get(around(item, last), "")
        found[item.place, last] = _plain(item.found.token)
    return found


def _unit(token: str) -> str:
    read = notation.tried(token)
    return read.unit if read else ""


def moved(edition: Edition, drafts: Sequence[Draft]) -> dict[str, str]:
    """The paragraphs and tables whose figures are mostly printed in another now; one of a single figure must go as far as another."""
    at, rows = _tokens(drafts, _whole), edition.table("figures") if drafts else ()
    given = defaultdict[str, Counter[str]](Counter)
    for row in rows:
        if row["printed"] and _NUMBER.search(_whole(row["locator"])):
            given[_whole(row["locator"])][_plain(row["printed"])] += 1
    free = {place: tokens - given[place] for place, tokens in at.items()}
    found = dict[str, str]()
    for place, tokens in given.items() if free else ():
        if gone := tokens - at[place]:
            best = max(free, key=lambda other: ((gone & free[other]).total(), -abs(_far(place, other))))
            if 2 * (gone & free[best]).total() > tokens.total():
                found[place] = best
    far = {_far(old, new) for old, new in found.items() if given[old].total() > 1} - {inf}
    return {old: new for old, new in found.items() if given[old].total() > 1 or _far(old, new) in far}


def follow(edition: Edition) -> list[str]:
    """Write where the figures stand now into figures.csv and what corrects it; returns what was done. What cannot be read stays as it is."""
    with suppress(InputError):
        now = moved(edition, ledger.drafts(edition, ledger.documents(edition), ""))
        for name in ("figures", "corrections") if now else ():
            rows = [row | {"locator": _now(row["locator"], now)} for row in edition.table(name)]
            put(edition.file(name), table_text(columns(name, rows), rows).encode())
        return [f"figures.csv 的 locator 已照原文改正：{told(now)}"] * bool(now)
    return []


def told(now: Mapping[str, str]) -> str:
    """What has moved where, in words."""
    return few([f"{old}→{new}" for old, new in now.items()], "等{}处")


def _tokens(drafts: Sequence[Draft], of: Callable[[str], str]) -> dict[str, Counter[str]]:
    """What is printed at each place, or in what the place is `of`."""
    found = defaultdict[str, Counter[str]](Counter)
    for item in (item for one in drafts for item in one.items):
        found[of(item.place)][_plain(item.found.token)] += 1
    return found


def _readings(drafts: Sequence[Draft], decided: Sequence[Record]) -> dict[tuple[str, str], list[Any]]:
    """What each token means at its place, in the unit of its head or as somebody decided, and at the end how that is told."""
    found = defaultdict[tuple[str, str], list[Any]](list)
    for row in (row for row in decided if row["reading"]):
        found[row["place"], _plain(row["printed"])].append(_bounds(row["reading"]))
    for item in (item for one in drafts for item in one.items if item.found.reading):
        found[item.place, _plain(item.found.token)] += [item.found.reading.bounds, item.found.said]
    return found


def _bounds(text: str) -> Bounds | None:
    read = notation.tried(text)
    return read.bounds if read else None


def _whole(place: str) -> str:
    return place.partition(" ")[0]


def _now(place: str, now: Mapping[str, str]) -> str:
    whole = _whole(place)
    return now.get(whole, whole) + place.removeprefix(whole)


def _far(place: str, other: str) -> float:
    """How many paragraphs or tables one place is behind another; infinitely far from one to the other kind."""
    (kind, number), (same, there) = (_NUMBER.search(one).groups() for one in (place, other))
    return int(there) - int(number) if kind == same else inf


def unregistered(edition: Edition, drafts: Sequence[Draft]) -> list[str]:
    """The numbers of the documents that no row has, those of forms too, each with its place; those set aside in `draft.csv` apart."""
    set_aside = (row for row in ledger.decisions(edition) if row["kind"] != ledger.FIGURE)
    aside = {(row["place"], ledger.alike(row["printed"])) for row in set_aside}
    rows = [(row["locator"], _plain(row["printed"])) for row in edition.table("figures")]
    items = (item for one in drafts for item in one.items if item.figure and not one.form(item))
    printed = [(item.place, _plain(item.found.token), item.found.token) for item in items]
    there = {(place, token) for place, token, _ in printed}
    given = Counter(token for place, token in rows if (place, token) not in there)  # at another place
    found, here = [], {*rows}
    for place, token, said in (one for one in printed if one[:2] not in here):
        if given[token]:
            given[token] -= 1
        elif (place, ledger.alike(said)) not in aside:
            found.append(f"{said}（{place}）")
    made = forms(drafts, ledger.decisions(edition))
    for name, keys in {"budget": ("item",), "targets": ("project", "level3")}.items():
        taken = {tuple(row[key] for key in keys) for row in edition.table(name)}
        for row in (row for row in made.get(name, ()) if tuple(row[key] for key in keys) not in taken):
            place = row.get("locator") or f"{row['at']} {row['level3']}"
            found += [f"{row[one]}（{place}）" for one in BLANK[name] if re.search(r"\d", row.get(one) or "")]
    return found


def exchanged(edition: Edition, drafts: Sequence[Draft]) -> Iterator[tuple[int, str]]:
    """Lines of report.md that have the words of a paragraph and in it other numbers than that, each with what is wrong."""
    for number, name, here, there in _exchanged(edition, drafts):
        yield number, f"{{{{ {name} }}}} 是{here or '空白'}，原文的这一句在此处印的是{there}"


def _exchanged(edition: Edition, drafts: Sequence[Draft]) -> Iterator[tuple[int, str, str, str]]:
    """The line, the name, what is registered of it and what stands in its place."""
    printed = defaultdict[str, list[str]](list)
    for row in edition.table("figures"):
        printed[row["indicator"]].append(row["printed"])
    told = defaultdict[str, list[list[str]]](list)
    for one in drafts:
        items = (item for item in one.items if item.figure and not item.cell)
        for _, some in groupby(items, key=lambda item: item.passage):
            figures = [*some]
            ends = [0, *(end for item in figures for end in (item.found.start, item.found.end)), None]
            words = "".join(figures[0].text[a:z] for a, z in zip(ends[::2], ends[1::2], strict=True))
            told[letters(words)].append([item.found.token for item in figures])
    texts = (block for block in report.blocks(edition.raw) if not block.kind)
    for number, line in (line for block in texts for line in block.words):
        names = FILLED.findall(line)
        here = [printed[name] for name in names if name in printed]
        there = [tokens for tokens in told[letters(FILLED.sub("", line))] if len(tokens) == len(here) == len(names)]
        same = [[*map(_same, here, tokens)] for tokens in there]
        if there and not any(map(all, same)):
            n = same[0].index(False)
            yield number, names[n], here[n][0], there[0][n]


def altered(given: str, edition: Edition, drafts: Sequence[Draft]) -> Iterator[str]:
    """Which of the documents that were read, by the digests that the card has of them, are gone or are not the same any more."""
    there = {one.document.sha256: one.document.path.name for one in drafts}
    named = [*dict.fromkeys(row["doc"] for row in ledger.decisions(edition))]
    gone = [n for n, one in enumerate(given.split()) if one not in there]
    if gone and not drafts:
        yield f"{SOURCES}/ 里没有原文：所印的数字没有与它核对"
    for name in ("".join(named[n : n + 1]) for n in gone if drafts):
        same = not name or name in there.values()
        told = f"里的文件与登记时的不同（sha256），按现在的核对{f'：{name}' * bool(name)}"
        yield f"{SOURCES}/ {told if same else f'里没有登记时的 {name}：它所印的数字没有与它核对'}"


def rewritten(edition: Edition, drafts: Sequence[Draft]) -> Iterator[tuple[str, int | None, str]]:
    """What a later version of the documents says otherwise, as (file, line, what): cells of targets.csv, sentences of report.md."""
    decided = ledger.decisions(edition)
    rated, keys = forms(drafts, decided).get("targets", []), ("project", "level1", "level2", "level3")
    for row in edition.table("targets"):
        same = [one for one in rated if all(one.get(key) == row[key] for key in keys)]
        for column in [*same[0]] if len(same) == 1 else ():
            now = same[0][column] or ""
            if row.get(column) and ledger.alike(row[column]) != ledger.alike(now):
                what = f"{row['level3']}的{label('targets', column)}是{row[column]}，新稿印的是{now or '空白'}"
                yield "targets.csv", row["line"], what
    aside = {(row["place"], ledger.alike(row["printed"])) for row in decided if row["kind"] != ledger.FIGURE}
    items = (item for one in drafts for item in one.items if item.figure)
    names = {id(item): "□" for item in items if (item.place, ledger.alike(item.found.token)) not in aside}
    there = {said: n for block in report.blocks(edition.raw) for n, line in block.words for said in _said(line)}
    lines = (line for text in retell.report(drafts, names) for line in text.split("\n"))
    new = dict.fromkeys(said for line in lines for said in _said(line))
    left = [said for said in there if said not in new]
    for said in (said for said in new if said not in there):
        near = get_close_matches(said, left, 1, 0.6)
        told = f"新稿的“{said}”{'改了' if near else '还没有写进正文'}"
        yield report.FILE, there[near[0]] if near else None, f"{told}{f'，正文还是“{near[0]}”' if near else ''}"


def _said(line: str) -> list[str]:
    """The sentences of a line of a report, its numbers that have a name left blank."""
    words = "" if line.startswith(("#", "`", "|")) else FILLED.sub("……", re.sub("^[-•] ", "", line.strip()))
    return [one for one in re.split("(?<=[。；])", words) if letters(one)]


def _same(printed: Sequence[str], token: str) -> bool:
    """Whether one of some tokens says the same number as another, in the same digits or others."""
    *reads, read = (notation.tried(one) for one in (*printed, token))
    *digits, those = (re.sub(r"[^\d.]", "", one) or _plain(one) for one in (*printed, token))
    return those in digits or any(read and one and one.bounds == read.bounds for one in reads)


def _plain(token: str) -> str:
    return re.sub("^[达共合计累]+", "", "".join(token.split()))


def _told(row: Record, found: str, near: list[str], places: Sequence[str] = ()) -> InputError:
    """A row that its place does not bear out: the `places` where it is printed and nobody has it, or what is `near` it at its own."""
    about = "原文印有的数字", "照原文改正；原文没有这个数的，删去这一行和 report.md 里用到它的文字"
    if places and not near:
        found, about = f"{found}（{row['locator']}）", (f"原文印有它的位置：{'、'.join(places)}", "改正 locator")
    elif near:
        also = f"（{'、'.join(places)}也印有所登记的）" if places else ""
        about = f"原文在此处所印的{near[0]}{also}", "照原文改正这一行；原文错了的，写在 corrections.csv"
    return InputError.at(row, found, *about)
