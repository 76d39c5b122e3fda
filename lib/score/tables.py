"""Tables of scores: the sheet in its official columns, and where points are lost."""

from __future__ import annotations

from lib.cells import Bundle
from lib.chapter import prose
from lib.chapter.tables import official, table
from lib.numbers.quantity import Quantity
from lib.score.scorecard import Scorecard

HEADS = "一级指标", "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分", "偏差原因分析及改进措施"


def deductions(caption: str, card: Scorecard | None) -> Bundle:
    """The lines that lose points, or may, from the most points: each with its reason; nothing without a scorecard."""
    if not card:
        return prose.hollow()
    heads = {"三级指标": "level3", "分值": "weight", "得分": "score", "原因": "reason", "依据": "source"}
    return table(caption, {head: [getattr(line, name) for line in card.deductions] for head, name in heads.items()})


def scorecard(caption: str, card: Scorecard | None) -> Bundle:
    """附件2 or 附件3: the self-evaluation sheet in its official columns, the amounts in its last rows."""
    if not card:
        return prose.hollow()
    named = [[one.level1, one.level2, one.level3, one.target, one.actual, one.weight, one.score] for one in card.lines]
    rows = [[*row, one.explanation or one.reason] for row, one in zip(named, card.lines, strict=True)]
    amounts = f"预算数{card.budget}，执行数{card.outturn}，执行率{card.execution}"
    if card.total.missing:
        amounts += f"；已评{card.out_of}中得{card.reached}"
    rows.append(["总分", "", "", "", card.rating, card.out_of, card.total, amounts])
    cells = [["" if isinstance(cell, Quantity) and cell.missing else cell for cell in row] for row in rows]
    return official(caption, dict(zip(HEADS, zip(*cells, strict=True), strict=True)), merged=2)
