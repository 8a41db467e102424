"""Cash: what was collected, and what is owed."""

from __future__ import annotations

from collections.abc import Iterable

from tallymark_metrics.views import INVOICES_OF_ORDERS, OPEN_INVOICES, PAYMENTS_OF_ORDERS
from tallymark_metrics.views.open_invoices import NOT_DUE
from tallymark_sdk import Derived, Flow, Metric, Part, PeriodDays, PerPeriod, _, hookimpl, metric_value

COLLECTED = Metric(
    key="cash.collected",
    name="Cash collected",
    description="Payments received in the period. The rep and region are those of the order behind the invoice.",
    unit="money",
    better="higher",
    additive=True,
    inputs=(
        "invoices.order_id",
        "invoices.status",
        "payments.amount_base",
        "payments.invoice_id",
        "payments.paid_on",
    ),
    formula=Flow(PAYMENTS_OF_ORDERS, on="paid_on", value=_.amount_base.sum()),
    by=("rep", "region", "customer_type"),
    source="B2B process and KPIs (vi): close the contract, collect and hand over",
)

_VOID = {"void invoice": _.is_void}
_OPEN_INPUTS = (
    "invoices.amount_base",
    "invoices.currency",
    "invoices.issued_on",
    "invoices.order_id",
    "invoices.status",
    "payments.amount",
    "payments.amount_base",
    "payments.currency",
    "payments.invoice_id",
    "payments.paid_on",
)


def _open(where: object = None) -> PerPeriod:
    return PerPeriod(OPEN_INVOICES, value=_.open_amount_base.sum(), where=where, leave_out=_VOID)


def _aged(name: str, band: str) -> Part:
    return Part(name=name, unit="money", formula=_open(_.ageing_band == band))


RECEIVABLES = Metric(
    key="cash.receivables",
    name="Receivables",
    description="What was invoiced and not yet paid at the period's end. The overdue part and its ageing by days since "
    "the due day stand beside it; an invoice without a due day isn't due.",
    unit="money",
    better="lower",
    additive=True,
    inputs=tuple(sorted({*_OPEN_INPUTS, "invoices.due_on"})),
    formula=_open(),
    parts={
        "overdue": Part(name="Overdue", unit="money", formula=_open(_.ageing_band != NOT_DUE)),
        "overdue_0_30": _aged("Overdue up to 30 days", "0-30"),
        "overdue_31_60": _aged("Overdue 31 to 60 days", "31-60"),
        "overdue_61_90": _aged("Overdue 61 to 90 days", "61-90"),
        "overdue_over_90": _aged("Overdue over 90 days", "over 90"),
    },
    by=("rep", "account", "region", "ageing_band"),
    source="B2B process and KPIs (vi): sales needs the debts of its customers",
)

DAYS_SALES_OUTSTANDING = Metric(
    key="cash.days_sales_outstanding",
    name="Days sales outstanding",
    description="Receivables at the period's end over what was invoiced in the period, times the days of the period.",
    unit="days",
    better="lower",
    inputs=(
        "cash.receivables",
        "invoices.amount_base",
        "invoices.issued_on",
        "invoices.order_id",
        "invoices.status",
    ),
    formula=Derived(
        metric_value("cash.receivables")
        * PeriodDays()
        / Flow(INVOICES_OF_ORDERS, on="issued_on", value=_.amount_base.sum(), leave_out=_VOID)
    ),
    by=("rep", "region"),
    source="B2B process and KPIs (vi); the customary DSO",
)


@hookimpl
def tallymark_metrics() -> Iterable[Metric]:
    """The cash family."""
    return (COLLECTED, RECEIVABLES, DAYS_SALES_OUTSTANDING)
