"""Send what is due: from the outbox to the queues, fairly between tenants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from redis import Redis
from sqlalchemy import text
from sqlalchemy.orm import Session

from .lanes import Lane
from .lease import Lease
from .wire import job_for, queue_for

# From one class to the next by the index, however many rows wait in each.
_CLASSES = text("""
    with recursive found as (
        (select worker_class from outbox where dispatched_at is null order by worker_class limit 1)
        union all
        select (select o.worker_class from outbox o
                where o.dispatched_at is null and o.worker_class > found.worker_class
                order by o.worker_class limit 1)
        from found where found.worker_class is not null
    )
    select worker_class from found where worker_class is not null
""")
# A tenant's n-th waiting run competes with the n-th of every other tenant, what a tenant has in
# flight already counting as its first ones. So a tenant with a thousand runs delays nobody. The
# outbox holds unfinished work only, and runs are looked up for the few that are chosen.
_DUE = text("""
    with in_flight as (
        select tenant_id, count(*) as runs from outbox
        where dispatched_at is not null and worker_class = :class group by tenant_id
    ), due as (
        select tenant_id, id, run_id, priority, due_at,
               row_number() over (partition by tenant_id order by priority, due_at, id) as place
        from outbox
        where dispatched_at is null and due_at <= clock_timestamp() and worker_class = :class
    ), chosen as (
        select due.*, due.place + coalesce(in_flight.runs, 0) as turn
        from due left join in_flight using (tenant_id)
        where due.place + coalesce(in_flight.runs, 0) <= :in_flight
        order by due.priority, turn, due.due_at, due.id
        limit :room
    )
    select chosen.tenant_id, chosen.id, chosen.run_id, r.fence, r.status
    from chosen join runs r on r.tenant_id = chosen.tenant_id and r.id = chosen.run_id
    order by chosen.priority, chosen.turn, chosen.due_at, chosen.id
""")
_THESE = "(tenant_id, id) in (select * from unnest(cast(:tenants as uuid[]), cast(:ids as uuid[])))"
_MARK = text(f"update outbox set dispatched_at = now() where {_THESE}")  # noqa: S608  a constant
_DROP = text(f"delete from outbox where {_THESE}")  # noqa: S608  a constant


@dataclass(frozen=True, kw_only=True)
class Due:
    """An outbox row whose time has come, and the queue it goes to."""

    outbox_id: UUID
    queue: str
    lease: Lease


def waiting(session: Session) -> Sequence[str]:
    """The worker classes that have runs which are not sent yet."""
    return session.execute(_CLASSES).scalars().all()


def due(session: Session, lane: Lane) -> list[Due]:
    """What to send down a lane now, in order; rows of runs that ended otherwise are dropped."""
    if lane.room <= 0:
        return []
    names = {"class": lane.worker_class, "in_flight": lane.in_flight, "room": lane.room}
    found = session.execute(_DUE, names).all()
    ended = [row for row in found if row.status != "queued"]
    if ended:
        session.execute(
            _DROP, {"tenants": [row.tenant_id for row in ended], "ids": [row.id for row in ended]}
        )
    return [
        Due(
            outbox_id=row.id,
            queue=lane.queue,
            lease=Lease(tenant_id=row.tenant_id, run_id=row.run_id, fence=row.fence),
        )
        for row in found
        if row.status == "queued"
    ]


def send(session: Session, redis: Redis, rows: Sequence[Due]) -> None:
    """Put the rows on their queues, then note it.

    Dying in between sends them twice under the same job id and fence, which only one can claim.
    """
    if not rows:
        return
    with redis.pipeline() as pipeline:
        for row in rows:
            queue_for(row.queue, redis).enqueue_job(job_for(row.lease, redis), pipeline=pipeline)
        pipeline.execute()
    names = {"tenants": [row.lease.tenant_id for row in rows], "ids": [row.outbox_id for row in rows]}
    session.execute(_MARK, names)
