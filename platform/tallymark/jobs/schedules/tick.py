"""Turn due schedules into requests for scorecards, each of the last period complete by then."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import DateTime, Integer, Text, Uuid, text
from sqlalchemy.orm import Session

from tallymark.jobs.request import Priority, request
from tallymark.jobs.weights import SCORECARD_SECONDS_PER_MILLION_ROWS
from tallymark_sdk.calendars import Calendar, calendar
from tallymark_tenants.db import Database

from .rule import Rule, next_tick, read

logger = logging.getLogger(__name__)

KIND = "scorecard"
"""The kind of run a schedule asks for."""

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
    select s.scorecard_id, s.rule, s.next_at, now() as now, t.timezone, t.calendar, t.fiscal_start,
           t.year_end, c.grain, c.locale
    from schedules s
    join tenants t on t.id = s.tenant_id
    join scorecards c on c.tenant_id = s.tenant_id and c.id = s.scorecard_id
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
    year_end=Text,
    grain=Text,
    locale=Text,
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


def catch_up(rule: Rule, first: datetime | None, now: datetime, zone: ZoneInfo, calendar_: Calendar) -> Ticks:
    """However many ticks were missed from `first` to `now`, only the latest is caught up on.

    Without a `first` the schedule is new: it owes nothing for the past.
    """
    if first is None:
        return Ticks(latest=None, upcoming=next_tick(rule, now, zone, calendar_))
    latest = upcoming = first
    while upcoming <= now:
        latest, upcoming = upcoming, next_tick(rule, upcoming, zone, calendar_)
    return Ticks(latest=latest.astimezone(UTC), upcoming=upcoming)


def _tick(database: Database, tenant_id: UUID, schedule_id: UUID) -> bool:
    names = {"tenant": tenant_id, "id": schedule_id}
    with database.tenant(tenant_id) as session:
        session.execute(_NO_WAIT)
        row = session.execute(_LOCKED, names).one_or_none()
        if row is None:
            return False
        try:
            zone, calendar_ = ZoneInfo(row.timezone), calendar(row.calendar, row.fiscal_start, row.year_end)
            ticks = catch_up(read(row.rule), row.next_at, row.now, zone, calendar_)
        except (ValueError, LookupError) as error:  # rule, calendar or zone; others must go on ticking
            logger.warning("Schedule %s of tenant %s is switched off: %s", schedule_id, tenant_id, error)
            session.execute(_SWITCH_OFF, names)
            return False
        session.execute(_MOVE_ON, {**names, "last": ticks.latest, "next": ticks.upcoming})
        if ticks.latest is None:
            return False
        day = ticks.latest.astimezone(zone).date()
        reported = calendar_.step(calendar_.period(row.grain, day), -1)
        params = {
            "scorecard_id": str(row.scorecard_id),
            "schedule_id": str(schedule_id),
            "period_start": reported.start.isoformat(),
            "grain": row.grain,
            "locale": row.locale,
        }
        key = f"{row.scorecard_id}:{reported.start}:{row.grain}:{row.locale}"
        version = f"schedule {schedule_id} {ticks.latest.isoformat()}"
        request(
            session,
            tenant_id,
            KIND,
            key,
            version,
            params,
            priority=Priority.SCHEDULED,
            seconds_per_million_rows=SCORECARD_SECONDS_PER_MILLION_ROWS,
        )
    return True
