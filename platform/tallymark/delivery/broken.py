"""Whether the reason for a missing value is a breakdown of ours, or just what the data is like."""

from __future__ import annotations

import re
from functools import lru_cache

from tallymark_sdk.reasons import COUNTED, PLAIN, QUOTING
from tallymark_sdk.texts import SDK

_BROKEN = (
    *PLAIN[PLAIN.index("ended without an answer") :],
    *COUNTED,
    *QUOTING,
    "could not be computed",
    "could not be computed: {text}",
)
_PLACE = re.compile(r"\\\{\w+\\\}")


def is_breakdown(reason: str, locale: str) -> bool:
    """Whether a tile's reason, in its reader's language, says that the KPI's computation went wrong."""
    return bool(_pattern(locale).search(reason))


@lru_cache(maxsize=16)
def _pattern(locale: str) -> re.Pattern[str]:
    # In English too: a reason that nobody translated stays as it is.
    said = {text for phrase in _BROKEN for text in (phrase, SDK.text(phrase, locale))}
    return re.compile("|".join(_PLACE.sub(".+", re.escape(text)) for text in sorted(said)))
