"""Who was a customer at a period's start and at its end."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from tallymark_metrics.views.mrr_spans import ENDED, with_end, with_rep
from tallymark_sdk import Parameter, View
from tallymark_sdk.tables import alive, later

DAYS = Parameter(
    name="days",
    description="Without subscriptions, a customer is an account with an order in so many days up to the boundary.",
    default=365,
    minimum=1,
    maximum=3650,
)
CUSTOMER_INPUTS = (
    "accounts.rep_id",
    "orders.account_id",
    "orders.ordered_on",
    "orders.region_id",
    "orders.rep_id",
    "orders.status",
    "subscriptions.account_id",
    "subscriptions.cancelled_on",
    "subscriptions.ended_on",
    "subscriptions.plan",
    "subscriptions.rep_id",
    "subscriptions.started_on",
    "subscriptions.status",
)
CUSTOMER_DATASETS = ("accounts", "orders", "subscriptions")


def _subscribed(tables: Mapping[str, ir.Table]) -> ir.Table:
    running = with_end(with_rep(alive(tables["subscriptions"]), tables))
    ended_unknown = running.status.isin(ENDED) & running.end_on.isnull()
    running = running.filter(~(ended_unknown | (running.status == "trial")).fill_null(False))
    return running.select(
        "source_id", "account_id", "rep_id", "plan", region_id=ibis.literal(None, type="string"),
        from_on="started_on", to_on="end_on",
    )  # fmt: skip


def _ordered(tables: Mapping[str, ir.Table]) -> ir.Table:
    """Orders as spans of being a customer; none at all where the tenant keeps subscriptions."""
    kept = alive(tables["subscriptions"]).count().as_scalar()
    orders = with_rep(alive(tables["orders"]), tables)
    counted = orders.filter(
        (orders.status != "cancelled").fill_null(True),
        orders.ordered_on.notnull(),
        kept == 0,
    )
    return counted.select(
        "source_id", "account_id", "rep_id", plan=ibis.literal(None, type="string"), region_id="region_id",
        from_on="ordered_on", to_on=later(counted.ordered_on, DAYS.value).cast("date"),
    )  # fmt: skip


def customers(tables: Mapping[str, ir.Table]) -> ir.Table:
    """One row per period, account, plan, rep and region: which boundaries it covers, and which the account covers at all."""
    spans = ibis.union(_subscribed(tables), _ordered(tables))
    spans = spans.filter(spans.account_id.notnull(), spans.from_on.notnull())
    periods = tables["periods"]
    joined = spans.join(
        periods, [spans.from_on < periods.beyond, spans.to_on.isnull() | (spans.to_on >= periods["first"])]
    )
    joined = joined.mutate(
        _start=joined.from_on < joined["first"],
        _end=joined.to_on.isnull() | (joined.to_on >= joined.beyond),
    )
    each = joined.group_by(["period", "source_id", "account_id", "rep_id", "region_id", "plan"]).aggregate(
        at_start=joined["_start"].max(), at_end=joined["_end"].max()
    )
    of_account = ibis.window(group_by=["period", "source_id", "account_id"])
    return each.mutate(
        id=each.account_id,
        was_customer=each.at_start.max().over(of_account),
        still_customer=each.at_end.max().over(of_account),
        deleted_at=ibis.literal(None, type="timestamp('UTC', 6)"),
    )


_SPAN = ("subscriptions.started_on", "subscriptions.ended_on", "orders.ordered_on")
CUSTOMER_COLUMNS: Mapping[str, str | tuple[str, ...]] = {
    "account_id": ("subscriptions.account_id", "orders.account_id"),
    "rep_id": ("subscriptions.rep_id", "orders.rep_id", "accounts.rep_id"),
    "region_id": "orders.region_id",
    "plan": "subscriptions.plan",
    "at_start": _SPAN,
    "at_end": _SPAN,
    "was_customer": _SPAN,
    "still_customer": _SPAN,
}

CUSTOMER_WORDS: Mapping[str, str] = {
    "at_start": "they were customers at the period's start",
    "at_end": "they were customers at the period's end",
    "still_customer": "they were still customers at its end",
    "was_customer": "they had been customers at its start",
}

CUSTOMERS = View(
    name="customers",
    rows="customers",
    grain="accounts",
    per_period=True,
    optional=CUSTOMER_DATASETS,
    requires=CUSTOMER_INPUTS,
    columns=CUSTOMER_COLUMNS,
    words=CUSTOMER_WORDS,
    build=customers,
)
"""Customers at the period's start or end: accounts with a subscription that isn't a trial (a free plan counts), or,
where the tenant keeps no subscriptions, with an order in the last days."""
