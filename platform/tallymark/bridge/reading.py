"""Asking a tenant's snapshots for what a bridge stands on: sums by segment, nothing finer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import duckdb
import pyarrow as pa

from tallymark.bridge import rows as sql
from tallymark.bridge.amounts import Piece
from tallymark.bridge.forms import Weighted
from tallymark.engine.session import TenantData, confined
from tallymark_sdk.attribution import Attribution
from tallymark_sdk.calendars import Period
from tallymark_sdk.formula import Leaf
from tallymark_sdk.model import DATASETS
from tallymark_sdk.reference import period_table

Key = tuple[str, str]
"""Source and id of a row."""


@dataclass(frozen=True, kw_only=True)
class Slice:
    """Whose rows are meant: a member of a breakdown (both "" for the total), and by whom they count."""

    dimension: str = ""
    member: str = ""
    attribution: Attribution


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How a row stands to a period: see `rows.standing_sql`."""

    is_there: bool
    counts: bool
    in_period: bool


@dataclass(frozen=True)
class Reader:
    """Reads one version of a tenant's data."""

    connection: duckdb.DuckDBPyConnection
    currency: str

    def pieces(self, leaf: Leaf, asked: Slice, mix: str) -> tuple[list[Piece], list[Piece]]:
        """A leaf's money in the earlier and the later period."""
        found: tuple[list[Piece], list[Piece]] = ([], [])
        for row in self._rows(sql.pieces_sql(leaf, asked.dimension, mix, asked.attribution)):
            period, segment, currency, has_quantity, quantity, *sums = row
            own, base, gross_own, gross_base = map(Fraction, sums)
            found[period].append(
                Piece(
                    segment=segment,
                    currency=currency or self.currency,
                    quantity=Fraction(quantity) if has_quantity else None,
                    own=own,
                    base=base,
                    gross_own=gross_own,
                    gross_base=gross_base,
                )
            )
        return found

    def sides(
        self, leaves: Weighted, asked: Slice, mix: str
    ) -> tuple[dict[str, Fraction], dict[str, Fraction]]:
        """Segment → a weighted sum of leaves, in the earlier and the later period."""
        found: tuple[dict[str, Fraction], dict[str, Fraction]] = (
            defaultdict(Fraction),
            defaultdict(Fraction),
        )
        for factor, leaf in leaves:
            for period, segment, figure in self._rows(
                sql.sides_sql(leaf, asked.dimension, mix, asked.attribution)
            ):
                found[period][segment] += factor * Fraction(figure or 0)
        return found

    def counted(self, leaf: Leaf, asked: Slice) -> pa.Table:
        """What each row adds in the only period: `source_id`, `id`, `base`."""
        return self.connection.sql(sql.counted_sql(leaf, asked.dimension, asked.attribution)).to_arrow_table()

    def amounts(self, leaf: Leaf, asked: Slice, keys: Sequence[Key]) -> dict[Key, Decimal | None]:
        """What these rows add in the only period, in their own currencies; None where they have none."""
        self._ask_for(keys)
        counted = sql.counted_sql(leaf, asked.dimension, asked.attribution, own=True)
        return {(source, key): own for source, key, own in self._rows(_OWN.format(counted=counted))}

    def names(self, dataset: str, keys: Sequence[Key]) -> dict[Key, str]:
        """What people call these rows of a dataset; without those that have no name."""
        column = next((each for each in _NAMES if each in DATASETS[dataset].stored_schema.names), None)
        if column is None or not keys:
            return {}
        self._ask_for(keys)
        found = self._rows(_NAMED.format(dataset=dataset, column=column))
        return {(source, key): name for source, key, name in found if name}

    def _ask_for(self, keys: Sequence[Key]) -> None:
        table = {"source_id": [source for source, _ in keys], "id": [key for _, key in keys]}
        self.connection.register(
            "bridge_keys", pa.table(table, pa.schema([("source_id", pa.string()), ("id", pa.string())]))
        )

    def differing(
        self, leaf: Leaf, asked: Slice, then: pa.Table
    ) -> dict[Key, tuple[Decimal | None, Decimal | None]]:
        """The rows that add something else here than in another version: what they add there and here.

        None stands where they don't count.

        Args:
            then: what `counted` gave of the other version.
        """
        self.connection.register("bridge_then", then)
        here = sql.counted_sql(leaf, asked.dimension, asked.attribution)
        return {
            (source, key): (there, now)
            for source, key, there, now in self._rows(_DIFFERING.format(here=here))
        }

    def standings(self, leaf: Leaf, keys: Sequence[Key]) -> Mapping[Key, Standing]:
        """How these rows stand to the only period; those that aren't there at all are missing."""
        if not keys:
            return {}
        self._ask_for(keys)
        return {
            (source, key): Standing(is_there=bool(is_there), counts=bool(counts), in_period=bool(in_period))
            for source, key, is_there, counts, in_period in self._rows(sql.standing_sql(leaf))
        }

    def mean_rates(self, period: Period) -> dict[str, Fraction]:
        """Each currency's mean rate over the days of a period, of the company's exchange rates; without those unknown."""
        days = [period.start + timedelta(days=offset) for offset in range(period.days)]
        self.connection.register("bridge_days", pa.table({"day": pa.array(days, pa.date32())}))
        known = self._rows(_RATES)
        return {currency: Fraction(total) / count for currency, total, count in known if count == len(days)}

    def _rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        yield from self.connection.execute(query).fetchall()


_NAMES = ("name", "number", "subject")
_OWN = "SELECT source_id, id, own FROM ({counted}) JOIN bridge_keys USING (source_id, id)"
_NAMED = 'SELECT source_id, id, "{column}" FROM "{dataset}" JOIN bridge_keys USING (source_id, id)'

_DIFFERING = """
SELECT source_id, id, there.base, here.base FROM ({here}) AS here FULL JOIN bridge_then AS there USING (source_id, id)
WHERE here.base IS DISTINCT FROM there.base
"""

# The last rate on or before each day, as amounts are converted; of several on a day the one synced last.
_RATES = """
WITH daily AS (
  SELECT upper(trim(currency)) AS currency, "on", rate FROM fx_rates
  WHERE deleted_at IS NULL AND rate > 0 AND "on" IS NOT NULL
  QUALIFY row_number() OVER (
    PARTITION BY upper(trim(currency)), "on" ORDER BY synced_at DESC, source_id DESC, id DESC) = 1
), spans AS (
  SELECT *, coalesce(lead("on") OVER (PARTITION BY currency ORDER BY "on"), DATE '9999-12-31') AS beyond FROM daily
)
SELECT currency, sum(rate), count(*) FROM spans JOIN bridge_days ON day >= "on" AND day < beyond GROUP BY currency
"""


@contextmanager
def reading(data: TenantData, periods: Sequence[Period], asked: Slice, currency: str) -> Iterator[Reader]:
    """A reader of this data for these periods, in their order, and this member.

    Args:
        currency: the company's own, which rows have that name none.
    """
    with confined(data) as connection:
        connection.register("periods", period_table(periods))
        connection.register("bridge_member", pa.table({"member": pa.array([asked.member], pa.string())}))
        yield Reader(connection, currency)
