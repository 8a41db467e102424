"""A few metrics of every unit to write formulas over."""

from __future__ import annotations

from typing import Any

import pytest

from tallymark_sdk import Flow, Metric, Part, Ratio, Stock, _
from tallymark_sdk.formula import Formula


def _metric(key: str, unit: Any, formula: Formula, **more: Any) -> Metric:
    return Metric(
        key=key, name=key, description=key, unit=unit, better="higher", inputs=(), formula=formula, **more
    )


@pytest.fixture(scope="session")
def metrics() -> dict[str, Metric]:
    """Metrics by key; nothing reads their inputs here."""
    won = Flow("opportunities", on="closed_on", value=_.amount_base.sum(where=_.status == "won"))
    deals = Flow("opportunities", on="closed_on", value=_.count(where=_.status == "won"))
    opened = Stock("opportunities", start="created_on", end="closed_on", at="end", value=_.amount_base.sum())
    made = [
        _metric(
            "sales.revenue", "money", won, by=("rep", "region"), additive=True, not_additive_by=("region",)
        ),
        _metric("sales.profit", "money", won, by=("region", "rep", "product"), additive=True),
        _metric("sales.orders", "count", deals, by=("rep",), additive=True),
        _metric("sales.open", "money", opened, by=("rep",), additive=True),
        _metric("sales.close_ratio", "ratio", Ratio(deals, deals), by=("rep",)),
        _metric("sales.order_value", "money", Ratio(won, deals), by=("rep",)),
        _metric("sales.calls_per_rep", "rate", Ratio(deals, deals), by=("rep",)),
        _metric(
            "sales.cycle",
            "days",
            Ratio(deals, deals),
            by=("rep",),
            parts={
                "median": Part(name="median", unit="days", formula=deals),
                "deals": Part(name="deals", unit="count", formula=deals),
            },
        ),
    ]
    return {metric.key: metric for metric in made}
