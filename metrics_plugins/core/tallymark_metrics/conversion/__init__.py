"""Conversion: how often leads and deals close, how long they take, and where they are lost."""

from __future__ import annotations

from collections.abc import Iterable

from tallymark_metrics.conversion.closing import CLOSE_RATIO, CONVERSION_RATE, LEAD_TO_SALE
from tallymark_metrics.conversion.demos import CONVERSATION_TO_DEMO
from tallymark_metrics.conversion.durations import CONVERSION_TIME, CYCLE_LENGTH
from tallymark_metrics.conversion.stages import (
    QUOTE_TO_CLOSE,
    STAGE_CONVERSION,
    STAGE_LOSS,
    STAGE_TIME,
)
from tallymark_sdk import Metric, hookimpl


@hookimpl
def tallymark_metrics() -> Iterable[Metric]:
    """The conversion family."""
    return (
        CLOSE_RATIO,
        CONVERSION_RATE,
        LEAD_TO_SALE,
        CONVERSATION_TO_DEMO,
        CYCLE_LENGTH,
        CONVERSION_TIME,
        STAGE_TIME,
        STAGE_CONVERSION,
        STAGE_LOSS,
        QUOTE_TO_CLOSE,
    )
