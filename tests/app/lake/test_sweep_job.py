"""The daily sweep: asked for once a day by the dispatcher, done by a worker."""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from redis import Redis
from sqlalchemy import text

from tallymark.jobs import registry
from tallymark.jobs.daily import SWEEP, Sweeps
from tallymark.jobs.dispatcher import Dispatcher
from tallymark.jobs.entry import perform
from tallymark.jobs.handlers import MODULES
from tallymark.jobs.lease import Lease
from tallymark.jobs.runtime import Runtime
from tallymark.jobs.tuning import Tuning
from tallymark.settings import Settings
from tallymark_tenants.db import Database
from tallymark_tenants.profile import TenantProfile

OLD_RUN = text("""
    insert into runs (tenant_id, id, kind, key, input_version, status, finished_at)
    values (nullif(current_setting('app.tenant', true), '')::uuid, uuidv7(), :kind, '', :version, 'done',
            now() - make_interval(days => :days))
""")
DAYS = (date(2024, 1, 1), date(2024, 1, 1), date(2024, 1, 2))


def request_sweeps(database: Database, day: date) -> None:
    """Ask for the day's sweeps of all tenants, as several turns of a dispatcher do."""
    sweeps = Sweeps()
    with database.dispatcher() as session:
        while sweeps.request(session, day):
            pass


@pytest.fixture
def own(settings: Settings, tmp_path: Path) -> Settings:
    return replace(settings, data_dir=tmp_path)


def test_a_sweep_removes_what_is_old_and_nothing_else(
    own: Settings, database: Database, tenant: TenantProfile, land: Callable[..., object]
) -> None:
    land("accounts", [{"id": "a"}])
    dataset = own.lake_dir / str(tenant.id) / "accounts"
    uploads = own.uploads_dir / str(tenant.id)
    fresh, old, foreign = uploads / "fresh", uploads / "old", own.uploads_dir / str(uuid4()) / "old"
    orphan = dataset / "orphan"
    for folder in (fresh, old, foreign, orphan):
        folder.mkdir(parents=True)
        (folder / "file.csv").write_text("Id\n1\n", encoding="utf-8")
    long_ago = time.time() - 8 * 86_400
    for folder in (old, foreign, orphan):
        os.utime(folder, (long_ago, long_ago))
    registry.load(["tallymark.lake.job"])
    request_sweeps(database, DAYS[0])
    with database.tenant(tenant.id) as session:
        for kind, days in (("sweep", 8), ("sweep", 6), ("import", 91), ("import", 89)):
            age = {"kind": kind, "version": f"{days} days ago", "days": days}
            session.execute(OLD_RUN, age)
    with database.tenant(tenant.id) as session:
        run_id = session.execute(text("select id from runs where status = 'queued'")).scalar_one()
    runtime = Runtime(settings=own, open_database=lambda: database, tuning=Tuning())
    perform(runtime, Lease(tenant_id=tenant.id, run_id=run_id, fence=1))
    with database.tenant(tenant.id) as session:
        run = session.execute(text("select status, result from runs where id = :id"), {"id": run_id}).one()
    assert (run.status, run.result["folders"], run.result["uploads"]) == ("done", 1, 1)
    assert (fresh.exists(), old.exists(), foreign.exists(), orphan.exists()) == (True, False, True, False)
    assert len(list(dataset.iterdir())) == 1
    with database.tenant(tenant.id) as session:
        kept = session.execute(text("select input_version from runs where id <> :id"), {"id": run_id})
        assert sorted(kept.scalars()) == ["6 days ago", "89 days ago"], "what is long over is forgotten"


def test_a_day_has_one_sweep_of_each_tenant(database: Database, tenant: TenantProfile) -> None:
    assert "tallymark.lake.job" in MODULES
    for day in DAYS:
        request_sweeps(database, day)
    with database.tenant(tenant.id) as session:
        found = session.execute(text("select input_version from runs where kind = 'sweep' order by 1"))
        assert found.scalars().all() == ["2024-01-01", "2024-01-02"]


def test_the_dispatcher_asks_once_it_has_run_for_a_while(
    database: Database, redis_url: str, tenant: TenantProfile
) -> None:
    def asked() -> list[str]:
        with database.tenant(tenant.id) as session:
            query = text("select input_version from runs where kind = :kind")
            return list(session.execute(query, {"kind": SWEEP}).scalars())

    with Redis.from_url(redis_url) as redis:
        Dispatcher(database, redis, Tuning()).turn()
        assert asked() == []
        dispatcher = Dispatcher(database, redis, Tuning(sweep_after=0, reconcile_every=0))
        for _ in range(20):  # some tenants at each turn
            dispatcher.turn()
    assert asked() == [datetime.now(UTC).date().isoformat()]
