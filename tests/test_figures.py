"""Cleaning: what the source prints becomes typed figures, and bad input a message that says what to do."""

from fractions import Fraction

import pytest

from lib.check import figures
from lib.edition.edition import Edition
from lib.edition.rows import Figure, by_name
from lib.edition.store import InputError, number, parse, rows_in, write_table


def cleaned(project):
    printed, corrected, odd = figures.clean(Edition.find("zhengxiang", 2020, project))
    return by_name(printed), by_name(corrected), odd


def change(project, file, old, new, times=-1):
    path = project / "data/raw/zhengxiang/2020" / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, times), "utf-8")


def test_every_figure_of_the_source_is_typed(project):
    _, corrected, _ = cleaned(project)
    sections = [figure for figure in corrected.values() if figure.section != "budget"]
    assert len(sections) == 51
    assert all(figure.status != "missing" for figure in sections)
    payout = corrected["mutual_aid.payout"].bounds
    assert (payout.low, payout.high, payout.low_closed, payout.high_closed) == (260000, 270000, False, False)


def test_counts_are_whole_before_they_are_computed_with(project):
    _, corrected, _ = cleaned(project)
    whole = {
        name: (figure.bounds.low, figure.bounds.high, figure.bounds.low_closed)
        for name, figure in corrected.items()
        if figure.bounds
    }
    assert whole["spring_fair.employers"] == (51, 59, True)  # 50余家
    assert whole["september_fair.posts"] == (1800, 1999, True)  # 近2000个
    assert whole["consumption.amount"] == (6000000, 7000000, False)  # 600余万元 has fractions
    assert whole["vouchers.hours"] == (0, 24, True) and whole["vouchers.cap"] == (0, 300, False)
    rate = (corrected["spring_fair.posts"].quantity() / corrected["spring_fair.employers"].quantity()).bounds
    assert (rate.low, rate.high) == (Fraction(204, 59), 4)


def test_nominal_value_of_a_published_figure_lies_inside_its_bounds(project):
    change(project, "figures.csv", "近2000个", "约2000个")
    change(project, "figures.csv", "76个", "不足1个")
    figures_ = [figure for figure in cleaned(project)[1].values() if figure.bounds]
    assert [one.name for one in figures_ if one.value is not None and not one.bounds.exact] == ["september_fair.posts"]
    assert all(one.value == one.bounds.low for one in figures_ if one.bounds.exact)


@pytest.mark.parametrize(
    ("old", "new", "unit"),
    [
        ("117家", "117个单位", "家"),
        ("76个", "30余家单位", "个"),
        ("83人", "83名困难职工", "人"),
        ("3篇", "3篇文章", "篇"),
    ],
)
def test_what_is_counted_may_stand_after_the_measure_word(project, old, new, unit):
    change(project, "figures.csv", old, new)
    (figure,) = [one for one in cleaned(project)[1].values() if one.printed == new]
    assert (figure.unit, figure.shown.startswith(new[:2]), figure.status) == (unit, True, "reported")


@pytest.mark.parametrize(
    ("cell", "status", "value"),
    [
        ("——", "silent", None),
        ("/", "silent", None),
        ("", "missing", None),
        ("无", "reported", 0),
        ("0.00", "reported", 0),
    ],
)
def test_zero_not_applicable_and_not_reported_are_told_apart(project, cell, status, value):
    change(project, "figures.csv", "supplies.amount,5万元,,", f"supplies.amount,{cell}{'万元' * (cell == '0.00')},,")
    path = project / "data/raw/yiyang/2022/budget.csv"
    path.write_text(path.read_text("utf-8").replace("reception,,,,", f"reception,,{cell},{cell},"), "utf-8")
    supplies = cleaned(project)[1]["supplies.amount"]
    reception = by_name(figures.clean(Edition.find("yiyang", 2022, project))[1])["budget.reception.outturn"]
    assert {(one.status, one.value) for one in (supplies, reception)} == {(status, value)}


def test_correction_replaces_the_printed_token_and_keeps_it_on_record(project):
    printed, corrected, _ = cleaned(project)
    assert printed["summer.total_goods"].shown == "12.5余元"
    total = corrected["summer.total_goods"]
    assert (total.printed, total.shown, total.status) == ("12.5余元", "12.5万余元", "corrected")


def test_count_of_listed_names_is_implied(project):
    _, corrected, _ = cleaned(project)
    models = corrected["honours.provincial_models"]
    assert (models.printed, models.shown, models.status) == ("", "3人", "implied")


def test_missing_or_wrong_measure_words_are_noted(project):
    _, _, odd = cleaned(project)
    noted = {name for one in odd if one.check == "unit_of_figure" for name in one.indicators}
    assert {"spring_fair.posts", "spring_fair.applicants", "training.attendance"} <= noted


def test_indicator_without_figure_is_silent_and_one_left_blank_is_missing(project):
    change(project, "figures.csv", "rights.villagers,300余人", "rights.villagers,")
    change(project, "figures.csv", "1(4)一,rights.articles,3篇,,\n", "")
    _, corrected, _ = cleaned(project)
    assert (corrected["rights.articles"].status, corrected["rights.articles"].bounds) == ("silent", None)
    assert (corrected["rights.villagers"].status, corrected["rights.villagers"].bounds) == ("missing", None)


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("figures.csv", "117家", "一百多加", ["figures.csv 第2行", "单位“加”", "单位“家”", "reading"]),
        ("figures.csv", "117家", "许多家", ["figures.csv 第2行", "没有数字", "printed"]),
        ("figures.csv", "117家,,", "117,,", ["figures.csv 第2行", "单位“无”", "117家"]),
        ("figures.csv", "12.5余元,", "30万元减少,", ["“减少”处：不认识的写法", "改正 printed，或在 reading 写明"]),
        # what has a unit is to be converted: no number is proposed
        ("figures.csv", "30.04万元,", "30万美元,", ["单位“美元”", "请在 reading（读法）写明折合多少元。"]),
        ("figures.csv", "24小时", "1天", ["单位“天”", "请在 reading（读法）写明折合多少小时。"]),
        (
            "figures.csv",
            "mutual_aid.units",
            "mutual_aid.unit",
            ["figures.csv 第2行", "mutual_aid.unit", "indicators.csv"],
        ),
        ("figures.csv", "locator,indicator", "place,indicator", ["figures.csv 第1行", "locator,indicator,printed"]),
        ("corrections.csv", "12.5余元", "12.6余元", ["corrections.csv 第2行", "12.6余元", "删去这条更正"]),
        ("corrections.csv", "12.5万余元", "12.5万余", ["corrections.csv 第2行", "单位“无”", "请在 corrected（更正"]),
        ("corrections.csv", "12.5万余元", "许多元", ["corrections.csv 第2行", "没有数字", "请改正 corrected"]),
        ("figures.csv", "30.04万元", "30.04%", ["figures.csv 第4行", "单位“%”", "单位“元”"]),
    ],
)
def test_bad_input_names_file_row_finding_expectation_and_remedy(project, file, old, new, told):
    change(project, file, old, new)
    with pytest.raises(InputError) as error:
        cleaned(project)
    assert all(part in str(error.value) for part in told), str(error.value)


@pytest.mark.parametrize("called", ["公务接待（决算）", "budget.reception.outturn"])
def test_correction_names_a_cell_of_the_base_table_as_the_check_does(project, called):
    change(project, "figures.csv", "\n", "\n1(2),公务接待（决算）,9万元,,\n", 1)
    change(project, "corrections.csv", "\n", f"\n1(2),{called},9万元,8万元,抄错,,\n", 1)
    assert cleaned(project)[1]["budget.reception.outturn"].shown == "8万元"


def test_correction_of_nothing_tells_the_row_that_it_may_be_of(project):
    change(project, "figures.csv", "\n", "\n表2 公务接待，决算,公务接待（决算）,9万元,,\n", 1)
    change(project, "corrections.csv", "\n", "\n表2 公务接待,budget.reception,9,8万元,抄错,,\n", 1)
    with pytest.raises(InputError, match=r"如“表2 公务接待，决算,budget\.reception\.outturn,9万元”"):
        cleaned(project)


@pytest.mark.parametrize(
    ("printed", "todo"),
    [
        ("60,", "在 reading（读法）写明，如“60%”"),
        ("96.5,", "在 reading（读法）写明，如“96.5%”"),
        ("0.98,", "在 reading（读法）写明是“98%”还是“0.98%”"),
        ("约1.2,", "在 reading（读法）写明是“约120%”还是“约1.2%”"),
        ("98%,", ""),
        ("60,%", ""),
        ("0.98,98%", ""),
        ("0.98,0.98%", ""),
        ("三分之二,", ""),
        ("九成,", ""),
        ("一半,", ""),
    ],
)
def test_rate_without_its_sign_is_no_rate(project, printed, todo):
    own = project / "data/raw/zhengxiang/indicators.csv"
    own.write_text(
        "indicator,section,label,unit,scope,direction,definition,cues,since\np.sat,,满意度,%,,,,,\n", "utf-8"
    )
    change(project, "figures.csv", "\n", f"\n1(1),p.sat,{printed},\n", 1)
    if not todo:
        assert cleaned(project)[1]["p.sat"].bounds.high <= 1
        return
    with pytest.raises(InputError, match=todo):
        cleaned(project)


def test_what_is_in_another_unit_may_be_read_converted(project):
    change(project, "figures.csv", "30.04万元,", "30万美元,215万元")
    assert cleaned(project)[1]["mutual_aid.premium"].shown == "215万元"


def test_amount_with_its_unit_belongs_in_two_columns_of_the_base_table(project):
    path = project / "data/raw/yiyang/2022/budget.csv"
    path.write_text(path.read_text("utf-8").replace("1274.38", "1274.38万元"), "utf-8")
    with pytest.raises(
        InputError, match=r"现为“1274.38万元”；应为能读出的数字。请改正这一格：只写数字，单位写在 unit 一列"
    ):
        figures.clean(Edition.find("yiyang", 2022, project))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("title:", "titel:", "缺 title"),
        ("state: draft", "state: done", "draft 或 approved"),
        ("notes: []", "notes: [", "YAML"),
    ],
)
def test_bad_source_card_is_told(project, old, new, told):
    change(project, "source.yml", old, new)
    with pytest.raises(InputError, match=told):
        Edition.find("zhengxiang", 2020, project).card  # noqa: B018


def test_unknown_edition_lists_those_there_are(project):
    with pytest.raises(FileNotFoundError, match="zhengxiang 2020"):
        Edition.find("nowhere", 2020, project)


def test_tables_are_read_back_as_written(project, tmp_path):
    _, corrected, _ = figures.clean(Edition.find("zhengxiang", 2020, project))
    write_table(tmp_path / "figures.csv", Figure.COLUMNS, (figure.cells for figure in corrected))
    assert list(map(Figure.of, rows_in(tmp_path, "figures"))) == corrected


def test_ends_of_bounds_are_written_outwards_with_twelve_digits(tmp_path):
    third = Fraction(1, 3)
    table = [{"value": third, "low": low, "high": third} for low in (-third, third)]
    write_table(tmp_path / "t.csv", list(table[0]), table)
    _, bounded, exact = (tmp_path / "t.csv").read_text().splitlines()
    assert bounded == "0.333333333333,-0.333333333334,0.333333333334"
    assert exact == "0.333333333333,0.333333333333,0.333333333333"
    assert parse(number(Fraction(300400))) == 300400
