"""Which customers hold which products, and whether they used them in a period."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from tallymark_metrics.views.first_purchases import bought
from tallymark_metrics.views.mrr_spans import ENDED, with_end
from tallymark_sdk import View
from tallymark_sdk.tables import alive

_PAIR = ("source_id", "account_id", "product_id")


def _subscribed(tables: Mapping[str, ir.Table]) -> ir.Table:
    running = with_end(alive(tables["subscriptions"]))
    unended = running.status.isin(ENDED) & running.end_on.isnull()
    running = running.filter(~(unended | (running.status == "trial")).fill_null(False))
    return running.select(*_PAIR, from_on="started_on", to_on="end_on")


def _build(tables: Mapping[str, ir.Table]) -> ir.Table:
    ordered = bought(tables)
    ordered = ordered.select(*_PAIR, from_on="ordered_on", to_on=ibis.literal(None, type="date"))
    spans = ibis.union(ordered, _subscribed(tables))
    spans = spans.filter(spans.account_id.notnull(), spans.product_id.notnull(), spans.from_on.notnull())
    periods = tables["periods"]
    held = spans.join(
        periods, [spans.from_on < periods.beyond, spans.to_on.isnull() | (spans.to_on >= periods["first"])]
    )
    held = held.select(*_PAIR, "period").distinct()
    usage = alive(tables["product_usage"])
    dated = usage.join(periods, [usage.used_on >= periods["first"], usage.used_on < periods.beyond])
    used = dated.group_by(
        _source="source_id", _account="account_id", _product="product_id", _period="period"
    ).aggregate(_times=dated.count())
    joined = held.left_join(
        used,
        [
            held.source_id == used["_source"],
            held.account_id == used["_account"],
            held.product_id == used["_product"],
            held.period == used["_period"],
        ],
    )
    return joined.mutate(
        id=joined.account_id,
        is_used=joined["_times"].notnull(),
        deleted_at=ibis.literal(None, type="timestamp('UTC', 6)"),
    )


HOLDINGS = View(
    name="holdings",
    rows="products held by customers",
    grain="accounts",
    per_period=True,
    optional=("accounts", "orders", "order_lines", "subscriptions"),
    requires=(
        "order_lines.order_id",
        "order_lines.product_id",
        "orders.account_id",
        "orders.ordered_on",
        "orders.rep_id",
        "orders.region_id",
        "orders.status",
        "product_usage.account_id",
        "product_usage.product_id",
        "product_usage.used_on",
        "subscriptions.account_id",
        "subscriptions.cancelled_on",
        "subscriptions.ended_on",
        "subscriptions.product_id",
        "subscriptions.started_on",
        "subscriptions.status",
    ),
    columns={
        "account_id": ("orders.account_id", "subscriptions.account_id"),
        "product_id": ("order_lines.product_id", "subscriptions.product_id"),
        "is_used": "product_usage.used_on",
    },
    words={
        "is_used": "the customer used it",
    },
    build=_build,
)
"""Each product that a customer had ordered by the period's end or subscribed to during it, and whether it was used."""
