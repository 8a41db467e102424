"""Deliveries beside their order and the product they are of."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from tallymark_sdk import View
from tallymark_sdk.links import follow
from tallymark_sdk.tables import alive

CALLED_OFF = ("cancelled", "canceled", "void")
"""What sources call a delivery that won't take place; the status is in the source's own words."""


def with_line(deliveries: ir.Table, tables: Mapping[str, ir.Table]) -> ir.Table:
    """Deliveries with the product of their line, and their own order, else the line's."""
    carried = {"product_id": "product_id", "_line_order": "order_id"}
    linked = follow(deliveries, "order_line_id", alive(tables["order_lines"]), carried, own_source=True)
    called_off = linked.status.lower().isin(CALLED_OFF).fill_null(False)
    return linked.mutate(
        order_id=ibis.coalesce(linked.order_id.nullif(""), linked["_line_order"]), is_called_off=called_off
    )


def _build(tables: Mapping[str, ir.Table]) -> ir.Table:
    """A delivery of a deleted order is deleted with it."""
    carried = {name: name for name in ("account_id", "rep_id", "region_id")}
    carried |= {"order_status": "status", "_order_deleted_at": "deleted_at"}
    linked = follow(
        with_line(tables["deliveries"], tables), "order_id", tables["orders"], carried, own_source=True
    )
    return linked.mutate(deleted_at=ibis.coalesce(linked.deleted_at, linked["_order_deleted_at"]))


DELIVERIES_OF_ORDERS = View(
    name="deliveries_of_orders",
    rows="deliveries",
    grain="deliveries",
    optional=("order_lines", "orders"),
    requires=("deliveries.order_id", "deliveries.order_line_id", "order_lines.order_id"),
    columns={
        "due_on": "deliveries.due_on",
        "delivered_on": "deliveries.delivered_on",
        "is_called_off": "deliveries.status",
        "order_status": "orders.status",
        "account_id": "orders.account_id",
        "rep_id": "orders.rep_id",
        "region_id": "orders.region_id",
        "product_id": "order_lines.product_id",
    },
    build=_build,
)
"""Deliveries with the account, rep and region of their order and the product of their line."""
