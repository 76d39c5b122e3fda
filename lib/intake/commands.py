"""The commands of intake: `jixiao new`, `new-section`, `draft`, `check`, `table`."""

import gc
import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from difflib import get_close_matches
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from lib.edition.card import LEVELS, PROFILE, PROOF, SLUG, SOURCES, kinds
from lib.edition.edition import Edition, editions, root
from lib.edition.fault import JIXIAO
from lib.edition.notebooks import packed

BAD = 3  # the exit code of bad input
YEAR, LEVEL = click.IntRange(2000, 2099), click.Choice(["", *LEVELS])


def _slug(_: click.Context, option: click.Parameter, unit: str) -> str:
    """The name of a unit's folder. Raises BadParameter for one that may be none."""
    if (option.name, unit) == ("unit", "all"):
        raise click.BadParameter("“all”指全部单位，不作一个单位的文件夹名")
    if unit and not SLUG.fullmatch(unit):
        raise click.BadParameter(f"“{unit}”应为拼音小写，如 zhengxiang")
    return unit


def _unlike(edition: Edition, kind: str) -> Iterator[str]:
    """What there is to say of a kind of unit that there is none of, though one is called nearly so."""
    known = {packed(edition.root)} | kinds(edition.root, edition.unit)
    if kind not in known and (near := get_close_matches(kind, known, 1)):
        yield f"还没有类别是“{kind}”的单位，有“{near[0]}”：同类的才互相比较，写错了的在 {PROFILE} 里改正 kind"


@click.command()
@click.option("--unit", required=True, callback=_slug, help="单位，拼音小写，用作文件夹名。")
@click.option("--year", required=True, type=YEAR, help="报告年度。")
@click.option("--kind", default="", help="单位的类别，如 工会、残联、乡镇；同类单位才互相比较。")
@click.option("--level", default="", type=LEVEL, metavar="级别", help="单位的级别：省、市、县、区、乡……")
def new(unit: str, year: int, kind: str, level: str) -> None:
    """建立一个新年度的来源数据文件夹：沿用上一年度的指标和位置，数字留待登记。

    退出码：0 成功；3 文件夹已经存在，或上一年度的数据有误。
    """
    from lib.intake import new as intake

    edition = Edition(unit, year, root())
    try:
        old = intake.new(edition, kind, level)
    except FileExistsError as error:
        click.echo(str(error), err=True)
        raise SystemExit(BAD) from error
    after = f"照 {old.unit} {old.year} " if old else "照指标字典"
    click.echo("\n".join([f"已{after}建立 {os.path.relpath(edition.raw)}/", *_unlike(edition, kind)]))
    click.echo(intake.template("new.txt", unit=unit, year=year, jixiao=JIXIAO))


@click.command()
@click.argument("title", metavar="标题")
@click.option("--name", default="", callback=_slug, help="用作文件名和指标名的开头，拼音或英文小写，如 women。")
@click.option("--kind", default="", help="用于哪一类单位的报告，如 工会、残联；all 为各类。只有一类的可不写。")
def new_section(title: str, name: str, kind: str) -> None:
    """新建一节：在最后一节之后放一个能运行的笔记本，里面有一个指标、一张图、一句话，照着改写。

    例：jixiao new-section 女职工工作 --name women --kind 工会
    """
    from lib.intake import new as intake

    known = sorted({packed(root())} | kinds(root()))
    kind = kind or (known[0] if len(known) == 1 else "")
    if kind not in (*known, "all"):
        raise click.UsageError(f"要写明用于哪一类单位的报告：--kind {'、--kind '.join(known)}，各类都有的写 --kind all")
    path = intake.new_section(root(), title.strip(), name, kind.replace("all", ""))
    told = f"已建立 {os.path.relpath(path)}：用于{kind.replace('all', '各类')}单位的报告"
    click.echo(f"{told}\n接下来：make lab 打开它，照各格上面的说明改写，再运行 {JIXIAO} report。")


@click.command()
@click.argument("files", nargs=-1, metavar="文件…", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--unit", default="", callback=_slug, help="单位：data/raw 下的文件夹名，拼音小写。")
@click.option("--year", type=YEAR, help="报告年度。")
@click.option("--kind", default="", help="单位的类别，如 工会、残联；默认看文件是否自称工会。")
@click.option("--level", default="", type=LEVEL, metavar="级别", help="单位的级别：省 市 县 区 乡 镇 街道 村 社区。")
@click.option("--accept", is_flag=True, help="核对完毕：由草稿建立这个年度的原始数据和正文。")
@click.option("--table", type=click.Path(dir_okay=False, path_type=Path), help="把找到的数字写成这张表。")
@click.option("--claims", type=click.Path(dir_okay=False, path_type=Path), help="把文件里的合计、占比等写成这张表。")
def draft(files: tuple[Path, ...], unit: str, year: int | None, accept: bool, **about: Any) -> None:
    """读一份写好的报告（docx、xlsx、pdf、html、txt），找出其中的数字，核对后成为一个年度的数据和正文。

    例：jixiao draft 报告.docx 附件.xlsx --unit canlian --year 2023 --kind 残联 --level 县，看一遍 draft.html，再加 --accept
    """
    from lib.edition.store import write_table
    from lib.intake import draft as intake

    if bool(unit) != bool(year) or not (files or unit):
        raise click.UsageError("要写明文件，以及 --unit 和 --year（只写 --table、--claims 时可以不写）")
    gc.set_threshold(50_000)  # else a tenth of a long text's time goes into looking for garbage
    table, claims = about.pop("table"), about.pop("claims")
    drafts = [] if year else [intake.draft(file, root(), kind=about["kind"]) for file in files]
    if year:
        drafts = _ledger(Edition(unit, year, root()), files, accept, **about)
    else:
        _ask(drafts)
    if table:
        write_table(table, intake.TABLE, intake.table(drafts))
    if claims:
        write_table(claims, intake.CLAIMS, intake.claimed(drafts))


def _ask(drafts: Iterable[Any]) -> None:
    for document in (one.document for one in drafts):
        for told in (passage.text for passage in document.passages if passage.kind == "question"):
            click.echo(f"{document.path.name}：{told}")


def _ledger(edition: Edition, files: tuple[Path, ...], accept: bool, kind: str, level: str) -> list[Any]:
    """Draft an edition or accept what was drafted; returns the documents read."""
    from lib.edition.card import FILE
    from lib.edition.store import write_table
    from lib.intake import accept as intake
    from lib.intake import ledger, proof, retell
    from lib.intake.draft import UNION

    place = f"--unit {edition.unit} --year {edition.year}"
    drafts, decided, remarks = ledger.together(edition, files, kind)
    if not drafts:
        raise click.UsageError(f"{os.path.relpath(edition.raw / SOURCES)}/ 里没有来源文件：请写明文件")
    kept = decided if files else [*ledger.untouched(drafts, decided)]
    replaced = ledger.keep(edition, files)
    table, gone = ledger.rows(drafts, kept)
    remarks += [*_unlike(edition, kind), *retell.strange(edition, drafts)]
    remarks += () if files else ledger.unheeded(decided, kept)
    remarks += (f"{name} 与上次的不同：原来的另存在旁边" for name in replaced)
    remarks += (f"不再印有：{row['printed']}（{row['place']}；{row['path'].name} 原第{row['line']}行）" for row in gone)
    remarks += () if accept else intake.refused(drafts, table)
    for told in remarks:
        click.echo(told)
    if accept and not files:
        ledger.none_is(gone)
    kind = kind or (UNION if any(one.union for one in drafts) else "")
    if accept:
        for path in intake.accept(edition, drafts, table, kind, level):
            click.echo(f"  {os.path.relpath(path)}")
        click.echo(f"接下来：{JIXIAO} check {place}，再 {JIXIAO} report {place}")
        return drafts
    write_table(edition.raw / SOURCES / ledger.FILE, ledger.COLUMNS, table)
    if kind or level:
        intake.introduce(edition, drafts, kind, level)
    page = edition.raw / SOURCES / PROOF
    page.write_text(proof.page(f"{edition.unit} {edition.year} 草稿", drafts, table), "utf-8")
    _ask(drafts)
    click.echo("　".join(f"{state} {sum(row['state'] == state for row in table)}" for state in ledger.STATES))
    todo = f"在 draft.csv 里改正，然后：{JIXIAO} draft {place} --accept"
    if (edition.raw / FILE).exists():
        todo = f"已经登记，照新稿改各表和 report.md，然后：{JIXIAO} check {place}"
    click.echo(f"请看 {os.path.relpath(page)}，{todo}")
    return drafts


@click.command()
@click.option("--unit", required=True, help="单位，即 data/raw 下的文件夹名，或 all。")
@click.option("--year", required=True, type=int, help="报告年度。")
@click.option(
    "--fix", is_flag=True, help="先把表格的编码、分隔符、表头、空行、原文移动了的位置等改为通常的写法，不改数字。"
)
def check(unit: str, year: int, fix: bool) -> None:
    """逐行核对来源数据：有什么差错，还差什么没有填。

    退出码：0 没有差错，可以生成报告（可有待填和提醒）；3 有差错。
    """
    from lib.intake import check as intake
    from lib.intake import source, table

    there = [one for one in editions(root()) if (unit, one.year) == ("all", year)] or [Edition.find(unit, year)]
    errors = 0
    for edition in there:
        for line in (*table.fix(edition), *source.follow(edition)) if fix else ():
            click.echo(line)
        remarks = intake.check(replace(edition))
        for file, told in groupby(remarks, key=lambda remark: remark.file):
            click.echo(file)
            for one in told:
                click.echo("  " + "　".join(filter(None, (one.kind, one.line and f"第{one.line}行", one.text))))
        count = {kind: sum(remark.kind == kind for remark in remarks) for kind in intake.KINDS}
        click.echo(f"{edition.unit} {year}：" + "　".join(f"{kind} {number}" for kind, number in count.items()))
        errors += count[intake.ERROR]
    if errors:
        raise SystemExit(BAD)


@click.command()
@click.option("--unit", required=True, help="单位，即 data/raw 下的文件夹名。")
@click.option("--year", required=True, type=int, help="报告年度。")
@click.option("--read", "back", is_flag=True, help="把填好的录入表读回各张数据表，逐行说明删去、写入了什么。")
def table(unit: str, year: int, back: bool) -> None:
    """写出录入表：一个年度的数据、预算、目标、文字和正文合成一个工作簿，在 Excel、WPS 或 LibreOffice 里填写，再用 --read 读回。

    退出码：0 成功；3 录入表或数据表有误，或别处另有改动，什么都没有写。
    """
    from lib.intake import table as intake

    edition = Edition.find(unit, year)
    told = intake.read(edition) if back else [f"已写出 {os.path.relpath(intake.write(edition))}"]
    again = f"{JIXIAO} {'check' if back else 'table'} --unit {unit} --year {year}{'' if back else ' --read'}"
    click.echo("\n".join([*(told or ["录入表没有改动。"]), f"接下来：{'' if back else '填好、保存，再'}运行 {again}"]))
