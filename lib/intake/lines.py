"""Lines of text as paragraphs, and paragraphs as passages: how hard wraps, page ends, headings and numbers are told."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from unicodedata import normalize

from lib.intake.reading import Passage, Unreadable


def clean(one: Passage) -> Passage:
    """A passage whose text and cells are lines that show what they hold."""
    rows = tuple(tuple(cell and _bare(cell) for cell in row) for row in one.rows)
    return replace(one, text=_bare(one.text), rows=rows)


def parted(one: Passage) -> list[Passage]:
    """A passage; of one that is longer than any paragraph its parts, up to the end of a sentence each."""
    first, *more = _PART.findall(one.text) or [""]
    return [replace(one, text=first), *(replace(one, text=text, kind="text", level=0, marker="") for text in more)]


def listed(found: Sequence[Passage]) -> Iterator[Passage]:
    """The passages; contents typed by hand, up to where a title stands again, are furniture, annexes named at the end no headings."""
    start = next((at for at, one in enumerate(found, 1) if re.fullmatch(r"目\s*[录次]", one.text)), len(found))
    gone, end, seen = list[Passage](), start, set[str]()
    for at, one in enumerate(found[start:], start):
        lines = ["".join(filter(None, row)) for row in one.rows] or [one.marker + one.text]
        titles = {re.sub(r"[\s.…·．]|\d+$", "", line) for line in lines if one.kind != "furniture"}
        if seen & titles or any("。" in line or len(line) > 60 for line in lines):
            end = at if seen & titles else start
            break
        seen |= titles
        gone.append(replace(one, kind="furniture", text="；".join(lines), level=0, marker="", rows=()))
    within = False
    for one in (*found[:start], *gone[: end - start], *found[end:]):
        within = bool(re.match(r"附\s*件[:：]" + r"|\d[.、．]" * within, one.text))
        yield replace(one, kind="text", level=0) if within and one.level else one


_PART = re.compile("(?s).{1,4000}(?:[。；]|$)|.{1,4000}")
FINAL = "。；：！？…;:!?"
LEVELS = (
    r"(?:第?[一二三四五六七八九十百]+(?:、|章|部分)|[壹贰叁肆伍陆柒捌玖拾]+、|[Ⅰ-Ⅻ]+[\s、.．])",
    r"[（(][一二三四五六七八九十]+[)）]",
    r"\d{1,2}(?:[、．]|\.(?!\d))",
)
START = re.compile(rf"[ \t\xa0]{{2}}|　|{'|'.join(LEVELS)}|[（(]\d{{1,2}}[)）]|[①-⑳]|[•●■◆▪]|[·-]\s|附件|附表")
NUMBER = re.compile(
    r"[-—–―－·]*\s*第?\s*\d+\s*页(\s*[,，/]?\s*共?\s*\d+\s*页)?|[-—–―－·]+\s*\d+\s*[-—–―－·]+|\d+\s*/\s*\d+"
)  # a page number as it stands alone on a line
CONTENTS = re.compile(r"目\s*[录次]|.*[.…·．]{4,}\s*\d*")
BARE = re.compile(r"[≥≤＞＜<>=]?[-—–―/\d.,%％]+(?!年)[^\W\d_]{0,4}")  # a number in a cell
RADICALS = str.maketrans(
    "⺟⺠⻄⻅⻆⻉⻋⻓⻔⻘⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰⻳",
    "母民西见角贝车长门青页风飞食马骨鬼鱼鸟麦黄齐齿龙龟",
) | {ord("⸺"): "——"}  # signs that some PDF writers put for characters that look the same
_AMOUNT = r"(?:[百千万亿元人名位户家个件份只台套辆次场亩吨株头]|平方|公[里斤顷]|㎡|%)"
GROUPED = re.compile(rf"(?:^(?=[\d\s.]+{_AMOUNT}?\w?$)|(?<=[^\d.,/A-Za-z第-])(?<!\d[ \xa0\u2009\u202f]))[1-9]\d{{0,2}}(?:[ \xa0\u2009\u202f]\d{{3}})+(?=\.\d+$|(?:\.\d+)?\s?{_AMOUNT})")  # fmt: skip  # digits in groups of three, single blanks between them: all that there is, or before its unit
CUT = re.compile(r"\.\d?$|,\d{1,2}$")  # a number that a narrow cell breaks
TOUCH = 0.5  # of a point, or of a cell of a text: what pieces in different columns may have in common
MARK = re.compile(r"\s*[\[〔［（(【]?(\d{1,3}|[①-⑳*†‡]+)[\]〕］）)】]?\s*")


def _bare(text: str) -> str:
    """One line, without marks that have no width, characters of private use that mark numbers and blanks that group digits."""
    text = GROUPED.sub(lambda number: re.sub(r"\D", "", number[0]), text)
    text = text.encode("utf-8", "replace").decode().translate(RADICALS)
    text = re.sub("[⼀-⿕]", lambda sign: normalize("NFKC", sign[0]), text)
    return " ".join(re.sub("[\x00-\x08\u200b-\u200f\ufeff\xad\ue000-\ue00f]", "", text).split())


def joined(lines: Iterable[str], apart: bool = False) -> str:
    """Lines as one: blanks stand only between Latin words, and between numbers that are `apart`; two, as one may group digits."""
    whole: list[str] = []
    for line in filter(None, (line.strip() for line in lines)):
        between = (whole[-1][-1] + line[0]) if whole and not CUT.search(whole[-1]) else ""
        whole += ["  "] * (between.isascii() and (between.isalpha() or (apart and between.isalnum()))) + [line]
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
    if bullet := re.match(r"[•●■◆▪]\s*|[·*-]\s+", text):
        return Passage("item", text[bullet.end() :], page=page, marker=text[0])
    number = level(marker + text)
    if marker and (not number or marker[0].isdigit()):
        return Passage("item", text, page=page, marker=marker)
    return Passage("heading" if number else "text", text, number, marker, page)


Piece = tuple[float, float, str | None]
"""A cell, or what stands between wide gaps of a line: where it begins and ends, and what it says; None if a merged cell covers it."""
Grid = tuple[tuple[str | None, ...], ...]


def grid(lines: Sequence[Sequence[Piece]]) -> Grid:
    """Rows of pieces as a table; where they go with none of the columns above, columns of their own begin, with their head."""
    rows: list[list[str | None]] = []
    while rest := lines[len(rows) :]:
        end = bisect_left(range(len(rest)), True, lo=1, key=lambda at: not _fitted(rest[: at + 1]))
        while 1 < end < len(rest) and not any(BARE.fullmatch(said or "") for *_, said in rest[end - 1]):
            end -= 1
        rows += _fitted(rest[:end])
    width = max(map(len, rows), default=0)
    return tuple((*row, *[""] * (width - len(row))) for row in rows) if width > 1 else ()


def _fitted(lines: Sequence[Sequence[Piece]]) -> list[list[str | None]]:
    """Rows in columns that have room for all, None where a piece covers several; none if two pieces fall into one column."""
    columns: list[tuple[float, float]] = []
    for left, right, *_ in (piece for line in sorted(lines, key=len, reverse=True) for piece in line):
        under = [one for one in columns if min(right, one[1]) - max(left, one[0]) > TOUCH]
        if len(under) < 2:
            whole = min([left, *(a for a, _ in under)]), max([right, *(b for _, b in under)])
            columns = sorted([*(one for one in columns if one not in under), whole])
    rows, headed = list[list[str | None]](), False
    for line in lines:
        row: list[str | None] = [""] * len(columns)
        for left, right, said in line:
            under = [at for at, (a, b) in enumerate(columns) if min(right, b) - max(left, a) > TOUCH]
            if any(row[at] for at in under):
                return []
            row[under[0] : under[-1] + 1] = [said, *[None] * (len(under) - 1)]
        headed |= len(line) == len(columns) or any(BARE.fullmatch(said or "") for *_, said in line)
        drawn = all(a[1] == b[0] for a, b in pairwise(line))
        if headed and not drawn and 2 < len(line) < sum(cell != "" for cell in row):
            return []
        rows.append(row)
    return rows


def broken(text: str) -> Iterator[str]:
    """Paragraphs of a block in which lines are broken by hand, some of them inside a paragraph."""
    whole: list[str] = []
    for line in filter(str.strip, text.split("\n")):
        if whole and (START.match(line) or whole[-1].rstrip()[-1] in FINAL or level(whole[-1].strip())):
            yield joined(whole)
            whole = []
        whole.append(line)
    if whole:
        yield joined(whole)


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
