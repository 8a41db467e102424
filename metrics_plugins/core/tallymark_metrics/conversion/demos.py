"""From talking to showing."""

from __future__ import annotations

from tallymark_metrics.views.agreed_activities import AGREED_ACTIVITIES
from tallymark_sdk import Flow, Metric, Ratio, _

# A source that keeps no status tells of an activity by having it.
_DONE = (_.status == "done") | _.status.isnull()
_CONVERSATION = _DONE & (((_.kind == "call") & _.is_connected) | (_.kind == "meeting"))
_SECURED = (_.kind == "demo") & (_.status.isnull() | ~_.status.isin(["cancelled", "no_show"]))

CONVERSATION_TO_DEMO = Metric(
    key="conversion.conversation_to_demo",
    name="Conversation-to-demo ratio",
    description="Demos agreed in the period, to be held then or later, over its conversations: calls that reached "
    "the other side, and meetings. Demos cancelled or missed since are out; one without a day of agreement counts "
    "on the day it was written down. It can pass 100 %, as the demos needn't come from the same conversations.",
    unit="ratio",
    better="higher",
    inputs=(
        "activities.booked_on",
        "activities.created_on",
        "activities.is_connected",
        "activities.kind",
        "activities.occurred_on",
        "activities.status",
    ),
    formula=Ratio(
        Flow(AGREED_ACTIVITIES, on="agreed_on", value=_.count(where=_SECURED)),
        Flow("activities", on="occurred_on", value=_.count(where=_CONVERSATION)),
    ),
    by=("rep", "team", "channel"),
    source="Ten sales KPIs (fa), 7",
)
