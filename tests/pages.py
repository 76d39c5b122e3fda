"""What a PDF looks like on paper: how full its pages are, measured on their images."""

import re
import shutil
import subprocess
from pathlib import Path

import pypdfium2

from needs import need

FULL = 0.7  # of the type area
TOP, BOTTOM = 37 / 297, 262 / 297  # of the type area, as shares of the page


def fills(pdf: Path, folder: Path) -> list[float]:
    """How far down the type area the lowest mark of each page stands: 0 to 1."""
    need(shutil.which("pdftoppm"), "no pdftoppm")
    subprocess.run(["pdftoppm", "-r", "50", "-gray", pdf, folder / "page"], check=True, capture_output=True)
    found = []
    for image in sorted(folder.glob("page-*.pgm")):
        _, size, _, pixels = image.read_bytes().split(b"\n", 3)
        width, height = map(int, size.split())
        rows = [pixels[n * width : (n + 1) * width] for n in range(int(TOP * height), int(BOTTOM * height))]
        found.append(max((n for n, row in enumerate(rows, 1) if min(row) < 160), default=0) / len(rows))
    return found


def loose(pdf: Path, folder: Path) -> dict[int, float]:
    """The pages that are less than `FULL`, those apart that end the report or come before an annex."""
    marks = [(mark.get_title(), mark.get_dest().get_index()) for mark in pypdfium2.PdfDocument(pdf).get_toc()]
    shares = fills(pdf, folder)
    last = {len(shares) - 1, *(page - 1 for title, page in marks if re.match(r"附件\d", title))}
    return {n + 1: round(share, 2) for n, share in enumerate(shares) if share < FULL and n not in last}
