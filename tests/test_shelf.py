"""The shelf: what is published is what its manifest says, earlier versions are kept by a rule, and nothing of others is touched."""

import json
import os
import shutil

import pytest
from click.testing import CliRunner

from conftest import change, make
from lib.cli import main
from lib.compare import versions as compared
from lib.publish import catalogue, shelf
from lib.run.runs import fresh


def call(edition, *arguments: str):
    """The command line on a copy of the project."""
    return CliRunner().invoke(main, ["--root", str(edition.root), *arguments])


def version(target, text: str, status: str = "draft"):
    """Publish a version that holds one file."""
    aside = target.with_name(f".{target.name}") / "new-1"
    aside.mkdir(parents=True)
    (aside / "report.html").write_text(text)
    content = {"card": {"status": status}, "outputs": {"report.html": shelf.digest(aside / "report.html")}}
    (aside / "manifest.json").write_text(json.dumps(content))
    shelf.place(aside, target)
    return target.resolve()


@pytest.mark.parametrize("ahead", [False, True])
def test_five_versions_are_kept_and_the_last_approved_one(tmp_path, ahead):
    """Also where the clock was ahead when the first was published."""
    target = tmp_path / "2020"
    made = [version(target, "0")]
    if ahead:
        os.utime(made[0] / "manifest.json", (2**31, 2**31))
    made += [version(target, str(n), "approved" if n in (1, 2) else "draft") for n in range(1, 12)]
    assert shelf.versions(target) == [*made[:6:-1], made[2]]
    assert {path.name for path in (tmp_path / ".2020").iterdir()} == {path.name for path in [*made[7:], made[2]]}


def test_what_stands_in_the_place_of_an_edition_is_left_alone(tmp_path):
    target = tmp_path / "2020"
    target.mkdir()
    (target / "mine.txt").write_text("mine")
    with pytest.raises(FileExistsError):
        version(target, "1")
    assert (target / "mine.txt").read_text() == "mine"


DAMAGE = {
    "lost": lambda folder: (folder / "report.pdf").unlink(),
    "emptied": lambda folder: (folder / "metrics.csv").write_bytes(b""),
    "overwritten": lambda folder: (folder / "report.html").write_text("<p>stock"),
    "manifest": lambda folder: change(folder / "manifest.json", '"faces"', '"face"'),
    "no manifest": lambda folder: (folder / "manifest.json").unlink(),
    "notebook": lambda folder: shutil.rmtree(folder / "notebooks"),
}


@pytest.mark.parametrize(
    ("damage", "command"),
    [*((name, "report") for name in DAMAGE), ("overwritten", "verify"), ("no manifest", "verify")],
)
def test_damage_is_mended(built, damage, command):
    before = {path: path.read_bytes() for path in built.output.rglob("*") if path.is_file()}
    DAMAGE[damage](built.output)
    assert call(built, "verify", "--check").exit_code == 1
    result = call(built, command)
    assert result.exit_code == 0, result.output
    assert not shelf.damaged(built.output) and fresh(built)
    assert {path: path.read_bytes() for path in before} == before


def test_damage_that_keeps_size_and_time_is_found_by_verify(built):
    page = built.output / "report.html"
    about, text = page.stat(), page.read_bytes()
    page.write_bytes(text[:-1] + b" ")
    os.utime(page, ns=(about.st_atime_ns, about.st_mtime_ns))
    result = call(built, "verify", "--check")
    assert result.exit_code == 1 and "zhengxiang 2020　与清单不一致：report.html" in result.output
    result = call(built, "verify")
    assert result.exit_code == 0 and "已修复" in result.output
    assert page.read_bytes() == text
    assert call(built, "verify", "--check").exit_code == 0


@pytest.mark.parametrize("command", ["report", "verify"])
@pytest.mark.parametrize("name", catalogue.PAGES)
def test_catalogue_that_was_lost_or_changed_is_written_again(built, name, command):
    page = built.root / "outputs" / name
    before = page.read_bytes()
    for damage in (page.unlink, lambda: page.write_bytes(b"")):
        damage()
        assert call(built, "verify", "--check").exit_code == 1
        assert call(built, command).exit_code == 0
        assert page.read_bytes() == before


def test_damaged_edition_leaves_the_catalogue_of_the_others_whole(built):
    other = built.root / "outputs/other/2020"
    shutil.copytree(built.output, other)
    (other / "manifest.json").write_bytes(b"")
    (built.root / "outputs/index.html").unlink()
    assert call(built, "report").exit_code == 0
    assert "zhengxiang/2020/" in (built.root / "outputs/index.html").read_text("utf-8")


def test_edition_that_rests_on_a_damaged_one_says_which_and_what_to_do(built):
    other = built.output.with_name("2019")
    shutil.copytree(built.output, other)
    (other / "manifest.json").write_bytes(b"")
    result = call(built, "report")
    assert (
        result.exit_code == 3 and "zhengxiang/2019/manifest.json" in result.output and "jixiao verify" in result.output
    )


def test_force_makes_everything_anew(built):
    before = (built.output / "manifest.json").read_bytes()
    result = call(built, "report", "--force", "--log", "json")
    (done,) = (event for event in map(json.loads, result.output.splitlines()) if event["event"] == "edition")
    assert set(done["steps"]) == {*built.notebooks, "publish"}
    assert (built.output / "manifest.json").read_bytes() == before
    assert "要求重做" in call(built, "report", "--force", "--explain").output


def test_versions_are_listed_published_again_and_removed(built):
    first = built.output.resolve()
    change(built.notebook("04_assets"), "委托专业机构", "委托社会机构")
    assert make(built).state == "built"
    second = built.output.resolve()
    listed = call(built, "versions").output.splitlines()
    assert [line.split("　")[0] for line in listed] == [second.name, first.name] and "当前" in listed[0]
    assert compared.published("zhengxiang/2020~1", built.root / "outputs") == first

    assert call(built, "versions", "--remove", second.name).exit_code == 1  # it is published
    assert call(built, "versions", "--publish", first.name).exit_code == 0
    assert built.output.resolve() == first and fresh(built)  # and stays until something changes
    assert call(built, "report").exit_code == 0 and built.output.resolve() == first

    assert call(built, "versions", "--remove", second.name).exit_code == 0 and not second.exists()
    result = call(built, "versions", "--publish", "0000")
    assert result.exit_code == 1 and f"没有版本 0000；现有：{first.name}" in result.output
    assert call(built, "report", "--force").exit_code == 0 and built.output.resolve().name == second.name


def test_damaged_version_is_told_and_not_published_again(built):
    first = built.output.resolve()
    change(built.notebook("04_assets"), "委托专业机构", "委托社会机构")
    make(built)
    (first / "report.pdf").unlink()
    assert "已损坏：report.pdf" in call(built, "versions").output
    result = call(built, "versions", "--publish", first.name)
    assert result.exit_code == 1 and "已损坏" in result.output and built.output.resolve() != first
