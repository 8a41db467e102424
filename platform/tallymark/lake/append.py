"""The rows of a change file: those that came in and differ, and what else must go with them.

Few plain rows are taken from the staged ones in memory. DuckDB does what needs more: rows that a replacing landing
removes, columns that an import can't fill, dates in other datasets, and the rows of earlier change files where the
new one takes them all up.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tallymark.lake.arrivals import CHANGE, Dates, incoming_view
from tallymark.lake.compare import Compared
from tallymark.lake.duck import BATCH_ROWS, range_rows, view
from tallymark.lake.keys import HASHES, hashes_sql
from tallymark.lake.landing import Landing
from tallymark.lake.overlay import listed
from tallymark.lake.staging import SEQUENCE

_CHANGED = """
create temp table changed as
select source_id, id, _seq, change from incoming join changes using (_seq)
"""
_GONE = """
create temp table gone as select source_id, id from stored s
where deleted_at is null and source_id in (select source_id from incoming)
    and not exists (from incoming i where i.source_id = s.source_id and i.id = s.id)
"""
_KEPT = """
create temp table kept_keys as
select source_id, id from kept anti join changed using (source_id, id) anti join gone using (source_id, id)
"""
_RANGES = """
with keys as (
    select source_id, id from changed union all select source_id, id from gone
    union all select source_id, id from kept_keys
), placed as (select *, row_number() over (partition by source_id order by id) - 1 as place from keys)
select source_id, id, lead(id) over (partition by source_id order by id)
from placed where place % $rows = 0 order by source_id, id
"""
_ROWS = """
with taken as (
    select i.*{kept}, c.change from (from incoming where {inside}) i join changed c on i._seq = c._seq
    {carrying}
), merged as (
    select {columns}, $now as synced_at, change as _change from taken
    union all
    select {columns_gone}, $now, 'removed' from (from stored where {inside}) semi join gone using (source_id, id)
    union all
    select {columns}, synced_at, null from (from kept where {inside}) semi join kept_keys using (source_id, id)
)
select m.*{dates}, {hashes} from merged m {joins} order by m.source_id, m.id
"""

_CARRYING = """
left join (from stored semi join changed using (source_id, id)) k on k.source_id = i.source_id and k.id = i.id
"""


def is_plain(landing: Landing, compared: Compared) -> bool:
    """Whether the changed rows can be taken from the staged ones as they are, in memory."""
    if landing.replace or landing.carried or compared.rows is None:
        return False
    if not landing.dates():
        return True
    foreign = pc.fill_null(pc.not_equal(compared.rows.column("currency"), landing.profile.currency), False)
    return not pc.any(foreign.take(pa.array(compared.changed))).as_py()


def plain_rows(landing: Landing, compared: Compared) -> Iterator[pa.RecordBatch]:
    """The changed rows of those that are held, in the order of their keys and the schema of `Dates`, without dates."""
    if compared.rows is None:
        raise ValueError("Rows that are not held can't be taken; use Append.")
    rows = compared.rows.select(landing.dataset.import_schema.names).take(pa.array(compared.changed))
    order = pc.sort_indices(rows, [("source_id", "ascending"), ("id", "ascending")])
    dates = Dates.named([path for path, _ in landing.dates()])
    schema, count = dates.schema(landing.dataset), rows.num_rows
    added = {
        "synced_at": pa.repeat(pa.scalar(landing.now, schema.field("synced_at").type), count),
        CHANGE: pc.if_else(pa.array(compared.new), "added", "updated"),
        **{name: pa.nulls(count, pa.date32()) for name in dates.names},
        **{name: pa.array(compared.hashes[name][compared.changed]) for name in HASHES},
    }
    for name, column in added.items():
        rows = rows.append_column(name, column)
    yield from rows.select(schema.names).cast(schema).take(order).combine_chunks().to_batches(BATCH_ROWS)


@dataclass(frozen=True, kw_only=True)
class Append:
    """The same by DuckDB, in a connection that may read staged and stored rows; first `prepare`, then `rows`."""

    duck: duckdb.DuckDBPyConnection
    landing: Landing

    def prepare(self, compared: Compared) -> int:
        """Note what changed, and find the rows that a replacing landing removes: returns how many."""
        landing, duck = self.landing, self.duck
        incoming_view(duck, landing.dataset, landing.incoming)
        kinds = np.where(compared.new, "added", "updated")
        changes = pa.table({SEQUENCE: compared.changed, "change": pa.array(kinds, pa.string())})
        duck.register("changes", changes)
        duck.execute(_CHANGED)
        view(duck, "stored", landing.stored, schema_of_stored(landing))
        duck.execute(_GONE + ("" if landing.replace else " and false"))
        (count,) = duck.execute("select count(*) from gone").fetchall()[0]
        return int(count)

    def rows(self, dates: Dates, now: datetime, *, fold: bool) -> Iterator[pa.RecordBatch]:
        """The rows of the change file in the order of their keys, in the schema of `dates`.

        With `fold`, also the rows of the change files there are that stay as they are.
        """
        landing, schema = self.landing, dates.schema(self.landing.dataset)
        files = landing.stored if fold else ()
        view(self.duck, "kept", files, schema_of_stored(landing), start=1)
        self.duck.execute(_KEPT)
        query, staged = self._query(dates), [landing.incoming] if landing.incoming else []
        size = range_rows(staged, files[1:])
        for source, first, beyond in self.duck.execute(_RANGES, {"rows": size}).fetchall():
            inside = "source_id = $source and id >= $first" + (
                " and id < $beyond" if beyond is not None else ""
            )
            values = {"source": source, "first": first, "now": now}
            given = values if beyond is None else values | {"beyond": beyond}
            for batch in self.duck.sql(query(inside=inside), params=given).to_arrow_reader(BATCH_ROWS):
                yield batch.cast(schema)

    def _query(self, dates: Dates) -> partial[str]:
        landing, names = self.landing, self.landing.dataset.import_schema.names
        kept = ", ".join(f'k."{name}" as "{name}"' for name in landing.carried)
        return partial(
            _ROWS.format,
            kept=f" replace ({kept})" if kept else "",
            carrying=_CARRYING if kept else "",
            columns=listed(names),
            columns_gone=listed(names).replace('"deleted_at"', "$now as deleted_at"),
            dates=dates.columns,
            hashes=hashes_sql(landing.hashed.names, "m."),
            joins=dates.joins,
        )


def schema_of_stored(landing: Landing) -> pa.Schema:
    """The columns that stored rows are merged by: those of an import, and when they were synced."""
    return landing.dataset.import_schema.append(landing.dataset.stored_schema.field("synced_at"))
