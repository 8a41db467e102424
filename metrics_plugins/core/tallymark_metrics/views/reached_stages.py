"""Opportunities with stages they reached: the last open one, and the first in which a quote was out."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from tallymark_sdk import View
from tallymark_sdk.links import follow
from tallymark_sdk.tables import alive, first_of

_CARRIED = ("status", "closed_on", "rep_id", "team_id", "product_id", "product_group")
_SPAN = ("stage_history.entered_at", "stage_history.opportunity_id", "stage_history.stage_id")


def _last_open(tables: Mapping[str, ir.Table]) -> ir.Table:
    """The open stage entered last; where no history tells, the opportunity's own, if that is an open one."""
    stages = tables["stages"]
    spans = follow(
        alive(tables["stage_history"]),
        "stage_id",
        stages,
        {"_kind": "kind", "_place": "position"},
        living=True,
    )
    spans = spans.filter(
        (spans["_kind"] == "open") & spans.entered_at.notnull() & spans.opportunity_id.notnull()
    )
    # Of two stages entered at one moment the further one comes last.
    order = ibis.window(
        group_by=["source_id", "opportunity_id"],
        order_by=[spans[name] for name in ("entered_at", "_place", "source_id", "id")],
    )
    spans = spans.mutate(_next=spans.id.lead().over(order))
    last = spans.filter(spans["_next"].isnull())
    last = last.select(_span_source="source_id", _span_deal="opportunity_id", _span_stage="stage_id")
    deals = follow(
        tables["opportunities"].rename(_own_stage="stage_id"),
        "_own_stage",
        stages,
        {"_own_kind": "kind"},
        living=True,
    )
    joined = deals.left_join(last, [deals.source_id == last["_span_source"], deals.id == last["_span_deal"]])
    own = ibis.ifelse(joined["_own_kind"] == "open", joined["_own_stage"], ibis.null("string"))
    return joined.mutate(stage_id=ibis.coalesce(joined["_span_stage"], own))


OPPORTUNITIES_WITH_LAST_STAGE = View(
    name="opportunities_with_last_stage",
    rows="opportunities",
    grain="opportunities",
    requires=(*_SPAN, "stages.kind", "stages.position"),
    columns={
        **{name: f"opportunities.{name}" for name in (*_CARRIED, "amount", "amount_base", "loss_reason")},
        "stage_id": ("opportunities.stage_id", "stage_history.stage_id", "stages.kind"),
    },
    build=_last_open,
    optional=("stage_history", "stages"),
)
"""Opportunities with the last open stage they were in as their stage."""


def _quoted(tables: Mapping[str, ir.Table]) -> ir.Table:
    """The opportunities that entered a stage in which a quote is out, once, with the first day they did."""
    deals, stages = tables["opportunities"], tables["stages"]
    spans = follow(alive(tables["stage_history"]), "stage_id", stages, {"_is_quote": "is_quote"}, living=True)
    first = first_of(spans.filter(spans["_is_quote"]), ["source_id", "opportunity_id"], ["entered_at"])
    first = first.select(_span_source="source_id", _span_deal="opportunity_id", quoted_on="entered_on")
    joined = deals.join(first, [deals.source_id == first["_span_source"], deals.id == first["_span_deal"]])
    return joined.drop("_span_source", "_span_deal")


QUOTED_OPPORTUNITIES = View(
    name="quoted_opportunities",
    rows="opportunities",
    grain="opportunities",
    requires=(*_SPAN, "stages.is_quote"),
    columns={
        **{name: f"opportunities.{name}" for name in _CARRIED},
        "quoted_on": ("stage_history.entered_on", "stages.is_quote"),
    },
    build=_quoted,
)
"""Opportunities that reached a quote, with the first day they did."""
