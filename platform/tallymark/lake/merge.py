"""Writing a snapshot as a whole: incoming rows merged onto the stored ones, one row a key, in the order of the key.

DuckDB does it, on disk where memory ends.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa

from tallymark.lake.arrivals import Arrivals, Dates, choose, incoming_view
from tallymark.lake.duck import BATCH_ROWS, range_rows, view
from tallymark.lake.keys import hashes_sql
from tallymark.lake.overlay import listed
from tallymark_sdk.model import Dataset

_STORED = """
select source_id, id, updated_at from stored
semi join (select distinct source_id, id from incoming) using (source_id, id)
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
select m.*{dates}, {hashes} from merged m {joins} order by m.id
"""


@dataclass(frozen=True, kw_only=True)
class Merge:
    """One merge of staged rows onto a snapshot's files, in a connection that may read both.

    `carried` are the columns of the dataset that incoming rows can't have: a row keeps what is stored.
    """

    duck: duckdb.DuckDBPyConnection
    dataset: Dataset
    carried: Sequence[str]
    incoming: Path | None
    stored: Sequence[Path]
    replace: bool

    def compare(self) -> Arrivals:
        """Choose the row that wins for each incoming key; with `replace`, incoming ones always do."""
        incoming_view(self.duck, self.dataset, self.incoming)
        synced = self.dataset.stored_schema.field("synced_at")
        view(self.duck, "stored", self.stored, self.dataset.import_schema.append(synced))
        return choose(self.duck, _STORED, replacing=self.replace)

    def rows(self, dates: Dates, now: datetime) -> Iterator[pa.RecordBatch]:
        """All rows of the new snapshot, in the schema of `dates`; to be asked for after `compare`."""
        names = self.dataset.import_schema.names
        fillable = [name for name in names if name not in self.carried]
        kept = ", ".join(f'k."{name}" as "{name}"' for name in self.carried)
        gone = "case when gone then $now else deleted_at end as deleted_at"
        query = partial(
            _MERGED.format,
            given=listed(fillable),
            incoming=listed(fillable, "i."),
            carried="".join(f', "{name}"' for name in self.carried),
            kept=f" replace ({kept})" if kept else "",
            columns=listed(names),
            columns_gone=listed(names).replace('"deleted_at"', gone),
            dates=dates.columns,
            hashes=hashes_sql(fillable, "m."),
            joins=dates.joins,
        )
        schema = dates.schema(self.dataset)
        size = range_rows([self.incoming] if self.incoming else [], self.stored)
        for source, first, beyond in self.duck.execute(_RANGES, {"rows": size}).fetchall():
            inside = "source_id = $source and id >= $first" + (
                " and id < $beyond" if beyond is not None else ""
            )
            values = {"source": source, "first": first, "replace": self.replace, "now": now}
            given = values if beyond is None else values | {"beyond": beyond}
            for batch in self.duck.sql(query(inside=inside), params=given).to_arrow_reader(BATCH_ROWS):
                yield batch.cast(schema)
