"""People: how reps learn, and how soon new ones sell."""

from __future__ import annotations

from collections.abc import Iterable

from tallymark_metrics.roster import ACTIVE_REPS, ROSTER_INPUTS
from tallymark_metrics.views import REP_FIRST_WINS, TRAININGS_OF_REPS
from tallymark_sdk import Derived, Flow, Metric, Part, PerPeriod, Ratio, Total, _, hookimpl

_COMPLETED = _.status.isnull() | (_.status == "passed")


def _trainings(value: object) -> Flow:
    return Flow("trainings", on="completed_on", value=value, where=_COMPLETED)


_LEARNT = _trainings(_.count())
# Whoever isn't on the roster, such as a partner's people, isn't in the number divided by either.
_LEARNERS = PerPeriod(TRAININGS_OF_REPS, value=_.rep_id.nunique(), where=_COMPLETED & _.was_employed)

LEARNING_RATE = Metric(
    key="people.learning_rate",
    name="Learning rate",
    description="Skills learnt or strengthened in the period (trainings passed in it) per rep employed on at least one of "
    "its days; by rep, that rep's own; by skill, over all reps. The share of reps with at least one, and new skills "
    "against strengthened ones, stand beside it.",
    unit="rate",
    better="higher",
    inputs=(
        *ROSTER_INPUTS,
        "trainings.completed_on",
        "trainings.kind",
        "trainings.rep_id",
        "trainings.status",
    ),
    formula=Ratio(_LEARNT, ACTIVE_REPS),
    by_member={"rep": Derived(_LEARNT), "skill": Ratio(_LEARNT, Total(ACTIVE_REPS))},
    parts={
        "learners": Part(
            name="Share of reps who learnt",
            unit="ratio",
            formula=Ratio(_LEARNERS, ACTIVE_REPS),
            by_member={"skill": Ratio(_LEARNERS, Total(ACTIVE_REPS))},
        ),
        "new": Part(name="New skills", unit="count", formula=_trainings(_.count(where=_.kind == "new"))),
        "strengthened": Part(
            name="Strengthened skills",
            unit="count",
            formula=_trainings(_.count(where=_.kind == "strengthened")),
        ),
    },
    by=("team", "rep", "skill"),
    source="Ten sales KPIs (fa), 9: how often the team learns a new approach or strengthens a skill",
)

_DAYS = _.first_win_on.delta(_.hired_on, unit="day")
_LEFT_OUT = {"no day of hiring": _.hired_on.isnull(), "won before being hired": _DAYS < 0}


def _first_wins(value: object) -> Flow:
    return Flow(REP_FIRST_WINS, on="first_win_on", value=value, leave_out=_LEFT_OUT)


REP_RAMP_TIME = Metric(
    key="people.rep_ramp_time",
    name="Ramp time of new reps",
    description="Mean days from a rep's first day at work to the first won deal, over the reps whose first win falls in "
    "the period.",
    unit="days",
    better="lower",
    inputs=(
        "opportunities.closed_at",
        "opportunities.closed_on",
        "opportunities.status",
        "reps.hired_on",
    ),
    formula=Ratio(_first_wins(_DAYS.sum()), _first_wins(_.count())),
    by=("team",),
    source="beyond the documents: the customary ramp time of sales teams",
)


@hookimpl
def tallymark_metrics() -> Iterable[Metric]:
    """The people family."""
    return (LEARNING_RATE, REP_RAMP_TIME)
