"""A running period is compared to the same working day, and one about a moving holiday by the distance from it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallymark_sdk.calendars import CALENDARS, GRAINS, Period, calendar
from tallymark_sdk.calendars.alignment import Alignment
from tallymark_sdk.calendars.comparison import Comparison
from tallymark_sdk.calendars.workdays import Holiday, Workdays

GREGORIAN = calendar()
TET = Alignment(name="tet", days=(date(2023, 1, 22), date(2024, 2, 10), date(2025, 1, 29), date(2026, 2, 17)))
ALIGNED = Comparison(calendar=GREGORIAN, alignment=TET)

days = st.dates(date(2023, 6, 1), date(2026, 12, 31))
names = st.sampled_from(CALENDARS)
grains = st.sampled_from(GRAINS)
workdays = st.builds(
    Workdays.of,
    st.sets(st.integers(0, 6), max_size=6),
    st.lists(st.builds(Holiday, on=days, is_workday=st.booleans()), max_size=40),
)


def span(period: Period) -> tuple[str, str]:
    """First and last day."""
    return period.start.isoformat(), (period.end - timedelta(days=1)).isoformat()


def to_date(day: date, *holidays: date) -> Comparison:
    return Comparison(
        calendar=GREGORIAN, as_of=day, workdays=Workdays.of({5, 6}, [Holiday(on=each) for each in holidays])
    )


def test_nine_working_days_of_october_are_compared_with_nine_of_september_and_of_last_october() -> None:
    october = GREGORIAN.parse("2026-10")
    # 1 October 2026 is a Thursday, so Tuesday the 13th is the ninth working day.
    comparison = to_date(date(2026, 10, 13))
    # September 2026 begins on a Tuesday; October 2025 on a Wednesday.
    assert span(comparison.previous(october)) == ("2026-09-01", "2026-09-11")
    assert span(comparison.year_before(october)) == ("2025-10-01", "2025-10-13")
    # Labour Day is no working day in the United States.
    assert span(to_date(date(2026, 10, 13), date(2026, 9, 7)).previous(october)) == (
        "2026-09-01",
        "2026-09-14",
    )


def test_days_off_since_the_last_working_day_are_taken_too() -> None:
    october = GREGORIAN.parse("2026-10")
    # Friday the 9th is the seventh working day; in September that is Wednesday the 9th, in 2025 Thursday the 9th.
    assert span(to_date(date(2026, 10, 11)).previous(october)) == ("2026-09-01", "2026-09-09")
    february = GREGORIAN.parse("2026-02")
    # Friday 6 February is the fifth; in January that is Wednesday the 7th, in 2025 Friday 7 February.
    assert span(to_date(date(2026, 2, 8)).previous(february)) == ("2026-01-01", "2026-01-07")
    assert span(to_date(date(2026, 2, 8)).year_before(february)) == ("2025-02-01", "2025-02-09")
    assert span(to_date(date(2026, 2, 7)).year_before(february)) == ("2025-02-01", "2025-02-08")


def test_before_the_first_working_day_there_is_nothing_to_compare_with() -> None:
    # 1 November 2026 is a Sunday; October begins with a Thursday; 1 November 2025 was a Saturday.
    comparison = to_date(date(2026, 11, 1))
    november = GREGORIAN.parse("2026-11")
    assert comparison.previous(november).days == 0
    assert span(comparison.year_before(november)) == ("2025-11-01", "2025-11-01")


@pytest.mark.parametrize("as_of", [None, date(2026, 10, 31), date(2027, 1, 1), date(2026, 9, 30)])
def test_a_period_that_is_over_or_has_not_begun_is_compared_with_whole_ones(as_of: date | None) -> None:
    october = GREGORIAN.parse("2026-10")
    comparison = Comparison(calendar=GREGORIAN, as_of=as_of)
    assert comparison.previous(october) == GREGORIAN.parse("2026-09")
    assert comparison.year_before(october) == GREGORIAN.parse("2025-10")


def test_a_running_quarter_and_a_shorter_month() -> None:
    quarter = GREGORIAN.parse("2026-Q4")
    assert span(to_date(date(2026, 10, 30)).previous(quarter)) == ("2026-07-01", "2026-07-30")
    # All of March but its last day has more working days than February.
    march = GREGORIAN.parse("2026-03")
    assert to_date(date(2026, 3, 30)).previous(march) == GREGORIAN.parse("2026-02")


def test_steps_on_from_a_compared_period_stay_to_date() -> None:
    comparison = to_date(date(2026, 10, 13))
    october = GREGORIAN.parse("2026-10")
    assert span(comparison.previous(comparison.previous(october))) == ("2026-08-01", "2026-08-13")
    assert span(comparison.year_before(comparison.previous(october))) == ("2025-09-01", "2025-09-11")


@given(names, grains, days, days, workdays)
def test_as_many_working_days_are_compared(
    name: str, grain: str, day: date, as_of: date, worked: Workdays
) -> None:
    cut = calendar(name)
    comparison = Comparison(calendar=cut, as_of=as_of, workdays=worked)
    period = cut.period(grain, day)
    for whole, compared in (
        (cut.step(period, -1), comparison.previous(period)),
        (cut.year_before(period), comparison.year_before(period)),
    ):
        assert compared.start == whole.start
        assert compared.end <= whole.end
        if comparison.is_running(period):
            assert worked.count(compared) == min(worked.elapsed(period, as_of), worked.count(whole))
        else:
            assert compared == whole


def test_rolling_back_from_a_compared_period_goes_on_with_whole_ones() -> None:
    comparison = to_date(date(2026, 10, 13))
    october = GREGORIAN.parse("2026-10")
    september = comparison.previous(october)
    assert comparison.back(september, 0) == september
    assert [comparison.back(period, 2) for period in (october, september)] == [
        GREGORIAN.parse("2026-08"),
        GREGORIAN.parse("2026-07"),
    ]
    # Aligned months follow each other without gap or overlap, as those they are compared with do.
    aligned = ALIGNED.year_before(GREGORIAN.parse("2026-02"))
    assert ALIGNED.back(aligned, 1).end == aligned.start


def test_months_of_a_running_quarter_and_of_what_it_is_compared_with() -> None:
    comparison = to_date(date(2026, 11, 10))
    quarter = GREGORIAN.parse("2026-Q4")
    assert [month.label for month in comparison.months(quarter)] == ["October 2026", "November 2026"]
    # 10 November is the 29th working day of its quarter; the 29th of the third is 10 August.
    months = comparison.months(comparison.previous(quarter))
    assert [span(month) for month in months] == [("2026-07-01", "2026-07-31"), ("2026-08-01", "2026-08-10")]
    over = Comparison(calendar=GREGORIAN, as_of=date(2026, 12, 31))
    assert over.months(quarter) == GREGORIAN.range(GREGORIAN.parse("2026-10"), 3)
    assert over.months(over.previous(quarter)) == GREGORIAN.range(GREGORIAN.parse("2026-07"), 3)
    month = comparison.previous(GREGORIAN.parse("2026-11"))
    assert comparison.months(month) == (month,)


def test_a_running_period_has_as_many_days_as_have_passed() -> None:
    comparison = to_date(date(2026, 10, 13))
    october = GREGORIAN.parse("2026-10")
    assert [comparison.days(each) for each in (october, comparison.previous(october))] == [13, 11]
    assert comparison.days(GREGORIAN.parse("2026-09")) == 30
    assert Comparison(calendar=GREGORIAN).days(october) == 31


# Tết began on 10 February 2024, 29 January 2025 and 17 February 2026.
@pytest.mark.parametrize(
    ("period", "compared"),
    [
        # January 2026 lies 47 to 17 days before Tết: 2025 had Tết in it, so it is moved back to before that.
        ("2026-01", ("2024-12-13", "2025-01-12")),
        # February 2026 has Tết on its 17th day, and so has what it is compared with.
        ("2026-02", ("2025-01-13", "2025-02-09")),
        ("2025-01", ("2024-01-13", "2024-02-12")),
        ("2025-02", ("2024-02-13", "2024-03-11")),
        # The week of Tết begins the day before it in 2026.
        ("2026-W08", ("2025-01-28", "2025-02-03")),
        ("2026-02-17", ("2025-01-29", "2025-01-29")),
        # Neither March nor December holds a day of the season; the first quarters hold all of it.
        ("2026-03", ("2025-03-01", "2025-03-31")),
        ("2025-12", ("2024-12-01", "2024-12-31")),
        ("2026-Q1", ("2025-01-01", "2025-03-31")),
        ("2026", ("2025-01-01", "2025-12-31")),
    ],
)
def test_the_year_before_about_tet(period: str, compared: tuple[str, str]) -> None:
    assert span(ALIGNED.year_before(GREGORIAN.parse(period))) == compared


def test_only_the_year_before_is_aligned() -> None:
    assert ALIGNED.previous(GREGORIAN.parse("2026-02")) == GREGORIAN.parse("2026-01")


def test_a_running_period_about_a_holiday_is_cut_to_as_many_days() -> None:
    comparison = Comparison(calendar=GREGORIAN, as_of=date(2026, 2, 18), alignment=TET)
    february = GREGORIAN.parse("2026-02")
    # To the day after Tết, in both years.
    assert span(comparison.year_before(february)) == ("2025-01-13", "2025-01-30")
    assert span(comparison.previous(february)) == ("2026-01-01", "2026-01-19")


def test_years_without_a_known_holiday_are_stepped_plainly() -> None:
    for text in ("2023-01", "2030-02"):
        assert ALIGNED.year_before(GREGORIAN.parse(text)) == GREGORIAN.year_before(GREGORIAN.parse(text))


def test_nowruz_stands_still_in_jalali_and_moves_by_a_day_in_gregorian() -> None:
    nowruz = Alignment(name="nowruz", days=(date(2023, 3, 21), date(2024, 3, 20), date(2025, 3, 21)))
    jalali = calendar("jalali")
    for month in jalali.range(jalali.parse("1403-01"), 12):
        assert nowruz.shift(month, jalali.year_before(month)) == 0
    day = GREGORIAN.parse("2025-03-21")
    assert nowruz.shift(day, GREGORIAN.year_before(day)) == 366
    for text in ("2025-03", "2025-04"):  # all the season, or the same days of it
        month = GREGORIAN.parse(text)
        assert nowruz.shift(month, GREGORIAN.year_before(month)) == 0


@given(names, st.sampled_from(["day", "week", "month", "quarter"]), days)
def test_the_holiday_is_at_the_same_place_in_both(name: str, grain: str, day: date) -> None:
    cut = calendar(name)
    period = cut.period(grain, day)
    compared = Comparison(calendar=cut, alignment=TET).year_before(period)
    if compared == cut.year_before(period):
        return
    assert compared.days == period.days
    held = [[(tet - each.start).days for tet in TET.days if tet in each] for each in (period, compared)]
    assert held[0] == held[1]
