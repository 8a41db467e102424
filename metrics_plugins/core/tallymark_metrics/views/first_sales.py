"""The first sale of each account: its first won opportunity or first order, whichever came earlier."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from tallymark_sdk import View
from tallymark_sdk.tables import alive, first_of

OF_A_SALE = ("rep_id", "team_id", "region_id", "source", "channel")
SALE_INPUTS = (
    "opportunities.account_id",
    "opportunities.closed_on",
    "opportunities.status",
    "orders.account_id",
    "orders.ordered_on",
    "orders.status",
)
"""What telling a customer's first sale reads; every view that does so requires these."""


def sales(tables: Mapping[str, ir.Table], carried: tuple[str, ...] = ()) -> ir.Table:
    """Every sale with its `day` and account; on one day a won opportunity comes before an order."""
    won = alive(tables["opportunities"]).filter(lambda t: t.status == "won")
    sold = alive(tables["orders"]).filter(lambda t: (t.status != "cancelled").fill_null(True))
    columns = ("source_id", "id", "account_id", *carried)
    return ibis.union(
        won.select(*columns, day=won.closed_on, _rank=ibis.literal(0)),
        sold.select(*columns, day=sold.ordered_on, _rank=ibis.literal(1)),
    )


def first_sales(tables: Mapping[str, ir.Table], carried: tuple[str, ...] = ()) -> ir.Table:
    """One row per account with a sale: its first one."""
    return first_of(sales(tables, carried), ["source_id", "account_id"], ["day", "_rank"])


def with_first_sale(rows: ir.Table, tables: Mapping[str, ir.Table]) -> ir.Table:
    """`rows` with the day of their account's first sale as `first_sale_on`; null where there was none."""
    first = first_sales(tables)
    first = first.select(
        _first_source=first.source_id, _first_account=first.account_id, first_sale_on=first.day
    )
    joined = rows.left_join(
        first, [rows.source_id == first["_first_source"], rows.account_id == first["_first_account"]]
    )
    return joined.drop("_first_source", "_first_account")


def _build(tables: Mapping[str, ir.Table]) -> ir.Table:
    first = first_sales(tables, OF_A_SALE)
    return first.mutate(
        id=first.account_id,
        first_sale_on=first.day,
        deleted_at=ibis.literal(None, type="timestamp('UTC', 6)"),
    )


FIRST_SALES = View(
    name="first_sales",
    rows="new customers",
    grain="accounts",
    optional=("accounts", "opportunities", "orders"),
    requires=SALE_INPUTS,
    columns={
        "account_id": ("opportunities.account_id", "orders.account_id"),
        "first_sale_on": ("opportunities.closed_on", "orders.ordered_on"),
        **{name: (f"opportunities.{name}", f"orders.{name}") for name in OF_A_SALE},
    },
    build=_build,
)
"""Accounts by the day of their first sale, with the rep, team, region, source and channel of that sale."""
