"""Merging incoming rows onto a snapshot: one row a key, the newest wins, in the order of the key.

Of two rows of one key the later arrival wins, unless both say when they were updated and the earlier arrival was
updated later. DuckDB does it, on disk where memory ends.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from tallymark.lake.derive import reference_name
from tallymark.lake.staging import SEQUENCE
from tallymark_sdk.model import Dataset
from tallymark_sdk.model import dataset as dataset_named

CHANGE = "_change"  # added, updated, unchanged, removed; null for a row that the landing did not touch
_MEMORY = "400MB"
_THREADS = 2
_BATCH_ROWS = 32_768
_NAMED_DUPLICATES = 20
_RANGE_BYTES = 96_000_000
_MOST_ROWS = 400_000

# A row without `updated_at` takes the place of whatever came before it; what comes after it competes by its own.
_LATEST = """
create temp table latest as
with arrivals as (
    select source_id, id, updated_at, _seq from incoming
    union all
    select source_id, id, updated_at, -1 from stored
    semi join (select distinct source_id, id from incoming) using (source_id, id)
    where not $replace
), marked as (
    select *, max(case when updated_at is null then _seq end) over (partition by source_id, id) as erased
    from arrivals
)
select source_id, id, count(*) filter (where _seq >= 0) as arrived,
    max({'at': coalesce(epoch_us(updated_at), -9223372036854775808), 'seq': _seq})
        filter (where erased is null or _seq >= erased).seq as winner
from marked group by source_id, id
"""

# Wide rows are merged one range of keys at a time, so that memory holds a range and never the dataset.
_RANGES = """
with keys as (select source_id, id from latest union select source_id, id from stored),
placed as (select source_id, id, row_number() over (partition by source_id order by id) - 1 as place from keys)
select source_id, id, lead(id) over (partition by source_id order by id)
from placed where place % $rows = 0 order by source_id, id
"""

_MERGED = """
with matched as (
    select source_id, id, synced_at, hash({given}) as one, hash('again', {given}) as two{carried}
    from stored semi join latest using (source_id, id) where {inside}
), taken as (
    select i.*{kept}, k.id is not null as known, k.synced_at as synced,
        known and k.one = hash({incoming}) and k.two = hash('again', {incoming}) as same
    from (from incoming where {inside}) i join latest l on i._seq = l.winner
    left join matched k on k.source_id = i.source_id and k.id = i.id
), left_over as (
    select c.*, l.id is not null as newer,
        $replace and not newer and c.deleted_at is null and c.source_id in (select source_id from latest) as gone
    from (from stored where {inside}) c left join latest l on l.source_id = c.source_id and l.id = c.id
    where l.id is null or l.winner < 0
), merged as (
    select {columns}, case when same then synced else $now end as synced_at,
        case when same then 'unchanged' when known then 'updated' else 'added' end as _change
    from taken
    union all
    select {columns_gone}, case when gone then $now else synced_at end,
        case when gone then 'removed' when newer then 'unchanged' end
    from left_over
)
select m.*{dates} from merged m {joins} order by m.id
"""


@dataclass(frozen=True, kw_only=True)
class Arrivals:
    """How many keys came in, and the rows beyond one a key, with the first of their ids."""

    keys: int
    duplicates: int
    duplicate_ids: tuple[str, ...]


class Merge:
    """One merge in its own DuckDB, which opens nothing but the tenant's folder. Use as a context manager."""

    def __init__(
        self, dataset: Dataset, folder: Path, tenant_folder: Path, *, carried: Sequence[str] = ()
    ) -> None:
        """`carried` are the columns of the dataset that incoming rows can't have: a row keeps what is stored."""
        self._dataset = dataset
        self._carried = carried
        self._range_rows = _MOST_ROWS
        self._duck = duckdb.connect()
        for setting in (
            f"memory_limit = '{_MEMORY}'",
            f"threads = {_THREADS}",
            f"temp_directory = {_quoted(folder / 'spill')}",
            f"allowed_directories = [{_quoted(tenant_folder)}]",
            "timezone = 'UTC'",
            "preserve_insertion_order = false",
            "enable_external_access = false",
            "lock_configuration = true",
        ):
            self._duck.execute(f"set {setting}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._duck.close()

    def compare(self, incoming: Path | None, stored: Sequence[Path], *, replace: bool) -> Arrivals:
        """Choose the row that wins for each incoming key; with `replace`, incoming ones always do."""
        given = self._dataset.import_schema
        self._view("incoming", [incoming] if incoming else [], given.append(pa.field(SEQUENCE, pa.int64())))
        synced = self._dataset.stored_schema.field("synced_at")
        self._view("stored", stored, given.append(synced))
        self._duck.execute(_LATEST, {"replace": replace})
        self._range_rows = _range_rows([incoming] if incoming else [], stored)
        return self._arrivals()

    def rows(
        self, references: Sequence[tuple[str, Sequence[Path]]], now: datetime, *, replace: bool
    ) -> Iterator[pa.RecordBatch]:
        """All rows of the new snapshot: import columns, `synced_at`, `_change`, and the references' dates.

        `references` are the money dates in other datasets, each with that dataset's files.
        """
        names = self._dataset.import_schema.names
        fillable = [name for name in names if name not in self._carried]
        kept = ", ".join(f'k."{name}" as "{name}"' for name in self._carried)
        gone = "case when gone then $now else deleted_at end as deleted_at"
        joins = [self._reference(n, path, files) for n, (path, files) in enumerate(references)]
        query = partial(
            _MERGED.format,
            given=_listed(fillable),
            incoming=_listed(fillable, "i."),
            carried="".join(f', "{name}"' for name in self._carried),
            kept=f" replace ({kept})" if kept else "",
            columns=_listed(names),
            columns_gone=_listed(names).replace('"deleted_at"', gone),
            dates="".join(f", {date}" for date, _ in joins),
            joins=" ".join(join for _, join in joins),
        )
        schema = self._merged_schema([path for path, _ in references])
        for source, first, beyond in self._duck.execute(_RANGES, {"rows": self._range_rows}).fetchall():
            inside = "source_id = $source and id >= $first" + (
                " and id < $beyond" if beyond is not None else ""
            )
            values = {"source": source, "first": first, "replace": replace, "now": now}
            given = values if beyond is None else values | {"beyond": beyond}
            for batch in self._duck.sql(query(inside=inside), params=given).to_arrow_reader(_BATCH_ROWS):
                yield batch.cast(schema)

    def _arrivals(self) -> Arrivals:
        keys, rows = self._duck.execute("select count(*), coalesce(sum(arrived), 0) from latest").fetchall()[
            0
        ]
        twice = "select id from latest where arrived > 1 order by source_id, id limit ?"
        ids = tuple(row[0] for row in self._duck.execute(twice, [_NAMED_DUPLICATES]).fetchall())
        return Arrivals(keys=keys, duplicates=int(rows) - keys, duplicate_ids=ids)

    def _reference(self, number: int, path: str, files: Sequence[Path]) -> tuple[str, str]:
        """The date column of a money date in another dataset, and the join that gives it."""
        column, _, name = path.partition(".")
        target = dataset_named(self._dataset.references[column])
        date = target.column(name).local_date or name
        key = [target.stored_schema.field(field) for field in ("source_id", "id", date)]
        self._view(f"r{number}", files, pa.schema(key))
        alias = f'r{number}."{date}" as "{reference_name(path)}"'
        return (
            alias,
            f'left join r{number} on r{number}.source_id = m.source_id and r{number}.id = m."{column}"',
        )

    def _merged_schema(self, paths: Sequence[str]) -> pa.Schema:
        added = [self._dataset.stored_schema.field("synced_at"), pa.field(CHANGE, pa.string())]
        dates = [pa.field(reference_name(path), pa.date32()) for path in paths]
        return pa.schema([*self._dataset.import_schema, *added, *dates])

    def _view(self, name: str, files: Sequence[Path], schema: pa.Schema) -> None:
        """A view of Parquet files with these columns; those that an older file lacks are null."""
        self._duck.register(f"{name}_empty", schema.empty_table())
        parts = [f'from "{name}_empty" select {_listed(schema.names)}']
        for file in files:
            present = set(pq.read_schema(file).names)
            columns = _listed([column for column in schema.names if column in present])
            parts.append(f"from read_parquet({_quoted(file)}) select {columns}")
        self._duck.execute(f'create temp view "{name}" as {" union all by name ".join(parts)}')


def _range_rows(*groups: Sequence[Path]) -> int:
    """How many rows of these files make a range that fits in memory several times over."""
    footers = [pq.read_metadata(file) for files in groups for file in files]
    rows = sum(footer.num_rows for footer in footers)
    size = sum(
        footer.row_group(n).total_byte_size for footer in footers for n in range(footer.num_row_groups)
    )
    return max(1, min(_MOST_ROWS, _RANGE_BYTES * rows // size)) if size else _MOST_ROWS


def _listed(names: Sequence[str], prefix: str = "") -> str:
    return ", ".join(f'{prefix}"{name}"' for name in names)


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
