"""The guides in docs/, step by step as an analyst would: every file is written, every command run, every page said to change looked at."""

import csv
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from conftest import ROOT, change, copy_project
from lib.cli import main
from lib.intake.check import ERROR, REMINDER

DOCS = ROOT / "docs"
STEP = re.compile(r"^(`{3,})(\w+)(?: (\S+))?( \+)?\n(.*?)\n\1$", re.M | re.S)
WEIGHT = {"error": ERROR, "warning": REMINDER, "note": "说明"}


def follow(guide: str, project: Path) -> Iterator[str]:
    """Do the steps of a guide; what each command says. After `sh` stands the exit code where it is not 0; `+`: what a file has more."""
    for _, kind, about, added, content in STEP.findall((DOCS / f"{guide}.zh-CN.md").read_text("utf-8")):
        if kind == "sh":
            command, *arguments = shlex.split(content)
            assert command == ".venv/bin/jixiao"
            done = CliRunner().invoke(main, ["--root", str(project), *arguments])
            assert done.exit_code == int(about or 0), done.output
            yield done.output
        elif kind == "diff":
            old, new = content.split("\n")
            change(project / about, old[1:], new[1:])
        else:
            before = (project / about).read_text("utf-8") if added else ""
            (project / about).write_text(f"{before}{content}\n", "utf-8")


def page(project: Path, year: int = 2023) -> str:
    """The words of the published page."""
    return re.sub(r"<[^>]+>", "", (project / f"outputs/canlian/{year}/report.html").read_text("utf-8"))


@pytest.fixture(scope="module")
def canlian(tmp_path_factory) -> tuple[Path, list[str]]:
    """The edition of docs/newcomer.zh-CN.md, and what its commands said."""
    project = copy_project(tmp_path_factory.mktemp("guides") / "project")
    with pytest.MonkeyPatch.context() as environment:  # which the command line writes into
        environment.setenv("JIXIAO_ROOT", str(project))
        return project, list(follow("newcomer", project))


@pytest.fixture
def next_to(canlian, tmp_path):
    """A copy of it to go on with."""
    return Path(shutil.copytree(canlian[0], tmp_path / "project", symlinks=True))


def test_the_desk_takes_one_command_and_no_english():
    """The shortest way, as a newcomer reads it: what is typed, how much is read, in which language."""
    page = (DOCS / "newcomer.zh-CN.md").read_text("utf-8")
    way = re.search(r"## 在工作台里.*?\n\n(.*?)下面是同样的事", page, re.S)[1]
    typed = re.findall(r"^```\n(.*?)\n```$", way, re.M | re.S)
    assert typed == ["make lab"]
    words = re.sub(r"^```\n.*?\n```$|\(\w+\.png\)", "", way, flags=re.M | re.S)
    assert {*re.findall(r"[A-Za-z]+", words)} <= {"Word", "Excel", "WPS", "LibreOffice", "PDF"}
    assert len(re.findall(r"[\u4e00-\u9fff]", words)) < 400
    desk = (ROOT / "lib/publish/templates/desk/index.html.j2").read_text("utf-8")
    desk += (ROOT / "lib/publish/templates/desk/index.js").read_text("utf-8")
    assert all(re.search(rf'[>"]{named}[<"]', desk) for named in re.findall(r"\*\*(.+?)\*\*", words)), "its buttons"


def test_from_a_word_report_to_a_published_edition(canlian):
    project, (_, checked, _, explained) = canlian
    assert "错误 0" in checked and "提醒 0" in checked
    assert "58.0%—64.5%" in explained or "培训就业率" in explained
    found = page(project)
    assert all(text in found for text in ("康复服务", "1200余人", "人均", "本版登记了来源的"))
    assert "未提供" not in found.split("数据质量说明")[0]


def test_a_figure_is_corrected_or_stated(next_to):
    steps = follow("correcting", next_to)
    next(steps)
    assert "330人" in page(next_to) and "310人" not in page(next_to)
    told = next_to / "outputs/diff" / next(steps).strip().rpartition("/")[2]
    assert "330人" in told.read_text("utf-8")
    next(steps)
    assert "68.4万元" in page(next_to) and "前两位颠倒" in page(next_to)
    assert "jobs_within_trained" in next(steps)
    next(steps)
    assert "150人※" in page(next_to) and "统计的时点不同" in page(next_to)
    assert list(steps) == []


def test_a_year_later(next_to):
    steps = follow("next-year", next_to)
    assert "figures.csv" in "".join((next(steps), next(steps)))
    next(steps)
    assert "1350余人" in page(next_to, 2024) and "665—720元" in page(next_to, 2024)
    assert "升降不能确定" in page(next_to, 2024) and "起用" not in page(next_to, 2024)
    next(steps)
    assert "的定义自2024年起用" in page(next_to, 2024)
    assert list(steps) == []


def test_a_sheet_is_added_as_the_page_says(project):
    """1342.49 of 1342.49, 52 of 52, no procurement, 90 of 100 for 30, 95 % of 20, 92 %, one problem: 20 + 10 + 10 + 27 + 19 + 10 − 2."""
    told = list(follow("sheets", project))
    assert "错误 0" in told[0]
    with (project / "outputs/yiyang/2022/metrics.csv").open(encoding="utf-8", newline="") as file:
        scores = {row["metric"]: row["shown"] for row in csv.DictReader(file) if row["metric"].startswith("score.")}
    by_hand = {
        "预算执行率": 20,
        "在职人员控制率": 10,
        "政府采购": 10,
        "慰问职工": 27,
        "职工反映": 19,
        "群众满意度": 10,
        "审计发现的问题": -2,
    }
    assert {name: scores[f"score.{name}"] for name in by_hand} == {
        n: f"{p}分".replace("-", "−") for n, p in by_hand.items()
    }
    assert scores["score.total"] == "94分"


def test_every_check_is_explained_with_how_much_it_weighs():
    told = re.findall(r"^\| `(\w+)` \| (\S+) \|", (DOCS / "findings.zh-CN.md").read_text("utf-8"), re.M)
    with (ROOT / "data/checks.csv").open(encoding="utf-8", newline="") as file:
        assert sorted(told) == sorted((row["check"], WEIGHT[row["severity"]]) for row in csv.DictReader(file))
