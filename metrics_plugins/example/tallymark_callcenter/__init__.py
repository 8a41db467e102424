"""KPIs of a call centre, by the definitions that telephone systems and workforce planners share."""

from __future__ import annotations

from collections.abc import Iterable

from tallymark_callcenter.views import ANSWERED_IN_TURN
from tallymark_sdk import Chart, Derived, Flow, Metric, Parameter, Part, Ratio, Stock, _, hookimpl

CALLS = "callcenter_calls"
SHIFTS = "callcenter_shifts"
BY_AGENT = ("queue", "rep", "team")

SECONDS = Parameter(
    name="seconds",
    description="Within how many seconds a call should be answered.",
    default=20,
    minimum=1,
    maximum=3600,
)
SHORT = Parameter(
    name="short",
    description="Callers who give up within so many seconds count neither for nor against.",
    default=5,
    minimum=0,
    maximum=600,
)
DAYS = Parameter(
    name="days",
    description="Within how many days a further call means that the first didn't settle it.",
    default=7,
    minimum=1,
    maximum=90,
)

_ANSWERED = _.outcome == "answered"
_GAVE_UP_AT_ONCE = {"gave up at once": (_.outcome == "abandoned") & (_.wait_seconds <= SHORT.value)}
_UNTIMED = {"no waiting time": _.wait_seconds.isnull()}
_HANDLED = _.talk_seconds + _.hold_seconds.fill_null(0) + _.wrap_seconds.fill_null(0)


_OFFERED = Flow(CALLS, on="offered_on", value=_.count())
_TAKEN = Flow(CALLS, on="offered_on", value=_.count(where=_ANSWERED))
_CONSIDERED = Flow(CALLS, on="offered_on", value=_.count(), leave_out=_GAVE_UP_AT_ONCE)

CALLS_OFFERED = Metric(
    key="callcenter.calls_offered",
    name="Calls offered",
    description="Calls that reached a queue in the period, answered or not.",
    unit="count",
    better="neutral",
    additive=True,
    inputs=("callcenter_calls.offered_on",),
    formula=_OFFERED,
    by=BY_AGENT,
    source="Telephone systems' queue reports: offered = answered + abandoned + overflowed",
)

SERVICE_LEVEL = Metric(
    key="callcenter.service_level",
    name="Service level",
    description="Share of the calls offered that were answered in time. Callers who gave up at once are left out; "
    "all others who gave up count against it.",
    unit="ratio",
    better="higher",
    parameters=(SECONDS, SHORT),
    inputs=("callcenter_calls.offered_on", "callcenter_calls.outcome", "callcenter_calls.wait_seconds"),
    formula=Ratio(
        Flow(
            CALLS,
            on="offered_on",
            value=_.count(where=_ANSWERED & (_.wait_seconds <= SECONDS.value)),
            leave_out=_UNTIMED | _GAVE_UP_AT_ONCE,
        ),
        Flow(CALLS, on="offered_on", value=_.count(), leave_out=_UNTIMED | _GAVE_UP_AT_ONCE),
    ),
    by=BY_AGENT,
    source='The "80/20" rule of workforce planning, in the variant that leaves short abandons out',
)

ABANDONMENT_RATE = Metric(
    key="callcenter.abandonment_rate",
    name="Abandonment rate",
    description="Share of the calls offered whose caller gave up waiting; those who gave up at once are left out.",
    unit="ratio",
    better="lower",
    parameters=(SHORT,),
    inputs=("callcenter_calls.offered_on", "callcenter_calls.outcome", "callcenter_calls.wait_seconds"),
    formula=Ratio(
        Flow(
            CALLS,
            on="offered_on",
            value=_.count(where=_.outcome == "abandoned"),
            leave_out=_GAVE_UP_AT_ONCE,
        ),
        _CONSIDERED,
    ),
    by=("queue",),
    source="Telephone systems' queue reports: abandoned over offered, short abandons left out",
)

_WAITED = Flow(CALLS, on="offered_on", where=_ANSWERED, value=_.wait_seconds.sum())

SPEED_OF_ANSWER = Metric(
    key="callcenter.speed_of_answer",
    name="Average speed of answer (seconds)",
    description="How many seconds the callers waited who were answered, on average.",
    unit="rate",
    better="lower",
    inputs=("callcenter_calls.offered_on", "callcenter_calls.outcome", "callcenter_calls.wait_seconds"),
    formula=Ratio(_WAITED, Flow(CALLS, on="offered_on", where=_ANSWERED, value=_.wait_seconds.count())),
    parts={
        "median": Part(
            name="Median wait (seconds)",
            unit="rate",
            formula=Flow(CALLS, on="offered_on", where=_ANSWERED, value=_.wait_seconds.median()),
        )
    },
    by=BY_AGENT,
    source="Telephone systems' queue reports: ASA, over answered calls",
)

_WORKED = Flow(CALLS, on="offered_on", where=_ANSWERED, value=_HANDLED.sum())
_HANDLED_INPUTS = (
    "callcenter_calls.hold_seconds",
    "callcenter_calls.offered_on",
    "callcenter_calls.outcome",
    "callcenter_calls.talk_seconds",
    "callcenter_calls.wrap_seconds",
)

HANDLE_TIME = Metric(
    key="callcenter.handle_time",
    name="Average handle time (seconds)",
    description="Seconds of talk, hold and wrap-up per answered call. Calls without a talk time are left out.",
    unit="rate",
    better="lower",
    inputs=_HANDLED_INPUTS,
    formula=Ratio(_WORKED, Flow(CALLS, on="offered_on", where=_ANSWERED, value=_HANDLED.count())),
    parts={
        "median": Part(
            name="Median handle time (seconds)",
            unit="rate",
            formula=Flow(CALLS, on="offered_on", where=_ANSWERED, value=_HANDLED.median()),
        )
    },
    by=BY_AGENT,
    source="Workforce planning: AHT = talk + hold + after-call work, over handled calls",
)

_CALLER_UNKNOWN = {"caller unknown": _.caller_id.isnull()}
_CALLED_ONCE = _.next_on.isnull() | (_.next_on.delta(_.offered_on, unit="day") > DAYS.value)

FIRST_CALL_RESOLUTION = Metric(
    key="callcenter.first_call_resolution",
    name="First-call resolution",
    description="Share of answered calls after which the caller didn't call the same queue again within some days. "
    "Every answered call is looked at, repeated ones too.",
    unit="ratio",
    better="higher",
    parameters=(DAYS,),
    inputs=("callcenter_calls.caller_id", "callcenter_calls.offered_at", "callcenter_calls.offered_on"),
    formula=Ratio(
        Flow(ANSWERED_IN_TURN, on="offered_on", value=_.count(where=_CALLED_ONCE), leave_out=_CALLER_UNKNOWN),
        Flow(ANSWERED_IN_TURN, on="offered_on", value=_.count(), leave_out=_CALLER_UNKNOWN),
    ),
    pending=Flow(
        ANSWERED_IN_TURN,
        on="offered_on",
        value=_.count(where=_.next_on.isnull()),
        leave_out=_CALLER_UNKNOWN,
    ),
    horizon="days",
    by=BY_AGENT,
    source="Repeat-call method of measuring FCR: no further call within a window, by caller and queue",
)

OCCUPANCY = Metric(
    key="callcenter.occupancy",
    name="Occupancy",
    description="Share of the staffed time that agents spent on calls: talk, hold and wrap-up.",
    unit="ratio",
    better="neutral",
    inputs=(*_HANDLED_INPUTS, "callcenter_shifts.staffed_seconds", "callcenter_shifts.started_on"),
    formula=Ratio(_WORKED, Flow(SHIFTS, on="started_on", value=_.staffed_seconds.sum())),
    by=("rep", "team"),
    source="Workforce planning: handle time over staffed time",
)

_AGENTS = Flow(SHIFTS, on="started_on", value=_.rep_id.nunique())

CALLS_PER_AGENT = Metric(
    key="callcenter.calls_per_agent",
    name="Calls per agent",
    description="Answered calls per agent who had a shift in the period; by agent, that agent's calls.",
    unit="rate",
    better="higher",
    inputs=(
        "callcenter_calls.offered_on",
        "callcenter_calls.outcome",
        "callcenter_shifts.rep_id",
        "callcenter_shifts.started_on",
    ),
    formula=Ratio(_TAKEN, _AGENTS),
    by=("rep", "team"),
    by_member={"rep": Derived(_TAKEN)},
    source="Workforce planning: handled calls over agents with a shift",
)

OPEN_ISSUES = Metric(
    key="callcenter.open_issues",
    name="Open issues",
    description="Callers' issues that were open at the end of the period; those who gave up waiting are out.",
    unit="count",
    better="lower",
    additive=True,
    inputs=("callcenter_calls.offered_on", "callcenter_calls.outcome", "callcenter_calls.resolved_on"),
    formula=Stock(
        CALLS, start="offered_on", end="resolved_on", at="end", value=_.count(where=_.outcome != "abandoned")
    ),
    by=BY_AGENT,
    source="Backlog of issues: opened up to the day, not settled by it",
)


@hookimpl
def tallymark_metrics() -> Iterable[Metric]:
    """The call centre's metrics."""
    return (
        CALLS_OFFERED,
        SERVICE_LEVEL,
        ABANDONMENT_RATE,
        SPEED_OF_ANSWER,
        HANDLE_TIME,
        FIRST_CALL_RESOLUTION,
        OCCUPANCY,
        CALLS_PER_AGENT,
        OPEN_ISSUES,
    )


@hookimpl
def tallymark_charts() -> Iterable[Chart]:
    """Sections that a call centre's scorecard usually has."""
    return (
        Chart(
            key="callcenter.service_level_over_time",
            name="Service level over time",
            metrics=(SERVICE_LEVEL.key,),
        ),
        Chart(
            key="callcenter.agents",
            name="Agents by calls handled",
            kind="ranking",
            metrics=(CALLS_PER_AGENT.key, HANDLE_TIME.key, FIRST_CALL_RESOLUTION.key),
            by="rep",
        ),
    )
