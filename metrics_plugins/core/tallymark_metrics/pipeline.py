"""The pipeline: what comes in, and what is open."""

from __future__ import annotations

from collections.abc import Iterable

from tallymark_sdk import Flow, Metric, Part, Stock, _, hookimpl

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

CLOSED_WITHOUT_A_DATE = {"closed without a date": (_.status != "open") & _.closed_on.isnull()}

OPEN_PIPELINE = Metric(
    key="pipeline.open_pipeline",
    name="Open pipeline value",
    description="Money of the opportunities created by the period's end and not closed by then. Beside it, the same "
    "weighted by each one's probability as it is now.",
    unit="money",
    better="higher",
    additive=True,
    inputs=(
        "opportunities.amount_base",
        "opportunities.closed_on",
        "opportunities.created_on",
        "opportunities.probability",
        "opportunities.status",
    ),
    formula=Stock(
        "opportunities",
        start="created_on",
        end="closed_on",
        at="end",
        value=_.amount_base.sum(),
        leave_out=CLOSED_WITHOUT_A_DATE,
    ),
    parts={
        "weighted": Part(
            name="Weighted by probability",
            unit="money",
            formula=Stock(
                "opportunities",
                start="created_on",
                end="closed_on",
                at="end",
                value=(_.amount_base * _.probability).sum(),
                leave_out=CLOSED_WITHOUT_A_DATE,
            ),
        ),
    },
    by=("stage", "rep", "team", "region", "product_group"),
    source="Twelve sales KPIs (zh-Hant), 2",
)


@hookimpl
def tallymark_metrics() -> Iterable[Metric]:
    """The pipeline family."""
    return (OPPORTUNITIES, OPEN_PIPELINE)
