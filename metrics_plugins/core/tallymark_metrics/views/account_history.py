"""Opportunities in the order in which their account had them.

Ties are settled by source and id, so that the order of rows changes nothing. Deleted opportunities and those without
an account stand in nobody's order.
"""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from tallymark_sdk import View

_KEY = ("source_id", "id")


def _with_the_one_before(tables: Mapping[str, ir.Table]) -> ir.Table:
    """Each opportunity beside the one that its account had last before it, as that one stands now."""
    deals = tables["opportunities"]
    deals = deals.mutate(
        _counts=deals.deleted_at.isnull() & deals.account_id.nullif("").notnull() & deals.created_on.notnull()
    )
    # The local day is never before another whose moment is earlier, so it can lead where a moment is missing.
    order = ibis.window(
        group_by=["source_id", "account_id", "_counts"],
        order_by=[deals[name] for name in ("created_on", "created_at", *_KEY)],
    )
    ended_on = ibis.coalesce(deals.closed_on, deals.lost_on)
    made = deals.mutate(_status=deals.status.lag().over(order), _ended=ended_on.lag().over(order))
    lost = made["_counts"] & (made["_status"] == "lost").fill_null(False)
    return made.mutate(
        earlier_deal_lost=lost & ((made["_ended"] <= made.created_on) | made["_ended"].isnull()),
        earlier_deal_lost_on=ibis.ifelse(lost, made["_ended"], ibis.null("date")),
    )


OPPORTUNITIES_WITH_PREVIOUS = View(
    name="opportunities_with_previous",
    rows="opportunities",
    grain="opportunities",
    requires=("opportunities.account_id", "opportunities.created_at"),
    columns={
        "created_on": "opportunities.created_on",
        "rep_id": "opportunities.rep_id",
        "team_id": "opportunities.team_id",
        "earlier_deal_lost": (
            *("opportunities.closed_on", "opportunities.created_on"),
            *("opportunities.lost_on", "opportunities.status"),
        ),
        "earlier_deal_lost_on": ("opportunities.closed_on", "opportunities.lost_on", "opportunities.status"),
    },
    words={
        "earlier_deal_lost": "the account's earlier deal was lost",
    },
    build=_with_the_one_before,
)
"""Opportunities and whether their account's latest earlier one was lost by then; a day unknown may have been."""


def _won_in_order(tables: Mapping[str, ir.Table]) -> ir.Table:
    """Each opportunity with its place, from 1, among those its account won."""
    deals = tables["opportunities"]
    deals = deals.mutate(
        _counts=deals.deleted_at.isnull()
        & deals.account_id.nullif("").notnull()
        & deals.closed_on.notnull()
        & (deals.status == "won").fill_null(False)
    )
    place = ibis.row_number().over(
        group_by=["source_id", "account_id", "_counts"],
        order_by=[deals[name] for name in ("closed_on", "closed_at", *_KEY)],
    )
    return deals.mutate(win_number=ibis.ifelse(deals["_counts"], place + 1, ibis.null("int64")))


WON_IN_ORDER = View(
    name="won_in_order",
    rows="opportunities",
    grain="opportunities",
    requires=("opportunities.closed_at",),
    columns={
        **{
            name: f"opportunities.{name}"
            for name in ("status", "closed_on", "account_id", "rep_id", "team_id", "region_id")
        },
        "product_id": "opportunities.product_id",
        "product_group": "opportunities.product_group",
        "win_number": ("opportunities.account_id", "opportunities.closed_on", "opportunities.status"),
    },
    words={
        "win_number": "place among the account's wins",
    },
    build=_won_in_order,
)
"""Won opportunities, numbered within their account."""
