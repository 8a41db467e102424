"""One attempt at one delivery: wait for its edition, ask the gate, compose, send, write down what came of it.

Exactly one message: `sending` is committed after the other side took the recipient and before the text leaves. Whoever
finds it later knows that an attempt broke off in between, and can't know on which side of the last byte. Webhooks carry a
key, so they are sent again; of e-mails and chats it is said that it is unsure, and a person decides.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tallymark.jobs.context import JobContext
from tallymark.jobs.tuning import MAX_ATTEMPTS
from tallymark.scorecards.codec import from_json
from tallymark.settings import Settings
from tallymark.vault import CannotOpen
from tallymark_sdk.said import Said, said_by
from tallymark_tenants.accounts.tokens import token_hash
from tallymark_tenants.models import Delivery, Edition, Recipient, Run, Schedule, Scorecard
from tallymark_tenants.profile import TenantProfile, load_profile

from .channels import Channel, EmailChannel, Message, Outcome, send
from .channels.mime import message_id
from .composing import About, scorecard_message
from .facts import facts_of
from .gate import Policy, Verdict, judge
from .kept import keep
from .links import VALID, Link, return_path, token_for
from .notices import note_of, write_notices
from .stored import ChannelUnknown, channel_of

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 8
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))
_ENDED = ("sent", "unsure", "held", "failed", "bounced", "discarded")


def deliver(job: JobContext) -> Mapping[str, Any]:
    """Try once. The result says in which state the delivery is left."""
    identity = UUID(job.params["delivery_id"])
    try:
        state = _deliver(job, identity)
    except Exception:
        if job.attempt >= MAX_ATTEMPTS:
            said = Said(
                "Something unexpected went wrong; whoever runs Tallymark finds it in the worker's log."
            )
            with job.database.tenant(job.tenant_id) as session:
                _settle(session, identity, "failed", said)
        raise
    return {"delivery_id": str(identity), "state": state}


def _deliver(job: JobContext, identity: UUID) -> str:
    with job.transaction() as session:
        delivery = session.get(Delivery, (job.tenant_id, identity))
        if delivery is None:
            return "gone"
        if delivery.state in _ENDED:
            return delivery.state
        if delivery.state == "sending" and delivery.kind != "webhook":
            said = Said("The sending was interrupted. It may have arrived or not; ask, or send it again.")
            _settle(session, identity, "unsure", said)
            return "unsure"
        profile = load_profile(session)
        ready = _prepare(session, job.settings, profile, delivery)
        if isinstance(ready, str):
            return ready
    message, channel = ready
    outcome = send(message, channel, job.settings, before=lambda: _mark(job, delivery))
    with job.database.tenant(job.tenant_id) as session:
        return _after(session, delivery, outcome)


def _prepare(
    session: Session, settings: Settings, profile: TenantProfile, delivery: Delivery
) -> tuple[Message, Channel] | str:
    """The message and its channel, or the state that the delivery is left in without sending."""
    if delivery.purpose == "notice":
        message = note_of(session, settings, profile, delivery)
        return message, EmailChannel(address=delivery.address, name=delivery.name)
    if unwanted := _unwanted(session, delivery):
        return _settle(session, delivery.id, "discarded", unwanted)
    edition = _edition(session, delivery)
    if isinstance(edition, Said):
        return _settle(session, delivery.id, "failed", edition)
    if edition is None:
        return "queued"
    schedule = session.get_one(Schedule, (profile.id, delivery.schedule_id))
    verdict = judged(session, profile, schedule, edition)
    delivery.edition_id, delivery.gate = edition.id, verdict.stored()
    if verdict.act == "hold" and delivery.released_by is None and delivery.purpose != "test":
        session.flush()
        _settle(session, delivery.id, "held", verdict.held[0])
        write_notices(session, profile, delivery)
        return "held"
    try:
        channel = channel_for(session, settings, delivery)
    except (ChannelUnknown, CannotOpen) as error:
        return _settle(session, delivery.id, "failed", said_by(error))
    return compose(settings, profile, delivery, edition, verdict), channel


def judged(session: Session, profile: TenantProfile, schedule: Schedule, edition: Edition) -> Verdict:
    """What the gate says of an edition now."""
    scorecard = session.get_one(Scorecard, (profile.id, edition.scorecard_id))
    document = from_json(edition.document)
    facts = facts_of(session, profile, scorecard, edition, document, datetime.now(UTC))
    return judge(facts, Policy.read(schedule.gate))


def compose(
    settings: Settings,
    profile: TenantProfile,
    delivery: Delivery,
    edition: Edition,
    verdict: Verdict,
) -> Message:
    """The delivery's message; a reader without an account gets a link of their own."""
    document = from_json(edition.document)
    if delivery.user_id is not None:
        link = f"{settings.address}/t/{profile.slug}/scorecards/editions/{edition.id}"
    else:
        token = token_for(settings.secret_key, Link(purpose="pdf", tenant_id=profile.id, id=delivery.id))
        link = f"{settings.address}/d/{token}"
        delivery.link_hash = token_hash(token)
        delivery.link_expires_at = datetime.now(UTC) + VALID
    stop = ""
    if delivery.kind == "email" and delivery.recipient_id is not None and delivery.purpose == "edition":
        way_out = Link(purpose="stop", tenant_id=profile.id, id=delivery.recipient_id)
        stop = f"{settings.address}/d/stop/{token_for(settings.secret_key, way_out)}"
    attached = delivery.kind == "email" and delivery.attach != "link"
    message = scorecard_message(
        document,
        About(
            key=str(delivery.id),
            event="test" if delivery.purpose == "test" else "scorecard",
            profile=profile,
            edition_id=edition.id,
            link=link,
            banner=verdict.banner,
            pdf=pdf_of(settings, edition) if attached else None,
            with_xlsx=delivery.attach == "pdf_xlsx",
            most_bytes=settings.mail.most_bytes,
            unsubscribe=stop,
            returns_to=return_path(settings.secret_key, settings.mail.bounces, delivery.id),
            data={
                "company": profile.name,
                "scorecard": document.cover.title,
                "edition": str(edition.id),
                "period": {
                    "start": document.period_start,
                    "end": document.period_end,
                    "name": document.cover.period,
                },
                "scope": delivery.scope,
                "sha256": edition.sha256,
            },
        ),
    )
    delivery.subject = message.subject
    if delivery.kind == "email":
        delivery.message_id = message_id(message.key, settings.mail.sender_or_default)
    return message


def channel_for(session: Session, settings: Settings, delivery: Delivery) -> Channel:
    """Where a delivery goes; raises ChannelUnknown and CannotOpen."""
    if delivery.kind == "email":
        return EmailChannel(address=delivery.address, name=delivery.name)
    recipient = (
        session.get(Recipient, (delivery.tenant_id, delivery.recipient_id)) if delivery.recipient_id else None
    )
    if recipient is None or recipient.channel_id is None:
        raise ChannelUnknown("This channel was removed.")
    return channel_of(session, settings, recipient.channel_id)


def pdf_of(settings: Settings, edition: Edition) -> Any:
    """The path of an edition's sealed PDF; None where it is gone."""
    if edition.pdf_path is None:
        return None
    root = settings.editions_dir.resolve()
    path = (root / edition.pdf_path).resolve()
    return path if path.is_relative_to(root) and path.is_file() else None


def _unwanted(session: Session, delivery: Delivery) -> Said:
    """Why a message that was written down isn't wanted any more; "" where it is."""
    if delivery.purpose != "edition":
        return Said()
    found = (
        session.get(Recipient, (delivery.tenant_id, delivery.recipient_id)) if delivery.recipient_id else None
    )
    if found is None:
        return Said("The recipient was removed before it was sent.")
    return Said("The recipient is paused; resume it first.") if found.paused_at else Said()


def _edition(session: Session, delivery: Delivery) -> Edition | Said | None:
    """The edition; a sentence where it can't be made; None while it is being made."""
    if delivery.edition_id is not None:
        return session.get_one(Edition, (delivery.tenant_id, delivery.edition_id))
    if delivery.run_id is None:
        return Said("The scorecard is not there any more.")
    found = session.scalar(select(Edition).where(Edition.run_id == delivery.run_id))
    if found is not None:
        return found
    run = session.get(Run, (delivery.tenant_id, delivery.run_id))
    if run is None or run.status in ("failed", "cancelled", "done"):
        return Said("The scorecard could not be made: %(why)s", why=(run.error if run else None) or "–")
    delivery.due_at = datetime.now(UTC)  # the end of that run makes it due
    return None


def _mark(job: JobContext, delivery: Delivery) -> None:
    """Write down that the message may be out from now on; only while the run is still ours."""
    with job.transaction() as session:
        session.execute(
            update(Delivery)
            .where(Delivery.id == delivery.id, Delivery.state.in_(("queued", "sending")))
            .values(state="sending", attempts=delivery.attempts + 1)
        )


def _after(session: Session, delivery: Delivery, outcome: Outcome) -> str:
    """Write down what came of an attempt."""
    attempts = delivery.attempts + 1
    found: dict[str, Any] = {"attempts": attempts, "response": outcome.response}
    if outcome.state == "sent":
        return _settle(session, delivery.id, "sent", None, sent_at=datetime.now(UTC), **found)
    if outcome.state == "unsure":
        said = Said("%(why)s It may have arrived or not; ask, or send it again.", why=outcome.said)
        return _settle(session, delivery.id, "unsure", said, **found)
    if outcome.state == "later" and attempts < MOST_ATTEMPTS:
        wait = max(WAITS[min(attempts, len(WAITS)) - 1], outcome.wait or timedelta())
        return _settle(session, delivery.id, "queued", outcome.said, due_at=datetime.now(UTC) + wait, **found)
    if outcome.address_is_bad and delivery.recipient_id is not None:
        pause(session, delivery.recipient_id, outcome.said)
    said = outcome.said
    if outcome.state == "later":
        said = Said("%(why)s Tried %(times)s times.", why=outcome.said, times=attempts)
    return _settle(session, delivery.id, "failed", said, **found)


def pause(session: Session, recipient_id: UUID, why: Said) -> None:
    """Send no more to a recipient until somebody resumes it."""
    session.execute(
        update(Recipient)
        .where(Recipient.id == recipient_id, Recipient.paused_at.is_(None))
        .values(paused_at=datetime.now(UTC), paused_reason=keep(why))
    )


def _settle(session: Session, identity: UUID, state: str, said: Said | None, **found: Any) -> str:
    """Leave a delivery in a state. An ending that somebody else wrote meanwhile (a bounce, a discard) stays."""
    session.execute(
        update(Delivery)
        .where(Delivery.id == identity, Delivery.state.in_(("queued", "sending", "unsure")))
        .values(state=state, reason=None if said is None else keep(said), **found)
    )
    if state not in ("sent", "queued"):
        log.warning("Delivery %s is %s.", identity, state)
    return state
