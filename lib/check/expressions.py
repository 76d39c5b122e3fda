"""Expressions: + − × ÷ and brackets over labels or dotted names, and what such names stand for."""

import ast
import operator
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches
from fractions import Fraction
from functools import cached_property
from typing import Any, Self

from lib.numbers.quantity import Quantity

_OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
_SIGNS = str.maketrans("×÷−＋－＊／（）", "*/-+-*/()")


def few(names: Sequence[str], more: str, most: int = 5) -> str:
    """The first names in a row; where there are more, how many in all: `more` is 等{}项."""
    return "、".join(names[:most]) + more.format(len(names)) * (len(names) > most)


class UnknownName(LookupError):
    """A name in a cell or a text that no figure and no metric has, or that two have; not an AttributeError, which Jinja would swallow."""

    @classmethod
    def among(cls, name: str, known: Collection[str]) -> Self:
        """What is told of a name that is not known: the nearest, or if none is like it some of its siblings, or of all if it has none."""
        there = [other for other in known if other.startswith(f"{name.rpartition('.')[0]}.")] or list(known)
        if near := get_close_matches(name, there, n=1, cutoff=0.5):
            return cls(f"没有 {name}，是不是 {near[0]}？")
        return cls(f"没有 {name}；有 {few(there, ' 等{}个')}")


class Lexicon:
    """What dotted names and labels stand for; where one is `asked` for, those that nobody asked for do not compete with it."""

    def __init__(self, labels: Mapping[str, str], asked: Iterable[str] = ()):
        self.labels, self._asked = dict(labels), set(asked)
        self._named: dict[str, list[str]] = defaultdict(list)
        for name, label in self.labels.items():
            self._named[label].append(name)

    @cached_property
    def _token(self) -> str:
        known = sorted({*self._named, *self.labels}, key=len, reverse=True)
        return "|".join(map(re.escape, filter(None, known)))

    def find(self, words: str) -> str:
        """The dotted name. Raises UnknownName that lists the candidates, or the nearest there are."""
        if words in self.labels:
            return words
        found = self._named.get(words, [])
        found = [name for name in found if name in self._asked] or found
        if len(found) == 1:
            return found[0]
        if found:
            raise UnknownName(f"“{words}”有{len(found)}个：{'、'.join(found)}，请写其中一个")
        raise UnknownName.among(words, [*self._named, *self.labels])

    def expression(self, text: str) -> ast.expr:
        """An expression in which each dotted name is one `ast.Name`. Raises UnknownName, ValueError."""
        return self.sides(text)[1]

    def sides(self, text: str, signs: Mapping[str, str] = {}) -> Any:
        """Which one of `signs`, wide or narrow, stands in a text, and the expressions beside it. Raises UnknownName, ValueError."""
        used: dict[str, str] = {}

        def placed(match: re.Match) -> str:
            if match[0][0].isdigit() and match[0] not in self._named:
                return match[0].replace(",", "")
            place = f"_{len(used)}"
            used[place] = self.find(match[0])
            return f" {place} "

        # first the longest name that stands there; what is none, is one that nobody knows
        found = re.sub(rf"{self._token}|\d[\d,]*(?:\.\d+)?(?![\w.])|[^\W\d][\w.]*", placed, text)
        found = "".join(signs.get(one, one) for one in found.translate(_SIGNS))
        sign = next((one for one in signs.values() if one in found), "")
        if signs and found.count(sign) != 1:
            raise ValueError(f"不止一个 {sign}" if sign else f"没有 {'、'.join(signs.values())} 之一")
        nodes = [_parsed(side.strip()) for side in (found.split(sign) if sign else [found])]
        for name in (one for node in nodes for one in ast.walk(node) if isinstance(one, ast.Name)):
            name.id = used[name.id]
        return sign, *nodes


def _parsed(text: str) -> ast.expr:
    told = "算式空白" if not text else "括号不成对" if text.count("(") != text.count(")") else ""
    if strange := re.findall(r"\*\*|//|[^\d.\s+\-*/()]+", re.sub(r"_\d+", "", text)):
        told = f"算式里不能有“{'”“'.join(strange)}”"
    try:
        return ast.parse("" if told else text, mode="eval").body
    except SyntaxError as error:
        raise ValueError(told or "算式缺名称、数或符号") from error


def evaluate(node: ast.expr, known: Mapping[str, Quantity], caveat: str = "") -> Quantity:
    """What an expression is worth. Raises ValueError for anything but the four signs, names and numbers; a caveat allows for a
    ratio across scopes."""
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        left, right = evaluate(node.left, known, caveat), evaluate(node.right, known, caveat)
        return left.over(right, caveat) if isinstance(node.op, ast.Div) else _OPERATORS[type(node.op)](left, right)
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return Quantity.constant(Fraction(str(node.value)))
    if isinstance(node, ast.Name):
        return known[node.id]
    raise ValueError(f"{ast.unparse(node)} 不是指标、数和 + − × ÷")


def names(node: ast.expr) -> list[str]:
    """The names in an expression, from left to right."""
    if isinstance(node, ast.Name):
        return [node.id]
    return [name for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr) for name in names(child)]
