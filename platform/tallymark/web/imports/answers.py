"""From the mapping page's answers to a mapping."""

from collections.abc import Mapping as AbstractMapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from tallymark.web.imports.draft import EMPTY, LINE, REJECT, RULE, suggested_choices
from tallymark_connectors.csv_xlsx.errors import MappingError
from tallymark_connectors.csv_xlsx.mapping import ColumnRule, Mapping, Tax, canonical_name, fillable
from tallymark_connectors.csv_xlsx.sniffing import Sniffed
from tallymark_sdk.model import Column, Kind

Answers = AbstractMapping[str, str]

_ORDERS = ("dmy", "mdy", "ymd")
_MARKS = (".", ",")


def answered(before: Mapping, sniffed: Sniffed, answers: Answers) -> Mapping:
    """The mapping that the answers describe; what the page doesn't ask stays as it was in `before`.

    Raises `MappingError` with one sentence.
    """
    model = before.model
    known = {canonical_name(model, name): rule for name, rule in before.columns.items()}
    rules = {}
    for name in fillable(model):
        rule = _rule(model.column(name), known.get(name), sniffed, answers)
        if rule is not None:
            rules[name] = _read_values(before, model.column(name), rule, sniffed, answers)
    currency = answers.get("currency", "").strip().upper() or None
    return replace(
        before,
        columns=rules,
        currency=currency if model.has_money and "currency" not in rules else None,
        tax=_tax(answers) if model.has_money else None,
    )


def _rule(column: Column, before: ColumnRule | None, sniffed: Sniffed, answers: Answers) -> ColumnRule | None:
    chosen = answers.get(f"source:{column.name}", "")
    if chosen == "":
        return None
    if chosen == RULE and before is not None:
        return before
    if chosen == LINE:
        return ColumnRule(line=True)
    if chosen not in sniffed.headers:
        raise MappingError(f"The file has no column {chosen!r}; choose one of its columns for {column.name}.")
    rule = before if before is not None and before.sources == (chosen,) else ColumnRule(sources=(chosen,))
    order, mark = answers.get(f"order:{column.name}"), answers.get(f"decimal:{column.name}")
    if order in _ORDERS:
        rule = replace(rule, date_order=order)  # type: ignore[arg-type]  # one of the literals
    if mark in _MARKS:
        rule = replace(rule, decimal=mark)  # type: ignore[arg-type]  # one of the literals
    return rule


def _read_values(
    before: Mapping, column: Column, rule: ColumnRule, sniffed: Sniffed, answers: Answers
) -> ColumnRule:
    """The choices that were confirmed; for a source column just chosen, those that are suggested."""
    if column.kind is not Kind.CHOICE or len(rule.sources) != 1:
        return rule
    profile = sniffed.column(rule.sources[0])
    if answers.get(f"values:{column.name}") != rule.sources[0]:
        guessed = {
            value: choice
            for value, choice in suggested_choices(before.model, column, profile).items()
            if choice
        }
        return replace(rule, values=rule.values or guessed, suggested=True)
    given = {
        value: answers.get(f"value:{column.name}:{index}", REJECT)
        for index, value in enumerate(profile.values)
    }
    unknown = set(given.values()) - {*column.choices, EMPTY, REJECT}
    if unknown:
        raise MappingError(f"{column.name} has no value {min(unknown)!r}; choose one of those offered.")
    values = {value: "" if choice == EMPTY else choice for value, choice in given.items() if choice != REJECT}
    return replace(rule, values=values, suggested=False)


def unconfirmed(mapping: Mapping) -> bool:
    """Whether values of a choice were not yet shown to a person."""
    return any(rule.suggested for rule in mapping.columns.values())


def _tax(answers: Answers) -> Tax | None:
    if answers.get("tax") != "inclusive":
        return None
    try:
        rate = Decimal(answers.get("tax_rate", "").replace(",", ".")) / 100
    except InvalidOperation:
        raise MappingError("Give the tax rate as a number of percent, such as 10.") from None
    if not rate.is_finite() or not 0 < rate < 1:
        raise MappingError("The tax rate must be more than 0 and less than 100 percent.")
    return Tax(inclusive=True, rate=rate)
