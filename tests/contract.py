"""The notebook contract of the house: `python tests/contract.py notebooks/01_services.ipynb` tells how a notebook breaks it."""

import ast
import re
import sys

import nbformat

from lib.numbers.finding import numbers_in

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
        found.append("第一格不是标题（# 或 ##）")
    if about["cell_type"] != "markdown" or "\n" in about["source"]:
        found.append("标题下面没有一段说明")
    literals = [
        node for node in code(parameters).body if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
    ]
    commented = all("#" in line for line in parameters["source"].splitlines())
    if (
        parameters["metadata"].get("tags") != ["parameters"]
        or len(literals) != len(code(parameters).body)
        or not commented
    ):
        found.append("参数不是自成一格、带注释的值（标签 parameters）")
    if "open_chapter(unit, year" not in setup["source"]:
        found.append("没有打开本章的一格（open_chapter）")
    for cell in cells:
        place = cell["id"]
        if typed := [number for text in words(cell) for number in numbers_in(text)]:
            found.append(f"{place}：直接写的数字 {'、'.join(typed)}，应写成 {{{{ 名称 }}}}")
        if judged := [word for text in words(cell) for word in JUDGES.findall(text)]:
            found.append(f"{place}：没有数字依据的评价 {'、'.join(judged)}")
        if cell["cell_type"] != "code":
            continue
        if cell["outputs"] or cell["execution_count"]:
            found.append(f"{place}：带着运行结果，应清除后再保存")
        tree, lines = code(cell), cell["source"].splitlines()
        if len(lines) > LONGEST:
            found.append(f"{place}：{len(lines)} 行，最多 {LONGEST} 行")
        for node in ast.walk(tree):
            if isinstance(node, FORBIDDEN):
                found.append(f"{place}：{type(node).__name__}，笔记本里不写，应放到 lib")
            if isinstance(node, ast.Import | ast.ImportFrom) and cell is not setup:
                found.append(f"{place}：import 只写在打开本章的一格")
        imported = [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
        modules = imported + [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        if any(module.split(".")[0] != "lib" for module in modules):
            found.append(f"{place}：只能引用 lib，现为 {'、'.join(modules)}")
        if re.search(r"^\s*[%!](?!%prose)|\b(open|Path|exec|eval)\(|\.csv|\.ipynb", cell["source"], re.M):
            found.append(f"{place}：不能用魔法命令、命令行或路径")
    return found


if __name__ == "__main__":
    told = [f"{path}：{breach}" for path in sys.argv[1:] for breach in breaches(nbformat.read(path, 4))]
    sys.exit("\n".join(told))
