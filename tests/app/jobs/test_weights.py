"""Heavy runs wait for workers of their own, light ones never behind them, and one worker alone still does all."""

from __future__ import annotations

import time
from dataclasses import replace
from uuid import uuid4

import pytest
from redis import Redis
from sqlalchemy import text

from tallymark.jobs import JobContext, Priority, handles, request
from tallymark.jobs.dispatcher import Dispatcher
from tallymark.jobs.entry import perform
from tallymark.jobs.lease import Lease
from tallymark.jobs.runtime import Runtime
from tallymark.jobs.tuning import Tuning
from tallymark.jobs.weights import HEAVY_SECONDS, expected, record
from tallymark.jobs.wire import queue_for
from tallymark.jobs.worker import RunWorker
from tallymark_tenants.db import Database
from tallymark_tenants.models import Dataset, Snapshot
from tallymark_tenants.profile import TenantProfile

from .conftest import Ask, Look, MakeTenant


def hold(database: Database, tenant: TenantProfile, rows: int) -> None:
    """Give the tenant's opportunities so many rows."""
    with database.tenant(tenant.id) as session:
        snapshot = Snapshot(dataset="opportunities", files=[], row_count=rows, schema_version="1.0.0")
        session.add(snapshot)
        session.flush()
        session.execute(text("delete from datasets"))
        session.add(Dataset(name="opportunities", current_snapshot_id=snapshot.id))


def weigh(database: Database, tenant: TenantProfile, kind: str, seconds: float) -> None:
    """Note what a run took."""
    with database.tenant(tenant.id) as session:
        record(session, tenant.id, kind, seconds)


def queued(redis: Redis, worker_class: str) -> list[str]:
    """The runs on a queue, in order."""
    return [name.rpartition("-")[0] for name in queue_for(worker_class, redis).get_job_ids()]


@pytest.fixture
def heavy_worker(redis: Redis, runtime: Runtime) -> RunWorker:
    """A registered heavy worker that takes nothing."""
    worker = RunWorker(queue_for("heavy", redis), redis, runtime)
    worker.register_birth()
    worker.heartbeat()
    return worker


def test_the_weight_is_the_last_time_scaled_by_growth(database: Database, tenant: TenantProfile) -> None:
    def seconds(first_guess: float = 0.0) -> float:
        with database.tenant(tenant.id) as session:
            return expected(session, tenant.id, "scorecard", first_guess)

    assert seconds() == 0
    hold(database, tenant, 2_000_000)
    assert seconds(3.0) == 6.0, "a kind that never ran is guessed from the rows"
    weigh(database, tenant, "scorecard", 4.0)
    assert seconds(3.0) == 4.0
    hold(database, tenant, 3_000_000)
    assert seconds() == 6.0
    weigh(database, tenant, "scorecard", 1.0)
    assert seconds() == 2.5, "a shorter time counts by half"
    weigh(database, tenant, "scorecard", 9.0)
    assert seconds() == 9.0, "a longer one at once"


def test_what_a_run_took_decides_where_the_next_one_goes(
    runtime: Runtime,
    database: Database,
    redis: Redis,
    dispatcher: Dispatcher,
    heavy_worker: RunWorker,
    make_tenant: MakeTenant,
    ask: Ask,
) -> None:
    @handles("test.weighed", timeout=60)
    def work(job: JobContext) -> dict[str, object]:
        return {}

    big, small = make_tenant(), make_tenant()
    weigh(database, big, "test.weighed", HEAVY_SECONDS * 3)
    heavy, light = ask(big, "test.weighed"), ask(small, "test.weighed")
    assert dispatcher.turn().sent == 2
    assert (queued(redis, "heavy"), queued(redis, "default")) == ([str(heavy)], [str(light)])
    for _ in range(2):  # it was quick twice, so it is light again
        perform(runtime, Lease(tenant_id=big.id, run_id=heavy, fence=1))
        heavy = ask(big, "test.weighed")
    weigh(database, big, "test.weighed", 0.1)
    light = ask(big, "test.weighed")
    dispatcher.turn()
    assert str(light) in queued(redis, "default")


def test_a_tenant_cannot_fill_the_heavy_queue(
    database: Database,
    redis: Redis,
    dispatcher: Dispatcher,
    heavy_worker: RunWorker,
    make_tenant: MakeTenant,
    ask: Ask,
) -> None:
    greedy, modest = make_tenant(), make_tenant()
    for tenant in (greedy, modest):
        weigh(database, tenant, "slow", 100)
    first, *_ = [ask(greedy, "slow") for _ in range(5)]
    other = ask(modest, "slow")
    dispatcher.turn()
    assert queued(redis, "heavy") == [str(first), str(other)]
    assert queued(redis, "default") == []


def test_without_a_heavy_worker_the_light_ones_take_one_heavy_run_at_a_time(
    database: Database, redis: Redis, tuning: Tuning, make_tenant: MakeTenant, ask: Ask
) -> None:
    dispatcher = Dispatcher(database, redis, replace(tuning, heavy_patience=0))
    heavy = []
    for tenant in [make_tenant() for _ in range(3)]:
        weigh(database, tenant, "slow", 100)
        heavy.append(str(ask(tenant, "slow")))
    small = make_tenant()
    light = [str(ask(small, "quick")) for _ in range(3)]
    assert dispatcher.turn().sent == 4
    assert queued(redis, "default") == [*light, heavy[0]], "the others would hold up what comes next"
    assert dispatcher.turn().sent == 0
    light.append(str(ask(small, "quick")))
    assert dispatcher.turn().sent == 1
    assert queued(redis, "default") == [*light[:3], heavy[0], light[3]]


def test_a_heavy_worker_that_only_restarts_is_waited_for(
    database: Database, redis: Redis, tuning: Tuning, tenant: TenantProfile, ask: Ask
) -> None:
    weigh(database, tenant, "slow", 100)
    run_id = ask(tenant, "slow")
    assert Dispatcher(database, redis, replace(tuning, heavy_patience=60)).turn().sent == 1
    assert queued(redis, "heavy") == [str(run_id)]


def test_what_waits_for_heavy_workers_that_went_away_goes_to_the_others(
    database: Database, redis: Redis, tuning: Tuning, tenant: TenantProfile, ask: Ask, heavy_worker: RunWorker
) -> None:
    dispatcher = Dispatcher(database, redis, replace(tuning, heavy_patience=0))
    weigh(database, tenant, "slow", 100)
    run_id = ask(tenant, "slow")
    dispatcher.turn()
    assert queued(redis, "heavy") == [str(run_id)]
    heavy_worker.register_death()
    redis.delete(heavy_worker.key)
    with database.dispatcher() as session:
        session.execute(text("update outbox set dispatched_at = now() - interval '1 min'"))
    turn = dispatcher.turn()
    assert (turn.recovered, turn.sent) == (1, 1)
    assert queue_for("default", redis).get_job_ids() == [f"{run_id}-2"]


def test_a_run_over_its_limit_is_heavy_from_then_on(
    runtime: Runtime,
    database: Database,
    redis: Redis,
    dispatcher: Dispatcher,
    heavy_worker: RunWorker,
    tenant: TenantProfile,
    ask: Ask,
    look: Look,
) -> None:
    @handles("test.too-slow", timeout=1)
    def work(job: JobContext) -> dict[str, object]:
        time.sleep(10)
        return {}

    run_id = ask(tenant, "test.too-slow")
    perform(runtime, Lease(tenant_id=tenant.id, run_id=run_id, fence=1))
    assert look(tenant, run_id).status == "queued"
    dispatcher.turn()
    assert queued(redis, "heavy") == [str(run_id)]


def test_what_somebody_waits_for_goes_first(
    database: Database, redis: Redis, dispatcher: Dispatcher, make_tenant: MakeTenant
) -> None:
    order = []
    for priority in (Priority.BACKGROUND, Priority.SCHEDULED, Priority.ASKED):
        tenant = make_tenant()
        with database.tenant(tenant.id) as session:
            order.append(str(request(session, tenant.id, "k", uuid4().hex, "1", {}, priority=priority)))
    dispatcher.turn()
    assert queued(redis, "default") == order[::-1]


def test_no_more_is_sent_ahead_than_workers_can_soon_do(
    database: Database, redis: Redis, tuning: Tuning, make_tenant: MakeTenant, ask: Ask
) -> None:
    dispatcher = Dispatcher(database, redis, replace(tuning, ahead_least=4, in_flight=100))
    tenant = make_tenant()
    for _ in range(10):
        ask(tenant, "k")
    assert dispatcher.turn().sent == 4
    assert dispatcher.turn().sent == 0
    queue = queue_for("default", redis)
    queue.pop_job_id()
    assert dispatcher.turn().sent == 0, "not before half of them are gone"
    queue.pop_job_id()
    assert dispatcher.turn().sent == 2


def test_a_row_whose_run_ended_is_dropped(
    database: Database, redis: Redis, dispatcher: Dispatcher, tenant: TenantProfile, ask: Ask
) -> None:
    sent = ask(tenant, "k")
    dispatcher.turn()
    unsent = ask(tenant, "k")
    with database.dispatcher() as session:
        session.execute(text("update runs set status = 'done' where id = any(:ids)"), {"ids": [sent, unsent]})
        session.execute(
            text("update outbox set dispatched_at = now() - interval '1 min' where run_id = :id"),
            {"id": sent},
        )
    dispatcher.turn()
    with database.tenant(tenant.id) as session:
        assert session.execute(text("select count(*) from outbox")).scalar() == 0
