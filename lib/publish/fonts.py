"""Which faces serve: the official ones if installed, else Fandol, else Noto CJK, else the Noto Serif and Sans SC of the wheel.

The PDF depends on nothing but the faces chosen here; charts always use the wheel's sans, on every system.
"""

import csv
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lib.cells import WHEEL
from lib.publish.web import TEMPLATES

FOLDERS = (  # Linux, macOS, Windows below WSL; asked directly, as fontconfig is not everywhere
    *map(Path, ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "/System/Library/Fonts")),
    *(Path.home() / name for name in (".fonts", ".local/share/fonts", "Library/Fonts")),
    Path("/mnt/c/Windows/Fonts"),
)
BOLD = 700


@dataclass(frozen=True)
class Face:
    """One face of a font file; `names` are its families in every language, `title` is its name with its version."""

    path: Path
    index: int
    names: frozenset[str]
    weight: int
    title: str
    sans: bool


def _read(path: Path) -> Iterator[Face]:
    from fontTools.ttLib import TTCollection, TTFont, TTLibError

    try:
        fonts = TTCollection(path, lazy=True).fonts if path.suffix.lower() == ".ttc" else [TTFont(path, lazy=True)]
        for index, font in enumerate(fonts):
            if "fvar" not in font:  # Typst takes a variable font at its default, which is often the lightest
                names = frozenset(str(name) for name in font["name"].names if name.nameID in (1, 16))
                bold = font["head"].macStyle & 1  # Fandol's bold says 400 elsewhere
                weight = BOLD if bold else font["OS/2"].usWeightClass
                title = f"{font['name'].getDebugName(6)} {font['head'].fontRevision:.3f}"
                sans = any(word in name for name in names for word in ("Sans", "Hei", "黑"))
                yield Face(path, index, names, weight, title, sans)
    except (TTLibError, KeyError, OSError):  # a damaged or foreign file in a font folder is not ours to judge
        return


@cache
def _roles() -> dict[str, dict[str, int]]:
    """Role → family → weight wanted of it, best first; true 黑体 is dark enough as it is, Noto's is not."""
    found: dict[str, dict[str, int]] = {}
    for row in csv.DictReader((TEMPLATES / "faces.csv").read_text("utf-8").splitlines()):
        found.setdefault(row["role"], {})[row["family"]] = int(row["weight"])
    return found


@cache
def _installed(folders: tuple[Path, ...]) -> tuple[Face, ...]:
    files = (file.resolve() for folder in folders for file in sorted(folder.rglob("*")))
    return tuple(face for file in files if file.suffix.lower() in (".ttf", ".otf", ".ttc") for face in _read(file))


@cache
def choose(folders: tuple[Path, ...] = FOLDERS) -> dict[str, Face]:
    """Role → face, from the fonts in `folders` and, behind them, the wheel's."""
    (wheel,), known = _read(WHEEL), (*_installed(folders), *_installed((WHEEL.parent,)))

    def pick(families: dict[str, int]) -> Face:
        """The first family that is there, in the weight nearest to the wanted one."""
        found = {family: [face for face in known if family in face.names] for family in families}
        family = next(filter(found.get, families))
        return min(found[family], key=lambda face: abs(face.weight - families[family]))

    return {role: pick(families) for role, families in _roles().items()} | {"wheel": wheel}


def faces(folders: tuple[Path, ...] = FOLDERS) -> dict[str, str]:
    """Role → name and version of the face that plays it: what the manifest names."""
    return {role: face.title for role, face in choose(folders).items()}


@cache
def covered(folders: tuple[Path, ...] = FOLDERS) -> frozenset[int]:
    """The code points that every chosen face can show, by itself or with those behind it."""
    from fontTools.ttLib import TTFont

    chosen = choose(folders)
    faces = {face: TTFont(face.path, fontNumber=face.index, lazy=True) for face in chosen.values()}
    shown = {face: frozenset(font.getBestCmap()) for face, font in faces.items()}
    return shown[chosen["fallback"]] | shown[chosen["wheel"]] | frozenset.intersection(*shown.values())


@cache
def typst_fonts(folders: tuple[Path, ...] = FOLDERS) -> tuple[Any, dict[str, tuple[str, int]]]:
    """(typst.Fonts of the chosen faces and of those inside Typst, role → (family as Typst calls it, weight))."""
    import typst

    chosen = choose(folders)
    files = sorted({face.path for face in chosen.values()})
    with tempfile.TemporaryDirectory() as aside:  # Typst takes whole folders; the links lead it to these files alone
        for number, file in enumerate(files):
            Path(aside, f"{number}{file.suffix}").symlink_to(file)
        fonts = typst.Fonts(include_system_fonts=False, font_paths=[aside])
    known = {(font.path, font.index): (font.family, font.weight) for font in fonts.fonts()}
    return fonts, {role: known[str(face.path), face.index] for role, face in chosen.items()}
