"""A company's colour on a wall, which is always dark."""

from tallymark.branding.colours import PRIMARY, nearest_readable, on_dark
from tallymark.scorecards.document import Document

PAPER = "#131b2d"
"""The ground of a wall's panels, as css/wall.css has it."""

_AREA = 0.2
_SHADES = 10
_DEEPEST = 0.6  # of a cohort's cells, which are written on in white


def colour_of(document: Document | None) -> str:
    """The six digits of the document's own colour; empty where it has the product's."""
    primary = document.brand.primary if document and document.brand else PRIMARY
    return "" if primary == PRIMARY else primary.removeprefix("#")


def rules(colour: str) -> str:
    """CSS that paints a wall in the colour ("#rrggbb"). Plain colours only: televisions have old browsers."""
    brand = on_dark(colour)
    shades = (
        f".wall .shade-{step} {{ background: {nearest_readable(_mixed(brand, _DEEPEST * step / _SHADES))}; }}"
        for step in range(1, _SHADES + 1)
    )
    return "\n".join((f".wall {{ --brand: {brand}; --area: {_mixed(brand, _AREA)}; }}", *shades, ""))


def _mixed(colour: str, part: float) -> str:
    """So much of the colour on the panels' ground."""
    pairs = ((int(colour[at : at + 2], 16), int(PAPER[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(over * part + under * (1 - part)):02x}" for over, under in pairs)
