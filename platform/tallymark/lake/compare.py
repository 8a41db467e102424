"""Which of the rows that came in are new or differ from what is stored: told from hashes alone, in numpy.

The same rule as that of `arrivals`, which says it in SQL for a landing that writes everything.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from tallymark.lake.arrivals import NAMED_DUPLICATES, Arrivals
from tallymark.lake.duck import range_rows
from tallymark.lake.hashing import hashed
from tallymark.lake.keys import HASHES, UNDATED, Keys
from tallymark.lake.parquet import head
from tallymark.lake.staging import SEQUENCE

_BATCH_ROWS = 131_072


@dataclass(frozen=True, kw_only=True)
class Compared:
    """The outcome: `changed` are the sequences of the rows to write, `new` which of them have no stored row.

    `rows` are those that came in, as staged, where they are few enough to be held. `hashes` has the columns of `hashes_sql` for every row that came in, by its sequence.
    """

    arrivals: Arrivals
    rows: pa.Table | None
    changed: np.ndarray
    new: np.ndarray
    hashes: dict[str, np.ndarray]

    @property
    def added(self) -> int:
        """How many rows have no stored one."""
        return int(np.count_nonzero(self.new))

    @property
    def updated(self) -> int:
        """How many rows differ from the stored one."""
        return len(self.new) - self.added


def compare(incoming: Path, keys: Keys, names: list[str], *, replace: bool) -> Compared:
    """Compare staged rows with the stored ones; with `replace`, incoming ones win whatever the stored one says.

    `names` are the columns that an import fills.
    """
    rows = pq.ParquetFile(incoming).read() if range_rows([incoming]) >= head(incoming).num_rows else None
    hashes, updated = _hashes(incoming, rows, names)
    found = keys.find(hashes["_key"], hashes["_key2"])
    order = np.lexsort((hashes["_key2"], hashes["_key"]))  # stable: arrivals of one key stay in their order
    key, key2 = hashes["_key"][order], hashes["_key2"][order]
    starts = np.ones(len(order), dtype=bool)
    starts[1:] = (key[1:] != key[:-1]) | (key2[1:] != key2[:-1])
    group = np.cumsum(starts) - 1
    firsts = order[starts]
    winners = _winners(
        order, group, updated[order], found.updated[firsts], found.known[firsts] & (not replace)
    )
    chosen = winners[winners >= 0]
    new = ~found.known[chosen]
    same = (found.one[chosen] == hashes["_one"][chosen]) & (found.two[chosen] == hashes["_two"][chosen])
    changed = new | ~same
    twice = firsts[np.bincount(group, minlength=len(firsts)) > 1] if len(firsts) < len(order) else firsts[:0]
    return Compared(
        arrivals=Arrivals(
            keys=len(firsts), duplicates=len(order) - len(firsts), duplicate_ids=_ids(incoming, twice)
        ),
        rows=rows,
        changed=chosen[changed],
        new=new[changed],
        hashes=hashes,
    )


def _winners(
    sequence: np.ndarray, group: np.ndarray, updated: np.ndarray, stored: np.ndarray, known: np.ndarray
) -> np.ndarray:
    """The sequence of the row that wins in each group of arrivals; -1 where it is the stored one.

    `stored` says when each group's stored row was updated; it only competes where `known`.
    """
    # A row without `updated_at` takes the place of whatever came before it; what comes after competes by its own.
    erased = np.where(known & (stored == UNDATED), -1, -2)
    undated = updated == UNDATED
    np.maximum.at(erased, group[undated], sequence[undated])
    competes = sequence >= erased[group]
    sequence, group, updated = sequence[competes], group[competes], updated[competes]
    order = np.lexsort((sequence, updated, group))
    last = np.ones(len(order), dtype=bool)
    last[:-1] = group[order][1:] != group[order][:-1]
    best = order[last]
    older = known & (erased < 0) & (updated[best] < stored)
    return np.where(older, -1, sequence[best])


def _hashes(
    incoming: Path, rows: pa.Table | None, names: list[str]
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    found, updated = [], []
    if rows is None:
        parts = pq.ParquetFile(incoming).iter_batches(_BATCH_ROWS, columns=names)
    else:
        parts = iter(rows.select(names).to_batches(_BATCH_ROWS))
    for batch in parts:
        found.append(hashed(pa.Table.from_batches([batch]), names))
        updated.append(np.asarray(batch.column("updated_at").cast(pa.int64()).fill_null(UNDATED)))
    if not found:
        return {name: np.empty(0, np.uint64) for name in HASHES}, np.empty(0, np.int64)
    table = pa.concat_tables(found)
    return {name: table.column(name).to_numpy() for name in HASHES}, np.concatenate(updated)


def _ids(incoming: Path, sequences: np.ndarray) -> tuple[str, ...]:
    """The first ids of the rows with these sequences."""
    if not len(sequences):
        return ()
    table = pq.ParquetFile(incoming).read(columns=["source_id", "id", SEQUENCE])
    named = table.filter(pc.is_in(table.column(SEQUENCE), pa.array(sequences)))
    ordered = named.sort_by([("source_id", "ascending"), ("id", "ascending")])
    return tuple(ordered.column("id").slice(0, NAMED_DUPLICATES).to_pylist())
