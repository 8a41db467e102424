"""The derived table that first-call resolution reads."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from tallymark_sdk import View

_CARRIED = ("queue", "rep_id", "caller_id", "outcome", "offered_on")


def _answered_in_turn(tables: Mapping[str, ir.Table]) -> ir.Table:
    """Each answered call with the day of the same caller's next answered call about the same queue."""
    calls = tables["callcenter_calls"]
    answered = calls.filter((calls.outcome == "answered") & calls.deleted_at.isnull())
    in_turn = ibis.window(
        group_by=[answered.source_id, answered.caller_id, answered.queue],
        order_by=[answered.offered_at, answered.source_id, answered.id],
    )
    return answered.mutate(next_on=answered.offered_on.lead().over(in_turn))


ANSWERED_IN_TURN = View(
    name="callcenter_answered_in_turn",
    rows="answered calls",
    grain="callcenter_calls",
    requires=("callcenter_calls.offered_at",),
    columns={
        **{name: f"callcenter_calls.{name}" for name in _CARRIED},
        "next_on": "callcenter_calls.offered_on",
    },
    build=_answered_in_turn,
)
"""Answered calls, each with the day of the same caller's next one in the same queue."""
