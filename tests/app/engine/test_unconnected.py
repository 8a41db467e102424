"""What isn't connected is never taken for nothing, and nothing is asked for that a number doesn't need."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tallymark.engine import Cell, TenantData, compute
from tallymark.plugins.registry import registry
from tallymark_sdk.calendars import calendar

LakeOf = Callable[[Mapping[str, Any]], TenantData]
GREGORIAN = calendar("gregorian")
INVOICES = [{"id": "1", "issued_on": date(2026, 6, 1), "amount": Decimal(7), "amount_base": Decimal(7)}]


def total(data: TenantData, key: str, part: str = "value") -> Cell:
    cells = compute(registry(), [key], [GREGORIAN.parse("2026-06")], data=data, calendar=GREGORIAN)
    return next(cell for cell in cells if cell.part == part)


@pytest.mark.parametrize("key", ["cash.receivables", "cash.days_sales_outstanding"])
def test_invoices_without_payments_are_not_all_unpaid(lake_of: LakeOf, key: str) -> None:
    cell = total(lake_of({"invoices": INVOICES}), key)
    assert (cell.value, cell.reason) == (None, "not connected: payments")
    assert total(lake_of({"invoices": INVOICES, "payments": []}), key).value


def test_accounts_alone_tell_nothing_of_new_customers(lake_of: LakeOf) -> None:
    accounts = [{"id": "a"}]
    cell = total(lake_of({"accounts": accounts}), "customers.new_customers")
    assert (cell.value, cell.reason) == (None, "not connected: opportunities")
    for sales in ("opportunities", "orders"):
        assert total(lake_of({sales: []}), "customers.new_customers").value == 0


def test_a_pipeline_is_weighted_without_stages_where_deals_say_their_probability(lake_of: LakeOf) -> None:
    deal = {
        "id": "1",
        "status": "open",
        "created_at": datetime(2026, 6, 1, tzinfo=UTC),
        "created_on": date(2026, 6, 1),
        "amount": Decimal(100),
        "amount_base": Decimal(100),
        "probability": Decimal("0.25"),
    }
    assert total(lake_of({"opportunities": [deal]}), "pipeline.open_pipeline", "weighted").value == 25
