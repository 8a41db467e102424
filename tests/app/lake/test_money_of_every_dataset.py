"""Money of every dataset, at the rate of its own row's date; rial and toman beside each other."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tallymark.lake import Landed
from tallymark_sdk.model import CANONICAL, Dataset, Kind
from tallymark_tenants.profile import TenantProfile

Land = Callable[..., Landed]
Read = Callable[..., list[dict[str, Any]]]

WITH_MONEY = [dataset for dataset in CANONICAL.values() if dataset.has_money]
DAY = date(2024, 5, 1)
RATES = {DAY: "0.9", DAY + timedelta(days=10): "0.8"}


def rates(*codes: str) -> list[dict[str, Any]]:
    return [
        {"id": f"{code}{day}", "currency": code, "on": day, "rate": Decimal(value)}
        for code in codes
        for day, value in RATES.items()
    ]


def placed(dataset: Dataset, path: str, day: date) -> dict[str, Any]:
    """The date of a row, in the kind that its column has."""
    kind = dataset.column(path).kind
    return {path: datetime(day.year, day.month, day.day, 12, tzinfo=UTC) if kind is Kind.TIMESTAMP else day}


def row(land: Land, dataset: Dataset, identity: str, path: str, day: date, currency: str) -> dict[str, Any]:
    """A row whose amounts are all 10, dated by the path; what it points to is landed."""
    amounts = {column.name: Decimal(10) for column in dataset.columns if column.kind is Kind.MONEY}
    given = {"id": identity, "currency": currency} | amounts
    key, dot, column = path.partition(".")
    if not dot:
        return given | placed(dataset, path, day)
    parent = CANONICAL[dataset.references[key]]
    land(parent.name, [{"id": f"of {identity}"} | placed(parent, column, day)])
    return given | {key: f"of {identity}"}


@pytest.mark.parametrize(
    ("dataset", "path"),
    [(dataset, path) for dataset in WITH_MONEY for path in dataset.money_dates],
    ids=lambda each: each if isinstance(each, str) else each.name,
)
def test_every_amount_is_converted_at_its_own_rows_date(
    land: Land, read: Read, dataset: Dataset, path: str
) -> None:
    land("fx_rates", rates("USD"))
    rows = [
        row(land, dataset, "first", path, DAY + timedelta(days=9), "USD"),
        row(land, dataset, "later", path, DAY + timedelta(days=10), "USD"),
        row(land, dataset, "before", path, DAY - timedelta(days=1), "USD"),
        row(land, dataset, "unknown", path, DAY, "XXX"),
    ]
    landed = land(dataset.name, rows)
    assert landed.without_rate == 2
    wanted = {"first": Decimal(9), "later": Decimal(8), "before": None, "unknown": None}
    for column in (column for column in dataset.columns if column.kind is Kind.MONEY):
        found = {each["id"]: each.get(column.in_base) for each in read(dataset.name)}
        assert found == wanted, column.name


def test_the_datasets_with_money_are_all_tried() -> None:
    dateless = {dataset.name for dataset in WITH_MONEY if not dataset.money_dates}
    assert len(WITH_MONEY) >= 15
    # Their amounts are worth what they are worth now: the snapshot's date picks the rate.
    assert dateless <= {"accounts", "campaigns", "products"}


def deal(identity: str, amount: str, currency: str | None) -> dict[str, Any]:
    closed = datetime(2024, 5, 1, 12, tzinfo=UTC)
    return {"id": identity, "amount": Decimal(amount), "currency": currency, "closed_at": closed}


def bases(read: Read, profile: TenantProfile) -> dict[str, Any]:
    return {each["id"]: each.get("amount_base") for each in read("opportunities", profile)}


def test_a_toman_is_ten_rial_without_any_rate(
    land: Land, read: Read, make_tenant: Callable[..., TenantProfile]
) -> None:
    rial = make_tenant(currency="IRR")
    land("fx_rates", rates("IRT"), rial)
    deals = [deal("rial", "70", "IRR"), deal("toman", "7.5", "irt"), deal("other code", "7", "TMN")]
    deals += [deal("own", "7", None), deal("too large", "99999999999999", "IRT")]
    assert land("opportunities", deals, rial).without_rate == 1
    assert bases(read, rial) == {
        "rial": Decimal(70),
        "toman": Decimal(75),
        "other code": Decimal(70),
        "own": Decimal(7),
        "too large": None,
    }


def test_elsewhere_a_toman_is_worth_ten_rial_unless_it_has_a_rate(
    land: Land, read: Read, tenant: TenantProfile
) -> None:
    assert tenant.currency == "EUR"
    assert land("opportunities", [deal("none", "100", "IRT")]).without_rate == 1
    land("fx_rates", [{"id": "r", "currency": "IRR", "on": DAY, "rate": Decimal("0.00002")}])
    land("opportunities", [deal("none", "100", "IRT"), deal("rial", "1000", "IRR")])
    assert bases(read, tenant) == {"none": Decimal("0.02"), "rial": Decimal("0.02")}
    land("fx_rates", [{"id": "t", "currency": "IRT", "on": DAY, "rate": Decimal("0.0003")}])
    assert bases(read, tenant)["none"] == Decimal("0.03")
