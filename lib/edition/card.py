"""The card of an edition: what `source.yml` says of its document, and what every page says of the edition."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lib.edition.store import InputError, card

FILE = "source.yml"
NEEDED = ["title", "unit", "year", "publisher", "read", "status.state", "revision.number", "revision.date", "contact"]
CITED = ("title", "publisher", "published", "url", "archive", "read")


def field(card: Any, name: str) -> Any:
    """A field of a card by its dotted name; None if there is none."""
    for key in name.split("."):
        card = card.get(key) if isinstance(card, dict) else None
    return card


def filled_in(folder: Path) -> dict[str, Any]:
    """The source card as it stands. Raises InputError where there is none, or it is not YAML of keys and values."""
    return card(folder / FILE)


def faults(card: dict[str, Any], folder: Path) -> Iterator[InputError]:
    """What is missing or has no meaning on a source card, field by field."""
    path = folder / FILE
    for name in NEEDED:
        if not field(card, name):
            yield InputError(path, None, f"缺 {name}", f"含 {'、'.join(NEEDED)}", f"补上 {name}")
    state, date = (str(field(card, name) or "") for name in ("status.state", "revision.date"))
    if state and state not in ("draft", "approved"):
        yield InputError(path, None, f"status.state {state}", "draft 或 approved", "改正状态")
    if date and not re.fullmatch(r"\d{4}-\d\d-\d\d", date):
        yield InputError(path, None, f"revision.date {date}", "日期，如 2021-03-31", "改正日期")


def published(source: dict[str, Any], unit: str) -> dict[str, Any]:
    """What every page says of the edition of a unit (its slug), from a source card without faults."""
    status, revision = source["status"], source["revision"]
    label, date = "定稿" if status["state"] == "approved" else "草稿", str(revision["date"])
    day = "{}年{}月{}日".format(*(int(part) for part in date.split("-")))
    notes = [{name: str(note[name]) for name in ("date", "text")} for note in revision.get("notes") or []]
    return {
        "unit": unit,
        "unit_name": source["unit"],
        "year": source["year"],
        "title": source["title"],
        "status": status["state"],
        "status_label": label,
        "date": date,
        "revision": revision["number"],
        "revision_notes": notes,
        "source": {name: str(source.get(name) or "") for name in CITED},
        "contact": source["contact"],
        "key": "",
        "citation": f"{source['unit']}：《{source['title']}》，第{revision['number']}版（{label}），{day}。",
    }


def imprint(card: dict[str, Any], key: str) -> dict[str, Any]:
    """The card with the key of the data, also in the citation."""
    return card | {"key": key, "citation": f"{card['citation'][:-1]}，版本标识 {key}。"}


def titled(imprint: dict[str, Any], title: str) -> dict[str, Any]:
    """The imprint of a document of its own, made from what the units published: its title, citation and source."""
    source = dict.fromkeys(imprint["source"], "") | {"title": imprint["title"], "publisher": "各单位"}
    citation = imprint["citation"].replace(f"《{imprint['title']}》", f"《{title}》")
    return imprint | {"title": title, "citation": citation, "source": source, "revision_notes": []}
