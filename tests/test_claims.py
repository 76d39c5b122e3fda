"""What the prose claims: each judgement names what it is measured by, and is not made where the figures do not bear it."""

import os
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from unittest.mock import patch

import nbformat
import pytest

from lib.cells import PROSE, plain
from lib.chapter import prose
from lib.check.findings import Asked, year_of_edition
from lib.edition.card import UNKNOWN, Card
from lib.edition.edition import Edition


def read(edition, *notebooks):
    """Run these notebooks in this process, without pictures: the sentences of the last one, and its chapter."""
    names = {"unit": edition.unit, "year": edition.year, "display": lambda *_: None}
    with (
        patch.dict(os.environ, JIXIAO_ROOT=str(edition.root)),
        patch("lib.chapter.charts._chart"),
        redirect_stdout(StringIO()),
    ):
        for stem in notebooks:
            os.environ["JIXIAO_RUN"], told = stem, []
            for cell in nbformat.read(edition.root / "notebooks" / f"{stem}.ipynb", 4)["cells"]:
                if cell["source"].startswith("%%prose"):
                    shown = prose.cell(cell["source"].removeprefix("%%prose"), names)
                    told.append(plain(shown.data[PROSE]["markdown"]))
                elif cell["cell_type"] == "code" and "parameters" not in cell["metadata"].get("tags", []):
                    exec(cell["source"], names)
            names["book"].save()
    return "\n".join(told), names["book"]


@pytest.fixture
def said(project):
    """What a chapter says with some of the printed tokens of 2020 changed."""

    def told(notebook, *changes):
        path = project / "data/raw/zhengxiang/2020/figures.csv"
        text = path.read_text("utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path.write_text(text, "utf-8")
        return read(Edition("zhengxiang", 2020, project), "00_clean", notebook)

    return told


@pytest.mark.parametrize(
    ("changes", "verdict", "not_said"),
    [
        ([], "春季高于九月", "不能确定"),
        ([("80余名", "10名"), ("近2000个", "200个")], "春季不高于九月", "不能确定"),
        ([("80余名", "0名"), ("150余人", "0人")], "春季0%、九月0%，春季不高于九月", "不能确定"),
        ([("150余人", "800余人")], "不能确定孰高孰低", "高于九月"),
    ],
)
def test_fairs_are_compared_with_each_other_as_far_as_the_bounds_allow(said, changes, verdict, not_said):
    text, _ = said("01_services", *changes)
    line = next(line for line in text.splitlines() if line.startswith("岗位意向率春季"))
    assert verdict in line and not_said not in line


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        (("10万余元", "10万余元"), "上下限重叠，不能确定孰高孰低"),
        (("800余人", "400余人"), "基层高于本级"),
        (("800余人", "1000余人"), "基层不高于本级"),
    ],
)
def test_goods_per_worker_are_compared_between_the_levels(said, change, verdict):
    text, _ = said("01_services", change)
    assert next(line for line in text.splitlines() if line.startswith("两级相比，人均物资本级")).endswith(
        f"，{verdict}。"
    )


@pytest.mark.parametrize(("recruited", "told"), [("2800余人", True), ("2400余人", False)])
def test_migrants_beyond_the_new_members_are_named_only_where_there_are(said, recruited, told):
    text, _ = said("03_organising", ("2800余人", recruited))
    assert ("两者口径不同" in text) == told


def test_exact_figure_is_not_said_to_have_bounds(said):
    assert "上下限" not in said("01_services", ("达26万余元", "26万元"))[0].partition("岗位意向率")[0]


def test_money_is_told_by_who_paid(said):
    text, book = said("01_services")
    own, grassroots = book.direct.own, book.direct.grassroots
    assert "summer.township_goods" not in own.inputs and "vouchers.district" in grassroots.inputs
    assert "mutual_aid.payout" not in {**own.inputs, **grassroots.inputs} and "出资方不同，不作合计" in text


def test_people_who_may_count_twice_are_times(said):
    text, book = said("02_workforce")
    assert (book.honours.total.shown, book.honours.district.shown) == ("42人次", "37人") and "42人次" in text
    _, book = said("01_services")
    assert (book.summer.workers.shown, str(book.summer.per_worker.unit)) == ("1011—1109人次", "元/人次")
    assert str(book.summer.per_district_worker.unit) == "元/人"


def test_zero_is_said_and_what_is_divided_by_it_is_not(project):
    edition = Edition("yiyang", 2022, project)
    path = edition.raw / "budget.csv"
    blank, zero = "abroad,,,,", "three_public,0,0,0,万元,附件1 三公经费\nabroad,,,,"
    text = path.read_text("utf-8").replace(blank, zero).replace("basic,606.44", "basic,")
    path.write_text(text.replace("3.33,7,2.74", "0,0,0"), "utf-8")
    lines = read(edition, "00_clean", "06_budget")[0].splitlines()
    assert next(line for line in lines if line.startswith("编制")).endswith("三公经费决算0万元。")
    assert "；比上年增长5.34%※。项目支出比上年下降6.80%※。" in "\n".join(lines)  # 基本支出 is blank


def test_one_name_for_the_share_of_the_budget_that_was_spent(project):
    text, book = read(Edition("yiyang", 2022, project), "00_clean", "06_budget")
    assert "预算执行率100%" in text and "完成率" not in text and "重点" not in text
    assert book.budget.special_share.label == "所列项目占项目支出" and "；所列项目占项目支出的" in text


@pytest.mark.parametrize(
    ("outturn", "said"), [("1342.4886", ""), ("1342.4938", ""), ("1342.48", "少于"), ("1342.5", "多于")]
)
def test_what_rounding_makes_is_neither_more_nor_less_than_the_budget(project, outturn, said):
    edition = Edition("yiyang", 2022, project)
    path = edition.raw / "budget.csv"
    path.write_text(path.read_text("utf-8").replace("1342.49,万元", f"{outturn},万元"), "utf-8")
    lines = [line for line in read(edition, "00_clean", "06_budget")[0].splitlines() if "支出总额" in line]
    assert [word for word in ("少于", "多于") if any(f"{word}预算的：" in line for line in lines)] == [said] * bool(
        said
    )


@pytest.mark.parametrize(
    ("title", "publisher", "cited", "ours"),
    [
        ("2020年报告", "某区", "《2020年报告》，某区", "2020年报告"),
        ("2020年报告", UNKNOWN, "《2020年报告》，发布者未注明", "2020年报告"),
        (UNKNOWN, "某区", "标题未注明，某区", "2020年度部门整体支出绩效评价报告"),
    ],
)
def test_card_names_no_title_and_publisher_that_the_document_does_not_bear(title, publisher, cited, ours):
    source = {"title": title, "publisher": publisher, "unit": "某会", "year": 2020, "contact": UNKNOWN}
    source |= {"status": {"state": "draft"}, "revision": {"number": 1, "date": "2021-01-01"}}
    card = Card.filled_in(source, "u", 2020, "")
    assert (card.cited, card.title) == (cited, ours) and f"《{ours}》" in card.citation


@pytest.mark.parametrize(("title", "found"), [(UNKNOWN, 0), ("2020年度报告", 0), ("2019年度报告", 1)])
def test_title_that_is_unknown_has_no_wrong_year(title, found):
    edition = Edition("zhengxiang", 2020, Path())
    vars(edition)["source"] = {"year": 2020, "title": title}
    assert len([*year_of_edition(Asked(edition, [], []))]) == found


def test_indicator_for_checks_alone_says_whose_number_it_is(project):
    known = Edition("yiyang", 2022, project).indicators
    printed = [one.label for name, one in known.items() if ".printed_" in name]
    assert len(printed) == 3 and all(label.endswith("（来源所印）") for label in printed)
