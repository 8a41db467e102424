"""Turn due schedules into requests for scorecards."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import DateTime, Integer, Text, Uuid, text
from sqlalchemy.orm import Session

from tallymark.jobs.request import request
from tallymark_sdk.calendars import Calendar, calendar
from tallymark_tenants.db import Database

from .rule import Rule, RuleError, next_tick, read

logger = logging.getLogger(__name__)

KIND = "scorecard"
"""The kind of run a schedule asks for."""

_DUE = text("""
    select tenant_id, id from schedules where enabled and (next_at is null or next_at <= now())
    order by next_at nulls first limit 200
""")
_LOCKED = text("""
    select s.scorecard_id, s.rule, s.next_at, now() as now, t.timezone, t.calendar, t.fiscal_start
    from schedules s join tenants t on t.id = s.tenant_id
    where s.tenant_id = :tenant and s.id = :id and s.enabled and (s.next_at is null or s.next_at <= now())
    for update of s skip locked
""").columns(
    scorecard_id=Uuid,
    rule=Text,
    next_at=DateTime(timezone=True),
    now=DateTime(timezone=True),
    timezone=Text,
    calendar=Text,
    fiscal_start=Integer,
)
_MOVE_ON = text("""
    update schedules set last_at = :last, next_at = :next where tenant_id = :tenant and id = :id
""")
_SWITCH_OFF = text("update schedules set enabled = false where tenant_id = :tenant and id = :id")


@dataclass(frozen=True, kw_only=True)
class Ticks:
    """The tick to honour now (the latest one missed) and the one to wait for."""

    latest: datetime
    upcoming: datetime


def tick_due(database: Database, session: Session) -> int:
    """Request one run for every schedule that is due; returns how many were requested.

    `session` is the dispatcher's, which may only see that a schedule is due; the request itself
    is made in a transaction of the tenant, together with moving the schedule on.
    """
    return sum(_tick(database, row.tenant_id, row.id) for row in session.execute(_DUE).all())


def catch_up(rule: Rule, first: datetime, now: datetime, zone: ZoneInfo, calendar_: Calendar) -> Ticks:
    """However many ticks were missed from `first` to `now`, only the latest is caught up on."""
    latest = upcoming = first
    while upcoming <= now:
        latest, upcoming = upcoming, next_tick(rule, upcoming, zone, calendar_)
    return Ticks(latest=latest.astimezone(UTC), upcoming=upcoming)


def _tick(database: Database, tenant_id: UUID, schedule_id: UUID) -> bool:
    names = {"tenant": tenant_id, "id": schedule_id}
    with database.tenant(tenant_id) as session:
        row = session.execute(_LOCKED, names).one_or_none()
        if row is None:
            return False
        zone, calendar_ = ZoneInfo(row.timezone), calendar(row.calendar, row.fiscal_start)
        try:
            rule = read(row.rule)
        except RuleError as error:
            logger.warning("Schedule %s of tenant %s is switched off: %s", schedule_id, tenant_id, error)
            session.execute(_SWITCH_OFF, names)
            return False
        if row.next_at is None:  # a new schedule: find its first tick, owe nothing for the past
            first = next_tick(rule, row.now, zone, calendar_)
            session.execute(_MOVE_ON, {**names, "last": None, "next": first})
            return False
        ticks = catch_up(rule, row.next_at, row.now, zone, calendar_)
        _request(session, tenant_id, schedule_id, row.scorecard_id, ticks.latest.astimezone(zone))
        session.execute(_MOVE_ON, {**names, "last": ticks.latest, "next": ticks.upcoming})
    return True


def _request(
    session: Session, tenant_id: UUID, schedule_id: UUID, scorecard_id: UUID, tick: datetime
) -> None:
    """Ask for the scorecard as of the tick's local date: it reports the last period complete by then."""
    params = {
        "scorecard_id": str(scorecard_id),
        "schedule_id": str(schedule_id),
        "as_of": tick.date().isoformat(),
    }
    version = f"schedule {schedule_id} {tick.astimezone(UTC).isoformat()}"
    request(session, tenant_id, KIND, str(scorecard_id), version, params)
