"""What part of a running period is usually reached by now, each case worked by hand."""

from datetime import date
from fractions import Fraction

from tallymark.targets.season import Usual, by_workdays, learned
from tallymark_sdk.calendars import calendar
from tallymark_sdk.calendars.workdays import Holiday, Workdays

GREGORIAN, JALALI, RETAIL = calendar(), calendar("jalali"), calendar("4-4-5")
MONDAY_TO_FRIDAY = Workdays()
WEEK = GREGORIAN.parse("2026-W47")  # 16 to 22 November
WEDNESDAY = date(2026, 11, 18)
EARLIER = GREGORIAN.range(GREGORIAN.step(WEEK, -3), 3)  # begin on 26 October, 2 and 9 November


def usual(period, as_of, earlier, daily, workdays=MONDAY_TO_FRIDAY):
    plain = by_workdays(period, as_of, workdays)
    assert plain is not None
    values = {date.fromisoformat(day): Fraction(value) for day, value in daily.items()}
    return learned(plain, period, as_of, earlier, values, workdays)


DEALS = {
    "2026-10-26": 10,
    "2026-10-30": 90,  # 10 % by Wednesday
    "2026-11-03": 20,
    "2026-11-04": 20,
    "2026-11-06": 60,  # 40 %
    "2026-11-11": 30,
    "2026-11-13": 70,  # 30 %
}


def test_the_median_of_what_earlier_weeks_had_reached():
    found = usual(WEEK, WEDNESDAY, EARLIER, DEALS)
    assert found == Usual(share=Fraction(3, 10), day=3, days=5, learned=3)


def test_a_period_without_a_value_above_nothing_says_nothing():
    # The first week is 10 less 10; two are left, and two are too few.
    found = usual(WEEK, WEDNESDAY, EARLIER, DEALS | {"2026-10-30": -10})
    assert found == Usual(share=Fraction(3, 5), day=3, days=5, learned=0)


def test_a_holiday_moves_the_cut_between_two_days():
    # In the first week Monday is off: three fifths of four working days are 2.4, four tenths of the way from
    # Wednesday (10 of 100) to Thursday (60): 30 %. The others are 40 % and 30 %.
    off = Workdays.of({5, 6}, [Holiday(on=date(2026, 10, 26))])
    daily = DEALS | {"2026-10-26": 0, "2026-10-28": 10, "2026-10-29": 50, "2026-10-30": 40}
    assert usual(WEEK, WEDNESDAY, EARLIER, daily, off).share == Fraction(3, 10)
    # Were it worked, Wednesday would be the third day: 10 %, and the median 30 % as well; so look at it alone.
    thrice = (EARLIER[0],) * 3
    assert usual(WEEK, WEDNESDAY, thrice, daily, off).share == Fraction(3, 10)
    assert usual(WEEK, WEDNESDAY, thrice, daily).share == Fraction(1, 10)


def test_days_off_that_have_passed_count_in_the_others_too():
    weekend = {"2026-11-01": 40, "2026-10-30": 60, "2026-11-08": 40, "2026-11-06": 60, "2026-11-15": 100}
    friday, sunday = date(2026, 11, 20), date(2026, 11, 22)
    assert usual(WEEK, friday, EARLIER, weekend).share == Fraction(6, 10)
    assert usual(WEEK, sunday, EARLIER, weekend).share == 1


def test_a_jalali_month():
    """Aban 1405 is 23 October to 21 November 2026, with 25 working days without its five Fridays.

    By 28 October five are over, a fifth. Of Mordad's and Mehr's 26 working days that is 5.2, of Shahrivar's 27 it is 5.4.
    """
    aban = JALALI.period("month", date(2026, 10, 28))
    assert (aban.start, aban.end) == (date(2026, 10, 23), date(2026, 11, 22))
    fridays = Workdays(weekend=frozenset({4}))
    daily = {
        "2026-07-23": 100,  # Mordad: all on its first day
        "2026-08-27": 30,
        "2026-08-29": 20,
        "2026-09-22": 50,  # Shahrivar: 30 + 0.4 × 20 = 38 %
        "2026-09-24": 10,
        "2026-09-29": 50,
        "2026-10-22": 40,  # Mehr: 10 + 0.2 × 50 = 20 %
    }
    earlier = JALALI.range(JALALI.step(aban, -3), 3)
    found = usual(aban, date(2026, 10, 28), earlier, daily, fridays)
    assert found == Usual(share=Fraction(38, 100), day=5, days=25, learned=3)


def test_a_month_of_five_weeks_after_months_of_four():
    """In a 4-4-5 year's third month two of five weeks are two fifths: eight of the twenty days of the other months."""
    march = RETAIL.parse("2026-03")
    assert march.days == 35
    january, february = RETAIL.parse("2026-01"), RETAIL.parse("2026-02")
    assert (january.days, february.days) == (28, 28)
    days = [day for day in range(march.days) if MONDAY_TO_FRIDAY.is_workday(_at(march, day))]
    as_of = _at(march, days[9])  # the tenth working day
    eighth = [MONDAY_TO_FRIDAY.nth(month, 8) for month in (january, february)]
    ninth = [MONDAY_TO_FRIDAY.nth(month, 9) for month in (january, february)]
    daily = {eighth[0]: 45, ninth[0]: 55, eighth[1]: 25, ninth[1]: 75}
    named = {day.isoformat(): value for day, value in daily.items()}
    found = usual(march, as_of, (january, february, february), named)
    assert found == Usual(share=Fraction(1, 4), day=10, days=25, learned=3)


def test_a_period_without_a_working_day_has_no_share():
    none = Workdays(weekend=frozenset(range(6)), special={date(2026, 11, 22): Holiday(on=date(2026, 11, 22))})
    assert by_workdays(WEEK, WEDNESDAY, none) is None


def _at(period, day):
    return date.fromordinal(period.start.toordinal() + day)
