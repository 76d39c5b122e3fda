"""The catalogue and the spreadsheet: downloads that lead somewhere, and cells that cannot become formulas."""

import csv
import io
import json
import os
import re
import zipfile
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import nbformat
import pytest

from lib.edition.card import Card
from lib.publish import catalogue
from lib.publish.document import Table, read
from lib.publish.release import _harmless
from lib.publish.workbook import _number, workbook

CARD = {
    "unit": "example", "unit_name": "示例总工会", "year": 2020, "title": "部门整体支出绩效评价报告", "kind": "工会",
    "status_label": "草稿", "revision": 1, "date": "2021-03-31",
}  # fmt: skip
ROW = {
    "metric": "a.b",
    "label": "受助率",
    "low": "0.865",
    "high": "0.899",
    "high_closed": "true",
    "unit": "",
    "shown": "约",
}


def published(outputs, unit="example", year=2020, rows=({},), **card):
    folder = outputs / unit / str(year)
    folder.mkdir(parents=True)
    card = CARD | {"unit": unit, "year": year, "title": f"{year}年度{CARD['title']}"} | card
    (folder / "manifest.json").write_text(json.dumps({"card": card}))
    with (folder / "metrics.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, ROW)
        writer.writeheader()
        writer.writerows(ROW | row for row in rows)
    (folder / "report.html").touch()


def page_of(outputs, *headlines):
    catalogue.write(outputs, list(headlines or ["a.b"]), outputs.parent)
    return (outputs / "index.html").read_text("utf-8")


def bars(page):
    """Of each bar the parts: name, from where to where, out of 100."""
    found = []
    for least, span, drawn in re.findall(r'<li><span>.*?viewBox="(.*?) 0 (.*?) 6"(.*?)</svg>', page, re.S):
        parts = re.findall(r'<rect class="(\w+)" x="(.*?)" width="(.*?)"', drawn)
        ends = {name: (float(x), float(x) + float(width) * (name != "zero")) for name, x, width in parts}
        found.append({n: tuple(round(100 * (e - float(least)) / float(span), 1) for e in ends[n]) for n in ends})
    return found


def test_editions_are_listed_with_status_downloads_and_comparisons(tmp_path):
    published(tmp_path)
    published(tmp_path, year=2021)
    for page in (
        "diff/example-2020-example-2021.html",
        "diff/example-2021~1-example-2021.html",
        "peers/example-2020/report.html",
    ):
        (tmp_path / page).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / page).touch()
    page = page_of(tmp_path)
    assert page.count('<th scope="row">示例总工会') == 2 and "草稿" in page and page.count('id="example"') == 1
    links = {f"example/{year}/{file}" for year in (2020, 2021) for file in ("report.html", "metrics.csv")}
    links |= {
        str(found.relative_to(tmp_path))
        for folder in ("diff", "peers")
        for found in (tmp_path / folder).rglob("*.html")
    }
    assert set(re.findall(r'href="([^"]+)"', page)) == {"data:,", "feed.xml"} | links
    assert 'download="示例总工会2020年度部门整体支出绩效评价报告_指标.csv"' in page
    assert "与2020年度对照" in page and "与上一版对照" in page and "同级比较" in page


@pytest.mark.parametrize(
    ("low", "high", "drawn"),
    [
        ("0.865", "0.899", {"sure": (0, 86.5), "open": (86.5, 89.9), "zero": (0, 0)}),
        ("0.0619", "0.0619", {"sure": (0, 6.2), "zero": (0, 0)}),  # exact: nothing is open
        ("0.5", "inf", {"sure": (0, 50), "open": (50, 100), "zero": (0, 0)}),  # no upper bound
        ("0", "0", {"zero": (0, 0)}),
        ("-1", "-0.5", {"sure": (25, 50), "open": (0, 25), "zero": (50, 50)}),
        ("-0.5", "0.5", {"open": (0, 66.7), "zero": (33.3, 33.3)}),
        ("", "", None),  # missing is not zero
    ],
)
def test_bar_tells_what_is_certain_from_what_is_open(tmp_path, low, high, drawn):
    published(tmp_path, rows=[{"low": low, "high": high}])
    page = page_of(tmp_path)
    found = bars(page)
    assert found == ([drawn] if drawn else [])
    assert ("未提供：受助率" in page) == (drawn is None)


def test_a_metric_is_drawn_on_one_scale_in_all_editions(tmp_path):
    published(tmp_path, rows=[{"low": "20", "high": "20", "unit": "元"}])
    published(tmp_path, year=2021, rows=[{"low": "80", "high": "inf", "unit": "元"}])
    assert [bar["sure"] for bar in bars(page_of(tmp_path))] == [(0, 25), (0, 100)]


@pytest.mark.parametrize(
    ("low", "high", "closed", "word"),
    [
        ("95", "95", "true", "优"), ("90", "90", "true", "优"), ("85", "90", "true", "优或良"), ("85", "90", "false", "良"),
        ("59.9", "92", "true", "优或良或中或差"), ("0", "0", "true", "差"), ("", "", "", "尚不能评级"),
    ],
)  # fmt: skip
def test_rating_follows_the_lines_of_the_score_sheets(tmp_path, low, high, closed, word):
    sheets, row = (
        tmp_path / "data" / "sheets",
        {"metric": "score.total", "low": low, "high": high, "high_closed": closed},
    )
    sheets.mkdir(parents=True)
    (sheets / "one.csv").write_text("rule,bands\nrating,90=优;80=良;60=中;0=差\n")
    published(tmp_path / "outputs", rows=[row])
    assert f"<option>{word}</option>" in page_of(tmp_path / "outputs")
    if low:
        (sheets / "two.csv").write_text("rule,bands\nrating,85=优;0=差\n")  # which of the two was used is not told
        assert f"<option>{word}</option>" not in page_of(tmp_path / "outputs")


def test_edition_without_targets_is_not_rated(tmp_path):
    published(tmp_path)
    assert "<option>未自评</option>" in page_of(tmp_path)


def test_every_link_of_the_real_catalogue_leads_to_a_file(edition):
    outputs = edition.root / "outputs"
    links = re.findall(r'href="([^"]+)"', (outputs / "index.html").read_text("utf-8"))
    files = [link for link in links if not link.startswith("data:")]
    assert len(files) >= 8 and all((outputs / link).is_file() for link in files)
    bar = re.findall(r'href="(?!#)([^":]+)"', (edition.output / "report.html").read_text("utf-8"))
    assert len(bar) > 8 and all(
        Path(os.path.normpath(edition.output / link.partition("#")[0])).is_file() for link in bar
    )  # as an address is read, not through the symbolic link
    page, ids = (outputs / "index.html").read_text("utf-8"), [link.partition("#")[2] for link in bar if "#" in link]
    assert ids == ["zhengxiang/2019", "zhengxiang/2021", "zhengxiang"] and 'id="zhengxiang"' in page


def test_feed_names_every_edition_the_latest_first(tmp_path):
    published(tmp_path)
    published(tmp_path, year=2021, date="2022-04-01", unit_name="<示例>总工会")
    page_of(tmp_path)
    before = (tmp_path / "feed.xml").read_bytes()
    name = "{http://www.w3.org/2005/Atom}%s".__mod__
    feed = ElementTree.fromstring(before)
    entries = feed.findall(name("entry"))
    assert [one.find(name("link")).get("href") for one in entries] == [
        "example/2021/report.html",
        "example/2020/report.html",
    ]
    assert [one.findtext(name("title"))[:5] for one in entries] == ["<示例>总", "示例总工会"]
    assert feed.findtext(name("updated")) == entries[0].findtext(name("updated")) == "2022-04-01T00:00:00Z"
    assert len({one.findtext(name("id")) for one in (feed, *entries)}) == 3
    page_of(tmp_path)
    assert (tmp_path / "feed.xml").read_bytes() == before


def test_text_cannot_become_a_formula():
    labels, heads = ["=1+1", "@SUM(A1)", "-2", "好"], ["metric", "label", "value"]
    rows = [dict(zip(heads, row, strict=True)) for row in zip("abcd", labels, [1, None, 2, 3], strict=True)]
    card = Card(title="=题", date="2021-03-31")
    content = workbook(card, {"指标": (heads, rows)}, [])
    parts = zipfile.ZipFile(io.BytesIO(content))
    sheet = "".join(parts.read(f"xl/worksheets/sheet{n}.xml").decode() for n in (1, 2))
    assert "<f>" not in sheet
    assert [_harmless(cell) for cell in labels] == ["'=1+1", "'@SUM(A1)", "'-2", "好"]
    assert workbook(card, {"指标": (heads, rows)}, []) == content


@pytest.mark.parametrize(
    ("text", "exact", "found"),
    [
        ("74.63元", Fraction(300400, 4025), (300400 / 4025, '0.00"元"')),
        ("6.19%", Fraction(249, 4025), (249 / 4025, "0.00%")),
        ("1,274.38万元", 12743800, (1274.38, '#,##0.00"万元"')),
        ("-6.80%", None, (-0.068, "0.00%")),
        ("52人", 52, (52.0, '0"人"')),
        ("86.5%—89.9%", None, None),  # bounds stay words
        ("不低于3367人", None, None),
        ("74.63元※", None, (74.63, '0.00"元※"')),
        ("第3届", None, None),
    ],
)
def test_number_of_the_report_is_a_number_of_the_workbook(text, exact, found):
    assert _number(text, exact) == found


def test_workbook_has_a_cover_and_each_table_of_the_report(edition):
    parts = zipfile.ZipFile(edition.output / "metrics.xlsx")
    names = re.findall(r'<sheet name="([^"]+)"', parts.read("xl/workbook.xml").decode())
    captions = [f"{one.number} {one.caption}" for one in tables(edition)]
    assert names[0] == "说明" and names[-3:] == ["指标", "来源数据", "核对发现"] and names[1:-3] == captions
    cover = parts.read("xl/worksheets/sheet1.xml").decode()
    assert cover.count("<hyperlink ") == len(names) - 1
    assert all("<pane " in parts.read(f"xl/worksheets/sheet{n}.xml").decode() for n in range(2, len(names) + 1))


def tables(edition) -> list[Table]:
    report = read(nbformat.read(edition.output / "report.ipynb", 4))
    return [block for block in report.blocks if isinstance(block, Table)]
