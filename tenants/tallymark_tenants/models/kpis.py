"""What a tenant watches: KPI sets, their KPIs, and targets."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tallymark_tenants.models.base import Base, TenantRow, created_at, one_of, same_tenant


class KpiSet(TenantRow, Base):
    """A named list of KPIs; at most one of a tenant's sets is the default."""

    __tablename__ = "kpi_sets"
    __table_args__ = (
        UniqueConstraint("tenant_id", "name"),
        Index("uq_kpi_sets_default", "tenant_id", unique=True, postgresql_where=text("is_default")),
    )

    name: Mapped[str]
    is_default: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    created_at: Mapped[datetime] = created_at()


class Kpi(TenantRow, Base):
    """A metric in a set, with its place, weight, thresholds and parameters."""

    __tablename__ = "kpis"
    __table_args__ = (
        same_tenant("kpi_set_id", "kpi_sets", "CASCADE"),
        Index(None, "tenant_id", "kpi_set_id"),
    )

    kpi_set_id: Mapped[UUID]
    metric_key: Mapped[str]
    position: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    section: Mapped[str] = mapped_column(default="", server_default="")
    weight: Mapped[Decimal] = mapped_column(Numeric, default=Decimal(1), server_default=text("1"))
    thresholds: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))


class Target(TenantRow, Base):
    """The value a metric should reach in a period; dimension and member are empty for the total.

    `spread` says how it is divided over its period, as the SDK names it; null where its metric's way holds.
    """

    __tablename__ = "targets"
    __table_args__ = (
        UniqueConstraint(
            "tenant_id",
            "metric_key",
            "dimension",
            "member",
            "period_start",
            "period_end",
            name="uq_targets_period",
        ),
        CheckConstraint("period_start < period_end", name="period"),
    )

    metric_key: Mapped[str]
    dimension: Mapped[str] = mapped_column(default="", server_default="")
    member: Mapped[str] = mapped_column(default="", server_default="")
    period_start: Mapped[date]
    period_end: Mapped[date]
    value: Mapped[Decimal] = mapped_column(Numeric)
    spread: Mapped[str | None]
    weights: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))


class TargetSpread(TenantRow, Base):
    """How a metric's targets are divided where they don't say it themselves; metric_key is empty for all metrics."""

    __tablename__ = "target_spreads"
    __table_args__ = (
        UniqueConstraint("tenant_id", "metric_key"),
        one_of("method", ("evenly", "seasonality", "working-days", "level")),
    )

    metric_key: Mapped[str] = mapped_column(default="", server_default="")
    method: Mapped[str]
