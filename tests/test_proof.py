"""The proof sheet: nothing of a document is lost or runs, every number has its mark and its row, and the keyboard alone is enough."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest
from test_page import DESK, PHONE, Seen, violations, visit

import drafts
from conftest import ROOT
from lib.intake.draft import Draft, draft
from lib.intake.proof import page
from lib.intake.reading import Document, Passage

__all__ = ["visit"]  # a fixture

TEXT = (
    Passage("furniture", "某区总工会 2020年"),
    Passage("heading", "主要成效", 2, "一、"),
    Passage("text", "全年帮扶职工26万余元，其中医疗2.5万余元，助学12.5余元。"),
    Passage("item", "慰问50余家", marker="1."),
    Passage("item", "培训近2000人", marker="2."),
    Passage("note", "含镇街3家", marker="①"),
)


def made(*passages: Passage) -> Draft:
    return Draft(Document(Path("报告.docx"), "", passages), (), 2020, Path())


def rows(one: Draft, **changed: str) -> list[dict[str, str]]:
    """Rows of draft.csv for a draft, as sure as it is; `changed`: what the first figure has instead."""
    wrong = [claim.stated for claim in one.claims if not claim.holds]
    told = []
    for item, name in zip(one.items, one.names, strict=True):
        row = dict.fromkeys(("doc", "reading", "unit", "note"), "") | {"place": item.place, "printed": item.found.token}
        row |= {"indicator": name.indicator, "label": ""}
        row |= {"kind": "数据" if item.figure else "不计", "state": "不计", "note": item.found.reason}
        if item.figure:
            row["state"] = "矛盾" if item in wrong else "确定" if name.score > 3 else "待定"
        told.append(row)
    next((row for row in told if row["kind"] == "数据"), {}).update(changed)
    return told


def shown(*passages: Passage, **changed: str) -> str:
    one = made(*passages)
    return page("某区总工会2020年度", [one], rows(one, **changed))


@pytest.fixture(scope="session")
def sheets(tmp_path_factory) -> dict[str, Path]:
    """The sheets of gold drafts: a text, base tables, a score sheet, and all three together."""
    folder = tmp_path_factory.mktemp("sheets")
    found, read = {}, []
    for name in ("d01-qingxi", "d16-lanshan", "d21-chengguan"):
        gold = drafts.parse(drafts.FOLDER / f"{name}.gold")
        one = draft(drafts.write(gold, folder)[0], ROOT)
        found[name[:3]] = folder / f"{name}.html"
        found[name[:3]].write_text(page(gold.head["unit"], [one], rows(one)), "utf-8")
        read.append(one)
    found["all"] = folder / "all.html"
    found["all"].write_text(page("三份", read, [row for one in read for row in rows(one)]), "utf-8")
    return found


# -- what the file says ------------------------------------------------------------------------------------------------


def test_every_number_has_a_mark_and_a_row_that_lead_to_each_other():
    one, seen = made(*TEXT), Seen(shown(*TEXT))
    lines = range(2, 2 + len(one.items))
    assert [name for name, times in Counter(seen.ids).items() if times > 1] == []
    assert {f"{end}{line}" for line in lines for end in "mr"} <= set(seen.ids)
    assert {unquote(link) for link in seen.links if link[1] in "mr"} == {f"#{end}{n}" for n in lines for end in "mr"}


def test_nothing_of_a_document_is_lost(tmp_path, visit):
    (tmp_path / "x.html").write_text(shown(*TEXT), "utf-8")
    said = visit(tmp_path / "x.html").locator(".text").text_content()
    for passage in TEXT:
        assert passage.marker.strip("①") + passage.text in said
    assert "页眉、页脚和导航1处" in said


def test_numbers_that_a_form_has_no_place_for_are_told():
    """Of a base table the number of another item; what went into a row is not among them, nor what a score sheet has no column for."""
    base = ("项目", "预算数", "决算数"), ("编制数", "", "52"), ("三公经费", "7", "2.74"), ("档案数", "31", "32")
    score = (
        ("一级指标", "三级指标", "指标值", "实际完成值", "分值", "备用"),
        ("产出指标", "场次", "≥12场", "14场", "60", "77"),
    )
    told = shown(Passage("text", "附件1 基础数据表"), *(Passage("table", "", rows=rows) for rows in (base, score)))
    left = [re.sub("<[^>]+>", "", text) for text in re.findall("列为数据（figures.csv）：.*?。", told)]
    assert [text.rpartition("：")[2] for text in left] == ["31；32。"]


def test_a_document_is_text_and_never_markup(tmp_path, visit):
    """Tags, script, links, template signs and signs that turn a line about, in document and table alike, are shown as they are."""
    evil = '<script>alert(1)</script><img src=x onerror=alert(2)>"\'><a href="javascript:alert(3)">{{ 7*7 }}'
    turned = "总额\u202e5万元\u2066，另有\u200f3家"
    passages = [Passage("text", evil + "共3家"), Passage("text", turned), Passage("heading", evil, 1)]
    grid = ((evil, "决算"), ("收入", "5\u202e"))
    text = shown(*passages, Passage("table", evil, rows=grid), label=evil, note=evil + turned, place=evil, state=evil)
    seen = Seen(text)
    assert {"img", "iframe"} & {tag for tag, _ in seen.tags} == set()
    assert [tag for tag, _ in seen.tags].count("script") == 1
    assert {link[0] for link in seen.links} == {"#"}
    assert not [name for _, attributes in seen.tags for name in attributes if name.startswith("on") or name == "style"]
    assert not {"\u202e", "\u2066", "\u200f"} & set(text)
    (tmp_path / "x.html").write_text(text, "utf-8")
    opened = visit(tmp_path / "x.html")
    assert evil in opened.locator(".text").text_content()
    assert "总额⟨U+202E⟩5万元⟨U+2066⟩，另有⟨U+200F⟩3家" in opened.locator(".text").text_content()
    assert evil in opened.locator(".list").text_content()


def test_policy_admits_the_sheets_own_style_and_script_alone():
    seen = Seen(shown(*TEXT))
    policy = next(a["content"] for _, a in seen.tags if a.get("http-equiv") == "Content-Security-Policy")
    digest = {k: base64.b64encode(hashlib.sha256(v.encode()).digest()).decode() for k, v in seen.blocks.items()}
    own = f"style-src 'sha256-{digest['style']}'; script-src 'sha256-{digest['script']}'"
    assert policy == f"default-src 'none'; img-src data:; {own}; base-uri 'none'; form-action 'none'"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "→26万元（不含）至27万元（不含）"),
        ({"reading": "25万元"}, "→25万元"),
        ({"reading": "说不清"}, "→读不出"),
        ({"state": "不计"}, ""),
    ],
)
def test_a_reading_of_the_table_goes_before_that_of_the_document(tmp_path, visit, changed, said):
    (tmp_path / "x.html").write_text(shown(*TEXT[2:3], **changed), "utf-8")
    row = visit(tmp_path / "x.html").locator("#r2 p").first
    read = row.locator(".read")
    assert ("→" + read.text_content() if read.count() else "") == said


def test_a_state_that_is_none_is_still_to_be_decided():
    assert '<li class="unsure" id="r2">' in shown(*TEXT[2:3], state="也许")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"indicator": "budget.total.budget"}, "支出总额（预算） <code>"),
        ({"indicator": "staff.actual"}, "在职人数 <code>"),
        ({"indicator": "budget.public·办公费.outturn"}, "办公费（决算） <code>"),
        ({"indicator": "没有的"}, '"name"> <code>没有的'),
        ({"label": "帮扶资金"}, '"name">帮扶资金</p>'),
        ({}, "（没有名称）"),
    ],
)
def test_an_indicator_is_called_by_its_label(given, said):
    labels = {"budget.total": "支出总额", "staff.actual": "在职人数"}
    known = tuple({"indicator": name, "label": label, "cues": ""} for name, label in labels.items())
    one = replace(made(*TEXT[2:3]), known=known)
    assert said in page("某区", [one], rows(one, **{"indicator": "", **given}))


def test_a_number_without_a_unit_is_no_ratio():
    assert "18.5" in shown(Passage("text", "三次产业比为18.5:36.7:44.8")) and "1850%" not in shown(
        Passage("text", "三次产业比为18.5:36.7:44.8")
    )


def test_merged_cells_are_merged_and_levels_of_headings_have_no_gaps(tmp_path, visit):
    """What is covered belongs to the cell on its left, else to that above."""
    grid = (
        ("指标", None, "目标", "完成"),
        ("产出", "数量", "5家", "6家"),
        (None, None, "7家", "8家"),
        ("满意度", None, "90%", "91%"),
    )
    text = shown(Passage("heading", "部分", 3), Passage("table", "", rows=grid), Passage("heading", "又", 1))
    (tmp_path / "x.html").write_text(text, "utf-8")
    opened = visit(tmp_path / "x.html")
    cells = opened.locator("article table").evaluate(
        "one => [...one.rows].map(row => [...row.cells].map(cell => [cell.tagName, cell.colSpan, cell.rowSpan].join('')))"
    )
    assert cells == [
        ["TH21", "TH11", "TH11"],
        ["TH12", "TD12", "TD11", "TD11"],
        ["TD11", "TD11"],
        ["TH21", "TD11", "TD11"],
    ]
    assert opened.locator("article :is(h3, h4, h5)").evaluate_all("all => all.map(one => one.tagName)") == ["H3", "H3"]


def test_contradictions_come_first_with_what_follows_instead(sheets, visit):
    opened = visit(sheets["d01"])
    first = opened.locator(".list > *").first.text_content()
    assert "与上下文不符的4处" in first and "23.6万元 ≠ 11.2万元 + 8.8万元 + 4.0万元应为24万元" in first
    assert "28.15元 ≠ 6.75万元 + 21.4万元应为28.1" in first and "元 = " not in first
    opened.locator(".wrongs a", has_text="21.4万元").click()
    assert opened.locator(".m[aria-current]").text_content() == "21.4万元"


def test_forms_show_what_will_stand_in_the_tables(sheets, visit):
    """Each number of a row leads to the cell that it was read from."""
    for name, head, cell in ("d16", "budget.csv将有17行", "631.75"), ("d21", "targets.csv将有7行", "≥860万平方米"):
        opened = visit(sheets[name])
        opened.locator("summary", has_text=head).click()
        opened.locator(".list td", has_text=cell).get_by_role("link").click()
        assert opened.locator("article td .m[aria-current]").text_content() == cell


def test_rows_of_several_documents_are_numbered_on_and_must_fit():
    one = made(*TEXT)
    seen = Seen(page("两份", [one, one], [*rows(one), *rows(one)]))
    assert max(int(name[1:]) for name in seen.ids if name[0] == "r") == 1 + 2 * len(one.items)
    assert [name for name, times in Counter(seen.ids).items() if times > 1] == []
    with pytest.raises(ValueError):
        page("少了", [one], rows(one)[1:])


# -- in a browser ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_axe_finds_nothing(sheets, visit, viewport):
    """As it opens, and with all that is folded open and a number chosen; nothing is wider than the screen."""
    assert violations(visit(sheets["d01"], viewport)) == []
    opened = visit(sheets["all"], viewport)
    opened.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
    opened.keyboard.press("1")
    opened.keyboard.press("j")
    assert violations(opened) == []
    assert opened.evaluate("document.documentElement.scrollWidth") == viewport["width"]


def test_states_filter_and_words_find(sheets, visit):
    opened = visit(sheets["d01"])
    listed, told = opened.locator(".list ol > li:visible"), opened.locator("output")
    marks = opened.locator(".m:not(.off)")
    for label in opened.locator("fieldset label").all():
        label.click()
        count = int(label.locator("b").text_content())
        assert (listed.count(), marks.count(), told.text_content()) == (count, count, f"{count}处")
    opened.get_by_label("全部").check()
    opened.get_by_role("searchbox").fill("互助 万余元")
    assert listed.count() == 1 and "41万余元" in listed.first.text_content()
    opened.keyboard.press("j")  # types; a number is not left by it
    assert listed.count() == 0 and opened.locator("[aria-current]").count() == 0
    opened.keyboard.press("Escape")
    assert listed.count() == opened.locator(".list ol > li").count()


def test_keys_go_from_number_to_number(sheets, visit):
    """Both sides are chosen and in sight; the ends are joined; keys can be put off."""
    opened = visit(sheets["d16"])
    opened.keyboard.press("1")
    now = opened.locator(".m[aria-current]")
    said = []
    for key in "jjjkK":
        opened.keyboard.press(key)
        said.append(now.text_content())
        assert (
            opened.locator(".list [aria-current]").text_content()
            == said[-1]
            == opened.evaluate("document.activeElement.textContent")
        )
        for end in now, opened.locator(".list .current"):
            box = end.bounding_box()
            assert box["y"] >= 0 and box["y"] + box["height"] <= DESK["height"]
    assert said == ["235.23", "95.93%", "5.75%", "95.93%", "235.23"]
    assert opened.locator("output").text_content() == "第1处，共3处"
    opened.locator(".keyed input").uncheck()
    opened.keyboard.press("j")
    assert now.text_content() == "235.23"
    opened.get_by_role("button", name="下一处").click()
    assert now.text_content() == "95.93%"


def test_enter_goes_between_text_and_list(sheets, visit):
    """A number that the filter put aside is shown again when it is asked for in the text."""
    opened = visit(sheets["d01"])
    active = "document.activeElement.getAttribute('href')"
    opened.keyboard.press("3")
    opened.locator(".m", has_text="近5万元").click()
    assert opened.get_by_label("全部").is_checked()
    there = opened.evaluate(active)
    opened.keyboard.press("Enter")
    back = opened.evaluate(active)
    assert (there[1], back[1]) == ("m", "r") and there[2:] == back[2:]
    opened.keyboard.press("Enter")
    assert opened.evaluate(active) == there
    assert opened.locator(".m[tabindex='0']").count() == opened.locator(".list ol a[tabindex='0']").count() == 1


def test_what_is_folded_opens_for_a_key_and_for_a_link(sheets, visit):
    for ask in (lambda page: page.keyboard.press("j"), lambda page: page.evaluate("location.hash = 'm2'")):
        opened = visit(sheets["d01"])
        assert not opened.locator("#m2").is_visible()
        ask(opened)
        opened.wait_for_selector("#m2[aria-current]")


def test_without_script_the_sheet_is_whole(sheets, visit):
    opened = visit(sheets["d01"], java_script_enabled=False)
    assert not opened.locator("search").is_visible()
    opened.locator(".m", has_text="近5万元").click()
    assert opened.locator("li:target .read").text_content() == "4.5万元（含）至5万元（不含）"


def test_on_a_phone_the_list_lies_below_the_text(sheets, visit):
    """Both are in sight, a chosen number above the list."""
    opened = visit(sheets["d01"], PHONE)
    for _ in range(20):
        opened.keyboard.press("j")
    mark, panel = (opened.locator(one).bounding_box() for one in (".m[aria-current]", ".panel"))
    assert opened.evaluate("(one => one.scrollWidth <= one.clientWidth)(document.querySelector('.panel fieldset'))")
    assert panel["width"] == PHONE["width"] and mark["y"] + mark["height"] < panel["y"]
    assert opened.locator(".list .current").bounding_box()["y"] > panel["y"]
