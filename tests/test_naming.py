"""Naming: a figure has the name that topic, things and unit beside it tell, and none where they tell of something else."""

import pytest

from conftest import ROOT
from lib.edition.dictionary import library
from lib.intake.draft import draft
from lib.intake.items import items
from lib.intake.naming import name
from lib.intake.reading import Passage

ROWS = library(ROOT, "", "indicators")


def named(*lines, year=2022):
    """The figures of a text in its order, each with its name or nothing."""
    found = list(items(tuple(Passage("text", line) for line in lines)))
    told = zip(found, name(found, ROWS, year), strict=True)
    return {item.found.token: one.indicator for item, one in told if item.figure}


CASES = {
    "a topic told once goes for a terse list": (
        "招聘：线上3次，企业41户，岗780个，求职500余个，意向61。",
        {
            "3次": "spring_fair.sessions",
            "41户": "spring_fair.employers",
            "780个": "spring_fair.posts",
            "500余个": "spring_fair.applicants",
            "61": "spring_fair.intentions",
        },
    ),
    "a topic ends where another begins": (
        "送清凉：本级280人、4.2万元。送学子：19名，合计8.1万元。",
        {
            "280人": "summer.district_workers",
            "4.2万元": "summer.district_goods",
            "19名": "student_aid.students",
            "8.1万元": "student_aid.amount",
        },
    ),
    "verbs serve as well as nouns": (
        "县总工会为31名住院职工报销互助款，职工互助共有960名职工入会，交费7.68万元。",
        {"31名": "mutual_aid.beneficiaries", "960名": "mutual_aid.members", "7.68万元": "mutual_aid.premium"},
    ),
    "what others did has no name": (
        "线上招聘4场。县人社局另办招聘会8场，提供岗位6200个。",
        {"4场": "spring_fair.sessions", "8场": "", "6200个": ""},
    ),
    "a plan has no name": ("明年计划新建工会30家，发展会员1500人。", {"30家": "", "1500人": ""}),
    "another year has no name": (
        "部门支出412.3万元，2021年支出365.9万元。",
        {"412.3万元": "budget.total", "365.9万元": ""},
    ),
    "what was spent on what is counted is no total, a 支出总计 that is not all the income is one": (
        "收入总计612.45万元，支出总计598.32万元。数字化档案38.6万页，支出115.80万元。",
        {"612.45万元": "", "598.32万元": "budget.total", "38.6万页": "", "115.80万元": ""},
    ),
    "what came in, told over several parts, and two sources in one are none of what the spending came from": (
        "总收入480万元，其中：财政拨款收入300万元；事业收入150万元；其他收入30万元。"
        "总支出470万元，财政拨款支出300万元，事业收入及其他资金支出170万元。",
        {
            "480万元": "",
            "300万元": "budget.fiscal",
            "150万元": "",
            "30万元": "",
            "470万元": "budget.total",
            "170万元": "",
        },
    ),
    "those in office are those with a post, where others are told beside": (
        "核定事业编制280名，年末实有在职职工558人，其中在编246人、编外聘用312人。",
        {"280名": "staff.establishment", "558人": "", "246人": "staff.actual", "312人": ""},
    ),
    "units are who spends": ("共有预算单位13个，实际支出3,310.05万元。", {"13个": "", "3,310.05万元": "budget.total"}),
    "parts have no name, their total has": (
        "工会干部培训2期，分别有76人、81人参加，共157人。",
        {"2期": "", "76人": "", "81人": "", "157人": "training.attendance"},
    ),
    "a sum is of what the clause before it tells": (
        "医疗互助：706人参加，每人60元，计42360元。赔付31人，约4.1万元。",
        {"706人": "mutual_aid.members", "42360元": "mutual_aid.premium", "60元": "", "31人": "mutual_aid.beneficiaries"}
        | {"约4.1万元": "mutual_aid.payout"},
    ),
    "places that were visited are no people": (
        "送清凉：县总走访23个工地，慰问一线职工980人。",
        {"23个": "", "980人": "summer.district_workers"},
    ),
    "what one family got is not what all did": (
        "职工医疗互助：她家领到互助金1.8万元。领到互助金的住院职工736名，总共109.5万元。",
        {"1.8万元": "", "736名": "mutual_aid.beneficiaries", "109.5万元": "mutual_aid.payout"},
    ),
    "a budget that was adjusted has a name": (
        "全年支出602万元，年中预算调减14万元。",
        {"602万元": "budget.total", "调减14万元": "budget.adjustment"},
    ),
    "a sum over years has no name": (
        "新建工会41家。全区累计建会1560家，会员8.9万人。",
        {"41家": "members.new_unions", "1560家": "", "8.9万人": ""},
    ),
    "unions of all kinds are not those of firms, nor are the members of one year all theirs": (
        "新建基层工会23家，发展会员1860人。新建非公企业工会9家，发展会员86人。",
        {"23家": "", "1860人": "", "9家": "members.new_unions", "86人": "members.new"},
    ),
    "what is dealt out goes to each in turn": (
        "公务接待费、公务用车运行维护费分别为0.82万元和3.1万元。",
        {"0.82万元": "budget.reception", "3.1万元": "budget.vehicle_running"},
    ),
    "a bare verb goes on with what the clause before tells": (
        "全年支出602万元。公用经费年初安排40万元，实际支出36.7万元。",
        {"602万元": "budget.total", "40万元": "", "36.7万元": "budget.public"},
    ),
    "a list goes on in another unit": (
        "三公经费14万元；其中因公出国（境）1个团组2人、6.9万元。",
        {"14万元": "budget.three_public", "1个": "", "2人": "", "6.9万元": "budget.abroad"},
    ),
    "the end of the year ends the year": (
        "医疗互助：截至12月31日，共有960名职工参保。",
        {"960名": "mutual_aid.members"},
    ),
    "what goes on since years before has no name": (
        "医疗互助：960名职工参保。活动开展以来累计参保8200人。",
        {"960名": "mutual_aid.members", "8200人": ""},
    ),
    "a mean has no name": (
        "社区联合工会试点发展会员742名，平均每家12人。",
        {"742名": "community.members", "12人": ""},
    ),
    "a part is not its whole": (
        "线上招聘：96家企业提供5240个岗位，其中普工岗位3960个。",
        {"96家": "spring_fair.employers", "5240个": "spring_fair.posts", "3960个": ""},
    ),
    "how much more it is than another has no name": (
        "核定编制13个，实有14人，比编制多1人。",
        {"13个": "staff.establishment", "14人": "staff.actual", "1人": ""},
    ),
    "what fell to a number is that, not what it fell from": (
        "公务接待由4.1万元降为1.86万元，印刷由3家公司承担。",
        {"4.1万元": "", "1.86万元": "budget.reception", "3家": ""},
    ),
    "a total is told after its plan": (
        "预算数3254.6万元，执行数3087.9万元，执行率94.9%。",
        {"3254.6万元": "", "3087.9万元": "budget.total", "94.9%": ""},
    ),
    "what was built is told after what was approved": (
        "批复面积3200平方米，实际3100平方米，概算150万元，决算136.4万元。",
        {"3200平方米": "building.approved_area", "3100平方米": "building.actual_area"}
        | {"150万元": "building.planned_investment", "136.4万元": "building.actual_investment"},
    ),
    "establishment of one kind is all there is": (
        "核定事业编制84个，年末在职79人。",
        {"84个": "staff.establishment", "79人": "staff.actual"},
    ),
    "a bare verb behind a plan is of what was planned": (
        "“三公”经费预算22万元，决算17.4万元。公用经费控制在200万元以内，实际188.9万元。",
        {"22万元": "", "17.4万元": "budget.three_public", "200万元以内": "", "188.9万元": "budget.public"},
    ),
    "spending on something else is not that on guests": (
        "公务接待费被压到0.8万元，车辆运行维护支出11.3万元，差旅费支出7.7万元。",
        {"0.8万元": "budget.reception", "11.3万元": "budget.vehicle_running", "7.7万元": ""},
    ),
    "what is to be kept to has no name": (
        "核定编制62名，控制率不超过100%的目标。",
        {"62名": "staff.establishment", "不超过100%": ""},
    ),
    "staff of a subordinate unit has no name": ("下属服务中心编制12名、在职11人。", {"12名": "", "11人": ""}),
    "a rate that was reached is no area": ("满意度计划90%，实际92.4。", {"90%": "", "92.4": ""}),
    "what is of a whole district is not the unit's": (
        "全区一般公共预算支出41.2亿元。三公经费9万元。",
        {"41.2亿元": "", "9万元": "budget.three_public"},
    ),
    "a change has no name": (
        "三公经费5.12万元，压减2.88万元。",
        {"5.12万元": "budget.three_public", "压减2.88万元": ""},
    ),
    "who is outside the establishment is not in it": (
        "核定编制1400名，编制内在岗1356人、编制外1511人、非在编20人。",
        {"1400名": "staff.establishment", "1356人": "staff.actual", "1511人": "", "20人": ""},
    ),
    "establishments of several kinds are parts of their sum": (
        "政法专项编制86名，工勤编制6名，共92名。实有在编人员85人。",
        {"86名": "", "6名": "", "92名": "staff.establishment", "85人": "staff.actual"},
    ),
    "staff of several kinds are parts of their sum": (
        "核定的编制总数为238名，其中行政编制96名、参照公务员法管理事业编制24名；参公在职9人、事业在职11人，在职合计20人，空3名。",
        {"238名": "staff.establishment", "96名": "staff.admin_establishment", "24名": "staff.reference_establishment"}
        | {
            "9人": "staff.reference_actual",
            "11人": "staff.institution_actual",
            "20人": "staff.actual",
            "3名": "staff.vacant",
        },
    ),
    "what a price comes to is not all that was spent": (
        "聘用护林员480名，每名年补助8000元，共支出384万元。全年支出2163.54万元。",
        {"480名": "", "8000元": "", "384万元": "", "2163.54万元": "budget.total"},
    ),
    "posts of a kind beside others that have no name are left": (
        "编制20名，其中行政编制12名、事业编制5名、工勤编制3名。核定事业编制52名。",
        {"20名": "staff.establishment", "12名": "", "5名": "", "3名": "", "52名": ""},
    ),
    "what a whole is divided into is not the whole": (
        "专项资金分为基础设施建设94.2万元、企业奖补43.86万元，合计138.06万元；结余2.3万元。",
        {"94.2万元": "", "43.86万元": "", "138.06万元": "budget.special", "2.3万元": "budget.balance"},
    ),
    "what is to be in a later year has no name": (
        "新建工会64个。2023年帮扶900户，新建工会70个。",
        {"64个": "members.new_unions", "900户": "", "70个": ""},
    ),
    "the year in which a house was built is not that of its size": (
        "大厦于2020年竣工，批复规模12600㎡。三公：4.86万元，预算6.5万元，控制率74.77%。",
        {"12600㎡": "building.approved_area", "6.5万元": "", "74.77%": ""} | {"4.86万元": "budget.three_public"},
    ),
    "what so many cost at a price each is told by its formula, a sum of bare numbers is its parts": (
        "送温暖1024人×600元/人＝61.44万元。线上招聘（2场＋3场＝5场）。",
        {"1024人": "winter_aid.workers", "600元/人": "", "61.44万元": "winter_aid.amount"}
        | {"2场": "", "3场": "", "5场": "spring_fair.sessions"},
    ),
    "a label before a colon, and the year before in words, are as in a sentence": (
        "头年结转下来的61.9万元。结余：25.75万元。空缺（名）：2。",
        {"61.9万元": "budget.carry_over", "25.75万元": "budget.balance", "2": "staff.vacant"},
    ),
    "staff of a whole county is not the unit's, its own behind that is": (
        "全县事业单位编制3200名，在职3050人；县总工会编制26名，在职24人。",
        {"3200名": "", "3050人": "", "26名": "staff.establishment", "24人": "staff.actual"},
    ),
    "the spending of all a house is a total, what was spent for something and next to nothing are none": (
        "全局支出8642.35万元。支出1200万元用于高标准农田建设，支出300元左右。",
        {"8642.35万元": "budget.total", "1200万元": "", "300元左右": ""},
    ),
    "a task handed down is none of what was done, all through its list": (
        "市总工会下达我县任务新建工会40家、发展会员2000人。我县实际新建工会46家、发展会员2180人。",
        {"40家": "", "2000人": "", "46家": "members.new_unions", "2180人": "members.new"},
    ),
    "a rate is what its equation comes to, not the sides of it": (
        "控制率=49/52，为94.23%。",
        {"49": "", "52": "", "94.23%": "staff.printed_rate"},
    ),
    "what was bought is told behind what was to be": (
        "政府采购项目3个，采购预算180万元，实际采购171万元。",
        {"3个": "", "180万元": "", "171万元": "budget.procurement"},
    ),
    "what was left over is what came in where it stands among that": (
        "年初预算2975.4万元，追加386.25万元，结转64.8万元，共3426.45万元，结余128.28万元。",
        {"2975.4万元": "", "386.25万元": "budget.adjustment", "64.8万元": "budget.carry_over", "3426.45万元": ""}
        | {"128.28万元": "budget.balance"},
    ),
    "parts behind brackets are those of what stands before them": (
        "新建非公企业工会17个（工业园9家、其他8家），新增会员1126人，其中农民工638人。",
        {"17个": "members.new_unions", "9家": "", "8家": "", "1126人": "members.new", "638人": "members.new_migrants"},
    ),
    "so much each for so many names both": (
        "金秋助学5000元/人×25人＝125000元。",
        {"5000元/人": "", "25人": "student_aid.students", "125000元": "student_aid.amount"},
    ),
    "spring, money for supplies, audits and advice are told in few words": (
        "下拨防疫款物120.8万。线上“春风行动”4场次，96家企业参加。法律咨询730多人次。进监管平台164个，受审38个。",
        {"120.8万": "supplies.amount", "4场次": "spring_fair.sessions", "96家": "spring_fair.employers"}
        | {"730多人次": "rights.consultations", "164个": "accounts.platform_units", "38个": "accounts.audited_units"},
    ),
    "establishment in use is the rate of staff, what is left at the end of the year the balance": (
        "编制38名，在编36人，空着两名，编制使用率94.7%。年底剩下18.54万元。",
        {"38名": "staff.establishment", "36人": "staff.actual", "两名": "staff.vacant", "94.7%": "staff.printed_rate"}
        | {"18.54万元": "budget.balance"},
    ),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_names(text, expected):
    assert named(text) == expected


def test_the_own_level_of_a_union_is_told_by_its_title():
    told = named("柳塘镇总工会2022年总结", "夏送清凉：镇工会慰问180人，社区工会慰问420人。评选镇劳模3名，省劳模1名。")
    assert told == {
        "180人": "summer.district_workers",
        "420人": "summer.township_workers",
        "3名": "honours.district_models",
        "1名": "honours.provincial_models",
    }


@pytest.mark.parametrize(
    ("text", "union", "year"),
    [
        ("某县农业农村局2023年度报告\n指导农业企业建立工会12家。", False, 2023),
        ("县财政局：现将某县总工会二〇二〇年度支出报告如下。\n2021年计划新建工会20家。", True, 2020),
    ],
)
def test_a_union_is_who_speaks_of_itself_first_and_its_year_may_be_in_words(tmp_path, text, union, year):
    (tmp_path / "a.txt").write_text(text, "utf-8")
    told = draft(tmp_path / "a.txt", ROOT)
    assert (told.union, told.year) == (union, year)


def test_an_indicator_has_one_number():
    told = named("互助保障：职工3870人；互助231人、25万余元。")
    assert told == {
        "3870人": "mutual_aid.members",
        "231人": "mutual_aid.beneficiaries",
        "25万余元": "mutual_aid.payout",
    }


def test_a_row_of_another_year_has_no_name():
    rows = (
        ("年份", "医疗互助参保职工（人）", "金秋助学学生（人）"),
        ("2021年", "48210", "212"),
        ("2022年", "61385", "169"),
    )
    found = list(items((Passage("table", "", rows=rows),)))
    told = {item.found.token: one.indicator for item, one in zip(found, name(found, ROWS, 2022), strict=True)}
    named = {"48210": "", "212": "", "61385": "mutual_aid.members", "169": "student_aid.students"}
    assert {token: told[token] for token in named} == named


@pytest.mark.parametrize(
    ("corner", "above", "called"),
    [
        ("科目", "支出情况", "budget.total"),
        ("项目名称", "支出情况", ""),
        ("项目", "预算执行情况", ""),
        ("科目", "2022年度项目资金情况表", ""),
        ("科目", "“三公”经费支出表", ""),
    ],
)
def test_the_sum_of_some_projects_is_not_that_of_the_unit(corner, above, called):
    rows = ((corner, "预算（万元）", "支出（万元）"), ("渠道维修", "120", "118.2"), ("合计", "150", "148.2"))
    found = list(items((Passage("text", above), Passage("table", "", rows=rows))))
    told = {item.found.token: one.indicator for item, one in zip(found, name(found, ROWS, 2022), strict=True)}
    assert told["148.2"] == called


def test_a_row_of_amounts_is_no_head_of_those_below_it():
    rows = (
        ("项目", "指标", "指标值", "完成值"),
        ("困难帮扶", "帮扶资金", "25万元", "24.85万元"),
        ("金秋助学", "助学人数", "20人", "22人"),
    )
    found = list(items((Passage("table", "", rows=rows),)))
    told = [
        (item.found.token, one.indicator)
        for item, one in zip(found, name(found, ROWS, 2022), strict=True)
        if item.figure
    ]
    assert told == [
        ("25万元", ""),
        ("24.85万元", "hardship.aid"),
        ("20人", ""),
        ("22人", "student_aid.students"),
    ]


@pytest.mark.parametrize(
    "several", ["≥2000平方米；≥30处 | 2415平方米；37处", "≥2000平方米 | 2415平方米", "面积：2415平方米 | 处数：37"]
)
def test_a_row_of_several_amounts_in_a_cell_is_no_head_of_those_below_it(several):
    rows = (("指标", "年度指标值", "实际完成值"), ("拆违", *several.split(" | ")), ("上访人次", "≤20", "0"))
    last = [*items((Passage("table", "", rows=rows),))][-1]
    assert (last.found.reading.unit, last.place) == ("人次", "表1 上访人次，实际完成值")


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_marks_typed_in_latin_say_the_same(text, expected):
    plain = str.maketrans("，；：（）", ",;:()")
    assert named(text.translate(plain)) == {token.translate(plain): name for token, name in expected.items()}


def test_units_told_in_the_order_of_columns_are_theirs():
    rows = (
        ("序号", "村（社区）", "道路里程", "改厕", "投资额"),
        ("1", "桐树村", "2.4", "32", "28.60"),
        ("2", "石门村", "1.8", "28", "22.40"),
    )
    found = items((Passage("text", "村级项目明细表（单位：公里、户、万元）"), Passage("table", "", rows=rows)))
    assert [one.found.said for one in found if one.figure][:3] == ["2.4公里", "32户", "28.60万元"]


def test_what_was_spent_behind_what_was_granted_is_the_outturn():
    told = named("2022年政府性基金预算拨款346.00万元，实际支出338.00万元，执行率97.69%。")
    assert (told["346.00万元"], told["338.00万元"]) == ("", "budget.government_fund")
