"""What a background run costs beside its own work: a fork for each run, against runs back to back in one child.

Both ways are RQ workers on the same PostgreSQL and Redis, take the same messages and do the same empty job through
claim, lease and result. They alternate in one process, and the medians of their runs a second are compared.

Usage: python bench/jobs_machinery.py [RUNS] [ROUNDS]
"""

import gc
import logging
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from uuid import UUID, uuid4

from redis import Redis
from rq import Queue, Worker
from rq.job import Job
from sqlalchemy import text

from tallymark.jobs import JobContext, handles, request
from tallymark.jobs.dispatcher import Dispatcher
from tallymark.jobs.handlers import MODULES
from tallymark.jobs.redis_link import connect
from tallymark.jobs.runtime import Runtime
from tallymark.jobs.tuning import Tuning
from tallymark.jobs.wire import queue_for
from tallymark.jobs.worker import RunWorker, prepare
from tallymark.services import running
from tallymark.settings import Settings
from tallymark_tenants.db import Database
from tallymark_tenants.models import Tenant

KIND = "bench.empty"
WORDS = {
    "ForkPerRun": "a fork for each run",
    "RunWorker": "back to back in one child",
}


@handles(KIND, back_to_back=True)
def empty(_job: JobContext) -> dict[str, object]:
    """Nothing."""
    return {}


class ForkPerRun(RunWorker):
    """The way of RQ's own worker: a fork, and new connections, for each run."""

    def execute_job(self, job: Job, queue: Queue) -> None:
        """Fork, let the child do all, wait for its end."""
        Worker.execute_job(self, job, queue)

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """In the fork: no garbage collection, then the job."""
        gc.disable()
        super().main_work_horse(job, queue)


class Times(NamedTuple):
    """Seconds for one run: on the clock, and of the worker's processor time (without PostgreSQL and Redis)."""

    clock: float
    processor: float


def ask(database: Database, tenants: list[UUID], runs: int) -> None:
    """Request empty runs, turn by turn for each tenant."""
    for number in range(runs):
        tenant = tenants[number % len(tenants)]
        with database.tenant(tenant) as session:
            request(session, tenant, KIND, uuid4().hex, "1", {})


def seconds_for(
    kind: type[RunWorker], runtime: Runtime, redis: Redis, send: Callable[[], None], runs: int
) -> Times:
    """What a worker of this kind takes for each run, from an idle start to the last of `runs` results."""
    send()
    worker = kind(queue_for("default", redis), redis, runtime)
    began, used = time.perf_counter(), processor()
    worker.work(burst=True, logging_level="ERROR")
    worker.dismiss()
    return Times((time.perf_counter() - began) / runs, (processor() - used) / runs)


def processor() -> float:
    """Seconds of processor time of this process and of its children that ended."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, kinds))


def measure(settings: Settings, runs: int, rounds: int) -> dict[str, list[Times]]:
    """Worker → what a run took, of each round."""
    tuning = replace(Tuning(), in_flight=runs, ahead_least=4 * runs, batch=runs)
    database = Database(settings.urls)
    runtime = Runtime(settings=settings, open_database=lambda: Database(settings.urls), tuning=tuning)
    prepare(runtime, MODULES)
    with database.auth() as session:
        rows = [Tenant(slug=f"t-{uuid4().hex}", name="T") for _ in range(20)]
        session.add_all(rows)
        session.flush()
        tenants = [row.id for row in rows]
    redis = connect(settings.redis_url)

    def send() -> None:
        ask(database, tenants, runs)
        if (sent := Dispatcher(database, redis, tuning).turn().sent) != runs:
            raise SystemExit(f"{sent} of {runs} runs were sent.")
        database.close()

    found: dict[str, list[Times]] = {}
    for _ in range(rounds):
        for kind in (ForkPerRun, RunWorker):
            found.setdefault(kind.__name__, []).append(seconds_for(kind, runtime, redis, send, runs))
    with database.dispatcher() as session:
        left = session.execute(text("select count(*) from runs where status <> 'done'")).scalar_one()
    if left:
        raise SystemExit(f"{left} runs were not done.")
    gc.unfreeze()
    return found


def main() -> None:
    """Print runs a second of each way, and their ratio."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 5
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        with running(Settings(data_dir=Path(folder)), redis=True) as settings:
            found = measure(settings, runs, rounds)
    print(f"{runs} empty runs of 20 tenants, medians of {rounds} rounds that alternate")
    medians = {
        name: Times(*(statistics.median(times) for times in zip(*rows, strict=True)))
        for name, rows in found.items()
    }
    for name, words in WORDS.items():
        clock, used = medians[name]
        print(
            f"{words:<28} {1 / clock:7.0f} runs/s {clock * 1000:7.1f} ms each, {used * 1000:5.1f} of processor time"
        )
    before, after = (medians[name] for name in WORDS)
    print(
        f"back to back: {before.clock / after.clock:.1f} x the runs a second of a fork for each, "
        f"{before.processor / after.processor:.1f} x by processor time"
    )


if __name__ == "__main__":
    main()
