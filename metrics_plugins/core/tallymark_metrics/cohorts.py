"""What the ratios of cohorts share: how long after its start a member's outcome counts."""

from __future__ import annotations

from typing import Any

from tallymark_sdk import Parameter

WITHIN = Parameter(
    name="within",
    description="How many days after its start a member's outcome counts. Without a number it counts whenever it "
    "came, up to the data's date.",
    default=None,
    minimum=0,
    words="days allowed",
)


def in_time(start: Any, end: Any) -> Any:
    """Whether `end` came within the days given; always, where none are."""
    return (end.delta(start, unit="day") <= WITHIN.value) | WITHIN.value.isnull()


def when_timed(condition: Any) -> Any:
    """`condition`, where days are given at all."""
    return condition & WITHIN.value.notnull()
