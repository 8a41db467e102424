"""Ask for the sending of messages that are due: their edition is made, or the time of another attempt has come."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import DateTime, text
from sqlalchemy.orm import Session

from tallymark.jobs.request import Priority, request
from tallymark.jobs.weights import LIGHT
from tallymark_tenants.db import Database

KIND = "message"
"""The kind of run that tries once to send one message."""

MESSAGES = 100
"""Messages asked for in one turn of the dispatcher."""
PATIENCE = timedelta(minutes=15)
"""After so long a message that was asked for and is still where it was is asked for again."""

# A message whose edition is still being made isn't looked at: the end of that run is what makes it due.
_DUE = text(f"""
    select d.tenant_id, d.id
    from deliveries d
    left join runs r on r.tenant_id = d.tenant_id and r.id = d.run_id
    where d.state in ('queued', 'sending') and d.due_at <= now()
      and (d.run_id is null or r.status in ('done', 'failed', 'cancelled'))
    order by d.due_at
    limit {MESSAGES}
""")  # noqa: S608  a constant
_TAKE = text("""
    update deliveries set due_at = now() + :patience
    where tenant_id = :tenant and id = :id and state in ('queued', 'sending') and due_at <= now()
    returning due_at
""").columns(due_at=DateTime(timezone=True))


def wake_due(database: Database, session: Session) -> int:
    """Request one run for every message that is due; returns how many.

    `session` is the dispatcher's, which only sees that something is due.
    """
    return sum(_wake(database, row.tenant_id, row.id) for row in session.execute(_DUE).all())


def _wake(database: Database, tenant_id: UUID, delivery_id: UUID) -> bool:
    names = {"tenant": tenant_id, "id": delivery_id, "patience": PATIENCE}
    with database.tenant(tenant_id) as session:
        until = session.execute(_TAKE, names).scalar()
        if until is None:
            return False
        request(
            session,
            tenant_id,
            KIND,
            str(delivery_id),
            until.isoformat(),
            {"delivery_id": str(delivery_id)},
            LIGHT,
            priority=Priority.SCHEDULED,
        )
    return True
