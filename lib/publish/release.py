"""A release: what the notebooks of an edition left behind, gathered into one report and published in every form: by each nbconvert
exporter (`layout.Form`) that some package registers under a name with `jixiao-`, in the process that calls."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from importlib.metadata import entry_points, version
from operator import itemgetter
from pathlib import Path
from typing import Any

from lib.edition.card import Card
from lib.edition.edition import Edition
from lib.edition.notebooks import sections
from lib.edition.rows import PACKAGE, TABLES
from lib.edition.store import digest, named, rows_in, write_table
from lib.publish import document
from lib.publish.fonts import faces, typst_fonts
from lib.publish.web import TEMPLATES
from lib.publish.workbook import workbook

PREFIX = "jixiao-"
DATA = "data"  # the part of an edition that is no form: notebooks and tables
WORDS = {"metrics": "指标", "figures": "来源数据", "findings": "核对发现"}
PLACES = {"abstract": 0, "basics": 1, "spending": 2, "attachment": 4, "annex": 5}
PLAIN = 3  # where a chapter stands in the report that has none of these tags
VERSIONS = ("jixiao", "pandas", "matplotlib", "papermill", "nbconvert", "typst", "mistune", "cn2an")


def clean(nb: dict[str, Any], name: str) -> dict[str, Any]:
    """An executed notebook with stable cell ids and without timings."""
    nb["metadata"].pop("papermill", None)
    for index, cell in enumerate(nb["cells"]):
        tags = cell["metadata"].get("tags", [])
        cell["id"] = f"{name}-{'injected' if 'injected-parameters' in tags else cell.get('id', index)}"
        cell["metadata"] = {"tags": tags, "jixiao": {"notebook": name}}
    return nb


def executed(edition: Edition, name: str) -> dict[str, Any]:
    """The notebook that a run left behind, cleaned of all that differs from run to run."""
    return clean(json.loads((edition.processed / name / f"{name}.ipynb").read_text("utf-8")), name)


def join(notebooks: dict[str, dict[str, Any]], card: Card, opens: Mapping[str, str] = {}) -> dict[str, Any]:
    """One notebook of all chapters (each begins with `# …`), placed by tag, else in their order; the card in its metadata.
    `opens`: notebook of a section → that of the chapter below the section's heading, before its analysis."""
    chapters: list[tuple[int, list[dict]]] = [(PLAIN, [])]
    for name, nb in notebooks.items():
        if name in opens.values():
            continue
        cells = next(cells for place, cells in reversed(chapters) if place == PLAIN)
        for n, cell in enumerate(nb["cells"]):
            if cell["cell_type"] == "markdown" and "".join(cell["source"]).startswith("# "):
                places, cells = [PLACES[tag] for tag in cell["metadata"]["tags"] if tag in PLACES], []
                chapters.append((min(places, default=PLAIN), cells))
            cells += [cell, *(notebooks[opens[name]]["cells"] if n == 0 and name in opens else ())]
    head = next(iter(notebooks.values()))
    cells = [cell for _, cells in sorted(chapters, key=itemgetter(0)) for cell in cells]
    return head | {"cells": cells, "metadata": head["metadata"] | {"jixiao": asdict(card)}}


def imprint(edition: Edition) -> Card:
    """The card as published; that of a document of its own is shown by its notebook, with the key of what was read."""
    if not edition.alone:
        return edition.imprint
    return document.read(executed(edition, edition.alone)).card


@cache
def forms() -> dict[str, Any]:
    """File name → exporter (`layout.Form`) with its templates compiled, in the order of the downloads; made once in the life of a process."""
    ours = [point for point in entry_points(group="nbconvert.exporters") if point.name.startswith(PREFIX)]
    found = {".".join(point.name.replace(PREFIX, "report-").split("-")[-2:]): point.load()() for point in ours}
    return dict(sorted(found.items(), key=lambda form: (form[1].place, form[0])))


def lots() -> list[list[str]]:
    """The parts of an edition in two lots that take about as long: what Typst sets, and all else."""
    typst = [name for name in forms() if name.endswith(".pdf")]
    return [typst, [DATA, *(name for name in forms() if name not in typst)]]


def publish(edition: Edition, folder: Path, parts: list[str]) -> None:
    """Write parts of an edition, from one reading of it. Raises DocumentError that names the one which cannot be made."""
    notebooks = {name: executed(edition, name) for name in edition.notebooks}
    known = sections(edition.root, edition.profile.kind)
    opens = {known[one.title]: one.name for one in edition.above("") if one.each and one.title in known}
    report = join(notebooks, imprint(edition), opens)
    shared: dict[str, Any] = {}  # the first form reads the report for all
    for part in parts:
        if part != DATA:
            try:
                content, _ = forms()[part].from_notebook_node(report, shared)
            except ValueError as error:
                raise document.DocumentError(f"{part}：{error}") from error
            (folder / part).write_bytes(content if isinstance(content, bytes) else content.encode())
        elif not edition.alone:
            tabulate(edition, notebooks, report, folder)


def tabulate(edition: Edition, notebooks: dict[str, dict], report: dict[str, Any], target: Path) -> None:
    """Write what is not a form of the report: the notebooks and the tables."""
    (target / "notebooks").mkdir(exist_ok=True)  # another may have begun, and died
    for name, nb in ({"report": report} | {f"notebooks/{name}": nb for name, nb in notebooks.items()}).items():
        (target / f"{name}.ipynb").write_text(_json(nb), "utf-8")
    sheets = {}
    for name, word in WORDS.items():
        read = (row for folder in edition.folders(name) for row in rows_in(folder, name))
        rows = [row for row in read if row.get("status") != "silent"]
        sheets[word] = TABLES[name], rows
        harmless = ({column: _harmless(row[column]) for column in TABLES[name]} for row in rows)
        write_table(target / f"{name}.csv", TABLES[name], harmless)
    (target / "metrics.xlsx").write_bytes(workbook(imprint(edition), sheets, document.read(report).blocks))
    named = {"name": f"{edition.unit}-{edition.year}", "title": edition.card.title}
    (target / "datapackage.json").write_text(_json(named | PACKAGE))


def warm() -> None:
    """Do once what only a first report costs: templates, fonts, renderers; but Typst starts threads, which a fork would lose."""
    nb = json.loads((TEMPLATES / "warm.json").read_text("utf-8"))
    typst_fonts()
    for form in (form for name, form in forms().items() if not name.endswith(".pdf")):
        form.from_notebook_node(nb)
    workbook(Card(date="2000-01-01"), {}, [])


def _harmless(cell: Any) -> Any:
    """Text that a spreadsheet would take for a formula gets an apostrophe before it."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def seal(edition: Edition, folder: Path) -> None:
    """Write the manifest: what went in and what stands in the folder, by SHA-256, with versions and faces. No timings."""
    inputs = [*edition.inputs, *map(edition.notebook, edition.notebooks)]
    outputs = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    told = {
        "card": asdict(imprint(edition)),
        "inputs": {named(edition.root, path): digest(path, 64) for path in inputs},
        "outputs": {path.relative_to(folder).as_posix(): digest(path, 64) for path in outputs},
        "versions": {name: version(name) for name in VERSIONS},
        "faces": faces(),
    }
    (folder / "manifest.json").write_text(_json(told))


def _json(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
