"""The rows themselves, from the snapshot that the facts were made of, found by the key that facts keep of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from tallymark.engine.session import EngineError, TenantData, confined
from tallymark.explain.lineage import KEY
from tallymark_sdk.dimensions import label_column


def _key(column: str) -> str:
    """The key that facts have of a row, 64 bits of its source and id, in DuckDB's words."""
    return f'CAST(CAST(hash(source_id || chr(31) || "{column}") AS BIT) AS BIGINT)'


Found = Mapping[int, Sequence[Mapping[str, Any]]]
"""Key → the rows with it: one, unless two rows' keys collide."""


@dataclass(frozen=True)
class Reader:
    """An open connection that can read some datasets of one tenant's snapshots."""

    data: TenantData
    connection: duckdb.DuckDBPyConnection

    def rows(
        self,
        dataset: str,
        columns: Sequence[str],
        keys: Sequence[int],
        *,
        day_column: str | None = None,
        days: tuple[date, date] | None = None,
        referring: Iterable[tuple[str, str]] = (),
    ) -> Found:
        """The rows with these keys.

        Args:
            day_column, days: the column that should hold the rows' days, and the first and last of them; with these
                far fewer rows are read. Rows that aren't found so are looked for without.
            referring: (dataset, column) that hold ids of such rows, where the rows themselves are missing.

        Raises:
            EngineError: a file of the snapshot can't be read.
        """
        wanted = set(keys)
        if not wanted:
            return {}
        try:
            found = self._read(dataset, columns, wanted, day_column if days else None, days)
            if missing := wanted - set(found):
                found |= self._read(dataset, columns, missing, None, None)
            if missing := wanted - set(found):
                found |= referred(self.data, referring, missing)
        except duckdb.IOException as error:
            raise EngineError(
                "A file of the data can't be read; import the dataset again, or restore the data folder."
            ) from error
        return found

    def name(self, dimension: str, member: str) -> str:
        """What people call a member; its id where it has no name, or several sources give it different ones."""
        place = label_column(dimension)
        if place is None:
            return member
        # Both names are the model's own, never a person's.
        query = f'SELECT DISTINCT "{place[1]}" FROM "{place[0]}" WHERE id = $id AND "{place[1]}" IS NOT NULL'  # noqa: S608
        names = self.connection.sql(query, params={"id": member}).fetchall()
        return str(names[0][0]) if len(names) == 1 else member

    def _read(
        self,
        dataset: str,
        columns: Sequence[str],
        keys: set[int],
        day_column: str | None,
        days: tuple[date, date] | None,
    ) -> dict[int, list[dict[str, Any]]]:
        # Every name is the model's own, never a person's; keys are numbers and days are parameters.
        listed = ", ".join(f'"{name}"' for name in (*KEY, *columns, "deleted_at"))
        inside = "" if day_column is None else f'WHERE "{day_column}" BETWEEN $first AND $last'
        key = _key("id")
        query = (
            f'SELECT * FROM (SELECT {key} AS _key, {listed} FROM "{dataset}" {inside}) '  # noqa: S608
            "WHERE _key IN (SELECT key FROM wanted)"
        )
        given = {} if days is None or day_column is None else {"first": days[0], "last": days[1]}
        self.connection.register("wanted", pa.table({"key": pa.array(sorted(keys), pa.int64())}))
        rows = self.connection.sql(query, params=given).to_arrow_table().to_pylist()
        found: dict[int, list[dict[str, Any]]] = {}
        for row in sorted(rows, key=lambda each: (str(each["source_id"]), str(each["id"]))):
            found.setdefault(row.pop("_key"), []).append(row)
        return found


def referred(
    data: TenantData, columns: Iterable[tuple[str, str]], keys: set[int]
) -> dict[int, list[dict[str, Any]]]:
    """The sources and ids of rows that aren't in their dataset, but that others refer to.

    Args:
        columns: (dataset, column) that hold such ids.
    """
    found: dict[int, list[dict[str, Any]]] = {}
    for dataset, column in columns:
        if not keys - set(found):
            break
        with confined(data, only=(dataset,)) as connection:
            # Both names are the model's own, never a person's.
            query = (
                f"SELECT DISTINCT {_key(column)} AS _key, source_id, "  # noqa: S608
                f'"{column}" AS id FROM "{dataset}" WHERE _key IN (SELECT key FROM wanted)'
            )
            connection.register("wanted", pa.table({"key": pa.array(sorted(keys), pa.int64())}))
            for row in connection.sql(query).to_arrow_table().to_pylist():
                found.setdefault(row.pop("_key"), [row])
    return found


@contextmanager
def reading(data: TenantData, datasets: Iterable[str], dimension: str) -> Iterator[Reader]:
    """Open these datasets, and the one that names a breakdown's members; each dataset opened takes its time.

    Raises:
        EngineError: a file of the snapshot is missing.
    """
    named = label_column(dimension) if dimension else None
    only = {*datasets, *((named[0],) if named else ())}
    with confined(data, only=only) as connection:
        yield Reader(data, connection)
