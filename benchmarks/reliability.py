"""What a run survives: killed at random moments, on a full disk, with killed workers, ten at once, read while it publishes.

`python -m benchmarks.reliability [--kills 200] [--write docs/reliability.md]` tries it on a copy of the project and prints what was
tried, what held and what was lost. What cannot be tried here (a small disk needs root) is named.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from lib.publish import shelf

ROOT = Path(__file__).parents[1]
JIXIAO = Path(sys.executable).with_name("jixiao")
OLD, NEW = "扶持", "支持"


@dataclass
class Trial:
    """What was tried, how often, how often it held; what was lost, a line each."""

    what: str
    tried: int
    held: int
    lost: list[str]


def copied(folder: Path) -> Path:
    """Data and notebooks alone, with the 2020 edition and that of a second unit to be made."""
    shutil.copytree(ROOT / "data", folder / "data", ignore=shutil.ignore_patterns("processed", "raw"))
    shutil.copytree(ROOT / "notebooks", folder / "notebooks", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    for unit in ("zhengxiang", "other"):
        shutil.copytree(ROOT / "data/raw/zhengxiang/2020", folder / f"data/raw/{unit}/2020")
        shutil.copy(ROOT / "data/raw/zhengxiang/unit.yml", folder / f"data/raw/{unit}")
    return folder


def start(root: Path, *more: str, **environment: str) -> subprocess.Popen:
    """A run of both editions."""
    command = [JIXIAO, "--root", root, "report", "--unit", "all", "--year", "all", *more]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, env=os.environ | environment, **quiet)


def edit(root: Path, number: int) -> None:
    """Save the notes of an edition, so that it is due: every other time as they were two times before."""
    path = root / "data/raw/zhengxiang/2020/notes.csv"
    text = path.read_text("utf-8").replace(NEW, OLD)
    path.write_text(text.replace(OLD, NEW, 1) if number % 2 else text, "utf-8")


def whole(root: Path) -> list[str]:
    """What is wrong with the published editions, as their manifests have it."""
    there = [root / f"outputs/{unit}/2020" for unit in ("zhengxiang", "other")]
    return [f"{folder.parent.name}: {name}" for folder in there if folder.exists() for name in shelf.damaged(folder)]


def strays(aside: Path) -> list[int]:
    """The processes whose temporary files belong below a folder."""
    found = []
    for one in psutil.process_iter():
        try:
            if one.environ().get("TMPDIR", "").startswith(str(aside)) and one.status() != psutil.STATUS_ZOMBIE:
                found.append(one.pid)
        except psutil.Error:
            continue
    return found


def killed(root: Path, aside: Path, times: int) -> Trial:
    """The parent, at a random moment of a run that has something to do; then nothing is left, and the next run works."""
    trial, chance = Trial("the run is killed (SIGKILL) at a random moment", times, 0, []), random.Random(7)
    for number in range(times):
        edit(root, number)
        if number % 10 == 0:  # cold
            shutil.rmtree(root / "data/processed", ignore_errors=True)
        run = start(root, TMPDIR=str(aside))
        time.sleep(chance.uniform(0.2, 9))
        run.kill()
        run.wait()
        wrong = whole(root)
        end = time.monotonic() + 60  # a server that still begins hears of it once it has begun
        while (strays(aside) or any(aside.iterdir())) and time.monotonic() < end:
            time.sleep(0.1)
        wrong += [f"stray process {pid}" for pid in strays(aside)] + [f"left {path.name}" for path in aside.iterdir()]
        if number % 5 == 4:
            run = start(root)
            wrong += [] if run.wait() == 0 else [f"the next run: {run.stderr.read()}"]
            wrong += whole(root)
        trial.held += not wrong
        trial.lost += [f"kill {number}: {one}" for one in wrong]
    return trial


def workers_killed(root: Path, aside: Path, times: int = 20) -> Trial:
    """Some process below the run, while it works: what it did is done in another."""
    trial, chance = Trial("a process below the run is killed or stopped", times, 0, []), random.Random(8)
    for number in range(times):
        edit(root, number)
        run = start(root, "--force", TMPDIR=str(aside))
        time.sleep(chance.uniform(2, 6))
        below = psutil.Process(run.pid).children(recursive=True) if run.poll() is None else []
        if below:
            chance.choice(below).send_signal(chance.choice((signal.SIGKILL, signal.SIGSTOP)))
        code = run.wait(180)
        wrong = whole(root) + ([] if code == 0 else [f"exit code {code}: {run.stderr.read()}"])
        trial.held += not wrong
        trial.lost += [f"{number}: {one}" for one in wrong]
    return trial


def at_once(root: Path, _: Path, times: int = 10) -> Trial:
    """Runs begun together on the same editions: one makes them, the others wait and find nothing to do."""
    edit(root, 1)
    runs = [start(root) for _ in range(times)]
    codes = [run.wait(600) for run in runs]
    wrong = whole(root) + [
        f"exit code {code}: {run.stderr.read()}" for code, run in zip(codes, runs, strict=True) if code
    ]
    return Trial(f"{times} runs at once", times, codes.count(0), wrong)


def read_meanwhile(root: Path, _: Path, times: int = 10) -> Trial:
    """A reader that opens the folder once and reads its manifest and all that this names; then opens it again."""
    lost, reads, over = [], [], threading.Event()
    link = root / "outputs/zhengxiang/2020"

    def read() -> None:
        while not over.is_set():
            folder = link.resolve()
            reads.append(folder.name)
            lost.extend(f"{folder.name}: {name}" for name in shelf.damaged(folder))
            page = (root / "outputs/index.html").read_bytes()
            lost.extend([] if page.endswith(b"</html>\n") or page.endswith(b"</html>") else ["half a catalogue"])

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(times):
        edit(root, number)
        start(root).wait()
    over.set()
    reader.join()
    return Trial(
        f"a reader during {times} publications, {len(set(reads))} versions seen",
        len(reads),
        len(reads) - len(lost),
        lost,
    )


SMALL = {
    "--output": ("size=500k", "size=1m", "size=2m", "nr_inodes=6", "nr_inodes=20"),
    "--work": ("size=100k", "size=300k", "size=600k", "nr_inodes=8", "nr_inodes=40"),
}
"""File systems too small for what is published (2.2 MB, 27 files), for working state (0.8 MB, 65 files)."""


def full(root: Path, aside: Path) -> Trial:
    """Outputs, or working state, on a file system that is too small: told, nothing half; with room, made."""
    disk, trial = aside / "disk", Trial("a full disk, or one without inodes (tmpfs)", 0, 0, [])
    disk.mkdir()
    for flag, option in ((flag, option) for flag, options in SMALL.items() for option in options):
        mount = ["mount", "-t", "tmpfs", "-o", option, "tmpfs", disk]
        if subprocess.run(mount, capture_output=True, check=False).returncode:
            trial.what += ": not tried, as it cannot be mounted here"
            break
        try:
            wrong = _filled(root, flag, disk)
        finally:
            subprocess.run(["umount", disk], check=True)
        trial.tried, trial.held = trial.tried + 1, trial.held + (not wrong)
        trial.lost += [f"{option} {flag}: {one}" for one in wrong]
    disk.rmdir()
    return trial


def _filled(root: Path, flag: str, disk: Path) -> list[str]:
    """What is wrong with a run that fills a disk, and with one after there is room."""
    command = [JIXIAO, "--root", root, flag, disk / "there", "report", "--log", "json", "--force"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    told = [json.loads(line) for line in run.stdout.splitlines()]
    failed = next((one["message"] for one in told if one.get("state") == "failed"), "")
    wrong = [] if run.returncode == 1 and "磁盘已满" in failed else [f"exit code {run.returncode}: {failed}"]
    wrong += ["a traceback"] if "Traceback" in run.stderr else []
    there = disk / "there/zhengxiang/2020"
    wrong += (
        [f"half an edition: {name}" for name in shelf.damaged(there)] if flag == "--output" and there.exists() else []
    )
    subprocess.run(["mount", "-o", "remount,size=400m,nr_inodes=10000", disk], check=True)
    again = subprocess.run(command, capture_output=True, text=True, check=False)
    return wrong + ([] if again.returncode == 0 else [f"with room: {again.stderr}"])


TRIALS: list[Callable] = [killed, workers_killed, at_once, read_meanwhile, full]


def table(trials: list[Trial]) -> str:
    """What was tried, as Markdown."""
    lines = ["| tried | times | held | lost |", "|---|--:|--:|---|"]
    for one in trials:
        lost = " ".join("; ".join(one.lost).split()) or "nothing"
        lines.append(f"| {one.what} | {one.tried} | {one.held} | {lost} |")
    return "\n".join(lines)


def main(kills: int, write: Path | None) -> None:
    """Try it all, print it, and write it between the lines of a page that say so."""
    trials = []
    with tempfile.TemporaryDirectory(prefix="reliability-") as name:
        folder = Path(name)
        root, aside = copied(folder / "project"), folder / "tmp"
        aside.mkdir()
        start(root).wait()
        for trial in TRIALS:
            begun = time.monotonic()
            trials.append(trial(root, aside, kills) if trial is killed else trial(root, aside))
            print(f"{table(trials[-1:]).splitlines()[-1]} {time.monotonic() - begun:.0f} s", flush=True)
    if write:
        head, _, rest = write.read_text("utf-8").partition("<!-- measured -->\n")
        _, _, tail = rest.partition("<!-- end -->")
        write.write_text(f"{head}<!-- measured -->\n{table(trials)}\n<!-- end -->{tail}", "utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--write", type=Path)
    main(**vars(parser.parse_args()))
