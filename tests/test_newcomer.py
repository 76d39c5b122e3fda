"""The pages for newcomers, step by step as they would: every file is written and every command run."""

import csv
import re
import shlex

from click.testing import CliRunner

from conftest import ROOT
from lib.cli import main

STEP = re.compile(r"^(`{3,})(\w+)(?: (\S+))?( \+)?\n(.*?)\n\1$", re.M | re.S)


def walked(project, page: str, count: int) -> list[str]:
    """What the commands of a page told, after its files were written, or what they have more was added (`+`)."""
    steps = STEP.findall((ROOT / "docs" / page).read_text("utf-8"))
    assert len(steps) == count
    told = []
    for _, _, path, added, content in steps:
        if path:
            before = (project / path).read_text("utf-8") if added else ""
            (project / path).write_text(f"{before}{content}\n", "utf-8")
            continue
        command, *arguments = shlex.split(content)
        assert command == ".venv/bin/jixiao"
        done = CliRunner().invoke(main, ["--root", str(project), *arguments])
        assert done.exit_code == 0, done.output
        told.append(done.output)
    return told


def test_every_step_of_the_newcomers_path_works(project):
    told = walked(project, "newcomer.zh-CN.md", 10)
    assert "错误 0" in told[1] and "提醒 0" in told[1]
    assert "58.0%—64.5%" in told[3] or "培训就业率" in told[3]
    page = (project / "outputs/canlian/2023/report.html").read_text("utf-8")
    assert all(text in page for text in ("康复服务", "1200余人", "人均", "本版登记了来源的"))
    assert "未提供" not in re.sub(r"<[^>]+>", "", page.split("数据质量说明")[0])


def test_a_sheet_is_added_as_the_page_says(project):
    """1342.49 of 1342.49, 52 of 52, no procurement, 90 of 100 for 30, 95 % of 20, 92 %, one problem: 20 + 10 + 10 + 27 + 19 + 10 − 2."""
    told = walked(project, "sheets.zh-CN.md", 5)
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
