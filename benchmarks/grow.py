"""How the cost of a run grows with the number of editions: synthetic units (示例), never published with real ones.

    .venv/bin/python -m benchmarks.grow 1 10 100        writes docs/growth.svg and prints a table

Every unit is the 2020 edition with some figures changed; `idle` is a second run over the same editions, with nothing due.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

from benchmarks.bench import fresh, synthetic
from lib.edition.edition import Edition, editions
from lib.run import warm
from lib.run.runs import Options, run_all


def several(root: Path, count: int) -> list[Edition]:
    """`count` synthetic units in place of the real ones."""
    real = root / "data/raw"
    aside = real.rename(root / "data/real")
    for number in range(1, count + 1):
        unit = real / f"shili-{number:04d}"
        shutil.copytree(aside / "zhengxiang", unit)
        synthetic(unit, number)
    shutil.rmtree(aside)
    return editions(root)


def memory() -> float:
    """Resident memory of this process and all below it, in MB, shared pages counted once."""
    total, own = 0, {str(Path("/proc/self").resolve().name)}
    for status in sorted(Path("/proc").glob("[0-9]*/stat"), key=lambda path: int(path.parent.name)):
        try:
            fields = status.read_text().rsplit(")", 1)[1].split()
            if fields[1] in own or status.parent.name in own:
                own.add(status.parent.name)
                rollup = (status.parent / "smaps_rollup").read_text()
                total += int(next(line for line in rollup.splitlines() if line.startswith("Pss:")).split()[1])
        except (FileNotFoundError, ProcessLookupError, PermissionError, StopIteration):
            continue  # it ended while we looked
    return total / 1024


def time_per_edition(times: list[float]) -> list[float]:
    """Seconds per edition, from the moments at which one more was done: over every ten of them, as several run at a time."""
    step = min(10, len(times) - 1)
    return [(after - before) / step for before, after in zip(times, times[step:], strict=False)]


def measure(count: int) -> tuple[float, float, float]:
    """Median seconds per edition and peak memory of a first run, seconds of an idle one."""
    with tempfile.TemporaryDirectory() as folder:
        chosen = several(fresh(Path(folder)), count)
        seen, times, done = [0.0], [], threading.Event()

        def tell(event: str, **about: object) -> None:
            if event == "edition":
                times.append(time.perf_counter())

        def watch() -> None:
            while not done.wait(0.5):
                seen.append(memory())

        warm.call(os.getpid)  # the server is there once, however many editions follow
        watcher, start = threading.Thread(target=watch), time.perf_counter()
        watcher.start()
        outcomes = run_all(chosen, Options(), tell)
        each = statistics.median(time_per_edition([start, *times]))
        done.set()
        watcher.join()
        assert all(outcome.state == "built" for outcome in outcomes), outcomes
        start = time.perf_counter()
        run_all(chosen, Options())
        return each, max(seen), time.perf_counter() - start


def chart(rows: list[tuple[int, float, float, float]], target: Path) -> None:
    import matplotlib
    from matplotlib.figure import Figure

    matplotlib.rcParams["svg.hashsalt"] = "growth"
    figure = Figure(figsize=(7, 2.6), layout="constrained")
    for axes, place, title in zip(
        figure.subplots(1, 2), (1, 2), ("seconds per edition", "peak memory, MB"), strict=True
    ):
        values = [row[place] for row in rows]
        axes.plot([row[0] for row in rows], values, "o-", color="#9b1c1c")
        axes.set(xscale="log", xlabel="editions", title=title, ylim=(0, max(values) * 1.2))
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(target, format="svg", metadata={"Date": None})


if __name__ == "__main__":
    rows = []
    print("| editions | s per edition | peak MB | idle, s in all |\n|--:|--:|--:|--:|")
    for count in map(int, sys.argv[1:] or ["1", "10"]):
        rows.append((count, *measure(count)))
        print("| {:,} | {:.2f} | {:.0f} | {:.2f} |".format(*rows[-1]), flush=True)
    chart(rows, Path(__file__).parents[1] / "docs" / "growth.svg")
