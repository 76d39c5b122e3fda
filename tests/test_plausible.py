"""What is usual: each kind of question is asked where it must be, and not where it must not."""

from fractions import Fraction

import pytest

from conftest import ROOT, change
from lib.check import figures
from lib.check import findings as checks
from lib.edition.edition import Edition
from lib.edition.rows import by_name
from lib.edition.store import InputError
from lib.numbers import notation
from lib.numbers.bounds import exactly


def asked(edition: Edition, *kinds: str) -> list[str]:
    printed, corrected, odd = figures.clean(edition)
    return [one.message for one in odd + checks.run(edition, printed, corrected) if one.check in kinds]


def test_real_editions_are_usual():
    for unit, year in (("zhengxiang", 2020), ("yiyang", 2022)):
        assert asked(Edition(unit, year, ROOT), "range", "jump") == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("1.25万元", "12.5万元", "金秋助学资金 ÷ 金秋助学人数为31,250元"),
        ("7.9万元", "7.9元", "困难职工帮扶资金为7.9元，通常为1万元至"),
        ("24小时之内", "240小时之内", "不超过240小时"),
        ("4025人", "40250000人", "医疗互助参保人数"),
        ("1.25万元", "1万元", ""),
        ("4人", "0人", ""),  # a zero is a number, and what divides by it is not asked about
    ],
)
def test_far_from_what_is_usual(project, old, new, told):
    edition = Edition("zhengxiang", 2020, project)
    change(edition.raw / "figures.csv", old, new)
    found = asked(edition, "range")
    assert any(told in message for message in found) if told else found == [], found


@pytest.mark.parametrize(("new", "told"), [("180.3", ""), ("1798.0", "公用经费的上年决算"), ("0", "")])
def test_columns_far_apart(project, new, told):
    edition = Edition("yiyang", 2022, project)
    change(edition.raw / "budget.csv", "public,89.15,95.86,95.86", f"public,89.15,{new},{new}")
    found = asked(edition, "jump")
    assert any(told in message for message in found) if told else found == [], found


def test_unit_has_ranges_of_its_own(project):
    edition = Edition("yiyang", 2022, project)
    path = edition.raw.parent / "ranges.csv"
    path.write_text("name,low,high,factor,source\nbudget.total.*,1万元,1000万元,2,本单位\n", "utf-8")
    assert any("本单位" in message for message in asked(edition, "range"))
    path.write_text("name,low,high,factor,source\nbudget.totl / 2,1人,,,本单位\n", "utf-8")
    with pytest.raises(InputError, match=r"ranges.csv 第2行.*totl"):
        asked(edition, "range")


def test_last_year_is_what_was_published(project):
    now = by_name(figures.clean(Edition("yiyang", 2022, project))[1])
    last = now["budget.total.last_outturn"]
    before = {"budget.total.outturn": last}
    assert not [*checks.carried(2021, before, now)]
    other = {"budget.total.outturn": type(last)(**vars(last) | {"bounds": exactly(Fraction(12_743_900)), "shown": ""})}
    (found,) = checks.carried(2021, other, now)
    assert "1274.39万元" in found.message and found.indicators == ("budget.total.last_outturn",)
    told = type(last)(**vars(last) | {"label": "上年支出总额"})  # in a text
    named = {"a": type(last)(**vars(other["budget.total.outturn"]) | {"label": "支出总额（决算）"})}
    assert [one.message[:6] for one in checks.carried(2021, named, {"b": told})] == ["上年支出总额"]


@pytest.mark.parametrize(
    ("label", "unit", "said", "fits"),
    [
        ("支出总额比上年增长", "%", "25%", True),
        ("支出总额比上年增长", "%", "7.09%", False),
        ("支出总额同比下降", "%", "下降25%", False),
        ("支出总额较上年增加额", "元", "268.50万元", True),
        ("支出总额较上年减少", "元", "268.50万元", False),
        ("支出总额比预算增长", "%", "7.09%", True),
    ],
)
def test_a_change_since_last_year_is_the_one_from_what_was_published(project, label, unit, said, fits):
    total = by_name(figures.clean(Edition("yiyang", 2022, project))[1])["budget.total.outturn"]  # 1342.49万元
    last = type(total)(**vars(total) | {"bounds": exactly(Fraction(10_739_920)), "shown": ""})
    read = notation.read(said)
    about = {"name": "a", "label": label, "unit": unit, "bounds": read.bounds, "rounding": read.rounding, "shown": said}
    change = type(total)(**vars(total) | about)
    found = [*checks.grown(2021, {total.name: last}, {total.name: total, "a": change})]
    assert [one.indicators for one in found] == ([] if fits else [("a", total.name)])


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("1(1),mutual_aid.units,117家,,\n", "1(1),mutual_aid.units,117家,,\n" * 2, "又一行"),
        ("249人", "-249人", "不小于零的数"),
        ("249人", "24.9人", "整数"),
        ("204岗位,204个", "240岗位,204个", "原文“240岗位”"),
        ("500余个,500余人", "500余个,500人", "概数词"),
        ("500余个,500余人", "500余个,500多人", "概数词"),
    ],
)
def test_figure_that_cannot_be_is_refused(project, old, new, told):
    edition = Edition("zhengxiang", 2020, project)
    change(edition.raw / "figures.csv", old, new)
    with pytest.raises(InputError, match=r"figures.csv 第\d+行") as error:
        figures.clean(edition)
    assert told in str(error.value)


def test_budget_that_was_set_to_the_outturn(project):
    edition = Edition("yiyang", 2022, project)
    assert len(asked(edition, "rate_reset")) == 1
    change(edition.raw / "budget.csv", "1342.49,1342.49", "1342.49,1300.00")
    assert asked(edition, "rate_reset") == []


def test_less_than_nothing_was_spent_last_year_is_refused(project):
    edition = Edition("yiyang", 2022, project)
    change(edition.raw / "budget.csv", "total,1274.38", "total,-1274.38")
    with pytest.raises(InputError, match="不小于零的数"):
        figures.clean(edition)
