"""A poisoned Redis runs nothing."""

from __future__ import annotations

import json
import logging
import pickle
from pathlib import Path
from uuid import uuid4

import pytest
from redis import Redis
from rq import Queue
from rq.exceptions import NoSuchJobError
from rq.job import Job
from rq.serializers import JSONSerializer

from tallymark.jobs.errors import RedisAway
from tallymark.jobs.lease import Lease
from tallymark.jobs.redis_link import require
from tallymark.jobs.runtime import Runtime
from tallymark.jobs.wire import RUN_JOB, RunJob, job_for, queue_for
from tallymark.jobs.worker import RunWorker


@pytest.fixture
def lease() -> Lease:
    """A lease on a run that does not exist."""
    return Lease(tenant_id=uuid4(), run_id=uuid4(), fence=1)


def poison(redis: Redis, lease: Lease, **fields: str | bytes) -> str:
    """A proper job whose hash somebody changed; returns its id."""
    job = job_for(lease, redis)
    queue_for("default", redis).enqueue_job(job)
    for field, value in fields.items():
        redis.hset(job.key, field, value)
    return job.id


def test_a_proper_job_is_read_back(redis: Redis, lease: Lease) -> None:
    name = poison(redis, lease)
    job = RunJob.fetch(name, connection=redis)
    assert job.args == [str(lease.tenant_id), str(lease.run_id), "1"]
    assert job.func.__name__ == "run_job"


@pytest.mark.parametrize(
    "call",
    [
        ["os.system", None, ["touch /tmp/x"], {}],
        [RUN_JOB, None, ["not-a-tenant", "not-a-run", "1"], {}],
        [RUN_JOB, None, [], {}],
        [RUN_JOB, None, [str(uuid4()), str(uuid4()), "1"], {}],
        [RUN_JOB, "instance", [str(uuid4()), str(uuid4()), "1"], {}],
        "not a call",
    ],
)
def test_any_other_call_is_refused_and_logged(
    redis: Redis, lease: Lease, call: object, caplog: pytest.LogCaptureFixture
) -> None:
    name = poison(redis, lease, data=json.dumps(call))
    with caplog.at_level(logging.ERROR), pytest.raises(NoSuchJobError):
        RunJob.fetch(name, connection=redis)
    assert "Refused" in caplog.text


@pytest.mark.parametrize("data", [b"\x80\x04N.", b"x" * 5000, b"\xff\xfe", pickle.dumps(print)])
def test_bytes_that_are_no_json_are_refused(redis: Redis, lease: Lease, data: bytes) -> None:
    with pytest.raises(NoSuchJobError):
        RunJob.fetch(poison(redis, lease, data=data), connection=redis)


def test_a_key_of_another_type_is_refused(redis: Redis) -> None:
    redis.set("rq:job:odd", "text")
    with pytest.raises(NoSuchJobError):
        RunJob.fetch("odd", connection=redis)


def test_callbacks_hooks_and_followers_are_dropped(redis: Redis, lease: Lease) -> None:
    hook = json.dumps([{"url": "http://127.0.0.1:1/", "job_status": "finished"}])
    name = poison(
        redis,
        lease,
        success_callback_name="os.abort",
        failure_callback_name="os.abort",
        stopped_callback_name="os.abort",
        webhooks=hook,
        meta=pickle.dumps(print),
        result=pickle.dumps(print),
        retries_left="9",
        repeats_left="9",
        repeat_intervals="[1]",
        dependency_ids='["other"]',
        rate_limit_key="k",
        rate_limit_concurrency="1",
        timeout="999999",
        group_id="group",
    )
    job = RunJob.fetch(name, connection=redis)
    assert (job.success_callback, job.failure_callback, job.stopped_callback) == (None, None, None)
    assert (job.webhooks, job.meta, job.dependency_ids, job.group_id) == ([], {}, [], None)
    assert (job.retries_left, job.repeats_left, job.rate_limit_key) == (None, None, None)
    assert job.timeout == 7200


def test_a_worker_skips_a_poisoned_job_and_goes_on(
    redis: Redis, lease: Lease, runtime: Runtime, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    trace = tmp_path / "poisoned"
    foreign = Queue("tallymark-default", connection=redis, serializer=JSONSerializer)
    foreign.enqueue_job(
        Job.create("os.mkdir", args=[str(trace)], connection=redis, serializer=JSONSerializer, id="evil")
    )
    pickled = Queue("tallymark-default", connection=redis)
    pickled.enqueue_job(Job.create("os.mkdir", args=[str(trace)], connection=redis, id="evil-too"))
    queue = queue_for("default", redis)
    worker = RunWorker(queue, redis, runtime)
    with caplog.at_level(logging.ERROR, logger="tallymark.jobs"):
        assert worker.dequeue_job_and_maintain_ttl(None) is None
        queue.enqueue_job(job_for(lease, redis))
        taken = worker.dequeue_job_and_maintain_ttl(None)
    assert taken is not None
    assert taken[0].id == f"{lease.run_id}-1"
    assert caplog.text.count("Refused") == 2
    assert not trace.exists()


def test_an_absent_redis_is_said_in_a_sentence() -> None:
    with pytest.raises(RedisAway, match=r"Redis at 127\.0\.0\.1:1 does not answer") as error:
        require("redis://user:secret@127.0.0.1:1/0")
    assert "secret" not in str(error.value)
