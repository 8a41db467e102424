"""Clearing a tenant's lake of snapshots that have aged out and of files that nothing refers to."""

import shutil
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from uuid import UUID

from sqlalchemy import String, cast, delete, func, select
from sqlalchemy.orm import Session

from tallymark.lake import pointers
from tallymark.lake.bucket import Bucket
from tallymark.lake.staging import FOLDER, clear_leftovers
from tallymark_tenants import models


@dataclass(frozen=True, kw_only=True)
class Swept:
    """How many snapshots aged out, and how many folders of snapshots, of staging, and objects were removed."""

    snapshots: int
    folders: int
    staging: int
    objects: int = 0


def sweep(
    session: Session, root: Path, *, older_than: timedelta, keep: int, bucket: Bucket | None = None
) -> Swept:
    """See `Lake.sweep`."""
    tenant: UUID = session.info["tenant"]
    staging = clear_leftovers(root, tenant, older_than)
    listed = session.scalars(select(models.Snapshot.files))
    known = {PurePosixPath(pointers.file_of(entry)).parent.name for files in listed for entry in files}
    before = datetime.now(UTC) - older_than
    folders = _remove_orphans(root / str(tenant), known, before)
    objects = _remove_objects(bucket, tenant, known, before) if bucket else 0
    return Swept(snapshots=_age_out(session, keep), folders=folders, staging=staging, objects=objects)


def _remove_orphans(folder: Path, known: Collection[str], before: datetime) -> int:
    """Remove old folders whose file no snapshot lists: all that did aged out, or were never committed."""
    removed = 0
    for snapshot in folder.glob("*/*/"):
        if snapshot.parent.name == FOLDER or snapshot.name in known:
            continue
        if snapshot.stat().st_mtime > before.timestamp():
            continue
        shutil.rmtree(snapshot, ignore_errors=True)
        removed += 1
    return removed


def _remove_objects(bucket: Bucket, tenant: UUID, known: Collection[str], before: datetime) -> int:
    """The same in the bucket."""
    old = [
        key
        for key, put in bucket.under(f"{tenant}/")
        if PurePosixPath(key).parent.name not in known and put <= before
    ]
    bucket.remove(old)
    return len(old)


def _age_out(session: Session, keep: int) -> int:
    newest = func.row_number().over(
        partition_by=models.Snapshot.dataset,
        order_by=(models.Snapshot.created_at.desc(), models.Snapshot.id.desc()),
    )
    ranked = select(models.Snapshot.id, newest.label("place")).subquery()
    current = select(models.Dataset.current_snapshot_id).where(
        models.Dataset.current_snapshot_id.is_not(None)
    )
    sealed = models.Edition.snapshots.cast(String).contains(cast(models.Snapshot.id, String))
    old = delete(models.Snapshot).where(
        models.Snapshot.id.in_(select(ranked.c.id).where(ranked.c.place > keep)),
        models.Snapshot.id.not_in(current),
        ~select(models.Edition.id).where(sealed).exists(),
    )
    return len(session.scalars(old.returning(models.Snapshot.id)).all())
