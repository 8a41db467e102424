"""What the lake hands back: a snapshot, the result of a landing, and the error that says what to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID


class LakeError(RuntimeError):
    """Rows could not be stored; the message is one sentence for a person. What was stored before is untouched."""


@dataclass(frozen=True, kw_only=True)
class Stored:
    """An object in a bucket as it was put: its size in bytes, and the store's tag for it ("" where it gives none)."""

    size: int
    tag: str


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """One immutable version of a dataset. `files` are absolute paths: a base, then change files, oldest first.

    `stored` says of files of a lake in a bucket, key files included, what the objects there are.
    """

    id: UUID
    dataset: str
    files: tuple[Path, ...]
    row_count: int
    schema_version: str
    sync_id: UUID | None
    created_at: datetime
    stored: Mapping[Path, Stored] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Landed:
    """What a landing did. `rows` counts the whole snapshot, tombstones included.

    `added`, `updated` and `unchanged` count distinct keys of the rows that came in, `duplicates` the rows beyond
    one a key (`duplicate_ids` names the first of them), `removed` the rows that a replacing landing tombstoned.
    `without_rate` counts the snapshot's rows whose money has no exchange rate. `rederived` names other datasets
    whose derived columns were made anew because of this landing.
    """

    snapshot_id: UUID
    rows: int
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicates: int = 0
    removed: int = 0
    without_rate: int = 0
    duplicate_ids: tuple[str, ...] = ()
    rederived: tuple[str, ...] = ()
