"""A fresh process for every notebook, and one that stays for every form, forked from a warm one.

Only for speed: docs/performance.md says how much.

`call(runs.execute, …)` runs a function in a child of a server (see `serve`) that has imported pandas, matplotlib, papermill and the
exporters once: what a worker has by the fork it neither imports nor does for the first time. The server is started at the first
call, lives as long as its caller, and has a single thread, so that it may fork whatever threads the caller has. Outside of Linux the
caller runs the function itself.
"""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from math import inf
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn

_CHOOSING = threading.RLock()
AVAILABLE = sys.platform == "linux"
WATCH, MOMENT, TRIES = 1, 0.1, 3
"""Seconds after which a silent process is looked at, and that one takes to be gone; how often a form is tried."""
UNUSED = ("debugpy", "rfc3987_syntax")  # nobody debugs a scheduled run; a grammar that takes 1.3 s to build
END_WITH_PARENT, ADOPT = 1, 36  # what Linux is asked for: PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER
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
    """A process that forks workers, the line to it, the folder of all temporary files, the workers that are `idle`."""

    process: subprocess.Popen
    line: socket.socket
    aside: str
    idle: list["_Worker"] = field(default_factory=list)

    def end(self) -> None:
        """Kill it, its workers with it, and begin with another next time."""
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.aside, ignore_errors=True)
        if _SERVERS.get(os.getpid()) is self:
            del _SERVERS[os.getpid()]


_SERVERS: dict[int, _Server] = {}  # by the process that calls


def _server(pid: int) -> _Server:
    """The server of a process that calls, started if there is none; nothing in the working directory is taken for a module (`-P`)."""
    if pid in _SERVERS:
        return _SERVERS[pid]
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    aside = tempfile.mkdtemp(prefix="jixiao-")
    own = {"TMPDIR": aside, "IPYTHONDIR": aside, "MATPLOTLIBRC": os.devnull}  # nobody's, and no home need be writable
    about = {"stdin": theirs, "stdout": subprocess.DEVNULL, "env": os.environ | own}
    with theirs:  # a session of its own: Ctrl-C is the caller's to handle
        command = [sys.executable, "-P", "-c", "from lib.run.warm import serve; serve()"]
        _SERVERS[pid] = _Server(subprocess.Popen(command, start_new_session=True, **about), ours, aside)
    return _SERVERS[pid]


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a file that one process at a time can hold, with the workers that are asked for meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError as error:
            error.filename = str(path)
            raise
        try:
            with _CHOOSING:
                HELD.add(file.fileno())
            yield
        finally:
            with _CHOOSING:
                HELD.discard(file.fileno())
            fcntl.flock(file, fcntl.LOCK_UN)  # for the workers that hold it too and stay


def _stopped(pid: int) -> bool:
    """Whether a process was stopped (not ended), so that nobody will hear of it."""
    import psutil

    with suppress(psutil.Error):
        return psutil.Process(pid).status() == psutil.STATUS_STOPPED
    return False


class _Worker:
    """A process that does one job after another, as the server forked it."""

    def __init__(self):
        self.line, theirs = Pipe()
        self.pid, self.learnt = 0, set()
        with theirs, _CHOOSING:
            self.server = _server(os.getpid())
            try:
                self._ask(theirs)
            except OSError:  # it is gone: another
                self.server.end()
                self.server = _server(os.getpid())
                self._ask(theirs)

    def _ask(self, theirs: Connection) -> None:
        socket.send_fds(self.server.line, [b"fork"], [theirs.fileno(), *HELD])

    def do(self, request: tuple, timeout: float) -> list:
        """The reply to a request, which begins with a function. Raises Died if the process did or was stopped,
        TimeoutError, which names the cell if it was one's limit, after having killed it."""
        end, late, limit, what = time.monotonic() + timeout, inf, inf, ""
        try:
            self.pid = self.pid or self._heard(end)  # what it says first, once the server is ready
            self.line.send(request)
            while (reply := self._heard(min(end, late)))[0] == "cell":
                _, what, limit = reply
                late = time.monotonic() + limit
            return reply
        except TimeoutError:
            self._kill()
            raise TimeoutError(f"{what}超过 {limit} 秒" if late < end else "") from None
        except (OSError, EOFError) as error:  # it or its server is gone
            self._kill()
            raise Died(what or request[0].__name__) from error

    def _heard(self, end: float) -> Any:
        """What it says next. Raises TimeoutError at `end`, OSError or EOFError where nobody is there to say it."""
        while not self.line.poll(max(min(end - time.monotonic(), WATCH), 0)):
            if time.monotonic() >= end:
                raise TimeoutError
            if _stopped(self.pid or self.server.process.pid):
                raise ConnectionError
        return self.line.recv()

    def _kill(self) -> None:
        """End the process, and the server if it is that which does not answer."""
        with suppress(subprocess.TimeoutExpired):  # its lines are closed a moment before it is gone
            self.server.process.wait(MOMENT)
        with suppress(ProcessLookupError), _CHOOSING:
            if self.server.process.poll() is not None or _stopped(self.server.process.pid):
                self.server.end()
            elif self.pid:
                os.kill(self.pid, signal.SIGKILL)


@contextmanager
def _staying(kind: str) -> Iterator[_Worker]:
    """An idle worker, one that has learnt this kind of job if there is any; a new one while all are at work, or of no kind."""
    with _CHOOSING:
        idle = _server(os.getpid()).idle if kind else []
        worker = max(idle, key=lambda one: kind in one.learnt, default=None)
        if worker:
            idle.remove(worker)
    worker, stays = worker or _Worker(), False
    worker.learnt.add(kind)
    try:
        yield worker
        stays = bool(kind)
    finally:
        worker.server.idle.append(worker) if stays else worker.line.close()  # which ends the process


def call(
    function: Callable, timeout: float = inf, environment: Mapping[str, str] = {}, stays: str = "", **arguments: Any
) -> Any:
    """What a function of a module returns, computed in a warm process with these variables added: a fresh one, or for what
    leaves nothing behind one that `stays`, did that kind of job before if it can be, and has another do it where it
    dies. Raises Failed if the function raised, Died if its process died, TimeoutError after `timeout` seconds."""
    if AVAILABLE:
        request = function, arguments, os.environ | environment, Path.cwd()
        for n in reversed(range(TRIES if stays else 1)):
            with suppress(Died) if n else nullcontext(), _staying(stays) as worker:
                kind, *content = worker.do(request, timeout)
                break
    else:
        from unittest.mock import patch

        with _CHOOSING, patch.dict(os.environ, environment):  # one at a time, as a process has one environment
            kind, *content = answer(function, arguments)
    if kind == "failed":
        raise Failed(*content)
    return content[0]


def answer(function: Callable, arguments: dict[str, Any]) -> list:
    """`done` and what a function returns, or `failed` and what it raised."""
    try:
        return ["done", function(**arguments)]
    except BaseException as error:  # whatever ends a job is the caller's to know
        return ["failed", type(error).__name__, str(error), traceback.format_exc()]


def serve() -> None:
    """Fork a worker for each line that comes in on standard input, until the caller is gone."""
    for module in UNUSED:
        sys.modules.setdefault(module, None)
    import ctypes

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
        if os.fork() == 0:  # which keeps the locks among the descriptors, see `HELD`
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
    global say
    aside, say = os.environ["TMPDIR"], lambda *words: line.send(words)
    try:
        line.send(os.getpid())
        while True:
            function, arguments, environment, cwd = line.recv()
            os.environ.clear()
            os.environ.update(environment | {"TMPDIR": aside})
            os.chdir(cwd)
            line.send(answer(function, arguments))
    finally:
        os._exit(0)
