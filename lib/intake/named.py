"""Rates and amounts for each of what stands sentences or sections away: their words name it, and one figure alone is called so."""

import re
from collections.abc import Iterator
from itertools import product

from lib.intake.far import Far, alike
from lib.intake.rates import Place, counted, what_for
from lib.intake.reckoning import Guess
from lib.intake.terms import RATES

_SHARE = re.compile(
    r"(?:\w是)?(\w*?)(?:[偏较过仍]\w{1,2})?，?[仅只约就已即又]*(?:占(?!比)|相当于)(?:到|了|全部)?(\w{2,}?)的?(?:比[例重])?[为达约近仅只]*$"
)
_INSIDE = re.compile(
    r"(?:[一二三四五六七八九十]是)?(?:.*，)?(\w{3,8}?)[里中]，?(\w{2,8}?)(?:仅|只|就|约)*占(?:比|了)*[为达约近]*$"
)
_SHARES = re.compile(r"(?<=[里中]，)(?:\w{2,8}占(?:比|了)*[\d.]+%，)+")
_CARRIED_OUT = re.compile(r"(\w{3,}?)的?(?:预算)?(?:执行|完成|支付|控制|到位)率[为达到仅只约近]*$")
_SPREAD = re.compile(
    r"(\w{3,}?)(?:，?[按以](\w{2,9}?)(?:来|平均)?(?:折算|分摊|摊算|计算|测算|平均|均摊|算)|折合|平均)[到为，]*(?:每|\w均)"
)


def guesses(at: Place, away: Far) -> Iterator[Guess]:
    """农村公路养护占项目支出的, 提水电费按实灌面积摊算，每亩, of what the document calls so."""
    one, here = at.one, [old for old in at.near if (old.sentence, old.clause) == (at.one.sentence, at.one.clause)]
    lead = re.sub('[“”"]', "", at.lead)
    share, spread, per = _SHARE.search(lead), _SPREAD.search(lead), what_for(lead)
    sentence = _SHARES.sub("", one.item.before.rpartition("。")[2])  # 案件中，刑事占5.2%，民商事占
    inside = None if share or here else _INSIDE.search(lead) or _INSIDE.fullmatch(sentence)
    if one.unit == "%" and (share or inside):
        whole, part = inside.groups() if inside else share.groups()[::-1]
        first = _SHARE.search(re.sub('[“”"]|、+占.*$', "", one.head)) if one.lead[:2] == "、占" else None
        part = part or (first[1] if first else "")  # A占B、占C
        for of in away.alone(whole, one):
            parts = here[-1:] if here and not part else away.alone(part, one, of.unit)
            like = (old for old in parts if old.number < of.number and alike(old.unit, of.unit))
            yield from (Guess(one, "/", (old, of), 2) for old in like)
    elif one.unit == "%" and not here and (rate := _CARRIED_OUT.search(lead)):
        yield from (Guess(one, "/", two, 2) for two in away.carried_out(rate[1]))
    elif one.unit not in RATES and spread and per:
        like = [old for old in away.figures if counted(per, old) and not old.told("former", "planned")]
        like = [old for old in like if per[1:] and per[1:] in old.lead + old.tail] or like
        counts = away.alone(spread[2], one) if spread[2] else like[-1:] * (len({old.number for old in like}) == 1)
        amounts = away.alone(spread[1], one, one.unit.partition("/")[0])
        yield from (Guess(one, "/", two, 2) for two in product(amounts, counts) if two[0].unit != two[1].unit)
