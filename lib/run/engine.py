"""papermill's engine `warm`: ipykernel's own shell inside a process that runs one notebook, without sockets.

Only for speed, see `warm`. Only the transport differs from the stock engine: a cell runs by a function call, and its messages are
there when that returns. It serves in a child of `warm.serve`; elsewhere (papermill's command line, say) it is the stock engine.
"""

import asyncio
import gc
import io
import logging
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import lru_cache
from math import inf
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from jupyter_client.session import Session
from nbformat.v4 import nbbase
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine
from traitlets.config import Config

from lib.run import failure, runs, warm

REHEARSAL = Path(__file__).parents[1] / "rehearsal.ipynb"
"""A notebook of what costs something only the first time: imports, templates, renderers, fonts, formatters."""


class _Wire(Session):
    """A Jupyter session whose socket is a function."""

    def send(self, stream: Any, msg_or_type: Any, content: Any = None, parent: Any = None, **more: Any) -> dict:
        """Deliver a message as it would come off a wire: as plain JSON, while widgets and plotly hand over what is not."""
        known = {name: more[name] for name in ("header", "metadata") if name in more}
        message = msg_or_type if isinstance(msg_or_type, dict) else self.msg(msg_or_type, content, parent, **known)
        message["content"], message["buffers"] = self.unpack(self.pack(message["content"])), more.get("buffers") or []
        self.deliver(message)
        return message


class _Stream(io.StringIO):
    """stdout or stderr of the cells; what subprocesses and C code write to its descriptor comes where it was written."""

    encoding = "UTF-8"

    def __init__(self, name: str, post: Callable):
        super().__init__()
        self.name, self.post, self.number = name, post, ("stdin", "stdout", "stderr").index(name)
        self.saved, self.printed = self.number, io.BytesIO()

    def fileno(self) -> int:
        """As of ipykernel's: what was the process's own before, so that what is written to it reaches no notebook."""
        return self.saved

    def write(self, text: str) -> int:
        """Take in what was written to the descriptor before, and this."""
        if printed := self.printed.read():
            super().write(printed.decode(errors="replace"))
        return super().write(text)

    def flush(self) -> None:
        self.write("")
        if text := self.getvalue():
            self.seek(0)
            self.truncate()
            self.post("stream", {"name": self.name, "text": text})

    @contextmanager
    def caught(self) -> Iterator[None]:
        """For a notebook: a file behind the descriptor; it is written at its end and read from where it was read last."""
        with tempfile.NamedTemporaryFile() as file, Path(file.name).open("ab") as end:
            self.printed, self.saved = file, os.dup(self.number)
            os.dup2(end.fileno(), self.number)
            try:
                yield
            finally:
                os.dup2(self.saved, self.number)
                os.close(self.saved)


class Kernel:
    """What nbclient asks of a kernel manager and of a kernel client, for a shell in this process."""

    has_kernel = True
    warm: "Kernel | None" = None

    def __init__(self):
        self.session, self.header, self.messages = _Wire(), {}, []
        self.session.deliver = self.messages.append
        self.shell_channel = SimpleNamespace(
            send=lambda message: self.kernel.shell_handlers[message["msg_type"]](None, [], message)
        )
        given = {"log": logging.getLogger("papermill"), "config": Config({"HistoryManager": {"enabled": False}})}
        self.kernel = IPythonKernel.instance(session=self.session, user_ns={}, **given)
        self.kernel.shell_channel_thread = SimpleNamespace(parent_thread=None)  # nobody interrupts from another thread
        self.shell = self.kernel.shell
        self.shell.enable_gui = lambda gui=None: None  # there is no event loop to hook into
        self.shell.transform_cell = lru_cache(1)(self.shell.transform_cell)  # the kernel asks, and then the shell
        self.stdout, self.stderr = (_Stream(name, self.post) for name in ("stdout", "stderr"))

    def post(self, kind: str, content: dict) -> None:
        """Deliver a message of the cell that runs."""
        self.session.send(None, kind, content, parent=self.header)

    def kernel_info(self) -> dict:
        """What a kernel replies that is asked for its language."""
        return {"content": {"language_info": self.kernel.language_info}}

    def execute(self, code: str) -> tuple[list[dict], dict]:
        """Run a cell as the kernel would: what it posts, and its reply."""
        request = self.session.msg("execute_request", {"code": code})
        self.header = request["header"]
        self.messages.clear()
        self.kernel.set_parent([], request)
        reply = self.loop.run_until_complete(self.kernel.do_execute(code, False))
        self.stdout.flush()
        self.stderr.flush()
        ours = [one for one in self.messages if one["parent_header"].get("msg_id") == self.header["msg_id"]]
        return ours, self.session.msg("execute_reply", reply, self.header)


class _Client(PapermillNotebookClient):
    """nbclient's handling of messages without its waiting for them."""

    def wait_for_reply(self, reply: dict) -> dict:
        return reply

    def execute_cell(self, cell: Any, cell_index: int) -> Any:
        """Run a cell and take in what it posts. Its time is the caller's to limit, who is told of each cell and ends the process."""
        warm.say("cell", failure.place(self.nb.cells, cell_index + 1), self._get_timeout(cell) or inf)
        skipped = self.skip_cells_with_tag in cell.metadata.get("tags", [])
        if cell.cell_type != "code" or skipped or not cell.source.strip():
            return cell
        messages, reply = self.km.execute(cell.source)
        warm.say("cell", "", inf)
        cell.outputs, cell.execution_count = [], reply["content"]["execution_count"]
        self.clear_before_next_output = False
        for message in messages:
            self.process_message(message, cell, cell_index)
        self.km.loop.run_until_complete(self._check_raise_for_error(cell, cell_index, reply))
        return cell


class WarmEngine(NBClientEngine):
    """`papermill --engine warm`."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **about: Any) -> Any:
        """Here, in a child of the server; as the stock engine elsewhere, and for another kernel."""
        if not Kernel.warm or kernel_name != "python3":
            return super().execute_managed_notebook(nb_man, kernel_name, **about)
        client = _Client(nb_man, km=Kernel.warm, kernel_name=kernel_name, timeout=about.get("execution_timeout"))
        client.kc = Kernel.warm
        Kernel.warm.loop = asyncio.new_event_loop()
        out, err = Kernel.warm.stdout, Kernel.warm.stderr
        with out.caught(), err.caught(), redirect_stdout(out), redirect_stderr(err):
            return client.execute()


def prime() -> None:
    """Warm this process up: the shell first, as pandas and matplotlib look at it when they are imported; then `REHEARSAL`."""
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    kernel = Kernel()
    kernel.shell.run_cell("%config", silent=True).raise_error()  # the first imports every magic
    nbbase.validate = lambda *_: None  # output by output; the whole is validated when it is written
    Kernel.warm = kernel
    with tempfile.TemporaryDirectory() as aside:
        runs.execute(str(REHEARSAL), str(Path(aside, REHEARSAL.name)))
    kernel.shell.reset(new_session=True)
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)  # else a fifth of a notebook's time goes into looking for garbage
