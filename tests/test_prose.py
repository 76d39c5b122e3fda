"""Prose and sections: sentences made from quantities, and what happens where one is missing or unknown."""

import re
from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace

import pytest
from IPython.core.interactiveshell import InteractiveShell
from jinja2 import UndefinedError
from matplotlib.figure import Figure as Canvas
from traitlets.config import Config

from conftest import axes_of
from lib import cells as bundles
from lib.cells import CHART, PROSE, TABLE
from lib.chapter import charts, prose, tables, text, workbench
from lib.chapter.chapter import Chapter, metric, prepare
from lib.chapter.charts import bars, pairs, ranges
from lib.check import figures
from lib.edition.edition import Edition
from lib.edition.store import InputError
from lib.numbers.bounds import Bounds, exactly
from lib.numbers.quantity import Quantity


@pytest.fixture
def book(project):
    """The 2020 figures as a section, without the number of articles."""
    edition = Edition("zhengxiang", 2020, project)
    given = figures.clean(edition)[1]
    gone = {"bounds": None, "value": None, "printed": "", "shown": "", "status": "missing"}
    book = Chapter("01_services", edition)
    book.load(replace(figure, **gone) if figure.name == "rights.articles" else figure for figure in given)
    return book


def markdown(source, **names):
    return bundles.plain(prose.render(source, names).data[PROSE]["markdown"])


def test_value_carries_formula_bounds_and_source(book):
    aid = book.mutual_aid
    aid.payout_ratio = metric("赔付率", aid.payout / aid.premium)
    bundle = prose.render("赔付率{{ aid.payout_ratio }}。", {"aid": aid}).data
    about = bundle[PROSE]["values"]["mutual_aid.payout_ratio"]
    assert about["formula"] == "互助金支付额 ÷ 已交互助金"
    assert about["sources"] == ["互助金支付额：达26万余元（来源1(1)）", "已交互助金：30.04万元（来源1(1)）"]
    assert "86.55%（不含）至89.89%（不含）" in bundle["text/html"]
    assert bundle["text/markdown"] == "赔付率86.5%—89.9%。"


def test_change_is_told_in_words_and_keeps_its_lineage(book):
    aid = book.mutual_aid
    aid.gap = metric("收支差额较上年变化", aid.payout - aid.premium)
    bundle = prose.render("比上年{{ aid.gap | change }}。{{ [aid.gap] | changes }}。", {"aid": aid}).data
    assert bundle["text/markdown"] == "比上年减少3.04万—4.04万元。收支差额较上年减少3.04万—4.04万元。"
    assert bundle[PROSE]["values"]["mutual_aid.gap"]["formula"] == "互助金支付额 − 已交互助金"
    with pytest.raises(prose.ProseError, match="还没有名称"):
        markdown("{{ gap | change }}", gap=aid.payout - aid.premium)
    given, gone = book.rights.villagers, book.rights.articles
    assert markdown("参与{{ m }}。比上年{{ r | change }}。", m=given, r=gone) == f"参与{given}。"


def test_unknown_name_stops_the_run(book):
    with pytest.raises(prose.UnknownName):
        markdown("{{ nothing }}")
    with pytest.raises(prose.UnknownName, match=r"mutual_aid\.members"):
        book.mutual_aid.member  # noqa: B018
    with pytest.raises(prose.UnknownName, match="mutual_aid"):
        book.mutual_aids  # noqa: B018


@pytest.fixture
def shown(book, monkeypatch):
    """What a notebook shows of an error in a cell: a function of its source."""
    shell, told = InteractiveShell(config=Config({"HistoryManager": {"enabled": False}})), []
    monkeypatch.setattr(shell, "_showtraceback", lambda kind, error, lines: told.append(lines))
    prepare(shell)
    shell.set_custom_exc((Exception,), workbench._tell)
    book.mutual_aid.benefit_rate = metric("受助率", book.mutual_aid.beneficiaries / book.mutual_aid.members)
    shell.user_ns |= {"book": book, "aid": book.mutual_aid}

    def run(source):
        told.clear()
        shell.run_cell(source)
        (lines,) = told
        return lines

    return run


@pytest.mark.parametrize(
    "source", ["aid.benefit_rat", "%%prose\n受助率{{ aid.benefit_rat }}。", "book.mutual_aid.benefit_rat + 1"]
)
def test_typo_is_told_in_one_line_with_the_nearest_name_and_without_frames(shown, source):
    lines = shown(source)
    assert "没有 mutual_aid.benefit_rat，是不是 mutual_aid.benefit_rate？" in lines[-1]
    assert len(lines) <= 2 and "rights." not in lines[-1] and ".py" not in "".join(lines)


def test_typo_in_headlines_is_told_with_file_line_and_nearest_name(book):
    book.mutual_aid.benefit_rate = metric("受助率", book.mutual_aid.beneficiaries / book.mutual_aid.members)
    path = book.edition.root / "data" / "headlines.csv"
    path.write_text("metric\nmutual_aid.benefit_rate\n\nscore.total\nmutual_aid.benefit_rat\n", "utf-8")
    with pytest.raises(InputError) as caught:
        book.headlines  # noqa: B018
    for word in (
        "headlines.csv 第5行：现为指标 mutual_aid.benefit_rat；",
        "是不是 mutual_aid.benefit_rate？",
        "请改正 headlines.csv",
    ):
        assert word in str(caught.value)
    path.write_text("metric\nmutual_aid.benefit_rate\nscore.total\n", "utf-8")
    del book.edition.__dict__["headlines"]
    assert [headline.name for headline in book.headlines] == ["mutual_aid.benefit_rate"]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("参保9999人，同比增长12%。", ["9999、12", "没有来历"]),
        ("报道｛｛ rights.articles ｝｝。", ["全角的花括号"]),
        ("报道rights.articles条。", ["“rights.articles”", "名称"]),
        ("报道 rights.articles 。", ["“rights.articles”", "名称"]),
    ],
)
def test_what_is_typed_into_a_prose_cell_stops_the_run(source, words):
    with pytest.raises(prose.ProseError) as caught:
        prose.cell(source, {})
    assert all(word in str(caught.value) for word in words)


@pytest.mark.parametrize("source", ["{% if a.nothing %}有{% endif %}", "{{ a.nothing }}"])
def test_attribute_that_there_is_none_of_stops_the_cell(book, source):
    with pytest.raises(UndefinedError, match="没有 nothing"):
        prose.render(source, {"a": book.mutual_aid.premium})


@pytest.mark.parametrize(
    "text",
    [
        "{{ x.__class__.__init__.__globals__ }}",
        "{{ mutual_aid.members.__class__ }}",
        "{{ ''.join([]) }}",
        "{{ mutual_aid.members | listed }}",
        "{% for x in [1] %}{{ mutual_aid.members }}{% endfor %}",
        "{# mutual_aid.members #}",
        "｛｛ mutual_aid.members ｝｝",
    ],
)
def test_text_of_data_runs_no_code(book, text):
    path = book.edition.raw / "notes.csv"
    path.write_text(f'section,kind,locator,text\nservices,measure,1(1),"{text}"\n', "utf-8")
    with pytest.raises(prose.ProseError, match="花括号只能写一个指标的名称"):
        prose.notes(book, "measure")


def test_text_of_data_calls_numbers_by_their_labels_too(book):
    members = book.mutual_aid.members
    assert prose.substitute(f"参保{{{{ {members.label} }}}}", book.known) == prose.substitute(
        "参保{{ mutual_aid.members }}", book.known
    )
    with pytest.raises(prose.UnknownName, match=f"是不是 {members.label}"):
        prose.substitute(f"参保{{{{ {members.label}人 }}}}", book.known)


def test_typo_in_text_of_data_is_told_with_the_nearest_name(book):
    path = book.edition.raw / "notes.csv"
    path.write_text("section,kind,locator,text\nservices,measure,1(1),参保{{ mutual_aid.member }}\n", "utf-8")
    with pytest.raises(prose.UnknownName, match=r"参保.*没有 mutual_aid\.member，是不是 mutual_aid\.members？"):
        prose.notes(book, "measure")


def test_number_without_lineage_may_not_stand_in_prose(book):
    with pytest.raises(prose.ProseError, match="没有来历"):
        markdown("共{{ 2 + 2 }}人。")
    with pytest.raises(prose.ProseError, match="还没有名称"):
        markdown("{{ a / b }}", a=book.mutual_aid.premium, b=book.mutual_aid.members)


def test_figure_cannot_be_overwritten_by_a_metric(book):
    with pytest.raises(ValueError, match="不能改写"):
        book.mutual_aid.members = metric("参保", book.mutual_aid.units + book.mutual_aid.units)


def test_sentence_about_a_missing_figure_is_left_out(book):
    text = "报道{{ r.articles }}。参与{{ r.villagers }}。"
    assert markdown(text, r=book.rights) == "参与300余人。"


def test_cell_about_missing_figures_alone_is_hollow(book):
    told = prose.render("> 报道{{ r.articles }}。这是惯例。", {"r": book.rights}).data[PROSE]
    assert (told["markdown"], told["hollow"]) == ("", True)


def test_metric_on_a_missing_figure_is_missing_with_its_formula(book):
    book.rights.rate = metric("报道率", book.rights.articles.share_of(book.rights.villagers, "仅供测试"))
    (made,) = book.made()
    assert (made.shown, made.bounds, made.formula) == ("未提供", None, "维权宣传报道 ÷ 送法下乡参与村民")


@pytest.fixture
def nobody(book):
    """The figures of a year in which nobody was there: what each would have got cannot be computed, and is not missing."""
    none = replace(book.figures["rights.villagers"], bounds=exactly(0), value=Fraction(0), shown="0人")
    book.load([*(one for name, one in book.figures.items() if name != none.name), none])
    book.rights.rate = metric("咨询率", book.rights.consultations / book.rights.villagers)
    return book


def test_what_cannot_be_computed_for_a_zero_is_said_in_a_list_and_leaves_its_sentence_out(nobody):
    rights, why = nobody.rights, "无从计算（送法下乡参与村民为零）"
    assert markdown("参与{{ r.villagers }}；咨询率{{ r.rate | caveated }}，不能确定高低。", r=rights) == "参与0人。"
    assert markdown("{{ all | listed }}。", all=[rights.rate, rights.articles]) == f"咨询率{why}。"
    (made,) = nobody.made()
    assert (made.shown, made.bounds, made.quantity(nobody.known).shown) == (why, None, why)


def test_table_says_what_cannot_be_computed_and_its_pop_up_says_why(nobody):
    rights = nobody.rights
    for bundle in (tables.metrics("维权", rights.rate), tables.table("维权", {"咨询率": [rights.rate]})):
        data = bundle.data[TABLE]
        assert any("无从计算" in map(bundles.plain, row) for row in data["rows"])
        assert data["values"]["rights.rate"]["shown"] == "无从计算（送法下乡参与村民为零）"
    unnamed = tables.table("维权", {"咨询率": [rights.consultations / rights.villagers, rights.articles]})
    assert unnamed.data[TABLE]["rows"] == [["无从计算"], ["—"]]


def test_list_in_prose_passes_over_what_is_missing(book):
    rights = book.rights
    assert markdown("{{ all | listed }}。", all=list(rights)) == "送法下乡参与村民300余人、法律咨询人数5人。"


def test_soft_line_breaks_leave_no_blank(book):
    assert markdown("参与\n村民。\n\n- 甲\n- 乙") == "参与村民。\n\n- 甲\n- 乙"


def test_table_cell_keeps_its_lineage_and_a_missing_one_is_left_out(book):
    data = tables.metrics("维权", *book.rights).data[TABLE]
    assert data["values"].keys() == {"rights.villagers", "rights.consultations"}
    assert [bundles.plain(row[1]) for row in data["rows"]] == ["300余人", "5人"]
    assert tables.metrics("维权", book.rights.articles).data[PROSE]["hollow"]


def test_columns_merge_only_within_what_the_column_before_has_merged():
    rows = [["甲", "数量", "一"], ["甲", "数量", "二"], ["乙", "数量", "三"], ["乙", "", "四"], ["甲", "", "五"]]
    assert bundles.spans(rows, 2) == [[2, 2, 1], [0, 0, 1], [2, 1, 1], [0, 1, 1], [1, 1, 1]]
    assert bundles.spans(rows, 1) == [[2, 1, 1], [0, 1, 1], [2, 1, 1], [0, 1, 1], [1, 1, 1]]
    assert bundles.spans([], 2) == []


def test_official_table_is_a_table_with_two_keys_more(book):
    columns = {"类别": ["维权", "维权"], "指标": ["参与", "咨询"], "人数": list(book.rights)[1:], "分值": ["", "12.5"]}
    bundle = tables.official("自评表", columns, merged=1).data
    data = bundle[TABLE]
    assert (data["look"], data["merged"]) == ("official", 1)
    assert [head["numeric"] for head in data["columns"]] == [False, False, True, True]
    assert data["values"].keys() == {"rights.villagers", "rights.consultations"}
    assert bundle["text/html"].count('<td rowspan="2" style="text-align:left">维权</td>') == 1
    assert bundle["text/html"].count("<td") == 7


def test_official_table_without_rows_is_hollow(book):
    assert tables.official("自评表", {"指标": [], "得分": []}, merged=1).data[PROSE]["hollow"]


def test_chart_of_ranges_has_a_dot_only_where_there_is_a_nominal_value(book):
    rights = book.rights
    dots = [
        ranges("人数", *given).data["image/svg+xml"].count('<use xlink:href="#m')
        for given in ([rights.villagers], [rights.consultations], [rights.villagers, rights.consultations])
    ]
    assert dots == [0, 1, 1]


def test_chart_says_in_words_what_it_shows(book):
    data = bars("人数", book.rights.villagers, book.rights.consultations).data
    assert data[CHART]["alt"] == "条形图，人数。送法下乡参与村民300余人，法律咨询人数5人。"
    assert "<text" not in data["image/svg+xml"]


@pytest.mark.parametrize("draw", [bars, ranges])
@pytest.mark.parametrize("label", ["", "示例区全体基层工会全年累计发放的夏季慰问物资和冬季慰问资金合计"])
def test_no_label_of_a_chart_is_cut_off(book, draw, label):
    """Where each text begins, and how wide its glyphs are, against the width of the picture; no text stands on another."""
    goods = book.summer.township_goods
    svg = draw("送清凉", replace(goods, label=label or goods.label), book.winter_aid.amount).data["image/svg+xml"]
    wide = float(re.search(r'viewBox="0 0 ([\d.]+)', svg)[1])
    texts = re.findall(r'<g[^>]* transform="translate\(([-\d.]+) ([-\d.]+)\) scale\([^)]*\)">(.*?)</g>', svg, re.S)
    assert len(texts) >= 4
    ends: dict[str, float] = {}
    for start, height, glyphs in texts:
        last = max(map(float, re.findall(r"translate\(([\d.]+)", glyphs)), default=0) * 0.09
        assert float(start) >= ends.get(height, 0) and float(start) + last + 8 <= wide
        ends[height] = float(start) + last + 8
    assert wide <= 360 * 0.75  # a telephone, on which 9 pt are 12 px


def amounts(*sizes: float, label: str = "项", unit: str = "元", **more) -> list[Quantity]:
    return [
        replace(Quantity.figure(f"a.{n}", exactly(Fraction(str(size))), None, unit), label=f"{label}{n}", **more)
        for n, size in enumerate(sizes)
    ]


def test_title_of_a_chart_says_what_is_certainly_the_most(book):
    summer = book.summer

    def title(*given):
        return bars("物资", *given).data[CHART]["caption"]

    assert title(summer.district_goods, summer.township_goods) == "基层送清凉物资最多"
    assert title(*amounts(2, 3, 3)) == title(*amounts(2)) == "物资"
    hedged = replace(summer.township_goods, bounds=Bounds(Fraction(20000), Fraction(30000)))
    assert title(summer.district_goods, hedged) == "物资"  # they overlap
    assert title(summer.district_goods, replace(summer.township_goods, doubt=("何以？",))) == "物资"
    assert title(summer.district_goods, replace(summer.township_goods, label="很" * 15)) == "物资"


def test_pairs_tell_how_many_became_more_and_are_hollow_where_a_sentence_says_that():
    now, before = amounts(10, 20, 30, 5), amounts(8, 25, 20, 5)
    held = [(a, metric("变动率", (b - a) / a)) for a, b in zip(before, now, strict=True)]
    data = pairs("决算", now, 上年=held).data
    assert data[CHART]["caption"] == "2项多于上年，1项少于上年"
    assert data[CHART]["alt"] == "对比图，决算、变动率（○上年　●本年）。项0增长25%，项1下降20%，项2增长50%，项3持平。"
    assert pairs("决算", now[1:], 上年=held[1:]).data[PROSE]["hollow"]


def test_pairs_of_more_rows_than_can_be_read_draw_the_greatest():
    now, before = amounts(*range(1, 21)), amounts(*range(2, 22))
    held = [(a, metric("变动率", (b - a) / a)) for a, b in zip(before, now, strict=True)]
    drawn = pairs("决算", now, 上年=held).data[CHART]
    assert [row["label"] for row in drawn["rows"]] == [f"项{n}" for n in range(8, 20)]
    assert drawn["caption"] == "20项少于上年" and drawn["alt"].startswith("对比图，决算最多的12项、变动率")


def test_pairs_draw_the_plan_as_well_where_three_rows_differ_from_it():
    """The title is about the plan then; a plan that was kept is not drawn, one that is held alone is the ring."""
    now, last, plan = amounts(10, 20, 30, 5), amounts(8, 25, 20, 5), amounts(12, 25, 20, 5)
    rates = [metric("变动率", (b - a) / a) for a, b in zip(last, now, strict=True)]
    used = [metric("执行率", b / a) for a, b in zip(plan, now, strict=True)]
    before, kept, plans = (list(zip(*pair, strict=True)) for pair in ((last, rates), (now, used), (plan, used)))
    both = pairs("决算", now, 上年=before, 预算=plans).data[CHART]
    assert both["caption"] == "1项多于预算，2项少于预算"
    assert both["alt"].startswith("对比图，决算、变动率（○上年　｜预算　●本年）。项0增长25%")
    assert pairs("决算", now, 上年=before, 预算=kept).data == pairs("决算", now, 上年=before).data
    alone = pairs("决算", now, 上年=kept, 预算=plans).data[CHART]
    assert alone["alt"].startswith("对比图，决算、执行率（○预算　●本年）。项0")
    nothing = replace(last[3], bounds=None)
    new = [*before[:3], (nothing, metric("变动率", (now[3] - nothing) / nothing))]
    assert [row["shown"] for row in pairs("决算", now, 上年=new, 预算=plans).data[CHART]["rows"]][2:] == [
        "增长50%",
        "—",
    ]


def test_what_is_below_nothing_is_drawn_to_the_left_of_the_axis():
    low = [replace(one, bounds=Bounds(Fraction(-5), Fraction(-3))) for one in amounts(0)]
    axes = axes_of(lambda: charts.bars("金额", *low, *amounts(2)))
    assert axes.get_xlim() == (-5, 2)
    assert [(bar.get_x(), bar.get_width()) for bar in axes.patches] == [(-5, 2), (0, -3), (2, 0), (0, 2)]


@pytest.mark.parametrize("caption, shown", [("人员（单位：人）", "114"), ("人员", "114名")])
def test_a_cell_has_no_measure_word_where_its_table_says_what_it_counts(caption, shown):
    book = SimpleNamespace(figures={"编制数": SimpleNamespace(printed="114名", status="reported")}, tables={})
    (count,) = amounts(114, unit="人")
    assert bundles.plain(text._of_cell(book, replace(count, name="编制数"), caption)) == shown


def test_a_column_with_sentences_is_no_column_of_numbers():
    (left,) = (replace(one, name="甲") for one in amounts(2, unit="台"))
    number = bundles.mark("甲", "2台")
    columns = tables.written("情况", ["数", "说明"], [[number, number], ["", f"其余{number}未到位。"]], [left]).data[
        TABLE
    ]["columns"]
    assert [one["numeric"] for one in columns] == [True, False]


def test_amounts_have_their_unit_in_the_caption_and_the_same_decimals():
    def shown(*cells, **more):
        data = tables.table("预算", {"数": [*cells]}, **more).data[TABLE]
        return data["caption"], [bundles.plain(row[0]) for row in data["rows"]]

    caption, told = shown(
        *amounts(3000000, 1492000, 5000), *amounts(-31250, doubt=("何以？",)), *amounts(52, unit="人")
    )
    assert (caption, told) == ("预算（单位：万元）", ["300.00", "149.20", "0.50", "−3.13※", "52人"])
    for cells in (amounts(3000000), amounts(50, 60), amounts(3000000, 1492000, 50), [*amounts(30000, 20000), hedged()]):
        assert shown(*cells)[0] == "预算"
    assert shown(*amounts(30000, 20000), *amounts(1, 2, unit="人")) == ("预算", ["3万元", "2万元", "1人", "2人"])
    assert shown(*amounts(30000, 20000), anchors=["a.0", "a.1"]) == ("预算", ["3万元", "2万元"])


def hedged() -> Quantity:
    return Quantity.figure("h", Bounds(Fraction(20000), Fraction(30000)), None, "元")


def test_chart_of_nothing_is_hollow_and_mixed_units_are_refused(book):
    assert bars("报道", book.rights.articles).data[PROSE]["hollow"]
    with pytest.raises(ValueError, match="单位不同"):
        bars("混合", book.rights.villagers, book.mutual_aid.premium)


def test_notes_of_a_kind_that_was_not_given_are_hollow(book):
    assert prose.notes(book, "problem").data[PROSE]["hollow"]
    assert prose.notes(book, "measure", section="assets").data["text/markdown"].count("- ") == 4


def test_label_that_the_face_of_charts_lacks_is_refused_by_its_character():
    one = replace(amounts(3)[0], label="𠮷野家")
    with pytest.raises(prose.ProseError, match="“𠮷”（U\\+20BB7）"):
        charts.bars("图", one, *amounts(2))


def test_label_of_many_lines_stays_clear_of_its_bar(monkeypatch):
    drawn = []
    monkeypatch.setattr(charts, "_picture", lambda *given: drawn.append(given[-2:]))
    bars("图", replace(amounts(3)[0], label="甲" * 64), *amounts(2))
    height, draw = drawn[0]
    figure = Canvas(figsize=(charts.WIDTH, height))
    draw(figure, 0)
    (axes,) = figure.axes
    tops = {round(bar.get_y() + bar.get_height() / 2): bar.get_y() for bar in axes.patches}
    assert axes.texts[0].get_text().count("\n") == 2
    assert all(text.get_position()[1] < tops[row // 2] for row, text in enumerate(axes.texts))


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("1. 甲\ue003人数\ue004\n2. 乙\n3. 丙", "1. 乙\n3. 丙"),
        ("3. 甲\n4. 乙", "3. 甲\n4. 乙"),
        ("| 甲 | 乙 |\n|---|---|\n| 丙 | \ue003人数\ue004 |", "| 甲 | 乙 |\n|---|---|\n| 丙 | — |"),
        ("+ 甲\n+ 乙", "+ 甲\n+ 乙"),
        ("1) 甲\n2) 乙", "1) 甲\n2) 乙"),
        ("甲\n乙", "甲乙"),
        ("甲  \n乙", "甲  \n乙"),
        ("```\n甲\n```", "```甲\n```"),
        ("甲\n---", "甲\n---"),
    ],
)
def test_lines_that_markdown_tells_apart_stay_apart(source, told):
    assert prose.without_missing(source) == told


def test_table_in_a_report_of_the_unit_is_meant_and_its_cells_are_text():
    number = bundles.mark("sum", "5人")
    rows = f"| 项目 | 数 |\n|---|--:|\n| **甲**<b> | {number} |\n| 乙*丙* | \ue003人数\ue004 |"
    page = prose.markdown()(prose.worded(prose.without_missing(rows)))
    assert page.count("<tr>") == 3 and "<strong>甲</strong>&lt;b&gt;" in page and "乙*丙*" in page and "—" in page
    assert number in page
