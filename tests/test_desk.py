"""The desk: who may ask it, what it tells of an edition, a preview that leaves no trace, and a walk through it in a real browser."""

import http.client
import json
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import psutil
import pytest
from serving import served

from conftest import change, copy_project, make
from lib.desk import handlers
from lib.desk.desk import PAGE, Desk, aside, overview, preview, state
from lib.edition.card import SOURCES
from lib.edition.edition import Edition
from lib.edition.notebooks import chosen
from lib.edition.store import digest_of, write_table
from lib.intake import check, ledger
from lib.run import failure
from lib.run.keys import Steps

BIN = Path(sys.executable).parent
TOKEN = "desk-test"
PHONE, WIDE = {"width": 390, "height": 844}, {"width": 1400, "height": 900}


# --- states -------------------------------------------------------------------------------------------------------------


def told(edition: Edition) -> tuple[str, str]:
    found = state(Edition(edition.unit, edition.year, edition.root))
    return found["state"], found["why"]


def test_state_follows_an_edition_on_its_way(built):
    assert told(built) == ("已发布", "")
    change(built.raw / "figures.csv", "4025人", "4,025人")
    assert told(built) == ("已过期", "figures.csv")
    change(built.raw / "figures.csv", "4,025人", "40x25人")
    make(built)
    state, why = told(built)
    assert state == "失败" and "第3行" in why and why.startswith("来源数据：")
    shutil.rmtree(failure.folder(built))
    change(built.raw / "figures.csv", "40x25人", "4025人")
    built.output.unlink()
    assert told(built) == ("已运行", "")
    Steps(built).forget("01_services")
    assert told(built) == ("已核对", "")
    change(built.raw / "figures.csv", "4025人", "40x25人")
    assert told(built) == ("草稿", "1处差错")


def test_what_another_edition_published_is_named_by_it(built, monkeypatch):
    read = ["outputs/shili/2019/figures.csv", "outputs/shili/2019/metrics.csv", "notes.csv"]
    monkeypatch.setattr(Steps, "why", lambda self, name: read)
    assert told(built) == ("已过期", "shili 2019 发布的数据、notes.csv")
    read[:] = ["data/raw/zhengxiang/checks.csv"]
    assert told(built)[1] == "本单位各年共用的 checks.csv（登记别的年度时也会增补）"


def test_unit_that_cannot_be_read_is_told_among_the_others(built):
    (built.raw.parent / "unit.yml").write_text("level: 星系\n")
    found = {one["edition"]: one for one in overview(built.root)}
    assert found["zhengxiang/2020"]["state"] == "草稿" and "星系" in found["zhengxiang/2020"]["why"]
    assert found["yiyang/2022"]["state"] == "已核对"


def test_document_that_was_read_waits_to_be_accepted(project):
    write_table(project / "data/raw/jia/2023" / SOURCES / ledger.FILE, ledger.COLUMNS, [])
    (waits,) = (one for one in overview(project) if one["state"] == "待采用")
    assert waits["edition"] == "jia/2023" and "source/draft.csv" in waits["why"]
    read = Edition("jia", 2023, project)  # nothing is wrong with what is not there yet
    assert preview(read) == {"fault": waits["why"], "seconds": 0, "path": ""}
    assert [(one.file, one.kind, one.text) for one in check.check(read)] == [("draft.csv", "待填", waits["why"])]


def test_a_year_whose_document_was_read_is_chosen(project):
    did, edition = [], Edition("jia", 2023, project)

    async def do(*words):
        did.append(words)
        return True

    given = SimpleNamespace(files={"files": [SimpleNamespace(filename="报告.txt", body=b"")]})
    desk = SimpleNamespace(do=do, choose=did.append)
    page = SimpleNamespace(request=given, desk=desk, get_body_argument=lambda name, default: default)
    with suppress(StopIteration):  # another loop may be running here
        handlers.Do._new(page, edition, []).send(None)
    assert did[0][0] == "读取文件" and did[1] is edition


# --- the edition that notebooks open with -------------------------------------------------------------------------------


def test_notebook_opens_with_the_chosen_edition_unless_papermill_gave_parameters(project, monkeypatch):
    desk = Desk(project)
    monkeypatch.setenv("JIXIAO_DESK", str(desk.note))
    monkeypatch.setenv("JPY_SESSION_NAME", "notebooks/01_services.ipynb")
    assert chosen([""]) is None
    desk.choose(Edition("yiyang", 2022, project))
    assert chosen(["", 'unit = "zhengxiang"']) == ("yiyang", 2022) and desk.chosen.unit == "yiyang"
    assert chosen(["", '# Parameters\nunit = "zhengxiang"']) is None
    monkeypatch.delenv("JPY_SESSION_NAME")  # nobody opened it in JupyterLab
    assert chosen([""]) is None


def test_papermill_beside_a_desk_is_as_without(built, monkeypatch):
    desk = Desk(built.root)
    desk.choose(Edition("yiyang", 2022, built.root))
    monkeypatch.setenv("JIXIAO_DESK", str(desk.note))
    command = [BIN / "papermill", built.notebook("01_services"), built.root / "out.ipynb"]
    subprocess.run(command, cwd=built.root, check=True, capture_output=True)
    assert "蒸湘区" in (built.root / "out.ipynb").read_text("utf-8")


# --- preview ------------------------------------------------------------------------------------------------------------


def tree(folder: Path) -> dict[str, str]:
    """What lies in a folder but what is the desk's own."""
    files = (path for path in folder.rglob("*") if path.is_file() and ".desk" not in str(path))
    return {str(path): digest_of(path.read_bytes()) for path in files}


def previewed(edition: Edition, *changes) -> list[tuple[dict, str]]:
    """What is told of the preview, and its page each time: as it stands, then after each change."""
    found = []
    for act in (lambda: None, *changes):
        act()
        reply = preview(Edition(edition.unit, edition.year, edition.root))
        found.append((reply, (aside(edition).processed / PAGE).read_text("utf-8")))
    return found


def test_preview_shows_what_was_saved_and_touches_nothing_else(built):
    raw = built.raw / "figures.csv"
    rest = [tree(built.root / "outputs"), tree(built.root / "data/processed")]
    (first, old), (second, page), (third, same), (_, again) = previewed(
        built,
        lambda: change(raw, "4025人", "4035人"),
        lambda: change(raw, "4035人", "40x35人"),
        lambda: change(raw, "40x35人", "4025人"),
    )
    assert first["fault"] == second["fault"] == "" and "4035人" in page and "4035人" not in old
    assert "第3行" in third["fault"] and "40x35人" in third["fault"]
    assert same == page and third["path"] == second["path"] != first["path"]
    assert again == old == (built.output / PAGE).read_text("utf-8")
    assert rest == [tree(built.root / "outputs"), tree(built.root / "data/processed")]


def test_preview_is_quicker_than_an_empty_notebook(built):
    """A sentence at most as long as papermill takes for one empty notebook, a figure one and a half times, in one run."""
    empty = {"cells": [], "metadata": {"kernelspec": {"name": "python3", "display_name": "", "language": "python"}}}
    (built.root / "empty.ipynb").write_text(json.dumps(empty | {"nbformat": 4, "nbformat_minor": 5}))

    def sentence():
        text = (built.raw / "notes.csv").read_text("utf-8").splitlines()
        (built.raw / "notes.csv").write_text("\n".join([*text, "services,measure,1(1),又做了一件事。"]) + "\n", "utf-8")

    found = [
        reply for reply, _ in previewed(built, sentence, lambda: change(built.raw / "figures.csv", "4025人", "4035人"))
    ]
    start = time.perf_counter()
    command = [BIN / "papermill", built.root / "empty.ipynb", built.root / "out.ipynb"]
    subprocess.run(command, check=True, capture_output=True)
    taken = time.perf_counter() - start
    print(f"sentence {found[1]['seconds'] / taken:.2f}, figure {found[2]['seconds'] / taken:.2f} of {taken:.1f} s")
    assert found[1]["fault"] == found[2]["fault"] == ""
    assert found[1]["seconds"] <= taken and found[2]["seconds"] <= 1.5 * taken


# --- the server ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """`jixiao desk` on a copy of the project: the address, and the process."""
    root = copy_project(tmp_path_factory.mktemp("desk") / "project")
    own = {"JUPYTER_CONFIG_DIR": root / "config", "JUPYTER_DATA_DIR": root / "share", "JUPYTER_TOKEN": TOKEN}
    command = [BIN / "jixiao", "desk"]
    with served(command, root, root / "log", JIXIAO_ROOT=root, **own) as (address, process):
        yield address, process, root


def asked(address: str, path: str, data: bytes | None = None, **headers: str) -> tuple[int, str]:
    """Status and text of a reply; nothing is followed."""
    host = address.removeprefix("http://")
    connection = http.client.HTTPConnection(host, timeout=60)
    connection.request("POST" if data is not None else "GET", path, data, {"Host": host} | headers)
    reply = connection.getresponse()
    return reply.status, reply.read().decode("utf-8", "replace")


KEY = {"Authorization": f"token {TOKEN}"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize("path", ["/jixiao/", "/jixiao/events", "/jixiao/outputs/zhengxiang/2020/report.html"])
def test_nothing_is_told_without_the_token(server, path):
    status, text = asked(server[0], path)
    assert status in (302, 403) and "蒸湘" not in text


def test_nothing_is_done_without_the_token_or_the_xsrf_token(server):
    address, _, root = server
    assert asked(address, "/jixiao/do/new", b"edition=yi/2023", **FORM)[0] == 403
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    opener.open(f"{address}/jixiao/?token={TOKEN}").read()  # whose cookie a foreign page would borrow
    with pytest.raises(urllib.error.HTTPError, match="403"):
        opener.open(f"{address}/jixiao/do/new", b"edition=yi/2023")
    assert not (root / "data/raw/yi").exists()


def test_only_this_machine_is_answered(server):
    address, process, _ = server
    assert asked(address, "/jixiao/", **KEY)[0] == 200
    assert asked(address, "/jixiao/", **KEY | {"Host": "evil.example:8888"})[0] == 403
    heard = [one.laddr.ip for one in psutil.Process(process.pid).net_connections() if one.status == "LISTEN"]
    assert set(heard) == {"127.0.0.1"}


@pytest.mark.parametrize(
    "name", ["../2020", "..%2F..%2Fetc/2020", "a;b/2020", "zhengxiang/20200", "zhengxiang/../x", "甲/2020"]
)
def test_name_that_is_a_path_is_refused(server, name):
    address, _, root = server
    before = tree(root / "data/raw")
    status, text = asked(address, "/jixiao/do/new", f"edition={name}".encode(), **KEY, **FORM)
    assert status == 400 and "拼音小写" in json.loads(text)["message"]
    assert asked(address, f"/jixiao/raw/{quote(name, safe='/%')}/figures.csv", **KEY)[0] in (400, 404)
    assert tree(root / "data/raw") == before


@pytest.mark.parametrize("name", ["..%2Fsource.yml", "%2e%2e", "missing.csv", "..%5csource.yml", "source"])
def test_only_files_of_the_folder_itself_are_served(server, name):
    assert asked(server[0], "/jixiao/raw/zhengxiang/2020/figures.csv", **KEY)[0] == 200
    assert asked(server[0], f"/jixiao/raw/zhengxiang/2020/{name}", **KEY)[0] == 404


@pytest.mark.parametrize("name", ["../../evil.md", "c:\\x\\报告.docx", "~$报告.docx"])
def test_document_is_kept_under_its_own_name_alone(tmp_path, name):
    one = type("Sent", (), {"filename": name, "body": b"1"})
    assert handlers._kept(tmp_path, one).parent == tmp_path


@pytest.mark.parametrize("name", [".ssh", "..", "~报告.docx", "run.sh", ""])
def test_document_that_cannot_be_read_is_refused(tmp_path, name):
    with pytest.raises(ValueError, match="不是能读的文件"):
        handlers._kept(tmp_path, type("Sent", (), {"filename": name, "body": b"1"}))


# --- in a real browser --------------------------------------------------------------------------------------------------


@pytest.fixture
def page(server, browser):
    """The desk, opened; nothing may be wrong in its own script."""
    wrong = []
    context = browser.new_context(viewport=WIDE)
    page = context.new_page()
    page.set_default_timeout(90_000)
    page.on("pageerror", lambda error: wrong.append(error))
    page.goto(f"{server[0]}/jixiao/?token={TOKEN}")
    page.wait_for_selector("#editions li")
    yield page
    context.close()
    assert wrong == []


def shown(page) -> str:
    """The address of the preview that is seen."""
    return page.get_attribute("#frames iframe:not(.coming)", "src")


def renewed(page, old: str | None):
    """The preview's frame, once it is another than before."""
    page.wait_for_function(
        """old => { const one = document.querySelector("#frames iframe:not(.coming)"); return one && one.getAttribute("src") !== old; }""",
        arg=old,
    )
    return page.query_selector("#frames iframe:not(.coming)").content_frame()


def test_from_a_new_year_to_the_published_page(server, page):
    """New, checked, a sentence and a figure written while the page follows, published, opened: without a terminal."""
    root = server[2]
    page.click("#add")
    page.fill("#new [name=unit]", "jia")
    page.fill("#new [name=year]", "23")
    page.click("#new button[type=submit]")
    assert page.eval_on_selector("#new [name=year]", "one => one.validationMessage") == "年度写四位数字，如 2024"
    page.fill("#new [name=year]", "２０２３")
    page.fill("#new [name=kind]", "残联")
    page.select_option("#new [name=level]", "县")
    page.click("#new button[type=submit]")
    page.wait_for_selector("#editions li.chosen >> text=jia 2023")
    page.wait_for_selector("#task-title >> text=完成")
    raw = root / "data/raw/jia/2023"
    page.wait_for_function("""() => /^错误 [1-9]/.test(document.getElementById("count").textContent)""")
    fill_in(raw)
    page.wait_for_function("""() => /^错误 0/.test(document.getElementById("count").textContent)""")
    frame = renewed(page, None)
    frame.wait_for_selector("text=第60段")
    frame.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    place = "[...document.querySelectorAll('p')].find(one => one.textContent.includes('第50段'))"
    frame.evaluate(f"{place}.scrollIntoView({{behavior: 'instant'}})")
    before, old = frame.evaluate(f"{place}.getBoundingClientRect().top"), shown(page)
    change(raw / "report.md", "第60段", "又一句。第60段")
    frame = renewed(page, old)
    assert "又一句。" in frame.inner_text("main")
    assert abs(frame.evaluate(f"{place}.getBoundingClientRect().top") - before) < 2 and before < 200
    assert frame.evaluate("[...document.querySelectorAll('main details')].every(one => one.open)")
    old = shown(page)
    change(raw / "report.md", "{{ 在册残疾人 }}", "{{ 在册残疾 }}")
    page.wait_for_function("""() => document.getElementById("fault").textContent.includes("在册残疾人")""")
    assert shown(page) == old
    change(raw / "report.md", "{{ 在册残疾 }}", "{{ 在册残疾人 }}")
    page.click("[aria-label='生成：甲县残联 2023']")
    page.wait_for_selector("#task-title >> text=完成")
    page.wait_for_selector("#editions li.chosen >> text=已发布")
    with page.context.expect_page() as opened:
        page.click("[aria-label='打开网页：甲县残联 2023']")
    assert "又一句。" in opened.value.inner_text("main")
    for name in ("report.pdf", "report.docx"):
        assert page.request.get(f"{server[0]}/jixiao/outputs/jia/2023/{name}").ok
    make_it_fail = raw / "figures.csv"
    change(make_it_fail, "1234人", "12x34人")
    page.wait_for_selector("#editions li.chosen >> text=已过期")


def fill_in(raw: Path) -> None:
    """The files of a small edition as an analyst fills them in, last the text."""
    change(raw.parent / "unit.yml", "name: ", "name: 甲县残联")
    for name, text in {
        "unit: ": "甲县残联",
        "publisher: ": "甲县残联",
        "contact: ": "办公室",
        "read: ": "2024-03-01",
    }.items():
        change(raw / "source.yml", f"\n{name}", f"\n{name}{text} ")
    change(raw / "source.yml", "  date: ", "  date: 2024-03-02 ")
    write_table(
        raw.parent / "indicators.csv",
        ["indicator", "section", "label", "unit", "scope", "direction", "definition", "cues", "since"],
        [
            dict.fromkeys(("section", "scope", "direction", "definition", "cues", "since"), "")
            | {"indicator": "jia.all", "label": "在册残疾人", "unit": "人"}
        ],
    )
    figure = {"locator": "1", "indicator": "jia.all", "printed": "1234人", "reading": "", "remark": ""}
    write_table(raw / "figures.csv", list(figure), [figure])
    lines = "\n\n".join(f"第{n}段，写满一行又一行，好让这一页长得要翻动才看得完。" for n in range(1, 61))
    (raw / "report.md").write_text(f"# 基本情况\n\n在册 {{{{ 在册残疾人 }}}}。\n\n{lines}\n", "utf-8")


def test_names_are_text(server, page):
    root = server[2]
    profile = root / "data/raw/yiyang/unit.yml"
    before = profile.read_text("utf-8")
    profile.write_text('name: "<img src=x onerror=alert(1)>"\nkind: 工会\n', "utf-8")
    try:
        page.wait_for_selector("#editions >> text=<img src=x")
        assert page.query_selector("#editions img") is None
    finally:
        profile.write_text(before, "utf-8")


@pytest.mark.parametrize("viewport", [PHONE, WIDE], ids=["phone", "wide"])
def test_axe_finds_nothing_on_the_desk(page, viewport):
    from test_page import violations

    page.set_viewport_size(viewport)
    page.click("[aria-label='核对：衡阳市蒸湘区总工会 2020']")
    page.wait_for_selector("#remarks li")
    page.wait_for_selector("#frames iframe:not(.coming)")
    assert violations(page) == []
    page.click("#add")
    assert violations(page) == []


def test_all_of_it_is_done_by_keyboard(page):
    page.focus("#add")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open] [name=unit]:focus")
    page.keyboard.press("Escape")
    page.wait_for_selector("dialog[open]", state="hidden")
    page.focus(".pick >> text=蒸湘区")
    page.keyboard.press("Enter")
    page.wait_for_selector("#editions li.chosen >> text=蒸湘区")
    assert "蒸湘区" in page.evaluate("document.activeElement.textContent")  # the list was written anew
