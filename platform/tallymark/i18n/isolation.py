"""Keeps a number or a name from reordering the sentence round it, in text that may mix directions."""

import unicodedata

from tallymark.i18n.conventions import FIRST_STRONG_ISOLATE, POP_ISOLATE

_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN", "RLE", "RLO", "RLI"})
_CONTROLS = dict.fromkeys(map(ord, "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))


def has_right_to_left(text: str) -> bool:
    """Whether any character of `text` runs from right to left."""
    return any(unicodedata.bidirectional(char) in _RIGHT_TO_LEFT for char in text)


def bare(text: str) -> str:
    """`text` without direction controls, so that a name can neither leak its order nor end our isolate."""
    return text.translate(_CONTROLS)


def isolate(text: str, direction: str) -> str:
    """`text` in U+2068 … U+2069 where its direction could disturb a line that runs in `direction`.

    Left-to-right pages keep plain text plain, so that searching and copying find what is seen.
    """
    if direction == "ltr" and not has_right_to_left(text):
        return text
    return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}"
