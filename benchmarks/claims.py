"""How well the claims of a document are tested: measured on the passages of tests/drafts/claims, right as they stand and with slips in them.

    .venv/bin/python -m benchmarks.claims [FILE …] [-v]

A slip is told when a claim that it breaks is found not to hold: one that has two of its figures. What is found not to hold in a passage
as it stands is an alarm.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.draft import key
from lib.edition.edition import root
from lib.intake.claims import Claim, claims
from lib.intake.items import items
from lib.intake.reading import Passage

FOLDER = "tests/drafts/claims"
_KINDS = {"#": "heading", "-": "item"}


@dataclass(frozen=True)
class Slip:
    """What is printed instead of something, and what the claims that are wrong then state."""

    old: str
    new: str
    stated: tuple[str, ...]


@dataclass(frozen=True)
class Case:
    """Lines of a report, the figures of each claim that they make, the stated one first, and slips."""

    name: str
    lines: tuple[str, ...]
    claims: tuple[tuple[str, ...], ...]
    slips: tuple[Slip, ...]

    def slipped(self, slip: Slip) -> list[str]:
        """The lines with a slip in them."""
        return "\n".join(self.lines).replace(slip.old, slip.new).split("\n")

    def broken(self, slip: Slip) -> list[set[str]]:
        """The numbers of each claim that a slip breaks, its own among them."""
        wrong = {key(one) for one in slip.stated}
        return [{*map(key, (*one, *re.findall(r"[\d.,]+", slip.new)))} for one in self.claims if key(one[0]) in wrong]


def cases(path: Path) -> list[Case]:
    """The passages of a file, see tests/drafts/README.md."""
    return [_case(block.split("\n")) for block in re.split(r"\n\s*\n", path.read_text("utf-8").strip())]


def _case(block: list[str]) -> Case:
    lines = tuple(one for one in block[1:] if not re.match("[=!] ", one))
    figures = (one[2:].split(" : ")[:2] for one in block if one.startswith("= "))
    slips = [re.fullmatch("! (.*?) → (.*?) : (.*)", one) for one in block if one.startswith("! ")]
    return Case(
        block[0].removeprefix("@ "),
        lines,
        tuple((stated, *re.split(" [-+/x%<] ", parts)) for stated, parts in figures),
        tuple(Slip(one[1], one[2], tuple(re.split("[;；] ?", one[3]))) for one in slips if one),
    )


def found(lines: list[str]) -> list[Claim]:
    """The claims that are found in lines of a report."""
    passages: list[Passage] = []
    rows: list[tuple[str, ...]] = []
    for line in [*lines, ""]:
        if line.startswith("|"):
            rows.append(tuple(cell.strip() for cell in line.strip("|").split("|")))
            continue
        if rows:
            width = max(map(len, rows))
            passages.append(Passage("table", "", rows=tuple((*row, *[""] * (width - len(row))) for row in rows)))
            rows = []
        kind = _KINDS.get(line[:1], "text")
        if line:
            passages.append(Passage(kind, line if kind == "text" else line[1:].strip(), int(kind == "heading")))
    return claims(passages, tuple(items(tuple(passages))))


def figures(claim: Claim) -> set[str]:
    """The numbers of a claim."""
    return {key(one.found.token) for one in (claim.stated, *claim.parts)}


def told(case: Case, slip: Slip) -> bool:
    """Whether a slip is told."""
    wrong = [figures(one) for one in found(case.slipped(slip)) if not one.holds]
    return any(len(one & broken) > 1 for one in wrong for broken in case.broken(slip))


def alarms(case: Case) -> Iterator[str]:
    """What is told of a passage that is right."""
    for one in found(list(case.lines)):
        if not one.holds:
            yield f"{one.stated.found.token} {one.operator} {'、'.join(part.found.token for part in one.parts)}"


def main(paths: list[Path], verbose: bool) -> None:
    """Prints the score of each file."""
    print(f"{'':20} passages    slips     told   alarms")
    for path in paths:
        known = cases(path)
        missed = [(case, slip) for case in known for slip in case.slips if not told(case, slip)]
        false = [(case, alarm) for case in known for alarm in alarms(case)]
        slips = sum(len(case.slips) for case in known)
        print(f"{path.stem:20} {len(known):8} {slips:8} {100 * (1 - len(missed) / slips):7.1f}% {len(false):8}")
        for case, slip in missed if verbose else ():
            print(f"    not told  {case.name}: {slip.old} → {slip.new}\n              {' / '.join(case.lines)}")
        for case, alarm in false if verbose else ():
            print(f"    alarm     {case.name}: {alarm}\n              {' / '.join(case.lines)}")


if __name__ == "__main__":
    asked = [Path(one) for one in sys.argv[1:] if one != "-v"]
    main(asked or sorted((root() / FOLDER).glob("*.txt")), "-v" in sys.argv)
