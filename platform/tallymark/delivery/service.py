"""What people do with schedules, recipients and messages; every refusal is one sentence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tallymark.jobs import Priority
from tallymark.jobs.request import wake_dispatcher
from tallymark.jobs.schedules.rule import parse
from tallymark.lake import Lake
from tallymark.scorecards.scope import Scope
from tallymark_sdk.calendars import Period
from tallymark_sdk.said import Said
from tallymark_tenants.accounts import audit
from tallymark_tenants.models import Delivery, DeliveryChannel, Membership, Recipient, Schedule, Scorecard
from tallymark_tenants.profile import TenantProfile

from .channels.mime import checked_address
from .occasions import days_of, period_of, upcoming
from .planning import editions_for, plan, recipients_of, write_down
from .whom import Addressee, addressees

MOST_RECIPIENTS = 500
RETRIED = ("failed", "unsure", "bounced", "queued", "discarded")


class DeliveryRefused(ValueError):
    """What was asked for can't be done; its sentence says what to do instead."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A schedule as somebody wants it. `rule` is as `jobs.schedules.rule` describes; `gate` a policy as it is stored."""

    name: str
    scorecard_id: UUID
    rule: Mapping[str, Any]
    covers: str
    gate: Mapping[str, Any]


def find(session: Session, schedule_id: UUID, *, removed: bool = False) -> Schedule | None:
    """A schedule; removed ones only where they are asked for."""
    query = select(Schedule).where(Schedule.id == schedule_id)
    return session.scalar(query if removed else query.where(Schedule.removed_at.is_(None)))


def schedules(session: Session) -> list[Schedule]:
    """The schedules by name, without the removed ones."""
    query = select(Schedule).where(Schedule.removed_at.is_(None)).order_by(Schedule.name, Schedule.id)
    return list(session.scalars(query))


def keep(
    session: Session,
    lake: Lake,
    profile: TenantProfile,
    wanted: Wanted,
    *,
    old: Schedule | None,
    by: UUID | None,
) -> Schedule:
    """Make a schedule (a draft) or change one; raises RuleError and DeliveryRefused.

    One that is sending goes on by the new rule.
    """
    parse(wanted.rule)
    if session.scalar(select(Scorecard.id).where(Scorecard.id == wanted.scorecard_id)) is None:
        raise DeliveryRefused(Said("This scorecard doesn't exist any more; choose another."))
    schedule = old or Schedule(enabled=False, created_by=by)
    schedule.name, schedule.scorecard_id, schedule.covers = wanted.name, wanted.scorecard_id, wanted.covers
    schedule.rule, schedule.gate = json.dumps(dict(wanted.rule)), dict(wanted.gate)
    schedule.days = days_of(session, lake, profile)
    _look_again(schedule)
    session.add(schedule)
    session.flush()
    if schedule.enabled:
        (schedule.next_at,) = upcoming(profile, schedule.rule, schedule.days, datetime.now(UTC))
    _audit(session, "schedule changed" if old else "schedule made", schedule)
    return schedule


def add_recipient(
    session: Session,
    schedule: Schedule,
    *,
    kind: str,
    whom: str,
    name: str = "",
    locale: str | None = None,
    scope: Scope,
    attach: str = "pdf",
) -> Recipient:
    """Add a recipient: `whom` is an address, or the id of a member or channel. Raises WrongAddress, DeliveryRefused."""
    there = recipients_of(session, schedule.id)
    if len(there) >= MOST_RECIPIENTS:
        raise DeliveryRefused(
            Said("A schedule has at most %(most)s recipients; make another.", most=MOST_RECIPIENTS)
        )
    made = Recipient(
        schedule_id=schedule.id, kind=kind, name=name, locale=locale, scope=scope.stored(), attach=attach
    )
    if kind == "email":
        made.address = checked_address(whom)
    elif kind == "member":
        made.user_id = _existing(session, select(Membership.user_id).where(Membership.user_id == _id(whom)))
    else:
        made.channel_id = _existing(
            session,
            select(DeliveryChannel.id).where(
                DeliveryChannel.id == _id(whom), DeliveryChannel.removed_at.is_(None)
            ),
        )
    same = (made.address, made.user_id, made.channel_id, made.scope)
    if any((each.address, each.user_id, each.channel_id, each.scope) == same for each in there):
        raise DeliveryRefused(Said("This recipient gets these rows already; change or remove that one."))
    session.add(made)
    _look_again(schedule)
    session.flush()
    _audit(session, "recipient added", schedule, recipient=str(made.id), kind=kind)
    return made


def remove_recipient(session: Session, recipient: Recipient) -> None:
    """Take a recipient away; what was sent stays in the history."""
    schedule = session.get_one(Schedule, (recipient.tenant_id, recipient.schedule_id))
    _audit(session, "recipient removed", schedule, recipient=str(recipient.id))
    session.delete(recipient)


def resume_recipient(session: Session, recipient: Recipient) -> None:
    """Send to a paused recipient again, from the next time on."""
    recipient.paused_at = recipient.paused_reason = None
    session.flush()


def preview(
    session: Session, lake: Lake, profile: TenantProfile, schedule: Schedule, now: datetime
) -> Period:
    """Have the editions made that would be sent now, and note that somebody looked; the period they are of."""
    scorecard = session.get_one(Scorecard, (profile.id, schedule.scorecard_id))
    period = period_of(profile, scorecard.grain, schedule.covers, _day(profile, now))
    whom = addressees(session, profile, recipients_of(session, schedule.id))
    editions_for(session, profile, lake, scorecard, period, whom, priority=Priority.ASKED)
    schedule.previewed_at = now
    session.flush()
    return period


def start(session: Session, lake: Lake, profile: TenantProfile, schedule: Schedule, now: datetime) -> None:
    """Send from the next time on; raises DeliveryRefused for one that nobody has looked at, or without recipients."""
    if not recipients_of(session, schedule.id):
        raise DeliveryRefused(Said("Nobody would get anything: add a recipient first."))
    if schedule.previewed_at is None:
        raise DeliveryRefused(Said("Open the preview first, so that nobody gets what you haven't seen."))
    schedule.days = days_of(session, lake, profile)
    (schedule.next_at,) = upcoming(profile, schedule.rule, schedule.days, now)
    schedule.enabled, schedule.started_at = True, schedule.started_at or now
    _audit(session, "schedule started", schedule)


def pause(session: Session, schedule: Schedule) -> None:
    """Send no more until it is started again."""
    schedule.enabled, schedule.next_at = False, None
    _audit(session, "schedule paused", schedule)


def remove(session: Session, schedule: Schedule, now: datetime) -> None:
    """Remove a schedule; it can be brought back, paused."""
    schedule.enabled, schedule.next_at, schedule.removed_at = False, None, now
    session.execute(
        update(Delivery)
        .where(Delivery.schedule_id == schedule.id, Delivery.state.in_(("queued", "held")))
        .values(state="discarded")
    )
    _audit(session, "schedule removed", schedule)


def restore(session: Session, schedule: Schedule) -> None:
    """Bring a removed schedule back; it waits to be started."""
    schedule.removed_at = None
    _audit(session, "schedule restored", schedule)


def run_now(
    session: Session, lake: Lake, profile: TenantProfile, schedule: Schedule, now: datetime
) -> list[UUID]:
    """Send once now, beside the schedule's own times; the new messages. Raises DeliveryRefused."""
    if schedule.previewed_at is None:
        raise DeliveryRefused(Said("Open the preview first, so that nobody gets what you haven't seen."))
    if not recipients_of(session, schedule.id):
        raise DeliveryRefused(Said("Nobody would get anything: add a recipient first."))
    # Two presses within a minute are one.
    occurrence = f"asked {now.astimezone(UTC):%Y-%m-%dT%H:%M}"
    written = plan(
        session,
        profile,
        lake,
        schedule,
        occurrence=occurrence,
        day=_day(profile, now),
        priority=Priority.ASKED,
    )
    _audit(session, "schedule sent by hand", schedule)
    wake_dispatcher(session)
    return written


def send_test(
    session: Session,
    lake: Lake,
    profile: TenantProfile,
    recipient: Recipient,
    *,
    to: Addressee,
    now: datetime,
) -> list[UUID]:
    """Send to `to` what a recipient would get now."""
    schedule = session.get_one(Schedule, (profile.id, recipient.schedule_id))
    scorecard = session.get_one(Scorecard, (profile.id, schedule.scorecard_id))
    period = period_of(profile, scorecard.grain, schedule.covers, _day(profile, now))
    (meant,) = addressees(session, profile, [recipient])
    test = replace(to, locale=meant.locale, scope=meant.scope, attach=recipient.attach)
    runs = editions_for(session, profile, lake, scorecard, period, [test], priority=Priority.ASKED)
    occurrence = f"test {recipient.id} {now.astimezone(UTC):%Y-%m-%dT%H:%M}"
    written = write_down(
        session, schedule, scorecard.grain, period, [test], runs, occurrence=occurrence, purpose="test"
    )
    wake_dispatcher(session)
    return written


def retry(session: Session, delivery: Delivery) -> None:
    """Try a message again that failed, bounced or is unsure; raises DeliveryRefused for any other."""
    if delivery.state not in RETRIED:
        raise DeliveryRefused(Said("Only a message that failed can be sent again."))
    delivery.state, delivery.attempts, delivery.due_at = "queued", 0, datetime.now(UTC) - timedelta(seconds=1)
    delivery.reason = None
    session.flush()
    audit(session, "delivery retried", object_kind="delivery", object_id=delivery.id)
    wake_dispatcher(session)


def release(session: Session, delivery: Delivery, by: UUID) -> None:
    """Send a held message anyway; its reasons stand in a banner. Raises DeliveryRefused."""
    if delivery.state != "held":
        raise DeliveryRefused(Said("This message is not held back any more."))
    delivery.state, delivery.released_by = "queued", by
    delivery.due_at = datetime.now(UTC) - timedelta(seconds=1)
    session.flush()
    audit(session, "delivery released", object_kind="delivery", object_id=delivery.id)
    wake_dispatcher(session)


def discard(session: Session, delivery: Delivery) -> None:
    """Never send a held or waiting message. Raises DeliveryRefused."""
    if delivery.state not in ("held", "queued", "failed", "unsure"):
        raise DeliveryRefused(Said("This message was sent already."))
    delivery.state = "discarded"
    audit(session, "delivery discarded", object_kind="delivery", object_id=delivery.id)


def withdraw_link(session: Session, delivery: Delivery, now: datetime) -> None:
    """Close the link that a message carried."""
    delivery.link_revoked_at = now
    audit(session, "delivery link withdrawn", object_kind="delivery", object_id=delivery.id)


def _look_again(schedule: Schedule) -> None:
    """A draft that changed has to be looked at again; what is sending goes on."""
    if schedule.started_at is None:
        schedule.previewed_at = None


def _day(profile: TenantProfile, now: datetime) -> date:
    return now.astimezone(ZoneInfo(profile.timezone)).date()


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise DeliveryRefused(Said("Choose one of the list.")) from None


def _existing(session: Session, query: Any) -> UUID:
    found: UUID | None = session.scalar(query)
    if found is None:
        raise DeliveryRefused(Said("Choose one of the list."))
    return found


def _audit(session: Session, action: str, schedule: Schedule, **detail: Any) -> None:
    audit(session, action, object_kind="schedule", object_id=schedule.id, name=schedule.name, **detail)
