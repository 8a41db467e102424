"""The background job behind "Use the sample company"."""

from collections.abc import Mapping
from typing import Any

from tallymark.demo.seed import seed
from tallymark.jobs import GiveUp, JobContext, handles
from tallymark.lake import Lake, LakeError
from tallymark_tenants.profile import load_profile

TIMEOUT = 300


@handles("sample", timeout=TIMEOUT)
def make_sample_data(job: JobContext) -> Mapping[str, Any]:
    """Fill the tenant with the sample company's data. A second attempt finds what the first one made."""
    with job.database.tenant(job.tenant_id) as session:
        profile = load_profile(session)
    lake = Lake.of(job.settings)
    try:
        made = seed(job.database, lake, profile, job.progress, transaction=job.transaction)
    except LakeError as error:
        raise GiveUp(str(error)) from error
    return {"scorecard_id": str(made.scorecard_id), "datasets": made.datasets, "rows": made.rows}
