"""One edition per run, whatever happens on the way."""

import hashlib
from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest
from sqlalchemy import select, text

from tallymark.jobs import lease as leases
from tallymark.jobs.context import JobContext
from tallymark.jobs.errors import GiveUp, LeaseLost
from tallymark.jobs.lease import Lease
from tallymark.lake import Lake
from tallymark.scorecards import job as jobs
from tallymark.scorecards.codec import from_json, to_json
from tallymark.scorecards.gather import gather
from tallymark.scorecards.produce import produce
from tallymark.scorecards.render.pdf import render_pdf
from tallymark.scorecards.starter import ensure_starter_set
from tallymark_sdk.model import dataset
from tallymark_tenants.accounts.company import change_company
from tallymark_tenants.kpi_sets import create_set, set_parameters
from tallymark_tenants.models import Edition, Scorecard, Target

JUNE = date(2026, 6, 1)


@pytest.fixture
def company(database, settings, make_tenant):
    """A tenant with one deal won in June."""
    tenant = make_tenant(name="Acme", currency="USD")
    rows = [
        {"source_id": "crm", "id": "1", "status": "won", "amount": 250, "closed_at": 1_781_000_000_000_000}
    ]
    schema = dataset("opportunities").import_schema
    with database.tenant(tenant.id) as session:
        Lake(settings.lake_dir).land(
            session, tenant, "opportunities", [pa.RecordBatch.from_pylist(rows, schema)]
        )
        session.add(Scorecard(kpi_set_id=ensure_starter_set(session), name="Sales"))
    return tenant


@pytest.fixture
def requested(database, settings, company):
    """Ask for June's edition, and claim the run."""
    with database.tenant(company.id) as session:
        scorecard = session.scalars(select(Scorecard)).one()
        run = jobs.request_edition(session, company, scorecard, Lake(settings.lake_dir), day=JUNE)
        again = jobs.request_edition(session, company, scorecard, Lake(settings.lake_dir), day=JUNE)
        fence = session.scalar(text("select fence from runs where id = :run"), {"run": run})
    lease = Lease(tenant_id=company.id, run_id=run, fence=fence)
    with database.tenant(company.id) as session:
        claimed = leases.claim(session, lease, 60.0)
    assert again == run
    return JobContext(
        database=database, settings=settings, lease=lease, lease_seconds=60.0, params=claimed.params
    )


def edition(database, company):
    with database.tenant(company.id) as session:
        return session.scalars(select(Edition)).one()


def test_an_edition_is_sealed_once(database, settings, company, requested):
    first = jobs.make_edition(requested)
    made = edition(database, company)
    pdf = settings.editions_dir / made.pdf_path
    assert hashlib.sha256(pdf.read_bytes()).hexdigest() == made.sha256
    assert pdf.stat().st_mode & 0o077 == 0
    document = from_json(made.document)
    assert document.period_start == "2026-06-01"
    assert "$250" in document.summary.headline.text
    assert set(made.snapshots) == {"opportunities"}
    assert jobs.make_edition(requested) == first
    assert edition(database, company).id == made.id


def test_an_attempt_that_lost_its_run_leaves_the_sealed_file_alone(
    database, settings, company, requested, monkeypatch
):
    stale = requested
    fresh = replace(requested, lease=replace(requested.lease, fence=requested.fence + 1))
    render = render_pdf

    def overtaken(*arguments, **options):
        """While the stale attempt renders, the run is taken away from it and finished by another."""
        monkeypatch.setattr(jobs, "render_pdf", render)
        with database.tenant(company.id) as session:
            session.execute(text("update runs set fence = fence + 1"))
        jobs.make_edition(fresh)
        return replace(render(*arguments, **options), pdf=b"%PDF-stale")

    monkeypatch.setattr(jobs, "render_pdf", overtaken)
    with pytest.raises(LeaseLost):
        jobs.make_edition(stale)
    made = edition(database, company)
    sealed = (settings.editions_dir / made.pdf_path).read_bytes()
    assert hashlib.sha256(sealed).hexdigest() == made.sha256


def test_a_deleted_scorecard_is_given_up_with_a_sentence(database, company, requested):
    with database.tenant(company.id) as session:
        session.delete(session.scalars(select(Scorecard)).one())
    with pytest.raises(GiveUp, match="deleted"):
        jobs.make_edition(requested)


def test_a_changed_target_asks_for_another_edition(database, settings, company, requested):
    with database.tenant(company.id) as session:
        session.add(
            Target(metric_key="revenue.bookings", period_start=JUNE, period_end=date(2026, 7, 1), value=300)
        )
        session.flush()
        scorecard = session.scalars(select(Scorecard)).one()
        run = jobs.request_edition(session, company, scorecard, Lake(settings.lake_dir), day=JUNE)
    assert run != requested.run_id


def test_who_counts_is_part_of_an_edition_and_said_in_it(database, settings, company, requested):
    said = "count a row for whoever owned it then"
    jobs.make_edition(requested)
    assert said not in str(edition(database, company).document)
    with database.auth() as session:
        changed = change_company(session, company.id, attribution="as_was")
    lake = Lake(settings.lake_dir)
    with database.tenant(company.id) as session:
        scorecard = session.scalars(select(Scorecard)).one()
        run = jobs.request_edition(session, changed, scorecard, lake, day=JUNE)
        basis = gather(session, lake, scorecard.kpi_set_id, grain="month", day=JUNE)
    assert run != requested.run_id
    assert said in str(to_json(produce(basis, lake, title="Sales", locale="en")))


def test_a_kpis_parameters_are_part_of_an_edition_and_said_in_its_formula(database, settings, company):
    lake, key = Lake(settings.lake_dir), "pipeline.stale_opportunities"
    with database.tenant(company.id) as session:
        chosen = create_set(session, "Quiet", [key])
        scorecard = Scorecard(kpi_set_id=chosen, name="Quiet", grain="month", locale="en")
        session.add(scorecard)
        session.flush()
        first = jobs.request_edition(session, company, scorecard, lake, day=JUNE)
        assert jobs.request_edition(session, company, scorecard, lake, day=JUNE) == first
        set_parameters(session, chosen, key, {"days": 45})
        assert jobs.request_edition(session, company, scorecard, lake, day=JUNE) != first
        basis = gather(session, lake, chosen, grain="month", day=JUNE)
    (passport,) = produce(basis, lake, title="Quiet", locale="en").sections[-1].passports  # type: ignore[union-attr]  # the appendix comes last
    assert passport.formula.endswith("= 45")
