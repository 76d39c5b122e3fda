"""Word files as web pages: `word.xsl` says what becomes of their XML, and here is found out what a paragraph is and how it is numbered."""

import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lib.intake.reading import Passage, Unreadable
from lib.intake.web import web

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
PARTS = re.compile(r"word/(document|styles|numbering|footnotes|endnotes|header|footer|comments)\d*\.xml")
CONTENTS = re.compile(r"TOC \\|_Toc")  # what the fields and links of a table of contents say
PICTURES = "（文中有{}张图片，图片里的文字和数字没有读：是表格的，请照着录成表格后重新读入）"


def passages(archive: zipfile.ZipFile) -> Iterator[Passage]:
    """What a Word file says, and how many pictures, charts and objects it has, which nobody reads. Raises Unreadable."""
    yield from web(_written(archive))
    if pictures := [*shown(archive, "word/document.xml", "pic", "imagedata", "object", "chart", "relIds")]:
        yield Passage("question", PICTURES.format(len(pictures)))


def shown(archive: zipfile.ZipFile, form: str, *names: str) -> Iterator[Any]:
    """The elements of these names in parts of this form, but for what another shows a second time."""
    from lxml import etree

    for part in filter(re.compile(form).fullmatch, archive.namelist()):
        for one in etree.fromstring(archive.read(part)).iter(*(f"{{*}}{name}" for name in names)):
            if next(one.iterancestors("{*}Fallback", "{*}object"), None) is None:
                yield one


def _written(archive: zipfile.ZipFile) -> str:
    """A Word file as a page; insertions that are tracked are in; deletions, hidden text and comments are struck out. Raises Unreadable."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    names = [name for name in archive.namelist() if PARTS.fullmatch(name)]
    whole = etree.Element("parts")
    whole.extend(etree.fromstring(archive.read(name).replace(STRICT, W[1:-1].encode()), parser) for name in names)
    if whole.find(f"{W}document") is None:
        raise Unreadable("没有正文的 Word 文件", "用 Word 或 WPS 打开，另存后再读")
    styles, lists = _indexed(whole, "style", "styleId"), _indexed(whole, "num", "numId")
    abstract, counts = _indexed(whole, "abstractNum", "abstractNumId"), defaultdict[str, dict[int, int]](dict)
    for paragraph in whole.iter(f"{W}p"):
        styled = [paragraph]  # it, its style, and the styles that this is based on
        while len(styled) < 12 and (style := _of(styled[-1], "basedOn" if styled[1:] else "pPr/pStyle")) in styles:
            styled.append(styles[style])
        paragraph.set("kind", _kind(paragraph, styled))
        listed = lists.get(_first(styled, "pPr/numPr/numId"))
        base = abstract.get(_of(listed, "abstractNumId"))
        if base is not None and "".join(paragraph.itertext(f"{W}t")).strip():
            depth, given = int(_first(styled, "pPr/numPr/ilvl") or 0), counts[base.get(f"{W}abstractNumId")]
            paragraph.set("marker", _marker((base, listed), depth, given))
    denied = etree.XSLTAccessControl.DENY_ALL
    page = etree.XSLT(etree.parse(Path(__file__).with_name("word.xsl")), access_control=denied)(whole)
    return etree.tostring(page, encoding="unicode", method="html")


def _kind(paragraph: Any, styled: list[Any]) -> str:
    """`h1` to `h3` by outline, name of the style or size, `nav` of contents, else `p`."""
    names = [_of(one, "name").lower() for one in styled[1:]]
    links = (one.get(f"{W}anchor", "") for one in paragraph.iter(f"{W}hyperlink"))
    told = [*paragraph.itertext(f"{W}instrText"), *links]
    if any(map(CONTENTS.search, told)) or any(name.startswith("toc") for name in names):
        return "nav"
    outline = _first(styled, "pPr/outlineLvl")
    named = [re.fullmatch(r"(?:heading|标题)\s*(\d)?|title", name) for name in names]
    level = int(next((found[1] or 1 for found in named if found), 0)) if not outline else (int(outline) + 1) % 10
    sizes = [int(one.get(f"{W}val", 0)) for one in paragraph.iterfind(f"{W}r/{W}rPr/{W}sz")]
    large = min(sizes, default=0) >= 36 and _of(paragraph, "pPr/jc") == "center"  # 小二 (18 pt): a title's
    title = large and len("".join(paragraph.itertext(f"{W}t"))) <= 60
    return f"h{min(level, 3)}" if level else "h1" if title else "p"


def _marker(parts: tuple[Any, Any], depth: int, counts: dict[int, int]) -> str:
    """The automatic number of a paragraph, the next one at its depth in a list; `counts`: how far each level of that has counted."""
    levels = {int(one.get(f"{W}ilvl")): one for part in parts for one in part.iter(f"{W}lvl")}
    starts = {at: int(_of(one, "start", "1")) for at, one in levels.items()}
    counts[depth] = counts.get(depth, starts.get(depth, 1) - 1) + 1
    for deeper in [at for at in counts if at > depth]:
        del counts[deeper]
    form = {at: _of(one, "numFmt") for at, one in levels.items()}
    shown = {at: _numeral(counts.get(at, start), form[at]) for at, start in starts.items()}
    text = re.sub(r"%(\d)", lambda found: shown.get(int(found[1]) - 1, ""), _of(levels.get(depth), "lvlText"))
    return "•" if form.get(depth) == "bullet" else text.strip()


def _numeral(number: int, form: str) -> str:
    import cn2an

    if re.match("chinese|japanese|taiwanese|ideograph", form):
        return str(cn2an.an2cn(number))
    if "nclosedCircle" in form and 1 <= number <= 20:
        return chr(0x245F + number)
    return "" if form == "none" else str(number)


def _indexed(whole: Any, tag: str, key: str) -> dict[str, Any]:
    return {one.get(W + key, ""): one for one in whole.iter(W + tag)}


def _of(node: Any, path: str, otherwise: str = "") -> str:
    """The value of an element below, by the names on the way."""
    found = None if node is None else node.find("/".join(W + name for name in path.split("/")))
    return otherwise if found is None else found.get(f"{W}val") or otherwise


def _first(styled: list[Any], path: str) -> str:
    return next(filter(None, (_of(one, path) for one in styled)), "")
