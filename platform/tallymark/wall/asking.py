"""What a wall that somebody looks at asks for: a look for won deals, and its document made anew."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from importlib.metadata import version
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tallymark import jobs
from tallymark.calendars import calendar_of
from tallymark.calendars.tenant import day_of
from tallymark.jobs.request import Priority
from tallymark.jobs.weights import SCORECARD_SECONDS_PER_MILLION_ROWS
from tallymark.scorecards.document import SCHEMA
from tallymark.wall.plan import Celebrate
from tallymark.wall.wins import DATASET
from tallymark_tenants.models import Dataset, Scorecard, Wall
from tallymark_tenants.profile import TenantProfile

WINS, DOCUMENT = "wall", "wall_document"
"""The kinds of runs. They are two, because a look takes a moment and a document of much data does not."""

APART = timedelta(minutes=10)
"""A wall's document is asked for no more often, however often its data changes."""
AT_LATEST = timedelta(hours=1)
"""Targets, KPI sets and looks change too."""
SEEN = timedelta(minutes=1)
"""`last_seen_at` is written no more often."""


def seen(wall: Wall, *, now: datetime) -> None:
    """Note that somebody has the wall open."""
    if wall.last_seen_at is None or now - wall.last_seen_at > SEEN:
        wall.last_seen_at = now


def ask(session: Session, profile: TenantProfile, wall: Wall, *, now: datetime) -> None:
    """Ask for what is due. It is one row's work; a worker does the rest."""
    pointers = _pointers(session)
    current = pointers.get(DATASET)
    if current is not None and current != wall.wins_snapshot_id and wall.celebrate != Celebrate.OFF:
        jobs.request(
            session, profile.id, WINS, key=str(wall.id), input_version=str(current), params=_params(wall)
        )
    _ask_document(session, profile, wall, pointers, now, Priority.BACKGROUND)


def ask_document(session: Session, profile: TenantProfile, wall: Wall, *, now: datetime) -> None:
    """Ask for the document where it is due, for somebody who has set the wall up and looks at the preview."""
    _ask_document(session, profile, wall, _pointers(session), now, Priority.ASKED)


def is_asked(wall: Wall, *, now: datetime) -> bool:
    """Whether the document was asked for a moment ago and isn't there yet."""
    asked = wall.asked_at
    return asked is not None and now - asked < APART and (wall.made_at is None or wall.made_at < asked)


def _ask_document(
    session: Session,
    profile: TenantProfile,
    wall: Wall,
    pointers: dict[str, UUID | None],
    now: datetime,
    priority: Priority,
) -> None:
    if not pointers:
        return
    state = _state(session, profile, wall, pointers, now)
    since = None if wall.asked_at is None else now - wall.asked_at
    if since is None or since >= AT_LATEST or (state != wall.asked_for and since >= APART):
        # Where two streams find it due at once, one of them writes and the other waits and then finds nothing.
        wall.asked_at, wall.asked_for = now, state
        session.flush()
        jobs.request(
            session,
            profile.id,
            DOCUMENT,
            key=str(wall.id),
            input_version=f"{state}:{now.astimezone(UTC):%Y%m%d%H%M%S}",
            params=_params(wall),
            priority=priority,
            seconds_per_million_rows=SCORECARD_SECONDS_PER_MILLION_ROWS,
        )


def _state(
    session: Session, profile: TenantProfile, wall: Wall, pointers: dict[str, UUID | None], now: datetime
) -> str:
    """A fingerprint of what the document would stand on, so far as one row tells: the data, the period that runs."""
    grain = session.scalar(
        select(func.coalesce(Scorecard.grain, "")).where(Scorecard.id == wall.scorecard_id)
    )
    period = calendar_of(profile).period(grain or "month", day_of(profile, now)).start
    data = sorted((name, str(pointer)) for name, pointer in pointers.items())
    parts = (data, period, wall.scorecard_id, wall.locale, SCHEMA, version("tallymark"))
    return sha256(repr(parts).encode()).hexdigest()[:32]


def _pointers(session: Session) -> dict[str, UUID | None]:
    return {
        row.name: row.current_snapshot_id
        for row in session.execute(select(Dataset.name, Dataset.current_snapshot_id))
    }


def _params(wall: Wall) -> dict[str, str]:
    return {"wall_id": str(wall.id)}
