"""What the builds of views are made of: rows that count, first rows, amounts spread over days.

Each is safe by construction: no row is multiplied, and no result depends on the order of rows.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

_MONEY = "decimal(18, 4)"


def alive(rows: ir.Table) -> ir.Table:
    """The rows that aren't deleted; what a view looks up in other datasets goes through here."""
    return rows.filter(rows.deleted_at.isnull())


def first_of(rows: ir.Table, key: Sequence[str], by: Sequence[str]) -> ir.Table:
    """One row per `key`: the one that comes first in the order of `by`, ties settled by source and id.

    Rows without a key or without the first column of `by` are left out.
    """
    known = rows.filter([rows[name].notnull() for name in (*key, by[0])])
    place = ibis.row_number().over(
        group_by=list(key), order_by=[known[name] for name in (*by, "source_id", "id")]
    )
    return known.mutate(_place=place).filter(ibis._["_place"] == 0).drop("_place")


def numbered(rows: ir.Table, key: Sequence[str], by: Sequence[str], name: str) -> ir.Table:
    """`rows` with each one's place (from 1) among those of its `key`, in the order of `by`."""
    place = ibis.row_number().over(
        group_by=list(key), order_by=[rows[each] for each in (*by, "source_id", "id")]
    )
    return rows.mutate(**{name: place + 1})


def later(day: ir.Value, days: ir.Value | int) -> ir.Value:
    """The date `days` after a date."""
    moved: ir.Value = day + (ibis.interval(days=days) if isinstance(days, int) else days.as_interval("D"))
    return moved


def spread(amount: ir.Value, start: ir.Value, beyond: ir.Value, first: ir.Value, end: ir.Value) -> ir.Value:
    """The part of an amount that falls on the days of a period, the amount being spread evenly over its own days.

    What is rounded goes to the next day, so that the parts of periods that tile the amount's days sum to it.

    Args:
        start, beyond: the amount's own days, half-open.
        first, end: the period's days, half-open.
    """
    days = beyond.delta(start, unit="day")

    def upto(day: ir.Value) -> ir.Value:
        passed = ibis.least(ibis.greatest(day.delta(start, unit="day"), 0), days)
        share = (amount * passed / days.nullif(0)).round(4).cast(_MONEY)
        return ibis.ifelse(passed >= days, amount.cast(_MONEY), share)

    return (upto(end) - upto(first)).cast(_MONEY)
