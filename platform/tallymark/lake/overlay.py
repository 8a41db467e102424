"""Reading a snapshot of several files: the base without the rows that changed since, and the changes.

A snapshot's first file is its base, the others are change files, oldest first. A row of a later file takes the place
of the row of the same (source_id, id) in an earlier one. So that nobody has to compare keys for that, a change file
says in its column `_replaces` which row each of its rows replaces: the number of the file in the snapshot's list,
times 2**40, plus the number of the row in that file; null for a row that is new. Only the newest row of a key is
replaced by a later one, so each row is replaced at most once.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

REPLACES = "_replaces"
"""The column of change files that names the replaced rows; no reader of the lake sees it."""
_ROW_BITS = 40
_ROWS = (1 << _ROW_BITS) - 1


def places(file: int, rows: np.ndarray) -> np.ndarray:
    """Row numbers of the snapshot's file with that number, as `_replaces` holds them."""
    return rows.astype(np.int64) | (file << _ROW_BITS)


def split(at: np.ndarray, files: int) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Places by their file: its number, the indices into `at`, and the row numbers; negative places are in none."""
    owners = at >> _ROW_BITS
    for number in range(files):
        inside = np.flatnonzero(owners == number)
        if len(inside):
            yield number, inside, at[inside] & _ROWS


def replaced(files: Sequence[Path]) -> list[np.ndarray]:
    """For each file of a snapshot, the sorted numbers (int64) of its rows that a later file replaces."""
    gone = np.sort(_replaced_places(files))
    starts = np.searchsorted(gone, np.arange(len(files) + 1, dtype=np.int64) << _ROW_BITS)
    return [gone[first:last] & _ROWS for first, last in pairwise(starts)]


def overlaid(connection: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> duckdb.DuckDBPyRelation:
    """The snapshot of these files as a relation with the columns of all of them; each key's newest row only.

    The connection must be allowed to read the files. A view may be made of the relation: the row numbers that it
    leaves out are registered with the connection and stay there.
    """
    return connection.sql(overlay_sql(connection, files))


def overlay_sql(
    connection: duckdb.DuckDBPyConnection,
    files: Sequence[Path],
    *,
    columns: Iterable[str] | None = None,
    start: int = 0,
) -> str:
    """The query behind `overlaid`; of these columns, where the files have them, and of the files from `start` on."""
    gone, schema = _replaced_places(files), pq.read_schema(files[-1]).names
    wanted = set(schema if columns is None else columns) - {REPLACES}
    select = f"select {listed(name for name in schema if name in wanted)}"
    paths = ", ".join(quoted(file) for file in files[start:])
    if not len(gone):
        return f"from read_parquet([{paths}], union_by_name = true) {select}"
    registered = f"replaced in {files[-1].parent.name}"
    connection.register(registered, pa.table({"place": gone}))
    # The files of a snapshot with changes have the same columns, so the first one's stand for all.
    place = f"((f.file_index::bigint + {start}) << {_ROW_BITS}) | f.file_row_number"
    return (
        f"from read_parquet([{paths}], file_row_number = true) f "
        f'anti join "{registered}" g on g.place = {place} {select}'
    )


def overlaid_table(files: Sequence[Path], columns: Sequence[str]) -> pa.Table:
    """The named columns of a snapshot as Arrow, for datasets that fit in memory; all files must have them."""
    gone = replaced(files)
    tables = [
        without(pq.ParquetFile(file).read(columns=list(columns)).select(list(columns)), gone[number])
        for number, file in enumerate(files)
    ]
    return pa.concat_tables(tables)


def without(table: pa.Table, rows: np.ndarray) -> pa.Table:
    """The table without the rows of those numbers."""
    if not len(rows):
        return table
    keep = np.ones(table.num_rows, dtype=bool)
    keep[rows] = False
    return table.filter(pa.array(keep))


def group_maxima(files: Sequence[Path], column: str) -> Iterator[Any]:
    """The largest value of a column in each row group that has any; from statistics where no row is replaced."""
    for file, gone in zip(files, replaced(files), strict=True):
        opened = pq.ParquetFile(file)
        index, start = opened.schema_arrow.get_field_index(column), 0
        for group in range(opened.num_row_groups) if index >= 0 else ():
            described = opened.metadata.row_group(group)
            first, last = np.searchsorted(gone, (start, start + described.num_rows))
            if first < last:
                values = opened.read_row_group(group, columns=[column])
                largest = pc.max(without(values, gone[first:last] - start).column(0)).as_py()
            else:
                statistics = described.column(index).statistics
                largest = statistics.max if statistics is not None and statistics.has_min_max else None
            if largest is not None:
                yield largest
            start += described.num_rows


def quoted(path: Path) -> str:
    """A path as SQL text."""
    return "'" + str(path).replace("'", "''") + "'"


def listed(names: Iterable[str], prefix: str = "") -> str:
    """Column names as SQL text."""
    return ", ".join(f'{prefix}"{name}"' for name in names)


def _replaced_places(files: Sequence[Path]) -> np.ndarray:
    found = [np.empty(0, np.int64)]
    for file in files[1:]:
        opened = pq.ParquetFile(file)
        if REPLACES in opened.schema_arrow.names:
            column = opened.read(columns=[REPLACES]).column(0).combine_chunks().drop_null()
            found.append(column.to_numpy(zero_copy_only=False))
    return np.concatenate(found)
