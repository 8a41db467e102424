"""Where a tenant's rows come from and which immutable files hold them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tallymark_tenants.models.base import Base, TenantRow, created_at, one_of, same_tenant

SYNC_STATUSES = ("running", "done", "failed")


class Connection(TenantRow, Base):
    """A source of rows: an uploaded file's shape, a CRM account."""

    __tablename__ = "connections"
    __table_args__ = (UniqueConstraint("tenant_id", "kind", "name"),)

    kind: Mapped[str]
    name: Mapped[str]
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    mappings: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    created_at: Mapped[datetime] = created_at()


class Sync(TenantRow, Base):
    """One load of one dataset; `rejected` keeps the first thousand rejected rows."""

    __tablename__ = "syncs"
    __table_args__ = (
        one_of("status", SYNC_STATUSES),
        same_tenant("connection_id", "connections", "CASCADE"),
        same_tenant("snapshot_id", "snapshots", "SET NULL"),
        Index(None, "tenant_id", "dataset", "started_at"),
    )

    connection_id: Mapped[UUID | None]
    dataset: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="running")
    rows_in: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    rows_rejected: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    rejected: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    snapshot_id: Mapped[UUID | None]
    error: Mapped[str | None]
    started_at: Mapped[datetime] = created_at()
    finished_at: Mapped[datetime | None] = mapped_column(sort_order=11)


class Dataset(TenantRow, Base):
    """A canonical dataset of the tenant and the snapshot that is read now."""

    __tablename__ = "datasets"
    __table_args__ = (
        UniqueConstraint("tenant_id", "name"),
        same_tenant("current_snapshot_id", "snapshots"),
    )

    name: Mapped[str]
    current_snapshot_id: Mapped[UUID | None]


class Snapshot(TenantRow, Base):
    """An immutable version of a dataset: the files that hold it, relative to the lake."""

    __tablename__ = "snapshots"
    __table_args__ = (
        same_tenant("sync_id", "syncs", "SET NULL"),
        Index(None, "tenant_id", "dataset", "created_at"),
    )

    dataset: Mapped[str]
    files: Mapped[list[Any]]
    row_count: Mapped[int] = mapped_column(BigInteger)
    schema_version: Mapped[str]
    sync_id: Mapped[UUID | None]
    created_at: Mapped[datetime] = created_at()
