"""Local dates and base amounts: exact in every zone, at each row's own date."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tallymark.lake import Lake, Landed
from tallymark.lake.localdays import local_days
from tallymark_tenants.db import Database
from tallymark_tenants.profile import TenantProfile

Land = Callable[..., Landed]
Read = Callable[..., list[dict[str, Any]]]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MAY = datetime(2024, 5, 1, 12, tzinfo=UTC)


def days(moments: list[datetime | None], zone: str) -> list[date | None]:
    found: list[date | None] = local_days(pa.array(moments, pa.timestamp("us", "UTC")), zone).to_pylist()
    return found


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.none() | st.integers(-5_000_000_000_000_000, 7_000_000_000_000_000), max_size=5),
    st.sampled_from(sorted(available_timezones() - {"localtime"})),
)
def test_local_days_are_those_of_the_zone_rules(micros: list[int | None], zone: str) -> None:
    moments = [None if one is None else EPOCH + timedelta(microseconds=one) for one in micros]
    assert days(moments, zone) == [one and one.astimezone(ZoneInfo(zone)).date() for one in moments]


@pytest.mark.parametrize(
    ("zone", "moment", "day"),
    [
        ("Asia/Tehran", "2022-03-21T19:29:59", "2022-03-21"),  # summer time begins at midnight, local +3:30
        ("Asia/Tehran", "2022-03-21T20:30:00", "2022-03-22"),
        ("Asia/Tehran", "2022-07-01T19:30:00", "2022-07-02"),  # +4:30
        ("Asia/Tehran", "2024-07-01T19:30:00", "2024-07-01"),  # no summer time any more
        ("Asia/Ho_Chi_Minh", "2024-02-09T16:59:59", "2024-02-09"),
        ("Asia/Ho_Chi_Minh", "2024-02-09T17:00:00", "2024-02-10"),
        ("America/New_York", "2024-03-10T04:59:59", "2024-03-09"),  # -5 before summer time, -4 after it
        ("America/New_York", "2024-03-11T03:59:59", "2024-03-10"),
        ("America/New_York", "2024-03-11T04:00:00", "2024-03-11"),
        ("America/New_York", "2024-11-03T04:00:00", "2024-11-03"),
        ("America/New_York", "2024-11-04T04:59:59", "2024-11-03"),
        ("America/Santiago", "2024-09-08T03:59:59", "2024-09-07"),  # the day begins at 01:00
        ("America/Santiago", "2024-09-08T04:00:00", "2024-09-08"),
        ("UTC", "1969-12-31T23:59:59.999999", "1969-12-31"),
    ],
)
def test_days_turn_at_local_midnight(zone: str, moment: str, day: str) -> None:
    assert days([datetime.fromisoformat(moment).replace(tzinfo=UTC)], zone) == [date.fromisoformat(day)]


def test_stored_dates_follow_the_tenants_zone(
    lake: Lake, database: Database, land: Land, read: Read, make_tenant: Callable[..., TenantProfile]
) -> None:
    profile = make_tenant(timezone="Asia/Tehran")
    land("opportunities", [{"id": "a", "closed_at": datetime(2024, 3, 19, 20, 30, tzinfo=UTC)}], profile)
    assert read("opportunities", profile)[0]["closed_on"] == date(2024, 3, 20)
    moved = TenantProfile(id=profile.id, slug=profile.slug, name="x", timezone="America/New_York")
    with database.tenant(profile.id) as session:
        assert lake.rederive(session, moved) == ("opportunities",)
        assert lake.rederive(session, moved) == ()
    assert read("opportunities", profile)[0]["closed_on"] == date(2024, 3, 19)


def rate(currency: str, on: date, value: str, **more: Any) -> dict[str, Any]:
    return {"id": f"{currency}{on}", "currency": currency, "on": on, "rate": Decimal(value)} | more


def deal(
    identity: str, amount: str, currency: str | None, closed_at: datetime | None = MAY
) -> dict[str, Any]:
    return {"id": identity, "amount": Decimal(amount), "currency": currency, "closed_at": closed_at}


def bases(read: Read, dataset: str = "opportunities") -> dict[str, Any]:
    return {row["id"]: row.get("amount_base") for row in read(dataset)}


def test_money_is_converted_at_the_last_rate_on_or_before_its_date(land: Land, read: Read) -> None:
    land("fx_rates", [rate("USD", date(2024, 4, 30), "0.9"), rate("USD", date(2024, 5, 2), "0.8")])
    land(
        "opportunities",
        [
            deal("own", "10", "EUR"),
            deal("none", "10", None),
            deal("april", "10", "USD"),
            deal("may", "10", "usd ", MAY + timedelta(days=1)),
            deal("before", "10", "USD", MAY - timedelta(days=2)),
            deal("unknown", "10", "VND"),
        ],
    )
    assert bases(read) == {
        "own": Decimal(10),
        "none": Decimal(10),
        "april": Decimal(9),
        "may": Decimal(8),
        "before": None,
        "unknown": None,
    }


def test_a_row_without_a_date_takes_the_rate_of_the_snapshots_date(land: Land, read: Read) -> None:
    land("fx_rates", [rate("USD", date(2000, 1, 1), "0.5"), rate("USD", date(2999, 1, 1), "9")])
    assert land("opportunities", [deal("open", "10", "USD", None)]).without_rate == 0
    assert bases(read) == {"open": Decimal(5)}


def test_products_are_rounded_half_even_to_four_places(land: Land, read: Read) -> None:
    land("fx_rates", [rate("USD", date(2024, 1, 1), "0.5"), rate("VND", date(2024, 1, 1), "0.000036123456")])
    land(
        "opportunities",
        [deal("a", "0.0001", "USD"), deal("b", "0.0003", "USD"), deal("c", "1000000000", "VND")],
    )
    assert bases(read) == {"a": Decimal(0), "b": Decimal("0.0002"), "c": Decimal("36123.4560")}


def test_an_amount_too_large_in_base_currency_has_none(land: Land, read: Read) -> None:
    land("fx_rates", [rate("USD", date(2024, 1, 1), "25000")])
    assert land("opportunities", [deal("a", "9999999999999", "USD")]).without_rate == 1
    assert bases(read) == {"a": None}


def test_new_rates_derive_what_holds_foreign_money_anew(land: Land, read: Read) -> None:
    assert land("opportunities", [deal("a", "10", "USD"), deal("b", "10", "EUR")]).without_rate == 1
    land("costs", [{"id": "c", "amount": Decimal(1), "currency": "EUR"}])
    landed = land("fx_rates", [rate("USD", date(2024, 1, 1), "0.5")])
    assert landed.rederived == ("opportunities",)
    assert bases(read) == {"a": Decimal(5), "b": Decimal(10)}
    assert land("fx_rates", [rate("USD", date(2024, 1, 1), "0.5")]).rederived == ()
    land("fx_rates", [rate("USD", date(2024, 1, 1), "0.5", deleted_at=MAY)])
    assert bases(read) == {"a": None, "b": Decimal(10)}


def test_lines_take_the_rate_of_their_orders_date(land: Land, read: Read) -> None:
    land("fx_rates", [rate("USD", date(2024, 4, 1), "0.9"), rate("USD", date(2024, 6, 1), "0.8")])
    line = {"id": "l", "order_id": "o", "amount": Decimal(10), "currency": "USD"}
    land("order_lines", [line, line | {"id": "m", "order_id": "lost"}])
    assert bases(read, "order_lines") == {"l": Decimal(8), "m": Decimal(8)}
    assert land("orders", [{"id": "o", "ordered_at": MAY}]).rederived == ("order_lines",)
    assert bases(read, "order_lines") == {"l": Decimal(9), "m": Decimal(8)}
    land("orders", [{"source_id": "other", "id": "lost", "ordered_at": MAY}])
    assert bases(read, "order_lines")["m"] == Decimal(8)
