"""A pack's texts in other languages, from the gettext catalogues in its own package.

English is the source: a metric's name, description, part names, parameter descriptions and reasons are the msgids. A
translation stands in `<package>/locale/<language>/LC_MESSAGES/<family>.po`, where `<package>` is the nearest package
at or above the entry point's module that has a folder `locale`. A pack that is one lone module, beside no package, has
nowhere to keep translations and stays English.

The `.po` file is read as it is. A compile step to `.mo` would bring a second file that can be stale or forgotten, and
would save a few milliseconds once in a process.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO
from typing import Final, TypeAlias

from babel import Locale, UnknownLocaleError
from babel.messages.pofile import PoFileError, read_po

log = logging.getLogger(__name__)

Translate: TypeAlias = Callable[[str], str]

ENGLISH: Final = "en"
LANGUAGES: Final = ("vi", "fa", "zh_Hant")
"""The languages that texts are translated into; the folder names of catalogues."""

TAGS: Final[Mapping[str, str]] = {"en": "en", "vi": "vi", "fa": "fa", "zh_Hant": "zh-Hant"}
"""Language → its tag, as web pages and JSON write it."""

_SIMPLIFIED = frozenset({"CN", "SG", "MY"})
_PLACES = re.compile(r"\{[a-z_]*\}|%\([a-z_]+\)[sd]")


def language_of(locale: str) -> str:
    """The language whose texts a reader of `locale` gets: "en" or one of `LANGUAGES`.

    `zh-Hant`, `zh_TW` and plain `zh` are Traditional Chinese; Simplified Chinese has no texts, so its readers get
    English, as do those of every other language.
    """
    try:
        found = Locale.parse(locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError):
        return ENGLISH
    if found.language == "zh":
        simplified = found.script == "Hans" or (found.script is None and found.territory in _SIMPLIFIED)
        return ENGLISH if simplified else "zh_Hant"
    return found.language if found.language in LANGUAGES else ENGLISH


def is_language(tag: str) -> bool:
    """Whether `tag` names a language that has texts, however it is written (`zh-Hant`, `zh_TW`, `vi_VN`)."""
    return language_of(tag) != ENGLISH or tag.replace("_", "-").lower().partition("-")[0] == ENGLISH


def places(message: str) -> frozenset[str]:
    """The named places of a text, such as `{days}` or `%(days)s`; a translation has the same ones."""
    return frozenset(_PLACES.findall(message))


@dataclass(frozen=True)
class Domain:
    """The texts of one family of metrics.

    Attributes:
        package: the package whose folder `locale` holds the catalogues; "" where the pack has none.
        family: the entry point's name; the catalogues' file name.
    """

    package: str
    family: str

    @classmethod
    def of(cls, module: str, family: str) -> Domain:
        """The domain of a pack whose entry point names `module`; the module is imported if it isn't yet."""
        return cls(home(module), family)

    def text(self, message: str, locale: str) -> str:
        """`message` in the reader's language, English where there is no (fit) translation."""
        return self.translations(language_of(locale)).get(message, message)

    def translations(self, language: str) -> Mapping[str, str]:
        """English → translation, of those that are usable: not empty, not fuzzy, with the same named places."""
        if language == ENGLISH or not self.package:
            return {}
        return _translations(self.package, self.family, language)

    def problem(self, language: str) -> str | None:
        """Why the language's catalogue can't be read, as a sentence; None where it can, or isn't there."""
        try:
            self.read(language)
        except (PoFileError, ValueError) as error:
            return f"{self.family}.po ({language}) can't be read: {error}"
        return None

    def read(self, language: str) -> Mapping[str, str]:
        """Every translation as the file has it now, unchecked.

        Raises:
            PoFileError, ValueError: it is no catalogue.
        """
        place = self.file(language)
        if place is None or not place.is_file():
            return {}
        catalogue = read_po(BytesIO(place.read_bytes()), locale=language, abort_invalid=True)
        return {
            str(each.id): str(each.string) for each in catalogue if each.id and each.string and not each.fuzzy
        }

    def file(self, language: str) -> Traversable | None:
        """Where the language's catalogue is, or would be; None where the pack has no package."""
        if not self.package:
            return None
        return files(self.package) / "locale" / language / "LC_MESSAGES" / f"{self.family}.po"


SDK: Final = Domain("tallymark_sdk", "tallymark_sdk")
"""The kit's own texts: the words of formulas, columns, choices, breakdowns and reasons."""


def translator(domain: Domain, locale: str) -> Translate:
    """A function that puts a text into the reader's language: in the pack's words, else in the kit's."""
    words = _words(domain, language_of(locale))
    return lambda message: words.get(message, message)


def home(module: str) -> str:
    """The nearest package at or above `module` that has a folder `locale`, else the nearest package; "" for none."""
    package = import_module(module).__package__ or ""
    parts = package.split(".") if package else []
    above = [".".join(parts[:length]) for length in range(len(parts), 0, -1)]
    return next((each for each in above if (files(each) / "locale").is_dir()), package)


@cache
def _words(domain: Domain, language: str) -> Mapping[str, str]:
    return {**SDK.translations(language), **domain.translations(language)}


@cache
def _translations(package: str, family: str, language: str) -> Mapping[str, str]:
    domain = Domain(package, family)
    try:
        found = domain.read(language)
    except (PoFileError, ValueError) as error:
        # A broken catalogue costs its translations, never the metrics; `tallymark metrics check` names it.
        log.warning("texts of %s (%s) can't be read: %s", family, language, error)
        return {}
    return {message: text for message, text in found.items() if places(message) == places(text)}
