"""A report as it arrives, read into passages: Word, spreadsheet, PDF, web page or plain text.

A document is a stranger's: it is read in a process of its own, with little memory and time, that fetches, writes and runs nothing of it;
entities and archives that unfold beyond measure are refused. What is shown and cannot be read, as a page that is a picture, is a question.
"""

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
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lib.edition.store import InputError

LARGEST, UNFOLDED, RATIO = 100 << 20, 256 << 20, 200  # bytes of a file, of an archive unfolded; how far a part may
TEXT = 16 << 20  # bytes of a plain text
MEMORY, SECONDS = 2 << 30, 60  # bytes and seconds of a processor that reading may take
CELLS = 1_000_000  # of a table
GRIDS = "sheets"  # in place of an ending: the cells of a workbook, nothing made of them
OLD, RICH = b"\xd0\xcf\x11\xe0", b"{\\rtf"  # how files of Office 97 (and WPS) and rich text begin
OPEN = b"application/vnd.oasis.opendocument"  # what files of LibreOffice begin with
EXPECTED = (
    "能读出文字的报告（docx、xlsx、pdf、html、mht、txt、md、csv，或可由 LibreOffice 打开的 doc、wps、xls、odt、ods）"
)
LIMIT = ("读起来过大或过于复杂的文件", "拆成几个文件，或另存为 docx 后再读")


class Unreadable(Exception):
    """Why a document cannot be read, and what to do, in words for the analyst."""


@dataclass(frozen=True)
class Passage:
    """A part of a report: heading, text, item, note, table, furniture (page heads and feet, contents), or a question: what was not read.

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


def grids(path: Path) -> dict[str, list[list[str]]]:
    """The sheets of a workbook by name, hidden ones too, each cell as it is displayed. Raises InputError."""
    try:
        told = _aside(_content(path), GRIDS)
    except Unreadable as error:
        raise InputError(path, None, error.args[0], "录入表（xlsx）", error.args[1]) from None
    return {one["name"]: [[cell or "" for cell in row] for row in one["rows"]] for one in told}


def read(path: Path) -> Document:
    """The passages of a report. Raises InputError with one message that says what is wrong with it and what to do."""
    try:
        content = _content(path)
        foreign = content.startswith((OLD, RICH)) or OPEN in content[:99]
        told = _aside(_converted(content) if foreign else content, path.suffix.lower())
    except Unreadable as error:
        raise InputError(path, None, error.args[0], EXPECTED, error.args[1]) from None
    passages = (Passage(**one | {"rows": tuple(map(tuple, one["rows"]))}) for one in told)
    return Document(path, hashlib.sha256(content).hexdigest(), tuple(passages))


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise Unreadable("一个文件夹" if path.is_dir() else "没有这个文件", "给出报告文件的路径")
    if path.name.startswith("~$"):
        raise Unreadable("Word 或 WPS 打开文件时留下的临时文件", "给出同名、不带 ~$ 的文件")
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
        advice = "用 Word 或 WPS 另存为 docx（表格为 xlsx），或安装 LibreOffice"
        raise Unreadable("别种格式的文件（doc、wps、xls、rtf、odt、ods）", advice)
    form = "xlsx" if "Workbook".encode("utf-16-le") in content or OPEN + b".spreadsheet" in content[:99] else "docx"
    with tempfile.TemporaryDirectory() as name:
        old, made = Path(name, "report.old"), Path(name, f"report.{form}")
        old.write_bytes(content)
        options = f"-env:UserInstallation={old.parent.as_uri()}/profile --headless --norestore --convert-to {form} --outdir {name}"
        command, silent = [office, *options.split(), str(old)], subprocess.DEVNULL
        with subprocess.Popen(command, stdout=silent, stderr=silent, start_new_session=True) as process:
            with suppress(subprocess.TimeoutExpired):
                process.wait(2 * SECONDS)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        if not made.is_file():
            raise Unreadable("LibreOffice 打不开的文件（可能有密码或已损坏）", "用 Word 或 WPS 另存为 docx 后再读")
        return made.read_bytes()


def _aside(content: bytes, suffix: str) -> list[dict[str, Any]]:
    """The passages, read in a process of its own, as keys and values."""
    command = [sys.executable, "-P", "-c", "from lib.intake.reading import tell; tell()", suffix, str(SECONDS)]
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
    """Read what comes by standard input, a file of the ending and within the seconds named; write passages, or the fault, as JSON."""
    with suppress(ImportError):  # not on Windows
        import resource

        for name, most in (("RLIMIT_AS", MEMORY), ("RLIMIT_CPU", int(sys.argv[2])), ("RLIMIT_FSIZE", 0)):
            with suppress(ValueError, OSError):  # a system that knows no such limit
                resource.setrlimit(getattr(resource, name), (most, most))
    told: Any
    try:
        told = [vars(one) for one in passages(sys.stdin.buffer.read(), sys.argv[1])]
    except Unreadable as error:
        told = {"fault": error.args}
    except (MemoryError, RecursionError):
        told = {"fault": LIMIT}
    except Exception as error:  # whatever a library stumbles over, the file is at fault
        damaged = (f"已损坏的文件（{type(error).__name__}: {error}）"[:200], "用原来的软件打开，另存后再读")
        told = {"fault": LIMIT if "allocate" in str(error) else damaged}  # a library's own word for no memory
    sys.stdout.write(json.dumps(told))  # at once: `dump` writes a word at a time


def passages(content: bytes, suffix: str) -> list[Passage]:
    """The passages of what a file holds, by how it begins; by its ending only what begins like any text. Raises Unreadable."""
    from lib.intake import layout, lines, pages, sheets, web, word

    if suffix == GRIDS:
        return [*sheets.grids(_archive(content))]
    if content.startswith(b"PK\x03\x04"):
        archive = _archive(content)
        folders = {name.partition("/")[0] for name in archive.namelist()}
        if not folders & {"word", "xl"}:
            raise Unreadable("不是 Word 或 Excel 文件的压缩文件", "另存为 docx 后再读")
        found = word.passages(archive) if "word" in folders else sheets.workbook(archive)
    elif b"%PDF-" in content[:1024]:
        found = pages.pdf(content)
    else:
        text = lines.decode(content)
        if b"multipart/related" in content[:4096]:
            found = web.web(web.saved(content), site=True)
        elif suffix in (".md", ".markdown"):
            found = web.web(web.markdown(text))
        elif suffix == ".csv":
            found = sheets.values(text)
        elif suffix in (".html", ".htm") or re.match(r"\s*<(!doctype|html|head|body|\?xml)", text, re.I):
            found = web.web(text, site=True)
        elif len(content) > TEXT:
            raise Unreadable(*LIMIT)
        else:
            found = layout.unwrap(text)
    kept = [one for one in map(lines.clean, found) if one.text or any(cell for row in one.rows for cell in row)]
    if not kept:
        raise Unreadable("没有文字的文件", "找回原文件后再读")
    return [part for one in lines.listed(kept) for part in lines.parted(one)]


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
