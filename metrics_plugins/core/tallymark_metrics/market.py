"""The market: competitors' prices, deals against them, and our share."""

from __future__ import annotations

from collections.abc import Iterable

from tallymark_metrics.views import COMPETITOR_PRICES, MARKET_SHARES
from tallymark_sdk import Flow, Metric, Part, PerPeriod, Ratio, _, hookimpl, metric_value
from tallymark_sdk.formula import Function, Number, Operand


def _index(column: str) -> Ratio:
    """The mean over competitors of each one's weighted mean, from a column with the rows' parts of it."""
    parts = getattr(_, column)
    compared = parts.notnull()
    return Ratio(
        PerPeriod(COMPETITOR_PRICES, value=parts.sum(), where=compared),
        PerPeriod(COMPETITOR_PRICES, value=_.competitor.nunique(), where=compared),
    )


_CHANGED = _.price_before_base.notnull()

COMPETITOR_PRICE_INDEX = Metric(
    key="market.competitor_price_index",
    name="Price against competitors",
    description="Our list price over each competitor's latest price seen by the period's end, 1 meaning alike: the "
    "mean over products weighted by the period's revenue, then the mean of the competitors weighted alike. Products "
    "that didn't sell in the period weigh nothing, but each is compared where it stands by itself. Beside it, how much "
    "the competitors' latest prices changed and how many days ago the newest was seen, whether the product sold or not.",
    unit="index",
    better="neutral",
    inputs=(
        "competitor_prices.competitor",
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
    formula=_index("by_competitor"),
    by_member={
        "product_group": _index("by_group"),
        "product": _index("by_product"),
        "competitor x product": _index("by_product"),
    },
    parts={
        "price_change": Part(
            name="Latest price change",
            unit="ratio",
            formula=Ratio(
                PerPeriod(
                    COMPETITOR_PRICES, value=(_.price_base - _.price_before_base).sum(), where=_CHANGED
                ),
                PerPeriod(COMPETITOR_PRICES, value=_.price_before_base.sum(), where=_CHANGED),
            ),
        ),
        "days_since": Part(
            name="Days since the newest price",
            unit="days",
            formula=PerPeriod(COMPETITOR_PRICES, value=_.days_since.min()),
        ),
    },
    by=("competitor", "product_group", "product", "competitor x product"),
    source="KPI template (vi), 4",
)

_NAMED = _.competitor.notnull() & (_.competitor != "")

COMPETITOR_WIN_RATE = Metric(
    key="market.competitor_win_rate",
    name="Win rate against a competitor",
    description="Deals won out of those won or lost in the period, of the deals that name a competitor.",
    unit="ratio",
    better="higher",
    inputs=("opportunities.closed_on", "opportunities.competitor", "opportunities.status"),
    formula=Ratio(
        Flow("opportunities", on="closed_on", value=_.count(where=_.status == "won"), where=_NAMED),
        Flow(
            "opportunities",
            on="closed_on",
            value=_.count(where=_.status.isin(["won", "lost"])),
            where=_NAMED,
        ),
    ),
    by=("competitor", "product_group", "region"),
    source="beyond the documents: the close ratio of contested deals",
)


def _market(where: object = None) -> PerPeriod:
    return PerPeriod(MARKET_SHARES, value=_.value_base.sum(), where=where)


def _preferring(*choices: PerPeriod) -> Operand:
    """The first size that is given, the coarser before the finer: both would count twice."""
    size: Operand = _market()
    for choice in reversed(choices):
        size = Function("if", (Function(">", (choice, Number(0))), choice, size))
    return size


_ANY_REGION, _ANY_GROUP = _.region_id.isnull(), _.product_group.isnull()
_WHOLE, _REGIONS, _GROUPS = _market(_ANY_REGION & _ANY_GROUP), _market(_ANY_GROUP), _market(_ANY_REGION)

MARKET_SHARE = Metric(
    key="market.market_share",
    name="Market share",
    description="Revenue over the size of the market given for the same period; the size of a longer period is spread "
    "over its days. Where a size is given for the whole as well as for regions or product groups, the whole counts.",
    unit="ratio",
    better="higher",
    inputs=(
        "market_sizes.period_end",
        "market_sizes.period_start",
        "market_sizes.product_group",
        "market_sizes.region_id",
        "market_sizes.value_base",
        "revenue.revenue",
    ),
    formula=Ratio(metric_value("revenue.revenue"), _preferring(_WHOLE, _REGIONS, _GROUPS)),
    by_member={
        "region": Ratio(metric_value("revenue.revenue"), _preferring(_REGIONS)),
        "product_group": Ratio(metric_value("revenue.revenue"), _preferring(_GROUPS)),
    },
    by=("region", "product_group"),
    source="KPI template (vi), 6: widen the market share",
)


@hookimpl
def tallymark_metrics() -> Iterable[Metric]:
    """The market family."""
    return (COMPETITOR_PRICE_INDEX, COMPETITOR_WIN_RATE, MARKET_SHARE)
