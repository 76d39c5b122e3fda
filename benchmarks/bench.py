"""How long an edition takes, against the other ways to run the same notebooks: ratios from interleaved runs.

    make bench            prints the table; ROUNDS=5 for steadier medians

Every row works on copies of the 2020 edition's data and notebooks, in this environment; each run is of another unit with other figures.
The floor is the cells alone, each notebook in a warm fork, nothing saved and nothing published.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

from lib.edition.edition import RAW, Edition
from lib.edition.store import read_table, write_table
from lib.run import warm
from lib.run.runs import Options, run

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
STEPS = Edition("zhengxiang", 2020, ROOT).rows
NAMES = [name for row in STEPS for name in row]
CORES = os.cpu_count() or 1
PARAMETERS = ["-p", "unit", "zhengxiang", "-p", "year", "2020"]


def fresh(folder: Path) -> Path:
    """A project root with nothing run yet."""
    root = Path(tempfile.mkdtemp(dir=folder))
    shutil.copytree(ROOT / "data", root / "data", ignore=shutil.ignore_patterns("processed"))
    shutil.copytree(ROOT / "notebooks", root / "notebooks")
    return root


def synthetic(unit: Path, number: int) -> None:
    """Make the real unit another one, marked 示例, with figures of its own, so that nothing can be kept from the one before."""
    dice, card, path = random.Random(number), unit / "2020/source.yml", unit / "2020/figures.csv"
    card.write_text(card.read_text("utf-8").replace("衡阳市蒸湘区总工会", f"示例总工会{number:04d}"), "utf-8")

    def varied(found: re.Match) -> str:
        step = Decimal(1).scaleb(Decimal(found[0]).normalize().as_tuple().exponent)  # 2000 stays a round number
        return f"{(Decimal(found[0]) * Decimal(dice.uniform(0.9, 1.1)) / step).to_integral_value() * step:f}"

    figures = read_table(path, RAW["figures"])
    for row in figures:
        if not row["reading"] and not row["indicator"].startswith("summer."):  # these add up
            row["printed"] = re.sub(r"\d{2,}(\.\d+)?", varied, row["printed"], count=1)
    write_table(path, RAW["figures"], figures)


def command(*parts: object, cwd: Path, **variables: str) -> None:
    subprocess.run(list(map(str, parts)), cwd=cwd, env=os.environ | variables, check=True, capture_output=True)


def by_rows(do: Callable[[str], None], width: int) -> None:
    """The notebooks in the order that their rows allow, `width` at a time."""
    with ThreadPoolExecutor(width) as pool:
        for row in STEPS:
            list(pool.map(do, row))


def project_cold(root: Path) -> None:
    command(BIN / "jixiao", "--root", root, "report", cwd=root)


def project_warm(root: Path) -> None:
    outcome = run("zhengxiang", 2020, str(root), Options(), width=CORES)
    assert outcome.state == "built", outcome


def papermill_cli(root: Path, width: int) -> None:
    def one(name: str) -> None:
        command(
            BIN / "papermill",
            f"notebooks/{name}.ipynb",
            root / f"{name}.ipynb",
            *PARAMETERS,
            "--no-progress-bar",
            cwd=root,
        )

    by_rows(one, width)
    command(BIN / "jupyter-nbconvert", "--to", "html", *(root / f"{name}.ipynb" for name in NAMES), cwd=root)


def papermill_api(root: Path) -> None:
    script = (
        "import os, papermill, nbformat, nbconvert, sys\n"
        "for name in sys.argv[1:]:\n"
        "    os.environ['JIXIAO_RUN'] = name\n"
        "    papermill.execute_notebook(f'notebooks/{name}.ipynb', f'{name}.ipynb', dict(unit='zhengxiang', year=2020), progress_bar=False)\n"
        "    open(f'{name}.html', 'w').write(nbconvert.HTMLExporter().from_filename(f'{name}.ipynb')[0])\n"
    )
    command(sys.executable, "-c", script, *NAMES, cwd=root)


def nbconvert_execute(root: Path) -> None:
    """What `nbconvert --execute` does, in one process that tells each notebook its name."""
    script = (
        "import os, nbformat, nbconvert, sys\n"
        "from nbconvert.preprocessors import ExecutePreprocessor\n"
        "for name in sys.argv[1:]:\n"
        "    os.environ['JIXIAO_RUN'] = name\n"
        "    nb = nbformat.read(f'notebooks/{name}.ipynb', 4)\n"
        "    ExecutePreprocessor(timeout=None).preprocess(nb, {'metadata': {'path': 'notebooks'}})\n"
        "    open(f'{name}.html', 'w').write(nbconvert.HTMLExporter().from_notebook_node(nb)[0])\n"
    )
    command(sys.executable, "-c", script, *NAMES, cwd=root)


def jupyter_book(root: Path) -> None:
    (root / "notebooks/_toc.yml").write_text(
        "format: jb-book\nroot: 00_clean\nchapters:\n" + "".join(f"- file: {n}\n" for n in NAMES[1:])
    )
    (root / "notebooks/_config.yml").write_text("execute:\n  execute_notebooks: force\n")
    command(BIN / "jupyter-book", "build", root / "notebooks", cwd=root)


def scripts(root: Path, width: int) -> None:
    """The cells as plain Python: magic and display as IPython gives them, no kernel, no notebook."""

    def one(name: str) -> None:
        cells = json.loads((root / "notebooks" / f"{name}.ipynb").read_text("utf-8"))["cells"]
        code = [repr("".join(cell["source"])) for cell in cells if cell["cell_type"] == "code"]
        lines = ["from IPython.core.interactiveshell import InteractiveShell", "shell = InteractiveShell.instance()"]
        (root / f"{name}.py").write_text(
            "\n".join([*lines, *(f"assert shell.run_cell({cell}).success" for cell in code)])
        )
        command(sys.executable, root / f"{name}.py", cwd=root, JIXIAO_RUN=name)

    by_rows(one, width)


def floor(root: Path) -> None:
    from benchmarks.bench import cells  # by the name under which the warm processes find it

    def one(name: str) -> None:
        environment = {"JIXIAO_ROOT": str(root), "JIXIAO_RUN": name}
        warm.call(cells, environment=environment, source=str(root / "notebooks" / f"{name}.ipynb"))

    by_rows(one, CORES)


def cells(source: str, **parameters: str | int) -> None:
    """Run the code cells of a notebook in the warm shell of this process, with these parameters if there are any."""
    from lib.run.engine import Kernel

    shell = Kernel.warm.kernel.shell
    for cell in json.loads(Path(source).read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            assert shell.run_cell("".join(cell["source"])).success
            if parameters and "parameters" in cell["metadata"].get("tags", []):
                shell.user_ns.update(parameters)


def own_report(root: Path) -> list[str]:
    """A unit of another kind with a report of its own in six chapters, of which it says half the figures of 2020; its notebooks."""
    unit = root / "data/raw/zhengxiang"
    (unit / "unit.yml").write_text("kind: 示例\nlevel: 区\n", "utf-8")
    (unit / "2020/notes.csv").unlink()  # they belong to the union's notebooks
    rows = [row for row in read_table(unit / "2020/figures.csv", RAW["figures"]) if row["printed"]]
    said = [rows[n::6] for n in range(6)]
    chapters = (
        f"# 第{chr(0x7532 + n)}部分\n\n" + "".join(f"其中{{{{ {row['indicator']} }}}}。" for row in part)
        + f"\n\n```{{table}} 数据{chr(0x7532 + n)}\n" + "\n".join(row["indicator"] for row in part) + "\n```\n"
        for n, part in enumerate(said)
    )  # fmt: skip
    (unit / "2020/report.md").write_text("\n".join(chapters), "utf-8")
    return Edition("zhengxiang", 2020, root).notebooks


def report_warm(root: Path) -> None:
    own_report(root)
    project_warm(root)


def report_floor(root: Path) -> None:
    """The cells of the same notebooks alone."""
    from benchmarks.bench import cells

    own_report(root)
    edition = Edition("zhengxiang", 2020, root)

    def one(name: str) -> None:
        environment = {"JIXIAO_ROOT": str(root), "JIXIAO_RUN": name}
        warm.call(cells, environment=environment, source=str(edition.notebook(name)), **edition.parameters(name))

    for row in edition.rows:
        with ThreadPoolExecutor(CORES) as pool:
            list(pool.map(one, row))


ROWS_OF_TABLE: dict[str, tuple[Callable[[Path], None], str]] = {
    "floor: the cells alone, warm forks": (floor, "–"),
    "this project, warm (a further edition)": (project_warm, "HTML PDF Word XLSX"),
    "floor of a report.md of six chapters": (report_floor, "–"),
    "this project, warm, a report.md of six chapters": (report_warm, "HTML PDF Word XLSX"),
    "this project, cold": (project_cold, "HTML PDF Word XLSX"),
    "plain scripts of the cells, one after another": (lambda root: scripts(root, 1), "–"),
    f"plain scripts of the cells, {CORES} at a time": (lambda root: scripts(root, CORES), "–"),
    "papermill API, one process": (papermill_api, "HTML"),
    "nbconvert --execute": (nbconvert_execute, "HTML"),
    f"papermill CLI, {CORES} at a time": (lambda root: papermill_cli(root, CORES), "HTML"),
    "papermill CLI, one after another": (lambda root: papermill_cli(root, 1), "HTML"),
}


def main(rounds: int) -> None:
    rows = ROWS_OF_TABLE | ({"jupyter-book 1": (jupyter_book, "HTML")} if (BIN / "jupyter-book").exists() else {})
    taken: dict[str, list[float]] = {name: [] for name in rows}
    os.environ["PYTHONPATH"] = str(ROOT)  # where the warm processes find `cells`
    with tempfile.TemporaryDirectory() as folder:
        project_warm(fresh(Path(folder)))  # the first edition, with the server, is «cold»
        short, long = list(rows)[:4], list(rows)[4:]  # seconds against minutes: the short ones go five times a round
        for turn in range(rounds):
            for name in [*short * 5, *long]:
                root = fresh(Path(folder))
                synthetic(root / "data/raw/zhengxiang", len(taken[name]))
                start = time.perf_counter()
                rows[name][0](root)
                taken[name].append(time.perf_counter() - start)
                shutil.rmtree(root)
                print(f"\r{turn + 1}/{rounds} {name:50}", end="", file=sys.stderr)
    medians = {name: statistics.median(times) for name, times in taken.items()}
    least, parallel = medians["floor: the cells alone, warm forks"], medians[f"papermill CLI, {CORES} at a time"]
    print(f"\r{'':60}\r| way | publishes | × floor | papermill CLI {CORES} at a time ÷ this |\n|---|---|--:|--:|")
    for name, (_, forms) in rows.items():
        print(f"| {name} | {forms} | {medians[name] / least:.2f} | {parallel / medians[name]:.1f} |")


if __name__ == "__main__":
    main(int(os.environ.get("ROUNDS", "3")))
