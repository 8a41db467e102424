"""The KPI set that a new tenant begins with."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from tallymark.plugins.registry import registry
from tallymark_tenants.kpi_sets import create_set, list_sets

STARTER_SET = "Sales"

STARTERS = (
    "revenue.bookings",
    "revenue.revenue",
    "revenue.sales_growth",
    "revenue.average_order_value",
    "revenue.profit_margin",
    "revenue.sales_per_rep",
    "pipeline.opportunities",
    "pipeline.open_pipeline",
    "conversion.close_ratio",
    "conversion.cycle_length",
    "deals.average_deal_size",
    "revenue.sales_by_region",
)
"""What a sales team watches first: what it sells, what is coming, how it wins."""


def ensure_starter_set(session: Session) -> UUID:
    """The tenant's default set; one of the starters is made where the tenant has none."""
    sets = list_sets(session)
    if sets:
        return sets[0].id
    return create_set(session, STARTER_SET, [key for key in STARTERS if key in registry().metrics])
