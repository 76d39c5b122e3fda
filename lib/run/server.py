"""The server behind `warm`: imports everything once, then forks a worker for whoever asks (`python -P -m lib.run.server`).

Only for speed, see `warm`: what a worker has by the fork it neither imports nor does for the first time.
"""

import json
import os
import signal
import socket
import sys

from lib.run.warm import answer

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
            name, arguments, environment, cwd = json.loads(request)
            os.environ.clear()
            os.environ.update(environment)
            os.chdir(cwd)
            stream.write(json.dumps(answer(name, arguments)).encode() + b"\n")
            stream.flush()
    finally:
        os._exit(0)


if __name__ == "__main__":
    serve()
