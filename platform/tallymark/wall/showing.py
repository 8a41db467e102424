"""Which edition a wall shows now, and how old its data is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from tallymark.scorecards.codec import BadDocument, from_json
from tallymark.scorecards.document import Document
from tallymark.wall.freshness import Freshness
from tallymark_tenants.models import Dataset, Edition, Scorecard, Snapshot, Sync, Wall


@dataclass(frozen=True, kw_only=True)
class Showing:
    """What stands on the wall, without the document itself. `version` changes whenever the page has to be made anew."""

    edition_id: UUID | None
    version: str
    freshness: Freshness


def showing(session: Session, wall: Wall) -> Showing:
    """The newest edition of the newest period, rather in the wall's language; scorecards of one person are never shown."""
    found = _newest(session, wall)
    plan = (wall.name, wall.locale, wall.screens, wall.people, wall.celebrate, wall.stale_hours)
    version = sha256(repr((found and str(found.id), plan)).encode()).hexdigest()[:16]
    at = None if found is None else _known_at(session, found.snapshots, found.created_at)
    return Showing(
        edition_id=None if found is None else found.id,
        version=version,
        freshness=Freshness(at=at, stale_hours=wall.stale_hours),
    )


def document_of(session: Session, edition_id: UUID | None) -> Document | None:
    """The edition's document; None where there is none that this version reads."""
    stored = (
        edition_id and session.scalars(select(Edition.document).where(Edition.id == edition_id)).one_or_none()
    )
    if not stored:
        return None
    try:
        return from_json(stored)
    except BadDocument:
        return None


def _newest(session: Session, wall: Wall) -> Row | None:
    wanted = (
        select(Edition.id, Edition.snapshots, Edition.created_at)
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
