"""A contradiction that stays: what the unit states about it, and the doubt that it casts on all that rests on its figures."""

import csv
import re
from dataclasses import replace
from fractions import Fraction

import pandas as pd
import pypdfium2
import pytest
from click.testing import CliRunner
from docx import Document as Word

from conftest import ROOT, make
from lib.cells import TABLE, plain
from lib.chapter import headlines, prose, tables
from lib.chapter.chapter import Chapter, metric
from lib.check import findings as checks
from lib.cli import main
from lib.edition.dictionary import HEADLINES
from lib.edition.edition import Edition
from lib.edition.rows import Figure, Finding, Metric
from lib.edition.store import InputError
from lib.intake.check import ERROR, check
from lib.numbers.bounds import exactly
from lib.numbers.quantity import Quantity

EDITION = Edition("zhengxiang", 2020, ROOT)
HEAD = "check,locator,statement,date,by\n"
SAID = "两处<b>口径</b>不同，**已核实** [见](http://x.cn)"
SUM = Finding("summer_goods_total", "error", "合计不符", "open", "services", ("summer.total_goods",), ("1(3)二",))


def state(edition: Edition, *rows: str) -> None:
    (edition.raw / "statements.csv").write_text(HEAD + "".join(f"{row}\n" for row in rows), "utf-8")


def uncorrected(project) -> Edition:
    """The 2020 edition without the correction of its one contradiction."""
    edition = Edition.find("zhengxiang", 2020, project)
    path = edition.raw / "corrections.csv"
    path.write_text(path.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    return edition


# --- statements ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("locator", ["", "1(3)二"])
@pytest.mark.parametrize("severity", ["error", "warning"])
def test_statement_answers_an_open_finding(project, locator, severity):
    edition = Edition.find("zhengxiang", 2020, project)
    state(edition, f"summer_goods_total,{locator},原文如此。,2024-03-01,甲")
    (found,) = checks.stated(edition, [replace(SUM, severity=severity)])
    assert (found.status, found.message) == ("stated", "合计不符（单位说明，2024-03-01：原文如此）")
    checks.stop([found])


@pytest.mark.parametrize(
    ("row", "finding"),
    [
        ("funds,,原文如此,,", SUM),
        ("summer_goods_total,1(1),原文如此,,", SUM),
        ("summer_goods_total,,　 ,,", SUM),
        ("summer_goods_total,,原文如此,,", replace(SUM, status="settled")),
        ("summer_goods_total,,原文如此,,", replace(SUM, severity="note")),
    ],
)
def test_statement_that_answers_nothing_is_an_error_at_its_row(project, row, finding):
    edition = Edition.find("zhengxiang", 2020, project)
    state(edition, row)
    with pytest.raises(InputError, match=r"statements.csv 第2行[\s\S]*删去这一行"):
        checks.stated(edition, [finding])
    bad: list[InputError] = []
    assert checks.stated(replace(edition, bad=bad), [finding]) == [finding] and len(bad) == 1


def test_what_is_found_behind_the_cleaning_is_answered_there_and_by_the_names_that_check_prints(project):
    """A score, a rate: 00_clean does not know of them, and a statement on them is none astray."""
    edition = Edition.find("zhengxiang", 2020, project)
    rows = (
        "产出指标,,会员,≥,4000,人,50,,4025人,,",
        "效益指标,,宣传,≥,10,篇,30,,10篇,,",
        "满意度指标,,满意,≥,90,%,10,,60%,,",
    )
    head = "project,level1,level2,level3,comparator,target,unit,weight,measure,actual,explanation,printed"
    (edition.raw / "targets.csv").write_text("\n".join([head, *(f",{row}" for row in rows)]) + "\n", "utf-8")
    (told,) = (one.text for one in check(edition) if "相差过大" in one.text)
    assert told.endswith("（位置 自评表 满意；核对项 target_deviation）")
    state(edition, "target_deviation,自评表 满意,调查样本小,,", "printed_metric,,原文如此,,")
    assert not [one for one in check(edition) if "相差过大" in one.text or one.kind == ERROR]
    book = Chapter("07_scorecard", edition)
    book.findings = [Finding("target_deviation", "warning", "相差过大", locators=("自评表 满意",)), SUM]
    assert [one.status for one in book.findings] == ["stated", "open"]


def test_a_note_waits_for_no_statement():
    shown = tables.findings("核对发现", [replace(SUM, severity=one) for one in ("note", "warning")]).data[TABLE]
    assert [row[-1] for row in shown["rows"]] == ["—", "待说明"]


def test_open_error_names_both_remedies():
    with pytest.raises(checks.OpenErrors, match=r"corrections.csv[\s\S]*statements.csv"):
        checks.stop([SUM])


def test_check_tells_a_statement_astray_and_is_content_with_one_that_answers(project):
    edition = uncorrected(project)
    assert [one.file for one in check(edition) if one.kind == ERROR] == ["figures.csv"]
    state(edition, f"summer_goods_total,,{SAID},,", "year_of_edition,,原文如此,,")
    (wrong,) = (one for one in check(edition) if one.kind == ERROR)
    assert (wrong.file, wrong.line) == ("statements.csv", 3) and "year_of_edition" in wrong.text
    card = edition.raw / "source.yml"
    card.write_text(re.sub("^title: .*", "title: 2021年度报告", card.read_text("utf-8"), flags=re.M), "utf-8")
    assert [one for one in check(Edition.find("zhengxiang", 2020, project)) if one.kind == ERROR] == []


def test_new_edition_has_the_empty_table(project):
    done = CliRunner().invoke(main, ["--root", str(project), "new", "--unit", "zhengxiang", "--year", "2021"])
    assert done.exit_code == 0
    assert (project / "data/raw/zhengxiang/2021/statements.csv").read_text("utf-8") == HEAD


def test_stated_contradiction_is_published_and_says_so_everywhere(project):
    edition = uncorrected(project)
    state(edition, f"summer_goods_total,1(3)二,{SAID},2024-03-01,甲")
    assert make(edition).state == "built"
    rows = {row["check"]: row for row in csv.DictReader((edition.output / "findings.csv").open(encoding="utf-8"))}
    assert rows["summer_goods_total"]["status"] == "stated" and SAID in rows["summer_goods_total"]["message"]
    page = (edition.output / "report.html").read_text("utf-8")
    assert "<b>口径" not in page and 'http://x.cn"' not in page and "<strong>已核实" not in page
    told = page.replace("&lt;", "<").replace("&gt;", ">")
    assert told.count(f"（单位说明，2024-03-01：{SAID}）") >= 2  # the findings, the notes on the figures
    assert re.search(r"核对后尚有差错1项、.*标※的数字存疑，详见<a href=", page)
    row = re.search(r'<tr id="summer.total_goods"[\s\S]*?</tr>', page)[0]
    assert "※" in row and "存疑：" in row and "单位已说明" in page
    assert "※" not in re.search(r'<tr id="mutual_aid.members"[\s\S]*?</tr>', page)[0]
    squeezed = re.sub(r"\s", "", SAID)
    pages = pypdfium2.PdfDocument(edition.output / "report.pdf")  # cell after cell
    assert squeezed in re.sub(r"\s", "", "".join(page.get_textpage().get_text_range() for page in pages))
    word = Word(edition.output / "report.docx")
    cells = [cell.text for table in word.tables for cell in table._cells]
    assert all(any(part in text for text in cells) for part in (SAID, "※"))
    shown = pd.read_csv(edition.output / "metrics.csv", index_col="metric")["shown"]
    assert shown["summer.per_worker"].endswith("※") and not shown["mutual_aid.benefit_rate"].endswith("※")


# --- doubt --------------------------------------------------------------------------------------------------------------


def figure(name: str, number: int = 100, **more) -> Figure:
    about = {"section": "s", "label": name, "printed": f"{number}元", "scope": (), "status": "reported", "locator": "1"}
    return Figure(name, bounds=exactly(number), value=Fraction(number), unit="元", **about, **more)


@pytest.mark.parametrize(
    ("check", "severity", "status", "doubted"),
    [
        ("summer_goods_total", "error", "open", True),
        ("summer_goods_total", "error", "stated", True),
        ("summer_goods_total", "error", "settled", False),
        ("payout_within_premium", "warning", "open", True),
        ("same_measure", "error", "open", True),
        ("magnitude", "warning", "open", True),
        ("summer_goods_total", "note", "open", False),
        ("voucher_scopes", "warning", "open", False),
        ("year_of_edition", "error", "open", False),
        ("target_deviation", "warning", "open", False),
        ("unknown", "error", "open", False),
    ],
)
def test_what_may_be_a_slip_casts_doubt_on_the_figures_it_names(check, severity, status, doubted):
    finding = replace(SUM, check=check, severity=severity, status=status)
    named, other = checks.doubts(EDITION, [figure("summer.total_goods"), figure("a.b")], [finding])
    assert named.doubt == (("合计不符",) if doubted else ()) and other.doubt == ()


def test_doubt_travels_to_all_that_rests_on_it_once():
    doubtful, sure = figure("a.b", doubt=("何以？",)).quantity(), figure("c.d", 50).quantity()
    rests = metric("共", (doubtful + sure) / doubtful)
    assert rests.doubt == ("何以？",) and rests.shown.endswith("※") and rests.about["sources"][-1] == "存疑：何以？"
    clear = metric("倍", sure / figure("e.f").quantity())
    assert clear.doubt == () and "存疑" not in f"{clear.about}"
    assert metric("缺", doubtful / Quantity(None)).shown == "未提供"


def test_doubt_of_a_metric_reaches_other_notebooks_and_other_years():
    doubtful = figure("a.b", doubt=("何以？",)).quantity()
    saved = Metric.made(replace(metric("共", doubtful * 2), name="a.c"), "s")
    again = saved.quantity({"a.b": doubtful})
    assert (again.shown, again.doubt) == ("200元※", ("何以？",))
    assert saved.quantity({"a.b": figure("a.b").quantity()}).shown == "200元"
    assert saved.quoted("y2019.a.c", "共", "2019年度已发布版本 x").doubt == ("2019年度已发布版本 x注明存疑",)


def chapter(*figures: Figure) -> Chapter:
    book = Chapter("90_summary", Edition("zhengxiang", 2020, ROOT))  # whose checks a test may change
    book.load(figures)
    return book


def test_summary_does_not_lead_with_what_is_in_doubt(monkeypatch):
    names = ["a.b", "c.d", "e.f"]
    rows = [
        dict.fromkeys(HEADLINES, "") | {"metric": name, "sentence": f"{{{{ {name} }}}}", "plan": "c.d"}
        for name in names
    ]
    monkeypatch.setattr(Edition, "headlines", (ROOT / "data/headlines.csv", rows))
    book = chapter(figure("a.b", doubt=("何以？",)), figure("c.d"), figure("e.f"))
    assert [one.name for one in book.headlines] == ["c.d", "e.f", "a.b"]
    assert list(map(plain, headlines.sentences(book))) == ["100元。", "100元。"]
    assert len(headlines.sentences(chapter(*map(figure, names)))) == 3


SOME = ["mutual_aid.beneficiaries", "mutual_aid.members", "mutual_aid.premium"]


# --- the annex ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "unasked", "told"),
    [
        ([], "missing", ["本版没有可以核对的关系"]),
        (SOME, "missing", ["2项，核对了1项，其余1项因缺少mutual_aid.payout而未能核对", "核对了的"]),
        (SOME, "silent", ["核对关系1项，核对了1项。"]),  # what nobody asked for is not missed
    ],
)
def test_annex_says_how_much_was_evaluated(monkeypatch, given, unasked, told):
    judged = "beneficiaries_within_members", "payout_within_premium"
    rules = [one for one in EDITION.checks if one.name in judged]
    monkeypatch.setattr(Edition, "checks", rules)
    monkeypatch.setattr(Edition, "saved", lambda *_: [])
    blank = {"bounds": None, "value": None, "status": "missing"}
    names = ["mutual_aid.beneficiaries", "mutual_aid.members", "mutual_aid.payout", "mutual_aid.premium"]
    rows = [figure(name) if name in given else replace(figure(name), **blank) for name in names]
    book = chapter(*(replace(row, status=row.status.replace("missing", unasked)) for row in rows))
    text = prose.judged(book).data["text/markdown"].replace("\\_", "_")
    assert all(part in text for part in told) and "※" not in text, text


@pytest.mark.parametrize(("doubt", "told"), [(("何以？",), True), ((), False)])
def test_line_on_quality_explains_the_sign_where_it_stands(monkeypatch, doubt, told):
    monkeypatch.setattr(Edition, "folders", lambda *_: [])
    assert ("标※的数字存疑" in prose.quality(chapter(figure("a.b", doubt=doubt))).data["text/markdown"]) is told
