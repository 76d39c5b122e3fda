"""papermill's engine `warm`: ipykernel's own shell inside a process that runs one notebook, without sockets.

Shell, display hook, matplotlib's inline glue and nbclient's message handling are those of the stock engine; only the transport
differs: a message is handed over by a function call. In a child of `lib.warm` the notebook runs in place; elsewhere (papermill's
command line, say) the engine asks `lib.warm` for such a child; where there is no fork it is the stock engine.
"""

from __future__ import annotations

import asyncio
import io
import logging
import os
import signal
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
from ipykernel.ipkernel import IPythonKernel
from jupyter_client.session import Session
from nbclient.exceptions import CellTimeoutError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine
from traitlets.config import Config

from lib import warm

MODULES = (
    "pandas",
    "matplotlib.figure",
    "matplotlib.backends.backend_svg",
    "lib.section",
    "lib.charts",
    "lib.tables",
    "lib.figures",
    "lib.report",
)
"""What notebooks and publishing import, in the order in which a cell would."""


REHEARSAL = """
import io, jinja2, nbformat, yaml
nbformat.reads(nbformat.writes(nbformat.v4.new_notebook()), 4)
jinja2.Environment().from_string("{{ one }}{% if one %}{% endif %}").render(one=1)
yaml.safe_load("a: 1")
lib.section.pd.read_csv(io.StringIO("a,b"), dtype=str)
from lib.quantity import Quantity, exactly
one = Quantity.figure("a.b", exactly(1), 1, "人", label="一")
lib.charts.bars("", one), lib.charts.ranges("", one)
lib.prose.mistune.html("一")
lib.notation.read("七个")
lib.report.rehearse()
"""
"""What costs something only the first time: templates, renderers, fonts."""


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


class _Channel(asyncio.Queue):
    async def get_msg(self, timeout: float | None = None) -> dict:
        return await self.get()


class Kernel:
    """What nbclient asks of a kernel manager and of a kernel client, for a shell in this process."""

    has_kernel = True
    warm: Kernel | None = None

    def __init__(self):
        self.iopub_channel, self.shell_channel = _Channel(), _Channel()
        self.session, self.header = _Wire(), {}
        self.session.deliver = self.iopub_channel.put_nowait
        self.shell_channel.send = lambda message: self.kernel.shell_handlers[message["msg_type"]](None, [], message)
        quiet = Config({"HistoryManager": {"enabled": False}})
        self.kernel = IPythonKernel.instance(
            session=self.session, user_ns={}, log=logging.getLogger("papermill"), config=quiet
        )
        self.kernel.shell.enable_gui = lambda gui=None: None  # there is no event loop to hook into
        self.kernel.shell_channel_thread = SimpleNamespace(parent_thread=None)  # asked for by cells that await
        self.streams = _Stream(), _Stream()
        for stream, stream.name in zip(self.streams, ("stdout", "stderr"), strict=True):
            stream.post = self.post

    def post(self, kind: str, content: dict) -> None:
        self.session.send(None, kind, content, parent=self.header)

    def kernel_info(self) -> str:
        info = {"parent_header": {"msg_id": "info"}, "content": {"language_info": self.kernel.language_info}}
        self.shell_channel.put_nowait(info)
        return "info"

    def is_alive(self) -> bool:
        return True

    async def execute(self, code: str, store_history: bool = True, stop_on_error: bool = True) -> str:
        """Run a cell as the kernel would, and post what it would post; the id of the request."""
        request = self.session.msg("execute_request", {"code": code})
        self.header = request["header"]
        self.kernel.set_parent([], request)
        self.post("status", {"execution_state": "busy"})
        self.post("execute_input", {"code": code, "execution_count": self.kernel.execution_count})
        with tempfile.TemporaryFile() as raw:  # what subprocesses and C code print
            saved = os.dup(1), os.dup(2)
            for fd in (1, 2):
                os.dup2(raw.fileno(), fd)
            try:
                reply = await self.kernel.do_execute(code, False, store_history=store_history)
            finally:
                for fd, old in enumerate(saved, 1):
                    os.dup2(old, fd)
                    os.close(old)
            raw.seek(0)
            self.streams[0].write(raw.read().decode(errors="replace"))
        for stream in self.streams:
            stream.flush()
        self.post("status", {"execution_state": "idle"})
        self.shell_channel.put_nowait(self.session.msg("execute_reply", reply, self.header))
        return self.header["msg_id"]


class _Client(PapermillNotebookClient):
    """nbclient's loop over the cells, on a kernel in this process."""

    def execute_cell(self, cell: Any, cell_index: int, **kw: Any) -> Any:
        limit = self._get_timeout(cell) or 0

        def expired(*_: Any) -> None:
            raise CellTimeoutError.error_from_timeout_and_cell("Cell execution timed out", limit, cell)

        signal.signal(signal.SIGALRM, expired)
        signal.alarm(limit)
        try:
            return self.loop.run_until_complete(self.async_execute_cell(cell, cell_index, **kw))
        finally:
            signal.alarm(0)


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
                warm.call(
                    "lib.engine:execute",
                    source=str(source),
                    target=target,
                    parameters={},
                    cell_timeout=execution_timeout,
                )
            except warm.Failed as error:
                if error.kind != "PapermillExecutionError":
                    raise
            from papermill.execute import remove_error_markers

            nb_man.nb = remove_error_markers(nbformat.read(target, 4))
        return nb_man.nb


def _in_place(nb_man: Any, kernel_name: str, timeout: int | None, kw: dict) -> Any:
    kernel, loop = Kernel.warm, asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    client = _Client(
        nb_man,
        km=kernel,
        kernel_name=kernel_name,
        timeout=timeout,
        **{n: kw.get(n) for n in ("stdout_file", "stderr_file")},
        log_output=kw.get("log_output", False),
    )
    client.kc, client.loop = kernel, loop
    standard = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = kernel.streams
    try:
        return client.execute()
    finally:
        sys.stdout, sys.stderr = standard


def execute(
    source: str, target: str, parameters: dict[str, Any], cwd: str | None = None, cell_timeout: int | None = None
) -> None:
    """Run one notebook with papermill in this process, which runs no other. Raises what papermill raises."""
    import numpy
    import papermill

    numpy.random.seed()  # the fork copied the legacy state
    papermill.execute_notebook(
        source,
        target,
        parameters,
        engine_name="warm",
        cwd=cwd,
        progress_bar=False,
        execution_timeout=cell_timeout,
        request_save_on_cell_execute=False,
    )


def prime() -> None:
    """Warm this process up: the shell first, as pandas and matplotlib look at the shell that imports them."""
    import gc

    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    kernel = Kernel()
    for module in MODULES:
        kernel.kernel.shell.run_cell(f"import {module}", silent=True).raise_error()
    for first_time in ("%config", REHEARSAL):  # the first %config imports every magic
        kernel.kernel.shell.run_cell(first_time, silent=True).raise_error()
    kernel.kernel.shell.reset(new_session=True)
    for stream in kernel.streams:
        stream.seek(0)
        stream.truncate()
    Kernel.warm = kernel
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000)  # else a fifth of a notebook's time goes into looking for garbage
