"""Runs: which steps of which editions are due, and doing them: incremental, side by side, safe to interrupt.

A step's key is what it depends on, part by part: the notebook's cells, its data files, the tables of the steps before it, the code
and the lock. The key is removed before a step and written after it; a step whose tables come out the same leaves those behind it
as they are. An edition is built aside and put into place by replacing one symbolic link. This module imports nothing heavy.
"""

from __future__ import annotations

import hashlib
import html
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any

from lib.run import warm
from lib.edition.edition import ROWS, Edition, common
from lib.publish.release import DATA, EXPORTERS

PACKAGE = Path(__file__).parents[1]
PUBLISH, PEERS = "publish", "92_peers"
CARD = ("source.yml", "notes.csv")
READS = {  # what a notebook reads of data/raw/<unit>/<year>/, of data/ (patterns), and of the tables of other notebooks
    "00_clean": (("figures.csv", "corrections.csv", "budget.csv", *CARD), ("indicators.csv", "checks.csv"), ()),
    "06_budget": (CARD, ("base_table.csv",), ("figures",)),
    "07_scorecard": ((*CARD, "targets.csv"), ("indicators.csv", "checks.csv", "sheets/*.csv"), ("figures", "metrics")),
    "91_trend": (CARD, ("indicators.csv", "headlines.csv"), ("figures", "metrics")),
    "90_summary": (CARD, ("headlines.csv",), ("figures", "metrics", "findings")),
}
KINDS = {"InputError": "input", "OpenErrors": "input", "CellTimeoutError": "timeout"}
SECTION = (CARD, (), ("figures",))
Event = Callable[..., None]


def _silent(event: str, **more: Any) -> None:
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


# --- keys -------------------------------------------------------------------------------------------------------------


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _file(path: Path) -> str:
    return _digest(path.read_bytes()) if path.is_file() else ""


@cache
def _shared(root: Path) -> dict[str, str]:
    """What every step depends on, and the sources of the notebooks: read once per run."""
    code = sorted(path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix != ".pyc")
    parts = {"lib": _digest(b"".join(path.read_bytes() for path in code)), "lock": _file(root / "requirements.lock")}
    for name in (name for row in ROWS for name in row):
        cells = json.loads((root / "notebooks" / f"{name}.ipynb").read_text("utf-8"))["cells"]
        source = [(cell["cell_type"], "".join(cell["source"]), cell["metadata"].get("tags")) for cell in cells]
        parts[name] = _digest(json.dumps(source).encode())
    parts |= {path.relative_to(root / "data").as_posix(): _file(path) for path in common(root)}
    return parts


@cache
def _faces() -> str:
    """The font files of the system: the PDF depends on which there are."""
    from lib.publish.fonts import FOLDERS

    files = (
        path for folder in FOLDERS for path in folder.rglob("*") if path.suffix.lower() in (".ttf", ".otf", ".ttc")
    )
    return _digest("\n".join(sorted(f"{path} {path.stat().st_size}" for path in files)).encode())


class Steps:
    """The steps of one edition: keys wanted, keys written, and why one is due."""

    def __init__(self, edition: Edition):
        self.edition = edition
        self.raw = {path.name: _file(path) for path in sorted(edition.raw.iterdir())}
        self._written: dict[str, dict] = {}

    def wanted(self, name: str) -> dict[str, str]:
        """The key of a step as of now, part by part. Tables of steps before it count as last written."""
        shared = _shared(self.edition.root)
        parts = {"lib": shared["lib"], "lock": shared["lock"]}
        if name == PUBLISH:
            before = {step: self.written(step).get("outputs", {}) for step in self.edition.notebooks}
            parts |= {"faces": _faces()} | {f"{step}/{part}": d for step, o in before.items() for part, d in o.items()}
            return parts | self.raw | {file: digest for file, digest in shared.items() if file.endswith(".csv")}
        raw, data, tables = READS.get(name, SECTION)
        parts |= {"notebook": shared[name]} | {file: self.raw.get(file, "") for file in raw}
        parts |= {file: digest for pattern in data for file, digest in shared.items() if fnmatch(file, pattern)}
        if name == "91_trend":
            for earlier in self.edition.earlier:
                for table in ("figures.csv", "metrics.csv", "manifest.json"):
                    parts[f"{earlier.year}/{table}"] = _file(earlier.output / table)
        for step in self.edition.above(name):
            outputs = self.written(step).get("outputs", {})
            parts |= {f"{step}/{table}": outputs[table] for table in tables if table in outputs}
        return parts

    def written(self, name: str) -> dict[str, dict]:
        """What the last run of a step left: its key and the digests of its outputs; nothing if they are gone."""
        if name not in self._written:
            try:
                self._written[name] = json.loads(self._path(name).read_text())
            except (FileNotFoundError, json.JSONDecodeError):
                self._written[name] = {}
        return self._written[name]

    def why(self, name: str) -> list[str]:
        """The parts of a step's key that changed; nothing if it is not due."""
        written, wanted = self.written(name), self.wanted(name)
        if not written or not all((self._folder(name) / file).exists() for file in written["files"]):
            return ["尚未运行"]
        old = written["key"]
        return [part for part in sorted(old.keys() | wanted.keys()) if old.get(part) != wanted.get(part)]

    def forget(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)
        self._written.pop(name, None)

    def remember(self, name: str, key: dict[str, str]) -> None:
        """Write a key, with what came out: tables, and the notebook without what differs from run to run."""
        folder = self._folder(name)
        files = sorted(path.name for path in folder.iterdir() if path.suffix in (".csv", ".ipynb"))
        outputs = {Path(file).stem: _file(folder / file) for file in files if file.endswith(".csv")}
        if name != PUBLISH:
            outputs["notebook"] = _outputs(folder / f"{name}.ipynb")
        aside = self._path(name).with_suffix(".new")
        aside.write_text(json.dumps({"key": key, "outputs": outputs, "files": files}))
        aside.replace(self._path(name))
        self._written.pop(name, None)

    def _folder(self, name: str) -> Path:
        return self.edition.output if name == PUBLISH else self.edition.processed / name

    def _path(self, name: str) -> Path:
        return self.edition.processed / f"{name}.key"


def _outputs(path: Path) -> str:
    """The digest of what an executed notebook shows."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    shown = [(cell["source"], cell.get("outputs"), cell["metadata"].get("tags")) for cell in cells]
    return _digest(json.dumps(shown).encode())


# --- one edition ------------------------------------------------------------------------------------------------------


class StepError(RuntimeError):
    """A step failed; `kind` is input, failed or timeout, `name` the step, `shown` the executed notebook if there is one."""

    def __init__(self, kind: str, name: str, message: str, trace: str = "", shown: Path | None = None):
        super().__init__(message)
        self.kind, self.name, self.trace, self.shown = kind, name, trace, shown


def run(unit: str, year: int, root: str, options: Options, tell: Event = _silent, width: int = 1) -> Outcome:
    """Bring one edition up to date, `width` notebooks at a time. Idempotent; what fails is reported, never raised.

    A failed edition leaves the last good one as it was, and `<year>.failed/failure.html` beside it.
    """
    start = time.perf_counter()
    outcome, edition = Outcome(unit, year, "failed"), Edition(unit, year, Path(root))
    failed = _failures(edition)
    try:
        with _lock(edition, options):
            outcome.steps = _steps(edition, options, tell, width)
            outcome.state = "built" if outcome.steps else "unchanged"
            shutil.rmtree(failed, ignore_errors=True)
            if outcome.steps and not options.explain:
                log = {"unit": unit, "year": year, "seconds": outcome.steps}
                (edition.output / "run.log.json").write_text(json.dumps(log, indent=1) + "\n")
    except StepError as error:
        outcome.kind, outcome.message = error.kind, f"{error.name}：{error}"
        _report_failure(edition, error, failed)
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
    source, target = edition.notebook(name), folder / f"{name}.ipynb"
    parameters, limit = {"unit": edition.unit, "year": edition.year}, options.cell_timeout
    environment = {"JIXIAO_ROOT": str(edition.root)}
    try:
        if not warm.AVAILABLE:
            raise warm.Died(name)
        warm.call(
            "lib.run.engine:execute",
            left,
            environment,
            source=str(source),
            target=str(target),
            parameters=parameters,
            cwd=str(edition.root),
            cell_timeout=limit,
        )
    except warm.Died:
        command = [sys.executable, "-m", "papermill", source, target, "--no-progress-bar", "--cwd", edition.root]
        command += [part for key, value in parameters.items() for part in ("-p", key, str(value))]
        command += ["--execution-timeout", str(limit)] if limit else []
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=left, check=False, env=os.environ | environment
            )
        except subprocess.TimeoutExpired as error:
            raise StepError("timeout", name, f"超过 {options.timeout} 秒") from error
        if done.returncode:
            raise _failed_cell(name, target, done.stderr) from None
    except TimeoutError as error:
        raise StepError("timeout", name, f"全部步骤超过 {options.timeout} 秒") from error
    except warm.Failed as error:
        raise _failed_cell(name, target, error.trace) from error


def _failed_cell(name: str, target: Path, trace: str) -> StepError:
    """What went wrong, from the executed notebook if it got that far, else from the traceback."""
    cells = json.loads(target.read_text("utf-8"))["cells"] if target.is_file() else []
    for number, cell in enumerate(cells, 1):
        for output in cell.get("outputs", []):
            if output["output_type"] == "error":
                kind = KINDS.get(output["ename"], "failed")
                lines = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(output["traceback"]))
                return StepError(kind, name, f"第{number}格（{cell['id']}）：{output['evalue']}", lines, target)
    last = trace.strip().splitlines()[-1] if trace.strip() else "没有留下信息"
    return StepError("failed", name, last, trace, target if cells else None)


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
        warm.call("lib.publish.release:publish", left, stays=kind, nice=nice, parts=parts, **given)

    try:
        _each(do, jobs, width)
        warm.call("lib.publish.release:seal", left, stays=DATA, **given)
    except (warm.Failed, warm.Died) as error:
        raise StepError("failed", PUBLISH, str(error), getattr(error, "trace", "")) from error
    except TimeoutError as error:
        raise StepError("timeout", PUBLISH, f"全部步骤超过 {options.timeout} 秒") from error
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
    version = aside.with_name(_file(aside / "manifest.json"))
    if version.exists():  # the same bytes as before
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


def _failures(edition: Edition) -> Path:
    """Where a failed edition leaves word."""
    return edition.output.with_name(f"{edition.year}.failed")


def _report_failure(edition: Edition, error: StepError, folder: Path) -> None:
    """failure.html: where it stopped, the message, the traceback folded, the executed notebook linked."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    link = ""
    if error.shown and error.shown.is_file():
        shutil.copy(error.shown, folder)
        link = f'<p><a href="{error.shown.name}">执行到此的笔记本</a></p>'
    what = html.escape(f"{edition.unit} {edition.year} 年度：{error.name}")
    page = (PACKAGE / "publish" / "templates" / "failure.html").read_text("utf-8")
    parts = {"WHAT": what, "MESSAGE": html.escape(str(error)), "TRACE": html.escape(error.trace), "LINK": link}
    (folder / "failure.html").write_text(re.sub("|".join(parts), lambda found: parts[found[0]], page), "utf-8")


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


# --- many editions ----------------------------------------------------------------------------------------------------


def run_all(editions: list[Edition], options: Options, tell: Event = _silent, cluster: str = "") -> list[Outcome]:
    """Bring editions up to date: two units at a time on two cores, or as many as a Dask cluster has workers for.

    The years of a unit follow each other, as each is compared with those before it. What is up to date is told at once; what
    fails does not keep the others from being finished.
    """
    units: dict[str, list[Edition]] = {}
    for edition in sorted(editions, key=lambda edition: (edition.unit, edition.year)):
        units.setdefault(edition.unit, []).append(edition)
    due = [years for years in units.values() if len(units) == 1 or options.explain or not all(map(fresh, years))]
    outcomes = {(edition.unit, edition.year): Outcome(edition.unit, edition.year, "unchanged") for edition in editions}
    for outcome in _side_by_side(due, options, tell, cluster):
        outcomes[outcome.unit, outcome.year] = outcome
        tell("edition", **asdict(outcome))
    _catalogue(editions[0], list(outcomes.values()), options)
    return list(outcomes.values())


def _catalogue(edition: Edition, outcomes: list[Outcome], options: Options) -> None:
    """Write the catalogue anew if an edition was."""
    if any(outcome.state == "built" for outcome in outcomes) and not options.explain:
        warm.call("lib.publish.catalogue:write", outputs=str(edition.root / "outputs"), headlines=edition.headlines)


def fresh(edition: Edition) -> bool:
    """Whether no step of an edition is due, and nothing tells of a failure."""
    steps, names = Steps(edition), (*edition.notebooks, PUBLISH)
    return not _failures(edition).exists() and not any(map(steps.why, names))


def run_years(years: list[tuple], options: Options, tell: Event = _silent, width: int = 1) -> list[Outcome]:
    """The editions of one unit, each as (unit, year, root), the earliest first."""
    return [run(*edition, options, tell, width) for edition in years]


def _side_by_side(units: list[list[Edition]], options: Options, tell: Event, cluster: str) -> Iterator[Outcome]:
    jobs = [[(edition.unit, edition.year, str(edition.root)) for edition in years] for years in units]
    if len(jobs) == 1 and not cluster:
        yield from (run(*edition, options, tell, os.cpu_count() or 1) for edition in jobs[0])
    elif jobs:
        from joblib import Parallel, delayed, parallel_config

        if cluster:
            from dask.distributed import Client

            with Client(cluster) as client, parallel_config("dask"):
                client.run(_shared.cache_clear)  # workers outlive a run
                done = Parallel(return_as="generator_unordered")(delayed(run_years)(years, options) for years in jobs)
                yield from (outcome for outcomes in done for outcome in outcomes)
        else:
            calls = (delayed(run_years)(years, options, tell) for years in jobs)
            done = Parallel(n_jobs=-1, backend="threading", return_as="generator_unordered")(calls)
            yield from (outcome for outcomes in done for outcome in outcomes)
