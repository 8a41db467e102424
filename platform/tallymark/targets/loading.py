"""The targets of a tenant as they are now."""

from __future__ import annotations

from sqlalchemy.orm import Session

from tallymark.calendars import calendar_of
from tallymark.engine.ask import tenant_data
from tallymark.engine.targets import TenantTargets, read_set_targets
from tallymark.lake import Lake
from tallymark.plugins.own import registry_of
from tallymark_tenants.profile import TenantProfile


def load_targets(session: Session, lake: Lake, profile: TenantProfile) -> TenantTargets:
    """What is set in Tallymark, read in the tenant's session, and what is imported, read when it is asked for."""
    return TenantTargets(
        stored=read_set_targets(session),
        data=tenant_data(lake, profile, lake.pinned(session).values()),
        registry=registry_of(session),
        calendar=calendar_of(profile),
        profile=profile,
    )
