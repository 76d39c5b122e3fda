"""How editors and spreadsheets spell a table: encoding, separator, heads, blank cells, dates; what of it is undone without loss.

Nothing is guessed: what cannot be undone for certain is told (`InputError`), with what was found, what was expected and what to do.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from lib.edition.fault import InputError

LONGEST = 10_000  # how many characters a cell may have
SAVE = "另存为 UTF-8（表格为“CSV UTF-8”）"
_HAN = re.compile("[\u4e00-\u9fff]")
_GARBLED = re.compile(
    "(?:[\xc0-\xd6\xd8-\xf6\xf8-\xff][\x80-\xbf\u0152-\u2122]{1,2}){2}|[\xa1-\xb6\xb8-\xd6\xd8-\xff]{4}|[?]{3}|锟斤拷|\ufffd"
)
FAILED = re.compile(r"#(REF!|NAME\?|VALUE!|DIV/0!|N/A|NUM!|NULL!|##+)")
SPOILT = (
    ("公式错误", FAILED, ("", "name", "date", "due", "token")),
    ("科学记数", re.compile(r"-?\d(\.\d+)?[Ee][+-]?\d+"), ("due", "token")),
    ("日期", re.compile(r"\d{4}/\d{1,2}/\d{1,2}|\d{1,2}-[A-Z][a-z]{2}|[A-Z][a-z]{2}-\d{1,2}"), ("due", "token")),
    ("日期", re.compile(r"\d{4}[-/年]\d{1,2}([-月]\d{1,2}日?|月)?|\d{1,2}月\d{1,2}日"), ("token",)),
)
"""What a spreadsheet makes of 1-2, 12/26, 9月, a long number or =1+, and in which kinds of columns it cannot be meant."""
_DAY = re.compile(r"(\d{4})[-/年.](\d{1,2})[-/月.](\d{1,2})日?")
UNSEEN = re.compile(
    "[\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ue000-\uf8ff\U000e0000-\U0010ffff]"
)
"""What nobody sees, or everybody sees otherwise: it is removed, and told."""
STRANGE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufff0-\uffff\U0001f000-\U0001faff]")
"""What no form can print: control characters, halves of characters, emoji."""
_UNFIT = re.compile(f"\n|{STRANGE.pattern}|{UNSEEN.pattern}")
Grid = Sequence[Sequence[str]]  # the cells of a table, row by row, its head among them


@cache
def listed(name: str, folder: Path = Path(__file__).parent) -> list[dict[str, str]]:
    """A table of the program: of this room `columns`, `tables`, `card` (what people fill in), `meanings` (what a value may be)."""
    return [*csv.DictReader((folder / f"{name}.csv").read_text("utf-8").splitlines())]


@cache
def columns(table: str) -> dict[str, dict[str, str]]:
    """The columns of a table by name: `kind` (name, token, due: a token or a date, date), `means`, `labels`, and what it `says` to fill in."""
    rows = [row for row in listed("columns") if row["table"] in ("", table)]
    return {row["column"]: row for row in sorted(rows, key=lambda row: row["table"])}


MEANINGS = {row["kind"]: row for row in listed("meanings")}
"""What a value may be, by kind: a `pattern`, and how it is `expected`."""


def is_meant(kind: str, given: object) -> bool:
    """Whether a text is of a kind of `MEANINGS`: fit to print, and what is a date a day of the calendar."""
    text = str(given) if isinstance(given, int) else given
    if not isinstance(text, str) or _UNFIT.search(text) or not re.fullmatch(MEANINGS[kind]["pattern"], text):
        return False
    try:
        return not (kind.startswith("date") and text) or bool(date.fromisoformat(text))
    except ValueError:
        return False


def label(table: str, column: str) -> str:
    """What people call a column."""
    return columns(table)[column]["labels"].partition("|")[0] if column in columns(table) else column


def spelled(characters: Iterable[str]) -> str:
    """Characters by their number and name: U+200B ZERO WIDTH SPACE."""
    return "、".join(f"U+{ord(one):04X} {unicodedata.name(one, '')}".strip() for one in dict.fromkeys(characters))


def decoded(path: Path, content: bytes) -> tuple[str, str]:
    """Text of any encoding in use in China, its lines ended by LF, and what was undone. Raises InputError, once for a file."""
    try:
        encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        row, encoding = content[: error.start].count(b"\n") + 1, "gb18030"
        text = content.decode(encoding, "replace")
        common = sum(one.encode("gb2312", "ignore") != b"" for one in text if one > "\x7f")
        if "\ufffd" in text or 10 * common < 9 * sum(one > "\x7f" for one in text):
            raise InputError(path, row, "不是 UTF-8 的字节", "UTF-8 编码", SAVE) from error
    text = re.sub("\r\n?", "\n", text)
    lines = enumerate(text.split("\n"), 1) if _GARBLED.search(text) or len(_HAN.findall(_turned(text))) > 1 else ()
    for row, line in lines:
        if _GARBLED.search(line) or 2 * len(_HAN.findall(_turned(line))) > max(len(_HAN.findall(line)), 2):
            raise InputError(path, row, f"乱码（{line.strip()[:20]}…）", "汉字", f"找回没有乱码的文件，{SAVE}")
    return text, "" if encoding == "utf-8-sig" else f"编码由 {encoding.upper()} 改为 UTF-8"


def text(path: Path, content: bytes) -> str:
    """A file that people wrote, as `decoded`, without what is `UNSEEN`. Raises InputError for what cannot be printed."""
    found, bad = decoded(path, content)[0], []
    for number, line in enumerate(found.split("\n"), 1):
        if strange := STRANGE.findall(line):
            bad.append(InputError(path, number, f"字符 {spelled(strange)}", "能印出的文字", "删去或改写"))
        if re.match("(<{7}|>{7})( |$)", line):
            bad.append(InputError(path, number, f"合并冲突的标记 {line[:7]}", "一种内容", "选定一种，删去标记"))
    InputError.together(bad)
    return UNSEEN.sub("", found)


def _turned(text: str) -> str:
    """A text as it was before its UTF-8 was taken for GBK, which makes three characters of two; of any other nothing much is left."""
    return text.encode("gb18030", "ignore").decode("utf-8", "ignore")


def _grid(path: Path, text: str) -> tuple[Grid, str]:
    """The cells of a CSV, whichever of comma, semicolon and tab stands between them, and what was undone."""
    head = next((line for line in text.split("\n") if line.strip()), "")
    if named := re.fullmatch("sep=(.)", head):  # as Excel asks for it
        text, head = text.partition("\n")[2], named[1]
    separator = max((",", ";", "\t"), key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        lines = [*reader]
    except csv.Error as error:
        told = "不成对的引号，或一格过长"
        raise InputError(path, reader.line_num, told, "引号成对、以逗号分格的 CSV", "改正这一行") from error
    return lines, "" if separator == "," else f"分隔符由{'制表符' if separator.isspace() else separator}改为逗号"


def trimmed(token: str) -> str:
    """A number as a spreadsheet leaves it, without zeros at its end: 2.60% as 2.6%."""
    return re.sub(r"(\.\d*?)0+(?!\d)", lambda end: end[1].rstrip("."), token)


def written(rows: Iterable[Sequence[object]]) -> str:
    """A table as CSV, its head first."""
    target = io.StringIO()
    csv.writer(target, lineterminator="\n").writerows(rows)
    return target.getvalue()


@dataclass(frozen=True)
class Tidy:
    """A table as it should stand: its head, its rows by number (the head's is 1, worked lines among them), and what was undone."""

    head: list[str]
    lines: list[tuple[int, list[str]]]
    undone: list[str]

    @property
    def text(self) -> str:
        """It as CSV."""
        return written([self.head, *(line for _, line in self.lines)])

    def column(self, name: str) -> list[str]:
        """The cells of a column, blank where there is none."""
        return [dict(zip(self.head, line, strict=True)).get(name, "") for _, line in self.lines]


def worked(line: Sequence[str]) -> bool:
    """Whether a row is a worked line, nobody's data."""
    return line[0].startswith("#") and not FAILED.fullmatch(line[0])


def tidy(
    path: Path, table: str, found: bytes, asked: list[str], more: Sequence[str] = (), called: Mapping[str, str] = {}
) -> Tidy:
    """A table from the bytes of a CSV, with the columns that are asked for, perhaps some `more`, without blank rows and
    columns; `called`: names of indicators by label. Raises InputError for columns that are missing, unknown or there
    twice, and cells that cannot be meant."""
    given, separated = _grid(path, text(path, found))
    filled = [(n, [*line]) for n, line in enumerate(given, 1) if any(cell.strip() for cell in line)]
    (top, raw), rows = filled[0] if filled else (1, []), filled[1:]
    heads = _named(table, raw, {*asked, *more})
    used = {at for _, line in rows if not worked(line) for at, cell in enumerate(line) if cell.strip()}
    order = _order(path, top, heads, used, asked, more)
    kinds = {name: columns(table).get(name, {}).get("kind", "") for name in order}
    faults, lines, last = list[InputError](), [], len(raw) - 1
    for n, line in rows:
        if worked(line):
            line = [*line[:last], ",".join(line[last:]), *[""] * (last - len(line) + 1)]
            lines.append((n, [line[at] for at in order.values()]))
        elif len(line) <= max(order.values()) or any(line[len(raw) :]):
            faults.append(InputError(path, n, f"{len(line)} 格", f"{len(raw)} 格", "改正这一行的逗号和引号"))
        else:
            wrong = (told for name, at in order.items() if line[at] for told in _wrong(kinds[name], name, line[at]))
            faults += (InputError(path, n, *told) for told in wrong)
            lines.append((n, [_mended(kinds[name], line[at], called) for name, at in order.items()]))
    InputError.together(faults)
    mended = {cell for (_, new), (_, old) in zip(lines, rows, strict=True) for cell in {*new} - {*old}}
    days = {cell for cell in mended if _DAY.fullmatch(cell)}
    undone = {
        decoded(path, found)[1]: True,
        separated: True,
        "表头改为列名": [name for name in heads if name] != [cell for cell in raw if cell],
        "各列改为原来的次序": [*order.values()] != sorted(order.values()),
        "删去空白的列": len(order) < len(raw),
        "删去空白的行": [n for n, _ in rows] != [*range(top + 1, top + 1 + len(rows))],
        "指标改为指标名": mended - days,
        "日期写作 2021-03-31": days,
    }
    return Tidy([*order], lines, [what for what, done in undone.items() if what and done])


def _named(table: str, heads: Sequence[str], known: set[str]) -> list[str]:
    """Heads as the names of columns, where they are such a name or what people call it."""
    labels = ((name, one["labels"].split("|")) for name, one in columns(table).items() if name in known)
    called = {word: name for name, words in labels for word in words if word}
    plain = [unicodedata.normalize("NFKC", head).strip().lower() for head in heads]
    return [one if one in known else called.get(one, head.strip()) for one, head in zip(plain, heads, strict=True)]


def _order(path: Path, row: int, heads: list[str], used: set[int], asked: list[str], more: Sequence) -> dict[str, int]:
    """The columns and where each stands, as asked for where these stand in another order. Raises InputError."""
    odd = [
        f"多出的 {name or f'第{at + 1}列（没有表头）'}"
        for at, name in enumerate(heads)
        if (name not in (*asked, *more) and at in used) or (name and name in heads[:at])
    ]
    at = {name: at for at, name in enumerate(heads) if name in (*asked, *more)}
    required = [name for name in asked if name not in more]
    if odd or not at.keys() >= {*required}:
        told = "、".join(odd) or ",".join(filter(None, heads)) or "空白"
        raise InputError(path, row, told, ",".join(asked), "改正表头")
    if [name for name in at if name in required] != required:
        at = {name: at[name] for name in dict.fromkeys([*required, *at])}
    return at


def _wrong(kind: str, name: str, cell: str) -> Iterator[tuple[str, str, str]]:
    """What is wrong with a cell: too long, or made something else by a spreadsheet, for good."""
    if "\n" in cell or len(cell) > LONGEST:
        told = f"换行（{cell[:20].strip()}…）" if "\n" in cell else f"{len(cell)} 字（{cell[:20]}…）"
        yield f"一格里有{told}", f"各格一行，不超过 {LONGEST} 字", "改写这一格"
    for what, pattern, kinds in SPOILT:
        if kind in kinds and pattern.fullmatch(cell.strip()):
            expected = "来源里的写法，如 1-2、12/26、2020-09-18，数字写全"
            yield f"{name} {cell}（表格软件改成的{what}）", expected, "照来源改回，这一列的格式设为文本"


def _mended(kind: str, cell: str, called: Mapping[str, str]) -> str:
    """A cell with the name for a label, and a day as 2021-03-31."""
    if kind == "date" and (day := _DAY.fullmatch(cell.strip())):
        return f"{day[1]}-{int(day[2]):02}-{int(day[3]):02}"
    return called.get(cell.strip(), cell) if kind == "name" else cell
