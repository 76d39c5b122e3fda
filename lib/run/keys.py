"""Keys: what each step of an edition rests on, what it left behind, and why it is due.

A step's key has a part for everything it depends on: the code, the lock, the notebook's cells, and each file that the notebook read
the last time, by its digest as it was read. Nothing is declared: what is read is observed (`reads.json`, see `lib.edition.store`).
A step counts as done while its key is as written and what it wrote is as it left it; tables are compared where they are
read, so one that comes out the same leaves the steps behind it as they are.
"""

from __future__ import annotations

import hashlib
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

from lib.edition import store
from lib.edition.edition import Edition

PACKAGE = Path(__file__).parents[1]
PUBLISH = "publish"
LOG = "run.log.json"
"""How long a run took, written beside what is published: no part of it."""
READS = "reads.json"
NEVER = "尚未运行"

_KNOWN: dict[str, tuple[int, int, str]] = {}
"""Path → size, time of change, digest. Only for speed: a file is hashed again only where either differs, so that idle runs over many
editions look at files that they wrote without reading them (1,000 editions: 2.5 times `import pandas, matplotlib.pyplot`)."""


def digest(path: Path | str) -> str:
    """16 hex digits over a file, nothing if there is none."""
    return _entry(str(path))[2]


def _entry(path: str) -> tuple[int, int, str]:
    """Size, time of change and digest of a file as of now."""
    try:
        about = os.stat(path)  # noqa: PTH116  # half the time of an idle run is here
    except OSError:
        return 0, 0, ""
    known = _KNOWN.get(path)
    if not known or known[:2] != (about.st_size, about.st_mtime_ns):
        known = _KNOWN[path] = about.st_size, about.st_mtime_ns, store.digest(Path(path))
    return known


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


@cache
def _code() -> str:
    """The code that this process runs: read once."""
    files = sorted(path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return _hash(b"".join(path.read_bytes() for path in files))


@cache
def _faces() -> str:
    """The font files of the system: the PDF depends on which there are."""
    from lib.publish.fonts import FOLDERS

    files = (
        path for folder in FOLDERS for path in folder.rglob("*") if path.suffix.lower() in (".ttf", ".otf", ".ttc")
    )
    return _hash("\n".join(sorted(f"{path} {path.stat().st_size}" for path in files)).encode())


def _source(path: Path) -> str:
    """The digest of what a notebook does and says of itself, however it was saved."""
    return _source_of(str(path), digest(path))


@cache
def _source_of(path: str, content: str) -> str:
    nb = json.loads(Path(path).read_text("utf-8"))
    cells = [(cell["cell_type"], "".join(cell["source"]), cell["metadata"].get("tags")) for cell in nb["cells"]]
    return _hash(json.dumps([cells, nb["metadata"].get("jixiao")]).encode())


def _shown(path: Path) -> str:
    """The digest of what an executed notebook shows."""
    nb = json.loads(path.read_text("utf-8"))
    cells = [(cell["source"], cell.get("outputs"), cell["metadata"].get("tags")) for cell in nb["cells"]]
    return _hash(json.dumps([cells, nb["metadata"].get("jixiao")]).encode())


class Steps:
    """The steps of one edition: keys wanted, keys written, and why one is due."""

    def __init__(self, edition: Edition):
        self.edition = edition
        self._written: dict[str, dict[str, Any]] = {}

    def wanted(self, name: str) -> dict[str, str]:
        """The key of a step as of now, part by part; what it reads is what it read the last time."""
        parts = {"lib": _code(), "lock": digest(self.edition.root / "requirements.lock")}
        if name == PUBLISH:
            parts["faces"] = _faces()
            for step in self.edition.notebooks:
                parts |= {f"{step}/{part}": found for part, found in self.written(step).get("made", {}).items()}
            return parts | {self._name(path): digest(path) for path in self.edition.inputs}
        parts |= {
            "notebook": _source(self.edition.notebook(name)),
            "above": _hash(repr(self.edition.above(name)).encode()),
        }
        return parts | {read: self._now(read) for read in self.written(name).get("reads", {})}

    def written(self, name: str) -> dict[str, Any]:
        """What the last run of a step left: its key, what it read and made, and its files; nothing if it is not done."""
        if name not in self._written:
            try:
                found = json.loads(self._path(name).read_text())
            except (FileNotFoundError, json.JSONDecodeError):
                found = {}
            found = found if isinstance(found.get("files"), dict) else {}  # an earlier version wrote a list
            for file, entry in found.get("files", {}).items():
                _KNOWN.setdefault(f"{self._folder(name)}/{file}", tuple(entry))
            self._written[name] = found
        return self._written[name]

    def why(self, name: str) -> list[str]:
        """What of a step's key changed, or of what it wrote; nothing if it is not due. Files of the edition go by their names."""
        written = self.written(name)
        if not written:
            return [NEVER]
        old, wanted = written["key"], self.wanted(name)
        changed = [part for part in sorted(old.keys() | wanted.keys()) if old.get(part) != wanted.get(part)]
        raw = f"{self._name(self.edition.raw)}/"
        return [part.removeprefix(raw) for part in changed] + self._damaged(name)

    def forget(self, name: str) -> None:
        """Count a step as not done."""
        self._path(name).unlink(missing_ok=True)
        self._written.pop(name, None)

    def remember(self, name: str, key: dict[str, str]) -> None:
        """Count a step as done with a key: note what it read, each file as it was then, and what came out.

        The executed notebook counts without what differs from run to run.
        """
        folder = self._folder(name)
        written: dict[str, Any] = {"key": key}
        if name == PUBLISH:
            files = [path for path in folder.rglob("*") if path.is_file() and path.name != LOG]
        else:
            files = [path for path in folder.iterdir() if path.suffix in (".csv", ".ipynb")]
            reads = _read(folder)
            written["key"] = {part: key[part] for part in ("lib", "lock", "notebook", "above")} | reads
            made = {path.stem: digest(path) for path in files if path.suffix == ".csv"}
            written |= {"reads": list(reads), "made": made | {"notebook": _shown(folder / f"{name}.ipynb")}}
        written["files"] = {path.relative_to(folder).as_posix(): _entry(str(path)) for path in sorted(files)}
        aside = self._path(name).with_suffix(".new")
        aside.write_text(json.dumps(written))
        aside.replace(self._path(name))
        self._written.pop(name, None)

    def _damaged(self, name: str) -> list[str]:
        """Which of the files that a step wrote are gone or changed."""
        folder, files = self._folder(name), self.written(name)["files"]
        found = ((file, digest(f"{folder}/{file}"), entry[2]) for file, entry in files.items())
        return [f"{file} {'被改动' if now else '不见了'}" for file, now, then in found if now != then]

    def _now(self, read: str) -> str:
        """The digest of a file, or of a listing, as of now."""
        if "*" in read or "[" in read:
            return store.listed(self.edition.root, read)
        return digest(store.resolve(self.edition.root, read))

    def _name(self, path: Path) -> str:
        return path.relative_to(self.edition.root).as_posix()

    def _folder(self, name: str) -> Path:
        return self.edition.output if name == PUBLISH else self.edition.processed / name

    def _path(self, name: str) -> Path:
        return self.edition.processed / f"{name}.key"


def _read(folder: Path) -> dict[str, str]:
    """What a notebook noted that it read: path or pattern → digest."""
    path = folder / READS
    return json.loads(path.read_text("utf-8")) if path.is_file() else {}
