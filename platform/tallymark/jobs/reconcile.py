"""Bring back runs whose worker died or whose message was lost."""

# ruff: noqa: S608  the statements are put together from constants of this module only

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from redis import Redis
from sqlalchemy import text
from sqlalchemy.orm import Session

from .tuning import MAX_ATTEMPTS
from .weights import HEAVY, LIGHT
from .wire import job_id, queue_for

logger = logging.getLogger(__name__)

STOPPED = "The worker stopped before the work was done (killed, out of memory, or far over its time limit)."

_EXPIRED = "status = 'running' and lease_until < now()"
_FAIL_EXPIRED = text(f"""
    update runs set status = 'failed', lease_until = null, finished_at = now(), fence = fence + 1,
                    error = :reason || ' Tried ' || attempts || ' times.'
    where {_EXPIRED} and attempts >= :most
    returning tenant_id, id
""")
_FORGET = text("""
    delete from outbox
    where (tenant_id, run_id) in (select * from unnest(cast(:tenants as uuid[]), cast(:runs as uuid[])))
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
    select o.tenant_id, o.run_id, o.worker_class, r.fence, r.status
    from outbox o join runs r on r.tenant_id = o.tenant_id and r.id = o.run_id
    where r.status <> 'running' and o.dispatched_at < now() - :grace
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
    failed = session.execute(_FAIL_EXPIRED, names).all()
    _forget(session, [(row.tenant_id, row.id) for row in failed])
    released = session.execute(_RELEASE_EXPIRED, names).scalars().all()
    for row in failed:
        logger.error("Run %s failed: its worker stopped in each of %d attempts.", row.id, MAX_ATTEMPTS)
    for run_id in released:
        logger.warning("Run %s: its worker stopped; it is queued again.", run_id)
    return len(failed) + len(released)


def resend_lost(session: Session, redis: Redis, grace: float, *, heavy: bool = True) -> int:
    """Send runs again that were sent, are not claimed, and are on no queue any more.

    Redis was flushed or restarted, or a worker died between taking the job and claiming the run. Without `heavy`
    workers what waits for one counts as lost too, so that it goes to the others. A false alarm is harmless: the
    older message carries the older fence. Returns how many.
    """
    rows = session.execute(_SENT_LONG_AGO, {"grace": timedelta(seconds=grace)}).all()
    # The rows of runs that ended without their worker's knowledge, of an older version of it for example.
    _forget(session, [(row.tenant_id, row.run_id) for row in rows if row.status != "queued"])
    rows = [row for row in rows if row.status == "queued"]
    served = {row.worker_class for row in rows} | {LIGHT}  # a heavy run may have been sent to light workers
    if not heavy:
        served.discard(HEAVY)
    waiting = {job for name in served for job in queue_for(name, redis).get_job_ids()} if rows else set()
    lost = [row for row in rows if job_id(row.run_id, row.fence) not in waiting]
    for row in lost:
        names = {"tenant": row.tenant_id, "run": row.run_id, "fence": row.fence}
        session.execute(_RESEND, names)
        logger.warning("Run %s was lost from Redis; it is queued again.", row.run_id)
    return len(lost)


def _forget(session: Session, runs: Sequence[tuple[UUID, UUID]]) -> None:
    if runs:
        session.execute(_FORGET, {"tenants": [run[0] for run in runs], "runs": [run[1] for run in runs]})
