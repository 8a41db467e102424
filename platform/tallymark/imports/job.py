"""The import that a page asks for: an uploaded file, in the background.

Params: `upload` (the id of the uploaded file), `dataset`, `mapping` (as JSON text), `connection` (a name) and
`replace`. A path is never taken from them.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

from tallymark.imports.report import ImportFailed
from tallymark.imports.service import import_file, personal_key
from tallymark.jobs import GiveUp, JobContext, handles
from tallymark.lake import Lake
from tallymark_connectors.csv_xlsx.errors import MappingError
from tallymark_connectors.csv_xlsx.mapping_file import mapping_from_json
from tallymark_tenants.profile import load_profile

TIMEOUT = 3600
_HALF_WAY = 200_000  # rows at which the bar shows a half; how many there are is known only at the end


@handles("import", timeout=TIMEOUT)
def run_import_job(job: JobContext) -> Mapping[str, Any]:
    """Import the uploaded file; the result is the report. A second attempt changes nothing more."""
    with job.database.tenant(job.tenant_id) as session:
        profile = load_profile(session)
    path = uploaded(job.settings.uploads_dir, job.tenant_id, UUID(job.params["upload"]))
    try:
        report = import_file(
            job.database,
            Lake.of(job.settings),
            profile,
            job.params["dataset"],
            path,
            mapping_from_json(job.params["mapping"]),
            connection_name=job.params.get("connection") or "file",
            replace=bool(job.params.get("replace")),
            progress=lambda rows: job.progress(rows / (rows + _HALF_WAY), f"{rows:,} rows read"),
            hash_key=personal_key(job.settings.secret_key, profile.id),
            transaction=job.transaction,
        )
    except (ImportFailed, MappingError) as error:
        raise GiveUp(str(error)) from error
    return report.as_json()


def uploaded(uploads: Path, tenant: UUID, upload: UUID) -> Path:
    """Where the tenant's uploaded file lies; GiveUp if it is gone."""
    found = sorted((uploads / str(tenant) / str(upload)).glob("file.*"))
    files = [path for path in found if path.suffix != ".json"]
    if not files:
        raise GiveUp("The uploaded file is not there any more; upload it again.")
    return files[0]
