"""The preview's process (`python -P -m lib.desk.preview`): what an edition's files would make of the page, as they stand now.

A request is a line of JSON, the reply another. JIXIAO_WORK names a folder of its own: neither a run nor what is published is
touched. It ends with its input.
"""

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from lib.edition.edition import Edition
from lib.publish import release
from lib.run import failure, runs, warm
from lib.run.fleet import CORES

PAGE = "report.html"


def page(unit: str, year: int, root: str) -> dict[str, Any]:
    """Make the page anew, changed notebooks alone: the fault that kept it from being made, where there is one, and the seconds."""
    start, edition, fault = time.perf_counter(), Edition(unit, year, Path(root)), ""
    aside = edition.processed / PAGE.removesuffix(".html")
    try:
        runs.refresh(edition, CORES)
        aside.mkdir(exist_ok=True)
        about = asdict(edition) | {"root": root}
        warm.call(release.publish, stays=PAGE, about=about, folder=str(aside), parts=[PAGE])
        (aside / PAGE).replace(edition.processed / PAGE)
    except Exception as error:  # whatever it is, the last good page stays
        told = failure.of(error, edition.processed)
        fault = f"{told.name}：{told}"
    return {"fault": fault, "seconds": round(time.perf_counter() - start, 2)}


def remarks(unit: str, year: int, root: str) -> list[dict[str, Any]]:
    """What `jixiao check` says, file by file."""
    from lib.intake import check

    return [asdict(remark) for remark in check.check(Edition(unit, year, Path(root)))]


def answer(do: str, **about: Any) -> Any:
    """The reply to a request."""
    return page(**about) if do == "page" else warm.call(remarks, stays="check", **about)


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(answer(**json.loads(line)), ensure_ascii=False), flush=True)
