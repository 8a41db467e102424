"""Deals: what a won deal is worth, how long it binds, what follows it, and how fast money comes in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tallymark_metrics.open_opportunities import open_opportunities
from tallymark_metrics.views.account_history import WON_IN_ORDER
from tallymark_sdk import Flow, Metric, Part, Ratio, Stock, _, hookimpl, metric_value

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

_TERM = _.contract_end_on.delta(_.contract_start_on, unit="day")


def _contract(value: Any) -> Flow:
    return Flow(
        "opportunities",
        on="closed_on",
        value=value,
        where=_WON,
        leave_out={
            "no start or end of the contract": _.contract_start_on.isnull() | _.contract_end_on.isnull(),
            "contract ends before it starts": _TERM < 0,
        },
    )


AVERAGE_DEAL_LENGTH = Metric(
    key="deals.average_deal_length",
    name="Average new deal length",
    description="Mean days from the start to the end of the contract, over the deals won in the period that have "
    "both. This is how long the customer is bound, not how long the sale took.",
    unit="days",
    better="neutral",
    inputs=(
        "opportunities.closed_on",
        "opportunities.contract_end_on",
        "opportunities.contract_start_on",
        "opportunities.status",
    ),
    formula=Ratio(_contract(_TERM.sum()), _contract(_.count())),
    by=("rep", "product_group"),
    source="KPI for the sales room (vi), 12",
)

_NO_ACCOUNT = {"no account": _.account_id.nullif("").isnull()}
_LATER_WINS = Flow(
    WON_IN_ORDER, on="closed_on", value=_.count(where=_.win_number > 1), where=_WON, leave_out=_NO_ACCOUNT
)
_CUSTOMERS = Stock(
    WON_IN_ORDER, start="closed_on", end=None, at="end", value=_.count(where=_.win_number == 1), where=_WON
)

AFTER_FIRST_SALE = Metric(
    key="deals.after_first_sale",
    name="Deals after the first sale",
    description="Deals won in the period that aren't the first their account ever won with us. Beside it, the same per "
    "account that had its first by the period's end; in a breakdown an account belongs where its first won deal does.",
    unit="count",
    better="higher",
    additive=True,
    not_additive_by=("product_group",),
    inputs=(
        "opportunities.account_id",
        "opportunities.closed_at",
        "opportunities.closed_on",
        "opportunities.status",
    ),
    formula=_LATER_WINS,
    parts={"per_account": Part(name="Per account", unit="rate", formula=Ratio(_LATER_WINS, _CUSTOMERS))},
    by=("rep", "team", "region", "product_group", "account"),
    source="Ten sales KPIs (fa), 5",
)

SALES_VELOCITY = Metric(
    key="deals.sales_velocity",
    name="Sales velocity",
    description="Money a day that the pipeline brings in: the opportunities open when the period began, times the "
    "close ratio, times the average deal size, over the days of the sales cycle, the last three taken from the deals "
    "closed in the period.",
    unit="money",
    better="higher",
    inputs=(
        "conversion.close_ratio",
        "conversion.cycle_length",
        "deals.average_deal_size",
        "opportunities.closed_on",
        "opportunities.created_on",
        "opportunities.status",
    ),
    formula=Ratio(
        open_opportunities(_.count(), at="start")
        * metric_value("conversion.close_ratio")
        * metric_value("deals.average_deal_size"),
        metric_value("conversion.cycle_length"),
    ),
    by=("team", "rep"),
    source="beyond the documents: the sales velocity equation that sales teams commonly use",
)


@hookimpl
def tallymark_metrics() -> Iterable[Metric]:
    """The deals family."""
    return (AVERAGE_DEAL_SIZE, AVERAGE_DEAL_LENGTH, AFTER_FIRST_SALE, SALES_VELOCITY)
