"""Which two periods a bridge is between, in any calendar."""

from datetime import date

import pytest

from tallymark.bridge.asking import Question, against, check_member, periods_of
from tallymark.bridge.errors import NoBridge
from tallymark.plugins.registry import registry
from tallymark_sdk.calendars import calendar
from tallymark_sdk.calendars.comparison import Comparison


def asked(to, from_="previous", *, name="gregorian", as_of=None):
    question = Question(metric="revenue.revenue", to=to, from_=from_)
    return periods_of(question, Comparison(calendar=calendar(name), as_of=as_of))


@pytest.mark.parametrize(
    ("name", "to", "from_", "earlier", "later"),
    [
        ("gregorian", "2026-10", "previous", date(2026, 9, 1), date(2026, 10, 1)),
        ("gregorian", "2026-Q1", "year-before", date(2025, 1, 1), date(2026, 1, 1)),
        ("gregorian", "2026-10", "2024-02", date(2024, 2, 1), date(2026, 10, 1)),
        ("jalali", "1405-07", "previous", date(2026, 8, 23), date(2026, 9, 23)),
        ("jalali", "1405-01", "1404-01", date(2025, 3, 21), date(2026, 3, 21)),
        ("iso-week", "2026-W02", "previous", date(2025, 12, 29), date(2026, 1, 5)),
    ],
)
def test_periods_step_in_the_companys_calendar(name, to, from_, earlier, later):
    found = asked(to, from_, name=name)
    assert tuple(period.start for period in found) == (earlier, later)
    assert all(period.is_whole for period in found)


def test_any_earlier_period_is_cut_to_the_day_of_a_running_one():
    """On Friday 9 October seven working days have passed: of February 2026, whose 1st is a Sunday, those to the 10th."""
    by_name, later = asked("2026-10", "2026-02", as_of=date(2026, 10, 9))
    assert (by_name.start, by_name.end) == (date(2026, 2, 1), date(2026, 2, 11))
    assert not by_name.is_whole
    stepped, _ = asked("2026-10", as_of=date(2026, 10, 9))
    named, _ = asked("2026-10", "2026-09", as_of=date(2026, 10, 9))
    assert (named, named.compared) == (stepped, stepped.compared)
    assert later.end == date(2026, 11, 1)


@pytest.mark.parametrize(
    ("to", "from_", "why"),
    [("2026-10", "2026-Q2", "take two of one length"), ("2026-10", "2026-10", "isn't before October 2026")],
)
def test_what_can_not_be_compared(to, from_, why):
    with pytest.raises(NoBridge, match=why):
        asked(to, from_)


def test_the_earlier_data_is_named_by_an_edition_or_a_day():
    assert against("") == against("newest") == "newest"
    assert against("none") == "none"
    assert against("2026-10-05") == date(2026, 10, 5)
    assert str(against("019a0000-0000-7000-8000-000000000001")) == "019a0000-0000-7000-8000-000000000001"
    with pytest.raises(NoBridge, match="neither an edition's id nor a day"):
        against("yesterday")


def test_a_member_has_its_breakdown():
    metric = registry()["revenue.revenue"]
    check_member(Question(metric=metric.key, to="2026-10", by="rep", member="an"), metric)
    for by, member, why in (
        ("rep", "", "Name the breakdown and its member together"),
        ("", "an", "Name the breakdown and its member together"),
        ("stage", "new", 'isn\'t broken down by "stage"'),
    ):
        with pytest.raises(NoBridge, match=why):
            check_member(Question(metric=metric.key, to="2026-10", by=by, member=member), metric)
