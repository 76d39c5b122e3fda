"""Reading: a report as it arrives becomes passages, whatever its form, and what is hostile or broken is told in one message."""

import docx
import pytest

from lib.edition.store import InputError
from lib.intake.reading import read


def arrived(folder, name, content):
    """The passages of a file of this name that holds this."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read(path).passages


def word(folder, fill):
    """The passages of a Word file that `fill` wrote."""
    document = docx.Document()
    fill(document)
    document.save(folder / "报告.docx")
    return read(folder / "报告.docx").passages


def texts(passages, *kinds):
    return [one.text for one in passages if not kinds or one.kind in kinds]


def test_hard_wraps_inside_a_paragraph_are_undone(tmp_path):
    text = "参加市总工会第七期医疗互助单位117家，共计4025人，达成意向150\n余次，已交医疗互助金30.04万元。\n帮扶住院职工249人。\n"
    assert texts(arrived(tmp_path, "a.txt", text)) == [text.split("\n")[0] + "余次，已交医疗互助金30.04万元。", "帮扶住院职工249人。"]


def test_heading_of_a_text_is_told_by_its_number(tmp_path):
    found = arrived(tmp_path, "a.txt", "一、基本情况\n（一）机构\n1.职能\n一、本单位编制52人，在职52人。\n")
    assert [(one.kind, one.level) for one in found] == [("heading", 1), ("heading", 2), ("heading", 3), ("text", 0)]


def test_word_headings_have_the_level_of_their_style(tmp_path):
    def fill(document):
        document.add_heading("基本情况", 1)
        document.add_heading("机构", 2)
        document.add_paragraph("编制52人。")

    assert [(one.kind, one.level) for one in word(tmp_path, fill)] == [("heading", 1), ("heading", 2), ("text", 0)]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", b"\x00\x01\x02"])
def test_what_is_no_report_is_told(tmp_path, content):
    with pytest.raises(InputError, match="请"):
        arrived(tmp_path, "报告.docx", content)
