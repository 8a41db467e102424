"""What may travel through Redis: three strings that name a run, and nothing else.

RQ stores a job as a hash that names functions (the job, three callbacks), addresses to call and
jobs to start afterwards. Whoever can write to Redis could thus run anything in a worker, with
any serialiser. `RunJob` reads only the fields named here, never imports a name it has read, and
treats everything else as a job that does not exist.
"""

from __future__ import annotations

import json
import logging
import re
import zlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from redis import Redis
from redis.exceptions import ResponseError
from rq import Queue
from rq.exceptions import NoSuchJobError
from rq.job import Job
from rq.serializers import JSONSerializer

from .entry import run_job
from .lease import Lease
from .request import WORKER_CLASS
from .tuning import TIME_CEILING

logger = logging.getLogger(__name__)

RUN_JOB = "tallymark.jobs.entry.run_job"
QUEUE_PREFIX = "tallymark-"
MAX_BYTES = 2048
FAILURE_TTL = 3600
"""Seconds RQ keeps the hash of a job whose process died; the run itself is in PostgreSQL."""

FIELDS = frozenset(
    {
        *("data", "status", "origin", "worker_name", "created_at", "enqueued_at"),
        *("started_at", "ended_at", "last_heartbeat"),
    }
)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_FENCE = re.compile(r"[1-9][0-9]{0,17}")


class RefusedJob(ValueError):
    """A job in Redis that this product did not write; says what is wrong with it."""


class RunJob(Job):
    """A job that can only ever call `run_job(tenant, run, fence)`."""

    @property
    def func(self) -> Any:
        """Always `run_job`: the name stored in Redis is compared, never imported."""
        return run_job

    @classmethod
    def fetch(
        cls,
        id: str,  # noqa: A002  RQ's name
        connection: Redis | None = None,
        serializer: Any = None,  # noqa: ARG003  whatever is asked for, it is JSON
    ) -> Job:
        """The job with this id; NoSuchJobError (which a worker skips) when it is not one of ours."""
        try:
            return super().fetch(id, connection=connection, serializer=JSONSerializer)
        except (ValueError, TypeError, ResponseError) as error:
            logger.critical("Refused the job %.80a in Redis: %s", id, error)
            raise NoSuchJobError(f"Job {id!a} was refused") from error

    def restore(self, raw_data: Mapping[bytes, bytes]) -> None:
        """Take over the accepted fields only; RefusedJob when the job is not one of ours."""
        stored = {_text(name): value for name, value in raw_data.items()}
        if "data" not in stored:
            # A heartbeat that arrives after the job's end leaves a hash without data.
            raise NoSuchJobError(f"Job {self.id!a} has no data")
        _check_call(self.id, stored["data"])
        if stored.get("origin") and not is_queue_name(_text(stored["origin"])):
            raise RefusedJob("it belongs to no queue of this product")
        super().restore({name.encode(): value for name, value in stored.items() if name in FIELDS})
        self.timeout, self.result_ttl, self.failure_ttl = TIME_CEILING, 0, FAILURE_TTL


def job_for(lease: Lease, connection: Redis) -> Job:
    """The message for one attempt at a run; its id is `<run>-<fence>`, so sending twice is once."""
    return RunJob.create(
        RUN_JOB,
        args=[str(lease.tenant_id), str(lease.run_id), str(lease.fence)],
        id=job_id(lease.run_id, lease.fence),
        connection=connection,
        serializer=JSONSerializer,
        timeout=TIME_CEILING,
        result_ttl=0,
        failure_ttl=FAILURE_TTL,
        description="run",
    )


def job_id(run_id: UUID, fence: int) -> str:
    """The name of an attempt in Redis."""
    return f"{run_id}-{fence}"


def queue_for(worker_class: str, connection: Redis) -> Queue:
    """The one queue of a worker class."""
    return Queue(
        QUEUE_PREFIX + worker_class, connection=connection, job_class=RunJob, serializer=JSONSerializer
    )


def is_queue_name(name: str) -> bool:
    """Whether a queue of this name can be ours."""
    return name.startswith(QUEUE_PREFIX) and bool(WORKER_CLASS.fullmatch(name.removeprefix(QUEUE_PREFIX)))


def _check_call(name: str, data: bytes) -> None:
    try:
        call = json.loads(_inflate(data))
        function, instance, (tenant, run, fence), keywords = call
    except (ValueError, TypeError, zlib.error) as error:
        raise RefusedJob("it is not a call with three strings") from error
    if function != RUN_JOB or instance is not None or keywords != {}:
        raise RefusedJob("it asks for something other than a run")
    if not (_matches(_UUID, tenant) and _matches(_UUID, run) and _matches(_FENCE, fence)):
        raise RefusedJob("its tenant, run or fence is malformed")
    if name != f"{run}-{fence}":
        raise RefusedJob("its name is not that of its run and fence")


def _inflate(data: bytes) -> bytes:
    """Decompress with a bound: a few hundred bytes could otherwise grow to gigabytes."""
    if len(data) > MAX_BYTES:
        raise ValueError("too long")
    return zlib.decompressobj().decompress(data, MAX_BYTES)


def _matches(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _text(value: bytes | str) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
