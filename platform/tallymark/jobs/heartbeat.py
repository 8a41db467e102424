"""Keep a lease alive from a thread while the handler works."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

from . import lease as leases
from .context import JobContext

logger = logging.getLogger(__name__)

OVERRUN_GRACE = 15.0
"""Seconds past its limit after which a job that does not react is ended with its process."""


def _end_process() -> None:
    os._exit(os.EX_SOFTWARE)


@contextmanager
def beating(
    job: JobContext, *, every: float, limit: float, on_overrun: Callable[[], None] = _end_process
) -> Iterator[None]:
    """Renew the job's lease every `every` seconds until the block ends or the lease is lost.

    When the block has taken `limit` seconds and the grace, native code is stuck: `on_overrun` runs.
    """
    stop = threading.Event()
    deadline = time.monotonic() + limit + OVERRUN_GRACE
    thread = threading.Thread(
        target=_beat, args=(job, stop, every, deadline, on_overrun), name="lease", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=5)


def _beat(
    job: JobContext, stop: threading.Event, every: float, deadline: float, on_overrun: Callable[[], None]
) -> None:
    while not stop.wait(every):
        if time.monotonic() > deadline:
            logger.critical("Run %s does not react to its time limit; ending its process.", job.run_id)
            on_overrun()
            return
        try:
            with job.database.tenant(job.tenant_id) as session:
                kept = leases.renew(session, job.lease, job.lease_seconds)
        except SQLAlchemyError as error:
            # The database may come back before the lease runs out; the fence decides, not we.
            logger.warning("Run %s could not renew its lease: %s", job.run_id, type(error).__name__)
            continue
        if not kept:
            job.lost.set()
            return
