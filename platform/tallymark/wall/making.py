"""The wall's own document: what a scorecard would say now of the period that the data has reached.

It is made like an edition's, and is none: nothing is sealed or printed, and the next one takes its place.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from tallymark.branding import dressed
from tallymark.calendars import calendar_of
from tallymark.calendars.tenant import day_of
from tallymark.lake import Lake
from tallymark.lake.overlay import group_maxima
from tallymark.scorecards.codec import to_json
from tallymark.scorecards.document import Document
from tallymark.scorecards.gather import Basis, gather
from tallymark.scorecards.produce import Progress, produce
from tallymark.wall.plan import ScreenKind
from tallymark.wall.wins import DATASET
from tallymark_tenants.branding import Branding, branding_of
from tallymark_tenants.models import Scorecard, Wall
from tallymark_tenants.profile import load_profile


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What a wall's document is made from, read in one transaction."""

    wall_id: UUID
    scorecard_id: UUID
    title: str
    locale: str
    basis: Basis
    branding: Branding


def ground(session: Session, lake: Lake, wall_id: UUID, *, now: datetime) -> Ground | None:
    """Read it for the period that the data has reached; None where the wall was deleted."""
    wanted = select(Wall.locale, Scorecard).join(Scorecard, Scorecard.id == Wall.scorecard_id)
    found = session.execute(wanted.where(Wall.id == wall_id)).one_or_none()
    if found is None:
        return None
    locale, scorecard = found
    profile = load_profile(session)
    reached = _reached(session, lake, day_of(profile, now))
    day = calendar_of(profile).period(scorecard.grain, reached).start
    return Ground(
        wall_id=wall_id,
        scorecard_id=scorecard.id,
        title=scorecard.name,
        locale=locale,
        basis=gather(
            session, lake, scorecard.kpi_set_id, grain=scorecard.grain, day=day, scorecard=scorecard
        ),
        branding=branding_of(session),
    )


def made(found: Ground, lake: Lake, progress: Progress) -> Document:
    """Compute and compose it; of the sections only those that fit a screen, in the company's look."""
    document = produce(found.basis, lake, title=found.title, locale=found.locale, progress=progress)
    kinds = {str(kind) for kind in ScreenKind}
    kept = tuple(section for section in document.sections if section.kind in kinds)
    return dressed(replace(document, sections=kept), found.branding)


def keep(session: Session, found: Ground, document: Document) -> bool:
    """Put it on the wall; False where the wall was set up otherwise meanwhile, or has a newer one."""
    basis = found.basis
    done = session.execute(
        update(Wall)
        .where(
            Wall.id == found.wall_id,
            Wall.scorecard_id == found.scorecard_id,
            Wall.locale == found.locale,
            or_(Wall.made_at.is_(None), Wall.made_at <= basis.read_at),
        )
        .values(
            document=to_json(document),
            snapshots={name: str(snapshot.id) for name, snapshot in basis.snapshots.items()},
            made_at=basis.read_at,
        )
        .returning(Wall.id)
        .execution_options(synchronize_session=False)
    )
    return done.one_or_none() is not None


def _reached(session: Session, lake: Lake, today: date) -> date:
    """The newest day with a closed deal or an order, not after today: a period without any says nothing yet."""
    days = [
        day
        for dataset, column in ((DATASET, "closed_on"), ("orders", "ordered_on"))
        for day in group_maxima(lake.files(session, dataset), column)
        if day <= today
    ]
    return max(days, default=today)
