"""papermill's engine `warm`: ipykernel's own shell inside a process that runs one notebook, without sockets.

Only for speed, see `warm`. Shell, display hook, matplotlib's inline glue and nbclient's message handling are those of the stock
engine; only the transport differs: a cell runs by a function call, and its messages are there when that returns. In a child of
`server` the notebook runs in place; elsewhere (papermill's command line, say) the engine asks `warm` for such a child; where there
is no fork it is the stock engine.
"""

from __future__ import annotations

import io
import logging
import os
import signal
import sys
import tempfile
from collections.abc import Coroutine
from functools import lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, BinaryIO

import nbformat
from ipykernel.ipkernel import IPythonKernel
from jupyter_client.session import Session
from nbclient.exceptions import CellTimeoutError
from nbformat.v4 import nbbase
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine
from traitlets.config import Config

from lib.run import job, warm

REHEARSAL = Path(__file__).parents[1] / "rehearsal.ipynb"
"""A notebook of what costs something only the first time: imports, templates, renderers, fonts, formatters."""


class _Wire(Session):
    """A Jupyter session whose socket is a function."""

    def send(self, stream: Any, msg_or_type: Any, content: Any = None, parent: Any = None, **more: Any) -> dict:
        known = {name: more[name] for name in ("header", "metadata") if name in more}
        message = msg_or_type if isinstance(msg_or_type, dict) else self.msg(msg_or_type, content, parent, **known)
        # plain JSON, as off a wire: widgets and plotly hand over what is not
        message["content"], message["buffers"] = self.unpack(self.pack(message["content"])), more.get("buffers") or []
        self.deliver(message)
        return message


class _Stream(io.StringIO):
    """stdout or stderr of the cells; `flush` posts what has gathered."""

    encoding = "UTF-8"

    def flush(self) -> None:
        if text := self.getvalue():
            self.seek(0)
            self.truncate()
            self.post("stream", {"name": self.name, "text": text})


class Kernel:
    """What nbclient asks of a kernel manager and of a kernel client, for a shell in this process."""

    has_kernel = True
    warm: Kernel | None = None

    def __init__(self):
        self.session, self.header, self.messages = _Wire(), {}, []
        self.session.deliver = self.messages.append
        self.shell_channel = SimpleNamespace(
            send=lambda message: self.kernel.shell_handlers[message["msg_type"]](None, [], message)
        )
        quiet = Config({"HistoryManager": {"enabled": False}})
        self.kernel = IPythonKernel.instance(
            session=self.session, user_ns={}, log=logging.getLogger("papermill"), config=quiet
        )
        shell = self.kernel.shell
        shell.enable_gui = lambda gui=None: None  # there is no event loop to hook into
        shell.transform_cell = lru_cache(1)(shell.transform_cell)  # the kernel asks, and then the shell
        self.streams = _Stream(), _Stream()
        for stream, stream.name in zip(self.streams, ("stdout", "stderr"), strict=True):
            stream.post = self.post

    def post(self, kind: str, content: dict) -> None:
        self.session.send(None, kind, content, parent=self.header)

    def execute(self, code: str, printed: BinaryIO) -> tuple[list[dict], dict]:
        """Run a cell as the kernel would: what it posts, and its reply. `printed` takes what subprocesses and C code print."""
        request = self.session.msg("execute_request", {"code": code})
        self.header = request["header"]
        self.messages.clear()
        self.kernel.set_parent([], request)
        saved = os.dup(1), os.dup(2)
        for fd in (1, 2):
            os.dup2(printed.fileno(), fd)
        try:
            reply = _at_once(self.kernel.do_execute(code, False))
        finally:
            for fd, old in enumerate(saved, 1):
                os.dup2(old, fd)
                os.close(old)
        printed.seek(0)
        self.streams[0].write(printed.read().decode(errors="replace"))
        printed.seek(0)
        printed.truncate()
        for stream in self.streams:
            stream.flush()
        ours = [one for one in self.messages if one["parent_header"].get("msg_id") == self.header["msg_id"]]
        return ours, self.session.msg("execute_reply", reply, self.header)


def _at_once(coroutine: Coroutine) -> Any:
    """What a coroutine returns that has nothing to wait for."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value
    raise RuntimeError(f"{coroutine.__name__} waits")


class _Client(PapermillNotebookClient):
    """nbclient's handling of messages without its waiting for them."""

    def execute(self, **kw: Any) -> Any:
        self.reset_execution_trackers()
        with tempfile.TemporaryFile() as self.printed:
            self.papermill_execute_cells()
        self.nb.metadata["language_info"] = self.km.kernel.language_info
        self.set_widgets_metadata()
        return self.nb

    def execute_cell(self, cell: Any, cell_index: int, **kw: Any) -> Any:
        skipped = self.skip_cells_with_tag in cell.metadata.get("tags", [])
        if cell.cell_type != "code" or skipped or not cell.source.strip():
            return cell
        limit = self._get_timeout(cell) or 0

        def expired(*_: Any) -> None:
            raise CellTimeoutError.error_from_timeout_and_cell("Cell execution timed out", limit, cell)

        signal.signal(signal.SIGALRM, expired)
        signal.alarm(limit)
        try:
            messages, reply = self.km.execute(cell.source, self.printed)
        finally:
            signal.alarm(0)
        self.code_cells_executed += 1
        cell.outputs, cell.execution_count = [], reply["content"]["execution_count"]
        self.clear_before_next_output = False
        for message in messages:
            self.process_message(message, cell, cell_index)
        _at_once(self._check_raise_for_error(cell, cell_index, reply))
        return cell


class WarmEngine(NBClientEngine):
    """`papermill --engine warm`."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: Any, kernel_name: str, execution_timeout: int | None = None, **kw: Any
    ) -> Any:
        if Kernel.warm is not None:
            return _in_place(nb_man, kernel_name, execution_timeout, kw)
        if not warm.AVAILABLE:
            return super().execute_managed_notebook(nb_man, kernel_name, execution_timeout=execution_timeout, **kw)
        with tempfile.TemporaryDirectory() as aside:
            source, target = Path(aside, "source.ipynb"), kw.get("output_path") or str(Path(aside, "target.ipynb"))
            nbformat.write(nb_man.nb, source)
            try:
                limit = {"cell_timeout": execution_timeout}
                warm.call(
                    job.execute, None, _by_hand(nb_man.nb), source=str(source), target=target, parameters={}, **limit
                )
            except warm.Failed as error:
                if error.kind != "PapermillExecutionError":
                    raise
            from papermill.execute import remove_error_markers

            nb_man.nb = remove_error_markers(nbformat.read(target, 4))
        return nb_man.nb


def _by_hand(nb: Any) -> dict[str, str]:
    """The variables that tell a notebook its name when somebody runs it by hand: no run, and the path as papermill has it."""
    path = nb.metadata.get("papermill", {}).get("input_path")
    return {"JIXIAO_RUN": ""} | ({"JPY_SESSION_NAME": str(path)} if path else {})


def _in_place(nb_man: Any, kernel_name: str, timeout: int | None, kw: dict) -> Any:
    kernel = Kernel.warm
    client = _Client(
        nb_man,
        km=kernel,
        kernel_name=kernel_name,
        timeout=timeout,
        **{n: kw.get(n) for n in ("stdout_file", "stderr_file")},
        log_output=kw.get("log_output", False),
    )
    client.kc = kernel
    standard = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = kernel.streams
    try:
        return client.execute()
    finally:
        sys.stdout, sys.stderr = standard


def prime() -> None:
    """Warm this process up: the shell first, as pandas and matplotlib look at the shell that imports them.

    Only for speed: what each notebook would import and do for the first time, `REHEARSAL` does once.
    """
    import gc

    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    kernel = Kernel()
    kernel.kernel.shell.run_cell("%config", silent=True).raise_error()  # the first imports every magic
    nbbase.validate = lambda *_: None  # output by output; the whole is validated when it is written
    Kernel.warm = kernel
    with tempfile.TemporaryDirectory() as aside:
        job.execute(str(REHEARSAL), str(Path(aside, REHEARSAL.name)), {})
    kernel.kernel.shell.reset(new_session=True)
    for stream in kernel.streams:
        stream.seek(0)
        stream.truncate()
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)  # else a fifth of a notebook's time goes into looking for garbage
