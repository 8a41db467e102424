"""Revenue and orders."""

from __future__ import annotations

from collections.abc import Iterable

from tallymark_metrics.revenue import growth, per_head, profit, sales
from tallymark_sdk import Metric, hookimpl


@hookimpl
def tallymark_metrics() -> Iterable[Metric]:
    """The revenue family."""
    return (
        sales.BOOKINGS,
        sales.REVENUE,
        growth.SALES_GROWTH,
        growth.SALES_GROWTH_YOY,
        sales.ORDERS,
        sales.AVERAGE_ORDER_VALUE,
        growth.ORDER_SIZE_GROWTH,
        profit.PROFIT_MARGIN,
        profit.PRODUCT_PERFORMANCE,
        sales.SALES_BY_REGION,
        sales.SALES_BY_CONTACT_METHOD,
        sales.TARGET_ATTAINMENT,
        per_head.SALES_PER_REP,
        per_head.REVENUE_PER_HEAD,
        per_head.ENABLEMENT_RETURN,
        per_head.SELL_THROUGH,
        profit.GROSS_PROFIT,
        profit.NET_PROFIT_AFTER_ACQUISITION,
        sales.UNITS_SOLD,
    )
