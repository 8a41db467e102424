"""Costs as they fall on periods: those of a span of days are spread over it evenly."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from tallymark_sdk import View
from tallymark_sdk.tables import later, spread

_CARRIED = (
    "kind",
    "purpose",
    "function",
    "source",
    "channel",
    "campaign_id",
    "region_id",
    "team_id",
    "rep_id",
)


def _build(tables: Mapping[str, ir.Table]) -> ir.Table:
    costs, periods = tables["costs"], tables["periods"]
    has_span = costs.period_start.notnull() & costs.period_end.notnull()
    start = ibis.ifelse(has_span, costs.period_start, ibis.coalesce(costs.spent_on, costs.period_start))
    costs = costs.mutate(start_on=start)
    end = ibis.ifelse(has_span, costs.period_end, costs.start_on)
    # A span that ends where it starts is a single day.
    costs = costs.mutate(_beyond=ibis.greatest(end, later(costs.start_on, 1)))
    falls = (costs.start_on < periods.beyond) & (costs["_beyond"] > periods["first"])
    joined = costs.join(periods, costs.start_on.isnull() | falls)
    share = spread(joined.amount_base, joined.start_on, joined["_beyond"], joined["first"], joined.beyond)
    return joined.select(
        "source_id", "id", "deleted_at", "period", "start_on", "amount", *_CARRIED,
        amount_base=ibis.ifelse(joined.start_on.isnull(), joined.amount_base, share),
    )  # fmt: skip


COST_SHARES = View(
    name="cost_shares",
    rows="costs of the period",
    grain="costs",
    per_period=True,
    requires=("costs.period_end", "costs.period_start", "costs.spent_on"),
    columns={
        "start_on": ("costs.period_start", "costs.spent_on"),
        "amount": "costs.amount",
        "amount_base": "costs.amount_base",
        **{name: f"costs.{name}" for name in _CARRIED},
    },
    build=_build,
)
"""Each cost once for every period that its days touch, with the part of its amount that falls on it."""
