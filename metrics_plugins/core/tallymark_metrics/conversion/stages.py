"""What happens in each stage: how long deals stay, how many go on, where they are lost."""

from __future__ import annotations

from typing import Any

from tallymark_metrics.cohorts import WITHIN, in_time, when_timed
from tallymark_metrics.views.reached_stages import OPPORTUNITIES_WITH_LAST_STAGE, QUOTED_OPPORTUNITIES
from tallymark_metrics.views.stage_moves import STAGE_MOVES
from tallymark_metrics.views.stage_spans import STAGE_SPANS
from tallymark_sdk import Flow, Metric, Part, Ratio, _, share

_STAY = _.left_on.delta(_.entered_on, unit="day")
_UNTIL_REACHED = _.entered_on.delta(_.deal_created_on, unit="day")
_NO_ENTRY = {"no date of entry": _.entered_on.isnull()}


def _left(value: Any, leave_out: Any) -> Flow:
    # A stay that goes on isn't one without a date: it is no part of this.
    return Flow(STAGE_SPANS, on="left_on", value=value, where=_.left_on.notnull(), leave_out=leave_out)


_STAYED = {**_NO_ENTRY, "left before it was entered": _STAY < 0}
_REACHED = {
    **_STAYED,
    "no date of creation": _.deal_created_on.isnull(),
    "entered before the opportunity was created": _UNTIL_REACHED < 0,
}

STAGE_TIME = Metric(
    key="conversion.stage_time",
    name="Time in each stage",
    description="Mean days between entering and leaving a stage, over the stays that ended in the period; a stage "
    "entered twice counts twice. Beside it stand the median and the mean days from the opportunity's creation to "
    "reaching the stage, over the same stays.",
    unit="days",
    better="lower",
    inputs=(
        "opportunities.created_on",
        "stage_history.entered_on",
        "stage_history.left_on",
        "stage_history.opportunity_id",
    ),
    formula=Ratio(_left(_STAY.sum(), _STAYED), _left(_.count(), _STAYED)),
    parts={
        "median": Part(name="Median", unit="days", formula=_left(_STAY.median(), _STAYED)),
        "reached": Part(
            name="Days from creation to reaching the stage",
            unit="days",
            formula=Ratio(_left(_UNTIL_REACHED.sum(), _REACHED), _left(_.count(), _REACHED)),
        ),
    },
    by=("stage", "rep", "team"),
    history="stage_history",
    source="B2B process and KPIs (vi): conversion time to each stage",
)


def _entered(value: Any) -> Flow:
    return Flow(
        STAGE_MOVES,
        on="entered_on",
        value=value,
        leave_out={
            "no opportunity": _.opportunity_id.isnull(),
            "no stage": _.stage_id.isnull(),
            "went further on an unknown day": when_timed(_.went_further & _.further_on.isnull()),
        },
    )


STAGE_CONVERSION = Metric(
    key="conversion.stage_conversion",
    name="Stage conversion",
    description="Of the opportunities that entered a stage in the period, those that entered a further stage of the "
    "same pipeline afterwards, or were won, as the data stands. Each opportunity counts once per stage and period; "
    "the total takes every opportunity and stage together. A further stage has a higher position and isn't one where "
    "deals are lost or cancelled; skipping a stage is going further. Stages in which deals end, won or lost, aren't "
    "measured: nothing comes after them.",
    unit="ratio",
    better="higher",
    inputs=(
        "opportunities.closed_on",
        "opportunities.status",
        "stage_history.entered_at",
        "stage_history.entered_on",
        "stage_history.opportunity_id",
        "stage_history.pipeline_id",
        "stage_history.stage_id",
        "stages.kind",
        "stages.pipeline_id",
        "stages.position",
    ),
    formula=Ratio(
        _entered(_.opportunity_and_stage.nunique(where=_.went_further & in_time(_.entered_on, _.further_on))),
        _entered(_.opportunity_and_stage.nunique()),
    ),
    by=("stage", "rep", "team"),
    parameters=(WITHIN,),
    pending=_entered(_.opportunity_and_stage.nunique(where=_.is_open & ~_.went_further)),
    horizon="within",
    history="stage_history",
    source="B2B process and KPIs (vi): how many go from each stage to the next",
)


def _lost(value: Any) -> Flow:
    return Flow(OPPORTUNITIES_WITH_LAST_STAGE, on="closed_on", value=value, where=_.status == "lost")


STAGE_LOSS = Metric(
    key="conversion.stage_loss",
    name="Deals lost by stage",
    description="Each stage's share of the opportunities lost in the period, by the last open stage they were in; "
    "where no history tells, by the stage they stand in, if that is an open one. Beside it stand the deals and the "
    "money lost; by reason of loss it is that reason's share.",
    unit="ratio",
    better="lower",
    inputs=(
        "opportunities.amount_base",
        "opportunities.closed_on",
        "opportunities.status",
        "stage_history.entered_at",
        "stage_history.opportunity_id",
        "stage_history.stage_id",
        "stages.kind",
        "stages.position",
    ),
    formula=share(_lost(_.count())),
    parts={
        "deals": Part(name="Deals lost", unit="count", formula=_lost(_.count())),
        "amount": Part(name="Money lost", unit="money", formula=_lost(_.amount_base.sum())),
    },
    by=("stage", "loss_reason", "rep", "product_group"),
    history="stage_history",
    source="B2B process and KPIs (vi): know at which stages deals are lost",
)

_WON = _.status == "won"


def _quoted(value: Any) -> Flow:
    return Flow(
        QUOTED_OPPORTUNITIES,
        on="quoted_on",
        value=value,
        leave_out={"won on an unknown day": when_timed(_WON & _.closed_on.isnull())},
    )


QUOTE_TO_CLOSE = Metric(
    key="conversion.quote_to_close",
    name="Quote-to-close ratio",
    description="Of the opportunities that first reached a stage with a quote in the period, those that have been won "
    "since, as the data stands.",
    unit="ratio",
    better="higher",
    inputs=(
        "opportunities.closed_on",
        "opportunities.status",
        "stage_history.entered_at",
        "stage_history.entered_on",
        "stage_history.opportunity_id",
        "stage_history.stage_id",
        "stages.is_quote",
    ),
    formula=Ratio(
        _quoted(_.count(where=_WON & in_time(_.quoted_on, _.closed_on))),
        _quoted(_.count()),
    ),
    by=("rep", "team", "product_group"),
    parameters=(WITHIN,),
    pending=_quoted(_.count(where=(_.status == "open") | _.status.isnull())),
    horizon="within",
    history="stage_history",
    source="beyond the documents: the share of quotes that become orders, as sales teams commonly count it",
)
