"""Activities planned with customers, beside the day their account first bought."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir

from tallymark_metrics.views.engagement import with_account
from tallymark_metrics.views.first_sales import SALE_INPUTS, with_first_sale
from tallymark_sdk import View


def _build(tables: Mapping[str, ir.Table]) -> ir.Table:
    return with_first_sale(with_account(tables["activities"], tables), tables)


CARE = View(
    name="care",
    rows="activities with customers",
    grain="activities",
    optional=("contacts", "opportunities", "orders"),
    requires=(
        *SALE_INPUTS,
        "activities.account_id",
        "activities.contact_id",
        "activities.opportunity_id",
        "contacts.account_id",
    ),
    columns={
        "due_on": "activities.due_on",
        "occurred_on": "activities.occurred_on",
        "status": "activities.status",
        "rep_id": "activities.rep_id",
        "account_id": ("activities.account_id", "contacts.account_id", "opportunities.account_id"),
        "first_sale_on": ("opportunities.closed_on", "orders.ordered_on"),
    },
    build=_build,
)
"""Activities with their account and the day of its first sale."""
