"""The sample company in its readers' language: what people typed into its CRM, and what they are called.

The rows are invented in English and said in another language when they are landed, so that every language has the same
figures. The words stand in `locale/<language>/LC_MESSAGES/sample.po` beside this module.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property, lru_cache

import pyarrow as pa

from tallymark.demo.names import AFTER, BEFORE, LAST
from tallymark.i18n.conventions import DIGITS
from tallymark_sdk.texts import ENGLISH, Domain, language_of

DOMAIN = Domain("tallymark.demo", "sample")

_WRITTEN = frozenset(
    {
        "authority_note", "budget_note", "cancel_reason", "challenge_note", "channel", "comment", "company", "competitor",
        "course", "department", "goal_note", "holiday", "industry", "loss_reason", "lost_reason", "method", "name",
        "need_note", "outcome", "pipeline_name", "plan", "plan_note", "product_group", "role", "segment", "skill", "source",
        "subject", "time_note", "timing_note", "title",
    }
)  # fmt: skip
"""Columns that people write in their own language; all others are codes, addresses and numbers."""

_YEAR = re.compile(r"^(?P<words>.*) (?P<year>\d{4})$")


class Speaker:
    """Says the sample's English words in one language; a word that it doesn't know stays as it is."""

    def __init__(self, locale: str) -> None:
        self.language = language_of(locale)

    @cached_property
    def _texts(self) -> Mapping[str, str]:
        return DOMAIN.translations(self.language)

    def say(self, text: str) -> str:
        """The text in the language: a phrase, a person, a company, or several of them with a colon between."""
        if self.language == ENGLISH or not text:
            return text
        if text in self._texts:
            return self._texts[text]
        if ": " in text:
            return ": ".join(self.say(part) for part in text.split(": "))
        if found := _YEAR.match(text):
            return f"{self.say(found['words'])} {self._digits(found['year'])}"
        first, _space, rest = text.partition(" ")
        if rest in LAST:
            return self._joined("%(first)s %(last)s", first=first, last=rest)
        if first in BEFORE and any(rest in kinds for kinds in AFTER.values()):
            return self._joined("%(name)s %(kind)s", name=first, kind=rest)
        return text

    def _joined(self, order: str, **parts: str) -> str:
        return self._texts.get(order, order) % {
            name: self._texts.get(part, part) for name, part in parts.items()
        }

    def _digits(self, number: str) -> str:
        own = DIGITS.get(self.language)
        return (
            number.translate({ord("0") + index: digit for index, digit in enumerate(own)}) if own else number
        )


@lru_cache(maxsize=8)
def speaker(locale: str) -> Speaker:
    """The speaker of a locale's language."""
    return Speaker(locale)


def spoken(tables: Mapping[str, pa.Table], locale: str) -> Mapping[str, pa.Table]:
    """The sample's tables with what people wrote in the locale's language."""
    says = speaker(locale)
    if says.language == ENGLISH:
        return tables
    return {name: _spoken(table, says) for name, table in tables.items()}


def _spoken(table: pa.Table, says: Speaker) -> pa.Table:
    for place, field in enumerate(table.schema):
        if field.name in _WRITTEN and pa.types.is_string(field.type):
            said = pa.chunked_array([_said(chunk, says) for chunk in table.column(place).chunks], field.type)
            table = table.set_column(place, field, said)
    return table


def _said(column: pa.Array, says: Speaker) -> pa.Array:
    """Each different text once: a company is named thousands of times."""
    encoded = column.dictionary_encode()
    words = [None if text is None else says.say(text) for text in encoded.dictionary.to_pylist()]
    return pa.array(words, pa.string()).take(encoded.indices)
