"""Hostile text in every free-text field: printed as it stands in page, PDF, Word file and tables, and never anything but text.

One edition for each group of payloads; a field holds all of its group, another one first in each field.
"""

import csv
import json
import re
import subprocess
import zipfile
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest
from click.testing import CliRunner

from conftest import change, copy_project, make
from lib.cli import main
from lib.compare import versions
from lib.edition import dictionary
from lib.edition.edition import RAW, Edition
from lib.edition.spelling import UNSEEN
from lib.intake.check import ERROR, check
from lib.publish import web
from lib.run import failure

PAYLOADS = {
    "markup": [
        "<b id=hostile onclick=hostile=1>甲</b>",
        "<script>window.hostile=1</script>",
        "<img src=x onerror=hostile=1>",
        "</script></style></title><svg onload=hostile=1>",
        "[己](javascript:hostile=1)",
        "![辛](https://example.invalid/x.png)",
        "<https://example.invalid/>",
        "*乙*_丙_~~丁~~`戊`",
        "&amp;&lt;i&gt;<!-- 庚 -->",
        "\" onmouseover=hostile=1 x='",
    ],
    "template": [
        "{{ 7*7 }}",
        "{% for x in ().__class__.__mro__ %}x{% endfor %}",
        "{# 甲 #}",
        "#set text(red)",
        '#read("/etc/hostname")',
        "\\input{/etc/hostname}",
        "\\write18{id}$x^2$",
        "<w:br/><w:instrText>DATE</w:instrText>",
        "${7*7}%(x)s",
    ],
    "formula": ["=cmd|' /C calc'!A0", "+7+7", "-7+7", "@SUM(7)", '=HYPERLINK("https://example.invalid/","甲")'],
    "unseen": [
        "../../etc/passwd",
        "file:///etc/hostname",
        "C:\\windows\\system.ini",
        "//example.invalid/x",
        "甲\u202e乙\u202c丙",
        "丁\u200b戊\u2066己\u2069",
        "庚\ufeff辛\xad壬",
    ],
}
NAMES = [
    "title",
    "publisher",
    "contact",
    "revision",
    "section",
    "remark",
    "reason",
    "note",
    "overview",
    "statement",
    "fund",
]
SCORED = ["label", "goal", "cause", "rule"]
"""Fields of tables of the unit's own: an indicator's label, a target and why it was missed, what a score sheet says of a line."""
SLUGS = {
    "markup": "<img src=x onerror=hostile=1>\"'&",
    "template": "{{ 7-7 }}$x$",
    "formula": "=7+7",
    "unseen": "甲..\\乙",
}
"""What the unit's folder is called: a name that a file system takes, and nothing else."""
OWN = ["heading", "text", "caption"]
"""Fields of a unit's own report, which refuses HTML, pictures, scripts and templates: see test_broken."""
FIELDS = [*NAMES, *SCORED, *OWN]
REFUSED = re.compile(r"<(?=[A-Za-z/!?])|\{(?=[{%#])|(?<=[}%#])\}|!(?=\[)|(?<=\])\(")
UNPUBLISHED = {"remark"}
"""For whoever keeps the tables: on the page beside its number, in no form on paper."""


def text(name: str, group: str) -> str:
    """What a field is given: its name around the payloads."""
    turn = FIELDS.index(name) % len(PAYLOADS[group])
    given = "，".join([*PAYLOADS[group][turn:], *PAYLOADS[group][:turn]]) + f"，{name}止"
    if name in OWN:
        return f"{name}起{REFUSED.sub('^', given)}"
    if name == "fund":
        return re.sub("[;{}%#|.]", "", given)
    if name == "label":
        return re.sub(r"[<>{}`\\]", "", given)
    return re.sub("[{}]", "", given) if name in ("note", "overview", "rule") else given


def expected(name: str, group: str) -> str:
    """What a reader is to find."""
    return bare(UNSEEN.sub("", text(name, group)))


def bare(shown: str) -> str:
    """Without blanks and line ends, which forms set as they like."""
    return re.sub(r"\s+", "", shown)


def quoted(given: str) -> str:
    """A text as YAML has it."""
    return "'" + given.replace("'", "''") + "'"


def add(path: Path, row: tuple[str, ...]) -> None:
    """A row at the end of a table."""
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerow(row)


def put(path: Path, printed: str, column: str, cell: str) -> None:
    """A cell of the row of what is printed."""
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    (row,) = (row for row in rows if printed in row)
    row[head.index(column)] = cell
    path.write_text("", "utf-8")
    for row in (head, *rows):
        add(path, tuple(row))


def fill(raw: Path, group: str) -> None:
    """Every field of an edition with the payloads of a group."""
    hostile = {name: text(name, group) for name in FIELDS}
    card = raw / "source.yml"
    change(card, "title: 2020年度部门整体支出绩效评价报告", f"title: {quoted('2020' + hostile['title'])}")
    change(card, "publisher: 未注明", f"publisher: {quoted(hostile['publisher'])}")
    change(card, "contact: 未注明", f"contact: {quoted(hostile['contact'])}")
    change(card, "notes: []", f"notes: [{{date: 2026-11-22, text: {quoted(hostile['revision'])}}}]")
    change(card, "services: 推进", f"services: {quoted(hostile['section'])} # ")
    put(raw / "figures.csv", "204岗位", "remark", hostile["remark"])
    put(raw / "corrections.csv", "12.5余元", "reason", hostile["reason"])
    for row in (("services", "measure", "1", hostile["note"]), ("", "overview", "1", hostile["overview"])):
        add(raw / "notes.csv", row)
    add(raw / "notes.csv", ("", "problem", "1", "# 一"))
    add(raw / "notes.csv", ("", "problem", "1", "3. 二"))
    (raw / "statements.csv").write_text("check,locator,statement,date,by\n", "utf-8")
    add(raw / "statements.csv", ("migrants_recruited_within_new", "", hostile["statement"], "", ""))
    add(raw / "budget.csv", ("item", "last_outturn", "budget", "outturn", "unit", "locator"))
    add(raw / "budget.csv", (hostile["fund"], "3", "4", "5", "万元", "附件1"))
    (raw.parent / "indicators.csv").write_text(",".join(dictionary.INDICATORS) + "\n", "utf-8")
    add(raw.parent / "indicators.csv", ("own.people", "", hostile["label"], "人", "", "", "", "", ""))
    add(raw / "figures.csv", ("9(9)", "own.people", "7人", "", ""))
    goal = ("产出指标", "数量", hostile["goal"], "≥", "9000", "人", "50", "mutual_aid.members", "", hostile["cause"])
    (raw / "targets.csv").write_text(",".join(RAW["targets"]) + "\n", "utf-8")
    add(raw / "targets.csv", ("", *goal))
    add(raw / "targets.csv", ("", "效益指标", "社会", "职工评价", "", "好", "", "40", "", "达成", ""))
    put(raw.parents[2] / "sheets/national.csv", "≥", "words", hostile["rule"])
    table = f"```{{table}} {hostile['caption']}\nmutual_aid.units\nown.people\n```"
    (raw / "report.md").write_text(f"# {hostile['heading']}\n\n{hostile['text']}\n\n{table}\n", "utf-8")


@dataclass(frozen=True)
class Published:
    """An edition full of payloads."""

    group: str
    edition: Edition


@pytest.fixture(scope="module", params=PAYLOADS)
def published(request, tmp_path_factory) -> Published:
    """The 2020 edition with a group of payloads in its fields."""
    root = copy_project(tmp_path_factory.mktemp("hostile") / "project")
    (root / "data/raw/zhengxiang").rename(root / "data/raw" / SLUGS[request.param])
    edition = Edition.find(SLUGS[request.param], 2020, root)
    fill(edition.raw, request.param)
    assert [one.text for one in check(edition) if one.kind == ERROR] == []
    edition = Edition(edition.unit, 2020, root)
    outcome = make(edition)
    assert outcome.state == "built", outcome
    return Published(request.param, edition)


@pytest.mark.parametrize("name", ["甲#乙", "甲*乙", "甲?", "[甲]"])
def test_folder_of_a_unit_whose_name_is_a_pattern_is_refused(name, project):
    (project / "data/raw/zhengxiang").rename(project / "data/raw" / name)
    edition = Edition(name, 2020, project)
    outcome = make(edition)
    assert (outcome.kind, name in outcome.message) == ("input", True)
    assert name in "".join(one.text for one in check(edition) if one.kind == ERROR)


class Words(HTMLParser):
    """The words of a page, and its elements with their attributes."""

    def __init__(self, given: str):
        super().__init__(convert_charrefs=True)
        self.words, self.elements = "", []
        self.feed(given)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words += data


def missing(published: Published, words: str, names: list[str]) -> list[str]:
    """The fields whose text is not among these words."""
    return [name for name in names if expected(name, published.group) not in bare(words)]


def test_page_prints_it_as_it_stands(published):
    page = Words((published.edition.output / "report.html").read_text("utf-8"))
    assert missing(published, page.words, FIELDS) == []
    assert "#一" in bare(page.words) and "3.二" in bare(page.words)  # no heading, no list


def test_word_file_prints_it_as_it_stands(published):
    with zipfile.ZipFile(published.edition.output / "report.docx") as file:
        document = ElementTree.fromstring(file.read("word/document.xml"))
    assert missing(published, "".join(document.itertext()), [*{*FIELDS} - UNPUBLISHED]) == []
    asked = {"".join(one.itertext()).split()[0] for one in document.iter() if one.tag.endswith("}instrText")}
    assert asked <= {"TOC", "PAGE", "PAGEREF", "REF", "SEQ", "HYPERLINK", "NUMPAGES"}


def test_pdf_prints_it_as_it_stands(published):
    made = [
        subprocess.run(["pdftotext", "-raw", published.edition.output / name, "-"], capture_output=True, check=True)
        for name in ("report.pdf", "annex.pdf")
    ]
    words = re.sub(r"—\d+—(草稿)?", "", bare("".join(one.stdout.decode() for one in made)))
    assert missing(published, words, ["note", "text", "overview", "fund"]) == []


def test_tables_hold_text_and_no_formula(published):
    told = []
    for path in published.edition.output.glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            told += [cell for row in csv.reader(file) for cell in row]
    assert not [cell for cell in told if re.match(r"[=+@]|-(?![\d.]|inf)", cell)]
    book = openpyxl.load_workbook(published.edition.output / "metrics.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f" or (cell.hyperlink and cell.hyperlink.target)]
    assert missing(published, "".join(str(cell.value) for cell in cells), ["fund"]) == []


INTRUDED = (
    "() => [typeof window.hostile, ...[...document.querySelectorAll('*')].filter(one => one.id == 'hostile'"
    " || /^(IFRAME|OBJECT|EMBED|BASE)$/.test(one.tagName) || (one.tagName == 'IMG' && one.src.startsWith('http'))"
    " || (one.tagName == 'FORM' && !one.closest('dialog'))"
    " || [...one.attributes].some(a => /^on/i.test(a.name) || /^\\s*(javascript|file):/i.test(a.value)"
    " || (a.name == 'href' && /^[^#]*example.invalid/.test(a.value) && new URL(a.value, location).protocol != 'file:'))"
    ").map(one => one.outerHTML.slice(0, 200))]"
)
"""Whether something ran, and the elements that no page of ours has."""


def listening(page) -> list[str]:
    """What a page is going to say and to fetch."""
    heard: list[str] = []
    page.on("dialog", lambda dialog: (heard.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda told: heard.append(told.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("request", lambda request: heard.append(request.url))
    return heard


EVENTS = """given => {
  const state = (state, why) => ({ edition: given, name: given, year: given, state, why, older: [given], files: [[given, given]], notebooks: [[given, given]] });
  window.tell("editions", ["草稿", "已核对", "已运行", "已发布", "已过期", "失败", "待采用"].map((one) => state(one, given)));
  window.tell("chosen", given);
  window.tell("remarks", [{ file: given, line: 1, kind: "错误", text: given }]);
  window.tell("filled", [given]);
  window.tell("page", { fault: given, seconds: 1, path: "" });
  for (const how of ["run", "done", "failed"]) window.tell("task", { title: given, lines: [given], state: how });
}"""


@pytest.mark.parametrize("group", PAYLOADS)
def test_desk_shows_text_whatever_it_is_told(group, browser, tmp_path):
    """Each field of each state and of each event, in the desk's own page, which is told of them as its server would."""
    given, path = "，".join(PAYLOADS[group]), tmp_path / "desk.html"
    path.write_text(web.page("desk", kinds=[given], levels=[given], kept=[given], lab=True), "utf-8")
    page = browser.new_page()
    page.add_init_script(
        "window.EventSource = class { addEventListener(name, does) { (window.told ??= {})[name] = does; } };"
        "window.tell = (name, about) => window.told[name]({ data: JSON.stringify(about) });"
    )
    heard = listening(page)
    page.goto(path.as_uri())
    page.evaluate(EVENTS, given)
    words = page.evaluate("() => document.body.textContent")
    found = page.evaluate(INTRUDED)
    page.close()
    assert bare(words).count(bare(given)) >= 7 * 2 + 4 and found == ["undefined"]
    assert heard == [path.as_uri()]


def test_notebook_in_lab_shows_text(published):
    nb = json.loads((published.edition.output / "report.ipynb").read_text("utf-8"))
    outputs = [output.get("data", {}) for cell in nb["cells"] for output in cell.get("outputs", [])]
    html = "".join("".join(data.get("text/html", "")) for data in outputs)
    shown = Words(html)
    assert missing(published, shown.words, ["note"]) == []
    for tag, attributes in shown.elements:
        assert tag not in ("script", "img", "iframe", "object", "embed", "b")
        assert not any(name.startswith("on") for name in attributes), attributes
        assert not str(attributes.get("href")).startswith(("javascript", "file")), attributes


def pages(published: Published, aside: Path) -> list[Path]:
    """All pages that show something of data: report, catalogue, diff, failure page, draft."""
    edition, given = published.edition, "\n".join(PAYLOADS[published.group])
    failure.report(edition, failure.StepError("failed", given, given, given))
    told = failure.folder(edition) / "failure.html"
    document = aside / "document.txt"
    document.write_text(f"{given}\n2020年度绩效评价报告\n一、概况\n参保职工4025人{given}，共计30万元。\n", "utf-8")
    command = ["--root", str(edition.root), "draft", str(document), "--unit", "draft", "--year", "2020"]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 0, result.output
    outputs = edition.root / "outputs"
    diff = versions.write(f"{edition.unit}/2020", f"{edition.unit}/2020", outputs, edition.root)
    draft = edition.root / "data/raw/draft/2020/source/draft.html"
    return [edition.output / "report.html", outputs / "index.html", diff, told, draft]


def test_browser_runs_nothing_fetches_nothing_and_finds_no_element_of_it(published, browser, tmp_path):
    page = browser.new_page()
    heard = listening(page)
    for path in pages(published, tmp_path):
        heard.clear()
        page.goto(path.as_uri())
        assert page.evaluate(INTRUDED) == ["undefined"], path
        assert [one for one in heard if one != path.as_uri() and not one.startswith("data:")] == [], path
    page.close()
