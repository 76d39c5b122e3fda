"""The card of an edition: what `source.yml` says of its document, and what every page says of the edition."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any, Self

from lib.edition.spelling import MEANINGS, is_meant, listed
from lib.edition.store import InputError, card, content

FILE, PROFILE = "source.yml", "unit.yml"
FIELDS, PROFILED = ({row["field"]: row for row in listed("card") if row["file"] == file} for file in (FILE, PROFILE))
"""What a card may say, and a unit of itself, whatever the year: what is meant, and whether it is `needed`."""
LEVELS = MEANINGS["level"]["pattern"].split("|")
CITED = ("title", "publisher", "published", "url", "archive", "read")
UNKNOWN = "未注明"  # what a card says of a title, publisher or contact that the document does not bear
SOURCES, PROOF = "source", "draft.html"
"""The folder of the documents that an edition was drafted from, and the sheet in it that is made anew."""


def kept(raw: Path) -> list[Path]:
    """The documents that an edition was drafted from, and what was decided of them: `check` holds it against them."""
    return sorted(path for path in (raw / SOURCES).glob("[!.~]*") if path.name != PROOF)


SLUG = re.compile("[a-z][a-z0-9_-]*")  # how the folder of a unit may be called


def kinds(root: Path, but: str = "") -> set[str]:
    """The kinds of the units of a project, `but` one of them."""
    found = set()
    for path in (root / "data" / "raw").glob(f"*/{PROFILE}"):
        with suppress(InputError):
            found |= {Profile.of(path.parent).kind} if path.parent.name != but else set()
    return found - {""}


def cell(card: Any, name: str) -> Any:
    """A field of a card by its dotted name; None if there is none."""
    for key in name.split("."):
        card = card.get(key) if isinstance(card, dict) else None
    return card


_SHAPES: dict[str, Callable[[Any], bool]] = {
    "listed": lambda given: isinstance(given, list) and all(is_meant("text", one) for one in given),
    "titled": lambda given: isinstance(given, dict) and all(not one or is_meant("text", one) for one in given.values()),
    "notes": lambda given: isinstance(given, list) and all(map(_SHAPES["note"], given)),
    "note": lambda given: isinstance(given, dict) and all(is_meant(name, given.get(name)) for name in ("date", "text")),
}
"""What is more than a text, by what is meant."""


def filled_in(folder: Path) -> dict[str, Any]:
    """The source card as it stands, numbers as such. Raises InputError where there is none, or it is not YAML of keys and values."""
    found = card(folder / FILE)
    for place, name in ((found, "year"), (found.get("revision"), "number")):
        if isinstance(place, dict) and is_meant("year", place.get(name)):
            place[name] = int(place[name])
    return found


def faults(card: dict[str, Any], folder: Path) -> Iterator[InputError]:
    """What is missing, unknown or has no meaning on a source card, field by field."""
    state = cell(card, "status.state")
    for name, about in FIELDS.items():
        if about["needed"] in ("yes", state or "yes") and cell(card, name) in (None, ""):
            expected = MEANINGS[about["kind"]]["expected"]
            yield InputError(folder / FILE, None, f"缺 {name}", expected, f"补上 {name}")
    yield from _unmeant(folder / FILE, card, FIELDS)


def _unmeant(path: Path, card: dict[str, Any], known: Mapping[str, Mapping], group: str = "") -> Iterator[InputError]:
    for own, given in card.items():
        name = group + own
        kind = known[name]["kind"] if name in known else ""
        if "." in own or any(one.startswith(f"{name}.") for one in known):
            if isinstance(given, dict) and "." not in own:
                yield from _unmeant(path, given, known, f"{name}.")
            elif given is not None or "." in own:
                yield InputError(path, None, f"{name} 不是一组值", "照 data/README.md 的来源卡", f"改正 {name}")
        elif not kind:
            near = get_close_matches(name, known, 1)
            yield InputError(path, None, f"未知的 {name}", "、".join(near or known), "改正名称，或删去")
        elif given not in (None, "") and not _SHAPES.get(kind, partial(is_meant, kind))(given):
            yield InputError(path, None, f"{name} {str(given)[:60]}", MEANINGS[kind]["expected"], f"改正 {name}")


@dataclass(frozen=True)
class Profile:
    """What a unit says of itself, whatever the year: its kind (工会, 残联, 乡镇 …), its level (`LEVELS`); what it does not say is blank."""

    name: str = ""
    kind: str = ""
    level: str = ""
    contact: str = ""

    @classmethod
    def of(cls, folder: Path) -> Self:
        """The profile in a unit's folder. Raises InputError for a field or a level that there is none of, or a folder named as a pattern."""
        path = folder / PROFILE
        if re.search(r"[#*?\[]", folder.name):
            raise InputError(folder, None, f"文件夹名 {folder.name}", "不含 # * ? [ 的名称", "改文件夹的名称")
        given = card(path) if content(path) is not None else {}
        InputError.together(list(_unmeant(path, given, PROFILED)))
        return cls(**{name: text or "" for name, text in given.items()})


@dataclass(frozen=True)
class Card:
    """What every page says of its edition. `source`: what `CITED` says of the document; `revision_notes`: date and text of each;
    `key`: which data it was made from, nothing before it is published."""

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
    def of(cls, data: Mapping[str, Any]) -> Self:
        """A card as it was written, by `asdict`."""
        return cls(**{one.name: data[one.name] for one in fields(cls) if one.name in data})

    @classmethod
    def filled_in(cls, source: dict[str, Any], unit: str, year: int, kind: str) -> Self:
        """The card of the edition of a unit (its slug and kind), from a source card without faults."""
        state, revision, on = source["status"]["state"], source["revision"], source["revision"]["date"]
        label, day = "定稿" if state == "approved" else "草稿", "{}年{}月{}日".format(*map(int, on.split("-")))
        title = f"{year}年度部门整体支出绩效评价报告" if source["title"] == UNKNOWN else source["title"]
        notes = [{name: note[name] for name in ("date", "text")} for note in revision.get("notes") or []]
        cited = {name: source.get(name) or "" for name in CITED}
        citation = f"{source['unit']}：《{title}》，第{revision['number']}版（{label}），{day}。"
        about = state, label, on, revision["number"], notes, cited, source["contact"]
        return cls(unit, source["unit"], year, title, *about, citation=citation, kind=kind)

    @property
    def cited(self) -> str:
        """Title and publisher of the document, or that it does not bear them."""
        title, publisher = (self.source[name] for name in CITED[:2])
        named = f"标题{UNKNOWN}" if title == UNKNOWN else f"《{title}》"
        return f"{named}，{'发布者' if publisher == UNKNOWN else ''}{publisher}"

    def titled(self, title: str) -> Self:
        """The card of a document of its own, made from what the units published: its title, citation and source."""
        source = dict.fromkeys(self.source, "") | {"title": self.title, "publisher": "各单位"}
        citation = self.citation.replace(f"《{self.title}》", f"《{title}》")
        return replace(self, title=title, citation=citation, source=source, revision_notes=[])
