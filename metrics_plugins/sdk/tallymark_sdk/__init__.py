"""The light kit for metric authors: canonical model, metric kinds, checks and the reference evaluator.

A metric in ten lines::

    from ibis import _
    from tallymark_sdk import Flow, Metric

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

from tallymark_sdk.check import check
from tallymark_sdk.errors import InvalidMetric, TallymarkError
from tallymark_sdk.formula import (
    Derived,
    Flow,
    Ratio,
    Stock,
    metric_value,
    previous,
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
    "check",
    "hookimpl",
    "metric_value",
    "previous",
    "year_before",
]
