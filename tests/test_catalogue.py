"""The catalogue and the spreadsheet: downloads that lead somewhere, and cells that cannot become formulas."""

import csv
import io
import json
import re
import zipfile
from fractions import Fraction

import nbformat
import pytest

from lib.edition.card import Card
from lib.publish import catalogue
from lib.publish.document import Table, read
from lib.publish.release import _harmless
from lib.publish.workbook import _number, workbook

CARD = {"unit_name": "示例总工会", "year": 2020, "status_label": "草稿", "revision": 1, "date": "2021-03-31"}
ROW = {"metric": "a.b", "label": "受助率", "low": "0.865", "high": "0.899", "unit": "", "shown": "86.5%—89.9%"}


def published(outputs, unit="example", year=2020, **row):
    folder = outputs / unit / str(year)
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({"card": CARD | {"year": year}}))
    with (folder / "metrics.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, ROW)
        writer.writeheader()
        writer.writerow(ROW | row)
    (folder / "report.html").touch()


def test_editions_are_listed_with_status_downloads_and_bars(tmp_path):
    published(tmp_path)
    published(tmp_path, year=2021, low="0.5", high="inf")
    catalogue.write(str(tmp_path), ["a.b"])
    page = (tmp_path / "index.html").read_text("utf-8")
    assert page.count("示例总工会") == 2 and "草稿" in page
    links = {f"example/{year}/{file}" for year in (2020, 2021) for file in ("report.html", "metrics.csv")}
    assert set(re.findall(r'href="([^"]+)"', page)) == {"data:,"} | links
    assert 'class="sure" width="86.5"' in page and 'class="open" width="89.9"' in page
    assert 'class="open" width="100.0"' in page  # no upper bound


def test_every_link_of_the_real_catalogue_leads_to_a_file(edition):
    outputs = edition.root / "outputs"
    links = re.findall(r'href="([^"]+)"', (outputs / "index.html").read_text("utf-8"))
    files = [link for link in links if not link.startswith("data:")]
    assert len(files) == 6 and all((outputs / link).is_file() for link in files)


def test_text_cannot_become_a_formula():
    table = {"metric": list("abcd"), "label": ["=1+1", "@SUM(A1)", "-2", "好"], "value": [1, None, 2, 3]}
    card = Card(title="=题", date="2021-03-31")
    content = workbook(card, {"指标": table}, [])
    parts = zipfile.ZipFile(io.BytesIO(content))
    sheet = "".join(parts.read(f"xl/worksheets/sheet{n}.xml").decode() for n in (1, 2))
    assert "<f>" not in sheet
    assert [_harmless(cell) for cell in table["label"]] == ["'=1+1", "'@SUM(A1)", "'-2", "好"]
    assert workbook(card, {"指标": table}, []) == content


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
