"""The stylesheet of one document's paper. Its colours are variables, see `brandsheet`."""

from __future__ import annotations

from tallymark.scorecards.document import Document

_SIZES = {"a4": "A4", "letter": "Letter"}
_ORIENTATIONS = ("portrait", "landscape")


def sheet_of(document: Document) -> str:
    """CSS that follows `pdf.css`. What isn't a known paper is A4 upright: no text of the document goes into it."""
    orientation = document.orientation if document.orientation in _ORIENTATIONS else _ORIENTATIONS[0]
    return f"@page {{ size: {_SIZES.get(document.paper, 'A4')} {orientation}; }}"
