"""Days that are worked, counted in a period."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallymark_sdk.calendars import CALENDARS, GRAINS, calendar
from tallymark_sdk.calendars.workdays import Holiday, Workdays

# November 2026 in the United States: it begins on a Sunday; Veterans Day and Thanksgiving.
NOVEMBER = calendar().parse("2026-11")
US = Workdays.of(
    {5, 6}, [Holiday(on=date(2026, 11, 11)), Holiday(on=date(2026, 11, 26), name="Thanksgiving")]
)

workdays = st.builds(
    Workdays.of,
    st.sets(st.integers(0, 6)),
    st.lists(
        st.builds(Holiday, on=st.dates(date(2025, 1, 1), date(2027, 1, 1)), is_workday=st.booleans()),
        max_size=40,
    ),
)
days = st.dates(date(2025, 1, 1), date(2027, 1, 1))


def test_a_month_with_two_holidays() -> None:
    assert US.count(NOVEMBER) == 19
    assert Workdays().count(NOVEMBER) == 21
    assert US.nth(NOVEMBER, 1) == date(2026, 11, 2)
    assert US.nth(NOVEMBER, 8) == date(2026, 11, 12)
    assert US.nth(NOVEMBER, 19) == date(2026, 11, 30)
    assert US.nth(NOVEMBER, 20) is None


@pytest.mark.parametrize(
    ("as_of", "elapsed"),
    [
        (date(2026, 10, 31), 0),
        (date(2026, 11, 1), 0),
        (date(2026, 11, 2), 1),
        (date(2026, 11, 11), 7),
        (date(2026, 11, 30), 19),
        (date(2027, 3, 1), 19),
    ],
)
def test_the_day_itself_has_passed(as_of: date, elapsed: int) -> None:
    assert US.elapsed(NOVEMBER, as_of) == elapsed
    assert US.remaining(NOVEMBER, as_of) == 19 - elapsed


def test_a_later_layer_overrules_an_earlier_one_and_both_the_weekend() -> None:
    country = [Holiday(on=date(2026, 11, 26), name="Thanksgiving")]
    own = [Holiday(on=date(2026, 11, 26), is_workday=True), Holiday(on=date(2026, 11, 27), name="Inventory")]
    made_up = [Holiday(on=date(2026, 11, 28), is_workday=True)]
    worked = Workdays.of({5, 6}, country, own, made_up)
    assert [worked.is_workday(date(2026, 11, day)) for day in (26, 27, 28, 29)] == [True, False, True, False]


def test_iran_rests_on_friday() -> None:
    farvardin = calendar("jalali").parse("1405-01")
    assert Workdays(weekend=frozenset({4})).count(farvardin) == 31 - 4
    assert Workdays(weekend=frozenset({3, 4})).count(farvardin) == 31 - 8


def test_days_are_counted_from_one() -> None:
    with pytest.raises(ValueError, match="counted from 1, not from 0"):
        US.nth(NOVEMBER, 0)


@given(workdays, st.sampled_from(CALENDARS), st.sampled_from(GRAINS), days, days)
def test_counting_adds_up(worked: Workdays, name: str, grain: str, day: date, as_of: date) -> None:
    period = calendar(name).period(grain, day)
    listed = [period.start + timedelta(days=offset) for offset in range(period.days)]
    expected = [each for each in listed if worked.is_workday(each)]
    assert worked.count(period) == len(expected)
    assert [worked.nth(period, n + 1) for n in range(len(expected))] == expected
    assert worked.nth(period, len(expected) + 1) is None
    assert worked.elapsed(period, as_of) == sum(each <= as_of for each in expected)
    assert worked.elapsed(period, as_of) + worked.remaining(period, as_of) == len(expected)
