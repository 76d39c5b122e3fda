"""A report: the notebooks in their rows, run by papermill, joined, exported, and moved into place in one step."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lib.edition import FIGURES, FINDINGS, METRICS, Edition, write_table

ROWS = (  # each row needs the rows above it
    ("00_clean",),
    ("01_services", "02_workforce", "03_organising", "04_assets", "05_recovery"),
    ("90_summary",),
)
EXPORTERS = {"report.html": "jixiao-html", "report.pdf": "jixiao-pdf"}
TABLES = {"figures": FIGURES, "metrics": METRICS, "findings": FINDINGS}
PLACES = {"abstract": 0, "annex": 2}  # where a chapter stands in the report; 1 without a tag
VERSIONS = ("jixiao", "pandas", "matplotlib", "papermill", "nbconvert", "typst", "mistune", "cn2an", "zhplot")


class ReportError(RuntimeError):
    """An edition could not be made; the message says where it stopped and why, in Chinese."""


def make(edition: Edition, tell: Callable[[str], None] = lambda line: None) -> list[Path]:
    """Run and publish one edition; the paths of what was published. The last good edition stays until then.

    Raises ReportError where a notebook fails or a page cannot be made.
    """
    timings: dict[str, float] = {}

    @contextmanager
    def step(name: str, what: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        timings[name] = round(time.perf_counter() - start, 3)
        tell(f"{what} {name}　{timings[name]:.1f} 秒")

    edition.source, edition.indicators, edition.checks  # noqa: B018  # bad input is told before anything runs
    shutil.rmtree(edition.processed, ignore_errors=True)
    executed = {}
    for name in (name for row in ROWS for name in row):
        with step(name, "运行"):
            executed[name] = run(edition, name)
    aside = edition.output.with_name(f".{edition.year}.new")
    shutil.rmtree(aside, ignore_errors=True)
    publish(edition, executed, aside, step)
    (aside / "run.log.json").write_text(_json({"unit": edition.unit, "year": edition.year, "seconds": timings}))
    _replace(aside, edition.output)
    return sorted(path for path in edition.output.iterdir() if path.is_file())


def run(edition: Edition, name: str) -> dict[str, Any]:
    """Execute one notebook with papermill; the executed notebook, cleaned of all that differs from run to run."""
    import nbformat
    import papermill
    from traitlets.config import Config

    target = edition.processed / name / f"{name}.ipynb"
    target.parent.mkdir(parents=True, exist_ok=True)
    os.environ["JIXIAO_ROOT"] = str(edition.root)  # what the kernel inherits
    transport = "tcp" if os.name == "nt" else "ipc"  # no open ports where there are sockets
    try:
        papermill.execute_notebook(
            edition.root / "notebooks" / f"{name}.ipynb",
            target,
            {"unit": edition.unit, "year": edition.year},
            progress_bar=False,
            cwd=str(edition.root),
            config=Config({"KernelManager": {"transport": transport}}),
        )
    except papermill.PapermillExecutionError as error:
        where = f"{edition.unit} {edition.year}，{name} 第{error.exec_count}格"
        raise ReportError(f"{where}：{error.ename}\n{error.evalue}\n执行到此的笔记本：{target}") from error
    return clean(nbformat.read(target, 4), name)


def clean(nb: dict[str, Any], name: str) -> dict[str, Any]:
    """An executed notebook with stable cell ids and without timings."""
    nb["metadata"].pop("papermill", None)
    for index, cell in enumerate(nb["cells"]):
        tags = cell["metadata"].get("tags", [])
        stem = "injected" if "injected-parameters" in tags else cell.get("id", str(index))
        cell["id"] = f"{name}-{stem}"
        cell["metadata"] = {"tags": tags, "jixiao": {"notebook": name}}
    return nb


def join(executed: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """One notebook of all chapters (a chapter begins with `# …`): the abstract first, annexes last, else in notebook order."""
    chapters: list[tuple[int, list[dict]]] = []
    for nb in executed.values():
        for cell in nb["cells"]:
            if cell["cell_type"] == "markdown" and cell["source"].startswith("# "):
                places = [PLACES[tag] for tag in cell["metadata"]["tags"] if tag in PLACES]
                chapters.append((places[0] if places else 1, []))
            chapters[-1][1].append(cell)
    first = next(iter(executed.values()))
    return first | {"cells": [cell for _, cells in sorted(chapters, key=lambda chapter: chapter[0]) for cell in cells]}


def publish(edition: Edition, executed: dict[str, dict], folder: Path, step: Callable) -> None:
    """Write all that an edition consists of, but for the log of its run, into a folder."""
    import nbformat
    from nbconvert.exporters import get_exporter

    (folder / "notebooks").mkdir(parents=True)
    for name, nb in executed.items():
        nbformat.write(nbformat.from_dict(nb), folder / "notebooks" / f"{name}.ipynb")
    report = nbformat.from_dict(join(executed))
    nbformat.write(report, folder / "report.ipynb")
    for file, exporter in EXPORTERS.items():
        with step(file, "导出"):
            try:
                content, _ = get_exporter(exporter)().from_notebook_node(report)
            except ValueError as error:
                raise ReportError(f"{edition.unit} {edition.year}，{file}：{error}") from error
            (folder / file).write_bytes(content if isinstance(content, bytes) else content.encode())
    for name, columns in TABLES.items():
        write_table(edition.saved(name)[columns], folder / f"{name}.csv")
    (folder / "datapackage.json").write_text(_json(datapackage(edition)))
    (folder / "manifest.json").write_text(_json(manifest(edition, folder)))


def datapackage(edition: Edition) -> dict[str, Any]:
    """The published tables as a Frictionless data package."""
    kinds = dict.fromkeys(("value", "low", "high"), "number") | dict.fromkeys(("low_closed", "high_closed"), "boolean")
    return {
        "name": f"{edition.unit}-{edition.year}",
        "title": edition.card["title"],
        "licenses": [{"name": "CC-BY-4.0", "path": "https://creativecommons.org/licenses/by/4.0/"}],
        "resources": [
            {
                "name": name,
                "path": f"{name}.csv",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "schema": {
                    "fields": [{"name": column, "type": kinds.get(column, "string")} for column in columns],
                    "missingValues": [""],
                },
            }
            for name, columns in TABLES.items()
        ],
    }


def manifest(edition: Edition, folder: Path) -> dict[str, Any]:
    """What went in and what came out, by SHA-256, with versions and faces. No timings."""
    from importlib.metadata import version

    from lib.fonts import faces

    notebooks = [edition.root / "notebooks" / f"{name}.ipynb" for row in ROWS for name in row]
    inputs = [*edition.inputs, *notebooks]
    return {
        "unit": edition.unit,
        "year": edition.year,
        "key": edition.key,
        "inputs": {path.relative_to(edition.root).as_posix(): _sha256(path) for path in inputs},
        "outputs": {
            path.relative_to(folder).as_posix(): _sha256(path) for path in sorted(folder.rglob("*")) if path.is_file()
        },
        "versions": {name: version(name) for name in VERSIONS},
        "faces": faces(),
    }


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _replace(aside: Path, target: Path) -> None:
    """Put a finished folder in the place of the last one."""
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    aside.rename(target)
    shutil.rmtree(old, ignore_errors=True)
