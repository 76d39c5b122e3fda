"""The Word file: what its parts say, read through python-docx, and what an office suite makes of them."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import unicodedata
import zipfile

import nbformat
import pypdfium2
import pytest
from docx import Document as WordDocument
from docx.enum.text import WD_LINE_SPACING
from docx.oxml.ns import qn
from docx.shared import Pt
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from lib.cells import CHART, EDITION, PROSE, TABLE, mark
from lib.publish.document import Box, Chart, DocumentError, Heading, Items, Paragraph, Span, Table, Text, read
from lib.publish.docx import LINE, ReportDocx
from lib.publish.paging import Part, count, lay
from needs import need

# -- a hand-made report that holds one of everything -------------------------------------------------------------------

CARD = {
    "unit_name": "某区总工会",
    "title": "2020年度<部门>整体支出绩效评价报告",
    "status": "approved",
    "status_label": "定稿",
    "date": "2021-03-31",
    "revision": 2,
    "revision_notes": [{"date": "2021-04-02", "text": "更正“送清凉”合计"}],
    "source": {
        "title": "报告",
        "publisher": "某区人民政府",
        "published": "2021-03-31",
        "url": "https://example.org/?b=1&c=2",
    },
    "contact": "办公室",
    "citation": "某区总工会：《报告》，第2版。",
}
VALUE = dict.fromkeys(("label", "shown", "formula", "bounds", "caveat"), "") | {"sources": []}
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}"><path d="M0 0H9V9z"/></svg>'
PROSE_TEXT = """
参保{0}，**人均{0}**，*另见*[表1](#表1)和[网页](https://example.org/?b=1&c=2)，`代码`与<尖括号>&。

1. 第一
   - 内一
   - 内二

   续段
2. 第二

> **说明** 参保{0}。
>
> - 一项
"""


def cell(data: dict):
    return new_code_cell("x", outputs=[new_output("display_data", data=data)])


def made(card: dict = CARD, size: tuple[int, int] = (300, 100), rows: int = 3):
    number = mark("aid.members", "4,025人")
    columns = [{"label": label, "numeric": label == "结果"} for label in ("指标", "结果", "所用数据")]
    table = {"caption": "指标", "columns": columns, "values": {"aid.members": VALUE}, "anchors": []}
    body = [[f"指标{n}", number, "来源数据" * 9 * n] for n in range(rows)]
    annex = new_markdown_cell("# 指标计算表", metadata={"tags": ["annex"]})
    return new_notebook(
        cells=[
            cell({EDITION: card}),
            new_markdown_cell("# 一章\n## 一节\n### 一目"),
            cell({PROSE: {"markdown": PROSE_TEXT.format(number), "values": {"aid.members": VALUE}}}),
            cell({TABLE: table | {"rows": body}}),
            cell({CHART: {"caption": "图题", "alt": '条形图："甲"<乙>'}, "image/svg+xml": SVG.format(*size)}),
            annex,
            cell({TABLE: table | {"rows": [["参保人数", number, "1(1)"]], "anchors": ["aid.members"]}}),
        ]
    )


# -- reading -----------------------------------------------------------------------------------------------------------


def export(notebook) -> bytes:
    return ReportDocx().from_notebook_node(notebook)[0]


def word(notebook):
    return WordDocument(io.BytesIO(export(notebook)))


def paragraphs(document, style: str) -> list[str]:
    """The texts of a style, wherever they stand."""
    return [p.xpath("string()") for p in document.element.body.iter(qn("w:p")) if p.style == style]


def inline(runs) -> str:
    return "".join(inline(run.children) if isinstance(run, Span) else run.text for run in runs)


def texts(block) -> list[str]:
    """All that a reader reads of a block, in order."""
    match block:
        case Heading(_, number, text):
            return [number, text]
        case Paragraph(children):
            return [inline(children)]
        case Items(_, items):
            return [text for item in items for part in item for text in texts(part)]
        case Box(blocks):
            return [text for part in blocks for text in texts(part)]
        case Table():
            cells = [
                [column.label for column in block.columns],
                *([inline(cell) for cell in row] for row in block.rows),
            ]
            return [f"{block.number}{block.caption}", *(cell for row in cells for cell in row)]
        case Chart():
            return [f"{block.number}{block.caption}"]
    return []


def squeezed(text: str) -> str:
    """Without blanks, and with the code points that fonts map glyphs back to made one."""
    return re.sub(r"[\s\ufffe\u00ad]+", "", unicodedata.normalize("NFKC", text))


@pytest.fixture(scope="session")
def joined(report_notebook):
    """The joined notebook of the real edition."""
    return nbformat.read(report_notebook, 4)


@pytest.fixture(scope="session")
def report(joined):
    return word(joined)


# -- the file ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "face", "points"),
    [
        ("Title", "方正小标宋简体", 22),
        ("Heading 1", "黑体", 16),
        ("Heading 2", "楷体_GB2312", 16),
        ("Heading 3", "仿宋_GB2312", 16),
        ("Body Text", "仿宋_GB2312", 16),
        ("Caption", "黑体", 12),
        ("附件", "黑体", 16),
        ("Footer", "宋体", 14),
    ],
)
def test_styles_carry_the_official_faces(report, name, face, points):
    style = report.styles[name]
    assert style.element.rPr.rFonts.get(qn("w:eastAsia")) == face
    assert style.font.size == Pt(points)


def test_body_stands_on_the_grid(report):
    """28.95 pt exact, two characters in, characters drawn in by a fifth of a point; pictures keep their height."""
    body, picture = report.styles["Body Text"], report.styles["图片"]
    assert body.paragraph_format.line_spacing == Pt(28.95)
    assert body.paragraph_format.first_line_indent.twips == 632
    assert body.element.rPr.find(qn("w:spacing")).get(qn("w:val")) == "-4"
    assert picture.paragraph_format.line_spacing_rule not in (WD_LINE_SPACING.EXACTLY, WD_LINE_SPACING.AT_LEAST)
    assert picture.element.rPr.find(qn("w:spacing")) is None


def test_page_is_that_of_the_standard(report):
    for section in report.sections:
        width, height, left, top = (
            length.mm for length in (section.page_width, section.page_height, section.left_margin, section.top_margin)
        )
        area = (width - left - section.right_margin.mm, height - top - section.bottom_margin.mm)
        assert (width, height, left, top, *area) == pytest.approx((210, 297, 28, 37, 156, 225), abs=0.3)


def test_page_numbers_stand_outside(report):
    section = report.sections[-1]
    assert report.settings.odd_and_even_pages_header_footer
    for footer, side in ((section.footer, "right"), (section.even_page_footer, "left")):
        (paragraph,) = footer.paragraphs
        assert paragraph._p.pPr.jc.get(qn("w:val")) == side
        assert paragraph._p.xpath("string()") == "— 1 —"
        assert paragraph._p.find(qn("w:fldSimple")).get(qn("w:instr")).strip() == "PAGE"


@pytest.mark.parametrize(("status", "shown"), [("draft", "草稿"), ("approved", "")])
def test_draft_is_marked_on_every_page(status, shown):
    section = word(made(CARD | {"status": status, "status_label": "草稿"})).sections[-1]
    assert [edge.paragraphs[0].text for edge in (section.header, section.even_page_header)] == [shown, shown]


def test_outline_is_that_of_the_document(report, joined):
    headings = read(joined).headings
    for level in (1, 2, 3):
        expected = [h.number + h.text for h in headings if h.level == level and not h.annex]
        assert paragraphs(report, f"Heading{level}") == expected
    annexes = zip(paragraphs(report, "Annex"), paragraphs(report, "AnnexTitle"), strict=True)
    assert list(annexes) == [(h.number, h.text) for h in headings if h.annex]
    for name, level in (("Heading 1", 0), ("附件标题", 0), ("Heading 2", 1), ("Heading 3", 2)):
        outline = report.styles[name].element.pPr.find(qn("w:outlineLvl"))
        assert int(outline.get(qn("w:val"))) == level
    assert report.styles["附件"].paragraph_format.page_break_before


def test_contents_list_the_headings_and_lead_to_them(report, joined):
    entries = [p for p in report.element.body.iter(qn("w:p")) if p.style in ("TOC1", "TOC2")]
    links = [p.find(qn("w:hyperlink")) for p in entries[:-1]]
    marks = {mark.get(qn("w:name")): mark.getparent() for mark in report.element.body.iter(qn("w:bookmarkStart"))}
    headings = [h for h in read(joined).headings if h.level <= 2]
    shown = ["".join(link.xpath("w:r/w:t/text()")).replace("　", "") for link in links]
    assert shown == [h.number + h.text for h in headings]
    for link, heading in zip(links, headings, strict=True):
        assert marks[link.get(qn("w:anchor"))].xpath("string()").endswith(heading.text)
    field = [e.get(qn("w:fldCharType")) for p in entries for e in p.iter(qn("w:fldChar"))]
    assert field == ["begin", "separate", "end"]
    for link in links:  # a page number that leads to the same place; nothing asks Word to renew it
        (page,) = link.findall(qn("w:fldSimple"))
        assert page.get(qn("w:instr")).split() == ["PAGEREF", link.get(qn("w:anchor")), r"\h"]
        assert page.xpath("string()").isdigit()
    assert report.settings.element.find(qn("w:updateFields")) is None


def test_captions_count_by_themselves(report):
    """Tables and charts each in a sequence, whose fields show what they count to."""
    counts = {"表": 0, "图": 0}
    for caption in (p for p in report.element.body.iter(qn("w:p")) if p.style == "Caption"):
        (field,) = caption.iter(qn("w:fldSimple"))
        _, kind, *_ = field.get(qn("w:instr")).split()
        counts[kind] += 1
        assert caption.xpath("string()").startswith(f"{kind}{counts[kind]}　")
        assert field.xpath("string()") == str(counts[kind])
    assert min(counts.values()) > 0


def test_links_resolve_and_names_are_unique(report):
    body = report.element.body
    names = [mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))]
    keys = [mark.get(qn("w:id")) for mark in body.iter(qn("w:bookmarkStart"))]
    links = [link.get(qn("w:anchor")) for link in body.iter(qn("w:hyperlink")) if link.get(qn("w:anchor"))]
    assert len(set(names)) == len(names) and len(set(keys)) == len(keys)
    assert links and set(links) <= set(names)


def test_number_leads_to_its_row_of_the_annex():
    body = word(made()).element.body
    row = body.findall(qn("w:tbl"))[-1].findall(qn("w:tr"))[1]
    name = next(row.iter(qn("w:bookmarkStart"))).get(qn("w:name"))
    led = [link.xpath("string()") for link in body.iter(qn("w:hyperlink")) if link.get(qn("w:anchor")) == name]
    assert led == ["4,025人"] * 6  # in text, in bold, in the note and in three rows; not in the annex itself
    assert not list(row.iter(qn("w:hyperlink")))


def test_tables_repeat_their_head_and_break_between_rows(report, joined):
    tables = [block for block in read(joined).blocks if isinstance(block, Table)]
    assert len(report.tables) == len(tables)
    for shown, table in zip(report.tables, tables, strict=True):
        assert shown.style.name == "三线表"
        heads = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in shown.rows]
        assert heads == [True] + [False] * len(table.rows)
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in shown.rows)
        assert shown._tbl.getprevious().xpath("string()") == f"{table.number}　{table.caption}"
        assert shown._tbl.getprevious().style == "Caption"


def test_official_table_is_a_grid_with_merged_cells():
    """A column merges within the one before it; merged cells that go on are empty; numbers stand right, merged in the middle."""
    rows = [["产出", "数量", "慰问", "5"], ["产出", "数量", "培训", "4"], ["效益", "数量", "就业", "9"]]
    columns = [{"label": label, "numeric": label == "得分"} for label in ("一级", "二级", "三级", "得分")]
    table = {"caption": "自评表", "columns": columns, "rows": rows, "anchors": [], "values": {}}
    notebook = made()
    notebook.cells.append(cell({TABLE: table | {"look": "official", "merged": 2}}))
    shown = word(notebook).tables[-1]
    found = [[c.tcPr.find(qn("w:vMerge")) for c in row._tr.tc_lst] for row in shown.rows]
    assert [["" if m is None else m.get(qn("w:val"), "go on") for m in row] for row in found] == [
        ["", "", "", ""],
        ["restart", "restart", "", ""],
        ["go on", "go on", "", ""],
        ["", "", "", ""],
    ]
    assert [c.xpath("string()") for c in shown.rows[2]._tr.tc_lst] == ["", "", "培训", "4"]
    assert shown.style.name == "网格表"
    borders = shown.style.element.find(qn("w:tblPr")).find(qn("w:tblBorders"))
    assert {border.tag.split("}")[1] for border in borders} == {"top", "left", "bottom", "right", "insideH", "insideV"}
    sides = [c.p_lst[0].pPr.find(qn("w:jc")) for c in shown.rows[1]._tr.tc_lst]
    assert [side is not None and side.get(qn("w:val")) for side in sides] == ["center", "center", False, "right"]


def test_columns_fill_the_line_and_long_texts_get_the_room():
    first, second, third = (column.width.twips for column in word(made(rows=9)).tables[0].columns)
    assert LINE - 0.15 <= (first + second + third) / 20 <= LINE
    assert third > 3 * first


def test_pictures_have_alternative_texts_and_captions(report, joined):
    charts = [block for block in read(joined).blocks if isinstance(block, Chart)]
    drawn = report.inline_shapes
    assert [shape._inline.docPr.get("descr") for shape in drawn] == [chart.alt for chart in charts]
    for shape, chart in zip(drawn, charts, strict=True):
        paragraph = shape._inline.getparent().getparent().getparent()
        assert paragraph.style == "Picture"
        assert paragraph.getnext().xpath("string()") == f"{chart.number}　{chart.caption}"
        image = report.part.related_parts[shape._inline.graphic.graphicData.pic.blipFill.blip.embed].image
        assert image.px_width / image.px_height == pytest.approx(shape.width / shape.height, rel=0.01)
        (drawing,) = (blip for blip in shape._inline.iter() if blip.tag.endswith("}svgBlip"))
        drawn = report.part.related_parts[drawing.get(qn("r:embed"))]
        assert (drawn.content_type, drawn.blob) == ("image/svg+xml", chart.svg.encode())


@pytest.mark.parametrize("size", [(300, 100), (2000, 300), (200, 2000)])
def test_pictures_keep_their_shape_within_the_page(size):
    (shape,) = word(made(size=size)).inline_shapes
    assert shape.width / shape.height == pytest.approx(size[0] / size[1], rel=0.01)
    assert shape.width.mm <= 156.1 and shape.height.mm <= 123
    assert size != (300, 100) or shape.width.pt == pytest.approx(300, abs=1)


def test_text_is_never_markup():
    document = word(made())
    assert document.paragraphs[0].text == CARD["title"]
    assert "<尖括号>&。" in "".join(paragraphs(document, "BodyText"))
    assert document.inline_shapes[0]._inline.docPr.get("descr") == '条形图："甲"<乙>'


@pytest.mark.parametrize("where", ["title", "prose", "table", "alt"])
def test_character_that_xml_cannot_hold_is_an_error_that_names_it(where):
    notebook = made(CARD | {"title": "报\x07告"} if where == "title" else CARD)
    data = {
        kind: content for cell in notebook.cells for o in cell.get("outputs", []) for kind, content in o.data.items()
    }
    if where == "prose":
        data[PROSE]["markdown"] = "正\x07文"
    elif where == "table":
        data[TABLE]["rows"][0][0] = "单\x07元"
    elif where == "alt":
        data[CHART]["alt"] = "图\x07形"
    with pytest.raises(DocumentError, match=r"U\+0007"):
        export(notebook)


def test_who_signs_and_the_day_stay_with_the_text():
    said = {PROSE: {"markdown": "正文一段。\n\n示例县水利站\n\n2025年5月16日", "values": {}}}
    document = word(new_notebook(cells=[cell({EDITION: CARD}), new_markdown_cell("# 一章"), cell(said)]))
    kept = {one.text: one.paragraph_format.keep_with_next for one in document.paragraphs}
    assert [kept[text] for text in ("正文一段。", "示例县水利站", "2025年5月16日")] == [True, True, None]


def test_lists_are_lists():
    """An ordered list counts from one, the list within it is deeper and of another kind; what goes on in an item has no number."""
    document = word(made())
    found = [p for p in document.element.body.iter(qn("w:p")) if p.style == "BodyText"][1:]
    assert [p.xpath("string()") for p in found] == ["第一", "内一", "内二", "续段", "第二"]
    numbers = [p.pPr.numPr for p in found]
    outer, inner = numbers[0].numId.val, numbers[1].numId.val
    assert [n is not None and (n.numId.val, n.ilvl.val) for n in numbers] == [
        (outer, 0),
        (inner, 1),
        (inner, 1),
        False,
        (outer, 0),
    ]
    numbering = document.part.numbering_part.element
    shown = {}
    for number in numbering.num_lst:
        (look,) = numbering.xpath(f"w:abstractNum[@w:abstractNumId={number.abstractNumId.val}]/w:lvl[1]/w:lvlText")
        shown[number.numId] = look.get(qn("w:val"))
        assert [start.get(qn("w:val")) for start in number.iter(qn("w:startOverride"))] == ["1"]
    assert (shown[outer], shown[inner]) == ("（%1）", "——")
    assert list(shown.values()) == ["（%1）", "——", "——"]  # the last one stands in the note


def test_it_closes_with_citation_source_revisions_and_contact():
    closing = paragraphs(word(made()), "Note")[-5:]
    assert closing == [
        "引用与联系",
        "引用：某区总工会：《报告》，第2版。",
        "来源：《报告》，某区人民政府，2021年3月31日，https://example.org/?b=1&c=2。",
        "修订说明：2021年4月2日：更正“送清凉”合计",
        "联系：办公室",
    ]


@pytest.mark.parametrize(("date", "year"), [("2021-03-31", 2021), ("", 2000)])
def test_properties_are_those_of_the_edition(date, year):
    document = word(made(CARD | {"date": date}))
    core, language = document.core_properties, document.styles.element.find(".//" + qn("w:lang"))
    assert (core.title, core.author, core.language) == (CARD["title"], CARD["unit_name"], "zh-CN")
    assert core.created == core.modified and core.created.year == year
    assert language.get(qn("w:eastAsia")) == "zh-CN"


def test_warnings_of_a_cell_are_told_as_text():
    told = {"output_type": "stream", "name": "stderr", "text": ["a.py:1: UserWarning: x\n", "  warn()\n"]}
    cell = {"cell_type": "code", "id": "a", "source": ["warn()"], "metadata": {}, "outputs": [told]}
    with pytest.raises(DocumentError, match=r"单元格 a：写到了 stderr：a.py:1: UserWarning: x\n  warn"):
        read({"cells": [cell], "metadata": {}})


def test_same_document_gives_same_bytes(joined):
    first, second = export(joined), export(joined)
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        assert {member.date_time for member in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert package.namelist() == sorted(package.namelist())


# -- pages -------------------------------------------------------------------------------------------------------------


@given(st.text("字，”。（5.%a "), st.integers(4, 28))
def test_close_text_takes_no_more_lines_than_wide_text(text, room):
    assert 1 <= count(text, room, wide=False) <= count(text, room, wide=True)


@given(st.data())
def test_pages_hold_for_all_that_lies_between(data):
    """However many lines each paragraph takes between the fewest and the most, every heading stands where it is said to stand."""
    words = [
        Paragraph((Text("字，5%" * n),)) for n in data.draw(st.lists(st.integers(1, 70), min_size=20, max_size=40))
    ]
    blocks = [block for n, text in enumerate(words) for block in (Heading(1, "一、", "题", f"{n}"), text)[n % 3 > 0 :]]
    parts, pages = lay([Part(block, kept=isinstance(block, Heading)) for block in blocks], 1)
    line = 22  # of the page before
    page, seen = 1, {}
    for part in parts:
        least, most = (len(part.pieces(wide)) for wide in (False, True))
        lines = data.draw(st.integers(least, most))
        room = 2 if part.kept else 1  # a heading stays with one line below it
        for n in range(lines):
            if line + room > 22 or (part.fresh and n == 0):
                page, line = page + 1, 0
            line += 1
        if part.kept:
            seen[part.block.anchor] = page
    assert seen == pages


def in_faces(file: bytes, faces: dict[str, str]) -> bytes:
    """A Word file with other faces in its styles."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/styles.xml":
                for face, other in faces.items():
                    content = content.replace(f'"{face}"'.encode(), f'"{other}"'.encode())
            new.writestr(name, content)
    return stream.getvalue()


def office_pages(files: dict[str, bytes], folder) -> dict[str, list[str]]:
    """The pages that LibreOffice makes of Word files, squeezed."""
    need(shutil.which("soffice"), "LibreOffice (soffice) is not installed")
    for name, file in files.items():
        (folder / f"{name}.docx").write_bytes(file)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    office = ["soffice", profile, "--headless", "--convert-to", "pdf", *(f"{name}.docx" for name in files)]
    subprocess.run(office, cwd=folder, check=True, capture_output=True, timeout=600)
    papers = {name: pypdfium2.PdfDocument(folder / f"{name}.pdf") for name in files}
    return {name: [squeezed(page.get_textpage().get_text_range()) for page in paper] for name, paper in papers.items()}


@pytest.fixture(scope="session")
def notebooks(joined, budgeted, shili):
    """Joined notebooks of the real editions and of one year of a synthetic unit, which has contents on a page of their own."""
    made = {edition.unit: nbformat.read(edition.output / "report.ipynb", 4) for edition in (budgeted, shili[-1])}
    return made | {"zhengxiang": joined}


FANDOL = {"Times New Roman": "FandolSong", "仿宋_GB2312": "FandolFang R", "楷体_GB2312": "FandolKai"}
FANDOL |= {"黑体": "FandolHei", "宋体": "FandolSong", "方正小标宋简体": "FandolSong"}
FACES = {"stand-ins": {}, "fandol": FANDOL}


@pytest.fixture(scope="session")
def paged(notebooks, tmp_path_factory):
    """Word files of all of them in both sets of faces, and of a made one, with their pages, from one run of LibreOffice."""
    files = {unit: export(notebook) for unit, notebook in notebooks.items()}
    files = {f"{unit}-{n}": in_faces(file, FACES[n]) for unit, file in files.items() for n in FACES}
    files["made"] = export(made())
    pages = office_pages(files, tmp_path_factory.mktemp("office"))
    return {name: (files[name], pages[name]) for name in files}


@pytest.mark.parametrize("faces", FACES)
@pytest.mark.parametrize("unit", ["zhengxiang", "yiyang", "shili"])
def test_contents_name_the_page_where_the_heading_stands(unit, faces, paged):
    """Whatever faces there are: the number beside each entry is that of the page on which LibreOffice has the heading."""
    file, pages = paged[f"{unit}-{faces}"]
    body = WordDocument(io.BytesIO(file)).element.body
    links = [p.find(qn("w:hyperlink")) for p in body.iter(qn("w:p")) if p.style in ("TOC1", "TOC2")][:-1]
    at = next(n for n, page in enumerate(pages) if "目录" in page) + 1
    for link in links:
        entry, said = squeezed("".join(link.xpath("w:r/w:t/text()"))), link.find(qn("w:fldSimple")).xpath("string()")
        at = next(n for n in range(at, len(pages)) if entry in pages[n])
        assert int(said) == at + 1, entry


@pytest.mark.parametrize("kind", ["report", "made"])
def test_office_suite_shows_all_of_the_report(kind, joined, paged):
    """Every heading, paragraph, cell and caption stands in LibreOffice's PDF, in the order of the document."""
    document = read(joined if kind == "report" else made())
    _, pages = paged["zhengxiang-stand-ins" if kind == "report" else kind]
    edge = squeezed(document.card.status_label) if document.card.status == "draft" else ""
    shown = "".join(re.sub(r"—\d+—$", "", re.sub(f"^{edge}", "", page)) for page in pages)
    place = shown.index(squeezed(document.card.title))
    lead = [f"{h.number}{h.text}" for h in document.headings if h.level <= 2]
    for text in [*lead, *(text for block in document.blocks for text in texts(block)), document.card.citation]:
        found = shown.find(squeezed(text), place)
        assert found >= 0, f"{text!r} is not in the PDF after …{shown[max(0, place - 40) : place + 200]!r}"
        place = found + len(squeezed(text))


def test_wide_table_has_a_turned_page_between_upright_ones():
    """Sections end before and after it; what follows stands on the page after, which the contents know."""
    wide = {"caption": "宽", "anchors": [], "values": {}}
    wide["columns"] = [{"label": "项目"}, *({"label": f"{2007 + n}年度", "numeric": True} for n in range(14))]
    wide["rows"] = [["支出", *["1234.56"] * 14]] * 5
    cells = [
        cell({EDITION: CARD}),
        new_markdown_cell("# 前\n\n前文"),
        cell({TABLE: wide}),
        new_markdown_cell("# 后\n\n后文"),
    ]
    document = WordDocument(io.BytesIO(export(new_notebook(cells=cells))))
    looks = [(section.page_width > section.page_height, section.left_margin.mm) for section in document.sections]
    assert [turned for turned, _ in looks] == [False, True, False]
    assert [round(left) for _, left in looks] == [28, 35, 28]
    assert re.findall(r"PAGEREF.*?<w:t[^>]*>(\d+)<", document.element.xml, re.S) == ["2", "4"]
