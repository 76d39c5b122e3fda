"""What went wrong in a step, and the page that tells of it: `<year>.failed/failure.html` beside the last good edition."""

import builtins
import errno
import json
import re
import shutil
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from lib.edition.edition import Edition
from lib.edition.spelling import listed
from lib.edition.store import InputError, noted
from lib.publish import web
from lib.run import warm

TOLD = "failure.json"  # the name of the step and the message, for programs
ENDS = {
    "DeadKernelError": ("failed", "进程意外终止。请看内存是否够用"),
    "CellTimeoutError": ("timeout", "超过所给的时间"),
}
"""What ails a notebook whose cell was ended, by the exception of papermill's own engine."""


class StepError(RuntimeError):
    """A step failed: `kind` is input, failed or timeout, `shown` the executed notebook if there is one, `cell` what failed in it."""

    def __init__(self, kind: str, name: str, message: str, trace: str = "", shown: Path | None = None, cell: str = ""):
        super().__init__(message)
        self.kind, self.name, self.trace, self.shown, self.cell = kind, name, trace, shown, cell


def of(error: Exception, place: Path) -> StepError:
    """What went wrong, whatever it was; what the system says of a place, this one if it names none, is said with the remedy."""
    if isinstance(error, InputError):
        return StepError("input", "来源数据", str(error))
    told = error if isinstance(error, StepError) else StepError("failed", "运行", f"{type(error).__name__}：{error}")
    told.trace = told.trace or "".join(traceback.format_exception(error))
    if found := re.search(r"\[Errno (\d+)\] [^:'\n]*(?:: (?:'[^']*' -> )?'([^']*)')?", str(told)):
        for row in listed("places", Path(__file__).parent):
            if getattr(errno, row["error"], 0) == int(found[1]):
                told.args = (f"{found[2] or place}：{row['found']}。请{row['todo']}。",)
    return told


@contextmanager
def told(name: str) -> Iterator[None]:
    """What became of a process that does a step, as a StepError."""
    try:
        yield
    except warm.Failed as error:
        raise StepError("failed", name, _said(error.kind, str(error)), error.trace) from error
    except warm.Died as error:
        raise StepError("failed", name, "做这一步的进程一再被终止。请看内存是否够用") from error
    except TimeoutError as error:
        raise StepError("timeout", name, str(error) or "全部步骤超过所给的时间") from error


def _said(kind: str, message: str) -> str:
    """What an exception says; one that Python raises by itself says little without its name."""
    return f"{kind}：{message}" if hasattr(builtins, kind) else message


def place(cells: Sequence[Mapping[str, Any]], number: int) -> str:
    """A cell, counted from 1, by the heading that it stands below: “职工医疗互助”第12格（mutual-aid-prose）."""
    above = "\n".join("".join(cell["source"]) for cell in cells[:number] if cell["cell_type"] == "markdown")
    heads = re.findall(r"^#+ +(.+)", above, re.M)
    return f"{f'“{heads[-1].strip()}”' if heads else ''}第{number}格（{cells[number - 1].get('id', '')}）"


def in_cell(name: str, target: Path, trace: str) -> StepError:
    """What went wrong, from the executed notebook if it got that far, else from the traceback."""
    cells = noted(target).get("cells", [])  # none, where it was not written, or not to its end
    for number, cell in enumerate(cells, 1):
        for output in cell.get("outputs", []):
            if output["output_type"] == "error":
                kind = "input" if output["ename"] in ("InputError", "OpenErrors") else "failed"
                lines = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(output["traceback"]))
                said = f"{place(cells, number)}：{_said(output['ename'], output['evalue'])}"
                return StepError(kind, name, said, lines, target, "".join(cell["source"]))
    begun = [(number, cell) for number, cell in enumerate(cells, 1) if cell["metadata"]["papermill"]["start_time"]]
    for kind, said in (ENDS[ended] for ended in ENDS if begun and ended in trace):
        number, cell = begun[-1]
        return StepError(kind, name, f"{place(cells, number)}：{said}", trace, target, "".join(cell["source"]))
    last = (trace.strip().splitlines() or ["没有留下信息"])[-1]
    return StepError("failed", name, last, trace, target if cells else None)


def folder(edition: Edition) -> Path:
    """Where a failed edition leaves word."""
    return edition.output.with_name(f"{edition.year}.failed")


def report(edition: Edition, error: StepError) -> None:
    """failure.html, where it can be written: where it stopped, the message, the traceback folded, the executed notebook linked."""
    target, link = folder(edition), ""
    with suppress(OSError):
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir(parents=True)
        if error.shown and error.shown.is_file():
            link = Path(shutil.copy(error.shown, target)).name
        page = web.template("", "failure.html").render(edition=edition, error=error, link=link)
        (target / "failure.html").write_text(page, "utf-8")
        (target / TOLD).write_text(json.dumps({"name": error.name, "message": str(error)}, ensure_ascii=False), "utf-8")
