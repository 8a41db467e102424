"""Revenue and orders: what was sold."""

from __future__ import annotations

from tallymark_metrics.views import DEALS_BY_CONTACT, SOLD_LINES
from tallymark_sdk import Derived, Flow, Metric, Part, Ratio, _, metric_value, previous, share, target

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

SOLD = Flow(SOLD_LINES, on="ordered_on", value=_.amount_base.sum(), leave_out=CANCELLED)
"""Revenue as a measure, for the metrics that divide it."""

REVENUE_VALUE = metric_value("revenue.revenue")

ORDERS = Metric(
    key="revenue.orders",
    name="Orders",
    description="Orders of the period, by the day of the order; cancelled ones are out. By product group an order "
    "counts in each group it has a line in.",
    unit="count",
    better="higher",
    additive=True,
    not_additive_by=("product_group",),
    inputs=("order_lines.order_id", "orders.ordered_on", "orders.status"),
    formula=Flow("orders", on="ordered_on", value=_.count(), leave_out=CANCELLED),
    by_member={
        "product_group": Flow(SOLD_LINES, on="ordered_on", value=_.order_id.nunique(), leave_out=CANCELLED),
    },
    by=("rep", "team", "region", "product_group"),
    source="B2B process and KPIs (vi): orders a month",
)

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
    formula=Ratio(SOLD, _ORDERS),
    by=("rep", "region", "product_group", "customer_type"),
    source="KPI for the sales room (vi), 7; B2B process and KPIs (vi): average order value",
)

UNITS_SOLD = Metric(
    key="revenue.units_sold",
    name="Units sold",
    description="Units on the order lines sold in the period, by the day of the order; cancelled orders are out.",
    unit="count",
    better="higher",
    additive=True,
    inputs=("order_lines.order_id", "order_lines.quantity", "orders.ordered_on", "orders.status"),
    formula=Flow(SOLD_LINES, on="ordered_on", value=_.quantity.sum(), leave_out=CANCELLED),
    by=("product", "product_group", "rep", "region"),
    source="Twelve sales KPIs (zh-Hant): 2,400 units a year, 200 a month",
)

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
    formula=Derived(REVENUE_VALUE),
    parts={
        "share": Part(name="Share of revenue", unit="ratio", formula=share(REVENUE_VALUE)),
        "growth": Part(
            name="Growth on the period before",
            unit="ratio",
            formula=Ratio(REVENUE_VALUE - previous(REVENUE_VALUE), previous(REVENUE_VALUE)),
        ),
    },
    by=("region",),
    source="KPI template (vi), 3",
)


_BOOKED = Flow(DEALS_BY_CONTACT, on="closed_on", value=_.amount_base.sum(where=_.status == "won"))

SALES_BY_CONTACT_METHOD = Metric(
    key="revenue.sales_by_contact_method",
    name="Sales by contact method",
    description="Money of the deals won in the period by the channel of contact: the deal's own, else that of its "
    "first activity. The share of each channel stands beside it.",
    unit="money",
    better="higher",
    additive=True,
    inputs=(
        "activities.occurred_at",
        "activities.opportunity_id",
        "opportunities.amount_base",
        "opportunities.closed_on",
        "opportunities.status",
    ),
    formula=_BOOKED,
    parts={"share": Part(name="Share of bookings", unit="ratio", formula=share(_BOOKED))},
    by=("channel",),
    source="KPI for the sales room (vi), 11",
)

TARGET_ATTAINMENT = Metric(
    key="revenue.target_attainment",
    name="Sales target attainment",
    description="Revenue over the target for the same period and member. A target of a longer period is decomposed "
    "into shorter ones in the way that was chosen for it. Every other KPI with a target shows its own attainment.",
    unit="ratio",
    better="higher",
    inputs=("revenue.revenue",),
    formula=Ratio(REVENUE_VALUE, target("revenue.revenue")),
    parts={"target": Part(name="Target", unit="money", formula=Derived(target("revenue.revenue")))},
    by=("department", "team", "rep", "region", "product_group", "source"),
    source="KPI for the sales room (vi), 5; twelve sales KPIs (zh-Hant): quota attainment",
)
