"""A new edition: its folder, laid out after an earlier one.

Nothing is invented: what last year's source said is never carried over as this year's, only where it stood.
"""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

from lib.edition import card
from lib.edition.dictionary import BUDGET
from lib.edition.edition import OPTIONAL, RAW, Edition, editions

TEMPLATE = Path(__file__).parents[1] / "publish/templates/source.yml"
BLANK = {  # what is left to fill in; all else is kept from the earlier edition; other tables begin with their head only
    "figures": ["printed", "reading", "remark"],
    "budget": ["last_outturn", "budget", "outturn"],
    "targets": ["target", "actual", "explanation"],
}


def model(edition: Edition, like: str = "") -> Edition | None:
    """The edition to lay a new one out after: the unit's latest earlier one, or the latest of the unit `like`.

    Raises FileNotFoundError if the unit `like` has none.
    """
    there = [one for one in editions(edition.root) if one.unit == (like or edition.unit)]
    if like and not there:
        raise FileNotFoundError(f"data/raw/{like}/ 没有任何年度，不能照它建立")
    return max((one for one in there if like or one.year < edition.year), key=lambda one: one.year, default=None)


def new(edition: Edition, like: str = "") -> Edition | None:
    """Lay out the folder of an edition, all of it or nothing; returns the edition that it follows, if there is one.

    figures, budget and targets keep rows and places; cells that this year's source has to fill are blank. Corrections and
    notes begin with their head only. The outturn of the year before becomes `last_outturn`, if it is the unit's own.
    Raises FileExistsError if the folder is there, InputError if a table of the earlier edition cannot be read.
    """
    if edition.raw.exists():
        raise FileExistsError(f"data/raw/{edition.unit}/{edition.year}/ 已经存在，没有改动；要重新建立，请先移走它")
    old = model(edition, like)
    contents = {"source.yml": _card(edition, old)} | {
        f"{name}.csv": _table(name, edition, old)
        for name in RAW
        if name not in OPTIONAL or (old and (old.raw / f"{name}.csv").is_file())
    }
    aside = edition.raw.with_name(f".{edition.year}-{os.getpid()}")
    aside.mkdir(parents=True)
    for name, content in contents.items():
        (aside / name).write_text(content, "utf-8")
    aside.rename(edition.raw)
    return old


def _table(name: str, edition: Edition, old: Edition | None) -> str:
    """A table of the new folder."""
    rows = []
    if name in BLANK and not old:
        rows = [{"indicator": name} for name, one in edition.indicators.items() if one.section != BUDGET]
    for row in old.table(name) if name in BLANK and old else ():
        rows.append(row | dict.fromkeys(BLANK[name], ""))
        # of staff and buildings there is one number a year, not three
        if name == "budget" and (old.unit, old.year) == (edition.unit, edition.year - 1) and "." not in row["item"]:
            rows[-1]["last_outturn"] = row["outturn"]
    text = io.StringIO()
    writer = csv.DictWriter(text, RAW[name], restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _card(edition: Edition, old: Edition | None) -> str:
    """The source card to fill in; names and the title are kept only from the unit's own."""
    given = card.filled_in(old.raw) if old else {}
    mine = given if old and old.unit == edition.unit else {}
    title = str(mine.get("title") or f"{edition.year}年度部门整体支出绩效评价报告")
    lines = {"title": title.replace(str(old.year), str(edition.year)) if mine else title}
    lines |= {name: mine.get(name) for name in ("unit", "publisher", "contact")}
    quoted = {name: json.dumps(text, ensure_ascii=False) if text else "" for name, text in lines.items()}
    quoted["sheet"] = mine.get("sheet") or ""
    sections = given.get("sections") or dict.fromkeys(one.section for one in edition.indicators.values())
    listed = "\n".join(f"  {name}:" for name in sections)
    return TEMPLATE.read_text("utf-8").format(**quoted, year=edition.year, sections=listed)
