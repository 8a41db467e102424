"""Handlers for worker processes of these tests, loaded with `--handlers sample_handlers`."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import duckdb
from sqlalchemy import text

from tallymark.jobs import JobContext, handles


@handles("sample.slow", timeout=60)
def slow(job: JobContext) -> dict[str, int]:
    """Leave a line when it starts, work for `seconds`, then leave one row in the database."""
    with Path(job.params["trace"]).open("a") as trace:
        trace.write(f"{job.run_id} {job.attempt}\n")
    end = time.monotonic() + job.params["seconds"][min(job.attempt, 2) - 1]
    while time.monotonic() < end:
        job.progress(0.5, "Working")
        time.sleep(0.05)
    with job.transaction() as session:
        session.execute(
            text(
                "insert into connections (tenant_id, id, kind, name) values (:tenant, uuidv7(), 'sample', :name)"
            ),
            {"tenant": job.tenant_id, "name": str(job.run_id)},
        )
    return {"attempt": job.attempt}


@handles("sample.quick", back_to_back=True)
def quick(job: JobContext) -> dict[str, int]:
    """Say in which process it ran and how many backends of PostgreSQL that process has had."""
    with job.transaction() as session:
        backend = session.execute(text("select pg_backend_pid()")).scalar_one()
        tenant = session.execute(text("select current_setting('app.tenant')")).scalar_one()
    return {"process": os.getpid(), "backend": backend, "right_tenant": tenant == str(job.tenant_id)}


@handles("sample.alone")
def alone(job: JobContext) -> dict[str, int]:
    """A run that wants a process to itself."""
    return {"process": os.getpid()}


@handles("sample.trouble", back_to_back=True, timeout=1)
def trouble(job: JobContext) -> dict[str, int]:
    """Go wrong in the way asked for at the first attempt, and well at the second."""
    if job.attempt == 1:
        match job.params["way"]:
            case "killed":
                os.kill(os.getpid(), signal.SIGKILL)
            case "timeout":
                time.sleep(30)
            case "error":
                raise ValueError("a bug")
            case "thread":
                threading.Thread(target=time.sleep, args=[30], daemon=True).start()
    return {"process": os.getpid()}


@handles("sample.query", back_to_back=True, timeout=60)
def query(job: JobContext) -> dict[str, int]:
    """A query that keeps native code busy for minutes and hears no signal."""
    Path(job.params["trace"]).touch()
    with duckdb.connect() as connection:
        connection.execute("set threads = 1")
        busy = "select sum(a.range * b.range) from range(1000000) a, range(1000000) b where a.range * b.range % 7 = 3"
        connection.execute(busy).fetchall()
    return {}
