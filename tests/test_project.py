"""What the repository promises about itself."""

import re
import subprocess
import tomllib

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
