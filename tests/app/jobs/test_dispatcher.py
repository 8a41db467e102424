"""The dispatcher: once, fairly, and again when something was lost."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import replace

from redis import Redis
from sqlalchemy import text

from tallymark.jobs.dispatcher import LOCK_KEY, Dispatcher
from tallymark.jobs.tuning import Tuning
from tallymark.jobs.wakeup import Wakeup
from tallymark.jobs.wire import queue_for
from tallymark.settings import Settings
from tallymark_tenants.db import Database
from tallymark_tenants.profile import TenantProfile

from .conftest import Ask, Look, MakeTenant, wait_until


def test_two_dispatchers_send_everything_once(
    database: Database, redis: Redis, tuning: Tuning, tenant: TenantProfile, ask: Ask
) -> None:
    runs = {str(ask(tenant, "scorecard")) for _ in range(30)}
    eager = replace(tuning, in_flight=100, batch=3)
    sent: Counter[int] = Counter()

    def work(number: int) -> None:
        dispatcher = Dispatcher(database, redis, eager)
        end = time.monotonic() + 20
        while sum(sent.values()) < len(runs) and time.monotonic() < end:
            sent[number] += dispatcher.turn().sent
        sent[number] += dispatcher.turn().sent

    threads = [threading.Thread(target=work, args=[number]) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    queued = queue_for("default", redis).get_job_ids()
    assert sum(sent.values()) == len(queued) == 30
    assert {name.rpartition("-")[0] for name in queued} == runs


def test_others_stand_by_while_one_holds_the_lock(
    database: Database, dispatcher: Dispatcher, tenant: TenantProfile, ask: Ask
) -> None:
    ask(tenant, "scorecard")
    with database.dispatcher() as session:
        session.execute(text("select pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})
        assert not dispatcher.turn().acted
    assert dispatcher.turn().sent == 1


def test_a_greedy_tenant_delays_nobody(
    redis: Redis, dispatcher: Dispatcher, make_tenant: MakeTenant, ask: Ask
) -> None:
    greedy, modest, late = make_tenant(), make_tenant(), make_tenant()
    owner = {str(ask(greedy, "scorecard")): "greedy" for _ in range(20)}
    owner |= {str(ask(modest, "scorecard")): "modest" for _ in range(2)}
    assert dispatcher.turn().sent == 6
    names = [owner[name.rpartition("-")[0]] for name in queue_for("default", redis).get_job_ids()]
    assert names == ["greedy", "modest", "greedy", "modest", "greedy", "greedy"]
    ask(late, "scorecard")
    assert dispatcher.turn().sent == 1, "only the late one: the greedy tenant has its four in flight"


def test_each_worker_class_has_its_queue(
    database: Database, redis: Redis, dispatcher: Dispatcher, tenant: TenantProfile, ask: Ask
) -> None:
    run_id = ask(tenant, "import")
    with database.tenant(tenant.id) as session:
        session.execute(text("update outbox set worker_class = 'heavy' where run_id = :id"), {"id": run_id})
    assert dispatcher.turn().sent == 1
    assert queue_for("heavy", redis).get_job_ids() == [f"{run_id}-1"]
    assert queue_for("default", redis).get_job_ids() == []


def test_what_redis_lost_is_sent_again_under_a_new_fence(
    database: Database, redis: Redis, dispatcher: Dispatcher, tenant: TenantProfile, ask: Ask, look: Look
) -> None:
    run_id = ask(tenant, "scorecard")
    dispatcher.turn()
    with database.dispatcher() as session:
        session.execute(text("update outbox set dispatched_at = now() - interval '1 min'"))
    assert dispatcher.turn().recovered == 0, "it still waits on the queue"
    redis.flushall()
    turn = dispatcher.turn()
    assert (turn.recovered, turn.sent) == (1, 1)
    assert queue_for("default", redis).get_job_ids() == [f"{run_id}-2"]
    assert (look(tenant, run_id).status, look(tenant, run_id).attempts) == ("queued", 0)


def test_a_request_wakes_the_dispatcher(settings: Settings, tenant: TenantProfile, ask: Ask) -> None:
    wakeup = Wakeup(settings.urls.dispatcher)
    wakeup.wait(0.01)
    began = time.monotonic()
    ask(tenant, "scorecard")
    wakeup.wait(20)
    wakeup.close()
    assert time.monotonic() - began < 5


def test_it_outlives_a_lost_redis_and_a_lost_database(
    database: Database, redis: Redis, tuning: Tuning, settings: Settings, tenant: TenantProfile, ask: Ask
) -> None:
    class Flaky(Dispatcher):
        """Meets Redis away first, then has its database connections cut."""

        turns = 0

        def turn(self):
            self.turns += 1
            if self.turns == 1:
                raise ConnectionRefusedError("Redis is away")
            if self.turns == 2:
                with database.owner() as session:
                    cut = "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'tallymark_owner'"
                    session.execute(text(cut))
            return super().turn()

    stop, wakeup = threading.Event(), Wakeup(settings.urls.dispatcher)
    dispatcher = Flaky(database, redis, tuning)
    thread = threading.Thread(target=dispatcher.run, args=[wakeup, stop])
    ask(tenant, "scorecard")
    thread.start()
    try:
        wait_until(lambda: len(queue_for("default", redis).get_job_ids()) == 1, 10)
        assert dispatcher.turns >= 3
    finally:
        stop.set()
        thread.join()
        wakeup.close()


def test_defaults_recover_well_within_ninety_seconds() -> None:
    assert Tuning().longest_recovery + Tuning().wait_before(2).total_seconds() < 60
