"""The background job that prepares a tenant's facts after its data has changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tallymark.alerts.asking import request_check
from tallymark.engine.ask import tenant_data
from tallymark.engine.session import EngineError
from tallymark.engine_jobs.asking import KIND, version_of
from tallymark.engine_jobs.preparing import prepare_tenant
from tallymark.jobs import GiveUp, JobContext, handles
from tallymark.lake import Lake
from tallymark.plugins.registry import registry
from tallymark_tenants.profile import load_profile

TIMEOUT = 3600


# Back to back: it reads the tenant's own snapshots through a connection that it closes.
@handles(KIND, timeout=TIMEOUT, back_to_back=True)
def prepare_facts(job: JobContext) -> Mapping[str, Any]:
    """Prepare the facts of the data that is current; the result counts those that were made.

    Where newer data has landed since, its own run does the work. A second attempt finds what the first one made.
    """
    lake = Lake.of(job.settings)
    with job.database.tenant(job.tenant_id) as session:
        if version_of(session) != job.params["version"]:
            return {"facts": 0, "superseded": True}
        profile = load_profile(session)
        snapshots = lake.pinned(session)
    job.progress(0.1, "Preparing figures")
    data = tenant_data(lake, profile, snapshots.values())
    try:
        made = prepare_tenant(registry(), data, profile.attribution)
    except EngineError as error:
        raise GiveUp(str(error)) from error
    with job.transaction() as session:
        request_check(session, job.tenant_id)  # alerts stand on these facts
    return {"facts": made, "superseded": False}
