"""What of each invoice was still open at a period's end."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from tallymark_metrics.views.invoices_of_orders import INVOICE_COLUMNS, with_order
from tallymark_sdk import View
from tallymark_sdk.tables import alive

NOT_DUE = "not due"
_BANDS = ((30, "0-30"), (60, "31-60"), (90, "61-90"))
_MONEY = "decimal(18, 4)"


def _paid(tables: Mapping[str, ir.Table]) -> ir.Table:
    """What was paid on each invoice by the period's end: in the invoice's currency, and in others."""
    payments, invoices, periods = alive(tables["payments"]), tables["invoices"], tables["periods"]
    of = invoices.select(_of_source="source_id", _of="id", _currency=ibis.coalesce(invoices.currency, ""))
    known = payments.join(of, [payments.source_id == of["_of_source"], payments.invoice_id == of["_of"]])
    dated = known.join(periods, known.paid_on < periods.beyond)
    same = ibis.coalesce(dated.currency, "") == dated["_currency"]
    return dated.group_by(_source="source_id", _invoice="invoice_id", _period="period").aggregate(
        _paid=ibis.ifelse(same, dated.amount, 0).sum().cast(_MONEY),
        _paid_else_base=ibis.ifelse(same, 0, dated.amount_base).sum().cast(_MONEY),
    )


def _build(tables: Mapping[str, ir.Table]) -> ir.Table:
    invoices, periods, paid = with_order(tables["invoices"], tables), tables["periods"], _paid(tables)
    issued = invoices.join(periods, invoices.issued_on < periods.beyond)
    joined = issued.left_join(
        paid,
        [
            issued.source_id == paid["_source"],
            issued.id == paid["_invoice"],
            issued.period == paid["_period"],
        ],
    )
    left = joined.amount - joined["_paid"].fill_null(0)
    # An invoice paid too much isn't a debt of ours towards other invoices; a credit note is.
    left = ibis.ifelse(joined.amount >= 0, ibis.greatest(left, 0), ibis.least(left, 0)).cast(_MONEY)
    # Widened first: two amounts of 18 digits are multiplied in 18 digits, and overflow.
    in_base = (
        (joined.amount_base.cast("decimal(38, 4)") * left / joined.amount.nullif(0)).round(4).cast(_MONEY)
    )
    in_base = ibis.ifelse(joined.amount == joined.amount_base, left, in_base)
    open_base = (in_base - joined["_paid_else_base"].fill_null(0)).cast(_MONEY)
    late = joined.beyond.delta(joined.due_on, unit="day") - 1
    band = ibis.cases(
        (late.isnull() | (late <= 0), NOT_DUE),
        *[(late <= most, name) for most, name in _BANDS],
        else_="over 90",
    )
    known = joined.mutate(open_amount=left, open_amount_base=open_base, ageing_band=band)
    return known.filter(known.open_amount_base.isnull() | (known.open_amount_base != 0))


OPEN_INVOICES = View(
    name="open_invoices",
    rows="open invoices",
    grain="invoices",
    per_period=True,
    # Without payments nobody knows what is still owed: all that was ever invoiced would be.
    optional=("orders",),
    requires=(
        "invoices.currency",
        "invoices.issued_on",
        "invoices.order_id",
        "payments.amount",
        "payments.amount_base",
        "payments.currency",
        "payments.invoice_id",
        "payments.paid_on",
    ),
    columns={
        "open_amount": "invoices.amount",
        "open_amount_base": "invoices.amount_base",
        "ageing_band": "invoices.due_on",
        **INVOICE_COLUMNS,
    },
    build=_build,
)
"""Invoices issued by the period's end with what was open on them then, and since how many days it was overdue."""
