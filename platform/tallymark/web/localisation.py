"""Which language, calendar and zone a request speaks, and the texts and numbers of its pages.

The language is the reader's: their own choice, else what this browser was switched to, else the company's, else what
the browser asks for. Currency, calendar and time zone are always the company's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from flask import Flask, g, has_request_context, request
from flask import session as cookie
from flask_login import current_user

from tallymark.i18n.catalogue import Catalogue, catalogue
from tallymark.i18n.formatter import Formatter
from tallymark_sdk.said import Said
from tallymark_sdk.texts import ENGLISH, TAGS, is_language, language_of

# What each language calls itself, by its tag.
LANGUAGES = {"en": "English", "vi": "Tiếng Việt", "fa": "فارسی", "zh-Hant": "繁體中文"}

SWITCHED = "language"
"""Where the browser's cookie keeps the language it was switched to."""


@dataclass(frozen=True, kw_only=True)
class Guess:
    """What a browser's languages tell about a new company; every part can be changed in the form."""

    locale: str
    currency: str
    calendar: str
    timezone: str


_BY_TAG = {
    "en-gb": ("GBP", "gregorian", "Europe/London"),
    "en-au": ("AUD", "gregorian", "Australia/Sydney"),
    "en-ca": ("CAD", "gregorian", "America/Toronto"),
    "en-in": ("INR", "gregorian", "Asia/Kolkata"),
    "en-sg": ("SGD", "gregorian", "Asia/Singapore"),
    "en": ("USD", "gregorian", "America/New_York"),
    "vi": ("VND", "gregorian", "Asia/Ho_Chi_Minh"),
    "fa": ("IRR", "jalali", "Asia/Tehran"),
    "zh": ("TWD", "gregorian", "Asia/Taipei"),
    "de": ("EUR", "gregorian", "Europe/Berlin"),
    "fr": ("EUR", "gregorian", "Europe/Paris"),
    "es": ("EUR", "gregorian", "Europe/Madrid"),
    "ja": ("JPY", "gregorian", "Asia/Tokyo"),
}


def guess_from_browser() -> Guess:
    """Read the browser's languages, the most wanted first, by whole tag and then by language."""
    switched = cookie.get(SWITCHED)
    for tag in [*([switched] if switched else []), *request.accept_languages.values()]:
        known = _BY_TAG.get(tag.lower()) or _BY_TAG.get(tag.lower().split("-")[0])
        if known:
            currency, calendar, timezone = known
            return Guess(
                locale=switched or TAGS[language_of(tag)],
                currency=currency,
                calendar=calendar,
                timezone=timezone,
            )
    return Guess(locale=switched or "en", currency="USD", calendar="gregorian", timezone="UTC")


def texts() -> Catalogue:
    """The catalogue of the running request."""
    return formatter().texts


def formatter() -> Formatter:
    """How the running request writes text, numbers and dates."""
    asked = (g.get("place"), reader_locale())
    if g.get("formatter_for") != asked:
        g.formatter_for = asked
        g.formatter = _make_formatter(reader_locale())
    return cast(Formatter, g.formatter)


def reader_locale() -> str:
    """The locale that the reader of this request's page gets it in."""
    own = getattr(current_user, "locale", None) or cookie.get(SWITCHED)
    if own:
        return str(own)
    place = g.get("place")
    return place.profile.locale if place is not None else browser_locale()


def browser_locale() -> str:
    """The first of the browser's languages that has texts; English where none has."""
    tags = (tag for tag in request.accept_languages.values() if is_language(tag))
    return TAGS[language_of(next(tags, ENGLISH))]


class Later:
    """A text of a form's field or a table, made before there is a reader: it is translated when it is shown."""

    def __init__(self, message: str, values: Mapping[str, object]) -> None:
        self._message, self._values = message, values

    def __str__(self) -> str:
        words = texts() if has_request_context() else catalogue("en")
        return words.gettext(self._message, **self._values)

    def __mod__(self, values: object) -> str:
        return str(self) % values


def gettext(message: str, /, **values: object) -> str:
    """The text in the request's language; where there is no request, one that finds its language when it is shown."""
    if has_request_context():
        return texts().gettext(message, **values)
    return cast(str, Later(message, values))


def say(what: Said | BaseException | str) -> str:
    """A sentence of an error, of a job or of what is stored, in the request's language."""
    return formatter().said(what)


def ngettext(one: str, many: str, count: int, /, **values: object) -> str:
    """The form of a sentence that `count` asks for."""
    return texts().ngettext(one, many, count, **values)


def init_localisation(app: Flask) -> None:
    """Give templates `_`, `ngettext`, `fmt` (the formatter), `lang` and `dir`."""
    # Globals, not context: macros are imported without the context of the page.
    app.jinja_env.globals.update(_=gettext, ngettext=ngettext, say=say)

    @app.context_processor
    def _language() -> dict[str, object]:
        words = texts()
        return {"fmt": formatter(), "lang": words.tag, "dir": words.direction, "languages": LANGUAGES}


def _make_formatter(locale: str) -> Formatter:
    place = g.get("place")
    if place is None:
        return Formatter.of(locale, "USD")
    profile = place.profile
    return Formatter.of(
        locale, profile.currency, profile.calendar, profile.timezone, money_display=profile.money_display
    )
