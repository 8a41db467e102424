"""Setting walls up: functions over a tenant's session; each is audited, committing is the caller's."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tallymark.i18n import mark
from tallymark.wall.errors import WallRefused
from tallymark.wall.plan import Celebrate, People, Plan, stored
from tallymark_tenants.accounts import audit
from tallymark_tenants.accounts.tokens import new_token
from tallymark_tenants.models import Scorecard, Wall

MOST_WALLS = 50


def create(session: Session, scorecard_id: UUID, plan: Plan) -> Wall:
    """Make a wall, still without a link; raises `WallRefused`."""
    if len(session.scalars(select(Wall.id)).all()) >= MOST_WALLS:
        raise WallRefused(mark("There are as many walls as a company can have: delete one first."), "name")
    _check(session, None, scorecard_id, plan)
    wall = Wall(scorecard_id=scorecard_id, **_columns(plan))
    session.add(wall)
    session.flush()
    _note(session, "wall set up", wall)
    return wall


def change(session: Session, wall: Wall, scorecard_id: UUID, plan: Plan) -> None:
    """Set a wall up otherwise; raises `WallRefused`."""
    _check(session, wall.id, scorecard_id, plan)
    if scorecard_id != wall.scorecard_id or plan.locale != wall.locale:
        # What it shows is another's, or in another language: an edition stands in until its own is made.
        wall.document, wall.snapshots, wall.made_at = None, {}, None
        wall.asked_for, wall.asked_at = "", None
    if plan.celebrate is Celebrate.OFF:
        wall.wins_snapshot_id = None  # what is won until it celebrates again is not news then
    wall.scorecard_id = scorecard_id
    for name, value in _columns(plan).items():
        setattr(wall, name, value)
    session.flush()
    _note(session, "wall changed", wall)


def make_link(session: Session, wall: Wall, *, days: int | None = None, now: datetime | None = None) -> str:
    """The token of a new link, the only time it is seen; the old link is worth nothing from now on."""
    token, hashed = new_token()
    wall.token_hash, wall.linked_at, wall.last_seen_at = hashed, now or datetime.now(UTC), None
    wall.expires_at = None if days is None else wall.linked_at + timedelta(days=days)
    session.flush()
    _note(session, "wall link made", wall, days=days)
    return token


def revoke_link(session: Session, wall: Wall) -> None:
    """Make the link worthless."""
    wall.token_hash = wall.linked_at = wall.expires_at = None
    session.flush()
    _note(session, "wall link revoked", wall)


def delete(session: Session, wall: Wall) -> None:
    """Remove the wall with its link."""
    _note(session, "wall deleted", wall)
    session.delete(wall)
    session.flush()


def _check(session: Session, own: UUID | None, scorecard_id: UUID, plan: Plan) -> None:
    if not plan.screens:
        raise WallRefused(mark("Choose at least one screen."), "screens")
    if plan.celebrate is Celebrate.DEAL and plan.people is not People.NAMES:
        raise WallRefused(
            mark("A deal's name and who won it can only be told where people's names show."), "celebrate"
        )
    taken = select(Wall.id).where(Wall.name == plan.name, Wall.id != own if own else Wall.id.is_not(None))
    if session.scalar(taken) is not None:
        raise WallRefused(mark("There is a wall of this name already; choose another."), "name")
    if session.scalar(select(Scorecard.id).where(Scorecard.id == scorecard_id)) is None:
        raise WallRefused(mark("This scorecard doesn't exist any more; choose another."), "scorecard")


def _columns(plan: Plan) -> dict[str, object]:
    return {
        "name": plan.name,
        "locale": plan.locale,
        "screens": stored(plan.screens),
        "people": str(plan.people),
        "celebrate": str(plan.celebrate),
        "stale_hours": plan.stale_hours,
    }


def _note(session: Session, action: str, wall: Wall, **detail: Any) -> None:
    detail |= {"name": wall.name, "people": wall.people, "celebrate": wall.celebrate}
    audit(session, action, object_kind="wall", object_id=wall.id, **detail)
