"""Clearing a tenant's lake of snapshots that have aged out and of files that nothing refers to."""

import shutil
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path, PurePosixPath
from uuid import UUID

from sqlalchemy import String, cast, delete, func, select
from sqlalchemy.orm import Session

from tallymark.lake.staging import FOLDER, clear_leftovers
from tallymark_tenants import models


@dataclass(frozen=True, kw_only=True)
class Swept:
    """How many snapshots aged out, and how many folders of snapshots and of staging were removed."""

    snapshots: int
    folders: int
    staging: int


def sweep(session: Session, root: Path, *, older_than: timedelta, keep: int) -> Swept:
    """See `Lake.sweep`."""
    tenant: UUID = session.info["tenant"]
    staging = clear_leftovers(root, tenant, older_than)
    folders = _remove_orphans(session, root / str(tenant), older_than)
    return Swept(snapshots=_age_out(session, keep), folders=folders, staging=staging)


def _remove_orphans(session: Session, folder: Path, older_than: timedelta) -> int:
    """Remove old folders whose file no snapshot lists: all that did aged out, or were never committed."""
    listed = session.scalars(select(models.Snapshot.files))
    known = {PurePosixPath(file).parent.name for files in listed for file in files}
    before = time.time() - older_than.total_seconds()
    removed = 0
    for snapshot in folder.glob("*/*/"):
        if snapshot.parent.name == FOLDER or snapshot.name in known or snapshot.stat().st_mtime > before:
            continue
        shutil.rmtree(snapshot, ignore_errors=True)
        removed += 1
    return removed


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
