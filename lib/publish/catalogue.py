"""The catalogue: `outputs/index.html` over all published editions, with downloads and their headline metrics drawn; and its feed."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from math import inf
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from lib.edition.card import Card
from lib.edition.store import Record, card_in, rows_in
from lib.publish import web

SCORE, UNRATED = "score.total", "未自评"


def write(outputs: str, headlines: list[str]) -> None:
    """The catalogue of the editions that a folder holds; headline metrics by name, in the order in which they are drawn."""
    folder = Path(outputs)
    lines = _ratings(folder.parent / "data" / "sheets")
    editions = [_edition(path.parent, folder) for path in sorted(folder.glob("*/[0-9][0-9][0-9][0-9]/manifest.json"))]
    scales = {name: _scale(edition["metrics"].get(name) for edition in editions) for name in headlines}
    for edition in editions:
        rows = [edition["metrics"][name] for name in headlines if name in edition["metrics"]]
        edition["drawn"] = [_drawn(row, *scales[row["metric"]]) for row in rows]
        edition["rating"] = _rating(edition["metrics"].get(SCORE), lines)
    web.write_page("catalogue", folder / "index.html", editions=editions)
    web.put(folder / "feed.xml", web.template("catalogue", "feed.xml.j2").render(editions=editions))


def _edition(folder: Path, outputs: Path) -> dict[str, Any]:
    """The card, the metrics and the files of one published edition, and the pages that compare it, by path and words."""
    card, path = Card.of(card_in(folder)), folder.relative_to(outputs).as_posix()
    files = {name: said for name, said in web.beside(card).items() if (folder / name).is_file()}
    name = path.replace("/", "-")
    pages = {f"peers/{name}/report.html": "同级比较", f"diff/{name}~1-{name}.html": "与上一版对照"}
    for year in sorted(other.name for other in folder.parent.glob("[0-9][0-9][0-9][0-9]")):
        pages[f"diff/{folder.parent.name}-{year}-{name}.html"] = f"与{year}年度对照"
    pages = {page: words for page, words in pages.items() if (outputs / page).is_file()}
    metrics = {row["metric"]: row for row in rows_in(folder, "metrics")}
    uuid = uuid5(NAMESPACE_URL, f"{card.unit_name}/{path}")  # of the edition, whatever its revision and place
    return {"card": card, "path": path, "metrics": metrics, "files": files, "pages": pages, "uuid": uuid}


def _ratings(sheets: Path) -> list[tuple[float, str]]:
    """The lines of the ratings, the best first; none where the score sheets draw different ones."""
    found = set()
    for path in sheets.glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            found |= {row["bands"] for row in csv.DictReader(file) if row["rule"] == "rating"}
    bands = [band.split("=") for band in found.pop().split(";")] if len(found) == 1 else []
    return [(float(line), word) for line, word in bands]


def _rating(total: Record | None, lines: list[tuple[float, str]]) -> str:
    """The rating of a total score, or those between which its bounds leave it open: 优或良."""
    if not total or total["low"] is None:
        return UNRATED
    low, high = total["low"], total["high"]
    best = next((n for n, (line, _) in enumerate(lines) if high > line or (high == line and total["high_closed"])), 0)
    worst = next((n for n, (line, _) in enumerate(lines) if low >= line), 0)
    return "或".join(word for _, word in lines[best : worst + 1])


def _scale(rows: Iterable[Record | None]) -> tuple[float, float]:
    """From where to where a metric is drawn, the same in every edition: 0 and all finite ends; a share to the whole at least."""
    given = [row for row in rows if row and row["low"] is not None]
    ends = [float(row[end]) for row in given for end in ("low", "high") if abs(row[end]) < inf]
    return min([0, *ends]), max([0, *ends, *(not row["unit"] for row in given)])


def _drawn(row: Record, least: float, most: float) -> dict[str, Any]:
    """A bar out of 100: from where to where it is certain and where open, each a start and a width; nothing where it is missing."""
    about = {"label": row["label"], "shown": row["shown"], "certain": None, "open": None}
    if row["low"] is None or most == least:
        return about

    def at(value: float) -> float:
        return round(100 * (float(min(max(value, least), most)) - least) / (most - least), 1)

    zero, low, high = at(0), at(row["low"]), at(row["high"])
    near = min(max(zero, low), high)  # the end beside zero; zero itself where the bounds hold it
    certain = sorted((zero, near))
    return about | {"certain": (certain[0], certain[1] - certain[0]), "open": (low, high - low), "zero": zero}
