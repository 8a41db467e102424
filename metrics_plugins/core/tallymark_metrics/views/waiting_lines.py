"""Order lines from their confirmation to their delivery."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from tallymark_metrics.views.deliveries_of_orders import with_line
from tallymark_sdk import View
from tallymark_sdk.links import follow
from tallymark_sdk.tables import alive, later

_CONFIRMED = ("confirmed", "fulfilled", "invoiced", "paid")
_OF_THE_ORDER = ("status", "ordered_on", "confirmed_on", "rep_id", "region_id", "account_id")


def _delivered(deliveries: ir.Table, key: str) -> ir.Table:
    """Per order or line: how many deliveries it has, when the last was made if all were, and the first due day."""
    known = deliveries.filter(deliveries[key].notnull())
    all_made = known.delivered_on.count() == known.count()
    return known.group_by(_source="source_id", _key=key).aggregate(
        _last=ibis.ifelse(all_made, known.delivered_on.max(), None), _due=known.due_on.min()
    )


def _with_deliveries(lines: ir.Table, deliveries: ir.Table, key: str, prefix: str) -> ir.Table:
    made = _delivered(deliveries, key).rename(
        {f"{prefix}{name}": name for name in ("_source", "_key", "_last", "_due")}
    )
    own = "id" if key == "order_line_id" else "order_id"
    return lines.left_join(
        made, [lines.source_id == made[f"{prefix}_source"], lines[own] == made[f"{prefix}_key"]]
    )


def _build(tables: Mapping[str, ir.Table]) -> ir.Table:
    deliveries = with_line(alive(tables["deliveries"]), tables)
    deliveries = deliveries.filter(~deliveries.is_called_off)
    columns = {f"_order_{name}": name for name in (*_OF_THE_ORDER, "deleted_at")}
    lines = follow(tables["order_lines"], "order_id", tables["orders"], columns, own_source=True)
    lines = _with_deliveries(lines, deliveries, "order_line_id", "line")
    whole = deliveries.filter(deliveries.order_line_id.isnull() | (deliveries.order_line_id == ""))
    lines = _with_deliveries(lines, whole, "order_id", "order")
    by_line = lines["line_key"].notnull()
    delivered = ibis.ifelse(by_line, lines["line_last"], lines["order_last"])
    status = lines["_order_status"]
    confirmed = ibis.coalesce(
        lines["_order_confirmed_on"], ibis.ifelse(status.isin(_CONFIRMED), lines["_order_ordered_on"], None)
    )
    due = ibis.ifelse(by_line, lines["line_due"], lines["order_due"])
    return lines.mutate(
        status=status,
        confirmed_on=confirmed,
        delivered_on=delivered,
        late_from=ibis.greatest(later(due, 1).cast("date"), confirmed),
        due_on=due,
        has_delivery=by_line | lines["order_key"].notnull(),
        account_id=lines["_order_account_id"],
        rep_id=lines["_order_rep_id"],
        region_id=lines["_order_region_id"],
        deleted_at=ibis.coalesce(lines.deleted_at, lines["_order_deleted_at"]),
    )


WAITING_LINES = View(
    name="waiting_lines",
    rows="confirmed order lines",
    grain="order_lines",
    requires=(
        "deliveries.order_id",
        "deliveries.order_line_id",
        "deliveries.status",
        "order_lines.order_id",
        "orders.ordered_on",
        "orders.status",
    ),
    columns={
        "amount": "order_lines.amount",
        "amount_base": "order_lines.amount_base",
        "product_id": "order_lines.product_id",
        "status": "orders.status",
        "confirmed_on": ("orders.confirmed_on", "orders.ordered_on"),
        "delivered_on": "deliveries.delivered_on",
        "due_on": "deliveries.due_on",
        "late_from": "deliveries.due_on",
        "has_delivery": "deliveries.order_id",
        "account_id": "orders.account_id",
        "rep_id": "orders.rep_id",
        "region_id": "orders.region_id",
    },
    build=_build,
)
"""Order lines with the day their order was confirmed and the day the whole line was delivered."""
