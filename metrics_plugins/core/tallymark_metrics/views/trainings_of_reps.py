"""Trainings beside the employment of those who took them."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir

from tallymark_sdk import View
from tallymark_sdk.links import follow
from tallymark_sdk.tables import alive


def _build(tables: Mapping[str, ir.Table]) -> ir.Table:
    """A rep counts as one of the roster on the days it counts them: from the first to the last day at work."""
    reps = alive(tables["reps"])
    carried = {"_rep": "id", "_hired_on": "hired_on", "_left_on": "left_on"}
    known = follow(tables["trainings"], "rep_id", reps, carried)
    employed = known["_hired_on"].isnull() | (known["_hired_on"] <= known.completed_on)
    employed &= known["_left_on"].isnull() | (known["_left_on"] >= known.completed_on)
    return known.mutate(was_employed=(known["_rep"].notnull() & employed).fill_null(False))


TRAININGS_OF_REPS = View(
    name="trainings_of_reps",
    rows="trainings",
    grain="trainings",
    requires=("reps.hired_on", "reps.left_on"),
    columns={
        **{name: f"trainings.{name}" for name in ("completed_on", "rep_id", "skill", "status")},
        "was_employed": ("reps.hired_on", "reps.left_on"),
    },
    build=_build,
)
"""Trainings and whether who took one was employed on the day it was completed."""
