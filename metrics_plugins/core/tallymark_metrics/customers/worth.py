"""What a customer is worth in a lifetime."""

from __future__ import annotations

from tallymark_metrics.customers.numbers import AT_START, BOUNDARIES, LOST
from tallymark_metrics.revenue.sales import CANCELLED, SOLD, SOLD_INPUTS
from tallymark_metrics.subscription import MRR_AT_END, PAYING_AT_END, SPANS
from tallymark_metrics.views import SOLD_LINES
from tallymark_metrics.views.customers import DAYS
from tallymark_sdk import Derived, Flow, Metric, Ratio, Total, _, metric_value, monthly
from tallymark_sdk.formula import Operand

_MARGIN = metric_value("revenue.profit_margin")
_PER_CUSTOMER = Ratio(MRR_AT_END, PAYING_AT_END)
_MONTHLY_CHURN = Ratio(monthly(LOST), monthly(AT_START))


def _lifetime(margin: Operand) -> Derived:
    return Derived(margin * _PER_CUSTOMER / _MONTHLY_CHURN)


LIFETIME_VALUE = Metric(
    key="customers.lifetime_value",
    name="Customer lifetime value",
    description="Gross margin times the average monthly revenue of a paying customer, over monthly churn. Churn is taken "
    "per month at any grain: customers lost in the months over customers at their starts. By plan, segment and rep the "
    "gross margin is the company's. No value where nobody left.",
    unit="money",
    better="higher",
    parameters=(DAYS,),
    inputs=tuple(sorted({*BOUNDARIES, *SPANS, "revenue.profit_margin"})),
    formula=_lifetime(_MARGIN),
    by_member={dimension: _lifetime(Total(_MARGIN)) for dimension in ("plan", "segment", "rep")},
    by=("region", "plan", "segment", "rep"),
    source="KPI for the sales room (vi): gross margin × (1 ÷ monthly churn) × revenue per customer; ten sales KPIs "
    "(fa), 3",
)

_BUYING = Flow(
    SOLD_LINES,
    on="ordered_on",
    value=_.account_id.nunique(),
    where=_.amount_base.notnull(),
    leave_out=CANCELLED,
)

LIFETIME_VALUE_BY_RETENTION = Metric(
    key="customers.lifetime_value_by_retention",
    name="Customer lifetime value (retention form)",
    description="Gross margin times customer retention times the period's revenue per customer with revenue in it.",
    unit="money",
    better="higher",
    inputs=tuple(
        sorted({*SOLD_INPUTS, "customers.retention_rate", "orders.account_id", "revenue.profit_margin"})
    ),
    formula=Derived(_MARGIN * metric_value("customers.retention_rate") * Ratio(SOLD, _BUYING)),
    by=("region", "segment", "account"),
    source="Twelve sales KPIs (zh-Hant), 4",
)
