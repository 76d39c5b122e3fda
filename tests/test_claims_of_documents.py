"""Claims of a document: figures that follow from others are tested, right ones are never told as wrong."""

import pytest

from lib.intake.claims import claims
from lib.intake.items import items
from lib.intake.reading import Passage


def told(*passages: Passage) -> list[tuple[str, str, tuple[str, ...], bool]]:
    """(stated, operator, parts, holds) of the claims of some passages, as printed."""
    found = claims(passages, tuple(items(passages)))
    return [
        (one.stated.found.token, one.operator, tuple(part.found.token for part in one.parts), one.holds)
        for one in found
    ]


def said(text: str) -> list[tuple[str, str, tuple[str, ...], bool]]:
    """The claims of one paragraph."""
    return told(Passage("text", text))


RIGHT = {
    "a total behind its parts": ("新增城镇64人，农村118人，合计182人。", "182人"),
    "a total of a list": ("参训人数分别为40、55、62人，共计157人。", "157人"),
    "a total behind parts of two units": ("县总320人、4.8万元；乡镇900余人、13.2万元；共18万元。", "18万元"),
    "a total in the next sentence": ("区总物资3.9万元；乡镇物资15万元。共计18.9万元。", "18.9万元"),
    "元 and 万元 compare": ("支出31680000元，其中基本支出1240.5万元，项目支出1927.5万元。", "31680000元"),
    "万元 and 亿元 compare": ("支出1.37亿元，其中基本支出926万元，项目支出1.2774亿元。", "1.37亿元"),
    "a total coarser than its parts is rounded": (
        "总支出2.13亿元，其中基本支出2286.5万元，项目支出1.90亿元。",
        "2.13亿元",
    ),
    "a hedged total of hedged parts": ("各自筹得2.5万余元和10万余元，共计12.5万余元。", "12.5万余元"),
    "a whole before its parts": ("帮扶资金24.0万元，其中生活救助11.2万元、医疗救助8.8万元、助学4.0万元。", "24.0万元"),
    "a whole before a change of it": (
        "三公经费2.06万元，比上年减少0.34万元，其中接待0.61万元，车辆1.45万元。",
        "2.06万元",
    ),
    "a whole in brackets": ("引进人才138人（博士26人、硕士112人），表现良好。", "138人"),
    "things of several kinds": ("适配辅具1320件，其中轮椅310辆、助听器172台、拐杖838件。", "1320件"),
    "a rate by its name": ("调解争议27件，成功24件，成功率88.9%。", "88.9%"),
    "a share at the printed precision": ("在职100人，控制在编制124名内，占81%。", "81%"),
    "a task fulfilled": ("录入8740人，完成任务数8500人的102.8%。", "102.8%"),
    "a share of the first and of the second": (
        "全年支出176.3万元：基本支出121.8万元、项目支出54.5万元，占比分别为69.1%和30.9%。",
        "30.9%",
    ),
    "成 is coarse": ("办结286件，其中婚姻类171件，占六成。", "六成"),
    "an amount for each": ("慰问职工215人，发放慰问金19.35万元，人均900元。", "900元"),
    "a number of what costs so much": ("助学17人，每人4000元，计6.8万元。", "6.8万元"),
    "growth against last year": ("支出7.92万元，比上年决算的9.05万元下降12.5%。", "12.5%"),
    "growth from one to the other": ("基础养老金由每人每月128元提高到每人每月140元，增长9.4%。", "9.4%"),
    "percentage points": ("犯罪占比由5.6%降至4.3%，下降1.3个百分点。", "1.3个百分点"),
    "more than the plan": ("帮扶资金31.4万元，较任务数30万元多1.4万元。", "1.4万元"),
}
WRONG = {
    "a total of a list": ("参加比赛获金牌5枚、银牌3枚、铜牌6枚，奖牌总数15枚。", "15枚"),
    "万 is lost": ("区总物资3.9万余元；乡镇物资15万余元。共计18.9余元。", "18.9余元"),
    "digits swapped in a total": ("车辆31.18万元；接待4.35万元，出国0.00万元，三公合计35.35万元。", "35.35万元"),
    "a whole is less than its parts": ("创建示范村18个，其中国家级1个、省级4个、市级14个。", "18个"),
    "a whole is more than its parts": ("实施项目26个，其中道路11个、水利8个、人居环境6个。", "26个"),
    "a whole without a cue": ("全年总支出358.9万元，基本支出206.4万元，项目支出151.5万元。", "358.9万元"),
    "a whole across sentences": (
        "筹集63.5万元，资助学生254名。其中大学新生86名，计43万元；中小学生168名，共21.5万元。",
        "63.5万元",
    ),
    "a part beyond its whole": ("新发展会员2710人，其中农民工2905人。", "2905人"),
    "digits swapped in a rate": ("调解争议27件，成功24件，成功率89.8%。", "89.8%"),
    "a rate cut off instead of rounded": ("排查隐患642处，整改640处，整改率99.6%。", "99.6%"),
    "a rate off by two in the last place": ("受理企业诉求9999件，办结8999件，办结率89.97%。", "89.97%"),
    "a task not fulfilled so": ("录入8740人，完成任务数8500人的108.2%。", "108.2%"),
    "a share of what stands behind it": ("入会3015人，农民工占55.8%即1764人。", "55.8%"),
    "an amount for each": ("慰问职工215人，发放慰问金19.35万元，人均950元。", "950元"),
    "a number of what costs so much": ("助学17人，每人4000元，计6.6万元。", "6.6万元"),
    "growth": ("支出7.92万元，比上年决算的9.05万元下降15.2%。", "15.2%"),
    "percentage points": ("火化率由88.4%升到91.7%，提高3.2个百分点。", "3.2个百分点"),
    "more than the plan": ("帮扶资金31.4万元，较任务数30万元多1.8万元。", "1.8万元"),
}
OPEN = {
    "parts that are only some": "全年支出412.5万元，其中劳务费40.2万元、印刷费12.1万元。",
    "parts that overlap": "职工100人，其中女职工60人、党员45人。",
    "parts that are the chief ones": "全年支出412.5万元，其中主要用于帮扶280.2万元、慰问120.1万元等。",
    "a rate of what is not told": "发放问卷200份，收回190份，满意率96%。",
    "a budget that was changed on the way": "年初预算512万元，追加36.5万元，支出540.28万元，预算完成率98.5%。",
    "a sum of every month": "困难职工120人，每人每月80元，全年共11.6万元。",
    "an amount for each of others": "服务志愿者8612人，比上年增加1047人，支出3.6万元，人均4.2元。",
    "a ratio of three": "高中初级占比18.5:36.7:44.8，结构不优。",
    "growth of what is not told": "接待游客1286万人次，收入98.7亿元，同比分别增长73.2%和81.5%。",
    "a change is no whole": "三公经费较上年减少1.94万元，其中接待5.2万元。",
}


@pytest.mark.parametrize(("text", "stated"), RIGHT.values(), ids=RIGHT)
def test_right_claim_holds(text, stated):
    found = said(text)
    assert (stated, True) in [(one[0], one[3]) for one in found if one[1] != "<="]
    assert all(one[3] for one in found)


@pytest.mark.parametrize(("text", "stated"), WRONG.values(), ids=WRONG)
def test_wrong_claim_is_told(text, stated):
    assert [one[0] for one in said(text) if not one[3]] == [stated]


@pytest.mark.parametrize("text", OPEN.values(), ids=OPEN)
def test_what_is_not_plain_is_not_told_as_wrong(text):
    assert all(one[3] for one in said(text))


def test_total_that_lost_its_hedges_scale_is_wrong_and_names_its_parts():
    text = "各自筹得2.5万余元和10万余元，共计12.5余元。"
    assert said(text) == [("12.5余元", "+", ("2.5万余元", "10万余元"), False)]


def test_whole_of_two_breakdowns_holds_twice():
    text = "支出1274.6万元。按来源分，拨款1103.2万元，其他171.4万元；按用途分，基本支出731.5万元，项目支出543.1万元。"
    assert [one[2] for one in said(text) if one[0] == "1274.6万元"] == [
        ("1103.2万元", "171.4万元"),
        ("731.5万元", "543.1万元"),
    ]


HEAD = ("项目", "预算数（万元）", "支出数（万元）", "执行率（%）")
ROWS = [
    ("改造", "200.00", "195.00", "97.50"),
    ("营养", "100.00", "100.00", "100.00"),
    ("校舍", "300.00", "246.00", "82.00"),
    ("合计", "600.00", "541.00", "90.17"),
]


def table(*rows: tuple[str, ...]) -> Passage:
    """A table of these rows."""
    return Passage("table", "", rows=rows)


def test_sums_and_rates_of_a_table_hold():
    found = told(table(HEAD, *ROWS))
    assert [one[0] for one in found if one[1] == "+"] == ["600.00", "541.00"]
    assert [one[0] for one in found if one[1] == "/"] == ["97.50", "100.00", "82.00", "90.17"]
    assert all(one[3] for one in found)


@pytest.mark.parametrize(("row", "cell", "wrong"), [(3, 1, "650.00"), (2, 3, "28.00"), (0, 3, "95.70")])
def test_wrong_cell_of_a_table_is_told(row, cell, wrong):
    rows = [list(one) for one in ROWS]
    rows[row][cell] = wrong
    assert wrong in [one[0] for one in told(table(HEAD, *map(tuple, rows))) if not one[3]]


BASE = [
    ("经费（万元）", "上年决算数", "本年决算数"),
    ("一、支出总额", "598.41", "631.75"),
    ("1、基本支出", "351.20", "365.12"),
    ("其中：公用经费", "48.66", "47.93"),
    ("2、项目支出", "247.21", "266.63"),
    ("二、三公经费", "5.02", "4.57"),
    ("1、公务用车经费", "3.88", "3.65"),
    ("2、出国经费", "0.00", "0.00"),
    ("3、公务接待", "1.14", "0.92"),
]


def test_base_table_is_made_of_the_usual_rows():
    found = [one for one in told(table(*BASE)) if one[1] == "+"]
    assert {one[0] for one in found} == {"598.41", "631.75", "5.02", "4.57"}
    assert all(one[3] for one in found)


def test_wrong_row_of_a_base_table_is_told_however_far_off():
    rows = [*BASE[:1], ("一、支出总额", "598.41", "731.75"), *BASE[2:]]
    assert [one[0] for one in told(table(*rows)) if not one[3]] == ["731.75"]


@pytest.mark.parametrize(("rate", "holds"), [("5.57%", True), ("5.75%", False)])
def test_text_speaks_of_the_rows_of_a_table(rate, holds):
    text = Passage("text", f"支出总额较上年增长{rate}，主要是调标。")
    assert [one[3] for one in told(table(*BASE), text) if one[0] == rate] == [holds]
