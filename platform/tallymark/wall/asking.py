"""What a wall that somebody looks at asks for: a look for won deals, and an edition of the running period."""

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from tallymark import jobs
from tallymark.calendars import calendar_of
from tallymark.calendars.tenant import day_of
from tallymark.jobs.request import Priority
from tallymark.lake import Lake
from tallymark.lake.overlay import group_maxima
from tallymark.scorecards.job import request_edition
from tallymark.wall.plan import Celebrate
from tallymark.wall.wins import DATASET
from tallymark_tenants.models import Dataset, Scorecard, Wall
from tallymark_tenants.profile import TenantProfile

KIND = "wall"
WINS, EDITION = "wins", "edition"

APART = timedelta(minutes=10)
"""A wall asks for no two editions within this time, however often its data changes."""
AT_LATEST = timedelta(hours=1)
"""Targets and KPI sets change too. Asking again where nothing has changed makes no new run."""
SEEN = timedelta(minutes=1)
"""`last_seen_at` is written no more often."""

_LATER = text("""
    update outbox o set priority = :priority from runs r
    where o.tenant_id = :tenant and o.run_id = :run and o.dispatched_at is null
      and r.tenant_id = o.tenant_id and r.id = o.run_id and r.created_at = now()
""")


def seen(wall: Wall, *, now: datetime) -> None:
    """Note that somebody has the wall open."""
    if wall.last_seen_at is None or now - wall.last_seen_at > SEEN:
        wall.last_seen_at = now


def ask(session: Session, profile: TenantProfile, wall: Wall, *, now: datetime) -> None:
    """Ask for what is due. It is one row's work; a worker does the rest."""
    pointers: dict[str, UUID | None] = {
        row.name: row.current_snapshot_id
        for row in session.execute(select(Dataset.name, Dataset.current_snapshot_id))
    }
    if not pointers:
        return
    current = pointers.get(DATASET)
    if current is not None and current != wall.wins_snapshot_id and wall.celebrate != Celebrate.OFF:
        _request(session, profile, wall, WINS, str(current))
    state = _state(session, profile, wall, pointers, now)
    since = None if wall.asked_at is None else now - wall.asked_at
    if since is None or since >= AT_LATEST or (state != wall.asked_for and since >= APART):
        # Where two streams find it due at once, one of them writes and the other waits and then finds nothing.
        wall.asked_at, wall.asked_for = now, state
        session.flush()
        _request(session, profile, wall, EDITION, f"{state}:{now.astimezone(UTC):%Y%m%d%H%M}")


def ask_edition(
    session: Session, profile: TenantProfile, wall: Wall, lake: Lake, *, now: datetime
) -> UUID | None:
    """Ask for the wall's edition of the period that the data has reached, behind what people wait for."""
    scorecard = session.get(Scorecard, (profile.id, wall.scorecard_id))
    if scorecard is None:
        return None
    day = calendar_of(profile).period(scorecard.grain, _reached(session, lake, day_of(profile, now))).start
    run_id = request_edition(session, profile, scorecard, lake, day=day, locale=wall.locale)
    # Only a run that this transaction made: one that a person asked for keeps its place.
    session.execute(_LATER, {"tenant": profile.id, "run": run_id, "priority": int(Priority.BACKGROUND)})
    return run_id


def _reached(session: Session, lake: Lake, today: date) -> date:
    """The newest day with a closed deal or an order, not after today: a period without any says nothing yet."""
    days = [
        day
        for dataset, column in ((DATASET, "closed_on"), ("orders", "ordered_on"))
        for day in group_maxima(lake.files(session, dataset), column)
        if day <= today
    ]
    return max(days, default=today)


def _state(
    session: Session, profile: TenantProfile, wall: Wall, pointers: dict[str, UUID | None], now: datetime
) -> str:
    """A fingerprint of what an edition would stand on: the data, and the period that runs."""
    grain = session.scalar(
        select(func.coalesce(Scorecard.grain, "")).where(Scorecard.id == wall.scorecard_id)
    )
    period = calendar_of(profile).period(grain or "month", day_of(profile, now)).start
    parts = (sorted((name, str(pointer)) for name, pointer in pointers.items()), period, wall.locale)
    return sha256(repr(parts).encode()).hexdigest()[:32]


def _request(session: Session, profile: TenantProfile, wall: Wall, what: str, version: str) -> UUID:
    return jobs.request(
        session,
        profile.id,
        KIND,
        key=f"{wall.id}:{what}",
        input_version=version,
        params={"wall_id": str(wall.id), "what": what},
        priority=Priority.ASKED if what == WINS else Priority.BACKGROUND,
    )
