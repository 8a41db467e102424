"""Bring back runs whose worker died or whose message was lost."""

# ruff: noqa: S608  the statements are put together from constants of this module only

from __future__ import annotations

import logging
from datetime import timedelta

from redis import Redis
from sqlalchemy import text
from sqlalchemy.orm import Session

from .tuning import MAX_ATTEMPTS
from .wire import job_id, queue_for

logger = logging.getLogger(__name__)

STOPPED = "The worker stopped before the work was done (killed, out of memory, or far over its time limit)."

_EXPIRED = "status = 'running' and lease_until < now()"
_FAIL_EXPIRED = text(f"""
    update runs set status = 'failed', lease_until = null, finished_at = now(), fence = fence + 1,
                    error = :reason || ' Tried ' || attempts || ' times.'
    where {_EXPIRED} and attempts >= :most
    returning id
""")
_RELEASE_EXPIRED = text(f"""
    with released as (
        update runs set status = 'queued', lease_until = null, fence = fence + 1, error = :reason
        where {_EXPIRED} and attempts < :most
        returning tenant_id, id
    )
    update outbox set dispatched_at = null, due_at = now()
    from released where outbox.tenant_id = released.tenant_id and outbox.run_id = released.id
    returning outbox.run_id
""")
_SENT_LONG_AGO = text("""
    select o.tenant_id, o.id as outbox_id, o.run_id, o.worker_class, r.fence
    from outbox o join runs r on r.tenant_id = o.tenant_id and r.id = o.run_id
    where r.status = 'queued' and o.dispatched_at < now() - :grace
""")
_RESEND = text("""
    with taken as (
        update runs set fence = fence + 1
        where tenant_id = :tenant and id = :run and fence = :fence and status = 'queued'
        returning tenant_id, id
    )
    update outbox set dispatched_at = null, due_at = now()
    from taken where outbox.tenant_id = taken.tenant_id and outbox.run_id = taken.id
    returning outbox.run_id
""")


def take_back_expired(session: Session) -> int:
    """Queue runs whose lease ran out again under a new fence, or fail them after their last attempt.

    Returns how many were touched.
    """
    names = {"reason": STOPPED, "most": MAX_ATTEMPTS}
    failed = session.execute(_FAIL_EXPIRED, names).scalars().all()
    released = session.execute(_RELEASE_EXPIRED, names).scalars().all()
    for run_id in failed:
        logger.error("Run %s failed: its worker stopped in each of %d attempts.", run_id, MAX_ATTEMPTS)
    for run_id in released:
        logger.warning("Run %s: its worker stopped; it is queued again.", run_id)
    return len(failed) + len(released)


def resend_lost(session: Session, redis: Redis, grace: float) -> int:
    """Send runs again that were sent, are not claimed, and are on no queue any more.

    Redis was flushed or restarted, or a worker died between taking the job and claiming the run.
    A false alarm is harmless: the older message carries the older fence. Returns how many.
    """
    rows = session.execute(_SENT_LONG_AGO, {"grace": timedelta(seconds=grace)}).all()
    waiting = {name: set(queue_for(name, redis).get_job_ids()) for name in {row.worker_class for row in rows}}
    lost = [row for row in rows if job_id(row.run_id, row.fence) not in waiting[row.worker_class]]
    for row in lost:
        names = {"tenant": row.tenant_id, "run": row.run_id, "fence": row.fence}
        session.execute(_RESEND, names)
        logger.warning("Run %s was lost from Redis; it is queued again.", row.run_id)
    return len(lost)
