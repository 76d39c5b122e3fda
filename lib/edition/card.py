"""The card of an edition: what `source.yml` says of its document, and what every page says of the edition."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from lib.edition.store import STRANGE, UNSEEN, InputError, card, content

FILE = "source.yml"
NEEDED = ["title", "unit", "year", "publisher", "read", "status.state", "revision.number", "revision.date", "contact"]
TEXT, DATE, YEAR, NUMBER = "一行文字", "日期，如 2021-03-31", "四位年度", "大于零的整数"
ADDRESS, LISTED, TITLED = "网址，http:// 或 https:// 开头", "列表，如 [绩效情况, 附件1]", "各章的标题（键: 文字）"
STATE, NOTES = "draft 或 approved", "列表，每项有 date（日期）和 text（文字）"
FIELDS = {
    **dict.fromkeys(("title", "unit", "publisher", "sha256", "sheet", "project_sheet", "contact", "status.by"), TEXT),
    **dict.fromkeys(("published", "read", "status.on", "revision.date"), DATE),
    **dict.fromkeys(("url", "archive"), ADDRESS),
    **{"year": YEAR, "revision.number": NUMBER, "status.state": STATE},
    **{"covers": LISTED, "sections": TITLED, "revision.notes": NOTES},
}
"""What a card may say, and what is meant by it."""
PROFILE = "unit.yml"
LEVELS = ("省", "市", "州", "县", "区", "旗", "乡", "镇", "街道", "村", "社区")
PROFILED = dict.fromkeys(("name", "kind", "contact"), TEXT) | {"level": "、".join(LEVELS)}
"""What a unit may say of itself, whatever the year."""
CITED = ("title", "publisher", "published", "url", "archive", "read")
UNKNOWN = "未注明"  # what a card says of a title, publisher or contact that the document does not bear


def cell(card: Any, name: str) -> Any:
    """A field of a card by its dotted name; None if there is none."""
    for key in name.split("."):
        card = card.get(key) if isinstance(card, dict) else None
    return card


def is_date(given: Any) -> bool:
    """Whether a text is a day of the calendar: 2021-03-31."""
    try:
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", given, re.ASCII)) and bool(date.fromisoformat(given))
    except (TypeError, ValueError):
        return False


_UNFIT = re.compile(f"\n|{STRANGE.pattern}|{UNSEEN.pattern}")


def _is_text(given: Any) -> bool:
    return isinstance(given, str) and bool(given.strip()) and not _UNFIT.search(given)


def _is_number(given: Any, most: int = 999) -> bool:
    return isinstance(given, str) and given.isdecimal() and 0 < int(given[:9]) <= most


_MEANT: dict[str, Callable[[Any], bool]] = {
    TEXT: _is_text,
    DATE: is_date,
    YEAR: lambda given: _is_number(given, 9999),
    NUMBER: _is_number,
    ADDRESS: lambda given: _is_text(given) and not re.match(r"(?!https?://)[\w+.-]+:", given.strip(), re.I),
    LISTED: lambda given: isinstance(given, list) and all(map(_is_text, given)),
    TITLED: lambda given: isinstance(given, dict) and all(one is None or _is_text(one) for one in given.values()),
    STATE: lambda given: given in ("draft", "approved"),
    PROFILED["level"]: lambda given: given in LEVELS,
    NOTES: lambda given: (
        isinstance(given, list)
        and all(isinstance(one, dict) and is_date(one.get("date")) and _is_text(one.get("text")) for one in given)
    ),
}


def filled_in(folder: Path) -> dict[str, Any]:
    """The source card as it stands, numbers as such. Raises InputError where there is none, or it is not YAML of keys and values."""
    found = card(folder / FILE)
    for place, name in ((found, "year"), (found.get("revision"), "number")):
        if isinstance(place, dict) and _is_number(place.get(name), 9999):
            place[name] = int(place[name])
    return found


def faults(card: dict[str, Any], folder: Path) -> Iterator[InputError]:
    """What is missing, unknown or has no meaning on a source card, field by field."""
    path, approved = folder / FILE, cell(card, "status.state") == "approved"
    for name in NEEDED + ["status.by", "status.on"] * approved:
        if cell(card, name) in (None, ""):
            yield InputError(
                path, None, f"缺 {name}", f"含 {'、'.join(NEEDED)}（定稿还有 status.by、status.on）", f"补上 {name}"
            )
    named: dict[str, Any] = {}
    groups = {name.partition(".")[0] for name in FIELDS} - FIELDS.keys()
    for name, given in card.items():
        if name in groups and isinstance(given, dict):
            named |= {f"{name}.{field}": one for field, one in given.items()}
        elif name not in groups and "." not in name:
            named[name] = given
        elif given is not None or "." in name:
            yield InputError(path, None, f"{name} 不是一组值", "照 data/README.md 的来源卡", f"改正 {name}")
    yield from _unmeant(path, named, FIELDS)


def _unmeant(path: Path, named: dict[str, Any], known: Mapping[str, str]) -> Iterator[InputError]:
    for name, given in named.items():
        if name not in known:
            near = get_close_matches(name, known, 1)
            yield InputError(path, None, f"未知的 {name}", "、".join(near or known), "改正名称，或删去")
        elif given not in (None, "") and not _MEANT[known[name]](str(given) if isinstance(given, int) else given):
            yield InputError(path, None, f"{name} {str(given)[:60]}", known[name], f"改正 {name}")


@dataclass(frozen=True)
class Profile:
    """What a unit says of itself, whatever the year: its kind (工会, 残联, 乡镇 …), its level (`LEVELS`); what it does not say is blank."""

    name: str = ""
    kind: str = ""
    level: str = ""
    contact: str = ""

    @classmethod
    def of(cls, folder: Path) -> Profile:
        """The profile in a unit's folder. Raises InputError for a field or a level that there is none of, or a folder named as a pattern."""
        path = folder / PROFILE
        if re.search(r"[#*?\[]", folder.name):
            raise InputError(folder, None, f"文件夹名 {folder.name}", "不含 # * ? [ 的名称", "改文件夹的名称")
        given = card(path) if content(path) is not None else {}
        InputError.together(list(_unmeant(path, given, PROFILED)))
        return cls(**{name: text or "" for name, text in given.items()})

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
        label, on = "定稿" if status["state"] == "approved" else "草稿", revision["date"]
        day = "{}年{}月{}日".format(*map(int, on.split("-")))
        title = f"{year}年度部门整体支出绩效评价报告" if source["title"] == UNKNOWN else source["title"]
        notes = [{name: note[name] for name in ("date", "text")} for note in revision.get("notes") or []]
        cited = {name: source.get(name) or "" for name in CITED}
        about = status["state"], label, on, revision["number"], notes, cited, source["contact"]
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
