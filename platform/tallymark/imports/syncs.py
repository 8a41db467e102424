"""The record of each load, and how one whose process died is told from one that runs."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tallymark.imports.rejects import RejectedRows
from tallymark_tenants.models import Sync

DIED = "The import was stopped before it ended, so nothing of it was taken over; import the file again."


@contextmanager
def alive(folder: Path, sync_id: UUID) -> Iterator[None]:
    """Hold the sync's lock: the kernel drops it with the process, however that ends."""
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.mkdir(exist_ok=True, mode=0o750)
    path = _lock_file(folder, sync_id)
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def start(session: Session, sync_id: UUID, connection_id: UUID, dataset: str) -> None:
    """Record a load that begins."""
    session.add(Sync(id=sync_id, connection_id=connection_id, dataset=dataset, status="running"))


def fail_dead(session: Session, folder: Path) -> int:
    """Mark the running loads whose process is gone as failed; returns how many."""
    running = session.scalars(
        select(Sync).where(Sync.status == "running", Sync.connection_id.is_not(None))
    ).all()
    dead = [sync for sync in running if not _held(_lock_file(folder, sync.id))]
    for sync in dead:
        sync.status, sync.error, sync.finished_at = "failed", DIED, datetime.now(UTC)
    return len(dead)


def finish(session: Session, sync_id: UUID, rows_in: int, rejected: RejectedRows, snapshot_id: UUID) -> None:
    """Record a load that landed; in the landing's own transaction."""
    values = _counts(rows_in, rejected) | {"status": "done", "snapshot_id": snapshot_id}
    session.execute(update(Sync).where(Sync.id == sync_id).values(values))


def fail(session: Session, sync_id: UUID, rows_in: int, rejected: RejectedRows, error: str) -> None:
    """Record a load that came to nothing, with what was rejected until then."""
    values = _counts(rows_in, rejected) | {"status": "failed", "error": error}
    session.execute(update(Sync).where(Sync.id == sync_id).values(values))


def _counts(rows_in: int, rejected: RejectedRows) -> dict[str, object]:
    return {
        "rows_in": rows_in,
        "rows_rejected": rejected.count,
        "rejected": rejected.stored(),
        "finished_at": datetime.now(UTC),
    }


def _lock_file(folder: Path, sync_id: UUID) -> Path:
    return folder / f"{sync_id}.lock"


def _held(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    else:
        path.unlink(missing_ok=True)
        return False
    finally:
        os.close(descriptor)
