"""The base table (附件1): cells become figures, blank is blank, its identities are checked, and an edition of nothing else is honest."""

import csv
import re
from fractions import Fraction

import openpyxl
import pytest

from conftest import make
from lib import cells
from lib.chapter import budgets, tables
from lib.chapter.chapter import Chapter, metric
from lib.check import figures
from lib.check import findings as checks
from lib.edition.edition import Edition
from lib.edition.rows import Figure, Finding, by_name
from lib.edition.store import InputError
from lib.intake import reading
from lib.intake.basetable import base
from lib.intake.check import check
from lib.numbers.bounds import exactly
from lib.numbers.quantity import Quantity

HEAD = "item,last_outturn,budget,outturn,unit,locator\n"


@pytest.fixture
def yiyang(project):
    return Edition.find("yiyang", 2022, project)


def change(edition: Edition, old: str, new: str) -> None:
    path = edition.raw / "budget.csv"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def findings_of(edition: Edition) -> list[Finding]:
    """Every finding about the base table, but that its budget is its outturn."""
    printed, corrected, odd = figures.clean(edition)
    return [one for one in odd + checks.run(edition, printed, corrected) if one.check != "rate_reset"]


def found(edition: Edition) -> list[tuple[str, str]]:
    """(check, message) of these."""
    return [(one.check, one.message) for one in findings_of(edition)]


def typed(edition: Edition) -> dict[str, Figure]:
    return by_name(figures.clean(edition)[1])


def test_every_filled_cell_is_a_figure_with_its_place(yiyang):
    rows = typed(yiyang)
    total = rows["budget.total.last_outturn"]
    assert (total.printed, total.value, total.unit) == ("1274.38万元", 12743800, "元")
    assert (total.locator, total.label) == ("附件1 支出总额，上年决算", "支出总额（上年决算）")
    assert rows["staff.actual"].value == 52
    assert rows["budget.劳模专项补助.outturn"].value == 1733000


def test_blank_is_not_reported_and_never_zero(yiyang):
    rows = typed(yiyang)
    assert {rows[f"budget.reception.{column}"].status for column in ("last_outturn", "budget", "outturn")} == {
        "missing"
    }
    assert rows["budget.three_public.outturn"].value is None


def test_hedged_cell_is_bounded(yiyang):
    change(yiyang, "total,1274.38,1342.49,1342.49", "total,1274.38,1342.49,1300余")
    printed, corrected = (by_name(rows) for rows in figures.clean(yiyang)[:2])
    row = printed["budget.total.outturn"].bounds
    assert (row.low, row.high, row.high_closed) == (13_000_000, 14_000_000, False)
    row = corrected["budget.total.outturn"]  # its parts, 719.99 and 622.50, leave but their rounding
    assert (row.bounds.low, row.bounds.high) == (13_424_800, 13_425_000) and "基本支出" in row.narrowed


def test_identities_hold_in_the_real_table(yiyang):
    assert found(yiyang) == []


@pytest.mark.parametrize(
    ("old", "new", "check", "told"),
    [
        ("basic,606.44,", "basic,606.54,", "budget_by_kind", "支出总额（上年决算）1274.38万元"),
        ("basic,606.44,719.99,719.99", "basic,606.44,719.99,719.89", "budget_by_kind", "支出总额（决算）"),
        ("public,89.15,95.86,95.86", "public,89.15,959.6,95.86", "public_within_basic", "公用经费（预算）"),
        ("劳模专项补助,172.80,173.30,173.30", "劳模专项补助,172.80,173.30,174.30", "projects_by_kind", "多1万元"),
        ("staff.actual,,,52", "staff.actual,,,53", "staff_within_establishment", "53人"),
    ],
)
def test_what_does_not_agree_is_found(yiyang, old, new, check, told):
    change(yiyang, old, new)
    assert any(one == check and told in message for one, message in found(yiyang))


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (
            "three_public,,,4.5\nvehicles,,,4.5\nreception,,,1.2\nabroad,,,",
            "三公经费（决算）4.5万元",
        ),  # more than the whole
        ("three_public,,,49.29\nvehicles,,,44.29\nreception,,,0\nabroad,,,", "少5万元，出国经费（决算）空白"),
        ("three_public,,,29.08\nvehicles,,,11.86\nreception,,,17.22\nabroad,,,", ""),
        ("total,,,100\nbasic,,,\npublic,,,120", "公用经费（决算）120万元"),  # more than the whole of what is blank
        ("total,,,100\nbasic,,,\npublic,,,60", "少40万元，基本支出（决算）空白"),
        ("total,,,100\npublic,,,10\nprojects,,,60", ""),  # a form without 基本支出
        ("total,,,100\npublic,,,50\nprojects,,,60", "多10万元"),
        ("total,,,1000\nbasic,,,600.45\nprojects,,,399.95", "多4000元"),  # among cells of two decimals 1000 is 1000.00
        ("projects,,,75.41\n甲项目,,,24.70\n乙项目,,,17.97\n丙项目,,,32.73", ""),  # four roundings
        ("total,,,100\nprojects,,,60\nbasic,,,40\n甲项目,,,30\n乙项目,,,20", "少10万元"),
        ("total,,,100\nprojects,,,60\nbasic,,,40\n甲项目,,,50", ""),  # 其中
        ("total,,,60\nthree_public,,,70", "三公经费不能多于支出总额"),
        ("total,,,60\nthree_public,,,50", ""),
    ],
)
def test_blank_part_does_not_silence_a_sum(yiyang, rows, told):
    table = "".join(f"{row},万元,附件1\n" for row in rows.split("\n"))
    (yiyang.raw / "budget.csv").write_text(HEAD + table, "utf-8")
    messages = [message for check, message in found(yiyang) if check != "funds"]
    assert any(told in message for message in messages) if told else messages == [], messages


def test_correction_that_breaks_a_sum_is_an_open_error(yiyang):
    with (yiyang.raw / "corrections.csv").open("a", encoding="utf-8") as file:
        file.write("附件1 支出总额，决算,budget.total.outturn,1342.49万元,1242.49万元,核对,2026-11-22,编制人员\n")
    errors = {one.indicators[0]: one for one in findings_of(yiyang) if "更正" in one.message}
    assert errors["budget.total.outturn"].status == "open" and "更正以后" in errors["budget.total.outturn"].message


def test_all_special_funds_against_their_printed_total(yiyang):
    change(yiyang, "vehicles,", "special,667.94,622.5,600,万元,附件1 专项资金\nvehicles,")
    assert [check for check, _ in found(yiyang)] == ["funds"]


@pytest.mark.parametrize("item", ["totl", "", "送温暖;慰问"])
def test_unknown_item_is_an_error_that_names_the_row(yiyang, item):
    (yiyang.raw / "budget.csv").write_text(f"{HEAD}{item},1,2,3,万元,附件1\n", "utf-8")
    with pytest.raises(InputError, match=r"budget.csv.*2"):
        figures.clean(yiyang)


@pytest.mark.parametrize(
    ("item", "named"),
    [
        ("控制率", "staff.printed_rate"),
        ("人员控制率", "staff.printed_rate"),
        ("staff.control_rate", "staff.printed_rate"),
        ("building.area_rate", "building.printed_area_rate"),
        ("投资概算控制率", "building.printed_investment_rate"),
    ],
)
def test_printed_rate_is_told_what_it_is_called(yiyang, item, named):
    rows = (yiyang.raw / "budget.csv").read_text("utf-8")
    for name in (item, named):
        (yiyang.raw / "budget.csv").write_text(f"{rows}{name},,,100,%,附件1\n", "utf-8")
        told = [one.text for one in check(Edition.find("yiyang", 2022, yiyang.root)) if one.kind == "错误"]
        assert len(told) == (name == item) and all(named in one and "unit 写 %，填在 outturn" in one for one in told)


def test_correction_of_a_cell(yiyang):
    line = "附件1 支出总额，决算,budget.total.outturn,1342.49万元,1342.59万元,另据决算公开表,2026-11-22,编制人员\n"
    with (yiyang.raw / "corrections.csv").open("a", encoding="utf-8") as file:
        file.write(line)
    assert typed(yiyang)["budget.total.outturn"].value == 13_425_900


def test_check_tells_a_printed_metric_of_the_units_own(yiyang):
    (yiyang.raw.parent / "metrics.csv").write_text(
        "metric,label,formula,caveat\nmine.half,一半,支出总额（决算）÷ 2,\n", "utf-8"
    )
    path = yiyang.raw / "figures.csv"
    head = path.read_text("utf-8")
    for token, told in (("671.25万元", False), ("617.25万元", True)):
        path.write_text(f"{head}附件1,mine.half,{token},,\n", "utf-8")
        assert any("所印为617.25万元" in one.text for one in check(Edition("yiyang", 2022, yiyang.root))) == told


def test_rate_over_zero_is_missing_and_says_so():
    part, none = (Quantity.figure(n, exactly(v), Fraction(v), "元", label=n) for n, v in (("a", 1), ("b", 0)))
    assert (part / none).missing and "b为零" in (part / none).caveat
    assert (none / part).value == 0


def test_funds_are_the_items_that_no_dictionary_knows(yiyang):
    book = Chapter("06_budget", yiyang)
    book.load(figures.clean(yiyang)[1])
    assert [fund.label for fund in book.funds] == ["春节送温暖慰问", "职工帮扶专项补助", "劳模专项补助"]
    assert sum(fund.outturn for fund in book.funds).value == 6_225_000


def test_metrics_of_the_framework_by_hand(budgeted):
    with (budgeted.output / "metrics.csv").open(encoding="utf-8", newline="") as file:
        shown = {row["metric"]: row["shown"].removeprefix("'") for row in csv.DictReader(file)}
    by_hand = {
        "budget.total.execution_rate": "100%",
        "budget.total.change_rate": "5.34%",  # 68.11 / 1274.38
        "budget.vehicles.execution_rate": "39.14%",  # 2.74 / 7
        "budget.vehicles.change_rate": "−17.72%",  # -0.59 / 3.33
        "budget.职工帮扶专项补助.change_rate": "−23.54%",  # -45.94 / 195.14
        "budget.projects_share": "46.37%",  # 622.5 / 1342.49
        "staff.control_rate": "100%",
        "budget.three_public.execution_rate": "未提供",
        "budget.adjustment_rate": "未提供",
    }
    assert {name: shown[name] for name in by_hand} == by_hand


def test_form_of_the_workbook_is_one_to_fill_in_and_is_read_back_the_same(budgeted):
    """Title and unit above merged heads and groups, a print area with its heads on each page; intake reads of it what was entered."""
    path = budgeted.output / "metrics.xlsx"
    book = openpyxl.load_workbook(path)
    form = next(book[name] for name in book.sheetnames if "基础数据表" in name)
    assert form["A1"].value == "部门整体支出绩效评价基础数据表" and form["A2"].value == "单位：万元"
    assert {"A1:E1", "A2:E2", "A4:A6"} <= {str(one) for one in form.merged_cells.ranges}
    assert [cell.value for cell in form[3]] == ["类别", "项目", "上年决算", "预算", "决算"]
    assert form.print_area.endswith(f"$A$1:$E${form.max_row}") and form.print_title_rows == "$3:$3"
    passage = next(one for one in reading.read(path).passages if one.rows and "基础数据表" in one.name)
    columns = "last_outturn", "budget", "outturn"
    filled = {
        (row["item"], column): Fraction(row[column])
        for row in budgeted.table("budget")
        for column in columns
        if row[column] not in ("", "——")
    }
    again = {row["item"]: row for row in base(passage.rows, "", 2022).budget}
    assert {(item, column): Fraction(again[item][column].removesuffix("人")) for item, column in filled} == filled
    assert (again["procurement"]["last_outturn"], again["procurement"]["budget"]) == ("——", "")


def test_edition_of_a_base_table_alone_is_whole_and_honest(budgeted):
    page = re.sub(r"<[^>]+>", "", (budgeted.output / "report.html").read_text("utf-8"))
    for text in (
        "决算与预算完全相同",
        "没有数字）：出国经费、公务接待、政府采购金额",
        "本版登记了来源的“附件1”部分",
        "部门整体支出绩效评价基础数据表",
    ):
        assert text in page
    assert {"report.pdf", "report.docx", "metrics.xlsx"} <= {path.name for path in budgeted.output.iterdir()}


def test_edition_without_a_base_table_is_silent_about_it(edition):
    page = re.sub(r"<[^>]+>", "", (edition.output / "report.html").read_text("utf-8"))
    assert "基础数据表" not in page.split("数据质量说明")[0] and "本版登记了来源的“绩效情况”部分" in page


def test_fund_that_the_text_names_as_well_keeps_its_cells(yiyang):
    """An indicator of the unit's own with the name of a fund takes none of the fund's figures."""
    (yiyang.raw.parent / "indicators.csv").write_text(
        "indicator,section,label,unit,scope,direction,definition,cues,since\n劳模专项补助,,劳模专项补助,元,,,,,\n",
        "utf-8",
    )
    assert typed(yiyang)["budget.劳模专项补助.outturn"].printed == "173.30万元"
    assert not findings_of(yiyang)


def test_fund_on_two_rows_is_checked_against_itself(yiyang):
    change(yiyang, "vehicles,", "劳模专项补助,,,180,万元,附件2\nvehicles,")
    assert [check for check, _ in found(yiyang)] == ["same_measure"]


def test_funds_are_parts_of_what_the_source_calls_their_whole(yiyang):
    row = "business_special,667.94,622.50,622.5,万元,附件1 业务工作专项\nvehicles,"
    change(yiyang, "vehicles,", row)
    assert found(yiyang) == []
    change(yiyang, row, row.replace("622.5,", "623.5,"))
    assert {check for check, _ in found(yiyang)} == {"funds", "projects_by_kind"}


def test_projects_that_make_all_project_spending_are_no_parts_of_the_special_funds(yiyang):
    rows = "business_special,267.94,222.50,222.50,万元,附件1\nspecial,400,400,400,万元,附件1\n"
    change(yiyang, "vehicles,", rows + "vehicles,")
    assert found(yiyang) == []
    change(yiyang, "劳模专项补助,172.80,173.30,173.30", "劳模专项补助,172.80,173.30,174.30")
    assert [check for check, _ in found(yiyang)] == ["funds"]


def test_only_what_is_certainly_the_same_is_called_the_same(yiyang):
    change(yiyang, "public,89.15,95.86,95.86", "public,89.15,90,90余")
    assert make(yiyang).state == "built"
    page = re.sub(r"<[^>]+>", "", (yiyang.output / "report.html").read_text("utf-8"))
    (same,) = (told for told in re.findall("决算与预算相同的：([^。]*)。", page) if "{{" not in told)  # not the code
    assert "基本支出" in same and "公用经费" not in same


def test_budgeted_and_not_spent_is_named(yiyang):
    change(yiyang, "劳模专项补助,172.80,173.30,173.30", "劳模专项补助,172.80,173.30,0")
    change(yiyang, "total,1274.38,1342.49,1342.49", "total,1274.38,1342.49,1169.19")
    change(yiyang, "projects,667.94,622.50,622.5,", "projects,667.94,622.50,449.2,")
    assert make(yiyang).state == "built"
    page = re.sub(r"<[^>]+>", "", (yiyang.output / "report.html").read_text("utf-8"))
    assert re.search("有预算而没有支出或没有报告决算的：劳模专项补助（预算）173.30万元", page)


@pytest.mark.parametrize(
    ("token", "told"),
    [
        ("5.34%", ""),
        ("5.3%", ""),
        ("5.43%", "支出总额比上年变动率所印为5.43%，按数据算得5.34%"),
        ("5.34万元", "所印为5.34万元"),
    ],
)
def test_what_the_source_computes_is_computed_again(yiyang, token, told):
    with (yiyang.raw / "figures.csv").open("a", encoding="utf-8") as file:
        file.write(f"附件1,budget.total.change_rate,{token},,\n")
    book = Chapter("06_budget", yiyang)
    book.load(figures.clean(yiyang)[1])
    total = book.budget.total
    total.change_rate = metric("支出总额比上年变动率", (total.outturn - total.last_outturn) / total.last_outturn)
    messages = [one.message for one in book.findings]
    assert len(messages) == bool(told) and all(told in message for message in messages)


def book_of(edition: Edition, head: str, *rows: str) -> Chapter:
    """A base table of these columns (between item and unit), as a chapter sees it."""
    lines = [f"item,{head},unit,locator", *(f"{row},万元,附件1" for row in rows)]
    (edition.raw / "budget.csv").write_text("\n".join(lines) + "\n", "utf-8")
    book = Chapter("06_budget", Edition("yiyang", 2022, edition.root))
    book.load(figures.clean(book.edition)[1])
    return book


ADJUSTED = [  # head, rows, rate, what its formula names
    ("initial,full,outturn", ["adjustment,1922.76,2690.62,"], Fraction("767.86") / Fraction("1922.76"), "年初预算"),
    ("budget,outturn", ["adjustment,1922.76,2690.62"], Fraction("767.86") / Fraction("1922.76"), "（预算）"),
    ("budget,outturn", ["total,1922.76,2700", "adjustment,1922.76,2690.62"], Fraction(76786, 192276), "（预算）"),
    ("initial,outturn", ["total,1922.76,2700", "adjustment,,767.86"], Fraction(76786, 192276), "年初预算"),
    (
        "initial,outturn",
        ["total,2000,2100", "adjustment,100,100"],
        Fraction(1, 20),
        "年初预算",
    ),  # amounts in both cells
    ("initial,full,outturn", ["total,1000,1100,1090"], Fraction(1, 10), "全年预算"),  # no row: 全年 less 年初
    ("full,outturn", ["total,1100,1090", "adjustment,,100"], None, ""),  # not known what it began with
]


@pytest.mark.parametrize(("head", "rows", "rate", "named"), ADJUSTED)
def test_adjustment_has_two_readings_and_names_its_budget(yiyang, head, rows, rate, named):
    """预算控制率 = 本年追加预算 ÷ 年初预算 (湖南指标表 [S]); 1922.76 → 2690.62 is 39.94 %, not 139.94 %."""
    amount, before = budgets.adjustment(book_of(yiyang, head, *rows))
    found = amount / before
    assert found.missing if rate is None else found.value == rate
    assert named in found.formula or rate is None
    if "2690.62" in rows[-1]:
        assert found.shown == "39.94%" and "调整前、调整后" in found.caveat


def test_completion_takes_carry_over_and_balance_where_the_source_has_them(yiyang):
    """湖南指标表 [S]: （上年结转+年初预算+本年追加−年末结余）÷（上年结转+年初预算+本年追加）; 950 of 1000."""
    rows = "total,980,960", "carry_over,20,", "adjustment,,0", "balance,,50"
    assert budgets.completion(book_of(yiyang, "initial,outturn", *rows)).value == Fraction(95, 100)
    plain = budgets.completion(book_of(yiyang, "initial,full,outturn", "total,980,1000,960"))
    assert plain.value == Fraction(96, 100) and "全年预算" in plain.formula


@pytest.mark.parametrize(
    ("head", "heads"),
    [
        ("last_outturn,initial,full,outturn", ["上年决算", "年初预算", "全年预算", "决算"]),
        ("last_budget,last_outturn,initial,outturn", ["上年预算", "上年决算", "年初预算", "决算"]),
        ("last_outturn,budget,outturn", ["上年决算", "预算", "决算"]),
    ],
)
def test_columns_are_called_as_in_the_source(yiyang, head, heads):
    book = book_of(yiyang, head, f"total{',9' * (head.count(',') + 1)}")
    table = tables.base_table(book, "基础数据表").data[cells.TABLE]
    assert [column["label"] for column in table["columns"]] == ["类别", "项目", *heads]
    assert book.known["budget.total.budget"].label == f"支出总额（{heads[-2]}）"


def test_a_source_whose_tables_of_the_text_say_all_has_no_base_table_besides(yiyang):
    book = book_of(yiyang, "budget,outturn", "total,980,960", "basic,,320")
    text, rows = yiyang.raw / "report.md", "| {{ budget.total.budget }} | {{ budget.total.outturn }} |"
    for row, hollow in ("| |", False), ("| {{ budget.basic.outturn }} |", True):
        text.write_text(f"# 一、支出\n\n```{{table}} 支出\n| 预算 | 决算 |\n|---|---|\n{rows}\n{row}\n```\n", "utf-8")
        assert bool(tables.base_table(book, "基础数据表").data.get(cells.PROSE, {}).get("hollow")) == hollow


def test_budget_is_said_once(yiyang):
    with pytest.raises(InputError, match="写在 initial、full 或 budget 之一"):
        book_of(yiyang, "budget,full,outturn", "total,9,9,9")


def test_what_a_score_sheet_alone_has_is_no_row_of_the_base_table_and_a_project_leads_once(yiyang):
    book = book_of(yiyang, "initial,full,outturn", "projects,,5,5", "甲项目,,5,5", "甲项目,4,,", "甲项目·其他资金,,0,0")
    text = (yiyang.raw / "budget.csv").read_text("utf-8")
    rows = [line if n < 3 else line.replace("附件1", "自评表") for n, line in enumerate(text.splitlines())]
    (yiyang.raw / "budget.csv").write_text("\n".join(rows) + "\n", "utf-8")
    book = Chapter("06_budget", Edition("yiyang", 2022, yiyang.root))
    book.load(figures.clean(book.edition)[1])
    table = tables.base_table(book, "基础数据表").data[cells.TABLE]
    assert not any("其他资金" in row[1] or "4" in cells.plain(row[2]) for row in table["rows"])
    led = [row["metric"] for row in book.edition.headlines[1] if "甲项目" in row["metric"]]
    assert len(led) == len({*led}) == 1


def test_rows_of_the_units_own_stand_under_their_parent(yiyang):
    """Six decimals stay; a dash and a blank are kept apart; parts are no special funds."""
    rows = "public,2.5,,1.234567", "public·办公费,1,——,1.2", "projects,5,5,5", "甲项目,5,5,5", "甲项目·财政拨款,5,5,0"
    book = book_of(yiyang, "last_outturn,budget,outturn", *rows)
    table = tables.base_table(book, "基础数据表").data[cells.TABLE]
    plain = [[cells.plain(cell) for cell in row] for row in table["rows"]]
    words = [row[1] for row in plain]
    at = words.index("其中：办公费")
    assert "支出总额" not in words and "2. 项目支出" in words, "a row that the source does not have is none"
    assert words[at - 1] == "其中：公用经费" and words[words.index("甲项目") + 1] == "其中：财政拨款"
    assert plain[words.index("甲项目") + 1][2:] == ["5.00", "5.00", "0"], "nothing has no decimals"
    assert plain[at][3] == "——" and plain[at - 1][3] == ""
    assert "1.234567" in table["rows"][at - 1][4] and [fund.label for fund in book.funds] == ["甲项目"]
    assert not [one for one in findings_of(book.edition) if one.check == "funds"]


@pytest.mark.parametrize(("part", "told"), [("1.4", True), ("1.3", False)])
def test_parts_are_not_more_than_their_parent(yiyang, part, told):
    book = book_of(yiyang, "outturn", "public,2.5", "public·办公费,1.3", f"public·差旅费,{part}")
    assert any("多于其上级项目" in message for _, message in found(book.edition)) == told


def test_row_under_nothing_is_told(yiyang):
    with pytest.raises(InputError, match="上级项目·名称"):
        book_of(yiyang, "outturn", "publik·办公费,1.3")


def test_part_that_the_source_does_not_list_is_no_blank(yiyang):
    """total = fiscal + … + 事业收入?: 100 = 60 + 30 + 10 with 10 of 事业收入 listed, 90 of 100 without."""
    rows = "total,100", "fiscal,60", "government_fund,30", "other_income,0"
    assert any(check == "budget_by_income" for check, _ in found(book_of(yiyang, "outturn", *rows).edition))
    rows = (*rows, "institution_income,10")
    assert not any(check == "budget_by_income" for check, _ in found(book_of(yiyang, "outturn", *rows).edition))
