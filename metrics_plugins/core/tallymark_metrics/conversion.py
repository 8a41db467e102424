"""Conversion: how often deals close, and how long they take."""

from __future__ import annotations

from collections.abc import Iterable

from tallymark_sdk import Flow, Metric, Part, Ratio, _, hookimpl

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
_DAYS = _.closed_on.delta(_.created_on, unit="day")
_LEAVE_OUT = {
    "no date of creation": _.created_on.isnull(),
    "closed before it was created": _DAYS < 0,
}


def _cycle(value: object) -> Flow:
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


@hookimpl
def tallymark_metrics() -> Iterable[Metric]:
    """The conversion family."""
    return (CLOSE_RATIO, CYCLE_LENGTH)
