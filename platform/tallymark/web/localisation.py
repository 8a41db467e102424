"""Which language, calendar and zone a request speaks, and the texts and numbers of its pages."""

from dataclasses import dataclass
from typing import cast

from flask import Flask, g, has_request_context, request

from tallymark.i18n.catalogue import Catalogue, catalogue
from tallymark.i18n.formatter import Formatter

# Languages that have a catalogue; English is the source.
LANGUAGES = {"en": "English"}


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
    for tag in request.accept_languages.values():
        known = _BY_TAG.get(tag.lower()) or _BY_TAG.get(tag.lower().split("-")[0])
        if known:
            currency, calendar, timezone = known
            language = tag.lower().split("-")[0]
            locale = language if language in LANGUAGES else "en"
            return Guess(locale=locale, currency=currency, calendar=calendar, timezone=timezone)
    return Guess(locale="en", currency="USD", calendar="gregorian", timezone="UTC")


def texts() -> Catalogue:
    """The catalogue of the running request."""
    return formatter().texts


def formatter() -> Formatter:
    """How the running request writes numbers and dates: as its tenant does, else as the browser asks."""
    if "formatter" not in g or g.get("formatter_place") is not g.get("place"):
        g.formatter_place = g.get("place")
        g.formatter = _make_formatter()
    return cast(Formatter, g.formatter)


def gettext(message: str, /, **values: object) -> str:
    """The text in the request's language; English where there is no request (names of form fields)."""
    return (
        texts().gettext(message, **values)
        if has_request_context()
        else catalogue("en").gettext(message, **values)
    )


def ngettext(one: str, many: str, count: int, /, **values: object) -> str:
    """The form of a sentence that `count` asks for."""
    return texts().ngettext(one, many, count, **values)


def init_localisation(app: Flask) -> None:
    """Give templates `_`, `ngettext`, `fmt` (the formatter), `lang` and `dir`."""
    # Globals, not context: macros are imported without the context of the page.
    app.jinja_env.globals.update(_=gettext, ngettext=ngettext)

    @app.context_processor
    def _language() -> dict[str, object]:
        words = texts()
        return {"fmt": formatter(), "lang": words.tag, "dir": words.direction}


def _make_formatter() -> Formatter:
    place = g.get("place")
    if place is not None:
        profile = place.profile
        return Formatter.of(
            profile.locale,
            profile.currency,
            profile.calendar,
            profile.timezone,
            money_display=profile.money_display,
        )
    locale = request.accept_languages.best_match(list(LANGUAGES)) or "en"
    return Formatter.of(locale, "USD")
