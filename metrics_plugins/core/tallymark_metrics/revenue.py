"""Revenue and orders."""

from __future__ import annotations

from collections.abc import Iterable

from tallymark_metrics.views import SOLD_LINES
from tallymark_sdk import (
    Derived,
    Flow,
    Metric,
    Part,
    Ratio,
    Stock,
    _,
    hookimpl,
    metric_value,
    previous,
    share,
)

CANCELLED = {"cancelled order": _.status == "cancelled"}
SOLD_INPUTS = ("order_lines.amount_base", "order_lines.order_id", "orders.ordered_on", "orders.status")

BOOKINGS = Metric(
    key="revenue.bookings",
    name="Sales bookings",
    description="Money of the deals won in the period, by the day they were closed.",
    unit="money",
    better="higher",
    additive=True,
    inputs=("opportunities.amount_base", "opportunities.closed_on", "opportunities.status"),
    formula=Flow("opportunities", on="closed_on", value=_.amount_base.sum(where=_.status == "won")),
    by=(
        "department",
        "team",
        "rep",
        "region",
        "source",
        "channel",
        "product_group",
        "product",
        "customer_type",
    ),
    source="KPI for the sales room (vi), 3; B2B process and KPIs (vi): target revenue",
)

REVENUE = Metric(
    key="revenue.revenue",
    name="Revenue",
    description="Money of the order lines sold in the period, by the day of the order; cancelled orders are out.",
    unit="money",
    better="higher",
    additive=True,
    inputs=SOLD_INPUTS,
    formula=Flow(SOLD_LINES, on="ordered_on", value=_.amount_base.sum(), leave_out=CANCELLED),
    by=(
        "department",
        "team",
        "rep",
        "region",
        "source",
        "channel",
        "product_group",
        "product",
        "customer_type",
    ),
    source="B2B process and KPIs (vi): revenue of the whole system, per department, rep, product group and source",
)

SALES_GROWTH = Metric(
    key="revenue.sales_growth",
    name="Sales growth",
    description="How much revenue grew on the period before.",
    unit="ratio",
    better="higher",
    inputs=("revenue.revenue",),
    formula=Ratio(
        metric_value("revenue.revenue") - previous(metric_value("revenue.revenue")),
        previous(metric_value("revenue.revenue")),
    ),
    by=("department", "team", "rep", "region", "source", "product_group"),
    source="KPI for the sales room (vi), 1; twelve sales KPIs (zh-Hant), 3",
)

_LINES = Flow(SOLD_LINES, on="ordered_on", value=_.amount_base.sum(), leave_out=CANCELLED)
_ORDERS = Flow(
    SOLD_LINES,
    on="ordered_on",
    value=_.order_id.nunique(),
    where=_.amount_base.notnull(),
    leave_out=CANCELLED,
)

AVERAGE_ORDER_VALUE = Metric(
    key="revenue.average_order_value",
    name="Average purchase value",
    description="Revenue divided by the orders it came from; by product group, over orders that have such a line.",
    unit="money",
    better="higher",
    inputs=SOLD_INPUTS,
    formula=Ratio(_LINES, _ORDERS),
    by=("rep", "region", "product_group", "customer_type"),
    source="KPI for the sales room (vi), 7; B2B process and KPIs (vi): average order value",
)

_COSTED = _.cost_base.notnull() & _.amount_base.notnull()
_COSTED_AMOUNT = Flow(
    SOLD_LINES, on="ordered_on", value=_.amount_base.sum(), where=_COSTED, leave_out=CANCELLED
)
_COST = Flow(SOLD_LINES, on="ordered_on", value=_.cost_base.sum(), where=_COSTED, leave_out=CANCELLED)

PROFIT_MARGIN = Metric(
    key="revenue.profit_margin",
    name="Average gross profit margin",
    description="Gross profit over revenue, of the lines whose cost is known; the share of revenue whose cost is "
    "known stands beside it.",
    unit="ratio",
    better="higher",
    inputs=("order_lines.amount_base", "order_lines.cost_base", *SOLD_INPUTS[1:]),
    formula=Ratio(_COSTED_AMOUNT - _COST, _COSTED_AMOUNT),
    parts={
        "cost_known": Part(
            name="Share of revenue whose cost is known", unit="ratio", formula=Ratio(_COSTED_AMOUNT, _LINES)
        ),
    },
    by=("product_group", "product", "rep", "region", "rep x product_group", "order"),
    source="KPI for the sales room (vi), 2; ten sales KPIs (fa), 1",
)

_ACTIVE_REPS = Stock("reps", start="hired_on", end="left_on", at="during", open_start=True, value=_.count())

SALES_PER_REP = Metric(
    key="revenue.sales_per_rep",
    name="Sales per rep",
    description="Revenue divided by the reps employed on at least one day of the period; by rep, that rep's revenue. "
    "Everyone on the roster counts, also those who sold nothing.",
    unit="money",
    better="higher",
    inputs=("reps.hired_on", "reps.left_on", "revenue.revenue"),
    formula=Ratio(metric_value("revenue.revenue"), _ACTIVE_REPS),
    by=("team", "department", "region", "rep"),
    by_member={"rep": Derived(metric_value("revenue.revenue"))},
    source="KPI for the sales room (vi), 9; twelve sales KPIs (zh-Hant), 7",
)

_REVENUE = metric_value("revenue.revenue")

SALES_BY_REGION = Metric(
    key="revenue.sales_by_region",
    name="Sales by region",
    description="Revenue of each region with its growth on the period before. A region that sold before but not in "
    "the period stays in the table with 0.",
    unit="money",
    better="higher",
    additive=True,
    keeps_members=True,
    inputs=("revenue.revenue",),
    formula=Derived(_REVENUE),
    parts={
        "share": Part(name="Share of revenue", unit="ratio", formula=share(_REVENUE)),
        "growth": Part(
            name="Growth on the period before",
            unit="ratio",
            formula=Ratio(_REVENUE - previous(_REVENUE), previous(_REVENUE)),
        ),
    },
    by=("region",),
    source="KPI template (vi), 3",
)


@hookimpl
def tallymark_metrics() -> Iterable[Metric]:
    """The revenue family."""
    return (
        BOOKINGS,
        REVENUE,
        SALES_GROWTH,
        AVERAGE_ORDER_VALUE,
        PROFIT_MARGIN,
        SALES_PER_REP,
        SALES_BY_REGION,
    )
