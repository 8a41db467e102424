"""The sample company's data, as a job."""

from uuid import UUID

from sqlalchemy.orm import Session

from tallymark import jobs
from tallymark.jobs.handlers import MODULES
from tallymark.jobs.registry import handler_of, load

KIND = "sample"


def sample_exists() -> bool:
    """Whether workers of this installation can make the sample data."""
    load(MODULES)
    return handler_of(KIND) is not None


def request_sample(session: Session, tenant_id: UUID) -> UUID:
    """Ask for the sample data once; the same run however often it is asked for."""
    return jobs.request(session, tenant_id, KIND, "company", "1", {})
