"""What went wrong in a step, and the page that tells of it: `<year>.failed/failure.html` beside the last good edition."""

import html
import json
import re
import shutil
from pathlib import Path

from lib.edition.edition import Edition

PAGE = Path(__file__).parents[1] / "publish" / "templates" / "failure.html"
KINDS = {"InputError": "input", "OpenErrors": "input", "CellTimeoutError": "timeout"}
"""What ails a notebook, by the exception that its cell shows; any other is `failed`."""


class StepError(RuntimeError):
    """A step failed; `kind` is input, failed or timeout, `name` the step, `shown` the executed notebook if there is one."""

    def __init__(self, kind: str, name: str, message: str, trace: str = "", shown: Path | None = None):
        super().__init__(message)
        self.kind, self.name, self.trace, self.shown = kind, name, trace, shown


def in_cell(name: str, target: Path, trace: str) -> StepError:
    """What went wrong, from the executed notebook if it got that far, else from the traceback."""
    cells = json.loads(target.read_text("utf-8"))["cells"] if target.is_file() else []
    for number, cell in enumerate(cells, 1):
        for output in cell.get("outputs", []):
            if output["output_type"] == "error":
                kind = KINDS.get(output["ename"], "failed")
                lines = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(output["traceback"]))
                return StepError(kind, name, f"第{number}格（{cell['id']}）：{output['evalue']}", lines, target)
    last = trace.strip().splitlines()[-1] if trace.strip() else "没有留下信息"
    return StepError("failed", name, last, trace, target if cells else None)


def folder(edition: Edition) -> Path:
    """Where a failed edition leaves word."""
    return edition.output.with_name(f"{edition.year}.failed")


def report(edition: Edition, error: StepError) -> None:
    """failure.html: where it stopped, the message, the traceback folded, the executed notebook linked."""
    target, link = folder(edition), ""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    if error.shown and error.shown.is_file():
        shutil.copy(error.shown, target)
        link = f'<p><a href="{error.shown.name}">执行到此的笔记本</a></p>'
    what = html.escape(f"{edition.unit} {edition.year} 年度：{error.name}")
    parts = {"WHAT": what, "MESSAGE": html.escape(str(error)), "TRACE": html.escape(error.trace), "LINK": link}
    page = re.sub("|".join(parts), lambda found: parts[found[0]], PAGE.read_text("utf-8"))
    (target / "failure.html").write_text(page, "utf-8")
