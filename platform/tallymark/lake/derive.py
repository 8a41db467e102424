"""What the load makes from imported columns: local dates, and amounts in the tenant's currency."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tallymark.lake.localdays import local_days
from tallymark.lake.rates import MONEY, RIAL, TOMANS, Rates, currency_codes, in_rial
from tallymark_sdk.model import Column, Dataset, Kind

FOREIGN = np.uint8(1)
"""The mark of a row in another currency than the tenant's."""
UNDATED = np.uint8(2)
"""The mark of a foreign row that was converted at the snapshot's date, having none of its own."""
WITHOUT_RATE = np.uint8(4)
"""The mark of a row with an amount that has no rate."""


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many rows have each mark."""

    foreign: int = 0
    undated: int = 0
    without_rate: int = 0

    @classmethod
    def of(cls, marks: np.ndarray) -> "Tally":
        """The counts of these rows' marks."""
        counts = [int(np.count_nonzero(marks & mark)) for mark in (FOREIGN, UNDATED, WITHOUT_RATE)]
        return cls(foreign=counts[0], undated=counts[1], without_rate=counts[2])

    def __add__(self, other: "Tally") -> "Tally":
        return self._with(other, 1)

    def __sub__(self, other: "Tally") -> "Tally":
        return self._with(other, -1)

    def _with(self, other: "Tally", sign: int) -> "Tally":
        return Tally(
            foreign=self.foreign + sign * other.foreign,
            undated=self.undated + sign * other.undated,
            without_rate=self.without_rate + sign * other.without_rate,
        )


@dataclass(frozen=True, kw_only=True)
class Derivation:
    """Makes a dataset's stored rows from its imported ones.

    `as_of` is the snapshot's date, which picks the rate of rows without a date of their own. An incoming batch
    holds the import columns, `synced_at`, and one date column (`reference_name`) for each money date that lies in
    another dataset.
    """

    dataset: Dataset
    zone: str
    currency: str
    as_of: date
    rates: Rates | None

    def apply(self, batch: pa.RecordBatch) -> tuple[pa.RecordBatch, np.ndarray]:
        """The batch in the dataset's stored schema, and the marks of its rows (uint8)."""
        given = {column.name: column for column in self.dataset.stored_columns if not column.derived}
        made = {name: batch.column(name) for name in given}
        for column in given.values():
            if column.local_date:
                made[column.local_date] = local_days(made[column.name], self.zone)
        marks = np.zeros(batch.num_rows, np.uint8)
        if self.dataset.has_money:
            made |= self._in_base(batch, made, marks)
        schema = self.dataset.stored_schema
        return pa.RecordBatch.from_arrays([made[name] for name in schema.names], schema=schema), marks

    def _in_base(
        self, batch: pa.RecordBatch, made: dict[str, pa.Array], marks: np.ndarray
    ) -> dict[str, pa.Array]:
        codes = currency_codes(made["currency"])
        home = pc.fill_null(pc.equal(codes, self.currency), True)
        money = [column for column in self.dataset.import_columns if column.in_base]
        base = {str(column.in_base): made[column.name] for column in money}
        if home.true_count < batch.num_rows:
            foreign = pc.invert(home)
            days = self._money_days(batch, made)
            _mark(marks, FOREIGN, foreign)
            _mark(marks, UNDATED, pc.and_(days.is_null(), foreign))
            days = days.fill_null(pa.scalar(self.as_of, pa.date32()))
            for column in money:
                amounts = made[column.name]
                base[str(column.in_base)] = pc.if_else(home, amounts, self._convert(amounts, codes, days))
            _mark(marks, WITHOUT_RATE, _unconverted(money, made, base))
        return base

    def _convert(self, amounts: pa.Array, codes: pa.Array, days: pa.Array) -> pa.Array:
        """Each amount in the tenant's currency; one in toman by its own rate, else as ten rial."""
        found = self._at_rates(amounts, codes, days)
        toman = pc.is_in(codes, value_set=TOMANS)
        if not toman.true_count:
            return found
        rial = in_rial(amounts)
        if self.currency == RIAL:  # ten rial whatever a rate says
            return pc.if_else(toman, rial, found)
        by_rial = self._at_rates(rial, pa.repeat(RIAL, len(rial)), days)
        return pc.if_else(pc.and_(toman, found.is_null()), by_rial, found)

    def _at_rates(self, amounts: pa.Array, codes: pa.Array, days: pa.Array) -> pa.Array:
        if self.rates is None:
            return pa.nulls(len(amounts), MONEY)
        return self.rates.convert(amounts, codes, days)

    def _money_days(self, batch: pa.RecordBatch, made: dict[str, pa.Array]) -> pa.Array:
        """The date that each row's money is of; null where the row has none."""
        sources = [self._dates(path, batch, made) for path in self.dataset.money_dates]
        return pc.coalesce(*sources) if sources else pa.nulls(batch.num_rows, pa.date32())

    def _dates(self, path: str, batch: pa.RecordBatch, made: dict[str, pa.Array]) -> pa.Array:
        if "." in path:
            return batch.column(reference_name(path))
        column = self.dataset.column(path)
        return made[column.local_date or path] if column.kind is Kind.TIMESTAMP else made[path]


def reference_name(path: str) -> str:
    """The name of the date column that carries a money date of another dataset."""
    return f"_{path}"


def _unconverted(money: Sequence[Column], made: dict[str, pa.Array], base: dict[str, pa.Array]) -> pa.Array:
    """Which rows have an amount and no base amount."""
    lacking = [pc.and_(made[c.name].is_valid(), base[str(c.in_base)].is_null()) for c in money]
    anywhere = lacking[0]
    for one in lacking[1:]:
        anywhere = pc.or_(anywhere, one)
    return anywhere


def _mark(marks: np.ndarray, mark: np.uint8, rows: pa.Array) -> None:
    marks[rows.to_numpy(zero_copy_only=False)] |= mark
