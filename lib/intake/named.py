"""Rates and amounts for each of what stands sentences or sections away: their words name it, and one figure alone is called so."""

import re
from collections.abc import Iterator
from itertools import product

from lib.intake.far import Far, alike, core
from lib.intake.rates import Place, counted, what_for
from lib.intake.reckoning import Guess
from lib.intake.terms import RATES, pieces

_SHARE = re.compile(
    r"(?:\w是)?(\w*?)(?:[偏较过仍]\w{1,2})?，?[仅只约就已即又]*(?:占(?!比)|相当于)(?:到|了|全部)?(\w{2,}?)的?(?:比[例重])?[为达约近仅只]*$"
)
_INSIDE = re.compile(
    r"(?:[一二三四五六七八九十]是)?(?:.*，)?(\w{3,8}?)[里中]，?(\w{2,8}?)(?:仅|只|就|约)*占(?:比|了)*[为达约近]*$"
)
_SHARES = re.compile(r"(?<=[里中]，)(?:\w{2,8}占(?:比|了)*[\d.]+%，)+")
_CARRIED_OUT = re.compile(r"(\w{3,}?)的?(?:预算)?(?:执行|完成|支付|控制|到位)率[为达到仅只约近]*$")
_BASE = re.compile(
    r"(?:[按以](?:年[末底]|全年|本年)?(?:每|(\w{2,9}?))(?:来|平均)?(?:折算|分摊|摊算|计算|测算|平均|均摊|算|计)|(?:分?摊|平均|折合)到?(\w{2,9}?)?(?:头上|身上)?|^\W*(\w{2,6}?)(?=[人户]均))[到为，]*(?=每|\w均)"
)
"""What an amount is dealt out over: 按实灌面积摊算，每亩; 摊到会员头上人均."""
_DEALT = re.compile(r"(?:\w均|每(?:个?\w{1,2}))(\w{2,8}?)(?:[为达约近仅只有]|平均)*$")
"""What is dealt out, behind what it is for: 人均公用经费."""


def guesses(at: Place, away: Far) -> Iterator[Guess]:
    """农村公路养护占项目支出的, 提水电费按实灌面积摊算，每亩, of what the document calls so."""
    one, here = at.one, [old for old in at.near if (old.sentence, old.clause) == (at.one.sentence, at.one.clause)]
    lead = re.sub('[“”"]', "", at.lead)
    share, base, dealt, per = _SHARE.search(lead), _BASE.search(lead), _DEALT.search(lead), what_for(lead)
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
    elif one.unit not in RATES and per and (base or (dealt and not one.price)):
        like = [old for old in away.around(one) if counted(per, old) and not old.told("former", "planned")]
        like = [old for old in like if per[1:] and per[1:] in old.lead + old.tail] or like
        over, amount = next(filter(None, base.groups()), "") if base else "", one.unit.partition("/")[0]
        kin = [
            old for old in like if not over or any(two in old.lead[-8:] + old.tail[:2] for two in pieces(core(over)))
        ]
        kin = [old for old in kin if not old.cue("change")]
        counts = (over and away.alone(over, one)) or kin[-1:] * (len({old.number for old in kin}) == 1)
        ahead = re.search(r"(\w{3,}?)，?$", lead[: base.start()]) if base else None
        names = (match[1] for match in (dealt, ahead) if match)
        some = (away.alone(name, one, amount) for name in names)
        last = [old for old in at.near[-1:] if base and base[1] and old.unit == amount]
        only = [old for old in away.around(one) if old.unit == amount != "元" and old is not one]
        only *= "均" in lead and len(only) == 1 and one.number > 5 * one.place
        amounts = next(filter(None, (*some, last)), only)
        yield from (Guess(one, "/", two, 2) for two in product(amounts, counts) if two[0].unit != two[1].unit)
