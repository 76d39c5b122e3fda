"""What people do beside a run: notebooks run by hand, files that other programs leave behind, folders that look like modules."""

import os
import subprocess
import sys
from pathlib import Path

from conftest import make
from lib import cells as bundles
from lib.edition.edition import Edition
from lib.run.keys import PUBLISH, Steps

BIN = Path(sys.executable).parent


def due(edition: Edition) -> list[str]:
    steps = Steps(edition)
    return [name for name in (*edition.notebooks, PUBLISH) if steps.why(name)]


def by_hand(edition: Edition, name: str, source: Path | None = None) -> None:
    """As README says: papermill on one notebook."""
    source = source or edition.notebook(name)
    command = [
        BIN / "papermill",
        source,
        edition.root / "out.ipynb",
        "-p",
        "unit",
        edition.unit,
        "-p",
        "year",
        str(edition.year),
    ]
    environment = os.environ | {"JIXIAO_ROOT": str(edition.root)}
    subprocess.run(command, env=environment, cwd=edition.root, check=True, capture_output=True)


def test_experiment_with_a_formula_is_not_published(built):
    source = built.notebook("01_services")
    before = source.read_bytes()
    source.write_bytes(before.replace(b"aid.beneficiaries / aid.members", b"aid.members / aid.members"))
    by_hand(built, "01_services")
    source.write_bytes(before)
    assert due(built) == [] and make(built).state == "unchanged"
    by_hand(built, "90_summary")  # by hand, what was run by hand is seen
    assert r"受助率\t100%" in bundles.plain((built.root / "out.ipynb").read_text("utf-8"))


def test_table_that_was_changed_makes_its_step_due(built):
    table = built.processed / "01_services/metrics.csv"
    table.write_bytes(table.read_bytes().replace(b"74.63", b"746.3"))
    assert Steps(built).why("01_services") == ["metrics.csv 被改动"]
    assert make(built).state == "built" and due(built) == []


def test_files_that_other_programs_leave_are_nobodys(built):
    key = Edition("zhengxiang", 2020, built.root).key
    for folder in (built.raw, built.root / "notebooks", built.root / "data", built.processed):
        (folder / ".ipynb_checkpoints").mkdir()
        (folder / ".ipynb_checkpoints/figures-checkpoint.csv").write_text("locator\n")
        for name in (".~lock.figures.csv#", "Thumbs.db", ".DS_Store", "desktop.ini", "~$figures.xlsx"):
            (folder / name).write_bytes(b"\0")
    (built.root / "notebooks/Untitled.ipynb").write_text(
        '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    )
    (built.root / "notebooks/01_services-Copy1.ipynb").write_bytes(built.notebook("01_services").read_bytes())
    assert due(built) == []
    again = Edition("zhengxiang", 2020, built.root)
    assert again.key == key and again.notebooks == built.notebooks
