"""How far opportunities went after they entered a stage."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from tallymark_metrics.views.stage_spans import CARRIED, spans_with_deal
from tallymark_sdk import View
from tallymark_sdk.links import follow
from tallymark_sdk.tables import alive

_BETWEEN = "\x1f"


def with_stage(spans: ir.Table, stages: ir.Table) -> ir.Table:
    """`spans` with their stage's `stage_kind`, `stage_position` and `stage_pipeline`, null where it isn't known."""
    columns = {"stage_kind": "kind", "stage_position": "position", "stage_pipeline": "pipeline_id"}
    found = follow(spans, "stage_id", stages, columns, living=True)
    # Where there is but one pipeline it may go without a name.
    return found.mutate(stage_pipeline=ibis.coalesce(found.stage_pipeline, found.pipeline_id, ""))


def _moves(tables: Mapping[str, ir.Table]) -> ir.Table:
    """Each span in a stage that isn't the end of its pipeline, with the day its opportunity went further."""
    spans = with_stage(spans_with_deal(tables), tables["stages"])
    further = _further(spans)
    joined = spans.left_join(
        further, [spans.source_id == further["_span_source"], spans.id == further["_span"]]
    )
    won = (joined.deal_status == "won").fill_null(False)
    won_on = ibis.ifelse(won, joined.deal_closed_on, ibis.null("date"))
    reached = joined["_further"].notnull()
    goes_on = ~joined.stage_kind.isin(["won", "lost", "cancelled"]).fill_null(False)
    return joined.filter(goes_on).mutate(
        opportunity_and_stage=joined.source_id
        + _BETWEEN
        + joined.opportunity_id
        + _BETWEEN
        + joined.stage_id,
        went_further=reached | won,
        further_on=ibis.least(
            ibis.coalesce(joined["_further_on"], won_on), ibis.coalesce(won_on, joined["_further_on"])
        ),
        is_open=(joined.deal_status == "open").fill_null(True),
    )


def _further(spans: ir.Table) -> ir.Table:
    """The spans after which their opportunity entered a further stage of the pipeline, and the first day it did.

    A further stage has a higher position and isn't where deals are lost. Two stages entered at one moment are taken
    in the pipeline's order, as a source that knows days only writes them.
    """
    one = spans.select(
        _span_source="source_id", _span="id", _deal="opportunity_id", _pipeline="stage_pipeline",
        _place="stage_position", _at="entered_at",
    )  # fmt: skip
    ahead = alive(spans)
    ahead = ahead.filter(ahead.stage_kind.isin(["open", "won"])).select(
        _next_source="source_id", _next_deal="opportunity_id", _next_pipeline="stage_pipeline",
        _next_place="stage_position", _next_at="entered_at", _next_on="entered_on",
    )  # fmt: skip
    met = one.join(
        ahead,
        [
            one["_span_source"] == ahead["_next_source"],
            one["_deal"] == ahead["_next_deal"],
            one["_pipeline"] == ahead["_next_pipeline"],
            one["_place"] < ahead["_next_place"],
            one["_at"] <= ahead["_next_at"],
        ],
    )
    return met.group_by("_span_source", "_span").aggregate(
        _further=met.count(), _further_on=met["_next_on"].min()
    )


_GONE_FURTHER = (
    *("opportunities.status", "stage_history.stage_id", "stages.kind", "stages.position"),
    *("stage_history.pipeline_id", "stages.pipeline_id"),
)

STAGE_MOVES = View(
    name="stage_moves",
    rows="stays in a stage",
    grain="stage_history",
    requires=("stage_history.entered_at", "stage_history.opportunity_id"),
    columns={
        **{name: f"stage_history.{name}" for name in CARRIED},
        "rep_id": "opportunities.rep_id",
        "team_id": "opportunities.team_id",
        "opportunity_and_stage": ("stage_history.opportunity_id", "stage_history.stage_id"),
        "went_further": _GONE_FURTHER,
        "further_on": (*_GONE_FURTHER, "opportunities.closed_on", "stage_history.entered_on"),
        "is_open": "opportunities.status",
    },
    words={
        "opportunity_and_stage": "pairs of opportunity and stage",
        "went_further": "the opportunity went further",
        "is_open": "the opportunity is open",
    },
    build=_moves,
    optional=("opportunities",),
)
"""Stays in a stage and whether the opportunity entered a further one of its pipeline afterwards, or was won; stages in
which deals end, won or lost, lead nowhere and are out."""
