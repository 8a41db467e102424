"""The database's side of the lake: which snapshot of a dataset is current, and the lock that guards the swap."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import RowMapping, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tallymark.lake.keys import KEYS
from tallymark.lake.values import LakeError, Snapshot, Stored
from tallymark_tenants import models
from tallymark_tenants.ids import uuid7

_COLUMNS = (
    models.Snapshot.tenant_id,
    models.Snapshot.id,
    models.Snapshot.dataset,
    models.Snapshot.files,
    models.Snapshot.row_count,
    models.Snapshot.schema_version,
    models.Snapshot.sync_id,
    models.Snapshot.created_at,
)
_CURRENT = models.Dataset.current_snapshot_id == models.Snapshot.id


def lock(session: Session, tenant: UUID, dataset: str) -> None:
    """Wait for the dataset's other writers; held until the transaction ends.

    Must come before `current` is read: at READ COMMITTED the read then sees what the last writer committed.
    """
    if session.connection().get_isolation_level() != "READ COMMITTED":
        raise LakeError(
            "A landing needs a transaction at READ COMMITTED, or it would overwrite another's rows."
        )
    session.execute(
        text("select pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": f"lake {tenant} {dataset}"}
    )


def current(session: Session, root: Path, dataset: str) -> Snapshot | None:
    """The dataset's current snapshot; None if it was never filled."""
    query = select(*_COLUMNS).join(models.Dataset, _CURRENT).where(models.Dataset.name == dataset)
    row = session.execute(query).mappings().one_or_none()
    return None if row is None else _snapshot(root, row)


def all_current(session: Session, root: Path) -> list[Snapshot]:
    """The current snapshots of all datasets, by name."""
    query = select(*_COLUMNS).join(models.Dataset, _CURRENT).order_by(models.Snapshot.dataset)
    return [_snapshot(root, row) for row in session.execute(query).mappings()]


def by_ids(session: Session, root: Path, ids: Sequence[UUID]) -> list[Snapshot]:
    """The snapshots of those ids that still exist, by dataset."""
    query = select(*_COLUMNS).where(models.Snapshot.id.in_(ids)).order_by(models.Snapshot.dataset)
    return [_snapshot(root, row) for row in session.execute(query).mappings()]


def swap(session: Session, root: Path, snapshot: Snapshot, tenant: UUID) -> None:
    """Record a snapshot and make it current, in the caller's transaction and under `lock`."""
    files = [_entry(root, file, snapshot.stored) for file in snapshot.files]
    row = {
        "tenant_id": tenant,
        "id": snapshot.id,
        "dataset": snapshot.dataset,
        "files": files,
        "row_count": snapshot.row_count,
        "schema_version": snapshot.schema_version,
        "sync_id": snapshot.sync_id,
        "created_at": func.clock_timestamp(),
    }
    session.execute(insert(models.Snapshot).values(row))
    named = insert(models.Dataset).values(tenant_id=tenant, id=uuid7(), name=snapshot.dataset)
    session.execute(named.on_conflict_do_nothing(index_elements=["tenant_id", "name"]))
    pointer = update(models.Dataset).where(models.Dataset.name == snapshot.dataset)
    session.execute(pointer.values(current_snapshot_id=snapshot.id))


def file_of(entry: Any) -> str:
    """The file that an entry of a snapshot's list names, relative to the lake.

    An entry is the name alone, or for a lake in a bucket an object with `path`, `size` and `tag`, and `keys` with
    size and tag of the key file beside it.
    """
    return str(entry["path"] if isinstance(entry, dict) else entry)


def _snapshot(root: Path, values: RowMapping) -> Snapshot:
    named = [(_inside(root, values["tenant_id"], file_of(entry)), entry) for entry in values["files"]]
    stored = dict[Path, Stored]()
    for file, entry in named:
        if isinstance(entry, dict):
            stored[file] = Stored(size=entry["size"], tag=entry["tag"])
            stored[file.with_name(KEYS)] = Stored(**entry["keys"])
    return Snapshot(
        id=values["id"],
        dataset=values["dataset"],
        files=tuple(file for file, _ in named),
        row_count=values["row_count"],
        schema_version=values["schema_version"],
        sync_id=values["sync_id"],
        created_at=values["created_at"],
        stored=stored,
    )


def _entry(root: Path, file: Path, stored: Mapping[Path, Stored]) -> Any:
    path = file.relative_to(root).as_posix()
    if file not in stored:
        return path
    return {"path": path, **asdict(stored[file]), "keys": asdict(stored[file.with_name(KEYS)])}


def _inside(root: Path, tenant: UUID, file: str) -> Path:
    """The absolute path of a snapshot's file, which must lie in the tenant's own folder."""
    path = (root / file).resolve()
    if not path.is_relative_to((root / str(tenant)).resolve()):
        raise LakeError(
            f"A snapshot names the file {file!r} outside its tenant's folder, so it is not opened."
        )
    return path
