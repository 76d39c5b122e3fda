"""Terms of a claim: figures with the words that lead to them (`claims.txt` has those that tell), and whether some give another.

Numbers are floats: what is 1e-9 apart is the same, and ends count as closed.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lib.intake.items import NUMBERING, Item
from lib.numbers.lexicon import kinds

_CUES = kinds(Path(__file__).with_name("claims.txt"))
_ALIAS = {"km": "公里", "千米": "公里", "个百分点": "百分点", "kg": "公斤", "㎡": "平方米", "‰": "%"}
_ALIAS |= dict.fromkeys("名位", "人") | dict.fromkeys("金银铜", "枚")
TIMES = {("公里", "米"): 1000, ("米", "公里"): 0.001, ("吨", "公斤"): 1000, ("公斤", "吨"): 0.001, ("升", "毫升"): 1000}
"""How many of the second make one of the first."""
RATES = ("%", "百分点", "倍")
_LAST_YEAR = re.compile(r"），?(?:同比|[比较]上年)?(?:净?增|减|下降|上升|提高)")
"""What stands behind a figure in brackets that is the one of last year."""


@dataclass(frozen=True, eq=False)
class Term:
    """A figure in its unit: `place` is the worth of its last digit, `lead` the words before it in its clause, its own verb (下降12.5%)
    among them, `head` those of its list as well (上年分别为5个、52场), `gap` all since the last figure; `start` and `end` its place in
    the text; `sentence` and `clause` count from 0, `depth` the brackets it is in."""

    item: Item
    lead: str
    head: str
    gap: str
    unit: str
    scale: str
    low: float
    high: float
    number: float
    place: float
    rounding: float
    start: int = 0
    end: int = 0
    sentence: int = 0
    clause: int = 0
    depth: int = 0

    @property
    def tail(self) -> str:
        """The words behind it, up to the next mark or figure."""
        return re.split(r"[\d，。；]", self.item.near.partition("□")[2].removeprefix(self.item.found.token))[0]

    @property
    def ratio(self) -> bool:
        """Whether it is one of the numbers of a ratio (7:13:11)."""
        behind = self.item.near.partition("□")[2].removeprefix(self.item.found.token)
        return not self.unit and bool(re.match(r"[:∶：]\d", behind) or re.search(r"[:∶]$|^：$", self.gap))

    @property
    def sharp(self) -> bool:
        """Whether it is one to reckon with, and not only a bound of one."""
        return self.high - self.low <= abs(self.high) / 4 < float("inf")

    @property
    def way(self) -> int:
        """Whether it says that something has risen (1) or fallen (-1)."""
        return -1 if self.number < 0 else said("risen", self.lead[-6:]) - said("fallen", self.lead[-6:])

    @property
    def price(self) -> bool:
        """Whether it is one that is set (每亩12元), no mean."""
        return self.unit[:1] == "元" and self.cue("each") and not re.search("均|约|近|造价|成本", self.lead)

    @property
    def counted(self) -> bool:
        """Whether it is a whole number that each has (每会3名), no mean."""
        few = self.place == 1 and self.number < 6
        return few and bool(re.search(r"(?<!均)每[^\W年月天日均约近]{1,3}$", self.lead))

    def cue(self, kind: str) -> bool:
        """Whether its lead has one of the words of a kind."""
        return said(kind, self.lead)

    def akin(self, other: "Term") -> bool:
        """Whether another is called as it is: two signs side by side stand in both leads."""
        return any(pair in other.lead for pair in pieces(self.lead))

    def told(self, *kinds: str) -> bool:
        """Whether its lead, or that of its list, has one of the words of some kinds."""
        return any(said(kind, self.head) for kind in kinds)


def pieces(words: str) -> list[str]:
    """The signs of words, two and two."""
    return [words[n : n + 2] for n in range(len(words) - 1)]


@cache
def found(kind: str, words: str) -> re.Match | None:
    """What words tell of a kind of claim."""
    return _CUES[kind].search(words)


def said(kind: str, words: str) -> bool:
    """Whether words tell of a kind of claim."""
    return found(kind, words) is not None


@cache
def without(kind: str, words: str) -> list[str]:
    """What is left of words without those of a kind."""
    return re.findall(r"\w+", _CUES[kind].sub("，", words))


def terms(text: str, figures: Iterable[tuple[Item, int]]) -> Iterator[Term]:
    """The figures of a text, each with where its passage begins in it, or without a text those of cells; 23年 is none to reckon with."""
    last = sentence = clause = depth = 0
    head = ""
    for one, begin in figures:
        found, read = one.found, one.found.reading
        if not read or (text and read.unit == "年"):
            continue
        start, end = begin + found.start, begin + found.end
        gap, last = text[last:start] if text else one.near.partition("□")[0], end
        if text:
            sentence, clause = sentence + gap.count("。"), clause + len(re.findall("[。；;]", gap))
            depth = max(0, depth + len(re.findall("[（(〔]", gap)) - len(re.findall("[）)〕]", gap)))
        lead = re.split("[。；;]", gap)[-1] + re.split(r"[\d.(（△▲〇一二三四五六七八九十两半几¥±+−-]", found.token)[0]
        if begins := not start - len(gap) and NUMBERING.match(lead):
            lead = lead[begins.end() :]
        listed = text and re.fullmatch(r"[、和及与][^，。；：（）]*|\w{0,4}(?:分别|依次)为?", gap)
        head = f"{head}、{lead}" if listed else lead
        if gap == "（" and _LAST_YEAR.match(text, end):  # 新设9,186户（8,420户），增长8.3%
            head = "（上年"
        unit = "/".join(_ALIAS.get(part, part) for part in read.unit.split("/"))
        scale = "".join(re.findall("[万亿]", found.said))
        place = 0.05 if re.search("(?<!百)分之", found.token) and read.unit == "%" else read.place
        worth = map(float, (read.bounds.low, read.bounds.high, read.number, place, read.rounding))
        yield Term(one, lead, head, gap, unit, scale, *worth, start, end, sentence, clause, depth)
