"""Opportunities with the channel of their first activity where they name none themselves."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from tallymark_sdk import View
from tallymark_sdk.tables import alive, first_of


def _build(tables: Mapping[str, ir.Table]) -> ir.Table:
    deals = tables["opportunities"]
    told = alive(tables["activities"]).filter(lambda t: t.channel.nullif("").notnull())
    first = first_of(told, ["source_id", "opportunity_id"], ["occurred_at"])
    first = first.select(_source=first.source_id, _deal=first.opportunity_id, _channel=first.channel)
    joined = deals.left_join(first, [deals.source_id == first["_source"], deals.id == first["_deal"]])
    return joined.mutate(channel=ibis.coalesce(joined.channel.nullif(""), joined["_channel"]))


DEALS_BY_CONTACT = View(
    name="deals_by_contact",
    rows="opportunities",
    grain="opportunities",
    optional=("activities",),
    requires=("activities.occurred_at", "activities.opportunity_id"),
    columns={
        "status": "opportunities.status",
        "closed_on": "opportunities.closed_on",
        "amount": "opportunities.amount",
        "amount_base": "opportunities.amount_base",
        "channel": ("opportunities.channel", "activities.channel"),
    },
    build=_build,
)
"""Opportunities by the way the customer was first in contact."""
