"""Hostile text in every free-text field of an edition: printed as it stands in page, PDF and Word file, and never anything but text."""

import csv
import json
import re
import subprocess
import zipfile
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from conftest import change, copy_project, make
from lib.edition.edition import Edition
from lib.intake.check import ERROR, check

FIELDS = ("title", "publisher", "contact", "revision", "section", "remark", "reason", "note", "overview", "heading")
FIELDS += ("text", "statement", "fund")


def hostile(name: str) -> str:
    """What is no markup anywhere: HTML, Markdown, Typst, LaTeX, a formula."""
    return (
        f"{name}<b onclick=alert(1)>甲</b>*乙*_丙_~~丁~~`戊`[己](javascript:alert(1))#set text(red)\\input&amp@{name}"
    )


def allowed(name: str) -> str:
    """The same as far as report.md takes it: HTML and such links are refused there, see test_broken."""
    return re.sub("<(?=/?b)", "＜", hostile(name)).replace("(javascript", "（javascript")


def fund() -> str:
    """The same without what no name may have."""
    return hostile("fund").replace("#", "")


def add(path, row):
    """A row at the end of a table."""
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerow(row)


def quoted(text: str) -> str:
    """A text as YAML has it."""
    return "'" + text.replace("'", "''") + "'"


@pytest.fixture(scope="module")
def edition(tmp_path_factory) -> Edition:
    """The 2020 edition with hostile text in its fields, published."""
    root = copy_project(tmp_path_factory.mktemp("hostile") / "project")
    edition = Edition.find("zhengxiang", 2020, root)
    raw = edition.raw
    card = raw / "source.yml"
    change(card, "title: 2020年度部门整体支出绩效评价报告", f"title: {quoted('2020' + hostile('title'))}")
    change(card, "publisher: 未注明", f"publisher: {quoted(hostile('publisher'))}")
    change(card, "contact: 未注明", f"contact: {quoted(hostile('contact'))}")
    change(card, "notes: []", f"notes: [{{date: 2026-11-22, text: {quoted(hostile('revision'))}}}]")
    change(card, "services: 推进", f"services: {quoted(hostile('section'))} # ")
    change(raw / "figures.csv", "204岗位,204个,", f"204岗位,204个,{hostile('remark')}")
    change(raw / "corrections.csv", "两项之和为“2.5万余元”加“10万余元”，原文漏“万”", hostile("reason"))
    add(raw / "notes.csv", ("services", "measure", "1", hostile("note")))
    add(raw / "notes.csv", ("", "overview", "1", hostile("overview")))
    add(raw / "notes.csv", ("", "problem", "1", "# 一"))
    add(raw / "notes.csv", ("", "problem", "1", "3. 二"))
    table = "check,locator,statement,date,by\n"
    (raw / "statements.csv").write_text(table, "utf-8")
    add(raw / "statements.csv", ("migrants_recruited_within_new", "", hostile("statement"), "", ""))
    add(raw / "budget.csv", ("item", "last_outturn", "budget", "outturn", "unit", "locator"))
    add(raw / "budget.csv", (fund(), "3", "4", "5", "万元", "附件1"))
    (raw / "report.md").write_text(f"# {allowed('heading')}\n\n{allowed('text')}\n", "utf-8")
    assert [one.text for one in check(edition) if one.kind == ERROR] == []
    outcome = make(Edition(edition.unit, edition.year, root))
    assert outcome.state == "built", outcome
    return Edition(edition.unit, edition.year, root)


def expected(name: str) -> str:
    """What a reader is to find."""
    known = {"text": allowed, "heading": allowed, "fund": lambda _: fund()}
    return bare(known.get(name, hostile)(name))


class Words(HTMLParser):
    """The words of a page, and its elements with their attributes."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.words, self.elements = "", []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words += data


def bare(text: str) -> str:
    """Without blanks and line ends, which forms set as they like."""
    return re.sub(r"\s+", "", text)


def page(path) -> Words:
    """A page, read."""
    found = Words()
    found.feed(path.read_text("utf-8"))
    return found


@pytest.mark.parametrize("name", FIELDS)
def test_page_prints_it_as_it_stands(edition, name):
    assert expected(name) in bare(page(edition.output / "report.html").words)


def test_page_has_no_element_of_it(edition):
    for path in (edition.output / "report.html", edition.root / "outputs/index.html"):
        for tag, attributes in page(path).elements if path.exists() else ():
            assert not any(name.startswith("on") for name in attributes), (path, tag, attributes)
            assert not (attributes.get("href") or "").lower().startswith("javascript")
    assert not [
        1 for tag, _ in page(edition.output / "report.html").elements if tag in ("b", "del", "iframe", "object")
    ]


@pytest.mark.parametrize("name", [name for name in FIELDS if name != "remark"])
def test_word_file_prints_it_as_it_stands(edition, name):
    with zipfile.ZipFile(edition.output / "report.docx") as file:
        words = "".join(ElementTree.fromstring(file.read("word/document.xml")).itertext())
    assert expected(name) in bare(words)


@pytest.mark.parametrize("name", ["note", "text", "heading", "overview", "fund"])
def test_pdf_prints_it_as_it_stands(edition, name):
    made = subprocess.run(["pdftotext", "-raw", edition.output / "report.pdf", "-"], capture_output=True, check=True)
    words = re.sub(r"—\d+—", "", bare(made.stdout.decode()))
    assert expected(name) in words


def test_note_that_looks_like_a_heading_or_a_list_is_a_line(edition):
    words = bare(page(edition.output / "report.html").words)
    assert "#一" in words and "3.二" in words


def test_notebook_in_lab_shows_text(edition):
    html = [
        "".join(output["data"]["text/html"])
        for cell in json.loads((edition.output / "report.ipynb").read_text("utf-8"))["cells"]
        for output in cell.get("outputs", [])
        if "text/html" in output.get("data", {})
    ]
    told = Words()
    told.feed("".join(html))
    assert not [attributes for _, attributes in told.elements if "onclick" in attributes]
    assert not [attributes for _, attributes in told.elements if str(attributes.get("href")).startswith("javascript")]
    assert expected("note") in bare(told.words)


def test_published_tables_hold_no_formula(edition):
    for path in edition.output.glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.reader(file):
                assert not [cell for cell in row if re.match(r"[=+@]|-(?![\d.]|inf)", cell)], (path.name, row)
