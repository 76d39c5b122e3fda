"""The preview's process (`python -P -m lib.desk.preview`): what an edition's files would make of the page, as they stand now.

A request is a line of JSON, the reply another. JIXIAO_WORK names a folder of its own: neither a run nor what is published is
touched. It ends with its input.
"""

import asyncio
import json
import os
import sys
import time
from asyncio.subprocess import PIPE
from dataclasses import replace
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
        warm.call(release.publish, stays=PAGE, edition=replace(edition), folder=aside, parts=[PAGE])
        (aside / PAGE).replace(edition.processed / PAGE)
    except Exception as error:  # whatever it is, the last good page stays
        told = failure.of(error, edition.processed)
        fault = f"{told.name}：{told}"
    return {"fault": fault, "seconds": round(time.perf_counter() - start, 2)}


class Preview:
    """The process as the desk speaks to it: begun when it is asked first, or asked again after its end; one request at a time."""

    def __init__(self, folder: Path):
        self.folder, self.turn = folder, asyncio.Lock()
        self.process: asyncio.subprocess.Process | None = None

    async def page(self, edition: Edition) -> dict[str, Any]:
        """The reply, with the `path` of the page as far as one was ever made; nobody leaves before it is there."""
        told = await asyncio.shield(self._ask({"unit": edition.unit, "year": edition.year, "root": str(edition.root)}))
        name = f"{edition.unit}/{edition.year}/{PAGE}"
        shown = self.folder / name
        return told | {"path": f"preview/{name}?{shown.stat().st_mtime_ns}" if shown.is_file() else ""}

    async def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        async with self.turn:
            if not self.process or self.process.returncode is not None:
                command, environment = (
                    [sys.executable, "-P", "-m", "lib.desk.preview"],
                    {"JIXIAO_WORK": str(self.folder)},
                )
                pipes = {"stdin": PIPE, "stdout": PIPE, "limit": 1 << 26}
                self.process = await asyncio.create_subprocess_exec(*command, env=os.environ | environment, **pipes)
            self.process.stdin.write(json.dumps(request).encode() + b"\n")
            if reply := await self.process.stdout.readline():
                return json.loads(reply)
            await self.process.wait()
        return {"fault": "预览的进程意外终止，下次保存时重做", "seconds": 0}

    def end(self) -> None:
        """End the process, as its code is no longer what stands in the files."""
        if self.process and self.process.returncode is None:
            self.process.kill()


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(page(**json.loads(line)), ensure_ascii=False), flush=True)
