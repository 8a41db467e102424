"""The texts of metrics in one reader's language: names, descriptions, formulas in words, reasons."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from tallymark.i18n import isolate, parse_locale
from tallymark.plugins.registry import Registry
from tallymark_sdk.parameters import Parameter
from tallymark_sdk.reasons import reason_in_words
from tallymark_sdk.rowwords import words
from tallymark_sdk.text import metric_in_words, parameter_words
from tallymark_sdk.texts import TAGS, Translate, language_of, translator


@dataclass(frozen=True)
class Wording:
    """What a registry's metrics are called for readers of a locale.

    A text that its pack doesn't translate stays English. In a right-to-left language such a text is isolated, so
    that it can't reorder the sentence round it.
    """

    registry: Registry
    locale: str = "en"

    @cached_property
    def _direction(self) -> str:
        language = TAGS[language_of(self.locale)]
        return parse_locale(language).text_direction

    def translate(self, key: str) -> Translate:
        """English text of the metric's pack, or of the kit, → the reader's language."""
        return translator(self.registry.pack_of(key).domain, self.locale)

    def name(self, key: str) -> str:
        """The metric's name."""
        return self._shown(key, self.registry[key].name)

    def description(self, key: str) -> str:
        """The metric's description."""
        return self._shown(key, self.registry[key].description)

    def chart(self, key: str) -> str:
        """The title of a pack's chart."""
        pack, chart = self.registry.charts[key]
        name = translator(pack.domain, self.locale)(chart.name)
        return isolate(name, self._direction) if name == chart.name else name

    def part(self, key: str, part: str) -> str:
        """What one of the metric's further figures is called."""
        return self._shown(key, self.registry[key].parts[part].name)

    def formula(self, key: str) -> str:
        """How the metric is made, in words, with the values of its parameters."""
        return metric_in_words(self.registry[key], self.translate(key), self._referred)

    def reason(self, key: str, reason: str) -> str:
        """Why the metric has no value, or why rows were left out of it."""
        return reason_in_words(reason, self.translate(key))

    def word(self, key: str, name: str) -> str:
        """A dataset, column or breakdown that the metric speaks of."""
        return self._shown(key, words(name))

    def parameter(self, key: str, parameter: Parameter) -> str:
        """What one of the metric's parameters is called."""
        return self._shown(key, parameter_words(parameter))

    def _referred(self, key: str) -> str:
        return self.name(key) if key in self.registry.metrics else key

    def _shown(self, key: str, text: str) -> str:
        said = self.translate(key)(text)
        return isolate(said, self._direction) if said == text else said


def in_every_language(registry: Registry, key: str, text: str) -> dict[str, str]:
    """Language tag → the metric's text in that language; English where it has no translation."""
    domain = registry.pack_of(key).domain
    return {tag: domain.text(text, language) for language, tag in TAGS.items()}
