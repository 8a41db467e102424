"""Golden cases worked by hand: rows in, value out, for every built-in metric.

Each case holds an ordinary row, an empty value, a boundary day and the trap that the metric is known for.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tallymark_metrics import conversion, deals, pipeline, revenue
from tallymark_sdk import Metric
from tallymark_sdk.calendars import calendar
from tallymark_sdk.reference import ReferenceEvaluator

METRICS = {
    metric.key: metric
    for family in (revenue, pipeline, conversion, deals)
    for metric in family.tallymark_metrics()
}
GREGORIAN = calendar("gregorian")
JUNE = GREGORIAN.parse("2026-06")
DELETED = datetime(2026, 6, 20, tzinfo=UTC)


def deal(name: str, status: str, amount: str | None, closed: date | None, **more: Any) -> dict[str, Any]:
    value = None if amount is None else Decimal(amount)
    return {"id": name, "status": status, "amount": value, "amount_base": value, "closed_on": closed, **more}


DEALS = [
    deal(
        "first day", "won", "100", date(2026, 6, 1), rep_id="an", created_on=date(2026, 5, 2), account_id="x"
    ),
    deal(
        "last day",
        "won",
        "50.5",
        date(2026, 6, 30),
        rep_id="bo",
        created_on=date(2026, 6, 20),
        account_id="x",
    ),
    deal("next day", "won", "999", date(2026, 7, 1), rep_id="an", created_on=date(2026, 6, 30)),
    deal("no amount", "won", None, date(2026, 6, 10), rep_id="an", created_on=date(2026, 6, 10)),
    deal("won for nothing", "won", "0", date(2026, 6, 11), rep_id="bo", created_on=date(2026, 6, 1)),
    deal("closed before created", "won", "10", date(2026, 6, 5), rep_id="an", created_on=date(2026, 6, 9)),
    deal("lost", "lost", None, date(2026, 6, 12), rep_id="bo", created_on=date(2026, 6, 2)),
    deal(
        "cancelled",
        "cancelled",
        "70",
        date(2026, 6, 12),
        created_on=date(2026, 1, 2),
        probability=Decimal("0.5"),
    ),
    deal("open", "open", "200", None, rep_id="an", created_on=date(2026, 6, 30), probability=Decimal("0.25")),
    deal("opened later", "open", "300", None, created_on=date(2026, 7, 1), probability=Decimal(1)),
    deal("deleted", "won", "5000", date(2026, 6, 10), created_on=date(2026, 6, 1), deleted_at=DELETED),
    deal("no date", "won", "5000", None, created_on=date(2026, 6, 1)),
    {**deal("no rate", "won", "40", date(2026, 6, 10), created_on=date(2026, 6, 4)), "amount_base": None},
]


def order(name: str, day: date | None, status: str | None = "confirmed", **more: Any) -> dict[str, Any]:
    return {"id": name, "ordered_on": day, "status": status, **more}


def line(name: str, of: str, amount: str, cost: str | None, **more: Any) -> dict[str, Any]:
    spent = None if cost is None else Decimal(cost)
    return {"id": name, "order_id": of, "amount": Decimal(amount), "amount_base": Decimal(amount), "cost": spent,
            "cost_base": spent, **more}  # fmt: skip


ORDERS = {
    "orders": [
        order("may", date(2026, 5, 31), rep_id="an", region_id="south"),
        order("june", date(2026, 6, 1), rep_id="an", region_id="north"),
        order("end", date(2026, 6, 30), None, rep_id="bo"),
        order("cancelled", date(2026, 6, 3), "cancelled", rep_id="an"),
        order("undated", None, rep_id="an"),
    ],
    "order_lines": [
        line("1", "may", "80", "40"),
        line("2", "june", "60", "45", product_id="p"),
        line("3", "june", "20", None),
        line("4", "end", "40", "30", product_id="p"),
        line("5", "cancelled", "700", "1"),
        line("6", "undated", "800", "1"),
        line("7", "nowhere", "900", "1"),
    ],
    "reps": [
        {"id": "an", "region_id": "south", "team_id": "one", "hired_on": date(2020, 1, 1)},
        {"id": "bo", "region_id": "south", "team_id": "one", "hired_on": date(2026, 6, 30)},
        {"id": "cy", "team_id": "two", "left_on": date(2026, 6, 1)},
        {"id": "left", "team_id": "two", "hired_on": date(2019, 1, 1), "left_on": date(2026, 5, 31)},
        {"id": "later", "team_id": "two", "hired_on": date(2026, 7, 1)},
    ],
    "products": [{"id": "p", "product_group": "tools"}],
}

CASES: list[tuple[str, str, str, str, str, Any]] = [
    # metric, part, dimension, member, how it was worked out, value
    ("revenue.bookings", "value", "", "", "100 + 50.5 + 0 + 10", Decimal("160.5")),
    ("revenue.bookings", "value", "rep", "an", "100 + 10", Decimal(110)),
    ("revenue.bookings", "value", "rep", "unassigned", "the one without a rate is left out", 0),
    ("revenue.bookings", "value", "customer_type", "existing", "x won on 1 June, so 30 June is from a customer", Decimal("50.5")),
    ("revenue.revenue", "value", "", "", "60 + 20 + 40", Decimal(120)),
    ("revenue.revenue", "value", "region", "south", "end has no region of its own: bo's", Decimal(40)),
    ("revenue.revenue", "value", "product_group", "tools", "60 + 40", Decimal(100)),
    ("revenue.sales_growth", "value", "", "", "(120 - 80) / 80", Decimal("0.5")),
    ("revenue.sales_growth", "value", "rep", "bo", "nothing in May to divide by", None),
    ("revenue.average_order_value", "value", "", "", "120 / 2 orders", Decimal(60)),
    ("revenue.average_order_value", "value", "product_group", "tools", "100 / 2 orders with such a line", Decimal(50)),
    ("revenue.profit_margin", "value", "", "", "(100 - 75) / 100, the line without cost is out", Decimal("0.25")),
    ("revenue.profit_margin", "cost_known", "", "", "100 / 120", Decimal(100) / Decimal(120)),
    ("revenue.sales_per_rep", "value", "", "", "120 / an, bo (hired on the last day), cy (left on the first)", Decimal(40)),
    ("revenue.sales_per_rep", "value", "rep", "an", "an's own revenue", Decimal(80)),
    ("revenue.sales_by_region", "value", "region", "north", "60 + 20", Decimal(80)),
    ("revenue.sales_by_region", "growth", "region", "south", "(40 - 80) / 80", Decimal("-0.5")),
    ("revenue.sales_by_region", "share", "region", "north", "80 / 120", Decimal(80) / Decimal(120)),
    ("pipeline.opportunities", "value", "", "", "created in June, the deleted one not", 9),
    ("pipeline.open_pipeline", "value", "", "", "next day 999 + open 200", Decimal(1199)),
    ("pipeline.open_pipeline", "weighted", "", "", "200 × 0.25; next day has no probability", Decimal(50)),
    ("conversion.close_ratio", "value", "", "", "6 won of 7 (won or lost), cancelled is neither", Decimal(6) / Decimal(7)),
    ("conversion.close_ratio", "value", "rep", "bo", "2 of 3", Decimal(2) / Decimal(3)),
    ("conversion.cycle_length", "value", "", "", "(30 + 10 + 0 + 10 + 6) / 5", Decimal("11.2")),
    ("conversion.cycle_length", "median", "", "", "0 6 10 10 30", Decimal(10)),
    ("conversion.cycle_length", "deals", "duration_band", "15-30", "the one of 30 days", 1),
    ("conversion.cycle_length", "value_won", "duration_band", "0-14", "50.5 + 0", Decimal("50.5")),
    ("deals.average_deal_size", "value", "", "", "160.5 / 4, won for 0 counts", Decimal("40.125")),
]  # fmt: skip


@pytest.fixture(scope="module")
def evaluator() -> ReferenceEvaluator:
    return ReferenceEvaluator({"opportunities": DEALS, **ORDERS}, GREGORIAN, METRICS.values())


@pytest.mark.parametrize(("key", "part", "dimension", "member", "how", "expected"), CASES)
def test_golden_case(
    evaluator: ReferenceEvaluator, key: str, part: str, dimension: str, member: str, how: str, expected: Any
) -> None:
    found = evaluator.value(METRICS[key], JUNE, part=part, dimension=dimension, member=member)
    if expected is None or found is None:
        assert found == expected, how
    else:
        assert abs(Decimal(found) - Decimal(expected)) < Decimal("1e-25"), how


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.key)
def test_a_tenant_without_rows_gets_zero_or_no_value(metric: Metric) -> None:
    empty = ReferenceEvaluator({}, GREGORIAN, METRICS.values())
    for part in ("value", *metric.parts):
        value = empty.value(metric, JUNE, part=part)
        sums = metric.kind in {"flow", "stock"} or metric.key == "revenue.sales_by_region"
        if part == "value":
            assert value == (0 if sums else None)


def test_every_metric_has_a_golden_case() -> None:
    assert {case[0] for case in CASES} == set(METRICS)
    assert {(case[0], case[1]) for case in CASES} >= {
        (metric.key, part) for metric in METRICS.values() for part in ("value", *metric.parts)
    }
