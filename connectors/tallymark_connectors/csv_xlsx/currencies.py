"""What the currency of amounts says about a mark before three digits: where it has no third decimal, thousands."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from babel.numbers import get_currency_precision, is_currency

from tallymark_connectors.csv_xlsx.evidence import NumberFinding
from tallymark_connectors.csv_xlsx.mapping import ColumnRule, Mapping
from tallymark_connectors.csv_xlsx.sniffing import Sniffed
from tallymark_connectors.csv_xlsx.text import is_nothing
from tallymark_sdk.model import Column, Kind
from tallymark_sdk.said import mark as mark_text

# A litre of petrol costs 1.799: what one unit costs may be written finer than any amount can be paid.
_FINER = frozenset({"unit_price", "list_price", "price"})
_MARKS = {".": mark_text("comma"), ",": mark_text("point")}  # decimal mark → the other one


def currency_codes(texts: Iterable[str], default: str | None) -> frozenset[str]:
    """The currencies of rows that say their own; an empty one is the default ("" where there is none)."""
    return frozenset((default or "") if is_nothing(text, typed=True) else text.strip() for text in texts)


def answered_by_currency(
    finding: NumberFinding, column: Column, rule: ColumnRule, currencies: Collection[str]
) -> NumberFinding:
    """The finding with its question answered where amounts in these currencies have at most two decimals.

    Left as it is for prices of one unit (unless the currency has no decimals at all), scaled numbers, unknown
    currencies, and those with three decimals such as KWD.
    """
    if not (finding.question and finding.grouped and currencies) or rule.scale is not None:
        return finding
    if column.kind is not Kind.MONEY or not all(is_currency(code) for code in currencies):
        return finding
    digits = max(get_currency_precision(code) for code in currencies)
    if digits > 2 or (digits and column.name in _FINER):
        return finding
    value, line, mark = finding.grouped
    most = (mark_text("no decimals"), mark_text("at most one decimal"), mark_text("at most two decimals"))[
        digits
    ]
    proof = (
        f"amounts in {' and '.join(sorted(currencies))} have {most}, so the {_MARKS[mark]} in {value} "
        f"on line {line} groups thousands"
    )
    return replace(finding, mark=mark, proof=proof, question=None)


def with_currency(sniffed: Sniffed, mapping: Mapping, currency: str | None = None) -> Sniffed:
    """What was sniffed, with the questions answered that the mapping's currencies answer.

    `currency` is the tenant's, which counts where the mapping names none.
    """
    profiles = {profile.name: profile for profile in sniffed.columns}
    currencies = _currencies(sniffed, mapping, currency)
    for name, rule in mapping.rules.items():
        profile = profiles.get(rule.sources[0]) if len(rule.sources) == 1 else None
        if profile is not None and profile.numbers is not None:
            numbers = answered_by_currency(profile.numbers, mapping.model.column(name), rule, currencies)
            profiles[profile.name] = replace(profile, numbers=numbers)
    return replace(sniffed, columns=tuple(profiles[column.name] for column in sniffed.columns))


def _currencies(sniffed: Sniffed, mapping: Mapping, default: str | None) -> frozenset[str]:
    rule = mapping.rules.get("currency")
    if rule is None or rule.constant is not None:
        return frozenset(filter(None, [rule.constant if rule else default]))
    profile = next((p for p in sniffed.columns if rule.sources == (p.name,)), None)
    if profile is None or not profile.values or not plain_currency(rule):
        return frozenset()
    return currency_codes([*profile.values, *([""] if profile.empty else [])], rule.default or default)


def plain_currency(rule: ColumnRule) -> bool:
    """Whether a column of currencies is taken as it stands in the file."""
    return len(rule.sources) == 1 and not rule.values and rule.when is None
