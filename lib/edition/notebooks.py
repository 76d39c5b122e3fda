"""Notebooks: what each says of itself in its metadata, and which one is open."""

import ast
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lib.edition.dictionary import BUDGET
from lib.edition.store import InputError, noted

NEEDS = ("figures", "metrics", "earlier", "findings", "published")
"""What a notebook may need of others, in the order in which it comes about; a notebook stands in the row of its last need."""
ALONE = NEEDS[-1]  # the need of a notebook that is a document of its own: what other units published
HAND = "hand"  # the working state of who runs a notebook by hand


def opened(shown: str = "") -> tuple[Path, str, bool]:
    """The notebook that this process runs, whose working state it works on, and whether in an editor, which may have `shown` its
    path; else it is the one on the command line that started the kernel. Raises FileNotFoundError where nothing tells."""
    if name := os.environ.get("JIXIAO_RUN"):
        return Path(name), os.environ.get("JIXIAO_ASIDE", ""), False
    edited = shown or os.environ.get("JPY_SESSION_NAME", "")
    given = [edited] if edited else _started_with()
    if len(given) != 1:
        raise FileNotFoundError(
            "不知道打开的是哪个笔记本：请在 JupyterLab 里打开，或用 jixiao report、papermill 逐个运行；"
            "在程序里调用时，先把环境变量 JPY_SESSION_NAME 设为笔记本的路径"
        )
    return Path(given[0]), HAND, bool(edited)


def chosen(cells: Iterable[str]) -> tuple[str, int] | None:
    """The edition that lies on the desk, for a notebook that JupyterLab opened beside it; None where there is none, or
    where papermill gave parameters to one of the `cells` that ran so far."""
    note = os.environ.get("JIXIAO_DESK")
    given = any(cell.startswith("# Parameters") for cell in cells)  # as papermill heads what it injects
    if not note or given or not os.environ.get("JPY_SESSION_NAME") or not (there := noted(Path(note))):
        return None
    return there["unit"], there["year"]


def _started_with() -> list[str]:
    """The notebooks that the command line above this kernel names; of papermill, which also names its output, the first."""
    import psutil

    above = psutil.Process().parent()
    words = above.cmdline() if above else []
    found = [f"{above.cwd()}/{word}" if not word.startswith("/") else word for word in words if word.endswith(".ipynb")]
    return found[:1] if any("papermill" in word for word in words if not word.endswith(".ipynb")) else found


@dataclass(frozen=True)
class Notebook:
    """What a notebook, `<place>_<section>`, says of itself: its section, its title, what it needs of other notebooks (`NEEDS`); `pack`: the
    kind of units that it is for, nothing for all; `each`: whether it runs once for each chapter of the unit's own report."""

    name: str
    section: str
    title: str
    needs: tuple[str, ...]
    pack: str = ""
    each: bool = False

    @property
    def row(self) -> int:
        """Its place in the order of a run."""
        return max((NEEDS.index(need) + 1 for need in self.needs), default=0)


def _opened(path: Path) -> dict[str, Any]:
    """A notebook. Raises InputError for what is none, such as one with a conflict in it."""
    try:
        nb = json.loads(path.read_text("utf-8"))
        _ = [cell["source"] for cell in nb["cells"]], nb["metadata"].get("jixiao")
        return nb
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        told, todo = "读不出的笔记本（可能有合并冲突）", "从版本库取回，或在 JupyterLab 里另存"
        raise InputError(path, None, told, "JupyterLab 能打开的 .ipynb", todo) from error


@cache
def _described(path: Path, stamp: int) -> Notebook | None:
    nb = _opened(path)
    about = nb["metadata"].get("jixiao")
    if about is None or about["section"] != path.stem.split("_", 1)[-1]:
        return None  # a scratch file, or a copy such as 01_services-Copy1
    if strange := set(about["needs"]) - {*NEEDS}:
        told, todo = f"needs {'、'.join(sorted(strange))}", "改正这个笔记本元数据里的 jixiao.needs"
        raise InputError(path, None, told, "、".join(NEEDS), todo)
    title = "".join(nb["cells"][0]["source"]).strip().splitlines()[-1].lstrip("# ")
    more = about.get("pack", ""), about.get("each", False)
    return Notebook(path.stem, about["section"], title, tuple(about["needs"]), *more)


def numbered(name: str, chapter: int) -> str:
    """A notebook that runs for one chapter of the report: 10_chapter-02."""
    return f"{name}-{chapter:02d}"


def unnumbered(name: str) -> tuple[str, int]:
    """The name of the notebook itself, and its chapter, 0 where it has none."""
    found = re.fullmatch(r"(.+)-(\d\d)", name)
    return (found[1], int(found[2])) if found else (name, 0)


def packed(base: Path) -> str:
    """The kind of units that the shared dictionary is for: the first that has notebooks; of another kind are sections that were added."""
    return next((notebook.pack for notebook in notebooks(base).values() if notebook.pack), "")


def notebooks(base: Path) -> dict[str, Notebook]:
    """The notebooks of a project that say what they are, by name, in the order of the report: 05, 051, 06."""
    paths = sorted((base / "notebooks").glob("[!.~]*.ipynb"), key=lambda path: path.stem.split("_", 1))
    found = (_described(path, path.stat().st_mtime_ns) for path in paths)
    named = {notebook.name: notebook for notebook in found if notebook}
    if all(notebook.row for notebook in named.values()):  # nobody cleans the figures
        place = base / "notebooks" / "00_clean.ipynb"
        raise InputError(place, None, "没有这个笔记本", "清洗数据的笔记本", "从版本库取回")
    return named


def sections(base: Path, kind: str) -> dict[str, str]:
    """The sections of the pack for a kind of units: title → notebook. A chapter of a unit's own report of that title opens the section."""
    return {one.title: one.name for one in notebooks(base).values() if one.pack and one.pack == kind}


def promised(paths: Iterable[Path], known: Mapping[str, Any]) -> dict[str, str]:
    """The metrics that notebooks record, each with its label: `group.leaf = metric("label", …)`, where `group = book.name`
    before; in a loop over groups for each item of the base table among the figures or indicators that are `known`."""
    items = {name.rpartition(".")[0]: one.item for name, one in known.items() if one.section == BUDGET}
    return {name: label for path in dict.fromkeys(paths) for name, label in _promised(path, items)}


def _promised(path: Path, items: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    groups: dict[str, str] = {}
    for target, value in _assigned(path):
        match target, value:
            case ast.Name(id=name), ast.Attribute(value=ast.Name(id="book"), attr=group):
                groups[name] = group
            case ast.Name(id=name), ast.Call(func=ast.Attribute(attr="group"), args=[ast.Constant(value=str(group))]):
                groups[name] = group
            case ast.Attribute(value=ast.Name(id=name), attr=leaf), ast.Call(
                func=ast.Name(id="metric"), args=[label, *_]
            ):
                words = label.values if isinstance(label, ast.JoinedStr) else [label]
                for group, item in ({groups[name]: ""} if name in groups else items).items():
                    said = (str(word.value) if isinstance(word, ast.Constant) else item for word in words)
                    yield f"{group}.{leaf}", "".join(said)


def _assigned(path: Path) -> Iterator[tuple[ast.expr, ast.expr]]:
    """What is assigned to what in the code of a notebook, but for cells of a magic. Raises InputError for what is no code."""
    for number, cell in enumerate(_opened(path)["cells"], 1):
        source = "".join(cell["source"])
        if cell["cell_type"] != "code" or source.startswith("%%"):
            continue
        try:
            tree = ast.parse(re.sub(r"^(\s*)[%!]\w.*", r"\1pass", source, flags=re.M))  # but for lines of IPython's own
        except SyntaxError as error:
            told = f"第{number}格第{error.lineno}行有语法错误：{(error.text or '').strip()[:40]}"
            raise InputError(path, None, told, "Python 代码", "在 JupyterLab 里改正这一格") from error
        for node in ast.walk(tree):
            match node:
                case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
                    yield from zip(targets, values, strict=True)
                case ast.Assign(targets=[target], value=value):
                    yield target, value
