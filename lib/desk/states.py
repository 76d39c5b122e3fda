"""States: how far each edition of a project is, as its steps, its failure and what is published tell."""

import re
from functools import cache
from pathlib import Path
from typing import Any

from lib.edition.card import SOURCES, filled_in
from lib.edition.edition import Edition, editions
from lib.edition.notebooks import notebooks, unnumbered
from lib.edition.store import InputError, noted
from lib.intake import check, ledger
from lib.publish import shelf
from lib.run import failure
from lib.run.keys import PUBLISH, Steps

FILES = {"report.html": "网页", "report.pdf": "PDF", "report.docx": "Word"}  # what 打开 offers
PARTS = {"lib": "程序", "lock": "程序库", "notebook": "笔记本", "above": "笔记本的次序"}
"""What `Steps.why` names, in words; files go by their own names."""
_OTHERS = re.compile(r"outputs/([^/]+)/(\d{4})/.*")  # what another edition published
_SHARED = re.compile(r"data/raw/[^/]+/([^/]+\.csv)")  # what a unit keeps for all its years
_wrong = cache(lambda edition, key: len(check.wrong(edition).splitlines()))
"""How many errors there are in an edition whose inputs have this key."""


def overview(root: Path) -> list[dict[str, Any]]:
    """All editions, and all folders in which a document was read and not yet accepted."""
    drafts = sorted((root / "data" / "raw").glob(f"*/[0-9][0-9][0-9][0-9]/{SOURCES}/{ledger.FILE}"))
    read = [Edition(path.parts[-4], int(path.parts[-3]), root) for path in drafts]
    waiting = (_about(one) | {"state": "待采用", "why": why} for one in read if (why := ledger.waits(one)))
    return [*map(state, editions(root)), *waiting]


def state(edition: Edition) -> dict[str, Any]:
    """How far an edition is, and why it is no further, with its files and its notebooks."""
    about = _about(edition)
    try:
        about["name"] = edition.profile.name or filled_in(edition.raw).get("unit") or edition.unit
        steps, known = Steps(edition), notebooks(edition.root)
        names = dict.fromkeys(unnumbered(name)[0] for name in edition.notebooks)
        about["notebooks"] = [(name, known[name].title) for name in names]
        due = {name: why for name in (*edition.notebooks, PUBLISH) if (why := steps.why(name))}
        if told := noted(failure.folder(edition) / failure.TOLD):
            return about | {"state": "失败", "why": f"{told['name']}：{told['message']}"}
        if about["files"]:
            reasons = next(iter(due.values()), [])
            said = (PARTS.get(one) or _OTHERS.sub(r"\1 \2 发布的数据", one) for one in reasons)
            said = (_SHARED.sub(r"本单位各年共用的 \1（登记别的年度时也会增补）", one) for one in said)
            why = "、".join(dict.fromkeys(said))
            return about | {"state": "已过期" if due else "已发布", "why": why}
        if due.keys() == {PUBLISH}:
            return about | {"state": "已运行"}
        wrong = _wrong(edition, edition.key)
        return about | ({"state": "草稿", "why": f"{wrong}处差错"} if wrong else {"state": "已核对"})
    except InputError as error:
        return about | {"state": "草稿", "why": str(error)}


def _about(edition: Edition) -> dict[str, Any]:
    named = {"edition": f"{edition.unit}/{edition.year}", "name": edition.unit, "year": edition.year}
    there = [(name, label) for name, label in FILES.items() if (edition.output / name).is_file()]
    return named | {"older": older(edition), "why": "", "files": there, "notebooks": []}


def older(edition: Edition) -> list[str]:
    """What an edition that is published can be compared with: its last version, and the year before."""
    if not any((edition.output / name).is_file() for name in FILES):
        return []
    last = [f"{edition.unit}/{edition.year}~1"] if shelf.versions(edition.output)[1:] else []
    return last + [f"{one.unit}/{one.year}" for one in edition.earlier[-1:]]
