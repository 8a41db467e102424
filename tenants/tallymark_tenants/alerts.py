"""Rules that watch KPIs and the alerts they gave: kept, changed, muted, removed and brought back, read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tallymark_tenants.accounts.audit import audit
from tallymark_tenants.accounts.clock import at
from tallymark_tenants.models import Alert, AlertRead, AlertRule

KIND = "alert_rule"


@dataclass(frozen=True, kw_only=True)
class RuleValue:
    """What a rule says; `recipients` are members' ids, `channels` those of delivery channels, as text."""

    name: str
    kind: str
    metric: str
    grain: str
    parameters: Mapping[str, Any]
    dimension: str = ""
    member: str = ""
    quiet_from: str | None = None
    quiet_until: str | None = None
    recipients: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    repeat_after_days: int | None = None


def list_rules(session: Session, *, active: bool = False) -> list[AlertRule]:
    """The tenant's rules by name, without removed ones; with `active` only those that are checked."""
    query = select(AlertRule).where(AlertRule.removed_at.is_(None)).order_by(AlertRule.name, AlertRule.id)
    return list(session.scalars(query.where(AlertRule.enabled) if active else query))


def find_rule(session: Session, rule_id: UUID, *, removed: bool = False) -> AlertRule | None:
    """The rule of that id; one that is removed only where it is asked for."""
    row = session.get(AlertRule, (session.info["tenant"], rule_id))
    return row if row is not None and (removed or row.removed_at is None) else None


def create_rule(session: Session, value: RuleValue) -> AlertRule:
    """Keep a new rule."""
    row = AlertRule(created_by=session.info.get("actor"), **_columns(value))
    session.add(row)
    session.flush()
    _record(session, "created", row)
    return row


def change_rule(session: Session, row: AlertRule, value: RuleValue) -> None:
    """Change a rule. Where it watches something else now, what it found before doesn't count as still so."""
    before = (row.kind, row.metric_key, row.dimension, row.member, row.grain, row.parameters)
    for name, given in _columns(value).items():
        setattr(row, name, given)
    row.changed_at = at(None)
    if before != (row.kind, row.metric_key, row.dimension, row.member, row.grain, row.parameters):
        row.result, row.checked_at = {}, None
        row.parameters = {**row.parameters, "since": row.changed_at.isoformat()}
    session.flush()
    _record(session, "changed", row)


def set_enabled(session: Session, row: AlertRule, *, enabled: bool) -> None:
    """Mute a rule, or let it speak again."""
    row.enabled, row.snoozed_until = enabled, None
    _record(session, "enabled" if enabled else "muted", row)


def snooze(session: Session, row: AlertRule, until: date) -> None:
    """Leave a rule alone until that day."""
    row.snoozed_until = until
    _record(session, "snoozed", row, until=until.isoformat())


def remove_rule(session: Session, row: AlertRule) -> None:
    """Remove a rule; its alerts stay."""
    row.removed_at = at(None)
    _record(session, "removed", row)


def restore_rule(session: Session, row: AlertRule) -> None:
    """Bring a removed rule back."""
    row.removed_at = None
    _record(session, "restored", row)


def alerts_of(session: Session, *, rule_id: UUID | None = None, most: int = 100) -> list[Alert]:
    """The newest alerts, those of one rule or of all."""
    query = select(Alert).order_by(Alert.created_at.desc(), Alert.id.desc()).limit(most)
    return list(session.scalars(query if rule_id is None else query.where(Alert.rule_id == rule_id)))


def read_by(session: Session, user_id: UUID, alerts: Iterable[UUID]) -> frozenset[UUID]:
    """Which of the alerts the member has read."""
    query = select(AlertRead.alert_id).where(
        AlertRead.user_id == user_id, AlertRead.alert_id.in_(tuple(alerts))
    )
    return frozenset(session.scalars(query))


def unread(session: Session, user_id: UUID) -> int:
    """How many alerts the member hasn't read."""
    seen = select(AlertRead.alert_id).where(AlertRead.user_id == user_id)
    return session.scalar(select(func.count()).select_from(Alert).where(Alert.id.not_in(seen))) or 0


def mark_read(session: Session, user_id: UUID, alert_id: UUID | None = None) -> None:
    """Mark an alert as read by the member, or all there are."""
    wanted = select(Alert.id) if alert_id is None else select(Alert.id).where(Alert.id == alert_id)
    rows = [{"alert_id": each, "user_id": user_id} for each in session.scalars(wanted)]
    if rows:
        session.execute(insert(AlertRead).values(rows).on_conflict_do_nothing())


def mark_unread(session: Session, user_id: UUID, alert_id: UUID) -> None:
    """Take the mark back."""
    session.execute(delete(AlertRead).where(AlertRead.user_id == user_id, AlertRead.alert_id == alert_id))


def find_alert(session: Session, alert_id: UUID) -> Alert | None:
    """The alert of that id."""
    return session.get(Alert, (session.info["tenant"], alert_id))


def add_alert(session: Session, alert: Mapping[str, Any]) -> UUID | None:
    """Record an alert; its id, or None where its rule has said it already."""
    statement = insert(Alert).values(**alert).on_conflict_do_nothing().returning(Alert.id)
    return session.scalar(statement)


def spoken(session: Session, rule_id: UUID) -> list[Alert]:
    """All that a rule has said, oldest first."""
    query = select(Alert).where(Alert.rule_id == rule_id).order_by(Alert.created_at, Alert.id)
    return list(session.scalars(query))


def undelivered(session: Session, now: datetime) -> Sequence[tuple[Alert, AlertRule]]:
    """Alerts that may leave by now and haven't, with their rules, oldest first."""
    query = (
        select(Alert, AlertRule)
        .join(AlertRule, AlertRule.id == Alert.rule_id)
        .where(Alert.delivered_at.is_(None), Alert.due_at <= now)
        .order_by(Alert.created_at, Alert.id)
    )
    return [(alert, rule) for alert, rule in session.execute(query)]


def note_check(session: Session, rule_id: UUID, result: Mapping[str, Any]) -> None:
    """Keep what a check found."""
    session.execute(
        update(AlertRule).where(AlertRule.id == rule_id).values(checked_at=at(None), result=dict(result))
    )


def _columns(value: RuleValue) -> dict[str, Any]:
    return {
        "name": value.name,
        "kind": value.kind,
        "metric_key": value.metric,
        "dimension": value.dimension,
        "member": value.member,
        "grain": value.grain,
        "parameters": dict(value.parameters),
        "quiet_from": value.quiet_from,
        "quiet_until": value.quiet_until,
        "recipients": list(value.recipients),
        "channels": list(value.channels),
        "repeat_after_days": value.repeat_after_days,
    }


def _record(session: Session, action: str, row: AlertRule, **more: Any) -> None:
    audit(
        session,
        f"{KIND}.{action}",
        object_kind=KIND,
        object_id=row.id,
        name=row.name,
        kind=row.kind,
        metric=row.metric_key,
        **more,
    )
