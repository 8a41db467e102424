"""Order lines beside the order they belong to."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from tallymark_sdk import View
from tallymark_sdk.links import follow

_OF_THE_ORDER = ("status", "ordered_on", "rep_id", "team_id", "region_id", "account_id", "source", "channel")


def _sold_lines(tables: Mapping[str, ir.Table]) -> ir.Table:
    """Each order line beside the order it belongs to; a line of a deleted order is deleted with it."""
    lines, orders = tables["order_lines"], tables["orders"]
    columns = {f"_order_{name}": name for name in (*_OF_THE_ORDER, "deleted_at")}
    joined = follow(lines, "order_id", orders, columns, own_source=True)
    carried = {name: joined[f"_order_{name}"] for name in _OF_THE_ORDER}
    deleted = ibis.coalesce(joined.deleted_at, joined["_order_deleted_at"])
    return joined.select(
        *[name for name in lines.columns if name != "deleted_at"], **carried, deleted_at=deleted
    )


SOLD_LINES = View(
    name="sold_lines",
    grain="order_lines",
    requires=("order_lines.order_id",),
    columns={
        "order_id": "order_lines.order_id",
        "product_id": "order_lines.product_id",
        "quantity": "order_lines.quantity",
        "amount": "order_lines.amount",
        "amount_base": "order_lines.amount_base",
        "cost": "order_lines.cost",
        "cost_base": "order_lines.cost_base",
        **{name: f"orders.{name}" for name in _OF_THE_ORDER},
    },
    build=_sold_lines,
)
"""Order lines with their order's date, status, rep, region and account."""
