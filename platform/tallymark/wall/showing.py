"""What a wall shows now, and how old its data is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from tallymark.scorecards.codec import BadDocument, from_json
from tallymark.scorecards.document import SCHEMA, Document
from tallymark.wall.freshness import Freshness
from tallymark_tenants.models import Dataset, Edition, Scorecard, Snapshot, Sync, Wall


@dataclass(frozen=True, kw_only=True)
class Showing:
    """What stands on the wall, without the document itself. `version` changes whenever the page has to be made anew.

    Its own document where `is_own`, else that of the edition; neither where there is nothing to show yet.
    """

    is_own: bool
    edition_id: UUID | None
    version: str
    freshness: Freshness


def showing(session: Session, wall: Wall) -> Showing:
    """The wall's own document; an edition where there is none yet, or one of a newer period than the document's.

    Of editions the newest of the newest period, rather in the wall's language; never one person's.
    """
    newest = _newest(session, wall)
    own = wall.made_at is not None and _reaches(session, wall, newest)
    plan = (wall.name, wall.locale, wall.screens, wall.people, wall.celebrate, wall.stale_hours)
    source = str(wall.made_at) if own else newest and str(newest.id)
    at = None
    if own and wall.made_at is not None:
        at = _known_at(session, wall.snapshots, wall.made_at)
    elif newest is not None:
        at = _known_at(session, newest.snapshots, newest.created_at)
    return Showing(
        is_own=own,
        edition_id=None if newest is None else newest.id,
        version=sha256(repr((source, plan)).encode()).hexdigest()[:16],
        freshness=Freshness(at=at, stale_hours=wall.stale_hours),
    )


def document_of(session: Session, wall: Wall, shown: Showing) -> Document | None:
    """The document; None where there is none that this version reads."""
    of_edition = select(Edition.document).where(Edition.id == shown.edition_id)
    stored = wall.document if shown.is_own else session.scalar(of_edition)
    if not stored:
        return None
    try:
        return from_json(stored)
    except BadDocument:
        return None


def _reaches(session: Session, wall: Wall, newest: Row | None) -> bool:
    """Whether the wall's own document is of this schema, and of no earlier period than the edition's."""
    written = select(Wall.document["schema"].astext, Wall.document["period_start"].astext)
    schema, start = session.execute(written.where(Wall.id == wall.id)).one()
    if schema != str(SCHEMA):
        return False  # it is made anew: the state that it was asked for has the schema in it
    return newest is None or date.fromisoformat(start) >= newest.period_start


def _newest(session: Session, wall: Wall) -> Row | None:
    wanted = (
        select(Edition.id, Edition.period_start, Edition.snapshots, Edition.created_at)
        .join(Scorecard, Scorecard.id == Edition.scorecard_id)
        .where(
            Edition.scorecard_id == wall.scorecard_id, Edition.grain == Scorecard.grain, Edition.scope == {}
        )
        .order_by(
            Edition.period_start.desc(), (Edition.locale == wall.locale).desc(), Edition.created_at.desc()
        )
        .limit(1)
    )
    return session.execute(wanted).one_or_none()


def _known_at(session: Session, snapshots: dict[str, str], made_at: datetime) -> datetime:
    """When its data was loaded; where nothing has changed since, when a load last found it so."""
    ids = [UUID(each) for each in snapshots.values()]
    loaded = (
        session.scalar(select(func.max(Snapshot.created_at)).where(Snapshot.id.in_(ids))) if ids else None
    )
    if loaded is None:
        return made_at
    if set(ids) == set(_current(session)):
        checked = session.scalar(select(func.max(Sync.finished_at)).where(Sync.status == "done"))
        return max(loaded, checked or loaded)
    return loaded


def _current(session: Session) -> Sequence[UUID | None]:
    return session.scalars(
        select(Dataset.current_snapshot_id).where(Dataset.current_snapshot_id.is_not(None))
    ).all()
