"""Running fused queries over one tenant's snapshot."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa

from tallymark.engine.cell import Figure
from tallymark.engine.expand import TOTAL
from tallymark.engine.fuse import Query
from tallymark.engine.plan import Leaf, Run
from tallymark.engine.session import EngineError
from tallymark_sdk.calendars import Period
from tallymark_sdk.rows import DELETED

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A leaf's figure in one cell, with the rows behind it."""

    value: Figure | None
    rows: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Answers:
    """Every leaf's figures, by breakdown, member and period."""

    figures: Mapping[tuple[Leaf | Run, str, str, int], Answer]
    members: Mapping[tuple[Leaf | Run, str], Mapping[str, frozenset[int]]]
    """(leaf, dimension) → member → the periods in which it has rows."""
    failed: Mapping[Leaf | Run, str]
    """Leaves that couldn't be computed, with the reason."""
    since: Mapping[str, date] = field(default_factory=dict)
    """Dataset of spans → the first day it is known of, where all of its spans were derived from syncs."""

    def members_of(self, leaf: Leaf | Run, dimension: str, periods: frozenset[int]) -> set[str]:
        """The members that have rows in any of the periods (`BEFORE` stands for all earlier ones)."""
        return {member for member, seen in self.members.get((leaf, dimension), {}).items() if seen & periods}


def run(
    queries: Sequence[Query],
    periods: Sequence[Period],
    connection: duckdb.DuckDBPyConnection,
    histories: Iterable[str] = (),
) -> Answers:
    """Run the queries; periods are numbered by their place in `periods`.

    A query that fails is run again leaf by leaf, so that only the leaf at fault has no value.

    Args:
        histories: datasets of spans that some metric needs whole.
    """
    connection.register("days", _days(periods))
    connection.register("periods", _periods(periods))
    figures: dict[tuple[Leaf | Run, str, str, int], Answer] = {}
    seen: dict[tuple[Leaf | Run, str], dict[str, set[int]]] = {}
    failed: dict[Leaf | Run, str] = {}
    for query, row in _rows(queries, connection, failed):
        dimension, member = _place(query, row)
        for leaf, answer in _read(query, row):
            figures[leaf, dimension, member, row[0]] = answer
            if dimension != TOTAL and (answer.rows or set(answer.left_out) - {DELETED}):
                seen.setdefault((leaf, dimension), {}).setdefault(member, set()).add(row[0])
    members = {key: {name: frozenset(at) for name, at in found.items()} for key, found in seen.items()}
    return Answers(figures, members, failed, _known_since(histories, connection))


def _known_since(histories: Iterable[str], connection: duckdb.DuckDBPyConnection) -> dict[str, date]:
    found: dict[str, date] = {}
    for name in sorted(set(histories)):
        # The name is a dataset of the model, held so when its metric was loaded.
        query = (
            f"SELECT min(entered_on) FROM \"{name}\" HAVING bool_and(origin IS NOT DISTINCT FROM 'derived')"  # noqa: S608
        )
        for (first,) in connection.execute(query).fetchall():
            if first is not None:
                found[name] = first
    return found


def _rows(
    queries: Iterable[Query], connection: duckdb.DuckDBPyConnection, failed: dict[Leaf | Run, str]
) -> Iterator[tuple[Query, tuple[Any, ...]]]:
    for query in queries:
        try:
            rows = connection.execute(query.sql).fetchall()
        except duckdb.IOException as error:
            raise EngineError(
                "A file of the data can't be read; import the dataset again, or restore the data folder."
            ) from error
        except duckdb.Error as error:
            if len(query.leaves) > 1:
                yield from _rows(query.one_by_one(), connection, failed)
            else:
                log.warning("a leaf failed: %s", error)
                failed[query.leaves[0]] = f"could not be computed: {type(error).__name__}"
        else:
            for row in rows:
                yield query, row


def _place(query: Query, row: tuple[Any, ...]) -> tuple[str, str]:
    for dimension, member in zip(query.dimensions, row[1:], strict=False):
        if member is not None:
            return dimension, str(member)
    return TOTAL, ""


def _read(query: Query, row: tuple[Any, ...]) -> Iterator[tuple[Leaf, Answer]]:
    at = 1 + len(query.dimensions)
    for leaf, reasons in zip(query.leaves, query.reasons, strict=True):
        value, rows, *left_out = row[at : at + 2 + len(reasons)]
        counted = {reason: int(n) for reason, n in zip(reasons, left_out, strict=True) if n}
        yield leaf, Answer(value=_figure(value), rows=int(rows or 0), left_out=counted)
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
            "period": pa.array(range(len(periods)), pa.int64()),
            "first": pa.array(first, pa.date32()),
            "beyond": pa.array(beyond, pa.date32()),
        }
    )
