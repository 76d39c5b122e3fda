"""The store: all reading and writing of CSV and cards, and a record of what was read.

Numbers are written exactly, with at most 12 significant digits, the ends of bounds outwards. What a notebook reads is noted with its
digest while it runs, so that a run knows on what its tables rest.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any


class InputError(ValueError):
    """Bad input; the message names the file, the row, what was found, what was expected and what to do."""

    def __init__(self, path: Path, row: int | None, found: str, expected: str, todo: str):
        place = f"{path.parent.parent.name}/{path.parent.name}/{path.name}" if row is None else f"{path.name} 第{row}行"
        self.path, self.row, self.told = path, row, f"现为{found}；应为{expected}。请{todo}。"
        super().__init__(f"{place}：{self.told}")

    @classmethod
    def at(cls, row: Mapping[str, Any], found: str, expected: str, todo: str) -> InputError:
        """What is wrong with a row of a table."""
        return cls(row["path"], row["line"], found, expected, todo)


# --- what was read ------------------------------------------------------------------------------------------------------

_READ: dict[Path | tuple[Path, str], str] = {}
"""What this process has read: file, or folder and pattern → digest."""


def digest_of(content: bytes) -> str:
    """16 hex digits over what a file holds."""
    return hashlib.sha256(content).hexdigest()[:16]


def digest(path: Path) -> str:
    """16 hex digits over a file; nothing if there is none."""
    return digest_of(path.read_bytes()) if path.is_file() else ""


def _matching(base: Path, pattern: str) -> list[str]:
    """The files below `base` that match, sorted; `…*… < name` are those that stand before `name`."""
    pattern, _, before = pattern.partition(" < ")
    found = sorted(path.relative_to(base).as_posix() for path in base.glob(pattern))
    return [name for name in found if not before or name < before]


def listed(base: Path, pattern: str) -> str:
    """16 hex digits over the names of the files that match."""
    return digest_of("\n".join(_matching(base, pattern)).encode())


def content(path: Path) -> bytes | None:
    """The bytes of a file, None if there is none; either is noted."""
    found = path.read_bytes() if path.is_file() else None
    _READ[path] = "" if found is None else digest_of(found)
    return found


def listing(base: Path, pattern: str) -> list[Path]:
    """The files below `base` that match, sorted; that these are all is noted. `…*… < name` are those that stand before `name`."""
    _READ[base, pattern] = listed(base, pattern)
    return [base / name for name in _matching(base, pattern)]


def part(path: Path, number: int, text: str) -> None:
    """Note that a part of a file was read, and of the rest nothing."""
    _READ[path, f"#{number}"] = digest_of(text.encode())


def work(base: Path) -> Path:
    """The folder of working state: data/processed below a project root, or JIXIAO_WORK."""
    return Path(os.environ.get("JIXIAO_WORK") or base / "data" / "processed")


def reads(base: Path, but: Path) -> dict[str, str]:
    """What this process read of a project, less what it wrote itself below `but`: path or pattern → digest.

    Paths are relative to the root; those of working state begin with `processed/` where JIXIAO_WORK names a folder of its own.
    """
    state, found = work(base), {}
    for place, hashed in _READ.items():
        path, pattern = place if isinstance(place, tuple) else (place, "")
        if path.is_relative_to(but):
            continue
        if path.is_relative_to(base):
            name = path.relative_to(base).as_posix()
        elif path.is_relative_to(state):
            name = f"processed/{path.relative_to(state).as_posix()}"
        else:
            continue
        found["/".join(filter(None, (name.removeprefix("."), pattern)))] = hashed
    return dict(sorted(found.items()))


def resolve(base: Path, name: str) -> Path:
    """The file that a path of `reads` names."""
    return work(base) / name.removeprefix("processed/") if name.startswith("processed/") else base / name


def words(content: bytes) -> str:
    """Text that people wrote, without the characters of private use that mark numbers. Raises UnicodeDecodeError."""
    return re.sub("[\ue000-\ue00f]", "", content.decode("utf-8-sig"))


# --- tables that people keep --------------------------------------------------------------------------------------------


Record = dict[str, Any]
"""A row of a table that people keep: its cells by column, as text, and the `line` and `path` that it stands on."""


def read_table(path: Path, columns: list[str], optional: bool = False, more: Sequence[str] = ()) -> list[Record]:
    """A CSV table, empty cells as ''; rows that begin with # are worked lines and nobody's data. `more`: columns that it may have, or not. Raises InputError if it is missing (unless `optional`) or its columns or a row differ."""
    found = content(path)
    if found is None and optional:
        return []
    if found is None:
        raise InputError(path, None, "没有这个文件", f"一张表，列为 {','.join(columns)}", "补上这个文件")
    try:
        header, *lines = csv.reader(io.StringIO(words(found), newline=""), strict=True)
    except (csv.Error, UnicodeDecodeError, ValueError) as error:
        todo = "改正这个文件"
        raise InputError(path, None, f"读不出的内容（{error}）", "UTF-8 编码、列数一致的 CSV", todo) from error
    if [head for head in header if head not in more] != [column for column in columns if column not in more]:
        raise InputError(path, 1, ",".join(header), ",".join(columns), "改正表头")
    rows, blank = [], dict.fromkeys([*columns, *more], "")
    for number, line in enumerate(lines, 2):
        if line and line[0].startswith("#"):  # a worked line
            continue
        if line and len(line) != len(header):
            raise InputError(path, number, f"{len(line)} 格", f"{len(header)} 格", "改正这一行的逗号和引号")
        rows += [blank | dict(zip(header, line, strict=True)) | {"line": number, "path": path}] if line else []
    return rows


def names(path: Path) -> list[str]:
    """The first cells of a table, without its head."""
    return [line.partition(",")[0] for line in (content(path) or b"").decode("utf-8-sig").splitlines()[1:] if line]


def card(path: Path) -> dict[str, Any]:
    """A YAML file of keys and values. Raises InputError where there is none, or it is none."""
    import yaml

    found = content(path)
    if found is None:
        raise InputError(path, None, "没有这个文件", "来源卡", "照 data/README.md 补上")
    try:
        read = yaml.safe_load(words(found))
    except (yaml.YAMLError, ValueError) as error:  # a date such as 2021-13-01 is a ValueError
        raise InputError(path, None, f"读不出的 YAML（{error}）", "键和值", "改正这个文件") from error
    if not isinstance(read, dict):
        raise InputError(path, None, f"{read}", "键和值", "改正这个文件")
    return read


# --- tables that notebooks write ----------------------------------------------------------------------------------------


def write_table(path: Path, columns: list[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """A CSV table, UTF-8 with LF; Fractions as decimal numbers, ends of bounds rounded outwards unless they are one number."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            rounding = _OUTWARDS if row.get("low") != row.get("high") else {}
            writer.writerow([number(row[name], rounding.get(name, ROUND_HALF_EVEN)) for name in columns])


_OUTWARDS = {"low": ROUND_FLOOR, "high": ROUND_CEILING}


def number(cell: Any, rounding: str = ROUND_HALF_EVEN) -> Any:
    """A cell as it is written: at most 12 significant digits, inf for no bound, nothing for missing."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, Fraction):
        quotient = Context(prec=12, rounding=rounding).divide(Decimal(cell.numerator), Decimal(cell.denominator))
        return f"{quotient:f}".rstrip("0").rstrip(".") if "." in f"{quotient:f}" else f"{quotient:f}"
    return "" if cell is None else str(cell)


def parse(cell: str) -> Fraction | float | None:
    """What `number` wrote."""
    return None if cell == "" else float(cell) if cell.endswith("inf") else Fraction(cell)


def rows_in(folder: Path, name: str) -> list[dict[str, Any]]:
    """A table that a notebook saved or an edition published: bounds as Fractions, ends as booleans."""
    path = folder / f"{name}.csv"
    found = content(path)
    if found is None:
        raise FileNotFoundError(path)
    header, *lines = (line for line in csv.reader(io.StringIO(found.decode("utf-8-sig"), newline="")) if line)
    kinds = [_KINDS.get(column, _bare) for column in header]
    return [{name: kind(cell) for name, kind, cell in zip(header, kinds, line, strict=True)} for line in lines]


def card_in(folder: Path) -> dict[str, Any]:
    """The card of a published edition."""
    return json.loads(content(folder / "manifest.json") or b"")["card"]


def _bare(cell: str) -> str:
    """A published cell without the apostrophe that keeps spreadsheets from taking it for a formula."""
    return cell[1:] if cell.startswith(("'=", "'+", "'-", "'@")) else cell


_KINDS: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(("value", "low", "high", "rounding"), parse),
    **dict.fromkeys(("low_closed", "high_closed"), {"true": True, "false": False, "": None}.__getitem__),
}
