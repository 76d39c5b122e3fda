"""The command line: `jixiao report`, `jixiao explain`."""

from __future__ import annotations

import os
from pathlib import Path

import click

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--root", type=FOLDER, help="项目根目录；默认为当前目录或其上级。")
@click.option("--work", type=click.Path(file_okay=False, path_type=Path), help="代替 data/processed 的工作目录。")
def main(root: Path | None, work: Path | None) -> None:
    """绩效：由来源数据生成部门整体支出绩效评价报告。

    例：jixiao report --unit zhengxiang --year 2020；jixiao explain mutual_aid.payout_ratio
    """
    for name, folder in (("JIXIAO_ROOT", root), ("JIXIAO_WORK", work)):
        if folder:
            os.environ[name] = str(folder.resolve())


def edition_options(command):
    command = click.option("--year", default=2020, show_default=True, help="报告年度。")(command)
    return click.option("--unit", default="zhengxiang", show_default=True, help="单位，即 data/raw 下的文件夹名。")(
        command
    )


def _edition(unit: str, year: int):
    from lib.edition import Edition

    try:
        return Edition.find(unit, year)
    except FileNotFoundError as error:
        raise click.ClickException(str(error)) from error


@main.command()
@edition_options
def report(unit: str, year: int) -> None:
    """运行一个年度的全部笔记本，发布网页、PDF 和数据表。"""
    from lib.edition import InputError
    from lib.report import ReportError, make

    edition = _edition(unit, year)
    try:
        published = make(edition, click.echo)
    except (ReportError, InputError) as error:
        raise click.ClickException(f"{error}\n上一次发布的版本未改动。") from error
    click.echo(f"已发布：{edition.card['unit_name']} {year} 年度，版本标识 {edition.key}")
    for path in published:
        click.echo(f"  {os.path.relpath(path)}")


@main.command()
@click.argument("metric")
@edition_options
def explain(metric: str, unit: str, year: int) -> None:
    """说明一个指标：结果、上下限、计算方法、所用数据及其在来源中的位置。"""
    from lib.section import Section

    edition = _edition(unit, year)
    book = Section("explain", edition)
    try:
        book.load(edition.saved("figures"), edition.saved("metrics"))
        quantity = book.quantity(metric)
    except FileNotFoundError as error:
        raise click.ClickException(str(error)) from error
    except AttributeError as error:
        raise click.ClickException(f"{error}\n全部指标见 outputs/{unit}/{year}/metrics.csv") from error
    about = book.about(quantity)
    lines = {"结果": about["shown"], "上下限": about["bounds"], "计算方法": about["formula"], "说明": about["caveat"]}
    click.echo(f"{about['label']}（{metric}）")
    for head, text in lines.items():
        if text:
            click.echo(f"  {head}：{text}")
    for source in about["sources"]:
        click.echo(f"  数据：{source}")
