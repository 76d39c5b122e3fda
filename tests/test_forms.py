"""Base tables and score sheets of units' documents: the grid that a form is becomes rows of the edition's tables, cell for cell.

In a grid written here, `|` parts cells and `~` is a cell that a merged one covers.
"""

import pytest

from lib.intake.basetable import base
from lib.intake.forms import recognised
from lib.intake.scoresheet import Sheet


def grid(text: str) -> list[tuple[str | None, ...]]:
    """Rows of a table; those that are shorter than the first are covered to the right."""
    rows = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    width = max(map(len, rows))
    return [tuple(None if cell == "~" else cell for cell in [*row, *["~"] * (width - len(row))]) for row in rows]


def read(text: str, above: str = "附件1 单位：万元", year: int = 2022):
    """(items with last outturn, budget, outturn and unit; printed rates; what is apart) of a base table."""
    found = base(grid(text), above, year)
    rows = {
        row["item"]: "|".join(row[c] for c in ("last_outturn", "budget", "outturn", "unit")) for row in found.budget
    }
    rates = {row["indicator"]: row["reading"] or row["printed"] for row in found.rates}
    return rows, rates, [(one["label"], one["printed"]) for one in found.apart]


def sheet(text: str, above: str = ""):
    """(head, targets as lists of what is filled in, apart) of a score sheet."""
    found = Sheet(grid(text), above)
    columns = ("level1", "level2", "level3", "comparator", "target", "unit", "weight", "actual", "score", "explanation")
    return found.head, ["|".join(row[c] for c in columns) for row in found.targets], found.apart


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
    rows, rates, apart = read(HUNAN)
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
        "public": "89.15|95.86|95.86|万元",
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
    assert apart == [
        ("1、业务工作专项（一个专项一行）", ""),
        *(("其中：办公经费", printed) for printed in "123"),
        ("厉行节约保障措施", "会议从简，公务接待预算只减不增"),
    ]
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
    """全年预算 is the budget and 年初预算 is apart; staffing has one value, this year's; a rate without its sign has it in the reading."""
    rows, rates, apart = read(FLAT, "附表1")
    assert rows == {
        "staff.establishment": "||52|人",
        "staff.actual": "||52|人",
        "total": "12743800|13424900|13424900|元",
        "fiscal": "12,743,800.00|13,424,900.00|13,424,900.00|元",
        "basic": "6064400|7199900|7199900|元",
        "public": "891500|958600|958600|元",
    }
    assert rates == {"staff.printed_rate": "100%"}
    assert ("部门整体支出", "13000000") in apart and ("部门整体支出", "100%") in apart
    assert ("在职人员数", "50") in apart and len(apart) == 3 + 4 + 2


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
    rows, _, apart = read(TWO_HEADS, "基础数据表")
    assert rows["total"] == "10|12|12|万元" and rows["projects"] == "6|7|7|万元"
    assert rows["vehicle_purchase"] == "0|0|0|万元" and rows["vehicle_running"] == "1|1|0.9|万元"
    assert rows["abroad"] == "0|0|无|万元" and rows["reception"] == "|/|/|万元"
    assert "operating" not in rows
    assert [printed for label, printed in apart if label == "支出合计"] == ["11"]


BESIDE = """
项目 | 2021年决算 | 2022年预算 | 2022年决算 | 项目 | 2021年决算 | 2022年预算 | 2022年决算
支出总额 | 10 | 12 | 12 | 三公经费 | 1 | 2 | 3
基本支出 | 4 | 5 | 5 | 公务用车 | 1 | 1 | 2
项目支出 | 6 | 7 | 7 | 购置 | 0 | 0 | 0
专项资金 | 5 | 6 | 6 | 运行维护 | 1 | 1 | 2
送清凉活动 | 5 | 6 | 6 | 公务接待 | 0 | 1 | 1
"""


def test_blocks_side_by_side():
    """Each block keeps its own labels and context: 运行维护 on the right is the car's, 送清凉 on the left a special fund."""
    rows, _, apart = read(BESIDE)
    assert rows == {
        "total": "10|12|12|万元", "basic": "4|5|5|万元", "projects": "6|7|7|万元", "special": "5|6|6|万元",
        "送清凉活动": "5|6|6|万元", "three_public": "1|2|3|万元", "vehicles": "1|1|2|万元",
        "vehicle_purchase": "0|0|0|万元", "vehicle_running": "1|1|2|万元", "reception": "0|1|1|万元",
    }  # fmt: skip
    assert apart == []
    places = {row["item"]: row["place"]["outturn"] for row in base(grid(BESIDE), "", 2022).budget}
    assert places["vehicle_running"] == (4, 7) and places["送清凉活动"] == (5, 3)


@pytest.mark.parametrize("head", ["", "内容", "支出内容"])
def test_blocks_side_by_side_under_other_heads(head):
    rows, _, _ = read(BESIDE.replace("\n项目 |", f"\n{head} |", 1).replace("| 项目 |", f"| {head} |", 1))
    assert rows["vehicle_running"] == "1|1|2|万元" and rows["送清凉活动"] == "5|6|6|万元"


TURNED = """
年度 | 编制数 | 在职人员数 | 支出总额 | 基本支出 | 项目支出 | 三公经费
2021年决算数 | 50 | 49 | 10 | 4 | 6 | 1
2022年预算数 | | | 12 | 5 | 7 | 2
2022年决算数 | 52 | 51 | 12 | 5 | 7 | ——
"""


def test_table_turned_round():
    """Items across and columns down; staffing is that of the outturn, last year's is apart."""
    rows, _, apart = read(TURNED)
    assert rows == {
        "staff.establishment": "||52|人", "staff.actual": "||51|人", "total": "10|12|12|万元", "basic": "4|5|5|万元",
        "projects": "6|7|7|万元", "three_public": "1|2|——|万元",
    }  # fmt: skip
    assert apart == [("编制数", "50"), ("在职人员数", "49")]


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
    rows, rates, apart = read(PAIRS)
    assert rows == {
        "staff.establishment": "||52|人", "staff.actual": "||50|人", "basic": "4|5|5|万元", "projects": "6|7|7|万元",
        "送温暖": "6|7|7|万元", "three_public": "1|2|3|万元", "building.approved_area": "|||㎡", "building.actual_area": "|||㎡",
    }  # fmt: skip
    assert rates == {"staff.printed_rate": "96.15%"} and apart == []


def test_staffing_by_kind_needs_its_total():
    """行政 and 事业 are apart where 合计 is printed; without it nothing is added up or chosen."""
    text = (
        "人员类别 | 编制数 | 在职人数 | 控制率\n行政 | 20 | 19 | 95%\n事业 | 32 | 31 | 96.88%\n合计 | 52 | 50 | 96.15%"
    )
    rows, rates, apart = read(text)
    assert rows == {"staff.establishment": "||52|人", "staff.actual": "||50|人"} and rates == {
        "staff.printed_rate": "96.15%"
    }
    assert len(apart) == 6
    rows, rates, apart = read(text.rpartition("\n")[0])
    assert rows == {"staff.establishment": "|||", "staff.actual": "|||"} and rates == {} and len(apart) == 6


def test_project_spending_table():
    """A table of projects alone: every name is a special fund, the total is no fund."""
    text = """
序号 | 项目名称 | 2021年决算 | 2022年预算 | 2022年决算 | 备注
1 | 春节送温暖慰问 | 300 | 300 | 300 | 上级安排
2 | 劳模专项补助 | 172.80 | 173.30 | 173.30 |
合计 | ~ | 472.80 | 473.30 | 473.30 |
"""
    rows, _, apart = read(text, "项目支出情况表（单位：万元）")
    assert rows == {"春节送温暖慰问": "300|300|300|万元", "劳模专项补助": "172.80|173.30|173.30|万元"}
    assert apart == [("春节送温暖慰问", "上级安排"), *(("合计", one) for one in ("472.80", "473.30", "473.30"))]
    assert recognised(grid(text), "项目支出情况表", 2022) == "base"


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
    rows, _, apart = read(text)
    assert rows == {"special": "5|6|6|万元", "送清凉活动": "2|3|3|万元", "金秋助学": "3|3|3|万元"}
    assert apart == [("二、其他情况", ""), *[("档案管理", "1")] * 3]


def test_second_value_of_an_item_is_apart():
    """One item, one row: what is printed again elsewhere is told, not mixed in."""
    rows, _, apart = read("项目 | 上年决算 | 预算 | 决算\n公用经费 | 1 | | 3\n公用经费 | 1 | 2 | 4")
    assert rows == {"public": "1||3|万元"}
    assert apart == [("公用经费", "1"), ("公用经费", "2"), ("公用经费", "4")]


def test_unit_with_the_number_and_no_unit_at_all():
    """300万元 is 300 in 万元; another unit in the same row is apart; where nothing says a unit none is invented."""
    rows, _, apart = read(
        "项目 | 上年决算 | 预算 | 决算\n公用经费 | 300万元 | 310万元 | 3050000元\n基本支出 | 1 | 2 | 3", ""
    )
    assert rows == {"public": "300|310||万元", "basic": "1|2|3|"} and apart == [("公用经费", "3050000元")]


def test_cells_that_a_pdf_spreads():
    """Blanks instead of covered cells: a column without a head goes with that to its left."""
    text = "经费情况 | | 2021年决算数 | | 2022年预算数 | | 2022年决算数 | \n三公经费 | | 3.33 | | 7 | | | 2.74\n公用经费 | | 1 | | | 2 | 3 | "
    rows, _, apart = read(text)
    assert rows == {"three_public": "3.33|7|2.74|万元", "public": "1|2|3|万元"} and apart == []
