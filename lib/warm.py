"""A fresh process for every job, forked from a warm one.

`call("lib.report:execute", …)` runs a function in a child of a server that has imported pandas, matplotlib, papermill and the
exporters once. The server is started at the first call, lives as long as its caller, and has a single thread, so that it may
fork whatever threads the caller has. Where there is no fork, the caller runs the function itself.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

AVAILABLE = hasattr(os, "fork") and hasattr(socket, "send_fds") and sys.platform != "darwin"
LARGEST = 1 << 20


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
    subprocess.Popen([sys.executable, "-m", "lib.warm"], stdin=theirs, stdout=subprocess.DEVNULL)
    theirs.close()
    return ours


def call(
    function: str, timeout: float | None = None, environment: dict[str, str] | None = None, **arguments: Any
) -> Any:
    """What `module:function` returns for JSON arguments, computed in a fresh warm process with these variables added.

    Raises Failed if it raised, Died if its process died, TimeoutError after `timeout` seconds.
    """
    if not AVAILABLE:
        return _answer(function, arguments)
    ours, theirs = socket.socketpair()
    request = json.dumps([function, arguments, os.environ | (environment or {}), str(Path.cwd())]).encode()
    if len(request) > LARGEST:
        raise ValueError(f"{function}: more than {LARGEST} bytes of arguments")
    with ours:
        with theirs:
            socket.send_fds(_server(os.getpid()), [request], [theirs.fileno()])
        ours.settimeout(timeout)
        try:
            pid = int.from_bytes(ours.recv(4), "big")
            reply = b"".join(iter(lambda: ours.recv(1 << 16), b""))
        except TimeoutError:
            os.kill(pid, 9)
            raise TimeoutError(f"{function} took longer than {timeout} s") from None
    if not reply:
        raise Died(function)
    kind, *content = json.loads(reply)
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
    """Fork a child for each request on standard input, until the caller is gone."""
    import signal

    for module in ("debugpy", "rfc3987_syntax"):  # nobody debugs a scheduled run; a grammar that takes 1.3 s to build
        sys.modules.setdefault(module, None)
    import papermill  # noqa: F401  # loads the engine by its entry point, so it comes first

    from lib import engine

    inbox = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.setsid()  # Ctrl-C is the caller's to handle; it ends us by hanging up
    engine.prime()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        request, lines, *_ = socket.recv_fds(inbox, LARGEST, 1)
        if not request:
            break
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            inbox.close()
            _job(socket.socket(fileno=lines[0]), *json.loads(request))
        os.close(lines[0])


def _job(line: socket.socket, function: str, arguments: dict, environment: dict, cwd: str) -> None:
    """The child's whole life: answer and end, not held up by threads that the job left behind."""
    line.sendall(os.getpid().to_bytes(4, "big"))
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(cwd)
    try:
        reply = ["done", _answer(function, arguments)]
    except Failed as error:
        reply = ["failed", error.kind, str(error), error.trace]
    try:
        line.sendall(json.dumps(reply).encode())
    finally:
        os._exit(0)


if __name__ == "__main__":
    serve()
