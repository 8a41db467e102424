"""Deals: what a won deal is worth."""

from __future__ import annotations

from collections.abc import Iterable

from tallymark_sdk import Flow, Metric, Ratio, _, hookimpl

_WON = _.status == "won"

AVERAGE_DEAL_SIZE = Metric(
    key="deals.average_deal_size",
    name="Average new deal size",
    description="Money per deal won in the period, over deals whose amount is known; a deal won for 0 counts.",
    unit="money",
    better="higher",
    inputs=("opportunities.amount_base", "opportunities.closed_on", "opportunities.status"),
    formula=Ratio(
        Flow("opportunities", on="closed_on", value=_.amount_base.sum(), where=_WON),
        Flow("opportunities", on="closed_on", value=_.amount_base.count(), where=_WON),
    ),
    by=("rep", "team", "region", "source", "product_group", "product", "customer_type"),
    source="KPI for the sales room (vi), 12",
)


@hookimpl
def tallymark_metrics() -> Iterable[Metric]:
    """The deals family."""
    return (AVERAGE_DEAL_SIZE,)
