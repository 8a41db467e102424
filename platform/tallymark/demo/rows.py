"""Collects rows and turns them into Arrow tables of the canonical model."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa

from tallymark_sdk.model import dataset as dataset_named


class Rows:
    """Rows by dataset, in the order they were added."""

    def __init__(self) -> None:
        self._rows: dict[str, list[Mapping[str, Any]]] = {}

    def add(self, dataset: str, row: Mapping[str, Any]) -> None:
        """Add one row; it must name `id` and, like all rows of the dataset, the same columns."""
        self._rows.setdefault(dataset, []).append(row)

    def of(self, dataset: str) -> list[Mapping[str, Any]]:
        """The rows added so far."""
        return self._rows.get(dataset, [])

    def tables(self, source_id: str, currency: str) -> dict[str, pa.Table]:
        """Each dataset as a table in its import schema; rows without a currency get `currency`."""
        return {name: _table(name, rows, source_id, currency) for name, rows in self._rows.items()}


def _table(name: str, rows: list[Mapping[str, Any]], source_id: str, currency: str) -> pa.Table:
    schema = dataset_named(name).import_schema
    given = set(rows[0])
    if unknown := given - set(schema.names):
        raise ValueError(f"The sample fills columns that {name} has not: {', '.join(sorted(unknown))}.")
    columns = []
    for field in schema:
        if field.name in given:
            columns.append(_column([row[field.name] for row in rows], field.type))
        elif field.name in ("source_id", "currency"):
            value = source_id if field.name == "source_id" else currency
            columns.append(pa.repeat(pa.scalar(value, field.type), len(rows)))
        else:
            columns.append(pa.nulls(len(rows), field.type))
    return pa.Table.from_arrays(columns, schema=schema)


def _column(values: list[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_decimal(kind):
        values = [Decimal(str(value)) if isinstance(value, float) else value for value in values]
    return pa.array(values, kind)
