"""Reasons for missing values and rows left out, in a reader's language.

A reason is stored and computed with as its English sentence; it is put into words where somebody reads it.
"""

from __future__ import annotations

import re
from typing import Final

from tallymark_sdk.rowwords import RowWords, Translate, words

PLAIN: Final = (
    "not connected",
    "no value",
    "nothing to divide by",
    "no rows in the period",
    "no exchange rate",
    "deleted in the source",
    "no target set",
    "no data before the first sync",
)
NOT_CONNECTED: Final = "not connected: {name}"
NO_DATE: Final = "no date ({name})"
NONE_OF: Final = "no {name}"
COMPARED_WITH: Final = "{reason} (in the period compared with)"
PHRASES: Final = frozenset({*PLAIN, NOT_CONNECTED, NO_DATE, NONE_OF, COMPARED_WITH})


def reason_in_words(reason: str, translate: Translate) -> str:
    """The engine's or a pack's reason in the reader's language; one that nobody translated stays English."""
    said = translate(reason)
    if said != reason or reason in PLAIN:
        return said
    language = RowWords(translate)
    if inner := _inside(COMPARED_WITH, reason):
        return language.say(COMPARED_WITH, reason=reason_in_words(inner, translate))
    for phrase in (NOT_CONNECTED, NO_DATE, NONE_OF):
        name = _inside(phrase, reason)
        # "no {name}" fits any sentence that begins so; only a name that has a word of its own is one.
        if name and (phrase != NONE_OF or translate(words(name)) != name):
            return language.say(phrase, name=language.name(name))
    return reason


def _inside(phrase: str, reason: str) -> str | None:
    """What stands in the phrase's one place, where `reason` is worded so."""
    pattern = re.sub(r"\\\{\w+\\\}", "(.+)", re.escape(phrase))
    found = re.fullmatch(pattern, reason)
    return found[1] if found else None
