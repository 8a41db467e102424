"""Stays of opportunities in stages, beside the opportunity they are about."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from tallymark_sdk import View
from tallymark_sdk.links import follow

_OF_THE_DEAL = ("rep_id", "team_id", "status", "closed_on", "created_on", "deleted_at")
CARRIED = ("stage_id", "opportunity_id", "entered_on", "left_on")


def _with_deal(spans: ir.Table, deals: ir.Table) -> ir.Table:
    """Each span with `deal_…` columns; a span of a deleted opportunity is deleted with it."""
    read = {f"_deal_{name}": name for name in _OF_THE_DEAL if name in deals.columns}
    joined = follow(spans, "opportunity_id", deals, read, own_source=True)
    carried = {name.removeprefix("_"): joined[name] for name in read if name != "_deal_deleted_at"}
    return joined.select(
        *[joined[name] for name in spans.columns if name != "deleted_at"],
        **carried,
        rep_id=joined["_deal_rep_id"],
        team_id=joined["_deal_team_id"],
        deleted_at=ibis.coalesce(joined.deleted_at, joined["_deal_deleted_at"]),
    )


def spans_with_deal(tables: Mapping[str, ir.Table]) -> ir.Table:
    """Every stay in a stage beside its opportunity."""
    return _with_deal(tables["stage_history"], tables["opportunities"])


STAGE_SPANS = View(
    name="stage_spans",
    rows="stays in a stage",
    grain="stage_history",
    requires=("stage_history.opportunity_id",),
    columns={
        **{name: f"stage_history.{name}" for name in CARRIED},
        "rep_id": "opportunities.rep_id",
        "team_id": "opportunities.team_id",
        "deal_created_on": "opportunities.created_on",
    },
    build=spans_with_deal,
    optional=("opportunities",),
)
"""Stays in a stage, with the rep and team that have the opportunity now."""
