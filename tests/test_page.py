"""The page: what its file says; in a real browser: nothing fetched, nothing for axe to find, every number answers."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
from collections import Counter
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image
from test_catalogue import page_of, published

from lib.cells import CHART, EDITION, PROSE, TABLE, mark
from lib.chapter import charts
from lib.compare import versions as diff
from lib.publish.html import ReportHTML, day, picture
from needs import need


@pytest.fixture(scope="session")
def page_path(edition) -> Path:
    """The published page of the 2020 edition."""
    return edition.output / "report.html"


# -- hand-made pages ---------------------------------------------------------------------------------------------------

CARD = {
    "unit": "u",
    "unit_name": "某区总工会",
    "year": 2020,
    "title": "2020年度部门整体支出绩效评价报告",
    "status": "draft",
    "status_label": "草稿",
    "date": "2021-03-31",
    "revision": 2,
    "revision_notes": [{"date": "2021-04-02", "text": "更正送清凉合计"}],
    "key": "0123456789ab",
    "source": {
        "title": "报告",
        "publisher": "某区人民政府",
        "published": "2021-03-31",
        "url": "https://example.org/a?b=1&c=2",
    },
    "contact": "办公室",
    "citation": "某区总工会：《报告》，第2版。",
}
VALUE = {
    "label": "赔付率",
    "shown": "86.5%—89.9%",
    "formula": "互助金额 ÷ 已交互助金",
    "bounds": "86.5%（含）至89.9%（不含）",
    "sources": ["互助金额：26万余元（1(1)）", "已交互助金：30.04万元（1(1)）"],
    "caveat": "口径不同",
}
FORM = [
    ["产出", "数量", "慰问", "5"],
    ["产出", "数量", "培训", "4.5"],
    ["产出", "质量", "合格", ""],
    ["效益", "数量", "就业", "9"],
]
SVG = (
    '<?xml version="1.0"?>\n<svg width="72pt" height="36pt" viewBox="0 0 72 36"><path d="M 0 1 \nL -2 3 \nz\n"/></svg>'
)


def shows(data: dict, source: str = "show()") -> dict:
    return new_code_cell(source, outputs=[new_output("display_data", data=data)], execution_count=1)


def prose(text: str, **values: dict) -> dict:
    return shows({PROSE: {"markdown": text, "values": values}}, "%%prose\n…")


def table(columns: list[str], rows: list[list[str]], anchors: tuple[str, ...] = (), **values: dict) -> dict:
    named = [{"label": label.strip("#"), "numeric": label.startswith("#")} for label in columns]
    return shows({TABLE: {"caption": "表", "columns": named, "rows": rows, "anchors": list(anchors), "values": values}})


def official(rows: list[list[str]], *more: str) -> dict:
    cell = table(["一级", "二级", "三级", "#得分", *more], rows)
    cell.outputs[0].data[TABLE] |= {"look": "official", "merged": 2}
    return cell


def export(*cells: dict, **card: object) -> str:
    return ReportHTML().from_notebook_node(new_notebook(cells=[shows({EDITION: CARD | card}), *cells]))[0]


# -- what the file says ------------------------------------------------------------------------------------------------


class Seen(HTMLParser):
    """ids, links and attributes of a page; `blocks` holds the text of every style and script."""

    def __init__(self, text: str):
        super().__init__()
        self.ids, self.links, self.tags, self.blocks, self.inside = [], [], [], {}, ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append((tag, attributes))
        self.ids += [attributes["id"]] if "id" in attributes else []
        self.links += [attributes["href"]] if tag == "a" else []
        self.inside = attributes.get("type", tag)

    def handle_endtag(self, tag):
        self.inside = ""

    def handle_data(self, data):
        if self.inside in ("style", "script", "application/ld+json"):
            self.blocks[self.inside] = self.blocks.get(self.inside, "") + data


def test_published_page_is_small_and_its_links_and_ids_hold(page_path):
    """Under 400 kB; no id twice; every inner link has its target."""
    seen = Seen(page_path.read_text("utf-8"))
    assert page_path.stat().st_size < 400_000
    assert [name for name, times in Counter(seen.ids).items() if times > 1] == []
    assert {unquote(link[1:]) for link in seen.links if link.startswith("#")} <= set(seen.ids)


def test_policy_forbids_all_but_the_pages_own_style_and_script(page_path):
    """The policy names the hashes of the one style and the one script; no style or handler sits in an attribute."""
    seen = Seen(page_path.read_text("utf-8"))
    policy = next(a["content"] for _, a in seen.tags if a.get("http-equiv") == "Content-Security-Policy")
    digest = {k: base64.b64encode(hashlib.sha256(v.encode()).digest()).decode() for k, v in seen.blocks.items()}
    assert policy.split("; ") == [
        "default-src 'none'",
        "img-src data:",
        f"style-src 'sha256-{digest['style']}'",
        f"script-src 'sha256-{digest['script']}'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    assert not [a for _, a in seen.tags if "style" in a or any(name.startswith("on") for name in a)]
    assert {a["src"][:19] for _, a in seen.tags if "src" in a} <= {"data:image/svg+xml,"}


def test_page_is_the_same_twice_and_from_the_command_line(tmp_path, monkeypatch):
    """Two exports and nbconvert's own application, from another folder, give the same bytes."""
    from nbconvert.nbconvertapp import NbConvertApp

    nb = new_notebook(cells=[shows({EDITION: CARD}), new_markdown_cell("# 摘要"), prose("文。")])
    nbformat.write(nb, tmp_path / "x.ipynb")
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "index.html.j2").write_text("a template of that name in the working folder")
    monkeypatch.chdir(tmp_path)
    app = NbConvertApp()
    app.initialize(["--to", "jixiao-html", "x.ipynb", "--log-level", "ERROR"])
    app.start()
    assert (tmp_path / "x.html").read_text("utf-8") == ReportHTML().from_notebook_node(nb)[0]


def test_number_without_a_row_gets_one_at_the_end():
    """A single section has no annex: 数值说明 holds the row that its numbers lead to."""
    page = export(new_markdown_cell("# 章"), prose(f"赔付率{mark('a.b_c', '86.5%—89.9%')}。", **{"a.b_c": VALUE}))
    assert '<a class="v" href="#a.b_c">86.5%—89.9%</a>' in page
    row = re.search(r'<tr id="a\.b_c">.*?</tr>', page)[0]
    said = [VALUE["label"], VALUE["shown"], VALUE["formula"], VALUE["bounds"], *VALUE["sources"], VALUE["caveat"]]
    assert 'id="数值说明"' in page
    assert [text for text in said if text not in row] == []


def test_row_in_the_annex_is_the_target_and_carries_what_its_cells_do_not_say():
    """A row that the body has of the number is none; bounds that no cell gives ride along; no 数值说明 is added."""
    rows, known = [["赔付率", mark("a.b", "86.5%—89.9%"), VALUE["formula"]]], {"a.b": VALUE}
    annex = new_markdown_cell("# 指标计算表", metadata={"tags": ["annex", "data"]})
    body, back = (table(["指标", "#结果", "计算方法"], rows, anchors, **known) for anchors in ((), ("a.b",)))
    page = export(new_markdown_cell("# 章"), body, annex, back)
    body, back = page.split('class="annex data"')
    assert 'id="a.b"' not in body
    assert f'<tr id="a.b" data-more="上下限：{VALUE["bounds"]}\n所用数据：互助' in back
    assert 'href="#a.b"' in body and 'href="#a.b"' not in back
    assert 'id="数值说明"' not in page


def test_merged_cells_of_an_official_table_span_their_rows_and_head_them():
    page = export(new_markdown_cell("# 章"), official(FORM))
    assert '<table class="official wide">' in page
    assert re.findall(r"<tr>(.*)</tr>", page)[-4:] == [
        '<th scope="row" rowspan="3" class="m">产出</th><th scope="row" rowspan="2" class="m">数量</th>'
        '<th scope="row">慰问</th><td class="n">5</td>',
        '<th scope="row">培训</th><td class="n">4.5</td>',
        '<th scope="row" class="m">质量</th><th scope="row">合格</th><td class="n"></td>',
        '<th scope="row" class="m">效益</th><th scope="row" class="m">数量</th><th scope="row">就业</th><td class="n">9</td>',
    ]


def test_text_is_escaped():
    page = export(new_markdown_cell("# a < b"), prose("x < y & `<i>` [去](https://example.org/?a=1&b=2)"))
    assert '<h2 id="a&lt;b"><span class="no">一、</span>a &lt; b<a' in page
    assert "<p>x &lt; y &amp; <code>&lt;i&gt;</code>" in page
    assert 'href="https://example.org/?a=1&amp;b=2"' in page


def test_code_is_left_to_the_notebook_of_its_chapter():
    """One link for each chapter that has code; none where nothing stands beside the page, as it was not published."""
    cells = [new_markdown_cell("# 甲"), prose("文。"), prose("文二。"), new_markdown_cell("# 乙")]
    for cell in cells:
        cell["metadata"]["jixiao"] = {"notebook": "01_甲"}
    page = export(*cells)
    assert re.findall('href="(notebooks/.*?)"', page) == ["notebooks/01_%E7%94%B2.ipynb"]
    assert "%%prose" not in page
    assert "notebooks/" not in export(*cells, key="")


def test_bar_offers_what_is_published_under_names_for_people():
    seen = Seen(export(new_markdown_cell("# 章"), prose("文。")))
    kept = {a["href"]: a["download"] for _, a in seen.tags if "download" in a}
    assert kept["report.pdf"] == "某区总工会2020年度部门整体支出绩效评价报告.pdf"
    assert kept["metrics.csv"] == "某区总工会2020年度部门整体支出绩效评价报告_指标.csv"
    assert {"report.docx", "metrics.xlsx", "report.ipynb"} < kept.keys()
    assert {"../../index.html", "../../index.html#u"} < set(seen.links)
    assert {a["rel"]: a["href"] for _, a in seen.tags if a.get("rel") in ("prev", "next")} == {
        "prev": "../../index.html#u/2019",
        "next": "../../index.html#u/2021",
    }
    own = Seen(export(new_markdown_cell("# 章"), title="某区总工会2020年度报告/一", unit_name="某区总工会"))
    assert (
        next(a["download"] for _, a in own.tags if a.get("href") == "report.pdf" and "download" in a)
        == "某区总工会2020年度报告一.pdf"
    )
    alone = Seen(export(new_markdown_cell("# 章"), prose("文。"), key=""))
    assert not [a for _, a in alone.tags if "download" in a or a.get("rel") == "alternate"]


def test_page_says_what_it_is_to_those_who_list_it():
    """Description, og: and JSON-LD: a Report with its forms and a Dataset with its tables, nothing that ends the script."""
    text = "".join(f"第{n}句</script>。" for n in "甲乙丙丁戊己庚辛壬癸子丑寅卯")
    seen = Seen(export(new_markdown_cell("# 章"), prose(text.replace("<", "\\<"))))
    about = {
        a.get("name") or a.get("property"): a["content"] for tag, a in seen.tags if tag == "meta" and "content" in a
    }
    assert text.startswith(about["description"].rstrip("…")) and len(about["description"]) == 160
    assert about["og:description"] == about["description"]
    assert about["og:title"] == "某区总工会2020年度部门整体支出绩效评价报告"
    report, data = json.loads(seen.blocks["application/ld+json"])["@graph"]
    assert (report["@type"], data["@type"]) == ("Report", "Dataset")
    assert {one["contentUrl"] for one in data["distribution"]} == {"metrics.csv", "metrics.xlsx"}
    assert {"report.pdf", "report.html"} < {one["contentUrl"] for one in report["encoding"]}
    types = {a["href"]: a["type"] for _, a in seen.tags if a.get("rel") == "alternate"}
    assert types["report.pdf"] == "application/pdf" and types["../../feed.xml"] == "application/atom+xml"


def test_closing_section_says_how_to_cite_and_what_was_revised():
    page = export(new_markdown_cell("# 章"), prose("文。"))
    closing = page[page.index('class="closing"') :]
    said = CARD["citation"], CARD["contact"], "2021年3月31日发布", "2021年4月2日：更正送清凉合计", CARD["key"]
    assert [text for text in said if text not in closing] == []
    assert 'href="https://example.org/a?b=1&amp;c=2"' in closing


def test_only_a_draft_is_marked():
    cells = new_markdown_cell("# 章"), prose("文。")
    approved = export(*cells, status="approved", status_label="定稿")
    assert '<body class="draft">' in export(*cells) and "<strong>草稿</strong>" in export(*cells)
    assert "<body>" in approved and "<strong>草稿" not in approved


def test_picture_is_slim_and_safe_in_an_attribute():
    assert picture(SVG) == (
        "data:image/svg+xml,%3Csvg%20width='72pt'%20height='36pt'%20viewBox='0%200%2072%2036'%3E"
        "%3Cpath%20d='M0,1L-2,3z'/%3E%3C/svg%3E"
    )
    assert picture('<svg a="\'">#%&amp;</svg>') == "data:image/svg+xml,%3Csvg%20a=%22'%22%3E%23%25%26amp;%3C/svg%3E"
    chart = shows({CHART: {"caption": "题", "alt": "替代", "rows": []}, "image/svg+xml": SVG})
    assert '<img alt="替代" width="96" height="48" src="data:' in export(new_markdown_cell("# 章"), chart)


def test_day_is_written_in_chinese():
    assert (day("2021-03-05"), day("未登记")) == ("2021年3月5日", "未登记")


# -- in the browser ----------------------------------------------------------------------------------------------------

PHONE, DESK = {"width": 390, "height": 800}, {"width": 1280, "height": 800}
AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture
def visit(browser):
    """visit(path, viewport=DESK, **context) opens a page; in the end nothing else was asked for and nothing failed."""
    contexts, asked, failed = [], [], []

    def visit(path: Path, viewport: dict = DESK, **options):
        context = browser.new_context(viewport=viewport, **options)
        contexts.append(context)

        def gate(route):
            own = route.request.url == path.as_uri()
            route.continue_() if own else (asked.append(route.request.url), route.abort())

        context.route("**/*", gate)
        context.set_default_timeout(5_000)
        page = context.new_page()
        page.on("request", lambda request: request.url.startswith(("file:", "data:")) or asked.append(request.url))
        page.on("console", lambda message: failed.append(message.text))
        page.on("pageerror", lambda error: failed.append(str(error)))
        page.goto(path.as_uri())
        return page

    yield visit
    for context in contexts:
        context.close()
    assert (asked, failed) == ([], [])


@pytest.fixture
def made(tmp_path):
    """made(cells…) gives the path of a hand-made page."""

    def made(*cells: dict) -> Path:
        path = tmp_path / "made.html"
        path.write_text(export(*cells), "utf-8")
        return path

    return made


def violations(page) -> list[str]:
    """What axe finds by day with every rule it has, also those that are off by default, and by night with those that look at colours."""
    need(AXE.is_file(), "axe-core is missing: run npm ci --prefix tests")
    page.evaluate(AXE.read_text("utf-8"))
    found = []
    for scheme, tags in (("light", []), ("dark", ["cat.color"])):
        page.emulate_media(color_scheme=scheme)
        found += page.evaluate(
            """async tags => {
            const rules = axe.getRules(tags).map(rule => rule.ruleId);
            const {violations} = await axe.run(document, {resultTypes: ["violations"], runOnly: {type: "rule", values: rules}});
            return violations.map(one => [one.id, one.help, ...one.nodes.slice(0, 3).map(node => node.html.slice(0, 160))]);
        }""",
            tags,
        )
    return [json.dumps(one, ensure_ascii=False) for one in found]


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_axe_finds_nothing_in_the_catalogue(visit, page_path, viewport):
    outputs = page_path.parents[2]
    assert violations(visit(outputs / "index.html", viewport)) == []


def test_editions_are_found_filtered_and_sorted(tmp_path, visit):
    """By text, unit, year, kind and rating; a report leads to its unit; long lists are shown a page at a time."""
    for n in range(104):
        name, kind = f"单位{n:03}", "工会" if n % 2 else "残联"
        published(tmp_path, unit=f"u{n:03}", year=2018 + n % 3, unit_name=name, kind=kind)
    published(tmp_path, unit="u000", year=2021, unit_name="单位000", kind="残联")
    page_of(tmp_path)
    page = visit(tmp_path / "index.html")
    rows, told = page.locator("tbody tr:visible"), page.locator("output")
    assert rows.count() == 100 and told.text_content() == "找到105份，显示前100份"
    page.get_by_role("button", name="显示更多").click()
    assert rows.count() == 105 and not page.locator(".more").is_visible()
    page.get_by_label("查找").fill("单位00 2019")
    assert rows.count() == 3  # 001, 004, 007
    page.get_by_label("类型").select_option("残联")
    assert rows.locator("th").all_text_contents() == ["单位004"]
    page.get_by_label("查找").fill("")
    page.get_by_label("年度").select_option("2021")
    assert told.text_content() == "找到1份"
    page.get_by_label("评级").select_option("未自评")
    assert rows.count() == 1
    page.evaluate("location.hash = 'u001'")
    page.wait_for_function("document.querySelector('output').textContent === '找到0份'")
    page = visit(tmp_path / "index.html")
    for first in "单位000", "单位103":
        page.get_by_role("button", name="单位").click()
        assert page.locator("tbody tr:visible th").first.text_content() == first


def test_number_beside_a_bar_stays_in_one_line(tmp_path, visit):
    row = {"label": "在职人员控制率（按编制数）", "shown": "1,091.67%—2,340.5%※"}
    for year in (2019, 2020):
        published(tmp_path, year=year, rows=[row], unit_name="示例县某某某某某某某某某某某某某某局")
    page_of(tmp_path)
    number = visit(tmp_path / "index.html", {"width": 1280, "height": 900}).locator(".bars li span:last-child").first
    assert number.evaluate(
        "one => one.getBoundingClientRect().height < 1.8 * parseFloat(getComputedStyle(one).fontSize)"
    )


def test_report_leads_to_another_year_through_the_catalogue(tmp_path, visit):
    """To the edition itself where there is one, with no stop between; else to the unit's editions, and that it is missing is said."""
    for unit, year in (("one", 2019), ("one", 2020), ("other", 2021)):
        published(tmp_path, unit=unit, year=year, unit_name=unit)
    page_of(tmp_path)
    page = visit(tmp_path / "index.html")
    links = {
        edition.get_attribute("id"): edition.evaluate("a => a.href") for edition in page.locator("td > a[id]").all()
    }
    assert set(links) == {"one/2019", "one/2020", "other/2021"}
    assert links["one/2019"] == (tmp_path / "one/2019/report.html").as_uri()
    page.evaluate("location.hash = 'one/2021'")
    page.wait_for_function("document.querySelector('output').textContent === '找到2份，2021年度没有发布'")
    with page.expect_request(links["one/2019"]):
        page.evaluate("location.hash = 'one/2019'")


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_axe_finds_nothing_in_bars_of_every_kind(tmp_path, visit, viewport):
    for n, (low, high) in enumerate([("0.1", "0.3"), ("-1", "inf"), ("", ""), ("0", "0")]):
        published(tmp_path, year=2018 + n, rows=[{"low": low, "high": high}])
    page_of(tmp_path)
    page = visit(tmp_path / "index.html", viewport)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_axe_finds_nothing_in_a_diff(visit, page_path, tmp_path, viewport):
    """The real edition against itself with a figure and its sentences changed."""
    edition = shutil.copytree(page_path.parent, tmp_path / "changed")
    for file, old, new in (
        ("figures.csv", "4025", "4125"),
        ("findings.csv", "204岗位", "205岗位"),
        ("report.ipynb", "4025", "4125"),
    ):
        (edition / file).write_text((edition / file).read_text("utf-8").replace(old, new), "utf-8")
    made = diff.write(str(page_path.parent), str(edition), tmp_path, tmp_path / "diff.html")
    assert violations(visit(made, viewport)) == []


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_axe_finds_nothing(visit, page_path, viewport):
    """With contents and a number's pop-up closed, and with all of them open."""
    page = visit(page_path, viewport)
    assert violations(page) == []
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    page.locator("main a.v").first.click()
    page.locator(".pop").wait_for()
    assert page.locator(".toc ol").first.is_visible()
    assert violations(page) == []


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_contents_lead_to_every_heading_and_mark_it(visit, page_path, viewport):
    page = visit(page_path, viewport)
    links = page.locator(".toc a")
    assert links.count() > 3
    for i in range(links.count()):
        if viewport is PHONE:
            page.locator(".toc summary").click()
        text = links.nth(i).text_content()
        links.nth(i).click()
        page.wait_for_function("text => document.querySelector('.toc [aria-current]')?.textContent === text", arg=text)
        assert page.evaluate("""() => {
            const box = document.querySelector(":target").getBoundingClientRect();
            return box.top >= 0 && box.bottom <= innerHeight;
        }""")
        if viewport is PHONE:
            assert page.locator(".toc .here").text_content() == text
            assert not page.locator(".toc ol").first.is_visible()


def test_contents_follow_the_reading_place(visit, page_path):
    """Scrolling a heading to the top marks it and no other; before the first heading nothing is marked."""
    page = visit(page_path)
    assert page.locator(".toc [aria-current]").count() == 0
    heads = page.locator("main section > h2, main section > h3")
    for i in (4, 1, heads.count() - 4):
        heads.nth(i).evaluate("head => head.scrollIntoView()")
        text = heads.nth(i).text_content()
        page.wait_for_function("text => document.querySelector('.toc [aria-current]')?.textContent === text", arg=text)
        assert page.locator(".toc [aria-current]").count() == 1


def expected(page, link) -> list[str]:
    """What the pop-up of a number must say: the cells of its row and what rides along."""
    return link.evaluate("""link => {
        const row = document.getElementById(decodeURIComponent(link.hash.slice(1)));
        const more = (row.dataset.more || "").split("\\n").map(line => line.replace(/^.*?：/, ""));
        return [...row.cells].map(cell => cell.textContent).concat(more).filter(Boolean);
    }""")


def answers(page, link) -> None:
    said = expected(page, link)
    page.locator(".pop").wait_for(state="visible")
    text = page.locator(".pop").text_content()
    assert len(said) > 1
    assert [part for part in said if part not in text] == []
    assert link.get_attribute("aria-expanded") == "true"
    box = page.locator(".pop").bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= page.viewport_size["width"]
    assert box["y"] >= 0 and box["y"] + box["height"] <= page.viewport_size["height"]


def test_number_answers_to_the_mouse(visit, page_path):
    """Hovering shows the pop-up, which stays while the mouse is on it and goes when it leaves; a click keeps it."""
    page = visit(page_path)
    link, pop = page.locator("main p a.v").first, page.locator(".pop")
    link.hover()
    answers(page, link)
    pop.hover()
    page.wait_for_timeout(400)
    assert pop.is_visible()
    page.mouse.move(1270, 790)
    pop.wait_for(state="detached")
    link.click()
    page.mouse.move(1270, 790)
    page.wait_for_timeout(400)
    assert pop.is_visible()
    page.mouse.click(1270, 790)
    pop.wait_for(state="detached")
    assert link.get_attribute("aria-expanded") == "false"


def test_number_answers_to_the_keyboard(visit, page_path):
    """Focus shows the pop-up as the number's description; Escape closes, Enter and space open, Tab reaches its link."""
    page = visit(page_path)
    link, pop = page.locator("main a.v").first, page.locator(".pop")
    link.focus()
    answers(page, link)
    assert link.get_attribute("aria-describedby").split()[0] == pop.get_attribute("id")
    for key in "Enter", " ":
        page.keyboard.press("Escape")
        assert pop.count() == 0
        page.keyboard.press(key)
        answers(page, link)
    page.keyboard.press("Tab")
    assert pop.locator("a").evaluate("link => link === document.activeElement")
    page.keyboard.press("Escape")
    assert pop.count() == 0 and link.evaluate("link => link === document.activeElement")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("reference => location.hash === reference", arg=link.get_attribute("href"))
    pop.wait_for(state="detached")


def test_number_answers_to_a_tap(visit, page_path):
    """A tap shows the pop-up without leaving the place, a second one or a tap elsewhere closes it."""
    page = visit(page_path, PHONE, has_touch=True, is_mobile=True)
    link, pop = page.locator("main p a.v").first, page.locator(".pop")
    link.tap()
    answers(page, link)
    assert page.evaluate("location.hash") == ""
    link.tap()
    assert pop.count() == 0
    link.tap()
    page.locator("main section h2").first.tap()
    assert pop.count() == 0


def test_every_number_answers(visit, page_path):
    """Each in its turn, asked in the page itself: what `answers` asks of one."""
    page = visit(page_path)
    silent = page.evaluate("""async () => {
        const found = [], asked = new Set();
        for (const link of document.querySelectorAll("main a.v")) {
            if (asked.has(link.hash)) continue;
            asked.add(link.hash);
            link.focus();
            await new Promise(requestAnimationFrame);
            const pop = document.querySelector(".pop"), row = document.getElementById(decodeURIComponent(link.hash.slice(1)));
            const more = (row.dataset.more || "").split("\\n").map(line => line.replace(/^.*?：/, ""));
            const said = [...row.cells].map(cell => cell.textContent).concat(more).filter(Boolean);
            const box = pop?.getBoundingClientRect();
            const inside = box && box.height && box.x >= 0 && box.y >= 0 && box.right <= innerWidth && box.bottom <= innerHeight;
            const whole = inside && said.length > 1 && said.every(part => pop.textContent.includes(part));
            if (!whole || link.ariaExpanded !== "true") found.push(link.hash);
        }
        return [asked.size, found];
    }""")
    assert silent[0] > 50 and silent[1] == []


def test_without_script_a_number_is_a_link_to_its_row(visit, page_path):
    page = visit(page_path, java_script_enabled=False)
    link = page.locator("main p a.v").first
    link.click()
    assert page.url.endswith(link.get_attribute("href"))
    assert page.locator("tr:target").is_visible()
    assert page.locator(".toc a").first.is_visible()
    assert page.locator("main button").count() == 0


STOPS = """[...document.querySelectorAll("a[href], button, summary, [tabindex]")]
    .filter(one => one.tabIndex >= 0 && one.checkVisibility())"""


def test_one_stop_for_a_paragraph_and_one_for_a_table(visit, made):
    """Arrow keys go on inside, up and down in a table's column; the stop is where one was last; Tab leaves."""
    marks = [mark(f"a.b{n}", f"{n}元") for n in range(6)]
    values = {f"a.b{n}": VALUE for n in range(6)}
    rows = [["甲", marks[2], marks[3]], ["乙", marks[4], marks[5]]]
    path = made(
        new_markdown_cell("# 章"), prose(f"有{marks[0]}和{marks[1]}。", **values), table(["名", "#一", "#二"], rows)
    )
    page = visit(path)
    text = "document.activeElement.textContent"
    page.locator("main p a.v").first.focus()
    assert page.locator("#keys").count() == 1 and "keys" in page.locator(":focus").get_attribute("aria-describedby")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(text) == "1元" and page.locator(".pop").is_visible()
    page.keyboard.press("ArrowRight")
    assert page.evaluate(text) == "1元"  # nothing beyond the last
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    said = [page.evaluate(text)]
    for key in "ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "End":
        page.keyboard.press(key)
        said.append(page.evaluate(text))
    assert said == ["2元", "3元", "5元", "4元", "2元", "5元"]
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(text) == "1元"


def test_numbers_ask_for_few_stops(visit, page_path):
    """At most one stop for each paragraph, list, table and figure, and all numbers with them are within reach of the arrows."""
    page = visit(page_path)
    stops, numbers = page.evaluate(f"{STOPS}.length"), page.locator("main a.v").count()
    blocks = page.locator("main :is(p, ul, ol, table, figure)").count()
    aside = page.locator("header a, .toc a, .closing a, h4 .self, h5 .self, .tools").count()
    assert stops <= blocks + aside + 1 and numbers > 50
    without = visit(page_path, java_script_enabled=False)
    assert without.locator("main a.v[tabindex]").count() == 0


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_nothing_moves_while_the_page_comes_up(visit, made, page_path, viewport):
    """Cumulative layout shift of at most 0.05, with the script at work."""
    for path in page_path, made(new_markdown_cell("# 章"), long_table(), prose("文。" * 200)):
        page = visit(path, viewport)
        page.wait_for_timeout(300)
        shift = page.evaluate("""() => new Promise(done => {
            let sum = 0;
            new PerformanceObserver(list => { for (const one of list.getEntries()) sum += one.value; })
                .observe({type: "layout-shift", buffered: true});
            setTimeout(() => done(sum), 200);
        })""")
        assert shift <= 0.05


def test_landmarks_are_few_and_named(visit, page_path):
    """Head, two navigations, the report; tables are regions only where they have to be scrolled."""
    page = visit(page_path)
    names = page.evaluate(
        "[...document.querySelectorAll('header, nav, main, [role=region]')].map(one => one.ariaLabel || one.tagName)"
    )
    wide = page.evaluate(
        "[...document.querySelectorAll('.scroll')].filter(one => one.scrollWidth > one.clientWidth).length"
    )
    assert names[:4] == ["HEADER", "下载和其他报告", "目录", "MAIN"] and len(names) == 4 + wide


def malformed(path: Path) -> list[str]:
    """What a strict parser objects to, and addresses with characters that no address may hold."""
    from bleach._vendor import html5lib

    parser = html5lib.HTMLParser()
    text = path.read_text("utf-8")
    parser.parse(text.replace("<search", "<section").replace("</search", "</section"))  # newer than the parser
    addresses = re.findall(r'(?:href|src)="([^"]*)"', text)
    return [*(error for _, error, _ in parser.errors), *(one for one in addresses if re.search(r"[\s<>{}|\\^`]", one))]


def test_pages_are_valid(page_path, made, tmp_path):
    outputs = page_path.parents[2]
    other = diff.write(str(page_path.parent), str(page_path.parent), tmp_path, tmp_path / "diff.html")
    assert [malformed(path) for path in (page_path, outputs / "index.html", other)] == [[], [], []]
    broken = made(new_markdown_cell("# 章"))
    broken.write_text(broken.read_text("utf-8").replace("<main", '<img src="data:,a b"><p><div></p><main', 1), "utf-8")
    assert "data:,a b" in malformed(broken) and len(malformed(broken)) > 1


def test_chart_is_taken_away_as_picture_and_data(visit, made):
    drawn = [{"label": "甲", "shown": "1元"}, {"label": "=乙", "shown": "-2%"}]
    chart = shows({CHART: {"caption": "题", "alt": "替代", "rows": drawn}, "image/svg+xml": SVG})
    page = visit(made(new_markdown_cell("# 章"), chart))
    page.evaluate("addEventListener('copy', event => { window.copied = event.clipboardData.getData('text/plain') })")
    page.get_by_role("button", name="复制数据").click()
    assert page.evaluate("window.copied") == "甲\t1元\n'=乙\t-2%"
    link = page.get_by_role("link", name="保存图片")
    assert link.get_attribute("download") == "图1　题.svg" and link.get_attribute("href").startswith(
        "data:image/svg+xml,"
    )


def test_skip_link_comes_first(visit, page_path):
    page = visit(page_path)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.tagName") == "MAIN"


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_nothing_is_wider_than_the_window(visit, page_path, viewport):
    """Wide tables scroll in their own region."""
    page = visit(page_path, viewport)
    assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]


def test_paper_leaves_out_what_only_a_screen_can_do(visit, page_path):
    page = visit(page_path, color_scheme="dark")
    page.locator("main p a.v").first.focus()
    page.emulate_media(media="print", color_scheme="dark")
    for part in ".toc", ".bar", ".pop", ".tools", ".hint", ".self", ".source", ".data":
        assert [one for one in page.locator(part).all() if one.is_visible()] == [], part
    colours = page.evaluate("[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]")
    assert colours == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    if page.locator("body.draft").count():
        assert page.evaluate("getComputedStyle(document.body, '::after').content") == '"草稿"'


def test_print_is_a4_and_no_longer_than_the_pdf(visit, page_path):
    import pypdfium2

    page = visit(page_path)
    paper = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    text = "".join(sheet.get_textpage().get_text_range() for sheet in paper)
    assert [round(side / 72 * 25.4) for side in paper[0].get_size()] == [210, 297]
    assert "引用与联系" in text
    assert not re.search("笔记本|复制表格|%%prose", text)
    assert len(paper) <= len(pypdfium2.PdfDocument(page_path.with_name("report.pdf")))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_charts_can_be_read_on_a_narrow_phone_by_day_and_night(visit, page_path, scheme):
    """Their text of 9 pt is 12 pixels high where the window is 360 wide; each of their colours stands out from the page's ground."""
    page = visit(page_path, {"width": 360, "height": 800}, color_scheme=scheme)
    for size in page.eval_on_selector_all("figure img", "all => all.map(i => i.clientWidth / i.naturalWidth * 12)"):
        assert size >= 12
    page.evaluate("""() => {
        const {filter} = getComputedStyle(document.querySelector("figure img"));
        document.body.innerHTML = "<i></i>";
        Object.assign(document.querySelector("i").style, {position: "fixed", inset: 0, filter});
    }""")

    def seen(colour: str) -> float:
        page.evaluate("colour => { document.querySelector('i').style.background = colour }", colour)
        return light(Image.open(BytesIO(page.screenshot())).convert("RGB").getpixel((180, 400)))

    ground = seen("")
    assert (ground > 0.5) == (scheme == "light")
    for colour in (charts.INK, charts.CERTAIN, charts.OPEN, charts.GREY, charts.LIGHT):
        dark, bright = sorted((seen(colour), ground))
        assert (bright + 0.05) / (dark + 0.05) >= (7 if colour == charts.INK else 3), colour


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_number_is_drawn_beside_last_years_and_the_plan(visit, made, viewport):
    """A bar from nothing to the bounds, last year's below it, the plan across both: for the eye alone, and none on paper."""
    cell = table(
        ["指标", "#本年", "#上年", "#目标或计划"], [["人数", "10—20人", "8人", "16人"], ["户数", "3户", "", ""]]
    )
    cell.outputs[0].data[TABLE]["drawn"] = [[[0.5, 1], [0.4, 0.4], [0.8, 0.8]], []]
    page = visit(made(new_markdown_cell("# 章"), cell), viewport)
    (whole,) = page.locator("td svg[aria-hidden=true]").all()
    frame, shown = whole.bounding_box(), {}
    for part in whole.locator("rect").all():
        box = part.bounding_box()
        ends = [(x - frame["x"]) / frame["width"] for x in (box["x"], box["x"] + box["width"])]
        shown[part.get_attribute("class")] = ends, box["height"]
    assert list(shown) == ["last", "own", "own open", "plan"]
    for name, ends in {"last": (0, 0.4), "own": (0, 0.5), "own open": (0.5, 1), "plan": (0.8, 0.82)}.items():
        assert shown[name][0] == pytest.approx(ends, abs=0.005)
    assert shown["plan"][1] > shown["own"][1] > shown["last"][1] >= 2
    assert frame["width"] >= 60
    assert "灰条：上年；竖线：目标或计划" in page.locator(".key").inner_text()
    page.emulate_media(media="print")
    assert not whole.is_visible()


def light(colour: tuple[int, int, int]) -> float:
    """The relative luminance of WCAG 2."""
    red, green, blue = (c / 3294.6 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def long_table() -> dict:
    """Eleven rows, first to last neither in order of text nor of value."""
    values = ["9人", "1,200人", "26万余元", "", "12.5—13.6万元", "-3", "3", "0.5", "2亿元", "近7,000人", "86.5%—89.9%"]
    names = ["=1+1", "+a", "-b", "@c", "-3.5%", "＝全角", "甲2", "甲10", "乙", "a\tb", "丙"]
    return table(["名称", "#数值"], [list(row) for row in zip(names, values, strict=True)])


def test_long_table_is_sorted_by_value_and_back(visit, made):
    """Numbers by size (万, 亿, a range by its first), nothing last; text in Chinese order; the third click restores."""
    page = visit(made(new_markdown_cell("# 章"), long_table()))
    cells = page.locator("tbody tr > :nth-child(2)")
    before, button = cells.all_text_contents(), page.get_by_role("button", name="数值")
    upwards = ["-3", "0.5", "3", "9人", "86.5%—89.9%", "1,200人", "近7,000人", "12.5—13.6万元", "26万余元", "2亿元", ""]
    button.click()
    assert cells.all_text_contents() == upwards
    assert page.locator("th[aria-sort=ascending]").text_content() == "数值"
    button.click()
    assert cells.all_text_contents() == [*upwards[-2::-1], ""]
    button.click()
    assert cells.all_text_contents() == before
    assert page.locator("th[aria-sort]").count() == 0
    page.get_by_role("button", name="名称").click()
    names = page.locator("tbody tr > :nth-child(1)").all_text_contents()
    assert names.index("丙") < names.index("甲2") < names.index("甲10") < names.index("乙")


def test_copied_table_holds_no_formula(visit, made):
    """Tab-separated as shown; what a spreadsheet would take for a formula gets an apostrophe, plain numbers do not."""
    page = visit(made(new_markdown_cell("# 章"), long_table()))
    page.evaluate("addEventListener('copy', event => { window.copied = event.clipboardData.getData('text/plain') })")
    page.get_by_role("button", name="复制表格").click()
    assert "已复制" in page.locator("[role=status]").text_content()
    lines = [line.split("\t") for line in page.evaluate("window.copied").split("\n")]
    assert lines[0] == ["名称", "数值"]
    assert [name for name, _ in lines[1:]] == [
        "'=1+1", "'+a", "'-b", "'@c", "-3.5%", "'＝全角", "甲2", "甲10", "乙", "a b", "丙",
    ]  # fmt: skip
    assert lines[6][1] == "-3"


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_axe_finds_nothing_in_an_official_table(visit, made, viewport):
    """Nor is it wider than the window: it scrolls in its own region."""
    rows = [[f"{n // 4}级", f"{n // 2}类", f"指标{n}", "95.5", "完成", "原因和改进措施" * n] for n in range(12)]
    annex = new_markdown_cell("# 自评表", metadata={"tags": ["annex", "attachment"]})
    form = official(rows, "实际完成值", "偏差原因分析及改进措施")
    page = visit(made(new_markdown_cell("## 节"), prose("文。"), annex, form), viewport)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]


def test_official_table_keeps_its_order_and_is_copied_with_its_merged_cells_in_every_row(visit, made):
    page = visit(made(new_markdown_cell("# 章"), official(FORM[:3] * 4)))
    assert page.locator("thead button").count() == 0
    page.evaluate("addEventListener('copy', event => { window.copied = event.clipboardData.getData('text/plain') })")
    page.get_by_role("button", name="复制表格").click()
    lines = [line.split("\t") for line in page.evaluate("window.copied").split("\n")]
    assert lines == [["一级", "二级", "三级", "得分"], *(FORM[:3] * 4)]


def test_short_table_has_no_tools(visit, made):
    page = visit(made(new_markdown_cell("# 章"), table(["名称"], [["甲"]] * 9)))
    assert page.locator("main button").count() == 0
