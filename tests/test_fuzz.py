"""Fuzzing: whatever is written into a cell, a card or a report is read, or refused in words; never anything else.

`tests/corpus/` keeps what once broke a reader, a case a line as a JSON string. FUZZ=100000 tries so many new ones.
"""

import json
import os
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import ROOT
from lib.cells import markdown
from lib.chapter.prose import literal, worded
from lib.edition import card, report, store
from lib.edition.store import InputError
from lib.numbers import notation
from lib.publish.document import _Reader, inner_text

MANY = settings(max_examples=int(os.environ.get("FUZZ", "150")), deadline=None)
FIGURE = st.text(
    "0123456789.,〇一二两三十百千万亿余多近约来至—-+−±%％‰元人家每均分之成半几个月年 ()/¥超不过以上下内增减",
    max_size=12,
)
LINE = st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs", "Cc"]), max_size=40)
MARKED = st.text("*_`#>-+=|[]()!<&;~$^\\ 1.:甲x，。", max_size=30)
SHAPES = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["date", "text", "on", "number", "a"]), inner, max_size=3), max_leaves=6)  # fmt: skip
FIELDS = st.sampled_from([*card.FIELDS, *{name.partition(".")[0] for name in card.FIELDS}, "x"])
CARD = st.dictionaries(FIELDS, SHAPES, max_size=8)


def kept(name: str) -> list[str]:
    """The cases of a corpus."""
    lines = (ROOT / "tests/corpus" / f"{name}.txt").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines if line]


def figure(token: str) -> None:
    """A token is read as a bounded number, or refused in words."""
    try:
        reading = notation.read(token)
    except notation.NotationError as error:
        assert not re.search(r"[a-z]{4}", str(error).replace(token, ""))
    else:
        assert reading.bounds.low <= reading.bounds.high


@pytest.mark.parametrize("token", kept("figures"))
def test_kept_figures(token):
    figure(token)


@MANY
@given(FIGURE | LINE)
def test_any_token_is_read_or_refused(token):
    figure(token)


def carded(folder, content: bytes) -> None:
    """A card is without faults and makes a page's card, or its faults are told."""
    (folder / card.FILE).write_bytes(content)
    try:
        filled = card.filled_in(folder)
    except InputError as error:
        assert card.FILE in str(error)
        return
    if not list(card.faults(filled, folder)):
        made = card.Card.filled_in(filled, "unit", 2020, "")
        assert all(isinstance(text, str) for text in (made.title, made.date, made.contact, *made.source.values()))


@pytest.mark.parametrize("content", kept("cards"))
def test_kept_cards(tmp_path, content):
    carded(tmp_path, content.encode("utf-8", "surrogatepass"))


@MANY
@given(CARD)
def test_card_of_values_of_any_kind_is_read_or_refused(tmp_path_factory, given_):
    good = {"title": "2020", "unit": "u", "year": 2020, "publisher": "p", "read": "2021-01-01", "contact": "c"}
    good |= {"status": {"state": "draft"}, "revision": {"number": 1, "date": "2021-01-01"}}
    text = json.dumps(good | given_, ensure_ascii=True, default=str)
    carded(tmp_path_factory.getbasetemp(), text.encode())


@MANY
@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_a_card_or_refused(tmp_path_factory, content):
    carded(tmp_path_factory.getbasetemp(), content)


@MANY
@given(st.binary(max_size=60) | st.text('a,"\n\r#甲', max_size=40).map(str.encode))
def test_any_bytes_are_a_table_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "table.csv"
    path.write_bytes(b"a,b\n" + content)
    try:
        rows = store.read_table(path, ["a", "b"])
    except InputError as error:
        assert "table.csv" in str(error)
    else:
        assert all("\n" not in row["a"] + row["b"] for row in rows)


def reported(folder, text: str) -> None:
    """A report is refused with its file's name, or every form can show its text."""
    (folder / report.FILE).write_text(f"# 章\n\n{text}", "utf-8")
    try:
        found = report.parts(folder)
    except InputError as error:
        assert report.FILE in str(error)
    else:
        for block in (block for part in found for block in part.blocks if not block.kind and not block.level):
            _Reader(card.Card()).blocks(markdown("ast")(worded(block.text)))


@pytest.mark.parametrize("text", kept("reports"))
def test_kept_reports(tmp_path, text):
    reported(tmp_path, text)


@MANY
@given(st.lists(MARKED | LINE, max_size=6).map("\n".join))
def test_any_text_is_a_report_or_refused(tmp_path_factory, text):
    reported(tmp_path_factory.getbasetemp(), text)


def shown(text: str) -> str:
    """A line of data as every form shows it."""
    (block,) = _Reader(card.Card()).blocks(markdown("ast")(literal(text)))
    return inner_text(block.children)


@pytest.mark.parametrize("text", kept("texts"))
def test_kept_texts(text):
    assert shown(text) == text.strip()


@MANY
@given((MARKED | LINE).filter(str.strip))
def test_text_of_data_is_shown_as_it_stands(text):
    assert shown(text) == text.strip()
