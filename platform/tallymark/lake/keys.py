"""The key file beside each file of a snapshot: which keys it holds, where, and what their rows were.

Finding ten thousand of a million keys by reading the ids costs more than writing the ten thousand rows. So each file
of a snapshot has an Arrow file of fixed-width columns beside it, in segments sorted by a hash of the key, which is
mapped into memory and searched: a few milliseconds, and only the pages that are looked at. A row's entry has two
hashes of its key (128 bits), its number, when it was updated, two hashes of what an import fills, and marks.

The hashes are DuckDB's, which may change with its version; the file names the version and the columns that were
hashed. One that is missing, torn or made otherwise is not used: the snapshot is then written as a whole, with its own.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import duckdb
import numpy as np
import pyarrow as pa

from tallymark.lake.overlay import listed, places
from tallymark.lake.parquet import sync

KEYS = "keys.arrow"
_SEGMENT_ROWS = 1 << 20
_MADE_BY = b"tallymark"
UNDATED = np.iinfo(np.int64).min  # in `updated`: the row does not say when it was updated
HASHES = {"_key": pa.uint64(), "_key2": pa.uint64(), "_one": pa.uint64(), "_two": pa.uint64()}
_SCHEMA = pa.schema(
    [
        ("key", pa.uint64()),
        ("key2", pa.uint64()),
        ("row", pa.int64()),
        ("updated", pa.int64()),
        ("one", pa.uint64()),
        ("two", pa.uint64()),
        ("marks", pa.uint8()),
    ]
)


def hashes_sql(names: Sequence[str], prefix: str = "") -> str:
    """The columns `_key`, `_key2`, `_one`, `_two` of rows with these columns, as SQL.

    The second hash of the key is one of another text, so that ids which collide in the first don't in it.
    """
    key = f"""hash({prefix}"id" || ' ' || {prefix}"source_id")"""
    content = listed(names, prefix)
    return (
        f'hash({prefix}"source_id", {prefix}"id") as _key, {key} as _key2, '
        f"hash({content}) as _one, hash('again', {content}) as _two"
    )


class KeyWriter:
    """Collects the entries of a file's rows, in the order of the rows. Memory holds one segment."""

    def __init__(self, folder: Path, hashed: pa.Schema) -> None:
        """`hashed` are the columns that `hashes_sql` was made with."""
        schema = _SCHEMA.with_metadata({_MADE_BY: _made_by(hashed)})
        self.path = folder / KEYS
        self._writer = pa.ipc.new_file(self.path, schema)
        self._held: list[pa.RecordBatch] = []
        self._rows = 0

    def add(self, batch: pa.RecordBatch, marks: np.ndarray) -> None:
        """Append the entries of a batch that has `updated_at` and the columns of `hashes_sql`."""
        columns = [
            batch.column("_key"),
            batch.column("_key2"),
            pa.array(np.arange(self._rows, self._rows + batch.num_rows)),
            batch.column("updated_at").cast(pa.int64()).fill_null(UNDATED),
            batch.column("_one"),
            batch.column("_two"),
            pa.array(marks, pa.uint8()),
        ]
        self._held.append(pa.RecordBatch.from_arrays(columns, schema=_SCHEMA))
        self._rows += batch.num_rows
        if sum(held.num_rows for held in self._held) >= _SEGMENT_ROWS:
            self._flush()

    def close(self) -> Path:
        """Finish the file; it can't be added to again."""
        self._flush()
        self._writer.close()
        self.path.chmod(0o440)
        sync(self.path)  # a torn one could name wrong rows
        return self.path

    def _flush(self) -> None:
        if self._held:
            segment = pa.Table.from_batches(self._held).combine_chunks().sort_by("key").to_batches()
            self._held = []
            for batch in segment:
                self._writer.write_batch(batch)


@dataclass(frozen=True, kw_only=True)
class Found:
    """What is stored of keys that were looked up, one entry a key; the others only count where `known`."""

    known: np.ndarray
    place: np.ndarray  # as `_replaces` holds it
    updated: np.ndarray
    one: np.ndarray
    two: np.ndarray
    marks: np.ndarray

    @classmethod
    def nothing(cls, count: int) -> Self:
        """Of so many keys, none is stored."""
        whole = {name: np.zeros(count, np.int64) for name in ("place", "updated")}
        content = {name: np.zeros(count, np.uint64) for name in ("one", "two")}
        return cls(known=np.zeros(count, bool), marks=np.zeros(count, np.uint8), **whole, **content)


class Keys:
    """The key files of a snapshot's files."""

    def __init__(self, segments: Sequence[tuple[int, dict[str, np.ndarray]]]) -> None:
        """Each segment with the number of its file."""
        self._segments = segments

    @classmethod
    def open(cls, files: Iterable[Path], hashed: pa.Schema) -> Self | None:
        """The key files beside these files; None where one is missing or was made otherwise."""
        wanted, segments = _made_by(hashed), list[tuple[int, dict[str, np.ndarray]]]()
        for number, file in enumerate(files):
            try:
                opened = pa.ipc.open_file(pa.memory_map(str(file.with_name(KEYS))))
            except (OSError, pa.ArrowInvalid):
                return None
            if (opened.schema.metadata or {}).get(_MADE_BY) != wanted:
                return None
            for n in range(opened.num_record_batches):
                batch = opened.get_batch(n)
                segments.append((number, {name: batch.column(name).to_numpy() for name in _SCHEMA.names}))
        return cls(segments)

    def only(self, file: int) -> "Keys":
        """Those of one file alone."""
        return Keys([segment for segment in self._segments if segment[0] == file])

    def find(self, key: np.ndarray, key2: np.ndarray) -> Found:
        """The newest stored row of each key."""
        found, order = Found.nothing(len(key)), np.argsort(key)  # in order, neighbours lie on the same pages
        key, key2 = key[order], key2[order]
        for number, segment in reversed(self._segments):
            at, there = _positions(segment, key, key2)
            new = there & ~found.known[order]
            into, taken = order[new], at[new]
            found.known[into] = True
            found.place[into] = places(number, segment["row"][taken])
            for name in ("updated", "one", "two", "marks"):
                getattr(found, name)[into] = segment[name][taken]
        return found


def _positions(
    segment: dict[str, np.ndarray], key: np.ndarray, key2: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Where each key is in a segment, and whether it is there at all."""
    last = len(segment["key"]) - 1
    at = np.searchsorted(segment["key"], key)
    while True:
        inside = np.minimum(at, last)
        same = (at <= last) & (segment["key"][inside] == key)
        there = same & (segment["key2"][inside] == key2)
        if not (other := same & ~there).any():
            return inside, there
        at = at + other


def _made_by(hashed: pa.Schema) -> bytes:
    columns = [(field.name, str(field.type)) for field in hashed]
    return json.dumps({"duckdb": duckdb.__version__, "columns": columns}).encode()
