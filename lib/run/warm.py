"""A fresh process for every notebook, and one that stays for every form, forked from a warm one: the caller's side.

Only for speed: docs/performance.md says how much.

`call(job.execute, …)` runs a function in a child of a server (see `server`) that has imported pandas, matplotlib, papermill and the
exporters once. The server is started at the first call, lives as long as its caller, and has a single thread, so that it may
fork whatever threads the caller has. Where there is no fork, the caller runs the function itself.
"""

import json
import os
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

_CHOOSING = threading.Lock()
AVAILABLE = hasattr(os, "fork") and hasattr(socket, "send_fds") and sys.platform != "darwin"


class Died(RuntimeError):
    """The process of a job ended without an answer."""


class Failed(RuntimeError):
    """A job raised an exception: its class, its message and its traceback."""

    def __init__(self, kind: str, message: str, trace: str):
        super().__init__(message)
        self.kind, self.trace = kind, trace


@cache
def _server(pid: int) -> socket.socket:
    """The caller's end of the line to its server; one for each process that calls.

    `-P`: what lies in the working directory, a `lib` or a `pandas.py`, is not taken for a module.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        subprocess.Popen([sys.executable, "-P", "-m", "lib.run.server"], stdin=theirs, stdout=subprocess.DEVNULL)
    return ours


class _Worker:
    """A process that does one job after another, as the server forked it."""

    def __init__(self):
        self.line, theirs = socket.socketpair()
        try:
            with _CHOOSING, theirs:  # one at a time: two callers would start two servers, one of which ends
                socket.send_fds(_server(os.getpid()), [b"fork"], [theirs.fileno()])
        except OSError as error:
            raise Died("the server") from error
        self.stream, self.pid = self.line.makefile("rwb"), 0
        self.learnt: set[str] = set()

    def do(self, request: list, timeout: float | None) -> list:
        """The reply to a request, which begins with a name. Raises Died if the process did, TimeoutError after having killed it."""
        end = None if timeout is None else time.monotonic() + timeout
        self.line.settimeout(timeout)
        try:
            self.pid = self.pid or int(self.stream.readline())  # what it says first, once the server is ready
            self.line.settimeout(end and max(end - time.monotonic(), 0.01))
            self.stream.write(json.dumps(request).encode() + b"\n")
            self.stream.flush()
            return json.loads(self.stream.readline())
        except TimeoutError:
            if self.pid:
                os.kill(self.pid, 9)
            raise TimeoutError(f"{request[0]} took longer than {timeout} s") from None
        except (OSError, ValueError) as error:  # nothing, or half a line: it or its server is gone
            raise Died(request[0]) from error

    def close(self) -> None:
        """Hang up, which ends the process."""
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
    **arguments: Any,
) -> Any:
    """What a function of a module returns for JSON arguments, computed in a warm process with these variables added.

    The process is a fresh one, or with `stays`, a kind of job, one that keeps what it has learnt and did that kind before if it can
    be: for functions that leave nothing behind. Raises Failed if the function raised, Died if its process died, TimeoutError
    after `timeout` seconds.
    """
    module = sys.modules[function.__module__]  # one that is run counts under the name by which others import it
    name = f"{module.__spec__.name if module.__spec__ else module.__name__}:{function.__qualname__}"
    if AVAILABLE:
        request = [name, arguments, os.environ | (environment or {}), str(Path.cwd())]
        with _staying(stays) if stays else closing(_Worker()) as worker:
            kind, *content = worker.do(request, timeout)
    else:
        kind, *content = answer(name, arguments)
    if kind == "failed":
        raise Failed(*content)
    return content[0]


def answer(name: str, arguments: dict[str, Any]) -> list:
    """`done` and what the function `module:function` returns, or `failed` and what it raised; that there is none is a failure too."""
    try:
        return ["done", resolve_name(name)(**arguments)]
    except BaseException as error:  # whatever ends a job is the caller's to know
        return ["failed", type(error).__name__, str(error), traceback.format_exc()]
