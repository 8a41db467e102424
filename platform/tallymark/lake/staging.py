"""Staging: where a landing's rows wait on disk until they are merged, out of every reader's sight."""

import fcntl
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tallymark.lake.values import LakeError
from tallymark_sdk.model import Dataset
from tallymark_tenants.ids import uuid7

FOLDER = ".staging"
SEQUENCE = "_seq"  # the place of a row in its landing, from 0
_LOCK = "lock"
_GROUP_ROWS = 65_536
_GRACE = timedelta(minutes=1)  # between making a folder and locking it


@contextmanager
def staging(root: Path, tenant: UUID) -> Iterator[Path]:
    """A private folder inside the tenant's; locked while its process lives, removed at the end."""
    folder = root / str(tenant) / FOLDER / str(uuid7())
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.mkdir(parents=True, mode=0o750)
    try:
        with (folder / _LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def clear_leftovers(root: Path, tenant: UUID, older_than: timedelta = _GRACE) -> int:
    """Remove the staging folders whose process has died; returns how many.

    The lock tells, not the process id: the kernel drops it with its holder, also across containers.
    """
    removed = 0
    for folder in (root / str(tenant) / FOLDER).glob("*/"):
        if _age(folder) >= max(older_than, _GRACE) and _abandoned(folder):
            shutil.rmtree(folder, ignore_errors=True)
            removed += 1
    return removed


def stage(folder: Path, dataset: Dataset, batches: Iterable[pa.RecordBatch]) -> tuple[Path, int]:
    """Write incoming batches to one Parquet file with their sequence; returns it and the number of rows.

    Columns may be in any order, and those left out are null. Raises LakeError for an unknown column, another
    type than the model's, or a row without key.
    """
    schema = dataset.import_schema.append(pa.field(SEQUENCE, pa.int64()))
    path, rows = folder / "incoming.parquet", 0
    with pq.ParquetWriter(path, schema, compression="zstd", compression_level=1) as writer:
        for batch in batches:
            for start in range(0, batch.num_rows, _GROUP_ROWS):
                part = batch.slice(start, _GROUP_ROWS)
                writer.write_batch(_numbered(_conform(part, dataset, rows), schema, rows))
                rows += part.num_rows
    return path, rows


def _conform(batch: pa.RecordBatch, dataset: Dataset, before: int) -> list[pa.Array]:
    known = dataset.import_schema
    for field in batch.schema:
        if known.get_field_index(field.name) < 0:
            raise LakeError(f"The dataset {dataset.name} has no column {field.name!r} to import.")
        if field.type not in (known.field(field.name).type, pa.null()):
            wanted = known.field(field.name).type
            raise LakeError(f"Column {field.name!r} of {dataset.name} must be {wanted}, not {field.type}.")
    columns = [_column(batch, field) for field in known]
    for name, column in zip(("source_id", "id"), columns, strict=False):
        if column.null_count:
            row = before + pc.index(column.is_null(), True).as_py() + 1
            raise LakeError(f"Row {row} for {dataset.name} has no {name}, so it can't be told from others.")
    return columns


def _column(batch: pa.RecordBatch, field: pa.Field) -> pa.Array:
    if batch.schema.get_field_index(field.name) < 0:
        return pa.nulls(batch.num_rows, field.type)
    return batch.column(field.name).cast(field.type)


def _numbered(columns: list[pa.Array], schema: pa.Schema, start: int) -> pa.RecordBatch:
    sequence = pa.array(range(start, start + len(columns[0])), pa.int64())
    return pa.RecordBatch.from_arrays([*columns, sequence], schema=schema)


def _abandoned(folder: Path) -> bool:
    try:
        with (folder / _LOCK).open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def _age(path: Path) -> timedelta:
    try:
        return timedelta(seconds=time.time() - path.stat().st_mtime)
    except FileNotFoundError:
        return timedelta(0)
