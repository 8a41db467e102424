"""How long the reps of a period's end have been there."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir

from tallymark_sdk import View
from tallymark_sdk.tables import later


def _build(tables: Mapping[str, ir.Table]) -> ir.Table:
    reps, periods = tables["reps"], tables["periods"]
    there = (reps.hired_on < periods.beyond) & (reps.left_on.isnull() | (reps.left_on >= periods.beyond))
    joined = reps.join(periods, there)
    last_day = later(joined.beyond, -1).cast("date")
    return joined.mutate(days=last_day.delta(joined.hired_on, unit="day"))


TENURES = View(
    name="tenures",
    rows="reps at the period's end",
    grain="reps",
    per_period=True,
    requires=("reps.hired_on", "reps.left_on"),
    columns={
        "days": "reps.hired_on",
        "team_id": "reps.team_id",
        "department": "reps.department",
        "region_id": "reps.region_id",
    },
    words={
        "days": "days of service",
    },
    build=_build,
)
"""Reps employed at the period's end whose first day is known, with their days of service up to it."""
