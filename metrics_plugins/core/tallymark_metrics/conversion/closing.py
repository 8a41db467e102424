"""How many deals and leads end in a sale."""

from __future__ import annotations

from typing import Any

from tallymark_metrics.cohorts import WITHIN, in_time, when_timed
from tallymark_metrics.views.lead_outcomes import LEADS_WITH_SALE
from tallymark_sdk import Flow, Metric, Ratio, _

CLOSE_RATIO = Metric(
    key="conversion.close_ratio",
    name="Sales close ratio",
    description="Deals won out of those won or lost in the period.",
    unit="ratio",
    better="higher",
    inputs=("opportunities.closed_on", "opportunities.status"),
    formula=Ratio(
        Flow("opportunities", on="closed_on", value=_.count(where=_.status == "won")),
        Flow("opportunities", on="closed_on", value=_.count(where=_.status.isin(["won", "lost"]))),
    ),
    by=("rep", "team", "region", "source", "channel", "product_group", "product", "customer_type"),
    source="KPI for the sales room (vi), 6",
)

_WON = _.status == "won"
_DEAL_UNTIMED = {"won on an unknown day": when_timed(_WON & _.closed_on.isnull())}


def _created(value: Any) -> Flow:
    return Flow("opportunities", on="created_on", value=value, leave_out=_DEAL_UNTIMED)


CONVERSION_RATE = Metric(
    key="conversion.conversion_rate",
    name="Conversion rate",
    description="Of the opportunities created in the period, those that have been won since, as the data stands. "
    "Opportunities still open, lost or cancelled are in the number divided by, so the ratio of a young period still "
    "rises.",
    unit="ratio",
    better="higher",
    inputs=("opportunities.closed_on", "opportunities.created_on", "opportunities.status"),
    formula=Ratio(
        _created(_.count(where=_WON & in_time(_.created_on, _.closed_on))),
        _created(_.count()),
    ),
    by=("rep", "team", "source", "channel", "region"),
    parameters=(WITHIN,),
    pending=_created(_.count(where=(_.status == "open") | _.status.isnull())),
    horizon="within",
    source="Ten sales KPIs (fa), 4; KPI template (vi), 2: reps compared by it",
)

_LEAD_UNTIMED = {"won on an unknown day": when_timed(_.won & _.won_on.isnull())}


def _came_in(value: Any) -> Flow:
    return Flow(LEADS_WITH_SALE, on="created_on", value=value, leave_out=_LEAD_UNTIMED)


LEAD_TO_SALE = Metric(
    key="conversion.lead_to_sale",
    name="Lead-to-sale",
    description="Of the leads of the period, those with an opportunity that has been won since, as the data stands. "
    "A lead with several won opportunities counts once.",
    unit="ratio",
    better="higher",
    inputs=(
        "leads.created_on",
        "leads.lost_reason",
        "leads.opportunity_id",
        "leads.status_kind",
        "opportunities.closed_on",
        "opportunities.lead_id",
        "opportunities.status",
    ),
    formula=Ratio(
        _came_in(_.count(where=_.won & in_time(_.created_on, _.won_on))),
        _came_in(_.count()),
    ),
    by=("rep", "team", "source", "channel", "region"),
    parameters=(WITHIN,),
    pending=_came_in(_.count(where=_.can_win)),
    horizon="within",
    source="KPI for the sales room (vi), 13; ten sales KPIs (fa), 6",
)
