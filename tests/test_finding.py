"""Finding: every number of a text is a figure, read with its bounds, or is set aside with a reason."""

import re
from itertools import pairwise
from re import _parser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.intake.items import items
from lib.intake.reading import Passage
from lib.numbers.finding import LOOKALIKES, _lookalikes, find


def told(text):
    """What is found: a token with its unit and bounds, or with the reason why it is none."""
    return [
        (one.token, f"{one.reading.bounds} {one.reading.unit}" if one.reading else one.reason) for one in find(text)
    ]


def examples():
    reason = ""
    for line in LOOKALIKES.read_text("utf-8").splitlines():
        if line.startswith("[") and line.endswith("]"):
            reason = line[1:-1]
        elif not line.startswith("#") and "  ; " in line:
            yield from ((reason, example) for example in line.rpartition("  ; ")[2].split(" · "))


def among(signs, sign):
    first, last = sign if isinstance(sign, tuple) else (sign, sign)
    return all(chr(one) in signs for one in range(first, last + 1))


def has_one_of(signs, parsed):
    """Whether all that a parsed pattern matches, with what it looks back and ahead to, has one of some signs."""
    for op, args in parsed:
        match str(op):
            case "LITERAL":
                told = chr(args) in signs
            case "IN":
                told = all(str(kind) in ("LITERAL", "RANGE") and among(signs, sign) for kind, sign in args)
            case "BRANCH":
                told = all(has_one_of(signs, branch) for branch in args[1])
            case "SUBPATTERN" | "ASSERT":
                told = has_one_of(signs, args[-1])
            case "MAX_REPEAT":
                told = args[0] > 0 and has_one_of(signs, args[2])
            case _:
                told = False
        if told:
            return True
    return False


def test_a_text_without_the_signs_of_a_pattern_has_no_match_of_it():
    gated = [(signs, pattern.pattern) for _, signs, pattern in _lookalikes() if signs]
    assert len(gated) > 40
    assert not [pattern for signs, pattern in gated if not has_one_of(signs, _parser.parse(pattern))]
    assert not has_one_of("号", _parser.parse("第?号|[条款]"))


@pytest.mark.parametrize(("reason", "example"), list(examples()))
def test_what_only_looks_like_a_figure_is_set_aside(reason, example):
    assert reason in [one.reason for one in find(f"今年{example}。")]
    assert not [one.token for one in find(f"今年{example}。") if one.reading]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("互助金额达26万余元", ["26万余元 (260000, 270000) 元"]),
        ("提供近2000个岗位", ["近2000个 [1800, 2000) 个"]),
        ("发展会员314 人", ["314 人 [314, 314] 人"]),
        ("共204岗位，1205职工参保", ["204岗位 [204, 204] 个", "1205职工 [1205, 1205] 人"]),
        ("789个岗位3155个用工需求", ["789个 [789, 789] 个", "3155个 [3155, 3155] 个"]),
        ("分别提高2.1和2.4个百分点", ["2.1 [21/10, 21/10] 个百分点", "2.4个百分点 [12/5, 12/5] 个百分点"]),
        ("分别为3、5、8场", ["3 [3, 3] 场", "5 [5, 5] 场", "8场 [8, 8] 场"]),
        ("结构比为18.5∶36.7∶44.8", ["18.5 [37/2, 37/2] ", "36.7 [367/10, 367/10] ", "44.8 [224/5, 224/5] "]),
        ("由12家增加到15家", ["12家 [12, 12] 家", "15家 [15, 15] 家"]),
        ("从3%到5%", ["3% [3/100, 3/100] %", "5% [1/20, 1/20] %"]),
        ("增长10-20%", ["10-20% [1/10, 1/5] %"]),
        ("压减15%至20%", ["压减15%至20% [-1/5, -3/20] %"]),
        ("由不足3家到5家", ["不足3家 [0, 3) 家", "5家 [5, 5] 家"]),
        ("预算调减14万元", ["调减14万元 [-140000, -140000] 元"]),
        ("存储6.4PB，专列2趟，19市", ["6.4PB [32/5, 32/5] PB", "2趟 [2, 2] 趟", "19市 [19, 19] 市"]),
        ("比2023年93.1%高，超过120万人次", ["93.1% [931/1000, 931/1000] %", "超过120万人次 (1200000, inf) 人次"]),
        ("按每人不超过300元的标准", ["不超过300元 (0, 300] 元/人"]),
        ("每人合计1500元以内", ["1500元以内 (0, 1500] 元/人"]),
        ("入会率为73，", ["73 [73, 73] "]),
        ("资金合计约82万。", ["约82万 [779000, 861000] 元"]),
        ("占五分之三，约有四分之一", ["五分之三 [3/5, 3/5] %", "约有四分之一 [19/80, 21/80] %"]),
        ("近千余人，上百名，两三家", ["近千余人 [900, 2000) 人", "上百名 [100, 200) 人", "两三家 [2, 3] 家"]),
        (
            "收入1，234.5万元，服务12，000人次，职工２８，６１５人",
            [
                "1，234.5万元 [12345000, 12345000] 元",
                "12，000人次 [12000, 12000] 人次",
                "２８，６１５人 [28615, 28615] 人",
            ],
        ),
        (
            "结余-342.5万元，为负760米；负责30个",
            ["-342.5万元 [-3425000, -3425000] 元", "负760米 [-760, -760] 米", "30个 [30, 30] 个"],
        ),
        ("单位31，120人参加", ["31 [31, 31] ", "120人 [120, 120] 人"]),
        ("２０２０年完成３００人", ["３００人 [300, 300] 人"]),
        ("检查312座次，借阅4200余册次", ["312座次 [312, 312] 座次", "4200余册次 (4200, 4300) 册次"]),
        ("低于90%的要求，占一成半", ["90% [9/10, 9/10] %", "一成半 [3/20, 3/20] %"]),
        ("23年支出35万元", ["35万元 [350000, 350000] 元"]),
        ("值守每班8小时，人均45天", ["8小时 [8, 8] 小时/班", "45天 [45, 45] 天/人"]),
        ("送血96U，浊度0.3NTU以下", ["96U [96, 96] U", "0.3NTU以下 [0, 3/10] NTU"]),
        ("尾款二十多万年底才结清", ["二十多万 (200000, 300000) 元"]),
        ("派费不低于每票1元", ["1元 [1, inf) 元/票"]),
        ("每户500元、其他每人200元", ["500元 [500, 500] 元/户", "200元 [200, 200] 元/人"]),
        ("建桥1043延米，扫描612万页", ["1043延米 [1043, 1043] 延米", "612万页 [6120000, 6120000] 页"]),
        ("平均2分30秒以内，中断1小时5分", ["2分30秒以内 [0, 150] 秒", "1小时5分 [65, 65] 分钟"]),
        ("工期11年6个月，渠道2公里300米", ["11年6个月 [138, 138] 个月", "2公里300米 [2300, 2300] 米"]),
        ("分别下降11.1%和14.5%", ["下降11.1% [-111/1000, -111/1000] %", "14.5% [-29/200, -29/200] %"]),
        ("减少3人和培训5人", ["减少3人 [-3, -3] 人", "5人 [5, 5] 人"]),
        ("小学生均720元，每生3000元", ["720元 [720, 720] 元/人", "3000元 [3000, 3000] 元/人"]),
        ("死亡率为9.8/10万；最低-4.6℃", ["9.8/10万 [49/5, 49/5] /10万", "-4.6℃ [-23/5, -23/5] ℃"]),
        ("最高40.3℃出现在8月，每个47.6平方米", ["40.3℃ [403/10, 403/10] ℃", "47.6平方米 [238/5, 238/5] ㎡/个"]),
        ("节约3万元，附近3家", ["3万元 [30000, 30000] 元", "3家 [3, 3] 家"]),
        ("采血骤减四成，偏少4.6%", ["骤减四成 [-2/5, -2/5] %", "偏少4.6% [-23/500, -23/500] %"]),
        ("播放量破亿，为去年的2倍多", ["破亿 (100000000, inf) ", "2倍多 (2, 3) 倍"]),
        ("跑出10秒87，流量4,230立方米", ["10秒87 [1087/100, 1087/100] 秒", "4,230立方米 [4230, 4230] 立方米"]),
        ("每平方米5.6元，每千瓦时0.6元", ["5.6元 [28/5, 28/5] 元/㎡", "0.6元 [3/5, 3/5] 元/千瓦时"]),
        ("人均联系4.8个村，每例4次以上", ["4.8个 [24/5, 24/5] 个/人", "4次以上 [4, inf) 次/例"]),
        ("冷藏2—8℃保存，女工过半", ["2—8℃ [2, 8] ℃", "过半 (1/2, inf) %"]),
        ("观看560多万次，花卉230余万盆", ["560多万次 (5600000, 5700000) 次", "230余万盆 (2300000, 2400000) 盆"]),
        ("占3/4，增速-2.6%", ["3/4 [3/4, 3/4] %", "-2.6% [-13/500, -13/500] %"]),
        ("最低零下5℃，负增长3%", ["零下5℃ [-5, -5] ℃", "负增长3% [-3/100, -3/100] %"]),
        (
            "奖励58人,每人300元;短信11.3万;拨款2,400元,",
            ["58人 [58, 58] 人", "300元 [300, 300] 元/人", "11.3万 [113000, 113000] ", "2,400元 [2400, 2400] 元"],
        ),
        ("彩超2台，侦破12起，靠近3个社区", ["2台 [2, 2] 台", "12起 [12, 12] 起", "3个 [3, 3] 个"]),
        ("查找不足12条，病例不足5例", ["12条 [12, 12] 条", "不足5例 [0, 5) 例"]),
        ("未超过30人，不下20次，不止3家", ["未超过30人 [0, 30] 人", "不下20次 [20, inf) 次", "不止3家 (3, inf) 家"]),
        ("兵分七路，查处3路", ["七路 [7, 7] 路", "3路 [3, 3] 路"]),
        ("3.2万名职工参保", ["3.2万名 [32000, 32000] 人"]),
        ("减排12千克，装机120千瓦", ["12千克 [12, 12] 千克", "120千瓦 [120, 120] 千瓦"]),
        ("开支降了15.2%，月薪两千五六百元", ["降了15.2% [-19/125, -19/125] %", "两千五六百元 [2500, 2600] 元"]),
        (
            "走了十一二人，签约5,200户、1.6万",
            ["十一二人 [11, 12] 人", "5,200户 [5200, 5200] 户", "1.6万 [16000, 16000] "],
        ),
        ("出动车辆260辆次、人员1.5万", ["260辆次 [260, 260] 辆次", "1.5万 [15000, 15000] "]),
        ("检修5台，每台38万，共190万", ["5台 [5, 5] 台", "38万 [380000, 380000] 元/台", "190万 [1900000, 1900000] 元"]),
        ("16排螺旋CT1台，每床日412元", ["1台 [1, 1] 台", "412元 [412, 412] 元/床日"]),
        ("因生均标准提高追加21万元", ["21万元 [210000, 210000] 元"]),
        ("余额△3.4万元（▲1.2万元）", ["△3.4万元 [-34000, -34000] 元", "▲1.2万元 [-12000, -12000] 元"]),
        ("36场；96.4%。85.5%", ["36场 [36, 36] 场", "96.4% [241/250, 241/250] %", "85.5% [171/200, 171/200] %"]),
        ("控制率=（1.28/1.50）×100%=85.33%", ["85.33% [8533/10000, 8533/10000] %"]),
        (
            "补贴80元/人·天，差旅3.2元/平方米·月",
            ["80元/人·天 [80, 80] 元/人/天", "3.2元/平方米·月 [16/5, 16/5] 元/平方米/月"],
        ),
        ("出国经费零，占比过六成", ["零 [0, 0] 元", "过六成 (3/5, inf) %"]),
        (
            "每批不超过10人，人均收入由2.08万元提高到2.21万元",
            ["不超过10人 (0, 10] 人/批", "2.08万元 [20800, 20800] 元/人", "2.21万元 [22100, 22100] 元/人"],
        ),
        ("每条不超过160万元，每餐40元以内", ["不超过160万元 (0, 1600000] 元/条", "40元以内 [0, 40] 元"]),
        ("拟建两至三个，用血1,140单位", ["两至三个 [2, 3] 个", "1,140单位 [1140, 1140] 单位"]),
        (
            "到位资金十二点五亿元，三点二万元",
            ["十二点五亿元 [1250000000, 1250000000] 元", "三点二万元 [32000, 32000] 元"],
        ),
        (
            "增长零点五个百分点，二点五至三点五成",
            ["零点五个百分点 [1/2, 1/2] 个百分点", "二点五至三点五成 [1/4, 7/20] %"],
        ),
        ("新建二十三点六公里，为一点五倍", ["二十三点六公里 [118/5, 118/5] 公里", "一点五倍 [3/2, 3/2] 倍"]),
        ("上午八点五十分，九点三十分，九点五十人，两点建议", ["五十人 [50, 50] 人"]),
        ("减税降负3500万元，肩负3项", ["3500万元 [35000000, 35000000] 元", "3项 [3, 3] 项"]),
        ("减负1.2亿元左右，税负5%", ["1.2亿元左右 [114000000, 126000000] 元", "5% [1/20, 1/20] %"]),
        ("结余为负3万元左右，约-4℃", ["负3万元左右 [-31500, -28500] 元", "约-4℃ [-21/5, -19/5] ℃"]),
        ("结构31:44:25，由12:38:50", [f"{n} [{n}, {n}] " for n in (31, 44, 25, 12, 38, 50)]),
        ("比例：9:30", ["9 [9, 9] ", "30 [30, 30] "]),
        ("10-20%，从10%-20%", ["10-20% [1/10, 1/5] %", "10% [1/10, 1/10] %", "20% [1/5, 1/5] %"]),
    ],
)
def test_figures_are_read_with_their_bounds_and_units(text, expected):
    assert [" ".join(one) for one in told(text) if "[" in one[1] or "(" in one[1]] == expected


@pytest.mark.parametrize(
    "text",
    [
        "培育3家以上龙头企业，带动200户以上增收",  # what is to be reached, no threshold
        "超过90%的群众满意，85%以上的村达标",
        "连续6年没有调整",
        "水位站分两批改造，每周五天",
        "变压器1.6千伏安，发射86发",
        "平均工龄12年，跑道400米，徒步路线2条",
        "提升2级，垃圾桶240只，购买三本书",
        "停水24小时，用时24小时，提速30分钟",
        "提前15天按期完成，高于85%的合格线，完成三项任务",
    ],
)
def test_a_neighbour_of_what_only_looks_like_a_figure_is_one(text):
    assert [reason for _, reason in told(text) if "[" not in reason and "(" not in reason] == []
    assert told(text)


def test_a_rate_that_nobody_explains_is_set_aside_with_its_reason():
    assert told("2021")[0][1] == "前后没有说明是什么数"


@given(st.text("一三五十百万0123456789.,%年月日人个元第（）()、，。：至-近约余多以上 共为", max_size=40))
def test_no_digit_is_lost_and_nothing_overlaps(text):
    found = find(text)
    assert all(one.end <= after.start for one, after in pairwise(found))
    assert all(text[one.start : one.end] == one.token for one in found)
    rest = "".join(
        text[a:b]
        for a, b in zip([0, *(one.end for one in found)], [*(one.start for one in found), len(text)], strict=True)
    )
    assert not re.search(r"\d", rest)


def test_a_cell_takes_the_unit_of_its_head_and_keeps_its_place():
    rows = (("项目", "预算数（万元）", "完成预算"), ("（一）校舍维修", "3,400.00", "82.00"), ("合计", "18400", "——"))
    found = list(items((Passage("heading", "二、资金", 1), Passage("table", "", rows=rows))))
    told = [(one.found.token, one.found.reading and str(one.found.reading.bounds), one.place) for one in found]
    assert told == [
        ("二、", None, "二第1段"),
        ("（一）", None, "表1 （一）校舍维修，项目"),
        ("3,400.00", "[34000000, 34000000]", "表1 （一）校舍维修，预算数（万元）"),
        ("82.00", "[41/50, 41/50]", "表1 （一）校舍维修，完成预算"),
        ("18400", "[184000000, 184000000]", "表1 合计，预算数（万元）"),
    ]


HEADED = {
    "the head of the labels": ("情况", (("品种（吨）", "计划", "实存"), ("小麦", "100", "98")), ["吨", "吨"]),
    "letters of columns": ("情况", (("指标", "目标值（A）", "实际（决算）"), ("讲座（场）", "30", "32")), ["场", "场"]),
    "a column of units": (
        "情况",
        (("指标", "计量单位", "完成"), ("粮食", "吨", "98"), ("到课率", "%", "96")),
        ["吨", "%"],
    ),
    "a row of units": (
        "情况",
        (("项目", "本年", "受益"), ("", "万元", "人次"), ("送教", "33.1", "120")),
        ["元", "人次"],
    ),
    "the words above": ("（单位：吨）", (("品种", "计划", "户数"), ("小麦", "100", "98")), ["吨", ""]),
    "amounts above": (
        "支出表（金额单位：人民币万元）",
        (("项目", "本年", "执行率"), ("送教", "33.1", "98")),
        ["元", "%"],
    ),
    "the end of a head": ("情况", (("项目", "本年", "增减%"), ("门诊（人次）", "1100", "10")), ["人次", "%"]),
    "amounts to the 分": ("情况", (("科目", "决算"), ("支出", "37,418,265.40"), ("接待", "1,200.00")), ["元", "元"]),
    "no caption but a paragraph": (
        f"全年走访{'、'.join(['各站（社区）'] * 12)}。",
        (("类别", "受理"), ("优抚", "96")),
        [""],
    ),
    "who fills it in": ("填报单位：个体协会", (("项目", "本年"), ("送教", "33.1")), [""]),
}


@pytest.mark.parametrize(("above", "rows", "units"), HEADED.values(), ids=HEADED)
def test_a_cell_takes_its_unit_from_what_is_beside_it_or_above(above, rows, units):
    found = items((Passage("text", above), Passage("table", "", rows=rows)))
    assert [one.found.reading.unit for one in found if one.cell] == units


def test_the_figures_of_a_paragraph_share_its_text():
    """A report in one paragraph takes no more than it is long."""
    found = list(items((Passage("text", "培训12期，参训350人；" * 2000),)))
    assert len(found) == 4000 and len({id(one.text) for one in found}) == 1
    assert found[-1].before.endswith("培训12期，参训")
