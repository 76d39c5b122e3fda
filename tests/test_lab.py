"""At the analyst's desk: completion, cards, errors and heads of chapters in a kernel, and all of it in JupyterLab in a browser."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import nbformat
import openpyxl
import pytest
from click import BadParameter
from click.testing import CliRunner
from jupyter_client.manager import start_new_kernel
from serving import served

from conftest import ROOT, change, copy_built, make
from contract import breaches
from lib.cli import _chosen, main
from lib.desk.handlers import keep_clean
from lib.edition.edition import Edition
from lib.edition.notebooks import notebooks
from lib.intake import table
from lib.run import failure

BIN = Path(sys.executable).parent
OPEN = "from lib.notebook import charts, metric, open_chapter, prose\nbook = open_chapter('zhengxiang', 2020)"


class Desk:
    """A notebook as an editor runs it: its kernel, asked as JupyterLab asks it."""

    def __init__(self, root: Path, name: str, variables: dict[str, str]):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("JIXIAO_")}
        self.manager, self.client = start_new_kernel(cwd=root / "notebooks", env=kept | variables)
        self.name = name

    def run(self, code: str, cell: str = "") -> list[dict]:
        """The messages of a cell, each with its kind."""
        message = self.client.session.msg(
            "execute_request",
            {
                "code": code,
                "silent": False,
                "store_history": True,
                "user_expressions": {},
                "allow_stdin": False,
                "stop_on_error": True,
            },
            metadata={"cellId": cell},
        )
        self.client.shell_channel.send(message)
        told = []
        while True:
            one = self.client.get_iopub_msg(timeout=60)
            if one["parent_header"].get("msg_id") != message["header"]["msg_id"]:
                continue
            if one["msg_type"] == "status" and one["content"]["execution_state"] == "idle":
                return told
            told.append(one["content"] | {"kind": one["msg_type"]})

    def complete(self, code: str) -> dict[str, str]:
        """What is offered at the end of the code: name → what it stands for."""
        asked = self.client.complete(code)
        while (reply := self.client.get_shell_msg(timeout=20))["parent_header"]["msg_id"] != asked:
            pass
        told = reply["content"]["metadata"]["_jupyter_types_experimental"]
        return {one["text"]: one["type"] for one in told}

    def close(self) -> None:
        """End it."""
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@contextmanager
def opened(root: Path) -> Iterator[Desk]:
    """01_services, opened, with a metric."""
    with closing(Desk(root, "01_services", {"JPY_SESSION_NAME": "notebooks/01_services.ipynb"})) as desk:
        desk.run(OPEN)
        desk.run('aid = book.mutual_aid\naid.rate = metric("受助率", aid.beneficiaries / aid.members)', "metrics")
        yield desk


@pytest.fixture
def desk(built):
    """An opened notebook of a test's own."""
    with opened(built.root) as desk:
        yield desk


@pytest.fixture(scope="module")
def asked(edition, tmp_path_factory):
    """An opened notebook that tests only ask: what they run in it leaves no name, no metric and no file."""
    with opened(copy_built(edition, tmp_path_factory.mktemp("asked") / "project").root) as desk:
        yield desk


def page(told: list[dict]) -> str:
    """What a cell showed itself, as HTML."""
    return "".join(one["data"]["text/html"] for one in told if one["kind"] in ("display_data", "execute_result"))


def text(told: list[dict]) -> str:
    """What a cell showed, as text."""
    return "\n".join(one["data"]["text/plain"] for one in told if "data" in one)


def error(told: list[dict]) -> str:
    """The error that a cell showed."""
    return "\n".join(next(one for one in told if one["kind"] == "error")["traceback"])


def test_names_are_completed_with_label_and_value_in_code_and_in_braces(asked):
    assert asked.complete("x = aid.mem") == {"members": "医疗互助参保人数　4025人"}
    assert asked.complete("%%prose\n参保{{ aid.mem")["members"] == "医疗互助参保人数　4025人"
    assert asked.complete("%%prose\n{% if aid.ra")["rate"].startswith("受助率　6.")
    assert (
        "受助" in asked.complete("book.mutual")["mutual_aid"]
        or "医疗互助" in asked.complete("book.mutual")["mutual_aid"]
    )
    assert asked.complete("%%prose\n受助{{ ").keys() == {"aid", "book"}
    assert asked.complete("%%prose\n{{ aid.members }}参保") == {}


def test_internals_are_not_offered(asked):
    offered = [
        *asked.complete("book."),
        *asked.complete("aid."),
        *asked.complete("aid.members."),
        *asked.complete("book.m"),
    ]
    assert offered and not {"load", "record", "save", "begin", "known", "form", "box", "rank", "name"} & set(offered)
    assert not any(name.startswith("_") for name in offered)


def test_completion_takes_less_than_a_tenth_of_a_second(asked):
    for code in ("book.", "ai", "%%prose\n{{ aid.", "aid.members."):
        times = []
        for _ in range(5):
            start = time.perf_counter()
            asked.complete(code)
            times.append(time.perf_counter() - start)
        assert sorted(times)[2] < 0.1, (code, times)


def test_what_is_shown_alone_is_a_card(asked):
    card = text(asked.run("aid.rate"))
    assert all(
        word in card for word in ("受助率（mutual_aid.rate）", "受助住院职工 ÷ 医疗互助参保人数", "4025人（来源1(1)）")
    )
    assert "上下限\t26万元（不含）至27万元（不含）" in text(asked.run("aid.payout"))
    assert "已交互助金\t30.04万元" in text(asked.run("aid")) and "法律咨询人数\t5人" in text(asked.run("book"))


def test_data_in_a_card_is_escaped(desk):
    desk.run('aid.odd = metric("<img src=x>", aid.units)')
    for code in ("aid.odd", "aid", "book"):
        shown = page(desk.run(code))
        assert "&lt;img src=x&gt;" in shown and "<img" not in shown


def test_numbers_are_underlined_and_charts_have_their_caption(asked):
    assert "underline dotted" in page(asked.run("%%prose\n参保{{ aid.members }}。"))
    assert "<figcaption>人数</figcaption>" in page(asked.run('charts.bars("人数", aid.members)'))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("aid.premiun", "没有 mutual_aid.premiun，是不是 mutual_aid.premium？"),
        ("%%prose\n缴费{{ aid.premiun }}。", "没有 mutual_aid.premiun，是不是 mutual_aid.premium？"),
        ("%%prose\n缴费{{ adi.premium }}。", "没有 adi，是不是 aid？"),
        ("%%prose\n缴费{{ aid.premium。", "“{{”是不成对的花括号"),
        ("%%prose\n{% if aid.premium.missing %}\n缴费", "第3行的花括号里写得不对"),
        ("adi.premium", "没有 adi，是不是 aid？"),
        ("book.mutal_aid", "没有 mutal_aid，是不是 mutual_aid？"),
        ("aid.members.vlaue", "没有 vlaue，是不是 value？"),
        ("x = aid.members，1", "第1行不是 Python 代码"),
        ("aid.x = 5", "不是新算出的指标"),
    ],
)
def test_mistake_is_told_in_one_line_and_the_whole_on_request(asked, code, words):
    told = error(asked.run(code))
    assert words in told.split("\n")[-1] and len(told.split("\n")) <= 2
    assert "Traceback" not in told and "lib/" not in told
    assert len(error(asked.run("%tb")).split("\n")) > 2


def test_metric_that_a_cell_does_not_compute_any_more_is_gone(built, desk):
    saved = built.processed.with_name("2020.hand") / "01_services/metrics.csv"
    assert "mutual_aid.rate" in saved.read_text("utf-8")
    desk.run('other = book.group("other")\nother.one = metric("其他", aid.units)', "other")
    desk.run('aid.share = metric("受助率", aid.beneficiaries / aid.members)', "metrics")
    names = [line.partition(",")[0] for line in saved.read_text("utf-8").splitlines()[1:]]
    assert names == ["other.one", "mutual_aid.share"]
    assert "没有 mutual_aid.rate" in error(desk.run("aid.rate"))


def test_head_says_what_has_changed_since(built, desk):
    assert "有改动" not in text(desk.run(OPEN))
    change(built.raw / "figures.csv", "4025人", "4026人")
    (head,) = (one for one in desk.run("1") if one["kind"] == "update_display_data")
    assert "00_clean 运行之后 figures.csv 有改动：请先重新运行 00_clean" in head["data"]["text/plain"]
    assert "00_clean 运行之后 figures.csv 有改动" in text(desk.run(OPEN))


def test_head_says_whose_trial_a_chapter_sees_and_no_trial_is_published(built, desk):
    change(built.raw / "figures.csv", "4025人", "4026人")
    papermill = [BIN / "papermill", built.notebook("00_clean"), built.root / "out.ipynb"]
    subprocess.run(papermill, cwd=built.root, check=True, capture_output=True)
    assert "本章打开之后 figures.csv 有改动：请从头运行" in text(desk.run("1"))
    opened = text(desk.run(OPEN))
    assert "00_clean 用的是手工试算的结果" in opened and "请" not in opened
    assert "4026人" in text(desk.run("book.mutual_aid.members"))
    change(built.raw / "figures.csv", "4026人", "4025人")
    assert make(built).state == "unchanged"
    assert "4026人" not in (built.output / "report.html").read_text("utf-8")


def test_cell_that_failed_is_shown_and_named_by_its_heading(project):
    change(project / "notebooks/04_assets.ipynb", "accounts = book.accounts", "accounts = book.acounts")
    edition = Edition.find("zhengxiang", 2020, project)
    told = make(edition).message
    assert re.search(r"“.+”第\d+格（.+）：没有 acounts，是不是 accounts？$", told), told
    page = (failure.folder(edition) / "failure.html").read_text("utf-8")
    assert (
        "accounts = book.acounts" in page.partition("<details>")[0] and "chapter.py" in page.partition("<details>")[2]
    )


def test_run_imports_nothing_of_the_workbench():
    code = "import sys, lib.notebook; sys.exit(any(name in sys.modules for name in ('lib.chapter.workbench', 'IPython', 'lib.desk')))"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


# --- ways to run a notebook ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        ("papermill", "{}", "out.ipynb"),
        ("papermill", "{}", "out.ipynb", "--engine", "warm"),
        ("jupyter", "execute", "{}"),
        ("jupyter", "nbconvert", "--execute", "--to", "notebook", "--output-dir", ".", "{}"),
    ],
)
def test_notebook_is_run_from_any_folder(built, tmp_path, command):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    words = [word.format(built.notebook("01_services")) for word in command]
    done = subprocess.run([BIN / words[0], *words[1:]], cwd=elsewhere, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert (built.processed.with_name("2020.hand") / "01_services/metrics.csv").is_file()


def test_several_notebooks_in_one_command_are_refused_in_a_sentence(built):
    words = ["execute", built.notebook("01_services"), built.notebook("02_workforce")]
    done = subprocess.run([BIN / "jupyter", *words], cwd=built.root, capture_output=True, text=True, check=False)
    assert done.returncode != 0 and "不知道打开的是哪个笔记本：请在 JupyterLab 里打开" in done.stderr


def test_editor_that_names_the_notebook_in_the_kernel_is_understood(built):
    """As VS Code does; its working directory may be any."""
    with closing(Desk(built.root, "vscode", {})) as desk:
        desk.run(f"__vsc_ipynb_file__ = {str(built.notebook('01_services'))!r}\nimport os\nos.chdir('/')")
        assert "2020年度" in text(desk.run(OPEN))
        assert desk.complete("book.mutual") and "是不是" in error(desk.run("book.mutal_aid"))


# --- files --------------------------------------------------------------------------------------------------------------


def test_saving_keeps_what_was_written_and_nothing_else(built):
    path = built.notebook("01_services")
    nb = nbformat.read(path, 4)
    worked = json.loads(json.dumps(nb))
    worked["metadata"]["kernelspec"]["display_name"] = nb["metadata"]["kernelspec"]["display_name"]
    worked["metadata"]["language_info"] |= {"version": "3.11.2", "file_extension": ".py"}
    worked["metadata"]["toc"] = {}
    for cell in worked["cells"]:
        cell["metadata"] |= {"trusted": True, "jp-MarkdownHeadingCollapsed": True}
        if cell["cell_type"] == "code":
            output = {"output_type": "stream", "name": "stdout", "text": "x"}
            cell |= {"execution_count": 3, "outputs": [output]}
    model = {"type": "notebook", "content": json.loads(json.dumps(worked))}
    keep_clean(model, path="notebooks/01_services.ipynb")
    assert nbformat.writes(nbformat.from_dict(model["content"])) + "\n" == path.read_text("utf-8")
    other = {"type": "notebook", "content": worked}
    keep_clean(other, path="outputs/zhengxiang/2020/report.ipynb")
    assert other["content"]["cells"][3]["outputs"]


def test_new_section_runs_and_keeps_the_contract(project):
    done = CliRunner().invoke(main, ["--root", str(project), "new-section", "女职工工作"])
    assert done.exit_code == 0 and "056_section056.ipynb" in done.output, done.output
    assert breaches(nbformat.read(project / "notebooks/056_section056.ipynb", 4)) == []
    assert [*notebooks(project)][6:9] == ["055_reach", "056_section056", "06_budget"]
    edition = Edition.find("zhengxiang", 2020, project)
    assert make(edition).state == "built"
    page = (edition.output / "report.html").read_text("utf-8")
    assert "女职工工作" in page and "待改写的比率" in page and "待改写：共" in page
    again = CliRunner().invoke(main, ["--root", str(project), "new-section", "女职工工作", "--name", "women"])
    assert again.exit_code == 1 and "已经有这一节" in again.output


@pytest.mark.parametrize(
    ("year", "given"),
    [("2022", [2022]), ("2020-2022", [2020, 2022]), ("2022-2020", [2020, 2022]), ("all", [2020, 2022])],
)
def test_span_of_years_is_read_either_way_round(project, monkeypatch, year, given):
    monkeypatch.setenv("JIXIAO_ROOT", str(project))
    assert sorted(one.year for one in _chosen("all", year)) == given


@pytest.mark.parametrize("year", ["2020-22", "20", "2020-"])
def test_year_that_is_none_is_refused(year):
    with pytest.raises(BadParameter, match="应为 2020、2018-2024 或 all"):
        _chosen("all", year)


def test_metric_to_explain_is_asked_for_with_an_example():
    told = CliRunner().invoke(main, ["explain"])
    assert told.exit_code == 2 and "缺少参数 '指标，如 支出总额'" in told.output


def test_command_line_speaks_one_language():
    calls = [[name, "--help"] for name in ("", *main.commands)]
    calls += [
        ["chekc"],
        ["check"],
        ["report", "--unti", "x"],
        ["versions", "--year", "x"],
        ["--root", "/nope", "check"],
    ]
    calls += [["new", "--unit", "a", "--year", "12"], ["report", "--log", "x"], ["diff", "a"], ["diff", "a", "b", "c"]]
    for words in calls:
        told = CliRunner().invoke(main, [word for word in words if word]).output
        assert "用法" in told and not re.search(
            r"Usage|Options|Commands|Error|Try|Show|Missing|Invalid|No such|OPTIONS|ARGS|TEXT|INTEGER|FILE|DIRECTORY|default|required|unexpected|range|valid",
            told,
        ), told


# --- JupyterLab ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def lab(built, tmp_path):
    """JupyterLab as `make lab` starts it, on a copy of the project under version control: its address."""
    assert "JUPYTER_CONFIG_PATH=$(CURDIR)/etc/jupyter" in (ROOT / "Makefile").read_text("utf-8")
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org"]
    shutil.copy(ROOT / ".gitignore", built.root)
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "as it was"]):
        subprocess.run([*git, *words], cwd=built.root, check=True)
    own = {
        "JUPYTER_CONFIG_PATH": ROOT / "etc/jupyter",
        "HOME": tmp_path,
        "JUPYTER_CONFIG_DIR": tmp_path / "own",
        "JUPYTER_TOKEN": "t",
    }
    command = [BIN / "jupyter", "lab", "--LabApp.default_url=/lab"]
    with served(command, built.root, tmp_path / "lab.log", **own) as (address, _):
        yield address


def test_a_year_from_the_desk_to_lab_and_back(built, lab, browser):
    """New, filled in, checked, corrected, previewed, a sentence completed and mistyped, published, compared; git has what was written alone."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    context.set_default_timeout(90_000)
    desk = context.new_page()
    desk.goto(f"{lab}/jixiao/?token=t")
    desk.click("[aria-label='新建：衡阳市蒸湘区总工会 2020']")
    desk.click("#new button[type=submit]")
    desk.wait_for_selector("#editions li.chosen >> text=2021")
    year = Edition.find("zhengxiang", 2021, built.root)
    for blank in ("\nread:", "\n  date:"):
        change(year.raw / "source.yml", blank, f"{blank} 2022-03-01")
    desk.click("[aria-label='录入：衡阳市蒸湘区总工会 2021']")
    assert wait_for(table.place(year).is_file)
    desk.click("#table [data-close]")
    fill_in(year, "40x35人")
    desk.wait_for_selector("#remarks li >> text=40x35人")
    fill_in(year, "4035人")
    desk.wait_for_function("""() => /^错误 0/.test(document.getElementById("count").textContent)""")
    desk.frame_locator("#frames iframe:not(.coming)").get_by_text("4035人").first.wait_for()
    published(desk)

    with context.expect_page() as opened:
        desk.click("[aria-label^='在 JupyterLab 打开：'][href*='01_services']")
    writes_a_sentence(opened.value, built)
    published(desk)
    compared = {"与上一版比较": ("2021~1", "又写一句：参保4035人。"), "与2020年比较": ("zhengxiang-2020", "4025人")}
    for name, (old, told) in compared.items():
        desk.click(f"[aria-label='{name}：衡阳市蒸湘区总工会 2021']")
        desk.wait_for_selector("#task-title >> text=比较 zhengxiang 2021：完成")
        with context.expect_page() as opened:
            desk.click(f"#task [aria-label='打开对照页'][href*='{old}']")
        assert told in opened.value.inner_text("body") and "4035人" in opened.value.inner_text("body")
    context.close()
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.org"]
    assert status(built) == ["?? data/raw/zhengxiang/2021/", " M notebooks/01_services.ipynb"][::-1]
    for words in (["add", "data", "notebooks"], ["commit", "--quiet", "--message", "2021"]):
        subprocess.run([*git, *words], cwd=built.root, check=True)
    shown = subprocess.run([*git, "show", "--numstat", "--format="], cwd=built.root, capture_output=True, text=True)
    added = {line.split("\t")[2]: line.split("\t")[:2] for line in shown.stdout.splitlines()}
    assert status(built) == [] and not [name for name in added if name.endswith(".xlsx")]
    assert added["notebooks/01_services.ipynb"][1] == "0"


def fill_in(edition: Edition, members: str) -> None:
    """Fill in the first three figures in the workbook, and save it."""
    book = openpyxl.load_workbook(table.place(edition))
    sheet = book["数据"]
    at = [cell.value for cell in sheet[1]].index("原文") + 1
    for row, token in enumerate(["118家", members, "31万元"], 2):
        sheet.cell(row, at, token)
    book.save(table.place(edition))


def published(desk) -> None:
    """Press the button, and wait for what it makes."""
    desk.click("[aria-label='生成：衡阳市蒸湘区总工会 2021']")
    for state in ("正在做", "完成"):
        desk.wait_for_selector(f"#task-title >> text=生成 zhengxiang 2021：{state}")
    desk.wait_for_selector("#editions li.chosen >> text=已发布")


def status(edition: Edition) -> list[str]:
    """What git finds changed."""
    command = ["git", "status", "--porcelain"]
    return subprocess.run(command, cwd=edition.root, capture_output=True, text=True, check=True).stdout.splitlines()


def writes_a_sentence(page, built) -> None:
    """A sentence with a name completed, which is kept, and one with a name mistyped, which is told and taken back."""
    page.get_by_role("menuitem", name="文件").wait_for(timeout=90_000)
    page.locator(".jp-Notebook .jp-Cell").first.wait_for(timeout=60_000)
    page.locator(".jp-StatusBar-TextItem", has_text="空闲").wait_for(timeout=60_000)
    assert page.locator(".cm-lineWrapping").count() and not page.get_by_text("news").count()
    page.locator(".jp-Notebook .jp-Cell").first.click()
    page.keyboard.press("Escape")
    for _ in range(10):  # down to the first prose cell
        page.keyboard.press("Shift+Enter")
    page.locator("data[style*=dotted]", has_text="4035人").first.wait_for(timeout=60_000)

    page.keyboard.press("b")
    page.keyboard.press("Enter")
    page.keyboard.type("%%prose\n又写一句：参保{{ aid.memb")
    page.keyboard.press("Tab")
    page.locator(".jp-Completer-item", has_text="医疗互助参保人数　4035人").wait_for(timeout=20_000)
    page.locator(".jp-Completer-item", has_text="医疗互助参保人数　4035人").click()
    page.keyboard.type(" }}。")
    page.keyboard.press("Shift+Enter")
    page.locator(".jp-OutputArea-output", has_text="又写一句：参保4035人。").wait_for(timeout=20_000)

    page.keyboard.press("Escape")
    page.keyboard.press("b")
    page.keyboard.press("Enter")
    page.keyboard.type("%%prose\n参保{{ aid.membres }}。")
    page.keyboard.press("Shift+Enter")
    told = page.locator(
        "[data-mime-type='application/vnd.jupyter.stderr']",
        has_text="没有 mutual_aid.membres，是不是 mutual_aid.members？",
    )
    told.wait_for(timeout=20_000)
    assert len(told.inner_text().strip().splitlines()) == 1
    page.keyboard.press("Escape")
    path = built.notebook("01_services")
    assert saved(page, path, lambda text: "membres" in text) and told.is_visible()  # the screen keeps more
    nb = nbformat.read(path, 4)
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in nb["cells"])

    page.locator(".jp-Notebook .jp-Cell", has_text="aid.membres").locator(".jp-InputPrompt").click()
    for key in ("Escape", "d", "d"):
        page.keyboard.press(key)
    assert saved(page, path, lambda text: "membres" not in text)
    page.close()


def saved(page, path: Path, true) -> bool:
    """Is what became true of the notebook saved? JupyterLab passes over a key pressed before the save before has ended, its checkpoint too."""
    return wait_for(lambda: page.keyboard.press("Control+s") or true(path.read_text("utf-8")))


def wait_for(true, seconds: float = 20):
    """What becomes true, if it does."""
    end = time.monotonic() + seconds
    while not (found := true()) and time.monotonic() < end:
        time.sleep(0.2)
    return found
