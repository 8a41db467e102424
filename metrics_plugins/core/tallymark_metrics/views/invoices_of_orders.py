"""Invoices beside the order they are for."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from tallymark_sdk import View
from tallymark_sdk.links import follow
from tallymark_sdk.tables import alive

VOID = ("void", "voided", "cancelled", "canceled", "draft")
"""What sources call an invoice that nobody owes; the status is in the source's own words."""

_OF_THE_ORDER = {"_order_account": "account_id", "rep_id": "rep_id", "region_id": "region_id"}


def with_order(invoices: ir.Table, tables: Mapping[str, ir.Table]) -> ir.Table:
    """Invoices with the rep and region of their order, and their own account, else the order's."""
    linked = follow(invoices, "order_id", alive(tables["orders"]), _OF_THE_ORDER, own_source=True)
    account = ibis.coalesce(linked.account_id.nullif(""), linked["_order_account"])
    is_void = linked.status.lower().isin(VOID).fill_null(False)
    return linked.mutate(account_id=account, is_void=is_void)


def _build(tables: Mapping[str, ir.Table]) -> ir.Table:
    return with_order(tables["invoices"], tables)


INVOICE_COLUMNS: Mapping[str, str | tuple[str, ...]] = {
    "account_id": ("invoices.account_id", "orders.account_id"),
    "rep_id": "orders.rep_id",
    "region_id": "orders.region_id",
    "is_void": "invoices.status",
}

INVOICES_OF_ORDERS = View(
    name="invoices_of_orders",
    rows="invoices",
    grain="invoices",
    optional=("orders",),
    requires=("invoices.order_id",),
    columns={
        "issued_on": "invoices.issued_on",
        "amount": "invoices.amount",
        "amount_base": "invoices.amount_base",
        **INVOICE_COLUMNS,
    },
    build=_build,
)
"""Invoices with the rep and region of their order."""
