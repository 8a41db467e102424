"""What the load makes from imported columns: local dates, and amounts in the tenant's currency."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from tallymark.lake.localdays import local_days
from tallymark.lake.rates import MONEY, RIAL, TOMANS, Rates, currency_codes, in_rial
from tallymark_sdk.model import Column, Dataset, Kind


@dataclass(kw_only=True)
class Tally:
    """Counts over the rows derived so far.

    `foreign`: rows in another currency than the tenant's. `undated`: those of them converted at the snapshot's
    date. `without_rate`: rows with an amount that has no rate.
    """

    foreign: int = 0
    undated: int = 0
    without_rate: int = 0


@dataclass(kw_only=True)
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
    tally: Tally = field(default_factory=Tally)

    def apply(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """The batch in the dataset's stored schema."""
        given = {column.name: column for column in self.dataset.stored_columns if not column.derived}
        made = {name: batch.column(name) for name in given}
        for column in given.values():
            if column.local_date:
                made[column.local_date] = local_days(made[column.name], self.zone)
        if self.dataset.has_money:
            made |= self._in_base(batch, made)
        schema = self.dataset.stored_schema
        return pa.RecordBatch.from_arrays([made[name] for name in schema.names], schema=schema)

    def _in_base(self, batch: pa.RecordBatch, made: dict[str, pa.Array]) -> dict[str, pa.Array]:
        codes = currency_codes(made["currency"])
        home = pc.fill_null(pc.equal(codes, self.currency), True)
        money = [column for column in self.dataset.import_columns if column.in_base]
        base = {str(column.in_base): made[column.name] for column in money}
        if foreign := batch.num_rows - home.true_count:
            days = self._money_days(batch, made, home)
            for column in money:
                amounts = made[column.name]
                base[str(column.in_base)] = pc.if_else(home, amounts, self._convert(amounts, codes, days))
            self.tally.foreign += foreign
            self.tally.without_rate += _unconverted(money, made, base)
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

    def _money_days(self, batch: pa.RecordBatch, made: dict[str, pa.Array], home: pa.Array) -> pa.Array:
        sources = [self._dates(path, batch, made) for path in self.dataset.money_dates]
        found = pc.coalesce(*sources) if sources else pa.nulls(batch.num_rows, pa.date32())
        self.tally.undated += pc.and_(found.is_null(), pc.invert(home)).true_count
        return found.fill_null(pa.scalar(self.as_of, pa.date32()))

    def _dates(self, path: str, batch: pa.RecordBatch, made: dict[str, pa.Array]) -> pa.Array:
        if "." in path:
            return batch.column(reference_name(path))
        column = self.dataset.column(path)
        return made[column.local_date or path] if column.kind is Kind.TIMESTAMP else made[path]


def reference_name(path: str) -> str:
    """The name of the date column that carries a money date of another dataset."""
    return f"_{path}"


def _unconverted(money: Sequence[Column], made: dict[str, pa.Array], base: dict[str, pa.Array]) -> int:
    lacking = [pc.and_(made[c.name].is_valid(), base[str(c.in_base)].is_null()) for c in money]
    anywhere = lacking[0]
    for one in lacking[1:]:
        anywhere = pc.or_(anywhere, one)
    return int(anywhere.true_count)
