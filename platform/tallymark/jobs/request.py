"""Ask for work: the run and its outbox row, in the caller's own transaction."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

OUTBOX_CHANNEL = "tallymark_outbox"
"""PostgreSQL notifications on this channel wake the dispatcher."""

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
    insert into outbox (tenant_id, id, run_id, worker_class, due_at)
    values (:tenant, uuidv7(), :run, :worker_class, now())
""")
_NOTIFY = text("select pg_notify(:channel, '')")


def request(
    session: Session,
    tenant_id: UUID,
    kind: str,
    key: str,
    input_version: str,
    params: Mapping[str, Any],
    worker_class: str = "default",
) -> UUID:
    """Ask for one run of `kind` over `key` at `input_version` and return its id.

    The same (tenant, kind, key, input version) is one run however often it is asked for: a
    second request returns the first one's id, whatever its state. Nothing is sent before the
    caller commits, and a rollback takes the request with it. `params` is JSON: ids and plain
    choices, never a password or token.
    """
    if not WORKER_CLASS.fullmatch(worker_class):
        raise ValueError(f"{worker_class!r} is no worker class; use lower-case letters, digits and hyphens.")
    names = {"tenant": tenant_id, "kind": kind, "key": key, "input_version": input_version}
    run_id = session.execute(_INSERT_RUN, {**names, "params": json.dumps(dict(params))}).scalar()
    if run_id is None:
        return UUID(str(session.execute(_FIND_RUN, names).scalar_one()))
    session.execute(_INSERT_OUTBOX, {"tenant": tenant_id, "run": run_id, "worker_class": worker_class})
    wake_dispatcher(session)
    return UUID(str(run_id))


_REVIVE = text("""
    update runs set status = 'queued', attempts = 0, fence = fence + 1, lease_until = null, progress = 0,
                    step = '', error = null, started_at = null, finished_at = null
    where tenant_id = :tenant and id = :run and status = 'failed'
    returning id
""")
_RESEND = text("""
    update outbox set dispatched_at = null, due_at = now() where tenant_id = :tenant and run_id = :run
""")


def try_again(session: Session, tenant_id: UUID, run_id: UUID) -> bool:
    """Give a failed run three fresh attempts; False when it has not failed (or is not there)."""
    names = {"tenant": tenant_id, "run": run_id}
    revived = session.execute(_REVIVE, names).scalar() is not None
    if revived:
        session.execute(_RESEND, names)
        wake_dispatcher(session)
    return revived


def wake_dispatcher(session: Session) -> None:
    """Tell a waiting dispatcher, when this transaction commits, that there is something to send."""
    session.execute(_NOTIFY, {"channel": OUTBOX_CHANNEL})
