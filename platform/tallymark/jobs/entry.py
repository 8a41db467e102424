"""The one function a job may run: claim a run, do it, store what came of it."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from datetime import timedelta
from enum import Enum
from typing import Any
from uuid import UUID

from . import lease as leases
from . import weights
from .context import JobContext
from .errors import GiveUp, LeaseLost, Retry, RunTaken, TimeLimitReached
from .heartbeat import Beats, beating
from .limits import time_limit
from .registry import Handler, back_to_back_kinds, handler_of
from .request import wake_dispatcher
from .runtime import Runtime, current
from .tuning import MAX_ATTEMPTS

logger = logging.getLogger(__name__)


class Outcome(Enum):
    """What a process may do after a run."""

    GO_ON = "go on"
    """The run ended well and is of a kind that others may follow."""
    END = "end"
    """The run had the process to itself, or went wrong: nothing may follow it."""
    NOT_HERE = "not here"
    """The run was not claimed, for it wants a process that has done nothing else, or is no longer waiting."""


def run_job(tenant: str, run: str, fence: str) -> Outcome:
    """Work on `run` of `tenant` if it still waits under `fence`; otherwise do nothing.

    All three come from Redis as text and are checked; everything else is read from PostgreSQL.
    """
    return perform(current(), lease_of(tenant, run, fence))


def lease_of(tenant: str, run: str, fence: str) -> leases.Lease:
    """The lease that three strings name; ValueError when they don't."""
    return leases.Lease(tenant_id=UUID(tenant), run_id=UUID(run), fence=int(fence))


def perform(runtime: Runtime, lease: leases.Lease, *, used: bool = False) -> Outcome:
    """Claim the run, call its handler within its limits, and settle the outcome in the database.

    A process that is `used` claims only runs that may follow others.
    """
    database = runtime.open_database()
    with database.tenant(lease.tenant_id) as session:
        claimed = leases.claim(session, lease, runtime.tuning.lease, back_to_back_kinds() if used else None)
    if claimed is None:
        if not used:
            logger.info("Run %s no longer waits under fence %s; nothing to do.", lease.run_id, lease.fence)
        return Outcome.NOT_HERE
    job = JobContext(
        database=database,
        settings=runtime.settings,
        lease=lease,
        lease_seconds=runtime.tuning.lease,
        params=claimed.params,
        attempt=claimed.attempt,
    )
    handler = handler_of(claimed.kind)
    if handler is None:
        _fail(job, f"No part of this installation can do {claimed.kind!r}; ask its operator to install one.")
        return Outcome.END
    done = _work(runtime, handler, job)
    return Outcome.GO_ON if done and handler.back_to_back else Outcome.END


def _work(runtime: Runtime, handler: Handler, job: JobContext) -> bool:
    """Call the handler and settle what came of it; whether it ended well."""
    tuning = runtime.tuning
    beats = Beats(every=tuning.heartbeat, look=tuning.look, limit=handler.timeout)
    began = time.monotonic()
    try:
        with time_limit(handler.timeout, job.lost), beating(job, beats):
            result = handler.function(job)
            _finish(job, handler.kind, result, time.monotonic() - began)
    except (LeaseLost, RunTaken):
        logger.warning("Run %s was cancelled or taken over; this attempt stores nothing.", job.run_id)
    except GiveUp as error:
        _fail(job, str(error))
    except Retry as error:
        usual = tuning.wait_before(job.attempt + 1)
        _again(job, str(error), usual if error.after is None else max(usual, error.after))
    except TimeLimitReached as error:
        _note_slow(job, handler)
        _again(job, str(error), tuning.wait_before(job.attempt + 1), too_slow=True)
    except Exception as error:
        # The message of an unforeseen error may hold anything, also secrets: log it, don't show it.
        logger.exception("Run %s (%s) failed unexpectedly.", job.run_id, handler.kind)
        sentence = f"Something unexpected went wrong ({type(error).__name__}); see the worker's log."
        _again(job, sentence, tuning.wait_before(job.attempt + 1))
    else:
        return True
    return False


def _finish(job: JobContext, kind: str, result: Mapping[str, Any], seconds: float) -> None:
    with job.database.tenant(job.tenant_id) as session:
        if not leases.finish(session, job.lease, result):
            raise LeaseLost("It was taken over before its result was stored.")
        weights.record(session, job.tenant_id, kind, seconds)
        wake_dispatcher(session)


def _note_slow(job: JobContext, handler: Handler) -> None:
    with job.database.tenant(job.tenant_id) as session:
        weights.record(session, job.tenant_id, handler.kind, handler.timeout)


def _again(job: JobContext, sentence: str, wait: timedelta, *, too_slow: bool = False) -> None:
    if job.attempt >= MAX_ATTEMPTS:
        _fail(job, f"{sentence} Tried {job.attempt} times.")
        return
    logger.warning("Run %s, attempt %d: %s", job.run_id, job.attempt, sentence)
    with job.database.tenant(job.tenant_id) as session:
        leases.release(session, job.lease, sentence, wait, too_slow=too_slow)
        wake_dispatcher(session)


def _fail(job: JobContext, reason: str) -> None:
    logger.error("Run %s failed: %s", job.run_id, reason)
    with job.database.tenant(job.tenant_id) as session:
        leases.fail(session, job.lease, reason)
        wake_dispatcher(session)
