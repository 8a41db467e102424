"""Attainment, pace and what is needed per working day."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from tallymark_sdk.calendars import calendar
from tallymark_sdk.calendars.workdays import Workdays
from tallymark_sdk.targets import attainment, elapsed, needed_per_day, pace

MAY = calendar().parse("2026-05")  # 31 days from a Friday; 21 of them from Monday to Friday


WORKDAYS = Workdays()


def test_attainment_is_value_by_target():
    assert attainment(Decimal(150), Decimal(200)) == Decimal("0.75")
    assert attainment(Decimal(150), Decimal(0)) is None


@pytest.mark.parametrize(
    ("as_of", "share"),
    [
        (date(2026, 4, 20), Fraction(0)),
        (date(2026, 4, 30), Fraction(0)),
        (date(2026, 5, 1), Fraction(1, 21)),
        (date(2026, 5, 3), Fraction(1, 21)),  # the weekend counts nothing
        (date(2026, 5, 15), Fraction(11, 21)),
        (date(2026, 5, 31), Fraction(1)),
        (date(2026, 7, 1), Fraction(1)),
    ],
)
def test_elapsed_counts_the_working_days_up_to_the_day(as_of, share):
    assert elapsed(MAY, as_of, WORKDAYS.is_workday) == share


def test_elapsed_by_a_season_and_where_nothing_counts():
    assert elapsed(MAY, date(2026, 5, 2), lambda day: 30 if day.day == 1 else 1) == Fraction(31, 60)
    assert elapsed(MAY, date(2026, 5, 2), lambda _day: 0) is None


def test_pace_is_value_by_what_was_due():
    assert pace(Decimal(110), Decimal(210), Fraction(10, 21)) == Decimal("1.1")
    assert pace(Decimal(1), Decimal(210), Fraction(0)) is None
    assert pace(Decimal(1), Decimal(0), Fraction(1, 2)) is None


def test_needed_per_day_ends_at_the_target_and_with_the_days():
    left = WORKDAYS.remaining(MAY, date(2026, 5, 15))
    assert left == 10
    assert needed_per_day(Decimal(110), Decimal(210), left) == 10
    assert needed_per_day(Decimal(210), Decimal(210), left) is None
    assert needed_per_day(Decimal(110), Decimal(210), 0) is None
