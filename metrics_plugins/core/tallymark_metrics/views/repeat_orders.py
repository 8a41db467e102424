"""Orders of a period beside their account's first order."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from tallymark_sdk import View
from tallymark_sdk.tables import alive


def kept(orders: ir.Table) -> ir.Table:
    """Orders of an account that weren't cancelled."""
    known = alive(orders)
    return known.filter(
        (known.status != "cancelled").fill_null(True),
        known.account_id.notnull(),
        known.ordered_on.notnull(),
    )


def _build(tables: Mapping[str, ir.Table]) -> ir.Table:
    orders, periods = kept(tables["orders"]), tables["periods"]
    of_account = ibis.window(group_by=["source_id", "account_id"])
    orders = orders.mutate(_first=orders.ordered_on.min().over(of_account))
    dated = orders.join(periods, [orders.ordered_on >= periods["first"], orders.ordered_on < periods.beyond])
    return dated.mutate(had_before=dated["_first"] < dated["first"])


REPEAT_ORDERS = View(
    name="repeat_orders",
    rows="orders of the period",
    grain="orders",
    per_period=True,
    requires=("orders.account_id", "orders.ordered_on", "orders.status"),
    columns={
        "account_id": "orders.account_id",
        "rep_id": "orders.rep_id",
        "region_id": "orders.region_id",
        "had_before": "orders.ordered_on",
    },
    words={
        "had_before": "the customer had ordered before the period",
    },
    build=_build,
)
"""Orders of the period, each saying whether its account had ordered before the period."""
