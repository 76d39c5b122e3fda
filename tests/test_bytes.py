"""The same edition gives the same bytes: other folder, other time zone, other locale, other hash seed, nothing kept."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import copy_project

BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def again(tmp_path_factory) -> Path:
    """The edition published by a process that shares nothing with the session's but the data."""
    root = copy_project(tmp_path_factory.mktemp("elsewhere") / "another place")
    surroundings = {
        "TZ": "Asia/Shanghai",
        "LC_ALL": "zh_CN.UTF-8",
        "LANG": "C",
        "PYTHONHASHSEED": "4242",
        "HOME": str(root.parent),
    }
    command = [BIN / "jixiao", "--root", root, "--work", root.parent / "work", "report"]
    subprocess.run(command, env=os.environ | surroundings, check=True, capture_output=True)
    return root / "outputs" / "zhengxiang" / "2020"


def test_every_published_file_has_the_same_bytes(edition, again):
    files = {path.relative_to(edition.output) for path in edition.output.rglob("*") if path.is_file()}
    assert files == {path.relative_to(again) for path in again.rglob("*") if path.is_file()}
    forms = {"report.html", "report.pdf", "report.docx", "metrics.xlsx", "report.ipynb", "manifest.json", "figures.csv"}
    assert {Path(form) for form in forms} <= files
    assert [str(file) for file in files if (edition.output / file).read_bytes() != (again / file).read_bytes()] == []


def test_catalogue_has_the_same_bytes(edition, again):
    ours, theirs = ((folder.parent.parent / "index.html").read_bytes() for folder in (edition.output, again))
    assert ours == theirs
