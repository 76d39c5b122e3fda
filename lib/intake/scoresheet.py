"""Score sheets (附件2 自评表, 附件3 项目自评表) as rows of targets.csv, with the head of the form and the scores as printed."""

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from lib.edition.dictionary import SCORE_SHEET, UNDER
from lib.edition.edition import RAW
from lib.intake.labels import MARKS, Row, amount, in_percent, leading, money, named, number, parted, plain, tidy, words
from lib.numbers.finding import CODES
from lib.score.rules import EXECUTION, GOAL, TOTAL, period

TARGETS = RAW["targets"]
LEVELS = TARGETS[1:4]
OTHER = "other"  # a column that targets.csv does not have
MONEY = ("initial", "full", "outturn")  # columns of the head of the form, as in budget.csv
Found = dict[str, Any]
Part = tuple[str, str, str, tuple[int, int]]
"""Label, number, unit and place of what stands behind its own label in the head of the form (其中：一般公共预算：329.77)."""
_POINTS = re.compile(r"[（(]?\d+(?:\.\d+)?分[)）]?$|[（(]\d+(?:\.\d+)?[)）]$")
_NUMBERED = re.compile(r"^(?:指标)?\d+[：:、.．]|^指标[一二三四五六七八九十]+[：:、]")  # an indicator
_TARGET = re.compile(
    r"(?:达到?|为)?(?P<number>\d[\d,]*(?:\.\d+)?)(?P<unit>[^\d,.;、至~—\-]{0,9}?)(?P<behind>及?(?:以[上内下]|之内|内)|)"
)


def aim(text: str, sign: str = "", unit: str = "") -> tuple[str, str, str]:
    """A target as (comparator, target, unit): a number, a time limit, or words; `sign`, `unit`: from columns of their own."""
    core, sign = plain(text).rstrip("。;"), plain(sign)
    before, core = leading("sign", core)
    found = before or leading("sign", sign)[0]
    if period(core, 2000):
        return found if found == "≤" else "", core, ""
    told = _TARGET.fullmatch(core)
    if not told:
        return "", tidy(text) if not sign or found == "" else sign + tidy(text), ""
    found = found or leading("behind", told["behind"])[0]
    said = told["unit"].replace("百分比", "%") or plain(unit).replace("百分比", "%")
    return found, told["number"], said


def fields(row: Row, above: Sequence[str] = ()) -> list[str]:
    """What the columns under a head row of targets are, the row above being one too; nothing for another row."""
    if any(map(number, row)):
        return []
    kinds = [named("target", cell) or OTHER * bool(tidy(cell)) for cell in row]
    known = {*kinds} - {"", OTHER}
    graded = known & {*LEVELS} or ("name" in known and known & {"weight", "score"})  # others are tables of a text
    if not (known if above else len(known) > 2 and graded):
        return []
    for c, cell in enumerate(row):
        upper = above[c] if above else ""
        if not tidy(cell):
            kinds[c] = upper or (kinds[c - 1] if c else "")
        elif kinds[c] in ("name", OTHER) and upper in LEVELS and upper not in kinds[:c]:  # 三级指标 over 名称, 计量单位
            kinds[c] = upper
    return _as_printed(kinds)


def _as_printed(kinds: list[str]) -> list[str]:
    """The columns of a form of ours, which has the score that was printed beside the one that the rules give."""
    own = {"printed": "score", "score": OTHER} if "printed" in kinds else {}
    return [own.get(kind, kind) for kind in kinds]


def _layout(kinds: list[str]) -> dict[str, list[int]]:
    """The columns of a sheet by field; weight and score are those of the third level."""
    runs = [(kind, [c for c, _ in run]) for kind, run in groupby(enumerate(kinds), key=lambda one: one[1])]
    if "level3" not in kinds:
        runs = [("level3" if kind == "name" else kind, columns) for kind, columns in runs]
    third = next((columns[-1] for kind, columns in runs if kind == "level3"), -1)
    points = [(kind, columns) for kind, columns in runs if kind in ("weight", "score") and columns[0] > third]
    weights = [columns for kind, columns in points if kind == "weight"] or [columns for _, columns in points[:-1]]
    scores = [columns for kind, columns in points if kind == "score" and columns not in weights[:1]]
    found = {"weight": weights[0] if weights else [], "score": scores[-1] if scores else []}
    for kind, columns in runs:
        if kind not in ("", "name", "weight", "score", OTHER):
            found.setdefault(kind, []).extend(columns)
    first, *more = found.get("level1", [-1])
    if more and "level2" not in found:  # 一级指标 over both
        found |= {"level1": [first], "level2": more}
    return found


def _blank(project: str, level1: str, level3: str, **said: str) -> Found:
    return dict.fromkeys(TARGETS, "") | {"project": project, "level1": level1, "level3": level3, **said}


class Sheet:
    """A score sheet as it is read: `head`, rows of targets.csv with `score` and `place`, and the (row, column) of all cells `taken`."""

    def __init__(self, rows: Sequence[Row], above: str) -> None:
        self.unit = money(rows, above)
        self.head: Found = {"project": "", "goal": "", "done": "", "funds": [], "execution": {}, "total": {}}
        self.targets: list[Found] = []
        self.kinds = [""] * max(map(len, rows), default=0)
        self.levels = ["", "", ""]
        self.points, self.other, self.unread = "", dict[int, str](), dict[str, None]()
        self.at, self.taken, self.words = 0, set[tuple[int, int]](), dict[int, list[int]]()
        self.parts: dict[int, list[Part]] = {}
        reads, begun = self._about, False
        for self.at, row in enumerate(rows):
            kinds = fields(row, self.kinds if begun else ())
            tasks = any(named("goal", cell) == "tasks" for cell in row)  # each with what it cost
            funds = [] if tasks else _funds(row)
            if kinds:
                self.kinds, reads = kinds, self._target
                self.other = {c: tidy(row[c]) for c, kind in enumerate(kinds) if kind == OTHER and row[c]}
            elif funds:
                self.kinds, reads = funds, self._fund
                points = re.search(r"\((\d+(?:\.\d+)?)分", "".join(map(plain, row)))  # 预算执行情况（20分）
                self.points = points[1] if points else ""
            else:
                goals = [named("goal", cell) for cell in row]
                heads = [cell for cell in row if words(cell) and not re.search(r"[:：\d]", cell or "")]
                if reads != self._target and (tasks or len(heads) > 3):  # of a table of its own
                    self.kinds, reads = [""] * len(row), self._about
                elif reads != self._target and {*goals} & {"goal", "done"}:
                    self.kinds, reads = goals, self._about
                reads([] if tasks else row)
            begun = bool(kinds)
            self.taken |= {(self.at, c) for c in range(len(row)) if kinds or funds}
        placed = {place for (*_, place), item, _ in self._placed() if item}
        self.loose = {place for parts in self.parts.values() for *_, place in parts} - placed
        self.taken |= placed
        self.unread |= dict.fromkeys(one["label"] for one in self.head["funds"] if not self._item(one))
        self.rated = [*self.targets, *filter(None, [self.head["execution"]])]  # what a sheet must have a place for

    def _placed(self) -> Iterator[tuple[Part, str, str]]:
        """The parts, each with its item and the amount of the whole that those below each other add up to; no item where that is open."""
        whole = self.head["funds"][0] if self.head["funds"] else {}
        totals = {_sum([told]): kind for kind in MONEY if (told := whole.get(kind, ""))[:1].isdigit()}
        for parts in self.parts.values():
            kind = totals.get(_sum(said for _, said, *_ in parts), "")
            yield from ((part, self._item({"label": part[0]}) if kind else "", kind) for part in parts)

    @property
    def rows(self) -> list[Found]:
        """The rows of targets.csv: the goal, the scores of the head and the total as printed, and the targets."""
        of, head, found = self.head["project"], self.head, list[Found]()
        if head["goal"] or head["done"]:
            found.append(_blank(of, GOAL, GOAL, target=head["goal"], actual=head["done"]))
        scored = [line for line in head["funds"] if plain(line.get("score"))[:1].isdigit()]
        whole = [head["execution"]] if head["execution"] else [line for line in scored if line is head["funds"][0]]
        for line in whole:
            said = {name: line.get(name, "") for name in ("comparator", "target", "unit", "weight", "explanation")}
            said["weight"] = said["weight"] or self.points
            found.append(_blank(of, EXECUTION, EXECUTION, printed=line.get("score", ""), **said))
        for line in scored:
            if (item := self._item(line)) and line is not head["funds"][0]:
                found.append(_blank(of, EXECUTION, line["label"], measure=item, printed=line["score"]))
        found += [row | {"printed": row["score"]} for row in self.targets]
        if head["total"]:
            found.append(_blank(of, TOTAL, TOTAL, weight=head["total"]["weight"], printed=head["total"]["score"]))
        return found

    def without(self, aside: Container[tuple[int, int]]) -> Iterator[Found]:
        """Its rows, blank where cells are set aside."""
        for row in self.rows:
            gone = {kind for kind, place in row.get("place", {}).items() if place in aside}
            yield row | dict.fromkeys(gone, "") | ({"printed": ""} if "score" in gone else {})

    @property
    def amounts(self) -> Iterator[Found]:
        """The head of the form as rows of budget.csv: the whole and its parts, as far as they have a name there."""
        for line in self.head["funds"]:
            numbers, units = zip(*(amount(line.get(column)) or ("", "") for column in MONEY), strict=True)
            if (item := self._item(line)) and any(numbers):
                unit = next(filter(None, units), self.unit)
                about = {"item": item, "budget": "", "unit": unit, "locator": SCORE_SHEET}
                yield about | dict(zip(MONEY, numbers, strict=True))
        for (label, said, unit, _), item, kind in self._placed():
            if item:
                about = {"unit": unit or self.unit, "locator": f"{SCORE_SHEET}（按性质分） {label}"}
                yield dict.fromkeys((*MONEY, "budget"), "") | {"item": item, kind: said} | about

    def _item(self, line: Found) -> str:
        """What a line of the head is called in budget.csv; nothing for one of the unit that is no item of the base table and no income."""
        of, label = self.head["project"], line["label"]
        if line is self.head["funds"][0]:
            return of or "total"
        own = f"{of or 'total'}{UNDER}{label}" if of or named("fund", label) == "source" else ""
        return own if of else named("item", label) or own

    def _about(self, row: Row) -> None:
        """The name of the project, what was aimed at and what was done."""
        said = ""
        for c, cell in enumerate(row):
            text, (before, behind) = tidy(cell), parted(cell)
            kind = named("goal", before)
            if kind and behind:
                self.head[kind] = behind
                self.taken.add((self.at, c))
            elif kind:
                said = kind
            elif text and not self.head.get(said or self.kinds[c], "-"):
                self.head[said or self.kinds[c]], said = text, "done" * (said == "goal")
                self.taken.add((self.at, c))

    def _fund(self, row: Row) -> None:
        """Lines of 年度资金总额 and its parts, by income and by expenditure; what stands beside another label is in no column."""
        labels = [c for c, cell in enumerate(row) if words(cell)]
        beside = any(self.kinds[c] for c in labels[1:])
        line: Found = {}
        at = -1
        for c, cell in enumerate(row):
            label, behind = parted(re.sub(f"^(?:{MARKS}|按(?:收入|支出)性质分?:?)+", "", plain(cell)))
            at = c if words(cell) else at
            said = behind if words(cell) else cell if beside and line else ""
            if (found := amount(said)) and found[0][:1].isdigit():
                name = label if words(cell) else line["label"]
                self.parts.setdefault(at, []).append((name, *found, (self.at, c)))
            if words(cell) and label:
                line = {"label": label}
                self.head["funds"].append(line)
            elif line and number(cell) and self.kinds[c] and not beside:
                line.setdefault(self.kinds[c], tidy(cell))
                self.taken.add((self.at, c))
        self.head["funds"] = [one for one in self.head["funds"] if len(one) > 1]

    def _target(self, row: Row) -> None:
        """A row below the heads of the targets: a target, the total, or something else."""
        layout = _layout(self.kinds)
        said = dict.fromkeys((*TARGETS, "score"), "")
        said |= {kind: "".join(tidy(row[c]) for c in columns) for kind, columns in layout.items()}
        texts = [*filter(None, map(tidy, row))]
        if not texts:
            return
        self.taken |= {(self.at, c) for c in range(len(row))}
        if named("total", parted(texts[0])[0]):
            rest = ["", "", *filter(number, [parted(texts[0])[1], *texts[1:]])][-2:]  # under no head
            points = [said["weight"], said["score"]] if said["weight"] or said["score"] else rest
            self.head["total"] = dict(zip(("weight", "score"), points, strict=True))
            return
        self.levels = levels = _levels(row, layout, self.levels)
        points = re.search(r"\((\d+(?:\.\d+)?)分?\)$", plain(said["level3"]))
        weight = re.sub("分$", "", said["weight"]) or (points[1] if points else "")
        comparator, target, unit = aim(said["target"], said["comparator"], said["unit"])
        said["actual"] = _share(said["actual"], comparator, target) if unit == "%" else said["actual"]
        level3 = levels[2] or ((levels[1] or levels[0]) if target or said["actual"] else "")
        # a label with what is said of it at length in one cell (改进措施 | 完善采购计划。)
        alone = tidy(row[0]) and words(texts[0]) and len(texts) == 2 and re.search("[，。；]|.{12}", texts[1])
        if alone or not level3 or not (target or weight or said["actual"] or said["score"]):
            self.taken -= {(self.at, c) for c in range(len(row))}
            self.words |= {self.at: [c for c, cell in enumerate(row) if tidy(cell)]} if alone else {}
            return
        about = {"project": self.head["project"], "level1": levels[0], "level2": levels[1], "level3": level3}
        about |= {"comparator": comparator, "target": target, "unit": unit, "weight": weight}
        place = {kind: (self.at, columns[0]) for kind, columns in layout.items() if columns}
        heads = (head for c, head in self.other.items() if tidy(row[c]) and not CODES.search(head))
        self.unread |= dict.fromkeys(head for head in heads if not named("target", head))
        found = said | about | {"score": re.sub("分$", "", said["score"]), "place": place}
        if re.search("预算执行率|^预算执行.*执行率$", "".join(levels)):
            self.head["execution"] = found
        else:
            self.targets.append(found)


def _sum(numbers: Iterable[str]) -> Decimal:
    return sum((Decimal(re.sub(r"[^\d.]", "", one)) for one in numbers), Decimal(0))


def _share(actual: str, comparator: str, target: str) -> str:
    """What was reached of a target in %, where a spreadsheet holds it as a part of one: 0.9709 beside ≥95%."""
    due = float(target.replace(",", ""))
    high = comparator == "≥" and due >= 50
    held = re.fullmatch(r"0\.\d+" if high else r"0\.\d{3,}", actual) and due > 1
    return in_percent(actual) if held else actual


def _funds(row: Row) -> list[str]:
    """What the columns under 年初预算数, 全年预算数 and 全年执行数 are; nothing for another row."""
    kinds = [named("fund", cell).removeprefix("source") for cell in row]
    return _as_printed(kinds) if len({*MONEY, "rate"} & {*kinds}) > 1 and not any(map(number, row)) else []


def _levels(row: Row, layout: dict[str, list[int]], before: Sequence[str]) -> list[str]:
    """The three levels of a row: what a merged cell or a blank one leaves out is that of the row above."""
    found: list[str] = []
    fresh = False
    for level, last in zip(LEVELS, before, strict=True):
        cells = [tidy(row[c]) for c in layout.get(level, []) if row[c] is not None]
        text = _POINTS.sub("", _NUMBERED.sub("", "".join(cells)))
        text = f"{text}指标" if level == "level1" and re.fullmatch("产出|效益|满意度|成本", text) else text
        if not text and (fresh or (level == "level3" and cells)):
            text = found[-1] if fresh and layout.get(level) and not cells else ""
        elif not text:
            text = last
        fresh = fresh or bool("".join(cells))
        found.append(text)
    return found
