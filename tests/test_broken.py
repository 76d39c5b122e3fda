"""Broken folders: `check` and `report` say the same of each, in Chinese and all at once, and the last good edition stays as it was."""

import hashlib
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from conftest import change, copy_built, make
from lib.cli import main
from lib.edition.edition import Edition
from lib.intake.check import ERROR, REMINDER, check

TARGETS = """project,level1,level2,level3,comparator,target,unit,weight,measure,actual,explanation
,产出指标,数量,参保人数,≥,4000,人,50,mutual_aid.members,,
,效益指标,社会,职工评价,,好,,40,,达成,
"""
Break = Callable[[Path], None]


def put(file: str, old: str, new: str) -> Break:
    """Replace what stands in a file, once."""
    return lambda folder: change(folder / file, old, new)


def end(file: str, text: str) -> Break:
    """Add to the end of a file."""
    return lambda folder: (folder / file).write_bytes((folder / file).read_bytes() + text.encode())


def hold(file: str, content: str | bytes) -> Break:
    """A file that holds this and nothing else."""
    return lambda folder: (folder / file).write_bytes(content if isinstance(content, bytes) else content.encode())


def put_bytes(file: str, old: bytes, new: bytes) -> Break:
    """Replace bytes in a file, once."""
    return lambda folder: (folder / file).write_bytes((folder / file).read_bytes().replace(old, new, 1))


def garbled(file: str, encoding: str) -> Break:
    """What is left of a file in UTF-8 that was opened in another encoding, and saved."""

    def broken(folder: Path) -> None:
        read = (folder / file).read_bytes().decode(encoding, "replace")
        (folder / file).write_bytes(read.replace("\ufffd", "?").encode())

    return broken


def card(old: str, new: str) -> Break:
    """The source card, changed."""
    return put("source.yml", old, new)


def target(old: str, new: str) -> Break:
    """A table of targets that fits its sheet but for this."""
    return hold("targets.csv", TARGETS.replace(old, new, 1))


def instead(file: str, make_it: Callable[[Path], None]) -> Break:
    """Something else in the place of a file."""

    def broken(folder: Path) -> None:
        (folder / file).unlink(missing_ok=True)
        make_it(folder / file)

    return broken


def large(path: Path) -> None:
    """A file of 100 MB that takes no room."""
    with path.open("wb") as file:
        file.truncate(100 << 20)


CELL = "1(1),mutual_aid.units,117家,,\n"
CASES: dict[str, tuple[Break, list[str]]] = {
    # name: (how it is broken, what the message must contain)
    # --- the card
    "title is a list": (card("title: 2020年度", "title: [2020年度"), ["source.yml", "YAML"]),
    "title is a closed list": (card("title: 2020年度部门整体支出绩效评价报告", "title: [2020]"), ["title", "一行文字"]),
    "title is a mapping": (card("title: 2020年度部门整体支出绩效评价报告", "title: {a: 2020}"), ["title", "一行文字"]),
    "title has a colon": (card("title: 2020", "title: 报告: 2020"), ["第2行", "引号"]),
    "title is two lines": (card("title: 2020年度", "title: |\n  2020\n  报告\nurl2: 2020年度"), ["title 2020", "url2"]),
    "title has an escape": (card("title: 2020年度", 'title: "2020\\u0000年度"\nx: 年度'), ["title", "一行文字"]),
    "unit is a list": (card("unit: 衡阳市蒸湘区总工会", "unit: [一, 二]"), ["unit", "一行文字"]),
    "contact is a mapping": (card("contact: 未注明", "contact: {电话: 1}"), ["contact", "一行文字"]),
    "url is a list": (card("url:", "url: [a]"), ["url", "网址"]),
    "url is a script": (card("url:", "url: javascript:alert(1)"), ["url javascript:alert(1)", "https://"]),
    "archive is a data address": (card("archive:", "archive: ' DATA:text/html,x'"), ["archive", "https://"]),
    "day that does not exist": (card("read: 2026-11-22", "read: 2021-02-30"), ["read 2021-02-30", "日期"]),
    "quoted day that does not exist": (card("read: 2026-11-22", 'read: "2021-02-30"'), ["read 2021-02-30", "日期"]),
    "date of the edition that does not exist": (
        card("date: 2026-11-22", 'date: "2021-02-30"'),
        ["revision.date", "日期"],
    ),
    "year only": (card("published: ", "published: 2021 "), ["published 2021", "日期"]),
    "month of 13": (card("published: ", "published: 2021-13-01 "), ["published 2021-13-01", "日期"]),
    "year is a word": (card("year: 2020", "year: 二〇二〇"), ["year 二〇二〇", "四位年度"]),
    "year is a list": (card("year: 2020", "year: [2020]"), ["year ['2020']", "四位年度"]),
    "year of another folder": (card("year: 2020", "year: 2019"), ["2019", "文件夹为 2020"]),
    "approved by nobody": (card("state: draft", "state: approved"), ["缺 status.by", "缺 status.on"]),
    "unknown state": (card("state: draft", "state: final"), ["final", "draft 或 approved"]),
    "status is a word": (card("status:", "status: draft\nold:"), ["status 不是一组值", "未知的 old"]),
    "unknown field": (card("contact: 未注明", "contakt: 未注明"), ["未知的 contakt", "缺 contact"]),
    "key twice": (card("contact: 未注明", "contact: 甲\ncontact: 乙"), ["又一个 contact", "第27行"]),
    "key twice inside": (card("  number: 1", "  number: 1\n  number: 2"), ["又一个 number"]),
    "recursive anchor": (card("covers: [绩效情况]", "covers: &a [*a]"), ["引用"]),
    "typed value": (card("contact: 未注明", "contact: !!python/object:os.system 未注明"), ["类型"]),
    "deep nesting": (card("covers: [绩效情况]", f"covers: {'[' * 5000}"), ["层次过深"]),
    "conflict in the card": (card("contact:", "<<<<<<< HEAD\ncontact:"), ["合并冲突"]),
    "covers is a word": (card("covers: [绩效情况]", "covers: 绩效情况"), ["covers", "列表"]),
    "sections are a list": (card("sections: ", "sections: [a]\nold:"), ["sections", "各章的标题"]),
    "unknown section": (card("  services:", "  servces:"), ["未知的 servces", "services"]),
    "notes of the revision are words": (card("notes: []", "notes: 更正"), ["revision.notes", "date"]),
    "notes of the revision without a date": (card("notes: []", "notes: [{text: 更正}]"), ["revision.notes", "date"]),
    "revision is no number": (card("number: 1", "number: 一"), ["revision.number", "大于零的整数"]),
    "revision is a list": (card("revision:\n", "revision: []\nold:\n"), ["revision 不是一组值"]),
    "card is empty": (hold("source.yml", ""), ["source.yml", "键和值"]),
    "card is a number": (hold("source.yml", "5"), ["source.yml", "键和值"]),
    "card has tabs": (card("  number: 1", "\tnumber: 1"), ["YAML", "第23行"]),
    "emoji in the card": (card("contact: 未注明", "contact: 😀"), ["U+1F600", "GRINNING FACE", "第26行"]),
    "profile is a list": (hold("../unit.yml", "- a"), ["unit.yml", "键和值"]),
    "profile with a list": (put("../unit.yml", "kind: 工会", "kind: [工会]"), ["unit.yml", "kind"]),
    # --- tables
    "no figures": (lambda folder: (folder / "figures.csv").unlink(), ["figures.csv", "没有这个文件"]),
    "empty figures": (hold("figures.csv", ""), ["figures.csv 第1行", "空白"]),
    "empty notes": (hold("notes.csv", ""), ["notes.csv 第1行", "空白"]),
    "folder": (instead("figures.csv", lambda path: path.mkdir()), ["figures.csv", "文件夹", "换成文件"]),
    "folder of notes": (instead("notes.csv", lambda path: path.mkdir()), ["notes.csv", "文件夹"]),
    "pipe": (instead("figures.csv", os.mkfifo), ["figures.csv", "管道"]),
    "pipe as card": (instead("source.yml", os.mkfifo), ["source.yml", "管道"]),
    "link into nothing": (instead("notes.csv", lambda path: path.symlink_to("none.csv")), ["notes.csv", "不存在"]),
    "link to itself": (instead("notes.csv", lambda path: path.symlink_to("notes.csv")), ["notes.csv", "不存在"]),
    "link out of the tree": (
        instead("notes.csv", lambda path: path.symlink_to("/etc/hostname")),
        ["notes.csv", "以外的链接"],
    ),
    "100 MB": (instead("notes.csv", large), ["notes.csv", "100 MB", "32 MB"]),
    "huge cell": (put("notes.csv", "并做好", "好" * 20_000), ["notes.csv 第2行", "字", "10000"]),
    "cell beyond the reader": (put("notes.csv", "并做好", "好" * 200_000), ["notes.csv 第2行", "一格过长"]),
    "NUL": (put("figures.csv", "117家", "117\0家"), ["figures.csv 第2行", "U+0000"]),
    "control character": (put("notes.csv", "并做好", "并\x07做好"), ["notes.csv 第2行", "U+0007"]),
    "neither UTF-8 nor GBK": (put_bytes("notes.csv", "宣传".encode(), "宣传".encode()[:4]), ["第2行", "UTF-8"]),
    "mojibake": (garbled("notes.csv", "gb18030"), ["notes.csv 第2行", "乱码", "CSV UTF-8"]),
    "mojibake of the west": (garbled("notes.csv", "cp1252"), ["notes.csv 第2行", "乱码"]),
    "characters lost": (put("notes.csv", "经宣传", "??????"), ["notes.csv 第2行", "乱码"]),
    "a cell too few": (put("figures.csv", CELL, CELL.replace("家,,", "家,")), ["figures.csv 第2行", "4 格", "5 格"]),
    "two rows ragged": (put("figures.csv", CELL, "1,a\n2,b\n"), ["figures.csv 第2行", "figures.csv 第3行"]),
    "a cell too many": (put("notes.csv", "并做好", "并,做好"), ["notes.csv 第2行", "5 格", "4 格"]),
    "quote that stays open": (put("notes.csv", "经宣传", '"经宣传'), ["notes.csv", "引号"]),
    "line end in a cell": (put("notes.csv", "经宣传", '"一\n二"经'), ["notes.csv", "引号"]),
    "line end in a quoted cell": (end("notes.csv", 'services,measure,1,"一\n# 二"\n'), ["notes.csv 第23行", "换行"]),
    "conflict in a table": (put("notes.csv", "services", "<<<<<<< HEAD\nservices"), ["notes.csv 第2行", "合并冲突"]),
    "other head": (put("figures.csv", "locator,", "place,"), ["figures.csv 第1行", "locator,indicator"]),
    "blank place": (put("figures.csv", "1(1),mutual_aid.units", ",mutual_aid.units"), ["第2行", "locator"]),
    "place made a date": (put("figures.csv", "1(1),mutual_aid.units", "1月2日,mutual_aid.units"), ["第2行", "1月2日"]),
    "10,000 digits": (put("figures.csv", "117家", "9" * 9_000 + "家"), ["figures.csv 第2行", "数字"]),
    "infinite": (put("figures.csv", "4025人", "inf人"), ["figures.csv 第3行", "inf人"]),
    "no number": (put("figures.csv", "4025人", "nan"), ["figures.csv 第3行", "nan"]),
    "ten times ten": (put("figures.csv", "4025人", "十十两人"), ["figures.csv 第3行", "十十两"]),
    "row twice": (put("figures.csv", CELL, CELL * 2), ["figures.csv 第3行", "各行不同"]),
    # --- corrections, statements, notes
    "correction without reason": (
        put("corrections.csv", "两项之和为“2.5万余元”加“10万余元”，原文漏“万”", ""),
        ["corrections.csv 第2行", "reason"],
    ),
    "correction without correction": (put("corrections.csv", "12.5万余元,两", ",两"), ["第2行", "corrected"]),
    "contradicting corrections": (
        end("corrections.csv", "1(3)二,summer.total_goods,12.5余元,13万余元,另一理由,,\n"),
        ["corrections.csv 第3行", "又一条更正"],
    ),
    "correction of an impossible date": (put("corrections.csv", "2026-11-22", "2026-02-30"), ["date 2026-02-30"]),
    "correction of nothing": (put("corrections.csv", "12.5余元", "12.6余元"), ["12.6余元", "删去这条更正"]),
    "statement on nothing": (
        hold("statements.csv", "check,locator,statement,date,by\nnowhere,,如此,,\n"),
        ["statements.csv 第2行", "nowhere"],
    ),
    "note of an unknown kind": (put("notes.csv", "services,measure", "services,deed"), ["notes.csv 第2行", "deed"]),
    "note of an unknown section": (put("notes.csv", "services,measure", "service,measure"), ["第2行", "service”"]),
    "note with an unknown name": (put("notes.csv", "经宣传", "{{ nothing }}经宣传"), ["notes.csv 第2行", "nothing"]),
    "note with code": (put("notes.csv", "经宣传", "{{ 1 + 1 }}经宣传"), ["notes.csv 第2行", "花括号"]),
    # --- targets, the unit's own tables
    "unknown grade": (target("达成", "很好"), ["targets.csv 第3行", "很好"]),
    "unknown measure": (target("mutual_aid.members", "mutual_aid.member"), ["targets.csv 第2行", "mutual_aid.member"]),
    "850 % for 8.5": (target("4000,人,50,mutual_aid.members,", "8.5,,50,,850%"), ["targets.csv 第2行", "850%"]),
    "target of zero": (target("≥,4000", "≥,0"), ["targets.csv 第2行", "≥0人"]),
    "unknown comparator": (target("≥", "＞"), ["targets.csv 第2行", "＞"]),
    "weights that do not add up": (target(",50,", ",49,"), ["targets.csv", "产出指标分值合计49分", "50分"]),
    "sheet whose weights are wrong": (
        lambda folder: [
            target("", "")(folder),
            change(folder.parents[2] / "sheets/national.csv", "产出指标,,,50", "产出指标,,,51"),
        ],
        ["national.csv", "一百分"],
    ),
    "indicator twice": (
        hold(
            "../indicators.csv",
            "indicator,section,label,unit,scope,direction,definition,cues,since\n" + "a.b,,甲,人,,,,,\n" * 2,
        ),
        ["indicators.csv 第3行", "a.b"],
    ),
    "since is no year": (
        hold(
            "../indicators.csv",
            "indicator,section,label,unit,scope,direction,definition,cues,since\na.b,,甲,人,,,,,²\n",
        ),
        ["indicators.csv 第2行", "since ²"],
    ),
    "relation without a sign": (
        hold("../checks.csv", "check,kind,severity,relation,message\nx,sum,error,mutual_aid.units,甲\n"),
        ["checks.csv 第2行", "关系式"],
    ),
    "sum of itself": (
        lambda folder: [
            hold(
                "../checks.csv",
                "check,kind,severity,relation,message\nx,sum,error,mutual_aid.units = mutual_aid.units,甲\n",
            )(folder),
            change(folder / "figures.csv", "4025人", "nan"),
        ],
        ["figures.csv 第3行", "nan"],
    ),
    "headline of an unknown metric": (
        hold("../headlines.csv", "metric\nnothing.at_all\n"),
        ["headlines.csv 第2行", "nothing"],
    ),
    # --- the unit's own text
    "HTML": (hold("report.md", "# 甲\n\nm<sup>2</sup>\n"), ["report.md 第3行", "HTML"]),
    "text without a chapter": (hold("report.md", "文字\n"), ["report.md 第1行", "# 标题"]),
    "section below no section": (
        hold("report.md", "# 甲\n\n## 乙\n\n# 丙\n\n### 丁\n"),
        ["report.md 第7行", "改为 ##"],
    ),
    "unknown name in the report": (hold("report.md", "# 甲\n\n{{ nothing }}\n"), ["report.md 第3行", "nothing"]),
    # --- notebooks
    "conflict in a notebook": (
        put("../../../../notebooks/02_workforce.ipynb", "{", "<<<<<<< HEAD\n{"),
        ["02_workforce.ipynb", "合并冲突"],
    ),
    "empty notebook": (hold("../../../../notebooks/02_workforce.ipynb", ""), ["02_workforce.ipynb", "读不出"]),
    "no clean notebook": (
        lambda folder: (folder.parents[3] / "notebooks/00_clean.ipynb").unlink(),
        ["00_clean.ipynb", "没有这个笔记本"],
    ),
    "syntax error": (
        put(
            "../../../../notebooks/02_workforce.ipynb",
            "book = open_chapter(unit, year)",
            "book = open_chapter(unit, year",
        ),
        ["02_workforce.ipynb", "语法错误", "第"],
    ),
}


@pytest.fixture(scope="module")
def good(edition, tmp_path_factory) -> tuple[Edition, Path]:
    """The 2020 edition, published; and data and notebooks as they were."""
    own = copy_built(edition, tmp_path_factory.mktemp("good") / "project")
    pristine = own.root.parent / "pristine"
    for name in ("data", "notebooks"):
        shutil.copytree(own.root / name, pristine / name)
    return own, pristine


@pytest.fixture
def broken(good):
    """The edition, whose inputs are as they were after the test."""
    edition, pristine = good
    yield edition
    for path in (edition.raw.parent, edition.root / "data/sheets", edition.root / "notebooks"):
        shutil.rmtree(path)
        shutil.copytree(pristine / path.relative_to(edition.root), path)


def published(edition: Edition) -> str:
    """A digest over all that is published."""
    files = sorted(path for path in edition.output.rglob("*") if path.is_file())
    return hashlib.sha256(b"".join(str(path).encode() + path.read_bytes() for path in files)).hexdigest()


def errors(edition: Edition) -> str:
    """What `check` calls an error."""
    return "\n".join(f"{r.file} 第{r.line}行：{r.text}" for r in check(edition) if r.kind == ERROR)


@pytest.mark.parametrize("name", CASES)
def test_broken_folder_is_told_alike_by_check_and_report(broken, name):
    how, told = CASES[name]
    before = published(broken)
    how(broken.raw)
    edition = Edition(broken.unit, broken.year, broken.root)
    found, outcome = errors(edition), make(edition)
    assert (outcome.state, outcome.kind) == ("failed", "input"), outcome
    for part in told:
        assert part in found, found
        assert part in outcome.message, outcome.message
    foreign = re.findall(r"\b(?:Traceback|Error|expected|invalid|Expecting|unpack|object|line \d+)\b", found)
    assert not foreign, found
    assert published(broken) == before


@pytest.mark.parametrize("name", ["key twice", "a cell too few", "unknown grade", "syntax error"])
def test_both_commands_exit_with_three(broken, name):
    CASES[name][0](broken.raw)
    for command in ("check", "report"):
        given = ["--root", str(broken.root), command, "--unit", "zhengxiang", "--year", "2020"]
        assert CliRunner().invoke(main, given).exit_code == 3


def test_faults_of_several_files_are_told_at_once(broken):
    for name in ("year only", "a cell too few", "correction of an impossible date", "note of an unknown kind"):
        CASES[name][0](broken.raw)
    change(broken.raw / "notes.csv", "services,measure", "service,measure")
    edition = Edition(broken.unit, broken.year, broken.root)
    message = make(edition).message
    files = ("source.yml", "figures.csv 第2行", "notes.csv 第2行", "notes.csv 第3行")
    assert all(file in message for file in files), message


DICTIONARY = "indicator,section,label,unit,scope,direction,definition,cues,since\n"
WRONG = {
    "corrections.csv 第2行：现为reason": CASES["correction without reason"][0],
    "corrections.csv 第2行：现为corrected": CASES["correction without correction"][0],
    "corrections.csv 第2行：现为date": CASES["correction of an impossible date"][0],
    "statements.csv 第2行：现为date": hold(
        "statements.csv", "check,locator,statement,date,by\nsummer_households,,如此,2021-02-30,\n"
    ),
    "indicators.csv 第2行：现为indicator a;b": hold("../indicators.csv", f"{DICTIONARY}a;b,,甲,人,,,,,\n"),
    "indicators.csv 第2行：现为since": hold("../indicators.csv", f"{DICTIONARY}a.b,,甲,人,,,,,²\n"),
    "indicators.csv 第3行：现为indicator a.b": hold("../indicators.csv", DICTIONARY + "a.b,,甲,人,,,,,\n" * 2),
    "indicators.csv 第2行：现为section nowhere": hold("../indicators.csv", f"{DICTIONARY}a.b,nowhere,甲,人,,,,,\n"),
    "checks.csv 第2行：现为severity": hold(
        "../checks.csv", "check,kind,severity,relation,message\nx,sum,bad,mutual_aid.units = mutual_aid.members,甲\n"
    ),
    "checks.csv 第2行：现为kind": hold(
        "../checks.csv", "check,kind,severity,relation,message\nx,odd,error,mutual_aid.units = mutual_aid.members,甲\n"
    ),
    "ranges.csv 第2行：现为factor": hold("../ranges.csv", "name,low,high,factor,source\nmutual_aid.units,,,-1,甲\n"),
    "metrics.csv 第2行：现为label": hold(
        "../metrics.csv", "metric,label,formula,caveat\nown.x,<b>,mutual_aid.units,\n"
    ),
    "headlines.csv 第2行：现为least": hold("../headlines.csv", "metric,least\nmutual_aid.benefit_rate,5\n"),
}


@pytest.mark.parametrize("told", WRONG)
def test_wrong_cell_is_told_with_what_else_is_wrong(broken, told):
    WRONG[told](broken.raw)
    change(broken.raw / "figures.csv", "4025人", "nan")
    change(broken.raw / "notes.csv", "services,measure", "services,deed")
    found = errors(Edition(broken.unit, broken.year, broken.root))
    for part in (told, "figures.csv 第3行：现为“nan”", "notes.csv 第2行：现为kind “deed”"):
        assert found.count(part) == 1, found


@pytest.mark.parametrize("characters", ["\ufeff", "\u200b", "\u200e", "\u2060", "\ufe0f", "\ue123", "\u202e"])
def test_invisible_characters_are_removed_and_told(broken, characters):
    change(broken.raw / "figures.csv", "117家", f"11{characters}7家")
    told = check(Edition(broken.unit, broken.year, broken.root))
    assert [one.text for one in told if one.kind == ERROR] == []
    (text,) = [one.text for one in told if (one.file, one.line, one.kind) == ("figures.csv", 2, REMINDER)]
    assert f"U+{ord(characters):04X}" in text


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_any_line_ends_will_do(broken, ends):
    for file in ("figures.csv", "notes.csv", "source.yml"):
        path = broken.raw / file
        path.write_bytes(path.read_bytes().replace(b"\n", ends.encode()))
    assert errors(Edition(broken.unit, broken.year, broken.root)) == ""
