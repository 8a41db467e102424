"""Ask for rules to be checked, and for what they found to be sent. Loads nothing of the engine."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from tallymark.engine_jobs.asking import version_of
from tallymark.jobs.request import Priority, request
from tallymark_tenants.alerts import list_rules

CHECK = "alerts"
SEND = "alert_messages"

SECONDS_PER_MILLION_ROWS = 2.0
"""The first guess, before the tenant's first run has been measured."""

_LATER = text("""
    update outbox set due_at = :due where tenant_id = :tenant and run_id = :run and dispatched_at is null
""")


def request_check(session: Session, tenant_id: UUID, day: date | None = None) -> UUID | None:
    """Ask for a check of all rules by the data that is current; the run's id, None where there is no rule or no data.

    The input version is the data, the rules and the day, so that the same is checked once a day however often it's
    asked for.
    """
    rules = list_rules(session, active=True)
    data = version_of(session)
    if not rules or data is None:
        return None
    day = day or datetime.now(UTC).date()
    parts = [data, day.isoformat(), *(f"{row.id}{row.changed_at}{row.snoozed_until}" for row in rules)]
    return request(
        session,
        tenant_id,
        CHECK,
        "",
        hashlib.sha256(" ".join(parts).encode()).hexdigest()[:32],
        {},
        priority=Priority.BACKGROUND,
        seconds_per_million_rows=SECONDS_PER_MILLION_ROWS,
    )


def request_sending(session: Session, tenant_id: UUID, due_at: datetime) -> UUID:
    """Ask for what was found to be sent, not before a moment; one run for all that is due with it."""
    run = request(session, tenant_id, SEND, "", due_at.isoformat(), {}, priority=Priority.SCHEDULED)
    if due_at > datetime.now(UTC):
        session.execute(_LATER, {"tenant": tenant_id, "run": run, "due": due_at})
    return run
