"""How customers are looked after."""

from __future__ import annotations

from typing import Any

from tallymark_metrics.customers.numbers import BOUNDARIES
from tallymark_metrics.views import CARE, ENGAGEMENT
from tallymark_metrics.views.customers import DAYS
from tallymark_metrics.views.first_sales import SALE_INPUTS
from tallymark_sdk import Flow, Metric, Part, PerPeriod, Ratio, _

_CUSTOMERS = PerPeriod(ENGAGEMENT, value=_.account_id.nunique(), where=_.at_start)
_ENGAGED = PerPeriod(ENGAGEMENT, value=_.account_id.nunique(), where=_.at_start & _.engaged)


def _per_customer(interactions: Any) -> Ratio:
    return Ratio(PerPeriod(ENGAGEMENT, value=interactions.sum(), where=_.at_start), _CUSTOMERS)


_OF_AN_ACTIVITY = (
    "activities.account_id",
    "activities.contact_id",
    "activities.opportunity_id",
    "contacts.account_id",
)

EXISTING_ENGAGEMENT = Metric(
    key="customers.existing_engagement",
    name="Existing customers engaged",
    description="Customers of the period's start with whom at least one activity took place in it, over all of them. "
    "Notes and tasks don't count; an activity with a customer's contact or deal does. The interactions per customer "
    "stand beside it.",
    unit="ratio",
    better="higher",
    parameters=(DAYS,),
    inputs=tuple(
        sorted(
            {
                *BOUNDARIES,
                *_OF_AN_ACTIVITY,
                "activities.kind",
                "activities.occurred_on",
                "activities.status",
                "opportunities.account_id",
                "reps.team_id",
            }
        )
    ),
    formula=Ratio(_ENGAGED, _CUSTOMERS),
    parts={
        "interactions": Part(
            name="Interactions per customer",
            unit="rate",
            formula=_per_customer(_.interactions),
            by_member={
                "rep": _per_customer(_.interactions_of_rep),
                "team": _per_customer(_.interactions_of_team),
            },
        ),
    },
    by=("rep", "team", "segment"),
    source="KPI template (vi), 5; B2B process and KPIs (vi): care for old customers",
)

_PLANNED = (_.status.isnull() | (_.status != "cancelled")) & (_.first_sale_on < _.due_on)

PLANNED_CARE = Metric(
    key="customers.planned_care",
    name="Customer care done as planned",
    description="Activities planned with existing customers for the period that were done by their due day, over all "
    "those planned; cancelled ones are out. A customer is existing who had bought before the due day.",
    unit="ratio",
    better="higher",
    inputs=tuple(
        sorted(
            {
                *SALE_INPUTS,
                *_OF_AN_ACTIVITY,
                "activities.due_on",
                "activities.occurred_on",
                "activities.status",
            }
        )
    ),
    formula=Ratio(
        Flow(
            CARE,
            on="due_on",
            value=_.count(where=(_.occurred_on <= _.due_on) & (_.status.isnull() | (_.status == "done"))),
            where=_PLANNED,
        ),
        Flow(CARE, on="due_on", value=_.count(), where=_PLANNED),
    ),
    by=("rep", "team", "segment"),
    source="KPI template (vi), 5: schedule the care of old customers",
)
