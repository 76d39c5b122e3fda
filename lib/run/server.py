"""The server behind `warm`: imports everything once, then forks a worker for whoever asks (`python -P -m lib.run.server`).

Only for speed, see `warm`: what a worker has by the fork it neither imports nor does for the first time.
"""

import ctypes
import os
import shutil
import signal
import socket
import sys
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import NoReturn

from lib.run import warm

UNUSED = ("debugpy", "rfc3987_syntax")  # nobody debugs a scheduled run; a grammar that takes 1.3 s to build
END_WITH_PARENT, ADOPT = 1, 36  # what Linux is asked for: PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER


def serve() -> None:
    """Fork a worker for each line that comes in on standard input, until the caller is gone."""
    for module in UNUSED:
        sys.modules.setdefault(module, None)
    import papermill  # noqa: F401  # loads the engine by its entry point, so it comes first

    from lib.run import engine

    prctl = ctypes.CDLL(None).prctl
    inbox = socket.socket(fileno=os.dup(0))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    engine.prime()
    prctl(ADOPT, 1)
    signal.signal(signal.SIGCHLD, _bury)
    while True:
        _, fds, *_ = socket.recv_fds(inbox, 4, 250)
        if not fds:
            _end()
        if os.fork() == 0:  # which keeps the locks among the descriptors, see `warm.HELD`
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setpgid(0, 0)
            prctl(END_WITH_PARENT, signal.SIGKILL)
            inbox.close()
            _work(Connection(fds[0]))
        for fd in fds:
            os.close(fd)


def _bury(*_: object) -> None:
    """Take leave of workers that ended, and kill what a cell of theirs left running."""
    with suppress(ChildProcessError):
        while ended := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(ended.si_pid, signal.SIGKILL)
            os.waitpid(ended.si_pid, 0)


def _end() -> NoReturn:
    """Kill all that descends from this process: a worker that went on would hold its lock. Remove their temporary files."""
    import psutil

    while below := psutil.Process().children(recursive=True):
        for one in below:
            with suppress(psutil.Error):
                one.kill()
        psutil.wait_procs(below, 1)
    shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)
    os._exit(0)


def _work(line: Connection) -> NoReturn:
    """A worker's whole life: answer until the caller hangs up, and end, not held up by threads that a job left behind."""
    aside = os.environ["TMPDIR"]
    warm.say = lambda *words: line.send(words)
    try:
        line.send(os.getpid())
        while True:
            function, arguments, environment, cwd = line.recv()
            os.environ.clear()
            os.environ.update(environment | {"TMPDIR": aside})
            os.chdir(cwd)
            line.send(warm.answer(function, arguments))
    finally:
        os._exit(0)


if __name__ == "__main__":
    serve()
