"""The shelf: the versions of an edition, `.<year>/<digest of the manifest>/`, and the link `<year>` to the one that is published."""

import os
import shutil
import time
from collections.abc import Iterator
from datetime import datetime
from errno import EEXIST
from pathlib import Path

from lib.edition.store import digest, noted

MANIFEST = "manifest.json"
KEPT = 5


def versions(target: Path) -> list[Path]:
    """The versions of an edition: the published one, then the others, the last published first."""
    found = {path.parent: path.stat().st_mtime_ns for path in target.with_name(f".{target.name}").glob(f"*/{MANIFEST}")}
    there = (folder for folder in found if not folder.name.startswith("new-"))
    return sorted(there, key=lambda folder: (folder != target.resolve(), -found[folder]))


def damaged(folder: Path) -> list[str]:
    """The files of a version that are not what its manifest says, and the manifest where it is not what the folder's name says."""
    wrong = [] if digest(folder / MANIFEST) == folder.resolve().name else [MANIFEST]
    listed = noted(folder / MANIFEST).get("outputs", {}).items()
    return wrong + [name for name, told in listed if digest(folder / name) != told[:16]]


def free(target: Path) -> None:
    """Raises FileExistsError where something stands in an edition's place that no run put there."""
    if target.exists() and not target.is_symlink():
        raise FileExistsError(EEXIST, os.strerror(EEXIST), str(target))


def place(aside: Path, target: Path) -> None:
    """Publish a finished folder, and delete the versions that need not be kept."""
    version = aside.with_name(digest(aside / MANIFEST))
    if version.exists():  # the same bytes as before; what somebody changed or deleted of them is put back
        shutil.copytree(aside, version, copy_function=os.replace, dirs_exist_ok=True)
    else:
        aside.rename(version)
    point(target, version)
    keep(target)


def point(target: Path, version: Path) -> None:
    """Make `target` a relative link to a version, in one step."""
    free(target)
    last = max(path.stat().st_mtime_ns for path in version.parent.glob(f"*/{MANIFEST}"))
    now = max(time.time_ns(), last + 1)  # the newest, though the clock was set back
    os.utime(version / MANIFEST, ns=(now, now))
    link = version.with_name("link")
    link.unlink(missing_ok=True)
    link.symlink_to(version.relative_to(target.parent))
    link.replace(target)


def keep(target: Path) -> None:
    """Delete all on the shelf but the published version, the four published before it, and the last approved one."""
    there = versions(target)
    approved = [folder for folder in there if noted(folder / MANIFEST).get("card", {}).get("status") == "approved"]
    kept = {*there[:KEPT], *approved[:1]}
    for old in target.with_name(f".{target.name}").iterdir():
        if old not in kept:
            shutil.rmtree(old, ignore_errors=True)


def told(target: Path) -> Iterator[str]:
    """The versions, a line each: the name, when it was published last, its status, what ails it."""
    for folder in versions(target):
        when = f"{datetime.fromtimestamp((folder / MANIFEST).stat().st_mtime):%Y-%m-%d %H:%M}"
        card, wrong = noted(folder / MANIFEST).get("card", {}), "、".join(damaged(folder))
        state = "当前" if folder == target.resolve() else "", wrong and f"已损坏：{wrong}"
        yield "　".join(filter(None, (folder.name, when, card.get("status_label", ""), *state)))
