"""Runs and the outbox: the database's truth about work, of which the queue carries only ids."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Double, Index, SmallInteger, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from tallymark_tenants.models.base import Base, TenantRow, created_at, one_of, same_tenant

RUN_STATUSES = ("queued", "running", "done", "failed", "cancelled")


class Run(TenantRow, Base):
    """One piece of work. `fence` counts the claims; only its holder may write, until `lease_until`."""

    __tablename__ = "runs"
    __table_args__ = (
        UniqueConstraint("tenant_id", "kind", "key", "input_version"),
        one_of("status", RUN_STATUSES),
        CheckConstraint("progress between 0 and 1", name="progress"),
        Index("ix_runs_lease", "lease_until", postgresql_where=text("status = 'running'")),
    )

    kind: Mapped[str]
    key: Mapped[str]
    input_version: Mapped[str]
    params: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    status: Mapped[str] = mapped_column(default="queued", server_default="queued")
    attempts: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    fence: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    lease_until: Mapped[datetime | None]
    progress: Mapped[float] = mapped_column(Double, default=0.0, server_default=text("0"))
    step: Mapped[str] = mapped_column(default="", server_default="")
    result: Mapped[dict[str, Any] | None]
    error: Mapped[str | None]
    created_at: Mapped[datetime] = created_at()
    started_at: Mapped[datetime | None] = mapped_column(sort_order=11)
    finished_at: Mapped[datetime | None] = mapped_column(sort_order=12)


class Outbox(TenantRow, Base):
    """A run waiting for a worker or at work, written in the transaction that asked for it; gone when the run ends.

    `priority` is smaller for what people wait for; `weight` is the expected time in seconds.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        same_tenant("run_id", "runs", "CASCADE"),
        Index(
            "ix_outbox_due",
            *("worker_class", "priority", "due_at"),
            postgresql_where=text("dispatched_at is null"),
        ),
        Index("ix_outbox_sent", "dispatched_at", postgresql_where=text("dispatched_at is not null")),
        Index(None, "tenant_id", "run_id"),
    )

    run_id: Mapped[UUID]
    worker_class: Mapped[str] = mapped_column(default="default", server_default="default")
    due_at: Mapped[datetime] = mapped_column(server_default=func.now())
    dispatched_at: Mapped[datetime | None]
    priority: Mapped[int] = mapped_column(SmallInteger, default=0, server_default="0")
    weight: Mapped[float] = mapped_column(Double, default=0.0, server_default=text("0"))


class RunWeight(TenantRow, Base):
    """What runs of a kind took this tenant lately: `seconds`, when its datasets had `row_count` rows together."""

    __tablename__ = "run_weights"
    __table_args__ = (UniqueConstraint("tenant_id", "kind"),)

    kind: Mapped[str]
    seconds: Mapped[float] = mapped_column(Double)
    row_count: Mapped[int] = mapped_column(BigInteger)
    measured_at: Mapped[datetime] = mapped_column(server_default=func.now())
