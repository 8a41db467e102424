"""Settling what a mapping leaves open about dates and decimal marks, from the whole of the columns it uses.

What the mapping states is held against the columns too: an order that would silently misread them is refused.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from tallymark_connectors.csv_xlsx.currencies import answered_by_currency, currency_codes, plain_currency
from tallymark_connectors.csv_xlsx.errors import Ambiguous, MappingError
from tallymark_connectors.csv_xlsx.evidence import (
    DateEvidence,
    DateFinding,
    NumberEvidence,
    NumberFinding,
    settle_dates,
    settle_numbers,
)
from tallymark_connectors.csv_xlsx.mapping import ColumnRule
from tallymark_connectors.csv_xlsx.records import RawBatch
from tallymark_connectors.csv_xlsx.sources import Source
from tallymark_connectors.csv_xlsx.watching import watch_dates, watch_numbers
from tallymark_sdk.model import Column, Kind

_DATED = (Kind.DATE, Kind.TIMESTAMP)
_EXACT = (Kind.MONEY, Kind.DECIMAL)


@dataclass
class _Watched:
    column: Column
    rule: ColumnRule
    source: Source
    dates: DateEvidence = field(default_factory=DateEvidence)
    numbers: NumberEvidence = field(default_factory=NumberEvidence)

    @property
    def named(self) -> str:
        return " + ".join(self.rule.sources)


@dataclass
class _Currencies:
    """The currencies of the file's rows; none where they can't be told."""

    codes: frozenset[str]
    source: Source | None = None
    default: str | None = None

    @classmethod
    def of(cls, planned: tuple[Column, ColumnRule, Source] | None, default: str | None) -> "_Currencies":
        if planned is None:
            return cls(frozenset([default] if default else []))
        _, rule, source = planned
        if rule.constant is not None:
            return cls(frozenset([rule.constant]))
        return cls(frozenset(), source if plain_currency(rule) else None, rule.default or default)

    def add(self, batch: RawBatch) -> None:
        if self.source is not None:
            self.codes |= currency_codes(self.source.cells(batch).distinct, self.default)


def settle(
    planned: Mapping[str, tuple[Column, ColumnRule, Source]],
    batches: Callable[[frozenset[int]], Iterable[RawBatch]],
    currency: str | None,
) -> dict[str, ColumnRule]:
    """The rules with date order, calendar and decimal mark filled in.

    `currency` is that of rows without their own. `batches` gives those of the columns asked for; it is
    called only if there are dates or numbers. Raises
    Ambiguous where the file doesn't show how they are written, MappingError where it proves the mapping wrong.
    """
    watched = {
        name: _Watched(column, rule, source)
        for name, (column, rule, source) in planned.items()
        if rule.sources and (column.kind in _DATED or column.kind in _EXACT)
    }
    currencies = _Currencies.of(planned.get("currency"), currency)
    if watched:
        sources = [one.source for one in watched.values()]
        sources += [currencies.source] if currencies.source else []
        columns = frozenset[int]().union(*(source.columns for source in sources))
        _watch(watched.values(), currencies, batches(columns))
    settled = {name: rule for name, (_, rule, _) in planned.items()}
    settled |= dict(_settled_dates(watched))
    settled |= dict(_settled_numbers(watched, currencies.codes))
    return settled


def _watch(watched: Iterable[_Watched], currencies: _Currencies, batches: Iterable[RawBatch]) -> None:
    columns = list(watched)
    for batch in batches:
        currencies.add(batch)
        for one in columns:
            cells = one.source.cells(batch)
            if one.column.kind in _DATED:
                watch_dates(one.dates, cells, batch.lines)
            else:
                watch_numbers(one.numbers, cells, batch.lines)


def _settled_dates(watched: Mapping[str, _Watched]) -> Iterator[tuple[str, ColumnRule]]:
    dated = {name: one for name, one in watched.items() if one.column.kind in _DATED}
    findings = settle_dates({name: one.dates.finding() for name, one in dated.items()})
    for name, one in dated.items():
        finding = findings[name]
        if one.rule.date_order is None:
            if finding.question:
                raise Ambiguous(_asked(one, finding, 'date_order = "dmy", "mdy" or "ymd"'))
            yield (
                name,
                replace(one.rule, date_order=finding.order, calendar=one.rule.calendar or finding.calendar),
            )
            continue
        _refuse_contradicted_order(one)
        yield name, one.rule


def _refuse_contradicted_order(one: _Watched) -> None:
    proofs = one.dates.proofs
    if one.rule.date_order in proofs or not proofs or not one.dates.has_open:
        return
    order, (value, line) = next(iter(proofs.items()))
    raise MappingError(
        f"columns.{one.column.name} says date_order = {one.rule.date_order!r}, but {value!r} on line {line} of "
        f"{one.named!r} can only be {order!r}, and no value needs {one.rule.date_order!r}; correct the mapping."
    )


def _settled_numbers(
    watched: Mapping[str, _Watched], currencies: frozenset[str]
) -> Iterator[tuple[str, ColumnRule]]:
    numeric = {name: one for name, one in watched.items() if one.column.kind in _EXACT}
    findings = settle_numbers({name: one.numbers.finding() for name, one in numeric.items()})
    for name, one in numeric.items():
        finding, proofs = findings[name], one.numbers.proofs
        if one.rule.decimal is not None:
            if proofs and one.rule.decimal not in proofs and one.numbers.open_value:
                value, line = next(iter(proofs.values()))
                raise MappingError(
                    f"columns.{name} says decimal = {one.rule.decimal!r}, but {value!r} on line {line} of "
                    f"{one.named!r} proves the other mark; correct the mapping."
                )
            continue
        finding = answered_by_currency(finding, one.column, one.rule, currencies)
        if finding.question:
            raise Ambiguous(_asked(one, finding, 'decimal = "." or ","'))
        yield name, replace(one.rule, decimal=finding.mark)


def _asked(one: _Watched, finding: DateFinding | NumberFinding, answer: str) -> str:
    return f"Column {one.named!r} ({one.column.name}): {finding.question} Set {answer} for it in the mapping."
