"""Telling owners and admins that a message was held back: one note each for an occurrence, and what it says."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from tallymark.i18n.catalogue import mark
from tallymark.settings import Settings
from tallymark_sdk.calendars import Period
from tallymark_sdk.said import Said
from tallymark_tenants.models import Delivery, Schedule
from tallymark_tenants.profile import TenantProfile

from .channels import Message
from .composing import note_message
from .gate import Verdict
from .links import return_path
from .planning import write_down
from .whom import managers


def write_notices(session: Session, profile: TenantProfile, held: Delivery) -> None:
    """Write a note to each owner and admin; of several messages held at once there is one note."""
    schedule = session.get_one(Schedule, (profile.id, held.schedule_id))
    period = Period(
        grain=held.grain, start=held.period_start, end=held.period_end, calendar=profile.calendar, label=""
    )
    write_down(
        session,
        schedule,
        held.grain,
        period,
        managers(session, profile),
        {},
        occurrence=held.occurrence,
        purpose="notice",
    )


def note_of(session: Session, settings: Settings, profile: TenantProfile, notice: Delivery) -> Message:
    """The note: which messages are held, why, and the page where somebody decides."""
    schedule = session.get_one(Schedule, (profile.id, notice.schedule_id))
    held = list(
        session.scalars(
            select(Delivery).where(
                Delivery.schedule_id == notice.schedule_id,
                Delivery.occurrence == notice.occurrence,
                Delivery.state == "held",
            )
        )
    )
    verdicts = [verdict for each in held if (verdict := Verdict.read(each.gate)) is not None]
    reasons = list({str(said): said for verdict in verdicts for said in verdict.held}.values())
    names = [each.name or each.address for each in held]
    heading = Said("Held back: %(schedule)s", schedule=schedule.name)
    lines = [
        Said("This scorecard was not sent to %(names)s.", names=names) if names
        else Said("What was held back has been decided meanwhile."),
        *reasons,
        Said("Send it anyway, or discard it, on the page of deliveries."),
    ]  # fmt: skip
    message = note_message(
        profile,
        key=str(notice.id),
        locale=notice.locale,
        heading=heading,
        lines=lines,
        link=f"{settings.address}/t/{profile.slug}/delivery/{schedule.id}",
        link_words=mark("Decide"),
        returns_to=return_path(settings.secret_key, settings.mail.bounces, notice.id),
    )
    notice.subject = message.subject
    return message
