"""Dates in three calendars and all their orders."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tallymark_connectors.csv_xlsx.dates import (
    DateRule,
    Moment,
    add_months,
    local_day,
    parse_moment,
    to_microseconds,
)
from tallymark_connectors.csv_xlsx.errors import BadValue
from tallymark_connectors.csv_xlsx.evidence import DateEvidence, NumberEvidence, settle_dates


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2017-03-25", date(2017, 3, 25)),
        ("25/03/2017", date(2017, 3, 25)),
        ("3/25/2017", date(2017, 3, 25)),
        ("Friday, December 1, 2017", date(2017, 12, 1)),
        ("1-Dec-17", date(2017, 12, 1)),
        ("02/24/26 02:18 AM", date(2026, 2, 24)),
        ("31.12.2017", date(2017, 12, 31)),
        ("20170325", date(2017, 3, 25)),
        ("43101", date(2018, 1, 1)),
        ("2023-01", date(2023, 1, 1)),
        ("2017-M07", date(2017, 7, 1)),
        ("2017-Q3", date(2017, 7, 1)),
        ("1405/07/01", date(2026, 9, 23)),
        ("۱۴۰۵/۰۷/۰۱", date(2026, 9, 23)),
        ("دوشنبه ۱ مهر ۱۴۰۵", date(2026, 9, 23)),
        ("民國115年7月1日", date(2026, 7, 1)),
        ("115/07/01", date(2026, 7, 1)),
        ("2026年7月1日", date(2026, 7, 1)),
        ("ngày 1 tháng 7 năm 2026", date(2026, 7, 1)),
        ("thứ hai, 1 tháng 7, 2026", date(2026, 7, 1)),
    ],
)
def test_reads_what_needs_no_rule(text: str, expected: date) -> None:
    assert parse_moment(text, DateRule()).day == expected


def test_reads_by_the_columns_rule() -> None:
    assert parse_moment("03/04/17", DateRule(order="dmy")).day == date(2017, 4, 3)
    assert parse_moment("03/04/17", DateRule(order="mdy")).day == date(2017, 3, 4)
    assert parse_moment("99/07/01", DateRule(order="ymd", calendar="roc")).day == date(2010, 7, 1)
    assert parse_moment("05/07/01", DateRule(order="ymd", calendar="jalali")).day == date(2026, 9, 23)


@pytest.mark.parametrize(
    "text",
    ["03/04/2017", "2017-02-30", "hello 12", "1400/12/30", "150000", "12/13/14/15", "2017-03-25 25:00"],
)
def test_refuses(text: str) -> None:
    with pytest.raises(BadValue):
        parse_moment(text, DateRule())


def test_a_wrong_order_is_refused_not_turned() -> None:
    with pytest.raises(BadValue, match="has 25 where its month should be; months go from 1 to 12"):
        parse_moment("25/03/2017", DateRule(order="mdy"))


@pytest.mark.parametrize(
    ("text", "hour", "minute"),
    [
        ("2/1/26 12:05 AM", 0, 5),
        ("2/1/26 12:05 PM", 12, 5),
        ("2026年7月1日 下午3:05", 15, 5),
        ("1/7/2026 3:05 CH", 15, 5),
    ],
)
def test_reads_the_time_of_day(text: str, hour: int, minute: int) -> None:
    clock = parse_moment(text, DateRule(order="mdy")).clock
    assert clock is not None
    assert (clock.hour, clock.minute) == (hour, minute)


@given(
    st.dates(date(1990, 1, 1), date(2040, 1, 1)),
    st.sampled_from(["Asia/Tehran", "America/Sao_Paulo", "Asia/Taipei"]),
)
def test_a_day_keeps_its_local_date_in_zones_without_a_midnight(day: date, name: str) -> None:
    zone = ZoneInfo(name)
    micro = to_microseconds(Moment(day=day), clock_zone=zone, day_zone=zone)
    back = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micro)
    assert back.astimezone(zone).date() == day


def test_a_time_with_an_offset_is_told_in_the_tenants_zone() -> None:
    moment = parse_moment("2026-06-30T20:00:00Z", DateRule())
    saigon = ZoneInfo("Asia/Ho_Chi_Minh")
    assert local_day(moment, clock_zone=saigon, day_zone=saigon) == date(2026, 7, 1)


def test_add_months_stays_in_the_month() -> None:
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert add_months(date(2024, 12, 1), 1) == date(2025, 1, 1)
    assert add_months(date(2024, 1, 15), -1) == date(2023, 12, 15)


def test_evidence_names_the_value_and_line_that_prove_the_order() -> None:
    evidence = DateEvidence()
    for line, text in enumerate(["03/04/2017", "05/05/2017", "25/03/2017"], start=12):
        evidence.add(text, line)
    finding = evidence.finding()
    assert finding.order == "dmy"
    assert finding.proof == "value '25/03/2017' on line 14 can only be day first"


def test_evidence_asks_where_nothing_decides_and_where_values_contradict() -> None:
    evidence = DateEvidence()
    evidence.add("03/04/2017", 2)
    assert "day first or month first" in str(evidence.finding().question)
    evidence.add("25/03/2017", 3)
    evidence.add("03/25/2017", 4)
    question = str(evidence.finding().question)
    assert "line 3" in question
    assert "line 4" in question


def test_one_column_of_a_file_speaks_for_another() -> None:
    sure, unsure = DateEvidence(), DateEvidence()
    sure.add("03/25/2017", 2)
    unsure.add("03/04/2017", 2)
    settled = settle_dates({"a": sure.finding(), "b": unsure.finding()})
    assert settled["b"].order == "mdy"
    assert str(settled["b"].proof).startswith("as in column 'a'")


def test_number_evidence() -> None:
    evidence = NumberEvidence()
    evidence.add("1.234", 2)
    assert evidence.finding().question
    evidence.add("1.234,5", 3)
    assert evidence.finding().mark == ","
