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

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tallymark_sdk.charts import Chart
    from tallymark_sdk.checks import check
    from tallymark_sdk.computing import computed
    from tallymark_sdk.errors import InvalidMetric, TallymarkError
    from tallymark_sdk.formula import (
        Computed,
        Derived,
        Flow,
        PeriodDays,
        PerPeriod,
        Ratio,
        Stock,
        Total,
        metric_value,
        monthly,
        previous,
        rolling,
        share,
        target,
        year_before,
    )
    from tallymark_sdk.hookspecs import hookimpl
    from tallymark_sdk.metric import Metric, Part
    from tallymark_sdk.parameters import Parameter
    from tallymark_sdk.row import _
    from tallymark_sdk.view import View

__all__ = [
    "Chart",
    "Computed",
    "Derived",
    "Flow",
    "InvalidMetric",
    "Metric",
    "Parameter",
    "Part",
    "PerPeriod",
    "PeriodDays",
    "Ratio",
    "Stock",
    "TallymarkError",
    "Total",
    "View",
    "_",
    "check",
    "computed",
    "hookimpl",
    "metric_value",
    "monthly",
    "previous",
    "rolling",
    "share",
    "target",
    "year_before",
]

# Loaded at first use: ibis takes a second to import, and whoever wants only the model or the calendars, as most
# processes of the platform do, need not wait for it.
_HOMES = {
    "Chart": "charts",
    "InvalidMetric": "errors",
    "Metric": "metric",
    "Parameter": "parameters",
    "Part": "metric",
    "TallymarkError": "errors",
    "View": "view",
    "_": "row",
    "check": "checks",
    "computed": "computing",
    "hookimpl": "hookspecs",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES.get(name, 'formula')}"), name)
    globals()[name] = value
    return value
