"""The preview: what an edition's files would make of the page, as they stand now. Neither a run nor what is published is touched."""

import time
from dataclasses import replace
from typing import Any

from lib.edition.edition import Edition
from lib.publish import release
from lib.run import failure, runs, warm
from lib.run.fleet import CORES

PAGE = "report.html"
LONGEST = 300
"""Seconds that the notebooks may take."""


def aside(edition: Edition) -> Edition:
    """The edition with working state of its own, in which its page stands."""
    return replace(edition, aside="desk")


def page(edition: Edition) -> dict[str, Any]:
    """Make the page anew, changed notebooks alone: the fault that kept it from being made, the seconds, the `path` of the last good one."""
    start, mine, fault = time.perf_counter(), aside(edition), ""
    shown = mine.processed / PAGE
    try:
        runs.refresh(mine, CORES, LONGEST)
        folder = mine.processed / "page"
        folder.mkdir(exist_ok=True)
        warm.call(release.publish, stays=PAGE, edition=replace(mine), folder=folder, parts=[PAGE])
        (folder / PAGE).replace(shown)
    except Exception as error:  # whatever it is, the last good page stays
        told = failure.of(error, mine.processed)
        fault = f"{told.name}：{told}"
    path = f"preview/{edition.unit}/{edition.year}/{PAGE}?{shown.stat().st_mtime_ns}" if shown.is_file() else ""
    return {"fault": fault, "seconds": round(time.perf_counter() - start, 2), "path": path}
