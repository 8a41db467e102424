"""Asking for the demo's scorecard: the last month that is over."""

import hashlib
from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from tallymark.calendars import calendar_of
from tallymark.jobs import request
from tallymark.lake import Lake
from tallymark_tenants.db import Database
from tallymark_tenants.profile import TenantProfile

KIND = "scorecard"


def request_scorecard(database: Database, lake: Lake, profile: TenantProfile, scorecard: UUID) -> UUID:
    """Ask the worker for an edition of the scorecard; returns the run.

    Not by `scorecards.job`, which would load the metrics in this process too, for seconds that the worker needs.
    """
    params = {
        "scorecard_id": str(scorecard),
        "period_start": last_full_month(profile).isoformat(),
        "grain": "month",
        "locale": profile.locale,
    }
    with database.tenant(profile.id) as session:
        snapshots = sorted(str(snapshot.id) for snapshot in lake.pinned(session).values())
        basis = hashlib.sha256(" ".join(snapshots).encode()).hexdigest()[:32]
        version = f"{basis}:{datetime.now(UTC):%Y%m%d%H%M%S}"
        return request(session, profile.id, KIND, ":".join(params.values()), version, params)


def last_full_month(profile: TenantProfile) -> date:
    """The first day of the last month that is over, in the tenant's calendar and zone."""
    months = calendar_of(profile)
    today = datetime.now(ZoneInfo(profile.timezone)).date()
    return months.step(months.period("month", today), -1).start
