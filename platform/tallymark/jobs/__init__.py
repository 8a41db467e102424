"""Work done outside a page: requested in a transaction, run once by a worker, watched by its row.

    @handles("scorecard", timeout=300)
    def render(job: JobContext) -> dict[str, object]:
        job.progress(0.5, "Rendering")
        with job.transaction() as session:
            ...
        return {"edition": ...}

    run_id = request(session, tenant_id, "scorecard", key, input_version, params)
"""

from .context import JobContext
from .errors import GiveUp, LeaseLost, RedisAway, Retry
from .registry import handles
from .request import request, try_again

__all__ = ["GiveUp", "JobContext", "LeaseLost", "RedisAway", "Retry", "handles", "request", "try_again"]
