"""Runs: one edition brought up to date, step by step: what is due and nothing else, side by side, safe to interrupt.

The key of a step (see `keys`) is removed before the step and written after it. An edition is built aside and put into place by
replacing one symbolic link. This module imports nothing heavy.
"""

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, field, replace
from math import inf
from pathlib import Path
from typing import Any

from lib.edition.edition import Edition
from lib.edition.store import InputError
from lib.publish import release, shelf
from lib.publish.release import DATA
from lib.run import failure, job, warm
from lib.run.failure import StepError
from lib.run.keys import PUBLISH, Steps

ROUNDS = 3  # how often an edition is made where its inputs change meanwhile
PEERS = "92_peers"  # the notebook that `compare` publishes
Event = Callable[..., None]


def silent(event: str, **about: Any) -> None:
    """Tell nobody."""


@dataclass
class Options:
    """How to run: seconds for a cell and for an edition, whether only to explain, or to do all anew."""

    cell_timeout: int | None = None
    timeout: float = inf
    explain: bool = False
    force: bool = False


@dataclass
class Outcome:
    """What became of an edition: built, unchanged or failed, and then why (`kind`: input, failed or timeout)."""

    unit: str
    year: int
    state: str
    kind: str = ""
    message: str = ""
    seconds: float = 0
    steps: dict[str, float] = field(default_factory=dict)


def run(unit: str, year: int, root: str, options: Options, tell: Event = silent, width: int = 1) -> Outcome:
    """Bring one edition up to date, `width` notebooks at a time; what fails is reported, never raised: the last good
    edition stays as it was, with `<year>.failed/failure.html` beside it."""
    start = time.perf_counter()
    outcome, edition = Outcome(unit, year, "failed"), Edition(unit, year, Path(root))
    try:
        with _lock(edition):
            outcome.steps = _settled(edition, options, tell, width)
            outcome.state = "built" if outcome.steps else "unchanged"
            if not options.explain:
                shutil.rmtree(failure.folder(edition), ignore_errors=True)
    except Exception as error:  # whatever ails an edition, the others are finished
        told = failure.of(error, edition.output)
        outcome.kind, outcome.message = told.kind, f"{told.name}：{told}"
        if year:  # else nobody knows of which, see `editions`
            failure.report(edition, told)
    outcome.seconds = round(time.perf_counter() - start, 3)
    tell("edition", **asdict(outcome))
    return outcome


class _Round:
    """An edition brought up to date on one state of its inputs: what is due is done, row by row."""

    def __init__(self, edition: Edition, options: Options, tell: Event, width: int, deadline: float):
        self.steps = Steps(replace(edition))  # which reads its files anew
        self.edition, self.state = self.steps.edition, self.steps.state()
        self.options, self.tell, self.width, self.deadline = options, tell, width, deadline
        self.seconds: dict[str, float] = {}

    def done(self) -> dict[str, float]:
        """Do what is due; seconds by step."""
        checked = self.options.explain
        try:
            rows = self.edition.rows
        except InputError:  # then all that is wrong is told, not only what keeps the notebooks from being named
            _refuse(self.edition)
            raise
        for row in (*rows, (PUBLISH,)):
            due = [(name, why) for name in row if (why := ["要求重做"] if self.options.force else self.steps.why(name))]
            if due and not checked:
                _refuse(self.edition)
                checked = True
            _each(self.do, due, self.width)
        return self.seconds

    def do(self, name: str, reasons: list[str]) -> None:
        about = {"unit": self.edition.unit, "year": self.edition.year, "step": name}
        self.tell("due", **about, why=reasons)
        start, key = time.perf_counter(), self.steps.wanted(name)
        if not self.options.explain:
            self.steps.forget(name)
            left = max(self.deadline - time.monotonic(), 0.01)
            with failure.told(name):
                if name == PUBLISH:
                    _publish(self.edition, left, self.width, lambda: self.stable(self.edition.notebooks))
                else:
                    _execute(self.edition, name, self.options.cell_timeout, left)
            self.steps.remember(name, key)
            self.tell("step", **about, seconds=round(time.perf_counter() - start, 3))
        self.seconds[name] = round(time.perf_counter() - start, 3)

    def stable(self, done: Iterable[str]) -> bool:
        """Whether the inputs are as they were, and these steps are done."""
        return self.steps.state() == self.state and not any(map(self.steps.why, done))


def _settled(edition: Edition, options: Options, tell: Event, width: int) -> dict[str, float]:
    """Do what is due; where the inputs changed meanwhile, or what was done is gone, it is done again."""
    deadline, seconds = time.monotonic() + options.timeout, {}
    for _ in range(ROUNDS):
        now = _Round(edition, options, tell, width, deadline)
        try:
            return seconds | now.done()
        except Exception as error:
            seconds |= now.seconds
            if now.stable(seconds) or getattr(error, "kind", "") == "timeout":
                raise
    raise StepError("failed", "来源数据", "运行期间来源数据一再变化。请等改动完成后再运行")


def _refuse(edition: Edition) -> None:
    """Raises StepError with all that `jixiao check` finds wrong in the input."""
    with failure.told("核对"):
        wrong = warm.call(job.wrong, stays="check", edition=replace(edition))
    if wrong:
        raise StepError("input", "来源数据", wrong)


def _execute(edition: Edition, name: str, cell_timeout: int | None = None, left: float = inf) -> None:
    """Run one notebook in a warm process; where that died, again with papermill's own engine."""
    folder = edition.processed / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    given = {"source": str(edition.notebook(name)), "target": str(folder / f"{name}.ipynb"), "cwd": str(edition.root)}
    given |= {"parameters": edition.parameters(name), "execution_timeout": cell_timeout}
    variables = {"JIXIAO_ROOT": str(edition.root), "JIXIAO_RUN": name, "JIXIAO_ASIDE": edition.aside}
    try:
        try:
            warm.call(job.execute, left, variables, **given)
        except warm.Died:
            warm.call(job.execute, left, variables, engine_name="nbclient", **given)
    except warm.Failed as error:
        raise failure.in_cell(name, Path(given["target"]), error.trace) from error


def _publish(edition: Edition, left: float, width: int, stable: Callable = lambda: True) -> None:
    """Publish an edition aside; then put it into place by replacing one symbolic link, if what it was made of is `stable`."""
    target = edition.output
    shelf.free(target)
    aside = target.with_name(f".{target.name}") / f"new-{os.getpid()}"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    given = {"edition": replace(edition), "folder": aside}

    def do(kind: str, parts: list[str]) -> None:
        warm.call(release.publish, left, stays=kind, parts=parts, **given)

    try:
        lots = warm.call(release.lots, left, stays="forms")
        _each(do, [(lot[0], [part for part in lot if part != DATA or not edition.alone]) for lot in lots], width)
        warm.call(release.seal, left, stays=DATA, **given)
        if not stable():
            raise StepError("failed", PUBLISH, "来源数据在运行期间有变化")
        shelf.place(aside, target)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def refresh(edition: Edition, width: int, timeout: float) -> None:
    """Run those notebooks of an edition that are due, and publish nothing. Raises StepError, or what ails the input."""
    now = _Round(edition, Options(), silent, width, time.monotonic() + timeout)
    with _lock(edition):
        for row in now.edition.rows:
            _each(now.do, [(name, why) for name in row if (why := now.steps.why(name))], width)


def compare(edition: Edition) -> Path:
    """Publish 92_peers, one year across units with this one highlighted: the folder. Raises StepError or OSError."""
    peers = replace(edition, alone=PEERS)
    with _lock(peers), failure.told(PEERS):
        _execute(peers, PEERS)
        _publish(peers, inf, os.cpu_count() or 1)
    return peers.output


def _each(do: Callable, jobs: Iterable[tuple], width: int) -> list[Any]:
    """What jobs return, done `width` at a time; after one has failed no other begins."""
    with ThreadPoolExecutor(width) as pool:
        begun = [pool.submit(do, *job) for job in jobs]
        try:
            return [one.result() for one in begun]
        finally:
            pool.shutdown(cancel_futures=True)


def republish(edition: Edition, version: Path) -> None:
    """Publish an earlier version again, until something changes or `force`. Raises OSError if it is damaged."""
    if wrong := shelf.damaged(version):
        raise OSError(f"版本 {version.name} 已损坏（{'、'.join(wrong)}），不能重新发布")
    with _lock(edition):
        shelf.point(edition.output, version)
        steps = Steps(edition)
        steps.remember(PUBLISH, steps.wanted(PUBLISH))


def discard(edition: Edition, version: Path) -> None:
    """Delete a version that is not the published one. Raises OSError for that."""
    with _lock(edition):
        if version == edition.output.resolve():
            raise OSError(f"版本 {version.name} 是当前发布的，不能删除；先用 --publish 发布另一个")
        shutil.rmtree(version)


def _lock(edition: Edition) -> AbstractContextManager:
    """Only one run at a time works on an edition; another waits."""
    return locked(edition.processed.with_name(f"{edition.processed.name}.lock"))


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a file that one process at a time can hold."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError as error:
            error.filename = str(path)
            raise
        try:
            with warm.holding(file.fileno()):
                yield
        finally:
            fcntl.flock(file, fcntl.LOCK_UN)  # for the workers that hold it too and stay
