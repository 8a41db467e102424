"""Activities by the day they were agreed."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from tallymark_sdk import View


def _build(tables: Mapping[str, ir.Table]) -> ir.Table:
    activities = tables["activities"]
    return activities.mutate(agreed_on=ibis.coalesce(activities.booked_on, activities.created_on))


AGREED_ACTIVITIES = View(
    name="agreed_activities",
    rows="activities",
    grain="activities",
    requires=(),
    columns={
        **{name: f"activities.{name}" for name in ("kind", "status", "rep_id", "channel")},
        "agreed_on": ("activities.booked_on", "activities.created_on"),
    },
    build=_build,
)
"""Activities with the day they were agreed, else written down."""
