"""Faults: what is wrong with an input, told so that an analyst can mend it."""

from collections.abc import Mapping
from pathlib import Path
from shutil import which
from typing import Any, Self

JIXIAO = "jixiao" if which("jixiao") else ".venv/bin/jixiao"  # as the program is called where it is installed


class InputError(ValueError):
    """Bad input; the message names the file, the row, what was found, what was expected and what to do."""

    def __init__(self, path: Path, row: int | None, found: str, expected: str, todo: str):
        place = f"{path.parent.parent.name}/{path.parent.name}/{path.name}" if row is None else f"{path.name} 第{row}行"
        self.path, self.row, self.told = path, row, f"现为{found}；应为{expected}。请{todo}。"
        super().__init__(f"{place}：{self.told}")
        self.all = [self]

    @classmethod
    def at(cls, row: Mapping[str, Any], found: str, expected: str, todo: str) -> Self:
        """What is wrong with a row of a table."""
        return cls(row["path"], row["line"], found, expected, todo)

    @classmethod
    def of_cell(cls, row: Mapping[str, Any], column: str, expected: str) -> Self:
        """A cell of a table that is not what was expected."""
        return cls.at(row, f"{column} {row[column] or '空白'}", expected, f"改正 {column}")

    @classmethod
    def together(cls, errors: list["InputError"], bad: list["InputError"] | None = None) -> None:
        """Raises the first of these, if there are any, that tells of `all`; not where they are the list `bad` of whoever asked for it."""
        if errors and errors is not bad:
            errors[0].args, errors[0].all = ("\n".join(map(str, errors)),), list(errors)
            raise errors[0]


Bad = list[InputError] | None
"""Where whoever asked has errors put, each of which else stops them."""
