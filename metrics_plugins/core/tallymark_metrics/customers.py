"""The customers family."""

from __future__ import annotations

from collections.abc import Iterable

from tallymark_sdk import Metric, hookimpl


@hookimpl
def tallymark_metrics() -> Iterable[Metric]:
    """The customers family."""
    return ()
