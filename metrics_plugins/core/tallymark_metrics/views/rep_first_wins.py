"""The first deal that each rep won."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir

from tallymark_sdk import View
from tallymark_sdk.links import follow
from tallymark_sdk.tables import alive, first_of


def _build(tables: Mapping[str, ir.Table]) -> ir.Table:
    won = alive(tables["opportunities"]).filter(lambda t: t.status == "won")
    first = first_of(won, ["source_id", "rep_id"], ["closed_on", "closed_at"])
    of_rep = {"hired_on": "hired_on", "_rep_team": "team_id"}
    known = follow(first, "rep_id", tables["reps"], of_rep, living=True)
    return known.mutate(first_win_on=known.closed_on, team_id=known["_rep_team"])


REP_FIRST_WINS = View(
    name="rep_first_wins",
    rows="first wins of reps",
    grain="opportunities",
    requires=("opportunities.closed_at", "opportunities.status"),
    columns={
        "first_win_on": "opportunities.closed_on",
        "hired_on": "reps.hired_on",
        "rep_id": "opportunities.rep_id",
        "team_id": "reps.team_id",
    },
    build=_build,
)
"""Each rep's first won opportunity with the day the rep was hired; the team is the rep's."""
