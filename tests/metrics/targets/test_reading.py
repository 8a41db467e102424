"""Rows of the dataset as targets, and what a formula tells about them."""

from datetime import date
from decimal import Decimal

from tallymark_metrics import conversion, deals, pipeline, revenue
from tallymark_sdk.targets import Nature, TargetRow, read_rows
from tallymark_sdk.targets.nature import nature_of

NATURES = {"a.money": Nature(money=True), "a.count": Nature()}


def given_row(**changed):
    return {
        "metric": "a.money", "scope": "company", "scope_id": None, "period_start": date(2026, 1, 1),
        "period_end": date(2027, 1, 1), "value": Decimal(10), "value_base": Decimal(12),
    } | changed  # fmt: skip


def read(**changed):
    rows, left_out = read_rows([given_row(**changed)], NATURES.get)
    return rows[0] if rows else left_out


def test_money_is_read_in_the_tenants_currency_and_other_metrics_as_written():
    wanted = TargetRow(metric="a.money", start=date(2026, 1, 1), end=date(2027, 1, 1), value=Decimal(12))
    assert read() == wanted
    assert read(metric="a.count", value_base=None).value == 10


def test_a_member_keeps_its_scope():
    row = read(scope="rep", scope_id="an")
    assert (row.dimension, row.member) == ("rep", "an")


def test_money_without_a_rate_is_a_target_that_cannot_be_said():
    row = read(value_base=None)
    assert (row.value, row.fault) == (None, "no exchange rate for the target")


def test_rows_that_cannot_be_used_are_counted_by_reason():
    assert read(metric="a.unknown") == {"no such metric": 1}
    assert read(period_end=None) == {"no period": 1}
    assert read(period_end=date(2026, 1, 1)) == {"no period": 1}
    assert read(period_end=date(9999, 1, 1)) == {"a period of more than ten years": 1}
    assert read(value=None, value_base=None) == {"no value": 1}
    assert read(scope="rep") == {"no member of the scope": 1}
    assert read(deleted_at=object()) == {"deleted in the source": 1}


def test_sums_and_counts_of_events_add_up_over_time_and_nothing_else_does():
    declared = [
        metric for pack in (revenue, pipeline, conversion, deals) for metric in pack.tallymark_metrics()
    ]
    metrics = {metric.key: metric for metric in declared}
    kinds = {key: nature_of(metric, metrics) for key, metric in metrics.items()}
    assert kinds["revenue.bookings"] == Nature(money=True, sums_over_members=True)
    assert kinds["revenue.sales_by_region"].sums_over_time  # through another metric
    assert kinds["pipeline.opportunities"].sums_over_time
    assert not kinds["pipeline.opportunities"].money
    assert not kinds["pipeline.open_pipeline"].sums_over_time
    assert not kinds["conversion.close_ratio"].sums_over_time
    assert not kinds["revenue.average_order_value"].sums_over_time
    assert kinds["revenue.sales_per_rep"].sums_over_time  # a year of it is its months together
