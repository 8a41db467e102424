"""Real workers: light runs pass a heavy one where it has a worker of its own, and one worker alone does all."""

from __future__ import annotations

from pathlib import Path

from tallymark.jobs.weights import record
from tallymark_tenants.db import Database

from .conftest import Ask, Look, MakeTenant, Start, wait_until

WORKER = ("worker", "--handlers", "sample_handlers")


def test_light_runs_pass_a_heavy_one(
    start: Start, database: Database, make_tenant: MakeTenant, ask: Ask, look: Look, tmp_path: Path
) -> None:
    large, small = make_tenant(), make_tenant()
    with database.tenant(large.id) as session:
        record(session, large.id, "sample.slow", 300)
    start("dispatcher")
    start(*WORKER)
    start(*WORKER, "--class", "heavy")
    slow = [ask(large, "sample.slow", {"trace": str(tmp_path / "a"), "seconds": [60]}) for _ in range(3)]
    wait_until(lambda: look(large, slow[0]).progress == 0.5, 60)
    light = [ask(small, "sample.quick") for _ in range(8)]
    light += [ask(large, "sample.quick") for _ in range(2)]
    wait_until(lambda: all(look(small, run_id).status == "done" for run_id in light[:8]), 30)
    wait_until(lambda: all(look(large, run_id).status == "done" for run_id in light[8:]), 30)
    assert [look(large, run_id).status for run_id in slow] == ["running", "queued", "queued"]


def test_one_worker_alone_does_heavy_and_light(
    start: Start, database: Database, make_tenant: MakeTenant, ask: Ask, look: Look
) -> None:
    runs = []
    for tenant in [make_tenant() for _ in range(3)]:
        with database.tenant(tenant.id) as session:
            record(session, tenant.id, "sample.alone", 300)
        runs += [(tenant, ask(tenant, kind)) for kind in ("sample.alone", "sample.quick", "sample.alone")]
    start("dispatcher", "--heavy-patience", "0")
    start(*WORKER)
    wait_until(lambda: all(look(tenant, run_id).status == "done" for tenant, run_id in runs), 60)
