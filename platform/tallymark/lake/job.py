"""The daily tidying of one tenant: snapshots that aged out, leftovers, uploads nobody imported, runs long over."""

import shutil
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from tallymark.alerts.asking import request_check
from tallymark.jobs import JobContext, handles
from tallymark.jobs.retention import forget_old_runs
from tallymark.lake.store import Lake

_UPLOADS_STAY = timedelta(days=7)  # far longer than an import waits, its attempts included


@handles("sweep")
def run_sweep_job(job: JobContext) -> Mapping[str, Any]:
    """Sweep the tenant's lake and uploads; the result counts what was removed."""
    with job.transaction() as session:
        swept = Lake.of(job.settings).sweep(session)
        runs = forget_old_runs(session)
        # A day that passes without data can end a period, or a snooze.
        request_check(session, job.tenant_id)
    return {
        "runs": runs,
        "snapshots": swept.snapshots,
        "folders": swept.folders,
        "staging": swept.staging,
        "objects": swept.objects,
        "uploads": remove_old_uploads(job.settings.uploads_dir / str(job.tenant_id)),
    }


def remove_old_uploads(folder: Path) -> int:
    """Remove the uploads of a tenant that nothing has touched for a week; returns how many."""
    before = time.time() - _UPLOADS_STAY.total_seconds()
    old = [upload for upload in folder.glob("*/") if upload.lstat().st_mtime < before]
    for upload in old:
        shutil.rmtree(upload, ignore_errors=True)
    return len(old)
