"""What a scorecard takes on this machine, in seconds of processor time: a small tenant's, and what rows add."""

from __future__ import annotations

import resource
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import text

from bench.data.tenant import tenant as tenant_of_size
from bench.question import AS_OF, MonthlyTarget, whole_catalogue
from bench.simulation.night import Cost
from tallymark.demo.seed import seed
from tallymark.engine.compute import compute
from tallymark.engine.session import TenantData
from tallymark.jobs.entry import perform
from tallymark.jobs.lease import Lease
from tallymark.jobs.runtime import Runtime
from tallymark.lake import Lake
from tallymark.plugins.registry import registry
from tallymark.scorecards.job import request_edition, warm
from tallymark.scorecards.produce import BREAKDOWNS
from tallymark.scorecards.starter import STARTERS
from tallymark.settings import Settings
from tallymark_tenants.db import Database
from tallymark_tenants.models import Scorecard, Tenant
from tallymark_tenants.profile import TenantProfile

SMALL, LARGE = "5k", "100k"


def measured(settings: Settings, database: Database, tell: Callable[[str], None]) -> Cost:
    """Three scorecards of the sample company with their PDFs, warm; and its figures on two larger tenants."""
    runtime = Runtime(settings=settings, open_database=lambda: database)
    profile, scorecard = _company(settings, database)
    warm()
    taken = [_scorecard(runtime, profile, scorecard, month) for month in range(1, 5)][1:]
    base = sorted(taken)[1]
    tell(f"a small company's scorecard with its PDF: {base:.2f} s")
    small, large = (_figures(tenant_of_size(size)) for size in (SMALL, LARGE))
    per_million = max(0.0, (large[0] - small[0]) / (large[1] - small[1]) * 1e6)
    tell(f"a million rows add {per_million:.2f} s (its figures on {small[1]:,} and on {large[1]:,} rows)")
    return Cost(base=base, per_million_rows=per_million)


def processor() -> float:
    """Seconds of processor time of this process and of its children that ended."""
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(usage.ru_utime + usage.ru_stime for usage in map(resource.getrusage, kinds))


def _company(settings: Settings, database: Database) -> tuple[TenantProfile, UUID]:
    with database.auth() as session:
        row = Tenant(slug=f"sample-{uuid4().hex}", name="Sample")
        session.add(row)
        session.flush()
        session.refresh(row)
        profile = TenantProfile.of(row)
    return profile, seed(database, Lake(settings.lake_dir), profile).scorecard_id


def _scorecard(runtime: Runtime, profile: TenantProfile, scorecard: UUID, months_ago: int) -> float:
    day = datetime.now(UTC).date() - timedelta(days=31 * months_ago)
    with runtime.open_database().tenant(profile.id) as session:
        asked = session.get(Scorecard, (profile.id, scorecard))
        if asked is None:
            raise SystemExit("The sample company has no scorecard.")
        lake = Lake(runtime.settings.lake_dir)
        run = request_edition(session, profile, asked, lake, day=day)
    before = processor()
    perform(runtime, Lease(tenant_id=profile.id, run_id=run, fence=1))
    used = processor() - before
    with runtime.open_database().tenant(profile.id) as session:
        row = session.execute(text("select status, error from runs where id = :id"), {"id": run}).one()
    if row.status != "done":
        raise SystemExit(f"The scorecard was not made: {row.error}")
    return used


def _figures(data: TenantData) -> tuple[float, int]:
    """Seconds for a scorecard's figures over 13 months, warm, and the rows of the tenant's datasets."""
    asked, known = whole_catalogue(), registry()
    keys = [key for key in STARTERS if key in known.metrics]
    taken = []
    for _ in range(3):
        before = processor()
        compute(
            known,
            keys,
            asked.periods,
            BREAKDOWNS,
            data=data,
            calendar=asked.calendar,
            as_of=AS_OF,
            targets=MonthlyTarget(),
        )
        taken.append(processor() - before)
    return min(taken), rows_of(data)


def rows_of(data: TenantData) -> int:
    """The rows of all datasets, from their files' own counts."""
    import pyarrow.parquet as pq

    return sum(pq.read_metadata(file).num_rows for files in data.files.values() for file in files)
