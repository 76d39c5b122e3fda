"""A new section of the report: a notebook behind the last one of its pack, from a template that runs as it is."""

import json
from pathlib import Path

from lib.edition.notebooks import notebooks, order

TEMPLATE = Path(__file__).with_name("templates") / "section.ipynb"


def lay_out(base: Path, title: str, name: str = "") -> Path:
    """Write the notebook, named by place and `name`: 056_women. Raises FileExistsError where a notebook has that name or title."""
    known = notebooks(base)
    last = [one for one in known.values() if one.pack][-1]
    behind = order(last.name)[0]
    place = f"{int(behind) + 1:0{len(behind)}d}"
    name = name or f"section{place}"
    if taken := [one.name for one in known.values() if name == one.section or title == one.title]:
        raise FileExistsError(f"已经有这一节：notebooks/{taken[0]}.ipynb，没有改动")
    text = TEMPLATE.read_text("utf-8")
    for mark, words in {"TITLE": title, "NAME": name, "PACK": last.pack}.items():
        text = text.replace(mark, json.dumps(words, ensure_ascii=False)[1:-1])
    path = base / "notebooks" / f"{place}_{name}.ipynb"
    path.write_text(text, "utf-8")
    return path
