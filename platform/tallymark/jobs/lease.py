"""Who may work on a run, decided by one row in PostgreSQL.

A run carries a fence: a number that grows each time the run is taken away from somebody. A job
knows the fence it was sent with, and every statement here has `where fence = :fence`, so a job
that lost its run can change nothing, however late it wakes up.
"""

# ruff: noqa: S608  the statements are put together from constants of this module only

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import TextClause

from .weights import HEAVY, LIGHT


@dataclass(frozen=True, kw_only=True)
class Lease:
    """The right to work on a run: valid while the run is running under this fence."""

    tenant_id: UUID
    run_id: UUID
    fence: int

    @property
    def names(self) -> dict[str, Any]:
        """The values every statement of this module is bound to."""
        return {"tenant": self.tenant_id, "run": self.run_id, "fence": self.fence}


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A run as its worker got it; `attempt` counts from 1."""

    kind: str
    params: Mapping[str, Any]
    attempt: int


_MINE = "where tenant_id = :tenant and id = :run and fence = :fence and status = 'running'"
_CLAIM = text("""
    update runs set status = 'running', attempts = attempts + 1, lease_until = now() + :lease,
                    started_at = coalesce(started_at, now()), progress = 0, step = ''
    where tenant_id = :tenant and id = :run and fence = :fence and status = 'queued'
      and (cast(:kinds as text[]) is null or kind = any(cast(:kinds as text[])))
    returning kind, params, attempts
""").columns(kind=Text, params=JSONB, attempts=Integer)
_RENEW = text(f"update runs set lease_until = now() + :lease {_MINE}")
_HELD = text(f"select 1 from runs {_MINE}")
_PROGRESS = text(f"update runs set lease_until = now() + :lease, progress = :progress, step = :step {_MINE}")
_FINISH = text(f"""
    update runs set status = 'done', result = cast(:result as jsonb), progress = 1, step = '', error = null,
                    lease_until = null, finished_at = now() {_MINE}
""")
_FAIL = text(f"""
    update runs set status = 'failed', error = :error, lease_until = null, finished_at = now() {_MINE}
""")
_RELEASE = text(f"""
    update runs set status = 'queued', error = :error, lease_until = null, fence = fence + 1 {_MINE}
""")
_SEND_AGAIN = text("""
    update outbox set dispatched_at = null, due_at = now() + :wait,
                      worker_class = case when :too_slow and worker_class = :light then :heavy else worker_class end
    where tenant_id = :tenant and run_id = :run
""")
# The outbox holds unfinished work only: what the dispatcher looks at stays small however many runs there were.
_SETTLED = text("delete from outbox where tenant_id = :tenant and run_id = :run")


def claim(
    session: Session, lease: Lease, seconds: float, kinds: Sequence[str] | None = None
) -> Claimed | None:
    """Take the run if it still waits under this fence (and is of one of `kinds`); None when it does not."""
    names = {**lease.names, "lease": timedelta(seconds=seconds), "kinds": kinds and list(kinds)}
    row = session.execute(_CLAIM, names).one_or_none()
    return None if row is None else Claimed(kind=row.kind, params=row.params, attempt=row.attempts)


def renew(session: Session, lease: Lease, seconds: float) -> bool:
    """Hold the run for `seconds` more; False when it is no longer ours."""
    return _changed(session, _RENEW, {**lease.names, "lease": timedelta(seconds=seconds)})


def record_progress(session: Session, lease: Lease, seconds: float, fraction: float, step: str) -> bool:
    """Renew, and show how far the work is (0 to 1) and what it is doing; False when not ours."""
    names = {**lease.names, "lease": timedelta(seconds=seconds), "progress": fraction, "step": step}
    return _changed(session, _PROGRESS, names)


def finish(session: Session, lease: Lease, result: Mapping[str, Any]) -> bool:
    """Store the result and end the run as done; False when it is no longer ours."""
    return _settled(session, _FINISH, {**lease.names, "result": json.dumps(dict(result))})


def fail(session: Session, lease: Lease, reason: str) -> bool:
    """End the run as failed with a reason a person can read; False when it is no longer ours."""
    return _settled(session, _FAIL, {**lease.names, "error": reason})


def release(session: Session, lease: Lease, reason: str, wait: timedelta, *, too_slow: bool = False) -> bool:
    """Give the run back to be sent again after `wait`, under a new fence; False when not ours.

    One that was `too_slow` for its limit goes to the heavy workers from now on, unless its class was chosen.
    """
    if not _changed(session, _RELEASE, {**lease.names, "error": reason}):
        return False
    names = {"tenant": lease.tenant_id, "run": lease.run_id, "wait": wait}
    session.execute(_SEND_AGAIN, {**names, "too_slow": too_slow, "light": LIGHT, "heavy": HEAVY})
    return True


def is_held(session: Session, lease: Lease) -> bool:
    """Whether the run is still running under this fence: not cancelled, not taken over. Locks nothing."""
    return session.execute(_HELD, lease.names).scalar() is not None


def _settled(session: Session, statement: TextClause, names: Mapping[str, Any]) -> bool:
    if not _changed(session, statement, names):
        return False
    session.execute(_SETTLED, {"tenant": names["tenant"], "run": names["run"]})
    return True


def _changed(session: Session, statement: TextClause, names: Mapping[str, Any]) -> bool:
    return session.execute(statement, names).rowcount == 1  # type: ignore[attr-defined]
