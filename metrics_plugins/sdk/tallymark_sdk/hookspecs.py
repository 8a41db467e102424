"""The hooks a metric pack may implement."""

from __future__ import annotations

from collections.abc import Iterable

import pluggy

from tallymark_sdk.charts import Chart
from tallymark_sdk.metric import Metric

PROJECT = "tallymark"
ENTRY_POINT_GROUP = "tallymark.metrics"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def tallymark_metrics() -> Iterable[Metric]:
    """The metrics of a pack.

    Example, in the module that the entry point `acme = "acme_metrics"` names::

        @hookimpl
        def tallymark_metrics():
            return [WIN_VALUE]

    Every key starts with the entry point's name ("acme."). Since 0.1.
    """
    raise NotImplementedError


@hookspec
def tallymark_charts() -> Iterable[Chart]:
    """The sections that a pack offers for scorecards; a pack needs none.

    Example, beside the metrics::

        @hookimpl
        def tallymark_charts():
            return [Chart(key="acme.wins_by_rep", name="Wins by representative", kind="bars", metrics=("acme.wins",), by="rep")]

    Every key starts with the entry point's name ("acme."). Since 0.2.
    """
    raise NotImplementedError
