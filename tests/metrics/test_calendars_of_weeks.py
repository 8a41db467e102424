"""Years of whole weeks, against calendars that others publish."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallymark_sdk.calendars import WEEKDAYS, Calendar, CalendarError, calendar, year_end_of

days = st.dates(date(1700, 1, 1), date(2300, 1, 1))

# National Retail Federation, "4-5-4 Calendar": first day and number of weeks of its years.
NRF = {
    2012: (date(2012, 1, 29), 53),
    2017: (date(2017, 1, 29), 53),
    2018: (date(2018, 2, 4), 52),
    2022: (date(2022, 1, 30), 52),
    2023: (date(2023, 1, 29), 53),
    2024: (date(2024, 2, 4), 52),
    2025: (date(2025, 2, 2), 52),
    2026: (date(2026, 2, 1), 52),
}


@pytest.mark.parametrize("year", NRF)
def test_a_retail_year_is_that_of_the_national_retail_federation(year: int) -> None:
    cut = calendar("4-5-4", 2)
    first, weeks = NRF[year]
    period = cut.parse(str(year))
    assert (period.start, period.days) == (first, weeks * 7)
    months = cut.range(cut.parse(f"{year}-01"), 12)
    assert [month.days // 7 for month in months[:11]] == [4, 5, 4, 4, 5, 4, 4, 5, 4, 4, 5]
    assert months[11].days // 7 == (5 if weeks == 53 else 4)


def test_the_days_of_a_retail_year() -> None:
    cut = calendar("4-5-4", 2)
    last_week = cut.parse("2023-W53")
    assert (last_week.start, last_week.end) == (date(2024, 1, 28), date(2024, 2, 4))
    assert last_week.label == "Week 53, FY2023"
    assert cut.parse("2024-02-03", "year").label == "FY2023"
    assert cut.parse("2024-02-04", "month").label == "P1 FY2024"
    assert cut.parse("2023-W53", "quarter").label == "Q4 FY2023"
    # A single day is dated as on a letter, whatever month of the retail year it lies in.
    assert cut.parse("2024-02-03").label == "3 February 2024"


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("2024-01", "2023-01"),
        ("2024-W05", "2023-W05"),
        ("2023-W53", "2022-W52"),
        # The first Sunday of the retail year, and the Saturday of its 53rd week.
        ("2024-02-04", "2023-01-29"),
        ("2024-02-03", "2023-01-28"),
    ],
)
def test_the_year_before_in_a_retail_year(text: str, before: str) -> None:
    cut = calendar("4-5-4", 2)
    assert cut.key(cut.year_before(cut.parse(text))) == before


@pytest.mark.parametrize(
    ("year_end", "last_days"),
    [
        # "nearest" and "last" differ where the month's last Saturday is four days or more early.
        ("nearest saturday", {2023: date(2023, 9, 30), 2024: date(2024, 9, 28), 2025: date(2025, 9, 27)}),
        ("last saturday", {2023: date(2023, 9, 30), 2024: date(2024, 9, 28), 2026: date(2026, 9, 26)}),
        ("nearest friday", {2023: date(2023, 9, 29), 2026: date(2026, 10, 2)}),
        ("last friday", {2023: date(2023, 9, 29), 2026: date(2026, 9, 25)}),
    ],
)
def test_the_day_a_year_ends_on(year_end: str, last_days: dict[int, date]) -> None:
    cut = calendar("4-4-5", 10, year_end)
    for year, last in last_days.items():
        assert cut.parse(str(year)).end - timedelta(days=1) == last
    assert cut.parse("2026").label == "FY2026"


@pytest.mark.parametrize(
    ("name", "weeks"), [("4-4-5", [4, 4, 5]), ("4-5-4", [4, 5, 4]), ("5-4-4", [5, 4, 4])]
)
def test_months_have_the_weeks_of_the_name(name: str, weeks: list[int]) -> None:
    cut = calendar(name)
    assert [month.days // 7 for month in cut.range(cut.parse("2024-01"), 12)] == weeks * 4


@given(days, st.sampled_from(WEEKDAYS), st.sampled_from(["nearest", "last"]), st.integers(1, 12))
def test_years_have_52_or_53_weeks_and_end_where_they_must(
    day: date, weekday: str, rule: str, fiscal_start: int
) -> None:
    year = calendar("5-4-4", fiscal_start, f"{rule} {weekday}").period("year", day)
    last = year.end - timedelta(days=1)
    month_end = (last.replace(day=1) + timedelta(days=3 if last.day < 4 else 31)).replace(day=1)
    month_end -= timedelta(days=1)
    assert year.days in (364, 371)
    assert WEEKDAYS[last.weekday()] == weekday
    assert abs((month_end - last).days) <= 3 if rule == "nearest" else 0 <= (month_end - last).days <= 6
    assert month_end.month % 12 + 1 == fiscal_start


@given(days)
def test_the_iso_week_year_is_that_of_the_standard_library(day: date) -> None:
    cut = calendar("iso-week")
    year, week, _ = day.isocalendar()
    parts = cut.parts(cut.period("week", day))
    assert (parts.year, parts.number) == (year, week)
    assert cut.period("year", day).start == date.fromisocalendar(year, 1, 1)
    month = cut.parts(cut.period("month", day)).number
    assert month == [*(1,) * 4, *(2,) * 4, *(3,) * 5][min(week - 1, 51) % 13] + min(week - 1, 51) // 13 * 3


def test_a_fiscal_year_of_iso_weeks_starts_with_one_of_its_months() -> None:
    cut: Calendar = calendar("iso-week", 4)
    fiscal = cut.parse("2027")
    assert (fiscal.label, fiscal.start) == ("FY2027", date.fromisocalendar(2026, 14, 1))
    assert cut.parse("2026-W53").label == "Week 53, 2026"


@pytest.mark.parametrize("text", ["2024-W53", "2023-W54", "2024-13"])
def test_a_week_or_month_that_the_year_does_not_have_is_refused(text: str) -> None:
    with pytest.raises(CalendarError, match="4-5-4 calendar has no"):
        calendar("4-5-4", 2).parse(text)


@pytest.mark.parametrize("text", ["", "saturday", "first saturday", "nearest caturday"])
def test_a_day_that_no_year_ends_on_is_refused(text: str) -> None:
    with pytest.raises(CalendarError, match="nearest or last with a weekday"):
        year_end_of(text)
    with pytest.raises(CalendarError, match="month from 1 to 12, not in 0"):
        calendar("4-4-5", 0)
