"""What docs/carry-on.md promises: a section or a check is added in its own place, and no other file is touched."""

import csv
import re

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from conftest import ROOT, make
from lib.check import figures, findings
from lib.edition.edition import Edition
from lib.edition.rows import Finding

SETUP = "from lib.notebook import metric, open_chapter, tables\n\nbook = open_chapter(unit, year)"
TRAINING = """training = book.training
shared = training.attendance.over(book.members.new_unions, "参训的也有已建会的单位")
training.per_union = metric("每个新建工会参训", shared)"""
SAID = "%%prose\n业务培训{{ training.attendance }}，每个新建工会{{ training.per_union }}。"


def test_section_is_a_notebook_that_says_what_it_is(project):
    """In the report at its place, its metric in the tables and in the annex that stands before it."""
    edition = Edition.find("zhengxiang", 2020, project)
    cells = [
        new_markdown_cell("## 职工培训", id="title"),
        new_code_cell('unit = "zhengxiang"\nyear = 2020', id="parameters", metadata={"tags": ["parameters"]}),
        new_code_cell(SETUP, id="setup"),
        new_code_cell(TRAINING, id="training"),
        new_code_cell(SAID, id="training-prose"),
    ]
    about = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nb = new_notebook(cells=cells, metadata=about | {"jixiao": {"section": "training", "needs": ["figures"]}})
    nbformat.write(nb, edition.notebook("051_training"))
    assert (made := make(edition)).state == "built", made
    page = (edition.output / "report.html").read_text("utf-8")
    heads = [re.sub("<[^>]+>", "", head) for head in re.findall("<h3.*?</h3>", page)]
    assert heads.index("（五）服务中心工作") < heads.index("（六）职工培训") < heads.index("（七）投入和人数")
    with (edition.output / "metrics.csv").open(encoding="utf-8", newline="") as file:
        (made,) = (row for row in csv.DictReader(file) if row["section"] == "training")
    assert made["metric"] == "training.per_union" and page.count(made["shown"]) >= 2
    assert make(edition).state == "unchanged"


def test_check_is_a_function(project, monkeypatch):
    monkeypatch.setattr(findings, "CHECKS", list(findings.CHECKS))

    @findings.check
    def of_locators(asked: findings.Asked) -> list[Finding]:
        bare = [figure for figure in asked.printed if figure.locator == "未注明"]
        return [Finding.about("locator", asked.edition.severity("locator"), "没有位置", bare)] if bare else []

    checks, raw = project / "data/checks.csv", project / "data/raw/zhengxiang/2020/figures.csv"
    with checks.open("a", encoding="utf-8") as file:
        file.write("locator,note,warning,,数字应有位置\n")
    raw.write_text(raw.read_text("utf-8").replace("1(1),mutual_aid.units", "未注明,mutual_aid.units", 1), "utf-8")
    edition = Edition.find("zhengxiang", 2020, project)
    printed, corrected, _ = figures.clean(edition)
    found = [one for one in findings.run(edition, printed, corrected) if one.check == "locator"]
    assert [(one.severity, one.indicators) for one in found] == [("warning", ("mutual_aid.units",))]


def test_every_way_is_told():
    told = (ROOT / "docs/carry-on.md").read_text("utf-8")
    assert all(
        f"**{what}.**" in told
        for what in ("A section", "An indicator", "A check", "A form", "A rule of scoring", "A chart", "A command")
    )
