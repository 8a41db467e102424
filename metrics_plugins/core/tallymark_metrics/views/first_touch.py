"""Opportunities with the day the customer was first touched."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from tallymark_sdk import View
from tallymark_sdk.tables import alive

_CARRIED = ("status", "closed_on", "created_on", "rep_id", "team_id", "source", "product_id", "product_group")


def _build(tables: Mapping[str, ir.Table]) -> ir.Table:
    """The first activity of the deal, its lead or its account; else what deal and lead say themselves."""
    deals, leads, activities = tables["opportunities"], alive(tables["leads"]), alive(tables["activities"])
    # A source that keeps no status tells of an activity by having it.
    done = activities.filter((activities.status == "done").fill_null(True))
    leads = _with_first(leads, "id", done, "lead_id", "_lead_touched")
    deals = _with_lead(deals, leads)
    deals = _with_first(deals, "id", done, "opportunity_id", "_deal_touched")
    deals = _with_first(deals, "account_id", done, "account_id", "_account_touched")
    # Null where it came after the win: that can't have led to it.
    touches = [
        ibis.ifelse(deals[name] <= deals.closed_on, deals[name], ibis.null("date"))
        for name in ("_deal_touched", "_lead_touched", "_account_touched")
    ]
    return deals.mutate(
        touched_on=ibis.coalesce(
            ibis.least(*[ibis.coalesce(each, *touches) for each in touches]),
            deals.first_touch_on,
            deals["_lead_created"],
            deals.created_on,
        )
    )


def _with_first(rows: ir.Table, key: str, done: ir.Table, link: str, name: str) -> ir.Table:
    """`rows` with the day of the first activity whose `link` is the row's `key`, in the row's own source."""
    known = done.filter(done[link].nullif("").notnull())
    first = known.group_by(_act_source="source_id", _act_key=link).aggregate(_act_on=known.occurred_on.min())
    joined = rows.left_join(first, [rows.source_id == first["_act_source"], rows[key] == first["_act_key"]])
    return joined.select(*[joined[column] for column in rows.columns], **{name: joined["_act_on"]})


def _with_lead(deals: ir.Table, leads: ir.Table) -> ir.Table:
    """`deals` with the first day of their leads: the one a deal names and those that name it."""
    pairs = deals.select(_of_source=deals.source_id, _of=deals.id, _lead=deals.lead_id)
    met = pairs.join(leads, [pairs["_of_source"] == leads.source_id, pairs["_lead"] == leads.id])
    days = {"_created": "created_on", "_touched": "_lead_touched"}
    named = met.select("_of_source", "_of", **days)
    naming = leads.filter(leads.opportunity_id.nullif("").notnull())
    naming = naming.select(_of_source="source_id", _of="opportunity_id", **days)
    both = ibis.union(named, naming)
    first = both.group_by("_of_source", "_of").aggregate(
        _lead_created=both["_created"].min(), _lead_touched=both["_touched"].min()
    )
    joined = deals.left_join(first, [deals.source_id == first["_of_source"], deals.id == first["_of"]])
    return joined.drop("_of_source", "_of")


FIRST_TOUCH = View(
    name="first_touch",
    rows="opportunities",
    grain="opportunities",
    requires=(
        *("activities.account_id", "activities.lead_id", "activities.opportunity_id"),
        *("leads.opportunity_id", "opportunities.account_id", "opportunities.lead_id"),
    ),
    columns={
        **{name: f"opportunities.{name}" for name in _CARRIED},
        "touched_on": (
            *("activities.occurred_on", "activities.status", "leads.created_on", "opportunities.closed_on"),
            *("opportunities.created_on", "opportunities.first_touch_on"),
        ),
    },
    words={
        "touched_on": "first touch on",
    },
    build=_build,
    optional=("activities", "leads"),
)
"""Opportunities with the day of the first touch up to the day they were closed."""
