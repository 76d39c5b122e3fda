"""Diff: two published editions, or two runs of one, told apart: figures, metrics, findings and every sentence of the report.

What the bounds leave open is never called a change: a number has certainly risen only if its lowest value is above the highest
before. Numbers of another unit, scope or formula are shown side by side and not compared. A row of a table is one sentence, a heading
is one; numbers of headings, tables and charts follow from the order and are left out.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape

from lib.edition.rows import SEVERITIES, STATUSES, TABLES, TREATED, bounds
from lib.edition.store import Record, card_in, names, rows_in
from lib.numbers import notation, wording
from lib.numbers.bounds import Bounds, exactly
from lib.numbers.quantity import Unit
from lib.publish import catalogue, shelf
from lib.publish.blocks import chapters
from lib.publish.document import Block, Box, Chart, Heading, Items, Paragraph, Table, inner_text, read
from lib.publish.web import write_page
from lib.publish.workbook import HEADS

COLUMNS = ("label", "section", "unit", "scope", "status", "locator", "formula", "inputs", "caveat")
"""Those of a row that are told if they differ, beside its number."""
MORE, LESS = (wording.RISEN, "改大"), (wording.FALLEN, "改小")
"""What is certain of a number; the second of one source: it was revised, nothing rose or fell."""
FALLS = {wording.RISEN: "减幅确定缩小", wording.FALLEN: "减幅确定扩大"}
"""The same of what is a fall in both (减少0.66万元, 减少0.26万元)."""
ALIKE = 0.5
"""Sentences that share fewer pairs of signs are two sentences, not one that was changed (Dice's coefficient)."""
SENTENCE = re.compile(r"(?<=[。！？；])")
WORD = re.compile(r"\d+(?:[,.]\d+)*|[A-Za-z]+|.", re.S)


@dataclass(frozen=True)
class Side:
    """A published edition as it is compared: its card, its tables by name, its sentences by chapter, which numbers are in doubt."""

    card: dict[str, Any]
    tables: dict[str, list[Record]]
    chapters: dict[str, list[str]]
    doubted: set[str]


def published(given: str, outputs: Path) -> Path:
    """The folder that `unit/year`, `unit/year~1` (published before), `~2` … or a path names; FileNotFoundError says what there is."""
    name, _, back = given.partition("~")
    if back:
        why = "没有这样早的版本（jixiao versions 列出现有的）"
        found = shelf.versions(outputs / name)[int(back) :][:1] if back.isdigit() else []
    else:
        why = "没有这个已发布的版本"
        found = [folder for folder in (outputs / given, Path(given)) if (folder / "manifest.json").is_file()]
    if not found:
        there = [str(path.parent.relative_to(outputs)) for path in sorted(outputs.glob("*/[0-9]*/manifest.json"))]
        raise FileNotFoundError(f"{given}：{why}。现有：{'、'.join(there) or '无'}")
    return found[0]


def side(folder: Path) -> Side:
    """A published edition. Raises FileNotFoundError where a file of it is missing."""
    report = read(json.loads((folder / "report.ipynb").read_text("utf-8")))
    tables = {name: rows_in(folder, name) for name in TABLES}
    doubted = {name for name, about in report.values.items() if about["shown"].endswith(wording.DOUBT)}
    told = {head.anchor if head else "开头": below for head, below in chapters(report.blocks)}
    sentences = {head: [said for one in below for said in _sentences(one) if said] for head, below in told.items()}
    return Side(card_in(folder), tables, sentences, doubted)


def verdict(old: Bounds | None, new: Bounds | None, same_source: bool = False) -> str:
    """What is certain of a change; bounds that stay leave the numbers of two years open, those of one source as they were."""
    if old is None or new is None:
        return "新增" if new else "不再有" if old else wording.MISSING
    if old == new and (old.exact or same_source):
        return wording.SAME
    return MORE[same_source] if new.above(old) else LESS[same_source] if old.above(new) else wording.OPEN


def _numbers(name: str, old: Side, new: Side) -> Iterator[dict[str, Any]]:
    """The figures or metrics that changed, or of which the bounds leave open whether they did."""
    key, same_source = TABLES[name][0], all(old.card[one] == new.card[one] for one in ("unit", "year"))
    before, after = ({row["indicator"]: row["scope"] for row in one.tables["figures"]} for one in (old, new))
    moved = {one for one, scope in before.items() if after.get(one, scope) != scope}
    for was, now in _pairs(old.tables[name], new.tables[name], key):
        row, both, first, last = now or was, was and now, bounds(was), bounds(now)
        differ = [column for column in TABLES[name] if both and was[column] != now[column]]
        differ = [column for column in differ if same_source or column != "locator"]
        change, by = verdict(first, last, same_source), ""
        if both and not differ and change != wording.OPEN:
            continue
        rests = moved.intersection(row["inputs"].split(";") if "inputs" in row else [row[key]])
        reasons = {"单位": "unit" in differ, "计算方法": "formula" in differ, "口径": rests}
        why = "、".join(filter(reasons.get, reasons))
        if first and last and why:
            change, by = "不比较", f"{why}不同"
        elif change in MORE + LESS and row[key] in old.doubted | new.doubted:
            change = wording.DOUBTED
        elif first and last and change in MORE + LESS:
            gap = last - first if change in MORE else first - last
            unit = str(Unit.parse(row["unit"]))
            by = wording.say(gap, unit) if unit else wording.say(gap * exactly(100), "个百分点")
            if gap.exact and not re.search("[1-9]", by):
                change, by = wording.SAME, ""
            elif first.high < 0 and last.high < 0 and re.search("|".join(notation.FALLEN), row["label"]):
                change = FALLS.get(change, change)
        more = [(HEADS[c], *(STATUSES.get(one[c], one[c]) for one in (was, now))) for c in differ if c in COLUMNS]
        told = {"name": row[key], "label": row["label"], "old": _said(was), "new": _said(now)}
        yield told | {"change": change, "by": by, "more": more}


def _said(row: Record) -> tuple[str, str]:
    """A number as printed, and its bounds where it does not say them itself."""
    limits = bounds(row)
    if limits is None:
        return (row.get("shown") or wording.MISSING if row else "—"), ""
    described = wording.describe(limits, str(Unit.parse(row["unit"])))
    shown = row.get("shown") or row.get("printed") or described
    return shown, described if described != shown and (not limits.exact or row.get("status") == "corrected") else ""


def _pairs(old: list[Record], new: list[Record], *key: str) -> Iterator[tuple[Record, Record]]:
    """Rows of the same name, the first with the first, {} where there is none; those that are gone come last."""
    left = list(old)
    for row in new:
        same: Record = next((one for one in left if all(one[column] == row[column] for column in key)), {})
        if same:
            left.remove(same)
        yield same, row
    yield from ((row, {}) for row in left)


def _finding(row: Record) -> str:
    if not row:
        return ""
    treated = "" if row["status"] == "open" else f"（{TREATED[row['status']]}）"
    place = f"来源{row['locators']}；" if row["locators"] else ""
    return f"{SEVERITIES[row['severity']]}{treated}：{row['message']}（{place}核对项{row['check']}）"


def _changes(pairs: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """Texts that are new, gone or changed, word by word."""
    states = {(True, True): "改", (False, True): "增", (True, False): "删"}
    return [{"state": states[bool(old), bool(new)], "text": marked(old, new)} for old, new in pairs if old != new]


def compare(old: Side, new: Side) -> dict[str, Any]:
    """What changed: `figures`, `metrics`, `findings`, and `chapters` as (heading, changes)."""
    sides = ((head, old.chapters.get(head, []), new.chapters.get(head, [])) for head in new.chapters | old.chapters)
    before, after = old.tables["findings"], new.tables["findings"]
    left, right = ([row for row in rows if row not in others] for rows, others in ((before, after), (after, before)))
    findings = _pairs(left, right, "check", "section", "indicators")
    return {
        "figures": [*_numbers("figures", old, new)],
        "metrics": [*_numbers("metrics", old, new)],
        "findings": _changes((_finding(was), _finding(now)) for was, now in findings),
        "chapters": [(head, changes) for head, was, now in sides if (changes := _changes(aligned(was, now)))],
    }


def write(first: str, second: str, outputs: Path, base: Path) -> Path:
    """One page on what changed from the first to the second; returns where it stands. Raises FileNotFoundError as `published`."""
    old, new = (side(published(given, outputs)) for given in (first, second))
    changes, headlines = compare(old, new), names(base / "data" / "headlines.csv")
    stem = "-".join(given.strip("./").replace("/", "-") for given in (first, second))
    page, count = outputs / f"diff/{stem}.html", Counter(row["change"] for row in changes["metrics"])
    certain, cards = (*MORE, *LESS, *FALLS.values()), (old.card, new.card)
    write_page("diff", page, cards=cards, headlines=headlines, count=count, certain=certain, **changes)
    catalogue.write(outputs, headlines, base)  # which leads to it
    return page


def _sentences(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        yield block.text
    elif isinstance(block, Paragraph):
        yield from SENTENCE.split(inner_text(block.children))
    elif isinstance(block, Items | Box):
        for inner in chain.from_iterable(block.items) if isinstance(block, Items) else block.blocks:
            yield from _sentences(inner)
    elif isinstance(block, Table):
        yield from (block.caption, *map("｜".join, block.texts))
    elif isinstance(block, Chart):
        yield from (block.caption, *SENTENCE.split(block.alt))


def marked(old: str, new: str) -> Markup:
    """What became of a text, word by word; a number is one word, a Chinese sign as well."""
    before, after = WORD.findall(old), WORD.findall(new)
    text = Markup("")
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        gone, come = escape("".join(before[a:b])), escape("".join(after[c:d]))
        changed = f"<del>{gone}</del>" * bool(gone) + f"<ins>{come}</ins>" * bool(come)
        text += come if kind == "equal" else Markup(changed)
    return text


def aligned(old: list[str], new: list[str]) -> Iterator[tuple[str, str]]:
    """Sentences side by side in their order, "" where one has no counterpart."""
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from zip(old[a:b], new[c:d], strict=True)
        else:
            yield from _alike(old[a:b], new[c:d])


def _alike(old: list[str], new: list[str]) -> Iterator[tuple[str, str]]:
    """Sentences of which none is in both: the most alike are paired first, and no two pairs cross."""
    left, right = ([{text[i : i + 2] for i in range(len(text))} for text in texts] for texts in (old, new))
    scores = {(i, j): 2 * len(a & b) / (len(a) + len(b)) for i, a in enumerate(left) for j, b in enumerate(right)}
    chosen = [(-1, -1), (len(old), len(new))]
    for i, j in sorted(scores, key=lambda pair: (-scores[pair], pair)):
        if scores[i, j] >= ALIKE and all((i - a) * (j - b) > 0 for a, b in chosen):
            chosen.append((i, j))
    for (a, b), (i, j) in pairwise(sorted(chosen)):
        yield from ((text, "") for text in old[a + 1 : i])
        yield from (("", text) for text in new[b + 1 : j])
        yield from zip(old[i : i + 1], new[j : j + 1], strict=True)
