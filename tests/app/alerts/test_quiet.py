"""Quiet hours: over midnight, and where summer time begins and ends."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tallymark.alerts.quiet import may_leave

BERLIN, HANOI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Ho_Chi_Minh")


def at(text, zone=BERLIN, fold=0):
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)


@pytest.mark.parametrize(
    ("found", "leaves"),
    [
        ("2026-11-20T21:59", "2026-11-20T21:59"),
        ("2026-11-20T22:00", "2026-11-21T07:00"),
        ("2026-11-20T23:59", "2026-11-21T07:00"),
        ("2026-11-21T00:00", "2026-11-21T07:00"),
        ("2026-11-21T06:59", "2026-11-21T07:00"),
        ("2026-11-21T07:00", "2026-11-21T07:00"),
        ("2026-12-31T23:00", "2027-01-01T07:00"),
        ("2026-03-28T23:00", "2026-03-29T07:00"),  # the night that is an hour shorter
        ("2026-10-24T23:00", "2026-10-25T07:00"),  # the night that is an hour longer
    ],
)
def test_over_midnight(found, leaves):
    assert may_leave(at(found), "22:00", "07:00", BERLIN) == at(leaves)


def test_the_short_and_the_long_night_in_hours():
    short = may_leave(at("2026-03-28T23:00"), "22:00", "07:00", BERLIN) - at("2026-03-28T23:00").astimezone(
        UTC
    )
    long = may_leave(at("2026-10-24T23:00"), "22:00", "07:00", BERLIN) - at("2026-10-24T23:00").astimezone(
        UTC
    )
    assert (short.total_seconds() / 3600, long.total_seconds() / 3600) == (7, 9)


def test_an_end_that_the_clocks_skip_comes_an_hour_later():
    # On 29 March 2026 clocks go from 02:00 to 03:00; 02:30 is 03:30.
    assert may_leave(at("2026-03-29T01:00"), "22:00", "02:30", BERLIN) == at("2026-03-29T03:30")


def test_an_end_that_happens_twice_comes_with_the_first():
    # On 25 October 2026 02:00 to 03:00 happens twice. What is found in its second half hour may leave at once.
    first = may_leave(at("2026-10-25T01:00"), "22:00", "02:30", BERLIN)
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    again = at("2026-10-25T02:10", fold=1)
    assert may_leave(again, "22:00", "02:30", BERLIN) == again.astimezone(UTC)


def test_within_a_day_and_in_the_company_s_zone():
    lunch = may_leave(at("2026-11-20T12:10", HANOI), "12:00", "13:30", HANOI)
    assert lunch == at("2026-11-20T13:30", HANOI)
    assert may_leave(at("2026-11-20T11:59", HANOI), "12:00", "13:30", HANOI) == at("2026-11-20T11:59", HANOI)
    # 17:00 in Berlin is 23:00 in Hanoi.
    assert may_leave(at("2026-11-20T17:00"), "22:00", "07:00", HANOI) == at("2026-11-21T07:00", HANOI)


def test_without_quiet_hours_it_leaves_at_once():
    assert may_leave(at("2026-11-20T23:00"), None, None, BERLIN) == at("2026-11-20T23:00")
