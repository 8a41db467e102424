"""Trainings of a period's reps."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir

from tallymark_sdk import View
from tallymark_sdk.links import follow


def _build(tables: Mapping[str, ir.Table]) -> ir.Table:
    """Each training in the period it was completed in, and whether its rep was employed on a day of that."""
    trainings, periods = tables["trainings"], tables["periods"]
    carried = {"_rep": "id", "_hired_on": "hired_on", "_left_on": "left_on"}
    known = follow(trainings, "rep_id", tables["reps"], carried, living=True)
    dated = known.join(periods, [known.completed_on >= periods["first"], known.completed_on < periods.beyond])
    employed = dated["_hired_on"].isnull() | (dated["_hired_on"] < dated.beyond)
    employed &= dated["_left_on"].isnull() | (dated["_left_on"] >= dated["first"])
    return dated.mutate(was_employed=(dated["_rep"].notnull() & employed).fill_null(False))


TRAININGS_OF_REPS = View(
    name="trainings_of_reps",
    rows="trainings",
    grain="trainings",
    per_period=True,
    requires=("reps.hired_on", "reps.left_on", "trainings.completed_on"),
    columns={
        **{name: f"trainings.{name}" for name in ("rep_id", "skill", "status")},
        "was_employed": ("reps.hired_on", "reps.left_on"),
    },
    build=_build,
)
"""Trainings completed in the period and whether who took one was a rep of the period."""
