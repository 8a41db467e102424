"""Running fused queries over one tenant's snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

import duckdb
import pyarrow as pa

from tallymark.engine.cell import Figure
from tallymark.engine.fuse import BEFORE, UNDATED, Query
from tallymark.engine.plan import TOTAL, Leaf
from tallymark_sdk.calendars import Period


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A leaf's figure in one cell, with the rows behind it."""

    value: Figure | None
    rows: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Answers:
    """Every leaf's figures, by breakdown, member and period."""

    figures: Mapping[tuple[Leaf, str, str, int], Answer]
    members: Mapping[tuple[Leaf, str], Mapping[str, frozenset[int]]]
    """(leaf, dimension) → member → the periods in which it has rows."""

    def members_of(self, leaf: Leaf, dimension: str, periods: frozenset[int]) -> set[str]:
        """The members that have rows in any of the periods (`BEFORE` stands for all earlier ones)."""
        return {member for member, seen in self.members.get((leaf, dimension), {}).items() if seen & periods}


def run(
    queries: Sequence[Query], periods: Sequence[Period], connection: duckdb.DuckDBPyConnection
) -> Answers:
    """Run the queries; periods are numbered by their place in `periods`."""
    connection.register("days", _days(periods))
    connection.register("periods", _periods(periods))
    figures: dict[tuple[Leaf, str, str, int], Answer] = {}
    seen: dict[tuple[Leaf, str], dict[str, set[int]]] = {}
    for query in queries:
        for row in connection.execute(query.sql).fetchall():
            dimension, member = _place(query, row)
            for leaf, answer in _read(query, row):
                figures[(leaf, dimension, member, row[0])] = answer
                if dimension != TOTAL and answer.rows:
                    seen.setdefault((leaf, dimension), {}).setdefault(member, set()).add(row[0])
    members = {key: {name: frozenset(at) for name, at in found.items()} for key, found in seen.items()}
    return Answers(figures, members)


def _place(query: Query, row: tuple[object, ...]) -> tuple[str, str]:
    for dimension, member in zip(query.dimensions, row[1:], strict=False):
        if member is not None:
            return dimension, str(member)
    return TOTAL, ""


def _read(query: Query, row: tuple[object, ...]) -> Iterator[tuple[Leaf, Answer]]:
    at = 1 + len(query.dimensions)
    for leaf, reasons in zip(query.leaves, query.reasons, strict=True):
        value, rows, *left_out = row[at : at + 2 + len(reasons)]
        counted = {reason: int(n) for reason, n in zip(reasons, left_out, strict=True) if n}  # type: ignore[call-overload]
        yield leaf, Answer(value=_figure(value), rows=int(rows or 0), left_out=counted)  # type: ignore[call-overload]
        at += 2 + len(reasons)


def _figure(value: object) -> Figure | None:
    if value is None or isinstance(value, int | Decimal):
        return value
    # A median of whole numbers comes back as a float that is exact to the half.
    return Decimal(str(value))


def _days(periods: Sequence[Period]) -> pa.Table:
    days, numbers = [], []
    for number, period in enumerate(periods):
        for offset in range((period.end - period.start).days):
            days.append(period.start + timedelta(days=offset))
            numbers.append(number)
    return pa.table({"day": pa.array(days, pa.date32()), "period": pa.array(numbers, pa.int64())})


def _periods(periods: Sequence[Period]) -> pa.Table:
    first = [period.start for period in periods]
    beyond = [period.end for period in periods]
    return pa.table(
        {
            "period": pa.array([*range(len(periods)), UNDATED], pa.int64()),
            "first": pa.array([*first, None], pa.date32()),
            "beyond": pa.array([*beyond, None], pa.date32()),
        }
    )


__all__ = ["BEFORE", "Answer", "Answers", "run"]
