"""What the desk answers at /jixiao/: behind Jupyter's own token and check of the host, and its XSRF token for all that does something."""

import asyncio
import json
import mimetypes
import tempfile
from pathlib import Path
from types import ModuleType
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from tornado import web
from tornado.iostream import StreamClosedError

from lib.desk.desk import Desk
from lib.edition.card import LEVELS
from lib.edition.edition import Edition
from lib.edition.notebooks import packs
from lib.intake import ledger
from lib.intake.commands import SLUG
from lib.publish import web as pages

YEARS = range(1949, 10_000)


def workbook() -> ModuleType | None:
    """What writes and reads an edition's workbook, if it is there."""
    try:
        from lib.intake import table
    except ImportError:
        return None
    return table


class _Handler(JupyterHandler):
    """What all of them know. Pages of ours say in themselves that only their own style and script may run."""

    content_security_policy = "frame-ancestors 'self'"

    def initialize(self, desk: Desk) -> None:
        """Take the server's desk."""
        self.desk = desk

    def edition(self, unit: str, year: str) -> Edition:
        """An edition by what a request names. Raises ValueError for names that no folder has."""
        if not SLUG.fullmatch(unit):
            raise ValueError(f"单位“{unit}”应为拼音小写，如 zhengxiang")
        if not (year.isascii() and year.isdecimal() and int(year) in YEARS):
            raise ValueError(f"年度“{year}”应为四位数字，如 2024")
        return Edition(unit, int(year), self.desk.root)


class Page(_Handler):
    """The desk itself."""

    @web.authenticated
    async def get(self) -> None:
        """The page; everything that changes comes by events."""
        _ = self.xsrf_token  # sets the cookie
        lab = self.serverapp.extension_manager.extensions.get("jupyterlab")
        given = {"kinds": sorted(packs(self.desk.root)), "levels": LEVELS, "kept": ledger.READABLE}
        self.finish(pages.page("desk", **given, lab=bool(lab and lab.enabled), table=bool(workbook())))


class Events(_Handler):
    """What happens, as server-sent events."""

    @web.authenticated
    async def get(self) -> None:
        """Until the page is closed."""
        self.set_header("Content-Type", "text/event-stream")
        self.set_header("Cache-Control", "no-store")
        self.page: asyncio.Queue = asyncio.Queue()
        try:
            async for event, about in self.desk.listen(self.page):
                self.write(f"event: {event}\ndata: {json.dumps(about, ensure_ascii=False)}\n\n")
                await self.flush()
        except StreamClosedError:
            return

    def on_connection_close(self) -> None:
        """End what listens."""
        self.page.put_nowait(None)


class Do(_Handler):
    """What the buttons do."""

    @web.authenticated
    async def post(self, what: str) -> None:
        """Do it: the lines that it has to say, or 400 and the `message` why it cannot be done."""
        try:
            edition = self.edition(self.get_body_argument("unit"), self.get_body_argument("year"))
            self.finish({"lines": await self._do(what, edition)})
        except (ValueError, OSError) as error:
            self.set_status(400)
            self.finish({"message": str(error)})

    async def _do(self, what: str, edition: Edition) -> list[str]:
        """Raises ValueError, OSError or 404."""
        place = [f"--unit={edition.unit}", f"--year={edition.year}"]
        match what, edition.raw.is_dir():
            case "new", _:
                await self._new(edition, place)
            case "choose", True:
                self.desk.choose(edition)
            case "accept", True:
                await self.desk.do("采用", edition, "draft", *place, "--accept")
            case "report", True:
                await self.desk.do("生成", edition, "report", *place)
            case "table", True if table := workbook():
                path = await asyncio.to_thread(table.write, edition)
                path.write_bytes(self.request.files["files"][0].body)
                return await asyncio.to_thread(table.read, edition)
            case _:
                raise web.HTTPError(404)
        return []

    async def _new(self, edition: Edition, place: list[str]) -> None:
        """A new edition: laid out, or read from the documents that came along."""
        words = [*place, *(f"--{name}={self.get_body_argument(name, '')}" for name in ("kind", "level"))]
        if not (given := self.request.files.get("files")):
            if await self.desk.do("新建", edition, "new", *words):
                self.desk.choose(edition)
            return
        with tempfile.TemporaryDirectory() as folder:
            paths = [_kept(Path(folder), one) for one in given]
            await self.desk.do("读取文件", edition, "draft", *words, "--", *map(str, paths))


class Files(_Handler):
    """What 打开 opens: a file of what is published, of the preview, the proof sheet of a draft; the workbook to fill in."""

    @web.authenticated
    async def get(self, kind: str, unit: str, year: str, name: str) -> None:
        """The file; only one that lies in the folder itself has a name here."""
        try:
            edition = self.edition(unit, year)
        except ValueError as error:
            raise web.HTTPError(404) from error
        folders = {"outputs": edition.output, "preview": self.desk.folder / unit / year}
        folder = folders.get(kind, edition.raw / ledger.FOLDER)
        if kind == "table" and workbook() and edition.raw.is_dir():
            path = await asyncio.to_thread(workbook().write, edition)
            self.set_header("Content-Disposition", f'attachment; filename="{unit}-{year}{path.suffix}"')
        elif kind != "table" and folder.is_dir() and name in {path.name for path in folder.iterdir() if path.is_file()}:
            path = folder / name
        else:
            raise web.HTTPError(404)
        self.set_header("Content-Type", mimetypes.guess_type(path.name)[0] or "application/octet-stream")
        self.set_header("Cache-Control", "no-store")
        self.finish(path.read_bytes())


def _kept(folder: Path, given: Any) -> Path:
    """A document that was sent, under its own name. Raises ValueError for a name or a kind that is none."""
    path = folder / Path(given.filename.replace("\\", "/")).name
    if path.name.startswith((".", "~")) or path.suffix.lower() not in ledger.READABLE:
        raise ValueError(f"“{given.filename}”不是能读的文件：应为 {' '.join(ledger.READABLE)}")
    path.write_bytes(given.body)
    return path


def handlers(base: str, desk: Desk) -> list[tuple]:
    """Address → what answers."""
    place = r"([^/]+)/([^/]+)/([^/]+)"
    found = {"": Page, "events": Events, "do/([a-z]+)": Do, f"(outputs|preview|draft|table)/{place}": Files}
    top = [(f"{base}jixiao", web.RedirectHandler, {"url": f"{base}jixiao/"})]
    return top + [(f"{base}jixiao/{path}", one, {"desk": desk}) for path, one in found.items()]
