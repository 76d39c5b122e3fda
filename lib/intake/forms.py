"""Forms of documents (base tables, score sheets) as rows of budget.csv and targets.csv, each cell as `draft.csv` decides."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from lib.edition.dictionary import BUDGET, columnless
from lib.edition.store import InputError, Record
from lib.intake import ledger
from lib.intake.basetable import ANNEX
from lib.intake.draft import Draft
from lib.intake.labels import amount
from lib.intake.new import BLANK
from lib.intake.scoresheet import Sheet
from lib.numbers import notation


def called(drafts: Sequence[Draft], table: Iterable[Mapping[str, str]]) -> Iterator[Record]:
    """The rows of draft.csv, each with the indicator that its label is the one of and that counts as it does."""
    labels = {row["label"]: row for one in drafts for row in one.known}
    for row in table:
        about = {} if row["indicator"] else labels.get(row["label"], {})
        same = about and notation.counts(row["unit"], about["unit"])
        yield {**row} | ({"indicator": about["indicator"]} if same else {})


def forms(drafts: Sequence[Draft], table: Sequence[Mapping[str, str]]) -> dict[str, list[dict[str, str]]]:
    """The rows of budget.csv and targets.csv that forms hold, cells as `draft.csv` decides. Raises InputError for another unit."""
    decided = {(row["doc"], row["place"], ledger.alike(row["printed"])): row for row in called(drafts, table)}
    several, found = sum(len(one.bases) for one in drafts) > 1, dict[str, list[dict[str, str]]]()
    for one in drafts:
        items = ((item, (one.document.path.name, item.place, ledger.alike(item.found.token))) for item in one.items)
        kept = ((item, decided.get(key)) for item, key in items if item.cell and item.figure)
        cells = {(item.passage, item.cell): row for item, row in kept if row}
        at = {item.passage: item.place.partition(" ")[0] for item in one.items if item.cell}
        for number, said in one.forms.items():
            if isinstance(said, Sheet):
                aside = {place for (n, place), row in cells.items() if n == number and row["kind"] != ledger.FIGURE}
                given = {"budget": said.amounts, "targets": said.without(aside)}
            else:
                rows, of = ((row, _decided(row, number, cells)) for row in said.budget), BLANK["budget"]
                given = {"budget": [made for row, made in rows if any(map(made.get, of)) or not any(map(row.get, of))]}
            place = f"《{one.document.path.stem}》" * (len(drafts) > 1) + at.get(number, ANNEX)
            for name, rows in given.items():
                found.setdefault(name, []).extend(row | {"at": place} for row in rows)
    found["budget"] = _one_each(found.get("budget", []), several)
    found["targets"] = [*_kept(found.get("targets", []))]
    return {name: rows for name, rows in found.items() if rows}


def _kept(rows: Sequence[dict[str, str]]) -> Iterator[dict[str, str]]:
    """The rows of targets, those without what another form only promises (绩效目标表): of that the sign and the weight it lacks."""
    keys = [(one["project"], one["level3"], ledger.alike(one["target"]), one["unit"]) for one in rows]
    done = {key: one for key, one in zip(keys, rows, strict=True) if one["actual"] or one.get("printed")}
    for key, row in zip(keys, rows, strict=True):
        told = done.get(key, row) if row["target"] else row
        if told["at"] == row["at"] or row["actual"] or len({"", told["comparator"], row["comparator"]}) > 2:
            yield row
        else:
            told |= {name: told[name] or row[name] for name in ("comparator", "weight")}


def _one_each(rows: Sequence[Mapping[str, str]], several: bool) -> list[dict[str, str]]:
    """A row for each item with the columns of all forms; where two print different numbers in a column, both, with their places."""
    found: list[dict[str, str]] = []
    for row in _planned([{**row, "unit": row["unit"] or "万元"} for row in rows]):  # as the form is
        row["locator"] = row["locator"].replace(ANNEX, row["at"] if several else ANNEX)
        same = [one for one in found if (one["item"], one["unit"]) == (row["item"], row["unit"])]
        agree = (one for one in same if all(len({"", _number(one, c), _number(row, c)}) < 3 for c in BLANK["budget"]))
        if one := next(agree, None):
            one |= {column: row[column] for column in BLANK["budget"] if row.get(column) and not _number(one, column)}
            tables, _, label = one["locator"].partition(" ")
            names = dict.fromkeys([*tables.split("、"), row["locator"].partition(" ")[0]])
            one["locator"] = f"{'、'.join(names)} {label}".strip()
        else:
            place = f"{row['at']} {row['locator'].partition(' ')[2]}".strip()
            found.append(row | ({"locator": place} if row["locator"] in {one["locator"] for one in same} else {}))
    return found


def _planned(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Rows with one column as the budget of all: which the one of a form is that does not tell is what it agrees with in others; beside
    one of the whole year it is the first one where more was spent."""
    pairs = [(one, other) for one in rows if one["budget"] for other in rows if one["item"] == other["item"]]
    for column in ("full", "initial"):
        told = [_number(one, "budget") == _number(other, column) for one, other in pairs if other[column]]
        if 2 * sum(told) > len(told):
            return _as_budget(column, rows)
    if any(row["full"] for row in rows) and any(map(_exceeded, rows)):
        return _as_budget("initial", rows)
    named = any(row["budget"] for row in rows)
    return [row | {"budget": row["budget"] or row["full"], "full": ""} for row in rows] if named else rows


def _as_budget(column: str, rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [row | {column: row[column] or row["budget"], "budget": ""} for row in rows]


def _exceeded(row: Mapping[str, str]) -> bool:
    """Whether more was spent than the budget that does not say which it is."""
    planned, spent = (re.sub(r"[^\d.]", "", _number(row, column)) for column in ("budget", "outturn"))
    return bool(planned and spent) and Decimal(spent) > Decimal(planned)


def _number(row: Mapping[str, str], column: str) -> str:
    """What a row has in a column, however it is written; nothing of what does not apply."""
    cell = row.get(column, "")
    return {"": ledger.alike(cell), "zero": "0"}.get(notation.blank(cell), "")


def _decided(row: Mapping, passage: int, cells: Mapping) -> dict[str, str]:
    """A row of a base table as its cells were decided: set aside, read otherwise, called another item."""
    made = {**row}
    for column, place in row["place"].items():
        if not (said := cells.get((passage, place))):
            continue
        if said["kind"] != ledger.FIGURE or (said["label"] and not said["indicator"]):  # a name of its own
            made[column] = ""
        elif reading := said["reading"]:
            (number, unit), usual = amount(reading) or ("", reading), row["unit"] or "万元"
            if unit not in ("", usual):
                raise InputError.at(said, f"{said['place']} 的 reading “{reading}”", f"以{usual}计的数", "改写 reading")
            made[column] = row[column] if ledger.alike(number) == ledger.alike(row[column]) else number
        item = columnless(said["indicator"]).removeprefix(f"{BUDGET}.")
        made["item"] = item if item not in ("", row["item"]) else made["item"]
    return made
