"""Reading a tenant's own KPIs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tallymark_sdk.metric import Better, Unit
from tallymark_sdk.own import OwnKpi
from tallymark_tenants.models import OwnKpiRow
from tallymark_tenants.own_kpis.errors import OwnKpiUnknown


@dataclass(frozen=True, kw_only=True)
class StoredKpi:
    """An own KPI with its id; `kpi_set_id` is the set it belongs to, None for the whole tenant."""

    id: UUID
    kpi_set_id: UUID | None
    kpi: OwnKpi
    changed_at: datetime


def list_own(session: Session) -> list[StoredKpi]:
    """All of the tenant's, by key."""
    return [stored(row) for row in session.scalars(select(OwnKpiRow).order_by(OwnKpiRow.key))]


def definitions(session: Session) -> tuple[OwnKpi, ...]:
    """All of the tenant's as plain definitions, by key."""
    return tuple(each.kpi for each in list_own(session))


def find(session: Session, own_kpi_id: UUID) -> StoredKpi:
    """The KPI of that id; `OwnKpiUnknown` where the tenant has none."""
    row = session.get(OwnKpiRow, (session.info["tenant"], own_kpi_id))
    if row is None:
        raise OwnKpiUnknown("This KPI doesn't exist.")
    return stored(row)


def find_by_key(session: Session, key: str) -> StoredKpi:
    """The KPI of that key; `OwnKpiUnknown` where the tenant has none."""
    row = session.scalar(select(OwnKpiRow).where(OwnKpiRow.key == key))
    if row is None:
        raise OwnKpiUnknown(f'There is no own KPI "{key}".')
    return stored(row)


def stored(row: OwnKpiRow) -> StoredKpi:
    """A row as a plain value."""
    kpi = OwnKpi(
        key=row.key,
        name=row.name,
        description=row.description,
        # The database checks both against the same lists.
        unit=cast("Unit", row.unit),
        better=cast("Better", row.better),
        expression=row.expression,
        breakdowns=tuple(row.breakdowns),
        within="" if row.kpi_set_id is None else str(row.kpi_set_id),
        version=row.version,
    )
    return StoredKpi(id=row.id, kpi_set_id=row.kpi_set_id, kpi=kpi, changed_at=row.changed_at)
