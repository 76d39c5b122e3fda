"""Diff: what changed is told, what is certain told from what the hedges leave open, and nothing where nothing changed."""

import csv
import json
import re
import subprocess

import pytest
from click.testing import CliRunner

from conftest import make
from lib.cells import PROSE
from lib.cli import main
from lib.compare import versions as diff
from lib.compare.versions import published, verdict
from lib.edition.edition import Edition
from lib.edition.rows import TABLES
from lib.numbers.bounds import Bounds

CARD = {
    "unit": "shili",
    "unit_name": "示例市总工会",
    "year": 2020,
    "title": "2020年度报告",
    "status_label": "草稿",
    "revision": 1,
    "date": "2021-03-31",
    "key": "aaa",
    "source": {"title": "来源", "url": ""},
    "revision_notes": [],
    "contact": "办公室",
}
TEXT = ["# 摘要\n\n参保4,025人。人均74.63元；另见附件。", "# 问题\n\n- 宣传不够。\n- 经费不足。"]
EXACT = ("true", "true")


def figure(name, printed, low, high, closed=EXACT, unit="人", scope="职工", status="reported"):
    row = dict.fromkeys(TABLES["figures"], "") | {"indicator": name, "label": f"名{name}", "locator": "1", "value": low}
    row |= {"printed": printed, "low": low, "high": high, "low_closed": closed[0], "high_closed": closed[1]}
    return row | {"unit": unit, "scope": scope, "status": status, "section": "services"}


def metric(name, shown, low, high, closed=EXACT, unit="元/人", formula="甲 ÷ 乙", inputs="a.x"):
    row = figure(name, "", low, high, closed, unit) | {"metric": name, "shown": shown}
    row |= {"formula": formula, "inputs": inputs, "caveat": ""}
    return {column: row[column] for column in TABLES["metrics"]}


def finding(check, message, severity="warning", status="open", section="services", indicators="a.x"):
    row = {"check": check, "severity": severity, "status": status, "section": section}
    return row | {"indicators": indicators, "locators": "1", "message": message}


def publish(folder, figures=(), metrics=(), findings=(), text=TEXT, doubted=(), **card):
    """A published edition by hand: tables, notebook and manifest; numbers in doubt by name."""
    folder.mkdir(parents=True)
    for (name, columns), rows in zip(TABLES.items(), (figures, metrics, findings), strict=True):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(rows)
    values = {name: {"shown": "5元※"} for name in doubted}
    shown = [{PROSE: {"markdown": source, "values": values}} for source in text]
    outputs = [{"output_type": "display_data", "data": data} for data in shown]
    cells = [{"cell_type": "code", "metadata": {}, "source": "一", "outputs": outputs}]
    notebook = {"cells": cells, "metadata": {"jixiao": CARD | card}}
    (folder / "report.ipynb").write_text(json.dumps(notebook), "utf-8")
    (folder / "manifest.json").write_text(json.dumps({"card": CARD | card}), "utf-8")
    return folder


def compared(tmp_path, old, new):
    """What changed between two editions made by hand, given as keywords of `publish`."""
    return diff.compare(*(diff.side(publish(tmp_path / name, **one)) for name, one in (("a", old), ("b", new))))


def said(rows):
    return {row["name"]: (row["change"], row["by"]) for row in rows}


# --- numbers ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "same_source", "word"),
    [
        (Bounds(5, 5), Bounds(6, 6), False, "确定上升"),
        (Bounds(50, 60, True, False), Bounds(60, 70, True, False), False, "确定上升"),  # 50余 is less than 60
        (Bounds(50, 60), Bounds(60, 70), False, "不能确定"),  # both may be 60
        (Bounds(50, 60, True, False), Bounds(59, 59), False, "不能确定"),
        (Bounds(260000, 270000, True, False), Bounds(250000, 260000, True, False), False, "确定下降"),
        (Bounds(300, float("inf")), Bounds(200, 299), False, "确定下降"),
        (Bounds(300, float("inf")), Bounds(400, 400), False, "不能确定"),
        (Bounds(5, 5), Bounds(5, 5), False, "未变"),
        (Bounds(50, 60), Bounds(50, 60), False, "不能确定"),  # the same hedge twice is not the same number
        (Bounds(50, 60), Bounds(50, 60), True, "未变"),
        (None, Bounds(5, 5), False, "新增"),
        (Bounds(5, 5), None, False, "不再有"),
    ],
)
def test_only_what_the_bounds_exclude_is_certain(old, new, same_source, word):
    assert verdict(old, new, same_source) == word


def test_two_runs_of_one_edition_list_what_changed_and_nothing_else(tmp_path):
    hedged = figure("a.y", "50余人", "50", "60", ("true", "false"))
    old = {"figures": [figure("a.x", "4025人", "4025", "4025"), hedged, figure("a.z", "3人", "3", "3")]}
    new = {"figures": [figure("a.x", "4125人", "4125", "4125"), hedged, figure("a.n", "7人", "7", "7")]}
    rows = compared(tmp_path, old, new)["figures"]
    assert said(rows) == {"a.x": ("改大", "100人"), "a.n": ("新增", ""), "a.z": ("不再有", "")}
    assert (rows[0]["old"], rows[0]["new"]) == (("4025人", ""), ("4125人", ""))


@pytest.mark.parametrize("side", [0, 1, None])
def test_change_that_rests_on_a_doubt_is_not_certain(tmp_path, side):
    """Of either edition; what else changed stays certain."""
    sides = []
    for n, value in enumerate(("5", "6")):
        rows = [metric(name, f"{value}元", value, value) for name in ("a.cost", "a.other")]
        sides.append({"metrics": rows, "doubted": ("a.cost",) if side == n else ()})
    found = said(compared(tmp_path, *sides)["metrics"])
    assert found["a.other"] == ("改大", "1元")
    assert found["a.cost"] == (("改大", "1元") if side is None else ("存疑，不能确定", ""))


def test_years_are_compared_metric_by_metric(tmp_path):
    old = {
        "figures": [figure("a.x", "9人", "9", "9"), figure("a.y", "9人", "9", "9", scope="区级")],
        "metrics": [
            metric("a.cost", "74.63元", "74.63", "74.63"),
            metric("a.rate", "86.5%—89.9%", "0.865", "0.899", unit=""),
            metric("a.open", "10—20元", "10", "20"),
            metric("a.same", "5元", "5", "5"),
            metric("a.scope", "5元", "5", "5", inputs="a.x;a.y"),
            metric("a.formula", "5元", "5", "5"),
            metric("a.unit", "5元", "5", "5"),
            metric("a.own", "6.02%", "0.0602", "0.0602", unit="%"),
            metric("a.place", "5.00元", "5.0016", "5.0016"),
        ],
    }
    new = {
        "year": 2021,
        "figures": [figure("a.x", "9人", "9", "9"), figure("a.y", "9人", "9", "9", scope="市级")],
        "metrics": [
            metric("a.cost", "72元", "72", "72"),
            metric("a.rate", "91%", "0.91", "0.91", unit=""),
            metric("a.open", "10—20元", "10", "20"),
            metric("a.same", "5元", "5", "5"),
            metric("a.scope", "6元", "6", "6", inputs="a.x;a.y"),
            metric("a.formula", "6元", "6", "6", formula="甲 ÷ 丙"),
            metric("a.unit", "6人", "6", "6", unit="人"),
            metric("a.own", "4.37%", "0.0437", "0.0437", unit="%"),
            metric("a.place", "5元", "5", "5"),
        ],
    }
    found = compared(tmp_path, old, new)
    assert said(found["metrics"]) == {
        "a.cost": ("确定下降", "2.63元"),
        "a.rate": ("确定上升", "1.1—4.5个百分点"),
        "a.open": ("不能确定", ""),
        "a.scope": ("不比较", "口径不同"),
        "a.formula": ("不比较", "计算方法不同"),
        "a.unit": ("不比较", "单位不同"),
        "a.own": ("确定下降", "1.65个百分点"),
        "a.place": ("未变", ""),
    }
    assert found["metrics"][4]["more"] == [("计算方法", "甲 ÷ 乙", "甲 ÷ 丙")]
    assert said(found["figures"]) == {"a.y": ("不比较", "口径不同")}


@pytest.mark.parametrize(("now", "word"), [("-2600", "减幅确定缩小"), ("-9600", "减幅确定扩大"), ("2600", "确定上升")])
def test_a_fall_that_is_less_has_not_risen(tmp_path, now, word):
    before, after = (metric("a.x", "", at, at, unit="元") | {"label": "三公经费减少"} for at in ("-6600", now))
    found = compared(tmp_path, {"metrics": [before]}, {"metrics": [after], "year": 2021})
    assert [row["change"] for row in found["metrics"]] == [word]


def test_place_in_the_source_counts_within_a_year_only(tmp_path):
    old, new = figure("a.x", "9人", "9", "9"), figure("a.x", "9人", "9", "9") | {"locator": "2"}
    assert compared(tmp_path / "1", {"figures": [old]}, {"figures": [new]})["figures"][0]["more"] == [
        ("位置", "1", "2")
    ]
    assert compared(tmp_path / "2", {"figures": [old]}, {"figures": [new], "year": 2021})["figures"] == []


def test_correction_shows_the_token_and_what_it_is_taken_for(tmp_path):
    old = figure("a.x", "12.5余元", "12.5", "13", ("true", "false"), "元")
    new = figure("a.x", "12.5余元", "125000", "126000", ("true", "false"), "元", status="corrected")
    (row,) = compared(tmp_path, {"figures": [old]}, {"figures": [new]})["figures"]
    assert row["new"] == ("12.5余元", "12.5万元（含）至12.6万元（不含）")
    assert row["change"] == "改大" and ("状态", "照录", "更正") in row["more"]


# --- words --------------------------------------------------------------------------------------------------------------


def test_findings_are_new_gone_or_changed(tmp_path):
    stays = finding("stays", "不变")
    old = {"findings": [stays, finding("gone", "没有了"), finding("moved", "多出5人", "error")]}
    new = {"findings": [finding("moved", "多出7人", "error", "settled"), stays, finding("new", "新的")]}
    rows = [(row["state"], re.sub(r"（.*", "", row["text"])) for row in compared(tmp_path, old, new)["findings"]]
    assert rows == [
        ("改", "差错<ins>"),
        ("增", "<ins>提醒：新的"),
        ("删", "<del>提醒：没有了"),
    ]
    (text,) = (row["text"] for row in compared(tmp_path / "2", old, new)["findings"] if row["state"] == "改")
    assert "<ins>（已更正）</ins>" in text and "多出<del>5</del><ins>7</ins>人" in text


def test_sentences_are_compared_within_their_chapter(tmp_path):
    text = ["# 摘要\n\n参保4,125人。人均74.63元；另见附件。本年扩面。", "# 问题\n\n- 经费不足。"]
    found = compared(tmp_path, {}, {"text": [*text, "# 其他\n\n无。"]})["chapters"]
    assert [(heading, [(row["state"], str(row["text"])) for row in rows]) for heading, rows in found] == [
        ("摘要", [("改", "参保<del>4,025</del><ins>4,125</ins>人。"), ("增", "<ins>本年扩面。</ins>")]),
        ("问题", [("删", "<del>宣传不够。</del>")]),
        ("其他", [("增", "<ins>无。</ins>")]),
    ]


def test_unlike_sentences_are_two_and_pairs_never_cross():
    pairs = list(diff.aligned(["甲乙丙丁。", "天地玄黄。"], ["宇宙洪荒。", "天地玄青。", "甲乙丙戊。"]))
    assert pairs == [("", "宇宙洪荒。"), ("", "天地玄青。"), ("甲乙丙丁。", "甲乙丙戊。"), ("天地玄黄。", "")]
    assert list(diff.aligned(["一。"], ["一。", ""])) == [("一。", "一。"), ("", "")]


def test_sentences_that_stay_keep_their_place():
    pairs = list(diff.aligned(["一。", "二。", "三。"], ["一。", "三。", "四。"]))
    assert pairs == [("一。", "一。"), ("二。", ""), ("三。", "三。"), ("", "四。")]


def test_changed_sentence_is_paired_beside_an_inserted_one():
    old = ["参保人数4025人，比上年增加。"]
    pairs = list(diff.aligned(old, ["今年新设互助基金。", "参保人数4035人，比上年增加。"]))
    assert pairs == [("", "今年新设互助基金。"), (old[0], "参保人数4035人，比上年增加。")]


def test_number_is_one_word_and_markup_is_text():
    assert diff.marked("共4,025人<b>", "共4,035人<b>") == "共<del>4,025</del><ins>4,035</ins>人&lt;b&gt;"


# --- the page -----------------------------------------------------------------------------------------------------------


def call(outputs, *arguments):
    (outputs.parent / "data").mkdir(exist_ok=True)
    (outputs.parent / "data/indicators.csv").touch()
    (outputs.parent / "notebooks").mkdir(exist_ok=True)
    return CliRunner().invoke(main, ["--root", str(outputs.parent), "diff", *map(str, arguments)])


def test_nothing_changed_is_said_plainly(tmp_path):
    outputs = tmp_path / "outputs"
    publish(outputs / "shili/2020", figures=[figure("a.x", "50余人", "50", "60", ("true", "false"))])
    result = call(outputs, "shili/2020", "shili/2020")
    assert result.exit_code == 0, result.output
    page = (outputs / "diff/shili-2020-shili-2020.html").read_text("utf-8")
    assert "没有变化：来源数据、指标、核对发现和报告文字完全相同" in page
    assert "<ins>" not in page and page.count("<p>没有变化。</p>") == 4


def test_page_stands_below_outputs_and_comes_out_the_same(tmp_path):
    outputs = tmp_path / "outputs"
    publish(outputs / "shili/2020", figures=[figure("a.x", "5人", "5", "5")])
    publish(outputs / "shili/2021", figures=[figure("a.x", "6人", "6", "6")], year=2021)
    result = call(outputs, "shili/2020", "shili/2021")
    page = outputs / "diff/shili-2020-shili-2021.html"
    assert result.exit_code == 0 and result.output.strip().endswith("outputs/diff/shili-2020-shili-2021.html")
    before = page.read_bytes()
    call(outputs, "shili/2020", "shili/2021")
    assert page.read_bytes() == before and len(list(page.parent.iterdir())) == 1
    text = before.decode()
    assert "<strong>确定上升</strong><small>1人</small>" in text
    assert "default-src 'none'" in text and not re.search(r'(?:src|href)="(?!data:,)', text)


def test_score_and_headline_metrics_lead_then_corrected_figures(tmp_path):
    """The score before the headline metrics in their order; a corrected figure once more among the points; nothing else."""
    outputs, names = tmp_path / "outputs", ("a.other", "a.second", "a.first", "score.total")
    figures = [figure("a.x", "5人", "5", "5"), figure("a.y", "5人", "5", "5")]
    publish(outputs / "shili/2020", figures, [metric(name, "5元", "5", "5") for name in names])
    figures = [figure("a.x", "5人", "50", "50", status="corrected"), figure("a.y", "6人", "6", "6")]
    publish(outputs / "shili/2021", figures, [metric(name, "6元", "6", "6") for name in names], year=2021)
    call(outputs, "shili/2020", "shili/2021")  # which lays out the folder of data
    (tmp_path / "data/headlines.csv").write_text("metric\na.first\na.second\n")
    call(outputs, "shili/2020", "shili/2021")
    page = (outputs / "diff/shili-2020-shili-2021.html").read_text("utf-8")
    assert "<h1>示例市总工会2020年度与示例市总工会2021年度对照</h1>" in page
    _, leads, corrected, _ = re.split('<caption id="(?=leads|corrected|figures)', page)
    told = [re.findall('<th scope="row">[^<]*<small>(.*?)</small>', part) for part in (leads, corrected)]
    assert told == [["score.total", "a.first", "a.second"], ["a.x"]]
    assert page.index("<h2>要点</h2>") < page.index("<h2>来源数据</h2>")
    catalogue = (outputs / "index.html").read_text("utf-8")
    assert 'href="diff/shili-2020-shili-2021.html">与2020年度对照' in catalogue


def test_nothing_leads_where_no_headline_changed(tmp_path):
    outputs = tmp_path / "outputs"
    for year, value in ((2020, "5"), (2021, "6")):
        publish(outputs / f"shili/{year}", metrics=[metric("a.other", f"{value}元", value, value)], year=year)
    call(outputs, "shili/2020", "shili/2021")
    page = (outputs / "diff/shili-2020-shili-2021.html").read_text("utf-8")
    assert "总分和主要指标没有变化" in page and 'id="corrected"' not in page


@pytest.mark.parametrize(
    ("card", "told"),
    [
        ({"revision": 2}, ("第1版", "第2版")),
        ({"key": "bbb"}, ("（aaa）", "（bbb）")),
        ({}, ("（上一次）", "（这一次）")),
    ],
)
def test_two_runs_of_one_edition_are_told_apart(tmp_path, card, told):
    old, new = (publish(tmp_path / "outputs/shili" / year, **more) for year, more in (("2020", {}), ("2021", card)))
    page = diff.write(str(old), str(new), tmp_path / "outputs", tmp_path).read_text("utf-8")
    assert f"<h1>示例市总工会2020年度{told[0]}与示例市总工会2020年度{told[1]}对照</h1>" in page


def test_many_changed_sentences_are_folded(tmp_path):
    """With their number by kind; a few stand open."""
    outputs = tmp_path / "outputs"
    publish(
        outputs / "shili/2020", text=["# 摘要\n\n" + "".join(f"事项{n}已办。" for n in "甲乙丙丁戊己庚辛壬"), TEXT[1]]
    )
    publish(outputs / "shili/2021", text=["# 摘要\n\n无。", "# 问题\n\n- 宣传不够。"], year=2021)
    call(outputs, "shili/2020", "shili/2021")
    page = (outputs / "diff/shili-2020-shili-2021.html").read_text("utf-8")
    assert re.findall("<summary>(.*?)</summary>", page) == ["摘要：删9处，增1处"]
    assert page.index("<h3>问题</h3>") > page.index("</details>")


def test_version_before_is_named_by_a_tilde(tmp_path):
    outputs = tmp_path / "outputs"
    now = publish(outputs / "shili/.2020/bbb")
    (outputs / "shili/2020").symlink_to(".2020/bbb")
    with pytest.raises(FileNotFoundError, match="没有这样早的版本"):
        published("shili/2020~1", outputs)
    before = publish(outputs / "shili/.2020/aaa")
    publish(outputs / "shili/.2020/new-7")  # one that is being made
    assert published("shili/2020~1", outputs) == before
    assert published("shili/2020", outputs).resolve() == now == published(str(now), outputs)
    result = call(outputs, "shili/2019", "shili/2020")
    assert result.exit_code == 1 and "shili/2019：没有这个已发布的版本。现有：shili/2020" in result.output


@pytest.fixture(scope="session")
def revised(edition, tmp_path_factory):
    """The page on two runs of the real edition, one person more in a thousand between them."""
    root = tmp_path_factory.mktemp("revised") / "project"
    subprocess.run(["cp", "-a", edition.root, root], check=True)
    path = root / "data/raw/zhengxiang/2020/figures.csv"
    path.write_text(path.read_text("utf-8").replace("4025人", "4125人"), "utf-8")
    outcome = make(Edition("zhengxiang", 2020, root))
    assert outcome.state == "built", outcome
    arguments = ["--root", str(root), "diff", "zhengxiang/2020~1", "zhengxiang/2020"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    return root / "outputs/diff/zhengxiang-2020~1-zhengxiang-2020.html"


def test_real_runs_name_exactly_what_changed(revised, edition):
    page = revised.read_text("utf-8")
    with (edition.output / "metrics.csv").open(encoding="utf-8", newline="") as file:
        rests = {row["metric"] for row in csv.DictReader(file) if "mutual_aid.members" in row["inputs"].split(";")}
    _, figures, metrics = re.split('<caption id="(?=figures|metrics)', page)
    heads = [set(re.findall('<th scope="row">[^<]*<small>(.*?)</small>', part)) for part in (figures, metrics)]
    assert heads == [{"mutual_aid.members"}, rests] and len(rests) >= 3
    assert "<td>4025人</td>\n<td>4125人</td>\n<td><strong>改大</strong><small>100人</small>" in page
    # 300,400 元 ÷ 4,025 = 74.63…, ÷ 4,125 = 72.82…; the difference is 1.809…
    assert "<td>74.63元</td>\n<td>72.82元</td>\n<td><strong>改小</strong><small>1.81元</small>" in page
    changes = re.findall(r"<li><b>(.)</b><span>(.*?)</span></li>", page)
    assert changes and {state for state, _ in changes} == {"改"}
    assert all("4125" in text or "72.82" in text or "<ins>" in text for _, text in changes)
    assert "核对发现</h2>\n<p>没有变化。" in page
