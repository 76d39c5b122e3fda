"""Tables of scores: the sheet in its official columns, and where points are lost."""

from __future__ import annotations

from lib.cells import Bundle
from lib.chapter import prose
from lib.chapter.tables import Cell, official, table
from lib.numbers.quantity import Quantity
from lib.score.scorecard import Scorecard

NO_TARGETS = "本年度没有填报绩效目标，不评分。"
HEADS = "一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施"


def deductions(caption: str, card: Scorecard | None) -> Bundle:
    """The lines that lose points, or may, from the most points: each with its reason; nothing without a scorecard."""
    if not card:
        return prose.render("", {})
    lines = card.deductions
    columns = {"三级指标": [line.level3 for line in lines], "分值": [line.weight for line in lines]}
    columns |= {"得分": [line.score for line in lines], "原因": [line.reason for line in lines]}
    return table(caption, columns | {"依据": [line.source for line in lines]})


def scorecard(caption: str, card: Scorecard | None) -> Bundle:
    """附件2 or 附件3: the self-evaluation sheet in its official columns, the amounts in its last rows."""
    if not card:
        return prose.render(NO_TARGETS, {})
    rows: list[list[Cell]] = []
    for line in card.lines:
        named = [line.level1, line.level2, line.level3, line.target, line.actual]
        rows.append([*named, line.weight, line.score, line.explanation or line.reason])
    amounts = f"预算数{card.budget}，执行数{card.outturn}，执行率{card.execution}"
    if card.total.missing:
        amounts += f"；已评{card.out_of}中得{card.reached}"
    rows.append(["总分", "", "", "", card.rating, card.out_of, card.total, amounts])
    cells = [["" if isinstance(cell, Quantity) and cell.missing else cell for cell in row] for row in rows]
    return official(caption, dict(zip(HEADS, map(list, zip(*cells, strict=True)), strict=True)), merged=2)
