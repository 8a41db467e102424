"""Pages of a PDF as pictures, and whether two pictures show the same."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pypdfium2
from PIL import Image

BLOCK = 8
"""Pixels along the side of the squares that are compared: finer differences are the smoothing of letters."""
SHADE = 24
"""How far the mean shade of a square may be off, of 255."""
SHARE = 0.004
"""The part of all squares that may be further off: a library that sets a line a hair lower moves a few."""


def pages_of(pdf: bytes, *, width: int = 700) -> list[Image.Image]:
    """Each page in grey, `width` pixels wide."""
    found = []
    document = pypdfium2.PdfDocument(pdf)
    for number in range(len(document)):
        page = document[number]
        found.append(page.render(scale=width / page.get_width()).to_pil().convert("L"))
        page.close()
    document.close()
    return found


@dataclass(frozen=True, kw_only=True)
class Difference:
    """How two pictures differ: the part of squares that are off, and where most of them lie, from 0 (top) to 1."""

    share: float
    where: float

    @property
    def visible(self) -> bool:
        """Whether somebody would see it."""
        return self.share > SHARE


def difference(one: Image.Image, other: Image.Image) -> Difference:
    """Compare two pictures of one width; what one has below the other's end counts in full."""
    shades = [_squares(picture) for picture in (one, other)]
    height = max(len(shade) for shade in shades)
    first, second = (
        np.pad(shade, ((0, height - len(shade)), (0, 0)), constant_values=255) for shade in shades
    )
    off = np.abs(first - second) > SHADE
    rows = np.flatnonzero(off.any(axis=1))
    return Difference(share=float(off.mean()), where=float(np.median(rows) / height) if len(rows) else 0.0)


def _squares(picture: Image.Image) -> np.ndarray:
    width, height = (side // BLOCK for side in picture.size)
    return np.asarray(picture.resize((width, height), Image.Resampling.BOX), dtype=float)


def keep(picture: Image.Image, path: Path) -> None:
    """Write a picture small: sixteen shades are enough to compare by."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.quantize(16).save(path, optimize=True)
