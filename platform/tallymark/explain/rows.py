"""Rows as they are shown: what the fact says of each, with the row's own columns beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np

from tallymark.engine.facts.columns import Array
from tallymark.engine.facts.groups import needs
from tallymark.explain.fetching import Found, Reader
from tallymark.explain.lineage import columns_of, day_column, referring, split_column
from tallymark.explain.picking import USED, Part, Picked, whole_values
from tallymark.explain.tree import Measure
from tallymark_sdk.arithmetic import EXACT, Figure, settle
from tallymark_sdk.model import DATASETS
from tallymark_sdk.rows import grain

EPOCH = date(1970, 1, 1)
AT_ONCE = 20_000
"""Rows that an export fetches at a time."""


@dataclass(frozen=True, kw_only=True)
class Converted:
    """An amount of a row in another currency than the company's: at which rate it was taken."""

    column: str
    currency: str
    amount: Decimal
    rate: Decimal | None
    base: Decimal | None


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of a cell.

    Attributes:
        reason: why it was left out; "" for a row that makes the number.
        value: what it adds, in the measure's own unit: 1 where rows are counted; of different ids 1 for the first row
            of each and 0 for the others. None of rows left out.
        day: of an event. `first` and `beyond`: from when it is valid, and from when no more; None where it is open.
        split_from: the whole amount of which `value` is this member's part; None where nothing was split.
        columns: the row's own, by name.
        others: further rows with the same key, which can't be told from this one (once in 10**7 companies).
    """

    source_id: str
    id: str
    name: str
    reason: str
    value: Figure | None
    day: date | None = None
    first: date | None = None
    beyond: date | None = None
    split_from: Decimal | None = None
    converted: Sequence[Converted] = ()
    columns: Mapping[str, Any] = field(default_factory=dict)
    others: Sequence[str] = ()


@dataclass(frozen=True)
class Shelf:
    """A measure's rows, and the reader that finds their own columns."""

    picked: Picked
    reader: Reader
    currency: str

    @property
    def measure(self) -> Measure:
        """The measure."""
        return self.picked.measure

    @cached_property
    def dataset(self) -> str:
        """The dataset whose rows they are."""
        return grain(self.measure.leaf.formula.dataset)

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The rows' own columns that are shown."""
        return columns_of(self.measure)

    def reasons(self, which: str) -> tuple[str, ...]:
        """The reasons that are meant by "used" or "left_out", in the order in which they are looked at."""
        return (USED,) if which == "used" else tuple(needs(self.measure.leaf).reasons)

    def count(self, which: str) -> int:
        """How many rows there are."""
        return sum(map(self.picked.count, self.reasons(which)))

    def rows(self, which: str, first: int, count: int) -> list[Row]:
        """So many of the rows, from the one numbered `first` (from 0) on."""
        parts = list(self.picked.slice(self.reasons(which), first, count))
        keys = [int(key) for _, part in parts for key in part.ready.column(part.chunk, "key")[part.rows]]
        label = DATASETS[self.dataset].label
        found = self.reader.rows(
            self.dataset,
            list(dict.fromkeys((*self.columns, *((label,) if label else ())))),
            keys,
            day_column=day_column(self.measure),
            days=_between([part for _, part in parts]),
            referring=referring(self.measure),
        )
        return [row for reason, part in parts for row in self._shown(reason, part, found)]

    def all_rows(self, which: str) -> Iterator[Row]:
        """Every one, fetched many at a time."""
        for first in range(0, self.count(which), AT_ONCE):
            yield from self.rows(which, first, AT_ONCE)

    def _shown(self, reason: str, part: Part, found: Found) -> Iterator[Row]:
        keys = part.ready.column(part.chunk, "key")[part.rows].tolist()
        days = [_days(part.column(name), len(keys)) for name in ("day", "start", "end")]
        figures = self._figures(part) if reason == USED else [None] * len(keys)
        split = self._split_column
        label = DATASETS[self.dataset].label
        for place, key in enumerate(keys):
            same = found.get(key, ())
            row = dict(same[0]) if same else {}
            yield Row(
                source_id=row.get("source_id", ""),
                id=row.get("id", ""),
                name=str(row.get(label) or "") if label else "",
                reason=reason,
                value=figures[place],
                day=days[0][place],
                first=days[1][place],
                beyond=days[2][place],
                split_from=row.get(split) if split and reason == USED else None,
                converted=tuple(self._converted(row)),
                columns={name: row.get(name) for name in self.columns},
                others=[str(each["id"]) for each in same[1:]],
            )

    def _figures(self, part: Part) -> list[Figure | None]:
        need = needs(self.measure.leaf)
        if need.distinct is not None:
            return [int(each) for each in self._counted(part)]
        if need.argument is None:
            return [1] * len(part.rows)
        numbers, divisor = whole_values(self.measure, [part])
        return [_figure(number, divisor) for number in numbers]

    @cached_property
    def _split_column(self) -> str | None:
        return split_column(self.measure) if self.picked.group.alone is not None else None

    def _counted(self, part: Part) -> Array:
        """Which of the rows are the first of their id in the cell; the others' ids are counted already."""
        firsts = self._firsts.get((id(part.ready), part.chunk))
        return np.isin(part.rows, [] if firsts is None else firsts)

    @cached_property
    def _firsts(self) -> dict[tuple[int, int], Array]:
        found = self.picked.firsts(self.picked.parts.get(USED, []))
        return {(id(part.ready), part.chunk): part.rows for part in found}

    def _converted(self, row: Mapping[str, Any]) -> Iterator[Converted]:
        currency = str(row.get("currency") or "") or self.currency
        if currency == self.currency:
            return
        for column in DATASETS[self.dataset].stored_columns:
            own = row.get(column.name)
            if column.in_base is None or column.in_base not in self.columns or own is None:
                continue
            base = row.get(column.in_base)
            rate = None if base is None or not own else _rounded(EXACT.divide(base, own))
            yield Converted(column=column.name, currency=currency, amount=own, rate=rate, base=base)


def _figure(number: int, divisor: int) -> Figure | None:
    if divisor == 1:
        return number
    places = len(str(divisor)) - 1
    return settle(Fraction(number, divisor)) if places > 4 else EXACT.scaleb(Decimal(number), -places)


def _rounded(rate: Decimal) -> Decimal:
    return EXACT.plus(rate).quantize(Decimal("1e-10")).normalize()


def _days(column: Array | None, count: int) -> list[date | None]:
    return [None] * count if column is None else [_day(int(each)) for each in column]


def _day(number: int) -> date | None:
    """A day from its number; none for what stands for no day, such as the end of an open row."""
    try:
        found = EPOCH + timedelta(days=number)
    except OverflowError:
        return None
    return None if found in (date.min, date(9999, 12, 31)) else found


def _between(parts: Sequence[Part]) -> tuple[date, date] | None:
    """The first and last day of all rows; None where any has none."""
    found: list[date | None] = []
    for part in parts:
        column = part.column("day")
        column = part.column("start") if column is None else column
        if column is None:
            return None
        found += [_day(int(column.min())), _day(int(column.max()))]
    known = [day for day in found if day is not None]
    return (min(known), max(known)) if known and len(known) == len(found) else None
