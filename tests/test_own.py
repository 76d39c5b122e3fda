"""Names of a unit's own: the words before a number, or from what it follows."""

import pytest

from lib.intake.items import items
from lib.intake.own import called
from lib.intake.reading import Passage


def names(text: str, heading: str = "", year: int = 0) -> list[str]:
    passages = (*([Passage("heading", heading, 1)] if heading else []), Passage("text", text))
    found = list(items(passages))
    return [name for item, name in zip(found, called(found, [""] * len(found), year), strict=True) if item.figure]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023年年初预算收入186.42万元。", ["年初预算收入"]),
        ("全年举办救护员培训班12期，培训救护员620余人。", ["举办救护员培训班", "培训救护员"]),
        ("走访困难家庭410户，发放物资20.5万元，户均500元。", ["走访困难家庭", "发放物资", "户均发放物资"]),
        ("内设办公室、救护部2个股室。", ["股室"]),
        ("救助白血病、先心病患儿16名，其中白血病11名。", ["救助白血病先心病患儿", "白血病"]),
        ("接收捐款112万元、物资价值约45万元，合计157余万元。", ["接收捐款", "物资价值", "物资价值等合计"]),
        ("“三公”经费支出2万元，比上年减少0.3万元，下降13%。", ["经费支出", "经费支出比上年减少", "经费支出下降"]),
        ("床位使用率85.1%，业务收入320万元，同比增长7.2%。", ["床位使用率", "业务收入", "业务收入同比增长"]),
        ("检验率86.2%，事故比上年减少3起，下降37.5%。", ["检验率", "事故比上年减少", "事故下降"]),
        ("登记86人，同比增长22.9%（上年70人）。", ["登记", "登记同比增长", "上年登记"]),
        ("培训1.8万人次，完成年度目标1.5万人次的120%。", ["培训", "培训完成年度目标", "培训完成年度目标的比率"]),
        ("基本支出128.9万元，占61.49%；项目支出80.73万元，占38.51%。",
         ["基本支出", "基本支出占比", "项目支出", "项目支出占比"]),
        ("城镇就业64人，农村就业118人，合计182人。", ["城镇就业", "农村就业", "农村就业等合计"]),
        ("发放10万元。发放20万元。", ["发放", "发放二"]),
        ("“三公”经费支出3.12万元，比上年的4.05万元下降22.96%，控制在预算4.5万元以内。",
         ["经费支出", "上年经费支出", "经费支出下降", "经费支出控制在预算"]),
        ("化肥储备1.2万吨，较计划的1万吨超20%。", ["化肥储备", "化肥储备计划", "化肥储备计划的比率"]),
        ("争取资金合计260万元，其中中央80万元、省级120万元。", ["争取资金合计", "争取资金中央", "争取资金省级"]),
        ("新增就业120人，完成年度目标100人，上年同期98人。", ["新增就业", "新增就业完成年度目标", "上年同期新增就业"]),
        ("公务接待0批次、0人。", ["公务接待", "公务接待人数"]),
        ("内设3个股室、5个站所。", ["股室", "站所"]),
        ("举办“村晚”“广场舞”等活动126场，惠及群众18万人次，比上年增加21场，增长20%。",
         ["举办活动", "惠及群众", "举办活动比上年增加", "举办活动增长"]),
        ("更新55英寸显示屏12台、4K摄像机3台，低于5‰的控制线，3个工作日内办结率100%。",
         ["更新显示屏", "摄像机", "控制线", "办结率"]),
        ("入会3013人，其中货车司机、送餐员和快递员分别新入会1206人、874人、951人，占比分别为40%和29%。",
         ["入会", "货车司机新入会", "送餐员新入会", "快递员新入会", "快递员新入会占比", "快递员新入会占比二"]),
        ("水费、电费支出分别为4.2万元和16.8万元，上年分别为4.0万元和17.5万元。",
         ["水费", "电费支出", "上年电费支出", "上年电费支出二"]),
        ("开办“求学圆梦”12期，占全区的30%。", ["求学圆梦", "求学圆梦占全区"]),
        ("有效问卷286份，达标率95%，共享单车2万辆，本年度下达30万元。", ["有效问卷", "达标率", "共享单车", "本年度下达"]),
        ("基本支出86.2万元（人员经费70万元、公用经费16.2万元），占64%。",
         ["基本支出", "人员经费", "公用经费", "基本支出占比"]),
        ("临时救助：147人次、38.9万元。空缺（名）：2。覆盖：14个行政村。", ["临时救助", "临时救助金额", "空缺", "行政村"]),
        ("遵照文件和《某某县县直部门整体支出绩效管理办法》第二十一条的规定核发排水设施建设和使用许可8件。",
         ["规定核发排水设施建设和使用许可"]),
    ],
)  # fmt: skip
def test_a_name_is_made_of_the_words_before_a_number_or_of_the_name_before_it(text, expected):
    assert names(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2023年水费收入380.5万元，2024年水费收入372.6万元，比上年减少7.9万元。", ["上年水费收入", "水费收入", "水费收入比上年减少"]),
        ("2023年，水费收入380.5万元，2024年372.6万元，下降2%。", ["上年水费收入", "水费收入", "水费收入下降"]),
        ("水费收入2024年372.6万元、2023年380.5万元、2021年300万元。", ["水费收入", "上年水费收入", "往年水费收入"]),
        ("2026年再投入420万元。到2030年人均藏书达到0.6册。", ["后年再投入", "今后人均藏书"]),
        ("截至2024年末，在职12人，2023年末15人；2024年初结转3万元。", ["在职", "上年年末在职", "年初结转"]),
        ("会员2023年末11人，2024年末12人。", ["上年年末会员", "会员"]),
    ],
)  # fmt: skip
def test_what_was_in_another_year_is_called_so(text, expected):
    assert names(text, year=2024) == expected


@pytest.mark.parametrize(
    "rows",
    [
        (("项目", "2022年", "2023年", "2024年"), ("水费收入（万元）", "1", "2", "3")),
        (("项目", "2022", "2023", "2024"), ("水费收入（万元）", "1", "2", "3")),
        (("年度", "水费收入（万元）"), ("2022", "1"), ("2023", "2"), ("2024", "3")),
        (("年度", "水费收入（万元）"), ("2022年", "1"), ("2023年", "2"), ("2024年", "3")),
    ],
)
def test_a_column_or_row_of_another_year_is_called_so(rows):
    found = list(items((Passage("table", "", rows=rows),)))
    names = [one for one in called(found, [""] * len(found), 2024) if one]
    assert names == ["往年水费收入", "上年水费收入", "水费收入"]


def test_what_says_nothing_is_told_by_its_paragraph():
    assert names("二是人道救助有力有效。人均500元。") == ["人道救助有力有效人均"]
    assert names("人均500元。", "二、人道救助") == ["人道救助人均"]


def test_what_is_told_under_each_of_several_headings_has_their_names():
    told = [("心内科", "门诊120人次，其中急诊5人次；门诊7人次。"), ("骨科", "门诊95人次。"), ("骨科", "门诊9人次。")]
    passages = [one for head, text in told for one in (Passage("heading", head, 2), Passage("text", text))]
    found = list(items(tuple(passages)))
    names = [one for one in called(found, [""] * len(found), 2024) if one]
    assert names == ["门诊", "急诊", "门诊二", "骨科门诊", "骨科门诊二"]


def test_however_many_figures_have_one_name_each_has_its_own():
    """What says nothing is 数据, and numbers go on behind the nineteenth."""
    rows = (("项目", "甲"), *(("—", f"{n}万元") for n in range(100, 160)))
    found = list(items((Passage("table", "", rows=rows),)))
    names = [one for one in called(found, [""] * len(found)) if one]
    assert len(names) == len(set(names)) == 60


def test_a_number_alone_in_a_table_is_called_by_its_row_and_its_column():
    rows = (
        ("科目", "全年预算（万元）", "2022年", "执行率（%）"),
        ("公用经费", "72.50", "69.14", "95.37"),
        ("一、社会消费品零售", "80.00", "81.20", "101.50"),
    )
    found = list(items((Passage("heading", "三、经费", 1), Passage("table", "", rows=rows))))
    assert [name for name in called(found, [""] * len(found)) if name] == [
        *("公用经费全年预算", "公用经费", "公用经费执行率"),
        *("社会消费品零售全年预算", "社会消费品零售", "社会消费品零售执行率"),
    ]


def test_a_number_alone_in_a_table_with_long_heads_is_called_by_its_row_and_the_last_of_its_column():
    goal = "全市公共图书馆接待读者人次，外借文献册次，举办各类读者活动场次，年度指标值"
    rows = (("三级指标", goal), ("外借文献", "42万册次"), ("产出指标数量指标农村公路提档升级改造里程", "85公里"))
    found = list(items((Passage("table", "", rows=rows),)))
    names = [
        name for item, name in zip(found, called(found, [""] * len(found)), strict=True) if item.cell and item.cell[0]
    ]
    assert names == ["外借文献年度指标值", "产出指标数量指标农村公路提档升级改造里程年度指标值"]
