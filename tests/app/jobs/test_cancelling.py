"""Cancelling: what waits never starts, what runs ends soon, and nothing of it is stored."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from sqlalchemy import text

from tallymark.jobs import JobContext, cancel, handles, try_again
from tallymark.jobs.dispatcher import Dispatcher
from tallymark.jobs.entry import Outcome, perform
from tallymark.jobs.lease import Lease
from tallymark.jobs.runtime import Runtime
from tallymark_tenants.db import Database
from tallymark_tenants.profile import TenantProfile

from .conftest import Ask, Look, Start, children, wait_until

INSERT = text("insert into connections (tenant_id, id, kind, name) values (:tenant, uuidv7(), 'x', 'x')")


def test_a_waiting_run_never_starts(
    runtime: Runtime,
    dispatcher: Dispatcher,
    database: Database,
    tenant: TenantProfile,
    ask: Ask,
    look: Look,
) -> None:
    calls = []

    @handles("test.cancelled")
    def work(job: JobContext) -> dict[str, object]:
        calls.append(job)
        return {}

    sent, unsent = ask(tenant, "test.cancelled"), None
    assert dispatcher.turn().sent == 1
    unsent = ask(tenant, "test.cancelled")
    for run_id in (sent, unsent):
        with database.tenant(tenant.id) as session:
            assert cancel(session, tenant.id, run_id, "Ann")
            assert not cancel(session, tenant.id, run_id, "Bob"), "it has ended already"
    assert perform(runtime, Lease(tenant_id=tenant.id, run_id=sent, fence=1)) is Outcome.NOT_HERE
    assert dispatcher.turn().sent == 0
    assert not calls
    run = look(tenant, sent)
    assert (run.status, run.error) == ("cancelled", "Cancelled by Ann.")
    with database.tenant(tenant.id) as session:
        assert session.execute(text("select count(*) from outbox")).scalar() == 0


def test_a_cancelled_run_can_be_tried_again(
    runtime: Runtime, dispatcher: Dispatcher, database: Database, tenant: TenantProfile, ask: Ask, look: Look
) -> None:
    @handles("test.again")
    def work(job: JobContext) -> dict[str, object]:
        return {"done": True}

    run_id = ask(tenant, "test.again")
    with database.tenant(tenant.id) as session:
        cancel(session, tenant.id, run_id, "Ann")
        assert try_again(session, tenant.id, run_id)
    assert dispatcher.turn().sent == 1
    perform(runtime, Lease(tenant_id=tenant.id, run_id=run_id, fence=look(tenant, run_id).fence))
    assert (look(tenant, run_id).status, look(tenant, run_id).error) == ("done", None)


@pytest.mark.parametrize("careless", [False, True])
def test_a_running_one_ends_within_a_few_seconds_and_stores_nothing(
    runtime: Runtime, database: Database, tenant: TenantProfile, ask: Ask, look: Look, *, careless: bool
) -> None:
    @handles(f"test.long.{careless}", timeout=60)
    def work(job: JobContext) -> dict[str, object]:
        with database.tenant(job.tenant_id) as session:
            cancel(session, job.tenant_id, job.run_id, "Ann")
        if careless:
            with job.transaction() as session:
                session.execute(INSERT, {"tenant": job.tenant_id})
        time.sleep(30)
        return {}

    run_id = ask(tenant, f"test.long.{careless}")
    began = time.monotonic()
    assert perform(runtime, Lease(tenant_id=tenant.id, run_id=run_id, fence=1)) is Outcome.END
    assert time.monotonic() - began < 5
    assert (look(tenant, run_id).status, look(tenant, run_id).error) == ("cancelled", "Cancelled by Ann.")
    with database.tenant(tenant.id) as session:
        assert session.execute(text("select count(*) from connections")).scalar() == 0


def test_a_query_in_native_code_is_ended_with_its_process_and_the_next_run_follows(
    start: Start, database: Database, tenant: TenantProfile, ask: Ask, look: Look, tmp_path: Path
) -> None:
    run_id = ask(tenant, "sample.query", {"trace": str(tmp_path / "trace")})
    next_one = ask(tenant, "sample.quick")
    start("dispatcher")
    worker = start("worker", "--handlers", "sample_handlers")
    wait_until((tmp_path / "trace").exists, 30)
    busy = children(worker.pid)
    with database.tenant(tenant.id) as session:
        assert cancel(session, tenant.id, run_id, "Ann")
    wait_until(lambda: look(tenant, next_one).status == "done", 15)
    assert not set(busy) & set(children(worker.pid))
    assert (look(tenant, run_id).status, look(tenant, run_id).attempts) == ("cancelled", 1)
