"""Checking a company's rules: after data has landed and once a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from tallymark.alerts.grounds import Grounds
from tallymark.alerts.judging import Verdict
from tallymark.alerts.looking import look
from tallymark.alerts.quiet import may_leave
from tallymark.alerts.recording import New, Spoken, news
from tallymark.alerts.rules import Rule
from tallymark.calendars.tenant import day_of
from tallymark.engine.ask import comparison_with
from tallymark.lake import Lake
from tallymark.targets.loading import load_targets
from tallymark.targets.running import decimal_of
from tallymark_sdk.calendars import Calendar
from tallymark_tenants.alerts import add_alert, list_rules, note_check, spoken
from tallymark_tenants.models import AlertRule, Kpi, KpiSet
from tallymark_tenants.profile import TenantProfile


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What checking a rule came to; `verdicts` are empty where it was left alone."""

    rule_id: UUID
    name: str
    verdicts: Sequence[Verdict] = ()
    recorded: Sequence[New] = ()
    skipped: str = ""


@dataclass(frozen=True, kw_only=True)
class Check:
    """All rules of a company, and when what was found may leave: at once, and at the ends of quiet hours."""

    rules: Sequence[Checked] = field(default_factory=tuple)
    due: Sequence[datetime] = ()

    @property
    def recorded(self) -> int:
        """How many alerts are new."""
        return sum(len(each.recorded) for each in self.rules)


def load_grounds(session: Session, lake: Lake, profile: TenantProfile) -> Grounds:
    """The company as its rules see it now, read in its session."""
    targets = load_targets(session, lake, profile)
    snapshots = list(lake.pinned(session).values())
    comparison = comparison_with(profile, targets.data, snapshots)
    as_of = comparison.as_of or day_of(profile, datetime.now(UTC))
    return Grounds(
        targets=targets, comparison=comparison, as_of=as_of, thresholds=default_thresholds(session)
    ).on(as_of)


def default_thresholds(session: Session) -> dict[str, dict[str, Any]]:
    """Metric → what the default KPI set keeps as its thresholds."""
    query = (
        select(Kpi.metric_key, Kpi.thresholds)
        .join(KpiSet, KpiSet.id == Kpi.kpi_set_id)
        .where(KpiSet.is_default)
    )
    return {key: dict(raw) for key, raw in session.execute(query) if raw}


def check_rules(
    session: Session, grounds: Grounds, *, now: datetime, only: UUID | None = None, record: bool = True
) -> Check:
    """Look with every rule that is on, and record what is new; one that fails says so and stops no other.

    Args:
        record: whether to write; without it this tells what would be recorded.
    """
    zone = ZoneInfo(grounds.targets.profile.timezone)
    checked: list[Checked] = []
    due: set[datetime] = set()
    for row in list_rules(session, active=True):
        if only is not None and row.id != only:
            continue
        found = _check(session, row, grounds, now.astimezone(zone), record=record)
        checked.append(found)
        if found.recorded:
            due.add(may_leave(now, row.quiet_from, row.quiet_until, zone))
    return Check(rules=tuple(checked), due=tuple(sorted(due)))


def _check(session: Session, row: AlertRule, grounds: Grounds, now: datetime, *, record: bool) -> Checked:
    if row.snoozed_until is not None and now.date() < row.snoozed_until:
        return Checked(rule_id=row.id, name=row.name, skipped="snoozed")
    if row.metric_key not in grounds.targets.registry.metrics:
        if record:
            note_check(session, row.id, {"problem": "metric"})
        return Checked(rule_id=row.id, name=row.name, skipped="metric")
    rule = Rule.of(row)
    verdicts = look(rule, grounds)
    said = [
        Spoken.of(alert, grounds.comparison.calendar.period(alert.grain, alert.period_start))
        for alert in spoken(session, row.id)
        if alert.grain == rule.grain and (rule.since is None or alert.created_at >= rule.since)
    ]
    fresh = news(verdicts, said, now, row.repeat_after_days)
    if not record:
        return Checked(rule_id=row.id, name=row.name, verdicts=verdicts, recorded=tuple(fresh))
    due_at = may_leave(now, row.quiet_from, row.quiet_until, ZoneInfo(grounds.targets.profile.timezone))
    kept = [each for each in fresh if add_alert(session, _row(row, each, due_at, now)) is not None]
    note_check(session, row.id, _summary(verdicts, grounds.comparison.calendar))
    return Checked(rule_id=row.id, name=row.name, verdicts=verdicts, recorded=tuple(kept))


def _row(row: AlertRule, new: New, due_at: datetime, now: datetime) -> dict[str, Any]:
    verdict = new.verdict
    version = "" if (since := row.parameters.get("since")) is None else f":{since}"
    return {
        "rule_id": row.id,
        "key": f"{new.key}{version}",
        "state": new.state,
        "metric_key": row.metric_key,
        "dimension": row.dimension,
        "member": verdict.member,
        "grain": verdict.period.grain,
        "period_start": verdict.period.start,
        "period_end": verdict.period.end,
        "value": _decimal(verdict.value),
        "expected": _decimal(verdict.expected),
        "low": _decimal(verdict.low),
        "high": _decimal(verdict.high),
        "words": verdict.words.stored(),
        "due_at": due_at,
        "created_at": now,
    }


def _summary(verdicts: Sequence[Verdict], calendar: Calendar) -> dict[str, Any]:
    """What the page shows beside a rule: how many are so, and the first reason of those nobody can judge."""
    unknown = [each for each in verdicts if each.state == "unknown"]
    return {
        "so": sum(each.state == "so" for each in verdicts),
        "not_so": sum(each.state == "not so" for each in verdicts),
        "unknown": len(unknown),
        "why": unknown[0].words.stored() if unknown else None,
        "period": calendar.key(verdicts[0].period) if verdicts else None,
    }


def _decimal(value: Fraction | None) -> Decimal | None:
    return None if value is None else decimal_of(value)
