"""Periods tile the line of dates, step to and fro, and read back what they write."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallymark_sdk.calendars import (
    CALENDARS,
    GRAINS,
    WEEKDAYS,
    Calendar,
    CalendarError,
    Parts,
    Period,
    calendar,
)

calendars = st.builds(
    calendar,
    st.sampled_from(CALENDARS),
    st.integers(min_value=1, max_value=12),
    st.builds("{} {}".format, st.sampled_from(["nearest", "last"]), st.sampled_from(WEEKDAYS)),
)
days = st.dates(date(1700, 1, 1), date(2300, 1, 1))
grains = st.sampled_from(GRAINS)
WEEKS = ("4-4-5", "4-5-4", "5-4-4", "iso-week")


@given(calendars, grains, days)
def test_periods_tile_the_line(cut: Calendar, grain: str, day: date) -> None:
    period = cut.period(grain, day)
    assert day in period
    assert period.end not in period
    assert cut.step(period, 1).start == period.end
    assert cut.step(period, -1).end == period.start
    assert cut.period(grain, period.end - timedelta(days=1)) == period
    assert cut.period(grain, period.end) == cut.step(period, 1)


@given(calendars, grains, days, st.integers(min_value=-150, max_value=150))
def test_stepping_back_undoes_stepping_on(cut: Calendar, grain: str, day: date, n: int) -> None:
    period = cut.period(grain, day)
    assert cut.step(cut.step(period, n), -n) == period
    assert (cut.step(period, n) > period) == (n > 0)


@given(calendars, grains, days)
def test_what_is_written_reads_back(cut: Calendar, grain: str, day: date) -> None:
    period = cut.period(grain, day)
    assert cut.parse(cut.key(period)) == period
    assert cut.parse(cut.key(period), grain) == period
    assert cut.parse(cut.key(cut.period("day", day)), grain) == period


@given(calendars, grains, days)
def test_finer_periods_fill_the_wider_one(cut: Calendar, grain: str, day: date) -> None:
    period = cut.period(grain, day)
    for finer in {"year": ("quarter", "month"), "quarter": ("month",), "week": ("day",)}.get(grain, ()):
        n = {("year", "quarter"): 4, ("year", "month"): 12, ("quarter", "month"): 3}.get((grain, finer), 7)
        parts = cut.range(cut.period(finer, period.start), n)
        assert (parts[0].start, parts[-1].end) == (period.start, period.end)
        assert sum(part.days for part in parts) == period.days


@given(calendars, grains, days)
def test_the_year_before_has_the_same_place(cut: Calendar, grain: str, day: date) -> None:
    period = cut.period(grain, day)
    before = cut.year_before(period)
    assert before.end <= period.start
    if grain == "day" and cut.name in WEEKS:
        week = cut.period("week", day)
        assert (before.start - cut.year_before(week).start) == day - week.start
        return
    now, then = cut.parts(period), cut.parts(before)
    assert (then.year, then.fiscal) == (now.year - 1, now.fiscal)
    assert then.number == now.number or (grain == "week" and (now.number, then.number) == (53, 52))
    assert then.day == now.day or (grain == "day" and then.day < now.day)


@given(days)
def test_iso_weeks_are_those_of_the_standard_library(day: date) -> None:
    parts = calendar().parts(calendar().period("week", day))
    assert (parts.year, parts.number) == day.isocalendar()[:2]


@given(days)
def test_jalali_weeks_run_from_saturday_to_friday(day: date) -> None:
    week = calendar("jalali").period("week", day)
    assert (week.start.strftime("%A"), week.days) == ("Saturday", 7)


def test_mehr_1405() -> None:
    jalali = calendar("jalali")
    mehr = Period(date(2026, 9, 23), date(2026, 10, 23), "month", "jalali", "Mehr 1405")
    assert jalali.parse("1405-07") == mehr
    assert jalali.period("month", date(2026, 10, 22)) == mehr
    assert mehr.days == 30


@pytest.mark.parametrize(
    ("year", "first_day"),
    [
        (1375, date(1996, 3, 20)),
        (1376, date(1997, 3, 21)),
        (1399, date(2020, 3, 20)),
        (1400, date(2021, 3, 21)),
        (1403, date(2024, 3, 20)),
        (1404, date(2025, 3, 21)),
        (1408, date(2029, 3, 20)),
        (1409, date(2030, 3, 21)),
    ],
)
def test_nowruz(year: int, first_day: date) -> None:
    assert calendar("jalali").parse(str(year)).start == first_day


@pytest.mark.parametrize(
    ("name", "fiscal_start", "text", "start", "end", "label"),
    [
        ("gregorian", 1, "2017", date(2017, 1, 1), date(2018, 1, 1), "2017"),
        ("gregorian", 1, "2017-Q1", date(2017, 1, 1), date(2017, 4, 1), "Q1 2017"),
        ("gregorian", 1, "2017-03", date(2017, 3, 1), date(2017, 4, 1), "March 2017"),
        ("gregorian", 1, "2017-W05", date(2017, 1, 30), date(2017, 2, 6), "Week 5, 2017"),
        ("gregorian", 1, "2020-W53", date(2020, 12, 28), date(2021, 1, 4), "Week 53, 2020"),
        ("gregorian", 1, "2017-03-05", date(2017, 3, 5), date(2017, 3, 6), "5 March 2017"),
        ("gregorian", 4, "2017", date(2016, 4, 1), date(2017, 4, 1), "FY2017"),
        ("gregorian", 4, "fy2017-q4", date(2017, 1, 1), date(2017, 4, 1), "Q4 FY2017"),
        ("gregorian", 4, " 2017-03 ", date(2017, 3, 1), date(2017, 4, 1), "March 2017"),
        ("gregorian", 12, "2017-Q1", date(2016, 12, 1), date(2017, 3, 1), "Q1 FY2017"),
        ("jalali", 1, "1405", date(2026, 3, 21), date(2027, 3, 21), "1405"),
        ("jalali", 1, "1405-Q3", date(2026, 9, 23), date(2026, 12, 22), "Q3 1405"),
        ("jalali", 1, "1405-W01", date(2026, 3, 21), date(2026, 3, 28), "Week 1, 1405"),
        ("jalali", 1, "1405-12-29", date(2027, 3, 20), date(2027, 3, 21), "29 Esfand 1405"),
        (
            "jalali",
            1,
            "\u06f1\u06f4\u06f0\u06f5-\u06f0\u06f7",
            date(2026, 9, 23),
            date(2026, 10, 23),
            "Mehr 1405",
        ),
        ("jalali", 7, "1406", date(2026, 9, 23), date(2027, 9, 23), "FY1406"),
    ],
)
def test_named_periods(name: str, fiscal_start: int, text: str, start: date, end: date, label: str) -> None:
    period = calendar(name, fiscal_start).parse(text)
    assert (period.start, period.end, period.calendar, period.label) == (start, end, name, label)


@pytest.mark.parametrize(
    ("text", "grain", "key"),
    [
        ("2017-03-05", "week", "2017-W09"),
        ("2017-03-05", "year", "2017"),
        ("2017-03", "quarter", "2017-Q1"),
        ("2017-Q1", "year", "2017"),
    ],
)
def test_a_wider_grain_takes_the_period_around(text: str, grain: str, key: str) -> None:
    assert calendar().key(calendar().parse(text, grain)) == key


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("2017", "2016"),
        ("2017-Q1", "2016-Q1"),
        ("2017-03", "2016-03"),
        ("2021-W01", "2020-W01"),
        ("2020-W53", "2019-W52"),
        ("2016-02-29", "2015-02-28"),
        ("2017-02-28", "2016-02-28"),
    ],
)
def test_year_before(text: str, before: str) -> None:
    assert calendar().key(calendar().year_before(calendar().parse(text))) == before


def test_a_leap_day_of_the_jalali_year_falls_back_to_the_day_before() -> None:
    jalali = calendar("jalali")
    assert jalali.key(jalali.year_before(jalali.parse("1403-12-30"))) == "1402-12-29"


def test_range_follows_on() -> None:
    months = calendar().range(calendar().parse("2016-11"), 4)
    assert [month.label for month in months] == [
        "November 2016",
        "December 2016",
        "January 2017",
        "February 2017",
    ]
    assert calendar().range(months[0], 0) == ()
    assert sorted([months[2], months[0], months[3], months[1]]) == list(months)


def test_parts_are_enough_for_a_label_in_another_language() -> None:
    fiscal = calendar("gregorian", 4)
    assert fiscal.parts(fiscal.parse("2017-Q4")) == Parts(year=2017, number=4, fiscal=True)
    assert fiscal.parts(fiscal.parse("2017-03-05")) == Parts(year=2017, number=3, day=5)


@pytest.mark.parametrize(
    "text",
    [
        "2017-13",
        "2017-00",
        "2017-02-29",
        "2017-03-00",
        "2017-03-32",
        "2017-W00",
        "2017-W53",
        "0000",
        "9999-12-32",
    ],
)
def test_a_period_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(CalendarError, match=r"calendar (has no|does not reach)|outside the years"):
        calendar().parse(text)


@pytest.mark.parametrize(
    "text", ["", "March 2017", "2017-3", "2017-Q5", "17-03", "2017/03", "2017-03-05T00:00"]
)
def test_what_names_no_period_is_refused_with_the_forms_that_do(text: str) -> None:
    with pytest.raises(CalendarError, match="names no period; write one as 2017, 2017-Q1"):
        calendar().parse(text)


@pytest.mark.parametrize(
    ("text", "grain"), [("2017", "month"), ("2017-W09", "month"), ("2017-Q1", "month"), ("2017-03", "week")]
)
def test_a_grain_that_does_not_hold_the_period_is_refused(text: str, grain: str) -> None:
    with pytest.raises(CalendarError, match=f"where a {grain} is asked for"):
        calendar().parse(text, grain)


def test_unknown_calendars_grains_and_fiscal_starts_are_refused() -> None:
    with pytest.raises(CalendarError, match="no calendar 'lunar'; use one of gregorian, jalali"):
        calendar("lunar")
    with pytest.raises(CalendarError, match="month from 1 to 12, not in 13"):
        calendar("gregorian", 13)
    with pytest.raises(CalendarError, match="no grain 'decade'; use one of day, week"):
        calendar().period("decade", date(2017, 3, 5))
    with pytest.raises(CalendarError, match="0 or more periods, not -1"):
        calendar().range(calendar().parse("2017"), -1)


def test_a_period_of_another_calendar_is_refused() -> None:
    with pytest.raises(
        CalendarError, match=r"FY2017 \(2016-04-01 to 2017-04-01\) is not a year of this calendar"
    ):
        calendar().step(calendar("gregorian", 4).parse("2017"), 1)
    with pytest.raises(CalendarError, match="is not a month of this calendar"):
        calendar().key(calendar("jalali").parse("1405-07"))


@pytest.mark.parametrize(
    ("name", "grain", "day", "n"),
    [
        ("gregorian", "year", date(9998, 5, 1), 1),
        ("gregorian", "day", date.min, -1),
        ("gregorian", "week", date.max, 1),
        ("jalali", "month", date(622, 3, 21), -1),
        ("jalali", "day", date(622, 3, 21), -1),
    ],
)
def test_the_ends_of_the_line_are_refused(name: str, grain: str, day: date, n: int) -> None:
    with pytest.raises(CalendarError, match=r"does not reach|outside the years"):
        calendar(name).step(calendar(name).period(grain, day), n)
