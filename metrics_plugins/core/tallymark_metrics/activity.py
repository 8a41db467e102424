"""Activity: what is done with customers and leads."""

from __future__ import annotations

from collections.abc import Iterable

from tallymark_metrics.roster import ACTIVE_REPS, ROSTER_INPUTS
from tallymark_metrics.views import BOOKED_ACTIVITIES
from tallymark_metrics.views.engagement import WITH_CUSTOMERS
from tallymark_sdk import Derived, Flow, Metric, Parameter, Part, Ratio, _, hookimpl

DONE = _.status.isnull() | (_.status == "done")
"""Took place. A source that keeps no status lists only what did."""

_INPUTS = ("activities.kind", "activities.occurred_on", "activities.status")


def done(kinds: object, *conditions: object) -> Flow:
    """How many activities of these kinds took place in the period."""
    where: object = DONE & kinds
    for condition in conditions:
        where = where & condition  # type: ignore[operator]  # expressions carry no types
    return Flow("activities", on="occurred_on", value=_.count(), where=where)


_LINKED = _.lead_id.notnull() | _.account_id.notnull() | _.contact_id.notnull() | _.opportunity_id.notnull()

INTERACTIONS = Metric(
    key="activity.interactions",
    name="Customer interactions",
    description="Activities with a customer or lead that took place in the period: calls, e-mails, messages, meetings, "
    "visits and the like. Notes, tasks and what was only planned don't count.",
    unit="count",
    better="higher",
    additive=True,
    inputs=(
        "activities.account_id",
        "activities.contact_id",
        "activities.kind",
        "activities.lead_id",
        "activities.occurred_on",
        "activities.opportunity_id",
        "activities.status",
    ),
    formula=done(_.kind.isnull() | _.kind.isin(WITH_CUSTOMERS), _LINKED),
    by=("rep", "team", "channel"),
    source="B2B process and KPIs (vi): whole system, per rep, per channel",
)

_CALLS = done(_.kind == "call")

CALLS_PER_REP = Metric(
    key="activity.calls_per_rep",
    name="Calls per rep",
    description="Calls that took place in the period per rep employed on at least one of its days; by rep, that rep's "
    "calls. The total number of calls stands beside it.",
    unit="rate",
    better="higher",
    inputs=(*_INPUTS, *ROSTER_INPUTS),
    formula=Ratio(_CALLS, ACTIVE_REPS),
    by_member={"rep": Derived(_CALLS)},
    parts={"calls": Part(name="Calls", unit="count", formula=_CALLS)},
    by=("team", "rep"),
    source="KPI for the sales room (vi), 8; B2B process and KPIs (vi): outreach calls a month, per rep",
)

_SENT = done(_.kind == "email", _.direction.isnull() | (_.direction == "out"))

EMAILS_PER_REP = Metric(
    key="activity.emails_per_rep",
    name="Emails per rep",
    description="E-mails sent in the period per rep employed on at least one of its days; by rep, that rep's e-mails.",
    unit="rate",
    better="higher",
    inputs=(*_INPUTS, "activities.direction", *ROSTER_INPUTS),
    formula=Ratio(_SENT, ACTIVE_REPS),
    by_member={"rep": Derived(_SENT)},
    by=("team", "rep"),
    source="KPI for the sales room (vi), 8",
)

MEETINGS = Metric(
    key="activity.meetings",
    name="Customer meetings",
    description="Meetings held in the period; demos are counted apart.",
    unit="count",
    better="higher",
    additive=True,
    inputs=_INPUTS,
    formula=done(_.kind == "meeting"),
    by=("rep", "team", "region"),
    source="B2B process and KPIs (vi): meetings a month",
)

DEMO_CALLS = Metric(
    key="activity.demo_calls",
    name="Demo calls",
    description="Demos held in the period.",
    unit="count",
    better="higher",
    additive=True,
    inputs=_INPUTS,
    formula=done(_.kind == "demo"),
    by=("rep", "team"),
    source="KPI for the sales room (vi): onboarding and demo calls a month; B2B process and KPIs (vi)",
)

ONBOARDING_CALLS = Metric(
    key="activity.onboarding_calls",
    name="Onboarding and trial calls",
    description="Onboarding and trial calls completed in the period.",
    unit="count",
    better="higher",
    additive=True,
    inputs=_INPUTS,
    formula=done(_.kind.isin(["onboarding", "trial"])),
    by=("rep", "team"),
    source="KPI for the sales room (vi): onboarding and demo calls a month, per rep",
)

REPLY_DAYS = Parameter(
    name="days", description="Days within which a reply counts.", default=14, minimum=1, maximum=365
)
_UNTIL_REPLY = _.replied_on.delta(_.occurred_on, unit="day")
# An answer that is older than the e-mail answers another one.
_REPLIED = ((_UNTIL_REPLY >= 0) & (REPLY_DAYS.value >= _UNTIL_REPLY)).fill_null(False)
_OUT = (_.kind == "email") & (_.direction == "out")

EMAIL_REPLY_RATE = Metric(
    key="activity.email_reply_rate",
    name="E-mail reply rate",
    description="Outbound e-mails of the period that got a reply within some days, over all outbound e-mails of the "
    "period. Immature while a reply can still come in time.",
    unit="ratio",
    better="higher",
    parameters=(REPLY_DAYS,),
    horizon="days",
    inputs=(*_INPUTS, "activities.direction", "activities.replied_on"),
    formula=Ratio(done(_OUT, _REPLIED), done(_OUT)),
    pending=done(_OUT, ~_REPLIED),
    by=("rep", "team", "campaign"),
    source="Twelve sales KPIs (zh-Hant): cold e-mail replies",
)

MEETINGS_BOOKED = Metric(
    key="activity.meetings_booked",
    name="Meetings booked",
    description="Meetings and demos booked in the period, by the day they were agreed, or entered where that isn't "
    "known; cancelled ones count too, since they were booked.",
    unit="count",
    better="higher",
    additive=True,
    inputs=("activities.booked_on", "activities.created_on", "activities.kind"),
    formula=Flow(BOOKED_ACTIVITIES, on="booked_on", value=_.count(where=_.kind.isin(["meeting", "demo"]))),
    by=("rep", "team"),
    source="Twelve sales KPIs (zh-Hant), 2",
)


@hookimpl
def tallymark_metrics() -> Iterable[Metric]:
    """The activity family."""
    return (
        INTERACTIONS,
        CALLS_PER_REP,
        EMAILS_PER_REP,
        MEETINGS,
        DEMO_CALLS,
        ONBOARDING_CALLS,
        EMAIL_REPLY_RATE,
        MEETINGS_BOOKED,
    )
