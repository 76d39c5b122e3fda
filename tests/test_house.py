"""The house: which room may look into which, how large rooms and functions may be, and that what is public says what it is."""

import ast
from functools import cache

import pytest

from conftest import ROOT

LIB = ROOT / "lib"
BELOW = {  # room: the rooms that it may look into
    "numbers": "",
    "cells": "",
    "edition": "numbers",
    "check": "numbers edition",
    "chapter": "numbers cells edition check",
    "score": "numbers cells edition check chapter",
    "publish": "numbers cells edition",
    "compare": "numbers cells edition check chapter publish",
    "intake": "numbers edition check chapter score publish",
    "notebook": "numbers edition check chapter score compare",
    "run": "numbers cells edition publish intake",
    "desk": "numbers cells edition check chapter score compare publish intake run",
    "cli": "numbers edition check chapter compare publish intake run desk",
}
MOST = {"lib": 18824, "module": 330, "class": 169, "function": 42}  # lines


def room(module: str) -> str:
    """`chapter` of lib.chapter.prose."""
    return module.removeprefix("lib.").partition(".")[0]


@cache
def package() -> dict[str, ast.Module]:
    """The modules of the package, by dotted name."""
    paths = {path: path.relative_to(ROOT).with_suffix("").parts for path in sorted(LIB.rglob("*.py"))}
    return {".".join(name): ast.parse(path.read_text("utf-8")) for path, name in paths.items()}


def arrows(trees: dict[str, ast.Module]) -> set[tuple[str, str]]:
    """(room, room that it imports from)."""
    found = set()
    for module, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("lib"):
                names = [f"lib.{alias.name}" for alias in node.names] if node.module == "lib" else [node.module]
                found |= {(room(module), room(name)) for name in names}
            elif isinstance(node, ast.Import):
                found |= {(room(module), room(one.name)) for one in node.names if one.name.startswith("lib.")}
    return {(here, there) for here, there in found if here != there}


def wrong(trees: dict[str, ast.Module]) -> set[tuple[str, str]]:
    """The arrows that run back."""
    return {(here, there) for here, there in arrows(trees) if there not in BELOW.get(here, "").split()}


def sizes(trees: dict[str, ast.Module]) -> dict[str, list[tuple[int, str]]]:
    """Lines of classes and functions, the longest first."""
    found = {"class": [], "function": []}
    for module, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                kind = "class" if isinstance(node, ast.ClassDef) else "function"
                found[kind].append((node.end_lineno - node.lineno + 1, f"{module}.{node.name}"))
    return {kind: sorted(all_of_them, reverse=True) for kind, all_of_them in found.items()}


def undocumented(trees: dict[str, ast.Module]) -> tuple[list[str], int]:
    """The public modules, classes and functions without a docstring, and how many there are in all."""
    without, count = [], 0
    for module, tree in trees.items():
        public = [node for part in [tree, *(n for n in tree.body if isinstance(n, ast.ClassDef))] for node in part.body]
        public = [n for n in public if isinstance(n, ast.ClassDef | ast.FunctionDef) and not n.name.startswith("_")]
        count += 1 + len(public)
        without += [module] * (not ast.get_docstring(tree))
        without += [f"{module}.{node.name}" for node in public if not ast.get_docstring(node)]
    return without, count


def test_no_arrow_runs_back():
    assert wrong(package()) == set()
    assert {room(module) for module in package()} - {"__init__"} == set(BELOW)


@pytest.mark.parametrize(
    ("module", "line", "arrow"),
    [
        ("lib.numbers.bounds", "from lib.edition import store", ("numbers", "edition")),
        ("lib.publish.html", "from lib.chapter.prose import render", ("publish", "chapter")),
        ("lib.run.runs", "import lib.score.sheet", ("run", "score")),
        ("lib.check.figures", "def late():\n    from lib import cells", ("check", "cells")),
    ],
)
def test_arrow_that_runs_back_is_found(module, line, arrow):
    assert wrong(package() | {module: ast.parse(line)}) == {arrow}


def test_lowest_rooms_know_no_file():
    reaching = {"pathlib", "os", "io", "csv", "json"}
    for module in (name for name in package() if room(name) in ("numbers",)):
        imported = {
            name
            for node in ast.walk(package()[module])
            if isinstance(node, ast.Import)
            for name in [node.names[0].name]
        }
        imported |= {node.module for node in ast.walk(package()[module]) if isinstance(node, ast.ImportFrom)}
        assert not imported & reaching, module


def test_rooms_stay_small():
    lines = {path: len(path.read_text("utf-8").splitlines()) for path in LIB.rglob("*.py")}
    assert sum(lines.values()) <= MOST["lib"]
    assert [f"{path.name} {count}" for path, count in lines.items() if count > MOST["module"]] == []
    for kind, longest in sizes(package()).items():
        assert [f"{name} {count}" for count, name in longest if count > MOST[kind]] == []


def test_what_is_public_says_what_it_is():
    lower = {name: tree for name, tree in package().items() if room(name) in ("numbers", "edition", "check")}
    assert undocumented(lower)[0] == []
    without, count = undocumented(package())
    assert len(without) <= 0.05 * count, without


def test_each_room_says_what_lives_there():
    for folder in (path for path in LIB.iterdir() if (path / "__init__.py").is_file()):
        tree = package()[f"lib.{folder.name}.__init__"]
        assert len(tree.body) == 1 and len(ast.get_docstring(tree).splitlines()) <= 3, folder.name
