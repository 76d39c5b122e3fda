"""Editions computed in this process: the cells of their notebooks one after the other, without kernels and forms."""

import ast
import json
import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import asdict
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

from matplotlib.figure import Figure as Canvas

from lib.cells import PROSE, Bundle, plain
from lib.chapter import prose
from lib.edition.edition import Edition
from lib.edition.rows import TABLES, Figure, Metric
from lib.edition.store import write_table
from lib.intake import reading

MAGIC = "%%prose\n"


def compute(edition: Edition) -> str:
    """Run the notebooks of an edition, open errors or not; the text of its prose. Raises what a cell raises, and what it warns of."""
    told = ""
    with (
        patch.dict(os.environ, JIXIAO_ROOT=str(edition.root)),
        patch("lib.chapter.charts._picture", _drawn),
        patch("lib.check.findings.stop"),
        patch.dict("lib.edition.store._READ", clear=True),
        redirect_stdout(StringIO()),
        warnings.catch_warnings(action="error", category=UserWarning),
    ):
        for name in edition.notebooks:
            os.environ["JIXIAO_RUN"] = name
            told += "".join(_run(edition, name))
    return told


def publish(edition: Edition) -> str:
    """Compute an edition, and write of what is published the tables and the card."""
    told = compute(edition)
    for kind, columns in ((Figure, TABLES["figures"]), (Metric, TABLES["metrics"])):
        rows = (row.cells for row in edition.saved(kind))
        given = (row for row in rows if row.get("status") != "silent")
        write_table(edition.output / f"{kind.TABLE}.csv", columns, given)
    manifest = json.dumps({"card": asdict(edition.imprint)}, ensure_ascii=False)
    (edition.output / "manifest.json").write_text(manifest, "utf-8")
    return told


def aside(content: bytes, suffix: str) -> list[dict[str, Any]]:
    """The passages of a document, read in this process: what `test_reading` has done in one of its own, with limits."""
    return [vars(one) for one in reading.passages(content, suffix)]


def _drawn(title: str, caption: str, alt: str, given: Any, height: float, draw: Callable) -> Bundle:
    """A chart that is drawn, but not written."""
    draw(Canvas(), 0)
    return Bundle({"text/plain": caption})


def _run(edition: Edition, name: str) -> Iterator[str]:
    """The prose of one notebook, cell by cell."""
    shown: list[Any] = []
    names = {**edition.parameters(name), "display": shown.append}
    path = edition.notebook(name)
    for cell in _cells(path, path.stat().st_mtime_ns):
        shown.clear()
        if isinstance(cell, str):
            shown.append(prose.cell(cell, names))
        else:
            code, last = cell
            exec(code, names)
            shown.append(eval(last, names))
        yield from (f"{plain(one.data[PROSE]['markdown'])}\n\n" for one in shown if _told(one))
    names["book"].save()


def _told(one: Any) -> bool:
    return isinstance(one, Bundle) and PROSE in one.data


@cache
def _cells(path: Path, stamp: int) -> list[Any]:
    """The cells of a notebook but its parameters: the source of prose, or code and its last expression, compiled."""
    found: list[Any] = []
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "code" and source.startswith(MAGIC):
            found.append(source.removeprefix(MAGIC))
        elif cell["cell_type"] == "code" and "parameters" not in cell["metadata"].get("tags", []):
            body = ast.parse(source).body
            last = body.pop().value if isinstance(body[-1], ast.Expr) else ast.parse("None", mode="eval").body
            code = compile(ast.Module(body, []), path.name, "exec")
            found.append((code, compile(ast.Expression(last), path.name, "eval")))
    return found
