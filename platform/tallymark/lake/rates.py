"""Exchange rates of a tenant, looked up by currency and date."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tallymark.lake.overlay import overlaid_table

MONEY = pa.decimal128(18, 4)
_LARGEST = pa.scalar(Decimal(10**18 - 1).scaleb(-4), pa.decimal256(18, 4))
RIAL = "IRR"
TOMANS = pa.array(["IRT", "TMN"])
"""Codes that files give for the toman, which is ten rial and has no code of its own in ISO 4217."""
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_SPAN = 10_000_000  # more days than there are dates, so that (currency, day) packs into one integer


class Rates:
    """Units of the tenant's currency for one unit of another, each from its date until the next one."""

    def __init__(self, table: pa.Table) -> None:
        """Takes the columns currency, on, rate, synced_at, source_id, id of rates that are not deleted.

        Where several rows give a rate for one currency and date, the row synced last counts.
        """
        positive = pc.greater(table.column("rate"), pa.scalar(Decimal(0), table.schema.field("rate").type))
        table = table.filter(pc.and_(positive, pc.is_valid(table.column("on"))))
        table = table.set_column(0, "currency", currency_codes(table.column("currency")))
        order = [(name, "ascending") for name in ("currency", "on", "synced_at", "source_id", "id")]
        table = table.sort_by(order).combine_chunks()
        self._codes = pc.unique(table.column("currency").drop_null())
        keys = self._keys(table.column("currency"), table.column("on"))
        last = np.append(keys[1:] != keys[:-1], True) if len(keys) else np.zeros(0, dtype=bool)
        self._at = keys[last]
        self._rates = table.column("rate").combine_chunks().filter(pa.array(last))

    @classmethod
    def read(cls, files: Sequence[Path]) -> "Rates":
        """The rates in a snapshot of the dataset `fx_rates`."""
        names = ["currency", "on", "rate", "synced_at", "source_id", "id", "deleted_at"]
        table = overlaid_table(files, names).filter(pc.is_null(pc.field("deleted_at")))
        return cls(table.drop_columns(["deleted_at"]))

    def convert(self, amounts: pa.Array, currencies: pa.Array, days: pa.Array) -> pa.Array:
        """Each amount at its currency's last rate on or before its day, rounded half-even to four places.

        Null where there is no such rate, or where the result passes the fourteen digits that money has.
        """
        exact = pc.multiply(_wide(amounts), _wide(self._on(currencies, days)))
        return _fitting(pc.round(exact, 4, "half_to_even"))

    def _on(self, currencies: pa.Array, days: pa.Array) -> pa.Array:
        wanted = self._keys(currencies, days)
        found = np.searchsorted(self._at, wanted, side="right") - 1
        known = (found >= 0) & (wanted >= 0)
        known &= self._at[np.where(known, found, 0)] // _SPAN == wanted // _SPAN if len(self._at) else False
        return self._rates.take(pa.array(found, mask=~known, type=pa.int64()))

    def _keys(self, currencies: pa.Array, days: pa.Array) -> np.ndarray:
        """Currency and day as one integer each, in the order of both; -1 where either is missing."""
        code = pc.index_in(currencies, value_set=self._codes).fill_null(-1).cast(pa.int64())
        day = days.cast(pa.int32()).cast(pa.int64())
        number = np.asarray(day.fill_null(0)) + _EPOCH_ORDINAL
        place = np.asarray(code)
        missing = (place < 0) | np.asarray(day.is_null())
        return np.where(missing, -1, place * _SPAN + number)


def currency_codes(currencies: pa.Array) -> pa.Array:
    """Currency codes as they are compared: without spaces around them, in capitals."""
    return pc.utf8_upper(pc.utf8_trim_whitespace(currencies))


def in_rial(tomans: pa.Array) -> pa.Array:
    """Amounts in toman as exactly ten times as many rial; null where that passes the digits that money has."""
    return _fitting(pc.multiply(_wide(tomans), pa.scalar(Decimal(10), pa.decimal256(2, 0))))


def _fitting(amounts: pa.Array) -> pa.Array:
    fits = pc.less_equal(pc.abs(amounts), _LARGEST)
    return pc.if_else(fits, amounts, pa.scalar(None, amounts.type)).cast(MONEY)


def _wide(numbers: pa.Array) -> pa.Array:
    return numbers.cast(pa.decimal256(numbers.type.precision, numbers.type.scale))
