"""The process that takes jobs from a queue: warm first, then a forked child does them."""

from __future__ import annotations

import gc
import logging
import os
import signal
import time
from collections.abc import Iterable
from types import FrameType
from uuid import UUID

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Worker, worker_registration
from rq.executions import Execution
from rq.job import Job
from rq.registry import FailedJobRegistry, StartedJobRegistry
from rq.serializers import JSONSerializer
from rq.utils import now
from rq.worker import WorkerStatus
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from . import registry, runtime
from .child import Child
from .entry import Outcome
from .redis_link import connect, explain
from .runtime import Runtime
from .tuning import TIME_CEILING
from .wire import RunJob, queue_for

logger = logging.getLogger(__name__)

LONGEST_PAUSE = 15.0
"""Seconds between two tries to reach Redis again, at most."""


class RunWorker(Worker):
    """An RQ worker on exactly one queue that keeps to what this product stores in Redis.

    One queue only: on several, RQ takes a job off its list before it has noted it anywhere.
    """

    job_class = RunJob

    def __init__(self, queue: Queue, connection: Redis, run: Runtime) -> None:
        """A worker for `queue` with the recovery times of `run.tuning`."""
        tuning = run.tuning
        super().__init__(
            [queue],
            connection=connection,
            job_class=RunJob,
            serializer=JSONSerializer,
            worker_ttl=tuning.worker_ttl,
            maintenance_interval=tuning.maintenance_interval,
            job_monitoring_interval=tuning.job_monitoring_interval,
            log_job_description=False,
        )
        self._run = run
        self._child: Child | None = None

    @property
    def stopping(self) -> bool:
        """Whether a signal asked this worker to end."""
        return self._shutdown_requested_date is not None

    def clean_registries(self) -> None:
        """Tidy the registries in use.

        RQ's own version also walks rate limits, whose jobs it would load with the pickle serialiser.
        """
        for queue in self.queues:
            if queue.acquire_maintenance_lock():
                StartedJobRegistry(queue=queue, job_class=self.job_class).cleanup()
                FailedJobRegistry(queue=queue, job_class=self.job_class).cleanup()
                worker_registration.clean_worker_registry(queue)
                queue.intermediate_queue.cleanup(self, queue)
                queue.release_maintenance_lock()
        self.last_cleaned_at = now()  # type: ignore[assignment]  # RQ declares it None

    def clean_group_registries(self) -> None:
        """Nothing: this product has no job groups, and RQ would load foreign ones with pickle."""

    def maintain_heartbeats(self, job: Job, execution: Execution) -> None:
        """Tell Redis that the job is alive. Redis being away must not end a job that is at work."""
        try:
            super().maintain_heartbeats(job, execution)
        except RedisError as error:
            logger.warning("Redis did not take a heartbeat (%s); the job goes on.", type(error).__name__)

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Have the child do the job, and note in Redis what became of it."""
        execution = self.prepare_execution(job)
        self.prepare_job_execution(job, remove_from_intermediate_queue=True)
        job.started_at = now()
        outcome = self._done_by_child(job, execution)
        job.ended_at = now()
        if outcome is None:
            logger.warning("The process that did run %s ended; the run is taken back.", job.id)
            self.handle_job_failure(job, queue, exc_string="Its process ended.", execution=execution)
        else:
            self.handle_job_success(job, queue, queue.started_job_registry, execution)
        self.set_state(WorkerStatus.IDLE)

    def _done_by_child(self, job: Job, execution: Execution) -> Outcome | None:
        """What came of it; None when the child died. A run that needs a process of its own gets a new one."""
        used = self._child is not None and self._child.used
        outcome = self._try_child(job, execution)
        if outcome is Outcome.NOT_HERE and used:
            outcome = self._try_child(job, execution)
        return outcome

    def _try_child(self, job: Job, execution: Execution) -> Outcome | None:
        if self._child is None:
            self._child = Child(self._run)
        self._horse_pid = self._child.pid  # whom RQ kills when it is asked to stop a second time
        try:
            outcome = self._child.do(
                job.args, pause=self.job_monitoring_interval, waiting=lambda: self._watch(job, execution)
            )
        finally:
            self._horse_pid = 0
        if outcome is not Outcome.GO_ON:
            self.dismiss()
        return outcome

    def _watch(self, job: Job, execution: Execution) -> None:
        self.maintain_heartbeats(job, execution)
        began = job.started_at or now()
        if self._child is not None and (now() - began).total_seconds() > TIME_CEILING:
            logger.critical("Run %s does not even let its own clock run; killing its process.", job.id)
            self._child.kill()

    def dismiss(self) -> None:
        """End the child, if there is one."""
        if self._child is not None:
            child, self._child = self._child, None
            child.close()


def prepare(run: Runtime, modules: Iterable[str]) -> None:
    """Load the handlers and walk their paths once, so that every fork starts warm."""
    runtime.install(run)
    registry.load(modules)
    _warm_database(run)
    registry.warm_up()
    gc.collect()
    gc.freeze()


def _warm_database(run: Runtime) -> None:
    """Load what the first session loads, and close it: a fork must not inherit a connection."""
    database = run.open_database()
    try:
        with database.tenant(UUID(int=0)) as session:
            session.execute(text("select 1"))
    except SQLAlchemyError as error:
        logger.warning("PostgreSQL does not answer yet (%s); jobs will start cold.", type(error).__name__)
    finally:
        database.close()


def serve(run: Runtime, worker_class: str, *, burst: bool = False) -> None:
    """Work on the queue of `worker_class` until a signal asks to stop (or, with `burst`, it is empty).

    RQ's loop ends when Redis goes away; this one waits and starts it again.
    """
    try:
        _serve(run, worker_class, burst=burst)
    finally:
        gc.unfreeze()  # native modules complain at the end of the process about what is still frozen


def _serve(run: Runtime, worker_class: str, *, burst: bool) -> None:
    url, pause = run.settings.redis_url, 1.0
    while True:
        began = time.monotonic()
        if _work_once(run, worker_class, url, burst=burst) or burst:
            return
        pause = 1.0 if time.monotonic() - began > LONGEST_PAUSE else min(pause * 2, LONGEST_PAUSE)
        _reap_orphans()
        time.sleep(pause)


def _work_once(run: Runtime, worker_class: str, url: str, *, burst: bool) -> bool:
    """One life of an RQ worker; True when it was asked to stop."""
    connection = connect(url)
    worker: RunWorker | None = None
    try:
        worker = RunWorker(queue_for(worker_class, connection), connection, run)
        worker.work(burst=burst, logging_level="WARNING")
    except RedisError as error:
        logger.warning("%s", explain(url, error))
    finally:
        if worker is not None:
            worker.dismiss()
        # RQ leaves its own handlers behind; without a worker they would swallow the signal.
        signal.signal(signal.SIGTERM, leave)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        connection.close()
    return worker is not None and worker.stopping


def leave(_signal: int, _frame: FrameType | None) -> None:
    """A signal handler that ends the process in order, so that what it holds is let go."""
    raise SystemExit(0)


def _reap_orphans() -> None:
    """Collect children whose worker life ended before they did."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass
