"""How many customers there are, come and go.

A customer is an account with an active subscription (a free plan counts, a trial doesn't: the logo variant); where
the tenant keeps no subscriptions, one with an order in the last days. Paying accounts alone stand beside it.
"""

from __future__ import annotations

from tallymark_metrics.subscription import MOVES
from tallymark_metrics.views import CUSTOMERS, FIRST_SALES, MRR_MOVES
from tallymark_metrics.views.customers import CUSTOMER_INPUTS, DAYS
from tallymark_metrics.views.first_sales import SALE_INPUTS
from tallymark_sdk import Derived, Flow, Metric, Part, PerPeriod, Ratio, _, metric_value

BOUNDARIES = tuple(sorted(CUSTOMER_INPUTS))


def those(where: object) -> PerPeriod:
    """How many different customers meet a condition on their state at the boundaries."""
    return PerPeriod(CUSTOMERS, value=_.account_id.nunique(), where=where)


AT_START, AT_END = those(_.at_start), those(_.at_end)
LOST = those(_.at_start & ~_.still_customer)

# By plan or rep an account counts where it paid at the start, not where it has subscribed since.
_PAYING = (_.account_start_base > 0) & (_.mrr_start_base > 0)
_PAID = PerPeriod(MRR_MOVES, value=_.account_id.nunique(), where=_PAYING)
_STILL_PAYS = PerPeriod(MRR_MOVES, value=_.account_id.nunique(), where=_PAYING & (_.account_end_base > 0))

RETENTION_RATE = Metric(
    key="customers.retention_rate",
    name="Customer retention",
    description="Customers of the period's start that are still customers at its end, over those at its start. A "
    "customer is an account with an active subscription, free plans included (logo retention); without any "
    "subscriptions, one with an order in the last days. By plan, whoever changed plan is still a customer. Beside it "
    "the same of paying accounts alone.",
    unit="ratio",
    better="higher",
    parameters=(DAYS,),
    inputs=tuple(sorted({*BOUNDARIES, *MOVES})),
    formula=Ratio(those(_.at_start & _.still_customer), AT_START),
    parts={
        "paying": Part(name="Retention of paying customers", unit="ratio", formula=Ratio(_STILL_PAYS, _PAID)),
    },
    by=("region", "plan", "segment", "rep"),
    source="KPI for the sales room (vi): retention and churn; twelve sales KPIs (zh-Hant): retention",
)

CHURN_RATE = Metric(
    key="customers.churn_rate",
    name="Customer churn",
    description="One less customer retention: customers of the period's start that are none any more at its end, over "
    "those at its start (logo churn). Beside it the same of paying accounts alone.",
    unit="ratio",
    better="lower",
    inputs=("customers.retention_rate",),
    formula=Derived(1 - metric_value("customers.retention_rate")),
    parts={
        "paying": Part(
            name="Churn of paying customers",
            unit="ratio",
            formula=Derived(1 - metric_value("customers.retention_rate", "paying")),
        ),
    },
    by=("region", "plan", "segment", "rep"),
    source="KPI for the sales room (vi): retention and churn",
)

ACTIVE_CUSTOMERS = Metric(
    key="customers.active_customers",
    name="Active customers",
    description="Customers, as in customer retention, at the period's end. By plan or rep, an account with several "
    "counts in each.",
    unit="count",
    better="higher",
    parameters=(DAYS,),
    additive=True,
    not_additive_by=("plan",),
    inputs=BOUNDARIES,
    formula=AT_END,
    by=("region", "segment", "plan"),
    source="KPI template (vi), 6",
)

NEW_CUSTOMERS = Metric(
    key="customers.new_customers",
    name="New customers",
    description="Accounts whose first won deal or first order falls in the period. Source, channel, region and rep are "
    "those of that first sale.",
    unit="count",
    better="higher",
    additive=True,
    inputs=SALE_INPUTS,
    formula=Flow(FIRST_SALES, on="first_sale_on", value=_.count()),
    by=("source", "channel", "region", "rep", "segment"),
    source="KPI template (vi), 6; B2B process and KPIs (vi): customers won by each channel",
)
