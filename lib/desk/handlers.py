"""The Jupyter server extension, loaded by the project's own Jupyter settings (`etc/jupyter`) or by `jixiao desk`: what the desk answers at
/jixiao/, behind Jupyter's own token and check of the host, and its XSRF token for all that does something."""

import asyncio
import json
import mimetypes
import os
import re
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from tornado import web
from tornado.iostream import StreamClosedError

from lib.desk.desk import Desk, aside, older
from lib.edition.card import LEVELS, SLUG, SOURCES, kinds
from lib.edition.edition import Edition, root
from lib.edition.notebooks import packed
from lib.intake import ledger, table
from lib.publish import web as pages

NAME = re.compile(rf"({SLUG.pattern})/((?:19|2[0-9])\d\d)")  # what an edition may be called: unit/year


class _Handler(JupyterHandler):
    """What all of them know. Pages of ours say in themselves that only their own style and script may run."""

    content_security_policy = "frame-ancestors 'self'"

    def initialize(self, desk: Desk) -> None:
        self.desk = desk

    def edition(self, name: str) -> Edition:
        """An edition by what a request calls it. Raises ValueError for what none can be called."""
        if not (found := NAME.fullmatch(name)):
            raise ValueError(f"“{name}”不是单位和年度：单位应为拼音小写，年度为四位数字，如 zhengxiang/2024")
        return Edition(found[1], int(found[2]), self.desk.root)


class Page(_Handler):
    """The desk itself."""

    @web.authenticated
    async def get(self) -> None:
        """The page; everything that changes comes by events."""
        _ = self.xsrf_token  # sets the cookie
        lab = self.serverapp.extension_manager.extensions.get("jupyterlab")
        kind = sorted(kinds(self.desk.root) | {packed(self.desk.root)})
        given = {"kinds": kind, "levels": LEVELS, "kept": ledger.READABLE, "lab": bool(lab and lab.enabled)}
        self.finish(pages.page("desk", **given))


class Events(_Handler):
    """What happens, as server-sent events."""

    @web.authenticated
    async def get(self) -> None:
        self.set_header("Content-Type", "text/event-stream")
        self.set_header("Cache-Control", "no-store")
        self.page: asyncio.Queue = asyncio.Queue()
        with suppress(StreamClosedError):
            async for event, about in self.desk.listen(self.page):
                self.write(f"event: {event}\ndata: {json.dumps(about, ensure_ascii=False)}\n\n")
                await self.flush()

    def on_connection_close(self) -> None:
        """End what listens."""
        self.page.put_nowait(None)


class Do(_Handler):
    """What the buttons do."""

    @web.authenticated
    async def post(self, what: str) -> None:
        """Do it; else 400, and in `message` why it cannot be done."""
        try:
            await self._do(what, self.edition(self.get_body_argument("edition")))
            self.finish({})
        except (ValueError, OSError) as error:
            self.set_status(400)
            self.finish({"message": str(error)})

    async def _do(self, what: str, edition: Edition) -> None:
        """Raises ValueError, OSError or 404."""
        place = [f"--unit={edition.unit}", f"--year={edition.year}"]
        match what, edition.raw.is_dir():
            case "new", _:
                await self._new(edition, place)
            case "choose", True:
                self.desk.choose(edition)
            case "accept", True:
                if await self.desk.do("采用", edition, "draft", *place, "--accept"):
                    self.desk.choose(edition)
            case "report", True:
                await self.desk.do("生成", edition, "report", *place)
            case "diff", True if (old := self.get_body_argument("older")) in older(edition):
                await self.desk.do("比较", edition, "diff", old, f"{edition.unit}/{edition.year}")
            case "write", True:
                await asyncio.to_thread(table.write, edition)
            case "fill", True:
                table.place(edition).write_bytes(self.request.files["files"][0].body)
                await self.desk.fill_in(edition)
            case _:
                raise web.HTTPError(404)

    async def _new(self, edition: Edition, place: list[str]) -> None:
        """A new edition: laid out, or read from the documents that came along."""
        words = [*place, *(f"--{name}={self.get_body_argument(name, '')}" for name in ("kind", "level"))]
        with tempfile.TemporaryDirectory() as folder:
            paths = [str(_kept(Path(folder), one)) for one in self.request.files.get("files", ())]
            what = ("读取文件", edition, "draft", *words, "--", *paths) if paths else ("新建", edition, "new", *words)
            if await self.desk.do(*what):
                self.desk.choose(edition)


class Files(_Handler):
    """What 打开 opens: a file of what is published, of the preview, the proof sheet of a draft, what was compared; the workbook to fill in."""

    @web.authenticated
    async def get(self, kind: str, named: str, name: str) -> None:
        """The file; only one that lies in the folder itself has a name here."""
        try:
            edition = self.edition(named)
        except ValueError as error:
            raise web.HTTPError(404) from error
        drawn = {"preview": aside(edition).processed, "diff": edition.output.parents[1] / "diff"}
        folders = drawn | {"outputs": edition.output, "raw": edition.raw}
        folder = folders.get(kind, edition.raw / SOURCES)
        if not folder.is_dir() or name not in {path.name for path in folder.iterdir() if path.is_file()}:
            raise web.HTTPError(404)
        self.set_header("Content-Type", mimetypes.guess_type(name)[0] or "application/octet-stream")
        self.set_header("Cache-Control", "no-store")
        self.finish((folder / name).read_bytes())


def _kept(folder: Path, given: Any) -> Path:
    """A document that was sent, under its own name. Raises ValueError for a name or a kind that is none."""
    path = folder / Path(given.filename.replace("\\", "/")).name
    if re.match(r"\.|~(?!\$)", path.name) or path.suffix.lower() not in ledger.READABLE:
        raise ValueError(f"“{given.filename}”不是能读的文件：应为 {' '.join(ledger.READABLE)}")
    path.write_bytes(given.body)
    return path


KEPT = ("jixiao", "kernelspec")  # what a notebook says of itself, besides its language


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "lib.desk.handlers"}]


def _load_jupyter_server_extension(app: Any) -> None:
    """Add what is ours to a Jupyter server."""
    desk, base = Desk(root(app.root_dir)), f"{app.base_url}jixiao"
    os.environ["JIXIAO_DESK"] = str(desk.note)  # for the kernels that this server starts
    app.contents_manager.register_pre_save_hook(keep_clean)
    files = "(outputs|preview|raw|source|diff)/([^/]+/[^/]+)/([^/]+)"
    found = {"": Page, "events": Events, "do/([a-z]+)": Do, files: Files}
    top = [(base, web.RedirectHandler, {"url": f"{base}/"})]
    app.web_app.add_handlers(".*$", top + [(f"{base}/{path}", one, {"desk": desk}) for path, one in found.items()])


def keep_clean(model: dict[str, Any], path: str = "", **_: Any) -> None:
    """A `pre_save_hook` of Jupyter's server: a notebook of ours is saved without outputs; cells keep source, id and tags."""
    if model["type"] != "notebook" or not path.startswith("notebooks/"):
        return
    notebook = model["content"]
    said = notebook["metadata"]
    notebook["metadata"] = {name: said[name] for name in KEPT if name in said} | {"language_info": {"name": "python"}}
    for cell in notebook["cells"]:
        cell["metadata"] = {name: told for name, told in cell["metadata"].items() if name == "tags"}
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
