"""Own list price against each competitor's latest price, product by product, weighted by revenue."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from tallymark_sdk import View
from tallymark_sdk.links import follow
from tallymark_sdk.tables import alive, numbered

_PAIR = ["source_id", "competitor", "product_id"]


def _seen(tables: Mapping[str, ir.Table]) -> ir.Table:
    """The latest price of each competitor and product by the period's end, and the one seen before it."""
    prices = alive(tables["competitor_prices"]).filter(
        lambda t: t.competitor.nullif("").notnull() & t.product_id.notnull() & t.price_base.notnull()
    )
    periods = tables["periods"]
    seen = prices.join(periods, prices.observed_on < periods.beyond).drop("first")
    placed = numbered(seen, [*_PAIR, "period"], ["observed_on"], "_place")
    last = ibis.window(group_by=[*_PAIR, "period"])
    placed = placed.mutate(_last=placed["_place"].max().over(last))
    before = ibis.ifelse(placed["_place"] == placed["_last"] - 1, placed.price_base, None)
    placed = placed.mutate(price_before_base=before.max().over(last))
    return placed.filter(placed["_place"] == placed["_last"])


def _revenue(tables: Mapping[str, ir.Table]) -> ir.Table:
    """Revenue of each product in the period; two sources may have different products of one id."""
    lines, orders, periods = alive(tables["order_lines"]), alive(tables["orders"]), tables["periods"]
    sold = follow(lines, "order_id", orders, {"_on": "ordered_on", "_status": "status"}, own_source=True)
    sold = sold.filter(sold["_on"].notnull() & ((sold["_status"] != "cancelled") | sold["_status"].isnull()))
    sold = follow(sold, "product_id", tables["products"], {"_of": "source_id"})
    dated = sold.join(periods, [sold["_on"] >= periods["first"], sold["_on"] < periods.beyond])
    return dated.group_by(_source=dated["_of"], _product=dated.product_id, _period=dated.period).aggregate(
        _weight=dated.amount_base.sum()
    )


def _priced(tables: Mapping[str, ir.Table]) -> ir.Table:
    """Competitors' latest prices beside our own, and as `_weight` what the product sold for in the period, if it did."""
    seen, sold = _seen(tables), _revenue(tables)
    own = {"list_price_base": "list_price_base", "product_group": "product_group", "_gone": "deleted_at"}
    priced = follow(seen, "product_id", tables["products"], own | {"_of": "source_id"})
    priced = priced.filter(priced["_gone"].isnull()).mutate(product_group=priced.product_group.nullif(""))
    joined = priced.left_join(
        sold,
        [
            priced["_of"] == sold["_source"],
            priced.product_id == sold["_product"],
            priced.period == sold["_period"],
        ],
    )
    ratio = ibis.ifelse(joined.price_base > 0, joined.list_price_base / joined.price_base.nullif(0), None)
    joined = joined.mutate(_ratio=ratio)
    sells = (joined["_weight"] > 0) & joined["_ratio"].notnull()
    return joined.mutate(_weight=ibis.ifelse(sells, joined["_weight"], None))


def _build(tables: Mapping[str, ir.Table]) -> ir.Table:
    priced = _priced(tables)

    def whole(*keys: str) -> ir.Value:
        return priced["_weight"].sum().over(ibis.window(group_by=["period", *keys]))

    def part(*keys: str) -> ir.Value:
        """The row's part of the weighted mean of price ratios over the rows that share these keys."""
        return (priced["_weight"] / whole(*keys) * priced["_ratio"]).round(10).cast("decimal(38, 10)")

    alone = whole("competitor", "product_id").isnull()
    return priced.mutate(
        by_competitor=part("competitor"),
        by_group=part("competitor", "product_group"),
        # A single product needs no weight: one that didn't sell is compared all the same.
        by_product=ibis.ifelse(
            alone, priced["_ratio"].round(10).cast("decimal(38, 10)"), part("competitor", "product_id")
        ),
        days_since=priced.beyond.delta(priced.observed_on, unit="day") - 1,
    )


COMPETITOR_PRICES = View(
    name="compared_prices",
    rows="products with a competitor's price",
    grain="competitor_prices",
    per_period=True,
    requires=(
        "competitor_prices.observed_on",
        "competitor_prices.price_base",
        "competitor_prices.product_id",
        "order_lines.amount_base",
        "order_lines.order_id",
        "order_lines.product_id",
        "orders.ordered_on",
        "orders.status",
        "products.list_price_base",
    ),
    columns={
        "competitor": "competitor_prices.competitor",
        "product_id": "competitor_prices.product_id",
        "product_group": "products.product_group",
        "price_base": "competitor_prices.price_base",
        "price_before_base": "competitor_prices.price_base",
        "by_competitor": ("products.list_price_base", "competitor_prices.price_base"),
        "by_group": ("products.list_price_base", "competitor_prices.price_base"),
        "by_product": ("products.list_price_base", "competitor_prices.price_base"),
        "days_since": "competitor_prices.observed_on",
    },
    words={
        "competitor": "competitors",
        "by_competitor": "the competitor's part of the index",
        "by_group": "the competitor's part of the index of the product group",
        "by_product": "the competitor's part of the index of the product",
        "price_before_base": "price seen before",
        "days_since": "days since the price was seen",
    },
    build=_build,
)
"""Each competitor's latest price of a product, beside our list price; the parts are empty where nothing is compared."""
