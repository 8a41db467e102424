"""What differs between two snapshots of a dataset, where that can be told without comparing them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tallymark.lake.overlay import REPLACES, places, replaced, split
from tallymark.lake.values import Snapshot

_KEY = ["source_id", "id"]
_NONE = -1


@dataclass(frozen=True, kw_only=True)
class Changed:
    """The rows that are new or differ: `keys` has their source_id and id.

    Rows are never removed from a dataset: a key that was there before still is.
    """

    keys: pa.Table
    _was: tuple[Sequence[Path], np.ndarray]  # a snapshot's files, and the places of rows in them
    _now: tuple[Sequence[Path], np.ndarray]

    def before(self, columns: Sequence[str]) -> pa.Table:
        """The rows as they were, with these columns, in no order; those that are new had none."""
        return _read(*self._was, columns)

    def after(self, columns: Sequence[str]) -> pa.Table:
        """The rows as they are now, with these columns, in no order."""
        return _read(*self._now, columns)


def changed_between(old: Snapshot, new: Snapshot) -> Changed | None:
    """What differs from `old` to `new`, a later snapshot of the same dataset; None where that is not known.

    It is known where both have the same base: then their change files are read, and of the base what is asked for.
    None means that every row may differ, its local dates and base amounts too.
    """
    if old.dataset != new.dataset or not old.files or old.files[:1] != new.files[:1]:
        return None
    now, was = _live(new.files), _live(old.files)
    matched = now.join(was, _KEY, right_suffix="_was", join_type="left outer")
    # What a landing changes it stamps with its own moment, so a row with the stamp it had is the row it was.
    stamps = [matched.column(name).cast(pa.int64()).fill_null(_NONE).to_numpy() for name in _STAMPS]
    matched = matched.filter(pa.array(stamps[0] != stamps[1]))
    earlier, base = (matched.column(name).fill_null(_NONE).to_numpy() for name in ("place_was", "base"))
    before = np.where(earlier == _NONE, base, earlier)
    return Changed(
        keys=matched.select(_KEY),
        _was=(old.files, before[before != _NONE]),
        _now=(new.files, matched.column("place").to_numpy()),
    )


_STAMPS = ("synced_at", "synced_at_was")


def _live(files: Sequence[Path]) -> pa.Table:
    """The rows of the change files that no later one replaces.

    Columns: source_id, id, synced_at, `place` in these files, and `base`: the place of the base's row, or -1.
    """
    gone, bases = replaced(files), [np.empty(0, np.int64)]
    names = [*_KEY, "synced_at"]
    tables = [pq.read_schema(files[0]).empty_table().select(names)]
    found: tuple[list[np.ndarray], list[np.ndarray]] = ([np.empty(0, np.int64)], [np.empty(0, np.int64)])
    for number, file in enumerate(files[1:], start=1):
        table = pq.ParquetFile(file).read(columns=[*names, REPLACES])
        bases.append(_bases(table.column(REPLACES).fill_null(_NONE).to_numpy(), bases))
        rows = np.setdiff1d(np.arange(table.num_rows), gone[number], assume_unique=True)
        tables.append(table.select(names).take(pa.array(rows)))
        found[0].append(places(number, rows))
        found[1].append(bases[number][rows])
    live = pa.concat_tables(tables)
    return live.append_column("place", pa.array(np.concatenate(found[0]))).append_column(
        "base", pa.array(np.concatenate(found[1]))
    )


def _bases(replaces: np.ndarray, bases: Sequence[np.ndarray]) -> np.ndarray:
    """The base's row under each row of a change file, through the change files before it; -1 where there is none."""
    under = replaces.copy()
    for number, inside, rows in split(replaces, len(bases)):
        if number:
            under[inside] = bases[number][rows]
    return under


def _read(files: Sequence[Path], at: np.ndarray, columns: Sequence[str]) -> pa.Table:
    tables = [pq.read_schema(files[-1]).empty_table().select(list(columns))]
    for number, _, rows in split(at, len(files)):
        table = pq.ParquetFile(files[number]).read(columns=list(columns)).select(list(columns))
        tables.append(table.take(pa.array(rows)))
    return pa.concat_tables(tables)
