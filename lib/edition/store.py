"""The store: all reading and writing of CSV and cards; what a notebook reads is noted with its digest while it runs, so that a run
knows on what its tables rest."""

import csv
import hashlib
import io
import json
import os
from collections.abc import Iterable, Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from lib.edition import spelling
from lib.edition.fault import Bad, InputError
from lib.edition.spelling import text

MOST = 32 << 20  # how many bytes a file may have

_READ: dict[tuple[Path, str], str] = {}  # what this process has read: file, or folder and pattern → digest


def digest_of(content: bytes, length: int = 16) -> str:
    """Hex digits over what a file holds, the first of its SHA-256."""
    return hashlib.sha256(content).hexdigest()[:length]


def put(path: Path, content: bytes) -> None:
    """Writes a file aside and moves it into place: nobody sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}-{os.getpid()}")
    aside.write_bytes(content)
    aside.replace(path)


def digest(path: Path, length: int = 16) -> str:
    """Hex digits over a file; nothing if there is none."""
    return digest_of(path.read_bytes(), length) if path.is_file() else ""


def _matching(base: Path, pattern: str) -> list[str]:
    """The files of a project that match, sorted; `…*… < name` are those that stand before `name`."""
    pattern, _, before = pattern.partition(" < ")
    folder, rest = pattern.split("/", 1)
    found = sorted(named(base, path) for path in resolve(base, folder).glob(rest))
    return [name for name in found if not before or name < before]


def listed(base: Path, pattern: str) -> str:
    """16 hex digits over the names of the files that match."""
    return digest_of("\n".join(_matching(base, pattern)).encode())


def content(path: Path) -> bytes | None:
    """The bytes of a file, None if there is none; either is noted. Raises InputError for what is no file, none of ours, too large or locked."""
    try:
        if not (path.is_symlink() or path.exists()):
            _READ[path, ""] = ""
            return None
        if not path.is_file():
            told = "文件夹、管道，或指向不存在之处的链接"
        elif path.is_symlink() and not path.resolve().is_relative_to(path.parent.parent.resolve()):
            told = "指向本单位文件夹以外的链接"
        elif (size := path.stat().st_size) > MOST:
            told = f"{size >> 20} MB 的文件"
        else:
            found = path.read_bytes()
            _READ[path, ""] = digest_of(found)
            return found
    except PermissionError as error:
        raise InputError(path, None, "没有权限读的内容", "能读的文件", "改正它和所在文件夹的权限") from error
    raise InputError(path, None, told, f"一个文件，不大于 {MOST >> 20} MB", "换成文件本身")


def listing(base: Path, pattern: str) -> list[Path]:
    """The files below `base` that match, sorted; that these are all is noted. `…*… < name` are those that stand before `name`."""
    _READ[base, pattern] = listed(base, pattern)
    return [resolve(base, name) for name in _matching(base, pattern)]


def part(path: Path, number: int, text: str) -> None:
    """Note that a part of a file was read, and of the rest nothing."""
    _READ[path, f"#{number}"] = digest_of(text.encode())


def work(base: Path) -> Path:
    """The folder of working state: data/processed below a project root, or JIXIAO_WORK."""
    return Path(os.environ.get("JIXIAO_WORK") or base / "data" / "processed")


def outputs(base: Path) -> Path:
    """The folder of published editions: outputs below a project root, or JIXIAO_OUTPUT."""
    return Path(os.environ.get("JIXIAO_OUTPUT") or base / "outputs")


def named(base: Path, path: Path) -> str:
    """A path as it is noted: relative to the root, or from `processed`, `outputs` on where these are elsewhere; nothing outside."""
    for folder, name in ((base, ""), (work(base), "processed"), (outputs(base), "outputs")):
        if path.is_relative_to(folder):
            return Path(name, path.relative_to(folder)).as_posix()
    return ""


def resolve(base: Path, name: str) -> Path:
    """The file that a path of `reads` names."""
    folder, _, rest = name.partition("/")
    place = {"processed": work, "outputs": outputs}.get(folder)
    return place(base) / rest if place else base / name


def reads(base: Path, but: Path) -> dict[str, str]:
    """What this process read of a project, less what it wrote itself below `but`: path or pattern, see `named` → digest."""
    found = {}
    for (path, pattern), hashed in _READ.items():
        name = named(base, path)
        if name and not path.is_relative_to(but):
            found["/".join(filter(None, (name.removeprefix("."), pattern)))] = hashed
    return dict(sorted(found.items()))


def unseen(path: Path) -> list[tuple[int, str]]:
    """The lines of a file that hold what is `UNSEEN`, and what it is; nothing where it cannot be read."""
    try:
        lines = spelling.decoded(path, content(path) or b"")[0].split("\n")
    except InputError:
        return []
    there = ((number, spelling.UNSEEN.findall(line)) for number, line in enumerate(lines, 1))
    return [(number, spelling.spelled(found)) for number, found in there if found]


Record = dict[str, Any]
"""A row of a table that people keep: its cells by column, as text, and the `line` and `path` that it stands on."""


def read_table(
    path: Path, columns: list[str], optional: bool = False, bad: Bad = None, *, given: bytes | None = None, **how: Any
) -> list[Record]:
    """A CSV table, or one `given` in its place, empty cells as ''; rows that begin with # are worked lines and nobody's
    data. `how`: see `spelling.tidy`. Raises InputError if it is missing (unless `optional`), or its columns, a row or a
    cell are not what they should be; given a list `bad`, puts the errors of cells there and goes on with these blank,
    and without a row whose name, in the first column, is one of them."""
    found = content(path) if given is None else given
    if found is None and optional:
        return []
    if found is None:
        raise InputError(path, None, "没有这个文件", f"一张表，列为 {','.join(columns)}", "补上这个文件")
    tidy = spelling.tidy(path, path.stem, found, columns, **how)
    blank = dict.fromkeys([*columns, *how.get("more", ())], "")
    errors: list[InputError] = [] if bad is None else bad
    kinds = {name: about["means"] for name, about in spelling.columns(path.stem).items() if about["means"]}
    rows = []
    for number, line in tidy.lines:
        if spelling.worked(line):
            continue
        row = blank | dict(zip(tidy.head, line, strict=True)) | {"line": number, "path": path}
        wrong = [name for name in kinds if name in row and not spelling.is_meant(kinds[name], row[name])]
        errors += (InputError.of_cell(row, name, spelling.MEANINGS[kinds[name]]["expected"]) for name in wrong)
        if columns[0] not in wrong:
            rows.append(row | dict.fromkeys(wrong, ""))
    InputError.together(errors, bad)
    return rows


def names(path: Path) -> list[str]:
    """The first cells of a table, without its head."""
    return [line.partition(",")[0] for line in (content(path) or b"").decode("utf-8-sig").splitlines()[1:] if line]


def card(path: Path) -> dict[str, Any]:
    """A YAML file: values by key, each text as it stands, None if blank, a list, or again values by key. Raises InputError
    where there is none, or more than that: named twice, referring to itself, typed or deep."""
    import yaml

    if (found := content(path)) is None:
        raise InputError(path, None, "没有这个文件", "来源卡", "照 data/README.md 补上")
    given, depth = text(path, found), 0
    try:
        for event in yaml.parse(given, Loader=yaml.CBaseLoader):  # before it is composed, which recurs
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > 4 or isinstance(event, yaml.AliasEvent) or getattr(event, "tag", None):
                told = "引用（*）、类型（!）或层次过深的内容"
                raise InputError(path, event.start_mark.line + 1, told, "键和值", "直接写出内容")
        read = _value(path, yaml.compose(given, Loader=yaml.CBaseLoader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        told, expected = "读不出的 YAML", "“键: 值”，含冒号、引号的值加引号"
        raise InputError(path, mark and mark.line + 1, told, expected, "改正这一行") from error
    if not isinstance(read, dict):
        raise InputError(path, None, "没有键和值的内容", "键和值", "改正这个文件")
    return read


def _value(path: Path, node: Any) -> Any:
    """What a node of YAML holds. Raises InputError for a key that stands there twice."""
    if node is None or isinstance(node.value, str):
        return None if node is None or (not node.style and node.value in ("", "~", "null")) else node.value
    if node.id == "sequence":
        return [_value(path, one) for one in node.value]
    found: dict[str, Any] = {}
    for key, value in node.value:
        if not isinstance(key.value, str) or key.value in found:
            told = f"又一个 {key.value}" if isinstance(key.value, str) else "不是文字的键"
            raise InputError(path, key.start_mark.line + 1, told, "各行不同的键", "删去或改正这一行")
        found[key.value] = _value(path, value)
    return found


def write_table(path: Path, columns: list[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """A CSV table, UTF-8 with LF; Fractions as decimal numbers, ends of bounds rounded outwards unless they are one number."""
    lines = [columns]
    for row in rows:
        rounding = {"low": ROUND_FLOOR, "high": ROUND_CEILING} if row.get("low") != row.get("high") else {}
        lines.append([number(row[name], rounding.get(name, ROUND_HALF_EVEN)) for name in columns])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(spelling.written(lines).encode())


def number(cell: Any, rounding: str = ROUND_HALF_EVEN) -> Any:
    """A cell as it is written: at most 12 significant digits, inf for no bound, nothing for missing."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, Fraction):
        quotient = Context(prec=12, rounding=rounding).divide(Decimal(cell.numerator), Decimal(cell.denominator))
        return f"{quotient.normalize():f}"
    return "" if cell is None else str(cell)


def parse(cell: str) -> Fraction | float | None:
    """What `number` wrote."""
    return None if cell == "" else float(cell) if cell.endswith("inf") else Fraction(cell)


def rows_in(folder: Path, name: str) -> list[dict[str, Any]]:
    """A table that a notebook saved or an edition published: bounds as Fractions, ends as booleans."""
    path = folder / f"{name}.csv"
    if (found := content(path)) is None:
        raise FileNotFoundError(f"没有 {path}，请重新运行 jixiao report")
    header, *lines = (line for line in csv.reader(io.StringIO(found.decode("utf-8-sig"), newline="")) if line)
    return [{name: _typed(name, cell) for name, cell in zip(header, line, strict=True)} for line in lines]


def _typed(column: str, cell: str) -> Any:
    """A published cell; the apostrophe that keeps spreadsheets from taking it for a formula goes."""
    if column in ("value", "low", "high", "rounding"):
        return parse(cell)
    if column.endswith("_closed"):
        return {"true": True, "false": False, "": None}[cell]
    return cell[1:] if cell.startswith(("'=", "'+", "'-", "'@")) else cell


def noted(path: Path) -> dict[str, Any]:
    """What a file of JSON holds; nothing where there is none, or nobody can read it."""
    try:
        return dict(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def card_in(folder: Path) -> dict[str, Any]:
    """The card of a published edition. Raises InputError where its manifest was damaged."""
    path = folder / "manifest.json"
    try:
        return json.loads(content(path) or b"")["card"]
    except (ValueError, LookupError, TypeError) as error:
        raise InputError(path, None, "读不出的清单", "已发布版本的清单", "运行 jixiao verify 修复那个版本") from error
