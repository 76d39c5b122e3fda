"""A draft: what documents say is confirmed in a table, becomes an edition, and stays held against its source."""

import csv
import re

import docx
import openpyxl
import pytest
from click.testing import CliRunner

import drafts as gold
import quick
from conftest import change
from lib.chapter.chapter import Chapter
from lib.chapter.text import filled, grid, shown
from lib.check.figures import clean
from lib.cli import main
from lib.edition.edition import Edition, editions
from lib.edition.report import parts
from lib.edition.rows import Finding
from lib.intake import forms
from lib.intake.check import check
from lib.intake.own import alone
from lib.run.keys import PUBLISH, Steps

pytestmark = pytest.mark.usefixtures("at_hand")
TITLE = "示例县某局2023年度部门整体支出绩效评价报告"
TEXT = """示例县残疾人联合会2023年度部门整体支出绩效评价报告
一、基本情况
县残联编制17名，在职16人。全年部门支出总额120.5万元，其中基本支出80.5万元，项目支出40万元。
二、主要绩效
（一）康复服务。为残疾儿童89名提供康复救助，救助经费142.4万元，人均1.6万元；适配辅具1320件，其中轮椅310件、其他辅具1010件。
（二）就业培训。培训350余人次；城镇就业64人，农村就业118人，合计192人。*要紧*的{事}另说。
联系电话：0734-8812345
说明：数字以决算为准。填表人：罗某 审核：陈某
"""


MARKED = """一级指标,三级指标,年度指标值,实际完成值,分值,得分
产出指标,培训人次,≥600人次,632人次,50,50
效益指标,就业人数,≥60人,64人,30,30
满意度指标,学员满意度,≥90%,95%,10,10
预算执行率,预算执行率,100%,100%,10,10"""


def call(project, *arguments):
    return CliRunner().invoke(main, ["--root", str(project), *map(str, arguments)])


@pytest.fixture
def document(project):
    path = project / "报告.txt"
    path.write_text(TEXT, "utf-8")
    return path


def draft(project, *arguments, unit="shili", year=2023):
    done = call(project, "draft", *arguments, "--unit", unit, "--year", year, "--kind", "残联", "--level", "县")
    assert done.exit_code == 0, done.output
    return done.output


def rows(project, name, unit="shili", year=2023):
    path = project / "data/raw" / unit / str(year) / name
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def told(project):
    return [(r.file, r.kind, r.text) for r in check(Edition("shili", 2023, project))]


@pytest.fixture
def accepted(project, document):
    draft(project, document)
    draft(project, "--accept")
    return project


def test_formula_without_a_value_is_a_question_and_no_text_of_the_edition(project, document):
    book = openpyxl.Workbook()
    book.active["A1"], book.active["B1"], book.active["A2"], book.active["B2"] = "项目", "金额", "总额", "=1+1"
    book.save(project / "附件.xlsx")
    asked = draft(project, document, project / "附件.xlsx")
    assert "附件.xlsx：" in asked and "公式：B2。" in asked
    alone = call(project, "draft", project / "附件.xlsx", "--table", project / "table.csv").output
    assert alone.strip() and alone in asked
    draft(project, "--accept")
    assert "公式" not in (project / "data/raw/shili/2023/report.md").read_text("utf-8")


def test_every_item_of_a_document_is_a_row_and_names_its_place(project, document):
    said = draft(project, document)
    table = rows(project, "source/draft.csv")
    assert [r["indicator"] for r in table if r["printed"] == "17名"] == ["staff.establishment"]
    (phone,) = (r for r in table if r["printed"].startswith("0734") or "0734" in r["printed"])
    assert (phone["kind"], phone["note"]) == ("不计", "电话")
    (wrong,) = (r for r in table if r["state"] == "矛盾")
    assert (wrong["printed"], wrong["note"]) == ("192人", "与64人、118人不符")
    assert "矛盾 1" in said
    assert editions(project) and ("shili", 2023) not in [(one.unit, one.year) for one in editions(project)]


def test_a_decision_stays_when_the_document_is_read_again(project, document):
    draft(project, document)
    path = project / "data/raw/shili/2023/source/draft.csv"
    change(path, "89名,数据,,,", "89名,数据,,rehab.children,")
    document.write_text(TEXT.replace("1320件", "1330件"), "utf-8")
    said = draft(project, document)
    assert "报告.txt 与上次的不同" in said and "不再印有：1320件" in said
    table = {row["printed"]: row for row in rows(project, "source/draft.csv")}
    assert table["89名"]["indicator"] == "rehab.children"
    assert table["1330件"]["note"].startswith("新出现")
    assert len(list(path.parent.glob("报告*.txt"))) == 2


@pytest.mark.parametrize(
    ("printed", "saved"), [("2.6%", "2.60%"), ("104%", "104.00%"), ('"1,200.50万"', "1200.50万"), ("-10.30", "(10.3)")]
)
def test_a_decision_stays_on_a_number_that_a_spreadsheet_has_saved_otherwise(project, printed, saved):
    path = project / "报告.csv"
    path.write_text(f"项目,数\n供水,{printed}\n水质合格率,98.42%\n", "utf-8")
    draft(project, path)
    table = project / "data/raw/shili/2023/source/draft.csv"
    line = next(line for line in table.read_text("utf-8").splitlines() if f",{printed}," in line)
    change(table, line, line.replace(f",{printed},数据,", f",{saved},不计,"))
    assert "不再印有" not in draft(project)
    assert [row["kind"] for row in rows(project, "source/draft.csv") if row["place"].startswith("表1 供水")] == ["不计"]


def saved(path):
    """A table as a spreadsheet saves it as a workbook: numbers as numbers."""
    book = openpyxl.Workbook()
    for line in csv.reader(path.read_text("utf-8").splitlines()):
        book.active.append([float(cell) if re.fullmatch(r"\d+(\.\d+)?", cell) else cell for cell in line])
    book.save(path.with_suffix(".xlsx"))


def test_decisions_may_stand_in_a_workbook_which_is_no_document(project, document):
    draft(project, document)
    path = project / "data/raw/shili/2023/source/draft.csv"
    change(path, "89名,数据,,,", "89名,数据,,rehab.children,")
    saved(path)
    refused = call(project, "draft", "--accept", "--unit", "shili", "--year", 2023)
    assert refused.exit_code == 3 and "draft.csv、draft.xlsx，不知以哪份为准" in refused.output
    path.unlink()
    draft(project)
    table = rows(project, "source/draft.csv")
    assert {row["doc"] for row in table} == {"报告.txt"}
    assert [row["indicator"] for row in table if row["printed"] == "89名"] == ["rehab.children"]
    book = openpyxl.load_workbook(
        path.with_suffix(".xlsx")
    )  # the one that somebody works in, beside what is written anew
    next(cell for row in book.active for cell in row if cell.value == "rehab.children").value = "rehab.young"
    book.save(path.with_suffix(".xlsx"))
    draft(project)
    assert [row["indicator"] for row in rows(project, "source/draft.csv") if row["printed"] == "89名"] == [
        "rehab.young"
    ]
    draft(project, "--accept")
    assert not [text for _, kind, text in told(project) if "draft" in text or "没有登记" in text]
    assert call(project, "draft", path.with_suffix(".xlsx"), "--unit", "shili", "--year", 2023).exit_code == 3


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        ({"reading": "胡说"}, "reading 胡说；应为读法"),
        ({"unit": "只"}, "“1320件”（reading 空白），单位“件”；应为它的名称以“只”计的数"),
        ({"indicator": "budget.total", "label": ""}, "应为它的名称以“元”计的数"),
        ({"indicator": "", "label": "残疾儿童"}, "应为它的名称以“人”计的数"),
    ],
)
def test_a_decision_that_cannot_be_meant_is_told_at_once_and_not_accepted(project, document, about, expected):
    draft(project, document)
    decide(project, lambda row: row["printed"] == "89名", indicator="", label="残疾儿童", unit="人")
    decide(project, lambda row: row["printed"] == "1320件", **about)
    assert expected in draft(project)
    refused = call(project, "draft", "--accept", "--unit", "shili", "--year", 2023)
    assert refused.exit_code == 3 and expected in refused.output
    assert not (project / "data/raw/shili/2023/figures.csv").exists()


def test_what_was_set_aside_and_is_made_a_figure_has_its_unit_from_its_token(project):
    path = project / "报告.txt"
    path.write_text("一、工作\n开展24小时巡查，走访120户。\n", "utf-8")
    draft(project, path, "--table", project / "t.csv")
    change(project / "data/raw/shili/2023/source/draft.csv", "24小时,不计,,,,", "24小时,数据,,,巡查时长,")
    assert "不作数" not in draft(project)
    draft(project, "--accept")
    assert not [text for _, kind, text in told(project) if kind in ("错误", "提醒")]
    assert (project / "t.csv").read_text("utf-8").startswith("doc,token,kind")


def test_a_kind_that_is_none_is_told_with_its_line(project, document):
    draft(project, document)
    change(project / "data/raw/shili/2023/source/draft.csv", "89名,数据,", "89名,忽略,")
    done = call(project, "draft", "--accept", "--unit", "shili", "--year", 2023)
    assert done.exit_code == 3 and "忽略" in done.output and "数据 或 不计" in done.output


def test_an_accepted_draft_lays_out_an_edition_in_the_document_s_own_words(accepted):
    report = (accepted / "data/raw/shili/2023/report.md").read_text("utf-8")
    assert report.startswith("# 基本情况\n")
    assert "编制{{ staff.establishment }}，在职{{ staff.actual }}" in report
    assert "*要紧*的（事）另说" in report and "罗某" not in report and report.endswith("说明：数字以决算为准。\n")
    own = {row["label"]: row for row in rows(accepted, "indicators.csv", year="")}
    assert own["轮椅"]["unit"] == "件" and own["人均救助经费"]["unit"] == "元/人"
    card = (accepted / "data/raw/shili/2023/source.yml").read_text("utf-8")
    assert "covers: []" in card, "nothing was left out"
    relations = [row["relation"] for row in rows(accepted, "checks.csv", year="")]
    assert "适配辅具 = 轮椅 + 其他辅具" in relations
    assert not [r for r in relations if r.startswith("budget.total")], "the library has that one"


def test_a_heading_stands_directly_below_the_one_that_it_is_under(project):
    path = project / "报告.txt"
    path.write_text(
        "总述如下。\n一、基本情况\n（一）职能\n1.水库\n管护水库6座。\n二、绩效\n1.工程部（15分，得13.50分）\n维修渠道12公里。\n",
        "utf-8",
    )
    draft(project, path)
    draft(project, "--accept")
    report = (project / "data/raw/shili/2023/report.md").read_text("utf-8")
    headings = [line for line in report.splitlines() if line.startswith("#")]
    assert headings == [
        "# 总体情况",
        "# 基本情况",
        "## 职能",
        "### 水库",
        "# 绩效",
        "## 工程部（{{ 工程部分得分 }}，得{{ 得 }}）",
    ]


def test_names_exchanged_in_the_text_are_told_with_what_the_source_prints(project):
    path = project / "报告.txt"
    path.write_text("一、康复\n适配轮椅412件，新增就业73人。\n", "utf-8")
    draft(project, path)
    draft(project, "--accept")
    assert not [text for file, _, text in told(project) if file == "report.md"]
    text = project / "data/raw/shili/2023/report.md"
    text.write_text("# 康复\n\n适配轮椅{{ 新增就业 }}，新增就业{{ 适配轮椅 }}。\n", "utf-8")
    (line,) = [text for file, _, text in told(project) if file == "report.md"]
    assert "{{ 新增就业 }} 是73人" in line and "412件" in line
    text.write_text("# 康复\n\n适配轮椅{{ 没有的 }}，新增就业{{ 新增就业 }}。\n", "utf-8")
    assert not [text for file, _, text in told(project) if file == "report.md" and "原文的这一句" in text]


def test_a_balance_is_a_relation_with_a_sign_for_each_part(project):
    path = project / "报告.txt"
    path.write_text("一、案件情况\n年初未结11件，当年新收27件，当年审结29件，年末未结9件。\n", "utf-8")
    draft(project, path)
    draft(project, "--accept")
    relations = [row["relation"] for row in rows(project, "checks.csv", year="")]
    assert "年末未结 = 年初未结 + 当年新收 - 当年审结" in relations


def test_what_was_said_of_the_unit_with_its_documents_holds(accepted):
    about = (accepted / "data/raw/shili/unit.yml").read_text("utf-8")
    assert 'kind: "残联"' in about and 'level: "县"' in about


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("2023年度云岭县文化馆部门整体支出绩效自评报告", "云岭县文化馆"),
        ("云岭县文化馆\n2023年度部门整体支出绩效评价报告", "云岭县文化馆"),
        ("2023年度部门整体支出绩效评价报告\n（云岭县文化馆）", "云岭县文化馆"),
        ("关于二〇二三年度云岭县文化馆部门整体支出绩效自评情况的报告", "云岭县文化馆"),
        ("部门整体支出绩效自评报告\n单位名称：云岭县文化馆", "云岭县文化馆"),
        ("云岭县2023年度民政局部门整体支出绩效自评报告", "云岭县民政局"),
        ("云岭县气象局2023年地方资金绩效自评报告", "云岭县气象局"),
        (
            "云岭县农技推广服务站\n2023年度部门整体支出绩效评价报告\n本站为县农业农村局所属事业单位。",
            "云岭县农技推广服务站",
        ),
        ("办实事 促发展——云岭县文化馆2023年度部门整体支出绩效报告", "云岭县文化馆"),
        ("部门整体支出绩效自评表\n部门名称：云岭县河口街道办事处（街道党工委）", "云岭县河口街道办事处"),
        ("2023年部门整体支出绩效自评报告\n主管部门：云岭县文化和旅游局", "shili"),
        ("2023年部门整体支出绩效自评报告\n为全面实施绩效管理，本单位开展了自评。\n我馆是个什么单位", "shili"),
        ("2023年部门整体支出绩效自评报告\n一、部门概况", "shili"),
    ],
)
def test_the_unit_is_called_as_the_title_calls_it(project, title, name):
    path = project / "报告.txt"
    path.write_text(f"{title}\n培训350人次。\n", "utf-8")
    draft(project, path)
    draft(project, "--accept")
    assert f'name: "{name}"' in (project / "data/raw/shili/unit.yml").read_text("utf-8")
    assert any("不是单位的全称" in text for *_, text in told(project)) == (name == "shili")


def test_a_form_says_of_which_unit_it_is(project):
    path = project / "自评表.csv"
    path.write_text(
        "部门整体支出绩效自评表,,\n填报单位（盖章）,云岭县文化馆,2024年3月\n指标,目标值,完成值\n培训,300人次,350人次\n",
        "utf-8",
    )
    draft(project, path)
    draft(project, "--accept")
    assert 'name: "云岭县文化馆"' in (project / "data/raw/shili/unit.yml").read_text("utf-8")


def test_the_cells_of_a_score_sheet_need_no_name(project):
    path = project / "自评表.csv"
    path.write_text(f"部门整体支出绩效自评表\n{MARKED}\n", "utf-8")
    assert "待定 0" in draft(project, path)
    draft(project, "--accept")
    assert [row["actual"] for row in rows(project, "targets.csv")] == ["", "632人次", "64人", "95%"]
    assert not rows(project, "figures.csv")
    text = project / "报告.txt"
    for printed, different in (("632人次", False), ("623人次", True)):
        text.write_text(f"一、绩效\n职工培训人次{printed}。\n", "utf-8")
        draft(project, path, text)
        for old in (project / "data/raw/shili/2023").glob("*.*"):
            old.unlink()
        draft(project, "--accept")
        remarks = [one for _, _, one in told(project)]
        assert any("培训人次632人次，一第2段为623人次" in one for one in remarks) == different, remarks


def test_a_contradiction_of_a_score_sheet_stays_an_error_until_it_is_answered(project):
    path, raw = project / "自评表.csv", project / "data/raw/shili/2023"
    path.write_text(f"部门整体支出绩效自评表\n{MARKED}\n总分,,,,100,90.5\n", "utf-8")
    assert "矛盾 1" in draft(project, path)
    draft(project, "--accept")
    (said,) = (text for _, kind, text in told(project) if kind == "错误")
    assert "总分，得分：90.5与10、50、30、10不符" in said or "90.5与50、30、10、10不符" in said, said
    with (raw / "statements.csv").open("a", encoding="utf-8") as file:
        file.write("document,,原文如此,2024-03-01,某\n")
    assert not [text for _, kind, text in told(project) if kind == "错误"], told(project)


ABROAD = """<h1>示例县统计局2023年度部门整体支出绩效自评报告</h1><p>一、部门概况</p>
<p>县统计局编制22名，实有21人。支出情况见表1。</p><p>表1　支出决算表</p><p>单位：万元</p>
<table><tr><td>功能分类科目编码<td>科目名称<td>合计<td>基本支出<td>项目支出</tr>
<tr><td>201<td>一般公共服务支出<td>450.00<td>300.00<td>150.00</tr><tr><td>20105<td>统计信息事务<td>450.00<td>300.00<td>150.00</tr>
<tr><td>2010501<td>行政运行<td>300.00<td>300.00<td></tr><tr><td>2010505<td>专项统计业务<td>150.00<td><td>150.00</tr>
<tr><td colspan=2>合计<td>450.00<td>300.00<td>150.00</tr></table>
<p>二、自评得分</p><p>自评得分98.5分。附件见后。</p><p>附件</p><p>2023年度部门整体支出绩效自评表</p>
<table><tr><td>一级指标<td>二级指标<td>三级指标<td>分值<td>评分标准<td>得分</tr>
<tr><td>投入<td>目标设定<td>绩效目标合理性<td>50<td>每缺1项扣1分<td>50</tr>
<tr><td>过程<td>预算执行<td>预算完成情况<td>50<td>每低1%扣1分<td>48.5</tr><tr><td>合计<td><td><td>100<td><td>98.5</tr></table>
<p>注：佐证材料共5份。</p>"""


def test_a_score_sheet_that_no_sheet_fits_is_printed_as_it_stands(project):
    (project / "报告.html").write_text(ABROAD, "utf-8")
    assert "矛盾 0" in draft(project, project / "报告.html")
    draft(project, "--accept")
    raw = project / "data/raw/shili/2023"
    text = (raw / "report.md").read_text("utf-8")
    assert "{table} 2023年度部门整体支出绩效自评表\n" in text and "| 每缺1项扣1分 |" in text
    assert "见“支出决算表”" in text and "注：佐证材料共{{" in text
    assert not (raw / "targets.csv").exists() and "sheet: \n" in (raw / "source.yml").read_text("utf-8")
    assert [remark for remark in check(Edition("shili", 2023, project)) if remark.kind in ("错误", "提醒")] == []
    named = {
        row["indicator"]: row["locator"]
        for row in rows(project, "figures.csv")
        if row["indicator"].startswith("budget.")
    }
    assert named["budget.basic.outturn"] == "表1 合计，基本支出" and named["budget.total.outturn"] == "表1 合计，合计"


TABLES = {
    "units side by side": "项目|局机关|~|农技中心|~|合计|~/~|预算数|决算数|预算数|决算数|预算数|决算数/基本支出|600.00|590.00|400.00|395.00|1,000.00|985.00/"
    "项目支出|300.00|280.00|200.00|190.00|500.00|470.00/合计|900.00|870.00|600.00|585.00|1,500.00|1,455.00",
    "units below each other": "单位|“三公”经费支出|公务用车运行维护费|公务接待费/局机关|3.20|2.50|0.70/农技中心|1.30|1.00|0.30/合计|4.50|3.50|1.00",
    "years": "年度|预算数|决算数|执行率|基本支出|项目支出/2021年|900.00|855.00|95.00%|500.00|355.00/2022年|950.00|912.00|96.00%|520.00|392.00",
    "two sides": "收入|~|~|支出|~|~/项目|行次|决算数|项目|行次|决算数/栏次||1|栏次||2/一、一般公共预算财政拨款收入|1|900.00|一、农林水支出|6|870.00/"
    "二、其他收入|2|50.00|二、住房保障支出|7|60.00/本年收入合计|3|950.00|本年支出合计|8|930.00/年初结转和结余|4|20.00|年末结转和结余|9|40.00/总计|5|970.00|总计|10|970.00",
    "codes": "类|款|项|科目名称|本年支出合计|基本支出|项目支出/213|||农林水支出|930.00|600.00|330.00/213|01||农业农村|930.00|600.00|330.00/"
    "213|01|01|行政运行|600.00|600.00|/213|01|99|其他农业农村支出|330.00||330.00/合计|~|~|~|930.00|600.00|330.00",
}


@pytest.mark.parametrize("kind", TABLES)
def test_right_tables_of_other_forms_make_no_remark(project, kind):
    path = project / "报告.docx"
    made = docx.Document()
    for line in ("示例县某局2023年度部门整体支出绩效自评报告", "一、部门概况", "在职人员60人。", "单位：万元"):
        made.add_paragraph(line)
    lines = [line.split("|") for line in TABLES[kind].split("/")]
    table = made.add_table(len(lines), len(lines[0]))
    for r, line in enumerate(lines):
        for c, cell in enumerate(line):
            if cell == "~" and r and not c:
                table.cell(r - 1, c).merge(table.cell(r, c))
            elif cell == "~":
                table.cell(r, c - 1).merge(table.cell(r, c))
            else:
                table.cell(r, c).text = cell
    made.save(path)
    assert "矛盾 0" in draft(project, path)
    draft(project, "--accept")
    assert [one for one in check(Edition("shili", 2023, project)) if one.kind in ("错误", "提醒")] == []
    if kind == "units side by side":
        assert [row["outturn"] for row in rows(project, "budget.csv") if row["item"] == "total"] == ["1,455.00"]


HUBEI = """
预算执行情况（万元）（20分） |  | 预算数（A） | 执行数（B） | 执行率（B/A） | 得分（20分*执行率） |
 | 部门整体支出总额 | 460.00 | 450.00 | 97.83% | 19.57 |
年度履职目标 | 完成统计调查 |  |  |  |  |
年度主要任务 | 任务名称 | 主要内容 | 预算金额 | 执行金额 | 完成情况 |
 | 统计调查 | 调查12项 | 300.00 | 295.00 | 已完成 |
 | 一级指标 | 二级指标 | 三级指标 | 年初目标值（A） | 实际完成值（B） | 得分
 | 产出指标 | 数量指标 | 完成统计调查（50分） | ≥12项 | 12项 | 50
 | 效益指标 | 社会效益指标 | 服务决策（20分） | ≥20篇 | 22篇 | 20
 | 满意度指标 | 服务对象满意度 | 群众满意度（10分） | ≥90% | 93% | 10
总分 |  |  |  |  |  | 99.57
"""


def test_points_of_the_head_and_tables_within_a_form_are_kept(project):
    lines = (f"<tr><td>{'<td>'.join(line.split('|'))}</tr>" for line in HUBEI.strip().splitlines())
    head = ABROAD.partition("<p>附件")[0].replace("98.5", "99.57")
    (project / "报告.html").write_text(f"{head}<p>附件2 自评表</p><table>{''.join(lines)}</table>", "utf-8")
    assert "矛盾 0" in draft(project, project / "报告.html")
    draft(project, "--accept")
    goal, execution, *others = rows(project, "targets.csv")
    assert (goal["target"], goal["actual"], execution["weight"], execution["printed"]) == (
        "完成统计调查",
        "",
        "20",
        "19.57",
    )
    assert [row["weight"] for row in others] == ["50", "20", "10", ""]
    text = (project / "data/raw/shili/2023/report.md").read_text("utf-8")
    assert "{table} 年度主要任务\n" in text and "| 统计调查 | 调查{{" in text
    assert not [remark for remark in check(Edition("shili", 2023, project)) if remark.kind == "错误"]


@pytest.mark.parametrize("growth", ["下降15.45%", "降幅15.45%"])
def test_the_growth_that_a_change_makes_stays_a_check_of_the_edition(project, growth):
    path = project / "报告.txt"
    path.write_text(
        f"一、支出\n会议费支出1.86万元，较上年减少0.34万元，{growth}；培训126场，比上年增加21场，增长20%。\n", "utf-8"
    )
    draft(project, path)
    draft(project, "--accept")
    with (project / "data/raw/shili/checks.csv").open(encoding="utf-8", newline="") as file:
        assert sum(" - " in row["relation"] for row in csv.DictReader(file)) == 2
    assert not [text for _, kind, text in told(project) if kind != "待填"]


@pytest.mark.parametrize(("head", "sign"), [("增减额", "-"), ("减少额", "")])
def test_a_decrease_in_a_table_has_the_sign_of_its_column(project, head, sign):
    path = project / "报告.csv"
    path.write_text(
        f"科目（万元）,2022年,2023年,{head}\n电费,320.5,310.2,{sign}10.3\n水费,60.4,58.1,{sign}2.3\n", "utf-8"
    )
    draft(project, path)
    draft(project, "--accept")
    assert sum(" - " in row["relation"] for row in rows(project, "checks.csv", year="")) == 2
    assert not [text for _, kind, text in told(project) if kind != "待填"]


def test_a_word_of_falling_may_stand_before_the_first_of_a_list_alone(project):
    path = project / "报告.txt"
    path.write_text("一、安全\n事故27起、受伤19人，较上年的34起、23人分别下降20.6%和17.4%。\n", "utf-8")
    draft(project, path)
    draft(project, "--accept")
    assert not [text for _, kind, text in told(project) if kind != "待填"]


@pytest.mark.parametrize(("rate", "name"), [("97.56", "budget.total.budget"), ("96.56", "")])
def test_what_a_right_rate_of_execution_divides_by_is_the_budget(project, rate, name):
    path = project / "报告.txt"
    path.write_text(f"一、支出情况\n全年预算调整为214.87万元，全年实际支出209.63万元，预算执行率{rate}%。\n", "utf-8")
    draft(project, path)
    found = {row["printed"]: row["indicator"] for row in rows(project, "source/draft.csv")}
    assert found["209.63万元"] == "budget.total" and (found["214.87万元"] == name or not name)


def test_what_the_unit_called_so_before_is_its_indicator_where_the_words_are_the_same(accepted):
    later = accepted / "明年.txt"
    later.write_text(
        "二、主要绩效\n（一）康复服务。适配辅具1400件，其中轮椅380件。适配轮椅车200件，培训380人次。\n", "utf-8"
    )
    draft(accepted, later, year=2024)
    given = {row["printed"]: (row["indicator"], row["label"]) for row in rows(accepted, "source/draft.csv", year=2024)}
    assert given["1400件"] == ("适配辅具", "") and given["380件"] == ("轮椅", "")
    assert given["200件"] == ("", "适配轮椅车")


@pytest.mark.parametrize("ending", ["csv", "mht", "txt"])
def test_a_document_of_any_kind_that_is_read_is_found_again(project, ending):
    path = project / f"报告.{ending}"
    head = "MIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n<html><p>" if ending == "mht" else ""
    path.write_text(f"{head}全年支出5万元。", "utf-8")
    draft(project, path)
    assert "确定 1" in draft(project)
    draft(project, "--accept")
    assert (project / "data/raw/shili/2023/figures.csv").is_file()


def test_a_name_that_differs_by_its_number_alone_is_not_sure():
    assert alone("发放", {"发放"}) and not alone("发放", {"发放", "发放二"}) and not alone("发放二", {"发放", "发放二"})


def test_what_another_unit_of_the_kind_has_is_proposed_and_taken_over(accepted):
    (table,) = (accepted / "data/raw/shili").glob("indicators.csv")
    change(table, "轮椅,,轮椅,件", "wheelchairs,,轮椅,件")
    text = accepted / "乙.txt"
    text.write_text("乙县残联2023年度报告\n（一）康复服务。适配辅具140件，其中轮椅38件。\n", "utf-8")
    draft(accepted, text, unit="yi")
    row = next(row for row in rows(accepted, "source/draft.csv", unit="yi") if row["printed"] == "38件")
    assert (row["indicator"], row["label"], row["state"]) == ("wheelchairs", "", "待定")
    draft(accepted, "--accept", unit="yi")
    assert "wheelchairs,,轮椅,件" in (accepted / "data/raw/yi/indicators.csv").read_text("utf-8")
    text.write_text("丙镇2023年度报告\n（一）康复服务。适配辅具140件，其中轮椅38件。\n", "utf-8")
    call(accepted, "draft", text, "--unit", "bing", "--year", 2023, "--kind", "乡镇")
    assert "wheelchairs" not in {row["indicator"] for row in rows(accepted, "source/draft.csv", unit="bing")}


def test_what_exists_is_never_overwritten(accepted, document):
    before = {path: path.read_bytes() for path in (accepted / "data/raw/shili").rglob("*.*")}
    done = call(accepted, "draft", "--accept", "--unit", "shili", "--year", 2023)
    assert done.exit_code == 3 and "已经有这个年度" in done.output
    assert {path: path.read_bytes() for path in (accepted / "data/raw/shili").rglob("*.*")} == before


@pytest.mark.parametrize("name", ["report.md", "figures.csv", "targets.csv"])
def test_what_somebody_wrote_is_never_overwritten_though_the_card_is_gone(project, document, name):
    draft(project, document)
    path = project / "data/raw/shili/2023" / name
    path.write_text("自己写的\n", "utf-8")
    done = call(project, "draft", "--accept", "--unit", "shili", "--year", 2023)
    assert done.exit_code == 3 and f"请先移走 {name}（" in done.output and path.read_text("utf-8") == "自己写的\n"


def test_what_was_corrected_and_stated_stays_where_a_year_is_registered_again(accepted):
    folder = accepted / "data/raw/shili/2023"
    for name in ("corrections.csv", "statements.csv"):
        change(folder / name, "\n", "\n#自己写的\n")
    told = call(accepted, "draft", "--accept", "--unit", "shili", "--year", 2023).output
    for name in re.search("请先移走 (.*)（", told)[1].split("、"):
        (folder / name).rename(accepted / name)
    draft(accepted, "--accept")
    assert all("自己写的" in (folder / name).read_text("utf-8") for name in ("corrections.csv", "statements.csv"))


def test_who_published_a_page_and_when_is_what_it_says_beside_its_text(project):
    beside = "<div>来源：示例县残联 发布时间：2024-05-12 16:22 浏览量：<span>1286</span>次 打印本页</div>"
    about = "<table><tr><td>发布机构：</td><td>示例县残联</td></tr></table>"
    text = "".join(f"<p>{line}</p>" for line in TEXT.splitlines())
    (project / "报告.html").write_text(f"<html><body>{about}<h1>{TITLE}</h1>{beside}{text}</body></html>", "utf-8")
    draft(project, project / "报告.html")
    draft(project, "--accept")
    assert 'published: "2024-05-12"' in (project / "data/raw/shili/2023/source.yml").read_text("utf-8")


@pytest.mark.parametrize("left", [None, "", "\n# 基本情况\n\n"])
def test_a_report_without_the_text_of_its_document_is_an_error(accepted, left):
    path = accepted / "data/raw/shili/2023/report.md"
    path.unlink() if left is None else path.write_text(left, "utf-8")
    (error,) = (text for file, kind, text in told(accepted) if (file, kind) == ("report.md", "错误"))
    assert "没有正文" in error and "jixiao draft --unit shili --year 2023 --accept" in error


def test_check_tells_the_wrong_claims_of_the_document_and_nothing_else(accepted):
    errors = [text for _, kind, text in told(accepted) if kind == "错误"]
    (error,) = errors
    assert "192人" in error and "少10人" in error and "删去 checks.csv 里" in error
    assert [text for _, kind, text in told(accepted) if kind == "提醒"] == []


FALSE = {
    "a price in whole 元 is not rounded": "免学费补助惠及2348人，每生每年1200元，共281.7万元。",
    "what has fallen is said to have risen": "货运量145.2万吨，比上年的150.0万吨增长3.2%。",
}


@pytest.mark.parametrize("said", FALSE.values(), ids=FALSE)
def test_what_a_draft_says_contradicts_itself_check_says_too(project, said):
    path = project / "报告.txt"
    path.write_text(f"示例县某局2023年度部门整体支出绩效评价报告\n一、情况\n{said}\n", "utf-8")
    assert "矛盾 1" in draft(project, path)
    draft(project, "--accept")
    assert any("核对项 claim_2023_" in text for _, kind, text in told(project) if kind != "待填")


def test_the_published_text_is_the_document_s_number_for_number(accepted):
    change(
        accepted / "data/raw/shili/2023/corrections.csv",
        "by\n",
        "by\n二（二）第6段,农村就业等合计,192人,182人,两部分之和,2024-05-01,办公室\n",
    )
    place = next(row["locator"] for row in rows(accepted, "figures.csv") if row["printed"] == "192人")
    change(accepted / "data/raw/shili/2023/corrections.csv", "二（二）第6段", place)
    published = re.sub(r"[\s※\\]", "", quick.compute(Edition("shili", 2023, accepted)))
    for line in TEXT.splitlines()[2:6]:
        if not line.startswith("二、"):
            sentence = re.sub(r"\s", "", line).replace("192人", "182人")
            assert sentence.replace("{事}", "（事）") in published


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [("1320件", "1230件", "原文在此处所印的1320件"), ("350余人次", "350人次", "原文在此处所印的350余人次")],
)
def test_a_token_that_the_source_does_not_print_is_an_error(accepted, old, new, expected):
    change(accepted / "data/raw/shili/2023/figures.csv", old, new)
    assert any(expected in text for _, kind, text in told(accepted) if kind == "错误")


def test_a_number_that_a_later_document_no_longer_prints_or_prints_elsewhere_is_told_as_that(accepted, document):
    """Never by what another row has, and not by a command that would be refused."""
    document.write_text(TEXT.replace("轮椅310件、", "").replace("（二）就业", "另有一段50人。\n（二）就业"), "utf-8")
    said = draft(accepted, document)
    assert "--accept" not in said and "jixiao check --unit shili" in said
    errors = [text for _, kind, text in told(accepted) if kind == "错误"]
    assert any("轮椅 310件；应为原文印有的数字。请照原文改正；原文没有这个数的，删去" in text for text in errors)
    assert not any("350余人次" in text for text in errors)


def test_a_number_that_a_later_document_has_otherwise_is_asked_for_as_its_own_sentence_has_it(accepted, document):
    later = TEXT.replace("二、主要", "另有一段4.56件。\n二、主要").replace("1320件", "987件").replace("89名", "13200名")
    document.write_text(later, "utf-8")
    draft(accepted, document)
    assert any("89名；应为原文在此处所印的13200名" in text for _, kind, text in told(accepted) if kind == "错误")


@pytest.mark.parametrize("also", ["发放慰问金16万元", "发放慰问品18件"])
def test_a_sentence_that_a_later_document_has_no_more_is_not_asked_for_as_another(project, also):
    for text in (f"提供法律援助15件；{also}；开展活动7场，参加300人。", "提供法律援助16件；开展活动7场，参加300人。"):
        (path := project / "报告.txt").write_text(f"一、维权\n{text}\n", "utf-8")
        draft(project, path)
        if also in text:
            draft(project, "--accept")
    changed, gone = [text for _, kind, text in told(project) if kind == "错误"]
    assert "15件；应为原文在此处所印的16件" in changed and "应为原文印有的数字。" in gone and "删去这一行" in gone


def test_figures_behind_a_paragraph_that_came_in_have_moved_and_fix_moves_them(accepted, document):
    later = TEXT.replace("二、主要", "另有一段。\n二、主要").replace("350余", "530余")
    document.write_text(later.replace("二、主要", "三、主要"), "utf-8")
    draft(accepted, document)
    errors = [text for _, kind, text in told(accepted) if kind == "错误"]
    assert [text for text in errors if "530余" in text], errors
    assert not any("64人；应为原文" in text or "89名；应" in text for text in errors), errors
    assert any("原文的段落有移动：二第5段→三第6段、二第6段→三第7段。" in text for _, kind, text in told(accepted))
    done = call(accepted, "check", "--unit", "shili", "--year", 2023, "--fix")
    assert "locator 已照原文改正" in done.output and "有移动" not in done.output
    assert {row["locator"] for row in rows(accepted, "figures.csv")} == {"一第3段", "三第6段", "三第7段"}


def test_a_number_of_the_source_that_no_row_has_is_a_reminder(accepted):
    path = accepted / "data/raw/shili/2023/figures.csv"
    path.write_text("".join(line for line in path.read_text("utf-8").splitlines(True) if "310件" not in line), "utf-8")
    assert any("没有登记：310件" in text for _, kind, text in told(accepted) if kind == "提醒")


@pytest.mark.parametrize("left", ["changed", "gone"])
def test_a_document_that_is_another_than_was_read_or_is_gone_is_told(accepted, left):
    (path,) = (accepted / "data/raw/shili/2023/source").glob("*.txt")
    if left == "gone":
        path.unlink()
    else:
        path.write_text(path.read_text("utf-8") + "特此报告。\n", "utf-8")
    said = "里没有原文：所印的数字没有与它核对" if left == "gone" else "里的文件与登记时的不同（sha256），按现在的核对"
    result = call(accepted, "check", "--unit", "shili", "--year", 2023)
    assert f"source/ {said}" in result.output


def test_what_forms_and_tables_print_is_held_against_them_with_its_unit(project, annex):
    path, sheet, raw = project / "报告.html", project / "自评表.csv", project / "data/raw/shili/2023"
    sheet.write_text(f"部门整体支出绩效自评表\n{MARKED}\n", "utf-8")
    cost = "单位：万元</p><table><tr><td>费用<td>数<tr><td>劳务<td>2.6<tr><td>印刷<td>3</table>"
    path.write_text(f"<p>一、绩效</p><p>培训人次632人次。</p><p>{cost}", "utf-8")
    draft(project, path, sheet, annex)
    draft(project, "--accept")
    assert not [text for _, _, text in told(project) if "登记" in text or "原文" in text], told(project)
    fund = "procurement,1,350,336.2,万元,"
    for file, old, new, expected in (
        ("budget.csv", f"{fund}附件1 政府采购金额\n", "", "3个数字没有登记：1（附件1 政府采购金额）"),
        ("budget.csv", fund, fund.replace("万元", "元"), "unit 元；应为原文在此处所印的万元"),
        ("targets.csv", "培训人次", "抽查人次", "没有登记：600（《自评表》表1 培训人次）"),
        ("figures.csv", "2.6,2.6万元", "2.6,2.6元", "2.6元；应为原文在此处所印的2.6万元"),
    ):
        kept = (raw / file).read_bytes()
        change(raw / file, old, new)
        assert any(expected in text for _, _, text in told(project)), told(project)
        (raw / file).write_bytes(kept)
    (raw / "source/附件.xlsx").unlink()
    assert any("里没有登记时的 附件.xlsx：它所印的数字没有与它核对" in text for _, _, text in told(project))


def test_another_document_in_the_place_of_the_one_that_was_read_is_told_once(accepted, document):
    (accepted / "data/raw/shili/2023/source/报告.txt").write_text("另一份文件，共5页。\n", "utf-8")
    (said,) = (text for _, kind, text in told(accepted) if kind == "错误" and "核对项" not in text)
    assert "另一份文件：15行的数字它没有印有" in said


def test_a_number_that_the_analyst_set_aside_is_not_asked_for(project, document):
    draft(project, document)
    path = project / "data/raw/shili/2023/source/draft.csv"
    line = next(line for line in path.read_text("utf-8").splitlines() if ",310件," in line)
    change(path, line, line.replace(",数据,", ",不计,"))
    draft(project, "--accept")
    assert "310件" not in (project / "data/raw/shili/2023/figures.csv").read_text("utf-8")
    assert "轮椅310件" in (project / "data/raw/shili/2023/report.md").read_text("utf-8")
    assert not [text for _, _, text in told(project) if "没有登记" in text]


def test_a_reading_in_another_unit_is_the_unit_of_what_has_a_name_of_its_own(project, document):
    draft(project, document)
    decide(project, lambda row: row["printed"] == "350余人次", reading="350余户", unit="人次")
    draft(project, "--accept")
    (name,) = (row["indicator"] for row in rows(project, "figures.csv") if row["printed"] == "350余人次")
    units = {row["indicator"]: row["unit"] for row in rows(project, "../indicators.csv")}
    assert units[name] == "户" and not [text for _, kind, text in told(project) if "350余" in text and kind == "错误"]
    own = project / "data/raw/shili/indicators.csv"
    for unit, said in (
        ("户/村", "，如“350余户/村”"),
        ("社区", "折合多少社区；单位登记错了的，改正本单位 indicators.csv"),
    ):
        own.write_text(re.sub(f"(?m)^({name},,{name}),[^,]*", rf"\1,{unit}", own.read_text("utf-8")), "utf-8")
        assert any(said in text for _, kind, text in told(project) if kind == "错误")


def test_spaces_around_a_decision_are_none(project, document):
    draft(project, document)
    path = project / "data/raw/shili/2023/source/draft.csv"
    lines = [line.replace(",", " ,\u3000") for line in path.read_text("utf-8").splitlines()[1:]]
    path.write_text("\n".join([path.read_text("utf-8").splitlines()[0], *lines]), "utf-8")
    draft(project)
    assert {row["kind"] for row in rows(project, "source/draft.csv")} == {"数据", "不计"}
    draft(project, "--accept")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("staff.actua", "staff.actual"),
        ("budget.total.outtrun", "budget.total.outturn"),
        ("staff.women", ""),
        ("own.actual", ""),
        ("budget.public·办公.outturn", ""),
    ],
)
def test_a_name_that_is_nearly_one_of_the_dictionary_is_asked_about(project, document, name, told):
    draft(project, document)
    path = project / "data/raw/shili/2023/source/draft.csv"
    line = next(line for line in path.read_text("utf-8").splitlines() if ",310件," in line)
    change(path, line, line.replace("数据,,,", f"数据,,{name},"))
    done = call(project, "draft", "--accept", "--unit", "shili", "--year", 2023)
    assert (done.exit_code, f"{told}（是不是它？）" in done.output) == ((3, True) if told else (0, False))


@pytest.mark.parametrize(("name", "told"), [("", "没有名称"), ("65岁以上轮椅", "65岁以上轮椅")])
def test_a_figure_without_a_name_or_with_none_that_a_text_can_call_is_refused_with_its_line(
    project, document, name, told
):
    draft(project, document)
    path = project / "data/raw/shili/2023/source/draft.csv"
    line = next(line for line in path.read_text("utf-8").splitlines() if ",310件," in line)
    change(path, line, line.replace(",轮椅,", f",{name},"))
    done = call(project, "draft", "--accept", "--unit", "shili", "--year", 2023)
    assert done.exit_code == 3 and told in done.output and "draft.csv" in done.output
    assert not (project / "data/raw/shili/2023/source.yml").exists()


@pytest.fixture
def annex(project):
    book = openpyxl.Workbook()
    for row in (
        ["附件1 部门整体支出绩效评价基础数据表（万元）"],
        ["经费控制情况", "2022年决算数", "2023年预算数", "2023年决算数"],
        ["编制数", None, None, 19],
        ["在职人员数", None, None, 17],
        ["在职人员控制率", None, None, 0.8947],
        ["支出总额", 500, 550, 531.51],
        ["基本支出", 300, 310, 320.51],
        ["项目支出", 200, 240, 211],
        ["政府采购金额", 1, 350, 336.2],
    ):
        book.active.append(row)
    book.save(project / "附件.xlsx")
    return project / "附件.xlsx"


def test_a_cell_of_a_base_table_is_as_it_was_decided(project, annex):
    draft(project, annex)
    path = project / "data/raw/shili/2023/source/draft.csv"
    told_of = {
        "政府采购金额，2022": ("数据", "不计"),
        "政府采购金额，2023年预算": (",350,", ",350,"),
        "项目支出，2022年决算": ("projects", "special"),
    }
    lines = path.read_text("utf-8").splitlines(True)
    for n, line in enumerate(lines):
        for place, (old, new) in told_of.items():
            if place in line:
                assert old in line, line
                lines[n] = line.replace(old, new, 1)
    path.write_text("".join(lines), "utf-8")
    draft(project, "--accept")
    found = {row["item"]: row for row in rows(project, "budget.csv")}
    assert found["procurement"]["last_outturn"] == "" and found["special"]["outturn"] == "211"
    assert not [text for _, kind, text in told(project) if kind == "错误" and "应为原文" in text]


def decide(project, mine, year=2023, **about):
    """Rows of draft.csv, those that are `mine`, as the analyst leaves them."""
    path = project / f"data/raw/shili/{year}/source/draft.csv"
    table = rows(project, "source/draft.csv", year=year)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(table[0]))
        writer.writeheader()
        writer.writerows(row | (about if mine(row) and row["kind"] == "数据" else {}) for row in table)


def test_a_cell_of_a_base_table_that_was_given_a_name_of_its_own_is_no_row_of_it(project, annex):
    draft(project, annex)
    decide(project, lambda row: "政府采购金额，2023年决算" in row["place"], indicator="", label="网上商城采购")
    draft(project)
    draft(project, "--accept")
    assert [r["outturn"] for r in rows(project, "budget.csv") if r["item"] == "procurement"] == [""]
    assert [r["printed"] for r in rows(project, "figures.csv") if r["indicator"] == "网上商城采购"] == ["336.2"]
    assert not [text for _, kind, text in told(project) if kind == "错误"]


def test_a_row_of_a_base_table_that_was_set_aside_is_none_and_names_nothing(project, document, annex):
    draft(project, document, annex)
    decide(project, lambda row: "政府采购金额" in row["place"] or row["printed"] == "310件", kind="不计")
    draft(project, "--accept")
    assert "procurement" not in [r["item"] for r in rows(project, "budget.csv")]
    assert "轮椅310件" in (project / "data/raw/shili/2023/report.md").read_text("utf-8")
    assert not [text for _, _, text in told(project) if "没有登记" in text or "算式空白" in text]


def test_a_name_that_was_changed_last_year_is_found_again(project):
    for year in (2023, 2024):
        path = project / f"{year}.txt"
        path.write_text(f"一、康复服务\n全年为{year}名残疾人提供基本康复服务，其中视力残疾412人。\n", "utf-8")
        draft(project, path, year=year)
        named = [row["indicator"] for row in rows(project, "source/draft.csv", year=year) if row["kind"] == "数据"]
        if year == 2023:
            decide(project, lambda row: row["printed"] == "2023名", label="基本康复人数")
            draft(project, "--accept")
    assert named == ["基本康复人数", "视力残疾"]


GOALS = """一、概况
{goal}
二、完成情况
{done}
"""


@pytest.mark.parametrize(
    ("goal", "done", "named"),
    [
        ("教师培训70人次。", "教师培训68人次。", {"70人次": "教师培训目标", "68人次": "完成情况教师培训"}),
        ("教师成长。", "教师培训68人次。", {"68人次": "教师培训"}),
        ("教师成长。", "开展教师培训和学生培训68人次。", {"68人次": "开展教师培训和学生培训"}),
        ("教师培训目标70人次。", "教师培训68人次。", {"70人次": "教师培训目标", "68人次": "教师培训"}),
    ],
)
def test_a_name_that_was_given_to_one_of_two_is_not_taken_for_the_other(project, goal, done, named):
    (path := project / "报告.txt").write_text(GOALS.format(goal="教师培训60人次。", done="教师培训75人次。"), "utf-8")
    draft(project, path)
    decide(project, lambda row: row["printed"] == "60人次", label="教师培训目标")
    draft(project, "--accept")
    (path := project / "明年.txt").write_text(GOALS.format(goal=goal, done=done), "utf-8")
    draft(project, path, year=2024)
    figures = [row for row in rows(project, "source/draft.csv", year=2024) if row["kind"] == "数据"]
    assert {row["printed"]: row["indicator"] or row["label"] for row in figures} == named


def test_a_name_that_is_made_is_never_one_of_what_is_counted_otherwise(project):
    """Neither of last year's nor of another document."""
    for year, text in ((2023, "设备没有买齐，计划120台。"), (2024, "招生没有完成，计划850人。")):
        (path := project / f"{year}.txt").write_text(f"一、问题\n{text}\n", "utf-8")
        (other := project / f"附{year}.txt").write_text("一、问题\n经费没有用完，计划3万元。\n", "utf-8")
        draft(project, path, other, year=year)
        draft(project, "--accept", year=year)
    named = {row["printed"]: row["indicator"] for row in rows(project, "figures.csv", year=2024)}
    assert named == {"850人": "计划人数", "3万元": "计划金额"}


def test_what_only_goes_on_from_a_number_is_no_words_of_last_year_alone(project):
    """比上年 stands behind any number; a table may print again what the text says in last year's words."""
    texts = {
        2023: "支出2276.48万元，比上年增加87.26万元；三公经费支出15.86万元，比上年17.32万元减少1.46万元。",
        2024: "支出2189.54万元，比上年减少86.94万元；三公经费支出15.12万元，比上年15.86万元减少0.74万元。",
    }
    for year, text in texts.items():
        path = project / f"{year}.html"
        table = "<table><tr><td>项目</td><td>数量</td></tr><tr><td>编制数</td><td>68人</td></tr></table>"
        path.write_text(f"<p>一、支出情况</p><p>全年{text}编制数68名。</p>{table}", "utf-8")
        draft(project, path, year=year)
        named = {
            row["printed"]: row["indicator"] or row["label"] for row in rows(project, "source/draft.csv", year=year)
        }
        draft(project, "--accept", year=year)
    assert named["减少86.94万元"] == "支出总额比上年减少" and named["15.86万元"] == "上年三公经费"
    assert named["68名"] == named["68人"] == "staff.establishment"


def test_a_count_of_staff_that_the_text_prints_otherwise_is_a_figure_of_its_own(project, document, annex):
    draft(project, document, annex)
    draft(project, "--accept")
    assert {row["indicator"] for row in rows(project, "figures.csv") if row["printed"] == "17名"} == {"正文编制数"}
    assert [text for _, kind, text in told(project) if kind == "错误" and "claim_2023_text" in text]
    (rate,) = (row for row in rows(project, "figures.csv") if row["printed"] == "0.8947")
    assert rate["reading"] == "89.47%" and not any("0.8947" in text for _, _, text in told(project))


def test_documents_of_one_name_are_refused_and_a_copy_is_read_once(project, document):
    other = project / "别处" / document.name
    other.parent.mkdir()
    other.write_text(SHEET, "utf-8")
    about = ["--unit", "shili", "--year", 2023, "--kind", "残联"]
    assert "同名的另一份文件" in call(project, "draft", document, other, *about).output
    copy = project / "副本.txt"
    copy.write_text(TEXT, "utf-8")
    assert "只读一份" in draft(project, document, copy) and {
        row["doc"] for row in rows(project, "source/draft.csv")
    } == {document.name}


def test_one_report_in_two_files_is_refused_by_what_it_says(project, document):
    table = "<table><tr><td>项目<td>人数</tr><tr><td>城镇就业<td>64</tr><tr><td>农村就业<td>118</tr></table>"
    annex, other = project / "附件.html", project / "送审.html"
    annex.write_text(f"<p>示例县残疾人联合会2023年度部门整体支出绩效评价报告附件</p>{table}", "utf-8")
    draft(project, document, annex)
    other.write_text(
        "<p>".join(TEXT.replace("89名", "90名").splitlines()).replace("人均", "人<wbr>均") + table, "utf-8"
    )
    done = call(project, "draft", document, other, "--unit", "yi", "--year", 2023)
    assert done.exit_code == 3 and "同一份报告的两个文件：送审.html 与 报告.txt" in done.output
    assert not (project / "data/raw/yi").exists()


def test_a_form_prints_its_own_cell_beside_a_rounded_text(project, annex):
    """What the text rounds is a figure of its own, held against the cell; claims of both documents stay, also when accepted anew."""
    text = "示例县残疾人联合会2023年度部门整体支出绩效评价报告\n一、基本情况\n全年支出总额近540万元。政府采购支出0.03亿元。\n培训352人次，其中甲类186人次、乙类166人次。\n"
    (project / "报告.txt").write_text(text, "utf-8")
    draft(project, project / "报告.txt", project / "附件.xlsx")
    for _ in range(2):
        draft(project, "--accept")
        budget = {row["item"]: row["outturn"] for row in rows(project, "budget.csv")}
        names = {row["printed"]: row["indicator"] for row in rows(project, "figures.csv")}
        assert budget["procurement"] == "336.2" and names["0.03亿元"] == "正文政府采购金额"
        relations = {row["relation"] for row in rows(project, "../checks.csv")}
        assert {"正文政府采购金额 = budget.procurement.outturn", "正文支出总额 = budget.total.outturn"} <= relations
        assert any("+" in relation and "budget" not in relation for relation in relations), relations
        assert [kind for _, kind, _ in told(project) if kind == "错误"] == []
        for path in (project / "data/raw/shili/2023").glob("*.*"):
            path.unlink()


def test_a_base_table_and_a_text_make_one_edition(project, tmp_path):
    draft_of = gold.parse(next(gold.FOLDER.glob("d16*.gold")))
    (path,) = (path for path in gold.write(draft_of, tmp_path) if path.suffix == ".xlsx")
    done = call(project, "draft", path, "--unit", "lanshan", "--year", 2022)
    assert done.exit_code == 0, done.output
    assert call(project, "draft", "--accept", "--unit", "lanshan", "--year", 2022).exit_code == 0
    budget = {row["item"]: row for row in rows(project, "budget.csv", "lanshan", 2022)}
    assert [budget["total"][c] for c in ("last_outturn", "budget", "outturn")] == ["598.41", "640.00", "631.75"]
    assert budget["staff.establishment"]["outturn"] == "21"
    rates = {row["indicator"]: row["reading"] for row in rows(project, "figures.csv", "lanshan", 2022)}
    assert rates["staff.printed_rate"] == "90.48%"


@pytest.mark.parametrize("path", sorted(gold.FOLDER.glob("*.gold"))[:20:3], ids=lambda path: path.stem)
def test_an_accepted_draft_has_no_error_but_what_its_document_contradicts(project, tmp_path, path):
    made = gold.parse(path)
    year = int(made.head["year"])
    draft(project, gold.write(made, tmp_path)[0], year=year)
    draft(project, "--accept", year=year)
    found = [remark for remark in check(Edition("shili", year, project)) if remark.kind == "错误"]
    assert [one.text for one in found if not re.search("不符：|应等于|不能多于", one.text)] == []


FORMS = """<h1>示例县民政局2023年度部门整体支出绩效自评</h1>
<p>附件1 单位：万元</p>
<table><tr><td>项目</td><td>2022年预算数</td><td>2022年决算数</td><td>年初预算数</td><td>全年预算数</td><td>2023年决算数</td></tr>
<tr><td>支出总额</td><td>300</td><td>310.5</td><td>320</td><td>329.774</td><td>338.31</td></tr>
<tr><td>基本支出</td><td>200</td><td>210.5</td><td>220</td><td>229.774</td><td>238.31</td></tr>
<tr><td>项目支出</td><td>100</td><td>100</td><td>100</td><td>100</td><td>100</td></tr>
<tr><td>三公经费</td><td>3</td><td>3</td><td>3</td><td>3</td><td>2</td></tr></table>
<p>附件2 部门整体支出绩效自评表</p>
<table>
<tr><td>一级指标</td><td>二级指标</td><td>三级指标</td><td>年度指标值</td><td>实际完成值</td><td>分值</td><td>得分</td></tr>
<tr><td>预算执行率</td><td></td><td></td><td></td><td>102.59%</td><td>10</td><td>10</td></tr>
<tr><td>产出指标</td><td>数量指标</td><td>村庄</td><td>≥200个</td><td>202个</td><td>50</td><td>50</td></tr>
<tr><td>效益指标</td><td>社会效益指标</td><td>环境</td><td>改善</td><td>达成预期指标</td><td>30</td><td>28.5</td></tr>
<tr><td>满意度指标</td><td>满意度指标</td><td>群众</td><td>≥90%</td><td>95%</td><td>10</td><td>10</td></tr>
<tr><td>总分</td><td></td><td></td><td></td><td></td><td>100</td><td>98.5</td></tr></table>
<p>附件3 项目支出绩效自评表</p>
<table>
<tr><td>项目名称</td><td colspan="7">子镇项目</td></tr>
<tr><td rowspan="3">项目资金（万元）</td><td></td><td>年初预算数</td><td>全年预算数</td><td>全年执行数</td><td>分值</td><td>执行率</td><td>得分</td></tr>
<tr><td>年度资金总额</td><td>90</td><td>89.974</td><td>89.974</td><td>10</td><td>100%</td><td>10</td></tr>
<tr><td>其中：财政拨款</td><td>90</td><td>89.974</td><td>89.974</td><td>10</td><td>100%</td><td>9</td></tr>
<tr><td rowspan="2">年度总体目标</td><td colspan="4">预期目标</td><td colspan="3">实际完成情况</td></tr>
<tr><td colspan="4">90=30+30+30</td><td colspan="3">89.97=30+30+29.99</td></tr>
<tr><td>一级指标</td><td>二级指标</td><td>三级指标</td><td>年度指标值</td><td>实际完成值</td><td>分值</td><td>得分</td><td>偏差原因</td></tr>
<tr><td>产出指标</td><td>数量指标</td><td>道路</td><td>≥50公里</td><td>50公里</td><td>50</td><td>50</td><td></td></tr>
<tr><td>效益指标</td><td>社会效益指标</td><td>出行</td><td>提升</td><td>达成预期指标</td><td>40</td><td>40</td><td></td></tr>
<tr><td>总分</td><td></td><td></td><td></td><td></td><td>100</td><td>99</td><td></td></tr></table>"""


def test_forms_of_a_document_keep_their_budgets_and_printed_scores(project):
    """年初预算 and 全年预算 in columns of their own, the scores beside the targets, the head and the goal of a project's form."""
    path = project / "自评.html"
    path.write_text(f"<html><head><meta charset='utf-8'></head><body>{FORMS}</body></html>", "utf-8")
    draft(project, path, unit="minzheng")
    draft(project, "--accept", unit="minzheng")
    budget = {row["item"]: row for row in rows(project, "budget.csv", "minzheng")}
    assert list(budget["total"].values()) == [
        "total",
        "300",
        "310.5",
        "320",
        "329.774",
        "338.31",
        "万元",
        "附件1 支出总额",
    ]
    assert [budget["子镇项目"][column] for column in ("initial", "full", "outturn", "unit")] == [
        "90",
        "89.974",
        "89.974",
        "万元",
    ]
    assert "budget" not in budget["total"] and budget["子镇项目·财政拨款"]["outturn"] == "89.974"
    scores = {(row["project"], row["level3"]): row["printed"] for row in rows(project, "targets.csv", "minzheng")}
    assert [scores["", name] for name in ("预算执行率", "村庄", "环境", "群众", "总分")] == [
        "10",
        "50",
        "28.5",
        "10",
        "98.5",
    ]
    assert [scores["子镇项目", name] for name in ("预算执行率", "财政拨款", "道路", "总分")] == ["10", "9", "50", "99"]
    edition = Edition("minzheng", 2023, project)
    remarks = check(edition)
    assert [one.text for one in remarks if one.kind == "错误"] == []
    assert [one.file for one in remarks if "财政拨款所印9分，按规则得10分" in one.text] == ["targets.csv"]
    quick.compute(edition)
    told = " ".join(one.message for one in edition.saved(Finding) if one.section == "scorecard")
    assert "102.59%" in told and "差0.02" in told and "财政拨款所印9分，按规则得10分" in told


@pytest.mark.parametrize(
    ("year", "title", "told"),
    [
        (2023, "示例县残疾人联合会2023年度部门整体支出绩效评价报告", []),
        (2024, "示例县残疾人联合会2024年度部门整体支出绩效评价报告", []),
        (2024, "示例县残疾人联合会2023年度部门整体支出绩效评价报告", ["不是2024年度：请核对文件和 --year"]),
        (2024, "示例县民政局2024年度部门整体支出绩效评价报告", ["的单位是“示例县民政局”", "请核对文件和 --unit"]),
    ],
)
def test_a_document_of_another_year_or_unit_is_told_before_it_is_taken_over(accepted, year, title, told):
    path = accepted / "另一份.txt"
    path.write_text(f"{title}\n一、绩效\n培训380人次。\n", "utf-8")
    said = draft(accepted, path, year=year)
    assert all(one in said for one in told) and said.count("请核对文件") == bool(told)
    draft(accepted, *["--accept"] * (year == 2024), year=year)
    checked = " ".join(one.text for one in check(Edition("shili", year, accepted)))
    assert all(one in checked for one in told) and checked.count("请核对文件") == bool(told)


@pytest.mark.parametrize(
    ("option", "given", "told"),
    [("--year", "24", "范围"), ("--year", "20244", "范围"), ("--year", "1950", "范围"), ("--level", "国家", "省")],
)
@pytest.mark.parametrize("command", ["draft", "new"])
def test_a_year_or_a_level_that_there_is_none_of_is_refused_and_nothing_written(project, command, option, given, told):
    about = {"--unit": "shili", "--year": "2023", "--level": "县"} | {option: given}
    done = call(project, command, *(word for pair in about.items() for word in pair))
    assert done.exit_code == 2 and told in done.output and not (project / "data/raw/shili").exists()


@pytest.mark.parametrize("command", ["draft", "new"])
def test_a_unit_that_would_be_called_all_is_refused(project, document, command):
    done = call(project, command, *[document] * (command == "draft"), "--unit", "all", "--year", 2023)
    assert done.exit_code == 2 and "指全部单位" in done.output and not (project / "data/raw/all").exists()


@pytest.mark.parametrize(("kind", "told"), [("工会会", True), ("工会", False), ("乡镇", False), ("", False)])
@pytest.mark.parametrize("command", ["draft", "new"])
def test_a_kind_that_is_nearly_one_that_units_have_is_told(project, document, command, kind, told):
    document = [document] * (command == "draft")
    for _ in range(1 + (command == "draft")):  # its own profile is no other unit's
        done = call(project, command, *document, "--unit", "shili", "--year", 2023, "--kind", kind)
        assert done.exit_code == 0 and ("有“工会”" in done.output) == told


BOTH = """2023年度部门整体支出绩效评价报告
附件1 基础数据表（万元）
<table><tr><td>经费控制情况</td><td>2022年决算数</td><td>2023年预算数</td><td>2023年决算数</td></tr>
<tr><td>部门整体支出</td><td>330.5</td><td>356.8</td><td>352.64</td></tr>
<tr><td>基本支出</td><td>195.2</td><td>203</td><td>201.3</td></tr>
<tr><td>项目支出</td><td>135.3</td><td>153.8</td><td>151.34</td></tr></table>
<p>附件2 部门整体支出绩效自评表</p>
<table><tr><td>预算执行情况（万元）</td><td></td><td>年初预算数</td><td>全年预算数</td><td>全年执行数</td><td>分值</td><td>得分</td></tr>
<tr><td></td><td>年度资金总额</td><td>310</td><td>356.8</td><td>352.64</td><td>10</td><td>9.88</td></tr>
<tr><td>一级指标</td><td>二级指标</td><td>三级指标</td><td>年度指标值</td><td>实际完成值</td><td>分值</td><td>得分</td></tr>
<tr><td>产出指标</td><td>数量指标</td><td>培训</td><td>≥60人</td><td>63人</td><td>50</td><td>50</td></tr>
<tr><td>效益指标</td><td>社会效益指标</td><td>农户</td><td>≥30户</td><td>31户</td><td>40</td><td>40</td></tr></table>"""


def test_lines_of_a_title_open_no_chapter(project):
    path = project / "报告.txt"
    path.write_text("示例县水利站\n（2023年度）\n部门整体支出绩效评价报告\n一、绩效情况\n培训380人次。\n", "utf-8")
    draft(project, path)
    draft(project, "--accept")
    assert (project / "data/raw/shili/2023/report.md").read_text("utf-8").startswith("# 绩效情况\n")


def test_a_cover_is_no_chapter_and_its_date_that_of_the_report(project):
    cover = "<p>示例县水利站</p><p>评价机构：示例县水利站</p><p>2024年4月18日</p><table><tr><td>单位</td><td>水利站</td></tr>"
    text = page(project, f"{cover}<tr><td>类型</td><td>自评</td></tr></table><p>一、绩效情况</p><p>培训380人次。</p>")
    assert text == "# 绩效情况\n\n培训{{ 绩效情况培训 }}。\n"
    assert '"date": "2024-04-18"' in (project / "data/raw/shili/2023/source.yml").read_text("utf-8")


def test_what_names_or_heads_an_annex_is_no_heading_and_no_text_without_it(project):
    named = "<p>附件：1.部门整体支出绩效评价基础数据表</p><p>2.项目支出绩效自评表</p><p>示例县水利站</p>"
    form = "<p>附件2</p><p>项目支出绩效自评表</p><p>（2023年度）</p>" + BOTH[BOTH.index("绩效自评表</p>") + 9 :]
    text = page(project, f"<p>一、绩效情况</p><p>培训380人次。</p>{named}{form}")
    assert text.endswith("\n\n附件：1.部门整体支出绩效评价基础数据表\n\n2.项目支出绩效自评表\n\n示例县水利站\n")


def test_the_title_of_a_web_page_is_that_of_its_text(project):
    page(
        project,
        "<title>2023年度绩效自评报告_示例县人民政府</title><h1>绩效自评报告</h1><p>一、绩效</p><p>培训380人次。</p>",
    )
    assert 'title: "绩效自评报告"' in (project / "data/raw/shili/2023/source.yml").read_text("utf-8")


def page(project, body: str) -> str:
    """The text of an edition drafted from a web page of this body and accepted."""
    path = project / "报告.html"
    path.write_text(f"<html><head><meta charset='utf-8'></head><body>{body}</body></html>", "utf-8")
    draft(project, path)
    draft(project, "--accept")
    return (project / "data/raw/shili/2023/report.md").read_text("utf-8")


TABLE = """<h1>一、支出情况</h1><p>具体情况见下表</p><p>表1 支出情况表</p><p>（单位：万元）</p>
<table><tr><td rowspan=2>序号</td><td rowspan=2>项目</td><td colspan=2>预算</td><td rowspan=2>决算</td><td rowspan=2>成果|产出</td></tr>
<tr><td>年初</td><td>全年</td></tr>
<tr><td>1</td><td>基本支出</td><td>400</td><td>420.00</td><td>415.33</td><td>按时</td></tr>
<tr><td>2</td><td>项目支出</td><td>120</td><td>140.00</td><td>136.31</td><td>培训32人</td></tr></table>"""


def test_a_table_of_the_text_stands_there_row_by_row_and_what_went_into_a_form_with_it(project):
    text = page(project, TABLE)
    assert "见下表\n\n```{table} 支出情况表（单位：万元）\n" in text
    rows = [[*map(str.strip, line.strip("|").split("|"))] for line in text.splitlines() if line.startswith("|")]
    assert rows[0] == ["序号", "项目", "预算，年初", "预算，全年", "决算", "成果｜产出"]
    assert rows[2][:2] == ["1", "基本支出"] and rows[2][4:] == ["{{ budget.basic.outturn }}", "按时"]
    assert re.fullmatch(r"培训\{\{ .* }}", rows[3][5]) and all("{{" in one for one in rows[3][2:])
    assert not [text for file, _, text in told(project) if file == "report.md"], "a row's own number is none"


RATED = """<p>一、自评</p><p>部门整体支出绩效自评表</p><table><tr><td>单位名称<td colspan=7>某局</tr>
<tr><td rowspan=4>主要任务<td rowspan=2>任务名称<td rowspan=2>完成情况<td colspan=2>预算数（万元）<td colspan=2>执行数（万元）<td rowspan=2>执行率</tr>
<tr><td>总额<td>财政拨款<td>总额<td>财政拨款</tr><tr><td>任务1<td>已完成<td>873.75<td>873.75<td>862.31<td>862.31<td>98.69%</tr>
<tr><td>任务2<td>已完成<td>485.00<td>485.00<td>470.30<td>470.30<td>96.97%</tr>
<tr><td>年度总体目标<td colspan=3>预期目标<td colspan=4>实际完成情况</tr><tr><td><td colspan=3>培训80人以上，巡查40次。<td colspan=4>培训85人，巡查43次。</tr>
<tr><td>一级指标<td>二级指标<td>三级指标<td>年度指标值<td>实际完成值<td>分值<td>得分<td>备注</tr>
<tr><td>产出指标<td>数量指标<td>培训<td>≥80人<td>85人<td>50<td>50<td></tr><tr><td>效益指标<td>社会效益<td>办结率<td>≥98%<td>99.27%<td>50<td>50<td></tr>
<tr><td>总分<td colspan=4><td>100<td>100<td></tr><tr><td>原因分析<td colspan=7>供货延迟，剩余2台未到位。</tr>
<tr><td>改进措施<td colspan=7>完善采购计划；加强管理。</tr></table>"""


def test_what_a_score_sheet_says_besides_is_told_whole(project):
    text = page(project, RATED)
    assert "剩余{{" in text and "\n\n改进措施：完善采购计划；加强管理。" in text
    assert "| 主要任务 | 任务名称 | 完成情况 | 预算数（万元），总额 | 预算数（万元），财政拨款 | " in text
    assert "| 任务1 | 已完成 | {{" in text and "{{ 任务任务" not in text and text.count("{{") == 11
    goal, *others = rows(project, "targets.csv")
    assert (goal["actual"], len(others)) == ("培训85人，巡查43次。", 3)
    assert not [one for one in told(project) if one[0] == "report.md"]
    assert {row["locator"] for row in rows(project, "figures.csv") if "培训" in row["locator"]} == set()


def test_a_project_is_not_asked_for_as_what_the_unit_calls_by_its_name(project):
    lines = "<tr><td>项目名称<td>预算数<td>执行数</tr><tr><td>危桥改造<td>980.00<td>970.00</tr>"
    page(project, f"<p>一、项目支出</p><p>危桥改造7座，单位：万元</p><table>{lines}</table>")
    path = project / "data/raw/shili/2023/figures.csv"
    path.write_text(re.sub("(?m)^.*7座.*\n", "", path.read_text("utf-8")), "utf-8")
    assert Edition("shili", 2023, project).asked == {"budget.危桥改造.budget", "budget.危桥改造.outturn"}


@pytest.mark.parametrize("total, wrong", [("99.16", 0), ("99.26", 1)])
def test_scores_without_weights_are_added_up_as_printed(project, total, wrong):
    lines = [
        "一级指标|二级指标|三级指标|年初目标值|实际完成值|得分",
        "预算执行率|预算执行率|预算执行率（20分）|100%|95.80%|19.16",
    ]
    lines += [
        "产出指标|数量指标|改造里程|≥85公里|86.4公里|40",
        "效益指标|社会效益|办结率|≥98%|99.27%|40",
        f"总分|||||{total}",
    ]
    cells = "".join(f"<tr><td>{line.replace('|', '<td>')}</tr>" for line in lines)
    page(project, f"<p>一、自评</p><p>部门整体支出绩效自评表</p><table>{cells}</table>")
    said = [text for _, _, text in told(project) if "所印" in text]
    assert len(said) == wrong and all("按规则得99.16分，多0.1分" in text for text in said)


ASKED = """<h1>一、收支情况</h1><p>全年支出312.6万元。</p><p>整体支出绩效目标申报表</p><table><tr><td rowspan=3>年度预算申请<td>资金总额（万元）<td>620.5</tr>
<tr><td>一般公共预算<td>270.5</tr><tr><td>政府性基金<td>350</tr></table>"""


def test_what_was_asked_for_is_no_outturn_and_in_the_unit_of_its_table(project):
    text = page(project, ASKED)
    assert "| 年度预算申请 | 资金总额（万元） | {{" in text
    found = {row["printed"]: row for row in rows(project, "figures.csv")}
    assert found["350"]["reading"] == "350万元"
    assert {key for key, row in found.items() if row["indicator"].startswith("budget.")} == {"312.6万元"}


def test_a_table_that_only_adds_up_scores_stands_in_the_text_whole(project):
    lines = ["一级指标|分值|得分|得分率", "预算执行|10|9.8|98.00%", "产出指标|50|47.6|95.20%", "合计|60|57.4|95.67%"]
    cells = "".join(f"<tr><td>{line.replace('|', '<td>')}</tr>" for line in lines)
    text = page(project, f"<p>一、自评结论</p><p>得分见表1。</p><p>表1 得分情况表</p><table>{cells}</table>")
    assert "见“得分情况表”。\n\n```{table} 得分情况表\n| 一级指标 | 分值 | 得分 | 得分率 |\n" in text
    assert "\n| 合计 | {{" in text and not (project / "data/raw/shili/2023/targets.csv").exists()


def test_who_filled_in_a_table_and_its_unit_above_the_heads_are_none_of_them(project):
    above = "<tr><td colspan=2>填报单位：水利站<td>金额单位：万元</tr><tr><td>项目<td>管护<td>监测</tr>"
    table = f"<p>管护支出表</p><table>{above}<tr><td>县级<td>12.5<td>3.1</tr><tr><td>镇级<td>2.5<td>1.1</tr></table>"
    text = page(project, f"<p>一、支出情况</p><p>各级支出如下。</p>{table}")
    assert "```{table} 管护支出表（金额单位：万元）\n| 项目 | 管护 | 监测 |\n" in text and "填报" not in text
    assert "县级管护" in text and {row["unit"] for row in rows(project, "indicators.csv", year="")} == {"元"}


def test_a_note_in_the_last_row_of_a_table_stands_below_it(project):
    note = "<tr><td colspan=6>注：另有培训45人次未计。</td></tr></table>"
    text = page(project, TABLE.replace("</table>", note))
    assert re.search(r"\| 按时 \|\n.*\n```\n\n注：另有培训\{\{ [^{]*\}\}未计。\n$", text)


def test_a_footnote_is_told_as_a_note_behind_its_paragraph(project):
    path = project / "报告.md"
    path.write_text("# 一、支出\n\n全年支出312.6万元[^1]。\n\n[^1]: 不含转移支付25.8万元。\n", "utf-8")
    draft(project, path)
    draft(project, "--accept")
    assert "\n\n注：不含转移支付{{" in (project / "data/raw/shili/2023/report.md").read_text("utf-8")


def test_what_a_base_table_says_of_thrift_is_a_note_with_its_numbers_and_its_form_no_figure(project):
    said = "<tr><td>厉行节约保障措施</td><td colspan=3>从严控制{接待}，执行5项制度。</td></tr></table>"
    form = BOTH.replace("</table>", f"<tr><td>1、业务工作专项（一个项目一行）<td>1<td>1<td>1</tr>{said}", 1)
    assert not re.search("一个|5项|执行", page(project, form))
    (note,) = rows(project, "notes.csv")
    assert (note["section"], note["kind"], note["text"]) == (
        "budget",
        "measure",
        "从严控制（接待），执行{{ 执行 }}制度。",
    )
    assert [row["printed"] for row in rows(project, "figures.csv") if row["printed"] in ("一个", "5项")] == ["5项"]
    assert not [text for file, *_, text in told(project) if file == "notes.csv" or "没有写进" in text]


def of_money(project) -> list[tuple[str, str]]:
    """What is told of the base table: kinds and words."""
    return [(kind, text) for file, kind, text in told(project) if file == "budget.csv"]


def taken_over(project, page: str) -> None:
    """A page, drafted and taken over, of whose money nothing is told."""
    path = project / "报告.html"
    path.write_text(f"<html><head><meta charset='utf-8'></head><body><p>{page}</body></html>", "utf-8")
    draft(project, path)
    draft(project, "--accept")
    assert not of_money(project)


SECOND = """<p>2023年度部门整体支出绩效自评报告</p><p>一、绩效情况</p>
<p>截至2023年12月31日，培训340人次。二是力争2024年6月底前拨付到位。</p><table>
<tr><td>一级指标</td><td>二级指标</td><td>三级指标</td><td>年度指标值</td><td>实际完成值</td><td>分值</td><td>得分</td></tr>
<tr><td>产出指标</td><td>数量指标</td><td>培训</td><td>≥320人次</td><td>340余人次</td><td>60</td><td>60</td></tr>
<tr><td>效益指标</td><td>社会效益指标</td><td>就业</td><td>≥1人</td><td>2人</td><td>40</td><td>40</td></tr></table>"""


def test_each_cell_and_sentence_that_a_later_version_has_otherwise_is_told(project):
    old = (
        SECOND.replace("340余", "330余").replace("2023年12", "2022年12").replace("二是力争2024年6月底前拨付到位。", "")
    )
    taken_over(project, old)
    assert not [text for _, _, text in told(project) if "新稿" in text]
    (project / "报告.html").write_text(
        f"<html><head><meta charset='utf-8'></head><body>{SECOND}</body></html>", "utf-8"
    )
    draft(project, project / "报告.html")
    cell, new, changed = [text for _, _, text in told(project) if "新稿" in text]
    assert (
        cell == "培训的实际完成值是330余人次，新稿印的是340余人次"
        and "力争2024年6月底前拨付到位。”还没有写进正文" in new
    )
    assert "“截至2023年12月31日，培训……。”改了，正文还是“截至2022年12月31日" in changed


def test_what_the_report_of_last_year_said_with_its_dates_and_amounts_is_asked_about(project):
    """A date of last year behind which only the figure is new, an amount that has not changed; not what is always said."""
    text = "<p>一、情况</p><p>截至2022年12月31日，在职{}人。</p><p>依照《法》（〔2010〕38号）设股室2个。</p><p>慰问困难家庭1068户。</p>"
    path = project / "报告.html"
    for year, staff in ((2022, 24), (2023, 25)):
        path.write_text(f"<html><head><meta charset='utf-8'></head><body>{text.format(staff)}</body></html>", "utf-8")
        draft(project, path, year=year)
        draft(project, "--accept", year=year)
    assert [said for _, _, said in told(project) if "原话" in said] == [
        "第3、7行还是2022年度报告里的原话，日期或数字没有变：请核对事实、目标和评级是否仍然如此"
    ]


def test_an_item_of_two_forms_is_held_against_each_of_them(project):
    taken_over(project, BOTH)
    change(project / "data/raw/shili/2023/budget.csv", "total,330.5,310,", "total,330.5,301,")
    assert [text for kind, text in of_money(project) if kind == "错误" and "印的310" in text]


def test_an_amount_in_the_head_of_a_score_sheet_is_in_its_unit(project):
    """Where it adds up to no column of the whole, too."""
    path = project / "附件2.html"
    part = "<tr><td></td><td>其中：基本支出：{}</td><td></td><td></td><td></td><td></td><td></td></tr>\n<tr><td>一级"
    sheet = BOTH[BOTH.index("附件2") :].replace("（万元）", "").replace("<tr><td>一级", part.format("201.3"), 1)
    path.write_text(f"<html><head><meta charset='utf-8'></head><body>{sheet}</body></html>", "utf-8")
    draft(project, path)
    (row,) = (row for row in rows(project, "source/draft.csv") if row["printed"] == "201.3")
    assert (row["reading"], row["indicator"]) == ("201.3万元", "budget.basic")


TWICE = """2024
<p>年中追加预算20万元。</p><p>表1 支出情况（万元）</p>
<table><tr><td>项目</td><td>年初预算数</td><td>全年预算数</td><td>决算数</td></tr>
<tr><td>基本支出</td><td>310</td><td>320</td><td>318.4</td></tr>
<tr><td>项目支出</td><td>630</td><td>640</td><td>612.5</td></tr>
<tr><td>支出合计</td><td>940</td><td>960</td><td>930.9</td></tr></table>
<p>附件1 基础数据表（万元）</p>
<table><tr><td>经费控制情况</td><td>2022年决算数</td><td>2023年预算数</td><td>2023年决算数</td></tr>
<tr><td>三公经费</td><td>3</td><td>3.2</td><td>2.9</td></tr>
<tr><td>项目支出</td><td>600</td><td>640.00</td><td>612.5</td></tr>
<tr><td>部门整体支出预算调整</td><td>——</td><td>20</td><td>——</td></tr></table>"""


def test_an_item_of_two_tables_is_one_row_with_the_columns_of_both(project):
    """What 预算 is, the other table tells; a number of the text without a column is that of the column that prints it."""
    taken_over(project, TWICE)
    found = {row["item"]: [*row.values()] for row in rows(project, "budget.csv")}
    assert found["projects"] == ["projects", "600", "630", "640", "612.5", "万元", "表1、附件1 项目支出"]
    assert found["three_public"][1:4] == ["3", "", "3.2"] and found["total"][1:4] == ["", "940", "960"]
    (added,) = (row["indicator"] for row in rows(project, "figures.csv") if row["printed"] == "20万元")
    assert added == "budget.adjustment.budget" and not [text for _, kind, text in told(project) if kind == "错误"]


@pytest.mark.parametrize(
    ("text", "checked"),
    [
        ("<p>“三公”经费2.9万元。饮水项目全年预算40万元，实际支出38.2万元。</p>", []),
        ("<p>一、项目支出</p><p>饮水项目：全年预算40万元，实际支出38.2万元。</p>", []),
        (
            "<p>项目支出621.5万元。</p><p>二、成效</p><p>本年项目支出621.5万元。</p>",
            ["正文项目支出 = budget.projects.outturn"],
        ),
    ],
)
def test_only_what_its_own_sentence_calls_so_is_held_against_the_base_table_and_once(project, text, checked):
    taken_over(project, text + TWICE)
    checks = (row for row in rows(project, "../checks.csv") if "_text" in row["check"]) if checked else ()
    assert [row["relation"] for row in checks] == checked
    assert len([text for _, kind, text in told(project) if kind == "错误"]) == len(checked)


def test_an_item_that_two_tables_print_otherwise_is_told_with_both_places(project):
    path = project / "报告.html"
    path.write_text(f"<html><body><p>{TWICE.replace('612.5</td></tr>', '613.5</td></tr>', 1)}", "utf-8")
    draft(project, path)
    draft(project, "--accept")
    errors = [text for kind, text in of_money(project) if kind == "错误" and "前后不一" in text]
    assert len(errors) == 1 and "表1 项目支出，决算、附件1 项目支出，决算" in errors[0], of_money(project)


def test_a_column_that_no_row_of_the_source_fills_is_not_asked_for_and_may_be_filled(project):
    taken_over(project, BOTH[BOTH.index("附件2") :])
    change(project / "data/raw/shili/2023/budget.csv", "item,", "item,last_outturn,")
    change(project / "data/raw/shili/2023/budget.csv", "total,", "total,330.5,")
    assert not of_money(project)


def test_a_number_that_the_base_table_has_no_row_for_is_a_figure_as_any_other(project):
    """Registered, in the text, and held against the others; none of it is sure before somebody has looked."""
    path = project / "附表.csv"
    path.write_text(
        "支出情况表（万元）\n项目,年初预算,全年预算,决算,完成率\n一、支出合计,520,560,551.64,88.51%\n基本支出,400,420,415.33,98.89%\n"
        "其中：离休经费,350,365,362.11,99.21%\n公用经费,50,55,53.22,96.76%\n项目支出,120,140,136.31,97.36%\n",
        "utf-8",
    )
    draft(project, path)
    (wages,) = (row for row in rows(project, "source/draft.csv") if row["printed"] == "362.11")
    assert (wages["label"], wages["state"]) == ("离休经费决算", "待定")
    draft(project, "--accept")
    printed = {row["indicator"]: row["printed"] for row in rows(project, "figures.csv")}
    assert printed["离休经费决算"] == "362.11" and printed["支出合计完成率"] == "88.51%" and len(printed) == 8
    report = (project / "data/raw/shili/2023/report.md").read_text("utf-8")
    assert "| {{ 离休经费决算 }} | {{ 离休经费完成率 }} |" in report, "as the table stands"
    assert [text[:22] for _, kind, text in told(project) if kind == "提醒"] == ["表1 一、支出合计，完成率：88.51%与5"]
    assert not [one for one in clean(Edition("shili", 2023, project))[2] if one.check == "unit_of_figure"], "as headed"
    figures = project / "data/raw/shili/2023/figures.csv"
    figures.write_text("".join(one for one in figures.read_text("utf-8").splitlines(True) if "362.11" not in one))
    assert any("没有登记：362.11" in text for _, _, text in told(project))


def test_what_a_document_claims_binds_its_own_year_and_the_one_that_goes_on_from_it(project):
    texts = {2023: "120件，其中民事案件70件，行政案件50件", 2024: "150件，其中民事案件70件，行政案件50件，刑事案件30件"}
    for year, text in texts.items():
        path = project / f"{year}.txt"
        path.write_text(f"一、绩效情况\n全年共办理案件{text}。\n", "utf-8")
        draft(project, path, year=year)
        draft(project, "--accept", year=year)
    for year in texts:
        assert not [one for one in check(Edition("shili", year, project)) if one.kind != "待填"]
    assert call(project, "new", "--unit", "shili", "--year", 2025).exit_code == 0
    relations = {one.name: one.relation for one in Edition("shili", 2025, project).checks}
    assert relations["claim_2025_1"] == "办理案件 = 民事案件 + 行政案件 + 刑事案件"
    assert not any(name.startswith("claim_2024") for name in relations)


def test_a_year_that_is_registered_again_claims_what_its_document_says_now(accepted, document):
    """And what the analyst added to the unit's checks stays."""
    path = accepted / "data/raw/shili/checks.csv"
    path.write_text(path.read_text("utf-8") + "own,part,error,轮椅 <= 适配辅具,轮椅多于辅具\n", "utf-8")
    for path in (accepted / "data/raw/shili/2023").glob("*.*"):
        path.unlink()
    document.write_text(TEXT.replace("，其中轮椅310件、其他辅具1010件", ""), "utf-8")
    draft(accepted, document)
    draft(accepted, "--accept")
    relations = [row["relation"] for row in rows(accepted, "checks.csv", year="")]
    assert "轮椅 <= 适配辅具" in relations and "适配辅具 = 轮椅 + 其他辅具" not in relations


def test_a_year_that_is_registered_again_leaves_no_names_of_the_first_time(project):
    """But those that another year or a table has, or somebody has described; what was renamed is found again by its old name."""
    text = "一、救助\n发放{}万元。向困难家庭发放{}万元。慰问老人{}名。慰问儿童{}名。\n"
    (path := project / "报告.txt").write_text(text.format(16, 20, 30, 40), "utf-8")
    draft(project, path)
    draft(project, "--accept")
    own = project / "data/raw/shili/indicators.csv"
    change(own, "慰问儿童,,慰问儿童,人,救助,,,", "慰问儿童,,慰问儿童,人,救助,,十四岁以下,")
    own.with_name("metrics.csv").write_text("metric,label,formula,caveat\n人均,人均,发放 / 慰问老人,\n", "utf-8")
    for made in own.parent.glob("2023/*.*"):
        made.unlink()
    decide(project, lambda row: row["printed"] == "20万元", label="护理补贴资金")
    decide(project, lambda row: row["printed"] == "30名", label="老人")
    decide(project, lambda row: row["printed"] == "40名", label="儿童")
    draft(project, "--accept")
    names = {row["indicator"]: row["cues"] for row in rows(project, "indicators.csv", year="")}
    assert names == {
        "发放": "",
        "慰问老人": "",
        "慰问儿童": "",
        "护理补贴资金": "向困难家庭发放",
        "老人": "慰问老人",
        "儿童": "慰问儿童",
    }


def test_decisions_outlive_a_spreadsheet_that_sorts_them(project, document):
    draft(project, document)
    path = project / "data/raw/shili/2023/source/draft.csv"
    head, *lines = path.read_text("utf-8").splitlines(True)
    lines = [line.replace("轮椅", "轮椅车") for line in lines]
    path.write_text(head + "".join(sorted(lines, key=lambda line: line.split(",")[8])), "utf-8")
    draft(project)
    assert path.read_text("utf-8") == head + "".join(lines) and "轮椅车" in path.read_text("utf-8")
    path.write_text(head + "".join(sorted(lines, key=lambda line: line.split(",")[8])), "utf-8")
    document.write_text(TEXT.replace("192人", "182人").replace("\n", "\n新增一段。\n", 1), "utf-8")
    assert "不再印有" in draft(project, document) and "轮椅车" in path.read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [(",89名,", ",98名,", "应为原文所印的89名"), (",89名,数据,,", ",89名,数据,98名,", "原文“89名”里的数字")],
)
def test_another_number_than_the_document_prints_is_no_decision(project, document, old, new, expected):
    draft(project, document)
    change(project / "data/raw/shili/2023/source/draft.csv", old, new)
    done = call(project, "draft", "--unit", "shili", "--year", "2023", "--accept")
    assert done.exit_code == 3 and expected in done.output and "corrections.csv" in done.output
    assert not (project / "data/raw/shili/2023/figures.csv").exists()


def test_what_a_spreadsheet_makes_of_a_number_that_was_set_aside_is_that_number(project, document):
    draft(project, document)
    path = project / "data/raw/shili/2023/source/draft.csv"
    change(path, ",310件,数据,", ",10月3日,不计,")
    change(path, ",0734-8812345,不计,", ",-8811611,不计,")
    assert "不再印有" not in draft(project, "--accept")
    assert "310件" not in (project / "data/raw/shili/2023/figures.csv").read_text("utf-8")
    draft(project)
    assert {
        row["kind"] for row in rows(project, "source/draft.csv") if row["printed"] in ("310件", "0734-8812345")
    } == {"不计"}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("报告.txt,二", "报吿.txt,二", "doc、place 照原文"),
        (",二", ",三", "doc、place 照原文"),
        ("农村就业,人,确定", "农村就业,人,已核对", "看过的写 确定"),
        ("农村就业,人,确定", "农村就业,人,不计", "kind 写 不计"),
        ("农村就业,人,确定", "农村就业,人,确定", ""),
    ],
)
def test_what_decides_nothing_is_told_and_the_decision_stays(project, document, old, new, told):
    draft(project, document)
    path = project / "data/raw/shili/2023/source/draft.csv"
    line = next(line for line in path.read_text("utf-8").splitlines() if ",118人," in line)
    row = line.replace(",农村就业,人,待定", ",农村就业,人,确定")
    change(path, line, row.replace(old, new).replace("农村就业", "乡村就业"))
    said = draft(project, "--accept")
    assert ("不作数" in said and told in said) if told else "不作数" not in said
    assert [one["indicator"] for one in rows(project, "figures.csv") if one["printed"] == "118人"] == ["乡村就业"]


@pytest.mark.parametrize(
    "added", ["99,报告.txt,二（二）第6段,55人,数据,,,新增,人,,", ",,,55人,数据,,,新增,人,,", "copy"]
)
def test_a_row_that_the_document_does_not_print_is_refused_with_its_line(project, document, added):
    draft(project, document)
    path = project / "data/raw/shili/2023/source/draft.csv"
    lines = path.read_text("utf-8").splitlines()
    copied = next(line for line in lines if ",89名," in line)
    path.write_text("\n".join([*lines, copied if added == "copy" else added]), "utf-8")
    done = call(project, "draft", "--accept", "--unit", "shili", "--year", 2023)
    assert done.exit_code == 3 and "draft.csv 第" in done.output and "一处一行" in done.output
    assert not (project / "data/raw/shili/2023/figures.csv").exists()
    assert "不再印有" in draft(project) and len(rows(project, "source/draft.csv")) == len(lines) - 1
    draft(project, "--accept")


def test_what_is_told_twice_is_one_figure_and_keeps_its_measure_words(project, document):
    document.write_text(
        TEXT.replace("在职16人。", "在职16人。16人在职人员中，女职工7人。16名在职人员都已考核。"), "utf-8"
    )
    draft(project, document)
    draft(project, "--accept")
    assert not [text for _, kind, text in told(project) if kind in ("错误", "提醒") and "192人" not in text]
    text = (project / "data/raw/shili/2023/report.md").read_text("utf-8")
    assert "在职{{ staff.actual }}。{{ staff.actual }}在职人员中" in text and "{{ 正文实际在职人数名 }}在职人员" in text


def test_of_name_and_label_the_one_that_was_typed_counts(project, document):
    draft(project, document)
    path = project / "data/raw/shili/2023/source/draft.csv"
    text = path.read_text("utf-8")
    row = next(line for line in text.splitlines() if ",89名," in line)
    cells = row.split(",")
    cells[6], cells[7] = "", "救助儿童"  # indicator, label
    given = text.replace(row, ",".join(cells))
    for both in ("wheelchairs", ""):
        named = given.replace(",".join(cells), ",".join([*cells[:6], both or "staff.actual", *cells[7:]]))
        path.write_text(named, "utf-8")
        draft(project)
        (found,) = (one for one in rows(project, "source/draft.csv") if one["printed"] == "89名")
        assert (found["indicator"], found["label"]) == ("", "救助儿童")


SHEET = "附表\n（三）文体活动。举办活动12场，参加人数860人次；展出作品45件，获奖7件。\n"


def test_one_of_two_documents_given_anew_leaves_the_other_in_the_draft(project, document):
    other = project / "文体.txt"
    other.write_text(SHEET, "utf-8")
    draft(project, document, other)
    draft(project, "--accept")
    document.write_text(TEXT.replace("192人", "182人"), "utf-8")
    assert "先前读过的 文体.txt 仍然算在内" in draft(project, document)
    assert [row["doc"] for row in rows(project, "source/draft.csv")][-1] == "文体.txt"
    errors = [text for _, kind, text in told(project) if kind == "错误"]
    assert errors and not any("860人次" in text for text in errors)


def test_a_later_version_under_another_name_takes_the_decisions(project, document):
    draft(project, document)
    change(project / "data/raw/shili/2023/source/draft.csv", "轮椅", "轮椅车")
    later = project / "报告（定稿）.txt"
    later.write_text(TEXT.replace("192人", "182人"), "utf-8")
    assert "报告（定稿）.txt 取代先前的 报告.txt" in draft(project, later)
    found = rows(project, "source/draft.csv")
    assert {row["doc"] for row in found} == {"报告（定稿）.txt"} and any("轮椅车" in row["label"] for row in found)


def test_a_number_without_a_measure_word_is_printed_without_one(project):
    path = project / "报告.txt"
    path.write_text(
        "示例县某校2023年度部门整体支出绩效评价报告\n一、绩效\n师生比为1∶19.4，发展指数0.986，培训380人。\n", "utf-8"
    )
    draft(project, path)
    draft(project, "--accept")
    assert not [text for _, kind, text in told(project) if kind == "错误"]
    _, corrected, _ = clean(Edition("shili", 2023, project))
    shown = {one.printed: one.quantity().shown for one in corrected if one.printed}
    assert {printed: shown[printed] for printed in ("19.4", "0.986", "380人")} == {
        "19.4": "19.4",
        "0.986": "0.986",
        "380人": "380人",
    }


def sentence(project, text, name="报告.txt"):
    """What is published of the figures of a report of one sentence, by what it prints."""
    begins = f"# {TITLE}\n\n## " if name.endswith(".md") else f"{TITLE}\n"
    (project / name).write_text(f"{begins}一、绩效\n\n{text}\n", "utf-8")
    draft(project, project / name)
    draft(project, "--accept")
    assert not [text for _, kind, text in told(project) if kind == "错误"]
    _, corrected, _ = clean(Edition("shili", 2023, project))
    return {one.printed: one.quantity().shown for one in corrected if one.printed}


@pytest.mark.parametrize(
    "text",
    [
        "补贴80元/人·天，差旅3.2元/平方米·月，培训1200元/人，限速40公里/小时，浓度0.35毫克/升。",
        "图书复本率1.05，流通率2.6，师生比0.08，结余率为△1.2%，人均藏书0.92册。",
        "万车死亡率1.66人，图书流通率2.6次/册，距目标差0.5人。",
    ],
)
def test_units_and_numbers_are_published_as_they_are_printed(project, text):
    shown = sentence(project, text)
    assert {printed: said.replace("−", "△") for printed, said in shown.items()} == {one: one for one in shown}
    assert len(shown) >= 3


def test_equal_numbers_of_a_paragraph_keep_their_own_names(project):
    text = "全年支出合计86.5万元，上年结转12.3万元，收入总计86.5万元。"
    sentence(project, text)
    names = [row["indicator"] for row in rows(project, "figures.csv") if row["printed"] == "86.5万元"]
    assert len({*names}) == 2 and "budget.total" in names[0]


def test_what_one_form_promises_is_the_target_of_another(project):
    """Of an 绩效目标表 beside the 自评表 only what the latter has not, or has otherwise."""
    about = {"project": "", "level1": "产出指标", "level2": "", "unit": "座", "weight": "", "actual": "", "printed": ""}
    row = about | {"level3": "改造", "target": "13", "comparator": "", "at": "表1"}
    done, promised = row | {"actual": "12座"}, row | {"comparator": "=", "weight": "8", "at": "《目标表》表1"}
    other, fresh = promised | {"target": "15"}, promised | {"level3": "养护"}
    found = [*forms._kept([done, promised, other, fresh])]
    assert found == [done, other, fresh] and (done["comparator"], done["weight"]) == ("=", "8")


def test_year_and_name_on_a_cover_are_no_chapter(project):
    cover = "# 2024年度某县交通运输局\n\n# 部门整体支出绩效自评报告\n\n部门名称：某县交通运输局（盖章）\n\n二〇二五年五月\n\n"
    title = "# 2024年度某县交通运输局部门整体支出绩效自评报告\n\n现报告如下。\n\n"
    (project / "报告.md").write_text(f"{cover}{title}# 一、部门基本情况\n\n在职85人。\n", "utf-8")
    draft(project, project / "报告.md", year=2024)
    draft(project, "--accept", year=2024)
    assert [one.heading for one in parts(project / "data/raw/shili/2024")] == ["总体情况", "部门基本情况"]
    text = (project / "data/raw/shili/2024/report.md").read_text("utf-8")
    assert text.startswith("# 总体情况\n\n现报告如下。")


def test_none_in_words_stays_a_word(project):
    sentence(project, "公务接待费为零。")
    edition = Edition("shili", 2023, project)
    book = Chapter("10_chapter", edition)
    (figure,) = (one for one in clean(edition)[1] if one.printed)
    book.load([figure])
    assert figure.source.endswith("：零（来源一第3段）")
    shown = filled(book, f"公务接待费为{{{{ {figure.name} }}}}。", book.known)
    assert shown.data["text/markdown"] == "公务接待费为零。"
    assert not any("零零" in one.message for one in clean(edition)[2])


def test_each_place_prints_its_number_as_it_does_in_the_source(project):
    """48.60万元 in one chapter is 48.6万元 in another, 23家 are no 23个; a correction is written as what it corrects."""
    once = "# 一、甲\n\n建会23家，困难职工帮扶资金48.60万元。其他收入500000.00元。"
    sentence(project, f"{once}\n\n# 二、乙\n\n发放困难职工帮扶资金48.6万元。", "报告.md")
    edition = Edition("shili", 2023, project)
    rows = [row for row in edition.table("figures") if row["printed"] == "500000.00元"]
    about = f"{rows[0]['locator']},{rows[0]['indicator']},500000.00元,400000.00元,抄错,,"
    head = (edition.raw / "corrections.csv").read_text("utf-8").splitlines()[0]
    (edition.raw / "corrections.csv").write_text(f"{head}\n{about}\n", "utf-8")
    told = []
    for n, part in enumerate(parts(edition.raw), 1):
        book = Chapter(f"10_chapter-{n:02}", edition)
        book.load(clean(edition)[1])
        told += [shown(book, one, None).data["text/markdown"] for one in part.blocks if not one.level]
    assert [one.strip() for one in told if one.strip()] == [
        "建会23家，困难职工帮扶资金48.60万元。其他收入400000.00元。",
        "发放困难职工帮扶资金48.6万元。",
    ]


def test_label_of_the_dictionary_is_its_indicator(project, document):
    draft(project, document)
    path = project / "data/raw/shili/2023/source/draft.csv"
    table = path.read_text("utf-8")
    (row,) = (line for line in table.splitlines() if ",64人," in line)
    no, doc, place, printed, kind, reading, _, _, unit, *rest = row.split(",")
    path.write_text(table.replace(row, ",".join([no, doc, place, printed, kind, reading, "", "编制数", unit, *rest])))
    draft(project, "--accept")
    assert [one["indicator"] for one in rows(project, "figures.csv") if one["printed"] == "64人"] == [
        "staff.establishment"
    ]


@pytest.mark.parametrize(
    ("text", "said", "fault", "right"),
    [
        ("康复服务率98.50%，比目标值95%高4.5个百分点。", "4.5个百分点与98.50%、95%不符", "4.5个百分点", "3.5个百分点"),
        ("开展活动312场次，其中讲座68场、展览24场、推广活动202场。", "312场次与68场、24场、202场不符", "68场", "86场"),
    ],
)
def test_what_does_not_hold_between_units_can_be_stated_or_corrected(project, text, said, fault, right):
    sentence(project, text)
    (line,) = (text for _, _, text in told(project) if said in text)
    assert re.search(r"核对项 claim_2023_\d+", line)
    (row,) = (row for row in rows(project, "figures.csv") if row["printed"] == fault)
    path = project / "data/raw/shili/2023/corrections.csv"
    path.write_text(
        "locator,indicator,printed,corrected,reason,date,by\n"
        f"{row['locator']},{row['indicator']},{fault},{right},抄错,,\n",
        "utf-8",
    )
    assert not any(said in text for _, _, text in told(project))


def test_what_stands_in_brackets_in_a_table_is_part_of_its_sum(project):
    rows = [
        "| 科目 | 2022年（万元） | 2023年（万元） | 增减额（万元） |",
        "|---|---|---|---|",
        "| 防汛 | 303.20 | 300.00 | (3.20) |",
    ]
    rows += ["| 整治 | 403.20 | 400.00 | -3.20 |", "| 合计 | 706.40 | 700.00 | -6.40 |"]
    table = "\n".join(rows)
    sentence(project, f"情况见下表。\n\n{table}\n", "报告.md")


def printed(project) -> str:
    """The first table of the report."""
    edition = Edition("shili", 2023, project)
    book = Chapter("check", edition)
    book.load(clean(edition)[1])
    block = next(block for part in parts(edition.raw) for block in part.blocks if block.rows)
    return grid(book, block, {name: book.known[name] for _, name in block.names}).data["text/plain"]


def test_a_table_is_printed_in_its_own_unit_of_money(project):
    table = "| 项目（单位：元） | 预算数 | 决算数 |\n|---|---|---|\n| 基本支出 | 2,000,000.00 | 1,896,000.00 |\n| 项目支出 | 30,000.00 | 20,000.00 |"
    sentence(project, f"全年基本支出189.60万元。\n\n{table}\n", "报告.md")
    told = printed(project)
    assert "1,896,000.00" in told and "189.6" not in told


def test_a_table_prints_its_cells_as_they_are_printed_there(project):
    table = (
        "| 项目（单位：万元） | 预算数 | 决算数 |\n|---|---|---|\n| 基本支出 | 0 | 0.00 |\n| 项目支出 | 40.00 | 38.20 |"
    )
    sentence(project, f"全年项目支出38.2万元，基本支出0元。\n\n表1 支出情况表\n\n{table}\n", "报告.md")
    told = printed(project)
    assert "0\t0.00" in told and "40.00\t38.20" in told


def test_a_cover_is_no_chapter_and_a_chapter_is_named_by_its_title(project):
    name, title = "示例县残疾人联合会", "2023年度部门整体支出绩效自评报告"
    cover = [title, f"部门名称：{name}", "预算编码：甲乙丙", "评价方式：自评", "报告日期：2024年4月18日", name, title]
    text = ["现将情况报告如下：", "一、基本情况", "编制19名。", "二、问题", "详见本报告第一部分，第一部分资金未到。"]
    document = docx.Document()
    for line in (*cover, *text):
        document.add_paragraph(line)
    document.save(project / "报告.docx")
    draft(project, project / "报告.docx")
    draft(project, "--accept")
    said = (project / "data/raw/shili/2023/report.md").read_text("utf-8")
    assert [line[2:] for line in said.splitlines() if line.startswith("#")] == ["总体情况", "基本情况", "问题"]
    assert "编码" not in said and said.endswith("详见本报告“基本情况”，第一部分资金未到。\n")


def test_the_title_of_an_annex_and_its_rows_below_basic_spending_stay_with_it(project, document, annex):
    book = openpyxl.Workbook()
    book.active.append(["示例县残疾人联合会2023年度部门整体支出情况表"])
    book.active.append(["单位：万元"])
    for row in (["项目", "2022年决算数", "2023年预算数", "2023年决算数"], ["支出总额", 500, 550, 531.51],
                ["基本支出", 300, 310, 320.51], ["其中：人员经费", 200, 210, 220.51], ["公用经费", 100, 100, 100],
                ["项目支出", 200, 240, 211], ["三公经费", 1, 1, 1]):  # fmt: skip
        book.active.append(row)
    book.save(annex)
    draft(project, document, annex)
    draft(project, "--accept")
    assert "basic·人员经费" in [row["item"] for row in rows(project, "budget.csv")]
    said = (project / "data/raw/shili/2023/report.md").read_text("utf-8")
    assert "支出情况表" not in said and "人员经费" not in said


def test_the_day_on_a_cover_is_that_of_the_report(project):
    (project / "报告.txt").write_text(
        "示例县某局2023年度部门整体支出绩效评价报告\n二〇二四年四月十八日\n一、绩效\n培训30人。\n", "utf-8"
    )
    draft(project, project / "报告.txt")
    draft(project, "--accept")
    assert "2024-04-18" in (project / "data/raw/shili/2023/source.yml").read_text("utf-8")


def test_what_is_said_of_one_project_is_not_the_units(project):
    sentence(project, "康复服务项目预算205.00万元，支出186.42万元，执行率仅90.94%，结余18.58万元。")
    assert not [row for row in rows(project, "figures.csv") if row["indicator"].startswith("budget.")]


def test_a_published_report_is_due_again_where_its_document_changed(accepted, document):
    steps = Steps(Edition("shili", 2023, accepted))
    before = steps.wanted(PUBLISH)
    document.write_text(TEXT.replace("1320件", "1230件"), "utf-8")
    draft(accepted, document)
    assert Steps(Edition("shili", 2023, accepted)).wanted(PUBLISH) != before


def test_points_numbered_by_word_keep_their_numbers(project):
    document = docx.Document()
    for text, style in (
        ("一、绩效", None),
        ("组织调查12项。", "List Number"),
        ("发布公报4期。", "List Number"),
        ("另办展览3场。", "List Bullet"),
    ):
        document.add_paragraph(text, style)
    document.save(project / "报告.docx")
    draft(project, project / "报告.docx")
    draft(project, "--accept")
    report = (project / "data/raw/shili/2023/report.md").read_text("utf-8")
    assert "\n1.组织调查" in report and "\n2.发布公报" in report and "\n- 另办展览" in report


AID = """示例县总工会{year}年度部门整体支出绩效评价报告
一、互助保障
第{term}期医疗互助共{units}家单位{members}名职工参加，交纳互助金74.81万元。女职工特疾互助参保{women}人，理赔{ill}人{paid}万元。
"""


def test_what_was_decided_of_a_number_names_it_next_year_in_the_same_words(project):
    about = {"term": "十三", "units": 186, "members": 12468, "women": 3215, "ill": 9, "paid": 13.5}
    (path := project / "报告.txt").write_text(AID.format(year=2023, **about), "utf-8")
    call(project, "draft", path, "--unit", "shili", "--year", 2023, "--kind", "工会", "--level", "县")
    (table,) = project.glob("data/raw/shili/2023/source/draft.csv")
    for printed, name in (
        ("12468名", "mutual_aid.members,"),
        ("3215人", ",特疾参保人数"),
        ("13.5万元", ",特疾理赔金额"),
    ):
        as_proposed = re.search(f"{printed},数据,,[^,]*,[^,]*", table.read_text("utf-8"))[0]
        change(table, as_proposed, f"{printed},数据,,{name}")
    call(project, "draft", "--unit", "shili", "--year", 2023, "--accept")
    about |= {"term": "十四", "members": 12905, "women": 3340, "ill": 11, "paid": 16.5}
    path.write_text(AID.format(year=2024, **about), "utf-8")
    call(project, "draft", path, "--unit", "shili", "--year", 2024)
    named = {row["printed"]: row["indicator"] for row in rows(project, "source/draft.csv", year=2024)}
    assert (named["12905名"], named["3340人"], named["16.5万元"]) == (
        "mutual_aid.members",
        "特疾参保人数",
        "特疾理赔金额",
    )


@pytest.mark.parametrize(
    ("old", "new", "token", "named"),
    [
        ("支出合计1286万元；公用经费43万元，比上年增加2万元。", "支出合计1358万元，比上年增加71万元。", "71万元", "支出总额比上年增加"),
        ("支出合计1286万元；公用经费43万元，增幅4.06%。", "支出合计1358万元，增幅5.58%。", "5.58%", "支出总额增幅"),
        ("公用经费43万元，比上年减少2万元。", "支出合计1358万元，比上年减少7万元。", "减少7万元", "支出总额比上年减少"),
        ("设备没有买齐，实际118人。", "招生没有完成计划，实际832人。", "832人", "实际"),
    ],
)  # fmt: skip
def test_what_only_goes_on_from_another_number_than_last_year_is_not_what_that_was(project, old, new, token, named):
    for year, text in ((2023, old), (2024, new)):
        (path := project / f"{year}.txt").write_text(f"一、支出情况\n{text}\n", "utf-8")
        draft(project, path, year=year)
        found = next((row for row in rows(project, "source/draft.csv", year=year) if row["printed"] == token), {})
        draft(project, "--accept", year=year)
    assert (found["indicator"] or found["label"], found["state"]) == (named, "待定")


@pytest.mark.parametrize(("printed", "asked"), [("89.6", True), ("86.90", False)])
def test_a_text_and_a_table_that_call_two_numbers_the_same_are_asked_about(project, printed, asked):
    table = f"<table><tr><td>指标</td><td>2023年</td></tr><tr><td>床位使用率（%）</td><td>{printed}</td></tr></table>"
    (path := project / "报告.html").write_text(f"<p>一、绩效情况</p><p>床位使用率86.9%。</p>{table}", "utf-8")
    draft(project, path)
    draft(project, "--accept")
    assert any("床位使用率在正文为86.9%" in text for _, _, text in told(project)) == asked


def test_what_last_year_published_and_this_year_does_not_have_is_told_before_a_run(project):
    for year, text in ((2023, "发放轮椅412件，新增就业73人"), (2024, "发放轮椅433件")):
        path = project / f"{year}.txt"
        path.write_text(f"一、康复\n{text}。\n", "utf-8")
        draft(project, path, year=year)
        draft(project, "--accept", year=year)
        quick.publish(Edition("shili", year, project))
    (lost,) = (one.text for one in check(Edition("shili", 2024, project)) if "核对项 coverage" in one.text)
    assert lost.startswith("2023年有、本年度未提供：新增就业")


def test_what_somebody_has_seen_to_be_no_contradiction_is_no_relation(project, document):
    draft(project, document)
    change(project / "data/raw/shili/2023/source/draft.csv", ",矛盾,", ",确定,")
    assert "矛盾 0" in draft(project)
    draft(project, "--accept")
    assert "192人" not in (project / "data/raw/shili/checks.csv").read_text("utf-8")


def test_a_document_that_is_called_otherwise_keeps_its_decisions(project, document):
    draft(project, document)
    path = project / "data/raw/shili/2023/source"
    change(path / "draft.csv", "89名,数据,,,", "89名,数据,,rehab.children,")
    (path / "报告.txt").rename(path / "定稿.txt")
    said = draft(project)
    assert "定稿.txt 取代先前的 报告.txt" in said and "不作数" not in said
    assert "rehab.children" in {row["indicator"] for row in rows(project, "source/draft.csv")}


FINE = """</p><p>附件1 基础数据表（万元）</p><table><tr><td>项目</td><td>2022年决算</td><td>2023年预算</td><td>2023年决算</td></tr>
<tr><td>支出总额</td><td>1178.3588</td><td>1300</td><td>1286.4512</td></tr>
<tr><td>1、基本支出</td><td>298.1488</td><td>320</td><td>312.6745</td></tr>
<tr><td>2、项目支出</td><td>880.21</td><td>980</td><td>973.7767</td></tr>
<tr><td>（1）运行维护经费</td><td>92.45</td><td>95</td><td>359.66</td></tr>
<tr><td>（2）专项资金</td><td>787.76</td><td>885</td><td>614.12</td></tr></table>"""


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("支出合计1286.45万元，其中基本支出312.67万元，项目支出973.78万元。", 0),
        ("支出合计1286.5万元。", 0),
        ("支出合计1286.48万元。", 1),
        ("支出合计1286.45万元，比上年增加108.09万元。", 0),
        ("支出合计1286.45万元，比上年增加108.1万元。", 0),
        ("支出合计1286.45万元，比上年增加108.9万元。", 1),
    ],
)
def test_what_a_text_rounds_of_a_finer_table_contradicts_nothing(project, text, count):
    """Parts of the table are printed with two places, as their wholes with four."""
    taken_over(project, f"一、支出情况</p><p>2023年{text}{FINE}")
    assert not [row for row in rows(project, "source/draft.csv") if row["state"] == "矛盾" and row["place"][0] == "表"]
    assert len([text for _, kind, text in told(project) if "claim_2023" in text]) == count


@pytest.mark.parametrize(("said", "count"), [("42.97", 0), ("49.27", 1)])
def test_a_text_is_held_against_its_table_each_year(project, said, count):
    """What it says of a cell has a name since the first year; behind it goes on what was called otherwise then."""
    text = "一、支出情况</p><p>公用经费{}万元，比上年减少{}万元。"
    for year, figures, cell in ((2023, ("43.86", "1.71"), 43.8612), (2024, (said, "0.89"), 42.9708)):
        page = FINE.replace("2023", f"{year}").replace(
            "<td>2、", f"<td>其中：公用经费</td><td></td><td>45</td><td>{cell}</td></tr><tr><td>2、"
        )
        (project / f"{year}.html").write_text(text.format(*figures) + page, "utf-8")
        draft(project, project / f"{year}.html", year=year)
        if year == 2023:
            decide(project, lambda row: row["printed"].startswith("减少"), label="公用经费减少额")
        draft(project, "--accept", year=year)
    assert "公用经费减少额" in {row["indicator"] for row in rows(project, "figures.csv", year=2024)}
    new = [r.text for r in check(Edition("shili", 2024, project)) if r.kind == "错误" and "claim_2024_text1" in r.text]
    assert len(new) == count


@pytest.mark.parametrize(
    ("first", "second", "count"),
    [("近300户", "300户", 1), ("320余户", "320户", 1), ("近300户", "近300户", 0)],
)
def test_one_name_with_and_without_its_hedge_is_told_as_no_one_number(project, first, second, count):
    path = project / "报告.txt"
    path.write_text(f"一、绩效情况\n全年走访慰问残疾人家庭{first}。\n二、问题\n走访慰问{second}，面还不宽。\n", "utf-8")
    draft(project, path)
    decide(project, lambda row: row["printed"] in (first, second), label="走访慰问家庭")
    draft(project, "--accept")
    assert {row["indicator"] for row in rows(project, "figures.csv")} == {"走访慰问家庭"}
    assert len([text for _, kind, text in told(project) if kind == "错误" and "前后不一" in text]) == count
