"""The fused SQL that our own compiler makes of the same metrics, over raw Parquet.

The whole catalogue is too much to write by hand, so this stands for it, beside its ratio to what was written by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

import duckdb
import pyarrow as pa

from bench.answers import Answers
from bench.assembling import Figures, values
from bench.contestants.duck import connect
from bench.question import AS_OF, Question
from tallymark.engine.expand import TOTAL
from tallymark.engine.fuse import Query, fuse
from tallymark.engine.plan import Plan, make_plan
from tallymark.engine.session import TenantData
from tallymark.plugins.registry import registry
from tallymark_sdk.calendars import Period
from tallymark_sdk.calendars.comparison import Comparison


def plan_of(question: Question, keys: Sequence[str] | None = None) -> Plan:
    """The plan of the question, or of some of its metrics."""
    known = registry()
    metrics = [known[key] for key in keys or question.keys]
    compared = Comparison(calendar=question.calendar, as_of=AS_OF)
    return make_plan(metrics, question.periods, question.by, known, compared)


@dataclass(frozen=True)
class Asked:
    """One query and its rows."""

    query: Query
    rows: pa.Table


class Compiled:
    """`tallymark.engine.fuse` on DuckDB."""

    name = "compiled fused SQL"

    def __init__(self, data: TenantData, question: Question, *, threads: int = 2) -> None:
        self.data, self.question, self.threads = data, question, threads

    def open(self) -> None:
        """Compile, and connect."""
        self.plan = plan_of(self.question)
        self.queries = fuse(self.plan)
        self.connection = connect(self.data, self.question, threads=self.threads)
        number_periods(self.connection, self.plan.periods)

    def ask(self) -> list[Asked]:
        """Every query's rows, as Arrow."""
        return [Asked(query, self.connection.sql(query.sql).to_arrow_table()) for query in self.queries]

    def read(self, asked: Sequence[Asked]) -> Answers:
        """The cells: the formulas' arithmetic over the queries' figures."""
        figures = Figures(dict(figure for each in asked for figure in _figures(each)), self.plan.numbers)
        return values(figures, self.question, self.data)

    def close(self) -> None:
        """Disconnect."""
        self.connection.close()


def number_periods(connection: duckdb.DuckDBPyConnection, periods: Sequence[Period]) -> None:
    """Give a connection the tables `periods` and `days` as compiled SQL reads them."""
    for name, table in numbered(periods).items():
        connection.register(f"_{name}", table)
        connection.execute(f'CREATE OR REPLACE TABLE {name} AS FROM "_{name}"')


def numbered(periods: Sequence[Period]) -> dict[str, pa.Table]:
    """The tables `periods` and `days`, with periods numbered by their place in the plan."""
    places = list(enumerate(periods))
    return {
        "periods": pa.table(
            {
                "period": pa.array([number for number, _ in places], pa.int64()),
                "first": pa.array([period.start for _, period in places], pa.date32()),
                "beyond": pa.array([period.end for _, period in places], pa.date32()),
            }
        ),
        "days": pa.table(
            {
                "day": pa.array([day for _, period in places for day in _days(period)], pa.date32()),
                "period": pa.array([number for number, period in places for _ in _days(period)], pa.int64()),
            }
        ),
    }


def _days(period: Period) -> list[object]:
    return [period.start + timedelta(days=each) for each in range((period.end - period.start).days)]


def _figures(asked: Asked) -> Iterator[tuple[tuple[object, str, str, int], object]]:
    """((leaf, dimension, member, period number), value) of a query's rows; a value without rows is missing."""
    query = asked.query
    columns = [column.to_pylist() for column in asked.rows.columns]
    first = 1 + len(query.dimensions)
    places = [first]
    for reasons in query.reasons:
        places.append(places[-1] + 2 + len(reasons))
    for row in range(asked.rows.num_rows):
        dimension, member = TOTAL, ""
        for name, column in zip(query.dimensions, columns[1:first], strict=True):
            if column[row] is not None:
                dimension, member = name, column[row]
        for leaf, place in zip(query.leaves, places, strict=False):
            if columns[place + 1][row]:
                yield (leaf, dimension, member, columns[0][row]), columns[place][row]
