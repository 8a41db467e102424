"""When a message is due by the tenant's own calendar, and which period it is of; days worked out by hand."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from tallymark.delivery.occasions import period_of, refresh_days, upcoming
from tallymark.jobs.schedules.rule import parse
from tallymark.jobs.schedules.tick import works_of
from tallymark_tenants.models import Schedule

FIRST_WORKING_DAY = '{"every": "month", "working_day": 1, "at": "08:00"}'


def local(moment: datetime, zone: str) -> str:
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def test_the_first_working_day_of_a_jalali_month_waits_for_nowruz(make_tenant):
    """1 Farvardin 1405 is Saturday, 21 March 2026; 1 to 4 and 12, 13 Farvardin are holidays, Friday is the day off.

    So the first worked day is 5 Farvardin, Wednesday 25 March. 1 Ordibehesht is Tuesday 21 April, a plain day.
    """
    tenant = make_tenant(
        calendar="jalali", timezone="Asia/Tehran", country="IR", currency="IRR", weekend="friday"
    )
    after = datetime(2026, 3, 10, tzinfo=UTC)
    found = upcoming(tenant, FIRST_WORKING_DAY, [], after, 2)
    assert [local(each, "Asia/Tehran") for each in found] == ["2026-03-25 08:00", "2026-04-21 08:00"]


def test_a_companys_own_day_off_moves_it_further_and_an_own_working_day_back(make_tenant):
    tenant = make_tenant(
        calendar="jalali", timezone="Asia/Tehran", country="IR", currency="IRR", weekend="friday"
    )
    after = datetime(2026, 3, 10, tzinfo=UTC)
    own = [["2026-03-25", False]]
    assert local(upcoming(tenant, FIRST_WORKING_DAY, own, after)[0], "Asia/Tehran") == "2026-03-26 08:00"
    own = [["2026-03-22", True]]
    assert local(upcoming(tenant, FIRST_WORKING_DAY, own, after)[0], "Asia/Tehran") == "2026-03-22 08:00"


def test_new_year_in_germany_and_a_weekend_of_the_rules_own(make_tenant):
    tenant = make_tenant(timezone="Europe/Berlin", country="DE")
    after = datetime(2026, 12, 31, tzinfo=UTC)
    # 1 January 2027 is a Friday and a holiday; then comes the weekend.
    assert local(upcoming(tenant, FIRST_WORKING_DAY, [], after)[0], "Europe/Berlin") == "2027-01-04 08:00"
    own = '{"every": "month", "working_day": 1, "at": "08:00", "weekend": ["sunday"]}'
    assert local(upcoming(tenant, own, [], after)[0], "Europe/Berlin") == "2027-01-01 08:00"


def test_the_hour_on_the_clock_stays_over_summer_time(make_tenant):
    tenant = make_tenant(timezone="Europe/Berlin", country="DE")
    daily = '{"every": "day", "at": "02:30"}'
    found = upcoming(tenant, daily, [], datetime(2026, 3, 27, 12, tzinfo=UTC), 3)
    assert [local(each, "Europe/Berlin") for each in found] == [
        "2026-03-28 02:30",
        "2026-03-29 03:30",  # 02:30 does not exist on that day
        "2026-03-30 02:30",
    ]
    back = upcoming(tenant, daily, [], datetime(2026, 10, 24, 12, tzinfo=UTC), 2)
    assert [local(each, "Europe/Berlin") for each in back] == ["2026-10-25 02:30", "2026-10-26 02:30"]


def test_a_rule_that_asks_for_no_working_days_reads_no_holidays(make_tenant):
    tenant = make_tenant(timezone="UTC", country="XX")
    assert works_of(parse({"every": "day", "at": "06:00"}), tenant, [])(date(2026, 8, 3))


@pytest.mark.parametrize(
    ("covers", "day", "start"),
    [
        ("complete", date(2026, 9, 23), date(2026, 8, 23)),  # 1 Mehr: Shahrivar is complete
        ("complete", date(2026, 9, 22), date(2026, 7, 23)),  # 31 Shahrivar: it isn't yet
        ("running", date(2026, 9, 23), date(2026, 8, 23)),  # of Mehr nothing is known in its first morning
        ("running", date(2026, 9, 24), date(2026, 9, 23)),
    ],
)
def test_the_period_is_of_the_companys_calendar(make_tenant, covers, day, start):
    tenant = make_tenant(calendar="jalali", timezone="Asia/Tehran", currency="IRR")
    assert period_of(tenant, "month", covers, day).start == start


def test_schedules_follow_when_a_companys_own_days_change(post, monkeypatch):
    now = datetime(2026, 7, 20, tzinfo=UTC)
    with post.database.tenant(post.profile.id) as session:
        schedule = session.get_one(Schedule, (post.profile.id, post.schedule_id))
        schedule.enabled, schedule.next_at = True, datetime(2026, 8, 3, 4, tzinfo=UTC)
    monkeypatch.setattr(
        "tallymark.delivery.occasions.days_of", lambda session, lake, profile: [["2026-08-03", False]]
    )
    with post.database.tenant(post.profile.id) as session:
        assert refresh_days(session, None, post.profile, now) == 1
    with post.database.tenant(post.profile.id) as session:
        schedule = session.get_one(Schedule, (post.profile.id, post.schedule_id))
        assert schedule.next_at == datetime(2026, 8, 4, 4, tzinfo=UTC)
        assert refresh_days(session, None, post.profile, now) == 0
