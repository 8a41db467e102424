"""What the terms and causes of a bridge are called."""

from __future__ import annotations

from collections.abc import Mapping

from tallymark.i18n import Catalogue, mark

TERMS: Mapping[str, str] = {
    "restatement": mark("Restatement"),
    "organisation": mark("Organisation"),
    "volume": mark("Volume"),
    "mix": mark("Mix"),
    "price": mark("Price"),
    "without_quantity": mark("Rows without a quantity"),
    "currency": mark("Exchange rates"),
    "price_and_currency": mark("Price and exchange rates"),
    "rate": mark("Rates within segments"),
    "without_base": mark("Segments without a base"),
    "rate_and_mix": mark("Rates and mix"),
}
CAUSES: Mapping[str, str] = {
    "deleted": mark("Deleted since"),
    "redated": mark("Moved to or from another date"),
    "reowned": mark("Moved to or from another member"),
    "changed": mark("Amount changed"),
    "dropped": mark("Counts no longer"),
    "added": mark("Added since"),
    "counted": mark("Counts only now"),
}


def term_name(key: str, texts: Catalogue) -> str:
    """A term as people call it."""
    return texts.gettext(TERMS[key])


def cause_name(key: str, texts: Catalogue) -> str:
    """A cause of a restatement as people call it."""
    return texts.gettext(CAUSES[key])
