"""The one function a job may run: claim a run, do it, store what came of it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from . import lease as leases
from .context import JobContext
from .errors import GiveUp, LeaseLost, Retry, TimeLimitReached
from .heartbeat import beating
from .limits import time_limit
from .registry import Handler, handler_of
from .request import wake_dispatcher
from .runtime import Runtime, current
from .tuning import MAX_ATTEMPTS

logger = logging.getLogger(__name__)


def run_job(tenant: str, run: str, fence: str) -> None:
    """Work on `run` of `tenant` if it still waits under `fence`; otherwise do nothing.

    All three come from Redis as text and are checked; everything else is read from PostgreSQL.
    """
    runtime = current()
    lease = leases.Lease(tenant_id=UUID(tenant), run_id=UUID(run), fence=int(fence))
    perform(runtime, lease)


def perform(runtime: Runtime, lease: leases.Lease) -> None:
    """Claim the run, call its handler within its limits, and settle the outcome in the database."""
    database = runtime.open_database()
    with database.tenant(lease.tenant_id) as session:
        claimed = leases.claim(session, lease, runtime.tuning.lease)
    if claimed is None:
        logger.info("Run %s no longer waits under fence %s; nothing to do.", lease.run_id, lease.fence)
        return
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
        return
    _work(runtime, handler, job)


def _work(runtime: Runtime, handler: Handler, job: JobContext) -> None:
    tuning = runtime.tuning
    try:
        with (
            beating(job, every=tuning.heartbeat, limit=handler.timeout),
            time_limit(handler.timeout),
        ):
            _finish(job, handler.function(job))
    except LeaseLost:
        logger.warning("Run %s was taken over; this attempt stores nothing.", job.run_id)
    except GiveUp as error:
        _fail(job, str(error))
    except Retry as error:
        usual = tuning.wait_before(job.attempt + 1)
        _again(job, str(error), usual if error.after is None else max(usual, error.after))
    except TimeLimitReached as error:
        _again(job, str(error), tuning.wait_before(job.attempt + 1))
    except Exception as error:
        # The message of an unforeseen error may hold anything, also secrets: log it, don't show it.
        logger.exception("Run %s (%s) failed unexpectedly.", job.run_id, handler.kind)
        sentence = f"Something unexpected went wrong ({type(error).__name__}); see the worker's log."
        _again(job, sentence, tuning.wait_before(job.attempt + 1))


def _finish(job: JobContext, result: Mapping[str, Any]) -> None:
    with job.database.tenant(job.tenant_id) as session:
        if not leases.finish(session, job.lease, result):
            raise LeaseLost("It was taken over before its result was stored.")
        wake_dispatcher(session)


def _again(job: JobContext, sentence: str, wait: timedelta) -> None:
    if job.attempt >= MAX_ATTEMPTS:
        _fail(job, f"{sentence} Tried {job.attempt} times.")
        return
    logger.warning("Run %s, attempt %d: %s", job.run_id, job.attempt, sentence)
    with job.database.tenant(job.tenant_id) as session:
        leases.release(session, job.lease, sentence, wait)
        wake_dispatcher(session)


def _fail(job: JobContext, reason: str) -> None:
    logger.error("Run %s failed: %s", job.run_id, reason)
    with job.database.tenant(job.tenant_id) as session:
        leases.fail(session, job.lease, reason)
        wake_dispatcher(session)
