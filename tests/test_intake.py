"""Intake: a new year's folder is laid out whole or not at all, and what is still to do is told line by line."""

import shutil

import pandas as pd
import pytest
import yaml
from click.testing import CliRunner

from conftest import change
from lib.check import figures
from lib.cli import _chosen, main
from lib.edition.card import kinds
from lib.edition.edition import RAW, Edition
from lib.edition.rows import by_name
from lib.edition.store import InputError
from lib.intake.check import check
from lib.intake.new import model, moved, new

BUDGET = """item,last_outturn,budget,outturn,unit,locator
staff.actual,,,52,人,附件1
total,1274.38,1342.49,1300.5,万元,附件1
reception,,,,万元,附件1
"""
TARGETS = """project,level1,level2,level3,comparator,target,unit,weight,measure,actual,explanation
,产出,数量,参保人数,≥,4000,人,10,mutual_aid.members,,超额完成
,效益,社会,职工评价,,好,,20,,达成,
"""


def call(project, *arguments):
    return CliRunner().invoke(main, ["--root", str(project), *map(str, arguments)])


def lay_out(project, year=2021, unit="zhengxiang"):
    edition = Edition(unit, year, project)
    new(edition)
    return Edition(unit, year, project)


def raw(project, file, unit="zhengxiang", year=2020):
    return project / "data/raw" / unit / str(year) / file


def told(project, year=2020, unit="zhengxiang"):
    """(file, line, kind, text) of every remark."""
    return [(r.file, r.line, r.kind, r.text) for r in check(Edition(unit, year, project))]


def one(remarks, file, line, kind):
    (text,) = (text for *place, text in remarks if place == [file, line, kind])
    return text


# --- new ----------------------------------------------------------------------------------------------------------------


def test_places_are_kept_and_what_the_source_said_is_not(project):
    raw(project, "budget.csv").write_text(BUDGET, "utf-8")
    raw(project, "targets.csv").write_text(TARGETS, "utf-8")
    edition = lay_out(project)
    old = Edition("zhengxiang", 2020, project)
    table = edition.table("figures")
    blank = {"printed": "", "reading": "", "remark": "", "path": edition.raw / "figures.csv"}
    per = {"vouchers.cap": {"reading": "/人"}}  # which the number alone does not say this year either
    assert table == [row | blank | per.get(row["indicator"], {}) for row in old.table("figures")] and len(table) == 51
    assert (len(edition.table("corrections")), len(edition.table("notes"))) == (0, 0)
    budget = {row["item"]: row for row in edition.table("budget")}
    last = {item: row["last_outturn"] for item, row in budget.items()}
    assert last == {"staff.actual": "", "total": "1300.5", "reception": ""}
    assert not any(row["budget"] or row["outturn"] for row in budget.values()) and budget["total"]["unit"] == "万元"
    first = edition.table("targets")[0]
    kept = {"level3": "参保人数", "comparator": "≥", "weight": "10", "measure": "mutual_aid.members"}
    assert first | kept | {"target": "", "actual": "", "explanation": ""} == first


def test_outturn_of_two_years_ago_is_not_last_years(project):
    raw(project, "budget.csv").write_text(BUDGET, "utf-8")
    assert not any(row["last_outturn"] for row in lay_out(project, 2022).table("budget"))


def test_what_a_text_tells_of_last_year_is_what_last_year_told(project):
    own = raw(project, "indicators.csv", year=".")
    head = "indicator,section,label,unit,scope,direction,definition,cues,since\n"
    own.write_text(f"{head}培训,,培训,人,,,,,\n上年培训,,上年培训,人,,,,,\n", "utf-8")
    with raw(project, "figures.csv").open("a", encoding="utf-8") as file:
        file.write("一,培训,345人,,\n一,上年培训,300人,,\n")
    raw(project, "report.md").write_text("# 培训\n\n培训{{ 培训 }}。\n\n2021年4月8日\n", "utf-8")
    edition = lay_out(project)
    printed = {row["indicator"]: row["printed"] for row in edition.table("figures")}
    assert (printed["培训"], printed["上年培训"]) == ("", "345人")
    assert (edition.raw / "report.md").read_text("utf-8").endswith("\n2022年　月　日\n")
    assert not any(row["printed"] for row in lay_out(project, 2022).table("figures"))


def test_per_what_a_number_is_was_read_last_year(project):
    with raw(project, "figures.csv").open("a", encoding="utf-8") as file:
        file.write("一,村均投入,16.78万元,16.78万元/村,\n")
    own = raw(project, "indicators.csv", year=".")
    own.write_text(
        "indicator,section,label,unit,scope,direction,definition,cues,since\n村均投入,,村均投入,元/村,,,,,\n", "utf-8"
    )
    (row,) = (row for row in lay_out(project).table("figures") if row["indicator"] == "村均投入")
    assert figures.in_full(row | {"printed": "17万元"})["reading"] == "17万元/村"


def test_card_keeps_names_and_asks_for_the_rest(project):
    card = yaml.safe_load(raw(lay_out(project).root, "source.yml", year=2021).read_text("utf-8"))
    assert (card["year"], card["title"]) == (2021, "2021年度部门整体支出绩效评价报告")
    assert card["unit"] == "衡阳市蒸湘区总工会" and card["contact"] == "未注明"
    assert list(card["sections"]) == ["services", "workforce", "organising", "assets", "recovery"]
    assert not any(card["sections"].values())
    assert not any(card[name] for name in ("published", "url", "archive", "read", "sha256"))
    assert card["status"]["state"] == "draft" and card["revision"] == {"number": 1, "date": None, "notes": []}


def test_years_of_the_text_move_on_and_what_is_still_last_years_is_asked_about(project):
    words = "依《关于2020年度自评的通知》（财绩〔2021〕6号），2020年比2019年好，未发生事故。\n\n力争2021年达标。"
    raw(project, "report.md").write_text(f"# 甲\n\n{words}\n\n自2008年起办理。\n", "utf-8")
    lay_out(project, 2021)
    path = raw(project, "report.md", year=2021)
    text = path.read_text("utf-8")
    assert "依《关于2020年度自评的通知》（财绩〔2021〕6号），2021年比2020年好" in text
    assert "力争2022年达标" in text and "自2008年起" in text
    path.write_text(text.replace("未发生事故", "发生一起事故"), "utf-8")
    (said,) = (one.text for one in check(Edition("zhengxiang", 2021, project)) if one.file == "report.md")
    assert said.startswith("第5、7行还是2020年度的文字")


def test_latest_earlier_edition_is_followed(project):
    lay_out(project, 2021)
    change(raw(project, "figures.csv", year=2021), "1(1),mutual_aid.units", "1(9),mutual_aid.units")
    assert lay_out(project, 2023).table("figures")[0]["locator"] == "1(9)"
    assert lay_out(project, 2022).table("figures")[0]["locator"] == "1(9)"
    assert model(Edition("zhengxiang", 2021, project)).year == 2020


def test_unit_without_an_edition_gets_the_dictionary(project):
    table = lay_out(project, 2021, "shili").table("figures")
    known = Edition("", 0, project).indicators
    assert [row["indicator"] for row in table] == [name for name in known if known[name].section != "budget"]
    assert not any(row["locator"] for row in table)


def test_folder_that_exists_is_left_as_it_is(project):
    before = raw(project, "figures.csv").read_bytes()
    result = call(project, "new", "--unit", "zhengxiang", "--year", 2020)
    assert result.exit_code == 3 and "已经存在" in result.output
    assert raw(project, "figures.csv").read_bytes() == before


def test_all_or_nothing(project):
    change(raw(project, "figures.csv"), "locator,indicator", "place,indicator")
    result = call(project, "new", "--unit", "zhengxiang", "--year", 2021)
    assert result.exit_code == 3 and "locator,indicator,printed" in result.output
    assert {path.name for path in raw(project, "").parent.iterdir()} == {"2020", "unit.yml"}


@pytest.mark.parametrize("unit", ["../zhengxiang", "蒸湘", "A b"])
def test_unit_is_a_plain_folder_name(project, unit):
    assert call(project, "new", "--unit", unit, "--year", 2021).exit_code == 2


def test_new_says_what_comes_next(project):
    result = call(project, "new", "--unit", "zhengxiang", "--year", 2021)
    assert result.exit_code == 0
    assert "照 zhengxiang 2020 建立" in result.output and "jixiao check --unit zhengxiang --year 2021" in result.output
    assert set(RAW) - {"budget", "targets"} | {"source", "report"} == {
        path.stem for path in raw(project, "", year=2021).iterdir()
    }


# --- not filled in yet --------------------------------------------------------------------------------------------------


def test_row_that_is_not_filled_in_is_not_reported(project):
    change(raw(project, "figures.csv"), "4025人", "")
    _, corrected, _ = figures.clean(Edition("zhengxiang", 2020, project))
    known = by_name(corrected)
    assert (known["mutual_aid.members"].status, known["mutual_aid.units"].status) == ("missing", "reported")
    assert sum(figure.section != "budget" for figure in corrected) == 51


def test_unit_of_a_tables_head_goes_on_to_the_next_year(project):
    change(raw(project, "figures.csv"), "30.04万元,", "30.04,30.04万元")
    change(raw(project, "figures.csv"), "1(1),mutual_aid.premium", "表1 保费，2020年决算,mutual_aid.premium")
    edition = lay_out(project)
    (row,) = (row for row in edition.table("figures") if row["reading"][:1] not in ("", "/"))
    assert row["locator"] == "表1 保费，2021年决算"
    assert (row["reading"], row["indicator"]) == ("万元", "mutual_aid.premium")
    assert row["indicator"] in one(told(project, 2021), "figures.csv", row["line"], "待填")
    path = raw(project, "figures.csv", year=2021)
    change(path, f"{row['locator']},{row['indicator']},,", f"{row['locator']},{row['indicator']},31.5,")
    _, corrected, _ = figures.clean(edition)
    assert by_name(corrected)[row["indicator"]].value == 315_000


def test_errors_are_collected_and_the_other_rows_read(project):
    change(raw(project, "figures.csv"), "117家", "许多家")
    change(raw(project, "figures.csv"), "30.04万元", "30.04%")
    bad = []
    _, corrected, _ = figures.clean(Edition("zhengxiang", 2020, project, bad=bad))
    assert [error.row for error in bad] == [2, 4]
    assert sum(figure.bounds is None and figure.section != "budget" for figure in corrected) == 2
    with pytest.raises(InputError, match="第2行"):
        figures.clean(Edition("zhengxiang", 2020, project))


# --- check --------------------------------------------------------------------------------------------------------------


def test_real_edition_has_no_errors(project):
    result = call(project, "check", "--unit", "zhengxiang", "--year", 2020)
    assert result.exit_code == 0, result.output
    assert result.output.splitlines()[-1] == "zhengxiang 2020：错误 0　待填 1　提醒 2"


def test_fresh_folder_lists_every_figure_and_the_fields_a_run_needs(project):
    edition = lay_out(project)
    remarks = told(project, 2021)
    assert sum(file == "figures.csv" and kind == "待填" for file, _, kind, _ in remarks) == 51
    assert one(remarks, "figures.csv", 3, "待填") == "医疗互助参保人数（mutual_aid.members）"
    missing = [text for _, _, kind, text in remarks if kind == "错误"]
    assert [text.split("；")[0] for text in missing] == ["现为缺 read", "现为缺 revision.date"]
    assert call(project, "check", "--unit", "zhengxiang", "--year", 2021).exit_code == 3
    card = edition.raw / "source.yml"
    change(card, "read: ", "read: 2022-03-01 ")
    change(card, "sha256: ", "sha256: ab12 ")
    change(card, "  date: ", "  date: 2022-03-01 ")
    assert call(project, "check", "--unit", "zhengxiang", "--year", 2021).exit_code == 0  # to fill in is no error


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "kind", "words"),
    [
        ("figures.csv", "117家", "许多家", 2, "错误", ["许多家", "没有数字"]),
        ("figures.csv", "mutual_aid.units", "mutual_aid.unit", 2, "错误", ["mutual_aid.unit", "indicators.csv"]),
        ("figures.csv", "117家", "117人", 2, "错误", ["单位“人”", "单位“家”"]),
        ("figures.csv", "117家", "", 2, "待填", ["mutual_aid.units"]),
        ("figures.csv", "249人", "4026人", 3, "错误", ["受助住院职工不能多于参保人数", "第3、5行"]),
        ("figures.csv", "7.9万元", "7.9元", 7, "提醒", ["通常为1万元至", "核对项 range"]),
        ("corrections.csv", "12.5余元", "12.6余元", 2, "错误", ["12.6余元", "删去这条更正"]),
        ("corrections.csv", "12.5万余元", "", 2, "错误", ["空白", "corrected"]),
        ("notes.csv", "services,measure", "services,deed", 2, "错误", ["deed", "measure"]),
        ("notes.csv", "困难职工", "77777名困难职工", 3, "错误", ["不符：77777"]),
        ("notes.csv", "困难职工", "{{ mutual_aid.members 困难职工", 3, "错误", ["花括号"]),
        ("source.yml", "publisher:", "publish:", None, "错误", ["现为缺 publisher"]),
        ("source.yml", "year: 2020", "year: 2019", None, "错误", ["2019", "文件夹为 2020"]),
        ("source.yml", "state: draft", "state: done", None, "错误", ["draft 或 approved"]),
        ("source.yml", "date: 2026-11-22", "date: 去年", None, "错误", ["revision.date 去年"]),
        ("source.yml", "contact:", "sheet: nowhere\ncontact:", None, "错误", ["sheet nowhere"]),
        ("source.yml", "notes: []", "notes: [", 27, "错误", ["YAML"]),
    ],
)
def test_every_mistake_is_told_at_its_line(project, file, old, new, line, kind, words):
    change(raw(project, file), old, new)
    texts = [text for *place, text in told(project) if place == [file, line, kind]]
    assert sum(all(word in text for word in words) for text in texts) == 1, texts


def test_blank_note_and_blank_optional_cells_are_to_fill_in(project):
    path = raw(project, "notes.csv")
    path.write_text("section,kind,locator,text\nservices,measure,1(1),\n", "utf-8")
    raw(project, "budget.csv").write_text(BUDGET, "utf-8")
    raw(project, "targets.csv").write_text(TARGETS.replace("4000", "").replace("达成", ""), "utf-8")
    remarks = told(project)
    assert one(remarks, "notes.csv", 2, "待填") == "text"
    assert (
        one(remarks, "budget.csv", 4, "待填")
        == "公务接待（reception）：上年决算（last_outturn）、预算（budget）、决算（outturn）"
    )
    assert ("budget.csv", 3, "待填") not in [remark[:3] for remark in remarks]
    assert one(remarks, "targets.csv", 2, "待填") == "参保人数：年度指标值（target）"
    assert one(remarks, "targets.csv", 3, "待填") == "职工评价：实际完成值（actual）"


def test_indicator_without_a_row_is_not_asked_for(project):
    path = raw(project, "figures.csv")
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table[~table["indicator"].isin(["mutual_aid.units", "rights.articles"])].to_csv(path, index=False)
    assert not [text for file, _, _, text in told(project) if file == "figures.csv" and "rights.articles" in text]


def test_missing_table_is_one_error_among_the_others(project):
    raw(project, "notes.csv").write_text("kind\n")
    change(raw(project, "figures.csv"), "117家", "许多家")
    kinds = [(file, line) for file, line, kind, _ in told(project) if kind == "错误"]
    assert kinds == [("figures.csv", 2), ("notes.csv", 1)]


def test_run_stops_where_check_says_so(project):
    """The promise of the exit code, on a real notebook: 00_clean alone."""
    change(raw(project, "figures.csv"), "249人", "4026人")
    assert call(project, "check", "--unit", "zhengxiang", "--year", 2020).exit_code == 3
    assert call(project, "report", "--unit", "zhengxiang", "--year", 2020).exit_code == 3


def test_targets_that_cannot_be_read_are_told_at_their_line(project):
    fitting = TARGETS.replace(",产出,", ",产出指标,").replace(",效益,", ",效益指标,")
    raw(project, "targets.csv").write_text(fitting.replace("≥,4000", "＞,4000").replace(",,20,", ",,二十,"), "utf-8")
    remarks = told(project)
    assert "＞" in one(remarks, "targets.csv", 2, "错误")
    assert "二十" in one(remarks, "targets.csv", 3, "错误")


def test_targets_that_do_not_fit_the_sheet_are_told(project):
    raw(project, "targets.csv").write_text(TARGETS, "utf-8")
    assert "一级指标" in one(told(project), "targets.csv", 2, "错误")  # 产出 is not 产出指标
    fitting = TARGETS.replace(",产出,", ",产出指标,").replace(",效益,", ",效益指标,")
    raw(project, "targets.csv").write_text(fitting, "utf-8")
    assert "产出指标分值合计10分" in one(told(project), "targets.csv", None, "错误")


@pytest.mark.parametrize(
    ("text", "later"),
    [
        ("二〇二五年五月", "二〇二六年五月"),
        ("二○二四年度，2024年", "二○二五年度，2025年"),
        ("一九九八年、二〇一八年", "一九九八年、二〇一八年"),
        ("《二〇二四年规划》", "《二〇二四年规划》"),
    ],
)
def test_years_in_words_move_on_as_those_in_digits(text, later):
    assert moved(text, 2024, 2025) == later


def test_a_folder_that_was_copied_is_not_made_with_all_units(project, monkeypatch, capsys):
    shutil.copytree(project / "data/raw/yiyang", project / "data/raw/yiyang - 副本")
    monkeypatch.chdir(project)
    assert {one.unit for one in _chosen("all", "2022")} == {"yiyang"}
    assert "“yiyang - 副本”不是拼音小写，不生成" in capsys.readouterr().err


def test_kinds_that_units_have_are_offered_to_others(project):
    (project / "data/raw/yiyang/unit.yml").write_text("name: 甲\nkind: 残联\nlevel:\ncontact:\n", "utf-8")
    assert "残联" in kinds(project) and "残联" not in kinds(project, "yiyang")


def test_check_of_all_units_tells_of_a_folder_that_was_copied(project):
    shutil.copytree(project / "data/raw/yiyang", project / "data/raw/yiyang - 副本")
    done = CliRunner().invoke(main, ["--root", str(project), "check", "--unit", "all", "--year", "2022"])
    assert "yiyang 2022：" in done.output and "文件夹名“yiyang - 副本”不是拼音小写" in done.output
