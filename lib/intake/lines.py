"""Lines of text as paragraphs, and paragraphs as passages: how hard wraps, page ends, headings and numbers are told."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, pairwise
from math import inf
from unicodedata import normalize

from lib.intake.reading import Passage, Unreadable


def clean(one: Passage) -> Passage:
    """A passage whose text and cells are lines that show what they hold."""
    rows = tuple(tuple(cell and _bare(cell) for cell in row) for row in one.rows)
    return replace(one, text=_bare(one.text), rows=rows)


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
CONTENTS = re.compile(r"目\s*[录次]|.*[.…·．]{4,}\s*\d*")
BARE = re.compile(r"[≥≤＞＜<>=]?[-—–―/\d.,%％]+(?!年)[^\W\d_]{0,4}")  # a number in a cell
RADICALS = str.maketrans(dict(zip("⺟⺠⻄⻅⻆⻉⻋⻓⻔⻘⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰⻳", "母民西见角贝车长门青页风飞食马骨鬼鱼鸟麦黄齐齿龙龟", strict=True)) | {"⸺": "——"})
"""Signs that some PDF writers put for characters that look the same."""
CUT = re.compile(r"\.\d?$|,\d{1,2}$")  # a number that a narrow cell breaks
NEAR = 0.75  # of a width: lines are wrapped by characters or by cells, and a sign may not begin a line
MARK = re.compile(r"\s*[\[〔［（(【]?(\d{1,3}|[①-⑳*†‡]+)[\]〕］）)】]?\s*")


def _bare(text: str) -> str:
    """One line, without marks that have no width and characters of private use that mark numbers."""
    text = re.sub("[⼀-⿕]", lambda sign: normalize("NFKC", sign[0]), text.encode("utf-8", "replace").decode().translate(RADICALS))
    return " ".join(re.sub("[\x00-\x08\u200b-\u200f\ufeff\xad\ue000-\ue00f]", "", text).split())


def joined(lines: Iterable[str], apart: bool = False) -> str:
    """Lines as one: a blank stands only between Latin words, and between numbers that are `apart`."""
    whole: list[str] = []
    for line in filter(None, (line.strip() for line in lines)):
        between = (whole[-1][-1] + line[0]) if whole and not CUT.search(whole[-1]) else ""
        whole += [" "] * (between.isascii() and (between.isalpha() or (apart and between.isalnum()))) + [line]
    return "".join(whole)


def raised(text: str, before: str) -> str:
    """A superscript: that of a unit (m²) stays, the mark of a note goes, all else is text."""
    if re.search(r"[a-zA-Z]$", before) and text in ("2", "3"):
        return "²³"[int(text) - 2]
    return "" if MARK.fullmatch(text) else text


def level(text: str) -> int:
    """Of a short line that begins with a heading's number and ends no sentence: 一、 1, （一） 2, 1. 3; else 0."""
    if len(text) > 40 or "。" in text or text[-1:] in (*FINAL, "，", "、", ","):
        return 0
    return next((number for number, form in enumerate(LEVELS, 1) if re.match(rf"{form}\s*\D", text)), 0)


def passage(text: str, page: int = 0, marker: str = "") -> Passage:
    """Heading, item or text, by how it reads."""
    text = text.strip()
    if len(text) <= 200 and (NUMBER.fullmatch(text) or CONTENTS.fullmatch(text)):
        return Passage("furniture", text, page=page)
    if bullet := re.match(r"[•·●■◆▪*-]\s+", text):
        return Passage("item", text[bullet.end() :], page=page, marker=text[0])
    number = level(marker + text)
    if marker and (not number or marker[0].isdigit()):
        return Passage("item", text, page=page, marker=marker)
    return Passage("heading" if number else "text", text, number, marker, page)


Piece = tuple[float, float, str]
"""What stands between wide gaps of a line: where it begins and ends, and what it says."""
Column = tuple[float, float]


def grid(lines: Sequence[Sequence[Piece]]) -> tuple[tuple[str | None, ...], ...]:
    """Lines of pieces as a table; where columns begin that go with none of those above, its rows are as wide as the widest."""
    rows, held, columns = list[list[str | None]](), list[Sequence[Piece]](), list[Column]()
    for line in lines:
        if len(line) == 1 and held and (whole := _wrapped(held[-1], line[0], columns)):
            held[-1] = whole
            continue
        wider = len(line) > len(columns)
        new = _columns([*held, line]) if wider else _widened(columns, line)
        told = [_row(one, new) for one in ([*held, line] if wider else [line])]
        if all(told) and (wider or len(line) < 3 or None not in told[0]):  # a head stands over several columns, no other row
            held.append(line)
            columns = new
        else:
            begun, columns, before = [line], _columns([line]), columns
            while held[1:] and not any(BARE.fullmatch(said) for *_, said in held[-1]) and _row(held[-1], columns):
                begun.insert(0, held.pop())  # its head
            rows += [_row(one, before) for one in held]
            held = begun
    rows += [_row(one, columns) for one in held]
    width = max(map(len, rows), default=0)
    return tuple((*row, *[""] * (width - len(row))) for row in rows) if width > 1 else ()


def _wrapped(above: Sequence[Piece], piece: Piece, columns: Sequence[Column]) -> Sequence[Piece]:
    """A row with a piece that ends its cell of which the line above is full; nothing if it is a row of its own."""
    left, right, text = piece
    for at, (start, end, said) in enumerate(above):
        width = max((b for a, b in columns if a < end and b > start), default=end) - end
        if start < right and left < end and len(said) > 3 and width < (end - start) / len(said) and not START.match(text):
            return [*above[:at], (start, right, said + text), *above[at + 1 :]]
    return ()


def _columns(lines: Sequence[Sequence[Piece]]) -> list[Column]:
    """The columns of the lines that have the most pieces."""
    most = max(map(len, lines))
    columns: list[Column] = []
    for left, right, _ in sorted(piece for line in lines if len(line) == most for piece in line):
        if columns and left < columns[-1][1]:
            columns[-1] = (columns[-1][0], max(right, columns[-1][1]))
        else:
            columns.append((left, right))
    return columns


def _widened(columns: list[Column], line: Sequence[Piece]) -> list[Column]:
    """Columns as wide as a line that has a piece in each."""
    if len(line) < len(columns):
        return columns
    wider = [(min(a, left), max(b, right)) for (a, b), (left, right, _) in zip(columns, line, strict=True)]
    return columns if any(b > a for (_, b), (a, _) in pairwise(wider)) else wider


def _row(line: Sequence[Piece], columns: Sequence[Column]) -> list[str | None]:
    """The cells of a line, None where one covers more columns than its first; nothing where two fall into one."""
    row: list[str | None] = [""] * len(columns)
    for left, right, text in line:
        under = [at for at, (a, b) in enumerate(columns) if min(right, b) > max(left, a)]
        if not under:
            under = [min(range(len(columns)), key=lambda at: max(left - columns[at][1], columns[at][0] - right))]
        if any(row[at] != "" for at in under):
            return []
        row[under[0] : under[-1] + 1] = [text, *[None] * (len(under) - 1)]
    return row


def unwrap(text: str) -> Iterator[Passage]:
    """The passages of a plain text: two lines or more in cells, set apart by tabs or wide blanks, are a table."""
    lines = text.replace("\f", "\n\f\n").split("\n")
    counts = [len(_pieces(line)) for line in lines]
    cells = [count > 1 for count in counts]
    for at, count in enumerate(counts[1:-1], 1):  # what ends a cell, or a blank line, stands among cells
        cells[at] |= count < 2 and cells[at - 1] and counts[at + 1] > 1 and _width(lines[at]) < 24
    full = _full([line for line, tabled in zip(lines, cells, strict=True) if not tabled])
    for tabled, run in groupby(zip(lines, cells, strict=True), lambda pair: pair[1]):
        told = [line for line, _ in run]
        rows = grid([pieces for line in told if (pieces := _pieces(line))]) if tabled and len(told) > 1 else ()
        if rows:
            yield Passage("table", "", rows=rows)
        else:
            yield from map(passage, _paragraphs(told, full))


def _pieces(line: str) -> list[Piece]:
    """The cells of a line; those that tabs set apart stand where they count."""
    if "\t" in line:
        cells = enumerate(cell.strip() for cell in line.split("\t"))
        return [(at, at + 0.5, cell) for at, cell in cells if cell]
    cells = re.finditer(r"[^ \u3000\xa0]+(?:[ \u3000\xa0][^ \u3000\xa0]+)*", line)
    ends = ((_width(line[: one.end()]), one[0]) for one in cells)
    return [(end - _width(cell), end, cell) for end, cell in ends]


def broken(text: str) -> Iterator[str]:
    """Paragraphs of a block in which lines are broken by hand, some of them inside a paragraph."""
    whole: list[str] = []
    for line in filter(str.strip, text.split("\n")):
        if whole and (_ends(whole[-1], line) or level(whole[-1].strip())):
            yield joined(whole)
            whole = []
        whole.append(line)
    if whole:
        yield joined(whole)


def _ends(last: str, line: str) -> bool:
    return bool(START.match(line)) or last.rstrip()[-1] in FINAL


def _paragraphs(lines: list[str], full: float) -> Iterator[str]:
    """Paragraphs out of lines that are wrapped at a width; pages may end anywhere."""
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
    """Whether a line goes on with what the line before began; `full` is the width of a full one."""
    figure = re.search(r"\d[.,]?\s*$", last) and re.match(r"[\d余多万亿元人个名家场次%％]", line)
    return not _ends(last, line) and (bool(figure) or _width(last) >= min(NEAR * full, 72))


def _width(line: str) -> int:
    """In cells, of which a Chinese character has two."""
    return len(line.rstrip().encode("gb18030", "replace"))


def _full(lines: list[str]) -> float:
    """The width at which lines are wrapped: where many end and hardly any is wider; infinite where they are not wrapped."""
    widths = sorted(_width(line) for line in lines if line.strip())
    widest = [one for one in {0, *widths} if bisect_right(widths, one) >= 0.95 * len(widths)]
    many, full = max((bisect_right(widths, one) - bisect_left(widths, NEAR * one), one) for one in widest)
    return full if many > 1 and full >= 32 else inf


def decode(content: bytes) -> str:
    """Text of any encoding in use in China, lines ended by LF. Raises Unreadable."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16", "replace")
    else:
        text = content.decode("utf-8-sig", "replace")
        if 20 * text.count("\ufffd") > len(re.findall(r"[^\x00-\x7f\ufffd]", text)):  # more than a slip or two
            text = content.decode("gb18030", "replace")  # GBK and GB2312 are part of it
    if "\0" in text or 20 * text.count("\ufffd") > len(text):
        raise Unreadable("不是文字、认不出格式的文件", "另存为 docx、pdf 或 UTF-8 编码的 txt 后再读")
    return text.replace("\r\n", "\n").replace("\r", "\n")
