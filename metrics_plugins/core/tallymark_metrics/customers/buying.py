"""What customers hold, buy again and buy more of."""

from __future__ import annotations

from tallymark_metrics.views import BUYERS, FIRST_PURCHASES, HOLDINGS, REPEAT_ORDERS
from tallymark_sdk import Metric, Part, PerPeriod, Ratio, Stock, Total, _

_HELD = PerPeriod(HOLDINGS, value=_.count())

PRODUCT_ADOPTION = Metric(
    key="customers.product_adoption",
    name="Product adoption",
    description="Of the products that customers had ordered by the period's end or subscribed to in it, the share that "
    "they used in the period: pairs of customer and product, so that the total weighs each product by its holders. The "
    "products held per customer stand beside it.",
    unit="ratio",
    better="higher",
    inputs=HOLDINGS.requires,
    formula=Ratio(PerPeriod(HOLDINGS, value=_.count(where=_.is_used)), _HELD),
    parts={
        "products": Part(
            name="Products per customer",
            unit="rate",
            formula=Ratio(_HELD, PerPeriod(HOLDINGS, value=_.account_id.nunique())),
        ),
    },
    by=("product", "segment"),
    source="Ten sales KPIs (fa), 8",
)

_EXISTING = Stock(BUYERS, start="since_on", end=None, at="start", value=_.count())
_EXPANDED = PerPeriod(FIRST_PURCHASES, value=_.account_id.nunique(), where=_.is_existing)

EXPANSION_RATE = Metric(
    key="customers.expansion_rate",
    name="Product expansion",
    description="Customers of the period's start that bought a product in it which they had never bought before, over "
    "all customers of its start: accounts that had bought anything before. By product group, over all of them.",
    unit="ratio",
    better="higher",
    inputs=BUYERS.requires,
    formula=Ratio(_EXPANDED, _EXISTING),
    by_member={"product_group": Ratio(_EXPANDED, Total(_EXISTING))},
    by=("rep", "region", "product_group"),
    source="Ten sales KPIs (fa), 8",
)

REPURCHASE_RATE = Metric(
    key="customers.repurchase_rate",
    name="Repeat purchase",
    description="Customers with an order in the period that had one before the period, over customers with an order in "
    "it; cancelled orders are out.",
    unit="ratio",
    better="higher",
    inputs=("orders.account_id", "orders.ordered_on", "orders.status"),
    formula=Ratio(
        PerPeriod(REPEAT_ORDERS, value=_.account_id.nunique(), where=_.had_before),
        PerPeriod(REPEAT_ORDERS, value=_.account_id.nunique()),
    ),
    by=("rep", "region"),
    source="Ten sales KPIs (fa), 8: makes the repurchase surer",
)
