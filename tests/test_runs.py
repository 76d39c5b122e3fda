"""Runs: what is due and why, nothing twice, nothing half, and the last good edition until there is a better one."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner

from conftest import ROOT, change, copy_project, make
from lib.cli import main
from lib.edition.edition import Edition
from lib.run import runs, warm
from lib.run.keys import PUBLISH, Steps
from lib.run.runs import Options, run, run_all

ALL = Edition("zhengxiang", 2020, ROOT).notebooks
BIN = Path(sys.executable).parent


def due(edition: Edition) -> set[str]:
    """The steps that a run would begin with."""
    steps = Steps(edition)
    return {name for name in (*ALL, PUBLISH) if steps.why(name)}


def test_nothing_is_due_after_a_run(built):
    assert due(built) == set()
    assert make(built).state == "unchanged"


@pytest.mark.parametrize(
    ("file", "old", "new", "first"),
    [
        ("data/raw/zhengxiang/2020/figures.csv", "117家", "118家", {"00_clean"}),
        ("data/raw/zhengxiang/2020/corrections.csv", "漏“万”", "漏一个“万”", {"00_clean"}),
        ("data/raw/zhengxiang/2020/notes.csv", "扶持", "支持", set(ALL) - {"055_reach", "07_scorecard"}),
        ("data/indicators.csv", "受助住院职工", "得到帮助的住院职工", {"00_clean"}),
        ("data/headlines.csv", "mutual_aid.benefit_rate,,,,,,\n", "", {"90_summary"}),
        ("notebooks/04_assets.ipynb", "委托专业机构", "委托社会机构", {"04_assets"}),
    ],
)
def test_what_changed_is_due_and_nothing_else(built, file, old, new, first):
    change(built.root / file, old, new)
    assert due(built) - {PUBLISH} == first


def test_changed_lock_makes_everything_due(built):
    (built.root / "requirements.lock").write_text("pandas==0\n")
    assert due(built) == {*ALL, PUBLISH}


def test_wave_stops_where_an_output_comes_out_the_same(built):
    change(built.root / "notebooks/04_assets.ipynb", "委托专业机构", "委托社会机构")
    outcome = make(built)
    assert set(outcome.steps) == {"04_assets", PUBLISH}  # the summary reads tables, and they are as they were


def test_notebook_notes_every_file_that_it_reads(built, tmp_path):
    """Watched here as the system sees it: every data file below the project that a notebook opens."""
    script = tmp_path / "watch.py"
    script.write_text(
        "import sys, json, os\n"
        "seen = set()\n"
        "sys.addaudithook(lambda event, args: event == 'open' and seen.add(str(args[0])))\n"
        "import papermill\n"
        "from lib.run.engine import prime\n"
        "from lib.run.runs import execute\n"
        "prime()\n"
        "for name, arguments in json.loads(sys.argv[1]).items():\n"
        "    if os.fork() == 0:\n"
        "        os.environ['JIXIAO_RUN'] = name\n"
        "        seen.clear()\n"
        "        execute(**arguments)\n"
        "        print(json.dumps([name, sorted(seen)]), flush=True)\n"
        "        os._exit(0)\n"
        "    assert os.wait()[1] == 0, name\n"
    )
    about = {"cwd": str(built.root), "parameters": {"unit": "zhengxiang", "year": 2020}}
    paths = {name: {"source": str(built.notebook(name)), "target": str(tmp_path / f"{name}.ipynb")} for name in ALL}
    command = [sys.executable, script, json.dumps({name: about | paths[name] for name in ALL})]
    environment = os.environ | {"JIXIAO_ROOT": str(built.root)}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    watched = dict(json.loads(line) for line in done.stdout.splitlines() if line.startswith('["'))
    assert list(watched) == list(ALL)
    for name, seen in watched.items():
        opened = {Path(path) for path in seen if path.startswith(str(built.root))}
        assert built.processed / "00_clean/figures.csv" in opened  # the watch does see
        data = {path for path in opened if path.suffix in (".csv", ".yml") and f"/{name}/" not in str(path)}
        noted = json.loads((built.processed / name / "reads.json").read_text("utf-8"))
        assert data <= {built.root / path for path in noted}, name


def test_file_that_a_notebook_begins_to_read_becomes_part_of_its_key(built):
    """Nothing is declared: a cell that opens one more table is enough."""
    more = "__import__('lib.edition.store').edition.store.content(book.edition.root / 'data/extra.csv')"
    change(built.root / "notebooks/04_assets.ipynb", "accounts = book.accounts", f"{more}; accounts = book.accounts")
    assert make(built).state == "built"
    assert due(built) == set()
    (built.root / "data/extra.csv").write_text("a\n1\n")
    assert Steps(built).why("04_assets") == ["data/extra.csv"]


def test_table_that_was_changed_by_hand_is_made_anew(built):
    table = built.processed / "00_clean/figures.csv"
    before = table.read_bytes()
    table.write_bytes(before.replace(b"117", b"118"))
    assert Steps(built).why("00_clean") == ["figures.csv 被改动"]
    assert set(make(built).steps) == {"00_clean"}  # it came out as it was: nothing behind it is due
    assert table.read_bytes() == before and due(built) == set()


@pytest.mark.parametrize(("file", "why"), [("report.pdf", "report.pdf 不见了"), ("metrics.csv", "metrics.csv 被改动")])
def test_published_file_that_was_lost_or_emptied_is_made_anew(built, file, why):
    path = built.output / file
    before = path.read_bytes()
    if "不见了" in why:
        path.unlink()
    else:
        path.write_bytes(b"")
    assert Steps(built).why(PUBLISH) == [why]
    assert set(make(built).steps) == {PUBLISH}
    assert path.read_bytes() == before and due(built) == set()


def test_executed_notebook_that_is_gone_is_made_anew(built):
    (built.processed / "04_assets/04_assets.ipynb").unlink()
    assert due(built) == {"04_assets"}


def test_file_is_hashed_again_only_where_size_or_time_differ(built, monkeypatch):
    assert due(built) == set()
    hashed = []
    monkeypatch.setattr("lib.edition.store.digest", lambda path: hashed.append(path) or "other")
    assert due(built) == set() and not hashed
    os.utime(built.output / "report.html")
    assert due(built) == {PUBLISH} and hashed == [built.output / "report.html"]


@pytest.mark.parametrize("text", ['{"key": {}, "reads": ["a"], "made": {}, "files": ["figures.csv"]}', "[]", "", "{"])
def test_key_file_that_cannot_be_understood_counts_as_not_done(built, text):
    for path in built.processed.glob("*.key"):
        path.write_text(text)
    assert due(built) == {*ALL, PUBLISH}


@pytest.mark.parametrize("available", [True, False])
def test_modules_in_the_working_directory_are_not_run(built, available, tmp_path):
    """A `lib` and a `pandas.py` there are somebody's files, and so is a `json.py`."""
    aside, ran = tmp_path / "aside", tmp_path / "ran"
    (aside / "lib").mkdir(parents=True)
    for name in ("lib/__init__.py", "pandas.py", "papermill.py", "json.py"):
        (aside / name).write_text(f"open({str(ran)!r}, 'w')\nraise SystemExit(9)\n")
    change(built.root / "notebooks/04_assets.ipynb", "委托专业机构", "委托社会机构")
    script = f"import lib.cli, lib.run.warm as warm\nwarm.AVAILABLE = {available} and warm.AVAILABLE\nlib.cli.main()\n"
    (tmp_path / "start.py").write_text(script)
    command = [sys.executable, tmp_path / "start.py", "--root", built.root, "report"]
    done = subprocess.run(command, cwd=aside, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "已生成" in done.stdout, done.stderr
    assert not ran.exists()


def test_asking_what_is_due_imports_nothing_heavy():
    """`jixiao --help` and a run with nothing to do answer at once."""
    heavy = ("papermill", "nbformat", "ipykernel", "pandas", "matplotlib", "docx", "typst")
    script = f"import sys, lib.cli, lib.run.runs\nprint([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "[]\n"


def test_edition_is_put_into_place_by_one_link_and_the_last_one_stays_readable(built):
    before = built.output.resolve()
    page = (built.output / "report.html").open("rb")
    change(built.notebook("04_assets"), "委托专业机构", "委托社会机构")
    assert make(built).state == "built"
    assert built.output.is_symlink() and not built.output.readlink().is_absolute()
    assert built.output.resolve() != before and before.is_dir()
    assert b"117" in page.read()
    page.close()


def test_second_run_waits_for_the_first(built):
    with ThreadPoolExecutor() as pool:
        with runs._lock(built):
            second = pool.submit(run, "zhengxiang", 2020, str(built.root), Options())
            with pytest.raises(TimeoutError):
                second.result(1)
        assert second.result().state == "unchanged"


def test_dead_notebook_process_is_run_again_with_the_stock_engine(built, monkeypatch):
    asked = []

    def die(function, *more, **arguments):
        asked.append(function)
        if function is runs.execute and "engine_name" not in arguments:
            raise warm.Died("it")
        return original(function, *more, **arguments)

    original = warm.call
    monkeypatch.setattr(warm, "call", die)
    change(built.root / "notebooks/04_assets.ipynb", "委托专业机构", "委托社会机构")
    assert set(make(built).steps) == {"04_assets", PUBLISH}
    assert asked.count(runs.execute) == 2


def test_where_there_is_no_fork_the_stock_engine_serves(built, monkeypatch):
    monkeypatch.setattr(warm, "AVAILABLE", False)
    change(built.root / "notebooks/04_assets.ipynb", "委托专业机构", "委托社会机构")
    assert set(make(built).steps) == {"04_assets", PUBLISH}
    assert "委托社会机构" in (built.output / "report.html").read_text("utf-8")


def test_timeouts_of_cell_and_edition_are_told(built):
    path = built.root / "notebooks/04_assets.ipynb"
    change(path, "accounts = book.accounts", "__import__('time').sleep(30); accounts = book.accounts")
    for option in (Options(cell_timeout=1), Options(timeout=3)):
        outcome = run("zhengxiang", 2020, str(built.root), option)
        assert (outcome.state, outcome.kind) == ("failed", "timeout"), outcome


def test_all_that_is_wrong_is_told_where_the_notebooks_cannot_be_named(built):
    (built.raw / "report.md").write_text("文字\n", "utf-8")
    change(built.raw / "figures.csv", "4025人", "40x25人")
    told = make(built).message
    assert "report.md 第1行" in told and "40x25人" in told


def test_several_editions_finish_although_one_fails(built):
    good, bad = built.raw, built.raw.parent / "2021"
    subprocess.run(["cp", "-a", good, bad], check=True)
    change(bad / "source.yml", "year: 2020", "year: 2021")
    change(bad / "source.yml", "title: 2020", "title: 2021")
    change(bad / "figures.csv", "249人", "许多人")
    arguments = ["--root", str(built.root), "report", "--unit", "all", "--year", "2018-2021", "--log", "json"]
    result = CliRunner().invoke(main, arguments)
    events = [json.loads(line) for line in result.output.splitlines()]
    assert result.exit_code == 1
    assert events[-1] == {"event": "done", "built": 0, "unchanged": 1, "failed": 1}
    (failed,) = (event for event in events if event.get("state") == "failed")
    assert (failed["year"], failed["kind"]) == (2021, "input") and "许多人" in failed["message"]
    page = (built.root / "outputs/zhengxiang/2021.failed/failure.html").read_text("utf-8")
    assert "许多人" in page and "figures.csv" in page


def test_explain_says_why_and_runs_nothing(built):
    change(built.raw / "figures.csv", "117家", "118家")
    result = CliRunner().invoke(main, ["--root", str(built.root), "report", "--explain"])
    assert "00_clean：figures.csv" in result.output
    assert due(built) >= {"00_clean"}


def test_cluster_of_two_workers_survives_the_loss_of_one(tmp_path):
    distributed = pytest.importorskip("distributed")
    root = copy_project(tmp_path / "project")
    editions = [Edition(unit, 2023, root) for unit in ("fulian", "guiqu", "jiedao", "maoxian")]
    for one in editions:
        shutil.copytree(ROOT / "tests/editions" / one.unit, one.raw.parent)
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        victim = next(iter(cluster.workers.values()))

        def tell(event: str, **about) -> None:
            if event == "edition" and victim.pid:
                os.kill(victim.pid, signal.SIGKILL)

        outcomes = run_all(editions, Options(), tell, cluster.scheduler_address)
    assert [outcome.state for outcome in outcomes] == ["built"] * 4, outcomes


def test_crontab_line_of_the_guide_works_as_cron_would_run_it(built):
    """cron gives a home, a shell and hardly a path."""
    guide = (ROOT / "docs/scheduling.md").read_text("utf-8")
    (line,) = (line for line in guide.splitlines() if line.startswith("17 3 * * *  "))
    home = built.root.parent
    shutil.rmtree(built.root / "data/raw/yiyang")
    shutil.copytree(ROOT / "tests/editions/bingqu", built.root / "data/raw/bingqu")
    (home / "jixiao").symlink_to(built.root)
    (built.root / ".venv").symlink_to(Path(sys.prefix))
    environment = {"HOME": str(home), "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh"}
    subprocess.run(["/bin/sh", "-c", line.split("*  ", 1)[1]], env=environment, check=True, stdin=subprocess.DEVNULL)
    events = [json.loads(line) for line in (built.root / "outputs/nightly.log").read_text("utf-8").splitlines()]
    # 2020 is there, another unit is not
    assert events[-1] == {"event": "done", "built": 1, "unchanged": 1, "failed": 0}


def test_after_a_job_has_failed_no_other_begins():
    begun = []

    def do(number: int) -> None:
        begun.append(number)
        time.sleep(0.05)
        if number == 0:
            raise ValueError("the first")

    with pytest.raises(ValueError, match="the first"):
        runs._each(do, range(20), 2)
    assert len(begun) < 6
