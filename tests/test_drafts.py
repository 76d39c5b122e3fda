"""The gold drafts are marked throughout, bounded as the design has it, and built to the same bytes each time."""

from __future__ import annotations

import csv
import re
from fractions import Fraction
from math import inf, prod

import pytest

import drafts
from benchmarks import draft as bench
from conftest import ROOT
from drafts import Claim, Draft, GoldError, Item, parse, rows
from lib.intake.items import items
from lib.intake.reading import Passage
from lib.numbers.notation import tried

NUMERALS = "[0-9０-９一二两三四五六七八九十百千万亿半几数零〇]"
WORDS = (
    "该数|公开数|立案数|一方面|同一家|零工|受理数|老?百姓|发稿数|起数|单位数|职工数|案卷数|一级指标|二级指标|三级指标|数量指标|参数|数字|人数|数量|总数|任务数|平均数|岗位数|编制数|决算数|预算数|支出数|执行数|系数|指数|次数|天数|户数|件数|基数|得分数|数据|数为|数的|粉丝数|"
    "几个片区|（万公里）|几户合用|注册数|一线|一般|一次性|一体|一批|一贯|一定|统一|进一步|下一步|一年来|单一|专一|两级|两节|两项共计|两项惠及|两类|二者|半年|半程|参半|四季|零就业|清零|关键一年|零增长|零售|社消零|半托管|零事故|破零|零溃口|零容忍|"
    "一起|这一块|班级数|一些|几个问题|定了几条|(?<=\n)万人次(?=\n)|(?<=\n)万公里(?=\n)|语文、数学|计划数|完成数|(?<=均为\\n)数(?=。)|万元|九月|金九|数控|两项合计|两项基金|一律|一致|折百|这几年|局数|够数|公司的数|结转数|逐一|零散|上一年度|多半|五一劳动奖章|一年的账|一遍|一头|村数|控制数|账面数|这个数|几句|有几|期数|底数|目标数|几件|多数|亿元|红十字|班数|写数|全数|几乎|项数|产数|家数|图数|数额|第三方|核算数|几点|办结数|时点数|放归数|万亩|合计数|几样|几个月|语数|收回数|份数|集团数|乡数|站数|半坡村|零星|零住餐|一并|零件|一共|只是其中|有效数|上年数|这一点|登记数|印数|追加数|笔数|计数|布数|后有数|心里有数|(?<=[的该])数(?=[，。不])|免数|要有数|项目数|报数|少数民族|身兼数职|下一年度|具体数值|请介绍一下|（万人）|万份|社零目标|(?<=\n)数(?=\n)|（万人次）|（万册次）|（万吨）|这样几条|取数|几个部门|如数追|核数|单数|档案几次|没有数值|销售几个|培训几项|写成数|语文和数学"
)
EXAMINED = {
    "约五分之一": "read takes the hedge of a fraction for that of a count",
    "近四分之一": "read takes the hedge of a fraction for that of a count",
    "约三分之一": "read takes the hedge of a fraction for that of a count",
    **dict.fromkeys(
        ["16.9%", "14.7%", "4.6%", "5.4%", "14.3%"], "falls by the word before its list (分别下降20.6%和14.7%)"
    ),
}
"""Tokens whose bounds differ from those of `read`, and why it is `read` that errs, or must: it has not the words before them."""


def half_a_place(token: str, unit: str) -> Fraction:
    """How far a printed number may lie from the true one."""
    digits = re.search(r"\d[\d,]*(?:\.(\d+))?", token)
    if "分之" in token:
        return Fraction(1, 40)
    worth = prod({"万": 10**4, "亿": 10**8}.get(sign, 1) for sign in token)
    share = Fraction(1, 100 if unit == "%" else 1)
    return (
        Fraction(worth, 2 * 10 ** len(digits[1] or "")) * share if digits else share * 5 if unit == "%" else Fraction(0)
    )


def follows(claim: Claim, said: dict[str, Item]) -> bool:
    """Whether a stated figure is what its parts make, at the printed precision."""
    stated, parts = said[claim.stated], [said[part] for part in claim.parts]
    ends = [[float(part.low) for part in parts], [float(part.high) for part in parts]]
    makes = {
        "+": sum,
        "=": sum,
        "x": prod,
        "-": lambda one: one[0] - sum(one[1:]),
        "/": lambda one: one[0] / one[1],
        "%": lambda one: one[0] / one[1] - 1,
    }
    if claim.operator == "<":
        return ends[0][0] <= ends[1][1]
    low, high = sorted(makes[claim.operator](one) for one in ends)
    if stated.units[0] == "百分点" or (
        claim.operator == "/" and stated.units[0] in ("", "无") and stated.low > 2 > high
    ):
        low, high = 100 * low, 100 * high
    half = float(half_a_place(claim.stated, stated.units[0])) * (1 + 1e-9)
    return low - half <= float(stated.high) and high + half >= float(stated.low)


def gold() -> list[Draft]:
    """All drafts, of both halves."""
    return [draft for half in drafts.drafts().values() for draft in half]


def test_there_are_enough_of_each():
    every = gold()
    assert len(drafts.drafts()["dev"]) >= 20 and len(every) >= 32
    assert sum(draft.head["kind"] == "union" for draft in every) >= 12
    assert len({draft.name for draft in every}) == len(every)
    claims = [claim for draft in every for claim in draft.claims]
    assert sum(not claim.holds for claim in claims) > len(claims) / 8


def test_every_number_is_marked():
    unmarked = []
    for draft in gold():
        text = re.sub(WORDS, "　", "\n".join(draft.unmarked))
        found = re.finditer(NUMERALS, text)
        unmarked += [(draft.name, text[max(0, one.start() - 8) : one.end() + 8]) for one in found]
    assert unmarked == []


def test_bounds_are_those_of_the_notation():
    differ = []
    for name, item in ((draft.name, item) for draft in gold() for item in draft.items):
        reading = tried(item.clean) if item.kind == "figure" else None
        shared = reading and not reading.unit and item.units[0]  # the unit stands in the head, or further on
        if not reading or shared or item.clean in EXAMINED:
            continue
        told = (item.low, item.high, item.low_closed, item.high_closed)
        bounds = reading.bounds
        if told != (bounds.low, bounds.high, bounds.low_closed, bounds.high_closed):
            differ.append((name, item.clean, told, str(bounds)))
    assert differ == []


def test_bounds_are_in_order_and_indicators_known():
    known = {row["indicator"] for row in csv.DictReader((ROOT / "data/indicators.csv").open(encoding="utf-8"))}
    for name, item in ((draft.name, item) for draft in gold() for item in draft.items):
        about = f"{name}: {item}"
        assert item.token and (not item.indicator or item.indicator in known), about
        if item.kind == "figure":
            assert item.low < item.high or (item.low == item.high and item.low_closed and item.high_closed), about
            assert item.high != inf or not item.high_closed, about


def test_claims_hold_as_the_gold_says():
    for draft in gold():
        said = {item.clean: item for item in reversed(draft.items) if item.kind == "figure"}
        for claim in draft.claims:
            assert {claim.stated, *claim.parts} <= set(said), f"{draft.name}: {claim}"
            assert follows(claim, said) == claim.holds, f"{draft.name}: {claim}"


def test_mark_is_read_as_the_readme_says(tmp_path):
    path = tmp_path / "a.gold"
    body = "一年来{26万余元|(26万 27万)|元|mutual_aid.payout}和{11.7%}<第八期|次序>\n: - 万元\n| 支出 | {1,274.38|budget.total} |\n= 11.7% : 26万余元 : no\n"
    path.write_text("unit: 甲\nyear: 2020\nkind: union\nforms: txt\n\n" + body, "utf-8")
    hedged, rate, ordinal, cell = parse(path).items
    assert (hedged.low, hedged.high, hedged.low_closed, hedged.indicator) == (
        260000,
        270000,
        False,
        "mutual_aid.payout",
    )
    assert (rate.low, rate.units) == (Fraction(117, 1000), ("%",))
    assert (ordinal.kind, ordinal.reason, cell.place, cell.low) == ("not", "次序", "table", 12743800)
    assert [row["low"] for row in rows(parse(path))] == ["260000", "0.117", "", "12743800"]


@pytest.mark.parametrize("body", ["{近2000个}", "{117家", "= 1 : 2 + 3 / 4 : yes", "= 1 : 2 : maybe"])
def test_what_is_not_marked_as_it_should_be_is_refused(tmp_path, body):
    path = tmp_path / "a.gold"
    path.write_text(f"unit: 甲\nyear: 2020\nkind: union\nforms: txt\n\n{body}\n", "utf-8")
    with pytest.raises(GoldError, match=r"a[.]gold"):
        parse(path)


def test_documents_are_the_same_each_time_and_hold_every_token(tmp_path):
    """One draft in all forms; what a text file holds is the text of the gold, line ends apart."""
    from documents import BUILDERS

    draft = next(draft for draft in gold() if "xlsx" in draft.forms)
    for form, build in BUILDERS.items():
        assert build(draft) == build(draft), form
    said = re.sub(r"\s", "", BUILDERS["txt-wrapped"](draft).decode())
    assert all(re.sub(r"\s", "", item.clean) in said for item in draft.items)
    assert {form for one in gold() for form in one.forms} == set(BUILDERS)


def scored(change=lambda table: table):
    """What the scorer counts of a gold table that was changed."""
    draft = next(one for one in gold() if "xlsx" in one.forms)
    return bench.judge(draft.items, change(rows(draft))).counts


def first(table: list[dict[str, str]], **wanted: str) -> dict[str, str]:
    """The first row that has these cells."""
    return next(row for row in table if all(row[column] == cell for column, cell in wanted.items()))


def damage(table: list[dict[str, str]], *, of: str = "figure", **cells: str) -> list[dict[str, str]]:
    """A copy with cells of one row changed, the first of prose that is a figure or only looks like one."""
    row = first(table, kind=of)
    return [one | cells if one is row else one for one in table]


def test_gold_itself_scores_full():
    counts = scored()
    assert counts["figures"] == counts["figures found"] == counts["figures right"]
    assert counts["cells"] == counts["cells right"] > 0 and counts["others"] == counts["listed"] > 0
    assert counts["named"] == counts["name right"] > 0
    assert counts["extra"] == counts["name wrong"] == counts["name unfit"] == 0


@pytest.mark.parametrize(
    ("counted", "by", "change"),
    [
        ("figures found", -1, lambda table: [row for row in table if row is not first(table, kind="figure")]),
        ("figures found", -1, lambda table: damage(table, kind="not", reason="序号")),
        ("figures right", -1, lambda table: damage(table, low="0")),
        ("figures right", -1, lambda table: damage(table, high_closed="False")),
        ("figures right", -1, lambda table: damage(table, unit="公里")),
        ("figures right", 0, lambda table: damage(table, token="共有" + first(table, kind="figure")["token"])),
        ("listed", -1, lambda table: [row for row in table if row is not first(table, kind="not")]),
        ("extra", 1, lambda table: damage(table, of="not", kind="figure", low="1", high="1")),
        ("extra", 1, lambda table: [*table, first(table, kind="figure") | {"token": "777"}]),
        ("name unfit", 1, lambda table: damage(table, indicator="budget.total")),
        ("name wrong", 1, lambda table: [r | {"indicator": r["indicator"].replace("total", "basic")} for r in table]),
    ],
)
def test_scorer_counts_what_is_wrong(counted, by, change):
    assert scored(change)[counted] - scored()[counted] == by


def test_scorer_tells_wrong_claims_from_false_alarms():
    draft = next(one for one in gold() if sum(not claim.holds for claim in one.claims) > 1)
    wrong, right = ([one for one in draft.claims if one.holds == holds] for holds in (False, True))
    found = [{"stated": one.stated, "parts": ";".join(one.parts), "holds": "no"} for one in (wrong[0], right[0])]
    counts = bench.judge_claims(draft, found).counts
    assert (counts["wrong"], counts["told"], counts["alarms"], counts["holding"]) == (len(wrong), 1, 1, len(right))


@pytest.mark.parametrize("unit", ["μg/m³", "mg/L", "元/吨", "元/人"])
def test_a_head_may_say_a_unit_of_two(unit):
    rows = (("项目", f"均值（{unit}）"), ("细颗粒物", "35"), ("臭氧", "142"))
    assert [one.found.reading.unit for one in items((Passage("table", "", rows=rows),)) if one.figure] == [unit, unit]


def test_a_label_with_points_in_it_does_not_measure_what_costs_money():
    rows = (("项目名称", "预算数", "结余"), ("总分馆建设", "60.00", "9.50"), ("在职培训", "3.00", "0.20"))
    found = items((Passage("text", "单位：万元"), Passage("table", "", rows=rows)))
    assert {one.found.reading.unit for one in found if one.figure} == {"元"}


def test_a_sentence_across_a_table_is_no_head_of_what_is_below():
    goal = ("年度目标", "完成培训85人，巡查40次", None, None)
    rows = (("总额", "", "预算数", "执行率"), ("", "", "62.5", "95.80%"), goal, ("指标", "名称", "目标值", "完成值"))
    found = [*items((Passage("table", "", rows=(*rows, ("产出", "培训", "≥85人", "86人"))),))]
    assert [one.place for one in found if one.cell[0] == 4] == ["表1 产出培训，目标值", "表1 产出培训，完成值"]
