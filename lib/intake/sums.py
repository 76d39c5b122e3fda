"""Sums in a text: totals behind their parts, wholes before them, and wholes that stand elsewhere."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby, pairwise, product, takewhile

from lib.intake.far import Far, done
from lib.intake.reckoning import Guess
from lib.intake.terms import Term, found, said

_LAST = re.compile(r"(?:上年|去年)(?!度?\w{0,2}[结余滚])")  # what there was then, and not what it has left


def elsewhere(figures: list[Term], away: Far) -> Iterator[Guess]:
    """Parts of a whole that stands elsewhere under the words with which their sentence or clause begins: 受理案件中，新收A、旧存B."""
    sentences = ([*some] for _, some in groupby(figures, lambda one: one.sentence))
    clauses = ([*some] for _, some in groupby(figures, lambda one: (one.sentence, one.clause)))
    for run in (*sentences, *(some for some in clauses if len(some) > 1)):
        first = run[run[1:2] != [] and run[1].gap[:1] == "："]  # 来源有三块：
        words = re.split("[。；]" if "；" in run[0].gap else "。", first.item.before)[-1]
        words = re.sub(r"^(\W*(?:项目|基本))：", r"\1支出：", re.sub("[“”]", "", words))
        head = re.match(
            r"\W*(?=\w{4})(\w{2,10}?)(?:(?<=\w{4})[里中]|这块|由(?=\w*$)|用[于在]|构成：|(?<=\w{4})(?:的?去[处向]|分级|构成)?[，。：])",
            words,
        )
        spent = re.match(r"\W*(?:全年|本年)?支出(?:按\w{1,6}分|的?(?:来源|去向|构成|用途)\w{0,5}[：，])", words)
        for whole in (
            away.spent if spent else (*done(away.labels.get(head[1][-4:], [])), *away.called(head[1])) if head else ()
        ):
            guess = Guess(whole, "+", tuple(addends(whole, run)), 1)
            off = abs(whole.number - sum(part.number for part in guess.parts))
            two = (
                said("complete", guess.words)
                or re.search("人员.*公用|接待.*车|车.*接待", guess.words)
                or 0 < 100 * off < whole.number
            )
            if whole not in run and len(guess.parts) > 2 - bool(two):
                yield guess


def spending(away: Far) -> Iterator[Guess]:
    """What was spent: on running the unit (基本支出) and on projects, wherever a text tells them."""
    told = [away.labels.get(label, []) for label in ("基本支出", "项目支出")]
    basic, projects = ([one for one in some if not (one.item.cell or one.told("former", "planned"))] for some in told)
    if len(basic) == len(projects) == 1:
        wholes = [one for one in away.spent if one.number > max(basic[0].number, projects[0].number)]
        if len({one.number for one in wholes}) == 1 and wholes[0].item.passage != projects[0].item.passage:
            yield Guess(wholes[0], "+", (basic[0], projects[0]), 1)


def addends(one: Term, figures: Iterable[Term]) -> list[Term]:
    """The figures that may be added up to one: 人 and 人次, 4.2万 and 元; changes to a change alone, no income to spending, and nothing
    that has been added up before."""
    unit = one.unit.removesuffix("次")
    kin = [part for part in figures if part.unit.removesuffix("次") == unit or {part.unit, unit} == {"", "元"}]
    positive = (part for part in kin if (part.low > 0 or not part.high) and part.tail != "中")
    same = (part for part in positive if one.cue("ahead") >= part.cue("ahead"))
    spent = "支出" in one.lead and not any(re.search("来源|拨款", part.lead) for part in kin)
    new = (part for part in same if not re.search("(?<!末)累计" + "|(?<!补助)收入" * spent, part.lead))
    kin = [part for part in new if not part.cue("each") and (one.cue("change") or not part.cue("shift"))]
    scored = [part for part in kin if part.unit == "分" and part.lead.endswith("得")]
    return scored if 1 < len(scored) <= len(kin) / 2 else kin  # not what might have been scored


def several(one: Term, before: list[Term]) -> int:
    """How many parts words before it tell (三项支出), which may be a figure themselves; 0 for none."""
    told = found("several", one.gap) or found("several", "".join(old.item.found.token for old in before[-1:]) + one.gap)
    return max(2, "_一两三四五六七八九".find(told[1])) if told else 0


def totals(one: Term, before: list[Term], near: list[Term], text: str) -> Iterator[Guess]:
    """A、B，合计C: plain are all of the clause or sentence, or those that end in its words; plainest a list of all there are."""
    kin = [old for old in before if (old.unit, old.sentence) == (one.unit, one.sentence)]
    if "累计" in one.lead and all(("新" in old.lead and not old.told("former")) or old.lead[:1] == "、" for old in kin):
        return  # of all years
    many = several(one, before)
    if many and (now := [old for old in before if not old.told("former")]):
        before, near = now, [old for old in near if old in now]
    if "编制" not in one.lead and (re.search("在[职编岗]|实有", one.lead) or any(old.cue("vacant") for old in before)):
        # posts are not who works
        before, near = ([old for old in some if not re.search("编制|[空缺超]编", old.lead)] for some in (before, near))
    closed = {old for old in before if old.cue("nested") and old.clause < one.clause}  # lists that have their whole
    like = addends(one, before)
    named = [old for old in addends(one, near) if len(one.lead) > 1 and old.lead.endswith(one.lead[-2:])]
    added = [old for old in like if old.cue("total")]
    yield from (Guess(one, "+", (*some,), 1) for some in (named, added) if len(some) > 1)
    if many:
        like = like if len(like) >= many else []
        told = {*like[-1:]} <= {*before[-2:]} and all(_joined(text, *two) for two in pairwise(like[-many:]))
        yield from _counted(one, like, many, told)
    full = [addends(one, some) for some in ([old for old in near if old.clause == one.clause], near)]
    if len(full[0]) > 1 and all(_joined(text, *pair) for pair in pairwise(full[0])):
        like = full[0]  # a list of its own
    if len(like) > 2 and len({part.lead[-2:] for part in like}) == 1 and re.fullmatch(r"，[共合]计?\w?", one.lead):
        yield Guess(one, "+", (*like,), 2)  # 一等奖、二等奖、三等奖，共颁
        return
    for run in dict.fromkeys(tuple(some[-n:]) for some in (like, near, full[1]) for n in range(2, len(some) + 1)):
        last = [old for old in before if old.depth <= run[-1].depth][-1] is run[-1]
        listed = last and all(_joined(text, *pair) for pair in pairwise(run))
        within = (listed or {*run} <= {*like}) and not closed & {*run}
        within = within and (max(part.number for part in run) < 2 * one.number or Guess(one, "+", run).slip)
        if within and not any(old.start < run[0].start and _joined(text, old, run[0]) for old in like):
            alike = listed or {(part.unit, part.depth) for part in run} == {(one.unit, one.depth)}
            sure = _sure(one, run, listed, {*run} <= {*like}, alike and list(run) == like)
            whole = listed and (len(run) > 2 or run[0].cue("nested"))
            plain = whole or list(run) in full or "另" in run[1].lead
            yield Guess(one, "+", run, plain * (2 if sure else 1))


def _counted(one: Term, like: list[Term], many: int, listed: bool) -> Iterator[Guess]:
    """As many parts as words tell (五项共计), the last of all or of the first of each clause; of a list no other whole is meant."""
    firsts = [next(some) for _, some in groupby(like, key=lambda old: old.clause)]
    for some in (some for some in (like, firsts) if len(some) >= many):
        yield Guess(one, "+", tuple(some[-many:]), 3 if listed and some is like and one.cue("total") else 1)


def _sure(one: Term, run: tuple[Term, ...], listed: bool, among: bool, entire: bool) -> bool:
    """Whether a run is all that a total can be made of: `among` figures of its kind, or `entire`, all of them."""
    of = re.fullmatch(r"，?(\w\w)[合总]计", one.lead)  # 医疗收入A，其他收入B，收入合计
    told = re.fullmatch(r"，?(?:[共合总]计?|\w{0,2}[加合]起来)", one.lead)
    told = told or (of and all(of[1] in part.lead for part in run))
    plainly = len(run) > 2 and listed and among and re.fullmatch("，?[共合总]计?", one.lead)
    inner = listed and run[0].cue("nested") and re.fullmatch(r"，[共合]计?\w{0,2}", one.lead)
    return bool((entire and told) or plainly or inner)


def _joined(text: str, a: Term, b: Term) -> bool:
    """Whether one figure stands before another in one list (A、B), perhaps with words in brackets between them."""
    between = re.sub(r"[（(〔][^（）()〔〕]*[）)〕]|\d(?=[A-Z]+级)", "", text[a.end : b.start])
    listed = re.fullmatch(r"(?:[^，。；,;\d]*、|[）)]?(?:[和及与]|以及))[^，。；,;\d]*", between)
    return a.depth == b.depth and bool(listed)


def wholes(one: Term, after: list[Term], text: str) -> Iterator[Guess]:
    """C，其中A、B: the parts behind their whole, which may stand behind changes of it; things counted may be of several kinds."""
    many = next((n for n, pair in enumerate(pairwise(after), 1) if not _joined(text, *pair)), len(after))
    kinds = Guess(one, "+", tuple(after[:many]), 1)
    if many > 2 and after[0].cue("nested") and not _hedged(kinds, text):
        yield kinds
    like, sure = [new for new in addends(one, after) if not _LAST.search(new.lead) or _LAST.search(one.lead)], False
    for skip in range(min(6, len(like) - 1)):
        if sure and not (like[skip].cue("anew") or said("complete", like[skip].lead + like[skip + 1].lead)):
            continue
        before = like[skip - 1] if skip else one
        if _joined(text, before, like[skip]) and (skip or not like[0].cue("within")):  # 电脑5台、打印机3台、空调2台
            continue
        if like[skip].cue("inflow") and like[skip + 1].cue("outflow"):  # 净增2人（新进5人、调出3人）
            yield Guess(one, "-", tuple(like[skip : skip + 2]), 2 * one.cue("net"))
            continue
        told = [*_Parts(one, like[:skip], like[skip:], after, text).guesses()]
        yield from told
        sure = sure or any(guess.plain > 1 for guess in told)


@dataclass(frozen=True)
class _Parts:
    """A whole, figures of its kind that may be its parts, and such as stand `between` it and them; all that is `after` it."""

    one: Term
    between: list[Term]
    like: list[Term]
    after: list[Term]
    text: str

    @cached_property
    def since(self) -> str:
        """What is written before the first part, since the whole or what is between."""
        return self.text[[self.one, *self.between][-1].end : self.like[0].start]

    @cached_property
    def shut(self) -> bool:
        """Whether a colon or brackets hold them."""
        inside = re.match(r"[^\W\d]{0,4}[（(〔][^）)〕]*$|[^。；：\d]*(?:[：:]|——)[^。]*$", self.since)
        return bool(inside and not self.between and not said("partly", self.since))

    def guesses(self) -> Iterator[Guess]:
        """The parts, as many as may be; the first that is sure is the last."""
        one, first = self.one, self.like[0]
        inner = {old for old in self.like if old is not first and old.cue("nested")}
        for old, new in pairwise(self.like):
            inner |= {new} if old in inner and _joined(self.text, old, new) else set()
        parts = [old for old in self.like if old.depth <= first.depth and old not in inner]
        full = _ends(parts, self.after, self.text)
        whole = self.like[1] in inner and self.like[1].depth == first.depth and not self.shut  # itself, with its parts
        plain = self.plain(full[2]) and not whole
        for n in range(max(full), 1, -1):
            guess, total = Guess(one, "+", tuple(parts[:n])), sum(part.low for part in parts[:n])
            rest = n > 2 and parts[n - 1].cue("last")
            entire = self.shut and n == full[0] == full[1] and not said("partly", guess.words)
            named = rest or first.cue("anew") or said("complete", guess.words)
            some = self.some(guess, named or entire) or not (n in full or (n == 2 and named))
            sure = rest or (not self.between and n == full[2] and one.high < total < 2 * one.low)
            sure = sure or (n == 2 == full[2] and not self.between and said("complete", guess.words))
            sure = sure or ("三公" in one.lead and n == 2 and bool(re.search("车.*接待|接待.*车", guess.words)))
            sure = sure or (entire and (one.high < total or not first.depth or (n > 2 and one.unit == "元")))
            yield replace(guess, plain=(1 + sure) * (plain and not some))
            if sure and plain and not some:
                return

    def plain(self, listed: int) -> bool:
        """Whether words or marks tell that they are its parts, of which so many are listed with 、."""
        one, (first, second, *_), text = self.one, self.like, self.text
        anew = first.cue("anew")  # they divide once more what has been told before (按来源分)
        akin = "" != first.lead[-1:] == second.lead[-1:] and max(first.number, second.number) <= one.number
        between = [old for old in self.between if not (old.cue("aside") or old.depth > one.depth)]
        divided = [old for old in self.between if not (old.told("former") or old.depth > one.depth)]
        sums = (sum(old.number for old in some) for some in (between, divided))
        whole = any(abs(some - one.number) < one.number / 100 for some in sums)
        cores = [re.sub(r"\W", "", two.lead) for two in (first, second)]
        either = cores[1] in (f"不{cores[0]}", f"未{cores[0]}")
        two = either or said("complete", "".join(old.lead for old in self.like[:3]))
        alone = one.lead[:1] not in "：:" and one.gap[:1] != "；" and first.lead[-1:] == one.lead[-1:]
        akin = akin and (alone or first.lead[-1:] in one.lead[:-1])
        cue = self.shut or said("within", self.since) or anew or listed > 2 or akin
        cue = cue or (two and (whole or first.sentence == one.sentence))
        aside = not between or (anew and (whole or between[0].cue("nested"))) or (two and whole)
        deeper = first.depth - one.depth * (not re.match("[^（]*）：", self.since))
        paired = first.lead == second.lead == "、" and said("inner", self.since)  # 其中A9期、712人，B15期、2,240人
        apart = (paired or first.lead[:1] != "、") and (one.lead[:1] != "、" or first.cue("nested") or either)
        apart = apart and (first.cue("within") or not _joined(text, one, first))
        of = re.search(r"[。；](\w\w)\w*[中里]，", self.since)  # what the parts are of, by their own words
        other = bool(of and of[1] not in one.lead and len(of[0]) > 5)
        other = other or one.cue("measure") or (anew and one.told("former") and not first.told("former"))
        other = other or ("编制" in one.lead and bool(re.search("在[职编岗]|实有|现有", first.lead)))
        deeper = deeper >= one.cue("nested") or re.match("，包[括含]", self.since)
        return bool(cue and aside and apart and deeper and not other)

    def some(self, guess: Guess, complete: bool) -> bool:
        """Whether the parts need not be all, or may be counted twice, as households are."""
        one, (first, *_, last) = self.one, guess.parts
        words = re.sub("^[^，]*，其中", "", guess.words)  # 为615名残疾人提供服务，其中
        loose = said("loose", words) or (one.unit != "元" and said("overlap", words))
        among = self.after[self.after.index(first) : self.after.index(last)]
        mixed = one.unit == "户" and any(old.unit not in (one.unit, "%") for old in among)
        mixed = mixed or len({part.unit for part in guess.parts}) > 1
        left = re.split("[）)〕]|；(?!另|其余|还有)", behind(guess, self.text))[0]
        rest = said("rest", left) and not said("complete", guess.words)
        return (loose and not complete) or mixed or rest or _hedged(guess, self.text)


def behind(guess: Guess, text: str) -> str:
    """The words behind the parts."""
    return text[guess.parts[-1].end :][:44]


def _hedged(guess: Guess, text: str) -> bool:
    """Whether the words behind it say that the parts need not make the whole, or one is that of two (幼儿园和小学各1所)."""
    each = any(re.search(r"[和及、]\w+各$", part.lead) for part in guess.parts)
    return each or said("hedged", behind(guess, text)) or rounded(guess, behind(guess, text))


def rounded(guess: Guess, words: str) -> bool:
    """Whether words say that the parts do not quite make the whole, and they almost do."""
    off = abs(guess.stated.number - sum(part.number for part in guess.parts))
    return said("rounded", words) and off < len(guess.parts) * guess.stated.place


def _ends(parts: list[Term], after: list[Term], text: str) -> list[int]:
    """How many are parts of one whole, if they end with the clause and if with the sentence: up to a change, the end of brackets,
    or a new clause behind growth."""
    over, first = [len(parts)], parts[0]
    listed = next((n for n, pair in enumerate(pairwise(parts), 1) if not _joined(text, *pair)), len(parts))
    for n, (old, new) in enumerate(pairwise(parts), 1):
        between = after[after.index(old) + 1 : after.index(new)]
        resumed = any(one.unit == "%" and "占" not in one.lead for one in between)
        resumed = resumed or (new.clause > old.clause + 1 and not any(one.depth > old.depth for one in between))
        if resumed or new.depth < first.depth or (new.cue("anew") and n > 1) or re.search("[总合共]计", new.lead):
            over.append(n)
    clause = [n for n, new in enumerate(parts) if new.clause > first.clause]
    sentence = [n for n, new in enumerate(parts) if new.sentence > first.sentence]
    return [min(over + (clause if clause[:1] != [1] else sentence)), min(over + sentence), listed]


def within(one: Term, near: list[Term], after: list[Term], text: str) -> Iterator[Guess]:
    """C，其中A、B: neither is more than C; what is many times as much is hardly meant."""
    listed = takewhile(lambda pair: _joined(text, *pair), pairwise([one, *after] if one.cue("nested") else ()))
    parts = [one, *(new for _, new in listed)] if one.cue("nested") and not said("rating", one.lead) else []
    near = [old for old in near if not re.search("[较比][上去]年的?$", old.lead)] or near
    for part, old in product(parts, reversed(near)):
        rate = part.unit == "%" and "占" not in part.lead  # which may be higher of some
        rate = rate or (part.unit == old.unit == "%" and "占" in old.lead and part.low > old.high)  # of another whole
        risen = old.cue("change") and not part.cue("change") and part.low > old.high  # it is of what has changed
        member = old is near[-1] and near[1:] and _joined(text, near[-2], old) and near[-2].number > part.number
        if part.unit == old.unit and not (rate or risen or member) and (old.unit or old is near[-1]):
            yield Guess(part, "<=", (part, old), 2 * (part.low <= (3 if part.unit == "%" else 30) * old.high))
