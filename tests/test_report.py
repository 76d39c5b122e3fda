"""The 2020 edition, run for real: what stands where, what one figure changes, and what happens when something is wrong."""

import csv
import json
import re
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import nbformat
import pdfplumber
import pytest
from click.testing import CliRunner
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from pypdfium2 import PdfDocument

import quick
from conftest import make
from lib import cells as bundles
from lib.cells import CHART, EDITION, PROSE, TABLE
from lib.chapter import prose
from lib.cli import main
from lib.edition.card import Card
from lib.edition.edition import Edition
from lib.publish import document, release
from lib.publish.release import clean, join
from lib.run import warm
from lib.run.runs import Options, run_all

HEADLINES = {
    "mutual_aid.premium_per_member": "74.63元",
    "mutual_aid.benefit_rate": "6.19%",
    "vouchers.people": "不低于3367人",
    "mutual_aid.payout_ratio": "86.5%—89.9%",
}
BIN = Path(sys.executable).parent


def rows(path: Path) -> list[dict]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(("metric", "shown"), HEADLINES.items())
def test_headline_stands_in_the_table_with_formula_and_inputs(edition, metric, shown):
    (row,) = (row for row in rows(edition.output / "metrics.csv") if row["metric"] == metric)
    assert row["shown"] == shown
    assert "÷" in row["formula"] and len(row["inputs"].split(";")) == 2


def test_headlines_stand_in_page_and_pdf_with_formula_and_inputs(edition):
    page = re.sub(r"<[^>]+>", "", (edition.output / "report.html").read_text("utf-8"))
    printed, data = (
        re.sub(r"\s", "", "".join(page.get_textpage().get_text_range() for page in PdfDocument(edition.output / name)))
        for name in ("report.pdf", "annex.pdf")
    )
    for shown in HEADLINES.values():
        assert shown in page
        assert shown in printed
    for text in ("互助金支付额 ÷ 已交互助金", "已交互助金：30.04万元"):
        assert text in page
        assert text.replace(" ", "") in data


def test_every_metric_is_traced_to_figures_with_a_place(edition):
    figures = {row["indicator"]: row for row in rows(edition.output / "figures.csv")}
    metrics = rows(edition.output / "metrics.csv")
    assert len(metrics) >= 35
    for row in metrics:
        assert row["formula"] and row["label"] and row["unit"] is not None
        assert row["shown"] == "未提供" or all(figures[name]["locator"] for name in row["inputs"].split(";"))


def test_ratios_across_scopes_carry_their_caveat_beside_the_number(edition):
    caveats = {row["metric"]: row["caveat"] for row in rows(edition.output / "metrics.csv")}
    page = (edition.output / "report.html").read_text("utf-8")
    for metric in ("accounts.audit_share", "spring_fair.rate_per_post"):
        assert caveats[metric] in page


def test_published_tables_fit_their_data_package(edition):
    package = json.loads((edition.output / "datapackage.json").read_text("utf-8"))
    for resource in package["resources"]:
        content = (edition.output / resource["path"]).read_bytes()
        assert b"\r" not in content
        table = rows(edition.output / resource["path"])
        fields = resource["schema"]["fields"]
        assert list(table[0]) == [field["name"] for field in fields]
        for row in table:
            for field in fields:
                if row[field["name"]]:
                    {"number": float, "boolean": ["true", "false"].index, "string": str}[field["type"]](
                        row[field["name"]]
                    )


def test_manifest_names_inputs_outputs_and_faces_but_no_times(edition):
    manifest = json.loads((edition.output / "manifest.json").read_text("utf-8"))
    assert "data/raw/zhengxiang/2020/figures.csv" in manifest["inputs"]
    assert {"report.html", "report.pdf", "report.ipynb", "notebooks/00_clean.ipynb"} <= set(manifest["outputs"])
    assert manifest["faces"]["wheel"].startswith("NotoSansSC")


def test_findings_stand_in_the_report(edition):
    text = (edition.output / "report.html").read_text("utf-8")
    assert "数据质量说明" in text
    for part in ("相差一万倍", "非公企业新增会员2480人", "原文“130培训”", "省下拨消费券与全区落实消费券口径不同"):
        assert part in text


def test_parts_that_the_source_does_not_give_are_not_mentioned(edition):
    page = re.sub(r"<[^>]+>", "", (edition.output / "report.html").read_text("utf-8"))
    assert not any(part in page for part in ("基本情况", "存在的问题", "改进措施", "结果应用", "绩效自评"))
    assert "本版登记了来源的“绩效情况”部分，其余部分本版未登记" in page


def body(edition: Edition) -> list[document.Block]:
    """What stands before the annexes, without code."""
    blocks = document.read(nbformat.read(edition.output / "report.ipynb", 4)).blocks
    annex = next(n for n, one in enumerate(blocks) if isinstance(one, document.Heading) and one.annex)
    return [one for one in blocks[:annex] if not isinstance(one, document.Code)]


def test_body_gives_every_figure_of_the_source(edition):
    said = " ".join(map(repr, body(edition)))
    given = {row["indicator"] for row in rows(edition.output / "figures.csv") if row["low"]}
    given -= {"summer.total_goods"}  # a total that is for checks
    assert len(given) > 45 and [name for name in given if f"'{name}'" not in said] == []


def test_body_speaks_as_the_unit_and_of_changes_by_their_sign(edition):
    texts = [repr(one) for one in body(edition) if isinstance(one, document.Paragraph | document.Items | document.Box)]
    assert len(texts) > 30
    assert [text for text in texts if re.search("来源|本章|本版|变动-", text)] == []


def test_report_closes_with_citation_and_contact(edition):
    with pdfplumber.open(edition.output / "report.pdf") as pdf:
        printed = re.sub(r"\s", "", "".join(page.extract_text() for page in pdf.pages[-3:]))
    for text in (edition.imprint.citation, edition.card.contact):
        assert text in (edition.output / "report.html").read_text("utf-8")
        assert re.sub(r"\s", "", text) in printed


def test_no_personal_name_and_no_path_is_published(edition):
    names = (edition.output / "report.ipynb").read_text("utf-8")
    assert str(edition.root) not in names


@pytest.mark.parametrize(("exporter", "file"), [("jixiao-html", "report.html"), ("jixiao-pdf", "report.pdf")])
def test_nbconvert_gives_the_published_file_byte_for_byte(edition, tmp_path, exporter, file):
    command = [BIN / "jupyter-nbconvert", "--to", exporter, edition.output / "report.ipynb", "--output-dir", tmp_path]
    subprocess.run([*command, "--log-level", "ERROR"], check=True, cwd=tmp_path)
    assert (tmp_path / file).read_bytes() == (edition.output / file).read_bytes()


def test_papermill_command_line_runs_a_section_once_cleaned(built, tmp_path):
    target = tmp_path / "04_assets.ipynb"
    command = [
        BIN / "papermill",
        built.root / "notebooks/04_assets.ipynb",
        target,
        "-p",
        "unit",
        "zhengxiang",
        "-p",
        "year",
        "2020",
    ]
    subprocess.run([*command, "--no-progress-bar"], check=True, cwd=built.root, capture_output=True)
    assert "14.47%" in target.read_text("utf-8")
    export = [BIN / "jupyter-nbconvert", "--to", "jixiao-html", target, "--log-level", "ERROR"]
    subprocess.run(export, check=True, cwd=tmp_path)
    assert "14.47%" in target.with_suffix(".html").read_text("utf-8")


def shown(folder: Path) -> dict[tuple[str, int], tuple[str, set[str]]]:
    """Every sentence, table row and chart of a report: (cell, number) → (content, names of the values it holds)."""
    found = {}
    for cell in nbformat.read(folder / "report.ipynb", 4)["cells"]:
        parts = []
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if PROSE in data:
                parts += [part for part in re.split("(?<=[。：；])|\n", data[PROSE]["markdown"]) if part.strip()]
            if TABLE in data:
                parts += ["\t".join(row) for row in data[TABLE]["rows"]]
            if CHART in data:
                marks = "".join(bundles.mark(row["name"], row["shown"]) for row in data[CHART]["rows"])
                parts += [marks + data["image/svg+xml"]]
        for number, part in enumerate(parts):
            names = {name for name, _ in bundles.MARK.findall(part)}
            found[cell["id"], number] = (part, names)
    return found


def test_one_changed_figure_changes_what_rests_on_it_and_nothing_else(edition, project):
    raw = project / "data/raw/zhengxiang/2020/figures.csv"
    raw.write_text(raw.read_text("utf-8").replace("4025人", "4125人"), "utf-8")
    changed = Edition.find("zhengxiang", 2020, project)
    assert make(changed).state == "built"
    resting = {"mutual_aid.members"} | {
        row["metric"]
        for row in rows(changed.output / "metrics.csv")
        if "mutual_aid.members" in row["inputs"].split(";")
    }
    assert len(resting) > 3
    before, after = shown(edition.output), shown(changed.output)
    assert before.keys() == after.keys()
    for place, (content, names) in after.items():
        names = {name.replace("\\_", "_") for name in names}
        assert (content != before[place][0]) == bool(names & resting), (place, content[:200])


def test_section_without_figures_is_silent_and_one_left_blank_is_listed(project):
    raw = project / "data/raw/zhengxiang/2020/figures.csv"
    kept = [line for line in raw.read_text("utf-8").splitlines() if not line.startswith(("4(", "1(4)", "5(一)"))]
    raw.write_text("\n".join(kept).replace("500余个,500余人", ",") + "\n", "utf-8")
    notes = project / "data/raw/zhengxiang/2020/notes.csv"
    lines = notes.read_text("utf-8").splitlines()
    notes.write_text("\n".join(line for line in lines if not line.startswith("assets")) + "\n", "utf-8")
    edition = Edition.find("zhengxiang", 2020, project)
    assert make(edition).state == "built"
    page = re.sub(r"<[^>]+>", "", (edition.output / "report.html").read_text("utf-8"))
    html = (edition.output / "report.html").read_text("utf-8")
    assert "资产与经费</h" not in html and "维权与普法</h" not in html and "服务职工" in html
    assert page.count("未提供") == 1 and "未提供（来源列有此项，没有数字）：春季求职人员" in page
    metrics = {row["metric"]: row for row in rows(edition.output / "metrics.csv")}
    assert metrics["accounts.audit_share"]["shown"] == "未提供"
    assert {row["status"] for row in rows(edition.output / "figures.csv")} == {
        "reported",
        "corrected",
        "implied",
        "missing",
    }


def test_chapters_stand_in_the_order_of_the_official_document():
    """By tag, else as they come; a notebook without a chapter of its own continues the one before it."""

    def notebook(name, *cells):
        made = [new_markdown_cell(source, metadata={"tags": tags.split()}) for source, tags in cells]
        return clean(new_notebook(cells=made), name)

    notebooks = [
        notebook("00", ("# 数据质量说明", "annex"), ("核对", "")),
        notebook("01", ("# 绩效情况\n\n## 服务职工", ""), ("慰问", "")),
        notebook("02", ("## 产业工人队伍", ""), ("评选", "")),
        notebook("06", ("# 支出情况", "spending"), ("预算", ""), ("# 基础数据表", "annex attachment"), ("表", "")),
        notebook("90", ("# 摘要", "abstract"), ("# 基本情况", "basics"), ("# 存在的问题", ""), ("# 指标表", "annex")),
    ]
    joined = join({nb["cells"][0]["metadata"]["jixiao"]["notebook"]: nb for nb in notebooks}, Card())
    body = (
        "# 摘要",
        "# 基本情况",
        "# 支出情况",
        "预算",
        "# 绩效情况\n\n## 服务职工",
        "慰问",
        "## 产业工人队伍",
        "评选",
    )
    annexes = ("# 基础数据表", "表", "# 数据质量说明", "核对", "# 指标表")
    assert [cell["source"] for cell in joined["cells"]] == [*body, "# 存在的问题", *annexes]


def shows(data):
    return new_code_cell("show()", outputs=[new_output("display_data", data=data)])


def test_what_is_hollow_goes_with_its_heading_and_takes_nothing_else():
    card, hollow, said = {EDITION: {"unit": "u"}}, prose.hollow().data, {PROSE: {"markdown": "慰问。", "values": {}}}
    table = {"caption": "表", "columns": [{"label": "甲"}], "rows": [["1"]], "anchors": [], "values": {}}
    cells = [
        new_markdown_cell("# 绩效\n\n## 资产"),
        shows(card),
        new_markdown_cell("### 监管"),
        shows(hollow),
        shows(said),
    ]
    cells += [
        new_markdown_cell("### 审计"),
        shows(hollow),
        new_markdown_cell("## 中心工作"),
        shows(hollow),
        shows({TABLE: table}),
    ]
    cells += [new_markdown_cell("# 附表"), shows(hollow), new_markdown_cell("# 说明"), shows(said)]
    found = [block for block in document.read(new_notebook(cells=cells)).blocks if not isinstance(block, document.Code)]
    told = [getattr(block, "text", "") or type(block).__name__ for block in found]
    assert told == ["绩效", "中心工作", "Table", "说明", "Paragraph"]
    assert [block.number for block in found if isinstance(block, document.Heading)] == ["一、", "（一）", "二、"]


@pytest.mark.parametrize(
    ("source", "levels"),
    [
        ("## 节\n### 目\n正文\n## 节", [1, 2, 1]),
        ("# 章\n## 节\n### 目", [1, 2, 3]),
        ("## 节\n### 目\n正文\n# 章\n## 节", [1, 2, 1, 2]),
    ],
)
def test_section_that_stands_alone_begins_as_a_chapter(source, levels):
    cells = [shows({EDITION: {"unit": "u"}}), new_markdown_cell(source), new_markdown_cell("正文")]
    assert [head.level for head in document.read(new_notebook(cells=cells)).headings] == levels


@pytest.mark.parametrize("form", release.forms())
def test_section_that_continues_a_chapter_is_whole_by_itself_in_every_form(edition, form):
    nb = nbformat.read(edition.output / "notebooks/04_assets.ipynb", 4)
    for cell in nb.cells:
        if cell.cell_type == "markdown":
            cell.source = re.sub("^#", "##", cell.source, flags=re.M)
    content, _ = release.forms()[form].from_notebook_node(nb)
    if form == "report.html":
        levels = list(map(int, re.findall(r"<h(\d)", content)))
        assert levels[:3] == [1, 2, 3] and all(b - a <= 1 for a, b in pairwise(levels))
    assert len(content) > 8_000


def typed(source: str, *tags: str) -> None:
    """Look through a notebook with a Markdown cell that somebody wrote."""
    cell = new_markdown_cell(source, metadata={"tags": list(tags)}, id="words")
    document.read(clean(new_notebook(cells=[shows({EDITION: {"unit": "u"}}), cell]), "01_services"))


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("共9999人，同比增长12%", "9999、12"),
        ("## 惠及**3,367**人", "3,367"),
        ("- 甲\n- 慰问七个单位", "七"),
        ("> 见[这5项](https://example.org)", "5"),
    ],
)
def test_number_typed_into_a_markdown_cell_is_refused(source, found):
    with pytest.raises(document.DocumentError) as error:
        typed(source)
    for part in ("笔记本 01_services", "单元格 01_services-words", f"“{found}”", "%%prose", "{{ 指标 }}"):
        assert part in str(error.value)


@pytest.mark.parametrize(
    "source",
    [
        "2020年度，依据财预〔2013〕53号",
        "`x = 12`",
        "[办法](https://example.org/2013/53)",
        "<https://example.org/9>",
        "1. 甲\n2. 乙",
    ],
)
def test_dates_code_addresses_and_signs_of_lists_are_no_typed_numbers(source):
    typed(source)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("![图](a.png)", "图片"),
        ("甲[^一]\n\n[^一]: 乙", "脚注"),
        ("甲\n\n---\n\n乙", "分隔线"),
        ("```\n甲\n```", "代码"),
        ("甲  \n乙", "硬换行"),
        ("其中$甲$", "算式"),
        ("~~甲~~", "删除线"),
        ("- # 甲", "heading"),
        ("> | 甲 | 乙 |\n> |---|---|\n> | 丙 | 丁 |", "列表和说明框里的表格"),
        ("- 项\n\n  | 甲 | 乙 |\n  |---|---|\n  | 丙 | 丁 |", "列表和说明框里的表格"),
    ],
)
@pytest.mark.parametrize("make", [new_markdown_cell, lambda source: shows(prose.bundle(source, {}).data)])
def test_what_no_form_shows_is_refused_with_notebook_and_cell(source, told, make):
    cells = [shows({EDITION: {"unit": "u"}}), make(source)]
    cells[1]["id"] = "words"
    with pytest.raises(document.DocumentError, match=f"笔记本 01_services 的单元格 01_services-words：.*{told}"):
        document.read(clean(new_notebook(cells=cells), "01_services"))


@pytest.mark.parametrize("data", [{"text/html": "<table>", "text/plain": "x"}, {"image/png": "", "text/plain": "x"}])
def test_frame_or_figure_shown_by_a_cell_is_refused_with_what_to_use(data):
    with pytest.raises(document.DocumentError, match=r"单元格 .*表用 tables，图用 charts"):
        document.read(new_notebook(cells=[shows({EDITION: {"unit": "u"}}), shows(data)]))


def test_table_in_markdown_is_one_of_the_document():
    """A column set to the right is one of numbers; what is typed into it is refused like anywhere else."""
    source = "| 项目 | 数 |\n|:--|--:|\n| **甲** | [见](https://example.org) |\n| 乙 | 多 |"
    cells = [shows({EDITION: {"unit": "u"}}), new_markdown_cell(source), new_markdown_cell("3. 丙\n4. 丁")]
    *_, table, items = document.read(new_notebook(cells=cells)).blocks
    assert (table.number, table.anchor, items.start) == ("表1", "表1", 3)
    assert [(column.label, column.numeric) for column in table.columns] == [("项目", False), ("数", True)]
    assert [[document.inner_text(cell) for cell in row] for row in table.rows] == [["甲", "见"], ["乙", "多"]]
    with pytest.raises(document.DocumentError, match="“9”"):
        typed("| 甲 |\n|---|\n| 共9人 |")


def test_cell_that_is_not_published_may_hold_numbers():
    typed("共9999人", "remove-cell")


def test_typed_number_stops_the_publication_and_leaves_no_report(project):
    path = project / "notebooks/04_assets.ipynb"
    nb = nbformat.read(path, 4)
    nb.cells.append(new_markdown_cell("共9999人。", id="typed"))
    nbformat.write(nb, path)
    edition = Edition.find("zhengxiang", 2020, project)
    outcome = make(edition)
    assert outcome.state == "failed" and not edition.output.exists()
    for part in ("publish", "04_assets", "typed", "“9999”"):
        assert part in outcome.message


TITLES = """
from nbconvert.exporters.exporter import Exporter, FilenameExtension

from lib.publish.layout import Form


class Titles(Form, Exporter):
    label, slow = "标题", 9
    file_extension = FilenameExtension(".txt")

    def make(self, doc):
        return "\\n".join(heading.text for heading in doc.headings)
"""


@pytest.fixture
def titles(tmp_path, monkeypatch):
    """Another package with an exporter: a module, and a line that registers it."""
    about = tmp_path / "titles-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: titles\nVersion: 1\n")
    (about / "entry_points.txt").write_text("[nbconvert.exporters]\njixiao-txt = titles:Titles\n")
    (tmp_path / "titles.py").write_text(TITLES, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    release.forms.cache_clear()
    yield
    release.forms.cache_clear()


@pytest.mark.usefixtures("titles")
def test_form_is_one_module_and_one_entry_point(edition, tmp_path, monkeypatch):
    """It is published, in the manifest and in the catalogue; the other forms stay as they are."""
    monkeypatch.setattr(warm, "AVAILABLE", False)  # a server has its own modules
    root = tmp_path / "project"
    shutil.copytree(edition.root, root, ignore=shutil.ignore_patterns("outputs"))
    copy = Edition.find("zhengxiang", 2020, root)
    (outcome,) = run_all([copy], Options())
    assert (outcome.state, list(outcome.steps)) == ("built", ["publish"]), outcome
    assert (copy.output / "report.txt").read_text("utf-8").startswith("摘要\n")
    assert "report.txt" in json.loads((copy.output / "manifest.json").read_text("utf-8"))["outputs"]
    labels = re.findall(r"/([\w.]+)\"[^>]*>([^<]+)</a></li>", (root / "outputs/index.html").read_text("utf-8"))
    known = {
        "report.html": "网页",
        "report.pdf": "PDF",
        "report.docx": "Word",
        "annex.pdf": "数据附件",
        "report.txt": "标题",
    }
    tables = {"metrics.csv": "指标（CSV）", "metrics.xlsx": "指标（XLSX）", "report.ipynb": "笔记本"}
    assert labels == [*known.items(), *tables.items()]
    assert sorted(form for lot in release.lots() for form in lot) == sorted([*known, "data"])
    for form in known.keys() - {"report.txt", "report.html"}:  # the page offers the new one
        assert (copy.output / form).read_bytes() == (edition.output / form).read_bytes()


def test_open_error_stops_with_a_message_and_leaves_the_last_edition(project):
    edition = Edition.find("zhengxiang", 2020, project)
    edition.output.mkdir(parents=True)
    (edition.output / "report.html").write_text("last good edition")
    corrections = edition.raw / "corrections.csv"
    corrections.write_text(corrections.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    result = CliRunner().invoke(main, ["--root", str(project), "report"])
    assert result.exit_code == 3
    for part in ("zhengxiang 2020", "figures.csv 第17行", "送清凉物资合计", "statements.csv", "上一次发布的版本未改动"):
        assert part in result.output
    assert [path.name for path in edition.output.iterdir()] == ["report.html"]
    failure = (edition.output.with_name("2020.failed") / "failure.html").read_text("utf-8")
    assert "来源数据" in failure and "送清凉物资合计" in failure and "corrections.csv" in failure


def test_explain_prints_formula_bounds_inputs_and_places(edition):
    result = CliRunner().invoke(main, ["--root", str(edition.root), "explain", "mutual_aid.payout_ratio"])
    for part in (
        "86.5%—89.9%",
        "86.55%（不含）至89.89%（不含）",
        "互助金支付额 ÷ 已交互助金",
        "达26万余元（来源1(1)）",
    ):
        assert part in result.output


def test_explain_takes_the_label_that_the_page_prints(edition):
    said = [
        CliRunner().invoke(main, ["--root", str(edition.root), "explain", words]).output
        for words in ("mutual_aid.payout_ratio", "赔付率", "支付率")
    ]
    assert said[0] == said[1] and "没有 支付率" in said[2]


def test_unknown_names_list_what_exists(edition):
    runner = CliRunner()
    unknown = runner.invoke(main, ["--root", str(edition.root), "report", "--unit", "nowhere"])
    assert unknown.exit_code == 1 and "zhengxiang 2020" in unknown.output
    unknown = runner.invoke(main, ["--root", str(edition.root), "explain", "mutual_aid.ratio"])
    assert unknown.exit_code == 1 and "mutual_aid.payout_ratio" in unknown.output


def test_unknown_name_lists_nothing_that_the_unit_was_not_asked_for(project):
    quick.compute(Edition("yiyang", 2022, project))
    unknown = CliRunner().invoke(
        main, ["--root", str(project), "explain", "甲乙丙丁", "--unit", "yiyang", "--year", "2022"]
    )
    assert "budget." in unknown.output and "mutual_aid" not in unknown.output


def test_a_run_can_be_pointed_to_another_work_folder(edition, tmp_path, monkeypatch):
    monkeypatch.setenv("JIXIAO_WORK", str(tmp_path))
    assert edition.processed == tmp_path / "zhengxiang" / "2020"
