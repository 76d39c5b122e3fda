"""Shared by the tests: hypothesis without surprises, a copy of the project to change, one real edition per session."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import settings

import synthetic
from lib.edition.edition import Edition
from lib.run.fleet import run_all
from lib.run.runs import Options, Outcome, run
from needs import need

ROOT = Path(__file__).parents[1]
OURS = ("zhengxiang", 2020), ("yiyang", 2022)
"""The editions of the repository: no test looks at what else lies in data/raw."""
LIGHT = str(ROOT / "tests/light")
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (LIGHT, os.environ.get("PYTHONPATH"))))
"""What processes of tests need not load, as `pythonpath` has it for the tests themselves."""
settings.register_profile("steady", deadline=None, derandomize=True, max_examples=100)
settings.load_profile("steady")


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
def project(tmp_path):
    """A copy of the project that a test may change."""
    return copy_project(tmp_path / "project")


def change(path: Path, old: str, new: str) -> None:
    """Replace what stands in a file, once; it must be there."""
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def make(edition: Edition) -> Outcome:
    """Bring one edition up to date."""
    return run(edition.unit, edition.year, str(edition.root), Options(), width=2)


@pytest.fixture(scope="session")
def edition(tmp_path_factory) -> Edition:
    """The 2020 edition, run and published in full, in a copy of the project."""
    edition = Edition.find("zhengxiang", 2020, copy_project(tmp_path_factory.mktemp("edition")))
    (outcome,) = run_all([edition], Options())
    assert outcome.state == "built", outcome
    return edition


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
    edition = Edition.find("yiyang", 2022, copy_project(tmp_path_factory.mktemp("yiyang")))
    assert make(edition).state == "built"
    return edition


@pytest.fixture(scope="session")
def shili(tmp_path_factory) -> list[Edition]:
    """示例市总工会, a synthetic unit, run and published over five years, in a copy of the project."""
    editions = synthetic.years(copy_project(tmp_path_factory.mktemp("shili")), 2016, 2020)
    outcomes = run_all(editions, Options())
    assert [outcome.state for outcome in outcomes] == ["built"] * 5, outcomes
    return editions


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
