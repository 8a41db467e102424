"""A lake in a temporary folder, and short ways to fill and read it."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tallymark.lake import Lake, Landed
from tallymark.lake.overlay import overlaid
from tallymark_sdk.model import dataset
from tallymark_tenants.db import Database
from tallymark_tenants.profile import TenantProfile

Land = Callable[..., Landed]
Read = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


def batches(name: str, rows: list[dict[str, Any]], size: int = 1000) -> list[pa.RecordBatch]:
    """Rows as batches of the dataset's import schema; `source_id` is "s" where a row does not say."""
    filled = [{"source_id": "s"} | row for row in rows]
    table = pa.Table.from_pylist(filled, dataset(name).import_schema)
    return list(table.to_batches(size))


@pytest.fixture
def land(lake: Lake, database: Database, tenant: TenantProfile) -> Land:
    """Land rows in a transaction of their own."""

    def landing(
        name: str, rows: list[dict[str, Any]], profile: TenantProfile = tenant, **options: Any
    ) -> Landed:
        with database.tenant(profile.id) as session:
            return lake.land(session, profile, name, batches(name, rows), **options)

    return landing


@pytest.fixture
def read(lake: Lake, database: Database, tenant: TenantProfile) -> Read:
    """The current rows of a dataset, without the columns that are null."""

    def reading(name: str, profile: TenantProfile = tenant) -> list[dict[str, Any]]:
        with database.tenant(profile.id) as session:
            files = lake.files(session, name)
        rows = read_rows(files)
        return [{key: value for key, value in row.items() if value is not None} for row in rows]

    return reading


def read_rows(files: Sequence[Path]) -> list[dict[str, Any]]:
    """The rows of a snapshot in the order of their keys."""
    if len(files) == 1:
        rows: list[dict[str, Any]] = pq.ParquetFile(files[0]).read().to_pylist()
        return rows
    with duckdb.connect() as duck:
        duck.execute("set timezone = 'UTC'")
        found: list[dict[str, Any]] = (
            overlaid(duck, files).order("source_id, id").to_arrow_table().to_pylist()
        )
        return found


@pytest.fixture
def batches_of() -> Callable[..., list[pa.RecordBatch]]:
    """Rows as batches of a dataset's import schema."""
    return batches


@pytest.fixture
def rows_of() -> Callable[[Sequence[Path]], list[dict[str, Any]]]:
    """The rows of a snapshot's files, in the order of their keys."""
    return read_rows
