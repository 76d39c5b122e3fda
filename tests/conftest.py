"""Shared by the tests: hypothesis without surprises, a copy of the project to change, one real edition per session."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import settings
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import quick
import synthetic
from lib.edition.edition import Edition
from lib.run.runs import Options, Outcome, run, run_all
from needs import need

ROOT = Path(__file__).parents[1]
OURS = ("zhengxiang", 2020), ("yiyang", 2022)
"""The editions of the repository: no test looks at what else lies in data/raw."""
LIGHT = str(ROOT / "tests/light")
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (LIGHT, os.environ.get("PYTHONPATH"))))
"""What processes of tests need not load, as `pythonpath` has it for the tests themselves."""
LONG = ["whole", "page", "trouble", "lab", "units", "runs", "ledger", "desk", "engine", "broken", "docx", "pdf"]
"""The files of tests that take longest: begun first, so that no core is left with one of them in the end."""
settings.register_profile("steady", deadline=None, derandomize=True, max_examples=100)
settings.load_profile("steady")


def pytest_collection_modifyitems(items):
    place = {f"test_{name}": n for n, name in enumerate(LONG)}
    items.sort(key=lambda item: place.get(item.path.stem, len(LONG)))


def copy_project(folder: Path) -> Path:
    """Data and notebooks alone: a project root of its own, so that a run leaves the real one as it is."""
    shutil.copytree(ROOT / "data", folder / "data", ignore=shutil.ignore_patterns("processed", "raw"))
    for unit, year in OURS:
        shutil.copytree(ROOT / f"data/raw/{unit}/{year}", folder / f"data/raw/{unit}/{year}")
        shutil.copy(ROOT / f"data/raw/{unit}/unit.yml", folder / f"data/raw/{unit}")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    return folder


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch):
    """What the command line writes into the environment (`--root`, `--work`) is gone after the test."""
    for name in ("JIXIAO_ROOT", "JIXIAO_WORK", "JIXIAO_OUTPUT", "JIXIAO_RUN", "JIXIAO_DESK", "JPY_SESSION_NAME"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


@pytest.fixture
def at_hand(monkeypatch):
    """Documents are read in this process."""
    monkeypatch.setattr("lib.intake.reading._aside", quick.aside)


@pytest.fixture
def project(tmp_path):
    """A copy of the project that a test may change."""
    return copy_project(tmp_path / "project")


def change(path: Path, old: str, new: str) -> None:
    """Replace what stands in a file, once; it must be there."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def axes_of(chart: Callable[[], object]) -> Axes:
    """What a chart is drawn on, kept as it is saved."""
    kept, save = [], Figure.savefig
    with patch.object(Figure, "savefig", lambda figure, *to, **how: kept.append(figure) or save(figure, *to, **how)):
        chart()
    return kept[0].axes[0]


def make(edition: Edition) -> Outcome:
    """Bring one edition up to date."""
    return run(edition.unit, edition.year, str(edition.root), Options(), width=2)


def once(factory: pytest.TempPathFactory, name: str, laid: Callable[[Path], Iterable[Edition]]) -> Path:
    """A copy of the project that holds editions, run and published once for all workers; each has a copy of its own."""
    own, shared = factory.mktemp(name) / "project", factory.getbasetemp().parent / name
    if "PYTEST_XDIST_WORKER" not in os.environ:
        shared = own
    with shared.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not shared.exists():
            outcomes = run_all([*laid(copy_project(shared))], Options())
            assert {outcome.state for outcome in outcomes} == {"built"}, outcomes
    if shared != own:
        subprocess.run(["cp", "-a", shared, own], check=True)
    return own


@pytest.fixture(scope="session")
def edition(tmp_path_factory) -> Edition:
    """The 2020 edition, run and published in full, in a copy of the project."""
    root = once(tmp_path_factory, "edition", lambda root: [Edition.find("zhengxiang", 2020, root)])
    return Edition.find("zhengxiang", 2020, root)


def copy_built(edition: Edition, folder: Path) -> Edition:
    """A copy of the project that holds an edition, up to date."""
    copy_project(folder)
    subprocess.run(["cp", "-a", edition.root / "outputs", folder], check=True)
    subprocess.run(["cp", "-a", edition.root / "data/processed", folder / "data"], check=True)
    return Edition.find(edition.unit, edition.year, folder)


@pytest.fixture
def built(tmp_path, edition):
    """A copy of the project that holds the 2020 edition, up to date; what a test changes stays its own."""
    return copy_built(edition, tmp_path / "project")


@pytest.fixture(scope="session")
def report_notebook(edition) -> Path:
    """The joined notebook of the 2020 edition."""
    return edition.output / "report.ipynb"


@pytest.fixture(scope="session")
def budgeted(tmp_path_factory) -> Edition:
    """The 2022 edition of the other unit, run and published: a base table and no chapters of a trade union."""
    root = once(tmp_path_factory, "yiyang", lambda root: [Edition.find("yiyang", 2022, root)])
    return Edition.find("yiyang", 2022, root)


@pytest.fixture(scope="session")
def shili(tmp_path_factory) -> list[Edition]:
    """示例市总工会, a synthetic unit, run and published over four years, in a copy of the project."""
    root = once(tmp_path_factory, "shili", lambda root: synthetic.years(root, 2017, 2020))
    return [Edition("shili", year, root) for year in range(2017, 2021)]


FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    need(found, "no browser: neither chromium nor chromium-browser nor google-chrome is on the path")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()
