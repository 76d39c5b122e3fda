"""The pictures of the guides: taken from the pages themselves, and what each shows is still what its page says.

A picture carries the words that were seen when it was taken. `JIXIAO_PICTURES=1 pytest tests/test_pictures.py` takes them anew.
"""

import os
import re
import sys
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from serving import served
from test_guides import DOCS, follow

import drafts
from conftest import ROOT, copy_project
from lib.cli import main

GUIDES = [*DOCS.glob("*.zh-CN.md"), ROOT / "data/README.md"]
SIZES = {"newcomer.png": (825, 885), "draft.png": (1280, 860), "desk.png": (1280, 800)}
WORDS = "words"
SEEN = """() => {
    const seen = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const range = document.createRange();
        range.selectNodeContents(walk.currentNode);
        const at = range.getBoundingClientRect();
        if (at.width > 1 && at.bottom > 0 && at.top < innerHeight) seen.push(walk.currentNode.textContent.trim());
    }
    return seen.filter(Boolean);
}"""
"""The words in the window, piece by piece."""


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """The edition of docs/newcomer.zh-CN.md, published, and beside it a report that was read and not yet accepted."""
    folder = tmp_path_factory.mktemp("pictures")
    project = copy_project(folder / "project")
    report = drafts.parse(drafts.FOLDER / "d06-canlian.gold")
    with pytest.MonkeyPatch.context() as environment:  # which the command line writes into
        environment.setenv("JIXIAO_ROOT", str(project))
        assert len([*follow("newcomer", project)]) == 4
        words = ["draft", *map(str, drafts.write(report, folder)[:1]), "--unit", "zechuan", "--year", "2023"]
        done = CliRunner().invoke(main, ["--root", str(project), *words])
        assert done.exit_code == 0, done.output
    return project


@pytest.fixture(scope="module")
def pages(project, browser):
    """Each page of a picture, opened, by the picture's name."""
    command = [Path(sys.executable).parent / "jixiao", "desk"]
    own = {"JUPYTER_CONFIG_DIR": project / "config", "JUPYTER_DATA_DIR": project / "share", "JUPYTER_TOKEN": "t"}
    with served(command, project, project / "log", JIXIAO_ROOT=project, **own) as (address, _):
        found = {}
        for name, size in SIZES.items():
            found[name] = browser.new_page(viewport=dict(zip(("width", "height"), size, strict=True)), locale="zh-CN")
        found["newcomer.png"].goto((project / "outputs/canlian/2023/report.html").as_uri())
        found["draft.png"].goto((project / "data/raw/zechuan/2023/source/draft.html").as_uri())
        desk = found["desk.png"]
        desk.goto(f"{address}/jixiao/?token=t")
        desk.click("[aria-label='核对：示例县残疾人联合会 2023']", timeout=40_000)
        desk.frame_locator("#frames iframe:not(.coming)").get_by_text("1200余人").first.wait_for(timeout=40_000)
        desk.wait_for_selector("#count >> text=错误 0")
        yield found
        for page in found.values():
            page.close()


@pytest.mark.parametrize("name", SIZES)
def test_picture_shows_what_its_page_says(pages, name):
    page, path = pages[name], DOCS / name
    if os.environ.get("JIXIAO_PICTURES") == "1":
        about = PngInfo()
        about.add_itxt(
            WORDS, "\n".join(one for one in page.evaluate(SEEN) if "秒" not in one)
        )  # no two runs are as long
        picture = Image.open(BytesIO(page.screenshot())).convert("P", palette=Image.Palette.ADAPTIVE, colors=128)
        picture.save(path, pnginfo=about, optimize=True)
    with Image.open(path) as picture:
        assert picture.size == SIZES[name]
        words = picture.text[WORDS].split("\n")
    said = re.sub(r"\s+", "", page.evaluate("document.body.textContent"))
    assert len(words) > 20 and [one for one in words if re.sub(r"\s+", "", one) not in said] == []


def test_every_picture_of_a_guide_is_one_of_these():
    shown = [name for guide in GUIDES for name in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", guide.read_text("utf-8"))]
    assert sorted(shown) == sorted(SIZES)
