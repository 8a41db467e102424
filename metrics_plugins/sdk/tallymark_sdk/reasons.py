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
    "no date",
    "no period",
    "nothing to divide by",
    "no rows in the period",
    "no exchange rate",
    "deleted in the source",
    "no data before the first sync",
    "no target set",
    "no target set for the whole period",
    "no exchange rate for the target",
    "different targets are set for the same period",
    "its target changes within the period",
    "its weights don't fit its period",
    "ended without an answer",
    "answered in another way than by returning a table",
    "its answer is too long",
    "could not be started",
    "ended itself instead of returning",
    "tried what isn't allowed",
    "made a system call that isn't allowed, such as starting a process or using the network",
    "was killed from outside, as a machine does that is short of memory",
)
COMPARED_WITH: Final = "{reason} (in the period compared with)"
NAMED: Final = ("not connected: {name}", "no date ({name})")
COUNTED: Final = (
    "stopped after {number} seconds",
    "used more than {number} MB",
    "was ended by signal {number}",
)
QUOTING: Final = (
    "raised {text}",
    "crashed ({text})",
    "could not be imported: {text}",
    "tried to import {text} while it ran; import it at the top of the module",
)
"""What a metric's own program did; the text is the program's and stays as it is."""
NONE_OF: Final = "no {name}"
PHRASES: Final = frozenset({*PLAIN, COMPARED_WITH, *NAMED, *COUNTED, *QUOTING, NONE_OF})


def reason_in_words(reason: str, translate: Translate) -> str:
    """The engine's or a pack's reason in the reader's language; one that nobody translated stays English."""
    language = RowWords(translate)
    if inner := _inside(COMPARED_WITH, reason):
        return language.say(COMPARED_WITH, reason=reason_in_words(inner, translate))
    for phrase in COUNTED:
        if number := _inside(phrase, reason):
            return language.say(phrase, number=language.figure(number))
    for phrase in QUOTING:
        if text := _inside(phrase, reason):
            return language.say(phrase, text=text)
    said = authored_reason(reason, translate)
    name = _inside(NONE_OF, reason)
    # "no {name}" fits any sentence that begins so; only a name that has a word of its own is one.
    if said == reason and name and translate(words(name)) != name:
        return language.say(NONE_OF, name=language.name(name))
    return said


def authored_reason(reason: str, translate: Translate) -> str:
    """A reason of a pack's own `leave_out`: worded as one of the kit's, or a text of the pack."""
    for phrase in NAMED:
        if name := _inside(phrase, reason):
            language = RowWords(translate)
            return language.say(phrase, name=language.name(name))
    return translate(reason)


def _inside(phrase: str, reason: str) -> str | None:
    """What stands in the phrase's one place, where `reason` is worded so."""
    pattern = re.sub(r"\\\{\w+\\\}", "(.+)", re.escape(phrase))
    found = re.fullmatch(pattern, reason)
    return found[1] if found else None
