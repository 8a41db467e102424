"""From a tick to editions and messages: one edition for each language and scope among the recipients."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tallymark.jobs import Priority
from tallymark.lake import Lake
from tallymark.scorecards.job import request_edition
from tallymark.scorecards.scope import Scope
from tallymark_sdk.calendars import Period
from tallymark_tenants.ids import uuid7
from tallymark_tenants.models import Delivery, Recipient, Schedule, Scorecard
from tallymark_tenants.profile import TenantProfile

from .kept import keep
from .occasions import period_of
from .whom import Addressee, addressees

AT_ONCE = timedelta(0)


def recipients_of(session: Session, schedule_id: UUID) -> list[Recipient]:
    """A schedule's recipients, in the order they were added."""
    return list(
        session.scalars(
            select(Recipient)
            .where(Recipient.schedule_id == schedule_id)
            .order_by(Recipient.created_at, Recipient.id)
        )
    )


def plan(
    session: Session,
    profile: TenantProfile,
    lake: Lake,
    schedule: Schedule,
    *,
    occurrence: str,
    day: date,
    priority: Priority = Priority.SCHEDULED,
) -> list[UUID]:
    """Ask for the editions of one occurrence and write down its messages; the ids of those that are new.

    Planning the same occurrence again adds nothing. A schedule without recipients has its edition made, for everybody.
    """
    scorecard = session.get_one(Scorecard, (profile.id, schedule.scorecard_id))
    period = period_of(profile, scorecard.grain, schedule.covers, day)
    whom = [
        each for each in addressees(session, profile, recipients_of(session, schedule.id)) if not each.paused
    ]
    if not whom:
        request_edition(session, profile, scorecard, lake, day=period.start, priority=priority)
        return []
    runs = editions_for(session, profile, lake, scorecard, period, whom, priority=priority)
    return write_down(
        session, schedule, scorecard.grain, period, whom, runs, occurrence=occurrence, purpose="edition"
    )


def editions_for(
    session: Session,
    profile: TenantProfile,
    lake: Lake,
    scorecard: Scorecard,
    period: Period,
    whom: Iterable[Addressee],
    *,
    priority: Priority,
) -> dict[tuple[str, Scope], UUID]:
    """Ask for one edition for each language and scope; the runs that make them. The same question is the same run."""
    wanted = dict.fromkeys((each.locale, each.scope) for each in whom if not each.problem)
    return {
        (locale, scope): request_edition(
            session, profile, scorecard, lake, day=period.start, locale=locale, scope=scope, priority=priority
        )
        for locale, scope in wanted
    }


def write_down(
    session: Session,
    schedule: Schedule,
    grain: str,
    period: Period,
    whom: Iterable[Addressee],
    runs: dict[tuple[str, Scope], UUID],
    *,
    occurrence: str,
    purpose: str,
) -> list[UUID]:
    """A row for each message; those that are there already stay as they are."""
    rows = [
        {
            "id": uuid7(),
            "schedule_id": schedule.id,
            "recipient_id": each.recipient_id,
            "user_id": each.user_id,
            "purpose": purpose,
            "occurrence": occurrence,
            "kind": each.kind,
            "name": each.name,
            "address": each.address,
            "locale": each.locale,
            "scope": each.scope.stored(),
            "attach": each.attach,
            "grain": grain,
            "period_start": period.start,
            "period_end": period.end,
            "run_id": runs.get((each.locale, each.scope)),
            "state": "failed" if each.problem else "queued",
            "reason": keep(each.problem) if each.problem else None,
            "due_at": func.now(),
        }
        for each in whom
    ]
    if not rows:
        return []
    statement = insert(Delivery).values(rows).on_conflict_do_nothing().returning(Delivery.id)
    return list(session.scalars(statement))
