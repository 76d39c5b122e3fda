"""The warm engine: the same outputs as papermill's own, cell by cell, and a process that may die."""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from conftest import ROOT, copy_built
from lib.edition.edition import Edition
from lib.publish.release import clean
from lib.run import runs, warm

BIN = Path(sys.executable).parent
STEPS = Edition("zhengxiang", 2020, ROOT).notebooks
TORTURE = {
    "rich": "from IPython.display import display, HTML, Markdown\ndisplay(HTML('<b>x</b>'), Markdown('*y*'))\n{'a': 1}",
    "order": "import sys\nprint('one')\nprint('two', file=sys.stderr)\nprint('three')",
    "plot": "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.title('t');",
    "frame": "import pandas as pd\npd.DataFrame({'a': [1, 2]})",
    "update": "handle = display('first', display_id='x')\nhandle.update('second')",
    "clear": "from IPython.display import clear_output\nprint('gone')\nclear_output()\nprint('kept')",
    "carriage": "print('10%', end='\\r')\nprint('100%')",
    "c-code": "import os\nos.write(1, b'from C\\n');\nimport subprocess\nsubprocess.run(['echo', 'from a child'])\nimport time\ntime.sleep(1)",
    "thread": "import threading\nt = threading.Thread(target=lambda: print('in a thread'))\nt.start(); t.join()",
    "await": "import asyncio\nawait asyncio.sleep(0)\n'awaited'",
    "history": "_, In[1][:4]",
    "magic": "%%capture held\nprint('held')",
    "display hook": "class Loud:\n    def __repr__(self):\n        return 'loud'\nLoud()",
    "random": "import random\nrandom.seed(1)\nrandom.random()",
    "unicode": "print('㎡喆')\n'赔付率'",
    "allowed error": "1 / 0",
    "skipped": "'not run'",
    "widget": (
        "import comm\nstate = {'_model_name': 'IntSliderModel', '_model_module': '@jupyter-widgets/controls', 'value': 3}\n"
        "model = comm.create_comm('jupyter.widget', comm_id='w', data={'state': state}, metadata={'version': '2.1.0'})\n"
        "model.send({'method': 'update', 'state': {'value': 4}})\n"
        "display({'application/vnd.jupyter.widget-view+json': {'model_id': 'w'}, 'text/plain': 'a slider'}, raw=True)"
    ),
    "descriptor": "import os\nos.write(sys.stdout.fileno(), b'by its number\\n'); isinstance(sys.stdout.fileno(), int)",
    "order of a child": (
        "import subprocess, time\nprint('one', flush=True)\ntime.sleep(0.5)\nsubprocess.run(['echo', 'two'])\n"
        "time.sleep(0.5)\nprint('three')"
    ),
    "task": "async def later():\n    return 7\ntask = asyncio.create_task(later())\nawait task",
    "surrogate": "print('a lone \\udc80 surrogate')",
    "after": "'still here'",
}


def outputs(nb) -> list:
    """What each cell shows, without what differs from run to run: streams joined, tracebacks by their last line."""
    found = []
    for cell in nb["cells"]:
        shown, streams = [], {}
        for output in cell.get("outputs", []):
            kind = output["output_type"]
            if kind == "error":
                shown.append((kind, output["ename"], output["evalue"]))
            elif kind == "stream":
                streams[output["name"]] = streams.get(output["name"], "") + output["text"]
            else:
                shown.append((kind, json.dumps(output["data"], sort_keys=True), output.get("execution_count")))
        found.append((shown, streams, cell.get("execution_count")))
    return found


def papermill(
    engine: str, source: Path, target: Path, *more: str, cwd: Path | None = None
) -> subprocess.CompletedProcess:
    command = [BIN / "papermill", "--engine", engine, source, target, "--no-progress-bar", *more]
    plain = {
        name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"
    }  # ipykernel looks at it
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False, env=plain)


def executed(engine: str, source: Path, target: Path) -> str:
    """Run a notebook with papermill's own engine, or as a run does in a warm process; what is said of its failure."""
    if engine == "nbclient":
        result = papermill(engine, source, target)
        return result.stdout + result.stderr
    with pytest.raises(warm.Failed) as told:
        warm.call(runs.execute, source=str(source), target=str(target))
    return str(told.value)


@pytest.fixture(scope="module")
def torture(tmp_path_factory):
    """The torture notebook, executed by both engines."""
    folder = tmp_path_factory.mktemp("torture")
    cells = [new_code_cell(source, id=name.replace(" ", "-")) for name, source in TORTURE.items()]
    cells[list(TORTURE).index("allowed error")]["metadata"]["tags"] = ["raises-exception"]
    cells[list(TORTURE).index("skipped")]["metadata"]["tags"] = ["skip-execution"]
    source = folder / "torture.ipynb"
    nbformat.write(
        new_notebook(
            cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "", "language": "python"}}
        ),
        source,
    )
    done = {engine: executed(engine, source, folder / f"{engine}.ipynb") for engine in ("nbclient", "warm")}
    assert all("ZeroDivisionError" in told for told in done.values()), done
    shown = {}
    for engine in done:
        nb = nbformat.read(folder / f"{engine}.ipynb", 4)
        shown[engine] = dict(zip((cell["id"] for cell in nb["cells"]), outputs(nb), strict=True))
        shown[engine]["state"] = nb["metadata"]["widgets"]
    return shown


@pytest.mark.parametrize("name", TORTURE)
def test_torture_cell_shows_the_same(torture, name):
    cell = name.replace(" ", "-")
    assert torture["warm"][cell] == torture["nbclient"][cell]


def test_the_state_of_widgets_is_kept(torture):
    assert torture["warm"]["state"] == torture["nbclient"]["state"]
    (kept,) = torture["warm"]["state"].values()
    assert kept["state"]["w"]["state"]["value"] == 4


@pytest.fixture(scope="module")
def aside(edition, tmp_path_factory) -> Edition:
    """A copy of the edition, which keeps what notebooks that are run by hand leave."""
    return copy_built(edition, tmp_path_factory.mktemp("by_hand") / "project")


@pytest.mark.parametrize("name", STEPS)
def test_notebooks_show_the_same_with_both_engines(edition, aside, tmp_path, monkeypatch, name):
    target = tmp_path / f"{name}.ipynb"
    monkeypatch.setenv("JIXIAO_ROOT", str(aside.root))
    monkeypatch.setenv("JIXIAO_RUN", name)
    monkeypatch.delenv("PYTEST_CURRENT_TEST")  # ipykernel looks at it
    given = {"source": str(aside.notebook(name)), "target": str(target), "cwd": str(aside.root)}
    runs.execute(engine_name="nbclient", parameters=aside.parameters(name), **given)
    ours = nbformat.read(edition.output / "notebooks" / f"{name}.ipynb", 4)
    theirs = clean(nbformat.read(target, 4), name)
    assert outputs(ours) == outputs(theirs)
    assert [cell["source"] for cell in ours["cells"]] == [cell["source"] for cell in theirs["cells"]]


def single(folder: Path, source: str) -> Path:
    path = folder / "single.ipynb"
    kernel = {"kernelspec": {"name": "python3", "display_name": "", "language": "python"}}
    nbformat.write(new_notebook(cells=[new_code_cell("print('before')"), new_code_cell(source)], metadata=kernel), path)
    return path


def test_failing_cell_is_told_as_papermill_tells_it(tmp_path):
    for engine in ("nbclient", "warm"):
        assert "ZeroDivisionError" in executed(engine, single(tmp_path, "1 / 0"), tmp_path / f"{engine}.ipynb")
    theirs, ours = (outputs(nbformat.read(tmp_path / f"{engine}.ipynb", 4)) for engine in ("nbclient", "warm"))
    assert ours == theirs


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--log-output", "--stdout-file", "out.txt"), ["before", "after"]),
        (("-k", "no-such"), ["NoSuchKernel"]),
        (("--autosave-cell-every", "1"), ["2/2"]),
    ],
)
def test_options_of_papermill_do_what_they_do_with_its_own_engine(tmp_path, more, said):
    """Log and files hold the same, the bar counts the cells, an unknown kernel is refused."""
    told = {}
    for engine in ("nbclient", "warm"):
        folder = tmp_path / engine
        folder.mkdir()
        source = single(folder, "print('after')")
        command = [BIN / "papermill", "--engine", engine, source, folder / "x.ipynb", *more]
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
        written = {path.name: path.read_text() for path in folder.glob("*.txt")}
        words = [word for word in ("before", "after", "NoSuchKernel", "2/2") if word in done.stderr]
        told[engine] = done.returncode, written, words
    assert told["warm"] == told["nbclient"] and told["warm"][2] == said


def test_parameter_that_a_notebook_does_not_know_is_refused(tmp_path):
    with pytest.raises(warm.Failed, match="笔记本没有参数 unti"):
        about = {"source": str(single(tmp_path, "1")), "target": str(tmp_path / "x.ipynb")}
        warm.call(runs.execute, parameters={"unti": "zhengxiang"}, **about)
    result = papermill("warm", single(tmp_path, "1"), tmp_path / "x.ipynb", "-p", "unti", "zhengxiang")
    assert "unti" in result.stderr


def test_charts_do_not_depend_on_the_readers_own_style(tmp_path):
    (tmp_path / "matplotlibrc").write_text(
        "axes.facecolor: black\nfigure.facecolor: black\nsavefig.facecolor: black\ntext.color: white\n"
        "text.usetex: True\nfont.family: fantasy\nfont.size: 40\nmathtext.fontset: stix\nsvg.fonttype: none\n"
        "axes.spines.top: True\nlines.linewidth: 9\npath.sketch: 3, 100, 2\nsavefig.bbox: tight\nsavefig.dpi: 17\n"
    )
    script = (
        "from lib.chapter import charts\n"
        "from lib.numbers.bounds import Bounds\n"
        "from lib.numbers.quantity import Quantity\n"
        "given = [Quantity.figure(f'a.{n}', Bounds(n, n + 2), None, '人', label=f'甲_{n}$x^2$') for n in (3, 5)]\n"
        "def draw(figure, room): figure.subplots().plot([1, 2], label='x'); figure.text(0.5, 0.5, 'x')\n"
        "drawn = charts._picture('t', 'c', 'a', [], 2, draw), charts.bars('图', *given), charts.ranges('图', *given)\n"
        "print(*(one.data['image/svg+xml'] for one in drawn))"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=os.environ | more
        )
        for more in ({}, {"MATPLOTLIBRC": str(tmp_path / "matplotlibrc")})
    ]
    assert told[0].stdout == told[1].stdout and "<svg" in told[0].stdout


def test_notebook_run_by_hand_keeps_its_tables_to_itself(project):
    edition = Edition("zhengxiang", 2020, project)
    source, target = edition.notebook("00_clean"), project / "clean.ipynb"
    given = ("-p", "unit", "zhengxiang", "-p", "year", "2020")
    result = papermill("warm", source, target, *given, cwd=project)
    assert result.returncode == 0, result.stderr[-2000:]
    assert (project / "data/processed/zhengxiang/2020.hand/00_clean/figures.csv").is_file()
    assert not edition.processed.exists()


def test_dead_process_is_told(tmp_path):
    with pytest.raises(warm.Died):
        dying = str(single(tmp_path, "import os; os._exit(3)"))
        warm.call(runs.execute, source=dying, target=str(tmp_path / "x.ipynb"))


def test_cell_timeout_stops_the_notebook(tmp_path):
    arguments = {"source": str(single(tmp_path, "import time; time.sleep(60)")), "target": str(tmp_path / "x.ipynb")}
    with pytest.raises(TimeoutError, match=r"第2格.*超过 1 秒"):
        warm.call(runs.execute, execution_timeout=1, **arguments)


def test_job_timeout_kills_its_process(tmp_path):
    arguments = {"source": str(single(tmp_path, "import time; time.sleep(60)")), "target": str(tmp_path / "x.ipynb")}
    with pytest.raises(TimeoutError):
        warm.call(runs.execute, 2, **arguments)


def silent(line: socket.socket) -> warm._Server:
    """A server that lives and does not answer."""
    alive = Mock(side_effect=subprocess.TimeoutExpired("server", 0))
    return warm._Server(SimpleNamespace(pid=os.getpid(), poll=lambda: None, wait=alive), line, "")


def test_timeout_holds_while_the_server_does_not_answer(monkeypatch):
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    monkeypatch.setattr(warm, "_server", lambda pid: silent(ours))
    with theirs, pytest.raises(TimeoutError):
        warm.call(os.getpid, 0.2)


def test_timeout_counts_from_the_call_though_the_server_takes_its_time(monkeypatch):
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    monkeypatch.setattr(warm, "_server", lambda pid: silent(ours))
    worker, lines = subprocess.Popen(["sleep", "60"]), []

    def serve():
        lines.append(Connection(socket.recv_fds(theirs, 4, 1)[1][0]))
        time.sleep(0.4)
        lines[0].send(worker.pid)

    with theirs:
        threading.Thread(target=serve).start()
        start = time.monotonic()
        with pytest.raises(TimeoutError):
            warm.call(os.getpid, 0.6)
    assert time.monotonic() - start < 0.9
    assert worker.wait(5) == -9


def test_every_job_has_a_process_of_its_own():
    pids = {warm.call(os.getpid) for _ in range(3)}
    assert len(pids) == 3


def test_a_kind_of_job_goes_to_the_process_that_has_learnt_it():
    with warm._staying("one") as one, warm._staying("other") as other:
        pass
    assert {warm.call(os.getpid, stays="one") for _ in range(3)} == {one.pid}
    assert {warm.call(os.getpid, stays="other") for _ in range(3)} == {other.pid}
    assert one.pid != other.pid
