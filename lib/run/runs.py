"""Runs: one edition brought up to date, step by step: what is due and nothing else, side by side, safe to interrupt.

The key of a step (see `keys`) is removed before the step and written after it. An edition is built aside and put into place by
replacing one symbolic link. This module imports nothing heavy.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from lib.edition.edition import Edition
from lib.publish import release
from lib.publish.release import DATA, EXPORTERS
from lib.run import failure, job, warm
from lib.run.failure import StepError
from lib.run.keys import LOG, PUBLISH, Steps, digest

PEERS = "92_peers"
"""The notebook that `compare` publishes."""
Event = Callable[..., None]


def silent(event: str, **more: Any) -> None:
    """Tell nobody."""


@dataclass
class Options:
    """How to run: seconds for a cell and for an edition, whether to wait for another run, whether only to explain."""

    cell_timeout: int | None = None
    timeout: float | None = None
    wait: bool = True
    explain: bool = False


@dataclass
class Outcome:
    """What became of an edition: built, unchanged or failed, and then why (`kind`: input, failed, timeout or busy)."""

    unit: str
    year: int
    state: str
    kind: str = ""
    message: str = ""
    seconds: float = 0
    steps: dict[str, float] = field(default_factory=dict)


def run(unit: str, year: int, root: str, options: Options, tell: Event = silent, width: int = 1) -> Outcome:
    """Bring one edition up to date, `width` notebooks at a time. Idempotent; what fails is reported, never raised.

    A failed edition leaves the last good one as it was, and `<year>.failed/failure.html` beside it.
    """
    start = time.perf_counter()
    outcome, edition = Outcome(unit, year, "failed"), Edition(unit, year, Path(root))
    try:
        with _lock(edition, options):
            outcome.steps = _steps(edition, options, tell, width)
            outcome.state = "built" if outcome.steps else "unchanged"
            if not options.explain:
                failure.clear(edition)
            if outcome.steps and not options.explain:
                log = {"unit": unit, "year": year, "seconds": outcome.steps}
                (edition.output / LOG).write_text(json.dumps(log, indent=1) + "\n")
    except StepError as error:
        outcome.kind, outcome.message = error.kind, f"{error.name}：{error}"
        failure.report(edition, error)
    except BlockingIOError as error:
        outcome.kind, outcome.message = "busy", str(error)
    outcome.seconds = round(time.perf_counter() - start, 3)
    return outcome


def _steps(edition: Edition, options: Options, tell: Event, width: int) -> dict[str, float]:
    """Do what is due, row by row; seconds by step."""
    steps, seconds = Steps(edition), {}
    deadline = time.monotonic() + options.timeout if options.timeout else None

    def do(name: str, reasons: list[str]) -> None:
        about = {"unit": edition.unit, "year": edition.year, "step": name}
        tell("due", **about, why=reasons)
        start, key = time.perf_counter(), steps.wanted(name)
        if not options.explain:
            steps.forget(name)
            left = None if deadline is None else max(deadline - time.monotonic(), 0.01)
            if name == PUBLISH:
                _publish(edition, options, left, width)
            else:
                _execute(edition, name, options, left)
            steps.remember(name, key)
            tell("step", **about, seconds=round(time.perf_counter() - start, 3))
        seconds[name] = round(time.perf_counter() - start, 3)

    for row in (*edition.rows, (PUBLISH,)):
        due = {name: reasons for name in row if (reasons := steps.why(name))}
        _each(do, due.items(), width)
    return seconds


def _execute(edition: Edition, name: str, options: Options, left: float | None) -> None:
    """Run one notebook in a warm process; where there is none, or it died, with the stock engine in one of its own."""
    folder = edition.processed / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    target = folder / f"{name}.ipynb"
    given = {"source": str(edition.notebook(name)), "target": str(target), "cwd": str(edition.root)}
    given |= {"parameters": {"unit": edition.unit, "year": edition.year}, "cell_timeout": options.cell_timeout}
    environment = {"JIXIAO_ROOT": str(edition.root), "JIXIAO_RUN": name}
    try:
        try:
            if not warm.AVAILABLE:  # there is no fork
                raise warm.Died(name)
            warm.call(job.execute, left, environment, **given)
        except warm.Died:
            _with_stock_engine(name, left, environment, **given)
    except TimeoutError as error:
        raise _late(name, options) from error
    except warm.Failed as error:
        raise failure.in_cell(name, target, error.trace) from error


def _with_stock_engine(
    name: str,
    left: float | None,
    environment: dict[str, str],
    source: str,
    target: str,
    cwd: str,
    parameters: dict[str, Any],
    cell_timeout: int | None,
) -> None:
    """Run one notebook with papermill's own engine. `-P`: nothing in the working directory is taken for a module."""
    command = [sys.executable, "-P", "-m", "papermill", source, target, "--no-progress-bar", "--cwd", cwd]
    command += [part for key, value in parameters.items() for part in ("-p", key, str(value))]
    command += ["--execution-timeout", str(cell_timeout)] if cell_timeout else []
    variables = os.environ | environment
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=left, check=False, env=variables)
    except subprocess.TimeoutExpired as error:
        raise TimeoutError from error
    if done.returncode:
        raise failure.in_cell(name, Path(target), done.stderr)


def _late(name: str, options: Options) -> StepError:
    return StepError("timeout", name, f"全部步骤超过 {options.timeout} 秒")


def _publish(edition: Edition, options: Options, left: float | None, width: int) -> None:
    """Publish an edition aside; then put it into place by replacing one symbolic link."""
    target = edition.output
    aside = target.with_name(f".{target.name}") / f"new-{os.getpid()}"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    given = {"about": asdict(edition) | {"root": str(edition.root)}, "folder": str(aside)}
    slow, *others = sorted(EXPORTERS, reverse=True)  # the PDF takes as long as all others, and goes first
    jobs = [(slow, [slow], 0), (DATA, others if edition.alone else [*others, DATA], 10 * (width > 1))]

    def do(kind: str, parts: list[str], nice: int) -> None:
        warm.call(release.publish, left, stays=kind, nice=nice, parts=parts, **given)

    try:
        _each(do, jobs, width)
        warm.call(release.seal, left, stays=DATA, **given)
    except (warm.Failed, warm.Died) as error:
        raise StepError("failed", PUBLISH, str(error), getattr(error, "trace", "")) from error
    except TimeoutError as error:
        raise _late(PUBLISH, options) from error
    place(aside, target)


def compare(edition: Edition, options: Options) -> Path:
    """Publish 92_peers, one year across units with this one highlighted: the folder. Raises StepError."""
    peers = replace(edition, alone=PEERS)
    with _lock(peers, options):
        _execute(peers, PEERS, options, options.timeout)
        _publish(peers, options, options.timeout, os.cpu_count() or 1)
    return peers.output


def _each(do: Callable, jobs: Iterable[tuple], width: int) -> None:
    """Do jobs, `width` at a time; after one has failed no other begins."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(width) as pool:
        begun = [pool.submit(do, *job) for job in jobs]
        try:
            for one in begun:
                one.result()
        finally:
            pool.shutdown(cancel_futures=True)


def place(aside: Path, target: Path) -> None:
    """Make `target` a relative link to a finished folder in one step; the version before the last is deleted."""
    version = aside.with_name(digest(aside / "manifest.json"))
    if version.exists():  # the same bytes as before; what somebody changed or deleted of them is put back
        for path in [path for path in aside.rglob("*") if path.is_file()]:
            there = version / path.relative_to(aside)
            there.parent.mkdir(parents=True, exist_ok=True)
            path.replace(there)
        shutil.rmtree(aside)
    else:
        aside.rename(version)
    link = aside.with_name("link")
    link.unlink(missing_ok=True)
    link.symlink_to(version.relative_to(target.parent))
    last = target.readlink().name if target.is_symlink() else ""
    if target.is_dir() and not target.is_symlink():
        shutil.rmtree(target)
    link.replace(target)
    for old in aside.parent.iterdir():
        if old.name not in (version.name, last):
            shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _lock(edition: Edition, options: Options) -> Iterator[None]:
    """Only one run at a time works on an edition. Raises BlockingIOError that says who does, if it may not wait."""
    try:
        import fcntl
    except ImportError:  # Windows has no such locks
        yield
        return
    path = edition.processed.with_name(f"{edition.year}.lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if options.wait else fcntl.LOCK_NB))
        except BlockingIOError:
            file.seek(0)
            raise BlockingIOError(
                f"{edition.unit} {edition.year} 正由另一次运行处理（{file.read().strip()}）"
            ) from None
        file.truncate(0)
        file.write(f"进程 {os.getpid()}，{socket.gethostname()}")
        file.flush()
        yield
