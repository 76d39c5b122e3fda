"""What is wrong in an edition's folder, and what is still to do."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Self

from lib.chapter import text
from lib.chapter.chapter import Chapter
from lib.chapter.prose import ProseError, substitute
from lib.check import figures, findings
from lib.check.expressions import UnknownName, few
from lib.check.findings import Asked
from lib.edition import report
from lib.edition.card import FILE, SLUG, SOURCES, cell, faults, filled_in
from lib.edition.dictionary import BUDGET, PLANS
from lib.edition.edition import MORE, NOTE_KINDS, TABLES, Edition
from lib.edition.fault import JIXIAO
from lib.edition.notebooks import Notebook, promised
from lib.edition.rows import Figure, Finding, by_name
from lib.edition.spelling import label, trimmed
from lib.edition.store import InputError, Record, content, rows_in, unseen
from lib.intake import ledger, retell, source
from lib.intake.accept import unrelated
from lib.intake.draft import Draft
from lib.intake.new import BLANK, columns, model, moved
from lib.numbers.finding import numbers_in
from lib.numbers.quantity import Quantity
from lib.score import rules, sheet, targets
from lib.score.rules import EXECUTION, GOAL, TOTAL

ERROR, BLANK_CELL, REMINDER = KINDS = ("错误", "待填", "提醒")
ELSEWHERE = {"year_of_edition": FILE, "numbers_of_notes": "notes.csv", "numbers_of_report": report.FILE}
FILES = {"scorecard": "targets.csv", BUDGET: "budget.csv"}
"""The files that findings are about which are about no figure, and those of a section."""


@dataclass(frozen=True)
class Remark:
    """What there is to say of a file, or of one line of it; an error would stop a run."""

    file: str
    line: int | None
    kind: str
    text: str

    @classmethod
    def of(cls, error: InputError) -> Self:
        """An error as a remark."""
        return cls(error.path.name, error.row, ERROR, error.told)


def check(edition: Edition) -> list[Remark]:
    """What is wrong and what is still to do, file by file and line by line: all that can be told before a run."""
    found, tables, corrected, drafts = [], {}, None, []
    bad: list[InputError] = []
    edition = replace(edition, bad=bad)
    if waits := ledger.waits(edition):
        return [Remark(ledger.FILE, None, BLANK_CELL, waits)]
    with _told(found):
        found += _of_card(edition)
    with _told(found):
        _ = edition.notebooks
    for path in edition.inputs:
        with _told(found):
            found += (Remark(path.name, line, REMINDER, f"删去了看不见的字符 {what}") for line, what in unseen(path))
    for name in TABLES:
        with _told(found):
            tables[name] = edition.budget if name == BUDGET else edition.table(name)
            path = edition.file(name)
            if undone := edition.tidied(name, path, content(path) or b"").undone:
                found.append(Remark(path.name, None, REMINDER, f"{'；'.join(undone)}（加 --fix 把文件也这样改好）"))
    with _told(found):
        drafts = ledger.drafts(edition, ledger.documents(edition), "")
    if {"figures", "corrections"} <= tables.keys():
        with _told(found):  # of a table that has no list of errors: the dictionary, the checks, the budget
            remarks, corrected = _of_figures(edition, tables["figures"], drafts)
            found += remarks
    # a base table that was read from a document has all that there is
    asked = ("targets",) if ledger.documents(edition) else ("budget", "targets")
    found += [remark for name in asked for remark in _blanks(edition, name, tables.get(name, []))]
    book = None
    if corrected is not None:
        book = Chapter("check", edition)
        book.load(corrected)
        found += _of_report(book)
    found += _of_targets(edition, tables.get("targets", []), book)
    for told in (_of_notes(edition, tables.get("notes", []), book), _of_source(edition, drafts), _of_words(edition)):
        with _told(found):
            found += told
    found += map(Remark.of, bad)
    place = {name: number for number, name in enumerate([FILE, *(f"{name}.csv" for name in TABLES)])}
    return sorted(dict.fromkeys(found), key=lambda r: (place.get(r.file, len(place)), r.file, r.line or 0))


def wrong(edition: Edition) -> str:
    """All that stops a run, a line each; nothing if nothing does."""
    errors = (one for one in check(edition) if one.kind == ERROR)
    return "\n".join(f"{one.file}{f' 第{one.line}行' if one.line else ''}：{one.text}" for one in errors)


@contextmanager
def _told(found: list[Remark]) -> Iterator[None]:
    try:
        yield
    except InputError as error:
        found += map(Remark.of, error.all)


def _of_card(edition: Edition) -> Iterator[Remark]:
    card, path = filled_in(edition.raw), edition.raw / FILE
    yield from map(Remark.of, faults(card, edition.raw))
    sheets = rules.sheets(edition.root)
    if card.get("sheet") and card["sheet"] not in sheets:
        there = "、".join(sheets) or "空白（没有评分表）"
        yield Remark.of(InputError(path, None, f"sheet {card['sheet']}", there, "改正评分表的名称"))
    sections = card["sections"] if isinstance(card.get("sections"), dict) else {}
    known = {notebook.section for notebook in edition.above("")} | {one.section for one in edition.indicators.values()}
    there = "、".join(sorted(known - {""}))
    for name in sections.keys() - known:
        yield Remark.of(InputError(path, None, f"sections 里未知的 {name}", there, "改正或删去"))
    optional = ["published", "url", "archive", "sha256", *(f"sections.{name}" for name in sections)]
    if not SLUG.fullmatch(edition.unit):
        told = f"文件夹名“{edition.unit}”不是拼音小写，作为另一个单位核对和生成；是复制出来的，移出 data/raw/"
        yield Remark(FILE, None, REMINDER, told)
    slug = card.get("unit") == edition.unit and edition.unit.isascii()
    folder = ["unit（现为文件夹的名称，不是单位的全称）"] * slug
    if blank := [*folder, *(name for name in optional if not cell(card, name))]:
        yield Remark(FILE, None, BLANK_CELL, "、".join(blank))


def _of_figures(edition: Edition, raw: list[Record], drafts: Sequence[Draft]) -> tuple[list[Remark], list[Figure]]:
    """What is blank in a table of figures, what all checks say that no statement answers, and the figures that could be read."""
    printed, corrected, _ = figures.clean(edition)
    found, told = list[Remark](), list[Finding]()
    for row in map(figures.in_full, raw):
        if not row["printed"] and not row["reading"]:
            name, known = row["indicator"], edition.indicators.get(row["indicator"])
            kind, text = (BLANK_CELL, f"{known.label}（{name}）") if known else (ERROR, f"没有指标 {name}")
            found.append(Remark("figures.csv", row["line"], kind, text))
    for one in (*findings.CHECKS, lambda _: unrelated(edition, drafts)):
        with _told(found):
            told += one(Asked(edition, printed, corrected))
    for last in edition.earlier[-1:]:
        before = by_name(map(Figure.of, rows_in(last.output, "figures")))
        told += findings.coverage(last.year, before, by_name(corrected))
    with _told(found):
        told = findings.stated(edition, told)
    decided = (row["printed"] for row in ledger.decisions(edition) if row["kind"] == ledger.ASIDE)
    aside = {ledger.alike(number) for printed in decided for number in numbers_in(printed)}
    typed = {id(one): numbers_in(one.message) for one in told if one.check == "numbers_of_report"}
    told = [one for one in told if not typed.get(id(one)) or not aside.issuperset(map(ledger.alike, typed[id(one)]))]
    found += _asked(told, lambda one: [row["line"] for row in raw if row["indicator"] in one.indicators])
    published = rows_in(edition.output, "figures") if (edition.output / "figures.csv").is_file() else ()
    places = {(row["indicator"], row["locator"]): row["printed"] for row in published}
    for one in printed:
        old = places.get((one.name, one.locator), "")
        if one.printed != old and one.printed == trimmed(old):
            file, now = "budget.csv" if one.section == BUDGET else "figures.csv", f"现为 {one.printed}（{one.locator}）"
            said = f"{one.label}上次发布时印作 {old}，{now}：表格软件去掉了零的，照原文补上"  # which no table can bring back
            found.append(Remark(file, None, REMINDER, said))
    return found, corrected


def _of_report(book: Chapter) -> list[Remark]:
    """Names in report.md, metrics.csv and headlines.csv that stand for nothing, typed numbers, figures that stand nowhere."""
    edition, found = book.edition, []
    with _told(found):
        bad: list[InputError] = []
        with _told(found):
            text.compute(book)
        found += _asked(book.findings)
        chapters = [one for one in edition.above("") if one.each]
        book.known = _promised(book, edition.above(chapters[0].name) if chapters else []) | book.known
        for block in report.blocks(edition.raw):
            text.named(book, block, bad)
        found += map(Remark.of, bad)
        found += [Remark(report.FILE, n, BLANK_CELL, said) for n, said in text.withheld(book)] if not bad else []
        if rest := text.unplaced(book):
            told = f"登记了而没有写进报告，将列入“其他数据”：{'、'.join(one.label for one in rest)}"
            found.append(Remark("figures.csv", None, REMINDER, told))
        book.known = _promised(book, edition.above("")) | book.known
        _ = book.headlines
    return found


def _promised(book: Chapter, given: list[Notebook]) -> dict[str, Quantity]:
    """What notebooks will compute, still without a number."""
    made = promised((book.edition.notebook(one.name) for one in given), book.figures)
    return {name: Quantity(None, name=name, label=label) for name, label in made.items()}


def _asked(told: Iterable[Finding], lines: Callable[[Finding], list[int]] = lambda _: []) -> Iterator[Remark]:
    """Open errors and warnings, each at the first of the lines of its table that it is about, with what a statement calls it."""
    for one in (one for one in told if one.status == "open" and one.severity != "note"):
        file, rows = ELSEWHERE.get(one.check) or FILES.get(one.section, "figures.csv"), lines(one)
        if one.check in ELSEWHERE:
            rows = [int(n) for n in re.findall(r"第(\d+)行", " ".join((one.message, *one.locators)))[:1]]
        at = [f"第{'、'.join(map(str, rows))}行"] * (len(rows) > 1)
        at += [f"位置 {'、'.join(one.locators)}"] * bool(one.locators)
        said = f"{one.message}（{'；'.join([*at, f'核对项 {one.check}'])}）"
        said += "：登记过的写成 {{ 指标 }}" * (one.check == "numbers_of_report")
        said += f"。{findings.remedy([one])}" * (one.severity == "error")
        file = "figures.csv" if file == "budget.csv" and rows else file
        yield Remark(file, min(rows, default=None), ERROR if one.severity == "error" else REMINDER, said)


def _of_notes(edition: Edition, notes: list[Record], book: Chapter | None) -> Iterator[Remark]:
    """Notes that stand nowhere, and what is between their braces; `book` knows the names."""
    sections = {notebook.section for notebook in edition.above("")} - {""}
    for note in notes:
        line, kind, section = note["line"], note["kind"], note["section"]
        if not note["text"].strip():
            yield Remark("notes.csv", line, BLANK_CELL, "text")
        if kind not in NOTE_KINDS:
            yield Remark.of(InputError.at(note, f"kind “{kind}”", "、".join(NOTE_KINDS), "改正 kind，否则不会印出"))
        elif section not in (sections if kind == "measure" else {*sections, ""}):
            there = "、".join(sorted(sections)) or "空白（本单位没有分章的笔记本，写进 report.md）"
            yield Remark.of(InputError.at(note, f"section “{section}”", there, "改正 section，否则不会印出"))
        try:
            substitute(note["text"], book.known if book else {})
        except (UnknownName, ProseError) as error:
            if book or isinstance(error, ProseError):
                yield Remark("notes.csv", line, ERROR, f"{error}。请改正")


def _of_targets(edition: Edition, rows: list[Record], book: Chapter | None) -> list[Remark]:
    """Rows that cannot be read, do not fit their sheet or name nothing, and what is odd; what is still to be computed is not judged."""
    found: list[Remark] = []
    for row in rows:
        with _told(found):
            targets.weight(row)
        with _told(found):
            _ = row["target"] and row["level1"] != GOAL and targets.aim(row, edition.year)
    for project in dict.fromkeys(row["project"] for row in rows):
        with _told(found):
            reader, places = sheet.placed(book or Chapter("check", edition), project)
            for place in places if book else ():
                with _told(found):
                    reader.line(*place)
            if book and places and not any(one.kind == ERROR for one in found):
                told = findings.stated(edition, sheet.scorecard(book, project).findings, late=True)
                there = [row for _, row, _ in places] + [row for row in rows if row["project"] == project]
                at = {reader.place(row.get("name", row["level3"])): row["line"] for row in there[::-1]}
                found += _asked(told, lambda one, at=at: [at[n] for n in one.locators if n in at])
    return found


def _of_source(edition: Edition, drafts: Sequence[Draft]) -> Iterator[Remark]:
    """What the documents that are kept do not bear out, and what of them was not registered; of others than were read, nothing more."""
    card, blocks, now = filled_in(edition.raw), report.blocks(edition.raw), source.moved(edition, drafts)
    wrong, altered = [*source.wrong(edition, drafts, now)], [*source.altered(card.get("sha256") or "", edition, drafts)]
    if altered and 2 * len(wrong) > len(edition.table("figures")) + len(edition.table("budget")):
        todo = f"把登记时的文件放回 {SOURCES}/；确是这一份的，移走这个年度的各个文件（{SOURCES}/ 留下），重新登记"
        told = edition.raw / SOURCES, None, f"另一份文件：{len(wrong)}行的数字它没有印有", "登记时所读的文件", todo
        yield Remark.of(InputError(*told))
        return
    yield from (Remark(FILE, None, REMINDER, said) for said in (*retell.strange(edition, drafts), *altered))
    yield from (Remark(report.FILE, line, REMINDER, said) for line, said in source.exchanged(edition, drafts))
    yield from map(Remark.of, wrong)
    if now:
        told = f"原文的段落有移动：{source.told(now)}。加 --fix 把 locator 也这样改好"
        yield Remark("figures.csv", None, REMINDER, told)
    if rest := source.unregistered(edition, drafts):
        told = f"原文有{len(rest)}个数字没有登记：{few(rest, '……', 10)}"
        yield Remark("figures.csv", None, REMINDER, told)
    if altered:
        yield from (Remark(*at, REMINDER, said) for *at, said in source.rewritten(edition, drafts))
    whole = card.get("sha256") and not card.get("covers")  # all of a document was taken over
    written = any(block.kind or block.text.strip() for block in blocks if not block.level)
    if whole and not written and any(not line.startswith("#") for line in retell.report(drafts, {})):
        again = f"{JIXIAO} draft --unit {edition.unit} --year {edition.year} --accept"
        todo = f"找回这个文件，或移走这个年度的各个文件（{SOURCES}/ 留下），再运行 {again}"
        yield Remark.of(InputError(edition.raw / report.FILE, None, "没有正文", "原文的文字", todo))


def _of_words(edition: Edition) -> Iterator[Remark]:
    """The lines that are still those of the year before; where a document is behind them, of sentences with a date or an amount."""
    if not (old := model(edition)):
        return
    told = "的文字（年份已顺移）"
    if not ledger.documents(edition):
        before = {moved(line, old.year, edition.year) for _, line in _words(old)}
        same = [n for n, line in _words(edition) if line in before]
    else:
        told = "报告里的原话，日期或数字没有变"
        dated, amount = rf"(?:{old.year}|{edition.year})年\d", r"(?<![\d.])(?!20\d\d年)\d[\d.]{2,}"
        known: set[str] = set()
        with suppress(InputError):  # what is wrong there is none of this edition's
            known = {said for _, *both in _sentences(old) for said in both}
        both = ((n, *of) for n, *two in _sentences(edition) for of in zip(two, (amount, dated), strict=True))
        same = [n for n, said, must in both if said in known and re.search(must, said)]
    if lines := "、".join(map(str, dict.fromkeys(same))):
        told = f"第{lines}行还是{old.year}年度{told}：请核对事实、目标和评级是否仍然如此"
        yield Remark(report.FILE, None, REMINDER, told)


def _sentences(edition: Edition) -> Iterator[tuple[int, str, str]]:
    """The sentences of a unit's own text, without what they cite: the line, the words with the figures as printed, and without them."""
    known = {row["indicator"]: row["printed"] for row in edition.table("figures")}
    for n, line in ((n, line) for n, line in _words(edition) if "。" in line and line[0] != "|"):
        for said in filter(None, re.split("[。；]", re.sub("《.*?》|〔.*?号", "", line))):
            yield n, report.FILLED.sub(lambda one: known.get(one[1], one[0]), said), report.FILLED.sub("□", said)


def _words(edition: Edition) -> list[tuple[int, str]]:
    blocks = (block for block in report.blocks(edition.raw) if not block.level)
    return [(n, line) for block in blocks for n, line in block.words if line.strip()]


def _blanks(edition: Edition, name: str, rows: list[Record]) -> Iterator[Remark]:
    """Cells of an optional table that nobody filled in, of columns that its form has; an actual may come from its measure."""
    forms: dict[str, list[Record]] = {}
    for row in rows:
        forms.setdefault(row.get("locator", "").partition(" ")[0], []).append(row)
    asked = set() if {*columns(name, rows)} & {*PLANS} else {"budget"}
    unused = {form: {*MORE[name]} - {*columns(name, of)} - asked for form, of in forms.items()}
    for row in rows:
        given = unused[row.get("locator", "").partition(" ")[0]]
        given = given | {"explanation", "printed"} | ({"actual"} if row.get("measure") else set())
        given |= {"target", "actual"} if row.get("level1") in (EXECUTION, TOTAL) else set()  # as the form prints them
        given |= {*MORE["budget"]} if "." in row.get("item", "") else set()  # these have but one value
        if blank := [column for column in BLANK[name] if not row[column] and column not in given]:
            item = row.get("item", "")
            known = (edition.indicators.get(one) for one in (item, f"{BUDGET}.{item}.outturn"))
            called = next((f"{one.item}（{item}）" for one in known if one), item or row.get("level3"))
            told = f"{called}：{'、'.join(f'{label(name, one)}（{one}）' for one in blank)}"
            yield Remark(f"{name}.csv", row["line"], BLANK_CELL, told)
