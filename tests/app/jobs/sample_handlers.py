"""Handlers for worker processes of these tests, loaded with `--handlers sample_handlers`."""

from __future__ import annotations

import time
from pathlib import Path

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
