"""The catalogue: `outputs/index.html` over all published editions, with downloads and their headline metrics drawn."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf
from pathlib import Path
from typing import Any

from lib.edition.store import card_in, rows_in
from lib.publish import release, web


def write(outputs: str, headlines: list[str]) -> None:
    """The catalogue of the editions that a folder holds; headline metrics by name, in the order in which they are drawn."""
    folder, labels = Path(outputs), release.downloads()
    editions = [_edition(path.parent, folder, labels) for path in sorted(folder.glob("*/[0-9]*/manifest.json"))]
    reach = {name: max((_reach(edition["metrics"].get(name)) for edition in editions), default=0) for name in headlines}
    for edition in editions:
        rows = [edition["metrics"][name] for name in headlines if name in edition["metrics"]]
        edition["drawn"] = [_drawn(row, reach[row["metric"]]) for row in rows]
    web.write_page("catalogue", folder / "index.html", editions=editions, labels=labels)


def _edition(folder: Path, outputs: Path, labels: Iterable[str]) -> dict[str, Any]:
    """The card, the metrics and the files of one published edition."""
    metrics = {row["metric"]: row for row in rows_in(folder, "metrics")}
    files = [name for name in labels if (folder / name).is_file()]
    return {"card": card_in(folder), "path": folder.relative_to(outputs).as_posix(), "metrics": metrics, "files": files}


def _reach(row: dict[str, Any] | None) -> float:
    """How far a metric's bar may go: shares to the whole, others to the largest finite end."""
    ends = [abs(float(row[end])) for end in ("low", "high") if row and row[end]]
    largest = max((end for end in ends if end < inf), default=0)
    return max(largest, 1) if row and not row["unit"] else largest


def _drawn(row: dict[str, Any], reach: float) -> dict[str, Any]:
    """Where the certain part and the open part of a bar end, out of 100."""
    low, high = (float(row[end] or 0) for end in ("low", "high"))
    certain = 100 * max(low, 0) / reach if reach else 0
    possible = 100 * min(high, reach) / reach if reach else 0
    return {"label": row["label"], "shown": row["shown"], "certain": round(certain, 1), "possible": round(possible, 1)}
