"""A report as it arrives, read into passages: Word, spreadsheet, PDF, web page or plain text.

A document is a stranger's: it is read in a process of its own, with little memory and time, that fetches, writes and runs nothing
of it; entities and archives that unfold beyond measure are refused. Of a workbook also hidden sheets and rows are read. A page of
a PDF that is only a picture is told by a passage of furniture.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import zipfile
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from math import inf
from pathlib import Path
from typing import Any

from lib.edition.store import InputError, words

LARGEST, UNFOLDED, RATIO = (
    100 << 20,
    256 << 20,
    200,
)  # bytes of a file, of an archive unfolded; how far a part may unfold
MEMORY, SECONDS = 2 << 30, 60  # bytes and seconds of a processor that reading may take
CELLS = 1_000_000  # of a table
OLD, RICH = b"\xd0\xcf\x11\xe0", b"{\\rtf"  # how files of Office 97 (and WPS) and rich text begin
EXPECTED = "能读出文字的报告（docx、xlsx、pdf、html、txt、md，或可由 LibreOffice 打开的 doc、wps、xls）"
LIMIT = ("读起来过大或过于复杂的文件", "拆成几个文件，或另存为 docx 后再读")


class Unreadable(Exception):
    """Why a document cannot be read, and what to do, in words for the analyst."""


@dataclass(frozen=True)
class Passage:
    """A part of a report: heading, text, item, note, table or furniture (page heads and feet, contents, navigation).

    `text` is one line, without the automatic number, which is the `marker`; pages count from 1, 0 where the form has none; `rows`
    are a full grid, None in cells that a merged one covers.
    """

    kind: str
    text: str
    level: int = 0
    marker: str = ""
    page: int = 0
    name: str = ""
    rows: tuple[tuple[str | None, ...], ...] = ()


@dataclass(frozen=True)
class Document:
    """A file and its passages in reading order, furniture included."""

    path: Path
    sha256: str
    passages: tuple[Passage, ...]


def read(path: Path) -> Document:
    """The passages of a report. Raises InputError with one message that says what is wrong with it and what to do."""
    try:
        content = _content(path)
        told = _aside(_converted(content) if content.startswith((OLD, RICH)) else content, path.suffix.lower())
    except Unreadable as error:
        raise InputError(path, None, error.args[0], EXPECTED, error.args[1]) from None
    passages = (Passage(**one | {"rows": tuple(map(tuple, one["rows"]))}) for one in told)
    return Document(path, hashlib.sha256(content).hexdigest(), tuple(passages))


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise Unreadable("一个文件夹" if path.is_dir() else "没有这个文件", "给出报告文件的路径")
    if path.stat().st_size > LARGEST:
        raise Unreadable(*LIMIT)
    content = path.read_bytes()
    if not content.strip():
        raise Unreadable("空文件", "找回原文件后再读")
    if content.startswith(OLD) and "EncryptedPackage".encode("utf-16-le") in content:
        raise Unreadable("有密码的文件", "去掉密码另存后再读")
    return content


def _converted(content: bytes) -> bytes:
    """A file of Office 97, WPS or rich text as docx or xlsx, by an office of its own profile, in which no macro runs."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if not office:
        raise Unreadable(
            "旧格式的文件（doc、wps、xls、rtf）", "用 Word 或 WPS 另存为 docx（表格为 xlsx），或安装 LibreOffice"
        )
    form = "xlsx" if "Workbook".encode("utf-16-le") in content else "docx"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "report.old").write_bytes(content)
        profile = f"-env:UserInstallation={folder.as_uri()}/profile"
        command = [
            office,
            profile,
            "--headless",
            "--norestore",
            "--convert-to",
            form,
            "--outdir",
            name,
            f"{name}/report.old",
        ]
        about = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "start_new_session": True}
        with subprocess.Popen(command, **about) as process:
            with suppress(subprocess.TimeoutExpired):
                process.wait(2 * SECONDS)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        made = folder / f"report.{form}"
        if not made.is_file():
            raise Unreadable("LibreOffice 打不开的文件（可能有密码或已损坏）", "用 Word 或 WPS 另存为 docx 后再读")
        return made.read_bytes()


# --- a process of its own -----------------------------------------------------------------------------------------------


def _aside(content: bytes, suffix: str) -> list[dict[str, Any]]:
    """The passages, read in a process of its own, as keys and values."""
    command = [sys.executable, "-P", "-c", "from lib.intake.reading import tell; tell()", suffix]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=2 * SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise Unreadable(*LIMIT) from None
    if done.returncode:  # killed at a limit, or out of memory before it could say so
        raise Unreadable(*LIMIT)
    told = json.loads(done.stdout)
    if isinstance(told, dict):
        raise Unreadable(*told["fault"])
    return told


def tell() -> None:
    """Read what comes by standard input, and write the passages, or the fault, as JSON."""
    with suppress(ImportError):  # not on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    told: Any
    try:
        told = [vars(one) for one in passages(sys.stdin.buffer.read(), sys.argv[1])]
    except Unreadable as error:
        told = {"fault": error.args}
    except (MemoryError, RecursionError):
        told = {"fault": LIMIT}
    except Exception as error:  # whatever a library stumbles over, the file is at fault
        told = {"fault": (f"已损坏的文件（{type(error).__name__}: {error}）"[:200], "用原来的软件打开，另存后再读")}
    json.dump(told, sys.stdout)


def passages(content: bytes, suffix: str) -> list[Passage]:
    """The passages of what a file holds, by how it begins; by its ending only what begins like any text. Raises Unreadable."""
    from lib.intake import pages

    if content.startswith(b"PK"):
        archive = _archive(content)
        folders = {name.partition("/")[0] for name in archive.namelist()}
        if "word" not in folders:
            raise Unreadable("不是 Word 文件的压缩文件", "另存为 docx 后再读")
        found = pages.word(archive)
    else:
        found = _plain(decode(content))
    kept = [one for one in map(_clean, found) if one.text or any(cell for row in one.rows for cell in row)]
    if not kept:
        raise Unreadable("没有文字的文件", "找回原文件后再读")
    return kept


def _clean(one: Passage) -> Passage:
    rows = tuple(tuple(cell and clean(cell) for cell in row) for row in one.rows)
    return replace(one, text=clean(one.text), rows=rows)


def _archive(content: bytes) -> zipfile.ZipFile:
    """The parts of a Word or Excel file, none of which unfolds beyond measure or declares entities."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    parts = archive.infolist()
    if sum(part.file_size for part in parts) > UNFOLDED or len(parts) > 10_000:
        raise Unreadable(*LIMIT)
    for part in parts:
        if part.flag_bits & 1:
            raise Unreadable("有密码的文件", "去掉密码另存后再读")
        if part.file_size > max(RATIO * part.compress_size, 1 << 20):
            raise Unreadable(*LIMIT)
        if part.filename.endswith((".xml", ".rels", ".vml")):
            held = archive.read(part)
            if any("<!DOCTYPE".encode(encoding) in held for encoding in ("utf-8", "utf-16-le", "utf-16-be")):
                raise Unreadable("带有 DTD 声明的文件（Office 不会这样写）", "用 Word 或 WPS 打开，另存后再读")
    return archive


# --- lines and paragraphs -----------------------------------------------------------------------------------------------

FINAL = "。；：！？…;:!?"
LEVELS = (
    r"(?:第?[一二三四五六七八九十百]+(?:、|章|部分))",
    r"[（(][一二三四五六七八九十]+[)）]",
    r"\d{1,2}(?:[、．]|\.(?!\d))",
)
START = re.compile(rf"[ \t\xa0]{{2}}|　|{'|'.join(LEVELS)}|[（(]\d{{1,2}}[)）]|[①-⑳]|[•·●■◆▪-]\s|附件|附表")
NUMBER = re.compile(
    r"[-—–―－·]*\s*第?\s*\d+\s*页(\s*[,，/]?\s*共?\s*\d+\s*页)?|[-—–―－·]+\s*\d+\s*[-—–―－·]+|\d+\s*/\s*\d+"
)
"""A page number as it stands alone on a line."""
MARK = re.compile(r"\s*[\[〔［（(【]?(\d{1,3}|[①-⑳*†‡]+)[\]〕］）)】]?\s*")


def clean(text: str) -> str:
    """One line, without marks that have no width and characters of private use that mark numbers."""
    return re.sub(
        r"\s+", " ", re.sub("[\x00-\x08\u200b-\u200f\ufeff\xad]", "", words(text.encode("utf-8", "replace")))
    ).strip()


def joined(lines: Iterable[str], apart: bool = False) -> str:
    """Lines as one: a blank stands only between Latin words, and between numbers that are `apart`."""
    whole: list[str] = []
    for line in filter(None, (line.strip() for line in lines)):
        between = (whole[-1][-1] + line[0]) if whole else ""
        whole += [" "] * (between.isascii() and (between.isalpha() or (apart and between.isalnum()))) + [line]
    return "".join(whole)


def raised(text: str, before: str) -> str:
    """A superscript: that of a unit (m²) stays, the mark of a note goes, all else is text."""
    if re.search(r"[a-zA-Z]$", before) and text in ("2", "3"):
        return "²³"[int(text) - 2]
    return "" if MARK.fullmatch(text) else text


def level(text: str) -> int:
    """Of a short line that begins with a heading's number and ends no sentence: 一、 1, （一） 2, 1. 3; else 0."""
    if len(text) > 40 or text[-1:] in (*FINAL, "，", "、", ","):
        return 0
    return next((number for number, form in enumerate(LEVELS, 1) if re.match(rf"{form}\s*\D", text)), 0)


def passage(text: str, page: int = 0, marker: str = "") -> Passage:
    """Heading, item or text, by how it reads."""
    text = text.strip()
    if NUMBER.fullmatch(text):
        return Passage("furniture", text, page=page)
    if bullet := re.match(r"[•·●■◆▪*-]\s+", text):
        return Passage("item", text[bullet.end() :], page=page, marker=text[0])
    number = level(marker + text)
    if marker and (not number or marker[0].isdigit()):
        return Passage("item", text, page=page, marker=marker)
    return Passage("heading" if number else "text", text, number, marker, page)


def paragraphs(text: str, soft: bool = False) -> Iterator[str]:
    """Paragraphs out of lines that are wrapped at a width or, `soft`, broken by hand inside a paragraph; pages may end anywhere."""
    lines = text.replace("\f", "\n\f\n").split("\n")
    full = 0 if soft else _full(lines)
    whole, gap, turned = list[str](), False, False
    for line in lines:
        if line == "\f" or NUMBER.fullmatch(line.strip()):
            yield line  # what stood before it may go on after it
            gap, turned = False, True
        elif not line.strip():
            gap = not turned
        else:
            if whole and (gap or not _goes_on(whole[-1], line, full)):
                yield joined(whole)
                whole = []
            whole.append(line)
            gap = turned = False
    if whole:
        yield joined(whole)


def _goes_on(last: str, line: str, full: float) -> bool:
    """Whether a line goes on with what the line before began; `full` is the width of a full one, 0 for any."""
    if START.match(line) or last.rstrip()[-1] in FINAL:
        return False
    if not full:
        return not level(last.strip())
    figure = re.search(r"\d\s*$", last) and re.match(r"[\d余多万亿元人个名家场次%％]", line)
    return bool(figure) or _width(last) >= min(full - 6, 72)


def _width(line: str) -> int:
    """In cells, of which a Chinese character has two."""
    return len(line.rstrip().encode("gb18030", "replace"))


def _full(lines: list[str]) -> float:
    """The width at which lines are wrapped: where many end and hardly any is wider; infinite where they are not wrapped."""
    widths = sorted(_width(line) for line in lines if line.strip())
    many, full = max((bisect_right(widths, one) - bisect_left(widths, one - 6), one) for one in {0, *widths})
    return full if many > 1 and full >= 24 and bisect_right(widths, full) >= 0.95 * len(widths) else inf


def _plain(text: str) -> Iterator[Passage]:
    return map(passage, paragraphs(text))


Cell = tuple[str | None, int, int]
"""A cell as forms that merge hold it: its text, how many columns and how many rows it takes."""


def grid(rows: Iterable[list[Cell]]) -> tuple[tuple[str | None, ...], ...]:
    """A full grid; None where a merged cell covers. Raises Unreadable if it is too large."""
    rows, placed = list(rows), dict[tuple[int, int], str | None]()
    for down, row in enumerate(rows):
        across = 0
        for text, columns, lines in row:
            while (down, across) in placed:
                across += 1
            lines = max(1, min(lines, len(rows) - down))
            if len(placed) + columns * lines > CELLS:
                raise Unreadable(*LIMIT)
            placed |= {(down + line, across + column): None for line in range(lines) for column in range(columns)}
            if columns > 0:
                placed[down, across] = text
    width = 1 + max((across for _, across in placed), default=-1)
    return tuple(tuple(placed.get((down, across), "") for across in range(width)) for down in range(len(rows)))


def decode(content: bytes) -> str:
    """Text of any encoding in use in China, lines ended by LF. Raises Unreadable."""
    encodings = ["utf-8-sig", "gb18030"]
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in content:
        encodings = []
    for encoding in encodings:
        with suppress(UnicodeDecodeError):
            return content.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
    raise Unreadable("不是文字、认不出格式的文件", "另存为 docx、pdf 或 UTF-8 编码的 txt 后再读")
