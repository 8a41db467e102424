"""What a person still has to decide before a mapping can be used."""

from dataclasses import dataclass

from tallymark_connectors.csv_xlsx.currencies import with_currency
from tallymark_connectors.csv_xlsx.mapping import ANY_OTHER, ColumnRule, Mapping
from tallymark_connectors.csv_xlsx.sniffing import Sniffed
from tallymark_connectors.csv_xlsx.text import is_nothing, key
from tallymark_sdk.model import Column, Kind


@dataclass(frozen=True, kw_only=True)
class Question:
    """One open point: the canonical and source column, the question, the rule's key that answers it, the answers."""

    column: str
    source: str
    text: str
    setting: str
    answers: tuple[str, ...]
    values: tuple[str, ...] = ()


def questions(sniffed: Sniffed, mapping: Mapping, currency: str | None = None) -> tuple[Question, ...]:
    """Everything open: ambiguous dates and decimal marks, choice values nobody has mapped, suggestions.

    `currency` is the tenant's, which counts where the mapping names none.
    """
    profiles = {profile.name: profile for profile in with_currency(sniffed, mapping, currency).columns}
    found: list[Question] = []
    for name, rule in mapping.rules.items():
        profile = profiles.get(rule.sources[0]) if len(rule.sources) == 1 else None
        if profile is None:
            continue
        column = mapping.model.column(name)
        if column.kind is Kind.CHOICE:
            found += _about_choices(column, rule, profile.name, tuple(profile.values))
        elif profile.question and column.kind in (Kind.DATE, Kind.TIMESTAMP) and rule.date_order is None:
            found.append(_open(name, profile.name, profile.question, "date_order", ("dmy", "mdy", "ymd")))
        elif profile.question and column.kind in (Kind.MONEY, Kind.DECIMAL) and rule.decimal is None:
            found.append(_open(name, profile.name, profile.question, "decimal", (".", ",")))
    return tuple(found)


def _open(name: str, source: str, text: str, setting: str, answers: tuple[str, ...]) -> Question:
    return Question(column=name, source=source, text=text, setting=setting, answers=answers)


def _about_choices(column: Column, rule: ColumnRule, source: str, values: tuple[str, ...]) -> list[Question]:
    mapped = {key(value) for value in rule.values} | {key(choice) for choice in column.choices}
    missing = tuple(v for v in values if key(v) not in mapped and not is_nothing(v, typed=True))
    found = []
    if missing and ANY_OTHER not in rule.values:
        text = f"these values are not known: {', '.join(map(repr, missing[:10]))}; what do they mean?"
        found.append(_values(column, source, text, missing))
    if rule.suggested:
        text = "the meaning of these values is a suggestion; is it right?"
        found.append(_values(column, source, text, tuple(rule.values)))
    return found


def _values(column: Column, source: str, text: str, values: tuple[str, ...]) -> Question:
    return Question(
        column=column.name, source=source, text=text, setting="values", answers=column.choices, values=values
    )
