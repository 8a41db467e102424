"""Facts are prepared after a landing: once for the same data, behind everything else, and nothing breaks without."""

from pathlib import Path

import pytest
from sqlalchemy import text

from tallymark.engine.ask import tenant_data
from tallymark.engine.facts.store import Facts
from tallymark.engine_jobs.asking import KIND, request_facts
from tallymark.imports.service import import_file
from tallymark.jobs import Priority, registry
from tallymark.jobs.entry import perform
from tallymark.jobs.handlers import MODULES
from tallymark.jobs.lease import Lease
from tallymark.jobs.runtime import Runtime
from tallymark.lake import Lake
from tallymark_connectors.csv_xlsx import mapping_from_toml

MAPPING = mapping_from_toml("""
dataset = "opportunities"
currency = "EUR"
[columns]
id = "Id"
amount = "Amount"
closed_at = "Closed"
status = { from = "Stage", values = { "*" = "open", Won = "won" } }
""")


@pytest.fixture
def landed(database, settings, tenant, tmp_path):
    """Import a file of one deal with this amount."""
    lake = Lake(settings.lake_dir)

    def land(amount):
        path = tmp_path / "deals.csv"
        path.write_text(f"Id,Amount,Closed,Stage\n1,{amount},2026-06-01,Won\n", encoding="utf-8")
        import_file(database, lake, tenant, "opportunities", path, MAPPING)

    return land


def runs_of(database, tenant):
    with database.tenant(tenant.id) as session:
        query = "select id, status, result, fence from runs where kind = :kind order by id"
        return session.execute(text(query), {"kind": KIND}).all()


def work(runtime, tenant, run):
    registry.load(["tallymark.engine_jobs.job"])
    perform(runtime, Lease(tenant_id=tenant.id, run_id=run.id, fence=run.fence))


@pytest.fixture
def runtime(settings, database):
    return Runtime(settings=settings, open_database=lambda: database)


def test_a_landing_asks_once_for_the_same_data_and_goes_behind_scorecards(database, tenant, landed):
    assert "tallymark.engine_jobs.job" in MODULES
    landed(100)
    landed(100)
    assert len(runs_of(database, tenant)) == 1
    landed(200)
    assert len(runs_of(database, tenant)) == 2
    with database.tenant(tenant.id) as session:
        found = session.execute(text("select distinct priority from outbox")).scalars().all()
    assert found == [Priority.BACKGROUND]


def test_an_import_that_fails_asks_for_nothing(database, tenant, landed):
    with pytest.raises(Exception, match="could be read"):
        landed("much")
    assert runs_of(database, tenant) == []


def test_a_company_without_data_needs_no_facts(database, tenant):
    with database.tenant(tenant.id) as session:
        assert request_facts(session, tenant.id) is None


def test_what_is_prepared_is_not_made_again_when_asked(database, settings, tenant, runtime, landed):
    landed(100)
    work(runtime, tenant, runs_of(database, tenant)[0])
    (run,) = runs_of(database, tenant)
    assert (run.status, run.result["superseded"]) == ("done", False)
    assert run.result["facts"] > 0
    lake = Lake(settings.lake_dir)
    with database.tenant(tenant.id) as session:
        data = tenant_data(lake, tenant, lake.pinned(session).values())
    assert Path(data.facts).is_dir()
    assert list(Path(data.facts).glob("*.fact"))
    from tallymark.engine_jobs.preparing import prepare_tenant
    from tallymark.plugins.registry import registry as metrics

    assert prepare_tenant(metrics(), data, tenant.attribution) == 0
    with Facts(data) as facts:
        assert facts.made == 0


def test_newer_data_has_a_run_of_its_own(database, tenant, runtime, landed):
    landed(100)
    landed(200)
    older, newer = runs_of(database, tenant)
    for run in (older, newer):
        work(runtime, tenant, run)
    older, newer = runs_of(database, tenant)
    assert (older.result["superseded"], newer.result["superseded"]) == (True, False)
    assert newer.result["facts"] > 0
