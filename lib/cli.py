"""The command line: `jixiao report`, `verify`, `versions`, `peers`, `diff`, `explain`, `desk`, and the commands of intake."""

import csv
import json
import os
import re
import sys
from errno import EPIPE
from functools import partial
from math import inf
from pathlib import Path
from typing import Any

import click

from lib.compare.versions import write as write_diff
from lib.edition.card import SLUG
from lib.edition.edition import Edition, editions, root
from lib.edition.store import InputError, outputs
from lib.intake import commands as intake
from lib.publish import catalogue, shelf
from lib.run import failure
from lib.run.keys import PUBLISH, Steps
from lib.run.runs import Options, compare, discard, enlist, republish, run_all

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
CODES = {"failed": 1, "input": intake.BAD, "timeout": 4}
"""Exit codes by what went wrong; 2 is a wrong call, 1 also stands for several editions of which any failed."""
STATES = {"built": "已生成", "unchanged": "未变", "failed": "失败"}


class _Commands(click.Group):
    """Commands that say what is wrong with the input, which edition, folder or file there is not, or what the system says of one."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except failure.StepError as error:
            raise click.ClickException(f"{error.name}：{error}") from error
        except InputError as error:
            click.echo(str(error), err=True)
            raise SystemExit(intake.BAD) from error
        except OSError as error:
            if error.errno == EPIPE:
                raise
            raise click.ClickException(str(failure.of(error, outputs(root())) if error.errno else error)) from error


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--root", "base", type=FOLDER, help="项目根目录；默认为当前目录或其上级。")
@click.option("--work", type=click.Path(file_okay=False, path_type=Path), help="代替 data/processed 的工作目录。")
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), help="代替 outputs 的发布目录。")
def main(base: Path | None, work: Path | None, output: Path | None) -> None:
    """绩效：由来源数据生成部门整体支出绩效评价报告。

    例：jixiao report --unit zhengxiang --year 2020；jixiao explain mutual_aid.payout_ratio
    """
    # a scheduler may have closed the first three, and what is opened next would be taken for them
    while (lowest := os.open(os.devnull, os.O_RDWR)) < 3:
        os.set_inheritable(lowest, True)
    os.close(lowest)
    for name, folder in (("JIXIAO_ROOT", base), ("JIXIAO_WORK", work), ("JIXIAO_OUTPUT", output)):
        if folder:
            os.environ[name] = str(folder.resolve())


def _chosen(unit: str, year: str) -> list[Edition]:
    """The editions that --unit and --year name: one, or those there are of all units or of a span of years."""
    if not (span := re.fullmatch(r"all|(\d{4})(?:-(\d{4}))?", year)):
        raise click.BadParameter(f"“{year}”不是年度：应为 2020、2018-2024 或 all", param_hint="--year")
    first, last = sorted([int(span[1] or 0), int(span[2] or span[1] or 9999)])
    asked = {0, *range(first, last + 1)}  # 0: of a unit that may not be read
    found = [one for one in editions(root()) if unit in ("all", one.unit) and one.year in asked]
    for odd in {one.unit for one in found if unit == "all" and not SLUG.fullmatch(one.unit)}:
        click.echo(f"文件夹名“{odd}”不是拼音小写，不生成：是复制出来的，移出 data/raw/", err=True)
        found = [one for one in found if one.unit != odd]
    return found or [Edition.find(unit, first)]


def _tell(log: str, why: bool, many: bool, event: str, /, **about: Any) -> None:
    """What is said while a run goes on: lines for people, or one JSON object per event."""
    line, place = "", f"{about['unit']} {about['year']}　" if many and log == "text" else ""
    if log == "json":
        line = json.dumps({"event": event} | about, ensure_ascii=False)
    elif event == "due" and why:
        line = f"{place}{about['step']}：{'、'.join(about['why'])}"
    elif event == "step" and not many:
        line = f"{about['step']}　{about['seconds']:.1f} 秒"
    elif event == "edition" and many and not why:
        line = f"{place}{STATES[about['state']]}　{about['seconds']:.1f} 秒"
    try:
        if line:
            click.echo(line)
    except BrokenPipeError:  # nobody listens any more: the work goes on
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _list(folder: Path) -> None:
    for path in sorted(path for path in folder.iterdir() if path.is_file()):
        click.echo(f"  {os.path.relpath(path)}")


@main.command()
@click.option("--unit", default="zhengxiang", show_default=True, help="单位（data/raw 下的文件夹名），或 all。")
@click.option("--year", default="2020", show_default=True, help="年度，如 2020、2018-2024 或 all。")
@click.option("--explain", is_flag=True, help="只说明哪些步骤要运行、为什么，不运行。")
@click.option("--force", is_flag=True, help="全部步骤都重做，不管有没有变化。")
@click.option("--cell-timeout", type=click.IntRange(1), help="一格最多运行的秒数。")
@click.option("--timeout", type=click.FloatRange(1), default=inf, help="一个版本最多运行的秒数。")
@click.option("--cluster", default="", help="Dask 集群的地址，如 tcp://主机:8786（需另装 distributed）。")
@click.option(
    "--log", type=click.Choice(["text", "json"]), default="text", show_default=True, help="输出文字或逐行 JSON。"
)
def report(unit: str, year: str, cluster: str, log: str, **how: Any) -> None:
    """生成报告：运行笔记本，发布网页、PDF、Word 和数据表；没有变化的步骤不重做。

    退出码：0 成功；1 失败；2 用法有误；3 来源数据有误；4 超时。多个版本时，任何一个失败为 1。
    """
    chosen = _chosen(unit, year)
    tell = partial(_tell, log, how["explain"], len(chosen) > 1)
    outcomes = run_all(chosen, Options(**how), tell, cluster)
    count = {state: sum(outcome.state == state for outcome in outcomes) for state in STATES}
    first, alone = outcomes[0], len(outcomes) == 1
    if how["explain"]:
        if log == "text" and count["unchanged"] == len(outcomes):
            click.echo("没有要运行的步骤。")
        return
    if log == "json":
        tell("done", **count)
    for one in (one for one in outcomes if one.state == "failed" and log == "text"):
        click.echo(f"{one.unit} {one.year} 失败：{one.message}\n上一次发布的版本未改动。", err=True)
    if log == "text" and not alone:
        click.echo("　".join(f"{word} {count[state]}" for state, word in STATES.items()))
    elif log == "text" and first.state != "failed":
        click.echo(f"{STATES[first.state]}：{first.unit} {first.year}　{first.seconds:.1f} 秒")
        _list(chosen[0].output)
    if count["failed"]:
        raise SystemExit(CODES[first.kind] if alone else 1)


@main.command()
@click.option("--unit", default="all", show_default=True, help="单位，或 all。")
@click.option("--year", default="all", show_default=True, help="年度，如 2020、2018-2024 或 all。")
@click.option("--check", "only", is_flag=True, help="只核对，不修复。")
def verify(unit: str, year: str, only: bool) -> None:
    """核对已发布的文件是否与清单（manifest.json）一致：逐个文件重新计算校验值；不一致的重新发布。

    退出码：0 一致，或已修复；1 不一致而没有修复。
    """
    there = [one for one in _chosen(unit, year) if one.output.exists()]
    wrong = {one: told for one in there if (told := shelf.damaged(one.output))}
    for one, files in wrong.items():
        click.echo(f"{one.unit} {one.year}　与清单不一致：{'、'.join(files)}")
    pages = "" if catalogue.whole(outputs(root())) else "，目录页与写成时不一致"
    if not only and (wrong or pages):
        for one in wrong:
            Steps(one).forget(PUBLISH)
        failed = [one.message for one in run_all(list(wrong) or there, Options()) if one.state == "failed"]
        click.echo("\n".join(failed) or "已修复。")
    click.echo(f"核对 {len(there)} 个版本，{len(wrong)} 个不一致{pages}。")
    if (wrong or pages) and (only or failed):
        raise SystemExit(1)


@main.command()
@click.option("--unit", default="zhengxiang", show_default=True, help="单位，即 data/raw 下的文件夹名。")
@click.option("--year", default=2020, show_default=True, help="报告年度。")
@click.option("--publish", metavar="版本", help="把这个版本重新发布；来源或程序再有变化，才生成新的版本。")
@click.option("--remove", metavar="版本", help="删除这个版本；当前发布的不能删除。")
def versions(unit: str, year: int, publish: str | None, remove: str | None) -> None:
    """列出一个报告保留的各个版本：当前发布的、在此之前的四个，以及最近一次定稿的；更早的自动删除。"""
    edition = Edition.find(unit, year)
    known = {folder.name: folder for folder in shelf.versions(edition.output)}
    for name, do in ((publish, republish), (remove, discard)):
        if name and name not in known:
            raise click.ClickException(f"没有版本 {name}；现有：{'、'.join(known) or '无'}")
        if name:
            do(edition, known[name])
            enlist(edition.root, changed=True)
    for line in shelf.told(edition.output):
        click.echo(line)


@main.command()
@click.option("--unit", default="zhengxiang", show_default=True, help="突出显示的单位。")
@click.option("--year", default=2020, show_default=True, help="比较的年度。")
def peers(unit: str, year: int) -> None:
    """同类比较：一个年度、各单位已发布的指标，突出一个单位，生成网页、PDF 和 Word。"""
    _list(compare(Edition.find(unit, year)))


@main.command()
@click.argument("metric", metavar="指标，如 支出总额")
@click.option("--unit", default="zhengxiang", show_default=True, help="单位，即 data/raw 下的文件夹名。")
@click.option("--year", default=2020, show_default=True, help="报告年度。")
def explain(metric: str, unit: str, year: int) -> None:
    """说明一个指标：结果、上下限、计算方法、所用数据及其在来源中的位置。"""
    from lib.chapter.chapter import Chapter
    from lib.chapter.prose import UnknownName
    from lib.chapter.workbench import facts
    from lib.edition.rows import Figure, Metric

    edition = Edition.find(unit, year)
    book = Chapter("explain", edition)
    book.load(edition.saved(Figure), edition.saved(Metric))
    labels = {one.label: name for name, one in book.known.items() if one.told}
    name = labels.get(metric) or labels.get(f"{metric}（决算）", metric)
    if name not in book.known:
        like = [label for label in labels if metric in label]
        near = UnknownName.among(metric, like or [name for name, one in book.known.items() if one.told])
        raise click.ClickException(f"{near}\n全部指标见 {os.path.relpath(edition.output)}/metrics.csv")
    found = book.known[name]
    click.echo(f"{found.label}（{name}）")
    for head, words in facts(found):
        click.echo(f"  {head}：{words}")


for _command in (intake.new, intake.new_section, intake.draft, intake.check, intake.table):
    main.add_command(_command)


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("more", nargs=-1, type=click.UNPROCESSED, metavar="[Jupyter 的参数]…")
def desk(more: tuple[str, ...]) -> None:
    """工作台：在浏览器里新建、录入、核对、生成、打开，写一句看一句。只有本机能打开，地址里带口令。

    例：jixiao desk；jixiao desk --no-browser --port=8899
    """
    from jupyter_server.serverapp import ServerApp

    ours = {"lib.desk.handlers": True, "jupyterlab": False, "notebook": False}
    given = {"jpserver_extensions": ours, "default_url": "/jixiao/", "root_dir": str(root()), "ip": "127.0.0.1"}
    ServerApp.launch_instance([*more, *(f"--ServerApp.{name}={value}" for name, value in given.items())])


@main.command()
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
def diff(first: str, second: str) -> None:
    """把两个已发布的版本对照成一页，写在 outputs/diff/ 下：数据、指标、核对发现和文字有什么变化。

    A、B 写作 单位/年度、单位/年度~1（上一次发布的版本），或已发布版本的目录。有没有变化退出码都是 0。
    """
    click.echo(os.path.relpath(write_diff(first, second, outputs(root()), root())))


def _in_chinese(group: click.Group) -> None:
    """Let click say in Chinese what it says itself: the words stand in click.csv, the kinds of values among them."""
    words = dict(csv.reader(Path(__file__).with_name("click.csv").read_text("utf-8").splitlines()))
    for module in (click.core, click.decorators, click.exceptions, click.formatting, click.parser, click.types):
        module._ = lambda text: words.get(text, text)
        module.ngettext = lambda one, many, n: words[one if n == 1 else many]
    group.subcommand_metavar = words[group.subcommand_metavar]
    for command in (group, *group.commands.values()):
        command.options_metavar = words[command.options_metavar]
        for kind in (given.type for given in command.params):
            kind.name = words.get(kind.name, kind.name)


_in_chinese(main)
