"""The light kit for metric authors: canonical model, metric kinds, checks and the reference evaluator.

A metric in ten lines::

    from tallymark_sdk import Flow, Metric, _

    BOOKINGS = Metric(
        key="acme.bookings",
        name="Bookings",
        description="Money of deals won in the period.",
        unit="money",
        better="higher",
        inputs=("opportunities.amount_base", "opportunities.closed_on", "opportunities.status"),
        formula=Flow("opportunities", on="closed_on", value=_.amount_base.sum(where=_.status == "won")),
    )
"""

from typing import Any

import ibis

from tallymark_sdk.check import check
from tallymark_sdk.errors import InvalidMetric, TallymarkError
from tallymark_sdk.formula import (
    Derived,
    Flow,
    Ratio,
    Stock,
    metric_value,
    previous,
    share,
    year_before,
)
from tallymark_sdk.hookspecs import hookimpl
from tallymark_sdk.metric import Metric, Part
from tallymark_sdk.view import View

__all__ = [
    "Derived",
    "Flow",
    "InvalidMetric",
    "Metric",
    "Part",
    "Ratio",
    "Stock",
    "TallymarkError",
    "View",
    "_",
    "check",
    "hookimpl",
    "metric_value",
    "previous",
    "share",
    "year_before",
]

_: Any = ibis._
"""The row that an expression is about: `_.amount_base` is its amount."""
