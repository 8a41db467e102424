"""A DuckDB connection over a tenant's raw Parquet files, with the tables of periods that hand-written SQL joins."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from bench.question import Question
from tallymark.engine.session import TenantData

SQL = Path(__file__).parent.parent / "sql"
YEAR = 12
"""How many months before those asked for are known to the SQL, for comparisons; so the first asked has this number."""


def connect(data: TenantData, question: Question, *, threads: int = 2) -> duckdb.DuckDBPyConnection:
    """Views over the files, and `periods` and `days` (the period of each day) of the question and the year before it."""
    connection = duckdb.connect(config={"threads": threads, "memory_limit": "8GB"})
    connection.execute("SET TimeZone = 'UTC'")
    for name, files in data.files.items():
        connection.read_parquet([str(file) for file in files]).create_view(name)
    for name, table in period_tables(question).items():
        connection.register(f"_{name}", table)
        connection.execute(f'CREATE TABLE {name} AS FROM "_{name}"')
    return connection


def period_tables(question: Question) -> dict[str, pa.Table]:
    """`periods` and `days` as Arrow tables."""
    cut = question.calendar
    periods: list[dict[str, Any]] = []
    days: list[dict[str, Any]] = []
    for number, period in enumerate(
        cut.range(cut.step(question.periods[0], -YEAR), YEAR + len(question.periods))
    ):
        common = {"period": number, "first": period.start, "beyond": period.end}
        common |= {"asked": number >= YEAR, "is_before": number == YEAR - 1}
        periods.append(common)
        length = (period.end - period.start).days
        days.extend({"day": period.start + timedelta(days=each), **common} for each in range(length))
    schema = pa.schema(
        {
            "period": pa.int64(),
            "first": pa.date32(),
            "beyond": pa.date32(),
            "asked": pa.bool_(),
            "is_before": pa.bool_(),
        }
    )
    return {
        "periods": pa.Table.from_pylist(periods, schema),
        "days": pa.Table.from_pylist(days, schema.insert(0, pa.field("day", pa.date32()))),
    }
