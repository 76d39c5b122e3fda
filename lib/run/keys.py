"""Keys: what each step of an edition rests on, what it left behind, and why it is due.

A step's key has a part for everything it depends on: the code, the lock, the notebook's cells, and each file that the notebook read
the last time, by its digest as it was read. Nothing is declared: what is read is observed (`reads.json`, see `lib.edition.store`).
A step counts as done while its key is as written and what it wrote is as it left it; tables are compared where they are
read, so one that comes out the same leaves the steps behind it as they are.
"""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

from lib.edition import card, report, store
from lib.edition.edition import Edition
from lib.publish.fonts import FOLDERS

PUBLISH = "publish"
FACES = (".ttf", ".otf", ".ttc")
PARTS = ("key", "reads", "made", "files")
"""What is written of a step: its key, what it read, its tables and what its notebook shows, its files as they were."""

_KNOWN: dict[str, tuple[int, int, str]] = {}
"""Path → size, time of change, digest. Only for speed: a file is hashed again only where either differs, so that idle runs over many
editions look at files that they wrote without reading them (1,000 editions: 2.5 times `import pandas, matplotlib.pyplot`)."""


def digest(path: Path | str) -> str:
    """16 hex digits over a file, nothing if there is none."""
    return _entry(str(path))[2]


def _entry(path: str) -> tuple[int, int, str]:
    """Size, time of change and digest of a file as of now; of one that may not be read, as of one that is not there."""
    try:
        about = os.stat(path)  # noqa: PTH116  # half the time of an idle run is here
        known = _KNOWN.get(path)
        if not known or known[:2] != (about.st_size, about.st_mtime_ns):
            known = _KNOWN[path] = about.st_size, about.st_mtime_ns, store.digest(Path(path))
    except OSError:
        return 0, 0, ""
    return known


@cache
def _code() -> str:
    files = sorted(path for path in Path(__file__).parents[1].rglob("*") if path.is_file() and path.suffix != ".pyc")
    return store.digest_of(b"".join(path.read_bytes() for path in files))


@cache
def _faces() -> str:
    """The font files of the system: the PDF depends on which there are."""
    files = (path for folder in FOLDERS for path in folder.rglob("*.*") if path.suffix.lower() in FACES)
    return store.digest_of("\n".join(sorted(f"{path} {path.stat().st_size}" for path in files)).encode())


@cache
def _notebook(path: Path, content: str, *more: str) -> str:
    """The digest of what the cells of a notebook do, with `more` of them, and what it says of itself, however it was saved."""
    nb = json.loads(path.read_text("utf-8"))
    cells = [
        (cell["cell_type"], "".join(cell["source"]), cell["metadata"].get("tags"), *map(cell.get, more))
        for cell in nb["cells"]
    ]
    return store.digest_of(json.dumps([cells, nb["metadata"].get("jixiao")]).encode())


class Steps:
    """The steps of one edition: keys wanted, keys written, and why one is due."""

    def __init__(self, edition: Edition):
        self.edition = edition
        self._written: dict[str, dict[str, Any]] = {}

    def wanted(self, name: str) -> dict[str, str]:
        """The key of a step as of now, part by part, but for what it reads."""
        parts = {"lib": _code(), "lock": digest(self.edition.root / "requirements.lock")}
        if name != PUBLISH:
            path, above = self.edition.notebook(name), repr(self.edition.above(name))
            return parts | {"notebook": _notebook(path, digest(path)), "above": store.digest_of(above.encode())}
        for step in self.edition.notebooks:
            parts |= {f"{step}/{part}": found for part, found in self.written(step).get("made", {}).items()}
        held = (*self.edition.inputs, *card.kept(self.edition.raw))
        inputs = {store.named(self.edition.root, path): digest(path) for path in held}
        return parts | {"faces": _faces()} | inputs

    def state(self) -> dict[str, str]:
        """The digests of all that an edition is made from, as of now."""
        paths = (*self.edition.inputs, *map(self.edition.notebook, self.edition.notebooks))
        return {str(path): digest(path) for path in paths}

    def written(self, name: str) -> dict[str, dict[str, Any]]:
        """What the last run of a step left, by `PARTS`; nothing if it is not done, or nobody understands what is written."""
        if name not in self._written:
            try:
                found = json.loads(self._path(name).read_text("utf-8"))
                found = {part: dict(found[part]) for part in PARTS}
                for file, entry in found["files"].items():
                    _KNOWN.setdefault(f"{self._folder(name)}/{file}", tuple(entry))
            except (OSError, ValueError, LookupError, TypeError):
                found = {}
            self._written[name] = found
        return self._written[name]

    def why(self, name: str) -> list[str]:
        """What of a step's key changed, or of what it wrote; nothing if it is not due. Files of the edition go by their names."""
        written, folder = self.written(name), self._folder(name)
        if not written:
            return ["尚未运行"]
        old = written["key"] | written["reads"]
        now = self.wanted(name) | {read: report.now(self.edition.root, read, digest) for read in written["reads"]}
        raw = f"{store.named(self.edition.root, self.edition.raw)}/"
        changed = [part.removeprefix(raw) for part in sorted(old.keys() | now.keys()) if old.get(part) != now.get(part)]
        files = ((file, digest(f"{folder}/{file}"), entry[2]) for file, entry in written["files"].items())
        return changed + [f"{file} {'被改动' if now else '不见了'}" for file, now, then in files if now != then]

    def forget(self, name: str) -> None:
        """Count a step as not done."""
        self._path(name).unlink(missing_ok=True)
        self._written.pop(name, None)

    def remember(self, name: str, key: dict[str, str]) -> None:
        """Count a step as done with a key: note what it read, and what came out, without what differs from run to run."""
        folder, reads, made = self._folder(name), {}, {}
        if name == PUBLISH:
            files = [path for path in folder.rglob("*") if path.is_file()]
        else:
            files = [path for path in folder.iterdir() if path.suffix in (".csv", ".ipynb")]
            reads, shown = store.noted(folder / "reads.json"), folder / f"{name}.ipynb"
            made = {path.stem: digest(path) for path in files if path.suffix == ".csv"}
            made["notebook"] = _notebook(shown, digest(shown), "outputs")
        entries = {path.relative_to(folder).as_posix(): _entry(str(path)) for path in sorted(files)}
        told = json.dumps({"key": key, "reads": reads, "made": made, "files": entries})
        store.put(self._path(name), told.encode())
        self._written.pop(name, None)

    def _folder(self, name: str) -> Path:
        return self.edition.output if name == PUBLISH else self.edition.processed / name

    def _path(self, name: str) -> Path:
        return self.edition.processed / f"{name}.key"
