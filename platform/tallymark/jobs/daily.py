"""What the dispatcher asks for once a day without anybody's schedule."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from .request import Priority, wake_dispatcher
from .weights import LIGHT

SWEEP = "sweep"
"""The kind of run that tidies a tenant's lake and uploads."""
TENANTS = 500
"""Tenants asked for at a time: the dispatcher has others to serve meanwhile."""

_NEXT = text("select id from tenants where id > :after order by id limit :most")
_REQUEST = text("""
    with asked as (
        insert into runs (tenant_id, id, kind, key, input_version, params,
                          status, attempts, fence, progress, step, created_at)
        select tenant, uuidv7(), :kind, '', :day, '{}'::jsonb, 'queued', 0, 1, 0, '', now()
        from unnest(cast(:tenants as uuid[])) as tenant
        on conflict (tenant_id, kind, key, input_version) do nothing
        returning tenant_id, id
    )
    insert into outbox (tenant_id, id, run_id, worker_class, priority, due_at)
    select tenant_id, uuidv7(), id, :worker_class, :priority, now() from asked
""")


class Sweeps:
    """Asks for the day's sweep of every tenant, some tenants at each call, once a day.

    Also of tenants without snapshots: they can have uploads, which only a worker's disk knows.
    """

    def __init__(self) -> None:
        """Begins with the first tenant; what was asked for already today stays one run."""
        self._day: date | None = None
        self._after: UUID | None = UUID(int=0)

    def request(self, session: Session, day: date) -> int:
        """Ask for the next tenants' sweeps; returns how many tenants, 0 when all have been asked for."""
        if day != self._day:
            self._day, self._after = day, UUID(int=0)
        if self._after is None:
            return 0
        tenants = session.execute(_NEXT, {"after": self._after, "most": TENANTS}).scalars().all()
        self._after = tenants[-1] if len(tenants) == TENANTS else None
        if tenants:
            session.execute(
                _REQUEST,
                {
                    "tenants": list(tenants),
                    "kind": SWEEP,
                    "day": day.isoformat(),
                    "worker_class": LIGHT,
                    "priority": int(Priority.BACKGROUND),
                },
            )
            wake_dispatcher(session)
        return len(tenants)
