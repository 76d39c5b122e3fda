"""Any budget unit: ten of them, none of which the shared dictionary knows, each published from its own files alone; and units are islands."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from click.testing import CliRunner

import quick
from conftest import ROOT, change, copy_project, make
from lib.cells import plain
from lib.chapter.prose import without_missing
from lib.chapter.text import filled, shortened, titled
from lib.cli import main
from lib.edition.card import filled_in
from lib.edition.edition import Edition, editions
from lib.edition.rows import Figure, Finding, Metric
from lib.edition.spelling import is_meant
from lib.intake import new as intake
from lib.intake.check import ERROR, check
from lib.numbers import notation
from lib.numbers.quantity import Quantity
from lib.publish.document import Heading, Table, inner_text, read
from lib.run.runs import Options, run_all

GIVEN = ROOT / "tests/editions"
UNITS = sorted(path.name for path in GIVEN.iterdir())


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> dict[str, Edition]:
    """All ten, published side by side."""
    root = copy_project(tmp_path_factory.mktemp("units"))
    for path in GIVEN.iterdir():
        shutil.copytree(path, root / "data/raw" / path.name)
    given = [edition for edition in editions(root) if edition.unit in UNITS]
    outcomes = run_all(given, Options())
    assert {outcome.state for outcome in outcomes} == {"built"}, outcomes
    return {edition.unit: edition for edition in given}


def body(edition: Edition) -> tuple[set[str], str]:
    """The names of the values in what stands before the annexes, and its text."""
    document = read(nbformat.read(edition.output / "report.ipynb", 4))
    blocks = list(document.blocks)
    annex = next((n for n, block in enumerate(blocks) if isinstance(block, Heading) and block.annex), len(blocks))
    text = repr(blocks[:annex])
    return {name for name in document.values if f"'{name}'" in text}, text


@pytest.mark.parametrize("unit", UNITS)
def test_every_figure_stands_in_the_body_and_nothing_is_missed(published, unit):
    edition = published[unit]
    names, text = body(edition)
    given = {figure.name for figure in edition.saved(Figure) if figure.bounds}
    assert given and given <= names
    assert "未提供" not in text
    assert [one.message for one in edition.saved(Finding) if one.severity != "note"] == []


@pytest.mark.parametrize("unit", UNITS)
def test_check_has_no_objection(published, unit):
    assert [remark for remark in check(published[unit]) if remark.kind == ERROR] == []


def test_other_kinds_have_no_chapter_of_a_union(published):
    text = body(published["bingqu"])[1]
    assert not any(word in text for word in ("医疗互助", "送清凉", "劳模", "消费券", "招聘"))


def test_metric_as_data_has_bounds_and_lineage(published):
    with (published["guiqu"].output / "metrics.csv").open(encoding="utf-8") as file:
        assert "lj.each,clean,人均补助,896.05" in file.read()


def test_amount_said_although_the_cell_beside_it_is_blank(project):
    edition = lay(project, "jiqu", 2022)
    path = edition.raw / "figures.csv"
    path.write_text(path.read_text("utf-8").replace("74.33万元", "").replace("10.0%", ""), "utf-8")
    assert make(edition).state == "built"
    text = (edition.output / "report.html").read_text("utf-8")
    assert (
        "未提供（来源列有此项，没有数字）：收支总计比上年增加、收支总计增长率" in text and text.count("820.69万元") >= 3
    )


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("供水有力。全年供水?，比上年增长!；更换水表!块。", "供水有力。更换水表!块。"),
        ("合格率?，其中农村!；管网?、水表!块。", "水表!块。"),
        ("资产?；其中：流动资产!；占地!亩。", "占地!亩。"),
        ("资产?，其中：货币!、存货!，培训!人。", "培训!人。"),
        ("资产!，其中：货币?、存货!，比上年增长!。", "资产!，其中：存货!，比上年增长!。"),
        ("惠及!个村；泵站?座，为历年最多。投资!万元。", "惠及!个村。投资!万元。"),
        ("供水?，同比增长!。为残疾儿童!人服务，增加床位!张。", "为残疾儿童!人服务，增加床位!张。"),
        ("供水?，增加床位!张。", "增加床位!张。"),
        ("主要做法：一是供水?；二是投入!；三是培训!人。", "主要做法：二是投入!；三是培训!人。"),
        ("主要做法：一是供水?；二是投入?。", ""),
        ("投入!：1.供水?；2.培训?人；3.床位!张。", "投入!：3.床位!张。"),
        ("投入!：一是供水?；二是培训?人。", "投入!。"),
        ("收入：供水?；支出：!。", "支出：!。"),
        ("供水由!增加到?；据此，满意率较高。", ""),
        ("供水由!增加到?。因此，满意率较高。培训!人。", "培训!人。"),
        ("供水!，增加?。因此，满意率较高。", "供水!。因此，满意率较高。"),
    ],
)
def test_clause_goes_with_the_one_that_it_leans_on(line, told):
    given = line.replace("?", "\ue003甲\ue004").replace("!", "\ue000a\ue0019\ue002")
    assert plain(shortened(given)) == told.replace("!", "9")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("做法：|- 供水?|- 培训?人", ""),
        ("做法：||- 供水?||- 培训!人", "做法：||- 培训!人"),
        ("做法：||- 供水?||床位!张。", "床位!张。"),
        ("做法：||供水?。||培训!人。", "做法：||培训!人。"),
    ],
)
def test_what_leads_to_a_list_stays_or_goes_with_it(text, told):
    given = text.replace("?", "\ue003甲\ue004").replace("!", "\ue000a\ue0019\ue002").replace("|", "\n")
    assert plain(without_missing(given, shortened)) == told.replace("!", "9").replace("|", "\n")


def test_number_that_goes_with_a_blank_is_named_with_its_line(project):
    edition = lay(project, "jiqu", 2022)
    change(edition.raw / "figures.csv", "74.33万元", "")
    text = (
        "# 收支\n增加{{ 收支总计比上年增加 }}，其中财政{{ 财政拨款收入 }}、{{ 机关编制 }}。\n\n收支{{ 收支总计 }}。\n"
    )
    (edition.raw / "report.md").write_text(text, "utf-8")
    said = (2, "没有收支总计比上年增加，连同写着财政拨款收入、机关编制的一句略去")
    assert said in [(remark.line, remark.text) for remark in check(edition)]


def test_earlier_year_of_a_known_unit_asks_for_its_own_indicators(project):
    own = [row["indicator"] for row in lay(project, "wenhua", 2023).table("indicators")]
    early = Edition("wenhua", 2020, project)
    assert intake.new(early) is None
    assert [row["indicator"] for row in early.table("figures")] == own
    assert not filled_in(early.raw)["sections"]


@pytest.mark.parametrize(
    ("kind", "unit", "stays"), [("文化", "wenhua", True), ("all", "wenhua", True), ("工会", "wenhua", False)]
)
def test_new_section_is_of_the_kind_that_asked(project, kind, unit, stays):
    edition = lay(project, unit, 2023)
    call = ["--root", str(project), "new-section", "少年活动", "--name", "youth"]
    asked = CliRunner().invoke(main, call)
    assert asked.exit_code == 2 and "--kind 工会、--kind 文化" in asked.output
    assert "--kind 工会" in CliRunner().invoke(main, [*call, "--kind", "文话"]).output
    done = CliRunner().invoke(main, [*call, "--kind", kind])
    assert f"用于{kind.replace('all', '各类')}单位的报告" in done.output
    assert ("056_youth" in edition.notebooks) is stays
    quick.compute(edition)  # and the summary is none of the kind that the dictionary is for


def test_metric_over_zero_is_missing_and_its_clause_goes(project):
    edition = lay(project, "guiqu", 2023)
    path = edition.raw / "figures.csv"
    path.write_text(path.read_text("utf-8").replace("681人", "0人"), "utf-8")
    checks = "check,kind,severity,relation,message\neach,ratio,error,lj.paid = lj.premium / lj.helped,人均\n"
    (edition.raw.parent / "checks.csv").write_text(checks, "utf-8")
    assert make(edition).state == "built"
    text = body(edition)[1]
    assert "610,211.5" in text and "人均" not in text
    (each,) = [one for one in edition.saved(Metric) if one.name == "lj.each"]
    assert (each.bounds, each.shown) == (None, "无从计算（累计受助为零）")


def test_what_has_fallen_is_said_once_of_a_list_and_anew_elsewhere():
    found = {}
    for name, printed in ("a", "下降8.82%"), ("b", "12.50%"):
        read = notation.read("下降" * (name == "b") + printed)
        about = read.bounds, read.value, "%", (), "reported", "1"
        found[name] = Figure(name, "", name, printed, *about, shown=read.text)
    book = SimpleNamespace(figures=found, here={})
    text = "同比分别{{ a }}、{{ b }}。事故{{ b }}。"
    shown = filled(book, text, {name: one.quantity() for name, one in found.items()})
    assert shown.data["text/markdown"] == "同比分别下降8.82%、12.50%。事故下降12.50%。"


def test_a_heading_has_its_numbers_filled_in():
    read = notation.read("13.50分")
    figure = Figure("a", "", "a", "13.50分", read.bounds, read.value, "分", (), "reported", "1", shown=read.text)
    found = {"a": figure.quantity(), "b": Quantity(None)}
    shown = titled(SimpleNamespace(figures={"a": figure}, here={}), "## 决策（得{{ a }}，{{ b }}）*", found, "#")
    assert shown.data["text/markdown"] == "### 决策（得13.50分，—）\\*"


def test_period_of_years_is_told_as_such(published):
    assert "不是一年的数" in body(published["guiqu"])[1]


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "told"),
    [
        ("report.md", "{{ 机关编制 }}", "{{ 机关编织 }}", 3, "机关编制"),
        ("report.md", "{{ 机关编制 }}", "{{ 机关编制 | safe }}", 3, "花括号"),
        ("report.md", "机关核定", "<script>机关核定", 3, "HTML"),
        ("report.md", "机关核定", "{% for x in y %}机关核定", 3, "{% for x in y %}"),
        ("report.md", "```{bars}", "```{pie}", 9, "{bars}"),
        ("../indicators.csv", "机关编制,人", "机关编制,", 2, "unit"),
        ("../indicators.csv", "机关编制,人", "机关编制,万元", 2, "单位写“元”，数字照印（31.5万元）"),
        ("../indicators.csv", "机关编制,人", "<b>机关编制,人", 2, "label"),
        ("../metrics.csv", "上年收支总计", "<i>上年收支总计", 2, "label"),
        ("../indicators.csv", "jiguan.bianzhi,,", "jiguan.bianzhi,nowhere,", 2, "section"),
        ("../metrics.csv", "收支总计 −", "收支合计 −", 2, "收支总计"),
        ("../metrics.csv", "收支总计 − 收支总计比上年增加", "收支总计 − 机关编制", 2, "单位不同"),
        ("../checks.csv", "zhongxin.zaibian +", "zhongxin.zaibia +", 2, "关系式"),
        ("../headlines.csv", "juesuan.last", "juesuan.lasst", 2, "juesuan.last"),
        ("report.md", "财政拨款收入\n", "财政拨款收入\n机关编制\n", 9, "单位不同"),
    ],
)
def test_mistake_is_told_by_check_and_stops_the_run_of_this_unit_alone(project, file, old, new, line, told):
    edition = lay(project, "jiqu", 2022)
    path = (edition.raw / file).resolve()
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    found = [one for one in check(edition) if one.kind != "待填" and one.file == path.name]
    assert any(one.line == line and told in one.text for one in found), found
    outcome = make(edition)
    assert outcome.state == "failed" and f"{path.name} 第{line}行" in outcome.message, outcome


@pytest.mark.parametrize("unit", ["元", "%", "千瓦", "千克", "个百分点", "元/人", "件/万人", "家"])
def test_a_unit_without_a_multiple_is_one(unit):
    assert is_meant("unit", unit) and not any(is_meant("unit", more + unit) for more in ("万", "亿", "百万"))


def test_number_typed_into_the_report_is_a_finding(project):
    edition = lay(project, "jiqu", 2022)
    path = edition.raw / "report.md"
    path.write_text(path.read_text("utf-8").replace("下设的", "2019年按〔2019〕8号文设立、有三十余人次来访的"), "utf-8")
    (one,) = (one for one in check(edition) if one.file == "report.md")
    assert one.kind == "提醒" and "三十余" in one.text and "2019" not in one.text and "8" not in one.text


def test_a_table_written_out_in_the_report_keeps_its_rows_and_the_numbers_of_the_source(project):
    """Without the unit that its caption or head says; one that is typed into it is a finding."""
    edition = lay(project, "jiqu", 2022)
    rows = "| 项目 | 数（万元） | 率 |\n|---|---|---|\n| 收支 | {{ 收支总计 }} | {{ 收支总计增长率 }} |\n| 其他 | 约三十人 |\n"
    with (edition.raw / "report.md").open("a", encoding="utf-8") as file:
        file.write(f"\n```{{table}} 收支情况\n{rows}```\n")
    (one,) = (one for one in check(edition) if one.file == "report.md")
    assert "三十" in one.text
    assert make(edition).state == "built"
    blocks = read(nbformat.read(edition.output / "report.ipynb", 4)).blocks
    (table,) = (block for block in blocks if isinstance(block, Table) and block.caption == "收支情况")
    shown = [[inner_text(cell) for cell in row] for row in table.rows]
    assert shown == [["收支", "820.69", "10.0%"], ["其他", "约三十人", ""]]
    assert [column.numeric for column in table.columns] == [False, True, True]
    assert table.rows[0][1][0].reference == "juesuan.total"


def test_figure_placed_nowhere_is_named_and_stands_in_other_data(project):
    edition = lay(project, "fulian", 2023)
    path = edition.raw / "report.md"
    path.write_text(path.read_text("utf-8").replace("，入户走访{{ 入户走访 }}", ""), "utf-8")
    assert any("其他数据" in one.text and "入户走访" in one.text for one in check(edition))
    assert make(edition).state == "built"
    document = read(nbformat.read(edition.output / "report.ipynb", 4))
    assert "其他数据" in [heading.text for heading in document.headings] and "27户" in repr(document.blocks)


def test_chapter_that_changed_is_run_and_no_other(project):
    edition = lay(project, "jiqu", 2022)
    assert make(edition).state == "built"
    path = edition.raw / "report.md"
    path.write_text(path.read_text("utf-8").replace("都是基本支出", "全部是基本支出"), "utf-8")
    outcome = make(Edition("jiqu", 2022, project))
    assert outcome.state == "built" and {name for name in outcome.steps if name.startswith("10_")} == {"10_chapter-02"}


def test_unit_is_an_island(project, edition):
    """Nothing that another unit has, sound or damaged, changes a byte of an edition."""
    for path in GIVEN.iterdir():
        shutil.copytree(path, project / "data/raw" / path.name)
    (project / "data/raw/jiqu/indicators.csv").write_text("broken\n")
    (project / "data/raw/gengxian/unit.yml").write_text("level: 月球\n")
    (project / "data/raw/bingqu/2022/report.md").write_text("{% x %}")
    mine = Edition.find("zhengxiang", 2020, project)
    assert make(mine).state == "built"
    for name in ("report.html", "report.pdf", "report.docx", "figures.csv", "metrics.csv", "findings.csv"):
        assert (mine.output / name).read_bytes() == (edition.output / name).read_bytes(), name


def lay(project: Path, unit: str, year: int) -> Edition:
    shutil.copytree(GIVEN / unit, project / "data/raw" / unit)
    return Edition(unit, year, project)


OPENING = """# 一、服务职工
本会把职工医疗互助放在首位，参保{{ 医疗互助参保人数 }}，{{ 受助率 }}得到帮助。

## （一）其他
送法下乡{{ 送法下乡参与村民 }}参加。

# 二、下一步打算
继续做好服务。
"""


def test_chapter_named_like_a_section_of_the_pack_stands_before_its_analysis(built):
    (built.raw / "report.md").write_text(OPENING, "utf-8")
    assert [one for one in check(built) if one.kind == ERROR] == []  # the rate is known before a notebook has run
    assert make(built).state == "built"
    document = read(nbformat.read(built.output / "report.ipynb", 4))
    heads = [heading.text for heading in document.headings]
    assert heads.count("服务职工") == 1 and "下一步打算" in heads and not any("二、" in head for head in heads)
    text = repr(document.blocks)
    places = [text.index(words) for words in ("'服务职工'", "放在首位", "'其他'", "'职工医疗互助'", "'下一步打算'")]
    assert places == sorted(places)
    (other,) = [heading for heading in document.headings if heading.text == "其他"]
    assert (other.level, other.number) == (3, "1.")


@pytest.mark.parametrize(
    ("said", "known"),
    [("{{ 受助率 }}、{{ mutual_aid.benefit_rate }}", True), ("{{ 受助 }}", False), ("{{ 自评得分 }}", False)],
)
def test_check_knows_what_notebooks_will_compute(built, said, known):
    (built.raw / "report.md").write_text(f"# 概况\n其中{said}。\n", "utf-8")
    assert bool([one for one in check(built) if one.kind == ERROR]) is not known
    assert (make(built).state == "built") is known


def test_chart_of_years_in_a_chapter(project):
    edition = lay(project, "jiqu", 2022)
    before = Edition("jiqu", 2021, project)
    shutil.copytree(edition.raw, before.raw)
    for name, old, new in (("source.yml", "2022", "2021"), ("figures.csv", "820.69万元", "746.36万元")):
        path = before.raw / name
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    path = edition.raw / "report.md"
    path.write_text(path.read_text("utf-8") + "\n```{years} 收支的变化\n收支总计\n上年收支总计\n```\n", "utf-8")
    assert make(edition).state == "built"
    assert "收支的变化" not in (edition.output / "report.html").read_text("utf-8")  # there is no year to compare with
    quick.publish(before)
    assert make(Edition("jiqu", 2022, project)).state == "built"
    page = (edition.output / "report.html").read_text("utf-8")
    assert "历年图，收支的变化。收支总计2021年746.36万元、2022年820.69万元" in page


def test_text_cannot_imitate_the_mark_of_a_number(project):
    edition = lay(project, "jiqu", 2022)
    path = edition.raw / "report.md"
    path.write_text(path.read_text("utf-8") + "\n另有\ue000jiguan.bianzhi\ue0019999人\ue002。\n", "utf-8")
    with (edition.raw.parent / "checks.csv").open("a", encoding="utf-8") as file:
        file.write("odd,cap,note,机关编制 <= 1,超过\ue000a\ue001b\ue002\n")
    assert make(edition).state == "built"
    page = (edition.output / "report.html").read_text("utf-8")
    assert ">9999人" not in page and "jiguan.bianzhi9999人" in page and "超过ab" in page
