"""Texts for people: English sentences in the source, translations in gettext catalogues.

A sentence is written once, in English, where it is used: `texts.gettext("Target %(value)s", value=…)` in Python,
`{{ _("Target %(value)s", value=…) }}` in a template. `make texts` collects them, as `babel.cfg` beside this module
says, into `locale/messages.pot` and the catalogues in `locale/<language>/LC_MESSAGES/messages.po`.

As with the packs' texts, the `.po` file is read as it is: there is no `.mo` that could be stale or forgotten.
"""

import logging
from functools import cache, lru_cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from babel.support import Translations

from tallymark_sdk.said import mark
from tallymark_sdk.texts import ENGLISH, language_of

__all__ = ["Catalogue", "catalogue", "mark", "parse_locale", "translations"]

log = logging.getLogger(__name__)

LOCALE_DIR = Path(__file__).parent / "locale"


def parse_locale(name: str) -> Locale:
    """The locale called `name`, written with a hyphen or an underscore (`zh-Hant`, `vi_VN`).

    Raises ValueError with one clear sentence when it isn't a locale anybody knows.
    """
    try:
        return Locale.parse(name.replace("-", "_"))
    except Exception as error:
        raise ValueError(
            f"{name!r} is not a locale; write a language code such as en, vi, fa or zh-Hant."
        ) from error


@cache
def translations(language: str) -> NullTranslations:
    """The translations into one of the SDK's `LANGUAGES`; those of English give every text back as it is."""
    place = LOCALE_DIR / language / "LC_MESSAGES" / "messages.po"
    if language == ENGLISH or not place.is_file():
        return NullTranslations()
    try:
        with place.open("rb") as file:
            known = read_po(file, locale=language, abort_invalid=True)
    except (PoFileError, ValueError) as error:
        # A broken catalogue costs its language, never the page.
        log.warning("texts in %s can't be read: %s", language, error)
        return NullTranslations()
    return _compiled(known)


def _compiled(known: Catalog) -> Translations:
    compiled = BytesIO()
    write_mo(compiled, known)
    compiled.seek(0)
    return Translations(compiled)


class Catalogue:
    """The texts of one language. English needs no file: its sentences are the keys."""

    def __init__(self, locale: str, known: NullTranslations | None = None) -> None:
        self.locale = parse_locale(locale)
        self.translations = translations(language_of(locale)) if known is None else known

    @property
    def speaks_the_source(self) -> bool:
        """Whether every text comes back as it is written in the source."""
        return type(self.translations) is NullTranslations

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`, for the `dir` attribute."""
        return self.locale.text_direction

    @property
    def tag(self) -> str:
        """The language tag for the `lang` attribute, such as `zh-Hant`."""
        return str(self.locale).replace("_", "-")

    def gettext(self, message: str, /, **values: object) -> str:
        """`message` in this language, its `%(name)s` places filled from `values`."""
        text = self.translations.gettext(message)
        return text % values if values else text

    def ngettext(self, one: str, many: str, count: int, /, **values: object) -> str:
        """The form of the sentence that `count` asks for, filled from `values`."""
        text = self.translations.ngettext(one, many, count)
        return text % values if values else text


@lru_cache(maxsize=64)
def catalogue(locale: str) -> Catalogue:
    """The shared catalogue of `locale`; read once a process."""
    return Catalogue(locale)
