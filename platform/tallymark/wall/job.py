"""The background job behind a wall: looking for won deals, and asking for the edition to show."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from tallymark.jobs.context import JobContext
from tallymark.jobs.registry import handles
from tallymark.lake import Lake
from tallymark.wall.asking import EDITION, KIND, ask_edition
from tallymark.wall.wins import look
from tallymark_tenants.models import Wall
from tallymark_tenants.profile import load_profile


@handles(KIND, timeout=120)
def tend_wall(job: JobContext) -> Mapping[str, Any]:
    """Do what the run says for one wall; a wall that was deleted meanwhile needs nothing."""
    lake, now = Lake.of(job.settings), datetime.now(UTC)
    with job.transaction() as session:
        # Locked, so that two looks can't both compare with the same earlier snapshot.
        wanted = select(Wall).where(Wall.id == UUID(job.params["wall_id"])).with_for_update()
        wall = session.scalar(wanted)
        if wall is None:
            return {}
        profile = load_profile(session)
        if job.params["what"] == EDITION:
            return {"run_id": str(ask_edition(session, profile, wall, lake, now=now))}
        return {"wins": len(look(session, lake, profile, wall, now=now))}
