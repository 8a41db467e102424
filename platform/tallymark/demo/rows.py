"""Collects rows and turns them into Arrow tables of the canonical model."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pyarrow as pa

from tallymark_sdk.model import dataset as dataset_named


class Rows:
    """Rows by dataset, in the order they were added."""

    def __init__(self) -> None:
        self._names: dict[str, tuple[str, ...]] = {}
        self._rows: dict[str, list[tuple[Any, ...]]] = {}

    def add(self, dataset: str, row: Mapping[str, Any]) -> None:
        """Add one row; it must name `id` and, like all rows of the dataset, the same columns in the same order."""
        names = tuple(row)
        if self._names.setdefault(dataset, names) != names:
            raise ValueError(f"The sample's rows of {dataset} do not name the same columns.")
        self._rows.setdefault(dataset, []).append(tuple(row.values()))

    def count(self, dataset: str) -> int:
        """How many rows were added so far."""
        return len(self._rows.get(dataset, ()))

    def tables(self, source_id: str, currency: str) -> dict[str, pa.Table]:
        """Each dataset as a table in its import schema; rows without a currency get `currency`."""
        return {name: self._table(name, source_id, currency) for name in self._rows}

    def _table(self, name: str, source_id: str, currency: str) -> pa.Table:
        schema, rows = dataset_named(name).import_schema, self._rows[name]
        given = dict(zip(self._names[name], zip(*rows, strict=True), strict=True))
        if unknown := set(given) - set(schema.names):
            raise ValueError(f"The sample fills columns that {name} has not: {', '.join(sorted(unknown))}.")
        everywhere = {"source_id": source_id, "currency": currency}
        columns = []
        for field in schema:
            if field.name in given:
                columns.append(_column(given[field.name], field.type))
            else:
                columns.append(pa.repeat(pa.scalar(everywhere.get(field.name), field.type), len(rows)))
        return pa.Table.from_arrays(columns, schema=schema)


def _column(values: tuple[Any, ...], kind: pa.DataType) -> pa.Array:
    if pa.types.is_decimal(kind) and any(isinstance(value, float) for value in values):
        values = tuple(Decimal(str(value)) if isinstance(value, float) else value for value in values)
    return pa.array(values, kind)
