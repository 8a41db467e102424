"""Seeding: whole or not at all, once however often it is asked for, and computable."""

from datetime import date

import pytest
from sqlalchemy import func, select

from tallymark.calendars import calendar_of
from tallymark.demo.job import make_sample_data
from tallymark.demo.sample import Basis, make_sample
from tallymark.demo.seed import NAME, seed
from tallymark.engine import compute
from tallymark.engine.ask import tenant_data
from tallymark.jobs.context import JobContext
from tallymark.jobs.lease import Lease
from tallymark.lake import Lake
from tallymark.plugins.registry import registry
from tallymark_sdk.model import CANONICAL
from tallymark_tenants.ids import uuid7
from tallymark_tenants.kpi_sets import create_set, find_set
from tallymark_tenants.models import KpiSet, Scorecard, Snapshot, Sync, Target

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def sample():
    return make_sample(Basis(today=TODAY))


@pytest.fixture
def lake(settings):
    return Lake(settings.lake_dir)


@pytest.fixture
def company(make_tenant):
    return make_tenant(currency="USD", timezone="America/New_York", name="Alder & Finch")


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


def test_it_seeds_once_and_makes_every_metric_computable(database, lake, company, sample):
    steps = []
    made = seed(
        database,
        lake,
        company,
        lambda fraction, step: steps.append((fraction, step)),
        today=TODAY,
        sample=sample,
    )
    assert made.datasets == len(CANONICAL)
    assert [fraction for fraction, _ in steps] == sorted(fraction for fraction, _ in steps)
    with database.tenant(company.id) as session:
        scorecard = session.get_one(Scorecard, (company.id, made.scorecard_id))
        assert scorecard.name == NAME
        chosen = find_set(session, NAME)
        assert chosen.id == scorecard.kpi_set_id
        assert chosen.is_default
        assert len(chosen.keys) == 12
        assert count(session, Sync) == made.datasets
        pinned = lake.pinned(session)
        before = count(session, Snapshot), count(session, Target)
    data = tenant_data(lake, company, pinned.values())
    calendar = calendar_of(company)
    month = calendar.period("month", date(2026, 10, 1))
    cells = {cell.metric: cell for cell in compute(registry(), chosen.keys, [month], data=data, calendar=calendar) if cell.part == "value"}  # fmt: skip
    assert set(cells) == set(chosen.keys)
    assert all(cell.value is not None for cell in cells.values()), cells
    assert cells["revenue.bookings"].left_out

    again = seed(database, lake, company, today=TODAY)
    assert again.scorecard_id == made.scorecard_id
    assert again.rows == 0
    with database.tenant(company.id) as session:
        assert (count(session, Snapshot), count(session, Target)) == before


def test_what_the_tenant_has_stays(database, lake, company, sample):
    with database.tenant(company.id) as session:
        own = create_set(session, "Ours", ["revenue.bookings"])
    seed(database, lake, company, today=TODAY, sample=sample)
    with database.tenant(company.id) as session:
        assert session.scalar(select(KpiSet.id).where(KpiSet.is_default)) == own


def test_a_failure_leaves_nothing(database, lake, company, sample):
    def fail(fraction, step):
        if fraction > 0.3:
            raise RuntimeError(step)

    with pytest.raises(RuntimeError, match="Landing"):
        seed(database, lake, company, fail, today=TODAY, sample=sample)
    with database.tenant(company.id) as session:
        assert [count(session, model) for model in (Snapshot, Sync, Target)] == [0, 0, 0]


def test_what_the_scorecard_reads_comes_first_and_a_broken_seeding_goes_on(database, lake, company, sample):
    asked = []

    def ready(scorecard):
        with database.tenant(company.id) as session:
            asked.append((scorecard, set(lake.pinned(session))))

    def fail(fraction, step):
        if fraction > 0.5:
            raise RuntimeError(step)

    with pytest.raises(RuntimeError, match="Landing"):
        seed(database, lake, company, fail, today=TODAY, sample=sample, ready=ready)
    made = seed(database, lake, company, today=TODAY, sample=sample, ready=ready)
    assert [scorecard for scorecard, _ in asked] == [made.scorecard_id] * 2
    assert {"opportunities", "orders", "order_lines", "fx_rates", "reps"} <= asked[0][1] < set(CANONICAL)
    with database.tenant(company.id) as session:
        assert set(lake.pinned(session)) == set(CANONICAL)


def test_the_job_fills_the_tenant_that_asked(database, settings, company, monkeypatch):
    monkeypatch.setattr("tallymark.jobs.lease.renew", lambda *_: True)
    monkeypatch.setattr("tallymark.jobs.lease.record_progress", lambda *_: True)
    lease = Lease(tenant_id=company.id, run_id=uuid7(), fence=1)
    job = JobContext(database=database, settings=settings, lease=lease, lease_seconds=30, params={})
    result = make_sample_data(job)
    assert result["datasets"] == len(CANONICAL)
    with database.tenant(company.id) as session:
        assert str(session.scalar(select(Scorecard.id))) == result["scorecard_id"]
