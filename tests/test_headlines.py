"""What the summary says first: sentences by rules that are data, each held against something, and none that the bounds do not bear."""

import shutil
from dataclasses import replace
from fractions import Fraction
from math import inf
from types import SimpleNamespace

import pytest

import quick
import synthetic
from conftest import OURS, ROOT, copy_project
from lib.cells import PROSE, TABLE, Bundle, mark, plain
from lib.chapter import headlines, prose
from lib.chapter.chapter import Chapter, metric
from lib.edition.dictionary import HEADLINES, INDICATORS
from lib.edition.edition import MORE, RAW, Edition
from lib.edition.store import InputError
from lib.numbers.bounds import Bounds, exactly
from lib.numbers.quantity import Quantity

GIVEN = sorted((path.parent.name, int(path.name)) for path in ROOT.glob("tests/editions/*/2*"))
YARDSTICK = ("预算", "标准", "比上年", "目标", "高于", "低于", "在各地", "编制", "（", "没有列出")


def told(edition: Edition) -> list[str]:
    """The paragraphs and sentences of the summary of an edition, computed in this process."""
    names: dict[str, list[str]] = {}
    run = quick._run
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(quick, "_run", lambda one, name: names.setdefault(name, list(run(one, name))))
        quick.publish(edition)
    return [line for text in names["90_summary"] for line in text.splitlines() if line]


@pytest.fixture(scope="module")
def summaries(tmp_path_factory) -> dict[tuple[str, int], list[str]]:
    """The summaries of all editions, the synthetic one of two years among them."""
    root = copy_project(tmp_path_factory.mktemp("summaries"))
    for path in ROOT.glob("tests/editions/*"):
        shutil.copytree(path, root / "data/raw" / path.name)
    editions = [Edition(unit, year, root) for unit, year in (*OURS, *GIVEN)]
    return {(one.unit, one.year): told(one) for one in (*editions, *synthetic.years(root, 2019, 2020))}


def sentences(lines: list[str]) -> list[str]:
    return [line.removeprefix("- ") for line in lines if line.startswith("- ")]


def test_every_edition_has_sentences_that_say_against_what(summaries):
    for edition, lines in summaries.items():
        said = sentences(lines)
        assert 1 <= len(said) <= 6, edition
        assert [one for one in said if not any(word in one for word in YARDSTICK)] == [], edition
        assert all(one.endswith("。") and "，，" not in one and "※" not in one and one[0] not in "，；" for one in said)


def test_largest_money_and_most_people_come_first(summaries):
    first, second = sentences(summaries["zhengxiang", 2020])[:2]
    assert "101万元" in first and "标准" in first
    assert "参加职工医疗互助" in second and "高于城步2014年的50元，低于香格里拉2015年的81.4元" in second
    assert any("只作对照" in line for line in summaries["zhengxiang", 2020])
    said = sentences(summaries["yiyang", 2022])
    assert said[0].endswith("比上年增长5.34%；决算与预算完全相同，执行率不能说明预算编得准不准。")
    assert any(one.startswith("职工帮扶专项补助") and "下降23.54%" in one for one in said)
    assert not any("只作对照" in line or one.startswith("春节") for line in summaries["yiyang", 2022] for one in said)


def test_score_leads_where_there_is_one(summaries):
    assert summaries["shili", 2020][0].startswith("自评总分") and "评级为优" in summaries["shili", 2020][0]
    assert summaries["yiyang", 2022][0].startswith("未自评")


SHEET = """
,总分,,总分,,,,100,,,,95.6
,产出指标,数量指标,培训,≥,50,家,50,,45家,生源不足,45
,效益指标,社会效益,增收,≥,10,人,30,,10人,,30
,满意度指标,满意度,群众,≥,90,%,10,,90%,,10
"""


@pytest.mark.parametrize(
    ("targets", "figure", "said"),
    [
        (SHEET, "3人", "自评总分95.6分，按评分规则算得95分，评级为优"),
        (SHEET.replace("95.6", "95"), "3人", "自评总分95分，评级为优"),
        (SHEET.replace("45家", ""), "3人", "自评总分95.6分。自评尚不能评级"),
        ("", "94.5分", "自评得分照原文所载"),
        ("", "94人", "未自评"),
    ],
)
def test_score_that_the_unit_gives_itself_is_told_as_such(tmp_path, targets, figure, said):
    root = copy_project(tmp_path / "project")
    raw = root / "data/raw/yiyang"
    (raw / "indicators.csv").write_text(f"{','.join(INDICATORS)}\n甲,,甲,{figure[-1]},本单位,,,,\n", "utf-8")
    with (raw / "2022/figures.csv").open("a", encoding="utf-8") as file:
        file.write(f"一,甲,{figure},,\n")
    if targets:
        heads = ",".join([*RAW["targets"], *MORE["targets"]])
        (raw / "2022/targets.csv").write_text(heads + targets, "utf-8")
    lines = told(Edition("yiyang", 2022, root))
    assert lines[0].startswith(said), lines[0]
    assert any("[各章核对的发现]" in line for line in lines) == ("算得" in said)


def test_target_and_year_before_are_named(summaries):
    text = "\n".join(sentences(summaries["shili", 2020]))
    assert "比上年增加5.74元；医疗互助参保人数达到目标" in text and "新建非公企业工会没有达到目标" in text
    assert "目标" not in "\n".join(sentences(summaries["zhengxiang", 2020]))


def test_quality_is_one_line_that_leads_to_the_annex(summaries):
    (line,) = (line for line in summaries["zhengxiang", 2020] if line.startswith("数据质量"))
    assert line == "数据质量：核对后尚有提醒1项、说明6项，详见[数据质量说明](#数据质量说明)。"
    (line,) = (line for line in summaries["bingqu", 2022] if line.startswith("数据质量"))
    assert "核对没有发现问题" in line


# --- one row ------------------------------------------------------------------------------------------------------------


def quantity(name: str, low: int, high: float | None = None, unit: str = "人", **more) -> Quantity:
    bounds = exactly(low) if high is None else Bounds(Fraction(low), high if high == inf else Fraction(high))
    return Quantity.figure(name, bounds, Fraction(low) if high is None else None, unit, label=f"{name}的", **more)


def book(monkeypatch, *given: Quantity, **row: str) -> Chapter:
    """A chapter that knows these quantities, with one row of headlines for `a.b`."""
    made = Chapter("90_summary", Edition("zhengxiang", 2020, ROOT))
    made.known |= {one.name: one for one in given}
    rows = [dict.fromkeys(HEADLINES, "") | {"metric": "a.b", "sentence": "共{{ a.b }}"} | row]
    monkeypatch.setattr(Edition, "headlines", (ROOT / "data/headlines.csv", rows))
    return made


def say(made: Chapter, *held: Quantity) -> list[str]:
    made.known |= {one.name: one for one in held}
    return list(map(plain, headlines.sentences(made)))


@pytest.mark.parametrize(
    ("high", "target", "verdict"),
    [
        (None, "≥10人", "达到"),
        (20, "≥15人", "不能确定是否达到"),
        (None, "≥11人", "没有达到"),
        (None, "≤10人", "达到"),
        (None, "=11人", "没有达到"),
    ],
)
def test_target_is_met_as_far_as_the_bounds_tell(monkeypatch, high, target, verdict):
    aim = quantity("target.a.b", int(target[1:-1]), wording=target)
    (one,) = say(book(monkeypatch, quantity("a.b", 10, high)), aim)
    assert one.endswith(f"；a.b的{verdict}目标（{target}）。")


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [(30, None, "高于某县的20人"), (10, None, "低于某县的20人"), (10, 30, "接近某县的20人")],
)
def test_public_benchmark_is_named_where_there_is_nothing_nearer(monkeypatch, low, high, said):
    beside = replace(quantity("benchmark.a.b.1", 20), label="参考：某县")
    made = book(monkeypatch, quantity("a.b", low, high))
    assert say(made, beside)[0].endswith(f"，{said}。")
    assert "某县" not in say(made, beside, quantity("target.a.b", 1, wording="≥1人"))[0]


def test_number_within_a_benchmark_is_said_to_be_between(monkeypatch):
    beside = replace(quantity("benchmark.a.b.1", 5, 20), label="参考：各地")
    assert "在各地的5—20人之间" in say(book(monkeypatch, quantity("a.b", 10)), beside)[0]


@pytest.mark.parametrize(("low", "high", "told"), [(5, None, True), (0, None, True), (-5, 5, False)])
def test_change_is_told_where_its_sign_is_certain(monkeypatch, low, high, told):
    made = book(monkeypatch, quantity("a.b", 10), quantity("trend.a.b", low, high), quantity("c.d", 1), plan="c.d")
    assert ("比上年" in say(made, quantity("last.a.b", 5))[0]) is told


@pytest.mark.parametrize(("least", "told"), [("", True), ("10%", True), ("11%", False)])
def test_small_difference_is_not_worth_a_sentence(monkeypatch, least, told):
    made = book(monkeypatch, quantity("a.b", 110), quantity("c.d", 100), plan="c.d", least=least, above="超")
    assert (say(made) == ["共110人；超。"]) is told


@pytest.mark.parametrize(("low", "high", "said"), [(9, None, "少"), (10, None, "同"), (11, None, "多"), (9, 12, "。")])
def test_what_follows_is_said_where_the_bounds_tell(monkeypatch, low, high, said):
    made = book(
        monkeypatch, quantity("a.b", low, high), quantity("c.d", 10), plan="c.d", above="多", even="同", below="少"
    )
    (one,) = say(made)
    assert one.rstrip("。").endswith(said) or (said == "。" and "；" not in one)


def test_number_without_any_yardstick_has_no_sentence_of_its_own(monkeypatch):
    made = book(monkeypatch, quantity("a.b", 10))
    assert not say(made)[0].startswith("共")
    assert say(book(monkeypatch, quantity("a.b", 10), quantity("c.d", 9, unit="元"), plan="c.d")) == ["共10人。"]


def test_clause_goes_with_its_missing_number(monkeypatch):
    given = quantity("a.b", 10), quantity("c.d", 9), Quantity(None, name="e.f", label="缺")
    assert say(book(monkeypatch, *given, plan="c.d", sentence="共{{ a.b }}，占{{ e.f }}")) == ["共10人。"]


def test_table_has_only_columns_that_have_something(monkeypatch):
    made = book(monkeypatch, quantity("a.b", 10), quantity("c.d", 9), plan="c.d")
    assert heads(headlines.table(made, "表", [])) == ["指标", "本年", "目标或计划"]
    alone = book(monkeypatch, quantity("a.b", 10))
    assert heads(headlines.table(alone, "表", [])) == ["指标", "本年"]
    assert headlines.table(alone, "表", [mark("a.b", "10人")]).data[PROSE]["hollow"]


@pytest.mark.parametrize(
    ("own", "last", "plan", "drawn"),
    [
        ((10, None), (8, None), (20, None), [[0.5, 0.5], [0.4, 0.4], [1, 1]]),
        ((10, 20), (8, None), None, [[0.5, 1], [0.4, 0.4], None]),  # from the certain to the other bound
        ((10, inf), (8, None), None, [[1, 1], [0.8, 0.8], None]),  # as far as it can be drawn
        ((10, None), None, None, []),
        ((-10, None), (8, None), None, []),
        ((0, None), (0, None), None, []),
    ],
)
def test_number_is_drawn_where_there_is_something_to_hold_it_against(own, last, plan, drawn):
    row = [quantity("a.b", *ends) if ends else Quantity(None) for ends in (own, last, plan)]
    assert headlines._drawn(row) == drawn
    assert headlines._drawn([row[0], quantity("c.d", 8, unit="元")]) == []


def test_table_of_headlines_carries_what_is_drawn(monkeypatch):
    made = book(monkeypatch, quantity("a.b", 10), quantity("c.d", 20), plan="c.d")
    assert headlines.table(made, "表", []).data[TABLE]["drawn"] == [[[0.5, 0.5], None, [1, 1]]]


def heads(bundle: Bundle) -> list[str]:
    return [one["label"] for one in bundle.data[TABLE]["columns"]]


# --- the file -----------------------------------------------------------------------------------------------------------


def test_name_in_a_sentence_that_stands_for_nothing_is_told_with_its_line(project):
    edition = Edition("yiyang", 2022, project)
    path = edition.raw.parent / "headlines.csv"
    text = "metric,plan,least,sentence,above,even,below\nbudget.total.outturn,,,共{{ budget.total.outturn }},,,\n"
    path.write_text(text, "utf-8")
    made = Chapter("90_summary", edition)
    made.known["budget.total.outturn"] = quantity("budget.total.outturn", 1)
    assert [one.name for one in made.headlines] == ["budget.total.outturn"]
    path.write_text(text + "budget.total.outturn,,,共{{ budget.total.outturm }},,,\n", "utf-8")
    del edition.__dict__["headlines"]
    with pytest.raises(InputError, match=r"headlines.csv 第3行：.*budget.total.outturm.*是不是 budget.total.outturn"):
        made.headlines  # noqa: B018


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("budget.total.outturn,,5%,共{{ budget.total.outturn }},,,", ""),
        ("budget.total.outturn,,five,,,,", "least five"),
        ("budget.total.outturn,,,共{{ budget.total.outturn | safe }},,,", "花括号"),
        ("budget.total.outturn,,,,{% x %},,", "花括号"),
    ],
)
def test_row_that_cannot_be_read_is_told_with_its_line(project, row, told):
    edition = Edition("yiyang", 2022, project)
    (edition.raw.parent / "headlines.csv").write_text(f"{','.join(HEADLINES)}\n{row}\n", "utf-8")
    made = Chapter("90_summary", edition)
    made.known["budget.total.outturn"] = quantity("budget.total.outturn", 1)
    if not told:
        assert len(made.headlines) == 1
        return
    with pytest.raises(InputError, match=f"headlines.csv 第2行：.*{told}"):
        made.headlines  # noqa: B018


@pytest.mark.parametrize(
    ("amounts", "said"), [((0, 5, 7, 9), "主要数字：c的7元、b的5元。"), ((0, 0, 0, 9), "各项数字都是零。")]
)
def test_largest_amounts_are_said_where_nothing_else_is_and_no_zero(monkeypatch, amounts, said):
    made = Chapter("90_summary", Edition("zhengxiang", 2020, ROOT))
    monkeypatch.setattr(Edition, "headlines", (ROOT / "data/headlines.csv", []))
    monkeypatch.setattr(Edition, "table", lambda self, name: [])
    made.known = {name: quantity(name, n, unit="元") for name, n in zip([*"abc", "心内科上年a"], amounts, strict=True)}
    made.figures = dict.fromkeys(made.known)
    assert say(made) == [f"没有列出目标、预算和上年数，{said}"]


def test_budget_and_year_before_that_are_given_are_not_said_to_be_missing(monkeypatch):
    made = Chapter("90_summary", Edition("zhengxiang", 2020, ROOT))
    monkeypatch.setattr(Edition, "headlines", (ROOT / "data/headlines.csv", []))
    monkeypatch.setattr(Edition, "table", lambda self, name: [])
    names = ("a.b", "budget.total.initial", "budget.total.last_outturn")
    made.known = {name: quantity(name, n, unit="元") for n, name in enumerate(names, 1)}
    made.figures = dict.fromkeys(made.known)
    assert say(made) == ["主要数字：a.b的1元。"]


def test_targets_that_are_given_are_not_said_to_be_missing(monkeypatch):
    made = Chapter("90_summary", Edition("zhengxiang", 2020, ROOT))
    monkeypatch.setattr(Edition, "headlines", (ROOT / "data/headlines.csv", []))
    monkeypatch.setattr(Edition, "table", lambda self, name: [{"target": "30"}] * (name == "targets"))
    made.known = {"a.b": quantity("a.b", 1, unit="元")}
    made.figures = dict.fromkeys(made.known)
    assert say(made) == ["主要数字：a.b的1元。"]


@pytest.mark.parametrize(
    ("amount", "outturn", "told"),
    [
        ("1342.49", "1342.49", "决算与预算完全相同"),
        ("0", "0", ""),
        ("1342.49", "1342.4886", ""),
        ("1342.49", "1342.4938", ""),
        ("1342.49", "1342.48", "预算没有用完"),
    ],
)
def test_budget_that_is_the_outturn_is_remarked_but_for_nothing(project, amount, outturn, told):
    """What rounding makes of the one is no remainder."""
    edition = Edition("yiyang", 2022, project)
    head = "item,last_outturn,budget,outturn,unit,locator\n"
    (edition.raw / "budget.csv").write_text(f"{head}total,1274.38,{amount},{outturn},万元,附件1\n", "utf-8")
    said = quick.compute(edition)
    assert [one for one in ("决算与预算完全相同", "预算没有用完", "超支部分") if one in said] == [told] * bool(told)


def test_row_of_the_special_funds_is_one_for_each(project):
    rows = Edition("yiyang", 2022, project).headlines[1]
    funds = [row for row in rows if not row["metric"].isascii()]
    assert [row["metric"] for row in funds][:2] == ["budget.春节送温暖慰问.outturn", "budget.职工帮扶专项补助.outturn"]
    assert funds[0]["sentence"].startswith("春节送温暖慰问{{ budget.春节送温暖慰问.outturn }}")
    assert not any("专项资金" in row["metric"] for row in Edition("zhengxiang", 2020, project).headlines[1])


def test_what_cannot_be_computed_is_one_sentence(monkeypatch):
    made = book(
        monkeypatch, quantity("a.b", 10), quantity("c.d", 0), Quantity(None, name="e.f", label="缺", inputs={"e.f": ""})
    )
    group = made.group("m")
    group.one = metric("甲率", made.known["e.f"].over(made.known["a.b"]))
    group.two = metric("乙率", made.known["a.b"].over(made.known["c.d"]))
    assert prose.uncomputed(made).data["text/markdown"] == "没有报告缺，无从计算甲率；c.d的为零，无从计算乙率。"
    made.metrics = []
    assert prose.uncomputed(made).data[PROSE]["hollow"]


def test_vacant_posts_of_a_part_are_no_headline():
    """What the chapter of the budget tells is not told again among the figures of the year before."""
    given = [quantity(name, 2) for name in ("局机关空编数", "危桥改造")]
    known = {one.name: one for one in given} | {f"trend.{one.name}": quantity("变化", 1) for one in given}
    edition = SimpleNamespace(
        headlines=(ROOT / "data/headlines.csv", []), profile=SimpleNamespace(kind="局"), root=ROOT, table=lambda _: []
    )
    made = SimpleNamespace(edition=edition, known=known, figures={one.name: one for one in given})
    assert [one.name for one in Chapter.headlines.fget(made)] == ["危桥改造"]
