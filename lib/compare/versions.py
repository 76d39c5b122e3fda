"""Diff: two published editions, or two runs of one, told apart: figures, metrics, findings and every sentence of the report.

What the bounds leave open is never called a change: a number has certainly risen only if its lowest value is above the highest
before. Numbers of another unit, scope or formula are shown side by side and not compared.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lib.compare import sentences
from lib.edition.rows import SEVERITIES, STATUSES, TABLES, bounds
from lib.edition.store import card_in, rows_in
from lib.numbers import wording
from lib.numbers.bounds import Bounds, exactly
from lib.publish import layout
from lib.publish.document import read

CARD = {
    "unit_name": "单位", "year": "年度", "title": "标题", "status_label": "状态", "revision": "版次", "date": "日期", "key": "版本标识",
    "contact": "联系人", "publisher": "发布者", "published": "发布日期", "url": "网址", "archive": "存档", "read": "阅读日期",
    "revision_notes": "修订说明",
}  # fmt: skip
CERTAIN = (wording.RISEN, wording.FALLEN)
ALWAYS = ("unit_name", "year", "title", "status_label", "revision", "date", "key")
COLUMNS = {
    "label": "名称", "section": "所属章", "unit": "单位", "scope": "口径", "status": "登记方式", "locator": "位置",
    "formula": "计算方法", "inputs": "所用数据", "caveat": "说明",
}  # fmt: skip


@dataclass(frozen=True)
class Side:
    """A published edition as it is compared: its card, its tables by name, its sentences by chapter."""

    card: dict[str, Any]
    tables: dict[str, list[dict[str, Any]]]
    chapters: dict[str, list[str]]

    @property
    def edition(self) -> tuple[str, int]:
        return self.card["unit"], self.card["year"]


def published(given: str, outputs: Path) -> Path:
    """The folder that `unit/year`, `unit/year~1` (the version published before) or a path names.

    Raises FileNotFoundError that says what there is.
    """
    before = re.fullmatch(r"(.+)~1", given)
    if before:
        now = outputs / before[1]
        kept = [path.parent for path in sorted(now.with_name(f".{now.name}").glob("*/manifest.json"))]
        found = [folder for folder in kept if folder != now.resolve() and not folder.name.startswith("new-")]
    else:
        found = [folder for folder in (outputs / given, Path(given)) if (folder / "manifest.json").is_file()]
    if not found:
        there = "、".join(
            str(path.parent.relative_to(outputs)) for path in sorted(outputs.glob("*/[0-9]*/manifest.json"))
        )
        why = "没有上一次发布的版本（只保留一个）" if before else "没有这个已发布的版本"
        raise FileNotFoundError(f"{given}：{why}。现有：{there or '无'}")
    return found[0]


def side(folder: Path) -> Side:
    """A published edition. Raises FileNotFoundError where a file of it is missing."""
    report = json.loads((folder / "report.ipynb").read_text("utf-8"))
    tables = {name: rows_in(folder, name) for name in TABLES}
    return Side(card_in(folder), tables, sentences.chapters(read(report)))


# --- numbers ------------------------------------------------------------------------------------------------------------


def verdict(old: Bounds | None, new: Bounds | None, same_source: bool = False) -> str:
    """What is certain of a change, in the words of `wording`; 新增 or 不再有 where one of the two is missing.

    Bounds that did not change leave the numbers of two years open, those of one source (`same_source`) as they were.
    """
    if old is None or new is None:
        return "新增" if new else "不再有" if old else wording.MISSING
    if old == new and (old.exact or same_source):
        return wording.SAME
    return wording.RISEN if new.above(old) else wording.FALLEN if old.above(new) else wording.OPEN


def _amount(old: Bounds, new: Bounds, unit: str) -> str:
    """How much lies between two numbers; between two ratios, in percentage points."""
    change = new - old if new.above(old) else old - new
    return wording.say(change, unit) if unit else wording.say(change * exactly(100), "个百分点")


def _numbers(name: str, old: Side, new: Side) -> list[dict[str, Any]]:
    """The figures or metrics that changed, or of which the bounds leave open whether they did."""
    key, same_source = TABLES[name][0], old.edition == new.edition
    scopes = [{row["indicator"]: row["scope"] for row in side.tables["figures"]} for side in (old, new)]
    moved = {one for one in scopes[0].keys() & scopes[1].keys() if scopes[0][one] != scopes[1][one]}
    found = []
    for was, now in _pairs(old.tables[name], new.tables[name], (key,)):
        row, ends = now or was, (bounds(was), bounds(now))
        columns = [column for column in TABLES[name] if was and now and was[column] != now[column]]
        columns = [column for column in columns if same_source or column != "locator"]
        change, by = verdict(*ends, same_source), ""
        if was and now and not columns and change != wording.OPEN:
            continue
        rests = set(row.get("inputs", row[key]).split(";"))
        why = ["单位"] * ("unit" in columns) + ["计算方法"] * ("formula" in columns) + ["口径"] * bool(rests & moved)
        if why and None not in ends:
            change, by = "不比较", f"{'、'.join(why)}不同"
        elif change in CERTAIN:
            by = _amount(*ends, row["unit"])
        more = [(COLUMNS[c], *(STATUSES.get(r[c], r[c]) for r in (was, now))) for c in columns if c in COLUMNS]
        about = {"name": row[key], "label": row["label"], "old": _said(was), "new": _said(now)}
        found.append(about | {"change": change, "by": by, "more": more})
    return found


def _said(row: dict[str, Any] | None) -> tuple[str, str]:
    """A number as printed, and its bounds where it does not say them itself."""
    limits = bounds(row)
    if limits is None:
        return (wording.MISSING if row else "—"), ""
    described = wording.describe(limits, row["unit"])
    shown = row.get("shown") or row.get("printed") or described
    return shown, described if described != shown and (not limits.exact or row.get("status") == "corrected") else ""


def _pairs(old: list[dict], new: list[dict], key: tuple[str, ...]) -> Iterator[tuple[dict | None, dict | None]]:
    """Rows of the same name, the first with the first; those that are gone come last."""
    before, after = {}, {}
    for rows, found in ((old, before), (new, after)):
        count = Counter()
        for row in rows:
            name = tuple(row[column] for column in key)
            count[name] += 1
            found[name, count[name]] = row
    yield from ((before.get(name), row) for name, row in after.items())
    yield from ((row, None) for name, row in before.items() if name not in after)


# --- words --------------------------------------------------------------------------------------------------------------


def _findings(old: Side, new: Side) -> list[dict[str, Any]]:
    """The findings that are new, gone or changed."""
    before, after = old.tables["findings"], new.tables["findings"]
    left, right = ([row for row in rows if row not in others] for rows, others in ((before, after), (after, before)))
    pairs = _pairs(left, right, ("check", "section", "indicators"))
    return [_change(*(_finding(row) if row else "" for row in pair)) for pair in pairs]


def _finding(row: dict[str, Any]) -> str:
    settled = "（已更正）" if row["status"] == "settled" else ""
    place = f"（来源{row['locators']}；核对项{row['check']}）" if row["locators"] else f"（核对项{row['check']}）"
    return f"{SEVERITIES[row['severity']]}{settled}：{row['message']}{place}"


def _change(old: str, new: str) -> dict[str, Any]:
    return {"state": "改" if old and new else "增" if new else "删", "text": sentences.marked(old, new)}


# --- the page -----------------------------------------------------------------------------------------------------------


def compare(old: Side, new: Side) -> dict[str, Any]:
    """What changed: `card`, `figures`, `metrics`, `findings`, and `chapters` as (heading, changes)."""
    headings = [*new.chapters, *(heading for heading in old.chapters if heading not in new.chapters)]
    chapters = {}
    for heading in headings:
        pairs = sentences.aligned(*(side.chapters.get(heading, []) for side in (old, new)))
        chapters[heading] = [_change(*pair) for pair in pairs if pair[0] != pair[1]]
    return {
        "card": _cards(old, new),
        "figures": _numbers("figures", old, new),
        "metrics": _numbers("metrics", old, new),
        "findings": _findings(old, new),
        "chapters": [(heading, changes) for heading, changes in chapters.items() if changes],
    }


def _cards(old: Side, new: Side) -> list[tuple[str, str, str]]:
    """The two cards line by line; the lesser lines only if they differ."""
    was, now = (side.card["source"] | side.card for side in (old, new))
    lines = [(name, _line(was.get(name, "")), _line(now.get(name, ""))) for name in CARD]
    return [(CARD[name], left, right) for name, left, right in lines if left != right or name in ALWAYS]


def _line(value: Any) -> str:
    return "；".join(f"{note['date']} {note['text']}" for note in value) if isinstance(value, list) else str(value)


def write(first: str, second: str, outputs: Path, target: Path | None = None) -> Path:
    """One page on what changed from the first to the second; returns where it stands.

    Raises FileNotFoundError where one of them is not published.
    """
    changes = compare(*(side(published(given, outputs)) for given in (first, second)))
    names = [given.strip("./").replace("/", "-") for given in (first, second)]
    target = target or outputs / "diff" / f"{'-'.join(names)}.html"
    count = Counter(row["change"] for row in changes["metrics"])
    given = {"first": first, "second": second, "count": count, "certain": CERTAIN}
    layout.write_page("diff", target, **changes, **given)
    return target
