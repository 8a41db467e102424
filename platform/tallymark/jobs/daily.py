"""What the dispatcher asks for once a day without anybody's schedule."""

from __future__ import annotations

from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from .request import request

SWEEP = "sweep"
"""The kind of run that tidies a tenant's lake and uploads."""

_TENANTS = text("select id from tenants order by id")


def request_sweeps(session: Session, day: date) -> int:
    """Ask for the day's sweep of every tenant, once however often this is called; returns how many tenants.

    Also of tenants without snapshots: they can have uploads, which only a worker's disk knows.
    """
    tenants = session.execute(_TENANTS).scalars().all()
    for tenant_id in tenants:
        request(session, tenant_id, SWEEP, "", day.isoformat(), {})
    return len(tenants)
