"""Texts for people: English sentences in the source, translations in gettext catalogues.

A sentence is written once, in English, where it is used: `texts.gettext("Target %(value)s", value=…)` in Python,
`{{ _("Target %(value)s", value=…) }}` in a template. `babel.cfg` beside this module collects them into
`locale/messages.pot`; a language is added by a catalogue in `locale/<language>/LC_MESSAGES/messages.po`.
"""

from functools import lru_cache
from gettext import NullTranslations
from pathlib import Path

from babel import Locale
from babel.support import Translations

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


def _fallbacks(locale: Locale) -> list[str]:
    """Catalogue folders to look in, the most particular first: zh_Hant_TW, zh_Hant, zh."""
    parts = [part for part in (locale.language, locale.script, locale.territory) if part]
    return ["_".join(parts[:length]) for length in range(len(parts), 0, -1)]


class Catalogue:
    """The texts of one language. English needs no file: its sentences are the keys."""

    def __init__(self, locale: str, translations: NullTranslations | None = None) -> None:
        self.locale = parse_locale(locale)
        if translations is None:
            translations = Translations.load(str(LOCALE_DIR), _fallbacks(self.locale))
        self.translations = translations

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


def mark(message: str) -> str:
    """Return `message` as it is, having marked it for the collector (for texts kept in tables)."""
    return message
