"""The first time that each customer bought each product."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from tallymark_metrics.views.repeat_orders import kept
from tallymark_sdk import View
from tallymark_sdk.links import follow
from tallymark_sdk.tables import alive, first_of

_READ = (
    "order_lines.order_id",
    "order_lines.product_id",
    "orders.account_id",
    "orders.ordered_on",
    "orders.status",
)
_OF_THE_ORDER = {
    "account_id": "account_id",
    "rep_id": "rep_id",
    "region_id": "region_id",
    "ordered_on": "ordered_on",
}


def bought(tables: Mapping[str, ir.Table]) -> ir.Table:
    """Order lines of orders that weren't cancelled, with account, rep, region and day of the order."""
    lines = follow(
        alive(tables["order_lines"]), "order_id", kept(tables["orders"]), _OF_THE_ORDER, own_source=True
    )
    return lines.filter(lines.ordered_on.notnull(), lines.product_id.notnull())


def buyers(tables: Mapping[str, ir.Table]) -> ir.Table:
    """One row per account that ever bought: since when, with its rep and region, or those of its first order."""
    first = first_of(bought(tables), ["source_id", "account_id"], ["ordered_on"])
    linked = follow(
        first, "account_id", tables["accounts"], {"_account_rep": "rep_id", "_account_region": "region_id"}
    )
    return linked.select(
        "source_id", "account_id",
        id=linked.account_id,
        deleted_at=ibis.literal(None, type="timestamp('UTC', 6)"),
        rep_id=ibis.coalesce(linked["_account_rep"].nullif(""), linked.rep_id),
        region_id=ibis.coalesce(linked["_account_region"].nullif(""), linked.region_id),
        since_on=linked.ordered_on,
    )  # fmt: skip


def _build(tables: Mapping[str, ir.Table]) -> ir.Table:
    lines, periods, known = bought(tables), tables["periods"], buyers(tables)
    first = first_of(lines, ["source_id", "account_id", "product_id"], ["ordered_on"])
    dated = first.join(periods, [first.ordered_on >= periods["first"], first.ordered_on < periods.beyond])
    known = known.select(
        _source="source_id", _account="account_id", _rep="rep_id", _region="region_id", _since="since_on"
    )
    joined = dated.left_join(
        known, [dated.source_id == known["_source"], dated.account_id == known["_account"]]
    )
    return joined.mutate(
        is_existing=joined["_since"] < joined["first"], rep_id=joined["_rep"], region_id=joined["_region"]
    )


FIRST_PURCHASES = View(
    name="first_purchases",
    rows="first purchases of a product",
    grain="order_lines",
    per_period=True,
    optional=("accounts",),
    requires=_READ,
    columns={
        "account_id": "orders.account_id",
        "rep_id": ("accounts.rep_id", "orders.rep_id"),
        "region_id": ("accounts.region_id", "orders.region_id"),
        "product_id": "order_lines.product_id",
        "is_existing": "orders.ordered_on",
    },
    words={
        "is_existing": "the buyer was a customer before the period",
    },
    build=_build,
)
"""First purchases of a product by an account in the period, each saying whether the account had bought before it."""


BUYERS = View(
    name="buyers",
    rows="customers",
    grain="accounts",
    optional=("accounts",),
    requires=_READ,
    columns={
        "account_id": "orders.account_id",
        "rep_id": ("accounts.rep_id", "orders.rep_id"),
        "region_id": ("accounts.region_id", "orders.region_id"),
        "since_on": "orders.ordered_on",
    },
    build=buyers,
)
"""Accounts that ever bought a product, since the day they first did."""
