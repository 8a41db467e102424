"""The pipeline: what comes in, and what is open."""

from __future__ import annotations

from collections.abc import Iterable

from tallymark_metrics.pipeline.leads import (
    LEAD_CONTACT_RATE,
    LEAD_QUALIFICATION_RATE,
    NEW_LEADS,
    OPPORTUNITY_TO_LEAD_RATIO,
    REFERRAL_LEADS,
)
from tallymark_metrics.pipeline.open_pipeline import (
    BOOKED_MEETING_PIPELINE,
    OPEN_OPPORTUNITIES_PER_REP,
    OPEN_PIPELINE,
    STALE_OPPORTUNITIES,
)
from tallymark_metrics.pipeline.opportunities import (
    OPPORTUNITIES,
    SELF_SOURCED_OPPORTUNITIES,
    WINBACK_OPPORTUNITIES,
)
from tallymark_sdk import Metric, hookimpl


@hookimpl
def tallymark_metrics() -> Iterable[Metric]:
    """The pipeline family."""
    return (
        NEW_LEADS,
        LEAD_CONTACT_RATE,
        LEAD_QUALIFICATION_RATE,
        OPPORTUNITIES,
        SELF_SOURCED_OPPORTUNITIES,
        OPPORTUNITY_TO_LEAD_RATIO,
        OPEN_PIPELINE,
        OPEN_OPPORTUNITIES_PER_REP,
        STALE_OPPORTUNITIES,
        WINBACK_OPPORTUNITIES,
        REFERRAL_LEADS,
        BOOKED_MEETING_PIPELINE,
    )
