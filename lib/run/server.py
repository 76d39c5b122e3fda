"""The server behind `warm`: imports everything once, then forks a worker for whoever asks (`python -P -m lib.run.server`).

Only for speed, see `warm`: what a worker has by the fork it neither imports nor does for the first time.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from functools import reduce
from importlib import import_module
from typing import Any

from lib.run.warm import Failed, answer

UNUSED = ("debugpy", "rfc3987_syntax")
"""Nobody debugs a scheduled run; a grammar that takes 1.3 s to build."""


def serve() -> None:
    """Fork a worker for each line that comes in on standard input, until the caller is gone."""
    for module in UNUSED:
        sys.modules.setdefault(module, None)
    import papermill  # noqa: F401  # loads the engine by its entry point, so it comes first

    from lib.run import engine

    inbox = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.setsid()  # Ctrl-C is the caller's to handle; it ends us, and the workers with us, by hanging up
    engine.prime()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        _, lines, *_ = socket.recv_fds(inbox, 4, 1)
        if not lines:
            os.killpg(0, signal.SIGKILL)  # a worker that went on would write into the next run
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
            name, arguments, environment, cwd, nice = json.loads(request)
            os.nice(max(0, nice - os.nice(0)))
            os.environ.clear()
            os.environ.update(environment)
            os.chdir(cwd)
            try:
                reply = ["done", answer(_run, {"name": name, "arguments": arguments})]
            except Failed as error:
                reply = ["failed", error.kind, str(error), error.trace]
            stream.write(json.dumps(reply).encode() + b"\n")
            stream.flush()
    finally:
        os._exit(0)


def _run(name: str, arguments: dict[str, Any]) -> Any:
    """What the function `module:function` returns; that there is none counts as its failure."""
    module, _, function = name.partition(":")
    return reduce(getattr, function.split("."), import_module(module))(**arguments)


if __name__ == "__main__":
    serve()
