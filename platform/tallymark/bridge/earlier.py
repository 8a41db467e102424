"""The data as it was: the snapshots that a sealed edition was made from, or those that were current on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from tallymark.bridge.errors import NoBridge
from tallymark.lake import Lake, Snapshot
from tallymark_sdk.calendars import Period
from tallymark_sdk.said import mark
from tallymark_tenants.models import Edition
from tallymark_tenants.models import Snapshot as SnapshotRow
from tallymark_tenants.profile import TenantProfile

NONE_KEPT = mark("no earlier snapshot kept")


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """The datasets as they were known at a moment.

    Attributes:
        snapshots: dataset → its snapshot then; those that are gone since are missing.
        known_at: when the edition was sealed, or the end of the day.
        edition_id: the sealed edition, if it is one.
        gone: datasets that the edition stands on and whose snapshots aren't kept any more.
    """

    snapshots: Mapping[str, Snapshot]
    known_at: datetime
    edition_id: UUID | None = None
    gone: tuple[str, ...] = ()


def newest_edition(session: Session, lake: Lake, period: Period) -> Earlier | None:
    """As the newest edition of that very period had it; None where none was sealed."""
    whole = period.compared.whole if period.compared else period
    found = session.scalar(
        select(Edition)
        .where(Edition.period_start == whole.start, Edition.period_end == whole.end)
        .order_by(Edition.created_at.desc())
        .limit(1)
    )
    return None if found is None else _of_edition(session, lake, found)


def as_sealed(session: Session, lake: Lake, edition_id: UUID) -> Earlier:
    """As an edition had it.

    Raises:
        NoBridge: there is no such edition.
    """
    found = session.scalar(select(Edition).where(Edition.id == edition_id))
    if found is None:
        raise NoBridge(f"There is no edition {edition_id}; take one from the page of scorecards.")
    return _of_edition(session, lake, found)


def as_of_day(session: Session, lake: Lake, profile: TenantProfile, day: date) -> Earlier | None:
    """As it was at the end of a day in the tenant's zone, by the snapshots still kept; None where there is none."""
    end = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(profile.timezone))
    newest = (
        select(SnapshotRow.id)
        .ext(distinct_on(SnapshotRow.dataset))
        .where(SnapshotRow.created_at < end)
        .order_by(SnapshotRow.dataset, SnapshotRow.created_at.desc())
    )
    snapshots = lake.pinned(session, list(session.scalars(newest)))
    return Earlier(snapshots=snapshots, known_at=end) if snapshots else None


def _of_edition(session: Session, lake: Lake, edition: Edition) -> Earlier:
    sealed = {str(name): UUID(str(snapshot)) for name, snapshot in edition.snapshots.items()}
    snapshots = lake.pinned(session, list(sealed.values()))
    return Earlier(
        snapshots=snapshots,
        known_at=edition.created_at,
        edition_id=edition.id,
        gone=tuple(sorted(set(sealed) - set(snapshots))),
    )
