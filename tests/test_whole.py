"""The whole report of a synthetic unit over four years, run for real: trend, scores, official annexes, diff and peers."""

import csv
import json
import re
from itertools import pairwise

import pypdfium2
import pytest
from click.testing import CliRunner
from docx import Document
from test_page import PHONE, violations, visit

import synthetic
from conftest import make
from lib.cli import main
from lib.edition.edition import Edition
from lib.run.keys import Steps
from lib.run.runs import compare
from pages import loose

__all__ = ["visit"]  # a fixture


def rows(edition: Edition, table: str) -> list[dict]:
    with (edition.output / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def text(edition: Edition) -> str:
    return re.sub(r"<[^>]+>", "", (edition.output / "report.html").read_text("utf-8"))


def test_trend_is_part_of_an_edition_as_soon_as_there_is_an_earlier_one(shili):
    assert [("历年比较" in text(edition)) for edition in shili] == [False, True, True, True]


def test_chapters_stand_in_the_order_of_the_document_set(shili):
    paragraphs = Document(shili[-1].output / "report.docx").paragraphs
    heads = [paragraph.text for paragraph in paragraphs if paragraph.style.name == "Heading 1"]
    order = "摘要 支出情况 整体支出绩效情况 历年比较"
    assert [head.partition("、")[2] for head in heads if "、" in head] == order.split()
    annexes = [paragraph.text for paragraph in paragraphs if paragraph.text.startswith("附件")]
    assert all(f"附件{n}" in told for n, told in enumerate(annexes, 1)) and len(annexes) >= 5


def test_change_is_certain_open_or_not_told_at_all(shili):
    metrics = {row["metric"]: row for row in rows(shili[-1], "metrics")}
    page = text(shili[-1])
    assert float(metrics["trend.mutual_aid.premium_per_member"]["low"]) > 0  # of exact figures: certain
    open_ = metrics["trend.mutual_aid.payout_ratio"]
    assert float(open_["low"]) < 0 < float(open_["high"])
    assert "trend.accounts.audit_share" not in metrics  # its definition began in the last year
    assert "“经费受审单位”的定义自2020年起用" in page


def test_what_is_gone_or_slipped_is_found(shili):
    found = {row["check"]: row for row in rows(shili[-1], "findings")}
    assert found["coverage"]["indicators"] == synthetic.GONE
    assert found["magnitude"]["indicators"] == synthetic.SLIPPED and "万" in found["magnitude"]["message"]


def test_score_has_bounds_and_stands_in_the_sheet(shili):
    metrics = {row["metric"]: row for row in rows(shili[-1], "metrics")}
    total = metrics["score.total"]
    scores = [row for name, row in metrics.items() if re.fullmatch(r"score\.[^.]+", name)]
    lines = [row for row in scores if row["label"].endswith("得分")]
    assert float(total["low"]) == pytest.approx(sum(float(row["low"]) for row in lines))
    assert float(total["low"]) < float(total["high"])  # a grade without a percentage leaves the score open
    page = text(shili[-1])
    assert (
        total["shown"] in page and "部门整体支出绩效自评表" in page and "项目支出绩效自评表（春节送温暖慰问）" in page
    )


def test_a_correction_of_an_old_year_makes_the_later_trends_due(shili):
    last, before = shili[-1], shili[-2]
    assert not any(map(Steps(last).why, last.notebooks))
    published = before.output / "metrics.csv"
    old = published.read_bytes()
    try:
        published.write_bytes(old.replace("人均缴费".encode(), "人均互助金".encode()))
        assert Steps(last).why("91_trend") == ["outputs/shili/2019/metrics.csv"]
    finally:
        published.write_bytes(old)


def test_a_sheet_that_changes_makes_the_scores_due(shili):
    last = shili[-1]
    sheet = last.root / "data/sheets/national.csv"
    old = sheet.read_bytes()
    try:
        sheet.write_bytes(old.replace("复核惯例".encode(), "复核的惯例".encode()))
        assert Steps(last).why("07_scorecard") == ["data/sheets/national.csv"]
        (last.root / "data/benchmarks.csv").touch()
        assert not Steps(last).why("01_services")
    finally:
        sheet.write_bytes(old)


def test_every_number_of_the_page_has_a_name(shili):
    pages = [(edition.output / "report.html").read_text("utf-8") for edition in shili]
    rest = [page.partition('<h2 id="数值说明">')[2] for page in pages]
    assert (
        "公开参考值" in rest[0] and "年度已发布版本" not in rest[0]
    )  # of the first year nothing but benchmarks and targets
    assert "年度已发布版本" in rest[-1]  # values of earlier years


def test_years_of_a_unit_follow_each_other(shili):
    made = [(edition.output / "manifest.json").stat().st_mtime for edition in shili]
    assert all(earlier < later for earlier, later in pairwise(made))
    assert make(shili[-1]).state == "unchanged"


def test_report_on_paper_has_no_holes(shili, tmp_path):
    """Its pages are full but the last one of the body and of each annex, and counted."""
    path = shili[-1].output / "report.pdf"
    assert loose(path, tmp_path) == {}
    assert len(pypdfium2.PdfDocument(path)) <= 21


def test_axe_finds_nothing_in_the_whole_report(visit, shili):
    assert violations(visit(shili[-1].output / "report.html", PHONE)) == []


def test_diff_of_two_years_as_a_page(shili):
    root = str(shili[0].root)
    result = CliRunner().invoke(main, ["--root", root, "diff", "shili/2019", "shili/2020"])
    assert result.exit_code == 0, result.output
    page = (shili[0].root / "outputs/diff/shili-2019-shili-2020.html").read_text("utf-8")
    assert "确定上升" in page and "人均缴费" in page


def test_peers_highlight_a_unit_among_those_that_published(shili):
    for edition in synthetic.units(shili[0].root, 3):
        synthetic.publish(edition)
    folder = compare(shili[-1])
    assert {"report.html", "report.pdf", "report.docx"} <= {path.name for path in folder.iterdir()}
    page = (folder / "report.html").read_text("utf-8")
    assert "2020年度绩效同类比较" in page and "示例0002总工会" in page and "参考" in page
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    card = manifest["card"]
    assert card["title"] == "2020年度绩效同类比较" and f"版本标识 {card['key']}" in card["citation"]
    assert card["citation"] in page and card["key"] != shili[-1].key
    others = [path for path in manifest["inputs"] if path.startswith("outputs/")]
    assert len(others) == 4 and all(path.endswith("/2020/manifest.json") for path in others)
