"""A fresh process for every notebook, and one that stays for every form, forked from a warm one.

`call("lib.run.engine:execute", …)` runs a function in a child of a server that has imported pandas, matplotlib, papermill and the
exporters once. The server is started at the first call, lives as long as its caller, and has a single thread, so that it may
fork whatever threads the caller has. Where there is no fork, the caller runs the function itself.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from functools import cache
from importlib import import_module
from pathlib import Path
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
    """The caller's end of the line to its server; one for each process that calls."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    subprocess.Popen([sys.executable, "-m", "lib.run.warm"], stdin=theirs, stdout=subprocess.DEVNULL)
    theirs.close()
    return ours


class _Worker:
    """A process that does one job after another, as the server forked it."""

    def __init__(self):
        self.line, theirs = socket.socketpair()
        try:
            with theirs:
                socket.send_fds(_server(os.getpid()), [b"fork"], [theirs.fileno()])
        except OSError as error:
            raise Died("the server") from error
        self.stream, self.pid = self.line.makefile("rwb"), 0
        self.learnt: set[str] = set()

    def do(self, request: list, timeout: float | None) -> list:
        """The reply to a request. Raises Died if the process did, TimeoutError after having killed it."""
        end = None if timeout is None else time.monotonic() + timeout
        self.line.settimeout(timeout)
        try:
            self.pid = self.pid or int(self.stream.readline())  # what it says first, once the server is ready
            self.line.settimeout(end and max(end - time.monotonic(), 0.01))
            self.stream.write(json.dumps(request).encode() + b"\n")
            self.stream.flush()
            reply = self.stream.readline()
        except TimeoutError:
            if self.pid:
                os.kill(self.pid, 9)
            raise TimeoutError(f"{request[0]} took longer than {timeout} s") from None
        except (OSError, ValueError):  # it or its server is gone
            reply = b""
        if not reply:
            raise Died(request[0])
        return json.loads(reply)

    def close(self) -> None:
        """Hang up, which ends the process."""
        self.line.shutdown(socket.SHUT_RDWR)
        self.line.close()


@cache
def _idle(pid: int) -> list[_Worker]:
    """The workers that stay and have nothing to do; a list for each process that calls."""
    return []


def _staying(kind: str) -> _Worker:
    """An idle worker, one that has learnt this kind of job if there is any; a new one while all are at work."""
    idle = _idle(os.getpid())
    with _CHOOSING:
        worker = max(idle, key=lambda one: kind in one.learnt, default=None)
        if worker:
            idle.remove(worker)
    worker = worker or _Worker()
    worker.learnt.add(kind)
    return worker


def call(
    function: str,
    timeout: float | None = None,
    environment: dict[str, str] | None = None,
    stays: str = "",
    nice: int = 0,
    **arguments: Any,
) -> Any:
    """What `module:function` returns for JSON arguments, computed in a warm process with these variables added.

    The process is a fresh one, or with `stays`, a kind of job, one that keeps what it has learnt and did that kind before if it can
    be: for functions that leave nothing behind. After a `nice` job it gives way to the others. Raises Failed if the function
    raised, Died if its process died, TimeoutError after `timeout` seconds.
    """
    if not AVAILABLE:
        return _answer(function, arguments)
    worker = _staying(stays) if stays else _Worker()
    try:
        request = [function, arguments, os.environ | (environment or {}), str(Path.cwd()), nice]
        kind, *content = worker.do(request, timeout)
    except BaseException:
        worker.close()
        raise
    if stays:
        _idle(os.getpid()).append(worker)
    else:
        worker.close()
    if kind == "failed":
        raise Failed(*content)
    return content[0]


def _answer(function: str, arguments: dict[str, Any]) -> Any:
    """What a function returns. Raises Failed whatever it raised."""
    import traceback

    module, _, name = function.partition(":")
    try:
        return getattr(import_module(module), name)(**arguments)
    except BaseException as error:  # whatever ends a job is the caller's to know
        raise Failed(type(error).__name__, str(error), traceback.format_exc()) from error


def serve() -> None:
    """Fork a worker for each line that comes in on standard input, until the caller is gone."""
    import signal

    for module in ("debugpy", "rfc3987_syntax"):  # nobody debugs a scheduled run; a grammar that takes 1.3 s to build
        sys.modules.setdefault(module, None)
    import papermill  # noqa: F401  # loads the engine by its entry point, so it comes first

    from lib.run import engine

    inbox = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.setsid()  # Ctrl-C is the caller's to handle; it ends us by hanging up
    engine.prime()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        _, lines, *_ = socket.recv_fds(inbox, 4, 1)
        if not lines:
            break
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            inbox.close()
            _work(socket.socket(fileno=lines[0]))
        os.close(lines[0])


def _work(line: socket.socket) -> None:
    """A worker's whole life: answer until the caller hangs up, and end, not held up by threads that a job left behind."""
    stream = line.makefile("rwb")
    try:
        stream.write(b"%d\n" % os.getpid())
        stream.flush()
        for request in stream:
            function, arguments, environment, cwd, nice = json.loads(request)
            os.nice(max(0, nice - os.nice(0)))
            os.environ.clear()
            os.environ.update(environment)
            os.chdir(cwd)
            try:
                reply = ["done", _answer(function, arguments)]
            except Failed as error:
                reply = ["failed", error.kind, str(error), error.trace]
            stream.write(json.dumps(reply).encode() + b"\n")
            stream.flush()
    finally:
        os._exit(0)


if __name__ == "__main__":
    serve()
