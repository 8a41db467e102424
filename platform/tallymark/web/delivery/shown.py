"""What the pages of delivery show: schedules with their next time in words, recipients, messages and their states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tallymark.calendars import calendar_of
from tallymark.delivery.gate import CHECK_WORDS, Verdict
from tallymark.delivery.kept import told
from tallymark.delivery.planning import recipients_of
from tallymark.delivery.whom import Addressee, addressees
from tallymark.engine.ask import tenant_data
from tallymark.engine.labels import labels
from tallymark.jobs.schedules.rule import RuleError, read
from tallymark.lake import Lake
from tallymark.web.delivery.forms import every_names, weekday_names, which_names
from tallymark.web.localisation import formatter, say
from tallymark.web.localisation import gettext as _
from tallymark_sdk.calendars import WEEKDAYS
from tallymark_sdk.said import Said
from tallymark_tenants.models import Delivery, Recipient, Schedule
from tallymark_tenants.profile import TenantProfile

MOST_MESSAGES = 100
SCOPES = ("rep", "team")


@dataclass(frozen=True, kw_only=True)
class ScheduleLine:
    """A schedule in a list. `chip` and `state` say how it stands."""

    schedule: Schedule
    scorecard: str
    rule: str
    next_at: datetime | None
    chip: str
    state: str
    recipients: int
    counts: Mapping[str, int]

    @property
    def trouble(self) -> list[tuple[str, str]]:
        """What went wrong with its messages: the look of a chip, and how many in words."""
        words = {
            "held": ("warn", _("%(count)s held back")),
            "unsure": ("warn", _("%(count)s unsure")),
            "failed": ("bad", _("%(count)s failed")),
            "bounced": ("bad", _("%(count)s came back")),
        }
        return [
            (chip, text % {"count": formatter().number(self.counts[state])})
            for state, (chip, text) in words.items()
            if self.counts.get(state)
        ]


@dataclass(frozen=True, kw_only=True)
class RecipientLine:
    """A recipient with what holds for it today."""

    recipient: Recipient
    addressee: Addressee
    scope: str
    paused: str


@dataclass(frozen=True, kw_only=True)
class MessageLine:
    """A message of the history."""

    delivery: Delivery
    chip: str
    state: str
    period: str
    scope: str
    reason: str
    findings: tuple[tuple[str, str, str], ...]

    @property
    def may(self) -> tuple[str, ...]:
        """What can be done about it."""
        state = self.delivery.state
        if state == "held":
            return ("release", "discard")
        if state in ("failed", "unsure", "bounced", "discarded"):
            return ("retry",)
        return ("discard",) if state == "queued" else ()


def rule_words(text: str) -> str:
    """A rule in words; what can't be read is said as it is."""
    try:
        rule = read(text)
    except RuleError as error:
        return say(error)
    clock = formatter().digits(f"{rule.at:%H:%M}")
    every = every_names()[rule.every]
    if rule.every == "week":
        day = weekday_names()[WEEKDAYS[rule.day]]
    elif rule.every in ("day", "working-day"):
        return _("%(every)s at %(time)s", every=every, time=clock)
    else:
        kind = "working" if rule.working else "day"
        day = which_names().get(f"{kind}:{rule.day}") or (
            _("working day %(number)s", number=formatter().number(rule.day))
            if rule.working
            else _("day %(number)s", number=formatter().number(rule.day))
        )
    return _("%(every)s, %(day)s, at %(time)s", every=every, day=day, time=clock)


def schedule_lines(
    session: Session, listed: Iterable[Schedule], cards: Mapping[UUID, str]
) -> list[ScheduleLine]:
    """The schedules as a list shows them."""
    counted = {
        row[0]: row[1]
        for row in session.execute(
            select(Recipient.schedule_id, func.count()).group_by(Recipient.schedule_id)
        ).all()
    }
    states: dict[UUID, dict[str, int]] = {}
    open_states = ("held", "failed", "unsure", "bounced")
    query = (
        select(Delivery.schedule_id, Delivery.state, func.count())
        .where(Delivery.state.in_(open_states), Delivery.purpose == "edition")
        .group_by(Delivery.schedule_id, Delivery.state)
    )
    for schedule_id, state, count in session.execute(query).all():
        states.setdefault(schedule_id, {})[state] = count
    return [line_of(each, cards, counted.get(each.id, 0), states.get(each.id, {})) for each in listed]


def line_of(
    schedule: Schedule, cards: Mapping[UUID, str], recipients: int, counts: Mapping[str, int]
) -> ScheduleLine:
    """One schedule."""
    if schedule.enabled:
        chip, state = "good", _("Sending")
    elif schedule.started_at is None:
        chip, state = "live", _("Draft")
    else:
        chip, state = "warn", _("Paused")
    return ScheduleLine(
        schedule=schedule,
        scorecard=cards.get(schedule.scorecard_id, ""),
        rule=rule_words(schedule.rule),
        next_at=schedule.next_at if schedule.enabled else None,
        chip=chip,
        state=state,
        recipients=recipients,
        counts=counts,
    )


def recipient_lines(
    session: Session, profile: TenantProfile, schedule: Schedule, names: Mapping[str, str]
) -> list[RecipientLine]:
    """The recipients of a schedule."""
    listed = recipients_of(session, schedule.id)
    return [
        RecipientLine(
            recipient=recipient,
            addressee=addressee,
            scope=scope_words(recipient.scope, names),
            paused=say(told(recipient.paused_reason) or Said("It was paused here."))
            if recipient.paused_at
            else "",
        )
        for recipient, addressee in zip(listed, addressees(session, profile, listed), strict=True)
    ]


def scope_words(scope: Mapping[str, str], names: Mapping[str, str]) -> str:
    """Whose rows, in words."""
    if not scope:
        return _("everybody's")
    key = f"{scope['dimension']}:{scope['member']}"
    return formatter().name(names.get(key, scope["member"]))


def scope_names(session: Session, lake: Lake, profile: TenantProfile) -> dict[str, str]:
    """Every rep and team that rows can be narrowed to, as `dimension:member`, with its name."""
    pinned = lake.pinned(session)
    data = tenant_data(lake, profile, [pinned[name] for name in ("reps", "teams") if name in pinned])
    found = labels(data, SCOPES) if pinned else {}
    return {
        f"{dimension}:{member}": name
        for dimension in SCOPES
        for member, name in sorted(found.get(dimension, {}).items(), key=lambda item: item[1])
    }


def message_lines(
    profile: TenantProfile, found: Iterable[Delivery], names: Mapping[str, str]
) -> list[MessageLine]:
    """Messages with their states and reasons in words."""
    states = state_names()
    cut = calendar_of(profile)
    lines = []
    for each in found:
        verdict = Verdict.read(each.gate)
        bad = tuple(finding for finding in finding_words(verdict) if finding[1] == "bad")
        chip, state = states[each.state]
        lines.append(
            MessageLine(
                delivery=each,
                chip=chip,
                state=state,
                period=formatter().period(cut.period(each.grain, each.period_start)),
                scope=scope_words(each.scope, names),
                reason=say(told(each.reason)) if each.reason else "",
                findings=bad,
            )
        )
    return lines


def finding_words(verdict: Verdict | None) -> tuple[tuple[str, str, str], ...]:
    """What the gate found: check, weight and sentence."""
    found = verdict.findings if verdict else ()
    return tuple((_(CHECK_WORDS[each.check]), each.weight, say(each.said)) for each in found)


def history_of(session: Session, schedule_id: UUID) -> list[Delivery]:
    """The newest messages of a schedule."""
    query = (
        select(Delivery)
        .where(Delivery.schedule_id == schedule_id)
        .order_by(Delivery.created_at.desc(), Delivery.id.desc())
        .limit(MOST_MESSAGES)
    )
    return list(session.scalars(query))


def state_names() -> dict[str, tuple[str, str]]:
    """States of messages: the look of their chip, and a word."""
    return {
        "queued": ("live", _("Waiting")),
        "sending": ("live", _("Leaving")),
        "sent": ("good", _("Sent")),
        "unsure": ("warn", _("Unsure")),
        "held": ("warn", _("Held back")),
        "failed": ("bad", _("Failed")),
        "bounced": ("bad", _("Came back")),
        "discarded": ("live", _("Discarded")),
    }
