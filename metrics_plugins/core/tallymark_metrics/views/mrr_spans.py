"""Spans in which a subscription brought one and the same monthly amount."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from tallymark_sdk import View
from tallymark_sdk.links import follow
from tallymark_sdk.tables import alive, first_of

ENDED = ("cancelled", "expired")
_CARRIED = ("account_id", "product_id", "plan", "status", "started_on")
SPAN_INPUTS = (
    "subscription_changes.changed_at",
    "subscription_changes.changed_on",
    "subscription_changes.mrr_after_base",
    "subscription_changes.mrr_before_base",
    "subscription_changes.subscription_id",
    "subscriptions.cancelled_on",
    "subscriptions.ended_on",
    "subscriptions.mrr_base",
    "subscriptions.started_on",
    "subscriptions.status",
)


def with_end(subscriptions: ir.Table) -> ir.Table:
    """Subscriptions with `end_on`: the day they ended, or were cancelled where only that is known."""
    cancelled = ibis.ifelse(subscriptions.status.isin(ENDED), subscriptions.cancelled_on, None)
    return subscriptions.mutate(end_on=ibis.coalesce(subscriptions.ended_on, cancelled))


def with_rep(rows: ir.Table, tables: Mapping[str, ir.Table]) -> ir.Table:
    """`rows` with their own rep, else their account's."""
    linked = follow(rows, "account_id", tables["accounts"], {"_account_rep": "rep_id"})
    return linked.mutate(rep_id=ibis.coalesce(linked.rep_id.nullif(""), linked["_account_rep"])).drop(
        "_account_rep"
    )


def mrr_spans(tables: Mapping[str, ir.Table]) -> ir.Table:
    """One row per subscription and amount: from its start or a change up to the next change or its end."""
    subscriptions = with_end(with_rep(tables["subscriptions"], tables))
    changes = alive(tables["subscription_changes"]).filter(lambda t: t.changed_on.notnull())
    first = first_of(changes, ["source_id", "subscription_id"], ["changed_at"])
    first = first.select(
        _source=first.source_id, _of=first.subscription_id, _on=first.changed_on,
        _before=first.mrr_before, _before_base=first.mrr_before_base,
    )  # fmt: skip
    begun = subscriptions.left_join(
        first, [subscriptions.source_id == first["_source"], subscriptions.id == first["_of"]]
    )
    changed = begun["_of"].notnull()
    opening = begun.select(
        "source_id", "id", "deleted_at", "rep_id", "end_on", *_CARRIED,
        from_on=begun.started_on,
        to_on=ibis.least(begun["_on"], begun.end_on),
        mrr=ibis.ifelse(changed, begun["_before"], begun.mrr),
        mrr_base=ibis.ifelse(changed, begun["_before_base"], begun.mrr_base),
    )  # fmt: skip
    following = changes.mutate(
        _next=changes.changed_on.lead().over(
            group_by=["source_id", "subscription_id"],
            order_by=[changes.changed_at, changes.source_id, changes.id],
        )
    ).select(
        _source="source_id", _of="subscription_id", _on="changed_on", _next="_next", _after="mrr_after",
        _after_base="mrr_after_base",
    )  # fmt: skip
    grown = subscriptions.join(
        following, [subscriptions.source_id == following["_source"], subscriptions.id == following["_of"]]
    )
    later = grown.select(
        "source_id", "id", "deleted_at", "rep_id", "end_on", *_CARRIED,
        from_on=grown["_on"],
        to_on=ibis.least(grown["_next"], grown.end_on),
        mrr=grown["_after"],
        mrr_base=grown["_after_base"],
    )  # fmt: skip
    return ibis.union(opening, later)


def _build(tables: Mapping[str, ir.Table]) -> ir.Table:
    return mrr_spans(tables)


MRR_SPANS = View(
    name="mrr_spans",
    rows="subscriptions",
    grain="subscriptions",
    optional=("accounts", "subscription_changes"),
    requires=("accounts.rep_id", *SPAN_INPUTS),
    columns={
        "from_on": ("subscriptions.started_on", "subscription_changes.changed_on"),
        "to_on": ("subscriptions.ended_on", "subscriptions.cancelled_on", "subscription_changes.changed_on"),
        "end_on": ("subscriptions.ended_on", "subscriptions.cancelled_on"),
        "mrr": ("subscriptions.mrr", "subscription_changes.mrr_after", "subscription_changes.mrr_before"),
        "mrr_base": (
            "subscriptions.mrr_base",
            "subscription_changes.mrr_after_base",
            "subscription_changes.mrr_before_base",
        ),
        "rep_id": "subscriptions.rep_id",
        "account_id": "subscriptions.account_id",
        "product_id": "subscriptions.product_id",
        "plan": "subscriptions.plan",
        "status": "subscriptions.status",
    },
    build=_build,
)
"""Subscriptions with the monthly amount they had and from when to when; without recorded changes, one span each."""
