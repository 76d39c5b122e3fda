"""The catalogue: `outputs/index.html` over all published editions, with downloads and their headline metrics drawn; and its feed."""

import csv
from collections.abc import Iterable
from contextlib import suppress
from math import inf
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from lib.edition.card import Card
from lib.edition.store import Record, card_in, digest, rows_in
from lib.publish import web

PAGES, STAMP = ("index.html", "feed.xml"), ".catalogue"


def write(folder: Path, headlines: list[str], base: Path) -> None:
    """The catalogue of the editions in a folder, but for damaged ones; `headlines` in the order in which they are drawn."""
    lines, editions = _ratings(base / "data" / "sheets"), []
    for path in sorted(folder.glob("*/[0-9][0-9][0-9][0-9]/manifest.json")):
        with suppress(OSError, ValueError, LookupError):
            editions.append(_edition(path.parent, folder))
    scales = {name: _scale(edition["metrics"].get(name) for edition in editions) for name in headlines}
    for edition in editions:
        edition["drawn"] = [edition["metrics"][name] for name in headlines if name in edition["metrics"]]
        edition["rating"] = _rating(edition["metrics"].get("score.total"), lines)
    for name in PAGES:
        web.write_page("catalogue", folder / name, editions=editions, scales=scales)
    (folder / STAMP).write_text(_stamp(folder))


def whole(folder: Path) -> bool:
    """Whether the catalogue is as it was written; where there never was one, too."""
    written = folder / STAMP
    return (written.read_text() if written.is_file() else "\n") == _stamp(folder)


def _stamp(folder: Path) -> str:
    return "\n".join(digest(folder / name) for name in PAGES)


def _edition(folder: Path, outputs: Path) -> dict[str, Any]:
    """The card, the metrics and the files of one published edition, and the pages that compare it."""
    card, unit, name = Card.of(card_in(folder)), folder.parent.name, "-".join(folder.parts[-2:])
    places = f"peers/{name}/report.html", f"diff/{unit}-[0-9]*-{name}.html"
    pages = [page.relative_to(outputs).as_posix() for place in places for page in sorted(outputs.glob(place))]
    files = {file: said for file, said in web.beside(card).items() if (folder / file).is_file()}
    metrics = {row["metric"]: row for row in rows_in(folder, "metrics")}
    uuid = uuid5(NAMESPACE_URL, f"{card.unit_name}/{name}")  # of the edition, whatever its revision and place
    about = {"path": f"{unit}/{folder.name}", "card": card, "unit": unit, "uuid": uuid}
    return about | {"files": files, "pages": pages, "metrics": metrics}


def _ratings(sheets: Path) -> list[tuple[float, str]]:
    """The lines of the ratings, the best first; none where the score sheets draw different ones."""
    texts = (path.read_text("utf-8-sig").splitlines() for path in sheets.glob("[!.~]*.csv"))
    found = {row["bands"] for lines in texts for row in csv.DictReader(lines) if row["rule"] == "rating"}
    bands = [band.split("=") for band in found.pop().split(";")] if len(found) == 1 else []
    return [(float(line), word) for line, word in bands]


def _rating(total: Record | None, lines: list[tuple[float, str]]) -> str:
    """The rating of a total score, or those between which its bounds leave it open: 优或良; or that there is none, or none yet."""
    if not total or total["low"] is None:
        return "尚不能评级" if total else "未自评"
    low, high = total["low"], total["high"]
    best = next((n for n, (line, _) in enumerate(lines) if high > line or (high == line and total["high_closed"])), 0)
    worst = next((n for n, (line, _) in enumerate(lines) if low >= line), 0)
    return "或".join(word for _, word in lines[best : worst + 1])


def _scale(rows: Iterable[Record | None]) -> tuple[float, float]:
    """From where to where a metric is drawn, the same in every edition: 0 and all finite ends; a share to the whole at least."""
    given = [row for row in rows if row and row["low"] is not None]
    ends = [float(row[end]) for row in given for end in ("low", "high") if abs(row[end]) < inf]
    return min([0, *ends]), max([0, *ends, *(not row["unit"] for row in given)]) or 1
