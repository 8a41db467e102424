"""Keep a lease alive from a thread while the handler works."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from . import lease as leases
from .context import JobContext
from .limits import interrupt

logger = logging.getLogger(__name__)

OVERRUN_GRACE = 15.0
"""Seconds past its limit after which a job that does not react is ended with its process."""
TAKEN_GRACE = 2.0
"""The same after the run was cancelled or taken over: a query in native code hears no signal."""


def _end_process() -> None:
    os._exit(os.EX_SOFTWARE)


@dataclass(frozen=True, kw_only=True)
class Beats:
    """Seconds between two renewals of the lease, between two looks whether it still holds, and until the limit."""

    every: float
    look: float
    limit: float
    on_overrun: Callable[[], None] = _end_process


@contextmanager
def beating(job: JobContext, beats: Beats) -> Iterator[None]:
    """Keep the job's lease until the block ends; interrupt the block when the run was cancelled or taken over.

    Must stand inside `time_limit(…, job.lost)`, which the interruption goes through. When the block does not
    react to its limit or to the interruption, native code is at work or stuck: `on_overrun` runs.
    """
    stop = threading.Event()
    thread = threading.Thread(target=_beat, args=(job, stop, beats), name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=5)


def _beat(job: JobContext, stop: threading.Event, beats: Beats) -> None:
    renewed = time.monotonic()
    deadline = renewed + beats.limit + OVERRUN_GRACE
    while not stop.wait(min(beats.look, beats.every)):
        now = time.monotonic()
        if now > deadline:
            logger.critical("Run %s does not react to its time limit; ending its process.", job.run_id)
            beats.on_overrun()
            return
        try:
            if now - renewed >= beats.every:
                kept, renewed = _renew(job), now
            else:
                kept = _is_held(job)
        except SQLAlchemyError as error:
            # The database may come back before the lease runs out; the fence decides, not we.
            logger.warning("Run %s could not renew its lease: %s", job.run_id, type(error).__name__)
            continue
        if not kept:
            _give_way(job, stop, beats)
            return


def _give_way(job: JobContext, stop: threading.Event, beats: Beats) -> None:
    job.lost.set()
    if stop.is_set():
        return  # it ended by itself in this moment
    interrupt()
    if not stop.wait(TAKEN_GRACE):
        logger.warning("Run %s is no longer ours and goes on in native code; ending its process.", job.run_id)
        beats.on_overrun()


def _renew(job: JobContext) -> bool:
    with job.database.tenant(job.tenant_id) as session:
        return leases.renew(session, job.lease, job.lease_seconds)


def _is_held(job: JobContext) -> bool:
    with job.database.tenant(job.tenant_id) as session:
        return leases.is_held(session, job.lease)
