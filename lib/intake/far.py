"""Figures of a document by what they are called: what a claim means may stand in a table, or pages away."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, permutations

from lib.intake.reckoning import Guess
from lib.intake.terms import Term, said

SPENT = "支出"
WIDE = 12
"""Columns of a table that are held against each other."""
_MANY = 24  # figures that one thing may have in its tables and texts; a label of more is that of many things
_ALL = re.compile(r"(?:全年|本年|执行|决算|实际|总)\w{0,2}支出\w{0,2}$|支出(?:总额|合计|总计|决算)\w?$")
_UNIT = re.compile(r"(?:[万亿]?元|[个家户人次名件])$")


@dataclass(frozen=True)
class Far:
    """`labels`: rows of tables and figures of texts, by the ends of their labels, a total of a table being spending; `planned`: budgets;
    `moves`: two figures of a row of a table, the greater first, by their unit and what lies between them."""

    labels: dict[str, list[Term]]
    planned: list[Term]
    moves: dict[tuple[str, float], list[tuple[Term, Term]]]

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
        return {label: row for label, row in self.labels.items() if label in here}

    def moved(self, one: Term, change: Term) -> Iterator[Guess]:
        """Growth beside a change that lies between two figures of a table: 增加236.52万元，增长9.8%."""
        sharp = change.cue("change") and change.number >= 100 * change.place
        for pair in self.moves.get((change.unit, round(change.number, 4)), []) if sharp else ():
            yield Guess(one, "%", pair if change.way >= 0 else pair[::-1], 2)


def _turned(lead: str) -> str:
    """支出：全年 as 全年支出."""
    return re.sub("支出：(全年|本年)$", r"\1支出", lead)


def far(figures: Iterable[Term]) -> Far:
    """What is said anywhere."""
    labels: dict[str, list[Term]] = {}
    moves: dict[tuple[str, float], list[tuple[Term, Term]]] = {}
    figures = [
        one for one in figures if not (one.item.cell and one.unit == "分")
    ]  # no text speaks of the points of a target
    for one in figures:
        label = one.lead.partition("，")[0] if one.item.cell else _turned(one.lead)
        label = re.sub(r"各[类项种]|[有共约达为]+\W*$|\W", "", label)
        label = _UNIT.sub("", label) if one.item.cell else label
        spent = said("spending", label) or (one.item.cell and said("sum", label))
        full = label[-4:] + SPENT * (label in ("基本", "项目"))
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
    return Far(labels, planned if len(planned) <= _MANY else [], moves)
