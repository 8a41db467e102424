"""A DuckDB connection that can read one tenant's snapshot and nothing else."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from tallymark.lake.overlay import overlaid
from tallymark_sdk.errors import TallymarkError
from tallymark_sdk.model import DATASETS, Dataset

if TYPE_CHECKING:
    from tallymark.engine.spark.settings import SparkSettings

MEMORY_LIMIT = "1GB"


class EngineError(TallymarkError):
    """The data can't be read; the sentence says what to do."""


@dataclass(frozen=True, kw_only=True)
class TenantData:
    """What a computation reads: the tenant's folder in the lake and the files of each dataset's snapshot.

    A dataset without files is not connected, which is not the same as connected and empty.

    Attributes:
        facts: the folder where the tenant's prepared facts are kept; without one they are made for each computation.
        spark: where Spark computes this tenant's figures; without it they are computed here.
        keep_values: whether figures are kept there too, so that only periods whose rows changed are computed again.
    """

    folder: Path
    files: Mapping[str, Sequence[Path]]
    facts: Path | None = None
    spark: SparkSettings | None = None
    keep_values: bool = True

    def is_connected(self, dataset: str) -> bool:
        """Whether any source has filled this dataset."""
        return bool(self.files.get(dataset))

    def paths(self) -> list[str]:
        """Every file that may be read. One outside the tenant's folder is refused: it would be another tenant's."""
        folder = self.folder.resolve()
        paths = [path.resolve() for files in self.files.values() for path in files]
        if stray := next((path for path in paths if not path.is_relative_to(folder)), None):
            raise EngineError(f"{stray.name} isn't in the tenant's own folder.")
        return [str(path) for path in paths]


@contextmanager
def confined(
    data: TenantData,
    *,
    threads: int | None = None,
    spill: Path | None = None,
    only: Collection[str] | None = None,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with one view per canonical dataset, confined to the tenant's own files.

    The order matters: the snapshot's files are allowed first, then every other access to files and the network is
    switched off, then the configuration is locked so that no query can switch it on again.

    Args:
        spill: where what doesn't fit in memory may lie while a query runs; without it such a query fails.
        only: the datasets that are wanted; every one without it. Each view takes its time.
    """
    connection = duckdb.connect(":memory:", config={"autoinstall_known_extensions": False})
    try:
        connection.execute("SET memory_limit = ?", [MEMORY_LIMIT])
        connection.execute("SET threads = ?", [threads or os.cpu_count() or 1])
        connection.execute("SET temp_directory = ?", ["" if spill is None else str(spill)])
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET allowed_paths = ?", [data.paths()])
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        for dataset in [each for each in DATASETS.values() if only is None or each.name in only]:
            _make_view(connection, dataset, data.files.get(dataset.name, ()))
        yield connection
    finally:
        connection.close()


def _make_view(connection: duckdb.DuckDBPyConnection, dataset: Dataset, files: Sequence[Path]) -> None:
    if not files:
        connection.register(dataset.name, dataset.stored_schema.empty_table())
        return
    if not all(path.exists() for path in files):
        raise EngineError(
            f"A file of {dataset.name} is missing; import it again, or restore the data folder."
        )
    relation = overlaid(connection, [path.resolve() for path in files])
    # A snapshot written before a column was added to the model, or with another type, reads as empty in it.
    wanted = {field.name: _sql_type(field.type) for field in dataset.stored_schema}
    kinds = dict(zip(relation.columns, map(str, relation.types), strict=True))
    present = {name for name, kind in wanted.items() if kinds.get(name) == kind}
    columns = ", ".join(
        f'"{field.name}"'
        if field.name in present
        else f'CAST(NULL AS {wanted[field.name]}) AS "{field.name}"'
        for field in dataset.stored_schema
    )
    relation.project(columns).create_view(dataset.name)


@cache
def _sql_type(kind: pa.DataType) -> str:
    empty = pa.table({"column": pa.array([], kind)})
    return str(duckdb.arrow(empty).types[0])
