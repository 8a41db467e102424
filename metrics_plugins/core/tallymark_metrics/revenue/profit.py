"""Profit: what is left of revenue after costs."""

from __future__ import annotations

from tallymark_metrics.cost_measures import SALES_AND_MARKETING, SPREAD_INPUTS
from tallymark_metrics.revenue.growth import growth
from tallymark_metrics.revenue.sales import CANCELLED, REVENUE_VALUE, SOLD, SOLD_INPUTS
from tallymark_metrics.views import SOLD_LINES
from tallymark_sdk import Derived, Flow, Metric, Part, Ratio, _, metric_value, previous, share

_COSTED = _.cost_base.notnull() & _.amount_base.notnull()
_COSTED_AMOUNT = Flow(
    SOLD_LINES, on="ordered_on", value=_.amount_base.sum(), where=_COSTED, leave_out=CANCELLED
)
_COST = Flow(SOLD_LINES, on="ordered_on", value=_.cost_base.sum(), where=_COSTED, leave_out=CANCELLED)

COSTED_INPUTS = ("order_lines.amount_base", "order_lines.cost_base", *SOLD_INPUTS[1:])

PROFIT_MARGIN = Metric(
    key="revenue.profit_margin",
    name="Average gross profit margin",
    description="Gross profit over revenue, of the lines whose cost is known; the share of revenue whose cost is "
    "known stands beside it.",
    unit="ratio",
    better="higher",
    inputs=COSTED_INPUTS,
    formula=Ratio(_COSTED_AMOUNT - _COST, _COSTED_AMOUNT),
    parts={
        "cost_known": Part(
            name="Share of revenue whose cost is known", unit="ratio", formula=Ratio(_COSTED_AMOUNT, SOLD)
        ),
    },
    by=("product_group", "product", "rep", "region", "rep x product_group", "order"),
    source="KPI for the sales room (vi), 2; ten sales KPIs (fa), 1",
)

_GROSS_PROFIT = metric_value("revenue.gross_profit")

GROSS_PROFIT = Metric(
    key="revenue.gross_profit",
    name="Gross profit",
    description="Revenue less the cost of what was sold, over the lines whose cost is known. Its growth on the period "
    "before stands beside it.",
    unit="money",
    better="higher",
    additive=True,
    inputs=COSTED_INPUTS,
    formula=Derived(_COSTED_AMOUNT - _COST),
    parts={
        "growth": Part(
            name="Growth on the period before",
            unit="ratio",
            formula=growth(_COSTED_AMOUNT - _COST, previous(_COSTED_AMOUNT - _COST)),
        ),
    },
    by=("rep", "region", "product_group"),
    source="Twelve sales KPIs (zh-Hant), 3: track profit",
)

NET_PROFIT_AFTER_ACQUISITION = Metric(
    key="revenue.net_profit_after_acquisition",
    name="Profit after acquisition cost",
    description="Gross profit of the period less the sales and marketing costs that fall on it.",
    unit="money",
    better="higher",
    additive=True,
    inputs=("costs.amount_base", "costs.function", *SPREAD_INPUTS, "revenue.gross_profit"),
    formula=Derived(_GROSS_PROFIT - SALES_AND_MARKETING),
    by=("region",),
    source="Twelve sales KPIs (zh-Hant), 1: needed for the net profit",
)

PRODUCT_PERFORMANCE = Metric(
    key="revenue.product_performance",
    name="Product performance",
    description="Revenue of each product, with the units sold, its share of revenue, its gross margin and its growth "
    "on the period before.",
    unit="money",
    better="higher",
    additive=True,
    inputs=("revenue.profit_margin", "revenue.revenue", "revenue.units_sold"),
    formula=Derived(REVENUE_VALUE),
    parts={
        "units": Part(name="Units sold", unit="count", formula=Derived(metric_value("revenue.units_sold"))),
        "share": Part(name="Share of revenue", unit="ratio", formula=share(REVENUE_VALUE)),
        "margin": Part(
            name="Gross profit margin", unit="ratio", formula=Derived(metric_value("revenue.profit_margin"))
        ),
        "growth": Part(
            name="Growth on the period before",
            unit="ratio",
            formula=growth(REVENUE_VALUE, previous(REVENUE_VALUE)),
        ),
    },
    by=("product", "product_group"),
    source="KPI for the sales room (vi), 10",
)
