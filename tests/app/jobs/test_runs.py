"""A run's life inside one process: requested, claimed, worked on, settled."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from tallymark.jobs import GiveUp, JobContext, LeaseLost, Retry, handles, request, try_again
from tallymark.jobs import lease as leases
from tallymark.jobs.dispatcher import Dispatcher
from tallymark.jobs.entry import perform
from tallymark.jobs.reconcile import take_back_expired
from tallymark.jobs.runtime import Runtime
from tallymark_tenants.db import Database
from tallymark_tenants.profile import TenantProfile

from .conftest import Ask, Look

INSERT = text("insert into connections (tenant_id, id, kind, name) values (:tenant, uuidv7(), 'x', 'x')")


def lease_of(look: Look, tenant: TenantProfile, run_id: UUID) -> leases.Lease:
    """The lease a job sent now would carry."""
    return leases.Lease(tenant_id=tenant.id, run_id=run_id, fence=look(tenant, run_id).fence)


def expire(database: Database, run_id: UUID) -> None:
    """Let the run's lease run out and the dispatcher notice."""
    with database.dispatcher() as session:
        session.execute(
            text("update runs set lease_until = now() - interval '1 s' where id = :id"), {"id": run_id}
        )
        assert take_back_expired(session) == 1


def test_the_same_request_is_one_run(database: Database, tenant: TenantProfile) -> None:
    with database.tenant(tenant.id) as session:
        first = request(session, tenant.id, "scorecard", "a", "1", {"n": 1})
        assert request(session, tenant.id, "scorecard", "a", "1", {"n": 2}) == first
        assert request(session, tenant.id, "scorecard", "a", "2", {}) != first
        assert session.execute(text("select count(*) from outbox")).scalar() == 2


def test_a_rolled_back_request_never_was(database: Database, tenant: TenantProfile) -> None:
    with suppress(ZeroDivisionError), database.tenant(tenant.id) as session:
        request(session, tenant.id, "scorecard", "a", "1", {})
        _ = 1 / 0
    with database.tenant(tenant.id) as session:
        assert session.execute(text("select count(*) from runs")).scalar() == 0


def test_a_worker_class_is_a_plain_name(database: Database, tenant: TenantProfile) -> None:
    with database.tenant(tenant.id) as session, pytest.raises(ValueError, match="no worker class"):
        request(session, tenant.id, "scorecard", "a", "1", {}, worker_class="a:b")


def test_progress_and_result_are_rows(runtime: Runtime, tenant: TenantProfile, ask: Ask, look: Look) -> None:
    seen = []

    @handles("test.progress")
    def work(job: JobContext) -> dict[str, object]:
        job.progress(0.25, "Reading")
        seen.append(look(tenant, job.run_id))
        return {"asked": job.params["asked"]}

    run_id = ask(tenant, "test.progress", {"asked": 7})
    perform(runtime, lease_of(look, tenant, run_id))
    assert (seen[0].status, seen[0].progress, seen[0].step) == ("running", 0.25, "Reading")
    run = look(tenant, run_id)
    assert (run.status, run.progress, run.result, run.error) == ("done", 1.0, {"asked": 7}, None)
    assert run.finished_at >= run.started_at


def test_a_message_delivered_twice_runs_once(
    runtime: Runtime, tenant: TenantProfile, ask: Ask, look: Look
) -> None:
    calls = []

    @handles("test.twice")
    def work(job: JobContext) -> dict[str, object]:
        calls.append(job.attempt)
        return {}

    lease = lease_of(look, tenant, ask(tenant, "test.twice"))
    perform(runtime, lease)
    perform(runtime, lease)
    assert calls == [1]


def test_three_attempts_then_failed_with_a_reason(
    runtime: Runtime, tenant: TenantProfile, ask: Ask, look: Look, database: Database
) -> None:
    @handles("test.away")
    def work(job: JobContext) -> dict[str, object]:
        raise Retry("The CRM did not answer.")

    run_id = ask(tenant, "test.away")
    for attempt in (1, 2, 3):
        assert look(tenant, run_id).status == "queued"
        perform(runtime, lease_of(look, tenant, run_id))
        assert look(tenant, run_id).attempts == attempt
    run = look(tenant, run_id)
    assert (run.status, run.error) == ("failed", "The CRM did not answer. Tried 3 times.")
    with database.tenant(tenant.id) as session:
        assert try_again(session, tenant.id, run_id)
        assert not try_again(session, tenant.id, run_id)
    assert (look(tenant, run_id).status, look(tenant, run_id).attempts) == ("queued", 0)


def test_an_unforeseen_error_shows_no_secret(
    runtime: Runtime, tenant: TenantProfile, ask: Ask, look: Look
) -> None:
    @handles("test.bug")
    def work(job: JobContext) -> dict[str, object]:
        raise ValueError("token=hunter2")

    run_id = ask(tenant, "test.bug")
    perform(runtime, lease_of(look, tenant, run_id))
    run = look(tenant, run_id)
    assert run.status == "queued"
    assert "ValueError" in run.error
    assert "hunter2" not in run.error


def test_giving_up_fails_at_once(runtime: Runtime, tenant: TenantProfile, ask: Ask, look: Look) -> None:
    @handles("test.hopeless")
    def work(job: JobContext) -> dict[str, object]:
        raise GiveUp("The file has no header; add one and import again.")

    run_id = ask(tenant, "test.hopeless")
    perform(runtime, lease_of(look, tenant, run_id))
    run = look(tenant, run_id)
    assert (run.status, run.attempts) == ("failed", 1)
    assert run.error == "The file has no header; add one and import again."


def test_a_kind_nobody_does_fails_with_a_sentence(
    runtime: Runtime, tenant: TenantProfile, ask: Ask, look: Look
) -> None:
    run_id = ask(tenant, "test.unknown-kind")
    perform(runtime, lease_of(look, tenant, run_id))
    run = look(tenant, run_id)
    assert run.status == "failed"
    assert "'test.unknown-kind'" in run.error


def test_a_handler_is_stopped_at_its_limit_even_if_it_swallows_exceptions(
    runtime: Runtime, tenant: TenantProfile, ask: Ask, look: Look
) -> None:
    @handles("test.endless", timeout=1)
    def work(job: JobContext) -> dict[str, object]:
        while True:
            try:
                time.sleep(10)
            except Exception:  # noqa: BLE001  the careless handler this test is about
                continue

    run_id = ask(tenant, "test.endless")
    began = time.monotonic()
    perform(runtime, lease_of(look, tenant, run_id))
    assert time.monotonic() - began < 5
    assert look(tenant, run_id).error == "It took longer than its limit of 1 seconds."


def test_the_limit_also_ends_a_wait_for_the_database(
    runtime: Runtime, tenant: TenantProfile, ask: Ask, look: Look
) -> None:
    @handles("test.lock", timeout=1)
    def work(job: JobContext) -> dict[str, object]:
        with job.transaction() as session:
            session.execute(text("select pg_sleep(20)"))
        return {}

    run_id = ask(tenant, "test.lock")
    began = time.monotonic()
    perform(runtime, lease_of(look, tenant, run_id))
    assert time.monotonic() - began < 5
    assert look(tenant, run_id).status == "queued"


def test_a_stale_fence_commits_nothing(
    runtime: Runtime, tenant: TenantProfile, ask: Ask, look: Look, database: Database
) -> None:
    errors = []

    @handles("test.sleeper")
    def work(job: JobContext) -> dict[str, object]:
        if job.attempt == 2:
            return {"by": "the second"}
        expire(database, job.run_id)
        perform(runtime, lease_of(look, tenant, job.run_id))
        try:
            with job.transaction() as session:
                session.execute(INSERT, {"tenant": job.tenant_id})
        except LeaseLost as lost:
            errors.append(lost)
        with pytest.raises(LeaseLost):
            job.progress(0.9, "Too late")
        return {"by": "the first"}

    run_id = ask(tenant, "test.sleeper")
    perform(runtime, lease_of(look, tenant, run_id))
    run = look(tenant, run_id)
    assert (run.status, run.result, run.attempts) == ("done", {"by": "the second"}, 2)
    assert len(errors) == 1
    with database.tenant(tenant.id) as session:
        assert session.execute(text("select count(*) from connections")).scalar() == 0


def test_a_worker_that_dies_three_times_fails_the_run(
    tenant: TenantProfile, ask: Ask, look: Look, database: Database
) -> None:
    run_id = ask(tenant, "test.killer")
    for _ in range(3):
        with database.tenant(tenant.id) as session:
            assert leases.claim(session, lease_of(look, tenant, run_id), 30)
        expire(database, run_id)
    run = look(tenant, run_id)
    assert run.status == "failed"
    assert run.error.startswith("The worker stopped before the work was done")
    assert run.error.endswith("Tried 3 times.")


def test_the_lease_is_renewed_while_the_handler_is_silent(
    runtime: Runtime, tenant: TenantProfile, ask: Ask, look: Look
) -> None:
    @handles("test.silent")
    def work(job: JobContext) -> dict[str, object]:
        before = look(tenant, job.run_id).lease_until
        time.sleep(1.2)
        return {"renewed": look(tenant, job.run_id).lease_until - before > timedelta(seconds=0.5)}

    run_id = ask(tenant, "test.silent")
    perform(runtime, lease_of(look, tenant, run_id))
    assert look(tenant, run_id).result == {"renewed": True}


def test_a_retry_waits(
    dispatcher: Dispatcher, runtime: Runtime, tenant: TenantProfile, ask: Ask, look: Look
) -> None:
    @handles("test.limited")
    def work(job: JobContext) -> dict[str, object]:
        raise Retry("The CRM asks for an hour of patience.", after=timedelta(hours=1))

    run_id = ask(tenant, "test.limited")
    assert dispatcher.turn().sent == 1
    perform(runtime, lease_of(look, tenant, run_id))
    assert dispatcher.turn().sent == 0


def test_two_handlers_of_one_kind_are_refused() -> None:
    @handles("test.mine")
    def first(job: JobContext) -> dict[str, object]:
        return {}

    with pytest.raises(ValueError, match="two handlers"):

        @handles("test.mine")
        def second(job: JobContext) -> dict[str, object]:
            return {}
