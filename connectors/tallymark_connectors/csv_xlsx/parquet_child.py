"""Runs as a child process: a Parquet file as CSV, each record beginning with its row number (the header is 1)."""

import csv
import math
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tallymark_connectors.csv_xlsx.child import run

_ROWS = 20_000


def convert(source: Path, target: Path, _sheet: str | None) -> dict[str, object]:
    """Write all rows to `target`; a Parquet file has no sheets."""
    file = pq.ParquetFile(source, memory_map=False, pre_buffer=False)
    number = 1
    with target.open("w", encoding="utf-8", newline="") as output:
        writer = csv.writer(output)
        writer.writerow([number, *file.schema_arrow.names])
        for batch in file.iter_batches(batch_size=_ROWS, use_threads=False):
            columns = [_texts(column) for column in batch.columns]
            for row in zip(*columns, strict=True):
                number += 1
                writer.writerow([number, *row])
    return {"sheets": []}


def _texts(column: pa.Array) -> list[str | None]:
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_floating(column.type):
        return [None if v is None or math.isnan(v) else format(v, ".15g") for v in column.to_pylist()]
    if pa.types.is_nested(column.type) or pa.types.is_binary(column.type):
        return [None if v is None else str(v) for v in column.to_pylist()]
    texts: list[str | None] = pc.cast(column, pa.string()).to_pylist()
    return texts


if __name__ == "__main__":
    sys.exit(run(convert, "The Parquet file could not be read; export the table as CSV instead."))
