"""Sentences: what a reader reads of a report, chapter by chapter, and how two versions of it differ, word by word.

A row of a table is one sentence, a heading is one. Numbers of headings, tables and charts follow from the order and are left out.
"""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import chain, zip_longest

from markupsafe import Markup, escape

from lib.publish.document import Block, Box, Chart, Document, Heading, Items, Paragraph, Table, inner_text

BEFORE = "开头"
"""The chapter of what stands above the first heading."""
SENTENCE = re.compile(r"(?<=[。！？；])")
WORD = re.compile(r"\d+(?:[,.]\d+)*|[A-Za-z]+|.", re.S)


def chapters(document: Document) -> dict[str, list[str]]:
    """The sentences by chapter."""
    found: dict[str, list[str]] = {BEFORE: []}
    for block in document.blocks:
        if isinstance(block, Heading) and block.level == 1:
            found[block.anchor] = []
        else:
            found[next(reversed(found))] += filter(None, _sentences(block))
    return found


def _sentences(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        yield block.text
    elif isinstance(block, Paragraph):
        yield from SENTENCE.split(inner_text(block.children))
    elif isinstance(block, Items | Box):
        for inner in chain.from_iterable(block.items) if isinstance(block, Items) else block.blocks:
            yield from _sentences(inner)
    elif isinstance(block, Table):
        yield from (block.caption, "｜".join(column.label for column in block.columns))
        yield from ("｜".join(map(inner_text, row)) for row in block.rows)
    elif isinstance(block, Chart):
        yield from (block.caption, *SENTENCE.split(block.alt))


def marked(old: str, new: str) -> Markup:
    """What became of a text, word by word; a number is one word, a Chinese sign as well."""
    before, after = WORD.findall(old), WORD.findall(new)
    text = Markup("")
    for kind, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        gone, come = escape("".join(before[a:b])), escape("".join(after[c:d]))
        changed = f"<del>{gone}</del>" * bool(gone) + f"<ins>{come}</ins>" * bool(come)
        text += come if kind == "equal" else Markup(changed)
    return text


def aligned(old: list[str], new: list[str]) -> Iterator[tuple[str, str]]:
    """Sentences side by side in their order, "" where one has no counterpart."""
    for _, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield from zip_longest(old[a:b], new[c:d], fillvalue="")
