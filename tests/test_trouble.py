"""Trouble: places that cannot be written, processes that die or are stopped, inputs that change in the middle of a run."""

import errno
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner

from conftest import ROOT, change, copy_project, make
from lib.cli import main
from lib.edition.edition import Edition
from lib.publish import catalogue, release, shelf
from lib.run import failure, runs, warm
from lib.run.runs import Options, Outcome, fresh, run, run_all

CELL = "accounts = book.accounts"


def change_a_little(edition: Edition) -> None:
    """Let one notebook, and what is published, be due."""
    change(edition.notebook("04_assets"), "委托专业机构", "委托社会机构")


def call(root: Path, *arguments: str):
    return CliRunner().invoke(main, ["--root", str(root), *arguments])


def events(root: Path, *arguments: str) -> tuple[list[dict], int]:
    """The events of a run over all editions, and its exit code."""
    result = call(root, "report", "--unit", "all", "--year", "all", "--log", "json", *arguments)
    assert "Traceback" not in result.output
    return [json.loads(line) for line in result.output.splitlines()], result.exit_code


def small(root: Path, unit: str, year: int = 2022) -> Edition:
    """A unit with an edition that is quickly made."""
    shutil.copytree(ROOT / "tests/editions/bingqu", root / "data/raw" / unit)
    return Edition(unit, year, root)


def blocked_by_a_file(edition: Edition) -> None:
    edition.output.parent.write_text("a note")


def blocked_by_a_file_named_like_a_year(edition: Edition) -> None:
    edition.output.parent.mkdir()
    edition.output.write_text("a note")


def blocked_by_a_folder_of_somebody(edition: Edition) -> None:
    edition.output.mkdir(parents=True)
    (edition.output / "mine.txt").write_text("a note")


def blocked_by_a_file_in_the_place_of_working_state(edition: Edition) -> None:
    edition.processed.parent.write_text("a note")


TAKEN = {
    "file": blocked_by_a_file,
    "year": blocked_by_a_file_named_like_a_year,
    "folder": blocked_by_a_folder_of_somebody,
    "work": blocked_by_a_file_in_the_place_of_working_state,
}


def test_place_that_is_taken_fails_its_edition_alone(built):
    shutil.rmtree(built.root / "data/raw/yiyang")
    for unit, block in TAKEN.items():
        block(small(built.root, unit))
    before = [path for path in built.root.rglob("*") if path.is_file() and path.read_bytes() == b"a note"]
    change_a_little(built)
    told, code = events(built.root)
    by_unit = {event["unit"]: event for event in told if event["event"] == "edition"}
    assert by_unit.pop("zhengxiang")["state"] == "built" and code == 1 and by_unit.keys() == TAKEN.keys()
    for unit, event in by_unit.items():
        assert event["state"] == "failed" and unit in event["message"], event
        assert "移走" in event["message"] and "Errno" not in event["message"], event
    assert told[-1]["event"] == "done" and told[-1]["failed"] == len(before) == len(TAKEN)
    assert all(path.read_text() == "a note" for path in before)


def refused(edition: Edition, monkeypatch, where: str, code: str) -> Outcome:
    """What becomes of an edition while the system refuses something."""
    number, original = getattr(errno, code), warm.call

    def refuse(*_, **__):
        raise OSError(number, os.strerror(number), *([] if where == "lock" else [str(edition.output)]))

    def call(function, *more, **arguments):
        if where == "form" and function is release.seal:
            raise warm.Failed("OSError", f"[Errno {number}] {os.strerror(number)}: '{edition.output}'", "trace")
        return original(function, *more, **arguments)

    targets = {
        "lock": (warm.fcntl, "flock", refuse),
        "link": (Path, "symlink_to", refuse),
        "form": (warm, "call", call),
        "key": (runs.Steps, "remember", refuse),
    }
    with monkeypatch.context() as patch:
        patch.setattr(*targets[where])
        return make(edition)


@pytest.mark.parametrize(
    ("where", "codes"),
    [
        ("lock", ["ENOSPC", "EACCES", "EROFS", "ENOLCK", "EOPNOTSUPP"]),
        ("link", ["EPERM", "ENOSPC"]),
        ("form", ["EDQUOT", "ENOSPC"]),
        ("key", ["ENOSPC"]),
    ],
)
def test_what_the_system_refuses_is_told_with_place_and_remedy(built, monkeypatch, where, codes):
    change_a_little(built)
    before = built.output.resolve()
    for code in codes:
        outcome = refused(built, monkeypatch, where, code)
        assert outcome.state == "failed" and "zhengxiang/2020" in outcome.message and "请" in outcome.message
        assert "Errno" not in outcome.message and "Error" not in outcome.message, outcome.message
        assert built.output.resolve() == before and not list(built.output.with_name(".2020").glob("new-*"))
        (failure.folder(built) / "failure.html").unlink()
    assert make(built).state == "built"


def test_notebook_that_a_full_disk_cut_short_is_told_as_a_full_disk(tmp_path):
    half = tmp_path / "half.ipynb"
    half.write_text('{"cells": [')
    error = failure.in_cell("01", half, "OSError: [Errno 28] No space left on device: '.x' -> '/the/place'")
    assert str(failure.of(error, tmp_path)).startswith("/the/place：磁盘已满")


def test_command_that_may_not_write_says_so_without_a_traceback(project, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(errno.EACCES, "x", "/some/where")

    monkeypatch.setattr(Path, "mkdir", refuse)
    result = call(project, "new", "--unit", "zhengxiang", "--year", "2021")
    assert result.exit_code == 1 and "/some/where：没有权限" in result.output and "Traceback" not in result.output


def test_each_refusal_has_words():
    """In the form in which Python and its subprocesses say it."""
    for code in ("ENOSPC", "EROFS", "EACCES"):
        error = OSError(getattr(errno, code), "x", "/some/where")
        assert str(failure.of(error, Path("/other"))).startswith("/some/where：")
        wrapped = failure.StepError("failed", "publish", f"第3格：{error}")
        assert str(failure.of(wrapped, Path("/other"))).startswith("/some/where：")
    assert str(failure.of(OSError(errno.ENOSPC, "x"), Path("/other"))).startswith("/other：磁盘已满")
    assert "KeyError：'x'" in str(failure.of(KeyError("x"), Path("/other")))


def killer(monkeypatch, number: int, times: int):
    """Send a signal to the process that a form is made in, the first so many times."""
    left, original = [times], warm._Worker.do

    def strike(worker) -> None:
        wait_until(lambda: worker.pid)
        time.sleep(0.02)
        os.kill(worker.pid, number)

    def do(self, request, timeout):
        if request[0] is release.publish and left[0]:
            left[0] -= 1
            threading.Thread(target=strike, args=(self,)).start()
        return original(self, request, timeout)

    monkeypatch.setattr(warm._Worker, "do", do)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_form_whose_process_is_killed_or_stopped_is_made_in_another(built, monkeypatch, number):
    change_a_little(built)
    killer(monkeypatch, number, 2)
    assert make(built).state == "built"
    assert fresh(built) and not shelf.damaged(built.output)


def test_form_whose_process_always_dies_fails_the_edition(built, monkeypatch):
    change_a_little(built)
    killer(monkeypatch, signal.SIGKILL, 99)
    outcome = make(built)
    assert outcome.state == "failed" and "进程" in outcome.message


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_server_that_is_dead_or_stopped_is_noticed(built, number):
    warm.call(os.getpid)
    server = warm._server(os.getpid())
    os.kill(server.process.pid, number)
    time.sleep(0.1)
    change_a_little(built)
    start = time.monotonic()
    assert make(built).state == "built"
    assert time.monotonic() - start < 60
    assert not Path(server.aside).exists() and not psutil.pid_exists(server.process.pid)


def descendants(folder: Path) -> list[psutil.Process]:
    """The processes that have this folder for their temporary files."""
    found = []
    for one in psutil.process_iter():
        try:
            if one.environ().get("TMPDIR", "").startswith(str(folder)) and one.status() != psutil.STATUS_ZOMBIE:
                found.append(one)
        except psutil.Error:
            continue
    return found


def wait_until(done, seconds: float = 10) -> bool:
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        time.sleep(0.05)
    return bool(done())


def test_killed_run_leaves_no_process_and_nothing_half_and_the_next_one_works(project, tmp_path):
    """At several moments."""
    folder, edition = tmp_path / "tmp", Edition("zhengxiang", 2020, project)
    folder.mkdir()
    command = [Path(sys.executable).with_name("jixiao"), "--root", project, "report"]
    for after in (1, 3):
        run = subprocess.Popen(command, env=os.environ | {"TMPDIR": str(folder)}, stdout=subprocess.DEVNULL)
        time.sleep(after)
        run.kill()
        run.wait()
        # a server that still begins ends then
        assert wait_until(lambda: not descendants(folder), 60), (after, descendants(folder))
        assert wait_until(lambda: not list(folder.iterdir())), (after, list(folder.iterdir()))
        assert not edition.output.exists() or not shelf.damaged(edition.output)
    assert make(edition).state in ("built", "unchanged") and fresh(edition)


def test_worker_of_a_killed_run_holds_the_lock_until_it_is_gone(built):
    """Else it would write beside the next run: its server, stopped here, cannot end it yet."""
    change(built.notebook("04_assets"), CELL, f"__import__('time').sleep(60); {CELL}")
    first = subprocess.Popen([Path(sys.executable).with_name("jixiao"), "--root", built.root, "report"])
    assert wait_until(lambda: not (built.processed / "04_assets/04_assets.ipynb").exists(), 30)
    time.sleep(1)
    (server,) = psutil.Process(first.pid).children()
    server.suspend()
    first.kill()
    first.wait()
    try:
        with built.processed.with_name("2020.lock").open() as lock, pytest.raises(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        server.resume()
    change(built.notebook("04_assets"), "__import__('time').sleep(60); ", "")
    assert make(built).state == "built"


def test_an_edition_is_of_one_state_of_its_inputs(built, monkeypatch):
    """Saved while the forms are made: what is published is of the state that its manifest names."""
    change_a_little(built)
    original, saved = warm.call, []

    def save(function, *more, **arguments):
        if function is release.seal and not saved:
            saved.append(True)
            change(built.raw / "notes.csv", "扶持", "帮助")
        return original(function, *more, **arguments)

    monkeypatch.setattr(warm, "call", save)
    assert make(built).state == "built" and saved
    named = json.loads((built.output / "manifest.json").read_text("utf-8"))["inputs"]
    assert named["data/raw/zhengxiang/2020/notes.csv"][:16] == shelf.digest(built.raw / "notes.csv")
    assert "帮助" in (built.output / "report.html").read_text("utf-8") and fresh(built)


def test_inputs_that_never_rest_fail_the_edition(built, monkeypatch):
    original, count = warm.call, []

    def save(function, *more, **arguments):
        if function is release.seal:
            count.append(True)
            change(built.root / "data/headlines.csv", "全年支出", "全年全年支出")
        return original(function, *more, **arguments)

    monkeypatch.setattr(warm, "call", save)
    change(built.root / "data/headlines.csv", "全年支出", "全年全年支出")
    before = built.output.resolve()
    outcome = make(built)
    assert outcome.state == "failed" and "一再变化" in outcome.message and len(count) == runs.ROUNDS
    assert built.output.resolve() == before


def test_working_state_that_is_cleaned_away_in_the_middle_is_made_again(built, monkeypatch):
    change(built.raw / "notes.csv", "扶持", "支持")
    original, cleaned = runs._execute, []

    def clean(edition, name, *more):
        if name == "90_summary" and not cleaned:
            cleaned.append(name)
            for path in built.processed.iterdir():
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            shutil.rmtree(built.root / "outputs")
        return original(edition, name, *more)

    monkeypatch.setattr(runs, "_execute", clean)
    assert make(built).state == "built" and fresh(built) and not shelf.damaged(built.output)


STUBBORN = {
    "except Exception": "while True:\n    try:\n        while True: pass\n    except Exception: pass",
    "bare except": "while True:\n    try:\n        while True: pass\n    except: pass",
    "alarm off": "import signal, time\nsignal.alarm(0)\ntime.sleep(60)",
    "native code": "import re\nre.match('(a+)+$', 'a' * 40 + 'b')",
    "subprocess": "import subprocess\nsubprocess.run(['sleep', '61.7'])",
}


@pytest.mark.parametrize("name", STUBBORN)
def test_time_limit_of_a_cell_holds(built, name):
    path = built.notebook("04_assets")
    nb = json.loads(path.read_text("utf-8"))
    cell = next(cell for cell in nb["cells"] if CELL in "".join(cell["source"]))
    cell["source"] = STUBBORN[name]
    path.write_text(json.dumps(nb), "utf-8")
    start = time.monotonic()
    outcome = run("zhengxiang", 2020, str(built.root), Options(cell_timeout=1))
    assert (outcome.state, outcome.kind) == ("failed", "timeout"), outcome
    assert "格" in outcome.message and time.monotonic() - start < 20
    assert wait_until(
        lambda: not [one for one in psutil.process_iter(["cmdline"]) if "61.7" in (one.info["cmdline"] or [])]
    )


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("import os; os._exit(3)", "进程意外终止"),
        ("assert 1 == 2", "AssertionError"),
        ("raise MemoryError", "MemoryError"),
        ("{}['x']", "KeyError：'x'"),
    ],
)
def test_message_names_the_cell_and_the_kind(built, source, told):
    path = built.notebook("04_assets")
    change(path, CELL, source)
    outcome = make(built)
    assert outcome.state == "failed" and told in outcome.message and "格（" in outcome.message, outcome
    shown = json.loads((failure.folder(built) / "04_assets.ipynb").read_text("utf-8"))
    assert any(cell.get("outputs") for cell in shown["cells"])  # the cells before


def test_one_edition_of_many_is_told_whatever_ails_it(tmp_path, monkeypatch):
    root = copy_project(tmp_path / "project")
    monkeypatch.setattr(runs, "_settled", lambda *_: {}["nothing"])
    told, code = events(root)
    assert code == 1 and told[-1] == {"event": "done", "built": 0, "unchanged": 0, "failed": 2}


LOCKED = {"whole": "", "year": "2022", "table": "2022/figures.csv"}
"""By unit: what of its folder may not be read."""


def test_input_that_may_not_be_read_is_told_and_the_others_are_made(built):
    """In a process that is held to permissions, as a superuser's is not."""
    shutil.rmtree(built.root / "data/raw/yiyang")
    places = [small(built.root, unit).raw.parent / place for unit, place in LOCKED.items()]
    held = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.getuid() == 0 else []
    command = [*held, Path(sys.executable).with_name("jixiao"), "--root", built.root]
    for place in places:
        place.chmod(0)
    try:
        every = [*command, "report", "--unit", "all", "--year", "all", "--log", "json"]
        done = subprocess.run(every, capture_output=True, text=True, check=False)
        each = [[*command, "check", "--unit", unit, "--year", "2022"] for unit in LOCKED]
        checked = [subprocess.run(one, capture_output=True, text=True, check=False) for one in each]
    finally:
        for place in places:
            place.chmod(0o755)
    *_, last = told = [json.loads(line) for line in done.stdout.splitlines()]
    assert (last["event"], last["unchanged"], last["failed"], done.returncode) == ("done", 1, 3, 1), done.stderr
    failed = {event["unit"]: event["message"] for event in told if event.get("state") == "failed"}
    assert failed.keys() == LOCKED.keys() and "Traceback" not in done.stderr
    assert all("没有权限" in message and "改正" in message for message in failed.values()), failed
    for one in checked:
        assert one.returncode == 3 and "没有权限" in one.stdout + one.stderr and "Traceback" not in one.stderr


@pytest.mark.parametrize("how", ["<&- >&- 2>&-", "| head -1 | grep -q due"])
def test_run_finishes_whatever_became_of_its_input_and_output(built, how):
    """A scheduler closes them, a reader leaves: that ails no edition."""
    change_a_little(built)
    command = f"{Path(sys.executable).with_name('jixiao')} --root {built.root} report --log json {how}"
    subprocess.run(["bash", "-c", command], check=True)
    assert fresh(built) and "委托社会机构" in (built.output / "report.html").read_text("utf-8")


def test_catalogue_whose_process_is_killed_is_written_by_another(built, monkeypatch):
    original, dies = warm._Worker.do, [False, True]

    def do(self, request, timeout):
        if request[0] is catalogue.write and dies.pop():
            raise warm.Died("write")
        return original(self, request, timeout)

    monkeypatch.setattr(warm._Worker, "do", do)
    page = built.root / "outputs/index.html"
    page.unlink()
    (outcome,) = run_all([built], Options())
    assert (outcome.state, dies) == ("unchanged", []) and page.is_file()


def test_checkout_that_cannot_be_written_serves_with_its_folders_elsewhere(project, tmp_path):
    """Watched by its times, as a superuser may write everywhere; published and compared as it would be inside."""
    edition = small(project, "bingqu")
    shutil.copytree(edition.raw, edition.raw.with_name("2023"))
    for old, new in (("year: 2022", "year: 2023"), ("title: 2022", "title: 2023")):
        change(edition.raw.with_name("2023") / "source.yml", old, new)
    before = {path: path.stat().st_mtime_ns for path in project.rglob("*")}
    elsewhere = "--output", str(tmp_path / "published"), "--work", str(tmp_path / "work")
    arguments = [*elsewhere, "report", "--unit", "bingqu", "--year", "all"]
    result = call(project, *arguments)
    assert result.exit_code == 0, result.output
    assert {path: path.stat().st_mtime_ns for path in project.rglob("*")} == before
    assert "bingqu/2023/" in (tmp_path / "published/index.html").read_text("utf-8")
    assert (tmp_path / "published/bingqu/2023/notebooks/91_trend.ipynb").is_file()  # it knows the year before
    assert "未变 2" in call(project, *arguments).output
    assert "2 个版本，0 个不一致。" in call(project, *elsewhere, "verify").output
    result = call(project, *elsewhere, "peers", "--unit", "bingqu", "--year", "2023")
    assert result.exit_code == 0, result.output
