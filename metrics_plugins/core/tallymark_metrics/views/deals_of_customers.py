"""Opportunities beside the day their account first bought."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir

from tallymark_metrics.views.first_sales import SALE_INPUTS, with_first_sale
from tallymark_sdk import View


def _build(tables: Mapping[str, ir.Table]) -> ir.Table:
    return with_first_sale(tables["opportunities"], tables)


DEALS_OF_CUSTOMERS = View(
    name="deals_of_customers",
    rows="opportunities",
    grain="opportunities",
    optional=("orders",),
    requires=SALE_INPUTS,
    columns={
        "status": "opportunities.status",
        "closed_on": "opportunities.closed_on",
        "first_sale_on": ("opportunities.closed_on", "orders.ordered_on"),
    },
    build=_build,
)
"""Opportunities with the day of their account's first sale, which tells a new customer from an existing one."""
