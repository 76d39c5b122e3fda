"""What the repository promises about itself."""

import importlib
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest
import yaml

from conftest import OURS, ROOT
from lib.edition.edition import Edition

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
CARD = {"jupyterlab", "pandas", "matplotlib", "papermill", "nbconvert"}


def tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def test_conda_environment_is_the_projects_own_list():
    listed = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]
    plain = {entry for entry in listed if isinstance(entry, str)} - {"pip"}
    assert f"python{PROJECT['project']['requires-python']}" in plain
    named = {entry for entry in PROJECT["project"]["dependencies"] if re.match(r"[\w-]+", entry).group() in CARD}
    assert plain - {f"python{PROJECT['project']['requires-python']}"} == named
    assert len(named) == len(CARD)
    assert {"pip": ["--editable ."]} in listed


def test_lock_pins_every_dependency_with_hashes():
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    pinned = dict(re.findall(r"^([\w.-]+)==([\w.]+)", lock, re.M))
    wanted = PROJECT["project"]["dependencies"] + PROJECT["dependency-groups"]["dev"]
    assert {re.match(r"[\w-]+", entry).group() for entry in wanted} <= pinned.keys()
    assert all("--hash=sha256:" in block for block in re.split(r"\n(?=\S)", lock) if "==" in block)


FREE = re.compile(r"MIT|BSD|Apache|PSF|Python Software|ISC|MPL|Mozilla|OFL|Zlib|CC0|dependency licenses")


def licence(package: str) -> str:
    """What a package that is installed says of its licence."""
    about = metadata(package)
    classes = (line.split(" :: ")[-1] for line in about.get_all("Classifier", []) if line.startswith("License ::"))
    return about.get("License-Expression") or ", ".join(classes) or (about.get("License") or "").strip().split("\n")[0]


def test_licences_are_listed_and_free():
    """Each package of the lock; what only other systems need is listed without one."""
    listed = dict(re.findall(r"^\| ([\w.-]+) \| (.*) \|$", (ROOT / "docs/licences.md").read_text("utf-8"), re.M))
    locked = {*re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text("utf-8"), re.M)}
    assert listed.keys() - {"package"} == locked
    for package in locked:
        try:
            found = licence(package)
        except PackageNotFoundError:
            continue
        assert listed[package] == found
        assert all(FREE.search(part) for part in found.split(" AND ")), (package, found)


def test_a_report_is_made_without_a_network(built):
    """Not even to the machine itself."""
    apart = ["unshare", "--map-root-user", "--net"]
    allowed = shutil.which("unshare") and not subprocess.run([*apart, "true"], check=False).returncode
    if not allowed:  # nothing that could be installed would help
        pytest.skip("no network can be taken away: unshare is not there, or not permitted")
    command = [*apart, Path(sys.executable).with_name("jixiao"), "--root", built.root, "report", "--force"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "已生成" in done.stdout, done.stderr


def test_no_host_of_a_registry_and_no_machine_path_is_named():
    hosts = re.compile(r"pypi\.(org|python)|pythonhosted|registry\.npmjs|deb\.debian|/(?:home|Users|tmp|root)/\w")
    own = "tests/test_project.py"
    found = [
        name for name in tracked() if name != own and hosts.search((ROOT / name).read_bytes().decode("utf-8", "ignore"))
    ]
    assert found == []


def test_sources_name_no_person_and_copy_no_sentence():
    """Rows of figures.csv are tokens, and notes are short: nothing long enough to be a sentence of the source."""
    import pandas as pd

    for path in (Edition(*one, ROOT).raw / "figures.csv" for one in OURS):
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        assert (table["printed"].str.len() <= 12).all()
        assert not table["reading"][table["printed"].eq("")].str.contains(r"[^\d人个家]").any()


def test_code_is_licensed_and_so_are_the_figures():
    licence = (ROOT / "LICENSE").read_text("utf-8")
    assert "MIT License" in licence and "CC BY 4.0" in licence


@pytest.mark.parametrize("name", ["bench", "claims", "draft", "grow", "mutate", "reliability"])
def test_what_measures_the_project_can_be_loaded(name):
    importlib.import_module(f"benchmarks.{name}")
