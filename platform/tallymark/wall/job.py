"""The background jobs behind a wall: looking for won deals, and making the document that it shows."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from tallymark.engine.compute import warm as warm_engine
from tallymark.engine.runs import SECONDS_FOR_ALL
from tallymark.jobs.context import JobContext
from tallymark.jobs.registry import DEFAULT_TIMEOUT, handles
from tallymark.lake import Lake
from tallymark.plugins.registry import registry
from tallymark.wall import making
from tallymark.wall.asking import DOCUMENT, WINS
from tallymark.wall.wins import look
from tallymark_tenants.models import Wall
from tallymark_tenants.profile import load_profile


@handles(WINS, timeout=120)
def look_for_wins(job: JobContext) -> Mapping[str, Any]:
    """Note the deals that one wall has to celebrate; a wall that was deleted meanwhile needs nothing."""
    lake, now = Lake.of(job.settings), datetime.now(UTC)
    with job.transaction() as session:
        # Locked, so that two looks can't both compare with the same earlier snapshot.
        wanted = select(Wall).where(Wall.id == UUID(job.params["wall_id"])).with_for_update()
        wall = session.scalar(wanted)
        if wall is None:
            return {}
        return {"wins": len(look(session, lake, load_profile(session), wall, now=now))}


def warm() -> None:
    """Load the packs, and find out what their metrics stand on; no DuckDB is opened."""
    warm_engine(registry())


# As long as all metrics in Python may take together, and then the usual time of a job.
# Back to back: it reads the tenant's own snapshots through a connection that it closes.
@handles(DOCUMENT, timeout=int(SECONDS_FOR_ALL) + DEFAULT_TIMEOUT, warm=warm, back_to_back=True)
def make_document(job: JobContext) -> Mapping[str, Any]:
    """Make what one wall shows. A second attempt makes it again, of what is current then."""
    lake = Lake.of(job.settings)
    with job.database.tenant(job.tenant_id) as session:
        found = making.ground(session, lake, UUID(job.params["wall_id"]), now=datetime.now(UTC))
    if found is None:
        return {}
    document = making.made(found, lake, job.progress)
    with job.transaction() as session:
        return {"kept": making.keep(session, found, document)}
