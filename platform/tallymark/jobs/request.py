"""Ask for work: the run and its outbox row, in the caller's own transaction."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from enum import IntEnum
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from .weights import class_for, expected

OUTBOX_CHANNEL = "tallymark_outbox"
"""PostgreSQL notifications on this channel wake the dispatcher."""


class Priority(IntEnum):
    """What goes first when workers are few; the smaller number."""

    ASKED = 0
    """Somebody waits for it."""
    SCHEDULED = 1
    """It is due at a time of day."""
    BACKGROUND = 2
    """Nothing is wrong while it has not been done: tidying, preparing."""


WORKER_CLASS = re.compile(r"[a-z][a-z0-9-]{0,30}")

_INSERT_RUN = text("""
    insert into runs (tenant_id, id, kind, key, input_version, params,
                      status, attempts, fence, progress, step, created_at)
    values (:tenant, uuidv7(), :kind, :key, :input_version, cast(:params as jsonb),
            'queued', 0, 1, 0, '', now())
    on conflict (tenant_id, kind, key, input_version) do nothing
    returning id
""")
_FIND_RUN = text("""
    select id from runs
    where tenant_id = :tenant and kind = :kind and key = :key and input_version = :input_version
""")
_INSERT_OUTBOX = text("""
    insert into outbox (tenant_id, id, run_id, worker_class, priority, weight, due_at)
    values (:tenant, uuidv7(), :run, :worker_class, :priority, :weight, now())
""")
_NOTIFY = text("select pg_notify(:channel, '')")


def request(
    session: Session,
    tenant_id: UUID,
    kind: str,
    key: str,
    input_version: str,
    params: Mapping[str, Any],
    worker_class: str | None = None,
    *,
    priority: Priority = Priority.ASKED,
    seconds_per_million_rows: float = 0.0,
) -> UUID:
    """Ask for one run of `kind` over `key` at `input_version` and return its id.

    The same (tenant, kind, key, input version) is one run however often it is asked for: a
    second request returns the first one's id, whatever its state. Nothing is sent before the
    caller commits, and a rollback takes the request with it. `params` is JSON: ids and plain
    choices, never a password or token. Without a `worker_class` the run goes to the light or the
    heavy workers by its expected time (`weights`), which for a tenant's first run of the kind is
    `seconds_per_million_rows` times the rows of its datasets.
    """
    if worker_class is not None and not WORKER_CLASS.fullmatch(worker_class):
        raise ValueError(f"{worker_class!r} is no worker class; use lower-case letters, digits and hyphens.")
    names = {"tenant": tenant_id, "kind": kind, "key": key, "input_version": input_version}
    run_id = session.execute(_INSERT_RUN, {**names, "params": json.dumps(dict(params))}).scalar()
    if run_id is None:
        return UUID(str(session.execute(_FIND_RUN, names).scalar_one()))
    seconds = expected(session, tenant_id, kind, seconds_per_million_rows)
    send = {
        "worker_class": worker_class or class_for(seconds),
        "priority": int(priority),
        "weight": seconds,
    }
    session.execute(_INSERT_OUTBOX, {"tenant": tenant_id, "run": run_id, **send})
    wake_dispatcher(session)
    return UUID(str(run_id))


_REVIVE = text("""
    update runs set status = 'queued', attempts = 0, fence = fence + 1, lease_until = null, progress = 0,
                    step = '', error = null, started_at = null, finished_at = null
    where tenant_id = :tenant and id = :run and status in ('failed', 'cancelled')
    returning kind
""")
_CANCEL = text("""
    update runs set status = 'cancelled', fence = fence + 1, lease_until = null, step = '', error = :reason,
                    finished_at = now()
    where tenant_id = :tenant and id = :run and status in ('queued', 'running')
    returning id
""")
_FORGET = text("delete from outbox where tenant_id = :tenant and run_id = :run")


def try_again(session: Session, tenant_id: UUID, run_id: UUID) -> bool:
    """Give a failed or cancelled run three fresh attempts; False when it is neither (or is not there)."""
    names = {"tenant": tenant_id, "run": run_id}
    kind = session.execute(_REVIVE, names).scalar()
    if kind is None:
        return False
    seconds = expected(session, tenant_id, kind, 0.0)
    send = {"worker_class": class_for(seconds), "priority": int(Priority.ASKED), "weight": seconds}
    session.execute(_FORGET, names)
    session.execute(_INSERT_OUTBOX, {**names, **send})
    wake_dispatcher(session)
    return True


def cancel(session: Session, tenant_id: UUID, run_id: UUID, by: str) -> bool:
    """End a run that waits or is at work; False when it has ended already (or is not there).

    From this transaction's commit on the run's fence is another one: what waits in a queue is never
    started, and what a worker still does can't be stored. The worker notices within seconds. `by`
    is the name that the run's reason shows.
    """
    names = {"tenant": tenant_id, "run": run_id}
    reason = f"Cancelled by {by}."
    done = session.execute(_CANCEL, {**names, "reason": reason}).scalar()
    if done is None:
        return False
    session.execute(_FORGET, names)
    wake_dispatcher(session)
    return True


def wake_dispatcher(session: Session) -> None:
    """Tell a waiting dispatcher, when this transaction commits, that there is something to send."""
    session.execute(_NOTIFY, {"channel": OUTBOX_CHANNEL})
