"""The workbook to fill in: written and read back without loss, by whatever office it went through, and never over anything silently."""

import shutil
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date
from shutil import which

import openpyxl
import pytest
from click.testing import CliRunner

from conftest import ROOT, change, copy_project
from lib.cli import main
from lib.edition.edition import MORE, TABLES, Edition, editions
from lib.edition.spelling import columns, label
from lib.edition.store import InputError
from lib.intake import table
from lib.intake.check import check
from needs import need

UNIT, YEAR = "zhengxiang", 2020
TOKENS = [
    "622.50",
    "26万余元",
    "9月前",
    "1-12",
    "007",
    "=1+1",
    "+1",
    "-1",
    "@a",
    "'x",
    "1/2",
    "１２",
    " 甲 ",
    "_x0041_",
    "TRUE",
    "98%",
]
TOKENS += ["http://a.b/", "3E5x", "甲\u3000乙", "<b>&amp;", '"引"', "{{ 参保人数 }}"]


@pytest.fixture
def edition(project, at_hand) -> Edition:
    """The 2020 edition, to be changed."""
    return Edition.find(UNIT, YEAR, project)


def raw(edition: Edition) -> dict[str, bytes]:
    """All inputs in the folders of an edition and its unit."""
    there = (path for folder in (edition.raw, edition.raw.parent) for path in folder.iterdir())
    return {path.name: path.read_bytes() for path in there if path.suffix in (".csv", ".md", ".yml")}


def edit(edition: Edition, change: Callable[[openpyxl.Workbook], object]) -> None:
    """Change the workbook as somebody does who has it open."""
    book = openpyxl.load_workbook(table.place(edition))
    change(book)
    book.save(table.place(edition))


def put(sheet: str, column: str, row: int, value: object, form: str = "@") -> Callable[[openpyxl.Workbook], object]:
    """A value in a cell of a row, in the column of this head."""

    def change(book: openpyxl.Workbook) -> None:
        heads = [cell.value for cell in book[sheet][1]]
        cell = book[sheet].cell(row, heads.index(column) + 1, value)
        cell.number_format = form

    return change


def members(word: str, token: str) -> str:
    """What is told of the row of 医疗互助参保人数 that is taken out or written."""
    return f"数据 {word}：1(1)，mutual_aid.members，{token}"


@pytest.mark.usefixtures("at_hand")
def test_every_edition_comes_back_as_it_was(tmp_path):
    project = copy_project(tmp_path / "project")
    for unit in (ROOT / "tests/editions").iterdir():
        shutil.copytree(unit, project / "data/raw" / unit.name)
    there = editions(project)
    assert len(there) > 10
    for one in there:
        before = raw(one)
        table.write(one)
        assert table.read(one) == [] and raw(one) == before, one
        for name in table.SHEETS:  # nor would they be, were they written
            path = one.file(name)
            assert not path.is_file() or table._text(name, table._kept(one, name)) == path.read_bytes()


def test_workbook_of_a_filled_in_edition_says_what_helps(edition):
    change(edition.raw / "figures.csv", "117家", "许多家")
    shutil.copytree(edition.raw, edition.raw.with_name("2019"))
    change(edition.raw.with_name("2019") / "figures.csv", "许多家", "110家")
    book = openpyxl.load_workbook(table.write(edition))
    assert book.sheetnames == [table.COVER, *table.SHEETS.values(), table.LISTS]
    heads, first = ([cell.value or "" for cell in row] for row in book["数据"].iter_rows(max_row=2))
    assert dict(zip(heads, first, strict=True)) == {
        "行（参考）": 2, "位置": "1(1)", "指标": "mutual_aid.units", "名称（参考）": "医疗互助参加单位", "单位（参考）": "家",
        "2019年（参考）": "110家", "原文": "许多家", "读法": "", "备注": "",
    }  # fmt: skip
    assert "没有数字" in book["数据"]["B2"].comment.text and "错误" in book["数据"]["B2"].comment.text
    assert "26万余元" in book["数据"]["G1"].comment.text
    assert {cell.number_format for cell in (book["数据"]["B2"], book["数据"]["G2"])} == {"@"}
    assert book["数据"].column_dimensions["G"].number_format == "@" or book["数据"]["G2"].number_format == "@"
    (choice,) = book["数据"].data_validations.dataValidation
    assert choice.formula1.startswith("选项!$A$1") and not choice.showErrorMessage
    assert "jixiao table --unit zhengxiang --year 2020 --read" in "".join(
        str(cell.value) for cell in book[table.COVER]["A"]
    )
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)


def test_all_that_is_filled_in_has_a_name_and_a_word_of_what_it_is():
    for name, head in TABLES.items():
        for column in [*head, *MORE.get(name, ())]:
            assert columns(name)[column]["labels"] and columns(name)[column]["says"], (name, column)
        labels = [label(name, column) for column in head]
        assert len({*labels}) == len(labels), name


def test_a_row_whose_blanks_were_filled_is_not_taken_out(edition):
    change(edition.raw / "figures.csv", "1(1),mutual_aid.members,4025人,", "1(1),mutual_aid.members,,")
    table.write(edition)
    edit(edition, put("数据", "原文", 3, "4026人"))
    assert table.read(edition) == [members("写入", "4026人")]


def test_tokens_stay_the_text_that_they_are(edition):
    notes = [(n, ["", "problem", "一", token]) for n, token in enumerate(TOKENS, 2)]
    path = edition.raw / "notes.csv"
    path.write_text(table.Tidy(["section", "kind", "locator", "text"], notes, []).text, "utf-8")
    table.write(edition)
    before = raw(edition)
    assert table.read(edition) == [] and raw(edition) == before
    edit(edition, lambda book: [put("文字", "位置", row, "二")(book) for row, _ in notes])
    assert len(table.read(edition)) == 2 * len(TOKENS)
    assert [row["text"] for row in edition.table("notes")] == TOKENS


TYPED = [
    # a value as a program holds it, its format, what the sheet shows
    ("117家", "@", "117家"), (622.5, "General", "622.5"), (622.5, "0.00", "622.50"), (0.98, "0%", "98%"), (0.1 + 0.2, "General", "0.3"), (1234567, "#,##0", "1,234,567"),
    (123456789012, "General", "123456789012"), (7, "000", "007"),
]  # fmt: skip


def test_numbers_come_back_as_they_look(edition):
    table.write(edition)
    edit(edition, lambda book: [put("数据", "原文", row, *typed[:2])(book) for row, typed in enumerate(TYPED, 2)])
    assert len(table.read(edition)) == 2 * (len(TYPED) - 1)  # the first is as it was
    assert [row["printed"] for row in edition.table("figures")][: len(TYPED)] == [shown for *_, shown in TYPED]


REFUSED = {
    "date": (put("数据", "原文", 3, date(2026, 1, 2), "yyyy/m/d"), ["“数据” 第3行", "2026/1/2", "日期"]),
    "formula without a value": (put("数据", "原文", 3, "=1+1"), ["“数据”的 G3", "公式"]),
    "two lines": (put("文字", "内容", 2, "一\n二"), ["“文字” 第2行", "换行"]),
    "other head": (put("数据", "原文", 1, "数目"), ["“数据” 第1行", "数目", "locator,indicator"]),
    "sheet gone": (lambda book: book.remove(book["更正"]), ["“更正”", "没有这张工作表"]),
    "column besides": (lambda book: book["数据"].cell(3, 12, "甲"), ["“数据” 第1行", "多出的"]),
    "emoji": (put("正文", "正文", 2, "# 😀"), ["“正文”", "U+1F600"]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_sheet_that_cannot_be_read_is_told_and_nothing_is_written(edition, name):
    how, says = REFUSED[name]
    table.write(edition)
    before = raw(edition)
    edit(edition, put("文字", "位置", 3, "九"))
    edit(edition, how)
    with pytest.raises(InputError) as error:
        table.read(edition)
    assert all(part in str(error.value) for part in says), error.value
    assert raw(edition) == before


def test_day_in_a_column_of_days_is_a_day(edition):
    table.write(edition)
    edit(edition, put("更正", "日期", 2, date(2026, 11, 23), "yyyy/m/d"))
    gone, come = table.read(edition)
    assert gone.startswith("更正 删去：") and "2026-11-22" in gone
    assert come == gone.replace("删去", "写入").replace("2026-11-22", "2026-11-23")


def test_rows_are_added_and_deleted_columns_moved_and_hidden(edition):
    before = edition.table("figures")
    table.write(edition)

    def by_hand(book: openpyxl.Workbook) -> None:
        sheet = book["数据"]
        sheet.delete_rows(3)
        sheet.append([None, "9(9)", "医疗互助参保人数", None, None, None, "4025人"])
        sheet.move_range(f"G1:G{sheet.max_row}", cols=10)
        sheet.delete_cols(4)
        sheet.column_dimensions["B"].hidden = True
        sheet.row_dimensions[5].hidden = True

    edit(edition, by_hand)
    assert table.read(edition) == [
        "数据 删去：1(1)，mutual_aid.members，4025人",
        "数据 写入：9(9)，mutual_aid.members，4025人",
    ]
    names = ("locator", "indicator", "printed", "reading", "remark")
    plain = [[row[name] for name in names] for row in [before[0], *before[2:]]]
    assert [[row[name] for name in names] for row in edition.table("figures")] == [*plain, ["9(9)", "mutual_aid.members", "4025人", "", ""]]  # fmt: skip


def test_report_and_tables_that_were_not_there_come_to_be(edition):
    assert not (edition.raw / "report.md").exists()
    table.write(edition)

    def by_hand(book: openpyxl.Workbook) -> None:
        for row, line in enumerate(["# 章", None, "参保{{ 参保人数 }}。", None, None], 2):
            book["正文"].cell(row, 2, line)
        book["基础数据表"].append([None, "支出总额", None, "1", "2", "3", "万元", "附件1"])

    edit(edition, by_hand)
    assert len(table.read(edition)) == 4
    assert (edition.raw / "report.md").read_text("utf-8") == "# 章\n\n参保{{ 参保人数 }}。\n"
    assert (edition.raw / "budget.csv").read_text("utf-8").splitlines()[1] == "total,1,2,3,万元,附件1"
    assert not (edition.raw / "targets.csv").exists()


def test_file_changed_since_is_told_and_not_overwritten(edition):
    table.write(edition)
    change(edition.raw / "figures.csv", "117家", "118家")
    assert table.read(edition) == []  # the sheet says nothing against it
    edit(edition, put("数据", "原文", 3, "4026人"))
    edit(edition, put("文字", "位置", 2, "九"))
    before = raw(edition)
    with pytest.raises(InputError, match=r"figures\.csv：现为写出录入表以后另有改动的文件"):
        table.read(edition)
    assert raw(edition) == before


def test_workbook_kept_open_is_read_again_and_again(edition):
    table.write(edition)
    for token, old in (("4026人", "4025人"), ("4027人", "4026人"), ("4025人", "4027人")):
        edit(edition, put("数据", "原文", 3, token))
        assert table.read(edition) == [members("删去", old), members("写入", token)]
        assert table.read(edition) == []


def test_changes_that_were_not_read_are_not_overwritten(edition):
    table.write(edition)
    edit(edition, put("数据", "原文", 3, "4026人"))
    content = table.place(edition).read_bytes()
    with pytest.raises(InputError, match=r"还没有读回的改动.*--read"):
        table.write(edition)
    assert table.place(edition).read_bytes() == content
    table.read(edition)
    table.write(edition)
    edit(edition, put("数据", "原文", 3, "4025人"))
    assert table.read(edition) == [members("删去", "4026人"), members("写入", "4025人")]


def test_workbook_that_is_none_or_a_bomb_is_refused(project):
    edition = Edition.find(UNIT, YEAR, project)
    path = table.place(edition)
    path.write_text("甲")
    with pytest.raises(InputError, match=path.name):
        table.read(edition)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/workbook.xml", b"0" * (64 << 20))
    with pytest.raises(InputError, match="过大"):
        table.read(edition)
    path.unlink()
    table.write(edition)
    edit(edition, lambda book: book["数据"].cell(1_000_000, 40, "甲"))
    with pytest.raises(InputError, match="过大"):
        table.read(edition)


def test_commands_say_what_is_next_and_exit_with_three(edition):
    call = ["--root", str(edition.root), "table", "--unit", UNIT, "--year", str(YEAR)]
    missing = CliRunner().invoke(main, [*call, "--read"])
    assert missing.exit_code == 3 and "没有这个文件" in missing.output
    written = CliRunner().invoke(main, call)
    assert written.exit_code == 0 and "zhengxiang-2020.xlsx" in written.output and "--read" in written.output
    assert "没有改动" in CliRunner().invoke(main, [*call, "--read"]).output
    edit(edition, put("数据", "原文", 3, "4026人"))
    assert CliRunner().invoke(main, call).exit_code == 3
    done = CliRunner().invoke(main, [*call, "--read"])
    assert done.exit_code == 0 and members("写入", "4026人") in done.output and "jixiao check" in done.output


def test_workbook_is_no_part_of_the_repository_nor_of_the_edition(edition):
    key = edition.key
    table.write(edition)
    assert Edition.find(UNIT, YEAR, edition.root).key == key
    ignored = subprocess.run(
        ["git", "check-ignore", f"data/raw/{UNIT}/{YEAR}/{UNIT}-{YEAR}.xlsx"], cwd=ROOT, check=False
    )
    assert ignored.returncode == 0


def test_libreoffice_does_it_no_harm(tmp_path, edition):
    """Which opens it, saves it as its own, opens that and saves it as a workbook again."""
    need(which("soffice"), "no office suite: soffice is not on the path")
    notes = [(n, ["", "problem", f"1-{n}", token]) for n, token in enumerate(TOKENS, 2)]
    path = edition.raw / "notes.csv"
    path.write_text(table.Tidy(["section", "kind", "locator", "text"], notes, []).text, "utf-8")
    (edition.raw / "report.md").write_text("# 章\n\n  缩进\n\n```{table} 甲\n参保人数\n```\n", "utf-8")
    made = table.write(edition)
    before = raw(edition)
    for number, form in enumerate(("ods", "xlsx")):
        folder = tmp_path / f"{number}"
        profile = f"-env:UserInstallation={tmp_path.as_uri()}/profile"
        subprocess.run(["soffice", profile, "--headless", "--convert-to", form, "--outdir", folder, made], check=True, capture_output=True)  # fmt: skip
        made = folder / f"{made.stem}.{form}"
    shutil.copy(made, table.place(edition))
    assert table.read(edition) == [] and raw(edition) == before
    edit(edition, put("数据", "原文", 3, "622.50万元"))
    assert table.read(edition) == [members("删去", "4025人"), members("写入", "622.50万元")]


def test_what_is_a_units_own_is_filled_in_and_read_as_its_years_are(edition):
    """An indicator, a metric, a check, a range and a headline, typed into sheets that were empty."""
    table.write(edition)

    def by_hand(book: openpyxl.Workbook) -> None:
        book["单位指标"].append([None, "licences", None, "新办执照", "家", "登记注册"])
        book["要算的指标"].append([None, "licences.share", "新办执照占比", "新办执照 ÷ 医疗互助参加单位", "口径不同"])
        book["核对关系"].append(
            [None, "new_within_all", "part", "error", "licences <= mutual_aid.units", "新办的不多于在册的"]
        )
        book["通常范围"].append([None, "licences", None, "9000家", None, "往年"])
        book["摘要"].append([None, "licences.share"])

    edit(edition, by_hand)
    assert {line.split()[0] for line in table.read(edition)} == {
        "单位指标",
        "要算的指标",
        "核对关系",
        "通常范围",
        "摘要",
    }
    fresh = Edition.find(UNIT, YEAR, edition.root)
    assert fresh.indicators["licences"].unit == "家" and fresh.table("metrics")[0]["metric"] == "licences.share"
    assert fresh.headlines[1][0]["metric"] == "licences.share"
    assert fresh.checks[-1].name == "new_within_all" and not [one for one in check(fresh) if one.kind == "错误"]
    table.write(fresh)
    assert table.read(fresh) == []
