"""Subscriptions: recurring revenue, and how it moves.

What came in or went out is decided for an account as a whole, from what it paid at the period's two boundaries; by
plan, rep or region each of its subscriptions brings its own part of that change. So the parts sum to the total, and
the start plus what was added less what was lost is the end, in every breakdown.
"""

from __future__ import annotations

from collections.abc import Iterable

from tallymark_metrics.views import MRR_MOVES, MRR_SPANS
from tallymark_metrics.views.mrr_spans import SPAN_INPUTS
from tallymark_sdk import Derived, Metric, Part, PerPeriod, Ratio, Stock, _, hookimpl, metric_value
from tallymark_sdk.formula import Boundary

SPANS = tuple(sorted({*SPAN_INPUTS, "accounts.rep_id", "subscriptions.account_id"}))
MOVES = tuple(
    sorted({*SPANS, "subscription_changes.mrr_after", "subscription_changes.mrr_before", "subscriptions.mrr"})
)

_UNENDED = {"ended without a date": _.status.isin(["cancelled", "expired"]) & _.end_on.isnull()}
_NOT_TRIAL = _.status.isnull() | (_.status != "trial")


def _at(boundary: Boundary, value: object) -> Stock:
    return Stock(
        MRR_SPANS,
        start="from_on",
        end="to_on",
        at=boundary,
        value=value,
        where=_NOT_TRIAL,
        leave_out=_UNENDED,
    )


MRR_AT_END = _at("end", _.mrr_base.sum())
PAYING_AT_END = _at("end", _.account_id.nunique(where=_.mrr_base > 0))

MRR = Metric(
    key="subscription.mrr",
    name="Monthly recurring revenue",
    description="Monthly amount of the subscriptions active at the period's end; trials are out. It is the paying "
    "customers times their average revenue, both shown beside it. Where changes of a subscription are recorded, the "
    "amount is the one it had on that day.",
    unit="money",
    better="higher",
    additive=True,
    inputs=SPANS,
    formula=MRR_AT_END,
    parts={
        "customers": Part(name="Paying customers", unit="count", formula=PAYING_AT_END),
        "average": Part(
            name="Average revenue per paying customer", unit="money", formula=Ratio(MRR_AT_END, PAYING_AT_END)
        ),
    },
    by=("plan", "product", "region"),
    source="Twelve sales KPIs (zh-Hant), 6; KPI for the sales room (vi)",
)

_UNRATED = {"no exchange rate on some day": _.is_unrated}
_WAS, _IS = _.account_start_base > 0, _.account_end_base > 0
_CHANGE = (_.mrr_end_base - _.mrr_start_base).sum()


def _moves(value: object, where: object) -> PerPeriod:
    return PerPeriod(MRR_MOVES, value=value, where=where, leave_out=_UNRATED)


NEW_MRR = Metric(
    key="subscription.new_mrr",
    name="New MRR",
    description="Recurring revenue at the period's end of accounts that had none before the period. What such an "
    "account adds within its first period counts wholly as new.",
    unit="money",
    better="higher",
    additive=True,
    inputs=tuple(sorted({*MOVES, "subscription_changes.changed_on", "subscriptions.started_on"})),
    formula=_moves(_.mrr_end_base.sum(), ~_WAS & _IS & ~_.had_before),
    by=("plan", "rep", "region"),
    source="KPI for the sales room (vi)",
)

EXPANSION_MRR = Metric(
    key="subscription.expansion_mrr",
    name="Expansion MRR",
    description="Net increase of the recurring revenue of accounts that paid at the period's start, where it is "
    "positive. By plan or rep, each subscription brings its own part of its account's change.",
    unit="money",
    better="higher",
    additive=True,
    inputs=MOVES,
    formula=_moves(_CHANGE, _WAS & (_.account_end_base > _.account_start_base)),
    by=("plan", "rep", "region"),
    source="KPI for the sales room (vi): existing customers that upgraded; ten sales KPIs (fa), 8",
)

_LOSS = (_.mrr_start_base - _.mrr_end_base).sum()
_CHURN = _moves(_LOSS, _WAS & ~_IS)
_CONTRACTION = _moves(_LOSS, _WAS & _IS & (_.account_end_base < _.account_start_base))

CHURNED_MRR = Metric(
    key="subscription.churned_mrr",
    name="Churned and contracted MRR",
    description="Recurring revenue at the period's start of accounts that pay nothing at its end (churn), and the net "
    "decrease of those that still pay (contraction); each is shown beside the sum. By plan, each subscription brings "
    "its own part of its account's change.",
    unit="money",
    better="lower",
    additive=True,
    inputs=MOVES,
    formula=_moves(_LOSS, _WAS & (_.account_end_base < _.account_start_base)),
    parts={
        "churn": Part(name="Churned", unit="money", formula=_CHURN),
        "contraction": Part(name="Contracted", unit="money", formula=_CONTRACTION),
    },
    by=("plan", "region"),
    source="beyond the documents: the customary split of lost recurring revenue",
)

REACTIVATION_MRR = Metric(
    key="subscription.reactivation_mrr",
    name="Reactivated MRR",
    description="Recurring revenue at the period's end of accounts that had some before the period but none at its "
    "start.",
    unit="money",
    better="higher",
    additive=True,
    inputs=tuple(sorted({*MOVES, "subscription_changes.changed_on", "subscriptions.started_on"})),
    formula=_moves(_.mrr_end_base.sum(), ~_WAS & _IS & _.had_before),
    by=("plan", "region"),
    source="Twelve sales KPIs (zh-Hant), 6: part of ARR",
)

NET_REVENUE_RETENTION = Metric(
    key="subscription.net_revenue_retention",
    name="Net revenue retention",
    description="Recurring revenue at the period's end of the accounts that paid at its start, over what they paid "
    "then: start plus expansion less contraction and churn, over start. Accounts that pay nothing (free plans) are "
    "out. By plan, an account that changes plan takes its revenue along from one plan to the other.",
    unit="ratio",
    better="higher",
    inputs=MOVES,
    formula=Ratio(_moves(_.mrr_end_base.sum(), _WAS), _moves(_.mrr_start_base.sum(), _WAS)),
    by=("plan", "region"),
    source="beyond the documents: the customary net revenue retention of subscription businesses",
)

_ADDED = (
    metric_value("subscription.new_mrr")
    + metric_value("subscription.expansion_mrr")
    + metric_value("subscription.reactivation_mrr")
)

ARR = Metric(
    key="subscription.arr",
    name="Annual recurring revenue",
    description="Yearly value of the subscriptions active at the period's start, plus that of what was added in it "
    "(new, expansion, reactivation), less that of what was cancelled or reduced. Twelve times the monthly recurring "
    "revenue of the period's end stands beside it.",
    unit="money",
    better="higher",
    additive=True,
    inputs=tuple(
        sorted(
            {
                *SPAN_INPUTS,
                "accounts.rep_id",
                "subscription.churned_mrr",
                "subscription.expansion_mrr",
                "subscription.mrr",
                "subscription.new_mrr",
                "subscription.reactivation_mrr",
            }
        )
    ),
    formula=Derived(
        12 * (_at("start", _.mrr_base.sum()) + _ADDED - metric_value("subscription.churned_mrr"))
    ),
    parts={
        "twelve_mrr": Part(
            name="Twelve times MRR", unit="money", formula=Derived(12 * metric_value("subscription.mrr"))
        ),
    },
    by=("plan", "region"),
    source="Twelve sales KPIs (zh-Hant), 6",
)


@hookimpl
def tallymark_metrics() -> Iterable[Metric]:
    """The subscription family."""
    return (
        MRR,
        ARR,
        NEW_MRR,
        EXPANSION_MRR,
        CHURNED_MRR,
        NET_REVENUE_RETENTION,
        REACTIVATION_MRR,
    )
