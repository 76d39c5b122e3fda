"""Claims of a document: figures that follow from others are tested, right ones are never told as wrong."""

from itertools import pairwise
from pathlib import Path

import pytest

from benchmarks import claims as corpus
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
    "growth against last year": ("支出7.92万元，比上年决算的9.05万元下降12.5%。", "下降12.5%"),
    "growth from one to the other": ("基础养老金由每人每月128元提高到每人每月140元，增长9.4%。", "9.4%"),
    "percentage points": ("犯罪占比由5.6%降至4.3%，下降1.3个百分点。", "下降1.3个百分点"),
    "more than a task by a share of it": ("新增非公工会52个，超出市总下达任务45个的15.6%。", "15.6%"),
    "a total of counts of several kinds": ("慰问困难职工22户、环卫工35人、护工8人，合计65人。", "65人"),
    "more than the plan": ("帮扶资金31.4万元，较任务数30万元多1.4万元。", "1.4万元"),
}
WRONG = {
    "growth of last year's figure in brackets": ("新设企业9186户（8420户），增长8.3%。", "8.3%"),
    "a task told behind what was done": ("完成造林4.8万亩，其中人工2.6万亩；任务4.5万亩，完成率93.8%。", "93.8%"),
    "the satisfied are of what came back": ("发放问卷500份，有效486份，满意463份，满意率92.60%。", "92.60%"),
    "no share of what stands beside in the list": (
        "总产值18.6亿元，其中油茶4.2亿元、竹木7.8亿元、旅游6.6亿元，油茶占63.6%。",
        "63.6%",
    ),
    "a mean of households told before": (
        "困难职工1046户，深度困难218户、意外致困562户。全年帮扶资金218.5万元，户均2809元。",
        "2809元",
    ),
    "so many for each is no mean": ("用水户协会18个，聘水管员45名，每会3名。", "3名"),
    "prizes of three kinds": ("一等奖11名，二等奖22名，三等奖33名，共颁55名。", "55名"),
    "what is behind the whole": ("全年为615名残疾人提供服务，其中寄宿制62人、日间照料118人、居家425人。", "615名"),
    "growth behind what was spent": ("支出总计641.28万元。支出比上年增加28.93万元，增长4.27%。", "4.27%"),
    "what was added to the budget": ("年初预算2318.60万元，年中追加预算286.45万元，预算调整率为11.84%。", "11.84%"),
    "what is left of people": ("监测对象412户，已消除风险309户，尚未消除的130户逐户落实。", "130户"),
    "a change before its two figures": ("支出较上年减少20万元，上年支出200万元，本年支出160万元。", "减少20万元"),
    "a change of a figure that has lost its 万": ("全年支出12.5元，比上年的11.2万元增加1.3万元。", "1.3万元"),
    "a mean of an amount in the sentence before": ("共发放救助金90万元。共救助残疾人1500人，人均650元。", "650元"),
    "a share of all spending that is one of last year's": (
        "全年实际支出1,598.35万元，上年支出1,512.60万元。其中基本支出1,372.15万元，项目支出226.20万元，占总支出的15.0%。",
        "15.0%",
    ),
    "a share of a whole that another share is of": (
        "支出88.46万元。支出构成为：职工服务41.23万元，占46.6%；劳动竞赛18.9万元，占24.1%；维权9.77万元，占11.0%。",
        "24.1%",
    ),
    "a list of three behind others of its kind": (
        "132名选手参赛，决出一等奖2名、二等奖4名、三等奖8名，共12名。",
        "12名",
    ),
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
    "growth": ("支出7.92万元，比上年决算的9.05万元下降15.2%。", "下降15.2%"),
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

QUIET = {
    "what there is of all years": "举办招聘会4场，培训318人，取证率86.8%。新建职工之家5个、户外劳动者服务站点8个，累计达到31个。",
    "what this year left, beside last year's spending": "支出合计2156.84万元（上年2041.30万元）；收支相抵后结余45.48万元。",
    "posts that are free": "编制320名，在编298人，尚有空编22名；另有编外人员188人，职工总数486人。",
    "the most of a day": "门诊26.84万人次，上年24.16万人次，单日最高接诊2106人次。",
    "a rate of other sentences, by chance": "实施安全饮水工程42处，其中改扩建33处。年末自来水普及率87.6%。",
    "a share of what is not told": (
        "建设中心120个，建成118个，建成率98.3%，检验机构67个，其中省级1个、市级14个、县级52个。绿色储粮仓容占比58.6%。"
    ),
    "equations that hold": "脱产班按30人×5天×200元/人＝3万元列支，村级运转108.80万元（17个村×6.40万元/村）。",
    "a rate of vehicles beyond a limit": "检测31.27万辆次，查处超限车1,486辆次，超限率0.48%，上年查处2,113辆次。",
    "who are not of age": "观众41.26万人次，上年52.30万人次，下降21.11%；未成年人11.87万人次，占28.77%。",
    "parts of another whole of the sentence before": (
        "基本支出中，人员经费212.75万元，公用经费95.21万元，压减到位。"
        "项目支出中，养护32.48万元，建设28.75万元，公交补贴11.26万元。"
    ),
    "parts of a part, beside it": (
        "基本支出521.30万元，其中人员448.90万元、公用72.40万元；项目支出375.40万元，"
        "其中村级108.80万元、环境96.50万元、道路84.20万元、扶贫62.40万元、其他小项目23.50万元。"
    ),
    "a share of last year's whole": (
        "支出10,894.57万元，比上年的10,362.18万元增加532.39万元，增长5.14%；"
        "基本支出4,216.83万元，占全年支出的38.71%，上年为4,037.50万元、占38.96%。"
    ),
    "a change of the first of a list alone": "不合格原因中，转氨酶升高486份、丙肝158份、艾滋初筛反应性41份、梅毒抗体阳性22份。",
    "an amount for each of several together": "第一批12万元，第二批30万元，第三批18万元，共惠及1000人，人均600元。",
    "a share of what is a share itself": "项目支出占总支出的36%，其中专项资金占85%，运行经费占15%。",
    "posts, who works and a total with others": "核定编制52名，在编48人，空编4名；派遣队员120人；合计168人。",
    "a rate of two together": "毕业生29人，升学17人、就业10人，合计27人，升学就业率93.1%，其中考上本科的6人。",
    "a rate of what another clause is of": "活产6,280人，产妇受管理6,012人，管理率95.7%；婴儿死亡15例，死亡率2.4‰。",
    "what has no upper end is no part of a sum": "新增会员300人，慰问职工200人，全县会员4万人以上，其中女会员1.5万人。",
    "parts in brackets that are not all": "开展食品抽检4200批次（其中农产品1800批次、餐饮具600批次），处置不合格食品71批次。",
    "a task beside what was done and is divided": "完成营造林3.25万亩，占年度任务3.2万亩的101.6%。其中造林0.85万亩，封育1.40万亩，修复1.00万亩。",
    "a price for some of all": "供养对象412人，其中集中87人、分散325人。集中供养每人每年10800元，需资金93.96万元。",
    "a budget beside its name": "三公经费15.8万元，其中公务接待11.2万元，低于预算的18万元，家均18万元。",
    "what others said": "学生问卷460份，满意431份，满意率93.7%，家长满意率九成五。",
    "growth beside a budget": "年初预算2,394.1万元，追加111.8万元，全年预算2,505.9万元；上年支出2,318.5万元，本年增长6.7%。",
    "what was spent more": "全年支出206.2万元，结余7.7万元。上年开支181.3万元，今年多花24.9万元，增长13.7%。",
    "a sum that goes on": "全年可用1,238.70万元；全年支出1,192.46万元。支出里基本支出432.16万元，项目支出760.30万元；公用经费31.28万元。",
    "a rate beside last year's": "参训2,318人次，比上年的2,106人次增长10.1%；结业后就业1,074人，就业率46.3%。",
    "what a list is of": "三公经费42.70万元，其中车辆38.60万元、接待4.10万元，相当于预算48.00万元的89.0%。",
    "oil in water": "接收垃圾312.4吨，转运处置309.9吨，处置率99.2%；生活污水1.08万立方米，含油污水640余吨。",
    "a limit for each": "计划培训600人次，实到620人次，花费46.5万元，人均750元，没有突破每人每天450元。",
    "a share of all spending": "全年支出1,152.30万元。按性质分，基本支出716.50万元，项目支出435.80万元，项目支出占37.8%。",
    "three side by side, one the sum of the others": "预算由4,980万元追加450万元，调整后5,430万元，另有543万元未下达。",
    "one of each of two kinds": "共有学校86所，其中高中4所、初中15所、小学43所、幼儿园22所、职业学校和特殊教育学校各1所。",
    "last year's behind this year's": "收入分别为5.60亿元、2.31亿元、3.24亿元，上年分别为5.00亿元、2.20亿元、3.60亿元，三项总计11.15亿元。",
    "growth of others": "支出9620万元，较2022年增加480万元，增长5.25%（2022年为9140万元，同期财政民生支出增长6.7%）。",
    "several together": "农业4820万元、水利5160万元、交通3050万元，三项占全县争取资金2.6亿元的近一半。",
    "counted elsewhere as well": "实施项目26个，其中重点项目8个、实事项目11个、跨年度项目9个，既是重点又是实事的5个。",
    "counts in brackets of others": "下辖12个社区（含城市社区9个、村改居社区3个），划分网格138个，平均每个社区11.5个网格。",
    "the original value": "固定资产原值年末8260.4万元，年初7942.7万元，净增317.7万元，增长4.0%。",
    "a part and what stands behind it": "全年接待186.3万人次，其中急诊11.28万人次；出院患者7.96万人次。",
    "two of more parts": "共办理案件120件，其中民事70件，行政复议30件。",
    "what others think": "满意4,013人次，评价4,120人次，满意率97.4%；对责任单位满意率近九成五。",
    "done of a plan, behind last year's": "接待游客486.2万人次，上年为351万人次，完成年初计划450万人次的108.0%。",
    "a budget adjusted both ways": "年初预算560.0万元，执行中因增资追加84.5万元、因压减收回14.5万元，调整后全年预算为630.0万元，实际支出620.0万元，结余10.0万元。",
    "balances of three years": "执行率2021年为88.7%，2022年为93.1%；结转资金分别为146万元、81万元、57万元，逐年下降。",
    "a budget adjusted by its rate": "年初预算2,100万元，年中追加336万元，预算调整率16.0%。",
    "a rate behind parts in brackets": "非税收入736.2万元（含收费412.8万元、罚没198.6万元、资产收入124.8万元），完成预算680万元的108.3%。",
    "an allowance for each part": "公益岗位146个，包括护林员62个（年补贴6,000元）、保洁员54个（年补贴4,800元）、护路员30个（年补贴4,800元）。",
    "fewer than words tell": "“三公”经费预算32.0万元，实际支出26.8万元；六项一般性支出合计58.3万元。",
    "beds are used by days": "床位编制60张，实开72张，使用率61.3%。",
    "growth of a list, with what was behind it": "接待游客86.4万人次、收入5.13亿元，同比分别增长20.0%和18.5%（上年分别为72.0万人次、4.33亿元）。",
    "revenue that is none of taxes": "税收收入8.93亿元、非税收入4,100万元，各项收入12.46亿元；税收收入占71.7%。",
    "sums of sums": "南片4个村共1,200户，北片3个村共800户，全乡总计2,000户。",
    "rates of years in a list": "年度支出分别为1,862万元、1,795万元、1,910万元，执行率分别为94.2%、97.8%、98.1%。",
    "rates of others": "本局争取债券1.5亿元，占全县12.8亿元的11.7%；全县债券支出进度86%，本局支出进度91.2%。",
    "a second division is of the whole": "实际支出2,794万元。按性质划分，基本支出237万元，项目支出2,557万元；按级次划分，中央、省级和县级资金分别为1,742万元、486万元和566万元。",
    "a price and what people pay of it": "供餐4.3万份，每份12元，老人自付8元，街道补贴每份4元。",
    "a net number and what made it": "实有人数净增2人（新进5人、调出3人）。",
    "a rank": "在14个乡镇中综合得分列第3位，比2023年上升2个位次。",
    "a mean is no whole": "政府办件31.2万件，日均受理1,248件。网上办件20.28万件，占受理量的65%。",
    "shares of all that stands behind": "物业、设备、服务各占50%、15%、35%，即120万元、36万元、84万元。",
    "rounded, as the words behind say": "培训费8.65万元；会议费3.13万元；两项合计11.77万元（万元口径尾差0.01万元）。",
    "two together against a plan": "公务用车9.36万元，公务接待0.84万元，合起来比预算12万元少1.8万元。",
    "two prices": "本科每名4,000元、专科每名2,000元，资助84名，发放27.2万元。",
    "growth against a task and a change against last year": "省道改造26公里，较目标20公里超30%，较上年增加4公里。",
    "what is added, in brackets behind a rate": "总支付率92.4%（按调整预算口径，预算1,250万元，追加80万元）。",
    "part of another kind in brackets behind a rate": "综合达标率96%（监测断面25个，其中国控断面12个）。",
    "a rate of others per mille": "全市出生率6.2‰，我区户籍人口51.2万人，出生2,816人，出生率5.5‰。",
    "points of other averages": "达标率96.2%，比考核要求高1.2个百分点，分别高于全省、全国平均2.5和3.1个百分点。",
    "two of many in a coarse whole": "房屋面积1.2万平方米，其中办公用房3,600平方米，租用800平方米。",
    "an allowance by the month": "每人每月补贴300元，惠及860人，全年发放补贴资金286万元。",
    "a rating within a rating": "发放问卷300份，收回286份，群众满意度95.2%，其中对窗口满意度97.1%。",
    "what is left of other things": "收到投诉186件，已办结180件，其余6件移交；另有3件尚在复核。",
    "a set, then what was done of it": "发现隐患3,415条，其中重大隐患29条，整改完成3,360条。",
    "parts of an earlier whole": "接待142件，办结139件，办结率97.9%。其中婚姻类88件，财产类31件，人身类23件。",
    "parts of a whole that follows its budget": "预算402万元，追加31.6万元，全年预算数433.6万元；实际支出428.9万元，其中基本支出231.5万元，项目支出197.4万元。",
    "a rate of adjustment": "年初预算612.5万元，调整后668.9万元，预算调整率9.21%。",
    "a rate of other things": "建成中心12个，其中新建4个，改造3个，床位620张，入住率68%。",
    "a share of more than a set": "绩效目标86个，量化指标620个，占78%。",
    "a rate of one of several things": "检查986家次，查处超限车3614台，卸载2.87万吨；车辆1012台动态监控上线率99.3%。",
    "a mean of what is not among them": "服务经营主体216家，信息员342名，村村覆盖，平均每村1.5名。",
    "what some of them get": "33名职工子女领到助学金12.4万元，其中考上本科的每人4000元。",
    "a share of two together": "收回问卷275份，满意238份，基本满意30份，满意率97.5%。",
    "a part that is not counted on": "产生金牌职工45名，其中获市级奖章6人；征集成果318项；疗休养7批、382人；名师讲座57名。",
    "a change of something else": "环节由12个压到4个，减少三分之二；材料减少58%。",
    "a share of what is named": "粉丝8.9万，推文412篇，爆款10万，自助借还占比八成五。",
    "a change of another thing": "基本支出312万元，其中差旅费28万元，比上年的26万元增长7.7%；培训26期，比上年的24期增加2期。",
    "shares of each source": "2022年度，本单位收入总计1286.37万元，其中：财政拨款收入1198.25万元，占93.15%；事业收入52.12万元，占4.05%；其他收入36.00万元，占2.80%。",
    "a budget raised on the way": "年初预算1100万元，年中追加165.3万元，全年预算1265.3万元，实际支出1254.9万元，预算执行率99.18%。",
    "amounts without 元": "区本级和各镇一共发了慰问金52.6万元，区里出了20万，各镇出了32.6万。",
    "only some, with 等": "全年共培训12期，主要有技能培训5期、法律培训3期等。",
    "some, and the rest by others": "补助资金340万元，其中中央120万元、省级90万元、市级50万元，其余由区级配套。",
    "a part in brackets within a part": "全县共有学校86所，其中小学41所（含教学点9个）、初中18所、高中5所、幼儿园22所，在校生4.2万人。",
    "overlapping kinds": "职工总数1,520人，其中女职工612人，占40.3%，党员233人，占15.3%。",
    "changes of what is not told": "收缴会费218.4万元，同比增长6.2%；拨缴经费支出176.9万元，同比下降3.1%。",
    "quarters, and a half year": "一季度支出210万元、二季度支出265万元、三季度支出240万元、四季度支出312万元，全年合计支出1027万元，其中上半年475万元，占46.3%。",
    "numbers of two breakdowns": "编制45名，其中行政编制18名、事业编制27名；年末在职41人，其中行政17人、事业24人，编制使用率91.1%。",
    "two totals and one of both": "慰问困难职工320户，每户600元，共19.2万元；慰问劳模45人，每人1000元，共4.5万元；两项合计23.7万元。",
    "a plan before the parts": "完成投资2.36亿元，为年度计划2.5亿元的94.4%；其中一期1.42亿元，二期0.94亿元。",
    "two runs and a rate of both": "项目共5个，资金680万元：其中已完工3个，支付412万元；在建2个，支付180万元；合计支付592万元，支付率87.1%。",
    "parts of parts in brackets": "本级支出560万元（人员费320万元，公用经费60万元，项目180万元），下属单位支出240万元，共800万元。",
    "three years at once": "2020年、2021年、2022年支出分别为312万元、345万元、386万元，年均增长11.2%。",
    "money at a time of the year": "劳务派遣28人，费用168万元，人均年费用6万元；物业费每月4.5万元，全年54万元。",
    "a mean by the month": "全年保障城市低保对象3,218人，发放资金1,858.42万元，月人均481.26元。",
    "a rate behind what was carried over": "收入总计426.38万元，其中年初结转12.40万元、财政拨款收入413.98万元。支出408.75万元，年末结转17.63万元，预算执行率95.87%。",
    "posts, and who works or has retired": "核定编制128人，其中行政编制36人、事业编制92人；在职人员121人，退休人员67人。",
    "a part whose name has a great": "接听6,318个，上年4,860个，增长30.0%，其中高危来电126个。",
    "last year's whole before this year's parts": "支出356.12万元，上年支出372.46万元，下降4.4%。按性质分，基本支出114.28万元，项目支出241.84万元。",
    "two batches of two kinds": "助学金发放两批，第一批86人、25.8万元，第二批64人、19.2万元，共计150人、45万元。",
    "a rest of last year": "上级补助58万元，同级拨款120万元，其他收入6万元，当年收入184万元；上年结转22万元，收入总计206万元。",
    "growth of a part and another whole": "全年实现营业收入12.4亿元，同比增长8.6%，其中主营收入11.8亿元，增长9.1%；利润总额0.86亿元，下降3.2%。",
    "an amount for each of those left": "孵化企业36家，毕业12家，毕业率33.3%，在孵企业实现产值2.4亿元，户均产值1000万元。",
    "a rate by the time": "全年共受理12345工单8640件，按时签收率100%，按时办结8587件，按时办结率99.4%，群众满意率96.3%。",
    "a rise said twice": "2023年投入1,260万元，比2022年的980万元多280万元，增幅28.6%；2024年计划投入1400万元。",
    "a number left out": "全年开展培训24期，其中线上14期、线下9期，另1期因疫情取消。",
    "two rates that are akin": "招录人员36人，报名人数1260人，录取率2.86%，其中研究生12人，占录取人数的33.3%，女性19人，占52.8%。",
    "carried over twice": "上年度结余58万元，本年收入642万元，支出655万元，结余45万元，其中项目结余38万元。",
    "changes between parts": "县级财政安排320万元，同比增加20万元，增长6.7%；争取上级资金180万元，同比减少15万元，下降7.7%；两项合计500万元。",
    "hedged in the end": "参加活动的有机关干部45人、社区工作者32人、志愿者120人，约200人。",
    "projects of which some are told": "预算安排5个项目合计860万元，其中A项目300万元，执行率98%；B项目260万元，执行率100%；C项目150万元，执行率86%。",
    "much later": "累计为8.6万人次提供服务，其中本年2.1万人次，比上年的1.9万人次增长10.5%。",
    "brackets that are closed": "差旅费73.6万元；公务用车（测流车）6辆，运行费19.4万元；接待0.9万元；“三公”共20.3万元，比上年23.1万元减少12.1%。",
    "marks in brackets": "产出49.2分（满分50分）、效益28.5分（满分30分）、满意度9.3分（满分10分）。",
    "an income for each": "培训村民241人，投入35万元，人均纯收入1.46万元。",
    "free posts of one of several": "机关编制42名、事业编制18名，在职55人，空编5名。",
    "what a price does not tell": "购置消防车2辆，每辆186万元，含税及配套共395万元。",
    "a rate for ten thousand": "机动车保有量12.6万辆，驾驶人15.8万人，事故86起，死亡6人，万车死亡率0.48。",
    "kinds that overlap, told behind": "受理投诉245件，其中价格类88件、质量类102件、服务类96件，部分涉及多类。",
    "a change of a part whose former figure is not told": "全年接待游客600人次，其中外宾50人次，比上年增加10人次。",
    "a change of one thing and the former figure of another": "水费4.0万元（上年3.5万元），电费5.0万元，比上年增加0.2万元。",
    "growth over the year before, and over the quarter before": "一季度投资85亿元，同比增长6.25%；二季度90亿元，比一季度多5亿元，同比增长8.1%。",
    "a year each": "2021年支出80万元，比上年增加5万元；2022年支出90万元，比上年增加10万元。",
    "a change of what is left": "预算1,200万元，追加150万元，支出1,300万元，结余50万元，其中财政拨款结余32万元，比上年减少18万元。",
    "two former years": "受理投诉420件，比上年的500件下降16%，比前年的600件下降30%。",
    "against last year and against the plan": "会议费12万元，较上年15万元减少3万元，下降20%，较预算13万元节约1万元。",
    "what is left of three": "下达资金100万元，已支付60万元，收回10万元，剩余30万元。",
    "a rest that was there before": "全年收入2,105.0万元，全年支出2,087.0万元，年末结转58.0万元（含上年结转40.0万元）。",
    "points of a mean that is not told": "病床使用率85.6%，高于全市平均水平3.2个百分点，平均住院日7.8天，比上年缩短0.3天。",
    "values of three years": "路灯电费逐年上升，2020年—2022年分别为1,310万元、1,384万元和1,422万元。",
    "falls of two figures that stand together": "事故起数26起、死亡人数5人，同比分别下降13.3%、16.7%。",
    "a budget cut on the way": "年初预算1,060万元，年中追加232.5万元，压减15.8万元，预算调整率20.4%。",
    "parts of a change": "预算5,430万元，较上年4,980万元增加450万元（增资增加218万元，新增人员11名增加97万元，结转增加135万元），增长9.0%。",
    "a part behind the former figure of its whole": "接诊8.6万人次，较上年8.1万人次增长6.2%，其中急诊1.2万人次，增长3.5%。",
    "what is saved on all": "实际采购22台，单价由5万元降到4.5万元，每台节约0.5万元，共节约11万元。",
    "against the target, then against last year": "全年争取资金2.6亿元，较目标2亿元超30%，较上年增加0.4亿元。",
    "posts of another kind": "编制60名，在职58名，空编2名，另有工勤编制4名，空编1名。",
    "growth of what is told by its change alone": "在校生由2,600人减少到2,480人，公用经费总额增加12.8万元，增长4.9%。",
    "more than a plan that is not told": "事业收入90万元，比预算100万元少收10万元，其他收入20万元，比预算多收5万元。",
    "a plan after a change": "年初预算860万元，执行中追加112万元，实际支出951.6万元，预算执行率97.9%。",
    "a share of what is not told, beside parts": "全镇有村民小组128个，村干部86人，其中党员72人，大专以上学历31人，占比较上年提高4.2个百分点。",
    "rates of deadlines": "受理申请1,260件，当场办结840件，承诺件420件，按期办结率100%，群众满意率99.2%。",
    "a rate of some, named as the rate of all": "全县参保28.6万人，参保率98.2%，其中脱贫人口参保1.9万人，参保率100%。",
    "shares of a plan and of an investment not told": "完成投资3.6亿元，占年度计划的92.3%，占总投资的41.5%。",
    "a standard, and what was paid": "财政拨款按每生每年650元标准下达，全年拨付320万元，惠及全县42所学校。",
    "means of two years": "2022年人均公用经费1.6万元，2023年为1.5万元，年末在职46人，公用经费支出69.5万元。",
    "a mean of some": "新建公厕20座，其中农村12座；投资360万元，平均每座18万元，其中农村每座15万元。",
    "a mean of what others spent": "接待游客86万人次，旅游收入4.3亿元，人均消费500元，其中过夜游客12万人次，人均消费1,180元。",
    "a price, and what another thing cost": "培训班8期、参训640人次，人均培训费480元，会议费支出12.5万元。",
    "what came, and was not spent in sight": "年初结余30万元，本年收入120万元，年末结余25万元。",
    "a rate of this year's money": "预算1200万元，其中上年结转200万元，当年预算1000万元；支出960万元，当年预算执行率96%。",
    "posts planned and filled": "设置公益性岗位300个，每人每月补贴1000元，实际在岗286人，全年支出岗位补贴338.6万元。",
    "a list of rates of other things": "上级补助资金850万元，县级配套150万元，到位率分别为100%和80%。",
    "a price by the month": "租用办公用房650平方米，每平方米每月25元，年租金19.5万元。",
    "two prices and one amount": "采购电脑30台，单价5200元，打印机10台，单价1800元，合计17.4万元。",
    "a price for several years": "电梯维保合同每台每年3,600元，全院电梯8台，合同期三年，合同总价8.64万元。",
    "a share of a part": "资产总额5,600万元，其中固定资产4,480万元，占80%；在用固定资产4,256万元，占固定资产的95%。",
    "a mean of those in debt": "贷款余额15.6亿元，不良率1.2%，户均贷款86万元；新增贷款户320户。",
    "prices of two groups": "为86名老党员发放慰问金4.3万元，每人500元；为12名困难党员每人发放1000元。",
    "a share before its amount": "自筹资金占总投资的30%，即660万元，上级补助1,540万元。",
    "rates of batches": "安排专项资金500万元，分两批下达，首批300万元，支付率85%，第二批200万元，支付率60%。",
    "a share of what is called otherwise": "全区有教师1,860人，生师比14.6:1，本科以上学历占92%，其中研究生186人，占10%。",
    "arrears and what is due": "当年收缴率96.5%，应收物业费2,800万元，实收2,702万元，累计欠费480万元，清欠率35%。",
    "a cost and a part of it": "工程造价3,200万元，建筑面积1.6万平方米，每平方米造价2,000元，其中装修每平方米600元。",
    "villages of a first batch": "每村安排5万元，首批安排了18个村，全部资金分两年下达，今年到位60万元。",
    "a share of all, and of some": "完成入户调查9,800户，占应调查户数的98%，其中农村6,200户，占63.3%。",
    "a task, and one of the province": "新增就业2,860人，完成年度任务2,600人的110.0%，完成省定任务2,500人的114.4%。",
    "a formula that holds": "预算完成率=（1,188.0万元÷1,250.0万元）×100%=95.04%。",
    "a unit and another": "渠道衬砌计划18公里，实际完成17,460米，完成率97%。",
    "a rate of some of what another rate is of": "全年检测样品4,200个，不合格126个，不合格率3%，其中蔬菜类不合格率4.2%，水果类1.6%。",
    "a rate so far, and one of all years": "办理社保卡2.4万张，其中电子社保卡签领1.5万张，签领率62.5%，累计签领率71%。",
    "a mean of another meeting": "应急演练每季度1次，参与人员480人次，平均每次120人次，桌面推演2次。",
    "a mean of what is not told of others": "开展技能培训4,200人次，补贴资金336万元，人均补贴800元；创业培训600人次，人均补贴1,500元。",
    "a pension for each": "养老保险参保9.2万人，基金收入8.6亿元，支出9.1亿元，人均养老金2,680元。",
    "a rate of a part of the spending": "部门预算2,860万元，累计支出2,774万元，支出率97%，其中专项经费支出1,098万元，支出率96%。",
    "the whole investment and the plan": "总投资128亿元，年度计划投资42亿元，完成投资44.1亿元，占年度计划的105%，占总投资的34.5%。",
    "brackets that hold but some": "现有在编人员56人（高级职称18人、中级职称22人），退休人员31人。",
    "prizes of several kinds": "参加比赛获奖9项（国家级1项，省级3项），其中一等奖2项、二等奖4项、三等奖3项。",
    "a plan beside what was spent": "项目分三年实施：2021年投入120万元，2022年投入150万元，2023年计划投入200万元，截至2022年底累计投入270万元。",
    "kinds of staff of which some are told elsewhere": "全县共有学校62所，教职工3,100人：小学教师1,600人，初中教师900人，另有高中和职校教师600人。",
    "more than was due within a part": "全年完成投资3.2亿元：一期工程1.8亿元，超额完成0.2亿元；二期工程1.4亿元。",
    "what has been built until then": "高标准农田一期1.2万亩，二期完工后累计建成2.0万亩，三期完工后累计建成3.1万亩。",
    "a sum that is rounded": "全年支出0.91亿元，其中基本支出0.37亿元、项目支出0.55亿元（因四舍五入，分项之和与总数略有出入）。",
    "people who were served twice": "开展两癌筛查9,600人，其中宫颈癌筛查8,750人、乳腺癌筛查8,420人，大部分妇女同时接受两项检查。",
    "a beginning that is in the end": "全年收入2,105.0万元，全年支出2,087.0万元，年末结转58.0万元（含上年结转40.0万元）。",
    "income with what was carried over": "上年结转22万元，财政拨款180万元，其他收入4万元，收入总计206万元，支出190万元，年末结转16万元。",
    "loans of which some are told": "年初贷款余额2.3亿元，本年新增贷款1.1亿元，其中涉农贷款0.6亿元，年末贷款余额2.9亿元。",
    "arrived and paid behind each part": "预算总额500万元：财政拨款400万元，已到位360万元；自筹100万元，已到位80万元。",
    "a part in brackets of each part": "人员经费2,140万元，由工资1,360万元（其中年终奖185万元）、社保430万元（其中养老262万元）、公积金350万元组成。",
    "what grows through the year": "补贴发放3.2亿元（一季度0.8亿元，上半年1.7亿元，前三季度2.5亿元）。",
    "the least and the most of each": "村级运转经费860万元：每村平均12万元，补助标准最低8万元、最高15万元。",
    "what is there in fact behind a list": "床位500张：内科180张、外科160张、妇儿120张、其他40张，年末实际开放480张。",
    "what is owed, and comes back": "年初应收款86万元，本年新增42万元，收回65万元，核销8万元，年末应收款55万元。",
    "what is done behind a list": "年初设定指标25个：产出12个、效益9个、满意度4个，完成23个，完成率92%。",
}
"""Right in all their claims."""
SLIPS = {
    "an equation of four": (
        "工资508.16万元＋公用78.42万元＋补助25.80万元＝基本支出621.38万元。",
        "621.38万元",
    ),
    "an equation of three that are multiplied": ("脱产班按30人×5天×200元/人＝4万元列支。", "4万元"),
    "an equation with a price before the number": ("每村6.40万元×17个村＝118.80万元。", "118.80万元"),
    "an equation with a minus": ("结余＝收入1,286.40万元－支出1,243.70万元＝52.70万元。", "52.70万元"),
    "an equation in brackets": ("村级运转118.80万元（17个村×6.40万元/村）。", "118.80万元"),
    "an equation behind what it comes to": ("全年会员216人＝男105人＋女101人。", "216人"),
    "a part that has lost a digit": ("检验拖拉机、联合收割机1,874台，其中拖拉机1,306台、联合收割机56台。", "1,874台"),
    "what each asks for and what was used": ("造林计划6000亩，完成6120亩。每亩栽植210株，用苗18.52万株。", "18.52万株"),
    "parts of which the last have one unit": ("预警信号87次，其中红色3、橙色12、黄色49、蓝色26次。", "87次"),
    "two digits side by side, of a share of what stands before": (
        "聘护林员164名。管护林地46.8万亩。护林员补助每年发放，55岁以上的护林员71名，占34.3%。",
        "34.3%",
    ),
    "a mean of what stands before, but for two digits": (
        "全乡管14个村、1个社区。村集体收入合计386.4万元，村均26.7万元。",
        "26.7万元",
    ),
    "a whole of which some are named": ("编制68名，年末在职63人。在职人员中本科以上学历51人，占75.0%。", "75.0%"),
    "a rate of last year's": ("指导站应建118个，上年建成111个，今年建成115个，覆盖率94.1%。", "94.1%"),
    "growth of what two sentences tell": (
        "事故162起，死亡34人，财产损失58.6万元。上年事故189起，死亡41人，财产损失49.8万元。与上年相比，死亡人数下降17.1%，财产损失下降17.7%。",
        "下降17.7%",
    ),
    "a list of changes": (
        "发生事故9起、死亡7人，上年为12起、10人，事故起数和死亡人数分别下降25.0%、下降42.9%。",
        "下降42.9%",
    ),
    "parts of what stands nearest": ("编制38名，年末在职36人，其中行政人员16人、事业人员22人。", "36人"),
    "a list with its total": ("收稿1,360篇，评出一等奖十篇、二等奖二十篇、三等奖四十篇，共计80篇。", "80篇"),
    "parts that are called as the whole": ("新建水库2座；渠道衬砌58.6公里，干渠17.2km、支渠41.8km。", "58.6公里"),
    "a share whose whole is named without 的": ("基本支出512.40万元；公用经费58.26万元，占基本支出1.4%。", "1.4%"),
    "hedged parts, but for two digits": (
        "物资价值46.3万元，慰问品折款203.8万余元，上下合计205.1万余元。",
        "205.1万余元",
    ),
    "medals": ("省运会获23金、19银、27铜，奖牌71枚。", "71枚"),
    "two kinds of the three public expenses": (
        "“三公”经费合计3.24万元，其中公务用车2.10万元、公务接待0.86万元。",
        "3.24万元",
    ),
    "what is lacking": ("市政消火栓应建368个，已建302个，尚缺76个。", "76个"),
    "a mean of last year's": ("立案1,368起，上年1,492起；罚款186.5万元全部缴库，起均1,250元。", "1,250元"),
    "two digits side by side, of parts in brackets": (
        "项目支出344.20万元【本级专项198.70万元、上级转移支付154.50万元】。",
        "198.70万元",
    ),
    "two digits side by side, of what is left": (
        "应征收1,260万元，减免153万元，应收净额1,125万元，已入库1,080万元。",
        "153万元",
    ),
    "two digits side by side, of rent for each": (
        "出租门面7间，面积420平方米，年租金18.9万元，每平方米540元。",
        "540元",
    ),
    "two digits side by side, of what a price comes to": (
        "完成钻探12600米，综合成本850元/米，合计1017万元。",
        "1017万元",
    ),
    "a share of the latter": ("接种18.72万剂次，其中免疫规划11.36万剂次、非免疫规划7.36万剂次，后者占33.9%。", "33.9%"),
    "growth of what is more": ("去年实支88.02万元，今年多6.15万元，同比增7.9%。", "7.9%"),
    "a division by kind behind one by source": (
        "支出284.6万元，来源：拨款176.2万元，补助58.4万元，其他50.0万元。支出分为基本支出152.9万元和项目支出113.7万元。",
        "284.6万元",
    ),
    "people called as their money": (
        "民警268人，辅警412人，警辅比1:1.54；全年辅警经费2472万元，人均8.00万元。",
        "8.00万元",
    ),
    "a total of the pair behind 其中": ("全年检出病变215例，其中甲类18例、乙类23例，共确诊51例。", "51例"),
    "a whole in brackets before its parts": (
        "项目构成（合计300万元）。道路建设180万元；绿化工程80万元；照明工程60万元。",
        "300万元",
    ),
    "what is left when some is taken off": (
        "全年到账资金500万元，扣除退回的20万元和统筹的80万元后，可用410万元。",
        "410万元",
    ),
    "growth as it is printed": (
        "公用经费变动率=[（本年度46.0万元-上年度50.0万元）/上年度50.0万元]×100%=-6%，控制在0以内。",
        "-6%",
    ),
    "a change beside its growth": (
        "用电量由上年的36.5万千瓦时降至33.2万千瓦时，节电2.3万千瓦时，降幅9.0%。",
        "2.3万千瓦时",
    ),
    "a part of a list beyond the whole": ("参训会员560人，其中女会员210人、男会员3500人。", "3500人"),
    "what a rate comes to": ("合同总价200万元，预付款30%为80万元，尾款另付。", "30%"),
    "a price that is set": ("救助病人35名，每名1万元，发放救助金53万元。", "53万元"),
    "what it was in brackets, with its year": ("贴息支出248.0万元，同比增长19.4%（2022年：200.0万元）。", "19.4%"),
    "the one compared with the other": ("甲镇支出142.5万元，乙镇支出118.2万元，甲镇比乙镇多34.3万元。", "34.3万元"),
    "a second division": (
        "全年支出171.2万元，其中基本支出90.4万元、项目支出80.8万元；按来源分，财政拨款140.6万元，其他资金36.0万元。",
        "171.2万元",
    ),
    "growth of what the sentence begins with": (
        "“三公”经费2.16万元，系公车1.52万元、接待0.64万元；上年2.48万元，同比下降14.3%。",
        "14.3%",
    ),
    "satisfaction of those who are 比较满意": (
        "发出1,200份，收回1,128份；满意和比较满意的1,027份，满意度95.0%。",
        "95.0%",
    ),
    "an amount for each of what is counted so": (
        "改造管网45公里。改造泵房36座，惠及居民1.6万户，每座350户。",
        "350户",
    ),
    "growth in a list": ("事故27起、死亡19人，较上年的34起、23人分别下降20.6%和14.7%。", "14.7%"),
    "a half": ("林下经济产值4.8亿元，其中菌类1.6亿元，占二分之一。", "二分之一"),
    "a whole without 的": ("会员2.06万人，入会率86.9%；女会员1.29万人，占会员65.2%。", "65.2%"),
    "points between what was and is": ("剖宫产率由46.2%下降3.5个百分点至42.9%。", "3.5个百分点"),
    "times of what stands before": ("质押融资3.6亿元，上年为2.4亿元，是上年的1.8倍。", "1.8倍"),
    "parts that are counted twice": (
        "供应土地42宗、面积1,386亩，其中工业用地18宗624亩，商住用地6宗214亩，公共用地18宗648亩；成交价款4.72亿元。",
        "1,386亩",
    ),
    "others beside": ("在编79人；另聘采编人员34人，干活的合计103人。", "103人"),
    "a rate per mille": ("全县常住人口38.4万人，全年登记结婚1,920对，结婚率5.5‰。", "5.5‰"),
    "parts in brackets behind a rate": ("养护总支付率94.2%（预算1,250万元，支出1,155万元）。", "94.2%"),
    "persons, months and an amount for each": (
        "护林员岗位60个，共240名，人均每月800元，全年12个月应发234.0万元。",
        "234.0万元",
    ),
    "years in the wrong order": ("立案：2023年38件、2022年40件，上升5%。", "5%"),
    "short of a task": ("出让收入入库2.34亿元，为年度任务2.6亿元的90.0%，短收2,060万元。", "2,060万元"),
    "from one quarter to the next": (
        "各季度末累计拨付进度分别为20.1%、46.0%、73.5%和98.0%，四季度当季拨付进度提高25.4个百分点。",
        "25.4个百分点",
    ),
    "what is left": ("- 监测对象86户，已消除风险59户，还剩25户", "25"),
    "a net number of newcomers": ("新增企业86家，注销31家，净增65家。", "65"),
    "free posts behind brackets": ("现有编制96名（行政16、事业80），在职89人，空编9名。", "9名"),
    "posts beyond the number": ("编制数120人，在职人数126人，超编9人。", "9人"),
    "times of what was": ("日处理量由500吨提高到1500吨，是原来的4倍。", "4倍"),
    "a fee by its price": ("全年清运12.5万吨，每吨36元，结算运输费405万元。", "405"),
    "a price of one": ("购置电脑40台，单价4800元，合计12.9万元。", "12.9"),
    "days saved": ("办理时间由15天压缩到9天，缩短8天。", "8天"),
    "what was due": ("应检车辆236台，已检229台，检验率79.0%。", "79.0"),
    "against the former figure, whatever is stated": ("总支出861.2万元，较上年820.4万元增长6.8%。", "6.8"),
    "a whole and its parts before the former figure": (
        "经费5.36万元，其中用车4.12万元、接待1.24万元，比上年5.98万元压减0.26万元。",
        "0.26",
    ),
    "a growth beside a change that holds": ("收入由620万元减至589万元，经费较上年减少31万元，下降6%。", "6"),
    "a former figure in brackets": ("接待费3.72万元，同比下降11.8%（上年4.54万元）。", "11.8"),
    "a second breakdown": (
        "支出4,655.38万元，其中基本支出3,560.21万元，项目支出1,095.17万元。按功能分，教育4,240.6万元，住房417.78万元。",
        "4,655.38",
    ),
    "parts in a list, and more behind them": ("实有在职57人，其中行政26人、事业30人，村干部63人。", "57"),
    "a mark in brackets is no whole": (
        "新增单位83家（任务数75家），其中工业21家、商贸28家、服务业35家，完成率110.7%。",
        "83",
    ),
    "a share of what its name ends with": ("会员3.6万人，女会员1.5万人，占48.3%。", "48.3"),
    "projects for those in need": ("项目支出173.6万元，其中困难职工帮扶82.4万元、劳模服务93.2万元。", "173.6"),
    "a satisfaction": ("电话回访200人，满意的193人，满意度95.6%。", "95.6"),
    "so many a day": ("全年开放320天，到馆153.6万人次，日均4008人次。", "4008"),
    "a price behind its amount": ("参保4,620人，互助金64.2万元，每人每年100元。", "100元"),
    "what a price comes to": ("组织40名职工疗休养，标准为每人2300元，支出9.4万元。", "9.4"),
    "points above a mark": ("成活率92.4%，高于85%的合格线7.6个百分点。", "7.6"),
    "posts that are free": ("编制63名，在职58人，空编6名。", "6名"),
    "a whole with its digits swapped": (
        "2022年度，收入总计1268.37万元，其中：财政拨款收入1198.25万元，事业收入52.12万元，其他收入36.00万元。",
        "1268.37",
    ),
    "growth with its digits swapped": ("支出合计1254.88万元，较上年的1168.46万元增长7.04%。", "7.04"),
    "a share in words": ("全县工会会员2.6万人，其中女会员1.2万人，占比64%。", "64"),
    "a colloquial total": ("区里出了20万，各镇出了32.6万，一共52.9万元。", "52.9"),
    "a difference of two told": ("参保人数由5120人增加到5888人，增加786人。", "786"),
    "a rate with its point moved": ("参保人数由5120人增加到5888人，增长1.5%。", "1.5"),
    "four quarters": ("一季度210万元、二季度265万元、三季度240万元、四季度312万元，全年合计1072万元。", "1072"),
    "a rest with its digits swapped": ("总收入896万元，总支出851.4万元，年末结转46.4万元。", "46.4"),
    "a rest without 万": ("总收入896万元，总支出851.4万元，年末结余44.6元。", "44.6"),
    "a part with its digits swapped": ("资产总额3260.5万元，其中流动资产1180.2万元，固定资产2008.3万元。", "3260.5"),
    "a rate of nearly the same name": ("问卷发放500份，收回486份，回收率92.7%。", "92.7"),
    "saved against the plan": ("政府采购预算320万元，实际采购298.6万元，节约资金24.1万元。", "24.1"),
    "things of a list": ("走访企业42家、园区6家、工地15家，共计36家。", "36"),
    "a part without 万": ("收入520万元，其中财政拨款480万元，其他收入40元。", "520"),
    "two persons swapped": ("第一批86人、25.8万元，第二批64人、19.2万元，共计105人、45万元。", "105"),
    "the change and the former figure": ("会费收入86.2万元，比上年78.4万元增加8.7万元。", "8.7"),
    "a first part without 万": ("政府性基金340元，一般公共预算2860万元，合计3200万元。", "3200"),
    "a cut of what was asked": ("送审金额1.86亿元，审定金额1.72亿元，核减0.41亿元。", "0.41"),
    "a rate in another order": ("应参保职工12860人，实际参保12480人，参保率79%。", "79"),
    "parts by clauses": ("全部资产3,260.50万元；其中：流动资产1,180.20万元；固定资产2,800.30万元。", "3,260.50"),
    "three years": ("三年分别投入860万元、940万元、1120万元，三年共投入2290万元。", "2290"),
    "a net change": ("会员由3.2万人增加到3.6万人，净增0.6万人。", "0.6"),
    "parts of a list without a cue": ("银杏312株全部建档，一级保护24株、二级80株、三级216株。", "312"),
    "parts behind another clause": ("增值收益2.35亿元；提取准备金1.05亿元、管理费0.30亿元、建设资金1.10亿元。", "2.35"),
    "parts in the sentence behind": (
        "支出952.6万元，执行率96.4%。支出中，基本支出612.3万元，项目支出342.5万元。",
        "952.6",
    ),
    "another breakdown by its names": (
        "支出958.6万元，其中基本支出602.3万元，项目支出342.5万元；财政拨款支出920.0万元，其他支出38.6万元。",
        "958.6",
    ),
    "a cap before the parts": (
        "“三公”经费14.36万元，控制在20万元以内；其中出国6.9万元，用车5.21万元，接待2.52万元。",
        "14.36",
    ),
    "parts that exceed their whole": ("现有教学班56个，其中高中48个、初中18个。", "56"),
    "a total however far off": ("行政编制24名，事业编制42名，合计56名。", "56"),
    "the amount beside a total": (
        "县级走访420人，金额8.4万元；镇级走访310人，金额6.2万元。合计走访730人，金额16.4万元。",
        "16.4",
    ),
    "a total of shares": ("“满意”占61.2%，“较满意”占30.3%，两项合计92.5%。", "92.5"),
    "a share of a whole with its kind": ("整治隐患点17处，占23处总数的79.3%。", "79.3"),
    "a whole behind its rate": ("达标村16个，达标率85.6%（应达标19个）。", "85.6"),
    "a number without its unit": ("注册用户12.6万，占常住人口31.2万人的44.0%。", "44.0"),
    "a mean however far off": ("劳模疗养26人，支出7.8万元，人均3500元。", "3500"),
    "what was spent at a price": ("安装路灯320盏，每盏2600元，投入82.3万元。", "82.3"),
    "a fall told as a rise": ("接待费3.6万元，比上年的4.0万元增加0.4万元。", "0.4"),
    "growth told of a fall": ("货运量145.2万吨，比上年的150.0万吨增长3.2%。", "3.2"),
    "last year in brackets behind the change": ("党建经费12.4万元，较上年多3.9万元（上年9.5万元）。", "3.9"),
    "last year in brackets before the growth": ("信访量320件（上年400件，下降25%）。", "25"),
    "last year in the next clause": ("临展7个、讲座64场，比上年增加2个、15场，上年分别为5个、52场。", "15"),
    "two lists of two years": ("甲、乙类案件分别为36件、24件，上年分别为30件、30件，增加6件、减少8件。", "8"),
    "last year two sentences later": ("2023年受理投诉4,140件，增长51%。涉及金额386万元。2022年受理量为3,600件。", "51"),
    "points below a mean in brackets": ("合格率98.2%，低于全省平均水平（98.9%）1.7个百分点。", "1.7"),
    "points against a plan": ("参保率97.3%，比目标值95%高3.2个百分点。", "3.2"),
    "what it has come to": ("接待读者比上年的25.0万人次增加5.3万人次，达到28.5万人次。", "5.3"),
    "far from the plan": ("计划新建服务点18处，一处暂缓，实际建成15处，完成率83.3%，与年度计划相差5处。", "5处"),
    "what is left of each of a list": (
        "库存帐篷320顶、棉被1,500床，调拨帐篷85顶、棉被640床，剩余帐篷235顶、棉被960床。",
        "960",
    ),
    "what is owed": ("应收租金36万元，实收33万元，欠缴5万元。", "5万元"),
    "a rate of what was saved": ("送审金额560万元，审定金额504万元，核减56万元，核减率11%。", "11%"),
    "more than the plan by half": ("计划造林1,200亩，实际完成1,350亩，超计划250亩。", "250"),
    "a price before its number": ("按每亩15元标准补助2.4万亩，补助资金63万元。", "63"),
    "a share of a whole by its name": ("教职工186人中，具有高级职称的62人，占教职工总数的35.3%。", "35.3"),
    "a rate of what was found": ("检查企业1,420家，合格1,349家，合格率94.5%。", "94.5"),
    "so much a village": ("辖区15个村共清运垃圾5,400吨，村均306吨。", "306"),
    "so many a class": ("培训班12期，共培训教师960人次，平均每期90人次。", "90"),
    "a standard times persons": ("免费体检老年人1.2万人，按人均120元标准补助，共补助164万元。", "164"),
    "the second share of two sentences": (
        "接听热线24.6万个，其中咨询类19.68万个，占80%；投诉类4.92万个，占30%。",
        "30",
    ),
    "the third rate of a list": (
        "三个社区分别有居民4,200户、3,600户、2,200户，走访3,990户、3,240户、2,090户，走访率分别为95%、90%、59%。",
        "59",
    ),
    "what a price of an area comes to": ("公益林补偿面积18.6万亩，每亩16元，兑付补偿资金279.6万元。", "279.6"),
    "tenths that are fewer": ("运动会参赛运动员1,240人，其中女运动员496人，占参赛人数的五成五。", "五成五"),
    "a share of a named length": ("农村公路总里程862公里，其中四级以上等级公路733公里，占总里程的58%。", "58"),
    "a share of what was given": ("捐赠收入156万元，用于助学的93.6万元，占捐赠收入的66%。", "66"),
    "what was paid of what came down": ("下达资金2,300万元，支付2,185万元，支付率59%。", "59"),
    "a share of others": ("户籍人口9.6万人，常住人口7.2万人，常住人口占户籍人口的57%。", "57"),
    "times of last year": ("新增贷款12.4亿元，是上年6.2亿元的3倍。", "3倍"),
    "a price of an area behind a stroke": ("采暖面积26万平方米，收费标准23元/平方米，应收采暖费958万元。", "958"),
    "what was due behind it": ("实收378万元，应收420万元，征缴率95%。", "95"),
    "a mean by the days behind": ("全年处置群众诉求8,640件，日均处置32件（按360天计）。", "32"),
    "a fraction": ("数据总量48亿条，其中2023年新增16亿条，占三分之二。", "三分之二"),
    "persons, months and a price": ("公益性岗位在岗62人，每人每月补贴1,150元，全年按12个月计发58.56万元。", "58.56"),
    "pupils, days and a price": ("覆盖学生8,400人，按每生每天7元、全年200天计，应拨840万元。", "840"),
    "what was saved of a budget": ("会议费预算12.0万元，实支7.5万元，节约4.5万元，节约率62.5%。", "62.5"),
    "the wrong whole": ("参加培训150人，结业144人，结业率96%，其中推荐就业108人，占结业人数的72%。", "72"),
    "a share told before": (
        "民生支出占比达到72.8%，即全镇支出4,350万元中，教育、社保等民生类支出3,401.7万元。",
        "72.8",
    ),
    "a formula": ("预算完成率=（1,188.0万元÷1,250.0万元）×100%=90.54%。", "90.54"),
    "tonnes of which kilograms are told": ("粮食播种面积42.5万亩，总产18.7万吨，亩产404公斤。", "404"),
    "a rate behind parts of its part": (
        "财政安排218.0万元，支出213.4万元，其中人员96.7万元、运行116.7万元；执行率98.79%。",
        "98.79",
    ),
    "what brackets hold": ("编制42名；实有39人（行政11人；事业28人；工勤2人）；退休17人。", "39"),
    "brackets in brackets": (
        "收入总计8,251.6万元〔拨款7,402.1万元（其中：经费拨款6,950.1万元；非税收入452.0万元）；基金613.5万元；其他200.0万元〕。",
        "8,251.6",
    ),
    "a list of all kinds": ("服务对象1,386人：残疾人312人，低保455人，特困216人，其他285人。", "1,386"),
    "parts named by 由": ("决算支出1,856.40万元，由基本支出1,120.35万元和项目支出763.05万元构成。", "1,856.40"),
    "counts left over": ("年初未结11件，当年新收27件，当年审结29件，年末未结6件。", "6件"),
    "staff at the end": ("2022年末在职61人，2023年考录4人、调出4人、退休3人，至2023年末在职60人。", "60人"),
    "a budget changed both ways": ("年初预算2150万元，年中追加403万元，追减80万元，调整后预算数为2500万元。", "2500"),
    "a stock": ("期初库存180吨，本期购进320吨，本期领用410吨，期末结存80吨。", "80吨"),
    "three years one by one": ("三年分别下达资金3200万元、3650万元和3900万元，三年累计下达10570万元。", "10570"),
    "a total in brackets": (
        "支付办案费（286.4万元）、装备费（147.9万元）及被装费（60.0万元），均按进度（合计521.3万元）。",
        "521.3",
    ),
    "a part of ten that lost its 万": ("奖补资金38万元，其中李家村15万元、杨柳村13万元、双桥村10元。", "38"),
    "reasons of a change": (
        "支出增加42.7万元，其中物业费增加16.8万元、维修费增加15.4万元、劳务费增加8.7万元。",
        "42.7",
    ),
}
"""One figure in each is wrong."""


@pytest.mark.parametrize(("text", "stated"), RIGHT.values(), ids=RIGHT)
def test_right_claim_holds(text, stated):
    found = said(text)
    assert (stated, True) in [(one[0], one[3]) for one in found if one[1] != "<="]
    assert all(one[3] for one in found)


def test_growth_takes_its_parts_in_the_order_of_its_word():
    assert ("超20%", "%", ("1.2万吨", "1万吨"), True) in said("化肥储备1.2万吨，较计划的1万吨超20%。")


def test_what_one_list_has_side_by_side_is_no_sum():
    assert said("购置电脑5台、打印机3台、空调2台。") == []


def test_satisfaction_and_open_bounds_are_no_quotients_of_other_things():
    assert said("举办培训班8期，培训1200余人次，满意度95%以上。") == []


@pytest.mark.parametrize(("text", "stated"), WRONG.values(), ids=WRONG)
def test_wrong_claim_is_told(text, stated):
    assert [one[0] for one in said(text) if not one[3]] == [stated]


@pytest.mark.parametrize(("text", "stated"), SLIPS.values(), ids=SLIPS)
def test_slip_of_any_style_is_told(text, stated):
    assert [stated in one[0] for one in said(text) if not one[3]] == [True]


@pytest.mark.parametrize("text", [*OPEN.values(), *QUIET.values()], ids=[*OPEN, *QUIET])
def test_what_is_right_or_not_plain_is_not_told_as_wrong(text):
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


@pytest.mark.parametrize(("rest", "holds"), [("13.45", True), ("14.35", False)])
def test_what_is_left_of_income_and_spending_of_other_paragraphs(rest, holds):
    income, spent = Passage("text", "本单位收入决算742.36万元。"), Passage("text", "本单位支出决算728.91万元。")
    assert [one[3] for one in told(income, spent, Passage("text", f"收支相抵，年末结转{rest}万元。"))] == [holds]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("公用经费控制率为94.87%。", 0),
        ("公用经费控制率为97.09%。", 1),
        ("三公经费比上年下降7.3%。", 0),
        ("三公经费比上年下降14.8%。", 1),
    ],
)
def test_rate_of_control_is_of_the_budget_and_growth_of_last_year(text, wrong):
    head = ("项目", "2022年决算数（万元）", "2023年预算数（万元）", "2023年决算数（万元）")
    rows = ("其中：公用经费", "318.54", "326.00", "309.27"), ("三公经费合计", "62.48", "68.00", "57.93")
    found = told(Passage("text", text), Passage("table", "", rows=(head, *rows)))
    assert sum(not one[3] for one in found) == wrong


def test_what_is_part_of_a_total_below_it_makes_it():
    rows = (
        ("人员", "编制数（人）", "在职人数（人）"),
        ("合计", "86", "79"),
        ("其中：行政", "38", "36"),
        ("事业", "48", "34"),
    )
    assert [one[0] for one in told(Passage("table", "", rows=rows)) if not one[3]] == ["79"]


@pytest.mark.parametrize(("rate", "holds"), [("5.57%", True), ("5.75%", False)])
def test_text_speaks_of_the_rows_of_a_table(rate, holds):
    text = Passage("text", f"支出总额较上年增长{rate}，主要是调标。")
    assert [one[3] for one in told(table(*BASE), text) if one[0] == rate] == [holds]


GRIDS = {
    "totals of subtotals": (
        "165.8",
        "项目|预算数（万元）|决算数（万元）\n"
        "工资|120.5|119.8\n"
        "公积金|24.3|24.1\n"
        "小计|144.8|143.9\n"
        "办公费|12.6|11.9\n"
        "差旅费|8.4|7.2\n"
        "小计|21.0|19.1\n"
        "合计|165.8|163.0\n",
    ),
    "the total above its parts": (
        "1,286.40",
        "科目|上年决算数（万元）|本年预算数（万元）|本年决算数（万元）\n"
        "合计|1,286.40|1,310.00|1,302.55\n"
        "一般公共服务支出|986.20|1,002.00|998.40\n"
        "社会保障支出|186.40|190.00|188.65\n"
        "住房保障支出|113.80|118.00|115.50\n",
    ),
    "growth and change": (
        "2.85",
        "项目|2021年（万元）|2022年（万元）|增减额（万元）|增减率（%）\n"
        "基本支出|320.00|345.60|25.60|8.00\n"
        "项目支出|210.00|199.50|-10.50|-5.00\n"
        "合计|530.00|545.10|15.10|2.85\n",
    ),
    "totals across": (
        "126.4",
        "单位|基本支出（万元）|项目支出（万元）|合计（万元）\n"
        "机关|320.5|110.2|430.7\n"
        "信息中心|86.4|40.0|126.4\n"
        "服务中心|60.1|22.8|82.9\n"
        "总计|467.0|173.0|640.0\n",
    ),
    "a total far below its parts": (
        "3602.07",
        "科目（万元）|年初预算|决算|其中财政拨款\n"
        "基本支出|2150.00|2270.15|2270.15\n"
        "1.人员经费|1850.00|1975.20|1975.20\n"
        "2.公用经费|300.00|294.95|294.95\n"
        "项目支出|1260.00|1388.32|1331.92\n"
        "合计|3410.00|3658.47|3602.07\n",
    ),
    "shares of the total": (
        "9.0%",
        "来源|金额（万元）|占比\n"
        "财政拨款|860.00|86.0%\n"
        "事业收入|90.00|9.0%\n"
        "其他收入|50.00|5.0%\n"
        "合计|1000.00|100.0%\n",
    ),
    "amounts for each": (
        "2624",
        "项目|人数|金额（元）|人均（元）\n"
        "生活救助|86|172000|2000\n"
        "医疗救助|24|96000|4000\n"
        "助学|15|60000|4000\n"
        "合计|125|328000|2624\n",
    ),
}


@pytest.mark.parametrize(("stated", "text"), GRIDS.values(), ids=GRIDS)
def test_tables_of_any_layout_are_reckoned_and_a_slip_is_told(stated, text):
    rows = [line.split("|") for line in text.splitlines()]
    right = told(table(*map(tuple, rows)))
    assert stated in [one[0] for one in right] and all(one[3] for one in right)
    r, c = next((r, row.index(stated)) for r, row in enumerate(rows) if stated in row)
    digits = [n for n, sign in enumerate(stated) if sign.isdigit()]
    n, other = next((n, other) for n, other in pairwise(digits) if stated[n] != stated[other])
    rows[r][c] = "".join({n: stated[other], other: stated[n]}.get(place, sign) for place, sign in enumerate(stated))
    wrong = [one for one in told(table(*map(tuple, rows))) if not one[3]]
    assert wrong and all(rows[r][c] in (one[0], *one[2]) for one in wrong)


def test_cell_of_words_is_read_as_a_text():
    rows = (("情况", "全年支出358.9万元，其中基本支出206.4万元，项目支出151.5万元。"), ("问题", "整改不力"))
    assert [one[0] for one in told(table(*rows)) if not one[3]] == ["358.9万元"]


@pytest.mark.parametrize(
    "text, wrong",
    [
        ("农村公路养护支出321.48万元。项目支出807.64万元。|资金失衡，农村公路养护占项目支出的38.90%。", "38.90%"),
        (
            "项目支出807.64万元，含公路养护321.48万元、公交补贴486.16万元。|全年拨付公交补贴，占项目支出的62.50%。",
            "62.50%",
        ),
        ("项目支出由75.44万元增至80.76万元。|公用经费24.10万元。|公用经费占项目支出的28.94%。", "28.94%"),
        ("年末结转结余157.6万元。|可用资金合计3,348.3万元。|年末结转结余占全年可用资金的5.71%。", "5.71%"),
        ("采集全血138,190单位。|报废全血1,685单位，占全血采集量的1.31%。", "1.31%"),
        ("提水电费146.80万元。|实灌11.8万亩。|提水电费按实灌面积摊算，每亩14.24元。", "14.24元"),
        ("免费开放补助248.00万元。|观众41.26万人次。|免费开放补助折合每名观众4.74元。", "4.74元"),
        ("核酸试剂157.42万元。|检测标本87,105份，不合格1,219份。|核酸试剂平均每份标本12.87元。", "12.87元"),
        ("珍贵文物1,268件，占6.80%。|珍贵文物分级：一级43件、二级196件、三级1,209件。", "1,268件"),
        ("基本支出由上年的2,341万元增至2,386万元。|基本支出中，人员经费2,127万元，公用经费295万元。", "2,386万元"),
        ("发放500份、300份，合计800份，收回有效问卷768份，满意715份，按有效问卷计算满意率89.38%。", "89.38%"),
        ("审结5,203件。新收5,074件，较上年的4,618件增长9.87%，审结案件较上年的4,702件增长9.63%。", "9.63%"),
        ("项目支出12.5万元。|公用经费24.10万元。|项目支出15.5万元。|公用经费占项目支出的28.94%。", ""),
        (
            "项目支出865.4万元。项目支出用于设备购置312.6万元、房屋修缮201.3万元、信息系统198.5万元、培训及其他144.0万元。",
            "865.4万元",
        ),
        ("现有环卫车辆46台。使用8年以上的环卫车辆有17台，占73.0%。", "73.0%"),
        ("全院员额检察官26名。办结案件3,458件，员额检察官人均办案313件。", "313件"),
        ("全年受理各类争议2,318件，办结2,204件。受理争议中，新收2,160件、旧存212件。", "2,318件"),
        ("服务对象1,386人：残疾人312人，低保对象455人，特困人员216人，其他385人。", "1,386人"),
        ("发放问卷200份，收回192份，满意184份，按收回份数计满意率92.00%。", "92.00%"),
        ("项目支出502.3万元。|项目支出这块，救助218.5万元，慰问128.6万元，劳模72.0万元，培训85.0万元。", "502.3万元"),
        ("年初预算3,240.00万元，专项到位后调整为4,210.00万元，执行率98.0%。", ""),
        (
            "全年实际支出1,604.15万元，“三公”经费实际支出36.48万元。|基本支出1,189.27万元。|项目支出405.88万元。",
            "1,604.15万元",
        ),
        ("甲类审批平均6.5天，乙类平均3天，分别较2022年缩短1.2天和缩短1天。", ""),
        ("接收随军家属24名，安置到机关3名、企业21名，安置率百分之百。", ""),
        (
            "应急物资、慢病防控、艾滋病防治分别为184、612、233万元。项目支出3250万元。问题：慢病防控占项目支出仅21.3%。",
            "21.3%",
        ),
        (
            "核酸检测1486.30万元。支出4987.16万元。项目支出3250.24万元。核酸检测占项目支出45.7%、占总支出28.9%。",
            "28.9%",
        ),
        ("“三公”经费决算3.96万元。|“三公”经费由公务接待0.48万元、车辆运行3.12万元组成。", "3.96万元"),
        ("上诉案件702件，占全部结案的7.5%。|撤诉方式结案2842件。", ""),
        ("入会率91.3%，上年89.2%，入会率和女职工入会率分别提高2.1和1.4个百分点。", ""),
        ("帐篷240顶（1,200元/顶）28.80万元。", ""),
        ("馆藏：藏品18642件（套）。历年累计数字化6415件，占馆藏43.41%。", "43.41%"),
        ("食品安全抽检312.40万元。项目支出848.30万元。食品抽检费占项目支出8.65%。", "8.65%"),
    ],
)
def test_whole_that_stands_elsewhere_is_found_by_its_words(text, wrong):
    found = told(*(Passage("text", one) for one in text.split("|")))
    wrongs = [one[0] for one in found if not one[3]]
    assert len(wrongs) == bool(wrong) and all(wrong in one for one in wrongs)


LISTS = {
    "paragraphs under a heading": (
        "收入情况（全年收入合计3,862.75万元）",
        "（一）财政拨款3,204.50万元。",
        "（二）政府性基金560.00万元，用于3个项目。",
        "（三）事业收入98.25万元。",
    ),
    "sentences with 一是": (
        "项目支出共计3,476.0万元。",
        "一是文化类1,205.0万元。",
        "二是文物类986.0万元。",
        "三是旅游类1,285.0万元。",
    ),
    "counts beside amounts": (
        "项目支出（共7项，712.4万元）",
        "（1）上级专项5项，436.0万元；",
        "（2）县级专项2项，276.4万元。",
    ),
    "a total in the last point": ("- 审计费18.5万元；", "- 运维费32.0万元，租赁费14.4万元；", "- 总计:64.9万元。"),
    "rows of a table under a text": (
        "安排专项3个，资金总计339.6万元，明细如下（单位：万元）：",
        "|专项|金额|\n|清淤|128.4|\n|除险|165.0|\n|监测|46.2|",
    ),
    "rows of a table before a text": (
        "|站所|支出(万元)|\n|农业站|96.8|\n|执法队|142.4|\n|退役站|22.2|",
        "三个站所合计支出261.4万元。",
    ),
}


def passages(lines: tuple[str, ...]) -> list[Passage]:
    """Paragraphs, bullets and tables."""
    grids = [tuple(tuple(row.strip("|").split("|")) for row in line.split("\n")) for line in lines]
    kinds = ["table" if line[0] == "|" else "item" if line[0] == "-" else "text" for line in lines]
    return [
        Passage(kind, "", rows=grid) if kind == "table" else Passage(kind, line.removeprefix("- "))
        for line, kind, grid in zip(lines, kinds, grids, strict=True)
    ]


@pytest.mark.parametrize("lines", LISTS.values(), ids=LISTS)
def test_points_of_a_list_are_the_parts_of_its_whole(lines):
    right = told(*passages(lines))
    assert [one for one in right if one[1] == "+"] and all(one[3] for one in right)
    whole = next(one[0] for one in right if one[1] == "+" and one[0] not in ("共7项", "7项"))
    n = next(n for n, (a, b) in enumerate(pairwise(whole)) if a != b and (a + b).isdigit())
    slip = whole[:n] + whole[n + 1] + whole[n] + whole[n + 2 :]
    wrong = [one for one in told(*passages(tuple(line.replace(whole, slip) for line in lines))) if not one[3]]
    assert [one[0] for one in wrong] == [slip]


OVERLAPPING = (
    (
        "全年支出452.3万元。",
        "1.基本支出281.7万元。",
        "2.项目支出170.6万元。",
        "3.三公经费3.9万元。",
        "4.政府采购14.9万元。",
    ),
    (
        "支付偏慢。",
        "一是二季度末仅支付420万元；",
        "二是年末结转86万元；",
        "三是项目调整2个，涉及资金55万元。",
        "全年共支付860万元。",
    ),
    ("- 年初预算560万元", "- 追加预算45万元", "- 全年预算605万元", "- 实际支出590万元", "- 结余15万元"),
    ("|季度|支付|累计支付|\n|一|150|150|\n|二|132|282|\n|三|168|450|\n|四|138|588|", "全年预算600万元。"),
)


@pytest.mark.parametrize("lines", OVERLAPPING)
def test_points_that_are_no_parts_are_not_told_as_wrong(lines):
    assert all(one[3] for one in told(*passages(lines)))


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        (
            "案件|旧存|新收|结案|未结\n民事|320|5180|5240|260\n刑事|24|416|421|19\n行政|15|138|140|13\n执行|268|3006|3079|195",
            "19",
            "91",
        ),
        (
            "项目|调整预算|决算|结余\n援助|165.0|163.2|1.8\n调解|80.0|77.5|2.5\n普法|52.0|50.6|1.4\n合 计|297.0|291.3|5.7",
            "1.8",
            "8.1",
        ),
        (
            "类别|人数|标准（元）|金额（元）\nA类|35|600|21000\nB类|120|400|48000\nC类|210|200|42000\nD类|50|300|15000",
            "48000",
            "84000",
        ),
        ("季度|支付|累计支付\n一季度|150|150\n二季度|132|282\n三季度|168|450\n四季度|138|588", "588", "858"),
        ("指标|分值|得分\n培训班（期）|10|9\n培训人数（人）|15|15\n指导（次）|5|4\n小计|30|28", "28", "26"),
    ],
)
def test_what_most_rows_make_a_column_of_is_meant_in_all(text, old, new):
    rows = [line.split("|") for line in text.split("\n")]
    assert all(one[3] for one in told(table(*map(tuple, rows))))
    changed = [[new if cell == old else cell for cell in row] for row in rows]
    wrong = [one for one in told(table(*map(tuple, changed))) if not one[3]]
    assert wrong and all(new in (one[0], *one[2]) for one in wrong)


@pytest.mark.parametrize(
    ("name", "most"), [("counties", 41), ("cities", 107), ("towns", 129), ("offices", 175), ("streets", 69)]
)
def test_no_passage_is_told_to_be_wrong_as_it_stands_and_most_slips_are_told(name, most):
    known = corpus.cases(Path(__file__).parent / f"drafts/claims/{name}.txt")
    assert not [(case.name, alarm) for case in known for alarm in corpus.alarms(case)]
    missed = [(case.name, slip) for case in known for slip in case.slips if not corpus.told(case, slip)]
    assert len(missed) <= most, missed


def test_a_table_of_many_columns_holds_each_against_those_beside_it_alone():
    head = ("项目", *(f"增减{n}" for n in range(200)))
    rows = [(f"第{r}类经费", *(f"{(r * 7919 + n * 104729) % 9973}.5" for n in range(200))) for r in range(4)]
    assert len(told(table(head, *rows))) < 1000


def test_a_sum_that_only_its_rounding_lets_hold_is_none():
    given = "慰问职工380人，发放慰问金38万元。本级慰问900人，发放物资10.8万元；基层慰问1310人，发放物资13.8万元，共计发放物资24.6万元。"
    assert [one[0] for one in said(given) if one[1] == "+"] == ["24.6万元"]


def test_a_total_score_counts_what_stands_in_another_column():
    rows = [
        ("资金", "执行率", "分值", "得分", ""),
        ("年度资金总额", "100%", "10", "10", ""),
        ("指标", "目标", "完成", "分值", "得分"),
    ]
    rows += [(f"指标{n}", "好", "好", "30", f"{score}") for n, score in enumerate((29, 28, 29.5))]
    (claim,) = (one for one in told(table(*rows, ("总分", "", "", "100", "95.5"))) if not one[3])
    assert (claim[0], set(claim[2])) == ("95.5", {"10", "29", "28", "29.5"})


@pytest.mark.parametrize(
    ("text", "stated", "parts"),
    [
        (
            "全市常住人口46万人。购书支出120万元。按常住人口算，人均购书经费2.16元。",
            "2.16元",
            {"46万人", "120万元"},
        ),
        (
            "年末实有在职人员178人，退休94人。公用经费171.54万元。\n按年末在职人员计算，人均公用经费仅0.69万元。",
            "0.69万元",
            {"178人", "171.54万元"},
        ),
        (
            "协管员163人，在职71人。建成区面积21.4平方公里。\n协管员人均管0.31平方公里。",
            "0.31平方公里",
            {"163人", "21.4平方公里"},
        ),
    ],
)
def test_what_an_amount_is_dealt_out_over_may_stand_anywhere(text, stated, parts):
    wrong = [one for one in told(*(Passage("text", line) for line in text.split("\n"))) if not one[3]]
    assert [(one[0][-len(stated) :], {*one[2]}) for one in wrong] == [(stated, parts)]


@pytest.mark.parametrize(
    "text",
    [
        "春季、秋季招聘会各2场，共计5场。",
        "为12个村各安排资金10万元，共150万元。",
        "开展义诊36场次，服务群众4320人次，平均每场160人次。",
        "发放贷款2.4亿元，完成年度任务2亿元的120%，扶持1200人，人均贷款2万元。",
        "争取上级资金3860万元，比上年1230万元翻了一番。",
        "信访量减少三成，由420件降至249件。",
        "新增就业同比增长2.6%，达到5310人，上年为5000人。",
        "农村居民人均可支配收入21560元，同比增长8.7%，比上年增加1560元。",
        "建成示范村96个，占全县120个行政村的88%。",
        "改厕2400户，完成率100%，任务数2600户。",
        "日处理能力由3万吨提升至5万吨，新增3万吨。",
        "预算执行分值10分，得9.2分，扣1.8分。",
        "收到捐款23.6万元，支出21.8万元，余额2.8万元。",
        "收缴工会经费358.2万元，其中上解占30%；本级留成71.64万元，占25%。",
        "接待读者115400人次，比上年的115400人次增加13200人次。",
        "除险加固小型水库9座，比上年多5座，上年为9座。",
        "一般公共预算收入2697.30万元，上年为2697.30万元，增加148.30万元。",
        "计划改造160户，实际完成1688户，完成率105%。",
        "受理投诉5180件，办结51228件，办结率99.00%。",
        "食品抽检360批次，合格3571批次，合格率98.10%。",
        "临时救助1260人次，支出226.8万元，次均11800元。",
        "经费收入2364.80万元，支出3198.35万元，收支结余166.45万元。",
        "医疗收入2463.50万元，财政补助收入8895.20万元，其他收入31.80万元，收入合计3390.50万元。",
        "新增受益人口13915人，其中东片8640人，西片52275人。",
        "注册用户年初85600人，当年新增13400人，年末达到999000人。",
        "年初馆藏18426件，当年征集236件，移交15件，年末馆藏18648件。",
        "接待游客486.5万人次；游客总量同比增长37.9%，上年为532.8万人次。",
        "行政编制76人、事业编制41人，合计编制171人，实际在职112人。",
        "事故17起、死亡9人，上年分别为23起、12人，事故起数下降26.90%。",
        "专项935.28万元，包括康复238.64万元、培训98.46万元、护理348.18万元、生活188万元、儿童62万元，五项共计873.28万元。",
        "项目支出707.32万元，其中：助学131.5万元，免学费292.62万元，基地89万元，双高计划建设92万元，运行93.2万元。",
        "培训276人次，培训后就业108人，就业率65.2%。",
        "总支出4916.27万元，其中：基本支出4102.65万元，包括人员3768.40万元和公用316.25万元；项目813.62万元。",
        "债务余额1230万元，较年初1500万元化解207万元。",
        "支出总额1186.42万元。年初预算安排1210.00万元，预算执行率98.50%。",
        "“三公”经费年初预算36.0万元，决算29.8万元，完成预算88.2%。",
    ],
)
def test_a_plain_sentence_that_contradicts_itself_is_told(text):
    assert [one for one in said(text) if not one[3]]


@pytest.mark.parametrize(
    "text",
    [
        "仲裁案件215件，其中调解结案138件、裁决结案62件、未结15件，结案率93.0%。",
        "三次产业增加值分别为52.3亿元、168.7亿元、165.5亿元。",
        "全年三公经费3.86万元，为年初预算5万元的77.2%，较上年下降8.5%，节约1.14万元。",
        "全镇脱贫户612户2046人，监测对象35户112人，新识别监测对象4户13人，消除风险26户81人。",
        "设临床科室22个、医技科室9个、职能科室4个，其中省级重点专科2个。",
        "接待观众365800人次，其中未成年人98766人次，占27%；上年接待观众281400人次，同比增长29.99%。",
        "全年预算1680.50万元，实际支出1612.30万元。送戏120场，补助资金54万元，占全年支出的3.35%。",
        "编制八名，年底在编7人，另聘编外人员3人。",
        "年初预算1820万元，年中追加326.8万元，全年支出2146.8万元；其中基本支出986.5万元，项目支出1160.3万元。",
        "平均办理时间由法定18.6个工作日压到3.2个工作日，压缩82.8%；仍按20个工作日办理的不足百项。",
        "核定编制218名，在编教职工213人，专任教师196人，生师比14.5:1，高级教师71人。",
        "新登记7846户，上年6811户，日均新增21.5户。",
        "支出851.90万元，较预算数870.00万元少支出18.10万元，执行率97.92%。",
        "护理补贴5106人，标准100元/人·月，全年发放941.5万元。",
        "取证3905人，超额完成年度任务（取证3500人）的11.6%。",
        "收入272.6万元，其中拨款236.6万元、补助33.5万元、上年结转2.5万元；支出268.9万元，其中人员151.4万元，项目117.5万元，年底还剩3.7万元。",
        "财税收入1268万元，比上年的1105万元增长14.8%；最高的村是最低村的四倍多。",
    ],
)
def test_a_plain_sentence_that_holds_is_not_told_to_be_wrong(text):
    assert not [one for one in said(text) if not one[3]]


@pytest.mark.parametrize(
    ("text", "stated", "parts"),
    [
        ("建成服务点65个。\n三是人手紧，38人管着28个分馆、56个服务点。", "56个", {"65个"}),
        ("公用经费41.25万元。\n全年公用经费41.52万元。", "41.52万元", {"41.25万元"}),
        ("查出隐患3412条，整改3348条，整改率98.1%。\n隐患整改不彻底，仍有46条未销号。", "46条", {"3412条", "3348条"}),
        ("核定编制230名，年末在编218人，控制率94.78%。\n缺编21名。", "21名", {"230名", "218人"}),
    ],
)
def test_what_is_told_again_pages_away_is_the_same(text, stated, parts):
    wrong = [one for one in told(*(Passage("text", line) for line in text.split("\n"))) if not one[3]]
    assert [(one[0], {*one[2]}) for one in wrong] == [(stated, parts)]


@pytest.mark.parametrize(
    "text",
    [
        "一园教职工48名。\n二园教职工43名。\n三园教职工34名。",
        "公用经费41.25万元，为上年公用经费41.52万元的99.3%。",
        "基层工会31个，会员2174人。\n31家基层工会中按时上缴经费的只有13家。",
        "送审造价31258.6万元，核减2864.3万元，核减率9.2%。\n公开招标2次，节约资金26.5万元。",
    ],
)
def test_what_is_another_of_its_name_is_not_told_again(text):
    assert not [one for one in told(*(Passage("text", line) for line in text.split("\n"))) if not one[3]]
