"""Activities by the day they were booked."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from tallymark_sdk import View


def _build(tables: Mapping[str, ir.Table]) -> ir.Table:
    activities = tables["activities"]
    return activities.mutate(booked_on=ibis.coalesce(activities.booked_on, activities.created_on))


BOOKED_ACTIVITIES = View(
    name="booked_activities",
    rows="activities",
    grain="activities",
    requires=(),
    columns={
        "booked_on": ("activities.booked_on", "activities.created_on"),
        "kind": "activities.kind",
        "status": "activities.status",
        "rep_id": "activities.rep_id",
        "channel": "activities.channel",
    },
    build=_build,
)
"""Activities by the day they were agreed, or entered where the source doesn't say when that was."""
