"""A mapping that a person is looking over: each column with where it comes from, what is proven and what is asked."""

from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass

from tallymark.web.localisation import formatter, say
from tallymark.web.localisation import gettext as _
from tallymark_connectors.csv_xlsx.mapping import ColumnRule, Mapping, canonical_name, fillable
from tallymark_connectors.csv_xlsx.profiling import ColumnProfile
from tallymark_connectors.csv_xlsx.sniffing import Sniffed
from tallymark_connectors.csv_xlsx.text import key
from tallymark_connectors.csv_xlsx.words import choice_words
from tallymark_sdk.model import Column, Dataset, Kind
from tallymark_sdk.rowwords import words
from tallymark_sdk.texts import SDK

LINE, RULE = "=line", "=rule"  # what a select holds instead of a header: the line number, the rule as it is
REJECT, EMPTY = "", "=empty"  # what a value can become besides a choice

_DATED = (Kind.DATE, Kind.TIMESTAMP)
_NUMERIC = (Kind.MONEY, Kind.DECIMAL)


@dataclass(frozen=True, kw_only=True)
class ValueLine:
    """A value of a source column that must become a canonical choice; `choice` is the one proposed."""

    value: str
    count: int
    choice: str


@dataclass(frozen=True, kw_only=True)
class ColumnLine:
    """One canonical column. `chosen` is a header, LINE, RULE or empty; `asks` is "order", "decimal" or empty."""

    name: str
    title: str
    description: str
    chosen: str
    rule_text: str
    examples: tuple[str, ...]
    proof: str
    asks: str
    question: str
    answer: str
    choices: tuple[str, ...]
    values: tuple[ValueLine, ...]
    suggested: bool


def column_lines(model: Dataset, mapping: Mapping, sniffed: Sniffed) -> list[ColumnLine]:
    """A line for every column that can be filled, in the model's order."""
    rules = {canonical_name(model, name): rule for name, rule in mapping.columns.items()}
    names = fillable(model)
    return [
        _line(model, column, rules.get(column.name), sniffed)
        for column in model.import_columns
        if column.name in names
    ]


def suggested_choices(model: Dataset, column: Column, profile: ColumnProfile) -> dict[str, str]:
    """Source value → the choice it probably means; empty where nothing speaks for one."""
    words = choice_words(model, column.name)
    own = {key(choice): choice for choice in column.choices}
    return {value: own.get(key(value)) or words.get(key(value), "") for value in profile.values}


def _line(model: Dataset, column: Column, rule: ColumnRule | None, sniffed: Sniffed) -> ColumnLine:
    profile = _profile(rule, sniffed)
    asks, question, proof = _finding(column, profile)
    values: tuple[ValueLine, ...] = ()
    if rule is not None and profile is not None and column.kind is Kind.CHOICE:
        values = _values(model, column, rule, profile)
    return ColumnLine(
        name=column.name,
        title=column_title(column.name),
        description=described(column),
        chosen=_chosen(rule, sniffed),
        rule_text=_rule_text(rule),
        examples=profile.examples[:3] if profile else (),
        proof=proof,
        asks=asks,
        question=question,
        answer=_answer(rule, asks),
        choices=column.choices,
        values=values,
        suggested=bool(rule and rule.suggested),
    )


def column_title(name: str) -> str:
    """A column's name for people, in the kit's words: `closed_at` is "Closed at"."""
    if name == "id":
        return "ID"
    said = SDK.text(words(name), formatter().locale)
    return said[:1].upper() + said[1:]


def described(thing: Column | Dataset) -> str:
    """What a column or dataset holds, to those whose language has it; a name says enough to the others."""
    english = formatter().texts.speaks_the_source
    said = SDK.text(thing.description, formatter().locale)
    return said if english or said != thing.description else ""


def _profile(rule: ColumnRule | None, sniffed: Sniffed) -> ColumnProfile | None:
    if rule is None or len(rule.sources) != 1 or rule.sources[0] not in sniffed.headers:
        return None
    return sniffed.column(rule.sources[0])


def _chosen(rule: ColumnRule | None, sniffed: Sniffed) -> str:
    if rule is None:
        return ""
    if rule.line:
        return LINE
    return rule.sources[0] if len(rule.sources) == 1 and rule.sources[0] in sniffed.headers else RULE


def _rule_text(rule: ColumnRule | None) -> str:
    if rule is None:
        return ""
    if rule.constant is not None:
        return _("always %(value)s", value=rule.constant)
    return " + ".join(rule.sources)


def _finding(column: Column, profile: ColumnProfile | None) -> tuple[str, str, str]:
    """What is asked about the column ("order", "decimal" or nothing), the question, the proof."""
    if profile is None:
        return "", "", ""
    if column.kind in _DATED and profile.dates:
        question, proof = profile.dates.question or "", profile.dates.proof or ""
        return "order" if question else "", say(question), say(proof)
    if column.kind in _NUMERIC and profile.numbers:
        question, proof = profile.numbers.question or "", profile.numbers.proof or ""
        return "decimal" if question else "", say(question), say(proof)
    return "", "", ""


def _answer(rule: ColumnRule | None, asks: str) -> str:
    if rule is None or not asks:
        return ""
    return (rule.date_order if asks == "order" else rule.decimal) or ""


def _shown(choice: str | None) -> str:
    return REJECT if choice is None else choice or EMPTY


def _values(
    model: Dataset, column: Column, rule: ColumnRule, profile: ColumnProfile
) -> tuple[ValueLine, ...]:
    suggested: AbstractMapping[str, str] = suggested_choices(model, column, profile)
    return tuple(
        ValueLine(value=value, count=count, choice=_shown(rule.values.get(value, suggested[value] or None)))
        for value, count in profile.values.items()
    )
