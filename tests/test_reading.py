"""Reading: a report as it arrives becomes passages, whatever its form, and what is hostile or broken is told in one message."""

import io
import random
import shutil
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from contextlib import suppress
from datetime import date
from email.encoders import encode_base64, encode_quopri
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from unittest.mock import patch

import docx
import openpyxl
import pytest
import typst
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.chart import BarChart

import quick
from conftest import ROOT
from lib.cells import WHEEL
from lib.edition.store import InputError
from lib.intake import pages, reading
from lib.intake.reading import read
from lib.publish import fonts
from needs import need


def laid(folder, name, content):
    """A file of this name that holds this."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def arrived(folder, name, content):
    """The passages of a file of this name that holds this, read in this process."""
    with patch("lib.intake.reading._aside", quick.aside):
        return read(laid(folder, name, content)).passages


def told(folder, name, content):
    """What is said of a file that cannot be read, in a process of its own: one message."""
    with pytest.raises(InputError) as error:
        read(laid(folder, name, content))
    assert str(error.value).count("请") == 1 and "\n" not in str(error.value)
    return str(error.value)


def saved(document):
    """What a Word file or a workbook holds."""
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def word(folder, *paragraphs, **about):
    """The passages of a Word file of these paragraphs, as text or as XML."""
    document = docx.Document()
    for one in paragraphs:
        written = one if one.startswith("<") else f"<w:p><w:r><w:t>{one}</w:t></w:r></w:p>"
        document.element.body.insert(-1, parse_xml(written.replace(">", f" {nsdecls('w')}>", 1)))
    return arrived(folder, "报告.docx", with_parts(saved(document), **about))


def with_parts(content, **parts):
    """A Word file or workbook with parts added or replaced; a name is a path with __ for / and _ for a dot."""
    names = {name.replace("__", "/").replace("_", "."): held for name, held in parts.items()}
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new:
        for name in {*old.namelist(), *names}:
            new.writestr(name, names[name] if name in names else old.read(name))
    return held.getvalue()


def workbook(folder, fill):
    """The tables of a workbook that `fill` wrote."""
    book = openpyxl.Workbook()
    fill(book.active)
    return arrived(folder, "附件.xlsx", saved(book))


def pdf(folder, body, setting=""):
    """The passages of a PDF set by Typst: A5, 12 pt, first lines indented."""
    faces = [str(path) for path in fonts.folders()] if hasattr(fonts, "folders") else []
    need(faces or subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False).stdout, "a Chinese face")
    source = f"""#set page(paper: "a5", margin: 2cm)
#set text(font: ("Noto Serif CJK SC", "Noto Sans SC", "FandolSong"), size: 12pt, lang: "zh")
#set par(justify: true, first-line-indent: (amount: 2em, all: true))
{setting}
{body}"""
    return arrived(folder, "报告.pdf", typst.compile(source.encode(), font_paths=faces))


def texts(passages, *kinds):
    """What passages of these kinds say, of all if none is named."""
    return [one.text for one in passages if not kinds or one.kind in kinds]


def kinds(passages):
    return [(one.kind, one.level) for one in passages]


SENTENCE = "参加市总工会第七期医疗互助单位117家，共计4025人，已交医疗互助金30.04万元，帮扶住院职工249人，"
LONG = SENTENCE * 3 + "互助金额达26万余元。"


# --- text ---------------------------------------------------------------------------------------------------------------


def wrapped(text, width):
    return "\n".join(text[at : at + width] for at in range(0, len(text), width))


@pytest.mark.parametrize("width", [20, 28, 31, 40])
def test_hard_wraps_are_undone(tmp_path, width):
    """Wherever the line ends, also inside a figure."""
    text = f"{wrapped(LONG, width)}\n\n{wrapped(LONG, width)}\n"
    assert texts(arrived(tmp_path, "a.txt", text)) == [LONG, LONG]


def test_lines_of_so_many_signs_are_wrapped_however_wide(tmp_path):
    """A line of digits is as full as one of characters."""
    digits = "各项目分别为" + "、".join(f"{n},846.30" for n in range(1, 10)) + "万元。"
    paragraphs = [
        "按照上级部门的统一部署组织开展了困难职工的走访慰问和帮扶救助工作得到了职工群众的一致好评" * 4 + "。",
        digits,
    ]
    assert texts(arrived(tmp_path, "a.txt", "\n".join(wrapped(one, 34) for one in paragraphs))) == paragraphs


def test_figure_that_a_line_end_splits_is_whole(tmp_path):
    assert texts(arrived(tmp_path, "a.txt", "达成意向150\n余人，其中签约20\n20人。\n完成。")) == [
        "达成意向150余人，其中签约2020人。",
        "完成。",
    ]


def test_paragraphs_of_one_line_each_stay_apart(tmp_path):
    lines = ["关于绩效的报告", "衡阳市某单位", LONG, "完成了任务"]
    assert texts(arrived(tmp_path, "a.txt", "\n".join(lines))) == lines


def test_few_wrapped_lines_among_many_short_ones_are_joined(tmp_path):
    lines = [
        "关于自评情况的报告",
        "",
        f"    {SENTENCE[:33]}",
        SENTENCE[33:],
        "    一、概况",
        "    （一）机构",
        "    编制52人。",
    ]
    assert (
        texts(arrived(tmp_path, "a.txt", "\n".join([*lines, f"    {SENTENCE[:33]}", f"{SENTENCE[33:]}完成。"])))[1]
        == SENTENCE
    )


def test_indent_begins_a_paragraph(tmp_path):
    text = f"　　{wrapped(SENTENCE, 25)}\n　　{wrapped(LONG, 25)}\n"
    assert texts(arrived(tmp_path, "a.txt", text)) == [SENTENCE, LONG]


def test_page_number_inside_a_paragraph_is_set_aside(tmp_path):
    text = wrapped(LONG, 30).split("\n")
    found = arrived(tmp_path, "a.txt", "\n".join([*text[:2], "", "— 3 —", "\f", *text[2:]]))
    assert texts(found, "text") == [LONG] and texts(found, "furniture") == ["— 3 —"]


def test_page_with_one_broken_character_is_no_other_encoding(tmp_path):
    (found,) = texts(arrived(tmp_path, "a.txt", LONG.encode() + b"\xe5" + "完成。".encode()))
    assert found.startswith(LONG) and found.endswith("完成。")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_encoding_and_line_end(tmp_path, encoding, end):
    assert texts(arrived(tmp_path, "a.txt", f"一、基本情况{end}编制５２人。{end}".encode(encoding))) == [
        "一、基本情况",
        "编制５２人。",
    ]


def test_heading_of_a_text_is_told_by_its_number(tmp_path):
    found = arrived(tmp_path, "a.txt", "一、基本情况\n（一）机构\n1.职能\n一、本单位编制52人，在职52人。\n1.5万元\n")
    assert kinds(found) == [("heading", 1), ("heading", 2), ("heading", 3), ("text", 0), ("text", 0)]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("全年支出1 234.56 万元，服务12 345人。", "全年支出1234.56 万元，服务12345人。"),
        (
            "全年支出1\u2009234\u2009567元，服务12\u00a0345人次，建房1\u202f200平方米。",
            "全年支出1234567元，服务12345人次，建房1200平方米。",
        ),
        (
            "自2023 12月起，2022 345人，第1 234户，2023 5 120人。",
            "自2023 12月起，2022 345人，第1 234户，2023 5 120人。",
        ),
        ("3 500余人参加。", "3 500余人参加。"),
        ("差旅 12 150.5 98.6 其他 3 120", "差旅 12 150.5 98.6 其他 3 120"),
    ],
)
def test_blanks_between_groups_of_three_digits_are_out(tmp_path, written, read):
    assert texts(arrived(tmp_path, "a.txt", written)) == [read]


def test_a_cell_of_one_number_in_groups_is_that_number_and_of_several_stays(tmp_path):
    row = "<tr><td>支出<td>1&thinsp;234.56<td>12 345人<td>12<br>345.6<td>12 345<td>3 120.5 98.6</tr>"
    (table,) = arrived(tmp_path, "a.html", f"<html><table><tr><td>项目<td>甲<td>乙<td>丙<td>丁<td>戊</tr>{row}</table>")
    assert table.rows[1] == ("支出", "1234.56", "12345人", "12 345.6", "12 345", "3 120.5 98.6")


GRID = (("项目", "2021决算", "2022决算"), ("支出总额", "1,274.38", "1342.49"), ("基本支出", "", "9.99"))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", "\n".join("\t".join(row) for row in GRID)),
        (
            "a.txt",
            "项目        2021决算    2022决算\n支出总额    1,274.38     1342.49\n基本支出                    9.99",
        ),
        ("a.csv", '项目,2021决算,2022决算\n支出总额,"1,274.38",1342.49\n基本支出,,9.99\n'),
    ],
)
def test_cells_of_a_text_are_a_table(tmp_path, name, content):
    (table,) = arrived(tmp_path, name, content)
    assert table.rows == GRID


def test_blanks_in_one_line_make_no_table(tmp_path):
    assert [one.kind for one in arrived(tmp_path, "a.txt", f"目　　录\n\n{LONG}\n单位：　　　日期：\n")] == [
        "furniture",
        "text",
        "text",
    ]


def test_markdown_keeps_headings_lists_and_tables(tmp_path):
    found = arrived(
        tmp_path, "a.md", "# 报告\n\n3. 编制\n4. 经费\n\n| 项目 | 决算 |\n|---|---|\n| 总额 | 300 |\n\n<b>x</b>\n"
    )
    assert [(one.kind, one.marker, one.text) for one in found[:3]] == [
        ("heading", "", "报告"),
        ("item", "3.", "编制"),
        ("item", "4.", "经费"),
    ]
    assert found[3].rows == (("项目", "决算"), ("总额", "300")) and found[4].text == "<b>x</b>"


def test_a_megabyte_of_text_is_read_within_seconds(tmp_path):
    start = time.monotonic()
    found = arrived(tmp_path, "a.txt", f"{wrapped(LONG, 30)}\n\n" * (1_000_000 // len(LONG.encode())))
    assert set(texts(found)) == {LONG} and time.monotonic() - start < 5
    paragraphs = ["，".join(["走访了困难职工"] * 30_000), "".join(["3人参加。"] * 30_000)]
    found = arrived(tmp_path, "b.txt", "\n".join(paragraphs))
    assert "".join(texts(found)) == "".join(paragraphs) and time.monotonic() - start < 10


@pytest.mark.parametrize("after", ["\t{}", "  {}", ""])
@pytest.mark.parametrize("name", ["a.txt", "a.docx"])
def test_contents_typed_by_hand_are_furniture(tmp_path, name, after):
    titles = ["一、部门概况", "（一）机构设置", "二、绩效情况", "三、存在问题"]
    contents = ["目 录", *(f"{title}{after.format(page)}" for page, title in enumerate(titles, 1))]
    report = [titles[0], titles[1], "编制28人。", *titles[2:], "馆舍不足。"]
    if name == "a.docx":
        document = docx.Document()
        for line in ("某馆绩效自评报告", *contents, *report):
            document.add_paragraph(line)
        document.save(tmp_path / name)
        found = reading.read(tmp_path / name).passages
    else:
        found = arrived(tmp_path, name, "\n".join(("某馆绩效自评报告", "", *contents, "", *report)))
    assert [one.text for one in found if one.kind != "furniture"] == ["某馆绩效自评报告", *report]
    assert not any(one.rows for one in found)


# --- Word ---------------------------------------------------------------------------------------------------------------


def test_word_headings_have_the_level_of_their_style(tmp_path):
    document = docx.Document()
    document.add_heading("基本情况", 1)
    document.add_heading("机构", 2)
    document.add_paragraph("编制52人。")
    assert kinds(arrived(tmp_path, "a.docx", saved(document))) == [("heading", 1), ("heading", 2), ("text", 0)]


def test_outline_level_makes_a_heading(tmp_path):
    found = word(tmp_path, '<w:p><w:pPr><w:outlineLvl w:val="1"/></w:pPr><w:r><w:t>机构</w:t></w:r></w:p>')
    assert kinds(found) == [("heading", 2)]


def test_soft_break_that_ends_no_sentence_is_undone(tmp_path):
    found = word(tmp_path, "<w:p><w:r><w:t>共150</w:t><w:br/><w:t>余次。</w:t><w:br/><w:t>完成。</w:t></w:r></w:p>")
    assert texts(found) == ["共150余次。", "完成。"]


def test_runs_are_one_text(tmp_path):
    assert texts(word(tmp_path, "<w:p><w:r><w:t>30.</w:t></w:r><w:r><w:t>04万元</w:t></w:r></w:p>")) == ["30.04万元"]


def test_insertions_are_in_and_deletions_out(tmp_path):
    found = word(
        tmp_path,
        "<w:p><w:r><w:t>编制</w:t></w:r><w:del><w:r><w:delText>50</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>52</w:t></w:r></w:ins><w:r><w:t>人</w:t></w:r></w:p>",
    )
    assert texts(found, "text") == ["编制52人"]


NOTES = f'<w:footnotes {nsdecls("w")}><w:footnote w:id="2"><w:p><w:r><w:t>含上年结转。</w:t></w:r></w:p></w:footnote></w:footnotes>'


def test_footnote_follows_its_paragraph_and_its_mark_is_no_digit(tmp_path):
    found = word(
        tmp_path,
        '<w:p><w:r><w:t>共25</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r><w:r><w:t>万元'
        '</w:t></w:r><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>1</w:t></w:r></w:p>',
        "占地3m",
        word__footnotes_xml=NOTES,
    )
    assert [(one.kind, one.text) for one in found] == [
        ("text", "共25万元"),
        ("note", "含上年结转。"),
        ("text", "占地3m"),
    ]


def test_raised_two_of_a_unit_stays(tmp_path):
    raised = '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>2</w:t></w:r>'
    assert texts(word(tmp_path, f"<w:p><w:r><w:t>300m</w:t></w:r>{raised}</w:p>")) == ["300m²"]


def numbered(text, level=0, number=7):
    about = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    return f"<w:p><w:pPr>{about}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def numbering(*levels):
    """The part of a Word file that holds list 7 with levels of (form, text)."""
    inside = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for at, (form, text) in enumerate(levels)
    )
    abstract = f'<w:abstractNum w:abstractNumId="3">{inside}</w:abstractNum>'
    return (
        f'<w:numbering {nsdecls("w")}>{abstract}<w:num w:numId="7"><w:abstractNumId w:val="3"/></w:num></w:numbering>'
    )


def test_automatic_numbers_of_word_are_markers(tmp_path):
    part = numbering(("chineseCountingThousand", "%1、"), ("decimal", "（%2）"), ("decimal", "%2.%3"))
    lines = [
        numbered("情况"),
        numbered("编制52人。", 1),
        numbered("经费300万元。", 1),
        numbered("其中", 2),
        numbered("绩效"),
    ]
    found = word(tmp_path, *lines, numbered("编制53人。", 1), word__numbering_xml=part)
    assert [one.marker for one in found] == ["一、", "（1）", "（2）", "2.1", "二、", "（1）"]
    assert kinds(found)[:2] == [("heading", 1), ("item", 0)]


def test_bullets_of_word_are_items(tmp_path):
    found = word(tmp_path, numbered("编制52人。"), word__numbering_xml=numbering(("bullet", "\uf06c")))
    assert [(one.kind, one.marker) for one in found] == [("item", "•")]


def test_merged_cells_of_word_are_none(tmp_path):
    document = docx.Document()
    table = document.add_table(3, 3)
    for at, cell in enumerate(cell for row in table.rows for cell in row.cells):
        cell.text = str(at)
    table.cell(0, 0).merge(table.cell(1, 0)).text = "人员"
    table.cell(0, 1).merge(table.cell(0, 2)).text = "决算"
    (found,) = arrived(tmp_path, "a.docx", saved(document))
    assert found.rows == (("人员", "决算", None), (None, "4", "5"), ("6", "7", "8"))


def test_table_that_frames_another_is_none(tmp_path):
    document = docx.Document()
    inner = document.add_table(1, 2).cell(0, 1).add_table(2, 2)
    for at, text in enumerate(("项目", "金额", "差旅", "195.14")):
        inner.cell(at // 2, at % 2).text = text
    assert [one.rows for one in arrived(tmp_path, "a.docx", saved(document))] == [
        (("项目", "金额"), ("差旅", "195.14"))
    ]


def test_table_inside_a_cell_is_flattened(tmp_path):
    document = docx.Document()
    inner = document.add_table(1, 2).cell(0, 1).add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "300", "195.14"
    (found,) = arrived(tmp_path, "a.docx", saved(document))
    assert found.rows == (("", "300 195.14"),)


def run(text, about=""):
    return f"<w:r><w:rPr>{about}</w:rPr><w:t>{text}</w:t></w:r>"


def test_contents_in_a_control_of_their_own_are_furniture(tmp_path):
    about = '<w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
    control = f"<w:sdt>{about}<w:sdtContent><w:p>{run('一、情况 3')}</w:p></w:sdtContent></w:sdt>"
    assert [one.kind for one in word(tmp_path, control, "编制52人。")] == ["furniture", "text"]


def test_content_of_a_control_is_read_and_its_hint_is_not(tmp_path):
    controls = "".join(
        f"<w:sdt><w:sdtPr>{hint}</w:sdtPr><w:sdtContent>{run(text)}</w:sdtContent></w:sdt>"
        for hint, text in (("", "52"), ("<w:showingPlcHdr/>", "点击输入9"))
    )
    assert texts(word(tmp_path, f"<w:p>{run('编制')}{controls}{run('人')}</w:p>")) == ["编制52人"]


def test_deleted_rows_and_cells_are_out(tmp_path):
    def row(about, *cells):
        return f"<w:tr><w:trPr>{about}</w:trPr>{''.join(cells)}</w:tr>"

    def cell(text, about=""):
        return f"<w:tc><w:tcPr>{about}</w:tcPr><w:p>{run(text)}</w:p></w:tc>"

    gone = row("<w:del/>", cell("旧"), cell("1"))
    kept = row("<w:ins/>", cell("旧", "<w:cellDel/>"), cell("总额"), cell("3"))
    assert word(tmp_path, f"<w:tbl>{gone}{kept}</w:tbl>")[0].rows == (("总额", "3"),)


def test_signs_of_the_symbol_face_are_read(tmp_path):
    sign = '<w:r><w:sym w:font="Symbol" w:char="F0B3"/></w:r>'
    box = '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>'
    assert texts(word(tmp_path, f"<w:p>{box}{run('完成')}{sign}{run('90%')}</w:p>")) == ["完成≥90%"]


def test_style_of_a_character_hides_and_raises(tmp_path):
    document = docx.Document()
    document.styles.add_style("hidden", 2).font.hidden = True
    document.styles.add_style("raised", 2).font.superscript = True
    paragraph = document.add_paragraph("共25万元")
    paragraph.add_run("1", "raised")
    paragraph.add_run("密9", "hidden")
    assert texts(arrived(tmp_path, "a.docx", saved(document)), "text") == ["共25万元"]


def test_mark_of_a_note_that_is_typed_or_lifted_is_no_digit(tmp_path):
    typed = '<w:r><w:footnoteReference w:customMarkFollows="1" w:id="2"/><w:t>1</w:t></w:r>'
    lifted = run("2", '<w:position w:val="12"/>')
    found = word(tmp_path, f"<w:p>{run('共25')}{typed}{run('万元')}{lifted}</w:p>", word__footnotes_xml=NOTES)
    assert texts(found, "text") == ["共25万元"]


def test_paragraphs_of_a_note_stay_apart(tmp_path):
    part = NOTES.replace("</w:p>", f"</w:p><w:p>{run('含30')}</w:p><w:p>{run('40万元')}</w:p>")
    reference = '<w:r><w:endnoteReference w:id="2"/></w:r>'
    part = part.replace("footnote", "endnote")
    found = word(tmp_path, f"<w:p>{run('共')}{reference}</w:p>", word__endnotes_xml=part)
    assert texts(found, "note") == ["含上年结转。", "含30", "40万元"]


def test_soft_hyphens_and_comments_are_out(tmp_path):
    document = docx.Document()
    paragraph = document.add_paragraph("编制5\u00ad2人")
    document.add_comment(paragraph.runs, "应为53人")
    assert texts(arrived(tmp_path, "a.docx", saved(document)), "text") == ["编制52人"]


def test_frame_of_one_cell_is_no_table(tmp_path):
    document = docx.Document()
    frame = document.add_table(1, 1).cell(0, 0)
    frame.text = "一、基本情况"
    inner = frame.add_table(2, 2)
    for at, text in enumerate(("项目", "金额", "差旅", "195.14")):
        inner.cell(at // 2, at % 2).text = text
    found = arrived(tmp_path, "a.docx", saved(document))
    assert kinds(found) == [("heading", 1), ("table", 0)] and found[1].rows[1] == ("差旅", "195.14")


def test_text_box_is_read_once(tmp_path):
    box = "<w:txbxContent><w:p><w:r><w:t>编制52人。</w:t></w:r></w:p></w:txbxContent>"
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    both = (
        f"<mc:AlternateContent {mc}><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    )
    assert texts(word(tmp_path, f"<w:p><w:r><w:t>正文。</w:t>{both}</w:r></w:p>")) == ["正文。", "编制52人。"]


def test_heads_feet_and_contents_of_word_are_furniture(tmp_path):
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "内部资料"
    document.sections[0].footer.paragraphs[0].text = "第1页"
    for line in ("基本情况\t3", "绩效\t4"):
        run = document.add_paragraph(line).add_run()._r
        run.append(parse_xml(f"<w:instrText {nsdecls('w')}> PAGEREF _Toc{line[-1]} </w:instrText>"))
    document.add_paragraph("编制52人。")
    found = arrived(tmp_path, "a.docx", saved(document))
    assert texts(found, "furniture") == ["内部资料", "基本情况 3", "绩效 4", "第1页"] and texts(found, "text") == [
        "编制52人。"
    ]


@pytest.mark.parametrize("mark", ["vanish", "strike", "dstrike"])
def test_hidden_and_struck_out_text_is_out(tmp_path, mark):
    out = f"<w:p><w:r><w:rPr><w:{mark}/></w:rPr><w:t>密</w:t></w:r></w:p>"
    assert texts(word(tmp_path, "编制52人", out)) == ["编制52人"]


def test_hidden_deleted_and_struck_numbers_are_told_once(tmp_path):
    """Each of them, in a question; what is hidden in what is hidden but once."""
    hidden = run("密9", "<w:vanish/>") + "<w:del><w:r><w:delText>51万元</w:delText></w:r></w:del>"
    found = word(tmp_path, f"<w:p>{run('编制52人')}{hidden}</w:p>")
    assert texts(found, "text") == ["编制52人"] and "“密9”、“51万元”。" in texts(found, "question")[0]
    page = "<html><p>共5人<s>7人</s><span style='font-size:0'>8人</span></p><div hidden><b hidden>6人</b></div>"
    assert "没有读：“7人”、“8人”、“6人”。" in texts(arrived(tmp_path, "a.html", page), "question")[0]


def test_lines_at_the_edges_of_pages_that_differ_in_more_than_their_number_are_text(tmp_path):
    pages = (
        f"年度报告第{n}页\n第{12 * n}项培训{99 + 11 * n}期、{2130 + 13 * n}人次。\n完。\n第{n}页共3页"
        for n in (1, 2, 3)
    )
    found = arrived(tmp_path, "a.txt", "\f".join(pages))
    assert {one[:5] for one in texts(found, "furniture")} == {"年度报告第", "第1页共3", "第2页共3", "第3页共3"}
    found = arrived(tmp_path, "b.txt", "\f".join(f"第{12 * n}项培训{99 + 11 * n}期。\n{'完' * n}。" for n in (1, 2, 3)))
    assert not texts(found, "furniture")


def test_text_in_a_block_without_size_is_read(tmp_path):
    page = "<html><div style='font-size:0'><p style='font-size:14px'>走访5人。</p></div>"
    assert texts(arrived(tmp_path, "a.html", page)) == ["走访5人。"]


def test_link_of_a_word_file_is_not_followed(tmp_path):
    document = docx.Document()
    document.add_paragraph("编制52人。")
    document.part.relate_to("http://127.0.0.1:9/x.dotm", docx.opc.constants.RELATIONSHIP_TYPE.IMAGE, is_external=True)
    assert texts(arrived(tmp_path, "a.docx", saved(document))) == ["编制52人。"]


# --- workbooks ----------------------------------------------------------------------------------------------------------


SHOWN = [
    (0.98, "0%", "98%"),
    (0.9753, "0.00%", "97.53%"),
    (622.5, "0.00", "622.50"),
    (622.5, "General", "622.5"),
    (1342490, "#,##0", "1,342,490"),
    (1342.5, "#,##0.00_ ", "1,342.50"),
    (-5.5, "0.0;(0.0)", "(5.5)"),
    (0, '0;-0;"—"', "—"),
    (0.1 + 0.2, "General", "0.3"),
    (12, '0"万元"', "12万元"),
    (2.345, "0.00", "2.35"),
    (date(2021, 3, 5), "yyyy-mm-dd", "2021-03-05"),
    (date(2021, 3, 5), 'yyyy"年"m"月"d"日"', "2021年3月5日"),
    (date(2021, 3, 5), "mm-dd-yy", "2021/3/5"),
    (0, '_ * #,##0.00_ ;_ * "-"??_ ;_ * "-"??_ ;_ @_ ', "-"),
    (-3.14, "0.00_ ;[Red]\\-0.00\\ ", "-3.14"),
    (13424900, "#,##0,", "13,425"),
    (13424900, '0!.0,"万元"', "1342.5万元"),
    (13424900, "0\\.0000", "1342.4900"),
    (12.5, "0_ ;[>=100]0", "13"),
    (True, "General", "TRUE"),
    ("100%", "@", "100%"),
]
"""What a cell holds, the form that it has, and what of it is seen."""


@pytest.fixture(scope="module")
def displayed(tmp_path_factory):
    """The rows of a workbook of these cells."""

    def fill(sheet):
        for row, (value, form, _) in enumerate(SHOWN, 1):
            sheet.cell(row, 1, f"项目{row}")
            sheet.cell(row, 2, value).number_format = form

    (table,) = workbook(tmp_path_factory.mktemp("displayed"), fill)
    return table.rows


@pytest.mark.parametrize("at", range(len(SHOWN)), ids=[f"{value}-{form}" for value, form, _ in SHOWN])
def test_cells_are_read_as_they_are_displayed(displayed, at):
    assert displayed[at] == (f"项目{at + 1}", SHOWN[at][2])


def test_merged_cells_of_a_sheet_are_none_and_blank_ones_empty(tmp_path):
    def fill(sheet):
        sheet.title = "附件1"
        sheet["A1"], sheet["C1"], sheet["C2"] = "支出项目", "决算数", 52
        sheet.merge_cells("A1:B1")

    (found,) = workbook(tmp_path, fill)
    assert (found.name, found.rows) == ("附件1", (("支出项目", None, "决算数"), ("", "", "52")))


def test_sentences_around_the_table_of_a_sheet_are_text(tmp_path):
    def fill(sheet):
        for row in (
            ["某会2022年报告"],
            ["全年支出6万元。"],
            ["项目", "决算数"],
            ["一、支出"],
            ["差旅", 6],
            ["说明：无。"],
        ):
            sheet.append(row)

    found = workbook(tmp_path, fill)
    assert [one.text for one in found] == ["某会2022年报告", "全年支出6万元。", "", "说明：无。"]
    assert found[2].rows == (("项目", "决算数"), ("一、支出", ""), ("差旅", "6"))


def test_formula_is_read_as_the_value_it_was_saved_with(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"] = "=1+1"
    sheet = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1"><f>1+1</f><v>2</v></c></row></sheetData></worksheet>'
    assert arrived(tmp_path, "a.xlsx", with_parts(saved(book), xl__worksheets__sheet1_xml=sheet))[0].rows == (("2",),)


def test_formula_without_a_value_is_asked_about(tmp_path):
    """An empty text is a value; what was never worked out is a question that names the cell."""
    cells = '<c r="A1" t="inlineStr"><is><t>总额</t></is></c><c r="B1"><f>1+1</f></c><c r="C1" t="str"><f>""</f><v></v></c><c r="D1"><v>3</v></c>'
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = f'<worksheet xmlns="{space}"><sheetData><row r="1">{cells}</row></sheetData></worksheet>'
    content = with_parts(saved(openpyxl.Workbook()), xl__worksheets__sheet1_xml=sheet)
    question, table = arrived(tmp_path, "a.xlsx", content)
    assert question.kind == "question" and "Sheet”" in question.text and "B1。" in question.text
    assert table.rows == (("总额", "", "", "3"),)


def test_tables_below_each_other_on_a_sheet_stay_apart(tmp_path):
    def fill(sheet):
        for row in (["表1"], ["项目", "决算"], [], ["差旅", 6], [], ["表2"], ["指标", "得分"], ["质量", 9]):
            sheet.append(row)

    found = workbook(tmp_path, fill)
    assert [one.text for one in found] == ["表1", "", "表2", ""]
    assert [len(one.rows) for one in found if one.rows] == [3, 2]


def test_a_heading_before_the_head_of_the_next_table_ends_the_one_above(tmp_path):
    def fill(sheet):
        for row in (["项目", "决算"], ["一、基本支出", ""], ["差旅", 6], ["二、绩效"], ["指标", "得分"], ["质量", 9]):
            sheet.append(row)

    found = workbook(tmp_path, fill)
    assert [one.text for one in found] == ["", "二、绩效", ""]
    assert [len(one.rows) for one in found if one.rows] == [3, 2]


def test_a_sheet_of_one_column_is_text(tmp_path):
    def fill(sheet):
        for text in ("某区总工会2020年报告", "一、成效", "会员5人。"):
            sheet.append([text])

    assert [one.text for one in workbook(tmp_path, fill)] == ["某区总工会2020年报告", "一、成效", "会员5人。"]


def test_caption_and_foot_end_a_table_without_a_blank_row(tmp_path):
    def fill(sheet):
        for row in (
            ["项目", "决算"],
            ["差旅", 6],
            ["填表人：财务股"],
            ["附表2 履职指标"],
            ["指标", "得分"],
            ["质量", 9],
        ):
            sheet.append(row)

    found = workbook(tmp_path, fill)
    assert [one.text for one in found] == ["", "填表人：财务股", "附表2 履职指标", ""]


def test_raised_mark_in_a_cell_is_no_digit(tmp_path):
    high = InlineFont(vertAlign="superscript")

    def fill(sheet):
        sheet["A1"] = CellRichText("25万元", TextBlock(high, "①"))
        sheet["B1"] = CellRichText("300m", TextBlock(high, "2"))

    assert workbook(tmp_path, fill)[0].rows == (("25万元", "300m²"),)


def test_chart_sheet_is_passed_over(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"] = "编制52人"
    book.create_chartsheet("图").add_chart(BarChart())
    assert [one.name for one in arrived(tmp_path, "a.xlsx", saved(book))] == ["Sheet"]


def test_hidden_sheets_are_read_and_told(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"] = "一"
    hidden = book.create_sheet("隐藏")
    hidden["A1"], hidden.sheet_state = "二", "hidden"
    shown, question, read = arrived(tmp_path, "a.xlsx", saved(book))
    assert (shown.name, question.kind, read.name) == ("Sheet", "question", "隐藏") and "“隐藏”" in question.text


def test_hidden_rows_and_columns_are_read_and_told(tmp_path):
    book = openpyxl.Workbook()
    for row in (("项目", "内部数", "决算数"), ("设备", 7, 19.5), ("测算", 9, 88.88)):
        book.active.append(row)
    book.active.row_dimensions[3].hidden = book.active.column_dimensions["B"].hidden = True
    book.active.row_dimensions[9].hidden = True  # nothing is in it
    question, table = arrived(tmp_path, "a.xlsx", saved(book))
    assert question.kind == "question" and "“Sheet”的第3行、B列是隐藏的" in question.text and len(table.rows) == 3


IMAGE = '<v:imagedata xmlns:v="urn:schemas-microsoft-com:vml"/>'
PICTURE = "<w:drawing><pic:pic xmlns:pic='http://schemas.openxmlformats.org/drawingml/2006/picture'/></w:drawing>"
CHOICE = 'mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


@pytest.mark.parametrize(
    "picture",
    [
        PICTURE,
        f"<w:pict>{IMAGE}</w:pict>",
        f'<w:object>{IMAGE}<o:OLEObject xmlns:o="urn:schemas-microsoft-com:office:office"/></w:object>',
        f"<{CHOICE}><mc:Choice>{PICTURE}</mc:Choice><mc:Fallback>{IMAGE}</mc:Fallback></mc:AlternateContent>",
        '<w:drawing><c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"/></w:drawing>',
    ],
)
def test_pictures_and_objects_of_a_word_file_are_told(tmp_path, picture):
    text, question = word(tmp_path, f"<w:p>{run('共25万元')}<w:r>{picture}</w:r></w:p>")
    assert text.text == "共25万元" and question.kind == "question" and "1张图片" in question.text


def test_text_boxes_of_a_workbook_are_read_and_its_pictures_told(tmp_path):
    space = "http://schemas.openxmlformats.org/drawingml/2006/"
    said = "<a:p><a:r><a:t>其中残疾人8</a:t></a:r><a:r><a:t>8人。</a:t></a:r></a:p><a:p/>"
    held = f"<xdr:sp><xdr:txBody>{said}</xdr:txBody></xdr:sp><xdr:pic/>"
    part = f'<xdr:wsDr xmlns:xdr="{space}spreadsheetDrawing" xmlns:a="{space}main">{held}</xdr:wsDr>'
    book = openpyxl.Workbook()
    book.active.append(["站点", "人数"])
    parts = {"xl__drawings__drawing1_xml": part, "xl__embeddings__oleObject1_bin": b"x"}
    _, text, question = arrived(tmp_path, "a.xlsx", with_parts(saved(book), **parts))
    assert text.text == "其中残疾人88人。" and question.kind == "question" and "2张图片" in question.text


def test_one_cell_far_out_is_told(tmp_path):
    assert "过大" in told(tmp_path, "a.xlsx", saved(far_out()))


def far_out():
    book = openpyxl.Workbook()
    book.active["XFD1048576"] = 1
    return book


# --- web pages ----------------------------------------------------------------------------------------------------------

PAGE = """<html><head><meta charset="{charset}"><title>某区人民政府</title><script>var x = "9人";</script><style>p {{}}</style></head>
<body><header><h1>某区人民政府</h1></header><nav><ul><li>首页</li></ul></nav><div class="crumbs">政务公开</div>
<h1>绩效评价报告</h1><p>字体：【大 中 小】 打印</p><div>　　一、基本情况<br>　　编制52人，共150
余次。<br>　　完成<b>30.</b>04万元<sup>[1]</sup>，占地3m<sup>2</sup>。</div><ol start="3"><li>参加117家</li></ol>
<p>上一篇：无</p><footer>版权所有 ICP备1号</footer></body></html>"""


@pytest.mark.parametrize("charset", ["utf-8", "gbk", "gb2312"])
def test_text_of_a_page_is_told_from_its_site(tmp_path, charset):
    found = arrived(tmp_path, "a.html", PAGE.format(charset=charset).encode(charset))
    assert [(one.kind, one.marker, one.text) for one in found if one.kind != "furniture"] == [
        ("heading", "", "绩效评价报告"),
        ("heading", "", "一、基本情况"),
        ("text", "", "编制52人，共150余次。"),
        ("text", "", "完成30.04万元，占地3m²。"),
        ("item", "3.", "参加117家"),
    ]
    assert {"首页", "政务公开", "字体：【大 中 小】 打印", "上一篇：无"} <= set(texts(found, "furniture"))


def test_links_to_other_pages_behind_a_text_are_the_site(tmp_path):
    links = "<p>相关文章：</p><ul><li><a href='b.html'>决算说明</a>（收入1500万元）</li></ul>"
    found = arrived(tmp_path, "a.html", f"<h1>某局绩效自评报告</h1><p>编制52人。</p>{links}".encode())
    assert [one.text for one in found if one.kind != "furniture"] == ["某局绩效自评报告", "编制52人。"]
    assert "相关内容公开52次" in texts(arrived(tmp_path, "b.html", "<h1>报告</h1><p>相关内容公开52次</p>".encode()))


@pytest.mark.parametrize("title", ["<h1>某局2024年度绩效自评报告</h1>", "<p>某局</p><p>2024年度绩效自评报告</p>"])
@pytest.mark.parametrize(
    "site",
    [
        "<ul><li>政务公开</li></ul>",
        "<div>今天 晴 12℃~23℃ 2025年6月3日 星期二</div>",
        "<h1>某区</h1><table><tr><td>索引号：<td>0025-00817</tr><tr><td>发文日期：<td>2025-03-20</tr></table>",
    ],
)
def test_what_stands_before_the_title_of_a_page_is_the_site(tmp_path, title, site):
    found = arrived(tmp_path, "a.html", f"<html>{site}{title}<p>现报告如下。</p><p>一、基本情况</p><p>编制9名。</p>")
    told = [one.text for one in found if one.kind != "furniture"]
    assert "".join(told) == "某局2024年度绩效自评报告现报告如下。一、基本情况编制9名。"


@pytest.mark.parametrize(
    "title",
    [
        "<h2>某区民政局</h2><p>部门整体支出绩效自评报告</p>",
        "<p>某区民政局关于2024年度</p><p>部门整体支出绩效自评的报告</p>",
    ],
)
def test_the_first_line_of_a_title_in_two_is_kept(tmp_path, title):
    found = arrived(tmp_path, "a.html", f"<html><p>首页</p>{title}<p>一、基本情况</p><p>编制9名。</p>")
    told = [one.text for one in found if one.kind != "furniture"]
    assert told[0].startswith("某区民政局") and len(told) == 4


def test_page_that_is_one_form_is_text(tmp_path):
    page = '<html><form id="aspnetForm"><p>编制52人。</p><p style="display: none">分享</p></form></html>'
    assert kinds(arrived(tmp_path, "a.html", page)) == [("text", 0)]


def test_table_of_a_page_has_a_full_grid(tmp_path):
    rows = "<tr><th rowspan=2>项目<th colspan=2>决算</tr><tr><td>2021<td>2022</tr><tr><td>总额<td>1274.<br>38<td>&nbsp;</tr>"
    caption, found = arrived(tmp_path, "a.html", f"<html><table><caption>表1</caption>{rows}</table>")
    assert caption.text == "表1"
    assert found.rows[:2] == (("项目", "决算", None), (None, "2021", "2022")) and found.rows[2][2] == ""


def test_table_of_navigation_and_article_is_none(tmp_path):
    page = "<html><table><tr><td colspan=2>某区</td></tr><tr><td>栏目</td><td><h2>报告</h2><p>编制52人。</p></td></tr></table>"
    assert texts(arrived(tmp_path, "a.html", page)) == ["某区", "栏目", "报告", "编制52人。"]


def test_table_that_only_arranges_a_page_is_none(tmp_path):
    inner = "<table><tr><td>总额<td>300</tr><tr><td>基本<td>200</tr></table>"
    found = arrived(tmp_path, "a.html", f"<html><table><tr><td>编制52人。</td></tr><tr><td>{inner}</td></tr></table>")
    assert [one.kind for one in found] == ["text", "table"]


def test_text_set_by_hand_in_a_page_is_laid_out_as_such(tmp_path):
    page = f"<html><pre>{wrapped(LONG, 30)}\n\n项目    决算\n差旅    6.1\n</pre></html>"
    text, table = arrived(tmp_path, "a.html", page)
    assert text.text == LONG and table.rows == (("项目", "决算"), ("差旅", "6.1"))


def test_links_alone_and_hidden_parts_are_no_text(tmp_path):
    page = "<html><table><tr><td><a href=/1>2022年预算12万元</a></td></tr></table><div hidden>9人</div><p>见<a href=/2>3人</a>。</p></html>"
    assert texts(arrived(tmp_path, "a.html", page), "text") == ["见3人。"]


RULES_OF_PAGE = """<!-- .off, p.gone { color: red; display : none } #aside{visibility:hidden} .tab{display:none}
.tab.on{display:block} .own{display:none} .lit{backface-visibility:hidden} .menu .sub{display:none}
@media print{.lit{display:none} .sub{display:none}} .struck{text-decoration:line-through} -->"""


@pytest.mark.parametrize(
    "hidden",
    [
        '<span style="visibility: hidden">9</span>',
        '<span style="display:none">9</span>',
        "<span hidden>9</span>",
        "<textarea>9</textarea>",
        "<select><option>9</option></select>",
        "<del>9</del>",
        "<s>9</s>",
        "<strike>9</strike>",
        '<span style="text-decoration: line-through">9</span>',
        '<span class="a off">9</span>',
        '<span id="aside">9</span>',
        '<b class="struck">9</b>',
    ],
)
def test_what_a_page_does_not_show_is_not_read(tmp_path, hidden):
    page = f"<html><style>{RULES_OF_PAGE}</style><p>走访{hidden}5人。</p><p class=gone>9</p>"
    cell = f"<table><tr><td>甲<td>{hidden}6<tr><td style='visibility:hidden'>9<p hidden>9</p><td>7</table>"
    text, table, asked = arrived(tmp_path, "a.html", page + cell)
    assert (
        asked.kind == "question"
        and "“9”" in asked.text
        and text.text == "走访5人。"
        and table.rows == (("甲", "6"), ("", "7"))
    )


@pytest.mark.parametrize("about", ['class="tab on"', 'class="own" style="display:block"', 'class="lit"', 'class="sub"'])
def test_what_a_page_shows_after_all_is_read(tmp_path, about):
    page = f"<html><style>{RULES_OF_PAGE}</style><body><p {about}>走访5人。</p>"
    assert texts(arrived(tmp_path, "a.html", page)) == ["走访5人。"]


def test_ruby_is_its_base(tmp_path):
    page = "<html><p><ruby>54<rp>（</rp><rt>五十四</rt><rp>）</rp></ruby>人受益。</p>"
    assert texts(arrived(tmp_path, "a.html", page)) == ["54人受益。"]


@pytest.mark.parametrize("encoded", ["base64", "quoted-printable"])
def test_page_saved_as_one_file_is_read(tmp_path, encoded):
    part = MIMEMultipart("related")
    page = MIMENonMultipart("text", "html")
    page.set_payload("<html><p>编制52人。</p></html>".encode("gb18030"))
    (encode_base64 if encoded == "base64" else encode_quopri)(page)
    part.attach(page)
    assert texts(arrived(tmp_path, "a.mht", part.as_bytes())) == ["编制52人。"]


def test_page_named_doc_is_a_page(tmp_path):
    assert texts(arrived(tmp_path, "a.doc", "<html><body><p>编制52人。</p></body></html>")) == ["编制52人。"]


@pytest.mark.parametrize("depth", [300, 2000])
def test_deep_page_is_read(tmp_path, depth):
    page = f"<html><body>{'<div>' * depth}编制52人。{'</div>' * depth}</body></html>"
    assert texts(arrived(tmp_path, "a.html", page)) == ["编制52人。"]


@pytest.mark.parametrize("depth", [10_000, 1_000_000])
def test_page_too_deep_is_told_and_not_read_in_part(tmp_path, depth):
    assert "过于复杂" in told(tmp_path, "a.html", f"<html><p>首</p>{'<div>' * depth}编制52人。")


def test_a_title_and_the_lines_below_it_are_no_paragraph_that_was_wrapped(tmp_path):
    lines = [
        "白石镇人民政府2023年度部门整体支出绩效自评报告",
        "一、基本情况",
        "填报单位：财政所",
        "培训农民200人次，群众满意度达98%以上，比上年高。",
    ]
    assert texts(arrived(tmp_path, "a.txt", "\n".join(lines))) == lines


# --- PDF ----------------------------------------------------------------------------------------------------------------


def test_paragraphs_of_a_pdf_are_whole_across_lines_and_pages(tmp_path):
    found = pdf(tmp_path, "\n\n".join([LONG * 2] * 8), '#set page(numbering: "— 1 —", header: [内部资料])')
    assert texts(found, "text") == [LONG * 2] * 8
    assert {"内部资料", "—1—", "—2—"} <= {text.replace(" ", "") for text in texts(found, "furniture")}


def test_short_paragraphs_of_a_pdf_stay_apart(tmp_path):
    assert texts(pdf(tmp_path, "第一。\n\n第二。\n\n第三")) == ["第一。", "第二。", "第三"]


@pytest.mark.parametrize("day", ["2025年4月16日", "二〇二五年四月十六日"])
def test_who_signed_a_pdf_and_when_stay_apart(tmp_path, day):
    signed = f"#align(right)[示例县民政局]\n\n#align(right)[{day}]"
    assert texts(pdf(tmp_path, f"{LONG}\n\n{signed}", "#set par(spacing: 0.65em)\n#set block(spacing: 0.65em)"))[
        -2:
    ] == ["示例县民政局", day]


def test_title_of_a_pdf_over_two_lines_is_one(tmp_path):
    title = "益阳市总工会关于二〇二二年度部门整体支出绩效自评情况的报告"
    assert texts(pdf(tmp_path, f"#align(center, text(20pt)[{title}])\n\n{LONG}"), "heading") == [title]


def test_headings_of_a_pdf_are_told_by_size_and_number(tmp_path):
    body = f"#align(center, text(20pt)[绩效评价报告])\n\n一、基本情况\n\n（一）机构\n\n{LONG}"
    assert kinds(pdf(tmp_path, body)) == [("heading", 1), ("heading", 1), ("heading", 2), ("text", 0)]


def test_notes_of_a_pdf_and_their_marks_are_told_apart(tmp_path):
    found = pdf(tmp_path, f"{SENTENCE}共25万元#footnote[2020年含上年结转。]，占地300m#super[2]。\n\n完成。")
    assert texts(found, "text") == [f"{SENTENCE}共25万元，占地300m²。", "完成。"]
    assert [(one.marker, one.text) for one in found if one.kind == "note"] == [("1", "2020年含上年结转。")]


def test_table_of_a_pdf_keeps_its_place_and_its_merged_cells(tmp_path):
    table = "#table(columns: 3, table.cell(rowspan: 2)[人员], [编制], [52], [在职], [50], [总额], [300], [])"
    found = pdf(tmp_path, f"表1 基础数据\n\n{table}\n\n{LONG}")
    assert [one.kind for one in found] == ["text", "table", "text"]
    assert found[1].rows == (("人员", "编制", "52"), (None, "在职", "50"), ("总额", "300", ""))


def test_table_across_pages_is_one(tmp_path):
    cells = ", ".join(f"[项目{at}], [{at}.5]" for at in range(60))
    numbers = '#set page(numbering: "1")'
    found = pdf(tmp_path, f"#table(columns: 2, table.header([项目], [决算]), {cells})", numbers)
    (table,) = (one for one in found if one.kind == "table")
    assert table.rows == (("项目", "决算"), *((f"项目{at}", f"{at}.5") for at in range(60)))


def test_a_table_across_pages_stands_right_below_its_caption(tmp_path):
    cells = ", ".join(f"[项目{at}], [{at}.5]" for at in range(60))
    body = f"见表1。\n\n表1（支出）\n\n单位：万元\n\n#table(columns: 2, table.header([项目], [决算]), {cells})\n\n某局"
    found = pdf(tmp_path, body, '#set page(numbering: "— 1 —", header: [内部资料])')
    at = next(n for n, one in enumerate(found) if one.rows)
    assert [one.text for one in found[at - 2 : at]] == ["表1（支出）", "单位：万元"] and found[-1].text == "某局"


def test_row_that_a_page_cuts_is_one(tmp_path):
    before, behind = (", ".join(f"[指标{at}], [{at}人], [10]" for at in some) for some in (range(5), range(5, 10)))
    cut = "[低保#linebreak()人数], [≥1200#linebreak()0人], [10]"
    found = pdf(
        tmp_path,
        f"#table(columns: (80pt, 39pt, 40pt), {before}, {cut}, {behind})",
        "#set page(height: 228pt)\n#set text(size: 10pt, costs: (orphan: 0%, widow: 0%))",
    )
    (table,) = (one for one in found if one.kind == "table")
    assert table.rows[5] == ("低保人数", "≥12000人", "10") and len(table.rows) == 11


def table_of(rows, stroke):
    return f"#table(columns: 3, stroke: {stroke}, {', '.join(f'[{cell}]' for row in rows for cell in row)})"


RULES = ["none", "(x: none, y: 0.5pt)", "(x, y) => (left: if x > 0 { 0.5pt }, bottom: 0.5pt)"]


@pytest.mark.parametrize("stroke", RULES)
def test_table_without_vertical_rules_is_one(tmp_path, stroke):
    rows = [*GRID[:2], ("其中：公用经费", "89.15", "95.86"), ("项目支出", "667.94", "622.50")]
    found = pdf(tmp_path, f"表1（万元）\n\n{table_of(rows, stroke)}\n\n{LONG}")
    assert [one.kind for one in found] == ["text", "table", "text"] and found[1].rows == tuple(rows)


def test_columns_of_a_page_are_read_one_after_the_other(tmp_path):
    found = pdf(tmp_path, "\n\n".join([LONG] * 9), "#set page(columns: 2)\n#set text(size: 9pt)")
    assert texts(found) == [LONG] * 9


def test_cells_of_several_lines_without_rules_are_whole(tmp_path):
    rows = [
        ("项目", "2021年（万元）决算数", "2022年（万元）决算数"),
        ("其中：公务用车购置和运行维护费", "89.15", "95.86"),
        ("支出", "1", "2"),
    ]
    found = pdf(
        tmp_path, table_of(rows, "none").replace("columns: 3", "columns: (7em, 7em, 7em)"), "#set par(justify: false)"
    )
    assert [one.rows for one in found] == [tuple(rows)]


def test_sections_of_a_table_have_columns_of_their_own(tmp_path):
    text = "编制      在职\n52        50\n支出      预算    决算    执行率\n差旅      3.1     3.0     96.8%\n"
    assert arrived(tmp_path, "a.txt", text)[0].rows[2:] == (
        ("支出", "预算", "决算", "执行率"),
        ("差旅", "3.1", "3.0", "96.8%"),
    )


def test_watermark_and_signs_that_only_look_like_a_character_are_out(tmp_path):
    setting = "#set page(background: rotate(-45deg, text(40pt)[内部资料]))"
    assert texts(pdf(tmp_path, f"第⼀季度⽀出{SENTENCE}完成。", setting)) == [f"第一季度支出{SENTENCE}完成。"]


def test_items_of_a_pdf_are_no_table(tmp_path):
    lines = "\n\n".join(f"{at}.#h(2em)编制52人" for at in (1, 2, 3))
    assert not [one for one in pdf(tmp_path, lines) if one.rows]


@pytest.mark.parametrize("turn", [-90, 90, 180])
def test_page_that_lies_on_its_side_or_its_head_is_turned(tmp_path, turn):
    lying = f"#rotate({turn}deg, reflow: true)[#box(width: 12cm)[编制52人。\n\n{table_of(GRID, '0.5pt')}]]"
    found = pdf(tmp_path, lying)
    assert texts(found, "text") == ["编制52人。"] and [one.rows for one in found[1:]] == [GRID]


def test_numbers_that_lie_across_the_rest_of_a_page_are_asked_about(tmp_path):
    question, text = pdf(tmp_path, f"{LONG}\n\n#rotate(90deg, reflow: true)[走访99人]")
    assert question.kind == "question" and "第1页" in question.text and "方向不同" in question.text
    assert text.text == LONG


def test_number_of_a_page_that_was_turned_is_not_asked_about(tmp_path):
    lying = f"#rotate(-90deg, reflow: true)[{table_of(GRID, '0.5pt')}]"
    assert [one.rows for one in pdf(tmp_path, lying, '#set page(numbering: "— 1 —")')] == [GRID]


def test_blanks_between_words_of_a_pdf_are_kept(tmp_path):
    assert texts(pdf(tmp_path, "Total 300 and more")) == ["Total 300 and more"]


def test_pages_of_a_pdf_count_from_one(tmp_path):
    assert [one.page for one in pdf(tmp_path, "第一。\n#pagebreak()\n第二。")] == [1, 2]


def picture():
    """A PNG of one pixel."""

    def chunk(kind, held):
        return struct.pack(">I", len(held)) + kind + held + struct.pack(">I", zlib.crc32(kind + held))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def test_page_that_is_a_picture_is_asked_about(tmp_path):
    (tmp_path / "scan.png").write_bytes(picture())
    (tmp_path / "scan.typ").write_text('Total 52 \n#pagebreak()\n #image("scan.png", width: 100%)')
    question, text = arrived(tmp_path, "a.pdf", typst.compile(tmp_path / "scan.typ"))
    assert question.kind == "question" and "第2页" in question.text and "ocrmypdf" in question.text
    assert text.text == "Total 52"


HEADED = '#set page(header: [Report 2023], numbering: "1")\n'
FULL_PAGE = 'image("scan.png", width: 15cm, height: 23cm, fit: "stretch")'


@pytest.mark.parametrize(
    ("page", "asked"),
    [
        (f"#{FULL_PAGE}", True),
        (f"#{FULL_PAGE} #place(top, dy: 9cm)[copy 7]", True),
        ('#image("scan.png", width: 2cm)', False),
        (f"#set page(background: {FULL_PAGE}); #v(9cm) Total 52 people in all of it.", False),
        (f"#{FULL_PAGE} #place(top, dy: 9cm, table(columns: 2)[a][5])", False),
    ],
)
def test_scan_with_a_head_a_number_or_a_stamp_is_asked_about(tmp_path, page, asked):
    (tmp_path / "scan.png").write_bytes(picture())
    (tmp_path / "scan.typ").write_text(f"{HEADED} #v(9cm) Total 52 \n #pagebreak() {page}")
    found = arrived(tmp_path, "a.pdf", typst.compile(tmp_path / "scan.typ"))
    assert [one.page for one in found if one.kind == "question"] == [2] * asked


def test_scan_without_text_is_told_with_a_way_out(tmp_path):
    (tmp_path / "scan.png").write_bytes(picture())
    (tmp_path / "scan.typ").write_text('#image("scan.png", width: 100%)')
    assert "ocrmypdf" in told(tmp_path, "a.pdf", typst.compile(tmp_path / "scan.typ"))


# --- what is broken or hostile -------------------------------------------------------------------------------------------


def test_folder_and_missing_file_are_told(tmp_path):
    for path, word_of_it in ((tmp_path, "文件夹"), (tmp_path / "none.docx", "没有这个文件")):
        with pytest.raises(InputError, match=word_of_it):
            read(path)


@pytest.mark.parametrize("name", ["a.docx", "a.xlsx", "a.pdf", "a.txt", "a.html"])
def test_empty_file_is_told(tmp_path, name):
    assert "空文件" in told(tmp_path, name, b"")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_truncated_file_is_told(tmp_path, share):
    held = saved(docx.Document()), saved(openpyxl.Workbook())
    for content, name in zip(held, ("a.docx", "a.xlsx"), strict=True):
        assert "已损坏" in told(tmp_path, name, content[: int(share * len(content))])


def test_truncated_pdf_is_told_or_read_in_part(tmp_path):
    pdf(tmp_path, LONG * 20)
    content = (tmp_path / "报告.pdf").read_bytes()
    assert told(tmp_path, "a.pdf", content[: len(content) // 3])


def test_bytes_of_no_known_form_are_told(tmp_path):
    assert "认不出" in told(tmp_path, "a.docx", b"\x00\x01\x02\xff")


def test_file_that_an_office_keeps_beside_an_open_one_is_told(tmp_path):
    assert "临时文件" in told(tmp_path, "~$报告.docx", b"\x05user" + b"\0" * 157)


def test_archive_that_is_no_document_is_told(tmp_path):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("a.txt", "x")
    assert "Word" in told(tmp_path, "a.docx", held.getvalue())


def test_file_with_a_password_is_told(tmp_path):
    assert "密码" in told(tmp_path, "a.docx", reading.OLD + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"))


def test_old_file_is_converted_or_its_way_out_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(reading.shutil, "which", lambda name: None)
    assert "另存为 docx" in told(tmp_path, "a.doc", reading.OLD + b"\0" * 600)


def test_old_file_is_read_like_a_new_one(tmp_path):
    need(shutil.which("soffice"), "an office suite")
    docx_ = docx.Document()
    docx_.add_heading("一、基本情况", 1)
    docx_.add_paragraph(LONG)
    docx_.save(tmp_path / "a.docx")
    command = ["soffice", f"-env:UserInstallation={tmp_path.as_uri()}/profile", "--headless", "--convert-to", "doc"]
    subprocess.run([*command, "--outdir", tmp_path, tmp_path / "a.docx"], check=True, capture_output=True)
    old = (tmp_path / "a.doc").read_bytes()
    subprocess.run([*command[:-1], "odt", "--outdir", tmp_path, tmp_path / "a.docx"], check=True, capture_output=True)
    assert texts(read(tmp_path / "a.odt").passages) == ["一、基本情况", LONG]
    assert texts(arrived(tmp_path, "b.docx", old)) == ["一、基本情况", LONG]


def test_slips_of_a_byte_are_read_or_told(tmp_path):
    """Whatever is wrong with a file, nothing but InputError comes of it."""
    book = openpyxl.Workbook()
    book.active["A1"] = "编制52人"
    draw = random.Random(7)
    for content, name in ((saved(docx.Document()), "a.docx"), (saved(book), "a.xlsx")):
        for _ in range(4):
            slipped = bytearray(content)
            for _ in range(20):
                slipped[draw.randrange(4, len(slipped))] = draw.randrange(256)
            with suppress(InputError):
                read(laid(tmp_path, name, bytes(slipped)))


def plain_pdf(*objects):
    """A PDF of these objects, from 1, without a table of their places."""
    body = b"".join(b"%d 0 obj %s endobj\n" % (number, one) for number, one in enumerate(objects, 1))
    return b"%PDF-1.4\n" + body + b"trailer << /Root 1 0 R >>\n%%EOF"


def deflated(size):
    """So many spaces, compressed: a mebibyte once, which is the same each time."""
    part, packer, check = b" " * (1 << 20), zlib.compressobj(9, wbits=-15), 1
    packed = packer.compress(part) + packer.flush(zlib.Z_FULL_FLUSH)
    for _ in range(size // len(part)):
        check = zlib.adler32(part, check)
    return b"\x78\xda" + packed * (size // len(part)) + packer.flush() + check.to_bytes(4, "big")


def test_pdf_that_unfolds_beyond_measure_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "SECONDS", 3)
    packed = deflated(1 << 30)
    stream = b"<< /Length %d /Filter /FlateDecode >> stream\n%s\nendstream" % (len(packed), packed)
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>"
    start = time.monotonic()
    kids = b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
    content = plain_pdf(b"<< /Type /Catalog /Pages 2 0 R >>", kids, page, stream)
    assert "过大" in told(tmp_path, "a.pdf", content)
    assert time.monotonic() - start < 30


def test_pdf_that_holds_itself_or_thousands_of_pages_is_told(tmp_path):
    own = b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"
    assert told(tmp_path, "a.pdf", plain_pdf(b"<< /Type /Catalog /Pages 2 0 R >>", own))
    kids = b" ".join(b"%d 0 R" % number for number in range(3, 3003))
    many = b"<< /Type /Pages /Kids [%s] /Count 3000 >>" % kids
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"
    assert "过大" in told(tmp_path, "a.pdf", plain_pdf(b"<< /Type /Catalog /Pages 2 0 R >>", many, *[page] * 3000))


def test_zip_bomb_is_refused(tmp_path):
    start = time.monotonic()
    assert "过大" in told(tmp_path, "a.docx", with_parts(saved(docx.Document()), word__document_xml=b" " * (60 << 20)))
    assert time.monotonic() - start < 20


@pytest.mark.parametrize(
    "declared",
    [
        '<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">',
        '<!ENTITY c SYSTEM "file:///etc/passwd">',
        '<!ENTITY % c SYSTEM "http://127.0.0.1:9/x.dtd"> %c;',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(tmp_path, declared, encoding):
    body = f"<w:document {nsdecls('w')}><w:body><w:p><w:r><w:t>&c;</w:t></w:r></w:p></w:body></w:document>"
    part = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [{declared}]>{body}'.encode(encoding)
    assert "DTD" in told(tmp_path, "a.docx", with_parts(saved(docx.Document()), word__document_xml=part))


def test_entity_of_a_page_reads_no_file(tmp_path):
    (tmp_path / "secret").write_text("SECRET")
    page = f'<!DOCTYPE html [<!ENTITY x SYSTEM "{(tmp_path / "secret").as_uri()}">]><html><p>编制52人 &x;</p></html>'
    assert "SECRET" not in "".join(texts(arrived(tmp_path, "a.html", page)))


def test_deep_word_file_is_told(tmp_path):
    deep = f"{'<w:sdt><w:sdtContent>' * 5000}<w:p/>{'</w:sdtContent></w:sdt>' * 5000}"
    part = f"<w:document {nsdecls('w')}><w:body>{deep}</w:body></w:document>".encode()
    assert told(tmp_path, "a.docx", with_parts(saved(docx.Document()), word__document_xml=part))


def test_reading_that_takes_too_much_memory_is_told():
    """The process of its own has the limits that `reading` names."""
    script = (
        "import lib.intake.reading as r; r.MEMORY = 300 << 20; r.passages = lambda *a: [bytearray(1 << 30)]; r.tell()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, ".txt", "60"], input=b"x", capture_output=True, check=False, cwd=ROOT
    )
    assert "过大" in done.stdout.decode("unicode-escape") or done.returncode


def test_reading_that_takes_too_long_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "SECONDS", 0.0001)
    assert "过于复杂" in told(tmp_path, "a.txt", "编制52人。")


def test_start_up_loads_no_reader():
    script = "import sys, lib.intake.reading\nprint([n for n in ('lxml', 'openpyxl', 'pdfplumber', 'mistune') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "[]\n"


def test_digest_is_of_the_whole_file(tmp_path):
    (tmp_path / "a.txt").write_text("x")
    assert read(tmp_path / "a.txt").sha256 == "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"


def test_a_pdf_whose_fonts_have_codes_of_their_own_is_read_by_another_reader(monkeypatch):
    monkeypatch.setattr(pages, "_rows", lambda page: [])
    content = typst.compile('#set text(font: "Noto Sans SC")\n全年支出6万元。'.encode(), font_paths=[str(WHEEL.parent)])
    assert [one.text.replace(" ", "") for one in pages.pdf(content)] == ["全年支出6万元。"]
    with pytest.raises(reading.Unreadable, match="没有文字"):
        pages.pdf(typst.compile(b"#rect()"))


def test_a_line_longer_than_any_paragraph_is_read_in_parts_that_end_with_a_sentence():
    line = "全县共有会员1234人，发放资金26万余元。" * 3000
    parts = reading.passages(line.encode(), ".txt")
    assert "".join(one.text for one in parts) == line
    assert all(len(one.text) <= 4000 and one.text.endswith("。") for one in parts)
    assert [len(one.text) for one in reading.passages(b"7" * 9000, ".txt")] == [4000, 4000, 1000]
