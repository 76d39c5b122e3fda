"""The notebook contract of the house, held by every notebook, and shown to fail where one breaks it."""

import ast
import re

import nbformat
import pytest

from conftest import ROOT
from lib.edition.notebooks import notebooks
from lib.numbers.finding import numbers_in

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
FORBIDDEN = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Try, ast.With, ast.While, ast.Lambda, ast.Global)
JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.S)
JUDGES = re.compile(
    "倾斜|体现|成效|显著|明显|充分|有效|广泛|较[高低好]|偏[高低]|可以持续|还有余地|尚未|带动|惠及面|夸大"
)
"""Words of a judgement that no figure bears: what prose says is above or below something, and names it."""
LONGEST = 15


def code(cell) -> ast.Module:
    """The syntax tree of a code cell; a prose cell has none."""
    return ast.parse("" if cell["source"].startswith("%%prose") else cell["source"])


def words(cell) -> list[str]:
    """What a cell gives a reader to read: Markdown, prose without `{{ … }}`, captions and caveats."""
    if cell["cell_type"] == "markdown":
        return [cell["source"]]
    if cell["source"].startswith("%%prose"):
        return [JINJA.sub("　", cell["source"].removeprefix("%%prose"))]
    strings = [
        node.value for node in ast.walk(code(cell)) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    return [string for string in strings if re.search("[\u4e00-\u9fff]", string)]


def breaches(nb) -> list[str]:
    """How a notebook breaks the contract; nothing if it keeps it."""
    title, about, parameters, setup, *_ = cells = nb["cells"]
    found = []
    if title["cell_type"] != "markdown" or not title["source"].startswith(("# ", "## ")):
        found.append("opens without a title")
    if about["cell_type"] != "markdown" or "\n" in about["source"]:
        found.append("no paragraph below the title")
    literals = [
        node for node in code(parameters).body if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
    ]
    commented = all("#" in line for line in parameters["source"].splitlines())
    if (
        parameters["metadata"].get("tags") != ["parameters"]
        or len(literals) != len(code(parameters).body)
        or not commented
    ):
        found.append("parameters are not commented literals in a cell of their own")
    if "open_chapter(unit, year" not in setup["source"]:
        found.append("no set-up cell")
    for cell in cells:
        place = cell["id"]
        if typed := [number for text in words(cell) for number in numbers_in(text)]:
            found.append(f"{place}: typed number {typed}")
        if judged := [word for text in words(cell) for word in JUDGES.findall(text)]:
            found.append(f"{place}: judges {judged}")
        if cell["cell_type"] != "code":
            continue
        if cell["outputs"] or cell["execution_count"]:
            found.append(f"{place}: committed with outputs")
        tree, lines = code(cell), cell["source"].splitlines()
        if len(lines) > LONGEST:
            found.append(f"{place}: {len(lines)} lines")
        for node in ast.walk(tree):
            if isinstance(node, FORBIDDEN):
                found.append(f"{place}: {type(node).__name__}")
            if isinstance(node, ast.Import | ast.ImportFrom) and cell is not setup:
                found.append(f"{place}: import outside the set-up cell")
        imported = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
        modules = imported + [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        if any(module.split(".")[0] != "lib" for module in modules):
            found.append(f"{place}: imports {modules}")
        if re.search(r"^\s*[%!](?!%prose)|\b(open|Path|exec|eval)\(|\.csv|\.ipynb", cell["source"], re.M):
            found.append(f"{place}: magic, shell or path")
    return found


def load(name: str):
    return nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", 4)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_keeps_the_contract(path):
    nb = nbformat.read(path, 4)
    nbformat.validate(nb)
    assert breaches(nb) == []


def test_every_notebook_says_what_it_is():
    assert set(notebooks(ROOT)) == {path.stem for path in NOTEBOOKS}


def test_code_cells_are_short_as_a_rule():
    lengths = [
        len(c["source"].splitlines())
        for path in NOTEBOOKS
        for c in nbformat.read(path, 4)["cells"]
        if c["cell_type"] == "code"
    ]
    assert sorted(lengths)[len(lengths) // 2] <= 5


@pytest.mark.parametrize(
    ("cell", "change", "breach"),
    [
        ("mutual-aid-prose", lambda source: source + "\n人均缴费74.63元。", "typed number ['74.63']"),
        ("mutual-aid-prose", lambda source: source + "\n参保４０２５人。", "typed number ['4025']"),
        ("mutual-aid-prose", lambda source: source + "\n慰问八百余人。", "typed number ['八百余']"),
        ("mutual-aid", lambda source: source + "\n\n共117家单位。", "typed number ['117']"),
        ("mutual-aid-prose", lambda source: source + "\n受助率明显提高。", "judges ['明显']"),
        ("mutual-aid-metrics", lambda source: source.replace("人均缴费", "人均缴费30万元"), "typed number ['30']"),
        ("mutual-aid-metrics", lambda source: source + "\ndef ratio(a, b):\n    return a / b", "FunctionDef"),
        ("mutual-aid-metrics", lambda source: source + "\ntry:\n    pass\nexcept ValueError:\n    pass", "Try"),
        ("mutual-aid-metrics", lambda source: source + "\nimport warnings", "import outside the set-up cell"),
        ("mutual-aid-metrics", lambda source: source + "\n" * 16 + "aid", "lines"),
        ("mutual-aid-metrics", lambda source: source + "\nopen('data/raw')", "magic, shell or path"),
        ("parameters", lambda source: 'unit = "zhengxiang"', "parameters are not commented"),
        ("setup", lambda source: "import os", "no set-up cell"),
        ("title", lambda source: "服务职工", "opens without a title"),
    ],
)
def test_breach_is_found(cell, change, breach):
    nb = load("01_services")
    (chosen,) = (c for c in nb["cells"] if c["id"] == cell)
    chosen["source"] = change(chosen["source"])
    assert any(breach in told for told in breaches(nb)), breaches(nb)


def test_outputs_are_found():
    nb = load("04_assets")
    nb["cells"][3]["execution_count"] = 1
    assert breaches(nb) == ["setup: committed with outputs"]
