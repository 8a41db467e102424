"""Turn due schedules into requests to make and send their scorecards."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import DateTime, Integer, Row, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from tallymark.jobs.request import Priority, request
from tallymark.jobs.weights import LIGHT
from tallymark_sdk.calendars import Calendar, calendar
from tallymark_tenants.db import Database
from tallymark_tenants.profile import TenantProfile

from .rule import Rule, Works, monday_to_friday, next_tick, read

logger = logging.getLogger(__name__)

KIND = "delivery"
"""The kind of run a schedule asks for: it asks for the editions, and writes down whom each goes to."""

TICKS = 50
"""Schedules that tick in one turn of the dispatcher: it has runs to send meanwhile. The next turn follows at once."""

# Two looks into one index; an `or` of both conditions would read all of it.
_DUE = text(f"""
    (select tenant_id, id from schedules where enabled and next_at is null limit {TICKS})
    union all
    (select tenant_id, id from schedules where enabled and next_at <= now() order by next_at limit {TICKS})
    limit {TICKS}
""")  # noqa: S608  a constant
# The tick and its run are lost together if the server dies now, and then made again: no reason to wait for its disk.
_NO_WAIT = text("set local synchronous_commit = off")
_LOCKED = text("""
    select s.rule, s.days, s.next_at, now() as now, t.slug, t.name, t.timezone, t.calendar, t.fiscal_start,
           t.year_end, t.country, t.weekend
    from schedules s
    join tenants t on t.id = s.tenant_id
    where s.tenant_id = :tenant and s.id = :id and s.enabled and (s.next_at is null or s.next_at <= now())
    for update of s skip locked
""").columns(
    rule=Text,
    days=JSONB,
    next_at=DateTime(timezone=True),
    now=DateTime(timezone=True),
    slug=Text,
    name=Text,
    timezone=Text,
    calendar=Text,
    fiscal_start=Integer,
    year_end=Text,
    country=Text,
    weekend=Text,
)
_MOVE_ON = text("""
    update schedules set last_at = :last, next_at = :next where tenant_id = :tenant and id = :id
""")
_SWITCH_OFF = text("update schedules set enabled = false where tenant_id = :tenant and id = :id")


@dataclass(frozen=True, kw_only=True)
class Ticks:
    """The tick to honour now (the latest one missed, if any) and the one to wait for."""

    latest: datetime | None
    upcoming: datetime


def tick_due(database: Database, session: Session) -> int:
    """Request one run for every schedule that is due; returns how many were requested.

    `session` is the dispatcher's, which may only see that a schedule is due; the request itself
    is made in a transaction of the tenant, together with moving the schedule on.
    """
    return sum(_tick(database, row.tenant_id, row.id) for row in session.execute(_DUE).all())


def catch_up(
    rule: Rule,
    first: datetime | None,
    now: datetime,
    zone: ZoneInfo,
    calendar_: Calendar,
    works: Works = monday_to_friday,
) -> Ticks:
    """However many ticks were missed from `first` to `now`, only the latest is caught up on.

    Without a `first` the schedule is new: it owes nothing for the past.
    """
    if first is None:
        return Ticks(latest=None, upcoming=next_tick(rule, now, zone, calendar_, works))
    latest = upcoming = first
    while upcoming <= now:
        latest, upcoming = upcoming, next_tick(rule, upcoming, zone, calendar_, works)
    return Ticks(latest=latest.astimezone(UTC), upcoming=upcoming)


def works_of(rule: Rule, profile: TenantProfile, days: list[Any]) -> Works:
    """The tenant's working days, where the rule asks for them; `days` are its own, as pairs of a date and whether."""
    if not rule.asks_for_working_days:
        return monday_to_friday
    from tallymark.calendars import workdays_of  # the world's holidays: nothing that every dispatcher needs
    from tallymark_sdk.calendars.workdays import Holiday

    own = [Holiday(on=date.fromisoformat(on), is_workday=bool(worked)) for on, worked in days]
    return workdays_of(profile, own).is_workday


def _tick(database: Database, tenant_id: UUID, schedule_id: UUID) -> bool:
    names = {"tenant": tenant_id, "id": schedule_id}
    with database.tenant(tenant_id) as session:
        session.execute(_NO_WAIT)
        row = session.execute(_LOCKED, names).one_or_none()
        if row is None:
            return False
        try:
            zone = ZoneInfo(row.timezone)
            ticks = _ticks(row, tenant_id, zone)
        except (ValueError, LookupError, NotImplementedError) as error:
            # Its rule, calendar, country or zone; others must go on ticking.
            logger.warning("Schedule %s of tenant %s is switched off: %s", schedule_id, tenant_id, error)
            session.execute(_SWITCH_OFF, names)
            return False
        session.execute(_MOVE_ON, {**names, "last": ticks.latest, "next": ticks.upcoming})
        if ticks.latest is None:
            return False
        occurrence = ticks.latest.isoformat()
        day = ticks.latest.astimezone(zone).date()
        request(
            session,
            tenant_id,
            KIND,
            str(schedule_id),
            f"tick {occurrence}",
            {"schedule_id": str(schedule_id), "occurrence": occurrence, "day": day.isoformat()},
            LIGHT,
            priority=Priority.SCHEDULED,
        )
    return True


def _ticks(row: Row[Any], tenant_id: UUID, zone: ZoneInfo) -> Ticks:
    profile = TenantProfile(
        id=tenant_id,
        slug=row.slug,
        name=row.name,
        timezone=row.timezone,
        country=row.country,
        weekend=row.weekend,
    )
    rule, cut = read(row.rule), calendar(row.calendar, row.fiscal_start, row.year_end)
    return catch_up(rule, row.next_at, row.now, zone, cut, works_of(rule, profile, row.days))
