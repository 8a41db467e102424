"""Snapshot files: written beside the others, made durable, and only then moved to where readers look."""

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from tallymark.lake.derive import Tally

PART = "part-0.parquet"
_KEY = "tallymark"
_GROUP_ROWS = 65_536


@dataclass(frozen=True, kw_only=True)
class Footer:
    """What the last file of a snapshot says of the whole snapshot.

    `zone`, `currency`, `as_of` (ISO date) and `references` (dataset → snapshot id it was derived with) tell whether
    its derived columns still hold; `foreign` and `undated` (how many rows are) whether the last two matter. A base
    says it of itself. A change file is only written where the files before it hold as well, and counts all rows.
    """

    tenant: str
    dataset: str
    schema_version: str
    zone: str
    currency: str
    as_of: str
    references: dict[str, str] = field(default_factory=dict)
    foreign: int = 0
    undated: int = 0
    without_rate: int = 0

    @classmethod
    def read(cls, path: Path) -> Self:
        """The footer of a snapshot file."""
        return cls(**json.loads(head(path).metadata[_KEY.encode()]))

    @property
    def tally(self) -> Tally:
        """How many rows have each mark."""
        return Tally(foreign=self.foreign, undated=self.undated, without_rate=self.without_rate)

    def derived_alike(self, other: Self) -> bool:
        """Whether deriving anew, with what `other` names, would give the same columns."""
        settings = (self.schema_version, self.zone, self.currency)
        if settings != (other.schema_version, other.zone, other.currency):
            return False
        if not self.foreign:
            return True
        return self.references == other.references and (not self.undated or self.as_of == other.as_of)


def head(path: Path) -> pq.FileMetaData:
    """What a Parquet file says of itself; of files that are looked at again and again it is remembered."""
    found = path.stat()
    return _head(path, found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=64)
def _head(path: Path, modified: int, size: int) -> pq.FileMetaData:  # noqa: ARG001  those tell it from another
    return pq.read_metadata(path)


class SnapshotFile:
    """Collects the rows of a snapshot in one Parquet file inside a staging folder."""

    def __init__(self, folder: Path, schema: pa.Schema) -> None:
        self.path = folder / PART
        self._writer = pq.ParquetWriter(self.path, schema, compression="zstd", compression_level=1)
        self._schema = schema
        self._held: list[pa.RecordBatch] = []
        self.rows = 0

    def write(self, batches: Iterable[pa.RecordBatch]) -> None:
        """Append rows in their order, in row groups of one size whatever the batches' sizes are."""
        for batch in batches:
            self._held.append(batch)
            self.rows += batch.num_rows
            if sum(held.num_rows for held in self._held) >= _GROUP_ROWS:
                self._flush(_GROUP_ROWS)

    def close(self, footer: Footer) -> None:
        """Write the footer and bring the file to the disk; it can't be written again."""
        while self._held:
            self._flush(_GROUP_ROWS)
        self._writer.add_key_value_metadata({_KEY: json.dumps(asdict(footer), sort_keys=True)})
        self._writer.close()
        self.path.chmod(0o440)
        sync(self.path)

    def _flush(self, rows: int) -> None:
        table = pa.Table.from_batches(self._held, schema=self._schema)
        self._writer.write_table(table.slice(0, rows))
        rest = table.slice(rows)
        self._held = rest.to_batches() if rest.num_rows else []


def publish(files: Sequence[Path], folder: Path) -> Path:
    """Move finished files into the snapshot's folder, which appears at once and whole or not at all.

    Returns where the first of them is then.
    """
    whole = files[0].parent / folder.name
    whole.mkdir(mode=0o750)
    for file in files:
        file.rename(whole / file.name)
    sync(whole)
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    whole.rename(folder)
    sync(folder.parent)
    return folder / files[0].name


def sync(path: Path) -> None:
    """Bring a file's or a folder's content to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
