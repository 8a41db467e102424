"""What an own KPI was before, as the audit trail has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tallymark_sdk.own import OwnKpi
from tallymark_tenants.accounts.audit import audit
from tallymark_tenants.models import AuditEntry

KIND = "own_kpi"


@dataclass(frozen=True, kw_only=True)
class Change:
    """One act on a KPI: created, changed or removed, with how it stood afterwards (removed: before)."""

    at: datetime
    user_id: UUID | None
    action: str
    version: int
    name: str
    expression: str


def history_of(session: Session, own_kpi_id: UUID) -> list[Change]:
    """All changes of a KPI of the session's tenant, newest first."""
    entries = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.object_kind == KIND, AuditEntry.object_id == str(own_kpi_id))
        .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    )
    return [
        Change(
            at=entry.at,
            user_id=entry.user_id,
            action=entry.action.removeprefix(f"{KIND}."),
            version=entry.detail["version"],
            name=entry.detail["name"],
            expression=entry.detail["expression"],
        )
        for entry in entries
    ]


def record(session: Session, action: str, own_kpi_id: UUID, kpi: OwnKpi, **more: Any) -> None:
    """Write an act on a KPI to the audit trail: created, changed or removed."""
    facts: dict[str, Any] = {
        "key": kpi.key,
        "name": kpi.name,
        "unit": kpi.unit,
        "expression": kpi.expression,
        "version": kpi.version,
    }
    audit(session, f"{KIND}.{action}", object_kind=KIND, object_id=own_kpi_id, **facts, **more)


def last_version(session: Session, key: str) -> int:
    """The highest version that a KPI of this key ever had, 0 where there was none."""
    versions = session.scalars(
        select(AuditEntry.detail["version"].as_integer()).where(
            AuditEntry.object_kind == KIND, AuditEntry.detail["key"].as_string() == key
        )
    )
    return max(versions, default=0)
