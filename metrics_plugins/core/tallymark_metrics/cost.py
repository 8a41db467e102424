"""Costs: what a lead, an opportunity and a customer cost."""

from __future__ import annotations

from collections.abc import Iterable

from tallymark_metrics.cost_measures import (
    ACQUISITION,
    MARKETING,
    RETENTION,
    SALES_AND_MARKETING,
    SPREAD_INPUTS,
)
from tallymark_metrics.views import DEALS_OF_CUSTOMERS
from tallymark_sdk import Derived, Flow, Metric, Part, Ratio, _, hookimpl, metric_value

_COSTS = ("costs.amount_base", "costs.function", *SPREAD_INPUTS)

COST_PER_LEAD = Metric(
    key="cost.cost_per_lead",
    name="Average cost per lead",
    description="Marketing costs of the period, marketing salaries included, over the leads created in it. A cost of a "
    "span of days is spread over them evenly.",
    unit="money",
    better="lower",
    inputs=(*_COSTS, "pipeline.new_leads"),
    formula=Ratio(MARKETING, metric_value("pipeline.new_leads")),
    by=("source", "channel", "campaign"),
    source="KPI for the sales room (vi): all marketing costs, salaries included",
)

COST_PER_OPPORTUNITY = Metric(
    key="cost.cost_per_opportunity",
    name="Average cost per opportunity",
    description="Sales and marketing costs of the period over the opportunities created in it. The opportunities, the "
    "new customers and the close ratio stand beside it.",
    unit="money",
    better="lower",
    inputs=(*_COSTS, "conversion.close_ratio", "customers.new_customers", "pipeline.opportunities"),
    formula=Ratio(SALES_AND_MARKETING, metric_value("pipeline.opportunities")),
    parts={
        "opportunities": Part(
            name="Opportunities", unit="count", formula=Derived(metric_value("pipeline.opportunities"))
        ),
        "new_customers": Part(
            name="New customers", unit="count", formula=Derived(metric_value("customers.new_customers"))
        ),
        "close_ratio": Part(
            name="Close ratio", unit="ratio", formula=Derived(metric_value("conversion.close_ratio"))
        ),
    },
    by=("source", "channel"),
    source="B2B process and KPIs (vi): by customer source; on average",
)

CUSTOMER_ACQUISITION_COST = Metric(
    key="cost.customer_acquisition_cost",
    name="Customer acquisition cost",
    description="Sales and marketing costs of the period over the customers won in it: accounts whose first won deal "
    "or first order falls in it.",
    unit="money",
    better="lower",
    inputs=(*_COSTS, "customers.new_customers"),
    formula=Ratio(SALES_AND_MARKETING, metric_value("customers.new_customers")),
    by=("source", "channel", "region"),
    source="Twelve sales KPIs (zh-Hant), 1; KPI template (vi), 2",
)

LTV_TO_CAC = Metric(
    key="cost.ltv_to_cac",
    name="Lifetime value to acquisition cost",
    description="What a customer brings in a lifetime, over what winning one costs.",
    unit="index",
    better="higher",
    inputs=("cost.customer_acquisition_cost", "customers.lifetime_value"),
    formula=Ratio(metric_value("customers.lifetime_value"), metric_value("cost.customer_acquisition_cost")),
    source="beyond the documents: the customary LTV to CAC ratio of subscription businesses",
)

_WON = _.status == "won"
_EXISTING = (_.first_sale_on < _.closed_on).fill_null(False)


def _won(condition: object) -> Flow:
    return Flow(DEALS_OF_CUSTOMERS, on="closed_on", value=_.count(), where=condition)


REPEAT_TO_NEW_COST = Metric(
    key="cost.repeat_to_new_cost",
    name="Cost of a repeat deal against a new one",
    description="Costs marked as retention per deal won from an existing customer, over costs marked as acquisition "
    "per deal won from a new one. A customer is existing who had a won deal or an order before the day of this deal.",
    unit="ratio",
    better="lower",
    inputs=(
        "costs.amount_base",
        "costs.period_end",
        "costs.period_start",
        "costs.purpose",
        "costs.spent_on",
        "opportunities.account_id",
        "opportunities.closed_on",
        "opportunities.status",
        "orders.account_id",
        "orders.ordered_on",
        "orders.status",
    ),
    formula=Ratio(Ratio(RETENTION, _won(_WON & _EXISTING)), Ratio(ACQUISITION, _won(_WON & ~_EXISTING))),
    source="B2B process and KPIs (vi): an opportunity from an existing customer costs a tenth of a new one's",
)


@hookimpl
def tallymark_metrics() -> Iterable[Metric]:
    """The cost family."""
    return (COST_PER_LEAD, COST_PER_OPPORTUNITY, CUSTOMER_ACQUISITION_COST, LTV_TO_CAC, REPEAT_TO_NEW_COST)
