"""How editors and spreadsheets spell a table: encoding, separator, heads, blank cells, dates; what of it is undone without loss.

Nothing is guessed: what cannot be undone for certain is told, with what was found, what was expected and what to do.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

COLUMNS = Path(__file__).with_name("columns.csv")
"""The columns of tables: what people call them, what they hold, what is to be filled in."""
SEPARATORS = ",", ";", "\t"
LONGEST = 10_000
"""How many characters a cell may have."""
AS_TEXT = "并把这一列的单元格格式设为文本"
SAVE = "另存为 UTF-8（表格为“CSV UTF-8”）"
_HAN = re.compile("[\u4e00-\u9fff]")
_LATIN = re.compile(
    "(?:[\xc0-\xd6\xd8-\xf6\xf8-\xff][\x80-\xbf\u0152-\u2122]{1,2}){2}|[\xa1-\xff]{4}|[?]{3}|锟斤拷|\ufffd"
)
_SLASHED = r"\d{4}/\d{1,2}/\d{1,2}|\d{1,2}-[A-Z][a-z]{2}|[A-Z][a-z]{2}-\d{1,2}"
TURNED = {
    "token": re.compile(rf"{_SLASHED}|\d{{4}}[-/年]\d{{1,2}}([-月]\d{{1,2}}日?|月)?|\d{{1,2}}月\d{{1,2}}日"),
    "due": re.compile(_SLASHED),
}
"""What a spreadsheet makes of 1-2, 12/26 or 9月, by the kind of column."""
_DAY = re.compile(r"(\d{4})[-/年.](\d{1,2})[-/月.](\d{1,2})日?")
_SCIENTIFIC = re.compile(r"-?\d(\.\d+)?E[+-]?\d+", re.I)
_FAILED = re.compile(r"#(REF!|NAME\?|VALUE!|DIV/0!|N/A|NUM!|NULL!|##+)")
"""What a formula says that cannot be computed, and a cell that is too narrow."""


Grid = Sequence[Sequence[str]]
"""The cells of a table, row by row, its head among them."""
Fault = tuple[int, str, str, str]
"""A row, what was found, what was expected and what to do."""


class Misspelt(ValueError):
    """What cannot be undone, fault by fault."""

    def __init__(self, *faults: Fault):
        super().__init__(faults)
        self.faults = faults


@dataclass(frozen=True)
class Column:
    """A column of tables that people keep; `kind`: token (no date), due (a token or a date), date or nothing."""

    table: str
    name: str
    kind: str
    labels: tuple[str, ...]
    says: str


@cache
def columns(table: str) -> dict[str, Column]:
    """The columns by name, those of this table before those of all."""
    with COLUMNS.open(encoding="utf-8", newline="") as file:
        rows = [
            Column(of, name, kind, tuple(labels.split("|")), says) for of, name, kind, labels, says in csv.reader(file)
        ]
    return {one.name: one for one in sorted(rows, key=lambda one: one.table) if one.table in ("", table)}


def decoded(content: bytes) -> tuple[str, str]:
    """Text of any encoding in use in China, its lines ended by LF, and what was undone. Raises Misspelt, once for a file."""
    try:
        encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        row, encoding = content[: error.start].count(b"\n") + 1, "gb18030"
        text = content.decode(encoding, "replace")
        common = sum(one.encode("gb2312", "ignore") != b"" for one in text if one > "\x7f")
        if "\ufffd" in text or 10 * common < 9 * sum(one > "\x7f" for one in text):
            raise Misspelt((row, "不是 UTF-8 的字节", "UTF-8 编码", SAVE)) from error
    text = re.sub("\r\n?", "\n", text)
    for row, line in enumerate(text.split("\n"), 1):
        if _garbled(line):
            raise Misspelt((row, f"乱码（{line.strip()[:20]}…）", "汉字", f"找回没有乱码的文件，{SAVE}"))
    return text, "" if encoding == "utf-8-sig" else f"编码由 {encoding.upper()} 改为 UTF-8"


def _garbled(line: str) -> bool:
    """Whether a line was read in another encoding than it was written in: two characters of GBK for each three bytes of UTF-8."""
    turned = line.encode("gb18030", "ignore").decode("utf-8", "ignore")
    given = len(_HAN.findall(line))
    return bool(_LATIN.search(line)) or (given > 2 and 2 * len(_HAN.findall(turned)) > given)


def grid(text: str) -> tuple[Grid, str]:
    """The cells of a CSV, whichever of comma, semicolon and tab stands between them, and what was undone. Raises Misspelt."""
    head = next((line for line in text.split("\n") if line.strip()), "")
    if named := re.fullmatch("sep=(.)", head):
        text, head = text.partition("\n")[2], named[1]
    separator = max(SEPARATORS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        lines = [*reader]
    except csv.Error as error:
        told = "不成对的引号，或一格过长"
        raise Misspelt((reader.line_num, told, "引号成对、以逗号分格的 CSV", "改正这一行")) from error
    return lines, "" if separator == "," else f"分隔符由{'制表符' if separator.isspace() else separator}改为逗号"


@dataclass(frozen=True)
class Tidy:
    """A table as it should stand: its head, its rows by number (the head's is 1, worked rows among them), and what was undone."""

    head: list[str]
    lines: list[tuple[int, list[str]]]
    undone: list[str]


def worked(line: Sequence[str]) -> bool:
    """Whether a row is a worked line, nobody's data."""
    return line[0].startswith("#") and not _FAILED.fullmatch(line[0])


def tidy(table: str, given: Grid, asked: Sequence[str], more: Sequence[str]) -> Tidy:
    """A table with the columns that are asked for, and perhaps some `more`, without blank rows and columns. Raises Misspelt."""
    filled = [(n, [*line]) for n, line in enumerate(given, 1) if any(cell.strip() for cell in line)]
    (top, raw), rows = filled[0] if filled else (1, []), filled[1:]
    heads = _named(table, raw, {*asked, *more})
    used = {at for _, line in rows if not worked(line) for at, cell in enumerate(line) if cell.strip()}
    order = _order(top, heads, used, asked, more)
    faults, lines = list[Fault](), []
    for n, line in rows:
        if worked(line):
            line = [*line[: len(raw) - 1], ",".join(line[len(raw) - 1 :])] + [""] * (len(raw) - len(line))
            lines.append((n, [line[at] for at in order.values()]))
        elif len(line) <= max(order.values()) or any(line[len(raw) :]):
            faults.append((n, f"{len(line)} 格", f"{len(raw)} 格", "改正这一行的逗号和引号"))
        else:
            cells = {name: line[at] for name, at in order.items()}
            faults += ((n, *told) for name, cell in cells.items() for told in _wrong(table, name, cell))
            lines.append((n, [_day(cell) if _kind(table, name) == "date" else cell for name, cell in cells.items()]))
    if faults:
        raise Misspelt(*faults)
    undone = {
        "表头改为列名": [name for name in heads if name] != [cell for cell in raw if cell],
        "各列改为原来的次序": [*order.values()] != sorted(order.values()),
        "删去空白的列": len(order) < len(raw),
        "删去空白的行": [n for n, _ in rows] != [*range(top + 1, top + 1 + len(rows))],
        "日期写作 2021-03-31": any(
            cell not in line for (_, cells), (_, line) in zip(lines, rows, strict=True) for cell in cells
        ),
    }
    return Tidy([*order], lines, [what for what, done in undone.items() if done])


def _named(table: str, heads: Sequence[str], known: set[str]) -> list[str]:
    """Heads as the names of columns, where they are such a name or what people call it."""
    called = {label: one.name for one in columns(table).values() if one.name in known for label in one.labels if label}
    plain = [unicodedata.normalize("NFKC", head).strip().lower() for head in heads]
    return [one if one in known else called.get(one, head.strip()) for one, head in zip(plain, heads, strict=True)]


def _order(row: int, heads: list[str], used: set[int], asked: Sequence[str], more: Sequence[str]) -> dict[str, int]:
    """The columns and where each stands, as asked for where these stand in another order. Raises Misspelt."""
    required = [name for name in asked if name not in more]
    odd = [
        f"多出的 {name or f'第{at + 1}列（没有表头）'}"
        for at, name in enumerate(heads)
        if (name not in (*asked, *more) and at in used) or (name and name in heads[:at])
    ]
    at = {name: at for at, name in enumerate(heads) if name in (*asked, *more)}
    if odd or not at.keys() >= {*required}:
        told = "、".join(odd) or ",".join(filter(None, heads)) or "空白"
        raise Misspelt((row, told, ",".join(asked), "改正表头"))
    if [name for name in at if name in required] == required:
        return at
    return {name: at[name] for name in (*required, *(name for name in at if name not in required))}


def _kind(table: str, name: str) -> str:
    known = columns(table).get(name)
    return known.kind if known else ""


def _wrong(table: str, name: str, cell: str) -> Iterator[tuple[str, str, str]]:
    """What is wrong with a cell: too long, or made something else by a spreadsheet, for good."""
    kind, text = _kind(table, name), cell.strip()
    if len(cell) > LONGEST or "\n" in cell:
        told = f"换行（{text[:20]}…）" if "\n" in cell else f"{len(cell)} 字（{cell[:20]}…）"
        yield f"一格里有{told}", f"各格一行，不超过 {LONGEST} 字", "改写这一格"
    elif _FAILED.fullmatch(text):
        yield f"{name} {text}（公式没有算出的值）", "原来的文字", "照来源填写，不用公式"
    elif kind in TURNED and _SCIENTIFIC.fullmatch(text):
        yield f"{name} {text}（科学记数，末几位已经丢失）", "全部数字", f"照来源填写，{AS_TEXT}"
    elif kind in TURNED and TURNED[kind].fullmatch(text):
        told = f"{name} {text}（像是表格软件改成的日期）"
        yield told, "来源里的写法，如 1-2、12/26、2020-09-18", f"照来源填写，{AS_TEXT}"


def _day(cell: str) -> str:
    """A date as 2021-03-31, if it is one."""
    found = _DAY.fullmatch(cell.strip())
    return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}" if found else cell
