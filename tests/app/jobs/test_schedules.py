"""Schedules tick on the tenant's clock and calendar, and a missed tick makes one catch-up."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from tallymark.jobs.dispatcher import Dispatcher
from tallymark.jobs.schedules.rule import WEEKDAYS, RuleError, next_tick, parse, read
from tallymark.jobs.schedules.tick import catch_up
from tallymark_sdk.calendars import calendar
from tallymark_tenants.db import Database
from tallymark_tenants.models import KpiSet, Schedule, Scorecard
from tallymark_tenants.profile import TenantProfile

from .conftest import MakeTenant

GREGORIAN = calendar()


@pytest.mark.parametrize(
    ("rule", "after", "expected"),
    [
        ({"every": "day"}, "2026-03-02 05:59", "2026-03-02 06:00"),
        ({"every": "day"}, "2026-03-02 06:00", "2026-03-03 06:00"),
        ({"every": "working-day"}, "2026-03-06 07:00", "2026-03-09 06:00"),
        ({"every": "working-day", "weekend": ["friday"]}, "2026-03-05 07:00", "2026-03-07 06:00"),
        ({"every": "week", "day": "wednesday"}, "2026-03-02 07:00", "2026-03-04 06:00"),
        ({"every": "month", "day": 1}, "2026-03-01 06:00", "2026-04-01 06:00"),
        ({"every": "month", "day": 31}, "2026-02-01 00:00", "2026-02-28 06:00"),
        ({"every": "month", "day": -1}, "2028-02-01 00:00", "2028-02-29 06:00"),
        ({"every": "month", "working_day": 1}, "2026-08-01 00:00", "2026-08-03 06:00"),
        ({"every": "month", "working_day": -1}, "2026-05-01 00:00", "2026-05-29 06:00"),
        ({"every": "quarter", "day": 2}, "2026-02-01 00:00", "2026-04-02 06:00"),
        ({"every": "year"}, "2026-02-01 00:00", "2027-01-01 06:00"),
    ],
)
def test_next_tick(rule: dict[str, object], after: str, expected: str) -> None:
    moment = datetime.fromisoformat(after).replace(tzinfo=UTC)
    tick = next_tick(parse({"at": "06:00", **rule}), moment, ZoneInfo("UTC"), GREGORIAN)
    assert tick == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_months_are_those_of_the_tenants_calendar() -> None:
    rule = parse({"every": "month", "day": 1, "at": "06:00"})
    after = datetime(2026, 9, 1, tzinfo=UTC)
    tick = next_tick(rule, after, ZoneInfo("Asia/Tehran"), calendar("jalali"))
    assert tick == datetime(2026, 9, 23, 2, 30, tzinfo=UTC), "1 Mehr 1405, six in the morning in Tehran"


def test_summer_time_keeps_the_hour_on_the_clock_and_never_ticks_twice() -> None:
    zone, rule = ZoneInfo("Europe/Berlin"), parse({"every": "day", "at": "02:30"})
    ticks = [datetime(2026, 10, 24, 12, tzinfo=UTC)]
    for _ in range(2):
        ticks.append(next_tick(rule, ticks[-1], zone, GREGORIAN))
    local = [tick.astimezone(zone).replace(tzinfo=None).isoformat() for tick in ticks[1:]]
    assert local == ["2026-10-25T02:30:00", "2026-10-26T02:30:00"]
    skipped = next_tick(rule, datetime(2026, 3, 28, 12, tzinfo=UTC), zone, GREGORIAN)
    assert skipped == datetime(2026, 3, 29, 1, 30, tzinfo=UTC), "half past three: 02:30 does not exist"


@pytest.mark.parametrize(
    "rule",
    [
        {"every": "fortnight", "at": "06:00"},
        {"every": "day"},
        {"every": "day", "at": "25:00"},
        {"every": "day", "at": "06:00", "day": 1},
        {"every": "month", "at": "06:00", "day": 0},
        {"every": "month", "at": "06:00", "day": "first"},
        {"every": "month", "at": "06:00", "day": 1, "working_day": 1},
        {"every": "week", "at": "06:00", "day": "someday"},
        {"every": "day", "at": "06:00", "minute": 3},
        {"every": "working-day", "at": "06:00", "weekend": list(WEEKDAYS)},
    ],
)
def test_a_rule_that_cannot_be_followed_says_why(rule: dict[str, object]) -> None:
    with pytest.raises(RuleError, match=r"; |remove"):
        parse(rule)


@pytest.mark.parametrize("raw", ["", "0 6 1 * *", "[]"])
def test_a_rule_is_a_json_object(raw: str) -> None:
    with pytest.raises(RuleError, match="not"):
        read(raw)


def test_of_many_missed_ticks_only_the_latest_counts() -> None:
    first, now = datetime(2026, 1, 1, 6, tzinfo=UTC), datetime(2026, 4, 10, tzinfo=UTC)
    ticks = catch_up(parse({"every": "month", "at": "06:00"}), first, now, ZoneInfo("UTC"), GREGORIAN)
    assert ticks.latest == datetime(2026, 4, 1, 6, tzinfo=UTC)
    assert ticks.upcoming == datetime(2026, 5, 1, 6, tzinfo=UTC)


def schedule(database: Database, tenant: TenantProfile, rule: str, next_at: datetime | None) -> Schedule:
    """A tenant's schedule for a new scorecard."""
    with database.tenant(tenant.id) as session:
        kpi_set = KpiSet(name="Sales")
        session.add(kpi_set)
        session.flush()
        scorecard = Scorecard(kpi_set_id=kpi_set.id, name="Monthly", grain="month", locale="en")
        session.add(scorecard)
        session.flush()
        made = Schedule(scorecard_id=scorecard.id, rule=rule, next_at=next_at)
        session.add(made)
        session.flush()
        session.refresh(made)
        session.expunge(made)
    return made


def test_a_missed_tick_makes_one_catch_up(
    database: Database, dispatcher: Dispatcher, make_tenant: MakeTenant
) -> None:
    tenant = make_tenant(timezone="Asia/Ho_Chi_Minh")
    now = datetime.now(UTC)
    daily = json.dumps({"every": "day", "at": "06:00"})
    made = schedule(database, tenant, daily, next_at=now - timedelta(days=40))
    turns = [dispatcher.turn() for _ in range(3)]
    assert [turn.ticked for turn in turns] == [1, 0, 0]
    assert turns[0].sent == 1
    with database.tenant(tenant.id) as session:
        run = session.execute(text("select kind, key, params from runs")).one()
        after = session.get_one(Schedule, (tenant.id, made.id))
        assert after.last_at is not None
        local = after.last_at.astimezone(ZoneInfo("Asia/Ho_Chi_Minh"))
        assert (run.kind, run.key) == ("delivery", str(made.id))
        assert run.params == {
            "schedule_id": str(made.id),
            "occurrence": after.last_at.astimezone(UTC).isoformat(),
            "day": local.date().isoformat(),
        }
        assert (local.hour, local.minute) == (6, 0)
        assert after.next_at is not None
        assert now - timedelta(days=1) < after.last_at <= datetime.now(UTC) < after.next_at


def test_a_new_schedule_owes_nothing_for_the_past(
    database: Database, dispatcher: Dispatcher, tenant: TenantProfile
) -> None:
    made = schedule(database, tenant, '{"every": "day", "at": "06:00"}', next_at=None)
    assert dispatcher.turn().ticked == 0
    with database.tenant(tenant.id) as session:
        next_at = session.get_one(Schedule, (tenant.id, made.id)).next_at
        assert next_at is not None
        assert next_at > datetime.now(UTC)
        assert session.execute(text("select count(*) from runs")).scalar() == 0


@pytest.mark.parametrize(
    ("rule", "zone"), [("whenever", "UTC"), ('{"every": "day", "at": "06:00"}', "Mars/Olympus")]
)
def test_a_schedule_that_cannot_be_followed_is_switched_off(
    database: Database,
    dispatcher: Dispatcher,
    make_tenant: MakeTenant,
    caplog: pytest.LogCaptureFixture,
    rule: str,
    zone: str,
) -> None:
    tenant = make_tenant(timezone=zone)
    made = schedule(database, tenant, rule, next_at=datetime.now(UTC))
    assert dispatcher.turn().ticked == 0
    assert "switched off" in caplog.text
    with database.tenant(tenant.id) as session:
        assert session.get_one(Schedule, (tenant.id, made.id)).enabled is False
