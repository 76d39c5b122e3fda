"""Posts and staff by kind: 编制186名，其中行政28名、事业158名."""

import re
from collections.abc import Iterator, Sequence

from lib.intake.items import Item

_ENDING = r"(?:人员)?(?:编制?|在[职编]|实有)?(?:人员)?数?[为有共]?$"
_KIND = re.compile(rf"(?<!司法)(行政|参公|参照[^，、]{{0,10}}|事业)(?:管理)?{_ENDING}")
_OTHER = re.compile(rf"(?:工勤|政法|司法行政|专项|执法|机关|附属|员额|聘用|辅助)[^，、\d]{{0,6}}{_ENDING}")
_WORKING = re.compile(r"(?:在[职编岗]|实有|现有)(?!.*(?:编制(?!人员)|核编|定编))|人员$")
_NAMES = {"行政": "admin", "参公": "reference", "参照": "reference", "事业": "institution"}


def by_kind(found: Sequence[Item]) -> Iterator[tuple[int, str]]:
    """Place and indicator of each, where two kinds or more stand side by side and no other with them."""
    run: list[tuple[int, str]] = []
    for n, item in enumerate([*found, None]):
        words = item.near.partition("□")[0] if item and item.figure and not item.cell else ""
        kind, other = _KIND.search(words), _OTHER.search(words)
        if not (kind or other) or words[0] not in "、，和及":
            yield from run if len(run) > 1 and all(name for _, name in run) else ()
            run = []
        if item and (kind or other):
            of = "actual" if _WORKING.search(item.before.rpartition("。")[2] + words) else "establishment"
            people = kind and item.found.reading.unit == "人"
            run.append((n, f"staff.{_NAMES[kind[1][:2]]}_{of}" if people else ""))
