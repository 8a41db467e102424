"""The stylesheet of one document: its paper, and its brand's colours."""

from __future__ import annotations

import re

from tallymark.scorecards.document import Brand, Document

_SIZES = {"a4": "A4", "letter": "Letter"}
_ORIENTATIONS = ("portrait", "landscape")
_COLOUR = re.compile(r"#[0-9a-f]{6}", re.ASCII | re.IGNORECASE)


def sheet_of(document: Document) -> str:
    """CSS that follows `pdf.css`. What isn't one of the known values is left as it is there: no text goes into it."""
    orientation = document.orientation if document.orientation in _ORIENTATIONS else _ORIENTATIONS[0]
    rules = [f"@page {{ size: {_SIZES.get(document.paper, 'A4')} {orientation}; }}"]
    brand = document.brand
    if brand is not None and _COLOUR.fullmatch(brand.primary) and _COLOUR.fullmatch(brand.deep):
        rules += _colours(brand)
    return "\n".join(rules)


def _colours(brand: Brand) -> list[str]:
    return [
        f".cover {{ background: linear-gradient(100deg, {brand.deep} 0%, {brand.deep} 24%, {brand.primary} 100%); }}",
        f".company .mark {{ color: {brand.deep}; }}",
        f".running-head .mark, .said li::before, .badge {{ background: {brand.primary}; }}",
        f".key.actual::before, .key.missed::before {{ border-color: {brand.primary}; }}",
    ]
