"""The guides in docs/: what they say of the project is so."""

import csv
import re

from conftest import ROOT
from lib.intake.check import ERROR, REMINDER

DOCS = ROOT / "docs"
WEIGHT = {"error": ERROR, "warning": REMINDER, "note": "说明"}


def test_every_check_is_explained_with_how_much_it_weighs():
    told = re.findall(r"^\| `(\w+)` \| (\S+) \|", (DOCS / "findings.zh-CN.md").read_text("utf-8"), re.M)
    with (ROOT / "data/checks.csv").open(encoding="utf-8", newline="") as file:
        assert sorted(told) == sorted((row["check"], WEIGHT[row["severity"]]) for row in csv.DictReader(file))
