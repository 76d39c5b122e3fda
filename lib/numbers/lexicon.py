"""Files of words and patterns: `[kind]`, then a pattern a line and, behind “ ; ”, examples; what begins with # is a comment."""

import re
from collections.abc import Mapping
from importlib.resources.abc import Traversable


def lexicon(path: Traversable, signs: Mapping[str, str] = {}) -> list[tuple[str, str]]:
    """(kind, pattern), in the order of a file; `signs` («数») with what they stand for."""
    found, kind = [], ""
    for line in path.read_text("utf-8").splitlines():
        pattern = re.split(r"\s{2,};\s", line)[0]
        if re.fullmatch(r"\[\w+\]", pattern):
            kind = line[1:-1]
        elif pattern and not line.startswith("#"):
            found.append((kind, re.sub("«.»", lambda sign: signs[sign[0]], pattern)))
    return found


def grouped(path: Traversable) -> dict[str, list[str]]:
    """The patterns of each kind."""
    found: dict[str, list[str]] = {}
    for kind, pattern in lexicon(path):
        found.setdefault(kind, []).append(pattern)
    return found


def kinds(path: Traversable) -> dict[str, re.Pattern]:
    """One pattern for each kind of a file."""
    return {kind: re.compile("|".join(patterns)) for kind, patterns in grouped(path).items()}
