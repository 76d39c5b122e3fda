"""The PDF, measured: page and grid, faces, reading order, what PDF/A and PDF/UA ask for, and the same bytes again."""

import os
import re
import subprocess
import sys
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import nbformat
import pdfplumber
import pypdfium2
import pytest
from fontTools import subset
from fontTools.ttLib import TTFont
from pdfminer.pdftypes import resolve1

from lib.edition.card import Card
from lib.publish import document, fonts
from lib.publish.document import (
    Chart,
    Code,
    Column,
    Document,
    DocumentError,
    Heading,
    Paragraph,
    Span,
    Table,
    Text,
)
from lib.publish.layout import title_lines
from lib.publish.pdf import ReportPDF, pdf
from needs import need
from pages import FULL, loose

MM, PITCH = 72 / 25.4, 28.95
RARE = "㎡喆镕堃昇玥"
SETS = {
    "fandol": (Path("/usr/share/fonts/opentype/fandol"),),
    "noto": (Path("/usr/share/fonts/opentype/noto"),),
    "wheel": (),
}
CARD = {
    "unit_name": "某区总工会",
    "title": "2020年度部门整体支出绩效评价报告",
    "status": "draft",
    "status_label": "草稿",
    "date": "2021-03-31",
    "revision_notes": [],
    "citation": "某区总工会：《报告》，第1版。",
    "contact": "某区总工会办公室",
    "source": {"title": "报告", "publisher": "某区人民政府", "published": "2021-03-31", "url": "未登记"},
}
SVG = '<svg viewBox="0 0 400 {0}" xmlns="http://www.w3.org/2000/svg"><path d="M0 0h400v{0}h-9z"/></svg>'


def made(*blocks, folders=(), **card) -> pdfplumber.PDF:
    return pdfplumber.open(BytesIO(pdf(Document(Card.of(CARD | card), list(blocks)), folders)))


def text(words: str) -> Paragraph:
    return Paragraph((Text(words),))


def table(rows: int, caption="长表", anchors=(), cell="86.5%") -> Table:
    body = tuple(((Text(f"指标{row}"),), (Text(cell),)) for row in range(rows))
    return Table("表1", caption, (Column("指标名"), Column("结果", numeric=True)), body, anchors, "表1")


def body(page) -> list[dict]:
    """The characters below a title of one line."""
    return [char for char in page.chars if float(page.height) - char["matrix"][5] > 37 * MM + 6 * PITCH]


def lines(page) -> dict[float, str]:
    """Baseline from the top of the page, in pt → the line's text; the type area only."""
    found: dict[float, list] = {}
    for char in page.chars:
        baseline = round(float(page.height) - char["matrix"][5], 1)
        if 37 * MM < baseline < 262 * MM:
            found.setdefault(baseline, []).append(char)
    return {y: "".join(c["text"] for c in sorted(found[y], key=lambda c: c["x0"])) for y in sorted(found)}


def elements(children):
    for element in children:
        yield element
        yield from elements(element.get("children", []))


@pytest.fixture(scope="module")
def report(report_notebook) -> Document:
    return document.read(nbformat.read(report_notebook, 4))


@pytest.fixture(scope="module", params=SETS)
def faces(request) -> tuple[Path, ...]:
    folders = SETS[request.param]
    need(all(folder.is_dir() for folder in folders), f"the faces of {request.param} are not installed")
    return folders


@pytest.fixture(scope="module")
def data(report, faces) -> bytes:
    return pdf(report, faces)


@pytest.fixture(scope="module")
def published(data) -> pdfplumber.PDF:
    return pdfplumber.open(BytesIO(data))


def test_text_extracts_in_reading_order(report, published):
    """Headings, table captions and the first words of paragraphs follow each other as in the document; so do charts."""
    whole = "".join(re.sub(r"\s", "", page.extract_text()) for page in published.pages[1:])
    place = 0
    for block in report.parted[0]:
        if isinstance(block, Heading):
            expected = block.number + block.text
        elif isinstance(block, Paragraph):
            expected = "".join(run.text for run in block.children if not isinstance(run, Span))[:6]
        elif isinstance(block, Table):
            expected = block.number + block.caption
        else:
            continue
        place = whole.index(re.sub(r"\s", "", expected), place)
    charts = [whole.index(block.number + block.caption) for block in report.blocks if isinstance(block, Chart)]
    assert charts == sorted(charts)


def test_every_character_of_the_report_is_on_the_page(report, published):
    shown = {char["text"] for page in published.pages for char in page.chars}
    wanted = {
        character
        for block in report.parted[0]
        if isinstance(block, Table)
        for row in block.rows
        for cell in row
        for run in cell
        for character in run.text
    }
    assert wanted - shown - set(" \n") == set()


def test_type_area_holds_22_lines_of_28_characters(faces):
    """A page full of text: every line on its place of the grid, every full line from edge to edge of 156 mm."""
    page = made(text("我们服务职工" * 400), folders=faces).pages[1]
    found = lines(page)
    assert len(found) == 22
    for number, (baseline, line) in enumerate(found.items()):
        assert baseline == pytest.approx(37 * MM + 0.88 * 16 + number * PITCH, abs=0.2)
        assert len(line) == 28
    cells = [char for char in page.chars if char["size"] == 16]
    assert min(char["x0"] for char in cells) == pytest.approx(28 * MM, abs=0.5)
    assert max(char["matrix"][4] for char in cells) + 16 == pytest.approx(184 * MM, abs=0.5)


def test_paragraph_is_indented_by_two_characters():
    page = made(text("服" * 40)).pages[0]
    first = min(body(page), key=lambda char: (-round(char["matrix"][5]), char["x0"]) if char["size"] == 16 else (9,))
    assert first["matrix"][4] - 28 * MM == pytest.approx(2 * (16 - 0.21), abs=0.1)


def test_bounds_stay_on_one_line():
    pages = [made(text("服" * filler + "86.5%—89.9%")).pages[0] for filler in range(20, 28)]
    assert all("86.5%—89.9%" in "\n".join(lines(page).values()) for page in pages)


def test_page_numbers_stand_right_on_odd_and_left_on_even_pages(published):
    for number, page in enumerate(published.pages, 1):
        foot = page.crop((0, 266 * MM, page.width, page.height))
        assert foot.extract_text() == f"— {number} —"
        words = foot.extract_words()
        if number % 2:
            assert page.width - words[-1]["x1"] == pytest.approx(26 * MM + 14, abs=3)
        else:
            assert words[0]["x0"] == pytest.approx(28 * MM + 14, abs=3)


def test_every_font_is_embedded_as_a_subset(published):
    used = {char["fontname"] for page in published.pages for char in page.chars}
    embedded = {}
    for page in published.pages:
        for font in resolve1(resolve1(page.page_obj.resources)["Font"]).values():
            below = resolve1(resolve1(resolve1(font)["DescendantFonts"])[0])
            described = resolve1(below["FontDescriptor"])
            embedded[below["BaseFont"].name] = "FontFile2" in described or "FontFile3" in described
    assert all(embedded.values())
    assert all(re.match(r"[A-Z]{6}\+", name) for name in {*used, *embedded})


def test_claims_pdf_a_2a_and_pdf_ua_1(published):
    about = resolve1(published.doc.catalog["Metadata"]).get_data().decode()
    for claim in ("<pdfaid:part>2<", "<pdfaid:conformance>A<", "<pdfuaid:part>1<", "<rdf:li>zh-CN<"):
        assert claim in about


def test_bookmarks_and_contents_are_the_headings(report, data, published):
    reader = pypdfium2.PdfDocument(data)
    marks = [(mark.level + 1, mark.get_title(), mark.get_dest().get_index() + 1) for mark in reader.get_toc()]
    heads = [block for block in report.parted[0] if isinstance(block, Heading)]
    wanted = [(head.level, head.number + ("　" if head.annex else "") + head.text) for head in heads]
    assert [mark[:2] for mark in marks] == wanted
    contents = re.sub(r"\s", "", "".join(page.extract_text() for page in published.pages[:3]))
    for level, title, page in marks:
        squeezed = re.sub(r"\s", "", title)
        assert squeezed in re.sub(r"\s", "", published.pages[page - 1].extract_text())
        if level < 3:
            assert re.search(re.escape(squeezed) + rf"\.+{page}(?!\d)", contents)


def test_title_is_that_of_the_report_with_the_name_of_its_unit():
    for title in ("2020年度报告", "某区总工会2020年度报告"):
        with made(text("正文"), title=title) as found:
            assert found.metadata["Title"] == "某区总工会2020年度报告"
            assert resolve1(found.doc.catalog["ViewerPreferences"])["DisplayDocTitle"] is True


def test_every_row_has_a_head_and_no_cell_names_another():
    """The first cell of a row, and each that spans several, is its head; with scopes alone a reader finds rows and columns."""
    with made(table(3), form(10)) as found:
        tables = [element for element in elements(found.structure_tree) if element["type"] == "Table"]
    for it in tables:
        rows = [element["children"] for element in elements([it]) if element["type"] == "TR"]
        heads, *others = rows
        assert [(cell["type"], cell["attributes"]["Scope"]) for cell in heads] == [("TH", "Column")] * len(heads)
        for row in others:
            scopes = [cell.get("attributes", {}).get("Scope") for cell in row]
            assert [cell["type"] for cell in row] == ["TH" if scope else "TD" for scope in scopes]
            assert set(scopes) <= {"Row", None} and (scopes[0] == "Row" or len(row) < len(heads))
            assert not any(cell.get("attributes", {}).get("Headers") for cell in row)
            spanning = [cell for cell in row if "RowSpan" in cell.get("attributes", {})]
            assert all(cell["type"] == "TH" for cell in spanning)
    assert len(tables) == 2


def test_headings_follow_each_other_and_what_is_no_text_is_an_artefact(published):
    """ISO 14289-1: no level is skipped, from the first on; head and foot of the page are artefacts, all else has its tag."""
    kinds = (element["type"] for element in elements(published.structure_tree))
    levels = [0, *(int(kind[1:]) for kind in kinds if re.fullmatch(r"H\d", kind))]
    assert len(levels) > 5 and all(after <= before + 1 for before, after in pairwise(levels))
    for page in published.pages[1:]:  # the contents nest their marks, which pdfminer loses
        assert all((char["tag"] == "Artifact") == (char["mcid"] is None) for char in page.chars)
        assert all(char["tag"] == "Artifact" for char in page.chars if not 37 * MM < char["top"] < 262 * MM)


def test_links_say_where_they_lead_and_tabs_follow_the_tags(published):
    for page in published.pages:
        assert not page.annots or page.page_obj.attrs["Tabs"].name == "S"
        for note in page.annots:
            assert note["data"]["Contents"] and "StructParent" in note["data"]
    assert sum(len(page.annots) for page in published.pages) > 5


def test_charts_carry_their_alternative_texts(report, published):
    found = [element["alt_text"] for element in elements(published.structure_tree) if element["type"] == "Figure"]
    assert found == [block.alt for block in report.blocks if isinstance(block, Chart)]


def test_table_repeats_its_head_and_splits_no_row():
    pages = made(table(120, cell="指标甲÷指标乙")).pages
    assert len(pages) > 2
    assert [page.extract_text().count("指标名") for page in pages] == [1] * len(pages)


def form(rows: int) -> Table:
    """An official table: five rows to each second level, ten to each first."""
    body = [(f"级{n // 10}", f"类{n // 5}", f"指标{n}", "达成，原因和改进措施" * (n % 3)) for n in range(rows)]
    columns = tuple(map(Column, ("一级指标", "二级指标", "三级指标", "偏差原因分析及改进措施")))
    cells = tuple(tuple((Text(cell),) if cell else () for cell in row) for row in body)
    return Table("表1", "自评表", columns, cells, (), "表1", official=True, merged=2)


def test_official_table_merges_cells_in_a_full_grid():
    """Each merged text once, as tall as its rows, tagged as spanning them; the outer lines are as thin as the inner."""
    page = made(form(10)).pages[0]
    assert [page.extract_text().count(f"类{n}") for n in range(2)] == [1, 1]
    assert page.extract_text().count("级0") == 1
    (found,) = page.find_tables()
    tops = [[cell[1] for cell in column.cells[1:] if cell] for column in found.columns]
    assert [len(column) for column in tops] == [1, 2, 10, 10]
    assert tops[1] == [tops[2][0], tops[2][5]]
    assert {round(line["linewidth"], 2) for line in page.lines if line["top"] < 200 * MM} == {0.5}
    spans = [element.get("attributes", {}).get("RowSpan") for element in elements(page.structure_tree)]
    assert sorted(filter(None, spans)) == [5, 5, 10]


def test_official_table_breaks_within_a_merged_cell_and_repeats_its_head_and_what_the_cell_says():
    pages = made(form(90)).pages
    assert len(pages) > 2
    texts = [page.extract_text() for page in pages]
    assert [text.count("三级指标") for text in texts] == [1] * len(pages)
    for text in texts:
        rows = list(map(int, re.findall(r"指标(\d+)", text)))
        assert sorted(re.findall(r"类\d+", text)) == sorted({f"类{n // 5}" for n in rows})
        assert sorted(re.findall(r"级\d+", text)) == sorted({f"级{n // 10}" for n in rows})
    for page in pages[:-1]:
        assert max(rule["bottom"] for rule in page.lines) > 37 * MM + 0.8 * 225 * MM


def test_wide_table_turns_its_page_and_no_number_breaks():
    columns = (Column("项目"), *(Column(f"{2007 + n}年度", numeric=True) for n in range(12)))
    rows = tuple(((Text(f"支出{n}"),), *((Text("1234.56"),) for _ in range(12))) for n in range(5))
    before, wide, after = made(text("前"), Table("表1", "宽", columns, rows, (), "表1"), text("后")).pages
    assert before.width < before.height and after.width < after.height
    assert wide.width > wide.height and wide.extract_text().count("1234.56") == 60
    assert max(char["x1"] for char in wide.chars) < wide.width - 26 * MM


def test_wide_table_of_many_rows_goes_on_on_the_next_page_with_room_for_long_texts():
    columns = (*(Column(f"评价指标，分值{n}", numeric=True) for n in range(6)), *(Column(f"标准{n}") for n in range(4)))
    body = [(*(str(10 + c) for c in range(6)), f"行{n}", *["按比例计分，扣完为止" * 2] * 3) for n in range(40)]
    rows = tuple(tuple((Text(cell),) for cell in row) for row in body)
    pages = made(Table("表1", "宽", columns, rows, (), "表1"), text("后")).pages
    told = [number for page in pages for number in re.findall(r"行(\d+)", page.extract_text())]
    assert len(pages) in (3, 4, 5) and told == [str(n) for n in range(40)]


def test_who_signs_and_the_day_stand_at_the_right():
    (page,) = made(Paragraph((Text("2025年5月16日"),), signed=True), text("甲" * 40)).pages
    line = next(line for line in page.extract_text_lines() if line["text"] == "2025年5月16日")
    assert line["x0"] > page.width / 2 and line["x1"] < page.width - 26 * MM


@pytest.mark.parametrize("filler", range(14, 22))
def test_who_signs_and_the_day_stay_with_the_text(filler):
    signed = (Paragraph((Text(told),), signed=True) for told in ("示例县水利站", "2025年5月16日"))
    *_, last = made(*(text("服") for _ in range(filler)), *signed).pages
    assert re.search(r"服\s*示例县水利站\s*2025年5月16日", last.extract_text())


def test_long_cell_goes_on_on_the_next_page_and_a_long_word_breaks():
    pages = made(text("服" * 200), table(1, cell="文" * 2000), text("Wort" * 40)).pages
    assert sum(page.extract_text().count("文") for page in pages) == 2000
    assert pages[0].extract_text().count("文") > 300
    for page in pages:
        assert max(char["x1"] for char in page.chars) < page.width - 25 * MM


@pytest.mark.parametrize("filler", range(22))
def test_nothing_is_stranded(filler):
    """Wherever the page ends: a heading stays with its text, a caption with its table; no chart empties half a page."""
    pages = made(
        *(text("服") for _ in range(filler)),
        Chart("图1", "漏斗", "替代", SVG.format(300), "图1"),
        Chart("图2", "条形", "替代", SVG.format(180), "图2"),
        Heading(1, "一、", "章", "章"),
        Heading(2, "（一）", "节", "节"),
        text("正文"),
        table(12),
        text("服" * 200),
    ).pages
    for page in pages[:-1]:
        found = list(lines(page).values())
        assert not re.match(r"一、章|（一）节|表1|指标名", found[-1])
        lowest = max(*lines(page), *(curve["bottom"] for curve in page.curves), 0)
        assert lowest > 37 * MM + 225 * MM / 2


@pytest.mark.parametrize("filler", range(5, 22, 2))
def test_chart_stands_between_its_heading_and_the_next(filler):
    chart = Chart("图1", "漏斗", "替代", SVG.format(180), "图1")
    heads = [Heading(1, f"{n}、", "节", f"节{n}") for n in "一二"]
    pages = made(*(text("服") for _ in range(filler)), heads[0], chart, heads[1], text("正文" * 40)).pages
    shown = "".join(page.extract_text() for page in pages)
    assert shown.index("一、节") < shown.index("图1") < shown.index("二、节")


@pytest.mark.parametrize("mark", ["draft", "approved"])
def test_only_a_draft_is_marked_on_every_page(mark):
    pages = made(text("服" * 2000), status=mark, status_label={"draft": "草稿", "approved": "定稿"}[mark]).pages
    assert {page.extract_text().startswith("草稿\n") for page in pages} == {mark == "draft"}


def test_annex_starts_a_page_with_its_number_flush_left():
    head = Heading(1, "附件1", "指标计算表", "指标计算表", annex=True)
    page = made(text("正文"), head, table(3)).pages[1]
    first, title = list(lines(page).values())[:2]
    assert (first, title) == ("附件1", "指标计算表")
    assert page.chars[2]["x0"] == pytest.approx(28 * MM, abs=2)
    left, right = (page.search(title)[0][side] for side in ("x0", "x1"))
    assert (left + right) / 2 == pytest.approx(28 * MM + 78 * MM, abs=2)


DATA = (
    Heading(1, "附件1", "数据质量说明", "数据质量说明", annex=True),
    Heading(2, "（一）", "概数的读法", "概数的读法", data=True),
    Heading(3, "1.", "约", "约"),
    text("约读作上下限"),
    Heading(2, "（二）", "更正", "更正"),
    text("更正如下"),
    Heading(1, "附件2", "指标计算表", "指标计算表", annex=True, data=True),
    table(2, "计算", anchors=("aid.ratio", "aid.sum")),
)


def test_data_has_a_file_of_its_own_that_the_report_names():
    """A part below a chapter becomes one there; the numbers stay those of the page; no number is a link."""
    numbers = Paragraph((Text("86.5%", "aid.ratio"), Text("和"), Text("3", "elsewhere")))
    doc = Document(Card.of(CARD), [text("正文"), numbers, *DATA, Code("01")])
    with pdfplumber.open(BytesIO(pdf(doc, ()))) as found:
        shown = re.sub(r"\s", "", "".join(page.extract_text() for page in found.pages))
        assert [link.get("uri") for link in found.hyperlinks] == ["annex.pdf"] and len(found.annots) == 1
    assert "（二）更正" in shown and "约读作上下限" not in shown and "指标0" not in shown
    assert "数据：概数的读法、附件2指标计算表，见数据附件（annex.pdf）。" in shown
    with pdfplumber.open(BytesIO(pdf(doc, (), annex=True))) as found:
        shown = "".join(page.extract_text() for page in found.pages)
        levels = [element["type"] for element in elements(found.structure_tree) if element["type"][0] == "H"]
        assert found.metadata["Title"] == "某区总工会2020年度部门整体支出绩效评价报告数据附件"
    assert levels == ["H1", "H2", "H1"]
    assert "约读作上下限" in shown and "附件2" in shown and "指标1" in shown
    assert "正文" not in shown and "更正如下" not in shown and "annex.pdf" not in shown


def test_report_without_data_names_no_annex_and_the_annex_explains_its_numbers():
    about = {
        "label": "赔付率",
        "shown": "86.5%",
        "bounds": "",
        "formula": "甲 ÷ 乙",
        "sources": ["甲：3"],
        "caveat": "",
    }
    doc = Document(Card.of(CARD), [Paragraph((Text("86.5%", "aid.ratio"),))], {"aid.ratio": about})
    shown = [pdfplumber.open(BytesIO(pdf(doc, (), annex))).pages[0].extract_text() for annex in (False, True)]
    assert "数据附件" not in shown[0]
    assert "其余数值" in shown[1] and "甲 ÷ 乙" in shown[1]


@pytest.mark.parametrize(("count", "contents"), [(8, False), (9, True)])
def test_only_a_report_of_more_than_eight_pages_has_contents(count, contents):
    heads = (Heading(1, f"附件{n}", "表", f"表{n}", annex=True) for n in range(1, count))
    pages = made(text("正文"), *heads).pages
    assert (pages[0].extract_text().count("目") == 1) == contents
    assert len(pages) == count and "正文" in pages[0].extract_text()


def test_contents_say_where_the_numbers_are_that_they_pass_over():
    heads = [Heading(1, f"附件{n}", "表", f"表{n}", annex=True, data=n == 5) for n in range(1, 12)]
    shown = made(text("正文"), *(block for head in heads for block in (head, text("句")))).pages[0].extract_text()
    assert "附件5表，见数据附件" in shown.replace("\n", "")


def test_contents_of_many_chapters_fill_a_page_of_their_own():
    heads = [Heading(1, f"{n}、", "章", f"章{n}") for n in range(1, 25)]
    pages = made(*(block for head in heads for block in (head, text("服" * 300)))).pages
    assert max(lines(pages[0])) > 37 * MM + 0.7 * 225 * MM
    assert "服" not in pages[0].extract_text() and "服" in pages[1].extract_text()


def test_columns_are_as_wide_as_their_content():
    """A short table is no wider than its words need; one that nearly fills the line, or an official form, takes all of it."""
    spans = []
    for it in (table(3), table(3, cell="指标甲÷指标乙" * 5), form(10)):
        rules = [edge for edge in made(it).pages[0].edges if 40 * MM < edge["top"] < 200 * MM and edge["height"] == 0]
        spans.append(max(rule["x1"] for rule in rules) - min(rule["x0"] for rule in rules))
    assert spans[0] < 40 * MM
    assert spans[1:] == pytest.approx([156 * MM] * 2, abs=1.5)


def test_chart_shrinks_a_little_rather_than_leave_a_hole():
    """Where the text before it ends says how much room there is; with room for the whole of it, it keeps its size."""
    chart, heights = Chart("图1", "条形", "替代", SVG.format(230), "图1"), set()
    for filler in range(1, 22):
        blocks = (*(text("服") for _ in range(filler)), chart, text("服" * 600))
        first, *_ = (page for page in made(*blocks).pages)
        heights |= {round(curve["height"]) for page in made(*blocks).pages for curve in page.curves}
        assert max(*lines(first), *(curve["bottom"] for curve in first.curves), 0) > 37 * MM + FULL * 225 * MM
    assert max(heights) == 230 and len(heights) > 1 and min(heights) > 0.6 * 230


def test_text_is_never_read_as_markup():
    odd = '#import "x" $x^2$ *a* _b_ `c` <d> @e //f /*g*/ \\h [i] ~ -- \' = 1'
    assert odd in made(text(odd)).pages[0].extract_text().replace("\n", " ")


def test_code_is_left_out_and_the_colophon_closes():
    note = {"date": "2021-04-02", "text": "更正送清凉合计"}
    last = made(text("正文"), Code("01"), revision_notes=[note]).pages[-1].extract_text()
    assert "x = 1" not in last
    assert re.search(
        "引用与联系.引用：.*来源：《报告》.*2021年3月31日.*修订说明：2021年4月2日：更正送清凉合计.联系：", last, re.S
    )


def test_marks_and_rare_characters_are_shown_in_every_set_of_faces(faces):
    page = made(text(RARE), text("“引用”——破折号……“甲”《乙》"), folders=faces).pages[0]
    shown = [char for char in body(page) if char["size"] == 16]
    assert set(RARE + "“”—…《》") <= set("".join(char["text"] for char in shown))
    assert {round(char["width"] / len(char["text"]), 3) for char in shown} == {16}  # full Chinese width, not Latin
    starts = {char["text"]: char["matrix"][4] for char in shown}
    assert starts["《"] - starts["”"] == pytest.approx(8, abs=0.3)  # adjacent marks are closed up


def test_missing_glyph_is_an_error_that_names_it(faces):
    with pytest.raises(DocumentError, match=r"一、章.*U\+1F600"):
        made(Heading(1, "一、", "章", "章"), text("好\U0001f600"), folders=faces)


def test_emphasis_is_never_lost(faces):
    """Strong text differs from the text around it by its face; where a face has no bold, what should be is darkened by a stroke."""
    page = made(
        Paragraph((Text("平"), Span("strong", (Text("粗"),)), Span("emphasis", (Text("斜"),)))), folders=faces
    ).pages[0]
    face = {char["text"]: char["fontname"] for char in page.chars}
    drawn = b"".join(resolve1(stream).get_data() for stream in page.page_obj.contents)
    strokes = len(re.findall(rb"\b2 Tr\b", drawn))  # text render mode: fill and stroke
    assert strokes == (6 if faces == () else 0)  # title, its digits, draft mark, head of the colophon too
    assert face["平"] not in (face["粗"], face["斜"])


def stand_in(folder: Path, family: str, name: str, lang: int = 0x409) -> None:
    """The wheel's face with one character, under another name."""
    font = TTFont(fonts.WHEEL)
    cut = subset.Subsetter()
    cut.populate(text="服")
    cut.subset(font)
    font["name"].names = []
    for number, value in ((1, family), (2, "Regular"), (4, family), (6, name)):
        font["name"].setName(value, number, 3, 1, lang)
    folder.mkdir(exist_ok=True)
    font.save(folder / f"{name}.ttf")


def test_official_faces_come_first(tmp_path):
    """Any family name that an official face goes by, Chinese or English, is known and goes into the PDF."""
    official = {
        "仿宋": "FangSong_GB2312",
        "黑体": "SimHei",
        "楷体": "楷体_GB2312",
        "小标宋": "方正小标宋简体",
        "宋体": "SimSun",
    }
    for number, family in enumerate(official.values()):
        stand_in(tmp_path, family, f"Official-{number}", 0x409 if family.isascii() else 0x804)
    (tmp_path / "damaged.ttf").write_bytes(b"no font")
    folders = (*SETS["fandol"], *SETS["noto"], tmp_path)
    chosen = fonts.faces(folders)
    assert [chosen[role].split()[0] for role in official] == [f"Official-{number}" for number in range(5)]
    blocks = Heading(1, "一、", "服", "服"), Heading(2, "（一）", "服", "服"), text("服"), table(1, cell="服")
    used = {char["fontname"][7:] for page in made(*blocks, folders=folders, title="服").pages for char in page.chars}
    assert {f"Official-{number}" for number in range(5)} <= {name.removesuffix("-Identity-H") for name in used}


def test_faces_of_each_set(faces):
    chosen = fonts.faces(faces)
    expected = {
        SETS["fandol"]: "FandolFang-Regular FandolHei-Regular FandolKai-Regular FandolSong-Bold FandolSong-Regular",
        SETS["noto"]: "NotoSerifCJKsc-Regular NotoSansCJKsc-Bold NotoSerifCJKsc-Regular NotoSerifCJKsc-Bold "
        "NotoSerifCJKsc-Regular",
        (): "NotoSerifSC-Regular NotoSansSC-Regular NotoSerifSC-Regular NotoSerifSC-Regular NotoSerifSC-Regular",
    }[faces]
    assert [chosen[role].split()[0] for role in ("仿宋", "黑体", "楷体", "小标宋", "宋体")] == expected.split()
    assert chosen["wheel"].startswith("NotoSansSC-Regular")


def test_all_of_gbk_can_be_set_on_a_machine_without_fonts():
    """Every Chinese character of GBK; Song sets the text there, not a black face."""
    codes = (bytes((high, low)) for high in range(0x81, 0xFF) for low in range(0x40, 0xFF))
    han = {ord(sign) for code in codes for sign in code.decode("gbk", "ignore") if "\u4e00" <= sign <= "\u9fff"}
    assert len(han) > 20_000 and han <= fonts.covered(())
    assert "Serif" in fonts.choose(())["仿宋"].family


def test_same_bytes_again_from_the_command_line(report_notebook, tmp_path):
    """`jupyter nbconvert` in another folder, time zone, locale and hash seed gives what the exporter gives."""
    wanted, _ = ReportPDF().from_filename(str(report_notebook))
    command = [
        sys.executable,
        "-m",
        "nbconvert",
        "--to",
        "jixiao-pdf",
        str(report_notebook),
        "--output-dir",
        str(tmp_path),
    ]
    elsewhere = os.environ | {"TZ": "Asia/Shanghai", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    subprocess.run(command, cwd=tmp_path, env=elsewhere, check=True, capture_output=True)
    assert (tmp_path / f"{report_notebook.stem}.pdf").read_bytes() == wanted


@pytest.mark.parametrize(("which", "most"), [("edition", 12), ("budgeted", 6)])
def test_report_is_as_long_as_its_matter_without_holes(request, which, most, tmp_path):
    """Its pages are counted, and all of them full but the last one of the body and of each annex; its data is beside it."""
    output = request.getfixturevalue(which).output
    assert len(pypdfium2.PdfDocument(output / "report.pdf")) <= most
    assert loose(output / "report.pdf", tmp_path) == {}
    shown = "".join(page.extract_text() for page in pdfplumber.open(output / "annex.pdf").pages)
    assert all(part in shown for part in ("概数的读法", "指标计算表", "来源数据表"))


@pytest.mark.parametrize(("height", "found"), [(60, []), (230, [1])])
def test_hole_is_seen(height, found, tmp_path):
    """A chart without text before it goes to the next page, if there is no room for it; so does its heading."""
    one, two = (Heading(1, f"{n}、", "章", f"章{n}") for n in "一二")
    blocks = [text("服" * 200), one, Chart("图1", "条形", "替代", SVG.format(height), "图1"), two, text("服" * 560)]
    (tmp_path / "it.pdf").write_bytes(pdf(Document(Card.of(CARD), blocks), ()))
    assert list(loose(tmp_path / "it.pdf", tmp_path)) == found


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("2020年度部门整体支出绩效评价报告", ["2020年度部门整体支出绩效评价报告"]),
        (
            "衡阳市蒸湘区总工会2020年度部门整体支出绩效评价报告",
            ["衡阳市蒸湘区总工会2020年度", "部门整体支出绩效评价报告"],
        ),
        ("甲" * 41, ["甲" * 14, "甲" * 14, "甲" * 13]),
    ],
)
def test_long_titles_break_between_words_into_like_lines(title, expected):
    assert title_lines(title) == expected
