"""How well `jixiao draft` finds the figures of a document: measured on the gold drafts of tests/drafts, built in all their forms.

    .venv/bin/python -m benchmarks.draft [NAME …] [--half dev|held] [--form pdf] [-v] [--seed ../shared/seed/2020.txt]

Found and gold are aligned in the order of the document: an item is the same when its digits are, whatever words stand around them. A
figure counts as found when it is found as one; bounds, ends and unit are judged of those found; a cell of a table is right when all of
it is. A name is right, wrong, or given though none fits. A claim is told when it is found not to hold; it is an alarm when it does.
"""

from __future__ import annotations

import argparse
import csv
import re
import shlex
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from math import inf, isclose
from pathlib import Path

from lib.edition.edition import root

sys.path.append(str(Path(__file__).parents[1] / "tests"))  # the gold and its builder are the tests' own
import drafts
from drafts import Draft, Item

WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
NUMERALS = "[一二两三四五六七八九十百千万亿半成几数零〇]"
SAME = {"名": "人", "位": "人", "平方米": "㎡", "个百分点": "百分点", "人/次": "人次", "个小时": "小时", "km": "公里"}
Found = dict[str, str]


@dataclass
class Score:
    """What was counted, and in words what was missed."""

    counts: Counter[str] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)

    def miss(self, kind: str, what: str) -> None:
        """One more of a kind of miss."""
        self.misses.append(f"{kind:12} {what}")


def key(token: str) -> str:
    """What makes two printed tokens the same item: the digits, or the numerals where there are none."""
    plain = re.sub(r"[\s,⏎]", "", token.translate(WIDE))
    numbers = re.findall(r"\d+(?:\.\d+)?", plain)
    return " ".join(str(Decimal(one).normalize()) for one in numbers) or "".join(re.findall(NUMERALS, plain)) or plain


def likeness(gold: Item, found: Found) -> int:
    """How much two items are the same; 0 is not at all."""
    left, right = key(gold.token), key(found["token"])
    alike = gold.kind == found["kind"]
    if left == right:
        return 4 + 2 * alike + same_unit(gold, found["unit"]) + (gold.clean == found["token"])
    within = left in right or right in left
    return 2 * (within and alike and gold.kind == "not")


def align(gold: list[Item], found: list[Found]) -> list[tuple[Item | None, Found | None]]:
    """Both in one order, each with its like in the other: of all ways to pair them, the one that pairs most."""
    best = [[0] * (len(found) + 1) for _ in range(len(gold) + 1)]
    like = [[likeness(one, other) for other in found] for one in gold]
    for i in reversed(range(len(gold))):
        for j in reversed(range(len(found))):
            paired = like[i][j] and like[i][j] + best[i + 1][j + 1]
            best[i][j] = max(best[i + 1][j], best[i][j + 1], paired)
    pairs: list[tuple[Item | None, Found | None]] = []
    i = j = 0
    while i < len(gold) and j < len(found):
        if like[i][j] and best[i][j] == like[i][j] + best[i + 1][j + 1]:
            pairs, i, j = [*pairs, (gold[i], found[j])], i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            pairs, i = [*pairs, (gold[i], None)], i + 1
        else:
            pairs, j = [*pairs, (None, found[j])], j + 1
    return [*pairs, *((one, None) for one in gold[i:]), *((None, one) for one in found[j:])]


def same_unit(gold: Item, unit: str) -> bool:
    """Whether a unit is one of those that may be told, perhaps with what it counts (个乡镇)."""
    unit = SAME.get(unit, unit)
    longer = r"(?!次|月|小时|百分点|工作日|/)[^\W\d_]*"
    return any(unit == one or (one and re.fullmatch(re.escape(one) + longer, unit)) for one in gold.units)


def same_bounds(gold: Item, found: Found) -> bool:
    """Whether both ends are the same, and open or closed alike."""
    for end in ("low", "high"):
        there, here = found[end], getattr(gold, end)
        if not there or not isclose(inf if there == "inf" else float(there), here, rel_tol=1e-9, abs_tol=1e-12):
            return False
        if (found[f"{end}_closed"].lower() in ("true", "1", "yes")) != getattr(gold, f"{end}_closed"):
            return False
    return True


def judge(gold: list[Item], found: list[Found]) -> Score:
    """The score of one table."""
    score = Score()
    for one, other in align(gold, found):
        if one is None and other is not None and other["kind"] == "figure":
            score.counts["extra"] += 1
            score.miss("no figure", f"{other['token']} {other['unit']}")
            _name(score, "", other, other["token"])
        elif one is not None and one.kind == "not":
            _look_alike(score, one, other)
        elif one is not None:
            _figure(score, one, other)
    return score


def _look_alike(score: Score, gold: Item, found: Found | None) -> None:
    listed = found is not None and found["kind"] == "not"
    score.counts.update(others=1, listed=listed, extra=found is not None and not listed)
    if not listed:
        score.miss("no figure" if found else "not listed", f"{gold.context} ({gold.reason})")
        _name(score, "", found, gold.context)


def _figure(score: Score, gold: Item, found: Found | None) -> None:
    there = found is not None and found["kind"] == "figure"
    bounds = there and found is not None and same_bounds(gold, found)
    unit = there and found is not None and same_unit(gold, found["unit"])
    place = "cells" if gold.place == "table" else "figures"
    score.counts.update({place: 1, f"{place} found": there, f"{place} right": bounds and unit})
    score.counts.update({"bounds": bounds, "units": unit})
    if not there:
        score.miss("missed", gold.context + (f" set aside: {found['reason']}" if found else ""))
    elif found and not (bounds and unit):
        was = " ".join(found[column] for column in drafts.COLUMNS[3:8])
        meant = f"{drafts.written(gold.low)} {drafts.written(gold.high)} {gold.low_closed} {gold.high_closed} {gold.units[0]}"
        score.miss("misread", f"{gold.context} is {meant}, was {was}")
    _name(score, gold.indicator, found if there else None, gold.context)


def _name(score: Score, indicator: str, found: Found | None, context: str) -> None:
    given = found["indicator"] if found else ""
    if indicator:
        score.counts.update(named=1, **{"name right": given == indicator, "name wrong": given not in ("", indicator)})
    else:
        score.counts.update(unnamed=1, **{"name unfit": bool(given)})
    if given != indicator:
        score.miss("name", f"{context} is {indicator or 'none'}, was {given or 'none'}")


def judge_claims(draft: Draft, found: list[Found]) -> Score:
    """Wrong claims told, and right ones told as wrong; a claim is known by what it states, or by all that it names."""
    score = Score()
    told = [
        *dict.fromkeys(
            (key(one["stated"]), _all(one["stated"], one["parts"].split(";"))) for one in found if one["holds"] == "no"
        )
    ]
    for claim in draft.claims:
        stated, everything = key(claim.stated), _all(claim.stated, claim.parts)
        mine = [one for one in told if one[1] == everything] or [one for one in told if one[0] == stated]
        if not claim.holds:
            score.counts.update(wrong=1, told=bool(mine))
            told = [one for one in told if one not in mine]
            if not mine:
                score.miss("not told", f"{claim.stated} = {f' {claim.operator} '.join(claim.parts)}")
        else:
            held = any(one["holds"] == "yes" and key(one["stated"]) == stated for one in found)
            score.counts.update(holding=1, kept=held)
    score.counts["alarms"] += len(told)
    for stated, everything in told:
        score.miss("alarm", f"{stated} of {sorted(everything)}")
    return score


def _all(stated: str, parts: Iterable[str]) -> frozenset[str]:
    return frozenset(key(one) for one in (stated, *parts) if one)


def ask(command: str, file: Path, folder: Path) -> tuple[list[Found], list[Found], str]:
    """(what the command line found, its claims, what it said where it failed)."""
    table, claims = folder / "table.csv", folder / "claims.csv"
    asked = [*shlex.split(command), str(file.resolve()), "--table", str(table), "--claims", str(claims)]
    done = subprocess.run(asked, capture_output=True, text=True, cwd=root())
    if done.returncode or not table.is_file():
        return [], [], (done.stderr.strip() or "no table was written")[-300:]
    return _read(table), _read(claims), ""


def _read(path: Path) -> list[Found]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def measure(command: str, draft: Draft, file: Path) -> Score:
    """The score of one document of a draft."""
    with tempfile.TemporaryDirectory() as folder:
        found, claims, failed = ask(command, file, Path(folder))
    score, said = judge(draft.items, found), judge_claims(draft, claims)
    score.counts += said.counts
    score.misses += said.misses
    if failed:
        score.miss("failed", failed)
    return score


def share(part: int, whole: int) -> str:
    """A rate in per cent, or — of nothing."""
    return f"{100 * part / whole:5.1f}" if whole else "    —"


HEADS = "recall precis. bounds cells set-by named wrong unfit told alarms held"


def line(name: str, c: Counter[str]) -> str:
    """One line of the table."""
    found = c["figures found"]
    rates = [
        share(found, c["figures"]),
        share(found, found + c["extra"]),
        share(c["figures right"], found),
        share(c["cells right"], c["cells"]),
        share(c["listed"], c["others"]),
        share(c["name right"], c["named"]),
        share(c["name wrong"], c["named"]),
        share(c["name unfit"], c["unnamed"]),
        f"{c['told']:3}/{c['wrong']:<3}",
        f"{c['alarms']:5}",
        share(c["kept"], c["holding"]),
    ]
    return f"{name:24}" + " ".join(f"{rate:>7}" for rate in rates)


def seed(command: str, file: Path) -> Score:
    """Names alone, against the figures of the edition that was transcribed from this document by hand."""
    with (root() / "data/raw/zhengxiang/2020/figures.csv").open(encoding="utf-8", newline="") as table:
        printed = [row for row in csv.DictReader(table) if row["printed"]]
    gold = [
        Item(one["printed"], "figure", indicator=one["indicator"], context=f"{one['locator']} {one['printed']}")
        for one in printed
    ]
    with tempfile.TemporaryDirectory() as folder:
        found, _, failed = ask(command, file, Path(folder))
    score = Score()
    for one, other in align(gold, [row for row in found if row["kind"] == "figure"]):
        _name(score, one.indicator if one else "", other, one.context if one else (other or {}).get("token", ""))
    if failed:
        score.miss("failed", failed)
    return score


def options() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="the drafts whose names begin so; all without")
    parser.add_argument("--half", choices=("dev", "held"))
    parser.add_argument("--form", help="documents of this form alone")
    parser.add_argument("--command", default=f"{Path(sys.executable).with_name('jixiao')} draft")
    parser.add_argument("--seed", type=Path, help="the document of zhengxiang 2020, for names")
    parser.add_argument("-v", "--verbose", action="store_true", help="list what was missed, with the words around it")
    return parser.parse_args()


def report(half: str, asked: argparse.Namespace, pool: ThreadPoolExecutor, folder: Path) -> None:
    """The scores of one half, document by document and in all."""
    wanted = [one for one in drafts.drafts()[half] if one.name.startswith(tuple(asked.names) or "")]
    files = [
        (one, file) for one in wanted for file in drafts.write(one, folder) if asked.form in (None, file.parent.name)
    ]
    total: Counter[str] = Counter()
    print(f"\n{half:24}" + " ".join(f"{head:>7}" for head in HEADS.split()))
    for (_, file), score in zip(files, pool.map(lambda pair: measure(asked.command, *pair), files), strict=True):
        name = f"{file.stem} {file.parent.name}"
        print(line(name, score.counts))
        failures = [one for one in score.misses if asked.verbose or one.startswith("failed")]
        print(*(f"    {one}" for one in failures), sep="\n", end="\n" * bool(failures))
        total += score.counts
    print(line(f"{half}, {len(files)} documents", total))


def main() -> None:
    """Builds the documents, asks the command line about each, and prints the scores."""
    asked = options()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        for half in (asked.half,) if asked.half else ("dev", "held"):
            report(half, asked, pool, Path(folder))
    if asked.seed:
        score = seed(asked.command, asked.seed)
        print(
            f"\nseed: {score.counts['name right']} of {score.counts['named']} named right, {score.counts['name wrong']} wrong,"
        )
        print(f"      {score.counts['name unfit']} of {score.counts['unnamed']} other figures named")
        print(*(f"    {one}" for one in score.misses if asked.verbose or one.startswith("failed")), sep="\n")


if __name__ == "__main__":
    main()
