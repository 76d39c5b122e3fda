"""Forms: which of the tables of a document are base tables and score sheets, and what they say."""

import re
from collections.abc import Sequence

from lib.edition.dictionary import PLANS
from lib.intake.labels import Row, impersonal, named, parted, plain
from lib.intake.scoresheet import fields


def recognised(rows: Sequence[Row], above: str, year: int = 0) -> str:
    """`base` for a base table or one of project spending, `score` or `project` for a score sheet, nothing for another table."""
    rows = impersonal(rows)
    cells = [cell for row in rows for cell in row if cell]
    top = plain(above) + "".join(map(plain, cells[:3]))
    if any(fields(row) for row in rows):
        about = any(named("goal", parted(cell)[0]) == "project" for cell in cells)
        about = about or bool(re.search("项目支出绩效|项目(?:绩效)?自评", top))
        return "project" if about and "整体支出" not in top else "score"
    items = {named("item", cell, year) for cell in cells} - {""}
    three = {"three_public" if re.match("three|vehicle|abroad|recep", one) else one.partition(".")[0] for one in items}
    groups = three & {"staff", "building", "three_public", "public", "total", "projects", "procurement", "adjustment"}
    columns = {named("column", cell, year) for cell in cells}
    spent = re.search("项目|专项", top) or ({"basic", "projects"} <= items and "分值" not in cells)
    spending = "outturn" in columns and columns & {*PLANS} and spent
    return "base" if len(groups) > 2 or (groups and "基础数据" in top) or spending else ""
