"""A unit's own text: each number as `{{ name }}`, its captions and titles left to the report; and what a document calls its unit."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, pairwise, takewhile
from types import MappingProxyType

from lib.edition.dictionary import BUDGET
from lib.edition.edition import Edition
from lib.intake.basetable import ANNEX, Base, thrifty
from lib.intake.draft import Draft
from lib.intake.items import NUMBERING, Item, heading
from lib.intake.labels import Row, begins, impersonal, over, unsigned
from lib.intake.reading import Passage
from lib.intake.scoresheet import Sheet

Named = Sequence[tuple[Item, str]]  # items, each with the name that it has in the report
_YEAR = re.compile(r"(?:20\d\d|[二两][〇○零Oo][一二三四五六七八九十〇○零]{1,2})年?度?")
_ENDS = "[会局委办厅部院校馆所站队处室府社园台库联心学场段司厂乡镇道团组署关宫]"
_NAME = rf"((?!部门|整体|单位|财政支|预算|项目|绩效|专项|支出|我|本)[\u4e00-\u9fff（）]{{2,24}}?{_ENDS})(?:[（(][^（）()]*[）)])?"
_SAYS = (
    re.compile(
        rf"(?:^|：)\s*(?:填报|预算|编报|自评|被评价)?(?:单位|部门)(?:[（(].*?[）)]|名称|全称)*[:：]\s*{_NAME}(?=[\s：]|$)"
    ),
    re.compile(rf"(?:^|——)\s*(?:关于|报送|的)*+{_NAME}(?=关于|部门|整体|单位|\s|绩效|支出|项目|预算)[^。；，]*$"),
    re.compile(rf"^[^、。；，]*绩效[^。；，]*(?:报告|自评|总结|情况|说明|材料|表)[\s(（]+{_NAME}[\s)）]*$"),
)  # the name of a unit: behind a label; in a title without its year, before the kind of document or behind it

_DATE = rf"(?:{_YEAR.pattern}|20\d\d[-./])\s*(?:[\d一二三四五六七八九十]{{1,3}}[-./月日]?\s*){{1,2}}"
_ENDING = re.compile(r"(?:报告|自评表.*|总结|(?:自评|评价)(?:结果|情况)(?:说明)?)$")  # of a title
_COVER = re.compile(
    rf"(?:{_NAME})?\s*(?:{_DATE})?|[\u4e00-\u9fff\s]{{0,6}}(?:单位|部门|机构|日期|时间|人|电话)(?:名称|全称)?(?:[（(].*?[）)])?\s*[:：].{{0,50}}"
)  # what stands on a cover beside the title: the unit, a date, who made the report and when
_FILLED = re.compile(r"\W*(?:(?:填[报表]|编[制报])(?:单位|部门|日期)|(?:单位|部门)(?:[（(]盖章[）)]|名称))")
"""What begins a line that says who filled in a form."""
_DAY = re.compile(r"(?:填报|报告|编制)(?:日期|时间)\s*[:：]")
_PART = re.compile(r"(?:第)?([一二三四五六七八九十]+)(?:、|部分)")
_CAPTION = re.compile(
    r"^(?=.{1,60}$)(?!(?:附件[:：]\s*)?\d[.、．])(?:附[件表]\s*[\d一二三四五六七八九十—-]*[:：]?$|[（(]?20\d\d年度?[）)]?$|"
    r".*(?:基础数据表|自评表|评分表|评价表)(?:[（(].*[）)])?$|.*单位(?:[（(]盖章[）)])?[:：])"
)  # what stands above a form: 附件1, its name, its year, its unit, who filled it in; not a list of annexes
_TITLE = re.compile(
    r"^(?=.{1,40}$)(?:表\s*[\d一二三四五六七八九十]+.*|.*(?<![如下见])表(?:[（(].*[）)])?|.*单位[:：].*|[（(].*[）)])(?<![。；，：:])$"
)  # what stands above a table of the text: its number, its title, its unit
_NAMED = re.compile(r"^(?=.{4,40}$)[^，。；：、]*(?<![如下见])表$")
_COUNT = re.compile(
    r"^(?:附[件表]\s*(?:\d{1,2}(?!\d)|[一二三四五六七八九十]*)|表\s*[\d一二三四五六七八九十]+)(?:[-—.]\d+)*[\s:：、.]*"
)
_UNIT = re.compile(r"[（(]?((?:金额)?单位[:：][^（）():：]*)[）)]?[:：]?$")


def unit(drafts: Sequence[Draft]) -> str:
    """The unit's name: what a label says it is, or what a title has beside the year and the kind of document, on one line or two."""
    for one in drafts:
        first = [passage for passage in one.document.passages if passage.kind != "furniture"][:8]
        lines = (_YEAR.sub("", re.sub(f"({_ENDS})({_YEAR.pattern})", r"\1 ", one.text)) for one in first if one.text)
        rows = ("：".join(filter(None, row)) for one in first for row in one.rows[:4])
        texts = [*lines, *rows]
        for text in chain(texts, map(" ".join, pairwise(texts))):
            if found := next(filter(None, (says.search(text) for says in _SAYS)), None):
                return found[1]
    return ""


def title(drafts: Sequence[Draft], year: int) -> str:
    """The title of the report, that of its year before others; that of a web site, which adds its own name, only where there is no other."""
    short = [p for one in drafts for p in one.document.passages if len(p.text) < 50]
    named = [p for p in short if "报告" in p.text] or [p for p in short if not p.rows and _ENDING.search(p.text)]
    titles = [p.text for p in named if p.kind != "furniture"] or [p.text for p in named]
    return next((text for text in titles if str(year) in text), (titles or [""])[0])


def dated(drafts: Sequence[Draft]) -> str:
    """The day that a report bears on its cover, or where it is signed; nothing where it names but a month."""
    import cn2an  # 0.2 s, and most commands do without

    passages = [passage for one in drafts for passage in one.document.passages if _COVER.fullmatch(passage.text)]
    dates = (date[0] for one in passages if (date := re.search(f"{_DATE}$", one.text)))
    texts = (date if date[0] == "2" else cn2an.transform(re.sub("[○零Oo]", "〇", date)) for date in dates)
    days = (re.search(r"(20\d\d)[年./-](\d{1,2})[月./-](\d{1,2})日?\s*$", one) for one in texts)
    return next((f"{day[1]}-{day[2]:0>2}-{day[3]:0>2}" for day in days if day), "")


def issued(drafts: Sequence[Draft]) -> dict[str, str]:
    """Who published a page of a web site, and when, as it says beside its text; nothing where it does not."""
    told = "；".join(p.text for one in drafts for p in one.document.passages if p.kind == "furniture")
    by = re.search(r"发布(?:机构|单位)[:：；\s]+([^\W\d][^；：:\s]{2,30})", told)
    on = re.search(r"(?:发布|公开)(?:时间|日期)[:：；\s]+(20\d\d)[-年./](\d{1,2})[-月./](\d{1,2})", told)
    return ({"publisher": by[1]} if by else {}) | ({"published": f"{on[1]}-{on[2]:0>2}-{on[3]:0>2}"} if on else {})


def measures(drafts: Sequence[Draft], names: Mapping[int, str]) -> Iterator[dict[str, str]]:
    """What base tables say of thrift (厉行节约保障措施), each number as `{{ name }}`, as rows of notes.csv."""
    for one in drafts:
        forms = ((number, impersonal(one.document.passages[number].rows)) for number in one.bases)
        for number, r, row in ((number, *of) for number, rows in forms for of in enumerate(rows)):
            label, *said = ((c, cell) for c, cell in enumerate(row) if cell) if thrifty(row) else [(0, "")]
            items = [(item, names.get(id(item), "")) for item in one.items if said and item.passage == number]
            told = [_filled(cell, [(item, name) for item, name in items if item.cell == (r, c)]) for c, cell in said]
            if told:
                yield {"section": BUDGET, "kind": "measure", "locator": f"{ANNEX} {label[1]}", "text": "；".join(told)}


def strange(edition: Edition, drafts: Sequence[Draft]) -> Iterator[str]:
    """What the beginnings of documents say that is not of this edition: another year, another unit."""
    for one in drafts:
        name, told, known = one.document.path.name, unit([one]), edition.profile.name
        unread = [head for form in one.forms.values() if isinstance(form, Sheet) for head in form.unread]
        if unread:
            yield f"{name}的自评表里，{'、'.join(dict.fromkeys(unread))} 不是附件2的栏目或资金：不登记"
        titles = [p.text for p in one.document.passages[:8] if "报告" in p.text and len(p.text) < 50]
        years = re.findall(r"20\d\d", "".join(titles))
        if years and str(edition.year) not in years:
            yield f"{name}的标题是“{titles[0]}”，不是{edition.year}年度：请核对文件和 --year"
        if known != edition.unit and told not in known and known not in told:
            yield f"{name}的单位是“{told}”，{edition.unit} 是“{known}”：请核对文件和 --unit"


def report(drafts: Sequence[Draft], names: Mapping[int, str]) -> Iterator[str]:
    """The units' own text with its tables, each number as `{{ name }}`; of annexes the figures that no form names."""
    headings: list[str] = []
    for one in drafts:
        above: list[int] = []  # the depths of the headings that one stands under
        told = defaultdict[int, list[tuple[Item, str]]](list)
        annexes = {number for number in one.forms if _annexed(one, number)}
        for item, called in zip(one.items, one.names, strict=True):
            noted = item.passage in one.bases and thrifty(one.document.passages[item.passage].rows[item.cell[0]])
            if not (item.passage in annexes & one.bases.keys() and (called.indicator or noted)):
                told[item.passage].append((item, names.get(id(item), "")))
        passages = one.document.passages
        captions = {n: _captions(one, n, n in annexes) for n, passage in enumerate(passages) if passage.rows}
        beside = {*chain(*captions.values())}
        titled = [p.text for n, p in enumerate(passages) if p.level or n in beside]
        called = dict(filter(None, map(_called, titled[::-1])))
        for number, passage in enumerate(passages):
            items = told[number]
            cover = number < _covered(passages) or _is_title(passage, headings) or (passage.rows and not headings)
            aside = (cover or number in annexes) and not any(name for _, name in items)
            if passage.kind in ("furniture", "question") or number in beside or aside:
                continue
            if depth := passage.level:
                above = [*(other for other in above if other < depth), depth]
                rank = min(len(above), 3) - 1
                text = NUMBERING.sub("", passage.text, count=1)
                headings.append(text if rank else text + "（续）" * headings.count(text))
                words = NUMBERING.sub("", _filled(passage.text, items), count=1) if rank else _escaped(headings[-1])
                yield f"{'#' * (rank + 1)} {words}"
                continue
            if not headings:
                above = [min((p.level for p in passages if p.level and not _is_title(p, headings)), default=1)]
                headings.append("总体情况")
                yield "# 总体情况"
            if passage.rows:
                said = [passages[n].text for n in captions[number] if n < number]
                yield from _directive(one, number, items, said, headings[-1], number in annexes)
            elif text := unsigned(passage.text):
                kept = [(item, name) for item, name in items if item.found.end <= len(text)]
                mark = "- " if re.fullmatch(r"\W*", passage.marker) else passage.marker  # • or 1.
                note = "注：" * (not re.match("注|说明", text))
                yield {"item": mark, "note": note}.get(passage.kind, "") + _filled(text, kept, called)


def _directive(one: Draft, number: int, items: Named, said: list[str], heading: str, annexed: bool) -> Iterator[str]:
    """A table as report.md has it: one of the text as it stands, of an annex what no form names; nothing where that is nothing."""
    passage, before = one.document.passages[number], one.document.passages[max(0, number - 1)]
    rows = impersonal(passage.rows)
    alone = (row[0] or "" if not any(row[1:]) else "" for row in rows[:0:-1])  # from the last row on
    notes = len([*takewhile(re.compile(r"(?:注|说明|备注)\s*\d*\s*[:：]").match, () if annexed else alone)])
    passage = replace(passage, rows=passage.rows[: len(rows) - notes])
    title = _title(passage, said, before.text, heading, annexed)
    lines = [*dict.fromkeys(name for _, name in items if name)] if annexed else _table(items, passage)
    form = one.forms[number] if annexed else None
    words = form.words if isinstance(form, Sheet) else {}
    if annexed and (rest := _rest(form, [at for at in items if at[0].cell[0] not in words], passage, title)):
        title, lines = rest
    if lines:
        yield "\n".join([f"```{{table}} {title}", *lines, "```"])
    for r, columns in {**words, **{r: [0] for r in range(len(rows) - notes, len(rows))}}.items():
        cells = ((rows[r][c], [(item, name) for item, name in items if item.cell == (r, c)]) for c in columns)
        yield "：".join(_filled(cell, some) for cell, some in cells if cell)


def _annexed(one: Draft, number: int) -> bool:
    """Whether a form is an annex, which the report prints as such: a score sheet, what is called one, a table without text before it that
    has no more than rows of the form."""
    passage = one.document.passages[number]
    captions = [*(one.document.passages[n].text for n in _captions(one, number, True)), passage.name]
    called = any(re.match("附[件表]|.*基础数据表", text or "") for text in (*captions, *passage.rows[0]))
    named = (
        name.indicator
        for item, name in zip(one.items, one.names, strict=True)
        if item.passage == number and item.figure
    )
    alone = not any(p.level for p in one.document.passages[:number])
    return called or isinstance(one.forms[number], Sheet) or (alone and all(named))


def _captions(one: Draft, number: int, annexed: bool) -> list[int]:
    """The lines right above a table that belong to it, and behind one that is `annexed` who filled it in, and how to."""
    passages, titles = one.document.passages, (_CAPTION, _NAMED) if annexed else (_CAPTION, _TITLE)
    lines = takewhile(lambda n: any(title.search(passages[n].text) for title in titles), range(number - 1, -1, -1))
    above = [n for n in lines if annexed or not passages[n].level][::-1]
    first = above[0] if above else number
    called = first > 1 and re.match(r"附[件表]\s*[\d一二三四五六七八九十]*[:：]?$", passages[first - 2].text)
    if called and len(passages[first - 1].text) < 30:  # a title of any words below 附表2
        above = [first - 2, first - 1, *above]
    filled = re.compile("填[表报]|(?:说明|注|备注).*填[报列写]")
    behind = takewhile(lambda n: filled.match(passages[n].text), range(number + 1, len(passages)))
    return [*above, *(behind if annexed else ())]


def _is_title(passage: Passage, headings: Sequence[str]) -> bool:
    """Whether a passage before all headings is of the title: a kind of document at its end, unit and year, or else of a cover."""
    named = len(passage.text) < 50 and re.search(f"(?:数据表|工作.*情况)$|{_ENDING.pattern}", passage.text)
    named = named or re.fullmatch(rf"(?:20\d\d年度?)?(?:{_NAME})?(?:关于)?[（(]?(?:20\d\d年度?)?[）)]?", passage.text)
    named = named or _COVER.fullmatch(passage.text) or re.fullmatch(r"[（(][^\W\d]{1,8}[）)]", passage.text)
    return not headings and bool(named) and not (NUMBERING.match(passage.text) or passage.rows)


def _covered(passages: Sequence[Passage]) -> int:
    """How many passages a cover has: those above the title where it stands again, below lines that are no sentences."""
    sentence = re.compile(f"{NUMBERING.pattern}|.*[。；]|.{{50}}")
    lines = takewhile(lambda p: not sentence.match(p.text), passages)
    titles = [n for n, line in enumerate(lines) if _ENDING.search(line.text)]
    return titles[-1] if titles[1:] else 0


def _title(passage: Passage, above: Sequence[str], lead: str, heading: str, bare: bool) -> str:
    """What a table is called: its title without number, else its chapter; and its unit, but where it says that itself (`bare`)."""
    rows = impersonal(passage.rows)
    texts = [*above, *filter(None, chain.from_iterable(rows[: begins(rows)]))]
    said = [text for text in texts if not _FILLED.match(text)]
    units = [found[1].replace(":", "：") for text in said or [lead] if (found := _UNIT.search(text or ""))]
    told = "".join(_COUNT.sub("", _UNIT.sub("", text or "")).strip() for text in said if not _DAY.search(text or ""))
    name = "" if passage.name.startswith("Sheet") else passage.name
    units = [] if bare else [*dict.fromkeys(units)]
    return _escaped((told or name or heading) + "".join(f"（{unit}）" for unit in units))


def _table(items: Named, passage: Passage) -> list[str]:
    """A table of the document as it stands there; heads in several rows become one, what a merged cell covers is blank."""
    rows, cells = impersonal(passage.rows), defaultdict[tuple[int, int] | None, list[tuple[Item, str]]](list)
    for item, name in items:
        cells[item.cell].append((item, name))
    top, figures = begins(rows), {item.cell[0] for item, name in items if name and item.cell}
    first = top + (top not in figures)
    while first < len(rows) and first not in figures and (rows[first][0] is None or _hangs(rows, first)):
        first += 1
    heads = []
    for c in range(len(rows[0])):
        said = (over(rows, r, c, top) for r in range(top, first))
        heads.append("，".join(dict.fromkeys(filter(None, said))) if any(rows[r][c] for r in range(top, first)) else "")
    below = enumerate(rows[first:], first)
    body = [[_filled(cell or "", cells[r, c]) for c, cell in enumerate(row)] for r, row in below]
    columns = [c for c, head in enumerate(heads) if head or any(row[c] for row in body)]
    lines = [[_escaped(head) for head in heads], ["---"] * len(heads), *filter(any, body)]
    told = (" | ".join(line[c].replace("|", "｜") for c in columns) for line in lines)
    return [f"| {line} |" for line in told] if lines[2:] else []


def _hangs(rows: Sequence[Row], r: int) -> bool:
    """Whether a cell of the row above goes on into a row, or several stand below such that spans them."""
    heads = None in rows[r - 1] and all(cell and not re.search(r"\d", cell) for cell in rows[r])
    return heads or any(cell is None and above is not None for cell, above in zip(rows[r], rows[r - 1], strict=True))


def _rest(form: Base | Sheet | None, items: Named, passage: Passage, title: str) -> tuple[str, list[str]] | None:
    """What a score sheet holds besides, under the heads above it: its title, else that of the sheet, and a table; nothing where that is none."""
    rows = impersonal(passage.rows)
    asked = sorted({item.cell[0] for item, name in items if name and item.cell})
    if not isinstance(form, Sheet):
        return None
    if not asked:
        return title, []
    free = {*range(asked[0])} - {r for r, _ in form.taken}
    heads = [*takewhile(lambda r: r in free and heading(rows, r), range(asked[0] - 1, -1, -1))][::-1]
    kept = [tuple("" if (r, c) in form.taken else cell for c, cell in enumerate(rows[r])) for r in (*heads, *asked)]
    kept = kept if heads else [("",) * len(rows[0]), *kept]
    cells = ((item, name, item.cell) for item, name in items if item.cell and item.cell[0] in asked)
    moved = [(item._replace(cell=(asked.index(r) + max(len(heads), 1), c)), name) for item, name, (r, c) in cells]
    return _escaped(over(rows, heads[0], 0)) if heads else title, _table(moved, replace(passage, rows=(*kept,)))


def _called(caption: str) -> tuple[str, str] | None:
    """The number of a table or chapter with its title, which the text names it by: the report numbers them itself."""
    if part := _PART.match(caption):
        return f"第{part[1]}部分", NUMBERING.sub("", caption, count=1)
    number = re.match(r"表\s*([\d一二三四五六七八九十]{1,2})(?![\d.-])", caption)
    title = _COUNT.sub("", _UNIT.sub("", caption)).strip().translate(str.maketrans("“”", "‘’"))
    return (f"表{number[1]}", title) if number and title else None


def _filled(text: str, items: Named, called: Mapping[str, str] = MappingProxyType({})) -> str:
    """A text as data: marks of Markdown lose their meaning, figures become names, the numbers of tables their titles."""
    parts, last = [], 0
    for item, name in items:
        before, token = text[: item.found.start], re.sub(r"\s", "", item.found.token)
        ours = before[-1:] in "告见文" if token[:1] == "第" else before[-1:] != "附"
        title = called.get(token, "") if ours else ""
        if name or title:
            parts += [_escaped(text[last : item.found.start]), f"{{{{ {name} }}}}" if name else f"“{_escaped(title)}”"]
            last = item.found.end
    return "".join([*parts, _escaped(text[last:])])


_WIDE = str.maketrans("{}｛｝<>", "（）（）＜＞")
_BEGINS = re.compile(r"^\s*(?:[-+*#|]+|[`:]{3,}|\d+[.)])(?=\s|[{`:|])")


def _escaped(text: str) -> str:
    """A text that report.md takes as it stands: without braces and brackets of markup, and no list, heading or fence at its beginning."""
    signs = str.maketrans("-+*#.)|`:", "－＋＊＃．）｜｀：")
    return _BEGINS.sub(lambda found: found[0].translate(signs), text.translate(_WIDE))
