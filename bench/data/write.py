"""Writing a tenant: each dataset is one DuckDB query, streamed to a Parquet file as the lake writes them."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

import duckdb

from bench.data.sizes import Size
from tallymark_sdk.model import DATASETS, Column, Dataset, Kind

HERE = Path(__file__).parent
ROW_GROUP = 65_536

_TYPES = {
    Kind.FLAG: "BOOLEAN",
    Kind.TIMESTAMP: "TIMESTAMPTZ",
    Kind.DATE: "DATE",
    Kind.MONEY: "DECIMAL(18, 4)",
    Kind.INTEGER: "BIGINT",
}


def write_tenant(
    folder: Path, size: Size, *, variant: int = 0, names: Iterable[str] = DATASETS
) -> dict[str, float]:
    """Write these datasets of a tenant, one file each, and return the seconds that each took.

    Args:
        folder: where `<dataset>.parquet` go; it is made.
        variant: moves the rows' numbers, so that tenants of one size differ from each other in every row.
    """
    folder.mkdir(parents=True, exist_ok=True)
    connection = _connection(size, variant)
    seconds = {}
    for name in names:
        started = time.perf_counter()
        _write(connection, DATASETS[name], folder / f"{name}.parquet")
        seconds[name] = time.perf_counter() - started
    connection.close()
    return seconds


def _connection(size: Size, variant: int) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET memory_limit = '2GB'")
    for name, value in size.variables().items():
        connection.execute(f"SET VARIABLE {name} = {value}::BIGINT")
    connection.execute(f"SET VARIABLE variant = '{variant or ''}'")
    connection.execute((HERE / "macros.sql").read_text(encoding="utf-8"))
    return connection


def _write(connection: duckdb.DuckDBPyConnection, dataset: Dataset, path: Path) -> None:
    query = (HERE / "datasets" / f"{dataset.name}.sql").read_text(encoding="utf-8")
    given = {str(row[0]) for row in connection.execute(f"DESCRIBE {query}").fetchall()}
    columns = ", ".join(
        f'CAST({_nullable(column, _value(column, dataset, given))} AS {_type(column)}) AS "{column.name}"'
        for column in dataset.stored_columns
    )
    unfinished = path.with_suffix(".part")
    connection.execute(
        f"COPY (SELECT {columns} FROM ({query})) TO '{unfinished}' "  # noqa: S608  names of the model, files of ours
        f"(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {ROW_GROUP})"
    )
    unfinished.rename(path)


def _value(column: Column, dataset: Dataset, given: set[str]) -> str:
    """What fills a column: what the query gives, what the load would derive from that, or nothing."""
    if column.name in given:
        return f'"{column.name}"'
    if column.name == "source_id":
        return "'crm'"
    if column.name == "updated_at":
        return "created_at"
    if column.name == "synced_at":
        return "TIMESTAMPTZ '2026-10-01 01:00:00+00'"
    origin = next((each for each in dataset.stored_columns if each.derivative == column), None)
    if origin is None or (origin.name not in given and origin.name not in ("updated_at", "synced_at")):
        return "NULL"
    if origin.local_date:
        return _value(origin, dataset, given)
    return f'in_base("{origin.name}", currency, rate_day)'


def _nullable(column: Column, value: str) -> str:
    """The value in a way that DuckDB can't see that it is never null: it would store the column as required."""
    return value if column.name == "id" else f"CASE WHEN id <> '' THEN {value} END"


def _type(column: Column) -> str:
    if column.kind is Kind.DECIMAL:
        digits = 28 if column.places is not None else 18
        return f"DECIMAL({digits}, {column.decimal_places})"
    return _TYPES.get(column.kind, "VARCHAR")
