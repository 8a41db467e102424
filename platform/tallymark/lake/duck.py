"""The DuckDB that a landing merges with: little memory, two threads, and nothing but the tenant's folder."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from tallymark.lake.overlay import listed, overlay_sql, quoted
from tallymark.lake.parquet import head

BATCH_ROWS = 32_768
MOST_ROWS = 400_000
"""Rows that are merged at once; wide rows are fewer."""
_RANGE_BYTES = 96_000_000
_MEMORY = "400MB"
_THREADS = 2


@contextmanager
def merging(folder: Path, tenant_folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that reads the tenant's folder and spills into the landing's own."""
    duck = duckdb.connect()
    try:
        for setting in (
            f"memory_limit = '{_MEMORY}'",
            f"threads = {_THREADS}",
            f"temp_directory = {quoted(folder / 'spill')}",
            f"allowed_directories = [{quoted(tenant_folder)}]",
            "timezone = 'UTC'",
            "preserve_insertion_order = false",
            "enable_external_access = false",
            "lock_configuration = true",
        ):
            duck.execute(f"set {setting}")
        yield duck
    finally:
        duck.close()


def view(
    duck: duckdb.DuckDBPyConnection, name: str, files: Sequence[Path], schema: pa.Schema, *, start: int = 0
) -> None:
    """A view of a snapshot's files, from `start` on, with these columns; those that no file has are null."""
    duck.register(f"{name}_empty", schema.empty_table())
    query = f'from "{name}_empty" select {listed(schema.names)}'
    if files[start:]:
        query += " union all by name " + overlay_sql(duck, files, columns=schema.names, start=start)
    duck.execute(f'create or replace temp view "{name}" as {query}')


def range_rows(*groups: Sequence[Path]) -> int:
    """How many rows of these files make a range that fits in memory several times over."""
    footers = [head(file) for files in groups for file in files]
    rows = sum(footer.num_rows for footer in footers)
    size = sum(
        footer.row_group(n).total_byte_size for footer in footers for n in range(footer.num_row_groups)
    )
    return max(1, min(MOST_ROWS, _RANGE_BYTES * rows // size)) if size else MOST_ROWS
