"""What is open at the end of a period."""

from __future__ import annotations

from tallymark_metrics.open_opportunities import CLOSED_WITHOUT_A_DATE, open_opportunities
from tallymark_metrics.roster import ACTIVE_REPS
from tallymark_metrics.views.likely_opportunities import LIKELY_OPPORTUNITIES
from tallymark_metrics.views.open_at_end import OPEN_WITH_ACTIVITY, OPEN_WITH_MEETING, QUIET_DAYS
from tallymark_sdk import Metric, Part, PerPeriod, Ratio, _
from tallymark_sdk.rows import undated_reason

_OPEN_INPUTS = ("opportunities.closed_on", "opportunities.created_on", "opportunities.status")
_LEAVE_OUT = {undated_reason("created_on"): _.created_on.isnull(), **CLOSED_WITHOUT_A_DATE}

OPEN_PIPELINE = Metric(
    key="pipeline.open_pipeline",
    name="Open pipeline value",
    description="Money of the opportunities created by the period's end and not closed by then. Beside it, the same "
    "weighted by each one's probability as it is now, or by its stage's where it has none of its own.",
    unit="money",
    better="higher",
    additive=True,
    inputs=(
        "opportunities.amount_base",
        *_OPEN_INPUTS[:2],
        "opportunities.probability",
        "opportunities.stage_id",
        _OPEN_INPUTS[2],
        "stages.probability",
    ),
    formula=open_opportunities(_.amount_base.sum()),
    parts={
        "weighted": Part(
            name="Weighted by probability",
            unit="money",
            formula=open_opportunities((_.amount_base * _.probability).sum(), rows=LIKELY_OPPORTUNITIES),
        ),
    },
    by=("stage", "rep", "team", "region", "product_group"),
    source="Twelve sales KPIs (zh-Hant), 2",
)

OPEN_OPPORTUNITIES_PER_REP = Metric(
    key="pipeline.open_opportunities_per_rep",
    name="Open opportunities per rep",
    description="Opportunities open at the period's end divided by the reps employed on at least one day of the "
    "period; by rep, that rep's own. Everyone on the roster counts, also those with no opportunity.",
    unit="rate",
    better="neutral",
    inputs=(*_OPEN_INPUTS, "reps.hired_on", "reps.left_on"),
    formula=Ratio(open_opportunities(_.count()), ACTIVE_REPS),
    by=("team", "rep"),
    by_member={"rep": open_opportunities(_.count())},
    source="B2B process and KPIs (vi): five people with twenty opportunities a month each",
)

STALE_OPPORTUNITIES = Metric(
    key="pipeline.stale_opportunities",
    name="Opportunities gone quiet",
    description="Opportunities open at the period's end about which nothing was done in the days up to it. Activities "
    "that were cancelled or only planned don't count, nor do those of the account that name no opportunity; a new "
    "opportunity counts as quiet until something is done about it.",
    unit="count",
    better="lower",
    additive=True,
    inputs=("activities.occurred_on", "activities.opportunity_id", "activities.status", *_OPEN_INPUTS),
    formula=PerPeriod(OPEN_WITH_ACTIVITY, value=_.count(where=_.is_quiet), leave_out=_LEAVE_OUT),
    by=("rep", "team", "stage"),
    parameters=(QUIET_DAYS,),
    source="B2B process and KPIs (vi): without a tool opportunities are missed",
)

BOOKED_MEETING_PIPELINE = Metric(
    key="pipeline.booked_meeting_pipeline",
    name="Pipeline with a meeting booked",
    description="Money of the opportunities open at the period's end for which a meeting or demo after that day had "
    "been booked by then. Meetings cancelled since are out; one whose day of booking is unknown counts as booked.",
    unit="money",
    better="higher",
    additive=True,
    inputs=(
        "activities.booked_on",
        "activities.created_on",
        "activities.due_on",
        "activities.kind",
        "activities.occurred_on",
        "activities.opportunity_id",
        "activities.status",
        "opportunities.amount_base",
        *_OPEN_INPUTS,
    ),
    formula=PerPeriod(
        OPEN_WITH_MEETING, value=_.amount_base.sum(), where=_.has_meeting, leave_out=_LEAVE_OUT
    ),
    by=("rep", "team", "stage"),
    source="Twelve sales KPIs (zh-Hant), 2: the value of prospects with a booked meeting",
)
