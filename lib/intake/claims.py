"""Claims of a document: figures that follow from others by what it says (合计, 其中, 占, 人均, 增长 …), each tested at once.

A claim that holds for figures which it may mean is right; it is wrong only where they are plain and almost give it. All else is no
claim. Of a text it is the place of figures and the words between them that tell which are meant.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from lib.intake import changes, grids, pairs, points, sums
from lib.intake.beside import exchanged
from lib.intake.far import Far, far
from lib.intake.items import Item
from lib.intake.judging import Judge
from lib.intake.reading import Passage
from lib.intake.reckoning import Guess
from lib.intake.terms import Term, terms
from lib.numbers.finding import punctuated

_FAR = 16  # figures off a part may be
_WHOLE = re.compile(r"(（(?:总\w{0,3}|合计|共计?)[\d.,]+[^（）]{0,3}）)(?:。|$)")  # in brackets, before its parts


class Claim(NamedTuple):
    """`stated` is the sum (+), difference (-), quotient (/), product (x) or growth (%) of the parts, the growth of the first that the
    second makes (~), a part within a whole (<=), or made of all with a sign for each behind the first (+--).

    `due`: lowest and highest that the parts come to, as printed; None where they are only compared, or nothing divides them.
    """

    stated: Item
    parts: tuple[Item, ...]
    operator: str
    holds: bool
    due: tuple[float, float] | None


def claims(passages: Sequence[Passage], items: Sequence[Item]) -> list[Claim]:
    """The claims of a document, right and wrong, passage by passage; a cell of words is a text of its own."""
    texts, begins = _texts(passages)
    places: dict[tuple[int, str], list[tuple[Item, int]]] = {}
    for one in (one for one in items if one.figure):
        r, c = one.cell or (0, 0)
        first, begin = begins[one.passage]
        text = punctuated(passages[first].rows[r][c] or "") if one.cell else texts[first]
        places.setdefault((first, "" if text.strip() == punctuated(one.found.token) else text), []).append((one, begin))
    known = {place: told for place, some in places.items() if (told := [*terms(place[1], some)])}
    everything = [*chain.from_iterable(known.values())]
    scores = [one for one in everything if one.item.cell and one.lead.endswith("得分")]
    away = far(
        one for one in everything if not (one.item.cell and one.unit == "分")
    )  # no text speaks of points of a target
    told = (
        _of_text(text, figures, away) if text else _of_table(passages[number : number + 2], figures, scores)
        for (number, text), figures in known.items()
    )
    guesses: dict[tuple[Term, bool], list[Guess]] = {}
    for guess in chain(*told, sums.spending(away), points.listed(passages, everything)):
        guesses.setdefault((guess.stated, guess.operator == "<="), []).append(guess)
    judged = [*Judge(everything, guesses.values()).told()]
    rest = exchanged([(text, figures) for (_, text), figures in known.items()], judged)
    return [
        Claim(one.stated.item, tuple(part.item for part in one.parts), one.operator, one.holds, one.due)
        for one in (*judged, *rest)
    ]


def _texts(passages: Sequence[Passage]) -> tuple[dict[int, str], dict[int, tuple[int, int]]]:
    """Texts by the number of the passage that they begin with; of each passage its text, and where in it it begins. A list goes on with
    itself and with what leads to it, and so does what begins with 其中."""
    texts, begins, first, mark = dict[int, str](), dict[int, tuple[int, int]](), 0, "。。。"
    for number, one in enumerate(passages):
        text = texts.get(first, "")
        listed = one.kind == "item" and (text.endswith("：") or passages[number - 1].kind == "item")
        parts = re.match(r"其中|支出中|按\w{1,6}(?:分|：)", one.text)
        if not text or one.rows or not (listed or parts or text.endswith("）：")):
            first, text = number, ""
        if text.endswith("："):
            mark = "；" if re.search(r"\d[^。；]*：$", text) else "。。。"
        elif text:
            text = text.rstrip("。；") + (mark if listed and not parts else "。")
        said = _WHOLE.sub(r"\1：", punctuated(one.text))
        said = said if "，" in said or said.count("：") > 1 else said.replace("；", "，")
        begins[number], texts[first] = (first, len(text)), text + said
    return texts, begins


def _of_table(passages: Sequence[Passage], figures: list[Term], scores: list[Term]) -> Iterator[Guess]:
    """What a table claims; the passage behind it may say that it is rounded."""
    note = punctuated(passages[-1].text)
    return (guess for guess in grids.guesses(passages[0], figures, scores) if not sums.rounded(guess, note))


def _of_text(text: str, figures: list[Term], away: Far) -> Iterator[Guess]:
    yield from sums.elsewhere(figures, away)
    yield from changes.balances(figures)
    yield from changes.parallel(figures)
    for n, one in enumerate(figures):
        known = figures[max(0, n - _FAR) : n]
        before = [old for old in known[-12:] if one.sentence - old.sentence < 2]
        after = [new for new in figures[n + 1 : n + 1 + _FAR] if new.sentence - one.sentence < 3]
        near = [old for old in before if old.sentence == one.sentence] or before
        yield from pairs.guesses(one, known, near, after, away)
        yield from changes.guesses(one, known, near, after, away)
        if one.unit not in ("%", "百分点", "") or (one.cue("total") and "占" not in one.lead):
            beside = before and before[-1].clause == one.clause and before[-1].cue("total")
            beside = beside and not (one.told("former") or one.cue("nested"))
            if one.cue("total") or beside or sums.several(one, before):
                some = sums.totals(one, before, near if one.cue("total") else near[:-1] or before, text)
                yield from (guess for guess in some if not sums.rounded(guess, sums.behind(guess, text)))
            yield from sums.wholes(one, after, text)
        yield from sums.within(one, near, after, text)
