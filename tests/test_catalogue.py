"""The catalogue and the spreadsheet: downloads that lead somewhere, and cells that cannot become formulas."""

import csv
import io
import json
import re
import zipfile

import pandas as pd

from lib.publish import catalogue
from lib.publish.release import _harmless
from lib.publish.workbook import workbook

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
    table = pd.DataFrame({"label": ["=1+1", "@SUM(A1)", "-2", "好"], "value": [1, None, 2, 3]}, dtype=object)
    content = workbook({"指标": table}, "题", "2021-03-31")
    sheet = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert [_harmless(cell) for cell in table["label"]] == ["'=1+1", "'@SUM(A1)", "'-2", "好"]
    assert workbook({"指标": table}, "题", "2021-03-31") == content
