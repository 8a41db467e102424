"""Send what is due: from the outbox to the queues, fairly between tenants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from redis import Redis
from sqlalchemy import text
from sqlalchemy.orm import Session

from .lease import Lease
from .wire import job_for, queue_for

# A tenant's n-th waiting run competes with the n-th of every other tenant, what a tenant has in
# flight already counting as its first ones. So a tenant with a thousand runs delays nobody.
_DUE = text("""
    with in_flight as (
        select o.tenant_id, count(*) as runs
        from outbox o join runs r on r.tenant_id = o.tenant_id and r.id = o.run_id
        where o.dispatched_at is not null and r.status in ('queued', 'running')
        group by o.tenant_id
    ), due as (
        select o.tenant_id, o.id, o.run_id, o.worker_class, o.due_at, r.fence,
               row_number() over (partition by o.tenant_id order by o.due_at, o.id) as place
        from outbox o join runs r on r.tenant_id = o.tenant_id and r.id = o.run_id
        where o.dispatched_at is null and o.due_at <= clock_timestamp() and r.status = 'queued'
    )
    select due.tenant_id, due.id, due.run_id, due.worker_class, due.fence
    from due left join in_flight using (tenant_id)
    where due.place + coalesce(in_flight.runs, 0) <= :in_flight
    order by due.place + coalesce(in_flight.runs, 0), due.due_at, due.id
    limit :batch
""")
_MARK = text("""
    update outbox set dispatched_at = now()
    where (tenant_id, id) in (select * from unnest(cast(:tenants as uuid[]), cast(:ids as uuid[])))
""")


@dataclass(frozen=True, kw_only=True)
class Due:
    """An outbox row whose time has come."""

    outbox_id: UUID
    worker_class: str
    lease: Lease


def due(session: Session, *, in_flight: int, batch: int) -> list[Due]:
    """What to send now, in order; at most `in_flight` runs of a tenant are out at a time."""
    rows = session.execute(_DUE, {"in_flight": in_flight, "batch": batch})
    return [
        Due(
            outbox_id=row.id,
            worker_class=row.worker_class,
            lease=Lease(tenant_id=row.tenant_id, run_id=row.run_id, fence=row.fence),
        )
        for row in rows
    ]


def send(session: Session, redis: Redis, rows: Sequence[Due]) -> None:
    """Put the rows on their queues, then note it.

    Dying in between sends them twice under the same job id and fence, which only one can claim.
    """
    if not rows:
        return
    with redis.pipeline() as pipeline:
        for row in rows:
            queue_for(row.worker_class, redis).enqueue_job(job_for(row.lease, redis), pipeline=pipeline)
        pipeline.execute()
    names = {"tenants": [row.lease.tenant_id for row in rows], "ids": [row.outbox_id for row in rows]}
    session.execute(_MARK, names)
