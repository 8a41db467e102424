"""Who owned a row then: the owner a deal had on a day, and where that rep belonged.

Both are spans of days that never overlap, so looking a day up in them never multiplies rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import ibis
import ibis.expr.types as ir

from tallymark_sdk.formula import Leaf, Stock
from tallymark_sdk.tables import alive, later
from tallymark_sdk.view import KEY, View

OWNED = ("rep", "team", "department", "region")
"""Breakdowns that the switch is about."""

THEN_REP, THEN_TEAM, THEN_REGION = "_then_rep", "_then_team", "_then_region"

DEALS: Mapping[str, str] = {"opportunities": "id", "opportunity_lines": "opportunity_id",
                            "stage_history": "opportunity_id"}  # fmt: skip
"""Datasets whose rows have the owner of a deal → the column with that deal. Their rep and team are those of now."""

_TOLD = (*KEY, "rep_id", "team_id", "region_id", "manager_id", "valid_from", "valid_to")
_ALWAYS, _NEVER = date(1, 1, 1), date(9999, 12, 31)


def team_history(assignments: ir.Table) -> ir.Table:
    """The assignments of reps as spans of days that don't overlap: a later one ends the one before.

    Of two that start on the same day, the one with the greater id holds. Columns: those of the dataset's key, of
    who and where, and the half-open days `from_on` to `to_on`, which are never empty.
    """
    told = alive(assignments).select(*_TOLD)
    told = told.filter(told.rep_id.notnull())
    told = told.mutate(from_on=told.valid_from.fill_null(_ALWAYS), _ends=told.valid_to.fill_null(_NEVER))
    told = told.filter(told.from_on < told["_ends"])
    following = ibis.window(
        group_by=["source_id", "rep_id"], order_by=[told.from_on, told.source_id, told.id]
    )
    told = told.mutate(_next=told.from_on.lead().over(following))
    return told.mutate(to_on=ibis.least(told["_ends"], told["_next"].fill_null(_NEVER))).drop(
        "_ends", "_next"
    )


def _team_history(tables: Mapping[str, ir.Table]) -> ir.Table:
    return team_history(tables["rep_assignments"])


TEAM_HISTORY = View(
    name="team_history",
    rows="assignments of reps",
    grain="rep_assignments",
    requires=(),
    columns={
        "rep_id": "rep_assignments.rep_id",
        "team_id": "rep_assignments.team_id",
        "region_id": "rep_assignments.region_id",
        "manager_id": "rep_assignments.manager_id",
        "from_on": ("rep_assignments.valid_from",),
        "to_on": ("rep_assignments.valid_to", "rep_assignments.valid_from"),
    },
    build=_team_history,
)
"""Where each rep belonged, and when: no day of a rep is in two of its rows."""


def owner_history(changes: ir.Table) -> ir.Table:
    """Who owned each deal before its owner changed: `source_id`, `deal`, `owner`, and half-open days.

    The last owner isn't among them, since the deal itself names it. A day's owner is the one it ended with.
    """
    told = alive(changes)
    told = told.filter(told.field == "owner", told.opportunity_id.notnull(), told.changed_on.notnull())
    earlier = ibis.window(
        group_by=["source_id", "opportunity_id"],
        order_by=[told.changed_on, told.changed_at, told.source_id, told.id],
    )
    since = told.changed_on.lag().over(earlier)
    came = told.new_value.lag().over(earlier)
    return told.select(
        "source_id",
        deal=told.opportunity_id,
        owner=ibis.coalesce(told.old_value.nullif(""), came.nullif("")),
        from_on=since.fill_null(_ALWAYS),
        to_on=told.changed_on,
    )


def with_owners_then(rows: ir.Table, *, grain: str, day: str, model: Mapping[str, ir.Table]) -> ir.Table:
    """`rows` with who owned each of them on its `day`, and the team and region of that rep then.

    Finding members (`with_member`) goes by these columns where they are there. Rows without a rep stay as they are.
    """
    holder = "id" if grain == "reps" else "rep_id"
    if holder not in rows.columns:
        return rows
    rows = rows.mutate(**{THEN_REP: rows[holder]})
    if DEALS.get(grain) in rows.columns:
        rows = _with_deals_owner(rows, DEALS[grain], day, owner_history(model["opportunity_changes"]))
    return _with_assignment(rows, day, team_history(model["rep_assignments"]))


def day_owned(leaf: Leaf, first: ir.Value, beyond: ir.Value) -> ir.Value:
    """The day whose owner counts for a stock or a view per period: that of its boundary, the period's last if any.

    What was there at both boundaries is part of what was there at the start, so it counts by that.
    """
    at_start = isinstance(leaf, Stock) and leaf.at in {"start", "both"}
    return later(first if at_start else beyond, -1).cast("date")


def _with_deals_owner(rows: ir.Table, deal: str, day: str, history: ir.Table) -> ir.Table:
    spans = history.select(
        _span_source="source_id", _deal="deal", _owner="owner", _from="from_on", _to="to_on"
    )
    joined = rows.left_join(
        spans,
        [
            rows.source_id == spans["_span_source"],
            rows[deal] == spans["_deal"],
            rows[day] >= spans["_from"],
            rows[day] < spans["_to"],
        ],
    )
    found = joined.select(*[joined[column] for column in rows.columns], "_owner", "_to")
    owner = ibis.ifelse(found["_to"].notnull(), found["_owner"], found[THEN_REP])
    return found.mutate(**{THEN_REP: owner}).drop("_owner", "_to")


def _with_assignment(rows: ir.Table, day: str, history: ir.Table) -> ir.Table:
    """An assignment told by the row's own source counts first, then one of the only source that knows the rep."""
    own = history.select(_own_source="source_id", _own_rep="rep_id", _own_from="from_on", _own_to="to_on",
                         _own_team="team_id", _own_region="region_id")  # fmt: skip
    sources = ibis.window(group_by="rep_id")
    lowest, highest = history.source_id.min().over(sources), history.source_id.max().over(sources)
    anywhere = history.mutate(_is_only=lowest == highest).filter(ibis._["_is_only"])
    anywhere = anywhere.select(_any_rep="rep_id", _any_from="from_on", _any_to="to_on", _any_team="team_id",
                               _any_region="region_id")  # fmt: skip
    joined = rows.left_join(own, [
        rows.source_id == own["_own_source"],
        rows[THEN_REP] == own["_own_rep"],
        rows[day] >= own["_own_from"],
        rows[day] < own["_own_to"],
    ])  # fmt: skip
    joined = joined.left_join(anywhere, [
        joined[THEN_REP] == anywhere["_any_rep"],
        joined[day] >= anywhere["_any_from"],
        joined[day] < anywhere["_any_to"],
    ])  # fmt: skip
    told = ("_own_team", "_any_team", "_own_region", "_any_region")
    found = joined.select(*[joined[column] for column in rows.columns], *told)
    team = ibis.coalesce(found["_own_team"], found["_any_team"])
    region = ibis.coalesce(found["_own_region"], found["_any_region"])
    return found.mutate(**{THEN_TEAM: team, THEN_REGION: region}).drop(*told)
