"""Figures of a document by what they are called: what a claim means may stand in a table, or pages away."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, permutations

from lib.intake.reckoning import Guess
from lib.intake.terms import RATES, Term, said

SPENT = "支出"
FAR = 300  # figures that what is named may be off
WIDE = 12
"""Columns of a table that are held against each other."""
_MANY = 24  # figures that one thing may have in its tables and texts; a label of more is that of many things
_ALL = re.compile(r"(?:全年|本年|执行|决算|实际|总)\w{0,2}支出\w{0,2}$|支出(?:总额|合计|总计|决算)\w?$")
_UNIT = re.compile(r"(?:[万亿]?元|[个家户人次名件])$")

_DONE = re.compile("，.*(?:决算|支出|执行|实际|完成|支付)(?!.*预算)")

_BEFORE = re.compile(
    r"^(?:[①-⑳]|我\w|本[年局院站]|全[年市县省乡区]|20\d\d年|年度|其中|当年|累计|实有|[共仅]|新增|发[下放]|投入|拨付)+(?=\w\w)"
)
_AFTER = re.compile(
    "(?:[类级]项目|案件|金额|决算|总?[人户件]?数|总[额量]|[合共]计|人[员次]|次|[量者生费]|面积|里程|经费|资金|支出|费用?)+$"
)


@dataclass(frozen=True)
class Far:
    """`labels`: rows of tables and figures of texts, by the ends of their labels, a total of a table being spending; `planned`: budgets;
    `moves`: two figures of a row of a table, the greater first, by their unit and what lies between them."""

    labels: dict[str, list[Term]]
    planned: list[Term]
    moves: dict[tuple[str, float], list[tuple[Term, Term]]]
    figures: list[Term]

    @cached_property
    def cores(self) -> dict[str, list[Term]]:
        """Figures by what they are called, without such words as many are."""
        found, since, dealt = dict[str, list[Term]](), "", list[str]()
        for one in self.figures:
            lead = one.lead.partition("，")[0] if one.item.cell else _turned(re.sub(r"\W$|[“”]", "", one.lead))
            lead = since if since and re.fullmatch(r"[增减上下提降扩压]\w{0,3}[至到为]", lead) else lead
            since = lead.partition("由")[0]
            if told := re.match(
                r"(?:.*[，；（：])?([^，；（：]*?、[^，；（：]*?)，?(?:分别|依次|各)[为是有达计]*$", lead
            ):
                dealt = [*reversed(re.split("[、和及与]", told[1]))]
            lead = dealt.pop() if dealt and (told or re.fullmatch("[、和及与]", one.gap)) else lead
            other = one.unit in RATES or one.cue("each") or (one.cue("change") and "追加" not in lead)
            if one.sharp and not other:
                last = re.sub(r"^.*\w\w[中里][头面]?(?=\w\w)", "", re.split("[，、；（(]", lead)[-1])
                for name in last.split("：")[-2:]:  # 馆藏：藏品
                    found.setdefault(core(name), []).append(one)
        return found

    def called(self, name: str) -> list[Term]:
        """What a name is that of: figures of this year that are called so, else with its signs in another order, else at their end."""
        if re.fullmatch("(?:全年|本年|年度)?(?:总|全部|实际)?支出(?:总额|总数|合计)?", name):
            return self.spent
        own, former = core(name), said("planned", name) or said("former", name)
        for keys in self._like(own) if len(own) > 1 else ():
            there = sorted(keys & self.cores.keys(), key=self._order_of.__getitem__)
            some = [one for key in there for one in self.cores[key]]
            if some := [one for one in some if former or not one.told("former", "planned")]:
                return some if former else done(some)
        return []

    def _like(self, own: str) -> Iterator[set[str]]:
        """The names that are one, that have its signs in another order, that end with it or it with them, or have all of it in them."""
        yield {own}
        yield self._index["".join(sorted(own))]
        ends = {key for key in self._index[f"…{own[-2:]}"] if key.endswith(own) and (len(own) > 2 or len(key) < 5)}
        yield ends | {own[n:] for n in range(len(own) - 2)}
        within = self._index[f"{own[0]}…{own[-1]}"] if len(own) > 3 else ()
        yield {key for key in within if re.fullmatch(r"\w*?".join(own), key)}

    @cached_property
    def _order_of(self) -> dict[str, int]:
        return {key: n for n, key in enumerate(self.cores)}

    @cached_property
    def _index(self) -> defaultdict[str, set[str]]:
        """The names by their signs in order, by their last two, and by the first and the last."""
        found = defaultdict[str, set[str]](set)
        for key in self.cores:
            for sign in ("".join(sorted(key)), f"…{key[-2:]}", f"{key[:1]}…{key[-1:]}"):
                found[sign].add(key)
        return found

    def alone(self, name: str, besides: Term, unit: str | None = None) -> list[Term]:
        """What alone is called so, besides a figure, counted in a unit if one is told; nothing where several are."""
        some = [one for one in self.called(name) if one is not besides and (unit is None or alike(unit, one.unit))]
        return some[:1] if len({one.number for one in some}) == 1 else []

    def carried_out(self, name: str) -> list[tuple[Term, Term]]:
        """What was done of what was planned (政府采购执行率), where one row of the tables is called so."""
        row = [one for one in self.cores.get(core(name), []) if one.item.cell]
        told = [one for one in row if _DONE.search(one.lead)]
        planned = [one for one in row if re.search("，.*(?:预算|计划)", one.lead) and one not in told]
        same = len({(one.item.passage, one.item.cell[0]) for one in row}) == 1
        return [(told[0], planned[-1])] if same and len(told) == 1 and planned else []

    @cached_property
    def _order(self) -> dict[Term, int]:
        return {one: n for n, one in enumerate(self.figures)}

    def around(self, one: Term) -> list[Term]:
        """The figures that stand no farther from one than words name them."""
        n = self._order.get(one, 0)
        return self.figures[max(0, n - FAR) : n + FAR]

    @cached_property
    def spent(self) -> list[Term]:
        """What texts say was spent in all, this year; without them, the one total of tables under such a head."""
        told = (one for label, some in self.labels.items() if label.endswith(SPENT) for one in some)
        told = [one for one in told if one.unit == "元" and not one.told("former", "planned")]
        called = [(re.sub(r"\W", "", _turned(one.lead)), one) for one in told if not one.item.cell]
        bare = [one for lead, one in called if lead == SPENT]
        sums = (one for one in self.labels.get(SPENT, ()) if one.item.cell and one in told)
        cells = [one for one in sums if re.search("，.*(?:执行|决算|支出)", one.lead)]
        alone = (some * (len({one.number for one in some}) == 1) for some in (bare, cells))
        return [one for lead, one in called if _ALL.search(lead)] or next(filter(None, alone), [])

    def named(self, one: Term) -> dict[str, list[Term]]:
        """The rows that the sentence names up to a figure, by their labels."""
        words = re.sub('[“”"]', "", re.split("[。；]", one.item.before[-200:])[-1])
        here = {words[n : n + long] for n in range(len(words)) for long in (len(SPENT), 4)}
        return {label: self.labels[label] for label in sorted(here & self.labels.keys(), key=self._place.__getitem__)}

    @cached_property
    def _place(self) -> dict[str, int]:
        return {label: n for n, label in enumerate(self.labels)}

    def moved(self, one: Term, change: Term) -> Iterator[Guess]:
        """Growth beside a change that lies between two figures of a table: 增加236.52万元，增长9.8%."""
        sharp = change.cue("change") and change.number >= 100 * change.place
        for pair in self.moves.get((change.unit, round(change.number, 4)), []) if sharp else ():
            yield Guess(one, "%", pair if change.way >= 0 else pair[::-1], 2)


def done(some: list[Term]) -> list[Term]:
    """Of the cells of one row those that tell what was done, in the last year that is told; else all."""
    if len({(one.item.passage, one.item.cell and one.item.cell[0]) for one in some}) > 1:
        return some
    told = [one for one in some if _DONE.search(one.lead)]
    last = max((year for one in told for year in re.findall(r"20\d\d", one.lead)), default="")
    return [one for one in told if last in one.lead] or some


def alike(unit: str, other: str) -> bool:
    """Whether two units count the same: 件 and 件套."""
    return unit.removesuffix("套") == other.removesuffix("套")


def core(words: str) -> str:
    """A name without what many begin or end with: 全年可用资金 as 可用."""
    words = _BEFORE.sub("", re.sub(r"的?[有共约达为是]+\W*$|\W", "", words))
    return (len(left := _AFTER.sub("", words)) > 1 and left) or words


def _turned(lead: str) -> str:
    """支出：全年 as 全年支出."""
    return re.sub("支出：(全年|本年)$", r"\1支出", lead)


def far(figures: Iterable[Term]) -> Far:
    """What is said anywhere."""
    labels: dict[str, list[Term]] = {}
    moves: dict[tuple[str, float], list[tuple[Term, Term]]] = {}
    figures = [*figures]
    for one in figures:
        label = one.lead.partition("，")[0] if one.item.cell else _turned(one.lead)
        label = re.sub(r"各[类项种]|[有共约达为]+\W*$|\W", "", label)
        label = _UNIT.sub("", label) if one.item.cell else label
        spent = said("spending", label) or (one.item.cell and said("sum", label))
        full = re.sub("(?<=\\w\\w)[合小]计$", "", label)[-4:] + SPENT * (label in ("基本", "项目"))
        for name in {full, SPENT} if spent and full else {full}:
            labels.setdefault(name, []).append(one)
    for _, row in groupby(figures, lambda one: (one.item.passage, one.item.cell and one.item.cell[0])):
        for a, b in permutations([one for one in row if one.item.cell][:WIDE], 2):
            if a.unit == b.unit != "%" and a.number > b.number:
                moves.setdefault((a.unit, round(a.number - b.number, 4)), []).append((a, b))
    labels = {key: row for key, row in labels.items() if (len(key) == 4 or key == SPENT) and len(row) <= _MANY}
    planned = [one for one in figures if one.unit == "元" and re.search("(?<!公共)预算|调整后", one.lead)]
    if any(re.search("追加|调[增减]", one.lead) for one in figures):
        planned = [one for one in planned if not (one.item.cell or "年初" in one.lead)]
    return Far(labels, planned if len(planned) <= _MANY else [], moves, figures)
