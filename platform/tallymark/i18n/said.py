"""Sentences that were said elsewhere, in the reader's language: of errors, of jobs, of what is stored.

What is stored (why a run failed, which step it is at) is an English sentence with its values filled in, so that logs,
the command line and the database read plainly. For a page it is recognised by the catalogue's own English sentences:
the one it was made from gives the translation, and what stood in its places goes into the translation's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from babel.messages.pofile import read_po

from tallymark.i18n.catalogue import LOCALE_DIR
from tallymark_sdk.said import Said, said_by
from tallymark_sdk.texts import SDK

if TYPE_CHECKING:
    from tallymark.i18n.formatter import Formatter

FEWEST_LETTERS = 8
"""Letters that a sentence with places must have beside them to be recognised by."""

_PLACE = re.compile(r"%\((\w+)\)s")
_INTEGER = re.compile(r"\d{1,3}(,\d{3})+|\d{1,15}")
_OURS = re.compile(r"[a-z]+( [a-z]+)*")
_SENTENCES = re.compile(r"(?<=[.?!]) (?=[A-Z\"'])")


def in_words(said: Said | BaseException | str, formatter: Formatter) -> str:
    """The sentence in the formatter's language, the numbers and dates in it as the formatter writes them."""
    if isinstance(said, BaseException):
        said = said_by(said)
    if isinstance(said, str):
        said = Said(said)
    if not said.values and formatter.texts.speaks_the_source:
        return said.text
    if not said.values:
        return _recognised(said.text, formatter)
    return formatter.texts.gettext(
        said.text, **{name: _value(value, formatter) for name, value in said.values.items()}
    )


def _value(value: object, formatter: Formatter) -> str:
    if isinstance(value, Said):
        return in_words(value, formatter)
    if isinstance(value, datetime):
        return formatter.moment(value)
    if isinstance(value, date):
        return formatter.date(value)
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        whole = value == int(value)
        return formatter.number(value, 0 if whole else 2)
    if isinstance(value, tuple | list):
        return formatter.listing([_value(each, formatter) for each in value])
    return _words(str(value), formatter)


def _words(text: str, formatter: Formatter) -> str:
    """Text in a place: a sentence or a word of ours in the reader's language, else a name as it is."""
    inner = text.strip()
    ours = " " in inner or _OURS.fullmatch(inner)
    said = _recognised(inner, formatter) if ours else inner
    return f"{text[: len(text) - len(text.lstrip())]}{said}" if said != inner else formatter.name(text)


def _recognised(text: str, formatter: Formatter) -> str:
    if found := _as_one(text, formatter):
        return found
    parts = _SENTENCES.split(text)
    if len(parts) > 1 and all(told := [_as_one(part, formatter) for part in parts]):
        return " ".join(each for each in told if each)
    return SDK.text(text, formatter.locale)


def _as_one(text: str, formatter: Formatter) -> str | None:
    exact, _ = _known()
    if text in exact:
        return formatter.texts.gettext(text)
    made = _made_of(text)
    if made is None:
        return None
    message, values = made
    return formatter.texts.gettext(
        message, **{name: _value(_typed(value), formatter) for name, value in values.items()}
    )


def _typed(value: str) -> object:
    """What stood in a place: a number or a day where it looks like one, else text."""
    if _INTEGER.fullmatch(value) and not (value.startswith("0") and len(value) > 1):
        return int(value.replace(",", ""))
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value


@lru_cache(maxsize=512)
def _made_of(text: str) -> tuple[str, Mapping[str, str]] | None:
    """The known sentence that `text` fills in, that with most letters of its own, and what stands in its places."""
    _, patterns = _known()
    for message, pattern in patterns:
        if found := pattern.fullmatch(text):
            return message, found.groupdict()
    return None


@cache
def _known() -> tuple[frozenset[str], tuple[tuple[str, re.Pattern[str]], ...]]:
    """Every English text, and a pattern of each with places, the most particular first."""
    with (LOCALE_DIR / "messages.pot").open("rb") as file:
        texts = [message.id for message in read_po(file) if isinstance(message.id, str) and message.id]
    filled = [text for text in texts if _PLACE.search(text)]
    filled.sort(key=_letters, reverse=True)
    return frozenset(texts), tuple(
        (text, _pattern(text)) for text in filled if _letters(text) >= FEWEST_LETTERS
    )


def _letters(text: str) -> int:
    return sum(char.isalpha() for char in _PLACE.sub("", text))


def _pattern(text: str) -> re.Pattern[str]:
    made, seen = "", set()
    for index, part in enumerate(_PLACE.split(text)):
        if index % 2 == 0:
            made += re.escape(part.replace("%%", "%"))
        else:
            made += f"(?P={part})" if part in seen else f"(?P<{part}>.+?)"
            seen.add(part)
    return re.compile(made, re.DOTALL)
