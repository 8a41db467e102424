"""Market sizes as they fall on periods: the size of a year is spread over its days."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir

from tallymark_sdk import View
from tallymark_sdk.tables import spread


def _build(tables: Mapping[str, ir.Table]) -> ir.Table:
    sizes, periods = tables["market_sizes"], tables["periods"]
    falls = (sizes.period_start < periods.beyond) & (sizes.period_end > periods["first"])
    joined = sizes.join(periods, falls)
    share = spread(joined.value_base, joined.period_start, joined.period_end, joined["first"], joined.beyond)
    return joined.select(
        "source_id", "id", "deleted_at", "period", "region_id", "product_group", "value", value_base=share
    )


MARKET_SHARES = View(
    name="market_shares",
    rows="market sizes of the period",
    grain="market_sizes",
    per_period=True,
    requires=("market_sizes.period_end", "market_sizes.period_start"),
    columns={
        "value": "market_sizes.value",
        "value_base": "market_sizes.value_base",
        "region_id": "market_sizes.region_id",
        "product_group": "market_sizes.product_group",
    },
    build=_build,
)
"""Each market size once for every period that its days touch, with the part of it that falls on it."""
