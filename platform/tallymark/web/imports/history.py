"""What was imported, when, and how fresh it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tallymark.web.words import connection_kind
from tallymark_tenants.models import Connection, Dataset, Snapshot, Sync

SHOWN = 50


@dataclass(frozen=True, kw_only=True)
class SyncRow:
    """One load; `rejected` holds up to a thousand rows with line, column, value and reason."""

    id: UUID
    dataset: str
    connection: str | None
    status: str
    rows_in: int
    rows_rejected: int
    rejected: tuple[Mapping[str, Any], ...]
    error: str | None
    snapshot_id: UUID | None
    started_at: datetime

    @property
    def landed(self) -> int:
        """Rows of the file that are in the dataset now; none where the load did not end well."""
        return self.rows_in - self.rows_rejected if self.status == "done" else 0


@dataclass(frozen=True, kw_only=True)
class DatasetRow:
    """A dataset with data; `as_of` is when its current snapshot was made."""

    name: str
    rows: int
    as_of: datetime


@dataclass(frozen=True, kw_only=True)
class ConnectionRow:
    """A source; `fresh` is when it last delivered something."""

    id: UUID
    name: str
    kind: str
    fresh: datetime | None


def list_syncs(session: Session) -> list[SyncRow]:
    """The newest loads, without their rejected rows."""
    wanted = select(Sync, Connection.name).outerjoin(Connection, Connection.id == Sync.connection_id)
    rows = session.execute(wanted.order_by(Sync.started_at.desc()).limit(SHOWN))
    return [_row(sync, name, with_rejected=False) for sync, name in rows]


def find_sync(session: Session, sync_id: UUID) -> SyncRow | None:
    """One load with its rejected rows."""
    wanted = select(Sync, Connection.name).outerjoin(Connection, Connection.id == Sync.connection_id)
    found = session.execute(wanted.where(Sync.id == sync_id)).one_or_none()
    return _row(found[0], found[1], with_rejected=True) if found else None


def list_datasets(session: Session) -> list[DatasetRow]:
    """The datasets that hold data, by name."""
    wanted = (
        select(Dataset.name, Snapshot.row_count, Snapshot.created_at)
        .join(Snapshot, Snapshot.id == Dataset.current_snapshot_id)
        .order_by(Dataset.name)
    )
    return [DatasetRow(name=name, rows=rows, as_of=made) for name, rows, made in session.execute(wanted)]


def list_connections(session: Session) -> list[ConnectionRow]:
    """The sources, by name."""
    fresh = (
        select(func.max(Sync.finished_at))
        .where(Sync.connection_id == Connection.id, Sync.status == "done")
        .scalar_subquery()
    )
    wanted = select(Connection.id, Connection.name, Connection.kind, fresh).order_by(Connection.name)
    return [
        ConnectionRow(id=identity, name=name, kind=connection_kind(kind), fresh=when)
        for identity, name, kind, when in session.execute(wanted)
    ]


def rows_in_snapshot(session: Session, snapshot_id: UUID | None) -> int | None:
    """How many rows a snapshot has, if it is still there."""
    return session.scalar(select(Snapshot.row_count).where(Snapshot.id == snapshot_id))


def _row(sync: Sync, connection: str | None, *, with_rejected: bool) -> SyncRow:
    return SyncRow(
        id=sync.id,
        dataset=sync.dataset,
        connection=connection,
        status=sync.status,
        rows_in=sync.rows_in,
        rows_rejected=sync.rows_rejected,
        rejected=tuple(sync.rejected) if with_rejected else (),
        error=sync.error,
        snapshot_id=sync.snapshot_id,
        started_at=sync.started_at,
    )
