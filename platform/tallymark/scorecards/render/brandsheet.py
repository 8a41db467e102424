"""The one place where a brand's colours reach paper: variables that `pdf.css` paints with."""

import re

from tallymark.scorecards.charts.shapes import tint
from tallymark.scorecards.document import Brand

PRIMARY, DEEP = "#1d4ed8", "#16224f"
SHADES = 10
_FULL = 0.6
"""The strongest shade of a heat map: dark figures can still be read on it."""
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def brand_colours(brand: Brand | None) -> tuple[str, str]:
    """Primary and deep colour; our own where there is no brand, or where what it has is no colour."""
    primary, deep = (brand.primary, brand.deep) if brand else ("", "")
    return (
        primary if _COLOUR.fullmatch(primary) else PRIMARY,
        deep if _COLOUR.fullmatch(deep) else DEEP,
    )


def brand_sheet(brand: Brand | None) -> str:
    """`html { --brand: …; … }`: the colours and the tints made of them."""
    primary, deep = brand_colours(brand)
    shades = [f"--h{shade}: {tint(primary, shade / SHADES * _FULL)}" for shade in range(SHADES + 1)]
    names = [f"--brand: {primary}", f"--deep: {deep}", f"--area: {tint(primary, 0.1)}", *shades]
    return "html { " + "; ".join(names) + " }"
