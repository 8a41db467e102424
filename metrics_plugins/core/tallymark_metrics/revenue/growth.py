"""Growth: revenue and order size against other periods."""

from __future__ import annotations

from tallymark_metrics.revenue.sales import REVENUE_VALUE
from tallymark_sdk import Metric, Ratio, metric_value, previous, year_before
from tallymark_sdk.formula import Operand


def growth(now: Operand, then: Operand) -> Ratio:
    """By how much `now` is more than `then`, as a fraction of `then`."""
    return Ratio(now - then, then)


SALES_GROWTH = Metric(
    key="revenue.sales_growth",
    name="Sales growth",
    description="How much revenue grew on the period before.",
    unit="ratio",
    better="higher",
    inputs=("revenue.revenue",),
    formula=growth(REVENUE_VALUE, previous(REVENUE_VALUE)),
    by=("department", "team", "rep", "region", "source", "product_group"),
    source="KPI for the sales room (vi), 1; twelve sales KPIs (zh-Hant), 3",
)

SALES_GROWTH_YOY = Metric(
    key="revenue.sales_growth_yoy",
    name="Sales growth on the year before",
    description="How much revenue grew on the same period a year before.",
    unit="ratio",
    better="higher",
    inputs=("revenue.revenue",),
    formula=growth(REVENUE_VALUE, year_before(REVENUE_VALUE)),
    by=("region", "product_group"),
    source="beyond the documents: the year-on-year form of sales growth",
)

_SIZE = metric_value("revenue.average_order_value")

ORDER_SIZE_GROWTH = Metric(
    key="revenue.order_size_growth",
    name="Average order size growth",
    description="How much the average order value grew on the same period a year before.",
    unit="ratio",
    better="higher",
    inputs=("revenue.average_order_value",),
    formula=growth(_SIZE, year_before(_SIZE)),
    by=("rep", "product_group"),
    source="Ten sales KPIs (fa), 10",
)
