"""What leaves: the alerts that are due, as one message to each member or channel that its rules name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tallymark.alerts.words import Sentence, Speaker
from tallymark.calendars import calendar_of
from tallymark.delivery.channels import Channel, EmailChannel, Message, Outcome, send
from tallymark.delivery.stored import ChannelUnknown, channel_of
from tallymark.i18n import Formatter
from tallymark.plugins.registry import Registry
from tallymark.plugins.wording import Wording
from tallymark.settings import Settings
from tallymark_tenants.alerts import undelivered
from tallymark_tenants.models import Alert, AlertRule, DeliveryChannel, Membership, User
from tallymark_tenants.profile import TenantProfile

DONE = ("sent", "unsure", "refused")
"""What isn't tried again: it arrived, may have arrived, or never will."""


class Outgoing(Protocol):
    """Who takes a message to the outside."""

    def send(self, message: Message, channel: Channel) -> Outcome:
        """Try once; never raises for what the other side does."""
        ...


@dataclass(frozen=True)
class ByChannels:
    """The product's own channels."""

    settings: Settings

    def send(self, message: Message, channel: Channel) -> Outcome:
        """Try once."""
        return send(message, channel, self.settings)


@dataclass(frozen=True, kw_only=True)
class Target:
    """One member or channel; `key` names it in what is noted beside an alert."""

    key: str
    locale: str
    channel: Channel | None


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """What a run of sending did; `left` are messages to be tried again."""

    alerts: int
    messages: int
    left: int


def deliver(
    session: Session,
    settings: Settings,
    profile: TenantProfile,
    known: Registry,
    outgoing: Outgoing,
    *,
    now: datetime,
) -> Delivered:
    """Send what is due: everything that waited for the end of quiet hours is one message.

    What arrived at one target isn't sent there again when another one has to be tried again. Alerts of a rule that was
    muted, snoozed or removed meanwhile are only listed.
    """
    due = undelivered(session, now)
    spoken = [(alert, rule) for alert, rule in due if rule.enabled and rule.removed_at is None]
    targets = _targets(session, settings, profile, {key for _, rule in spoken for key in _keys(rule)})
    messages = left = 0
    for key, target in targets.items():
        waiting = [
            alert for alert, rule in spoken if key in _keys(rule) and alert.delivery.get(key) not in DONE
        ]
        if not waiting:
            continue
        state = "refused"
        if target.channel is not None:
            message = message_of(waiting, target, settings, profile, known)
            state = outgoing.send(message, target.channel).state
        messages += 1
        left += state not in DONE
        for alert in waiting:
            alert.delivery = {**alert.delivery, key: state}
    for alert, rule in due:
        wanted = _keys(rule) & set(targets) if (alert, rule) in spoken else set()
        if all(alert.delivery.get(key) in DONE for key in wanted):
            alert.delivered_at = now
    session.flush()
    return Delivered(alerts=len(due), messages=messages, left=left)


def message_of(
    alerts: Sequence[Alert], target: Target, settings: Settings, profile: TenantProfile, known: Registry
) -> Message:
    """What one target is told, in its language."""
    formatter = _formatter(profile, target.locale)
    speaker = Speaker(formatter, Wording(known, target.locale), calendar_of(profile))
    texts = formatter.texts
    lines = [said(alert, speaker) for alert in alerts]
    heading = texts.ngettext(
        "%(count)s alert of %(company)s",
        "%(count)s alerts of %(company)s",
        len(alerts),
        count=formatter.number(len(alerts)),
        company=formatter.name(profile.name),
    )
    page = f"{settings.address}/t/{profile.slug}"
    links = [f"{page}/alerts/{alert.id}" for alert in alerts]
    body = [f"{line}\n{link}" for line, link in zip(lines, links, strict=True)]
    return Message(
        key=f"alert-{alerts[0].id}-{len(alerts)}-{target.key.replace(':', '-')}",
        event="alert",
        locale=target.locale,
        subject=lines[0] if len(lines) == 1 else heading,
        text="\n\n".join([heading, *body]) + "\n",
        headline=heading,
        lines=tuple(lines),
        link=links[0] if len(links) == 1 else f"{page}/alerts/",
        link_words=texts.gettext("Open in Tallymark"),
        sender=profile.name,
        data={"alerts": [_as_data(alert, line) for alert, line in zip(alerts, lines, strict=True)]},
    )


def said(alert: Alert, speaker: Speaker) -> str:
    """An alert in words; a reminder says that it is one."""
    words = speaker.say(Sentence.read(alert.words))
    if alert.state != "repeated":
        return words
    return speaker.formatter.texts.gettext("Still so: %(alert)s", alert=words)


def _as_data(alert: Alert, words: str) -> dict[str, object]:
    return {
        "id": str(alert.id),
        "rule_id": str(alert.rule_id),
        "state": alert.state,
        "metric": alert.metric_key,
        "dimension": alert.dimension,
        "member": alert.member,
        "period_start": alert.period_start.isoformat(),
        "period_end": alert.period_end.isoformat(),
        **{name: _text(getattr(alert, name)) for name in ("value", "expected", "low", "high")},
        "text": words,
    }


def _text(value: Any) -> str | None:
    return None if value is None else f"{value:f}"


def _keys(rule: AlertRule) -> set[str]:
    return {*(f"member:{each}" for each in rule.recipients), *(f"channel:{each}" for each in rule.channels)}


def _targets(
    session: Session, settings: Settings, profile: TenantProfile, wanted: Iterable[str]
) -> Mapping[str, Target]:
    """Those who can still be reached: members who left and channels that were removed get nothing."""
    keys = set(wanted)
    users = session.scalars(
        select(User).join(Membership, Membership.user_id == User.id).where(User.disabled_at.is_(None))
    )
    found = {
        key: Target(
            key=key,
            locale=user.locale or profile.locale,
            channel=EmailChannel(address=user.email, name=user.name),
        )
        for user in users
        if (key := f"member:{user.id}") in keys
    }
    for row in session.scalars(select(DeliveryChannel).where(DeliveryChannel.removed_at.is_(None))):
        key = f"channel:{row.id}"
        if key in keys:
            channel = _opened(session, settings, row.id)
            found[key] = Target(key=key, locale=row.locale or profile.locale, channel=channel)
    return found


def _opened(session: Session, settings: Settings, channel_id: UUID) -> Channel | None:
    try:
        return channel_of(session, settings, channel_id)
    except ChannelUnknown:
        return None


def _formatter(profile: TenantProfile, locale: str) -> Formatter:
    return Formatter.of(
        locale, profile.currency, profile.calendar, profile.timezone, money_display=profile.money_display
    )
