"""Payments beside the order that they are for."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from tallymark_metrics.views.invoices_of_orders import with_order
from tallymark_sdk import View
from tallymark_sdk.links import follow
from tallymark_sdk.tables import alive


def _build(tables: Mapping[str, ir.Table]) -> ir.Table:
    invoices = with_order(alive(tables["invoices"]), tables)
    carried = {"_invoice_account": "account_id", "rep_id": "rep_id", "region_id": "region_id"}
    linked = follow(tables["payments"], "invoice_id", invoices, carried, own_source=True)
    return linked.mutate(account_id=ibis.coalesce(linked.account_id.nullif(""), linked["_invoice_account"]))


PAYMENTS_OF_ORDERS = View(
    name="payments_of_orders",
    rows="payments",
    grain="payments",
    optional=("invoices", "orders"),
    requires=("invoices.order_id", "invoices.status", "payments.invoice_id"),
    columns={
        "paid_on": "payments.paid_on",
        "amount": "payments.amount",
        "amount_base": "payments.amount_base",
        "account_id": ("payments.account_id", "invoices.account_id", "orders.account_id"),
        "rep_id": "orders.rep_id",
        "region_id": "orders.region_id",
    },
    build=_build,
)
"""Payments with the rep and region of the order behind their invoice."""
