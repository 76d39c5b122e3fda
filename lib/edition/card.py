"""The card of an edition: what `source.yml` says of its document, and what every page says of the edition."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from lib.edition.store import InputError, card, content

FILE = "source.yml"
NEEDED = ["title", "unit", "year", "publisher", "read", "status.state", "revision.number", "revision.date", "contact"]
CITED = ("title", "publisher", "published", "url", "archive", "read")
UNKNOWN = "未注明"  # what a card says of a title, publisher or contact that the document does not bear


def cell(card: Any, name: str) -> Any:
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
        if not cell(card, name):
            yield InputError(path, None, f"缺 {name}", f"含 {'、'.join(NEEDED)}", f"补上 {name}")
    state, date = (str(cell(card, name) or "") for name in ("status.state", "revision.date"))
    if state and state not in ("draft", "approved"):
        yield InputError(path, None, f"status.state {state}", "draft 或 approved", "改正状态")
    if date and not re.fullmatch(r"\d{4}-\d\d-\d\d", date):
        yield InputError(path, None, f"revision.date {date}", "日期，如 2021-03-31", "改正日期")


PROFILE = "unit.yml"
LEVELS = ("省", "市", "州", "县", "区", "旗", "乡", "镇", "街道", "村", "社区")


@dataclass(frozen=True)
class Profile:
    """What a unit says of itself, whatever the year: its kind (工会, 残联, 乡镇 …), its level (`LEVELS`); what it does not say is blank."""

    name: str = ""
    kind: str = ""
    level: str = ""
    contact: str = ""

    @classmethod
    def of(cls, folder: Path) -> Profile:
        """The profile in a unit's folder. Raises InputError for a field or a level that there is none of."""
        path = folder / PROFILE
        given = card(path) if content(path) is not None else {}
        known = [one.name for one in fields(cls)]
        if strange := set(given) - set(known):
            found = "、".join(sorted(map(str, strange)))
            raise InputError(path, None, found, "、".join(known), "改正或删去")
        profile = cls(**{name: str(text or "") for name, text in given.items()})
        if profile.level not in ("", *LEVELS):
            raise InputError(path, None, f"level {profile.level}", "、".join(LEVELS), "改正 level")
        return profile

    @property
    def whole(self) -> str:
        """Everybody whom the unit is there for: 全区, 全县."""
        return f"全{self.level or '辖区'}"


@dataclass(frozen=True)
class Card:
    """What every page says of its edition.

    `source`: what `CITED` says of the document; `revision_notes`: date and text of each; `key`: which data it was made from, nothing
    before it is published; of a card that was written by another version, what it does not say is blank.
    """

    unit: str = ""
    unit_name: str = ""
    year: int = 0
    title: str = ""
    status: str = ""
    status_label: str = ""
    date: str = ""
    revision: int = 0
    revision_notes: list[dict[str, str]] = field(default_factory=list)
    source: dict[str, str] = field(default_factory=lambda: dict.fromkeys(CITED, ""))
    contact: str = ""
    key: str = ""
    citation: str = ""
    kind: str = ""

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Card:
        """A card as it was written by `data`."""
        return cls(**{one.name: data[one.name] for one in fields(cls) if one.name in data})

    @classmethod
    def filled_in(cls, source: dict[str, Any], unit: str, year: int, kind: str) -> Card:
        """The card of the edition of a unit (its slug and kind), from a source card without faults."""
        status, revision = source["status"], source["revision"]
        label, date = "定稿" if status["state"] == "approved" else "草稿", str(revision["date"])
        day = "{}年{}月{}日".format(*(int(part) for part in date.split("-")))
        title = f"{year}年度部门整体支出绩效评价报告" if source["title"] == UNKNOWN else source["title"]
        notes = [{name: str(note[name]) for name in ("date", "text")} for note in revision.get("notes") or []]
        cited = {name: str(source.get(name) or "") for name in CITED}
        about = status["state"], label, date, revision["number"], notes, cited, source["contact"]
        citation = f"{source['unit']}：《{title}》，第{revision['number']}版（{label}），{day}。"
        return cls(unit, source["unit"], year, title, *about, citation=citation, kind=kind)

    @property
    def cited(self) -> str:
        """Title and publisher of the document, or that it does not bear them."""
        title, publisher = (self.source[name] for name in CITED[:2])
        named = f"标题{UNKNOWN}" if title == UNKNOWN else f"《{title}》"
        return f"{named}，{'发布者' if publisher == UNKNOWN else ''}{publisher}"

    @property
    def data(self) -> dict[str, Any]:
        """The card as JSON has it."""
        return asdict(self)

    def keyed(self, key: str) -> Card:
        """The card with the key of the data, also in the citation."""
        return replace(self, key=key, citation=f"{self.citation[:-1]}，版本标识 {key}。")

    def titled(self, title: str) -> Card:
        """The card of a document of its own, made from what the units published: its title, citation and source."""
        source = dict.fromkeys(self.source, "") | {"title": self.title, "publisher": "各单位"}
        citation = self.citation.replace(f"《{self.title}》", f"《{title}》")
        return replace(self, title=title, citation=citation, source=source, revision_notes=[])
