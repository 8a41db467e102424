"""Text as people of four languages type it, folded to what the parsers read."""

import re
import unicodedata
from collections.abc import Collection

_REMOVED = (
    "\ufeff\u200b\u200c\u200d\u2060\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_FOLDED: dict[str, str | None] = {
    **{chr(0x06F0 + n): str(n) for n in range(10)},  # Persian
    **{chr(0x0660 + n): str(n) for n in range(10)},  # Arabic
    **{chr(0xFF10 + n): str(n) for n in range(10)},  # full-width
    **dict.fromkeys(_REMOVED),
    **dict.fromkeys(_SPACES, " "),
    **dict(zip("／．，－：％＄（）＋￥", "/.,-:%$()+¥", strict=True)),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
    "٪": "%",
    "ي": "ی",
    "ك": "ک",
    "’": "'",
}
_TABLE = str.maketrans(_FOLDED)
# Marks that stand for an empty cell in any column, and words that do so only where a number or date is due
# ("NA" is also Namibia, "None" may be an answer).
NOTHING = frozenset({"", "-", "--", "null", "(null)", "n/a", "#n/a", "\\n", "(blank)", "<null>"})
_NOTHING_TYPED = NOTHING | {"na", "none", "nil", "nan", "nat", "tbd", "?", "---", "không có", "ندارد", "無"}
_FIRST = {word[:1] for word in _NOTHING_TYPED}
_BEGINNINGS = frozenset(
    {c for first in _FIRST for c in (first, first.upper())}
    | {c for c, folded in _FOLDED.items() if folded is None or folded in _FIRST or folded == " "}
    | set(" \t\r\n\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029")
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_BETWEEN_WORDS = re.compile(r"[\s_\-./:#()\[\]*]+")


def fold(text: str) -> str:
    """ASCII digits and marks, Persian letters, plain spaces, no invisible characters."""
    return text if text.isascii() else text.translate(_TABLE)


def tidy(text: str) -> str:
    """A text value as it is kept: NFC, without space or invisible characters around it."""
    if text.isascii():
        return text.strip()
    return unicodedata.normalize("NFC", text).strip().strip(_REMOVED).strip()


def is_nothing(text: str, *, typed: bool = False, extra: Collection[str] = ()) -> bool:
    """Whether a cell stands for an empty one.

    `typed` also takes words such as "none" for nothing, for columns of numbers, dates and choices.
    `extra` are the file's own marks, already passed through `key`.
    """
    if text[:1] not in _BEGINNINGS and not extra:
        return False  # most cells: reading a million of them should not fold each
    bare = fold(text).strip().casefold()
    return bare in (_NOTHING_TYPED if typed else NOTHING) or (bool(extra) and key(text) in extra)


def key(text: str) -> str:
    """What two spellings of the same value have in common: NFC, folded, lower case, single spaces."""
    return " ".join(unicodedata.normalize("NFC", fold(text)).casefold().split())


def header_key(text: str) -> str:
    """What two spellings of the same header have in common: `CloseDate`, `close_date` and `Close Date`."""
    words = _BETWEEN_WORDS.split(_CAMEL.sub(" ", unicodedata.normalize("NFC", fold(text))))
    return " ".join(word for word in words if word).casefold()
