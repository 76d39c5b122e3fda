"""docs/newcomer.zh-CN.md, step by step as a newcomer would: every file is written and every command run."""

import re
import shlex

from click.testing import CliRunner

from conftest import ROOT
from lib.cli import main

STEP = re.compile(r"^(`{3,})(\w+)(?: (\S+))?\n(.*?)\n\1$", re.M | re.S)


def test_every_step_of_the_newcomers_path_works(project):
    steps = STEP.findall((ROOT / "docs/newcomer.zh-CN.md").read_text("utf-8"))
    assert len(steps) == 10
    told = []
    for _, _, path, content in steps:
        if path:
            (project / path).write_text(content + "\n", "utf-8")
            continue
        command, *arguments = shlex.split(content)
        assert command == ".venv/bin/jixiao"
        done = CliRunner().invoke(main, ["--root", str(project), *arguments])
        assert done.exit_code == 0, done.output
        told.append(done.output)
    assert "错误 0" in told[1] and "提醒 0" in told[1]
    assert "58.0%—64.5%" in told[3] or "培训就业率" in told[3]
    page = (project / "outputs/canlian/2023/report.html").read_text("utf-8")
    assert all(text in page for text in ("康复服务", "1200余人", "人均", "本版登记了来源的"))
    assert "未提供" not in re.sub(r"<[^>]+>", "", page.split("数据质量说明")[0])
