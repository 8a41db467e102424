"""Revenue against the people who make it, and the goods that were there to sell."""

from __future__ import annotations

from tallymark_metrics.cost_measures import ENABLEMENT, ENABLEMENT_INPUTS
from tallymark_metrics.revenue.sales import REVENUE_VALUE
from tallymark_metrics.roster import ACTIVE_REPS, REPS_AT_END, REPS_AT_START, ROSTER_INPUTS
from tallymark_metrics.views import TENURES
from tallymark_sdk import Derived, Flow, Metric, Part, PerPeriod, Ratio, Stock, _, metric_value, year_before

SALES_PER_REP = Metric(
    key="revenue.sales_per_rep",
    name="Sales per rep",
    description="Revenue divided by the reps employed on at least one day of the period; by rep, that rep's revenue. "
    "Everyone on the roster counts, also those who sold nothing.",
    unit="money",
    better="higher",
    inputs=(*ROSTER_INPUTS, "revenue.revenue"),
    formula=Ratio(REVENUE_VALUE, ACTIVE_REPS),
    by=("team", "department", "region", "rep"),
    by_member={"rep": Derived(REVENUE_VALUE)},
    source="KPI for the sales room (vi), 9; twelve sales KPIs (zh-Hant), 7",
)

_TWICE_THE_HEADS = REPS_AT_START + REPS_AT_END

REVENUE_PER_HEAD = Metric(
    key="revenue.revenue_per_head",
    name="Revenue per head",
    description="Revenue divided by the average headcount of sales: half of the heads the day before the period and "
    "at its end. Where `sales per rep` counts everybody who was there, this one counts a newcomer by half.",
    unit="money",
    better="higher",
    inputs=(*ROSTER_INPUTS, "revenue.revenue"),
    formula=Ratio(REVENUE_VALUE * 2, _TWICE_THE_HEADS),
    by=("team", "department"),
    source="Ten sales KPIs (fa), 2",
)

_PER_HEAD = metric_value("revenue.revenue_per_head")
_COST_PER_HEAD = Ratio(ENABLEMENT * 2, _TWICE_THE_HEADS)

ENABLEMENT_RETURN = Metric(
    key="revenue.enablement_return",
    name="Revenue-per-head growth against enablement spend growth",
    description="Revenue per head against the year before, over enablement and training cost per head against the "
    "year before; 1 means that they grow alike. The average headcount and the mean tenure stand beside it.",
    unit="index",
    better="higher",
    inputs=(*ENABLEMENT_INPUTS, *ROSTER_INPUTS, "revenue.revenue_per_head"),
    formula=Ratio(
        Ratio(_PER_HEAD, year_before(_PER_HEAD)),
        Ratio(_COST_PER_HEAD, year_before(_COST_PER_HEAD)),
    ),
    parts={
        "heads": Part(name="Average headcount", unit="rate", formula=Derived(_TWICE_THE_HEADS / 2)),
        "tenure": Part(
            name="Mean tenure",
            unit="days",
            formula=Ratio(
                PerPeriod(TENURES, value=_.days.sum(), where=_.days.notnull()),
                PerPeriod(TENURES, value=_.days.count()),
            ),
        ),
    },
    by=("team",),
    source="Ten sales KPIs (fa), 2",
)

_IN_STOCK = Stock("stock_movements", start="moved_on", end=None, at="start", value=_.quantity.sum())
# Goods that the count of a first day brings in can be sold from that day on, like those received.
_CAME_IN = Flow(
    "stock_movements", on="moved_on", value=_.quantity.sum(), where=_.kind.isin(["received", "opening"])
)

SELL_THROUGH = Metric(
    key="revenue.sell_through",
    name="Sell-through rate",
    description="Units sold in the period out of those in stock at its start or received in it.",
    unit="ratio",
    better="higher",
    inputs=(
        "revenue.units_sold",
        "stock_movements.kind",
        "stock_movements.moved_on",
        "stock_movements.quantity",
    ),
    formula=Ratio(metric_value("revenue.units_sold"), _IN_STOCK + _CAME_IN),
    by=("product", "product_group"),
    source="KPI for the sales room (vi), 13, read as sell-through",
)
