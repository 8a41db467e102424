"""Leads with the day somebody first went to them."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir

from tallymark_sdk import View
from tallymark_sdk.tables import alive

_LEAD = ("created_on", "rep_id", "source")


def _build(tables: Mapping[str, ir.Table]) -> ir.Table:
    """The first outbound activity that took place on the day the lead came in, or later."""
    leads, activities = tables["leads"], alive(tables["activities"])
    # A source that keeps no status tells of an activity by having it.
    outbound = activities.filter(
        (activities.direction == "out") & (activities.status == "done").fill_null(True)
    ).select(_act_source="source_id", _act_lead="lead_id", _act_on="occurred_on")
    met = leads.select("source_id", "id", "created_on").join(
        outbound,
        [
            leads.source_id == outbound["_act_source"],
            leads.id == outbound["_act_lead"],
            outbound["_act_on"] >= leads.created_on,
        ],
    )
    first = met.group_by(_lead_source=met.source_id, _lead=met.id).aggregate(
        contacted_on=met["_act_on"].min()
    )
    joined = leads.left_join(first, [leads.source_id == first["_lead_source"], leads.id == first["_lead"]])
    return joined.select(*[joined[name] for name in leads.columns], contacted_on=joined.contacted_on)


LEADS_WITH_CONTACT = View(
    name="leads_with_contact",
    rows="leads",
    grain="leads",
    requires=("activities.direction", "activities.lead_id", "activities.status"),
    columns={
        **{name: f"leads.{name}" for name in _LEAD},
        "contacted_on": ("activities.occurred_on", "leads.created_on"),
    },
    build=_build,
)
"""Leads with the day of the first outbound activity since they came in."""
