"""One tenant's datasets and periods as Spark's views."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from tallymark.engine.session import EngineError, TenantData
from tallymark_sdk.calendars import Period
from tallymark_sdk.model import DATASETS, Dataset

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_KEY = ["source_id", "id"]
_TYPES = {
    pa.string(): "STRING",
    pa.bool_(): "BOOLEAN",
    pa.date32(): "DATE",
    pa.int64(): "BIGINT",
    pa.float64(): "DOUBLE",
    pa.timestamp("us", tz="UTC"): "TIMESTAMP",
}


def make_views(session: SparkSession, data: TenantData, names: Iterable[str]) -> None:
    """One view for each of the named datasets; one that is not connected is empty.

    Raises:
        EngineError: a file is missing, damaged, or outside the tenant's own folder.
    """
    data.paths()  # refuses what isn't the tenant's
    for name in names:
        rows_of(session, DATASETS[name], data.files.get(name, ())).createOrReplaceTempView(name)


def rows_of(session: SparkSession, dataset: Dataset, files: Sequence[Path]) -> DataFrame:
    """A snapshot's rows: those of the first file, then of each later one, which replaces the rows whose keys it has.

    Columns are those of the model. One that a file lacks, or holds in another type, is null there.

    Raises:
        EngineError: a file is missing or damaged.
    """
    if not files:
        columns = ", ".join(_nothing(field) for field in dataset.stored_schema)
        return session.sql(f"SELECT {columns} WHERE false")
    base, *changes = [_read(session, dataset, file) for file in files]
    # The changes are few: put together first, so that the base is compared with them once.
    return _replaced(base, reduce(_replaced, changes)) if changes else base


def _replaced(rows: DataFrame, later: DataFrame) -> DataFrame:
    return rows.join(later.select(*_KEY), _KEY, "left_anti").select(*rows.columns).unionByName(later)


def _read(session: SparkSession, dataset: Dataset, file: Path) -> DataFrame:
    wanted = dataset.stored_schema
    try:
        held = pq.read_schema(file)
    except FileNotFoundError as error:
        raise EngineError(
            f"A file of {dataset.name} is missing; import it again, or restore the data folder."
        ) from error
    except (OSError, pa.ArrowException) as error:
        raise EngineError(
            "A file of the data can't be read; import the dataset again, or restore the data folder."
        ) from error
    present = pa.schema([field for field in wanted if field.name in held.names
                         and held.field(field.name).type == field.type])  # fmt: skip
    rows = session.read.schema(_ddl(present)).parquet(file.resolve().as_uri())
    return rows.selectExpr(*[
        f"`{field.name}`" if field.name in present.names else _nothing(field) for field in wanted
    ])  # fmt: skip


def make_period_views(session: SparkSession, periods: Sequence[Period]) -> None:
    """`periods` (number, first day, the day beyond the last) and `days` (day, number), both sent to every worker."""
    rows = [f"({number}L, DATE'{each.start}', DATE'{each.end}')" for number, each in enumerate(periods)]
    # Where no period is asked for, the views have columns all the same.
    values = ", ".join(rows) or "(0L, DATE'2000-01-01', DATE'2000-01-02')"
    condition = "true" if rows else "false"
    numbered = session.sql(
        f"SELECT * FROM VALUES {values} AS periods(period, first, beyond) WHERE {condition}"  # noqa: S608
    )
    numbered.createOrReplaceTempView("periods")
    # A period that has not begun has no day; from its first day to the one before, Spark would count backwards.
    begun = numbered.filter("first < beyond")
    days = begun.selectExpr("explode(sequence(first, date_sub(beyond, 1))) AS day", "period")
    days.createOrReplaceTempView("days")


def _nothing(field: pa.Field) -> str:
    return f"CAST(NULL AS {_type(field.type)}) AS `{field.name}`"


def _ddl(schema: pa.Schema) -> str:
    return ", ".join(f"`{field.name}` {_type(field.type)}" for field in schema)


def _type(kind: pa.DataType) -> str:
    if pa.types.is_decimal128(kind):
        return f"DECIMAL({kind.precision}, {kind.scale})"
    if kind not in _TYPES:
        raise EngineError(f"Spark has no type for {kind}; compute with the engine duckdb.")
    return _TYPES[kind]
