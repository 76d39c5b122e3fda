"""Runs: editions brought up to date, step by step: what is due and nothing else, side by side, safe to interrupt; and their catalogue.

The key of a step (see `keys`) is removed before the step and written after it. An edition is built aside and put into place by
replacing one symbolic link. Units run as many at a time as there are cores, here or on a Dask cluster. This module imports nothing heavy.
"""

import logging
import os
import shutil
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from itertools import chain, groupby
from math import inf
from pathlib import Path
from typing import Any

from lib.edition.edition import Edition
from lib.edition.store import InputError, names, outputs, work
from lib.publish import catalogue, release, shelf
from lib.run import failure, warm
from lib.run.failure import StepError
from lib.run.keys import PUBLISH, Steps

ROUNDS = 3  # how often an edition is made where its inputs change meanwhile
CORES = os.cpu_count() or 1
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


def run_all(editions: list[Edition], options: Options, tell: Event = silent, cluster: str = "") -> list[Outcome]:
    """Bring editions up to date, many units at a time; the years of a unit follow each other, as each is compared with
    those before it. What fails does not keep the others from being finished."""
    ordered = sorted(editions, key=lambda edition: (edition.unit, edition.year))
    units = [list(years) for _, years in groupby(ordered, key=lambda edition: edition.unit)]
    anyway = len(units) == 1 or options.explain or options.force
    due = [years for years in units if anyway or not all(map(fresh, years))]
    outcomes = {(edition.unit, edition.year): Outcome(edition.unit, edition.year, "unchanged") for edition in editions}
    if cluster and due:
        made = _on_cluster(due, options, tell, cluster)
    elif len(due) == 1:
        made = [_run_years(due[0], options, tell, CORES)]
    else:
        made = _each(lambda years: _run_years(years, options, tell), due, CORES)
    outcomes |= {(outcome.unit, outcome.year): outcome for outcome in chain(*made)}
    found = list(outcomes.values())
    if not options.explain:
        try:
            enlist(editions[0].root, any(outcome.state == "built" for outcome in found))
        except Exception as error:
            told = failure.of(error, outputs(editions[0].root))
            found.append(Outcome("目录页", 0, "failed", told.kind, str(told)))
            tell("edition", **asdict(found[-1]))
    return found


def fresh(edition: Edition) -> bool:
    """Whether no step of an edition is due, and nothing tells of a failure."""
    try:
        steps, all_of_them = Steps(edition), (*edition.notebooks, PUBLISH)
        return not failure.folder(edition).exists() and not any(map(steps.why, all_of_them))
    except Exception:  # a run of it will say so
        return False


def _run_years(years: list[Edition], options: Options, tell: Event = silent, width: int = 1) -> list[Outcome]:
    return [run(edition.unit, edition.year, str(edition.root), options, tell, width) for edition in years]


def _on_cluster(units: list[list[Edition]], options: Options, tell: Event, cluster: str) -> list[list[Outcome]]:
    """The editions of several units, told as the workers of a Dask cluster finish them; what a lost worker had is done again."""
    from dask.distributed import Client, as_completed

    made = []
    with Client(cluster) as client:
        for done in as_completed(client.map(_run_years, units, options=options, pure=False, retries=3)):
            made.append(done.result())
            for outcome in made[-1]:
                tell("edition", **asdict(outcome))
    return made


def enlist(root: Path, changed: bool) -> None:
    """Write the catalogue where editions changed, or where it is not as it was left; one run at a time, as the last looks last."""
    folder = outputs(root)
    if changed or not catalogue.whole(folder):
        with failure.told("目录页"), warm.locked(work(root) / "catalogue.lock"):
            headlines = names(root / "data" / "headlines.csv")
            warm.call(catalogue.write, stays="catalogue", folder=folder, headlines=headlines, base=root)


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
        self.edition = self.steps.edition
        try:
            self.state = self.steps.state()
        except InputError:  # then all that is wrong is told, not only what keeps the notebooks from being named
            _refuse(self.edition)
            raise
        self.options, self.tell, self.width, self.deadline = options, tell, width, deadline
        self.seconds: dict[str, float] = {}

    def done(self) -> dict[str, float]:
        """Do what is due; seconds by step."""
        checked = self.options.explain
        for row in (*self.edition.rows, (PUBLISH,)):
            if (due := self.due(row)) and not checked:
                _refuse(self.edition)
                checked = True
            _each(self.do, due, self.width)
        return self.seconds

    def do(self, due: tuple[str, list[str]]) -> None:
        name, reasons = due
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

    def due(self, row: Iterable[str]) -> list[tuple[str, list[str]]]:
        """The steps of a row that are due, and why."""
        why = (lambda name: ["要求重做"]) if self.options.force else self.steps.why
        return [(name, reasons) for name in row if (reasons := why(name))]


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
        found = warm.call(wrong, stays="check", edition=replace(edition))
    if found:
        raise StepError("input", "来源数据", found)


def wrong(edition: Edition) -> str:
    """What `jixiao check` finds that stops a run, in a process of `warm`; nothing if nothing does."""
    from lib.intake import check

    return check.wrong(edition)


def execute(source: str, target: str, engine_name: str = "warm", **more: Any) -> None:
    """Run one notebook in this process, which runs no other; arguments and errors are papermill's, which is imported only now."""
    import papermill

    logging.getLogger("papermill").addFilter(_known)
    each_cell = engine_name != "warm" or not warm.AVAILABLE  # a kernel that dies leaves the cells before
    more |= {"progress_bar": False, "request_save_on_cell_execute": each_cell}
    # papermill fills in what it finds between braces
    paths = (path.replace("{", "{{").replace("}", "}}") for path in (source, target))
    papermill.execute_notebook(*paths, engine_name=engine_name, **more)


def _known(record: logging.LogRecord) -> bool:
    """What papermill only warns of is an error here: a parameter that the notebook does not know. Raises ValueError."""
    if record.getMessage().startswith("Passed unknown parameter"):
        raise ValueError(f"笔记本没有参数 {record.getMessage().rpartition(' ')[2]}。请写进标有 parameters 的那一格")
    return True


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
            warm.call(execute, left, variables, **given)
        except warm.Died:
            warm.call(execute, left, variables, engine_name="nbclient", **given)
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
    try:
        lots = warm.call(release.lots, left, stays="forms")
        _each(lambda lot: warm.call(release.publish, left, stays=lot[0], parts=lot, **given), lots, width)
        warm.call(release.seal, left, stays=release.DATA, **given)
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
            _each(now.do, now.due(row), width)


def compare(edition: Edition) -> Path:
    """Publish 92_peers, one year across units with this one highlighted: the folder. Raises StepError or OSError."""
    peers = replace(edition, alone=PEERS)
    with _lock(peers), failure.told(PEERS):
        _execute(peers, PEERS)
        _publish(peers, inf, CORES)
    return peers.output


def _each(do: Callable, jobs: Iterable, width: int) -> list[Any]:
    """What jobs return, done `width` at a time; after one has failed no other begins: `map` sees to that."""
    with ThreadPoolExecutor(width) as pool:
        return list(pool.map(do, jobs))


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


def _lock(edition: Edition) -> Any:
    return warm.locked(edition.processed.with_name(f"{edition.processed.name}.lock"))
