"""Texts for people: English sentences in the source, translations in gettext catalogues.

A sentence is written once, in English, where it is used: `texts.gettext("Target %(value)s", value=…)` in Python,
`{{ _("Target %(value)s", value=…) }}` in a template. `make texts` collects them, as `babel.cfg` beside this module
says, into `locale/messages.pot` and the catalogues in `locale/<language>/LC_MESSAGES/messages.po`.

As with the packs' texts, the `.po` file is read as it is: there is no `.mo` that could be stale or forgotten.
"""

import logging
from collections.abc import Mapping
from copy import deepcopy
from functools import cache, lru_cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path

from babel import Locale, localedata
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
        locale = Locale.parse(name.replace("-", "_"))
    except Exception as error:
        raise ValueError(
            f"{name!r} is not a locale; write a language code such as en, vi, fa or zh-Hant."
        ) from error
    _own_data(str(locale))
    return locale


@cache
def _own_data(identifier: str) -> None:
    """Give a locale data that it shares with no other, before any of it is read.

    Babel puts what a locale has for "as elsewhere" into tables that locales share, so that a process that wrote
    Chinese months would write them into Persian dates too.
    """
    localedata._cache[identifier] = deepcopy(localedata.load(identifier))  # noqa: SLF001  there is no other way in


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
        return _filled(self.translations.gettext(message), values)

    def ngettext(self, one: str, many: str, count: int, /, **values: object) -> str:
        """The form of the sentence that `count` asks for, filled from `values`."""
        return _filled(self.translations.ngettext(one, many, count), values)


class Standing(str):
    """Words that have a capital where they stand alone, as `Tháng 10 năm 2026` has, and none inside a sentence."""

    __slots__ = ()

    @property
    def inside(self) -> str:
        """The same words inside a sentence."""
        return self[:1].lower() + self[1:]


def _filled(text: str, values: Mapping[str, object]) -> str:
    """`text` with its places filled; a value keeps the capital of standing alone only where a sentence begins."""
    if not values:
        return text
    return text % {
        name: value.inside if isinstance(value, Standing) and not _begins(text, f"%({name})s") else value
        for name, value in values.items()
    }


def _begins(text: str, place: str) -> bool:
    before = text.partition(place)[0].rstrip()
    return not before or before[-1] in ".!?:·–"


@lru_cache(maxsize=64)
def catalogue(locale: str) -> Catalogue:
    """The shared catalogue of `locale`; read once a process."""
    return Catalogue(locale)
