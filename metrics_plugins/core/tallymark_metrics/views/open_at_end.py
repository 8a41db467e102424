"""Opportunities open at the end of each period, beside what was done or booked about them."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from tallymark_sdk import Parameter, View
from tallymark_sdk.tables import alive

QUIET_DAYS = Parameter(
    name="days",
    description="How many days, up to and including the period's last, an opportunity must have been without any "
    "activity.",
    default=30,
    minimum=1,
)
_DEAL = ("status", "created_on", "closed_on", "rep_id", "team_id", "stage_id")


def _open_deals(deals: ir.Table, periods: ir.Table) -> ir.Table:
    """Each opportunity once per period at whose end it is open; one without a day of creation in every period."""
    started = (deals.created_on < periods.beyond) | deals.created_on.isnull()
    still_there = (deals.closed_on >= periods.beyond) | deals.closed_on.isnull()
    joined = deals.join(periods, [started & still_there])
    return joined.select(*[joined[name] for name in deals.columns], period=joined.period)


def _with_found(deals: ir.Table, found: ir.Table) -> ir.Table:
    """`deals` with `is_found`: whether the opportunity and period are among `found`, which never adds a row."""
    found = found.select(_source="source_id", _deal="opportunity_id", _period="period")
    once = found.group_by("_source", "_deal", "_period").aggregate(_times=found.count())
    joined = deals.left_join(
        once,
        [
            deals.source_id == once["_source"],
            deals.id == once["_deal"],
            deals.period == once["_period"],
        ],
    )
    return joined.select(*[joined[each] for each in deals.columns], is_found=joined["_times"].notnull())


def _with_activity(tables: Mapping[str, ir.Table]) -> ir.Table:
    periods, activities = tables["periods"], alive(tables["activities"])
    # Planned is not done; cancelled never was. A customer who didn't come was at least expected.
    took_place = activities.filter(~activities.status.isin(["planned", "cancelled"]).fill_null(False))
    lately = (took_place.occurred_on < periods.beyond) & (
        periods.beyond.delta(took_place.occurred_on, unit="day") <= QUIET_DAYS.value
    )
    deals = _with_found(_open_deals(tables["opportunities"], periods), took_place.join(periods, [lately]))
    return deals.mutate(is_quiet=~deals.is_found)


OPEN_WITH_ACTIVITY = View(
    name="open_with_activity",
    rows="opportunities",
    grain="opportunities",
    requires=("activities.opportunity_id", "opportunities.closed_on", "opportunities.created_on"),
    columns={
        **{name: f"opportunities.{name}" for name in _DEAL},
        "is_quiet": ("activities.occurred_on", "activities.status"),
    },
    words={
        "is_quiet": "they had no activity lately",
    },
    build=_with_activity,
    per_period=True,
)
"""Opportunities open at the period's end and whether nothing was done about them lately."""


def _with_meeting(tables: Mapping[str, ir.Table]) -> ir.Table:
    periods, activities = tables["periods"], alive(tables["activities"])
    due_on = ibis.coalesce(activities.due_on, activities.occurred_on)
    booked_on = ibis.coalesce(activities.booked_on, activities.created_on)
    meetings = activities.mutate(_due=due_on, _booked=booked_on).filter(
        activities.kind.isin(["meeting", "demo"]) & (activities.status != "cancelled").fill_null(True)
    )
    known_by_then = (meetings["_booked"] < periods.beyond) | meetings["_booked"].isnull()
    found = meetings.join(periods, [(meetings["_due"] >= periods.beyond) & known_by_then])
    deals = _with_found(_open_deals(tables["opportunities"], periods), found)
    return deals.mutate(has_meeting=deals.is_found)


OPEN_WITH_MEETING = View(
    name="open_with_meeting",
    rows="opportunities",
    grain="opportunities",
    requires=("activities.opportunity_id", "opportunities.closed_on", "opportunities.created_on"),
    columns={
        **{name: f"opportunities.{name}" for name in _DEAL},
        "amount": "opportunities.amount",
        "amount_base": "opportunities.amount_base",
        "has_meeting": (
            *("activities.booked_on", "activities.created_on", "activities.due_on"),
            *("activities.kind", "activities.occurred_on", "activities.status"),
        ),
    },
    words={
        "has_meeting": "a meeting was booked for later",
    },
    build=_with_meeting,
    per_period=True,
)
"""Opportunities open at the period's end and whether a meeting about them was booked for later."""
