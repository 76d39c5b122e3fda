"""Budgets: which of them a rate takes. Adjustment and completion of the base table, by the formulas that they are published with."""

from dataclasses import replace
from typing import Any

from lib.numbers.quantity import Quantity


def initial(item: Any) -> Quantity:
    """年初预算 of an item of the base table; the budget of a table that does not say which it is, but not one that is 全年预算."""
    return item.initial if item.initial.told or item._book.edition.plan == "full" else item.budget


def adjustment(book: Any) -> tuple[Quantity, Quantity]:
    """What the budget was adjusted by, and the budget before. A row 预算调整 prints the amount, or the budgets before and
    after, where its first cell is the budget of the year; without that row it is what 全年预算 is more than 年初预算."""
    row, total = book.budget.adjustment, book.budget.total
    before, planned = initial(row), initial(total)
    after = row.budget if row.outturn.missing and not row.initial.missing else row.outturn
    if after.missing and not total.initial.missing:
        return total.budget - planned, planned
    if after.missing or before.missing or not before.bounds.positive or before is after:
        return after, planned
    if planned.missing or before.overlaps(planned):
        return replace(after - before, caveat="预算调整一行印的是调整前、调整后的预算数，按两者之差计"), before
    return replace(after, caveat="预算调整一行的预算栏不是支出总额的预算数，决算栏按调整数计"), planned


def completion(book: Any) -> Quantity:
    """预算完成率: 1 − 年末结余 ÷ （上年结转 + 年初预算 + 追加）, where the source has these (Hunan's sheet); else outturn ÷ budget."""
    carried, left = (_entered(item) for item in (book.budget.carry_over, book.budget.balance))
    by_balance = 1 - left / (carried + initial(book.budget.total) + adjustment(book)[0])
    return book.budget.total.outturn / book.budget.total.budget if by_balance.missing else by_balance


def _entered(item: Any) -> Quantity:
    """The one amount of an item that has one, whatever column it stands in."""
    return next((one for one in (item.outturn, item.budget, item.initial) if not one.missing), item.outturn)
