"""The working days of countries, and what a tenant says of its own."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tallymark.calendars import comparison_of, workdays_of
from tallymark.calendars.countries import countries, public_holidays, weekend_of
from tallymark.calendars.moving import alignment
from tallymark.calendars.own_days import own_days
from tallymark.calendars.tenant import day_of
from tallymark.engine import TenantData
from tallymark.engine.ask import comparison_with
from tallymark.lake import Snapshot
from tallymark_sdk.calendars import Period, calendar
from tallymark_sdk.model import dataset
from tallymark_tenants.ids import uuid7
from tallymark_tenants.profile import TenantProfile

GREGORIAN, JALALI = calendar(), calendar("jalali")


def profile(**settings: Any) -> TenantProfile:
    return TenantProfile(id=uuid7(), slug="acme", name="Acme", **settings)


# Counted by hand.
@pytest.mark.parametrize(
    ("country", "period", "worked"),
    [
        # 20 weekdays, less 16 to 20 February (Tết).
        ("VN", GREGORIAN.parse("2026-02"), 15),
        # 23 weekdays, less 4 July, kept on Friday the 3rd.
        ("US", GREGORIAN.parse("2026-07"), 22),
        # 21 weekdays, less the 8th, 9th, 12th to 14th (New Year) and 28th (Peace Memorial); Saturday the 17th is worked.
        ("TW", GREGORIAN.parse("2024-02"), 16),
        # 31 days with four Fridays; 1 to 4, 12 and 13 Farvardin, and 25 Farvardin (martyrdom of Imam Sadiq) are off.
        ("IR", JALALI.parse("1405-01"), 20),
    ],
)
def test_the_working_days_of_a_month(country: str, period: Period, worked: int) -> None:
    assert workdays_of(profile(country=country)).count(period) == worked


def test_weekends_are_those_of_the_country_unless_the_tenant_has_its_own() -> None:
    assert weekend_of("IR") == {4}
    assert weekend_of("") == weekend_of("VN") == {5, 6}
    thursday, friday, saturday = (date(2026, 10, day) for day in (15, 16, 17))
    for weekend, worked in {
        "": [True, False, True],
        "thursday,friday": [False, False, True],
        "none": [True] * 3,
    }.items():
        days = workdays_of(profile(country="IR", weekend=weekend))
        assert [days.is_workday(day) for day in (thursday, friday, saturday)] == worked


def test_another_weekend_before_a_reform_is_known() -> None:
    days = workdays_of(profile(country="AE"))
    # Friday and Saturday until the end of 2021, then Saturday and Sunday.
    assert [days.is_workday(date(2021, 10, day)) for day in (15, 17)] == [False, True]
    assert [days.is_workday(date(2026, 10, day)) for day in (16, 18)] == [True, False]


def test_without_a_country_there_are_no_public_holidays() -> None:
    assert public_holidays("") == ()
    assert workdays_of(profile()).is_workday(date(2026, 12, 25))


def test_names_are_in_the_language_asked_for_where_there_is_one() -> None:
    names = {
        language: {each.on: each.name for each in public_holidays("VN", language)}
        for language in ("vi", "fa")
    }
    assert names["vi"][date(2026, 9, 2)] == "Quốc khánh"
    assert names["fa"][date(2026, 9, 2)] == "National Day"
    taiwanese = {each.on: each.name for each in public_holidays("TW", "zh_Hant")}
    assert taiwanese[date(2026, 10, 10)] == "國慶日"
    assert {"VN", "IR", "TW", "US"} <= set(countries())


@pytest.mark.parametrize(
    ("name", "first_days"),
    [
        ("tet", ["2024-02-10", "2025-01-29", "2026-02-17", "2030-02-02"]),
        # In 2030 the new moon is before midnight in Hanoi and after it in Taipei.
        ("lunar_new_year", ["2024-02-10", "2025-01-29", "2026-02-17", "2030-02-03"]),
        ("nowruz", ["2024-03-20", "2025-03-21", "2026-03-21", "2030-03-21"]),
    ],
)
def test_when_moving_holidays_begin(name: str, first_days: list[str]) -> None:
    found = alignment(name)
    assert found is not None
    assert set(map(date.fromisoformat, first_days)) <= set(found.days)
    years = [day.year for day in found.days]
    assert years == list(range(years[0], years[-1] + 1))
    assert alignment("") is None


@pytest.fixture
def data_of(tmp_path: Path) -> Callable[[list[dict[str, Any]]], TenantData]:
    def write(rows: list[dict[str, Any]]) -> TenantData:
        full = [{"source_id": "test", **row} for row in rows]
        path = tmp_path / "calendar_days.parquet"
        pq.write_table(pa.Table.from_pylist(full, dataset("calendar_days").stored_schema), path)
        return TenantData(folder=tmp_path, files={"calendar_days": [path]})

    return write


def test_the_tenants_own_days_overrule_the_country_and_the_weekend(
    data_of: Callable[..., TenantData],
) -> None:
    given: list[dict[str, Any]] = [
        {"on": date(2026, 7, 3), "is_workday": True, "holiday": "Open on the 3rd"},
        {"on": date(2026, 7, 6), "is_workday": False, "holiday": None},
        {"on": date(2026, 7, 7), "is_workday": None, "holiday": "Founder's day"},
        {"on": date(2026, 7, 11), "is_workday": True, "holiday": None},
        {
            "on": date(2026, 7, 12),
            "is_workday": True,
            "holiday": None,
            "deleted_at": datetime(2026, 7, 1, tzinfo=UTC),
        },
        {"on": date(2026, 7, 13), "is_workday": None, "holiday": None},
        {"on": None, "is_workday": False, "holiday": "No day"},
    ]
    rows = [{"id": str(number), **row} for number, row in enumerate(given)]
    own = own_days(data_of(rows))
    assert len(own) == 4
    assert own == own_days(data_of(rows[::-1]))
    days = workdays_of(profile(country="US"), own)
    worked = {day: days.is_workday(date(2026, 7, day)) for day in (3, 6, 7, 8, 11, 12, 13)}
    assert worked == {3: True, 6: False, 7: False, 8: True, 11: True, 12: False, 13: True}
    assert days.count(GREGORIAN.parse("2026-07")) == 22 + 1 - 2 + 1


def test_a_tenant_without_rows_of_its_own_has_its_countrys_days() -> None:
    assert own_days(TenantData(folder=Path(), files={})) == ()


def test_a_comparison_is_made_from_the_settings() -> None:
    comparison = comparison_of(
        profile(country="VN", calendar="4-4-5", fiscal_start=4, year_end="last friday", alignment="tet"),
        as_of=date(2026, 2, 18),
    )
    assert comparison.calendar == calendar("4-4-5", 4, "last friday")
    assert comparison.alignment == alignment("tet")
    assert not comparison.workdays.is_workday(date(2026, 2, 18))
    assert comparison.as_of == date(2026, 2, 18)


def test_the_day_of_the_data_is_that_of_the_newest_load_in_the_tenants_zone(
    data_of: Callable[..., TenantData],
) -> None:
    loads = [
        Snapshot(
            id=uuid7(),
            dataset=name,
            files=(),
            row_count=0,
            schema_version="1",
            sync_id=None,
            created_at=datetime(2026, 10, day, 18, tzinfo=UTC),
        )
        for name, day in (("orders", 12), ("calendar_days", 13), ("reps", 1))
    ]
    data = data_of([{"id": "1", "on": date(2026, 10, 12), "is_workday": False}])
    hanoi = profile(timezone="Asia/Ho_Chi_Minh")
    comparison = comparison_with(hanoi, data, loads)
    assert comparison.as_of == date(2026, 10, 14)
    assert not comparison.workdays.is_workday(date(2026, 10, 12))
    assert comparison_with(hanoi, data, loads, as_of=date(2026, 10, 1)).as_of == date(2026, 10, 1)
    assert comparison_with(hanoi, data, []).as_of is None


def test_the_day_of_a_moment_is_the_tenants() -> None:
    late = datetime(2026, 10, 31, 18, tzinfo=UTC)
    assert day_of(profile(timezone="Asia/Ho_Chi_Minh"), late) == date(2026, 11, 1)
    assert day_of(profile(timezone="America/New_York"), late) == date(2026, 10, 31)
