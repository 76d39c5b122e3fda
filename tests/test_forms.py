"""Base tables and score sheets of units' documents: the grid that a form is becomes rows of the edition's tables, cell for cell.

In a grid written here, `|` parts cells, `~` is a cell that a merged one covers, `⏎` a line break in a cell.
"""

import re

import pytest

from conftest import ROOT
from lib.edition.dictionary import BASE_TABLE
from lib.edition.edition import RAW
from lib.edition.store import read_table
from lib.intake.basetable import base
from lib.intake.draft import recognised
from lib.intake.forms import _planned
from lib.intake.labels import amount, begins, impersonal, named
from lib.intake.scoresheet import Sheet, aim


def grid(text: str) -> list[tuple[str | None, ...]]:
    """Rows of a table, without who filled it in; those that are shorter than the first are covered to the right."""
    rows = [[cell.strip().replace("⏎", "\n") for cell in line.split("|")] for line in text.strip().splitlines()]
    width = max(map(len, rows))
    return impersonal(
        [tuple(None if cell == "~" else cell for cell in [*row, *["~"] * (width - len(row))]) for row in rows]
    )


def read(text: str, above: str = "附件1 单位：万元", year: int = 2022):
    """(items with last outturn, the budget of the year, outturn and unit; printed rates) of a base table."""
    found = base(grid(text), above, year)
    plans = {row["item"]: row["full"] or row["budget"] or row["initial"] for row in found.budget}
    rows = {
        row["item"]: "|".join([row["last_outturn"], plans[row["item"]], row["outturn"], row["unit"]])
        for row in found.budget
    }
    rates = {row["item"]: row["outturn"].removesuffix("%") + "%" for row in found.rates}
    return rows, rates


def sheet(text: str, above: str = ""):
    """(head, targets as lists of what is filled in) of a score sheet."""
    found = Sheet(grid(text), above)
    columns = ("level1", "level2", "level3", "comparator", "target", "unit", "weight", "actual", "score", "explanation")
    return found.head, ["|".join(row[c] for c in columns) for row in found.targets]


HUNAN = """
财政供养人员情况 | 编制数 | ~ | 2022年实际在职人数 | ~ | 控制率 | ~
~ | 52 | ~ | 50 | ~ | 96.15% | ~
经费控制情况 | 2021年决算数 | ~ | 2022年预算数 | ~ | 2022年决算数 | ~
三公经费 | 3.33 | ~ | 7 | ~ | 2.74 | ~
1、公务用车购置和维护经费 | 3.33 | ~ | 7 | ~ | 2.74 | ~
其中：公车购置 | | ~ | | ~ | | ~
公车运行维护 | 3.33 | ~ | 7 | ~ | 2.74 | ~
2、出国经费 | | ~ | | ~ | | ~
3、公务接待 | 0 | ~ | 0.50 | ~ | —— | ~
项目支出： | 667.94 | ~ | 622.50 | ~ | 622.5 | ~
1、业务工作专项（一个专项一行） | | ~ | | ~ | | ~
（1）春节送温暖慰问 | 300 | ~ | 300 | ~ | 300 | ~
劳模专项补助 | 172.80 | ~ | 173.30 | ~ | 173.30 | ~
2、运行维护专项 | —— | ~ | 0 | ~ | 0 | ~
3、村道维护专项 | 195.14 | ~ | 149.20 | ~ | 149.20 | ~
公用经费 | 89.15 | ~ | 95.86 | ~ | 95.86 | ~
其中：办公经费 | 1 | ~ | 2 | ~ | 3 | ~
政府采购金额 | —— | ~ | 5 | ~ | 4 | ~
部门整体支出预算调整 | —— | ~ | 1922.760001 | ~ | | ~
楼堂馆所控制情况（2022年完工项目） | 批复规模（㎡） | 实际规模（㎡） | 规模控制率 | 预算投资（万元） | 实际投资（万元） | 投资概算控制率
~ | 1000 | 950 | 95% | 200 | 190.5 | 95.25%
厉行节约保障措施 | 会议从简，公务接待预算只减不增 | ~ | ~ | ~ | ~ | ~
填表人：某某 填报日期：2023.3.1 联系电话：0731 单位负责人签字： | ~ | ~ | ~ | ~ | ~ | ~
"""


def test_hunan_form_comes_out_cell_for_cell():
    """Three blocks stacked, each with heads of its own; `——`, blank and six decimals as printed."""
    rows, rates = read(HUNAN)
    assert rows == {
        "staff.establishment": "||52|人",
        "staff.actual": "||50|人",
        "three_public": "3.33|7|2.74|万元",
        "vehicles": "3.33|7|2.74|万元",
        "vehicle_purchase": "|||万元",
        "vehicle_running": "3.33|7|2.74|万元",
        "abroad": "|||万元",
        "reception": "0|0.50|——|万元",
        "projects": "667.94|622.50|622.5|万元",
        "春节送温暖慰问": "300|300|300|万元",
        "劳模专项补助": "172.80|173.30|173.30|万元",
        "operating": "——|0|0|万元",
        "村道维护专项": "195.14|149.20|149.20|万元",
        "public": "89.15|95.86|95.86|万元",
        "public·办公经费": "1|2|3|万元",
        "procurement": "——|5|4|万元",
        "adjustment": "——|1922.760001||万元",
        "building.approved_area": "||1000|㎡",
        "building.actual_area": "||950|㎡",
        "building.planned_investment": "||200|万元",
        "building.actual_investment": "||190.5|万元",
    }
    assert rates == {
        "staff.printed_rate": "96.15%",
        "building.printed_area_rate": "95%",
        "building.printed_investment_rate": "95.25%",
    }
    assert recognised(grid(HUNAN), "", 2022) == "base"


def test_places_are_those_of_the_grid():
    """A cell can be found again in the document; locators say annex and row."""
    row = next(row for row in base(grid(HUNAN), "附件1", 2022).budget if row["item"] == "劳模专项补助")
    assert row["place"] == {"last_outturn": (12, 1), "budget": (12, 3), "outturn": (12, 5)}
    assert row["locator"] == "附件1 劳模专项补助"


def test_who_filled_it_in_is_never_kept():
    """Names and numbers of persons are in no answer, beside the label or behind its colon."""
    text = HUNAN + "\n填表人 | 王小明 | 联系电话 | 0737-1234567 | 负责人（签字） | 李大同 | ~"
    assert not any(word in str(base(grid(text), "", 2022)) for word in ("某某", "王小明", "1234567", "李大同", "0731"))


FLAT = """
类别 | 项目 | 计量单位 | 上年决算数 | 年初预算数 | 全年预算数（调整后） | 决算数 | 预算完成率
人员 | 编制数 | 人 | | | | 52 |
~ | 在职人员数 | 人 | 50 | 51 | 51 | 52 |
~ | 控制率 | % | | | | 100 |
支出 | 部门整体支出 | 元 | 12743800 | 13000000 | 13424900 | 13424900 | 100%
~ | 其中：一般公共预算财政拨款 | 元 | 12,743,800.00 | 13,000,000.00 | 13,424,900.00 | 13,424,900.00 | 100%
~ | （一）基本支出 | 元 | 6064400 | 7000000 | 7199900 | 7199900 |
~ | 其中：日常公用经费 | 元 | 891500 | 950000 | 958600 | 958600 |
"""


def test_flat_table_with_a_column_of_units():
    """全年预算 and 年初预算 have columns of their own; staffing has one value, this year's; a rate without its sign has it in the reading."""
    rows, rates = read(FLAT, "附表1")
    assert rows == {
        "staff.establishment": "||52|人",
        "staff.actual": "||52|人",
        "total": "12743800|13424900|13424900|元",
        "fiscal": "12,743,800.00|13,424,900.00|13,424,900.00|元",
        "basic": "6064400|7199900|7199900|元",
        "public": "891500|958600|958600|元",
    }
    assert rates == {"staff.printed_rate": "100%"}
    (total,) = (row for row in base(grid(FLAT), "附表1", 2022).budget if row["item"] == "total")
    assert (total["initial"], total["full"], total["budget"]) == ("13000000", "13424900", "")


@pytest.mark.parametrize("at", [2, 5])
def test_where_money_comes_from_is_no_row(at):
    """A text cell below 资金来源 is said of its project, wherever the column stands."""
    rows = [["序号", "项目名称", "年初预算", "全年预算", "实际支出"], ["1", "环境整治", "328.93", "956", "927.4"]]
    for row, cell in zip(rows, ("资金来源", "一般公共预算"), strict=True):
        row.insert(at, cell)
    (row,) = base(rows, "表1 项目支出情况表（单位：万元）", 2022).budget
    assert (row["item"], row["initial"], row["full"], row["outturn"]) == ("环境整治", "328.93", "956", "927.4")


def test_sources_that_are_the_rows_of_a_table_stay_its_rows():
    rows = grid("资金来源 | 全年预算 | 实际支出\n一般公共预算 | 10 | 9\n政府性基金 | 3 | 2")
    assert [row["item"] for row in base(rows, "单位：万元", 2022).budget] == ["fiscal", "government_fund"]


def test_heads_begin_below_a_title_with_the_unit_beside_it():
    assert begins(grid("2022年收支决算表 | | 单位：万元\n项目 | 预算 | 决算\n收入 | 2 | 1")) == 1
    assert begins(grid("项目 | 单位：万元\n收入 | 2")) == 0, "of one column"


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (1, 2, 0, 3, 4), (3, 4, 0, 1, 2)])
def test_what_comes_in_is_none_of_what_the_spending_came_from(order):
    """收入 and 支出 below each other, the total above or below its parts."""
    lines = "一、本年收入合计 | 12 | 11", "1.一般公共预算拨款 | 10 | 9", "2.其他收入 | 2 | 2"
    lines += "二、本年支出合计 | 12 | 10", "1.基本支出 | 12 | 10"
    rows = grid("\n".join(["项目 | 全年预算 | 本年决算", *(lines[n] for n in order)]))
    assert [row["item"] for row in base(rows, "单位：万元", 2022).budget] == ["total", "basic"]


@pytest.mark.parametrize(("spent", "plan"), [("9", "budget"), ("11", "initial")])
def test_budget_that_was_exceeded_is_not_that_of_the_whole_year(spent, plan):
    """A form says 预算数, another 全年预算数, of other items."""
    row = {"item": "projects", "initial": "", "full": "", "budget": "10", "outturn": spent}
    whole = {"item": "total", "initial": "15", "full": "20", "budget": "", "outturn": "19"}
    assert _planned([row, whole])[0][plan] == "10"


TWO_HEADS = """
项目 | 2021年 | 2022年 | ~ | ~
~ | 决算数（万元） | 年初预算 | 全年预算 | 决算
支出合计 | 10 | 11 | 12 | 12
1.基本支出 | 4 | 5 | 5 | 5
2.项目支出 | 6 | 6 | 7 | 7
公用经费 | 1 | 1 | 1 | 1
三公经费合计 | 1 | 1 | 1 | 0.9
公务用车购置及运行维护费 | 1 | 1 | 1 | 0.9
（1）购置费 | 0 | 0 | 0 | 0
（2）运行维护费 | 1 | 1 | 1 | 0.9
因公出国（境）费 | 0 | 0 | 0 | 无
公务接待费 | | / | / | /
"""


def test_heads_of_two_rows_under_years():
    """A head is what stands over a column in all its rows; a unit in the head is that of the rows; 运行维护费 is that of the car."""
    rows, _ = read(TWO_HEADS, "基础数据表")
    assert rows["total"] == "10|12|12|万元" and rows["projects"] == "6|7|7|万元"
    assert rows["vehicle_purchase"] == "0|0|0|万元" and rows["vehicle_running"] == "1|1|0.9|万元"
    assert rows["abroad"] == "0|0|无|万元" and rows["reception"] == "|/|/|万元"
    assert "operating" not in rows
    assert base(grid(TWO_HEADS), "基础数据表", 2022).budget[0]["initial"] == "11"


UNITS = """
项目 | 局机关 | ~ | 二级单位 | ~ | ~ | ~ | 合计 | ~
~ | ~ | ~ | 农技中心 | ~ | 动检中心 | ~ | ~ | ~
~ | 预算数 | 决算数 | 预算数 | 决算数 | 预算数 | 决算数 | 预算数 | 决算数
基本支出 | 6 | 5 | 4 | 4 | 3 | 3 | 13 | 12
项目支出 | 14 | 14 | 2 | 2 | 3 | 3 | 19 | 19
合计 | 20 | 19 | 6 | 6 | 6 | 6 | 32 | 31
"""


@pytest.mark.parametrize("last, this", [("2021年", "2022年"), ("上年", "本年"), ("上年度", "本年度")])
@pytest.mark.parametrize("turned", [False, True])
def test_heads_of_two_rows_say_the_year_above_or_below(last, this, turned):
    """预算数 over 上年 is what 上年 over 预算数 is, for every kind of column."""
    kinds = ("预算数", "决算数")
    pairs = [(year, kind) for year in (last, this) for kind in kinds]
    pairs = pairs if turned else [(kind, year) for kind in kinds for year in (last, this)]
    upper, lower = ("|".join(one) for one in zip(*pairs, strict=True))
    upper = re.sub(r"([^|]+)\|\1", r"\1|~", upper)
    found = base(grid(f"项目|{upper}\n~|{lower}\n三公经费|1|2|3|4\n公务接待费|1|2|3|4"), "单位：万元", 2022)
    names = {(last, "预算数"): "last_budget", (last, "决算数"): "last_outturn"}
    names |= {(this, "预算数"): "budget", (this, "决算数"): "outturn"}
    said = [names[pair if turned else pair[::-1]] for pair in pairs]
    assert [[row[name] for name in said] for row in found.budget] == [["1", "2", "3", "4"]] * 2


def test_columns_of_all_count_beside_those_of_subordinate_units():
    rows, _ = read(UNITS, "附件1")
    assert rows == {"basic": "|13|12|", "projects": "|19|19|", "total": "|32|31|"}


BESIDE = """
项目 | 2021年决算 | 2022年预算 | 2022年决算 | 项目 | 2021年决算 | 2022年预算 | 2022年决算
支出总额 | 10 | 12 | 12 | 三公经费 | 1 | 2 | 3
基本支出 | 4 | 5 | 5 | 公务用车 | 1 | 1 | 2
项目支出 | 6 | 7 | 7 | 购置 | 0 | 0 | 0
专项资金 | 5 | 6 | 6 | 运行维护 | 1 | 1 | 2
送清凉活动 | 5 | 6 | 6 | 公务接待 | 0 | 1 | 1
"""


TURNED = """
年度 | 编制数 | 在职人员数 | 支出总额 | 基本支出 | 项目支出 | 三公经费
2021年决算数 | 50 | 49 | 10 | 4 | 6 | 1
2022年预算数 | | | 12 | 5 | 7 | 2
2022年决算数 | 52 | 51 | 12 | 5 | 7 | ——
"""


def test_table_turned_round():
    """Items across and columns down; staffing is that of the outturn, last year's is no value of it."""
    rows, _ = read(TURNED)
    assert rows == {
        "staff.establishment": "||52|人", "staff.actual": "||51|人", "total": "10|12|12|万元", "basic": "4|5|5|万元",
        "projects": "6|7|7|万元", "three_public": "1|2|——|万元",
    }  # fmt: skip


PAIRS = """
编制数 | 52 | 实际在职人数 | 50 | 控制率 | 96.15%
项目 | ~ | 2021年决算数 | 2022年预算数 | ~ | 2022年决算数
基本支出 | ~ | 4 | 5 | ~ | 5
项目支出 | 小计 | 6 | 7 | ~ | 7
~ | 送温暖 | 6 | 7 | ~ | 7
三公经费 | ~ | 1 | 2 | ~ | 3
批复规模 | | 实际规模 | | 规模控制率 |
"""


def test_labels_beside_their_values():
    """编制数 | 52 | 在职 | 50 in one row; 小计 is the group it stands in; a blank form row is not reported."""
    rows, rates = read(PAIRS)
    assert rows == {
        "staff.establishment": "||52|人", "staff.actual": "||50|人", "basic": "4|5|5|万元", "projects": "6|7|7|万元",
        "送温暖": "6|7|7|万元", "three_public": "1|2|3|万元", "building.approved_area": "|||㎡", "building.actual_area": "|||㎡",
    }  # fmt: skip
    assert rates == {"staff.printed_rate": "96.15%"}


STAFF = {
    "kinds down, 工勤 has no name": (
        "人员类别 | 编制（人） | 2022年末实有（人） | 控制率（%）\n行政 | 20 | 19 | 95\n参公 | 8 | 8 | 100\n事业 | 22 | 21 | 95.45"
        "\n工勤 | 2 | 2 | 100\n合计 | 52 | 50 | 96.15"
    ),
    "kinds across": (
        "指标 | 行政 | 参公 | 事业 | 工勤 | 合计\n编制数（人） | 20 | 8 | 22 | 2 | 52\n在编人数（人） | 19 | 8 | 21 | 2 | 50"
        "\n控制率（%） | 95 | 100 | 95.45 | 100 | 96.15"
    ),
    "numbered, 公务员 and 参照管理": (
        "序号 | 类别 | 核定编制 | 上年末在职 | 年末在职人数 | 人员控制率\n1 | 公务员 | 20 | 18 | 19 | 95%\n"
        "2 | 参照管理人员 | 8 | 8 | 8 | 100%\n3 | 事业人员 | 22 | 20 | 21 | 95.45%\n4 | 小计 | 52 | 46 | 50 | 96.15%"
    ),
    "two heads, the kind above": (
        "行政 | ~ | 参公 | ~ | 事业 | ~ | 合计 | ~ | 控制率\n编制 | 实有 | 编制 | 实有 | 编制 | 实有 | 编制 | 实有 | ~\n"
        "20 | 19 | 8 | 8 | 22 | 21 | 52 | 50 | 96.15"
    ),
    "two heads, the kind below": (
        "单位 | 编制数 | ~ | ~ | ~ | 在职人员 | ~ | ~ | ~\n~ | 小计 | 行政 | 参公 | 事业 | 小计 | 行政 | 参公 | 事业\n"
        "全局 | 52 | 20 | 8 | 22 | 50 | 19 | 8 | 21"
    ),
    "one number a row": (
        "项目 | 人数\n一、编制数 | 52\n其中：行政编制 | 20\n参公编制 | 8\n事业编制 | 22\n二、年末实有人数 | 50\n其中：行政人员 | 19"
        "\n参公人员 | 8\n事业人员 | 21\n三、控制率 | 96.15%"
    ),
}
KINDS = {
    "staff.admin_establishment": "||20|人", "staff.admin_actual": "||19|人",
    "staff.reference_establishment": "||8|人", "staff.reference_actual": "||8|人",
    "staff.institution_establishment": "||22|人", "staff.institution_actual": "||21|人",
}  # fmt: skip


@pytest.mark.parametrize("text", STAFF.values(), ids=STAFF)
def test_staff_by_kind_however_it_is_laid_out(text):
    rows, rates = read(text)
    assert rows == KINDS | {"staff.establishment": "||52|人", "staff.actual": "||50|人"}
    assert {rate.strip("%") for rate in rates.values()} <= {"96.15"}
    assert recognised(grid(text), "", 2022) == "base"


def test_staff_by_kind_without_its_total_has_none():
    """Nothing is added up or chosen, and staff of subordinate units is no kind."""
    rows, rates = read(STAFF["kinds down, 工勤 has no name"].rpartition("\n")[0])
    assert (rows, rates) == (KINDS, {})
    assert (
        recognised(grid("指标 | 单位 | 2022年\n编制数 | 人 | 52\n在职人数 | 人 | 50\n门诊 | 人次 | 9"), "", 2022) == ""
    )


def test_project_spending_table():
    """A table of projects alone: every name is a special fund, the total is no fund."""
    text = """
序号 | 项目名称 | 2021年决算 | 2022年预算 | 2022年决算 | 备注
1 | 春节送温暖慰问 | 300 | 300 | 300 | 上级安排
2 | 劳模专项补助 | 172.80 | 173.30 | 173.30 |
合计 | ~ | 472.80 | 473.30 | 473.30 |
"""
    rows, _ = read(text, "项目支出情况表（单位：万元）")
    assert rows == {"春节送温暖慰问": "300|300|300|万元", "劳模专项补助": "172.80|173.30|173.30|万元"}
    assert recognised(grid(text), "项目支出情况表", 2022) == "base"


def test_projects_with_where_the_money_comes_from():
    """A column before the amounts that is no name of the row names none."""
    text = """
类别 | 序号 | 项目名称 | 资金来源 | 年初预算 | 调整后预算 | 实际支出 | 执行率 | 说明
业务类 | 1 | 12345热线运行 | 财政拨款 | 10 | 12.5 | 12.5 | 100% | 追加
~ | 2 | 劳模慰问 | 上级专款 | 5 | 5 | 4 | 80% |
小计 | ~ | ~ | ~ | 15 | 17.5 | 16.5 | 94.3% |
"""
    rows, _ = read(text, "2022年度项目支出表（万元）单位：万元")
    assert rows == {"12345热线运行": "|12.5|12.5|万元", "劳模慰问": "|5|4|万元"}


def test_repeated_heads_of_the_next_page():
    """Heads that stand there again on the next page are no row, and special funds go on below them."""
    text = """
项目 | 2021年决算 | 2022年预算 | 2022年决算
专项资金 | 5 | 6 | 6
送清凉活动 | 2 | 3 | 3
项目 | 2021年决算 | 2022年预算 | 2022年决算
金秋助学 | 3 | 3 | 3
二、其他情况 | | |
档案管理 | 1 | 1 | 1
"""
    rows, _ = read(text)
    assert rows == {"special": "5|6|6|万元", "送清凉活动": "2|3|3|万元", "金秋助学": "3|3|3|万元"}


def test_second_value_of_an_item_is_not_mixed_in():
    """One item, one row: what is printed again elsewhere is not mixed in."""
    rows, _ = read("项目 | 上年决算 | 预算 | 决算\n公用经费 | 1 | | 3\n公用经费 | 1 | 2 | 4")
    assert rows == {"public": "1||3|万元"}


def test_unit_with_the_number_and_no_unit_at_all():
    """300万元 is 300 in 万元; another unit in the same row is left; where nothing says a unit none is invented."""
    rows, _ = read("项目 | 上年决算 | 预算 | 决算\n公用经费 | 300万元 | 310万元 | 3050000元\n基本支出 | 1 | 2 | 3", "")
    assert rows == {"public": "300|310||万元", "basic": "1|2|3|"}


def test_cells_that_a_pdf_spreads():
    """Blanks instead of covered cells: a column without a head goes with that to its left."""
    text = "经费情况 | | 2021年决算数 | | 2022年预算数 | | 2022年决算数 | \n三公经费 | | 3.33 | | 7 | | | 2.74\n公用经费 | | 1 | | | 2 | 3 | "
    rows, _ = read(text)
    assert rows == {"three_public": "3.33|7|2.74|万元", "public": "1|2|3|万元"}


PROJECT = """
子镇项目支出绩效自评表
（2022年度）
项目名称 | 村道硬化
主管部门 | 甲局 | ~ | ~ | 实施单位 | 子镇
项目资金（万元） | | ~ | 年初预算数 | 全年预算数 | 全年执行数 | 分值 | 执行率 | 得分
~ | 年度资金总额 | ~ | 0 | 0 | 0 | 10 | 0 | 0
~ | 其中：财政拨款 | ~ | 90 | 89.974 | 89.974 | — | | —
年度总体目标 | 预期目标 | ~ | ~ | ~ | 实际完成情况
~ | 90=30+30+30 | ~ | ~ | ~ | 89.97=30+30+29.99
绩效指标 | 一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分 | 偏差原因分析及改进措施
~ | 产出指标（50分） | 数量指标 | 指标1：村道数 | ≥50 | 50 | 8 | 8 |
~ | ~ | 质量指标 | 合格率 | ≥100百分比 | 100 | 8 | 8 |
~ | ~ | ~ | 返工率 | ≤ 1 % | 0 | 8 | 7.5 | 天气原因
~ | ~ | 时效指标 | 验收 | 9月前 | 7月 | 5 | 5 |
~ | ~ | 成本指标 | 总成本 | ≤90万元 | 90 | 8 | 8 |
~ | 效益指标 | 社会效益指标 | 出行条件 | 达成预期指标 | 达成预期指标 | 10 | 10 |
~ | ~ | 生态效益指标 | 指标1： | | | | |
~ | 满意度指标 | ~ | 群众满意度 | 95%以上 | 96% | 10 | 10 |
总分 | ~ | ~ | ~ | ~ | ~ | 100 | 89.97 |
填表人：王小明 | ~ | ~ | ~ | 联系电话：0737-1234567
"""


def test_project_sheet_comes_out_cell_for_cell():
    """Merged levels filled down, comparators, units, dates and words, scores as printed; placeholders and persons are no rows."""
    head, rows = sheet(PROJECT)
    assert rows == [
        "产出指标|数量指标|村道数|≥|50||8|50|8|",
        "产出指标|质量指标|合格率|≥|100|%|8|100|8|",
        "产出指标|质量指标|返工率|≤|1|%|8|0|7.5|天气原因",
        "产出指标|时效指标|验收||9月前||5|7月|5|",
        "产出指标|成本指标|总成本|≤|90|万元|8|90|8|",
        "效益指标|社会效益指标|出行条件||达成预期指标||10|达成预期指标|10|",
        "满意度指标|满意度指标|群众满意度|≥|95|%|10|96%|10|",
    ]
    assert (head["project"], head["goal"], head["done"]) == ("村道硬化", "90=30+30+30", "89.97=30+30+29.99")
    assert head["total"]["weight"] == "100" and head["total"]["score"] == "89.97"
    assert head["funds"] == [
        {
            "label": "年度资金总额",
            "initial": "0",
            "full": "0",
            "outturn": "0",
            "weight": "10",
            "rate": "0",
            "score": "0",
        },
        {"label": "财政拨款", "initial": "90", "full": "89.974", "outturn": "89.974", "weight": "—", "score": "—"},
    ]
    assert "王小明" not in str((head, rows)) and "1234567" not in str((head, rows))
    assert recognised(grid(PROJECT), "附件3") == "project"


UNIT = """
年度预算申请（万元） | ~ | 年初预算数 | 全年预算数 | 全年执行数 | 分值 | 执行率 | 得分
~ | 年度资金总额 | 329.77 | 329.77 | 338.31 | 10 | 102.59% | 10
~ | 按收入性质分： | ~ | ~ | 按支出性质分： | ~ | ~ | ~
~ | 其中：一般公共预算：329.77 | ~ | ~ | 其中：基本支出：250 | ~ | ~ | ~
~ | 政府性基金拨款： | ~ | ~ | 项目支出： | 88.31 | ~ | ~
年度总体目标 | 完成各项任务 | ~ | ~ | ~ | ~ | ~ | ~
一级指标 | 二级指标 | 三级指标 | 指标性质 | 指标值 | 度量单位 | 完成值 | 权重 | 得分 | 未完成原因分析
预算执行率 | ~ | ~ | | 100% | | 102.59% | 10 | 10 |
产出 | 数量指标 | 示范村 | ≤ | 4 | 个 | 4 | 10 | 10 |
 | | 村庄 | ≥ | 200 | 个 | 202 | 10 | 10 |
 | 质量指标 | 验收率 | ≥ | 95 | % | 100% | 5 | 5 |
 | 时效指标 | 完成时间 | = | 2022年9月底前 | | 2022年7月20日 | 5 | 5 |
效益 | 社会效益指标 | 环境 | 定性 | 不断改善 | | 不断改善 | 30 | 28.5 | 个别村滞后
合计 | ~ | ~ | ~ | ~ | ~ | ~ | 100 | 98.5 |
其他说明 | 无其他事项 | ~ | ~ | ~ | ~ | ~ | ~ | ~ | ~
"""


def test_unit_sheet_with_comparator_and_unit_in_columns():
    """The execution rate is the sheet's own row; blank levels are those above; the head block by income and by expenditure."""
    head, rows = sheet(UNIT, "附件2 部门整体支出绩效自评表")
    assert rows == [
        "产出指标|数量指标|示范村|≤|4|个|10|4|10|",
        "产出指标|数量指标|村庄|≥|200|个|10|202|10|",
        "产出指标|质量指标|验收率|≥|95|%|5|100%|5|",
        "产出指标|时效指标|完成时间||2022年9月底前||5|2022年7月20日|5|",
        "效益指标|社会效益指标|环境||不断改善||30|不断改善|28.5|个别村滞后",
    ]
    assert head["execution"]["actual"] == "102.59%" and head["execution"]["score"] == "10"
    assert head["goal"] == "完成各项任务" and head["total"]["score"] == "98.5"
    assert [one["label"] for one in head["funds"]] == [
        "年度资金总额"
    ]  # of the parts no head says which amount they print
    assert head["funds"][0]["rate"] == "102.59%"
    assert recognised(grid(UNIT), "附件2 部门整体支出绩效自评表") == "score"


def test_names_stand_below_the_third_level_of_a_head_in_two_rows():
    _, rows = sheet("""
一级指标 | 二级指标 | 三级指标 | ~ | 指标值 | ~ | 评分 | ~ | 未完成原因
~ | ~ | 名称 | 计量单位 | 年度指标值 | 实际完成值 | 分值 | 得分 | ~
产出指标 | 数量指标 | 统计报表 | 张 | ≥1800 | 1860 | 50 | 50 |
""")
    assert rows == ["产出指标|数量指标|统计报表|≥|1800|张|50|1860|50|"]


def test_incomes_that_are_no_item_of_the_base_table_are_the_units_own():
    """财政拨款 and 上年结转 by year are parts of the whole; what is beside the execution rate stays with it."""
    found = Sheet(
        grid("""
预算执行（万元） | | 年初预算数 | 全年预算数 | 全年执行数 | 分值 | 执行率 | 得分
~ | 年度资金总额 | 310 | 356.8 | 352.64 | 10 | 98.83% | 9.88
~ | 其中：当年财政拨款 | 300 | 346.8 | 342.64 | — | 98.80% | —
~ | 上年结转资金 | 10 | 10 | 10 | — | 100% | —
一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分 | 偏差原因
预算执行率 | | | 100% | 98.83% | 10 | 9.88 | 项目跨年
"""),
        "",
    )
    told = {row["item"]: (row["initial"], row["full"], row["outturn"]) for row in found.amounts}
    assert told == {
        "total": ("310", "356.8", "352.64"),
        "total·当年财政拨款": ("300", "346.8", "342.64"),
        "total·上年结转资金": ("10", "10", "10"),
    }
    (row,) = found.rows
    assert (row["target"], row["unit"], row["explanation"], row["printed"]) == ("100", "%", "项目跨年", "9.88")


@pytest.mark.parametrize(
    ("label", "item"),
    [
        ("事业收入及其他", "total·事业收入及其他"),
        ("经营收入", "total·经营收入"),
        ("专项债券资金", "total·专项债券资金"),
        ("其他资金", "other_income"),
        ("其中：省级资金", ""),  # of the one above, not of the whole
        ("人员类", ""),
    ],
)
def test_line_of_the_head_is_kept_or_told(label, item):
    """What comes in, by any name, is a part of the whole; a line that has no place is told."""
    found = Sheet(
        grid(f"""
预算执行（万元） | | 年初预算数 | 全年预算数 | 全年执行数 | 分值 | 执行率 | 得分
~ | 年度资金总额 | 310 | 356.8 | 352.64 | 10 | 98.83% | 9.88
~ | {label} | 10 | 10 | 10 | — | 100% | —
一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分 | 偏差原因
"""),
        "",
    )
    assert [row["item"] for row in found.amounts][1:] == [item] * bool(item)
    assert [*found.unread] == [label.removeprefix("其中：")] * (not item)


def test_amounts_behind_labels_of_their_own_are_in_the_column_that_they_add_up_to():
    """Those that add up to none are figures of the document, in the unit of the form."""
    found = Sheet(grid(UNIT), "")
    told = {row["item"]: (row["full"], row["outturn"], row["unit"]) for row in found.amounts}
    assert told["fiscal"] == ("329.77", "", "万元") and told["basic"] == ("", "250", "万元")
    assert told["projects"] == ("", "88.31", "万元") and (4, 5) in found.taken
    other = Sheet(grid(UNIT.replace("250", "251")), "")
    assert [row["item"] for row in other.amounts] == ["total", "fiscal"] and other.loose == {(3, 4), (4, 5)}


def test_framework_with_points_at_every_level():
    """Weights beside all three levels: those of the third are the row's, the last column is the score."""
    text = """
一级指标 | 分值 | 二级指标 | 分值 | 三级指标 | 分值 | 评价标准 | 指标说明 | 得分
投入 | 16 | 预算配置 | 16 | 在职人员控制率 | 8 | 以100%为标准 | 50÷52 | 8
~ | ~ | ~ | ~ | 三公经费变动率 | 8 | 每超一个百分点扣0.8分 | 98.31% | 0
过程 | 58 | 预算执行 | 16 | 预算完成率 | 8 | 每低5%扣2分 | 99.27% | 8
总分 | ~ | ~ | ~ | ~ | 100 | | | 91.5
"""
    expected = [
        "投入|预算配置|在职人员控制率||||8||8|",
        "投入|预算配置|三公经费变动率||||8||0|",
        "过程|预算执行|预算完成率||||8||8|",
    ]
    head, rows = sheet(text)
    assert rows == expected and (head["total"]["weight"], head["total"]["score"]) == ("100", "91.5")
    assert sheet(text.replace("分值", "得分"))[1] == expected


def test_heads_of_two_rows_and_a_page_break():
    """指标 over its three levels, 年度指标值 over sign and number; heads repeated on the next page; levels go on."""
    text = """
绩效指标 | ~ | ~ | 年度指标值 | ~ | 实际完成值 | 分值 | 自评得分
一级指标 | 二级指标 | 三级指标 | ~ | ~ | ~ | ~ | ~
产出指标 | 数量指标 | 改厕 | ≥ | 2000户 | 3061户 | 10 | 10
绩效指标 | ~ | ~ | 年度指标值 | ~ | 实际完成值 | 分值 | 自评得分
一级指标 | 二级指标 | 三级指标 | ~ | ~ | ~ | ~ | ~
~ | ~ | 中心村 | ≥ | 10个 | 10个 | 10 | 10
"""
    assert sheet(text)[1] == [
        "产出指标|数量指标|改厕|≥|2000|户|10|3061户|10|",
        "产出指标|数量指标|中心村|≥|10|个|10|10个|10|",
    ]


def test_total_beside_its_word():
    for line in ("总分：95", "总分 | 95", "总分 | ~ | ~ | ~ | ~ | 95"):
        head, rows = sheet(f"三级指标 | 指标值 | 完成值 | 分值 | 得分 | 备注\n入户 | 200户 | 200 | 10 | 9 | 无\n{line}")
        assert head["total"]["score"] == "95" and rows == ["||入户||200|户|10|200|9|无"]


AIMS = {
    "≥95%": ("≥", "95", "%"),
    "≧ 95 ％": ("≥", "95", "%"),
    "＞=95%": ("≥", "95", "%"),
    "不低于95%": ("≥", "95", "%"),
    "不少于3次": ("≥", "3", "次"),
    "95%以上": ("≥", "95", "%"),
    "达到95%及以上": ("≥", "95", "%"),
    "≤90万元": ("≤", "90", "万元"),
    "控制在300元/人以内": ("≤", "300", "元/人"),
    "不超过8小时": ("≤", "8", "小时"),
    "3天内": ("≤", "3", "天"),
    "=100%": ("=", "100", "%"),
    ">80分": (">", "80", "分"),
    "＜5起": ("<", "5", "起"),
    "200户": ("", "200", "户"),
    "1,200人次": ("", "1,200", "人次"),
    "0": ("", "0", ""),
    "100百分比": ("", "100", "%"),
    "达成预期指标": ("", "达成预期指标", ""),
    "无安全事故": ("", "无安全事故", ""),
    "90%-95%": ("", "90%-95%", ""),
    "≥3个，≤5个": ("", "≥3个，≤5个", ""),
    "9月前": ("", "9月前", ""),
    "11月底前": ("", "11月底前", ""),
    "2022年12月31日前": ("", "2022年12月31日前", ""),
    "12月31日前": ("", "12月31日前", ""),
    "年底前": ("", "年底前", ""),
    "2022年12月底前完成": ("", "2022年12月底前完成", ""),
    "2023年3月": ("", "2023年3月", ""),
    "2022.9.30": ("", "2022.9.30", ""),
    "≤12月": ("≤", "12月", ""),
}


@pytest.mark.parametrize("text", AIMS)
def test_aim(text):
    """A target is a comparator, a number and its unit; a time limit as printed; or the words."""
    assert aim(text) == AIMS[text]


LABELS = {
    "total": "支出总额 部门支出总额 支出合计 部门整体支出 整体支出总额 部门支出合计",
    "fiscal": "其中：一般公共预算拨款 一般公共预算财政拨款 （1）一般公共预算",
    "government_fund": "政府性基金拨款 政府性基金预算财政拨款",
    "other_income": "其他资金 其它资金",
    "basic": "1.基本支出 （一）基本支出 一、基本支出：",
    "public": "公用经费 其中：日常公用经费 公用经费支出",
    "projects": "2、项目支出 项目支出合计 （二）项目支出",
    "operating": "（1）运行维护经费 2、运行维护专项",
    "special": "（2）专项资金 专项支出",
    "business_special": "1、业务工作专项（一个专项一行） 业务工作经费",
    "three_public": "三公经费 “三公”经费 三公经费合计 “三公经费”",
    "vehicles": "1.公务用车购置和维护经费 公务用车购置及运行维护费 公务用车购置、运行维护费 公务用车购置及运行费",
    "vehicle_purchase": "其中：公车购置 公务用车购置费 公务用车购置",
    "vehicle_running": "公车运行维护 公务用车运行维护费 公务用车运行费",
    "abroad": "2、出国经费 因公出国（境）费 因公出国（境）费用 出国（境）经费",
    "reception": "3.公务接待 公务接待费 公务接待费用",
    "procurement": "政府采购金额 政府采购 政府采购支出",
    "adjustment": "部门支出预算调整 部门整体支出预算调整 预算调整 部门预算调整金额",
    "basic_adjustment": "部门基本支出预算调整 基本支出预算调整数",
    "staff.establishment": "编制数 人员编制数 编制人数 编制数（人）",
    "staff.actual": "2022年实际在职人数 实际在职人数 在职人员数 年末实有人数 在职人数（人） 2022年末实际在职人数 实有在职人数",
    "building.approved_area": "批复规模（㎡） 批复面积",
    "building.actual_area": "实际规模（平方米） 实际面积",
    "building.planned_investment": "预算投资（万元） 概算投资",
    "building.actual_investment": "实际投资（万元） 实际投资额",
}


@pytest.mark.parametrize(
    ("item", "label"), [(item, label) for item, labels in LABELS.items() for label in labels.split()]
)
def test_labels_as_units_write_them(item, label):
    assert named("item", label, 2022) == item


@pytest.mark.parametrize(
    "label",
    ["办公经费", "2021年实际在职人数", "人员经费", "公务用车购置数量", "三公经费变动率", "差旅费", "政府采购执行率"],
)
def test_labels_that_are_no_items(label):
    assert named("item", label, 2022) == ""


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("1,342.49", ("1,342.49", "")),
        ("1342.\n49", ("1342.49", "")),
        ("52人", ("52", "人")),
        ("——", ("——", "")),
        ("", ("", "")),
        ("无", ("无", "")),
        ("98.5%", ("98.5%", "")),
        ("300万", ("300", "万")),
        ("20周年庆", None),
        ("见附表", None),
        ("2022年", None),
    ],
)
def test_amount(cell, read):
    assert amount(cell) == read


@pytest.mark.parametrize(
    "text",
    [
        "姓名 | 岗位 | 补助（元）\n甲 | 司机 | 300",
        "单位 | 参保人数 | 已交互助金\n甲局 | 20 | 2000",
        "时间 | 内容 | 决算\n9月 | 培训 | 2",
        "序号 | 指标名称 | 年度指标值 | 实际完成值 | 完成率\n1 | 造林面积 | 5000亩 | 5120亩 | 102.4%",
        "科目 | 年初预算数 | 决算数\n教育支出 | 1 | 2\n基本支出 | 3 | 4",
        "专项项目 | 计划数（公里） | 实际完成数（公里） | 完成率\n沥青路面 | 12.5 | 12.5 | 100%",
    ],
)
def test_other_tables_are_let_alone(text):
    assert recognised(grid(text), "", 2022) == ""


VARIANTS = {
    "a row of column numbers, the unit in the table": (
        """
部门整体支出绩效评价基础数据表 | ~ | ~ | ~ | ~ | ~
单位名称：某局 | ~ | ~ | ~ | ~ | 单位：元
项 目 | 行次 | 上年决算数 | 本年预算数 | 本年决算数 | 备注
栏次 | | 1 | 2 | 3 | 4
一、支出 总额 | 1 | 100 | 120 | 120 |
其中：一般公共预算拨款 | 2 | 100 | 120 | 110 |
政府性基金 | 3 | —— | —— | 10 | 追加
二、三公经费 | 4 | 1 | 1 | 1 |
公务接待费 | 5 | 1 | 1 | 1 |
""",
        {"total": "100|120|120|元", "fiscal": "100|120|110|元", "government_fund": "——|——|10|元", "three_public": "1|1|1|元", "reception": "1|1|1|元"},
    ),
    "groups in a column of their own with 小计": (
        """
类 别 | ~ | N-1年决算数 | N年年初预算 | N年调整预算 | N年决算数
三公经费 | 小计 | 3 | 4 | 5 | 4.5
~ | 因公出国（境）费 | 0 | 0 | 0 | 0
~ | 公务用车购置及运行费 | 2 | 2 | 2 | 2
~ | 其中：购置费 | 0 | 0 | 0 | 0
~ | 运行费 | 2 | 2 | 2 | 2
~ | 公务接待费 | 1 | 2 | 3 | 2.5
专项资金 | 小计 | 10 | 10 | 10 | 10
~ | 送温暖 | 6 | 6 | 6 | 6
~ | 金秋助学 | 4 | 4 | 4 | 4
~ | …… | | | |
政府采购 | ~ | 1 | 1 | 1 | 1
""",
        {
            "three_public": "3|5|4.5|万元", "abroad": "0|0|0|万元", "vehicles": "2|2|2|万元", "vehicle_purchase": "0|0|0|万元",
            "vehicle_running": "2|2|2|万元", "reception": "1|3|2.5|万元", "special": "10|10|10|万元", "送温暖": "6|6|6|万元",
            "金秋助学": "4|4|4|万元", "procurement": "1|1|1|万元",
        },
    ),
    "staffing with 空编 above the money": (
        """
人员情况（人） | 编制数 | 实有人数 | 空编 | 在职人员控制率
~ | 52 | 50 | 2 | 96%
支出情况（万元） | 2021 年决算 | 2022 年 预算 | 2022 年 决算 | 完成率
支出总额 | 1,274.38 | 1,342.49 | 1,342.49 | 100%
""",
        {"staff.establishment": "||52|人", "staff.actual": "||50|人", "total": "1,274.38|1,342.49|1,342.49|万元"},
    ),
    "one column of values": (
        """
指标 | 计量单位 | 数值
编制人数 | 人 | 52
年末实有人数 | 人 | 50
支出总额 | 万元 | 1342.49
批复规模 | 平方米 | 0
""",
        {"staff.establishment": "||52|人", "staff.actual": "||50|人", "total": "||1342.49|万元", "building.approved_area": "||0|㎡"},
    ),
    "a year before last and a change": (
        """
项目 | 2020年决算 | 2021年决算 | 2022年预算 | 2022年决算 | 比上年增减
公用经费 | 1 | 2 | 3 | 4 | 2
三公经费 | 1 | 2 | 3 | 4 | 2
项目支出 | 1 | 2 | 3 | 4 | 2
""",
        {"public": "2|3|4|万元", "three_public": "2|3|4|万元", "projects": "2|3|4|万元"},
    ),
    "bare years over the heads": ("""
项目 | 2021 | 2022 | ~
~ | 决算 | 预算 | 决算
公用经费 | 2 | 3 | 4
三公经费 | 2 | 3 | 4
""", {"public": "2|3|4|万元", "three_public": "2|3|4|万元"}),
    "items across under heads of three rows": (
        """
年度 | 三公经费 | ~ | ~ | ~ | ~
~ | 合计 | 因公出国（境）费 | 公务用车购置及运行费 | ~ | 公务接待费
~ | ~ | ~ | 购置费 | 运行维护费 | ~
2021年决算 | 3 | 0 | 0 | 2 | 1
2022年预算 | 4 | 0 | 0 | 2 | 2
2022年决算 | 3.5 | 0 | 0 | 2 | 1.5
""",
        {
            "three_public": "3|4|3.5|万元", "abroad": "0|0|0|万元", "vehicle_purchase": "0|0|0|万元",
            "vehicle_running": "2|2|2|万元", "reception": "1|2|1.5|万元",
        },
    ),
    "three blocks side by side": (
        """
项目 | 决算数 | 项目 | 决算数 | 项目 | 决算数
基本支出 | 1 | 三公经费 | 2 | 编制数 | 3
公用经费 | 4 | 公务接待 | 5 | 在职人数 | 6
""",
        {
            "basic": "||1|万元", "public": "||4|万元", "three_public": "||2|万元", "reception": "||5|万元",
            "staff.establishment": "||3|人", "staff.actual": "||6|人",
        },
    ),
    "a column of changes to the budget": ("""
项目 | 年初预算 | 预算调整数 | 全年预算 | 决算数 | 执行率
支出总额 | 1922.76 | 767.86 | 2690.62 | 2690.62 | 100%
基本支出 | 1 | 0 | 1 | 1 | 100%
""", {"total": "|2690.62|2690.62|万元", "basic": "|1|1|万元"}),
    "a building that is none": (
        """
楼堂馆所控制情况 | 批复规模 | 实际规模 | 规模控制率 | 预算投资 | 实际投资 | 投资概算控制率
（2022年完工项目） | 无 | 无 | —— | 无 | 无 | ——
""",
        {
            "building.approved_area": "||无|㎡", "building.actual_area": "||无|㎡",
            "building.planned_investment": "||无|万元", "building.actual_investment": "||无|万元",
        },
    ),
    "staffing inside the money block": (
        """
项目 | 2021年决算 | 2022年预算 | 2022年决算
财政供养人员 | 编制数 | 实际在职人数 | 控制率
~ | 52 | 50 | 96.15%
支出总额 | 1 | 2 | 3
""",
        {"staff.establishment": "||52|人", "staff.actual": "||50|人", "total": "1|2|3|万元"},
    ),
    "其中 beside its parts, the unit in a note": (
        """
项目 | ~ | 2021年决算数 | 2022年预算数 | 2022年决算数
支出总额 | 合计 | 10 | 12 | 12
~ | 1.基本支出 | 4 | 5 | 5
~ | 其中：公用经费 | 4 | 5 | 5
~ | 2.项目支出 | 6 | 7 | 7
其中： | 春节送温暖 | 3 | 3 | 3
~ | 劳模补助 | 3 | 4 | 4
三公经费 | ~ | 6 | 7 | 7
会议费 | ~ | 6 | 7 | 7
注：1.本表金额单位为万元。 | ~ | ~ | ~ | ~
""",
        {
            "total": "10|12|12|万元", "basic": "4|5|5|万元", "public": "4|5|5|万元", "projects": "6|7|7|万元",
            "春节送温暖": "3|3|3|万元", "劳模补助": "3|4|4|万元", "three_public": "6|7|7|万元",
        },
    ),
    "sections with the unit in their names, staffing a row each": (
        """
一、财政供养人员情况（人） | ~ | ~ | ~
编制数 | 52 | ~ | ~
实际在职人数 | 50 | ~ | ~
控制率 | 96.15% | ~ | ~
二、经费控制情况（万元） | 2021年度决算数 | 2022年度预算数 | 2022年度决算数
支出总额 | 1 | 2 | 3
项目支出 | 1 | 2 | 3
1、送温暖 | 1 | 1 | 1
2、送清凉 | 0 | 1 | 2
三公经费 | 1 | 2 | 3
因公出国（境） | / | / | /
公务用车购置及运行 | 1 | 2 | 3
公务接待 | 0 | 0 | 0
三、楼堂馆所控制情况 | ~ | ~ | ~
批复规模（㎡） | 100 | 实际规模（㎡） | 90
规模控制率 | 90% | 投资概算控制率 |
""",
        {
            "staff.establishment": "||52|人", "staff.actual": "||50|人", "total": "1|2|3|万元", "projects": "1|2|3|万元",
            "送温暖": "1|1|1|万元", "送清凉": "0|1|2|万元", "three_public": "1|2|3|万元", "abroad": "/|/|/|万元",
            "vehicles": "1|2|3|万元", "reception": "0|0|0|万元", "building.approved_area": "||100|㎡", "building.actual_area": "||90|㎡",
        },
    ),
    "full-width digits and a loss": (
        """
单位：元 | ~ | ~ | ~
基础数据 | 上年决算 | 当年预算 | 当年决算
支出合计 | １２３４．５０ | 2 | 3
“三公经费”支出 | 1 | 2 | 3
人员经费 | 1 | 2 | 3
1.公务用车购置及运行维护费 | 1 | 2 | 3
（1）公务用车购置 | 1 | 2 | 3
（2）公务用车运行维护 | 1 | 2 | 3
日常公用经费 | -1 | 2 | 3
""",
        {
            "total": "１２３４．５０|2|3|元", "three_public": "1|2|3|元", "vehicles": "1|2|3|元", "vehicle_purchase": "1|2|3|元",
            "vehicle_running": "1|2|3|元", "public": "-1|2|3|元",
        },
    ),
    "this year before the last": (
        """
项 目 | 2022年 | ~ | 2021年 | 增减率
~ | 预算 | 决算 | 决算 |
基本支出 | 5 | 6 | 4 | 50%
公用经费 | 5 | 6 | 4 | 50%
政府采购金额 | 5 | 6 | —— | ——
三公经费 | 5 | 6 | 4 | 50%
""",
        {"basic": "4|5|6|万元", "public": "4|5|6|万元", "procurement": "——|5|6|万元", "three_public": "4|5|6|万元"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("variant", VARIANTS)
def test_layouts_of_base_tables(variant):
    text, expected = VARIANTS[variant]
    assert read(text, "附件1 " + "单位：万元" * ("单位" not in text))[0] == expected


@pytest.mark.parametrize(
    "text", [HUNAN, FLAT, TWO_HEADS, BESIDE, TURNED, PAIRS, *(text for text, _ in VARIANTS.values())]
)
def test_cells_of_a_base_table_are_found_again(text):
    """Each value is what stands at its place, and no place has two."""
    rows, found = grid(text), base(grid(text), "附件1", 2022)
    values = [(place, row[column]) for row in found.budget for column, place in row["place"].items()]
    values += [(place, row["outturn"]) for row in found.rates for place in row["place"].values()]
    assert len({place for place, _ in values}) == len(values) > 0
    assert all(amount(rows[r][c])[0] == amount(value)[0] for (r, c), value in values)


def test_sheet_of_a_system():
    """Comparator, value and unit in columns; 项目年度目标 beside its completion; 调整后预算数 is the year's budget."""
    text = """
部门预算项目支出绩效自评表（2023年度） | ~ | ~ | ~ | ~ | ~ | ~ | ~ | ~ | ~
项目名称 | 工资性支出 | ~ | ~ | ~ | ~ | ~ | ~ | ~ | ~
主管部门 | 甲局本级 | ~ | ~ | ~ | 实施单位（盖章） | 甲局 | ~ | ~ | ~
项目基本情况 | 1.项目年度目标完成情况 | ~ | 项目年度目标 | ~ | ~ | 年度目标完成情况 | ~ | ~ | ~
~ | ~ | ~ | 严格执行政策 | ~ | ~ | 已完成 | ~ | ~ | ~
~ | 2.项目实施内容及过程概述 | ~ | 过程很好 | ~ | ~ | ~ | ~ | ~ | ~
预算执行情况（10分） | 年度预算数（万元） | ~ | 年初预算 | 调整后预算数 | 预算执行数 | 预算执行率 | 权重 | 得分 | 原因
~ | 总额 | ~ | 238.93 | 251.89 | 251.89 | 100.00% | 10 | 10 |
~ | 其中：财政资金 | ~ | 238.93 | 251.89 | 251.89 | 100.00% | / | / |
~ | 单位资金 | ~ | 0.00 | 0.00 | 0.00 | 0.00% | / | / |
绩效指标（90分） | 一级指标 | 二级指标 | 三级指标 | 指标性质 | 指标值 | 度量单位 | 完成值 | 权重 | 得分
~ | 产出指标 | 数量指标 | 发放覆盖率 | = | 100 | % | 100 | 60 | 60
~ | 效益指标 | 社会效益指标 | 足额保障率 | ≥ | 95 | % | 96 | 30 | 30
合计 | ~ | ~ | ~ | ~ | ~ | ~ | ~ | 100 | 100
评价结论 | 总体较好 | ~ | ~ | ~ | ~ | ~ | ~ | ~ | ~
项目负责人：张三 | ~ | ~ | ~ | ~ | 财务负责人：李四 | ~ | ~ | ~ | ~
"""
    head, rows = sheet(text.replace("张三", "王小明"))
    assert rows == [
        "产出指标|数量指标|发放覆盖率|=|100|%|60|100|60|",
        "效益指标|社会效益指标|足额保障率|≥|95|%|30|96|30|",
    ]
    assert (head["project"], head["goal"], head["done"]) == ("工资性支出", "严格执行政策", "已完成")
    assert [one["label"] for one in head["funds"]] == ["总额", "财政资金", "单位资金"]
    assert head["funds"][0]["full"] == "251.89" and head["funds"][0]["initial"] == "238.93"
    assert "王小明" not in str((head, rows))


def test_sheet_without_levels():
    assert sheet("""
序号 | 指标名称 | 目标值 | 实际值 | 权重（%） | 自评分
1 | 培训场次 | ≥12场 | 14场 | 60 | 60
2 | 满意度 | ≥90% | 92% | 40 | 40
 | 合计 | | | 100 | 100
""")[1] == ["||培训场次|≥|12|场|60|14场|60|", "||满意度|≥|90|%|40|92%|40|"]


def test_execution_rate_in_two_columns_is_the_one_of_the_sheet():
    head, rows = sheet(
        "一级指标 | 二级指标 | 三级指标 | 指标值 | 完成值 | 分值 | 得分\n预算执行 | | 执行率 | 100% | 98.82% | 10 | 9.88"
    )
    assert not rows and head["execution"]["score"] == "9.88"


def test_names_set_upright_points_in_names_and_merged_third_level():
    """产⏎出⏎指⏎标 is one word, its points are none of its name; a third level may have two targets, its weight stands once."""
    assert sheet("""
一级⏎指标 | 二级⏎指标 | 三级指标 | 年度指标值(A) | 全年完成值(B) | 分值 | 得分 | 未完成原因和改进措施
产⏎出⏎指⏎标⏎(50分) | 数量指标 | 走访慰问 | ≥100人 | 120人 | 10 | 10 |
~ | ~ | ~ | ≥20次 | 22次 | ~ | ~ |
~ | 质量指标 | 合格率 | =100% | 97% | 40 | 38.8 | 设备
效益指标(30分) | | 带动就业（30分） | 明显 | 达成预期指标 | 30 | 30 |
""")[1] == [
        "产出指标|数量指标|走访慰问|≥|100|人|10|120人|10|",
        "产出指标|数量指标|走访慰问|≥|20|次||22次||",
        "产出指标|质量指标|合格率|=|100|%|40|97%|38.8|设备",
        "效益指标||带动就业||明显||30|达成预期指标|30|",
    ]


def test_rates_that_a_spreadsheet_holds_as_parts_of_one():
    """0.9709 beside ≥95% is 97.09%, 0.45 beside ≤0.5% is itself; a target may have a thousands comma."""
    rows = sheet("""
一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分 | 备注
产出指标 | 质量指标 | 保证率 | ≥95% | 0.9709 | 30 | 30 |
~ | ~ | 控制率 | ≤100% | 0.9535 | 20 | 20 |
~ | ~ | 差错率 | ≤0.5% | 0.45 | 20 | 20 |
~ | ~ | 点击增长率 | ≥1,200% | 0.9 | 30 | 3 |
""")[1]
    assert [row.split("|")[7] for row in rows] == ["97.09%", "95.35%", "0.45", "90%"]


def test_what_was_done_stands_behind_what_was_aimed_at():
    """A row of the goal without heads: 预期目标 first, then 实际完成情况."""
    head = sheet("""
资金（万元） | | 年初预算数 | 全年预算数 | 全年执行数 | 分值 | 执行率 | 得分
~ | 年度资金总额 | 45 | 45 | 44.8 | 10 | 99.56% | 9.96
年度总体目标 | 为430名学生供餐。 | ~ | ~ | 为431名学生供餐。 | ~ | ~ | ~
一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分 | 备注
产出指标 | 数量指标 | 供餐人数 | ≥430人 | 431人 | 90 | 90 |
""")[0]
    assert (head["goal"], head["done"]) == ("为430名学生供餐。", "为431名学生供餐。")


def test_scores_of_the_total_row_and_of_its_part():
    """9 in the row of the total and 8 in that of its part stay as printed, each at its own place."""
    head, rows = sheet("""
项目名称 | 某专项 | ~ | ~ | ~ | ~ | ~ | ~
资金情况（万元） | | 年初预算数（A） | 全年预算数（B） | 全年执行数（C） | 分值 | 执行率（C/B） | 得分
~ | 资金总额 | 200 | 200 | 179.43 | 10 | 89.7% | 9
~ | 财政拨款 | 200 | 200 | 179.43 | | | 8
一级指标 | 二级指标 | 三级指标 | 年度指标值 | 实际完成值 | 分值 | 得分 | 备注
成本指标 | 经济成本指标 | 总成本 | ≤200万元 | 179.43万元 | 20 | 20 |
总分 | | | | | 100 | 95 |
""")
    assert [(one["rate"], one["score"]) for one in head["funds"][:1]] == [("89.7%", "9")]
    assert head["funds"][1]["score"] == "8" and "weight" not in head["funds"][1]
    assert rows == ["成本指标|经济成本指标|总成本|≤|200|万元|20|179.43万元|20|"] and head["total"]["score"] == "95"


def test_published_base_table_is_the_one_in_the_repository():
    """The figures of data/raw/yiyang/2022, set in the form that Hunan's units fill in, come out as they were entered by hand."""
    entered = read_table(ROOT / "data" / "raw" / "yiyang" / "2022" / "budget.csv", RAW["budget"])
    words = {
        row["item"].removeprefix("budget."): row["words"]
        for row in read_table(ROOT / "data" / "base_table.csv", BASE_TABLE)
    }
    money = [row for row in entered if "staff" not in row["item"]]
    lines = [
        "财政供养人员情况 | 编制数 | 2022年实际在职人数 | 控制率",
        "~ | 52 | 52 | 100%",
        "经费控制情况 | 2021年决算数 | 2022年预算数 | 2022年决算数",
    ]
    lines += [
        " | ".join([words.get(r["item"], r["item"]), r["last_outturn"], r["budget"], r["outturn"]]) for r in money
    ]
    found = base(grid("\n".join(lines)), "附件1 单位：万元", 2022)
    columns = [column for column in RAW["budget"] if column != "locator"]
    assert [[row[column] for column in columns] for row in found.budget] == [
        [row[column] for column in columns] for row in entered
    ]
    assert [(row["item"], row["outturn"]) for row in found.rates] == [("staff.printed_rate", "100%")]


def test_target_that_stands_apart_from_its_sign():
    """One head over sign and number, the number's own column without a head."""
    text = "三级指标 | 年度指标值 | | 实际完成值 | 分值 | 得分\n入户 | ≥ | 200户 | 210户 | 10 | 10"
    found = Sheet(grid(text), "")
    assert found.targets[0]["target"] + found.targets[0]["unit"] == "200户" and found.targets[0]["comparator"] == "≥"


@pytest.mark.parametrize(
    "rows", [[], [()], [(None, "52"), ("项目",)], [("一级指标", None, "得分", "分值"), (None,)], [(None,) * 3] * 2]
)
def test_empty_and_ragged_tables(rows):
    """A table that a document spoils stops nothing."""
    rows = impersonal(rows)
    assert recognised(rows, "", 2022) in ("", "score")
    assert base(rows, "", 2022).rates == [] and Sheet(rows, "").targets == []


def test_parts_by_nature_have_their_own_names():
    """按收入性质：一般公共预算 is that income in the columns of the head; an amount behind a label says no column and is not taken."""
    found = Sheet(
        grid("""
预算执行（万元） | | 年初预算数 | 全年预算数 | 全年执行数 | 分值 | 执行率 | 得分
~ | 年度资金总额 | 3856.20 | 4102.75 | 3998.41 | 10 | 97.46% | 9.75
~ | 按收入性质：一般公共预算 | 3856.20 | 4050.75 | 3946.41 | | 97.42% |
~ | 按支出性质：基本支出 | 2918.00 | 3002.10 | 2990.33 | | 99.61% |
~ | 其中：项目支出：938.20 | ~ | ~ | ~ | ~ | ~ | ~
"""),
        "",
    )
    assert [(row["item"], row["full"]) for row in found.amounts] == [
        *(("total", "4102.75"), ("fiscal", "4050.75"), ("basic", "3002.10")),
    ]
    assert (3, 2) in found.taken and (4, 1) not in found.taken


def test_a_sum_across_is_the_total_of_a_table_whose_rows_are_columns():
    text = "~ | 基本支出 | 项目支出 | 合计\n年初预算 | 120 | 45 | 165\n决算 | 119 | - | 119"
    assert recognised(grid(text), "") == "base"
    rows, _ = read(text)
    assert rows == {"basic": "|120|119|万元", "projects": "|45|-|万元", "total": "|165|119|万元"}
