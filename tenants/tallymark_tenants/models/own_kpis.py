"""KPIs that a tenant made itself: formulas over metric keys, kept as text."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from tallymark_tenants.models.base import Base, TenantRow, created_at, one_of, same_tenant

UNITS = ("money", "ratio", "count", "rate", "days", "score", "index")
BETTER = ("higher", "lower", "neutral")


class OwnKpiRow(TenantRow, Base):
    """An own KPI of the whole tenant, or of one KPI set. `breakdowns` is empty for all that there are."""

    __tablename__ = "own_kpis"
    __table_args__ = (
        UniqueConstraint("tenant_id", "key"),
        one_of("unit", UNITS),
        one_of("better", BETTER),
        same_tenant("kpi_set_id", "kpi_sets", "CASCADE"),
        Index(None, "tenant_id", "kpi_set_id"),
    )

    kpi_set_id: Mapped[UUID | None]
    key: Mapped[str]
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="", server_default="")
    unit: Mapped[str]
    better: Mapped[str]
    breakdowns: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    expression: Mapped[str]
    version: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    created_at: Mapped[datetime] = created_at()
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now(), sort_order=11)
