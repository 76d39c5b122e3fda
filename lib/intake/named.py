"""Rates and amounts for each of what stands sentences or sections away: their words name it, and one figure alone is called so."""

import re
from collections.abc import Iterator
from itertools import product

from lib.intake.far import Far
from lib.intake.rates import Place, counted, what_for
from lib.intake.reckoning import Guess
from lib.intake.terms import RATES

_SHARE = re.compile(r"(\w*?)，?(?:仅|只|约|就|已|即)*占(?!比)(?:到|了|全部)?(\w{2,}?)的?(?:比[例重])?[为达约近]*$")
_INSIDE = re.compile(
    r"(?:[一二三四五六七八九十]是)?(\w{3,8}?)[里中]，?(\w{2,8}?)(?:仅|只|就|约)*占(?:比|了)*[为达约近]*$"
)
_SPREAD = re.compile(
    r"(\w{3,}?)(?:，?[按以](\w{2,9}?)(?:来|平均)?(?:折算|分摊|摊算|计算|测算|平均|均摊|算)|折合|平均)[到为，]*(?:每|\w均)"
)


def guesses(at: Place, away: Far) -> Iterator[Guess]:
    """农村公路养护占项目支出的, 提水电费按实灌面积摊算，每亩, of what the document calls so."""
    one, here = at.one, [old for old in at.near if (old.sentence, old.clause) == (at.one.sentence, at.one.clause)]
    share, spread, per = _SHARE.search(at.lead), _SPREAD.search(at.lead), what_for(at.lead)
    inside = None if share or here else _INSIDE.search(at.lead)
    if one.unit == "%" and (share or inside):
        whole, part = inside.groups() if inside else share.groups()[::-1]
        pairs = product(here[-1:] if here and not part else away.alone(part, one), away.alone(whole, one))
        yield from (
            Guess(one, "/", two, 2) for two in pairs if two[0].unit == two[1].unit and two[0].number < two[1].number
        )
    elif one.unit not in RATES and spread and per:
        like = [old for old in away.figures if counted(per, old) and not old.told("former", "planned")]
        like = [old for old in like if per[1:] and per[1:] in old.lead + old.tail] or like
        counts = away.alone(spread[2], one) if spread[2] else like[-1:] * (len({old.number for old in like}) == 1)
        amounts = [old for old in away.alone(spread[1], one) if old.unit == one.unit.partition("/")[0]]
        yield from (Guess(one, "/", two, 2) for two in product(amounts, counts) if two[0].unit != two[1].unit)
