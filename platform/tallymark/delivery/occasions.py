"""When a schedule's message is due, and which period it is about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from tallymark.calendars import calendar_of
from tallymark.calendars.own_days import own_days
from tallymark.engine.ask import tenant_data
from tallymark.jobs.schedules.rule import next_tick, read
from tallymark.jobs.schedules.tick import works_of
from tallymark.lake import Lake
from tallymark_sdk.calendars import Period
from tallymark_tenants.models import Schedule
from tallymark_tenants.profile import TenantProfile

_ONE_DAY = timedelta(days=1)


def period_of(profile: TenantProfile, grain: str, covers: str, day: date) -> Period:
    """The period a message of that day is about.

    The last complete one, or the running one up to the day before: on the first day of a month that is still the month
    before, whole, and not one of which nothing is known yet.
    """
    cut = calendar_of(profile)
    if covers == "running":
        return cut.period(grain, day - _ONE_DAY)
    return cut.step(cut.period(grain, day), -1)


def upcoming(
    profile: TenantProfile, rule: str, days: list[list[object]], after: datetime, count: int = 1
) -> list[datetime]:
    """The next moments (UTC) of a rule; raises RuleError. `days` are the tenant's own, as a schedule keeps them."""
    parsed, zone, cut = read(rule), ZoneInfo(profile.timezone), calendar_of(profile)
    works = works_of(parsed, profile, days)
    found: list[datetime] = []
    for _ in range(count):
        after = next_tick(parsed, after, zone, cut, works)
        found.append(after)
    return found


def days_of(session: Session, lake: Lake, profile: TenantProfile) -> list[list[object]]:
    """The tenant's own working days and days off, as a schedule keeps them for a dispatcher that reads no lake."""
    pinned = lake.pinned(session)
    if "calendar_days" not in pinned:
        return []
    data = tenant_data(lake, profile, [pinned["calendar_days"]])
    return [[day.on.isoformat(), day.is_workday] for day in own_days(data)]


def refresh_days(session: Session, lake: Lake, profile: TenantProfile, now: datetime | None = None) -> int:
    """Have the schedules know the tenant's own days as they are now; how many moved to another moment."""
    schedules: Sequence[Schedule] = session.scalars(
        select(Schedule).where(Schedule.removed_at.is_(None))
    ).all()
    if not schedules:
        return 0
    days = days_of(session, lake, profile)
    moved = 0
    for schedule in schedules:
        if schedule.days == days:
            continue
        schedule.days = days
        if not schedule.enabled or schedule.next_at is None:
            continue
        moment = now or datetime.now(UTC)
        if schedule.next_at <= moment:
            continue  # it ticks this minute, by the days it knew
        (following,) = upcoming(profile, schedule.rule, days, moment)
        moved += following != schedule.next_at
        schedule.next_at = following
    return moved
