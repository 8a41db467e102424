"""Where our pages find the look of an edition: its logo and its colours."""

from __future__ import annotations

import re

from flask import url_for

from tallymark.scorecards.document import Document

_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_COLOUR = re.compile(r"#[0-9a-f]{6}", re.ASCII)


def logo_address(document: Document) -> str | None:
    """The logo that the edition was made with; None where it has none."""
    name = document.cover.logo or ""
    return url_for("branding.logo", digest=name) if _DIGEST.fullmatch(name) else None


def colours_address(document: Document) -> str | None:
    """A stylesheet with its brand's colour; None where it has the product's own."""
    primary = document.brand.primary if document.brand else ""
    return (
        url_for("branding.colours", digits=primary.removeprefix("#")) if _COLOUR.fullmatch(primary) else None
    )
