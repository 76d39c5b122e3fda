"""What an edition says of the year before, held against what that year's edition published."""

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction

from lib.edition.dictionary import BUDGET, once, this_year
from lib.edition.rows import Figure, Finding

Known = Mapping[str, Figure]
_GROWN = re.compile(r"(.+?)(?:同比|[比较]上年(?:同期)?)(增[加长]|减少|下降|提高|降低|上升)[率额数]?")


def carried(year: int, before: Known, now: Known) -> Iterator[Finding]:
    """What is said of last year (上年支出总额, the column of last year's outturn) that is not what last year's edition published."""
    cells = ((name, old) for name, old in before.items() if name.startswith(BUDGET))
    columns = {name.removesuffix("outturn") + "last_outturn": old for name, old in cells}
    told = {once(old.label): old for old in before.values()}
    for name, this in now.items():
        old = columns.get(name) or told.get(this_year(this.label))
        alike = old and old.bounds and this.bounds and old.unit == this.unit
        if old and alike and not this.quantity(rounded=True).overlaps(old.quantity(rounded=True)):
            message = f"{this.label}{this.shown}，{year}年度已发布的为{old.quantity().shown}，两者不符"
            yield Finding.about("carried", "warning", message, [this])


def grown(year: int, before: Known, now: Known) -> Iterator[Finding]:
    """What is said to have changed since last year (出院比上年增长) otherwise than from what last year's edition published to this year's."""
    known = {once(one.label): one for one in now.values() if one.bounds}
    for this in now.values():
        told = _GROWN.fullmatch(this.label)
        new = known.get(told[1]) if told else None
        old = before.get(new.name) if new else None
        if not (told and this.bounds and new and old and old.bounds and (old.unit, old.scope) == (new.unit, new.scope)):
            continue
        a, b = new.quantity(rounded=True), old.quantity(rounded=True, name="last")
        if this.unit == "%" != new.unit:
            gap = (a / b - 1).bounds
        elif this.unit == new.unit != "%":
            gap = (a - b).bounds
        else:
            gap = ((a - b) * 100).bounds if (this.unit, new.unit) == ("个百分点", "%") else None
        said = this.bounds.widened(this.rounding or Fraction(0))
        said = -said if re.match("减|下|降", told[2]) and said.low > 0 else said
        if gap and not said.overlaps(gap):
            message = f"{this.label}{this.shown.removeprefix(told[2])}，本年{new.shown}、{year}年度已发布的{old.quantity().shown}，三者不符"
            yield Finding.about("carried", "warning", message, [this, new])
