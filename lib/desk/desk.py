"""Desk: what its open pages are told: how far each edition is, which one was chosen, its preview, what is still to do, the command at work.

What its buttons do, the commands of `jixiao` do. While no page is open, what is saved goes unseen.
"""

import asyncio
import json
import re
import sys
import threading
import time
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any

from lib.edition.card import SOURCES, filled_in
from lib.edition.edition import Edition, editions
from lib.edition.notebooks import notebooks, unnumbered
from lib.edition.store import InputError, digest, noted, outputs, put, work
from lib.intake import check, ledger, table
from lib.publish import release, shelf
from lib.run import failure, runs, warm
from lib.run.keys import PUBLISH, Steps

PAGE = "report.html"
LONGEST = 300  # seconds that the notebooks of a preview may take
FILES = {"report.html": "网页", "report.pdf": "PDF", "report.docx": "Word"}  # what 打开 offers
PARTS = {"lib": "程序", "lock": "程序库", "notebook": "笔记本", "above": "笔记本的次序"}
"""What `Steps.why` names, in words; files go by their own names."""
_OTHERS = re.compile(r"outputs/([^/]+)/(\d{4})/.*")  # what another edition published
_SHARED = re.compile(r"data/raw/[^/]+/([^/]+\.csv)")  # what a unit keeps for all its years
_wrong = cache(lambda edition, key: len(check.wrong(edition).splitlines()))
"""How many errors there are in an edition whose inputs have this key."""


class Desk:
    """One project's desk; belongs to the event loop of the server."""

    def __init__(self, root: Path):
        self.root, self.note = root, work(root) / ".desk" / "chosen.json"
        self.last: dict[str, Any] = {}  # event → what was told of it last
        self.pages: set[asyncio.Queue] = set()
        self.changed = asyncio.Event()
        self.filled: dict[Path, str] = {}  # workbook → its digest when it was read last
        self.looking: asyncio.Task | None = None

    @property
    def chosen(self) -> Edition | None:
        """The edition that was chosen last, if it is still there."""
        edition = Edition(**given, root=self.root) if (given := noted(self.note)) else None
        return edition if edition and edition.raw.is_dir() else None

    def choose(self, edition: Edition) -> None:
        """Put an edition on the desk: notebooks open with it, and its page is shown."""
        put(self.note, json.dumps({"unit": edition.unit, "year": edition.year}).encode())
        self.changed.set()

    def tell(self, event: str, about: Any) -> None:
        """Tell every page, also those that are opened later."""
        self.last[event] = about
        for page in self.pages:
            page.put_nowait((event, about))

    async def listen(self, page: asyncio.Queue) -> AsyncIterator[tuple[str, Any]]:
        """What happens, from the last of each kind on, until `page` is sent None."""
        self.pages.add(page)
        if not self.looking:
            watch = threading.Thread(target=self._watch, args=[asyncio.get_running_loop()], daemon=True)
            watch.start()  # which holds up no server that ends
            self.looking = asyncio.create_task(self._look())
        self.changed.set()
        try:
            for event in list(self.last.items()):
                yield event
            while event := await page.get():
                yield event
        finally:
            self.pages.discard(page)

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Notice what people and runs change in the project, in a thread of its own."""
        from watchfiles import DefaultFilter, watch

        usual, mine = DefaultFilter(), work(self.root)

        def ours(change: Any, name: str) -> bool:
            """Whether a file is anybody's: no working state, nothing hidden, no other program's lock."""
            hidden = re.search(r"[\\/][.~]", name.removeprefix(str(self.root)))
            return usual(change, name) and not hidden and not Path(name).is_relative_to(mine)

        places = [self.root / "data", self.root / "notebooks", outputs(self.root)]
        try:
            for _ in watch(*filter(Path.is_dir, places), watch_filter=ours, step=30):
                if self.pages:  # else nobody looks
                    loop.call_soon_threadsafe(self.changed.set)
        except (OSError, RuntimeError) as error:
            loop.call_soon_threadsafe(self._trouble, error)

    def _trouble(self, error: Exception) -> None:
        """Tell what keeps the desk from watching or looking."""
        self.tell("page", {"fault": f"{failure.of(error, self.root)}\n请排除后刷新本页。", "seconds": 0, "path": ""})
        if self.looking:
            self.looking.cancel()
            self.looking = None

    async def _look(self) -> None:
        """The states of all; then whenever something changed the page of the chosen edition, what is still to do in it, the states."""
        try:
            while True:
                self.tell("editions", await asyncio.to_thread(overview, self.root))
                await self.changed.wait()
                self.changed.clear()
                if edition := self.chosen:
                    self.tell("chosen", f"{edition.unit}/{edition.year}")
                    await self.fill_in(edition)
                    self.tell("page", await asyncio.to_thread(preview, edition))
                    self.tell("remarks", [asdict(one) for one in await asyncio.to_thread(check.check, edition)])
        except Exception as error:
            self._trouble(error)

    async def fill_in(self, edition: Edition) -> None:
        """Read what was filled in in the workbook, where it was saved since it was read last; tell what that is, or why it cannot be."""
        path = table.place(edition)
        if self.filled.get(path) == (content := digest(path)):
            return
        self.filled[path] = content
        try:
            lines = await asyncio.to_thread(table.read, edition) if content else []
        except InputError as error:
            lines = str(error).splitlines()
        self.tell("filled", lines)

    async def do(self, title: str, edition: Edition, *words: str) -> bool:
        """Do a command of `jixiao`, telling what it says line by line; whether it went well. Raises ValueError while another is at work."""
        if self.last.get("task", {}).get("state") == "run":
            raise ValueError(f"“{self.last['task']['title']}”还没有做完，请稍候")
        task = {"title": f"{title} {edition.unit} {edition.year}", "lines": [], "state": "run"}
        self.tell("task", task)
        command = [sys.executable, "-P", "-c", "from lib.cli import main; main()", "--root", str(self.root), *words]
        process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=STDOUT, cwd=self.root)
        async for line in process.stdout:
            task = task | {"lines": [*task["lines"], line.decode("utf-8", "replace").rstrip()]}
            self.tell("task", task)
        well = await process.wait() == 0
        self.tell("task", task | {"state": "done" if well else "failed"})
        self.changed.set()
        return well


def aside(edition: Edition) -> Edition:
    """The edition with working state of its own, in which the page of its preview stands."""
    return replace(edition, aside="desk")


def preview(edition: Edition) -> dict[str, Any]:
    """Make the page anew of an edition's files as they stand now, changed notebooks alone: the fault that kept it from being made, the
    seconds, the `path` of the last good one. Neither a run nor what is published is touched."""
    start, mine, fault = time.perf_counter(), aside(edition), ""
    shown = mine.processed / PAGE
    if waits := ledger.waits(edition):
        return {"fault": waits, "seconds": 0, "path": ""}
    try:
        runs.refresh(mine, runs.CORES, LONGEST)
        folder = mine.processed / "page"
        folder.mkdir(exist_ok=True)
        warm.call(release.publish, stays=PAGE, edition=replace(mine), folder=folder, parts=[PAGE])
        (folder / PAGE).replace(shown)
    except Exception as error:  # whatever it is, the last good page stays
        told = failure.of(error, mine.processed)
        fault = f"{told.name}：{told}"
        if told.kind == "input":  # it is the data that are to be mended, whichever cell has met them
            fault = re.sub(r"^\w+：(?:“[^”]*”)?第\d+格（[^）]*）：", "", fault)
    path = f"preview/{edition.unit}/{edition.year}/{PAGE}?{shown.stat().st_mtime_ns}" if shown.is_file() else ""
    return {"fault": fault, "seconds": round(time.perf_counter() - start, 2), "path": path}


def overview(root: Path) -> list[dict[str, Any]]:
    """All editions, and all folders in which a document was read and not yet accepted."""
    drafts = sorted((root / "data" / "raw").glob(f"*/[0-9][0-9][0-9][0-9]/{SOURCES}/{ledger.FILE}"))
    read = [Edition(path.parts[-4], int(path.parts[-3]), root) for path in drafts]
    waiting = (_about(one) | {"state": "待采用", "why": why} for one in read if (why := ledger.waits(one)))
    return [*map(state, editions(root)), *waiting]


def state(edition: Edition) -> dict[str, Any]:
    """How far an edition is, and why it is no further, with its files and its notebooks."""
    about = _about(edition)
    try:
        about["name"] = edition.profile.name or filled_in(edition.raw).get("unit") or edition.unit
        steps, known = Steps(edition), notebooks(edition.root)
        names = dict.fromkeys(unnumbered(name)[0] for name in edition.notebooks)
        about["notebooks"] = [(name, known[name].title) for name in names]
        due = {name: why for name in (*edition.notebooks, PUBLISH) if (why := steps.why(name))}
        if told := noted(failure.folder(edition) / failure.TOLD):
            return about | {"state": "失败", "why": f"{told['name']}：{told['message']}"}
        if about["files"]:
            reasons = next(iter(due.values()), [])
            said = (PARTS.get(one) or _OTHERS.sub(r"\1 \2 发布的数据", one) for one in reasons)
            said = (_SHARED.sub(r"本单位各年共用的 \1（登记别的年度时也会增补）", one) for one in said)
            why = "、".join(dict.fromkeys(said))
            return about | {"state": "已过期" if due else "已发布", "why": why}
        if due.keys() == {PUBLISH}:
            return about | {"state": "已运行"}
        wrong = _wrong(edition, edition.key)
        return about | ({"state": "草稿", "why": f"{wrong}处差错"} if wrong else {"state": "已核对"})
    except InputError as error:
        return about | {"state": "草稿", "why": str(error)}


def _about(edition: Edition) -> dict[str, Any]:
    named = {"edition": f"{edition.unit}/{edition.year}", "name": edition.unit, "year": edition.year}
    there = [(name, label) for name, label in FILES.items() if (edition.output / name).is_file()]
    return named | {"older": older(edition), "why": "", "files": there, "notebooks": []}


def older(edition: Edition) -> list[str]:
    """What an edition that is published can be compared with: its last version, and the year before."""
    if not any((edition.output / name).is_file() for name in FILES):
        return []
    last = [f"{edition.unit}/{edition.year}~1"] if shelf.versions(edition.output)[1:] else []
    return last + [f"{one.unit}/{one.year}" for one in edition.earlier[-1:]]
