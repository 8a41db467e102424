"""Delivery: whether it is on time, and what still has to be delivered."""

from __future__ import annotations

from collections.abc import Iterable

from tallymark_metrics.views import DELIVERIES_OF_ORDERS, WAITING_LINES
from tallymark_sdk import Flow, Metric, Part, Ratio, Stock, _, hookimpl

_OFF = {"cancelled order": _.order_status == "cancelled", "cancelled delivery": _.is_called_off}

ON_TIME_RATE = Metric(
    key="delivery.on_time_rate",
    name="Delivered on time",
    description="Deliveries due in the period that were made by their due day, over all deliveries due in it; cancelled "
    "ones and those of cancelled orders are out.",
    unit="ratio",
    better="higher",
    inputs=(
        "deliveries.delivered_on",
        "deliveries.due_on",
        "deliveries.order_id",
        "deliveries.order_line_id",
        "deliveries.status",
        "order_lines.order_id",
        "orders.status",
    ),
    formula=Ratio(
        Flow(
            DELIVERIES_OF_ORDERS,
            on="due_on",
            value=_.count(where=_.delivered_on <= _.due_on),
            leave_out=_OFF,
        ),
        Flow(DELIVERIES_OF_ORDERS, on="due_on", value=_.count(), leave_out=_OFF),
    ),
    by=("region", "product_group"),
    source="B2B process and KPIs (vi): sales needs the progress of deliveries",
)

_CANCELLED = {
    "cancelled order": _.status == "cancelled",
    "no delivery is recorded of an order that is done": _.status.isin(
        ["fulfilled", "invoiced", "paid", "returned"]
    )
    & ~_.has_delivery,
}
_BACKLOG_INPUTS = (
    "deliveries.delivered_on",
    "deliveries.order_id",
    "deliveries.order_line_id",
    "deliveries.status",
    "order_lines.amount_base",
    "order_lines.order_id",
    "orders.confirmed_on",
    "orders.ordered_on",
    "orders.status",
)

BACKLOG = Metric(
    key="delivery.backlog",
    name="Orders waiting for delivery",
    description="Money of the confirmed order lines that weren't wholly delivered at the period's end. A line waits for "
    "the last of its own deliveries, else of its order's. The part that was late stands beside it.",
    unit="money",
    better="lower",
    additive=True,
    inputs=(*_BACKLOG_INPUTS, "deliveries.due_on"),
    formula=Stock(
        WAITING_LINES,
        start="confirmed_on",
        end="delivered_on",
        at="end",
        value=_.amount_base.sum(),
        where=_.confirmed_on.notnull(),
        leave_out=_CANCELLED,
    ),
    parts={
        "late": Part(
            name="Late",
            unit="money",
            formula=Stock(
                WAITING_LINES,
                start="late_from",
                end="delivered_on",
                at="end",
                value=_.amount_base.sum(),
                where=_.confirmed_on.notnull() & _.due_on.notnull(),
                leave_out=_CANCELLED,
            ),
        ),
    },
    by=("rep", "product_group"),
    source="B2B process and KPIs (vi)",
)


@hookimpl
def tallymark_metrics() -> Iterable[Metric]:
    """The delivery family."""
    return (ON_TIME_RATE, BACKLOG)
