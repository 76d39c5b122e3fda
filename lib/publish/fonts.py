"""Which faces serve: the official ones if installed, else Fandol, else Noto CJK, else those of the wheel, whose sans charts always use."""

import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lib.cells import WHEEL
from lib.edition.spelling import listed
from lib.publish.web import TEMPLATES

FOLDERS = (  # Linux, macOS, Windows below WSL; asked directly, as fontconfig is not everywhere
    *map(Path, ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "/System/Library/Fonts")),
    *(Path.home() / name for name in (".fonts", ".local/share/fonts", "Library/Fonts")),
    Path("/mnt/c/Windows/Fonts"),
)


@dataclass(frozen=True)
class Face:
    """One face of a font file, as Typst calls its family."""

    path: Path
    index: int
    family: str
    weight: int

    def read(self) -> Any:
        """What fontTools reads of it: anew each time, as a file that stays open is not for processes to share."""
        from fontTools.ttLib import TTFont

        return TTFont(self.path, fontNumber=self.index, lazy=True)

    @property
    def title(self) -> str:
        """Its name with its version."""
        font = self.read()
        return f"{font['name'].getDebugName(6)} {font['head'].fontRevision:.3f}"


@cache
def _installed(folders: tuple[Path, ...]) -> list[Face]:
    import typst

    found = typst.Fonts(include_system_fonts=False, font_paths=list(folders)).fonts()
    known = (Face(Path(one.path), one.index, one.family, one.weight) for one in found if one.path)
    return sorted(known, key=lambda face: (face.path, face.index))


@cache
def choose(folders: tuple[Path, ...] = FOLDERS) -> dict[str, Face]:
    """Role → face, from the fonts in `folders` and, behind them, the wheel's: of the first family of `faces.csv` that is there, in the
    weight nearest to the wanted one."""
    ours, chosen = _installed((WHEEL.parent,)), dict[str, Face]()
    for row in listed("faces", TEMPLATES):
        named = () if row["role"] in chosen else (*_installed(folders), *ours)
        # Typst takes a variable font at its default, which is often the lightest
        if found := [face for face in named if face.family == row["family"] and "fvar" not in face.read()]:
            chosen[row["role"]] = min(found, key=lambda face: abs(face.weight - int(row["weight"])))
    return chosen | {"wheel": next(face for face in ours if face.path == WHEEL)}


def faces(folders: tuple[Path, ...] = FOLDERS) -> dict[str, str]:
    """Role → name and version of the face that plays it: what the manifest names."""
    return {role: face.title for role, face in choose(folders).items()}


@cache
def covered(folders: tuple[Path, ...] = FOLDERS) -> frozenset[int]:
    """The code points that every chosen face can show, by itself or with those behind it."""
    chosen = choose(folders)
    shown = {face: frozenset(face.read().getBestCmap()) for face in chosen.values()}
    return shown[chosen["fallback"]] | shown[chosen["wheel"]] | frozenset.intersection(*shown.values())


@cache
def typst_fonts(folders: tuple[Path, ...] = FOLDERS) -> Any:
    """typst.Fonts of the chosen faces and of those inside Typst."""
    import typst

    with tempfile.TemporaryDirectory() as aside:  # Typst takes whole folders; the links lead it to these files alone
        for number, file in enumerate(sorted({face.path for face in choose(folders).values()})):
            Path(aside, f"{number}{file.suffix}").symlink_to(file)
        return typst.Fonts(include_system_fonts=False, font_paths=[aside])
