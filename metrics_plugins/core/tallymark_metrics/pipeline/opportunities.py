"""Opportunities that come in."""

from __future__ import annotations

from tallymark_metrics.views.account_history import OPPORTUNITIES_WITH_PREVIOUS
from tallymark_sdk import Flow, Metric, _

OPPORTUNITIES = Metric(
    key="pipeline.opportunities",
    name="Sales opportunities",
    description="Opportunities created in the period.",
    unit="count",
    better="higher",
    additive=True,
    not_additive_by=("product", "product_group"),
    inputs=("opportunities.created_on",),
    formula=Flow("opportunities", on="created_on", value=_.count()),
    by=("customer_type", "rep", "team", "channel", "source", "product_group", "product", "region", "origin"),
    source="KPI for the sales room (vi), 4; B2B process and KPIs (vi)",
)

SELF_SOURCED_OPPORTUNITIES = Metric(
    key="pipeline.self_sourced_opportunities",
    name="Self-sourced opportunities",
    description="Opportunities created in the period that the rep found, as their origin says; those handed over by "
    "marketing, referred or of unknown origin are not among them.",
    unit="count",
    better="higher",
    additive=True,
    not_additive_by=("product_group",),
    inputs=("opportunities.created_on", "opportunities.origin"),
    formula=Flow("opportunities", on="created_on", value=_.count(where=_.origin == "rep")),
    by=("rep", "team", "product_group", "customer_type", "channel"),
    source="B2B process and KPIs (vi): opportunities the rep found, not those handed over by marketing",
)

WINBACK_OPPORTUNITIES = Metric(
    key="pipeline.winback_opportunities",
    name="Lost deals brought back",
    description="Opportunities created in the period for an account whose latest earlier opportunity had been lost by "
    "that day. Not counted are accounts whose latest earlier one was won or still open.",
    unit="count",
    better="higher",
    additive=True,
    inputs=(
        "opportunities.account_id",
        "opportunities.closed_on",
        "opportunities.created_at",
        "opportunities.created_on",
        "opportunities.lost_on",
        "opportunities.status",
    ),
    formula=Flow(
        OPPORTUNITIES_WITH_PREVIOUS,
        on="created_on",
        value=_.count(where=_.earlier_deal_lost),
        leave_out={
            "earlier deal lost on an unknown day": _.earlier_deal_lost & _.earlier_deal_lost_on.isnull()
        },
    ),
    by=("rep", "team"),
    source="B2B process and KPIs (vi): care again for old opportunities, the lost ones included",
)
