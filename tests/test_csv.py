"""Tables that came through a spreadsheet: what is lossless is read as it was and tidied on request, the rest is told in one sentence."""

import csv
import io
import re
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path
from shutil import which

import pytest
from click.testing import CliRunner

from conftest import ROOT, change
from lib.cli import main
from lib.edition.edition import Edition, editions
from lib.edition.notebooks import notebooks
from lib.edition.spelling import decoded
from lib.edition.store import InputError
from lib.intake import table
from lib.intake.check import ERROR, REMINDER, check
from lib.intake.ledger import documents
from needs import need

UNIT, YEAR = "zhengxiang", 2020


def cells(content: bytes) -> list[list[str]]:
    """The cells of a tidy table."""
    return [*csv.reader(io.StringIO(content.decode(), newline=""))]


def told(edition: Edition, kind: str) -> list[str]:
    """What `check` says, file by file."""
    return [f"{one.file} 第{one.line}行：{one.text}" for one in check(edition) if one.kind == kind]


def encoded(encoding: str) -> Callable[[bytes], bytes]:
    """In another encoding."""
    return lambda content: content.decode().encode(encoding)


def rewritten(make: Callable[[list[list[str]]], list[list[str]]], **how: str) -> Callable[[bytes], bytes]:
    """Other cells, or written otherwise."""

    def changed(content: bytes) -> bytes:
        target = io.StringIO()
        csv.writer(target, **({"lineterminator": "\n"} | how)).writerows(make(cells(content)))
        return target.getvalue().encode()

    return changed


def same(rows: list[list[str]]) -> list[list[str]]:
    """All cells as they are."""
    return rows


def headed(**labels: str) -> Callable[[list[list[str]]], list[list[str]]]:
    """With other words for heads."""
    return lambda rows: [[labels.get(head, head) for head in rows[0]], *rows[1:]]


CHINESE = {"locator": "位置", "indicator": "指标名", "printed": "原文数字", "reading": "读法", "remark": "备注"}
LOSSLESS: dict[str, tuple[str, Callable[[bytes], bytes], str]] = {
    # name: (file, what happened to it, what `--fix` says)
    "GBK": ("figures.csv", encoded("gbk"), "GB18030"),
    "GB18030": ("corrections.csv", encoded("gb18030"), "GB18030"),
    "UTF-16": ("figures.csv", encoded("utf-16"), "UTF-16"),
    "Unicode text of Excel": ("figures.csv", lambda c: encoded("utf-16")(rewritten(same, delimiter="\t")(c)), "制表符"),
    "BOM": ("figures.csv", encoded("utf-8-sig"), "编码"),
    "CRLF": ("notes.csv", lambda content: content.replace(b"\n", b"\r\n"), "行尾"),
    "semicolons": ("figures.csv", rewritten(same, delimiter=";"), "分隔符由;改为逗号"),
    "semicolons of Excel": ("figures.csv", lambda c: b"sep=;\n" + rewritten(same, delimiter=";")(c), "分隔符"),
    "tabs": ("notes.csv", rewritten(same, delimiter="\t"), "分隔符由制表符改为逗号"),
    "all in quotes": ("notes.csv", rewritten(same, quoting=csv.QUOTE_ALL), "引号"),
    "blank columns": ("figures.csv", rewritten(lambda rows: [[*row[:2], "", *row[2:], "", ""] for row in rows]), "空白的列"),
    "blank cells behind": ("figures.csv", rewritten(lambda rows: [rows[0], *([*r, "", ""] for r in rows[1:])]), "写法"),
    "blank rows": ("figures.csv", rewritten(lambda rows: [r for row in rows for r in (row, [""] * 5)]), "空白的行"),
    "other order": ("figures.csv", rewritten(lambda rows: [row[::-1] for row in rows]), "次序"),
    "Chinese heads": ("figures.csv", rewritten(headed(**CHINESE)), "表头"),
    "heads in capitals": ("figures.csv", rewritten(headed(locator=" LOCATOR ", printed="ｐｒｉｎｔｅｄ")), "表头"),
    "label of an indicator": ("figures.csv", lambda c: c.replace(b"mutual_aid.members", "医疗互助参保人数".encode()), "指标名"),
    "day as Excel writes it": ("corrections.csv", lambda c: c.replace(b"2026-11-22", b"2026/11/22"), "日期"),
}  # fmt: skip


@pytest.mark.parametrize("name", LOSSLESS)
def test_lossless_is_read_as_it_was_and_tidied_on_request(project, name):
    file, happened, says = LOSSLESS[name]
    edition = Edition.find(UNIT, YEAR, project)
    path, stem = edition.raw / file, file.removesuffix(".csv")
    before, good = edition.table(stem), path.read_bytes()
    path.write_bytes(happened(good))
    assert path.read_bytes() != good
    after = Edition.find(UNIT, YEAR, project)
    assert [row | {"line": 0} for row in after.table(stem)] == [row | {"line": 0} for row in before]
    assert told(after, ERROR) == []
    done = CliRunner().invoke(main, ["--root", str(project), "check", "--unit", UNIT, "--year", str(YEAR), "--fix"])
    assert done.exit_code == 0 and re.search(f"{file} 已整理.*{says}", done.output), done.output
    assert path.read_bytes() == good
    assert table.fix(after) == []


def test_what_is_a_units_own_is_told_and_tidied_as_its_years_are(project):
    edition = Edition.find(UNIT, YEAR, project)
    path = edition.file("indicators")
    path.write_bytes("指标名;章;名称;单位;口径;方向;定义;提示词;起用年度\nown.x;;自有数;户;;;;;\n".encode("gbk"))
    (one,) = [one for one in told(edition, REMINDER) if one.startswith("indicators.csv")]
    assert "GB18030" in one and "--fix" in one and told(edition, ERROR) == []
    assert [line.split()[0] for line in table.fix(edition)] == ["indicators.csv"]
    assert path.read_text("utf-8").endswith("since\nown.x,,自有数,户,,,,,\n")


def test_untidy_table_is_told_once_and_left_alone_without_fix(project):
    edition = Edition.find(UNIT, YEAR, project)
    path = edition.raw / "figures.csv"
    path.write_bytes(content := LOSSLESS["GBK"][1](path.read_bytes()))
    assert [one for one in told(edition, REMINDER) if "GB18030" in one] == [
        "figures.csv 第None行：编码由 GB18030 改为 UTF-8（加 --fix 把文件也这样改好）"
    ]
    assert path.read_bytes() == content


def test_fix_keeps_worked_lines_and_what_cannot_be_read(project):
    edition = Edition.find(UNIT, YEAR, project)
    path = edition.raw / "notes.csv"
    path.write_text("kind,section,locator,text\nproblem,,三,甲\n# 例,二,三,四\n# 一句话\n", "utf-8")
    (edition.raw / "corrections.csv").write_text("a;b\n", "utf-8")
    assert [line.split()[0] for line in table.fix(edition)] == ["notes.csv"]
    assert path.read_text("utf-8") == "section,kind,locator,text\n,problem,三,甲\n二,# 例,三,四\n,# 一句话,,\n"
    assert (edition.raw / "corrections.csv").read_text("utf-8") == "a;b\n"


REFUSED = {
    # name: (file, what stands there, what is there now, what is told)
    "1-2 made a day": ("figures.csv", "1(1),mutual_aid.units", "1月2日,mutual_aid.units", ["第2行", "1月2日", "日期", "文本"]),
    "1-2 made a date": ("figures.csv", "1(1),mutual_aid.units", "2026/1/2,mutual_aid.units", ["第2行", "locator 2026/1/2"]),
    "1-2 made a month": ("figures.csv", "1(1),mutual_aid.units", "2-Jan,mutual_aid.units", ["第2行", "2-Jan", "日期"]),
    "token made a date": ("figures.csv", "117家", "2026/1/17", ["第2行", "printed 2026/1/17", "1-2"]),
    "long number": ("figures.csv", "30.04万元", "1.2E+11", ["第4行", "1.2E+11", "科学记数", "数字写全"]),
    "formula": ("figures.csv", "117家", "#NAME?", ["第2行", "#NAME?", "公式"]),
    "formula in place of a row": ("figures.csv", "1(1),mutual_aid.units", "#REF!,mutual_aid.units", ["第2行", "#REF!"]),
    "narrow column": ("notes.csv", "1(1),", "#####,", ["notes.csv 第2行", "#####"]),
    "column too many": ("notes.csv", "locator,text", "locator,text,页码", ["第1行", "多出的 页码", "section,kind"]),
    "column twice": ("corrections.csv", "date,by", "日期,date,by", ["第1行", "多出的 date"]),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_undone_is_told_with_what_was_expected(project, name):
    file, old, new, says = REFUSED[name]
    edition = Edition.find(UNIT, YEAR, project)
    path = edition.raw / file
    change(path, old, new)
    if name.startswith("column"):  # filled in
        head, *rows = path.read_text("utf-8").splitlines()
        path.write_text("\n".join([head, *(f"{row},9" for row in rows)]) + "\n", "utf-8")
    errors = told(edition, ERROR)
    assert len([one for one in errors if one.startswith(file)]) == 1, errors
    assert all(part in errors[0] for part in says), errors
    content = path.read_bytes()
    table.fix(edition)
    assert path.read_bytes() == content


def test_places_and_parts_that_only_look_like_dates_stay(project):
    edition = Edition.find(UNIT, YEAR, project)
    change(edition.raw / "figures.csv", "1(1),mutual_aid.units", "1-2,mutual_aid.units")
    change(edition.raw / "figures.csv", "1(1),mutual_aid.members", "1-12,mutual_aid.members")
    assert told(edition, ERROR) == []


@pytest.mark.parametrize("token", ['"4,025人"', "４０２５人", "4 025人"])
def test_separators_and_wide_digits_are_read(project, token):
    edition = Edition.find(UNIT, YEAR, project)
    change(edition.raw / "figures.csv", "4025人", token)
    assert told(edition, ERROR) == []


@pytest.mark.parametrize("encoding", ["gb18030", "latin-1", "cp1252"])
def test_mojibake_is_told_once_a_file(project, encoding):
    edition = Edition.find(UNIT, YEAR, project)
    path = edition.raw / "notes.csv"
    path.write_bytes(path.read_bytes().decode(encoding, "replace").replace("\ufffd", "?").encode())
    errors = [one for one in told(edition, ERROR) if one.startswith("notes.csv")]
    assert len(errors) == 1 and "乱码" in errors[0]


def test_a_telephone_number_of_which_digits_are_left_out_is_no_mojibake():
    assert decoded(Path("notes.csv"), "联系电话,139××××2208\n".encode())[0] == "联系电话,139××××2208\n"


def test_no_text_of_the_repository_is_taken_for_mojibake():
    """Nor for GBK where it is UTF-8, nor the other way about."""
    for path in [
        *ROOT.glob("docs/*.zh-CN.md"),
        ROOT / "README.zh-CN.md",
        *ROOT.glob("data/**/*.csv"),
        *(ROOT / "tests/editions").rglob("*.*"),
    ]:
        text, undone = decoded(path, path.read_bytes())
        assert not undone, path
        assert decoded(path, text.encode("gb18030"))[0] == text, path


def test_lost_zeros_are_told_where_the_published_edition_shows_them(project):
    edition = Edition.find("yiyang", 2022, project)
    edition.output.mkdir(parents=True)
    head = "indicator,section,label,printed,locator\n"
    (edition.output / "figures.csv").write_text(
        f"{head}budget.projects.budget,budget,,622.50万元,附件1 项目支出，预算\n", "utf-8"
    )
    change(edition.raw / "budget.csv", "622.50,622.5,", "622.5,622.5,")
    (one,) = [one for one in told(edition, REMINDER) if "622.50" in one]
    assert one.startswith("budget.csv") and "现为 622.5万元" in one
    change(edition.raw / "budget.csv", "622.5,622.5,", "622.50,622.5,")
    assert not [one for one in told(edition, REMINDER) if "622.50" in one]


JUNK = [".DS_Store", "._figures.csv", "Thumbs.db", "~$figures.csv", ".~lock.figures.csv#", "~$报告.docx", "desktop.ini"]


def test_hidden_and_lock_files_are_nobodys_input(project):
    """Beside the units, in a unit's folder, in a year's, in `source`, beside tables and notebooks; nor is a folder of these an edition."""
    edition = Edition.find(UNIT, YEAR, project)
    (edition.raw / "source").mkdir()
    there = [edition.raw, edition.raw.parent, edition.raw.parents[1], edition.raw / "source"]
    before, known, key = check(edition), editions(project), edition.key
    tables, books = edition.inputs, notebooks(project)
    for folder in [*there, project / "data", project / "data/sheets", project / "notebooks"]:
        for name in [*JUNK, "._x.csv", "~$x.csv", "._x.ipynb", "~$报告.docx", "._a.docx"]:
            (folder / name).write_bytes(b"\0\xff")
        (folder / ".ipynb_checkpoints/2020").mkdir(parents=True)
        (folder / ".ipynb_checkpoints/2020/figures.csv").write_bytes(b"\xff")
        (folder / ".ipynb_checkpoints/00_clean-checkpoint.ipynb").write_bytes(b"\xff")
    (edition.raw.parent / "2019").mkdir()
    (edition.raw.parent / "2019/.DS_Store").write_bytes(b"\0")
    fresh = Edition.find(UNIT, YEAR, project)
    assert (editions(project), fresh.key, check(fresh)) == (known, key, before)
    assert (fresh.inputs, notebooks(project), documents(fresh)) == (tables, books, [])


FILTERS = {  # of LibreOffice: separator, quote, encoding, first line
    "commas, UTF-8": "44,34,76,1",
    "semicolons, GBK": "59,34,85,1",
    "tabs, UTF-16": "9,34,65535,1",
}


@pytest.fixture(scope="module")
def saved(tmp_path_factory) -> Callable[[str, str], bytes]:
    """A table opened as text in LibreOffice and saved with a filter, which saves two of them in one start."""
    need(which("soffice"), "no office suite: soffice is not on the path")
    profile = f"-env:UserInstallation={tmp_path_factory.mktemp('office').as_uri()}/profile"
    tables = [ROOT / f"data/raw/{UNIT}/{YEAR}/figures.csv", ROOT / "data/raw/yiyang/2022/budget.csv"]

    @cache
    def folder(name: str) -> Path:
        made = tmp_path_factory.mktemp("saved")
        form = f"csv:Text - txt - csv (StarCalc):{FILTERS[name]}"
        command = ["soffice", profile, "--headless", "--infilter=CSV:44,34,76,1,,0,true", "--convert-to", form]
        subprocess.run([*command, "--outdir", made, *tables], check=True, capture_output=True)
        return made

    return lambda name, file: (folder(name) / file).read_bytes()


@pytest.mark.parametrize("name", FILTERS)
def test_table_saved_by_libreoffice_is_read_or_told(project, saved, name):
    edition = Edition.find(UNIT, YEAR, project)
    path = edition.raw / "figures.csv"
    before, good = [row | {"line": 0} for row in edition.table("figures")], path.read_bytes()
    path.write_bytes(saved(name, path.name))
    assert path.read_bytes() != good
    assert [row | {"line": 0} for row in Edition.find(UNIT, YEAR, project).table("figures")] == before


def test_budget_that_lost_its_zeros_in_libreoffice_is_read_without_a_fault(project, saved):
    """622.50 is 622.5 then, for good: nothing tells, where neither a document nor a published edition has it."""
    edition = Edition.find("yiyang", 2022, project)
    path = edition.raw / "budget.csv"
    path.write_bytes(saved("commas, UTF-8", path.name))
    assert "622.50" not in path.read_text("utf-8-sig")
    assert told(edition, ERROR) == []


def test_fault_of_a_table_names_its_file_row_and_remedy(project):
    edition = Edition.find(UNIT, YEAR, project)
    change(edition.raw / "figures.csv", "117家", "1.2E+11")
    with pytest.raises(InputError, match=r"figures\.csv 第2行：现为printed 1\.2E\+11.*应为.*请照来源改回"):
        edition.table("figures")
