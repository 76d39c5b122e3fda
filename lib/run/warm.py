"""A fresh process for every notebook, and one that stays for every form, forked from a warm one: the caller's side.

Only for speed: docs/performance.md says how much.

`call(job.execute, …)` runs a function in a child of a server (see `server`) that has imported pandas, matplotlib, papermill and the
exporters once. The server is started at the first call, lives as long as its caller, and has a single thread, so that it may
fork whatever threads the caller has. Where there is no fork, the caller runs the function itself.
"""

import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from math import inf
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

_CHOOSING = threading.RLock()
AVAILABLE = hasattr(os, "fork") and hasattr(socket, "send_fds") and sys.platform != "darwin"
WATCH, GRACE, TRIES = 1, 2, 3
"""Seconds after which a silent process is looked at, and that a cell gets to end by itself; how often a form is tried."""
HELD: set[int] = set()
"""The locks of this process. Workers hold them too: where it is killed, the next run waits until the last of them is gone."""


def say(*words: Any) -> None:
    """Tell the caller, in a worker; nobody, elsewhere."""


class Died(RuntimeError):
    """The process of a job ended without an answer."""


class Failed(RuntimeError):
    """A job raised an exception: its class, its message and its traceback."""

    def __init__(self, kind: str, message: str, trace: str):
        super().__init__(message)
        self.kind, self.trace = kind, trace


@dataclass(frozen=True)
class _Server:
    """A process that forks workers, the line to it, and the folder of its and their temporary files."""

    process: subprocess.Popen
    line: socket.socket
    aside: str

    def end(self) -> None:
        """Kill it, its workers with it, and begin with another next time."""
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.aside, ignore_errors=True)
        if _SERVERS.get(os.getpid()) is self:
            del _SERVERS[os.getpid()]
            _idle(os.getpid()).clear()


_SERVERS: dict[int, _Server] = {}
"""By the process that calls."""


def _server(pid: int) -> _Server:
    """The server of a process that calls, started if there is none.

    `-P`: what lies in the working directory, a `lib` or a `pandas.py`, is not taken for a module.
    """
    if pid in _SERVERS:
        return _SERVERS[pid]
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    aside = tempfile.mkdtemp(prefix="jixiao-")
    about = {"stdin": theirs, "stdout": subprocess.DEVNULL, "env": os.environ | {"TMPDIR": aside}}
    with theirs:  # a session of its own: Ctrl-C is the caller's to handle
        command = [sys.executable, "-P", "-m", "lib.run.server"]
        _SERVERS[pid] = _Server(subprocess.Popen(command, start_new_session=True, **about), ours, aside)
    return _SERVERS[pid]


@contextmanager
def holding(lock: int) -> Iterator[None]:
    """Let the workers that are asked for meanwhile hold a lock too."""
    with _CHOOSING:
        HELD.add(lock)
    try:
        yield
    finally:
        with _CHOOSING:
            HELD.discard(lock)


def _stopped(pid: int) -> bool:
    """Whether a process was stopped (not ended), so that nobody will hear of it."""
    import psutil

    with suppress(psutil.Error):
        return psutil.Process(pid).status() == psutil.STATUS_STOPPED
    return False


class _Worker:
    """A process that does one job after another, as the server forked it."""

    def __init__(self):
        self.line, theirs = socket.socketpair()
        self.pid, self.heard, self.learnt = 0, b"", set()
        with theirs, _CHOOSING:
            self.server = _server(os.getpid())
            try:
                socket.send_fds(self.server.line, [b"fork"], [theirs.fileno(), *HELD])
            except OSError as error:
                self.server.end()
                raise Died("the server") from error

    def do(self, request: list, timeout: float | None, told: Callable | None = None) -> list:
        """The reply to a request, which begins with a name; `told` is called at each cell that was done.

        Raises Died if the process did or was stopped, TimeoutError, which names the cell if it was one's limit, after having killed it.
        """
        end = inf if timeout is None else time.monotonic() + timeout
        late, limit, what = inf, inf, ""
        try:
            self.pid = self.pid or int(self._next(end))  # what it says first, once the server is ready
            self.line.sendall(json.dumps(request).encode() + b"\n")
            while (reply := json.loads(self._next(min(end, late))))[0] == "cell":
                _, what, limit = reply
                late = time.monotonic() + limit + GRACE
                if told and not what:
                    told()
            return reply
        except TimeoutError:
            self._kill()
            raise TimeoutError(f"{what}超过 {limit} 秒" if late < end else "") from None
        except (OSError, ValueError) as error:  # nothing, or half a line: it or its server is gone
            self._kill()
            raise Died(what or request[0]) from error

    def _next(self, end: float) -> bytes:
        """The next line that it says. Raises TimeoutError at `end`, OSError where nobody is there to say it."""
        while b"\n" not in self.heard:
            left = end - time.monotonic()
            if select.select([self.line], [], [], max(min(left, WATCH), 0))[0]:
                said = self.line.recv(1 << 20)
                self.heard += said
                if not said:
                    raise ConnectionError
            elif left <= 0:
                raise TimeoutError
            elif _stopped(self.pid or self.server.process.pid):
                raise ConnectionError
        line, _, self.heard = self.heard.partition(b"\n")
        return line

    def _kill(self) -> None:
        """End the process, and the server if it is that which does not answer."""
        with suppress(ProcessLookupError), _CHOOSING:
            if self.server.process.poll() is not None or _stopped(self.server.process.pid):
                self.server.end()
            elif self.pid:
                os.kill(self.pid, signal.SIGKILL)

    def close(self) -> None:
        """Hang up, which ends the process."""
        with suppress(OSError):
            self.line.shutdown(socket.SHUT_RDWR)
        self.line.close()


@cache
def _idle(pid: int) -> list[_Worker]:
    """The workers that stay and have nothing to do; a list for each process that calls."""
    return []


@contextmanager
def _staying(kind: str) -> Iterator[_Worker]:
    """An idle worker, one that has learnt this kind of job if there is any; a new one while all are at work."""
    idle = _idle(os.getpid())
    with _CHOOSING:
        worker = max(idle, key=lambda one: kind in one.learnt, default=None)
        if worker:
            idle.remove(worker)
    worker = worker or _Worker()
    worker.learnt.add(kind)
    try:
        yield worker
    except BaseException:
        worker.close()
        raise
    idle.append(worker)


def call(
    function: Callable,
    timeout: float | None = None,
    environment: dict[str, str] | None = None,
    stays: str = "",
    told: Callable | None = None,
    **arguments: Any,
) -> Any:
    """What a function of a module returns for JSON arguments, computed in a warm process with these variables added.

    The process is a fresh one, or with `stays`, a kind of job, one that keeps what it has learnt and did that kind before if it can
    be: for functions that leave nothing behind; where it dies, another does the job. Raises Failed if the function raised, Died if
    its process died, TimeoutError after `timeout` seconds.
    """
    module = sys.modules[function.__module__]  # one that is run counts under the name by which others import it
    name = f"{module.__spec__.name if module.__spec__ else module.__name__}:{function.__qualname__}"
    if AVAILABLE:
        request = [name, arguments, os.environ | (environment or {}), str(Path.cwd())]
        kind, *content = _done(request, timeout, stays, told, TRIES if stays else 1)
    else:
        kind, *content = answer(name, arguments)
    if kind == "failed":
        raise Failed(*content)
    return content[0]


def _done(request: list, timeout: float | None, stays: str, told: Callable | None, tries: int) -> list:
    """The reply to a request, from as many workers as it takes."""
    try:
        with _staying(stays) if stays else closing(_Worker()) as worker:
            return worker.do(request, timeout, told)
    except Died:
        if tries == 1:
            raise
        return _done(request, timeout, stays, told, tries - 1)


def answer(name: str, arguments: dict[str, Any]) -> list:
    """`done` and what the function `module:function` returns, or `failed` and what it raised; that there is none is a failure too."""
    try:
        return ["done", resolve_name(name)(**arguments)]
    except BaseException as error:  # whatever ends a job is the caller's to know
        return ["failed", type(error).__name__, str(error), traceback.format_exc()]
