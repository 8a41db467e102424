"""Scorecards with what is agreed and remarked on them, their schedules, and sealed editions."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tallymark_tenants.models.base import GRAINS, Base, TenantRow, created_at, one_of, same_tenant

SCHEDULE_COVERS = ("complete", "running")


class Scorecard(TenantRow, Base):
    """A definition: which KPI set, at which grain, in which language and layout."""

    __tablename__ = "scorecards"
    __table_args__ = (
        UniqueConstraint("tenant_id", "name"),
        one_of("grain", GRAINS),
        same_tenant("kpi_set_id", "kpi_sets"),
    )

    kpi_set_id: Mapped[UUID]
    name: Mapped[str]
    grain: Mapped[str] = mapped_column(server_default="month")
    locale: Mapped[str] = mapped_column(server_default="en")
    layout: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    created_at: Mapped[datetime] = created_at()


class Edition(TenantRow, Base):
    """A sealed result of one run; only the place and hash of its PDF may be filled in later.

    `scope` says whose rows it shows ({} for everybody's). `basis` is all that it was computed from, `seal` the hash over
    basis and figures; editions of before there were seals have neither.
    """

    __tablename__ = "editions"
    __table_args__ = (
        UniqueConstraint("tenant_id", "run_id"),
        one_of("grain", GRAINS),
        CheckConstraint("period_start < period_end", name="period"),
        same_tenant("run_id", "runs"),
        same_tenant("scorecard_id", "scorecards"),
        Index(None, "tenant_id", "scorecard_id", "period_start"),
    )

    run_id: Mapped[UUID]
    scorecard_id: Mapped[UUID]
    period_start: Mapped[date]
    period_end: Mapped[date]
    grain: Mapped[str]
    locale: Mapped[str]
    scope: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    document: Mapped[dict[str, Any]]
    snapshots: Mapped[dict[str, Any]]
    basis: Mapped[dict[str, Any] | None] = mapped_column(deferred=True)
    seal: Mapped[str | None]
    pdf_path: Mapped[str | None]
    sha256: Mapped[str | None]
    created_at: Mapped[datetime] = created_at()


class ScorecardAction(TenantRow, Base):
    """What was agreed on a scorecard: who does what until when."""

    __tablename__ = "scorecard_actions"
    __table_args__ = (
        same_tenant("scorecard_id", "scorecards", "CASCADE"),
        Index(None, "tenant_id", "scorecard_id"),
    )

    scorecard_id: Mapped[UUID]
    text: Mapped[str]
    owner: Mapped[str] = mapped_column(default="", server_default="")
    due_on: Mapped[date | None]
    done_on: Mapped[date | None]
    position: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime] = created_at()


class ScorecardRemark(TenantRow, Base):
    """What somebody wrote about one period of a scorecard."""

    __tablename__ = "scorecard_remarks"
    __table_args__ = (
        UniqueConstraint("tenant_id", "scorecard_id", "period_start"),
        same_tenant("scorecard_id", "scorecards", "CASCADE"),
    )

    scorecard_id: Mapped[UUID]
    period_start: Mapped[date]
    text: Mapped[str]
    created_at: Mapped[datetime] = created_at()


class Schedule(TenantRow, Base):
    """When a scorecard is made again and sent; `rule` is read in the tenant's zone, times are UTC.

    It covers the last complete period, or the running one to date. `gate` says what each check of the delivery gate
    does. `days` are the tenant's own working days and days off as last seen, for a dispatcher that reads no lake. One
    that was never started is a draft; a removed one is kept, so that it can be brought back.
    """

    __tablename__ = "schedules"
    __table_args__ = (
        same_tenant("scorecard_id", "scorecards", "CASCADE"),
        one_of("covers", SCHEDULE_COVERS),
        Index("ix_schedules_due", "next_at", postgresql_where=text("enabled")),
    )

    scorecard_id: Mapped[UUID]
    rule: Mapped[str]
    next_at: Mapped[datetime | None]
    last_at: Mapped[datetime | None]
    enabled: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    name: Mapped[str] = mapped_column(default="", server_default="")
    covers: Mapped[str] = mapped_column(default="complete", server_default="complete")
    gate: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    days: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    previewed_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = created_at()
