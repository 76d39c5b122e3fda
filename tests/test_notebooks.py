"""The notebook contract of the house, held by every notebook, and shown to fail where one breaks it."""

import nbformat
import pytest

from conftest import ROOT
from contract import breaches
from lib.edition.notebooks import notebooks

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def load(name: str):
    return nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", 4)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_keeps_the_contract(path):
    nb = nbformat.read(path, 4)
    nbformat.validate(nb)
    assert breaches(nb) == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_saving_a_notebook_without_a_change_changes_nothing(path):
    assert nbformat.writes(nbformat.read(path, 4)) + "\n" == path.read_text("utf-8")


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
        ("mutual-aid-prose", lambda source: source + "\n人均缴费74.63元。", "直接写的数字 74.63"),
        ("mutual-aid-prose", lambda source: source + "\n参保４０２５人。", "直接写的数字 4025"),
        ("mutual-aid-prose", lambda source: source + "\n慰问八百余人。", "直接写的数字 八百余"),
        ("mutual-aid", lambda source: source + "\n\n共117家单位。", "直接写的数字 117"),
        ("mutual-aid-prose", lambda source: source + "\n受助率明显提高。", "评价 明显"),
        ("mutual-aid-metrics", lambda source: source.replace("人均缴费", "人均缴费30万元"), "直接写的数字 30"),
        ("mutual-aid-metrics", lambda source: source + "\ndef ratio(a, b):\n    return a / b", "FunctionDef"),
        ("mutual-aid-metrics", lambda source: source + "\ntry:\n    pass\nexcept ValueError:\n    pass", "Try"),
        ("mutual-aid-metrics", lambda source: source + "\nimport warnings", "import 只写在"),
        ("mutual-aid-metrics", lambda source: source + "\n" * 16 + "aid", "最多 15 行"),
        ("mutual-aid-metrics", lambda source: source + "\nopen('data/raw')", "魔法命令"),
        ("parameters", lambda source: 'unit = "zhengxiang"', "参数不是自成一格"),
        ("setup", lambda source: "import os", "没有打开本章的一格"),
        ("title", lambda source: "服务职工", "第一格不是标题"),
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
    assert breaches(nb) == ["setup：带着运行结果，应清除后再保存"]
