"""Workbench: what a notebook offers to whoever edits it, and no run needs: completion, cards, errors in a line, what has changed since.

`equip` gives it to the shell of a notebook that is run by hand; a run takes of it the words for errors alone.
"""

import html
import re
import sys
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from IPython.core.completer import SimpleCompletion, context_matcher
from IPython.display import display
from jinja2 import TemplateSyntaxError

from lib.cells import CHART, Bundle
from lib.chapter import tables
from lib.chapter.chapter import Chapter, Group
from lib.check.expressions import UnknownName, few
from lib.edition.report import now as current
from lib.edition.store import digest, noted, reads
from lib.numbers.quantity import Quantity

OURS = "jixiao"  # the name of our completion among IPython's
HEADS = {"结果": "shown", "上下限": "bounds", "计算方法": "formula", "说明": "caveat"}
UNDERLINED = "text-decoration:underline dotted #9b1c1c 1.5px;text-underline-offset:.28em;cursor:help"
"""How the page shows a number that answers to the mouse."""
_OPEN = re.compile(r"\{[{%](?:(?![%}]\}).)*$", re.S)
_PATH = re.compile(r"((?:[^\W\d]\w*\.)*)(\w*)$")


def equip(shell: Any, book: Chapter, card: Callable[[Sequence[str]], Bundle]) -> None:
    """Give a shell completion, cards and captions, and a chapter its head: `card`, with what has changed since."""
    others = [one for one in shell.Completer.custom_matchers if getattr(one, "matcher_identifier", "") != OURS]
    shell.Completer.custom_matchers[:] = [*others, _matcher(shell.user_ns)]
    shell.Completer.use_jedi = False  # it takes seconds where ours takes milliseconds
    shell.set_custom_exc((Exception,), _tell)
    show = shell.display_formatter.mimebundle_formatter.for_type
    show(Bundle, _captioned)
    show(Quantity, lambda one: _captioned(_facts(one)))
    show(Group, lambda one: _captioned(tables.metrics(one.name, *one)))
    show(Chapter, lambda one: _captioned(tables.metrics(one.edition.card.title, *one.known.values())))
    _watch(shell, book, card)


def _watch(shell: Any, book: Chapter, card: Callable[[Sequence[str]], Bundle]) -> None:
    """Show the head of a chapter, and keep it true while cells are run."""
    needs = ("figures", "metrics") if book.figures else ()  # 00_clean makes its own

    def used() -> dict[str, Path]:
        """Whose tables the chapter takes in: notebook → where they are."""
        return {folder.name: folder for table in needs for folder in book.edition.folders(table, book.notebook)}

    read = reads(book.edition.root, book.edition.processed / book.notebook)
    stale = _late(book, read, used())  # of a chapter that this kernel opened before
    own = {name: then for name, then in read.items() if name not in stale}
    shown = display(card(_news(book, used(), own)), display_id=True)
    shell.events.register("post_run_cell", lambda _: shown.update(card(_news(book, used(), own))))


def _late(book: Chapter, read: Mapping[str, str], used: Mapping[str, Path]) -> list[str]:
    """The files that are not as they were read; a table is the one that the chapter would take in now."""
    folders = {name: used.get(Path(name).parent.name) for name in read}
    now = {n: digest(of / Path(n).name) if of else current(book.edition.root, n) for n, of in folders.items()}
    return [name for name, then in read.items() if then != now[name]]


def _news(book: Chapter, used: Mapping[str, Path], own: Mapping[str, str]) -> list[str]:
    """What a chapter rests on that is otherwise now than when it was read, and whose trial it sees."""
    told = []
    for name, folder in used.items():
        if late := _late(book, noted(folder / "reads.json"), used):
            told.append(f"{name} 运行之后 {_files(late)} 有改动：请先重新运行 {name}")
    if late := _late(book, own, used):
        told.append(f"本章打开之后 {_files(late)} 有改动：请从头运行")
    if trials := [name for name, folder in used.items() if folder.parent == book.edition.processed]:
        told.append(f"{'、'.join(trials)} 用的是手工试算的结果，不进入发布")
    return told


def _files(names: Sequence[str]) -> str:
    return "、".join(dict.fromkeys(Path(name).name for name in names))


def _matcher(names: dict[str, Any]) -> Callable:

    @context_matcher(identifier=OURS)
    def matched(context: Any) -> dict[str, Any]:
        """What may stand at the cursor, with label and value; in prose, outside of braces, nothing."""
        lines = context.full_text.split("\n")[: context.cursor_line]
        before = "\n".join([*lines, context.text_until_cursor])
        prose = before.startswith("%%prose") and bool(lines)
        if prose and not _OPEN.search(before):
            return {"completions": [], "suppress": True}
        path, stem = _PATH.search(before).groups()
        there = offered(names, path[:-1])
        found = [SimpleCompletion(text=name, type=told) for name, told in there if stem.lower() in name.lower()]
        return {"completions": found, "matched_fragment": stem, "suppress": prose or (bool(path) and bool(found))}

    return matched


def offered(names: dict[str, Any], path: str) -> Iterator[tuple[str, str]]:
    """The names below a dotted path that leads through chapter, groups and quantities, each with what it stands for."""
    ours = Chapter | Group | Quantity
    if not path:
        yield from ((name, _told(one)) for name, one in names.items() if isinstance(one, ours) and name[0] != "_")
        return
    first, *rest = path.split(".")
    owner = names.get(first)
    for leaf in rest:
        owner = getattr(owner, leaf, None) if leaf in dir(owner) else None
    if isinstance(owner, ours):
        shared = type(owner)  # what all chapters or quantities have is not computed to be named
        yield from ((name, _told(getattr(shared if hasattr(shared, name) else owner, name))) for name in dir(owner))


def _told(one: Any) -> str:
    if isinstance(one, Quantity):
        return f"{one.label}　{one.shown}"
    if isinstance(one, Group):
        return few([quantity.label for quantity in one], "等{}项", 2)
    return "本章" if isinstance(one, Chapter) else "函数" if callable(one) else "属性"


def facts(quantity: Quantity) -> list[tuple[str, str]]:
    """What is told of a quantity, line by line: head and words."""
    about = quantity.about
    told = [(head, about[part]) for head, part in HEADS.items() if about[part]]
    return told + [("数据", one) for one in about["sources"]]


def _facts(quantity: Quantity) -> Bundle:
    heads, words = zip(*facts(quantity), strict=True)
    return tables.table(f"{quantity.label or '还没有名称'}（{quantity.name}）", {"项目": heads, "内容": words})


def _captioned(bundle: Bundle) -> dict[str, Any]:
    """What a cell shows, with captions and dotted underlines as on the page."""
    data = dict(bundle.data)
    if CHART in data:
        picture, caption = data["image/svg+xml"], html.escape(data[CHART]["caption"])
        data["text/html"] = f"<figure>{picture[picture.index('<svg') :]}<figcaption>{caption}</figcaption></figure>"
    if "text/html" in data:
        data["text/html"] = data["text/html"].replace("<data ", f'<data style="{UNDERLINED}" ')
    return data


def said(error: BaseException, names: Mapping[str, Any]) -> BaseException:
    """An error in Chinese where Python's own is what everybody meets; else as it is."""
    if isinstance(error, TemplateSyntaxError):
        todo = "请看 {% if … %} 是否有 {% endif %}，名称和符号是否写全"
        return UnknownName(f"第{error.lineno + 1}行的花括号里写得不对。{todo}")
    if isinstance(error, SyntaxError):
        line = (error.text or "").strip()
        return UnknownName(f"第{error.lineno}行不是 Python 代码：{line}。请看括号、引号是否成对，标点是否是半角")
    if isinstance(error, NameError | AttributeError) and error.name:
        # what was made last stands before IPython's own
        there = [*names][::-1] if isinstance(error, NameError) else dir(error.obj)
        return UnknownName.among(error.name, [name for name in there if name[0] != "_"])
    return error


def _tell(shell: Any, kind: type, error: BaseException, trace: Any, tb_offset: int | None = None) -> list[str]:
    """Show an error in words, and its line of the cell; the whole stays with `%tb`."""
    sys.last_type, sys.last_value, sys.last_traceback = kind, error, trace
    shown = said(error, shell.user_ns)
    cells = [one for one in traceback.extract_tb(trace) if re.search("ipykernel|<ipython-input", one.filename)]
    lines = [one for one in cells if one.line]
    # what IPython makes of a magic, such as %%prose, nobody wrote
    place = [f"第{one.lineno}行：{one.line}" for one in lines[-1:] if not one.line.startswith("get_ipython().")]
    named = "" if re.search("[\u4e00-\u9fff]", str(shown)) else f"{kind.__name__}: "
    told = [*place, f"{named}{shown}（完整的出错位置：%tb）"]
    shell._showtraceback(type(shown), shown, told)
    return told
