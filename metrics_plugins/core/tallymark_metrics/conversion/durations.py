"""How long a sale takes, from its creation and from the first touch."""

from __future__ import annotations

from typing import Any

from tallymark_metrics.views.first_touch import FIRST_TOUCH
from tallymark_sdk import Flow, Metric, Part, Ratio, _

_WON = _.status == "won"
_DAYS = _.closed_on.delta(_.created_on, unit="day")
_LEAVE_OUT = {
    "no date of creation": _.created_on.isnull(),
    "closed before it was created": _DAYS < 0,
}


def _cycle(value: Any) -> Flow:
    return Flow("opportunities", on="closed_on", value=value, where=_WON, leave_out=_LEAVE_OUT)


CYCLE_LENGTH = Metric(
    key="conversion.cycle_length",
    name="Sales cycle length",
    description="Mean days from an opportunity's creation to its win, both as local dates. Deals closed before they "
    "were created are left out and counted. The median, the deals and the money won stand beside it.",
    unit="days",
    better="lower",
    inputs=(
        "opportunities.amount_base",
        "opportunities.closed_on",
        "opportunities.created_on",
        "opportunities.status",
    ),
    formula=Ratio(_cycle(_DAYS.sum()), _cycle(_.count())),
    parts={
        "median": Part(name="Median", unit="days", formula=_cycle(_DAYS.median())),
        "deals": Part(name="Deals won", unit="count", formula=_cycle(_.count())),
        "value_won": Part(name="Value won", unit="money", formula=_cycle(_.amount_base.sum())),
    },
    by=("rep", "team", "region", "product_group", "product", "duration_band"),
    source="Twelve sales KPIs (zh-Hant), 5; KPI for the sales room (vi), 12",
)

_SINCE_TOUCH = _.closed_on.delta(_.touched_on, unit="day")


def _touched(value: Any) -> Flow:
    return Flow(
        FIRST_TOUCH,
        on="closed_on",
        value=value,
        where=_WON,
        leave_out={
            "no first touch known": _.touched_on.isnull(),
            "won before the first touch": _SINCE_TOUCH < 0,
        },
    )


CONVERSION_TIME = Metric(
    key="conversion.conversion_time",
    name="Average conversion time",
    description="Mean days from the first touch to the win, over the opportunities won in the period. The first touch "
    "is the first activity with the opportunity, its lead or its account that took place by then, else the day the "
    "opportunity names, else the day its lead came in, else its own creation. For an account that was known long "
    "before, that can be years. The median stands beside it.",
    unit="days",
    better="lower",
    inputs=(
        "activities.account_id",
        "activities.lead_id",
        "activities.occurred_on",
        "activities.opportunity_id",
        "activities.status",
        "leads.created_on",
        "leads.opportunity_id",
        "opportunities.account_id",
        "opportunities.closed_on",
        "opportunities.created_on",
        "opportunities.first_touch_on",
        "opportunities.lead_id",
        "opportunities.status",
    ),
    formula=Ratio(_touched(_SINCE_TOUCH.sum()), _touched(_.count())),
    parts={"median": Part(name="Median", unit="days", formula=_touched(_SINCE_TOUCH.median()))},
    by=("rep", "team", "source", "product_group"),
    source="KPI for the sales room (vi): average conversion time; B2B process and KPIs (vi): from the first approach "
    "to the signed contract",
)
