"""What each subscription brought at a period's start and end, and what its account did in between."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from tallymark_metrics.views.mrr_spans import ENDED, SPAN_INPUTS, mrr_spans
from tallymark_sdk import View

_MONEY = "decimal(38, 4)"
_OF = ("source_id", "id", "deleted_at", "_account", "account_id", "product_id", "plan", "rep_id")


def _build(tables: Mapping[str, ir.Table]) -> ir.Table:
    spans, periods = mrr_spans(tables), tables["periods"]
    # A subscription without an account is an account of its own, so that what came in and went out still adds up.
    spans = spans.mutate(_account=ibis.coalesce(spans.account_id, "\x1f" + spans.id))
    unended = spans.status.isin(ENDED) & spans.end_on.isnull()
    trial = spans.status == "trial"
    counts = spans.deleted_at.isnull() & ~(unended | trial).fill_null(False)
    paid = ibis.ifelse(counts & (spans.mrr_base > 0), spans.from_on, None)
    spans = spans.mutate(
        _counts=counts, _first_paid=paid.min().over(ibis.window(group_by=["source_id", "_account"]))
    )
    joined = spans.join(
        periods, [spans.from_on < periods.beyond, spans.to_on.isnull() | (spans.to_on >= periods["first"])]
    )
    lasts = joined.to_on.isnull() | (joined.to_on >= joined.beyond)
    started = joined.from_on < joined["first"]
    amount = ibis.ifelse(joined["_counts"], joined.mrr_base, 0)
    joined = joined.mutate(
        _start=ibis.ifelse(started, amount, 0),
        _end=ibis.ifelse(lasts, amount, 0),
        _unrated=(joined["_counts"] & (started | lasts) & joined.mrr.notnull() & joined.mrr_base.isnull()),
        _had=(joined["_first_paid"] < joined["first"]).fill_null(False),
    )
    each = joined.group_by([*_OF, "period"]).aggregate(
        mrr_start_base=joined["_start"].sum().cast(_MONEY),
        mrr_end_base=joined["_end"].sum().cast(_MONEY),
        is_unrated=joined["_unrated"].max(),
        had_before=joined["_had"].max(),
    )
    of_account = ibis.window(group_by=["source_id", "_account", "period"])
    return each.mutate(
        account_start_base=each.mrr_start_base.sum().over(of_account).cast(_MONEY),
        account_end_base=each.mrr_end_base.sum().over(of_account).cast(_MONEY),
    )


_MRR = (
    "subscriptions.mrr_base",
    "subscription_changes.mrr_after_base",
    "subscription_changes.mrr_before_base",
)

MRR_MOVES = View(
    name="mrr_moves",
    rows="subscriptions of the period",
    grain="subscriptions",
    per_period=True,
    optional=("accounts", "subscription_changes"),
    requires=(
        "accounts.rep_id",
        "subscription_changes.mrr_after",
        "subscription_changes.mrr_before",
        "subscriptions.account_id",
        "subscriptions.mrr",
        *SPAN_INPUTS,
    ),
    columns={
        "mrr_start_base": _MRR,
        "mrr_end_base": _MRR,
        "account_start_base": _MRR,
        "account_end_base": _MRR,
        "had_before": ("subscriptions.started_on", "subscription_changes.changed_on"),
        "is_unrated": _MRR,
        "account_id": "subscriptions.account_id",
        "product_id": "subscriptions.product_id",
        "plan": "subscriptions.plan",
        "rep_id": "subscriptions.rep_id",
    },
    words={
        "mrr_start_base": "MRR at the period's start",
        "mrr_end_base": "MRR at the period's end",
        "account_start_base": "the account's MRR at the period's start",
        "account_end_base": "the account's MRR at the period's end",
        "had_before": "the account had MRR before the period",
    },
    build=_build,
)
"""Subscriptions running at some day of the period, each with what it brought at both boundaries, what its account
brought there, and whether the account had ever paid before the period."""
