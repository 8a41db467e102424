"""Customers: how many there are, how long they stay, what they are worth and what they say."""

from __future__ import annotations

from collections.abc import Iterable

from tallymark_metrics.customers import buying, care, numbers, surveys, worth
from tallymark_sdk import Metric, hookimpl


@hookimpl
def tallymark_metrics() -> Iterable[Metric]:
    """The customers family."""
    return (
        numbers.RETENTION_RATE,
        numbers.CHURN_RATE,
        worth.LIFETIME_VALUE,
        worth.LIFETIME_VALUE_BY_RETENTION,
        care.EXISTING_ENGAGEMENT,
        surveys.SATISFACTION,
        surveys.NET_PROMOTER_SCORE,
        buying.PRODUCT_ADOPTION,
        buying.EXPANSION_RATE,
        buying.REPURCHASE_RATE,
        numbers.NEW_CUSTOMERS,
        numbers.ACTIVE_CUSTOMERS,
        care.PLANNED_CARE,
    )
